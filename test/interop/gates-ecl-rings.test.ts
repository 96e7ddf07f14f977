// SPDX-License-Identifier: Apache-2.0
// The global keyring, read as the real Apptainer reads it: one image under hundreds of odd keyrings.

import { copyFile, cp, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { KEYS_FILE } from '../../src/gates/ecl/files.ts';
import type { ExecutionList } from '../../src/gates/ecl/list.ts';
import { ringVerifier } from '../../src/gates/ecl/ring-verifier.ts';
import { judgeByList } from '../../src/gates/ecl/simulate.ts';
import { writeList } from '../../src/gates/ecl/toml.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { Random } from '../fuzz/random.ts';
import { CONFIGURATION } from '../support/execution-list.ts';
import { judgeTrusting, signAs } from '../support/layers.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { randomRing, ringCast, type RingPerson } from '../support/ring-cases.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const BATCHES = 4;
const CASES = Number(process.env['RING_CASES'] ?? 120) / BATCHES;
const SEED = Number(process.env['RING_SEED'] ?? 1);
const missing = !hasPeers('apptainer') || CONFIGURATION === undefined;

let cast: readonly RingPerson[];

beforeAll(async () => {
  cast = await ringCast(new Date(Date.now() - 60_000));
});

function fingerprintOf({ signer: { identity } }: RingPerson): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

describe.skipIf(missing)('odd global keyrings (skipped without apptainer)', () => {
  test.each(Array.from({ length: BATCHES }, (_, batch) => batch))(
    'are taken as by Apptainer, part %i',
    async (batch) => {
      const etc = join(await temporaryFolder(), 'apptainer');
      await cp(CONFIGURATION ?? '', etc, { recursive: true });
      const folder = await realpath(await temporaryFolder());
      const path = join(folder, 'app.sif');
      await copyFile(join(PROJECT, 'assets/demo/hello.sif'), path);
      const judge = await judgeTrusting([...cast], { now: new Date() });
      for (const [index, person] of cast.entries())
        await signAs(path, person, ['author', 'security', 'production'][index] ?? '', judge, { verifyPrevious: false });
      const list: ExecutionList = { activated: true, legacyInsecure: false, groups: [] };
      const differences: unknown[] = [];
      const counts = { allowed: 0, denied: 0, refused: 0, unread: 0 };
      for (let index = 0; index < CASES; index += 1) {
        const random = new Random(SEED * 1_000_003 + batch * 100_000 + index);
        const ring = randomRing(random, cast);
        const fingerprints = [random.pick(cast), random.pick(cast)]
          .slice(random.below(2))
          .flatMap((one) => (one ? fingerprintOf(one) : []));
        const group = {
          tagName: 'ring',
          mode: random.pick(['whitelist', 'whitestrict'] as const) ?? 'whitelist',
          folder: '',
          fingerprints,
        };
        const asked = { ...list, groups: [group] };
        await writeFile(join(etc, 'ecl.toml'), writeList(asked, []));
        await rm(join(etc, KEYS_FILE), { force: true });
        await writeFile(join(etc, KEYS_FILE), ring);
        const real = await answerOf(path, etc);
        const ours = await simulated(path, asked, ring);
        counts[ours.startsWith('denied') ? 'denied' : (ours as keyof typeof counts)] += 1;
        // What is not worked out is no yes.
        if (ours !== 'unread' && ours !== real)
          differences.push({
            batch,
            index,
            real,
            ours,
            who: fingerprints.map((one) => cast.find((person) => fingerprintOf(person) === one)?.name),
            ring: Buffer.from(ring).toString('base64'),
          });
      }
      if (process.env['RING_SHOW']) console.log(batch, counts);
      expect(differences).toEqual([]);
      expect(counts.allowed * counts.denied * counts.refused).toBeGreaterThan(0);
      expect(counts.unread).toBeLessThan(CASES / 10);
    },
  );
});

async function answerOf(path: string, etc: string): Promise<string> {
  const { stderr, exitCode } = await runPeer('apptainer', ['exec', '--userns', path, '/bin/true'], {
    env: { PEERS_ETC_APPTAINER: etc },
  });
  if (exitCode === 0) return 'allowed';
  if (stderr.includes('while obtaining keyring for ECL')) return 'refused';
  return `denied: ${/while checking container image with ECL: (.*)$/m.exec(stderr)?.[1] ?? stderr}`;
}

async function simulated(path: string, list: ExecutionList, ring: Uint8Array): Promise<string> {
  try {
    const verifier = await ringVerifier(ring);
    await using source = await openFileSource(path);
    const { verdict, words } = await judgeByList(await openSif(source), {
      list,
      verifier,
      now: new Date(),
      folder: '/',
    });
    return verdict === 'denied' ? `denied: ${words}` : verdict;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    if (error.code === 'GATE_CONFIGURATION_INVALID') return 'refused';
    if (error.code === 'GATE_CONFIGURATION_UNREAD') return 'unread';
    throw error;
  }
}
