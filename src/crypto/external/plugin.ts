// SPDX-License-Identifier: Apache-2.0
// Keys of key services: runs `sigstore-kms-NAME`, once a call, by Sigstore's protocol for such plugins, version 1.
// As in that protocol the exit code says nothing; the answer does.

import type { KeyObject } from 'node:crypto';
import { fromBase64, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../base/json.ts';
import { publicKeysIn as readKeys, toPublicKey } from '../keys.ts';
import { KeyError } from './errors.ts';
import { Holder, type KeyWorld, lastWords } from './holder.ts';
import type { ExternalKey } from './external.ts';
import type { KeyName } from './key-name.ts';

const PROTOCOL = 'v1';
/** Number of SHA-256 in Go's package crypto. */
const SHA256 = 5;

/**
 * The key that a plugin holds.
 * @see https://github.com/sigstore/sigstore/blob/bd0ad71258e946a1f5728c2248e06d1524a403e7/pkg/signature/kms/cliplugin/README.md
 * @throws KeyError KEY_PLUGIN_NOT_ALLOWED, KEY_PLUGIN_MISSING
 */
export async function pluginKey(
  { plugin, resource }: Extract<KeyName, { readonly holder: 'plugin' }>,
  world: KeyWorld,
): Promise<ExternalKey> {
  const name = `sigstore-kms-${plugin}`;
  if (!world.plugins.includes(plugin))
    throw new KeyError('KEY_PLUGIN_NOT_ALLOWED', `the key is one of ${name}, which may not run`, {
      hint: `set ⟨key-plugins=${plugin}⟩ if you trust the program of that name on PATH`,
    });
  const program = await world.which(name);
  if (program === undefined) throw new KeyError('KEY_PLUGIN_MISSING', `${name} is not on PATH`);
  const holder = new Holder(name, world);
  const initOptions = { protocolVersion: PROTOCOL, keyResourceID: resource, hashFunc: SHA256, rpcOptions: {} };
  const ask = async (methodName: 'publicKey' | 'signMessage', options: object, stdin: Uint8Array) => {
    const args = [PROTOCOL, JSON.stringify({ initOptions, methodName, [methodName]: options })];
    const { stdout, stderr } = await holder.run({ program, args, stdin });
    return answerIn(stdout, { methodName, holder, stderr });
  };
  return {
    what: name,
    publicKey: async () => {
      const answer = await ask('publicKey', { publicKeyOptions: { rpcOptions: {} } }, new Uint8Array());
      const keys = publicKeysIn(bytesIn(answer, 'publicKeyPEM', holder), holder);
      const [key, second] = keys;
      if (!key || second) throw holder.error('KEY_ANSWER_INVALID', `answered with ${keys.length} public keys`);
      return toPublicKey(key);
    },
    sign: async (message) => {
      const signOptions = { rpcOptions: {}, messageOptions: {} };
      return bytesIn(await ask('signMessage', { signOptions }, message), 'signature', holder);
    },
  };
}

function answerIn(
  stdout: string,
  { methodName, holder, stderr }: { readonly methodName: string; readonly holder: Holder; readonly stderr: string },
): JsonObject {
  const answer = parsed(stdout);
  const errorMessage = answer?.['errorMessage'];
  if (typeof errorMessage === 'string' && errorMessage !== '')
    throw holder.error('KEY_REFUSED', `says: ${lastWords(errorMessage)}`);
  const value = answer?.[methodName];
  if (isJsonObject(value)) return value;
  const lacking = answer ? `a member ${methodName}` : 'one JSON object';
  throw holder.error('KEY_ANSWER_INVALID', `answered ${methodName} without ${lacking}; it said ${lastWords(stderr)}`);
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = parseJson(utf8(text), 'the answer of a plugin');
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

function publicKeysIn(pem: Uint8Array, holder: Holder): readonly KeyObject[] {
  try {
    return readKeys(pem);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    throw holder.error('KEY_ANSWER_INVALID', `answered with no public key: ${error.message}`);
  }
}

function bytesIn(answer: JsonObject, member: string, holder: Holder): Uint8Array {
  const value = answer[member];
  if (typeof value === 'string' && value !== '')
    try {
      return fromBase64(value, member);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
    }
  throw holder.error('KEY_ANSWER_INVALID', `gave no ${member} in Base64`);
}
