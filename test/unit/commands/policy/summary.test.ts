// SPDX-License-Identifier: Apache-2.0
// The summary of a policy for very many people is written whole.
import { expect, test } from 'vitest';
import { renderPolicySummary } from '../../../../src/commands/policy/summary.ts';
import { sha256 } from '../../../../src/base/bytes.ts';

test('of a policy with more warnings than a call takes arguments', () => {
  const warnings = Array.from({ length: 200_000 }, (_, at) => `p${at} approves no stage`);
  const text = renderPolicySummary({
    name: 'p',
    digest: sha256(new Uint8Array()),
    path: 'p.yaml',
    principals: [],
    teams: [],
    stages: [],
    distinct: [],
    keyring: [],
    certificates: [],
    sigstore: [],
    warnings,
    explanation: [],
    problems: [],
  });
  expect(text).toContain('  warnings\n    p0 approves no stage\n');
  expect(text).toContain('    p199999 approves no stage\nthe policy can be used; 200000 warnings\n');
});
