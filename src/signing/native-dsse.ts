// SPDX-License-Identifier: Apache-2.0
// DSSE signature objects as Apptainer and Singularity write them into a SIF: an envelope over the sif-metadata, whose
// keyid, if any, is the OpenSSH fingerprint of the key. Several signers share one envelope.

import { createHash, type KeyObject } from 'node:crypto';
import { concatBytes, equalBytes, utf8 } from '../primitives/bytes.ts';
import { CountersignError } from '../primitives/errors.ts';
import { encodeEnvelope, type Envelope, type EnvelopeSignature, parseForeignEnvelope } from './envelope.ts';
import { SignatureError } from './errors.ts';
import { encodePae } from './pae.ts';

export const SIF_METADATA_PAYLOAD_TYPE = 'application/vnd.sylabs.sif-metadata+json';

/** What a signature of a native DSSE object is over. */
export function nativePae(metadata: Uint8Array): Uint8Array {
  return encodePae(SIF_METADATA_PAYLOAD_TYPE, metadata);
}

/**
 * True when the data of a signature object is, or was before it was damaged, a native DSSE signature. Other payload
 * types are not ours to judge and give false.
 */
export function isNativeDsse(data: Uint8Array): boolean {
  try {
    return parseForeignEnvelope(data).payloadType === SIF_METADATA_PAYLOAD_TYPE;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
    return /^\s*\{/.test(text) && text.replaceAll('\\/', '/').includes(SIF_METADATA_PAYLOAD_TYPE);
  }
}

/**
 * The envelope of a native DSSE signature object; `payload` is the sif-metadata.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID
 */
export function parseNativeDsse(data: Uint8Array): Envelope {
  const envelope = parseForeignEnvelope(data);
  if (envelope.payloadType !== SIF_METADATA_PAYLOAD_TYPE)
    throw new SignatureError(
      'SIGNATURE_ENVELOPE_INVALID',
      `the payload type is ${JSON.stringify(envelope.payloadType.slice(0, 120))}, not ${SIF_METADATA_PAYLOAD_TYPE}`,
    );
  return envelope;
}

/** Data of a native DSSE signature object, byte for byte as the reference library writes it. */
export function encodeNativeDsse(metadata: Uint8Array, signatures: readonly EnvelopeSignature[]): Uint8Array {
  return encodeEnvelope({ payloadType: SIF_METADATA_PAYLOAD_TYPE, payload: metadata, signatures });
}

/**
 * The envelope with one more signature. The new signature must be over the payload that the envelope holds.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID when the payload differs, the same key has signed already, or the
 * envelope is full
 */
export function joinNativeDsse(data: Uint8Array, metadata: Uint8Array, signature: EnvelopeSignature): Uint8Array {
  const envelope = parseNativeDsse(data);
  if (!equalBytes(envelope.payload, metadata))
    throw new SignatureError('SIGNATURE_ENVELOPE_INVALID', 'the envelope holds the metadata of other content', {
      hint: 'remove the outdated signature object, then sign again',
    });
  const present = envelope.signatures.some(({ keyid }) => keyid !== undefined && keyid === signature.keyid);
  if (present)
    throw new SignatureError(
      'SIGNATURE_ENVELOPE_INVALID',
      `the key ${signature.keyid} has signed this content already`,
      {
        hint: 'nothing needs to be done; sign with another key to add a signer',
      },
    );
  const joined = encodeNativeDsse(metadata, [...envelope.signatures, signature]);
  // A reader that refuses one signature too many knows none of them any more.
  parseNativeDsse(joined);
  return joined;
}

/**
 * OpenSSH fingerprint of a public key, `SHA256:<base64 without padding>`; undefined for key types that SSH has no form of.
 * @see RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4
 */
export function opensshKeyid(key: KeyObject): string | undefined {
  const wire = opensshWire(key);
  return wire && `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

function opensshWire(key: KeyObject): Uint8Array | undefined {
  const jwk = key.export({ format: 'jwk' });
  const field = (name: 'e' | 'n' | 'x' | 'y'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  if (jwk.kty === 'RSA') return sshStrings(utf8('ssh-rsa'), mpint(field('e')), mpint(field('n')));
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return sshStrings(utf8('ssh-ed25519'), field('x'));
  const curve = jwk.kty === 'EC' ? /^P-(256|384|521)$/.exec(jwk.crv ?? '')?.[1] : undefined;
  if (curve === undefined) return undefined;
  const point = concatBytes(Uint8Array.of(4), field('x'), field('y'));
  return sshStrings(utf8(`ecdsa-sha2-nistp${curve}`), utf8(`nistp${curve}`), point);
}

function mpint(unsigned: Uint8Array): Uint8Array {
  return (unsigned[0] ?? 0) < 0x80 ? unsigned : concatBytes(Uint8Array.of(0), unsigned);
}

function sshStrings(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}
