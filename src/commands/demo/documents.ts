// SPDX-License-Identifier: Apache-2.0
// The documents of the demo: a policy for its keys, and an SBOM, a scanner report and provenance for its image.

import type { DemoKeys } from './keys.ts';

/** The demo's countersign.yaml. */
export function demoPolicy(keys: DemoKeys): string {
  return `version: 1
name: demo
trust:
  keyrings: [keys/author.pub.asc]
principals:
  ada: { pgp: ${keys.authorFingerprint} }
  security-team:
    x509: { anchors: keys/root.crt, san: 'email:security@example.org' }
  release-bot: { key: keys/production.pub }
  ci: { key: keys/ci.pub }
stages:
  - name: author
    approvers: [ada]
  - name: security
    approvers: [security-team]
  - name: production
    approvers: [release-bot]
distinct:
  - [author, security, production]
`;
}

/** A CycloneDX SBOM with one component. */
export const DEMO_SBOM = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  version: 1,
  components: [{ type: 'application', name: 'hello', version: '1.0', purl: 'pkg:generic/hello@1.0' }],
};

/** A Trivy report with findings below the demo's threshold. */
export const DEMO_REPORT = {
  SchemaVersion: 2,
  ArtifactName: 'app.sif',
  ArtifactType: 'filesystem',
  Results: [
    {
      Target: 'bin/hello',
      Class: 'lang-pkgs',
      Type: 'gobinary',
      Packages: [{ Name: 'hello', Version: '1.0' }],
      Vulnerabilities: [
        {
          VulnerabilityID: 'CVE-2026-0001',
          PkgName: 'hello',
          InstalledVersion: '1.0',
          FixedVersion: '1.1',
          Severity: 'LOW',
          Title: 'greets in one language only',
        },
      ],
    },
  ],
};

/** SLSA provenance for an image that was built before the demo, on the machine of the project's maintainers. */
export const DEMO_PROVENANCE = {
  buildDefinition: {
    buildType: 'urn:countersign:buildtype:local:v1',
    externalParameters: { definition: 'demo.def' },
    resolvedDependencies: [],
  },
  runDetails: { builder: { id: 'urn:countersign:builder:demo' } },
};
