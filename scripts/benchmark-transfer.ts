// SPDX-License-Identifier: Apache-2.0
// What pushing and pulling cost against apptainer on one registry (docker-registry) in one run: `npm run bench:transfer`,
// Linux only. Needs apptainer and docker-registry on PATH.
//   --size BYTES --runs N   size of the image and how often each time is taken, in turn (the best counts)
//   --cli FILE              the program to measure; default dist/cli.mjs
// Ends with status 1 when a limit is broken.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { DATA_TYPE } from '../src/sif/format.ts';
import { appendObjects } from '../src/sif/edit/append.ts';
import { generatePgpKey } from '../src/crypto/pgp/generate.ts';
import { launchRegistry } from '../test/support/registry-process.ts';

const MIB = 1024 ** 2;
const LIMIT = { fasterThanApptainer: 1.3, peakBytes: 200 * MIB, readOnce: 1.01 } as const;

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: String(4096 * MIB) },
    runs: { type: 'string', default: '3' },
    cli: { type: 'string', default: script('../dist/cli.mjs') },
  },
});
const work = await mkdtemp(join(tmpdir(), 'countersign-transfer-'));
const registry = await launchRegistry(work);
const image = join(work, 'image.sif');

/** Milliseconds that a program took. */
async function timed(tool: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const start = performance.now();
  const child = spawn(tool, args, { cwd: work, env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors = `${errors}${chunk.toString()}`.slice(-10_000);
  });
  const code = await new Promise<number | null>((done, reject) => child.on('error', reject).on('close', done));
  if (code !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${code}: ${errors}`);
  return performance.now() - start;
}

/** Highest memory, and most bytes read, of all runs of one of our commands. */
const nothing = () => ({ peakBytes: 0, bytesRead: 0 });
const ours = { push: nothing(), signedPush: nothing(), pull: nothing() };

async function countersign(what: keyof typeof ours, args: readonly string[]): Promise<number> {
  const probe = join(work, 'probe.json');
  const node = ['--import', script('benchmark-probe.mjs'), resolve(values.cli), ...args, '--quiet'];
  const ms = await timed(process.execPath, node, { COUNTERSIGN_BENCHMARK_PROBE: probe });
  const found = JSON.parse(await readFile(probe, 'utf8')) as { bytesRead: number; peakBytes: number };
  ours[what].peakBytes = Math.max(ours[what].peakBytes, found.peakBytes);
  ours[what].bytesRead = Math.max(ours[what].bytesRead, found.bytesRead);
  return ms;
}

/** No cache and no configuration of this machine: every byte is moved. */
const CLEAN = { APPTAINER_CACHEDIR: work, APPTAINER_CONFIGDIR: work };
const apptainer = (...args: readonly string[]): Promise<number> => timed('apptainer', args, CLEAN);

async function withoutFile(path: string, body: () => Promise<number>): Promise<number> {
  const ms = await body();
  await rm(path);
  return ms;
}

/** One push and one pull by each, every push into a repository of its own so that all bytes are sent. */
async function round(run: number): Promise<readonly [number, number, number, number]> {
  const place = (who: string): string => `${registry.host}/${who}${run}/app:v1`;
  const out = join(work, 'out.sif');
  return [
    await countersign('push', ['push-oras', image, '--reference', place('ours')]),
    await apptainer('push', '--allow-unsigned', '--no-https', image, `oras://${place('theirs')}`),
    await withoutFile(out, () => countersign('pull', ['pull', place('ours'), '--image-path', out])),
    await withoutFile(out, () => apptainer('pull', '--disable-cache', '--no-https', out, `oras://${place('ours')}`)),
  ];
}

/** The author's approval, signed while the image is pushed. */
async function pushSigned(): Promise<void> {
  const { privateKey } = await generatePgpKey({ name: 'author', email: 'author@example.org', now: new Date() });
  const key = join(work, 'author.asc');
  await writeFile(key, privateKey, { mode: 0o600 });
  const signing = ['--stage', 'author', '--signing-method', 'pgp', '--key-path', key];
  await countersign('signedPush', ['push-oras', image, '--reference', `${registry.host}/signed/app:v1`, ...signing]);
}

/** The demo image, which apptainer accepts as runnable, made large. */
async function writeImage(sizeBytes: number): Promise<void> {
  const block = randomBytes(4 * MIB);
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < sizeBytes; at += block.length) {
      block.writeBigUInt64LE(BigInt(at), 0);
      yield block.subarray(0, Math.min(block.length, sizeBytes - at));
    }
  }
  await copyFile(script('../assets/demo/hello.sif'), image);
  const ballast = { dataType: DATA_TYPE.generic, data: { sizeBytes, chunks: chunks() } };
  await appendObjects(image, [ballast], { now: new Date() });
}

let kept = true;
function row(what: string, measured: string, good: boolean): void {
  kept &&= good;
  process.stdout.write(`${good ? 'ok ' : 'NOT'}  ${what}: ${measured}\n`);
}

try {
  await writeImage(Number(values.size));
  const size = (await stat(image)).size;
  const rounds: (readonly [number, number, number, number])[] = [];
  for (let run = 0; run < Number(values.runs); run += 1) rounds.push(await round(run));
  await pushSigned();
  const best = (index: 0 | 1 | 2 | 3): number => Math.min(...rounds.map((times) => times[index]));
  const label = `${(size / MIB).toFixed(0)} MiB`;
  for (const [what, mine, theirs] of [
    ['push-oras against apptainer push', best(0), best(1)],
    ['pull against apptainer pull', best(2), best(3)],
  ] as const) {
    const ratio = theirs / mine;
    const times = `${ratio.toFixed(2)} × faster (${(mine / 1000).toFixed(2)} s, ${(theirs / 1000).toFixed(2)} s), wanted ${LIMIT.fasterThanApptainer} ×`;
    row(`${what}, ${label}`, times, ratio >= LIMIT.fasterThanApptainer);
  }
  const words = { push: 'push', signedPush: 'push that signs', pull: 'pull' } as const;
  for (const what of ['push', 'signedPush', 'pull'] as const) {
    const { peakBytes } = ours[what];
    row(
      `peak memory of ${words[what]}, ${label}`,
      `${(peakBytes / MIB).toFixed(0)} MiB, wanted below 200 MiB`,
      peakBytes < LIMIT.peakBytes,
    );
  }
  for (const what of ['push', 'signedPush'] as const) {
    // Whatever is read from the connection counts too; that is little when pushing.
    const read = ours[what].bytesRead / size;
    row(
      `bytes read by ${words[what]}, ${label}`,
      `${read.toFixed(3)} × the size, wanted ${LIMIT.readOnce} ×`,
      read <= LIMIT.readOnce,
    );
  }
} finally {
  await registry.stop();
  await rm(work, { recursive: true, force: true });
}
if (!kept) process.exitCode = 1;
