// SPDX-License-Identifier: Apache-2.0
// Components that the policy denies, judged by the SBOMs that a stage requires.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Denial } from '../../../src/findings/denial.ts';
import { parsePolicy } from '../../../src/policy/document/document.ts';
import type { Requirement } from '../../../src/policy/document/model.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { EvidenceFact } from '../../../src/policy/facts.ts';
import { BUILDER, statement } from '../../support/evidence.ts';
import { approve, image, key, NOW, person, pgp, policy, stage } from '../../support/facts.ts';

const SBOM: Requirement = {
  evidence: 'sbom',
  signedBy: ['builder'],
  count: 1,
  condition: { of: 'sbom', minComponents: 1 },
};
const LOG4J = 'pkg:maven/org.apache.logging.log4j/log4j-core';
type What = Extract<Denial['what'], { readonly of: 'component' }>;
const RANGE: What = {
  of: 'component',
  purl: LOG4J,
  versions: [
    [
      { operator: '>=', version: '2.0' },
      { operator: '<', version: '2.17.1' },
    ],
  ],
};

function cyclonedx(...purls: readonly string[]): JsonObject {
  return { bomFormat: 'CycloneDX', components: purls.map((purl) => ({ name: 'x', version: '1', purl })) };
}

function judged(what: What, found: readonly EvidenceFact[], requirement: Requirement = SBOM) {
  const rules = policy(
    [person('alice'), BUILDER],
    [stage('author', ['alice'], { requires: [requirement] })],
    [],
    [{ what, reason: 'CVE-2021-44228' }],
  );
  const { verdict, stages } = evaluatePolicy(rules, image([approve('author', pgp('alice'))], { evidence: found }), {
    now: NOW,
  });
  return { verdict, text: (stages[0]?.reasons ?? []).map(({ code, message }) => `${code} ${message}`).join('\n') };
}

const sbom = (...purls: readonly string[]) => statement('https://cyclonedx.org/bom', cyclonedx(...purls));

describe('a denied component', () => {
  test.each<readonly [string, string, boolean]>([
    ['in the range', `${LOG4J}@2.14.1`, false],
    ['after it', `${LOG4J}@2.17.1`, true],
    ['before it', `${LOG4J}@1.2.17`, true],
    ['with a version that is not compared', `${LOG4J}@2.0-beta9`, false],
    ['with qualifiers', `${LOG4J}@2.14.1?type=jar`, false],
    ['of another name', 'pkg:maven/org.apache.logging.log4j/log4j-api@2.14.1', true],
    ['of another ecosystem', 'pkg:npm/log4j-core@2.14.1', true],
  ])('%s: passed is %s %s', (_, purl, passed) => {
    const { verdict, text } = judged(RANGE, [sbom(purl)]);
    expect(verdict).toBe(passed ? 'passed' : 'failed');
    if (!passed) expect(text).toMatch(/COMPONENT_DENIED.*log4j-core.*is denied by the policy: CVE-2021-44228/);
  });

  test('is found in SPDX, nested, and without a version', () => {
    const spdx = {
      spdxVersion: 'SPDX-2.3',
      packages: [{ name: 'x', versionInfo: '1', externalRefs: [{ referenceLocator: `${LOG4J}@2.14.1` }] }],
    };
    expect(judged(RANGE, [statement('https://spdx.dev/Document/v2.3', spdx)]).verdict).toBe('failed');
    const nested = {
      bomFormat: 'CycloneDX',
      components: [{ name: 'a', version: '1', components: [{ name: 'x', purl: LOG4J }] }],
    };
    expect(judged(RANGE, [statement('https://cyclonedx.org/bom', nested)]).text).toContain('which says no version');
    expect(judged({ of: 'component', purl: LOG4J }, [sbom(`${LOG4J}@9`)]).verdict).toBe('failed');
  });

  test('is not outweighed by another SBOM, nor by an old one', () => {
    expect(judged(RANGE, [sbom(`${LOG4J}@2.14.1`), sbom('pkg:npm/x@1.0.0')]).text).toContain('COMPONENT_DENIED');
    const old = { ...cyclonedx(`${LOG4J}@2.14.1`), metadata: { timestamp: '2020-01-01T00:00:00Z' } };
    const fresh = { ...cyclonedx('pkg:npm/x@1.0.0'), metadata: { timestamp: NOW.toISOString() } };
    const both = [old, fresh].map((one) => statement('https://cyclonedx.org/bom', one));
    expect(judged(RANGE, both, { ...SBOM, maxAge: 86_400_000 }).text).toContain('COMPONENT_DENIED');
  });

  test.each<readonly [string, What['purl'], string]>([
    ['letter case', 'pkg:nuget/Newtonsoft.Json', 'pkg:nuget/newtonsoft.json@1.0.0'],
    ['letter case of its scheme', 'pkg:npm/x', 'PKG:npm/x@1.0.0'],
    ['separators', 'pkg:pypi/a-b', 'pkg:pypi/A__b@1.0.0'],
    ['a version with a slash', 'pkg:github/octo-org/app', 'pkg:github/octo-org/app@release/1'],
    ['a scope that is not encoded', 'pkg:npm/%40octo/app', 'pkg:npm/@octo/app@1.0.0'],
  ])('is found under another spelling: %s', (_, purl, found) => {
    expect(judged({ of: 'component', purl }, [sbom(found)]).text).toContain('COMPONENT_DENIED');
  });

  test('is found where the version is empty, though single ones are denied', () => {
    const one: What = { of: 'component', purl: 'pkg:npm/x', versions: ['1.0.0'] };
    const empty = { bomFormat: 'CycloneDX', components: [{ name: 'x', purl: 'pkg:npm/x@' }] };
    const found = statement('https://cyclonedx.org/bom', empty);
    expect(judged(one, [found, sbom('pkg:npm/y@1.0.0')]).text).toContain('which says no version');
  });

  test('is found in an SBOM that lies outside, or is about a part, beside one that is as asked', () => {
    const bad = cyclonedx(`${LOG4J}@2.14.1`);
    const outside = statement('https://cyclonedx.org/bom', bad, { place: { in: 'registry', name: 'sbom' } });
    const inside = { ...SBOM, inside: true };
    expect(judged(RANGE, [outside, sbom('pkg:npm/x@1.0.0')], inside).text).toContain('COMPONENT_DENIED');
    const part = statement('https://cyclonedx.org/bom', bad, { covers: ['object 1'] });
    expect(judged(RANGE, [part, sbom('pkg:npm/x@1.0.0')]).text).toContain('COMPONENT_DENIED');
    const other = statement('https://cyclonedx.org/bom', bad, { contradicted: true });
    expect(judged(RANGE, [other, sbom('pkg:npm/x@1.0.0')]).verdict).toBe('passed');
  });

  test('is asked of SBOMs by those whom the stage believes, and none at all is no answer', () => {
    const stranger = statement('https://cyclonedx.org/bom', cyclonedx(`${LOG4J}@2.14.1`), { signer: key('stranger') });
    expect(judged(RANGE, [stranger, sbom('pkg:npm/x@1.0.0')]).verdict).toBe('passed');
    expect(judged(RANGE, [stranger]).verdict).toBe('failed');
    expect(judged(RANGE, []).text).toContain('EVIDENCE_MISSING');
  });
});

describe('in the policy', () => {
  const text = (entry: string, requires = 'requires: [{ evidence: sbom, signedBy: alice }]') => `version: 1
name: test
principals: { alice: { pgp: "${'A'.repeat(40)}" } }
stages:
  - { name: author, approvers: alice, ${requires} }
deny:
  - { ${entry}, reason: broken }
`;
  const parse = (entry: string, requires?: string) =>
    parsePolicy(Buffer.from(text(entry, requires)), 'p.yaml').deny[0]?.what;

  test('ranges and single versions stand side by side', () => {
    expect(parse(`component: "${LOG4J}", versions: [">=2.0 <2.17.1", "1.2.17"]`)).toEqual({
      of: 'component',
      purl: LOG4J,
      versions: [
        [
          { operator: '>=', version: '2.0' },
          { operator: '<', version: '2.17.1' },
        ],
        '1.2.17',
      ],
    });
    expect(parse('component: "pkg:deb/debian/libc6", versions: "2.36-9"')).toMatchObject({ versions: ['2.36-9'] });
  });

  test.each([
    ['a version in the name', 'component: "pkg:npm/x@1.0.0"', 'POLICY_INVALID_VALUE'],
    ['no package URL', 'component: log4j', 'POLICY_INVALID_VALUE'],
    ['a range that is none', 'component: "pkg:npm/x", versions: ">=2,<3"', 'POLICY_INVALID_VALUE'],
    ['a range where nobody knows the order', 'component: "pkg:deb/debian/x", versions: "<2"', 'POLICY_INVALID_VALUE'],
    ['a time', 'component: "pkg:npm/x", since: "2026-01-01T00:00:00Z"', 'POLICY_CONTRADICTION'],
    ['versions of something else', 'principal: alice, versions: "1"', 'POLICY_CONTRADICTION'],
    ['two things', 'principal: alice, component: "pkg:npm/x"', 'POLICY_INVALID_VALUE'],
  ])('%s is refused', (_, entry, code) => {
    expect(() => parse(entry)).toThrow(
      expect.objectContaining({ code, location: expect.objectContaining({ line: 7 }) }),
    );
  });

  test('somebody has to say what is in the images', () => {
    expect(() => parse('component: "pkg:npm/x"', 'native: []')).toThrow(
      expect.objectContaining({ code: 'POLICY_CONTRADICTION' }),
    );
  });
});
