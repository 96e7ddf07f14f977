import { d as sha256, g as utf8, i as digestHex, r as decodeUtf8 } from "./bytes.mjs";
import { n as hashObjects } from "./hash.mjs";
import { f as PARTITION_TYPE, n as groupsOf, o as uncoverableObjects, r as objectsInGroup, u as FILE_SYSTEM } from "./sif.mjs";
import { c as parseMetadata, f as laneDefect, i as readSignatureObjects, n as checkNative, o as compareMetadata, r as placeText, s as encodeMetadata, t as algorithmsNamed, u as evidenceLabel } from "./native-signatures.mjs";
import { o as withinEffort } from "./effort.mjs";
import { l as placeBundle, o as SIF_SUBJECT, s as alsoAtTimes, t as carriedCrls, u as timeOf } from "./carried-crls.mjs";
import { a as stampedApprovals, i as openBundles, n as listersOf, t as earlierThan } from "./open-bundles2.mjs";
import { t as LIMITS } from "./limits.mjs";

// src/image/sif/native-times.ts
/** Checks all native signatures, each by the time that the approvals prove. */
async function checkNatives(found, approvals, { verifier, now }) {
	const stamped = stampedApprovals(approvals);
	const times = timesByNative(stamped);
	const natives = [];
	for (const native of found) {
		const limit = LIMITS.nativeSignatures - natives.length;
		const proven = times.get(sha256(native.data));
		const options = {
			verifier,
			now,
			limit
		};
		const checked = await checkNative(native, proven ? {
			...options,
			proven
		} : options);
		for (const one of checked) natives.push(await withVouched(one, {
			approvals,
			stamped
		}, options));
	}
	return natives;
}
/** What an approval names was there when the approval was, at the earliest of these times if several name it. */
function timesByNative(stamped) {
	const times = /* @__PURE__ */ new Map();
	for (const { approval, proven } of stamped) for (const { digest } of approval.native) {
		const known = times.get(digest);
		if (!known || proven.latest < known.latest) times.set(digest, proven);
	}
	return times;
}
async function withVouched(native, { approvals, stamped }, options) {
	if (native.kind === "native-legacy") return native;
	const owners = approvals.filter((one) => "approval" in one && one.approval?.approval.native.some(({ digest }) => digest === native.digest));
	const times = [...listersOf(native.digest, native.check, stamped), ...owners.flatMap((one) => "problem" in one ? [] : listersOf(one.bundle.payloadDigest, one.check, stamped))];
	const vouched = [];
	for (const proven of earlierThan(native.check, times)) {
		const good = (await checkNative(native.found, {
			...options,
			proven
		})).find(({ digest, check }) => digest === native.digest && check.status === "valid");
		if (good) vouched.push({
			by: proven.by,
			signer: good.check.identity,
			reasons: good.reasons,
			proven
		});
	}
	return vouched.length > 0 ? {
		...native,
		vouched
	} : native;
}

// src/image/sif/vouched-digests.ts
/** SHA-256 of each object's data as witnesses state it; objects without a witness, or with disputed ones, are left out. */
function claimedDigests(image, natives, opened) {
	const stated = /* @__PURE__ */ new Map();
	for (const { group, metadata } of [...nativeClaims(natives), ...approvalClaims(opened)]) {
		if (!groupsOf(image).includes(group) || !compareMetadata(metadata, image, group, void 0).complete) continue;
		const [lowest] = objectsInGroup(image, group);
		for (const { relativeId, objectDigest } of metadata.objects) {
			if (objectDigest.algorithm !== "sha256") continue;
			const id = (lowest?.id ?? 1) + relativeId;
			stated.set(id, (stated.get(id) ?? /* @__PURE__ */ new Set()).add(objectDigest.hex));
		}
	}
	const digests = /* @__PURE__ */ new Map();
	for (const [id, values] of stated) {
		const [hex] = values;
		if (values.size === 1 && hex !== void 0) digests.set(id, /* @__PURE__ */ new Map([["sha256", hex]]));
	}
	return digests;
}
function nativeClaims(natives) {
	return natives.flatMap(({ check, group, metadata }) => check.status === "valid" && group !== void 0 && metadata ? [{
		group,
		metadata
	}] : []);
}
function approvalClaims(opened) {
	return opened.flatMap((bundle) => {
		if ("problem" in bundle || bundle.check.status !== "valid" || !bundle.approval?.approval.dataVerified) return [];
		return bundle.approval.content.flatMap(({ group, metadata }) => {
			const parsed = tryParse(metadata);
			return parsed ? [{
				group,
				metadata: parsed
			}] : [];
		});
	});
}
function tryParse(metadata) {
	try {
		return parseMetadata(utf8(metadata));
	} catch {
		return;
	}
}

// src/image/sif/layers.ts
/** Reason for an object whose data was neither read nor vouched for: an open question, no difference. */
const NOT_HASHED = "SIF_DATA_NOT_HASHED";
/** Differences that are listed one by one; a hostile image may have millions. */
const LISTED = 20;
/** What differs for certain: an object that was not hashed is no difference. */
function differences(reasons) {
	return reasons.filter(({ code }) => code !== NOT_HASHED);
}
/** The first of many differences, and how many more there are. */
function firstOf(reasons) {
	const [next, ...more] = reasons.slice(LISTED);
	if (!next || more.length === 0) return reasons;
	return [...reasons.slice(0, LISTED), {
		...next,
		message: `${next.message}; and ${more.length} more differences`
	}];
}
/** A lane object must be stored exactly as its content says; the name also names the bytes. */
function withLaneDefect(fact, stored) {
	if (!stored) return fact;
	const { object, data } = stored;
	const defect = laneDefect(object, {
		is: fact.is === "evidence" ? "evidence" : "approval",
		label: labelOf(fact, object),
		bundle: data,
		reservable: fact.is === "layer" && fact.fact.approval !== null
	});
	if (defect === void 0) return fact;
	const altered = {
		signature: "invalid",
		reasons: [{
			code: "LANE_ALTERED",
			message: `object ${object.id} was altered: ${defect}`,
			hint: "restore the image from a copy, or delete the object and sign again"
		}, ...fact.fact.reasons]
	};
	if (fact.is === "evidence") return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
	return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
}
/** The label that the content asks for; unreadable content leaves only the name's own. */
function labelOf(fact, object) {
	if (fact.is === "evidence") return evidenceLabel(fact.fact.predicateType);
	return fact.fact.approval?.stage ?? object.name.split("/")[2] ?? "";
}
/** What the native signatures are for this image; `bundles` say which of them belong to an approval. */
function nativeLayers(natives, { image, digests, bundles }) {
	const named = namedByApprovals(bundles);
	const compare = comparer(image, digests);
	return natives.map((native) => withDescriptorCheck(nativeLayer(native, compare(native)), native, named));
}
/** Compares a native signature's message with the image; all signatures of one envelope share the answer. */
function comparer(image, digests) {
	const groups = new Set(groupsOf(image));
	const known = /* @__PURE__ */ new Map();
	return ({ group, metadata }) => {
		if (!metadata || group === void 0 || !groups.has(group)) return void 0;
		const comparison = known.get(metadata) ?? compareMetadata(metadata, image, group, digests);
		known.set(metadata, comparison);
		return comparison;
	};
}
function nativeLayer(native, comparison) {
	const { check } = native;
	const { place } = native.found;
	const reasons = differences(comparison?.reasons ?? []);
	const contradicted = reasons.some(({ code }) => code !== "SIF_OBJECT_NOT_SIGNED");
	const partial = reasons.length > 0 && !contradicted;
	const differing = [...firstOf(reasons), ...partial ? [partialReason(place)] : []];
	return {
		place,
		kind: native.kind,
		method: check.identity?.method ?? (native.kind === "native-dsse" ? "key" : "pgp"),
		digest: native.digest,
		signer: check.identity,
		signature: contradicted && check.status === "valid" ? "invalid" : check.status,
		reasons: [...native.reasons, ...differing],
		covers: contradicted ? [] : (comparison?.matchingObjects ?? []).map((id) => `object ${id}`),
		contradicted,
		approval: null,
		...timeOf(check),
		...alsoAtTimes(native.vouched, differing),
		signedAt: check.signedAt?.toISOString() ?? null
	};
}
function partialReason(place) {
	return {
		code: "NATIVE_PARTIAL",
		message: `${placeText(place)} signs only some objects of its group; Apptainer refuses such an image for good`,
		hint: "delete it (`siftool del ID IMAGE`) and sign the whole group"
	};
}
/**
* Native signatures that approvals of the same signer name as their other half, which are valid or may be by the time of
* later ones: digest + fingerprint.
*/
function namedByApprovals(bundles) {
	const claims = bundles.flatMap(({ is, fact }) => {
		if (is !== "layer" || fact.signer?.method !== "pgp" || !(fact.signature === "valid" || fact.vouched)) return [];
		const { fingerprint } = fact.signer;
		return (fact.approval?.native ?? []).map(({ digest }) => `${digest} ${fingerprint}`);
	});
	return new Set(claims);
}
/** Our own native signatures have one possible descriptor; anything else means that somebody changed it. */
function withDescriptorCheck(fact, native, named) {
	if (fact.signer?.method !== "pgp" || !named.has(`${fact.digest} ${fact.signer.fingerprint}`)) return fact;
	if (native.canonical) return fact;
	const reason = {
		code: "SIF_DESCRIPTOR_ALTERED",
		message: `${placeText(native.found.place)}: the descriptor of this signature was changed after signing`,
		hint: "restore the image from a copy, or have this signer sign again"
	};
	return {
		...fact,
		signature: "invalid",
		reasons: [reason, ...fact.reasons]
	};
}

// src/image/sif/examine.ts
/**
* Reads, checks and compares everything on a SIF.
* @throws SifError when the file cannot be read as a SIF at all; SignatureError SIGNATURE_EFFORT_TOO_LARGE
*/
function examineSif(image, options) {
	return withinEffort(async () => {
		const verifier = options.verifier.withCrls(await carriedCrls(image, options.besideCrls));
		return examine(image, {
			...options,
			verifier
		});
	});
}
async function examine(image, options) {
	const objects = await readSignatureObjects(image);
	const foundNatives = [...objects.natives, ...notInside(options.besideNatives ?? [], objects.natives)];
	const dataRead = options.data !== "claimed";
	const hashing = dataRead ? hashGroups(image, foundNatives, options) : void 0;
	hashing?.catch(() => void 0);
	const all = await openBundles([...objects.lane.map(foundInLane), ...options.beside ?? []], options);
	const natives = await checkNatives(foundNatives, all, options);
	const digests = await hashing ?? claimedDigests(image, natives, all);
	const groups = groupContents(image, digests);
	const view = viewOf({
		image,
		groups,
		digests,
		aliases: options.aliases ?? []
	});
	const bundles = withoutCopies(all, objects.lane.length).map(asNobodys(all)).map((bundle, index) => withLaneDefect(placeBundle(bundle, view), objects.lane[index])).filter(({ is, opened: read }) => is === "evidence" || !read?.found.evidenceOnly);
	return {
		image,
		facts: {
			name: options.name,
			kind: "sif",
			contentDigests: groups.map(({ digest }) => digest),
			units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map(unitOf)),
			layers: [...nativeLayers(natives, {
				image,
				digests,
				bundles
			}), ...bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : [])],
			evidence: bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []),
			hasId: /[1-9a-f]/.test(image.header.id),
			dataRead,
			problems: [...imageProblems(image), ...strayRemarks(objects.strays, bundles)]
		},
		digests,
		groups,
		natives,
		objects,
		bundles,
		view,
		verifier: options.verifier,
		subjects: groups.map(({ digest }) => ({
			name: SIF_SUBJECT,
			digest: { sha256: digestHex(digest) }
		})),
		content: groups.map(({ group, metadata }) => ({
			group,
			metadata: decodeUtf8(metadata, "sif-metadata")
		})),
		freeSlots: image.freeSlots
	};
}
const ENCRYPTED = /* @__PURE__ */ new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);
const USES = /* @__PURE__ */ new Map([[PARTITION_TYPE.overlay, "overlay"], [PARTITION_TYPE.data, "data"]]);
function unitOf({ id, group, partition }) {
	const unit = {
		id: `object ${id}`,
		group
	};
	if (!partition) return unit;
	const { fs, type } = partition;
	const use = USES.get(type);
	return {
		...unit,
		encrypted: ENCRYPTED.has(fs),
		writable: fs === FILE_SYSTEM.ext3,
		...use ? { use } : {}
	};
}
function foundInLane({ object, data }) {
	return {
		place: {
			in: "sif",
			object: object.id
		},
		bytes: data
	};
}
/** Native signatures that the image does not hold itself. */
function notInside(beside, inside) {
	const known = new Set(inside.map(({ data }) => sha256(data)));
	return beside.filter(({ data }) => !known.has(sha256(data)));
}
/**
* A bundle that travels beside the image and is in its lane too counts once; an altered copy hides no intact one, nor does
* one without a timestamp hide one with.
*/
function withoutCopies(opened, inLane) {
	const known = /* @__PURE__ */ new Map();
	for (const bundle of opened.slice(0, inLane)) {
		const key = signatureKey(bundle);
		known.set(key, Math.min(stampOf(bundle), known.get(key) ?? Number.POSITIVE_INFINITY));
	}
	return opened.filter((bundle, index) => {
		const stamped = index < inLane || "problem" in bundle ? void 0 : known.get(signatureKey(bundle));
		return stamped === void 0 || stampOf(bundle) < stamped;
	});
}
/** When a bundle existed by its own timestamps; it may never have without any. */
function stampOf(opened) {
	return "problem" in opened ? Number.POSITIVE_INFINITY : opened.stampedAt?.getTime() ?? Number.POSITIVE_INFINITY;
}
const UNSIGNED = /* @__PURE__ */ new Set(["invalid", "unreadable"]);
/**
* A statement that is there with a good signature was not altered: another bundle that holds it, names a known key and is
* not signed by it, is a stranger's.
*/
function asNobodys(all) {
	const good = all.flatMap((one) => "problem" in one || one.check.status !== "valid" ? [] : [one.bundle.payloadDigest]);
	const intact = new Set(good);
	return (one) => "problem" in one || !UNSIGNED.has(one.check.status) || !intact.has(one.bundle.payloadDigest) ? one : {
		...one,
		check: {
			...one.check,
			status: "unknown-signer",
			identity: null
		}
	};
}
function signatureKey(opened) {
	if ("problem" in opened) return "";
	return `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}`;
}
/** Hashes every grouped object once, with SHA-256 and whatever else the signed messages use. */
async function hashGroups(image, natives, { onBytes, signal, hash = hashObjects }) {
	const algorithms = /* @__PURE__ */ new Set(["sha256", ...natives.flatMap(algorithmsNamed)]);
	return hash(image, groupsOf(image).flatMap((group) => objectsInGroup(image, group)), {
		algorithms,
		...onBytes ? { onBytes } : {},
		...signal ? { signal } : {}
	});
}
/** Groups whose data digests are known; all of them when the data was read. */
function groupContents(image, digests) {
	return groupsOf(image).filter((group) => objectsInGroup(image, group).every(({ id }) => digests.has(id))).map((group) => {
		const metadata = encodeMetadata(image, group, digests);
		return {
			group,
			objects: objectsInGroup(image, group),
			metadata,
			digest: sha256(metadata)
		};
	});
}
/** How statements are compared with this image. */
function viewOf({ image, groups, digests, aliases }) {
	return {
		kind: "sif",
		digests: groups.map(({ digest }) => digest),
		aliases,
		units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map((object) => unitOf(object).id)),
		known: groups.length === groupsOf(image).length,
		unitsOf: (digest, numbers) => groups.filter((group) => group.digest === digest && (numbers?.has(group.group) ?? true)).flatMap((group) => group.objects.map((object) => unitOf(object).id)),
		explain: (content) => firstOf(content.flatMap((approved) => explain(approved, image, digests)))
	};
}
function explain(approved, image, digests) {
	if (!groupsOf(image).includes(approved.group)) return [{
		code: "SIF_GROUP_MISSING",
		message: `group ${approved.group} was approved and is not in the image`,
		hint: "restore the image from a copy, or have the stages approve the new content"
	}];
	const { reasons } = compareMetadata(parseMetadata(utf8(approved.metadata)), image, approved.group, digests);
	return differences(reasons);
}
/** What is wrong with the image whatever is signed, and remarks on what is odd. */
function imageProblems(image) {
	const problems = [];
	const add = (code, message, hint) => problems.push({
		code,
		message,
		hint
	});
	if (groupsOf(image).length === 0) add("SIF_NO_GROUPS", "the image has no group of objects, so there is nothing to approve", "build the image again");
	for (const object of uncoverableObjects(image)) add("SIF_OBJECT_UNGROUPED", `object ${object.id} belongs to no group, so no signature can cover it; Apptainer refuses the image`, `delete it (\`siftool del ${object.id} IMAGE\`) or add it to a group before signing`);
	for (const object of image.objects) if (object.used !== 1) add("SIF_DESCRIPTOR_ALTERED", `object ${object.id}: its used byte is ${object.used}, which no writer writes`, "restore the image from a copy");
	for (const { id, slot, name } of image.hidden) problems.push({
		code: "SIF_OBJECT_HIDDEN",
		message: `object ${id} in slot ${slot}${name === "" ? "" : ` (${JSON.stringify(name)})`} is marked unused and its descriptor is still there: a change was interrupted, or somebody hid it`,
		hint: "nothing, if all stages pass; else restore the image from a copy",
		severity: "remark"
	});
	if (image.objects.length > 0 && image.header.descriptorsFree === image.header.descriptorsTotal) add("SIF_HEADER_ALTERED", "the global header says that the image is empty", "restore the image from a copy");
	return problems;
}
/** Native signatures that approvals name and that nobody reads, because their link was changed. */
function strayRemarks(strays, bundles) {
	return bundles.flatMap(({ is, fact }) => is === "layer" ? fact.approval?.native ?? [] : []).flatMap(({ digest }) => {
		const object = strays.get(digest);
		if (!object) return [];
		return [{
			code: "SIF_DESCRIPTOR_ALTERED",
			message: `object ${object.id} is the native signature that an approval names, and its link to the group was changed`,
			hint: "restore the image from a copy, or have this signer sign again",
			severity: "remark"
		}];
	});
}

export { examineSif as t };