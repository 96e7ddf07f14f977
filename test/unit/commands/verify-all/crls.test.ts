// SPDX-License-Identifier: Apache-2.0
// Revocation lists as inputs: without a policy, and beside one that names none.

import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { encodePem } from '../../../../src/base/bytes.ts';
import { parseCertificate } from '../../../../src/crypto/x509/certificate.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { caExtensions, encodeCertificate, leafExtensions } from '../../../support/certificates.ts';
import { encodeCrl } from '../../../support/crls.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { NOW } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { codeOf } from '../../../support/signing.ts';
import { typicalSif } from '../../../support/sif-builder.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const DAY = 86_400_000;
const day = (days: number) => new Date(NOW.getTime() + days * DAY);

test('lists that are given revoke, and one that is missing fails', async () => {
  const folder = await temporaryFolder();
  const [root, leaf] = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ];
  const issuer = { subject: 'root', key: root.privateKey };
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
  const list = (number: number, revoked: boolean) => {
    const entries = revoked ? [{ serial, at: day(-1) }] : [];
    return encodePem('X509 CRL', encodeCrl({ issuer, thisUpdate: day(-1), nextUpdate: day(6), number, entries }));
  };
  const files = {
    'app.sif': typicalSif().bytes(),
    'root.pem': encodePem('CERTIFICATE', anchor),
    'leaf.pem': encodePem('CERTIFICATE', certificate),
    'leaf.key': leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    'good.crl': list(1, false),
    'revoked.crl': list(2, true),
    'policy.yaml': `version: 1
name: test
principals: { rel: { x509: { anchors: root.pem, san: "email:rel@example.org" } } }
stages: [{ name: author, approvers: rel }]
`,
  };
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  const host = new FakeHost({ cwd: folder, now: NOW });
  const signing = { 'signing-method': 'x509', 'key-path': 'leaf.key', 'certificate-path': 'leaf.pem' };
  await runCommand(signStage, { 'subject-path': 'app.sif', stage: 'author', ...signing }, host);
  const judged = async (more: Readonly<Record<string, string>>) => {
    const { exitCode, text } = await runCommand(verifyAll, { 'subject-path': 'app.sif', ...more }, host);
    return [exitCode, /CERTIFICATE_REVOKED|CRL_MISSING/.exec(text)?.[0]];
  };
  for (const trust of [{ 'trust-anchors': 'root.pem' }, { 'policy-path': 'policy.yaml' }]) {
    expect(await judged(trust)).toEqual([0, undefined]);
    expect(await judged({ ...trust, crls: 'good.crl' })).toEqual([0, undefined]);
    expect(await judged({ ...trust, crls: 'good.crl\nrevoked.crl' })).toEqual([1, 'CERTIFICATE_REVOKED']);
  }
  expect(await codeOf(judged({ 'trust-anchors': 'root.pem', crls: 'root.pem' }))).toBe('SIGNATURE_TRUST_UNREADABLE');
  expect(await codeOf(judged({ crls: 'good.crl' }))).toBe('USAGE_MISSING_INPUT');
});
