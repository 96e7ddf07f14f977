// SPDX-License-Identifier: Apache-2.0
// Writes a request body at the speed the server takes it, and stops as soon as the server has answered or gone.

import type { ClientRequest, IncomingMessage } from 'node:http';
import { timeoutError } from './errors.ts';

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
