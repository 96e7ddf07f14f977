import { c as UsageError, i as EXIT, l as fileError, u as isErrnoException } from "./errors.mjs";
import { o as readFileBounded } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { t as LIMITS } from "./limits.mjs";
import { o as toSecond, t as UNSAFE } from "./text.mjs";
import { t as Secret } from "./secret.mjs";
import { i as opensshKeyid, l as readPublicKeys, n as keyIdentity } from "./keys.mjs";
import { r as readPrivateKey } from "./private-key.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { t as generateEcKey } from "./key-generate.mjs";
import { c as passphraseText, l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./inputs.mjs";
import { r as cosignPassphrase } from "./signing.mjs";
import { t as defineCommand } from "./spec.mjs";
import { open, rm } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

// src/crypto/key-description.ts
/**
* Every key and certificate in a file.
* @throws SignatureError when the file holds none, or one that is not supported
*/
async function describeKeyFile(bytes, passphrase, cosignPassphrase) {
	const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
	if (text.includes("-----BEGIN PGP ")) return describePgp(bytes);
	if (text.includes("-----BEGIN CERTIFICATE-----")) return describeCertificates(bytes);
	if (text.includes("PRIVATE KEY-----")) return [describeBare("private key", readPrivateKey(new Secret(bytes), passphrase, cosignPassphrase).publicKey)];
	if (text.includes("-----BEGIN ")) return readPublicKeys(bytes).map((key) => describeBare("public key", key));
	return describeBinary(bytes);
}
/** DER begins with a SEQUENCE, OpenPGP with a byte above 0x7f. */
async function describeBinary(bytes) {
	if (bytes[0] !== 48) return describePgp(bytes);
	try {
		return readPublicKeys(bytes).map((key) => describeBare("public key", key));
	} catch {
		return describeCertificates(bytes);
	}
}
async function describePgp(bytes) {
	const { describePgpKeys } = await import("./secret-key.mjs");
	return (await describePgpKeys(bytes)).map(({ fingerprint, userIds, expires, secret, version }) => ({
		kind: `OpenPGP ${secret ? "secret" : "public"} key${version === 4 ? "" : ` of version ${version}, which Apptainer cannot verify`}`,
		identity: {
			method: "pgp",
			fingerprint,
			userIds
		},
		expires,
		sha256: null,
		keyid: null
	}));
}
async function describeCertificates(bytes) {
	const { certificateIdentity, parseCertificate, readCertificateFile } = await import("./certificate2.mjs");
	return readCertificateFile(bytes).map((der) => {
		const certificate = parseCertificate(der);
		const identity = certificateIdentity(certificate);
		return {
			kind: certificate.extensions.basicConstraints?.ca === true ? "CA certificate" : "certificate",
			identity,
			expires: identity.notAfter,
			sha256: identity.certificateSha256,
			keyid: certificate.publicKey ? opensshKeyid(certificate.publicKey.key) ?? null : null
		};
	});
}
function describeBare(kind, key) {
	return {
		kind,
		identity: keyIdentity(key),
		expires: null,
		sha256: Buffer.from(key.hint, "base64").toString("hex"),
		keyid: opensshKeyid(key.key) ?? null
	};
}

// src/commands/key.ts
const DEFAULT_DAYS = 365;
const spec = {
	name: "key",
	summary: "Show what a policy needs to know of a key, or make throw-away keys",
	description: "`key show FILE…` prints fingerprint, hint, subject, alternative names and validity of every key and certificate in the files: what goes into the policy. `key generate FOLDER` makes an OpenPGP key, a P-256 key, and a P-256 key with a certificate under a new CA, for trying countersign out; existing files are never overwritten. Keys that guard production come from your own key management.",
	positional: "task",
	inputs: [
		{
			name: "task",
			type: "list",
			file: "read",
			required: true,
			description: "`show` and files, or `generate` and one folder.",
			example: "show release.pub"
		},
		{
			name: "passphrase",
			type: "secret",
			description: "With `show`: opens an encrypted bare key. With `generate`: protects the new secret keys.",
			example: "passphrase.txt"
		},
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
			default: String(DEFAULT_DAYS),
			description: "How long the generated certificates are valid.",
			example: "30"
		},
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const [task, ...paths] = inputs.task;
	const passphrase = passphraseText(inputs.passphrase);
	const [first] = paths;
	if (task === "show" && first !== void 0) return show(paths, inputs, {
		passphrase,
		cosignPassphrase: cosignPassphrase(host.env)
	});
	if (task === "generate" && first !== void 0 && paths.length === 1) return generate(first, inputs, {
		passphrase,
		host
	});
	throw new UsageError("USAGE_INVALID_INPUT", `key cannot do ${JSON.stringify([task, ...paths].join(" ").slice(0, 120))}`, { hint: "write `key show FILE…` or `key generate FOLDER`" });
}
async function show(paths, inputs, passphrases) {
	const files = [];
	for (const path of paths) {
		const bytes = await readFileBounded(resolve(inputs.workingDirectory, path), LIMITS.keyFileBytes);
		files.push({
			file: path,
			keys: await describe(path, bytes, passphrases)
		});
	}
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
/** What cannot be read is reported with its name: several files may be given. */
async function describe(path, bytes, { passphrase, cosignPassphrase: forCosign }) {
	try {
		return await describeKeyFile(bytes, passphrase, forCosign);
	} catch (cause) {
		if (!(cause instanceof SignatureError)) throw cause;
		throw cause.about(printable(path));
	}
}
function linesOf({ kind, identity, expires, sha256, keyid }) {
	const rows = [];
	if (identity.method === "pgp") rows.push(["fingerprint", identity.fingerprint], ...identity.userIds.map((id) => ["user id", id]));
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
async function generate(folder, inputs, { passphrase, host }) {
	const { generatePgpKey } = await import("./pgp2.mjs");
	const { generateX509Chain } = await import("./generate2.mjs");
	const days = inputs.days ?? DEFAULT_DAYS;
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
	const shown = await show(files.filter(({ secret }) => !secret).map(({ name }) => join(target, name)), inputs, {
		passphrase: void 0,
		cosignPassphrase: void 0
	});
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
/** Names come from the key files: nothing of them may steer a terminal. */
function printable(text) {
	return text.replace(UNSAFE, "?");
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };