// SPDX-License-Identifier: Apache-2.0
// What a policy may ask of SBOMs, provenance and other predicates.

import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Comparison, Requirement } from '../../../src/policy/document/model.ts';
import { statement, verdictOn } from '../../support/evidence.ts';

const PASSED = { verdict: 'passed' };
const failed = (code: string) => ({ verdict: 'failed', code });
describe('what must be in other evidence', () => {
  const BOM = 'https://cyclonedx.org/bom';
  const bom = (components: readonly JsonObject[]) => ({ bomFormat: 'CycloneDX', specVersion: '1.6', components });
  const sbom = (minComponents: number): Requirement => ({
    evidence: 'sbom',
    signedBy: ['builder'],
    count: 1,
    condition: { of: 'sbom', minComponents },
  });
  const spdx = { spdxVersion: 'SPDX-2.3', packages: [{ name: 'a', versionInfo: '1' }] };

  test.each<readonly [string, number, string, JsonObject, object]>([
    ['CycloneDX', 1, BOM, bom([{ name: 'a', version: '1' }]), PASSED],
    [
      'nested components',
      2,
      BOM,
      bom([{ name: 'a', version: '1', components: [{ name: 'b', version: '2' }] }]),
      PASSED,
    ],
    ['SPDX', 1, 'https://spdx.dev/Document', spdx, PASSED],
    ['too few', 2, 'https://spdx.dev/Document', spdx, failed('EVIDENCE_SBOM')],
    ['no version', 1, BOM, bom([{ name: 'a' }]), failed('EVIDENCE_SBOM')],
    ['an empty one', 1, BOM, bom([]), failed('EVIDENCE_SBOM')],
    ['no SBOM', 1, BOM, { components: [{ name: 'a', version: '1' }] }, failed('EVIDENCE_SBOM')],
  ])('an SBOM: %s', (_, least, type, predicate, expected) => {
    expect(verdictOn(sbom(least), [statement(type, predicate)])).toMatchObject(expected);
  });

  const built = (repository: string, ref: string) => ({
    buildDefinition: { externalParameters: { workflow: { repository, ref, path: 'x' } } },
    runDetails: {
      builder: { id: 'https://github.com/team/app/.github/workflows/build.yml@refs/tags/v1' },
      metadata: {},
    },
  });
  const provenance = (more: object): Requirement => ({
    evidence: 'provenance',
    signedBy: ['builder'],
    count: 1,
    condition: { of: 'provenance', builder: [], source: [], ref: [], ...more },
  });
  const GOOD = built('https://github.com/team/app', 'refs/tags/v1');
  const LOCAL = {
    buildDefinition: {
      resolvedDependencies: [{ uri: 'https://x/base' }, { uri: 'git+ssh://git@example.org/app@refs/tags/v1' }],
    },
    runDetails: { builder: { id: 'urn:countersign:local' } },
  };

  test.each<readonly [string, object, JsonObject, object]>([
    ['nothing asked', {}, GOOD, PASSED],
    ['the source', { source: ['https://github.com/team/app'] }, GOOD, PASSED],
    [
      'a longer source',
      { source: ['https://github.com/team/app'] },
      built('https://github.com/team/app-evil', 'x'),
      failed('EVIDENCE_PROVENANCE'),
    ],
    [
      'a star over a slash',
      { source: ['https://github.com/team/*'] },
      built('https://github.com/team/a/b', 'x'),
      failed('EVIDENCE_PROVENANCE'),
    ],
    ['a ref', { ref: ['refs/tags/v*'] }, GOOD, PASSED],
    [
      'another ref',
      { ref: ['refs/tags/v*'] },
      built('https://github.com/team/app', 'refs/heads/v1'),
      failed('EVIDENCE_PROVENANCE'),
    ],
    ['another builder', { builder: ['https://github.com/other/*'] }, GOOD, failed('EVIDENCE_PROVENANCE')],
    ['no builder', { builder: ['https://github.com/other/*'] }, {}, failed('EVIDENCE_PROVENANCE')],
    ['a local build', { source: ['ssh://git@example.org/app'], ref: ['refs/tags/v1'] }, LOCAL, PASSED],
  ])('provenance: %s', (_, asked, predicate, expected) => {
    expect(verdictOn(provenance(asked), [statement('https://slsa.dev/provenance/v1', predicate)])).toMatchObject(
      expected,
    );
  });

  const fields = (path: string, value: string | number | boolean): Requirement => ({
    evidence: 'urn:test:result',
    signedBy: ['builder'],
    count: 1,
    condition: { of: 'fields', fields: [{ path, comparison: { oneOf: [value] } }] },
  });

  test.each<readonly [string, Comparison, boolean]>([
    ['oneOf, which has it', { oneOf: ['FAILED', 80] }, true],
    ['oneOf, which has it as a text', { oneOf: ['80'] }, false],
    ['not another value', { not: [81] }, true],
    ['not this value', { not: [80] }, false],
    ['at least as much', { atLeast: 80 }, true],
    ['at least more', { atLeast: 80.5 }, false],
    ['at most as much', { atMost: 80 }, true],
    ['at most less', { atMost: 79 }, false],
    ['between', { atLeast: 70, atMost: 90, not: [75] }, true],
  ])('a member compared by %s', (_, comparison, met) => {
    const asks = (path: string): Requirement => ({
      evidence: 'urn:test:result',
      signedBy: ['builder'],
      count: 1,
      condition: { of: 'fields', fields: [{ path, comparison }] },
    });
    const predicate = { 'coverage.lines': { percent: 80 }, text: '80', list: [80] };
    const found = [statement('urn:test:result', predicate)];
    expect(verdictOn(asks('/coverage.lines/percent'), found).verdict).toBe(met ? 'passed' : 'failed');
    for (const path of ['nowhere', '/coverage.lines', 'list', 'coverage.lines.percent'])
      expect(verdictOn(asks(path), found).code).toBe('EVIDENCE_FIELDS');
  });

  const BASE = `sha256:${'b'.repeat(64)}` as const;
  const builtFrom = (...dependencies: readonly JsonObject[]) => ({
    buildDefinition: {
      resolvedDependencies: [
        { name: 'definition', uri: 'file:a.def', digest: { sha256: 'd'.repeat(64) } },
        { uri: 'git+https://example.org/app@refs/heads/main', digest: { gitCommit: 'a' } },
        ...dependencies,
      ],
    },
  });
  const base = (digest: string | undefined) => ({
    name: 'base',
    uri: 'docker://debian:12',
    ...(digest === undefined ? {} : { digest: { sha256: digest.slice(7) } }),
  });

  test.each<readonly [string, JsonObject, object]>([
    ['the base', builtFrom(base(BASE)), PASSED],
    ['another base', builtFrom(base(`sha256:${'c'.repeat(64)}`)), failed('EVIDENCE_PROVENANCE')],
    ['a base without a digest', builtFrom(base(undefined)), failed('EVIDENCE_PROVENANCE')],
    ['no base', builtFrom(), failed('EVIDENCE_PROVENANCE')],
    ['another base beside it', builtFrom(base(BASE), base(`sha256:${'c'.repeat(64)}`)), failed('EVIDENCE_PROVENANCE')],
    [
      'the base in SLSA 0.2',
      { materials: [{ uri: 'pkg:docker/debian@12', digest: { sha256: BASE.slice(7) } }] },
      PASSED,
    ],
  ])('provenance with %s', (_, predicate, expected) => {
    const asked: Requirement = {
      evidence: 'provenance',
      signedBy: ['builder'],
      count: 1,
      condition: { of: 'provenance', builder: [], source: [], ref: [], base: [BASE] },
    };
    expect(verdictOn(asked, [statement('https://slsa.dev/provenance/v1', predicate)])).toMatchObject(expected);
  });

  test.each<readonly [string, string | number | boolean, object]>([
    ['result', 'PASSED', PASSED],
    ['result', 'passed', failed('EVIDENCE_FIELDS')],
    ['runs.0.failures', 0, PASSED],
    ['runs.0.failures', '0', failed('EVIDENCE_FIELDS')],
    ['runs.1.failures', 0, failed('EVIDENCE_FIELDS')],
    ['runs.length', 1, failed('EVIDENCE_FIELDS')],
    ['constructor.name', 'Object', failed('EVIDENCE_FIELDS')],
  ])('a field %s that must be %j', (path, value, expected) => {
    const result = { result: 'PASSED', runs: [{ failures: 0 }] };
    expect(verdictOn(fields(path, value), [statement('urn:test:result', result)])).toMatchObject(expected);
  });

  test('is asked of what was signed alone', () => {
    const bare = { ...statement('urn:test:result', {}), statement: utf8('{}') };
    expect(verdictOn(fields('result', 'PASSED'), [bare])).toMatchObject(failed('EVIDENCE_UNREADABLE'));
  });
});
