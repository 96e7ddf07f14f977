import { n as decodeUtf8 } from "./bytes.mjs";
import { c as UsageError } from "./errors.mjs";
import { a as readFileBounded } from "./file.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as DEFAULT_RETRY } from "./retry.mjs";
import { t as VERSION } from "./version.mjs";
import { o as parseReference, t as formatPlace } from "./reference.mjs";
import { a as REGISTRY_INPUTS, r as GITHUB_TOKEN_INPUT } from "./common-inputs.mjs";
import { t as passphraseText } from "./inputs.mjs";
import { resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import * as node from "node:process";

// src/primitives/clock.ts
/** The clock of this machine. */
function systemClock() {
	return {
		nowMs: () => Date.now(),
		sleep: (ms, signal) => setTimeout(ms, void 0, signal ? { signal } : {}),
		random: () => Math.random()
	};
}

// src/commands/registry-inputs.ts
const CONNECTION_INPUTS = [
	...REGISTRY_INPUTS,
	{
		name: "plain-http",
		type: "boolean",
		default: "false",
		description: "Talk to the registry without TLS. Registries on this machine are always reached so; ghcr.io and Docker Hub never are. Without TLS no login but `registry-username` and `registry-password` leaves this machine."
	},
	{
		name: "ca-certificates",
		type: "paths",
		description: "Certificates of private CAs, PEM files, that registries may have besides the public ones. The file that SSL_CERT_FILE names is read too.",
		example: "registry-ca.pem"
	}
];
/** Spent in waiting, not in transfers. */
const TELL_AFTER_MS = 3e3;
/** A reference whose layout folder is relative to the working directory. @throws RegistryError REGISTRY_REFERENCE_INVALID */
function referenceFrom(inputs, text) {
	const reference = parseReference(text);
	return reference.in === "registry" ? reference : {
		...reference,
		folder: resolve(inputs.workingDirectory, reference.folder)
	};
}
/**
* What a reference names, opened with the credentials, proxies and certificates of this run.
* @throws UsageError for half a credential; RegistryError, NetworkError, SystemError
*/
async function openFrom(inputs, host, target) {
	const loginHost = hostOfLogin(inputs, target.login ?? target.reference);
	const { openRepository } = await import("./open.mjs");
	const retryForMs = inputs.number("retry-for");
	const idleTimeoutMs = inputs.number("timeout");
	return openRepository(target.reference, {
		access: target.access,
		existing: target.existing ?? false,
		clock: tellingClock(formatPlace(target.reference), host),
		credentials: {
			...credentialsFrom(inputs, host),
			...loginHost === void 0 ? {} : { loginHost }
		},
		extraCa: await extraCertificates(inputs, host),
		retry: {
			...DEFAULT_RETRY,
			totalMs: retryForMs,
			maxRetryAfterMs: Math.max(DEFAULT_RETRY.maxRetryAfterMs, retryForMs ?? 0)
		},
		userAgent: `countersign/${VERSION}`,
		...idleTimeoutMs === void 0 ? {} : { idleTimeoutMs },
		...inputs.boolean("plain-http") ? { plainHttp: true } : {}
	});
}
/** The registry that the given login is for, of each run. */
const loginHosts = /* @__PURE__ */ new WeakMap();
/** One login is for one registry, the first that a run asks for: no other may learn it, were it in the same list. */
function hostOfLogin(inputs, reference) {
	const known = loginHosts.get(inputs);
	if (known !== void 0 || reference.in !== "registry") return known;
	loginHosts.set(inputs, reference.registry);
	return reference.registry;
}
/** The clock of this machine. Whoever waits for long is told once, lest a wrong port looks like a large image. */
function tellingClock(place, host) {
	const clock = systemClock();
	let waitedMs = 0;
	return {
		...clock,
		async sleep(ms, signal) {
			const before = waitedMs;
			waitedMs += ms;
			if (before < TELL_AFTER_MS && waitedMs >= TELL_AFTER_MS) host.info(`still waiting for ${place}; what fails in passing is tried again for the time in retry-for`);
			await clock.sleep(ms, signal);
		}
	};
}
function credentialsFrom(inputs, host) {
	const username = inputs.text("registry-username");
	const password = passphraseText(inputs.secret("registry-password"));
	if (username === void 0 !== (password === void 0)) throw new UsageError("USAGE_MISSING_INPUT", "only one of registry-username and registry-password was given", { hint: "give both, or none to use the credential files of docker, podman and apptainer" });
	const ambient = host.env["GITHUB_TOKEN"];
	if (ambient) host.mask(ambient);
	return {
		username,
		password,
		githubToken: passphraseText(inputs.secret(GITHUB_TOKEN_INPUT.name)),
		env: host.env,
		uid: node.platform === "linux" ? node.getuid?.() : void 0,
		mask: (text) => host.mask(text),
		async runHelper({ program, ...call }) {
			const path = await host.which(program);
			return host.run({
				...call,
				program: path ?? program,
				echo: false
			});
		}
	};
}
async function extraCertificates(inputs, host) {
	const named = inputs.list("ca-certificates").map((path) => resolve(inputs.workingDirectory, path));
	const fromEnvironment = host.env["SSL_CERT_FILE"];
	const paths = fromEnvironment ? [...named, fromEnvironment] : named;
	return Promise.all(paths.map(async (path) => decodeUtf8(await readFileBounded(path, LIMITS.keyFileBytes), path)));
}

export { systemClock as i, openFrom as n, referenceFrom as r, CONNECTION_INPUTS as t };