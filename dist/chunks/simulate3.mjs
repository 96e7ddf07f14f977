import { o as SystemError, t as CountersignError } from "./errors.mjs";
import { d as parseSimpleSigning, p as readCosignSignatures } from "./cosign.mjs";
import { p as MEDIA_TYPE } from "./manifest.mjs";
import { r as matchesIdentity } from "./signed-identity.mjs";
import { i as gateReason } from "./errors11.mjs";
import { i as verifierFor, r as keyBytes, t as certificatesOnly } from "./keys2.mjs";
import { n as requirementsFor } from "./policy-json.mjs";
import { r as usesAttachments, t as lookasideOf } from "./registries.mjs";
import { n as podmanReference } from "./scopes2.mjs";
import { a as simpleSignature, i as readLookaside } from "./lookaside.mjs";
import { posix } from "node:path";

// src/gates/containers/signed-by.ts
/** A folder of this machine whose path every reader takes alike. */
const FOLDER = /^file:\/\/(\/[A-Za-z0-9_./~-]*)$/;
/**
* The signatures beside the registry, as podman finds them: a file that is none makes it refuse the image, whatever is asked.
* @throws SystemError, DataError for files that are there and cannot be read
*/
async function lookInto(registries, image, digest) {
	const url = lookasideOf(registries, image);
	if (url === void 0) return { unknown: `no file in registries.d names a lookaside for ${image.name}, so that podman looks into a folder of whoever runs it, as /var/lib/containers/sigstore: name one` };
	const folder = FOLDER.exec(url)?.[1];
	if (folder === void 0 || posix.normalize(folder) !== folder) return { unknown: `${url} is not looked into: it is no plain file:///folder` };
	const repository = image.name.slice(image.name.indexOf("/") + 1);
	const signatures = [];
	const filed = await readLookaside(folder, {
		repository,
		digest
	});
	if (filed.length >= 128) return {
		broken: `${folder} has ${filed.length} signatures of the image or more: remove some, and number the others from 1`,
		words: `server provided ${128} signatures, assuming that's unreasonable and a server error`
	};
	for (const [index, blob] of filed.entries()) {
		const content = simpleSignature(blob);
		if (content === void 0) return {
			broken: `signature-${index + 1} in ${folder} is no signature`,
			words: "parsing signature"
		};
		if (content === "other") return { unknown: `signature-${index + 1} in ${folder} has a form that is not read here` };
		signatures.push(content);
	}
	return { signatures };
}
/**
* Whether one of the signatures fulfils the requirement. What we refuse and GPG may accept is not worked out.
* @throws SystemError for keys that are not there
*/
async function judgeSignedBy(requirement, signatures, { image, files, now }) {
	if (signatures.length === 0) return {
		is: "refused",
		why: []
	};
	if (requirement.keyType !== "GPGKeys") {
		const words = `Unimplemented "keyType" value "${requirement.keyType}"`;
		return {
			is: "refused",
			why: signatures.map(() => ({
				words,
				text: `podman verifies no ${requirement.keyType}`
			}))
		};
	}
	const keyrings = await Promise.all(requirement.keys.map((source) => keyBytes(source, files)));
	const results = [];
	for (const signature of signatures) results.push(await judgeOne(signature, keyrings, {
		requirement,
		image,
		now
	}));
	if (results.includes("fulfilled")) return { is: "fulfilled" };
	const open = results.find((result) => typeof result === "object" && "unknown" in result);
	if (typeof open === "object" && "unknown" in open) return {
		is: "unknown",
		why: open.unknown
	};
	return {
		is: "refused",
		why: results.flatMap((result) => typeof result === "object" && "text" in result ? [result] : [])
	};
}
async function judgeOne(signature, keyrings, { requirement, image, now }) {
	const { verifySigned } = await import("./message.mjs");
	try {
		const signed = await verifySigned(signature, { keyrings }, now);
		if (!signed) return { unknown: "a signature is no plain signed OpenPGP message" };
		const { status, identity, reasons } = signed.check;
		const [reason] = reasons;
		if (status === "unknown-signer" || reason?.code === "SIGNATURE_BAD") return {
			words: "",
			text: reason?.message ?? "one is by another key"
		};
		if (status !== "valid" || identity?.method !== "pgp") return { unknown: reason?.message ?? "a key is in doubt" };
		if (identity.userIds.length === 0) return { unknown: `the key ${identity.fingerprint} has no user ID` };
		return contentProblem(signed.content, requirement, image) ?? "fulfilled";
	} catch (error) {
		if (error instanceof CountersignError) return { unknown: `a key of policy.json cannot be read: ${error.message}` };
		throw error;
	}
}
function contentProblem(content, { signedIdentity }, { digest, asked }) {
	const said = parseSimpleSigning(content, "gpg");
	if (!said) return {
		words: "",
		text: "what one signs is no container signature"
	};
	if (said.digest !== digest) return {
		words: `Signature for digest ${said.digest} does not match`,
		text: `one is for ${said.digest}`
	};
	if (podmanReference(said.reference) && matchesIdentity(signedIdentity, said.reference, asked)) return void 0;
	return {
		words: `Signature for identity ${JSON.stringify(said.reference)} is not accepted`,
		text: `one was made for ${said.reference}, and ${signedIdentity.type} is asked of ${asked}`,
		elsewhere: true
	};
}

// src/gates/containers/simulate.ts
/**
* The verdict of a policy.json about one manifest.
* @throws SystemError, DataError, SignatureError for key files that cannot be read
* @see https://github.com/containers/image/blob/v5.36.2/signature/policy_eval_sigstore.go
*/
async function judgeByContainers(image, gate, now) {
	const { name, tag, askedDigest } = image;
	const asked = askedDigest === void 0 ? `${name}:${tag ?? "latest"}` : `${name}@${askedDigest}`;
	if (!podmanReference(asked)) return unknown(`podman takes ${asked} for no name of an image`);
	const what = {
		name,
		tag,
		digest: askedDigest
	};
	const { scope, requirements } = requirementsFor(gate.policy, what);
	const signatures = usesAttachments(gate.registries, what) ? image.signatures : [];
	let beside;
	const hidden = image.signatures.length - signatures.length;
	for (const requirement of requirements) {
		if (requirement.type === "insecureAcceptAnything") continue;
		if (requirement.type === "reject") return denied(`Running image docker://${asked} is rejected by policy.`, gateReason("GATE_SIGNATURE_FORBIDDEN", `the scope ${scope} of policy.json rejects every image`));
		if (requirement.type === "signedBaseLayer") return denied("signedBaseLayer not implemented yet!", gateReason("GATE_SIGNATURE_FORBIDDEN", `the scope ${scope} asks for signedBaseLayer, which no image fulfils`));
		beside ??= await lookInto(gate.registries, what, image.digest);
		if ("broken" in beside) return denied(beside.words, gateReason("GATE_SIGNATURE_UNREADABLE", beside.broken));
		const isOwn = lookasideOf(gate.registries, what) === void 0 && requirement.type === "sigstoreSigned";
		if ("unknown" in beside && !isOwn) return unknown(`the scope ${scope} of policy.json: ${beside.unknown}`);
		if (requirement.type === "signedBy") {
			const problem = await refusalBy(requirement, "signatures" in beside ? beside.signatures : [], {
				gate,
				image: {
					digest: image.digest,
					asked
				},
				now
			});
			if (problem) return problem;
			continue;
		}
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
/** What is said when no GPG signature fulfils the requirement. */
async function refusalBy(requirement, signatures, { gate, image, now }) {
	const result = await judgeSignedBy(requirement, signatures, {
		image,
		files: gate,
		now
	});
	if (result.is === "fulfilled") return void 0;
	if (result.is === "unknown") return unknown(result.why);
	const found = result.why.length === 0 ? "there is none in the lookaside" : `none of ${result.why.length} counts: ${result.why.map(({ text }) => text).join("; ")}`;
	const message = `a GPG signature by ${namesOf(requirement.keys)} is wanted, and ${found}`;
	const reason = gateReason(codeOf(result.why), message);
	const hint = reason.code === "GATE_SIGNATURE_MISSING" ? FILED_BESIDE : reason.hint;
	return denied(wordsOf(result.why.map(({ words }) => words)), {
		...reason,
		hint
	});
}
const FILED_BESIDE = "have the stage approved with `countersign sign-stage` by that key and ⟨lookaside⟩, also where that key approved it before; the folder belongs to where the gate looks for it";
/** A good signature that was made for another repository is told apart: nobody needs to sign again. */
function codeOf(rejections) {
	return rejections.some(({ elsewhere }) => elsewhere) ? "GATE_SIGNED_ELSEWHERE" : "GATE_SIGNATURE_MISSING";
}
function namesOf(keys) {
	return keys.map((key) => "path" in key ? key.path : "a key in policy.json").join(" or ");
}
/** What podman says when no signature fulfilled a requirement. */
function wordsOf(rejections) {
	if (rejections.length > 1) return "None of the signatures were accepted";
	return rejections[0] ?? "A signature was required, but no signature exists";
}
function undecided(what, scope) {
	return unknown(`the scope ${scope} of policy.json asks for ${what}`);
}
function unknown(message) {
	return {
		gate: "containers-policy",
		verdict: "unknown",
		words: null,
		reasons: [gateReason("GATE_NOT_DECIDED", message)]
	};
}
/** Why no signature fulfils the requirement; undefined when one does. */
async function unfulfilled(requirement, image, { gate, asked, now, hidden }) {
	const verifier = image.signatures.length === 0 ? void 0 : await verifierOf(requirement, gate);
	if (typeof verifier === "string") return unknown(verifier);
	const rejections = [];
	for (const signature of verifier ? image.signatures : []) {
		const rejection = verifier && await rejectionOf(signature, {
			requirement,
			verifier,
			image,
			asked,
			now
		});
		if (!rejection) return void 0;
		rejections.push(rejection);
	}
	const who = requirement.pki ? `a certificate for ${requirement.pki.email ?? requirement.pki.hostname}` : namesOf(requirement.keys);
	const [first] = rejections;
	const found = first ? `none of ${rejections.length} in the tag counts: ${rejections.map(({ why }) => why).join("; ")}` : hidden > 0 ? `signatures are not looked for: no file in registries.d has use-sigstore-attachments for ${image.name}` : "the image has no signature in cosign’s older format, the only one that podman reads; bundles are not seen";
	return denied(wordsOf(rejections.map((rejection) => rejection.words)), gateReason(codeOf(rejections), `a signature by ${who} is wanted, and ${found}`));
}
/** The verifier, or why there is none. @throws SystemError for a file that is not there */
async function verifierOf(requirement, gate) {
	try {
		return await verifierFor(requirement, gate);
	} catch (error) {
		if (error instanceof SystemError || !(error instanceof CountersignError)) throw error;
		return `a key of policy.json cannot be read here as podman reads it: ${error.message}`;
	}
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
	if (!podmanReference(said.reference) || !matchesIdentity(requirement.signedIdentity, said.reference, asked)) return {
		words: `Signature for identity ${JSON.stringify(said.reference)} is not accepted`,
		why: `one was made for ${said.reference}, and ${requirement.signedIdentity.type} is asked of ${asked}`,
		elsewhere: true
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
		const above = chain === void 0 ? [] : certificatesOnly(chain).slice(0, -1);
		return {
			kind: "certificates",
			chain: [...certificatesOnly(certificate), ...above]
		};
	} catch (error) {
		if (error instanceof CountersignError) return {
			kind: "certificates",
			chain: [/* @__PURE__ */ new Uint8Array()]
		};
		throw error;
	}
}
function denied(words, reason) {
	return {
		gate: "containers-policy",
		verdict: "denied",
		words,
		reasons: [reason]
	};
}
const INDEXES = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];
/**
* The verdict about every manifest that may be run; the first one that is not allowed, if there is any.
* @throws RegistryError, NetworkError; as judgeByContainers
*/
async function judgeRegistryImage({ shape, subjects, repository }, asked, { gate, now }) {
	if (shape.is === "sif") return noImage("a SIF is no image that podman runs");
	const runnable = subjects.filter(({ mediaType }) => !INDEXES.includes(mediaType));
	let verdict = noImage("the index names no image that could be run");
	for (const { digest } of runnable) {
		const signatures = await readCosignSignatures(repository, digest);
		verdict = await judgeByContainers({
			...asked,
			digest,
			signatures
		}, gate, now);
		if (verdict.verdict !== "allowed") return runnable.length > 1 ? about(digest, verdict) : verdict;
	}
	return verdict;
}
function about(digest, verdict) {
	const reasons = verdict.reasons.map((reason) => ({
		...reason,
		message: `platform ${digest}: ${reason.message}`
	}));
	return {
		...verdict,
		reasons
	};
}
function noImage(message) {
	return {
		gate: "containers-policy",
		verdict: "unknown",
		words: null,
		reasons: [gateReason("GATE_NOT_DECIDED", message)]
	};
}

export { judgeRegistryImage };