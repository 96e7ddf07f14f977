// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import { componentsIn, isMeantBy, parsePurl } from '../../../src/findings/packages.ts';

describe('package URLs', () => {
  test.each([
    ['pkg:npm/left-pad', 'pkg:npm/left-pad@1.3.0', true],
    ['pkg:npm/left-pad@1.3.0', 'pkg:npm/left-pad@1.3.0', true],
    ['pkg:npm/left-pad@1.3.0', 'pkg:npm/left-pad@1.3.1', false],
    ['pkg:npm/left-pad@1.3.0', 'pkg:npm/left-pad', false],
    ['pkg:npm/left', 'pkg:npm/left-pad@1.3.0', false],
    ['pkg:npm/pad', 'pkg:npm/left/pad@1', false],
    ['pkg:npm/%40a/b', 'pkg:npm/@a/b@1', true],
    ['pkg:npm/@a/b', 'pkg:npm/%40a/b@1', true],
    ['PKG:NPM/left-pad', 'pkg:npm/left-pad@1', true],
    ['pkg:npm/Left-Pad', 'pkg:npm/left-pad@1', true],
    ['pkg:pypi/Foo_Bar', 'pkg:pypi/foo-bar@1', true],
    ['pkg:deb/debian/curl', 'pkg:deb/debian/curl@7.1%2Bb1?arch=amd64&distro=debian-12', true],
    ['pkg:deb/debian/curl@7.1+b1', 'pkg:deb/debian/curl@7.1%2Bb1?arch=amd64', true],
    ['pkg:deb/debian/curl?arch=arm64', 'pkg:deb/debian/curl@7.1?arch=amd64', false],
    ['pkg:deb/debian/curl?arch=amd64', 'pkg:deb/debian/curl@7.1?arch=amd64#sub', true],
    ['pkg:npm/left-pad', 'pkg:npm/%zz', false],
    ['pkg:npm/left-pad', 'pkg:npm/left-pad@1.3.0%', true],
    ['pkg:npm/left-pad', '', false],
  ])('%s means %s: %s', (wanted, found, expected) => {
    const parsed = parsePurl(wanted);
    if (!parsed) throw new Error('no package URL');
    expect(isMeantBy(parsed, found)).toBe(expected);
  });

  test.each(['', 'npm/left-pad', 'pkg:', 'pkg:npm', 'pkg:npm/', 'pkg:/x', 'pkg:1/x', 'pkg:npm/%zz', 'pkg:?a=b'])(
    '%j is none',
    (text) => expect(parsePurl(text)).toBeUndefined(),
  );
});

describe('components', () => {
  const purl = 'pkg:npm/a@1';
  const A = { name: 'a', version: '1' };
  const found = [{ ...A, purl }];
  test.each<readonly [string, JsonObject]>([
    ['CycloneDX', { bomFormat: 'CycloneDX', components: [{ name: 'a', version: '1', purl }] }],
    ['inside another', { bomFormat: 'CycloneDX', components: [{ components: [{ name: 'a', version: '1', purl }] }] }],
    ['what CycloneDX is about', { bomFormat: 'CycloneDX', metadata: { component: { name: 'a', version: '1', purl } } }],
    [
      'SPDX 2',
      {
        spdxVersion: 'SPDX-2.3',
        packages: [
          {
            name: 'a',
            versionInfo: '1',
            externalRefs: [{ referenceLocator: purl }, { referenceLocator: 'cpe:2.3:a' }],
          },
        ],
      },
    ],
    ['SPDX 3', { '@graph': [{ name: 'a', software_packageVersion: '1', software_packageUrl: purl }, 5] }],
    ...[
      { components: [{ ...A, evidence: { identity: { field: 'purl', methods: [{ value: purl }] } } }] },
      { components: [{ ...A, evidence: { identity: [{ field: 'purl', concludedValue: purl }, { field: 'cpe' }] } }] },
      { components: [{ ...A, purl, evidence: { identity: [{ field: 'purl', concludedValue: purl }] } }] },
      { components: [{ ...A, 'bom-ref': purl }] },
      { components: [{ ...A, purl: '', 'bom-ref': purl }] },
      { components: [{ name: 'fork', pedigree: { ancestors: [{ ...A, purl }] } }] },
      { components: [{ name: 'fork', pedigree: { variants: [{ components: [{ ...A, purl }] }] } }] },
      { metadata: { component: { name: 'app', components: [{ ...A, purl }] } } },
      { declarations: { targets: { components: [{ ...A, purl }] } } },
    ].map((more) => [`CycloneDX ${JSON.stringify(more)}`, { bomFormat: 'CycloneDX', ...more }] as const),
    ...['PACKAGE-MANAGER', 'PACKAGE_MANAGER', 'SECURITY', 'OTHER', 'PERSISTENT-ID'].map(
      (referenceCategory) =>
        [
          `SPDX 2, category ${referenceCategory}`,
          {
            spdxVersion: 'SPDX-2.3',
            packages: [{ name: 'a', versionInfo: '1', externalRefs: [{ referenceCategory, referenceLocator: purl }] }],
          },
        ] as const,
    ),
    ...[
      { externalIdentifier: [{ externalIdentifierType: 'packageUrl', identifier: purl }] },
      { externalRef: [{ externalRefType: 'other', locator: ['https://example.org', purl] }] },
      { type: 'ExternalIdentifier', identifier: purl },
    ].map(
      (more) =>
        [
          `SPDX 3 ${JSON.stringify(more)}`,
          { '@graph': [{ name: 'a', software_packageVersion: '1', ...more }] },
        ] as const,
    ),
  ])('of %s', (_, document) => {
    expect(componentsIn(document)).toEqual(found);
  });

  test('what made the document or the image is none', () => {
    const tool = [{ ...A, purl }];
    for (const more of [{ metadata: { tools: { components: tool } } }, { formulation: [{ components: tool }] }])
      expect(componentsIn({ bomFormat: 'CycloneDX', components: [], ...more })).toEqual([]);
  });

  test('a document of another kind has none that anybody knows of', () => {
    expect(componentsIn({ components: [{ purl }] })).toBeUndefined();
    expect(componentsIn({ bomFormat: 'CycloneDX', components: [{ purl: 5 }, null, 'x'] })).toEqual([]);
  });
});
