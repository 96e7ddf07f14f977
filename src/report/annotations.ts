// SPDX-License-Identifier: Apache-2.0
// Verdict → the few findings that become annotations.
import type { Verdict } from '../policy/verdict.ts';

/** At most nine findings, then one line "and N more"; one line of plain text each, message first, hint after it. */
export declare function findingsOf(verdict: Verdict, limit?: number): readonly string[];
