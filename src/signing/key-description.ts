// SPDX-License-Identifier: Apache-2.0
// What is in a key file, for people who write policies: the identity that signatures by it will prove. Secret parts
// are never unlocked for OpenPGP and certificates; an encrypted bare key must be, to know its public half.

import type { SignerIdentity } from '../policy/facts.ts';
import { Secret } from '../primitives/secret.ts';
import { certificateIdentity, parseCertificate, readCertificateFile } from './certificate.ts';
import { keyIdentity, readPublicKeys } from './keys.ts';
import { opensshKeyid } from './native-dsse.ts';
import { readPrivateKey } from './private-key.ts';

export interface KeyDescription {
  /** For instance `OpenPGP secret key`, `certificate`. */
  readonly kind: string;
  readonly identity: SignerIdentity;
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
): Promise<readonly KeyDescription[]> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (text.includes('-----BEGIN PGP ')) return describePgp(bytes);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return readCertificateFile(bytes).map(describeCertificate);
  if (text.includes('PRIVATE KEY-----'))
    return [describeBare('private key', readPrivateKey(new Secret(bytes), passphrase).publicKey)];
  if (text.includes('-----BEGIN ')) return readPublicKeys(bytes).map((key) => describeBare('public key', key));
  return describeBinary(bytes);
}

/** DER certificate, DER public key, else binary OpenPGP. */
async function describeBinary(bytes: Uint8Array): Promise<readonly KeyDescription[]> {
  for (const attempt of [
    () => [describeCertificate(parseCertificate(bytes).der)],
    () => readPublicKeys(bytes).map((key) => describeBare('public key', key)),
  ]) {
    try {
      return attempt();
    } catch {
      // Tried as the next kind; the last one reports.
    }
  }
  return describePgp(bytes);
}

async function describePgp(bytes: Uint8Array): Promise<readonly KeyDescription[]> {
  const { describePgpKeys } = await import('./pgp-secret.ts');
  const keys = await describePgpKeys(bytes);
  return keys.map(({ fingerprint, userIds, expires, secret, version }) => ({
    kind: `OpenPGP ${secret ? 'secret' : 'public'} key${version === 4 ? '' : ` of version ${version}, which Apptainer cannot verify`}`,
    identity: { method: 'pgp', fingerprint, userIds },
    expires,
    sha256: null,
    keyid: null,
  }));
}

function describeCertificate(der: Uint8Array): KeyDescription {
  const certificate = parseCertificate(der);
  const identity = certificateIdentity(certificate, []);
  const ca = certificate.extensions.basicConstraints?.ca === true;
  return {
    kind: ca ? 'CA certificate' : 'certificate',
    identity,
    expires: identity.notAfter,
    sha256: identity.certificateSha256,
    keyid: certificate.publicKey ? (opensshKeyid(certificate.publicKey.key) ?? null) : null,
  };
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
