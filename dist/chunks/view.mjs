import { r as DataError } from "./errors.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { i as isDay } from "./text.mjs";
import { n as isJsonObject } from "./json.mjs";
import { a as asOptionalText, c as assertUnambiguous, i as asObject, n as asBoolean, o as asText, r as asInteger, s as asTextMap, t as asArray } from "./members.mjs";
import { c as digestMap, d as encodeSigner, g as parseSigner, h as parseSignedLayer, l as encodeApprovalSigner, m as parseApprovalSigner, r as matchesPattern, s as asDigest, u as encodeSignedLayer } from "./pattern.mjs";
import { i as reason } from "./reasons.mjs";

// src/findings/signature.ts
/** The name of a signer whose signature verified; undefined where the key itself is not known. */
function nameOfSigner(identity) {
	if (!identity.hint) return void 0;
	return {
		key: identity.hint,
		...identity.method === "pgp" ? { fingerprint: identity.fingerprint } : {}
	};
}
/** True when the identity, proven or claimed, is the one that is named. */
function isNamed(identity, { key, fingerprint }) {
	if (identity?.method !== "pgp") return fingerprint === void 0 && identity?.hint === key;
	return identity.fingerprint === fingerprint && (identity.hint === void 0 || identity.hint === key);
}
/** True when one key, or one OpenPGP key with its subkeys, made both signatures. */
function isSameSigner(one, other) {
	if (!one || !other) return false;
	if (one.hint && one.hint === other.hint) return true;
	return one.method === "pgp" && other.method === "pgp" && one.fingerprint === other.fingerprint;
}
/** One text for a name. */
function nameText({ key, fingerprint = "" }) {
	return `${key} ${fingerprint}`;
}

// src/attest/approval.ts
/** @see https://slsa.dev/spec/v1.0/verification_summary */
const APPROVAL_PREDICATE_TYPE = "https://slsa.dev/verification_summary/v1";
const DIGESTS = "object";
/** What other programs know of a verification summary. */
const SUMMARY_MEMBERS = {
	verifier: {
		id: "text",
		version: "object"
	},
	timeVerified: "text",
	resourceUri: "text",
	policy: {
		uri: "text",
		digest: DIGESTS
	},
	inputAttestations: [{
		uri: "text",
		digest: DIGESTS,
		annotations: "object"
	}],
	verificationResult: "text",
	verifiedLevels: ["text"],
	dependencyLevels: "object",
	slsaVersion: "text",
	countersign: "object"
};
/** Version of the `countersign` extension; readers refuse others. */
const EXTENSION_VERSION = 1;
const STAGE_URI = "urn:countersign:stage:";
const NATIVE_URI = "urn:countersign:native";
const NO_POLICY_URI = "urn:countersign:policy:none";
const STAGE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/;
const RFC3339_UTC = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;
const ROSTER_LIMIT = 1e3;
/** True for a name that a stage may have: lower-case letters, digits and inner hyphens, at most 42 characters. */
function isStageName(text) {
	return STAGE_NAME.test(text);
}
/** True for a predicate type that would be taken for an entry of the roster where an approval lists evidence. */
function isRosterUri(uri) {
	return uri === NATIVE_URI || uri.startsWith(STAGE_URI);
}
/** The verifier id of a stage whose policy gives none. */
function defaultVerifierId(stage) {
	return `${STAGE_URI}${stage}`;
}
/** The predicate of an approval, keys in a fixed order. */
function encodeApproval({ approval, content }, toolVersion) {
	const { policy } = approval;
	return {
		verifier: {
			id: approval.verifierId,
			version: { countersign: toolVersion }
		},
		timeVerified: approval.timeVerified,
		resourceUri: approval.resourceUri,
		policy: policy.digest ? {
			uri: policy.name,
			digest: digestMap(policy.digest)
		} : { uri: NO_POLICY_URI },
		inputAttestations: [...approval.roster.map(encodeRosterEntry), ...approval.evidence.map(encodeEvidenceEntry)],
		verificationResult: "PASSED",
		verifiedLevels: [`${approval.stage.toUpperCase().replaceAll("-", "_")}_APPROVED`],
		slsaVersion: "1.0",
		countersign: {
			version: EXTENSION_VERSION,
			stage: approval.stage,
			...approval.signer ? { signer: encodeApprovalSigner(approval.signer) } : {},
			sequence: approval.sequence,
			previous: approval.previous && digestMap(approval.previous),
			...approval.replaces.length > 0 ? { replaces: approval.replaces.map(encodeSignedLayer) } : {},
			dataVerified: approval.dataVerified,
			expires: approval.expires,
			reason: approval.reason,
			ticket: approval.ticket,
			run: approval.run,
			native: approval.native.map((entry) => ({
				group: entry.group,
				digest: digestMap(entry.digest)
			})),
			content: content.map(({ group, metadata }) => ({
				group,
				metadata
			}))
		}
	};
}
/**
* The approval in a predicate of the type above; undefined when it is some other tool's verification summary.
* @throws DataError DATA_JSON_INVALID, DATA_JSON_AMBIGUOUS, DATA_DIGEST_INVALID when it claims to be ours and is not well-formed
*/
function parseApproval(predicate) {
	if (!Object.hasOwn(predicate, "countersign")) return void 0;
	assertUnambiguous(predicate, SUMMARY_MEMBERS, "the approval");
	const ours = asObject(predicate["countersign"], "countersign");
	if (ours["version"] !== EXTENSION_VERSION) throw malformed(`countersign.version is ${JSON.stringify(ours["version"])}, this release reads ${EXTENSION_VERSION}`);
	const stage = asText(ours["stage"], "countersign.stage");
	if (!isStageName(stage)) throw malformed(`countersign.stage is ${JSON.stringify(stage.slice(0, 80))}`);
	if (predicate["verificationResult"] !== "PASSED") throw malformed("verificationResult is not PASSED");
	const inputs = asArray(predicate["inputAttestations"], "inputAttestations", ROSTER_LIMIT).map(parseInput);
	const run = ours["run"];
	return {
		approval: {
			stage,
			signer: parseApprovalSigner(ours["signer"]),
			verifierId: asText(asObject(predicate["verifier"], "verifier")["id"], "verifier.id"),
			timeVerified: asTime(predicate["timeVerified"], "timeVerified"),
			resourceUri: asText(predicate["resourceUri"], "resourceUri"),
			policy: parsePolicy(predicate["policy"]),
			sequence: asInteger(ours["sequence"], "countersign.sequence", 1),
			previous: ours["previous"] === null ? null : asDigest(ours["previous"], "countersign.previous"),
			roster: inputs.filter((entry) => "stage" in entry),
			replaces: asArray(ours["replaces"] ?? [], "countersign.replaces", ROSTER_LIMIT).map(parseSignedLayer),
			evidence: inputs.filter((entry) => "predicateType" in entry),
			dataVerified: asBoolean(ours["dataVerified"], "countersign.dataVerified"),
			expires: ours["expires"] === null ? null : asTime(ours["expires"], "countersign.expires"),
			native: asArray(ours["native"], "countersign.native", 48).map(parseNative),
			reason: asOptionalText(ours["reason"], "countersign.reason"),
			ticket: asOptionalText(ours["ticket"], "countersign.ticket"),
			run: run === null || run === void 0 ? null : asTextMap(run, "countersign.run")
		},
		content: asArray(ours["content"], "countersign.content", 4096).map(parseContent)
	};
}
function encodeRosterEntry({ stage, digest, signer }) {
	const annotations = signer ? { annotations: { signer: encodeSigner(signer) } } : {};
	return {
		uri: stage === null ? NATIVE_URI : `${STAGE_URI}${stage}`,
		digest: digestMap(digest),
		...annotations
	};
}
function encodeEvidenceEntry(entry) {
	const annotations = entry.detached ? { annotations: { detached: true } } : {};
	return {
		uri: entry.predicateType,
		digest: digestMap(entry.digest),
		...annotations
	};
}
function parseInput(value) {
	const input = asObject(value, "inputAttestations entry");
	const uri = asText(input["uri"], "inputAttestations uri");
	const digest = asDigest(input["digest"], "inputAttestations digest");
	if (uri === NATIVE_URI) return {
		stage: null,
		digest,
		signer: listedSigner(input)
	};
	if (!isRosterUri(uri)) return {
		predicateType: uri,
		digest,
		...isDetached(input) ? { detached: true } : {}
	};
	const stage = uri.slice(22);
	if (!isStageName(stage)) throw malformed(`inputAttestations uri is ${JSON.stringify(uri.slice(0, 120))}`);
	return {
		stage,
		digest,
		signer: listedSigner(input)
	};
}
function listedSigner({ annotations }) {
	const signer = isJsonObject(annotations) ? annotations["signer"] : void 0;
	return signer === void 0 ? null : parseSigner(signer, "inputAttestations signer");
}
function isDetached({ annotations }) {
	return isJsonObject(annotations) && annotations["detached"] === true;
}
function parsePolicy(value) {
	const policy = asObject(value, "policy");
	const uri = asText(policy["uri"], "policy.uri");
	if (uri === NO_POLICY_URI) return {
		name: "",
		digest: null
	};
	return {
		name: uri,
		digest: asDigest(policy["digest"], "policy.digest")
	};
}
function parseNative(value) {
	const entry = asObject(value, "countersign.native entry");
	return {
		group: asInteger(entry["group"], "native group", 1),
		digest: asDigest(entry["digest"], "native digest")
	};
}
function parseContent(value) {
	const entry = asObject(value, "countersign.content entry");
	return {
		group: asInteger(entry["group"], "content group", 1),
		metadata: asText(entry["metadata"], "metadata")
	};
}
function asTime(value, what) {
	const text = asText(value, what);
	if (!RFC3339_UTC.test(text) || !isDay(text.slice(0, 10)) || Number.isNaN(Date.parse(text))) throw malformed(`${what} is not a UTC time`);
	return text;
}
function malformed(problem) {
	return new DataError("DATA_JSON_INVALID", `not a well-formed approval: ${problem}`, { hint: "sign the stage again, or update countersign if a newer release signed it" });
}

// src/policy/rules/view.ts
/** The image as evaluation sees it. */
function viewImage(policy, facts, now) {
	return {
		facts,
		layers: [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b))).map((fact) => {
			const valid = fact.signature === "valid" && fact.kind !== "native-legacy" && fact.signer !== null;
			const principals = valid && policy && fact.signer ? matchPrincipals(policy, fact.signer) : [];
			const trusted = valid && isGivenBySigner(fact) && (policy === void 0 || principals.length > 0);
			return {
				fact,
				where: whereOf(fact.place),
				principals,
				trusted
			};
		}),
		evidence: [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b))),
		now
	};
}
/** False when the statement names another signer: then it is a copy of what that one gave. */
function isGivenBySigner({ approval, signer }) {
	return !approval?.signer || isNamed(signer, approval.signer);
}
/** The approval of a layer, undefined for native and plain signatures. */
function asApproval(view) {
	const { approval, kind } = view.fact;
	return approval && kind === "bundle" ? {
		...view,
		approval
	} : void 0;
}
/**
* True when the layer is what the roster entry names: this statement, by its own signer. Entries of edition 0.1.0 name the
* statement alone, which anybody can sign again; the statement itself may say more.
*/
function isListed(entry, { fact }) {
	if (fact.digest !== entry.digest || !isGivenBySigner(fact)) return false;
	return entry.signer === null || isNamed(fact.signer, entry.signer);
}
/** True when statement or entry say whose the layer is; native signatures are named by their own bytes. */
function isBound(entry, { fact }) {
	return entry.signer !== null || Boolean(fact.approval?.signer) || fact.kind.startsWith("native-");
}
/**
* True when two signatures without a statement may be parts of one: by one signer, in one format. Natively the header that
* both cover must have an ID, or they must have been made in one second as one run makes them, lest the groups come from
* several images.
*/
function arePartsOfOne(one, other, { hasId }) {
	if (one.kind !== other.kind || !isSameSigner(one.signer, other.signer)) return false;
	return one.kind === "cosign" || hasId === true || one.signedAt !== null && one.signedAt === other.signedAt;
}
/** True when the layer is about everything in this image and about nothing else. */
function coversAll(view, image) {
	const covered = new Set(view.fact.covers);
	const { units } = image.facts;
	return units.length > 0 && !view.fact.contradicted && units.every(({ id }) => covered.has(id));
}
/** What is wrong with a layer that names content which the image does not have. */
function otherContent(view) {
	const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
	return reason("APPROVAL_OTHER_CONTENT", message);
}
/** Why the layer does not cover the image as it is; empty when it does. */
function contentReasons(view, image) {
	if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
	if (coversAll(view, image)) return [];
	const covered = new Set(view.fact.covers);
	const parts = image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id)).slice(0, 5).join(", ") || "everything";
	return [reason("LAYER_PARTIAL", `${nameLayer(view)}: ${subjectOf(view)} leaves out ${parts}`)];
}
function subjectOf({ fact }) {
	return fact.approval ? `the approval of stage ${fact.approval.stage}` : "the signature";
}
/** `object 5` in a SIF, the name in a registry. */
function whereOf(place) {
	return place.in === "sif" ? `object ${place.object}` : place.name;
}
/** A layer in a sentence: where it is and who made it. */
function nameLayer(view) {
	return `${view.where} (${view.principals.join(", ") || describeIdentity(view.fact.signer)})`;
}
/** An approval in a sentence. */
function nameApproval({ approval, fact, where }) {
	return `the approval of stage ${approval.stage} at ${where} (${shortDigest(fact.digest)})`;
}
/** Code unit order, the same on every machine. */
function compareText(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
/** After every approval. */
const NO_SEQUENCE = Number.MAX_SAFE_INTEGER;
/** Objects of a file come as they lie there, what is attached in a registry in the order of approval. */
function layerKey({ place, digest, kind, signer, approval }) {
	return `${place.in === "sif" ? "" : `1 ${String(approval?.sequence ?? NO_SEQUENCE).padStart(16, "0")} `}${placeKey(place)} ${kind} ${digest} ${JSON.stringify(signer)}`;
}
function evidenceKey({ place, digest, signature }) {
	return `${placeKey(place)} ${digest} ${signature}`;
}
function placeKey(place) {
	return place.in === "sif" ? `0 ${String(place.object).padStart(12, "0")}` : `1 ${place.name}`;
}
/**
* Names of all principals that the identity belongs to, in the policy's order. Ask only for a signature whose status is
* `valid`: before that an identity is a claim.
*/
function matchPrincipals(policy, identity) {
	return policy.principals.filter((principal) => principal.credentials.some((credential) => matchesCredential(credential, identity))).map(({ name }) => name);
}
/**
* True when the identity proves the credential. A fingerprint is compared whole and with the primary key only; a
* certificate never satisfies a `key` credential, because its key may outlive the CA's consent.
*/
function matchesCredential(credential, identity) {
	switch (credential.method) {
		case "pgp": return identity.method === "pgp" && identity.fingerprint === credential.fingerprint;
		case "key": return identity.method === "key" && identity.hint === credential.hint;
		case "x509": return identity.method === "x509" && matchesCertificate(credential, identity);
		default: return credential;
	}
}
function matchesCertificate(credential, identity) {
	const { anchors, san, subject, issuer } = credential;
	if (!anchors.some((anchor) => identity.anchors.includes(anchor))) return false;
	if (san.length === 0 && subject.length === 0) return false;
	return matchesField(san, identity.san, "san") && matchesField(subject, [identity.subject], "subject") && matchesField(issuer, [identity.issuer], "issuer");
}
/** A field that the policy leaves out does not restrict. */
function matchesField(patterns, values, kind) {
	return patterns.length === 0 || patterns.some((pattern) => values.some((value) => matchesPattern(pattern, value, kind)));
}
/**
* What one approval uses up of the person behind it: the key, the OpenPGP key with all its subkeys, and the names in a
* certificate by which the policy recognises somebody. Two signers who have one of them in common are one person.
*/
function personOf(policy, identity) {
	const key = identity.hint ? [`key ${identity.hint}`] : [];
	if (identity.method === "pgp") return [...key, `pgp ${identity.fingerprint}`];
	if (identity.method === "key") return key;
	const names = policy.principals.flatMap(({ name, credentials }) => credentials.flatMap((credential) => matchesCredential(credential, identity) && credential.method === "x509" ? namesMatched(credential, identity).map((value) => `name ${name} ${value.toLowerCase()}`) : []));
	return [...key, ...names];
}
function namesMatched({ san, subject }, identity) {
	if (san.length === 0) return subject.length === 0 ? [] : [identity.subject];
	return identity.san.filter((value) => san.some((pattern) => matchesPattern(pattern, value, "san")));
}
const EXPIRY = /* @__PURE__ */ new Set(["PGP_KEY_EXPIRED", "PGP_SIGNATURE_EXPIRED"]);
/**
* Principals behind a signature that verifies, also when nothing but age is wrong with it now. Such a signature does not
* count; it still shows who made it.
*/
function principalsBehind(policy, { signature, signer, reasons }) {
	if (!signer) return [];
	const aged = signature === "untrusted" && (signer.method === "x509" || reasons.length > 0 && reasons.every(({ code }) => EXPIRY.has(code)));
	return signature === "valid" || aged ? matchPrincipals(policy, signer) : [];
}
/** An identity for people, in a few words. */
function describeIdentity(identity) {
	if (identity === null) return "somebody unknown";
	switch (identity.method) {
		case "pgp": return `OpenPGP key ${identity.fingerprint}`;
		case "key": return `${identity.algorithm} key ${identity.hint}`;
		case "x509": return `certificate of ${identity.san[0] ?? (identity.subject || identity.certificateSha256)}`;
		default: return identity;
	}
}
/** An identity by all that a policy can recognise it by, in the policy's own spelling. */
function describeForPolicy(identity) {
	if (identity.method !== "x509") return describeIdentity(identity);
	const { subject, san } = identity;
	return `the certificate with ${[...subject === "" ? [] : [`subject ${JSON.stringify(subject)}`], ...san.map((name) => `san ${JSON.stringify(name)}`)].join(", ") || "no name"}`;
}

export { isRosterUri as C, isSameSigner as D, isNamed as E, nameOfSigner as O, encodeApproval as S, parseApproval as T, principalsBehind as _, coversAll as a, APPROVAL_PREDICATE_TYPE as b, isBound as c, matchPrincipals as d, matchesCredential as f, personOf as g, otherContent as h, contentReasons as i, nameText as k, isGivenBySigner as l, nameLayer as m, asApproval as n, describeForPolicy as o, nameApproval as p, compareText as r, describeIdentity as s, arePartsOfOne as t, isListed as u, viewImage as v, isStageName as w, defaultVerifierId as x, whereOf as y };