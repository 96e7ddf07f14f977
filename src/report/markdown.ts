// SPDX-License-Identifier: Apache-2.0
// Verdict → Markdown job summary.
import type { Verdict } from '../policy/verdict.ts';

/** Markdown for a job summary, below `limitBytes` (1 MiB less a margin by default) by dropping rows. */
export declare function renderMarkdown(verdict: Verdict, options?: { readonly limitBytes?: number }): string;
