// SPDX-License-Identifier: Apache-2.0
// Random images and random execution control lists, for comparing our reading of the list with Apptainer's.

import { copyFile, open, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Random } from '../fuzz/random.ts';
import type { ExecutionList } from '../../src/gates/ecl/list.ts';
import { appendObjects, type NewObject, signatureExtra } from '../../src/sif/edit/append.ts';
import { openSif, type SifImage } from '../../src/sif/sif.ts';
import { StageError } from '../../src/stage/errors.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { judgeTrusting, type Person, signAs } from './layers.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));

/** People by what Apptainer can know of them. */
export interface Cast {
  readonly pgp: readonly Person[];
  readonly key: Person;
}

type Change = (path: string, random: Random, cast: Cast) => Promise<void>;

const sign: Change = async (path, random, { pgp, key }) => {
  const person = random.pick(pgp) ?? key;
  const now = new Date();
  const stage = random.pick(['author', 'security', 'production']);
  const judge = await judgeTrusting([person], { now });
  await signAs(path, person, stage, judge, { verifyPrevious: false }).catch(altered);
};

/** Nothing is signed in an image that is broken already. */
function altered(error: unknown): void {
  if (!(error instanceof StageError)) throw error;
}

const CHANGES: readonly Change[] = [
  sign,
  sign,
  sign,
  async (path, _random, { key }) => {
    const judge = await judgeTrusting([key], { now: new Date() });
    await signAs(path, key, 'security', judge, { native: 'dsse', verifyPrevious: false }).catch(altered);
  },
  (path, random) => patchDefinition(path, random),
  (path) => append(path, { dataType: 0x4006, group: 0, name: 'loose.json', data: Buffer.from('{}') }),
  (path, random) =>
    append(path, { dataType: 0x4006, group: random.pick([1, 2]), name: 'more.json', data: Buffer.from('{}') }),
  async (path, random) => patchSignature(path, random, 'fingerprint'),
  async (path, random) => patchSignature(path, random, 'data'),
  async (path, random) => patchSignature(path, random, 'hash type'),
  (path, random) => linked(path, Buffer.from('-----BEGIN PGP SIGNED MESSAGE-----\nnothing'), random),
  (path, random) =>
    linked(
      path,
      Buffer.from('{"payloadType":"application/vnd.in-toto+json","payload":"e30=","signatures":[]}'),
      random,
    ),
  (path, random) =>
    linked(
      path,
      Buffer.from(
        '{"payloadType":"application/vnd.sylabs.sif-metadata+json","payload":"e30=","signatures":[{"sig":"AAAA"}]}',
      ),
      random,
    ),
  // The launch script is part of what is signed.
  async (path) => overwrite(path, 0, Buffer.from('#!/usr/bin/env run-singularity \n')),
];

/** An image that went through up to six changes; mostly signatures. */
export async function randomImage(path: string, seed: number, cast: Cast): Promise<void> {
  const random = new Random(seed);
  await copyFile(DEMO, path);
  for (let count = random.below(4); count > 0; count -= 1) await sign(path, random, cast);
  for (let count = random.below(3); count > 0; count -= 1) await (random.pick(CHANGES) ?? sign)(path, random, cast);
}

/** A list about the folder of the image, other folders, or everywhere. */
export function randomList(seed: number, fingerprints: readonly string[], folders: readonly string[]): ExecutionList {
  const random = new Random(seed);
  const some = () =>
    fingerprints.filter(() => random.below(2) === 1).map((one) => (random.below(4) === 0 ? one.toLowerCase() : one));
  const places = ['', ...folders].filter(() => random.below(4) > 0);
  const wrong = random.below(20) === 0;
  return {
    activated: random.below(12) > 0,
    legacyInsecure: false,
    groups: places.map((folder) => ({
      tagName: 'random',
      mode: wrong ? 'greylist' : random.pick(['whitelist', 'whitestrict', 'whitestrict', 'blacklist']),
      folder,
      fingerprints: [...some(), ...(random.below(40) === 0 ? ['ABCD'] : [])],
    })),
  };
}

async function withImage<T>(path: string, use: (image: SifImage) => Promise<T>): Promise<T> {
  await using source = await openFileSource(path);
  return await use(await openSif(source));
}

async function overwrite(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  await using file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, offset);
}

async function patchDefinition(path: string, random: Random): Promise<void> {
  const [object] = await withImage(path, async ({ objects }) => objects);
  if (object) await overwrite(path, object.offset + random.below(object.sizeBytes), Uint8Array.of(0x20));
}

async function patchSignature(path: string, random: Random, what: 'fingerprint' | 'data' | 'hash type'): Promise<void> {
  const found = await withImage(path, async ({ objects, header }) => ({
    header,
    signatures: objects.filter(({ linkedGroup }) => linkedGroup !== undefined),
  }));
  const [object] = found.signatures;
  if (!object) return;
  if (what === 'data') {
    const text = await readFile(path, 'latin1');
    const armor = text.indexOf('-----BEGIN PGP SIGNATURE-----', object.offset);
    if (armor > 0) await overwrite(path, armor + 100 + random.below(20), Buffer.from(random.pick(['A', 'b', '?'])));
    return;
  }
  const extra = found.header.descriptorsOffset + object.slot * 585 + 201;
  if (what === 'hash type') await overwrite(path, extra, Uint8Array.of(random.pick([0, 2, 5, 6])));
  else await overwrite(path, extra + 4, Uint8Array.of(random.below(256)));
}

async function append(path: string, object: NewObject): Promise<void> {
  await appendObjects(path, [object], { now: new Date() });
}

async function linked(path: string, data: Uint8Array, random: Random): Promise<void> {
  await append(path, {
    dataType: 0x4005,
    group: 0,
    linkedGroup: random.pick([1, 1, 9]),
    data,
    extra: signatureExtra(undefined),
  });
}
