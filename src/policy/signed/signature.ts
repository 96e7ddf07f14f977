// SPDX-License-Identifier: Apache-2.0
// The signature beside a policy file → what may be read. Who must have signed is said outside of the policy; each file is
// compared with the signed digest before it is parsed, and what is read at last must be all that was signed.

import { sha256 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { encodePae, parseBundle } from '../../attest/bundle.ts';
import { IN_TOTO_PAYLOAD_TYPE, parseStatement } from '../../attest/statement.ts';
import { type TrustMaterial } from '../../crypto/verifier.ts';
import { createVerifier } from '../../crypto/lazy-verifier.ts';
import { readFileBounded } from '../../files/files.ts';
import type { Credential, PolicyFile } from '../document/model.ts';
import { PolicyError, type PolicyErrorCode } from '../errors.ts';
import { matchPrincipals } from '../rules/people.ts';
import { parseSignedPolicy, SIGNED_POLICY_TYPE, type SignedFiles } from './statement.ts';

/** Who must have signed a policy. */
export interface PolicyPin {
  /** As the user wrote it. */
  readonly said: string;
  readonly credentials: readonly Credential[];
  readonly trust: TrustMaterial;
  readonly now: Date;
}

/** Where the signature of a policy is. */
export function signaturePath(policy: string): string {
  return `${policy}.sigstore.json`;
}

/** A policy whose signature was verified. */
export class SignedPolicy {
  readonly #path: string;
  readonly #readings: ReadonlyMap<string | null, SignedFiles>;

  private constructor(path: string, readings: ReadonlyMap<string | null, SignedFiles>) {
    this.#path = path;
    this.#readings = readings;
  }

  /**
   * Verifies the signature beside the policy at an absolute path.
   * @throws PolicyError POLICY_UNSIGNED, POLICY_SIGNATURE
   */
  static async open(path: string, pin: PolicyPin): Promise<SignedPolicy> {
    const bytes = await readFileBounded(signaturePath(path), LIMITS.bundleBytes).catch((cause: unknown) => {
      if (!(cause instanceof CountersignError)) throw cause;
      throw refusal(path, 'POLICY_UNSIGNED', `its signature cannot be read: ${cause.message}`, cause);
    });
    try {
      return new SignedPolicy(path, parseSignedPolicy(await verified(path, bytes, pin)));
    } catch (cause) {
      if (!(cause instanceof CountersignError) || cause instanceof PolicyError) throw cause;
      throw refusal(path, 'POLICY_SIGNATURE', `its signature cannot be used: ${cause.message}`, cause);
    }
  }

  /** Refuses bytes that were not signed under this name, for whatever profile. @throws PolicyError POLICY_NOT_SIGNED */
  assertSigned({ name, bytes }: Pick<PolicyFile, 'name' | 'bytes'>): void {
    const digests = [...this.#readings.values()].flatMap((files) => files.get(name) ?? []);
    if (digests.length === 0)
      throw refusal(this.#path, 'POLICY_NOT_SIGNED', `${name} is read and was not signed with it`);
    if (!digests.includes(sha256(bytes)))
      throw refusal(this.#path, 'POLICY_NOT_SIGNED', `${name} was altered since it was signed`);
  }

  /** Refuses a reading that is less or more than was signed for the profile. @throws PolicyError POLICY_NOT_SIGNED */
  assertAll(profile: string | undefined, files: readonly Pick<PolicyFile, 'name' | 'bytes'>[]): void {
    const signed = this.#readings.get(profile ?? null);
    const what = profile === undefined ? '' : ` for the profile ${profile}`;
    if (!signed) throw refusal(this.#path, 'POLICY_NOT_SIGNED', `nothing was signed${what}`);
    for (const { name, bytes } of files)
      if (signed.get(name) !== sha256(bytes))
        throw refusal(this.#path, 'POLICY_NOT_SIGNED', `${name} is not the file that was signed${what}`);
    const read = new Set(files.map(({ name }) => name));
    const missing = [...signed.keys()].find((name) => !read.has(name));
    if (missing !== undefined)
      throw refusal(
        this.#path,
        'POLICY_NOT_SIGNED',
        `${JSON.stringify(missing)} was signed${what} and is not there any more`,
      );
  }
}

/** The statement of a signature by whoever is pinned. @throws CountersignError */
async function verified(path: string, bytes: Uint8Array, { said, credentials, trust, now }: PolicyPin) {
  const { envelope, material, timestamps, json } = parseBundle(bytes);
  const { payload, payloadType, signature, keyid } = envelope;
  const statement = payloadType === IN_TOTO_PAYLOAD_TYPE ? parseStatement(payload) : undefined;
  if (statement?.predicateType !== SIGNED_POLICY_TYPE)
    throw refusal(path, 'POLICY_SIGNATURE', 'what lies beside it is no signature of a policy');
  const verifier = await createVerifier(trust);
  const pae = encodePae(payloadType, payload);
  const input = { pae, signature, material, keyid, hashing: 'bundle', timestamps, bundle: json } as const;
  const { status, identity, reasons } = await verifier.verifyDsse(input, now);
  const principals = [{ name: said, credentials }];
  if (status !== 'valid' || !identity || matchPrincipals({ principals }, identity).length === 0) {
    const why = reasons.map(({ message }) => message).join('; ');
    throw refusal(
      path,
      'POLICY_SIGNATURE',
      `it is not signed by ${JSON.stringify(said.slice(0, 200))}${why && `: ${why}`}`,
    );
  }
  return statement;
}

const HINTS = {
  POLICY_UNSIGNED:
    'have it signed with `countersign policy sign`, and keep the file that this writes beside the policy',
  POLICY_SIGNATURE: 'restore policy and signature from their source, or name who signs it now',
  POLICY_NOT_SIGNED:
    'restore the files that were signed, or review them and have the policy signed again with `countersign policy sign`',
} as const satisfies Partial<Record<PolicyErrorCode, string>>;

function refusal(path: string, code: keyof typeof HINTS, message: string, cause?: unknown): PolicyError {
  const location = { file: path, line: 1, column: 1 };
  return new PolicyError(code, `a signed policy is required: ${message}`, { hint: HINTS[code], location, cause });
}
