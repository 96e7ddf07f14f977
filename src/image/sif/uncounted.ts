// SPDX-License-Identifier: Apache-2.0
// Native signatures that never count, and why: legacy ones, those that nobody can read, and those beyond the limit.

import { sha256 } from '../../base/bytes.ts';
import { LIMITS } from '../../base/limits.ts';
import type { SignatureCheck } from '../../crypto/verifier.ts';
import type { Reason } from '../../findings/signature.ts';
import { type FoundNative, type NativeSignature, placeText } from './signature-objects.ts';

/** One of the old kind, whose signature was checked. */
export function legacy(native: FoundNative, check: SignatureCheck): NativeSignature {
  const reason: Reason = {
    code: 'NATIVE_LEGACY_INSECURE',
    message: `${placeText(native.place)} is a legacy signature: it protects neither header nor descriptors, and never counts`,
    hint: 'sign the image again with a current tool',
  };
  return {
    found: native,
    kind: 'native-legacy',
    group: native.group,
    digest: sha256(native.data),
    check: { ...check, status: check.status === 'valid' ? 'untrusted' : check.status },
    canonical: false,
    metadata: undefined,
    reasons: [...check.reasons, reason],
  };
}

/** One that is linked as a signature and is none. */
export function unreadable(native: FoundNative): NativeSignature {
  return {
    found: native,
    kind: 'native-pgp',
    group: native.group,
    digest: sha256(native.data),
    check: { status: 'unreadable', identity: null, reasons: [], signedAt: null },
    canonical: false,
    metadata: undefined,
    reasons: [
      {
        code: 'NATIVE_UNREADABLE',
        message: `${placeText(native.place)} is linked as a signature and is none that can be read; Apptainer refuses the image`,
        hint: 'delete the object (`siftool del ID IMAGE`) if it is not needed, and sign again',
      },
    ],
  };
}

/** In a file that fails the image; so nobody can hide a signature behind others. */
export function tooMany(native: FoundNative): NativeSignature {
  const reason: Reason = {
    code: 'NATIVE_UNREADABLE',
    message: `${placeText(native.place)} is not looked at: there are more than ${LIMITS.nativeSignatures} native signatures`,
    hint: 'delete the signature objects that are not needed (`siftool del ID IMAGE`)',
  };
  return { ...unreadable(native), reasons: [reason] };
}
