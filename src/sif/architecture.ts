// SPDX-License-Identifier: Apache-2.0
// Architecture codes of the format ↔ their Go names. Which architecture a host can run is no question for this file.

import { SifError } from './errors.ts';

/** Architecture names by code, in code order; the code is the index as two digits. */
export const ARCHITECTURES = [
  'unknown',
  '386',
  'amd64',
  'arm',
  'arm64',
  'ppc64',
  'ppc64le',
  'mips',
  'mipsle',
  'mips64',
  'mips64le',
  's390x',
  'riscv64',
  'loong64',
] as const;

/** Go name of a three-byte architecture code; anything unlisted is `unknown`. */
export function archName(code: string): string {
  const match = /^(\d\d)\0$/.exec(code);
  return (match && ARCHITECTURES[Number(match[1])]) ?? 'unknown';
}

/**
 * Three-byte code of an architecture name.
 * @throws SifError SIF_OBJECT_INVALID
 */
export function archCode(name: string): string {
  const index = ARCHITECTURES.findIndex((known) => known === name);
  if (index < 1) throw new SifError('SIF_OBJECT_INVALID', `unknown architecture ${JSON.stringify(name)}`);
  return `${String(index).padStart(2, '0')}\0`;
}
