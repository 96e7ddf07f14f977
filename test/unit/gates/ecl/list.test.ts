// SPDX-License-Identifier: Apache-2.0
// The execution control list: reading, writing, and what Apptainer refuses in it.

import { describe, expect, test } from 'vitest';
import { groupFor, listProblem, type ExecutionList } from '../../../../src/gates/ecl/list.ts';
import { readList, writeList } from '../../../../src/gates/ecl/toml.ts';

const A = 'A'.repeat(40);
const LIST: ExecutionList = {
  activated: true,
  legacyInsecure: false,
  groups: [
    { tagName: 'a "quoted" name', mode: 'whitelist', folder: '/srv/a b', fingerprints: [A] },
    { tagName: '', mode: 'blacklist', folder: '', fingerprints: [] },
  ],
};

function read(text: string): ExecutionList {
  return readList(Buffer.from(text), 'ecl.toml');
}

describe('ecl.toml', () => {
  test('what is written is read again', () => {
    expect(read(writeList(LIST, ['a comment']))).toEqual(LIST);
  });

  test('what is missing has Apptainer’s defaults, what is unknown is left out', () => {
    expect(read('surprise = 1\n[[execgroup]]\nmode = "whitestrict"\n')).toEqual({
      activated: false,
      legacyInsecure: false,
      groups: [{ tagName: '', mode: 'whitestrict', folder: '', fingerprints: [] }],
    });
  });

  test.each([
    ['activated = = true', 'line 1, column'],
    ['activated = "yes"', 'activated is neither true nor false'],
    ['execgroup = 5', 'execgroup is no list of tables'],
    ['execgroup = [5]', 'an entry of execgroup is no table'],
    ['[[execgroup]]\nkeyfp = "x"', 'keyfp is no list'],
    ['[[execgroup]]\nkeyfp = [5]', 'an entry of keyfp is no text'],
    ['[[execgroup]]\ndirpath = 5', 'dirpath is no text'],
  ])('%j is refused: Apptainer would pass over the whole file', (text, problem) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'GATE_CONFIGURATION_INVALID' }));
    expect(() => read(text)).toThrow(problem);
    expect(() => read(text)).toThrow('everything runs');
  });
});

describe('what Apptainer refuses', () => {
  const problem = (group: Partial<ExecutionList['groups'][number]>) =>
    listProblem({
      ...LIST,
      groups: [...LIST.groups, { tagName: 'c', mode: 'whitelist', folder: '/c', fingerprints: [], ...group }],
    });

  test.each([
    [{ folder: '/srv/a b' }, 'a specific dirpath'],
    [{ folder: '' }, 'a specific dirpath'],
    [{ folder: '/c/' }, 'fully cleaned'],
    [{ folder: 'c' }, 'fully cleaned'],
    [{ folder: '/c/../d' }, 'fully cleaned'],
    [{ mode: 'greylist' }, 'the mode field'],
    [{ fingerprints: ['AB'] }, '40 chars hex'],
  ])('%j', (group, words) => {
    expect(problem(group)?.words).toContain(words);
  });

  test('nothing in a sound list', () => {
    expect(problem({ fingerprints: [A.toLowerCase()] })).toBeUndefined();
  });

  test('a folder stands for itself alone', () => {
    expect(groupFor(LIST, '/srv/a b')?.mode).toBe('whitelist');
    expect(groupFor(LIST, '/srv/a b/c')?.mode).toBe('blacklist');
    expect(groupFor({ ...LIST, groups: LIST.groups.slice(0, 1) }, '/srv')).toBeUndefined();
  });
});
