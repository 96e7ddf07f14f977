import { f as sha256Hex, g as utf8, m as toBase64 } from "./bytes.mjs";
import { c as UsageError } from "./errors.mjs";
import { i as trustIn, t as TrustFiles } from "./trust.mjs";
import { n as assertDistinctFrom } from "./files2.mjs";
import { n as systemClock } from "./clock.mjs";
import { i as patternProblem } from "./pattern.mjs";

// src/commands/inputs/policy-signer.ts
/** Which profile counts, and who must have signed. */
const POLICY_CHOICE_INPUTS = [
	{
		name: "profile",
		type: "string",
		description: "Which profile of the policy counts, where it has profiles (docs/policy.md).",
		example: "production"
	},
	{
		name: "require-signed-policy",
		type: "string",
		description: "Refuse the policy unless `countersign policy sign` has signed it and all files that it names, by this signer: the path of a public key; an OpenPGP fingerprint, with the keyring in `policy-signer-trust`; or a name in a certificate, as `email:…`, `uri:…`, `dns:…` or `subject:CN=…`, with the CA in `policy-signer-trust`. Keep both outside of the policy’s repository.",
		example: "policy-signer.pub"
	},
	{
		name: "policy-signer-trust",
		type: "paths",
		mayBeContent: true,
		description: "For `require-signed-policy`: the keyring with the fingerprint, or the CA certificates.",
		example: "policy-ca.pem"
	}
];
/**
* Who must have signed; undefined when nobody asks.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS, USAGE_INVALID_INPUT; SystemError, DataError, SignatureError
*/
async function pinFrom(inputs) {
	const { requireSignedPolicy: said, policySignerTrust, workingDirectory } = inputs;
	const given = policySignerTrust.length > 0;
	if (said === void 0) {
		if (!given) return void 0;
		throw new UsageError("USAGE_MISSING_INPUT", "policy-signer-trust was given without saying who must have signed", { hint: "give ⟨require-signed-policy⟩" });
	}
	if (said === NOBODY) throw new UsageError("USAGE_INVALID_INPUT", `require-signed-policy is ${NOBODY}, and names nobody`, { hint: "give the path of a public key, an OpenPGP fingerprint or a name in a certificate; where it comes from a variable, set that" });
	const files = new TrustFiles(workingDirectory);
	const pin = await pinOf(said, {
		trust: policySignerTrust,
		crls: inputs.crls ?? []
	}, files);
	const named = files.files.map(({ path }) => ({
		input: "require-signed-policy",
		use: "read",
		path
	}));
	await assertDistinctFrom(inputs.files, named);
	return {
		...pin,
		said,
		now: new Date(systemClock().nowMs())
	};
}
/** What is given instead of nothing, so that it does not mean to require nothing. */
const NOBODY = "none";
const NAME = /^(?:(?:email|uri|dns|ip):.|subject:)/;
/** True when a value of `require-signed-policy` is the path of a public key. */
function namesKeyFile(said) {
	return fingerprintIn(said) === void 0 && !NAME.test(said);
}
function fingerprintIn(said) {
	const digits = said.replaceAll(" ", "").toUpperCase();
	return /^[0-9A-F]{40}$/.test(digits) ? digits : void 0;
}
async function pinOf(said, { trust, crls }, files) {
	const fingerprint = fingerprintIn(said);
	const origins = files.origins;
	if (fingerprint !== void 0) {
		const keyrings = await files.given("keyring", INPUT, needed(trust, "the keyring that holds the key"));
		return {
			credentials: [{
				method: "pgp",
				fingerprint
			}],
			trust: trustIn({
				keyrings,
				origins
			})
		};
	}
	if (NAME.test(said)) {
		const anchors = await files.given("certificate", INPUT, needed(trust, "the certificates of the CA"));
		const names = namesOf(said);
		const revocation = {
			crls: await files.given("crl", "crls", crls),
			revocation: "warn"
		};
		return {
			credentials: [{
				method: "x509",
				anchors: anchors.map(sha256Hex),
				...names
			}],
			trust: trustIn({
				anchors,
				origins,
				...crls.length > 0 ? revocation : {}
			})
		};
	}
	if (trust.length > 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "policy-signer-trust was given beside a public key", { hint: "leave ⟨policy-signer-trust⟩ out, or give a fingerprint or a name in ⟨require-signed-policy⟩" });
	const keys = await files.given("key", "require-signed-policy", [said]);
	return {
		credentials: keys.map((spki) => ({
			method: "key",
			hint: toBase64(Buffer.from(sha256Hex(spki), "hex"))
		})),
		trust: trustIn({
			keys,
			origins
		})
	};
}
const INPUT = "policy-signer-trust";
function needed(given, what) {
	if (given.length > 0) return given;
	throw new UsageError("USAGE_MISSING_INPUT", "policy-signer-trust is missing", { hint: `give ${what} as ⟨policy-signer-trust⟩` });
}
/** @throws UsageError USAGE_INVALID_INPUT for what leaves the deciding part open */
function namesOf(said) {
	const isSubject = said.startsWith("subject:");
	const text = isSubject ? said.slice(8) : said;
	const problem = patternProblem(text, isSubject ? "subject" : "san");
	if (problem !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `require-signed-policy ${problem}: ${JSON.stringify(said.slice(0, 200))}`, { hint: "write the name as `countersign key show CERTIFICATE` prints it" });
	return {
		san: isSubject ? [] : [text],
		subject: isSubject ? [text] : [],
		issuer: []
	};
}

// src/commands/inputs/trust.ts
/** The policy, as a file or as text. */
const POLICY_INPUTS = [
	{
		name: "policy-path",
		type: "path",
		description: "Policy file (docs/policy.md): stages, approvers and trust. Files it names are found relative to it.",
		example: "countersign.yaml",
		textInput: "policy"
	},
	{
		name: "policy",
		type: "text",
		description: "The policy itself, as YAML text instead of a file, at most 1 MiB. Files it names are found relative to `working-directory`; errors call it `policy`. At most one of `policy` and `policy-path`."
	},
	...POLICY_CHOICE_INPUTS
];
/** Whether the data of images in registries is read. */
const VERIFY_DATA_INPUT = {
	name: "verify-data",
	type: "boolean",
	default: "true",
	description: "For an image in a registry or layout folder: read and hash all of it. With `false` only some kilobytes of a SIF are read, and its data is taken to be what trusted layers say: whoever may push can put other data behind them. The output `data-verified`, the verdict and an approval then say so, and no cosign signature is written. Of any other image `false` reads the manifests alone, whose digests are what is approved; config and layers are not looked at. SIF files are always read whole."
};
/** The inputs that say whom to trust. */
const TRUST_INPUTS = [
	...POLICY_INPUTS,
	{
		name: "up-to-stage",
		type: "string",
		description: "With a policy: decide about this stage and those before it only, for a gate in the middle of a pipeline. The verdict names the stages that it is not about. Default: all stages of the policy.",
		example: "security"
	},
	{
		name: "keyring",
		type: "paths",
		mayBeContent: true,
		description: "OpenPGP public keys to trust, armored or binary: files, folders or globs, one a line, or the armored text itself.",
		example: "staff.asc"
	},
	{
		name: "public-key",
		type: "paths",
		mayBeContent: true,
		description: "Public keys to trust, PEM or DER (SPKI or PKCS#1): files, folders or globs, one a line, or the PEM text itself.",
		example: "security.pub"
	},
	{
		name: "trust-anchors",
		type: "paths",
		mayBeContent: true,
		description: "X.509 trust anchors, PEM or DER: files, folders or globs, one a line, or the PEM text itself.",
		example: "root-ca.pem"
	},
	{
		name: "intermediates",
		type: "paths",
		mayBeContent: true,
		description: "X.509 intermediates that may complete a path to an anchor, given as `trust-anchors`.",
		example: "intermediate-ca.pem"
	},
	{
		name: "signer-certificate",
		type: "paths",
		mayBeContent: true,
		description: "X.509 certificates of signers, given as `trust-anchors`: needed only for native DSSE signatures, which hold no certificate.",
		example: "release.crt"
	},
	{
		name: "crls",
		type: "paths",
		mayBeContent: true,
		description: "X.509 certificate revocation lists, PEM or DER, given as `trust-anchors`; beside those of the policy. With any, a certificate about which no list in force speaks fails, unless `trust.revocation` of the policy says otherwise.",
		example: "/var/lib/crls"
	},
	{
		name: "timestamp-anchors",
		type: "paths",
		mayBeContent: true,
		description: "X.509 certificates of the CAs of timestamp authorities whose clocks are believed, given as `trust-anchors`.",
		example: "tsa-ca.pem"
	}
];
/** Another time than the present: for looking alone, since nothing may be done on a verdict about another day. */
const NOW_INPUT = {
	name: "now",
	type: "time",
	description: "Verify as of this time instead of the present (RFC 3339). For audits and tests; the verdict says so.",
	example: "2026-11-22T12:00:00Z"
};
/**
* The policy that the inputs give, as file or text; undefined when they give none.
* @throws UsageError USAGE_CONFLICTING_INPUTS, also when a file to be written is one that the policy names; PolicyError,
* SystemError, DataError
*/
async function policyFrom(inputs) {
	const { policyPath: path, policy: text, profile } = inputs;
	const pin = inputs.requireSignedPolicy !== void 0 || inputs.policySignerTrust.length > 0 ? await pinFrom(inputs) : void 0;
	if (path === void 0 && text === void 0) {
		const hasBase = inputs.given.has("base-policy-path");
		const idle = POLICY_CHOICE_INPUTS.map(({ name }) => name).filter((name) => name === "profile" || !hasBase).filter((name) => inputs.given.has(name));
		if (idle.length === 0) return void 0;
		throw new UsageError("USAGE_MISSING_INPUT", `${idle.join(" and ")} without a policy`, { hint: hasBase ? "give ⟨policy-path⟩, or ⟨base-policy-profile⟩ in place of ⟨profile⟩" : "give ⟨policy-path⟩" });
	}
	if (path !== void 0 && text !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "both policy and policy-path were given", { hint: "give only one of them" });
	if (path === void 0 && pin) throw new UsageError("USAGE_CONFLICTING_INPUTS", "the signature of a policy lies beside its file, and it was given as text", { hint: "give ⟨policy-path⟩ in place of ⟨policy⟩" });
	const { loadPolicy, loadPolicyBytes } = await import("./load2.mjs");
	const policy = path === void 0 ? await loadPolicyBytes(utf8(text ?? ""), {
		path: "policy",
		folder: inputs.workingDirectory
	}, { profile }) : await loadPolicy(path, {
		profile,
		pin
	});
	const input = text === void 0 ? "policy-path" : "policy";
	await assertNotWritten(inputs, policy.files, input);
	return policy;
}
/**
* The criteria that the inputs describe.
* @throws PolicyError, SystemError, DataError for what cannot be read; UsageError when nothing to trust was given and `needed`
*/
async function criteriaFrom(inputs, now, options) {
	const policy = denying(await policyFrom(inputs), options.deny ?? []);
	const material = await materialFrom(inputs);
	const given = material.keyrings.length + material.keys.length + material.anchors.length > 0;
	if (policy && given) throw new UsageError("USAGE_CONFLICTING_INPUTS", "trust was given both by the policy and by other inputs", { hint: "add keys and anchors to the policy, or leave the policy out" });
	const stages = await stagesUpTo(inputs.upToStage, policy);
	if (!policy && !given && options.needed) throw nothingToTrust(inputs);
	const { createCriteria } = await import("./verify2.mjs");
	return createCriteria({
		policy,
		material,
		...stages ? { stages } : {},
		now,
		...options.requiredStages ? { requiredStages: options.requiredStages } : {}
	});
}
/** The revocation lists that the inputs name. @throws SystemError, DataError for what cannot be read */
async function crlsFrom({ crls, workingDirectory }, input = "crls") {
	const files = new TrustFiles(workingDirectory);
	return {
		crls: await files.given("crl", input, crls),
		origins: files.origins
	};
}
/** Trust material that the inputs name. */
async function materialFrom(inputs) {
	const files = new TrustFiles(inputs.workingDirectory);
	const material = {
		keyrings: await files.given("keyring", "keyring", inputs.keyring),
		keys: await files.given("key", "public-key", inputs.publicKey),
		anchors: await files.given("certificate", "trust-anchors", inputs.trustAnchors),
		intermediates: await files.given("certificate", "intermediates", inputs.intermediates),
		certificates: await files.given("certificate", "signer-certificate", inputs.signerCertificate),
		crls: await files.given("crl", "crls", inputs.crls),
		timestamps: await files.given("certificate", "timestamp-anchors", inputs.timestampAnchors),
		sigstore: [],
		origins: files.origins
	};
	await assertNotWritten(inputs, files.files, "a trust input");
	return material;
}
/** @throws UsageError USAGE_CONFLICTING_INPUTS when a file that is read, and that `input` names, is to be written */
async function assertNotWritten({ files }, read, input) {
	if (files.length > 0) await assertDistinctFrom(files, read.map(({ path }) => ({
		input,
		use: "read",
		path
	})));
}
function denying(loaded, more) {
	if (!loaded || more.length === 0) return loaded;
	const deny = [...loaded.policy.deny, ...more];
	return {
		...loaded,
		policy: {
			...loaded.policy,
			deny
		},
		trust: {
			...loaded.trust,
			denied: deny
		}
	};
}
function nothingToTrust({ given }) {
	const idle = TRUST_INPUTS.map(({ name }) => name).filter((name) => given.has(name));
	const only = idle.length > 0 ? `: ${idle.join(" and ")} alone ${idle.length > 1 ? "say" : "says"} not whom to trust` : "";
	return new UsageError("USAGE_MISSING_INPUT", `nothing to verify against was given${only}`, { hint: "give ⟨policy-path⟩, or ⟨keyring⟩, ⟨public-key⟩ or ⟨trust-anchors⟩" });
}
/** @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT */
async function stagesUpTo(last, policy) {
	if (last === void 0) return void 0;
	if (!policy) throw new UsageError("USAGE_MISSING_INPUT", "up-to-stage is given without a policy", { hint: "give ⟨policy-path⟩: the order of the stages is in the policy" });
	const names = policy.policy.stages.map(({ name }) => name);
	if (!names.includes(last)) throw new UsageError("USAGE_INVALID_INPUT", `up-to-stage is ${JSON.stringify(last.slice(0, 80))}`, { hint: `give a stage of the policy: ${names.join(", ")}` });
	const { stagesBefore } = await import("./approval2.mjs");
	return [...stagesBefore(policy, last), last];
}
/**
* The criteria, or undefined when no trust input was given at all: one alone that needs another, like `up-to-stage`, must
* not be passed over, or an image would go by unverified that was to be verified.
* @throws as criteriaFrom
*/
async function optionalCriteria(inputs, clock) {
	return TRUST_INPUTS.some(({ name }) => inputs.given.has(name)) ? criteriaFrom(inputs, clock, { needed: true }) : void 0;
}

export { criteriaFrom as a, policyFrom as c, pinFrom as d, VERIFY_DATA_INPUT as i, POLICY_CHOICE_INPUTS as l, POLICY_INPUTS as n, crlsFrom as o, TRUST_INPUTS as r, optionalCriteria as s, NOW_INPUT as t, namesKeyFile as u };