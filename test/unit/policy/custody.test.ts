// SPDX-License-Identifier: Apache-2.0
// Through whose hands an image went: evidence before the approval that first relied on it, approvals by number, records last,
// gaps where something was taken away, and nothing by strangers.

import { describe, expect, test } from 'vitest';
import { encodePublication, PUBLICATION_PREDICATE_TYPE } from '../../../src/attest/record.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import { renderText } from '../../../src/report/text.ts';
import { combineVerdict } from '../../../src/policy/evaluate.ts';
import { statement } from '../../support/evidence.ts';
import { approve, digestOf, image, key, listed, NOW, person, pgp, policy, stage } from '../../support/facts.ts';

const RULES = policy(
  [person('alice'), person('bob'), person('ci')],
  [stage('author', ['alice']), stage('security', ['bob'], { after: ['author'] })],
);
const SBOM = 'https://cyclonedx.org/bom';
const sbom = statement(
  SBOM,
  { bomFormat: 'CycloneDX', specVersion: '1.6', metadata: { timestamp: '2026-05-30T00:00:00Z' }, components: [] },
  { signer: pgp('ci') },
);
const publication = statement(
  PUBLICATION_PREDICATE_TYPE,
  encodePublication({
    repository: 'ghcr.io/octo-org/app',
    digest: digestOf('image'),
    tags: ['1.0'],
    source: 'app.sif',
    publishedAt: '2026-05-31T13:00:00Z',
    policy: { name: 'test', digest: digestOf('policy') },
    verified: true,
    breakGlass: [],
    run: null,
  }),
  { signer: pgp('ci'), record: 'publication' },
);
const author = approve('author', pgp('alice'));
const security = approve('security', pgp('bob'), {
  after: [author],
  approval: { evidence: [{ predicateType: SBOM, digest: sbom.digest }] },
});

function judge(layers: readonly (typeof author)[], evidence = [publication, sbom]) {
  return evaluatePolicy(RULES, { ...image(layers), evidence }, { now: NOW });
}

describe('custody', () => {
  test('is in the order that the approvals prove', () => {
    const verdict = judge([security, author]);
    expect(verdict.custody?.map(({ kind, stage: of, number, by }) => [kind, of, number, by])).toEqual([
      ['approval', 'author', 1, 'alice'],
      ['sbom', null, undefined, 'ci'],
      ['approval', 'security', 2, 'bob'],
      ['publication', null, undefined, 'ci'],
    ]);
    const text = renderText(combineVerdict([verdict], { now: NOW, asOf: false, policy: undefined }));
    expect(text).toContain(`  custody
    1. author by alice, 2026-05-31T12:00:00Z
    sbom by ci, 2026-05-30T00:00:00Z
    2. security by bob, 2026-05-31T12:00:00Z
    publication by ci, 2026-05-31T13:00:00Z
`);
    expect(text).toContain('as 1.0, passed by policy test, of 2026-05-31T13:00:00Z');
  });

  test('flags what was taken away before who had seen it', () => {
    const [gap, left] = judge([security], []).custody ?? [];
    expect(gap).toMatchObject({ kind: 'gap', by: null, stage: 'author' });
    expect(gap?.problem).toContain(listed(author).digest.slice(0, 12));
    expect([left?.kind, judge([security], []).custody?.filter(({ kind }) => kind === 'gap').length]).toEqual([
      'gap',
      2,
    ]);
  });

  test('has nothing by strangers', () => {
    const stranger = statement(SBOM, { bomFormat: 'CycloneDX' }, { signer: key('mallory') });
    expect(judge([approve('author', pgp('mallory'))], [stranger]).custody).toBeUndefined();
  });
});
