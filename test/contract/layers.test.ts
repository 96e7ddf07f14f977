// SPDX-License-Identifier: Apache-2.0
// Dependencies point one way: entry → commands → layers → domain → primitives. Reads every import of src.

import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type SourceFile, sourcesBelow } from '../support/sources.ts';

const DOMAINS = ['sif', 'signing', 'policy', 'registry', 'scan', 'report'];

/** What the files of an area may import for its values, beside the area itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  entry: ['commands', 'host', 'layers', ...DOMAINS, 'primitives'],
  commands: ['layers', ...DOMAINS, 'primitives'],
  host: ['primitives'],
  layers: [...DOMAINS, 'primitives'],
  ...Object.fromEntries(DOMAINS.map((domain) => [domain, ['primitives']])),
  primitives: [],
};

/** Types alone, where values are not allowed. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = {
  commands: ['host'],
  ...Object.fromEntries(DOMAINS.map((domain) => [domain, DOMAINS])),
};

/** Libraries with weight or reach: the one file that may import each. */
const SOLE_IMPORTER: Readonly<Record<string, string>> = {
  '@actions/cache': 'src/host/actions-cache.ts',
  '@actions/core': 'src/host/actions.ts',
  '@noble/ciphers': 'src/signing/cosign-key.ts',
  '@peculiar/asn1-rsa': 'src/signing/certificate-fields.ts',
  '@peculiar/asn1-schema': 'src/signing/certificate-fields.ts',
  '@peculiar/asn1-x509': 'src/signing/certificate-fields.ts',
  '@peculiar/x509': 'src/signing/certificate-generate.ts',
  '@sigstore/bundle': 'src/signing/bundle.ts',
  'node:child_process': 'src/host/run.ts',
  openpgp: 'src/signing/pgp.ts',
  'reflect-metadata': 'src/signing/certificate-generate.ts',
  yaml: 'src/policy/yaml.ts',
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

function isAllowed({ from, to, typeOnly }: Import): boolean {
  if (!to.startsWith('src/')) return true;
  const [source, destination] = [area(from), area(to)];
  if (source === destination) return true;
  if (MAY_IMPORT[source]?.includes(destination)) return true;
  return typeOnly && MAY_IMPORT_TYPES[source]?.includes(destination) === true;
}

describe('the layers of the source', () => {
  test('every file lies in a known area', () => {
    expect([...new Set(sources.map(({ path }) => area(path)))].filter((name) => !(name in MAY_IMPORT))).toEqual([]);
  });

  test('no import points upward or sideways', () => {
    expect(imports.filter((found) => !isAllowed(found))).toEqual([]);
  });

  test('commands know the interface of the host and none of its implementations', () => {
    const reached = imports.filter(({ from, to }) => area(from) === 'commands' && to.startsWith('src/host/'));
    expect(reached.filter(({ to }) => to !== 'src/host/host.ts')).toEqual([]);
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
      ({ path }) => [...DOMAINS, 'layers'].includes(area(path)) && path !== 'src/sif/lock.ts',
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
