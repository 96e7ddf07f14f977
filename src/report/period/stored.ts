// SPDX-License-Identifier: Apache-2.0
// A report that a run left (`report-path`) → the verdict in it, as much of it as an account of a period needs. Whoever
// keeps these files could change them, so that their form is checked and nothing in them is taken on trust by its type.

import { sha256, type Digest } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { asArray, asObject, asOptionalText, asText } from '../../base/members.ts';
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
  try {
    return readReport(asObject(document, 'the document'), sha256(bytes));
  } catch (cause) {
    if (!(cause instanceof DataError)) throw cause;
    throw wrong(`${file}: ${cause.message}, so that it is no report of a run`);
  }
}

function readReport(whole: JsonObject, source: Digest): StoredVerdict | undefined {
  const schema = asText(whole['schema'], 'schema');
  const isOurs = schema.startsWith('countersign/') && !schema.startsWith('countersign/verdict/');
  if (!isOurs && schema !== VERDICT_SCHEMA) throw wrong(`it is a ${schema}`);
  const verdict = schema === VERDICT_SCHEMA ? whole : whole['verdict'];
  if (!isJsonObject(verdict)) return undefined;
  if (verdict['schema'] !== VERDICT_SCHEMA) throw wrong('its verdict is of another edition');
  const at = asText(verdict['now'], 'now');
  if (!/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(Date.parse(at))) throw wrong('its verdict has no time');
  const { policy } = verdict;
  const isPublication = schema === 'countersign/push/v1' && typeof whole['reference'] === 'string';
  return {
    source,
    signedBy: null,
    at: new Date(at).toISOString(),
    asOf: verdict['asOf'] === true,
    policy: isJsonObject(policy) ? `${asText(policy['name'], 'name')} (${asText(policy['digest'], 'digest')})` : null,
    published: isPublication ? texts(whole['tags'] ?? [], 'tags') : null,
    images: objects(verdict['images'], 'images').map((image) => readImage(image)),
  };
}

function readImage(image: JsonObject): StoredImage {
  const outcome = asText(image['outcome'], 'outcome');
  if (outcome !== 'passed' && outcome !== 'failed' && outcome !== 'error') throw wrong(`it has the outcome ${outcome}`);
  return {
    name: asText(image['name'], 'name'),
    reference: asOptionalText(image['reference'], 'reference'),
    contentDigests: texts(image['contentDigests'], 'contentDigests'),
    outcome,
    dataVerified: image['dataVerified'] === true,
    unsigned: image['unsigned'] === true,
    stages: objects(image['stages'], 'stages').map((stage) => ({
      stage: asText(stage['stage'], 'stage'),
      verdict: asText(stage['verdict'], 'verdict'),
      approvedBy: texts(stage['approvedBy'], 'approvedBy'),
      reasons: readReasons(stage['reasons']),
    })),
    breakGlass: objects(image['stages'], 'stages').flatMap((stage) => readBreakGlass(stage)),
    approvals: objects(image['layers'], 'layers').flatMap((layer) => readApproval(layer)),
    reasons: readReasons(image['reasons']),
  };
}

function readBreakGlass(stage: JsonObject): readonly StoredBreakGlass[] {
  const broken = stage['breakGlass'];
  if (broken === undefined) return [];
  return objects(broken, 'breakGlass').map((one) => ({
    stage: asText(stage['stage'], 'stage'),
    digest: asText(one['digest'], 'digest'),
    by: asText(one['by'], 'by'),
    reason: asText(one['reason'], 'reason'),
    ticket: asText(one['ticket'], 'ticket'),
    from: asText(one['from'], 'from'),
    until: asText(one['until'], 'until'),
    reviewedBy: texts(one['reviewedBy'], 'reviewedBy'),
  }));
}

/** Approvals whose signature was valid; whether they counted is said by their stage. */
function readApproval(layer: JsonObject): readonly StoredApproval[] {
  const { approval, stage, signer, provenTime } = layer;
  if (!isJsonObject(approval) || typeof stage !== 'string' || layer['status'] !== 'valid') return [];
  const said = asObject(signer, 'the signer of a valid approval');
  return [
    {
      stage,
      digest: asText(layer['digest'], 'digest'),
      principal: asOptionalText(said['principal'], 'principal'),
      credential: credentialOf(said),
      signedAt: asOptionalText(layer['signedAt'], 'signedAt'),
      provenAt: isJsonObject(provenTime) ? asText(provenTime['time'], 'time') : null,
      reason: asOptionalText(approval['reason'], 'reason'),
      ticket: asOptionalText(approval['ticket'], 'ticket'),
      expires: asOptionalText(approval['expires'], 'expires'),
    },
  ];
}

function credentialOf(signer: JsonObject): string {
  const method = asText(signer['method'], 'method');
  const part = (name: string): string => asOptionalText(signer[name], name) ?? '';
  if (method === 'pgp') return `pgp ${part('fingerprint')}`;
  if (method === 'x509') return `x509 ${part('issuer')} / ${part('serial')}`;
  return `${method} ${part('hint') || part('subject')}`;
}

function readReasons(value: JsonValue | undefined): readonly StoredReason[] {
  return objects(value, 'reasons').map((reason) => ({
    code: asText(reason['code'], 'code'),
    message: asText(reason['message'], 'message'),
    remark: reason['severity'] === 'remark',
  }));
}

function objects(value: JsonValue | undefined, what: string): readonly JsonObject[] {
  return asArray(value, what, Number.POSITIVE_INFINITY).map((item) => asObject(item, what));
}

function texts(value: JsonValue | undefined, what: string): readonly string[] {
  return asArray(value, what, Number.POSITIVE_INFINITY).map((item) => asText(item, what));
}

function wrong(problem: string): DataError {
  return new DataError('DATA_JSON_INVALID', problem, {
    hint: 'give the files that ⟨report-path⟩ of verify-all, push-oras and pull wrote, and no others',
  });
}
