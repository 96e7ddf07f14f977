// SPDX-License-Identifier: Apache-2.0
// A home of GnuPG with keys and an agent of its own, both gone when the test ends.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runPeer } from './peers.ts';

/** Makes gpg believe that it is some other time. */
function at(time: Date): readonly string[] {
  return ['--faked-system-time', String(Math.floor(time.getTime() / 1000))];
}

export class Gnupg {
  /** GNUPGHOME. */
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  /** An empty home whose agent can ask nobody. */
  static async make(): Promise<Gnupg> {
    const gnupg = new Gnupg(await mkdtemp(join(tmpdir(), 'countersign-gpg-')));
    onTestFinished(() => gnupg.remove());
    await writeFile(join(gnupg.home, 'gpg-agent.conf'), 'pinentry-program /bin/false\n');
    return gnupg;
  }

  async remove(): Promise<void> {
    await this.forget();
    await rm(this.home, { recursive: true, force: true });
  }

  /** Ends the agent, and with it the passphrases that it knows. */
  async forget(): Promise<void> {
    await runPeer('gpgconf', ['--kill', 'all'], { env: { GNUPGHOME: this.home } });
  }

  /** Runs gpg, and returns what it wrote. */
  async gpg(args: readonly string[], input = ''): Promise<string> {
    const options = { env: { GNUPGHOME: this.home }, input };
    const { exitCode, stdout, stderr } = await runPeer('gpg', ['--batch', '--yes', ...args], options);
    if (exitCode !== 0) throw new Error(`gpg ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  /** Makes a key; returns the fingerprint of its primary part. */
  async newKey(
    name: string,
    { usage = 'sign', passphrase = '', algorithm = 'ed25519', made = new Date(Date.now() - 3_600_000) } = {},
  ) {
    const secret = ['--pinentry-mode', 'loopback', '--passphrase', passphrase];
    await this.gpg([
      ...at(made),
      ...secret,
      '--quick-generate-key',
      `${name} <${name}@example.org>`,
      algorithm,
      usage,
      'never',
    ]);
    return this.fingerprint(name);
  }

  /** Adds a subkey that signs; returns its fingerprint. */
  async addSubkey(primary: string): Promise<string> {
    const secret = ['--pinentry-mode', 'loopback', '--passphrase', ''];
    await this.gpg([
      ...at(new Date(Date.now() - 1_800_000)),
      ...secret,
      '--quick-add-key',
      primary,
      'ed25519',
      'sign',
      'never',
    ]);
    return this.fingerprint(primary, -1);
  }

  async fingerprint(name: string, index = 0): Promise<string> {
    const listed = await this.gpg(['--with-colons', '--list-keys', name]);
    return [...listed.matchAll(/^fpr:(?:[^:]*:){8}([0-9A-F]{40}):/gm)].map(([, one]) => one ?? '').at(index) ?? '';
  }

  publicKey(fingerprint: string): Promise<string> {
    return this.gpg(['--armor', '--export', fingerprint]);
  }
}

/** Ends the agents whose homes are below a folder: skopeo makes homes in TMPDIR for a moment, and leaves their agents. */
export async function endAgentsBelow(folder: string): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.startsWith('gpg-agent\0') && command.includes(`\0${folder}/`)) process.kill(Number(pid));
  }
}
