// SPDX-License-Identifier: Apache-2.0
// Asks the CA of a Sigstore instance for a certificate. The token is a secret of this machine and the CA: it follows no
// redirect, leaves this machine with TLS alone, and is shown in no error, whatever the CA answers.

import { type KeyObject, sign } from 'node:crypto';
import { certificatesInPem, encodePem, toBase64, utf8 } from '../../../base/bytes.ts';
import { CountersignError } from '../../../base/errors.ts';
import { isJsonObject, jsonObjectIn, type JsonObject, type JsonValue } from '../../../base/json.ts';
import type { Secret } from '../../../base/secret.ts';
import { visibleLine } from '../../../base/text.ts';
import { ask, type Asking } from '../../../net/ask.ts';
import { parseCertificate } from '../../x509/certificate.ts';
import { KeylessError } from './errors.ts';
import { readChallenge } from './token.ts';

/** A key that lives for one signature. */
export interface PassingKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** DER of the public key. */
  readonly spki: Uint8Array;
}

/** Whom to ask, and with what. */
export interface CertificateRequest extends Asking {
  /** Address of the CA. */
  readonly ca: string;
  readonly token: Secret;
}

const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_QUOTED = 300;

/**
 * DER of the certificate that the CA gives for the key and the token.
 * @throws KeylessError SIGSTORE_CA_REFUSED
 * @see https://github.com/sigstore/fulcio/blob/v1.8.8/fulcio.proto
 */
export async function requestCertificate(
  { privateKey, spki }: PassingKey,
  request: CertificateRequest,
): Promise<Uint8Array> {
  const token = request.token.revealText();
  const proof = sign('sha256', utf8(readChallenge(request.token)), privateKey);
  const body = JSON.stringify({
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: { algorithm: 'ECDSA', content: encodePem('PUBLIC KEY', spki) },
      proofOfPossession: toBase64(proof),
    },
  });
  const { status, json } = await answerTo(utf8(body), request);
  const words = json?.['message'];
  if (status !== 200 && status !== 201)
    throw refused(request, `answers ${status}${typeof words === 'string' ? `: ${words}` : ''}`);
  const leaf = leafIn(json);
  if (leaf) return leaf;
  throw refused(request, 'answered without a certificate');
}

/** Undefined where no certificate can be read. */
function leafIn(json: JsonObject | undefined): Uint8Array | undefined {
  try {
    const [leaf] = certificatesInPem(firstCertificate(json));
    if (leaf) parseCertificate(leaf);
    return leaf;
  } catch (cause) {
    if (cause instanceof CountersignError) return undefined;
    throw cause;
  }
}

interface Answer {
  readonly status: number;
  /** Undefined when it is no JSON object. */
  readonly json: JsonObject | undefined;
}

async function answerTo(body: Uint8Array, request: CertificateRequest): Promise<Answer> {
  const url = new URL(`${request.ca}/api/v2/signingCert`);
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  try {
    const { status, bytes } = await ask({ method: 'POST', url, headers, body }, MAX_ANSWER_BYTES, request);
    return { status, json: jsonObjectIn(bytes) };
  } catch (cause) {
    throw asRefusal(cause, request);
  }
}

/** In either of the two members that the CA has for its chain; empty for none. */
function firstCertificate(json: JsonObject | undefined): string {
  const found = memberOf(json?.['signedCertificateEmbeddedSct'] ?? json?.['signedCertificateDetachedSct'], 'chain');
  const list = memberOf(found, 'certificates');
  const [first] = Array.isArray(list) ? list : [];
  return typeof first === 'string' ? first : '';
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined;
}

function asRefusal(cause: unknown, request: CertificateRequest): unknown {
  if (!(cause instanceof CountersignError)) return cause;
  if (cause.code !== 'NETWORK_PLAIN_HTTP_REFUSED') return refused(request, cause.message, { cause, hint: cause.hint });
  const hint = 'give an https address: the token is a secret that anybody on the way could use';
  return refused(request, 'would be reached without TLS', { hint });
}

/** Errors are printed: whatever the CA says, the token and its parts are not. */
function refused(
  { ca, token }: CertificateRequest,
  problem: string,
  details: { readonly hint?: string; readonly cause?: unknown } = {},
): KeylessError {
  const text = token.revealText();
  const secrets = [text, ...text.split('.')].filter(({ length }) => length > 0);
  const shown = secrets.reduce((words, secret) => words.replaceAll(secret, '***'), visibleLine(problem));
  return new KeylessError('SIGSTORE_CA_REFUSED', `${ca}: ${shown.slice(0, MAX_QUOTED)}`, details);
}
