// SPDX-License-Identifier: Apache-2.0
// What the demo works with: throw-away keys, one kind per stage, a CI key for evidence and an outsider's; a policy for them; and
// an SBOM, a scanner report and provenance for its image.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX509Chain } from '../../crypto/x509/generate.ts';
import { generateEcKey } from '../../crypto/key-generate.ts';
import { generatePgpKey } from '../../crypto/pgp/generate.ts';

interface KeyOnDisk {
  /** Absolute path of the private key. */
  readonly keyPath: string;
  readonly publicPath: string;
}

interface StageKey {
  readonly title: string;
  /** Inputs of sign-stage that say how to sign. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** The demo's keys, on disk below its folder. */
export interface DemoKeys {
  readonly stages: Readonly<Record<'author' | 'security' | 'production', StageKey>>;
  readonly ci: KeyOnDisk;
  readonly outsider: KeyOnDisk;
  readonly authorFingerprint: string;
}

/** Makes all keys of the demo below `folder`/keys; private ones are readable by this user only. */
export async function writeDemoKeys(folder: string, now: Date): Promise<DemoKeys> {
  const keys = join(folder, 'keys');
  await mkdir(keys, { mode: 0o700 });
  const file = async (name: string, content: string, mode = 0o644): Promise<string> => {
    await writeFile(join(keys, name), content, { mode, flag: 'wx' });
    return join(keys, name);
  };
  const ec = async (name: string): Promise<KeyOnDisk> => {
    const pair = generateEcKey();
    return {
      keyPath: await file(`${name}.key`, pair.privateKey, 0o600),
      publicPath: await file(`${name}.pub`, pair.publicKey),
    };
  };
  const author = await generatePgpKey({ name: 'Demo Author', email: 'author@example.org', now });
  const security = await generateX509Chain({ name: 'Demo Security', email: 'security@example.org', days: 30, now });
  const production = await ec('production');
  await file('author.pub.asc', author.publicKey);
  await file('root.crt', security.root);
  return {
    stages: {
      author: {
        title: 'OpenPGP key',
        inputs: { 'signing-method': 'pgp', 'key-path': await file('author.asc', author.privateKey, 0o600) },
      },
      security: {
        title: 'X.509 certificate of a private CA',
        inputs: {
          'signing-method': 'x509',
          'key-path': await file('security.key', security.privateKey, 0o600),
          'certificate-path': await file('security.crt', security.certificate),
          'certificate-chain-path': await file('issuing-ca.crt', security.intermediates),
        },
      },
      production: {
        title: 'bare P-256 key',
        inputs: { 'signing-method': 'key', 'key-path': production.keyPath },
      },
    },
    ci: await ec('ci'),
    outsider: await ec('outsider'),
    authorFingerprint: author.fingerprint,
  };
}

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
