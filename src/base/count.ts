// SPDX-License-Identifier: Apache-2.0
// A number of things in words for people: `1 image`, `2 images`, `0 images`.

/** The count and its noun, which takes an `s` unless the count is 1. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
