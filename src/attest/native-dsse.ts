// SPDX-License-Identifier: Apache-2.0
// Native DSSE signature objects of a SIF. Apptainer's reader decides what counts there, so that they are read as tolerantly:
// both base64 alphabets, line ends in them.

import { equalBytes, fromBase64 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { SignatureError } from '../crypto/errors.ts';
import { encodePae, type Envelope, type EnvelopeSignature, invalidEnvelope, readEnvelope } from './bundle.ts';
import { encodeEnvelope } from './sign.ts';

/**
 * As Apptainer reads a DSSE signature object: standard or URL-safe base64 with padding, white space around; bytes after
 * the document are refused. Stricter in one point: names have one spelling, and none is repeated.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
 */
export function parseForeignEnvelope(bytes: Uint8Array): Envelope {
  return readEnvelope(bytes, foreignBase64);
}

function foreignBase64(text: string, what: string): Uint8Array {
  const unwrapped = text.replace(/[\r\n]/g, '');
  const urlSafe = /[-_]/.test(unwrapped);
  if (urlSafe && /[+/]/.test(unwrapped)) throw invalidEnvelope(`${what} mixes two base64 alphabets`);
  return fromBase64(urlSafe ? unwrapped.replaceAll('-', '+').replaceAll('_', '/') : unwrapped, what);
}

/**
 * Payload type of native DSSE signatures in a SIF.
 * @see https://github.com/apptainer/sif/blob/v2.24.1/pkg/integrity/dsse.go
 */
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
  const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
  if (!/^\s*\{/.test(text)) return false;
  try {
    return parseForeignEnvelope(data).payloadType === SIF_METADATA_PAYLOAD_TYPE;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return text.replaceAll('\\/', '/').includes(SIF_METADATA_PAYLOAD_TYPE);
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
