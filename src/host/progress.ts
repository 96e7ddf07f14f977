// SPDX-License-Identifier: Apache-2.0
// How far a transfer or hash has come, how fast it is and how long it will take, in words.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
/** Before that a rate says more about the start than about the transfer. */
const RATE_AFTER_MS = 500;

/** `title: 42 % of 1.50 GiB, 210 MiB/s, 4 s left`; bytes alone when the total is unknown. */
export function progressText(
  title: string,
  { done, total }: { readonly done: number; readonly total: number | undefined },
  since: { readonly bytes: number; readonly ms: number },
): string {
  const size = total ? `${Math.floor((100 * done) / total)} % of ${sizeText(total)}` : sizeText(done);
  if (since.bytes <= 0 || since.ms < RATE_AFTER_MS) return `${title}: ${size}`;
  const rate = (since.bytes * 1000) / since.ms;
  const left = total !== undefined && total > done ? `, ${durationText((total - done) / rate)} left` : '';
  return `${title}: ${size}, ${sizeText(Math.round(rate))}/s${left}`;
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
