// SPDX-License-Identifier: Apache-2.0
// A file that is replaced, rewritten with its modification time put back, cut or removed at any moment of a command:
// nothing is ever said to have passed, or to be approved, that is not what the path names at the end.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as assemble } from '../../src/commands/assemble.ts';
import { command as build } from '../../src/commands/build/build.ts';
import type { ToolCall, ToolResult } from '../../src/commands/host.ts';
import { command as pull } from '../../src/commands/pull.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command, CommandResult } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { FakeHost } from '../support/fake-host.ts';
import { ALICE_THEN_BOB, NOW, writeKeyPairs } from '../support/layers.ts';
import { MISCHIEF, meddleAtEveryCall, type Mischief } from '../support/meddling.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';

type Texts = Readonly<Record<string, string>>;

let folder = '';

async function run(command: Command, texts: Texts): Promise<CommandResult> {
  const programs = { apptainer: '/opt/apptainer', unshare: '/opt/unshare' };
  await using host = new FakeHost({ cwd: folder, now: NOW, programs, run: buildTool });
  return await runCommand(command, texts, host);
}

async function call(command: Command, texts: Texts): Promise<number> {
  return (await run(command, texts)).exitCode;
}

/** What is at the path passes, or cannot be looked at. */
async function passes(policy: Texts): Promise<unknown> {
  return await call(verifyAll, { ...IMAGE, ...policy }).then((code) => code === 0, String);
}

/** What is at the path holds evidence about itself. */
async function holdsEvidence(): Promise<unknown> {
  const { json } = await run(verifyAll, { ...IMAGE, 'public-key': 'bob.pub' });
  const evidence = (json as Verdict).images[0]?.evidence ?? [];
  return evidence.length > 0 && evidence.every(({ status, reasons }) => status === 'valid' && reasons.length === 0);
}

/** What is at the path is what was published, and passes. */
async function isPublished(): Promise<unknown> {
  if (!(await call(verifyAll, { 'subject-name': 'oci:out:pushed', ...AUTHOR }).then((code) => code === 0, String)))
    return 'what was published does not pass';
  const hex = createHash('sha256')
    .update(await readFile(join(folder, 'app.sif')))
    .digest('hex');
  return existsSync(join(folder, 'out', 'blobs', 'sha256', hex)) || 'something else is at the path';
}

const IMAGE = { 'subject-path': 'app.sif' };
const ALICE = { 'signing-method': 'key', 'key-path': 'alice.pem' };
const BOB = { 'signing-method': 'key', 'key-path': 'bob.pem' };
const POLICY = { 'policy-path': 'policy.yaml' };
const AUTHOR = { ...POLICY, 'up-to-stage': 'author' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-meddling-'));
  await writeKeyPairs(folder, 'alice', 'bob');
  await writeFile(join(folder, 'policy.yaml'), ALICE_THEN_BOB);
  await writeFile(
    join(folder, 'sbom.json'),
    '{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"components":[]}',
  );
  await writeFile(join(folder, 'bare.sif'), typicalSif().bytes());
  await copyFile(join(folder, 'bare.sif'), join(folder, 'app.sif'));
  expect(await call(signStage, { ...IMAGE, ...ALICE, ...POLICY, stage: 'author' })).toBe(0);
  await copyFile(join(folder, 'app.sif'), join(folder, 'signed.sif'));
  await writeFile(join(folder, 'app.def'), 'Bootstrap: scratch\n');
  expect(await call(pushOras, { ...IMAGE, reference: 'oci:layout:signed' })).toBe(0);
  const approved = 'oci:layout:approved';
  expect(await call(pushOras, { 'subject-path': 'bare.sif', reference: approved })).toBe(0);
  for (const [who, stage] of [
    [ALICE, 'author'],
    [BOB, 'security'],
  ] as const)
    expect(await call(signStage, { 'subject-name': approved, ...who, ...POLICY, stage })).toBe(0);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

interface Case {
  readonly command: Command;
  readonly texts: Texts;
  /** The image before the command. */
  readonly start: string;
  /** What is done; a file that has no name yet can be rewritten in place unseen, by its own user alone. */
  readonly mischief?: readonly Mischief[];
  /** The files that are meddled with, if there are others than the image. */
  readonly watched?: RegExp;
  /** True when what the command said holds of what is at the path. */
  readonly holds: () => Promise<unknown>;
}

const CASES: Readonly<Record<string, Case>> = {
  'verify-all': {
    command: verifyAll,
    texts: { ...IMAGE, ...POLICY, 'up-to-stage': 'author' },
    start: 'signed.sif',
    holds: () => passes(AUTHOR),
  },
  'sign-stage': {
    command: signStage,
    texts: { ...IMAGE, ...BOB, ...POLICY, stage: 'security' },
    start: 'signed.sif',
    holds: () => passes(POLICY),
  },
  'sign-stage without policy': {
    command: signStage,
    texts: { ...IMAGE, ...ALICE, stage: 'author' },
    start: 'bare.sif',
    holds: () => passes(AUTHOR),
  },
  'sign-stage --replace': {
    command: signStage,
    texts: { ...IMAGE, ...ALICE, ...POLICY, stage: 'author', replace: 'true' },
    start: 'signed.sif',
    holds: () => passes(AUTHOR),
  },
  assemble: {
    command: assemble,
    texts: { ...IMAGE, ...POLICY, reference: 'oci:layout:approved' },
    start: 'bare.sif',
    holds: () => passes(POLICY),
  },
  'push-oras': {
    command: pushOras,
    texts: { ...IMAGE, ...AUTHOR, reference: 'oci:out:pushed' },
    start: 'signed.sif',
    holds: isPublished,
  },
  'push-oras --stage': {
    command: pushOras,
    texts: { ...IMAGE, ...AUTHOR, ...ALICE, stage: 'author', reference: 'oci:out:pushed' },
    start: 'bare.sif',
    holds: isPublished,
  },
  pull: {
    command: pull,
    texts: {
      ...POLICY,
      reference: 'oci:layout:approved',
      'image-path': 'app.sif',
      overwrite: 'true',
      assemble: 'true',
    },
    start: 'bare.sif',
    watched: /app\.sif(?:\..*\.tmp)?$/,
    mischief: ['replace', 'remove'],
    holds: () => passes(POLICY),
  },
  'pull without assembly': {
    command: pull,
    texts: { reference: 'oci:layout:signed', 'image-path': 'app.sif', overwrite: 'true', ...AUTHOR },
    start: 'bare.sif',
    watched: /app\.sif(?:\..*\.tmp)?$/,
    mischief: ['replace', 'truncate', 'remove'],
    holds: () => passes(AUTHOR),
  },
  build: {
    command: build,
    texts: { ...ALICE, definition: 'app.def', 'image-path': 'app.sif', overwrite: 'true' },
    start: 'bare.sif',
    watched: /app\.sif(?:\..*\.partial)?$/,
    holds: isBuilt,
  },
  'scan-attest': {
    command: scanAttest,
    texts: { ...IMAGE, ...BOB, 'sbom-path': 'sbom.json' },
    start: 'signed.sif',
    holds: holdsEvidence,
  },
};

/** Stands for apptainer: prints a version, or copies an image to where it is to build one. */
async function buildTool({ args }: ToolCall): Promise<ToolResult> {
  const done = { exitCode: 0, stdout: '', stderr: '' };
  if (args[0] === '--version') return { ...done, stdout: 'apptainer version 1.4.5\n' };
  await copyFile(join(folder, 'bare.sif'), args[args.indexOf('--') + 1] ?? '');
  return done;
}

/** What is at the path has the content that its provenance names. */
async function isBuilt(): Promise<unknown> {
  const { json } = await run(verifyAll, { ...IMAGE, 'public-key': 'alice.pub' });
  const [image] = (json as Verdict).images;
  const signed = image?.evidence.map(({ status }) => status).join();
  return signed === 'valid' || `evidence: ${signed}`;
}

describe.each(Object.entries(CASES))('%s', (_, { command, texts, start, mischief, watched, holds }) => {
  test.each(mischief ?? MISCHIEF)(
    'somebody does this at any moment: %s',
    async (how) => {
      const path = join(folder, 'app.sif');
      const calls = await meddleAtEveryCall({
        watched: watched ?? path,
        how,
        async prepare() {
          await copyFile(join(folder, start), path);
          await rm(join(folder, 'out'), { recursive: true, force: true });
        },
        run: async () => (await call(command, texts)) === 0,
        holds,
      });
      expect(calls).toBeGreaterThan(4);
    },
    60_000,
  );
});
