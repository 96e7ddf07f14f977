// SPDX-License-Identifier: Apache-2.0
// `predicate-type` and `predicate-path` → evidence of any kind. Everything may be attested this way but what would count
// as an approval, and what other commands sign: those look first at what they sign.

import { basename } from 'node:path';
import { COSIGN_SIGN_PREDICATE_TYPE } from '../../image/bundle.ts';
import { evidenceLabel } from '../../image/sif/signature-objects.ts';
import { UsageError } from '../../base/errors.ts';
import { readFileBounded } from '../../files/files.ts';
import type { JsonObject } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { ScanError } from '../../scan/errors.ts';
import { parsePredicate } from '../../scan/predicate.ts';
import { APPROVAL_PREDICATE_TYPE } from '../../attest/approval.ts';
import type { NamedStatement } from '../evidence/files.ts';
import type { ScanInputs } from './spec.ts';

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
