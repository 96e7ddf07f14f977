// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../../../src/base/bytes.ts';
import { parseSbom } from '../../../../src/scan/read/sbom.ts';
import { asBytes, cycloneDx, spdx, spdx3 } from '../../../support/scan-reports.ts';

const code = (expected: string) => expect.objectContaining({ code: expected });

describe('parseSbom', () => {
  test('CycloneDX counts nested components and keeps the document whole', () => {
    const sbom = parseSbom(asBytes(cycloneDx()), 'sbom.json');
    expect(sbom).toMatchObject({
      format: 'CycloneDX',
      version: '1.6',
      predicateType: 'https://cyclonedx.org/bom',
      componentCount: 3,
      about: 'demo',
    });
    expect(JSON.stringify(sbom.document)).toBe(JSON.stringify(cycloneDx()));
  });

  test.each(['1.2', '1.4', '1.7', '1.10'])('CycloneDX %s is known', (specVersion) => {
    expect(parseSbom(asBytes(cycloneDx({ specVersion })), 's').version).toBe(specVersion);
  });

  test.each(['1.0', '1.1', '2.0', '1.6.1', '', 1.6])('CycloneDX %j is refused', (specVersion) => {
    expect(() => parseSbom(asBytes(cycloneDx({ specVersion })), 's')).toThrow(code('SCAN_SBOM_UNKNOWN'));
  });

  test.each(['SPDX-2.2', 'SPDX-2.3'])('%s is known', (spdxVersion) => {
    expect(parseSbom(asBytes(spdx({ spdxVersion })), 's')).toMatchObject({
      format: 'SPDX',
      version: spdxVersion.slice(5),
      predicateType: 'https://spdx.dev/Document',
      componentCount: 1,
    });
  });

  test.each([{ spdxVersion: 'SPDX-2.1' }, { SPDXID: 'x' }, { creationInfo: 1 }])(
    'SPDX 2 with %j is refused',
    (part) => {
      expect(() => parseSbom(asBytes(spdx(part)), 's')).toThrow(code('SCAN_SBOM_UNKNOWN'));
    },
  );

  test('SPDX 3 counts its packages', () => {
    expect(parseSbom(asBytes(spdx3()), 's')).toMatchObject({ format: 'SPDX', version: '3.0.1', componentCount: 1 });
  });

  test.each([
    ['<?xml version="1.0"?><bom/>', 'XML'],
    ['\ufeff  <rdf:RDF/>', 'XML'],
    ['SPDXVersion: SPDX-2.3\nDataLicense: CC0-1.0\n', 'tag-value'],
    ['# a comment\nSPDXVersion: SPDX-2.3\n', 'tag-value'],
    ['spdxVersion: SPDX-2.3\nSPDXID: SPDXRef-DOCUMENT\n', 'YAML'],
  ])('%j is refused as %s', (text, kind) => {
    expect(() => parseSbom(utf8(text), 's')).toThrow(code('SCAN_SBOM_FORMAT'));
    expect(() => parseSbom(utf8(text), 's')).toThrow(kind);
  });

  test('UTF-16, zip and gzip are named as what they are', () => {
    for (const [bytes, kind] of [
      [[0xff, 0xfe, 0x7b, 0], 'UTF-16'],
      [[0x50, 0x4b, 3, 4], 'zip'],
      [[0x1f, 0x8b, 8, 0], 'gzip'],
    ] as const)
      expect(() => parseSbom(Uint8Array.from(bytes), 's')).toThrow(kind);
  });

  test('other JSON is refused and its keys are named', () => {
    expect(() => parseSbom(utf8('{"name":"x","lockfileVersion":3}'), 's')).toThrow('"lockfileVersion"');
    expect(() => parseSbom(utf8('{"name":"x"}'), 's')).toThrow(code('SCAN_SBOM_UNKNOWN'));
  });

  test('every truncation is refused', () => {
    const bytes = asBytes(spdx());
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => parseSbom(bytes.subarray(0, length), 's')).toThrow(/^s: /);
  });
});
