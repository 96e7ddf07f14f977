// SPDX-License-Identifier: Apache-2.0
// What must not be in the project: the place where it was made, a package mirror, a key.

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT, trackedFiles } from '../support/sources.ts';

const files = trackedFiles();
const DEFAULT_REGISTRY = 'registry.npmjs.org';

interface Lock {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

/** Texts that tell about this machine: long enough not to occur by chance. */
function machineTexts(): readonly string[] {
  const mirror = URL.parse(process.env['npm_config_registry'] ?? '')?.host;
  return [
    `${PROJECT}/`,
    ...(homedir().length > 6 ? [`${homedir()}/`] : []),
    ...(mirror && mirror !== DEFAULT_REGISTRY ? [mirror] : []),
  ];
}

describe.skipIf(files === undefined)('the tracked files (skipped outside a git working tree)', () => {
  test('name no folder of this machine and no package mirror', async () => {
    const texts = machineTexts();
    const found: string[] = [];
    for (const path of files ?? []) {
      const content = await readFile(join(PROJECT, path)).catch(() => Buffer.alloc(0));
      for (const text of texts) if (content.includes(text)) found.push(`${path}: ${text}`);
    }
    expect(found).toEqual([]);
  });

  test('the lock file points at the public registry alone and pins every package by integrity', async () => {
    const lock = await readFile(join(PROJECT, 'package-lock.json'), 'utf8');
    const hosts = [...lock.matchAll(/"resolved": "(?:https?:\/\/)?([^/"]+)/g)].map((match) => match[1]);
    expect(hosts.filter((host) => host !== DEFAULT_REGISTRY)).toEqual([]);
    expect(lock.match(/"integrity": "sha512-/g)?.length).toBeGreaterThan(50);
    expect(lock).not.toContain('"hasInstallScript": true');
  });

  test('the lock file has the packages of every platform, without which npm ci refuses it', async () => {
    const lock: Lock = JSON.parse(await readFile(join(PROJECT, 'package-lock.json'), 'utf8'));
    const missing = Object.entries(lock.packages).flatMap(([folder, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !lock.packages[`${folder}/node_modules/${name}`] && !lock.packages[`node_modules/${name}`],
      ),
    );
    expect(missing).toEqual([]);
  });

  test('versions in package.json are exact', async () => {
    const manifest: unknown = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
    const text = JSON.stringify(manifest);
    expect(text.match(/"[^"]+":"[\^~][^"]*"/g)).toBeNull();
  });
});
