// SPDX-License-Identifier: Apache-2.0
// `requires` as it is written: what it means, and what is refused where.

import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { parsePolicy } from '../../../../src/policy/document/document.ts';

function parse(requirement: string) {
  const text = `version: 1
name: p
principals:
  ci: { key: ci.pub }
stages:
  - name: author
    approvers: ci
    requires:
      - ${requirement}
`;
  return parsePolicy(utf8(text), 'policy.yaml').stages[0]?.requires;
}

const EXCEPTION = '{ id: CVE-1, reason: none, expires: "2027-01-31" }';

describe('requires', () => {
  test('is read with its defaults', () => {
    expect(parse('{ evidence: findings, signedBy: ci, failOn: high }')).toEqual([
      {
        evidence: 'findings',
        signedBy: ['ci'],
        count: 1,
        condition: { of: 'findings', failOn: 'high', unknownAs: 'critical', scanner: [], exceptions: [] },
      },
    ]);
    expect(parse('{ evidence: sbom, signedBy: ci, maxAge: 2d }')).toMatchObject([
      { maxAge: 172_800_000, condition: { of: 'sbom', minComponents: 1 } },
    ]);
    expect(parse('{ evidence: urn:x:y, signedBy: ci, fields: { a.b: 1, c: "1", d: true } }')).toMatchObject([
      {
        condition: {
          fields: [
            { path: 'a.b', comparison: { oneOf: [1] } },
            { path: 'c', comparison: { oneOf: ['1'] } },
            { path: 'd', comparison: { oneOf: [true] } },
          ],
        },
      },
    ]);
  });

  test.each([
    ['{ evidence: findings, signedBy: ci }', 'POLICY_MISSING_KEY'],
    ['{ evidence: findings, failOn: high }', 'POLICY_MISSING_KEY'],
    ['{ evidence: findings, signedBy: ci, failOn: high, scanner: [grype], count: 2 }', 'POLICY_UNSATISFIABLE'],
    ['{ evidence: scans, signedBy: ci }', 'POLICY_INVALID_VALUE'],
    ['{ evidence: sbom, signedBy: dora }', 'POLICY_UNKNOWN_NAME'],
    ['{ evidence: sbom, signedBy: ci, failOn: high }', 'POLICY_INVALID_VALUE'],
    ['{ evidence: sbom, signedBy: ci, minComponents: 0 }', 'POLICY_INVALID_VALUE'],
    ['{ evidence: sbom, signedBy: ci, maxAge: 2 weeks }', 'POLICY_INVALID_VALUE'],
    ['{ evidence: sbom, signedBy: ci, fields: { a: 1 } }', 'POLICY_INVALID_VALUE'],
    ['{ evidence: urn:x:y, signedBy: ci, maxAge: 2d }', 'POLICY_INVALID_VALUE'],
    ['{ evidence: urn:x:y, signedBy: ci, fields: { a: [[1]] } }', 'POLICY_WRONG_TYPE'],
    ['{ evidence: urn:x:y, signedBy: ci, fields: { a: yes } }', 'POLICY_AMBIGUOUS'],
    ['{ evidence: urn:x:y, signedBy: ci, fields: { a: { atLeast: 5, atMost: 3 } } }', 'POLICY_CONTRADICTION'],
    ['{ evidence: urn:x:y, signedBy: ci, fields: { a: { oneOf: [1, 2], not: [2, 1] } } }', 'POLICY_CONTRADICTION'],
    ['{ evidence: provenance, signedBy: ci, source: "https://*/app" }', 'POLICY_PATTERN'],
    ['{ evidence: provenance, signedBy: ci, ref: "*" }', 'POLICY_PATTERN'],
    [
      `{ evidence: findings, signedBy: ci, failOn: high, exceptions: [{ id: CVE-1, reason: x }] }`,
      'POLICY_MISSING_KEY',
    ],
    [
      `{ evidence: findings, signedBy: ci, failOn: high, exceptions: [${EXCEPTION.replace('CVE-1', '"CVE-*"')}] }`,
      'POLICY_INVALID_VALUE',
    ],
    [
      `{ evidence: findings, signedBy: ci, failOn: high, exceptions: [${EXCEPTION.replace('01-31', '02-30')}] }`,
      'POLICY_INVALID_VALUE',
    ],
  ])('refuses %s', (requirement, code) => {
    expect(() => parse(requirement)).toThrow(
      expect.objectContaining({ code, location: expect.objectContaining({ line: 9 }) }),
    );
  });
});
