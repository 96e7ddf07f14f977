import { r as decodeUtf8, t as certificatesInPem } from "./bytes.mjs";
import { t as CountersignError } from "./errors.mjs";
import { c as publicKeysIn } from "./keys.mjs";
import { a as trustIn } from "./trust2.mjs";
import { n as createVerifier } from "./verifier2.mjs";
import { d as parseSimpleSigning } from "./cosign.mjs";
import { r as matchesIdentity } from "./signed-identity.mjs";
import { i as gateReason, r as GateError } from "./errors12.mjs";
import { a as requirementsFor, n as usesAttachments } from "./registries.mjs";

// src/gates/containers/simulate.ts
/**
* The verdict of a policy.json about one manifest.
* @throws SystemError, DataError, SignatureError for key files that cannot be read
* @see https://github.com/containers/image/blob/v5.36.2/signature/policy_eval_sigstore.go
*/
async function judgeByContainers(image, gate, now) {
	const { name, tag, askedDigest } = image;
	const asked = askedDigest === void 0 ? `${name}:${tag ?? "latest"}` : `${name}@${askedDigest}`;
	const { scope, requirements } = requirementsFor(gate.policy, {
		name,
		tag,
		digest: askedDigest
	});
	const signatures = usesAttachments(gate.registries, name) ? image.signatures : [];
	const hidden = image.signatures.length - signatures.length;
	for (const requirement of requirements) {
		if (requirement.type === "insecureAcceptAnything") continue;
		if (requirement.type === "reject") return denied(`Running image docker://${asked} is rejected by policy.`, gateReason("GATE_SIGNATURE_FORBIDDEN", `the scope ${scope} of policy.json rejects every image`));
		if (requirement.type === "signedBy") return undecided("GPG signatures", scope);
		if (requirement.beyond.length > 0) return undecided(requirement.beyond.join(" and "), scope);
		const problem = await unfulfilled(requirement, {
			...image,
			signatures
		}, {
			gate,
			asked,
			now,
			hidden
		});
		if (problem) return problem;
	}
	return {
		gate: "containers-policy",
		verdict: "allowed",
		words: null,
		reasons: [{
			...gateReason("GATE_ALLOWED", `every requirement of the scope ${scope} is fulfilled`),
			severity: "remark"
		}]
	};
}
function undecided(what, scope) {
	return {
		gate: "containers-policy",
		verdict: "unknown",
		words: null,
		reasons: [gateReason("GATE_NOT_DECIDED", `the scope ${scope} of policy.json asks for ${what}`)]
	};
}
/** Why no signature fulfils the requirement; undefined when one does. */
async function unfulfilled(requirement, image, { gate, asked, now, hidden }) {
	const verifier = await verifierFor(requirement, gate);
	const rejections = [];
	for (const signature of image.signatures) {
		const rejection = await rejectionOf(signature, {
			requirement,
			verifier,
			image,
			asked,
			now
		});
		if (!rejection) return void 0;
		rejections.push(rejection);
	}
	const who = requirement.pki ? `a certificate for ${requirement.pki.email ?? requirement.pki.hostname}` : requirement.keys.map((key) => "path" in key ? key.path : "a key in policy.json").join(" or ");
	const [first] = rejections;
	const found = first ? `none of ${rejections.length} in the tag counts: ${rejections.map(({ why }) => why).join("; ")}` : hidden > 0 ? `signatures are not looked for: no file in registries.d has use-sigstore-attachments for ${image.name}` : "the image has no signature in cosign’s older format, the only one that podman reads; bundles are not seen";
	return denied(rejections.length > 1 ? "None of the signatures were accepted" : first?.words ?? "A signature was required, but no signature exists", gateReason("GATE_SIGNATURE_MISSING", `a signature by ${who} is wanted, and ${found}`));
}
async function rejectionOf({ payload, signature, certificate, chain }, { requirement, verifier, image, asked, now }) {
	const { pki } = requirement;
	if (pki && certificate === void 0) return {
		words: "missing dev.sigstore.cosign/certificate annotation",
		why: "one has no certificate"
	};
	const material = pki ? materialOf(certificate ?? "", chain) : void 0;
	const check = await verifier.verifyDsse({
		pae: payload,
		signature,
		material,
		keyid: void 0,
		hashing: "native"
	}, now);
	if (check.status !== "valid") return {
		words: "",
		why: check.reasons[0]?.message ?? "one is by another key"
	};
	if (pki && !hasSubject(check.identity, pki)) return {
		words: "Required",
		why: "its certificate is for somebody else"
	};
	const said = parseSimpleSigning(payload);
	if (!said) return {
		words: "",
		why: "what one signs is no cosign signature"
	};
	if (said.digest !== image.digest) return {
		words: `Signature for digest ${said.digest} does not match`,
		why: `one is for ${said.digest}`
	};
	if (!matchesIdentity(requirement.signedIdentity, said.reference, asked)) return {
		words: `Signature for identity ${JSON.stringify(said.reference)} is not accepted`,
		why: `one was made for ${said.reference}, and ${requirement.signedIdentity.type} is asked of ${asked}`
	};
}
function hasSubject(identity, pki) {
	if (identity?.method !== "x509") return false;
	const { email, hostname } = pki;
	return (email === void 0 || identity.san.includes(`email:${email}`)) && (hostname === void 0 || identity.san.some((name) => name.toLowerCase() === `dns:${hostname.toLowerCase()}`));
}
/** The last certificate of the chain is taken for the root, and left out. */
function materialOf(certificate, chain) {
	try {
		const above = chain === void 0 ? [] : certificatesInPem(chain).slice(0, -1);
		return {
			kind: "certificates",
			chain: [...certificatesInPem(certificate), ...above]
		};
	} catch (error) {
		if (error instanceof CountersignError) return {
			kind: "certificates",
			chain: [/* @__PURE__ */ new Uint8Array()]
		};
		throw error;
	}
}
async function verifierFor({ keys, pki }, gate) {
	const bytes = (source) => "path" in source ? gate.read(source.path) : Promise.resolve(source.data);
	const spki = async (source) => firstKey(await bytes(source));
	if (!pki) return createVerifier(trustIn({ keys: await Promise.all(keys.map(spki)) }));
	const certificates = async (source) => source ? certificatesInPem(decodeUtf8(await bytes(source), "the certificates")) : [];
	return createVerifier(trustIn({
		anchors: await certificates(pki.roots),
		intermediates: await certificates(pki.intermediates)
	}));
}
/** The first key in a file, SPKI DER. @throws SignatureError SIGNATURE_KEY_UNSUPPORTED, SIGNATURE_TRUST_UNREADABLE */
function firstKey(bytes) {
	const [key] = publicKeysIn(bytes);
	if (!key) throw new GateError("GATE_CONFIGURATION_INVALID", "a key file holds no public key");
	return new Uint8Array(key.export({
		type: "spki",
		format: "der"
	}));
}
function denied(words, reason) {
	return {
		gate: "containers-policy",
		verdict: "denied",
		words,
		reasons: [reason]
	};
}

export { judgeByContainers as n, firstKey as t };