// SPDX-License-Identifier: Apache-2.0
// A SoftHSM token of its own behind p11-kit's server, which carries SoftHSM's OpenSSL in a process of its own; gone when
// the test ends.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { hasPeers, runPeer } from './peers.ts';

const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib'];
const first = (...files: readonly string[]): string =>
  LIBRARIES.flatMap((folder) => files.map((file) => join(folder, file))).find(existsSync) ?? '';

const MODULE = first('softhsm/libsofthsm2.so');
const CLIENT = first('pkcs11/p11-kit-client.so');
const PROVIDERS = process.env['OPENSSL_MODULES'] ?? first('ossl-modules/pkcs11.so').replace(/\/pkcs11\.so$/, '');

/** Whether a token can be made and OpenSSL's provider is installed. */
export function hasSofthsm(): boolean {
  const programs = hasPeers('softhsm2-util', 'pkcs11-tool', 'p11-kit', 'openssl');
  return programs && MODULE !== '' && CLIENT !== '' && existsSync(join(PROVIDERS, 'pkcs11.so'));
}

export class Softhsm {
  readonly pin = '86420135';
  /** What the module itself reads. */
  readonly #own: Readonly<Record<string, string>>;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#own = { SOFTHSM2_CONF: join(folder, 'softhsm2.conf') };
  }

  /** A token called `hsm`, served until the test ends. */
  static async make(): Promise<Softhsm> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-hsm-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const token = new Softhsm(folder);
    await mkdir(join(folder, 'tokens'));
    await writeFile(join(folder, 'softhsm2.conf'), `directories.tokendir = ${join(folder, 'tokens')}\n`);
    await token.#run('softhsm2-util', [
      '--init-token',
      '--free',
      '--label',
      'hsm',
      '--pin',
      token.pin,
      '--so-pin',
      '4321',
    ]);
    const args = ['server', '--foreground', '--provider', MODULE, '--name', join(folder, 'socket'), 'pkcs11:token=hsm'];
    const server = spawn('p11-kit', args, { env: { ...process.env, ...token.#own }, stdio: 'ignore' });
    onTestFinished(async () => void server.kill());
    while (!existsSync(join(folder, 'socket'))) await new Promise((resolve) => setTimeout(resolve, 20));
    return token;
  }

  /** Variables of a process that reaches the token. */
  get env(): Readonly<Record<string, string>> {
    return { P11_KIT_SERVER_ADDRESS: `unix:path=${join(this.#folder, 'socket')}`, OPENSSL_MODULES: PROVIDERS };
  }

  /** A configuration of OpenSSL such as a user writes. */
  get configuration(): string {
    const sections = ['[i]', 'providers = p', '[p]', 'default = d', 'pkcs11 = t', '[d]', 'activate = 1', '[t]'];
    const provider = [`module = ${join(PROVIDERS, 'pkcs11.so')}`, `pkcs11-module-path = ${CLIENT}`, 'activate = 1'];
    return ['nodejs_conf = i', 'openssl_conf = i', ...sections, ...provider, ''].join('\n');
  }

  /** Variables of a process that loads SoftHSM into itself. */
  get directEnv(): Readonly<Record<string, string>> {
    return { ...this.#own, OPENSSL_MODULES: PROVIDERS };
  }

  /** Puts a private key, PKCS#8 PEM, on the token. */
  async add(label: string, id: string, privateKey: string): Promise<void> {
    const file = join(this.#folder, 'import.pem');
    await writeFile(file, privateKey, { mode: 0o600 });
    const where = ['--token', 'hsm', '--label', label, '--id', id, '--pin', this.pin];
    await this.#run('softhsm2-util', ['--import', file, ...where]);
    await rm(file);
  }

  /** Name of a key on the token. */
  name(attributes: string, module: 'client' | 'direct' = 'client'): string {
    return `pkcs11:${attributes}?module-path=${module === 'client' ? CLIENT : MODULE}`;
  }

  async #run(program: 'softhsm2-util', args: readonly string[]): Promise<void> {
    const { exitCode, stderr } = await runPeer(program, args, { env: this.#own });
    if (exitCode !== 0) throw new Error(`${program} ${args[0]}: ${stderr}`);
  }
}
