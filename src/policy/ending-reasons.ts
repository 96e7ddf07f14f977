// SPDX-License-Identifier: Apache-2.0
// The reasons why what was good does not count any more, or soon will not.

import type { CodeCatalogue } from '../base/errors.ts';

/** When each reason occurs, and what to do. */
export const ENDING_REASONS = {
  APPROVAL_WITHDRAWN: {
    when: 'whoever gave the approval has withdrawn it (`countersign withdraw`)',
    fix: 'have the stage approved anew with `countersign sign-stage`, once what the message gives as reason is settled',
  },
  COMPONENT_DENIED: {
    when: 'an SBOM that a stage requires names a component that the policy denies (`deny`), or one whose version cannot be compared with the range that is denied',
    fix: 'use an image without the component; the message says why it is denied',
  },
  CONTENT_DENIED: {
    when: 'the policy denies the content of the image (`deny`)',
    fix: 'use another image; the message says why this one is denied',
  },
  CREDENTIAL_ENDS: {
    when: 'a key or certificate behind a signature that counts ends within 30 days (a remark)',
    fix: 'renew it in time; what it signed without a timestamp will not count any more then, and can be approved anew',
  },
  CRL_ENDS: {
    when: 'a CRL that is used has less than a quarter of its life left, and at most 30 days (a remark)',
    fix: 'fetch the next CRL of the CA into the files of `trust.crls`',
  },
  KEY_DENIED: {
    when: 'the policy denies the key that signed, and the signature is not proven to be older (`deny`)',
    fix: 'have the image approved anew with another key',
  },
  PRINCIPAL_DENIED: {
    when: 'the policy denies the principal who signed, and the signature is not proven to be older (`deny`)',
    fix: 'have another approver of the stage approve the image',
  },
  STATEMENT_DENIED: {
    when: 'the policy denies this very approval or piece of evidence (`deny`)',
    fix: 'have the image approved anew; the message says why this approval is denied',
  },
  VERDICT_LOST: {
    when: 'the image passes as things are, and would not without what ⟨without⟩ names (a remark)',
    fix: 'have the stages that fail approved anew by others before you deny it',
  },
} as const satisfies CodeCatalogue;
