// SPDX-License-Identifier: Apache-2.0
// Signers at the same moment lose nothing, on a real registry without the referrers API. `scripts/race.ts` is the long
// form, with what other tools lose.

import { expect, test } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { hasPeers } from '../support/peers.ts';
import { race } from '../support/race.ts';

test.skipIf(!hasPeers('docker-registry'))(
  'four signers at once lose no layer (skipped without docker-registry)',
  async () => {
    const host = await startDockerRegistry();
    expect(await race({ host, signers: 4, rounds: 2, processes: 2 })).toEqual({
      made: 8,
      approvals: 0,
      unlisted: 0,
      legacy: 0,
      failures: [],
    });
  },
);
