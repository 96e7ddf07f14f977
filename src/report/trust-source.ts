// SPDX-License-Identifier: Apache-2.0
// Where the trust in a signer comes from, in words.

import type { TrustSource } from '../findings/signature.ts';
import type { SignerReport } from '../policy/verdict.ts';

/** Which file or text holds the key of a signer, or the anchor above it. */
export function sourceText(method: SignerReport['method'], { kind, name }: TrustSource): string {
  const what = method === 'pgp' || method === 'key' ? 'key' : method === 'x509' ? 'trust anchor' : 'trusted root';
  return `${what} from ${SOURCE_WORDS[kind]}${kind === 'policy-text' ? '' : ` ${name}`}`;
}

const SOURCE_WORDS = {
  'policy-file': "the policy's file",
  'policy-text': 'the text of the policy',
  'input-file': 'the given file',
  'input-text': 'the text in',
  'global-ring': "Apptainer's global ring",
  'user-ring': "the user's ring of Apptainer",
} as const satisfies Readonly<Record<TrustSource['kind'], string>>;
