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

/** What another process does to the file. */
export type Mischief = 'replace' | 'rewrite' | 'truncate' | 'remove';

export const MISCHIEF: readonly Mischief[] = ['replace', 'rewrite', 'truncate', 'remove'];

/** Where a byte of the image's data is overwritten; in shorter files, in the middle. */
const DATA_OFFSET = 36_864;

function meddle(path: string, how: Mischief): void {
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

const HANDLE_CALLS = ['read', 'write', 'stat', 'sync', 'datasync', 'truncate'] as const;
const PATH_CALLS = ['open', 'stat', 'lstat', 'realpath', 'readFile'] as const;

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
  const before = (of: string): void => {
    calls += 1;
    if (calls === at) meddle(of, how);
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
          const [of] = args;
          if (!isWatched(of)) return Reflect.apply(original, this, args);
          before(of);
          const result: unknown = await Reflect.apply(original, this, args);
          if (name === 'open' && isHandle(result)) ours.set(result, of);
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
