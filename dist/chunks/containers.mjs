import { a as encodePem, f as sha256Hex, r as decodeUtf8, t as certificatesInPem } from "./bytes.mjs";
import { m as visibleLine } from "./text.mjs";
import { t as lookasideOf } from "./registries.mjs";
import { n as firstKey, r as keyBytes } from "./keys2.mjs";
import { r as GateError } from "./errors11.mjs";
import { n as policyText, r as stageName, t as POLICY_FILE } from "./document.mjs";

// src/gates/import/containers.ts
/** Scopes of a policy.json that ask for something that a policy can ask for. */
function importableScopes({ policy }) {
	return [...policy.transports.get("docker") ?? []].filter(([, list]) => list.every((one) => obstacle(one) === void 0) && list.some(isSigned)).map(([scope]) => scope);
}
/**
* The policy that asks what one scope of the file asks.
* @throws GateError GATE_NOT_EXPRESSIBLE when the scope asks for something else, or is not there; SystemError for keys
*/
async function importContainers(gate, { scope, name }) {
	const reader = new Reader(gate);
	const stages = await stagesOf(signedIn(gate, scope), reader);
	const formats = new Set(stages.map(({ native }) => native));
	const lookaside = formats.has("simple-signing") ? lookasideFor(gate, scope) : void 0;
	const parts = {
		name,
		keyrings: reader.keyrings,
		intermediates: reader.intermediates,
		principals: [...reader.principals.values()],
		stages,
		comments: [`Made by countersign import from the scope ${JSON.stringify(scope)} of a policy.json.`]
	};
	return {
		files: [{
			name: POLICY_FILE,
			content: policyText(parts)
		}, ...reader.files.values()],
		assumed: [
			"every key is one person: a threshold counts people",
			...formats.has("cosign") ? ["a plain cosign signature is an approval (native: cosign), for the file asks for nothing more"] : [],
			...lookaside?.assumed ?? [],
			"the stages have no order, for the file knows none",
			"what the file says of other scopes, transports and by default is not part of the policy"
		],
		leftOut: importableScopes(gate).filter((other) => other !== scope).map((other) => `the scope ${JSON.stringify(other)}: a policy is about one set of stages; import it into another folder`),
		exportWith: [
			"--repository",
			scope,
			...lookaside ? ["--lookaside-url", lookaside.url] : []
		]
	};
}
async function stagesOf(signed, reader) {
	const stages = [];
	for (const requirement of signed) {
		const approvers = await reader.approvers(requirement);
		const name = stageName(approvers.length === 1 ? approvers[0] ?? "" : "one-of", stages.map((one) => one.name));
		const { signedIdentity } = requirement;
		const native = requirement.type === "signedBy" ? "simple-signing" : "cosign";
		stages.push({
			name,
			approvers,
			threshold: 1,
			native,
			signedIdentity
		});
	}
	return stages;
}
/** Where podman, started by root, looks where no file says anything. */
const DEFAULT_LOOKASIDE = "file:///var/lib/containers/sigstore";
function lookasideFor({ registries }, scope) {
	const named = lookasideOf(registries, { name: scope });
	const url = named ?? DEFAULT_LOOKASIDE;
	return {
		url,
		assumed: [
			"OpenPGP keys that are not read here (RSA below 2048 bits, DSA, versions other than 4) stand for nobody",
			`a GPG signature in the lookaside is an approval (native: simple-signing), for the file asks for nothing more; verify-all finds them in the folder that it is given as lookaside: ${folderOf(url)}`,
			...named === void 0 ? ["registries.d names no lookaside for the scope: the one that podman has for root is taken"] : []
		]
	};
}
/** The folder as `verify-all` takes it; of a web server somebody has to make a copy. */
function folderOf(url) {
	return url.startsWith("file://") ? url.slice(7) : `a copy of ${url}`;
}
/** The requirements of a scope that a policy can ask. @throws GateError GATE_NOT_EXPRESSIBLE */
function signedIn(gate, scope) {
	const scopes = gate.policy.transports.get("docker") ?? /* @__PURE__ */ new Map();
	const requirements = scopes.get(scope);
	const others = `give one of its scopes as ⟨scope⟩: ${[...scopes.keys()].join(", ")}`;
	if (!requirements) throw new GateError("GATE_NOT_EXPRESSIBLE", `policy.json has no scope ${JSON.stringify(scope)} of the transport docker`, { hint: scopes.size > 0 ? others : "it has none: write a policy by hand; docs/policy.md shows the smallest one" });
	const [why] = requirements.flatMap((one) => obstacle(one) ?? []);
	const signed = requirements.filter(isSigned);
	if (why !== void 0 || signed.length === 0) throw new GateError("GATE_NOT_EXPRESSIBLE", `the scope ${JSON.stringify(scope)} ${why ?? "accepts every image"}, which no policy can say`, { hint: "choose another ⟨scope⟩, or write a policy by hand" });
	return signed;
}
function isSigned(requirement) {
	return requirement.type === "sigstoreSigned" || requirement.type === "signedBy";
}
/** What a policy cannot ask, as the end of a sentence about the scope. */
function obstacle(requirement) {
	if (requirement.type === "reject") return "rejects every image";
	if (requirement.type === "signedBy") return requirement.keyType === "GPGKeys" ? void 0 : `asks for signatures by ${requirement.keyType}, which podman never takes`;
	if (requirement.type === "signedBaseLayer") return "asks for a signed base layer";
	if (requirement.type === "insecureAcceptAnything") return void 0;
	if (requirement.beyond.length > 0) return `asks for ${requirement.beyond.join(" and ")}`;
	const { email, hostname } = requirement.pki ?? {};
	return email !== void 0 && hostname !== void 0 ? "asks for an e-mail address and a host name in one certificate" : void 0;
}
var Reader = class {
	files = /* @__PURE__ */ new Map();
	principals = /* @__PURE__ */ new Map();
	intermediates = [];
	keyrings = [];
	#gate;
	constructor(gate) {
		this.#gate = gate;
	}
	async approvers(requirement) {
		const names = /* @__PURE__ */ new Set();
		if (requirement.type === "signedBy") {
			for (const source of requirement.keys) for (const name of await this.#ring(source)) names.add(name);
			return [...names];
		}
		const { keys, pki } = requirement;
		if (pki) return [await this.#certified(pki)];
		for (const key of keys) names.add(await this.#key(key));
		return [...names];
	}
	/** Whoever has a key in the file, of which there may be many. */
	async #ring(source) {
		const { exportKeys, readKeyring } = await import("./ring.mjs");
		const trust = { keyrings: [await keyBytes(source, this.#gate)] };
		const keys = await readKeyring(trust);
		const names = [];
		for (const [fingerprint, key] of keys) {
			const name = `key-${fingerprint.toLowerCase()}`;
			const { bytes } = await exportKeys(trust, [fingerprint]);
			const file = this.#file(`${name}.pgp`, bytes);
			if (!this.keyrings.includes(file)) this.keyrings.push(file);
			const about = visibleLine(key.getUserIDs()[0] ?? "").slice(0, 200);
			this.principals.set(name, {
				name,
				credential: `{ pgp: "${fingerprint}" }`,
				about
			});
			names.push(name);
		}
		return names;
	}
	async #key(source) {
		const spki = firstKey(await this.#bytes(source));
		const name = `key-${sha256Hex(spki).slice(0, 16)}`;
		const file = this.#file(`${name}.pub`, encodePem("PUBLIC KEY", spki));
		const about = "path" in source ? JSON.stringify(source.path) : "";
		this.principals.set(name, {
			name,
			credential: `{ key: ${JSON.stringify(file)} }`,
			about
		});
		return name;
	}
	async #certified({ roots, intermediates, email, hostname }) {
		const ca = await this.#certificates(roots);
		if (intermediates) {
			const file = await this.#certificates(intermediates);
			if (!this.intermediates.includes(file.path)) this.intermediates.push(file.path);
		}
		const san = email === void 0 ? `dns:${hostname ?? ""}` : `email:${email}`;
		const name = `certified-${sha256Hex(Buffer.from(`${ca.sha256} ${san}`)).slice(0, 16)}`;
		const credential = `{ x509: { anchors: ${JSON.stringify(ca.path)}, san: ${JSON.stringify(san)} } }`;
		this.principals.set(name, {
			name,
			credential,
			about: ""
		});
		return name;
	}
	async #certificates(source) {
		const pem = certificatesInPem(decodeUtf8(await this.#bytes(source), "the certificates")).map((der) => encodePem("CERTIFICATE", der)).join("");
		const sha256 = sha256Hex(Buffer.from(pem));
		return {
			path: this.#file(`ca-${sha256.slice(0, 16)}.pem`, pem),
			sha256
		};
	}
	async #bytes(source) {
		return keyBytes(source, this.#gate);
	}
	#file(name, content) {
		this.files.set(name, {
			name: `keys/${name}`,
			content
		});
		return `keys/${name}`;
	}
};

export { importContainers, importableScopes };