// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../../../../src/commands/policy/policy.ts';
import { createCriteria } from '../../../../src/image/verify.ts';
import { matchPrincipals } from '../../../../src/policy/rules/people.ts';
import { loadPolicy, loadPolicyBytes } from '../../../../src/policy/document/load.ts';
import { encodePem, parsePem, sha256 } from '../../../../src/base/bytes.ts';
import { certificateIdentity, parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { readKeyring } from '../../../../src/crypto/pgp/ring.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf, vector } from '../../../support/signing.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const VECTORS = new URL('../../../vectors/signing/', import.meta.url);
const FINGERPRINT = '0123456789ABCDEF0123456789ABCDEF01234567';

/** A folder with the known-answer keys, and a policy in it with these principals. */
async function folderWith(principals: string, trust = ''): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'keys'));
  for (const file of [
    'keys/p256.pub',
    'keys/p256.pub.der',
    'keys/p256.pem',
    'keys/rsa2048.pkcs1.pub',
    'keys/rsa2048.pub',
    'x509/leaf-p384.pem',
    'pgp/plain.pub.asc',
    'pgp/expired.pub.asc',
    'pgp/brainpoolP256r1.pub.asc',
    'pgp/plain.sec.asc',
    'pgp/plain.sec.bin',
  ])
    await copyFile(new URL(file, VECTORS), join(folder, 'keys', file.slice(file.indexOf('/') + 1)));
  const names = [...principals.matchAll(/^ {2}(\w+):/gm)].map((match) => match[1]);
  const text = `version: 1\nname: test\n${trust}principals:\n${principals}\nstages: [{name: author, approvers: [${names.join(', ')}]}]\n`;
  await writeFile(join(folder, 'policy.yaml'), text);
  return join(folder, 'policy.yaml');
}

function hintOf(spki: Uint8Array): string {
  return Buffer.from(sha256(spki).slice(7), 'hex').toString('base64');
}

/** What OpenSSL wrote between the lines of a PEM file. */
function pemBody(file: string): Uint8Array {
  return Buffer.from(
    Buffer.from(vector(file))
      .toString()
      .replace(/-----[^-]+-----/g, ''),
    'base64',
  );
}

const OFF_CURVE = vector('keys/p256.pub.der').map((byte, index, all) => (index === all.length - 1 ? byte ^ 1 : byte));

describe('loading a policy', () => {
  test('gives name, digest and path, and reads no key where there is none', async () => {
    const path = await folderWith(`  alice: {pgp: ${FINGERPRINT}}`);
    const loaded = await loadPolicy(path);
    expect(loaded).toMatchObject({ name: 'test', path, policy: { name: 'test', digest: loaded.digest } });
    expect(loaded.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    const material = { keyrings: [], keys: [], anchors: [], intermediates: [], certificates: [] };
    const nothing = { ...material, timestamps: [], crls: [], denied: [], sigstore: [] };
    expect(loaded.trust).toEqual({ ...nothing, origins: new Map() });
  });

  test('public keys in every form have the hint of the DER that OpenSSL wrote', async () => {
    const pem = Buffer.from(vector('keys/rsa2048.pub')).toString().trim().replace(/^/gm, '      ');
    const loaded = await loadPolicy(
      await folderWith(
        `  pem: {key: keys/p256.pub}\n  der: {key: keys/p256.pub.der}\n  pkcs1: {key: keys/rsa2048.pkcs1.pub}\n  text:\n    key: |\n${pem}`,
      ),
    );
    const hints = loaded.policy.principals
      .map(({ credentials }) => credentials[0])
      .map((one) => (one?.method === 'key' ? one.hint : ''));
    const [p256, rsa] = [hintOf(vector('keys/p256.pub.der')), hintOf(pemBody('keys/rsa2048.pub'))];
    expect(hints).toEqual([p256, p256, rsa, rsa]);
    expect(loaded.trust.keys).toHaveLength(2);
  });

  test('a point that is written compressed is the same key', async () => {
    const der = Buffer.from(vector('keys/p256.pub.der'));
    const head = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
    const point = Buffer.concat([Buffer.of(2 + ((der.at(-1) ?? 0) % 2)), der.subarray(27, 59)]);
    const text = JSON.stringify(encodePem('PUBLIC KEY', Buffer.concat([head, point])));
    const loaded = await loadPolicy(await folderWith(`  bot: {key: ${text}}`));
    const credentials = [{ method: 'key', hint: hintOf(der) }];
    expect(loaded.policy.principals).toMatchObject([{ name: 'bot', credentials }]);
  });

  test('certificates become anchors that identities are compared with', async () => {
    const loaded = await loadPolicy(
      await folderWith(
        '  dora: {x509: {anchors: keys/leaf-p384.pem, subject: "CN=*"}}'.replace('"CN=*"', '"CN=nobody"'),
        'trust: {intermediates: keys/leaf-p384.pem, certificates: [keys/leaf-p384.pem]}\n',
      ),
    );
    expect(loaded.trust.anchors).toHaveLength(1);
    expect(loaded.trust.intermediates).toHaveLength(1);
    expect(loaded.trust.certificates).toHaveLength(1);
    const [der] = loaded.trust.anchors;
    const identity = certificateIdentity(parseCertificate(der ?? new Uint8Array()), {
      anchors: [sha256(der ?? new Uint8Array()).slice(7)],
      chain: [],
    });
    const named = {
      name: 'dora',
      credentials: [
        { method: 'x509', anchors: identity.anchors, san: [], subject: [identity.subject], issuer: [] } as const,
      ],
    };
    expect(matchPrincipals({ principals: [named] }, identity)).toEqual(['dora']);
    expect(matchPrincipals(loaded.policy, identity)).toEqual([]);
  });

  test('folders and patterns stand for the files in them', async () => {
    const path = await folderWith(
      '  bot: {key: "keys/*.pub"}\n  dora: {x509: {anchors: ca, san: "email:a@b.example"}}',
      'trust: {keyrings: "keys/[ep]*.pub.asc"}\n',
    );
    await mkdir(join(path, '..', 'ca'));
    await copyFile(new URL('x509/leaf-p384.pem', VECTORS), join(path, '..', 'ca', 'root.pem'));
    await writeFile(join(path, '..', 'ca', 'README.md'), 'our CA');
    const { policy, trust, files } = await loadPolicy(path);
    expect(policy.principals[0]?.credentials).toHaveLength(2);
    expect(policy.principals[1]?.credentials).toMatchObject([{ method: 'x509', anchors: [expect.any(String)] }]);
    expect(trust.keyrings).toHaveLength(2);
    expect(trust.anchors).toHaveLength(1);
    const named = files.map(({ name, use }) => [name, use]);
    expect(named[0]).toEqual(['policy.yaml', 'policy']);
    expect(named).toContainEqual(['ca/root.pem', 'certificate']);
    expect(named).not.toContainEqual(['ca/README.md', 'certificate']);
    expect(files[0]?.bytes).toEqual(new Uint8Array(await readFile(path)));
    await writeFile(join(path, '..', 'ca', 'notes.txt'), 'no certificate');
    await expect(loadPolicy(path)).rejects.toMatchObject({
      code: 'POLICY_TRUST_FILE',
      message: expect.stringContaining('ca/notes.txt'),
      location: { line: 6 },
    });
  });

  test('a policy given as text starts at the folder named', async () => {
    const path = await folderWith('  bot: {key: keys/p256.pub}');
    const folder = join(path, '..');
    const bytes = Buffer.from(
      'version: 1\nname: t\nprincipals: {bot: {key: keys/p256.pub}}\nstages: [{name: a, approvers: bot}]',
    );
    expect((await loadPolicyBytes(bytes, { path: 'policy', folder })).trust.keys).toHaveLength(1);
  });

  test.each([
    ['a missing file', '  bot: {key: keys/none.pub}', ''],
    ['a private key', '  bot: {key: keys/p256.pem}', ''],
    ['a keyring for a key', '  bot: {key: keys/plain.pub.asc}', ''],
    ['a key for a certificate', '  bot: {x509: {anchors: keys/p256.pub, san: "dns:a.b.c"}}', ''],
    ['a certificate for a key', '  bot: {key: keys/leaf-p384.pem}', ''],
    ['a DER key for a certificate', '  bot: {x509: {anchors: keys/p256.pub.der, san: "dns:a.b.c"}}', ''],
    ['a certificate for a keyring', `  a: {pgp: ${FINGERPRINT}}`, 'trust: {keyrings: keys/leaf-p384.pem}\n'],
    ['an armored private keyring', `  a: {pgp: ${FINGERPRINT}}`, 'trust: {keyrings: keys/plain.sec.asc}\n'],
    ['a binary private keyring', `  a: {pgp: ${FINGERPRINT}}`, 'trust: {keyrings: keys/plain.sec.bin}\n'],
    ['a folder', '  bot: {key: keys}', ''],
    ['damaged PEM', '  bot: {key: "-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----"}', ''],
    ['a point off its curve', `  bot: {key: ${JSON.stringify(encodePem('PUBLIC KEY', OFF_CURVE))}}`, ''],
  ])('refuses %s with the place that names it', async (_, principals, trust) => {
    const path = await folderWith(principals, trust);
    expect(await codeOf(loadPolicy(path))).toBe('POLICY_TRUST_FILE');
    await expect(loadPolicy(path)).rejects.toMatchObject({
      exitCode: 2,
      location: { file: path, line: trust ? 3 : 4 },
    });
  });

  test('a missing policy is the file system’s error', async () => {
    expect(await codeOf(loadPolicy('/nonexistent/policy.yaml'))).toBe('FILE_NOT_FOUND');
  });
});

describe('policy check', () => {
  test('shows who is who and warns of what is unwise', async () => {
    const [fingerprint] = [...(await readKeyring({ keyrings: [vector('pgp/expired.pub.asc')] })).keys()];
    const path = await folderWith(
      `  alice: {pgp: ${fingerprint}}\n  bob: {pgp: ${FINGERPRINT}}`,
      'trust: {keyrings: keys/expired.pub.asc}\n',
    );
    await using host = new FakeHost({ cwd: join(path, '..') });
    const result = await runCommand(command, { task: 'check\npolicy.yaml' }, host);
    expect(result.exitCode).toBe(1);
    expect(result.text).toContain(`alice  pgp ${fingerprint}  expired <expired@example.org>`);
    expect(result.text).toContain('author  1 of alice, bob');
    expect(result.text).toMatch(
      `alice: the OpenPGP key ${fingerprint} cannot vouch for anything now: it expired on 2026-11-10`,
    );
    expect(result.text).toContain(`the key ${FINGERPRINT} of bob is in no keyring`);
    expect(result.text).toContain('no image can ever pass this policy; 2 warnings');
    expect(result.json).toMatchObject({ name: 'test', stages: [{ name: 'author', approvers: ['alice', 'bob'] }] });
  });

  test.each([
    ['an Ed448 key', '  kim: {key: keys/ed448.pub}', '', 'SIGNATURE_KEY_UNSUPPORTED', 4, /^keys\/ed448\.pub .*ed448/],
    ['a key of 1024 bits', '  kim: {key: keys/rsa1024.pub}', '', 'SIGNATURE_KEY_UNSUPPORTED', 4, /rsa1024\.pub .*1024/],
    [
      'a damaged keyring',
      `  a: {pgp: ${FINGERPRINT}}`,
      'trust: {keyrings: keys/damaged.asc}\n',
      'SIGNATURE_TRUST_UNREADABLE',
      3,
      /^keys\/damaged\.asc \(OpenPGP keyring\)/,
    ],
    [
      'a certificate that no other reader minds',
      '  kim: {x509: {anchors: keys/leaf-p384.pem, san: "email:a@b.example"}}',
      'trust: {certificates: keys/odd.pem}\n',
      'SIGNATURE_TRUST_UNREADABLE',
      3,
      /^keys\/odd\.pem \(signer certificate\)/,
    ],
  ])(
    'refuses %s as verify-all would, with the place that names it',
    async (_, principals, trust, code, line, names) => {
      const path = await folderWith(principals, trust);
      const spki = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' });
      const odd = Buffer.from(parsePem(Buffer.from(vector('x509/leaf-p384.pem')).toString())[0]?.der ?? []);
      // A critical of 0x01, which OpenSSL reads as true.
      odd[odd.indexOf('0101ff', 0, 'hex') + 2] = 1;
      const files = {
        'ed448.pub': spki(generateKeyPairSync('ed448').publicKey),
        'rsa1024.pub': spki(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
        'damaged.asc': '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAAAA\n-----END PGP PUBLIC KEY BLOCK-----\n',
        'odd.pem': encodePem('CERTIFICATE', odd),
      };
      for (const [name, content] of Object.entries(files)) await writeFile(join(path, '..', 'keys', name), content);
      await using host = new FakeHost({ cwd: join(path, '..') });
      const refused = { code, exitCode: 3, location: { file: path, line }, message: expect.stringMatching(names) };
      await expect(runCommand(command, { task: 'check\npolicy.yaml' }, host)).rejects.toMatchObject(refused);
      const loaded = await loadPolicy(path);
      await expect(createCriteria({ policy: loaded, now: new Date() })).rejects.toMatchObject(refused);
    },
  );

  test('knows only check', async () => {
    await using host = new FakeHost();
    expect(await codeOf(runCommand(command, { task: 'show\npolicy.yaml' }, host))).toBe('USAGE_INVALID_INPUT');
    expect(await codeOf(runCommand(command, { task: 'check' }, host))).toBe('USAGE_MISSING_INPUT');
  });
});
