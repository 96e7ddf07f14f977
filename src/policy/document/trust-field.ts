// SPDX-License-Identifier: Apache-2.0
// The key `trust`: public keys and certificates that no principal names.

import { REVOCATION_MODES } from '../../crypto/verifier.ts';
import { many, type Member, object } from './collections.ts';
import * as f from './fields.ts';
import { POLICY_LIMITS } from './model.ts';

/** A path, relative to the policy file. */
export const PATH = f.line({ limit: 4096 });
/** One path or a list. */
export const PATHS = many(PATH, { max: POLICY_LIMITS.files });

const ROOT = object({
  root: { about: 'The trusted_root.json of the instance.', field: PATH },
  log: {
    about: 'Entries of a transparency log that a signature must have. Default: 1.',
    field: f.whole(0, 8),
    absent: undefined,
  },
  timestamps: {
    about: 'Times by a log or a timestamp authority that it must have. Default: 1.',
    field: f.whole(1, 8),
    absent: undefined,
  },
  sct: {
    about: 'Proofs of a certificate log that its certificate must have; 0 for a CA without such a log. Default: 1.',
    field: f.whole(0, 8),
    absent: undefined,
  },
});

/** A Sigstore instance: the path of its trusted root, with or without thresholds. */
const INSTANCE = f.either(
  f.mapped(PATH, (root) => ({ root, log: undefined, timestamps: undefined, sct: undefined })),
  ROOT,
);

/** The keys in `trust`. */
export const TRUST_MEMBERS = {
  keyrings: {
    about: 'OpenPGP public keys, armored or binary; must hold the keys of all pgp principals.',
    field: PATHS,
    absent: [],
  },
  intermediates: {
    about: 'X.509 certificates that may complete a chain up to an anchor.',
    field: PATHS,
    absent: [],
  },
  certificates: {
    about: 'X.509 leaf certificates whose keys may have made native DSSE signatures, which name no certificate.',
    field: PATHS,
    absent: [],
  },
  crls: {
    about: 'X.509 certificate revocation lists, DER or PEM. Default: nothing is looked up.',
    field: PATHS,
    absent: [],
  },
  revocation: {
    about:
      'What becomes of a certificate about which no CRL in force speaks: require fails, warn remarks. Default with crls: require.',
    field: f.choice(REVOCATION_MODES),
    absent: undefined,
  },
  timestamps: {
    about: 'X.509 certificates of the CAs of timestamp authorities whose clocks are believed.',
    field: PATHS,
    absent: [],
  },
  sigstore: {
    about:
      'Trusted roots of the Sigstore instances whose keyless signatures may count: path, or path and what must be proven.',
    field: many(INSTANCE, { max: POLICY_LIMITS.files }),
    absent: [],
  },
} as const satisfies Readonly<Record<string, Member>>;

/** The key `trust`. */
export const TRUST = object(TRUST_MEMBERS);
