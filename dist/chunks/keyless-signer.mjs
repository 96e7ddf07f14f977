import { c as UsageError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as Secret } from "./secret.mjs";
import { t as VERSION } from "./version.mjs";
import { l as readFileBounded } from "./files.mjs";
import { c as policyFrom } from "./trust2.mjs";
import { resolve } from "node:path";

// src/commands/inputs/keyless-signer.ts
/** Longest silence of a service: a log of version 2 answers with its next checkpoint. */
const IDLE_MS = 2e4;
/**
* The keyless signer that the inputs describe, with a notice of what becomes public.
* @throws UsageError; KeylessError; PolicyError, SystemError, DataError
*/
async function keylessSignerFrom(inputs, host) {
	if (inputs.key !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "a key was given with signing-method sigstore", { hint: "leave ⟨key⟩ out: the job is identified by its token" });
	if ("dryRun" in inputs && inputs.dryRun === true) throw new UsageError("USAGE_CONFLICTING_INPUTS", "dry-run was given with signing-method sigstore", { hint: "leave ⟨dry-run⟩ out: a keyless signature is witnessed by log and authority when it is made" });
	const services = await servicesFrom(inputs, host);
	const trust = await trustFrom(inputs);
	const { isPublic } = await import("./instance.mjs");
	const { readToken } = await import("./token2.mjs");
	const { KeylessError } = await import("./errors7.mjs");
	const token = async () => {
		const found = await tokenFrom(inputs, host);
		const { visibility } = readToken(found, host.now());
		if (isPublic(services) && visibility !== void 0 && visibility !== "public" && inputs.publicLog !== "allow") throw new KeylessError("SIGSTORE_PUBLIC_REFUSED", `the repository is ${visibility}, and the log of the instance is public`);
		return found;
	};
	const { createKeylessSigner } = await import("./signer4.mjs");
	const retries = inputs.retryFor === 0 ? 0 : 3;
	const { createHttpClient } = await import("./http2.mjs");
	const { proxyFromEnv } = await import("./connect.mjs");
	const { extraCertificates } = await import("./registry2.mjs");
	const options = {
		proxy: proxyFromEnv(host.env),
		extraCa: await extraCertificates(inputs, host),
		userAgent: `countersign/${VERSION}`,
		idleTimeoutMs: IDLE_MS
	};
	const [http, witnesses] = [createHttpClient(options), createHttpClient({
		...options,
		plainHttp: true
	})];
	const signer = await createKeylessSigner({
		services,
		token,
		trust,
		http,
		witnesses,
		now: () => host.now(),
		retries
	});
	host.info(noticeOf(signer, services, isPublic(services)));
	return signer;
}
function noticeOf({ identity }, { logs }, open) {
	const who = identity.method === "sigstore" ? identity.san.join(", ") : "";
	if (open) return `signing keyless as ${who}: this name, the claims beside it in the certificate (repository, workflow, ref, commit, environment) and the hash of what is signed become public for ever`;
	const log = logs.map(({ url }) => url).join(", ");
	return `signing keyless as ${who}${log === "" ? ", without a log" : `: the certificate and the hash of what is signed go into the log ${log}`}`;
}
async function servicesFrom(inputs, host) {
	const { KNOWN_INSTANCES, readSigningConfig, serviceUrl } = await import("./instance.mjs");
	const { sigstoreInstance: name, fulcioUrl, rekorUrl, timestampUrl, rekorVersion } = inputs;
	const base = name === void 0 ? fulcioUrl === void 0 ? KNOWN_INSTANCES.public : {
		ca: "",
		logs: [],
		timestamps: []
	} : name === "public" || name === "github" ? KNOWN_INSTANCES[name] : readSigningConfig(await readFileBounded(resolve(inputs.workingDirectory, name), LIMITS.keyFileBytes), host.now());
	const version = rekorVersion === "2" ? 2 : 1;
	return {
		ca: fulcioUrl === void 0 ? base.ca : serviceUrl(fulcioUrl, "fulcio-url"),
		logs: rekorUrl === void 0 ? base.logs : rekorUrl === "" ? [] : [{
			url: serviceUrl(rekorUrl, "rekor-url"),
			version
		}],
		timestamps: timestampUrl === void 0 ? base.timestamps : [serviceUrl(timestampUrl, "timestamp-url")]
	};
}
async function trustFrom(inputs) {
	const { sigstoreTrustedRoot: path } = inputs;
	if (path !== void 0) return [{
		root: await readFileBounded(path, LIMITS.keyFileBytes),
		log: 0,
		timestamps: 1,
		sct: 0
	}];
	const policy = hasPolicy(inputs) ? await policyFrom(inputs) : void 0;
	if (policy && policy.trust.sigstore.length > 0) return policy.trust.sigstore;
	throw new UsageError("USAGE_MISSING_INPUT", "nothing says by which trusted root a keyless signature is checked", { hint: "give a policy with `trust.sigstore`, or ⟨sigstore-trusted-root=trusted_root.json⟩" });
}
function hasPolicy(inputs) {
	return "policyPath" in inputs && "policy" in inputs;
}
async function tokenFrom({ identityToken }, host) {
	const { KeylessError } = await import("./errors7.mjs");
	const { AUDIENCE } = await import("./token2.mjs");
	if (identityToken) return new Secret(identityToken.revealText().trim());
	const text = host.env["SIGSTORE_ID_TOKEN"] ?? await jobToken(host, AUDIENCE);
	if (text !== void 0 && text !== "") {
		host.mask(text, "environment");
		return new Secret(text);
	}
	throw new KeylessError("SIGSTORE_TOKEN_MISSING", host.env["GITHUB_ACTIONS"] === "true" ? "the job lacks the permission id-token: write" : "no identity token was given");
}
async function jobToken(host, audience) {
	try {
		return await host.idToken?.(audience);
	} catch (cause) {
		const { KeylessError } = await import("./errors7.mjs");
		throw new KeylessError("SIGSTORE_TOKEN_MISSING", `the runner gives no identity token: ${cause instanceof Error ? cause.message.split("\n", 1)[0]?.slice(0, 200) : "no answer"}`, { cause });
	}
}

export { keylessSignerFrom };