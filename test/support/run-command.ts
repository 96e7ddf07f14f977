// SPDX-License-Identifier: Apache-2.0
// Runs a command as the entry does, with texts for inputs and a fake host, and makes throw-away signing keys.

import { generateKeyPairSync } from 'node:crypto';
import type { Command, CommandResult } from '../../src/commands/spec.ts';
import { assertTrustedEvent } from '../../src/entry/run.ts';
import type { FakeHost } from './fake-host.ts';

export async function runCommand(
  command: Command,
  texts: Readonly<Record<string, string>>,
  host: FakeHost,
): Promise<CommandResult> {
  const ready = await command.prepare({
    texts: new Map(Object.entries(texts)),
    cwd: host.cwd,
    mask: (text) => host.mask(text),
    readStdin: () => host.readStdin(),
  });
  await assertTrustedEvent(command.spec, ready.inputs, host);
  return ready.run(host);
}

/** A new ECDSA P-256 key, PKCS#8 PEM, not encrypted. */
export function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
