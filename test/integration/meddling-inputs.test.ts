// SPDX-License-Identifier: Apache-2.0
// The same as meddling.test.ts for what a command reads besides the image, and for what it writes beside it: a policy,
// a key or a report that is exchanged meanwhile counts whole, as one of its versions, and what is said names that one.

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { command as exportGate } from '../../src/commands/gates/export.ts';
import { command as pull } from '../../src/commands/pull.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as scanAttest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import type { Command, CommandResult } from '../../src/commands/spec.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { writeReport } from '../../src/entry/report-file.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW } from '../support/layers.ts';
import { meddleAtEveryCall, type Mischief } from '../support/meddling.ts';
import { runCommand } from '../support/run-command.ts';
import { trivyReport } from '../support/scan-reports.ts';
import { typicalSif } from '../support/sif-builder.ts';

type Texts = Readonly<Record<string, string>>;

let top = '';
let folder = '';
let last: CommandResult | undefined;
/** The digest of the version of the policy by which alice approves. */
let first = '';

async function run(command: Command, texts: Texts): Promise<CommandResult> {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return await runCommand(command, texts, host);
}

const IMAGE = { 'subject-path': 'app.sif' };
const ALICE = { 'signing-method': 'key', 'key-path': 'alice.pem' };
const BOB = { 'signing-method': 'key', 'key-path': 'bob.pem' };
const POLICY = { 'policy-path': 'policy.yaml' };
const WATCHED = /\/(?:policy\.yaml|people\.yaml|alice\.pub|report\.json)$/;

/** What each file is in its other version: another person approves, another key is alice's, something was found. */
const OTHERS = {
  'policy.yaml': 'version: 1\nname: other\nextends: people.yaml\nstages: [{ name: author, approvers: bob }]\n',
  'people.yaml': 'version: 1\nprincipals: { alice: { key: bob.pub }, bob: { key: bob.pub } }\n',
  'alice.pub': '',
  'report.json': JSON.stringify(trivyReport()),
};
const OWN: typeof OTHERS = {
  'policy.yaml': 'version: 1\nname: first\nextends: people.yaml\nstages: [{ name: author, approvers: alice }]\n',
  'people.yaml': 'version: 1\nprincipals: { alice: { key: alice.pub }, bob: { key: bob.pub } }\n',
  'alice.pub': '',
  'report.json': JSON.stringify(trivyReport([])),
};

function otherOf(path: string): string {
  const name = basename(path);
  if (name !== 'policy.yaml' && name !== 'people.yaml' && name !== 'alice.pub' && name !== 'report.json')
    throw new Error(name);
  return readFileSync(path, 'utf8') === OWN[name] ? OTHERS[name] : OWN[name];
}

const EXCHANGES: Readonly<Record<string, Mischief>> = {
  'by rename': (path) => {
    writeFileSync(`${path}.other`, otherOf(path));
    renameSync(`${path}.other`, path);
  },
  'in place': (path) => writeFileSync(path, otherOf(path)),
};

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'countersign-meddling-'));
  folder = join(top, 'start');
  await mkdir(folder);
  for (const [name, versions] of [
    ['alice', OWN],
    ['bob', OTHERS],
  ] as const) {
    const person = await keyPerson(name, 'p256');
    await writeFile(join(folder, `${name}.pem`), person.privateKey);
    await writeFile(join(folder, `${name}.pub`), person.publicKey);
    versions['alice.pub'] = person.publicKey;
  }
  for (const [name, text] of Object.entries(OWN)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'bare.sif'), typicalSif().bytes());
  await cp(join(folder, 'bare.sif'), join(folder, 'app.sif'));
  expect((await run(signStage, { ...IMAGE, ...ALICE, ...POLICY, stage: 'author' })).exitCode).toBe(0);
  expect((await run(pushOras, { ...IMAGE, ...POLICY, reference: 'oci:layout:signed' })).exitCode).toBe(0);
  first = (await judged()).policy?.digest ?? '';
});

afterAll(() => rm(top, { recursive: true, force: true }));

async function judged(texts: Texts = { ...IMAGE, ...POLICY }): Promise<Verdict> {
  return (await run(verifyAll, texts)).json as Verdict;
}

/** Every version of the files in the folder as they were at first. */
async function restored(): Promise<void> {
  for (const [name, text] of Object.entries(OWN)) await writeFile(join(folder, name), text);
}

/** Statements in the file, as they were signed. */
async function statements(path: string): Promise<string> {
  const text = (await readFile(join(folder, path))).toString('latin1');
  return [...text.matchAll(/"payload":"([A-Za-z0-9+/=]+)"/g)].map(([, payload]) => atob(payload ?? '')).join('\n');
}

interface Case {
  readonly command: Command;
  readonly texts: Texts;
  readonly holds: () => Promise<unknown>;
}

const CASES: Readonly<Record<string, Case>> = {
  'verify-all': {
    command: verifyAll,
    texts: { ...IMAGE, ...POLICY },
    holds: async () => last !== undefined && (last.json as Verdict).policy?.digest === first,
  },
  'sign-stage': {
    command: signStage,
    texts: { 'subject-path': 'bare.sif', ...ALICE, ...POLICY, stage: 'author' },
    holds: async () => (await statements('bare.sif')).includes(first.slice('sha256:'.length)),
  },
  'push-oras': {
    command: pushOras,
    texts: { ...IMAGE, ...POLICY, reference: 'oci:out:signed' },
    holds: async () => {
      await restored();
      return (await judged({ 'subject-name': 'oci:out:signed', ...POLICY })).verdict === 'passed';
    },
  },
  pull: {
    command: pull,
    texts: { ...POLICY, reference: 'oci:layout:signed', 'image-path': 'pulled.sif', overwrite: 'true' },
    holds: async () => {
      await restored();
      return (await judged({ 'subject-path': 'pulled.sif', ...POLICY })).verdict === 'passed';
    },
  },
  'scan-attest': {
    command: scanAttest,
    texts: { 'subject-path': 'bare.sif', ...BOB, 'scan-report': 'report.json', 'fail-on': 'high' },
    // What passed found nothing, and what was signed says so.
    holds: async () => !(await statements('bare.sif')).includes('CVE-2026-1001'),
  },
};

describe.each(Object.entries(CASES))('%s', (_, { command, texts, holds }) => {
  test.each(Object.entries(EXCHANGES))('what it reads is exchanged at any moment %s', async (_how, how) => {
    const start = join(top, 'start');
    const calls = await meddleAtEveryCall({
      watched: WATCHED,
      how,
      async prepare() {
        folder = join(top, 'work');
        await rm(folder, { recursive: true, force: true });
        await cp(start, folder, { recursive: true });
      },
      async run() {
        last = await run(command, texts);
        return last.exitCode === 0;
      },
      holds,
    });
    expect(calls).toBeGreaterThan(3);
  });
});

// Either version refuses the image; the old policy with the new people, or their new keys, would pass it.
test.each(['people.yaml', 'alice.pub'] as const)('a policy is never put together of two versions: %s', async (part) => {
  folder = join(top, 'work');
  const [named, policy] = [join(folder, part), join(folder, 'policy.yaml')];
  const calls = await meddleAtEveryCall({
    watched: WATCHED,
    how: () => {
      writeFileSync(named, OWN[part]);
      writeFileSync(policy, OTHERS['policy.yaml']);
    },
    async prepare() {
      await rm(folder, { recursive: true, force: true });
      await cp(join(top, 'start'), folder, { recursive: true });
      await writeFile(named, OTHERS[part]);
    },
    async run() {
      const { verdict } = await judged();
      expect(verdict).toBe('failed');
      return true;
    },
    holds: async () => true,
  });
  expect(calls).toBeGreaterThan(6);
});

describe('what is written', () => {
  const text = { schema: 'countersign/test/v1' };
  const written: Readonly<Record<string, { readonly watched: RegExp; readonly write: () => Promise<unknown> }>> = {
    'a report': {
      watched: /report-out\.json(?:\..*)?$/,
      write: () => writeReport(join(folder, 'report-out.json'), text, { kind: 'terminal', redact: (plain) => plain }),
    },
    'a list of findings': {
      watched: /out\.sarif(?:\..*)?$/,
      write: () =>
        run(scanAttest, {
          'subject-path': 'bare.sif',
          ...BOB,
          'scan-report': 'report.json',
          'sarif-path': 'out.sarif',
        }),
    },
    'an export': {
      watched: /gate\/.*$/,
      write: () => run(exportGate, { gate: 'conftest', ...POLICY, output: 'gate' }),
    },
    'an image': {
      watched: /pulled\.sif(?:\..*)?$/,
      write: () =>
        run(pull, { ...POLICY, reference: 'oci:layout:signed', 'image-path': 'pulled.sif', overwrite: 'true' }),
    },
  };

  test.each(Object.entries(written))('%s never goes where a link leads that was put in its place', async (_, one) => {
    const victim = 'a file of somebody else';
    const calls = await meddleAtEveryCall({
      watched: one.watched,
      how: (path) => {
        rmSync(path, { force: true });
        symlinkSync(join(folder, 'victim'), path);
      },
      async prepare() {
        folder = join(top, 'work');
        await rm(folder, { recursive: true, force: true });
        await cp(join(top, 'start'), folder, { recursive: true });
        await writeFile(join(folder, 'victim'), victim);
      },
      async run() {
        const ended = await one.write().then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(await readFile(join(folder, 'victim'), 'utf8')).toBe(victim);
        if (ended !== undefined) throw ended;
        return true;
      },
      holds: async () => true,
    });
    expect(calls).toBeGreaterThan(2);
  });
});
