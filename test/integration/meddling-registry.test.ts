// SPDX-License-Identifier: Apache-2.0
// The same as meddling.test.ts for images that go to a registry or come from one: whatever happens to the file
// meanwhile, what was published is what is at the path, and what was fetched passes there.

import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as assemble } from '../../src/commands/assemble.ts';
import { command as pull } from '../../src/commands/pull.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command, CommandResult } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { FakeHost } from '../support/fake-host.ts';
import { ALICE_THEN_BOB, NOW, writeKeyPairs } from '../support/layers.ts';
import { MISCHIEF, meddleAtEveryCall, type Mischief } from '../support/meddling.ts';
import { TestRegistry } from '../support/registry-server.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';

type Texts = Readonly<Record<string, string>>;

let folder = '';
let registry: TestRegistry;
let runs = 0;

async function run(command: Command, texts: Texts): Promise<CommandResult> {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return await runCommand(command, texts, host);
}

async function passes(texts: Texts): Promise<boolean> {
  return run(verifyAll, texts).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}

/** A place that nothing was published to. */
const fresh = (): string => `${registry.host}/out/${runs}:v1`;

/** What was published passes, and has the bytes that are at the path. */
async function isPublished(): Promise<unknown> {
  if (!(await passes({ 'subject-name': fresh(), ...AUTHOR }))) return 'what was published does not pass';
  const sha256 = createHash('sha256').update(await readFile(join(folder, 'app.sif')));
  const { blobs } = registry.repo(`out/${runs}`);
  return blobs.has(`sha256:${sha256.digest('hex')}`) || 'something else is at the path';
}

const IMAGE = { 'subject-path': 'app.sif' };
const ALICE = { 'signing-method': 'key', 'key-path': 'alice.pem' };
const BOB = { 'signing-method': 'key', 'key-path': 'bob.pem' };
const POLICY = { 'policy-path': 'policy.yaml' };
const AUTHOR = { ...POLICY, 'up-to-stage': 'author' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-meddling-'));
  registry = await TestRegistry.start({});
  await writeKeyPairs(folder, 'alice', 'bob');
  await writeFile(join(folder, 'policy.yaml'), ALICE_THEN_BOB);
  await writeFile(join(folder, 'bare.sif'), typicalSif().bytes());
  const approved = `${registry.host}/app:approved`;
  await run(pushOras, { 'subject-path': 'bare.sif', reference: approved });
  await run(signStage, { 'subject-name': approved, ...ALICE, ...POLICY, stage: 'author' });
  await run(signStage, { 'subject-name': approved, ...BOB, ...POLICY, stage: 'security' });
  await copyFile(join(folder, 'bare.sif'), join(folder, 'signed.sif'));
  await run(signStage, { 'subject-path': 'signed.sif', ...ALICE, ...POLICY, stage: 'author' });
  await run(pushOras, { 'subject-path': 'signed.sif', ...AUTHOR, reference: `${registry.host}/app:signed` });
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

interface Case {
  readonly command: Command;
  readonly texts: () => Texts;
  /** The image before the command. */
  readonly start: string;
  readonly mischief?: readonly Mischief[];
  readonly holds: () => Promise<unknown>;
}

const CASES: Readonly<Record<string, Case>> = {
  'push-oras': {
    command: pushOras,
    texts: () => ({ ...IMAGE, ...AUTHOR, reference: fresh() }),
    start: 'signed.sif',
    holds: isPublished,
  },
  'push-oras --stage': {
    command: pushOras,
    texts: () => ({ ...IMAGE, ...AUTHOR, ...ALICE, stage: 'author', reference: fresh() }),
    start: 'bare.sif',
    holds: isPublished,
  },
  pull: {
    command: pull,
    texts: () => ({
      ...POLICY,
      reference: `${registry.host}/app:approved`,
      'image-path': 'app.sif',
      overwrite: 'true',
      assemble: 'true',
    }),
    start: 'bare.sif',
    mischief: ['replace', 'remove'],
    holds: () => passes({ ...IMAGE, ...POLICY }),
  },
  'pull without assembly': {
    command: pull,
    texts: () => ({
      ...AUTHOR,
      reference: `${registry.host}/app:signed`,
      'image-path': 'app.sif',
      overwrite: 'true',
    }),
    start: 'bare.sif',
    mischief: ['replace', 'truncate', 'remove'],
    holds: () => passes({ ...IMAGE, ...AUTHOR }),
  },
  assemble: {
    command: assemble,
    texts: () => ({ ...IMAGE, ...POLICY, reference: `${registry.host}/app:approved` }),
    start: 'bare.sif',
    holds: () => passes({ ...IMAGE, ...POLICY }),
  },
};

describe.each(Object.entries(CASES))('%s', (_, { command, texts, start, mischief, holds }) => {
  test.each(mischief ?? MISCHIEF)(
    'somebody does this at any moment: %s',
    async (how) => {
      const calls = await meddleAtEveryCall({
        watched: /app\.sif(?:\..*\.tmp)?$/,
        how,
        async prepare() {
          runs += 1;
          await copyFile(join(folder, start), join(folder, 'app.sif'));
        },
        run: async () => (await run(command, texts())).exitCode === 0,
        holds,
      });
      expect(calls).toBeGreaterThan(4);
    },
    120_000,
  );
});
