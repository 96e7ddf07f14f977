// SPDX-License-Identifier: Apache-2.0
// What the programs that hold keys outside the process get from this run.

import type { KeyWorld } from '../../crypto/external/holder.ts';
import type { Host } from '../host.ts';
import type { KEY_HOLDER_INPUTS } from './common.ts';
import type { InputsOf } from './inputs.ts';

/** Enough for a person to touch a key or type a PIN. */
const DEFAULT_TIMEOUT_MS = 120_000;

/** How such programs are reached; nothing is run yet. */
export function keyWorld(
  { keyPlugins, keyEnvironment, timeout }: InputsOf<typeof KEY_HOLDER_INPUTS>,
  host: Host,
): KeyWorld {
  return {
    run: (call) => host.run(call),
    which: (program) => host.which(program),
    tokenChild: host.tokenChild,
    env: host.env,
    temporaryFolder: () => host.temporaryFolder(),
    plugins: keyPlugins,
    environment: keyEnvironment,
    timeoutMs: timeout ?? DEFAULT_TIMEOUT_MS,
  };
}
