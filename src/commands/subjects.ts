// SPDX-License-Identifier: Apache-2.0
// `subject-path` → the images it names: SIF files by path or glob, in the order given.

import { glob, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from '../primitives/errors.ts';
import type { Inputs } from './inputs.ts';
import type { InputSpec } from './spec.ts';

export const SUBJECT_INPUT: InputSpec = {
  name: 'subject-path',
  type: 'paths',
  required: true,
  description:
    'SIF files, one path or glob a line, relative to `working-directory`. A pattern without a match is an error.',
  example: 'images/*.sif',
};

/** Files named by one command. */
const MAX_SUBJECTS = 10_000;

export interface SubjectFile {
  /** As the user wrote it, or as the glob found it; for people. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * The files that `subject-path` names; each once.
 * @throws UsageError USAGE_NO_MATCH when a path or pattern names nothing, or too much
 */
export async function subjectFiles(inputs: Inputs): Promise<readonly SubjectFile[]> {
  const found = new Map<string, SubjectFile>();
  for (const pattern of inputs.list('subject-path')) {
    const names = (await isThere(resolve(inputs.workingDirectory, pattern)))
      ? [pattern]
      : await matches(pattern, inputs.workingDirectory);
    if (names.length === 0)
      throw new UsageError('USAGE_NO_MATCH', `subject-path: nothing matches ${pattern}`, {
        hint: `check the pattern; relative paths start at ${inputs.workingDirectory}`,
      });
    for (const name of names) {
      const path = resolve(inputs.workingDirectory, name);
      found.set(path, { name, path });
    }
    if (found.size > MAX_SUBJECTS)
      throw new UsageError('USAGE_NO_MATCH', `subject-path: more than ${MAX_SUBJECTS} files match`, {
        hint: 'use a narrower pattern',
      });
  }
  return [...found.values()];
}

/**
 * The single file that `subject-path` names.
 * @throws UsageError USAGE_NO_MATCH, USAGE_INVALID_INPUT when there are several
 */
export async function subjectFile(inputs: Inputs): Promise<SubjectFile> {
  const files = await subjectFiles(inputs);
  const [file] = files;
  if (!file || files.length > 1)
    throw new UsageError('USAGE_INVALID_INPUT', `subject-path names ${files.length} files`, {
      hint: 'this command takes one image at a time',
    });
  return file;
}

/** A path that exists is a path, whatever characters it has; one that may not be looked at is reported when opened. */
async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EACCES';
  }
}

async function matches(pattern: string, cwd: string): Promise<readonly string[]> {
  if (!/[*?[\]{}]/.test(pattern)) return [];
  const names: string[] = [];
  for await (const entry of glob(pattern, { cwd })) {
    if ((await stat(resolve(cwd, entry)).catch(() => undefined))?.isFile()) names.push(entry);
    if (names.length > MAX_SUBJECTS) break;
  }
  return names.sort();
}
