// SPDX-License-Identifier: Apache-2.0
// Public keys in the form that SSH sends them.

import type { KeyObject } from 'node:crypto';
import { concatBytes, utf8 } from '../base/bytes.ts';

/**
 * The key as SSH writes it; undefined for key types that it has no form of.
 * @see https://www.rfc-editor.org/rfc/rfc4253.html#section-6.6
 * @see https://www.rfc-editor.org/rfc/rfc5656.html#section-3.1
 * @see https://www.rfc-editor.org/rfc/rfc8709.html#section-4
 */
export function opensshWire(key: KeyObject): Uint8Array | undefined {
  const jwk = key.export({ format: 'jwk' });
  const field = (name: 'e' | 'n' | 'x' | 'y'): Buffer => Buffer.from(jwk[name] ?? '', 'base64url');
  if (jwk.kty === 'RSA') return sshStrings(utf8('ssh-rsa'), mpint(field('e')), mpint(field('n')));
  if (jwk.kty === 'OKP' && jwk.crv === 'Ed25519') return sshStrings(utf8('ssh-ed25519'), field('x'));
  const curve = jwk.kty === 'EC' ? /^P-(256|384|521)$/.exec(jwk.crv ?? '')?.[1] : undefined;
  if (curve === undefined) return undefined;
  const point = concatBytes(Uint8Array.of(4), field('x'), field('y'));
  return sshStrings(utf8(`ecdsa-sha2-nistp${curve}`), utf8(`nistp${curve}`), point);
}

function mpint(unsigned: Uint8Array): Uint8Array {
  return (unsigned[0] ?? 0) < 0x80 ? unsigned : concatBytes(Uint8Array.of(0), unsigned);
}

function sshStrings(...parts: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}
