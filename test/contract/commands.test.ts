// SPDX-License-Identifier: Apache-2.0
// action.yml, the README tables and `countersign help` all come from the specs: here they are compared both ways, and
// the specs are held to the rules that all of them share.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { metadataFiles } from '../../scripts/metadata.ts';
import { actionInputs } from '../../scripts/tables.ts';
import { ACTION_NAMES, COMMANDS } from '../../src/commands/commands.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS } from '../../src/commands/inputs/common.ts';
import { readInputs } from '../../src/commands/spec.ts';
import { commandHelp } from '../../src/entry/help.ts';
import { flagInputs, GENERAL_FLAGS } from '../../src/entry/command-line.ts';
import { VERSION } from '../../src/base/version.ts';
import { PROJECT } from '../support/sources.ts';

const commands = await Promise.all(COMMANDS.map(async (entry) => ({ entry, spec: (await entry.load()).spec })));
const actions = commands.filter(({ spec }) => spec.action).map(({ spec }) => spec);
const ICONS_COLORS = ['white', 'black', 'yellow', 'blue', 'green', 'orange', 'red', 'purple', 'gray-dark'];
const read = (path: string) => readFile(join(PROJECT, path), 'utf8');

describe('the commands', () => {
  test('the five actions are all there, and no other command is one', () => {
    expect(actions.map(({ name }) => name)).toEqual([...ACTION_NAMES]);
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
  });

  test.each(commands)('$entry.name is listed with its own name and summary', ({ entry, spec }) => {
    expect({ name: entry.name, summary: entry.summary }).toEqual({ name: spec.name, summary: spec.summary });
  });

  test.each(commands)('$entry.name has well-formed input names, each once', ({ spec }) => {
    const names = spec.inputs.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || /^(no|disable)-/.test(name))).toEqual(
      [],
    );
    expect(names.filter((name) => GENERAL_FLAGS.some((flag) => flag === name))).toEqual([]);
  });

  test.each(commands)('$entry.name has the inputs and outputs that its kind shares', ({ spec }) => {
    const wanted = [...(spec.action ? COMMON_INPUTS : []), ...(spec.privileged ? PRIVILEGED_INPUTS : [])];
    expect(missing(wanted, spec.inputs)).toEqual([]);
    expect(missing(spec.action ? COMMON_OUTPUTS : [], spec.outputs)).toEqual([]);
  });

  test.each(commands)('$entry.name describes every input and output in sentences', ({ spec }) => {
    expect(spec.summary).toMatch(/^[A-Z].*[^.]$/);
    const texts = [spec.description, ...[...spec.inputs, ...spec.outputs].map(({ description }) => description)];
    expect(texts.filter((text) => !/[.:]$/.test(text.trim()))).toEqual([]);
  });

  test.each(commands)('the defaults of $entry.name are values of their types', async ({ spec }) => {
    const optional = spec.inputs.map((input) => ({ ...input, required: false }));
    const raw = { texts: new Map(), cwd: PROJECT, mask() {}, readStdin: async () => new Uint8Array() };
    await expect(readInputs(optional, raw)).resolves.toBeDefined();
  });

  test.each(commands)('help on $entry.name names every flag', ({ spec }) => {
    const text = commandHelp(spec);
    const shown = [...flagInputs(spec).values()].filter(({ type }) => type !== 'secret' && type !== 'pem');
    expect(shown.filter(({ name }) => !text.includes(`--${name}`))).toEqual([]);
  });

  test('the same input has one type and one meaning everywhere', () => {
    const types = new Map<string, string>();
    const clashes = commands.flatMap(({ spec }) =>
      // What report looks for is the public name of a key, which is no secret.
      spec.inputs.filter(({ name, type }) => {
        if (spec.name === 'report' && name === 'key') return false;
        const known = types.get(name);
        types.set(name, known ?? type);
        return known !== undefined && known !== type;
      }),
    );
    expect(clashes).toEqual([]);
  });
});

describe('the words of the commands', () => {
  test('replacing an existing file is called overwrite, wherever a file may be replaced', () => {
    const replacing = commands.flatMap(({ spec }) =>
      spec.inputs.filter(
        ({ name, description }) => name === 'force' || /^Replace (?:an existing|the) file/.test(description),
      ),
    );
    expect(replacing.map(({ name }) => name)).toEqual(['overwrite', 'overwrite']);
  });
});

describe('the metadata of the actions', () => {
  test('action.yml files and README tables are what the specs say', async () => {
    for (const { path, content } of await metadataFiles(PROJECT)) expect(await read(path), path).toBe(content);
  });

  test.each(actions)('actions/$name/action.yml has exactly the inputs and outputs of the spec', async (spec) => {
    const file: unknown = parse(await read(`actions/${spec.name}/action.yml`));
    expect(file).toMatchObject({
      name: spec.action?.title,
      branding: { color: expect.stringMatching(new RegExp(`^(${ICONS_COLORS.join('|')})$`)) },
      runs: { using: 'node24', main: `../../dist/${spec.name}.mjs` },
    });
    expect(keysOf(file, 'inputs')).toEqual(actionInputs(spec).map(({ name }) => name));
    expect(keysOf(file, 'outputs')).toEqual(spec.outputs.map(({ name }) => name));
  });

  test.each(actions)('the tables of actions/$name/README.md have no row too many or too few', async (spec) => {
    const page = await read(`actions/${spec.name}/README.md`);
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]);
    expect(rows).toEqual([...actionInputs(spec), ...spec.outputs].map(({ name }) => name));
  });

  test('the root action has the inputs and outputs of all five, and command', async () => {
    const file: unknown = parse(await read('action.yml'));
    const inputs = sortedOnce(['command', ...actions.flatMap((spec) => actionInputs(spec).map(({ name }) => name))]);
    expect(keysOf(file, 'inputs').toSorted()).toEqual(inputs);
    expect(keysOf(file, 'outputs').toSorted()).toEqual(
      sortedOnce(actions.flatMap((spec) => spec.outputs.map(({ name }) => name))),
    );
    expect(file).toMatchObject({ runs: { using: 'node24', main: 'dist/root.mjs' } });
  });

  test('the version is that of package.json', async () => {
    expect(JSON.parse(await read('package.json'))).toMatchObject({ version: VERSION });
  });
});

interface Named {
  readonly name: string;
}

function missing(wanted: readonly Named[], present: readonly Named[]): readonly string[] {
  return wanted.filter(({ name }) => !present.some((candidate) => candidate.name === name)).map(({ name }) => name);
}

function sortedOnce(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}

function keysOf(file: unknown, key: string): readonly string[] {
  if (typeof file !== 'object' || file === null || !(key in file)) return [];
  const value: unknown = Reflect.get(file, key);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
