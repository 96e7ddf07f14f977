// SPDX-License-Identifier: Apache-2.0
// Why something failed, or what is worth knowing about something that passed. Every area gives its findings in this form.

/** Why something failed, or a remark on something that passed: the code is in docs/errors.md. */
export interface Reason {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  /** A remark explains and decides nothing; without it the reason made something fail. */
  readonly severity?: 'remark';
}
