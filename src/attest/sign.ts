// SPDX-License-Identifier: Apache-2.0
// A statement → its signed bundle, with a timestamp where the signer has one made.

import type { Signer } from '../crypto/signer.ts';
import { encodeBundle } from './bundle.ts';
import { encodePae } from './dsse.ts';
import { IN_TOTO_PAYLOAD_TYPE } from './statement.ts';

/**
 * Bytes of the bundle with this statement.
 * @throws SignatureError, also when no timestamp can be had; NetworkError
 */
export async function signStatement(
  payload: Uint8Array,
  signer: Signer,
  { now, stamp = true }: { readonly now: Date /** False asks no timestamp authority. */; readonly stamp?: boolean },
): Promise<Uint8Array> {
  const payloadType = IN_TOTO_PAYLOAD_TYPE;
  const pae = encodePae(payloadType, payload);
  const signature = await signer.signPae(pae, now);
  const stamps = stamp && signer.stamp ? [await signer.stamp(signature)] : [];
  const proofs = await signer.witness?.({ payloadType, payload, pae, signature });
  const { tlogEntries = [], timestamps = [] } = proofs ?? {};
  const content = { material: signer.material, payloadType, payload, signature };
  return encodeBundle({ ...content, timestamps: [...stamps, ...timestamps], tlogEntries });
}
