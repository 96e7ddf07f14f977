// SPDX-License-Identifier: Apache-2.0
// What this folder uses of the OpenPGP library, by the one file that imports it, and how the library is set up.

import { type Config, config as defaults, enums, type PartialConfig } from 'openpgp';

export {
  type AnyKeyPacket,
  type AnyPacket,
  createMessage,
  enums,
  generateKey,
  type Key,
  PacketList,
  type PrivateKey,
  PublicKey,
  PublicKeyPacket,
  PublicSubkeyPacket,
  readKeys,
  readSignature,
  SecretKeyPacket,
  SecretSubkeyPacket,
  SignaturePacket,
  type Subkey,
  sign,
} from 'openpgp';

/** SHA-256 as Apptainer. What the library may refuse about hashes, keys and times is judged here and not by it. */
export const CONFIG = {
  preferredHashAlgorithm: enums.hash.sha256,
  rejectHashAlgorithms: new Set<enums.hash>(),
  rejectMessageHashAlgorithms: new Set<enums.hash>(),
} satisfies PartialConfig;

/** The same with the library's own values for all else. */
export const FULL_CONFIG: Config = { ...defaults, ...CONFIG };
