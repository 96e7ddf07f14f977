// SPDX-License-Identifier: Apache-2.0
// A CA, a log and a timestamp authority that answer without end, drop by drop, from elsewhere, or nonsense: each is given
// up in bounded time and memory with its code, nobody else is asked, and the image stays as it was.

import { generateKeyPairSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request as forward, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodePem } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import { CountersignError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { readSigningConfig } from '../../src/crypto/sigstore/sign/instance.ts';
import { createKeylessSigner } from '../../src/crypto/sigstore/sign/signer.ts';
import { proxyFromEnv } from '../../src/net/connect.ts';
import { createHttpClient } from '../../src/net/http.ts';
import { caExtensions, encodeCertificate, encodeDer, encodeExtension, TAG } from '../support/certificates.ts';
import { keylessPlace } from '../support/keyless.ts';
import { SigstoreInstance } from '../support/sigstore.ts';

const pair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function serve(answer: Answer): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.on('error', () => undefined);
    request.resume().on('end', () => answer(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { asked, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}

function pour(response: ServerResponse): void {
  if (response.destroyed) return;
  response.write(Buffer.alloc(65_536, 0x20), () => setImmediate(pour, response));
}

function drip(response: ServerResponse): void {
  if (response.destroyed) return;
  response.write(' ', () => setTimeout(drip, 20, response));
}

const bomb = gzipSync(Buffer.alloc(200_000_000, 0x20));

/** What a server does, and what the error says of it. */
const TRICKS: Readonly<Record<string, readonly [answer: Answer, words: RegExp]>> = {
  'an answer without end': [(_request, response) => pour(response), /is larger than [0-9]+ bytes/],
  'an error without end': [(_request, response) => pour(response.writeHead(400)), /is larger than [0-9]+ bytes/],
  'a bomb': [
    (_request, response) =>
      void response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'application/json' }).end(bomb),
    /without|cannot be read|no timestamp|is no |larger than/,
  ],
  garbage: [(_request, response) => void response.end(Buffer.from('00ff17', 'hex')), /without|timestamp|is no /],
  'a page of a proxy': [(_request, response) => void response.end('<html>login</html>'), /without|timestamp|is no /],
  'another document': [(_request, response) => void response.end('{"logId":5,"a":[{}]}'), /without|timestamp|is no /],
  'a pause that is too long': [
    (_request, response) => void response.writeHead(429, { 'retry-after': '3600' }).end(),
    /answers 429/,
  ],
  'a connection that ends': [(_request, response) => void response.destroy(), /the connection was lost/],
};

const SERVICES = [
  ['CA', 'caUrls', 1, 'SIGSTORE_CA_REFUSED'],
  ['log of version 1', 'rekorTlogUrls', 1, 'SIGSTORE_LOG_FAILED'],
  ['log of version 2', 'rekorTlogUrls', 2, 'SIGSTORE_LOG_FAILED'],
  ['timestamp authority', 'tsaUrls', 1, 'SIGSTORE_TIMESTAMP_FAILED'],
] as const;

describe.each(SERVICES)('a %s that answers with', (_name, key, version, code) => {
  function config(instance: SigstoreInstance, url: string): string {
    const validFor = { start: '2020-01-01T00:00:00Z' };
    return instance.signingConfig({ [key]: [{ url, majorApiVersion: version, validFor, operator: 'test' }] });
  }

  /** What signing with such a service says, and whether the image is as it was. */
  async function signed(url: string) {
    const at = await keylessPlace();
    await writeFile(join(at.folder, 'config.json'), config(at.instance, url));
    const image = join(at.folder, 'app.sif');
    const before = await readFile(image);
    const error = await at.sign({ 'retry-for': '10s' }).catch((cause: unknown) => cause);
    expect((await readFile(image)).equals(before)).toBe(true);
    // The log, which forgets nothing, is asked last.
    if (key === 'tsaUrls') expect(at.instance.requests.filter((path) => path.includes('/log/'))).toEqual([]);
    return error instanceof CountersignError ? { code: error.code, message: error.message } : error;
  }

  test.each(Object.entries(TRICKS))('%s', async (_about, [answer, words]) => {
    const { url } = await serve(answer);
    expect(await signed(url)).toEqual({ code, message: expect.stringMatching(words) });
  });

  test.each([301, 302, 307, 308])('a redirect with %d', async (status) => {
    const other = await serve((_request, response) => response.end('{}'));
    const { url, asked } = await serve((request, response) =>
      response.writeHead(status, { location: `${other.url}${request.url}` }).end(),
    );
    expect(await signed(url)).toEqual({ code, message: expect.stringContaining(`answers ${status}`) });
    expect(other.asked).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  interface Direct {
    readonly answer: Answer;
    readonly retries?: number;
    readonly clock?: Clock;
  }

  /** The same in this process, with less patience. */
  async function direct({ answer, retries = 0, clock }: Direct) {
    const instance = await SigstoreInstance.start();
    onTestFinished(() => instance[Symbol.asyncDispose]());
    const { url, asked } = await serve(answer);
    const http = createHttpClient({ proxy: proxyFromEnv({}), idleTimeoutMs: 100 });
    const signer = createKeylessSigner({
      services: readSigningConfig(Buffer.from(config(instance, url)), new Date()),
      token: async () => new Secret(instance.token()),
      trust: [],
      http,
      witnesses: http,
      now: () => new Date(),
      retries,
      clock,
    });
    const pae = Buffer.from('DSSEv1 1 a 1 b');
    const error = await signer
      .then(async (made) => {
        const signature = await made.signPae(pae, new Date());
        return made.witness?.({ payloadType: 'a', payload: Buffer.from('b'), pae, signature });
      })
      .catch((cause: unknown) => cause);
    http.close();
    return { error, asked };
  }

  test.each<readonly [string, Answer]>([
    ['drops', (_request, response) => drip(response)],
    ['silence', () => undefined],
    ['silence after its header', (_request, response) => response.flushHeaders()],
  ])('%s', async (_about, answer) => {
    const { error } = await direct({ answer });
    expect(error).toMatchObject({ code, message: expect.stringMatching(/was silent for (?:100|500) ms/) });
  });

  test('a pause is kept, as long as the service asks for', async () => {
    const pauses: number[] = [];
    const clock: Clock = {
      nowMs: () => Date.now(),
      random: () => 0.5,
      sleep: async (milliseconds) => void pauses.push(milliseconds),
    };
    const answer: Answer = (_request, response) => void response.writeHead(429, { 'retry-after': '7' }).end();
    const { error, asked } = await direct({ answer, retries: 2, clock });
    expect(error).toMatchObject({ code });
    expect(pauses).toEqual([7000, 7000]);
    expect(asked).toHaveLength(3);
  });

  test('nothing, since the proxy of the environment is asked', async () => {
    const at = await keylessPlace();
    await writeFile(join(at.folder, 'config.json'), config(at.instance, 'https://service.example'));
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
    await expect(at.sign({}, { env })).rejects.toMatchObject({ code, message: expect.stringContaining('the proxy') });
  });
});

test('a log of version 1 whose answer was lost has one entry, which is taken', async () => {
  const at = await keylessPlace();
  const validFor = { start: '2020-01-01T00:00:00Z' };
  const url = at.instance.issuer;
  const log = { rekorTlogUrls: [{ url, majorApiVersion: 1, validFor, operator: 'test' }] };
  await writeFile(join(at.folder, 'config.json'), at.instance.signingConfig(log));
  at.faults({ losesAnswer: true });
  await at.sign({ 'retry-for': '10s' });
  expect(at.instance.requests.filter((path) => path.includes('/log/'))).toEqual([
    '/api/v1/log/entries',
    '/api/v1/log/entries',
    expect.stringMatching(/^\/api\/v1\/log\/entries\/[0-9a-f]{64}$/),
  ]);
  expect((await at.verify()).verdict).toBe('passed');
});

/** An instance behind TLS, with a certificate of a private CA: the address that leads to it, and the CA. */
async function behindTls(instance: SigstoreInstance) {
  const [root, leaf] = [pair(), pair()];
  const issuer = { subject: 'private root', key: root.privateKey };
  const valid = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000), issuer };
  const names = encodeDer(TAG.sequence, encodeDer(0x87, Uint8Array.of(127, 0, 0, 1)));
  const extensions = [encodeExtension('2.5.29.17', names, false)];
  const [ca, cert] = [
    { subject: issuer.subject, publicKey: root.publicKey, ...valid, extensions: caExtensions() },
    { subject: 'sigstore', publicKey: leaf.publicKey, ...valid, extensions },
  ].map((one) => encodePem('CERTIFICATE', encodeCertificate(one)));
  const key = leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const server = createTlsServer({ cert, key }, (incoming, response) => {
    const { method, url, headers } = incoming;
    const outgoing = forward(`${instance.issuer}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(outgoing);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { ca: ca ?? '', url: `https://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}

test('services with certificates of a private CA are believed when it is given, and only then', async () => {
  const at = await keylessPlace();
  const { ca, url } = await behindTls(at.instance);
  await writeFile(join(at.folder, 'private.pem'), ca);
  const services = {
    'sigstore-instance': '',
    'fulcio-url': url,
    'rekor-url': url,
    'rekor-version': '2',
    'timestamp-url': `${url}/api/v1/timestamp`,
  };
  const hint = expect.stringContaining('ca-certificates');
  await expect(at.sign(services)).rejects.toMatchObject({ code: 'SIGSTORE_CA_REFUSED', hint });
  const plain = { ...services, 'fulcio-url': at.instance.issuer };
  await expect(at.sign(plain)).rejects.toMatchObject({ code: 'SIGSTORE_TIMESTAMP_FAILED', hint });
  const timed = { ...plain, 'timestamp-url': `${at.instance.issuer}/api/v1/timestamp` };
  await expect(at.sign(timed)).rejects.toMatchObject({ code: 'SIGSTORE_LOG_FAILED', hint });
  await at.sign({ ...services, 'ca-certificates': 'private.pem' });
  expect((await at.verify()).verdict).toBe('passed');
  await at.sign(
    { ...services, replace: 'true', reason: 'again' },
    { env: { SSL_CERT_FILE: join(at.folder, 'private.pem') } },
  );
  expect((await at.verify()).verdict).toBe('passed');
});
