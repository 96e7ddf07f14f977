// SPDX-License-Identifier: Apache-2.0
// Builds dist/: all entries in one build with shared chunks, no dates, no hashes, no paths, so that the same sources give
// the same bytes anywhere. Our own code stays readable; chunks of libraries lose comments and white space. `--check` builds
// beside it and fails when dist/ differs.

import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { ACTION_NAMES } from '../src/commands/commands.ts';
import { notices } from './notices.ts';

const ENTRIES = [...ACTION_NAMES, 'root', 'cli'];

/** One file that is larger than all of ours. */
const OPENPGP = join('node_modules', 'openpgp');

/** Source of an entry: the command line, or one action. */
function entryFile(root: string, name: string): string {
  return join(root, 'src', 'entry', ...(name === 'cli' ? [] : ['actions']), `${name}.ts`);
}

/** Builds the project in `root` into `folder`, which is emptied first. */
export async function bundle(root: string, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const build = await rolldown({
    cwd: root,
    input: {
      ...Object.fromEntries(ENTRIES.map((name) => [name, entryFile(root, name)])),
      'tool-supervisor': join(root, 'src', 'host', 'tool-supervisor.ts'),
      'token-child': join(root, 'src', 'host', 'token-child.ts'),
    },
    platform: 'node',
    tsconfig: false,
    logLevel: 'warn',
    // A module that is not installed would be left out of what users run.
    onLog: (level, log, report) => report(log.code === 'UNRESOLVED_IMPORT' ? 'error' : level, log),
    plugins: [{ name: 'libraries', renderChunk: shortened }],
  });
  const { output } = await build.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: 'chunks/[name].mjs',
    minify: false,
    sourcemap: false,
  });
  await build.close();
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  await chmod(join(folder, 'cli.mjs'), 0o755);
  await writeFile(join(folder, 'THIRD-PARTY-NOTICES.txt'), await notices(root, modules));
}

/** A chunk that is libraries and little of ours, without comments, white space and names of local variables. */
function shortened(code: string, chunk: { readonly fileName: string; readonly moduleIds: readonly string[] }) {
  const foreign = chunk.moduleIds.filter((id) => id.includes('node_modules'));
  if (foreign.length * 2 <= chunk.moduleIds.length && !chunk.moduleIds.some((id) => id.includes(OPENPGP))) return null;
  const options = { compress: false, mangle: { toplevel: false, keepNames: true } } as const;
  return minifySync(chunk.fileName, code, { ...options, codegen: { removeWhitespace: true } }).code;
}

/** Files below a folder with their content, by path with forward slashes. */
export async function folderContent(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const content = new Map<string, Buffer>();
  for (const entry of entries.filter((candidate) => candidate.isFile())) {
    const path = join(entry.parentPath, entry.name);
    content.set(relative(folder, path).split(sep).join('/'), await readFile(path));
  }
  return content;
}

/** Paths whose content differs between two folders, or that only one of them has. */
export async function differences(left: string, right: string): Promise<readonly string[]> {
  const [a, b] = await Promise.all([folderContent(left), folderContent(right)]);
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort();
  return paths.filter(
    (path) => !(a.get(path) ?? Buffer.alloc(0)).equals(b.get(path) ?? Buffer.alloc(0)) || a.has(path) !== b.has(path),
  );
}

async function check(root: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-dist-'));
  try {
    await bundle(root, folder);
    for (const path of await differences(join(root, 'dist'), folder)) {
      console.error(`out of date: dist/${path}`);
      process.exitCode = 1;
    }
    if (process.exitCode) console.error('run: npm run bundle');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const root = resolve(import.meta.dirname, '..');
  if (process.argv.includes('--check')) await check(root);
  else await bundle(root, join(root, 'dist'));
}
