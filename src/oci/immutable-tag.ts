// SPDX-License-Identifier: Apache-2.0
// Does a registry refuse to change a tag for good, as those with immutable tags do? Such tags are written once, so that
// what several writers share holds the first one's entry alone. Each service has its own status and words for it.

import { RegistryError } from './errors.ts';

/** ECR 400, GitLab 403, ACR 405 or 409, Harbor 412; Artifact Registry 400. */
const REFUSALS: ReadonlySet<number | undefined> = new Set([400, 403, 405, 409, 412, 422]);
/** Of these it is known that they are about the content. */
const ABOUT_CONTENT: ReadonlySet<string | undefined> = new Set([
  'BLOB_UNKNOWN',
  'DIGEST_INVALID',
  'MANIFEST_BLOB_UNKNOWN',
  'SIZE_INVALID',
]);

/** What to say of a tag that exists and cannot be changed; undefined when the error is about something else. */
export function immutableTag(tag: string, error: unknown): RegistryError | undefined {
  if (!(error instanceof RegistryError) || !REFUSALS.has(error.status)) return undefined;
  return ABOUT_CONTENT.has(error.registryCode) ? undefined : cannotChange(tag, error.message, error);
}

/** The error for a tag that cannot be changed. */
export function cannotChange(tag: string, why: string, cause?: unknown): RegistryError {
  return new RegistryError('REGISTRY_TAG_IMMUTABLE', `the registry does not let the tag ${tag} change: ${why}`, {
    hint: 'let tags that begin with sha256- change there; countersign needs none of them, but cosign and podman do not see what is missing in that one',
    cause,
  });
}

/** What to tell people of a layer that is stored and found, and left out of a tag that cannot be changed. */
export function unlistedRemark({ code, message, hint }: RegistryError): string {
  return `the layer is stored and counts, but ${message} (${code}): ${hint}`;
}
