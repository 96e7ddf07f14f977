import { d as sha256 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as parseCrl } from "./crl2.mjs";
import { i as crlObjects, r as crlObject } from "./carried-crls.mjs";
import { i as attachCrl, o as isArtifact, r as REVOCATION_LIST, s as readArtifact, t as AttachedBlobs } from "./attached-blobs.mjs";
import { l as orUndefined } from "./cosign.mjs";
import { l as unlistedRemark, n as RegistryError } from "./errors5.mjs";
import { l as lockImage, r as deleteObjects, t as appendLayers } from "./append.mjs";
import { r as openSif, s as readObject } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";

// src/stage/lasting/carry.ts
/** @throws SifError when the file cannot be read or changed; StageError STAGE_LAYER_UNREADABLE */
async function carryInSif(path, lists, now) {
	await using lock = await lockImage(path);
	await using source = await openFileSource(lock.path);
	const image = await openSif(source);
	const options = {
		now,
		lock,
		expected: image
	};
	const present = new Map(crlObjects(image).map((object) => [object.name, object]));
	const missing = lists.filter(({ der }) => !present.has(nameOf(der)));
	const ids = await appendLayers(lock.path, missing.map(({ der }) => crlObject(der)), options);
	const outdated = [];
	for (const object of present.values()) if (isOutdated(await readObject(image, object, object.sizeBytes), lists)) outdated.push(object.id);
	if (outdated.length > 0) await deleteObjects(lock.path, outdated, options);
	return lists.map((list) => reportOf(list, `object ${present.get(nameOf(list.der))?.id ?? ids[missing.indexOf(list)]}`));
}
/** @throws RegistryError, NetworkError */
async function carryInRegistry(image, repository, lists) {
	const remarks = [];
	const done = [];
	const { descriptor } = image;
	for (const list of lists) {
		const { manifest, unlisted } = await attachCrl(repository, descriptor, list.der);
		if (unlisted) remarks.push(unlistedRemark(unlisted));
		done.push(reportOf(list, `referrer ${manifest.digest}`));
		for (const older of await outdatedOn(image, repository, [list])) try {
			await repository.detachReferrer(older, manifest);
		} catch (error) {
			if (!(error instanceof RegistryError)) throw error;
			remarks.push(`an older list of the same issuer stays: ${error.message}`);
		}
	}
	return {
		lists: done,
		remarks
	};
}
async function outdatedOn({ descriptor }, repository, lists) {
	const { referrers } = await repository.listReferrers(descriptor.digest);
	const blobs = new AttachedBlobs(repository, /* @__PURE__ */ new Map());
	const found = [];
	for (const referrer of referrers.filter((one) => isArtifact(one, REVOCATION_LIST))) if (isOutdated(await readable(blobs, referrer), lists)) found.push(referrer.manifest);
	return found;
}
async function readable(blobs, referrer) {
	try {
		return (await readArtifact(blobs, referrer, REVOCATION_LIST)).bytes;
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
function nameOf(der) {
	return crlObject(der).name ?? "";
}
/** Of the issuer and key of one of the lists, and with a lower number. Names alone say little: others may have them, too. */
function isOutdated(der, lists) {
	const old = der && orUndefined(() => parseCrl(der));
	if (!old) return false;
	const isNewer = ({ issuer, issuerKey, number = 0n }) => issuer.key === old.issuer.key && issuerKey === old.issuerKey && issuerKey !== "" && number > (old.number ?? 0n);
	return lists.some(({ crl }) => isNewer(crl));
}
function reportOf({ der, crl }, where) {
	return {
		digest: sha256(der),
		issuer: crl.issuer.text,
		number: String(crl.number ?? ""),
		where
	};
}

export { carryInRegistry, carryInSif };