// SPDX-License-Identifier: Apache-2.0
// Execution control lists that others wrote, as they may stand on a machine: what Apptainer reads in them, passes over, and
// denies for them is what we say.

import { copyFile, cp, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { command as simulate } from '../../src/commands/gates/simulate.ts';
import { ringVerifier } from '../../src/gates/ecl/ring-verifier.ts';
import { KEYS_FILE } from '../../src/gates/ecl/files.ts';
import { readInstalled } from '../../src/gates/ecl/installed.ts';
import { judgeByList } from '../../src/gates/ecl/simulate.ts';
import { readList } from '../../src/gates/ecl/toml.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { CONFIGURATION } from '../support/execution-list.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeTrusting, type Person, pgpPerson, signAs } from '../support/layers.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { runCommand } from '../support/run-command.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));
const missing = !hasPeers('apptainer') || CONFIGURATION === undefined;

/** `F` stands for the fingerprint of the one signer, `DIR` for the folder of the images. Some have bytes that are no UTF-8. */
const LISTS: readonly string[] = [
  // As in Apptainer's own pages.
  'activated = true\nlegacyinsecure = false\n[[execgroup]]\n  tagname = "group1"\n  mode = "whitelist"\n  dirpath = ""\n  keyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitestrict"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "blacklist"\nkeyfp = ["F"]\n',
  'activated = false\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  '',
  '# nothing\n',
  // Upper and lower case.
  'Activated = true\n[[ExecGroup]]\nMode = "whitelist"\nDirPath = ""\nKeyFP = ["F"]\n',
  'ACTIVATED = TRUE\n[[EXECGROUP]]\nMODE = "whitelist"\nKEYFP = ["F"]\n',
  'ACTIVATED = true\n[[EXECGROUP]]\nMODE = "whitelist"\nKEYFP = ["F"]\n',
  'activated = true\n[[execgroup]]\nMode = "WhiteList"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nKeyFp = []\n',
  'activated = true\n[[execgroup]]\nmode = "blacklist"\nKeyFP = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nDirPath = "/usr"\nkeyfp = ["F"]\n',
  'activated = true\n"ExecGroup" = [{ "Mode" = "whitelist", "\u212aEYFP" = ["F"] }]\n',
  '"act\u0130vated" = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  '"act\u0131vated" = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  // Both spellings at once.
  'activated = false\nActivated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'Activated = true\nactivated = false\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\nKEYFP = []\n',
  'activated = true\n[[execgroup]]\nmode = "blacklist"\nMode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR"\nkeyfp = []\n[[ExecGroup]]\nmode = "blacklist"\n',
  'activated = true\nexecgroup = [{ mode = "whitelist" }]\nEXECGROUP = [{ mode = "blacklist" }]\n',
  // What some readers take for TOML and Apptainer does not.
  '\ufeffactivated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\ntagname = "\\x41"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\ntagname = "\\e"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\nexecgroup = [{ mode = "whitelist",\nkeyfp = ["F"] }]\n',
  'activated = true\nexecgroup = [{ mode = "whitelist", keyfp = ["F"], }]\n',
  'activated = true\nexecgroup = [\n{ mode = "whitelist", keyfp = ["F"] },\n]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist" # c\nkeyfp = [ # c\n"F", # c\n]\n',
  'activated = true\r\n[[execgroup]]\r\nmode = "whitelist"\r\nkeyfp = ["F"]\r\n',
  'activated = true\r[[execgroup]]\rmode = "whitelist"\r',
  'activated = true [[execgroup]]\nmode = "whitelist"\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n[[execgroup]\n',
  'activated = true\nactivated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[execgroup]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\nexecgroup = { mode = "whitelist" }\n',
  'activated = true\nexecgroup.mode = "whitelist"\n',
  'activated = = true\n',
  'activated: true\n',
  '{"activated": true}\n',
  // Values of other kinds.
  'activated = "true"\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = 1\n',
  'activated = true\n[[execgroup]]\nmode = 5\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = "F"\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F", 5]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = [["F"]]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = []\ndirpath = false\n',
  // What Apptainer does not know.
  'surprise = 99999999999999999999999\nactivated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'surprise = 0x8000000000000000\nactivated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\nweight = 1_\n',
  'surprise = 1979-05-27 07:32:00\nactivated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\nuntil = 2026-13-45\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n[execgroup.note]\nmode = "blacklist"\n[other]\nactivated = false\n',
  '[ecl]\nactivated = true\n[[ecl.execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroups]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  // Texts.
  "activated = true\n[[execgroup]]\nmode = 'whitelist'\nkeyfp = ['F']\n",
  'activated = true\n[[execgroup]]\nmode = """\nwhitelist"""\nkeyfp = ["""\\\n  F"""]\n',
  "activated = true\n[[execgroup]]\nmode = '''whitelist'''\nkeyfp = ['''\nF''']\n",
  'activated = true\n[[execgroup]]\nmode = "white\\u006cist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "white\\u006Cist "\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\ntagname = "\\ud800"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\ntagname = "\u007f"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true # \u0001\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true # \u0085 \u00e9\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true # <ff>\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\ntagname = "<ff>"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\ntagname = "<ed a0 80>"\nmode = "whitelist"\nkeyfp = ["F"]\n',
  // Mistakes in a list that is read: everything is denied.
  'activated = true\n[[execgroup]]\nmode = "greylist"\nkeyfp = ["F"]\n',
  'activated = false\n[[execgroup]]\nmode = "greylist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["0xF"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F "]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR/"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR/.."\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR"\nkeyfp = []\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR\\u0000"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "whitelist"\ndirpath = "/"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = "blacklist"\n[[execgroup]]\nmode = "whitelist"\ndirpath = "DIR"\nkeyfp = ["F"]\n',
];

/** Where we say nothing, and why Apptainer can do what it likes. */
const SILENT: readonly string[] = [
  'activated = 1979-05-27\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup]]\nmode = 07:32:00\n',
  '[activated]\n[[execgroup]]\nmode = "whitelist"\nkeyfp = ["F"]\n',
  'activated = true\n[[execgroup.note]]\n',
];

describe.skipIf(missing)('lists that others wrote (skipped without apptainer)', () => {
  let alice: Person;
  let folder: string;
  let etc: string;

  beforeAll(async () => {
    alice = await pgpPerson('alice', new Date(Date.now() - 60_000));
    folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-test-')));
    etc = join(folder, 'apptainer');
    await cp(CONFIGURATION ?? '', etc, { recursive: true });
    await rm(join(etc, KEYS_FILE), { force: true });
    await writeFile(join(etc, KEYS_FILE), Buffer.concat(alice.signer.publicMaterial.keyrings));
    for (const name of ['signed.sif', 'plain.sif']) await copyFile(DEMO, join(folder, name));
    await signAs(join(folder, 'signed.sif'), alice, 'author', await judgeTrusting([alice], { now: new Date() }));
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  function bytesOf(list: string): Buffer {
    const { identity } = alice.signer;
    const fingerprint = identity.method === 'pgp' ? identity.fingerprint : '';
    const text = list.replace(/(?<=["'\n x])F(?=["' ])/g, fingerprint).replaceAll('DIR', folder);
    const parts = text.split(/<((?:[0-9a-f]{2} ?)+)>/);
    return Buffer.concat(
      parts.map((part, index) => Buffer.from(part.replaceAll(' ', index % 2 ? '' : ' '), index % 2 ? 'hex' : 'utf8')),
    );
  }

  /** What Apptainer says: the denial, or null when the image runs. */
  async function real(path: string): Promise<string | null> {
    const { stderr, exitCode } = await runPeer('apptainer', ['exec', '--userns', path, '/bin/true'], {
      env: { PEERS_ETC_APPTAINER: etc },
    });
    const words = /while (?:checking container image with ECL|validating ECL configuration): (.*)$/m.exec(stderr)?.[1];
    return words ?? (exitCode === 0 ? null : `failed: ${stderr}`);
  }

  async function ours(path: string, list: Buffer, runFolder = folder): Promise<string | null> {
    const verifier = await ringVerifier(Buffer.concat(alice.signer.publicMaterial.keyrings));
    await using source = await openFileSource(path);
    const context = { list: readList(list, 'ecl.toml'), verifier, now: new Date(), folder: runFolder };
    const { verdict, words } = await judgeByList(await openSif(source), context);
    return verdict === 'allowed' ? null : words;
  }

  test.each(LISTS)('%j', async (list) => {
    const bytes = bytesOf(list);
    await writeFile(join(etc, 'ecl.toml'), bytes);
    for (const name of ['signed.sif', 'plain.sif']) {
      const path = join(folder, name);
      const said = await ours(path, bytes).catch((error: unknown) => {
        if (error instanceof CountersignError && error.message.endsWith('and everything runs')) return null;
        throw error;
      });
      const found = await real(path);
      expect({ name, runs: found === null }).toEqual({ name, runs: said === null });
      if (said !== null) expect(found).toContain(said);
    }
  });

  test.each(['/nosuch/place', 'DIR/run-link', 'DIR/run-link/below', 'DIR/signed.sif', 'DIR/signed.sif/below', 'DIR'])(
    'a list with the folder %s denies or lets run what we say',
    async (named) => {
      const link = join(folder, 'run-link');
      await rm(link, { force: true });
      await symlink('apptainer', link);
      const list = `activated = true\n[[execgroup]]\nmode = "blacklist"\n[[execgroup]]\nmode = "blacklist"\ndirpath = "${named}"\n`;
      await writeFile(join(etc, 'ecl.toml'), bytesOf(list));
      const path = join(folder, 'signed.sif');
      const found = await real(path);
      const said = await runCommand(
        simulate,
        { task: `ecl\n${path}`, 'gate-path': etc },
        new FakeHost({ cwd: folder }),
      );
      expect(said).toMatchObject({ exitCode: found === null ? 0 : 1 });
    },
  );

  test('under an armored global keyring nothing runs, and that is said', async () => {
    const binary = await readFile(join(etc, KEYS_FILE));
    await writeFile(join(etc, 'ecl.toml'), 'activated = true\n[[execgroup]]\nmode = "blacklist"\n');
    await writeFile(join(etc, KEYS_FILE), alice.publicKey);
    expect(await real(join(folder, 'signed.sif'))).toContain('while obtaining keyring for ECL');
    await expect(readInstalled(etc)).rejects.toThrow('refuses every SIF');
    await writeFile(join(etc, KEYS_FILE), binary);
  });

  test.each(['real', 'real/', './real', 'real/../real', 'link', 'link/', 'link/../real', 'link/.', 'outer/link'])(
    'an image that is run from %s is in the group of that folder',
    async (spelled) => {
      const run = join(folder, 'run');
      await rm(run, { recursive: true, force: true });
      await mkdir(join(run, 'real'), { recursive: true });
      await mkdir(join(run, 'outer'));
      await symlink('real', join(run, 'link'));
      await symlink('../link', join(run, 'outer', 'link'));
      await copyFile(join(folder, 'signed.sif'), join(run, 'real', 'app.sif'));
      await writeFile(
        join(etc, 'ecl.toml'),
        bytesOf(
          'activated = true\n[[execgroup]]\nmode = "blacklist"\n[[execgroup]]\nmode = "blacklist"\ndirpath = "DIR/run/real"\nkeyfp = ["F"]\n',
        ),
      );
      expect(await real(`${run}/${spelled}/app.sif`)).toBe('image signed by a forbidden entity');
      const inputs = { task: `ecl\n${join(folder, 'signed.sif')}`, 'gate-path': etc };
      const host = new FakeHost({ cwd: run });
      expect(await runCommand(simulate, inputs, host)).toMatchObject({ exitCode: 0 });
      const found = await runCommand(simulate, { ...inputs, 'run-folder': spelled }, host);
      expect(found).toMatchObject({ exitCode: 1, json: { images: [{ words: 'image signed by a forbidden entity' }] } });
    },
  );

  test.each(SILENT)('nothing is said of %j', async (list) => {
    await expect(ours(join(folder, 'signed.sif'), bytesOf(list))).rejects.toThrow('was not worked out');
  });
});
