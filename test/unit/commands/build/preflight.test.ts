// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { explainFailure } from '../../../../src/commands/build/errors.ts';
import { judgeMachine, type MachineFacts, namespaceCause } from '../../../../src/commands/build/preflight.ts';

const GIB = 1024 ** 3;
const disk = { path: '/scratch', freeBytes: 100 * GIB, inMemory: false };
const none = {
  'kernel.unprivileged_userns_clone': undefined,
  'kernel.apparmor_restrict_unprivileged_userns': undefined,
  'user.max_user_namespaces': undefined,
};
const machine: MachineFacts = {
  platform: 'linux',
  uid: 1000,
  user: 'ada',
  tmp: disk,
  target: { ...disk, path: '/work' },
  sysctl: none,
  userNamespaceWorks: true,
  subordinateIds: true,
};
const judge = (over: Partial<MachineFacts>, expectedBytes?: number, fakeroot = false) =>
  judgeMachine({ ...machine, ...over }, { expectedBytes, fakeroot });
const code = (expected: string) => expect.objectContaining({ code: expected });

describe('judgeMachine', () => {
  test('a good machine gives no warning', () => {
    expect(judge({}, GIB, true)).toEqual([]);
  });

  test.each(['darwin', 'win32'])('%s cannot build', (platform) => {
    expect(() => judge({ platform })).toThrow(code('TOOL_UNSUPPORTED'));
  });

  test('three times the image must fit into the temporary folder, once into the target', () => {
    const tight = { ...disk, freeBytes: 11 * GIB };
    expect(() => judge({ tmp: tight }, 4 * GIB)).toThrow(/\/scratch has 11264 MiB free.*about 12288 MiB/);
    expect(judge({ target: tight }, 4 * GIB)).toEqual([]);
    expect(() => judge({ target: { ...disk, freeBytes: 3 * GIB } }, 4 * GIB)).toThrow(code('BUILD_NO_SPACE'));
  });

  test('an unknown size only warns, unless next to nothing is free', () => {
    expect(judge({ tmp: { ...disk, freeBytes: GIB } })).toEqual([expect.stringContaining('1024 MiB free')]);
    expect(() => judge({ tmp: { ...disk, freeBytes: 1000 } })).toThrow(code('BUILD_NO_SPACE'));
  });

  test('a RAM disk is named', () => {
    expect(judge({ tmp: { ...disk, inMemory: true } })).toEqual([expect.stringContaining('RAM disk')]);
  });

  test.each([
    [{ 'kernel.unprivileged_userns_clone': '0' }, /kernel\.unprivileged_userns_clone to 1/],
    [{ 'user.max_user_namespaces': '0' }, /user\.max_user_namespaces above 0/],
    [{ 'kernel.apparmor_restrict_unprivileged_userns': '1' }, /apparmor_restrict_unprivileged_userns to 0/],
    [{}, /container or security profile/],
  ])('without user namespaces the setting is named: %j', (sysctl, hint) => {
    expect(judge({ userNamespaceWorks: false, sysctl: { ...none, ...sysctl } })).toEqual([expect.stringMatching(hint)]);
  });

  test('a restricting sysctl is no problem where a namespace could be made, nor for root', () => {
    const sysctl = { ...none, 'kernel.apparmor_restrict_unprivileged_userns': '1' };
    expect(judge({ sysctl })).toEqual([]);
    expect(judge({ sysctl, uid: 0, userNamespaceWorks: undefined })).toEqual([]);
  });

  test('fakeroot without subordinate ids warns', () => {
    expect(judge({ subordinateIds: false }, undefined, true)).toEqual([expect.stringContaining('/etc/subuid')]);
  });
});

describe('explainFailure', () => {
  const explain = (log: string) =>
    explainFailure('apptainer', {
      exitCode: 255,
      log,
      namespaceHint: namespaceCause({ sysctl: { ...none, 'kernel.apparmor_restrict_unprivileged_userns': '1' } }),
      headerLocation: { file: 'a.def', line: 1, column: 1 },
    });

  // Messages of apptainer 1.4.5, as it printed them.
  test.each([
    ['FATAL:   While performing build: write /x.sif: no space left on device', 'BUILD_NO_SPACE', /tmp-dir/],
    [
      'FATAL:   could not use fakeroot: no mapping entry found in /etc/subuid for root',
      'BUILD_USER_NAMESPACES',
      /subuid/,
    ],
    [
      '\u001b[91mERROR  : Requesting capability set 0x000001ffffffffff while permitted capability set is 0x1\n\u001b[0m',
      'BUILD_USER_NAMESPACES',
      /capabilities/,
    ],
    ['ERROR  : Failed to create user namespace: Operation not permitted', 'BUILD_USER_NAMESPACES', /AppArmor/],
    [
      'FATAL:   Unable to create build: unable to get conveyorpacker: invalid build source foo',
      'BUILD_DEFINITION_INVALID',
      /agent/,
    ],
    ['FATAL:   Unable to build from a.def: invalid header keyword found: bootstrp', 'BUILD_DEFINITION_INVALID', /line/],
    ['FATAL:   unused build args: UNUSED. Use option …', 'BUILD_DEFINITION_INVALID', /\{\{ name \}\}/],
    [
      'FATAL:   Get "https://localhost:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
      'BUILD_NETWORK',
      /proxy/,
    ],
    ['FATAL:   toomanyrequests: You have reached your pull rate limit', 'BUILD_NETWORK', /limits downloads/],
    ['FATAL:   reading manifest: unauthorized: authentication required', 'BUILD_NETWORK', /login/],
    ['FATAL:   something else', 'BUILD_FAILED', /log/],
  ])('%j is %s', (line, expected, hint) => {
    const error = explain(`INFO:    Starting build...\n${line}\n`);
    expect(error).toMatchObject({ code: expected, hint: expect.stringMatching(hint) });
    expect(error.message).toContain('exit code 255');
    expect(error.message).not.toContain('\u001b');
  });

  test('what a %post script prints does not decide, apart from a full disk', () => {
    const last = 'FATAL:   While running %post section: exit status 1';
    expect(explain(`checking unauthorized access\n${last}`).code).toBe('BUILD_FAILED');
    expect(explain(`cp: error writing 'x': No space left on device\n${last}`).code).toBe('BUILD_NO_SPACE');
  });

  test('only errors in the definition point into it', () => {
    expect(explain('FATAL:   invalid header keyword found: x').location).toBeDefined();
    expect(explain('FATAL:   no space left on device').location).toBeUndefined();
  });

  test('silence is said to be silence', () => {
    expect(explain('').message).toContain('it printed nothing');
  });
});
