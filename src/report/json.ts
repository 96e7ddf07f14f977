// SPDX-License-Identifier: Apache-2.0
// Verdict → JSON text as verify-all writes it: two-space indentation, final line end.
import type { Verdict } from '../policy/verdict.ts';

/** The verdict document as text. */
export function renderJson(verdict: Verdict): string {
  return `${JSON.stringify(verdict, null, 2)}\n`;
}
