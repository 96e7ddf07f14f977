import { t as isJsonObject } from "./json.mjs";
import { d as toPublicKey, s as publicKeysIn } from "./keys.mjs";
import { a as unless, i as parseAnswer, n as bytesIn, r as lastWords, t as Holder } from "./holder.mjs";
import { n as KeyError } from "./errors6.mjs";

// src/crypto/external/plugin.ts
const PROTOCOL = "v1";
/** Number of SHA-256 in Go's package crypto. */
const SHA256 = 5;
/**
* The key that a plugin holds.
* @see https://github.com/sigstore/sigstore/blob/bd0ad71258e946a1f5728c2248e06d1524a403e7/pkg/signature/kms/cliplugin/README.md
* @throws KeyError KEY_PLUGIN_NOT_ALLOWED, KEY_PLUGIN_MISSING
*/
async function pluginKey({ plugin, resource }, world) {
	const name = `sigstore-kms-${plugin}`;
	if (!world.plugins.includes(plugin)) throw new KeyError("KEY_PLUGIN_NOT_ALLOWED", `the key is one of ${name}, which may not run`, { hint: `set ⟨key-plugins=${plugin}⟩ if you trust the program of that name on PATH` });
	const program = await world.which(name);
	if (program === void 0) throw new KeyError("KEY_PLUGIN_MISSING", `${name} is not on PATH`);
	const holder = new Holder(name, world);
	const initOptions = {
		protocolVersion: PROTOCOL,
		keyResourceID: resource,
		hashFunc: SHA256,
		rpcOptions: {}
	};
	const ask = async (methodName, options, stdin) => {
		const args = [PROTOCOL, JSON.stringify({
			initOptions,
			methodName,
			[methodName]: options
		})];
		const { stdout, stderr } = await holder.run({
			program,
			args,
			stdin
		});
		return answerIn(stdout, {
			methodName,
			holder,
			stderr
		});
	};
	return {
		what: name,
		publicKey: async () => {
			const answer = await ask("publicKey", { publicKeyOptions: { rpcOptions: {} } }, /* @__PURE__ */ new Uint8Array());
			const pem = bytesIn(answer, "publicKeyPEM", holder);
			const keys = unless(() => publicKeysIn(pem)) ?? [];
			const [key, second] = keys;
			if (!key || second) throw holder.error("KEY_ANSWER_INVALID", `answered with ${keys.length} public keys`);
			return toPublicKey(key);
		},
		sign: async (message) => {
			return bytesIn(await ask("signMessage", { signOptions: {
				rpcOptions: {},
				messageOptions: {}
			} }, message), "signature", holder);
		}
	};
}
function answerIn(stdout, { methodName, holder, stderr }) {
	const answer = parseAnswer(stdout);
	const errorMessage = answer?.["errorMessage"];
	if (typeof errorMessage === "string" && errorMessage !== "") throw holder.error("KEY_REFUSED", `says: ${lastWords(errorMessage)}`);
	const value = answer?.[methodName];
	if (isJsonObject(value)) return value;
	const lacking = answer ? `a member ${methodName}` : "one JSON object";
	throw holder.error("KEY_ANSWER_INVALID", `answered ${methodName} without ${lacking}; it said ${lastWords(stderr)}`);
}

export { pluginKey };