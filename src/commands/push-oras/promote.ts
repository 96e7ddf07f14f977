// SPDX-License-Identifier: Apache-2.0
// The part of push-oras that starts from an image in a registry: promotion as it is, or as an assembled SIF.

import { join } from 'node:path';
import { type REQUIRE_GATES_INPUTS, RequiredGates } from '../gates/required.ts';
import type { Host } from '../host.ts';
import { assembleFile } from '../../transfer/assemble.ts';
import { type Promoted, promoteImage } from '../../transfer/promote.ts';
import { readAttachments } from '../../image/registry/attachments.ts';
import { openRegistryImage } from '../../image/registry/image.ts';
import type { Criteria } from '../../image/verify.ts';
import { systemClock } from '../../base/clock.ts';
import type { Signer } from '../../crypto/signer.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { findSif, pullSif } from '../../transfer/fetch-sif.ts';
import { formatPlace, formatReference, manifestName, publicPlace, type Reference } from '../../oci/reference.ts';
import { PassingImage } from '../../sif/hash/passing.ts';
import type { CommandResult, InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';
import { presentVerdict } from '../verdict-outputs.ts';
import {
  type PublicationInputs as RecordInputs,
  type PublicationRecord,
  publicationSummary,
  recordPublication,
} from './record.ts';
import { type ConnectionInputs, openFrom } from '../inputs/registry.ts';
import type { NamedImage } from '../inputs/subjects.ts';
import type { TrustInputs, VERIFY_DATA_INPUT } from '../inputs/trust.ts';

type PromotionSource = Pick<NamedImage, 'name' | 'reference'>;

/** GPG signatures that go with a promotion. */
export const CARRIED_LOOKASIDE_INPUT = {
  name: 'lookaside',
  type: 'path',
  file: 'folder',
  description:
    'With `subject-name`, from registry to registry: folder with GPG signatures as `sign-stage` files them. They are read for the verdict and filed for the destination too; they go on naming the place they were made for. Default: none is carried along.',
  example: 'signatures',
} as const satisfies InputSpec;

type PromoteInputs = ConnectionInputs &
  TrustInputs &
  InputsOf<readonly [typeof VERIFY_DATA_INPUT, typeof CARRIED_LOOKASIDE_INPUT]> &
  RecordInputs &
  InputsOf<typeof REQUIRE_GATES_INPUTS>;

interface PromoteTask {
  readonly inputs: PromoteInputs;
  readonly host: Host;
  /** Destination. */
  readonly reference: Reference;
  readonly tags: readonly string[];
  readonly criteria: Criteria | undefined;
  /** Who signs the publication. */
  readonly signer: Signer | undefined;
}

/**
 * Carries the image that `source` names to the destination.
 * @throws RegistryError, NetworkError, SystemError
 */
export async function promote(source: PromotionSource, task: PromoteTask): Promise<CommandResult> {
  const { inputs, host, reference, tags, criteria } = task;
  const origin = source.reference;
  const gates = new RequiredGates(inputs, criteria, { reference, tags });
  const login = loginFor(origin, reference);
  await using from = await openFrom(inputs, host, { reference: origin, access: 'pull', login });
  await using to = await openFrom(inputs, host, { reference, access: 'push' });
  const progress = host.progress(`promoting ${source.name}`);
  try {
    const promoted = await promoteImage(manifestName(origin), {
      from: from.repository,
      to: to.repository,
      mountFrom: mountable(origin, reference),
      tags,
      criteria,
      verifyData: inputs.verifyData,
      lookaside: inputs.lookaside,
      admits: gates.admitsImage,
      clock: systemClock(),
      onBytes: (done, total) => progress.update(done, total),
    });
    for (const remark of promoted.remarks) host.warning(`${source.name}: ${remark}`);
    const pinned = promoted.manifest?.digest;
    const image = {
      repository: to.repository,
      reference,
      tags,
      criteria,
      signer: task.signer,
      verdict: promoted.verdict,
    };
    const what = { digest: pinned, source: `${publicPlace(origin)}@${pinned}` };
    const record = gates.refusal() ?? (await recordPublication({ ...image, ...what }, inputs, host));
    return present(promoted, { ...task, origin, record, gates });
  } finally {
    progress.finish();
  }
}

/** GPG signatures are filed by the names of registries. @throws UsageError USAGE_CONFLICTING_INPUTS */
export function assertLookaside(
  { lookaside }: Pick<PromoteInputs, 'lookaside'>,
  { from, to }: { readonly from: Reference | undefined; readonly to: Reference },
): void {
  if (lookaside === undefined || (from?.in === 'registry' && to.in === 'registry')) return;
  throw new UsageError('USAGE_CONFLICTING_INPUTS', 'lookaside is given for something else than a promotion', {
    hint: 'leave ⟨lookaside⟩ out: it is for images that go as they are from registry to registry',
  });
}

/** Whoever publishes gives the login for where they publish. */
function loginFor(origin: Reference, target: Reference): Reference {
  return target.in === 'registry' ? target : origin;
}

/** Blobs move without being sent between repositories of one registry. */
function mountable(origin: Reference, target: Reference): string | undefined {
  const same = origin.in === 'registry' && target.in === 'registry' && origin.apiHost === target.apiHost;
  return same ? origin.repository : undefined;
}

/**
 * The SIF that `source` names, in a temporary file, with its attached layers put in.
 * @throws RegistryError REGISTRY_NOT_A_SIF and others; SifError; SystemError
 */
export async function assembledCopy(
  source: PromotionSource,
  { inputs, host, criteria, reference }: Pick<PromoteTask, 'inputs' | 'host' | 'criteria' | 'reference'>,
): Promise<string> {
  const origin = source.reference;
  const login = loginFor(origin, reference);
  await using from = await openFrom(inputs, host, { reference: origin, access: 'pull', login });
  const { repository } = from;
  const found = await findSif(repository, manifestName(origin));
  const plain = found.title !== undefined && /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,200}$/.test(found.title);
  const path = join(await host.temporaryFolder(), plain ? (found.title ?? '') : 'image.sif');
  const progress = host.progress(`reading ${source.name}`);
  const passing = new PassingImage(found.layer.size);
  try {
    await pullSif(repository, found.layer, {
      path,
      overwrite: false,
      pass: (offset, bytes) => passing.update(offset, bytes),
      admit: () => Promise.resolve(true),
      onBytes: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.finish();
  }
  const layers = await readAttachments(await openRegistryImage(repository, found.manifest.digest));
  const { leftOut } = await assembleFile(path, layers, {
    criteria,
    now: host.now(),
    name: source.name,
    hash: passing.hash,
  });
  for (const { where, why } of leftOut) host.warning(`${where} was left out: ${why}`);
  return path;
}

function present(
  { manifest, verdict, attached, remarks }: Promoted,
  {
    host,
    reference,
    tags,
    criteria,
    origin,
    record,
    gates,
  }: PromoteTask & { readonly origin: Reference; readonly record: PublicationRecord; readonly gates: RequiredGates },
): CommandResult {
  const place = formatPlace(reference);
  const pinned = manifest && `${place}@${manifest.digest}`;
  const about = presentVerdict(verdict, { criteria, host });
  const result = pinned
    ? `promoted ${formatReference(origin)}\n  to ${pinned}\n  tags: ${tags.join(', ')}\n  attached: ${attached}\n`
    : `not promoted: ${gates.why(formatReference(origin))}, no tag was moved\n`;
  return {
    exitCode: manifest ? (record.error ? EXIT.environment : EXIT.passed) : EXIT.failed,
    ...(record.error ? { error: record.error } : {}),
    text: `${about.text}${result}${record.note}${about.note}`,
    summary: () => publicationSummary({ markdown: about.markdown(), done: 'Promoted to', pinned, tags }),
    json: {
      schema: 'countersign/push/v1',
      reference: pinned ?? null,
      manifest: manifest?.digest ?? null,
      tags: manifest ? tags : [],
      attached,
      remarks,
      evidence: record.stored,
      ...gates.json,
      verified: manifest !== undefined && about.verified,
      verdict: about.verdict ?? null,
    },
    outputs: {
      verdict: manifest ? 'passed' : 'failed',
      verified: String(manifest !== undefined && about.verified),
      reference: pinned ?? '',
      digest: manifest?.digest ?? '',
      subjects: JSON.stringify(manifest ? [{ name: place, digest: manifest.digest }] : []),
      evidence: JSON.stringify(record.stored),
    },
  };
}
