// SPDX-License-Identifier: Apache-2.0
// DSSE envelopes as JSON. The strict reader is for envelopes inside bundles; the tolerant one is for envelopes in SIF
// files, where Apptainer's reader decides what counts: any case of member names, both base64 alphabets, white space.

import { fromBase64, toBase64, utf8 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { SignatureError } from '../crypto/errors.ts';

/** Signatures of one envelope that are read; each costs a verification per trusted key. */
const MAX_SIGNATURES = 64;

/** One signature of an envelope. */
export interface EnvelopeSignature {
  /** Undefined when absent or empty. */
  readonly keyid: string | undefined;
  readonly signature: Uint8Array;
}

export interface Envelope {
  readonly payloadType: string;
  /** The exact signed bytes. */
  readonly payload: Uint8Array;
  readonly signatures: readonly EnvelopeSignature[];
}

/**
 * Strict: exact member names, canonical standard base64, nothing after the document.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md
 */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  return reading(() => envelopeFromValue(parseJson(bytes, 'the envelope')));
}

/**
 * Strict reading of an envelope that is already JSON, as inside a bundle.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID
 */
export function envelopeFromJson(value: JsonValue | undefined): Envelope {
  return reading(() => envelopeFromValue(value));
}

/**
 * As Apptainer reads a DSSE signature object: member names in any case, standard or URL-safe base64 with padding, white
 * space around; bytes after the document are refused. Stricter in one point: a repeated member is refused.
 * @throws SignatureError SIGNATURE_ENVELOPE_INVALID
 */
export function parseForeignEnvelope(bytes: Uint8Array): Envelope {
  return reading(() => {
    const value = withLowerCaseNames(parseJson(bytes, 'the envelope'));
    const signatures = value['signatures'];
    return envelopeFrom(
      { payloadType: value['payloadtype'], payload: value['payload'] },
      Array.isArray(signatures) ? signatures.map((entry) => withLowerCaseNames(entry)) : signatures,
      foreignBase64,
    );
  });
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

function envelopeFromValue(value: JsonValue | undefined): Envelope {
  if (!isJsonObject(value)) throw invalid('it is not a JSON object');
  return envelopeFrom(
    { payloadType: value['payloadType'], payload: value['payload'] },
    value['signatures'],
    fromBase64,
  );
}

type Base64Reader = (text: string, what: string) => Uint8Array;
type Head = Readonly<Record<'payloadType' | 'payload', JsonValue | undefined>>;

function envelopeFrom(head: Head, signatures: JsonValue | undefined, base64: Base64Reader): Envelope {
  const { payloadType, payload } = head;
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

function withLowerCaseNames(value: JsonValue): JsonObject {
  if (!isJsonObject(value)) throw invalid('it is not a JSON object');
  const lower: Record<string, JsonValue> = Object.create(null);
  for (const [name, member] of Object.entries(value)) {
    const key = name.toLowerCase();
    if (Object.hasOwn(lower, key)) throw invalid(`the member ${JSON.stringify(key.slice(0, 80))} is repeated`);
    lower[key] = member;
  }
  return lower;
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
    throw invalid(cause.message, cause);
  }
}

function invalid(problem: string, cause?: unknown): SignatureError {
  return new SignatureError('SIGNATURE_ENVELOPE_INVALID', `not a DSSE envelope: ${problem}`, { cause });
}
