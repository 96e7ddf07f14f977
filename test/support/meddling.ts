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

/** Where a byte of the image's data is overwritten. */
const DATA_OFFSET = 36_864;

function meddle(path: string, how: Mischief): void {
  const bytes = fs.readFileSync(path);
  const other = Buffer.from(bytes);
  other[DATA_OFFSET] = (other[DATA_OFFSET] ?? 0) ^ 1;
  if (how === 'replace') {
    writeFileSync(`${path}.other`, other);
    renameSync(`${path}.other`, path);
  } else if (how === 'truncate') truncateSync(path, DATA_OFFSET + 1);
  else if (how === 'remove') renameSync(path, `${path}.away`);
  else {
    const file = openSync(path, 'r+');
    const { atime, mtime } = fstatSync(file);
    writeSync(file, other, DATA_OFFSET, 1, DATA_OFFSET);
    closeSync(file);
    // The usual trick: the modification time as it was.
    utimesSync(path, atime, mtime);
  }
}

const HANDLE_CALLS = ['read', 'write', 'stat', 'sync', 'datasync', 'truncate'] as const;
const PATH_CALLS = ['open', 'stat', 'lstat', 'realpath', 'readFile'] as const;

/** Runs `work` while the file is watched; the mischief happens before call number `at`. Gives the number of calls. */
export async function whileMeddling(
  { path, at, how }: { readonly path: string; readonly at: number; readonly how: Mischief },
  work: () => Promise<void>,
): Promise<number> {
  let calls = 0;
  const ours = new WeakSet<object>();
  const before = (): void => {
    calls += 1;
    if (calls === at) meddle(path, how);
  };
  const probe = await fsPromises.open(path);
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
          if (typeof this === 'object' && this !== null && ours.has(this)) before();
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
          if (args[0] !== path) return Reflect.apply(original, this, args);
          before();
          const result: unknown = await Reflect.apply(original, this, args);
          if (name === 'open' && isHandle(result)) ours.add(result);
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
