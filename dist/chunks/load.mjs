import { a as toBase64, n as decodeUtf8, r as equalBytes } from "./bytes.mjs";
import { a as sha256Hex, i as sha256, t as digestHex } from "./digest.mjs";
import { t as CountersignError } from "./errors.mjs";
import { a as readFileBounded } from "./file.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as parsePem } from "./pem.mjs";
import { n as PolicyError } from "./errors6.mjs";
import { i as fillStages, s as patternProblem, t as IDENTITY_MATCHES } from "./signed-identity.mjs";
import { t as didYouMean } from "./nearest.mjs";
import { n as isNameOnly, r as parseDockerReference } from "./docker-reference.mjs";
import { t as parseYaml } from "./yaml.mjs";
import { X509Certificate, createPublicKey } from "node:crypto";
import { dirname, resolve } from "node:path";

// src/policy/fields.ts
/** An error at a node. */
function problemAt(node, code, message, hint) {
	return new PolicyError(code, message, {
		hint,
		location: node.location
	});
}
/** A foreign value as it is shown in messages. */
function quote(text) {
	return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
/** @throws PolicyError POLICY_WRONG_TYPE */
function asMap(node, what) {
	if (node.kind === "map") return node;
	throw wrongType(node, what, "a map (key: value)");
}
/**
* A map whose keys are all among `allowed`, with all of `required`.
* @throws PolicyError POLICY_WRONG_TYPE, POLICY_UNKNOWN_KEY, POLICY_MISSING_KEY
*/
function fieldsOf(node, what, keys) {
	const map = asMap(node, what);
	const allowed = [...keys.required, ...keys.optional];
	for (const [key, entry] of map.entries) if (!allowed.includes(key)) throw new PolicyError("POLICY_UNKNOWN_KEY", `${what} has no key ${quote(key)}`, {
		location: entry.location,
		hint: didYouMean(key, allowed)
	});
	for (const key of keys.required) if (!map.entries.has(key)) throw problemAt(map, "POLICY_MISSING_KEY", `${what} has no ${key}`, `add ${key}: …`);
	return map.entries;
}
/** @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE */
function asText(node, what) {
	if (node.kind !== "scalar" || node.value === null) throw wrongType(node, what, "a text");
	if (typeof node.value !== "string") throw problemAt(node, "POLICY_WRONG_TYPE", `${what} must be a text; YAML reads ${node.source.slice(0, 80)} as a ${typeof node.value}`, `put it in quotes: "${node.source.slice(0, 80)}"`);
	if (node.value.trim() === "") throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is empty`, "write a value");
	return node.value;
}
/**
* A one-line text without control characters, at most `limit` characters.
* @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE
*/
function asLine(node, what, limit = 500) {
	const text = asText(node, what);
	if (text.length > limit || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text) || text !== text.trim()) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is not one line of at most ${limit} printable characters: ${quote(text)}`, "remove control characters, line breaks and space at the ends");
	return text;
}
/** @throws PolicyError POLICY_WRONG_TYPE */
function asWhole(node, what) {
	if (node.kind === "scalar" && typeof node.value === "number" && /^[0-9]{1,9}$/.test(node.source)) return node.value;
	throw wrongType(node, what, "a whole number");
}
/**
* A list, not longer than `limit`; an empty one only where `mayBeEmpty`.
* @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE
*/
function asList(node, what, options) {
	if (node.kind !== "list") throw wrongType(node, what, "a list");
	if (node.items.length === 0 && !options.mayBeEmpty) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is an empty list`, "add an entry");
	if (node.items.length > options.limit) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} has more than ${options.limit} entries`, "shorten the list");
	return node.items;
}
/**
* One value or a list of values.
* @throws PolicyError POLICY_WRONG_TYPE, POLICY_INVALID_VALUE
*/
function oneOrMany(node, what, limit) {
	return node.kind === "list" ? asList(node, what, { limit }) : [node];
}
/**
* Texts of which none appears twice.
* @throws PolicyError POLICY_DUPLICATE
*/
function assertUnique(values, what) {
	const seen = /* @__PURE__ */ new Set();
	for (const { text, node } of values) {
		if (seen.has(text)) throw problemAt(node, "POLICY_DUPLICATE", `${what} ${quote(text)} twice`, "remove one of the two");
		seen.add(text);
	}
}
function wrongType(node, what, wanted) {
	return problemAt(node, "POLICY_WRONG_TYPE", `${what} must be ${wanted}, found ${node.kind === "scalar" ? node.value === null ? "nothing" : quote(node.source) : `a ${node.kind}`}`, `write ${wanted}`);
}

// src/policy/parse-identity.ts
const MAP_RULES = [
	"exactReference",
	"exactRepository",
	"remapIdentity"
];
/** @throws PolicyError POLICY_INVALID_VALUE, POLICY_WRONG_TYPE, POLICY_UNKNOWN_KEY, POLICY_MISSING_KEY */
function parseSignedIdentity(node, stage) {
	const what = `signedIdentity of stage ${stage}`;
	if (node.kind !== "map") return { type: parseMatch(node, what) };
	const [[type, entry] = [void 0, void 0], second] = fieldsOf(node, what, {
		required: [],
		optional: MAP_RULES
	});
	if (!entry || second) throw problemAt(node, "POLICY_INVALID_VALUE", `${what} has not exactly one rule`, `use one of: ${MAP_RULES.join(", ")}`);
	switch (MAP_RULES.find((rule) => rule === type)) {
		case "exactReference": return {
			type: "exactReference",
			reference: parseName(entry.value, `exactReference in ${what}`, "reference")
		};
		case "exactRepository": return {
			type: "exactRepository",
			repository: parseName(entry.value, `exactRepository in ${what}`, "repository")
		};
		default: return parseRemap(entry.value, `remapIdentity in ${what}`);
	}
}
function parseMatch(node, what) {
	const text = asLine(node, what);
	const match = IDENTITY_MATCHES.find((one) => one === text);
	if (match) return match;
	const known = [...IDENTITY_MATCHES, ...MAP_RULES];
	throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is ${quote(text)}`, didYouMean(text, known));
}
function parseName(node, what, wanted) {
	const text = asLine(node, what);
	const reference = parseDockerReference(text);
	if (reference && isNameOnly(reference) === (wanted === "repository")) return text;
	const hint = wanted === "repository" ? "write registry.example.org/team/app" : "write registry.example.org/team/app:1.0";
	throw problemAt(node, "POLICY_INVALID_VALUE", `${what} is no ${wanted}: ${quote(text)}`, hint);
}
function parseRemap(node, what) {
	const fields = fieldsOf(node, what, {
		required: ["prefix", "signedPrefix"],
		optional: []
	});
	const prefix = (key) => {
		const value = fields.get(key)?.value ?? node;
		const text = asLine(value, `${key} of ${what}`);
		if (parseDockerReference(`${text}/x`)?.name === `${text}/x`) return text;
		throw problemAt(value, "POLICY_INVALID_VALUE", `${key} of ${what} is no host or repository: ${quote(text)}`, "write registry.example.org or registry.example.org/team");
	};
	return {
		type: "remapIdentity",
		prefix: prefix("prefix"),
		signedPrefix: prefix("signedPrefix")
	};
}

// src/policy/schema.ts
/** Longest lists of a policy: stages, principals and approvers, credentials of a principal, files of a kind, groups. */
const POLICY_LIMITS = {
	stages: 64,
	principals: 1e3,
	credentials: 64,
	files: 256,
	distinct: 64
};

// src/policy/parse-principals.ts
const PRINCIPAL_NAME = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/;
const FINGERPRINT = /^[0-9A-F]{40}$/;
/** @throws PolicyError */
function parsePrincipals(node) {
	const { entries } = asMap(node, "principals");
	if (entries.size === 0 || entries.size > POLICY_LIMITS.principals) throw problemAt(node, "POLICY_INVALID_VALUE", `principals has ${entries.size} entries`, `write 1 to ${POLICY_LIMITS.principals} principals`);
	return [...entries].map(([name, { value, location }]) => {
		if (!PRINCIPAL_NAME.test(name)) throw problemAt({
			...value,
			location
		}, "POLICY_INVALID_VALUE", `${quote(name)} is no name for a principal`, "use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit");
		return parsePrincipal(name, value);
	});
}
function parsePrincipal(name, node) {
	const what = `principal ${name}`;
	const fields = fieldsOf(node, what, {
		required: [],
		optional: [
			"pgp",
			"key",
			"x509"
		]
	});
	const items = (key) => {
		const value = fields.get(key)?.value;
		return value ? oneOrMany(value, `${key} of ${what}`, POLICY_LIMITS.credentials) : [];
	};
	if (fields.size === 0) throw problemAt(node, "POLICY_MISSING_KEY", `${what} has no credential`, "add one of pgp, key, x509");
	const fingerprints = items("pgp").map((item) => ({
		text: parseFingerprint(item, what),
		node: item
	}));
	assertUnique(fingerprints, `${what} lists`);
	return {
		name,
		pgp: fingerprints.map(({ text }) => text),
		keys: items("key").map((item) => parseKey(item, what)),
		x509: items("x509").map((item) => parseX509(item, what))
	};
}
function parseFingerprint(node, what) {
	const written = asLine(node, `the pgp fingerprint of ${what}`);
	const digits = written.replace(/ /g, "").toUpperCase();
	if (FINGERPRINT.test(digits)) return digits;
	throw problemAt(node, "POLICY_INVALID_VALUE", `the pgp fingerprint of ${what} is not 40 hex digits: ${quote(written)}`, fingerprintHint(digits));
}
function fingerprintHint(digits) {
	const hex = digits.replace(/^0X/, "");
	if (/^(?:[0-9A-F]{8}|[0-9A-F]{16})$/.test(hex)) return "a key ID can be forged; write the whole fingerprint, as gpg --fingerprint shows it";
	if (/^[0-9A-F]{64}$/.test(hex)) return "version 6 keys are not supported; use a version 4 key";
	if (/^[0-9A-F]{40}$/.test(hex)) return "leave out 0x";
	return "write the 40 hex digits of the primary key, as gpg --fingerprint shows them";
}
function parseKey(node, what) {
	const text = asText(node, `the key of ${what}`);
	if (text.trimStart().startsWith("-----BEGIN ")) return {
		from: "text",
		pem: text,
		location: node.location
	};
	return {
		from: "file",
		path: asLine(node, `the key of ${what}`, 4096),
		location: node.location
	};
}
function parseX509(node, principal) {
	const what = `x509 of ${principal}`;
	const fields = fieldsOf(node, what, {
		required: ["anchors"],
		optional: [
			"san",
			"subject",
			"issuer"
		]
	});
	if (!fields.has("san") && !fields.has("subject")) throw problemAt(node, "POLICY_MISSING_KEY", `${what} names neither san nor subject, so that every certificate of the CA would match`, "add san: or subject:");
	const patterns = (kind) => parsePatterns(fields.get(kind)?.value, kind, what);
	return {
		anchors: parseAnchors(fields.get("anchors")?.value ?? node, what),
		san: patterns("san"),
		subject: patterns("subject"),
		issuer: patterns("issuer")
	};
}
function parseAnchors(node, what) {
	return oneOrMany(node, `anchors in ${what}`, POLICY_LIMITS.files).map((item) => ({
		path: asLine(item, `anchors in ${what}`, 4096),
		location: item.location
	}));
}
function parsePatterns(node, kind, what) {
	if (!node) return [];
	return oneOrMany(node, `${kind} in ${what}`, POLICY_LIMITS.credentials).map((item) => {
		const pattern = asLine(item, `${kind} in ${what}`);
		const problem = patternProblem(pattern, kind);
		if (problem === void 0) return pattern;
		throw problemAt(item, "POLICY_PATTERN", `the ${kind} pattern ${quote(pattern)} ${problem}`, "write the exact value, or one star inside a single part of it");
	});
}

// src/policy/parse.ts
const STAGE_NAME = /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/;
const NATIVE_FORMATS = [
	"pgp",
	"dsse",
	"cosign"
];
/**
* The policy in a file's bytes; `file` names it in errors.
* @throws PolicyError with file, line and column
*/
function parsePolicy(bytes, file) {
	const root = parseYaml(policyText(bytes, file), file);
	const fields = fieldsOf(root, "the policy", {
		required: [
			"version",
			"name",
			"principals",
			"stages"
		],
		optional: ["trust", "distinct"]
	});
	const field = (name) => fields.get(name)?.value ?? root;
	if (asWhole(field("version"), "version") !== 1) throw problemAt(field("version"), "POLICY_INVALID_VALUE", "this version of the policy format is unknown", "write version: 1");
	const principals = parsePrincipals(field("principals"));
	const stages = parseStages(field("stages"), principals);
	return {
		name: asLine(field("name"), "name", 100),
		trust: parseTrust(fields.get("trust")),
		principals,
		stages,
		distinct: parseDistinct(fields.get("distinct"), stages)
	};
}
function policyText(bytes, file) {
	const location = {
		file,
		line: 1,
		column: 1
	};
	if (bytes.length > LIMITS.policyBytes) throw new PolicyError("POLICY_SYNTAX", `the policy has ${bytes.length} bytes; the limit is ${LIMITS.policyBytes}`, {
		location,
		hint: "check that the right file was given"
	});
	try {
		return decodeUtf8(bytes, "the policy");
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		throw new PolicyError("POLICY_SYNTAX", cause.message, {
			cause,
			location,
			hint: "save the policy as UTF-8"
		});
	}
}
function parseTrust(entry) {
	if (!entry) return {
		keyrings: [],
		intermediates: [],
		certificates: []
	};
	const fields = fieldsOf(entry.value, "trust", {
		required: [],
		optional: [
			"keyrings",
			"intermediates",
			"certificates"
		]
	});
	const files = (key) => parseFiles(fields.get(key)?.value, `trust.${key}`);
	return {
		keyrings: files("keyrings"),
		intermediates: files("intermediates"),
		certificates: files("certificates")
	};
}
function parseFiles(node, what) {
	if (!node) return [];
	return oneOrMany(node, what, POLICY_LIMITS.files).map((item) => ({
		path: asLine(item, what, 4096),
		location: item.location
	}));
}
function parseStages(node, principals) {
	const stages = [];
	const items = asList(node, "stages", { limit: POLICY_LIMITS.stages });
	for (const item of items) stages.push(parseStage(item, stages, principals));
	const located = (pick) => stages.map((stage, index) => ({
		text: pick(stage),
		node: items[index] ?? node
	}));
	assertUnique(located((stage) => stage.name), "stages lists the stage");
	assertUnique(located((stage) => stage.id), "stages uses the id");
	return stages;
}
function parseStage(node, earlier, principals) {
	const fields = fieldsOf(node, "this stage", {
		required: ["name", "approvers"],
		optional: [
			"id",
			"threshold",
			"after",
			"native",
			"signedIdentity"
		]
	});
	const nameNode = fields.get("name")?.value ?? node;
	const name = asLine(nameNode, "the name of this stage");
	if (!STAGE_NAME.test(name)) throw problemAt(nameNode, "POLICY_INVALID_VALUE", `${quote(name)} is no stage name`, "use 1 to 42 lower-case letters, digits and hyphens, with no hyphen at the ends");
	const approvers = parseNames(fields.get("approvers")?.value ?? node, {
		what: `the approvers of stage ${name}`,
		known: principals.map((principal) => principal.name)
	});
	const native = parseNative(fields.get("native")?.value, name);
	return {
		name,
		id: parseId(fields.get("id")?.value, name),
		approvers,
		threshold: parseThreshold(fields.get("threshold")?.value, name, approvers),
		after: parseAfter(fields.get("after")?.value, name, earlier),
		native,
		...parseIdentity(fields.get("signedIdentity"), name, native)
	};
}
function parseIdentity(entry, stage, native) {
	if (!entry) return {};
	if (native.includes("cosign")) return { signedIdentity: parseSignedIdentity(entry.value, stage) };
	throw new PolicyError("POLICY_INVALID_VALUE", `stage ${stage} has signedIdentity and accepts no cosign signatures`, {
		location: entry.location,
		hint: "add native: cosign, or remove signedIdentity: approvals name the content alone"
	});
}
function parseId(node, stage) {
	if (!node) return `urn:countersign:stage:${stage}`;
	const id = asLine(node, `the id of stage ${stage}`);
	if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(id)) return id;
	throw problemAt(node, "POLICY_INVALID_VALUE", `the id of stage ${stage} is no URI: ${quote(id)}`, "write a URI");
}
function parseThreshold(node, stage, approvers) {
	if (!node) return 1;
	const threshold = asWhole(node, `the threshold of stage ${stage}`);
	if (threshold < 1) throw problemAt(node, "POLICY_INVALID_VALUE", `the threshold of stage ${stage} is ${threshold}`, "write 1 or more");
	if (threshold > approvers.length) throw problemAt(node, "POLICY_UNSATISFIABLE", `stage ${stage} needs ${threshold} approvers and lists ${approvers.length}`, "lower the threshold or add approvers");
	return threshold;
}
function parseAfter(node, stage, earlier) {
	const names = earlier.map((one) => one.name);
	if (!node) return names.slice(-1);
	const after = (node.kind === "list" ? asList(node, `after of stage ${stage}`, {
		limit: POLICY_LIMITS.stages,
		mayBeEmpty: true
	}) : [node]).map((item) => ({
		text: asLine(item, `after of stage ${stage}`),
		node: item
	}));
	for (const { text, node: item } of after) if (!names.includes(text)) throw problemAt(item, "POLICY_ORDER", `stage ${stage} comes after ${quote(text)}, which is no stage listed before it`, names.length === 0 ? "the first stage comes after none: write after: []" : didYouMean(text, names));
	assertUnique(after, `after of stage ${stage} lists`);
	return after.map(({ text }) => text);
}
function parseNative(node, stage) {
	if (!node) return [];
	const what = `native of stage ${stage}`;
	const located = (node.kind === "list" ? asList(node, what, {
		limit: NATIVE_FORMATS.length,
		mayBeEmpty: true
	}) : [node]).map((item) => ({
		text: asLine(item, what),
		node: item
	}));
	assertUnique(located, `${what} lists`);
	return located.map(({ text, node: item }) => {
		const format = NATIVE_FORMATS.find((one) => one === text);
		if (format) return format;
		throw problemAt(item, "POLICY_INVALID_VALUE", `${what} lists ${quote(text)}`, didYouMean(text, NATIVE_FORMATS));
	});
}
function parseNames(node, options) {
	const { what, known } = options;
	const names = oneOrMany(node, what, POLICY_LIMITS.principals).map((item) => ({
		text: asLine(item, what),
		node: item
	}));
	for (const { text, node: item } of names) if (!known.includes(text)) throw problemAt(item, "POLICY_UNKNOWN_NAME", `${what} name ${quote(text)}, which is not defined`, didYouMean(text, known));
	assertUnique(names, `${what} name`);
	return names.map(({ text }) => text);
}
function parseDistinct(entry, stages) {
	if (!entry) return [];
	const known = stages.map((stage) => stage.name);
	const groups = asList(entry.value, "distinct", {
		limit: POLICY_LIMITS.distinct,
		mayBeEmpty: true
	}).map((item) => {
		if (item.kind !== "list" || item.items.length < 2) throw problemAt(item, "POLICY_WRONG_TYPE", "distinct holds lists of two or more stages", "write - [author, security]");
		return parseNames(item, {
			what: "the stages of distinct",
			known
		});
	});
	assertSatisfiable(stages, groups, entry.value);
	return groups;
}
/** Supposes that every approver approved: if even that does not do, nothing ever will. */
function assertSatisfiable(stages, distinct, node) {
	const needs = stages.map((stage) => ({
		stage: stage.name,
		needed: stage.threshold,
		candidates: stage.approvers.map((principal) => ({
			signer: principal,
			principal
		}))
	}));
	const failed = fillStages(needs, distinct).find((fill) => !fill.met && !fill.undecided);
	if (failed) throw problemAt(node, "POLICY_UNSATISFIABLE", `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`, "add approvers, lower a threshold, or take the stage out of distinct");
}

// src/policy/load.ts
/**
* Reads a policy file and every file it names.
* @throws PolicyError; SystemError or DataError when the policy file itself cannot be read
*/
async function loadPolicy(path) {
	const absolute = resolve(path);
	return loadPolicyBytes(await readFileBounded(absolute, LIMITS.policyBytes), {
		path: absolute,
		folder: dirname(absolute)
	});
}
/**
* The same for a policy given as text; relative paths start at `folder`, `path` names it in errors.
* @throws PolicyError
*/
async function loadPolicyBytes(bytes, where) {
	const document = parsePolicy(bytes, where.path);
	const reader = new TrustReader(where.folder);
	const principals = [];
	for (const principal of document.principals) principals.push({
		name: principal.name,
		credentials: await reader.credentials(principal)
	});
	const digest = sha256(bytes);
	const { name, stages, distinct } = document;
	const trust = await reader.trust(document);
	return {
		policy: {
			name,
			digest,
			principals,
			stages,
			distinct
		},
		name,
		digest,
		trust,
		path: where.path,
		files: reader.files
	};
}
/** Reads trust files once each and collects what principals bring along. */
var TrustReader = class {
	#folder;
	#files = /* @__PURE__ */ new Map();
	#keys = /* @__PURE__ */ new Map();
	#anchors = /* @__PURE__ */ new Map();
	#origins = /* @__PURE__ */ new Map();
	constructor(folder) {
		this.#folder = folder;
	}
	/** What was read so far. */
	get files() {
		return [...this.#files.keys()];
	}
	async credentials(principal) {
		const credentials = principal.pgp.map((fingerprint) => ({
			method: "pgp",
			fingerprint
		}));
		for (const key of principal.keys) credentials.push(await this.#key(key));
		for (const x509 of principal.x509) credentials.push(await this.#x509(x509));
		return credentials;
	}
	async trust({ trust }) {
		const keyrings = [];
		for (const file of trust.keyrings) {
			const keyring = assertKeyring(await this.#read(file), file);
			keyrings.push(keyring);
			this.#origins.set(keyring, file);
		}
		return {
			keyrings,
			keys: [...this.#keys.values()],
			anchors: [...this.#anchors.values()],
			intermediates: await this.#certificates(trust.intermediates),
			certificates: await this.#certificates(trust.certificates),
			origins: this.#origins
		};
	}
	async #key(source) {
		const bytes = source.from === "text" ? Buffer.from(source.pem, "utf8") : await this.#read(source);
		const path = source.from === "text" ? "this key" : source.path;
		const spki = spkiOf(bytes, path, source.location);
		this.#origins.set(spki, {
			path,
			location: source.location
		});
		const digest = sha256(spki);
		this.#keys.set(digest, spki);
		return {
			method: "key",
			hint: toBase64(Buffer.from(digestHex(digest), "hex"))
		};
	}
	async #x509({ anchors, san, subject, issuer }) {
		const ders = await this.#certificates(anchors);
		for (const der of ders) this.#anchors.set(sha256Hex(der), der);
		return {
			method: "x509",
			anchors: ders.map(sha256Hex),
			san,
			subject,
			issuer
		};
	}
	async #certificates(files) {
		const ders = /* @__PURE__ */ new Map();
		for (const file of files) for (const der of certificatesOf(await this.#read(file), file)) {
			ders.set(sha256Hex(der), der);
			this.#origins.set(der, file);
		}
		return [...ders.values()];
	}
	async #read({ path, location }) {
		const absolute = resolve(this.#folder, path);
		const reading = this.#files.get(absolute) ?? readFileBounded(absolute, LIMITS.keyFileBytes);
		this.#files.set(absolute, reading);
		try {
			return await reading;
		} catch (cause) {
			if (!(cause instanceof CountersignError)) throw cause;
			throw new PolicyError("POLICY_TRUST_FILE", cause.message, {
				cause,
				location,
				hint: `check the path; relative ones start at ${this.#folder}`
			});
		}
	}
};
function textOf(bytes) {
	return Buffer.from(bytes).toString("latin1");
}
function unusable(problem, location, cause) {
	return new PolicyError("POLICY_TRUST_FILE", problem, {
		cause,
		location,
		hint: "give a file with public keys or certificates in PEM, DER or, for keyrings, OpenPGP form"
	});
}
/** A policy lies in a repository: a private key in it is a leak, whatever else is in the file. */
function assertNoPrivateKey(text, what, location) {
	if (/-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(text)) throw new PolicyError("POLICY_TRUST_FILE", `${what} holds a private key`, {
		location,
		hint: "replace it by its public key, and treat the private key as leaked if others can read the file"
	});
}
function assertKeyring(bytes, { path, location }) {
	const text = textOf(bytes);
	assertNoPrivateKey(text, path, location);
	const armored = text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----");
	const first = bytes[0] ?? 0;
	const binary = (first & 252) === 152 || first === 198;
	if (armored || binary) return bytes;
	throw unusable(`${path} is no OpenPGP public keyring`, location);
}
/** DER of the SPKI in a PEM or DER file: `PUBLIC KEY`, or PKCS#1 `RSA PUBLIC KEY`. */
function spkiOf(bytes, what, location) {
	const text = textOf(bytes);
	assertNoPrivateKey(text, what, location);
	try {
		const [block, second] = text.includes("-----BEGIN ") ? parsePem(text) : [{
			label: "PUBLIC KEY",
			der: bytes
		}];
		if (!block || second) throw unusable(`${what} must hold exactly one public key`, location);
		const type = block.label === "PUBLIC KEY" ? "spki" : block.label === "RSA PUBLIC KEY" ? "pkcs1" : void 0;
		if (!type) throw unusable(`${what} holds a ${block.label}, not a public key`, location);
		const key = createPublicKey({
			key: Buffer.from(block.der),
			format: "der",
			type
		});
		return new Uint8Array(key.export({
			type: "spki",
			format: "der"
		}));
	} catch (cause) {
		if (cause instanceof PolicyError) throw cause;
		throw unusable(`${what} is no public key that can be read`, location, cause);
	}
}
/** DER of every certificate in a PEM or DER file; at least one. */
function certificatesOf(bytes, { path, location }) {
	const text = textOf(bytes);
	assertNoPrivateKey(text, path, location);
	try {
		const blocks = text.includes("-----BEGIN ") ? parsePem(text) : [{
			label: "CERTIFICATE",
			der: bytes
		}];
		const foreign = blocks.find(({ label }) => label !== "CERTIFICATE");
		if (foreign) throw unusable(`${path} holds a ${foreign.label}, not only certificates`, location);
		if (blocks.length === 0) throw unusable(`${path} holds no certificate`, location);
		for (const { der } of blocks) if (!equalBytes(new X509Certificate(der).raw, der)) throw unusable(`${path}: bytes follow a certificate`, location);
		return blocks.map(({ der }) => der);
	} catch (cause) {
		if (cause instanceof PolicyError) throw cause;
		throw unusable(`${path} holds no certificate that can be read`, location, cause);
	}
}

export { loadPolicyBytes as n, loadPolicy as t };