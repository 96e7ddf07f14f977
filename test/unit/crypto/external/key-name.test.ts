// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { isPublicKeyName, mayLoad, parseKeyName } from '../../../../src/crypto/external/key-name.ts';
import { codeOf } from '../../../support/signing.ts';

const FPR = 'aabbccddeeff00112233445566778899aabbccdd';

describe('names of keys', () => {
  test('gpg: by a whole fingerprint', () => {
    expect(parseKeyName(`gpg:${FPR}\n`, 'pgp')).toEqual({ holder: 'gpg', fingerprint: FPR.toUpperCase() });
  });

  test('plugins: all that follows the name is theirs', () => {
    expect(parseKeyName('awskms:///alias/release?x=1', 'x509')).toEqual({
      holder: 'plugin',
      plugin: 'awskms',
      resource: '/alias/release?x=1',
    });
  });

  test('tokens: without query, and never anything but a private key', () => {
    const name = 'pkcs11:token=my%20hsm;object=release;type=private?module-path=/usr/lib/p11.so';
    expect(parseKeyName(name, 'key')).toEqual({
      holder: 'token',
      uri: 'pkcs11:token=my%20hsm;object=release;type=private',
      module: '/usr/lib/p11.so',
    });
    expect(parseKeyName('pkcs11:serial=1f;id=%01%02', 'key')).toMatchObject({
      uri: 'pkcs11:serial=1f;id=%01%02;type=private',
      module: undefined,
    });
  });

  test.each([
    '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n',
    'signing-key.asc',
    'https',
    '://x',
    'UPPER://x',
    'gpg:x\ny',
    'a b://c',
    `demo://${'x'.repeat(3000)}`,
  ])('%j is no name', (text) => {
    expect(parseKeyName(text, 'key')).toBeUndefined();
    expect(isPublicKeyName(text)).toBe(false);
  });

  test.each([
    ['gpg:', 'pgp'],
    [`gpg:${FPR.slice(1)}`, 'pgp'],
    [`gpg:${FPR}!`, 'pgp'],
    ['gpg:alice@example.org', 'pgp'],
    [`gpg:${FPR}`, 'key'],
    ['demo://x', 'pgp'],
    ['pkcs11:token=a;object=b', 'pgp'],
    ['pkcs11:', 'key'],
    ['pkcs11:object=b', 'key'],
    ['pkcs11:token=a', 'key'],
    ['pkcs11:token=a;object=b;', 'key'],
    ['pkcs11:token=a;object=b;object=c', 'key'],
    ['pkcs11:token=a;object=b;type=cert', 'key'],
    ['pkcs11:token=a;object=b;slot-id=1', 'key'],
    ['pkcs11:token=a;object=b;garbage', 'key'],
    ['pkcs11:token=a;object=b%2', 'key'],
    ['pkcs11:token=a;object="b"', 'key'],
    ['pkcs11:token=a;object=b?module-path=relative.so', 'key'],
    ['pkcs11:token=a;object=b?module-path=/a/$ENV::HOME/b.so', 'key'],
    ['pkcs11:token=a;object=b?module-name=opensc', 'key'],
    ['pkcs11:token=a;object=b?module-path=/a.so?x', 'key'],
    ['pkcs11:token=a;object=b?module-path=/usr/lib/../../home/x/a.so', 'key'],
    ['pkcs11:token=a;object=b?module-path=/usr/lib/./a.so', 'key'],
    ['pkcs11:token=a;object=b?module-path=/usr//lib/a.so', 'key'],
    ['pkcs11:token=a;object=b?module-path=/usr/lib/..', 'key'],
  ] as const)('%s with %s is refused', async (text, method) => {
    expect(await codeOf(() => parseKeyName(text, method))).toBe('KEY_NAME_INVALID');
  });

  test.each([
    'pkcs11:token=a;object=b?pin-value=123456',
    'pkcs11:token=a;object=b;pin-value=123456',
    'pkcs11:token=a;object=b?pin-source=/etc/pin',
    'pkcs11:token=a;object=b;pin=123456',
    'pkcs11:pin=123456;token=a;object=b',
    'pkcs11:token=a;object=b?module-path=/usr/lib/a.so&pin-value=123456',
    'pkcs11:token=a;object=b;PIN-Value=123456',
    'pkcs11:token=a;object=b;pi%6e-value=123456',
    'pkcs11:token=a;object=b;user_pin=123456',
    'pkcs11:token=a%3bpin-value=123456;object=b',
  ])('%s holds a PIN: it is refused unseen, and kept secret like a key', (text) => {
    expect(isPublicKeyName(text)).toBe(false);
    expect(() => parseKeyName(text, 'key')).toThrow('the name of the key holds its PIN or where it is');
  });

  test('a token or key whose name only begins so holds none', () => {
    expect(isPublicKeyName('pkcs11:token=pinewood;object=pin?module-path=/opt/pin/a.so')).toBe(true);
    expect(isPublicKeyName('awskms:///alias/pin=a')).toBe(true);
  });

  test('an attribute that is not known is named without its value', () => {
    const text = 'pkcs11:token=a;object=b;password=123456';
    expect(() => parseKeyName(text, 'key')).toThrow(/^(?!.*123456).*"password"/);
  });

  test.each([
    ['/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so', [], true],
    ['/home/build/evil.so', [], false],
    ['/home/build/mine.so', ['/home/build/mine.so'], true],
    ['/usrlocal/evil.so', ['awskms'], false],
  ] as const)('the module %s where %j is listed', (module, listed, may) => {
    expect(mayLoad(module, listed)).toBe(may);
  });
});
