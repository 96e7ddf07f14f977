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
    ['\u{feff}activated = true', 'line 1, column 1'],
    ['[[execgroup]]\ntagname = "\\x41"', 'line 2'],
    ['execgroup = [{\nmode = "whitelist" }]', 'line 1'],
    ['execgroup = [{ mode = "whitelist", }]', 'line 1'],
    ['activated = true\nactivated = true', 'defined already'],
    ['[[execgroup]]\ntagname = "\u007f"', 'control character'],
    ['[[execgroup]]\ntagname = "\\ud800"', 'the escape'],
    ['# \u0000', 'does not end here'],
    ['activated = true legacyinsecure = true', 'does not end here'],
    ['activated = true\r', 'does not end here'],
    ['[execgroup]', 'execgroup is no list of tables'],
    ['activated.x = true', 'activated is neither true nor false'],
    ['activated = 99999999999999999999', 'activated is neither true nor false'],
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

describe('lists that others wrote', () => {
  const one = (text: string) => read(text).groups[0];

  test.each([
    ['Activated = true\n[[ExecGroup]]\nMode = "a"\nDirPath = "/b"\nKeyFP = ["c"]\nTagName = "d"'],
    [
      'ACTIVATED = true\n"ExecGroup" = [{ MODE = \'a\', "d\u0130rpath" = "/b", "\u212aeyfp" = ["c"], tagname = """\nd""" }]',
    ],
    [
      'activated = false\nActivated = true\n[[x]]\n[[EXECGROUP]]\n[[execgroup]]\nmode="x"\nMode="a"\ndirpath="/b"\nkeyfp=[ # e\n"c",\n]\ntagname="\\u0064"',
    ],
    [
      'surprise = 99999999999999999999\nactivated = true\r\n[[execgroup]]\r\nmode = "a"\ndirpath = "/b"\nkeyfp = ["c"]\ntagname = "d"\n[execgroup.x]\nmode = 5\n[y]\nactivated = 1979-05-27',
    ],
  ])('%j', (text) => {
    expect(read(text)).toMatchObject({ activated: true, groups: [{}] });
    expect(one(text)).toEqual({ tagName: 'd', mode: 'a', folder: '/b', fingerprints: ['c'] });
  });

  test('what is no UTF-8 is passed over', () => {
    expect(() => readList(Buffer.from('# \xff', 'latin1'), 'ecl.toml')).toThrow('everything runs');
  });

  test.each(['activated = 1979-05-27', '[activated]', '[[execgroup.x]]', '[x]\na = 1\na = 2'])(
    '%j ends Apptainer, or is read differently by its versions: nothing is said of it',
    (text) => expect(() => read(text)).toThrow('was not worked out'),
  );

  test('a text that never ends, and values in values, are refused in time', () => {
    expect(() => read(`tagname = """${'a\\u0041'.repeat(100_000)}`)).toThrow('ends nowhere');
    expect(() => read(`x = ${'['.repeat(100_000)}`)).toThrow('nested too deeply');
  });

  test('a list that Apptainer would read as another one is not written', () => {
    const named = (tagName: string) => ({
      ...LIST,
      groups: [{ tagName, mode: 'whitelist', folder: '', fingerprints: [] }],
    });
    expect(() => writeList(named('a\u007f'), [])).toThrow(expect.objectContaining({ code: 'GATE_NOT_EXPRESSIBLE' }));
    expect(() => writeList(named('\ud800'), [])).toThrow(expect.objectContaining({ code: 'GATE_NOT_EXPRESSIBLE' }));
    expect(() => writeList(LIST, ['a\u007f'])).toThrow(expect.objectContaining({ code: 'GATE_NOT_EXPRESSIBLE' }));
    expect(read(writeList(named('a\u0001"\\'), []))).toEqual(named('a\u0001"\\'));
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
