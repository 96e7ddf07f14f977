// SPDX-License-Identifier: Apache-2.0
// verify-all with expect-tag: a tag that was moved back, or by somebody else, is refused although the image is approved.

import { writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import type { Command } from '../../src/commands/spec.ts';
import { parseBundle } from '../../src/attest/bundle.ts';
import { signStatement } from '../../src/attest/sign.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { attachBundle, readSmallBlob } from '../../src/oci/referrers/bundles.ts';
import { bundleToAttach } from '../../src/stage/bundles.ts';
import { publicationTag } from '../../src/image/registry/publication-tag.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeTrusting, keyPerson, NOW, type Person, x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const PRINCIPALS = '  kim: { key: kim.pub }\n  ci: { key: ci.pub }\n';

async function project(principals = PRINCIPALS, publisher?: Person) {
  const cwd = await temporaryFolder();
  const kim = await keyPerson('kim', 'p256');
  const ci = publisher ?? (await keyPerson('ci', 'p256'));
  await writeFile(join(cwd, 'kim.pub'), kim.publicKey);
  await writeFile(join(cwd, 'ci.pub'), ci.publicKey);
  await writeFile(join(cwd, 'ci.key'), ci.privateKey, { mode: 0o600 });
  await writeFile(join(cwd, 'ci.crt'), `${ci.certificate}${ci.intermediates}`);
  await writeFile(
    join(cwd, 'p.yaml'),
    `version: 1\nname: t\nprincipals:\n${principals}stages: [{ name: author, approvers: kim }]\n`,
  );
  const registry = await startRegistry();
  const { host } = registry;
  const staging = await openIn({ host }, { name: 'team/staging' });
  const app = await openIn({ host }, { name: 'team/app' });
  let seconds = 0;
  const run = (command: Command, texts: Readonly<Record<string, string>>) => {
    seconds += 60;
    const now = new Date(NOW.getTime() + seconds * 1000);
    return runCommand(command, { 'policy-path': 'p.yaml', ...texts }, new FakeHost({ cwd, now }));
  };
  const publish = async (label: string, { signed = true, tag = 'production', more = {} } = {}) => {
    const image = await pushOciImage(staging, { tag: label, label });
    const judge = await judgeTrusting([kim]);
    await signRemotely({ repository: staging, reference: label }, kim, 'author', { judge, verifyData: true });
    const { method } = ci.signer;
    const certificate = method === 'x509' ? { 'certificate-path': 'ci.crt' } : {};
    const key: Record<string, string> = signed
      ? { 'signing-method': method, 'key-path': 'ci.key', ...certificate, ...more }
      : {};
    const what = { 'subject-name': `${staging.name}@${image.digest}`, reference: `${app.name}:${tag}` };
    expect((await run(pushOras, { ...what, ...key })).exitCode).toBe(0);
    return image;
  };
  const verify = (more: Readonly<Record<string, string>> = {}) =>
    run(verifyAll, { 'subject-name': `${app.name}:production`, 'expect-tag': 'production', ...more });
  const wait = (more: number) => {
    seconds += more;
  };
  const state = join(cwd, 'tags.json');
  return { app, registry, state, publish, verify, wait, ci };
}

const refused = (code: string) => ({
  exitCode: 1,
  json: { images: [{ reasons: expect.arrayContaining([expect.objectContaining({ code })]) }] },
});

test('a tag that was moved back to an older approved image is refused', async () => {
  const { app, publish, verify } = await project();
  const older = await publish('one');
  expect((await verify({ 'tag-state-path': 'tags.json' })).exitCode).toBe(0);
  const before = await app.getManifest(publicationTag('production'));
  const newer = await publish('two');
  expect((await verify({ 'tag-state-path': 'tags.json' })).exitCode).toBe(0);
  await app.putManifest(older, 'production');
  expect(await verify()).toMatchObject(refused('TAG_MOVED'));
  // Without the question the older image is approved as it always was.
  expect((await verify({ 'expect-tag': '' })).exitCode).toBe(0);
  // Who puts the old publication back as well is noticed by what this machine has seen, or by its age.
  if (before) await app.putManifest(before, publicationTag('production'));
  expect(await verify({ 'tag-state-path': 'tags.json' })).toMatchObject(refused('TAG_MOVED'));
  expect(await verify({ 'expect-tag-max-age': '1m' })).toMatchObject(refused('TAG_RECORD_OLD'));
  await app.putManifest(newer, 'production');
  expect(await verify()).toMatchObject(refused('TAG_MOVED'));
});

test('two runs at once both remember what they saw', async () => {
  const { app, state, publish, verify } = await project();
  const tags = ['production', 'stable', 'next'];
  for (const tag of tags) await publish(tag, { tag });
  const of = (tag: string) => ({
    'subject-name': `${app.name}:${tag}`,
    'expect-tag': tag,
    'tag-state-path': 'tags.json',
  });
  const ended = await Promise.all(tags.map((tag) => verify(of(tag))));
  expect(ended.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const kept: unknown = JSON.parse(await readFile(state, 'utf8'));
  expect(Object.keys(Object(kept)).toSorted()).toEqual(tags.map((tag) => `${app.name}:${tag}`).toSorted());
});

test('a newer publication that another run sees meanwhile is neither forgotten nor passed over', async () => {
  const { app, registry, state, publish, verify } = await project();
  await publish('one');
  const later = new Date(NOW.getTime() + 3_600_000).toISOString();
  const text = JSON.stringify({ [`${app.name}:production`]: later });
  registry.faults.hang = ({ url }) => {
    if (url?.includes(publicationTag('production'))) writeFileSync(state, text);
    return false;
  };
  expect(await verify({ 'tag-state-path': 'tags.json' })).toMatchObject(refused('TAG_MOVED'));
  expect(JSON.parse(await readFile(state, 'utf8'))).toEqual(JSON.parse(text));
});

test('a passed verdict ends when the publication is too old', async () => {
  const { publish, verify } = await project();
  await publish('one');
  const { json } = await verify();
  expect(json).not.toHaveProperty('endsAt');
  const published = NOW.getTime() + 60_000;
  const endsAt = new Date(published + 3_600_000).toISOString();
  expect((await verify({ 'expect-tag-max-age': '1h' })).json).toMatchObject({ endsAt, images: [{ endsAt }] });
});

test('a publication that is dated ahead counts for nothing, and is not remembered', async () => {
  const { publish, verify, wait } = await project();
  wait(86_400);
  await publish('one');
  wait(-86_400);
  const texts = { 'tag-state-path': 'tags.json', 'expect-tag-max-age': '1h' };
  expect(await verify(texts)).toMatchObject(refused('TAG_NOT_RECORDED'));
  await publish('two');
  expect((await verify(texts)).exitCode).toBe(0);
});

test('what nobody who may publish signed is refused', async () => {
  const { publish, verify } = await project();
  await publish('one', { signed: false });
  expect(await verify()).toMatchObject(refused('TAG_NOT_RECORDED'));
  await publish('two');
  expect((await verify()).exitCode).toBe(0);
  expect(await verify({ 'published-by': 'kim' })).toMatchObject(refused('TAG_NOT_RECORDED'));
});

test('a publisher whose key has two names may publish under either of them, if it approves under none', async () => {
  const builder = '  builder: { key: ci.pub }\n';
  for (const principals of [`${PRINCIPALS}${builder}`, `${builder}${PRINCIPALS}`]) {
    const { publish, verify } = await project(principals);
    await publish('one');
    expect((await verify()).exitCode).toBe(0);
    for (const name of ['ci', 'builder']) expect((await verify({ 'published-by': name })).exitCode).toBe(0);
    expect(await verify({ 'published-by': 'kim' })).toMatchObject(refused('TAG_NOT_RECORDED'));
  }
});

test('a key that approves under another name is no publisher unless that is said', async () => {
  const both = '  kim: { key: [kim.pub, ci.pub] }\n';
  const ci = '  ci: { key: ci.pub }\n';
  for (const principals of [`${ci}${both}`, `${both}${ci}`]) {
    const { publish, verify } = await project(principals);
    await publish('one', { more: { 'allow-approver-key': 'true' } });
    expect(await verify()).toMatchObject(refused('TAG_NOT_RECORDED'));
    expect((await verify({ 'published-by': 'ci' })).exitCode).toBe(0);
  }
});

test('one of many that a principal stands for is a publisher', async () => {
  const { ci, publish, verify } = await project(
    "  kim: { key: kim.pub }\n  team: { many: true, x509: { anchors: ci.pub, san: 'email:*@example.org' } }\n",
    await x509Person('ci'),
  );
  expect(ci.certificate).toBeDefined();
  await publish('one');
  expect((await verify()).exitCode).toBe(0);
  expect((await verify({ 'published-by': 'team' })).exitCode).toBe(0);
});

test('a copy of the publication that a stranger signed takes nothing from it', async () => {
  const { app, publish, verify } = await project();
  const image = await publish('one');
  const stranger = await keyPerson('stranger', 'p256');
  const publication = (await app.getManifest(publicationTag('production'))) ?? expect.fail('no publication');
  const [layer] = parseManifest(publication, 'the publication').layers;
  const { envelope } = parseBundle(await readSmallBlob(app, layer ?? expect.fail('no bundle')));
  const copy = bundleToAttach(await signStatement(envelope.payload, stranger.signer, { now: NOW }));
  const subject = { mediaType: image.mediaType, digest: image.digest, size: image.bytes.length };
  for (const name of ['a', 'b', 'c', 'd', 'e', 'f'])
    await attachBundle(app, subject, { ...copy, annotations: { 'org.example.copy': name } });
  expect((await verify()).exitCode).toBe(0);
});

test.each([
  [{ 'expect-tag': '', 'published-by': 'ci' }, 'USAGE_MISSING_INPUT'],
  [{ 'expect-tag': 'a b' }, 'USAGE_INVALID_INPUT'],
  [{ 'published-by': 'nobody' }, 'USAGE_INVALID_INPUT'],
])('%j is refused with %s', async (more, code) => {
  const { verify } = await project();
  await expect(verify(more)).rejects.toMatchObject({ code });
});
