// SPDX-License-Identifier: Apache-2.0
// What a command costs as users run it: bundled, as a process of its own, with its CPU time and the most memory it held.

import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { PROJECT } from './sources.ts';

/** What a run cost, and what it said. */
export interface Measured {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** 3 s are promised for an input of 10 MB; the processor may be slow. */
export const MOST_CPU_MS = 6000;
/** 256 MB are promised; when Node collects what is not needed any more depends on how busy the machine is. */
export const MOST_PEAK_BYTES = 320e6;
/** Beyond this and twice the cost of half the size, something grows faster than its input. */
export const GROWTH = 3;
/** What a run costs without any input, and what may come upon a busy machine. */
export const NOISE_MS = 700;

let home = '';

/** To be called by each file of tests that measures. */
export function bundleOnce(): void {
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'countersign-test-'));
    await mkdir(join(home, 'dist'));
    await symlink(join(PROJECT, 'assets'), join(home, 'assets'));
    await bundle(PROJECT, join(home, 'dist'));
  });
  afterAll(() => rm(home, { recursive: true, force: true }));
}

/** Runs `countersign ARGS` in a folder that is also its home. */
export async function measure(args: readonly string[], folder: string): Promise<Measured> {
  const program = join(home, 'dist', 'cli.mjs');
  const probe = join(home, 'probe.json');
  const child = spawn(process.execPath, ['--import', join(PROJECT, 'scripts/benchmark-probe.mjs'), program, ...args], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      TMPDIR: folder,
      NODE_NO_WARNINGS: '1',
      COUNTERSIGN_BENCHMARK_PROBE: probe,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const { peakBytes, cpuMs } = JSON.parse(await readFile(probe, 'utf8'));
  return { exitCode, ...written, cpuMs: Number(cpuMs), peakBytes: Number(peakBytes) };
}

/** Within what is promised. */
export function expectCheap({ cpuMs, peakBytes }: Measured): void {
  expect(cpuMs).toBeLessThan(MOST_CPU_MS);
  expect(peakBytes).toBeLessThan(MOST_PEAK_BYTES);
}
