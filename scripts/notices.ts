// SPDX-License-Identifier: Apache-2.0
// The licences of what dist/ contains, by what was really bundled and not by what is installed.

import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { parseJson } from '../src/base/json.ts';
import { asObject, asText } from '../src/base/members.ts';

const INTRODUCTION = `countersign bundles the packages below. Each is under the licence that its section gives.
`;

/** THIRD-PARTY-NOTICES.txt for the given module files. */
export async function notices(root: string, modules: readonly string[]): Promise<string> {
  const folders = new Set(
    modules.map((module) => packageFolder(root, module)).filter((folder) => folder !== undefined),
  );
  const sections = await Promise.all([...folders].map(async (folder) => section(folder)));
  const unique = new Map(sections.map(({ title, text }) => [title, text]));
  const sorted = [...unique].sort(([a], [b]) => (a < b ? -1 : 1));
  return [INTRODUCTION, ...sorted.map(([title, text]) => `${'='.repeat(80)}\n${title}\n\n${text}\n`)].join('\n');
}

/** `…/node_modules/@scope/name` of a module, undefined for our own sources and the bundler's runtime. */
function packageFolder(root: string, module: string): string | undefined {
  const parts = relative(root, module.replace(/^\0/, '').replace(/\?.*$/, '')).split(sep);
  const at = parts.lastIndexOf('node_modules');
  if (at < 0) return undefined;
  const length = parts[at + 1]?.startsWith('@') ? 3 : 2;
  return join(root, ...parts.slice(0, at + length));
}

async function section(folder: string): Promise<{ readonly title: string; readonly text: string }> {
  const path = join(folder, 'package.json');
  const manifest = asObject(parseJson(await readFile(path), path), path);
  const files = (await readdir(folder)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name)).sort();
  const texts = await Promise.all(files.map(async (name) => readFile(join(folder, name), 'utf8')));
  const { name, version, license } = manifest;
  return {
    title: `${asText(name, path)} ${asText(version, path)} (${typeof license === 'string' ? license : 'see below'})`,
    text:
      texts.length > 0
        ? texts.map((text) => text.replace(/\r\n/g, '\n').trim()).join('\n\n')
        : 'The package carries no licence file; its package.json names the licence above.',
  };
}
