// SPDX-License-Identifier: Apache-2.0
// The signed verdict of verify-all: a verification summary on the image, for other tools and for whoever asks later. What
// was not judged whole, now and by a policy, is not signed: readers of the summary would not see the difference.

import { basename } from 'node:path';
import { encodeVerdict, VERDICT_PREDICATE_TYPE } from '../../attest/record.ts';
import { type Digest, parseDigest } from '../../base/bytes.ts';
import { CountersignError, UsageError } from '../../base/errors.ts';
import { toSecond } from '../../base/text.ts';
import { VERSION } from '../../base/version.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { SifExamination } from '../../image/sif/examine.ts';
import type { Criteria } from '../../image/verify.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import { publicPlace } from '../../oci/reference.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { storeStatements } from '../evidence/evidence.ts';
import { describeEvidence, type NamedStatement, type Stored, type StoredEvidence } from '../evidence/files.ts';
import { assertAttestationTag, evidenceSignerFrom } from '../evidence/signer.ts';
import { skippedStages } from '../../report/wording.ts';
import type { Host } from '../host.ts';
import type { Subject } from '../inputs/subjects.ts';
import type { CommandError } from '../spec.ts';
import type { VerifyInputs } from './spec.ts';

/** Signs verdicts, by one key and about one policy. */
interface Recorder {
  readonly signer: Signer;
  readonly policy: LoadedPolicy;
  readonly now: Date;
}

/**
 * What signs the verdicts; undefined when no key was given.
 * @throws UsageError USAGE_CONFLICTING_INPUTS, USAGE_MISSING_INPUT when the verdict would be about less than a reader takes it
 * for; SignatureError and others as evidenceSignerFrom
 */
export async function recordsFrom(
  inputs: VerifyInputs,
  { criteria: { policy, now }, subjects }: { readonly criteria: Criteria; readonly subjects: readonly Subject[] },
  host: Host,
): Promise<Records | undefined> {
  const signer = await evidenceSignerFrom(inputs, host);
  assertAttestationTag(inputs, { signer, subjects });
  if (!signer) return undefined;
  if (!policy)
    throw new UsageError('USAGE_MISSING_INPUT', 'a signed verdict names the policy, and none was given', {
      hint: 'give ⟨policy-path⟩, or leave ⟨key⟩ and ⟨signing-method⟩ out',
    });
  const partial = [
    ...(inputs.now ? (['now'] as const) : []),
    ...(inputs.upToStage === undefined ? [] : (['up-to-stage'] as const)),
    ...(inputs.verifyData ? [] : (['verify-data'] as const)),
  ][0];
  if (partial)
    throw new UsageError(
      'USAGE_CONFLICTING_INPUTS',
      `a key is given with ${partial}: readers of a signed verdict take it for one about all stages and data, at present`,
      {
        hint: `leave ⟨${partial}⟩ out, or verify without ⟨key⟩ and ⟨signing-method⟩`,
      },
    );
  return new Records({ signer, policy, now });
}

/**
 * Signs the verdict about one image and stores it there.
 * @throws as storeEvidence, storeRegistryEvidence
 */
async function recordVerdict(
  { subject, verdict, examination }: VerifiedImage,
  { signer, policy, now }: Recorder,
  surroundings: Surroundings,
): Promise<Stored> {
  const { inputs } = surroundings;
  const options = {
    statements: [statementOf(subject, verdict, { policy, now })],
    signer,
    now,
    beside: inputs.store === 'file',
    folder: inputs.bundleFolder,
    attestationTag: inputs.attestationTag,
    ...(examination ? { examination } : {}),
  };
  if (subject.in === 'file') return storeStatements(subject, options, surroundings);
  const reference = { ...subject.reference, digest: pinnedDigest(verdict.reference) };
  return storeStatements({ ...subject, reference }, options, surroundings);
}

/** An image that was verified. */
export interface VerifiedImage {
  readonly subject: Subject;
  readonly verdict: ImageVerdict;
  /** Of a file: what was read for the verdict, so that it need not be read again. */
  readonly examination?: SifExamination;
  /** Undefined when the image could not be read. */
  readonly facts?: ImageFacts;
}

interface Surroundings {
  readonly inputs: VerifyInputs;
  readonly host: Host;
}

/** A signed verdict, and the name of its image. */
export type StoredRecord = StoredEvidence & { readonly subject: string };

/** What became of the verdicts of a run. */
export class Records {
  readonly #recorder: Recorder;
  /** What was signed. */
  readonly stored: StoredRecord[] = [];
  /** Lines about what was signed and what was not, for people. */
  readonly notes: string[] = [];
  /** Why the first verdict that should have been signed was not. */
  error: CommandError | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** Signs and stores the verdict about an image, if it is to be signed; says so if it is not. */
  async add(image: VerifiedImage, surroundings: Surroundings): Promise<void> {
    const { subject, verdict } = image;
    const why = unsignedBecause(verdict, surroundings.inputs);
    if (why !== undefined) {
      this.#note(subject, why);
      return;
    }
    try {
      const { evidence } = await recordVerdict(image, this.#recorder, surroundings);
      this.stored.push(...evidence.map((one) => ({ subject: subject.name, ...one })));
      this.notes.push(...evidence.map((one) => `${subject.name}: ${describeEvidence(one)}`));
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      const { code, message, hint } = error;
      this.error ??= { code, message: `${subject.name}: the verdict is passed, and was not signed: ${message}`, hint };
      this.#note(subject, message);
    }
  }

  #note({ name }: Subject, why: string): void {
    this.notes.push(`${name}: verdict: not signed, ${why}`);
  }
}

function unsignedBecause({ verdict, outcome }: ImageVerdict, { attestFailed }: VerifyInputs): string | undefined {
  if (outcome === 'error') return 'the image could not be read';
  return verdict === 'failed' && !attestFailed ? 'it failed (attest-failed signs it all the same)' : undefined;
}

/** Of the manifest that was judged. */
function pinnedDigest(reference: string | null): Digest {
  return parseDigest(reference?.slice(reference.lastIndexOf('@') + 1) ?? '');
}

function statementOf(
  subject: Subject,
  { verdict, reference, layers, evidence, stages }: ImageVerdict,
  { policy, now }: Pick<Recorder, 'policy' | 'now'>,
): NamedStatement {
  const content = {
    verdict,
    timeVerified: toSecond(now),
    resourceUri:
      subject.in === 'file'
        ? `file:${basename(subject.path)}`
        : `${publicPlace(subject.reference)}@${pinnedDigest(reference)}`,
    policy: { name: policy.name, digest: policy.digest },
    breakGlass: verdict === 'passed' ? skippedStages(stages) : [],
    approvals: layers.flatMap(({ kind, status, stage, digest }) =>
      kind === 'bundle' && status === 'valid' && stage !== null ? [{ stage, digest: parseDigest(digest) }] : [],
    ),
    evidence: evidence.flatMap(({ kind, status, predicateType, digest }) =>
      status === 'valid' && kind !== 'verdict' && kind !== 'publication'
        ? [{ predicateType, digest: parseDigest(digest) }]
        : [],
    ),
  };
  return { label: 'verdict', predicateType: VERDICT_PREDICATE_TYPE, predicate: encodeVerdict(content, VERSION) };
}
