// SPDX-License-Identifier: Apache-2.0
// DSSE envelopes as JSON. The strict reader is for envelopes inside bundles; the tolerant one is for envelopes in SIF
// files, where Apptainer's reader decides what counts: both base64 alphabets, white space.

import { concatBytes, equalBytes, fromBase64, toBase64, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject, type JsonValue } from '../base/json.ts';
import { parseUnambiguous } from '../base/members.ts';
import { documentError, SignatureError } from '../crypto/errors.ts';
import { ENVELOPE_MEMBERS } from './known-members.ts';

/** Signatures of one envelope that are read; each costs a verification per trusted key. */
const MAX_SIGNATURES = 64;

/** One signature of an envelope. */
export interface EnvelopeSignature {
  /** Undefined when absent or empty. */
  readonly keyid: string | undefined;
  readonly signature: Uint8Array;
}

/** A DSSE envelope, decoded. */
export interface Envelope {
  readonly payloadType: string;
  /** The exact signed bytes. */
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

/**
 * Strict: exact member names, canonical standard base64, nothing after the document.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  return reading(() => envelopeFromValue(parseUnambiguous(bytes, 'the envelope', ENVELOPE_MEMBERS), fromBase64));
}

/**
 * Strict reading of an envelope that is already JSON, as inside a bundle.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID
 */
export function envelopeFromJson(value: JsonValue | undefined): Envelope {
  return reading(() => envelopeFromValue(value, fromBase64));
}

/**
 * As Apptainer reads a DSSE signature object: standard or URL-safe base64 with padding, white space around; bytes after
 * the document are refused. Stricter in one point: names have one spelling, and none is repeated.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID, SIGNATURE_AMBIGUOUS
 */
export function parseForeignEnvelope(bytes: Uint8Array): Envelope {
  return reading(() => envelopeFromValue(parseUnambiguous(bytes, 'the envelope', ENVELOPE_MEMBERS), foreignBase64));
}

/** Compact JSON, members in the order that Apptainer writes: payloadType, payload, signatures of keyid and sig. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return utf8(
    JSON.stringify({
      payloadType: envelope.payloadType,
      payload: toBase64(envelope.payload),
      signatures: envelope.signatures.map(({ keyid, signature }) => ({ keyid, sig: toBase64(signature) })),
    }),
  );
}

type Base64Reader = (text: string, what: string) => Uint8Array;

function envelopeFromValue(value: JsonValue | undefined, base64: Base64Reader): Envelope {
  if (!isJsonObject(value)) throw invalid('it is not a JSON object');
  const { payloadType, payload, signatures } = value;
  if (typeof payloadType !== 'string' || payloadType === '') throw invalid('payloadType is not a text');
  if (typeof payload !== 'string') throw invalid('payload is not a text');
  if (!Array.isArray(signatures) || signatures.length === 0) throw invalid('it has no signatures');
  if (signatures.length > MAX_SIGNATURES)
    throw invalid(`${signatures.length} signatures; the limit is ${MAX_SIGNATURES}`);
  return {
    payloadType,
    payload: base64(payload, 'the payload'),
    signatures: signatures.map((entry) => signatureFrom(entry, base64)),
  };
}

function signatureFrom(value: JsonValue, base64: Base64Reader): EnvelopeSignature {
  if (!isJsonObject(value)) throw invalid('a signature is not an object');
  const { keyid, sig } = value;
  // As protobuf reads JSON, null is a member that is not there.
  if (keyid !== undefined && keyid !== null && typeof keyid !== 'string') throw invalid('a keyid is not a text');
  if (typeof sig !== 'string' || sig === '') throw invalid('a signature has no sig');
  return { keyid: keyid || undefined, signature: base64(sig, 'a signature') };
}

function foreignBase64(text: string, what: string): Uint8Array {
  const unwrapped = text.replace(/[\r\n]/g, '');
  const urlSafe = /[-_]/.test(unwrapped);
  if (urlSafe && /[+/]/.test(unwrapped)) throw invalid(`${what} mixes two base64 alphabets`);
  return fromBase64(urlSafe ? unwrapped.replaceAll('-', '+').replaceAll('_', '/') : unwrapped, what);
}

function reading<T>(body: () => T): T {
  try {
    return body();
  } catch (cause) {
    if (cause instanceof SignatureError || !(cause instanceof CountersignError)) throw cause;
    throw documentError(cause, () => invalid(cause.message, cause));
  }
}

function invalid(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_ENVELOPE_INVALID', `not a DSSE envelope: ${problem}`, { cause });
}

/**
 * `DSSEv1 <type length> <type> <payload length> <payload>`, lengths in decimal bytes.
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md#signature-definition
 */
export function encodePae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  return concatBytes(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
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
