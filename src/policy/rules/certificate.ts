// SPDX-License-Identifier: Apache-2.0
// Is a certificate one that a principal describes, by which of its names is the principal recognised, and which certificates
// are one person's?

import type { X509Identity } from '../../findings/signature.ts';
import type { X509Credential } from '../document/model.ts';
import { matchesPattern, type PatternKind } from './pattern.ts';

/** True when the certificate leads to one of the anchors and every list of patterns has one that matches. */
export function matchesCertificate(credential: X509Credential, identity: X509Identity): boolean {
  const { anchors, san, subject, issuer, any } = credential;
  if (!anchors.some((anchor) => identity.anchors.includes(anchor))) return false;
  if (san.length === 0 && subject.length === 0 && !(any && hasPlainNames(identity))) return false;
  return (
    matchesField(san, identity.san, 'san') &&
    matchesField(subject, [identity.subject], 'subject') &&
    matchesField(issuer, [identity.issuer], 'issuer')
  );
}

/** A certificate without a name is nobody’s, and names with control characters match nothing. */
function hasPlainNames({ subject, san }: X509Identity): boolean {
  const names = [...san, ...(subject === '' ? [] : [subject])];
  // oxlint-disable-next-line no-control-regex
  return names.length > 0 && names.every((name) => !/[\u0000-\u001f\u007f]/.test(name));
}

/** A field that the policy leaves out does not restrict. */
function matchesField(patterns: readonly string[], values: readonly string[], kind: PatternKind): boolean {
  return (
    patterns.length === 0 || patterns.some((pattern) => values.some((value) => matchesPattern(pattern, value, kind)))
  );
}

/** The names by which the credential recognises somebody. */
export function certifiedNames({ san, subject }: X509Credential, identity: X509Identity): readonly string[] {
  if (san.length === 0) return subject.length === 0 ? [] : [identity.subject];
  return identity.san.filter((value) => san.some((pattern) => matchesPattern(pattern, value, 'san')));
}

/**
 * Whoever is one person by way of a third certificate on the image is one: where certificates stand for people, each uses up
 * all that those use up with which it shares a name or a key.
 */
export function withKin<T extends { readonly uses: readonly string[] }>(
  candidates: ReadonlyMap<string, readonly T[]>,
): ReadonlyMap<string, readonly T[]> {
  const kin = new Map<string, ReadonlySet<string>>();
  for (const { uses } of [...candidates.values()].flat()) {
    if (!uses.some((use) => use.startsWith('person '))) continue;
    const shared = uses.filter((use) => /^(?:person|key) /.test(use));
    const all = new Set(shared.flatMap((use) => [...(kin.get(use) ?? [use])]));
    for (const use of all) kin.set(use, all);
  }
  const widened = (one: T) => ({
    ...one,
    uses: [...new Set(one.uses.flatMap((use) => [use, ...(kin.get(use) ?? [])]))],
  });
  return new Map([...candidates].map(([stage, mine]) => [stage, mine.map(widened)]));
}
