// SPDX-License-Identifier: Apache-2.0
// What was found on an image, a SIF or one in a registry alike, as signing and evidence need it.

import type { ApprovedContent } from '../attest/approval.ts';
import type { StatementSubject } from '../attest/statement.ts';
import type { Verifier } from '../crypto/verifier.ts';
import type { ImageFacts } from '../policy/facts.ts';
import type { BundleFact, ContentView } from './bundle.ts';

/** What signing needs to know of an image. */
export interface Examination {
  readonly facts: ImageFacts;
  readonly view: ContentView;
  /** By what signatures were checked: the one that was asked for, with the revocation lists that travel with the image. */
  readonly verifier: Verifier;
  readonly bundles: readonly BundleFact[];
  /** What an approval or evidence must name. */
  readonly subjects: readonly StatementSubject[];
  /** Signed messages of a SIF's groups; empty for other images. */
  readonly content: readonly ApprovedContent[];
  /** Descriptor slots left; null where there is no such limit. */
  readonly freeSlots: number | null;
}
