import { t as checkNative } from "./native-signatures.mjs";
import { l as readSignatureObjects, n as algorithmsNamed } from "./signature-objects.mjs";
import { n as compareMetadata, t as hashObjects } from "./hash.mjs";
import { c as uncoverableObjects, n as objectsInGroup, t as groupsOf } from "./sif.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as isClearsigned } from "./framing.mjs";
import { i as gateReason } from "./errors11.mjs";
import { i as listProblem, r as isListMode, t as groupFor } from "./list.mjs";

// src/gates/ecl/simulate.ts
/**
* The list's verdict about an image.
* @throws SifError when the data cannot be read
* @see https://github.com/apptainer/apptainer/blob/v1.4.5/internal/pkg/syecl/syecl.go
*/
async function judgeByList(image, context) {
	const { list, folder } = context;
	const problem = listProblem(list);
	if (problem) return denied(problem.words, gateReason("GATE_LIST_INVALID", `${problem.message}: no SIF runs`));
	if (!list.activated) return allowed("the list is not activated: everything runs");
	const group = groupFor(list, folder);
	if (!group) return denied(`${image.source.name} not part of any execgroup`, gateReason("GATE_NO_GROUP", `no group of the list is about images in ${folder}`));
	if (list.legacyInsecure) return {
		gate: "ecl",
		verdict: "unknown",
		words: null,
		reasons: [gateReason("GATE_NOT_DECIDED", "the list asks for legacy signatures (legacyinsecure), which protect too little")]
	};
	const found = await signaturesOf(image, context);
	if (found.fatal) return found.fatal;
	return isListMode(group.mode) ? byMode(group.mode, group.fingerprints, found) : denied(group.mode);
}
async function signaturesOf(image, context) {
	const none = {
		all: /* @__PURE__ */ new Set(),
		any: /* @__PURE__ */ new Set(),
		unchecked: /* @__PURE__ */ new Map()
	};
	const [ungrouped] = uncoverableObjects(image);
	if (ungrouped) {
		const message = `object ${ungrouped.id} is in no group, so that nothing covers it`;
		const words = "integrity: non-signature object not associated with object group";
		return {
			...none,
			fatal: unreadable(words, gateReason("GATE_SIGNATURE_UNREADABLE", message))
		};
	}
	const { natives } = await readSignatureObjects(image);
	const digests = await hashAll(image, natives, context);
	const unchecked = /* @__PURE__ */ new Map();
	const byGroup = [];
	let seen = 0;
	for (const group of groupsOf(image)) {
		const signers = /* @__PURE__ */ new Set();
		const linked = natives.filter((native) => native.group === group);
		let count = 0;
		for (const native of linked) {
			const checks = await checkNative(native, {
				...context,
				limit: LIMITS.nativeSignatures - seen
			});
			seen += checks.length;
			if (checks.some(({ kind }) => kind === "native-legacy")) continue;
			count += 1;
			const result = judgeSignature(checks, {
				native,
				group,
				image,
				digests
			});
			if ("fatal" in result) return {
				...none,
				fatal: result.fatal
			};
			const fingerprint = (native.fingerprint ?? "").toUpperCase();
			signers.add(fingerprint);
			if (result.unchecked) unchecked.set(fingerprint, result.unchecked);
		}
		if (count === 0) {
			const words = `integrity: signature not found for object group ${group}`;
			const message = `group ${group} of the image has no signature that the gate reads`;
			return {
				...none,
				fatal: unreadable(words, gateReason("GATE_SIGNATURE_MISSING", message))
			};
		}
		byGroup.push(signers);
	}
	const any = new Set(byGroup.flatMap((signers) => [...signers]));
	return {
		all: new Set([...any].filter((signer) => byGroup.every((signers) => signers.has(signer)))),
		any,
		unchecked
	};
}
async function hashAll(image, natives, context) {
	if (context.digests) return context.digests;
	const algorithms = /* @__PURE__ */ new Set(["sha256", ...natives.flatMap(algorithmsNamed)]);
	const grouped = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
	const { onBytes } = context;
	return hashObjects(image, grouped, {
		algorithms,
		...onBytes ? { onBytes } : {}
	});
}
/** A fault of the signature itself is passed over, and its signer is then not counted; all else ends the matter. */
function judgeSignature(checks, at) {
	const [check] = checks;
	const id = at.native.object?.id ?? 0;
	if (!check || (check.kind === "native-dsse" ? check.check.status === "unreadable" : !isClearsigned(at.native.data))) return fatal("signature format not recognized", `object ${id} is linked as a signature and is none that the gate can read`);
	if (check.kind === "native-dsse") return fatal("key material not provided for DSSE envelope signature", `object ${id} is a native DSSE signature: the list knows OpenPGP alone, and denies every image with another native signature`);
	const hashType = at.native.object?.signature?.hashType ?? 0;
	if (hashType < 1 || hashType > 5) return fatal("hash algorithm unsupported", `object ${id} has hash type ${hashType}`);
	const mismatch = check.check.reasons.find(({ code }) => code === "PGP_FINGERPRINT_MISMATCH");
	const [fault] = check.reasons.filter((reason) => reason !== mismatch);
	if (fault ?? (check.check.status !== "valid" && !mismatch)) return { unchecked: fault ?? check.check.reasons[0] };
	if (mismatch) return fatal("fingerprint in descriptor does not correspond to signing entity", mismatch.message);
	return compare(check, at);
}
function fatal(words, message) {
	return { fatal: unreadable(`integrity: ${words}`, gateReason("GATE_SIGNATURE_UNREADABLE", message)) };
}
function compare({ metadata }, { group, image, digests }) {
	if (!metadata) return { unchecked: gateReason("GATE_SIGNATURE_UNREADABLE", "its signed text cannot be read") };
	const { reasons } = compareMetadata(metadata, image, group, digests);
	const [first] = ORDER.flatMap((code) => reasons.find((reason) => reason.code === code) ?? []);
	const found = first ?? reasons[0];
	if (!found) return { unchecked: void 0 };
	const object = /^object (\d+)/.exec(found.message)?.[1] ?? "";
	return { fatal: unreadable(`integrity: ${(WORDS[found.code] ?? "integrity compromised").replace("N", object)}`, gateReason("GATE_CONTENT_CHANGED", found.message)) };
}
const WORDS = {
	SIF_OBJECT_NOT_SIGNED: "object N: object not signed",
	SIF_SIGNED_OBJECT_MISSING: "object N: signed object not found",
	SIF_HEADER_CHANGED: "header integrity compromised",
	SIF_HEADER_NOT_SIGNED: "header integrity compromised",
	SIF_DESCRIPTOR_CHANGED: "data object descriptor integrity compromised: N",
	SIF_DATA_CHANGED: "data object integrity compromised: N"
};
/** In which order Apptainer looks. */
const ORDER = Object.keys(WORDS);
function byMode(mode, fingerprints, { all, any, unchecked }) {
	const wanted = fingerprints.map((fingerprint) => fingerprint.toUpperCase());
	if (mode === "blacklist") {
		const bad = wanted.find((fingerprint) => any.has(fingerprint));
		if (bad === void 0) return allowed("no key on the list has signed the image; the list asks for nothing else");
		const message = `the key ${bad}, which the list forbids, is named by a signature`;
		return denied("image signed by a forbidden entity", gateReason("GATE_SIGNATURE_FORBIDDEN", message));
	}
	const counts = (fingerprint) => all.has(fingerprint) && !unchecked.has(fingerprint);
	const missing = wanted.filter((fingerprint) => !counts(fingerprint));
	if (mode === "whitelist" ? missing.length < wanted.length : missing.length === 0) return allowed(wanted.length === 0 ? "the list asks for no key" : `signed by ${wanted.filter(counts).join(", ")}`);
	const reasons = missing.map((fingerprint) => missingReason(fingerprint, {
		all,
		any,
		unchecked
	}));
	const none = gateReason("GATE_SIGNATURE_MISSING", "the list names no key that could have signed");
	return denied("image not signed by required entities", ...reasons.length > 0 ? reasons : [none]);
}
function missingReason(fingerprint, { any, unchecked }) {
	const fault = unchecked.get(fingerprint);
	const why = fault ? `a signature that names it does not count: ${fault.message}` : any.has(fingerprint) ? "it has signed some groups of the image only" : "it has not signed the image";
	return gateReason("GATE_SIGNATURE_MISSING", `the key ${fingerprint} is wanted, and ${why}`);
}
function allowed(message) {
	return {
		gate: "ecl",
		verdict: "allowed",
		words: null,
		reasons: [{
			...gateReason("GATE_ALLOWED", message),
			severity: "remark"
		}]
	};
}
function denied(words, ...reasons) {
	return {
		gate: "ecl",
		verdict: "denied",
		words,
		reasons
	};
}
function unreadable(words, reason) {
	return denied(`image signature not valid: ${words}`, reason);
}

export { judgeByList };