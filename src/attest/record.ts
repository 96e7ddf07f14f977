// SPDX-License-Identifier: Apache-2.0
// Records: signed statements of what a run did, the verdict of `verify-all` and the publication of `push-oras`. They are
// for other tools and for whoever asks later. No verdict of ours rests on one, and its signer may replace it.

import type { Digest } from '../base/bytes.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { APPROVAL_PREDICATE_TYPE, defaultVerifierId } from './approval.ts';
import { digestMap } from './statement.ts';

/** What a record says was done. */
export type RecordKind = 'verdict' | 'publication';

/** `verifier.id` of verdicts; no stage may have it. */
export const VERDICT_VERIFIER_ID = 'urn:countersign:verify-all';
/** Verdicts are verification summaries, as approvals are. They have no extension, by which approvals are known. */
export const VERDICT_PREDICATE_TYPE = APPROVAL_PREDICATE_TYPE;
/** Predicate type of publications. */
export const PUBLICATION_PREDICATE_TYPE = 'urn:countersign:publication:v1';
/** Levels of approvals end in `_APPROVED`, so this is nobody's approval. */
const PASSED_LEVEL = 'POLICY_PASSED';
/** Whoever asks for the level above does not take an image for passed that did so by break glass. */
const BREAK_GLASS_LEVEL = 'POLICY_PASSED_BY_BREAK_GLASS';

/** A stage that somebody let be skipped, and until when that counts, RFC 3339. */
export interface SkippedStage {
  readonly stage: string;
  readonly until: string;
}

/** The policy by which something was judged. */
export interface PolicyName {
  readonly name: string;
  readonly digest: Digest;
}

/** What `verify-all` decided about one image. */
export interface VerdictContent {
  readonly verdict: 'passed' | 'failed';
  /** RFC 3339. */
  readonly timeVerified: string;
  /** Name of the image for people: a URI, file name or reference. */
  readonly resourceUri: string;
  readonly policy: PolicyName;
  /** Without which it would not have passed. */
  readonly breakGlass: readonly SkippedStage[];
  /** Valid approvals that were found, by the digest of the statement. */
  readonly approvals: readonly { readonly stage: string; readonly digest: Digest }[];
  /** Valid evidence that was found. */
  readonly evidence: readonly { readonly predicateType: string; readonly digest: Digest }[];
}

/**
 * The predicate of a verdict: a SLSA Verification Summary.
 * @see https://slsa.dev/spec/v1.0/verification_summary
 */
export function encodeVerdict(content: VerdictContent, toolVersion: string): JsonObject {
  const { policy, verdict, breakGlass } = content;
  const inputs = [
    ...content.approvals.map(({ stage, digest }) => ({ uri: defaultVerifierId(stage), digest: digestMap(digest) })),
    ...content.evidence.map(({ predicateType, digest }) => ({ uri: predicateType, digest: digestMap(digest) })),
  ];
  return {
    verifier: { id: VERDICT_VERIFIER_ID, version: { countersign: toolVersion } },
    timeVerified: content.timeVerified,
    resourceUri: content.resourceUri,
    policy: { uri: policy.name, digest: digestMap(policy.digest) },
    inputAttestations: inputs,
    verificationResult: verdict === 'passed' ? 'PASSED' : 'FAILED',
    verifiedLevels: [verdict === 'failed' ? 'FAILED' : breakGlass.length > 0 ? BREAK_GLASS_LEVEL : PASSED_LEVEL],
    slsaVersion: '1.0',
    ...skipped(breakGlass),
  };
}

function skipped(breakGlass: readonly SkippedStage[]): JsonObject {
  return breakGlass.length > 0 ? { breakGlass: breakGlass.map(({ stage, until }) => ({ stage, until })) } : {};
}

/** What `push-oras` published. */
export interface PublicationContent {
  /** `registry/repository`, or `oci:` and the last part of a folder. */
  readonly repository: string;
  /** Of the manifest. */
  readonly digest: Digest;
  /** Tags that were moved to it. */
  readonly tags: readonly string[];
  /** Where it came from: a file name, or `registry/repository@digest`. */
  readonly source: string;
  /** RFC 3339. */
  readonly publishedAt: string;
  /** By which policy it passed; null when nobody verified it, or no policy was given. */
  readonly policy: PolicyName | null;
  /** False when no trust inputs were given. */
  readonly verified: boolean;
  /** Without which it would not have passed. */
  readonly breakGlass: readonly SkippedStage[];
  readonly run: Readonly<Record<string, string>> | null;
}

/** What a publication says of an image that had passed. */
export const PUBLISHED_AS_PASSED: readonly string[] = ['passed', 'passed by break glass'];

/** The predicate of a publication. */
export function encodePublication(content: PublicationContent): JsonObject {
  const { repository, digest, tags, policy, verified, breakGlass } = content;
  return {
    reference: `${repository}@${digest}`,
    digest: digestMap(digest),
    tags: [...tags],
    source: content.source,
    publishedAt: content.publishedAt,
    policy: policy && { uri: policy.name, digest: digestMap(policy.digest) },
    verdict: !verified ? 'not verified' : breakGlass.length > 0 ? 'passed by break glass' : 'passed',
    ...skipped(breakGlass),
    run: content.run && { ...content.run },
  };
}

/** Whether a statement that is no approval is one of these records. */
export function recordKind(predicateType: string, predicate: JsonValue): RecordKind | undefined {
  if (predicateType === PUBLICATION_PREDICATE_TYPE) return 'publication';
  if (predicateType !== VERDICT_PREDICATE_TYPE || !isJsonObject(predicate)) return undefined;
  const { verifier } = predicate;
  return isJsonObject(verifier) && verifier['id'] === VERDICT_VERIFIER_ID ? 'verdict' : undefined;
}

/** Whether a later record of one signer takes the place of an earlier one: by the same policy, or about the same place. */
export function supersedes(kind: RecordKind, later: JsonObject, earlier: JsonValue): boolean {
  if (!isJsonObject(earlier)) return false;
  // What an earlier publication says of other tags still holds.
  if (kind === 'publication')
    return earlier['reference'] === later['reference'] && isAmong(earlier['tags'], later['tags']);
  const [now, before] = [later['policy'], earlier['policy']];
  return isJsonObject(now) && isJsonObject(before) && now['uri'] === before['uri'];
}

function isAmong(some: JsonValue | undefined, all: JsonValue | undefined): boolean {
  return Array.isArray(some) && Array.isArray(all) && some.every((one: JsonValue) => all.includes(one));
}
