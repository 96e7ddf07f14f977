// SPDX-License-Identifier: Apache-2.0
// Copying what is attached to an image along: every referrer, whoever made it, and what cosign's legacy tags hold, word
// for word. One that cannot be read at its source proves nothing, so that it is left behind and named, never in the way;
// and all of it together has a limit, within which bundles and signatures come first.

import type { Clock } from '../base/clock.ts';
import { isDigest, type Digest } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { isContentProblem } from '../image/registry/attachments.ts';
import { cosignTag, orUndefined } from '../oci/cosign/cosign.ts';
import { keepLegacyLayers, legacyLayers } from '../oci/cosign/write.ts';
import { isTagRefused, RegistryError, unlistedRemark } from '../oci/errors.ts';
import { readDescriptor } from '../oci/manifest.ts';
import type { Manifest } from '../oci/oci.ts';
import { isBundleReferrer } from '../oci/referrers/bundles.ts';
import { copyBlob, type CopyOptions, copyParts, type Route } from './copy.ts';

/** What became of it. */
export interface CopiedAttachments {
  /** Number of attached manifests that were copied. */
  readonly attached: number;
  /** What was left behind, or is not seen by everybody, and why. */
  readonly remarks: readonly string[];
}

/**
 * Copies what is attached to these manifests, which are at the destination already.
 * @throws RegistryError, NetworkError when the source cannot be read or the destination not be written
 */
export async function copyAttachments(
  subjects: readonly Digest[],
  route: Route & { readonly clock: Clock },
): Promise<CopiedAttachments> {
  const copier = new AttachmentCopier(route);
  const foreign: Digest[] = [];
  for (const subject of subjects) {
    const { referrers, rejected, complete } = await route.from.listReferrers(subject);
    for (const { digest, reason } of rejected) copier.leave(digest, reason);
    if (!complete) copier.leave(`a part of what is attached to ${subject}`, 'it is too much', TOO_LARGE);
    for (const referrer of referrers)
      if (isBundleReferrer(referrer)) await copier.referrer(referrer.manifest, 'bundle');
      else foreign.push(referrer.descriptor.digest);
    for (const suffix of ['sig', 'att'] as const) await copier.legacyTag(cosignTag(subject, suffix));
  }
  for (const digest of foreign) await copier.foreign(digest);
  return copier.result();
}

const UNREADABLE = 'REGISTRY_ATTACHED_UNREADABLE';
const TOO_LARGE = 'REGISTRY_ATTACHED_TOO_LARGE';
const MAX_LAYERS = 1000;
/** Answers of a destination that does not want this manifest, whatever else it takes. */
const UNWANTED: ReadonlySet<number | undefined> = new Set([400, 405, 413, 415, 422]);

class AttachmentCopier {
  readonly #route: Route & { readonly clock: Clock };
  readonly #remarks = new Set<string>();
  #attached = 0;
  #leftBytes: number = LIMITS.attachedTotalBytes;
  #leftManifests: number = LIMITS.referrers;

  constructor(route: Route & { readonly clock: Clock }) {
    this.#route = route;
  }

  result(): CopiedAttachments {
    return { attached: this.#attached, remarks: [...this.#remarks] };
  }

  leave(what: string, why: string, code = UNREADABLE): void {
    const named = isDigest(what) ? `referrer ${what}` : what;
    this.#remarks.add(`${named} is left behind: ${why} (${code})`);
  }

  async foreign(digest: Digest): Promise<void> {
    const manifest = await this.#route.from.getManifest(digest);
    if (manifest) await this.referrer(manifest, 'foreign');
  }

  async referrer(manifest: Manifest, kind: 'bundle' | 'foreign'): Promise<void> {
    const { digest } = manifest;
    if (!(await this.#unlessUnreadable(digest, (how) => copyParts(manifest, this.#route, how)))) return;
    try {
      this.#tell(await this.#route.to.attachReferrer(manifest));
      this.#attached += 1;
    } catch (error) {
      // An approval that does not arrive is no small matter, somebody's picture of the image is.
      if (kind === 'bundle' || !isUnwanted(error)) throw error;
      this.leave(digest, error.message);
    }
  }

  /** Merges a legacy tag into that of the destination; where there is none, it stays the same manifest. */
  async legacyTag(tag: string): Promise<void> {
    const { from, to, clock } = this.#route;
    const what = `the tag ${tag}`;
    const found = await this.#unlessUnreadable(what, ({ reading }) =>
      readTag(() => from.getManifest(tag), tag, reading),
    );
    if (!found || !found.layers.length) return;
    const copied: JsonObject[] = [];
    for (const layer of found.layers.slice(0, MAX_LAYERS))
      if (await this.#blob(`a layer of ${what}`, layer)) copied.push(layer);
    const whole = copied.length === found.layers.length && (await this.#blob(`the config of ${what}`, found.config));
    try {
      await keepLegacyLayers(to, tag, { layers: copied, clock, ...(whole ? { whole: found.manifest } : {}) });
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      if (error.code !== 'REGISTRY_TAG_IMMUTABLE' && !isTagRefused(error)) throw error;
      this.#tell(error);
    }
  }

  #tell(unlisted: RegistryError | undefined): void {
    if (unlisted) this.#remarks.add(unlistedRemark(unlisted));
  }

  async #blob(what: string, descriptor: JsonObject): Promise<boolean> {
    const blob = orUndefined(() => readDescriptor(descriptor, what, true));
    if (!blob) {
      this.leave(what, 'it names no blob, or not to everybody the same');
      return false;
    }
    const done = await this.#unlessUnreadable(`${what}, ${blob.digest},`, async (how) => {
      this.#charge(blob.size, how);
      await copyBlob(blob, this.#route, how);
      return true;
    });
    return done === true;
  }

  /** Undefined, with a remark, when what is to be copied cannot be read at its source, or is too much. */
  async #unlessUnreadable<T>(what: string, copy: (how: CopyOptions) => Promise<T>): Promise<T | undefined> {
    const seen: { failure?: unknown } = {};
    const how: CopyOptions = {
      reading: (failure) => {
        seen.failure = failure;
      },
      admit: (_, bytes) => {
        this.#leftManifests -= 1;
        this.#charge(bytes, how);
      },
    };
    try {
      return await copy(how);
    } catch (error) {
      const why = isOfTheEntry(seen.failure) ? seen.failure : isChanged(error) ? error : undefined;
      if (!why) throw error;
      this.leave(what, why.message, why.code === TOO_LARGE ? TOO_LARGE : UNREADABLE);
      return undefined;
    }
  }

  #charge(bytes: number, { reading }: CopyOptions): void {
    if (bytes <= this.#leftBytes && this.#leftManifests >= 0) {
      this.#leftBytes -= bytes;
      return;
    }
    const limit = `${LIMITS.attachedTotalBytes} bytes and ${LIMITS.referrers} manifests`;
    const error = new RegistryError(TOO_LARGE, `more than ${limit} are attached to one image`, {
      hint: 'remove attached manifests that are not needed',
    });
    reading?.(error);
    throw error;
  }
}

interface FoundTag {
  readonly manifest: Manifest;
  readonly layers: readonly JsonObject[];
  readonly config: JsonObject;
}

async function readTag(
  get: () => Promise<Manifest | undefined>,
  tag: string,
  reading: CopyOptions['reading'],
): Promise<FoundTag | undefined> {
  try {
    const manifest = await get();
    return manifest && { manifest, ...legacyLayers(manifest, tag) };
  } catch (error) {
    reading?.(error);
    throw error;
  }
}

function isOfTheEntry(error: unknown): error is CountersignError {
  if (isContentProblem(error) || isTagRefused(error)) return true;
  return (
    error instanceof CountersignError && ['REGISTRY_INDEX_TOO_LARGE', 'NETWORK_RESPONSE_TOO_LARGE'].includes(error.code)
  );
}

/** The bytes that were read are not those of the digest, which the way there noticed first. */
function isChanged(error: unknown): error is RegistryError {
  return error instanceof RegistryError && error.code === 'REGISTRY_SOURCE_CHANGED';
}

function isUnwanted(error: unknown): error is RegistryError {
  if (!(error instanceof RegistryError)) return false;
  return UNWANTED.has(error.status) || error.code === 'REGISTRY_REFERRER_NOT_LISTED';
}
