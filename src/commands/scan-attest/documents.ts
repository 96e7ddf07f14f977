// SPDX-License-Identifier: Apache-2.0
// Which SBOMs and reports belong to which image, and what is in them. One image takes all files; with several images
// each file must say which one it is about, because evidence on the wrong image is worse than none.

import { basename, resolve } from 'node:path';
import { parseYaml } from '../../policy/yaml/yaml.ts';
import { decodeUtf8 } from '../../base/bytes.ts';
import { CountersignError, UsageError } from '../../base/errors.ts';
import { findFile, readFileBounded } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import type { AllowEntry, ScanReport } from '../../findings/finding.ts';
import { readAllowList } from '../../scan/allow-list.ts';
import { ScanError } from '../../scan/errors.ts';
import { parseReports } from '../../scan/read/reports.ts';
import { parseSbom, type Sbom } from '../../scan/read/sbom.ts';
import type { Subject } from '../inputs/subjects.ts';
import { COSIGN_SIGN_PREDICATE_TYPE } from '../../image/bundle.ts';
import { evidenceLabel } from '../../image/sif/signature-objects.ts';
import type { JsonObject } from '../../base/json.ts';
import { parsePredicate } from '../../scan/predicate.ts';
import { APPROVAL_PREDICATE_TYPE } from '../../attest/approval.ts';
import type { NamedStatement } from '../evidence/files.ts';
import type { ScanInputs } from './spec.ts';

/** An SBOM and the file it is in. */
export interface SbomFile {
  readonly name: string;
  readonly path: string;
  readonly sbom: Sbom;
}

/** A report and the file it is in, or the scanner that was run. */
export interface ReportFile {
  readonly name: string;
  readonly report: ScanReport;
  /** RFC 3339; when the file was last written, for reports that do not say when the scan was. */
  readonly writtenAt: string;
}

/** The files that a list input gives for each image. */
export function assignFiles(
  input: 'sbom-path' | 'scan-report' | 'predicate-path',
  entries: readonly string[],
  { subjects, folder }: { readonly subjects: readonly Subject[]; readonly folder: string },
): ReadonlyMap<Subject, readonly string[]> {
  const assigned = new Map<Subject, string[]>(subjects.map((subject) => [subject, []]));
  for (const entry of entries) {
    const { subject, file } = splitEntry(entry, subjects, folder);
    if (!subject)
      throw new UsageError(
        'USAGE_INVALID_INPUT',
        `${input}: ${JSON.stringify(entry)} does not say which image it is about`,
        {
          hint: `with ${subjects.length} images write SUBJECT=FILE, for instance ${subjects[0]?.name ?? 'a.sif'}=${basename(entry)}`,
        },
      );
    assigned.get(subject)?.push(resolve(folder, file));
  }
  return assigned;
}

function splitEntry(entry: string, subjects: readonly Subject[], folder: string) {
  for (let at = entry.indexOf('='); at > 0; at = entry.indexOf('=', at + 1)) {
    const left = entry.slice(0, at);
    const path = resolve(folder, left);
    const subject = subjects.find((one) => isNamed(one, left, path));
    if (subject) return { subject, file: entry.slice(at + 1) };
  }
  return { subject: subjects.length === 1 ? subjects[0] : undefined, file: entry };
}

function isNamed(subject: Subject, name: string, path: string): boolean {
  if (subject.in === 'file') return subject.path === path;
  const { reference } = subject;
  return subject.name === name || (reference.in === 'layout' && reference.folder === path);
}

/** @throws ScanError, DataError, SystemError */
export async function readSboms(paths: readonly string[]): Promise<readonly SbomFile[]> {
  const files: SbomFile[] = [];
  for (const path of paths) {
    const name = basename(path);
    files.push({ name, path, sbom: parseSbom(await readFileBounded(path, LIMITS.reportBytes), name) });
  }
  return files;
}

/** @throws ScanError, DataError, SystemError */
export async function readReports(paths: readonly string[]): Promise<readonly ReportFile[]> {
  const files: ReportFile[] = [];
  for (const path of paths) {
    const name = basename(path);
    const { bytes, stats } = await findFile(path, LIMITS.reportBytes);
    const writtenAt = stats.mtime.toISOString();
    files.push(...parseReports(bytes, name).map((report) => ({ name, report, writtenAt })));
  }
  return files;
}

/**
 * The entries of the allow list; none when no path was given.
 * @throws ScanError SCAN_ALLOW_LIST_INVALID with line and column; SystemError
 */
export async function loadAllowList(path: string | undefined): Promise<readonly AllowEntry[]> {
  if (path === undefined) return [];
  const text = decodeUtf8(await readFileBounded(path, LIMITS.listBytes), path);
  try {
    return readAllowList(parseYaml(text, path));
  } catch (cause) {
    if (cause instanceof ScanError || !(cause instanceof CountersignError)) throw cause;
    const location = cause.location;
    throw new ScanError('SCAN_ALLOW_LIST_INVALID', `allow list, line ${location?.line ?? 1}: ${cause.message}`, {
      cause,
      ...(location ? { location } : {}),
    });
  }
}

/** A predicate and the file it is in. */
export interface PredicateFile {
  readonly name: string;
  readonly predicateType: string;
  readonly predicate: JsonObject;
}

const MAX_TYPE_LENGTH = 500;
/** @see https://www.rfc-editor.org/rfc/rfc3986.html#section-3 */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;
/** Every version of the types that count as approvals, without scheme. */
const APPROVALS = [APPROVAL_PREDICATE_TYPE, COSIGN_SIGN_PREDICATE_TYPE].map((type) =>
  type.replace(/^https:\/\//, '').replace(/\/v[0-9.]+$/, ''),
);

/**
 * The checked `predicate-type`; undefined when no predicate is to be attested.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; ScanError SCAN_PREDICATE_REFUSED
 */
export function predicateTypeFrom(inputs: ScanInputs): string | undefined {
  const { predicateType: type } = inputs;
  const hasFile = inputs.predicatePath.length > 0;
  if (type === undefined && !hasFile) return undefined;
  if (type === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'predicate-path was given without predicate-type', {
      hint: 'give the type that says what the predicate means, for instance ⟨predicate-type=https://in-toto.io/attestation/test-result/v0.1⟩',
    });
  if (!hasFile)
    throw new UsageError('USAGE_MISSING_INPUT', 'predicate-type was given without predicate-path', {
      hint: 'give the file with the predicate, for instance ⟨predicate-path=predicate.json⟩',
    });
  if (type.length > MAX_TYPE_LENGTH || !URI.test(type))
    throw new UsageError('USAGE_INVALID_INPUT', `predicate-type is ${JSON.stringify(type.slice(0, 120))}`, {
      hint: `give a URI of at most ${MAX_TYPE_LENGTH} characters, for instance https://in-toto.io/attestation/test-result/v0.1`,
    });
  if (isApprovalType(type))
    throw new ScanError('SCAN_PREDICATE_REFUSED', `predicate-type is ${type}, which counts as an approval`);
  if (/^urn:countersign:/i.test(type))
    throw new ScanError(
      'SCAN_PREDICATE_REFUSED',
      `predicate-type is ${type}, a name of what countersign itself signs, such as grants and policies`,
    );
  return type;
}

/** However it is written: other tools may compare less strictly than we do. */
function isApprovalType(type: string): boolean {
  const plain = plainUri(type);
  return APPROVALS.some((family) => plain.startsWith(family) && /^(?:[^\w-]|$)/.test(plain.slice(family.length)));
}

/** Host and path in lower case, without what only varies the spelling: scheme, user, port, escapes, empty segments. */
function plainUri(type: string): string {
  const [, authority = '', path = ''] =
    /^[a-z][a-z0-9+.-]*:\/*([^/?#]*)([^?#]*)/.exec(decoded(type).toLowerCase()) ?? [];
  const host = authority
    .replace(/^.*@/, '')
    .replace(/:[0-9]*$/, '')
    .replace(/^www\./, '')
    .replace(/\.+$/, '');
  const segments: string[] = [];
  for (const segment of path.split('/'))
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  return [host, ...segments].join('/');
}

/** Without escapes, and escapes of escapes. */
function decoded(text: string): string {
  const once = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return once === text ? text : decoded(once.replace(/[^\x21-\x7e]|\\/g, '/'));
}

/** @throws ScanError SCAN_PREDICATE_INVALID; DataError, SystemError */
export async function readPredicates(
  paths: readonly string[],
  predicateType: string | undefined,
): Promise<readonly PredicateFile[]> {
  const files: PredicateFile[] = [];
  for (const path of predicateType === undefined ? [] : paths) {
    const name = basename(path);
    const predicate = parsePredicate(await readFileBounded(path, LIMITS.bundleBytes), name);
    files.push({ name, predicateType: predicateType ?? '', predicate });
  }
  return files;
}

/** Files are named after the kinds that have a word; the rest are predicates. */
export function predicateStatement({ predicateType, predicate }: PredicateFile): NamedStatement {
  const label = evidenceLabel(predicateType);
  return { label: label === 'other' ? 'predicate' : label, predicateType, predicate };
}
