// SPDX-License-Identifier: Apache-2.0
// How a bundle names an OpenPGP key: `openpgp4fpr:` and the primary key's fingerprint in lower case, as in the URI of that name.

const HINT = /^openpgp4fpr:([0-9a-f]{40})$/i;

/** The hint for a primary key fingerprint of 40 hex digits. */
export function pgpHint(fingerprint: string): string {
  return `openpgp4fpr:${fingerprint.toLowerCase()}`;
}

/** The fingerprint in a hint, upper case; undefined when the hint is not of an OpenPGP key. */
export function parsePgpHint(hint: string): string | undefined {
  return HINT.exec(hint)?.[1]?.toUpperCase();
}
