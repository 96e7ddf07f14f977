// SPDX-License-Identifier: Apache-2.0
// Real processes that add layers to one image: killed at every write, and several at once.

import { copyFile, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hashObjects } from '../../src/sif/hash/hash.ts';
import { openSif, readObject } from '../../src/sif/sif.ts';
import { encodeMetadata } from '../../src/sif/integrity.ts';
import { openFileSource } from '../../src/sif/source.ts';
import { runScript } from '../support/children.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));

async function demoCopy(): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  await copyFile(DEMO, path);
  return path;
}

/** Names of the layers on an image, each with its data checked, and the signed metadata of group 1. */
async function content(path: string) {
  await using source = await openFileSource(path);
  const image = await openSif(source);
  const digests = await hashObjects(image, image.objects, { algorithms: new Set(['sha256']) });
  const layers: string[] = [];
  for (const object of image.objects.slice(3)) {
    const text = Buffer.from(await readObject(image, object, 1000)).toString();
    const [label = '', index = ''] = object.name.split('/');
    expect(text).toBe(`${label} ${index}: `.padEnd(300, `${label}${index}`));
    layers.push(object.name);
  }
  return {
    layers,
    metadata: Buffer.from(encodeMetadata(image, 1, digests)).toString(),
    free: image.header.descriptorsFree,
  };
}

test('an append killed after any of its writes leaves the old or the new layers, and the next one succeeds', async () => {
  const whole = await demoCopy();
  const before = await content(whole);
  const steps = (await runScript('append-child.ts', [whole, '2', 'first'])).stdout.trim().split('\n');
  expect(steps.length).toBeGreaterThanOrEqual(13);
  const commits = steps.flatMap((step, index) => (/^used \d$/.test(step) ? [index + 1] : []));
  for (const [index, name] of steps.entries()) {
    const path = await demoCopy();
    const killed = await runScript('append-child.ts', [path, '2', 'first', String(index + 1)]);
    expect(killed.signal, name).toBe('SIGKILL');
    const committed = commits.filter((commit) => commit <= index + 1).length;
    const after = await content(path);
    expect(after.layers, name).toEqual(['first/0', 'first/1'].slice(0, committed));
    expect(after.metadata, name).toBe(before.metadata);
    expect((await runScript('append-child.ts', [path, '1', 'second'])).exitCode, name).toBe(0);
    const next = await content(path);
    expect(next.layers, name).toEqual([...after.layers, 'second/0']);
    expect(next.free, name).toBe(before.free - next.layers.length);
    expect(await readdir(dirname(path)), name).toEqual(['image.sif']);
  }
});

test('writers at the same time lose nothing', async () => {
  const path = await demoCopy();
  const before = await content(path);
  const labels = ['a', 'b', 'c', 'd'];
  const results = await Promise.all(labels.map((label) => runScript('append-child.ts', [path, '5', label])));
  expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(labels.map(() => [0, '']));
  const after = await content(path);
  const all = labels.flatMap((label) => Array.from({ length: 5 }, (_, index) => `${label}/${index}`));
  expect(after.layers.toSorted((a, b) => a.localeCompare(b))).toEqual(all);
  expect(after).toMatchObject({ metadata: before.metadata, free: before.free - 20 });
  expect((await stat(path)).size).toBe((await readFile(DEMO)).length + 20 * 300);
});

test('writers at the same time, some of them killed, lose nothing that was committed and block nobody', async () => {
  const path = await demoCopy();
  const runs = Array.from({ length: 8 }, (_, index) =>
    runScript('append-child.ts', [path, '2', `w${index}`, String(index % 2 ? 0 : index + 4)]),
  );
  const results = await Promise.all(runs);
  const { layers } = await content(path);
  const finished = results.flatMap(({ signal }, index) => (signal === null ? [`w${index}/0`, `w${index}/1`] : []));
  expect(layers).toEqual(expect.arrayContaining(finished));
  expect(results.filter(({ signal }) => signal === null)).toHaveLength(4);
  expect((await runScript('append-child.ts', [path, '1', 'last'])).exitCode).toBe(0);
});
