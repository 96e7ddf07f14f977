import { c as UsageError } from "./errors.mjs";
import { t as Secret } from "./secret.mjs";
import { t as VERSION } from "./version.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { t as isPublicKeyName } from "./key-name.mjs";
import { t as createSigner } from "./signer.mjs";
import { t as createCriteria } from "./verify.mjs";
import { _ as SIGNING_INPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, o as passphraseText } from "./values.mjs";
import { t as CONNECTION_INPUTS } from "./registry.mjs";
import { c as policyFrom, n as POLICY_INPUTS } from "./trust2.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { p as toSecond } from "./text.mjs";
import { n as KeylessError } from "./errors8.mjs";
import { s as encodeReviewers } from "./bundle3.mjs";
import { t as stamperFrom } from "./timestamp.mjs";

// src/commands/inputs/review.ts
const MAX_ANSWER_BYTES = 4194304;
const MAX_COMMENT = 512;
/**
* Reviewers, comment and time for the run of an approval; nothing when no token was given.
* @throws KeylessError REVIEW_MISSING, REVIEW_ENVIRONMENT_OPEN, REVIEW_UNREADABLE; UsageError; NetworkError
*/
async function reviewFrom({ token, environment, stage, needsReview: asked, signer }, host) {
	if (!token) {
		if (asked) throw new KeylessError("REVIEW_MISSING", `stage ${stage} must be reviewed, and no review-token was given`);
		return {};
	}
	const { identity } = signer;
	const certified = identity.method === "sigstore" ? identity.claims.deploymentEnvironment : void 0;
	if (asked && certified === void 0) throw new KeylessError("REVIEW_MISSING", "the certificate of this job names no environment that it was released into", { hint: "run the job in an environment with required reviewers, and sign with ⟨signing-method=sigstore⟩" });
	const name = certified ?? environment;
	if (name === void 0) throw new UsageError("USAGE_MISSING_INPUT", "review-token is given, and nothing names the environment of the job", { hint: "give ⟨environment⟩, the name that the job has under `environment:`" });
	const found = await ask(name, token, host);
	if (!found.isProtected) {
		const problem = `the environment ${name} has no required reviewers, so that nobody had to approve`;
		if (asked) throw new KeylessError("REVIEW_ENVIRONMENT_OPEN", problem);
		host.warning(problem);
	}
	if (found.reviewers.length === 0) {
		if (asked) throw new KeylessError("REVIEW_MISSING", `nobody released this run into the environment ${name}`);
		return {};
	}
	if (!found.isProtected) return {};
	return {
		reviewers: encodeReviewers(found.reviewers),
		...found.comment === "" ? {} : { reviewComment: found.comment.slice(0, MAX_COMMENT) },
		reviewedEnvironment: name,
		reviewSeenAt: toSecond(host.now())
	};
}
/** @see https://docs.github.com/en/rest/actions/workflow-runs?apiVersion=2022-11-28#get-the-review-history-for-a-workflow-run */
async function ask(environment, token, host) {
	const { GITHUB_API_URL: api, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = host.env;
	if (!api || !/^[\w.-]+\/[\w.-]+$/.test(repository ?? "") || !/^[0-9]+$/.test(run ?? "")) throw new KeylessError("REVIEW_UNREADABLE", "this is no job: GITHUB_API_URL, GITHUB_REPOSITORY or GITHUB_RUN_ID is not set");
	const { createHttpClient } = await import("./http2.mjs");
	const { proxyFromEnv } = await import("./connect.mjs");
	const http = createHttpClient({
		proxy: proxyFromEnv(host.env),
		userAgent: `countersign/${VERSION}`
	});
	try {
		const base = `${api}/repos/${repository}`;
		const rules = await get(http, `${base}/environments/${encodeURIComponent(environment)}`, token);
		const history = await get(http, `${base}/actions/runs/${run}/approvals`, token);
		return {
			isProtected: isProtected(rules),
			...approvalsOf(history, environment)
		};
	} finally {
		http.close();
	}
}
async function get(http, address, token) {
	const headers = {
		accept: "application/vnd.github+json",
		authorization: `Bearer ${token.revealText().trim()}`
	};
	const response = await http.send({
		method: "GET",
		url: new URL(address),
		headers,
		redirects: "same-origin"
	});
	if (response.status === 200) return parseJson(await response.bytes(MAX_ANSWER_BYTES), "the answer of the platform");
	await response.discard();
	throw new KeylessError("REVIEW_UNREADABLE", `${new URL(address).pathname} answers ${response.status}`);
}
function isProtected(environment) {
	return objects(isJsonObject(environment) ? environment["protection_rules"] : []).some(({ type, reviewers }) => type === "required_reviewers" && Array.isArray(reviewers) && reviewers.length > 0);
}
function approvalsOf(history, environment) {
	const approved = objects(history).filter(({ state, environments }) => state === "approved" && objects(environments).some(({ name }) => name === environment));
	const reviewers = approved.flatMap(({ user }) => {
		const { login, id } = isJsonObject(user) ? user : {};
		return typeof login === "string" && typeof id === "number" ? [{
			login,
			id: String(id)
		}] : [];
	});
	const comments = approved.flatMap(({ comment }) => typeof comment === "string" && comment !== "" ? [comment] : []);
	return {
		reviewers: [...new Map(reviewers.map((one) => [one.id, one])).values()],
		comment: comments.join("; ")
	};
}
function objects(value) {
	return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

// src/commands/inputs/signing.ts
/**
* The signer that the inputs describe, with a warning about a key without passphrase; undefined when neither method nor key was given.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS; SignatureError when the key cannot be used
*/
async function signerFrom(inputs, host, now = host.now()) {
	const { signingMethod: method, key, certificate, certificateChain } = inputs;
	if (method === void 0 && key === void 0) return void 0;
	if (method === void 0) throw new UsageError("USAGE_MISSING_INPUT", "signing-method is missing", { hint: "give pgp, key or x509" });
	if (method === "sigstore") return (await import("./keyless-signer.mjs")).keylessSignerFrom(inputs, host);
	if (key === void 0) throw new UsageError("USAGE_MISSING_INPUT", "key or key-path is missing", { hint: "give ⟨key⟩" });
	if (method === "x509" && certificate === void 0) throw new UsageError("USAGE_MISSING_INPUT", "certificate or certificate-path is missing", { hint: "give the certificate that belongs to the key, for instance ⟨certificate-path=release.crt⟩" });
	if (method !== "x509" && (certificate !== void 0 || certificateChain !== void 0)) throw new UsageError("USAGE_CONFLICTING_INPUTS", `a certificate was given with signing-method ${method}`, { hint: "set ⟨signing-method=x509⟩, or leave ⟨certificate⟩ out" });
	const outside = {
		world: keyWorld(inputs, host),
		expectedKey: inputs.expectedKey
	};
	if (method === "pgp" && outside.expectedKey !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "expected-key was given with signing-method pgp", { hint: "leave ⟨expected-key⟩ out: the fingerprint says which OpenPGP key it is" });
	const { timestampUrl } = inputs;
	const stamp = timestampUrl === void 0 ? void 0 : await stamperFrom(timestampUrl, inputs, host);
	const signer = {
		...await createSigner({
			method,
			key,
			passphrase: passphraseText(inputs.passphrase),
			cosignPassphrase: cosignPassphrase(host.env),
			certificate,
			certificateChain,
			...outside,
			now
		}),
		stamp
	};
	const pinned = [
		"expected-key",
		"policy",
		"policy-path"
	].some((name) => inputs.given.has(name));
	if (method === "key" && !pinned && isPublicKeyName(key.revealText())) host.warning(`no policy and no expected-key says which key this is; it signs as ${signer.identity.hint}`);
	if (signer.isProtected) return signer;
	const problem = "the private key has no passphrase, so that whoever reads it can sign";
	if (inputs.requirePassphrase) throw new SignatureError("SIGNATURE_PASSPHRASE_REQUIRED", problem);
	host.warning(problem);
	return signer;
}
/** Enough for a person to touch a key or type a PIN. */
const DEFAULT_TIMEOUT_MS = 12e4;
/** How programs that hold keys outside the process are reached; nothing is run yet. */
function keyWorld({ keyPlugins, keyEnvironment, timeout }, host) {
	return {
		run: (call) => host.run(call),
		which: (program) => host.which(program),
		get tokenChild() {
			return host.tokenChild;
		},
		env: host.env,
		temporaryFolder: () => host.temporaryFolder(),
		plugins: keyPlugins,
		environment: keyEnvironment,
		timeoutMs: timeout ?? DEFAULT_TIMEOUT_MS
	};
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
			"dsse",
			"notation"
		],
		default: "auto",
		description: "Native signature to write besides the approval. `auto`: OpenPGP writes the one that `apptainer verify` reads, other methods write none. `dsse`: a bare key or certificate signs natively too, only where the image has no OpenPGP signature. `notation`: a certificate also signs the manifest in a registry as Notation does; the root belongs into `certificate-chain`. `none`: the approval alone."
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
	},
	{
		name: "review-token",
		type: "secret",
		description: "Token that may read actions of the repository (`github.token` with `actions: read`). With it the platform is asked who released this run into its environment; reviewers and comment become part of the signed approval."
	}
];
/** The last inputs of commands that sign one statement about images and store it there. */
const STATEMENT_INPUTS = [
	...SIGNING_INPUTS,
	...POLICY_INPUTS,
	...CONNECTION_INPUTS,
	...PRIVILEGED_INPUTS,
	...COMMON_INPUTS
];
/** What an approval of `stage` by this signer contains; `resourceUri` is the name of the image for people. */
async function approvalFrom(inputs, about) {
	const { host, stage, signer, now, resourceUri, policy } = about;
	const { reviewToken: token, environment } = inputs;
	const needsReview = policy?.policy.stages.find(({ name }) => name === stage)?.reviewed === true;
	const reviewed = token || needsReview ? await reviewFrom({
		token,
		environment,
		stage,
		needsReview,
		signer
	}, host) : {};
	const run = {
		...runInfo(host.env, environment),
		...reviewed
	};
	return {
		stage,
		signer,
		now,
		native: inputs.native,
		expires: expiryFrom(inputs, now),
		reason: shortText(inputs, "reason"),
		ticket: shortText(inputs, "ticket"),
		run: Object.keys(run).length > 0 ? run : void 0,
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

export { criteriaForSigning as a, signerFrom as c, cosignPassphrase as i, STATEMENT_INPUTS as n, keyWorld as o, approvalFrom as r, runInfo as s, APPROVAL_INPUTS as t };