// SPDX-License-Identifier: Apache-2.0
// Revocation lists that travel with an image: unsigned carriers in a SIF or attached in a registry. A list counts by the
// signature of its own issuer, beside those that the policy has, and where the policy asks for revocation at all.

import { sha256, sha256Hex } from '../base/bytes.ts';
import { LIMITS } from '../base/limits.ts';
import { DATA_TYPE, DETERMINISTIC_TIME } from '../sif/format.ts';
import { readObject, type SifImage, type SifObject } from '../sif/sif.ts';
import { signatureExtra } from '../sif/edit/placement.ts';
import type { NewObject } from '../sif/edit/append.ts';

/** How the name of a carrier begins. */
export const CRL_PREFIX = 'countersign-crl/';

/** The object that carries a list, DER: a Signature object without group or link, which Apptainer passes over. */
export function crlObject(der: Uint8Array): NewObject {
  return {
    dataType: DATA_TYPE.signature,
    data: der,
    group: 0,
    name: `${CRL_PREFIX}${sha256Hex(der).slice(0, 32)}`,
    extra: signatureExtra(undefined),
    createdAt: DETERMINISTIC_TIME,
    modifiedAt: DETERMINISTIC_TIME,
  };
}

/** The objects that call themselves carriers of lists. */
export function crlObjects(image: SifImage): readonly SifObject[] {
  return image.objects.filter(
    ({ dataType, group, name, sizeBytes }) =>
      dataType === DATA_TYPE.signature &&
      group === 0 &&
      name.startsWith(CRL_PREFIX) &&
      sizeBytes <= LIMITS.sifSignatureBytes,
  );
}

/** Lists in a file and attached to it, each once and within a limit; what they are is not looked at. */
export async function carriedCrls(
  image: SifImage,
  attached: readonly Uint8Array[] = [],
): Promise<readonly Uint8Array[]> {
  const inside: Uint8Array[] = [];
  let left: number = LIMITS.carriedCrlBytes;
  for (const object of crlObjects(image).slice(0, LIMITS.carriedCrls)) {
    left -= object.sizeBytes;
    if (left >= 0) inside.push(await readObject(image, object, LIMITS.sifSignatureBytes));
  }
  return withinLimits([...inside, ...attached]);
}

/** As many lists as are looked at. */
export function withinLimits(lists: readonly Uint8Array[]): readonly Uint8Array[] {
  let left: number = LIMITS.carriedCrlBytes;
  const unique = [...new Map(lists.map((der) => [sha256(der), der])).values()].slice(0, LIMITS.carriedCrls);
  return unique.filter(({ length }) => {
    left -= length;
    return left >= 0;
  });
}
