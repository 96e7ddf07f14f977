// SPDX-License-Identifier: Apache-2.0
// A process that writes the beginning of a file under an unfinished name, says so, and goes on until it is killed:
// `node unfinished-child.ts PATH LABEL SOURCE BYTES`.

import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { unfinishedName } from '../../src/files/unfinished.ts';

const [path = '', label = '', source = '', bytes = '0'] = process.argv.slice(2);
const name = await unfinishedName(path, label);
await writeFile(name, (await readFile(source)).subarray(0, Number(bytes)));
await writeFile(`${name}.countersign-lock`, '');
process.stdout.write(`${name}\n`);
await sleep(600_000);
