// SPDX-License-Identifier: Apache-2.0
// What a timestamp proves, and each reason why one proves nothing; OpenSSL agrees both ways.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { checkTimestamp, checkTimestamps, uniqueCertificates } from '../../../../src/crypto/timestamp/verify.ts';
import { readTimestamp } from '../../../../src/crypto/timestamp/token.ts';
import { flipped, NOW } from '../../../support/signing.ts';
import { type AuthorityOptions, TimestampAuthority, type TokenOptions } from '../../../support/timestamp-authority.ts';

const SIGNED = utf8('the bytes of a signature');
const DAY = 86_400_000;
const EARLIER = new Date(NOW.getTime() - 100 * DAY);
const folder = mkdtempSync(join(tmpdir(), 'countersign-time-'));
afterAll(() => rmSync(folder, { recursive: true }));

function trusting(...roots: readonly Uint8Array[]) {
  return { signed: SIGNED, trust: { anchors: uniqueCertificates(roots), intermediates: [] }, now: NOW };
}

function authority(options: AuthorityOptions = {}, time = EARLIER): TimestampAuthority {
  return new TimestampAuthority(() => time, options);
}

/** The code of why a timestamp proves nothing, or the time. */
function outcome(of: TimestampAuthority, options: TokenOptions = {}, signed = SIGNED): string {
  const check = checkTimestamp(of.stamp(signed, options), trusting(of.root));
  return 'proven' in check ? check.proven.time.toISOString() : `${check.code} ${check.severity}`;
}

function written(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

test('a timestamp of a trusted authority proves its time, and its error', () => {
  const tsa = authority();
  const check = checkTimestamp(tsa.stamp(SIGNED, { accuracySeconds: 7 }), trusting(tsa.root));
  expect(check).toMatchObject({
    proven: {
      time: EARLIER,
      latest: new Date(EARLIER.getTime() + 7000),
      accuracyMs: 7000,
      proof: 'timestamp',
      by: 'CN=Time Authority',
    },
  });
});

test('a certificate that has ended since proves all the same', () => {
  const tsa = authority({ until: new Date(EARLIER.getTime() + DAY) });
  expect(outcome(tsa)).toBe(EARLIER.toISOString());
});

test.each<[string, () => string]>([
  ['TIMESTAMP_OTHER_BYTES', () => outcome(authority(), {}, utf8('other bytes'))],
  ['TIMESTAMP_CERTIFICATE_UNSUITABLE', () => outcome(authority({ usages: ['1.3.6.1.5.5.7.3.3'] }))],
  [
    'TIMESTAMP_CERTIFICATE_UNSUITABLE',
    () => outcome(authority({ usages: ['1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.3'] })),
  ],
  ['TIMESTAMP_CERTIFICATE_UNSUITABLE', () => outcome(authority({ usages: ['2.5.29.37.0'] }))],
  ['TIMESTAMP_CERTIFICATE_UNSUITABLE', () => outcome(authority({ critical: false }))],
  ['TIMESTAMP_OUTSIDE_VALIDITY', () => outcome(authority({ from: new Date(EARLIER.getTime() + DAY) }))],
  ['TIMESTAMP_OUTSIDE_VALIDITY', () => outcome(authority({ until: new Date(EARLIER.getTime() - DAY / 2) }))],
  ['TIMESTAMP_FROM_FUTURE', () => outcome(authority({}, new Date(NOW.getTime() + 6 * 60_000)))],
  ['TIMESTAMP_NOT_TRUSTED', () => outcome(authority(), { certificates: [] })],
])('%s', (code, of) => {
  expect(of()).toBe(`${code} remark`);
});

test('an authority of another CA, or of nobody, proves nothing', () => {
  const [one, other] = [authority(), authority()];
  for (const roots of [[other.root], []])
    expect(checkTimestamp(one.stamp(SIGNED), trusting(...roots))).toMatchObject({ code: 'TIMESTAMP_NOT_TRUSTED' });
});

test('a clock that is ahead by some minutes is believed', () => {
  const tsa = authority({}, new Date(NOW.getTime() + 4 * 60_000));
  expect(outcome(tsa)).toBe(new Date(NOW.getTime() + 4 * 60_000).toISOString());
});

test('the certificate may be in the trust material alone', () => {
  const tsa = authority();
  const check = checkTimestamp(tsa.stamp(SIGNED, { certificates: [] }), trusting(tsa.root, tsa.certificate));
  expect(check).toHaveProperty('proven');
});

test('of several the earliest counts, whatever is wrong with the others', () => {
  const [first, second, stranger] = [authority(), authority({}, NOW), authority()];
  const stamps = [stranger.stamp(SIGNED), utf8('no token'), second.stamp(SIGNED), first.stamp(SIGNED)];
  const { proven, remarks } = checkTimestamps(stamps, trusting(first.root, second.root));
  expect(proven?.time).toEqual(EARLIER);
  expect(remarks.map(({ code }) => code)).toEqual(['TIMESTAMP_NOT_TRUSTED', 'TIMESTAMP_UNREADABLE']);
});

test('two of one authority with one serial number contradict each other, and neither counts', () => {
  const tsa = authority();
  const serial = Uint8Array.of(0x11);
  const stamps = [tsa.stamp(SIGNED, { serial }), tsa.stamp(SIGNED, { serial, time: NOW })];
  const { proven, remarks } = checkTimestamps(stamps, trusting(tsa.root));
  expect(proven).toBeUndefined();
  expect(remarks.map(({ code }) => code)).toEqual(['TIMESTAMP_SERIAL_REPEATED', 'TIMESTAMP_SERIAL_REPEATED']);
  expect(checkTimestamps([tsa.stamp(SIGNED, { serial })], trusting(tsa.root)).proven?.time).toEqual(EARLIER);
});

test('no byte of a token can be changed', () => {
  const tsa = authority();
  for (const certificates of [[tsa.certificate], [tsa.certificate, tsa.root]]) {
    const token = tsa.stamp(SIGNED, { certificates, accuracySeconds: 1 });
    expect(checkTimestamp(token, trusting(tsa.root))).toHaveProperty('proven');
    for (const [index, bytes] of flipped(token))
      expect(checkTimestamp(bytes, trusting(tsa.root)), `byte ${index}`).not.toHaveProperty('proven');
    for (let length = 0; length < token.length; length += 7)
      expect(checkTimestamp(token.subarray(0, length), trusting(tsa.root))).toMatchObject({
        code: 'TIMESTAMP_UNREADABLE',
      });
  }
});

test('OpenSSL verifies what our authority makes, and refuses what we refuse', () => {
  const tsa = authority();
  const data = written('data', SIGNED);
  const ca = written('ca.pem', tsa.rootPem);
  const verify = (token: Uint8Array): boolean => {
    const args = ['ts', '-verify', '-data', data, '-in', written('token', token), '-CAfile', ca];
    try {
      execFileSync('openssl', [...args, '-attime', String(EARLIER.getTime() / 1000)], { stdio: 'pipe' });
      return true;
    } catch {
      return false;
    }
  };
  expect(verify(tsa.stamp(SIGNED))).toBe(true);
  expect(verify(tsa.stamp(utf8('other')))).toBe(false);
});

test.each(['ec', 'rsa'])('a token that OpenSSL makes with an %s key is read', (kind) => {
  const keys = kind === 'ec' ? ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'] : ['-newkey', 'rsa:2048'];
  const run = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const config = [
    '[tsa]\nserial = serial\ncrypto_device = builtin\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1',
    'digests = sha256, sha512\naccuracy = secs:1, millisecs:500\nordering = yes\ntsa_name = yes\ness_cert_id_chain = no',
    '[ext]\nextendedKeyUsage = critical, timeStamping\nkeyUsage = critical, digitalSignature',
  ].join('\n');
  written('tsa.cnf', `${config}\n`);
  run(
    'req',
    '-x509',
    ...keys,
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'root.pem',
    '-subj',
    '/O=Example/CN=Root',
    '-days',
    '30',
  );
  run('req', ...keys, '-nodes', '-keyout', 'tsa.key', '-out', 'tsa.csr', '-subj', '/O=Example/CN=Clock');
  run(
    'x509',
    '-req',
    '-in',
    'tsa.csr',
    '-CA',
    'root.pem',
    '-CAkey',
    'ca.key',
    '-out',
    'tsa.pem',
    '-days',
    '30',
    '-extfile',
    'tsa.cnf',
    '-extensions',
    'ext',
  );
  written('data', SIGNED);
  run('ts', '-query', '-data', 'data', '-sha512', '-cert', '-out', 'query');
  run(
    'ts',
    '-reply',
    '-config',
    'tsa.cnf',
    '-section',
    'tsa',
    '-queryfile',
    'query',
    '-signer',
    'tsa.pem',
    '-inkey',
    'tsa.key',
    '-chain',
    'root.pem',
    '-out',
    'reply',
  );
  const token = new Uint8Array(readFileSync(join(folder, 'reply')));
  const { raw } = new (process.getBuiltinModule('node:crypto').X509Certificate)(readFileSync(join(folder, 'root.pem')));
  const context = { ...trusting(new Uint8Array(raw)), now: new Date() };
  expect(checkTimestamp(token, context)).toMatchObject({ proven: { accuracyMs: 1500, by: 'CN=Clock,O=Example' } });
  expect(readTimestamp(token).info).toMatchObject({ ordering: true, policy: '1.2.3.4.1', imprint: { hash: 'sha512' } });
  for (const [index, bytes] of flipped(token, 5))
    expect(checkTimestamp(bytes, context), `byte ${index}`).not.toHaveProperty('proven');
});
