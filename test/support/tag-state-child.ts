// SPDX-License-Identifier: Apache-2.0
// A process that remembers publications, one after the other: `node tag-state-child.ts PATH TAG TIME...`.

import { rememberPublication } from '../../src/commands/verify-all/tag-state.ts';

const [path = '', tag = '', ...times] = process.argv.slice(2);
for (const time of times) await rememberPublication(path, tag, time);
