// SPDX-License-Identifier: Apache-2.0
// What the global keyring is to Apptainer, in the cases that were found with the real one (gates-ecl-rings.test.ts).

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportList } from '../../../../src/gates/ecl/files.ts';
import { readRing } from '../../../../src/gates/ecl/ring.ts';
import { ringVerifier } from '../../../../src/gates/ecl/ring-verifier.ts';
import { judgeByList } from '../../../../src/gates/ecl/simulate.ts';
import { openSif } from '../../../../src/sif/sif.ts';
import { openFileSource } from '../../../../src/sif/source.ts';
import { judgeTrusting, NOW, policyFor, signAs } from '../../../support/layers.ts';
import { type Packet, ringCast, ringOf, type RingPerson } from '../../../support/ring-cases.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

let alice: RingPerson;
let bob: RingPerson;
let sue: RingPerson;

const LATER = new Date(NOW.getTime() + 60_000);
const packet = (tag: number, ...body: readonly number[]): Packet => ({ tag, body: Uint8Array.from(body) });
const fingerprintOf = ({ signer: { identity } }: RingPerson) => (identity.method === 'pgp' ? identity.fingerprint : '');

beforeAll(async () => {
  const [a, b, s] = await ringCast(NOW);
  if (!a || !b || !s) throw new Error('nobody');
  [alice, bob, sue] = [a, b, s];
});

async function verdict(person: RingPerson, ring: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'a.sif');
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), path);
  await signAs(path, person, 'author', await judgeTrusting([person], { now: LATER }));
  const group = { tagName: 'x', mode: 'whitelist', folder: '', fingerprints: [fingerprintOf(person)] } as const;
  const list = { activated: true, legacyInsecure: false, groups: [group] };
  await using source = await openFileSource(path);
  const verifier = await ringVerifier(ring);
  return (await judgeByList(await openSif(source), { list, verifier, now: LATER, folder: '/' })).verdict;
}

describe('the global keyring', () => {
  test('allows what its keys have signed, by a subkey as well', async () => {
    for (const person of [alice, bob, sue]) expect(await verdict(person, ringOf(person.packets))).toBe('allowed');
    expect(await verdict(alice, ringOf(bob.packets))).toBe('denied');
  });

  test('refuses every SIF when its only key has a damaged user attribute, else leaves out that key', async () => {
    const damaged = [...alice.packets, packet(17, 9, 1, 65)];
    await expect(readRing(ringOf(damaged))).rejects.toMatchObject({ code: 'GATE_CONFIGURATION_INVALID' });
    const both = ringOf([...damaged, ...bob.packets]);
    expect((await readRing(both)).map(({ fingerprint }) => fingerprint)).toEqual([fingerprintOf(bob)]);
    expect(await verdict(alice, both)).toBe('denied');
    expect(await verdict(alice, ringOf([...alice.packets, packet(17, 3, 1, 65, 66)]))).toBe('allowed');
    await expect(readRing(ringOf([...damaged, packet(17, 9), ...bob.packets]))).rejects.toThrow('refuses every SIF');
  });

  test('goes by the first copy of a key alone', async () => {
    const [first, ...rest] = alice.packets;
    const revoked = [first, ...alice.revocations.slice(0, 1), ...rest].flatMap((one) => one ?? []);
    expect(await verdict(alice, ringOf(revoked))).toBe('denied');
    expect(await verdict(alice, ringOf([...alice.packets, ...revoked]))).toBe('allowed');
    expect(await verdict(alice, ringOf([...revoked, ...alice.packets]))).toBe('denied');
  });

  test('passes over packets that it does not know, unless they are critical', async () => {
    for (const odd of [packet(10, 80, 71, 80), packet(12, 1), packet(21, 7), packet(40, 1), packet(63)])
      expect(await verdict(alice, ringOf([...alice.packets, odd])), `${odd.tag}`).toBe('allowed');
    for (const odd of [packet(19, 1), packet(39), packet(0)])
      await expect(readRing(ringOf([...alice.packets, odd])), `${odd.tag}`).rejects.toThrow('refuses every SIF');
    await expect(readRing(ringOf(alice.packets).subarray(0, -1))).rejects.toThrow('refuses every SIF');
  });

  test('is read on in what a packet leaves over', async () => {
    const [first, ...rest] = alice.packets;
    const marked = (...more: readonly number[]) =>
      ringOf([packet(10, 80, 71, 80, ...more), first, ...rest].flatMap((one) => one ?? []));
    expect(await verdict(alice, marked())).toBe('allowed');
    expect(await verdict(alice, marked(0xca, 3, 80, 71, 80))).toBe('allowed');
    await expect(readRing(marked(0x80))).rejects.toThrow('refuses every SIF');
  });

  test('is not worked out where it has secret keys or lengths in parts', async () => {
    for (const ring of [ringOf([packet(5, 4)]), Uint8Array.from([0xc6, 0xe0])])
      await expect(readRing(ring)).rejects.toMatchObject({ code: 'GATE_CONFIGURATION_UNREAD' });
  });

  test('is exported with a word about a key that says nowhere that it signs', async () => {
    const [first, user] = alice.packets;
    const [silent] = alice.sayings;
    const ring = ringOf([first, user, silent].flatMap((one) => one ?? []));
    expect(await verdict(alice, ring)).toBe('denied');
    const policy = await policyFor([alice], '  - { name: author, approvers: alice }');
    const trust = { ...policy.trust, keyrings: [ring] };
    const stages = [{ folder: '', stages: policy.policy.stages, never: false }];
    const { warnings } = await exportList({ ...policy, trust }, stages, LATER);
    expect(warnings).toEqual([expect.stringContaining(`counts no signature by the key ${fingerprintOf(alice)}`)]);
    expect((await exportList(policy, stages, LATER)).warnings).toEqual([]);
  });
});
