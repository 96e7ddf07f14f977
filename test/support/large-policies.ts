// SPDX-License-Identifier: Apache-2.0
// Policies of very many people, as programs and people write them.

const nameOf = (index: number) => `person${String(index).padStart(6, '0')}`;
const fingerprintOf = (index: number) => `A${index.toString(16).toUpperCase().padStart(39, '0')}`;

function document(people: number, approvers: number) {
  const names = Array.from({ length: people }, (_, index) => nameOf(index));
  return {
    version: 1,
    name: 'many',
    principals: Object.fromEntries(names.map((name, index) => [name, { pgp: fingerprintOf(index) }])),
    stages: [{ name: 'author', approvers: names.slice(0, approvers) }],
  };
}

function asYaml({ principals, stages }: ReturnType<typeof document>): string {
  const people = Object.entries(principals).map(([name, { pgp }]) => `  ${name}: { pgp: ${pgp} }`);
  const approvers = stages.flatMap((stage) => stage.approvers).map((name) => `      - ${name}`);
  const head = ['version: 1', 'name: many', 'principals:', ...people];
  return [...head, 'stages:', '  - name: author', '    approvers:', ...approvers, ''].join('\n');
}

/** Policies of so many people each. All of them approve, or nearly nobody does. */
export const LARGE_POLICIES: Readonly<Record<string, (people: number) => string>> = {
  'indented JSON': (people) => JSON.stringify(document(people, people), null, 1),
  'JSON, of whom one approves': (people) => JSON.stringify(document(people, 1)),
  YAML: (people) => asYaml(document(people, people)),
};

const inList = (item: (index: number) => string) => (length: number) => {
  const { length: each } = item(100_000);
  return `a: [${Array.from({ length: length / (each + 1) }, (_, index) => item(index)).join(',')}]\n`;
};
const inLines = (line: (index: number) => string) => (length: number) => {
  const { length: each } = line(100_000);
  return Array.from({ length: length / (each + 1) }, (_, index) => line(index)).join('\n');
};

/** What nobody writes, about so many characters long. */
export const HOSTILE_POLICIES: Readonly<Record<string, (length: number) => string>> = {
  'empty lines': (length) => '\n'.repeat(length),
  comments: inLines(() => '#'),
  'empty lists': inList(() => '[]'),
  'empty maps': inList(() => '{}'),
  digits: inList(() => '1'),
  anchors: inList(() => '&a b'),
  'a list of letters': (length) => `a:\n${'- a\n'.repeat(length / 4)}`,
  'short names': inLines((index) => `a${index}: 1`),
  'short maps': inLines((index) => `p${index}: {key: k}`),
  'lists that nobody ends': (length) => '['.repeat(length),
  'maps that nobody ends': (length) => '{a: '.repeat(length / 4),
  'a text of quotes': (length) => `a: ${"'".repeat(length)}`,
  'a text of escapes': (length) => `a: "${'\\u0041'.repeat(length / 6)}"`,
  'a text of very many lines': (length) => `a: "${'a\n\n b'.repeat(length / 5)}"`,
  'a folded text': (length) => `a: >\n ${'x\n '.repeat(Math.min(length, 3_000_000) / 3)}`,
};
