// SPDX-License-Identifier: Apache-2.0
// Evidence by an approver's key is an approval to other tools: such a key signs no evidence, in whatever format it comes.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW, type Person, pgpPerson, x509Person } from '../support/layers.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

let people: Readonly<Record<'kim' | 'pat' | 'xen' | 'ci', Person>>;

beforeAll(async () => {
  const [kim, pat, xen, ci] = await Promise.all([
    keyPerson('kim', 'p256'),
    pgpPerson('pat'),
    x509Person('xen'),
    keyPerson('ci', 'p256'),
  ]);
  people = { kim, pat, xen, ci };
});

async function scanned(name: keyof typeof people, more: Readonly<Record<string, string>>) {
  const folder = await temporaryFolder();
  const { pat } = people;
  const fingerprint = pat.signer.identity.method === 'pgp' ? pat.signer.identity.fingerprint : '';
  for (const [file, { privateKey, publicKey, certificate = '', intermediates = '' }] of Object.entries(people)) {
    await writeFile(join(folder, `${file}.key`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${file}.pub`), publicKey);
    await writeFile(join(folder, `${file}.crt`), certificate);
    await writeFile(join(folder, `${file}.chain`), intermediates);
  }
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
trust: { keyrings: pat.pub, certificates: xen.crt }
principals:
  kim: { key: kim.pub }
  pat: { pgp: "${fingerprint}" }
  xen: { x509: { anchors: xen.pub, san: 'email:xen@example.org' } }
  ci: { key: ci.pub }
stages: [{ name: author, approvers: [kim, pat, xen] }]
`,
  );
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  await writeFile(
    join(folder, 'sbom.json'),
    '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[{"type":"library","name":"a","version":"1"}]}',
  );
  const method = more['signing-method'] ?? people[name].signer.method;
  const certificate = method === 'x509' ? { 'certificate-path': 'xen.crt', 'certificate-chain-path': 'xen.chain' } : {};
  const signing = { 'signing-method': method, 'key-path': `${name}.key`, ...certificate };
  const host = new FakeHost({ cwd: folder, now: NOW });
  const texts = { 'subject-path': 'app.sif', 'sbom-path': 'sbom.json', ...signing, ...more };
  const code = await runCommand(scanAttest, texts, host).then(
    ({ exitCode }) => exitCode,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );
  await host[Symbol.asyncDispose]();
  return { code, warned: host.log.some(({ text }) => text.includes('without a policy')) };
}

const POLICY = { 'policy-path': 'policy.yaml' };

describe('evidence', () => {
  test.each(['kim', 'pat', 'xen'] as const)('is not signed with the key by which %s approves', async (name) => {
    expect(await scanned(name, POLICY)).toEqual({ code: 'SIGNATURE_KEY_APPROVES', warned: false });
  });

  test('is not signed with the bare key of a certificate by which somebody approves', async () => {
    const texts = { ...POLICY, 'signing-method': 'key' };
    expect(await scanned('xen', texts)).toEqual({ code: 'SIGNATURE_KEY_APPROVES', warned: false });
  });

  test('is signed with a key of the policy that approves nothing', async () => {
    expect(await scanned('ci', POLICY)).toEqual({ code: 0, warned: false });
  });

  test('is signed with an approver’s key on request', async () => {
    expect(await scanned('kim', { ...POLICY, 'allow-approver-key': 'true' })).toEqual({ code: 0, warned: false });
  });

  test('is signed without a policy, with a warning', async () => {
    expect(await scanned('kim', {})).toEqual({ code: 0, warned: true });
  });
});
