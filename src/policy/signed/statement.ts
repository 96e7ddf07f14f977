// SPDX-License-Identifier: Apache-2.0
// What a signed policy states: for each profile every file that is read, by its name and digest.

import { type Digest, sha256 } from '../../base/bytes.ts';
import { DataError } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import { asArray, asObject, asText } from '../../base/members.ts';
import {
  asDigest,
  digestMap,
  encodeStatement,
  type StatementContent,
  subjectDigests,
  subjectNamed,
} from '../../attest/statement.ts';
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

/**
 * The files of each profile. They are what the statement is about: otherwise somebody signed a predicate that others wrote,
 * about something else.
 * @throws CountersignError
 */
export function parseSignedPolicy({ predicate, subject }: StatementContent): ReadonlyMap<string | null, SignedFiles> {
  const entries = asArray(asObject(predicate, 'the predicate')['readings'], 'readings', MAX_READINGS);
  const readings = entries.map((reading) => readingOf(asObject(reading, 'a reading')));
  const listed = new Set(subject.map((one) => nameOf(one.name, subjectDigests(one).join())));
  for (const [, files] of readings)
    for (const [name, digest] of files)
      if (!listed.has(nameOf(name, digest)))
        throw new DataError('DATA_JSON_INVALID', `${name} is not among its subjects`, { hint: 'sign again' });
  return new Map(readings);
}

function nameOf(name = '', digest = ''): string {
  return `${digest} ${name}`;
}

function readingOf({ profile, files }: JsonObject): readonly [string | null, SignedFiles] {
  const entries = asArray(files, 'files', MAX_FILES).map((file) => {
    const { name, digest } = asObject(file, 'a file');
    return [asText(name, 'name'), asDigest(digest, 'digest')] as const;
  });
  return [profile === null ? null : asText(profile, 'profile'), new Map(entries)];
}
