// SPDX-License-Identifier: Apache-2.0
// A CA that sends the token elsewhere, repeats it, answers with a flood or with nothing: nobody else gets to see it.

import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../../src/base/secret.ts';
import { requestCertificate } from '../../../../src/crypto/sigstore/sign/ca.ts';
import { proxyFromEnv } from '../../../../src/net/connect.ts';
import { createHttpClient } from '../../../../src/net/http.ts';
import { SigstoreInstance } from '../../../support/sigstore.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const key = { privateKey, publicKey, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };

function encoded(claims: object): string {
  return Buffer.from(JSON.stringify(claims)).toString('base64url');
}

const TOKEN = `${encoded({ alg: 'ES256' })}.${encoded({ sub: 'repo:acme/app', aud: 'sigstore' })}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg`;

async function server(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const seen: string[] = [];
  const listening = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      seen.push(Buffer.concat(parts).toString());
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const address = listening.address();
  return { seen, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
}

async function problem(ca: string, { token = TOKEN, retries = 0, env = {} } = {}): Promise<string> {
  const http = createHttpClient({ proxy: proxyFromEnv(env) });
  const asked = requestCertificate(key, { ca, token: new Secret(token), retries, http });
  const error = await asked.then(
    () => new Error('a certificate'),
    (cause: unknown) => cause,
  );
  expect(JSON.stringify(error)).not.toContain(token);
  return error instanceof Error ? error.message : '';
}

test.each([301, 307, 308])('a redirect with %d is not followed', async (status) => {
  const other = await server((_request, response) => response.end('{}'));
  const ca = await server((_request, response) => response.writeHead(status, { location: other.url }).end());
  expect(await problem(ca.url)).toBe(`${ca.url}: answers ${status}`);
  expect(other.seen).toEqual([]);
  expect(ca.seen[0]).toContain(TOKEN);
});

test.each([
  ['as it is', TOKEN],
  ['in parts', TOKEN.split('.').join(' ')],
])('a token that the CA repeats %s is not shown', async (_about, words) => {
  const ca = await server((_request, response) =>
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ message: `bad ${words}` })),
  );
  const text = await problem(ca.url);
  expect(text).toContain('answers 400: bad ***');
  for (const part of TOKEN.split('.')) expect(text).not.toContain(part);
});

test('a flood is cut', async () => {
  const ca = await server((_request, response) => response.end('x'.repeat(1_000_000)));
  expect(await problem(ca.url)).toContain('is larger than');
});

const damaged = (pem: string) => `{"signedCertificateEmbeddedSct":{"chain":{"certificates":["${pem}"]}}}`;

test.each([
  ['nothing', ''],
  ['a list', '[]'],
  ['a damaged one', damaged('-----BEGIN CERTIFICATE-----\\nAAAA=\\n-----END CERTIFICATE-----')],
  ['one that is none', damaged('-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE-----')],
  ['no chain', '{"signedCertificateEmbeddedSct":{}}'],
  ['an empty chain', '{"signedCertificateDetachedSct":{"chain":{"certificates":[]}}}'],
])('%s is no certificate', async (_about, body) => {
  const ca = await server((_request, response) => response.end(body));
  expect(await problem(ca.url)).toContain('answered without a certificate');
});

test('another machine is not asked without TLS', async () => {
  expect(await problem('http://ca.example.org')).toContain('would be reached without TLS');
});

test('a CA that is busy is asked again, as often as was said', async () => {
  const ca = await server((_request, response) => response.writeHead(503).end());
  expect(await problem(ca.url, { retries: 2 })).toContain('answers 503');
  expect(ca.seen).toHaveLength(3);
});

test('the proxy of the environment is asked', async () => {
  const env = { HTTPS_PROXY: 'http://127.0.0.1:9' };
  expect(await problem('https://ca.example.org', { env })).toContain('proxy');
});

test('an address that the issuer has not verified is nobody’s', async () => {
  await using instance = await SigstoreInstance.start();
  const token = instance.token({ email: 'carol@example.org' });
  expect(await problem(instance.issuer, { token })).toContain('not verified the address');
  expect(instance.requests).toEqual([]);
});
