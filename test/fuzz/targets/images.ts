// SPDX-License-Identifier: Apache-2.0
// SIF files with approvals on them: a damaged one passes only if everything that its approvals cover is as it was, and
// only by approvals that were given.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineSif } from '../../../src/image/sif/examine.ts';
import { type Criteria, judgeImage } from '../../../src/image/verify.ts';
import type { ImageVerdict } from '../../../src/policy/verdict.ts';
import { openSif } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import {
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  signAs,
  x509Person,
} from '../../support/layers.ts';
import { sif } from '../../support/sif-builder.ts';
import { Breach, type Prepared, type Target } from '../engine.ts';
import { coveredBy } from '../sif.ts';
import { filesBelow, STATEMENT_WORDS } from '../seeds.ts';

/** People of every kind of key, and a judge that wants all three. */
export interface Crew {
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly judge: Criteria;
}

/** New keys, and a policy of three stages. */
export async function crewOf(): Promise<Crew> {
  const [alice, bob, carol] = [await pgpPerson('alice'), await x509Person('bob'), await keyPerson('carol', 'p256')];
  return {
    alice,
    bob,
    carol,
    judge: await judgeBy(await policyFor([alice, bob, carol], pipeline('alice', 'bob', 'carol'))),
  };
}

/** An image that tells itself from others by a byte of its data. */
export function smallImage(byte: number): Uint8Array {
  return sif()
    .withSlots(14)
    .withId('0f1e2d3c4b5a69788796a5b4c3d2e1f0')
    .withDefinition()
    .withJson({ type: 'container' })
    .withPartition(Uint8Array.from({ length: 300 }, () => byte))
    .bytes();
}

/** The verdict about an image in memory. */
export async function verdictOf(bytes: Uint8Array, judge: Criteria): Promise<ImageVerdict> {
  const image = await openSif(memorySource(bytes, 'image.sif'));
  return judgeImage(await examineSif(image, { name: 'image.sif', verifier: judge.verifier, now: NOW }), judge);
}

/** The image after each of the stages, the last one signed by everybody. */
export async function signedImages(crew: Crew, byte: number, stages: number): Promise<readonly Uint8Array[]> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-fuzz-'));
  const path = join(folder, 'image.sif');
  const images = [smallImage(byte)];
  try {
    await writeFile(path, smallImage(byte));
    const statements = [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: { buildDefinition: {} } }];
    const ci = await keyPerson('ci');
    await attachEvidence({ path, statements, signer: ci.signer, now: NOW });
    const people = [
      [crew.alice, 'author'],
      [crew.bob, 'security'],
      [crew.carol, 'production'],
    ] as const;
    for (const [person, stage] of people.slice(0, stages)) {
      await signAs(path, person, stage, crew.judge);
      images.push(new Uint8Array(await readFile(path)));
    }
    return images;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function prepare(): Promise<Prepared> {
  const crew = await crewOf();
  const approved = await signedImages(crew, 7, 3);
  const replays = await signedImages(crew, 8, 2);
  const whole = approved.at(-1) ?? new Uint8Array();
  const covered = coveredBy(whole);
  const digestsOf = ({ layers }: ImageVerdict) =>
    layers.filter(({ status }) => status === 'valid').map(({ digest }) => digest);
  const given = new Set(digestsOf(await verdictOf(whole, crew.judge)));
  return {
    seeds: [whole, whole, whole, ...approved, ...replays],
    words: STATEMENT_WORDS,
    async check(bytes) {
      const verdict = await verdictOf(bytes, crew.judge);
      if (verdict.verdict !== 'passed') return 'failed';
      if (coveredBy(bytes) !== covered) throw new Breach('passed, and something that is signed is another one');
      const stranger = digestsOf(verdict).find((digest) => !given.has(digest));
      if (stranger !== undefined) throw new Breach(`passed with the approval ${stranger}, which nobody gave`);
      return 'passed';
    },
  };
}

/** Images with approvals of ours. */
export const sifTarget: Target = { name: 'sif', prepare };

/** Images of other tools, without trust in anybody: read or refused. */
export const foreignSifTarget: Target = {
  name: 'sif-foreign',
  async prepare() {
    const { judge } = await crewOf();
    const seeds = [...(await filesBelow('apptainer/images', '.sif')), ...(await filesBelow('sif', '.sif'))];
    return {
      seeds: seeds.filter(({ length }) => length < 60_000),
      words: STATEMENT_WORDS,
      async check(bytes) {
        const { verdict } = await verdictOf(bytes, judge);
        if (verdict === 'passed') throw new Breach('passed without an approval');
        return verdict;
      },
    };
  },
};
