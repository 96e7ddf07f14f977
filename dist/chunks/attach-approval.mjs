import { s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { n as leafOnlyBundle, r as parseBundle } from "./bundle.mjs";
import { p as parseStatement } from "./statement.mjs";
import { a as encodePem, d as sha256 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { o as asText } from "./members.mjs";
import { i as NATIVE_MEDIA_TYPE, n as COSIGN_ANNOTATION, r as GROUP_ANNOTATION, t as CHAIN_ANNOTATION } from "./attachments.mjs";
import { h as attachBundle, o as cosignTag, s as encodeCosignNote } from "./cosign.mjs";
import { a as isTagRefused, n as RegistryError, o as unlistedRemark } from "./errors5.mjs";
import { f as MEDIA_TYPE, r as EMPTY_CONFIG } from "./manifest.mjs";
import { n as keepLegacy, r as signLegacy, t as hasLegacy } from "./legacy-signatures.mjs";

// src/stage/attach-approval.ts
const UNREAD = "the data was not read, so no cosign signature was written beside the approval: podman and cosign will not see it";
/** Attaches one approval, and remembers why other tools will not see it everywhere. */
var ApprovalAttacher = class {
	/** For whoever signed. */
	remarks = [];
	#examined;
	#at;
	#approval;
	constructor(examined, at, approval) {
		this.#examined = examined;
		this.#at = at;
		this.#approval = approval;
	}
	/** @throws RegistryError, NetworkError */
	async attach(subject) {
		const { bundle, natives, now } = this.#approval;
		const { repository } = this.#at;
		const legacy = await this.#signLegacy(subject.digest);
		const parts = assembleParts(bundle, {
			predicateType: APPROVAL_PREDICATE_TYPE,
			createdAt: now,
			natives,
			legacy
		});
		const { manifest, unlisted } = await attachBundle(repository, subject, parts);
		if (unlisted) this.remarks.push(unlistedRemark(unlisted));
		const { blobs } = this.#examined.attached;
		const atHand = new Map([...blobs, [sha256(parts.bytes), parts.bytes]]);
		if (legacy) await this.unlessImmutable(() => this.#keep(subject, [legacy], atHand));
		return {
			subject: subject.digest,
			manifest,
			legacy
		};
	}
	/**
	* podman and cosign cannot see that an approval was given without the data, so nothing is written for them then. Our own
	* readers count the signature with the approval that it names or not at all.
	*/
	async #signLegacy(subject) {
		const { bundle, stage, signer } = this.#approval;
		if (signer.method === "pgp" || signer.method === "sigstore") return void 0;
		const { predicate } = parseStatement(bundle.envelope.payload);
		const approval = isJsonObject(predicate) ? parseApproval(predicate)?.approval : void 0;
		if (!approval?.dataVerified) {
			if (!this.remarks.includes(UNREAD)) this.remarks.push(UNREAD);
			return;
		}
		const expires = approval.expires === null ? {} : { expires: approval.expires };
		const optional = {
			stage,
			approval: bundle.payloadDigest,
			dataVerified: "true",
			...expires
		};
		return await signLegacy(subject, {
			place: this.#at.place,
			optional
		}, this.#approval);
	}
	/** Puts back a legacy signature that should be beside the approval; says where, if one was missing. */
	async restoreLegacy(subject) {
		const { signer } = this.#approval;
		if (signer.method === "pgp" || hasLegacy(this.#examined, subject.digest, signer)) return [];
		const { blobs } = this.#examined.attached;
		return await this.unlessImmutable(() => this.#keep(subject, [], blobs)) ? [`tag ${cosignTag(subject.digest, "sig")}`] : [];
	}
	#keep(subject, ours, atHand) {
		const { repository, clock } = this.#at;
		return keepLegacy(repository, subject.digest, {
			ours,
			atHand,
			clock
		});
	}
	/** A shared tag that must not change, or be read, makes no approval invalid: that is a remark, and the result undefined. */
	async unlessImmutable(change) {
		try {
			return await change();
		} catch (error) {
			if (!(error instanceof RegistryError)) throw error;
			if (error.code !== "REGISTRY_TAG_IMMUTABLE" && !isTagRefused(error)) throw error;
			this.remarks.push(unlistedRemark(error));
			return;
		}
	}
};
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
	const { predicateType, createdAt, natives, legacy } = parts;
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

export { bundleToAttach as n, bundlesOfLane as r, ApprovalAttacher as t };