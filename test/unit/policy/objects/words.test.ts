// SPDX-License-Identifier: Apache-2.0
// What a policy may say about objects, and what is refused, with code and place.

import { expect, test } from 'vitest';
import { parsePolicy } from '../../../../src/policy/document/document.ts';

function parsed(stage: string, after = '') {
  const text = `version: 1\nname: acme\nprincipals: { kim: { pgp: ${'AB'.repeat(20)} } }\nstages:\n  - { name: author, approvers: kim${stage} }\n${after}\n`;
  return parsePolicy(Buffer.from(text), 'policy.yaml');
}

test.each([
  ['', undefined],
  [', objects: base', 'base'],
  [', objects: overlays', 'overlays'],
  [', objects: 2', [2]],
  [', objects: [2, 4]', [2, 4]],
])('a stage%s', (written, objects) => {
  expect(parsed(written).stages[0]?.objects).toEqual(objects);
});

test.each([
  [', objects: overlay', '', 'POLICY_INVALID_VALUE'],
  [', objects: []', '', 'POLICY_INVALID_VALUE'],
  [', objects: 0', '', 'POLICY_INVALID_VALUE'],
  [', objects: -1', '', 'POLICY_WRONG_TYPE'],
  [', objects: 1.5', '', 'POLICY_WRONG_TYPE'],
  [', objects: [2, 2]', '', 'POLICY_DUPLICATE'],
  [', objects: { groups: 2 }', '', 'POLICY_WRONG_TYPE'],
  [', objects: 268435456', '', 'POLICY_INVALID_VALUE'],
  ['', 'objects: { unsigned: base }', 'POLICY_WRONG_TYPE'],
  ['', 'objects: { unsigned: [] }', 'POLICY_INVALID_VALUE'],
  [', objects: [2, 3]', 'objects: { unsigned: [4, 3] }', 'POLICY_CONTRADICTION'],
])('a stage%s and %s', (stage, after, code) => {
  expect(() => parsed(stage, after)).toThrow(
    expect.objectContaining({ code, location: expect.objectContaining({ file: 'policy.yaml' }) }),
  );
});

test('what may stay unsigned', () => {
  expect(parsed('', 'objects: { unsigned: 3 }').objects).toEqual({ mustBeEncrypted: false, unsigned: [3] });
  expect(parsed('', 'objects: {}').objects).toEqual({ mustBeEncrypted: false });
});
