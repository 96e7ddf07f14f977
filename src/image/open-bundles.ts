// SPDX-License-Identifier: Apache-2.0
// Reads the bundles of an image and checks their signatures: each by the time that its own timestamps prove, and, where
// that is not enough, by the times of later approvals that list it. Whether those count is for the policy to say.

import type { ProvenTime, Reason } from '../findings/signature.ts';
import { isNamed } from '../findings/signature.ts';
import { APPROVAL_PREDICATE_TYPE, isRosterUri, parseApproval } from '../attest/approval.ts';
import { BREAK_GLASS_PREDICATE_TYPE, type BreakGlass, parseBreakGlass } from '../attest/break-glass.ts';
import { encodePae, parseBundle } from '../attest/bundle.ts';
import { GRANT_PREDICATE_TYPE } from '../attest/grant.ts';
import { recordKind } from '../attest/record.ts';
import {
  IN_TOTO_PAYLOAD_TYPE,
  parseStatement,
  parseStatementHead,
  type StatementHead,
  subjectDigests,
} from '../attest/statement.ts';
import { parseWithdrawal, type Withdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../attest/withdrawal.ts';
import { sha256, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { SignatureCheck, Verifier } from '../crypto/verifier.ts';
import { reason as policyReason } from '../policy/reasons.ts';
import type { FoundBundle, Opened, OpenedBundle } from './bundle.ts';
import { grantedKeys } from './grants.ts';
import { listersOf, type Stamped, vouchedTimes } from './vouched.ts';

/** With what, and when. */
export interface Checking {
  readonly verifier: Verifier;
  readonly now: Date;
}

/** What is in a bundle, or why it cannot be read. */
type Parsed = Omit<OpenedBundle, 'found' | 'check'> | { readonly problem: Reason };

/** What is in the bytes of a bundle, its signature not checked. Whatever is stored must pass here first. */
export function readSigned(bytes: Uint8Array): Parsed {
  try {
    const bundle = parseBundle(bytes);
    if (bundle.envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE)
      return unreadable(`its payload type is ${bundle.envelope.payloadType.slice(0, 120)}`);
    const { payload } = bundle.envelope;
    const statement = parseStatementHead(payload);
    if (isRosterUri(statement.predicateType))
      return unreadable('its predicate type is a name that approvals have for each other');
    const ours = statement.predicateType === APPROVAL_PREDICATE_TYPE;
    if (ours && payload.length > LIMITS.approvalBytes)
      return unreadable(`it is an approval of ${payload.length} bytes`);
    const predicate = ours ? parseStatement(payload).predicate : null;
    const approval = isJsonObject(predicate) ? parseApproval(predicate) : undefined;
    const groups = approval?.content.map(({ group }) => group) ?? [];
    if (new Set(groups).size < groups.length) return unreadable('it has a group of content twice');
    const subjects = new Set(statement.subject.flatMap(subjectDigests));
    const unbound = approval?.content.find(({ metadata }) => !subjects.has(sha256(utf8(metadata))));
    if (unbound) return unreadable(`its content of group ${unbound.group} is no subject of it`);
    return {
      bundle,
      statement,
      approval,
      record: approval ? undefined : recordKind(statement.predicateType, predicate),
      withdrawal: withdrawalIn(statement, payload),
      breakGlass: breakGlassIn(statement, payload),
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { problem: { code: error.code, message: error.message, hint: error.hint } };
  }
}

/** One that cannot be read is no evidence: what it was to take back, nobody knows. */
function withdrawalIn({ predicateType }: StatementHead, payload: Uint8Array): Withdrawal | undefined {
  if (predicateType !== WITHDRAWAL_PREDICATE_TYPE || payload.length > LIMITS.approvalBytes) return undefined;
  return parseWithdrawal(parseStatement(payload).predicate);
}

/** One that cannot be read skips nothing, and fails nothing. */
export function breakGlassIn(
  { predicateType }: Pick<StatementHead, 'predicateType'>,
  payload: Uint8Array,
): BreakGlass | string | undefined {
  if (predicateType !== BREAK_GLASS_PREDICATE_TYPE) return undefined;
  if (payload.length > LIMITS.approvalBytes) return `it has ${payload.length} bytes`;
  try {
    return parseBreakGlass(parseStatement(payload).predicate);
  } catch (error) {
    if (error instanceof CountersignError) return error.message;
    throw error;
  }
}

function unreadable(message: string): { readonly problem: Reason } {
  return {
    problem: {
      code: 'BUNDLE_UNREADABLE',
      message,
      hint: 'sign the stage again, or remove the object if it is not needed',
    },
  };
}

/** Reads a bundle and checks its signature; a Reason when it cannot be read. Never throws for what is in it. */
export async function openBundle(found: FoundBundle, verifier: Verifier, now: Date): Promise<Opened> {
  const parsed = readSigned(found.bytes);
  if ('problem' in parsed) return { found, problem: parsed.problem };
  return { found, ...parsed, check: await checkSignature(parsed, { verifier, now }) };
}

type Read = Exclude<Parsed, { readonly problem: unknown }>;

/** What else is known of a signature. */
interface MoreTime {
  /** The key that it is by, whatever certificate is beside it. */
  readonly hint?: string;
  /** That copies of the bundle hold. */
  readonly timestamps?: readonly Uint8Array[];
  readonly proven?: ProvenTime;
}

async function checkSignature(
  parsed: Read,
  { verifier, now }: Checking,
  { timestamps: others = [], proven, hint }: MoreTime = {},
): Promise<SignatureCheck> {
  const { payload, payloadType, signature, keyid } = parsed.bundle.envelope;
  const { material, timestamps: own, json } = parsed.bundle;
  const pae = encodePae(payloadType, payload);
  const timestamps = [...own, ...others];
  const input = {
    pae,
    signature,
    material: hint === undefined ? material : ({ kind: 'public-key', hint } as const),
    keyid,
    hashing: 'bundle',
    timestamps,
    proven,
    bundle: json,
  } as const;
  return withCertificates(await verifier.verifyDsse(input, now), parsed);
}

/**
 * An approval names its signer and the certificates that it was signed with. Beside another leaf or none, or beside one where
 * it names none, the signature is not what was given; nor is it where it leads to no anchor without the others. Somebody
 * made it so: it is not by somebody unknown.
 */
function withCertificates(
  check: SignatureCheck,
  { bundle, approval }: Pick<OpenedBundle, 'bundle' | 'approval'>,
): SignatureCheck {
  const signer = approval?.approval.signer;
  if (!signer || !isNamed(check.identity, signer)) return check;
  const given = bundle.material.kind === 'certificates' ? bundle.material.chain.map(sha256) : [];
  const exchanged = signer.certificates[0] !== given[0];
  const removed = check.status === 'untrusted' && !signer.certificates.every((digest) => given.includes(digest));
  if (!exchanged && !removed) return check;
  const message = 'the certificates beside the approval are not those that it was signed with';
  return { ...check, status: 'invalid', reasons: [policyReason('CERTIFICATES_REMOVED', message), ...check.reasons] };
}

/**
 * All bundles. A timestamp proves the time of a signature wherever it lies, so that copies of a bundle share theirs: one
 * that is attached in a registry keeps an approval good that is in the file.
 */
export async function openBundles(found: readonly FoundBundle[], checking: Checking): Promise<readonly Opened[]> {
  const read = found.map((bundle) => ({ bundle, parsed: readSigned(bundle.bytes) }));
  const stamps = Map.groupBy(
    read.flatMap(({ parsed }) => ('problem' in parsed || parsed.bundle.timestamps.length === 0 ? [] : [parsed])),
    signatureKey,
  );
  const opened: Opened[] = [];
  for (const { bundle, parsed } of read) {
    if ('problem' in parsed) opened.push({ found: bundle, problem: parsed.problem });
    else {
      const timestamps = timestampsBeside(parsed, stamps.get(signatureKey(parsed)) ?? []);
      const check = await checkSignature(parsed, checking, { timestamps });
      const alone = timestamps.length === 0 ? check : await checkAlone(parsed, checking);
      const stampedAt = alone?.proven?.latest;
      opened.push({ found: bundle, ...parsed, check, ...(stampedAt ? { stampedAt } : {}) });
    }
  }
  const known = await withGrants(opened, opened, checking);
  const stamped = stampedApprovals(known);
  if (stamped.length === 0) return known;
  const all: Opened[] = [];
  for (const one of known) all.push('problem' in one ? one : await withVouched(one, stamped, checking));
  return all;
}

/** Timestamps of other copies, as many as are looked at. */
function timestampsBeside(one: Read, copies: readonly Read[]): readonly Uint8Array[] {
  const beside: Uint8Array[] = [];
  for (const copy of copies)
    if (copy !== one && beside.length < LIMITS.timestamps) beside.push(...copy.bundle.timestamps);
  return beside;
}

/** By the timestamps of one copy without those of others; undefined when it has none. */
async function checkAlone(parsed: Read, checking: Checking): Promise<SignatureCheck | undefined> {
  return parsed.bundle.timestamps.length === 0 ? undefined : checkSignature(parsed, checking);
}

/**
 * Approvals, and withdrawals of them, by keys that nobody trusts, checked again with the keys that valid grants among `all`
 * name: a grant brings the key along. Whether its giver may vouch for anybody is for the policy to say.
 */
export async function withGrants(
  some: readonly Opened[],
  all: readonly (Opened | undefined)[],
  { verifier, now }: Checking,
): Promise<readonly Opened[]> {
  const grants = all.flatMap((one) =>
    one && !('problem' in one) && one.statement.predicateType === GRANT_PREDICATE_TYPE ? [one] : [],
  );
  if (grants.length === 0) return some;
  const keys = grantedKeys(grants);
  const checked: Opened[] = [];
  for (const one of some) checked.push('problem' in one ? one : await withGrant(one, keys, { verifier, now }));
  return checked;
}

async function withGrant(
  one: OpenedBundle,
  keys: ReadonlyMap<string, Uint8Array>,
  { verifier, now }: Checking,
): Promise<OpenedBundle> {
  const { approval, withdrawal, check: first } = one;
  // A withdrawal names no signer: it is by the key that the bundle names, else it takes back nothing.
  const hint = withdrawal ? first.identity?.hint : approval?.approval.signer?.key;
  const key = hint === undefined ? undefined : keys.get(hint);
  const unknown = first.status === 'unknown-signer' || (first.status === 'untrusted' && !withdrawal);
  if (hint === undefined || !key || !unknown) return one;
  try {
    const check = await checkSignature(one, { verifier: verifier.forKeys([key]), now }, { hint });
    const stamped = check.proven ? { stampedAt: check.proven.latest } : {};
    return check.status === 'valid' ? { ...one, check, granted: true, ...stamped } : one;
  } catch (error) {
    if (error instanceof CountersignError) return one;
    throw error;
  }
}

function signatureKey({ bundle }: Read): string {
  return `${bundle.payloadDigest} ${sha256(bundle.envelope.signature)}`;
}

/**
 * A signature that is good and does not count by its own time may have been good when a later approval listed it. One whose
 * key is good still may not count either: the policy may say that its signer does not any more.
 */
async function withVouched(one: OpenedBundle, stamped: Stamped, checking: Checking): Promise<OpenedBundle> {
  const times = listersOf(one.bundle.payloadDigest, one.check, stamped);
  const vouched = await vouchedTimes(one.check, times, async (proven) =>
    // A key that a grant names has no time of its own.
    one.granted ? one.check : checkSignature(one, checking, { proven }),
  );
  return vouched.length > 0 ? { ...one, vouched } : one;
}

/** Approvals whose own timestamp proves when they were there. */
export function stampedApprovals(all: readonly Opened[]): Stamped {
  return all.flatMap((one) => {
    if ('problem' in one || one.check.status !== 'valid' || !one.check.proven || !one.approval) return [];
    return [{ by: one.bundle.payloadDigest, proven: one.check.proven, approval: one.approval.approval }];
  });
}
