// SPDX-License-Identifier: Apache-2.0
// Revocation lists as inputs: without a policy, and beside one that names none; and those that travel with the image.

import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePem } from '../../../../src/base/bytes.ts';
import { LIMITS } from '../../../../src/base/limits.ts';
import { command as stamp } from '../../../../src/commands/stamp.ts';
import { crlObject, withinLimits } from '../../../../src/image/carried-crls.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { appendObjects, deleteObjects } from '../../../../src/sif/edit/append.ts';
import { imageIn } from '../../../support/lane-bundles.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { testClock } from '../../../support/registry-session.ts';
import { parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import {
  caExtensions,
  encodeCertificate,
  encodeDer,
  encodeExtension,
  leafExtensions,
  TAG,
} from '../../../support/certificates.ts';
import { encodeCrl } from '../../../support/crls.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf } from '../../../support/signing.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const DAY = 86_400_000;
const day = (days: number) => new Date(NOW.getTime() + days * DAY);

/** A file, a layout folder and a certificate, with lists of the CA and of a stranger with its name. */
async function prepare() {
  const folder = await temporaryFolder();
  const [root, leaf] = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ];
  const keyId = (id: number) =>
    encodeExtension('2.5.29.35', encodeDer(TAG.sequence, encodeDer(0x80, Uint8Array.of(id))), false);
  const issuer = { subject: 'root', key: root.privateKey, keyId: keyId(1) };
  const dates = { notBefore: day(-10), notAfter: day(300) };
  const anchor = encodeCertificate({
    subject: 'root',
    publicKey: root.publicKey,
    issuer,
    ...dates,
    extensions: caExtensions(),
  });
  const extensions = leafExtensions('rel@example.org');
  const certificate = encodeCertificate({ subject: 'leaf', publicKey: leaf.publicKey, issuer, ...dates, extensions });
  const { serial } = parseCertificate(certificate);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const stranger = { subject: 'root', key: privateKey, keyId: keyId(2) };
  const list = (number: number, revoked: boolean, by = issuer) => {
    const entries = revoked ? [{ serial, at: day(-1) }] : [];
    return encodePem(
      'X509 CRL',
      encodeCrl({ issuer: by, extensions: [by.keyId], thisUpdate: day(-1), nextUpdate: day(6), number, entries }),
    );
  };
  const files = {
    'app.sif': typicalSif().bytes(),
    'root.pem': encodePem('CERTIFICATE', anchor),
    'leaf.pem': encodePem('CERTIFICATE', certificate),
    'leaf.key': leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'good.crl': list(1, false),
    'revoked.crl': list(2, true),
    'stranger.crl': list(9, true, stranger),
    'harmless.crl': list(9, false, stranger),
    'policy.yaml': `version: 1
name: test
principals: { rel: { x509: { anchors: root.pem, san: "email:rel@example.org" } } }
stages: [{ name: author, approvers: rel }]
`,
    'strict.yaml': `version: 1
name: test
trust: { revocation: require }
principals: { rel: { x509: { anchors: root.pem, san: "email:rel@example.org" } } }
stages: [{ name: author, approvers: rel }]
`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  const host = new FakeHost({ cwd: folder, now: NOW });
  const signing = { 'signing-method': 'x509', 'key-path': 'leaf.key', 'certificate-path': 'leaf.pem' };
  const sign = (more: Readonly<Record<string, string>>) =>
    runCommand(signStage, { 'subject-path': 'app.sif', stage: 'author', ...signing, ...more }, host);
  const carry = (lists: string, more: Readonly<Record<string, string>> = {}) =>
    runCommand(stamp, { 'subject-path': 'app.sif', 'policy-path': 'strict.yaml', 'carry-crls': lists, ...more }, host);
  const judged = async (more: Readonly<Record<string, string>>) => {
    const { exitCode, text } = await runCommand(verifyAll, { 'subject-path': 'app.sif', ...more }, host);
    return [exitCode, /CERTIFICATE_REVOKED|CRL_\w+/.exec(text)?.[0]];
  };
  return { folder, sign, carry, judged, list };
}

test('lists that are given revoke, and one that is missing fails', async () => {
  const { sign, judged } = await prepare();
  await sign({});
  for (const trust of [{ 'trust-anchors': 'root.pem' }, { 'policy-path': 'policy.yaml' }]) {
    expect(await judged(trust)).toEqual([0, undefined]);
    expect(await judged({ ...trust, crls: 'good.crl' })).toEqual([0, undefined]);
    expect(await judged({ ...trust, crls: 'good.crl\nrevoked.crl' })).toEqual([1, 'CERTIFICATE_REVOKED']);
  }
  expect(await codeOf(judged({ 'trust-anchors': 'root.pem', crls: 'root.pem' }))).toBe('SIGNATURE_TRUST_UNREADABLE');
  expect(await codeOf(judged({ crls: 'good.crl' }))).toBe('USAGE_MISSING_INPUT');
});

const STRICT = { 'policy-path': 'strict.yaml' };
const REVOKED = [1, 'CERTIFICATE_REVOKED'];

test('lists travel in a file, and count by the signature of their issuer', async () => {
  const { folder, sign, carry, judged } = await prepare();
  const path = join(folder, 'app.sif');
  expect(await codeOf(sign(STRICT))).toBe('STAGE_SIGNER_NOT_ALLOWED');
  expect((await carry('good.crl')).text).toContain(
    '1 revocation list travelling along\n  object 4  revocation list 1 of CN=root',
  );
  await sign(STRICT);
  const before = await readFile(path);
  expect(await judged(STRICT)).toEqual([0, undefined]);
  // Again, it is there already; a newer one takes its place.
  await carry('good.crl');
  expect((await imageIn(path)).objects.filter(({ name }) => name.startsWith('countersign-crl/'))).toHaveLength(1);
  await carry('revoked.crl');
  expect((await imageIn(path)).objects.filter(({ name }) => name.startsWith('countersign-crl/'))).toHaveLength(1);
  expect(await judged(STRICT)).toEqual(REVOKED);
  // Whoever takes it away has a missing list, and whoever puts an older one in its place no more than that says.
  const [carrier] = (await imageIn(path)).objects.filter(({ name }) => name.startsWith('countersign-crl/'));
  await deleteObjects(path, [carrier?.id ?? 0], { now: NOW });
  expect(await judged(STRICT)).toEqual([1, 'CRL_MISSING']);
  await writeFile(path, before);
  expect(await judged({ ...STRICT, crls: 'revoked.crl' })).toEqual(REVOKED);
  // The highest number wins, wherever it comes from.
  await carry('revoked.crl');
  expect(await judged({ ...STRICT, crls: 'good.crl' })).toEqual(REVOKED);
});

test('lists of strangers, and what is none, change nothing', async () => {
  const { folder, sign, carry, judged } = await prepare();
  const path = join(folder, 'app.sif');
  await carry('good.crl');
  await sign(STRICT);
  await carry('stranger.crl');
  await appendObjects(path, [crlObject(Buffer.from('no list')), crlObject(new Uint8Array())], { now: NOW });
  expect(await judged(STRICT)).toEqual([0, undefined]);
  // A policy that asks for no revocation looks at none.
  await carry('revoked.crl');
  expect(await judged({ 'policy-path': 'policy.yaml' })).toEqual([0, undefined]);
  expect(await judged({ 'policy-path': 'policy.yaml', crls: 'good.crl' })).toEqual(REVOKED);
  const other = await prepare();
  await other.carry('harmless.crl');
  expect(await codeOf(other.sign(STRICT))).toBe('STAGE_SIGNER_NOT_ALLOWED');
  expect(await codeOf(carry('root.pem'))).toBe('SIGNATURE_TRUST_UNREADABLE');
});

test('lists travel attached to an image in a layout folder, as in a registry', async () => {
  const { folder, sign, carry, judged } = await prepare();
  const layout = join(folder, 'out');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
  const image = { 'subject-path': 'oci:out:v1' };
  expect((await carry('good.crl', image)).text).toContain('referrer sha256:');
  await sign({ ...STRICT, ...image });
  expect(await judged({ ...STRICT, ...image })).toEqual([0, undefined]);
  expect(await judged({ ...STRICT, ...image, crls: 'revoked.crl' })).toEqual(REVOKED);
  await carry('stranger.crl', image);
  expect(await judged({ ...STRICT, ...image })).toEqual([0, undefined]);
  await carry('revoked.crl', image);
  expect(await judged({ ...STRICT, ...image })).toEqual(REVOKED);
});

test('no more are looked at than is bearable', () => {
  const many = Array.from({ length: 70 }, (_, index) => Uint8Array.of(index));
  expect(withinLimits([...many, ...many])).toHaveLength(LIMITS.carriedCrls);
  const large = Array.from({ length: 5 }, (_, index) => new Uint8Array(8 * 1024 * 1024).fill(index));
  expect(withinLimits(large)).toHaveLength(4);
});
