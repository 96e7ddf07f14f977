// SPDX-License-Identifier: Apache-2.0
// The approval: a SLSA Verification Summary that says "this stage passed for this content, having seen those earlier
// approvals and that evidence". What a VSA has no field for is under the predicate key `countersign`
// (docs/formats.md). This file turns the typed value into statement bytes and back; who signed is not its business.

import type { Digest } from '../base/bytes.ts';
import { DataError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import {
  asArray,
  asBoolean,
  asInteger,
  asObject,
  asOptionalText,
  assertUnambiguous,
  asText,
  asTextMap,
  type Shape,
} from '../base/members.ts';
import { isDay } from '../base/text.ts';
import type { SignerName } from '../findings/signature.ts';
import {
  asDigest,
  digestMap,
  encodeApprovalSigner,
  encodeSignedLayer,
  encodeSigner,
  parseApprovalSigner,
  parseSignedLayer,
  parseSigner,
  type ApprovalSigner,
  type SignedLayer,
} from './statement.ts';

/** A signed approval: the statement's content, whoever signed it. */
export interface Approval {
  readonly stage: string;
  /** Who gives it; null in approvals of edition 0.1.0. */
  readonly signer: ApprovalSigner | null;
  readonly verifierId: string;
  /** RFC 3339. */
  readonly timeVerified: string;
  readonly resourceUri: string;
  readonly policy: { readonly name: string; readonly digest: Digest | null };
  /** 1 for the first approval, else one more than the highest in the roster. */
  readonly sequence: number;
  /** The roster entry with the highest sequence number, null for a first approval. */
  readonly previous: Digest | null;
  /** Every earlier approval that the signer saw. */
  readonly roster: readonly RosterEntry[];
  /** Earlier approvals of this stage that it takes the place of: they do not count beside it. */
  readonly replaces: readonly SignedLayer[];
  /** Evidence relied on, by payload digest. */
  readonly evidence: readonly EvidenceEntry[];
  readonly dataVerified: boolean;
  /** RFC 3339, null when it does not expire. */
  readonly expires: string | null;
  /** Native signatures that belong to this approval: SHA-256 of the signature object's data, per group. */
  readonly native: readonly NativeEntry[];
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly run: Readonly<Record<string, string>> | null;
}

/** An earlier approval, as a later one names it. */
export interface RosterEntry {
  /** Stage of the approval, null for a native signature without a statement. */
  readonly stage: string | null;
  readonly digest: Digest;
  /** Whose it is; null in entries of edition 0.1.0, and where that could not be verified. */
  readonly signer: SignerName | null;
}

/** A piece of evidence, as an approval names it. */
export interface EvidenceEntry {
  readonly predicateType: string;
  readonly digest: Digest;
  /** Whose it is; missing in entries of edition 0.1.0, and where that could not be verified. */
  readonly signer?: SignerName;
  /** True when the signer said that this evidence is kept outside the image (too large for the lane). */
  readonly detached?: boolean;
}

/** The native signature of one group that belongs to an approval. */
export interface NativeEntry {
  readonly group: number;
  readonly digest: Digest;
}

/** @see https://slsa.dev/spec/v1.0/verification_summary */
export const APPROVAL_PREDICATE_TYPE = 'https://slsa.dev/verification_summary/v1';

const DIGESTS = 'object';

/** What other programs know of a verification summary. */
const SUMMARY_MEMBERS = {
  verifier: { id: 'text', version: 'object' },
  timeVerified: 'text',
  resourceUri: 'text',
  policy: { uri: 'text', digest: DIGESTS },
  inputAttestations: [{ uri: 'text', digest: DIGESTS, annotations: 'object' }],
  verificationResult: 'text',
  verifiedLevels: ['text'],
  dependencyLevels: 'object',
  slsaVersion: 'text',
  countersign: 'object',
} as const satisfies Shape;

/** Version of the `countersign` extension; readers refuse others. */
const EXTENSION_VERSION = 1;
const STAGE_URI = 'urn:countersign:stage:';
const NATIVE_URI = 'urn:countersign:native';
const NO_POLICY_URI = 'urn:countersign:policy:none';
const STAGE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/;
const RFC3339_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
const ROSTER_LIMIT = 1000;

/** The signed message of one SIF group that an approval covers: lets a verifier name the altered object. */
export interface ApprovedContent {
  readonly group: number;
  /** The exact sif-metadata JSON; its SHA-256 is a subject of the statement. */
  readonly metadata: string;
}

/** An approval with the parts that only the image knows how to compare. */
export interface ApprovalContent {
  readonly approval: Approval;
  /** Empty for OCI images. */
  readonly content: readonly ApprovedContent[];
}

/** True for a name that a stage may have: lower-case letters, digits and inner hyphens, at most 42 characters. */
export function isStageName(text: string): boolean {
  return STAGE_NAME.test(text);
}

/** True for a predicate type that would be taken for an entry of the roster where an approval lists evidence. */
export function isRosterUri(uri: string): boolean {
  return uri === NATIVE_URI || uri.startsWith(STAGE_URI);
}

/** The verifier id of a stage whose policy gives none. */
export function defaultVerifierId(stage: string): string {
  return `${STAGE_URI}${stage}`;
}

/** The predicate of an approval, keys in a fixed order. */
export function encodeApproval({ approval, content }: ApprovalContent, toolVersion: string): JsonObject {
  const { policy } = approval;
  return {
    verifier: { id: approval.verifierId, version: { countersign: toolVersion } },
    timeVerified: approval.timeVerified,
    resourceUri: approval.resourceUri,
    policy: policy.digest ? { uri: policy.name, digest: digestMap(policy.digest) } : { uri: NO_POLICY_URI },
    inputAttestations: [...approval.roster.map(encodeRosterEntry), ...approval.evidence.map(encodeEvidenceEntry)],
    verificationResult: 'PASSED',
    verifiedLevels: [`${approval.stage.toUpperCase().replaceAll('-', '_')}_APPROVED`],
    slsaVersion: '1.0',
    countersign: {
      version: EXTENSION_VERSION,
      stage: approval.stage,
      ...(approval.signer ? { signer: encodeApprovalSigner(approval.signer) } : {}),
      sequence: approval.sequence,
      previous: approval.previous && digestMap(approval.previous),
      ...(approval.replaces.length > 0 ? { replaces: approval.replaces.map(encodeSignedLayer) } : {}),
      dataVerified: approval.dataVerified,
      expires: approval.expires,
      reason: approval.reason,
      ticket: approval.ticket,
      run: approval.run,
      native: approval.native.map((entry) => ({ group: entry.group, digest: digestMap(entry.digest) })),
      content: content.map(({ group, metadata }) => ({ group, metadata })),
    },
  };
}

/**
 * The approval in a predicate of the type above; undefined when it is some other tool's verification summary.
 * @throws DataError DATA_JSON_INVALID, DATA_JSON_AMBIGUOUS, DATA_DIGEST_INVALID when it claims to be ours and is not well-formed
 */
export function parseApproval(predicate: JsonObject): ApprovalContent | undefined {
  if (!Object.hasOwn(predicate, 'countersign')) return undefined;
  assertUnambiguous(predicate, SUMMARY_MEMBERS, 'the approval');
  const ours = asObject(predicate['countersign'], 'countersign');
  if (ours['version'] !== EXTENSION_VERSION)
    throw malformed(
      `countersign.version is ${JSON.stringify(ours['version'])}, this release reads ${EXTENSION_VERSION}`,
    );
  const stage = asText(ours['stage'], 'countersign.stage');
  if (!isStageName(stage)) throw malformed(`countersign.stage is ${JSON.stringify(stage.slice(0, 80))}`);
  if (predicate['verificationResult'] !== 'PASSED') throw malformed('verificationResult is not PASSED');
  const inputs = asArray(predicate['inputAttestations'], 'inputAttestations', ROSTER_LIMIT).map(parseInput);
  const run = ours['run'];
  const approval: Approval = {
    stage,
    signer: parseApprovalSigner(ours['signer']),
    verifierId: asText(asObject(predicate['verifier'], 'verifier')['id'], 'verifier.id'),
    timeVerified: asTime(predicate['timeVerified'], 'timeVerified'),
    resourceUri: asText(predicate['resourceUri'], 'resourceUri'),
    policy: parsePolicy(predicate['policy']),
    sequence: asInteger(ours['sequence'], 'countersign.sequence', 1),
    previous: ours['previous'] === null ? null : asDigest(ours['previous'], 'countersign.previous'),
    roster: inputs.filter((entry) => 'stage' in entry),
    replaces: asArray(ours['replaces'] ?? [], 'countersign.replaces', ROSTER_LIMIT).map(parseSignedLayer),
    evidence: inputs.filter((entry) => 'predicateType' in entry),
    dataVerified: asBoolean(ours['dataVerified'], 'countersign.dataVerified'),
    expires: ours['expires'] === null ? null : asTime(ours['expires'], 'countersign.expires'),
    native: asArray(ours['native'], 'countersign.native', 48).map(parseNative),
    reason: asOptionalText(ours['reason'], 'countersign.reason'),
    ticket: asOptionalText(ours['ticket'], 'countersign.ticket'),
    run: run === null || run === undefined ? null : asTextMap(run, 'countersign.run'),
  };
  return { approval, content: asArray(ours['content'], 'countersign.content', 4096).map(parseContent) };
}

function encodeRosterEntry({ stage, digest, signer }: RosterEntry): JsonObject {
  const annotations = signer ? { annotations: { signer: encodeSigner(signer) } } : {};
  return { uri: stage === null ? NATIVE_URI : `${STAGE_URI}${stage}`, digest: digestMap(digest), ...annotations };
}

function encodeEvidenceEntry({ predicateType, digest, signer, detached }: EvidenceEntry): JsonObject {
  const said = { ...(signer ? { signer: encodeSigner(signer) } : {}), ...(detached ? { detached } : {}) };
  return {
    uri: predicateType,
    digest: digestMap(digest),
    ...(Object.keys(said).length > 0 ? { annotations: said } : {}),
  };
}

function parseInput(value: JsonValue): RosterEntry | EvidenceEntry {
  const input = asObject(value, 'inputAttestations entry');
  const uri = asText(input['uri'], 'inputAttestations uri');
  const digest = asDigest(input['digest'], 'inputAttestations digest');
  if (uri === NATIVE_URI) return { stage: null, digest, signer: listedSigner(input) };
  const signer = listedSigner(input);
  if (!isRosterUri(uri))
    return {
      predicateType: uri,
      digest,
      ...(signer ? { signer } : {}),
      ...(isDetached(input) ? { detached: true } : {}),
    };
  const stage = uri.slice(STAGE_URI.length);
  if (!isStageName(stage)) throw malformed(`inputAttestations uri is ${JSON.stringify(uri.slice(0, 120))}`);
  return { stage, digest, signer };
}

function listedSigner({ annotations }: JsonObject): SignerName | null {
  const signer = isJsonObject(annotations) ? annotations['signer'] : undefined;
  return signer === undefined ? null : parseSigner(signer, 'inputAttestations signer');
}

function isDetached({ annotations }: JsonObject): boolean {
  return isJsonObject(annotations) && annotations['detached'] === true;
}

function parsePolicy(value: JsonValue | undefined): Approval['policy'] {
  const policy = asObject(value, 'policy');
  const uri = asText(policy['uri'], 'policy.uri');
  if (uri === NO_POLICY_URI) return { name: '', digest: null };
  return { name: uri, digest: asDigest(policy['digest'], 'policy.digest') };
}

function parseNative(value: JsonValue): NativeEntry {
  const entry = asObject(value, 'countersign.native entry');
  return { group: asInteger(entry['group'], 'native group', 1), digest: asDigest(entry['digest'], 'native digest') };
}

function parseContent(value: JsonValue): ApprovedContent {
  const entry = asObject(value, 'countersign.content entry');
  return { group: asInteger(entry['group'], 'content group', 1), metadata: asText(entry['metadata'], 'metadata') };
}

/** A time in UTC as RFC 3339 writes it. @throws DataError DATA_JSON_INVALID */
export function asTime(value: JsonValue | undefined, what: string): string {
  const text = asText(value, what);
  if (!RFC3339_UTC.test(text) || !isDay(text.slice(0, 10)) || Number.isNaN(Date.parse(text)))
    throw malformed(`${what} is not a UTC time`);
  return text;
}

function malformed(problem: string): DataError {
  return new DataError('DATA_JSON_INVALID', `not a well-formed approval: ${problem}`, {
    hint: 'sign the stage again, or update countersign if a newer release signed it',
  });
}
