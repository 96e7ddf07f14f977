// SPDX-License-Identifier: Apache-2.0
// The real cosign, told to read its attestation tag and no bundles, accepts what we write there by keys and certificates;
// what it attaches to the same tag is not lost, and counts as evidence here.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { command as withdraw } from '../../src/commands/withdraw.ts';
import { openRepository } from '../../src/oci/open.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeTrusting, keyPerson, type Person, x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const SBOM = 'https://cyclonedx.org/bom';
const VERDICT = 'https://slsa.dev/verification_summary/v1';

async function scene(person: Person) {
  const folder = await temporaryFolder();
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`${await startDockerRegistry()}/team/app`, options);
  const { digest } = await pushOciImage(repository, { tag: '1' });
  const files = {
    'ci.key': person.privateKey,
    'ci.pub': person.publicKey,
    'ci.crt': person.certificate ?? '',
    'chain.pem': person.intermediates ?? '',
    'sbom.json': '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[]}',
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text, { mode: 0o600 });
  const reference = `${repository.name}@${digest}`;
  const env = { HOME: folder, TUF_ROOT: join(folder, 'tuf'), COSIGN_PASSWORD: '' };
  const cosignOn = async (image: string, ...args: readonly string[]) => {
    const { exitCode, stderr } = await runPeer('cosign', [...args, image], { cwd: folder, env });
    return exitCode === 0 ? 'passed' : stderr;
  };
  const cosign = (...args: readonly string[]) => cosignOn(reference, ...args);
  const old = ['verify-attestation', '--new-bundle-format=false', '--insecure-ignore-tlog'];
  /** Reads the tag alone. */
  const acceptsAt = (image: string, type: string, ...trust: readonly string[]) =>
    cosignOn(image, ...old, '--type', type, ...trust);
  const accepts = (type: string, ...trust: readonly string[]) => acceptsAt(reference, type, ...trust);
  const run = async (command: Command, texts: Readonly<Record<string, string>>) => {
    await using host = new FakeHost({ cwd: folder, now: new Date() });
    return runCommand(command, { 'subject-name': reference, 'attestation-tag': 'true', ...texts }, host);
  };
  return { folder, repository, digest, cosign, accepts, acceptsAt, run, env };
}

describe.skipIf(!hasPeers('docker-registry', 'cosign'))(
  'cosign’s attestation tag (skipped without cosign and docker-registry)',
  () => {
    test.each(['p256', 'p384', 'ed25519'] as const)('evidence by a bare key of %s', async (type) => {
      const { accepts, run } = await scene(await keyPerson('ci', type));
      const by = { 'signing-method': 'key', 'key-path': 'ci.key' };
      await run(scanAttest, { 'sbom-path': 'sbom.json', 'attestation-tag': 'false', ...by });
      expect(await accepts(SBOM, '--key', 'ci.pub')).not.toBe('passed');
      await run(scanAttest, { 'sbom-path': 'sbom.json', ...by });
      expect(await accepts(SBOM, '--key', 'ci.pub')).toBe('passed');
      expect(await accepts(VERDICT, '--key', 'ci.pub')).not.toBe('passed');
    });

    test('evidence by a certificate', async () => {
      const { accepts, run } = await scene(await x509Person('ci', new Date()));
      const certificates = { 'certificate-path': 'ci.crt', 'certificate-chain-path': 'chain.pem' };
      const by = { 'signing-method': 'x509', 'key-path': 'ci.key', ...certificates };
      await run(scanAttest, { 'sbom-path': 'sbom.json', ...by });
      const who = ['--certificate-identity=ci@example.org', '--certificate-oidc-issuer-regexp=.*'];
      const trust = ['--insecure-ignore-sct', '--ca-roots=ci.pub', ...who];
      expect(await accepts(SBOM, '--ca-intermediates=chain.pem', ...trust)).toBe('passed');
    });

    test.each<[string, () => Promise<Person>]>([
      ['a bare key', () => keyPerson('ci', 'p256')],
      ['a certificate', () => x509Person('ci', new Date())],
    ])('an approval by %s, and the publication of it elsewhere', async (_, person) => {
      const by = await person();
      const { accepts, acceptsAt, run, folder, repository, digest } = await scene(by);
      const certificates = { 'certificate-path': 'ci.crt', 'certificate-chain-path': 'chain.pem' };
      const isKey = by.certificate === undefined;
      const signing = {
        'signing-method': isKey ? 'key' : 'x509',
        'key-path': 'ci.key',
        ...(isKey ? {} : certificates),
      };
      const who = ['--certificate-identity=ci@example.org', '--certificate-oidc-issuer-regexp=.*'];
      const roots = ['--insecure-ignore-sct', '--ca-roots=ci.pub', '--ca-intermediates=chain.pem', ...who];
      const trust = isKey ? ['--key', 'ci.pub'] : roots;
      for (const stage of ['author', 'other'])
        await writeFile(join(folder, `${stage}.cue`), `predicate: countersign: stage: "${stage}"\n`);
      await run(signStage, { stage: 'author', 'attestation-tag': 'false', ...signing });
      expect(await accepts(VERDICT, ...trust)).not.toBe('passed');
      await run(signStage, { stage: 'author', ...signing });
      expect(await accepts(VERDICT, ...trust, '--policy=author.cue')).toBe('passed');
      expect(await accepts(VERDICT, ...trust, '--policy=other.cue')).not.toBe('passed');
      const copy = repository.name.replace('app', 'copy');
      await run(pushOras, { reference: `${copy}:1`, 'verify-data': 'false', ...signing });
      const there = `${copy}@${digest}`;
      expect(await accepts('urn:countersign:publication:v1', ...trust)).not.toBe('passed');
      expect(await acceptsAt(there, 'urn:countersign:publication:v1', ...trust)).toBe('passed');
      expect(await acceptsAt(there, VERDICT, ...trust, '--policy=author.cue')).toBe('passed');
      await run(withdraw, { stage: 'author', reason: 'wrong', 'attestation-tag': 'false', ...signing });
      expect(await accepts(VERDICT, ...trust)).not.toBe('passed');
    });

    test('a verdict and what cosign attaches stand beside each other', async () => {
      const ci = await keyPerson('ci', 'p256');
      const { folder, repository, digest, cosign, accepts, run, env } = await scene(ci);
      const alice = await keyPerson('alice', 'p256');
      await writeFile(join(folder, 'alice.pub'), alice.publicKey);
      await writeFile(
        join(folder, 'policy.yaml'),
        'version: 1\nname: gate\nprincipals: { alice: { key: alice.pub } }\nstages: [{ name: author, approvers: alice }]\n',
      );
      const judge = await judgeTrusting([alice], { now: new Date() });
      const how = { judge, verifyData: true, clock: systemClock() };
      await signRemotely({ repository, reference: '1' }, alice, 'author', how);
      const verify = { 'policy-path': 'policy.yaml', 'signing-method': 'key', 'key-path': 'ci.key' };
      await run(verifyAll, verify);
      expect(await accepts(VERDICT, '--key', 'ci.pub')).toBe('passed');
      const { exitCode, stderr } = await runPeer('cosign', ['generate-key-pair'], { cwd: folder, env });
      expect(exitCode, stderr).toBe(0);
      const attach = ['--new-bundle-format=false', '--tlog-upload=false', '--use-signing-config=false'];
      const predicate = ['--type', 'cyclonedx', '--predicate', 'sbom.json'];
      expect(await cosign('attest', ...attach, '--key', 'cosign.key', ...predicate)).toBe('passed');
      await run(verifyAll, verify);
      expect(await accepts(VERDICT, '--key', 'ci.pub')).toBe('passed');
      expect(await accepts(SBOM, '--key', 'cosign.pub')).toBe('passed');
      const { evidence } = await verdictOn(
        { repository, reference: digest },
        await judgeTrusting([ci], { now: new Date() }),
      );
      expect(evidence.filter(({ status }) => status === 'valid').map(({ kind }) => kind)).toEqual(['verdict']);
    });
  },
);
