// SPDX-License-Identifier: Apache-2.0
// report find: which images have a component or rest on somebody, asked of files and of images in layout folders.

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as report } from '../../../../src/commands/audit/report.ts';
import { command as pushOras } from '../../../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import type { Command, CommandResult } from '../../../../src/commands/spec.ts';
import type { Match, Unknown } from '../../../../src/report/find/find.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW, type Person, x509Person } from '../../../support/layers.ts';
import { runCommand } from '../../../support/run-command.ts';
import { typicalSif } from '../../../support/sif-builder.ts';

let folder = '';
let kim: Person;
let xenia: Person;

async function call(command: Command, texts: Readonly<Record<string, string>>): Promise<CommandResult> {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return await runCommand(command, texts, host);
}

interface Answer {
  readonly images: number;
  readonly found: number;
  readonly matches: readonly Match[];
  readonly unknown: readonly Unknown[];
  readonly lost?: readonly { readonly image: string }[];
}

async function asked(images: string, question: Readonly<Record<string, string>>) {
  const result = await call(report, { task: `find\n${images}`, 'policy-path': 'policy.yaml', ...question });
  return { ...(result.json as Answer), exitCode: result.exitCode, text: result.text };
}

const SBOM = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  metadata: { timestamp: '2026-11-20T00:00:00Z' },
  components: [
    { type: 'library', name: 'left-pad', version: '1.3.0', purl: 'pkg:npm/left-pad@1.3.0' },
    {
      type: 'library',
      name: 'log4j-core',
      version: '2.14.1',
      purl: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1',
    },
  ],
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-find-'));
  kim = await keyPerson('kim', 'p256');
  const ci = await keyPerson('ci', 'p256');
  xenia = await x509Person('xenia');
  for (const [name, text] of Object.entries({
    'kim.pem': kim.privateKey,
    'kim.pub': kim.publicKey,
    'ci.pem': ci.privateKey,
    'ci.pub': ci.publicKey,
    'xenia.pem': xenia.privateKey,
    'xenia.crt': `${xenia.certificate ?? ''}${xenia.intermediates ?? ''}`,
    'ca.pem': xenia.publicKey,
    'sbom.json': JSON.stringify(SBOM),
    'policy.yaml': `version: 1
name: acme
principals:
  kim: { key: kim.pub }
  ci: { key: ci.pub }
  xenia: { x509: { anchors: ca.pem, san: "email:xenia@example.org" } }
stages:
  - { name: author, approvers: kim }
  - { name: security, approvers: xenia }
`,
  }))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  await writeFile(join(folder, 'bare.sif'), typicalSif().bytes());
  await copyFile(join(folder, 'bare.sif'), join(folder, 'app.sif'));
  const image = { 'subject-path': 'app.sif' };
  await call(scanAttest, { ...image, 'sbom-path': 'sbom.json', 'signing-method': 'key', 'key-path': 'ci.pem' });
  const policy = { 'policy-path': 'policy.yaml' };
  await call(signStage, { ...image, ...policy, stage: 'author', 'signing-method': 'key', 'key-path': 'kim.pem' });
  const certificate = { 'signing-method': 'x509', 'key-path': 'xenia.pem', 'certificate-path': 'xenia.crt' };
  expect((await call(signStage, { ...image, ...policy, stage: 'security', ...certificate })).exitCode).toBe(0);
  expect((await call(pushOras, { ...image, ...policy, reference: 'oci:out:1.0' })).exitCode).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('report find', () => {
  test.each(['app.sif', 'oci:out:1.0', 'out'])(
    'names the component, who signed the SBOM, where and since when: %s',
    async (image) => {
      const { matches, unknown, exitCode, text } = await asked(image, {
        purl: 'pkg:maven/org.apache.logging.log4j/log4j-core',
      });
      expect(exitCode).toBe(0);
      expect(unknown).toEqual([]);
      expect(matches).toHaveLength(1);
      expect(matches[0]).toMatchObject({
        by: 'purl',
        what: 'evidence: sbom',
        status: 'valid',
        since: '2026-11-20T00:00:00.000Z',
        proven: false,
        component: { name: 'log4j-core', version: '2.14.1' },
        signer: expect.stringMatching(/^ci /),
      });
      expect(text).toContain('found in 1 of 1 image');
    },
  );

  test('a component that no SBOM names is nowhere', async () => {
    const { found, unknown, exitCode } = await asked('app.sif', { purl: 'pkg:npm/left-pad@9' });
    expect({ found, unknown, exitCode }).toEqual({ found: 0, unknown: [], exitCode: 0 });
  });

  test('an image without SBOM, or that cannot be read, is not known of, and fails', async () => {
    await writeFile(join(folder, 'broken.sif'), 'x');
    const { found, unknown, exitCode, text } = await asked('app.sif\nbare.sif\nbroken.sif', {
      purl: 'pkg:npm/left-pad',
    });
    expect({ found, exitCode }).toEqual({ found: 1, exitCode: 1 });
    expect(unknown).toEqual([
      { image: 'bare.sif', why: 'it has no SBOM' },
      { image: 'broken.sif', why: expect.stringContaining('could not be read') },
    ]);
    expect(text).toContain('not known of 2');
  });

  test('an SBOM by a stranger says nothing', async () => {
    await copyFile(join(folder, 'bare.sif'), join(folder, 'strange.sif'));
    const stranger = await keyPerson('stranger', 'p256');
    await writeFile(join(folder, 'stranger.pem'), stranger.privateKey, { mode: 0o600 });
    const signing = { 'signing-method': 'key', 'key-path': 'stranger.pem', 'sbom-path': 'sbom.json' };
    await call(scanAttest, { 'subject-path': 'strange.sif', ...signing });
    const { found, unknown, exitCode } = await asked('strange.sif', { purl: 'pkg:npm/left-pad' });
    expect({ found, exitCode }).toEqual({ found: 0, exitCode: 1 });
    expect(unknown[0]?.why).toMatch(/^1 of its 1 SBOMs/);
  });

  test('finds what rests on a key, a person and a CA', async () => {
    const { identity } = kim.signer;
    const hint = identity.method === 'key' ? identity.hint : '';
    for (const key of [hint, `key:${hint}`]) {
      const { matches } = await asked('app.sif\nbare.sif', { key });
      expect(matches.map(({ image, what, by }) => [image, what, by])).toEqual([
        ['app.sif', 'approval of stage author', 'key'],
      ]);
    }
    const { matches } = await asked('app.sif', { principal: 'xenia' });
    expect(matches.map(({ what }) => what)).toContain('approval of stage security');
    const byCa = await asked('app.sif', { ca: 'CN=xenia root CA' });
    expect(byCa.matches.map(({ by, what }) => [by, what])).toContainEqual(['ca', 'approval of stage security']);
    expect((await asked('app.sif', { ca: 'CN=root' })).found).toBe(0);
  });

  test('which images would lose their verdict', async () => {
    const ask = (more: Readonly<Record<string, string>>) => asked('app.sif\noci:out:1.0\nbare.sif', more);
    for (const without of ['kim', 'kim.pub', 'ca.pem', 'xenia']) {
      const { lost, exitCode, text } = await ask({ without });
      expect(exitCode).toBe(0);
      expect(
        lost?.map(({ image }) => image),
        without,
      ).toEqual(['app.sif', expect.stringMatching(/^oci:.*out:1\.0$/)]);
      expect(text).toContain(`app.sif: passes, and would not without ${without}: `);
      expect(text).toContain('2 of 3 images would lose the verdict');
    }
    // Nothing proves that the approvals are older.
    expect((await ask({ without: 'kim', since: '2030-01-01T00:00:00Z' })).lost).toHaveLength(2);
    expect((await ask({ without: 'ci' })).lost).toEqual([]);
    const both = await ask({ without: 'kim', principal: 'kim' });
    expect([both.found, both.lost?.length]).toEqual([2, 2]);
    await expect(asked('app.sif', { since: '2030-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'USAGE_MISSING_INPUT',
    });
  });

  test('what it is asked must be a question', async () => {
    await expect(asked('app.sif', {})).rejects.toMatchObject({ code: 'USAGE_MISSING_INPUT' });
    await expect(asked('app.sif', { purl: 'left-pad' })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
    await expect(asked('app.sif', { key: 'deadbeef' })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
    await expect(asked('app.sif', { principal: 'kimm' })).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT' });
    await expect(call(report, { task: 'find\napp.sif', purl: 'pkg:npm/a' })).rejects.toMatchObject({
      code: 'USAGE_MISSING_INPUT',
    });
    await expect(call(report, { task: 'period\nx.json' })).rejects.toMatchObject({ code: 'USAGE_MISSING_INPUT' });
  });
});
