// SPDX-License-Identifier: Apache-2.0
// policy sign: a signature over a policy and every file that it names, for whoever requires one.

import { signStatement } from '../../attest/sign.ts';
import { sha256 } from '../../base/bytes.ts';
import { EXIT, UsageError } from '../../base/errors.ts';
import { counted, printable } from '../../base/text.ts';
import { writeFileAtomic } from '../../files/files.ts';
import { loadPolicy, profilesIn } from '../../policy/document/load.ts';
import { signaturePath } from '../../policy/signed/signature.ts';
import { encodeSignedPolicy, type Reading } from '../../policy/signed/statement.ts';
import type { Host } from '../host.ts';
import { type SigningInputs, signerFrom } from '../inputs/signing.ts';
import type { CommandResult } from '../spec.ts';

/**
 * Signs the policy at an absolute path, for all of its profiles.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; PolicyError, SignatureError, SystemError, DataError
 */
export async function signPolicy(path: string, inputs: SigningInputs, host: Host): Promise<CommandResult> {
  if (inputs.signingMethod === 'sigstore')
    throw new UsageError('USAGE_INVALID_INPUT', 'a policy cannot be signed without a key', {
      hint: 'give pgp, key or x509 as ⟨signing-method⟩',
    });
  const signer = await signerFrom(inputs, host);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method and key are missing', {
      hint: 'give ⟨signing-method⟩ and ⟨key⟩ of whoever answers for the policy',
    });
  const profiles = await profilesIn(path);
  const readings: Reading[] = [];
  for (const profile of profiles.length > 0 ? profiles : [undefined])
    readings.push({ profile: profile ?? null, files: (await loadPolicy(path, { profile })).files });
  const payload = encodeSignedPolicy(readings);
  const output = signaturePath(path);
  await writeFileAtomic(output, await signStatement(payload, signer, { now: host.now() }));
  const files = new Map(readings.flatMap((reading) => reading.files.map(({ name, bytes }) => [name, sha256(bytes)])));
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    text: [
      `${printable(output)}: signs ${counted(files.size, 'file')}`,
      ...[...files].map(([name, digest]) => `  ${digest}  ${printable(name)}`),
      '',
    ].join('\n'),
    json: {
      schema: 'countersign/policy-sign/v1',
      signature: output,
      profiles,
      files: [...files].map(([name, digest]) => ({ name, digest })),
    },
  };
}
