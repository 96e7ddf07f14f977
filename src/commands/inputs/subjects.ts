// SPDX-License-Identifier: Apache-2.0
// `subject-path`, `subject-name` and `subject-checksums` → the images they name, in the order given: SIF files and layout
// folders by path or glob, images in registries by reference.

import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { FoundBundle } from '../../image/bundle.ts';
import { fileError, isErrnoException, UsageError } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import { globPaths } from '../../files/glob.ts';
import { isGlob } from '../../files/glob-pattern.ts';
import { LIMITS } from '../../base/limits.ts';
import { formatReference, type Reference } from '../../oci/reference.ts';
import { parseBundle } from '../../attest/bundle.ts';
import { SignatureError } from '../../crypto/errors.ts';
import type { CommonInputs, InputsOf } from '../spec.ts';
import { referenceFrom } from './registry.ts';
import type { InputSpec } from './spec.ts';
import { checksumNames, CHECKSUMS_INPUT, imageInLayout, isLayoutFolder } from './subject-forms.ts';

/** For commands that take SIF files alone. */
export const SUBJECT_INPUT = {
  name: 'subject-path',
  type: 'paths',
  required: true,
  description:
    'SIF files, one path or glob a line, relative to `working-directory`. A pattern without a match is an error.',
  example: 'images/*.sif',
} as const satisfies InputSpec;

/** For commands that take images in registries as well. */
export const SUBJECT_INPUTS = [
  {
    ...SUBJECT_INPUT,
    required: false,
    description:
      'SIF files and OCI layout folders, one path or glob a line, relative to `working-directory`. A pattern without a match is an error. A layout folder stands for its one tagged image, or its only one without a tag; where it has several, write `oci:FOLDER:TAG`. References like those of `subject-name` are understood too, when no file has that name.',
  },
  {
    name: 'subject-name',
    type: 'list',
    file: 'read',
    description:
      'Images in registries or OCI layout folders, one a line: `registry/repository:tag`, `registry/repository@sha256:…`, `oci:FOLDER:TAG` or `oci:FOLDER@sha256:…`. In a folder the tag may be a whole reference, where other tools wrote that. A tag is resolved once.',
    example: 'ghcr.io/octo-org/app@sha256:…',
  },
  {
    name: 'subject-digest',
    type: 'digest',
    description: 'Manifest digest of the image that `subject-name` names, when that has none itself.',
    example: 'sha256:…',
  },
  CHECKSUMS_INPUT,
] as const satisfies readonly InputSpec[];

/** The values of SUBJECT_INPUTS. */
type SubjectInputs = InputsOf<typeof SUBJECT_INPUTS>;

/** The values of SUBJECT_INPUT. */
type FileInputs = InputsOf<readonly [typeof SUBJECT_INPUT]>;

/** An image that a command works on: a file, or one in a registry or layout folder. */
export type Subject =
  | ({ readonly in: 'file' } & SubjectFile)
  | { readonly in: 'registry'; readonly name: string; readonly reference: Reference };

/**
 * The images that `subject-path`, `subject-name` and `subject-checksums` name, in that order.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_NO_MATCH, USAGE_CONFLICTING_INPUTS; RegistryError REGISTRY_REFERENCE_INVALID
 */
export async function subjectsFrom(inputs: SubjectInputs): Promise<readonly Subject[]> {
  const { subjectName: names, subjectDigest: digest } = inputs;
  if (digest && names.length !== 1)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `subject-digest was given with ${names.length} names`, {
      hint: 'give ⟨subject-digest⟩ with exactly one ⟨subject-name⟩, or write name@digest',
    });
  const subjects: Subject[] = [];
  for (const pattern of inputs.subjectPath) {
    const isReference = looksLikeReference(pattern) && !(await kindAt(resolve(inputs.workingDirectory, pattern)));
    if (isReference) subjects.push(await registrySubject(inputs, pattern));
    else for (const file of await filesOf(pattern, inputs, ANY_IMAGE)) addSubject(subjects, await subjectAt(file));
  }
  for (const name of names) subjects.push(await registrySubject(inputs, digest ? `${name}@${digest}` : name));
  const listed = inputs.subjectChecksums === undefined ? [] : await checksumNames(inputs.subjectChecksums);
  for (const name of listed) subjects.push(await registrySubject(inputs, name));
  if (subjects.length === 0)
    throw new UsageError('USAGE_MISSING_INPUT', 'subject-path and subject-name are missing', {
      hint: 'give the path of a SIF file, for instance ⟨subject-path=app.sif⟩, or the reference of an image',
    });
  return subjects;
}

/** Patterns may overlap; each file or folder counts once. */
function addSubject(subjects: Subject[], subject: Subject): void {
  const known = subjects.some((one) =>
    one.in === 'file' ? subject.in === 'file' && one.path === subject.path : one.name === subject.name,
  );
  if (!known) subjects.push(subject);
}

async function subjectAt(file: SubjectFile): Promise<Subject> {
  if ((await kindAt(file.path)) !== 'folder' || !(await isLayoutFolder(file.path))) return { in: 'file', ...file };
  const reference = await imageInLayout(file.path, file.name);
  return { in: 'registry', name: formatReference(reference), reference };
}

/** An image in a registry or layout folder. */
export type NamedImage = Extract<Subject, { in: 'registry' }>;

/**
 * The image in the layout folder that `subject-path` names; undefined when it names no such folder. It never becomes text
 * that is read again, which could mean another folder.
 * @throws UsageError USAGE_INVALID_INPUT when it names several images
 */
export async function layoutSource(inputs: FileInputs): Promise<NamedImage | undefined> {
  const subjects: Subject[] = [];
  for (const pattern of inputs.subjectPath)
    for (const file of await filesOf(pattern, inputs, ANY_IMAGE)) addSubject(subjects, await subjectAt(file));
  const layout = subjects.find((subject) => subject.in === 'registry');
  if (layout && subjects.length > 1) throw tooMany(subjects.length);
  return layout;
}

function tooMany(count: number): UsageError {
  return new UsageError('USAGE_INVALID_INPUT', `subject-path names ${count} images`, {
    hint: 'this command takes one image at a time',
  });
}

/** A path would have to be very unusual to look like this. */
function looksLikeReference(text: string): boolean {
  return (
    /^(?:oci:|oras:\/\/|docker:\/\/)/.test(text) || /^[^/\s]+[.:][^/\s]*\/.+(?::[^/]+|@sha256:[0-9a-f]{64})$/.test(text)
  );
}

async function registrySubject(inputs: CommonInputs, text: string): Promise<Subject> {
  const reference = await referenceFrom(inputs, text);
  return { in: 'registry', name: formatReference(reference), reference };
}

/** For commands that read evidence kept beside an image. */
export const EVIDENCE_INPUT = {
  name: 'evidence-path',
  type: 'paths',
  description:
    'Signed evidence kept in files, as what is too large for a SIF, one bundle file (`*.sigstore.json`) or glob a line. Approvals in these files do not count.',
  example: 'app.sif.sbom.sigstore.json',
} as const satisfies InputSpec;

/** Where GPG signatures are read. */
export const LOOKASIDE_INPUT = {
  name: 'lookaside',
  type: 'path',
  file: 'read',
  description:
    'Folder with GPG signatures of images in registries (`octo-org/app@sha256=…/signature-1`), as podman and skopeo read them: they count for stages with `native: simple-signing`. Default: none is read.',
  example: 'signatures',
} as const satisfies InputSpec;

/**
 * The bundles that `evidence-path` names; a file that is none is no evidence that could be looked at.
 * @throws UsageError USAGE_NO_MATCH; SignatureError SIGNATURE_BUNDLE_INVALID; SystemError, DataError
 */
export async function evidenceFrom(
  inputs: InputsOf<readonly [typeof EVIDENCE_INPUT]>,
): Promise<readonly FoundBundle[]> {
  const found: FoundBundle[] = [];
  for (const pattern of inputs.evidencePath)
    for (const { name, path } of await filesOf(pattern, inputs, { input: 'evidence-path' })) {
      const bytes = await readFileBounded(path, LIMITS.bundleBytes);
      assertBundle(bytes, name);
      found.push({ place: { in: 'registry', name: `file ${name}` }, bytes, evidenceOnly: true });
    }
  return found;
}

function assertBundle(bytes: Uint8Array, name: string): void {
  try {
    parseBundle(bytes);
  } catch (error) {
    throw error instanceof SignatureError ? error.about(name) : error;
  }
}

/** Files named by one command. */
const MAX_SUBJECTS = 10_000;

/** An image that is a file. */
export interface SubjectFile {
  /** As the user wrote it, or as the glob found it; for people. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * The files that `subject-path` names; each once.
 * @throws UsageError USAGE_NO_MATCH when a path or pattern names nothing, or too much; DataError DATA_NOT_UTF8 and
 * SystemError for what matches and cannot be read
 */
export async function subjectFiles(inputs: FileInputs): Promise<readonly SubjectFile[]> {
  const found = new Map<string, SubjectFile>();
  for (const pattern of inputs.subjectPath)
    for (const file of await filesOf(pattern, inputs)) found.set(file.path, file);
  return [...found.values()];
}

/** What a pattern may match. */
interface Wanted {
  readonly input: string;
  /** Layout folders, besides files. */
  readonly layouts?: boolean;
}

const ANY_IMAGE: Wanted = { input: 'subject-path', layouts: true };

async function filesOf(
  pattern: string,
  inputs: CommonInputs,
  wanted: Wanted = { input: 'subject-path' },
): Promise<readonly SubjectFile[]> {
  const { input } = wanted;
  const names = (await kindAt(resolve(inputs.workingDirectory, pattern)))
    ? [pattern]
    : await matches(pattern, inputs.workingDirectory, wanted);
  if (names.length === 0) {
    const problem = isGlob(pattern) ? `no file matches ${pattern}` : `there is no file ${pattern}`;
    throw new UsageError('USAGE_NO_MATCH', `${input}: ${problem}`, {
      hint: `check the path; relative ones start at ${inputs.workingDirectory}`,
    });
  }
  if (names.length > MAX_SUBJECTS)
    throw new UsageError('USAGE_NO_MATCH', `${input}: more than ${MAX_SUBJECTS} files match ${pattern}`, {
      hint: 'use a narrower pattern',
    });
  return names.map((name) => ({ name, path: resolve(inputs.workingDirectory, name) }));
}

/**
 * The single file that `subject-path` names.
 * @throws UsageError USAGE_NO_MATCH, USAGE_INVALID_INPUT when there are several
 */
export async function subjectFile(inputs: FileInputs): Promise<SubjectFile> {
  const files = await subjectFiles(inputs);
  const [file] = files;
  if (!file || files.length > 1) throw tooMany(files.length);
  return file;
}

/** A path that exists is a path, whatever characters it has; one that may not be looked at is reported when opened. */
async function kindAt(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    return isErrnoException(error) && error.code === 'EACCES' ? 'file' : undefined;
  }
}

/** Nothing that matches is passed over but folders that are no image: who verifies what is there must learn of all. */
async function matches(pattern: string, cwd: string, { layouts }: Wanted): Promise<readonly string[]> {
  if (!isGlob(pattern)) return [];
  const names: string[] = [];
  for await (const name of globPaths(pattern, cwd)) {
    const path = resolve(cwd, name);
    const found = await statOf(path);
    if (found.isFile() || (layouts && (await isLayoutFolder(path)))) names.push(name);
    if (names.length > MAX_SUBJECTS) break;
  }
  return names.sort();
}

async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw fileError(error, path, 'read');
  }
}
