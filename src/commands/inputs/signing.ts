// SPDX-License-Identifier: Apache-2.0
// The inputs that say with what to sign, shared by every command that signs, and the signer made from them.

import { createSigner, type Signer } from '../../crypto/signer.ts';
import { UsageError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import { passphraseText } from './secrets.ts';
import type { Inputs } from './inputs.ts';
import type { InputSpec } from '../spec.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export const SIGNING_INPUTS: readonly InputSpec[] = [
  {
    name: 'signing-method',
    type: 'enum',
    values: ['pgp', 'key', 'x509'],
    description:
      'How to sign: an OpenPGP secret key (`pgp`), a bare private key (`key`: ECDSA P-256/384/521, Ed25519 or RSA, as PKCS#8, SEC1, PKCS#1 or in cosign’s encrypted format), or a private key with an X.509 certificate (`x509`). Never guessed from the key.',
    example: 'pgp',
  },
  {
    name: 'key',
    type: 'secret',
    description:
      'Secret key that signs: armored or binary OpenPGP, or PEM. On the command line only `--key-path` or the environment variable COUNTERSIGN_KEY.',
    example: 'signing-key.asc',
  },
  {
    name: 'passphrase',
    type: 'secret',
    mayBeEmpty: true,
    description:
      'Passphrase of the secret key, if it has one. A final line end is not part of it. For a key in cosign’s format the environment variable COSIGN_PASSWORD is taken where neither this nor `passphrase-path` is given, and without that the empty passphrase, with which cosign protects keys too.',
    example: 'passphrase.txt',
  },
  {
    name: 'certificate',
    type: 'pem',
    description: 'X.509 certificate that belongs to the key, PEM; with `signing-method: x509` only.',
    example: 'release.crt',
  },
  {
    name: 'certificate-chain',
    type: 'pem',
    description: 'Intermediate certificates, PEM, in any order; they travel with the signature. A root is left out.',
    example: 'intermediates.pem',
  },
];

/**
 * The signer that the inputs describe; undefined when neither method nor key was given.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
 */
export async function signerFrom(inputs: Inputs, now: Date, env: Environment): Promise<Signer | undefined> {
  const method = inputs.text('signing-method');
  const key = inputs.secret('key');
  if (method === undefined && key === undefined) return undefined;
  if (method !== 'pgp' && method !== 'key' && method !== 'x509')
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method is missing', { hint: 'give pgp, key or x509' });
  if (key === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'key or key-path is missing', {
      hint: 'give key-path, or the key itself in the environment variable COUNTERSIGN_KEY',
    });
  const certificate = inputs.pem('certificate');
  const certificateChain = inputs.pem('certificate-chain');
  if (method === 'x509' && certificate === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'certificate or certificate-path is missing', {
      hint: 'give the certificate that belongs to the key, for instance certificate-path: release.crt',
    });
  if (method !== 'x509' && (certificate !== undefined || certificateChain !== undefined))
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `a certificate was given with signing-method ${method}`, {
      hint: 'set signing-method: x509, or leave the certificate out',
    });
  return createSigner({
    method,
    key,
    passphrase: passphraseText(inputs.secret('passphrase')),
    cosignPassphrase: cosignPassphrase(env),
    certificate,
    certificateChain,
    now,
  });
}

/** What cosign itself would take for its own keys; it may be set and empty. */
export function cosignPassphrase(env: Environment): Secret | undefined {
  const text = env['COSIGN_PASSWORD'];
  return text === undefined ? undefined : new Secret(text);
}
