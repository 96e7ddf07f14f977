// SPDX-License-Identifier: Apache-2.0
// The inputs of key as data.

import { COMMON_INPUTS, COMMON_OUTPUTS, KEY_HOLDER_INPUTS } from '../inputs/common.ts';
import type { CommandSpec, InputsOf } from '../spec.ts';

/** For how many days generated certificates are valid. */
export const DEFAULT_DAYS = 365;

/** What key takes and gives. */
export const spec = {
  name: 'key',
  summary: 'Show, list, import and export keys, or make throw-away ones',
  description:
    '`key show KEY…` prints fingerprint, hint, subject, alternative names and validity of every key and certificate: what goes into the policy. KEY is a file or the name of a key that another program holds (docs/keys.md). `key list PLACE…` lists the OpenPGP keys of files, folders and Apptainer’s rings, of these three without PLACE: `apptainer:public`, `apptainer:secret`, `apptainer:global`. `key import SOURCE` puts the one key that `fingerprint` names into a ring, folder or file; SOURCE is a place, or a server that is asked for this fingerprint alone: `hkps://HOST`, `hkp://HOST`, `wkd:EMAIL`. `key export KEY…` prints public keys as text. `key send PLACE` gives the public key that `fingerprint` names to the key server that `into` names. `key generate FOLDER` makes an OpenPGP key, a P-256 key, and a P-256 key with a certificate under a new CA, for trying countersign out; existing files are never overwritten. Keys that guard production come from your own key management.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: '`show`, `list`, `import`, `export`, `send` or `generate`, and what it is about.',
      example: 'show release.pub',
    },
    {
      name: 'fingerprint',
      type: 'string',
      description:
        'With `import` and `send`: the key that is meant, 40 hex digits, from somebody you trust; any other is refused. With `list` and `export`: this OpenPGP key alone.',
      example: '0123456789ABCDEF0123456789ABCDEF01234567',
    },
    {
      name: 'into',
      type: 'string',
      default: 'apptainer:public',
      description:
        'With `import`: an Apptainer ring, a folder, which gets a file named after the key, or a file. With `send`: a key server.',
      example: 'keys/',
    },
    {
      name: 'passphrase',
      type: 'secret',
      description:
        'With `show` and `export`: opens an encrypted bare key, or is the PIN of a token. With `generate`: protects the new secret keys.',
      example: 'passphrase.txt',
    },
    ...KEY_HOLDER_INPUTS,
    { name: 'name', type: 'string', default: 'Throw-away', description: 'Name in generated keys.', example: 'Release' },
    {
      name: 'email',
      type: 'string',
      default: 'throw-away@example.org',
      description: 'E-mail address in generated keys.',
      example: 'release@example.org',
    },
    {
      name: 'days',
      type: 'integer',
      default: String(DEFAULT_DAYS),
      description: 'How long the generated certificates are valid.',
      example: '30',
    },
    ...COMMON_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

/** The values of the inputs of key. */
export type KeyInputs = InputsOf<typeof spec.inputs>;
