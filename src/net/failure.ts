// SPDX-License-Identifier: Apache-2.0
// Turns what Node's sockets and HTTP parser throw into network errors of ours. Only the host is named: paths and
// queries may hold signed tokens.

import { CountersignError, isErrnoException } from '../base/errors.ts';
import { type NetworkCode, NetworkError } from './errors.ts';

const CONNECT_ERRORS = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];
const TLS_ERROR = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH)/;

const HINTS: Partial<Record<NetworkCode, string>> = {
  NETWORK_ABORTED: 'repeat the command',
  NETWORK_CONNECT_FAILED: 'check the host name, the network and the proxy settings',
  NETWORK_TLS_FAILED: 'check that the server speaks TLS; give the certificate of a private CA with SSL_CERT_FILE',
  NETWORK_RESPONSE_INVALID: 'check that host and port belong to an HTTP server',
};

/** The error for a request to `url`; `cause` is undefined when the connection just closed. */
export function networkError(cause: unknown, url: URL, signal: AbortSignal | undefined): CountersignError {
  if (cause instanceof CountersignError) return cause;
  const code = signal?.aborted ? 'NETWORK_ABORTED' : classify(cause);
  const reason = cause instanceof Error ? `: ${describe(cause)}` : '';
  return new NetworkError(code, `${MESSAGES[code] ?? 'the connection was lost to'} ${url.host}${reason}`, {
    hint: HINTS[code] ?? 'repeat the command',
    cause,
  });
}

const MESSAGES: Partial<Record<NetworkCode, string>> = {
  NETWORK_ABORTED: 'cancelled a request to',
  NETWORK_CONNECT_FAILED: 'cannot connect to',
  NETWORK_TLS_FAILED: 'no trusted TLS connection to',
  NETWORK_RESPONSE_INVALID: 'no HTTP answer from',
};

function classify(cause: unknown): NetworkCode {
  const code = isErrnoException(cause) ? (cause.code ?? '') : '';
  if (cause instanceof AggregateError || CONNECT_ERRORS.includes(code)) return 'NETWORK_CONNECT_FAILED';
  if (TLS_ERROR.test(code)) return 'NETWORK_TLS_FAILED';
  if (code.startsWith('HPE_') && code !== 'HPE_INVALID_EOF_STATE') return 'NETWORK_RESPONSE_INVALID';
  return 'NETWORK_CONNECTION_LOST';
}

function describe(cause: Error): string {
  const first = cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause;
  return first.message.slice(0, 200) || 'closed';
}

/** A server that was silent for too long. */
export function timeoutError(url: URL, idleMs: number): NetworkError {
  return new NetworkError('NETWORK_TIMEOUT', `${url.host} was silent for ${idleMs} ms`, {
    hint: 'repeat the command; if it stays, check the server or the proxy in between',
  });
}
