// SPDX-License-Identifier: Apache-2.0
// The key `trust`: public keys and certificates that no principal names.

import * as f from './fields.ts';
import { REVOCATION_MODES } from '../../crypto/verifier.ts';
import { POLICY_LIMITS } from './model.ts';

/** A path, relative to the policy file. */
export const PATH = f.line({ limit: 4096 });
/** One path or a list. */
export const PATHS = f.many(PATH, { max: POLICY_LIMITS.files });

/** The key `trust`. */
export const TRUST = f.object({
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
});
