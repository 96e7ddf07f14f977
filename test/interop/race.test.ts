// SPDX-License-Identifier: Apache-2.0
// Signers at the same moment lose nothing, on a real registry without the referrers API and in a
// layout folder. `scripts/race.ts` is the long
// form, with what other tools lose.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { hasPeers } from '../support/peers.ts';
import { race } from '../support/race.ts';
import { temporaryFolder } from '../support/temporary.ts';

const NOTHING_LOST = { made: 8, approvals: 0, unlisted: 0, legacy: 0, failures: [] };
const SMALL = { signers: 4, rounds: 2, processes: 2 };

test.skipIf(!hasPeers('docker-registry'))(
  'four signers at once lose no layer (skipped without docker-registry)',
  async () => {
    const repository = `${await startDockerRegistry()}/race/app`;
    expect(await race({ repository, ...SMALL })).toEqual(NOTHING_LOST);
  },
);

test('four signers at once lose no layer in an OCI layout folder', async () => {
  const repository = `oci:${join(await temporaryFolder(), 'layout')}`;
  expect(await race({ repository, ...SMALL })).toEqual(NOTHING_LOST);
});
