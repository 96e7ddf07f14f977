// SPDX-License-Identifier: Apache-2.0
// Damaged inputs of every kind for every reader. A case follows from the seed, the target and its number alone.
//   --seed N        where the random numbers begin; printed, and another one in every run unless given
//   --seconds N     how long, all targets together; 600 unless given
//   --target NAME   this one alone
//   --input FILE    the bytes of a finding, read once by --target
// Ends with status 1 when something was found; the inputs that show it are then in the folder that is printed.

import { randomInt } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Finding, fuzz, type FuzzResult } from '../test/fuzz/engine.ts';
import { TARGETS } from '../test/fuzz/targets.ts';

/** CPU that one case may take until its worker is given up; on a busy machine that is much longer. */
const HANG_CPU_MS = 30_000;
/** How long a worker may do nothing at all. */
const HANG_MS = 600_000;
/** Targets take turns of this length. */
const TURN_SECONDS = 60;
const SHARED_BYTES = 8 * 1024 * 1024;
const HEAD_BYTES = 16;

/** What a worker is to do. The shared memory tells which case it is at, and with which bytes. */
interface Task {
  readonly target: string;
  readonly seed: number;
  readonly seconds: number;
  readonly shared: SharedArrayBuffer;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function targetNamed(name: string) {
  const target = TARGETS.find((one) => one.name === name);
  if (!target) throw new Error(`no target ${name}; there are ${TARGETS.map((one) => one.name).join(', ')}`);
  return target;
}

/** In the worker. */
async function work({ target, seed, seconds, shared }: Task): Promise<void> {
  const head = new Int32Array(shared, 0, HEAD_BYTES / 4);
  const place = new Uint8Array(shared, HEAD_BYTES);
  const onCase = (bytes: Uint8Array, index: number): void => {
    place.set(bytes.subarray(0, place.length));
    head[1] = Math.min(bytes.length, place.length);
    Atomics.store(head, 0, index + 1);
  };
  parentPort?.postMessage(await fuzz(targetNamed(target), { seed, seconds, onCase }));
}

/** CPU and time until now, milliseconds; this thread takes nearly none itself. */
function spent(): { readonly cpuMs: number; readonly ms: number } {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, ms: performance.now() };
}

/** One turn of a target in a worker of its own; one that stands still or dies is a finding, too. */
function turn(target: string, seed: number, seconds: number): Promise<FuzzResult> {
  const shared = new SharedArrayBuffer(SHARED_BYTES);
  const head = new Int32Array(shared, 0, HEAD_BYTES / 4);
  const task: Task = { target, seed, seconds, shared };
  const worker = new Worker(new URL(import.meta.url), { workerData: task });
  return new Promise((resolve) => {
    let seen = 0;
    let since = spent();
    const watch = setInterval(() => {
      const at = Atomics.load(head, 0);
      if (at !== seen) since = spent();
      seen = at;
      const { cpuMs, ms } = spent();
      if (cpuMs - since.cpuMs > HANG_CPU_MS) fail(`no answer within ${HANG_CPU_MS / 1000} s of CPU`);
      else if (ms - since.ms > HANG_MS) fail(`no answer within ${HANG_MS / 1000} s`);
    }, 1000);
    const end = (result: FuzzResult): void => {
      clearInterval(watch);
      resolve(result);
      void worker.terminate();
    };
    const fail = (problem: string): void => {
      const bytes = new Uint8Array(shared, HEAD_BYTES).slice(0, head[1]);
      const index = Atomics.load(head, 0) - 1;
      end({ cases: index, answers: new Map(), findings: [{ target, seed, index, problem, bytes }] });
    };
    worker.once('message', end);
    worker.once('error', (error) => fail(`the worker died: ${error instanceof Error ? error.stack : String(error)}`));
    worker.once('exit', (code) => fail(`the worker ended with ${code}`));
  });
}

/** Writes what shows a finding; gives its path. */
function keep(folder: string, number: number, { target, seed, index, problem, bytes }: Finding): string {
  const path = join(folder, `${target}-${number}`);
  writeFileSync(path, bytes);
  writeFileSync(`${path}.txt`, `--target ${target} --seed ${seed}, case ${index}\n${problem}\n`);
  return path;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: String(randomInt(2 ** 31)) },
      seconds: { type: 'string', default: '600' },
      target: { type: 'string' },
      input: { type: 'string' },
    },
  });
  const names = values.target === undefined ? TARGETS.map(({ name }) => name) : [targetNamed(values.target).name];
  if (values.input !== undefined) return repeat(names[0] ?? '', values.input);
  const seed = Number(values.seed);
  say(`seed ${seed}`);
  const rounds = Math.max(1, Math.round(Number(values.seconds) / names.length / TURN_SECONDS));
  const seconds = Number(values.seconds) / names.length / rounds;
  const findings: string[] = [];
  let folder: string | undefined;
  for (let round = 0; round < rounds; round += 1)
    for (const name of names) {
      const result = await turn(name, seed + round, seconds);
      const answers = [...result.answers].sort(([, one], [, other]) => other - one).slice(0, 6);
      say(`${name}: ${result.cases} cases; ${answers.map(([answer, count]) => `${answer} ${count}`).join(', ')}`);
      for (const finding of result.findings) {
        folder ??= mkdtempSync(join(tmpdir(), 'countersign-fuzz-'));
        findings.push(keep(folder, findings.length, finding));
        say(`FOUND ${findings.at(-1)}: ${finding.problem.split('\n', 1)[0]}`);
      }
    }
  say(findings.length === 0 ? 'nothing found' : `${findings.length} found`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

/** Reads an input once, with the keys of this run. */
async function repeat(name: string, path: string): Promise<void> {
  await using prepared = await targetNamed(name)
    .prepare()
    .then((given) => ({
      ...given,
      [Symbol.asyncDispose]: async (): Promise<void> => given[Symbol.asyncDispose]?.(),
    }));
  say(await prepared.check(new Uint8Array(await readFile(path)), 0));
}

await (isMainThread ? main() : work(workerData));
