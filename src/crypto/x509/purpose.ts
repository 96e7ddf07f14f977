// SPDX-License-Identifier: Apache-2.0
// What a certificate may be used for, and when: to sign code, as approvers do, or to sign timestamps, and that alone.

import { toSecond } from '../../base/text.ts';
import type { Reason } from '../../findings/signature.ts';
import { type Certificate, certificateReason } from './certificate.ts';

/** What the leaf of a path signs. */
export type Purpose = 'code' | 'time';

/** The extended key usage of each purpose, and what it is called. */
export const PURPOSES = {
  code: { oid: '1.3.6.1.5.5.7.3.3', words: 'signing code' },
  time: { oid: '1.3.6.1.5.5.7.3.8', words: 'signing timestamps' },
} as const satisfies Readonly<Record<Purpose, { readonly oid: string; readonly words: string }>>;

const EXTENDED_KEY_USAGE = '2.5.29.37';
const ANY_EXTENDED_KEY_USAGE = '2.5.29.37.0';

/** Absent means unrestricted, as everywhere; a CA that carries the extension restricts what is below it. */
export function mayServe(usages: readonly string[] | undefined, purpose: Purpose): boolean {
  return !usages || usages.includes(PURPOSES[purpose].oid) || usages.includes(ANY_EXTENDED_KEY_USAGE);
}

/**
 * Harmless to ignore even when critical: key identifiers, CRL locations, and what is said of policies, since we demand
 * none and refuse every path in which a certificate does: policies, their mappings, and the ban on any policy.
 */
const IGNORED_EXTENSIONS: ReadonlySet<string> = new Set([
  '2.5.29.14',
  '2.5.29.35',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.33',
  '2.5.29.54',
]);

/** Between which times a certificate must have been valid at some moment, and for what. */
export interface CertificateUse {
  readonly from: Date;
  readonly until: Date;
  readonly purpose: Purpose;
}

/** What disqualifies any certificate of a path. */
export function certificateProblems(certificate: Certificate, use: CertificateUse): readonly Reason[] {
  const problems: Reason[] = [];
  const { notBefore, notAfter, keyProblem, extensions } = certificate;
  if (use.from < notBefore)
    problems.push(certificateReason('CERTIFICATE_NOT_YET_VALID', certificate, `is valid from ${toSecond(notBefore)}`));
  // The last second counts to its end.
  if (use.until.getTime() >= notAfter.getTime() + 1000)
    problems.push(certificateReason('CERTIFICATE_EXPIRED', certificate, `expired on ${toSecond(notAfter)}`));
  if (keyProblem !== undefined)
    problems.push(certificateReason('CERTIFICATE_WEAK', certificate, `cannot be used: ${keyProblem}`));
  for (const oid of extensions.otherCritical.filter((other) => !IGNORED_EXTENSIONS.has(other)))
    problems.push(certificateReason('CERTIFICATE_EXTENSION_UNKNOWN', certificate, `has the critical extension ${oid}`));
  if (extensions.requiresPolicy)
    problems.push(
      certificateReason(
        'CERTIFICATE_EXTENSION_UNKNOWN',
        certificate,
        'demands certificate policies (requireExplicitPolicy), which are not evaluated',
      ),
    );
  if (!mayServe(extensions.extendedKeyUsage, use.purpose))
    problems.push(
      certificateReason('CERTIFICATE_EXTENDED_KEY_USAGE', certificate, `is not for ${PURPOSES[use.purpose].words}`),
    );
  return problems;
}

/** What disqualifies a certificate as the signing one. */
export function leafProblems(leaf: Certificate, purpose: Purpose): readonly Reason[] {
  const problems = purpose === 'time' ? authorityProblems(leaf) : [];
  const { keyUsage } = leaf.extensions;
  const signs = ['digitalSignature', ...(purpose === 'time' ? ['nonRepudiation'] : [])];
  if (!keyUsage || signs.some((usage) => keyUsage.includes(usage))) return problems;
  return [...problems, certificateReason('CERTIFICATE_KEY_USAGE', leaf, 'has a key usage without digitalSignature')];
}

/**
 * The key of a timestamp authority must serve nothing else, and its certificate must say so in a critical extension.
 * @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.3
 */
function authorityProblems(leaf: Certificate): readonly Reason[] {
  const { extendedKeyUsage: usages = [], critical } = leaf.extensions;
  if (usages.length === 1 && usages[0] === PURPOSES.time.oid && critical.includes(EXTENDED_KEY_USAGE)) return [];
  const problem = 'has not timeStamping as its only extended key usage, marked critical';
  return [certificateReason('CERTIFICATE_EXTENDED_KEY_USAGE', leaf, problem)];
}
