// SPDX-License-Identifier: Apache-2.0
// One layer may travel in many copies whose bytes differ around what was signed: the file gets one of them, always the
// same one, and none that it has already.

import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { assembleFile } from '../../../src/transfer/assemble.ts';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import type { FoundBundle } from '../../../src/image/bundle.ts';
import { evidenceLabel, laneName } from '../../../src/image/sif/signature-objects.ts';
import { laneObject, reservedLaneObject } from '../../../src/image/sif/lane.ts';
import { readObject } from '../../../src/sif/sif.ts';
import type { Criteria } from '../../../src/image/verify.ts';
import { sha256 } from '../../../src/base/bytes.ts';
import { appendObjects } from '../../../src/sif/edit/append.ts';
import { encodePae, parseBundle } from '../../../src/attest/bundle.ts';
import { encodeBundle, withTimestamp } from '../../../src/attest/sign.ts';
import { encodeWithdrawal, WITHDRAWAL_PREDICATE_TYPE } from '../../../src/attest/withdrawal.ts';
import {
  judgeBy,
  judgeTrusting,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  policyFor,
  signAs,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { bundleMadeBy, imageIn, imageWith, laneNamesIn } from '../../support/lane-bundles.ts';
import { TimestampAuthority } from '../../support/timestamp-authority.ts';

let alice: Person;
let carol: Person;
let judge: Criteria;
let approval: Uint8Array;

beforeAll(async () => {
  [alice, carol] = await Promise.all([keyPerson('alice', 'p256'), x509Person('carol')]);
  judge = await judgeTrusting([alice, carol]);
  approval = await approvalBy(alice);
});

async function approvalBy(person: Person): Promise<Uint8Array> {
  const trust = await judgeTrusting([person]);
  return bundleMadeBy((path) => signAs(path, person, 'author', trust));
}

const spaced = (bundle: Uint8Array, spaces: number) => Buffer.from(Buffer.from(bundle).toString() + ' '.repeat(spaces));

function travelling(bundles: readonly Uint8Array[]): readonly FoundBundle[] {
  return bundles.map((bytes) => ({ place: { in: 'registry', name: sha256(bytes) }, bytes }));
}

/** Assembles copies onto a file: names of its lane, its bytes, and what was left out. */
async function assembled(
  bundles: readonly Uint8Array[],
  options: { onto?: string; trust?: Criteria | undefined } = {},
) {
  const { onto = await imageWith(), trust } = { trust: judge, ...options };
  const beside = { bundles: travelling(bundles), natives: [] };
  const { leftOut } = await assembleFile(onto, beside, { criteria: trust, now: NOW });
  return { path: onto, names: await laneNamesIn(onto), bytes: await readFile(onto), leftOut };
}

/** Every order of three. */
function orders<T>([a, b, c]: readonly [T, T, T]): readonly (readonly T[])[] {
  return [
    [a, b, c],
    [a, c, b],
    [b, a, c],
    [b, c, a],
    [c, a, b],
    [c, b, a],
  ];
}

describe('copies with other white space', () => {
  test('more of them than the table has slots become one, the shortest', async () => {
    const copies = Array.from({ length: 60 }, (_, index) => spaced(approval, 59 - index));
    const { names, leftOut, path } = await assembled(copies);
    expect(names).toEqual([laneName('approval', 'author', approval)]);
    expect(leftOut).toEqual([]);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('it is the same one in whatever order they came', async () => {
    const text = Buffer.from(approval).toString();
    const equal = ['{ "', '{\n"', '{\t"'].map((start) => Buffer.from(text.replace('{"', start)));
    const [a, b, c] = equal;
    if (!a || !b || !c) throw new Error('three copies');
    const files = await Promise.all(orders([a, b, c]).map((order) => assembled(order)));
    expect(new Set(files.map(({ bytes }) => sha256(bytes))).size).toBe(1);
    expect(files[0]?.names).toHaveLength(1);
  });

  test('none is added to a file that has one', async () => {
    const copies = [approval, spaced(approval, 1), spaced(approval, 2)];
    const named = await imageWith(laneObject('approval', 'author', approval));
    expect((await assembled(copies, { onto: named })).names).toHaveLength(1);
    const reserved = await imageWith(reservedLaneObject('author', spaced(approval, 9)));
    expect((await assembled(copies, { onto: reserved })).names).toEqual(['countersign/approval/author']);
  });

  test('evidence too', async () => {
    const statements = [{ predicateType: 'https://cyclonedx.org/bom', predicate: { bomFormat: 'CycloneDX' } }];
    const evidence = await bundleMadeBy((path) => attachEvidence({ path, statements, signer: alice.signer, now: NOW }));
    const { names } = await assembled([spaced(evidence, 3), evidence, spaced(evidence, 1)]);
    expect(names).toEqual([laneName('evidence', 'sbom', evidence)]);
  });

  test('also where nobody is trusted', async () => {
    const { names } = await assembled([spaced(approval, 3), approval], { trust: undefined });
    expect(names).toEqual([laneName('approval', 'author', approval)]);
  });
});

describe('the same statement with another signature', () => {
  async function signedAgain(bundle: Uint8Array, person: Person): Promise<Uint8Array> {
    const { payload, payloadType } = parseBundle(bundle).envelope;
    const { signer } = person;
    const signature = await signer.signPae(encodePae(payloadType, payload), NOW);
    return encodeBundle({ material: signer.material, payload, payloadType, signature });
  }

  test('of the same signer is a copy', async () => {
    const again = await signedAgain(approval, alice);
    expect(Buffer.compare(again, approval)).not.toBe(0);
    expect((await assembled([again, approval])).names).toHaveLength(1);
    const onto = await imageWith(laneObject('approval', 'author', approval));
    expect((await assembled([again], { onto })).names).toHaveLength(1);
  });

  test('of another signer is none, and both always come in one order', async () => {
    const bob = await pgpPerson('bob');
    const three = await judgeTrusting([alice, carol, bob]);
    const bundles = [approval, await signedAgain(approval, carol), await signedAgain(approval, bob)] as const;
    const files = await Promise.all(orders(bundles).map((order) => assembled(order, { trust: three })));
    expect(files[0]?.names).toHaveLength(3);
    expect(new Set(files.map(({ bytes }) => sha256(bytes))).size).toBe(1);
  });
});

describe('copies with another key or other certificates', () => {
  const withHint = (hint: string) => {
    const { envelope } = parseBundle(approval);
    return encodeBundle({ ...envelope, material: { kind: 'public-key', hint } });
  };

  test('a worthless one does not displace the valid one', async () => {
    const { names } = await assembled([withHint(''), approval, withHint('AAAA')]);
    expect(names).toEqual([laneName('approval', 'author', approval)]);
  });

  test('where nobody is trusted, neither does it', async () => {
    const { names } = await assembled([withHint(''), approval], { trust: undefined });
    expect(names).toContain(laneName('approval', 'author', approval));
  });

  test('the one with intermediates is kept, though the other is shorter', async () => {
    const whole = await approvalBy(carol);
    const { envelope, material } = parseBundle(whole);
    const [leaf, intermediate] = material.kind === 'certificates' ? material.chain : [];
    if (!leaf || !intermediate) throw new Error('carol has a chain');
    const bare = encodeBundle({ ...envelope, material: { kind: 'certificates', chain: [leaf] } });
    const { names } = await assembled([bare, whole]);
    expect(names).toEqual([laneName('approval', 'author', whole)]);
  });
});

describe('evidence', () => {
  test('that an approval lists is not displaced by copies of strangers, where its signer is unknown too', async () => {
    const statements = [{ predicateType: 'https://cyclonedx.org/bom', predicate: { bomFormat: 'CycloneDX' } }];
    const signed = await bundleMadeBy((path) => attachEvidence({ path, statements, signer: alice.signer, now: NOW }));
    // Of what nobody knows the shortest is taken first.
    const evidence = spaced(signed, 20);
    const later = await bundleMadeBy(async (path) => {
      await appendObjects(path, [laneObject('evidence', 'sbom', evidence)], { now: NOW });
      await signAs(path, carol, 'security', judge);
    });
    const { payload, payloadType } = parseBundle(evidence).envelope;
    const copies = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const { signer } = await keyPerson('mallory', 'p256');
        const signature = await signer.signPae(encodePae(payloadType, payload), NOW);
        return encodeBundle({ material: signer.material, payload, payloadType, signature });
      }),
    );
    const trust = await judgeTrusting([carol]);
    const { names, path } = await assembled([...copies, evidence, later], { trust });
    expect(names).toEqual([laneName('evidence', 'sbom', evidence), laneName('approval', 'security', later)]);
    expect((await verdictOf(path, trust)).verdict).toBe('passed');
  });

  test('by which an approval was taken back goes along when its certificate has ended', async () => {
    const now = new Date(NOW.getTime() + 40 * 24 * 3_600_000);
    const mallory = await x509Person('carol');
    const predicate = encodeWithdrawal({
      stage: 'author',
      approvals: [parseBundle(approval).payloadDigest],
      reason: 'x',
      withdrawnAt: '2026-11-22T12:00:00Z',
    });
    const statements = [{ predicateType: WITHDRAWAL_PREDICATE_TYPE, predicate, inside: true }];
    const [own, other] = await Promise.all(
      [carol, mallory].map(({ signer }) =>
        bundleMadeBy((path) => attachEvidence({ path, statements, signer, now: NOW })),
      ),
    );
    const trust = await judgeTrusting([alice, carol], { now });
    const onto = await imageWith(laneObject('approval', 'author', approval));
    const beside = { bundles: travelling([own, other].flatMap((one) => one ?? [])), natives: [] };
    const { leftOut } = await assembleFile(onto, beside, { criteria: trust, now });
    expect(await laneNamesIn(onto)).toContain(
      laneName('evidence', evidenceLabel(WITHDRAWAL_PREDICATE_TYPE), own ?? approval),
    );
    expect(leftOut).toHaveLength(1);
  });
});

describe('a statement that a valid approval lists, signed by strangers as well', () => {
  /** Carol's approval of a later stage, which lists alice's. */
  async function listing(): Promise<Uint8Array> {
    return bundleMadeBy(async (path) => {
      await appendObjects(path, [laneObject('approval', 'author', approval)], { now: NOW });
      await signAs(path, carol, 'security', judge);
    });
  }

  async function byStrangers(count: number): Promise<readonly Uint8Array[]> {
    const { payload, payloadType } = parseBundle(approval).envelope;
    const one = async (): Promise<Uint8Array> => {
      const { signer } = await keyPerson('mallory');
      const signature = await signer.signPae(encodePae(payloadType, payload), NOW);
      return encodeBundle({ material: signer.material, payload, payloadType, signature });
    };
    return Promise.all(Array.from({ length: count }, one));
  }

  test('travels with the one whom the trust knows alone', async () => {
    const later = await listing();
    const { names, leftOut, path } = await assembled([...(await byStrangers(60)), later, approval]);
    expect(names).toEqual([laneName('approval', 'author', approval), laneName('approval', 'security', later)]);
    expect(leftOut).toHaveLength(60);
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });

  test('travels as signed by whom it names where the trust knows nobody of them, and is not missed', async () => {
    const later = await listing();
    const trust = await judgeTrusting([carol]);
    const strangers = await byStrangers(60);
    const { names, leftOut, path, bytes } = await assembled([...strangers, approval, later], { trust });
    expect(names).toEqual([laneName('approval', 'author', approval), laneName('approval', 'security', later)]);
    expect(leftOut).toHaveLength(60);
    expect((await verdictOf(path, trust)).verdict).toBe('passed');
    const other = await assembled([later, approval, ...strangers.toReversed()], { trust });
    expect(sha256(other.bytes)).toBe(sha256(bytes));
  });

  test('is missed where only others than whom it names have signed it', async () => {
    const later = await listing();
    const trust = await judgeTrusting([carol]);
    const { names, path } = await assembled([...(await byStrangers(3)), later], { trust });
    expect(names).toEqual([laneName('approval', 'security', later)]);
    const verdict = await verdictOf(path, trust);
    expect([verdict.verdict, verdict.reasons.map(({ code }) => code)]).toEqual([
      'failed',
      expect.arrayContaining(['LAYER_REMOVED']),
    ]);
  });

  test('is not added to a file that has it', async () => {
    const onto = await imageWith(laneObject('approval', 'author', approval));
    const trust = await judgeTrusting([carol]);
    const { names } = await assembled([...(await byStrangers(3)), await listing()], { onto, trust });
    expect(names).toHaveLength(2);
    expect((await verdictOf(onto, judge)).verdict).toBe('passed');
  });
});

describe('copies with timestamps', () => {
  const LATER = new Date(NOW.getTime() + 60 * 86_400_000);
  const isLane = ({ name }: { readonly name: string }): boolean => name.startsWith('countersign/');

  /** An approval by a certificate that ends, in a file, with and without timestamp. */
  async function ending() {
    const tsa = new TimestampAuthority(() => NOW);
    const policy = await policyFor([carol], '  - { name: author, approvers: [carol] }', { timestamps: tsa.rootPem });
    const path = await imageWith();
    await signAs(path, carol, 'author', await judgeBy(policy));
    const image = await imageIn(path);
    const [object] = image.objects.filter(isLane);
    if (!object) throw new Error('no approval');
    const bare = await readObject(image, object, 1 << 20);
    const stamped = (at: Date): Uint8Array => {
      const bundle = parseBundle(bare);
      return withTimestamp(bundle, tsa.stamp(bundle.envelope.signature, { time: at })).bytes;
    };
    return { path, bare, stamped, trust: await judgeBy(policy, LATER) };
  }

  test('the one with the earliest is taken, so that the file counts as long as what was attached', async () => {
    const { bare, stamped, trust } = await ending();
    const [first, second] = [stamped(NOW), stamped(new Date(NOW.getTime() + 86_400_000))];
    for (const order of orders([bare, first, second])) {
      const { names, path } = await assembled(order, { trust });
      expect(names).toEqual([laneName('approval', 'author', first)]);
      expect((await verdictOf(path, trust)).verdict).toBe('passed');
    }
  });

  test('joins one in the file that has none, once', async () => {
    const { path, bare, stamped, trust } = await ending();
    expect((await verdictOf(path, trust)).verdict).toBe('failed');
    const once = stamped(NOW);
    const { names, bytes } = await assembled([once, bare], { onto: path, trust });
    expect(names).toEqual([laneName('approval', 'author', bare), laneName('approval', 'author', once)]);
    expect((await verdictOf(path, trust)).verdict).toBe('passed');
    const again = await assembled([stamped(NOW), stamped(new Date(NOW.getTime() + 86_400_000)), bare], {
      onto: path,
      trust,
    });
    expect(again.bytes.equals(bytes)).toBe(true);
  });

  test('is left out, and said to be, where the file is full', async () => {
    const { path, stamped, trust } = await ending();
    const { freeSlots } = await imageIn(path);
    const fill = Array.from({ length: freeSlots }, (_, index) =>
      laneObject('evidence', 'x', Buffer.from(`{"n":${index}}`)),
    );
    await appendObjects(path, fill, { now: NOW });
    const before = await readFile(path);
    const { bytes, leftOut } = await assembled([stamped(NOW)], { onto: path, trust });
    expect(bytes.equals(before)).toBe(true);
    expect(leftOut.map(({ why }) => why)).toEqual(['the file has it without timestamp, and no slots for more']);
  });
});
