// SPDX-License-Identifier: Apache-2.0
// What verifying and signing cost, as ratios to what they must cost at least: `npm run bench`, Linux only.
//   --size BYTES --large BYTES --runs N   sizes of the two images and how often each time is taken (the best counts)
//   --cli FILE                            the program to measure; default dist/cli.mjs, else src/entry/cli.ts
// Ends with status 1 when a limit is broken. Comparisons with apptainer are left out where it is not on PATH.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createSif, partitionExtra } from '../test/support/create-sif.ts';
import { DATA_TYPE, FILE_SYSTEM, PARTITION_TYPE } from '../src/sif/format.ts';
import { generatePgpKey } from '../src/crypto/pgp/generate.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
const LIMIT = { readOnce: 1.01, overHashing: 1.1, fasterThanApptainer: 2.5, peakBytes: 150 * MIB } as const;
const STAGES = ['author', 'security', 'production'];

const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const { values } = parseArgs({
  options: {
    size: { type: 'string', default: String(GIB) },
    large: { type: 'string', default: String(4 * GIB) },
    runs: { type: 'string', default: '5' },
    cli: {
      type: 'string',
      default: existsSync(script('../dist/cli.mjs')) ? script('../dist/cli.mjs') : script('../src/entry/cli.ts'),
    },
  },
});
const runs = Number(values.runs);
const program = resolve(values.cli);

interface Measured {
  readonly ms: number;
  readonly bytesRead: number;
  readonly peakBytes: number;
}

interface Row {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly kept: boolean;
}

const rows: Row[] = [];
const work = await mkdtemp(join(tmpdir(), 'countersign-bench-'));

async function spawned(tool: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const start = performance.now();
  const child = spawn(tool, args, {
    cwd: work,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((done, reject) => child.on('error', reject).on('close', done));
  const ms = performance.now() - start;
  if (code !== 0) throw new Error(`${tool} ${args.join(' ')} ended with ${code}: ${Buffer.concat(errors).toString()}`);
  return ms;
}

/** Runs a Node program and learns what it read and how much memory it took. */
async function probed(args: readonly string[]): Promise<Measured> {
  const probe = join(work, 'probe.json');
  const env = { COUNTERSIGN_BENCHMARK_PROBE: probe };
  const ms = await spawned(process.execPath, ['--import', script('benchmark-probe.mjs'), ...args], env);
  const found = JSON.parse(await readFile(probe, 'utf8')) as { bytesRead: number; peakBytes: number };
  return { ms, ...found };
}

const countersign = (...args: readonly string[]) => probed([program, ...args, '--quiet']);
const hashAlone = (image: string) => probed([script('benchmark-hash.mjs'), image]);

/** Best times of several things, taken in turn so that a busy moment of the machine hits all of them. */
async function bestOf(measure: readonly (() => Promise<number>)[]): Promise<readonly number[]> {
  const times = measure.map((): number[] => []);
  for (let run = 0; run < runs; run += 1) for (const [index, one] of measure.entries()) times[index]?.push(await one());
  return times.map((all) => Math.min(...all));
}

function atMost(what: string, value: number, limit: number, show: (value: number) => string): void {
  rows.push({ what, measured: show(value), limit: `≤ ${show(limit)}`, kept: value <= limit });
}

const times = (value: number): string => `${value.toFixed(3)} ×`;
const mebibytes = (value: number): string => `${(value / MIB).toFixed(0)} MiB`;

/** An image with one partition of random-looking data. */
async function writeImage(path: string, sizeBytes: number): Promise<void> {
  const block = randomBytes(4 * MIB);
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < sizeBytes; at += block.length) {
      block.writeBigUInt64LE(BigInt(at), 0);
      yield block.subarray(0, Math.min(block.length, sizeBytes - at));
    }
  }
  const extra = partitionExtra({ fs: FILE_SYSTEM.squashfs, type: PARTITION_TYPE.primarySystem, arch: 'amd64' });
  await createSif(path, {
    now: new Date(),
    objects: [
      { dataType: DATA_TYPE.deffile, data: Buffer.from('bootstrap: scratch\n') },
      { dataType: DATA_TYPE.partition, data: { sizeBytes, chunks: chunks() }, extra },
    ],
  });
  await using file = await open(path);
  await file.sync();
}

async function writeKeysAndPolicy(): Promise<void> {
  await mkdir(join(work, 'keys'), { mode: 0o700 });
  const lines = [
    'version: 1',
    'name: benchmark',
    'trust:',
    '  keyrings:',
    ...STAGES.map((stage) => `    - keys/${stage}.pub.asc`),
  ];
  const principals = ['principals:'];
  const stages = ['stages:'];
  for (const stage of STAGES) {
    const key = await generatePgpKey({ name: stage, email: `${stage}@example.org`, now: new Date() });
    await writeFile(join(work, `keys/${stage}.asc`), key.privateKey, { mode: 0o600 });
    await writeFile(join(work, `keys/${stage}.pub.asc`), key.publicKey);
    principals.push(`  ${stage}er: { pgp: ${key.fingerprint} }`);
    stages.push(`  - name: ${stage}`, `    approvers: [${stage}er]`);
  }
  await writeFile(join(work, 'countersign.yaml'), `${[...lines, ...principals, ...stages].join('\n')}\n`);
}

function sign(image: string, stage: string, key: string, ...more: readonly string[]): Promise<Measured> {
  const keyPath = `keys/${key}.asc`;
  return countersign('sign-stage', image, '--stage', stage, '--signing-method', 'pgp', '--key-path', keyPath, ...more);
}

async function signThreeStages(image: string, label: string): Promise<void> {
  const { size } = await stat(join(work, image));
  for (const stage of STAGES) {
    const signed = await sign(image, stage, stage, '--policy-path', 'countersign.yaml');
    atMost(`bytes read by sign-stage ${stage}, ${label}, to the size`, signed.bytesRead / size, LIMIT.readOnce, times);
    atMost(`peak memory of sign-stage ${stage}, ${label}`, signed.peakBytes, LIMIT.peakBytes, mebibytes);
  }
}

const verify = (image: string) => countersign('verify-all', image, '--policy-path', 'countersign.yaml');

/**
 * Hashing alone has two yardsticks: openssl where it is on PATH, and the fastest loop that Node has, in a process that does
 * nothing else. What starting takes shows in a smaller image, so that there the second is told and not limited.
 */
async function measureVerify(image: string, label: string, isLarge: boolean): Promise<void> {
  const { size } = await stat(join(work, image));
  const once = await verify(image);
  atMost(`bytes read by verify-all, ${label}, to the size`, once.bytesRead / size, LIMIT.readOnce, times);
  atMost(`peak memory of verify-all, ${label}`, once.peakBytes, LIMIT.peakBytes, mebibytes);
  const withOpenssl = isOnPath('openssl');
  const [ours = 0, hashing = 0, openssl = 0] = await bestOf([
    async () => (await verify(image)).ms,
    async () => (await hashAlone(image)).ms,
    ...(withOpenssl ? [() => spawned('openssl', ['dgst', '-sha256', join(work, image)])] : []),
  ]);
  const ratio = (what: string, theirs: number, limited: boolean): void => {
    rows.push({
      what: `time of verify-all, ${label}, to ${what}`,
      measured: `${times(ours / theirs)} (${ours.toFixed(0)} and ${theirs.toFixed(0)} ms)`,
      limit: limited ? `≤ ${times(LIMIT.overHashing)}` : 'none at this size',
      kept: !limited || ours / theirs <= LIMIT.overHashing,
    });
  };
  ratio('hashing alone in Node', hashing, isLarge);
  if (withOpenssl) ratio('openssl dgst -sha256', openssl, true);
}

async function measureLayers(image: string): Promise<void> {
  const { size } = await stat(join(work, image));
  for (let layer = 1; layer <= 12; layer += 1) {
    await sign(image, `stage-${layer}`, STAGES[layer % 3] ?? 'author', '--native', 'none');
    if (layer !== 1 && layer !== 12) continue;
    const keyrings = STAGES.flatMap((stage) => ['--keyring', `keys/${stage}.pub.asc`]);
    const { bytesRead } = await countersign('verify-all', image, ...keyrings);
    atMost(
      `bytes read by verify-all, ${layer} ${layer === 1 ? 'layer' : 'layers'}, to the size`,
      bytesRead / size,
      LIMIT.readOnce,
      times,
    );
  }
}

async function measureApptainer(image: string, label: string): Promise<void> {
  const env = { APPTAINER_KEYSDIR: join(work, 'keyring'), APPTAINER_CONFIGDIR: work };
  for (const stage of STAGES) await spawned('apptainer', ['key', 'import', join(work, `keys/${stage}.pub.asc`)], env);
  const path = join(work, image);
  const [ours = 0, theirs = 0] = await bestOf([
    async () => (await verify(image)).ms,
    () => spawned('apptainer', ['verify', '--local', path], env),
  ]);
  rows.push({
    what: `verify-all against apptainer verify, ${label}, 3 PGP signatures`,
    measured: `${(theirs / ours).toFixed(2)} × faster (${ours.toFixed(0)} and ${theirs.toFixed(0)} ms)`,
    limit: `≥ ${LIMIT.fasterThanApptainer} × faster`,
    kept: theirs / ours >= LIMIT.fasterThanApptainer,
  });
}

function isOnPath(tool: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, tool)));
}

try {
  const [size, large] = [Number(values.size), Number(values.large)];
  const [label, largeLabel] = [mebibytes(size), mebibytes(large)];
  await writeKeysAndPolicy();
  await writeImage(join(work, 'image.sif'), size);
  await signThreeStages('image.sif', label);
  await measureVerify('image.sif', label, false);
  if (isOnPath('apptainer')) await measureApptainer('image.sif', label);
  else process.stderr.write('apptainer is not on PATH: comparison skipped\n');
  await rm(join(work, 'image.sif'));
  await writeImage(join(work, 'layers.sif'), size);
  await measureLayers('layers.sif');
  await rm(join(work, 'layers.sif'));
  await writeImage(join(work, 'large.sif'), large);
  await signThreeStages('large.sif', largeLabel);
  await measureVerify('large.sif', largeLabel, true);
  process.stdout.write('| what | measured | limit | |\n|---|---|---|---|\n');
  for (const { what, measured, limit, kept } of rows)
    process.stdout.write(`| ${what} | ${measured} | ${limit} | ${kept ? 'kept' : 'BROKEN'} |\n`);
  if (rows.some(({ kept }) => !kept)) process.exitCode = 1;
} finally {
  await rm(work, { recursive: true, force: true });
}
