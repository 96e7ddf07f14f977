// SPDX-License-Identifier: Apache-2.0
// The signer that the inputs of a command describe.

import { SignatureError } from '../../crypto/errors.ts';
import { createSigner, type Signer } from '../../crypto/signer.ts';
import { UsageError } from '../../base/errors.ts';
import { Secret } from '../../base/secret.ts';
import type { Host } from '../host.ts';
import type { SIGNING_INPUTS } from './common.ts';
import { passphraseText } from './secrets.ts';
import type { InputsOf } from './inputs.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The values of SIGNING_INPUTS. */
export type SigningInputs = InputsOf<typeof SIGNING_INPUTS>;

/**
 * The signer that the inputs describe, with a warning about a key without passphrase; undefined when neither method nor key was given.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
 */
export async function signerFrom(inputs: SigningInputs, host: Host, now = host.now()): Promise<Signer | undefined> {
  const { signingMethod: method, key, certificate, certificateChain } = inputs;
  if (method === undefined && key === undefined) return undefined;
  if (method === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method is missing', { hint: 'give pgp, key or x509' });
  if (key === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'key or key-path is missing', {
      hint: 'give ⟨key⟩',
    });
  if (method === 'x509' && certificate === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'certificate or certificate-path is missing', {
      hint: 'give the certificate that belongs to the key, for instance ⟨certificate-path=release.crt⟩',
    });
  if (method !== 'x509' && (certificate !== undefined || certificateChain !== undefined))
    throw new UsageError('USAGE_CONFLICTING_INPUTS', `a certificate was given with signing-method ${method}`, {
      hint: 'set ⟨signing-method=x509⟩, or leave ⟨certificate⟩ out',
    });
  const signer = await createSigner({
    method,
    key,
    passphrase: passphraseText(inputs.passphrase),
    cosignPassphrase: cosignPassphrase(host.env),
    certificate,
    certificateChain,
    now,
  });
  if (signer.isProtected) return signer;
  const problem = 'the private key has no passphrase, so that whoever reads it can sign';
  if (inputs.requirePassphrase) throw new SignatureError('SIGNATURE_PASSPHRASE_REQUIRED', problem);
  host.warning(problem);
  return signer;
}

/** What cosign itself would take for its own keys; it may be set and empty. */
export function cosignPassphrase(env: Environment): Secret | undefined {
  const text = env['COSIGN_PASSWORD'];
  return text === undefined ? undefined : new Secret(text);
}
