// SPDX-License-Identifier: Apache-2.0
// Asks a timestamp authority for a token over a signature. The authority learns a hash and when it was asked; what it
// answers is verified before anybody stores it.

import { createHash, randomBytes } from 'node:crypto';
import { toHex } from '../../base/bytes.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { toSecond } from '../../base/text.ts';
import { ask, type Asking } from '../../net/ask.ts';
import { SignatureError } from '../errors.ts';
import type { RevocationRules } from '../x509/revocation.ts';
import { MAX_TOKEN_BYTES, readTimestamp } from './token.ts';
import { checkTimestamp, uniqueCertificates } from './verify.ts';

/** Whom to ask, and what to believe. */
export interface TimestampRequest extends Asking {
  readonly url: URL;
  /** DER of the CAs whose authorities are believed; with none the answer is only checked in itself. */
  readonly anchors: readonly Uint8Array[];
  /** DER of certificates that may complete a path to one of them: many authorities send their own alone. */
  readonly intermediates?: readonly Uint8Array[];
  readonly now: Date;
  /** What takes certificates of authorities back; that no list speaks of one is no reason not to ask it. */
  readonly revocation?: RevocationRules | undefined;
}

/** Version 1, SHA-256 without parameters. */
const [BEFORE_HASH, BEFORE_NONCE] = ['3041020101302f300b0609608648016503040201', '0420'];
/** The certificate of the authority, please. */
const CERTIFICATE_WANTED = '0101ff';
const NONCE_BYTES = 8;

/**
 * A granted response with a token over these bytes, verified.
 * @throws SignatureError SIGNATURE_TIMESTAMP_UNREADABLE, SIGNATURE_TIMESTAMP_REFUSED, SIGNATURE_TIMESTAMP_CLOCK; NetworkError
 * @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.4.1
 */
export async function requestTimestamp(signed: Uint8Array, request: TimestampRequest): Promise<Uint8Array> {
  const nonce = randomBytes(NONCE_BYTES);
  // Positive, and in the fewest bytes.
  nonce[0] = 0x40 | ((nonce[0] ?? 0) & 0x3f);
  const hash = createHash('sha256').update(signed).digest('hex');
  const query = `${BEFORE_HASH}${BEFORE_NONCE}${hash}0208${toHex(nonce)}${CERTIFICATE_WANTED}`;
  const answer = await exchange(new Uint8Array(Buffer.from(query, 'hex')), request);
  assertGood(answer, { ...request, signed, nonce: toHex(nonce) });
  return answer;
}

async function exchange(query: Uint8Array, { url, ...asking }: TimestampRequest): Promise<Uint8Array> {
  const headers = { 'content-type': 'application/timestamp-query', accept: 'application/timestamp-reply' };
  const { status, bytes } = await ask({ method: 'POST', url, headers, body: query }, MAX_TOKEN_BYTES, asking);
  if (status === 200 || status === 201) return bytes;
  throw refused(`${url.host} answers ${status}`);
}

function assertGood(
  answer: Uint8Array,
  about: TimestampRequest & { readonly signed: Uint8Array; readonly nonce: string },
): void {
  const { url, anchors, intermediates = [], now, nonce, signed, revocation } = about;
  const { info, certificates } = readTimestamp(answer);
  if (info.nonce !== nonce) throw refused(`${url.host} answers another request: the nonce differs`);
  const apartMs = Math.abs(info.time.getTime() - now.getTime());
  if (apartMs > CLOCK_SKEW_MS)
    throw new SignatureError(
      'SIGNATURE_TIMESTAMP_CLOCK',
      `it is ${toSecond(info.time)} by ${url.host} and ${toSecond(now)} by the clock of this machine`,
    );
  const trust = {
    anchors: uniqueCertificates(anchors.length > 0 ? anchors : certificates),
    intermediates: uniqueCertificates(intermediates),
    ...(revocation ? { revocation: { ...revocation, mode: revocation.mode && 'warn' } as const } : {}),
  };
  const check = checkTimestamp(answer, { signed, trust, now: new Date(now.getTime() + CLOCK_SKEW_MS) });
  if (!('proven' in check)) throw refused(`${url.host} answers what proves nothing: ${check.message}`);
}

function refused(message: string): SignatureError {
  return new SignatureError('SIGNATURE_TIMESTAMP_REFUSED', message);
}
