// SPDX-License-Identifier: Apache-2.0
// Policy file → LoadedPolicy.
import type { Digest } from '../primitives/digest.ts';
import type { TrustMaterial } from '../signing/verifier.ts';
import type { Policy } from './schema.ts';

/** A policy with the trust material it names, ready for createVerifier and evaluatePolicy. */
export interface LoadedPolicy {
  readonly policy: Policy;
  readonly name: string;
  /** SHA-256 of the policy file's bytes. */
  readonly digest: Digest;
  readonly trust: TrustMaterial;
  /** Absolute path of the policy file. */
  readonly path: string;
}

/** Reads a policy file and every file it names. */
export declare function loadPolicy(path: string): Promise<LoadedPolicy>;
/** The same for a policy given as text; relative paths start at `folder`, `path` names it in errors. */
export declare function loadPolicyBytes(
  bytes: Uint8Array,
  where: { readonly path: string; readonly folder: string },
): Promise<LoadedPolicy>;
