// SPDX-License-Identifier: Apache-2.0
// A keyless signature whose proofs are taken away, exchanged or altered: each has its own reason, and none is valid.

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { encodePae, parseBundle } from '../../../../src/attest/bundle.ts';
import { signStatement } from '../../../../src/attest/sign.ts';
import { sha256, utf8 } from '../../../../src/base/bytes.ts';
import { Secret } from '../../../../src/base/secret.ts';
import { SignatureError } from '../../../../src/crypto/errors.ts';
import type { Denial } from '../../../../src/findings/denial.ts';
import { parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { readSigningConfig, type Services } from '../../../../src/crypto/sigstore/sign/instance.ts';
import { createKeylessSigner } from '../../../../src/crypto/sigstore/sign/signer.ts';
import type { SigstoreTrust, TrustMaterial } from '../../../../src/crypto/verifier.ts';
import { createVerifier } from '../../../../src/crypto/lazy-verifier.ts';
import { trustIn } from '../../../../src/crypto/trust.ts';
import { encodeCrl } from '../../../support/crls.ts';
import { proxyFromEnv } from '../../../../src/net/connect.ts';
import { createHttpClient } from '../../../../src/net/http.ts';
import { SigstoreInstance } from '../../../support/sigstore.ts';

const now = new Date();
const http = createHttpClient({ proxy: proxyFromEnv({}) });
let instance: SigstoreInstance;
let other: SigstoreInstance;
let own: string;
let second: string;

async function bundleOf(at: SigstoreInstance, subject: string, more: Partial<Services> = {}): Promise<string> {
  const services = { ...readSigningConfig(utf8(at.signingConfig()), now), ...more };
  const token = async () => new Secret(at.token());
  const signer = await createKeylessSigner({
    services,
    token,
    trust: [],
    http,
    witnesses: http,
    now: () => now,
    retries: 0,
  });
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: subject, digest: { sha256: sha256(utf8(subject)).slice(7) } }],
    predicateType: 'https://example.org/x',
    predicate: {},
  };
  return Buffer.from(await signStatement(utf8(JSON.stringify(statement)), signer, { now })).toString();
}

beforeAll(async () => {
  [instance, other] = [await SigstoreInstance.start(() => now), await SigstoreInstance.start(() => now)];
  [own, second] = [await bundleOf(instance, 'a'), await bundleOf(instance, 'b')];
});

afterAll(async () => {
  await instance[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

type Revoking = Pick<TrustMaterial, 'denied' | 'crls' | 'revocation'>;

async function check(bundle: string, more: Partial<SigstoreTrust> = {}, at: Date = now, revoking: Revoking = {}) {
  const trust = { root: utf8(instance.trustedRoot()), log: 1, timestamps: 1, sct: 0, ...more };
  const { envelope, material, json } = parseBundle(utf8(bundle));
  const { payload, payloadType, signature, keyid } = envelope;
  const verifier = await createVerifier(trustIn({ sigstore: [trust], ...revoking }));
  const pae = encodePae(payloadType, payload);
  const result = await verifier.verifyDsse({ pae, signature, material, keyid, hashing: 'bundle', bundle: json }, at);
  return { status: result.status, codes: result.reasons.map(({ code }) => code) };
}

function parseMaterial(bundle: string): Uint8Array {
  const { material } = parseBundle(utf8(bundle));
  return material.kind === 'certificates' ? (material.chain[0] ?? new Uint8Array()) : new Uint8Array();
}

interface Material {
  tlogEntries?: Record<string, unknown>[];
  timestampVerificationData?: { rfc3161Timestamps: { signedTimestamp: string }[] };
  certificate: { rawBytes: string };
}

function changed(bundle: string, change: (material: Material, another: Material) => void): string {
  const json: { verificationMaterial: Material } = JSON.parse(bundle);
  const another: { verificationMaterial: Material } = JSON.parse(second);
  change(json.verificationMaterial, another.verificationMaterial);
  return JSON.stringify(json);
}

function flipped(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes.toString('base64');
}

test('is valid as it is, with and without what is not asked for', async () => {
  expect(await check(own)).toEqual({ status: 'valid', codes: [] });
  expect((await check(own, { log: 0 })).status).toBe('valid');
  expect((await check(own, {}, new Date(now.getTime() + 5 * 365 * 86_400_000))).status).toBe('valid');
});

const cases: readonly (readonly [about: string, code: string, change: (one: Material, two: Material) => void])[] = [
  ['without log entry', 'SIGSTORE_LOG_MISSING', (one) => delete one.tlogEntries],
  ['without timestamp', 'SIGSTORE_TIME_MISSING', (one) => delete one.timestampVerificationData],
  [
    'with the entry of another signature',
    'SIGSTORE_LOG_CONTRADICTS',
    (one, two) => Object.assign(one, { tlogEntries: two.tlogEntries }),
  ],
  [
    'with the timestamp of another signature',
    'SIGSTORE_TIMESTAMP_BAD',
    (one, two) => Object.assign(one, { timestampVerificationData: two.timestampVerificationData }),
  ],
  [
    'with an altered timestamp',
    'SIGSTORE_TIMESTAMP_BAD',
    (one) => {
      const [stamp] = one.timestampVerificationData?.rfc3161Timestamps ?? [];
      if (stamp) stamp.signedTimestamp = flipped(stamp.signedTimestamp);
    },
  ],
  [
    'with a timestamp that is none',
    'SIGSTORE_TIMESTAMP_BAD',
    (one) => {
      one.timestampVerificationData = { rfc3161Timestamps: [{ signedTimestamp: 'AAAA' }] };
    },
  ],
  [
    'with an altered entry',
    'SIGSTORE_LOG_BAD',
    (one) => {
      const [entry] = one.tlogEntries ?? [];
      if (entry) entry['canonicalizedBody'] = Buffer.from('{}').toString('base64');
    },
  ],
  ['with an entry twice', 'SIGSTORE_LOG_BAD', (one) => one.tlogEntries?.push(...one.tlogEntries)],
  [
    'with an entry that has no proof',
    'SIGSTORE_LOG_BAD',
    (one) => {
      for (const entry of one.tlogEntries ?? []) delete entry['inclusionProof'];
    },
  ],
];

test.each(cases)('%s it is not', async (_about, code, change) => {
  const read = () => check(changed(own, change));
  if (code === 'SIGSTORE_LOG_BAD') {
    // Where a proof is missing or malformed, the reader of bundles may refuse before.
    const found = await read().catch((error: unknown) =>
      error instanceof SignatureError ? { status: 'untrusted', codes: [code] } : Promise.reject(error),
    );
    expect(found).toEqual({ status: 'untrusted', codes: [code] });
    return;
  }
  expect(await read()).toEqual({ status: 'untrusted', codes: [code] });
});

test('beside the certificate of another signature it does not verify', async () => {
  const swapped = changed(own, (one, two) => Object.assign(one, { certificate: two.certificate }));
  expect(await check(swapped)).toEqual({ status: 'invalid', codes: ['SIGNATURE_BAD'] });
});

test('by an instance whose trusted root is not given it is untrusted', async () => {
  expect((await check(await bundleOf(other, 'a'))).codes).toEqual(['SIGSTORE_NOT_TRUSTED']);
});

test('with the logs and authorities of another instance it is untrusted', async () => {
  const theirs: { tlogs: unknown; timestampAuthorities: unknown } = JSON.parse(other.trustedRoot());
  const logs = utf8(instance.trustedRoot({ tlogs: theirs.tlogs }));
  expect((await check(own, { root: logs })).codes).toEqual(['SIGSTORE_LOG_BAD']);
  const times = utf8(instance.trustedRoot({ timestampAuthorities: theirs.timestampAuthorities }));
  expect((await check(own, { root: times })).codes).toEqual(['SIGSTORE_TIMESTAMP_BAD']);
});

describe('what the policy denies', () => {
  const leaf = () => parseCertificate(parseMaterial(own));
  const ca = () => parseCertificate(instance.caCertificate);
  const hintOf = (der: Uint8Array) => parseCertificate(der).hint;
  const denied = (what: Denial['what'], since?: Date) => ({
    denied: [{ what, reason: 'lost', ...(since ? { since } : {}) }],
  });
  const codes = async (what: Denial['what'], since?: Date) => (await check(own, {}, now, denied(what, since))).codes;
  const minute = 60_000;
  const [before, after] = [new Date(now.getTime() - minute), new Date(now.getTime() + minute)];

  test('a certificate by issuer and serial number', async () => {
    const { issuer, serial } = leaf();
    const what = { of: 'certificate', issuer: issuer.text, serial } as const;
    expect(await codes(what)).toEqual(['CERTIFICATE_DENIED']);
    expect(await codes(what, before)).toEqual(['CERTIFICATE_DENIED']);
    expect(await codes(what, after)).toEqual([]);
    expect(await codes({ ...what, serial: `${serial}0` })).toEqual([]);
  });

  test('the certificate of the CA, and its key', async () => {
    const { issuer, serial, hint } = ca();
    expect(await codes({ of: 'certificate', issuer: issuer.text, serial })).toEqual(['CERTIFICATE_DENIED']);
    expect(await codes({ of: 'key', hint })).toEqual(['CERTIFICATE_DENIED']);
    expect(await codes({ of: 'key', hint }, after)).toEqual([]);
  });

  test('the key of the signer', async () => {
    expect(await codes({ of: 'key', hint: leaf().hint })).toEqual(['CERTIFICATE_DENIED']);
  });

  test('a timestamp authority and its CA, whatever time they state', async () => {
    const { certificate, root } = instance.authority;
    for (const der of [certificate, root])
      expect(await codes({ of: 'key', hint: hintOf(der) }, after)).toEqual(['SIGSTORE_TIMESTAMP_BAD']);
  });

  test('a log by its key', async () => {
    const root: { tlogs: { logId: { keyId: string } }[] } = JSON.parse(instance.trustedRoot());
    const hint = root.tlogs[0]?.logId.keyId ?? '';
    expect(await codes({ of: 'key', hint })).toEqual(['SIGSTORE_LOG_BAD']);
  });

  test('what a list of the CA revokes, unless that is proven to be older', async () => {
    const listed = (at: Date, serial: string, reason?: number) =>
      encodeCrl({
        issuer: { subject: 'Loopback CA', key: instance.ca.privateKey },
        thisUpdate: new Date(now.getTime() - minute),
        nextUpdate: new Date(now.getTime() + 10 * minute),
        number: 1,
        entries: [{ serial, at, ...(reason === undefined ? {} : { reason }) }],
      });
    const by = async (crl: Uint8Array) => (await check(own, {}, after, { crls: [crl] })).codes;
    const { serial } = leaf();
    expect(await by(listed(before, serial))).toEqual(['CERTIFICATE_REVOKED']);
    expect(await by(listed(after, serial))).toEqual([]);
    expect(await by(listed(after, serial, 1))).toEqual(['CERTIFICATE_REVOKED']);
    expect(await by(listed(before, `${serial}00`))).toEqual([]);
  });

  test('nothing where others are denied, and where lists are asked for that nobody publishes', async () => {
    expect(await codes({ of: 'key', hint: hintOf(other.authority.root) })).toEqual([]);
    expect((await check(own, {}, now, { revocation: 'require' })).status).toBe('valid');
  });
});

describe('what one operator proves several times counts once', () => {
  interface Root {
    tlogs: object[];
    timestampAuthorities: object[];
  }

  /** Root of the first instance, with logs and authorities of both, by these operators. */
  function both(...operators: readonly [string, string]): Uint8Array {
    const [one, two]: [Root, Root] = [JSON.parse(instance.trustedRoot()), JSON.parse(other.trustedRoot())];
    const named = (list: 'tlogs' | 'timestampAuthorities') =>
      [...one[list], ...two[list]].map((entry, index) => ({ ...entry, operator: operators[index] }));
    return utf8(instance.trustedRoot({ tlogs: named('tlogs'), timestampAuthorities: named('timestampAuthorities') }));
  }

  const twoLogs = () => ({ logs: [instance, other].map(({ issuer: url }) => ({ url, version: 2 }) as const) });
  const address = ({ issuer }: SigstoreInstance) => `${issuer}/api/v1/timestamp`;

  test('entries of logs', async () => {
    const bundle = await bundleOf(instance, 'a', twoLogs());
    expect((await check(bundle, { log: 2, root: both('', '') })).status).toBe('valid');
    expect((await check(bundle, { log: 2, root: both('a', 'b') })).status).toBe('valid');
    expect((await check(bundle, { log: 1, root: both('a', 'a') })).status).toBe('valid');
    expect((await check(bundle, { log: 2, root: both('a', 'a') })).codes).toEqual(['SIGSTORE_LOG_MISSING']);
  });

  test('timestamps of one authority', async () => {
    let calls = 0;
    const later = {
      get time() {
        return new Date(now.getTime() + 1000 * calls++);
      },
    };
    Object.assign(instance, { faults: later });
    const bundle = await bundleOf(instance, 'a', { timestamps: [address(instance), address(instance)] });
    Object.assign(instance, { faults: {} });
    expect((await check(bundle)).status).toBe('valid');
    expect((await check(bundle, { timestamps: 2 })).codes).toEqual(['SIGSTORE_TIME_MISSING']);
  });

  test('timestamps of two', async () => {
    const bundle = await bundleOf(instance, 'a', { timestamps: [address(instance), address(other)] });
    expect((await check(bundle, { timestamps: 2, root: both('', '') })).status).toBe('valid');
    expect((await check(bundle, { timestamps: 2, root: both('a', 'a') })).codes).toEqual(['SIGSTORE_TIME_MISSING']);
  });
});

test('a certificate log is asked for unless the policy says that there is none', async () => {
  expect((await check(own, { sct: 1 })).codes).toEqual(['SIGSTORE_SCT_MISSING']);
});

test('a proof of a certificate log that is right, over another certificate, by another log, of another instance', async () => {
  const root = utf8(instance.trustedRoot({ ctlogs: instance.certificateLogs() }));
  const checked = async (sct: 'right' | 'wrong' | 'foreign', trusted = root) => {
    Object.assign(instance.faults, { sct });
    onTestFinished(() => void delete instance.faults.sct);
    return check(await bundleOf(instance, 'a'), { sct: 1, root: trusted });
  };
  expect(await checked('right')).toEqual({ status: 'valid', codes: [] });
  expect((await checked('wrong')).codes).toEqual(['SIGSTORE_SCT_BAD']);
  expect((await checked('foreign')).codes).toEqual(['SIGSTORE_SCT_BAD']);
  const theirs = utf8(instance.trustedRoot({ ctlogs: other.certificateLogs() }));
  expect((await checked('right', theirs)).codes).toEqual(['SIGSTORE_SCT_BAD']);
});

test('a trusted root that has run out, and two of which one has', async () => {
  const root: { certificateAuthorities: { validFor: object }[] } = JSON.parse(instance.trustedRoot());
  const [authority] = root.certificateAuthorities;
  const old = { ...authority, validFor: { start: '2020-01-01T00:00:00Z', end: '2021-01-01T00:00:00Z' } };
  const expired = utf8(instance.trustedRoot({ certificateAuthorities: [old] }));
  expect((await check(own, { root: expired })).codes).toContain('SIGSTORE_OUTSIDE_VALIDITY');
  const both = utf8(instance.trustedRoot({ certificateAuthorities: [old, authority] }));
  expect((await check(own, { root: both })).status).toBe('valid');
});

test.each([
  ['no JSON', 'x'],
  ['another document', '{"mediaType":"application/json"}'],
  ['no CA', undefined],
  ['a log key without start of validity', null],
])('a trusted root that is %s is refused when it is read', async (_about, text) => {
  const open: { tlogs: { publicKey: { validFor?: object } }[] } = JSON.parse(instance.trustedRoot());
  for (const { publicKey } of open.tlogs) delete publicKey.validFor;
  const root =
    text === undefined
      ? instance.trustedRoot({ certificateAuthorities: [] })
      : (text ?? instance.trustedRoot({ tlogs: open.tlogs }));
  await expect(check(own, { root: utf8(root) })).rejects.toMatchObject({ code: 'SIGNATURE_TRUST_UNREADABLE' });
});
