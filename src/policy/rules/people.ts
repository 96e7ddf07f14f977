// SPDX-License-Identifier: Apache-2.0
// Who a signer is: which principals of a policy an identity belongs to, what it uses up of the person behind it, and how
// it is called in a sentence.

import type { SignerIdentity } from '../../findings/signature.ts';
import type { Credential, Policy, Window } from '../document/model.ts';
import type { EvidenceFact, LayerFact } from '../facts.ts';
import { differences, keylessPerson, reviewersAs } from '../keyless/match.ts';
import { certifiedNames, matchesCertificate } from './certificate.ts';

/**
 * Names of all principals that the identity belongs to, in the policy's order. Ask only for a signature whose status is
 * `valid`: before that an identity is a claim.
 */
export function matchPrincipals(policy: Pick<Policy, 'principals'>, identity: SignerIdentity): readonly string[] {
  return [...new Set(holdersOf(policy, identity).map(({ name }) => name))];
}

type Fact = LayerFact | EvidenceFact;

/** Whose the credentials are that an identity proves, and when each counts. */
export function windowsOf(
  policy: Pick<Policy, 'principals'>,
  identity: SignerIdentity,
): readonly { readonly name: string; readonly window: Window | undefined }[] {
  return holdersOf(policy, identity).map(({ name, credential: { window } }) => ({ name, window }));
}

/** Names of the principals that the signer of a layer or of evidence was at its time; ask only for a valid signature. */
export function principalsAt(policy: Policy, fact: Fact, now: Date): readonly string[] {
  if (!fact.signer) return [];
  const open = windowsOf(policy, fact.signer).filter(({ window }) => isWithin(window, fact, now));
  return [...new Set(open.map(({ name }) => name))];
}

/** True when the window holds all times at which the signature can have been made, and the one that the signer states. */
function isWithin(window: Window | undefined, fact: Fact, now: Date): boolean {
  const stated = statedTime(fact);
  const times = [...(provenTimes(fact) ?? [now.getTime()]), ...(stated === undefined ? [] : [stated])];
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = window ?? {};
  return times.every((time) => time >= from && time < until);
}

/** The earliest and the latest time that the proof allows; of a keyless signature what its log or timestamps prove. */
export function provenTimes({ proven, signer }: Fact): readonly number[] | undefined {
  if (proven) return [proven.time.getTime() - proven.accuracyMs, proven.latest.getTime()];
  return signer?.method === 'sigstore' && signer.provenAt !== null ? [Date.parse(signer.provenAt)] : undefined;
}

/** The time that the signer states, milliseconds. */
export function statedTime(fact: Fact): number | undefined {
  const text = 'approval' in fact ? (fact.approval?.timeVerified ?? fact.signedAt) : null;
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

/** A credential and whose it is. */
interface Holder {
  readonly name: string;
  readonly credential: Credential;
  readonly position: number;
}

/** Credentials by a word that an identity must have to prove them, and those that no single word leads to. */
interface Directory {
  /** Principals whose credentials fit any number of people. */
  readonly many: ReadonlySet<string>;
  readonly byWord: ReadonlyMap<string, readonly Holder[]>;
  readonly others: readonly Holder[];
}

const DIRECTORIES = new WeakMap<Policy['principals'], Directory>();

/** The credentials that the identity proves, in the policy's order. */
function holdersOf({ principals }: Pick<Policy, 'principals'>, identity: SignerIdentity): readonly Holder[] {
  const directory = directoryOf(principals);
  const named = wordsOf(identity).flatMap((word) => directory.byWord.get(word) ?? []);
  return [...new Set([...named, ...directory.others])]
    .filter(({ credential }) => matchesCredential(credential, identity))
    .sort((a, b) => a.position - b.position);
}

function directoryOf(principals: Policy['principals']): Directory {
  const directory = DIRECTORIES.get(principals) ?? readDirectory(principals);
  DIRECTORIES.set(principals, directory);
  return directory;
}

function readDirectory(principals: Policy['principals']): Directory {
  const byWord = new Map<string, Holder[]>();
  const others: Holder[] = [];
  for (const [position, { name, credentials }] of principals.entries())
    for (const credential of credentials) {
      const holder = { name, credential, position };
      const words = wordsAsked(credential);
      if (!words) others.push(holder);
      for (const word of words ?? []) {
        const known = byWord.get(word);
        if (known) known.push(holder);
        else byWord.set(word, [holder]);
      }
    }
  return { byWord, others, many: new Set(principals.flatMap(({ name, many }) => (many ? [name] : []))) };
}

/** Words of which an identity that proves the credential has one; undefined when patterns leave that open. */
function wordsAsked(credential: Credential): readonly string[] | undefined {
  if (credential.method === 'pgp') return [`pgp ${credential.fingerprint}`];
  if (credential.method === 'key') return [`key ${credential.hint}`];
  if (credential.method === 'sigstore') {
    const { sourceRepositoryUri: uris } = credential.claims;
    return uris?.some((uri) => uri.includes('*')) ? undefined : uris?.map((uri) => `repository ${uri}`);
  }
  const names = credential.san.length > 0 ? credential.san : credential.subject;
  return names.length === 0 || names.some((name) => name.includes('*')) ? undefined : names.map(nameWord);
}

function wordsOf(identity: SignerIdentity): readonly string[] {
  if (identity.method === 'pgp') return [`pgp ${identity.fingerprint}`];
  if (identity.method === 'key') return [`key ${identity.hint}`];
  if (identity.method === 'sigstore') return [`repository ${identity.claims.sourceRepositoryUri ?? ''}`];
  return [...identity.san, identity.subject].map(nameWord);
}

/** Letter case, which some names are compared without, is left to the comparison itself. */
function nameWord(name: string): string {
  return `name ${name.toLowerCase()}`;
}

/**
 * True when the identity proves the credential. A fingerprint is compared whole and with the primary key only; a
 * certificate never satisfies a `key` credential, because its key may outlive the CA's consent.
 */
export function matchesCredential(credential: Credential, identity: SignerIdentity): boolean {
  switch (credential.method) {
    case 'pgp':
      return identity.method === 'pgp' && identity.fingerprint === credential.fingerprint;
    case 'key':
      return identity.method === 'key' && identity.hint === credential.hint;
    case 'x509':
      return identity.method === 'x509' && matchesCertificate(credential, identity);
    case 'sigstore':
      return identity.method === 'sigstore' && differences(credential, identity).length === 0;
    default:
      return credential satisfies never;
  }
}

/**
 * What one approval uses up of the person behind it: the key, the OpenPGP key with all its subkeys, and the names in a
 * certificate by which the policy recognises somebody. Two signers who have one of them in common are one person.
 */
export function personOf(policy: Pick<Policy, 'principals'>, identity: SignerIdentity): readonly string[] {
  const key = identity.hint ? [`key ${identity.hint}`] : [];
  if (identity.method === 'pgp') return [...key, `pgp ${identity.fingerprint}`];
  if (identity.method === 'key') return key;
  const { many } = directoryOf(policy.principals);
  const names = holdersOf(policy, identity).flatMap(({ name, credential }) => {
    const values = many.has(name) ? allNames(credential, identity) : namesMatched(credential, identity);
    const known = values.filter((value) => value !== '').map((value) => value.toLowerCase());
    // Where certificates stand for themselves, one name is one person, whichever principal or CA it belongs to.
    return known.flatMap((value) => [`name ${name} ${value}`, ...(many.size > 0 ? [`person ${value}`] : [])]);
  });
  return [...new Set([...key, ...names, ...reviewersAs(policy, identity)])];
}

/** True when everybody whom the principal's credentials fit is a person of their own. */
export function isMany({ principals }: Pick<Policy, 'principals'>, name: string): boolean {
  return directoryOf(principals).many.has(name);
}

/** As whom an approval counts, and what it uses up of them. */
export interface PersonAs {
  /** A principal's name; where that stands for many, the person's own. */
  readonly principal: string;
  readonly uses: readonly string[];
}

/** The person behind an identity where the principal `name`, to which it belongs, may approve. */
export function personAs(policy: Pick<Policy, 'principals'>, name: string, identity: SignerIdentity): PersonAs {
  const uses = personOf(policy, identity);
  if (!isMany(policy, name)) return { principal: name, uses: [`principal ${name}`, ...uses] };
  // Whoever is a principal by themselves, too, is that one.
  const own = matchPrincipals(policy, identity).filter((one) => !isMany(policy, one));
  return { principal: own[0] ?? nameOf(identity), uses: [...own.map((one) => `principal ${one}`), ...uses] };
}

/** Names of the people as whom an identity counts, each once, of those principals alone that are given; empty for nobody. */
export function peopleBehind(
  policy: Pick<Policy, 'principals'>,
  identity: SignerIdentity,
  names = matchPrincipals(policy, identity),
): readonly string[] {
  return [...new Set(names.map((name) => personAs(policy, name, identity).principal))];
}

/** True when two signers who belong to one principal are one person. */
export function isSamePerson(
  policy: Pick<Policy, 'principals'>,
  name: string,
  [one, other]: readonly [SignerIdentity | null, SignerIdentity | null],
): boolean {
  if (!isMany(policy, name)) return true;
  const uses = new Set(one ? personOf(policy, one) : []);
  return other !== null && personOf(policy, other).some((use) => uses.has(use));
}

/** What somebody is called who has no name in the policy. */
function nameOf(identity: SignerIdentity): string {
  if (identity.method === 'x509') return identity.san[0] ?? identity.subject;
  return identity.method === 'sigstore' ? (identity.san[0] ?? '') : describeIdentity(identity);
}

function namesMatched(credential: Credential, identity: SignerIdentity): readonly string[] {
  if (credential.method === 'sigstore' && identity.method === 'sigstore') return [keylessPerson(credential, identity)];
  return credential.method === 'x509' && identity.method === 'x509' ? certifiedNames(credential, identity) : [];
}

function allNames(credential: Credential, identity: SignerIdentity): readonly string[] {
  if (identity.method === 'x509') return [...identity.san, identity.subject];
  const people = identity.method === 'sigstore' ? identity.san.filter((name) => name.startsWith('email:')) : [];
  return people.length > 0 ? people : namesMatched(credential, identity);
}

/** What ends a signature that was made by whom it names. */
const ENDS: ReadonlySet<string> = new Set([
  'PGP_KEY_EXPIRED',
  'PGP_SIGNATURE_EXPIRED',
  'PGP_KEY_RETIRED',
  'PGP_KEY_REVOKED',
  'CREDENTIAL_OUTSIDE_WINDOW',
  'CERTIFICATE_DENIED',
  'CERTIFICATE_REVOKED',
  'KEY_DENIED',
  'PRINCIPAL_DENIED',
  'STATEMENT_DENIED',
  'CONTENT_DENIED',
  'APPROVAL_WITHDRAWN',
]);

/** True for a signature with which nothing is wrong but that it has ended: it still shows who made it. */
export function hasEnded({ signature, signer, reasons }: Pick<LayerFact, 'signature' | 'signer' | 'reasons'>): boolean {
  if (signature !== 'untrusted' || !signer) return false;
  // Whose certificate has another fault leads to no anchor.
  if (signer.method === 'x509') return signer.anchors.length > 0;
  return reasons.length > 0 && reasons.every(({ code }) => ENDS.has(code));
}

/**
 * Principals behind a signature that verifies, also when nothing is wrong with it but that it has ended. Such a signature does not
 * count; it still shows who made it.
 */
export function principalsBehind(
  policy: Pick<Policy, 'principals'>,
  { signature, signer, reasons }: Pick<LayerFact, 'signature' | 'signer' | 'reasons'>,
): readonly string[] {
  if (!signer) return [];
  return signature === 'valid' || hasEnded({ signature, signer, reasons }) ? matchPrincipals(policy, signer) : [];
}

/** An identity for people, in a few words. */
export function describeIdentity(identity: SignerIdentity | null): string {
  if (identity === null) return 'somebody unknown';
  switch (identity.method) {
    case 'pgp':
      return `OpenPGP key ${identity.fingerprint}`;
    case 'key':
      return `${identity.algorithm} key ${identity.hint}`;
    case 'x509':
      return `certificate of ${identity.san[0] ?? (identity.subject || identity.certificateSha256)}`;
    case 'sigstore': {
      const { deploymentEnvironment: environment } = identity.claims;
      const where = environment === undefined ? '' : ` in environment ${environment}`;
      return `keyless ${identity.san[0] ?? identity.certificateSha256}${where}`;
    }
    default:
      return identity satisfies never;
  }
}

/** An identity by all that a policy can recognise it by, in the policy's own spelling. */
export function describeForPolicy(identity: SignerIdentity): string {
  if (identity.method !== 'x509') return describeIdentity(identity);
  const { subject, san } = identity;
  const names = [
    ...(subject === '' ? [] : [`subject ${JSON.stringify(subject)}`]),
    ...san.map((name) => `san ${JSON.stringify(name)}`),
  ];
  return `the certificate with ${names.join(', ') || 'no name'}`;
}
