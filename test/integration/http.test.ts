// SPDX-License-Identifier: Apache-2.0
// The HTTP client against real servers: redirects, proxies, private CAs, time limits, streams.

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, createServer as createNetServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHttpClient, type HttpOptions } from '../../src/net/http.ts';
import { bypassesProxy, isLoopbackHost, proxyFromEnv } from '../../src/net/connect.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function listen(server: Server & { closeAllConnections?(): void }): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

const serve = (listener: RequestListener) => listen(createServer(listener));

function client(options: HttpOptions = {}) {
  const made = createHttpClient({ connectTimeoutMs: 2000, idleTimeoutMs: 2000, ...options });
  onTestFinished(() => made.close());
  return made;
}

const url = (host: string, path = '/') => new URL(`http://${host}${path}`);
const textOf = async (response: { bytes(limit: number): Promise<Uint8Array> }) =>
  Buffer.from(await response.bytes(1e6)).toString();

describe('redirects', () => {
  test('to another origin drop credentials, also on the way back', async () => {
    const seen: [string, string | undefined, string | undefined][] = [];
    const note = (request: IncomingMessage) =>
      seen.push([request.url ?? '', request.headers.authorization, request.headers.cookie]);
    let home = '';
    const away = await serve((request, response) => {
      note(request);
      response.writeHead(302, { location: `http://${home}/back` }).end();
    });
    home = await serve((request, response) => {
      note(request);
      if (request.url === '/back') return response.end('done');
      if (request.url === '/start') return response.writeHead(307, { location: '/same' }).end();
      return response.writeHead(307, { location: `http://${away}/away` }).end();
    });
    const headers = { Authorization: 'Bearer t', Cookie: 'c=1', 'X-Kept': '1' };
    const response = await client().send({ method: 'GET', url: url(home, '/start'), headers });
    expect(await textOf(response)).toBe('done');
    expect(seen).toEqual([
      ['/start', 'Bearer t', 'c=1'],
      ['/same', 'Bearer t', 'c=1'],
      ['/away', undefined, undefined],
      ['/back', undefined, undefined],
    ]);
  });

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'PUT', 'GET', ''],
    [303, 'HEAD', 'HEAD', ''],
    [301, 'PUT', 'PUT', 'body'],
    [307, 'POST', 'POST', 'body'],
    [308, 'PATCH', 'PATCH', 'body'],
  ])('%s on %s becomes %s', async (status, method, wanted, body) => {
    const host = await serve((request, response) => {
      if (request.url === '/') return response.writeHead(status, { location: '/next' }).end();
      response.setHeader('x-method', request.method ?? '');
      return request.pipe(response);
    });
    const stream = {
      sizeBytes: 4,
      async *open() {
        yield Buffer.from('body');
      },
    };
    const response = await client().send({ method, url: url(host), ...(method === 'HEAD' ? {} : { body: stream }) });
    expect([response.header('x-method'), await textOf(response)]).toEqual([wanted, body]);
  });

  test('in a circle end after twenty', async () => {
    let count = 0;
    const host = await serve((_, response) => response.writeHead(302, { location: `/${(count += 1)}` }).end());
    await expect(client().send({ method: 'GET', url: url(host) })).rejects.toMatchObject({
      code: 'NETWORK_REDIRECT_REFUSED',
    });
    expect(count).toBe(21);
  });

  test.each(['ftp://127.0.0.1/x', 'file:///etc/passwd', 'http://[', 'javascript:1'])(
    'to %s are refused',
    async (location) => {
      const host = await serve((_, response) => response.writeHead(302, { location }).end());
      await expect(client().send({ method: 'GET', url: url(host) })).rejects.toMatchObject({
        code: 'NETWORK_REDIRECT_REFUSED',
      });
    },
  );

  test('to an address elsewhere without TLS are refused', async () => {
    const host = await serve((_, response) => response.writeHead(302, { location: 'http://registry.example/' }).end());
    await expect(client().send({ method: 'GET', url: url(host) })).rejects.toMatchObject({
      code: 'NETWORK_PLAIN_HTTP_REFUSED',
    });
  });

  test('are handed out when asked', async () => {
    const host = await serve((_, response) => response.writeHead(303, { location: 'http://127.0.0.1:1/' }).end());
    for (const redirects of ['no', 'same-origin'] as const)
      expect((await client().send({ method: 'GET', url: url(host), redirects })).status).toBe(303);
  });
});

describe('bodies', () => {
  test('stream with back-pressure', async () => {
    let given = 0;
    let paused: IncomingMessage | undefined;
    const host = await serve((request, response) => {
      paused = request;
      request.on('end', () => response.end('ok'));
    });
    const body = {
      sizeBytes: 64 * 1024 * 1024,
      async *open() {
        for (let n = 0; n < 64; n += 1) {
          given += 1;
          yield new Uint8Array(1024 * 1024);
        }
      },
    };
    const sending = client().send({ method: 'PUT', url: url(host), body });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(given).toBeLessThan(32);
    paused?.resume();
    expect(await textOf(await sending)).toBe('ok');
    expect(given).toBe(64);
  });

  test('stop when the server has answered before the end', async () => {
    const host = await serve((_, response) => response.writeHead(413, { connection: 'close' }).end('no'));
    let given = 0;
    const body = {
      sizeBytes: 1e9,
      async *open() {
        for (; given < 1000; given += 1) yield new Uint8Array(1e6);
      },
    };
    const outcome = await client()
      .send({ method: 'PUT', url: url(host), body })
      .then(
        ({ status }) => status,
        (error: { code: string }) => error.code,
      );
    expect([413, 'NETWORK_CONNECTION_LOST']).toContain(outcome);
    expect(given).toBeLessThan(1000);
  });

  test('larger than the limit are not read', async () => {
    const host = await serve((request, response) => {
      if (request.url === '/declared') response.setHeader('content-length', 2_000_000);
      response.end(Buffer.alloc(2_000_000));
    });
    for (const path of ['/declared', '/chunked']) {
      const response = await client().send({ method: 'GET', url: url(host, path) });
      await expect(response.bytes(1_000_000)).rejects.toMatchObject({ code: 'NETWORK_RESPONSE_TOO_LARGE' });
    }
  });

  test('cut before their end are an error', async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('abc', () => setTimeout(() => response.destroy(), 20));
    });
    const response = await client().send({ method: 'GET', url: url(host) });
    await expect(response.bytes(1000)).rejects.toMatchObject({ code: 'NETWORK_CONNECTION_LOST' });
  });
});

describe('time limits', () => {
  const silent = (after: 'nothing' | 'header' | 'some') => (request: IncomingMessage, response: ServerResponse) => {
    if (after === 'nothing') return;
    request.resume();
    response.writeHead(200, { 'content-length': 100 });
    response.flushHeaders();
    if (after === 'some') response.write('abc');
  };

  test.each(['nothing', 'header', 'some'] as const)('a server silent after %s', async (after) => {
    const host = await serve(silent(after));
    const asking = (async () => {
      const response = await client({ idleTimeoutMs: 100 }).send({ method: 'GET', url: url(host) });
      await response.bytes(1000);
    })();
    await expect(asking).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
  });

  test('a server that sends a byte now and then', async () => {
    const host = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 100_000 });
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const response = await client({ idleTimeoutMs: 50 }).send({ method: 'GET', url: url(host) });
    await expect(response.bytes(1_000_000)).rejects.toMatchObject({ code: 'NETWORK_TIMEOUT' });
  });

  test('a server that takes no more bytes', async () => {
    const host = await serve(silent('nothing'));
    const body = {
      sizeBytes: 1e8,
      async *open() {
        for (let n = 0; n < 100; n += 1) yield new Uint8Array(1e6);
      },
    };
    await expect(client({ idleTimeoutMs: 200 }).send({ method: 'PUT', url: url(host), body })).rejects.toMatchObject({
      code: 'NETWORK_TIMEOUT',
    });
  });
});

async function certificates(): Promise<{ ca: string; key: string; cert: string }> {
  const folder = await temporaryFolder();
  const run = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  run(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=Test CA',
  );
  run(
    'req',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'leaf.key',
    '-out',
    'leaf.csr',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,DNS:registry.example,IP:127.0.0.1',
  );
  run(
    'x509',
    '-req',
    '-in',
    'leaf.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-out',
    'leaf.pem',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
  );
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return { ca: read('ca.pem'), key: read('leaf.key'), cert: read('leaf.pem') };
}

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasOpenssl())('TLS (skipped without openssl)', () => {
  test('a private CA is trusted when given, and only then', async () => {
    const { ca, key, cert } = await certificates();
    const host = await listen(createTlsServer({ key, cert }, (_, response) => response.end('secure')));
    const target = new URL(`https://${host}/`);
    expect(await textOf(await client({ extraCa: [ca] }).send({ method: 'GET', url: target }))).toBe('secure');
    await expect(client().send({ method: 'GET', url: target })).rejects.toMatchObject({ code: 'NETWORK_TLS_FAILED' });
  });

  test('plain HTTP where TLS is expected is reported', async () => {
    const host = await serve((_, response) => response.end('x'));
    await expect(client().send({ method: 'GET', url: new URL(`https://${host}/`) })).rejects.toMatchObject({
      code: 'NETWORK_TLS_FAILED',
    });
  });

  test('a redirect from TLS to none is refused', async () => {
    const { ca, key, cert } = await certificates();
    const plain = await serve((_, response) => response.end('plain'));
    const host = await listen(
      createTlsServer({ key, cert }, (_, response) => response.writeHead(302, { location: `http://${plain}/` }).end()),
    );
    const asking = client({ extraCa: [ca] }).send({ method: 'GET', url: new URL(`https://${host}/`) });
    await expect(asking).rejects.toMatchObject({ code: 'NETWORK_REDIRECT_REFUSED' });
  });

  test('goes through a proxy by CONNECT, with the name and certificate of the server', async () => {
    const { ca, key, cert } = await certificates();
    const host = await listen(
      createTlsServer({ key, cert }, (request, response) =>
        response.end(`hello ${request.headers.host} ${request.headers['proxy-authorization']}`),
      ),
    );
    const proxy = createServer();
    const connects = tunnelTo(host, proxy);
    const proxyHost = await listen(proxy);
    const settings = proxyFromEnv({ HTTPS_PROXY: `http://user:p%40ss@${proxyHost}` });
    const http = client({ proxy: settings, extraCa: [ca] });
    const target = new URL('https://registry.example/');
    expect(await textOf(await http.send({ method: 'GET', url: target }))).toBe('hello registry.example undefined');
    expect(await textOf(await http.send({ method: 'GET', url: target }))).toContain('hello');
    expect(connects.map(({ url: authority, headers }) => [authority, headers['proxy-authorization']])).toEqual([
      ['registry.example:443', `Basic ${Buffer.from('user:p@ss').toString('base64')}`],
    ]);
  });

  test('to a proxy itself trusts a private CA when given, and only then', async () => {
    const roots = getCACertificates('default');
    onTestFinished(() => setDefaultCACertificates(roots));
    const { ca, key, cert } = await certificates();
    const host = await listen(createTlsServer({ key, cert }, (_, response) => response.end('secure')));
    const proxy = createTlsServer({ key, cert }, (request, response) => response.end(`proxied ${request.url}`));
    tunnelTo(host, proxy);
    const address = `https://${await listen(proxy)}`;
    const settings = proxyFromEnv({ http_proxy: address, https_proxy: address });
    const asked = [new URL('https://registry.example/'), new URL('http://registry.example/x')];
    for (const target of asked) {
      const http = client({ proxy: settings, plainHttp: true });
      await expect(http.send({ method: 'GET', url: target })).rejects.toMatchObject({ code: 'NETWORK_TLS_FAILED' });
    }
    const texts = asked.map(async (target) =>
      textOf(await client({ proxy: settings, plainHttp: true, extraCa: [ca] }).send({ method: 'GET', url: target })),
    );
    expect(await Promise.all(texts)).toEqual(['secure', 'proxied http://registry.example/x']);
  });
});

/** A proxy for tunnels; every one of them leads to `host`. Gives the requests for them. */
function tunnelTo(host: string, proxy: Server): readonly IncomingMessage[] {
  const asked: IncomingMessage[] = [];
  proxy.on('connect', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request);
    const upstream = connect(Number(host.split(':')[1]), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => undefined).on('close', () => upstream.destroy());
    onTestFinished(() => void upstream.destroy());
  });
  return asked;
}

describe('proxies', () => {
  const elsewhere = new URL('https://registry.example/');

  test.each(['http', 'https'] as const)('that cannot be reached are at fault, not the %s server', async (scheme) => {
    const http = client({
      proxy: proxyFromEnv({ http_proxy: '127.0.0.1:1', https_proxy: '127.0.0.1:1' }),
      plainHttp: true,
    });
    await expect(http.send({ method: 'GET', url: new URL(`${scheme}://registry.example/`) })).rejects.toMatchObject({
      code: 'NETWORK_PROXY_FAILED',
    });
  });

  test('that do not answer are waited for no longer than for a server', async () => {
    const proxy = createServer();
    proxy.on('connect', () => undefined);
    const http = client({ proxy: proxyFromEnv({ https_proxy: await listen(proxy) }), connectTimeoutMs: 200 });
    await expect(http.send({ method: 'GET', url: elsewhere })).rejects.toMatchObject({
      code: expect.stringMatching(/^NETWORK_(PROXY|CONNECT)_FAILED$/),
    });
  });

  test('are left when the server behind them is silent', async () => {
    const server = createNetServer();
    const host = await listen(server);
    const proxy = createServer();
    tunnelTo(host, proxy);
    const http = client({ proxy: proxyFromEnv({ https_proxy: await listen(proxy) }), connectTimeoutMs: 200 });
    const gone = new Promise((resolve) => server.on('connection', (socket) => socket.resume().on('close', resolve)));
    await expect(http.send({ method: 'GET', url: elsewhere })).rejects.toMatchObject({
      code: 'NETWORK_CONNECT_FAILED',
    });
    await gone;
  });

  test.each(['http%', 'http://user:%zz@proxy.example'])('with the login or name of %s are refused', (address) => {
    expect(() => proxyFromEnv({ HTTPS_PROXY: address })).toThrow(
      expect.objectContaining({ code: 'NETWORK_PROXY_FAILED' }),
    );
  });

  test('get plain requests in absolute form', async () => {
    const seen: (string | undefined)[] = [];
    const proxy = await serve((request, response) => {
      seen.push(request.url, request.headers.host);
      response.end('from proxy');
    });
    const http = client({ proxy: proxyFromEnv({ http_proxy: proxy }), plainHttp: true });
    expect(await textOf(await http.send({ method: 'GET', url: new URL('http://registry.example:8080/v2/?a=b') }))).toBe(
      'from proxy',
    );
    expect(seen).toEqual(['http://registry.example:8080/v2/?a=b', 'registry.example:8080']);
  });

  test('that refuse are named without their password', async () => {
    const proxy = createServer();
    proxy.on('connect', (_, socket) => socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'));
    const host = await listen(proxy);
    const http = client({ proxy: proxyFromEnv({ https_proxy: `http://user:geheim@${host}` }) });
    const error: unknown = await http
      .send({ method: 'GET', url: new URL('https://registry.example/') })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'NETWORK_PROXY_FAILED', message: expect.stringContaining('407') });
    expect(String(error)).not.toContain('geheim');
  });

  test.each(['socks5://x', 'http://', 'nonsense://:'])('with the address %s are refused', (address) => {
    expect(() => proxyFromEnv({ HTTPS_PROXY: address })).toThrow(
      expect.objectContaining({ code: 'NETWORK_PROXY_FAILED' }),
    );
  });

  test.each([
    ['https://registry.example/', 'registry.example', true],
    ['https://a.registry.example/', 'registry.example', true],
    ['https://a.registry.example/', '.registry.example', true],
    ['https://a.registry.example/', '*.registry.example', true],
    ['https://notregistry.example/', 'registry.example', false],
    ['https://registry.example.evil/', 'registry.example', false],
    ['https://registry.example:444/', 'registry.example:444', true],
    ['https://registry.example/', 'registry.example:444', false],
    ['https://registry.example/', 'registry.example:443', true],
    ['https://10.1.2.3/', '10.0.0.0/8', true],
    ['https://11.1.2.3/', '10.0.0.0/8', false],
    ['https://10.1.2.3/', '10.1.2.3', true],
    ['https://[fd00::1]/', 'fd00::/8', true],
    ['https://anything/', '*', true],
    ['https://anything/', '10.0.0.0/99', false],
    ['http://localhost:5000/', '', true],
    ['http://127.9.9.9/', '', true],
    ['http://[::1]/', '', true],
  ])('%s with NO_PROXY=%s: direct is %s', (address, except, direct) => {
    expect(bypassesProxy(new URL(address), proxyFromEnv({ NO_PROXY: except }).except)).toBe(direct);
  });

  test.each([
    ['localhost', true],
    ['a.localhost', true],
    ['127.0.0.1', true],
    ['[::1]', true],
    ['localhost.evil.example', false],
    ['128.0.0.1', false],
    ['127.0.0.1.evil.example', false],
  ])('%s is this machine: %s', (host, wanted) => {
    expect(isLoopbackHost(host)).toBe(wanted);
  });
});
