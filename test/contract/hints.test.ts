// SPDX-License-Identifier: Apache-2.0
// Every hint, of the catalogues and of the source, in the words of both faces: what it names is an input of some command,
// a flag on the command line and a line of a workflow in an action.

import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/commands.ts';
import { inWordsOf } from '../../src/commands/inputs/values.ts';
import { flagInputs } from '../../src/entry/command-line.ts';
import { CODE_AREAS } from '../../src/entry/error-codes.ts';
import { actionInputs } from '../../scripts/tables.ts';
import { sourcesBelow } from '../support/sources.ts';

const specs = await Promise.all(COMMANDS.map(async (entry) => (await entry.load()).spec));
const flags = new Set(specs.flatMap((spec) => [...flagInputs(spec).keys()]));
const inputs = new Map(specs.flatMap((spec) => spec.inputs.map((input) => [input.name, input] as const)));
const names = new Set([...inputs.keys(), ...specs.flatMap((spec) => actionInputs(spec).map(({ name }) => name))]);

const sources = await sourcesBelow('src');
/** Lines of our source, comments apart. */
const texts = sources.flatMap(({ path, text }) =>
  text
    .split('\n')
    .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
    .map((line) => ({ where: `${path}: ${line.trim()}`, text: line })),
);
/** Hints as they are written; those about arguments are for the command line alone. */
const hints = sources
  .filter(({ path }) => path !== 'src/entry/flag-errors.ts')
  .flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^\s*|\{ )(?:hint|fix):\s*(['`])([^\n]*)\1(?=,$| \}|\n)/gm)].map(([, , hint = '']) => ({
      where: path,
      text: hint,
    })),
  );
const catalogue = CODE_AREAS.flatMap(({ codes }) =>
  Object.entries(codes).flatMap(([code, { when, fix }]) => [when, fix].map((text) => ({ where: code, text }))),
);
const mentions = [...texts, ...catalogue].flatMap(({ where, text }) =>
  [...text.matchAll(/⟨([a-z-]+)(?:=([^⟨⟩]*))?⟩/g)].map(([, name = '', value]) => ({ where, name, value })),
);
/** `scan-report: x`, `overwrite: true`: how a workflow writes an input. */
const workflowForm = new RegExp(`(?<![\\w-])(?:${[...names].filter((name) => name !== 'policy').join('|')}): [\\w./]`);
/** `--scan-report`: how the command line writes it. */
const flagForm = new RegExp(`(?<![\\w-])--(?:${[...names].join('|')})(?![\\w-])`);

/** Command lines of other programs have flags of their own. */
const OTHER_PROGRAM = /`(?:apptainer|cosign|crane|gpg|openssl|siftool|ssh-keygen) [^`]*`/g;

describe('hints', () => {
  test('name inputs that some command has, with values that they may have', () => {
    const unknown = mentions.filter(({ name }) => !names.has(name));
    expect(unknown).toEqual([]);
    const wrong = mentions.filter(({ name, value }) => {
      const input = inputs.get(name);
      if (value === undefined || value.includes('${') || !input) return false;
      return input.type === 'boolean' ? !['true', 'false'].includes(value) : input.values?.includes(value) === false;
    });
    expect(wrong).toEqual([]);
    expect(mentions.length).toBeGreaterThan(50);
  });

  test('become flags on the command line, that it has or an action alone has', () => {
    const shown = mentions.map(({ name, value }) =>
      inWordsOf('terminal', value === undefined ? `⟨${name}⟩` : `⟨${name}=${value}⟩`),
    );
    const odd = shown.filter((text) => {
      const flag = /^--([a-z-]+)/.exec(text)?.[1] ?? '';
      return !flags.has(flag) && inputs.get(flag)?.only !== 'action';
    });
    expect(odd).toEqual([]);
  });

  test('have the form of no other face', () => {
    expect(hints.length).toBeGreaterThan(300);
    for (const { where, text } of [...catalogue, ...hints]) {
      expect(inWordsOf('terminal', text), where).not.toMatch(workflowForm);
      expect(inWordsOf('actions', text).replace(OTHER_PROGRAM, ''), where).not.toMatch(flagForm);
    }
    for (const face of ['terminal', 'actions', 'docs'] as const)
      for (const { where, text } of catalogue) expect(inWordsOf(face, text), where).not.toMatch(/[⟨⟩]/);
  });
});

test.each([
  ['⟨overwrite=true⟩', '--overwrite', 'overwrite: true'],
  ['⟨verify-previous=false⟩', '--verify-previous=false', 'verify-previous: false'],
  ['⟨scan-report=trivy.json⟩', '--scan-report trivy.json', 'scan-report: trivy.json'],
  ['⟨reason=it’s broken⟩', "--reason 'it’s broken'", 'reason: it’s broken'],
  ["⟨reason=it's⟩", "--reason 'it'\\''s'", "reason: it's"],
  ['⟨retry-for⟩', '--retry-for', 'retry-for'],
  ['⟨key⟩', '--key-path (or COUNTERSIGN_KEY)', 'key (or key-path)'],
  ['⟨store&#61;file⟩', '--store file', 'store: file'],
  ['⟨Key⟩ ⟨a b⟩', '⟨Key⟩ ⟨a b⟩', '⟨Key⟩ ⟨a b⟩'],
])('%s is %s on the command line and %s in an action', (text, terminal, action) => {
  expect([inWordsOf('terminal', text), inWordsOf('actions', text)]).toEqual([terminal, action]);
});
