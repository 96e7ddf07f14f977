// SPDX-License-Identifier: Apache-2.0
// What a file of trust material holds: keyrings as they are, keys as SPKI, certificates and lists as DER.

import { X509Certificate } from 'node:crypto';
import { equalBytes, parsePem } from '../../base/bytes.ts';
import { CountersignError, SystemError } from '../../base/errors.ts';
import { SignatureError } from '../errors.ts';
import { spkisIn } from '../keys.ts';
import { keyBlocks } from '../pgp/framing.ts';

/** What the files are to hold. */
export type TrustKind = 'keyring' | 'key' | 'certificate' | 'crl' | 'trusted-root';

/** Packet tags of public keys, and of signatures that stand alone, as revocations do. */
const KEY_TAGS: readonly number[] = [6, 2];

const SECRET_KEY_TAG = 5;

/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE, which names the file */
export function partsOf(
  kind: TrustKind,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  options: { readonly mayBeSecret: boolean },
): readonly Uint8Array[] {
  try {
    switch (kind) {
      case 'keyring':
        return [assertKeyring(bytes, options)];
      case 'key':
        return spkisIn(bytes);
      case 'certificate':
        return certificatesIn(bytes);
      case 'crl':
        return crlsIn(bytes);
      case 'trusted-root':
        return [bytes];
      default:
        return kind satisfies never;
    }
  } catch (cause) {
    if (!(cause instanceof CountersignError) || cause instanceof SystemError) throw cause;
    const { message, hint } = cause;
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', `${name}: ${message}`, { hint, cause });
  }
}

/**
 * An empty keyring is one. What the keys are worth is said when they are read. A secret key beside a policy, where
 * everybody looks for public ones, is a leak; one's own keyring, given as an input, may hold it.
 */
function assertKeyring(bytes: Uint8Array, { mayBeSecret }: { readonly mayBeSecret: boolean }): Uint8Array {
  const blocks = keyBlocks(bytes);
  const secret =
    packetTag(bytes) === SECRET_KEY_TAG || Buffer.from(bytes).includes('-----BEGIN PGP PRIVATE KEY BLOCK-----');
  if (secret && mayBeSecret) return bytes;
  if (secret)
    throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the file holds a secret OpenPGP key', {
      hint: 'replace it by its public key, and treat the secret one as leaked if others can read the file',
    });
  if (bytes.length === 0 || (blocks ? blocks.length > 0 : KEY_TAGS.includes(packetTag(bytes)))) return bytes;
  throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the file holds no OpenPGP key', {
    hint: 'give public keys as `gpg --export --armor FINGERPRINT` or `apptainer key export FILE` write them',
  });
}

/**
 * The tag of the first packet, in the old or the new format; 0 where there is none.
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-4.2
 */
function packetTag([first = 0]: Uint8Array): number {
  return first >= 0xc0 ? first & 0x3f : first >= 0x80 ? (first & 0x3f) >> 2 : 0;
}

function certificatesIn(bytes: Uint8Array): readonly Uint8Array[] {
  const text = Buffer.from(bytes).toString('latin1');
  const blocks = text.includes('-----BEGIN ') ? parsePem(text) : [{ label: 'CERTIFICATE', der: bytes }];
  const foreign = blocks.find(({ label }) => label !== 'CERTIFICATE');
  if (foreign) throw noCertificate(`it holds a ${foreign.label}, not only certificates`);
  if (blocks.length === 0) throw noCertificate('it holds no certificate');
  for (const { der } of blocks) {
    let raw: Uint8Array;
    try {
      ({ raw } = new X509Certificate(der));
    } catch (cause) {
      throw noCertificate('it holds no certificate that can be read', cause);
    }
    if (!equalBytes(raw, der)) throw noCertificate('bytes follow a certificate');
  }
  return blocks.map(({ der }) => der);
}

/** DER begins with a sequence, and PEM with a dash or an explanation. What is in a list is said when it is parsed. */
function crlsIn(bytes: Uint8Array): readonly Uint8Array[] {
  if (bytes[0] === 0x30) return [bytes];
  const blocks = parsePem(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  const foreign = blocks.find(({ label }) => label !== 'X509 CRL');
  if (foreign || blocks.length === 0)
    throw new SignatureError('SIGNATURE_CRL_UNREADABLE', foreign ? `it holds a ${foreign.label}` : 'it holds no CRL');
  return blocks.map(({ der }) => der);
}

function noCertificate(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_TRUST_UNREADABLE', problem, {
    cause,
    hint: 'give certificates in PEM or DER form, and nothing else in the same file',
  });
}
