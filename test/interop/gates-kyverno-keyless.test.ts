// SPDX-License-Identifier: Apache-2.0
// Approvals with short-lived certificates of a real Fulcio, under the policy for Kyverno: its CLI and `simulate` agree.

import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256Hex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { command as exportCommand } from '../../src/commands/gates/export.ts';
import { command as simulate } from '../../src/commands/gates/simulate.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../src/commands/spec.ts';
import { openRepository } from '../../src/oci/open.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { FakeHost } from '../support/fake-host.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { startRealSigstore } from '../support/real-sigstore.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { TufRepository } from '../support/tuf.ts';

const missing = !hasPeers('kyverno', 'docker-registry', 'fulcio', 'rekor-server-posix-2.3.0', 'timestamp-server');

/** Kyverno reads the root of the public instance, which has a log of certificates, even when it is told another. */
function publicRoot(trustedRoot: string): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const log = {
    baseUrl: 'https://ct.example.org',
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: der.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: '2020-01-01T00:00:00Z' },
    },
    logId: { keyId: Buffer.from(sha256Hex(der), 'hex').toString('base64') },
  };
  return JSON.stringify({ ...JSON.parse(trustedRoot), ctlogs: [log] });
}

test.skipIf(missing)('a name in a certificate, its issuer and its instance', { timeout: 120_000 }, async () => {
  const folder = await temporaryFolder();
  const sigstore = await startRealSigstore(folder, 'ann@example.org');
  const place = `${await startDockerRegistry()}/team/app`;
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(place, options);
  const approved = `${place}@${(await pushOciImage(repository, { tag: '1' })).digest}`;
  const bare = `${place}@${(await pushOciImage(repository, { tag: '2', label: 'nobody approved it' })).digest}`;
  const root = await readFile(join(folder, 'root.json'), 'utf8');
  const tuf = new TufRepository(publicRoot(root));
  const { mirror } = await tuf.serve();
  const policyText = (principal: string, more = 'sct: 0') =>
    `version: 1\nname: test\ntrust: { sigstore: { root: root.json, ${more} } }\nprincipals:\n  prod: ${principal}\nstages:\n  - { name: production, approvers: prod }\n`;
  const run = async (command: Command, texts: Readonly<Record<string, string>>) => {
    await using host = new FakeHost({ cwd: folder, now: new Date(), env: { SIGSTORE_ID_TOKEN: sigstore.token() } });
    return runCommand(command, { 'policy-path': 'policy.yaml', ...texts }, host);
  };
  const person = (san: string, issuer = sigstore.issuer) =>
    `{ sigstore: { issuer: "${issuer}", san: "email:${san}" } }`;
  await writeFile(join(folder, 'policy.yaml'), policyText(person('ann@example.org')));
  await run(signStage, {
    'subject-name': approved,
    stage: 'production',
    'signing-method': 'sigstore',
    'sigstore-instance': 'config.json',
  });
  // Whose job it was is more than Kyverno reads of a certificate.
  const job = `{ github: { repository: acme/app, environment: production, issuer: "${sigstore.issuer}" } }`;
  await writeFile(join(folder, 'policy.yaml'), policyText(job));
  await expect(run(exportCommand, { gate: 'kyverno', repository: place, output: 'none' })).rejects.toMatchObject({
    code: 'GATE_NOT_EXPRESSIBLE',
  });
  const cases: readonly (readonly [principal: string, passes: boolean, trust?: string])[] = [
    [person('ann@example.org'), true],
    [person('ann@example.org'), true, 'sct: 0, log: 0, timestamps: 1'],
    [person('ann@example.org'), false, 'sct: 1'],
    [person('a*@example.org'), true],
    [person('a*n*@example.org'), false],
    [person('ben@example.org'), false],
    [person('ann@exampleXorg'), false],
    [person('ann@example.org', 'https://issuer.example.org'), false],
  ];
  for (const [index, [principal, passes, trust]] of cases.entries()) {
    await writeFile(join(folder, 'policy.yaml'), policyText(principal, trust));
    const output = `gate-${index}`;
    await run(exportCommand, { gate: 'kyverno', repository: place, output });
    const path = join(folder, output, 'image-validating-policy.yaml');
    const at = `tuf: { mirror: "${mirror}", root: { data: "${Buffer.from(tuf.root()).toString('base64')}" } }`;
    await writeFile(path, (await readFile(path, 'utf8')).replace(/^( +)trustedRoot:$/m, `$1${at}\n$&`));
    for (const [image, expected] of [
      [approved, passes],
      [bare, false],
    ] as const) {
      const spec = { containers: [{ name: 'app', image }] };
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app', namespace: 'default' }, spec };
      await writeFile(join(folder, 'pod.yaml'), JSON.stringify(pod));
      const env = { HOME: folder, TUF_ROOT: join(folder, 'tuf') };
      const said = await runPeer('kyverno', ['apply', path, '--registry', '--resource', 'pod.yaml'], {
        cwd: folder,
        env,
      });
      expect(said.exitCode === 0, `${principal} ${trust}: ${said.stdout}${said.stderr}`).toBe(expected);
      const ours = await run(simulate, { task: `kyverno\n${image}` });
      expect(ours.exitCode === 0, `${principal} ${trust}: ${ours.text}`).toBe(expected);
    }
  }
});
