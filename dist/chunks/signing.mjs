import { c as UsageError } from "./errors.mjs";
import { t as Secret } from "./secret.mjs";
import { t as VERSION } from "./version.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { t as createSigner } from "./signer.mjs";
import { t as createCriteria } from "./verify.mjs";
import { s as policyFrom } from "./trust2.mjs";
import { c as passphraseText } from "./inputs.mjs";

// src/commands/inputs/signing.ts
/**
* The signer that the inputs describe, with a warning about a key without passphrase; undefined when neither method nor key was given.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
*/
async function signerFrom(inputs, host, now = host.now()) {
	const { signingMethod: method, key, certificate, certificateChain } = inputs;
	if (method === void 0 && key === void 0) return void 0;
	if (method === void 0) throw new UsageError("USAGE_MISSING_INPUT", "signing-method is missing", { hint: "give pgp, key or x509" });
	if (key === void 0) throw new UsageError("USAGE_MISSING_INPUT", "key or key-path is missing", { hint: "give ⟨key⟩" });
	if (method === "x509" && certificate === void 0) throw new UsageError("USAGE_MISSING_INPUT", "certificate or certificate-path is missing", { hint: "give the certificate that belongs to the key, for instance ⟨certificate-path=release.crt⟩" });
	if (method !== "x509" && (certificate !== void 0 || certificateChain !== void 0)) throw new UsageError("USAGE_CONFLICTING_INPUTS", `a certificate was given with signing-method ${method}`, { hint: "set ⟨signing-method=x509⟩, or leave ⟨certificate⟩ out" });
	const signer = await createSigner({
		method,
		key,
		passphrase: passphraseText(inputs.passphrase),
		cosignPassphrase: cosignPassphrase(host.env),
		certificate,
		certificateChain,
		now
	});
	if (signer.isProtected) return signer;
	const problem = "the private key has no passphrase, so that whoever reads it can sign";
	if (inputs.requirePassphrase) throw new SignatureError("SIGNATURE_PASSPHRASE_REQUIRED", problem);
	host.warning(problem);
	return signer;
}
/** What cosign itself would take for its own keys; it may be set and empty. */
function cosignPassphrase(env) {
	const text = env["COSIGN_PASSWORD"];
	return text === void 0 ? void 0 : new Secret(text);
}
/** The inputs that say what an approval is to contain. */
const APPROVAL_INPUTS = [
	{
		name: "native",
		type: "enum",
		values: [
			"auto",
			"none",
			"dsse"
		],
		default: "auto",
		description: "Native signature to write besides the approval. `auto`: OpenPGP writes the one that `apptainer verify` reads, other methods write none. `dsse`: a bare key or certificate signs natively too, only where the image has no OpenPGP signature. `none`: the approval alone."
	},
	{
		name: "expires-in",
		type: "duration",
		description: "How long the approval counts, with a unit. Default: without limit.",
		example: "90d"
	},
	{
		name: "reason",
		type: "string",
		description: "Why it was approved; becomes part of the signed approval."
	},
	{
		name: "ticket",
		type: "string",
		description: "Ticket or change number; becomes part of the signed approval."
	},
	{
		name: "environment",
		type: "string",
		description: "Deployment environment of this job; becomes part of the signed approval.",
		example: "production"
	}
];
/** What an approval of `stage` by this signer contains; `resourceUri` is the name of the image for people. */
function approvalFrom(inputs, about) {
	const { host, stage, signer, now, resourceUri } = about;
	return {
		stage,
		signer,
		now,
		native: inputs.native,
		expires: expiryFrom(inputs, now),
		reason: shortText(inputs, "reason"),
		ticket: shortText(inputs, "ticket"),
		run: runInfo(host.env, inputs.environment),
		resourceUri,
		toolVersion: VERSION
	};
}
/** Every verifier reads these texts; with more of them an approval might be larger than a file takes. */
const MAX_TEXT = 4096;
function shortText(inputs, name) {
	const text = inputs[name];
	if (text === void 0 || text.length <= MAX_TEXT) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} has ${text.length} characters; the limit is ${MAX_TEXT}`, { hint: "keep the long text elsewhere, and give its address" });
}
/** The last moment that a time with a year of four digits can name. */
const LAST_MS = Date.parse("9999-12-31T23:59:59Z");
function expiryFrom(inputs, now) {
	const { expiresIn } = inputs;
	if (expiresIn === void 0) return void 0;
	const expiresMs = now.getTime() + expiresIn;
	if (expiresMs <= LAST_MS) return new Date(expiresMs);
	throw new UsageError("USAGE_INVALID_INPUT", "expires-in ends after the year 9999", { hint: "give a shorter time, or leave ⟨expires-in⟩ out for an approval without limit" });
}
/** Decides about the earlier stages: by the policy, or without one trusting nobody but the signer. */
async function criteriaForSigning(inputs, signer, now) {
	const policy = await policyFrom(inputs);
	return createCriteria(policy ? {
		policy,
		now
	} : {
		policy,
		material: signer.publicMaterial,
		now
	});
}
const GITHUB_FIELDS = {
	server: "GITHUB_SERVER_URL",
	repository: "GITHUB_REPOSITORY",
	workflow: "GITHUB_WORKFLOW_REF",
	ref: "GITHUB_REF",
	commit: "GITHUB_SHA",
	runId: "GITHUB_RUN_ID",
	attempt: "GITHUB_RUN_ATTEMPT",
	actor: "GITHUB_ACTOR",
	event: "GITHUB_EVENT_NAME",
	job: "GITHUB_JOB"
};
const MAX_FIELD = 512;
/** The run as text fields; undefined outside GitHub Actions unless an environment name was given. */
function runInfo(env, environment) {
	const known = (env["GITHUB_ACTIONS"] === "true" ? Object.entries(GITHUB_FIELDS) : []).flatMap(([name, variable]) => {
		const value = env[variable]?.slice(0, MAX_FIELD);
		return value ? [[name, value]] : [];
	});
	const all = environment === void 0 ? known : [...known, ["environment", environment.slice(0, MAX_FIELD)]];
	return all.length > 0 ? Object.fromEntries(all) : void 0;
}

export { signerFrom as a, criteriaForSigning as i, approvalFrom as n, cosignPassphrase as r, APPROVAL_INPUTS as t };