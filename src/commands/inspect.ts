// SPDX-License-Identifier: Apache-2.0
// inspect: objects, layers, evidence and free slots of images, as they name themselves. Proves nothing.

import type { Host } from '../host/host.ts';
import { type ClaimOutline, outlineSif, type SifOutline } from '../layers/outline.ts';
import { shortDigest } from '../primitives/digest.ts';
import { EXIT } from '../primitives/errors.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from './common-inputs.ts';
import type { Inputs } from './inputs.ts';
import type { Command, CommandResult, CommandSpec } from './spec.ts';
import { SUBJECT_INPUT, subjectFiles } from './subjects.ts';

const spec: CommandSpec = {
  name: 'inspect',
  summary: 'Show objects, layers, evidence and free slots of images',
  description:
    'Reads a few kilobytes of each image and shows what is there: data objects, native signatures, approvals, evidence and descriptor slots left. Everything shown is what the image says of itself; no signature is checked.',
  positional: 'subject-path',
  inputs: [SUBJECT_INPUT, ...COMMON_INPUTS],
  outputs: [...COMMON_OUTPUTS],
};

async function run(inputs: Inputs, _host: Host): Promise<CommandResult> {
  const images: ({ readonly name: string } & SifOutline)[] = [];
  for (const file of await subjectFiles(inputs)) images.push({ name: file.name, ...(await outlineSif(file.path)) });
  return {
    exitCode: EXIT.passed,
    json: { schema: 'countersign/inspect/v1', images },
    text: images.map(describe).join('\n'),
    outputs: {},
  };
}

function describe(image: { readonly name: string } & SifOutline): string {
  const objects = image.objects.map(
    ({ id, type, group, link, name, sizeBytes }) =>
      `  ${String(id).padStart(3)}  ${type.padEnd(12)} ${(group === null ? 'no group' : `group ${group}`).padEnd(9)} ${(link ?? '').padEnd(9)} ${String(sizeBytes).padStart(12)}  ${printable(name)}`,
  );
  return [
    `${printable(image.name)}: ${image.architecture}, ${image.sizeBytes} bytes, ${image.freeSlots} of ${image.totalSlots} slots free`,
    ...objects,
    ...section('layers (claimed)', image.layers),
    ...section('evidence (claimed)', image.evidence),
    '',
  ].join('\n');
}

function section(title: string, claims: readonly ClaimOutline[]): readonly string[] {
  if (claims.length === 0) return [];
  const rows = claims.map(({ where, kind, stage, predicateType, signer, digest }) => {
    const what = kind === 'approval' ? `approval of ${stage}` : kind === 'evidence' ? (predicateType ?? '') : kind;
    return `  ${where.padEnd(10)} ${printable(what)}  by ${printable(signer ?? 'unknown')}  ${shortDigest(digest)}`;
  });
  return [`${title}:`, ...rows];
}

/** Names and types come from the image: nothing of them may steer a terminal. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a1-\u1fff]/g, '?');
}

export const command: Command = { spec, run };
