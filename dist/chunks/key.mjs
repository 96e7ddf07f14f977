import { r as unknownTask, t as defineCommand } from "./spec.mjs";
import { c as UsageError, i as EXIT, l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { t as isPublicKeyName } from "./key-name.mjs";
import { t as describeKeyFile } from "./key-description2.mjs";
import { c as readPublicKeys, l as spkiOf } from "./keys.mjs";
import { i as readPrivateKey } from "./private-key.mjs";
import { a as encodePem, g as utf8, o as equalBytes } from "./bytes.mjs";
import { t as Secret } from "./secret.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { l as COMMON_INPUTS, o as passphraseText, p as KEY_HOLDER_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { i as cosignPassphrase, o as keyWorld } from "./signing.mjs";
import { n as KeyringError } from "./errors12.mjs";
import { t as LIMITS } from "./limits.mjs";
import { h as writeFileAtomic, i as filesAt, l as readFileBounded } from "./files.mjs";
import { p as toSecond, t as UNSAFE } from "./text.mjs";
import { t as generateEcKey } from "./key-generate.mjs";
import { t as makeFolder } from "./folder.mjs";
import { t as VERSION } from "./version.mjs";
import { open, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { createHash } from "node:crypto";

// src/commands/key/places.ts
/** Apptainer's rings, by the names that they have here. */
const RINGS = [
	"apptainer:public",
	"apptainer:secret",
	"apptainer:global"
];
/** Where `sysconfdir` of the usual packages is; the global ring lies below. */
const SYSTEM_FOLDERS = ["/etc/apptainer", "/usr/local/etc/apptainer"];
/** What a report calls it: rings with their path. */
function describePlace({ name, path }) {
	return isRing(name) ? `${name} (${path})` : name;
}
/** Whether a place is one of Apptainer's rings. */
function isRing(place) {
	return RINGS.some((ring) => ring === place);
}
/**
* Paths that a ring may have, the one to be written first.
* @see https://github.com/apptainer/apptainer/blob/v1.4.5/pkg/sypgp/sypgp.go
*/
function ringPaths(ring, { env }) {
	if (ring === "apptainer:global") return SYSTEM_FOLDERS.map((folder) => join(folder, "global-pgp-public"));
	const home = env["APPTAINER_CONFIGDIR"] ?? join(env["HOME"] ?? "/", ".apptainer");
	const folder = env["APPTAINER_KEYSDIR"] ?? join(home, "keys");
	return [join(folder, ring === "apptainer:public" ? "pgp-public" : "pgp-secret")];
}
/**
* The files of the places; without any, the rings that are there.
* @throws SystemError FILE_NOT_FOUND; UsageError
*/
async function filesOf(places, { workingDirectory }, host) {
	const files = [];
	for (const place of places.length > 0 ? places : RINGS) {
		if (place.startsWith("apptainer:") && !isRing(place)) throw new UsageError("USAGE_INVALID_INPUT", `Apptainer has no ring ${JSON.stringify(place.slice(0, 60))}`, { hint: `give ${RINGS.join(", ")}, a file or a folder` });
		const paths = isRing(place) ? ringPaths(place, host) : await filesAt(place, workingDirectory);
		files.push(...paths.map((path) => ({
			name: isRing(place) ? place : path,
			path: resolve(workingDirectory, path)
		})));
	}
	return files;
}
/** The bytes of a place; undefined for a ring that nobody has made yet. @throws SystemError, DataError */
async function bytesOf({ name, path }) {
	try {
		return await readFileBounded(path, LIMITS.keyFileBytes);
	} catch (error) {
		const absent = error instanceof SystemError && error.code === "FILE_NOT_FOUND";
		if (isRing(name) && (absent || isErrnoException(error) && error.code === "ENOENT")) return void 0;
		throw error;
	}
}
/** 40 upper-case hex digits; undefined when none was given. @throws UsageError USAGE_INVALID_INPUT */
function wantedFingerprint({ fingerprint }) {
	const text = fingerprint?.replaceAll(/\s/g, "").toUpperCase();
	if (text === void 0 || /^[0-9A-F]{40}$/.test(text)) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `fingerprint is ${JSON.stringify(text.slice(0, 80))}`, { hint: "give all 40 hex digits: anybody can make a key with a given short name" });
}

// src/commands/key/show.ts
/** @throws SignatureError, KeyError, SystemError */
async function show(names, inputs, host) {
	const passphrases = [passphraseText(inputs.passphrase), cosignPassphrase(host.env)];
	const shown = [];
	for (const name of names) shown.push({
		file: name,
		keys: await describe(name, await publicBytes(name, inputs, host), ...passphrases)
	});
	return shownResult(shown);
}
/** The same for files that need no passphrase. */
async function shownFiles(paths, folder) {
	const shown = [];
	for (const path of paths) {
		const bytes = await readFileBounded(resolve(folder, path), LIMITS.keyFileBytes);
		shown.push({
			file: path,
			keys: await describeKeyFile(bytes, void 0)
		});
	}
	return shownResult(shown);
}
/** The result of a run that shows keys. */
function shownResult(files) {
	return {
		exitCode: EXIT.passed,
		outputs: {},
		text: files.map(({ file, keys }) => [
			`${printable(file)}:`,
			...keys.flatMap(linesOf),
			""
		].join("\n")).join("\n"),
		json: {
			schema: "countersign/key/v1",
			files
		}
	};
}
/**
* The file of that name as it is, or the public key that another program holds under it.
* @throws KeyError, SignatureError, SystemError
*/
async function publicBytes(name, inputs, host) {
	if (!isPublicKeyName(name)) return readFileBounded(resolve(inputs.workingDirectory, name), LIMITS.keyFileBytes);
	const { publicKeyOf } = await import("./external.mjs");
	const passphrase = passphraseText(inputs.passphrase)?.revealText();
	return publicKeyOf(name, {
		world: keyWorld(inputs, host),
		passphrase,
		now: host.now()
	});
}
/** What cannot be read is reported with its name: several files may be given. */
async function describe(name, bytes, ...passphrases) {
	const [passphrase, cosign] = passphrases;
	try {
		return await describeKeyFile(bytes, passphrase, cosign);
	} catch (cause) {
		if (!(cause instanceof SignatureError)) throw cause;
		throw cause.about(printable(name));
	}
}
function linesOf({ kind, identity, algorithm, expires, sha256, keyid }) {
	const rows = [];
	if (identity.method === "pgp") rows.push(["fingerprint", identity.fingerprint], ["algorithm", algorithm ?? null], ...identity.userIds.map((id) => ["user id", id]));
	else rows.push(["algorithm", identity.algorithm], ["hint", identity.hint], ["keyid", keyid]);
	if (identity.method === "x509") {
		rows.push(["subject", identity.subject], ["issuer", identity.issuer], ["serial", identity.serial]);
		rows.push(...identity.san.map((name) => ["san", name]), ["valid from", toSecond(identity.notBefore)]);
	}
	rows.push([identity.method === "x509" ? "valid until" : "expires", expires === null ? identity.method === "key" ? null : "never" : toSecond(expires)]);
	rows.push([identity.method === "x509" ? "sha256" : "spki sha256", sha256]);
	const lines = rows.flatMap(([name, value]) => value === null ? [] : [`    ${name.padEnd(12)} ${printable(value)}`]);
	return [`  ${kind}`, ...lines];
}
/** Names come from the key files: nothing of them may steer a terminal. */
function printable(text) {
	return text.replace(UNSAFE, "?");
}
/** @throws KeyringError KEYRING_KEY_MISSING when the wanted key is nowhere; SystemError, SignatureError, UsageError */
async function listKeys(places, inputs, host) {
	const wanted = wantedFingerprint(inputs);
	const shown = [];
	for (const file of await filesOf(places, inputs, host)) {
		const bytes = await bytesOf(file);
		if (!bytes || bytes.length === 0 && places.length === 0) continue;
		const keys = (bytes.length === 0 ? [] : await describe(describePlace(file), bytes)).filter(({ identity }) => wanted === void 0 || identity.method === "pgp" && identity.fingerprint === wanted);
		if (keys.length > 0) shown.push({
			file: describePlace(file),
			keys
		});
	}
	if (wanted !== void 0 && shown.length === 0) throw new KeyringError("KEYRING_KEY_MISSING", `the key ${wanted} is in none of these places`);
	const result = shownResult(shown);
	return shown.length > 0 ? result : {
		...result,
		text: "no key\n"
	};
}

// src/commands/key/export.ts
/** @throws KeyringError KEYRING_KEY_MISSING; KeyError, SignatureError, SystemError, UsageError */
async function exportKeys(names, inputs, host) {
	const wanted = wantedFingerprint(inputs);
	const texts = [];
	for (const name of names) {
		const isName = isPublicKeyName(name);
		const places = isName ? [{
			name,
			path: name
		}] : await filesOf([name], inputs, host);
		for (const place of places) {
			const bytes = isName ? await publicBytes(name, inputs, host) : await bytesOf(place);
			if (bytes && bytes.length > 0) texts.push(...await textsOf(bytes, place, {
				inputs,
				host
			}));
		}
	}
	if (texts.length === 0) throw new KeyringError("KEYRING_KEY_MISSING", `there is no key${wanted === void 0 ? "" : ` ${wanted}`} to export`);
	const keys = [...new Set(texts)];
	return {
		exitCode: EXIT.passed,
		outputs: {},
		text: keys.join(""),
		json: {
			schema: "countersign/key/v1",
			keys
		}
	};
}
/** Bare public keys in PEM, OpenPGP keys armored; of secret keys the public part. */
async function textsOf(bytes, place, { inputs, host }) {
	const wanted = wantedFingerprint(inputs);
	try {
		const [first] = await describeKeyFile(bytes, passphraseText(inputs.passphrase), cosignPassphrase(host.env));
		if (first?.identity.method === "key") return wanted === void 0 ? bareKeys(bytes, inputs, host) : [];
		if (first?.identity.method === "x509") throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "it holds certificates, which are public as they are");
	} catch (cause) {
		if (!(cause instanceof SignatureError)) throw cause;
		throw cause.about(describePlace(place));
	}
	const { armoredKeys, fingerprintsIn, publicKeyIn } = await import("./ring.mjs");
	const texts = [];
	for (const fingerprint of new Set(wanted === void 0 ? await fingerprintsIn(bytes) : [wanted])) {
		const key = await publicKeyIn(bytes, fingerprint);
		if (key) texts.push(await armoredKeys(key));
	}
	return texts;
}
function bareKeys(bytes, inputs, host) {
	return (Buffer.from(bytes).toString("latin1").includes("PRIVATE KEY-----") ? [readPrivateKey(new Secret(bytes), passphraseText(inputs.passphrase), cosignPassphrase(host.env)).publicKey] : readPublicKeys(bytes)).map((key) => encodePem("PUBLIC KEY", spkiOf(key)));
}

// src/commands/key/spec.ts
/** For how many days generated certificates are valid. */
const DEFAULT_DAYS = 365;
/** What key takes and gives. */
const spec = {
	name: "key",
	summary: "Show, list, import and export keys, or make throw-away ones",
	description: "`key show KEY…` prints fingerprint, hint, subject, alternative names and validity of every key and certificate: what goes into the policy. KEY is a file or the name of a key that another program holds (docs/keys.md). `key list PLACE…` lists the OpenPGP keys of files, folders and Apptainer’s rings, of these three without PLACE: `apptainer:public`, `apptainer:secret`, `apptainer:global`. `key import SOURCE` puts the one key that `fingerprint` names into a ring, folder or file; SOURCE is a place, or a server that is asked for this fingerprint alone: `hkps://HOST`, `hkp://HOST`, `wkd:EMAIL`. `key export KEY…` prints public keys as text. `key send PLACE` gives the public key that `fingerprint` names to the key server that `into` names. `key generate FOLDER` makes an OpenPGP key, a P-256 key, and a P-256 key with a certificate under a new CA, for trying countersign out; existing files are never overwritten. Keys that guard production come from your own key management.",
	positional: "task",
	inputs: [
		{
			name: "task",
			type: "list",
			file: "read",
			required: true,
			description: "`show`, `list`, `import`, `export`, `send` or `generate`, and what it is about.",
			example: "show release.pub"
		},
		{
			name: "fingerprint",
			type: "string",
			description: "With `import` and `send`: the key that is meant, 40 hex digits, from somebody you trust; any other is refused. With `list` and `export`: this OpenPGP key alone.",
			example: "0123456789ABCDEF0123456789ABCDEF01234567"
		},
		{
			name: "into",
			type: "string",
			default: "apptainer:public",
			description: "With `import`: an Apptainer ring, a folder, which gets a file named after the key, or a file. With `send`: a key server.",
			example: "keys/"
		},
		{
			name: "passphrase",
			type: "secret",
			description: "With `show` and `export`: opens an encrypted bare key, or is the PIN of a token. With `generate`: protects the new secret keys.",
			example: "passphrase.txt"
		},
		...KEY_HOLDER_INPUTS,
		{
			name: "name",
			type: "string",
			default: "Throw-away",
			description: "Name in generated keys.",
			example: "Release"
		},
		{
			name: "email",
			type: "string",
			default: "throw-away@example.org",
			description: "E-mail address in generated keys.",
			example: "release@example.org"
		},
		{
			name: "days",
			type: "integer",
			default: String(365),
			description: "How long the generated certificates are valid.",
			example: "30"
		},
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};

// src/commands/key/generate.ts
/**
* Makes the keys.
* @throws UsageError USAGE_FILE_EXISTS, USAGE_INVALID_INPUT; SystemError
*/
async function generate(folder, inputs, host) {
	const passphrase = passphraseText(inputs.passphrase);
	const { generatePgpKey } = await import("./generate3.mjs");
	const { generateX509Chain } = await import("./generate2.mjs");
	const days = inputs.days ?? 365;
	if (days < 1 || days > 36500) throw new UsageError("USAGE_INVALID_INPUT", `days is ${days}`, { hint: "give a number from 1 to 36500" });
	const options = {
		name: inputs.name,
		email: inputs.email,
		passphrase,
		now: host.now()
	};
	const target = resolve(inputs.workingDirectory, folder);
	const pgp = await generatePgpKey(options);
	const bare = generateEcKey(passphrase);
	const chain = await generateX509Chain({
		...options,
		days
	});
	const files = [
		{
			name: "pgp-secret.asc",
			content: pgp.privateKey,
			secret: true
		},
		{
			name: "pgp-public.asc",
			content: pgp.publicKey,
			secret: false
		},
		{
			name: "key.pem",
			content: bare.privateKey,
			secret: true
		},
		{
			name: "key.pub",
			content: bare.publicKey,
			secret: false
		},
		{
			name: "x509.key",
			content: chain.privateKey,
			secret: true
		},
		{
			name: "x509.crt",
			content: chain.certificate,
			secret: false
		},
		{
			name: "x509-intermediates.pem",
			content: chain.intermediates,
			secret: false
		},
		{
			name: "x509-root.pem",
			content: chain.root,
			secret: false
		}
	];
	for (const file of files) await writeNew(target, file);
	const shown = await shownFiles(files.filter(({ secret }) => !secret).map(({ name }) => join(target, name)), inputs.workingDirectory);
	const secrets = files.filter(({ secret }) => secret).map(({ name }) => name);
	const note = `secret keys (${passphrase ? "protected" : "NOT protected"} by a passphrase): ${secrets.join(", ")}\n`;
	return {
		...shown,
		text: `${shown.text}\n${note}`
	};
}
/** Secret files are readable by their owner only; an existing file is never touched. */
async function writeNew(folder, { name, content, secret }) {
	const path = join(folder, name);
	await makeFolder(folder, 448);
	try {
		await using file = await open(path, "wx", secret ? 384 : 420);
		await file.writeFile(content).catch(async (error) => {
			await rm(path, { force: true });
			throw error;
		});
	} catch (error) {
		if (isErrnoException(error) && error.code === "EEXIST") throw new UsageError("USAGE_FILE_EXISTS", `${basename(path)} exists already in ${folder}`, {
			cause: error,
			hint: "give an empty folder; keys are never overwritten"
		});
		throw fileError(error, path, "write");
	}
}

// src/commands/key/lookup.ts
const HKP_PORT = 11371;
const IDLE_MS = 3e4;
/** Whether a source is a server. */
function isServer(source) {
	return /^(?:hkps?:\/\/|wkd:)/.test(source);
}
/**
* The one key, as binary packets, with nothing of what else the server sent.
* @throws UsageError USAGE_INVALID_INPUT; KeyringError; NetworkError, also for hkp to another machine: it has no TLS
*/
async function keyFromServer(source, fingerprint, asking) {
	const [first, ...others] = addressesOf(source, fingerprint);
	for (const url of [first, ...others]) {
		const bytes = url && await bytesFrom(url, asking, { last: others.length === 0 || url === others.at(-1) });
		if (bytes) return keyIn(bytes, fingerprint, url.host);
	}
	throw new KeyringError("KEYRING_KEY_MISSING", `${source} has no key ${fingerprint}`);
}
/**
* Sends a public key to a key server, which shows it to everybody.
* @throws UsageError USAGE_INVALID_INPUT; KeyringError KEYRING_ANSWER_INVALID; NetworkError
*/
async function sendKey(server, armored, asking) {
	const url = new URL("/pks/add", hkpBase(server));
	const body = utf8(new URLSearchParams({
		keytext: armored,
		options: "mr"
	}).toString());
	const headers = { "content-type": "application/x-www-form-urlencoded" };
	await withClient(asking, async (http) => {
		const response = await http.send({
			method: "POST",
			url,
			headers,
			body
		});
		await response.discard();
		if (response.status < 200 || response.status > 299) throw badStatus(response);
	});
}
/**
* Addresses to ask, one after the other.
* @see https://www.ietf.org/archive/id/draft-gallagher-openpgp-hkp-08.html
* @see https://www.ietf.org/archive/id/draft-koch-openpgp-webkey-service-20.html#section-3.1
*/
function addressesOf(source, fingerprint) {
	if (source.startsWith("wkd:")) return directoryAddresses(source.slice(4));
	return [new URL(`/pks/lookup?op=get&options=mr&search=0x${fingerprint}`, hkpBase(source))];
}
function hkpBase(source) {
	const [, scheme = "", place = ""] = /^(hkps?):\/\/([^/?#@\s]+)\/?$/.exec(source) ?? [];
	const port = scheme === "hkp" && !/:\d+$/.test(place) ? `:${HKP_PORT}` : "";
	const base = `${scheme === "hkp" ? "http" : "https"}://${place}${port}`;
	if (place === "" || !URL.canParse(base)) throw invalid(source, "hkps://keys.openpgp.org");
	return base;
}
function directoryAddresses(address) {
	const [, local = "", domain = ""] = /^([^@\s/?#]+)@([A-Za-z0-9.-]+(?::\d+)?)$/.exec(address) ?? [];
	if (domain === "") throw invalid(`wkd:${address}`, "wkd:alice@example.org");
	const query = `${zBase32(createHash("sha1").update(local.toLowerCase()).digest())}?l=${encodeURIComponent(local)}`;
	const scheme = /^(?:localhost|127\.0\.0\.1)(?::|$)/.test(domain) ? "http" : "https";
	const name = domain.toLowerCase();
	return [...scheme === "https" ? [`https://openpgpkey.${name}/.well-known/openpgpkey/${name}/hu/${query}`] : [], `${scheme}://${name}/.well-known/openpgpkey/hu/${query}`].map((text) => new URL(text));
}
function invalid(source, example) {
	return new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(source.slice(0, 120))} is no key server`, { hint: `give it as ${example}` });
}
const ALPHABET = "ybndrfg8ejkmcpqxot1uwisza345h769";
/** @see https://philzimmermann.com/docs/human-oriented-base-32-encoding.txt */
function zBase32(bytes) {
	return ([...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("").match(/.{5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five, 2)]).join("");
}
/** The answer; undefined when the server has nothing, or a name is not there and another address may be. */
async function bytesFrom(url, asking, { last }) {
	try {
		return await withClient(asking, async (http) => bodyOf(await http.send({
			method: "GET",
			url,
			headers: {}
		})));
	} catch (error) {
		if (last || !(error instanceof CountersignError) || error.code !== "NETWORK_CONNECT_FAILED") throw error;
		return;
	}
}
async function withClient({ host, timeout = IDLE_MS }, use) {
	const { createHttpClient } = await import("./http2.mjs");
	const { proxyFromEnv } = await import("./connect.mjs");
	const http = createHttpClient({
		proxy: proxyFromEnv(host.env),
		userAgent: `countersign/${VERSION}`,
		idleTimeoutMs: timeout,
		connectTimeoutMs: timeout
	});
	try {
		return await use(http);
	} catch (error) {
		throw await withOwnHint(error);
	} finally {
		http.close();
	}
}
/** Keys are asked for with TLS alone: no input allows it without. */
async function withOwnHint(error) {
	const { NetworkError } = await import("./errors13.mjs");
	if (!(error instanceof NetworkError) || error.code !== "NETWORK_PLAIN_HTTP_REFUSED") return error;
	return new NetworkError(error.code, error.message, { hint: "give the server as hkps://HOST; hkp:// is for servers on this machine" });
}
async function bodyOf(response) {
	if (response.status === 200) return response.bytes(LIMITS.keyFileBytes);
	await response.discard();
	if (response.status === 404 || response.status === 410) return void 0;
	throw badStatus(response);
}
function badStatus({ url, status }) {
	return new KeyringError("KEYRING_ANSWER_INVALID", `${url.host} answered with status ${status}`);
}
async function keyIn(bytes, fingerprint, from) {
	const { fingerprintsIn, publicKeyIn } = await import("./ring.mjs");
	let found;
	let key;
	try {
		found = await fingerprintsIn(bytes);
		key = await publicKeyIn(bytes, fingerprint);
	} catch {
		throw new KeyringError("KEYRING_ANSWER_INVALID", `${from} answered with something that is no OpenPGP key`);
	}
	if (key) return key;
	if (found.length === 0) throw new KeyringError("KEYRING_ANSWER_INVALID", `${from} answered without an OpenPGP key`);
	throw new KeyringError("KEYRING_KEY_OTHER", `${from} was asked for ${fingerprint} and gave ${found.slice(0, 3).join(", ")}`);
}

// src/commands/key/import.ts
/**
* Imports the key; one that is there already is joined with it, so that no revocation is lost.
* @throws UsageError; KeyringError; NetworkError; SignatureError, SystemError; nothing is written then
*/
async function importKey(source, inputs, host) {
	const wanted = neededFingerprint(inputs);
	if (inputs.into === "apptainer:secret") throw new UsageError("USAGE_INVALID_INPUT", "into is the ring of secret keys", { hint: `give ${RINGS.filter((ring) => ring !== "apptainer:secret").join(", ")}, a folder or a file` });
	const key = isServer(source) ? await keyFromServer(source, wanted, {
		host,
		timeout: inputs.timeout
	}) : await keyFromPlace(source, wanted, inputs, host);
	const place = await targetOf(inputs, wanted, host);
	const changed = await store(place, key);
	const shown = shownResult([{
		file: describePlace(place),
		keys: await describeKeyFile(key, void 0)
	}]);
	const text = `${changed ? "imported" : "there already"}: ${wanted}\n${shown.text}`;
	return {
		...shown,
		exitCode: EXIT.passed,
		text
	};
}
async function keyFromPlace(source, wanted, inputs, host) {
	const { publicKeyIn } = await import("./ring.mjs");
	for (const file of await filesOf([source], inputs, host)) {
		const bytes = await bytesOf(file);
		if (!bytes || bytes.length === 0) continue;
		await describeKeyFile(bytes, void 0);
		const key = await publicKeyIn(bytes, wanted);
		if (key) return key;
	}
	throw new KeyringError("KEYRING_KEY_MISSING", `${source} has no OpenPGP key ${wanted}`);
}
/**
* key send: gives one public key to the key server that `into` names.
* @throws UsageError, KeyringError, NetworkError
*/
async function sendToServer(source, inputs, host) {
	const wanted = neededFingerprint(inputs);
	if (!/^hkps?:/.test(inputs.into)) throw new UsageError("USAGE_MISSING_INPUT", "into names no key server", { hint: "give ⟨into=hkps://keys.openpgp.org⟩: whoever asks there gets the key from then on" });
	const { armoredKeys } = await import("./ring.mjs");
	const key = await keyFromPlace(source, wanted, inputs, host);
	await sendKey(inputs.into, await armoredKeys(key), {
		host,
		timeout: inputs.timeout
	});
	const shown = shownResult([{
		file: inputs.into,
		keys: await describeKeyFile(key, void 0)
	}]);
	return {
		...shown,
		text: `sent: ${wanted}\n${shown.text}`
	};
}
function neededFingerprint(inputs) {
	const wanted = wantedFingerprint(inputs);
	if (wanted !== void 0) return wanted;
	throw new UsageError("USAGE_MISSING_INPUT", "fingerprint is missing", { hint: "give the ⟨fingerprint⟩ of the key, from somebody you trust: it alone says that this is the right key" });
}
async function targetOf({ into, workingDirectory }, wanted, host) {
	if (isRing(into)) {
		const paths = ringPaths(into, host);
		const known = await Promise.all(paths.map((path) => isThere(dirname(path))));
		return {
			name: into,
			path: paths.find((_path, index) => known[index]) ?? paths[0] ?? ""
		};
	}
	const path = resolve(workingDirectory, into);
	const file = (await stat(path).catch(() => void 0))?.isDirectory() === true || into.endsWith("/") ? join(path, `${wanted}.asc`) : path;
	return {
		name: file,
		path: file
	};
}
async function isThere(path) {
	return stat(path).then(() => true, () => false);
}
/** Rings are binary, as Apptainer writes them, with its permissions; other files are armored. */
async function store(place, key) {
	const { armoredKeys, withKey } = await import("./ring.mjs");
	const { name, path } = place;
	const before = await isThere(path) ? await bytesOf(place) ?? /* @__PURE__ */ new Uint8Array() : /* @__PURE__ */ new Uint8Array();
	const ring = await withKey(before, key);
	if (before.length > 0 && equalBytes(ring, before)) return false;
	await makeFolder(dirname(path), name === "apptainer:public" ? 448 : 493);
	const content = isRing(name) ? ring : await armoredKeys(ring);
	await writeFileAtomic(path, content, name === "apptainer:public" ? 384 : 420);
	return true;
}

// src/commands/key/key.ts
async function run(inputs, host) {
	const [task, ...places] = inputs.task;
	const [first] = places;
	if (task === "list") return listKeys(places, inputs, host);
	if (task === "show" && first !== void 0) return show(places, inputs, host);
	if (task === "export" && first !== void 0) return exportKeys(places, inputs, host);
	if (task === "import" && first !== void 0 && places.length === 1) return importKey(first, inputs, host);
	if (task === "send" && first !== void 0 && places.length === 1) return sendToServer(first, inputs, host);
	if (task === "generate" && first !== void 0 && places.length === 1) return generate(first, inputs, host);
	throw unknownTask("key", inputs.task, { hint: "write `key show KEY…`, `key list`, `key import SOURCE`, `key export KEY…`, `key send PLACE` or `key generate FOLDER`" });
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };