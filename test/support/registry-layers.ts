// SPDX-License-Identifier: Apache-2.0
// Signing and judging images in a registry with one line per test, in this process.

import type { Clock } from '../../src/base/clock.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { verifyRegistryImage } from '../../src/image/registry/examine.ts';
import type { Criteria } from '../../src/image/verify.ts';
import type { Repository } from '../../src/oci/oci.ts';
import type { ImageVerdict, LayerReport } from '../../src/policy/verdict.ts';
import { registryTarget } from '../../src/stage/registry-target.ts';
import { signStage, type StageRequest, type StageResult } from '../../src/stage/stage.ts';
import { type Person, stageRequest } from './layers.ts';
import { testClock } from './registry-session.ts';

/** An image by tag or digest. */
export interface Located {
  readonly repository: Repository;
  readonly reference: string;
  /** Folder that gets GPG signatures. */
  readonly lookaside?: string;
}

export interface RemoteOptions extends Partial<StageRequest> {
  readonly verifyData?: boolean;
  readonly clock?: Clock;
}

/** Signs a stage as sign-stage does with its defaults. */
export function signRemotely(
  at: Located,
  person: Person,
  stage: string,
  { judge, ...more }: RemoteOptions & { readonly judge: Criteria },
): Promise<StageResult> {
  const { verifyData = false, clock = testClock(), ...request } = more;
  const place = at.repository.name;
  const asked = stageRequest(person.signer, stage, judge.now, { resourceUri: place, ...request });
  return signStage(registryTarget({ ...at, place, verifyData, clock }), judge, asked);
}

/** The verdict about an image, as verify-all finds it. */
export async function verdictOn({ repository, reference }: Located, judge: Criteria, verifyData = false) {
  return verifyRegistryImage(await openRegistryImage(repository, reference), judge, { verifyData });
}

/** Layers of a kind, and what became of their signatures. */
export function statuses({ layers }: ImageVerdict, kind: LayerReport['kind']): readonly string[] {
  return layers.filter((layer) => layer.kind === kind).map(({ status }) => status);
}
