// SPDX-License-Identifier: Apache-2.0
// What the library is compared with; what it decides is tried in OPA (test/interop/gates-conftest.test.ts).

import { expect, test } from 'vitest';
import { exportConftest } from '../../../src/gates/conftest.ts';
import { keyPerson, policyFor } from '../../support/layers.ts';

test('the export names the policy, its stages and the age, and asks for the present version of verdicts', async () => {
  const stages = '  - { name: author, approvers: ann }\n  - { name: security, approvers: ann }';
  const loaded = await policyFor([await keyPerson('ann')], stages);
  const { files, whole } = exportConftest(loaded, { maxAgeSeconds: 600 });
  expect(whole).toBe(true);
  const [library, data] = files.map(({ content }) => String(content));
  expect(JSON.parse(data ?? '')).toEqual({
    countersign: {
      policy: { name: 'test', digest: loaded.digest },
      stages: ['author', 'security'],
      overlayStages: [],
      maxAgeSeconds: 600,
    },
  });
  expect(library).toContain('input.schema == "countersign/verdict/v1"');
  expect(library).toContain('default allow := false');
});
