// SPDX-License-Identifier: Apache-2.0
// A signature is judged by the time that a timestamp proves: what was good then keeps counting, in every key format.

import { readFile, writeFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parseBundle } from '../../../src/attest/bundle.ts';
import { signStatement, withTimestamp } from '../../../src/attest/sign.ts';
import { encodeStatement } from '../../../src/attest/statement.ts';
import { openBundles } from '../../../src/image/open-bundles.ts';
import { DATA_TYPE } from '../../../src/sif/format.ts';
import type { SifObject } from '../../../src/sif/sif.ts';
import type { LoadedPolicy } from '../../../src/policy/document/load.ts';
import type { Signer } from '../../../src/crypto/signer.ts';
import {
  endingPgpPerson,
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pipeline,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
  verdictOf,
  x509Person,
} from '../../support/layers.ts';
import { imageIn } from '../../support/lane-bundles.ts';
import { SLOT_BYTES, typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';
import { TimestampAuthority } from '../../support/timestamp-authority.ts';

const LATER = new Date(NOW.getTime() + 60 * 86_400_000);
const STAGES = ['author', 'security', 'production'] as const;

let people: readonly Person[];
let tsa: TimestampAuthority;
let policy: LoadedPolicy;

beforeAll(async () => {
  people = [await endingPgpPerson('ada', 30), await x509Person('sam'), await keyPerson('pat')];
  tsa = new TimestampAuthority(() => NOW);
  policy = await policyFor(people, pipeline('ada', 'sam', 'pat'), { timestamps: tsa.rootPem });
});

const stamp: Signer['stamp'] = async (signature) => tsa.stamp(signature);

async function signed(stamping: readonly boolean[], by = stamp): Promise<string> {
  const path = await temporaryFile(typicalSif().bytes());
  const judge = await judgeBy(policy);
  for (const [index, stage] of STAGES.entries()) {
    const person = people[index];
    if (!person) continue;
    const signer = stamping[index] ? { ...person.signer, stamp: by } : person.signer;
    await signAs(path, { ...person, signer }, stage, judge);
  }
  return path;
}

describe('an image whose credentials have ended', () => {
  test('passes with timestamps, and the verdict says by which time', async () => {
    const path = await signed([true, true, true]);
    const verdict = await verdictOf(path, await judgeBy(policy, LATER));
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed', production: 'passed' });
    expect(verdict.verdict).toBe('passed');
    // The native half of the first approval is as old as that.
    expect(verdict.layers.map(({ provenTime }) => provenTime)).toEqual(
      Array.from({ length: 4 }, () => ({
        time: NOW.toISOString(),
        accuracy: 1,
        proof: 'timestamp',
        by: 'CN=Time Authority',
      })),
    );
  });

  test('fails without, and before they end it needs none', async () => {
    const path = await signed([false, false, false]);
    expect(stagesOf(await verdictOf(path, await judgeBy(policy)))).toMatchObject({ author: 'passed' });
    const verdict = await verdictOf(path, await judgeBy(policy, LATER));
    expect(stagesOf(verdict)).toEqual({ author: 'failed', security: 'failed', production: 'failed' });
    expect(verdict.layers.every(({ provenTime }) => provenTime === null)).toBe(true);
  });

  test('fails with timestamps of an authority that the policy does not name, or none', async () => {
    const path = await signed([true, true, true]);
    for (const timestamps of [new TimestampAuthority(() => NOW).rootPem, undefined]) {
      const other = await policyFor(
        people,
        pipeline('ada', 'sam', 'pat'),
        timestamps === undefined ? {} : { timestamps },
      );
      const verdict = await verdictOf(path, await judgeBy(other, LATER));
      expect(verdict.verdict).toBe('failed');
      expect(verdict.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toContain(
        'TIMESTAMP_NOT_TRUSTED',
      );
    }
  });

  test('fails with timestamps from after the end', async () => {
    const path = await signed([true, true, true], async (signature) => tsa.stamp(signature, { time: LATER }));
    const verdict = await verdictOf(path, await judgeBy(policy, LATER));
    expect(stagesOf(verdict)).toMatchObject({ author: 'failed', security: 'failed' });
  });
});

describe('a later approval that lists the others', () => {
  test('proves their time with its own timestamp, native half included', async () => {
    const path = await signed([false, false, true]);
    const verdict = await verdictOf(path, await judgeBy(policy, LATER));
    expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed', production: 'passed' });
    const by = verdict.layers.find(({ stage }) => stage === 'production')?.digest;
    expect(verdict.layers.map(({ stage, provenTime }) => [stage, provenTime?.proof, provenTime?.by])).toEqual([
      ['author', 'later-approval', by],
      ['author', 'later-approval', by],
      ['security', 'later-approval', by],
      ['production', 'timestamp', 'CN=Time Authority'],
    ]);
    expect(verdict.layers.at(0)).toMatchObject({ kind: 'native-pgp', status: 'valid' });
  });

  test('proves nothing when it is not stamped, stamped after the end, or by nobody who may approve', async () => {
    const unstamped = await signed([false, false, false]);
    const late = await signed([false, false, true], async (signature) => tsa.stamp(signature, { time: LATER }));
    for (const path of [unstamped, late]) {
      const verdict = await verdictOf(path, await judgeBy(policy, LATER));
      expect(stagesOf(verdict)).toMatchObject({ author: 'failed', security: 'failed' });
    }
    const path = await signed([false, false, true]);
    const others = pipeline('ada', 'sam', 'ada');
    const strict = await policyFor(people, others, { timestamps: tsa.rootPem });
    expect(stagesOf(await verdictOf(path, await judgeBy(strict, LATER)))).toMatchObject({ author: 'failed' });
  });

  test('proves their time also where the policy says until when a signer counts, native half included', async () => {
    const path = await signed([false, false, true]);
    const within = new Date(NOW.getTime() + 20 * 86_400_000);
    const [before, after] = ['2026-11-22', '2026-11-30'];
    for (const name of ['ada', 'sam'])
      for (const more of [
        { windows: { [name]: `until: "${after}"` } },
        { deny: `{ principal: ${name}, since: "${after}T00:00:00Z", reason: left }` },
      ]) {
        const rules = await policyFor(people, pipeline('ada', 'sam', 'pat'), { timestamps: tsa.rootPem, ...more });
        const verdict = await verdictOf(path, await judgeBy(rules, within));
        expect(problemsOf(verdict)).toEqual([]);
        expect(verdict.layers.filter(({ provenTime }) => provenTime?.proof === 'later-approval')).toHaveLength(
          name === 'ada' ? 2 : 1,
        );
      }
    // It proves no time before its own.
    for (const more of [
      { windows: { ada: `until: "${before}T11:00:00Z"` } },
      { windows: { ada: `from: "${after}"` } },
      { deny: `{ principal: ada, since: "${before}T12:00:00Z", reason: left }` },
      { deny: '{ principal: ada, reason: left }' },
      { deny: `{ principal: pat, reason: left }`, windows: { ada: `until: "${after}"` } },
    ]) {
      const rules = await policyFor(people, pipeline('ada', 'sam', 'pat'), { timestamps: tsa.rootPem, ...more });
      expect(stagesOf(await verdictOf(path, await judgeBy(rules, within)))).toMatchObject({ author: 'failed' });
    }
  });

  test('makes no altered object good', async () => {
    const path = await signed([false, false, true]);
    const good = await readFile(path);
    const { objects, header } = await imageIn(path);
    const isSignature = ({ dataType, name }: SifObject) => dataType === DATA_TYPE.signature && !/production/.test(name);
    const signatures = objects.filter(isSignature);
    expect(signatures).toHaveLength(3);
    // Creation time, owner, name.
    for (const { id, slot } of signatures)
      for (const offset of [41, 57, 73]) {
        const bad = Buffer.from(good);
        const at = header.descriptorsOffset + slot * SLOT_BYTES + offset;
        bad[at] = (bad[at] ?? 0) ^ 1;
        await writeFile(path, bad);
        for (const now of [NOW, LATER])
          expect(problemsOf(await verdictOf(path, await judgeBy(policy, now))), `object ${id}, ${offset}`).toContain(
            'LAYER_ALTERED',
          );
      }
  });

  test('is listed by whoever approves next', async () => {
    const path = await signed([false, false, true]);
    const [, , pat] = people;
    const judge = await judgeBy(policy, LATER);
    if (!pat) throw new Error('nobody');
    const signer = { ...pat.signer, stamp: async (signature: Uint8Array) => tsa.stamp(signature, { time: LATER }) };
    expect(await signAs(path, { ...pat, signer }, 'production', judge)).toMatchObject({ outcome: 'unchanged' });
    expect(await signAs(path, { ...pat, signer }, 'production', judge, { replace: true })).toMatchObject({
      outcome: 'replaced',
    });
    // The old approval proves the time of the others, and stays.
    expect((await verdictOf(path, judge)).verdict).toBe('passed');
  });
});

describe('a timestamp makes nothing worse', () => {
  const MINUTE = 60_000;
  const END = new Date(NOW.getTime() + 30 * 86_400_000);
  test.each([
    ['of a clock that is behind the one of the CA', NOW, { time: new Date(NOW.getTime() - 2 * MINUTE) }, 'passed'],
    ['whose error reaches over the end', new Date(END.getTime() - MINUTE), { accuracySeconds: 100 }, 'failed'],
  ])('%s', async (_, now, options, later) => {
    const sam = await x509Person('sam');
    const rules = await policyFor([sam], '  - { name: author, approvers: [sam] }', { timestamps: tsa.rootPem });
    const path = await temporaryFile(typicalSif().bytes());
    const signer = { ...sam.signer, stamp: async (bytes: Uint8Array) => tsa.stamp(bytes, { time: now, ...options }) };
    await signAs(path, { ...sam, signer }, 'author', await judgeBy(rules, now));
    expect((await verdictOf(path, await judgeBy(rules, now))).layers[0]).toMatchObject({
      status: 'valid',
      provenTime: { proof: 'timestamp' },
    });
    expect((await verdictOf(path, await judgeBy(rules, LATER))).verdict).toBe(later);
  });
});

test('timestamps beside what strangers sign cost next to nothing', async () => {
  const [eve, other] = [await keyPerson('eve', 'p256'), new TimestampAuthority(() => NOW)];
  const digest = { sha256: 'a'.repeat(64) };
  const payload = encodeStatement({
    subject: [{ name: 'x', digest }],
    predicateType: 'https://x.example',
    predicate: {},
  });
  let bundle = parseBundle(await signStatement(payload, eve.signer, { now: NOW }));
  for (let count = 0; count < 64; count += 1) bundle = withTimestamp(bundle, other.stamp(bundle.envelope.signature));
  const { bytes } = bundle;
  const found = Array.from(
    { length: 60 },
    (_, index) => ({ place: { in: 'registry', name: `${index}` }, bytes }) as const,
  );
  const { verifier } = await judgeBy(policy);
  const started = performance.now();
  const opened = await openBundles(found, { verifier, now: NOW });
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(opened.map((one) => 'check' in one && one.check)).toEqual(
    found.map(() => expect.objectContaining({ status: 'unknown-signer' })),
  );
});
