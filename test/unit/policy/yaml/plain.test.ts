// SPDX-License-Identifier: Apache-2.0
// What the quick reader reads, the library reads alike, to the column; what it does not understand it leaves alone.
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readPlainYaml } from '../../../../src/policy/yaml/plain.ts';
import { parseAnyYaml } from '../../../../src/policy/yaml/yaml.ts';

const PEOPLE = `# staff
version: 1
name: "acme images" # as everywhere
principals:
  alice: { pgp: 3F2A7C1109B45D6E8A901B2C3D4E5F60718293A4 }
  bob:
    pgp: [9C8B7A695847362514039F8E7D6C5B4A39281706, ABCDEF]

    x509: { anchors: ca/root.pem, san: ['email:*@example.org'] }
stages:
  - name: author
    approvers: [alice, bob]
    threshold: 2
  - { name: security, approvers: { alice: 1 } }
`;

test('a list of people is plain', () => {
  expect(readPlainYaml(PEOPLE, 'p')).toEqual(parseAnyYaml(PEOPLE, 'p'));
  expect(readPlainYaml(PEOPLE, 'p')).toBeDefined();
});

test.each([
  'a: yes',
  'a: 12:30',
  'a: 1e40',
  'a: 0x10',
  'a: 12E45',
  'a: b c',
  'a: b\n  c',
  'a: b: c',
  'a: &b c',
  'a: *b',
  'a: !!str b',
  'a: |\n  b',
  'a: |-\n  b\n',
  'a: |+\n  b\n',
  'a: |2\n  b\n',
  'a: >\n  b\n',
  'a: |#c\n  b\n',
  'a: |\nb: c\n',
  'a: |\n\n  b\n',
  'a: |\n  b\n  \n',
  'a: |\n    b\n  c\n',
  'a: |\n  b\n \n  c\n',
  'a: |\n  b\n# c\n  d\n',
  'a: [|\n  b\n]\n',
  'a: "b\\n"',
  "a: 'it''s'",
  'a: b\na: c',
  'yes: b',
  'a:\n- b\n - c',
  '- a\n- b:\n - c\n- d',
  'a: [b,\n c]',
  'a: {b: c,}',
  'a: []',
  'a:',
  'a: b#c',
  'a:\tb',
  'a: \u00e9',
  '%YAML 1.1\n---\na: b',
  'a: b\n---\nc: d',
  'a: "b"c',
  'a: ~',
  'a: .5',
  ' a: b',
])('%j is left to the library', (text) => {
  expect(readPlainYaml(text, 'p')).toBeUndefined();
});

test.each([
  '# caf\u00e9 \u{1f600}\na: b # \u00fc\u00a0\n',
  'a: "caf\u00e9 \u00a0 \u{1f600}"\nb: [\'\u00fc\', c]\n',
  'a:\n- b\n- c\nd: e\n',
  'a:\n  b:\n  - c: d\n    e:\n    - f\n    - g\n  - h\n  i: j\nk:\n- l',
  'a: |\n  b\n',
  'a: | # c\n  b: - [c # d\n   "e\\\n\n  f  \n\n\n',
  'a:\n  b: |\n   c\n # d\n  e: f\n',
  'a:\n  - |\n    b\n    c\n  - |\n   d\ne: f',
  'a:\n  - b: |\n      c\n    d: e\n',
  '- |\n - a\n- |\n  b\n',
  'a: |\n  ---\n  ...\nb: c\n',
])('the lines behind | in %j are read as they are', (text) => {
  expect(readPlainYaml(text, 'p')).toBeDefined();
  expect(readPlainYaml(text, 'p')).toEqual(parseAnyYaml(text, 'p'));
});

const WORDS = [
  'a',
  'b',
  'name',
  'yes',
  '1',
  '07',
  '12',
  '1e5',
  '1_0',
  '0x1',
  '12:30',
  'A1',
  '1A',
  '9E9',
  '"q r"',
  "'s'",
  '~',
  'null',
];
const MARKS = [
  ' ',
  '  ',
  ': ',
  ':',
  '- ',
  '-',
  ', ',
  ',',
  '[',
  ']',
  '{',
  '}',
  '\n',
  '\n  ',
  '\n    ',
  ' # c',
  '#',
  '"',
  "'",
  '&',
  '*',
  '|',
  '?',
  '---',
  '.',
  '/',
  '@',
  '\t',
  '\r',
];

test('what it reads the library reads alike', () => {
  const pieces = fc.array(fc.constantFrom(...WORDS, ...MARKS, ...MARKS), { maxLength: 14 });
  let read = 0;
  const alike = (text: string) => {
    const quick = readPlainYaml(text, 'p');
    if (!quick) return;
    read += 1;
    expect(quick).toEqual(parseAnyYaml(text, 'p'));
  };
  fc.assert(
    fc.property(pieces, (parts) => alike(parts.join(''))),
    { numRuns: 10_000 },
  );
  // Of the plain kind, with a piece put in somewhere.
  const entry = fc.tuple(
    fc.constantFrom('K: ', 'K: ', 'K: ', '- ', '  K: ', '  K:', '  - ', '    K: '),
    fc.constantFrom(...WORDS, '[a, b]', '{ a: b }', '{a: [1, b]}', ''),
  );
  const lines = fc
    .array(entry, { minLength: 1, maxLength: 6 })
    .map((all) => all.map((parts, index) => parts.join('').replace('K', `k${index}`)).join('\n'));
  const changed = fc
    .tuple(lines, fc.nat(60), fc.constantFrom('', ...MARKS))
    .map(([text, at, mark]) => `${text.slice(0, at)}${mark}${text.slice(at)}`);
  fc.assert(fc.property(changed, alike), { numRuns: 10_000 });
  expect(read).toBeGreaterThan(150);
});

test('what it reads of literal texts the library reads alike', () => {
  const openings = 'K: |;K: |;  K: |;  - |;- |;- K: |;  - K: |;K: | # c;K: |-;K: a;  K:;K:'.split(';');
  const bodies = '  a;  a;    a;    b: c;      - a;   # c;# c;  # c;;; ;    ;  a ;   "c;  ---'.split(';');
  const line = fc.constantFrom(...openings, ...bodies);
  let read = 0;
  const property = fc.property(
    fc.array(line, { minLength: 2, maxLength: 7 }),
    fc.constantFrom('', '\n', '\n\n'),
    (all, end) => {
      const text = all.map((one, index) => one.replace('K', `k${index}`)).join('\n') + end;
      const quick = readPlainYaml(text, 'p');
      if (!quick) return;
      if (text.includes('|')) read += 1;
      expect(quick).toEqual(parseAnyYaml(text, 'p'));
    },
  );
  fc.assert(property, { numRuns: 20_000 });
  expect(read).toBeGreaterThan(150);
});

test('the example policy is read alike', async () => {
  const text = await readFile(new URL('../../../../docs/examples/countersign.yaml', import.meta.url), 'utf8');
  const quick = readPlainYaml(text, 'p');
  expect(quick ?? parseAnyYaml(text, 'p')).toEqual(parseAnyYaml(text, 'p'));
});

test('a million open brackets are not given to the library, which would take seconds', () => {
  const text = `allow: ${`${'[{'.repeat(500)}\n`.repeat(1000)}`;
  expect(() => parseAnyYaml(text, 'x.yaml')).toThrow('nested too deeply');
  // As many as that in a text are no matter.
  expect(parseAnyYaml(`allow: "${'[]'.repeat(400)}"`, 'x.yaml')).toMatchObject({ kind: 'map' });
});
