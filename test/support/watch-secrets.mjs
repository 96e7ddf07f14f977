// SPDX-License-Identifier: Apache-2.0
// Preloaded into a process under test: looks for given bytes in everything it writes to files and in the arguments and
// environment of every child it starts, at the moment it does so, also for files that are gone at the end.

import childProcess from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const canaries = JSON.parse(fs.readFileSync(process.env.WATCH_CANARIES, 'utf8')).map((text) => Buffer.from(text, 'base64'));
const logPath = process.env.WATCH_LOG;
const { appendFileSync } = fs;
/** Our own notes are written through the same functions. */
let looking = false;

function look(where, value) {
  const bytes = typeof value === 'string' ? Buffer.from(value) : ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : undefined;
  for (const [index, canary] of canaries.entries())
    if (bytes?.includes(canary)) appendFileSync(logPath, `secret ${index} in ${where}\n`);
}

function wrap(target, name, inspect) {
  const original = target[name];
  if (typeof original !== 'function') return;
  target[name] = function (...args) {
    if (!looking) {
      looking = true;
      appendFileSync(logPath, `saw ${name}\n`);
      inspect(...args);
      looking = false;
    }
    return original.apply(this, args);
  };
}

for (const name of ['write', 'writeSync', 'writeFile', 'writeFileSync', 'appendFile'])
  wrap(fs, name, (_file, data) => look(name, data));
const probe = await fs.promises.open(logPath, 'a');
const prototype = Object.getPrototypeOf(probe);
await probe.close();
for (const name of ['write', 'writeFile', 'appendFile']) wrap(prototype, name, (data) => look(`handle ${name}`, data));
wrap(prototype, 'writev', (parts) => parts.forEach((part) => look('handle writev', part)));
wrap(fs.promises, 'writeFile', (_path, data) => look('promises.writeFile', data));
wrap(fs.promises, 'appendFile', (_path, data) => look('promises.appendFile', data));
for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'fork'])
  wrap(childProcess, name, (program, args, options) => {
    look('argv', JSON.stringify([program, args]));
    look('child environment', JSON.stringify(options?.env ?? process.env));
  });
syncBuiltinESMExports();
