// SPDX-License-Identifier: Apache-2.0
// The identity token of a job, as far as it is looked at before the CA is: it is sent to the CA alone.

import { type JsonObject, jsonObjectIn } from '../../../base/json.ts';
import type { Secret } from '../../../base/secret.ts';
import { KeylessError } from './errors.ts';

/** What a token's audience must be. */
export const AUDIENCE = 'sigstore';
const MAX_LENGTH = 16 * 1024;

/** The claims of the token, whose signature is for the CA to check. */
export interface TokenClaims {
  readonly issuer: string;
  readonly subject: string;
  /** `public`, or what a platform calls other repositories; undefined where the token does not say. */
  readonly visibility: string | undefined;
}

/**
 * What a token says.
 * @throws KeylessError SIGSTORE_TOKEN_INVALID, SIGSTORE_TOKEN_EXPIRED, SIGSTORE_TOKEN_AUDIENCE
 * @see https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1
 */
export function readToken(token: Secret, now: Date): TokenClaims {
  const claims = claimsIn(token.revealText());
  const { iss, sub, aud, exp } = claims;
  if (typeof iss !== 'string' || typeof sub !== 'string' || typeof exp !== 'number')
    throw invalid('it lacks iss, sub or exp');
  const audiences = Array.isArray(aud) ? aud : [aud];
  if (!audiences.includes(AUDIENCE))
    throw new KeylessError(
      'SIGSTORE_TOKEN_AUDIENCE',
      `the identity token is for ${JSON.stringify(aud)?.slice(0, 200) ?? 'nobody'}`,
    );
  if (exp * 1000 <= now.getTime())
    throw new KeylessError(
      'SIGSTORE_TOKEN_EXPIRED',
      `the identity token expired at ${new Date(Math.max(0, exp) * 1000).toISOString()}`,
    );
  const visibility = claims['repository_visibility'] ?? claims['project_visibility'];
  return { issuer: iss, subject: sub, visibility: typeof visibility === 'string' ? visibility : undefined };
}

/**
 * What the holder of a key signs to show that it is theirs: the address that the issuer has verified, else the subject.
 * @throws KeylessError SIGSTORE_TOKEN_INVALID
 */
export function readChallenge(token: Secret): string {
  const { email, email_verified: verified, sub } = claimsIn(token.revealText());
  if (typeof email === 'string' && email !== '') {
    if (verified === true) return email;
    throw invalid('its issuer has not verified the address of the signer');
  }
  if (typeof sub === 'string') return sub;
  throw invalid('it lacks sub');
}

function claimsIn(text: string): JsonObject {
  const [, payload = '', ...rest] = text.split('.');
  if (text.length > MAX_LENGTH || rest.length !== 1 || !/^[A-Za-z0-9_-]+$/.test(payload))
    throw invalid('it is no JSON Web Token');
  const claims = jsonObjectIn(Buffer.from(payload, 'base64url'));
  if (claims) return claims;
  throw invalid('its claims are no JSON object');
}

function invalid(problem: string): KeylessError {
  return new KeylessError('SIGSTORE_TOKEN_INVALID', `the identity token cannot be used: ${problem}`);
}
