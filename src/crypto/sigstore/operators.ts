// SPDX-License-Identifier: Apache-2.0
// Who runs the logs and timestamp authorities of a trusted root: what one operator proves several times counts once.

import { createHash, type KeyObject } from 'node:crypto';
import type { TrustedRoot } from './formats.ts';

/** Names of operators; of one that the trusted root does not name, what tells its log or authority from others. */
export interface Operators {
  /** By the number of a log. */
  ofLog(keyId: Uint8Array): string;
  /** By serial number and issuer, as DER, of the certificate that signs timestamps. */
  ofAuthority(serial: Uint8Array, issuer: Uint8Array): string;
}

/** What is read of the trust material of Sigstore's library, whose lists are in the order of the trusted root. */
interface Witnesses {
  readonly tlogs: readonly { readonly logID: Buffer; readonly publicKey: KeyObject }[];
  readonly timestampAuthorities: readonly {
    readonly certChain: readonly {
      readonly serialNumber: Buffer;
      readonly issuer: Buffer;
      readonly publicKey: Buffer;
    }[];
  }[];
}

/**
 * The operators of the logs and authorities in a trusted root.
 * @see https://github.com/sigstore/protobuf-specs/blob/v0.5.0/protos/sigstore_trustroot.proto
 */
export function operatorsOf(root: TrustedRoot, { tlogs, timestampAuthorities }: Witnesses): Operators {
  const logs = tlogs.map(({ logID, publicKey }, index) => ({
    logID,
    name: nameOf(root.tlogs[index]?.operator) ?? `log ${hashOf(spkiOf(publicKey))}`,
  }));
  const authorities = timestampAuthorities.map(({ certChain }, index) => ({
    leaf: certChain[0],
    name:
      nameOf(root.timestampAuthorities[index]?.operator) ??
      `authority ${hashOf(certChain.at(-1)?.publicKey ?? new Uint8Array())}`,
  }));
  return {
    ofLog: (keyId) => logs.find(({ logID }) => logID.equals(keyId))?.name ?? '',
    ofAuthority: (serial, issuer) =>
      authorities.find(({ leaf }) => leaf?.serialNumber.equals(serial) && leaf.issuer.equals(issuer))?.name ?? '',
  };
}

function nameOf(operator: string | undefined): string | undefined {
  return operator ? `operator ${operator}` : undefined;
}

function spkiOf(key: KeyObject): Uint8Array {
  return key.export({ type: 'spki', format: 'der' });
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
