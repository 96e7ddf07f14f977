// SPDX-License-Identifier: Apache-2.0
// For commands that sign only when a key is given: the check for untrusted workflow events, made once there is one.

import type { Host } from '../host/host.ts';
import { readFileBounded } from '../primitives/file.ts';
import { LIMITS } from '../primitives/limits.ts';
import type { Signer } from '../signing/signer.ts';
import type { Inputs } from './inputs.ts';
import { signerFrom } from './signing-inputs.ts';
import { assertTrustedEvent } from './untrusted-event.ts';

/**
 * The signer that the inputs describe, refused on events that people without write access can trigger; undefined when
 * no key was given, which is fine on every event.
 * @throws UsageError USAGE_UNTRUSTED_EVENT and those of signerFrom
 */
export async function signerOnTrustedEvent(command: string, inputs: Inputs, host: Host): Promise<Signer | undefined> {
  if (inputs.text('signing-method') === undefined && inputs.secret('key') === undefined) return undefined;
  const path = host.env['GITHUB_EVENT_PATH'];
  const payload = path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => undefined) : undefined;
  assertTrustedEvent(command, { env: host.env, payload, allowed: inputs.boolean('allow-untrusted-event') });
  return signerFrom(inputs, host.now(), host.env);
}
