// SPDX-License-Identifier: Apache-2.0
// Verdict → text for people.
import type { Verdict } from '../policy/verdict.ts';

/** Text report, final line end included; `ascii` replaces the marks and dashes beyond ASCII. */
export declare function renderText(
  verdict: Verdict,
  options?: { readonly ascii?: boolean; readonly reportPath?: string },
): string;
