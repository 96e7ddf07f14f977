// SPDX-License-Identifier: Apache-2.0
// What a signature by a certified key means: verifies with the certificate first, then asks whether that is trusted.

import type { PathMember, Reason, Sourced } from '../../findings/signature.ts';
import { type Certificate, certificateIdentity, nameOf, parseCertificate } from './certificate.ts';
import { sha256Hex } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { type PublicKey } from '../keys.ts';
import { type Hashing, keyidOf, opensshKeyid, verifyMessage } from '../signatures.ts';
import { signatureReason } from '../errors.ts';
import { sourceOf } from '../trust.ts';
import { trustError } from '../trust-error.ts';
import { checkTimestamp, checkTimestamps, type TimestampCheck } from '../timestamp/verify.ts';
import type { Moment, SignatureCheck, TrustMaterial } from '../verifier.ts';
import { parseCrl } from './crl.ts';
import { findPaths, type PathCertificate } from './path.ts';
import type { GivenCrl, RevocationRules } from './revocation.ts';
import { isKeyless } from '../sigstore/claims.ts';

/** Certificates in one bundle: twice what a path can hold. */
const MAX_CHAIN = 20;
/** Certificates and timestamps of bundles that are remembered. */
const MAX_SEEN = 1000;

/** What is said to be signed by the key of a certificate. */
export interface CertifiedMessage {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
  readonly hashing: Hashing;
  /** As the signature gives it. */
  readonly keyid?: string | undefined;
}

/** Checks signatures by certified keys against anchors, which are parsed once. */
export class X509Verifier {
  readonly #trust: TrustMaterial;
  readonly #anchors: readonly Certificate[];
  /** Where each anchor is from, by its SHA-256. */
  readonly #sources: ReadonlyMap<string, Sourced>;
  readonly #intermediates: readonly Certificate[];
  /** Certificates that native signatures may be by. */
  readonly #certificates: readonly Certificate[];
  /** What takes certificates back. */
  readonly revocation: RevocationRules;
  /** Of timestamp authorities. */
  readonly #timestamps: readonly Certificate[];
  readonly #seen = new Map<string, Certificate | Reason>();
  readonly #stamps = new Map<string, ReturnType<typeof checkTimestamp>>();

  /** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
  constructor(trust: TrustMaterial, revocation: RevocationRules = revocationRules(trust)) {
    this.#trust = trust;
    this.#anchors = parseTrusted(trust, 'anchors');
    this.#sources = new Map(
      this.#anchors.map(({ sha256, der }, index) => [sha256, sourceOf(trust, trust.anchors[index] ?? der)]),
    );
    this.#intermediates = parseTrusted(trust, 'intermediates');
    this.#certificates = parseTrusted(trust, 'certificates');
    this.revocation = revocation;
    this.#timestamps = parseTrusted(trust, 'timestamps');
  }

  /** The same with lists that travel with an image: nobody chose them, so that one which is none is passed over. */
  withCrls(ders: readonly Uint8Array[]): X509Verifier {
    const { mode, crls } = this.revocation;
    if (mode === undefined || ders.length === 0) return this;
    const known = new Set(crls.map(({ sha256 }) => sha256));
    const carried = ders.filter((der) => !known.has(sha256Hex(der))).flatMap(carriedCrl);
    return new X509Verifier(this.#trust, { ...this.revocation, crls: [...crls, ...carried] });
  }

  /** A signature that comes with its certificates, leaf first. The others are read only if it is by the leaf. */
  verifyWithChain(signed: CertifiedMessage, chain: readonly Uint8Array[], moment: Moment): SignatureCheck {
    const [first = new Uint8Array(), ...others] = chain;
    const leaf = chain.length > MAX_CHAIN ? tooMany(chain.length) : this.#read(first);
    if ('code' in leaf) return { status: 'unreadable', identity: null, reasons: [leaf], signedAt: null };
    const bad = this.#check(signed, leaf);
    if (bad) return bad;
    return { ...this.#judge(leaf, others, moment), ...(leaf.publicKey ? keyidOf(leaf.publicKey, signed) : {}) };
  }

  /** A signature without material: tried with every certificate of the trust material. Undefined when none fits. */
  verifyWithKnown(signed: CertifiedMessage, keyid: string | undefined, moment: Moment): SignatureCheck | undefined {
    const checks = this.#certificates
      .filter((leaf) => keyid === undefined || (leaf.publicKey && opensshKeyid(leaf.publicKey.key) === keyid))
      .map((leaf) => this.#check(signed, leaf) ?? this.#judge(leaf, [], moment));
    return checks.find(({ status }) => status === 'valid') ?? checks.find(({ status }) => status === 'untrusted');
  }

  /** What timestamps over a signature prove. */
  checkTimestamps(timestamps: readonly Uint8Array[], signed: Uint8Array, now: Date): TimestampCheck {
    const trust = { anchors: this.#timestamps, intermediates: this.#intermediates, revocation: this.revocation };
    return checkTimestamps(timestamps, { signed, trust, now }, (der, context) => {
      const key = `${sha256Hex(der)} ${sha256Hex(signed)} ${now.getTime()}`;
      const known = this.#stamps.get(key) ?? checkTimestamp(der, context);
      if (this.#stamps.size < MAX_SEEN) this.#stamps.set(key, known);
      return known;
    });
  }

  /** True when the first certificate names an OpenID issuer, as those of Sigstore do. */
  isKeyless([leaf = new Uint8Array()]: readonly Uint8Array[]): boolean {
    const read = this.#read(leaf);
    return !('code' in read) && isKeyless(read);
  }

  /** The keys of the certificates that native signatures may be by. */
  knownKeys(): readonly PublicKey[] {
    return this.#certificates.flatMap(({ publicKey }) => publicKey ?? []);
  }

  /** What is wrong with a signature by the key of a certificate, trusted or not; undefined when it is good. */
  #check({ message, signature, hashing }: CertifiedMessage, leaf: Certificate): SignatureCheck | undefined {
    const { publicKey, keyProblem } = leaf;
    if (publicKey && verifyMessage(publicKey, message, { signature, hashing })) return undefined;
    const reason = publicKey
      ? signatureReason('SIGNATURE_BAD', `the signature does not verify with the certificate ${nameOf(leaf)}`)
      : signatureReason('CERTIFICATE_WEAK', `the certificate ${nameOf(leaf)} cannot be used: ${keyProblem}`);
    const status = publicKey ? 'invalid' : 'untrusted';
    return { status, identity: certificateIdentity(leaf), reasons: [reason], signedAt: null };
  }

  /** Whether the owner of a good signature is trusted. */
  #judge(leaf: Certificate, others: readonly Uint8Array[], moment: Moment): SignatureCheck {
    const read = others.map((der) => this.#read(der));
    const result = findPaths(leaf, {
      anchors: this.#anchors,
      intermediates: [...read.flatMap((item) => ('code' in item ? [] : [item])), ...this.#intermediates],
      now: moment.now,
      provenAt: moment.proven,
      revocation: this.revocation,
    });
    const { anchors, ended, path } = result;
    const valid = anchors.length > 0;
    const leads = { anchors: valid ? anchors : ended, chain: path.map(nameOfMember), path: path.map(memberOf) };
    const anchor = path.at(-1)?.certificate.sha256;
    const source = anchor === undefined ? {} : this.#sources.get(anchor);
    const identity = { ...certificateIdentity(leaf, path.length > 0 ? leads : undefined), ...source };
    if (valid) return { status: 'valid', identity, reasons: result.reasons, signedAt: null };
    const reasons = [...result.reasons, ...read.flatMap((item) => ('code' in item ? [item] : []))];
    return { status: 'untrusted', identity, reasons, signedAt: null };
  }

  /** Each certificate is read once, in however many bundles it is. */
  #read(der: Uint8Array): Certificate | Reason {
    const digest = sha256Hex(der);
    const read = this.#seen.get(digest) ?? parseOrReason(der);
    if (this.#seen.size < MAX_SEEN) this.#seen.set(digest, read);
    return read;
  }
}

/**
 * Parses certificates of the trust material.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
function parseTrusted(
  trust: TrustMaterial,
  kind: 'anchors' | 'intermediates' | 'certificates' | 'timestamps',
): readonly Certificate[] {
  return trust[kind].map((part, index) => {
    try {
      return parseCertificate(part);
    } catch (cause) {
      throw trustError(cause, { trust, kind, index });
    }
  });
}

/**
 * What the trust material says about certificates that do not count any more.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export function revocationRules(
  trust: Pick<TrustMaterial, 'crls' | 'revocation' | 'denied' | 'origins'>,
): RevocationRules {
  const crls = parseCrls(trust);
  return { crls, mode: trust.revocation ?? (crls.length > 0 ? 'require' : undefined), denied: trust.denied ?? [] };
}

/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE */
function parseCrls(trust: Pick<TrustMaterial, 'crls' | 'origins'>): readonly GivenCrl[] {
  return (trust.crls ?? []).map((part, index) => {
    try {
      return { ...parseCrl(part), origin: trust.origins?.get(part)?.path ?? `CRL ${index + 1}` };
    } catch (cause) {
      throw trustError(cause, { trust, kind: 'crls', index });
    }
  });
}

function carriedCrl(der: Uint8Array): readonly GivenCrl[] {
  try {
    return [{ ...parseCrl(der), origin: 'with the image' }];
  } catch (error) {
    if (error instanceof CountersignError) return [];
    throw error;
  }
}

function nameOfMember({ certificate: { subject, sha256 } }: PathCertificate): string {
  return subject.text || sha256;
}

function memberOf(member: PathCertificate): PathMember {
  const { certificate, status, crl } = member;
  const { serial, notAfter } = certificate;
  const name = crl && {
    number: String(crl.number ?? ''),
    thisUpdate: crl.thisUpdate.toISOString(),
    nextUpdate: crl.nextUpdate?.toISOString() ?? '',
  };
  return {
    subject: nameOfMember(member),
    serial,
    notAfter: notAfter.toISOString(),
    revocation: status,
    ...(name ? { crl: name } : {}),
  };
}

function tooMany(count: number): Reason {
  return signatureReason(
    'CERTIFICATE_CHAIN_TOO_LARGE',
    `the bundle holds ${count} certificates, not up to ${MAX_CHAIN}`,
  );
}

function parseOrReason(der: Uint8Array): Certificate | Reason {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return signatureReason('CERTIFICATE_UNREADABLE', `a certificate of the bundle cannot be read: ${error.message}`);
  }
}
