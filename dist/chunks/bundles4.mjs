import { s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { o as parseBundle } from "./bundle2.mjs";
import { n as leafOnlyBundle } from "./sign.mjs";
import { h as statementTime, m as parseStatementHead, p as parseStatement } from "./statement.mjs";
import { a as encodePem, d as sha256 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as isEvidence } from "./bundle3.mjs";
import { i as readSigned } from "./open-bundles.mjs";
import { a as NATIVE_MEDIA_TYPE, i as GROUP_ANNOTATION, n as CHAIN_ANNOTATION, r as COSIGN_ANNOTATION, t as ATTESTATION_ANNOTATION } from "./attachments.mjs";
import { s as encodeCosignNote } from "./cosign.mjs";
import { p as MEDIA_TYPE, r as EMPTY_CONFIG } from "./manifest.mjs";
import { r as unreadable } from "./errors4.mjs";

// src/stage/bundles.ts
/**
* Refuses a bundle that verifiers could not read, or would take for something else than it is.
* @throws StageError STAGE_LAYER_UNREADABLE
*/
function assertBundleReadable(bundle, is, what) {
	const read = readSigned(bundle);
	if ("problem" in read) throw unreadable(`${what} could not be read once it is signed: ${read.problem.message}`);
	const found = isEvidence(read) ? "evidence" : "approval";
	if (found !== is) throw unreadable(`${what} would count as ${found}, not as ${is}`);
}
/**
* The same for a statement that is stored unsigned.
* @throws StageError STAGE_LAYER_UNREADABLE
*/
function assertStatementReadable(payload, what) {
	try {
		parseStatementHead(payload);
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		throw unreadable(`${what} could not be read as a statement: ${cause.message}`, { cause });
	}
}
/** The legacy cosign signature that may be written beside a bundle is read, too. */
const COMPANION_SLACK_BYTES = 65536;
/**
* Refuses to attach what would leave something on the image that is not looked at any more.
* @throws StageError STAGE_LAYER_UNREADABLE
*/
function assertAttachable({ room }, added) {
	const hint = "remove attached manifests that are not needed; nothing was attached";
	if (added.bytes + COMPANION_SLACK_BYTES > room.bytes) throw unreadable(`all that is attached would have more than ${LIMITS.attachedTotalBytes} bytes`, { hint });
	if (added.manifests > room.referrers) throw unreadable(`more than ${LIMITS.referrers} manifests would be attached to the image`, { hint });
}
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
	return assembleParts(signed, {
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
function assembleParts(signed, parts) {
	const { predicateType, createdAt, natives, legacy, inTag } = parts;
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
			...legacy ? { [COSIGN_ANNOTATION]: encodeCosignNote(legacy) } : {},
			...inTag ? { [ATTESTATION_ANNOTATION]: "true" } : {}
		}
	};
}

export { bundleToAttach as a, assertStatementReadable as i, assertAttachable as n, bundlesOfLane as o, assertBundleReadable as r, assembleParts as t };