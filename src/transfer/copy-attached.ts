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
  const foreign: (readonly Digest[])[] = [];
  for (const subject of subjects) {
    const { referrers, rejected, complete } = await route.from.listReferrers(subject);
    for (const { digest, reason } of rejected) copier.leave(digest, reason);
    if (!complete) copier.leave(`a part of what is attached to ${subject}`, 'it is too much', TOO_LARGE);
    await copier.bundles(referrers.filter(isBundleReferrer).map(({ manifest }) => manifest));
    foreign.push(referrers.filter((one) => !isBundleReferrer(one)).map(({ descriptor }) => descriptor.digest));
    for (const suffix of ['sig', 'att'] as const) await copier.legacyTag(cosignTag(subject, suffix));
  }
  for (const digests of foreign) await copier.foreign(digests);
  return copier.result();
}

const UNREADABLE = 'REGISTRY_ATTACHED_UNREADABLE';
const TOO_LARGE = 'REGISTRY_ATTACHED_TOO_LARGE';
const MAX_LAYERS = 1000;
/** Manifests that are held to be attached together, bytes. */
const TOGETHER_BYTES = 4 * 1024 * 1024;

class AttachmentCopier {
  readonly #route: Route & { readonly clock: Clock };
  readonly #remarks = new Set<string>();
  readonly #there = new Set<string>();
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

  /** An approval that does not arrive is no small matter. */
  async bundles(manifests: readonly Manifest[]): Promise<void> {
    const copied: Manifest[] = [];
    for (const manifest of manifests) if (await this.#parts(manifest)) copied.push(manifest);
    this.#tell(await this.#route.to.attachReferrers(copied));
    this.#attached += copied.length;
  }

  /** Somebody's picture of the image may stay behind. */
  async foreign(digests: readonly Digest[]): Promise<void> {
    let held: Manifest[] = [];
    for (const digest of digests) {
      const manifest = await this.#route.from.getManifest(digest);
      if (manifest && (await this.#parts(manifest))) held.push(manifest);
      if (held.reduce((sum, { bytes }) => sum + bytes.length, 0) < TOGETHER_BYTES) continue;
      await this.#attachWanted(held);
      held = [];
    }
    await this.#attachWanted(held);
  }

  async #attachWanted(manifests: readonly Manifest[]): Promise<void> {
    const left = new Set<Manifest>();
    const leave = (manifest: Manifest, { message }: RegistryError): void => {
      left.add(manifest);
      this.leave(manifest.digest, message);
    };
    try {
      this.#tell(await this.#route.to.attachReferrers(manifests, leave));
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_REFERRER_NOT_LISTED') throw error;
      for (const manifest of manifests) leave(manifest, error);
    }
    this.#attached += manifests.length - left.size;
  }

  async #parts(manifest: Manifest): Promise<boolean> {
    return Boolean(await this.#unlessUnreadable(manifest.digest, (how) => copyParts(manifest, this.#route, how)));
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
      there: this.#there,
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
