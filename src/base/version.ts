// SPDX-License-Identifier: Apache-2.0
// The version of this software, as in package.json (a test compares them).

/** Semantic version of countersign. */
export const VERSION = '0.2.0';
