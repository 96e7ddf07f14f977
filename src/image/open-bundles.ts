// SPDX-License-Identifier: Apache-2.0
// Reads the bundles of an image and checks their signatures: each by the time that its own timestamps prove, and, where
// that is not enough, by the times of later approvals that list it. Whether those count is for the policy to say.

import type { ProvenTime } from '../findings/signature.ts';
import { isNamed } from '../findings/signature.ts';
import { type Digest, sha256 } from '../base/bytes.ts';
import { encodePae } from '../attest/dsse.ts';
import { GRANT_PREDICATE_TYPE, type Grant, grantedKey, parseGrant } from '../attest/grant.ts';
import { parseStatement } from '../attest/statement.ts';
import { CountersignError } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { SignatureCheck, Verifier } from '../crypto/verifier.ts';
import type { VouchedTime } from '../policy/facts.ts';
import { reason as policyReason } from '../policy/reasons.ts';
import type { FoundBundle, Opened, OpenedBundle } from './bundle.ts';
import { type Parsed, readSigned } from './signed-content.ts';

/** Later approvals by whose times one signature is judged. */
const MAX_LISTERS = 8;

/** With what, and when. */
export interface Checking {
  readonly verifier: Verifier;
  readonly now: Date;
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
  const all: Opened[] = [];
  const stamped = stampedApprovals(known);
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
  // However many somebody gives, an approval is checked with one key: nobody can crowd out the grant of another.
  const keys = new Map(all.flatMap(grantIn).map((grant) => [grantedKey(grant), grant.publicKey]));
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

function grantIn(one: Opened | undefined): readonly Grant[] {
  if (!one || 'problem' in one || one.check.status !== 'valid' || one.statement.predicateType !== GRANT_PREDICATE_TYPE)
    return [];
  try {
    return [parseGrant(parseStatement(one.bundle.envelope.payload).predicate)];
  } catch (error) {
    if (error instanceof CountersignError) return [];
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
  const vouched: VouchedTime[] = [];
  for (const proven of earlierThan(one.check, listersOf(one.bundle.payloadDigest, one.check, stamped))) {
    // A key that a grant names has no time of its own.
    const check = one.granted ? one.check : await checkSignature(one, checking, { proven });
    if (check.status === 'valid')
      vouched.push({ by: proven.by, signer: check.identity, reasons: check.reasons, proven });
  }
  return vouched.length > 0 ? { ...one, vouched } : one;
}

/** Of times that later approvals prove, those that can say more than what is known of a signature. */
export function earlierThan(
  { status, proven: own, identity }: Pick<SignatureCheck, 'status' | 'proven' | 'identity'>,
  times: readonly ProvenTime[],
): readonly ProvenTime[] {
  if (status === 'untrusted') return times;
  // Keyless signatures prove their time themselves.
  if (status !== 'valid' || identity?.method === 'sigstore') return [];
  return own ? times.filter(({ latest }) => latest < own.latest) : times;
}

/** Times of stamped, valid approvals that list a layer, earliest first. */
export function listersOf(
  digest: Digest,
  { identity }: Pick<SignatureCheck, 'identity'>,
  stamped: Stamped,
): readonly ProvenTime[] {
  return stamped
    .filter(({ approval }) =>
      approval.roster.some(
        (entry) => entry.digest === digest && entry.signer !== null && isNamed(identity, entry.signer),
      ),
    )
    .map(({ by, proven }) => ({ ...proven, proof: 'later-approval', by }) as const)
    .toSorted((a, b) => a.latest.getTime() - b.latest.getTime())
    .slice(0, MAX_LISTERS);
}

/** Approvals that their own timestamps prove, looked up once for all that they may vouch for. */
export type Stamped = ReturnType<typeof stampedApprovals>;

/** Approvals whose own timestamp proves when they were there. */
export function stampedApprovals(all: readonly Opened[]) {
  return all.flatMap((one) => {
    if ('problem' in one || one.check.status !== 'valid' || !one.check.proven || !one.approval) return [];
    return [{ by: one.bundle.payloadDigest, proven: one.check.proven, approval: one.approval.approval }];
  });
}
