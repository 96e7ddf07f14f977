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

/** What an extension says; the issuer is in two of them. */
type Said = ClaimName | 'issuer' | 'older issuer';

/** Values as they are; the others are UTF8Strings. */
const PLAIN: Readonly<Record<number, Said>> = {
  1: 'older issuer',
  2: 'workflowTrigger',
  3: 'workflowSha',
  4: 'workflowName',
  5: 'workflowRepository',
  6: 'workflowRef',
};
const TYPED: Readonly<Record<number, Said>> = {
  8: 'issuer',
  ...Object.fromEntries(CLAIM_NAMES.slice(0, 16).map((name, index) => [index + 9, name])),
};

/** The older extensions that say the same as a later one. */
const TWINS: readonly (readonly [Said, Said])[] = [
  ['older issuer', 'issuer'],
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
  const said = new Map<Said, string>();
  for (const [oid, der] of extensions.others) {
    if (!oid.startsWith(ARC)) continue;
    const number = Number(oid.slice(ARC.length));
    const name = PLAIN[number] ?? TYPED[number];
    if (name === undefined) continue;
    const value = readValue(der, number in TYPED);
    if (value === undefined) return bad(`its ${name} is not one line of text`);
    said.set(name, value);
  }
  const problem = contradiction(said);
  if (problem) return problem;
  const issuer = said.get('issuer') ?? said.get('older issuer');
  const names = extensions.subjectAltName;
  const san = names.flatMap((name) => sanText(name) ?? otherName(name) ?? []);
  if (!issuer) return bad('it names no issuer');
  if (san.length === 0) return bad('it has no name');
  // What is certified as an empty text, such as an environment that a job does not have, is not there.
  const claims: Claims = Object.fromEntries(
    CLAIM_NAMES.flatMap((name) => {
      const value = said.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  return { issuer, san, claims };
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

function contradiction(said: ReadonlyMap<Said, string>): Reason | undefined {
  const unlike = (older: Said, newer: Said) =>
    bad(`its ${older} is ${quote(said.get(older) ?? '')} and its ${newer} ${quote(said.get(newer) ?? '')}`);
  for (const [older, newer] of TWINS) {
    const [one, other] = [said.get(older), said.get(newer)];
    if (one !== undefined && other !== undefined && one !== other) return unlike(older, newer);
  }
  const [name, uri] = [said.get('workflowRepository'), said.get('sourceRepositoryUri')];
  if (name === undefined || uri === undefined || isAddressOf(uri, name, said.get('sourceRepositoryOwnerUri')))
    return undefined;
  return unlike('workflowRepository', 'sourceRepositoryUri');
}

/** Whether the address is the server and `owner/name`; the owner's address tells where that of the server ends. */
function isAddressOf(uri: string, name: string, owner: string | undefined): boolean {
  const [first = '', second, ...more] = name.split('/');
  if (!first || !second || more.length > 0) return false;
  const server = owner?.endsWith(`/${first}`) ? owner.slice(0, -first.length - 1) : hostOf(uri);
  return uri === `${server}/${name}`;
}

function hostOf(uri: string): string | undefined {
  return /^https?:\/\/[^/]+/.exec(uri)?.[0];
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function bad(problem: string): Reason {
  return sigstoreReason('SIGSTORE_CLAIMS_BAD', `the certificate says not who signed: ${problem}`);
}
