// SPDX-License-Identifier: Apache-2.0
// Dependencies point one way, down a declared order of areas. Reads every import of src.

import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SourceFile, sourcesBelow } from '../support/sources.ts';

/** The areas of src, lowest first: each may import from those before it, values and types alike. */
const ORDER = [
  'base',
  'files',
  'net',
  'findings',
  'crypto',
  'attest',
  'sif',
  'oci',
  'policy',
  'image',
  'stage',
  'transfer',
  'scan',
  'report',
  'gates',
  'commands',
  'host',
  'entry',
];

/** Libraries with weight or reach: the one file that may import each. */
const SOLE_IMPORTER: Readonly<Record<string, string>> = {
  '@actions/cache': 'src/host/actions-cache.ts',
  '@actions/core': 'src/host/actions.ts',
  '@actions/exec': 'src/host/exec-tool.ts',
  '@noble/ciphers': 'src/crypto/cosign-key.ts',
  '@peculiar/x509': 'src/crypto/x509/generate.ts',
  '@sigstore/bundle': 'src/crypto/sigstore/bundle.ts',
  '@sigstore/protobuf-specs': 'src/crypto/sigstore/formats.ts',
  '@sigstore/sign': 'src/crypto/sigstore/sign/services.ts',
  '@sigstore/tuf': 'src/commands/trust/fetch.ts',
  '@sigstore/verify': 'src/crypto/sigstore/library.ts',
  'node:child_process': 'src/host/run-tool.ts',
  openpgp: 'src/crypto/pgp/library.ts',
  'reflect-metadata': 'src/crypto/x509/generate.ts',
  yaml: 'src/policy/yaml/yaml.ts',
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

const sources = await sourcesBelow('src');
const imports = sources.flatMap(importsOf);

function importsOf({ path, text }: SourceFile): readonly Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'/gm))
    found.push({ from: path, to: target(path, match[2] ?? ''), typeOnly: match[1] !== undefined });
  for (const match of text.matchAll(/^import\s+'([^']+)'/gm))
    found.push({ from: path, to: target(path, match[1] ?? ''), typeOnly: false });
  for (const match of text.matchAll(/(typeof\s+)?\bimport\(\s*'([^']+)'/g))
    found.push({ from: path, to: target(path, match[2] ?? ''), typeOnly: match[1] !== undefined });
  return found;
}

function target(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier) : specifier;
}

function area(path: string): string {
  return path.split('/')[1] ?? '';
}

function isAllowed({ from, to }: Import): boolean {
  return !to.startsWith('src/') || ORDER.indexOf(area(to)) <= ORDER.indexOf(area(from));
}

describe('the areas of the source', () => {
  test('every file lies in an area of the order', () => {
    expect([...new Set(sources.map(({ path }) => area(path)))].sort()).toEqual([...ORDER].sort());
  });

  test('no import points upward', () => {
    expect(imports.filter((found) => !isAllowed(found))).toEqual([]);
  });

  test.each(Object.entries(SOLE_IMPORTER))('%s is imported by %s alone', (library, file) => {
    const importers = imports.filter(
      ({ to, typeOnly }) => !typeOnly && (to === library || to.startsWith(`${library}/`)),
    );
    expect([...new Set(importers.map(({ from }) => from))].filter((from) => from !== file)).toEqual([]);
  });

  test('one file at most imports each other library', () => {
    const importers = new Map<string, Set<string>>();
    for (const { from, to } of imports.filter((found) => !/^(src\/|node:)/.test(found.to))) {
      const name = to
        .split('/')
        .slice(0, to.startsWith('@') ? 2 : 1)
        .join('/');
      importers.set(name, (importers.get(name) ?? new Set()).add(from));
    }
    expect([...importers].filter(([, files]) => files.size > 1)).toEqual([]);
  });

  test('only entry and host touch the process and the console', () => {
    const below = sources.filter(({ path }) => !['entry', 'host'].includes(area(path)));
    const touching = below.filter(({ text }) =>
      /\b(?:process\.(?!platform\b|arch\b)|console\.)/.test(withoutComments(text)),
    );
    expect(touching.map(({ path }) => path)).toEqual([]);
  });

  // The sign of life of a lock is the time of its file, which other processes compare with their own clock.
  test('time and chance of the process are read in the shell only, but for the lock', () => {
    const below = sources.filter(
      ({ path }) => !['base', 'commands', 'host', 'entry'].includes(area(path)) && path !== 'src/sif/edit/lock.ts',
    );
    const touching = below.filter(({ text }) =>
      /\b(?:Date\.now\(|new Date\(\)|Math\.random\()/.test(withoutComments(text)),
    );
    expect(touching.map(({ path }) => path)).toEqual([]);
  });

  test('every file begins with its licence and then says what it is for', () => {
    const bare = sources.filter(
      ({ text }) => !/^(#!.*\n)?\/\/ SPDX-License-Identifier: Apache-2\.0\n\/\/ \S/.test(text),
    );
    expect(bare.map(({ path }) => path)).toEqual([]);
  });

  test('no file is longer than 350 lines', () => {
    expect(sources.filter(({ text }) => text.split('\n').length > 351).map(({ path }) => path)).toEqual([]);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

test('nobody makes folders recursively with Node, which never ends below /proc', () => {
  const recursive = sources.filter(({ text }) => /\bmkdir(?:Sync)?\([^;]*recursive: true/.test(text));
  expect(recursive.map(({ path }) => path)).toEqual([]);
});
