// SPDX-License-Identifier: Apache-2.0
// The keys and certificates that a policy.json names, read as podman reads them: more than it takes is refused.

import { posix } from 'node:path';
import { certificatesInPem, decodeUtf8, parsePem } from '../../base/bytes.ts';
import { publicKeyOfType } from '../../crypto/keys.ts';
import { trustIn } from '../../crypto/trust.ts';
import { type Verifier } from '../../crypto/verifier.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import { GateError } from '../errors.ts';
import type { KeySource, SigstoreSigned } from './requirement.ts';

/** Where the files are that a policy.json names. */
export interface KeyFiles {
  /** Bytes of such a file. @throws SystemError */
  read(path: string): Promise<Uint8Array>;
}

/**
 * What verifies signatures of a requirement.
 * @throws SystemError, DataError, SignatureError, GateError for files that cannot be read
 */
export async function verifierFor({ keys, pki }: SigstoreSigned, files: KeyFiles): Promise<Verifier> {
  // Of a file with several keys podman takes the first.
  const spki = async (source: KeySource) => firstKey(await keyBytes(source, files));
  if (!pki) return createVerifier(trustIn({ keys: await Promise.all(keys.map(spki)) }));
  const text = async (source: KeySource) => decodeUtf8(await keyBytes(source, files), 'the certificates');
  return createVerifier(
    trustIn({
      anchors: certificatesInPem(await text(pki.roots)),
      intermediates: pki.intermediates ? certificatesOnly(await text(pki.intermediates)) : [],
    }),
  );
}

/**
 * The bytes of a key, wherever policy.json says it is.
 * @throws SystemError; GateError GATE_CONFIGURATION_UNREAD for a relative path, which begins where podman is started
 */
export async function keyBytes(source: KeySource, files: KeyFiles): Promise<Uint8Array> {
  if ('data' in source) return source.data;
  if (posix.isAbsolute(source.path)) return files.read(source.path);
  throw new GateError(
    'GATE_CONFIGURATION_UNREAD',
    `${source.path} is looked up in the folder that podman is started in`,
  );
}

/**
 * The first key in a PEM text, SPKI DER. podman takes nothing but PEM.
 * @throws SignatureError SIGNATURE_TRUST_UNREADABLE; DataError; GateError GATE_CONFIGURATION_INVALID
 */
export function firstKey(bytes: Uint8Array): Uint8Array {
  const [first] = parsePem(Buffer.from(bytes).toString('latin1'));
  if (first?.label !== 'PUBLIC KEY' && first?.label !== 'RSA PUBLIC KEY')
    throw new GateError('GATE_CONFIGURATION_INVALID', 'a key file does not begin with a public key in PEM');
  const key = publicKeyOfType(first.der, first.label === 'PUBLIC KEY' ? 'spki' : 'pkcs1');
  return new Uint8Array(key.export({ type: 'spki', format: 'der' }));
}

/**
 * DER of the certificates in a PEM text that has nothing else, and nothing behind the last one.
 * @throws DataError DATA_PEM_INVALID; GateError GATE_CONFIGURATION_INVALID
 */
export function certificatesOnly(text: string): readonly Uint8Array[] {
  const blocks = parsePem(text);
  const rest = text.slice(text.lastIndexOf('-----END ')).replace(/^-----END [^\n]*-----/, '');
  if (blocks.some(({ label }) => label !== 'CERTIFICATE') || rest.trim() !== '')
    throw new GateError('GATE_CONFIGURATION_INVALID', 'something else than certificates stands among certificates');
  return blocks.map(({ der }) => der);
}
