// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseDefinition, stageBases, unknownHeader } from '../../../../src/commands/build/definition.ts';

const bases = (text: string, args: Readonly<Record<string, string>> = {}) =>
  stageBases(parseDefinition(text, 'a.def'), 'a.def', new Map(Object.entries(args)));
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('parseDefinition', () => {
  test('keys count in any case, comments and CRLF do not', () => {
    const text = '# first\r\n  BootStrap : LocalImage # c\r\nFROM: base.sif # d\r\n\r\n%post\r\n  From: other\r\n';
    expect(bases(text)).toEqual([{ agent: 'localimage', from: 'base.sif', line: 3 }]);
  });

  // Tried with apptainer 1.4.5: of two From lines the last is used.
  test('the last of two equal keys counts', () => {
    expect(bases('Bootstrap: localimage\nFrom: a.sif\nFrom: b.sif\n')).toMatchObject([{ from: 'b.sif' }]);
  });

  test('every stage is seen, wherever a Bootstrap line stands', () => {
    const text =
      'Bootstrap: docker\nFrom: x\nStage: one\n%post\n  true\nbootstrap: localimage\nfrom: b.sif\nStage: two\n';
    expect(bases(text).map(({ agent }) => agent)).toEqual(['docker', 'localimage']);
  });

  test('a file without Bootstrap is refused at its first line', () => {
    expect(() => parseDefinition('%post\n  true\n', 'a.def')).toThrow(
      expect.objectContaining({ code: 'BUILD_DEFINITION_INVALID', location: { file: 'a.def', line: 1, column: 1 } }),
    );
  });

  test('an unknown header is located, and makes the base unverifiable', () => {
    const text = 'Bootstrap: localimage\nFrmo: base.sif\n';
    expect(unknownHeader(parseDefinition(text, 'a.def'), 'a.def')).toEqual({ file: 'a.def', line: 2, column: 1 });
    expect(() => bases(text)).toThrow(code('BUILD_BASE_UNVERIFIABLE'));
  });
});

describe('stageBases', () => {
  const template =
    'Bootstrap: localimage\nFrom: {{ BASE }}-{{v}}.sif\n%arguments\n  BASE=debian\n  # v=0\n%post\n  v=9\n';

  test('templates take build arguments first, then the defaults of %arguments', () => {
    expect(bases(template, { v: '13' })).toMatchObject([{ from: 'debian-13.sif' }]);
    expect(bases(template, { v: '13', BASE: 'rocky' })).toMatchObject([{ from: 'rocky-13.sif' }]);
  });

  test('a template without value is unverifiable, never empty', () => {
    expect(() => bases(template)).toThrow(code('BUILD_BASE_UNVERIFIABLE'));
  });

  test('a value that is a template again, or not closed, is unverifiable', () => {
    expect(() => bases(template, { v: '{{ BASE }}' })).toThrow(code('BUILD_BASE_UNVERIFIABLE'));
    expect(() => bases('Bootstrap: localimage\nFrom: {{ x\n')).toThrow(code('BUILD_BASE_UNVERIFIABLE'));
  });

  test('a template in a key is unverifiable', () => {
    expect(() => bases('Bootstrap: localimage\n{{ k }}: a.sif\n', { k: 'From' })).toThrow(
      code('BUILD_BASE_UNVERIFIABLE'),
    );
  });
});
