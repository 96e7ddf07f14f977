// SPDX-License-Identifier: Apache-2.0
// Does something to a file right before the nth call that concerns it, as another process could at any moment.

import fs, {
  closeSync,
  fstatSync,
  openSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import fsPromises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';

/** What another process does to the file: one of the usual things, or something of its own with the file's path. */
export type Mischief = 'replace' | 'rewrite' | 'truncate' | 'remove' | ((path: string) => void);

export const MISCHIEF = ['replace', 'rewrite', 'truncate', 'remove'] as const;

/** Where a byte of the image's data is overwritten; in shorter files, in the middle. */
const DATA_OFFSET = 36_864;

function meddle(path: string, how: Mischief): void {
  if (typeof how === 'function') return how(path);
  if (!fs.existsSync(path)) return;
  const bytes = fs.readFileSync(path);
  const other = Buffer.from(bytes);
  const offset = bytes.length > DATA_OFFSET ? DATA_OFFSET : bytes.length >> 1;
  other[offset] = (other[offset] ?? 0) ^ 1;
  if (how === 'replace') {
    writeFileSync(`${path}.other`, other);
    renameSync(`${path}.other`, path);
  } else if (how === 'truncate') truncateSync(path, offset + 1);
  else if (how === 'remove') renameSync(path, `${path}.away`);
  else {
    const file = openSync(path, 'r+');
    const { atime, mtime } = fstatSync(file);
    writeSync(file, other, offset, 1, offset);
    closeSync(file);
    // The usual trick: the modification time as it was.
    utimesSync(path, atime, mtime);
  }
}

const HANDLE_CALLS = ['read', 'write', 'stat', 'sync', 'datasync', 'truncate', 'readFile', 'writeFile'] as const;
const PATH_CALLS = ['open', 'stat', 'lstat', 'realpath', 'readFile', 'rename', 'link'] as const;
/** What small files are read by. */
const SYNC_CALLS = ['openSync', 'fstatSync', 'readSync'] as const;

/**
 * Runs `work` while the file is watched, or every file whose path looks so; the mischief happens before call number `at`.
 * Gives the number of calls.
 */
export async function whileMeddling(
  { path, at, how }: { readonly path: string | RegExp; readonly at: number; readonly how: Mischief },
  work: () => Promise<void>,
): Promise<number> {
  let calls = 0;
  const ours = new WeakMap<object, string>();
  let isMeddling = false;
  const before = (of: string): void => {
    if (isMeddling) return;
    calls += 1;
    isMeddling = true;
    if (calls === at) meddle(of, how);
    isMeddling = false;
  };
  const isWatched = (of: unknown): of is string =>
    typeof of === 'string' && (typeof path === 'string' ? of === path : path.test(of));
  const probe = await fsPromises.open(process.execPath);
  const prototype: Record<string, unknown> = Object.getPrototypeOf(probe);
  await probe.close();
  const restore: (() => void)[] = [];
  const patch = (target: Record<string, unknown>, name: string, around: (original: Call) => Call): void => {
    const original = target[name];
    if (typeof original !== 'function') throw new Error(`no ${name} to watch`);
    target[name] = around(function call(this: unknown, ...args) {
      return Reflect.apply(original, this, args);
    });
    restore.push(() => {
      target[name] = original;
    });
  };
  for (const name of HANDLE_CALLS)
    patch(
      prototype,
      name,
      (original) =>
        function watched(this: unknown, ...args) {
          const of = typeof this === 'object' && this !== null ? ours.get(this) : undefined;
          if (of !== undefined) before(of);
          return Reflect.apply(original, this, args);
        },
    );
  const promises: Record<string, unknown> = Object(fsPromises);
  for (const name of PATH_CALLS)
    patch(
      promises,
      name,
      (original) =>
        async function watched(this: unknown, ...args) {
          const of = args.find(isWatched);
          if (of === undefined) return Reflect.apply(original, this, args);
          before(of);
          const result: unknown = await Reflect.apply(original, this, args);
          if (name === 'open' && isHandle(result)) ours.set(result, of);
          return result;
        },
    );
  const opened = new Map<unknown, string>();
  const sync: Record<string, unknown> = Object(fs);
  for (const name of SYNC_CALLS)
    patch(
      sync,
      name,
      (original) =>
        function watched(this: unknown, ...args) {
          const [first] = args;
          const of = name === 'openSync' ? (isWatched(first) ? first : undefined) : opened.get(first);
          if (of !== undefined) before(of);
          const result: unknown = Reflect.apply(original, this, args);
          if (name === 'openSync')
            if (of === undefined) opened.delete(result);
            else opened.set(result, of);
          return result;
        },
    );
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    for (const undo of restore) undo();
    syncBuiltinESMExports();
  }
  return calls;
}

type Call = (this: unknown, ...args: unknown[]) => unknown;

function isHandle(value: unknown): value is FileHandle {
  return typeof value === 'object' && value !== null && 'fd' in value;
}

/** Something that is done while a file is meddled with. */
export interface Meddled {
  /** The files that are meddled with. */
  readonly watched: string | RegExp;
  readonly how: Mischief;
  /** Puts everything back as it was. */
  readonly prepare: () => Promise<void>;
  /** Whether it said that all is well. */
  readonly run: () => Promise<boolean>;
  /** True when that holds of what is there now. */
  readonly holds: () => Promise<unknown>;
}

/**
 * Does it again and again with the mischief before each call in turn, and at last without, when all must be well. Gives
 * the number of calls.
 */
export async function meddleAtEveryCall({ watched, how, prepare, run, holds }: Meddled): Promise<number> {
  for (let at = 1; ; at += 1) {
    await prepare();
    let said = false;
    const calls = await whileMeddling({ path: watched, at, how }, async () => {
      said = await run().catch((error: unknown) => {
        if (!(error instanceof CountersignError)) throw error;
        return false;
      });
    });
    const when = calls < at ? 'without mischief' : `before call ${at} of ${calls}`;
    if (said) expect(await holds(), `${when}, ${String(how)} went unnoticed`).toBe(true);
    if (calls >= at) continue;
    expect(said, 'nothing is well without mischief').toBe(true);
    return calls;
  }
}
