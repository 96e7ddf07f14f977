// SPDX-License-Identifier: Apache-2.0
// How many findings a report may have: a file of ten megabytes could name a million, and each of them takes part in
// judging, in statements and in what people read.

import type { Finding } from '../../findings/finding.ts';
import { LIMITS } from '../../base/limits.ts';
import { counted } from '../../base/text.ts';
import { ScanError } from '../errors.ts';

/** Remarks of one report that are shown. */
const MAX_REMARKS = 100;
/** So many names of a finding, or versions with its fix, count as one more finding. */
const NAMES = 8;

/** Takes the findings of one file, one after the other, up to what its length allows. */
export class FindingRoom {
  readonly #most: number;
  #left: number;

  constructor(bytes: number) {
    this.#most = LIMITS.findings + Math.floor(bytes / LIMITS.findingLength);
    this.#left = this.#most;
  }

  /** The findings as a list. @throws ScanError SCAN_REPORT_TOO_LARGE */
  take(findings: Iterable<Finding>): readonly Finding[] {
    const taken: Finding[] = [];
    for (const finding of findings) {
      const { aliases, related, fixedIn } = finding;
      this.#left -= 1 + Math.floor((aliases.length + related.length + fixedIn.length) / NAMES);
      if (this.#left < 0)
        throw new ScanError('SCAN_REPORT_TOO_LARGE', `it has more than ${this.#most} findings, or names of such`);
      taken.push(finding);
    }
    return taken;
  }
}

/** Remarks, each once with what it is about counted; of very many the first ones. */
export function countRemarks(remarks: Iterable<string>, noun: string): readonly string[] {
  const counts = new Map<string, number>();
  let others = 0;
  for (const remark of remarks)
    if (counts.has(remark) || counts.size < MAX_REMARKS) counts.set(remark, (counts.get(remark) ?? 0) + 1);
    else others += 1;
  const shown = [...counts].map(([remark, count]) => `${remark} (${counted(count, noun)})`);
  return others === 0 ? shown : [...shown, `and ${counted(others, 'other remark')}`];
}

/** The first remarks, and how many more there are. */
export function fewRemarks(remarks: readonly string[]): readonly string[] {
  const others = remarks.length - MAX_REMARKS;
  return others <= 0 ? remarks : [...remarks.slice(0, MAX_REMARKS), `and ${counted(others, 'other remark')}`];
}
