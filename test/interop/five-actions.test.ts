// SPDX-License-Identifier: Apache-2.0
// All five actions one after the other on an image that the real apptainer builds: each leaves its signature, verify-all shows
// them by their signers, and the real cosign reads the signed verdict.

import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keyPerson } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { launchRegistry } from '../support/registry-process.ts';
import { openIn } from '../support/registry-session.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('apptainer', 'cosign', 'docker-registry', 'bash');
const CI = '--signing-method key --key-path ci.key --policy-path countersign.yaml';
const POLICY = `version: 1
name: five
principals: { ada: { key: ada.pub }, ci: { key: ci.pub } }
stages:
  - name: author
    approvers: ada
    requires:
      - { evidence: provenance, signedBy: ci }
      - { evidence: sbom, signedBy: ci }
      - { evidence: findings, signedBy: ci, failOn: high }
`;
const CUE = `predicate!: {verifier!: id!: "urn:countersign:verify-all", verificationResult!: "PASSED", policy!: uri!: "five"}\n`;

type Run = (line: string) => Promise<PeerResult>;

/** A folder with keys, policy, reports and a registry; every line of a shell runs in it. */
async function workshop(use: (run: Run, host: string, cwd: string) => Promise<void>): Promise<void> {
  const cwd = await temporaryFolder();
  const registry = await launchRegistry(cwd);
  try {
    for (const { name, privateKey, publicKey } of [await keyPerson('ada', 'p256'), await keyPerson('ci', 'p256')]) {
      await writeFile(join(cwd, `${name}.key`), privateKey, { mode: 0o600 });
      await writeFile(join(cwd, `${name}.pub`), publicKey);
    }
    const provenance = { buildDefinition: {}, runDetails: { builder: { id: 'https://example.org/builder' } } };
    const files = {
      'countersign.yaml': POLICY,
      'verdict.cue': CUE,
      'hello.txt': 'hello\n',
      'app.def': 'Bootstrap: scratch\n\n%files\n  hello.txt /hello.txt\n',
      'provenance.json': JSON.stringify(provenance),
    };
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const reports = join(PROJECT, 'test/vectors/scan');
    await copyFile(join(reports, 'syft-1.57.1-npm.cdx.json'), join(cwd, 'sbom.json'));
    await copyFile(join(reports, 'osv-scanner-2.4.0-clean.json'), join(cwd, 'scan.json'));
    const run: Run = async (line) => {
      const program = `"${process.execPath}" "${join(PROJECT, 'src/entry/cli.ts')}"`;
      const text = line.replace(/^countersign/, program);
      const env = { HOME: cwd, TUF_ROOT: join(cwd, 'tuf'), GITHUB_ACTIONS: '' };
      const result = await runPeer('bash', ['-c', text], { cwd, env });
      expect(result.exitCode, `${line}\n${result.stdout}${result.stderr}`).toBe(0);
      return result;
    };
    await use(run, registry.host, cwd);
  } finally {
    await registry.stop();
  }
}

/** verify-all shows who signed what, and the real cosign reads the verdict that it signed before. */
async function expectSigned(run: Run, image: string): Promise<void> {
  await run(`countersign verify-all ${CI} ${image}`);
  const { stdout } = await run(`countersign verify-all --json --policy-path countersign.yaml ${image}`);
  const [{ verdict, reference, custody }] = JSON.parse(stdout).images;
  expect(verdict).toBe('passed');
  const signed = new Set(custody.map(({ kind, by }: { kind: string; by: string }) => `${kind} by ${by}`));
  const evidence = ['findings by ci', 'provenance by ci', 'sbom by ci'];
  expect(signed).toEqual(new Set([...evidence, 'approval by ada', 'publication by ci', 'verdict by ci']));
  const type = 'https://slsa.dev/verification_summary/v1';
  const flags = `--insecure-ignore-tlog --key ci.pub --type ${type} --policy verdict.cue`;
  const { stderr } = await run(`cosign verify-attestation ${flags} ${reference}`);
  expect(stderr).toContain('The signatures were verified against the specified public key');
}

const SCANNED = '--sbom-path sbom.json --scan-report scan.json';
const AUTHOR = `--stage author ${CI.replace('ci.key', 'ada.key')}`;

test.skipIf(missing)(
  'each of the five actions adds a signature to a SIF (skipped without apptainer, cosign, docker-registry)',
  { timeout: 240_000 },
  () =>
    workshop(async (run, host) => {
      const image = `${host}/team/app:1`;
      await run(`countersign build --definition app.def --image-path app.sif ${CI}`);
      await run(`countersign scan-attest ${SCANNED} ${CI} app.sif`);
      await run(`countersign sign-stage ${AUTHOR} app.sif`);
      await run(`countersign push-oras --reference ${image} ${CI} app.sif`);
      await expectSigned(run, image);
    }),
);

test.skipIf(missing)(
  'and to an OCI image that others built (skipped without apptainer, cosign, docker-registry)',
  { timeout: 240_000 },
  () =>
    workshop(async (run, host) => {
      await pushOciImage(await openIn({ host }, { name: 'staging/app' }), { tag: '1' });
      const [staged, image] = [`${host}/staging/app:1`, `${host}/team/app:1`];
      const built = '--predicate-type https://slsa.dev/provenance/v1 --predicate-path provenance.json';
      await run(`countersign scan-attest ${built} ${CI} ${staged}`);
      await run(`countersign scan-attest ${SCANNED} ${CI} ${staged}`);
      await run(`countersign sign-stage ${AUTHOR} ${staged}`);
      await run(`countersign push-oras --subject-name ${staged} --reference ${image} ${CI}`);
      await expectSigned(run, image);
    }),
);
