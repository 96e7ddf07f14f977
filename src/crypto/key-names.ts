// SPDX-License-Identifier: Apache-2.0
// What keys are called in bundles and envelopes: the OpenSSH fingerprint, the only name that Apptainer and cosign read in a
// DSSE signature, and the URI of an OpenPGP fingerprint. The digest of an SPKI is keys.ts.

import { createHash, type KeyObject } from 'node:crypto';
import { concatBytes, utf8 } from '../base/bytes.ts';

/**
 * OpenSSH fingerprint of a public key, `SHA256:<base64 without padding>`; undefined for key types that SSH has no form of.
 * @see https://www.rfc-editor.org/rfc/rfc4253.html#section-6.6
 * @see https://www.rfc-editor.org/rfc/rfc5656.html#section-3.1
 * @see https://www.rfc-editor.org/rfc/rfc8709.html#section-4
 */
export function opensshKeyid(key: KeyObject): string | undefined {
  const wire = opensshWire(key);
  return wire && `SHA256:${createHash('sha256').update(wire).digest('base64').replace(/=+$/, '')}`;
}

/** The keyid that others compare with the one in a signature. */
export function keyidOf(
  { key }: { readonly key: KeyObject },
  { keyid }: { readonly keyid?: string | undefined },
): { readonly keyid?: string } {
  const own = keyid === undefined ? undefined : opensshKeyid(key);
  return own === undefined ? {} : { keyid: own };
}

function opensshWire(key: KeyObject): Uint8Array | undefined {
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

const HINT = /^openpgp4fpr:([0-9a-f]{40})$/i;

/** The hint for a primary key fingerprint of 40 hex digits. */
export function pgpHint(fingerprint: string): string {
  return `openpgp4fpr:${fingerprint.toLowerCase()}`;
}

/** The fingerprint in a hint, upper case; undefined when the hint is not of an OpenPGP key. */
export function parsePgpHint(hint: string): string | undefined {
  return HINT.exec(hint)?.[1]?.toUpperCase();
}
