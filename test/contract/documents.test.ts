// SPDX-License-Identifier: Apache-2.0
// Pages and examples that people copy from: links lead somewhere, codes exist, workflows are sound.

import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lintWorkflow, lintWorkflows, ownRules } from '../../scripts/actionlint.ts';
import { CODE_AREAS } from '../../src/entry/error-codes.ts';
import { PROJECT } from '../support/sources.ts';

const read = (path: string) => readFile(join(PROJECT, path), 'utf8');
const codes = new Set(CODE_AREAS.flatMap(({ codes: catalogue }) => Object.keys(catalogue)));

async function pages(): Promise<readonly string[]> {
  const inFolder = async (folder: string) =>
    (await readdir(join(PROJECT, folder), { recursive: true }))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name));
  const top = (await readdir(PROJECT)).filter((name) => name.endsWith('.md'));
  return [...top, ...(await inFolder('docs')), ...(await inFolder('actions'))].sort();
}

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const allPages = await pages();

describe('the pages', () => {
  test.each(allPages)('every file of this tree that %s names is there', async (page) => {
    const named = [...(await read(page)).matchAll(/`((?:src|test|scripts|assets|schema)\/[\w./-]+\.\w+)`/g)];
    const missing: string[] = [];
    for (const [, path = ''] of named)
      await access(join(PROJECT, path)).catch(() => {
        missing.push(path);
      });
    expect(missing).toEqual([]);
  });

  test.each(allPages)('every relative link of %s leads somewhere', async (page) => {
    const links = [...(await read(page)).matchAll(/\]\((?!https?:|mailto:)([^)\s]+)\)/g)].map(
      (match) => match[1] ?? '',
    );
    const broken: string[] = [];
    for (const link of links) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      const found = await access(join(PROJECT, target)).then(
        () => true,
        () => false,
      );
      if (!found) broken.push(link);
      else if (anchor && target.endsWith('.md') && !anchors(await read(target)).includes(anchor)) broken.push(link);
    }
    expect(broken).toEqual([]);
  });

  // docs/spec quotes the codes of registries.
  test.each(allPages.filter((page) => page !== join('docs', 'errors.md') && dirname(page) !== join('docs', 'spec')))(
    '%s names no code that does not exist',
    async (page) => {
      const areas = [...new Set([...codes].map((code) => code.split('_')[0]))].join('|');
      const named = [...(await read(page)).matchAll(new RegExp(`\`((?:${areas})_[A-Z_]+)\``, 'g'))].map(
        (match) => match[1] ?? '',
      );
      const environment = /^(SOURCE_DATE_EPOCH|REGISTRY_AUTH_FILE|SIGNING_.*|APPTAINER_ENCRYPTION_.*)$/;
      expect(named.filter((code) => !codes.has(code) && !environment.test(code))).toEqual([]);
    },
  );
});

test('docs/dependencies.md names every dependency, and the importing file of each one at run time', async () => {
  const page = await read('docs/dependencies.md');
  const manifest: Manifest = JSON.parse(await read('package.json'));
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const all = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(all.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  const rows = [...page.matchAll(/^\| `([^`]+)` \| `(src\/[^`]+)` \|/gm)].map((match) => ({
    name: match[1],
    file: match[2],
  }));
  expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(Object.keys(dependencies)));
  for (const { name, file } of rows) expect(await read(file ?? ''), name).toContain(`'${name}`);
});

/** Anchors as GitHub makes them from headings. */
function anchors(page: string): readonly string[] {
  return [...page.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

describe('the examples', () => {
  test('the policy of the example satisfies the schema', async () => {
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(await read('schema/policy.schema.json')));
    validate(parse(await read('docs/examples/countersign.yaml')));
    expect(validate.errors).toBeNull();
  });

  test('no workflow has a problem', async () => {
    expect(await lintWorkflows(PROJECT)).toEqual([]);
  });

  test.each(['README.md', ...allPages.filter((path) => path.startsWith('actions'))])(
    'the workflow in %s is sound',
    async (page) => {
      const blocks = [...(await read(page)).matchAll(/```yaml\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
      const workflows = blocks.filter((block) => block.includes('\njobs:'));
      expect(workflows).toHaveLength(1);
      const own = /OWNER\/countersign\/\S+@COMMIT/;
      expect(workflows[0]).toMatch(own);
      expect((await lintWorkflow(workflows[0] ?? '', page)).filter((problem) => !own.test(problem))).toEqual([]);
    },
  );
});

describe('the rules for workflows', () => {
  const workflow = (step: string) => `on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - ${step}\n`;
  const commit = 'a'.repeat(40);

  test.each([
    ['a tag', 'uses: actions/cache@v4'],
    ['a short commit', 'uses: actions/cache@abcdef0 # v4.0.0'],
    ['no version comment', `uses: actions/cache@${commit}`],
    ['an expression in a script', 'run: echo "${{ github.head_ref }}"'],
    ['a checkout that keeps its credentials', `uses: actions/checkout@${commit} # v7.0.1`],
  ])('%s is a problem', (_name, step) => {
    expect(ownRules(workflow(step))).toHaveLength(1);
  });

  test.each([[`uses: actions/cache@${commit} # v4.0.0`], ['uses: ./actions/build'], ['run: echo "$HEAD"']])(
    '%s is none',
    (step) => {
      expect(ownRules(workflow(step))).toEqual([]);
    },
  );
});
