// SPDX-License-Identifier: Apache-2.0
// A report that a run left (`report-path`) → the verdict in it, as much of it as an account of a period needs. Whoever
// keeps these files could change them, so that their form is checked and nothing in them is taken on trust by its type.

import { sha256, type Digest } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { VERDICT_SCHEMA } from '../../policy/verdict.ts';

/** A remark or problem as it was stored. */
export interface StoredReason {
  readonly code: string;
  readonly message: string;
  readonly remark: boolean;
}

/** An approval as it was found: who, for which stage, why. */
export interface StoredApproval {
  readonly stage: string;
  /** Digest of the signed statement. */
  readonly digest: string;
  readonly principal: string | null;
  /** Fingerprint, SPKI digest, or name and serial number of the certificate. */
  readonly credential: string;
  readonly signedAt: string | null;
  readonly provenAt: string | null;
  readonly reason: string | null;
  readonly ticket: string | null;
  readonly expires: string | null;
}

/** A stage that somebody let be skipped, as a verdict says it. */
export interface StoredBreakGlass {
  readonly stage: string;
  /** Digest of the signed statement. */
  readonly digest: string;
  readonly by: string;
  readonly reason: string;
  readonly ticket: string;
  readonly from: string;
  readonly until: string;
  readonly reviewedBy: readonly string[];
}

/** What a run decided about one image. */
export interface StoredImage {
  readonly name: string;
  readonly reference: string | null;
  readonly contentDigests: readonly string[];
  readonly outcome: 'passed' | 'failed' | 'error';
  readonly dataVerified: boolean;
  readonly unsigned: boolean;
  readonly stages: readonly {
    readonly stage: string;
    readonly verdict: string;
    readonly approvedBy: readonly string[];
    readonly reasons: readonly StoredReason[];
  }[];
  readonly breakGlass: readonly StoredBreakGlass[];
  readonly approvals: readonly StoredApproval[];
  readonly reasons: readonly StoredReason[];
}

/** A run's verdict. */
export interface StoredVerdict {
  /** Who signed it, checked; null for a report, which nobody signs. */
  readonly signedBy: string | null;
  /** Of the file's bytes: the same report twice is one. */
  readonly source: Digest;
  /** RFC 3339. */
  readonly at: string;
  /** The time was given by the user. */
  readonly asOf: boolean;
  readonly policy: string | null;
  /** Tags that were moved, when the run published the image; null when it did not. */
  readonly published: readonly string[] | null;
  readonly images: readonly StoredImage[];
}

/** What a verdict says about one image. */
export interface Mention {
  readonly verdict: StoredVerdict;
  readonly image: StoredImage;
}

/** Reports with the signed verdicts of their time, and the signed ones that no report tells of. */
export function joined(given: readonly Mention[]) {
  const signed = given.filter(({ verdict }) => verdict.signedBy !== null);
  const told = given.filter(({ verdict }) => verdict.signedBy === null);
  const signatures = new Map<Mention, Mention>();
  const alone = signed.filter((one) => {
    const same = told.find(
      ({ verdict: { at, policy } }) =>
        policy === one.verdict.policy &&
        Math.floor(Date.parse(at) / 1000) === Math.floor(Date.parse(one.verdict.at) / 1000),
    );
    if (same) signatures.set(same, one);
    return !same;
  });
  return { all: given.filter((one) => !signed.includes(one) || alone.includes(one)), alone, signatures };
}

/**
 * The verdict in a report; undefined when its run gave none.
 * @throws DataError DATA_JSON_INVALID when it is no report of ours
 */
export function readStored(bytes: Uint8Array, file: string): StoredVerdict | undefined {
  const document = parseJson(bytes, file);
  const whole = isJsonObject(document) ? document : wrong(file, 'is no object');
  const schema = textIn(whole, 'schema', file);
  const isOurs = schema.startsWith('countersign/') && !schema.startsWith('countersign/verdict/');
  if (!isOurs && schema !== VERDICT_SCHEMA) wrong(file, `is a ${schema}`);
  const verdict = schema === VERDICT_SCHEMA ? whole : whole['verdict'];
  if (!isJsonObject(verdict)) return undefined;
  if (textIn(verdict, 'schema', file) !== VERDICT_SCHEMA) wrong(file, 'holds a verdict of another edition');
  const at = textIn(verdict, 'now', file);
  if (!/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(Date.parse(at))) wrong(file, 'has a verdict without time');
  const { policy } = verdict;
  const isPublication = schema === 'countersign/push/v1' && typeof whole['reference'] === 'string';
  return {
    source: sha256(bytes),
    signedBy: null,
    at: new Date(at).toISOString(),
    asOf: verdict['asOf'] === true,
    policy: isJsonObject(policy) ? `${textIn(policy, 'name', file)} (${textIn(policy, 'digest', file)})` : null,
    published: isPublication ? texts(whole['tags'] ?? [], file) : null,
    images: objects(verdict['images'], file).map((image) => readImage(image, file)),
  };
}

function readImage(image: JsonObject, file: string): StoredImage {
  const outcome = textIn(image, 'outcome', file);
  if (outcome !== 'passed' && outcome !== 'failed' && outcome !== 'error') wrong(file, `has the outcome ${outcome}`);
  return {
    name: textIn(image, 'name', file),
    reference: optional(image['reference'], file),
    contentDigests: texts(image['contentDigests'], file),
    outcome,
    dataVerified: image['dataVerified'] === true,
    unsigned: image['unsigned'] === true,
    stages: objects(image['stages'], file).map((stage) => ({
      stage: textIn(stage, 'stage', file),
      verdict: textIn(stage, 'verdict', file),
      approvedBy: texts(stage['approvedBy'], file),
      reasons: readReasons(stage['reasons'], file),
    })),
    breakGlass: objects(image['stages'], file).flatMap((stage) => readBreakGlass(stage, file)),
    approvals: objects(image['layers'], file).flatMap((layer) => readApproval(layer, file)),
    reasons: readReasons(image['reasons'], file),
  };
}

function readBreakGlass(stage: JsonObject, file: string): readonly StoredBreakGlass[] {
  const broken = stage['breakGlass'];
  if (broken === undefined) return [];
  return objects(broken, file).map((one) => ({
    stage: textIn(stage, 'stage', file),
    digest: textIn(one, 'digest', file),
    by: textIn(one, 'by', file),
    reason: textIn(one, 'reason', file),
    ticket: textIn(one, 'ticket', file),
    from: textIn(one, 'from', file),
    until: textIn(one, 'until', file),
    reviewedBy: texts(one['reviewedBy'], file),
  }));
}

/** Approvals whose signature was valid; whether they counted is said by their stage. */
function readApproval(layer: JsonObject, file: string): readonly StoredApproval[] {
  const { approval, stage, signer, provenTime } = layer;
  if (!isJsonObject(approval) || typeof stage !== 'string' || layer['status'] !== 'valid') return [];
  const said = isJsonObject(signer) ? signer : wrong(file, 'has a valid approval without signer');
  return [
    {
      stage,
      digest: textIn(layer, 'digest', file),
      principal: optional(said['principal'], file),
      credential: credentialOf(said, file),
      signedAt: optional(layer['signedAt'], file),
      provenAt: isJsonObject(provenTime) ? textIn(provenTime, 'time', file) : null,
      reason: optional(approval['reason'], file),
      ticket: optional(approval['ticket'], file),
      expires: optional(approval['expires'], file),
    },
  ];
}

function credentialOf(signer: JsonObject, file: string): string {
  const method = textIn(signer, 'method', file);
  const part = (name: string): string => optional(signer[name], file) ?? '';
  if (method === 'pgp') return `pgp ${part('fingerprint')}`;
  if (method === 'x509') return `x509 ${part('issuer')} / ${part('serial')}`;
  return `${method} ${part('hint') || part('subject')}`;
}

function readReasons(value: JsonValue | undefined, file: string): readonly StoredReason[] {
  return objects(value, file).map((reason) => ({
    code: textIn(reason, 'code', file),
    message: textIn(reason, 'message', file),
    remark: reason['severity'] === 'remark',
  }));
}

function textIn(object: JsonObject, member: string, file: string): string {
  const value = object[member];
  return typeof value === 'string' ? value : wrong(file, `has no text ${member} where one belongs`);
}

function optional(value: JsonValue | undefined, file: string): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : wrong(file, 'has something else where a text belongs');
}

function objects(value: JsonValue | undefined, file: string): readonly JsonObject[] {
  if (!Array.isArray(value)) return wrong(file, 'lacks a list');
  return value.map((item) => (isJsonObject(item) ? item : wrong(file, 'has a list of something else')));
}

function texts(value: JsonValue | undefined, file: string): readonly string[] {
  if (!Array.isArray(value)) return wrong(file, 'lacks a list');
  return value.map((item) => (typeof item === 'string' ? item : wrong(file, 'has a list of something else')));
}

function wrong(file: string, why: string): never {
  throw new DataError('DATA_JSON_INVALID', `${file} ${why}, so that it is no report of a run`, {
    hint: 'give the files that ⟨report-path⟩ of verify-all, push-oras and pull wrote, and no others',
  });
}
