// SPDX-License-Identifier: Apache-2.0
// Runs a command as the entry does, with texts for inputs and a fake host, and makes throw-away signing keys.

import { generateKeyPairSync } from 'node:crypto';
import { readInputs } from '../../src/commands/inputs/inputs.ts';
import type { Command, CommandResult } from '../../src/commands/spec.ts';
import type { FakeHost } from './fake-host.ts';

export async function runCommand(
  command: Command,
  texts: Readonly<Record<string, string>>,
  host: FakeHost,
): Promise<CommandResult> {
  const inputs = await readInputs(command.spec, {
    texts: new Map(Object.entries(texts)),
    cwd: host.cwd,
    mask: (text) => host.mask(text),
    readStdin: () => host.readStdin(),
  });
  return command.run(inputs, host);
}

/** A new ECDSA P-256 key, PKCS#8 PEM, not encrypted. */
export function newKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString();
}
