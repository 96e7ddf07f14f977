// SPDX-License-Identifier: Apache-2.0
// What does not count any more because the policy, or whoever asks, says so.

import { toSecond } from '../base/text.ts';
import type { Versions } from './versions.ts';

/** One thing that is denied. */
export interface Denial {
  readonly what:
    | {
        readonly of: 'key';
        /** Base64 SHA-256 of the SPKI. */
        readonly hint?: string;
        /** OpenPGP: of the primary key or a subkey, 40 upper-case hex digits. */
        readonly fingerprint?: string;
      }
    /** Issuer as RFC 4514 text, serial number as lower-case hex. */
    | { readonly of: 'certificate'; readonly issuer: string; readonly serial: string }
    | { readonly of: 'principal'; readonly name: string }
    | { readonly of: 'content'; readonly digest: string }
    | { readonly of: 'statement'; readonly digest: string }
    /** Package URL without a version; all versions when none are given. */
    | { readonly of: 'component'; readonly purl: string; readonly versions?: Versions };
  /** What is proven to be older keeps counting; undefined when nothing does. */
  readonly since?: Date;
  /** In the words of whoever wrote it. */
  readonly reason: string;
}

/** False for a signature that is proven to be older than the denial. */
export function isVoidedBy({ since }: Denial, provenAt: Date | undefined): boolean {
  return !(since && provenAt && provenAt < since);
}

/** The end of a sentence about what is denied. */
export function denialText({ since, reason }: Denial): string {
  return `is denied by the policy${since ? ` since ${toSecond(since)}` : ''}: ${reason}`;
}
