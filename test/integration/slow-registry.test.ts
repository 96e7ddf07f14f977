// SPDX-License-Identifier: Apache-2.0
// Servers that never come to an end: every one of them ends our waiting, with an error about them, within bounds.

import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CountersignError, EXIT } from '../../src/base/errors.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { openRepository } from '../../src/oci/open.ts';
import { systemClock } from '../../src/base/clock.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\n';

/** A server that answers every connection so, after it was asked. */
async function serve(answer: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
    socket.once('data', () => answer(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

/** Sends a piece now and then, for as long as it is listened to. */
function drip(socket: Socket, pieces: () => string | Uint8Array, everyMs: number): void {
  const timer = setInterval(() => socket.write(pieces()), everyMs);
  socket.once('close', () => clearInterval(timer));
}

const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  'a byte of the headers now and then': (socket) => {
    const text = `${OK}X-Endless: ${'a'.repeat(10_000)}`;
    let at = 0;
    drip(socket, () => text.charAt((at += 1) % text.length), 30);
  },
  'headers without end': (socket) => {
    socket.write(OK);
    drip(socket, () => `X-${'a'.repeat(2000)}: ${'b'.repeat(2000)}\r\n`, 1);
  },
  'one header now and then': (socket) => {
    socket.write(OK);
    drip(socket, () => 'X-More: b\r\n', 30);
  },
  'a byte of the body now and then': (socket) => {
    socket.write(`${OK}Content-Length: 1000\r\n\r\n`);
    drip(socket, () => '{', 30);
  },
  'a body without end': (socket) => {
    socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    drip(socket, () => chunk, 1);
  },
  'a body that is said to be endless': (socket) => {
    socket.write(`${OK}Content-Length: 999999999999999\r\n\r\n`);
    const chunk = new Uint8Array(65_536);
    drip(socket, () => chunk, 1);
  },
  'interim answers without end': (socket) => {
    drip(socket, () => 'HTTP/1.1 103 Early Hints\r\n\r\n', 10);
  },
  'redirects without end': (socket) => {
    socket.end(
      'HTTP/1.1 302 Found\r\nLocation: /v2/again/manifests/tag\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    );
  },
  'nothing but a closed connection': (socket) => void socket.end(),
};

test.each(Object.entries(ANSWERS))(
  '%s',
  async (_, answer) => {
    const host = await serve(answer);
    const before = process.memoryUsage().rss;
    const start = performance.now();
    const failure = await openRepository(`${host}/team/app`, {
      access: 'pull',
      clock: systemClock(),
      credentials: { env: {} },
      retry: { ...DEFAULT_RETRY, retries: 0 },
      idleTimeoutMs: 400,
      connectTimeoutMs: 400,
      plainHttp: true,
    })
      .then(({ repository }) => repository.getManifest('tag'))
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CountersignError);
    expect(failure).toMatchObject({ exitCode: EXIT.environment });
    expect(performance.now() - start).toBeLessThan(15_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(103 * 1024 * 1024);
  },
  20_000,
);
