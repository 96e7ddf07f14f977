import { c as UsageError, i as EXIT, l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { r as stopRunningTools, t as findProgram } from "./run-tool.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { h as visibleLines, m as visibleLine } from "./text.mjs";
import { l as readFileBounded, p as writeDocument } from "./files.mjs";
import { n as prepareTermination } from "./termination.mjs";
import { _ as SIGNING_INPUTS, m as PRIVILEGED_INPUTS, r as inWordsOf } from "./values.mjs";
import { r as checkedFiles } from "./files2.mjs";
import { n as hasInputs } from "./spec.mjs";
import { t as assertNodeQuiet } from "./host.mjs";
import { n as redactedPieces } from "./redacted-json.mjs";
import { rmSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";

// src/commands/commands.ts
/** The commands that are actions too, in the order of a pipeline. */
const ACTION_NAMES = [
	"build",
	"scan-attest",
	"sign-stage",
	"verify-all",
	"push-oras"
];
/** All commands, in the order of the help text. */
const COMMANDS = [
	{
		name: "build",
		summary: "Build a SIF image with Apptainer and record how it was built",
		load: async () => (await import("./build.mjs")).command
	},
	{
		name: "scan-attest",
		summary: "Judge scanner findings and attach SBOM and findings to the image as signed evidence",
		load: async () => (await import("./scan-attest.mjs")).command
	},
	{
		name: "sign-stage",
		summary: "Approve images at a stage: verify the earlier stages, then add one signed layer",
		load: async () => (await import("./sign-stage.mjs")).command
	},
	{
		name: "verify-all",
		summary: "Verify every layer and every stage of images and decide by policy",
		load: async () => (await import("./verify-all2.mjs")).command
	},
	{
		name: "push-oras",
		summary: "Publish an image with its layers, only if its verdict passed, tags last",
		load: async () => (await import("./push-oras.mjs")).command
	},
	{
		name: "status",
		summary: "Say who is next to approve an image, what is missing, and what ends when",
		load: async () => (await import("./status.mjs")).command
	},
	{
		name: "inspect",
		summary: "Show objects, layers, evidence and free slots of images",
		load: async () => (await import("./inspect2.mjs")).command
	},
	{
		name: "key",
		summary: "Show, list, import and export keys, or make throw-away ones",
		load: async () => (await import("./key.mjs")).command
	},
	{
		name: "assemble",
		summary: "Put the layers attached to an image in a registry into its file",
		load: async () => (await import("./assemble.mjs")).command
	},
	{
		name: "pull",
		summary: "Pull an image into a file, only if it is whole and its verdict passed",
		load: async () => (await import("./pull.mjs")).command
	},
	{
		name: "stamp",
		summary: "Add timestamps to signed layers while they are good, and revocation lists that travel along",
		load: async () => (await import("./stamp.mjs")).command
	},
	{
		name: "withdraw",
		summary: "Take back approvals, grants or broken glass of a stage that you gave, by a signed statement",
		load: async () => (await import("./withdraw.mjs")).command
	},
	{
		name: "grant",
		summary: "Let somebody whom the policy does not know approve images in your place",
		load: async () => (await import("./grant2.mjs")).command
	},
	{
		name: "break-glass",
		summary: "Let a stage of images be skipped for a short while, in an emergency",
		load: async () => (await import("./break-glass.mjs")).command
	},
	{
		name: "repair",
		summary: "Put layers that other writers’ updates lost back into a registry’s lists",
		load: async () => (await import("./repair.mjs")).command
	},
	{
		name: "policy",
		summary: "Check a policy file and show what it says",
		load: async () => (await import("./policy.mjs")).command
	},
	{
		name: "trust",
		summary: "Fetch the trusted root of a Sigstore instance for a policy",
		load: async () => (await import("./trust3.mjs")).command
	},
	{
		name: "export",
		summary: "Write a policy as the configuration of a gate of another tool",
		load: async () => (await import("./export.mjs")).command
	},
	{
		name: "import",
		summary: "Make a policy of the configuration of another tool’s gate",
		load: async () => (await import("./import.mjs")).command
	},
	{
		name: "simulate",
		summary: "Say what a gate of another tool will make of an image",
		load: async () => (await import("./simulate.mjs")).command
	},
	{
		name: "report",
		summary: "Account for a period, or find the images that contain or rest on something",
		load: async () => (await import("./report.mjs")).command
	},
	{
		name: "demo",
		summary: "Show the whole path on a small image, then three attacks on it",
		load: async () => (await import("./demo.mjs")).command
	}
];
/** True for the name of an action. */
function isActionName(name) {
	return ACTION_NAMES.some((known) => known === name);
}
/** The command of this name. */
function findCommand(name) {
	return COMMANDS.find((command) => command.name === name);
}

// src/host/own-process.ts
/** Path of the module that such a process runs: bundled it lies beside the entries, as a source beside this file. */
function ownProcess(name) {
	const here = import.meta.dirname;
	if (import.meta.filename.endsWith(".ts")) return join(here, `${name}.ts`);
	return join(basename(here) === "chunks" ? dirname(here) : here, `${name}.mjs`);
}

// src/host/progress.ts
const UNITS = [
	"B",
	"KiB",
	"MiB",
	"GiB",
	"TiB"
];
/** Before that a rate says more about the start than about the transfer. */
const RATE_AFTER_MS = 500;
/** `title: 42 % of 1.50 GiB, 210 MiB/s, 4 s left`; bytes alone when the total is unknown. */
function progressText(title, { done, total }, since) {
	const size = total ? `${Math.floor(100 * done / total)} % of ${sizeText(total)}` : sizeText(done);
	if (since.bytes <= 0 || since.ms < RATE_AFTER_MS) return `${title}: ${size}`;
	const rate = since.bytes * 1e3 / since.ms;
	const left = total !== void 0 && total > done ? `, ${durationText((total - done) / rate)} left` : "";
	return `${title}: ${size}, ${sizeText(Math.round(rate))}/s${left}`;
}
/** A number of bytes with a unit, three digits. */
function sizeText(bytes) {
	const power = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
	const value = bytes / 1024 ** power;
	return `${power === 0 || value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[power]}`;
}
/** Seconds in the one or two largest units: `4 s`, `2 min 5 s`, `3 h 20 min`. */
function durationText(seconds) {
	const whole = Math.ceil(seconds);
	if (whole < 60) return `${whole} s`;
	if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
	return `${Math.floor(whole / 3600)} h ${Math.floor(whole % 3600 / 60)} min`;
}

// src/host/secrets.ts
const REPLACEMENT = "***";
/** No form is shorter: such texts would riddle a log when masked. */
const MIN_CHARS = 4;
/** For secrets that nobody gave: who has `pass` in a file does not expect it to be taken out of every `passed`. */
const MIN_CHARS_FOUND = 8;
/** Bytes from the middle of a secret that say enough about it to be hidden in Base64. */
const MIN_MIDDLE_BYTES = 6;
/** What shorter secrets have in common with a digest or a fingerprint is chance. */
const MIN_CHARS_IN_DIGEST = 16;
/** What our own cutting leaves at the end of a text, and how much of a secret before it is worth hiding. */
const CUT = "…";
const MIN_CHARS_CUT = 8;
const DIGEST = /(?<![0-9A-Za-z])[0-9A-Fa-f]{40,}(?![0-9A-Za-z])/g;
/** What our own escaping puts for a character: see report/wording.ts and base/text.ts. */
const ESCAPED = /<\/?span>|&?#(\d{1,7});|\\u\{([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})/g;
/** Remembers the texts that must never be printed and removes them, in all their forms, from everything that is. */
var Redactor = class {
	#forms = /* @__PURE__ */ new Set();
	/** The forms by how they begin: a key of many lines must not slow down every line of a log. */
	#byStart = /* @__PURE__ */ new Map();
	/** Which characters begin a form, by the low bits of their codes: most places in a text need no look at the forms. */
	#firsts = /* @__PURE__ */ new Uint8Array(256);
	#withheld = /* @__PURE__ */ new Set();
	/**
	* Registers a secret; those under 4 characters are ignored, they would riddle the log, and those under 8 that were
	* found and not given.
	* @param origin children may have all but what was given: a helper that reads a login from its environment is asked again
	* @returns the forms that were not known before
	*/
	add(secret, origin = "given") {
		const forms = [...secretForms(secret, origin === "found" ? MIN_CHARS_FOUND : MIN_CHARS)];
		const fresh = forms.filter((form) => !this.#forms.has(form));
		for (const form of fresh) {
			this.#forms.add(form);
			const start = form.slice(0, MIN_CHARS);
			this.#firsts[form.charCodeAt(0) & 255] = 1;
			this.#byStart.set(start, [...this.#byStart.get(start) ?? [], form]);
		}
		if (origin === "given") for (const form of forms) this.#withheld.add(form);
		return fresh;
	}
	/** The text without secrets, whether they stand there as they are or escaped as reports escape them. */
	apply(text) {
		const hits = [...this.#find(text), ...this.#findEscaped(text)].sort(([a], [b]) => a - b);
		if (hits.length === 0) return text;
		let result = "";
		let end = 0;
		for (const [from, to] of hits) {
			if (from >= end) result += `${text.slice(end, from)}${REPLACEMENT}`;
			end = Math.max(end, to);
		}
		return result + text.slice(end);
	}
	/** Whether a text is, or in the case of longer secrets contains, a registered one. */
	knows(text) {
		return [...this.#withheld].some((form) => text === form || form.length >= 8 && text.includes(form));
	}
	#find(text) {
		const hits = [];
		if (this.#forms.size > 0) for (let at = 0; at + MIN_CHARS <= text.length; at += 1) {
			if (this.#firsts[text.charCodeAt(at) & 255] === 0) continue;
			for (const form of this.#byStart.get(text.slice(at, at + MIN_CHARS)) ?? []) {
				const length = shownLength(form, text, at);
				if (length > 0) hits.push([at, at + length]);
			}
		}
		if (!hits.some(([from, to]) => to - from < MIN_CHARS_IN_DIGEST)) return hits;
		const digests = [...text.matchAll(DIGEST)].map(({ index, 0: { length } }) => [index, index + length]);
		const inDigest = ([from, to]) => digests.some(([start, end]) => start <= from && to <= end);
		return hits.filter((hit) => hit[1] - hit[0] >= MIN_CHARS_IN_DIGEST || !inDigest(hit));
	}
	#findEscaped(text) {
		const plain = unescaped(text);
		if (!plain) return [];
		const at = (index) => plain.positions[index] ?? text.length;
		return this.#find(plain.text).map(([from, to]) => [at(from), at(to - 1) + (plain.lengths[to - 1] ?? 1)]);
	}
};
/**
* Every form of a secret, none shorter than `minChars`. The frame of a PEM text and lines that short are no secrets;
* a secret that is that short itself has no form at all.
*/
function secretForms(secret, minChars = MIN_CHARS) {
	const text = secret.trim();
	const forms = /* @__PURE__ */ new Set();
	for (const line of [text, ...text.split(/[\r\n]+/).map((one) => one.trim())]) if (line.length >= minChars && (line === text || !line.startsWith("-----"))) for (const form of [line, ...escapedForms(line)]) forms.add(form);
	if (text.length < minChars) return forms;
	for (const encoded of [secret, text].flatMap(base64Forms)) {
		forms.add(encoded);
		forms.add(encoded.replaceAll("+", "-").replaceAll("/", "_"));
	}
	return forms;
}
function escapedForms(text) {
	const wellFormed = text.toWellFormed();
	return [
		JSON.stringify(text).slice(1, -1),
		encodeURIComponent(wellFormed),
		new URLSearchParams([["", wellFormed]]).toString().slice(1),
		visibleLine(text),
		visibleLines(text)
	];
}
/** Alone, and in the middle of something longer, where it may begin at any of the three bytes that make four characters. */
function base64Forms(text) {
	const bytes = Buffer.from(text);
	const middles = [
		0,
		1,
		2
	].map((start) => bytes.subarray(start, bytes.length - (bytes.length - start) % 3));
	const whole = bytes.toString("base64");
	return [
		whole,
		whole.replace(/=+$/, ""),
		...middles.filter(({ length }) => length >= MIN_MIDDLE_BYTES).map((middle) => middle.toString("base64"))
	];
}
/** How much of a secret stands at a place: all of it, or what is left of it where a text was cut; else 0. */
function shownLength(form, text, at) {
	if (text.startsWith(form, at)) return form.length;
	let length = MIN_CHARS;
	while (length < form.length && text[at + length] === form[length]) length += 1;
	return length >= MIN_CHARS_CUT && text[at + length] === CUT ? length : 0;
}
/** The text that was escaped; undefined when nothing is. */
function unescaped(text) {
	if (!/[<#\\]/.test(text)) return void 0;
	const parts = [];
	const [positions, lengths] = [[], []];
	const push = (part, position, length) => {
		parts.push(part);
		for (let index = 0; index < part.length; index += 1) {
			positions.push(length === void 0 ? position + index : position);
			lengths.push(length ?? 1);
		}
	};
	let end = 0;
	for (const { 0: whole, 1: decimal, 2: braced, 3: plain, index } of text.matchAll(ESCAPED)) {
		push(text.slice(end, index), end, void 0);
		const code = decimal === void 0 ? Number.parseInt(braced ?? plain ?? "", 16) : Number(decimal);
		push(code <= 1114111 ? String.fromCodePoint(code) : "", index, whole.length);
		end = index + whole.length;
	}
	if (end === 0) return void 0;
	push(text.slice(end), end, void 0);
	return {
		text: parts.join(""),
		positions,
		lengths
	};
}
/** The text with everything the runner would take for a workflow command made harmless. */
function withoutWorkflowCommands(text) {
	return text.replace(/^(\s*)::/gm, "$1\\::").replaceAll("##[", "# #[");
}
/** What gates of workflows compare with. */
const GATE_WORDS = [
	"passed",
	"failed",
	"error",
	"true",
	"false"
];
/** Whether a text is in one of the words that gates compare with: a runner that hides it would hide the word, too. */
function isInGateWord(text) {
	return GATE_WORDS.some((word) => word.includes(text));
}

// src/host/process-host.ts
const LOG_MS = 1e4;
/** What both hosts have in common. */
var ProcessHost = class {
	env;
	cwd;
	now;
	temporary;
	/** Set by the entry once the inputs are read. */
	toolTimeoutMs;
	/** Undefined until there is a secret. */
	#redactor;
	#lastLineMs = performance.now();
	constructor({ env, cwd, now }, temporaryBase) {
		this.env = env;
		this.cwd = cwd;
		this.now = now;
		this.temporary = new TemporaryFolder(temporaryBase);
	}
	get tokenChild() {
		return {
			program: process.execPath,
			script: ownProcess("token-child")
		};
	}
	cpuMs() {
		const { user, system } = process.cpuUsage();
		return (user + system) / 1e3;
	}
	temporaryFolder() {
		return this.temporary.path();
	}
	which(program) {
		return findProgram(program, this.env);
	}
	/** Progress in the log: at most one line in ten seconds, of however many images. */
	progress(title) {
		return this.follow(title, (nowMs) => this.isLineDue(nowMs), (text) => this.info(text));
	}
	/** Follows one transfer. What was there before its first report, such as the beginning of a resumed one, is no speed. */
	follow(title, isDue, show) {
		let start = {
			done: Number.POSITIVE_INFINITY,
			atMs: 0
		};
		return {
			update: (done, total) => {
				const nowMs = performance.now();
				if (done < start.done) start = {
					done,
					atMs: nowMs
				};
				const since = {
					bytes: done - start.done,
					ms: nowMs - start.atMs
				};
				if (isDue(nowMs)) show(progressText(title, {
					done,
					total
				}, since));
			},
			finish() {}
		};
	}
	/** Whether it is time for a line in the log; then whoever asks prints one. */
	isLineDue(nowMs = performance.now()) {
		if (nowMs - this.#lastLineMs < LOG_MS) return false;
		this.#lastLineMs = nowMs;
		return true;
	}
	/** Registers a secret, and hands back its forms that were not known before. */
	hide(text, origin) {
		this.#redactor ??= new Redactor();
		return this.#redactor.add(text, origin);
	}
	/** The variables of `environment` that a child may see. */
	forChild(environment = this.env) {
		return childEnvironment(environment, this.#redactor);
	}
	redact(text) {
		return this.#redactor ? this.#redactor.apply(text) : text;
	}
	/** A text as people may see it: no secret, nothing that acts on a terminal, inputs in the words of the face. */
	clean(text) {
		return visibleLines(this.redact(inWordsOf(this.kind, text)));
	}
};
/** The folder for temporary files of one run: made when it is first asked for, readable by this user only. */
var TemporaryFolder = class {
	#base;
	#path;
	#made;
	constructor(base) {
		this.#base = base;
	}
	/** Absolute path; the same one for the whole run. */
	path() {
		this.#path ??= this.#make();
		return this.#path;
	}
	async #make() {
		try {
			const path = await mkdtemp(join(this.#base, "countersign-"));
			this.#made = path;
			await chmod(path, 448);
			return path;
		} catch (error) {
			throw fileError(error, this.#base, "write");
		}
	}
	async remove() {
		if (this.#made !== void 0) await rm(this.#made, {
			recursive: true,
			force: true,
			maxRetries: 3
		});
	}
	/** For signal handlers, which cannot wait. */
	removeNow() {
		if (this.#made !== void 0) rmSync(this.#made, {
			recursive: true,
			force: true,
			maxRetries: 3
		});
	}
};
/** Tokens that the runner or a workflow gives to a whole step, and the passphrase of cosign keys. */
const AMBIENT_TOKEN = /^(ACTIONS_(RUNTIME|ID_TOKEN_REQUEST)_TOKEN|SIGSTORE_ID_TOKEN|(GITHUB|GH)(_ENTERPRISE)?_TOKEN|COSIGN_PASSWORD)$/i;
const PROXY = /^(https?|all)_proxy$/i;
/** Every text in the environment that must not be shown. */
function ambientSecrets(environment) {
	return Object.entries(environment).flatMap(([name, value]) => {
		if (value === void 0) return [];
		if (AMBIENT_TOKEN.test(name)) return [{
			text: value,
			origin: "environment"
		}];
		return PROXY.test(name) ? proxyPassword(value).map((text) => ({
			text,
			origin: "found"
		})) : [];
	});
}
/** The password as it is written and as it is sent, alone and with its user. */
function proxyPassword(address) {
	const full = address.includes("://") ? address : `http://${address}`;
	if (!URL.canParse(full)) return [];
	const { username, password } = new URL(full);
	if (password === "") return [];
	const [user, plain] = [username, password].map(decoded);
	return [.../* @__PURE__ */ new Set([
		password,
		plain ?? password,
		base64(`${user}:${plain}`)
	])];
}
function base64(text) {
	return Buffer.from(text).toString("base64");
}
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
/** Inputs of this action, our own variables, and what would make a child run other code. */
const WITHHELD = /^(INPUT_.*|COUNTERSIGN_.*|NODE_OPTIONS)$/i;
/** Kept even when a short passphrase happens to occur in them: programs cannot run without. */
const ALWAYS = /* @__PURE__ */ new Set([
	"PATH",
	"HOME",
	"SYSTEMROOT",
	"TEMP",
	"TMP",
	"TMPDIR"
]);
/** The variables of `environment` that a child may see: never one that holds an input or a secret, whoever asked. */
function childEnvironment(environment, redactor) {
	const kept = {};
	for (const [name, value] of Object.entries(environment)) {
		if (value === void 0 || WITHHELD.test(name) || AMBIENT_TOKEN.test(name)) continue;
		if (redactor?.knows(value) && !ALWAYS.has(name.toUpperCase())) continue;
		kept[name] = value;
	}
	return kept;
}

// src/entry/outcome.ts
const MAX_CAUSES = 8;
/** Describes any thrown value. Never throws. */
function describeFailure(thrown) {
	const error = isErrnoException(thrown) ? fromSystem(thrown) : thrown;
	if (error instanceof CountersignError) return {
		code: error.code,
		message: error.message,
		hint: error.hint,
		causes: causesOf(error),
		exitCode: error.exitCode,
		location: error.location,
		stack: void 0
	};
	return {
		code: "BUG",
		message: `internal error: ${briefly(error)}`,
		hint: "report it with the version and the command; nothing was decided and no approval was given",
		causes: causesOf(error),
		exitCode: EXIT.bug,
		location: void 0,
		stack: error instanceof Error ? error.stack : void 0
	};
}
/** The failure that a command reports with its result. */
function failureOf({ code, message, hint }, exitCode) {
	return {
		code,
		message,
		hint,
		causes: [],
		exitCode,
		location: void 0,
		stack: void 0
	};
}
/** The JSON document that stands where the result would have been. */
function failureJson(failure) {
	const { code, message, hint, causes, exitCode } = failure;
	return { error: {
		code,
		message,
		hint,
		causes,
		exitCode
	} };
}
/** `file:line:column: ` in a document that was given as text: there is no file to annotate. */
function inDocument({ location }) {
	return location && !isAbsolute(location.file) ? `${location.file}:${location.line}:${location.column}: ` : "";
}
/** What the system may refuse in the middle of a write, where its error names no path. */
const REFUSALS = /* @__PURE__ */ new Set([
	"ENOSPC",
	"EDQUOT",
	"EIO",
	"EROFS",
	"EMFILE",
	"ENFILE"
]);
function fromSystem(error) {
	const { path } = error;
	if (typeof path !== "string") return REFUSALS.has(error.code) ? fileError(error, "a file", "write") : error;
	const reads = [
		"open",
		"read",
		"stat",
		"lstat",
		"scandir"
	].includes(error.syscall ?? "");
	return fileError(error, path, reads ? "read" : "write");
}
function causesOf(error) {
	const causes = [];
	let current = error instanceof Error ? error.cause : void 0;
	while (current !== void 0 && causes.length < MAX_CAUSES) {
		causes.push(briefly(current));
		current = current instanceof Error ? current.cause : void 0;
	}
	return causes;
}
function briefly(value) {
	if (value instanceof CountersignError) return `${value.code}: ${value.message}`;
	if (value instanceof Error) return `${value.name}: ${value.message}`;
	return typeof value === "string" ? value : `a thrown ${typeof value}`;
}

// src/entry/report-file.ts
/** The document as `--json` prints it, in pieces: the same value but for secrets, safe to look at. */
function jsonPieces(document, host) {
	return redactedPieces(document, (text, name) => host.redact(name === "hint" ? inWordsOf(host.kind, text) : text));
}
/** Prints the document piece by piece, as fast as it is read. */
async function printJson(document, { host, write }) {
	for (const piece of jsonPieces(document, host)) await write(piece);
}
/**
* Writes the report.
* @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
*/
async function writeReport(path, document, host) {
	await writeDocument(path, jsonPieces(document, host));
}
/** The places of the report of a step, known before its inputs are read: it tells what was wrong with them, too. */
async function reportPlaces({ name, inputs }, texts, { cwd, env }) {
	const file = `countersign-${name}-${randomBytes(4).toString("hex")}.json`;
	const byDefault = join(env["RUNNER_TEMP"] ?? tmpdir(), file);
	const given = texts.get("report-path");
	const folder = resolve(cwd, texts.get("working-directory") ?? ".");
	return {
		wanted: given !== void 0 && await checkedFiles(inputs, texts, folder).catch(() => void 0) ? resolve(folder, given) : byDefault,
		byDefault
	};
}

// src/entry/run.ts
/** Else V8 keeps 64 MiB and more of what nobody needs any longer, where an image gives it much to read. */
const KEEP_YOUNG_SMALL = "--semi-space-growth-factor=1";
/** And lets what it holds grow to several times of what is needed before it looks. */
const KEEP_OLD_SMALL = "--heap-growing-percent=50";
/** Runs a command on the texts that were given. Never throws. */
async function runCommand(command, texts, host) {
	setFlagsFromString(KEEP_YOUNG_SMALL);
	setFlagsFromString(KEEP_OLD_SMALL);
	try {
		const raw = {
			texts,
			cwd: host.cwd,
			mask: (text) => host.mask(text),
			readStdin: (limitBytes) => host.readStdin(limitBytes)
		};
		const prepared = await command.prepare(raw);
		const { timeout, reportPath } = prepared.inputs;
		assertNoDebugOutput(command.spec, prepared.inputs, host);
		await assertTrustedEvent(command.spec, prepared.inputs, host);
		host.toolTimeoutMs = timeout;
		const result = await prepared.run(host);
		const { exitCode, error, json } = result;
		return {
			exitCode,
			result,
			failure: error && failureOf(error, exitCode),
			json,
			reportPath
		};
	} catch (error) {
		const failure = describeFailure(error);
		const { exitCode } = failure;
		return {
			exitCode,
			result: void 0,
			failure,
			json: failureJson(failure),
			reportPath: void 0
		};
	}
}
/** Caused by people or services with write access to the repository, on code that is already in it. */
const TRUSTED_EVENTS = /* @__PURE__ */ new Set([
	"branch_protection_rule",
	"create",
	"delete",
	"deployment",
	"deployment_status",
	"merge_group",
	"push",
	"registry_package",
	"release",
	"repository_dispatch",
	"schedule",
	"workflow_dispatch"
]);
/**
* Refuses a signing or publishing command on an event that people without write access can trigger.
* @throws UsageError USAGE_UNTRUSTED_EVENT
*/
async function assertTrustedEvent({ name: command, privileged }, inputs, { kind, env }) {
	if (privileged === void 0 || privileged === "with-key" && !signs(inputs)) return;
	if (hasInputs(inputs, PRIVILEGED_INPUTS) && inputs.allowUntrustedEvent) return;
	const event = env["GITHUB_EVENT_NAME"] ?? "";
	if (kind === "terminal" && event === "" && env["GITHUB_ACTIONS"] !== "true") return;
	if (TRUSTED_EVENTS.has(event)) return;
	if (event === "pull_request") {
		const path = env["GITHUB_EVENT_PATH"];
		if (isSameRepository(path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => void 0) : void 0)) return;
		throw new UsageError("USAGE_UNTRUSTED_EVENT", `${command} runs on ${event} of a fork, where there are no secrets`, { hint: `run ${command} on push or workflow_dispatch, after the change is merged; verify-all works on ${event}` });
	}
	throw new UsageError("USAGE_UNTRUSTED_EVENT", `${command} runs on the event ${JSON.stringify(event)}, which people without write access can trigger`, { hint: `run ${command} in a job on a trusted event (push, release, workflow_dispatch), or set ⟨allow-untrusted-event=true⟩ when no code or data of theirs reaches this job` });
}
function signs(inputs) {
	return hasInputs(inputs, SIGNING_INPUTS) && (inputs.signingMethod !== void 0 || inputs.key !== void 0);
}
/** An unreadable payload counts as a fork: the check fails closed. */
function isSameRepository(payload) {
	if (!payload) return false;
	try {
		const event = parseJson(payload, "the event");
		if (!isJsonObject(event) || !isJsonObject(event["pull_request"])) return false;
		const base = repositoryId(event["pull_request"]["base"]);
		return base !== void 0 && base === repositoryId(event["pull_request"]["head"]);
	} catch {
		return false;
	}
}
function repositoryId(side) {
	if (side === void 0 || !isJsonObject(side) || !isJsonObject(side["repo"])) return void 0;
	const id = side["repo"]["id"];
	return typeof id === "number" ? id : void 0;
}
/** A run that has a secret prints nothing that Node has to say. What it comes upon later is refused then. */
function assertNoDebugOutput(spec, { given }, host) {
	if (!host.env["NODE_DEBUG"]) return;
	if (spec.inputs.some(({ name, type }) => type === "secret" && given.has(name)) || ambientSecrets(host.env).length > 0) assertNodeQuiet(host);
}
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
const UNCAUGHT = ["uncaughtException", "unhandledRejection"];
/** The run goes on, and decides the exit code, when what it prints can be printed no longer. */
function surviveOutputErrors() {
	const streams = [{
		stream: process.stdout,
		name: "standard output"
	}, {
		stream: process.stderr,
		name: "standard error"
	}];
	let failed = false;
	for (const { stream, name } of streams) stream.on("error", (error) => {
		if (failed || isErrnoException(error) && error.code === "EPIPE") return;
		failed = true;
		process.once("exit", () => {
			if (!process.exitCode) process.exitCode = EXIT.environment;
		});
		const { message, code, hint } = unwritable(name, error);
		if (stream !== process.stderr) process.stderr.write(`error: ${message} [${code}]\nhint: ${hint}\n`);
	});
}
function unwritable(name, cause) {
	const full = isErrnoException(cause) && (cause.code === "ENOSPC" || cause.code === "EDQUOT");
	return new SystemError(full ? "DISK_FULL" : "FILE_WRITE_FAILED", full ? `no space left for ${name}` : `cannot write to ${name}: ${cause.message}`, {
		cause,
		hint: "send the output elsewhere; see what was done before you repeat it: only its result is missing"
	});
}
/**
* Installs the handlers; the returned function removes them, and is to be called when the run has come to its end.
* @param report prints what was thrown, synchronously, and returns the exit code
*/
function installExitHandlers(temporary, report) {
	process.report.excludeEnv = true;
	const cleanUp = () => {
		remove();
		stopRunningTools();
		temporary.removeNow();
		return prepareTermination();
	};
	const onUncaught = (thrown) => {
		cleanUp();
		process.exit(report(thrown));
	};
	const onIdle = () => onUncaught(/* @__PURE__ */ new Error("the run came to a standstill before its end"));
	const onSignal = (name) => {
		const end = () => process.kill(process.pid, name);
		const waiting = cleanUp();
		if (waiting) waiting.then(end);
		else end();
	};
	const remove = () => {
		for (const name of SIGNALS) process.removeListener(name, onSignal);
		for (const name of UNCAUGHT) process.removeListener(name, onUncaught);
		process.removeListener("beforeExit", onIdle);
	};
	for (const name of SIGNALS) process.on(name, onSignal);
	for (const name of UNCAUGHT) process.on(name, onUncaught);
	process.on("beforeExit", onIdle);
	return remove;
}

export { findCommand as _, reportPlaces as a, failureJson as c, ambientSecrets as d, isInGateWord as f, COMMANDS as g, ACTION_NAMES as h, printJson as i, inDocument as l, ownProcess as m, runCommand as n, writeReport as o, withoutWorkflowCommands as p, surviveOutputErrors as r, describeFailure as s, installExitHandlers as t, ProcessHost as u, isActionName as v };