// SPDX-License-Identifier: Apache-2.0
// stamp: add timestamps to the layers of images that have none, while these are still good.

import type { Host } from './host.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import type { Criteria } from '../image/verify.ts';
import { type Stamp, type StampedLayer, stampRegistryImage, stampSif } from '../stage/stamp.ts';
import { counted } from '../base/text.ts';
import { shortDigest } from '../base/bytes.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { manifestName } from '../oci/reference.ts';
import { printable } from '../report/wording.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS, TIMESTAMP_URL_INPUT } from './inputs/common.ts';
import type { InputsOf } from './inputs/inputs.ts';
import { CONNECTION_INPUTS, openFrom } from './inputs/registry.ts';
import { SUBJECT_INPUTS, type Subject, subjectsFrom } from './inputs/subjects.ts';
import { stamperFrom } from './inputs/timestamp.ts';
import { criteriaFrom, TRUST_INPUTS } from './inputs/trust.ts';
import { type CommandResult, type CommandSpec, defineCommand } from './spec.ts';

const spec = {
  name: 'stamp',
  summary: 'Add timestamps to signed layers that have none, while they are still good',
  description:
    'Asks a timestamp authority for a token over each approval and piece of evidence that is good now and has none, and stores it beside the signature: from then on the layer keeps counting when its key or certificate ends. Nothing is signed again. In a SIF file each layer is put in anew, in a registry or layout folder attached once more. What is not good now is left as it is: a timestamp would prove nothing.',
  positional: 'subject-path',
  privileged: 'always',
  inputs: [
    ...SUBJECT_INPUTS,
    { ...TIMESTAMP_URL_INPUT, required: true },
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
  const stamp = await stamperFrom(inputs, host);
  if (!stamp) throw new UsageError('USAGE_MISSING_INPUT', 'timestamp-url is missing', { hint: 'give ⟨timestamp-url⟩' });
  const images: { readonly name: string; readonly layers: readonly StampedLayer[] }[] = [];
  for (const subject of subjects) {
    const layers = await host.group(`Stamping ${subject.name}`, () =>
      stampOne(subject, { inputs, host, criteria, stamp }),
    );
    for (const { where, remarks } of layers) for (const remark of remarks) host.warning(`${where}: ${remark}`);
    images.push({ name: subject.name, layers });
  }
  return {
    exitCode: EXIT.passed,
    json: { schema: 'countersign/stamp/v1', images },
    text: images.map(describe).join(''),
    outputs: { verdict: 'passed' },
  };
}

interface Task {
  readonly inputs: Inputs;
  readonly host: Host;
  readonly criteria: Criteria;
  readonly stamp: Stamp;
}

async function stampOne(subject: Subject, { inputs, host, criteria, stamp }: Task): Promise<readonly StampedLayer[]> {
  if (subject.in === 'file') {
    const progress = host.progress(`reading ${subject.name}`);
    try {
      const onBytes = (done: number, total: number): void => progress.update(done, total);
      return await stampSif(subject.path, criteria, { stamp, onBytes });
    } finally {
      progress.finish();
    }
  }
  const { reference } = subject;
  await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
  const image = await openRegistryImage(opened.repository, manifestName(reference));
  return await stampRegistryImage(image, opened.repository, { criteria, stamp });
}

const OUTCOMES = {
  stamped: 'stamped',
  present: 'has a timestamp',
  'not-good': 'NOT stamped: it does not count now',
} as const satisfies Readonly<Record<StampedLayer['outcome'], string>>;

function describe({ name, layers }: { readonly name: string; readonly layers: readonly StampedLayer[] }): string {
  const stamped = layers.filter(({ outcome }) => outcome === 'stamped').length;
  const lines = layers.map(
    ({ where, what, digest, outcome, now }) =>
      `  ${where}  ${printable(what)}  ${shortDigest(digest)}  ${OUTCOMES[outcome]}${now.length > 0 ? ` → ${now.join(', ')}` : ''}`,
  );
  return `${[`${printable(name, 1000)}: ${counted(stamped, 'layer')} stamped`, ...lines].join('\n')}\n`;
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
