// SPDX-License-Identifier: Apache-2.0
// A process that takes the lock of an image, says so, and keeps it until it is killed: `node lock-child.ts IMAGE`.

import { setTimeout as sleep } from 'node:timers/promises';
import { lockImage } from '../../src/sif/edit/lock.ts';

const lock = await lockImage(process.argv[2] ?? '');
process.stdout.write(`${lock.path}\n`);
await sleep(600_000);
