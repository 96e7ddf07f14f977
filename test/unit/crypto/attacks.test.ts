// SPDX-License-Identifier: Apache-2.0
// Attacks on signatures that were tried by running and failed, and those that suggest themselves next to them.

import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parsePem, utf8 } from '../../../src/base/bytes.ts';
import { generatePgpKey } from '../../../src/crypto/pgp/generate.ts';
import { Secret } from '../../../src/base/secret.ts';
import type { SignatureCheck } from '../../../src/crypto/verifier.ts';
import { NOW, signer, verifier } from '../../support/signing.ts';

const PAE = utf8('DSSEv1 4 text 4 data');
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('leaves by OpenSSL that may not sign (skipped without it)', () => {
  let folder: string;
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });

  /** A certificate with these extensions, by an issuer or by itself. */
  async function issue(
    name: string,
    extensions: string,
    options: { issuer?: string; subject?: string; days?: number } = {},
  ) {
    const { issuer = name, subject = `/CN=${name}`, days = 30 } = options;
    await writeFile(join(folder, `${name}.cnf`), `[e]\n${extensions}\n`);
    openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', `${name}.key`);
    openssl('req', '-new', '-key', `${name}.key`, '-subj', subject, '-out', `${name}.csr`);
    const by =
      issuer === name
        ? ['-signkey', `${name}.key`]
        : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...by,
      '-days',
      `${days}`,
      '-extfile',
      `${name}.cnf`,
      '-extensions',
      'e',
      '-out',
      `${name}.pem`,
    );
  }

  const CA = 'basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign';
  const LEAF = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\nsubjectAltName=email:a@example.org';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-test-'));
    await issue('root', CA);
    await issue('impostor', CA, { subject: '/CN=root' });
    await issue('ca', CA, { issuer: 'root' });
    await issue('nosign', 'basicConstraints=critical,CA:true\nkeyUsage=critical,cRLSign', { issuer: 'root' });
    await issue('short', `basicConstraints=critical,CA:true,pathlen:0\nkeyUsage=critical,keyCertSign`, {
      issuer: 'root',
    });
    await issue('below', CA, { issuer: 'short' });
    await issue('strict', `${CA}\nnameConstraints=critical,permitted;email:example.org`, { issuer: 'root' });
    await issue('tls', `${CA}\nextendedKeyUsage=serverAuth`, { issuer: 'root' });
    await issue('good', LEAF, { issuer: 'root' });
    await issue('past', CA, { issuer: 'root', days: 1 });
  });

  afterAll(() => rm(folder, { recursive: true }));

  async function statusOf(
    leaf: string,
    intermediates: readonly string[] = [],
    now = new Date(),
  ): Promise<SignatureCheck> {
    const der = async (name: string) =>
      parsePem(await readFile(join(folder, `${name}.pem`), 'utf8'))[0]?.der ?? new Uint8Array();
    const chain = await Promise.all([leaf, ...intermediates].map(der));
    const key = await readFile(join(folder, `${leaf}.key`), 'utf8');
    const trusted = await verifier({ anchors: [await der('root')] });
    const material = { kind: 'certificates', chain } as const;
    const signature = new Uint8Array(sign('sha256', PAE, key));
    return trusted.verifyDsse({ pae: PAE, signature, material, keyid: undefined, hashing: 'bundle' }, now);
  }

  test.each<[string, string, string, readonly string[]]>([
    ['a leaf as issuer', LEAF, 'good', ['good']],
    ['a CA below the allowed depth', LEAF, 'below', ['below', 'short']],
    ['a CA without keyCertSign', LEAF, 'nosign', ['nosign']],
    ['a name that its CA may not certify', LEAF.replace('a@example.org', 'a@evil.org'), 'strict', ['strict']],
    ['one such name beside a good one', `${LEAF},email:b@evil.org`, 'strict', ['strict']],
    ['a name in the subject alone', LEAF.replace(/\nsubjectAltName=.*/, ''), 'strict', ['strict']],
    ['a CA for servers', LEAF, 'tls', ['tls']],
    ['a leaf for servers', LEAF.replace('codeSigning', 'serverAuth'), 'root', []],
    ['key usage without signing', LEAF.replace('digitalSignature', 'keyAgreement'), 'root', []],
    ['an unknown critical extension', `${LEAF}\n1.2.3.4=critical,DER:0500`, 'root', []],
    ['a root of the same name', LEAF, 'impostor', []],
    ['the same, given along', LEAF, 'impostor', ['impostor']],
    ['nobody', LEAF, 'self', []],
    ['a missing intermediate', LEAF, 'ca', []],
    [
      'a NUL in a name',
      `keyUsage=critical,digitalSignature\nextendedKeyUsage=codeSigning\n2.5.29.17=DER:300f810d614065782e6f7267002e6e6574`,
      'root',
      [],
    ],
  ])('%s', async (_, extensions, issuer, intermediates) => {
    const name = 'leaf';
    const subject = extensions.includes('subjectAltName') ? '/CN=leaf' : '/CN=leaf/emailAddress=a@evil.org';
    await issue(name, extensions, { ...(issuer === 'self' ? {} : { issuer }), subject });
    const { status, reasons } = await statusOf(name, intermediates);
    expect(['untrusted', 'unreadable']).toContain(status);
    expect(reasons.length).toBeGreaterThan(0);
  });

  test('the same leaves by a CA that may are good', async () => {
    for (const [issuer, intermediates] of [
      ['root', []],
      ['ca', ['ca']],
      ['strict', ['strict']],
      ['short', ['short']],
    ] as const) {
      await issue('leaf', LEAF, { issuer });
      expect(await statusOf('leaf', intermediates), issuer).toMatchObject({ status: 'valid' });
    }
  });

  test('an expired intermediate ends what is below it', async () => {
    await issue('leaf', LEAF, { issuer: 'past' });
    expect((await statusOf('leaf', ['past'])).status).toBe('valid');
    const later = new Date(Date.now() + 3 * 86_400_000);
    expect(await statusOf('leaf', ['past'], later)).toMatchObject({
      status: 'untrusted',
      reasons: [{ code: 'CERTIFICATE_EXPIRED' }],
    });
  });
});

describe('one algorithm taken for another', () => {
  const pairs: Readonly<Record<string, { readonly publicKey: KeyObject; readonly privateKey: KeyObject }>> = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    ed25519: generateKeyPairSync('ed25519'),
  };

  test('a signature by one key is good under no key of another kind', async () => {
    for (const [name, { publicKey }] of Object.entries(pairs)) {
      const spki = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
      const trusted = await verifier({ keys: [spki] });
      for (const [other, { privateKey }] of Object.entries(pairs))
        for (const hash of other === 'ed25519' ? [null] : ['sha256', 'sha384', 'sha1']) {
          const signature = new Uint8Array(sign(hash, PAE, privateKey));
          for (const hashing of ['native', 'bundle'] as const) {
            const { status } = await trusted.verifyDsse(
              { pae: PAE, signature, material: undefined, keyid: undefined, hashing },
              NOW,
            );
            const right =
              name === other &&
              (hash === null || hash === 'sha256' || (name === 'p384' && hash === 'sha384' && hashing === 'bundle'));
            expect(status, `${other} ${hash} under ${name}, ${hashing}`).toBe(right ? 'valid' : 'unknown-signer');
          }
        }
    }
  });

  test('a public key is no secret of another algorithm', async () => {
    const spki = new Uint8Array(pairs['rsa']?.publicKey.export({ type: 'spki', format: 'der' }) ?? []);
    const trusted = await verifier({ keys: [spki] });
    for (const signature of [
      spki,
      new Uint8Array(256),
      new Uint8Array(256).fill(0xff),
      Uint8Array.of(0x30, 6, 2, 1, 1, 2, 1, 1),
    ])
      expect(
        (
          await trusted.verifyDsse(
            { pae: PAE, signature, material: undefined, keyid: undefined, hashing: 'bundle' },
            NOW,
          )
        ).status,
      ).toBe('unknown-signer');
  });
});

describe('the frame around a cleartext signature', () => {
  const TEXT = '{"version":1,"objects":[{"id":1}]}';
  const OTHER = '{"version":1,"objects":[{"id":2}]}';

  async function scene() {
    const { privateKey, publicKey } = await generatePgpKey({ name: 'Ann', email: 'a@example.org', now: NOW });
    const made = await signer({ method: 'pgp', key: new Secret(privateKey) });
    if (made.native.format !== 'pgp' || made.identity.method !== 'pgp') throw new Error('not OpenPGP');
    const clear = Buffer.from(await made.native.signCleartext(utf8(TEXT), NOW)).toString();
    const trusted = await verifier({ keyrings: [utf8(publicKey)] });
    const { fingerprint } = made.identity;
    return { clear, check: (text: string) => trusted.verifyCleartext(utf8(text), fingerprint, NOW) };
  }

  test('no change of it makes another text good', async () => {
    const { clear, check } = await scene();
    const block = /-----BEGIN PGP SIGNATURE-----[\s\S]*/.exec(clear)?.[0] ?? '';
    const changes: readonly ((text: string) => string)[] = [
      (text) => text.replace(TEXT, OTHER),
      (text) => text.replace(TEXT, `- ${OTHER}`),
      (text) => text.replace(TEXT, `${TEXT}\n${OTHER}`),
      (text) => text.replace(TEXT, `${OTHER}\n${TEXT}`),
      (text) => text.replace(TEXT, `${TEXT}\n`),
      (text) => text.replace(TEXT, `\n${TEXT}`),
      (text) => text.replace('\n\n', '\nHash: SHA512\n\n').replace(TEXT, OTHER),
      (text) => text.replace('\n\n', '\nComment: x\n\n'),
      (text) => text.replace('\n\n', '\n \n'),
      (text) => text.replace('\n\n', '\n\u00a0\n\n'),
      (text) => `-----BEGIN PGP SIGNED MESSAGE-----\n\n${OTHER}\n${text}`,
      (text) => `-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n${OTHER}\n${block}\n${text}`,
      (text) => text.replace(TEXT, `${OTHER}\n${block}\n${TEXT}`),
      (text) => text.replace(TEXT, `${OTHER}\r${TEXT}`),
      (text) => text.replace(TEXT, `${OTHER}\0${TEXT}`),
      (text) => text.replace(TEXT, `${OTHER}\u2028${TEXT}`),
      (text) => text.replace(TEXT, `${TEXT}\u00a0`),
      (text) => text.replace(TEXT, `${TEXT}\v`),
      (text) => text.replace('BEGIN PGP SIGNATURE', 'BEGIN PGP MESSAGE'),
      (text) => text.replace('-----BEGIN PGP SIGNED MESSAGE-----', '----- BEGIN PGP SIGNED MESSAGE-----'),
      (text) => text.replace(TEXT, ''),
      (text) => text.replace(TEXT, `\ufeff${TEXT}`),
    ];
    for (const [index, change] of changes.entries()) {
      const { status, text } = await check(change(clear));
      expect(status === 'valid' ? text : TEXT, `change ${index}`).toBe(TEXT);
      if (change(clear).includes(OTHER)) expect(status, `change ${index}`).not.toBe('valid');
    }
    // What readers agree to pass over.
    for (const same of [
      `before\n${clear}`,
      `${clear}\nafter ${OTHER}`,
      clear.replaceAll('\n', '\r\n'),
      clear.replace(TEXT, `- ${TEXT} \t`),
    ])
      expect(await check(same)).toMatchObject({ status: 'valid', text: TEXT });
  });
});
