// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorsPage } from '../../scripts/errors-doc.ts';
import { CODE_AREAS, findCode } from '../../src/entry/error-codes.ts';
import { PROJECT, sourcesBelow } from '../support/sources.ts';

const codes = CODE_AREAS.flatMap((area) => Object.entries(area.codes));
const sources = await sourcesBelow('src');

describe('the catalogue of codes', () => {
  test('docs/errors.md is what the catalogues say', async () => {
    const page = errorsPage();
    expect(await readFile(join(PROJECT, page.path), 'utf8')).toBe(page.content);
  });

  test('every catalogue of the source is in it', () => {
    const declared = sources.flatMap(({ text }) =>
      [...text.matchAll(/export const ([A-Z]+_(?:CODES|REASONS))\b/g)].map((match) => match[1]),
    );
    const collected = sources.find(({ path }) => path === 'src/entry/error-codes.ts')?.text ?? '';
    expect(declared.filter((name) => !collected.includes(`codes: ${name}`))).toEqual([]);
  });

  test('no code stands for two things', () => {
    const names = codes.map(([name]) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  test('every code is used', () => {
    const unused = codes.filter(([name]) => !sources.some(({ text }) => text.includes(`'${name}'`)));
    expect(unused.map(([name]) => name)).toEqual([]);
  });

  test.each(codes)('%s says when it happens and what to do, without a final full stop', (_name, doc) => {
    expect(doc.when).toMatch(/^[^A-Z\s].*[^.\s]$|^[A-Z]{2,}.*[^.\s]$/);
    expect(doc.fix).toMatch(/[^.\s]$/);
  });

  test('a code is found by its name and by nothing else', () => {
    expect(findCode('SIF_TRUNCATED')?.when).toBeTypeOf('string');
    expect(findCode('toString')).toBeUndefined();
  });
});
