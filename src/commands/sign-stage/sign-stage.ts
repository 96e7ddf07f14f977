// SPDX-License-Identifier: Apache-2.0
// sign-stage: verify what came before, then add this stage's layer to each image.

import { basename, join, resolve } from 'node:path';
import type { Host } from '../host.ts';
import { registryTarget } from '../../stage/registry-target.ts';
import { sifFileTarget } from '../../stage/sif-target.ts';
import { signStage, type StageRequest, type StageResult } from '../../stage/stage.ts';
import type { Criteria } from '../../image/verify.ts';
import { systemClock } from '../../base/clock.ts';
import { isDigest, type Digest } from '../../base/bytes.ts';
import { CountersignError, UsageError } from '../../base/errors.ts';
import { assertWritable, writeFileAtomic } from '../../files/files.ts';
import { makeFolder } from '../../files/folder.ts';
import { formatPlace, formatReference, manifestName, type Reference } from '../../oci/reference.ts';
import type { Signer } from '../../crypto/signer.ts';
import { assertAttestationTag } from '../evidence/signer.ts';
import { openFrom } from '../inputs/registry.ts';
import { errorAbout, present, type Signed, withoutCopies } from './result.ts';
import { type SignInputs, spec } from './spec.ts';
import { approvalFrom, criteriaForSigning, signerFrom } from '../inputs/signing.ts';
import { type CommandResult, defineCommand } from '../spec.ts';
import { evidenceFrom, type Subject, subjectsFrom } from '../inputs/subjects.ts';

async function run(inputs: SignInputs, host: Host): Promise<CommandResult> {
  const now = host.now();
  const { stage } = inputs;
  const files = await subjectsFrom(inputs);
  const signer = await signerFrom(inputs, host, now);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method and key are missing', {
      hint: 'give ⟨signing-method⟩ (pgp, key or x509) and ⟨key⟩',
    });
  const criteria = await criteriaForSigning(inputs, signer, now);
  const expected = expectedFrom(inputs);
  await prepareBundles(files, inputs);
  await prepareLookaside(files, inputs, { signer, isRead: readsLookaside(criteria) });
  if (inputs.attestationTag) assertAttestationTag(inputs, { signer, subjects: files });
  const signed: Signed[] = [];
  for (const file of files) {
    const outcome = await catchOneOfSeveral(files.length > 1, () =>
      host.group(`Signing ${file.name}`, () => signOne(file, criteria, { inputs, host, signer, now, expected })),
    );
    if (!(outcome instanceof CountersignError))
      for (const remark of outcome.remarks) host.warning(`${file.name}: ${remark}`);
    const error = files.length > 1 ? errorAbout({ file, outcome }, stage) : undefined;
    if (error) host.finding(`${error.code}: ${file.name}: ${error.message}; ${error.hint}`);
    signed.push({ file, outcome });
  }
  const bundles: string[] = [];
  const context = { stage, now, bundles, signer: signer.identity };
  try {
    await writeBundles(signed, inputs, bundles);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return withoutCopies(present(signed, context), error);
  }
  return present(signed, context);
}

/** @throws UsageError USAGE_INVALID_INPUT for what is no digest, and for lines that name none: it would be no check */
function expectedFrom({ given, expectedDigest: lines }: SignInputs): readonly Digest[] | undefined {
  if (!given.has('expected-digest')) return undefined;
  const digests = lines.filter(isDigest);
  if (digests.length > 0 && digests.length === lines.length) return digests;
  const wrong = lines.find((line) => !isDigest(line)) ?? '';
  throw new UsageError('USAGE_INVALID_INPUT', `expected-digest is ${JSON.stringify(wrong.slice(0, 120))}`, {
    hint: 'give sha256: and 64 lower-case hex digits, as in the output `digest` of the earlier step; an image with several groups has several, which its output `subjects` lists',
  });
}

/** With several images, one that cannot be signed must not hide that others were. */
async function catchOneOfSeveral(
  several: boolean,
  sign: () => Promise<StageResult>,
): Promise<StageResult | CountersignError> {
  try {
    return await sign();
  } catch (error) {
    if (several && error instanceof CountersignError) return error;
    throw error;
  }
}

interface Signing {
  readonly inputs: SignInputs;
  readonly host: Host;
  readonly signer: Signer;
  readonly now: Date;
  readonly expected: readonly Digest[] | undefined;
}

async function signOne(
  file: Subject,
  criteria: Criteria,
  { inputs, host, signer, now, expected }: Signing,
): Promise<StageResult> {
  const progress = host.progress(`reading ${file.name}`);
  const { stage } = inputs;
  const resourceUri = file.in === 'file' ? `file:${basename(file.path)}` : formatReference(signedName(file.reference));
  const request: StageRequest = {
    ...(await approvalFrom(inputs, { host, stage, signer, now, resourceUri, policy: criteria.policy })),
    replace: inputs.replace,
    dryRun: inputs.dryRun,
    ...(expected ? { expected } : {}),
    verifyPrevious: inputs.verifyPrevious,
    onBytes: (done, total) => progress.update(done, total),
  };
  try {
    if (file.in === 'file')
      return await signStage(sifFileTarget(file.path, await evidenceFrom(inputs)), criteria, request);
    const { reference } = file;
    await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
    const target = registryTarget({
      repository: opened.repository,
      reference: manifestName(reference),
      place: formatPlace(signedName(reference)),
      verifyData: inputs.verifyData,
      evidence: await evidenceFrom(inputs),
      clock: systemClock(),
      lookaside: inputs.lookaside,
      attestationTag: inputs.attestationTag,
    });
    return await signStage(target, criteria, request);
  } finally {
    progress.finish();
  }
}

/** The name that is signed: of a layout folder only the last part, since paths of this machine are nobody's business. */
function signedName(reference: Reference): Reference {
  return reference.in === 'layout' ? { ...reference, folder: basename(reference.folder) } : reference;
}

/** The copies must find their place before anything is signed. */
async function prepareBundles(files: readonly Subject[], inputs: SignInputs): Promise<void> {
  const { bundleFolder: folder } = inputs;
  if (folder === undefined) return;
  const twice = files.find((file, index) => files.findIndex((other) => fileName(other) === fileName(file)) < index);
  if (twice)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `several images are called ${fileName(twice)} in bundle-folder`, {
      hint: 'sign them in several runs, each with a ⟨bundle-folder⟩ of its own',
    });
  await makeFolder(folder);
  await assertWritable(join(folder, 'bundle'));
}

/** True when a signature there can count for a stage. */
function readsLookaside({ policy }: Criteria): boolean {
  return policy?.policy.stages.some(({ native }) => native.includes('simple-signing')) ?? false;
}

/** @throws UsageError USAGE_CONFLICTING_INPUTS for what podman reads no GPG signatures of; SystemError */
async function prepareLookaside(
  files: readonly Subject[],
  { lookaside }: SignInputs,
  { signer, isRead }: { readonly signer: Signer; readonly isRead: boolean },
): Promise<void> {
  if (lookaside === undefined) return;
  const other = files.find((file) => file.in === 'file' || file.reference.in !== 'registry');
  if (!other && signer.method !== 'pgp' && isRead) return;
  if (other || signer.method !== 'pgp')
    throw new UsageError(
      'USAGE_CONFLICTING_INPUTS',
      `lookaside is given with ${other ? `${other.name}, which is in no registry` : `the signing method ${signer.method}`}`,
      { hint: 'leave ⟨lookaside⟩ out: it is for OpenPGP keys and images in registries' },
    );
  await makeFolder(lookaside);
  await assertWritable(join(lookaside, 'signature-1'));
}

/** Writes the copies and adds their paths to `written`. */
async function writeBundles(signed: readonly Signed[], inputs: SignInputs, written: string[]): Promise<void> {
  const { bundleFolder: folder } = inputs;
  if (folder === undefined) return;
  for (const { file, outcome } of signed) {
    // A dry run signs for the check alone: its approval must not lie around for somebody to use.
    if (outcome instanceof CountersignError || !outcome.bundle || outcome.outcome === 'planned') continue;
    const path = resolve(join(folder, `${fileName(file)}.${inputs.stage}.sigstore.json`));
    await writeFileAtomic(path, outcome.bundle);
    written.push(path);
  }
}

/** A file name for an image, whatever characters its reference has. */
function fileName(subject: Subject): string {
  return subject.in === 'file' ? basename(subject.path) : subject.name.replace(/[^A-Za-z0-9._-]/g, '_');
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
