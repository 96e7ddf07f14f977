// SPDX-License-Identifier: Apache-2.0
// Programs that hold keys, for tests: plugins and children of a few lines, and the world in which they run.

import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { KeyWorld } from '../../src/crypto/external/holder.ts';
import { ownProcess } from '../../src/host/own-process.ts';
import { findProgram, runTool } from '../../src/host/run-tool.ts';
import { temporaryFolder } from './temporary.ts';

/** A folder for PATH with one program: JavaScript that runs under this Node, whatever PATH it gets. */
export async function programFolder(name: string, script: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, name), `#!${process.execPath}\n${script}`, { mode: 0o755 });
  return folder;
}

/** What plugins share: the request, and the answers of one for the key in PEM. */
export function pluginScript(privateKey: string, body = ''): string {
  return `
const crypto = require('node:crypto'), fs = require('node:fs');
const [version, text] = process.argv.slice(2);
const request = JSON.parse(text);
const say = (value) => process.stdout.write(JSON.stringify(value));
const pem = (key) => Buffer.from(crypto.createPublicKey(key).export({ type: 'spki', format: 'pem' })).toString('base64');
const key = crypto.createPrivateKey(${JSON.stringify(privateKey)});
const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
const answers = {
  publicKey: () => say({ publicKey: { publicKeyPEM: pem(key) } }),
  signMessage: () => say({ signMessage: { signature: crypto.sign(hash, fs.readFileSync(0), key).toString('base64') } }),
};
${body}
answers[request.methodName]();
`;
}

/** How keys outside are reached in tests: the real processes, and a PATH that holds no more than the given folders. */
export async function worldOf(
  folders: readonly string[],
  more: Partial<KeyWorld> & { readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<KeyWorld> {
  const temporary = join(await temporaryFolder(), 'own');
  await mkdir(temporary);
  const env = { PATH: folders.join(delimiter), HOME: temporary, ...more.variables };
  return {
    run: (call) => runTool(call, { env: call.env, timeoutMs: undefined }),
    which: (program) => findProgram(program, env),
    tokenChild: { program: process.execPath, script: ownProcess('token-child') },
    env,
    temporaryFolder: async () => temporary,
    plugins: ['test'],
    environment: [],
    timeoutMs: 20_000,
    ...more,
  };
}
