// SPDX-License-Identifier: Apache-2.0
// May a command that signs or publishes run on this workflow event? Events that only people with write access can
// cause are listed; anything else, and anything unknown, is refused unless the user said otherwise. Pure.

import { UsageError } from '../../base/errors.ts';
import { isJsonObject, type JsonValue, parseJson } from '../../base/json.ts';

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

/** Trusted unless the branch lives in a fork; GitHub then gives the job no secrets. */
const PULL_REQUEST_EVENTS: ReadonlySet<string> = new Set([
  'pull_request',
  'pull_request_review',
  'pull_request_review_comment',
]);

export interface EventFacts {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Content of the file GITHUB_EVENT_PATH; undefined when there is none. */
  readonly payload: Uint8Array | undefined;
  readonly allowed: boolean;
}

/**
 * Refuses a signing or publishing command on an event that people without write access can trigger.
 * @throws UsageError USAGE_UNTRUSTED_EVENT
 */
export function assertTrustedEvent(command: string, facts: EventFacts): void {
  if (facts.allowed || facts.env['GITHUB_ACTIONS'] !== 'true') return;
  const event = facts.env['GITHUB_EVENT_NAME'] ?? '';
  if (TRUSTED_EVENTS.has(event)) return;
  if (PULL_REQUEST_EVENTS.has(event)) {
    if (isSameRepository(facts.payload)) return;
    throw new UsageError('USAGE_UNTRUSTED_EVENT', `${command} runs on ${event} of a fork, where there are no secrets`, {
      hint: `run ${command} on push or workflow_dispatch, after the change is merged; verify-all works on ${event}`,
    });
  }
  throw new UsageError(
    'USAGE_UNTRUSTED_EVENT',
    `${command} runs on the event ${JSON.stringify(event)}, which people without write access can trigger`,
    {
      hint: `run ${command} in a job on a trusted event (push, release, workflow_dispatch), or set allow-untrusted-event: true when no code or data of theirs reaches this job`,
    },
  );
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
