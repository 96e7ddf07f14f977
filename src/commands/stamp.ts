// SPDX-License-Identifier: Apache-2.0
// stamp: add what keeps signed layers good later: timestamps to those that have none, and revocation lists that travel along.

import type { Host } from './host.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import type { Criteria } from '../image/verify.ts';
import type { CarriedList, ListToCarry } from '../stage/lasting/carry.ts';
import { type Stamp, type StampedLayer, stampRegistryImage, stampSif } from '../stage/lasting/stamp.ts';
import { LIMITS } from '../base/limits.ts';
import { counted, printable } from '../base/text.ts';
import { shortDigest } from '../base/bytes.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { manifestName } from '../oci/reference.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS, TIMESTAMP_URL_INPUT } from './inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from './spec.ts';
import { CONNECTION_INPUTS, openFrom } from './inputs/registry.ts';
import { SUBJECT_INPUTS, type Subject, subjectsFrom } from './inputs/subjects.ts';
import { stamperFrom } from './inputs/timestamp.ts';
import { criteriaFrom, crlsFrom, TRUST_INPUTS } from './inputs/trust.ts';

const spec = {
  name: 'stamp',
  summary: 'Add timestamps to signed layers while they are good, and revocation lists that travel along',
  description:
    'Asks a timestamp authority for a token over each approval and piece of evidence that is good now and has none, and stores it beside the signature: from then on the layer keeps counting when its key or certificate ends. Nothing is signed again. In a SIF file each layer is put in anew, in a registry or layout folder attached once more. What is not good now is left as it is: a timestamp would prove nothing. With `carry-crls` revocation lists are put into the image or attached to it first, in place of older ones of the same issuers; no signature covers them but their own.',
  positional: 'subject-path',
  privileged: 'always',
  inputs: [
    ...SUBJECT_INPUTS,
    TIMESTAMP_URL_INPUT,
    {
      name: 'carry-crls',
      type: 'paths',
      mayBeContent: true,
      description:
        'X.509 certificate revocation lists that are to travel with the image, PEM or DER, given as `trust-anchors`; 8 MiB each at most. Whoever verifies with revocation looks them up beside their own.',
      example: '/var/lib/crls',
    },
    ...TRUST_INPUTS,
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const criteria = await criteriaFrom(inputs, host.now(), { needed: true });
  const { timestampUrl } = inputs;
  const stamp = timestampUrl === undefined ? undefined : await stamperFrom(timestampUrl, inputs, host);
  const toCarry = await listsFrom(inputs);
  if (!stamp && toCarry.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'neither timestamp-url nor carry-crls is given', {
      hint: 'give ⟨timestamp-url⟩ or ⟨carry-crls⟩',
    });
  const images: Done[] = [];
  for (const subject of subjects) {
    const done = await host.group(`Stamping ${subject.name}`, () =>
      doOne(subject, { inputs, host, criteria, stamp, toCarry }),
    );
    for (const { where, remarks } of done.layers) for (const remark of remarks) host.warning(`${where}: ${remark}`);
    images.push(done);
  }
  return {
    exitCode: EXIT.passed,
    json: { schema: 'countersign/stamp/v1', images },
    text: images.map(describe).join(''),
    outputs: { verdict: 'passed' },
  };
}

interface Done {
  readonly name: string;
  readonly layers: readonly StampedLayer[];
  readonly lists: readonly CarriedList[];
  /** `place@sha256:…`; null for a file. */
  readonly reference: string | null;
}

/** @throws UsageError USAGE_INVALID_INPUT; SignatureError SIGNATURE_CRL_UNREADABLE; as crlsFrom */
async function listsFrom({ carryCrls, workingDirectory }: Inputs): Promise<readonly ListToCarry[]> {
  const { crls = [] } = await crlsFrom({ crls: carryCrls, workingDirectory }, 'carry-crls');
  const size = crls.reduce((sum, { length }) => sum + length, 0);
  if (
    crls.length > LIMITS.carriedCrls ||
    size > LIMITS.carriedCrlBytes ||
    crls.some(({ length }) => length > LIMITS.sifSignatureBytes)
  )
    throw new UsageError('USAGE_INVALID_INPUT', `carry-crls names ${counted(crls.length, 'list')} of ${size} bytes`, {
      hint: `give at most ${LIMITS.carriedCrls} of ${LIMITS.sifSignatureBytes} bytes each, ${LIMITS.carriedCrlBytes} together; larger ones belong into \`trust.crls\` of the policy`,
    });
  const { parseCrl } = await import('../crypto/x509/crl.ts');
  return crls.map((der) => ({ der, crl: parseCrl(der) }));
}

interface Task {
  readonly inputs: Inputs;
  readonly host: Host;
  readonly criteria: Criteria;
  readonly stamp: Stamp | undefined;
  readonly toCarry: readonly ListToCarry[];
}

async function doOne(subject: Subject, task: Task): Promise<Done> {
  const { inputs, host, criteria, stamp, toCarry } = task;
  const { name } = subject;
  const carry = toCarry.length > 0 ? await import('../stage/lasting/carry.ts') : undefined;
  if (subject.in === 'file') {
    const lists = carry ? await carry.carryInSif(subject.path, toCarry, host.now()) : [];
    return {
      name,
      reference: null,
      lists,
      layers: stamp ? await stampFile(subject.path, { host, criteria, stamp }) : [],
    };
  }
  const { reference } = subject;
  await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
  const { repository } = opened;
  const image = await openRegistryImage(repository, manifestName(reference));
  const carried = await carry?.carryInRegistry(image, repository, toCarry);
  for (const remark of carried?.remarks ?? []) host.warning(`${name}: ${remark}`);
  const layers = stamp ? await stampRegistryImage(image, repository, { criteria, stamp }) : [];
  return { name, reference: image.name, lists: carried?.lists ?? [], layers };
}

async function stampFile(
  path: string,
  { host, criteria, stamp }: Pick<Task, 'host' | 'criteria'> & { readonly stamp: Stamp },
): Promise<readonly StampedLayer[]> {
  const progress = host.progress(`reading ${path}`);
  try {
    const onBytes = (done: number, total: number): void => progress.update(done, total);
    return await stampSif(path, criteria, { stamp, onBytes });
  } finally {
    progress.finish();
  }
}

const OUTCOMES = {
  stamped: 'stamped',
  present: 'has a timestamp',
  'not-good': 'NOT stamped: it does not count now',
} as const satisfies Readonly<Record<StampedLayer['outcome'], string>>;

function describe({ name, reference, layers, lists }: Done): string {
  const stamped = layers.filter(({ outcome }) => outcome === 'stamped').length;
  const lines = layers.map(
    ({ where, what, digest, outcome, now }) =>
      `  ${where}  ${printable(what)}  ${shortDigest(digest)}  ${OUTCOMES[outcome]}${now.length > 0 ? ` → ${now.join(', ')}` : ''}`,
  );
  const carried = lists.map(
    ({ where, issuer, number }) => `  ${where}  revocation list ${number} of ${printable(issuer)}`,
  );
  const head = `${printable(reference ?? name, 1000)}: ${counted(stamped, 'layer')} stamped`;
  const along = lists.length > 0 ? `, ${counted(lists.length, 'revocation list')} travelling along` : '';
  return `${[head + along, ...lines, ...carried].join('\n')}\n`;
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
