import { i as proxyFromEnv, r as isLoopbackHost } from "./connect2.mjs";
import { t as createHttpClient } from "./http.mjs";
import { i as parseRetryAfter, n as RetryBudget, r as isRetryableStatus, t as DEFAULT_RETRY } from "./retry.mjs";
import { o as SystemError, r as DataError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as Secret } from "./secret.mjs";
import { l as readFileBounded } from "./files.mjs";
import { g as utf8, r as decodeUtf8, s as fromBase64 } from "./bytes.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { a as attachReferrers, c as listReferrers, i as attachReferrer, l as readShared, n as assertDetachable, o as repairReferrers, r as detachReferrer, s as askReferrersApi, t as LayoutRepository, u as LayoutIndex } from "./layout.mjs";
import { l as parseList } from "./manifest.mjs";
import { f as referrersTag, n as formatPlace, u as parseReference } from "./reference.mjs";
import { a as sizeMismatch, i as readBlob, r as hashFor, t as blobSize } from "./blobs.mjs";
import { n as NetworkError, r as isPassingNetworkError } from "./errors14.mjs";
import { a as counted, t as UNSAFE } from "./text.mjs";
import { a as listTags, i as getSharedTag, l as resolveManifest, n as getManifest, s as putManifest } from "./parallel.mjs";
import { join } from "node:path";
import { createHash } from "node:crypto";

// src/oci/auth/credential-file.ts
/**
* The parts of a credential file that matter; unknown keys are the business of other tools.
* @throws RegistryError REGISTRY_CREDENTIALS_INVALID
*/
function parseCredentialFile(bytes, path) {
	try {
		const document = bytes.length === 0 ? {} : parseJson(bytes, path);
		if (!isJsonObject(document)) throw broken(path, "is not a JSON object");
		const auths = Object.entries(objectOrEmpty(document["auths"]));
		const helpers = Object.entries(objectOrEmpty(document["credHelpers"]));
		return {
			path,
			auths: new Map(auths.flatMap(([key, entry]) => isJsonObject(entry) ? [[key, entry]] : [])),
			helpers: new Map(helpers.flatMap(([key, name]) => typeof name === "string" ? [[key, name]] : [])),
			store: text(document["credsStore"])
		};
	} catch (error) {
		if (error instanceof DataError) throw broken(path, `is damaged: ${error.message}`, error);
		throw error;
	}
}
function objectOrEmpty(value) {
	return isJsonObject(value) ? value : {};
}
function text(value) {
	return typeof value === "string" && value !== "" ? value : void 0;
}
function broken(path, what, cause) {
	return new RegistryError("REGISTRY_CREDENTIALS_INVALID", `the credential file ${path} ${what}`, {
		hint: "repair the file, or log in again with the tool that wrote it",
		cause
	});
}
/** What the file says about a place: `credHelpers`, else `credsStore`, else `auths`; undefined when nothing. */
function findInFile(file, place) {
	const hosts = hostNames(place.registry);
	const helper = [...file.helpers].find(([key]) => hosts.includes(bareKey(key)))?.[1] ?? file.store;
	const entry = findEntry(file, place, hosts);
	const credential = entry && readEntry(entry, file.path);
	return helper === void 0 && credential === void 0 ? void 0 : {
		credential,
		helper
	};
}
/** A host and its other names. Compared whole, never by part. */
function hostNames(registry) {
	return registry === "docker.io" ? [
		"docker.io",
		"index.docker.io",
		"registry-1.docker.io"
	] : [registry];
}
/** `https://host/v1/` and `host/` → `host`; a namespace after the host stays. */
function bareKey(key) {
	return key.replace(/^https?:\/\//, "").replace(/\/+$/, "").replace(/^([^/]+)\/v[12]$/, "$1").toLowerCase();
}
/** The longest key that is the place or a namespace above it (podman); Docker's keys are hosts. */
function findEntry(file, place, hosts) {
	const parts = place.repository.split("/");
	for (let length = parts.length; length >= 0; length -= 1) {
		const names = hosts.map((host) => [host, ...parts.slice(0, length)].join("/"));
		const usable = [...file.auths].filter(([key]) => names.includes(bareKey(key))).find(([, entry]) => Object.keys(entry).length > 0);
		if (usable) return usable[1];
	}
}
function readEntry(entry, path) {
	const registryToken = text(entry["registrytoken"]);
	if (registryToken && !/^[\x21-\x7e]+$/.test(registryToken)) throw broken(path, "has a registrytoken that is no token");
	if (registryToken) return {
		kind: "registry-token",
		token: new Secret(registryToken)
	};
	const pair = userAndPassword(entry, path);
	const identityToken = text(entry["identitytoken"]);
	if (identityToken?.trim() === "") throw broken(path, "has an identitytoken that is blank");
	if (identityToken) return {
		kind: "identity-token",
		username: pair?.username,
		token: new Secret(identityToken)
	};
	if (!pair || pair.username === "") return void 0;
	if (pair.password.revealText().trim() === "") throw broken(path, "has a login with a blank password");
	return {
		kind: "basic",
		...pair
	};
}
function userAndPassword(entry, path) {
	const auth = text(entry["auth"]);
	if (auth === void 0) {
		const username = text(entry["username"]);
		const password = text(entry["password"]);
		return username && password ? {
			username,
			password: new Secret(password)
		} : void 0;
	}
	const decoded = decodeAuth(auth, path);
	const colon = decoded.indexOf(":");
	if (colon < 0) throw broken(path, "has an auth entry that is not user:password");
	return {
		username: decoded.slice(0, colon),
		password: new Secret(decoded.slice(colon + 1).replace(/\0+$/, ""))
	};
}
function decodeAuth(auth, path) {
	try {
		return decodeUtf8(fromBase64(auth, "auth"), "auth");
	} catch {
		throw broken(path, "has an auth entry that is not base64 of user:password");
	}
}
const NAME = /^[A-Za-z0-9._-]+$/;
const NOT_FOUND = "credentials not found in native keychain";
const TIMEOUT_MS = 3e4;
/**
* The credential that a helper has for a registry; undefined when it has none.
* @throws RegistryError REGISTRY_CREDENTIAL_HELPER_FAILED, REGISTRY_CREDENTIALS_INVALID
*/
async function askHelper(name, registry, run) {
	if (!NAME.test(name)) throw new RegistryError("REGISTRY_CREDENTIALS_INVALID", `the credential helper name ${JSON.stringify(name.slice(0, 80))} is not a plain word`, { hint: "repair credsStore or credHelpers in the credential file" });
	const server = registry === "docker.io" ? "https://index.docker.io/v1/" : registry;
	const result = await call(`docker-credential-${name}`, server, run);
	if (result.exitCode === 0) return parseAnswer$1(result.stdout, name);
	if (result.stdout.includes(NOT_FOUND)) return void 0;
	throw failed(name, `ended with status ${result.exitCode}`);
}
async function call(program, server, run) {
	try {
		return await run({
			program,
			args: ["get"],
			stdin: utf8(`${server}\n`),
			timeoutMs: TIMEOUT_MS
		});
	} catch (cause) {
		throw failed(program.slice(18), "could not be run", cause);
	}
}
function failed(name, what, cause) {
	return new RegistryError("REGISTRY_CREDENTIAL_HELPER_FAILED", `docker-credential-${name} ${what}`, {
		hint: "install or unlock the helper, remove it from the credential file, or give ⟨registry-username⟩ and ⟨registry-password⟩",
		cause
	});
}
function parseAnswer$1(stdout, name) {
	const answer = safeParse(stdout);
	const username = isJsonObject(answer) ? answer["Username"] : void 0;
	const secret = isJsonObject(answer) ? answer["Secret"] : void 0;
	if (typeof username !== "string" || typeof secret !== "string") throw failed(name, "gave an answer that is no credential");
	if (secret === "") return void 0;
	if (secret.trim() === "") throw failed(name, "gave a blank secret");
	if (username === "<token>") return {
		kind: "identity-token",
		username: void 0,
		token: new Secret(secret)
	};
	return {
		kind: "basic",
		username,
		password: new Secret(secret)
	};
}
/** The parser's own message could quote the secret, so it is dropped. */
function safeParse(stdout) {
	try {
		return parseJson(stdout.trim(), "the answer of the credential helper");
	} catch {
		return;
	}
}

// src/oci/auth/credentials.ts
const GITHUB_REGISTRY = "ghcr.io";
const ANONYMOUS = { kind: "anonymous" };
/** Stands for the user where an identity token is sent as a password. */
const TOKEN_USER = "<token>";
/**
* The first credential for the registry of a reference.
* @throws RegistryError REGISTRY_CREDENTIALS_INVALID, REGISTRY_CREDENTIAL_HELPER_FAILED
*/
async function findCredential(place, sources) {
	const found = await search(place, sources);
	const origin = isGiven(found, sources) ? "given" : "found";
	for (const text of secretTexts(found.credential)) sources.mask?.(text, origin);
	return found;
}
/** Whether it is one of the inputs, and not what a file, a helper or the environment has. */
function isGiven({ credential }, { password, githubToken }) {
	return credential.kind === "basic" && (credential.password === password || credential.password === githubToken);
}
async function search(place, sources) {
	const { username = "", password, env, loginHost } = sources;
	const isElsewhere = password !== void 0 && loginHost !== void 0 && loginHost !== place.registry;
	const given = "registry-username and registry-password";
	const looked = [isElsewhere ? `${given} (given for ${loginHost})` : given];
	if (password && !isElsewhere) return {
		credential: {
			kind: "basic",
			username,
			password,
			plainHttp: true
		},
		from: looked[0] ?? "",
		looked
	};
	const isGitHub = place.registry === GITHUB_REGISTRY;
	if (isGitHub) looked.push("GITHUB_TOKEN");
	const ambient = env["GITHUB_TOKEN"]?.trim();
	if (isGitHub && ambient) return {
		credential: gitHubCredential(new Secret(ambient), env),
		from: "GITHUB_TOKEN",
		looked
	};
	for (const path of credentialPaths(sources)) {
		looked.push(path);
		const file = await readCredentialFile(path);
		const credential = file && await fromFile(file, place, sources, looked);
		if (credential) return {
			credential,
			from: path,
			looked
		};
	}
	if (isGitHub) looked.push("github-token");
	if (isGitHub && sources.githubToken) return {
		credential: gitHubCredential(sources.githubToken, env),
		from: "github-token",
		looked
	};
	return {
		credential: ANONYMOUS,
		from: "none",
		looked
	};
}
/**
* Whether a credential may be sent to an address. Without TLS it goes to this machine alone, unless it was given for this run
* together with the wish for plain HTTP.
*/
function maySend(credential, url) {
	if (credential.kind === "anonymous") return true;
	const basic = credential.kind === "basic" ? credential : void 0;
	if (basic?.onlyHost !== void 0) return url.protocol === "https:" && url.host === basic.onlyHost;
	return url.protocol === "https:" || isLoopbackHost(url.hostname) || basic?.plainHttp === true;
}
/** What may be used with a registry at this address; what may not is no login, and the reader of an error learns why. */
function usableAt(found, registry) {
	if (maySend(found.credential, registry)) return found;
	const withheld = `${found.from} has a login, which is not sent without TLS`;
	return {
		credential: ANONYMOUS,
		from: "none",
		looked: [...found.looked, withheld]
	};
}
/** `user:password` in Base64, as it stands in a header and in credential files. */
function basicPair(username, password) {
	return Buffer.from(`${username}:${password.revealText()}`).toString("base64");
}
/** Texts of a credential that must not be shown. */
function secretTexts(credential) {
	switch (credential.kind) {
		case "anonymous": return [];
		case "basic": return [credential.password.revealText(), basicPair(credential.username, credential.password)];
		case "identity-token": return [credential.token.revealText(), basicPair(credential.username ?? "<token>", credential.token)];
		case "registry-token": return [credential.token.revealText()];
		default: return credential;
	}
}
function gitHubCredential(password, env) {
	return {
		kind: "basic",
		username: env["GITHUB_ACTOR"] || "x-access-token",
		password,
		onlyHost: GITHUB_REGISTRY
	};
}
/** Every file that may hold credentials, in the order they are asked. */
function credentialPaths({ env, uid }) {
	const home = env["HOME"] || env["USERPROFILE"];
	const inHome = (...parts) => home ? join(home, ...parts) : void 0;
	const runtime = env["XDG_RUNTIME_DIR"] || void 0;
	const candidates = [
		env["DOCKER_CONFIG"] ? join(env["DOCKER_CONFIG"], "config.json") : inHome(".docker", "config.json"),
		env["REGISTRY_AUTH_FILE"],
		runtime === void 0 ? void 0 : join(runtime, "containers", "auth.json"),
		runtime === void 0 && uid !== void 0 ? `/run/containers/${uid}/auth.json` : void 0,
		env["XDG_CONFIG_HOME"] ? join(env["XDG_CONFIG_HOME"], "containers", "auth.json") : void 0,
		inHome(".config", "containers", "auth.json"),
		env["APPTAINER_AUTH_FILE"],
		env["APPTAINER_CONFIGDIR"] ? join(env["APPTAINER_CONFIGDIR"], "docker-config.json") : void 0,
		inHome(".apptainer", "docker-config.json"),
		inHome(".singularity", "docker-config.json")
	];
	return [...new Set(candidates.filter((path) => path !== void 0 && path !== ""))];
}
async function readCredentialFile(path) {
	try {
		return parseCredentialFile(await readFileBounded(path, LIMITS.keyFileBytes), path);
	} catch (error) {
		if (error instanceof SystemError && [
			"FILE_NOT_FOUND",
			"FILE_NO_PERMISSION",
			"FILE_NOT_REGULAR",
			"FILE_SYMLINK_REFUSED"
		].includes(error.code)) return void 0;
		throw error;
	}
}
async function fromFile(file, place, sources, looked) {
	const found = findInFile(file, place);
	if (found?.helper === void 0) return found?.credential;
	if (!sources.runHelper) return found.credential;
	looked.push(`docker-credential-${found.helper}`);
	return await askHelper(found.helper, place.registry, sources.runHelper) ?? found.credential;
}

// src/oci/auth/token.ts
const CLIENT_ID = "countersign";
const DEFAULT_LIFETIME_S = 60;
const MAX_LIFETIME_S = 86400;
const ANSWER_BYTES = 262144;
/**
* A token for the scopes; undefined when the service refuses (400, 401, 403).
* @throws RegistryError REGISTRY_ANSWER_INVALID; NetworkError
* @see https://github.com/distribution/distribution/blob/v3.0.0/docs/content/spec/auth/token.md
*/
async function fetchToken(http, request, plainHttp) {
	const realm = realmUrl(request.realm, plainHttp);
	const response = await ask(http, request, realm);
	if ([
		400,
		401,
		403
	].includes(response.status)) {
		await response.discard();
		return;
	}
	if (response.status !== 200) {
		await response.discard();
		throw answerInvalid(realm, `answered ${response.status}`, response.status);
	}
	return readToken(await response.bytes(ANSWER_BYTES), realm);
}
function realmUrl(realm, plainHttp) {
	const url = URL.canParse(realm) ? new URL(realm) : void 0;
	const safe = url?.protocol === "https:" || url?.protocol === "http:" && (plainHttp || isLoopbackHost(url.hostname));
	if (url && safe && url.username === "" && url.password === "") return url;
	throw new RegistryError("REGISTRY_ANSWER_INVALID", "the registry names a token service that has no safe address", { hint: "report it to the operator of the registry; no credential was sent" });
}
async function ask(http, request, realm) {
	const { credential } = request;
	if (credential.kind === "identity-token" && maySend(credential, realm)) {
		const response = await http.send(postRequest(request, realm, credential.token));
		if (response.status !== 404 && response.status !== 405) return response;
		await response.discard();
	}
	return http.send(getRequest(request, realm));
}
function getRequest({ service, scopes, credential }, realm) {
	const url = new URL(realm);
	if (service !== void 0) url.searchParams.append("service", service);
	for (const scope of scopes) url.searchParams.append("scope", scope);
	if (credential.kind === "basic") url.searchParams.append("account", credential.username);
	const authorization = basicHeader(credential, realm);
	return {
		method: "GET",
		url,
		headers: authorization === void 0 ? {} : { authorization }
	};
}
/** Redirects are not followed: the body holds the credential. */
function postRequest({ service, scopes }, realm, token) {
	const form = new URLSearchParams({
		grant_type: "refresh_token",
		refresh_token: token.revealText(),
		client_id: CLIENT_ID,
		scope: scopes.join(" "),
		...service === void 0 ? {} : { service }
	});
	return {
		method: "POST",
		url: realm,
		headers: { "content-type": "application/x-www-form-urlencoded" },
		body: utf8(form.toString()),
		redirects: "same-origin"
	};
}
/** `Basic …` for a credential that has a password and may be sent to this address. */
function basicHeader(credential, url) {
	if (!maySend(credential, url)) return void 0;
	if (credential.kind === "basic") return `Basic ${basicPair(credential.username, credential.password)}`;
	if (credential.kind === "identity-token") return `Basic ${basicPair(credential.username ?? "<token>", credential.token)}`;
}
function readToken(bytes, realm) {
	const answer = parseAnswer(bytes, realm);
	const token = answer["token"] || answer["access_token"];
	if (typeof token !== "string" || !/^[\x21-\x7e]+$/.test(token)) throw answerInvalid(realm, "gave no token", 200);
	const expires = answer["expires_in"];
	const seconds = typeof expires === "number" && expires > 0 ? Math.min(expires, MAX_LIFETIME_S) : DEFAULT_LIFETIME_S;
	return {
		token: new Secret(token),
		lifetimeMs: seconds * 1e3
	};
}
function parseAnswer(bytes, realm) {
	try {
		const answer = parseJson(bytes, "the answer of the token service");
		if (isJsonObject(answer)) return answer;
	} catch (error) {
		if (!(error instanceof DataError)) throw error;
	}
	throw answerInvalid(realm, "did not answer with a JSON object", 200);
}
function answerInvalid(realm, what, status) {
	return new RegistryError("REGISTRY_ANSWER_INVALID", `the token service ${realm.host} ${what}`, {
		hint: "repeat later, and check that the address is a container registry",
		url: `${realm.origin}${realm.pathname}`,
		status
	});
}
const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SEPARATOR = /[ \t,]*/y;
const MAX_HEADER_CHARS = 16384;
/**
* Every challenge in the headers, in order; what cannot be understood is left out.
* @see https://www.rfc-editor.org/rfc/rfc9110.html#section-11.6.1
*/
function parseChallenges(headers) {
	return headers.flatMap((header) => parseHeader(header.slice(0, MAX_HEADER_CHARS)));
}
function parseHeader(header) {
	const challenges = [];
	let at = 0;
	const take = (pattern) => {
		pattern.lastIndex = at;
		const match = pattern.exec(header) ?? void 0;
		if (match) at = pattern.lastIndex;
		return match;
	};
	while (at < header.length) {
		take(SEPARATOR);
		const parameter = take(PARAMETER);
		const current = challenges.at(-1);
		if (parameter && current) {
			const [, name = "", quoted, plain] = parameter;
			if (!current.parameters.has(name.toLowerCase())) current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? plain ?? "");
			continue;
		}
		const scheme = take(TOKEN)?.[0];
		if (scheme === void 0) break;
		challenges.push({
			scheme: scheme.toLowerCase(),
			parameters: /* @__PURE__ */ new Map()
		});
	}
	return challenges;
}

// src/oci/auth/auth.ts
const MIN_MARGIN_MS = 1e4;
/** Authorises the requests of one repository's session. */
var Authorizer = class {
	#options;
	#tokens = /* @__PURE__ */ new Map();
	#pending = /* @__PURE__ */ new Map();
	#found;
	#basic;
	#service;
	constructor(options) {
		this.#options = options;
	}
	/** The credential in use and where it was looked for. */
	credential() {
		this.#found ??= this.#options.findCredential();
		return this.#found;
	}
	/** The header for a request that needs these scopes, as far as the registry's ways are known by now. */
	async header(scopes) {
		if (this.#basic !== void 0) return this.#basic;
		if (!this.#service) return void 0;
		const held = this.#tokens.get(scopeKey(scopes));
		if (held && held.renewAtMs > this.#options.clock.nowMs()) return held.header;
		return this.#renew(scopes, this.#service);
	}
	/**
	* Answers a 401: a header to try again with, or undefined when there is none better than `refused`.
	* `wanted` are the scopes of the whole session; the challenge may add more.
	*/
	async answer(headers, request) {
		const challenges = parseChallenges(headers);
		const bearer = challenges.find(({ scheme, parameters }) => scheme === "bearer" && parameters.get("realm"));
		if (bearer) return this.#answerBearer(bearer, request);
		if (!challenges.some(({ scheme }) => scheme === "basic")) return void 0;
		const header = basicHeader((await this.credential()).credential, request.url);
		if (header === void 0 || header === request.refused) return void 0;
		this.#basic = header;
		return header;
	}
	async #answerBearer(challenge, request) {
		const { credential } = await this.credential();
		if (credential.kind === "registry-token") return maySend(credential, request.url) ? unlessRefused(`Bearer ${credential.token.revealText()}`, request) : void 0;
		this.#basic = void 0;
		this.#service = {
			realm: challenge.parameters.get("realm") ?? "",
			service: challenge.parameters.get("service")
		};
		const asked = (challenge.parameters.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
		const union = unionScopes([...request.wanted, ...asked]);
		this.#tokens.delete(scopeKey(request.wanted));
		const header = await this.#renew(request.wanted, this.#service, union) ?? void 0;
		if (header !== void 0 || scopeKey(union) === scopeKey(asked)) return unlessRefused(header, request);
		return unlessRefused(await this.#renew(request.wanted, this.#service, asked), request);
	}
	/** Fetches a token and keeps it under the scopes that the request will ask for again. */
	#renew(key, service, scopes = key) {
		const name = `${scopeKey(key)}|${scopeKey(scopes)}`;
		const running = this.#pending.get(name);
		if (running) return running;
		const fetching = this.#fetch(key, service, scopes).finally(() => this.#pending.delete(name));
		this.#pending.set(name, fetching);
		return fetching;
	}
	async #fetch(key, service, scopes) {
		const { http, plainHttp, clock, mask } = this.#options;
		const { credential } = await this.credential();
		const request = {
			...service,
			scopes: unionScopes(scopes),
			credential
		};
		const token = await fetchToken(http, request, plainHttp);
		if (!token) return void 0;
		mask?.(token.token.revealText());
		const held = hold(token, clock.nowMs());
		this.#tokens.set(scopeKey(key), held);
		return held.header;
	}
};
function unlessRefused(header, request) {
	return header === request.refused ? void 0 : header;
}
function hold({ token, lifetimeMs }, nowMs) {
	const marginMs = Math.min(Math.max(MIN_MARGIN_MS, lifetimeMs / 10), lifetimeMs / 2);
	return {
		header: `Bearer ${token.revealText()}`,
		renewAtMs: nowMs + lifetimeMs - marginMs
	};
}
function scopeKey(scopes) {
	return unionScopes(scopes).join(" ");
}
/** Scopes with the actions of one resource joined: `a:pull` and `a:push,pull` become `a:pull,push`. */
function unionScopes(scopes) {
	const actions = /* @__PURE__ */ new Map();
	for (const scope of scopes) {
		const colon = scope.lastIndexOf(":");
		const resource = scope.slice(0, Math.max(colon, 0));
		const known = actions.get(resource) ?? /* @__PURE__ */ new Set();
		for (const action of scope.slice(colon + 1).split(",")) known.add(action);
		actions.set(resource, known);
	}
	return [...actions].map(([resource, known]) => `${resource}:${[...known].toSorted().join(",")}`).toSorted();
}

// src/oci/remote/refusal.ts
function isTagRead(method, url) {
	return ["GET", "HEAD"].includes(method) && /\/manifests\/[^:/]+$/.test(url);
}
/** The error for an unwanted answer; reads what is left of its body. */
async function refusal(response, context) {
	const words = await readWords(response);
	const url = `${response.url.origin}${response.url.pathname}`;
	const said = [words.code, words.message].filter((text) => text !== void 0).join(": ");
	return new RegistryError(codeFor(response.status), `${context.method} ${url} was answered ${response.status}${said === "" ? "" : ` (${said})`}`, {
		hint: hintFor(response.status, {
			...context,
			asksForTag: isTagRead(context.method, url)
		}),
		method: context.method,
		url,
		status: response.status,
		...words.code === void 0 ? {} : { registryCode: words.code }
	});
}
/** `{"errors":[{"code","message"}]}` or nothing; the text is cut and cleaned of control characters. */
async function readWords(response) {
	try {
		const document = parseJson(await response.bytes(LIMITS.errorBodyBytes), "the error of the registry");
		const errors = isJsonObject(document) ? document["errors"] : void 0;
		const first = Array.isArray(errors) ? errors[0] : void 0;
		if (!isJsonObject(first)) return {
			code: void 0,
			message: void 0
		};
		return {
			code: clean(first["code"]),
			message: clean(first["message"])
		};
	} catch (error) {
		if (error instanceof DataError || error instanceof NetworkError) return {
			code: void 0,
			message: void 0
		};
		throw error;
	}
}
function clean(value) {
	return typeof value === "string" && value !== "" ? value.slice(0, 200).replace(UNSAFE, " ") : void 0;
}
function codeFor(status) {
	if (status === 401) return "REGISTRY_UNAUTHORIZED";
	if (status === 403) return "REGISTRY_FORBIDDEN";
	if (status === 404) return "REGISTRY_NOT_FOUND";
	if (status === 429) return "REGISTRY_RATE_LIMITED";
	if (status >= 500 || status === 408 || status === 499) return "REGISTRY_UNAVAILABLE";
	return status < 400 ? "REGISTRY_ANSWER_INVALID" : "REGISTRY_REQUEST_REFUSED";
}
function hintFor(status, context) {
	const { registry } = context.reference;
	if (status === 401 || status === 403 || status === 404) return accessHint(status, context);
	if (status === 429) return "wait and repeat, set ⟨retry-for⟩ higher, or log in for a higher limit";
	if (status >= 500) return `repeat later; ${registry} failed on its side`;
	return "see the code and message of the registry";
}
function accessHint(status, { reference, found, method, asksForTag }) {
	const { registry } = reference;
	const anonymous = found === void 0 || found.credential.kind === "anonymous";
	const looked = `no credentials for ${registry} were found; looked at: ${found?.looked.join(", ") ?? "nothing"}`;
	if (status === 404) return `check the name; a private or missing repository also answers 404 to users without permission${anonymous ? `; ${looked}` : ""}`;
	const absent = status === 403 && asksForTag ? "; some registries answer 403 for a tag that is not there: check its name too" : "";
	if (anonymous) return `log in to ${registry}, or give ⟨registry-username⟩ and ⟨registry-password⟩; ${looked}${absent}`;
	const ghcr = registry === "ghcr.io" ? `; on ghcr.io the job needs \`packages: ${method === "GET" || method === "HEAD" ? "read" : "write"}\` and the package must grant this repository access` : "";
	if (status === 401) return `the credential from ${found.from} was refused; check user, password and expiry${ghcr}`;
	return `give the user of the credential from ${found.from} the right to do this${ghcr}${absent}`;
}

// src/oci/remote/client.ts
/** A session with one repository. */
var RegistryClient = class {
	reference;
	options;
	/** Manifests received in this session: what has a digest never changes. */
	received = /* @__PURE__ */ new Map();
	/** What we wrote last under a shared tag in this session. */
	written = /* @__PURE__ */ new Map();
	/** Set when the registry answered that it has no referrers API, so that it is not asked again. */
	lacksReferrersApi = false;
	/** Set when the registry lists tags, but not those after a tag that it did not name itself. */
	refusesLast = false;
	/** Made when the registry first wants a login. */
	#authorizer;
	#root;
	#scopes;
	constructor(reference, options) {
		this.reference = reference;
		this.options = options;
		this.#root = `${options.scheme}://${reference.apiHost}/v2/${reference.repository}/`;
		const mounts = (options.mountFrom ?? []).map((name) => `repository:${name}:pull`);
		this.#scopes = [`repository:${reference.repository}:${options.access === "push" ? "pull,push" : "pull"}`, ...mounts];
	}
	/**
	* Sends a request, logs in when asked to, repeats it after passing failures.
	* @throws RegistryError by status; NetworkError
	*/
	async send(request) {
		const { clock, retry } = this.options;
		let budget;
		for (;;) {
			const { response, error } = await this.#try(request);
			if (response && request.expect.includes(response.status)) return response;
			if (response && !isRetryableStatus(response.status)) throw await this.#refused(response, request);
			budget ??= new RetryBudget(retry, clock);
			const retryAfterMs = parseRetryAfter(response?.header("retry-after"), clock.nowMs());
			const delayMs = request.repeatable === false ? void 0 : budget.failed(retryAfterMs);
			if (delayMs === void 0) throw response ? await this.#refused(response, request) : error;
			await response?.discard();
			await clock.sleep(delayMs);
		}
	}
	/**
	* Like send, with the whole body; also repeated when the connection breaks while it is read.
	* @throws as send; NetworkError NETWORK_RESPONSE_TOO_LARGE
	*/
	async read(request, limitBytes) {
		const { clock, retry } = this.options;
		let budget;
		for (;;) {
			const response = await this.send(request);
			try {
				return {
					response,
					bytes: await response.bytes(limitBytes)
				};
			} catch (error) {
				budget ??= new RetryBudget(retry, clock);
				const delayMs = isPassingNetworkError(error) ? budget.failed() : void 0;
				if (delayMs === void 0) throw error;
				await clock.sleep(delayMs);
			}
		}
	}
	/** The login in use, for error messages. */
	credential() {
		return this.#login().credential();
	}
	#login() {
		this.#authorizer ??= new Authorizer(this.options);
		return this.#authorizer;
	}
	async #try(request) {
		try {
			return { response: await this.#authorized(request) };
		} catch (error) {
			if (isPassingNetworkError(error)) return { error };
			throw error;
		}
	}
	async #authorized(request) {
		const url = request.at instanceof URL ? request.at : new URL(request.at, this.#root);
		const { origin } = new URL(this.#root);
		const ours = url.origin === origin;
		const header = ours ? await this.#authorizer?.header(this.#scopes) : void 0;
		const response = await this.#exchange(request, url, header);
		if (response.status !== 401 || !ours || response.url.origin !== origin) return response;
		const challenge = {
			url,
			wanted: this.#scopes,
			refused: header
		};
		const better = await this.#login().answer(response.headerValues("www-authenticate"), challenge);
		if (better === void 0) return response;
		await response.discard();
		return this.#exchange(request, url, better);
	}
	#exchange(request, url, authorization) {
		const { method, body, redirects } = request;
		const headers = {
			...request.headers,
			...authorization === void 0 ? {} : { authorization }
		};
		const idleTimeoutMs = request.idleTimeoutMs ?? this.options.idleTimeoutMs;
		return this.options.http.send({
			method,
			url,
			headers,
			body,
			redirects,
			idleTimeoutMs
		});
	}
	async #refused(response, { method }) {
		const found = [
			401,
			403,
			404
		].includes(response.status) ? await this.credential() : void 0;
		return refusal(response, {
			method,
			reference: this.reference,
			found
		});
	}
};

// src/oci/remote/upload-session.ts
/** Header of requests that carry bytes of a blob. */
const BINARY = { "content-type": "application/octet-stream" };
/** A registry may hash and move the whole blob before it answers the last PUT. */
const COMMIT_PATIENCE = 5;
const DEFAULT_IDLE_MS = 12e4;
/**
* Opens a session, or mounts the blob from another repository of the host.
* @throws RegistryError by status; NetworkError
* @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-blobs
*/
async function openSession(client, mount) {
	const at = `blobs/uploads/${mount ? `?mount=${encodeURIComponent(mount.digest)}&from=${encodeURIComponent(mount.from)}` : ""}`;
	const response = await client.send({
		method: "POST",
		at,
		expect: mount ? [201, 202] : [202]
	});
	await response.discard();
	return response.status === 201 ? "mounted" : sessionOf(response, void 0);
}
/** The session as an answer leaves it. @throws RegistryError REGISTRY_ANSWER_INVALID */
function sessionOf(response, before) {
	const location = response.header("location");
	const minimum = response.header("oci-chunk-min-length");
	const chunkMinBytes = minimum && /^[0-9]{1,12}$/.test(minimum) ? Number(minimum) : before?.chunkMinBytes ?? 0;
	if (location === void 0 && before) return {
		location: before.location,
		chunkMinBytes
	};
	if (location !== void 0 && URL.canParse(location, response.url.href)) return {
		location: new URL(location, response.url),
		chunkMinBytes
	};
	throw new RegistryError("REGISTRY_ANSWER_INVALID", `${response.url.host} opened an upload without saying where`, {
		hint: "check that the address is a container registry",
		status: response.status
	});
}
/** The session's address with the digest added; what is there stays byte for byte. */
function withDigest(location, digest) {
	const { href } = location;
	const bare = location.hash === "" ? href : href.slice(0, -location.hash.length);
	const joint = bare.endsWith("?") || bare.endsWith("&") ? "" : bare.includes("?") ? "&" : "?";
	return new URL(`${bare}${joint}digest=${encodeURIComponent(digest)}`);
}
/** Publishes what was sent, or what `body` holds, under its digest; `gone` when there is no such session. */
async function finishSession(client, session, last) {
	const response = await client.send({
		method: "PUT",
		at: withDigest(session.location, last.digest),
		headers: BINARY,
		...last.body ? { body: last.body } : {},
		expect: [
			200,
			201,
			202,
			204,
			404,
			413
		],
		repeatable: false,
		idleTimeoutMs: COMMIT_PATIENCE * (client.options.idleTimeoutMs ?? DEFAULT_IDLE_MS)
	});
	await response.discard();
	if (response.status === 413) return "too-large";
	return response.status === 404 ? "gone" : "stored";
}
/** Gives a session up; the registry forgets abandoned ones by itself, so a failure here means nothing. */
async function cancelSession(client, session) {
	try {
		const request = {
			method: "DELETE",
			at: session.location,
			expect: [
				200,
				202,
				204,
				404
			],
			repeatable: false
		};
		await (await client.send(request)).discard();
	} catch {}
}
const NOTHING = /* @__PURE__ */ new Uint8Array();
/** A source that is read once, as far as nothing has to be sent again, and its digest. */
var UploadSource = class {
	sizeBytes;
	/** How far the bytes of the last request went; no registry can have more of them. */
	sentTo = 0;
	#source;
	#wanted;
	#hash;
	#hashedBytes = 0;
	#digest;
	#chunks;
	#at = 0;
	#rest = NOTHING;
	/** `wanted`: the digest if it is known. */
	constructor(source, wanted) {
		this.sizeBytes = source.sizeBytes;
		this.#source = source;
		this.#wanted = wanted;
		this.#hash = wanted ? hashFor(wanted) : createHash("sha256");
	}
	/** True when every byte has been read. */
	get isRead() {
		return this.#hashedBytes === this.sizeBytes;
	}
	/**
	* Digest of all bytes, which must have been read.
	* @throws RegistryError REGISTRY_SOURCE_CHANGED when it is not the one that was wanted
	*/
	digest() {
		if (!this.isRead) throw new Error(`an upload of ${this.sizeBytes} bytes ended after ${this.#hashedBytes} were hashed`);
		const algorithm = this.#wanted?.startsWith("sha512:") ? "sha512" : "sha256";
		this.#digest ??= `${algorithm}:${this.#hash.digest("hex")}`;
		if (this.#wanted === void 0 || this.#wanted === this.#digest) return this.#digest;
		throw new RegistryError("REGISTRY_SOURCE_CHANGED", `the bytes to push have not the digest ${this.#wanted}`, { hint: "repeat when nothing else writes to the file" });
	}
	/**
	* The bytes from `offset` to `end`, none of which may follow bytes that were never read.
	* @throws RegistryError REGISTRY_SOURCE_CHANGED when the source ends before
	*/
	async *slice(offset, end) {
		if (offset > this.#hashedBytes) throw new Error(`bytes ${this.#hashedBytes} to ${offset} of an upload were passed over`);
		this.sentTo = offset;
		const chunks = await this.#seek(offset);
		while (this.#at < end) {
			if (this.#rest.length === 0) {
				const next = await chunks.next();
				if (next.done) throw endsEarly(this.#at, end);
				this.#rest = next.value;
			}
			const part = this.#rest.subarray(0, end - this.#at);
			this.#rest = this.#rest.subarray(part.length);
			this.#take(part);
			yield part;
		}
	}
	#take(part) {
		const start = this.#at;
		this.#at += part.length;
		this.sentTo = this.#at;
		if (this.#at <= this.#hashedBytes) return;
		this.#hash.update(part.subarray(this.#hashedBytes - start));
		this.#hashedBytes = this.#at;
	}
	/** Lets go of the source. */
	async close() {
		const chunks = this.#chunks;
		this.#chunks = void 0;
		this.#rest = NOTHING;
		await chunks?.return?.();
	}
	async #seek(offset) {
		if (this.#chunks && this.#at === offset) return this.#chunks;
		await this.close();
		this.#at = offset;
		this.#chunks = this.#source.open(offset)[Symbol.asyncIterator]();
		return this.#chunks;
	}
};
function endsEarly(at, end) {
	return new RegistryError("REGISTRY_SOURCE_CHANGED", `the data to push ends after ${at} of ${counted(end, "byte")}`, { hint: "repeat when nothing else writes to the file" });
}

// src/oci/remote/upload-parts.ts
const MIB = 1048576;
const CHUNK_BYTES = 64 * MIB;
/** ghcr.io answers 416 to a PATCH with Content-Range of 4 MiB or more. */
const SMALL_CHUNK_BYTES = 4 * MIB - 65536;
const LEAST_CHUNK_BYTES = 65536;
/** A first range that is answered 404 may have met a lost session; the second time it is the range. */
const LOST_TRIALS = 2;
/** How registries answer a PATCH whose Content-Range they do not know what to do with. */
const NO_RANGES = [
	400,
	405,
	501
];
const PROGRESS_BYTES = MIB;
/** Appends bytes to a session. @throws RegistryError by status; NetworkError */
async function patchSession(client, session, chunk) {
	const { offset, lengthBytes, body, ranged, trial } = chunk;
	const response = await client.send({
		method: "PATCH",
		at: session.location,
		headers: {
			...BINARY,
			...ranged ? { "content-range": `${offset}-${offset + lengthBytes - 1}` } : {}
		},
		body,
		expect: [
			200,
			201,
			202,
			204,
			404,
			413,
			416,
			...trial ? NO_RANGES : []
		],
		repeatable: false
	});
	await response.discard();
	if (response.status === 413) return { kind: "too-large" };
	if (response.status === 416) return { kind: "out-of-order" };
	if (response.status === 404) return { kind: "gone" };
	if (response.status >= 400) return { kind: "refused" };
	return {
		kind: "accepted",
		session: sessionOf(response, session),
		receivedBytes: receivedOf(response)
	};
}
/** Where a session stands; undefined when it is gone or the registry does not say. @throws NetworkError */
async function querySession(client, session) {
	const response = await client.send({
		method: "GET",
		at: session.location,
		expect: [
			200,
			202,
			204,
			400,
			404,
			405,
			416
		]
	});
	await response.discard();
	if (response.status >= 400) return void 0;
	const received = receivedOf(response);
	if (received === void 0) return void 0;
	return {
		session: sessionOf(response, session),
		offset: received === 1 ? 0 : received
	};
}
/** Number of bytes that a `Range: 0-LAST` header speaks of; undefined when there is none or it makes no sense. */
function receivedOf(response) {
	const match = /^(?:bytes=)?0-([0-9]{1,15})$/.exec(response.header("range") ?? "");
	return match ? Number(match[1]) + 1 : void 0;
}
/** The mode of one upload, which outlives its sessions. */
var UploadMode = class {
	#whole;
	#current;
	#chunkBytes;
	#ranges = "untried";
	#lostTrials = 0;
	constructor(first, whole, chunkBytes) {
		this.#current = first;
		this.#whole = whole;
		this.#chunkBytes = chunkBytes;
	}
	get current() {
		return this.#current;
	}
	/** A range is about to be sent to a registry that has not taken any yet. */
	get untried() {
		return this.#current === "chunked" && this.#ranges === "untried";
	}
	/** The registry refused ranges, so that nothing can be resumed there. */
	get rangesRefused() {
		return this.#ranges === "refused";
	}
	/** Bytes of the next PATCH when so many are left. */
	chunkLength(restBytes, minimumBytes) {
		if (this.#current !== "chunked") return restBytes;
		return Math.min(restBytes, Math.max(this.#chunkBytes, minimumBytes));
	}
	/** A PATCH was accepted, and the registry has some of it. */
	accepted() {
		if (this.untried) this.#ranges = "taken";
	}
	/** After 413: chunks, then smaller ones. */
	tooLarge() {
		this.#ranges = "needed";
		if (this.#current === "monolithic") this.#current = "chunked";
		else this.#shrink();
	}
	/** After 416 at the start: chunks, then smaller ones, and without ranges when they cannot be smaller or were refused. */
	outOfOrder({ trial, lengthBytes, minimumBytes }) {
		if (this.rangesRefused) return;
		if (trial && lengthBytes <= Math.max(LEAST_CHUNK_BYTES, minimumBytes)) this.refused();
		else this.#shrink();
	}
	/** After 404: the session is lost, or the registry knows no ranges. */
	lost({ trial }) {
		if (!trial) return;
		this.#lostTrials += 1;
		if (this.#lostTrials >= LOST_TRIALS) this.refused();
	}
	/** A trial was refused for being a range: the blob goes whole from now on. */
	refused() {
		this.#ranges = "refused";
		this.#current = this.#whole;
	}
	#shrink() {
		if (this.#current === "chunked") this.#chunkBytes = Math.max(LEAST_CHUNK_BYTES, Math.floor(this.#chunkBytes / 4));
		this.#current = "chunked";
		this.#chunkBytes = Math.min(this.#chunkBytes, SMALL_CHUNK_BYTES);
	}
};
/** Sends the parts of one upload, in as many sessions as it takes. */
var PartsSender = class {
	mode;
	#upload;
	/** Most bytes that the registry ever had: going beyond it is progress. */
	#highWater = 0;
	constructor(upload, first, whole) {
		const { reference, options } = upload.client;
		const usual = reference.registry === "ghcr.io" ? SMALL_CHUNK_BYTES : CHUNK_BYTES;
		this.#upload = upload;
		this.mode = new UploadMode(first, whole, options.upload?.chunkBytes ?? usual);
	}
	/** Sends every byte by PATCH; the session to finish, or undefined when it was lost. */
	async sendAll(opened) {
		let session = opened;
		let offset = 0;
		let trial = this.mode.untried;
		while (offset < this.#upload.source.sizeBytes) {
			if (offset > 0 && this.mode.rangesRefused) return void 0;
			const minimumBytes = session.chunkMinBytes;
			const lengthBytes = this.mode.chunkLength(this.#upload.source.sizeBytes - offset, minimumBytes);
			const sent = {
				session,
				offset,
				lengthBytes,
				minimumBytes,
				trial
			};
			const answer = await this.#upload.passing(() => this.#patch(sent));
			const next = await this.#next(answer, sent);
			if (!next) return void 0;
			trial = false;
			({session, offset} = next);
			this.#upload.session = session;
		}
		return session;
	}
	#patch({ session, offset, lengthBytes, trial }) {
		const ranged = this.mode.current === "chunked" || offset > 0;
		const body = this.#upload.body(offset, lengthBytes);
		this.#upload.source.sentTo = offset;
		return patchSession(this.#upload.client, session, {
			body,
			offset,
			lengthBytes,
			ranged,
			trial
		});
	}
	/** Where to go on after a PATCH; undefined to start over. */
	async #next(answer, sent) {
		if (answer?.kind === "accepted") return this.#accepted(answer, sent);
		if (this.#startsOver(answer, sent)) return void 0;
		if (answer) await this.#upload.pause(void 0);
		const found = await this.#upload.passing(() => querySession(this.#upload.client, sent.session));
		if (!found || this.#upload.isBeyondSent(found.offset)) return void 0;
		return this.#reached(found);
	}
	/** True after a refusal that ends the session; the next one is sent as the mode has it by then. */
	#startsOver(answer, sent) {
		if (answer?.kind === "gone") this.mode.lost(sent);
		else if (answer?.kind === "refused") this.mode.refused();
		else if (answer?.kind === "too-large") this.mode.tooLarge();
		else if (answer?.kind === "out-of-order" && sent.offset === 0) this.mode.outOfOrder(sent);
		else return false;
		return true;
	}
	async #accepted(answer, sent) {
		const end = sent.offset + sent.lengthBytes;
		const { session, receivedBytes = end } = answer;
		if (receivedBytes === 1 && end > 1) return this.#ask(session, sent);
		if (this.#upload.isBeyondSent(receivedBytes) || receivedBytes < sent.offset) return void 0;
		this.mode.accepted();
		if (receivedBytes === sent.offset) await this.#upload.pause(void 0);
		return this.#reached({
			session,
			offset: receivedBytes
		});
	}
	/**
	* After `Range: 0-0`, which is what registries send for nothing too, and some whatever they have. Bytes sent whole are
	* believed to be there: the digest that the upload ends with would show it.
	*/
	async #ask(session, sent) {
		const end = sent.offset + sent.lengthBytes;
		const found = await this.#upload.passing(() => querySession(this.#upload.client, session));
		if (found && this.#upload.isBeyondSent(found.offset)) return void 0;
		if (found && found.offset > sent.offset) {
			this.mode.accepted();
			return this.#reached(found);
		}
		if (sent.trial) this.mode.refused();
		if (sent.trial || sent.offset > 0 || this.mode.current !== "stream") return void 0;
		return this.#upload.isBeyondSent(end) ? void 0 : this.#reached({
			session,
			offset: end
		});
	}
	#reached(place) {
		const { sizeBytes } = this.#upload.source;
		if (place.offset >= Math.min(this.#highWater + PROGRESS_BYTES, sizeBytes) && this.#highWater < sizeBytes) this.#upload.progress();
		this.#highWater = Math.max(this.#highWater, place.offset);
		return place;
	}
};

// src/oci/remote/upload.ts
/** Beyond this a blob goes in chunks, but to ghcr.io. */
const CHUNKED_FROM_BYTES = 104857600;
const PASSING_CODES = /* @__PURE__ */ new Set(["REGISTRY_UNAVAILABLE", "REGISTRY_RATE_LIMITED"]);
/**
* Sends a blob.
* @returns its digest, or undefined when `commit` said no
* @throws RegistryError REGISTRY_UPLOAD_FAILED, REGISTRY_SOURCE_CHANGED and by status; NetworkError
*/
async function uploadBlob(client, source, options) {
	return new BlobUpload(client, source, options).run();
}
var BlobUpload = class {
	client;
	source;
	session;
	#options;
	#parts;
	#budget;
	/** Why the last session was lost, as far as that is known. */
	#trouble;
	#agreed = false;
	constructor(client, source, options) {
		this.client = client;
		this.source = new UploadSource(source, options.digest);
		this.session = options.session;
		this.#options = options;
	}
	async run() {
		try {
			for (;;) {
				const rangesRefused = this.#parts?.mode.rangesRefused;
				const done = await this.#attempt();
				if (done) return done.digest;
				const abandoned = this.session;
				this.session = void 0;
				if (this.#parts?.mode.rangesRefused && !rangesRefused) await this.#startWhole(abandoned);
				else await this.pause(this.#trouble);
			}
		} catch (error) {
			if (this.session) await cancelSession(this.client, this.session);
			throw error;
		} finally {
			await this.source.close();
		}
	}
	/** Ranges were refused just now, which is no failure: the other mode has all its tries. */
	async #startWhole(abandoned) {
		this.progress();
		if (abandoned) await cancelSession(this.client, abandoned);
	}
	/** One session from start to end; undefined when it was lost and another one is needed. */
	async #attempt() {
		this.#trouble = void 0;
		const opened = this.session ?? await openSession(this.client);
		if (opened === "mounted") return void 0;
		this.session = opened;
		if ((this.#parts?.mode.current ?? this.#firstMode()) === "monolithic" && this.#options.digest) return this.#putWhole(opened, this.#options.digest);
		const sent = await this.#inParts().sendAll(opened);
		if (!sent) return void 0;
		this.session = sent;
		const digest = this.source.digest();
		if (!await this.#mayCommit(digest)) {
			await cancelSession(this.client, sent);
			return { digest: void 0 };
		}
		return this.#finish(sent, digest);
	}
	#firstMode() {
		const { reference, options } = this.client;
		const isLarge = this.source.sizeBytes > CHUNKED_FROM_BYTES && reference.registry !== "ghcr.io";
		const wanted = options.upload?.mode ?? (isLarge ? "chunked" : "monolithic");
		return wanted === "monolithic" && !this.#options.digest ? "stream" : wanted;
	}
	#inParts() {
		this.#parts ??= new PartsSender(this, this.#firstMode(), this.#options.digest ? "monolithic" : "stream");
		return this.#parts;
	}
	async #putWhole(session, digest) {
		const { sizeBytes } = this.source;
		const body = this.body(0, sizeBytes);
		this.source.sentTo = 0;
		const outcome = await this.passing(() => finishSession(this.client, session, {
			digest,
			body
		})).catch((error) => {
			if (this.source.isRead) this.source.digest();
			throw error;
		});
		if (outcome === "too-large") this.#inParts().mode.tooLarge();
		const early = outcome === "stored" && this.isBeyondSent(sizeBytes);
		if (outcome !== "stored" || early) return await this.#isThere(digest) ? { digest } : void 0;
		return { digest: this.source.digest() };
	}
	async #finish(session, digest) {
		for (;;) {
			const outcome = await this.passing(() => finishSession(this.client, session, { digest }));
			if (outcome === "stored" || await this.#isThere(digest)) return { digest };
			if (outcome !== void 0) return void 0;
		}
	}
	async #isThere(digest) {
		return await blobSize(this.client, digest) === this.source.sizeBytes;
	}
	async #mayCommit(digest) {
		const { commit } = this.#options;
		this.#agreed ||= commit === void 0 || await commit(digest);
		return this.#agreed;
	}
	/** Bytes of the source as a request sends them, told of while they leave. */
	body(offset, lengthBytes) {
		return {
			sizeBytes: lengthBytes,
			open: () => this.#slice(offset, lengthBytes)
		};
	}
	async *#slice(offset, lengthBytes) {
		for await (const part of this.source.slice(offset, offset + lengthBytes)) {
			const { sentTo, sizeBytes } = this.source;
			yield part;
			this.#options.onBytes?.(sentTo, sizeBytes);
		}
	}
	/** True when a registry counts bytes that were not sent, as one does that answers before it has read the request. */
	isBeyondSent(offset) {
		const { sentTo } = this.source;
		if (offset <= sentTo) return false;
		const { registry } = this.client.reference;
		const what = `${registry} took ${offset} bytes when ${counted(sentTo, "byte")} were sent`;
		this.#trouble = new RegistryError("REGISTRY_ANSWER_INVALID", what, { hint: "check whether a proxy answers in the place of the registry" });
		return true;
	}
	/** Runs a request that must not simply be repeated; undefined when its outcome is unknown. */
	async passing(request) {
		try {
			return await request();
		} catch (error) {
			if (!isPassingNetworkError(error) && !(error instanceof RegistryError && PASSING_CODES.has(error.code))) throw error;
			await this.pause(error);
			return;
		}
	}
	/** Failures before this one do not count any more. */
	progress() {
		this.#budget?.progress();
	}
	/** Waits before the next try. @throws RegistryError REGISTRY_UPLOAD_FAILED when it is time to give up */
	async pause(cause) {
		const { reference, options } = this.client;
		this.#budget ??= new RetryBudget(options.retry, options.clock);
		const delayMs = this.#budget.failed();
		if (delayMs === void 0) throw new RegistryError("REGISTRY_UPLOAD_FAILED", `${reference.registry} did not take the blob`, { cause });
		await options.clock.sleep(delayMs);
	}
};

// src/oci/open.ts
/**
* Opens what a reference names; a layout folder is made when it is to be written and is not there.
* @throws RegistryError REGISTRY_REFERENCE_INVALID, REGISTRY_LAYOUT_INVALID; NetworkError NETWORK_PROXY_FAILED; SystemError
*/
async function openRepository(text, options) {
	const reference = typeof text === "string" ? parseReference(text) : text;
	if (reference.in === "registry") return openRegistry(reference, options);
	const { access, clock, existing = false } = options;
	const index = await (access === "push" && !existing ? LayoutIndex.create(reference.folder, clock) : LayoutIndex.open(reference.folder, clock));
	return {
		repository: new LayoutRepository(reference.folder, index),
		reference,
		[Symbol.asyncDispose]: () => Promise.resolve()
	};
}
/** Public registries, which speak TLS and nothing else: plain HTTP there is somebody listening. */
const ONLY_TLS = /* @__PURE__ */ new Set(["ghcr.io", "docker.io"]);
function openRegistry(reference, options) {
	const { credentials, clock, retry = DEFAULT_RETRY, access, idleTimeoutMs } = options;
	const onlyTls = ONLY_TLS.has(reference.registry);
	const plainHttp = options.plainHttp === true && !onlyTls;
	const onThisMachine = isLoopbackHost(new URL(`http://${reference.apiHost}`).hostname);
	const scheme = !onlyTls && (options.plainHttp ?? onThisMachine) ? "http" : "https";
	const address = new URL(`${scheme}://${reference.apiHost}`);
	const { connectTimeoutMs, extraCa, userAgent, upload, mountFrom } = options;
	const proxy = proxyFromEnv(credentials.env);
	const http = createHttpClient({
		proxy,
		plainHttp,
		extraCa,
		connectTimeoutMs,
		idleTimeoutMs,
		userAgent
	});
	const findLogin = async () => usableAt(await findCredential(reference, credentials), address);
	const client = {
		findCredential: findLogin,
		mask: credentials.mask,
		http,
		plainHttp,
		scheme,
		clock,
		retry,
		access,
		idleTimeoutMs,
		upload,
		mountFrom
	};
	const repository = new RegistryRepository(reference, client);
	const close = () => Promise.resolve(http.close());
	return {
		repository,
		reference,
		[Symbol.asyncDispose]: close
	};
}
/** A repository of a registry. */
var RegistryRepository = class {
	name;
	client;
	constructor(reference, options) {
		this.name = formatPlace(reference);
		this.client = new RegistryClient(reference, options);
	}
	resolve(reference) {
		return resolveManifest(this.client, reference);
	}
	getManifest(reference) {
		return getManifest(this.client, reference);
	}
	blobSize(digest) {
		return blobSize(this.client, digest);
	}
	readBlob(digest, options) {
		return readBlob(this.client, digest, options);
	}
	listReferrers(subject) {
		return listReferrers(this.client, subject);
	}
	async listAsOthers(subject) {
		return (await askReferrersApi(this.client, subject, 1) ?? await readShared(referrersTag(subject), subject, (tag) => getSharedTag(this.client, tag))).digests;
	}
	tags() {
		return listTags(this.client);
	}
	async pushBlob(digest, source, options = {}) {
		const { sizeBytes } = source;
		const there = options.fresh ? void 0 : await this.blobSize(digest);
		if (there !== void 0 && there !== sizeBytes) throw sizeMismatch(digest, this.name, {
			got: there,
			wanted: sizeBytes
		});
		if (there !== void 0) return {
			digest,
			sizeBytes,
			outcome: "exists"
		};
		const mount = options.mountFrom === void 0 ? void 0 : {
			digest,
			from: options.mountFrom
		};
		const session = await openSession(this.client, mount);
		if (session === "mounted") return {
			digest,
			sizeBytes,
			outcome: "mounted"
		};
		await uploadBlob(this.client, source, {
			...options,
			digest,
			session
		});
		return {
			digest,
			sizeBytes,
			outcome: "uploaded"
		};
	}
	async streamBlob(source, options) {
		const { sizeBytes } = source;
		let asked;
		const commit = (digest) => {
			asked = digest;
			return options.commit(digest);
		};
		const stored = await uploadBlob(this.client, source, {
			...options,
			commit
		});
		const digest = stored ?? asked;
		if (digest === void 0) throw new Error("an upload ended without a digest");
		return {
			digest,
			sizeBytes,
			outcome: stored === void 0 ? "declined" : "uploaded"
		};
	}
	async mountBlob(digest, fromRepository) {
		return await openSession(this.client, {
			digest,
			from: fromRepository
		}) === "mounted";
	}
	async putManifest(manifest, reference) {
		const subject = parseList(manifest, "the manifest to put").subject?.digest;
		await putManifest(this.client, manifest, {
			reference,
			subject
		});
	}
	attachReferrer(manifest) {
		return attachReferrer(this.client, manifest);
	}
	attachReferrers(manifests, unwanted) {
		return attachReferrers(this.client, manifests, unwanted);
	}
	assertDetachable(referrer) {
		return assertDetachable(this.client, referrer);
	}
	detachReferrer(referrer, instead) {
		return detachReferrer(this.client, referrer, instead);
	}
	repairReferrers(subject) {
		return repairReferrers(this.client, subject);
	}
};

export { openRepository };