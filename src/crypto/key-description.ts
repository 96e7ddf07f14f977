// SPDX-License-Identifier: Apache-2.0
// What is in a key file, for people who write policies: the identity that signatures by it will prove. Secret parts
// are never unlocked for OpenPGP and certificates; an encrypted bare key must be, to know its public half.

import type { SignerIdentity } from '../findings/signature.ts';
import { Secret } from '../base/secret.ts';
import { keyIdentity, readPublicKeys } from './keys.ts';
import { opensshKeyid } from './signatures.ts';
import { readPrivateKey } from './private-key.ts';

/** A key or certificate in a file. */
export interface KeyDescription {
  /** For instance `OpenPGP secret key`, `certificate`. */
  readonly kind: string;
  readonly identity: SignerIdentity;
  /** OpenPGP only, where the identity does not say it. */
  readonly algorithm?: string;
  /** RFC 3339; null when it does not expire. */
  readonly expires: string | null;
  /** Hex SHA-256 of the certificate's or the bare key's encoding (DER, SPKI). */
  readonly sha256: string | null;
  /** OpenSSH fingerprint of a bare key, the keyid in native DSSE signatures. */
  readonly keyid: string | null;
}

/**
 * Every key and certificate in a file.
 * @throws SignatureError when the file holds none, or one that is not supported
 */
export async function describeKeyFile(
  bytes: Uint8Array,
  passphrase: Secret | undefined,
  cosignPassphrase?: Secret,
): Promise<readonly KeyDescription[]> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (text.includes('-----BEGIN PGP ')) return describePgp(bytes);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return describeCertificates(bytes);
  if (text.includes('PRIVATE KEY-----'))
    return [describeBare('private key', readPrivateKey(new Secret(bytes), passphrase, cosignPassphrase).publicKey)];
  if (text.includes('-----BEGIN ')) return readPublicKeys(bytes).map((key) => describeBare('public key', key));
  return describeBinary(bytes);
}

/** DER begins with a SEQUENCE, OpenPGP with a byte above 0x7f. */
async function describeBinary(bytes: Uint8Array): Promise<readonly KeyDescription[]> {
  if (bytes[0] !== 0x30) return describePgp(bytes);
  try {
    return readPublicKeys(bytes).map((key) => describeBare('public key', key));
  } catch {
    return describeCertificates(bytes);
  }
}

async function describePgp(bytes: Uint8Array): Promise<readonly KeyDescription[]> {
  const { describePgpKeys } = await import('./pgp/secret-key.ts');
  const keys = await describePgpKeys(bytes);
  return keys.map(({ fingerprint, userIds, expires, secret, version, algorithm }) => ({
    kind: `OpenPGP ${secret ? 'secret' : 'public'} key${version === 4 ? '' : ` of version ${version}, which Apptainer cannot verify`}`,
    identity: { method: 'pgp', fingerprint, userIds },
    algorithm,
    expires,
    sha256: null,
    keyid: null,
  }));
}

async function describeCertificates(bytes: Uint8Array): Promise<readonly KeyDescription[]> {
  const { certificateIdentity, parseCertificate, readCertificateFile } = await import('./x509/certificate.ts');
  return readCertificateFile(bytes).map((der) => {
    const certificate = parseCertificate(der);
    const identity = certificateIdentity(certificate);
    return {
      kind: certificate.extensions.basicConstraints?.ca === true ? 'CA certificate' : 'certificate',
      identity,
      expires: identity.notAfter,
      sha256: identity.certificateSha256,
      keyid: certificate.publicKey ? (opensshKeyid(certificate.publicKey.key) ?? null) : null,
    };
  });
}

function describeBare(kind: string, key: ReturnType<typeof readPublicKeys>[number]): KeyDescription {
  return {
    kind,
    identity: keyIdentity(key),
    expires: null,
    sha256: Buffer.from(key.hint, 'base64').toString('hex'),
    keyid: opensshKeyid(key.key) ?? null,
  };
}
