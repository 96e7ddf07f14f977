// SPDX-License-Identifier: Apache-2.0
// One X.509 certificate: what it says, whether we support its key and algorithm, whether another one signed it. Whether it
// is trusted is path.ts.

import { constants, type KeyObject, verify } from 'node:crypto';
import type { Reason, X509Identity } from '../../findings/signature.ts';
import { certificatesInPem, equalBytes, sha256Hex } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { sanText } from './names.ts';
import { costOf, spend } from '../signatures.ts';
import { SignatureError, signatureReason, type SignatureReasonCode } from '../errors.ts';
import { keyHint, knownKey, type PublicKey, publicKeyFromDer, toPublicKey } from '../keys.ts';
import { type CertificateFields, type PssParameters, readX509, RSASSA_PSS, type SignatureAlgorithm } from './fields.ts';

/** How the issuer signed; null hash for Ed25519. */
interface SignatureScheme {
  readonly keyType: 'rsa' | 'ec' | 'ed25519';
  readonly hash: string | null;
  readonly pssSaltBytes?: number;
}

/** What one certificate says, and what there is to say about its key and signature. */
export interface Certificate extends Omit<CertificateFields, 'algorithm'> {
  readonly der: Uint8Array;
  /** Hex. */
  readonly sha256: string;
  /** Undefined when its kind or size is not supported; `keyProblem` then says why. */
  readonly publicKey: PublicKey | undefined;
  readonly keyProblem: string | undefined;
  readonly hint: string;
  /** Undefined for algorithms that are weak or not supported, named in `schemeName`. */
  readonly scheme: SignatureScheme | undefined;
  readonly schemeName: string;
}

/**
 * One certificate.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 */
export function parseCertificate(der: Uint8Array): Certificate {
  const { algorithm, ...fields } = readX509(der);
  let read: CertificateKey | undefined;
  // Most certificates that a stranger gives are never asked for their key.
  const key = (): CertificateKey => (read ??= readKey(fields.spki));
  return {
    ...fields,
    der,
    sha256: sha256Hex(der),
    ...readScheme(algorithm),
    get publicKey() {
      return key().publicKey;
    },
    get keyProblem() {
      return key().keyProblem;
    },
    get hint() {
      return key().hint;
    },
  };
}

type CertificateKey = Pick<Certificate, 'publicKey' | 'keyProblem' | 'hint'>;

function readKey(spki: Uint8Array): CertificateKey {
  const known = knownKey(spki);
  if (known) return { publicKey: known, keyProblem: undefined, hint: known.hint };
  let key: KeyObject;
  try {
    key = publicKeyFromDer(spki);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { publicKey: undefined, keyProblem: 'its key is of an unknown kind', hint: '' };
  }
  const hint = keyHint(key);
  try {
    return { publicKey: toPublicKey(key), keyProblem: undefined, hint };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { publicKey: undefined, keyProblem: error.message, hint };
  }
}

const SCHEMES: Readonly<Record<string, SignatureScheme>> = {
  '1.2.840.113549.1.1.11': { keyType: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { keyType: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { keyType: 'rsa', hash: 'sha512' },
  '1.2.840.10045.4.3.2': { keyType: 'ec', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { keyType: 'ec', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { keyType: 'ec', hash: 'sha512' },
  '1.3.101.112': { keyType: 'ed25519', hash: null },
};
const WEAK_SCHEMES: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.4': 'MD5 with RSA',
  '1.2.840.113549.1.1.5': 'SHA-1 with RSA',
  '1.2.840.10045.4.1': 'ECDSA with SHA-1',
};
const PSS_HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** The scheme of an algorithm, if it is supported. */
export function readScheme({ oid, pss }: SignatureAlgorithm): Pick<Certificate, 'scheme' | 'schemeName'> {
  if (oid === RSASSA_PSS) return { scheme: pss && pssScheme(pss), schemeName: 'RSA-PSS with a weak or unknown hash' };
  const scheme = Object.hasOwn(SCHEMES, oid) ? SCHEMES[oid] : undefined;
  return { scheme, schemeName: (Object.hasOwn(WEAK_SCHEMES, oid) ? WEAK_SCHEMES[oid] : undefined) ?? oid };
}

/** Hash and mask hash must be the same SHA-2. */
function pssScheme({ hash, maskHash, saltBytes }: PssParameters): SignatureScheme | undefined {
  const name = Object.hasOwn(PSS_HASHES, hash) ? PSS_HASHES[hash] : undefined;
  return name !== undefined && maskHash === hash ? { keyType: 'rsa', hash: name, pssSaltBytes: saltBytes } : undefined;
}

/** True when the issuer's key made the signature on a certificate or CRL. @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE */
export function isSignedBy(
  { scheme, signedBytes, signature }: Pick<Certificate, 'scheme' | 'signedBytes' | 'signature'>,
  issuer: Pick<Certificate, 'publicKey'>,
): boolean {
  const { key, algorithm } = issuer.publicKey ?? {};
  if (!scheme || !key || !algorithm?.startsWith(scheme.keyType)) return false;
  spend(costOf(algorithm));
  const padding =
    scheme.pssSaltBytes === undefined
      ? {}
      : { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: scheme.pssSaltBytes };
  try {
    return verify(scheme.hash, signedBytes, { key, ...padding }, signature);
  } catch {
    return false;
  }
}

/** What a certificate is called in messages: its subject or, where that is empty, its first alternative name. */
export function nameOf({ subject, extensions }: Certificate): string {
  const [other] = extensions.subjectAltName.flatMap((name) => sanText(name) ?? []);
  return JSON.stringify((subject.text || other || '').slice(0, 200));
}

/** True for two certificates of one owner and key, as cross-signed ones are. */
export function sameSubjectAndKey(a: Certificate, b: Certificate): boolean {
  return a.sha256 === b.sha256 || (a.subject.key === b.subject.key && equalBytes(a.spki, b.spki));
}

/** What is wrong with a certificate, as a reason that names it. */
export function certificateReason(code: SignatureReasonCode, certificate: Certificate, problem: string): Reason {
  const serial = certificate.serial.slice(0, 40);
  return signatureReason(code, `the certificate ${nameOf(certificate)} (serial ${serial}) ${problem}`);
}

/** What the certificate says about its owner, and where paths from it lead. */
export function certificateIdentity(
  certificate: Certificate,
  leads: Pick<X509Identity, 'anchors' | 'chain' | 'path'> = { anchors: [], chain: [] },
): X509Identity {
  return {
    method: 'x509',
    hint: certificate.hint,
    algorithm: certificate.publicKey?.algorithm ?? 'unsupported',
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    san: certificate.extensions.subjectAltName.flatMap((name) => sanText(name) ?? []),
    serial: certificate.serial,
    notBefore: certificate.notBefore.toISOString(),
    notAfter: certificate.notAfter.toISOString(),
    certificateSha256: certificate.sha256,
    ...leads,
  };
}

/**
 * DER of every certificate in a file: PEM blocks, or one DER certificate.
 * @throws SignatureError SIGNATURE_CERTIFICATE_UNREADABLE
 */
export function readCertificateFile(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!text.includes('-----BEGIN ')) return [parseCertificate(bytes).der];
  const blocks = certificatesInPem(text);
  if (blocks.length === 0)
    throw new SignatureError('SIGNATURE_CERTIFICATE_UNREADABLE', 'the file holds no PEM block CERTIFICATE');
  return blocks.map((der) => parseCertificate(der).der);
}
