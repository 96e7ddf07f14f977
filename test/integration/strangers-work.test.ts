// SPDX-License-Identifier: Apache-2.0
// Work that a stranger makes us do: whoever may write to a file can put megabytes into its lane that say they are
// signed. The cost must grow with their size and no faster, and the verdict must be the one without them.

import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { encodePae, parseBundle } from '../../src/attest/bundle.ts';
import { encodeBundle } from '../../src/attest/sign.ts';
import { encodeCleartext } from '../../src/crypto/pgp/framing.ts';
import type { VerificationMaterial } from '../../src/crypto/verifier.ts';
import { hasLaneName } from '../../src/image/sif/signature-objects.ts';
import { laneObject } from '../../src/image/sif/lane.ts';
import { openSif, readObject } from '../../src/sif/sif.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { memorySource } from '../../src/sif/source.ts';
import { appendObjects, type NewObject } from '../../src/sif/edit/append.ts';
import {
  caExtensions,
  encodeCertificate,
  encodeDer,
  encodeExtension,
  leafExtensions,
} from '../support/certificates.ts';
import {
  judgeBy,
  keyPerson,
  NOW,
  type Person,
  pgpPerson,
  pipeline,
  policyFor,
  signAs,
  verdictOf,
  x509Person,
} from '../support/layers.ts';
import { attachStatement, plainStatement } from '../support/plain-cosign.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runTool } from '../support/processes.ts';
import { SifBuilder } from '../support/sif-builder.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Beyond this and twice the cost of half the size, something grows faster than its input. */
const GROWTH = 3;
const NOISE_MS = 700;
/** What is promised is 3 s for 10 MB; the machine may be busy, and its processor slow. */
const MOST_MS = 9000;
/** 256 MiB are promised of dist/; running the sources, Node keeps TypeScript's compiler in memory too. */
const MOST_BYTES = (256 + 64) * 1024 * 1024;
const IN_TOTO = 'application/vnd.in-toto+json';
const MEGABYTE = 1024 * 1024;

let author: Person;
let security: Person;
let production: Person;
let judge: Criteria;
const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const crowd = Array.from({ length: 15 }, () => generateKeyPairSync('ec', { namedCurve: 'P-521' }));

beforeAll(async () => {
  author = await pgpPerson('author');
  security = await x509Person('security');
  production = await keyPerson('production', 'p256');
  judge = await judgeBy(await policyFor([author, security, production], pipeline('author', 'security', 'production')));
});

/** A statement about another image, with this predicate. */
function statement(index: number, predicate: unknown = {}): Uint8Array {
  const sha256 = createHash('sha256').update(`${index}`).digest('hex');
  const subject = [{ digest: { sha256 } }];
  return utf8(JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType: 'urn:x', predicate }));
}

function evidence(material: VerificationMaterial, payload: Uint8Array, signature: Uint8Array): Uint8Array {
  return encodeBundle({ material, payloadType: IN_TOTO, payload, signature });
}

function signedByStranger(payload: Uint8Array): Uint8Array {
  return new Uint8Array(sign('sha256', encodePae(IN_TOTO, payload), strange.privateKey));
}

function certificate(
  subject: string,
  publicKey: KeyObject,
  issuer: string,
  extensions: readonly Uint8Array[],
): Uint8Array {
  const [from, to] = [-1, 1].map((days) => new Date(NOW.getTime() + days * 86_400_000));
  const key = strange.privateKey;
  if (!from || !to) throw new Error('no issuer');
  return encodeCertificate({
    subject,
    publicKey,
    issuer: { subject: issuer, key },
    notBefore: from,
    notAfter: to,
    extensions,
  });
}

/** Alternative names up to the limit. */
const manyNames = (() => {
  const names = Array.from({ length: 700 }, (_, index) => encodeDer(0x82, utf8(`h${index}.example.org`)));
  return encodeExtension('2.5.29.17', encodeDer(0x30, ...names), false);
})();

/** RSA with an exponent as long as its modulus: 9 ms for each signature. */
const slowRsa = createPublicKey({
  key: {
    ...generateKeyPairSync('rsa', { modulusLength: 3072 }).publicKey.export({ format: 'jwk' }),
    e: Buffer.concat([Buffer.of(0x7f), Buffer.alloc(382, 0xff)]).toString('base64url'),
  },
  format: 'jwk',
});

/** One object of each kind, the index making it another one than all before. */
const KINDS: Readonly<Record<string, (index: number) => Uint8Array>> = {
  'chains of certificates with hundreds of names, signed by their owner': (index) => {
    const payload = statement(index);
    const leaf = certificate(`l${index}`, strange.publicKey, 'mid', leafExtensions('a@b.example'));
    const chain = [
      leaf,
      ...crowd.map(({ publicKey }) => certificate('mid', publicKey, 'mid', [...caExtensions(), manyNames])),
    ];
    return evidence({ kind: 'certificates', chain }, payload, signedByStranger(payload));
  },
  'chains of CAs that are called like the trusted one': (index) => {
    const payload = statement(index);
    const leaf = certificate(`l${index}`, strange.publicKey, 'mid', leafExtensions('a@b.example'));
    const chain = [
      leaf,
      ...crowd.map(({ publicKey }) => certificate('mid', publicKey, 'security root CA', caExtensions())),
    ];
    return evidence({ kind: 'certificates', chain }, payload, signedByStranger(payload));
  },
  'certificates of slow RSA keys': (index) => {
    const chain = [certificate(`l${index}`, slowRsa, 'mid', leafExtensions('a@b.example'))];
    return evidence({ kind: 'certificates', chain }, statement(index), new Uint8Array(384).fill(0x11));
  },
  'signatures by a key that nobody knows': (index) => {
    const payload = statement(index);
    const hint = createHash('sha256').update(`${index}`).digest('base64');
    return evidence({ kind: 'public-key', hint }, payload, signedByStranger(payload));
  },
  'statements with a hundred thousand members': (index) => {
    const predicate = Array.from({ length: 120_000 }, () => ({}));
    const payload = statement(index, predicate);
    return evidence({ kind: 'public-key', hint: `h${index}` }, payload, new Uint8Array([1, 2, 3]));
  },
};

/** As many objects as fit. */
function objectsOf(kind: (index: number) => Uint8Array, bytes: number): readonly NewObject[] {
  const objects: NewObject[] = [];
  for (let size = 0; objects.length < (3900 * bytes) / (10 * MEGABYTE); ) {
    const bundle = kind(objects.length);
    size += bundle.length;
    if (size > bytes) break;
    objects.push(laneObject('evidence', 'other', bundle));
  }
  return objects;
}

async function signedImage(): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  const partition = new Uint8Array(4096).fill(1);
  await writeFile(path, new SifBuilder().withSlots(4096).withDefinition().withPartition(partition).bytes());
  for (const [person, stage] of [
    [author, 'author'],
    [security, 'security'],
    [production, 'production'],
  ] as const)
    await signAs(path, person, stage, judge);
  return path;
}

/** CPU of a verification in milliseconds, and its verdict. */
async function costOf(path: string) {
  const before = process.cpuUsage();
  const { verdict } = await verdictOf(path, judge);
  const { user, system } = process.cpuUsage(before);
  return { ms: (user + system) / 1000, verdict };
}

/** The same as a process of its own, and the most memory that it held. */
async function verifyAlone(path: string) {
  const home = dirname(path);
  const probe = join(home, 'probe.json');
  for (const { name, publicKey } of [author, security, production])
    await writeFile(join(home, `${name}.pub`), publicKey);
  const trust = ['--keyring', 'author.pub', '--trust-anchors', 'security.pub', '--public-key', 'production.pub'];
  const result = await runTool(['verify-all', '--json', ...trust, basename(path)], {
    home,
    env: {
      NODE_OPTIONS: `--import ${join(PROJECT, 'scripts/benchmark-probe.mjs')}`,
      COUNTERSIGN_BENCHMARK_PROBE: probe,
    },
  });
  const { peakBytes } = JSON.parse(await readFile(probe, 'utf8'));
  return { ...result, peakBytes: Number(peakBytes) };
}

describe('work that a stranger makes us do', () => {
  test.each(Object.keys(KINDS))('%s', { timeout: 120_000 }, async (name) => {
    const kind = KINDS[name];
    if (!kind) throw new Error('no such kind');
    const objects = objectsOf(kind, 4 * MEGABYTE);
    expect(objects.length).toBeGreaterThan(3);
    const [half, whole] = [await signedImage(), await signedImage()];
    await appendObjects(half, objects.slice(0, objects.length / 2), { now: NOW });
    await appendObjects(whole, objects, { now: NOW });
    await costOf(half);
    const [small, large] = [await costOf(half), await costOf(whole)];
    expect(large.verdict).toBe('passed');
    expect(large.ms).toBeLessThan(GROWTH * small.ms + NOISE_MS);
    expect(large.ms).toBeLessThan(MOST_MS);
  });

  test.each(Object.keys(KINDS))('10 MB of %s in at most 256 MB', { timeout: 120_000 }, async (name) => {
    const kind = KINDS[name];
    if (!kind) throw new Error('no such kind');
    const path = await signedImage();
    await appendObjects(path, objectsOf(kind, 10 * MEGABYTE), { now: NOW });
    const { exitCode, stdout, peakBytes } = await verifyAlone(path);
    expect(JSON.parse(stdout)).toMatchObject({ images: [{ verdict: 'passed' }] });
    expect(exitCode).toBe(0);
    expect(peakBytes).toBeLessThan(MOST_BYTES);
  });

  test('copies of an approval under the names of those who did not sign it change nothing', async () => {
    const path = await signedImage();
    const image = await openSif(memorySource(await readFile(path), path));
    const lane = image.objects.filter(hasLaneName);
    const materials = [author, security, production].map(({ signer }) => signer.material);
    const foreign: NewObject[] = [];
    for (const object of lane) {
      const { bytes, envelope } = parseBundle(await readObject(image, object, MEGABYTE));
      const [, , stage = ''] = object.name.split('/');
      const copies = materials.flatMap((material) =>
        [new Uint8Array(64).fill(7), envelope.signature].map((signature) =>
          encodeBundle({ ...envelope, material, signature }),
        ),
      );
      foreign.push(
        ...copies.filter((copy) => !Buffer.from(copy).equals(bytes)).map((copy) => laneObject('approval', stage, copy)),
      );
    }
    await appendObjects(path, foreign, { now: NOW });
    const { verdict } = await verdictOf(path, judge);
    expect(foreign.length).toBeGreaterThan(12);
    expect(verdict).toBe('passed');
  });

  test('what strangers attached to an image in a registry', { timeout: 120_000 }, async () => {
    const repository = await openIn(await startRegistry());
    const image = await pushOciImage(repository, { tag: 'v1' });
    const stages = '  - { name: author, approvers: [production], native: [cosign] }';
    const criteria = await judgeBy(await policyFor([production], stages));
    const stranger = await keyPerson('stranger', 'p256');
    const attach = (person: Person, sha256: string) =>
      attachStatement(repository, image, { person, statement: plainStatement([{ digest: { sha256 } }]) });
    await attach(production, image.digest.slice(7));
    const costs: number[] = [];
    for (let count = 0; count <= 400; count += 1) {
      if (count === 200 || count === 400) {
        const before = process.cpuUsage();
        expect((await verdictOn({ repository, reference: image.digest }, criteria)).verdict).toBe('passed');
        const { user, system } = process.cpuUsage(before);
        costs.push((user + system) / 1000);
      }
      await attach(stranger, `${count}`.padStart(64, '0'));
    }
    const [small = 0, large = 0] = costs;
    expect(large).toBeLessThan(GROWTH * small + NOISE_MS);
    // A thousand cost less than a second; here the registry's share is counted too.
    expect(large).toBeLessThan(0.4 * 3000);
  });

  test('native signatures of very many packets', { timeout: 120_000 }, async () => {
    const text = '{"version":1}';
    if (author.signer.native.format !== 'pgp') throw new Error('no OpenPGP key');
    const clear = Buffer.from(await author.signer.native.signCleartext(utf8(text), NOW)).toString();
    const packet = Buffer.from(/SIGNATURE-----\n\n([\s\S]*?)\n-----END/.exec(clear)?.[1] ?? '', 'base64');
    const build = (count: number) => {
      const builder = new SifBuilder().withSlots(4096).withDefinition().withPartition(new Uint8Array(4096).fill(1));
      const fingerprint = author.signer.identity.method === 'pgp' ? author.signer.identity.fingerprint : '';
      for (let index = 0; index < count; index += 1) {
        const packets = Buffer.concat(Array.from({ length: 8 }, () => packet));
        builder.withSignature(utf8(encodeCleartext(text, 'SHA256', packets)), { fingerprint });
      }
      return builder.bytes();
    };
    const folder = await temporaryFolder();
    const costs: number[] = [];
    for (const count of [240, 240, 480]) {
      const path = join(folder, `${costs.length}.sif`);
      await writeFile(path, build(count));
      costs.push((await costOf(path)).ms);
    }
    const [, small = 0, large = 0] = costs;
    expect(large).toBeLessThan(GROWTH * small + NOISE_MS);
    expect(large).toBeLessThan(MOST_MS);
  });
});
