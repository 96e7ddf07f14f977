// SPDX-License-Identifier: Apache-2.0
// Replacing an approval in a real registry, which deletes manifests only when it is told to.

import { beforeAll, describe, expect, test } from 'vitest';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { repairImage } from '../../src/transfer/repair.ts';
import type { Criteria } from '../../src/image/verify.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openRepository } from '../../src/oci/open.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeBy, keyPerson, NOW, type Person, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers } from '../support/peers.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';

let prod: Person;
let judge: Criteria;
let later: Criteria;

beforeAll(async () => {
  prod = await keyPerson('prod', 'p256');
  const policy = await policyFor([prod], '  - { name: production, approvers: [prod] }');
  judge = await judgeBy(policy);
  later = await judgeBy(policy, new Date(NOW.getTime() + 60_000));
});

describe.skipIf(!hasPeers('docker-registry'))('replacing in distribution (skipped without it)', () => {
  test.each([false, true])('the old approval counts no more; deleting allowed: %s', async (mayDelete) => {
    const place = `${await startDockerRegistry({ mayDelete })}/team/app`;
    const open = async () =>
      (await openRepository(place, { access: 'push', clock: systemClock(), credentials: { env: {} } })).repository;
    const { digest: reference } = await pushOciImage(await open(), { tag: 'v1' });
    await signRemotely({ repository: await open(), reference }, prod, 'production', { judge });
    const expires = new Date(NOW.getTime() + 1000);
    await signRemotely({ repository: await open(), reference }, prod, 'production', { judge, replace: true, expires });
    const repository = await open();
    await repairImage(await openRegistryImage(repository, reference), repository, systemClock());
    expect((await verdictOn({ repository: await open(), reference }, judge)).verdict).toBe('passed');
    const { verdict, layers } = await verdictOn({ repository: await open(), reference }, later);
    expect({ verdict, approvals: layers.filter(({ kind }) => kind === 'bundle').length }).toEqual({
      verdict: 'failed',
      approvals: 1,
    });
  });
});
