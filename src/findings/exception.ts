// SPDX-License-Identifier: Apache-2.0
// A finding that somebody decided to live with: which one exactly, why, until when. An allow list and a policy name them.

import type { SourceLocation } from '../base/errors.ts';
import type { Finding } from './finding.ts';

/** One finding, or several of one name, that somebody decided to live with. */
export interface AllowEntry {
  readonly id: string;
  /** Only findings of this package; null for any. */
  readonly package: string | null;
  /** Only findings of this version of the package; null for any. */
  readonly version: string | null;
  /** Only findings of this package URL; without version or qualifiers it stands for all of them. Null for any. */
  readonly purl: string | null;
  /** Only findings at this place, as the report calls it; null for any. */
  readonly location: string | null;
  readonly reason: string;
  /** The last day it holds, YYYY-MM-DD, to the end of that day in UTC. */
  readonly expires: string;
  /** Who decided it, in words. */
  readonly grantedBy?: string;
  /** Where the list has the entry. */
  readonly at: SourceLocation;
}

/** True from the day after the entry's last day, in UTC. */
export function isExpired(entry: AllowEntry, now: Date): boolean {
  return now.toISOString().slice(0, 10) > entry.expires;
}

/** True when the entry names this finding, or the CVE or GHSA that it is known by, and all else that it names agrees. */
export function matchesFinding(entry: AllowEntry, finding: Finding, commonName: string | null = null): boolean {
  const { id, package: name, version, purl, location } = entry;
  const names = [finding.id, ...finding.aliases, ...(commonName === null ? [] : [commonName])];
  return (
    names.some((other) => other.toUpperCase() === id.toUpperCase()) &&
    (name === null || name === finding.package) &&
    (version === null || version === finding.version) &&
    (purl === null || isSamePackage(purl, finding.purl)) &&
    (location === null || (finding.locations.length > 0 && finding.locations.every((place) => place === location)))
  );
}

/** Equal up to where the entry's package URL ends: before the version, the qualifiers or the subpath. */
function isSamePackage(wanted: string, purl: string | null): boolean {
  return purl !== null && purl.startsWith(wanted) && /^(?:$|[@?#])/.test(purl.slice(wanted.length));
}
