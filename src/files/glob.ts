// SPDX-License-Identifier: Apache-2.0
// Which paths does a glob name? Unlike the usual ones this passes nothing over: a folder that cannot be read and a name
// that is no UTF-8 are errors where something in them could match. Links to folders are followed, but not by `**`.

import { Buffer } from 'node:buffer';
import { lstat, readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DataError, fileError, isErrnoException } from '../base/errors.ts';
import { type GlobSegment, parseGlob } from './glob-pattern.ts';

/** A name in a folder. */
interface Entry {
  /** With U+FFFD for what is no UTF-8. */
  readonly name: string;
  readonly isText: boolean;
  readonly kind: 'folder' | 'link' | 'other';
}

/**
 * Every path that the glob names, relative to `cwd` unless it is absolute, each once. Paths with a broken link at their
 * end are among them.
 * @throws UsageError USAGE_INVALID_INPUT; DataError DATA_NOT_UTF8; SystemError FILE_NO_PERMISSION, FILE_READ_FAILED
 */
export async function* globPaths(pattern: string, cwd: string): AsyncGenerator<string, void> {
  const known = new Set<string>();
  for (const { absolute, segments } of parseGlob(pattern))
    for await (const path of new Walk(cwd).walk(absolute ? '/' : '', segments))
      if (path !== '' && !known.has(path)) {
        known.add(path);
        yield path;
      }
}

/** Whether a glob would name this path, relative to the same folder or absolute, if it were there. */
export function wouldMatch(pattern: string, path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '');
  return parseGlob(pattern).some(
    ({ absolute, segments }) => absolute === path.startsWith('/') && segmentsMatch(segments, parts),
  );
}

function segmentsMatch(segments: readonly GlobSegment[], parts: readonly string[]): boolean {
  const [segment, ...rest] = segments;
  const [part, ...left] = parts;
  if (!segment) return part === undefined;
  if (segment.is === 'any-depth')
    return segmentsMatch(rest, parts) || (part !== undefined && !part.startsWith('.') && segmentsMatch(segments, left));
  if (part === undefined) return false;
  return (segment.is === 'name' ? segment.name === part : segment.matches(part)) && segmentsMatch(rest, left);
}

class Walk {
  readonly #cwd: string;
  /** Folders below `**` that were looked into, with what was looked for. */
  readonly #seen = new Set<string>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  async *walk(path: string, segments: readonly GlobSegment[]): AsyncGenerator<string, void> {
    const [segment, ...rest] = segments;
    if (!segment) {
      if (path !== '' && (await this.#isThere(path))) yield path;
      return;
    }
    switch (segment.is) {
      case 'name':
        yield* this.walk(below(path, segment.name), rest);
        return;
      case 'match':
        for (const entry of await this.#entries(path))
          if (segment.matches(entry.name) && (rest.length === 0 || (await this.#isFolder(path, entry))))
            yield* this.walk(this.#child(path, entry), rest);
        return;
      case 'any-depth':
        yield* this.#anyDepth(path, rest);
        return;
      default:
        segment satisfies never;
    }
  }

  /** As in a shell, `**` looks into no link to a folder: it may lead out of the place that was meant, or in a circle. */
  async *#anyDepth(start: string, rest: readonly GlobSegment[]): AsyncGenerator<string, void> {
    const folders = [start];
    for (let path = folders.shift(); path !== undefined; path = folders.shift()) {
      if (!(await this.#isNew(path, rest.length))) continue;
      yield* this.walk(path, rest);
      for (const entry of await this.#entries(path)) {
        if (entry.name.startsWith('.')) continue;
        if (entry.kind === 'folder') folders.push(this.#child(path, entry));
        else if (rest.length === 0) yield this.#child(path, entry);
      }
    }
  }

  /** False for a folder that was looked into by another name, and for what is none. */
  async #isNew(path: string, left: number): Promise<boolean> {
    try {
      const { dev, ino } = await stat(this.#resolve(path), { bigint: true });
      const key = `${left} ${dev} ${ino}`;
      if (this.#seen.has(key)) return false;
      this.#seen.add(key);
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw fileError(error, this.#resolve(path), 'read');
    }
  }

  async #entries(path: string): Promise<readonly Entry[]> {
    const folder = this.#resolve(path);
    try {
      const found = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
      const entries = found.map((entry): Entry => {
        const bytes = Buffer.from(entry.name);
        const name = bytes.toString();
        const kind = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
        return { name, isText: bytes.equals(Buffer.from(name)), kind };
      });
      return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw fileError(error, folder, 'read');
    }
  }

  async #isFolder(path: string, { name, kind, isText }: Entry): Promise<boolean> {
    if (kind !== 'link' || !isText) return kind !== 'other';
    const target = this.#resolve(below(path, name));
    try {
      return (await stat(target)).isDirectory();
    } catch (error) {
      // A link to nothing, or to itself, holds nothing.
      if (isAbsent(error) || (isErrnoException(error) && error.code === 'ELOOP')) return false;
      throw fileError(error, target, 'read');
    }
  }

  async #isThere(path: string): Promise<boolean> {
    try {
      await lstat(this.#resolve(path));
      return true;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw fileError(error, this.#resolve(path), 'read');
    }
  }

  /** @throws DataError DATA_NOT_UTF8 */
  #child(path: string, { name, isText }: Entry): string {
    if (isText) return below(path, name);
    throw new DataError('DATA_NOT_UTF8', `the name ${JSON.stringify(name)} in ${this.#resolve(path)} is no UTF-8`, {
      hint: 'rename it, or use a pattern that does not match it; it would be passed over',
    });
  }

  #resolve(path: string): string {
    return resolve(this.#cwd, path);
  }
}

function below(path: string, name: string): string {
  return path === '' || path.endsWith('/') ? path + name : `${path}/${name}`;
}

function isAbsent(error: unknown): boolean {
  return isErrnoException(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
