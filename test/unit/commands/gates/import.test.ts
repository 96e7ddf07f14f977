// SPDX-License-Identifier: Apache-2.0
// import, as a user calls it: what becomes of each key, and that nothing is left behind where no policy comes of it.

import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command } from '../../../../src/commands/gates/import.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { pgpPerson } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const alice = await pgpPerson('alice');
const { identity } = alice.signer;
const FINGERPRINT = identity.method === 'pgp' ? identity.fingerprint : '';

async function imported(groups: number, more: Readonly<Record<string, string>> = {}) {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, 'alice.asc'), alice.publicKey);
  const list = Array.from(
    { length: groups },
    (_, index) => `[[execgroup]]\nmode = "whitelist"\ndirpath = "/srv/${index}"\nkeyfp = ["${FINGERPRINT}"]\n`,
  );
  await writeFile(join(cwd, 'ecl.toml'), ['activated = true', ...list].join('\n'));
  const inputs = { 'gate-file': join(cwd, 'ecl.toml'), keyring: 'alice.asc', output: 'policy', ...more };
  const result = runCommand(command, inputs, new FakeHost({ cwd }));
  return { cwd, result };
}

describe('import', () => {
  test('names a key by all of its fingerprint', async () => {
    const { cwd, result } = await imported(64);
    expect(await result).toMatchObject({ exitCode: 0 });
    const policy = await readFile(join(cwd, 'policy', 'countersign.yaml'), 'utf8');
    expect(policy).toContain(`"key-${FINGERPRINT.toLowerCase()}":`);
  });

  test.each([
    ['more groups than a policy has stages', 65, {}, 'at most 64 stages'],
    ['a name that no policy has', 1, { 'policy-name': 'x'.repeat(101) }, 'name'],
  ])('%s: nothing is left behind', async (_name, groups, more, says) => {
    const { cwd, result } = await imported(groups, more);
    await expect(result).rejects.toThrow(says);
    expect(await readdir(cwd)).toEqual(['alice.asc', 'ecl.toml']);
  });
});
