import { d as sha256, g as utf8, o as equalBytes } from "./bytes.mjs";
import { c as UsageError, o as SystemError, t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as trustIn, t as TrustFiles } from "./trust.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { l as readFileBounded } from "./files.mjs";
import { r as GateError } from "./errors11.mjs";
import { r as writeNewFolder } from "./folder2.mjs";
import { i as encodePae, o as parseBundle } from "./bundle2.mjs";
import { r as signStatement } from "./sign.mjs";
import { _ as subjectNamed, c as encodeStatement, g as subjectDigests, i as digestMap, n as IN_TOTO_PAYLOAD_TYPE, p as parseStatement } from "./statement.mjs";
import { a as asOptionalText, i as asObject, o as asText } from "./members.mjs";
import { p as toSecond } from "./text.mjs";
import { i as signaturePath, t as loadPolicy } from "./load.mjs";
import { d as pinFrom } from "./trust2.mjs";
import { c as signerFrom } from "./signing.mjs";
import { mkdtemp } from "node:fs/promises";
import { dirname, join, posix, sep } from "node:path";

// src/gates/trust-bundle/archive.ts
const BLOCK = 512;
const MAX_FILES = 4096;
const NAME_BYTES = 100;
/**
* The archive.
* @throws GateError GATE_BUNDLE_INVALID when a name cannot be stored, or there are more files than are read
* @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06
*/
function encodeArchive(files) {
	assertNames(files);
	const blocks = files.flatMap(({ name, bytes }) => [
		headerOf(name, bytes.length),
		bytes,
		new Uint8Array(paddingOf(bytes.length))
	]);
	return Buffer.concat([...blocks, new Uint8Array(2 * BLOCK)]);
}
/** The files. @throws GateError GATE_BUNDLE_INVALID for everything that encodeArchive would not have written */
function decodeArchive(archive) {
	const files = [];
	let at = 0;
	while (at + BLOCK <= archive.length && archive[at] !== 0) {
		const header = Buffer.from(archive.subarray(at, at + BLOCK));
		const size = /^([0-7]{11})\0/.exec(header.toString("latin1", 124, 136))?.[1];
		const length = Number.parseInt(size ?? "", 8);
		const end = at + BLOCK + length;
		if (size === void 0 || end > archive.length) throw invalid(`the entry at byte ${at} has no size that fits`);
		files.push({
			name: nameIn(header),
			bytes: archive.subarray(at + BLOCK, end)
		});
		assertCount(files);
		at = end + paddingOf(length);
	}
	if (!equalBytes(encodeArchive(files), archive)) throw invalid("it has links, folders, attributes, or bytes that a trust bundle does not have");
	return files;
}
function assertCount({ length }) {
	if (length > MAX_FILES) throw invalid(`it has more than ${MAX_FILES} files; put keys and certificates of a kind into one file`);
}
function assertNames(files) {
	assertCount(files);
	const seen = /* @__PURE__ */ new Set();
	for (const { name } of files) {
		if (!isSafeName(name)) throw invalid(`${JSON.stringify(name.slice(0, 200))} is no name of a file in a trust bundle`);
		const folded = name.normalize("NFC").toLowerCase();
		if (seen.has(folded)) throw invalid(`it has ${JSON.stringify(name)} twice`);
		seen.add(folded);
	}
}
function isSafeName(name) {
	const parts = name.split("/");
	return utf8(name).length <= NAME_BYTES && name.isWellFormed() && !/[\p{Cc}\p{Cf}\\:]/u.test(name) && parts.every((part) => part !== "" && part !== "." && part !== "..");
}
function headerOf(name, size) {
	const header = Buffer.alloc(BLOCK);
	header.write(name, 0, NAME_BYTES, "utf8");
	header.write("0000644\0" + "0000000\0".repeat(2), 100, "latin1");
	header.write(`${size.toString(8).padStart(11, "0")}\0${"0".repeat(11)}\0`, 124, "latin1");
	header.write("        0", 148, "latin1");
	header.write("ustar\x0000", 257, "latin1");
	const sum = header.reduce((total, byte) => total + byte, 0);
	header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
	return header;
}
function nameIn(header) {
	const end = header.indexOf(0);
	return header.toString("utf8", 0, end < 0 || end > NAME_BYTES ? NAME_BYTES : end);
}
function paddingOf(size) {
	return (BLOCK - size % BLOCK) % BLOCK;
}
/** An archive, or what is to become one, that is no trust bundle. */
function invalid(problem, cause) {
	return new GateError("GATE_BUNDLE_INVALID", `the trust bundle cannot be used: ${problem}`, { cause });
}

// src/gates/trust-bundle/trust-bundle.ts
/** Predicate type of the statement. */
const PREDICATE_TYPE = "urn:countersign:trust-bundle:v1";
/** Name of the signed statement in the archive. */
const STATEMENT_NAME = "trust-bundle.sigstore.json";
/**
* The files of a policy, and what `policy sign` wrote beside it; the first is the policy. Their names start at the
* innermost folder that is above all of them.
* @throws GateError GATE_BUNDLE_INVALID when one is named by an absolute path; SystemError
*/
async function bundleFiles({ files, path }) {
	const [policy, ...named] = files;
	if (policy?.path !== path) throw invalid("the policy is no file");
	const outside = files.find(({ name }) => name.startsWith("/") || /^[A-Za-z]:/.test(name));
	if (outside) throw invalid(`${outside.path} is named by an absolute path, so that it would not be found in another place`);
	const up = Math.max(...files.map(({ name }) => /^(?:\.\.\/)*/.exec(name)?.[0].length ?? 0)) / 3;
	const above = up === 0 ? "" : dirname(path).split(sep).slice(-up).join("/");
	const sorted = named.toSorted((one, other) => one.name < other.name ? -1 : 1);
	return [
		policy,
		...new Map(sorted.map((file) => [file.name, file])).values(),
		...await signatureOf(policy)
	].map(({ name, bytes }) => ({
		name: posix.join(above, name),
		bytes
	}));
}
async function signatureOf({ name, path }) {
	try {
		return [{
			name: signaturePath(name),
			bytes: await readFileBounded(signaturePath(path), LIMITS.bundleBytes)
		}];
	} catch (error) {
		if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return [];
		throw error;
	}
}
/** The archive of a policy with its files, the policy first. @throws GateError GATE_BUNDLE_INVALID; SignatureError when it cannot be signed */
async function encodeTrustBundle(loaded, files, { signer, now, profile }) {
	const statement = encodeStatement({
		subject: files.map(({ name, bytes }) => subjectNamed(name, sha256(bytes))),
		predicateType: PREDICATE_TYPE,
		predicate: {
			policy: {
				uri: loaded.name,
				digest: digestMap(loaded.digest)
			},
			path: files[0]?.name ?? "",
			profile: profile ?? null,
			createdAt: toSecond(now)
		}
	});
	const bytes = await signStatement(statement, signer, { now });
	return encodeArchive([{
		name: STATEMENT_NAME,
		bytes
	}, ...files]);
}
/**
* What a trust bundle holds, by a signer whom the verifier knows.
* @throws GateError GATE_BUNDLE_UNTRUSTED, GATE_BUNDLE_INVALID
*/
async function openTrustBundle(archive, { verifier, now }) {
	const [signed, ...files] = decodeArchive(archive);
	if (signed?.name !== STATEMENT_NAME) throw invalid(`it does not begin with ${STATEMENT_NAME}`);
	try {
		return {
			files,
			...said(await verifiedPayload(signed.bytes, {
				verifier,
				now
			}), files)
		};
	} catch (error) {
		if (error instanceof GateError || !(error instanceof CountersignError)) throw error;
		throw invalid(error.message, error);
	}
}
async function verifiedPayload(bytes, { verifier, now }) {
	const { envelope, material, timestamps, json } = parseBundle(bytes);
	const { payload, payloadType, signature, keyid } = envelope;
	if (payloadType !== "application/vnd.in-toto+json") throw invalid(`what is signed is ${JSON.stringify(payloadType)}`);
	const pae = encodePae(payloadType, payload);
	const check = await verifier.verifyDsse({
		pae,
		signature,
		material,
		keyid,
		hashing: "bundle",
		timestamps,
		bundle: json
	}, now);
	if (check.status === "valid") return payload;
	const why = check.reasons[0]?.message ?? "its signer is unknown";
	throw new GateError("GATE_BUNDLE_UNTRUSTED", `the trust bundle is not signed by the key that was given: ${why}`);
}
/** What the statement says of exactly these files. */
function said(payload, files) {
	const { predicateType, predicate, subject } = parseStatement(payload);
	if (predicateType !== PREDICATE_TYPE) throw invalid(`what is signed is a statement of type ${predicateType}`);
	const listed = subject.map((one) => `${one.name} ${subjectDigests(one).join()}`);
	const present = files.map(({ name, bytes }) => `${name} ${sha256(bytes)}`);
	const strange = present.find((one, index) => listed[index] !== one) ?? listed[present.length];
	if (strange !== void 0) throw invalid(`${strange.split(" ")[0]} is not what was signed`);
	const { path, profile, createdAt } = asObject(predicate, "the predicate");
	const policy = asText(path, "path");
	if (files[0]?.name !== policy) throw invalid("its first file is not the policy");
	return {
		policy,
		profile: asOptionalText(profile, "profile"),
		createdAt: asText(createdAt, "createdAt")
	};
}

// src/commands/gates/trust-bundle.ts
const ARCHIVE = "trust-bundle.tar";
/** Headers of the archive, its statement, and what a policy and its files may have. */
const MAX_BYTES = LIMITS.trustTotalBytes + LIMITS.policyBytes + LIMITS.bundleBytes + 8388608;
/** The archive with its page. @throws UsageError without a key; GateError GATE_BUNDLE_INVALID; SignatureError */
async function exportTrustBundle(loaded, inputs, host) {
	const signer = await signerFrom(inputs, host);
	if (signer?.identity.method !== "key" && signer?.identity.method !== "pgp") throw new UsageError("USAGE_MISSING_INPUT", "a trust bundle is signed by a bare or OpenPGP key", { hint: "give ⟨signing-method=key⟩ and ⟨key-path=bundle.key⟩, a key that is used for nothing else" });
	const files = await bundleFiles(loaded);
	const { profile } = inputs;
	await assertSame({
		files,
		choice: {
			profile,
			pin: await pinFrom(inputs)
		}
	}, host);
	const content = await encodeTrustBundle(loaded, files, {
		signer,
		now: host.now(),
		profile
	});
	return {
		made: {
			gate: "trust-bundle",
			files: [{
				name: ARCHIVE,
				content
			}],
			asks: files.map(({ name, bytes }) => `\`${name}\`: ${sha256(bytes)}`),
			losses: [],
			whole: true,
			warnings: []
		},
		page: {
			title: "Trust bundle",
			source: `${JSON.stringify(loaded.name)} (${loaded.digest})`,
			body: BODY
		}
	};
}
const BODY = [
	"## On the other machine",
	"",
	`Bring the public key there another way. Then \`countersign import ${ARCHIVE} --public-key bundle.pub --output policy\`, or \`--keyring\` for an OpenPGP key,`,
	"writes the policy and its files into a new folder, and nothing when anything is not as it was signed.",
	"",
	"## What it does not do",
	"",
	"- An older bundle is as well signed as a newer one. The import prints when it was made: compare that, and bring CRLs by a new bundle before they end.",
	"- The signature of `countersign policy sign` comes along where there is one. The import does not look at it: `--require-signed-policy` does, at each verification.",
	"- What the policy names by text (fingerprints, claims of jobs) is in the policy itself. Services are not carried: verification asks none."
];
/**
* Checks a trust bundle and writes what it holds into a new or empty folder.
* @throws UsageError, GateError, PolicyError; SystemError
*/
async function importTrustBundle(file, { folder, keyring, publicKey, workingDirectory }, host) {
	const trusted = new TrustFiles(workingDirectory);
	const trust = {
		keys: await trusted.given("key", "public-key", publicKey),
		keyrings: await trusted.given("keyring", "keyring", keyring)
	};
	if (trust.keys.length + trust.keyrings.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "no key was given that must have signed the trust bundle", { hint: "give ⟨public-key=bundle.pub⟩, or ⟨keyring⟩ for an OpenPGP key; neither may come from the bundle itself" });
	const verifier = await createVerifier(trustIn({
		...trust,
		origins: trusted.origins
	}));
	const bundle = await openTrustBundle(await readFileBounded(file, MAX_BYTES), {
		verifier,
		now: host.now()
	});
	await assertSame({
		...bundle,
		choice: { profile: bundle.profile ?? void 0 }
	}, host);
	const written = await writeNewFolder(folder, bundle.files.map(({ name, bytes }) => ({
		name,
		content: bytes
	})));
	return {
		...bundle,
		written
	};
}
/**
* The files alone, in another place, are read as the same policy.
* @throws GateError GATE_BUNDLE_INVALID; PolicyError when what is there is no policy
*/
async function assertSame({ files, choice }, host) {
	const folder = join(await mkdtemp(join(await host.temporaryFolder(), "trust-bundle-")), "files");
	await writeNewFolder(folder, files.map(({ name, bytes }) => ({
		name,
		content: bytes
	})));
	const [policy] = files;
	const loaded = await loadPolicy(join(folder, policy?.name ?? ""), choice);
	const found = new Map((await bundleFiles(loaded)).map(({ name, bytes }) => [name, sha256(bytes)]));
	const strange = [...found.keys()].find((name) => !files.some((file) => file.name === name)) ?? files.find(({ name, bytes }) => found.get(name) !== sha256(bytes))?.name;
	if (strange === void 0) return;
	throw new GateError("GATE_BUNDLE_INVALID", `the trust bundle cannot be used: ${strange} would not be read from it; name files by paths relative to the policy`);
}

export { exportTrustBundle, importTrustBundle };