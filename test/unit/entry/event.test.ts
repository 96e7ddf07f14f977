// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { COMMON_INPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../../../src/commands/inputs/common.ts';
import { readInputs } from '../../../src/commands/spec.ts';
import { assertTrustedEvent } from '../../../src/entry/run.ts';
import { temporaryFolder } from '../../support/temporary.ts';

type Run = Parameters<typeof assertTrustedEvent>[2];

async function gate(
  privileged: 'always' | 'with-key' | undefined,
  texts: Readonly<Record<string, string>>,
  run: Run,
): Promise<void> {
  const inputs = await readInputs([...SIGNING_INPUTS, ...PRIVILEGED_INPUTS, ...COMMON_INPUTS], {
    texts: new Map(Object.entries(texts)),
    cwd: process.cwd(),
    mask() {},
    readStdin: async () => new Uint8Array(),
  });
  await assertTrustedEvent({ name: 'sign-stage', ...(privileged ? { privileged } : {}) }, inputs, run);
}

/** The gate of a step on this event, with the content of the event's file. */
async function check(event: string, payload?: string, allowed = false): Promise<void> {
  const path = join(await temporaryFolder(), 'event.json');
  if (payload !== undefined) await writeFile(path, payload);
  const env = { GITHUB_EVENT_NAME: event, GITHUB_EVENT_PATH: path };
  await gate('always', { 'allow-untrusted-event': String(allowed) }, { kind: 'actions', env });
}

const refused = expect.objectContaining({ code: 'USAGE_UNTRUSTED_EVENT' });
const pullRequest = (base: unknown, head: unknown) =>
  JSON.stringify({ pull_request: { base: { repo: base }, head: { repo: head } } });

describe('untrusted events', () => {
  test.each(['push', 'release', 'workflow_dispatch', 'schedule', 'merge_group', 'deployment'])(
    '%s may sign',
    async (event) => {
      await check(event);
    },
  );

  test.each([
    'pull_request_target',
    'workflow_run',
    'issue_comment',
    'issues',
    'discussion',
    'discussion_comment',
    'fork',
    'watch',
    'gollum',
    '',
    'an_event_of_next_year',
    'constructor',
  ])('%j may not sign', async (event) => {
    await expect(check(event)).rejects.toEqual(refused);
    await check(event, undefined, true);
  });

  test('a pull request may sign from the same repository alone', async () => {
    await check('pull_request', pullRequest({ id: 7 }, { id: 7 }));
    await expect(check('pull_request', pullRequest({ id: 7 }, { id: 8 }))).rejects.toEqual(refused);
  });

  test.each([
    ['no payload', undefined],
    ['no JSON', '{'],
    ['no pull request', '{}'],
    ['a deleted fork', pullRequest({ id: 7 }, null)],
    ['no ids', pullRequest({}, {})],
    ['a repeated key', '{"pull_request":{},"pull_request":{}}'],
  ])('a pull request with %s counts as a fork', async (_name, payload) => {
    await expect(check('pull_request', payload)).rejects.toEqual(refused);
  });

  test.each(['pull_request_review', 'pull_request_review_comment'])(
    '%s may not sign in the same repository either: whoever may read can cause it',
    async (event) => {
      await expect(check(event, pullRequest({ id: 7 }, { id: 7 }))).rejects.toEqual(refused);
    },
  );

  test('a step is asked whatever the runner calls itself', async () => {
    for (const env of [{}, { GITHUB_ACTIONS: 'True' }, { GITHUB_ACTIONS: 'false', GITHUB_EVENT_NAME: 'issues' }])
      await expect(gate('always', {}, { kind: 'actions', env })).rejects.toEqual(refused);
  });

  test('the command line is asked when an event is named, and in a job', async () => {
    for (const env of [{ GITHUB_EVENT_NAME: 'issues' }, { GITHUB_ACTIONS: 'true' }])
      await expect(gate('always', {}, { kind: 'terminal', env })).rejects.toEqual(refused);
    await gate('always', {}, { kind: 'terminal', env: {} });
    await gate('always', {}, { kind: 'terminal', env: { GITHUB_EVENT_NAME: 'push' } });
  });

  test('a command that signs only with a key is asked when it is given one', async () => {
    const run: Run = { kind: 'actions', env: { GITHUB_EVENT_NAME: 'issues' } };
    await gate('with-key', {}, run);
    await gate(undefined, { 'signing-method': 'pgp', key: 'x' }, run);
    await expect(gate('with-key', { 'signing-method': 'pgp' }, run)).rejects.toEqual(refused);
    await expect(gate('with-key', { key: 'x' }, run)).rejects.toEqual(refused);
  });
});
