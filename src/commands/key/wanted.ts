// SPDX-License-Identifier: Apache-2.0
// The fingerprint that says which key is meant: all of it, since shorter names of keys can be had for nothing.

import { UsageError } from '../../base/errors.ts';
import type { KeyInputs } from './spec.ts';

/** 40 upper-case hex digits; undefined when none was given. @throws UsageError USAGE_INVALID_INPUT */
export function wantedFingerprint({ fingerprint }: Pick<KeyInputs, 'fingerprint'>): string | undefined {
  const text = fingerprint?.replaceAll(/\s/g, '').toUpperCase();
  if (text === undefined || /^[0-9A-F]{40}$/.test(text)) return text;
  throw new UsageError('USAGE_INVALID_INPUT', `fingerprint is ${JSON.stringify(text.slice(0, 80))}`, {
    hint: 'give all 40 hex digits: anybody can make a key with a given short name',
  });
}
