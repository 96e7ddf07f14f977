// SPDX-License-Identifier: Apache-2.0
// A certificate of a Sigstore CA → who asked for it. Every value is one line of printable text, and what is said twice is
// said alike, or there is no identity.

import type { Reason } from '../../findings/signature.ts';
import { CountersignError } from '../../base/errors.ts';
import { CLAIM_NAMES, type ClaimName, type Claims } from '../../findings/claims.ts';
import type { Certificate } from '../x509/certificate.ts';
import { contentOf, elementOf } from '../x509/der.ts';
import { sanText } from '../x509/names.ts';
import { sigstoreReason } from './reasons.ts';

/**
 * What the identifiers of Sigstore's extensions begin with.
 * @see https://github.com/sigstore/fulcio/blob/v1.8.8/docs/oid-info.md
 */
const ARC = '1.3.6.1.4.1.57264.1.';
const UTF8_STRING = 0x0c;
const MAX_VALUE_BYTES = 2048;

/** Values as they are; the others are UTF8Strings. */
const PLAIN: Readonly<Record<number, ClaimName | 'issuer'>> = {
  1: 'issuer',
  2: 'workflowTrigger',
  3: 'workflowSha',
  4: 'workflowName',
  5: 'workflowRepository',
  6: 'workflowRef',
};
const TYPED: Readonly<Record<number, ClaimName | 'issuer'>> = {
  8: 'issuer',
  ...Object.fromEntries(CLAIM_NAMES.slice(0, 16).map((name, index) => [index + 9, name])),
};

/** The older claims that say the same as a later one. */
const TWINS: readonly (readonly [ClaimName, ClaimName])[] = [
  ['workflowTrigger', 'buildTrigger'],
  ['workflowSha', 'sourceRepositoryDigest'],
  ['workflowRef', 'sourceRepositoryRef'],
];

/** Who asked for a certificate. */
export interface Requester {
  readonly issuer: string;
  /** As policies write it, in certificate order. */
  readonly san: readonly string[];
  readonly claims: Claims;
}

/** True for a certificate that names an OpenID issuer, as those of Sigstore do and no others. */
export function isKeyless({ extensions }: Pick<Certificate, 'extensions'>): boolean {
  return extensions.others.has(`${ARC}1`) || extensions.others.has(`${ARC}8`);
}

/** Who asked for the certificate, or why that cannot be told. */
export function requesterOf({ extensions }: Pick<Certificate, 'extensions'>): Requester | Reason {
  const found = new Map<ClaimName | 'issuer', string>();
  for (const [oid, der] of extensions.others) {
    if (!oid.startsWith(ARC)) continue;
    const number = Number(oid.slice(ARC.length));
    const name = PLAIN[number] ?? TYPED[number];
    if (name === undefined) continue;
    const value = readValue(der, number in TYPED);
    if (value === undefined) return bad(`its ${name} is not one line of text`);
    const before = found.get(name);
    if (before !== undefined && before !== value)
      return bad(`it names two issuers, ${quote(before)} and ${quote(value)}`);
    // An environment or a name that a job does not have is certified as an empty text.
    if (value !== '') found.set(name, value);
  }
  const issuer = found.get('issuer');
  found.delete('issuer');
  const names = extensions.subjectAltName;
  const san = names.flatMap((name) => sanText(name) ?? otherName(name) ?? []);
  if (issuer === undefined) return bad('it names no issuer');
  if (san.length === 0) return bad('it has no name');
  const claims: Claims = Object.fromEntries(found);
  return contradiction(claims) ?? { issuer, san, claims };
}

/** Names of people at issuers without email addresses. */
function otherName(name: Certificate['extensions']['subjectAltName'][number]): string | undefined {
  return name.kind === 'other' ? `other:${name.type}` : undefined;
}

function readValue(der: Uint8Array, typed: boolean): string | undefined {
  try {
    const bytes = typed ? contentOf(elementOf(der), UTF8_STRING) : der;
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return bytes.length <= MAX_VALUE_BYTES && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u.test(text) ? text : undefined;
  } catch (cause) {
    if (cause instanceof CountersignError || cause instanceof TypeError) return undefined;
    throw cause;
  }
}

function contradiction(claims: Claims): Reason | undefined {
  for (const [older, newer] of TWINS) {
    const [one, other] = [claims[older], claims[newer]];
    if (one !== undefined && other !== undefined && one !== other)
      return bad(`its ${older} is ${quote(one)} and its ${newer} ${quote(other)}`);
  }
  const { workflowRepository: name, sourceRepositoryUri: uri } = claims;
  if (name !== undefined && uri !== undefined && !uri.endsWith(`/${name}`))
    return bad(`its workflowRepository is ${quote(name)} and its sourceRepositoryUri ${quote(uri)}`);
  return undefined;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function bad(problem: string): Reason {
  return sigstoreReason('SIGSTORE_CLAIMS_BAD', `the certificate says not who signed: ${problem}`);
}
