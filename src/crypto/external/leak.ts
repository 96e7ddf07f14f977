// SPDX-License-Identifier: Apache-2.0
// Whether a text holds a private key in one of the forms in which programs print them.

import { createPrivateKey } from 'node:crypto';

const BLOCK = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY/;
/** The member of a JSON Web Key that no public one has. */
const JSON_KEY = /"d"\s*:\s*"[A-Za-z0-9_-]{40,}"/;
/** `-----BEGIN` in Base64, and the SEQUENCE that every key in DER begins with. */
const ENCODED_BLOCK = /LS0tLS1CRUdJTi[A-Za-z0-9+/_-]+/g;
const ENCODED_DER = /(?<![A-Za-z0-9+/])M[A-Za-z0-9+/]{60,}={0,2}/g;

/** PEM or armor, as it is or in Base64; a JSON Web Key; PKCS#8, SEC1 or PKCS#1 in Base64. */
export function holdsPrivateKey(text: string): boolean {
  const blocks = (text.match(ENCODED_BLOCK) ?? []).map((one) => Buffer.from(one, 'base64').toString('latin1'));
  if ([text, ...blocks].some((one) => BLOCK.test(one) || JSON_KEY.test(one))) return true;
  return (text.match(ENCODED_DER) ?? []).some((one) => isPrivateDer(Buffer.from(one, 'base64')));
}

function isPrivateDer(key: Buffer): boolean {
  return (['pkcs8', 'sec1', 'pkcs1'] as const).some((type) => {
    try {
      return createPrivateKey({ key, format: 'der', type }).type === 'private';
    } catch {
      return false;
    }
  });
}
