import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { p as GROUP_MASK, t as groupsOf } from "./sif.mjs";
import { i as parseMetadata, n as compareMetadata } from "./hash.mjs";
import { _ as parseNativeDsse, a as isDsse, c as placeText, g as nativePae, i as isCleartext, o as isLegacy } from "./signature-objects.mjs";
import { o as timeOf, r as alsoAtTimes } from "./bundle3.mjs";
import { a as stampedApprovals, c as timesOfNative, l as vouchedTimes, s as timesByNative } from "./open-bundles.mjs";

// src/image/sif/uncounted.ts
/** One of the old kind, whose signature was checked. */
function legacy(native, check) {
	const reason = {
		code: "NATIVE_LEGACY_INSECURE",
		message: `${placeText(native.place)} is a legacy signature: it protects neither header nor descriptors, and never counts`,
		hint: "sign the image again with a current tool"
	};
	return {
		found: native,
		kind: "native-legacy",
		group: native.group,
		digest: sha256(native.data),
		check: {
			...check,
			status: check.status === "valid" ? "untrusted" : check.status
		},
		canonical: false,
		metadata: void 0,
		reasons: [...check.reasons, reason]
	};
}
/** One that is linked as a signature and is none. */
function unreadable(native) {
	return {
		found: native,
		kind: "native-pgp",
		group: native.group,
		digest: sha256(native.data),
		check: {
			status: "unreadable",
			identity: null,
			reasons: [],
			signedAt: null
		},
		canonical: false,
		metadata: void 0,
		reasons: [{
			code: "NATIVE_UNREADABLE",
			message: `${placeText(native.place)} is linked as a signature and is none that can be read; Apptainer refuses the image`,
			hint: "delete the object (`siftool del ID IMAGE`) if it is not needed, and sign again"
		}]
	};
}
/** In a file that fails the image; so nobody can hide a signature behind others. */
function tooMany(native) {
	const reason = {
		code: "NATIVE_UNREADABLE",
		message: `${placeText(native.place)} is not looked at: there are more than ${LIMITS.nativeSignatures} native signatures`,
		hint: "delete the signature objects that are not needed (`siftool del ID IMAGE`)"
	};
	return {
		...unreadable(native),
		reasons: [reason]
	};
}

// src/image/sif/native-signatures.ts
/**
* Checks all native signatures. They hold no timestamp: one is as old as the approval that it belongs to, or as a later
* approval that lists it, by itself or by that approval.
*/
async function checkNatives(found, approvals, { verifier, now }) {
	const stamped = stampedApprovals(approvals);
	const times = stamped.length > 0 ? timesByNative(stamped) : void 0;
	const natives = [];
	for (const native of found) {
		const proven = times?.get(sha256(native.data));
		const options = {
			verifier,
			now,
			limit: LIMITS.nativeSignatures - natives.length
		};
		const checked = await checkNative(native, proven ? {
			...options,
			proven
		} : options);
		for (const one of checked) natives.push(times ? await withVouched(one, timesOfNative(one, approvals, stamped), options) : one);
	}
	return natives;
}
async function withVouched(native, times, options) {
	if (native.kind === "native-legacy") return native;
	const vouched = await vouchedTimes(native.check, times, async (proven) => {
		return (await checkNative(native.found, {
			...options,
			proven
		})).find(({ digest, check }) => digest === native.digest && check.status === "valid")?.check;
	});
	return vouched.length > 0 ? {
		...native,
		vouched
	} : native;
}
/** Every signature in a native signature object. Never throws for what is in it. */
async function checkNative(native, options) {
	const { data } = native;
	const { verifier, now, proven } = options;
	if (options.limit <= 0) return [tooMany(native)];
	if (isDsse(data)) return checkDsse(native, options);
	if (!isCleartext(data)) return [unreadable(native)];
	const check = await verifier.verifyCleartext(data, native.fingerprint, now, proven);
	if (isLegacy(data)) return [legacy(native, check)];
	const { metadata, reasons } = readMetadata(check.text === null ? void 0 : utf8(check.text), native);
	const hashType = hashTypeDefect(native);
	const problems = [...reasons, ...hashType];
	const status = problems.length > 0 && check.status === "valid" ? "invalid" : check.status;
	return [{
		found: native,
		kind: "native-pgp",
		group: native.group,
		digest: sha256(data),
		check: {
			...check,
			status
		},
		canonical: isCanonical(native.object, check),
		metadata,
		reasons: [...check.reasons, ...problems]
	}];
}
async function checkDsse(native, { verifier, now, limit, proven }) {
	const envelope = readEnvelope(native.data);
	if (envelope instanceof CountersignError) return [{
		...unreadable(native),
		kind: "native-dsse",
		reasons: [reasonOf(envelope)]
	}];
	if (envelope.signatures.length > limit) return [tooMany(native)];
	const { metadata, reasons } = readMetadata(envelope.payload, native);
	const pae = nativePae(envelope.payload);
	const signatures = [];
	for (const { signature, keyid } of envelope.signatures) {
		const input = {
			pae,
			signature,
			material: void 0,
			keyid,
			hashing: "native",
			proven
		};
		const check = await verifier.verifyDsse(input, now);
		const problems = [...reasons, ...hashTypeDefect(native)];
		const status = problems.length > 0 && check.status === "valid" ? "invalid" : check.status;
		signatures.push({
			found: native,
			kind: "native-dsse",
			group: native.group,
			digest: sha256(signature),
			check: {
				...check,
				status
			},
			canonical: false,
			metadata,
			reasons: [...check.reasons, ...problems]
		});
	}
	return signatures.length > 0 ? signatures : [unreadable(native)];
}
function readEnvelope(data) {
	try {
		return parseNativeDsse(data);
	} catch (error) {
		if (error instanceof CountersignError) return error;
		throw error;
	}
}
/** Our native objects have one possible descriptor for given data. */
function isCanonical(object, check) {
	if (object === void 0) return true;
	return object.used === 1 && object.rawGroup === 4026531840 && object.name === "" && object.uid === 0 && object.gid === 0 && check.signedAt !== null && object.createdAt === Math.floor(check.signedAt.getTime() / 1e3) && object.signature?.plain === true;
}
function readMetadata(bytes, { place }) {
	if (!bytes) return {
		metadata: void 0,
		reasons: []
	};
	try {
		return {
			metadata: parseMetadata(bytes),
			reasons: []
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		const { code, message, hint } = error;
		return {
			metadata: void 0,
			reasons: [{
				code,
				message: `${placeText(place)}: ${message}`,
				hint
			}]
		};
	}
}
/** The reference refuses a signature object whose hash type is none of the five, so a gate would too (docs/spec/sif.md, 1.5). */
function hashTypeDefect({ object }) {
	const hashType = object?.signature?.hashType ?? 0;
	if (object === void 0 || hashType >= 1 && hashType <= 5) return [];
	return [{
		code: "SIF_DESCRIPTOR_ALTERED",
		message: `object ${object.id}: its hash type is ${hashType}`,
		hint: "restore the image from a copy, or have this signer sign again"
	}];
}
function reasonOf(error) {
	return {
		code: error.code,
		message: error.message,
		hint: error.hint
	};
}
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

export { nativeLayers as a, firstOf as i, checkNatives as n, differences as r, checkNative as t };