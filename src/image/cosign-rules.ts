// SPDX-License-Identifier: Apache-2.0
// Would cosign take this plain signature? It refuses bundles and statements with members that it does not know, and
// passes over what is not alone in its manifest. Ours is no weaker; approvals and evidence have rules of their own.

import type { Reason } from '../findings/signature.ts';
import type { SignatureCheck } from '../crypto/verifier.ts';
import type { AttachedBundle } from '../oci/referrers/bundles.ts';
import { orUndefined } from '../oci/cosign/cosign.ts';
import { type Bundle, parseBundle } from '../attest/bundle.ts';
import { strangeBundleMember, strangeStatementMember } from '../attest/known-members.ts';

/** Why cosign would not take a signature for what is in its bundle, or for how that was found. */
export function cosignRefusal({
  bundle,
  found,
  check,
}: {
  readonly bundle: Bundle;
  readonly check: SignatureCheck;
  readonly found: { readonly cosignRefusal?: Reason };
}): Reason | undefined {
  if (found.cosignRefusal) return found.cosignRefusal;
  const { keyid } = bundle.envelope;
  if (keyid !== undefined && keyid !== check.keyid)
    return unusual('its keyid is not the OpenSSH fingerprint of the key, with which cosign compares it');
  const strange = strangeBundleMember(bundle.bytes) ?? strangeStatementMember(bundle.envelope.payload);
  return strange === undefined ? undefined : unusual(`cosign does not know ${JSON.stringify(strange)}`);
}

/** Why cosign would pass over the manifest of a bundle; undefined for bundles that it cannot read anyway. */
export function attachedCosignRefusal({ bytes, layerTypes }: AttachedBundle): Reason | undefined {
  const bundle = orUndefined(() => parseBundle(bytes));
  if (!bundle || isPgp(bundle)) return undefined;
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
