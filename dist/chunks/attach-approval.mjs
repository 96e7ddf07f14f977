import { s as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { n as leafOnlyBundle, r as parseBundle } from "./bundle.mjs";
import { g as subjectDigests, h as statementTime, p as parseStatement } from "./statement.mjs";
import { a as encodePem, d as sha256 } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { a as NATIVE_MEDIA_TYPE, d as NOTATION_MEDIA_TYPE, f as encodeNotation, i as GROUP_ANNOTATION, m as prepareNotation, n as CHAIN_ANNOTATION, r as COSIGN_ANNOTATION, u as attachNotation } from "./attachments.mjs";
import { c as encodeSimpleSigning, d as parseSimpleSigning, h as attachBundle, o as cosignTag, s as encodeCosignNote } from "./cosign.mjs";
import { a as isTagRefused, n as RegistryError, o as unlistedRemark } from "./errors5.mjs";
import { f as MEDIA_TYPE, r as EMPTY_CONFIG } from "./manifest.mjs";
import { t as identityKey } from "./approval3.mjs";
import { t as VERSION } from "./version.mjs";
import { n as StageError } from "./errors4.mjs";
import { i as signLegacy, n as hasLegacy, r as keepLegacy } from "./legacy-signatures.mjs";
import { n as readLookaside, t as addToLookaside } from "./lookaside.mjs";

// src/stage/plain/notation.ts
/**
* The part of a signer that makes such signatures.
* @throws StageError STAGE_NATIVE_CONFLICT
*/
function notationSignerOf({ method, notation }) {
	if (method !== "x509") throw unable("only a certificate can make a Notation signature", "leave ⟨native⟩ out, or sign with ⟨signing-method=x509⟩");
	if (!notation?.algorithm) throw unable("this key cannot make a Notation signature: its kind is not known there, or it is outside this process", "leave ⟨native⟩ out, or use a key file with P-256, P-384, P-521 or RSA of 2048, 3072 or 4096 bits");
	if (!notation.endsInRoot) throw unable("a Notation signature holds the whole chain, and the root certificate was not given", "give the intermediates and the root as ⟨certificate-chain⟩");
	return notation;
}
/** The signature of one manifest. @throws StageError STAGE_NATIVE_CONFLICT */
function signNotation({ mediaType, digest, size }, { stage, approval, expires }, { signer, now }) {
	const notation = notationSignerOf(signer);
	const { algorithm = "", chain } = notation;
	const unsigned = prepareNotation({
		mediaType,
		digest,
		size,
		annotations: {
			stage,
			approval
		}
	}, {
		algorithm,
		now,
		expires
	});
	const signature = notation.sign(unsigned.signedBytes) ?? /* @__PURE__ */ new Uint8Array();
	const agent = `countersign/${VERSION}`;
	return {
		bytes: encodeNotation(unsigned, {
			signature,
			chain,
			agent
		}),
		mediaType: NOTATION_MEDIA_TYPE,
		chain,
		createdAt: now
	};
}
function unable(message, hint) {
	return new StageError("STAGE_NATIVE_CONFLICT", message, { hint });
}

// src/stage/plain/lookaside-signatures.ts
/**
* Adds a signature of a manifest by an OpenPGP key, unless one with this content is there; its file, or undefined. It
* names the repository and the digest, so that no rule of podman’s but `matchExact` by tag refuses it.
* @throws SystemError; SignatureError as signPae
*/
async function fileSignature(digest, { folder, place, optional }, { signer, now }) {
	const { encodeSigned, verifySigned } = await import("./message.mjs");
	const image = {
		repository: place.slice(place.indexOf("/") + 1),
		digest
	};
	for (const present of await readLookaside(folder, image)) {
		const signed = await verifySigned(present, signer.publicMaterial, now);
		const said = signed?.check.status === "valid" ? parseSimpleSigning(signed.content, "gpg") : void 0;
		if (said?.digest === digest && said.optional["approval"] === optional["approval"]) return void 0;
	}
	const notes = {
		creator: `countersign ${VERSION}`,
		timestamp: Math.floor(now.getTime() / 1e3),
		...optional
	};
	const payload = encodeSimpleSigning(`${place}@${digest}`, digest, notes, "gpg");
	return await addToLookaside(folder, image, await encodeSigned(payload, await signer.signPae(payload, now)));
}

// src/stage/attach-approval.ts
const UNREAD = "the data was not read, so no signature for other tools was written beside the approval: podman and cosign, or notation, will not see it";
const PARTIAL = "the stage is not about the whole image, so no signature for other tools was written beside the approval: they would take it for one of everything";
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
		await this.#attachNotation(subject);
		await this.#file(subject.digest);
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
		const { signer } = this.#approval;
		if (signer.method === "pgp" || signer.method === "sigstore") return void 0;
		const optional = this.#notes(subject);
		return optional && await signLegacy(subject, {
			place: this.#at.place,
			optional
		}, this.#approval);
	}
	/** The file of a GPG signature, where one is asked for and was missing. */
	async #file(subject) {
		const { place, lookaside: folder } = this.#at;
		if (folder === void 0 || this.#approval.signer.method !== "pgp") return void 0;
		const optional = this.#notes(subject);
		return optional && await fileSignature(subject, {
			folder,
			place,
			optional
		}, this.#approval);
	}
	/** What such a signature says of the approval; undefined where there must be none. */
	#notes(subject) {
		const { bundle, stage } = this.#approval;
		const approval = this.#wholeApproval(subject);
		if (!approval) return void 0;
		const expires = approval.expires === null ? {} : { expires: approval.expires };
		return {
			stage,
			approval: bundle.payloadDigest,
			dataVerified: "true",
			...expires
		};
	}
	/** As with cosign's signatures, nothing is written for others where they could not see what the approval leaves open. */
	async #attachNotation(subject) {
		const { bundle, stage, native } = this.#approval;
		const approval = native === "notation" ? this.#wholeApproval(subject.digest) : void 0;
		if (!approval) return;
		const expires = approval.expires === null ? void 0 : new Date(approval.expires);
		const content = {
			stage,
			approval: bundle.payloadDigest,
			expires
		};
		const unlisted = await attachNotation(this.#at.repository, subject, signNotation(subject, content, this.#approval));
		if (unlisted) this.remarks.push(unlistedRemark(unlisted));
	}
	/** The approval, if it is one of the whole manifest whose data was read; a remark says else why others get no signature. */
	#wholeApproval(subject) {
		const { predicate, subject: named } = parseStatement(this.#approval.bundle.envelope.payload);
		const approval = isJsonObject(predicate) ? parseApproval(predicate)?.approval : void 0;
		const isWhole = named.some((one) => subjectDigests(one).includes(subject));
		if (approval?.dataVerified && isWhole) return approval;
		const why = isWhole ? UNREAD : PARTIAL;
		if (!this.remarks.includes(why)) this.remarks.push(why);
	}
	#hasNotation(subject) {
		const { stage, signer } = this.#approval;
		const { attached, facts } = this.#examined;
		const names = attached.notations.filter((one) => one.subject.digest === subject).map((one) => `referrer ${one.referrer}`);
		return facts.layers.some(({ kind, place, signature, signer: by, statedStage }) => kind === "notation" && place.in === "registry" && names.includes(place.name) && signature === "valid" && statedStage === stage && by !== null && identityKey(by) === identityKey(signer.identity));
	}
	/** Puts back what should be beside the approval for other tools; says what was missing. */
	async restoreLegacy(subject) {
		const { native } = this.#approval;
		if (native === "notation" && !this.#hasNotation(subject.digest)) {
			await this.#attachNotation(subject);
			return [`a Notation signature of ${subject.digest}`, ...await this.#restoreTag(subject)];
		}
		return this.#restoreTag(subject);
	}
	async #restoreTag(subject) {
		const { signer } = this.#approval;
		if (signer.method === "pgp") return [await this.#file(subject.digest) ?? []].flat();
		if (hasLegacy(this.#examined, subject.digest, signer)) return [];
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

export { notationSignerOf as i, bundleToAttach as n, bundlesOfLane as r, ApprovalAttacher as t };