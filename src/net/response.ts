// SPDX-License-Identifier: Apache-2.0
// An HTTP answer whose body is still on its way: read it bounded, stream it, or drop it.

import type { ClientRequest, IncomingMessage } from 'node:http';
import { type AskedOf, networkError, NetworkError, timeoutError } from './errors.ts';

interface Asked extends AskedOf {
  readonly method: string;
}

/** Bodies up to this size are read to their end when dropped, so that the connection can be used again. */
const DRAIN_BYTES = 64 * 1024;
const DRAIN_IDLE_MS = 2000;
const TOTAL_PATIENCE = 5;

/** The answer to one request. The caller reads or discards its body. */
export class HttpResponse {
  readonly status: number;
  /** Address that answered, after redirects. */
  readonly url: URL;
  readonly #message: IncomingMessage;
  readonly #asked: Asked;
  #idleMs: number;

  constructor(message: IncomingMessage, asked: Asked, idleMs: number) {
    this.status = message.statusCode ?? 0;
    this.url = asked.url;
    this.#message = message;
    this.#asked = asked;
    this.#idleMs = idleMs;
    message.on('error', () => undefined);
  }

  /** A header's value; repeated ones are joined by commas. */
  header(name: string): string | undefined {
    const values = this.headerValues(name);
    return values.length === 0 ? undefined : values.join(', ');
  }

  /** Every occurrence of a header. */
  headerValues(name: string): readonly string[] {
    return this.#message.headersDistinct[name.toLowerCase()] ?? [];
  }

  /** Value of `Content-Length`; undefined when absent or malformed. */
  contentLength(): number | undefined {
    const text = this.header('content-length');
    return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
  }

  /** Media type without parameters, lower case. */
  mediaType(): string | undefined {
    return this.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  }

  /**
   * The body as it comes; leaving the loop early closes the connection.
   * @throws NetworkError NETWORK_CONNECTION_LOST when it ends before Content-Length, NETWORK_TIMEOUT
   */
  async *stream(): AsyncGenerator<Uint8Array, void> {
    const chunks: AsyncIterator<Uint8Array> = this.#message[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#withinIdle(chunks.next());
        if (next.done) break;
        yield next.value;
      }
      if (!this.#message.complete) throw networkError(undefined, this.#asked);
    } catch (error) {
      throw networkError(error, this.#asked);
    } finally {
      if (!this.#message.complete) this.#message.destroy();
    }
  }

  async #withinIdle<T>(next: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#message.destroy(timeoutError(this.url, this.#idleMs)), this.#idleMs);
    try {
      return await next;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * The whole body, at most `limitBytes`, within a few times the longest silence: a server that sends a byte now and then
   * cannot hold us for ever.
   * @throws NetworkError NETWORK_RESPONSE_TOO_LARGE and those of stream
   */
  async bytes(limitBytes: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    const declared = this.#asked.method === 'HEAD' ? 0 : (this.contentLength() ?? 0);
    if (declared > limitBytes) this.#tooLarge(limitBytes);
    let size = 0;
    const totalMs = this.#idleMs * TOTAL_PATIENCE;
    const timer = setTimeout(() => this.#message.destroy(timeoutError(this.url, totalMs)), totalMs);
    try {
      for await (const chunk of this.stream()) {
        size += chunk.length;
        if (size > limitBytes) this.#tooLarge(limitBytes);
        parts.push(chunk);
      }
    } finally {
      clearTimeout(timer);
    }
    return new Uint8Array(Buffer.concat(parts, size));
  }

  #tooLarge(limitBytes: number): never {
    this.#message.destroy();
    throw new NetworkError(
      'NETWORK_RESPONSE_TOO_LARGE',
      `the answer of ${this.url.host} is larger than ${limitBytes} bytes`,
    );
  }

  /** Closes the connection without reading the body. */
  close(): void {
    this.#message.destroy();
  }

  /** Drops the body: reads a short one, so that the connection stays usable, and closes the connection otherwise. */
  async discard(): Promise<void> {
    this.#idleMs = Math.min(this.#idleMs, DRAIN_IDLE_MS);
    try {
      await this.bytes(DRAIN_BYTES);
    } catch {
      this.#message.destroy();
    }
  }
}

/** Bytes in memory, or a stream that can be opened again for a redirect or another try. */
export type HttpBody = Uint8Array | StreamBody;

/** A body that is not in memory. */
export interface StreamBody {
  /** Undefined sends the body with chunked transfer encoding. */
  readonly sizeBytes: number | undefined;
  /** Each chunk has to stay as it is until the next one is asked for. */
  open(): AsyncIterable<Uint8Array>;
}

/** What is known of the request whose body is sent. */
export interface SendContext {
  readonly idleMs: number;
  readonly url: URL;
  /** Settles when the server has answered or the connection has failed. */
  readonly answer: Promise<IncomingMessage>;
}

/**
 * Writes and ends the request. Returns early, without an error, when the answer is there before the end or the
 * connection fails: `answer` then tells. A source that throws destroys the request and its error is passed on.
 */
export async function sendBody(
  outgoing: ClientRequest,
  body: HttpBody | undefined,
  context: SendContext,
): Promise<void> {
  if (body === undefined || body instanceof Uint8Array) {
    outgoing.end(body);
    return;
  }
  let over = false;
  const ended = context.answer.then(markOver, markOver);
  function markOver(): void {
    over = true;
  }
  try {
    for await (const chunk of body.open()) {
      if (over) return;
      await Promise.race([flushed(outgoing, chunk, context), ended]);
    }
    if (!over) outgoing.end();
  } catch (error) {
    if (over) return;
    outgoing.destroy();
    throw error;
  }
}

/** Resolves when the chunk has left for the network, so that its memory may be used again, or never will. */
function flushed(outgoing: ClientRequest, chunk: Uint8Array, context: SendContext): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => outgoing.destroy(timeoutError(context.url, context.idleMs)), context.idleMs);
    const done = (): void => {
      clearTimeout(timer);
      outgoing.off('close', done);
      outgoing.off('response', done);
      resolve();
    };
    outgoing.on('close', done);
    outgoing.on('response', done);
    outgoing.write(chunk, done);
  });
}
