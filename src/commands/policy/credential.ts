// SPDX-License-Identifier: Apache-2.0
// A credential in one line.

import type { Credential } from '../../policy/document/model.ts';
import { describeKeyless } from './keyless.ts';

/** A credential in one line, as docs/policy.md writes it. */
export function describeCredential(credential: Credential): string {
  switch (credential.method) {
    case 'pgp':
      return `pgp ${credential.fingerprint}`;
    case 'key':
      return `key ${credential.hint}`;
    case 'x509': {
      const fields = (['san', 'subject', 'issuer'] as const).filter((field) => credential[field].length > 0);
      const names = fields.map((field) => `${field} ${credential[field].join(' or ')}`);
      const described = [...(credential.any ? ['any name'] : []), ...names].join(', ');
      return `x509 ${described}, anchor ${credential.anchors.map((anchor) => anchor.slice(0, 12)).join(' or ')}`;
    }
    case 'sigstore':
      return describeKeyless(credential);
    default:
      return credential satisfies never;
  }
}
