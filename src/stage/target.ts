// SPDX-License-Identifier: Apache-2.0
// Where a stage can be signed: a SIF file, or an image in a registry or layout folder. A target examines the image,
// says what an approval of it must name, and stores the new layer; how to decide and what to sign is the same for all.

import type { LayerFact } from '../policy/facts.ts';
import type { Digest } from '../base/bytes.ts';
import type { Signer } from '../crypto/signer.ts';
import type { CosignSignature } from '../oci/cosign/cosign.ts';
import type { Manifest } from '../oci/oci.ts';
import type { Verifier } from '../crypto/verifier.ts';
import type { Examination } from '../image/bundle.ts';
import type { Criteria } from '../image/verify.ts';
import type { NativeChoice, NativePlan, NativeRequest } from './native.ts';

/** A signed layer that is not stored yet. */
export interface NewLayer {
  readonly stage: string;
  readonly plan: NativePlan;
  readonly bundle: Uint8Array;
  /** SHA-256 of the statement: what later approvals call it. */
  readonly digest: Digest;
}

/** Who stores a layer, when, and in the place of what. */
export interface WriteContext {
  readonly signer: Signer;
  /** This signer's earlier approvals of the stage, to be taken away. */
  readonly replaced: readonly LayerFact[];
  readonly now: Date;
  readonly native: NativeChoice;
}

/** A new approval, attached to one manifest. */
export interface Successor {
  readonly subject: Digest;
  readonly manifest: Manifest;
  readonly legacy: CosignSignature | undefined;
}

/** What became of a layer. */
export interface StoredLayer {
  /** Where the new layer is now: `object 5`, `referrer sha256:…`. */
  readonly where: readonly string[];
  readonly freeSlots: number | null;
  /** For whoever signed. */
  readonly remarks?: readonly string[];
}

/** An examined image, open for one new layer. */
export interface StageSession {
  readonly examined: Examination;
  planNative(request: NativeRequest, verifier: Verifier): Promise<NativePlan>;
  /** Stores the layer; on any error but REGISTRY_REPLACE_INCOMPLETE no earlier layer is gone, and of the new one at most a part is there. */
  write(layer: NewLayer, context: WriteContext): Promise<StoredLayer>;
  /** Stores what an interrupted run left out of a layer that still counts, and says where; mostly nothing. */
  complete?(
    layer: Pick<NewLayer, 'stage' | 'bundle'>,
    context: WriteContext,
  ): Promise<Pick<StoredLayer, 'where' | 'remarks'>>;
}

/** An image that a stage can be signed on. */
export interface StageTarget {
  /** For people. */
  readonly name: string;
  open(criteria: Criteria, onBytes: ((done: number, total: number) => void) | undefined): Promise<StageSession>;
}
