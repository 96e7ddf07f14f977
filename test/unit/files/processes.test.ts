// SPDX-License-Identifier: Apache-2.0

import { expect, test } from 'vitest';
import { currentProcess, type ProcessIdentity, processState } from '../../../src/files/processes.ts';

const self: ProcessIdentity = {
  ...(await currentProcess()),
  host: 'node1',
  machine: 'm1',
  boot: 'b1',
  namespace: 'pid:[1]',
};

test.each<[string, Partial<ProcessIdentity>, string]>([
  ['this very process', {}, 'running'],
  ['a number that is free', { pid: 2 ** 22 + 1 }, 'gone'],
  ['a number that another process has now', { started: '1' }, 'gone'],
  ['one from before a restart', { boot: 'b0' }, 'gone'],
  ['one whose start is not known but whose number is in use', { started: null }, 'running'],
  ['one whose start is not known and whose number is free', { started: null, pid: 2 ** 22 + 1 }, 'gone'],
  ['one on another machine', { host: 'node2' }, 'unknown'],
  ['one on another machine of the same name', { machine: 'm2', boot: 'b2' }, 'unknown'],
  ['one on a machine without identity', { machine: null, boot: 'b2' }, 'unknown'],
  ['one in another container', { namespace: 'pid:[2]' }, 'unknown'],
])('%s (%j) is %s', async (_, other, state) => {
  expect(await processState({ ...self, ...other }, self)).toBe(state);
});
