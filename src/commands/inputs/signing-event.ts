// SPDX-License-Identifier: Apache-2.0
// For commands that sign only when a key is given: the check for untrusted workflow events, made once there is one.

import type { Host } from '../host.ts';
import { readFileBounded } from '../../files/files.ts';
import { LIMITS } from '../../base/limits.ts';
import type { Signer } from '../../crypto/signer.ts';
import type { Inputs } from './inputs.ts';
import { signerFrom } from './signing.ts';
import { assertTrustedEvent } from './event.ts';

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
