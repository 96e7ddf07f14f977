// SPDX-License-Identifier: Apache-2.0
// Signing that is cut short: killed at any moment, or out of disk before or in the middle. The image is whole, with its
// old approvals and with the new one or without it, and the next signing succeeds.

import { execFile, execFileSync } from 'node:child_process';
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeEach, describe, expect, test } from 'vitest';
import { loadPolicy } from '../../src/policy/document/load.ts';
import { judgeBy, stagesOf, verdictOf, writeKeyPairs } from '../support/layers.ts';
import { LOCK_SUFFIX } from '../../src/sif/edit/lock.ts';
import { runScript } from '../support/children.ts';
import { PROJECT } from '../support/sources.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

const run = promisify(execFile);
const KILLS = 25;
const CLI = join(PROJECT, 'src', 'entry', 'cli.ts');
let folder: string;
const image = () => join(folder, 'app.sif');

beforeEach(async () => {
  folder = await temporaryFolder();
  await writeKeyPairs(folder, 'alice', 'bob');
  await writeFile(
    join(folder, 'policy.yaml'),
    `version: 1
name: test
principals: { alice: { key: alice.pub }, bob: { key: bob.pub } }
stages:
  - { name: author, approvers: alice }
  - { name: security, approvers: bob }
`,
  );
  await writeFile(image(), typicalSif().bytes());
  expect(await runScript('sign-child.ts', [folder, 'author', 'alice'])).toMatchObject({ exitCode: 0 });
  await copyFile(image(), join(folder, 'author.sif'));
});

async function stages(path = image()) {
  return stagesOf(await verdictOf(path, await judgeBy(await loadPolicy(join(folder, 'policy.yaml')), new Date())));
}

const OLD = { author: 'passed', security: 'missing' };
const NEW = { author: 'passed', security: 'passed' };

test(`killed ${KILLS} times while signing`, async () => {
  const whole = await runScript('sign-child.ts', [folder, 'security', 'bob']);
  const calls = Number(whole.stdout.trim().split('\n').at(-1));
  expect(calls).toBeGreaterThan(KILLS);
  const seen = { old: 0, new: 0 };
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await copyFile(join(folder, 'author.sif'), image());
    const at = Math.ceil((kill * calls) / KILLS);
    const killed = await runScript('sign-child.ts', [folder, 'security', 'bob', String(at)]);
    expect(killed.signal, `killed before call ${at}`).toBe('SIGKILL');
    const now = await stages();
    expect([OLD, NEW], `killed before call ${at}`).toContainEqual(now);
    seen[now['security'] === 'passed' ? 'new' : 'old'] += 1;
    if (now['security'] === 'passed') continue;
    const next = await runScript('sign-child.ts', [folder, 'security', 'bob']);
    expect(next, `after a kill before call ${at}`).toMatchObject({ exitCode: 0 });
    expect(await stages()).toEqual(NEW);
    expect((await readdir(folder)).filter((name) => name.includes(LOCK_SUFFIX))).toEqual([]);
  }
  expect(seen.old).toBeGreaterThan(0);
  expect(seen.new).toBeGreaterThan(0);
}, 180_000);

/** Runs a line of shell in which `$NODE`, `$CLI` and `$SIGN` stand for what signs `$IMAGE`. */
async function shell(line: string, more: NodeJS.ProcessEnv = {}): Promise<{ code: unknown; stderr: string }> {
  const options = `--stage security --policy-path ${folder}/policy.yaml --signing-method key --key-path ${folder}/bob.pem`;
  const env = {
    PATH: process.env['PATH'],
    TMPDIR: folder,
    NODE: process.execPath,
    CLI,
    OPTIONS: options,
    IMAGE: image(),
    ...more,
  };
  try {
    const { stderr } = await run('bash', ['--norc', '-c', line], { env });
    return { code: 0, stderr };
  } catch (error) {
    const { code, stderr }: { code?: unknown; stderr?: unknown } = Object(error);
    return { code, stderr: String(stderr) };
  }
}

function works(file: string, args: readonly string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const canLimit = works('bash', ['-c', "trap '' XFSZ; ulimit -f 100"]);
const canMount = works('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);

describe.skipIf(!canLimit)('files that may not grow (skipped without bash and ulimit)', () => {
  test('at any length of theirs, signing leaves the old image byte for byte', async () => {
    const before = await readFile(image());
    const kib = Math.ceil(before.length / 1024);
    let refused = 0;
    for (let room = kib; room < kib + 16; room += 1) {
      const { code, stderr } = await shell(
        `trap '' XFSZ; ulimit -f ${room}; exec "$NODE" "$CLI" sign-stage "$IMAGE" $OPTIONS`,
      );
      if (code === 0) break;
      refused += 1;
      expect([code, stderr]).toEqual([3, expect.stringMatching(/\[FILE_WRITE_FAILED\]/)]);
      expect(Buffer.compare(await readFile(image()), before)).toBe(0);
      expect((await readdir(folder)).filter((name) => name.includes(LOCK_SUFFIX))).toEqual([]);
    }
    expect(refused).toBeGreaterThan(0);
    expect(await stages()).toEqual(NEW);
  });
});

describe.skipIf(!canMount)('a full disk (skipped where no file system can be mounted)', () => {
  test.each([
    ['full before', 'cat /dev/zero > "$DISK/filler" 2>/dev/null'],
    ['full in the middle', 'head -c "$ROOM" /dev/zero > "$DISK/filler"'],
  ])('%s, it is named and the image is whole', async (_, fill) => {
    const disk = join(folder, 'disk');
    await mkdir(disk);
    const { size: length } = await stat(image());
    const pages = Math.ceil(length / 4096) + 3;
    // One page is left, for the lock; what is appended fills the last one of the image and then finds no room.
    const room = 2 * 4096;
    const line = `unshare -rm bash --norc -c '
      mount -t tmpfs -o size=${pages * 4096} tmpfs "$DISK" && cp "$IMAGE" "$DISK/app.sif" || exit 90
      ${fill}
      "$NODE" "$CLI" sign-stage "$DISK/app.sif" $OPTIONS; code=$?
      cp "$DISK/app.sif" "$IMAGE.after"; ls "$DISK" > "$IMAGE.list"
      rm -f "$DISK/filler"
      "$NODE" "$CLI" sign-stage "$DISK/app.sif" $OPTIONS || exit 91
      cp "$DISK/app.sif" "$IMAGE.next"; exit $code'`;
    const { code, stderr } = await shell(line, { DISK: disk, ROOM: String(room) });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/\[DISK_FULL\]/)]);
    expect(Buffer.compare(await readFile(`${image()}.after`), await readFile(image()))).toBe(0);
    expect((await readFile(`${image()}.list`, 'utf8')).trim().split('\n')).toEqual(['app.sif', 'filler']);
    expect(await stages(`${image()}.next`)).toEqual(NEW);
  });
});
