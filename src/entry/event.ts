// SPDX-License-Identifier: Apache-2.0
// May a command that signs or publishes run on this workflow event? Events that only people with write access can
// cause are listed; anything else, and anything unknown, is refused unless the user said otherwise. A step of a workflow
// is always asked; the command line is when it runs in a job, or an event is named.

import { UsageError } from '../base/errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import type { Host } from '../commands/host.ts';
import { PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../commands/inputs/common.ts';
import { type CommonInputs, hasInputs } from '../commands/inputs/inputs.ts';
import type { CommandSpec } from '../commands/spec.ts';
import { readFileBounded } from '../files/files.ts';

/** Caused by people or services with write access to the repository, on code that is already in it. */
const TRUSTED_EVENTS: ReadonlySet<string> = new Set([
  'branch_protection_rule',
  'create',
  'delete',
  'deployment',
  'deployment_status',
  'merge_group',
  'push',
  'registry_package',
  'release',
  'repository_dispatch',
  'schedule',
  'workflow_dispatch',
]);

/**
 * Refuses a signing or publishing command on an event that people without write access can trigger.
 * @throws UsageError USAGE_UNTRUSTED_EVENT
 */
export async function assertTrustedEvent(
  { name: command, privileged }: Pick<CommandSpec, 'name' | 'privileged'>,
  inputs: CommonInputs,
  { kind, env }: Pick<Host, 'kind' | 'env'>,
): Promise<void> {
  if (privileged === undefined || (privileged === 'with-key' && !signs(inputs))) return;
  if (hasInputs(inputs, PRIVILEGED_INPUTS) && inputs.allowUntrustedEvent) return;
  const event = env['GITHUB_EVENT_NAME'] ?? '';
  if (kind === 'terminal' && event === '' && env['GITHUB_ACTIONS'] !== 'true') return;
  if (TRUSTED_EVENTS.has(event)) return;
  if (event === 'pull_request') {
    const path = env['GITHUB_EVENT_PATH'];
    const payload = path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => undefined) : undefined;
    // From a branch of the repository itself it is trusted; for forks GitHub gives the job no secrets.
    if (isSameRepository(payload)) return;
    throw new UsageError('USAGE_UNTRUSTED_EVENT', `${command} runs on ${event} of a fork, where there are no secrets`, {
      hint: `run ${command} on push or workflow_dispatch, after the change is merged; verify-all works on ${event}`,
    });
  }
  throw new UsageError(
    'USAGE_UNTRUSTED_EVENT',
    `${command} runs on the event ${JSON.stringify(event)}, which people without write access can trigger`,
    {
      hint: `run ${command} in a job on a trusted event (push, release, workflow_dispatch), or set ⟨allow-untrusted-event=true⟩ when no code or data of theirs reaches this job`,
    },
  );
}

function signs(inputs: CommonInputs): boolean {
  return hasInputs(inputs, SIGNING_INPUTS) && (inputs.signingMethod !== undefined || inputs.key !== undefined);
}

/** An unreadable payload counts as a fork: the check fails closed. */
function isSameRepository(payload: Uint8Array | undefined): boolean {
  if (!payload) return false;
  try {
    const event = parseJson(payload, 'the event');
    if (!isJsonObject(event) || !isJsonObject(event['pull_request'])) return false;
    const base = repositoryId(event['pull_request']['base']);
    return base !== undefined && base === repositoryId(event['pull_request']['head']);
  } catch {
    return false;
  }
}

function repositoryId(side: JsonValue | undefined): number | undefined {
  if (side === undefined || !isJsonObject(side) || !isJsonObject(side['repo'])) return undefined;
  const id = side['repo']['id'];
  return typeof id === 'number' ? id : undefined;
}
