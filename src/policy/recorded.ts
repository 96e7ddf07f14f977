// SPDX-License-Identifier: Apache-2.0
// What was found on an image, kept as JSON to judge it again without the image: facts, and no verdict. Signatures are
// worth in them what they were worth by the keys and at the time of the recording.

import { isDigest } from '../base/bytes.ts';
import type { ImageFacts } from './facts.ts';

/** The document that holds recorded facts, and nothing that reads like a verdict. */
const RECORDED_SCHEMA = 'countersign/recorded-facts/v1';

/** Facts as they were recorded. */
export interface Recorded {
  readonly recordedAt: Date;
  readonly facts: ImageFacts;
}

/** The members of the document. */
export function encodeRecorded({ recordedAt, facts }: Recorded): Readonly<Record<string, unknown>> {
  return { schema: RECORDED_SCHEMA, recordedAt: recordedAt.toISOString(), facts: written(facts) };
}

/** Undefined for what is no such document, or has a member that is missing, unknown or of another type. */
export function decodeRecorded(value: unknown): Recorded | undefined {
  if (!isRecord(value) || value['schema'] !== RECORDED_SCHEMA || Object.keys(value).length !== 3) return undefined;
  const recordedAt = new Date(typeof value['recordedAt'] === 'string' ? value['recordedAt'] : Number.NaN);
  const facts = read(value['facts']);
  return time(recordedAt) && isFacts(facts) ? { recordedAt, facts } : undefined;
}

/** JSON has neither times nor bytes: each is an object with one member. */
function written(value: unknown): unknown {
  if (value instanceof Date) return { $time: value.toISOString() };
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(written);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, written(one)]));
}

function read(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(read);
  if (!isRecord(value)) return value;
  const { $time: at, $base64: bytes } = value;
  if (typeof at === 'string') return new Date(at);
  if (typeof bytes === 'string') return new Uint8Array(Buffer.from(bytes, 'base64'));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Check = (value: unknown) => boolean;
type Members = Readonly<Record<string, Check>>;

const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const count: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const time: Check = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const bytes: Check = (value) => value instanceof Uint8Array;
const digest: Check = (value) => typeof value === 'string' && isDigest(value);
const word =
  (...words: readonly unknown[]): Check =>
  (value) =>
    words.includes(value);
const either =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));
const maybe = (check: Check): Check => either(word(null), check);
const list =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const object =
  (members: Members, optional: Members = {}): Check =>
  (value) =>
    isRecord(value) &&
    Object.keys(members).every((key) => Object.hasOwn(value, key)) &&
    Object.entries(value).every(([key, one]) => {
      const check = Object.hasOwn(members, key) ? members[key] : Object.hasOwn(optional, key) && optional[key];
      return check ? check(one) : false;
    });
const texts: Check = (value) => isRecord(value) && Object.values(value).every(text);

const REASONS = list(object({ code: text, message: text, hint: text }, { severity: word('remark') }));
const SOURCED = { trustSource: object({ kind: text, name: text }) };
const CERTIFIED = { hint: text, algorithm: text, issuer: text, san: list(text), certificateSha256: text };
const CRL = object({ number: text, thisUpdate: text, nextUpdate: text });
const PATH = list(object({ subject: text, serial: text, notAfter: text, revocation: text }, { crl: CRL }));
const SIGNER = either(
  object(
    { method: word('pgp'), fingerprint: text, userIds: list(text) },
    { subkey: text, hint: text, expires: text, ...SOURCED },
  ),
  object({ method: word('key'), hint: text, algorithm: text }, SOURCED),
  object(
    {
      method: word('x509'),
      ...CERTIFIED,
      subject: text,
      serial: text,
      notBefore: text,
      notAfter: text,
      anchors: list(text),
      chain: list(text),
    },
    { path: PATH, ...SOURCED },
  ),
  object(
    { method: word('sigstore'), ...CERTIFIED, claims: texts, provenAt: maybe(text) },
    { reviewers: list(object({ login: text, id: text })), ...SOURCED },
  ),
);
const NAMED = object({ key: text }, { fingerprint: text });
const PROVEN = object({
  time,
  latest: time,
  accuracyMs: count,
  proof: word('timestamp', 'later-approval'),
  by: text,
});
const APPROVAL = object({
  stage: text,
  signer: maybe(object({ key: text, certificates: list(text) }, { fingerprint: text })),
  verifierId: text,
  timeVerified: text,
  resourceUri: text,
  policy: object({ name: text, digest: maybe(digest) }),
  sequence: count,
  previous: maybe(digest),
  roster: list(object({ stage: maybe(text), digest, signer: maybe(NAMED) })),
  replaces: list(object({ digest, signer: NAMED })),
  evidence: list(object({ predicateType: text, digest }, { signer: NAMED, detached: flag })),
  dataVerified: flag,
  expires: maybe(text),
  native: list(object({ group: count, digest })),
  reason: maybe(text),
  ticket: maybe(text),
  run: maybe(texts),
});
const FOUND = {
  place: either(object({ in: word('sif'), object: count }), object({ in: word('registry'), name: text })),
  digest,
  method: word('pgp', 'key', 'x509', 'sigstore', null),
  signer: maybe(SIGNER),
  signature: word('valid', 'invalid', 'unknown-signer', 'untrusted', 'unreadable'),
  reasons: REASONS,
  covers: list(text),
  contradicted: flag,
};
const TIMED = { proven: PROVEN, timeRemarks: REASONS };
const LAYER = object(
  {
    ...FOUND,
    kind: word('native-pgp', 'native-dsse', 'native-legacy', 'bundle', 'cosign', 'notation', 'simple-signing'),
    approval: maybe(APPROVAL),
    signedAt: maybe(text),
  },
  {
    ...TIMED,
    granted: word(true),
    vouched: list(object({ by: text, signer: maybe(SIGNER), reasons: REASONS, proven: PROVEN })),
    expires: text,
    statedStage: maybe(text),
    companion: flag,
    signedReference: text,
  },
);
const WITHDRAWAL = object({ stage: text, approvals: list(digest), reason: text, withdrawnAt: text });
const EVIDENCE = object(
  { ...FOUND, predicateType: text },
  {
    ...TIMED,
    detached: flag,
    record: word('verdict', 'publication'),
    withdrawal: WITHDRAWAL,
    breakGlass: either(
      text,
      object({ stage: text, stageId: text, reason: text, ticket: text, from: text, until: text }),
    ),
    withdrawn: WITHDRAWAL,
    statement: bytes,
  },
);
const FACTS = object(
  {
    name: text,
    kind: word('sif', 'oci'),
    contentDigests: list(digest),
    units: list(object({ id: text }, { encrypted: flag, writable: flag, group: count, use: word('overlay', 'data') })),
    layers: list(LAYER),
    evidence: list(EVIDENCE),
    dataRead: flag,
    problems: REASONS,
  },
  { reference: text, pinned: text, hasId: flag, unjudged: list(object({ where: text, type: text })) },
);

function isFacts(value: unknown): value is ImageFacts {
  return FACTS(value);
}
