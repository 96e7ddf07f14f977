import { f as sha256Hex, g as utf8, o as equalBytes, u as parsePem } from "./bytes.mjs";
import { o as SystemError, r as DataError, t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as findFile, d as rootsAt, i as filesAt, o as findSmallFile } from "./files.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { u as spkisIn } from "./keys.mjs";
import { a as keyBlocks, s as repairArmor } from "./framing.mjs";
import { resolve } from "node:path";
import { X509Certificate } from "node:crypto";

// src/crypto/trust.ts
/** Trust material with these parts and nothing else. */
function trustIn(parts) {
	return {
		keyrings: [],
		keys: [],
		anchors: [],
		intermediates: [],
		certificates: [],
		timestamps: [],
		sigstore: [],
		...parts
	};
}
/** What an identity says of where it is trusted; nothing where that is not known. */
function sourceOf({ origins }, part) {
	const source = origins?.get(part)?.source;
	return source ? { trustSource: source } : {};
}
/** Apptainer's rings of public keys, by the ends of their paths, so that the answer is the same on every machine. */
const RINGS = [["global-ring", /(^|\/)apptainer\/global-pgp-public$/], ["user-ring", /(^|\/)\.apptainer\/keys\/pgp-public$/]];
function describeSource({ name, isText }, kind, input) {
	const by = input === void 0 ? "policy" : "input";
	if (isText) return {
		kind: `${by}-text`,
		name: input ?? by
	};
	const [ring] = kind === "keyring" ? RINGS.find(([, end]) => end.test(name)) ?? [] : [];
	return {
		kind: ring ?? `${by}-file`,
		name
	};
}
/** True for the text of a key or certificate, which is no path. */
function isArmored(text) {
	return text.trimStart().startsWith("-----BEGIN ");
}
/** Reads each file once, and remembers where every part comes from. */
var TrustFiles = class {
	/** Where each part comes from. */
	origins = /* @__PURE__ */ new Map();
	/** Every file that was read, once. */
	files = [];
	/** Absolute paths below which it was looked for files: the files and folders named, and where patterns begin. */
	roots = /* @__PURE__ */ new Set();
	#folder;
	#read = /* @__PURE__ */ new Map();
	#totalBytes = 0;
	#accept;
	/** Relative paths start at `folder`; `accept` throws for a file that is not to be parsed. */
	constructor(folder, accept = () => {}) {
		this.#folder = folder;
		this.#accept = accept;
	}
	/**
	* The parts of all entries, each once: keyrings as they are, keys as SPKI, certificates as DER.
	* @throws SignatureError SIGNATURE_TRUST_UNREADABLE; SystemError, DataError for what cannot be read
	*/
	async parts(kind, entries) {
		const found = /* @__PURE__ */ new Map();
		for (const { value, location, input, folder = this.#folder } of entries) for (const file of await this.#files(value, {
			kind,
			input,
			folder,
			location
		})) for (const part of partsOf(kind, file, { mayBeSecret: input !== void 0 })) {
			const digest = sha256Hex(part);
			if (found.has(digest)) continue;
			found.set(digest, part);
			const source = describeSource(file, kind, input);
			this.origins.set(part, {
				path: file.name,
				...location ? { location } : {},
				source
			});
		}
		return [...found.values()];
	}
	/** The same for the values of an input. @throws as parts */
	given(kind, input, values) {
		return this.parts(kind, values.map((value) => ({
			value,
			input
		})));
	}
	async #files(value, { kind, input = "the policy", folder, location }) {
		if (isArmored(value)) return [{
			name: `the text in ${input}`,
			bytes: repairArmor(utf8(value)),
			isText: true
		}];
		const small = this.#small({
			name: value,
			path: resolve(folder, value),
			kind,
			location
		});
		if (small) return [small];
		const names = await filesAt(value, folder);
		for (const root of await rootsAt(value, folder)) this.roots.add(root);
		return Promise.all(names.map((name) => this.#file({
			name,
			path: resolve(folder, name),
			kind,
			location
		})));
	}
	/** What is a small file is no folder or pattern, and need not be looked at before it is read. */
	#small(file) {
		const found = this.#read.has(file.path) ? void 0 : findSmallFile(file.path);
		if (!found) return void 0;
		this.roots.add(file.path);
		const taken = this.#take({
			...file,
			...found
		});
		this.#read.set(file.path, Promise.resolve(taken));
		return taken;
	}
	#file(file) {
		const known = this.#read.get(file.path);
		if (known) return known;
		const reading = this.#open(file);
		this.#read.set(file.path, reading);
		return reading;
	}
	async #open(file) {
		const limit = file.kind === "crl" ? LIMITS.crlFileBytes : LIMITS.keyringBytes;
		return this.#take({
			...file,
			...await findFile(file.path, limit)
		});
	}
	#take(file) {
		const { name, bytes } = file;
		this.#totalBytes += bytes.length;
		if (this.#totalBytes > LIMITS.trustTotalBytes) throw new DataError("DATA_TOO_LARGE", `keys, certificates and CRLs have more than ${LIMITS.trustTotalBytes} bytes`, { hint: "name the files that are needed, not a folder of everything" });
		this.#accept(file);
		this.files.push(file);
		return {
			name,
			bytes
		};
	}
};
/** Packet tags of public keys, and of signatures that stand alone, as revocations do. */
const KEY_TAGS = [6, 2];
const SECRET_KEY_TAG = 5;
/** @throws SignatureError SIGNATURE_TRUST_UNREADABLE, which names the file */
function partsOf(kind, { name, bytes }, options) {
	try {
		switch (kind) {
			case "keyring": return [assertKeyring(bytes, options)];
			case "key": return spkisIn(bytes);
			case "certificate": return certificatesIn(bytes);
			case "crl": return crlsIn(bytes);
			case "trusted-root": return [bytes];
			default: return kind;
		}
	} catch (cause) {
		if (!(cause instanceof CountersignError) || cause instanceof SystemError) throw cause;
		const { message, hint } = cause;
		throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", `${name}: ${message}`, {
			hint,
			cause
		});
	}
}
/**
* An empty keyring is one. What the keys are worth is said when they are read. A secret key beside a policy, where
* everybody looks for public ones, is a leak; one's own keyring, given as an input, may hold it.
*/
function assertKeyring(bytes, { mayBeSecret }) {
	const blocks = keyBlocks(bytes);
	const secret = packetTag(bytes) === SECRET_KEY_TAG || Buffer.from(bytes).includes("-----BEGIN PGP PRIVATE KEY BLOCK-----");
	if (secret && mayBeSecret) return bytes;
	if (secret) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the file holds a secret OpenPGP key", { hint: "replace it by its public key, and treat the secret one as leaked if others can read the file" });
	if (bytes.length === 0 || (blocks ? blocks.length > 0 : KEY_TAGS.includes(packetTag(bytes)))) return bytes;
	throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the file holds no OpenPGP key", { hint: "give public keys as `gpg --export --armor FINGERPRINT` or `apptainer key export FILE` write them" });
}
/**
* The tag of the first packet, in the old or the new format; 0 where there is none.
* @see https://www.rfc-editor.org/rfc/rfc9580.html#section-4.2
*/
function packetTag([first = 0]) {
	return first >= 192 ? first & 63 : first >= 128 ? (first & 63) >> 2 : 0;
}
function certificatesIn(bytes) {
	const text = Buffer.from(bytes).toString("latin1");
	const blocks = text.includes("-----BEGIN ") ? parsePem(text) : [{
		label: "CERTIFICATE",
		der: bytes
	}];
	const foreign = blocks.find(({ label }) => label !== "CERTIFICATE");
	if (foreign) throw noCertificate(`it holds a ${foreign.label}, not only certificates`);
	if (blocks.length === 0) throw noCertificate("it holds no certificate");
	for (const { der } of blocks) {
		let raw;
		try {
			({raw} = new X509Certificate(der));
		} catch (cause) {
			throw noCertificate("it holds no certificate that can be read", cause);
		}
		if (!equalBytes(raw, der)) throw noCertificate("bytes follow a certificate");
	}
	return blocks.map(({ der }) => der);
}
/** DER begins with a sequence, and PEM with a dash or an explanation. What is in a list is said when it is parsed. */
function crlsIn(bytes) {
	if (bytes[0] === 48) return [bytes];
	const blocks = parsePem(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"));
	const foreign = blocks.find(({ label }) => label !== "X509 CRL");
	if (foreign || blocks.length === 0) throw new SignatureError("SIGNATURE_CRL_UNREADABLE", foreign ? `it holds a ${foreign.label}` : "it holds no CRL");
	return blocks.map(({ der }) => der);
}
function noCertificate(problem, cause) {
	return new SignatureError("SIGNATURE_TRUST_UNREADABLE", problem, {
		cause,
		hint: "give certificates in PEM or DER form, and nothing else in the same file"
	});
}

export { trustIn as i, isArmored as n, sourceOf as r, TrustFiles as t };