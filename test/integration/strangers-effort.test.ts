// SPDX-License-Identifier: Apache-2.0
// What all signatures of one image may cost together, where the keys of the policy are slow or thousands.

import { generateKeyPairSync, sign } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePae } from '../../src/attest/bundle.ts';
import { encodeBundle } from '../../src/attest/sign.ts';
import { utf8 } from '../../src/base/bytes.ts';
import { spend, withinEffort } from '../../src/crypto/signatures.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { type VerificationMaterial } from '../../src/crypto/verifier.ts';
import { createVerifier } from '../../src/crypto/lazy-verifier.ts';
import { laneObject } from '../../src/image/sif/lane.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { appendObjects } from '../../src/sif/edit/append.ts';
import { caExtensions, encodeCertificate, leafExtensions } from '../support/certificates.ts';
import { judgeBy, keyPerson, NOW, type Person, policyFor, signAs, verdictOf } from '../support/layers.ts';
import { SifBuilder } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const IN_TOTO = 'application/vnd.in-toto+json';
/** 2 s on a machine of its own; this one may be busy. */
const MOST_MS = 6000;
const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' });

function statement(index: number): Uint8Array {
  const subject = [{ digest: { sha256: `${index}`.padStart(64, '0') } }];
  return utf8(
    JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType: 'urn:x', predicate: {} }),
  );
}

/** Signed by a stranger; `signed` is another statement where the signature must not be good. */
function junk(material: VerificationMaterial, index: number, signed = index): Uint8Array {
  const signature = new Uint8Array(sign('sha256', encodePae(IN_TOTO, statement(signed)), strange.privateKey));
  return encodeBundle({ material, payloadType: IN_TOTO, payload: statement(index), signature });
}

async function imageWith(
  author: Person,
  judge: Criteria,
  made: (index: number) => Uint8Array,
  count: number,
): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  const built = new SifBuilder().withSlots(4096).withDefinition().withPartition(new Uint8Array(4096).fill(1));
  await writeFile(path, built.bytes());
  await signAs(path, author, 'author', judge);
  const objects = Array.from({ length: count }, (_, index) => laneObject('evidence', 'other', made(index)));
  await appendObjects(path, objects, { now: NOW });
  return path;
}

/** Milliseconds of CPU, and what became of it: a verdict or the code of an error. */
async function costOf(path: string, judge: Criteria) {
  const before = process.cpuUsage();
  const answer = await verdictOf(path, judge).then(
    ({ verdict }) => verdict,
    ({ code }: { readonly code: string }) => code,
  );
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, answer };
}

const STAGES = '  - { name: author, approvers: [author] }';

test('signatures that name a slow key of the policy', { timeout: 60_000 }, async () => {
  const author = await keyPerson('author', 'p384');
  const judge = await judgeBy(await policyFor([author], STAGES));
  const { material } = author.signer;
  const few = await imageWith(author, judge, (index) => junk(material, index, -1), 20);
  expect((await costOf(few, judge)).answer).toBe('failed');
  const many = await imageWith(author, judge, (index) => junk(material, index, -1), 3900);
  const { ms, answer } = await costOf(many, judge);
  expect(answer).toBe('SIGNATURE_EFFORT_TOO_LARGE');
  expect(ms).toBeLessThan(MOST_MS);
});

test('chains of CAs that are called like a trusted one with a slow key', { timeout: 60_000 }, async () => {
  const author = await keyPerson('author', 'p256');
  const root = generateKeyPairSync('ec', { namedCurve: 'P-521' });
  const times = { notBefore: new Date(NOW.getTime() - 86_400_000), notAfter: new Date(NOW.getTime() + 86_400_000) };
  const make = (subject: string, publicKey: typeof root.publicKey, issuer: string, extensions: readonly Uint8Array[]) =>
    encodeCertificate({
      subject,
      publicKey,
      issuer: { subject: issuer, key: strange.privateKey },
      extensions,
      ...times,
    });
  const anchor = encodeCertificate({
    subject: 'Root',
    publicKey: root.publicKey,
    issuer: { subject: 'Root', key: root.privateKey },
    extensions: caExtensions(),
    ...times,
  });
  const policy = await policyFor([author], STAGES);
  const judge = await judgeBy({ ...policy, trust: { ...policy.trust, anchors: [anchor] } });
  const crowd = Array.from({ length: 15 }, () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
  const chain = [
    make('leaf', strange.publicKey, 'Middle', leafExtensions('a@b.example')),
    ...crowd.map((key) => make('Middle', key, 'Root', caExtensions())),
  ];
  const chained = (index: number) => junk({ kind: 'certificates', chain }, index);
  expect((await costOf(await imageWith(author, judge, chained, 20), judge)).answer).toBe('passed');
  const { ms, answer } = await costOf(await imageWith(author, judge, chained, 400), judge);
  expect(answer).toBe('SIGNATURE_EFFORT_TOO_LARGE');
  expect(ms).toBeLessThan(MOST_MS);
});

test('names of keys that nobody trusts, under a policy of hundreds', { timeout: 60_000 }, async () => {
  const author = await keyPerson('author', 'p256');
  const people = await Promise.all(Array.from({ length: 300 }, (_, index) => keyPerson(`p${index}`, 'p256')));
  const judge = await judgeBy(await policyFor([author, ...people], STAGES));
  const unknown = (index: number) =>
    junk({ kind: 'public-key', hint: Buffer.alloc(32, index).toString('base64') }, index);
  const { ms, answer } = await costOf(await imageWith(author, judge, unknown, 800), judge);
  expect(answer).toBe('passed');
  // 240,000 checks would take 12 s.
  expect(ms).toBeLessThan(MOST_MS);
});

test('honest signatures that name no key, under a policy of hundreds of slow keys', { timeout: 60_000 }, async () => {
  const make = () => generateKeyPairSync('ec', { namedCurve: 'P-521' });
  const [first, last] = [make(), make()];
  const crowd = Array.from({ length: 700 }, make);
  const keys = [first, ...crowd, last].map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'der' }));
  const verifier = await createVerifier(trustIn({ keys }));
  const checkOf = async ({ privateKey }: typeof first, index: number) => {
    const pae = encodePae(IN_TOTO, statement(index));
    const signature = new Uint8Array(sign('sha256', pae, privateKey));
    const input = { pae, signature, material: undefined, keyid: undefined, hashing: 'bundle' } as const;
    return (await verifier.verifyDsse(input, NOW)).status;
  };
  const statuses = await withinEffort(async () => {
    const found = [await checkOf(last, 0), await checkOf(last, 1)];
    // Each search costs more than the bound; whose key signed is tried first.
    for (let index = 2; index < 40; index += 1) found.push(await checkOf(index % 2 ? first : last, index));
    return new Set(found);
  });
  expect(statuses).toEqual(new Set(['valid']));
});

test('what was spent is asked at the end, whoever caught the error', async () => {
  const caught = withinEffort(async () => {
    for (let count = 0; count < 3; count += 1)
      try {
        spend(10_000);
      } catch {
        // Taken for something wrong with one signature.
      }
    return 'passed';
  });
  await expect(caught).rejects.toMatchObject({ code: 'SIGNATURE_EFFORT_TOO_LARGE' });
  expect(await withinEffort(async () => spend(20_000))).toBe(true);
  expect(spend(100_000)).toBe(true);
});
