// SPDX-License-Identifier: Apache-2.0
// Who must have signed the policy, said outside of it.

import { sha256Hex, toBase64 } from '../../base/bytes.ts';
import { systemClock } from '../../base/clock.ts';
import { UsageError } from '../../base/errors.ts';
import { TrustFiles, trustIn } from '../../crypto/trust.ts';
import type { PolicyPin } from '../../policy/signed/signature.ts';
import { patternProblem } from '../../policy/rules/pattern.ts';
import { assertDistinctFrom } from './files.ts';
import type { InputsOf } from '../spec.ts';
import type { InputSpec } from './spec.ts';

/** Which profile counts, and who must have signed. */
export const POLICY_CHOICE_INPUTS = [
  {
    name: 'profile',
    type: 'string',
    description: 'Which profile of the policy counts, where it has profiles (docs/policy.md).',
    example: 'production',
  },
  {
    name: 'require-signed-policy',
    type: 'string',
    description:
      'Refuse the policy unless `countersign policy sign` has signed it and all files that it names, by this signer: the path of a public key; an OpenPGP fingerprint, with the keyring in `policy-signer-trust`; or a name in a certificate, as `email:…`, `uri:…`, `dns:…` or `subject:CN=…`, with the CA in `policy-signer-trust`. Keep both outside of the policy’s repository.',
    example: 'policy-signer.pub',
  },
  {
    name: 'policy-signer-trust',
    type: 'paths',
    mayBeContent: true,
    description: 'For `require-signed-policy`: the keyring with the fingerprint, or the CA certificates.',
    example: 'policy-ca.pem',
  },
] as const satisfies readonly InputSpec[];

/** The values of POLICY_CHOICE_INPUTS, and the revocation lists of commands that take them. */
export type PolicyChoiceInputs = InputsOf<typeof POLICY_CHOICE_INPUTS> & { readonly crls?: readonly string[] };

/**
 * Who must have signed; undefined when nobody asks.
 * @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS, USAGE_INVALID_INPUT; SystemError, DataError, SignatureError
 */
export async function pinFrom(inputs: PolicyChoiceInputs): Promise<PolicyPin | undefined> {
  const { requireSignedPolicy: said, policySignerTrust, workingDirectory } = inputs;
  const given = policySignerTrust.length > 0;
  if (said === undefined) {
    if (!given) return undefined;
    throw new UsageError('USAGE_MISSING_INPUT', 'policy-signer-trust was given without saying who must have signed', {
      hint: 'give ⟨require-signed-policy⟩',
    });
  }
  // Where a variable is not set; whoever changes the policy could add a file of that name with a key of theirs.
  if (said === NOBODY)
    throw new UsageError('USAGE_INVALID_INPUT', `require-signed-policy is ${NOBODY}, and names nobody`, {
      hint: 'give the path of a public key, an OpenPGP fingerprint or a name in a certificate; where it comes from a variable, set that',
    });
  const files = new TrustFiles(workingDirectory);
  const pin = await pinOf(said, { trust: policySignerTrust, crls: inputs.crls ?? [] }, files);
  const named = files.files.map(({ path }) => ({ input: 'require-signed-policy', use: 'read', path }) as const);
  await assertDistinctFrom(inputs.files, named);
  return { ...pin, said, now: new Date(systemClock().nowMs()) };
}

/** What is given instead of nothing, so that it does not mean to require nothing. */
const NOBODY = 'none';

const NAME = /^(?:(?:email|uri|dns|ip):.|subject:)/;

/** True when a value of `require-signed-policy` is the path of a public key. */
export function namesKeyFile(said: string): boolean {
  return fingerprintIn(said) === undefined && !NAME.test(said);
}

function fingerprintIn(said: string): string | undefined {
  const digits = said.replaceAll(' ', '').toUpperCase();
  return /^[0-9A-F]{40}$/.test(digits) ? digits : undefined;
}

async function pinOf(
  said: string,
  { trust, crls }: { readonly trust: readonly string[]; readonly crls: readonly string[] },
  files: TrustFiles,
): Promise<Omit<PolicyPin, 'said' | 'now'>> {
  const fingerprint = fingerprintIn(said);
  const origins = files.origins;
  if (fingerprint !== undefined) {
    const keyrings = await files.given('keyring', INPUT, needed(trust, 'the keyring that holds the key'));
    return { credentials: [{ method: 'pgp', fingerprint }], trust: trustIn({ keyrings, origins }) };
  }
  if (NAME.test(said)) {
    const anchors = await files.given('certificate', INPUT, needed(trust, 'the certificates of the CA'));
    const names = namesOf(said);
    // The lists may be of other CAs; what is listed is void all the same.
    const revocation = { crls: await files.given('crl', 'crls', crls), revocation: 'warn' } as const;
    return {
      credentials: [{ method: 'x509', anchors: anchors.map(sha256Hex), ...names }],
      trust: trustIn({ anchors, origins, ...(crls.length > 0 ? revocation : {}) }),
    };
  }
  if (trust.length > 0)
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'policy-signer-trust was given beside a public key', {
      hint: 'leave ⟨policy-signer-trust⟩ out, or give a fingerprint or a name in ⟨require-signed-policy⟩',
    });
  const keys = await files.given('key', 'require-signed-policy', [said]);
  const credentials = keys.map(
    (spki) => ({ method: 'key', hint: toBase64(Buffer.from(sha256Hex(spki), 'hex')) }) as const,
  );
  return { credentials, trust: trustIn({ keys, origins }) };
}

const INPUT = 'policy-signer-trust';

function needed(given: readonly string[], what: string): readonly string[] {
  if (given.length > 0) return given;
  throw new UsageError('USAGE_MISSING_INPUT', 'policy-signer-trust is missing', {
    hint: `give ${what} as ⟨policy-signer-trust⟩`,
  });
}

/** @throws UsageError USAGE_INVALID_INPUT for what leaves the deciding part open */
function namesOf(said: string) {
  const isSubject = said.startsWith('subject:');
  const text = isSubject ? said.slice('subject:'.length) : said;
  const problem = patternProblem(text, isSubject ? 'subject' : 'san');
  if (problem !== undefined)
    throw new UsageError(
      'USAGE_INVALID_INPUT',
      `require-signed-policy ${problem}: ${JSON.stringify(said.slice(0, 200))}`,
      {
        hint: 'write the name as `countersign key show CERTIFICATE` prints it',
      },
    );
  return { san: isSubject ? [] : [text], subject: isSubject ? [text] : [], issuer: [] };
}
