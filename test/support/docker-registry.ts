// SPDX-License-Identifier: Apache-2.0
// A real distribution registry for one test.

import { onTestFinished } from 'vitest';
import { launchRegistry } from './registry-process.ts';
import { temporaryFolder } from './temporary.ts';

/** Starts `docker-registry` with an empty store; gives `host:port`. Stopped when the test ends. */
export async function startDockerRegistry(options: { readonly mayDelete?: boolean } = {}): Promise<string> {
  const registry = await launchRegistry(await temporaryFolder(), options);
  onTestFinished(() => registry.stop());
  return registry.host;
}
