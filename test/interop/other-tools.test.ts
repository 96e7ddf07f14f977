// SPDX-License-Identifier: Apache-2.0
// Every command of docs/other-tools.md, run as it stands there against the real tools and a registry.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { storeRegistryEvidence } from '../../src/commands/evidence/registry.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { openRepository } from '../../src/oci/open.ts';
import { parseReference } from '../../src/oci/reference.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, judgeTrusting, type Person, x509Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, peerPath, type PeerResult, runPeer } from '../support/peers.ts';
import { attachStatement, plainStatement } from '../support/plain-cosign.ts';
import { type RegistryProcess, launchRegistry } from '../support/registry-process.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { runCommand } from '../support/run-command.ts';
import { PROJECT } from '../support/sources.ts';

const page = await readFile(join(PROJECT, 'docs', 'other-tools.md'), 'utf8');
const commands = [...page.matchAll(/<!-- exit (0|not 0) -->\n```sh\n([\s\S]*?)\n```/g)].map(
  ([, exit = '', command = '']) => ({ exit, command }),
);

test('the page has commands, and an expectation for each', () => {
  expect(commands.length).toBeGreaterThan(8);
  expect(page.match(/```sh/g)).toHaveLength(commands.length);
});

const missing = !hasPeers('docker-registry', 'cosign', 'skopeo', 'oras', 'crane');

describe.skipIf(missing)(
  'docs/other-tools.md (skipped without cosign, skopeo, oras, crane and docker-registry)',
  () => {
    let folder = '';
    let registry: RegistryProcess;
    let env: Readonly<Record<string, string>>;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'countersign-other-tools-'));
      registry = await launchRegistry(folder);
      const security = await keyPerson('security', 'p256');
      const ci = await keyPerson('ci', 'p256');
      const certified = await x509Person('security', new Date());
      const files = {
        'security.pub': security.publicKey,
        'ci.pub': ci.publicKey,
        'root.pem': certified.publicKey,
        'intermediate.pem': certified.intermediates ?? '',
        'chain.pem': `${certified.intermediates ?? ''}${certified.publicKey}`,
        countersign: `#!/bin/sh\nexec "${process.execPath}" "${join(PROJECT, 'src', 'entry', 'cli.ts')}" "$@"\n`,
      };
      for (const [name, content] of Object.entries(files))
        await writeFile(join(folder, name), content, { mode: 0o700 });
      env = {
        HOME: folder,
        TUF_ROOT: join(folder, 'tuf'),
        COPY: `${registry.host}/copies/app`,
        COSIGN_COPY: `${registry.host}/copies/cosign`,
        REGCTL_COPY: `${registry.host}/copies/regctl`,
        ORAS_COPY: `${registry.host}/copies/oras`,
        OUR_COPY: `${registry.host}/copies/ours`,
        APPROVED: await verified(await approved(security, 'team/approved'), ci),
        BY_CERTIFICATE: await approved(certified, 'team/certified'),
        UNAPPROVED: await withEvidence(security),
        SILENT: await withSilentSummary(security),
      };
      for (const [name, image] of [
        ['approved', env['APPROVED']],
        ['unapproved', env['UNAPPROVED']],
      ]) {
        const spec = { containers: [{ name: 'app', image }] };
        const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
        await writeFile(join(folder, `${name}.yaml`), JSON.stringify(pod));
      }
    });

    afterAll(async () => {
      await registry.stop();
      await rm(folder, { recursive: true, force: true });
    });

    async function pushed(name: string) {
      const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
      const { repository } = await openRepository(`${registry.host}/${name}`, options);
      const { digest } = await pushOciImage(repository, { tag: '1', label: name });
      return { repository, reference: `${registry.host}/${name}@${digest}` };
    }

    async function approved(signer: Person, name: string): Promise<string> {
      const { repository, reference } = await pushed(name);
      const judge = await judgeTrusting([signer], { now: new Date() });
      const how = { judge, verifyData: true, clock: systemClock() };
      await signRemotely({ repository, reference: '1' }, signer, 'security', how);
      return reference;
    }

    /** Signs the verdict with the real command. */
    async function verified(reference: string, ci: Person): Promise<string> {
      await writeFile(join(folder, 'ci.key'), ci.privateKey, { mode: 0o600 });
      await writeFile(
        join(folder, 'countersign.yaml'),
        'version: 1\nname: gate\nprincipals: { security: { key: security.pub }, ci: { key: ci.pub } }\nstages: [{ name: security, approvers: security }]\n',
      );
      await using host = new FakeHost({ cwd: folder, now: new Date() });
      const inputs = {
        'policy-path': 'countersign.yaml',
        'signing-method': 'key',
        'key-path': 'ci.key',
        'attestation-tag': 'true',
      };
      const { text } = await runCommand(verifyAll, { 'subject-name': reference, ...inputs }, host);
      expect(text).toContain('verdict: signed, attached in the registry');
      return reference;
    }

    async function withEvidence({ signer }: Person): Promise<string> {
      const { repository, reference } = await pushed('team/unapproved');
      const predicate = { bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components: [] };
      const parsed = parseReference(reference);
      if (parsed.in !== 'registry') throw new Error('no registry');
      await storeRegistryEvidence({
        repository,
        reference: parsed,
        statements: [{ label: 'sbom', predicateType: 'https://cyclonedx.org/bom', predicate }],
        signer,
        now: new Date(),
        beside: false,
        folder: undefined,
        defaultFolder: folder,
      });
      return reference;
    }

    async function withSilentSummary(person: Person): Promise<string> {
      const { repository, reference } = await pushed('team/silent');
      const manifest = await repository.getManifest(reference.slice(reference.indexOf('@') + 1));
      if (!manifest) throw new Error('no image');
      const subject = [{ digest: { sha256: manifest.digest.slice('sha256:'.length) } }];
      const predicateType = 'https://slsa.dev/verification_summary/v1';
      const statement = plainStatement(subject, { predicateType, predicate: { verificationResult: 'PASSED' } });
      await attachStatement(repository, manifest, { person, statement });
      return reference;
    }

    function shell(command: string): Promise<PeerResult> {
      return runPeer('bash', ['-c', command], { cwd: folder, env: { ...env, PATH: `${folder}:${peerPath()}` } });
    }

    test.for(commands)('$command ends with exit code $exit', async ({ exit, command }, { skip }) => {
      // These are built from their sources, and installed by no package.
      const needed = (['kyverno', 'policy-tester', 'regctl'] as const).find(
        (tool) => command.includes(`\n${tool} `) || command.startsWith(`${tool} `),
      );
      if (needed && !hasPeers(needed)) skip(`${needed} is not on PATH`);
      const { exitCode, stdout, stderr } = await shell(command);
      expect(exitCode === 0, `${exitCode}: ${stdout.slice(-800)}${stderr.slice(-800)}`).toBe(exit === '0');
    });
  },
);
