// SPDX-License-Identifier: Apache-2.0
// What the quick reader reads, the library reads alike, to the column; what it does not understand it leaves alone, and says where.
import fc from 'fast-check';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readPlainYaml } from '../../../../src/policy/yaml/plain.ts';
import { PolicyError } from '../../../../src/policy/errors.ts';
import type { YamlNode } from '../../../../src/policy/yaml/node.ts';
import { parseAnyYaml } from '../../../../src/policy/yaml/yaml.ts';

/** What is read of it; undefined for what is left to the library, or refused by both because a key is repeated. */
function readAlike(text: string): YamlNode | undefined {
  try {
    const quick = readPlainYaml(text, 'p');
    if (quick.kind === 'more') return undefined;
    expect(quick).toEqual(parseAnyYaml(text, 'p'));
    return quick;
  } catch (error) {
    if (!(error instanceof PolicyError) || error.code !== 'POLICY_DUPLICATE') throw error;
    expect(() => parseAnyYaml(text, 'p')).toThrow(PolicyError);
    return undefined;
  }
}

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
  expect(readAlike(PEOPLE)).toBeDefined();
});

test.each([
  ['a: True', 4],
  ['a: 1e40', 4],
  ['a: 12E45', 4],
  ['a: 0x10', 4],
  ['a: 012', 4],
  ['a: b\n  - c', 3],
  ['a: b # d\n  c', 3],
  ['a: b\n  c: d', 4],
  ['a: b\n\tc', 1],
  ['a: b: c', 5],
  ['a: &b c', 4],
  ['a: *b', 4],
  ['a: !!str b', 4],
  ['a: |\n  b', 4],
  ['a: |+\n  b\n', 4],
  ['a: |2\n  b\n', 4],
  ['a: >\n  b\n', 4],
  ['a: |#c\n  b\n', 4],
  ['a: |\nb: c\n', 4],
  ['a: |\n\n  b\n', 4],
  ['a: |\n  b\n  \n', 4],
  ['a: |\n    b\n  c\n', 3],
  ['a: |\n  b\n \n  c\n', 4],
  ['a: |\n  b\n# c\n  d\n', 3],
  ['a: |\n  \tb\n', 4],
  ['a: [|\n  b\n]\n', 5],
  ['a: "\\X41"', 4],
  ['a: "\\\\\\x4g"', 4],
  ['a: "\\U00110000"', 4],
  ['a: "b\nc"', 1],
  ['a: "b\n\tc"', 1],
  ['a: "b', 6],
  ["a: 'b\nc'", 1],
  ["'---\n---'", 1],
  ['a:\n- b\n - c', 2],
  ['- a\n- b:\n - c\n- d', 2],
  ['a: [b,\nc]', 1],
  ['a: [b,\n\tc]', 2],
  ['a: [{b: c\n}]', 1],
  ['a: {b}', 5],
  ['a: {b:c}', 5],
  ['{"a"\n: b}', 2],
  ['[a: b]', 3],
  ['[a,,b]', 4],
  ['[,]', 2],
  ['[a b\n c]', 2],
  ['["a"#b\n]', 5],
  ['[a]: b', 4],
  ['a: [b\n# c\n ]', 2],
  ['{"<<": a}', 2],
  ['null: b', 1],
  ['a:', 3],
  ['a:\tb', 1],
  ['a: \u00a0b', 4],
  ['a: b\u3000c', 5],
  ['\u00e9: b', 1],
  ['%YAML 1.1\n---\na: b', 1],
  ['a: b\n---\nc: d', 1],
  ['a: b\n...\n', 1],
  ['a: "b"c', 7],
  ['a: ~', 4],
  ['a: .5', 4],
  ['a: -1', 4],
  [' a: b', 2],
  ['a: b\u2028', 5],
  ['a: b\rc: d', 5],
  ['\ufeffa: b', 1],
  ['[[[[[[[[[[[[[a]]]]]]]]]]]]]', 13],
])('%j is left to the library from column %i on', (text, column) => {
  expect(readPlainYaml(text, 'p')).toMatchObject({ kind: 'more', location: { file: 'p', column } });
});

test.each([
  'a: yes',
  'a: 12:30',
  'a: 2027-01-31',
  'on: off',
  '1A: b',
  'a: 0A12',
  'a: 3E4F',
  'a: 0b1',
  'a: 3F2A 7C11  09B4',
  'a: b c',
  'a: b#c',
  'a: https://example.org/a#b # c',
  'a: CN=A, O="B" [c] {d}',
  'a: [https://example.org/, b c]',
  "a: ''\nb: 'it''s'\nc: \"\"",
  "a: 'b\n\n  c \n\n  '\nd: e",
  "a: [\n  'b\n   c', d]",
  'a: "\\u00e9\\n\\"\\\\\\/"',
  'a: "\\x41\\xe9\\U0001F600\\_\\N\\e\\ \\0"',
  'a: "b\n  c\n\n  d \t\n  \n   e "\nf: g',
  'a: "Jos\\xE9 is away, so\\\n  \\ his deputy \\ \n  signs"',
  'a: [ "b\\\n  c" ]',
  'a: Jos\u00e9 M\u00fcller\nb: [\u674e\u660e, \u{1f600}, \uff08x\uff09]\nc: CN=\u0141ukasz \u00d8',
  'a: b\n  c\n d\n\n  e # f\ng: h',
  '- "b\n  c"\n- \'d\n\n e\'',
  '- b\n  c\n- d\n\n\n  e',
  'a:\n  b\n  c\nd:\n  e:\n    f\n     g',
  'a: 2027-01-31\n  10:00',
  'a: true\nb: false\nc: null',
  'a: []\nb: {}',
  'a: [b,]\nc: {d: e,}',
  'a: [b,\n c]',
  'a: {\n  b: [\n    c # d\n  ],\n\n  # e\n  f: g\n}\nh: i',
  'a:\n  [\n    b\n  ]\nc:\n  d',
  '- a: {\n    b: c\n  }\n- [\n   d\n ]',
  '"a": b\n\'c d\': e\n"f" : g',
  '---\na: b',
  '# a\n--- \n- b',
  'a: |\r\n  b\r\n  c\r\nd:\r\n- e\r\n',
  'a: |-\n  b\n\n  c\n\nd: e',
  '  {"a": [1, true, null, "b", {}, []]}  # c\n',
  '{\r\n\t"a": {\r\n\t\t"b": "c"\r\n\t}\r\n}\r\n',
  '{"a"  :"b","c":\n"d"\n,\n"e":[\n]}',
  '{"__proto__": {"constructor": 1}}',
])('%j is read', (text) => {
  expect(readAlike(text)).toBeDefined();
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
  expect(readAlike(text)).toBeDefined();
});

test.each([
  ['a: b\na: c', 2, 1],
  ['{"a": {"b": 1, "\\u0062": 2}}', 1, 16],
  ['x:\n- k: 1\n  "k": [', 3, 3],
])('%j is refused at the second of two keys', (text, line, column) => {
  expect(() => readPlainYaml(text, 'p')).toThrow(
    expect.objectContaining({ code: 'POLICY_DUPLICATE', location: { file: 'p', line, column } }),
  );
  expect(() => parseAnyYaml(text, 'p')).toThrow(PolicyError);
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
    if (readAlike(text)) read += 1;
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
      if (readAlike(text) && text.includes('|')) read += 1;
    },
  );
  fc.assert(property, { numRuns: 20_000 });
  expect(read).toBeGreaterThan(150);
});

/** The value as JSON, or as flow collections with other keys, texts, blanks and comments. */
function flowOf(value: unknown, next: () => number, inBlock: boolean): string {
  const pick = (...all: readonly string[]) => all[next() % all.length] ?? '';
  const space = () =>
    pick('', ' ', ...(inBlock ? ['\n  ', ' # c\n    ', '\n\n   ', '\n# c\n '] : ['\n', '\n\t', '\r\n  ']));
  if (Array.isArray(value)) {
    const items = value.map((item) => `${space()}${flowOf(item, next, inBlock)}${space()}`);
    return `[${items.join(',')}${items.length > 0 ? pick('', '', ',') : ''}${space()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, item]) =>
      `${space()}${JSON.stringify(key)}${pick('', ' ')}:${space()}${flowOf(item, next, inBlock)}${space()}`,
  );
  return `{${entries.join(',')}${entries.length > 0 ? pick('', '', ',') : ''}${space()}}`;
}

const TREE = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.nat(999_999_999), fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 5 }),
  ),
}));

test('what it reads of texts over several lines the library reads alike', { timeout: 60_000 }, () => {
  const pieces = fc.constantFrom(
    'a',
    'b c',
    '\u00e9',
    '\u{1f600}x',
    '-',
    '#d',
    ' #',
    ': ',
    ':e',
    '"',
    "'",
    "''",
    '\\',
    '\\ ',
    '\\\\',
  );
  const more = fc.constantFrom(
    '\\x41',
    '\\"',
    '\\\n  ',
    '\n',
    '\n  ',
    '\n    ',
    '\n\n  ',
    ' \t',
    '\\t\n  ',
    ' ',
    '\u00a0',
    '\r\n  ',
    '1',
    '---',
  );
  const heads = fc.constantFrom('k: ', 'k: "', "k: '", '- ', '- "', '- k: ', '- k: "', 'k:\n  ', 'k: ["', 'k: [');
  let read = 0;
  const property = fc.property(heads, fc.array(fc.oneof(pieces, more), { maxLength: 7 }), (head, parts) => {
    const end = `${head.endsWith('"') ? '"' : head.endsWith("'") ? "'" : ''}${head.includes('[') ? ']' : ''}`;
    if (readAlike(`${head}${parts.join('')}${end}\nz: b`.replace(/^(-.*)z: b$/s, '$1- b'))) read += 1;
  });
  fc.assert(property, { numRuns: 10_000 });
  expect(read).toBeGreaterThan(1000);
});

test('JSON in any layout, and with a character too many or too few, is read alike', { timeout: 60_000 }, () => {
  let read = 0;
  const property = fc.property(
    fc.oneof(fc.array(TREE.value), fc.dictionary(fc.string(), TREE.value)),
    fc.constantFrom('compact', 'two', 'tab', 'flow', 'block'),
    fc.infiniteStream(fc.nat(59)),
    fc.option(fc.tuple(fc.nat(400), fc.constantFrom('', ...MARKS)), { freq: 2 }),
    (value, layout, choices, change) => {
      const next = () => Number(choices.next().value);
      const indent = { compact: undefined, two: 2, tab: '\t' };
      let text =
        layout === 'flow' || layout === 'block'
          ? `${layout === 'block' ? 'k: ' : ''}${flowOf(value, next, layout === 'block')}`
          : JSON.stringify(value, null, indent[layout]);
      if (change) text = `${text.slice(0, change[0])}${change[1]}${text.slice(change[0] + 1)}`;
      if (readAlike(text)) read += 1;
    },
  );
  fc.assert(property, { numRuns: 5000 });
  expect(read).toBeGreaterThan(2000);
});

test('the example policy is read alike', async () => {
  const text = await readFile(new URL('../../../../docs/examples/countersign.yaml', import.meta.url), 'utf8');
  expect(readAlike(text)).toBeDefined();
});

test('a million open brackets are not given to the library, which would take seconds', () => {
  const text = `allow: ${`${'[{'.repeat(500)}\n`.repeat(1000)}`;
  expect(() => parseAnyYaml(text, 'x.yaml')).toThrow('nested too deeply');
  // As many as that in a text are no matter.
  expect(parseAnyYaml(`allow: "${'[]'.repeat(400)}"`, 'x.yaml')).toMatchObject({ kind: 'map' });
});

test('blanks inside of a long line are looked at once', () => {
  const [before, blanks] = [process.cpuUsage(), ' '.repeat(1_000_000)];
  for (const quote of ['"', "'", '']) readPlainYaml(`- ${quote}a${blanks}b\n  c${blanks}${quote}\n`, 'p');
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(5);
});

test('a long policy of people whose names are no ASCII, as programs write them, is read', () => {
  const person = (name: string, at: number) => `  p${at}:\n    x509:\n      anchors: ca.pem\n      subject: ${name}\n`;
  const names = [
    'CN=Jos\u00e9 M\u00fcller',
    '"CN=Jos\\xE9,\\\n        \\ O=A"',
    'CN=Ana\n        Mar\u00eda',
    '\u674e\u660e',
  ];
  const people = Array.from({ length: 60_000 }, (_, at) => person(names[at % names.length] ?? '', at));
  const text = `version: 1\nprincipals:\n${people.join('')}`;
  expect(text.length).toBeGreaterThan(3 * 1024 * 1024);
  expect(readPlainYaml(text, 'p')).toMatchObject({ kind: 'map' });
});

test.each([
  'docker:\n  registry.example.org/team/image:\n    use-sigstore-attachments: true\n',
  'docker:\n  registry.example.org:5000/team/image: { a: b }\n',
  'docker: { registry.example.org:5000/team/image: { a: b }, h/i: c }\n',
  'a:b:c: d\n',
  'a/b:c/d: e\n',
])('places of registries are keys: %j', (text) => {
  expect(readAlike(text)).toBeDefined();
});
