// SPDX-License-Identifier: Apache-2.0
// Signing and judging images in a registry with one line per test, in this process.

import { registryTarget } from '../../src/layers/registry-target.ts';
import { openRegistryImage } from '../../src/layers/registry-image.ts';
import { signStage, type StageRequest, type StageResult } from '../../src/layers/stage.ts';
import type { Judge } from '../../src/layers/verify.ts';
import { verifyRegistryImage } from '../../src/layers/verify-registry.ts';
import type { ImageVerdict, LayerReport } from '../../src/policy/verdict.ts';
import type { Clock } from '../../src/primitives/retry.ts';
import type { Repository } from '../../src/registry/repository.ts';
import type { Person } from './layers.ts';
import { testClock } from './registry-session.ts';

/** An image by tag or digest. */
export interface Located {
  readonly repository: Repository;
  readonly reference: string;
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
  { judge, ...more }: RemoteOptions & { readonly judge: Judge },
): Promise<StageResult> {
  const { verifyData = false, clock = testClock(), ...request } = more;
  return signStage(registryTarget({ ...at, place: at.repository.name, verifyData, clock }), judge, {
    stage,
    signer: person.signer,
    now: judge.now,
    native: 'auto',
    replace: false,
    dryRun: false,
    verifyPrevious: true,
    expires: undefined,
    reason: undefined,
    ticket: undefined,
    run: undefined,
    resourceUri: at.repository.name,
    toolVersion: '0.0.0',
    ...request,
  });
}

/** The verdict about an image, as verify-all finds it. */
export async function verdictOn({ repository, reference }: Located, judge: Judge, verifyData = false) {
  return verifyRegistryImage(await openRegistryImage(repository, reference), judge, { verifyData });
}

/** Layers of a kind, and what became of their signatures. */
export function statuses({ layers }: ImageVerdict, kind: LayerReport['kind']): readonly string[] {
  return layers.filter((layer) => layer.kind === kind).map(({ status }) => status);
}
