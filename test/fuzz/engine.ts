// SPDX-License-Identifier: Apache-2.0
// Runs cases of one target and judges them: only our own errors, within time and memory, and nothing that the target
// itself calls a breach. A case is made from its number alone, so that a run can be repeated from its seed.

import { setFlagsFromString, getHeapStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { CountersignError } from '../../src/base/errors.ts';
import type { Material } from './bytes.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';

/** What is wrong with an answer, other than an error that is not ours. */
export class Breach extends Error {
  override readonly name = 'Breach';
}

/** Valid inputs and what becomes of a damaged one. */
export interface Prepared extends Partial<AsyncDisposable> {
  readonly seeds: readonly Uint8Array[];
  /** Words of the format. */
  readonly words?: readonly string[];
  /**
   * Reads the bytes, damaged from the seed of this number, and says in a word what became of them.
   * @throws Breach when the answer is wrong
   */
  check(bytes: Uint8Array, seed: number): Promise<string> | string;
}

/** One kind of input. */
export interface Target {
  readonly name: string;
  prepare(): Promise<Prepared>;
}

/** A case that went wrong. */
export interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly index: number;
  readonly problem: string;
  /** As small as it could be made. */
  readonly bytes: Uint8Array;
}

/** How long, and from which numbers. */
export interface FuzzOptions {
  readonly seed: number;
  readonly seconds: number;
  /** CPU that one case may take, milliseconds. */
  readonly cpuMs?: number;
  /** Called before each case with its bytes, for whoever watches over this run. */
  readonly onCase?: (bytes: Uint8Array, index: number) => void;
}

/** What a run of a target came to. */
export interface FuzzResult {
  readonly cases: number;
  /** How often each answer was given. */
  readonly answers: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
}

/** CPU that one case may take, milliseconds. */
const CPU_MS = 3000;
/** Memory that one case may take, and that all of them may leave behind, bytes. */
const MEMORY_BYTES = 256 * 1024 * 1024;
const LEFT_BYTES = 96 * 1024 * 1024;
const CASES_BETWEEN_COUNTS = 2000;
const MAX_FINDINGS = 5;
const MAX_REDUCTIONS = 300;

/** Runs cases until the time is over or enough went wrong. */
export async function fuzz(
  target: Target,
  { seed, seconds, cpuMs = CPU_MS, onCase }: FuzzOptions,
): Promise<FuzzResult> {
  const prepared = { ...(await target.prepare()), cpuMs };
  const answers = new Map<string, number>();
  const findings: Finding[] = [];
  const known = new Set<string>();
  try {
    for (const [at, bytes] of prepared.seeds.entries()) {
      const problem = await problemOf(prepared, { bytes, seed: at });
      if (problem !== undefined) findings.push({ target: target.name, seed, index: -1 - at, problem, bytes });
    }
    const start = heapBytes();
    const end = performance.now() + seconds * 1000;
    let index = 0;
    for (; performance.now() < end && findings.length < MAX_FINDINGS; index += 1) {
      const made = makeCase(prepared, Random.of(seed, target.name, index));
      onCase?.(made.bytes, index);
      let problem = await problemOf(prepared, made, (answer) => answers.set(answer, (answers.get(answer) ?? 0) + 1));
      if (index % CASES_BETWEEN_COUNTS === 0 && heapBytes() > start + LEFT_BYTES)
        problem ??= `${Math.round((heapBytes() - start) / 1e6)} MB are left behind`;
      if (problem === undefined || known.has(firstLines(problem))) continue;
      known.add(firstLines(problem));
      findings.push({ target: target.name, seed, index, problem, bytes: await reduce(prepared, made, problem) });
    }
    return { cases: index, answers, findings };
  } finally {
    await prepared[Symbol.asyncDispose]?.();
  }
}

/** A target with what its cases may take. */
type Limited = Prepared & { readonly cpuMs: number };

interface Case {
  readonly bytes: Uint8Array;
  readonly seed: number;
}

function makeCase({ seeds, words = [] }: Prepared, random: Random): Case {
  const seed = random.below(seeds.length);
  const material: Material = { pool: seeds, words };
  let bytes = seeds[seed] ?? new Uint8Array();
  for (let times = random.once(2) ? 1 : 1 + random.below(4); times > 0; times -= 1)
    bytes = mutate(random, bytes, material);
  // Buffers of others are not to be trusted to stay as they are.
  return { bytes: new Uint8Array(bytes), seed };
}

/** What is wrong with the answer to a case; undefined when nothing is. */
async function problemOf(
  prepared: Limited,
  { bytes, seed }: Case,
  onAnswer?: (answer: string) => void,
): Promise<string | undefined> {
  const before = process.cpuUsage();
  const memory = usedBytes();
  let problem: string | undefined;
  try {
    const answer = await prepared.check(bytes, seed);
    onAnswer?.(answer);
  } catch (error) {
    if (error instanceof CountersignError) onAnswer?.(error.code);
    else problem = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
  }
  const { user, system } = process.cpuUsage(before);
  const cpuMs = (user + system) / 1000;
  const taken = usedBytes() - memory;
  if (cpuMs > prepared.cpuMs) problem ??= `${Math.round(cpuMs)} ms of CPU for ${bytes.length} bytes`;
  if (taken > MEMORY_BYTES) problem ??= `${Math.round(taken / 1e6)} MB for ${bytes.length} bytes`;
  return problem;
}

function usedBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

let collect: (() => void) | undefined;

/** Memory in use when all that can be freed is. */
function heapBytes(): number {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    const gc: unknown = runInNewContext('gc');
    collect = () => (typeof gc === 'function' ? Reflect.apply(gc, undefined, []) : undefined);
  }
  collect();
  return usedBytes();
}

/** The kind of problem, without the numbers in it. */
function firstLines(problem: string): string {
  return problem.split('\n', 3).join('\n').replaceAll(/\d+/g, 'n').slice(0, 300);
}

/** Takes away pieces as long as the problem stays. */
async function reduce(prepared: Limited, { bytes, seed }: Case, problem: string): Promise<Uint8Array> {
  let best = bytes;
  let tries = 0;
  if (problem.includes(' ms of CPU')) return best;
  for (let size = Math.ceil(bytes.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < best.length && tries < MAX_REDUCTIONS; tries += 1) {
      const smaller = new Uint8Array([...best.subarray(0, at), ...best.subarray(at + size)]);
      const left = await problemOf(prepared, { bytes: smaller, seed });
      if (left !== undefined && firstLines(left) === firstLines(problem)) best = smaller;
      else at += size;
    }
  return best;
}
