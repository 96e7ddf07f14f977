// SPDX-License-Identifier: Apache-2.0
// `subject-checksums` → references pinned by digest: the list of images that an earlier job hands to a later one, in the
// format of sha256sum.

import { decodeUtf8 } from '../../base/bytes.ts';
import { UsageError } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import type { InputsOf } from './inputs.ts';
import type { InputSpec } from './spec.ts';

/** The input with the list of images that an earlier job hands on. */
export const CHECKSUMS_INPUT = {
  name: 'subject-checksums',
  type: 'path',
  description:
    'File that lists images in registries or OCI layout folders as `sha256sum` writes it, one a line: 64 hex digits of the manifest digest, two spaces, and `registry/repository` or `oci:FOLDER`. They are taken besides those of `subject-name`.',
  example: 'images.sha256',
} as const satisfies InputSpec;

const LINE = /^([0-9a-f]{64}) [ *](\S+)$/;
/** A host, so that a file name is not taken for a repository on Docker Hub. */
const PLACE = /^(?:oci:|(?:oras|docker):\/\/|localhost\/|[^/\s]+[.:][^/\s]*\/)/;

/**
 * The references that the file lists, each with its digest; none when the input was not given.
 * @throws UsageError USAGE_INVALID_INPUT with the line; SystemError, DataError
 */
export async function checksumNames(inputs: InputsOf<readonly [typeof CHECKSUMS_INPUT]>): Promise<readonly string[]> {
  const path = inputs.subjectChecksums;
  if (path === undefined) return [];
  const lines = decodeUtf8(await readFileBounded(path, LIMITS.policyBytes), path).split(/\r?\n/);
  const names = lines.flatMap((line, index) => (line.trim() === '' ? [] : [nameIn(line, { path, line: index + 1 })]));
  if (names.length === 0) throw invalid(`${path} lists no image`, { file: path, line: 1, column: 1 });
  return names;
}

function nameIn(text: string, at: { readonly path: string; readonly line: number }): string {
  const [, hex, name] = LINE.exec(text) ?? [];
  const location = { file: at.path, line: at.line, column: 1 };
  if (!hex || !name) throw invalid(`line ${at.line} of ${at.path} is no digest and name`, location);
  if (!PLACE.test(name) || name.includes('@'))
    throw invalid(
      `line ${at.line} of ${at.path} does not name an image in a registry: ${JSON.stringify(name)}`,
      location,
    );
  return `${name}@sha256:${hex}`;
}

function invalid(problem: string, location: { file: string; line: number; column: number }): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `subject-checksums: ${problem}`, {
    hint: 'write lines of 64 lower-case hex digits, two spaces, and registry/repository or oci:FOLDER; give files as ⟨subject-path⟩',
    location,
  });
}
