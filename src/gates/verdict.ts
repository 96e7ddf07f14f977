// SPDX-License-Identifier: Apache-2.0
// What a gate of another tool says of an image, worked out here, and what a policy asks that a gate cannot ask.

import type { Reason } from '../findings/signature.ts';

/** The gates whose verdict can be worked out here. */
export const SIMULATED_GATES = ['ecl', 'containers-policy', 'kyverno'] as const;

/** The name of such a gate. */
export type SimulatedGate = (typeof SIMULATED_GATES)[number];

/** What a gate says of one image. `unknown` is no yes: whoever asks must not go on. */
export interface GateVerdict {
  readonly gate: SimulatedGate;
  readonly verdict: 'allowed' | 'denied' | 'unknown';
  /** The end of the line that the gate itself would print; null when it lets the image pass. */
  readonly words: string | null;
  /** Why, in ours; remarks when it lets the image pass. */
  readonly reasons: readonly Reason[];
}

/**
 * Something the policy says and a gate does not know: the gate lets images pass that `verify-all` fails for it, or denies some
 * that pass where the text says so.
 */
export interface Loss {
  /** The stage that asks it; null for the policy as a whole. */
  readonly stage: string | null;
  readonly rule:
    | 'order'
    | 'threshold'
    | 'alternatives'
    | 'distinct'
    | 'evidence'
    | 'credentials'
    | 'denied'
    | 'break-glass'
    | 'window'
    | 'age'
    | 'review'
    | 'encryption'
    | 'objects'
    | 'revocation'
    | 'proven-time'
    | 'grants';
  /** A sentence. */
  readonly text: string;
}

/** A file of an export. */
export interface ExportedFile {
  readonly name: string;
  readonly content: Uint8Array | string;
  readonly executable?: true;
}

/** What an export consists of. */
export interface GateExport {
  readonly gate: string;
  readonly files: readonly ExportedFile[];
  /** What is asked, a line each. */
  readonly asks: readonly string[];
  readonly losses: readonly Loss[];
  /** True when the gate asks `verify-all` itself, and so for all of the policy. */
  readonly whole?: true;
  /** What it asks of no policy, where that is less than of most gates. */
  readonly unasked?: string;
  /** What the administrator should know before installing. */
  readonly warnings: readonly string[];
}
