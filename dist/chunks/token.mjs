import { g as utf8, m as toBase64 } from "./bytes.mjs";
import { u as isErrnoException } from "./errors.mjs";
import { o as asText } from "./members.mjs";
import { a as publicKeyFromDer, d as toPublicKey } from "./keys.mjs";
import { n as KeyError } from "./errors6.mjs";
import { i as parseAnswer, n as bytesIn, r as lastWords, t as Holder } from "./holder.mjs";
import { n as mayLoad } from "./key-name.mjs";
import { access, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { randomUUID } from "node:crypto";

// src/crypto/external/token.ts
/** What the provider and p11-kit read. */
const NEEDED = [
	"PKCS11_PROVIDER_MODULE",
	"P11_KIT_SERVER_ADDRESS",
	"XDG_RUNTIME_DIR"
];
/**
* The key on a token. Each call is one login: a wrong PIN is tried once.
* @throws KeyError KEY_PLUGIN_NOT_ALLOWED, KEY_TOKEN_PROVIDER_MISSING
*/
async function tokenKey(name, { world, pin, expected }) {
	const what = "the token";
	const { module } = name;
	if (module !== void 0 && !mayLoad(module, world.plugins)) throw new KeyError("KEY_PLUGIN_NOT_ALLOWED", `the PKCS#11 module ${module} is in no folder of the system`, { hint: `set ⟨key-plugins=${module}⟩ if you trust that file: it is code that runs with your rights` });
	const holder = new Holder(what, world, NEEDED);
	const folder = await world.temporaryFolder();
	const config = await configurationFor(name.module, world);
	const { program, script } = world.tokenChild;
	const ask = async (message) => {
		const stdin = utf8(JSON.stringify({
			uri: name.uri,
			pin: pin ?? null,
			message: message ? toBase64(message) : null
		}));
		const log = join(folder, `pkcs11-${randomUUID()}.log`);
		const env = { PKCS11_PROVIDER_DEBUG: `file:${log}` };
		const result = await holder.run({
			program,
			args: [`--openssl-config=${config}`, script],
			stdin,
			env
		}, pin);
		return {
			answer: parseAnswer(result.stdout),
			...result,
			log: await readLog(log)
		};
	};
	return {
		what,
		publicKey: async () => {
			const { answer, ...run } = await ask();
			if (!answer || answer["error"] !== void 0) throw failure(answer, {
				...run,
				holder,
				pin,
				name
			});
			assertOneObject(run.log, expected);
			return toPublicKey(publicKeyFromDer(bytesIn(answer, "publicKey", holder)));
		},
		sign: async (message) => {
			const { answer, ...run } = await ask(message);
			if (!answer || answer["error"] !== void 0) throw failure(answer, {
				...run,
				holder,
				pin,
				name
			});
			return bytesIn(answer, "signature", holder);
		}
	};
}
async function readLog(path) {
	try {
		return (await readFile(path, "latin1")).slice(-4194304);
	} catch (error) {
		if (isErrnoException(error)) return "";
		throw error;
	} finally {
		await rm(path, { force: true });
	}
}
/** The provider takes the first of several. */
function assertOneObject(log, expected) {
	const found = objectsFound(log);
	if (found === void 0 && expected === void 0) throw new KeyError("KEY_TOKEN_OBJECT_SEVERAL", "this version of the provider does not say whether several keys have the name", { hint: "give ⟨expected-key⟩, which says which of them is meant" });
	if (found !== void 0 && found > 1) throw new KeyError("KEY_TOKEN_OBJECT_SEVERAL", `${found} private keys have the name that was given`);
}
/** Objects that a search on all tokens together found, as the provider logs it; undefined when it logs no such thing. */
function objectsFound(log) {
	const counts = [...log.matchAll(/Find objects: found (\d{1,6}) objects/g)].map(([, count]) => Number(count));
	return counts.length === 0 ? void 0 : counts.reduce((sum, count) => sum + count, 0);
}
/** CKR_PIN_INCORRECT to CKR_PIN_LOCKED. */
const PIN_REFUSED = /Error (16[0-4]) returned by C_Login/;
/** What Node says that does not know keys by URL. */
const TOO_OLD = /* @__PURE__ */ new Set(["ERR_INVALID_ARG_TYPE", "ERR_INVALID_ARG_VALUE"]);
/** What a process ends with that SIGSEGV, SIGABRT or SIGBUS ended. */
const CRASHES = /* @__PURE__ */ new Set([
	139,
	134,
	135
]);
function failure(answer, { exitCode, stderr, log, holder, pin, name }) {
	const module = name.module ?? "that the provider takes by itself";
	if (CRASHES.has(exitCode)) return new KeyError("KEY_TOKEN_MODULE_FAILED", `the PKCS#11 module ${module} crashes in this process`);
	if (!answer) return holder.error("KEY_ANSWER_INVALID", `gave no answer; the child said ${lastWords(stderr)}`);
	const said = lastWords(asText(answer["error"], "error"));
	const refused = PIN_REFUSED.exec(log)?.[1];
	if (TOO_OLD.has(answer["code"])) return new KeyError("KEY_TOKEN_NODE_TOO_OLD", `Node ${asText(answer["node"], "node")} loads no keys through OpenSSL’s STORE`);
	if (!log.includes("OSSL_provider_init")) return new KeyError("KEY_TOKEN_PROVIDER_MISSING", `OpenSSL’s provider for PKCS#11 cannot be loaded: ${said}`);
	if (refused !== void 0) return new KeyError("KEY_TOKEN_PIN_WRONG", `the token refuses the PIN${refused === "164" ? ": it is locked" : ""}`);
	if (!log.includes("store_fetch")) return new KeyError("KEY_TOKEN_MODULE_FAILED", `the PKCS#11 module ${module} cannot be used: ${said}`);
	const found = objectsFound(log);
	if (found === 0) return new KeyError("KEY_TOKEN_OBJECT_MISSING", `the token has no private key for ${name.uri}`);
	if (found !== void 0) return holder.error("KEY_REFUSED", `has the key and does not sign with it: ${said}`);
	if (pin === void 0 && answer["code"] === "ERR_MISSING_PASSPHRASE") return new KeyError("KEY_TOKEN_PIN_MISSING", "the token asks for a PIN");
	return new KeyError("KEY_TOKEN_MISSING", `no token can be used for ${name.uri}`);
}
/** Where distributions put libraries. */
const LIBRARIES = [
	"/usr/lib/x86_64-linux-gnu",
	"/usr/lib/aarch64-linux-gnu",
	"/usr/lib64",
	"/usr/lib",
	"/usr/local/lib",
	"/opt/homebrew/lib"
];
const PROVIDERS = ["pkcs11.so", "pkcs11.dylib"];
const CLIENTS = ["p11-kit-client.so"];
/**
* Path of the configuration: the user's own in OPENSSL_CONF unless the name of the key has a module; else one that is
* written here, with that module, or p11-kit's client where its server is named, or what the provider takes by itself.
* @throws KeyError KEY_TOKEN_PROVIDER_MISSING
*/
async function configurationFor(module, world) {
	const { env } = world;
	const own = env["OPENSSL_CONF"];
	if (own && module === void 0) return resolve(own);
	const folders = LIBRARIES.map((folder) => join(folder, "ossl-modules"));
	const provider = await firstOf([env["OPENSSL_MODULES"] ?? "", ...folders], PROVIDERS);
	if (provider === void 0) throw new KeyError("KEY_TOKEN_PROVIDER_MISSING", "OpenSSL’s provider for PKCS#11 (pkcs11.so) is not installed");
	if (!/^[A-Za-z0-9/._+-]+$/.test(provider)) throw new KeyError("KEY_TOKEN_PROVIDER_MISSING", "the folder in OPENSSL_MODULES has characters that OpenSSL would misread");
	const client = env["P11_KIT_SERVER_ADDRESS"] ? await firstOf(LIBRARIES.map((folder) => join(folder, "pkcs11")), CLIENTS) : void 0;
	const path = join(await world.temporaryFolder(), `pkcs11-${randomUUID()}.cnf`);
	await writeFile(path, configuration(provider, module ?? client), { mode: 384 });
	return path;
}
async function firstOf(folders, files) {
	for (const folder of folders.filter(Boolean)) for (const path of files.map((file) => join(folder, file))) if (await isThere(path)) return path;
}
async function isThere(path) {
	return access(path).then(() => true, () => false);
}
function configuration(provider, module) {
	return [
		"nodejs_conf = init",
		"openssl_conf = init",
		"[init]",
		"providers = providers",
		"[providers]",
		"default = default_provider",
		"pkcs11 = pkcs11_provider",
		"[default_provider]",
		"activate = 1",
		"[pkcs11_provider]",
		`module = ${provider}`,
		...module === void 0 ? [] : [`pkcs11-module-path = ${module}`],
		"activate = 1",
		""
	].join("\n");
}

export { tokenKey };