// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { assertTrustedEvent } from '../../../../src/commands/inputs/event.ts';

const check = (event: string, payload?: string, allowed = false) =>
  assertTrustedEvent('sign-stage', {
    env: { GITHUB_ACTIONS: 'true', GITHUB_EVENT_NAME: event },
    payload: payload === undefined ? undefined : new TextEncoder().encode(payload),
    allowed,
  });
const refused = expect.objectContaining({ code: 'USAGE_UNTRUSTED_EVENT' });
const pullRequest = (base: unknown, head: unknown) =>
  JSON.stringify({ pull_request: { base: { repo: base }, head: { repo: head } } });

describe('untrusted events', () => {
  test.each(['push', 'release', 'workflow_dispatch', 'schedule', 'merge_group', 'deployment'])(
    '%s may sign',
    (event) => {
      expect(() => check(event)).not.toThrow();
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
  ])('%j may not sign', (event) => {
    expect(() => check(event)).toThrow(refused);
    expect(() => check(event, undefined, true)).not.toThrow();
  });

  test('a pull request may sign from the same repository alone', () => {
    expect(() => check('pull_request', pullRequest({ id: 7 }, { id: 7 }))).not.toThrow();
    expect(() => check('pull_request', pullRequest({ id: 7 }, { id: 8 }))).toThrow(refused);
  });

  test.each([
    ['no payload', undefined],
    ['no JSON', '{'],
    ['no pull request', '{}'],
    ['a deleted fork', pullRequest({ id: 7 }, null)],
    ['no ids', pullRequest({}, {})],
    ['a repeated key', '{"pull_request":{},"pull_request":{}}'],
  ])('a pull request with %s counts as a fork', (_name, payload) => {
    expect(() => check('pull_request', payload)).toThrow(refused);
  });

  test('outside GitHub Actions there are no events', () => {
    expect(() =>
      assertTrustedEvent('sign-stage', {
        env: { GITHUB_EVENT_NAME: 'issues' },
        payload: undefined,
        allowed: false,
      }),
    ).not.toThrow();
  });
});
