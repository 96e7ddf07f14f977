import { i as sha256 } from "./digest.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as encodePem } from "./pem.mjs";
import { o as asText } from "./shape.mjs";
import { s as encodeCosignNote } from "./cosign.mjs";
import { l as MEDIA_TYPE, n as EMPTY_CONFIG } from "./manifest.mjs";
import { o as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { a as parseBundle, i as leafOnlyBundle } from "./unlike-cosign.mjs";
import { d as parseStatement } from "./sif-natives.mjs";
import { i as NATIVE_MEDIA_TYPE, n as COSIGN_ANNOTATION, r as GROUP_ANNOTATION, t as CHAIN_ANNOTATION } from "./registry-image.mjs";

// src/layers/registry-bundles.ts
/**
* Everything in a SIF's lane in the form in which it is attached: certificates without intermediates, and approvals with
* their native signatures, so that both get into another copy of the file together.
*/
function bundlesOfLane({ lane, natives }) {
	const bundles = [];
	const leftOut = [];
	for (const { object, data } of lane) try {
		bundles.push(bundleToAttach(data, natives));
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		leftOut.push({
			object: object.id,
			why: error.message
		});
	}
	return {
		bundles,
		leftOut
	};
}
/**
* A bundle with those of the native signatures that its approval names.
* @throws SignatureError, DataError when these are not the bytes of a bundle with a statement
*/
function bundleToAttach(bytes, natives = []) {
	const signed = parseBundle(bytes);
	const statement = parseStatement(signed.envelope.payload);
	const { predicateType } = statement;
	return attachable(signed, {
		predicateType,
		createdAt: statementTime(statement),
		natives: isPgpBundle(signed) ? namedNatives(statement, natives) : [],
		legacy: void 0
	});
}
function namedNatives({ predicateType, predicate }, natives) {
	return ((predicateType === "https://slsa.dev/verification_summary/v1" && isJsonObject(predicate) ? parseApproval(predicate)?.approval : void 0)?.native ?? []).flatMap(({ group, digest }) => {
		const native = natives.find((one) => one.group === group && sha256(one.data) === digest);
		return native ? [{
			group,
			data: native.data
		}] : [];
	});
}
function isPgpBundle({ material }) {
	return material.kind === "public-key" && material.hint.startsWith("openpgp4fpr:");
}
/** The bundle as it is attached: cosign's copy, and beside it what that leaves out. */
function attachable(signed, luggage) {
	const { predicateType, createdAt, natives, legacy } = luggage;
	const copy = leafOnlyBundle(signed);
	const { material } = signed;
	const chain = material.kind === "certificates" ? material.chain.slice(1) : [];
	const companions = natives.map(({ group, data }) => ({
		mediaType: NATIVE_MEDIA_TYPE,
		bytes: data,
		annotations: { [GROUP_ANNOTATION]: String(group) }
	}));
	const empty = {
		mediaType: MEDIA_TYPE.empty,
		bytes: EMPTY_CONFIG.bytes
	};
	return {
		bytes: copy.bytes,
		mediaType: copy.mediaType,
		predicateType,
		createdAt,
		companions: isPgpBundle(signed) && companions.length === 0 ? [empty] : companions,
		annotations: {
			...chain.length > 0 ? { [CHAIN_ANNOTATION]: chain.map((der) => encodePem("CERTIFICATE", der)).join("") } : {},
			...legacy ? { [COSIGN_ANNOTATION]: encodeCosignNote(legacy) } : {}
		}
	};
}
/** The time a statement gives for itself; a fixed one if none, so that the same bundle makes the same referrer. */
function statementTime({ predicate }) {
	for (const path of [
		["timeVerified"],
		["metadata", "scanFinishedOn"],
		[
			"runDetails",
			"metadata",
			"finishedOn"
		]
	]) {
		const text = path.reduce((value, key) => isJsonObject(value) ? value[key] : void 0, predicate);
		const time = typeof text === "string" ? new Date(asText(text, "time")) : void 0;
		if (time && !Number.isNaN(time.getTime())) return time;
	}
	return /* @__PURE__ */ new Date(0);
}

export { bundleToAttach as n, bundlesOfLane as r, attachable as t };