// SPDX-License-Identifier: Apache-2.0
// Who gets the token of the job: a server behind a proxy plays ghcr.io and another registry, with certificates for both.

import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type Server } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { command as inspect } from '../../src/commands/inspect.ts';
import { concatBytes, utf8 } from '../../src/base/bytes.ts';
import { caExtensions, encodeCertificate, encodeDer, encodeExtension, TAG } from '../support/certificates.ts';
import { FakeHost } from '../support/fake-host.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';

const TOKEN = 'ghs_0123456789abcdefTOKEN';
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

async function listen(server: Server & { closeAllConnections?(): void }): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function pem(der: Uint8Array): string {
  return `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----\n`;
}

/** A CA and a certificate of it for both registries. */
function certificates(): { readonly ca: string; readonly cert: string; readonly key: string } {
  const [root, leaf] = [0, 0].map(() => generateKeyPairSync('ec', { namedCurve: 'P-256' }));
  if (!root || !leaf) throw new Error('no keys');
  const issuer = { subject: 'test root', key: root.privateKey };
  const valid = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const names = concatBytes(...['ghcr.io', 'registry.example'].map((name) => encodeDer(0x82, utf8(name))));
  const extensions = [encodeExtension('2.5.29.17', encodeDer(TAG.sequence, names), false)];
  const ca = { subject: issuer.subject, publicKey: root.publicKey, issuer, ...valid, extensions: caExtensions() };
  const server = { subject: 'ghcr.io', publicKey: leaf.publicKey, issuer, ...valid, extensions };
  return {
    ca: pem(encodeCertificate(ca)),
    cert: pem(encodeCertificate(server)),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** Starts the registries, and a proxy that leads to them whatever host is asked for. */
async function registries() {
  const { ca, cert, key } = certificates();
  const asked: { readonly host: string | undefined; readonly authorization: string | undefined }[] = [];
  const registry = createTlsServer({ cert, key }, ({ url, headers }, response) => {
    if (url?.startsWith('/token')) {
      asked.push({ host: headers.host, authorization: headers.authorization });
      response.end('{"token":"t"}');
    } else if (headers.authorization === 'Bearer t') response.writeHead(404).end('{}');
    else {
      const challenge = `Bearer realm="https://${headers.host}/token",service="${headers.host}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
    }
  });
  const port = await listen(registry);
  const proxy = createServer();
  proxy.on('connect', (_, socket) => {
    const upstream = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
    onTestFinished(() => void upstream.destroy());
  });
  return { ca, asked, proxy: `http://127.0.0.1:${await listen(proxy)}` };
}

/** A proxy for addresses without TLS that is the registry itself: all that it gets was readable on the way. */
async function listener(challenge: string) {
  const seen: { readonly url: string; readonly authorization: string | undefined }[] = [];
  const proxy = createServer(({ url = '', headers }, response) => {
    seen.push({ url, authorization: headers.authorization });
    if (url.includes('/token')) response.end('{"token":"bearer-in-clear"}');
    else if (headers.authorization === undefined) response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
    else response.writeHead(404).end('{}');
  });
  return { seen, proxy: `http://127.0.0.1:${await listen(proxy)}` };
}

test('the token of the job goes to ghcr.io alone, and only when there is no other login', async () => {
  const { ca, asked, proxy } = await registries();
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.pem'), ca);
  await mkdir(join(folder, 'login'));
  const login = { auths: { 'ghcr.io': { auth: Buffer.from('octo:pat').toString('base64') } } };
  await writeFile(join(folder, 'login', 'config.json'), JSON.stringify(login));
  const ask = async (registry: string, env: Readonly<Record<string, string>>, given = {}) => {
    asked.length = 0;
    await using host = new FakeHost({ cwd: folder, env: { HOME: folder, HTTPS_PROXY: proxy, ...env } });
    const texts = {
      'subject-name': `${registry}/org/app:1`,
      'ca-certificates': 'ca.pem',
      'github-token': TOKEN,
      ...given,
    };
    await expect(runCommand(inspect, texts, host)).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
    expect(host.masks).toEqual(expect.arrayContaining([TOKEN, ...(env['GITHUB_TOKEN'] ? [env['GITHUB_TOKEN']] : [])]));
    expect(JSON.stringify(host.log)).not.toContain(TOKEN);
    expect(new Set(asked.map(({ host: name }) => name))).toEqual(new Set([registry]));
    return asked.at(0)?.authorization;
  };
  expect(await ask('ghcr.io', {})).toBe(basic(`x-access-token:${TOKEN}`));
  expect(await ask('ghcr.io', { GITHUB_ACTOR: 'octo' })).toBe(basic(`octo:${TOKEN}`));
  expect(await ask('registry.example', {})).toBeUndefined();
  expect(await ask('ghcr.io', { DOCKER_CONFIG: join(folder, 'login') })).toBe(basic('octo:pat'));
  expect(await ask('ghcr.io', { GITHUB_TOKEN: 'ghs_ambient' })).toBe(basic('x-access-token:ghs_ambient'));
  const explicit = { 'registry-username': 'u', 'registry-password': 'secret' };
  expect(await ask('ghcr.io', { GITHUB_TOKEN: 'ghs_ambient' }, explicit)).toBe(basic('u:secret'));
});

test('plain-http is no way to ghcr.io: its token never leaves without TLS', async () => {
  const { ca, asked, proxy } = await registries();
  const open = await listener('Basic realm="ghcr.io"');
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'ca.pem'), ca);
  await using host = new FakeHost({ cwd: folder, env: { HOME: folder, HTTPS_PROXY: proxy, HTTP_PROXY: open.proxy } });
  const texts = { 'subject-name': 'ghcr.io/org/app:1', 'ca-certificates': 'ca.pem', 'github-token': TOKEN };
  const run = runCommand(inspect, { ...texts, 'plain-http': 'true' }, host);
  await expect(run).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
  expect(open.seen).toEqual([]);
  expect(asked.at(0)?.authorization).toBe(basic(`x-access-token:${TOKEN}`));
});

test.each(['Basic realm="x"', 'Bearer realm="http://auth.example/token",service="x"'])(
  'without TLS only the login given for this run is sent, whatever is asked: %s',
  async (challenge) => {
    const { seen, proxy } = await listener(challenge);
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'login'));
    const auths = { 'registry.example': { auth: Buffer.from('octo:pat-secret').toString('base64') } };
    await writeFile(join(folder, 'login', 'config.json'), JSON.stringify({ auths }));
    const env = { HOME: folder, HTTP_PROXY: proxy, DOCKER_CONFIG: join(folder, 'login') };
    await using host = new FakeHost({ cwd: folder, env });
    const texts = { 'subject-name': 'registry.example/org/app:1', 'plain-http': 'true', 'github-token': TOKEN };
    const refused: unknown = await runCommand(inspect, texts, host).catch((error: unknown) => error);
    if (challenge.startsWith('Basic'))
      expect(refused).toMatchObject({ hint: expect.stringContaining('has a login, which is not sent without TLS') });
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.map(({ authorization = '' }) => authorization).filter((text) => text.startsWith('Basic'))).toEqual([]);
    expect(host.masks).toEqual(expect.arrayContaining(['pat-secret', basic('octo:pat-secret').slice('Basic '.length)]));
    seen.length = 0;
    const login = { 'registry-username': 'u', 'registry-password': 'given-secret\n' };
    const given = runCommand(inspect, { ...texts, ...login }, host);
    await expect(given).rejects.toMatchObject({ code: 'REGISTRY_NOT_FOUND' });
    expect(seen.map(({ authorization }) => authorization)).toContain(basic('u:given-secret'));
    expect(host.masks).toContain(basic('u:given-secret').slice('Basic '.length));
    if (challenge.startsWith('Bearer')) expect(host.masks).toContain('bearer-in-clear');
  },
);
