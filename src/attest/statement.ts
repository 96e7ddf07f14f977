// SPDX-License-Identifier: Apache-2.0
// in-toto Statements: the one kind of payload that our envelopes hold. Reads v1 and v0.1, writes v1. Parsing looks at
// the exact bytes that were signed; nothing is ever re-serialised before it is verified.

import { type Digest, digestHex, fromBase64, isDigest, parseDigest, toBase64, utf8 } from '../base/bytes.ts';
import { CountersignError, DataError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { asArray, asObject, asText, parseUnambiguous } from '../base/members.ts';
import { documentError, SignatureError } from '../crypto/errors.ts';
import type { SignerName } from '../findings/signature.ts';
import { STATEMENT_MEMBERS } from './known-members.ts';

/** DSSE payload type of in-toto statements. */
export const IN_TOTO_PAYLOAD_TYPE = 'application/vnd.in-toto+json';
/** `_type` of the statements that we write. */
export const STATEMENT_V1 = 'https://in-toto.io/Statement/v1';
const STATEMENT_V01 = 'https://in-toto.io/Statement/v0.1';

/** Predicates have names of their own choice; approvals are looked at where they are read. */
const READ_MEMBERS = { ...STATEMENT_MEMBERS, predicate: 'any' } as const;

/** Subjects of one statement that are read. */
const MAX_SUBJECTS = 4096;

/** Approvals repeat the type of each piece of evidence. */
const MAX_TYPE_LENGTH = 2000;

/** What a statement is about; matched by digest only. */
export interface StatementSubject {
  readonly name?: string;
  readonly uri?: string;
  /** Algorithm name → lower-case hex. */
  readonly digest: Readonly<Record<string, string>>;
  readonly annotations?: JsonObject;
}

/** What a statement says. */
export interface StatementContent {
  readonly subject: readonly StatementSubject[];
  readonly predicateType: string;
  /** Null when the statement has none. cosign writes a text for SPDX tag-value documents. */
  readonly predicate: JsonValue;
}

/** A statement that was read, with the bytes that were signed. */
export interface Statement extends StatementContent {
  readonly type: typeof STATEMENT_V1 | typeof STATEMENT_V01;
}

/** A statement without its predicate, which may be large. */
export type StatementHead = Omit<Statement, 'predicate'>;

/**
 * The statement in a payload.
 * @throws SignatureError SIGNATURE_STATEMENT_INVALID, SIGNATURE_AMBIGUOUS
 * @see https://github.com/in-toto/attestation/blob/v1.1.0/spec/v1/statement.md
 */
export function parseStatement(payload: Uint8Array): Statement {
  const value = readJson(payload);
  return { ...headOf(value), predicate: value['predicate'] ?? null };
}

/** The same without its predicate, whose form is checked and nothing of which is kept. @throws as parseStatement */
export function parseStatementHead(payload: Uint8Array): StatementHead {
  return headOf(readJson(payload, 'predicate'));
}

function headOf({ _type: type, predicateType, subject }: JsonObject): StatementHead {
  if (type !== STATEMENT_V1 && type !== STATEMENT_V01) throw invalid(`_type is ${shown(type)}`);
  if (typeof predicateType !== 'string' || predicateType === '') throw invalid('predicateType is not a text');
  if (predicateType.length > MAX_TYPE_LENGTH)
    throw invalid(`predicateType has ${predicateType.length} characters; the limit is ${MAX_TYPE_LENGTH}`);
  if (!Array.isArray(subject) || subject.length === 0) throw invalid('subject is not a list with entries');
  if (subject.length > MAX_SUBJECTS) throw invalid(`${subject.length} subjects; the limit is ${MAX_SUBJECTS}`);
  return { type, predicateType, subject: subject.map(parseSubject) };
}

/** The digests of a subject in the algorithms that name content here; the others say nothing to us. */
export function subjectDigests({ digest }: StatementSubject): readonly Digest[] {
  const named = ['sha256', 'sha512'].map((algorithm) => `${algorithm}:${digest[algorithm] ?? ''}`);
  return named.filter(isDigest);
}

/** A subject that is named by one digest. */
export function subjectNamed(name: string, digest: Digest): StatementSubject {
  const [algorithm = ''] = digest.split(':');
  return { name, digest: { [algorithm]: digestHex(digest) } };
}

/** Compact JSON of a Statement v1; the same content gives the same bytes, members in the order of the specification. */
export function encodeStatement(content: StatementContent): Uint8Array {
  const subject = content.subject.map(({ name, uri, digest, annotations }) => ({ name, uri, digest, annotations }));
  const { predicateType, predicate } = content;
  return utf8(JSON.stringify({ _type: STATEMENT_V1, subject, predicateType, predicate }));
}

function readJson(payload: Uint8Array, skip?: string): JsonObject {
  try {
    const value = parseUnambiguous(payload, 'the statement', READ_MEMBERS, { skip });
    if (isJsonObject(value)) return value;
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw documentError(cause, () => invalid(cause.message, cause));
  }
  throw invalid('it is not a JSON object');
}

function parseSubject(value: JsonValue): StatementSubject {
  if (!isJsonObject(value)) throw invalid('a subject is not an object');
  const { name, uri, annotations } = value;
  if (name !== undefined && typeof name !== 'string') throw invalid('the name of a subject is not a text');
  if (uri !== undefined && typeof uri !== 'string') throw invalid('the uri of a subject is not a text');
  if (annotations !== undefined && !isJsonObject(annotations)) throw invalid('subject annotations are not an object');
  return {
    ...(name === undefined ? {} : { name }),
    ...(uri === undefined ? {} : { uri }),
    digest: parseDigestSet(value['digest']),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function parseDigestSet(value: JsonValue | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) throw invalid('a subject has no digest set');
  const digests: Record<string, string> = Object.create(null);
  for (const [algorithm, hex] of Object.entries(value)) {
    if (typeof hex !== 'string') throw invalid(`the ${algorithm} digest of a subject is not a text`);
    digests[algorithm] = hex;
  }
  return digests;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 120)) : 'missing or not a text';
}

function invalid(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_STATEMENT_INVALID', `not an in-toto statement: ${problem}`, { cause });
}

/** Who gives an approval. */
export interface ApprovalSigner extends SignerName {
  /** X.509: SHA-256 of the certificates signed with, leaf first. Without them all the signature is not what was given. */
  readonly certificates: readonly Digest[];
}

/** A signed thing: the statement alone can be signed by others, too. */
export interface SignedLayer {
  readonly digest: Digest;
  readonly signer: SignerName;
}

const FINGERPRINT = /^[0-9A-F]{40}$/;
const MAX_CERTIFICATES = 20;

/** The digests of an in-toto digest map. */
export function digestMap(digest: Digest): JsonObject {
  return { [digest.slice(0, digest.indexOf(':'))]: digestHex(digest) };
}

/**
 * The SHA-256 member of an in-toto digest map.
 * @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID
 */
export function asDigest(value: JsonValue | undefined, what: string): Digest {
  return parseDigest(`sha256:${asText(asObject(value, what)['sha256'], `${what}.sha256`)}`);
}

/** The name as JSON. */
export function encodeSigner({ key, fingerprint }: SignerName): JsonObject {
  const hex = Buffer.from(fromBase64(key, 'the name of a key')).toString('hex');
  return { key: { sha256: hex }, ...(fingerprint === undefined ? {} : { openpgp: fingerprint }) };
}

/** The name of whoever gives an approval, as JSON. */
export function encodeApprovalSigner(signer: ApprovalSigner): JsonObject {
  const { certificates } = signer;
  return { ...encodeSigner(signer), ...(certificates.length > 0 ? { certificates: certificates.map(digestMap) } : {}) };
}

/** A statement and its signer, as JSON. */
export function encodeSignedLayer({ digest, signer }: SignedLayer): JsonObject {
  return { digest: digestMap(digest), signer: encodeSigner(signer) };
}

/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
export function parseSigner(value: JsonValue, what: string): SignerName {
  const { key, openpgp } = asObject(value, what);
  const hint = toBase64(Buffer.from(digestHex(asDigest(key, `${what}.key`)), 'hex'));
  if (openpgp === undefined) return { key: hint };
  const fingerprint = asText(openpgp, `${what}.openpgp`);
  if (!FINGERPRINT.test(fingerprint))
    throw new DataError('DATA_JSON_INVALID', `${what}.openpgp is no fingerprint of 40 upper-case hex digits`, {
      hint: 'sign the stage again',
    });
  return { key: hint, fingerprint };
}

/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
export function parseApprovalSigner(value: JsonValue | undefined): ApprovalSigner | null {
  if (value === undefined || value === null) return null;
  const what = 'countersign.signer';
  const listed = asObject(value, what)['certificates'] ?? [];
  const certificates = asArray(listed, `${what}.certificates`, MAX_CERTIFICATES).map((one) => asDigest(one, what));
  return { ...parseSigner(value, what), certificates };
}

/** @throws DataError DATA_DIGEST_INVALID, DATA_JSON_INVALID */
export function parseSignedLayer(value: JsonValue): SignedLayer {
  const what = 'countersign.replaces entry';
  const { digest, signer } = asObject(value, what);
  return { digest: asDigest(digest, what), signer: parseSigner(signer ?? null, what) };
}

/** The kinds of evidence that have a short name, for people and policies. */
export const EVIDENCE_KINDS = ['provenance', 'sbom', 'findings'] as const;

/** The kind that a predicate type belongs to; undefined for all that have no short name. */
export function evidenceKind(predicateType: string): (typeof EVIDENCE_KINDS)[number] | undefined {
  if (predicateType.startsWith('https://slsa.dev/provenance/')) return 'provenance';
  if (predicateType.startsWith('https://cyclonedx.org/bom') || predicateType.startsWith('https://spdx.dev/Document'))
    return 'sbom';
  return predicateType.startsWith('https://in-toto.io/attestation/vulns/') ? 'findings' : undefined;
}

/** The time a statement gives for itself; a fixed one if none, so that the same bundle makes the same referrer. */
export function statementTime({ predicate }: Statement): Date {
  const paths = [['timeVerified'], ['metadata', 'scanFinishedOn'], ['runDetails', 'metadata', 'finishedOn']];
  for (const path of paths) {
    const text = path.reduce<JsonValue | undefined>(
      (value, key) => (isJsonObject(value) ? value[key] : undefined),
      predicate,
    );
    const time = typeof text === 'string' ? new Date(asText(text, 'time')) : undefined;
    if (time && !Number.isNaN(time.getTime())) return time;
  }
  return new Date(0);
}
