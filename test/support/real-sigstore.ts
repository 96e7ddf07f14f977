// SPDX-License-Identifier: Apache-2.0
// A real Sigstore on free ports of this machine: Fulcio, Rekor version 2, a timestamp authority, and an OpenID issuer of ours
// that gives tokens as GitHub's runner does. One at a time: some of their sockets have fixed names.
// `../shared/tools/sigstore/README.md` says how its programs are built.

import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createSocket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { certificatesInPem } from '../../src/base/bytes.ts';
import { peerPath } from './peers.ts';
import { JOB } from './sigstore.ts';

/** What Fulcio takes from a token, as the public instance is configured. */
const TEMPLATES = {
  'github-workflow-trigger': 'event_name',
  'github-workflow-sha': 'sha',
  'github-workflow-name': 'workflow',
  'github-workflow-repository': 'repository',
  'github-workflow-ref': 'ref',
  'build-signer-uri': '{{ .url }}/{{ .job_workflow_ref }}',
  'build-signer-digest': 'job_workflow_sha',
  'runner-environment': 'runner_environment',
  'source-repository-uri': '{{ .url }}/{{ .repository }}',
  'source-repository-digest': 'sha',
  'source-repository-ref': 'ref',
  'source-repository-identifier': 'repository_id',
  'source-repository-owner-uri': '{{ .url }}/{{ .repository_owner }}',
  'source-repository-owner-identifier': 'repository_owner_id',
  'build-config-uri': '{{ .url }}/{{ .workflow_ref }}',
  'build-config-digest': 'workflow_sha',
  'build-trigger': 'event_name',
  'run-invocation-uri': '{{ .url }}/{{ .repository }}/actions/runs/{{ .run_id }}/attempts/{{ .run_attempt }}',
  'source-repository-visibility-at-signing': 'repository_visibility',
  'deployment-environment': 'environment',
} as const;

/** Where its files are, and what it gives. */
export interface RealSigstore {
  readonly issuer: string;
  readonly trustedRoot: string;
  readonly signingConfig: string;
  readonly identity: string;
  token(): string;
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const socket = createSocket();
  await new Promise<void>((resolve) => socket.listen(0, '127.0.0.1', resolve));
  const address = socket.address();
  await new Promise((resolve) => socket.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

/** Runs a program until the test ends. */
export function run(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { env: { ...process.env, PATH: peerPath() }, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** What the address answers once it does. */
export async function fetched(url: string): Promise<Response> {
  for (let tries = 0; tries < 100; tries += 1) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return response;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not come up`);
}

/** Starts it; stopped when the test ends. With an address its tokens are of a person who has that one. */
export async function startRealSigstore(folder: string, email?: string): Promise<RealSigstore> {
  const names = ['fulcio', 'fulcioGrpc', 'rekor', 'rekorGrpc', 'authority', 'metrics', 'moreMetrics'] as const;
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await freePort()] as const)));
  const at = (name: (typeof names)[number]) => String(ports[name] ?? 0);
  const { issuer, token } = await startIssuer(
    email === undefined ? JOB : { sub: 'person', email, email_verified: true },
  );
  const config = join(folder, 'fulcio.yaml');
  await writeFile(config, email === undefined ? fulcioConfig(issuer) : emailConfig(issuer));
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyFile = join(folder, 'rekor.pem');
  await writeFile(keyFile, key.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  await mkdir(join(folder, 'tiles'));
  const log = [
    'serve',
    '--signer-filepath',
    keyFile,
    '--storage-dir',
    join(folder, 'tiles'),
    '--hostname',
    '127.0.0.1',
  ];
  run('rekor-server-posix-2.3.0', [
    ...log,
    '--http-port',
    at('rekor'),
    '--grpc-port',
    at('rekorGrpc'),
    '--http-metrics-port',
    at('metrics'),
    '--checkpoint-interval',
    '500ms',
    '--batch-max-age',
    '20ms',
  ]);
  run('timestamp-server', [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    at('authority'),
    '--timestamp-signer',
    'memory',
    '--disable-ntp-monitoring',
  ]);
  run('fulcio', [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    at('fulcio'),
    '--grpc-host',
    '127.0.0.1',
    '--grpc-port',
    at('fulcioGrpc'),
    '--metrics-port',
    at('moreMetrics'),
    '--ca',
    'ephemeralca',
    '--ct-log-url',
    '',
    '--config-path',
    config,
  ]);
  const [ca, authority, rekor] = [
    `http://127.0.0.1:${at('fulcio')}`,
    `http://127.0.0.1:${at('authority')}`,
    `http://127.0.0.1:${at('rekor')}`,
  ];
  const bundle: { chains: { certificates: string[] }[] } = JSON.parse(
    await (await fetched(`${ca}/api/v2/trustBundle`)).text(),
  );
  const times = await (await fetched(`${authority}/api/v1/timestamp/certchain`)).text();
  const chain = (pem: string) => ({
    certificates: certificatesInPem(pem).map((der) => ({ rawBytes: Buffer.from(der).toString('base64') })),
  });
  const spki = key.publicKey.export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha256').update(spki).digest('base64');
  const validFor = { start: new Date(Date.now() - 3_600_000).toISOString() };
  const publicKey = { rawBytes: spki.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor };
  const root = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [{ baseUrl: rekor, hashAlgorithm: 'SHA2_256', publicKey, logId: { keyId }, checkpointKeyId: { keyId } }],
    certificateAuthorities: [{ uri: ca, certChain: chain(bundle.chains[0]?.certificates.join('\n') ?? ''), validFor }],
    ctlogs: [],
    timestampAuthorities: [{ certChain: chain(times), validFor }],
  };
  const service = (url: string, majorApiVersion: number) => [{ url, majorApiVersion, validFor, operator: 'test' }];
  const services = {
    mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
    caUrls: service(ca, 1),
    oidcUrls: service(issuer, 1),
    rekorTlogUrls: service(rekor, 2),
    tsaUrls: service(`${authority}/api/v1/timestamp`, 1),
    rekorTlogConfig: { selector: 'ANY' },
    tsaConfig: { selector: 'ANY' },
  };
  const [trustedRoot, signingConfig] = [join(folder, 'root.json'), join(folder, 'config.json')];
  await writeFile(trustedRoot, JSON.stringify(root));
  await writeFile(signingConfig, JSON.stringify(services));
  const identity = email ?? `https://github.com/${JOB['job_workflow_ref']}`;
  return { issuer, trustedRoot, signingConfig, identity, token };
}

async function startIssuer(who: object): Promise<Pick<RealSigstore, 'issuer' | 'token'>> {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'k1', use: 'sig', alg: 'RS256' };
  let issuer = '';
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    const discovery = {
      issuer,
      jwks_uri: `${issuer}/keys`,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
    response.end(JSON.stringify(request.url === '/keys' ? { keys: [jwk] } : discovery));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address: string | AddressInfo | null = server.address();
  issuer = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = () => {
    const seconds = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, aud: 'sigstore', iat: seconds, nbf: seconds, exp: seconds + 600, ...who };
    const head = `${encode({ alg: 'RS256', kid: 'k1', typ: 'JWT' })}.${encode(claims)}`;
    return `${head}.${sign('sha256', Buffer.from(head), pair.privateKey).toString('base64url')}`;
  };
  return { issuer, token };
}

function emailConfig(issuer: string): string {
  return `oidc-issuers:
  ${issuer}:
    issuer-url: ${issuer}
    client-id: sigstore
    type: email
`;
}

function fulcioConfig(issuer: string): string {
  const templates = Object.entries(TEMPLATES).map(([name, text]) => `      ${name}: ${JSON.stringify(text)}\n`);
  return `oidc-issuers:
  ${issuer}:
    issuer-url: ${issuer}
    client-id: sigstore
    type: ci-provider
    ci-provider: github-workflow
ci-issuer-metadata:
  github-workflow:
    default-template-values:
      url: https://github.com
      environment: ""
    extension-templates:
${templates.join('')}    subject-alternative-name-template: "{{ .url }}/{{ .job_workflow_ref }}"
`;
}
