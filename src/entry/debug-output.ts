// SPDX-License-Identifier: Apache-2.0
// NODE_DEBUG makes Node itself print what is sent, logins among it, past all redaction: refused where a log is kept.

import type { Host } from '../commands/host.ts';
import type { CommonInputs } from '../commands/inputs/inputs.ts';
import type { CommandSpec } from '../commands/spec.ts';
import { UsageError } from '../base/errors.ts';
import { ambientSecrets } from '../host/environment.ts';

/**
 * Refuses a run in a job that has a secret while Node prints its own debug output. Node reads the variable when it starts:
 * there is no switching it off.
 * @throws UsageError USAGE_NODE_DEBUG
 */
export function assertNoDebugOutput(
  spec: Pick<CommandSpec, 'inputs'>,
  { given }: Pick<CommonInputs, 'given'>,
  { kind, env }: Pick<Host, 'kind' | 'env'>,
): void {
  if (!env['NODE_DEBUG'] || (kind === 'terminal' && env['GITHUB_ACTIONS'] !== 'true')) return;
  const hasSecret = spec.inputs.some(({ name, type }) => type === 'secret' && given.has(name));
  if (!hasSecret && ambientSecrets(env).length === 0) return;
  throw new UsageError('USAGE_NODE_DEBUG', 'NODE_DEBUG is set, with which Node prints logins and keys into the log', {
    hint: 'leave NODE_DEBUG out of the environment of this step; debug logging of the job (ACTIONS_STEP_DEBUG) says more without secrets',
  });
}
