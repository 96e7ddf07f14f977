// SPDX-License-Identifier: Apache-2.0
// Documents of other programs: policies, reports, SBOMs, allow lists, credential files, challenges, references.

import { join } from 'node:path';
import { utf8 } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import { findInFile, parseCredentialFile } from '../../../src/oci/auth/credential-file.ts';
import { parseChallenges } from '../../../src/oci/auth/token.ts';
import {
  formatReference,
  layoutReadings,
  parseDockerReference,
  parseReference,
  formatDockerReference,
} from '../../../src/oci/reference.ts';
import { loadPolicyBytes } from '../../../src/policy/document/load.ts';
import { parseYaml } from '../../../src/policy/yaml/yaml.ts';
import { readAllowList } from '../../../src/scan/allow-list.ts';
import { groupFindings } from '../../../src/findings/finding.ts';
import { parseReports } from '../../../src/scan/read/reports.ts';
import { parseSbom } from '../../../src/scan/read/sbom.ts';
import { vectorPath } from '../../support/vectors.ts';
import { Breach, type Target } from '../engine.ts';
import { filesBelow } from '../seeds.ts';

const YAML_WORDS = [
  ...'version name trust keyrings principals pgp key x509 anchors san subject stages approvers after threshold'.split(
    ' ',
  ),
  ...'distinct native cosign apptainer signed-identity require evidence crls max-age groups any all'.split(' '),
  ...'&a *a !!binary !!map !x << yes no on 0x10 0o7 1:20 2026-01-01 ~ null .inf | > ? [ ] { } - , # % ---  ...'.split(
    ' ',
  ),
  '<<: *a',
  '%YAML 1.1',
  '? ',
  '[['.repeat(300),
  '- '.repeat(300),
  '{a: '.repeat(200),
  '"\\x41"',
  "'it''s'",
];

const POLICY = `version: 1
name: example
trust:
  keyrings: [sif/author.pub.asc, sif/two-groups.pub.asc]
principals:
  alice: { pgp: '12045C8C0B1004D058DE4BEDA20C27EE7FF7BA84' }
  bob: { x509: { anchors: oci/x509/root.crt, san: 'email:bob@example.org' } }
  carol:
    key: sif/p256.pub.pem
stages:
  - name: author
    approvers: [alice, bob]
    threshold: 1
  - { name: security, approvers: bob, after: author }
  - name: production
    approvers: carol
    after: [author, security]
`;

/** Policies, with their trust files. */
export const policyTarget: Target = {
  name: 'policy',
  async prepare() {
    const own = utf8(POLICY);
    const vectors = await filesBelow('policy', '.yaml');
    return {
      seeds: [own, own, ...vectors],
      words: YAML_WORDS,
      async check(bytes, seed) {
        const folder = vectorPath(seed < 2 ? '' : 'policy');
        const where = { path: join(folder, 'countersign.yaml'), folder };
        const { policy } = await loadPolicyBytes(bytes, where);
        const again = await loadPolicyBytes(bytes, where);
        if (JSON.stringify(again.policy) !== JSON.stringify(policy)) throw new Breach('read anew it is another one');
        if (policy.stages.some(({ approvers }) => approvers.length === 0))
          throw new Breach('a stage without approvers');
        return 'read';
      },
    };
  },
};

/** Reports of scanners and SBOMs: the same findings when the document is read again. */
export const reportTarget: Target = {
  name: 'report',
  async prepare() {
    const seeds = await filesBelow('scan', '.json', '.sarif');
    return {
      seeds: seeds.filter(({ length }) => length < 60_000),
      words: [
        'Results',
        'Vulnerabilities',
        'matches',
        'runs',
        'results',
        'rules',
        'tool',
        'driver',
        'bomFormat',
        'spdxVersion',
        'CVE-2026-1',
        'GHSA-2345-6789-cfgh',
        'CRITICAL',
        'components',
        'packages',
        'suppressions',
        '\u001b[31m',
        '::error::x',
      ],
      check: readReport,
    };
  },
};

function readReport(bytes: Uint8Array): string {
  const said: string[] = [];
  for (const read of [parseReports, parseSbom])
    try {
      const result = read(bytes, 'report.json');
      said.push(read.name);
      if (JSON.stringify(read(bytes, 'report.json')) !== JSON.stringify(result))
        throw new Breach('read anew it is another one');
      if ('document' in result) continue;
      const findings = result.flatMap((report) => report.findings);
      const grouped = groupFindings(findings).length;
      if (grouped > findings.length || (grouped === 0 && findings.length > 0)) throw new Breach('findings are lost');
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
    }
  return said.join(' ') || 'refused';
}

const ALLOW = `allow:
- id: CVE-2026-1001
  reason: not reachable
  expires: 2027-01-31
  package: libexample
- { id: GHSA-2345-6789-cfgh, purl: 'pkg:npm/jsonkit@2.0.0', reason: "fixed below", location: /srv/app, expires: 2027-01-31 }
`;

/** Lists of accepted findings. */
export const allowListTarget: Target = {
  name: 'allow-list',
  async prepare() {
    return {
      seeds: [utf8(ALLOW)],
      words: YAML_WORDS,
      check: (bytes) => String(readAllowList(parseYaml(Buffer.from(bytes).toString('utf8'), 'allow.yaml')).length > 0),
    };
  },
};

const CREDENTIALS = {
  auths: {
    'registry.example.org': { auth: Buffer.from('user:pass').toString('base64') },
    'https://index.docker.io/v1/': { username: 'user', password: 'pass' },
    'registry.example.org/team': { identitytoken: 'token' },
    'other.example.org': { registrytoken: 'token' },
  },
  credsStore: 'desktop',
  credHelpers: { 'helped.example.org': 'secretservice' },
};
const CHALLENGES = [
  'Bearer realm="https://auth.example.org/token",service="registry",scope="repository:team/app:pull,push"',
  'Basic realm="a \\"quoted\\" one", charset=UTF-8, Bearer realm=x',
  'Negotiate, Digest realm="x", nonce=abc==',
].join('\n');
const REFERENCES = [
  'docker.io/library/app:1.0',
  `registry.example.org:5000/team/app@sha256:${'a'.repeat(64)}`,
  'oci:folder/app:tag',
  '[::1]:5000/app',
  'oras://host/a/b:c',
].join('\n');

/** What tells where to go and with which login. */
export const loginTarget: Target = {
  name: 'login',
  async prepare() {
    return {
      seeds: [utf8(JSON.stringify(CREDENTIALS)), utf8(CHALLENGES), utf8(REFERENCES)],
      words: [
        'auths',
        'auth',
        'Bearer',
        'Basic',
        'realm=',
        'service=',
        '"',
        '\\',
        ',',
        '=',
        '@sha256:',
        ':',
        '/',
        'oci:',
        '..',
        'localhost',
      ],
      check: readLogin,
    };
  },
};

function readLogin(bytes: Uint8Array, seed: number): string {
  const text = Buffer.from(bytes).toString('utf8');
  if (seed === 1) return String(parseChallenges(text.split('\n')).length);
  if (seed === 2) {
    const answers = text
      .split('\n')
      .slice(0, 50)
      .map((line) => readReference(line));
    return answers.every((answer) => answer) ? 'read' : 'refused';
  }
  const file = parseCredentialFile(bytes, 'config.json');
  const said = ['registry.example.org', 'docker.io', 'other.example.org', '__proto__'].map(
    (registry) => findInFile(file, { registry, repository: 'team/app' })?.credential?.kind ?? 'none',
  );
  return said.join(' ');
}

function readReference(line: string): boolean {
  const docker = parseDockerReference(line);
  if (docker && !parseDockerReference(formatDockerReference(docker))) throw new Breach(`${line} does not survive`);
  layoutReadings(line);
  try {
    const written = formatReference(parseReference(line));
    if (formatReference(parseReference(written)) !== written) throw new Breach(`${line} becomes another reference`);
    return true;
  } catch (error) {
    if (error instanceof CountersignError) return false;
    throw error;
  }
}
