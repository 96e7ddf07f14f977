// SPDX-License-Identifier: Apache-2.0
// What Kyverno says of a manifest in a registry under the policy of an export, worked out from the bundles that it sees.

import { asTime } from '../../attest/approval.ts';
import { type Bundle, encodePae, parseBundle } from '../../attest/bundle.ts';
import { IN_TOTO_PAYLOAD_TYPE, parseStatement, subjectDigests } from '../../attest/statement.ts';
import type { Digest } from '../../base/bytes.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { readPublicKeys } from '../../crypto/keys.ts';
import { keyidOf, verifyMessage } from '../../crypto/signatures.ts';
import { trustIn } from '../../crypto/trust.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import { orUndefined } from '../../oci/cosign/cosign.ts';
import { RegistryError } from '../../oci/errors.ts';
import { parseManifest } from '../../oci/manifest.ts';
import type { ReadableRepository } from '../../oci/oci.ts';
import { readSmallBlob } from '../../oci/referrers/bundles.ts';
import { matchesPattern } from '../../policy/rules/pattern.ts';
import { gateReason } from '../errors.ts';
import type { GateVerdict } from '../verdict.ts';
import { missingMessage } from './kyverno.ts';
import { type Mark, SUMMARY_TYPE, type Wanted } from './wanted.ts';

const BUNDLE = 'application/vnd.dev.sigstore.bundle';
const OLD_BUNDLE = /version=0\.[12]$/;

/**
 * The bundles that cosign's library reads, in the order of the registry's list: alone in a manifest and of version 0.3. It
 * passes over whatever it cannot read.
 * @throws RegistryError, NetworkError
 * @see https://github.com/sigstore/cosign/blob/v3.1.2/pkg/cosign/verify.go GetBundles
 */
export async function seenBundles(repository: ReadableRepository, subject: Digest): Promise<readonly Bundle[]> {
  const seen: Bundle[] = [];
  for (const digest of (await repository.listAsOthers?.(subject)) ?? []) {
    const bytes = await bundleBytes(repository, digest);
    const bundle = bytes && orUndefined(() => parseBundle(bytes));
    if (bundle && !OLD_BUNDLE.test(bundle.mediaType)) seen.push(bundle);
  }
  return seen;
}

async function bundleBytes(repository: ReadableRepository, digest: Digest): Promise<Uint8Array | undefined> {
  const manifest = await repository.getManifest(digest);
  const layers = manifest && orUndefined(() => parseManifest(manifest, `the referrer ${digest}`).layers);
  const [layer, ...more] = layers ?? [];
  if (!layer?.mediaType.startsWith(BUNDLE) || more.length > 0 || layer.size > LIMITS.bundleBytes) return undefined;
  try {
    return await readSmallBlob(repository, layer);
  } catch (error) {
    if (error instanceof RegistryError && (error.status === 404 || error.status === undefined)) return undefined;
    throw error;
  }
}

/**
 * The verdict about an image under what an export asks.
 * @throws RegistryError, NetworkError
 */
export async function judgeByKyverno(
  { shape, repository, descriptor: { digest } }: RegistryImage,
  wanted: readonly Wanted[],
  now: Date,
): Promise<GateVerdict> {
  const gate = 'kyverno';
  if (shape.is === 'sif')
    return { gate, verdict: 'unknown', words: null, reasons: [undecided('a SIF is no image of a pod')] };
  // Kyverno reads the image of its own platform before it looks at signatures.
  if (
    shape.is === 'index' &&
    !shape.children.some(({ platform }) => platform?.['os'] === 'linux' && platform['architecture'] === 'amd64')
  )
    return {
      gate,
      verdict: 'unknown',
      words: null,
      reasons: [undecided('the index has no image for linux/amd64, which Kyverno reads')],
    };
  return judgeBundles(await seenBundles(repository, digest), { digest, wanted, now });
}

function undecided(message: string) {
  return gateReason('GATE_NOT_DECIDED', message);
}

/** The same about bundles that were read. */
export async function judgeBundles(
  bundles: readonly Bundle[],
  { digest, wanted, now }: { readonly digest: Digest; readonly wanted: readonly Wanted[]; readonly now: Date },
): Promise<GateVerdict> {
  const gate = 'kyverno';
  for (const one of wanted) {
    const found: { readonly name: string; readonly problem: string | undefined }[] = [];
    for (const { name, marks } of one.signers) {
      const problems: (string | undefined)[] = [];
      for (const mark of marks)
        problems.push(problemOf(await lastSummary(bundles, { signs: await signsAs(mark, now), digest }), one, now));
      found.push({ name, problem: problems.includes(undefined) ? undefined : (problems[0] ?? 'has no key') });
    }
    const unread = found.find(({ problem }) => problem === UNREADABLE);
    if (unread) {
      const message = `a statement by ${unread.name} cannot be read here as Kyverno reads it`;
      return { gate, verdict: 'unknown', words: null, reasons: [undecided(message)] };
    }
    if (found.filter(({ problem }) => problem === undefined).length >= one.needed) continue;
    const why = found.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
    const reason = gateReason('GATE_SUMMARY_MISSING', `${one.what} is wanted; ${why.join('; ')}`);
    return { gate, verdict: 'denied', words: missingMessage(one), reasons: [reason] };
  }
  return { gate, verdict: 'allowed', words: null, reasons: [] };
}

const UNREADABLE = 'a statement that cannot be read';

/** Whether a bundle is by this signer. */
type Signs = (bundle: Bundle, pae: Uint8Array) => Promise<boolean>;

async function signsAs(mark: Mark, now: Date): Promise<Signs> {
  if (mark.by === 'key') {
    const [key] = readPublicKeys(mark.spki);
    if (!key) return async () => false;
    return async ({ material, envelope: { signature, keyid } }, pae) =>
      material.kind === 'public-key' &&
      (!keyid || keyid === keyidOf(key, { keyid }).keyid) &&
      verifyMessage(key, pae, { signature, hashing: 'native' });
  }
  const verifier = await createVerifier(trustIn({ sigstore: [mark.instance] }));
  return async ({ material, envelope: { signature, keyid }, timestamps, json }, pae) => {
    if (material.kind !== 'certificates') return false;
    const input = { pae, signature, material, keyid, hashing: 'bundle', timestamps, bundle: json } as const;
    const { status, identity } = await verifier.verifyDsse(input, now);
    if (status !== 'valid' || identity?.method !== 'sigstore' || identity.issuer !== mark.issuer) return false;
    return identity.san.some((name) => matchesPattern(mark.san, name, 'san'));
  };
}

/** Predicate of the last summary by this signer about this content; that is what Kyverno shows to a condition. */
async function lastSummary(
  bundles: readonly Bundle[],
  { signs, digest }: { readonly signs: Signs; readonly digest: Digest },
): Promise<JsonValue | undefined> {
  let last: JsonValue | undefined;
  for (const bundle of bundles) {
    const { payloadType, payload } = bundle.envelope;
    if (payloadType !== IN_TOTO_PAYLOAD_TYPE || !(await signs(bundle, encodePae(payloadType, payload)))) continue;
    const statement = orUndefined(() => parseStatement(payload));
    if (!statement) return UNREADABLE;
    const isAbout = statement.subject.some((subject) => subjectDigests(subject).includes(digest));
    if (isAbout && statement.predicateType === SUMMARY_TYPE) last = statement.predicate;
  }
  return last;
}

/** Why a summary is not as asked for; undefined when it is. */
function problemOf(
  said: JsonValue | undefined,
  { verifierId, policySha256, maxAge }: Wanted,
  now: Date,
): string | undefined {
  if (said === UNREADABLE) return UNREADABLE;
  if (said === undefined) return 'no approval or verdict is where Kyverno looks';
  if (!isJsonObject(said)) return 'the last one says nothing';
  const id = within(said, 'verifier', 'id');
  if (id !== verifierId) return `the last one is for ${JSON.stringify(id ?? null)}`;
  if (said['verificationResult'] !== 'PASSED') return 'the last one says that it failed';
  if (policySha256 !== undefined && within(said, 'policy', 'digest', 'sha256') !== policySha256)
    return 'the last one is by another policy, or by this one as it was';
  const levels = said['verifiedLevels'];
  if (policySha256 !== undefined && !(Array.isArray(levels) && levels.includes('POLICY_PASSED')))
    return 'the last one passed by broken glass';
  const expires = policySha256 === undefined ? (within(said, 'countersign', 'expires') ?? null) : null;
  if (expires !== null && !(timeOf(expires) > now.getTime())) return 'the last one has expired';
  if (maxAge !== undefined && !(timeOf(said['timeVerified']) + maxAge > now.getTime()))
    return 'the last one is too old';
  return undefined;
}

function within(object: JsonObject, ...path: readonly string[]): JsonValue | undefined {
  return path.reduce<JsonValue | undefined>((value, name) => (isJsonObject(value) ? value[name] : undefined), object);
}

/** Milliseconds; never for what is no time. */
function timeOf(value: JsonValue | undefined): number {
  return orUndefined(() => Date.parse(asTime(value, 'a time'))) ?? Number.NaN;
}
