// SPDX-License-Identifier: Apache-2.0
// What becomes of a certificate by CRLs: every rule of docs/policy.md, on a chain of leaf, intermediate and root.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { concatBytes } from '../../../../src/base/bytes.ts';
import { parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { type Crl, parseCrl } from '../../../../src/crypto/x509/crl.ts';
import { findPaths } from '../../../../src/crypto/x509/path.ts';
import { checkRevocation, type RevocationRules } from '../../../../src/crypto/x509/revocation.ts';
import {
  caExtensions,
  encodeCertificate,
  encodeDer,
  encodeExtension,
  leafExtensions,
  TAG,
} from '../../../support/certificates.ts';
import { type CrlEntryRequest, type CrlRequest, encodeCrl, encodeEntry } from '../../../support/crls.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const DAY = 86_400_000;
const day = (days: number) => new Date(NOW.getTime() + days * DAY);

interface Party {
  readonly der: Uint8Array;
  readonly subject: string;
  readonly key: KeyObject;
}

function issue(subject: string, issuer?: Party, extensions = caExtensions(), end = 300): Party {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const by = issuer ?? { subject, key: privateKey };
  const validity = { notBefore: day(-100), notAfter: day(end) };
  return {
    der: encodeCertificate({ subject, publicKey, issuer: by, ...validity, extensions }),
    subject,
    key: privateKey,
  };
}

const root = issue('root');
const ca = issue('ca', root);
const leaf = issue('leaf', ca, leafExtensions('release@example.org'));
const serialOf = ({ der }: Party) => parseCertificate(der).serial;

function crl(issuer: Party, wish: Partial<CrlRequest> = {}): Uint8Array {
  return encodeCrl({ issuer, thisUpdate: day(-1), nextUpdate: day(6), number: 7, ...wish });
}

const GOOD = [crl(ca), crl(root)];
const listing = (party: Party, entry: Partial<CrlEntryRequest> = {}): readonly CrlEntryRequest[] => [
  { serial: serialOf(party), at: day(-10), ...entry },
];

interface Question {
  readonly mode?: 'require' | 'warn';
  readonly provenAt?: Date;
  readonly now?: Date;
  readonly leaf?: Party;
  readonly anchors?: readonly Party[];
}

function ask(crls: readonly Uint8Array[], question: Question = {}) {
  const { mode = 'require', provenAt, now = NOW, anchors = [root] } = question;
  return findPaths(parseCertificate((question.leaf ?? leaf).der), {
    anchors: anchors.map(({ der }) => parseCertificate(der)),
    intermediates: [parseCertificate(ca.der)],
    now,
    provenAt,
    revocation: { crls: crls.map((der, index) => ({ ...parseCrl(der), origin: `crl-${index}` })), mode },
  });
}

const codes = ({ reasons }: ReturnType<typeof ask>) => reasons.map(({ code }) => code);
const statuses = ({ path }: ReturnType<typeof ask>) => path.map(({ status }) => status);

describe('a list that is in force', () => {
  test('does not name the certificates: the path is good, and each is said to be', () => {
    const result = ask(GOOD);
    expect(result.anchors).toHaveLength(1);
    expect(result.reasons).toEqual([]);
    expect(statuses(result)).toEqual(['good', 'good', 'anchor']);
  });

  test.each([
    ['leaf', leaf, [crl(ca, { entries: listing(leaf) }), crl(root)]],
    ['intermediate', ca, [crl(ca), crl(root, { entries: listing(ca) })]],
    ['anchor', root, [crl(ca), crl(root, { entries: listing(root) })]],
  ])('names the %s: the path is void, and says which', (_, party, crls) => {
    const result = ask(crls);
    expect(result.anchors).toEqual([]);
    expect(codes(result)).toEqual(['CERTIFICATE_REVOKED']);
    expect(result.reasons[0]?.message).toMatch(new RegExp(`"CN=${party.subject}".* was revoked on .* CRL 7`));
    expect(ask(crls, { mode: 'warn' }).anchors).toEqual([]);
  });

  test('of the same serial number by another CA says nothing', () => {
    expect(ask([crl(ca), crl(root, { entries: listing(leaf) })]).anchors).toHaveLength(1);
  });

  test('takes a certificate off hold', () => {
    const held = crl(ca, { number: 7, entries: listing(leaf, { reason: 6 }) });
    expect(codes(ask([held, crl(root)]))).toEqual(['CERTIFICATE_REVOKED']);
    for (const later of [{ entries: listing(leaf, { reason: 8 }) }, {}])
      expect(ask([held, crl(root), crl(ca, { number: 8, ...later })]).anchors).toHaveLength(1);
  });

  test('is the one with the highest number, whatever its time', () => {
    const older = crl(ca, { number: 255, thisUpdate: day(-0.5), entries: listing(leaf) });
    const newer = crl(ca, { number: 256, thisUpdate: day(-2) });
    expect(ask([older, newer, crl(root)]).anchors).toHaveLength(1);
    expect(ask([crl(root), newer, older]).anchors).toHaveLength(1);
  });
});

describe('proven time', () => {
  const revoked = (entry: Partial<CrlEntryRequest>, provenAt: Date) =>
    ask([crl(ca, { entries: listing(leaf, entry) }), crl(root)], { provenAt });

  test.each([
    ['before the revocation', {}, -11, true],
    ['at the revocation', {}, -10, false],
    ['after the revocation', {}, -9, false],
    ['before the invalidity date', { invalidFrom: day(-20) }, -21, true],
    ['between both', { invalidFrom: day(-20) }, -15, false],
    ['an invalidity date that is later changes nothing', { invalidFrom: day(-5) }, -9, false],
    ['a compromise that nobody dates', { reason: 1 }, -50, false],
    ['a compromise of the CA that nobody dates', { reason: 2 }, -50, false],
    ['before a compromise', { reason: 1, invalidFrom: day(-20) }, -21, true],
    ['after a compromise', { reason: 1, invalidFrom: day(-20) }, -15, false],
  ])('%s', (_, entry, provenDay, counts) => {
    const result = revoked(entry, day(provenDay));
    expect(result.anchors).toHaveLength(counts ? 1 : 0);
    if (!counts) return;
    expect(statuses(result)).toEqual(['revoked-later', 'good', 'anchor']);
    expect(result.reasons).toMatchObject([{ code: 'CERTIFICATE_REVOKED', severity: 'remark' }]);
  });
});

describe('a time that the owner of the certificate states, as timestamp authorities do', () => {
  const statusBy = (entry: Partial<CrlEntryRequest>, denied: NonNullable<RevocationRules['denied']> = []) => {
    const lists = [crl(ca, { entries: denied.length > 0 ? [] : listing(leaf, entry) })];
    const crls = lists.map((der) => ({ ...parseCrl(der), origin: 'crl' }));
    const [certificate, issuer] = [parseCertificate(leaf.der), parseCertificate(ca.der)];
    const moment = { now: NOW, provenAt: day(-50), ownStatement: true };
    return checkRevocation(certificate, issuer, { crls, mode: 'require', denied }, moment).status;
  };

  test.each<[string, Partial<CrlEntryRequest>, string]>([
    ['superseded', { reason: 4 }, 'revoked-later'],
    ['given up', { reason: 5 }, 'revoked-later'],
    ['no reason', {}, 'revoked'],
    ['compromised, even with a date', { reason: 1, invalidFrom: day(-20) }, 'revoked'],
    ['on hold', { reason: 6 }, 'revoked'],
  ])('%s: %s', (_, entry, status) => expect(statusBy(entry)).toBe(status));

  test('denied since a later time counts for nothing either', () => {
    const what = { of: 'key', hint: parseCertificate(leaf.der).hint } as const;
    expect(statusBy({}, [{ what, since: day(-5), reason: 'stolen' }])).toBe('denied');
  });
});

describe('no answer', () => {
  test.each<[string, readonly Uint8Array[], string, RegExp]>([
    ['none', [], 'CRL_MISSING', /there is no CRL by "CN=ca"/],
    ['one of another CA', [crl(issue('other'))], 'CRL_MISSING', /by "CN=ca", the CRLs given are by "CN=other"/],
    ['another CA of the same name', [crl(issue('ca'))], 'CRL_WRONG_ISSUER', /crl-0 is not signed by the key/],
    ['stale', [crl(ca, { nextUpdate: day(-0.1) })], 'CRL_STALE', /CRL 7 \(crl-0\) was to be replaced by/],
    ['of the future', [crl(ca, { thisUpdate: day(1) })], 'CRL_FUTURE', /holds from 2026-11-23/],
    ['without number', [crl(ca, { number: undefined })], 'CRL_REFUSED', /has no CRL number/],
    ['without end', [crl(ca, { nextUpdate: null })], 'CRL_REFUSED', /until when/],
    ['of version 1', [crl(ca, { number: undefined, version2: false })], 'CRL_REFUSED', /version 1/],
    ['delta', [crl(ca, { extensions: [extension('2.5.29.27', integer(1), true)] })], 'CRL_REFUSED', /delta/],
    ['partitioned', [crl(ca, { extensions: [point(encodeDer(0x81, TRUE))] })], 'CRL_REFUSED', /partitioned/],
    ['indirect', [crl(ca, { extensions: [point(encodeDer(0x84, TRUE))] })], 'CRL_REFUSED', /is indirect/],
    [
      'unknown',
      [crl(ca, { extensions: [extension('1.2.3.4', TRUE, true)] })],
      'CRL_REFUSED',
      /critical extension 1\.2\.3\.4/,
    ],
    [
      'an entry unknown',
      [withEntry(extension('1.2.3.4', TRUE, true))],
      'CRL_REFUSED',
      /entry with the critical extension/,
    ],
    [
      'an entry of another issuer',
      [withEntry(extension('2.5.29.29', encodeDer(TAG.sequence), true))],
      'CRL_REFUSED',
      /another issuer/,
    ],
  ])('%s', (_, crls, code, text) => {
    const result = ask([...crls, crl(root)]);
    expect(result.anchors).toEqual([]);
    expect(result.ended).toHaveLength(1);
    expect(codes(result)).toEqual([code]);
    expect(result.reasons[0]?.message).toMatch(text);
    expect(result.reasons[0]?.hint).not.toBe('');
    expect(statuses(result)).toEqual(['unknown', 'good', 'anchor']);
    const warned = ask([...crls, crl(root)], { mode: 'warn' });
    expect(warned.anchors).toHaveLength(1);
    expect(warned.reasons).toMatchObject([{ code, severity: 'remark' }]);
  });

  test('a CA that may not sign lists', () => {
    const usage = encodeExtension('2.5.29.15', encodeDer(TAG.bitString, Uint8Array.of(2, 0x04)), true);
    const weak = issue('weak', undefined, [...caExtensions().slice(0, 1), usage]);
    const signer = issue('leaf', weak, leafExtensions('release@example.org'));
    expect(codes(ask([crl(weak)], { leaf: signer, anchors: [weak] }))).toEqual(['CRL_ISSUER_USAGE']);
  });

  test('a list that is stale, or of the future, still revokes', () => {
    const entries = listing(leaf);
    for (const wish of [{ nextUpdate: day(-0.1) }, { thisUpdate: day(1) }])
      for (const mode of ['require', 'warn'] as const)
        expect(codes(ask([crl(ca, { ...wish, entries }), crl(root)], { mode }))).toEqual(['CERTIFICATE_REVOKED']);
    const later = [crl(ca, { thisUpdate: day(1), entries: listing(leaf, { at: day(0.5) }) }), crl(root)];
    expect(codes(ask(later))).toEqual(['CRL_FUTURE']);
  });

  test('as of a day in the past the list of that day counts', () => {
    const [then, today] = [
      crl(ca, { number: 3, thisUpdate: day(-20), nextUpdate: day(-13) }),
      crl(ca, { entries: listing(leaf) }),
    ];
    const roots = [crl(root, { thisUpdate: day(-30), number: 1 })];
    expect(ask([then, today, ...roots], { now: day(-15) }).anchors).toHaveLength(1);
    expect(codes(ask([then, today, ...roots]))).toEqual(['CERTIFICATE_REVOKED']);
  });
});

describe('a certificate that has expired', () => {
  const old = issue('old', ca, leafExtensions('release@example.org'), -30);
  const question = { leaf: old, provenAt: day(-50), now: day(-31) };
  const codesNow = (crls: readonly Uint8Array[]) =>
    codes(ask(crls, { ...question, now: NOW })).filter((code) => code !== 'CERTIFICATE_EXPIRED');

  test('may be gone from newer lists', () => {
    expect(codesNow([crl(ca), crl(root)])).toEqual(['CRL_AFTER_EXPIRY']);
  });

  test('is looked up in the last list from before it expired', () => {
    const before = { number: 3, thisUpdate: day(-35), nextUpdate: day(-28) };
    expect(codesNow([crl(ca), crl(ca, before), crl(root)])).toEqual([]);
    const named = crl(ca, { ...before, entries: listing(old, { at: day(-60) }) });
    expect(codesNow([crl(ca), named, crl(root)])).toEqual(['CERTIFICATE_REVOKED']);
    expect(codesNow([crl(ca), crl(ca, { ...before, thisUpdate: day(-55) }), crl(root)])).toEqual(['CRL_AFTER_EXPIRY']);
  });

  test('is not shown to be good by a list that was replaced before it expired: the one in between may say otherwise', () => {
    const early = { number: 3, thisUpdate: day(-45), nextUpdate: day(-38) };
    expect(codesNow([crl(ca), crl(ca, early), crl(root)])).toEqual(['CRL_AFTER_EXPIRY']);
    const last = crl(ca, {
      number: 4,
      thisUpdate: day(-35),
      nextUpdate: day(-28),
      entries: listing(old, { at: day(-60) }),
    });
    expect(codesNow([crl(ca), last, crl(ca, early), crl(root)])).toEqual(['CERTIFICATE_REVOKED']);
  });

  test('was revoked by a list from between, whatever older and newer ones leave out', () => {
    const before = crl(ca, { number: 3, thisUpdate: day(-35), nextUpdate: day(-28) });
    const between = { number: 4, thisUpdate: day(-28), nextUpdate: day(-21) };
    const named = (entry: Partial<CrlEntryRequest>) => crl(ca, { ...between, entries: listing(old, entry) });
    const compromised = named({ at: day(-33), reason: 1 });
    expect(codesNow([crl(ca), compromised, before, crl(root)])).toEqual(['CERTIFICATE_REVOKED']);
    expect(codesNow([crl(ca), compromised, crl(root)])).toEqual(['CERTIFICATE_REVOKED']);
    // One that was retired later was good before, as ever.
    const retired = ask([crl(ca), named({ at: day(-33), reason: 4 }), before, crl(root)], { ...question, now: NOW });
    expect(retired.anchors).toHaveLength(1);
    expect(statuses(retired)).toEqual(['revoked-later', 'good', 'anchor']);
    // What was on hold before it expired, and was not any more after, is good.
    const held = crl(ca, {
      number: 2,
      thisUpdate: day(-40),
      nextUpdate: day(-33),
      entries: listing(old, { reason: 6 }),
    });
    expect(codesNow([crl(ca), crl(ca, between), before, held, crl(root)])).toEqual([]);
  });

  test('is not gone where the CA says so', () => {
    const since = encodeDer(TAG.generalizedTime, Buffer.from('20200101000000Z'));
    expect(codesNow([crl(ca, { extensions: [extension('2.5.29.60', since, false)] }), crl(root)])).toEqual([]);
  });
});

describe('reading', () => {
  const whole = crl(ca, {
    entries: [...listing(leaf, { reason: 1, invalidFrom: day(-20) }), { serial: 'ff01', at: day(-3) }],
  });

  test('what it says', () => {
    const read = parseCrl(whole);
    expect(read).toMatchObject({ number: 7n, thisUpdate: day(-1), nextUpdate: day(6), refusal: undefined });
    expect(read.entriesOf(serialOf(leaf))).toEqual([
      { revokedAt: day(-10), reason: 'keyCompromise', reasonGiven: true, invalidFrom: day(-20) },
    ]);
    expect(read.entriesOf('ff01')).toMatchObject([{ reason: 'unspecified' }]);
    expect(read.entriesOf('01')).toEqual([]);
  });

  test('no flipped bit leaves it saying that the certificate is good', () => {
    let survived = 0;
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = Uint8Array.from(whole);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const read = readable(bytes);
      if (read) survived += ask([bytes, crl(root)]).anchors.length;
    }
    expect(survived).toBe(0);
  });

  test('every cut is refused', () => {
    for (let length = 0; length < whole.length; length += 1)
      expect(readable(whole.subarray(0, length))).toBeUndefined();
  });

  test('50 MB, within a few seconds', () => {
    const entry = encodeEntry({ serial: '7fffffffffffffffffffffffffffffff', at: day(-3), reason: 4 });
    const revoked = new Uint8Array(Math.floor(50_000_000 / entry.length) * entry.length);
    for (let offset = 0; offset < revoked.length; offset += entry.length) {
      revoked.set(entry, offset);
      new DataView(revoked.buffer).setUint32(offset + 14, offset);
    }
    const big = crl(ca, { revoked: concatBytes(revoked, encodeEntry(listing(leaf)[0] ?? { serial: '', at: NOW })) });
    const started = performance.now();
    expect(codes(ask([big, crl(root)]))).toEqual(['CERTIFICATE_REVOKED']);
    expect(performance.now() - started).toBeLessThan(15_000);
  });
});

function readable(bytes: Uint8Array): Crl | undefined {
  try {
    return parseCrl(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'SIGNATURE_CRL_UNREADABLE' });
    return undefined;
  }
}

const TRUE = Uint8Array.of(0xff);

function extension(oid: string, value: Uint8Array, critical: boolean): Uint8Array {
  return encodeExtension(oid, value, critical);
}

function integer(value: number): Uint8Array {
  return encodeDer(TAG.integer, Uint8Array.of(value));
}

function point(...content: readonly Uint8Array[]): Uint8Array {
  return extension('2.5.29.28', encodeDer(TAG.sequence, ...content), true);
}

function withEntry(one: Uint8Array): Uint8Array {
  return crl(ca, { entries: [{ serial: '01', at: day(-3), extensions: [one] }] });
}
