// SPDX-License-Identifier: Apache-2.0
// A process of its own that loads one key of a PKCS#11 token and signs with it once: OpenSSL's configuration is read when
// Node starts, and a module that crashes must not take a signature in progress with it. The key never leaves the token.
// Standard input: {uri, pin, message}; standard output: {publicKey} or {signature}, else {error, code, node}.

import { createPrivateKey, createPublicKey, KeyObject, sign } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { parseJson } from '../base/json.ts';
import { asObject, asOptionalText, asText } from '../base/members.ts';

const request = asObject(parseJson(await buffer(process.stdin), 'the request'), 'the request');
const message = asOptionalText(request['message'], 'message');
try {
  const key = loadKey(asText(request['uri'], 'uri'), asOptionalText(request['pin'], 'pin'));
  if (message === null) {
    answer({ publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64') });
  } else {
    const hash = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
    answer({ signature: sign(hash, Buffer.from(message, 'base64'), key).toString('base64') });
  }
} catch (error) {
  const [text, code] =
    error instanceof Error ? [error.message, 'code' in error ? error.code : null] : [String(error), null];
  answer({ error: text, code: typeof code === 'string' ? code : null, node: process.versions.node });
}

/** `properties` leaves no loader but the provider's: OpenSSL would first look for a file that has the URI for its name. */
function loadKey(uri: string, pin: string | null): KeyObject {
  const options = { key: new URL(uri), properties: 'provider=pkcs11', ...(pin === null ? {} : { passphrase: pin }) };
  // The types of Node do not have the URL yet.
  const key: unknown = Reflect.apply(createPrivateKey, undefined, [options]);
  if (key instanceof KeyObject) return key;
  throw new Error('OpenSSL gave no key');
}

function answer(result: unknown): void {
  process.stdout.write(JSON.stringify(result));
}
