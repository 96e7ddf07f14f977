// SPDX-License-Identifier: Apache-2.0
// The bytes a DSSE signature is over: Pre-Authentication Encoding of payload type and payload.

import { concatBytes, utf8 } from '../base/bytes.ts';

/**
 * `DSSEv1 <type length> <type> <payload length> <payload>`, lengths in decimal bytes.
 * @see https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md#signature-definition
 */
export function encodePae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  return concatBytes(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${payload.length} `), payload);
}
