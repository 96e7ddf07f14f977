// SPDX-License-Identifier: Apache-2.0
// inspect: objects, layers, evidence and free slots of images, as they name themselves. Proves nothing.

import type { Host } from './host.ts';
import { type ClaimDescription, describeFile, describeRegistryImage, type ImageDescription } from '../image/inspect.ts';
import type { SifDescription } from '../image/sif/describe.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import { counted, printable } from '../base/text.ts';
import { shortDigest } from '../base/bytes.ts';
import { EXIT } from '../base/errors.ts';
import { manifestName } from '../oci/reference.ts';
import { groundsOf, unjudgedLines } from '../report/wording.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from './inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from './spec.ts';
import { CONNECTION_INPUTS, openFrom } from './inputs/registry.ts';
import { SUBJECT_INPUTS, type Subject, subjectsFrom } from './inputs/subjects.ts';

const spec = {
  name: 'inspect',
  summary: 'Show objects, layers, evidence and free slots of images',
  description:
    'Reads a few kilobytes of each image and shows what is there: data objects, native signatures, approvals, evidence and descriptor slots left. Everything shown is what the image says of itself; no signature is checked.',
  positional: 'subject-path',
  inputs: [...SUBJECT_INPUTS, ...CONNECTION_INPUTS, ...COMMON_INPUTS],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

type Named = { readonly name: string } & ImageDescription;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const images: Named[] = [];
  for (const subject of await subjectsFrom(inputs))
    images.push({ name: subject.name, ...(await description(subject, inputs, host)) });
  return {
    exitCode: EXIT.passed,
    json: { schema: 'countersign/inspect/v1', images },
    text: images.map(describe).join('\n'),
    outputs: { verdict: 'passed' },
  };
}

async function description(subject: Subject, inputs: Inputs, host: Host): Promise<ImageDescription> {
  if (subject.in === 'file') return describeFile(subject.path);
  await using opened = await openFrom(inputs, host, { reference: subject.reference, access: 'pull' });
  return await describeRegistryImage(await openRegistryImage(opened.repository, manifestName(subject.reference)));
}

function describe(image: Named): string {
  const head = [printable(image.name), ...(image.manifest === null ? [] : [image.manifest])].join('  ');
  return [
    image.sif === null ? head : `${head}: ${slots(image.sif)}`,
    ...(image.sif?.ociImage ? [`  OCI image ${image.sif.ociImage}`] : []),
    ...image.platforms.map(({ digest, platform }) => `  platform ${digest}  ${printable(platform ?? 'unknown')}`),
    ...(image.sif?.objects ?? []).map(objectLine),
    ...section('layers (claimed)', image.layers),
    ...section('evidence (claimed)', image.evidence),
    ...(image.notJudged.length === 0
      ? []
      : ['not judged:', ...unjudgedLines(image.notJudged).map((line) => `  ${line}`)]),
    '',
  ].join('\n');
}

function slots({ architecture, sizeBytes, freeSlots, totalSlots }: SifDescription): string {
  return `${architecture}, ${counted(sizeBytes, 'byte')}, ${freeSlots} of ${counted(totalSlots, 'slot')} free`;
}

function objectLine(object: SifDescription['objects'][number]): string {
  const { id, type, group, link, name, sizeBytes, fileSystem, encrypted, use } = object;
  const inside = fileSystem === null ? '' : `  ${use}, ${fileSystem}${encrypted ? ', encrypted' : ''}`;
  const where = (group === null ? 'no group' : `group ${group}`).padEnd(9);
  const size = String(sizeBytes).padStart(12);
  return `  ${String(id).padStart(3)}  ${type.padEnd(15)} ${where} ${(link ?? '').padEnd(9)} ${size}  ${printable(name)}${inside}`;
}

function section(title: string, claims: readonly ClaimDescription[]): readonly string[] {
  if (claims.length === 0) return [];
  const rows = claims.flatMap(({ where, kind, stage, predicateType, signer, digest, approval, groups, breakGlass }) => {
    const about = groups && groups.length > 0 ? ` for group ${groups.join(', ')}` : '';
    const what =
      kind === 'approval' ? `approval of ${stage}${about}` : kind === 'evidence' ? (predicateType ?? '') : kind;
    const line = `  ${where.padEnd(10)} ${printable(what)}  by ${printable(signer ?? 'unknown')}  ${shortDigest(digest)}`;
    const glass = breakGlass
      ? [
          `breaks the glass of stage ${breakGlass.stage} from ${breakGlass.from} until ${breakGlass.until}: ${breakGlass.reason} (${breakGlass.ticket})`,
        ]
      : [];
    return [
      line,
      ...glass.map((text) => `    ${printable(text, 2000)}`),
      ...groundsOf({ approval, signer: null, provenTime: null }).map((ground) => `    ${printable(ground, 2000)}`),
    ];
  });
  return [`${title}:`, ...rows];
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
