// SPDX-License-Identifier: Apache-2.0
// What programs and services answer: credential helpers, key plugins, token services, a CA, a log and a timestamp
// authority of Sigstore, the platform of a job; and small files beside images: facts, what was seen of tags, definitions.

import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodePae } from '../../../src/attest/bundle.ts';
import { toBase64, utf8 } from '../../../src/base/bytes.ts';
import { CountersignError } from '../../../src/base/errors.ts';
import { parseJson } from '../../../src/base/json.ts';
import { Secret } from '../../../src/base/secret.ts';
import { parseDefinition, stageBases, unknownHeader } from '../../../src/commands/build/definition.ts';
import { seenBefore } from '../../../src/commands/verify-all/tag-state.ts';
import { externalSigningKey } from '../../../src/crypto/external/external.ts';
import type { KeyWorld } from '../../../src/crypto/external/holder.ts';
import { requestCertificate } from '../../../src/crypto/sigstore/sign/ca.ts';
import { readSigningConfig } from '../../../src/crypto/sigstore/sign/instance.ts';
import { requestProofs } from '../../../src/crypto/sigstore/sign/services.ts';
import { parsePurl } from '../../../src/findings/packages.ts';
import { compareVersions, isAmong, parseRange } from '../../../src/findings/versions.ts';
import { createHttpClient, type HttpClient, type HttpRequest } from '../../../src/net/http.ts';
import { HttpResponse } from '../../../src/net/response.ts';
import { parseRetryAfter } from '../../../src/net/retry.ts';
import { askHelper } from '../../../src/oci/auth/credential-file.ts';
import { fetchToken } from '../../../src/oci/auth/token.ts';
import { nextPage } from '../../../src/oci/remote/manifests.ts';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import { decodeRecorded, encodeRecorded } from '../../../src/policy/recorded.ts';
import { randomCase } from '../../oracle/random-cases.ts';
import { NOW as FACTS_NOW } from '../../support/facts.ts';
import { SigstoreInstance } from '../../support/sigstore.ts';
import { Breach, type Target } from '../engine.ts';
import { STATEMENT_WORDS } from '../seeds.ts';

/** A client that gives the same answer to each request. */
function answering(body: Uint8Array, headers: Readonly<Record<string, string>> = {}): HttpClient {
  return {
    async send({ method, url }: HttpRequest) {
      const message = new IncomingMessage(new Socket());
      message.statusCode = 200;
      for (const [name, value] of Object.entries(headers)) message.rawHeaders.push(name, value);
      message.complete = true;
      message.push(body);
      message.push(null);
      return new HttpResponse(message, { method, url }, 1000);
    },
    close: () => undefined,
  };
}

/** The value, or the code of the error of ours. */
async function codeOf<T>(read: () => Promise<T> | T): Promise<T | string> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}

const HEADERS = ['</v2/_catalog?last=a&n=1>; rel="next"', '120', 'Fri, 31 Dec 2027 23:59:59 GMT'].join('\n');

/** Programs and services that hold logins and keys. */
export const answerTarget: Target = {
  name: 'answers',
  async prepare() {
    const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const publicKeyPEM = toBase64(utf8(String(key.publicKey.export({ type: 'spki', format: 'pem' }))));
    const signature = toBase64(new Uint8Array(sign('sha256', utf8('m'), key.privateKey)));
    const seeds = [
      { ServerURL: 'x', Username: 'user', Secret: 'pass' },
      { token: 'abc', access_token: 'def', expires_in: 300 },
      { publicKeyPEM, signature },
    ].map((value) => utf8(JSON.stringify(value)));
    return {
      seeds: [...seeds, utf8(HEADERS)],
      words: ['Username', '<token>', 'token', 'expires_in', 'errorMessage', 'rel=next', '<', '>;', ',', 'http://'],
      async check(bytes) {
        const text = Buffer.from(bytes).toString('utf8');
        const helped = await codeOf(() => askHelper('x', 'example.org', async () => ({ exitCode: 0, stdout: text })));
        const request = { realm: 'https://a.example.org/t', service: undefined, scopes: [], credential: LOGIN };
        const token = await codeOf(() => fetchToken(answering(bytes), request, false));
        const signed = await codeOf(async () => (await pluginOf(text)).sign(utf8('m')));
        for (const line of text.split('\n').slice(0, 20)) {
          parseRetryAfter(line, Date.now());
          const page = await answering(bytes, { link: line.slice(0, 16_000) }).send(LIST);
          const next = await codeOf(() => nextPage(page));
          if (next instanceof URL && next.host !== LIST.url.host) throw new Breach(`it goes on at ${next.href}`);
        }
        return [helped, token, signed].map((one) => (typeof one === 'string' ? one : 'read')).join(' ');
      },
    };
  },
};

const LOGIN = { kind: 'basic', username: 'user', password: new Secret('pass') } as const;
const LIST = { method: 'GET', url: new URL('https://registry.example.org/v2/app/tags/list') } as const;

function pluginOf(stdout: string) {
  const world: KeyWorld = {
    run: async () => ({ exitCode: 0, stdout, stderr: '' }),
    which: async (program) => `/usr/bin/${program}`,
    tokenChild: { program: 'none', script: 'none' },
    env: {},
    temporaryFolder: async () => tmpdir(),
    plugins: ['x'],
    environment: [],
    timeoutMs: 1000,
  };
  const name = { holder: 'plugin', plugin: 'x', resource: 'y' } as const;
  return externalSigningKey(name, { world, pin: undefined, expected: undefined });
}

/** What a client was answered, as long as it asks something real. */
async function recorded(http: HttpClient, ask: (http: HttpClient) => Promise<unknown>): Promise<readonly Uint8Array[]> {
  const answers: Uint8Array[] = [];
  await ask({
    ...http,
    async send(request) {
      const bytes = await (await http.send(request)).bytes(1 << 20);
      answers.push(bytes);
      return answering(bytes).send(request);
    },
  });
  return answers;
}

/** A CA, a log and a timestamp authority, each of which may answer anything. */
export const signingServiceTarget: Target = {
  name: 'signing-services',
  async prepare() {
    await using instance = await SigstoreInstance.start();
    const http = createHttpClient({});
    const now = () => new Date();
    const services = readSigningConfig(utf8(instance.signingConfig()), now());
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = { privateKey, publicKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
    const token = new Secret(instance.token());
    const retries = 0;
    const certify = (client: HttpClient) =>
      requestCertificate(key, { ca: services.ca, token, http: client, retries, clock: undefined });
    const [payloadType, payload] = ['application/vnd.in-toto+json', utf8('{}')];
    const pae = encodePae(payloadType, payload);
    const signed = { payloadType, payload, pae, signature: new Uint8Array(sign('sha256', pae, privateKey)) };
    const certificate = await certify(http);
    const prove = (client: HttpClient, of: 'logs' | 'timestamps') => {
      const alone = { ...services, logs: [], timestamps: [], [of]: services[of] };
      return requestProofs(signed, { services: alone, certificate, now, http: client, retries, clock: undefined });
    };
    const [ca, log, authority] = [
      await recorded(http, certify),
      await recorded(http, (client) => prove(client, 'logs')),
      await recorded(http, (client) => prove(client, 'timestamps')),
    ];
    http.close();
    return {
      seeds: [...ca, ...log, ...authority],
      words: [
        'signedCertificateEmbeddedSct',
        'chain',
        'certificates',
        'logIndex',
        'inclusionProof',
        'canonicalizedBody',
      ],
      async check(bytes) {
        const client = answering(bytes);
        const answers = [
          await codeOf(() => certify(client)),
          await codeOf(() => prove(client, 'logs')),
          await codeOf(() => prove(client, 'timestamps')),
        ];
        return answers.map((one) => (typeof one === 'string' ? one : 'read')).join(' ');
      },
    };
  },
};

/** Facts that were recorded, and judged again. */
export const factsTarget: Target = {
  name: 'recorded-facts',
  async prepare() {
    const cases = Array.from({ length: 12 }, (_, at) => randomCase(at + 1));
    return {
      seeds: cases.map(({ facts }) => utf8(JSON.stringify(encodeRecorded({ recordedAt: FACTS_NOW, facts })))),
      words: [
        ...STATEMENT_WORDS,
        '$time',
        '$base64',
        'approval',
        'native',
        'valid',
        'untrusted',
        'withdrawn',
        'granted',
      ],
      check(bytes, seed) {
        const back = decodeRecorded(parseJson(bytes, 'facts.json'));
        const rules = cases[seed]?.rules;
        if (!back || !rules) return 'refused';
        const { verdict } = evaluatePolicy(rules, back.facts, { now: FACTS_NOW });
        return evaluatePolicy(rules, back.facts, { now: FACTS_NOW }).verdict === verdict ? verdict : 'another';
      },
    };
  },
};

const DEFINITION = `Bootstrap: docker
From: registry.example.org/{{ name }}:{{ tag }}
Stage: build

%arguments
    name=team/app
    tag=1

%files
    a /b

Bootstrap: localimage
From: base.sif
`;
const VERSIONS = [
  '>= 1.2.3, < 2',
  'pkg:npm/%40a/b@1.0.0?x=y#z',
  'pkg:deb/debian/a@1:2.0~rc1-3+b1',
  '1.0.0-rc.1+b',
].join('\n');

/** Files beside images, and what SBOMs and policies say of versions. */
export const sideFileTarget: Target = {
  name: 'side-files',
  async prepare() {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-fuzz-'));
    const seen = JSON.stringify({ 'registry.example.org/app:v1': '2026-01-01T00:00:00Z' });
    return {
      seeds: [DEFINITION, VERSIONS, seen].map(utf8),
      words: [
        'Bootstrap:',
        'From:',
        '{{ x }}',
        '{{',
        '%arguments',
        '%post',
        '~',
        '^',
        '>=',
        '||',
        '%40',
        'pkg:',
        '1e9',
      ],
      async check(bytes, seed) {
        const text = Buffer.from(bytes).toString('utf8');
        if (seed === 1) return readVersions(text.split('\n').slice(0, 12));
        if (seed === 2) {
          await writeFile(join(folder, 'tags.json'), bytes);
          return (await seenBefore(join(folder, 'tags.json'), 'registry.example.org/app:v1')) ? 'read' : 'unknown';
        }
        const definition = parseDefinition(text, 'app.def');
        unknownHeader(definition, 'app.def');
        return `${stageBases(definition, 'app.def', new Map()).length} files`;
      },
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
    };
  },
};

function readVersions(lines: readonly string[]): string {
  let read = 0;
  for (const type of ['npm', 'deb', 'rpm', 'apk', 'pypi', 'golang', 'maven', 'x'])
    for (const line of lines) {
      const purl = parsePurl(line);
      const range = parseRange(line, type);
      if (purl || range) read += 1;
      const version = purl?.version ?? line;
      for (const other of lines) {
        const order = compareVersions(version, other, type);
        const back = compareVersions(other, version, type);
        if (order !== undefined && order !== -(back ?? Number.NaN) && order !== 0)
          throw new Breach(`${version} and ${other} have two orders in ${type}`);
        if (range) isAmong(other, [range, other], type);
      }
    }
  return read > 0 ? 'read' : 'nothing';
}
