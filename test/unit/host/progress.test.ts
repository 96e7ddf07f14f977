// SPDX-License-Identifier: Apache-2.0
// Progress in words: percent, rate, time left; and where each host shows it.

import { afterEach, describe, expect, test, vi } from 'vitest';
import { durationText, ProgressMeter, sizeText } from '../../../src/host/progress.ts';
import { TerminalHost } from '../../../src/host/terminal.ts';

const MIB = 1024 * 1024;

describe('a progress text', () => {
  test('has percent, rate and time left', () => {
    const meter = new ProgressMeter('pulling app.sif');
    meter.note(0, 1000);
    expect(meter.text(0, 100 * MIB, 1000)).toBe('pulling app.sif: 0 % of 100 MiB');
    expect(meter.text(25 * MIB, 100 * MIB, 3000)).toBe('pulling app.sif: 25 % of 100 MiB, 12.5 MiB/s, 6 s left');
    expect(meter.text(100 * MIB, 100 * MIB, 6000)).toBe('pulling app.sif: 100 % of 100 MiB, 20.0 MiB/s');
  });

  test('does without a total', () => {
    const meter = new ProgressMeter('pushing');
    meter.note(0, 0);
    expect(meter.text(3 * MIB, undefined, 1000)).toBe('pushing: 3.00 MiB, 3.00 MiB/s');
  });

  test('counts what a resumed transfer already had as no speed, and starts anew when it goes back', () => {
    const meter = new ProgressMeter('t');
    meter.note(90 * MIB, 0);
    expect(meter.text(91 * MIB, 100 * MIB, 1000)).toBe('t: 91 % of 100 MiB, 1.00 MiB/s, 9 s left');
    meter.note(10 * MIB, 2000);
    expect(meter.text(12 * MIB, 100 * MIB, 3000)).toBe('t: 12 % of 100 MiB, 2.00 MiB/s, 44 s left');
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

  function drawn(): string {
    let text = '';
    const host = new TerminalHost({
      env: {},
      cwd: '/',
      stdin: (async function* () {})(),
      stderr: { isTTY: true, write: (part: string) => void (text += part) },
      now: () => new Date(0),
    });
    const clock = vi.spyOn(performance, 'now').mockReturnValue(1000);
    const progress = host.progress('reading app.sif');
    progress.update(0, 10 * MIB);
    clock.mockReturnValue(2000);
    progress.update(5 * MIB, 10 * MIB);
    progress.finish();
    return text;
  }

  test('redraws one line on a terminal, and clears it', () => {
    expect(drawn()).toBe(
      '\r\u001b[2Kreading app.sif: 0 % of 10.0 MiB\r\u001b[2Kreading app.sif: 50 % of 10.0 MiB, 5.00 MiB/s, 1 s left\r\u001b[2K',
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
