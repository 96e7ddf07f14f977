// SPDX-License-Identifier: Apache-2.0
// The exported scripts in a real Slurm: its Prolog asks about the images of the site, and jobs of a user start them by
// what the Prolog found. Users cannot run the Node here, so whatever they start was answered from the cache.

import { chmod, copyFile, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasPeers, peerPath } from '../support/peers.ts';
import { NO_SLURM, SlurmCluster } from '../support/slurm-cluster.ts';
import { settle, SlurmNode } from '../support/slurm-node.ts';

let node: SlurmNode;
let cluster: SlurmCluster;
let image: string;

const launch = (path: string, ...words: readonly string[]) => [node.at('bin/countersign-run'), path, ...words];

async function flipByte(path: string): Promise<void> {
  const file = await open(path, 'r+');
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 40_000);
  await file.write(Buffer.of((buffer[0] ?? 0) ^ 1), 0, 1, 40_000);
  await file.close();
}

describe.skipIf(NO_SLURM !== undefined)(`the scripts in Slurm (${NO_SLURM ?? 'of one node'})`, () => {
  beforeAll(async () => {
    node = await SlurmNode.make();
    await chmod(node.folder, 0o755);
    await copyFile(process.execPath, node.at('node'));
    await chmod(node.at('node'), 0o700);
    await node.install({ 'node-path': node.at('node') });
    image = await node.image();
    cluster = await SlurmCluster.start(node.at('slurm'), node.at('bin/prolog'));
  });
  afterAll(async () => {
    await cluster?.stop();
    await node?.remove();
  });

  test('the Prolog verifies the images of the site, and a user starts them by that, in milliseconds', async () => {
    expect(await cluster.job(['true'])).toMatchObject({ code: 0, stderr: '' });
    const kept = await node.kept();
    expect(kept).toHaveLength(1);
    const { ino } = await stat(kept[0] ?? '');
    const started = await cluster.job(launch(image, 'sha256sum', '{}'));
    expect(started).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining(image) });
    expect(await node.kept()).toEqual(kept);
    expect((await stat(kept[0] ?? '')).ino).toBe(ino);
    // Processor time of the gate, user and system: of the shell and of what it started.
    const { stdout } = await cluster.job(['sh', '-c', `${node.at('bin/countersign-gate')} ${image} >/dev/null; times`]);
    const seconds = [...stdout.matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, rest]) => Number(minutes) * 60 + Number(rest),
    );
    expect(seconds).toHaveLength(4);
    expect(seconds.reduce((sum, one) => sum + one, 0)).toBeLessThan(0.3);
  });

  test('a user gets no entry into the cache', async () => {
    const [entry = ''] = await node.kept();
    const before = await readFile(entry, 'utf8');
    for (const words of [
      ['rm', '-f', entry],
      ['sh', '-c', `echo made up >${entry}`],
      ['ln', '-s', '/dev/null', node.at('cache/x')],
      ['mv', entry, '/tmp/'],
    ])
      expect((await cluster.job(words)).code, words.join(' ')).not.toBe(0);
    expect(await node.kept()).toEqual([entry]);
    expect(await readFile(entry, 'utf8')).toBe(before);
  });

  test('nothing is started with an image that the Prolog has not seen as it is now', async () => {
    const own = node.at('own.sif');
    await copyFile(image, own);
    expect(await cluster.job(launch(own, 'echo', '{}'))).toMatchObject({ code: 2, stdout: '' });
    expect(await cluster.job(launch(own, 'echo', '{}'), 'root')).toMatchObject({ code: 0, stdout: `${own}\n` });
    await flipByte(own);
    const refused = await cluster.job(launch(own, 'echo', '{}'), 'root');
    expect(refused).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('does not pass the policy') });
  });

  test.skipIf(!hasPeers('apptainer'))('Apptainer runs the image, and does not run a changed one', async () => {
    const path = `PATH=${peerPath()}`;
    const run = (file: string) =>
      cluster.job(['env', path, ...launch(file, 'apptainer', 'exec', '--userns', '{}', '/bin/true')], 'root');
    expect(await run(image)).toMatchObject({ code: 0 });
    expect(await run(node.at('own.sif'))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing was started'),
    });
  });

  test('an image of the site that was changed or exchanged stops jobs, until it is as it was', async () => {
    const path = node.at('images/b.sif');
    const drained = async () => {
      expect((await cluster.job(['true'])).code).not.toBe(0);
      await cluster.until('drained');
      expect(await cluster.node()).toContain('Prolog error');
    };
    await copyFile(image, path);
    await settle(path);
    expect(await cluster.job(launch(path, 'echo', '{}'))).toMatchObject({ code: 0 });
    await flipByte(path);
    await drained();
    expect(await cluster.log()).toContain(`countersign-gate: refused: ${path} does not pass the policy`);
    await flipByte(path);
    await settle(path);
    await cluster.resume();
    expect(await cluster.job(launch(path, 'echo', '{}'))).toMatchObject({ code: 0 });
    await rm(path);
    await rename(await node.image('c.sif', 'bob'), path);
    const job = await cluster.batch('true');
    await cluster.until('drained');
    expect(
      (await cluster.run(['squeue', '--noheader', `--jobs=${job}`, '--Format=State:.20,Reason:.40'])).stdout,
    ).toMatch(/PENDING +launch_failed_requeued_held|PENDING.*held/i);
    await rm(path);
    await cluster.resume();
    expect(await cluster.job(['true'])).toMatchObject({ code: 0 });
  });

  test('without an answer it is as configured', async () => {
    const policy = node.at('etc/countersign.yaml');
    const away = () => rename(policy, node.at('away'));
    const back = () => rename(node.at('away'), policy);
    await away();
    expect((await cluster.job(['true'])).code).not.toBe(0);
    await cluster.until('drained');
    expect(await cluster.log()).toContain('countersign-gate: no answer');
    await back();
    await node.install({ 'node-path': node.at('node'), 'on-error': 'open' });
    await away();
    await cluster.resume();
    expect(await cluster.job(launch(image, 'echo', '{}'))).toMatchObject({ code: 0, stdout: `${image}\n` });
    await back();
    // What fails is refused all the same.
    expect(await cluster.job(launch(node.at('own.sif'), 'echo', '{}'), 'root')).toMatchObject({ code: 1, stdout: '' });
  });
});
