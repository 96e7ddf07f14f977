// SPDX-License-Identifier: Apache-2.0
// A TCP proxy on a free loopback port that counts the bytes which pass, in both directions and with all overhead of
// HTTP: what a registry at the other end of a line would see.

import { connect, createServer, type Server, type Socket } from 'node:net';

export class CountingProxy {
  /** Bytes in both directions since the last reset. */
  bytes = 0;
  connections = 0;
  /** Cuts all connections, once, when so many bytes have passed since the last call of `take`. */
  cutAfterBytes = Infinity;
  /** Requests that get through, and whose answer does not: the connection is cut instead. */
  cutAnswer: ((head: string) => boolean) | undefined;
  /** Cuts everything once an answer was cut. */
  thenSilent = false;
  /** Answers that were cut. */
  cuts = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(target: string) {
    const [host = '', port = ''] = target.split(':');
    this.#server = createServer((client) => {
      this.connections += 1;
      if (this.thenSilent && this.cuts > 0) {
        client.destroy();
        return;
      }
      const upstream = connect(Number(port), host);
      this.#cutAnswers(client, upstream);
      this.#join(client, upstream);
      this.#join(upstream, client);
    });
  }

  /** Starts a proxy in front of `host:port`. */
  static async start(target: string): Promise<CountingProxy> {
    const proxy = new CountingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get host(): string {
    const address = this.#server.address();
    return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }

  /** Bytes since the last call. */
  take(): number {
    const { bytes } = this;
    this.bytes = 0;
    this.connections = 0;
    return bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #cutAnswers(client: Socket, upstream: Socket): void {
    let doomed = false;
    client.on('data', (chunk: Buffer) => {
      const [head = ''] = chunk.toString('latin1').split('\r\n', 1);
      if (this.cutAnswer?.(head)) doomed = true;
    });
    upstream.prependListener('data', () => {
      if (!doomed) return;
      this.cuts += 1;
      for (const socket of this.thenSilent ? this.#sockets : [client, upstream]) socket.destroy();
    });
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length;
      if (this.bytes >= this.cutAfterBytes) {
        this.cutAfterBytes = Infinity;
        for (const socket of this.#sockets) socket.destroy();
        return;
      }
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => this.#sockets.delete(from));
  }
}
