// SPDX-License-Identifier: Apache-2.0
// How credentials end, in one table: what ends (leaf, intermediate, anchor), how, and whether it is proven that the signature
// is older. OpenSSL makes the certificates and lists, and agrees where it has an opinion.

import { beforeAll, describe, expect, test } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePem } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { parseCertificate } from '../../src/crypto/x509/certificate.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { createVerifier, type TrustMaterial } from '../../src/crypto/verifier.ts';
import type { ProvenTime } from '../../src/findings/signature.ts';
import { OPENSSL_CA, OPENSSL_LEAF, OpensslParty, type OpensslRevocation } from '../support/openssl-ca.ts';
import { hasPeers } from '../support/peers.ts';

const day = (text: string) => new Date(`2026-${text}T00:00:00Z`);
const [SIGNED, BETWEEN, NOW] = [day('03-01'), day('06-01'), day('11-22')];
const PROVEN: ProvenTime = { time: SIGNED, latest: SIGNED, accuracyMs: 0, proof: 'timestamp', by: 'CN=TSA' };
const PLACES = ['leaf', 'intermediate', 'anchor'] as const;
type Where = (typeof PLACES)[number];
type Chain = Readonly<Record<Where, OpensslParty>>;

let folder = '';
let good: Chain;

/** A chain in which one certificate is as wished. */
async function chainWith(where?: Where, wish: { readonly until?: Date; readonly usage?: string } = {}): Promise<Chain> {
  const of = (place: Where, base: string) => {
    if (place !== where) return { extensions: base };
    const extensions = wish.usage
      ? `${base.replace(/\nextendedKeyUsage.*/, '')}\nextendedKeyUsage=${wish.usage}`
      : base;
    return { extensions, ...(wish.until ? { until: wish.until } : {}) };
  };
  const anchor = await OpensslParty.create('root', folder, of('anchor', OPENSSL_CA));
  const intermediate = await anchor.issue('ca', of('intermediate', OPENSSL_CA));
  return { anchor, intermediate, leaf: await intermediate.issue('leaf', of('leaf', OPENSSL_LEAF)) };
}

interface Lists {
  readonly revoked?: readonly OpensslRevocation[];
  readonly until?: Date;
  readonly missing?: Where;
  readonly stale?: Where;
}

/** The list that speaks of a certificate is by its issuer; that of the anchor by itself. */
async function listsOf(
  { anchor, intermediate }: Chain,
  { revoked = [], missing, stale }: Lists,
): Promise<readonly string[]> {
  const lists: string[] = [];
  for (const [party, speaksOf] of [
    [intermediate, ['leaf']],
    [anchor, ['intermediate', 'anchor']],
  ] as const) {
    if (speaksOf.some((place) => place === missing)) continue;
    const until = speaksOf.some((place) => place === stale) ? day('11-21') : day('12-01');
    const mine = revoked.filter(({ of }) => (of.issuer ?? of) === party);
    // Also one from when all certificates were young.
    lists.push(await party.crl(1, { from: day('03-02'), until: day('04-01') }));
    lists.push(await party.crl(2, { from: day('11-20'), until, revoked: mine }));
  }
  return lists;
}

const derOf = (pem: string) => parsePem(pem)[0]?.der ?? new Uint8Array();

/** `valid`, or the codes of the problems. */
async function judge(
  chain: Chain,
  lists: readonly string[],
  more: Partial<TrustMaterial> & { readonly proven?: ProvenTime } = {},
) {
  const { proven, ...trust } = more;
  const [certificate, certificateChain] = await Promise.all([chain.leaf.pem(), chain.intermediate.pem()]);
  const key = new Secret(Buffer.from(await chain.leaf.key()));
  const signer = await createSigner({
    method: 'x509',
    key,
    passphrase: undefined,
    certificate,
    certificateChain,
    now: SIGNED,
  }).catch(() => undefined);
  const pae = Buffer.from('DSSEv1 message');
  const signature = signer ? await signer.signPae(pae, SIGNED) : await signAnyway(chain.leaf, pae);
  const verifier = await createVerifier(
    trustIn({ anchors: [derOf(await chain.anchor.pem())], crls: lists.map(derOf), revocation: 'require', ...trust }),
  );
  const material = { kind: 'certificates', chain: [derOf(certificate), derOf(certificateChain)] } as const;
  const input = { pae, signature, material, keyid: undefined, hashing: 'bundle', proven } as const;
  const { status, reasons } = await verifier.verifyDsse(input, NOW);
  return status === 'valid' ? 'valid' : [...new Set(reasons.map(({ code }) => code))].join();
}

/** By a certificate that our signer refuses to sign with. */
async function signAnyway(leaf: OpensslParty, message: Uint8Array): Promise<Uint8Array> {
  const { sign } = await import('node:crypto');
  return new Uint8Array(sign('sha256', message, await leaf.key()));
}

const REVOKED = 'CERTIFICATE_REVOKED';

describe.skipIf(!hasPeers('openssl'))('X.509 (skipped without openssl)', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
    good = await chainWith();
    return () => rm(folder, { recursive: true });
  });

  test('valid', async () => {
    const lists = await listsOf(good, {});
    expect(await judge(good, lists)).toBe('valid');
    expect(await judge(good, lists, { proven: PROVEN })).toBe('valid');
    expect(await good.leaf.verdict(lists, NOW, [good.anchor])).toBe('OK');
  });

  /** The state, what is so without proven time and with it, and what OpenSSL says. */
  const REVOCATIONS: readonly [string, Omit<OpensslRevocation, 'of'>, string, string][] = [
    ['revoked before signing', { at: day('02-01') }, REVOKED, REVOKED],
    ['revoked after signing', { at: BETWEEN }, REVOKED, 'valid'],
    ['superseded after signing', { at: BETWEEN, reason: 'superseded' }, REVOKED, 'valid'],
    ['compromised, nobody knows since when', { at: BETWEEN, reason: 'keyCompromise' }, REVOKED, REVOKED],
    ['invalid since before signing', { at: BETWEEN, compromisedAt: day('02-01') }, REVOKED, REVOKED],
    ['invalid since after signing', { at: BETWEEN, compromisedAt: day('04-01') }, REVOKED, 'valid'],
  ];
  test.each(PLACES.flatMap((where) => REVOCATIONS.map((row) => [where, ...row] as const)))(
    '%s %s',
    async (where, _, entry, plain, proven) => {
      const lists = await listsOf(good, { revoked: [{ of: good[where], ...entry }] });
      expect(await judge(good, lists)).toBe(plain);
      expect(await judge(good, lists, { proven: PROVEN })).toBe(proven);
      expect(await good.leaf.verdict(lists, NOW, [good.anchor])).toBe('certificate revoked');
    },
  );

  test.each(PLACES)('%s compromised since a time, says the policy', async (where) => {
    const lists = await listsOf(good, {});
    const { hint, issuer, serial } = parseCertificate(derOf(await good[where].pem()));
    for (const what of [
      { of: 'key', hint },
      { of: 'certificate', issuer: issuer.text, serial },
    ] as const)
      for (const [since, proven] of [
        [day('02-01'), 'CERTIFICATE_DENIED'],
        [BETWEEN, 'valid'],
      ] as const) {
        const denied = [{ what, since, reason: 'stolen' }];
        expect(await judge(good, lists, { denied }), JSON.stringify(what)).toBe('CERTIFICATE_DENIED');
        expect(await judge(good, lists, { denied, proven: PROVEN })).toBe(proven);
      }
  });

  test.each(PLACES)('%s expired', async (where) => {
    const chain = await chainWith(where, { until: BETWEEN });
    const lists = await listsOf(chain, {});
    expect(await judge(chain, lists)).toBe('CERTIFICATE_EXPIRED');
    expect(await judge(chain, lists, { proven: PROVEN })).toBe('valid');
    expect(await chain.leaf.verdict(lists, NOW, [chain.anchor])).toBe('certificate has expired');
  });

  test.each(PLACES)('%s for another purpose', async (where) => {
    const chain = await chainWith(where, { usage: 'serverAuth' });
    const lists = await listsOf(chain, {});
    expect(await judge(chain, lists)).toBe('CERTIFICATE_EXTENDED_KEY_USAGE');
    expect(await judge(chain, lists, { proven: PROVEN })).toBe('CERTIFICATE_EXTENDED_KEY_USAGE');
  });

  test.each(['leaf', 'intermediate', 'anchor'] as const)('%s of an unknown issuer', async (where) => {
    const other = await chainWith();
    const lists = [...(await listsOf(good, {})), ...(await listsOf(other, {}))];
    // The leaf beside a CA that did not issue it, a CA below another root, a root that the policy does not have.
    const chain = {
      leaf: { ...good, intermediate: other.intermediate },
      intermediate: { ...good, anchor: other.anchor },
      anchor: { ...good, anchor: await OpensslParty.create('stranger', folder) },
    }[where];
    const code = where === 'anchor' ? 'CERTIFICATE_NO_ISSUER' : 'CERTIFICATE_SIGNATURE_BAD';
    expect(await judge(chain, lists)).toContain(code === 'CERTIFICATE_NO_ISSUER' ? code : 'CERTIFICATE_');
    expect(await judge(chain, lists, { proven: PROVEN })).not.toBe('valid');
    expect(await good.leaf.verdict(lists, NOW, [chain.anchor === good.anchor ? other.anchor : chain.anchor])).not.toBe(
      'OK',
    );
  });

  /** Two certificates are in the list of the root. */
  const SILENT: readonly [Where, string, string][] = [
    ['leaf', 'CRL has expired', 'unable to get certificate CRL'],
    ['intermediate', 'CRL has expired', 'unable to get certificate CRL'],
    ['anchor', 'CRL has expired', 'unable to get certificate CRL'],
  ];
  test.each(SILENT)('the list that speaks of the %s is stale, or missing', async (where, stale, missing) => {
    const old = (await listsOf(good, { stale: where })).filter((_, index) => index % 2 === 1);
    const gone = await listsOf(good, { missing: where });
    for (const proven of [undefined, PROVEN]) {
      expect(await judge(good, old, proven ? { proven } : {})).toBe('CRL_STALE');
      expect(await judge(good, gone, proven ? { proven } : {})).toBe('CRL_MISSING');
      expect(await judge(good, old, { revocation: 'warn', ...(proven ? { proven } : {}) })).toBe('valid');
    }
    expect(await good.leaf.verdict(old, NOW, [good.anchor])).toBe(stale);
    expect(await good.leaf.verdict(gone, NOW, [good.anchor])).toBe(missing);
  });
});
