// SPDX-License-Identifier: Apache-2.0
// Signatures of the Notary Project: what counts, beside an approval and alone, and what strangers attach.

import { beforeAll, describe, expect, test } from 'vitest';
import { encodeNotation, NOTATION_MEDIA_TYPE, parseNotation, prepareNotation } from '../../../src/attest/notation.ts';
import { sha256, utf8 } from '../../../src/base/bytes.ts';
import { Secret } from '../../../src/base/secret.ts';
import { generateX509Chain } from '../../../src/crypto/x509/generate.ts';
import { createSigner } from '../../../src/crypto/signer.ts';
import type { Criteria } from '../../../src/image/verify.ts';
import type { Manifest, Repository } from '../../../src/oci/oci.ts';
import { attachNotation } from '../../../src/oci/referrers/artifacts.ts';
import { judgeBy, keyPerson, NOW, type Person, pgpPerson, policyFor, signAs } from '../../support/layers.ts';
import { pushOciImage } from '../../support/oci-images.ts';
import { signRemotely, statuses, verdictOn } from '../../support/registry-layers.ts';
import { openIn, startRegistry } from '../../support/registry-session.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let sam: Person;
let eve: Person;
let judge: Criteria;
/** Takes no plain signatures. */
let strict: Criteria;

async function person(name: string): Promise<Person> {
  const { privateKey, certificate, intermediates, root } = await generateX509Chain({
    name,
    email: `${name}@example.org`,
    days: 30,
    now: NOW,
  });
  const signer = await createSigner({
    method: 'x509',
    key: new Secret(Buffer.from(privateKey)),
    passphrase: undefined,
    certificate,
    certificateChain: `${intermediates}${root}`,
    now: NOW,
  });
  return { name, privateKey, publicKey: root, certificate, signer };
}

beforeAll(async () => {
  [sam, eve] = [await person('sam'), await person('eve')];
  const stage = (native: string) => `  - { name: security, approvers: [sam]${native} }`;
  judge = await judgeBy(await policyFor([sam], stage(', native: [notation]')));
  strict = await judgeBy(await policyFor([sam], stage('')));
});

async function image(): Promise<{ repository: Repository; reference: string; manifest: Manifest }> {
  const repository = await openIn(await startRegistry());
  const manifest = await pushOciImage(repository, { tag: 'v1' });
  return { repository, reference: manifest.digest, manifest };
}

type Target = Parameters<typeof prepareNotation>[0];

/** An envelope by a person, about this manifest but for what is changed. */
function envelope(by: Person, manifest: Manifest, change: Partial<Target> = {}, alg?: string) {
  const algorithm = alg ?? by.signer.notation?.algorithm ?? '';
  return sealed(by, prepareNotation(targetOf(manifest, change), { algorithm, now: NOW, expires: undefined }));
}

function targetOf({ mediaType, digest, bytes }: Manifest, change: Partial<Target> = {}): Target {
  return { mediaType, digest, size: bytes.length, annotations: {}, ...change };
}

/** An envelope whose protected header is what somebody makes of a good one. */
function headed(manifest: Manifest, change: (header: Record<string, unknown>) => object, expires?: Date): Uint8Array {
  const algorithm = sam.signer.notation?.algorithm ?? '';
  const good = prepareNotation(targetOf(manifest), { algorithm, now: NOW, expires });
  const header = change(JSON.parse(Buffer.from(good.protected, 'base64url').toString()));
  const text = Buffer.from(JSON.stringify(header)).toString('base64url');
  return sealed(sam, { ...good, protected: text, signedBytes: utf8(`${text}.${good.payload}`) });
}

function sealed({ signer: { notation } }: Person, unsigned: ReturnType<typeof prepareNotation>): Uint8Array {
  if (!notation) throw new Error('cannot sign');
  const signature = notation.sign(unsigned.signedBytes) ?? new Uint8Array();
  return encodeNotation(unsigned, { signature, chain: notation.chain, agent: 'test/1' });
}

async function attach(repository: Repository, { mediaType, digest, bytes: manifest }: Manifest, bytes: Uint8Array) {
  const subject = { mediaType, digest, size: manifest.length };
  await attachNotation(repository, subject, { bytes, mediaType: NOTATION_MEDIA_TYPE, chain: [], createdAt: NOW });
}

async function verdictWith(make: (manifest: Manifest) => Uint8Array, by = judge) {
  const { repository, reference, manifest } = await image();
  await attach(repository, manifest, make(manifest));
  return verdictOn({ repository, reference }, by);
}

describe('alone', () => {
  test('counts where the stage takes them, for the stage that it names or for any', async () => {
    const good = (change?: Partial<Target>) => (manifest: Manifest) => envelope(sam, manifest, change);
    expect((await verdictWith(good())).verdict).toBe('passed');
    expect((await verdictWith(good({ annotations: { stage: 'security' } }))).verdict).toBe('passed');
    expect((await verdictWith(good({ annotations: { stage: 'author' } }))).verdict).toBe('failed');
    expect((await verdictWith(good(), strict)).verdict).toBe('failed');
  });

  test.each<[string, (manifest: Manifest) => Uint8Array]>([
    ['a stranger', (manifest) => envelope(eve, manifest)],
    ['another manifest', (manifest) => envelope(sam, manifest, { digest: `sha256:${'0'.repeat(64)}` })],
    ['another size', (manifest) => envelope(sam, manifest, { size: 1 })],
    ['another media type', (manifest) => envelope(sam, manifest, { mediaType: 'application/json' })],
    ['another algorithm than that of the key', (manifest) => envelope(sam, manifest, {}, 'ES384')],
    ['an approval that is not there', (manifest) => envelope(sam, manifest, { annotations: { approval: 'sha256:x' } })],
    ['a certificate of somebody else', (manifest) => withChainOf(eve, envelope(sam, manifest))],
    ['no signature at all', () => utf8('{}')],
  ])('by or about %s does not count', async (_name, make) => {
    expect((await verdictWith(make)).verdict).toBe('failed');
  });

  test('its verdict lasts as long as it does', async () => {
    const expires = new Date(NOW.getTime() + 3_600_000);
    const { repository, reference, manifest } = await image();
    await attach(
      repository,
      manifest,
      headed(manifest, (header) => header, expires),
    );
    const at = { repository, reference };
    expect(await verdictOn(at, judge)).toMatchObject({ verdict: 'passed', endsAt: expires.toISOString() });
    expect((await verdictOn(at, { ...judge, now: expires })).verdict).toBe('failed');
  });

  test('stays denied when somebody writes its envelope in another way', async () => {
    const { repository, reference, manifest } = await image();
    const good = envelope(sam, manifest);
    await attach(repository, manifest, good);
    const [layer] = (await verdictOn({ repository, reference }, judge)).layers;
    const deny = `{ statement: "${layer?.digest}", reason: signed the wrong image }`;
    const stage = '  - { name: security, approvers: [sam], native: [notation] }';
    const denying = await judgeBy(await policyFor([sam], stage, { deny }));
    expect((await verdictOn({ repository, reference }, denying)).verdict).toBe('failed');
    await attach(repository, manifest, utf8(` ${Buffer.from(good).toString()}`));
    expect((await verdictOn({ repository, reference }, denying)).verdict).toBe('failed');
  });

  test('is looked at once, however often it is attached', async () => {
    const { repository, reference, manifest } = await image();
    const bytes = envelope(sam, manifest);
    const { mediaType, digest, bytes: text } = manifest;
    for (const createdAt of [NOW, new Date(0)])
      await attachNotation(
        repository,
        { mediaType, digest, size: text.length },
        { bytes, mediaType: NOTATION_MEDIA_TYPE, chain: [], createdAt },
      );
    expect((await repository.listReferrers(digest)).referrers.length).toBe(2);
    expect(statuses(await verdictOn({ repository, reference }, judge), 'notation')).toEqual(['valid']);
  });

  test('counts whatever of the same signer is copied from another image', async () => {
    const { repository, reference, manifest } = await image();
    await attach(repository, manifest, envelope(sam, manifest));
    await attach(repository, manifest, envelope(sam, manifest, { digest: sha256(utf8('x')) }));
    expect((await verdictOn({ repository, reference }, judge)).verdict).toBe('passed');
    expect((await signRemotely({ repository, reference }, sam, 'security', { judge })).outcome).toBe('signed');
    expect((await verdictOn({ repository, reference }, judge)).verdict).toBe('passed');
  });

  // notation refuses each of these too.
  test.each<[string, (header: Record<string, unknown>) => object]>([
    ['a plugin that must verify it', (header) => ({ ...header, 'io.cncf.notary.verificationPlugin': 'x' })],
    [
      'the time of another scheme',
      (header) => ({ ...header, 'io.cncf.notary.AuthenticSigningTime': '2026-11-22T12:00:00Z' }),
    ],
    ['a header marked twice', (header) => ({ ...header, crit: [header['crit'], header['crit']].flat() })],
  ])('with %s does not count', async (_name, change) => {
    expect((await verdictWith((manifest) => headed(manifest, (header) => header))).verdict).toBe('passed');
    expect((await verdictWith((manifest) => headed(manifest, change))).verdict).toBe('failed');
  });

  test('that ends before it was made does not count', async () => {
    const signingTime = { 'io.cncf.notary.signingTime': '2026-11-22T13:00:00Z' };
    const expires = new Date(NOW.getTime() + 3_600_000);
    const make = (manifest: Manifest) => headed(manifest, (header) => ({ ...header, ...signingTime }), expires);
    expect((await verdictWith(make)).verdict).toBe('failed');
  });

  test('no flipped bit leaves it counting', async () => {
    const { repository, reference, manifest } = await image();
    const good = envelope(sam, manifest);
    // What is not signed are the agent, and the order and blanks of JSON.
    const text = Buffer.from(good).toString();
    const end = text.indexOf('"header"');
    for (let at = 0; at < end; at += 7) {
      const bad = Uint8Array.from(good, (byte, index) => (index === at ? byte ^ 1 : byte));
      await attach(repository, manifest, bad);
    }
    expect((await verdictOn({ repository, reference }, judge)).verdict).toBe('failed');
  });
});

function withChainOf({ signer }: Person, bytes: Uint8Array): Uint8Array {
  const value = JSON.parse(Buffer.from(bytes).toString());
  value.header.x5c = (signer.notation?.chain ?? []).map((der) => Buffer.from(der).toString('base64'));
  return utf8(JSON.stringify(value));
}

describe('beside an approval', () => {
  test('is written on request, names it, and does not count without it', async () => {
    const { repository, reference, manifest } = await image();
    await signRemotely({ repository, reference }, sam, 'security', {
      judge: strict,
      native: 'notation',
      verifyData: true,
    });
    const verdict = await verdictOn({ repository, reference }, strict);
    expect([verdict.verdict, statuses(verdict, 'notation')]).toEqual(['passed', ['valid']]);
    const { referrers } = await repository.listReferrers(manifest.digest);
    const found = referrers.find(({ descriptor }) => descriptor.artifactType?.includes('notary'));
    const [layer] = JSON.parse(Buffer.from(found?.manifest.bytes ?? []).toString()).layers;
    const parts: Uint8Array[] = [];
    for await (const part of repository.readBlob(layer.digest, { sizeBytes: layer.size })) parts.push(part);
    const [approval] = verdict.layers.filter(({ kind }) => kind === 'bundle');
    expect(parseNotation(Buffer.concat(parts)).target.annotations).toEqual({
      stage: 'security',
      approval: approval?.digest,
    });
    const other = await image();
    await attach(other.repository, other.manifest, Buffer.concat(parts));
    const alone = await verdictOn({ repository: other.repository, reference: other.reference }, judge);
    expect(alone.verdict).toBe('failed');
  });

  test('is added by a later run, once', async () => {
    const at = await image();
    const how = { judge: strict, verifyData: true };
    await signRemotely(at, sam, 'security', how);
    const again = await signRemotely(at, sam, 'security', { ...how, native: 'notation' });
    expect(again).toMatchObject({ outcome: 'unchanged', where: [`a Notation signature of ${at.reference}`] });
    expect((await signRemotely(at, sam, 'security', { ...how, native: 'notation' })).where).toEqual([]);
    expect(statuses(await verdictOn(at, strict), 'notation')).toEqual(['valid']);
  });

  test('junk of strangers beside it is no matter', async () => {
    const { repository, reference, manifest } = await image();
    await signRemotely({ repository, reference }, sam, 'security', {
      judge: strict,
      native: 'notation',
      verifyData: true,
    });
    for (const junk of [
      utf8('{}'),
      utf8('no JSON'),
      envelope(eve, manifest),
      withChainOf(eve, envelope(sam, manifest)),
    ])
      await attach(repository, manifest, junk);
    expect((await verdictOn({ repository, reference }, strict)).verdict).toBe('passed');
  });

  test('is refused for files, without the root, and for keys that are not certified; nothing is written', async () => {
    const path = await temporaryFile(typicalSif().bytes());
    const conflict = { code: 'STAGE_NATIVE_CONFLICT' };
    await expect(signAs(path, sam, 'security', strict, { native: 'notation' })).rejects.toMatchObject(conflict);
    const at = await image();
    const { certificate, privateKey } = sam;
    const rootless = await createSigner({
      method: 'x509',
      key: new Secret(Buffer.from(privateKey)),
      passphrase: undefined,
      certificate,
      certificateChain: undefined,
      now: NOW,
    });
    for (const signer of [rootless, (await keyPerson('carol')).signer, (await pgpPerson('alice')).signer]) {
      const signing = signRemotely(at, { ...sam, signer }, 'security', {
        judge: strict,
        native: 'notation',
        verifyPrevious: false,
      });
      await expect(signing).rejects.toMatchObject(conflict);
    }
    const { referrers } = await at.repository.listReferrers(at.manifest.digest);
    expect(referrers).toEqual([]);
  });
});

test.each([
  ['a member twice', (text: string) => text.replace('{', '{"payload":"e30",')],
  ['a member in another case', (text: string) => text.replace('"payload"', '"Payload"')],
  ['blanks in base64', (text: string) => text.replace('"signature":"', '"signature":" ')],
  ['bytes after it', (text: string) => `${text}x`],
])('%s is refused', async (_name, change) => {
  const { manifest } = await image();
  const text = Buffer.from(envelope(sam, manifest)).toString();
  expect(parseNotation(utf8(text)).target.digest).toBe(manifest.digest);
  expect(() => parseNotation(utf8(change(text)))).toThrow(/SIGNATURE|Notation|ambiguous|base64|JSON/i);
  expect(sha256(utf8(text))).not.toBe(sha256(utf8(change(text))));
});
