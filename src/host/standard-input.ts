// SPDX-License-Identifier: Apache-2.0
// Standard input as bytes, once: two inputs cannot both come from it.

import { DataError, UsageError } from '../base/errors.ts';

export class StandardInput {
  #read = false;

  /** @throws UsageError USAGE_CONFLICTING_INPUTS when read twice; DataError DATA_TOO_LARGE */
  async bytes(stream: AsyncIterable<string | Buffer>, limitBytes: number): Promise<Uint8Array> {
    if (this.#read)
      throw new UsageError('USAGE_CONFLICTING_INPUTS', 'two inputs ask for standard input', {
        hint: 'give one of them as a file',
      });
    this.#read = true;
    const chunks: Buffer[] = [];
    let total = 0;
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      total += bytes.byteLength;
      if (total > limitBytes)
        throw new DataError('DATA_TOO_LARGE', `standard input has more than ${limitBytes} bytes`, {
          hint: 'check what is piped in',
        });
      chunks.push(bytes);
    }
    return new Uint8Array(Buffer.concat(chunks));
  }
}
