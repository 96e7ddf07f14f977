// SPDX-License-Identifier: Apache-2.0
// Whether a key that signs is the one that was expected.

import { utf8 } from '../../base/bytes.ts';
import { SignatureError } from '../errors.ts';
import { type PublicKey, readPublicKeys } from '../keys.ts';
import { KeyError } from './errors.ts';

/**
 * Refuses another key than the expected one.
 * @throws KeyError KEY_UNEXPECTED; SignatureError SIGNATURE_TRUST_UNREADABLE
 */
export function assertExpectedKey({ hint }: PublicKey, expected: string | undefined, what: string): void {
  if (expected === undefined) return;
  const [wanted, second] = readPublicKeys(utf8(expected));
  if (!wanted || second) throw new SignatureError('SIGNATURE_TRUST_UNREADABLE', 'the expected key is not one key');
  if (wanted.hint !== hint)
    throw new KeyError('KEY_UNEXPECTED', `${what} has the key ${hint}, and ${wanted.hint} is expected`);
}
