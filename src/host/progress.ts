// SPDX-License-Identifier: Apache-2.0
// How far a transfer or hash has come, in words.

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `title: 42 % of 1.5 GiB`, or the bytes done when the total is unknown. */
export function progressText(title: string, done: number, total: number | undefined): string {
  if (total === undefined || total === 0) return `${title}: ${sizeText(done)}`;
  return `${title}: ${Math.floor((100 * done) / total)} % of ${sizeText(total)}`;
}

/** A number of bytes with a unit, three significant digits. */
export function sizeText(bytes: number): string {
  const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : value.toPrecision(3)} ${UNITS[power]}`;
}
