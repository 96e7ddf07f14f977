// SPDX-License-Identifier: Apache-2.0
// Private keys as the installed ssh-keygen writes them.

import { spawnSync } from 'node:child_process';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parsePem } from '../../../src/base/bytes.ts';
import { Secret } from '../../../src/base/secret.ts';
import { opensshKeyid } from '../../../src/crypto/signatures.ts';
import { readOpensshKey } from '../../../src/crypto/openssh-key.ts';
import { readPrivateKey } from '../../../src/crypto/private-key.ts';
import { codeOf, NOW, signer, verifier } from '../../support/signing.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const hasKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined;

function keygen(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('ssh-keygen', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

async function newKey(type: string, bits: string, passphrase = ''): Promise<string> {
  const path = join(await temporaryFolder(), 'id');
  keygen('-q', '-t', type, '-b', bits, '-N', passphrase, '-f', path);
  return path;
}

describe.skipIf(!hasKeygen)('keys of ssh-keygen (skipped without it)', () => {
  test.each([
    ['ed25519', '256', 'ed25519'],
    ['ecdsa', '256', 'ecdsa-p256'],
    ['ecdsa', '384', 'ecdsa-p384'],
    ['ecdsa', '521', 'ecdsa-p521'],
    ['rsa', '2048', 'rsa-2048'],
  ])('%s %s is read, and signs', async (type, bits, algorithm) => {
    const path = await newKey(type, bits);
    const key = new Secret(await readFile(path));
    const { publicKey } = readPrivateKey(key, undefined);
    expect(publicKey.algorithm).toBe(algorithm);
    expect(keygen('-l', '-f', path)).toContain(opensshKeyid(publicKey.key));
    const made = await signer({ method: 'key', key });
    const pae = new Uint8Array([1, 2, 3]);
    const input = {
      pae,
      material: made.material,
      keyid: undefined,
      hashing: 'bundle',
      signature: await made.signPae(pae, NOW),
    } as const;
    expect((await (await verifier(made.publicMaterial)).verifyDsse(input, NOW)).status).toBe('valid');
  });

  test('one with a passphrase is refused with advice that helps', async () => {
    const path = await newKey('ed25519', '256', 'correct horse');
    const refused = expect.objectContaining({
      code: 'SIGNATURE_KEY_UNREADABLE',
      hint: expect.stringContaining("ssh-keygen -p -N '' -f COPY"),
    });
    const key = new Secret(await readFile(path));
    expect(() => readPrivateKey(key, new Secret('correct horse'))).toThrow(refused);
    await copyFile(path, `${path}.copy`);
    // The old passphrase is asked for on the terminal; here it is an argument.
    keygen('-p', '-N', '', '-P', 'correct horse', '-f', `${path}.copy`);
    expect(readPrivateKey(new Secret(await readFile(`${path}.copy`)), undefined).publicKey.algorithm).toBe('ed25519');
  });

  test('a cut key is an error, wherever it was cut', async () => {
    const [block] = parsePem(await readFile(await newKey('ecdsa', '256'), 'utf8'));
    const bytes = block?.der ?? new Uint8Array();
    for (let length = 0; length < bytes.length - 8; length += 7)
      expect(await codeOf(() => readOpensshKey(bytes.subarray(0, length)))).toBe('SIGNATURE_KEY_UNREADABLE');
  });
});
