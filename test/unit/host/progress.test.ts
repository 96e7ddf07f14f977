// SPDX-License-Identifier: Apache-2.0
// Progress in words: percent, rate, time left; and where each host shows it.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { durationText, progressText, sizeText } from '../../../src/host/progress.ts';
import { TerminalHost } from '../../../src/host/terminal.ts';

const MIB = 1024 * 1024;

describe('a progress text', () => {
  const at = (done: number, total?: number) => ({ done, total });

  test('has percent, rate and time left', () => {
    const text = (done: number, ms: number) =>
      progressText('pulling app.sif', at(done, 100 * MIB), { bytes: done, ms });
    expect(text(0, 0)).toBe('pulling app.sif: 0 % of 100 MiB');
    expect(text(25 * MIB, 2000)).toBe('pulling app.sif: 25 % of 100 MiB, 12.5 MiB/s, 6 s left');
    expect(text(100 * MIB, 5000)).toBe('pulling app.sif: 100 % of 100 MiB, 20.0 MiB/s');
  });

  test('does without a total', () => {
    expect(progressText('pushing', at(3 * MIB), { bytes: 3 * MIB, ms: 1000 })).toBe('pushing: 3.00 MiB, 3.00 MiB/s');
  });

  test('has sizes of three digits and times of two units', () => {
    expect([0, 1023, 1024, 1023 * 1024, 1.5 * 1024 * MIB].map(sizeText)).toEqual([
      '0 B',
      '1023 B',
      '1.00 KiB',
      '1023 KiB',
      '1.50 GiB',
    ]);
    expect([0.2, 59, 60, 125, 3600, 12_000].map(durationText)).toEqual([
      '1 s',
      '59 s',
      '1 min 0 s',
      '2 min 5 s',
      '1 h 0 min',
      '3 h 20 min',
    ]);
  });
});

describe('the command line', () => {
  afterEach(() => void vi.restoreAllMocks());

  /** What is drawn for reports of so many MiB of 100, each at a time in milliseconds. */
  function drawn(...reports: readonly (readonly [atMs: number, mib: number])[]): string {
    let text = '';
    const host = new TerminalHost({
      env: {},
      cwd: '/',
      stdin: (async function* () {})(),
      stderr: { isTTY: true, write: (part: string) => void (text += part) },
      now: () => new Date(0),
    });
    const clock = vi.spyOn(performance, 'now');
    const progress = host.progress('t');
    for (const [atMs, mib] of reports) {
      clock.mockReturnValue(atMs);
      progress.update(mib * MIB, 100 * MIB);
    }
    progress.finish();
    return text.replaceAll('\r\u001b[2K', '|');
  }

  test('redraws one line on a terminal, and clears it', () => {
    expect(drawn([1000, 0], [2000, 50])).toBe('|t: 0 % of 100 MiB|t: 50 % of 100 MiB, 50.0 MiB/s, 1 s left|');
  });

  test('counts what a resumed transfer already had as no speed, and starts anew when it goes back', () => {
    expect(drawn([1000, 90], [2000, 91], [3000, 10], [4000, 12])).toBe(
      '|t: 90 % of 100 MiB|t: 91 % of 100 MiB, 1.00 MiB/s, 9 s left|t: 10 % of 100 MiB|t: 12 % of 100 MiB, 2.00 MiB/s, 44 s left|',
    );
  });

  test('is at most one line in ten seconds where there is no terminal, of however many images', async () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    let text = '';
    const host = new TerminalHost({
      env: {},
      cwd: '/',
      stdin: (async function* () {})(),
      stderr: { isTTY: false, write: (part: string) => void (text += part) },
      now: () => new Date(0),
    });
    for (let image = 0; image < 500; image += 1)
      await host.group(`Verifying ${image}.sif`, async () => {
        clock.mockReturnValue(image * 50);
        const progress = host.progress(`reading ${image}.sif`);
        progress.update(image, 500);
        progress.finish();
      });
    expect(text).toBe('reading 200.sif: 40 % of 500 B\nreading 400.sif: 80 % of 500 B\n');
  });
});
