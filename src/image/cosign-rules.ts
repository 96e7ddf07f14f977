// SPDX-License-Identifier: Apache-2.0
// Would cosign take this plain signature? It refuses bundles and statements with members that it does not know, and
// passes over what is not alone in its manifest. Ours is no weaker; approvals and evidence have rules of their own.

import type { Reason } from '../findings/signature.ts';
import type { SignatureCheck } from '../crypto/verifier.ts';
import { orUndefined } from '../oci/cosign/cosign.ts';
import { type Bundle, parseBundle } from '../attest/bundle.ts';
import { strangeBundleMember, strangeStatementMember } from '../attest/known-members.ts';

/** What is known of the manifest that holds a bundle. */
interface Attached {
  readonly layerTypes?: readonly string[];
}

/** Why cosign would not take a signature for what is in its bundle, or for how that was found. */
export function cosignRefusal({
  bundle,
  found,
  check,
}: {
  readonly bundle: Bundle;
  readonly check: SignatureCheck;
  readonly found: Attached;
}): Reason | undefined {
  const unread = found.layerTypes && manifestRefusal(bundle, found.layerTypes);
  if (unread) return unread;
  const { keyid } = bundle.envelope;
  if (keyid !== undefined && keyid !== check.keyid)
    return unusual('its keyid is not the OpenSSH fingerprint of the key, with which cosign compares it');
  const strange = strangeBundleMember(bundle.bytes) ?? strangeStatementMember(bundle.envelope.payload);
  return strange === undefined ? undefined : unusual(`cosign does not know ${JSON.stringify(strange)}`);
}

/** Whether cosign would pass over a bundle for its manifest, whatever is in it. */
export function isPassedOver({ bytes, layerTypes }: Attached & { readonly bytes: Uint8Array }): boolean {
  const bundle = orUndefined(() => parseBundle(bytes));
  return bundle !== undefined && layerTypes !== undefined && manifestRefusal(bundle, layerTypes) !== undefined;
}

/** Why cosign would pass over the manifest of a bundle; undefined for bundles that it cannot read anyway. */
function manifestRefusal(bundle: Bundle, layerTypes: readonly string[]): Reason | undefined {
  if (isPgp(bundle)) return undefined;
  if (layerTypes.length > 1)
    return unusual(`its manifest has ${layerTypes.length} layers, and cosign looks at a single one`);
  const [layerType = ''] = layerTypes;
  if (versionOf(layerType) === versionOf(bundle.mediaType)) return undefined;
  return unusual(`it is labelled ${layerType.slice(0, 120)} and is ${bundle.mediaType}`);
}

function isPgp({ material }: Bundle): boolean {
  return material.kind === 'public-key' && material.hint.startsWith('openpgp4fpr:');
}

/** There are two ways to write each version. */
function versionOf(mediaType: string): string {
  return /(?:\.v|;version=)(\d+\.\d+)/.exec(mediaType)?.[1] ?? mediaType;
}

function unusual(problem: string): Reason {
  return {
    code: 'COSIGN_BUNDLE_UNUSUAL',
    message: `a plain signature in this bundle does not count: ${problem}`,
    hint: 'sign the image again with cosign or countersign',
  };
}
