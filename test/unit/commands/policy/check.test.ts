// SPDX-License-Identifier: Apache-2.0
// Whether a policy that is written well can be met with the keys as they are.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../../../../src/commands/policy/policy.ts';
import { readKeyring } from '../../../../src/crypto/pgp/keyring.ts';
import { createCriteria } from '../../../../src/image/verify.ts';
import { loadPolicy } from '../../../../src/policy/document/load.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, pgpPerson, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { vector } from '../../../support/signing.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const VECTORS = new URL('../../../vectors/policy/', import.meta.url);

async function check(folder: string, file: string) {
  await using host = new FakeHost({ cwd: folder });
  return runCommand(command, { task: `check\n${file}` }, host);
}

/** A folder with the files of `test/vectors/policy`, and others. */
async function folderWith(files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'keys'));
  for (const name of ['revoked.bin', 'revoked.yaml', 'v5.bin', 'two-g61-key-without-user-id.bin'])
    await copyFile(new URL(name, VECTORS), join(folder, name));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  return folder;
}

function policy(principal: string, keyrings: string): string {
  return `version: 1\nname: p\ntrust: { keyrings: ${keyrings} }\nprincipals: { signer: ${principal} }\nstages: [{ name: author, approvers: signer }]\n`;
}

describe('policy check fails when a stage can never be approved', () => {
  const scene = async (name: string) => {
    const [alice, bob] = [await pgpPerson('alice'), await pgpPerson('bob')];
    const [erin, frank, ci] = [await keyPerson('erin'), await keyPerson('frank'), await keyPerson('ci')];
    const root = await x509Person('carol');
    const text = await readFile(new URL(name, VECTORS), 'utf8');
    const fingerprint = ({ signer: { identity } }: typeof alice) =>
      identity.method === 'pgp' ? identity.fingerprint : '';
    return folderWith({
      'policy.yaml': text
        .replace('2B2D6518BFBA565D1356F48CDCE2CC4A2C1401F3', fingerprint(alice))
        .replace('4F30BA0C9281528F33DCB024BD7BA463BD3A60CD', fingerprint(bob)),
      'keys/staff.asc': alice.publicKey + bob.publicKey,
      'keys/root.pem': root.publicKey,
      'keys/erin.pub': erin.publicKey,
      'keys/frank.pub': frank.publicKey,
      'keys/ci.pub': ci.publicKey,
    });
  };

  test('because two people have one key', async () => {
    const folder = await scene('policy-share.yaml');
    const { exitCode, text, json, outputs } = await check(folder, 'policy.yaml');
    expect([exitCode, outputs['verdict']]).toEqual([1, 'failed']);
    expect(text).toContain('stage production can never be approved');
    expect(text).toContain('erin and frank share a credential');
    expect(json).toMatchObject({ problems: [expect.stringContaining('production')] });
    const good = (await readFile(join(folder, 'policy.yaml'), 'utf8')).replace(/(frank: .*)erin/, '$1frank');
    await writeFile(join(folder, 'good.yaml'), good);
    expect((await check(folder, 'good.yaml')).json).toMatchObject({ problems: [] });
    expect((await check(folder, 'good.yaml')).exitCode).toBe(0);
  });

  test('because a key is in no keyring', async () => {
    const { exitCode, text } = await check(await scene('policy-nokey.yaml'), 'policy.yaml');
    expect(exitCode).toBe(1);
    expect(text).toContain('the key 2B2D6518BFBA565D1356F48CDCE2CC4A2C1401F4 of alice is in no keyring');
    expect(text).toContain('stage author can never be approved');
    expect(text).not.toContain('stage production can never');
  });

  test('because the only approver is revoked, in the keyring or by a certificate beside it', async () => {
    const folder = await folderWith();
    const revoked = await check(folder, 'revoked.yaml');
    expect(revoked.exitCode).toBe(1);
    expect(revoked.text).toMatch(/signer: the OpenPGP key 35A961490CA98828C8B0E179A7BA32B4F0CE886F .*revoked/);
    expect(revoked.text).toContain('stage author can never be approved');
    const whole = await readFile(join(folder, 'revoked.bin'));
    await mkdir(join(folder, 'ring'));
    await writeFile(join(folder, 'ring', 'key.gpg'), Buffer.concat([whole.subarray(0, 53), whole.subarray(175)]));
    const text = await readFile(join(folder, 'revoked.yaml'), 'utf8');
    await writeFile(join(folder, 'folder.yaml'), text.replace('revoked.bin', 'ring'));
    expect((await check(folder, 'folder.yaml')).exitCode).toBe(0);
    await writeFile(join(folder, 'ring', 'revocation.gpg'), whole.subarray(53, 175));
    expect((await check(folder, 'folder.yaml')).text).toMatch(/signer: the OpenPGP key .*revoked/);
    expect((await check(folder, 'folder.yaml')).exitCode).toBe(1);
  });

  test.each([
    ['a key that may only certify', 'certonly', /may not sign data/],
    ['a key that has expired', 'expired', /expired on 2026/],
    ['a key of another curve', 'brainpoolP256r1', /the curve brainpoolP256r1 is not supported/],
  ])('because there is only %s', async (_, name, words) => {
    const other = await pgpPerson('other');
    const ring = Buffer.concat([vector(`pgp/${name}.pub.asc`), Buffer.from(`\n${other.publicKey}`)]);
    const [fingerprint] = [...(await readKeyring({ keyrings: [ring] })).keys()];
    const folder = await folderWith({
      'a.asc': ring,
      'policy.yaml': policy(`{ pgp: ${fingerprint} }`, 'a.asc'),
    });
    const { exitCode, text } = await check(folder, 'policy.yaml');
    expect(exitCode).toBe(1);
    expect(text).toMatch(words);
    expect(text).toContain(`signer: the OpenPGP key ${fingerprint} cannot vouch for anything now`);
  });

  test('because the anchor of the only approver is not valid', async () => {
    const { publicKey } = await x509Person('carol', new Date('2020-01-01T00:00:00Z'));
    const text = `version: 1\nname: p\nprincipals: { carol: { x509: { anchors: root.pem, san: "email:c@d.example" } } }\nstages: [{ name: author, approvers: carol }]\n`;
    const folder = await folderWith({ 'root.pem': publicKey, 'policy.yaml': text });
    const { exitCode, text: shown } = await check(folder, 'policy.yaml');
    expect(shown).toContain('carol: no anchor of x509 san email:c@d.example');
    expect(exitCode).toBe(1);
  });
});

test('a key without user ID is a key', async () => {
  const folder = await folderWith({
    'two.yaml': await readFile(new URL('two-g61-key-without-user-id.yaml', VECTORS)),
  });
  expect(await check(folder, 'two.yaml')).toMatchObject({ exitCode: 0, json: { problems: [] } });
});

test('a keyring with nothing but a key of version 5 is an error that says so, for verify-all as well', async () => {
  const fingerprint = '0123456789ABCDEF0123456789ABCDEF01234567';
  const folder = await folderWith({ 'policy.yaml': policy(`{ pgp: ${fingerprint} }`, 'v5.bin') });
  const refused = {
    code: 'SIGNATURE_TRUST_UNREADABLE',
    message: expect.stringMatching(/v5\.bin .*version 5/),
    location: { line: 3 },
  };
  await expect(check(folder, 'policy.yaml')).rejects.toMatchObject(refused);
  const loaded = await loadPolicy(join(folder, 'policy.yaml'));
  await expect(createCriteria({ policy: loaded, now: new Date() })).rejects.toMatchObject(refused);
});
