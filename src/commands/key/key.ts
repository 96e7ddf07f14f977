// SPDX-License-Identifier: Apache-2.0
// key: what a policy needs to know of a key, where keys are and how they get there, and throw-away keys for trying
// countersign out.

import type { Host } from '../host.ts';
import { type CommandResult, defineCommand, unknownTask } from '../spec.ts';
import { exportKeys } from './export.ts';
import { generate } from './generate.ts';
import { importKey, sendToServer } from './import.ts';
import { listKeys, show } from './show.ts';
import { type KeyInputs, spec } from './spec.ts';

async function run(inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const [task, ...places] = inputs.task;
  const [first] = places;
  if (task === 'list') return listKeys(places, inputs, host);
  if (task === 'show' && first !== undefined) return show(places, inputs, host);
  if (task === 'export' && first !== undefined) return exportKeys(places, inputs, host);
  if (task === 'import' && first !== undefined && places.length === 1) return importKey(first, inputs, host);
  if (task === 'send' && first !== undefined && places.length === 1) return sendToServer(first, inputs, host);
  if (task === 'generate' && first !== undefined && places.length === 1) return generate(first, inputs, host);
  throw unknownTask('key', inputs.task, {
    hint: 'write `key show KEY…`, `key list`, `key import SOURCE`, `key export KEY…`, `key send PLACE` or `key generate FOLDER`',
  });
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
