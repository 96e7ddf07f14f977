import { c as isDigest, r as decodeUtf8 } from "./bytes.mjs";
import { c as UsageError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as Secret } from "./secret.mjs";
import { f as shellWord, s as isDay } from "./text.mjs";
import { t as isPublicKeyName } from "./key-name.mjs";
import { u as readKeyFile } from "./files.mjs";
import { resolve } from "node:path";

// src/commands/inputs/common.ts
/** The inputs of keyless signing. */
const KEYLESS_INPUTS = [
	{
		name: "sigstore-instance",
		type: "string",
		description: "With `signing-method: sigstore`: `public`, `github` (for private repositories; no log), or the path of the signing_config.json of another instance. Default: `public`, unless `fulcio-url` is given.",
		example: "sigstore/signing_config.json"
	},
	{
		name: "fulcio-url",
		type: "string",
		description: "CA of a Sigstore instance, in place of the instance’s own.",
		example: "https://fulcio.example.org"
	},
	{
		name: "rekor-url",
		type: "string",
		description: "Transparency log, in place of the instance’s own; empty for none.",
		example: "https://rekor.example.org"
	},
	{
		name: "rekor-version",
		type: "enum",
		values: ["1", "2"],
		default: "1",
		description: "Version of the interface of `rekor-url`."
	},
	{
		name: "identity-token",
		type: "secret",
		description: "OpenID token of whoever signs, for the audience `sigstore`. Default: SIGSTORE_ID_TOKEN in the environment (GitLab: `id_tokens`), else that of the job, which needs the permission `id-token: write`.",
		example: "token.jwt"
	},
	{
		name: "sigstore-trusted-root",
		type: "path",
		description: "trusted_root.json by which a keyless signature is checked before it is stored. Default: `trust.sigstore` of the policy.",
		example: "sigstore/trusted_root.json"
	},
	{
		name: "public-log",
		type: "enum",
		values: ["refuse", "allow"],
		default: "refuse",
		description: "Whether a job of a repository that is not public may sign with the public instance: names of repository, workflow, ref, commit and environment stay in its logs for ever."
	}
];
/** Every command has these; `working-directory`, `report-path` and `show-summary` are served by the entry alone. */
const COMMON_INPUTS = [
	{
		name: "working-directory",
		type: "path",
		file: "folder",
		description: "Folder that every relative path of the other inputs starts from. Default: the workspace.",
		example: "images"
	},
	{
		name: "timeout",
		type: "duration",
		description: "Longest time that one answer from a registry or one run of an external program may take, with a unit. Default: 2m for a registry, no limit for a program.",
		example: "30m"
	},
	{
		name: "retry-for",
		type: "duration",
		default: "2m",
		description: "How long transient failures of a registry (no connection, 408, 429, 5xx) are tried again before giving up, with a unit; 0s gives up at once.",
		example: "5m"
	},
	{
		name: "report-path",
		type: "path",
		file: "document",
		description: "File that receives the full result as JSON, the same document as `--json` prints. Default in a job: a new file in the runner’s temporary folder; on the command line: none.",
		example: "report.json"
	},
	{
		name: "show-summary",
		type: "boolean",
		default: "true",
		only: "action",
		description: "Whether to add the result to the job summary."
	}
];
/** Set by the entry when the command does not: commands need not fill them. */
const COMMON_OUTPUTS = [
	{
		name: "verdict",
		description: "`passed` or `failed`; set on every way out, before the step fails.",
		example: "passed"
	},
	{
		name: "outcome",
		description: "`passed`; `failed`: the answer is no, repeating the step does not help; `error`: there is no answer, because of a wrong input, a registry that is down and the like. Set on every way out.",
		example: "error"
	},
	{
		name: "error-code",
		description: "Code of the error (docs/errors.md); empty when there is none.",
		example: "NETWORK_CONNECT_FAILED"
	},
	{
		name: "report-path",
		description: "Absolute path of the full result as JSON.",
		example: "/home/runner/work/_temp/countersign-verify-all-1f2e.json"
	}
];
/** For commands that are `privileged`. */
const PRIVILEGED_INPUTS = [{
	name: "allow-untrusted-event",
	type: "boolean",
	default: "false",
	description: "Run although the workflow event can be triggered by people without write access (pull_request_target, workflow_run, issue_comment and others). Set it only when no code or data of theirs reaches this job."
}];
/** The only input that the runner fills in by itself. */
const GITHUB_TOKEN_INPUT = {
	name: "github-token",
	type: "secret",
	actionDefault: "${{ github.token }}",
	description: "Token for ghcr.io, used when neither `registry-username`, nor GITHUB_TOKEN in the environment, nor the credential files have a login for it. It is sent to ghcr.io alone. An empty text means to ask without a login."
};
/** The login for a registry. */
const REGISTRY_INPUTS = [
	{
		name: "registry-username",
		type: "string",
		description: "User name for one registry, that of `reference`, else of the first image that is in a registry; with `registry-password`. No other registry gets it. Default, and for all others: for ghcr.io GITHUB_TOKEN in the environment, then the credential files of docker, podman and apptainer and their helpers.",
		example: "octocat"
	},
	{
		name: "registry-password",
		type: "secret",
		description: "Password or token for the same registry; with `registry-username`."
	},
	GITHUB_TOKEN_INPUT
];
/** Who says what time it is. */
const TIMESTAMP_URL_INPUT = {
	name: "timestamp-url",
	type: "string",
	description: "RFC 3161 timestamp authority that is asked for a token over each new signature, which is stored beside it: then the signature keeps counting when its key or certificate has ended. The authority learns a hash and the time. Its answer is verified, with a policy against `trust.timestamps`, before anything is stored. Proxies are those of the environment.",
	example: "https://tsa.example.org/tsr"
};
/** How programs that hold keys are run. */
const KEY_HOLDER_INPUTS = [{
	name: "key-plugins",
	type: "list",
	description: "Names of the plugins that may run for `key: NAME://…`, one a line: `awskms` allows the program `sigstore-kms-awskms` on PATH. Also paths of PKCS#11 modules outside /usr, /lib, /opt and /Library. Empty: none.",
	example: "awskms"
}, {
	name: "key-environment",
	type: "list",
	description: "Names of environment variables that the program which holds the key gets, one a line, beside PATH, HOME and the few that gpg and PKCS#11 need. It gets no others, and never an input of this step.",
	example: "AWS_REGION"
}];
/** The inputs that say with what to sign. */
const SIGNING_INPUTS = [
	{
		name: "signing-method",
		type: "enum",
		values: [
			"pgp",
			"key",
			"x509",
			"sigstore"
		],
		description: "How to sign: an OpenPGP secret key (`pgp`), a bare private key (`key`: ECDSA P-256/384/521, Ed25519 or RSA, as PKCS#8, SEC1, PKCS#1, in OpenSSH’s format without passphrase or in cosign’s), a private key with an X.509 certificate (`x509`), or no key at all (`sigstore`): the job proves by its OpenID token who it is. Never guessed from the key.",
		example: "pgp"
	},
	{
		name: "key",
		type: "secret",
		mayBeKeyName: true,
		description: "Secret key that signs: armored or binary OpenPGP, or PEM; on the command line only `--key-path` or the environment variable COUNTERSIGN_KEY. Or the name of a key that another program holds and that never enters this process (docs/keys.md): `gpg:FINGERPRINT` for `pgp`; `pkcs11:token=…;object=…` or `NAME://…` of a plugin for `key` and `x509`.",
		example: "signing-key.asc"
	},
	{
		name: "passphrase",
		type: "secret",
		mayBeEmpty: true,
		description: "Passphrase of the secret key, if it has one. A final line end is not part of it. For a key in cosign’s format the environment variable COSIGN_PASSWORD is taken where neither this nor `passphrase-path` is given, and without that the empty passphrase, with which cosign protects keys too.",
		example: "passphrase.txt"
	},
	{
		name: "expected-key",
		type: "pem",
		description: "Public key, PEM, that the signing key must have, with `signing-method: key` or `x509`. For a key that another program holds: it says which key is meant, whatever that program answers.",
		example: "release.pub"
	},
	...KEY_HOLDER_INPUTS,
	{
		name: "require-passphrase",
		type: "boolean",
		default: "false",
		description: "Sign only with a key that is protected by a passphrase. Without this, a key that is not signs with a warning."
	},
	{
		name: "certificate",
		type: "pem",
		description: "X.509 certificate that belongs to the key, PEM; with `signing-method: x509` only.",
		example: "release.crt"
	},
	{
		name: "certificate-chain",
		type: "pem",
		description: "Intermediate certificates, PEM, in any order; they travel with the signature. A root is left out.",
		example: "intermediates.pem"
	},
	TIMESTAMP_URL_INPUT,
	...KEYLESS_INPUTS
];
/** What commands that look at an image in a registry resolved its name to. */
const REFERENCE_OUTPUT = {
	name: "reference",
	description: "When there is one image and it is in a registry or layout folder: `place@sha256:…` of what was looked at. Use it in the next step.",
	example: "ghcr.io/octo-org/app@sha256:…"
};
/** Whether commands that give a verdict read what it is about. */
const DATA_VERIFIED_OUTPUT = {
	name: "data-verified",
	description: "`true` when the data of every image was read and hashed; `false` when only digests were (`verify-data: false`).",
	example: "true"
};
/** What commands say of the one image that they looked at. */
const IMAGE_OUTPUTS = [
	{
		name: "digest",
		description: "Content digest, when there is one image with one group.",
		example: "sha256:…"
	},
	REFERENCE_OUTPUT,
	DATA_VERIFIED_OUTPUT,
	{
		name: "image-path",
		description: "Path of the image, when there is one.",
		example: "/images/app.sif"
	}
];

// src/commands/inputs/values.ts
/**
* The value of an input that is no secret; relative paths start at `folder`.
* @throws UsageError USAGE_INVALID_INPUT
*/
function parseValue(input, text, folder) {
	switch (input.type) {
		case "string": return oneLine(input, text);
		case "text": return document(input, text);
		case "path": return text === "-" ? text : resolve(folder, oneLine(input, assertNoContent(input, text)));
		case "list": return parseList(text);
		case "paths": return parsePaths(input.mayBeContent ? text : assertNoContent(input, text));
		case "boolean": return parseBoolean(input, text);
		case "enum":
			if (!input.values?.includes(text)) throw invalid(input, text, `one of ${input.values?.join(", ")}`);
			return text;
		case "integer":
			if (!/^-?[0-9]{1,15}$/.test(text)) throw invalid(input, text, "a whole number");
			return Number(text);
		case "duration": return parseUnits(input, text, DURATION_UNITS);
		case "size": return parseUnits(input, text, SIZE_UNITS);
		case "time": return parseTime(input, text);
		case "digest":
			if (!isDigest(text)) throw invalid(input, text, "sha256: and 64 lower-case hex digits");
			return text;
		case "secret":
		case "pem": throw new Error("secrets are read elsewhere");
		default: return input.type;
	}
}
function oneLine(input, text) {
	if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid(input, text, "one line without control characters");
	return text;
}
/** A text that was given where a path belongs would end as a file that is not there. */
function assertNoContent({ name, type, example, textInput }, text) {
	const label = /-----BEGIN ([A-Z0-9 ]{1,60})-----/.exec(text)?.[1];
	const format = /^\s*[{[]\s*["{[]/.test(text) ? "JSON" : /^\s*<[?!a-zA-Z]/.test(text) ? "XML" : void 0;
	const lines = type === "path" && /[\r\n]/.test(text.trim()) ? "several lines" : void 0;
	const content = label ?? format ?? lines;
	if (content === void 0) return text;
	const direct = textInput === void 0 ? "" : `give the text as ⟨${textInput}⟩, or `;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} is a text, ${content}, where the path of a file belongs`, { hint: `${direct}write the text to a file, and give its path${example ? `, for instance ⟨${name}=${example}⟩` : ""}` });
}
function document({ name }, text) {
	if (/^[^\n:{]+$/.test(text.trim()) || /^\S+\.(?:ya?ml|json)$/.test(text.trim())) throw new UsageError("USAGE_INVALID_INPUT", `${name} is a single word or path, where a whole document belongs`, { hint: `did you mean ⟨${name}-path=${text.trim().slice(0, 120)}⟩?` });
	const sizeBytes = Buffer.byteLength(text);
	if (sizeBytes <= LIMITS.policyBytes) return text;
	throw new UsageError("USAGE_INVALID_INPUT", `${name} has ${sizeBytes} bytes; the limit is ${LIMITS.policyBytes}`, { hint: `give it as a file in ⟨${name}-path⟩, and check that it is the right one` });
}
/** Lines, trimmed; blank lines and `#` comment lines are skipped; repeated ones count once. */
function parseList(text) {
	const lines = text.split(/\r?\n/).map((line) => line.trim());
	return [...new Set(lines.filter((line) => line !== "" && !line.startsWith("#")))];
}
/** The text of a key or certificate, also on one line as some secret stores keep it. */
const BLOCK = /(-----BEGIN ([A-Z0-9 ]+)-----[\s\S]*?-----END \2-----)(?:\\[rn])*/g;
/** As parseList. The text of a key or certificate among the paths is one entry. */
function parsePaths(text) {
	const blocks = [...text.matchAll(BLOCK)].map(([, block = ""]) => block);
	return [...new Set(blocks), ...parseList(withoutContent(text))];
}
/** The lines of a list of paths that are no key or certificate. */
function withoutContent(text) {
	return text.replaceAll(BLOCK, "\n");
}
function parseBoolean(input, text) {
	if ([
		"true",
		"True",
		"TRUE"
	].includes(text)) return true;
	if ([
		"false",
		"False",
		"FALSE"
	].includes(text)) return false;
	throw invalid(input, text, "true or false");
}
const DURATION_UNITS = {
	ms: 1,
	s: 1e3,
	m: 6e4,
	h: 36e5,
	d: 864e5
};
const SIZE_UNITS = {
	B: 1,
	KiB: 1024,
	MiB: 1024 ** 2,
	GiB: 1024 ** 3,
	kB: 1e3,
	MB: 1e3 ** 2,
	GB: 1e3 ** 3
};
function parseUnits(input, text, units) {
	const match = /^([0-9]{1,12})([A-Za-z]+)$/.exec(text);
	const factor = match?.[2] === void 0 ? void 0 : units[match[2]];
	if (!match || factor === void 0 || !Object.hasOwn(units, match[2] ?? "")) throw invalid(input, text, `a number with a unit (${Object.keys(units).join(", ")})`);
	return Number(match[1]) * factor;
}
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;
function parseTime(input, text) {
	const time = RFC3339.test(text) && isDay(text.slice(0, 10)) ? new Date(text) : void 0;
	if (!time || Number.isNaN(time.getTime())) throw invalid(input, text, "a time of RFC 3339");
	return time;
}
function invalid(input, text, wanted) {
	const shown = looksLikeContent(text) ? "a text of several lines" : JSON.stringify(text.slice(0, 120));
	return new UsageError("USAGE_INVALID_INPUT", `${input.name} is ${shown}`, { hint: `give ${wanted}${input.example ? `, for instance ${input.example}` : ""}` });
}
/**
* A `secret` or `pem` input; undefined when it is not given.
* @throws UsageError USAGE_CONFLICTING_INPUTS, USAGE_INVALID_INPUT; SystemError
*/
async function readSecret(input, raw, folder) {
	const { name, type } = input;
	const text = raw.texts.get(name);
	const path = raw.texts.get(`${name}-path`)?.trim();
	if (text && path) throw new UsageError("USAGE_CONFLICTING_INPUTS", `both ${name} and ${name}-path were given`, { hint: "give only one of them" });
	if (path && looksLikeContent(path)) throw new UsageError("USAGE_INVALID_INPUT", `${name}-path is no path: it has the form of a key or certificate`, { hint: `give the text itself, or the name of its file, with ⟨${name}⟩` });
	const secret = text ? new Secret(text) : path ? await secretFile(path, raw, folder) : void 0;
	if (secret && input.mayBeEmpty && path && /^(?:\r?\n)?$/.test(secret.revealText())) return secret;
	if (secret && /^\s*$/.test(secret.revealText())) throw new UsageError("USAGE_INVALID_INPUT", path ? `${name}-path: ${placeOf(path)} is empty` : `${name} is blank`, { hint: `give what holds the ${name}` });
	if (type === "pem" && text && !text.includes("-----BEGIN")) throw new UsageError("USAGE_INVALID_INPUT", `${name} is no PEM text`, { hint: `give the text that begins with -----BEGIN, or the name of its file, with ⟨${name}⟩` });
	if (secret && input.mayBeKeyName && isPublicKeyName(secret.revealText())) return secret;
	if (secret && path && (type === "secret" || holdsPrivateKey(secret.revealText()))) maskBytes(secret.reveal(), raw.mask);
	return secret;
}
function placeOf(path) {
	return path === "-" ? "standard input" : path;
}
/** True for what nobody calls a file: a key in the wrong input must not be repeated in an error. */
function looksLikeContent(text) {
	return /[\r\n]|-----BEGIN/.test(text);
}
async function secretFile(path, raw, folder) {
	if (path === "-") return new Secret(await raw.readStdin(LIMITS.keyFileBytes));
	return new Secret(await readKeyFile(resolve(folder, path), LIMITS.keyFileBytes));
}
/** Masks every secret that was given as text, before anything is read that could fail and be told. */
function maskTexts(specs, { texts, mask }) {
	for (const { name, type, mayBeKeyName } of specs) {
		const [text = "", path = ""] = [texts.get(name), texts.get(`${name}-path`)];
		if (text !== "" && mayBeKeyName && isPublicKeyName(text)) continue;
		if (text !== "" && (type === "secret" || holdsPrivateKey(text))) mask(text);
		if (holdsPrivateKey(path) || type === "secret" && looksLikeContent(path.trim())) mask(path);
	}
}
/** Masks what came from a file; binary keys in the one form of theirs that is a text. */
function maskBytes(bytes, mask) {
	const text = Buffer.from(bytes).toString("utf8");
	mask(Buffer.from(text).equals(bytes) ? text : Buffer.from(bytes).toString("base64"));
}
/** A private key may be anywhere by mistake. */
function holdsPrivateKey(text) {
	return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text);
}
/** The passphrase in a secret input: the file's text without its final line end. */
function passphraseText(secret) {
	return secret && new Secret(decodeUtf8(secret.reveal(), "the passphrase").replace(/\r?\n$/, ""));
}
/** In Markdown the equals sign is a character reference. */
const MENTION = /⟨([a-z][a-z0-9-]*)(?:(?:=|&#61;)([^⟨⟩]*))?⟩/g;
/** Inputs that are no flags: their text comes from a file or the environment. */
const FROM_FILES = new Set([...SIGNING_INPUTS, ...REGISTRY_INPUTS].filter(holdsSecret).map(({ name }) => name));
/** True for inputs that hold a key, a certificate or a password: they have a `-path` variant. */
function holdsSecret({ type }) {
	return type === "secret" || type === "pem";
}
/** `COUNTERSIGN_KEY` for `key`. */
function environmentName(input) {
	return `COUNTERSIGN_${input.toUpperCase().replaceAll("-", "_")}`;
}
/** The text with every input in the words of the face. */
function inWordsOf(face, text) {
	return text.replace(MENTION, (_, name, value) => {
		if (face === "docs") return `\`${value === void 0 ? name : inAction(name, value)}\``;
		return face === "actions" ? inAction(name, value) : onCommandLine(name, value);
	});
}
function inAction(name, value) {
	if (value !== void 0) return `${name}: ${value}`;
	return FROM_FILES.has(name) ? `${name} (or ${name}-path)` : name;
}
function onCommandLine(name, value) {
	if (value === void 0) return FROM_FILES.has(name) ? `--${name}-path (or ${environmentName(name)})` : `--${name}`;
	if (value === "true") return `--${name}`;
	return value === "false" ? `--${name}=false` : `--${name} ${shellWord(value)}`;
}

export { SIGNING_INPUTS as _, parseValue as a, withoutContent as c, GITHUB_TOKEN_INPUT as d, IMAGE_OUTPUTS as f, REGISTRY_INPUTS as g, REFERENCE_OUTPUT as h, maskTexts as i, COMMON_INPUTS as l, PRIVILEGED_INPUTS as m, holdsSecret as n, passphraseText as o, KEY_HOLDER_INPUTS as p, inWordsOf as r, readSecret as s, environmentName as t, COMMON_OUTPUTS as u, TIMESTAMP_URL_INPUT as v };