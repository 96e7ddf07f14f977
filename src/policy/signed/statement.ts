// SPDX-License-Identifier: Apache-2.0
// What a signed policy states: for each profile every file that is read, by its name and digest.

import { type Digest, sha256 } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { asArray, asObject, asText } from '../../base/members.ts';
import { asDigest, digestMap, encodeStatement, subjectNamed } from '../../attest/statement.ts';
import type { PolicyFile } from '../document/model.ts';

/** Predicate type of signed policies. */
export const SIGNED_POLICY_TYPE = 'urn:countersign:signed-policy:v1';

/** Files of one statement: so many subjects are read. */
const MAX_FILES = 4096;
const MAX_READINGS = 256;

/** What is read when a profile is chosen; `null` for a policy without profiles. */
export interface Reading {
  readonly profile: string | null;
  readonly files: readonly Pick<PolicyFile, 'name' | 'bytes'>[];
}

/** Digests by names. */
export type SignedFiles = ReadonlyMap<string, Digest>;

/**
 * The payload that is signed.
 * @throws DataError DATA_TOO_LARGE; DATA_JSON_INVALID when a file has two contents, so that it was altered meanwhile
 */
export function encodeSignedPolicy(readings: readonly Reading[]): Uint8Array {
  const all = new Map<string, Digest>();
  const predicate = {
    readings: readings.map(({ profile, files }) => ({
      profile,
      files: files.map(({ name, bytes }) => {
        const digest = sha256(bytes);
        if (all.has(name) && all.get(name) !== digest)
          throw new DataError('DATA_JSON_INVALID', `${name} was changed while it was read`, { hint: 'sign again' });
        all.set(name, digest);
        return { name, digest: digestMap(digest) };
      }),
    })),
  };
  if (all.size > MAX_FILES)
    throw new DataError('DATA_TOO_LARGE', `the policy has ${all.size} files; ${MAX_FILES} can be signed`, {
      hint: 'put keys and certificates of a kind into one file',
    });
  const subject = [...all].map(([name, digest]) => subjectNamed(name, digest));
  return encodeStatement({ subject, predicateType: SIGNED_POLICY_TYPE, predicate });
}

/** The files of each profile. @throws CountersignError */
export function parseSignedPolicy(predicate: JsonValue): ReadonlyMap<string | null, SignedFiles> {
  const readings = asArray(asObject(predicate, 'the predicate')['readings'], 'readings', MAX_READINGS);
  return new Map(readings.map((reading) => readingOf(asObject(reading, 'a reading'))));
}

function readingOf({ profile, files }: JsonObject): readonly [string | null, SignedFiles] {
  const entries = asArray(files, 'files', MAX_FILES).map((file) => {
    const { name, digest } = asObject(file, 'a file');
    return [asText(name, 'name'), asDigest(digest, 'digest')] as const;
  });
  return [profile === null ? null : asText(profile, 'profile'), new Map(entries)];
}
