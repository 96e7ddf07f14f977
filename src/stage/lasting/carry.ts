// SPDX-License-Identifier: Apache-2.0
// Puts revocation lists beside what is signed on an image, so that they travel with it. They take the place of older ones of
// the same issuer.

import { sha256, type Digest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { type Crl, parseCrl } from '../../crypto/x509/crl.ts';
import { crlObject, crlObjects } from '../../image/carried-crls.ts';
import { AttachedBlobs } from '../../image/registry/attached-blobs.ts';
import type { RegistryImage } from '../../image/registry/image.ts';
import { orUndefined } from '../../oci/cosign/cosign.ts';
import { RegistryError, unlistedRemark } from '../../oci/errors.ts';
import type { Referrer, Repository } from '../../oci/oci.ts';
import { attachCrl, isArtifact, readArtifact, REVOCATION_LIST } from '../../oci/referrers/artifacts.ts';
import { deleteObjects } from '../../sif/edit/append.ts';
import { lockImage } from '../../sif/edit/lock.ts';
import { openSif, readObject } from '../../sif/sif.ts';
import { openFileSource } from '../../sif/source.ts';
import { appendLayers } from '../append.ts';

/** A list that is to travel. */
export interface ListToCarry {
  readonly der: Uint8Array;
  readonly crl: Crl;
}

/** What became of one list. */
export interface CarriedList {
  readonly digest: Digest;
  readonly issuer: string;
  /** CRL number; empty for a list that has none, which is refused by whoever verifies. */
  readonly number: string;
  readonly where: string;
}

/** @throws SifError when the file cannot be read or changed; StageError STAGE_LAYER_UNREADABLE */
export async function carryInSif(
  path: string,
  lists: readonly ListToCarry[],
  now: Date,
): Promise<readonly CarriedList[]> {
  await using lock = await lockImage(path);
  await using source = await openFileSource(lock.path);
  const image = await openSif(source);
  const options = { now, lock, expected: image };
  const present = new Map(crlObjects(image).map((object) => [object.name, object]));
  const missing = lists.filter(({ der }) => !present.has(nameOf(der)));
  const ids = await appendLayers(
    lock.path,
    missing.map(({ der }) => crlObject(der)),
    options,
  );
  const outdated: number[] = [];
  for (const object of present.values())
    if (isOutdated(await readObject(image, object, object.sizeBytes), lists)) outdated.push(object.id);
  if (outdated.length > 0) await deleteObjects(lock.path, outdated, options);
  return lists.map((list) =>
    reportOf(list, `object ${present.get(nameOf(list.der))?.id ?? ids[missing.indexOf(list)]}`),
  );
}

/** @throws RegistryError, NetworkError */
export async function carryInRegistry(
  image: RegistryImage,
  repository: Repository,
  lists: readonly ListToCarry[],
): Promise<{ readonly lists: readonly CarriedList[]; readonly remarks: readonly string[] }> {
  const remarks: string[] = [];
  const done: CarriedList[] = [];
  const { descriptor } = image;
  for (const list of lists) {
    const { manifest, unlisted } = await attachCrl(repository, descriptor, list.der);
    if (unlisted) remarks.push(unlistedRemark(unlisted));
    done.push(reportOf(list, `referrer ${manifest.digest}`));
    for (const older of await outdatedOn(image, repository, [list]))
      try {
        await repository.detachReferrer(older, manifest);
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        remarks.push(`an older list of the same issuer stays: ${error.message}`);
      }
  }
  return { lists: done, remarks };
}

async function outdatedOn({ descriptor }: RegistryImage, repository: Repository, lists: readonly ListToCarry[]) {
  const { referrers } = await repository.listReferrers(descriptor.digest);
  const blobs = new AttachedBlobs(repository, new Map());
  const found = [];
  for (const referrer of referrers.filter((one) => isArtifact(one, REVOCATION_LIST)))
    if (isOutdated(await readable(blobs, referrer), lists)) found.push(referrer.manifest);
  return found;
}

async function readable(blobs: AttachedBlobs, referrer: Referrer): Promise<Uint8Array | undefined> {
  try {
    return (await readArtifact(blobs, referrer, REVOCATION_LIST)).bytes;
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}

function nameOf(der: Uint8Array): string {
  return crlObject(der).name ?? '';
}

/** Of the issuer and key of one of the lists, and with a lower number. Names alone say little: others may have them, too. */
function isOutdated(der: Uint8Array | undefined, lists: readonly ListToCarry[]): boolean {
  const old = der && orUndefined(() => parseCrl(der));
  if (!old) return false;
  const isNewer = ({ issuer, issuerKey, number = 0n }: Crl) =>
    issuer.key === old.issuer.key && issuerKey === old.issuerKey && issuerKey !== '' && number > (old.number ?? 0n);
  return lists.some(({ crl }) => isNewer(crl));
}

function reportOf({ der, crl }: ListToCarry, where: string): CarriedList {
  return { digest: sha256(der), issuer: crl.issuer.text, number: String(crl.number ?? ''), where };
}
