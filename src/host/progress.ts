// SPDX-License-Identifier: Apache-2.0
// How far a transfer or hash has come, how fast it is and how long it will take, in words.

import type { Progress } from '../commands/host.ts';

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
/** Before that a rate says more about the start than about the transfer. */
const RATE_AFTER_MS = 500;
const LOG_MS = 10_000;

/** Progress in a log that is kept: at most one line in ten seconds, of however many images. */
export class ProgressLog {
  readonly #print: (text: string) => void;
  #lastMs = performance.now();

  constructor(print: (text: string) => void) {
    this.#print = print;
  }

  /** Whether it is time for a line; then whoever asks prints one. */
  isDue(nowMs = performance.now()): boolean {
    if (nowMs - this.#lastMs < LOG_MS) return false;
    this.#lastMs = nowMs;
    return true;
  }

  /** Progress of one transfer. */
  follow(title: string): Progress {
    const meter = new ProgressMeter(title);
    return {
      update: (done, total) => {
        const now = performance.now();
        meter.note(done, now);
        if (this.isDue(now)) this.#print(meter.text(done, total, now));
      },
      finish() {},
    };
  }
}

/** Follows one transfer. What was there before its first report, such as the beginning of a resumed one, is no speed. */
export class ProgressMeter {
  readonly #title: string;
  #first: { readonly done: number; readonly atMs: number } | undefined;

  constructor(title: string) {
    this.#title = title;
  }

  /** To be called with every report, also those that are not shown; `nowMs` is a monotonic clock. */
  note(done: number, nowMs: number): void {
    if (!this.#first || done < this.#first.done) this.#first = { done, atMs: nowMs };
  }

  /** `title: 42 % of 1.50 GiB, 210 MiB/s, 4 s left`; bytes alone when the total is unknown. */
  text(done: number, total: number | undefined, nowMs: number): string {
    const size =
      total === undefined || total === 0
        ? sizeText(done)
        : `${Math.floor((100 * done) / total)} % of ${sizeText(total)}`;
    const rate = this.#bytesPerSecond(done, nowMs);
    if (rate === undefined) return `${this.#title}: ${size}`;
    const left = total !== undefined && total > done ? `, ${durationText((total - done) / rate)} left` : '';
    return `${this.#title}: ${size}, ${sizeText(Math.round(rate))}/s${left}`;
  }

  #bytesPerSecond(done: number, nowMs: number): number | undefined {
    if (!this.#first || done <= this.#first.done) return undefined;
    const elapsedMs = nowMs - this.#first.atMs;
    return elapsedMs < RATE_AFTER_MS ? undefined : ((done - this.#first.done) * 1000) / elapsedMs;
  }
}

/** A number of bytes with a unit, three digits. */
export function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[power]}`;
}

/** Seconds in the one or two largest units: `4 s`, `2 min 5 s`, `3 h 20 min`. */
export function durationText(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
