// SPDX-License-Identifier: Apache-2.0
// GnuPG with a home of its own, at any time of its own.

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPeer } from './peers.ts';

/** Why, as GnuPG asks it. */
export const GPG_REASON = { none: 0, compromised: 1, superseded: 2, retired: 3 } as const;

/** A key ring with one person's key: a primary key, and a subkey that signs. */
export class GpgHome {
  readonly folder: string;
  fingerprint = '';
  subkey = '';

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** The primary key and the subkey are made at `time`; each ends so many days later, or never. */
  static async create(
    time: Date,
    days: { readonly primary?: number; readonly subkey?: number } = {},
  ): Promise<GpgHome> {
    const home = new GpgHome(await mkdtemp(join(tmpdir(), 'gpg-')));
    await chmod(home.folder, 0o700);
    const end = (count?: number) => (count === undefined ? 'never' : `${count}d`);
    await home.run(time, ['--quick-gen-key', 'alice <alice@example.org>', 'ed25519', 'sign', end(days.primary)]);
    home.fingerprint = (await home.fingerprints(time))[0] ?? '';
    await home.run(time, ['--quick-add-key', home.fingerprint, 'ed25519', 'sign', end(days.subkey)]);
    home.subkey = (await home.fingerprints(time))[1] ?? '';
    return home;
  }

  async run(time: Date, args: readonly string[], input = ''): Promise<string> {
    const clock = `${time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}!`;
    const fixed = [
      '--homedir',
      this.folder,
      '--batch',
      '--yes',
      '--no-tty',
      '--passphrase',
      '',
      '--pinentry-mode',
      'loopback',
    ];
    const result = await runPeer('gpg', [...fixed, '--faked-system-time', clock, ...args], { input });
    if (result.exitCode !== 0) throw new Error(`gpg ${args.join(' ')}: ${result.stderr}`);
    return result.stdout;
  }

  async fingerprints(time: Date): Promise<readonly string[]> {
    const text = await this.run(time, ['--list-keys', '--with-colons', '--with-subkey-fingerprint']);
    return [...text.matchAll(/^fpr:+([0-9A-F]{40}):/gm)].map(([, digits = '']) => digits);
  }

  /** A binary signature, by the subkey unless said. */
  async sign(time: Date, data: Uint8Array, part: 'primary' | 'subkey' = 'subkey'): Promise<Uint8Array> {
    const path = join(this.folder, 'data');
    await writeFile(path, data);
    await this.run(time, [
      '--local-user',
      `${part === 'subkey' ? this.subkey : this.fingerprint}!`,
      '--output',
      `${path}.sig`,
      '--detach-sign',
      path,
    ]);
    return new Uint8Array(await readFile(`${path}.sig`));
  }

  /** What GnuPG says of that signature: GOODSIG, EXPKEYSIG, REVKEYSIG, NO_PUBKEY. */
  async verdict(time: Date): Promise<string> {
    const path = join(this.folder, 'data');
    const text = await this.run(time, ['--status-fd', '1', '--verify', `${path}.sig`, path]).catch(
      async () =>
        (await runPeer('gpg', ['--homedir', this.folder, '--status-fd', '1', '--verify', `${path}.sig`, path])).stdout,
    );
    return /\[GNUPG:\] (GOODSIG|EXPKEYSIG|REVKEYSIG|NO_PUBKEY|BADSIG)/.exec(text)?.[1] ?? text;
  }

  async revoke(time: Date, part: 'primary' | 'subkey', reason: number): Promise<void> {
    const answers = `y\n${reason}\n\ny\n`;
    if (part === 'subkey') {
      await this.edit(time, `key 1\nrevkey\n${answers}save\n`);
      return;
    }
    const path = join(this.folder, `${reason}.rev`);
    await writeFile(path, await this.interactive(time, ['--gen-revoke', this.fingerprint], answers));
    await this.run(time, ['--import', path]);
  }

  /** Takes a part away: the subkey, or the whole key, in whose place there is another person's. */
  async forget(part: 'primary' | 'subkey'): Promise<void> {
    const time = new Date('2026-01-01T00:00:00Z');
    if (part === 'subkey') await this.edit(time, 'key 1\ndelkey\ny\nsave\n');
    else {
      await this.run(time, ['--delete-secret-and-public-key', this.fingerprint]);
      await this.run(time, ['--quick-gen-key', 'other <other@example.org>', 'ed25519', 'sign', 'never']);
      this.fingerprint = (await this.fingerprints(time)).at(-1) ?? '';
    }
  }

  /** Adds a second user ID and revokes the first. */
  async rename(time: Date, name: string): Promise<void> {
    await this.run(time, ['--quick-add-uid', this.fingerprint, name]);
    await this.run(time, ['--quick-revoke-uid', this.fingerprint, 'alice <alice@example.org>']);
  }

  async edit(time: Date, commands: string): Promise<void> {
    await this.interactive(time, ['--edit-key', this.fingerprint], commands);
  }

  interactive(time: Date, args: readonly string[], input: string): Promise<string> {
    return this.run(time, ['--no-batch', '--command-fd', '0', '--expert', ...args], input);
  }

  /** The public key, binary. */
  async keyring(time: Date): Promise<Uint8Array> {
    const path = join(this.folder, `public-${Math.random()}.gpg`);
    await this.run(time, ['--output', path, '--export', this.fingerprint]);
    return new Uint8Array(await readFile(path));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runPeer('gpg', ['--homedir', this.folder, '--batch', '--version']);
    await rm(this.folder, { recursive: true, force: true });
  }
}
