// SPDX-License-Identifier: Apache-2.0
// Where a stage can be signed: a SIF file, or an image in a registry or layout folder. A target examines the image,
// says what an approval of it must name, and stores the new layer; how to decide and what to sign is the same for all.

import type { LayerFact } from '../policy/facts.ts';
import type { Digest } from '../base/digest.ts';
import type { Signer } from '../crypto/signer.ts';
import type { Verifier } from '../crypto/verifier.ts';
import type { Examination } from '../image/examination.ts';
import type { NativePlan, NativeRequest } from './native.ts';

/** A signed layer that is not stored yet. */
export interface NewLayer {
  readonly stage: string;
  readonly plan: NativePlan;
  readonly bundle: Uint8Array;
  /** SHA-256 of the statement: what later approvals call it. */
  readonly digest: Digest;
}

export interface Change {
  readonly signer: Signer;
  /** This signer's earlier approvals of the stage, to be taken away. */
  readonly replaced: readonly LayerFact[];
  readonly now: Date;
}

export interface Written {
  /** Where the new layer is now: `object 5`, `referrer sha256:…`. */
  readonly where: readonly string[];
  readonly freeSlots: number | null;
  /** What whoever signed has to know of it. */
  readonly remarks?: readonly string[];
}

/** An examined image, open for one new layer. */
export interface StageSession {
  readonly examined: Examination;
  planNative(request: NativeRequest, verifier: Verifier): Promise<NativePlan>;
  /** Stores the layer; on any error but REGISTRY_REPLACE_INCOMPLETE no earlier layer is gone, and of the new one at most a part is there. */
  write(layer: NewLayer, change: Change): Promise<Written>;
  /** Stores what an interrupted signer left out of a layer that stands; gives where that is, nothing as a rule. */
  finish?(layer: Pick<NewLayer, 'stage' | 'bundle'>, change: Change): Promise<Pick<Written, 'where' | 'remarks'>>;
}

export interface StageTarget {
  /** For people. */
  readonly name: string;
  open(
    check: { readonly verifier: Verifier; readonly now: Date },
    onBytes: ((done: number, total: number) => void) | undefined,
  ): Promise<StageSession>;
}
