// SPDX-License-Identifier: Apache-2.0
// Which environment variables an external program gets: never one that holds an input or a secret, whoever asked.

import { AMBIENT_TOKEN } from './ambient-secrets.ts';
import type { Redactor } from './redact.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Inputs of this action, our own variables, and what would make a child run other code. */
const WITHHELD = /^(INPUT_.*|COUNTERSIGN_.*|NODE_OPTIONS)$/i;
/** Kept even when a short passphrase happens to occur in them: programs cannot run without. */
const ALWAYS = new Set(['PATH', 'HOME', 'SYSTEMROOT', 'TEMP', 'TMP', 'TMPDIR']);

/** The variables of `environment` that a child may see. */
export function childEnvironment(environment: Environment, redactor: Redactor): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || WITHHELD.test(name) || AMBIENT_TOKEN.test(name)) continue;
    if (redactor.knows(value) && !ALWAYS.has(name.toUpperCase())) continue;
    kept[name] = value;
  }
  return kept;
}
