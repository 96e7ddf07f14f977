// SPDX-License-Identifier: Apache-2.0
// An overlay that the real apptainer adds to a file whose base is approved: what it makes of the file at each step, and
// that our report says the same or why not.

import { existsSync } from 'node:fs';
import { copyFile, open, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import { openSif } from '../../src/sif/sif.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { CONFIGURATION, runListed } from '../support/execution-list.ts';
import {
  judgeBy,
  keyPerson,
  type Person,
  pgpPerson,
  policyFor,
  problemsOf,
  signAs,
  stagesOf,
  verdictOf,
} from '../support/layers.ts';
import { hasPeers, type PeerResult, runPeer } from '../support/peers.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));
const missing = !hasPeers('apptainer', 'siftool') || !existsSync('/usr/bin/mksquashfs');
const STAGES = `
  - { name: author, approvers: alice, objects: base }
  - { name: security, approvers: sam, objects: base }
  - { name: overlay, approvers: student, objects: overlays }`;

let alice: Person;
let sam: Person;
let student: Person;
let canRun = false;

beforeAll(async () => {
  const now = new Date(Date.now() - 60_000);
  [alice, sam, student] = await Promise.all([pgpPerson('alice', now), keyPerson('sam'), pgpPerson('student', now)]);
  canRun = !missing && (await runPeer('apptainer', ['exec', '--userns', DEMO, '/bin/true'])).exitCode === 0;
});

async function judgeNow(): Promise<Criteria> {
  return judgeBy(await policyFor([alice, sam, student], STAGES), new Date());
}

/** A squashfs in which the program that the demo runs says something else. */
async function overlayIn(folder: string): Promise<string> {
  const path = join(folder, 'overlay.sqfs');
  const program = await openFileSource(DEMO).then(async (source) => {
    await using file = source;
    const [, , system] = (await openSif(file)).objects;
    return file.read(system?.offset ?? 0, system?.sizeBytes ?? 0);
  });
  await writeFile(join(folder, 'system.sqfs'), program);
  const made = await runPeer(
    'bash',
    [
      '-e',
      '-c',
      `unsquashfs -q -n -d root system.sqfs bin/hello >/dev/null
       sed -i 's/hello from an image that was approved/hello from an overlay that was approv/' root/bin/hello
       mksquashfs root ${path} -quiet -no-progress -noappend -all-root >/dev/null`,
    ],
    { cwd: folder },
  );
  if (made.exitCode !== 0) throw new Error(made.stderr);
  return path;
}

/** Adds the overlay by the command of docs/policy.md. */
async function addOverlay(path: string, group: number): Promise<PeerResult> {
  const folder = dirname(path);
  const page = await readFile(join(PROJECT, 'docs', 'policy.md'), 'utf8');
  const options = /apptainer sif add (.*) --groupid 2 app\.sif overlay\.sqfs/.exec(page)?.[1]?.split(' ') ?? [];
  return runPeer('apptainer', ['sif', 'add', ...options, '--groupid', String(group), path, await overlayIn(folder)]);
}

async function approvedBase(judge: Criteria): Promise<string> {
  const path = join(await temporaryFolder(), 'app.sif');
  await copyFile(DEMO, path);
  await signAs(path, alice, 'author', judge);
  await signAs(path, sam, 'security', judge);
  return path;
}

async function verify(path: string, ...more: readonly string[]): Promise<PeerResult> {
  const folder = await temporaryFolder();
  const files = [alice, student].map(async ({ name, publicKey }) => {
    const file = join(folder, `${name}.asc`);
    await writeFile(file, publicKey);
    return file;
  });
  const env = await apptainerKeyring(...(await Promise.all(files)));
  return runPeer('apptainer', ['verify', '--local', ...more, path], { env });
}

describe.skipIf(missing)(
  'an overlay added to an approved image (skipped without apptainer, siftool, mksquashfs)',
  () => {
    test('is approved by itself, and apptainer agrees at each step', async () => {
      const judge = await judgeNow();
      const path = await approvedBase(judge);
      expect((await verdictOf(path, judge)).verdict).toBe('passed');
      expect((await verify(path)).exitCode).toBe(0);

      const added = await addOverlay(path, 2);
      expect(added.exitCode, added.stderr).toBe(0);
      const unapproved = await verdictOf(path, judge);
      expect(stagesOf(unapproved)).toEqual({ author: 'passed', security: 'passed', overlay: 'missing' });
      expect(unapproved.verdict).toBe('failed');
      const refused = await verify(path);
      expect(refused.exitCode).not.toBe(0);
      expect(refused.stderr).toContain('signature not found for object group 2');
      expect((await verify(path, '--all')).stderr).toContain('signature not found for object group 2');
      expect((await verify(path, '--group-id', '1')).exitCode).toBe(0);
      expect(unapproved.reasons.map(({ code }) => code)).toEqual(
        expect.arrayContaining(['APPTAINER_REFUSES', 'OVERLAY_NOT_MOUNTED']),
      );

      await signAs(path, student, 'overlay', judge);
      const passed = await verdictOf(path, judge);
      expect(stagesOf(passed)).toEqual({ author: 'passed', security: 'passed', overlay: 'passed' });
      expect(problemsOf(passed)).toEqual([]);
      expect((await verify(path)).exitCode).toBe(0);

      await changeOverlay(path);
      const changed = await verdictOf(path, judge);
      expect(stagesOf(changed)).toEqual({ author: 'passed', security: 'passed', overlay: 'failed' });
      const broken = await verify(path);
      expect(broken.exitCode).not.toBe(0);
      expect(broken.stderr).toContain('data object integrity compromised');
      expect((await verify(path, '--group-id', '1')).exitCode).toBe(0);

      const later = await judgeNow();
      expect((await signAs(path, student, 'overlay', later, { replace: true })).outcome).toBe('replaced');
      expect(problemsOf(await verdictOf(path, later))).toEqual([]);
      expect((await verdictOf(path, later)).verdict).toBe('passed');
      expect((await verify(path)).exitCode).toBe(0);
      expect((await verify(path, '--all')).exitCode).toBe(0);
    });

    test('of another group is not mounted, and one of the group of the base is', async (context) => {
      if (!canRun) context.skip('no user namespaces');
      const said = async (group: number): Promise<string> => {
        const path = join(await temporaryFolder(), 'app.sif');
        await copyFile(DEMO, path);
        await addOverlay(path, group);
        return (await runPeer('apptainer', ['run', '--userns', path])).stdout;
      };
      expect(await said(2)).toContain('hello from an image');
      expect(await said(1)).toContain('hello from an overlay');
    });

    test('made by apptainer overlay create is part of the base, which is approved with it', async () => {
      const judge = await judgeNow();
      const path = join(await temporaryFolder(), 'app.sif');
      await copyFile(DEMO, path);
      expect((await runPeer('apptainer', ['overlay', 'create', '--size', '64', path])).exitCode).toBe(0);
      await signAs(path, alice, 'author', judge);
      await signAs(path, sam, 'security', judge);
      const verdict = await verdictOf(path, judge);
      expect(stagesOf(verdict)).toEqual({ author: 'passed', security: 'passed' });
      expect(verdict.verdict).toBe('passed');
      expect(verdict.reasons.map(({ code }) => code)).toContain('OVERLAY_IN_BASE');
      expect((await verify(path)).exitCode).toBe(0);
    });

    test('in a SIF of its own is approved and laid over the base', async (context) => {
      const judge = await judgeBy(
        await policyFor([student], '  - { name: overlay, approvers: student, objects: overlays }'),
        new Date(),
      );
      const path = join(await temporaryFolder(), 'overlay.sif');
      expect((await runPeer('apptainer', ['sif', 'new', path])).exitCode).toBe(0);
      await addOverlay(path, 1);
      await signAs(path, student, 'overlay', judge);
      expect((await verdictOf(path, judge)).verdict).toBe('passed');
      expect((await verify(path)).exitCode).toBe(0);
      if (!canRun) context.skip('no user namespaces');
      const ran = await runPeer('apptainer', ['run', '--userns', '--overlay', `${path}:ro`, DEMO]);
      expect(ran.stdout).toContain('hello from an overlay');
    });

    test('in the group of an approved base fails the base, and apptainer agrees', async () => {
      const judge = await judgeNow();
      const path = await approvedBase(judge);
      await addOverlay(path, 1);
      const verdict = await verdictOf(path, judge);
      expect(stagesOf(verdict)).toEqual({ author: 'failed', security: 'failed' });
      expect((await verify(path)).stderr).toMatch(/object \d+: object not signed/);
    });

    test('of ext3 changes when it is used for writing, and its approval is then for other content', async (context) => {
      if (!canRun) context.skip('no user namespaces');
      const judge = await judgeBy(
        await policyFor([student], '  - { name: overlay, approvers: student, objects: overlays }'),
        new Date(),
      );
      const folder = await temporaryFolder();
      const [plain, path] = [join(folder, 'overlay.img'), join(folder, 'overlay.sif')];
      const options = ['--datatype', '4', '--parttype', '4', '--partfs', '2', '--partarch', '2', '--groupid', '1'];
      for (const command of [
        ['overlay', 'create', '--size', '64', plain],
        ['sif', 'new', path],
        ['sif', 'add', ...options, path, plain],
      ])
        expect((await runPeer('apptainer', command)).exitCode).toBe(0);
      await signAs(path, student, 'overlay', judge);
      const use = async (how: string) =>
        runPeer('apptainer', ['exec', '--userns', '--overlay', `${path}${how}`, DEMO, '/bin/true']);
      expect((await use(':ro')).exitCode).toBe(0);
      expect((await verdictOf(path, judge)).verdict).toBe('passed');
      expect((await use('')).exitCode).toBe(0);
      expect(problemsOf(await verdictOf(path, judge))).toContain('APPROVAL_OTHER_CONTENT');
    });

    test('by another signer than the base is not let run by an execution control list of one', async (context) => {
      if (!canRun || CONFIGURATION === undefined) context.skip('no user namespaces, or no configuration to copy');
      const judge = await judgeNow();
      const path = await approvedBase(judge);
      await addOverlay(path, 2);
      const known = [alice, student];
      const unsigned = await runListed(path, 'whitelist', { listed: [alice], known });
      expect(unsigned.stderr).toContain('signature not found for object group 2');
      await signAs(path, student, 'overlay', judge);
      for (const mode of ['whitelist', 'whitestrict'] as const) {
        const denied = await runListed(path, mode, { listed: [alice], known });
        expect(denied.exitCode).not.toBe(0);
        expect(denied.stderr).toContain('image not signed by required entities');
      }
      expect((await verdictOf(path, judge)).reasons.map(({ message }) => message).join('\n')).toContain(
        'execution control list',
      );
    });
  },
);

async function changeOverlay(path: string): Promise<void> {
  await using source = await openFileSource(path);
  const object = (await openSif(source)).objects.find(({ group }) => group === 2);
  const before = await readFile(path);
  await using file = await open(path, 'r+');
  const at = (object?.offset ?? 0) + (object?.sizeBytes ?? 1) - 1;
  await file.write(Uint8Array.of((before[at] ?? 0) ^ 1), 0, 1, at);
}
