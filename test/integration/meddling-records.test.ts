// SPDX-License-Identifier: Apache-2.0
// The same as meddling.test.ts for the commands that write statements beside approvals, for promotions and for what is
// said of policies: whatever happens to a file meanwhile, success is only said of what is there at the end.

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as breakGlass } from '../../src/commands/break-glass.ts';
import { command as exportGate } from '../../src/commands/gates/export.ts';
import { command as importGate } from '../../src/commands/gates/import.ts';
import { command as grant } from '../../src/commands/grant.ts';
import { command as policy } from '../../src/commands/policy/policy.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as repair } from '../../src/commands/repair.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command, CommandResult } from '../../src/commands/spec.ts';
import { command as stamp } from '../../src/commands/stamp.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { command as withdraw } from '../../src/commands/withdraw.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { FakeHost } from '../support/fake-host.ts';
import { writeKeyPairs } from '../support/layers.ts';
import { MISCHIEF, meddleAtEveryCall, type Mischief } from '../support/meddling.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';

type Texts = Readonly<Record<string, string>>;

// Timestamps and signatures on policies are judged by the clock of this machine.
const authority = new TimestampAuthority(() => new Date());
let top = '';
let start = '';
let folder = '';
let url = '';

async function run(command: Command, texts: Texts, cwd = folder): Promise<CommandResult> {
  await using host = new FakeHost({ cwd, now: new Date() });
  return await runCommand(command, texts, host);
}

async function passes(command: Command, texts: Texts): Promise<boolean> {
  return await run(command, texts).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}

/** Evidence and approvals in the file, all of them about what is in it. */
async function inFile(kind: 'evidence' | 'layers'): Promise<boolean> {
  const { json } = await run(verifyAll, { ...IMAGE, 'public-key': '*.pub', 'timestamp-anchors': 'tsa.pem' });
  const [image] = (json as Verdict).images;
  const found = image?.[kind] ?? [];
  return found.length > 0 && found.every(({ status, reasons }) => status === 'valid' && reasons.length === 0);
}

const IMAGE = { 'subject-path': 'app.sif' };
const ALICE = { 'signing-method': 'key', 'key-path': 'alice.pem' };
const POLICY = { 'policy-path': 'policy.yaml' };
const AUTHOR = { ...POLICY, 'up-to-stage': 'author' };

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'countersign-meddling-'));
  start = folder = join(top, 'start');
  await mkdir(start);
  url = await authority.serve();
  await writeKeyPairs(start, 'alice', 'bob', 'kim');
  await writeFile(join(start, 'tsa.pem'), authority.rootPem);
  await writeFile(
    join(start, 'policy.yaml'),
    `version: 1
name: test
trust: { timestamps: tsa.pem }
principals: { alice: { key: alice.pub }, bob: { key: bob.pub } }
stages:
  - { name: author, approvers: alice, grantors: alice }
  - { name: security, approvers: bob, after: author, breakGlass: { by: alice, maxDuration: 1d } }
`,
  );
  await writeFile(join(start, 'app.sif'), typicalSif().bytes());
  expect(await passes(signStage, { ...IMAGE, ...ALICE, ...POLICY, stage: 'author' })).toBe(true);
  expect(await passes(pushOras, { ...IMAGE, ...AUTHOR, reference: 'oci:layout:signed' })).toBe(true);
  const gate = { gate: 'trust-bundle', ...POLICY, ...ALICE, output: 'bundle' };
  expect(await passes(exportGate, gate)).toBe(true);
});

afterAll(async () => {
  await authority[Symbol.asyncDispose]();
  await rm(top, { recursive: true, force: true });
});

interface Case {
  readonly command: Command;
  readonly texts: () => Texts;
  readonly watched: RegExp;
  readonly mischief?: readonly Mischief[];
  /** Whether anything was said that must hold; else the exit code 0 says so. */
  readonly says?: (result: CommandResult) => boolean;
  /** Whether what was said holds of what is there. */
  readonly holds: () => Promise<boolean>;
}

const evidenceHolds = { watched: /app\.sif$/, holds: () => inFile('evidence') };

const CASES: Readonly<Record<string, Case>> = {
  withdraw: {
    command: withdraw,
    texts: () => ({ ...IMAGE, ...POLICY, ...ALICE, stage: 'author', reason: 'wrong' }),
    ...evidenceHolds,
  },
  'break-glass': {
    command: breakGlass,
    texts: () => ({
      ...IMAGE,
      ...POLICY,
      ...ALICE,
      stage: 'security',
      reason: 'fire',
      ticket: 'T-1',
      'expires-in': '1h',
    }),
    ...evidenceHolds,
  },
  grant: {
    command: grant,
    texts: () => ({
      ...IMAGE,
      ...POLICY,
      ...ALICE,
      stage: 'author',
      grantee: 'kim.pub',
      called: 'kim',
      'expires-in': '1h',
    }),
    ...evidenceHolds,
  },
  stamp: {
    command: stamp,
    texts: () => ({ ...IMAGE, ...POLICY, 'timestamp-url': url }),
    watched: /app\.sif$/,
    // What is not good is left without a timestamp.
    says: ({ text }) => !text.includes(' 0 layers stamped'),
    holds: () => inFile('layers'),
  },
  'push-oras of an image in a folder': {
    command: pushOras,
    texts: () => ({ ...AUTHOR, 'subject-name': 'oci:layout:signed', reference: 'oci:out:promoted' }),
    watched: /layout\/(?:blobs\/.*|index\.json|oci-layout)$/,
    holds: () => passes(verifyAll, { ...AUTHOR, 'subject-name': 'oci:out:promoted' }),
  },
  repair: {
    command: repair,
    texts: () => ({ reference: 'oci:layout:signed' }),
    watched: /layout\/index\.json$/,
    mischief: ['replace'],
    holds: () => passes(verifyAll, { ...AUTHOR, 'subject-name': 'oci:layout:signed' }),
  },
  'policy sign': {
    command: policy,
    texts: () => ({ task: 'sign\npolicy.yaml', ...ALICE }),
    watched: /(?:policy\.yaml|bob\.pub)$/,
    holds: async () =>
      (await passes(policy, { task: 'check\npolicy.yaml', 'require-signed-policy': 'alice.pub' })) ||
      // Signed was what was read. Whoever reads another one finds that it is not what was signed.
      !(await passes(verifyAll, { ...IMAGE, ...AUTHOR, 'require-signed-policy': 'alice.pub' })),
  },
  'export of a trust bundle': {
    command: exportGate,
    texts: () => ({ gate: 'trust-bundle', ...POLICY, ...ALICE, output: 'again' }),
    watched: /(?:policy\.yaml|bob\.pub)$/,
    holds: () => isImported('again'),
  },
  'import of a trust bundle': {
    command: importGate,
    texts: () => ({
      gate: 'trust-bundle',
      'gate-file': 'bundle/trust-bundle.tar',
      'public-key': 'alice.pub',
      output: 'imported',
    }),
    watched: /trust-bundle\.tar$/,
    holds: () => passes(policy, { task: 'check\nimported/policy.yaml' }),
  },
};

/** What was exported is one policy, and whole. */
async function isImported(from: string): Promise<boolean> {
  await rm(join(folder, 'imported'), { recursive: true, force: true });
  const texts = { gate: 'trust-bundle', 'gate-file': `${from}/trust-bundle.tar`, 'public-key': 'alice.pub' };
  return passes(importGate, { ...texts, output: 'imported' });
}

describe.each(Object.entries(CASES))('%s', (_, { command, texts, watched, mischief, says, holds }) => {
  test.each(mischief ?? MISCHIEF)(
    'somebody does this at any moment: %s',
    async (how) => {
      const calls = await meddleAtEveryCall({
        watched,
        how,
        async prepare() {
          if (folder !== start) await rm(folder, { recursive: true, force: true });
          folder = join(top, crypto.randomUUID());
          await cp(start, folder, { recursive: true });
        },
        async run() {
          const result = await run(command, texts());
          return result.exitCode === 0 && (says?.(result) ?? true);
        },
        holds,
      });
      expect(calls).toBeGreaterThan(0);
    },
    300_000,
  );
});
