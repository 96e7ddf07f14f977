// SPDX-License-Identifier: Apache-2.0
// Signs a stage, as the command line does, and kills itself before file call number DIE_AT; without it, prints how many
// there were: `node sign-child.ts FOLDER STAGE PERSON [DIE_AT]`. FOLDER holds app.sif, policy.yaml and PERSON.pem.

import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const [folder = '', stage = '', person = '', dieAt = '0'] = process.argv.slice(2);
let calls = 0;

/** Counts a call of any function in `target` by this name. */
function watch(target: Record<string, unknown>, name: string): void {
  const original = target[name];
  if (typeof original !== 'function') throw new Error(`no ${name} to watch`);
  target[name] = function watched(this: unknown, ...args: unknown[]): unknown {
    calls += 1;
    if (calls === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
    return Reflect.apply(original, this, args);
  };
}

const probe = await fsPromises.open(join(folder, 'app.sif'));
const handle: Record<string, unknown> = Object.getPrototypeOf(probe);
await probe.close();
const module: Record<string, unknown> = Object(fsPromises);
for (const name of ['read', 'write', 'stat', 'sync', 'datasync', 'truncate']) watch(handle, name);
for (const name of ['open', 'rm', 'stat', 'rename']) watch(module, name);
syncBuiltinESMExports();
process.argv.splice(2, process.argv.length, 'sign-stage', join(folder, 'app.sif'), '--stage', stage);
process.argv.push('--policy-path', join(folder, 'policy.yaml'));
process.argv.push('--signing-method', 'key', '--key-path', join(folder, `${person}.pem`));
const { runTerminal } = await import('../../src/entry/command-line.ts');
await runTerminal();
if (dieAt === '0') process.stdout.write(`\n${calls}\n`);
