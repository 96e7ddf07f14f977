// SPDX-License-Identifier: Apache-2.0
// (policy, facts, now) → verdict, pure.
import type { ImageFacts } from './facts.ts';
import type { Policy } from './schema.ts';
import type { ImageVerdict, Verdict } from './verdict.ts';

export interface EvaluateOptions {
  readonly now: Date;
  /** Decide about these stages only (verify-previous); all of the policy's stages when absent. */
  readonly stages?: readonly string[];
  /** Without a policy: stages that must be present. */
  readonly requiredStages?: readonly string[];
}

/** The verdict about one image; never throws, never stops at the first finding. */
export declare function evaluatePolicy(
  policy: Policy | undefined,
  facts: ImageFacts,
  options: EvaluateOptions,
): ImageVerdict;

/** The verdict document about several images. */
export declare function combineVerdict(
  images: readonly ImageVerdict[],
  options: {
    readonly now: Date;
    readonly asOf: boolean;
    readonly policy: { readonly name: string; readonly digest: string } | undefined;
  },
): Verdict;
