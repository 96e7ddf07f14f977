// SPDX-License-Identifier: Apache-2.0
// A stage that requires evidence, with reports of real scanners: nothing is approved without, and nothing passes.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { Command } from '../../../../src/commands/spec.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, type Person } from '../../../support/layers.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { testClock } from '../../../support/registry-session.ts';
import { runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

/** A day after the reports were made. */
const NOW = new Date('2026-11-29T12:00:00Z');
const REPORTS = join(PROJECT, 'test/vectors/scan');
const TRIVY = 'trivy-0.74.0-npm.json';
const GRYPE = 'grype-0.121.3-npm.json';

let kim: Person;
let ci: Person;
let mallory: Person;

beforeAll(async () => {
  [kim, ci, mallory] = await Promise.all([
    keyPerson('kim', 'p256'),
    keyPerson('ci', 'p256'),
    keyPerson('mallory', 'p256'),
  ]);
});

const policyText = (requirement: string) => `version: 1
name: test
principals:
  kim: { key: kim.pub }
  ci: { key: ci.pub }
  mallory: { key: mallory.pub }
stages:
  - name: author
    approvers: kim
    requires:
      - ${requirement}
`;
const SCAN = '{ evidence: findings, signedBy: ci, failOn: high, maxAge: 7d }';

/** An image, three keys and a policy. */
async function workplace(requirement = SCAN): Promise<string> {
  const folder = await temporaryFolder();
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  for (const { name, privateKey, publicKey } of [kim, ci, mallory]) {
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    await writeFile(join(folder, `${name}.pub`), publicKey);
  }
  await writeFile(join(folder, 'policy.yaml'), policyText(requirement));
  return folder;
}

async function call(command: Command, cwd: string, texts: Readonly<Record<string, string>>, now = NOW) {
  await using host = new FakeHost({ cwd, now });
  return runCommand(command, { 'subject-path': 'a.sif', ...texts }, host);
}

function attest(folder: string, report: string, by = 'ci', more: Readonly<Record<string, string>> = {}) {
  const kind = report.startsWith('syft')
    ? { 'sbom-path': join(REPORTS, report) }
    : { 'scan-report': join(REPORTS, report), 'attest-failed': 'true' };
  return call(scanAttest, folder, { ...kind, 'signing-method': 'key', 'key-path': `${by}.pem`, ...more });
}

async function approve(folder: string, now = NOW): Promise<string> {
  const texts = { stage: 'author', 'policy-path': 'policy.yaml', 'signing-method': 'key', 'key-path': 'kim.pem' };
  try {
    const { outputs } = await call(signStage, folder, texts, now);
    return outputs['verdict'] ?? '';
  } catch (error) {
    return error instanceof Error ? `${String(Reflect.get(error, 'code'))} ${error.message}` : 'no error';
  }
}

async function verdict(folder: string, now = NOW) {
  const { outputs, text } = await call(verifyAll, folder, { 'policy-path': 'policy.yaml' }, now);
  return { verdict: outputs['verdict'], text };
}

describe('a stage that requires findings', () => {
  test.each([
    ['no scan', [], 'EVIDENCE_MISSING'],
    ['a failed scan by Trivy', [[TRIVY]], 'EVIDENCE_FINDINGS'],
    ['a failed scan by Grype', [[GRYPE]], 'EVIDENCE_FINDINGS'],
    ['a scan of nothing', [['trivy-0.74.0-empty.json']], 'EVIDENCE_FINDINGS'],
    ['a scan by another principal', [[TRIVY, 'mallory']], 'EVIDENCE_OTHER_SIGNER'],
  ] as const)('refuses to approve with %s', async (_, attested, code) => {
    const folder = await workplace();
    for (const [report, by] of attested) await attest(folder, report, by);
    const before = await readFile(join(folder, 'a.sif'));
    expect(await approve(folder)).toMatch(new RegExp(`^STAGE_EVIDENCE .*\\[${code}\\]$`, 's'));
    expect((await readFile(join(folder, 'a.sif'))).equals(before)).toBe(true);
  });

  test('passes with an exception, and says so', async () => {
    const exception = '{ id: CVE-2026-10001, reason: WHY-ACCEPTED, expires: "2026-12-31" }';
    const folder = await workplace(SCAN.replace(' }', `, exceptions: [${exception}] }`));
    await attest(folder, TRIVY);
    expect(await approve(folder)).toBe('passed');
    const found = await verdict(folder);
    expect(found.verdict).toBe('passed');
    expect(found.text).toMatch(/1 finding \(1 high\) by trivy, of 2026-11-28T/i);
    expect(found.text).toContain('CVE-2026-10001');
    expect(found.text).toContain('WHY-ACCEPTED');
    // A week later the scan is old, and at the end of the year the exception is over.
    const old = await verdict(folder, new Date('2026-12-06T12:00:00Z'));
    expect(old.verdict).toBe('failed');
    expect(old.text).toContain('[EVIDENCE_STALE]');
  });

  test('passes where the findings are less bad than asked, and no approval can be given once they are gone', async () => {
    const folder = await workplace(SCAN.replace('high', 'critical'));
    await copyFile(join(folder, 'a.sif'), join(folder, 'bare.sif'));
    await attest(folder, TRIVY);
    expect(await approve(folder)).toBe('passed');
    expect((await verdict(folder)).verdict).toBe('passed');
    await copyFile(join(folder, 'bare.sif'), join(folder, 'a.sif'));
    expect(await approve(folder)).toContain('[EVIDENCE_MISSING]');
  });

  test.each([
    ['a file', 'a.sif', async () => {}],
    ['a SIF in a folder of images', 'oci:sif:v1', async (folder: string) => await pushedSif(folder)],
    ['an OCI image', 'oci:plain:v1', async (folder: string) => await plainImage(join(folder, 'plain'))],
  ])('that were kept apart count when they are given, for %s', async (_, image, prepare) => {
    const folder = await workplace(SCAN.replace('high', 'critical'));
    await prepare(folder);
    const given = { 'subject-path': image };
    await attest(folder, TRIVY, 'ci', { ...given, store: 'file', 'bundle-folder': 'out' });
    const beside = { ...given, 'policy-path': 'policy.yaml', 'evidence-path': 'out/*' };
    const signing = { stage: 'author', 'signing-method': 'key', 'key-path': 'kim.pem' };
    const without = { 'evidence-path': '' };
    await expect(call(signStage, folder, { ...beside, ...signing, ...without })).rejects.toThrow('[EVIDENCE_MISSING]');
    expect((await call(signStage, folder, { ...beside, ...signing })).outputs['verdict']).toBe('passed');
    expect((await call(verifyAll, folder, beside)).outputs['verdict']).toBe('passed');
    expect((await call(verifyAll, folder, { ...beside, ...without })).text).toContain('[EVIDENCE_MISSING]');
  });
});

/** The image of a workplace, published into the layout folder `sif`. */
async function pushedSif(folder: string): Promise<void> {
  const reference = { reference: 'oci:sif:v1', verify: 'false' };
  expect((await call(pushOras, folder, reference)).exitCode).toBe(0);
}

/** An image tagged v1 in a new layout folder. */
async function plainImage(path: string): Promise<void> {
  await pushOciImage(new LayoutRepository(path, await LayoutIndex.create(path, testClock())), { tag: 'v1' });
}

describe('findings that a signed VEX document accepts', () => {
  const PRODUCT = 'pkg:npm/countersign-example-json@2.0.0';
  const WITH_VEX = SCAN.replace(' }', ', vexBy: mallory }');
  const openVex = (product: string, name = 'CVE-2026-10001') => ({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': 'https://example.org/vex/1',
    author: 'mallory',
    timestamp: '2026-11-28T10:00:00Z',
    version: 1,
    statements: [
      {
        vulnerability: { name },
        products: [{ '@id': product }],
        status: 'not_affected',
        justification: 'vulnerable_code_not_in_execute_path',
        impact_statement: 'WHY-NOT-AFFECTED',
      },
    ],
  });
  const cycloneDx = (ref: string) => ({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: '2026-11-28T10:00:00Z' },
    vulnerabilities: [
      {
        id: 'CVE-2026-10001',
        analysis: { state: 'not_affected', justification: 'code_not_reachable', detail: 'WHY-NOT-AFFECTED' },
        affects: [{ ref }],
      },
    ],
  });

  async function attestVex(folder: string, type: string, document: object, by = 'mallory', image = 'a.sif') {
    await writeFile(join(folder, 'vex.json'), JSON.stringify(document));
    await call(scanAttest, folder, {
      'subject-path': image,
      'predicate-type': type,
      'predicate-path': 'vex.json',
      'signing-method': 'key',
      'key-path': `${by}.pem`,
    });
  }

  test.each([
    ['OpenVEX', 'https://openvex.dev/ns/v0.2.0', openVex(PRODUCT), TRIVY],
    ['OpenVEX about a finding that Grype names otherwise', 'https://openvex.dev/ns', openVex(PRODUCT), GRYPE],
    ['CycloneDX', 'https://cyclonedx.org/vex', cycloneDx(PRODUCT), TRIVY],
    [
      'CycloneDX with a link to the SBOM',
      'https://cyclonedx.org/bom',
      cycloneDx(`urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#${encodeURIComponent(PRODUCT)}`),
      TRIVY,
    ],
  ])('pass and are told: %s', async (_, type, document, report) => {
    // What nobody rated counts as critical unless the policy says otherwise.
    const folder = await workplace(WITH_VEX.replace(' }', ', unknownSeverity: low }'));
    await attest(folder, report);
    expect(await approve(folder)).toContain('[EVIDENCE_FINDINGS]');
    await attestVex(folder, type, document);
    expect(await approve(folder)).toBe('passed');
    const { verdict: outcome, text } = await verdict(folder);
    expect(outcome).toBe('passed');
    expect(text).toContain('WHY-NOT-AFFECTED');
    expect(text).toMatch(/is not_affected as mallory says/);
  });

  test.each([
    ['another package', openVex('pkg:npm/other@2.0.0')],
    ['another version', openVex('pkg:npm/countersign-example-json@2.0.1')],
    ['another vulnerability', openVex(PRODUCT, 'CVE-2026-10002')],
    ['another image', openVex(`pkg:oci/app@sha256%3A${'0'.repeat(64)}`)],
    ['an image without a digest', openVex('pkg:oci/app')],
    ['a product of no form', openVex('app')],
  ])('fail all the same when it is about %s', async (_, document) => {
    const folder = await workplace(WITH_VEX);
    await attest(folder, TRIVY);
    await attestVex(folder, 'https://openvex.dev/ns/v0.2.0', document);
    expect(await approve(folder)).toContain('[EVIDENCE_FINDINGS]');
  });

  test('fail when somebody signed it who may not, which is told', async () => {
    const folder = await workplace(WITH_VEX);
    await attest(folder, TRIVY);
    await attestVex(folder, 'https://openvex.dev/ns/v0.2.0', openVex(PRODUCT), 'ci');
    expect(await approve(folder)).toContain('[EVIDENCE_FINDINGS]');
    const { text } = await verdict(folder);
    expect(text).toContain('[EVIDENCE_VEX_REFUSED]');
    expect(text).toContain('it is signed by ci, not by mallory');
  });

  test('fail once the document is taken away, since the approval relies on it', async () => {
    const folder = await workplace(WITH_VEX);
    await attest(folder, TRIVY);
    const before = await readFile(join(folder, 'a.sif'));
    await attestVex(folder, 'https://openvex.dev/ns/v0.2.0', openVex(PRODUCT));
    expect(await approve(folder)).toBe('passed');
    const { text } = await verdict(folder);
    expect(text.match(/relies on /g)).toHaveLength(2);
    await writeFile(join(folder, 'a.sif'), before);
    expect((await verdict(folder)).text).toContain('[EVIDENCE_FINDINGS]');
  });
});

describe('evidence that must lie in the file', () => {
  const SBOM = '{ evidence: sbom, signedBy: ci, inside: true }';

  async function largeSbom(folder: string): Promise<string> {
    const components = Array.from({ length: 9000 }, (_, index) => ({
      type: 'library',
      name: `component-${index}`,
      version: '1.0.0',
      description: 'x'.repeat(80),
    }));
    const path = join(folder, 'large.json');
    await writeFile(path, JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }));
    return path;
  }

  test('goes into it whatever its size when the policy is known, and fails beside it', async () => {
    const folder = await workplace(SBOM);
    const sbom = { 'sbom-path': await largeSbom(folder), 'signing-method': 'key', 'key-path': 'ci.pem' };
    const beside = await call(scanAttest, folder, sbom);
    expect(beside.outputs['bundle-path']).toContain('a.sif.sbom.sigstore.json');
    const given = { 'policy-path': 'policy.yaml', 'evidence-path': 'a.sif.sbom.sigstore.json' };
    const failed = await call(verifyAll, folder, given);
    expect(failed.text).toContain('[EVIDENCE_OUTSIDE]');
    await call(scanAttest, folder, { ...sbom, 'policy-path': 'policy.yaml' });
    expect(await approve(folder)).toBe('passed');
    expect((await verdict(folder)).verdict).toBe('passed');
  });
});

describe('a stage that requires an SBOM', () => {
  test.each(['syft-1.57.1-npm.cdx.json', 'syft-1.57.1-npm.spdx.json'])('takes %s for one', async (report) => {
    const folder = await workplace('{ evidence: sbom, signedBy: ci }');
    expect(await approve(folder)).toContain('[EVIDENCE_MISSING]');
    await attest(folder, report);
    expect(await approve(folder)).toBe('passed');
    const { verdict: outcome, text } = await verdict(folder);
    expect(outcome).toBe('passed');
    expect(text).toMatch(/\d components?, of 20/);
  });

  test('refuses one of nothing', async () => {
    const folder = await workplace('{ evidence: sbom, signedBy: ci }');
    await attest(folder, 'syft-1.57.1-empty.cdx.json');
    expect(await approve(folder)).toContain('[EVIDENCE_SBOM]');
  });
});
