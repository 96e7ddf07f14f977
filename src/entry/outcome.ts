// SPDX-License-Identifier: Apache-2.0
// What a thrown value means to the user: code, message, hint, the chain of causes, and the exit code it leads to.
// Anything that is not an error of ours is a bug of ours.

import { isAbsolute } from 'node:path';
import type { CommandError } from '../commands/spec.ts';
import { CountersignError, EXIT, fileError, isErrnoException, type SourceLocation } from '../base/errors.ts';

const MAX_CAUSES = 8;

/** A thrown value in words, with the exit code it leads to. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** Messages of the errors behind it, nearest first. */
  readonly causes: readonly string[];
  readonly exitCode: number;
  readonly location: SourceLocation | undefined;
  /** Call stack of a bug, for the debug log. */
  readonly stack: string | undefined;
}

/** Describes any thrown value. Never throws. */
export function describeFailure(thrown: unknown): Failure {
  const error = isErrnoException(thrown) ? fromSystem(thrown) : thrown;
  if (error instanceof CountersignError)
    return {
      code: error.code,
      message: error.message,
      hint: error.hint,
      causes: causesOf(error),
      exitCode: error.exitCode,
      location: error.location,
      stack: undefined,
    };
  return {
    code: 'BUG',
    message: `internal error: ${briefly(error)}`,
    hint: 'report it with the version and the command; nothing was decided and no approval was given',
    causes: causesOf(error),
    exitCode: EXIT.bug,
    location: undefined,
    stack: error instanceof Error ? error.stack : undefined,
  };
}

/** The failure that a command reports with its result. */
export function failureOf({ code, message, hint }: CommandError, exitCode: number): Failure {
  return { code, message, hint, causes: [], exitCode, location: undefined, stack: undefined };
}

/** The JSON document that stands where the result would have been. */
export function failureJson(failure: Failure): unknown {
  const { code, message, hint, causes, exitCode } = failure;
  return { error: { code, message, hint, causes, exitCode } };
}

/** `file:line:column: ` in a document that was given as text: there is no file to annotate. */
export function inDocument({ location }: Failure): string {
  return location && !isAbsolute(location.file) ? `${location.file}:${location.line}:${location.column}: ` : '';
}

/** What the system may refuse in the middle of a write, where its error names no path. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS', 'EMFILE', 'ENFILE']);

function fromSystem(error: NodeJS.ErrnoException): Error {
  const { path } = error;
  if (typeof path !== 'string') return REFUSALS.has(error.code) ? fileError(error, 'a file', 'write') : error;
  const reads = ['open', 'read', 'stat', 'lstat', 'scandir'].includes(error.syscall ?? '');
  return fileError(error, path, reads ? 'read' : 'write');
}

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  let current = error instanceof Error ? error.cause : undefined;
  while (current !== undefined && causes.length < MAX_CAUSES) {
    causes.push(briefly(current));
    current = current instanceof Error ? current.cause : undefined;
  }
  return causes;
}

function briefly(value: unknown): string {
  if (value instanceof CountersignError) return `${value.code}: ${value.message}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return typeof value === 'string' ? value : `a thrown ${typeof value}`;
}
