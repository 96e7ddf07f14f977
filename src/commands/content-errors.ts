// SPDX-License-Identifier: Apache-2.0
// An error about an image → is it about the image itself, so that the answer is no and stays no, or is there no answer,
// because a registry, a network or a file system gave none? Either way nothing passes.

import { type CountersignError, DataError } from '../base/errors.ts';
import { RegistryError, type RegistryCode } from '../oci/errors.ts';
import { SifError, type SifErrorCode } from '../sif/errors.ts';

const ABOUT_CONTENT: ReadonlySet<RegistryCode> = new Set<RegistryCode>([
  'REGISTRY_ATTACHED_TOO_LARGE',
  'REGISTRY_BLOBS_TOO_MANY',
  'REGISTRY_BLOB_ALTERED',
  'REGISTRY_BLOB_MISSING',
  'REGISTRY_DIGEST_MISMATCH',
  'REGISTRY_DOCUMENT_AMBIGUOUS',
  'REGISTRY_INDEX_TOO_LARGE',
  'REGISTRY_MANIFEST_INVALID',
  'REGISTRY_SIZE_MISMATCH',
]);
const ABOUT_ACCESS: ReadonlySet<string> = new Set<SifErrorCode>(['SIF_CHANGED', 'SIF_LOCKED', 'SIF_REPLACED']);

/** True when repeating does not help: the image itself is damaged, ambiguous or too large. */
export function isAboutContent(error: CountersignError): boolean {
  if (error instanceof RegistryError) return ABOUT_CONTENT.has(error.code);
  return error instanceof DataError || (error instanceof SifError && !ABOUT_ACCESS.has(error.code));
}
