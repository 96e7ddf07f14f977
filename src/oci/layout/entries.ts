// SPDX-License-Identifier: Apache-2.0
// Entries of an index.json, and what a tag that moves makes of them.

import type { Digest } from '../../base/bytes.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { OciDescriptor } from '../oci.ts';

const TAG_ANNOTATION = 'org.opencontainers.image.ref.name';

/** The entries with the tag at this manifest alone. */
export function withTag(before: readonly JsonValue[], one: OciDescriptor, tag: string): readonly JsonValue[] {
  const entry = { ...one, annotations: { [TAG_ANNOTATION]: tag } };
  const others = before.flatMap((item): readonly JsonValue[] => {
    if (!isJsonObject(item) || tagOf(item) === undefined) return isSame(item, entry) ? [] : [item];
    return tagOf(item) === tag ? untagged(item, entry) : [item];
  });
  return [...others, toJson(entry)];
}

/** The entries but those of this manifest; the same list where there is none. */
export function without(entries: readonly JsonValue[], digest: Digest): readonly JsonValue[] {
  const left = entries.filter((item) => !isJsonObject(item) || item['digest'] !== digest);
  return left.length === entries.length ? entries : left;
}

function isSame(item: JsonValue, entry: OciDescriptor): boolean {
  return isJsonObject(item) && item['digest'] === entry.digest;
}

/** What an entry says of its tag. */
export function tagOf(item: JsonObject): JsonValue | undefined {
  const annotations = item['annotations'];
  return isJsonObject(annotations) ? annotations[TAG_ANNOTATION] : undefined;
}

/** The manifest that had the tag stays listed, so that layers refer to something that is there. */
function untagged(item: JsonObject, entry: OciDescriptor): readonly JsonObject[] {
  if (item['digest'] === entry.digest) return [];
  const { annotations, ...rest } = item;
  const kept = Object.entries(isJsonObject(annotations) ? annotations : {}).filter(([key]) => key !== TAG_ANNOTATION);
  return [kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) }];
}

/** A descriptor as an entry. */
export function toJson(descriptor: OciDescriptor): JsonObject {
  const { mediaType, digest, size, artifactType, annotations } = descriptor;
  return {
    mediaType,
    digest,
    size,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}
