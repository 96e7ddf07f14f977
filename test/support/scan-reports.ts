// SPDX-License-Identifier: Apache-2.0
// Small reports and SBOMs in the shape of each tool, written by hand for tests. The packages and numbers are invented.

import { utf8 } from '../../src/base/bytes.ts';

export function asBytes(document: unknown): Uint8Array {
  return utf8(JSON.stringify(document));
}

export function trivyReport(vulnerabilities: readonly object[] = [trivyVulnerability()]) {
  return {
    SchemaVersion: 2,
    CreatedAt: '2026-11-20T08:00:00.123456789+01:00',
    ArtifactName: 'image.sif',
    ArtifactType: 'filesystem',
    Trivy: { Version: '0.68.1' },
    Results: [
      {
        Target: 'image (debian 13)',
        Class: 'os-pkgs',
        Type: 'debian',
        ...(vulnerabilities.length > 0 && { Vulnerabilities: vulnerabilities }),
      },
    ],
  };
}

export function trivyVulnerability(over: object = {}) {
  return {
    VulnerabilityID: 'CVE-2026-1001',
    PkgName: 'libexample',
    InstalledVersion: '1.2-3',
    FixedVersion: '1.2-4, 1.3-1',
    Severity: 'HIGH',
    CVSS: { nvd: { V3Score: 7.5 }, other: { V3Score: 7.1 } },
    ...over,
  };
}

export function grypeReport(matches: readonly object[] = [grypeMatch()], ignoredMatches: readonly object[] = []) {
  return {
    matches,
    ignoredMatches,
    source: { type: 'image', target: { userInput: 'image.sif' } },
    descriptor: {
      name: 'grype',
      version: '0.104.0',
      timestamp: '2026-11-20T09:00:00Z',
      db: {
        status: { built: '2026-11-19T00:00:00Z', schemaVersion: 'v6.1.0', from: 'https://example.org/db.tar.zst' },
      },
    },
  };
}

export function grypeMatch(over: object = {}) {
  return {
    vulnerability: {
      id: 'GHSA-2345-6789-cfgh',
      severity: 'Critical',
      fix: { versions: ['2.0.1'], state: 'fixed' },
      cvss: [{ version: '3.1', metrics: { baseScore: 9.8 } }],
    },
    relatedVulnerabilities: [{ id: 'CVE-2026-2002' }],
    artifact: { name: 'jsonkit', version: '2.0.0', locations: [{ path: '/srv/app/package-lock.json' }] },
    ...over,
  };
}

export function osvReport() {
  return {
    results: [
      {
        source: { path: '/tmp/sbom.cdx.json', type: 'sbom' },
        packages: [
          {
            package: { name: 'jsonkit', version: '2.0.0', ecosystem: 'npm' },
            vulnerabilities: [
              {
                id: 'GHSA-2345-6789-cfgh',
                aliases: ['CVE-2026-2002'],
                severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
                affected: [
                  {
                    package: { name: 'jsonkit', ecosystem: 'npm' },
                    ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '2.0.1' }] }],
                  },
                ],
                database_specific: { severity: 'CRITICAL' },
              },
              { id: 'GHSA-jmpq-rvwx-2345', database_specific: { severity: 'MODERATE' } },
            ],
            groups: [{ ids: ['GHSA-2345-6789-cfgh'], aliases: ['CVE-2026-2002'], max_severity: '9.8' }],
          },
        ],
      },
    ],
  };
}

export function sarifReport(results: readonly object[] = [sarifResult()]) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Example Scanner',
            semanticVersion: '4.5.6',
            informationUri: 'https://example.org/scanner',
            rules: [
              { id: 'CVE-2026-1001', properties: { 'security-severity': '7.5' } },
              { id: 'weak-setting', defaultConfiguration: { level: 'note' } },
            ],
          },
        },
        results,
      },
    ],
  };
}

export function sarifResult(over: object = {}) {
  return {
    ruleId: 'CVE-2026-1001',
    ruleIndex: 0,
    level: 'error',
    message: { text: 'Package: libexample\nInstalled Version: 1.2-3\nFixed Version: 1.2-4\nSeverity: HIGH' },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'var/lib/dpkg/status' } } }],
    ...over,
  };
}

export function cycloneDx(over: object = {}) {
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'container', name: 'demo' } },
    components: [
      { type: 'library', name: 'libexample', version: '1.2-3', components: [{ type: 'file', name: 'libexample.so' }] },
      { type: 'library', name: 'jsonkit', version: '2.0.0' },
    ],
    ...over,
  };
}

export function spdx(over: object = {}) {
  return {
    spdxVersion: 'SPDX-2.3',
    SPDXID: 'SPDXRef-DOCUMENT',
    dataLicense: 'CC0-1.0',
    name: 'demo',
    documentNamespace: 'https://example.org/spdx/demo',
    creationInfo: { created: '2026-11-20T08:00:00Z', creators: ['Tool: example-1.0'] },
    packages: [{ SPDXID: 'SPDXRef-p', name: 'libexample', downloadLocation: 'NOASSERTION' }],
    ...over,
  };
}

export function spdx3() {
  return {
    '@context': 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld',
    '@graph': [
      { type: 'CreationInfo', '@id': '_:c', specVersion: '3.0.1' },
      { type: 'SpdxDocument', spdxId: 'urn:example:doc', name: 'demo' },
      { type: 'software_Package', spdxId: 'urn:example:p', name: 'libexample' },
      { type: 'software_File', spdxId: 'urn:example:f', name: 'a' },
    ],
  };
}
