// SPDX-License-Identifier: Apache-2.0
// A node of a cluster in a folder: the exported scripts as they are installed, a policy, and images.

import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command as exportGate } from '../../src/commands/gates/export.ts';
import { command as policy } from '../../src/commands/policy/policy.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { FakeHost } from './fake-host.ts';
import { keyPerson, type Person } from './layers.ts';
import { runCommand } from './run-command.ts';
import { PROJECT } from './sources.ts';

/** What a script printed and how it ended. */
export interface ScriptResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a script. */
export function shell(
  words: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ScriptResult> {
  const [program = 'sh', ...rest] = words;
  return new Promise((resolve) => {
    execFile(program, rest, { cwd, env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

/** A node. */
export class SlurmNode {
  readonly folder: string;
  readonly #people: Readonly<Record<string, Person>>;

  private constructor(folder: string, people: Readonly<Record<string, Person>>) {
    this.folder = folder;
    this.#people = people;
  }

  /** A new one, with a policy that asks for Ann's approval. */
  static async make(more: Readonly<Record<string, string>> = {}): Promise<SlurmNode> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'countersign-test-')));
    const node = new SlurmNode(folder, { ann: await keyPerson('ann', 'p256'), bob: await keyPerson('bob', 'p256') });
    for (const name of ['bin', 'program', 'etc/keys', 'cache', 'images'])
      await mkdir(node.at(name), { recursive: true });
    await writeFile(node.at('program/cli.mjs'), `import ${JSON.stringify(join(PROJECT, 'src/entry/cli.ts'))};\n`);
    for (const [name, { publicKey }] of Object.entries(node.#people))
      await writeFile(node.at(`${name}.pub`), publicKey);
    await copyFile(node.at('ann.pub'), node.at('etc/keys/ann.pub'));
    await node.writePolicy();
    await node.install(more);
    return node;
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  async writePolicy(more = ''): Promise<void> {
    await writeFile(
      this.at('etc/countersign.yaml'),
      `version: 1\nname: test\nprincipals: { ann: { key: "keys/*.pub" } }\nstages: [{ name: author, approvers: ann }]\n${more}`,
    );
  }

  /** Exports the scripts, and puts them where they go. */
  async install(more: Readonly<Record<string, string>> = {}): Promise<void> {
    await rm(this.at('gate'), { recursive: true, force: true });
    const texts = {
      gate: 'slurm',
      'policy-path': this.at('etc/countersign.yaml'),
      output: this.at('gate'),
      'script-folder': this.at('bin'),
      'node-policy-path': this.at('etc/countersign.yaml'),
      'node-path': await realpath(process.execPath),
      'cli-path': this.at('program/cli.mjs'),
      'cache-folder': this.at('cache'),
      'prolog-images': this.at('images'),
      ...more,
    };
    await runCommand(exportGate, texts, new FakeHost({ cwd: this.folder }));
    for (const name of (await readdir(this.at('gate'))).filter((one) => !/README|SUMS/.test(one))) {
      await copyFile(this.at(`gate/${name}`), this.at(`bin/${name}`));
      await chmod(this.at(`bin/${name}`), name.includes('.') ? 0o644 : 0o755);
    }
  }

  /** Signs the policy. */
  async signPolicy(who: string): Promise<void> {
    const key = this.#people[who]?.privateKey ?? '';
    const texts = { task: `sign\n${this.at('etc/countersign.yaml')}`, 'signing-method': 'key', key };
    await runCommand(policy, texts, new FakeHost({ cwd: this.folder }));
  }

  /** An image that somebody approved, and that has not changed for a while. */
  async image(name = 'a.sif', who = 'ann'): Promise<string> {
    const path = this.at(`images/${name}`);
    await copyFile(join(PROJECT, 'assets/demo/hello.sif'), path);
    const key = this.#people[who]?.privateKey ?? '';
    const texts = { stage: 'author', 'signing-method': 'key', 'subject-path': 'x.sif', key };
    const host = new FakeHost({ cwd: this.folder });
    await copyFile(path, this.at('x.sif'));
    await runCommand(signStage, texts, host);
    await copyFile(this.at('x.sif'), path);
    await settle(path);
    return path;
  }

  gate(image: string, env: Readonly<Record<string, string>> = {}): Promise<ScriptResult> {
    return shell(['sh', this.at('bin/countersign-gate'), image], { cwd: this.folder, env });
  }

  /** Paths of what is kept. */
  async kept(): Promise<readonly string[]> {
    return (await readdir(this.at('cache'))).map((name) => this.at(`cache/${name}`));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}

/** Waits until a change would be seen. */
export async function settle(path: string): Promise<void> {
  const { ctimeMs } = await stat(path);
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, ctimeMs + 5000 - Date.now())));
}
