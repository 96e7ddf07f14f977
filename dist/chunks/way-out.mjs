import { i as EXIT, l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { s as writeDocument } from "./file.mjs";
import { n as redactedJson } from "./redacted-json.mjs";
import { n as visibleLine, r as visibleLines } from "./unsafe-text.mjs";
import { n as ToolError } from "./tool.mjs";
import { constants } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { access, chmod, mkdtemp, rm, stat } from "node:fs/promises";
import { constants as constants$1, rmSync } from "node:fs";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

// src/commands/all.ts
/** The commands that are actions too, in the order of a pipeline. */
const ACTION_NAMES = [
	"build",
	"scan-attest",
	"sign-stage",
	"verify-all",
	"push-oras"
];
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
		load: async () => (await import("./verify-all.mjs")).command
	},
	{
		name: "push-oras",
		summary: "Publish an image with its layers, only if its verdict passed, tags last",
		load: async () => (await import("./push-oras.mjs")).command
	},
	{
		name: "inspect",
		summary: "Show objects, layers, evidence and free slots of images",
		load: async () => (await import("./inspect.mjs")).command
	},
	{
		name: "key",
		summary: "Show what a policy needs to know of a key, or make throw-away keys",
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
		name: "demo",
		summary: "Show the whole path on a small image, then three attacks on it",
		load: async () => (await import("./demo.mjs")).command
	}
];
function isActionName(name) {
	return ACTION_NAMES.some((known) => known === name);
}
function findCommand(name) {
	return COMMANDS.find((command) => command.name === name);
}

// src/host/ambient-secrets.ts
/** Tokens that the runner or a workflow gives to a whole step, and the passphrase of cosign keys. */
const AMBIENT_TOKEN = /^(ACTIONS_(RUNTIME|ID_TOKEN_REQUEST)_TOKEN|(GITHUB|GH)(_ENTERPRISE)?_TOKEN|COSIGN_PASSWORD)$/i;
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

// src/host/child-environment.ts
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
/** The variables of `environment` that a child may see. */
function childEnvironment(environment, redactor) {
	const kept = {};
	for (const [name, value] of Object.entries(environment)) {
		if (value === void 0 || WITHHELD.test(name) || AMBIENT_TOKEN.test(name)) continue;
		if (redactor.knows(value) && !ALWAYS.has(name.toUpperCase())) continue;
		kept[name] = value;
	}
	return kept;
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
/** Follows one transfer. What was there before its first report, such as the beginning of a resumed one, is no speed. */
var ProgressMeter = class {
	#title;
	#first;
	constructor(title) {
		this.#title = title;
	}
	/** To be called with every report, also those that are not shown; `nowMs` is a monotonic clock. */
	note(done, nowMs) {
		if (!this.#first || done < this.#first.done) this.#first = {
			done,
			atMs: nowMs
		};
	}
	/** `title: 42 % of 1.50 GiB, 210 MiB/s, 4 s left`; bytes alone when the total is unknown. */
	text(done, total, nowMs) {
		const size = total === void 0 || total === 0 ? sizeText(done) : `${Math.floor(100 * done / total)} % of ${sizeText(total)}`;
		const rate = this.#bytesPerSecond(done, nowMs);
		if (rate === void 0) return `${this.#title}: ${size}`;
		const left = total !== void 0 && total > done ? `, ${durationText((total - done) / rate)} left` : "";
		return `${this.#title}: ${size}, ${sizeText(Math.round(rate))}/s${left}`;
	}
	#bytesPerSecond(done, nowMs) {
		if (!this.#first || done <= this.#first.done) return void 0;
		const elapsedMs = nowMs - this.#first.atMs;
		return elapsedMs < RATE_AFTER_MS ? void 0 : (done - this.#first.done) * 1e3 / elapsedMs;
	}
};
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

// src/host/secret-forms.ts
/** No form is shorter: such texts would riddle a log when masked. */
const MIN_CHARS = 4;
/** Bytes from the middle of a secret that say enough about it to be hidden in Base64. */
const MIN_MIDDLE_BYTES = 6;
/**
* Every form of a secret, none shorter than `minChars`. The frame of a PEM text and lines that short are no secrets;
* a secret that is that short itself has no form at all.
*/
function secretForms(secret, minChars = 4) {
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

// src/host/redact.ts
const REPLACEMENT = "***";
/** What shorter secrets have in common with a digest or a fingerprint is chance. */
const MIN_CHARS_IN_DIGEST = 16;
/** What our own cutting leaves at the end of a text, and how much of a secret before it is worth hiding. */
const CUT = "…";
const MIN_CHARS_CUT = 8;
const DIGEST = /(?<![0-9A-Za-z])[0-9A-Fa-f]{40,}(?![0-9A-Za-z])/g;
/** What our own escaping puts for a character: see report/foreign-text.ts and primitives/unsafe-text.ts. */
const ESCAPED = /<\/?span>|&?#(\d{1,7});|\\u\{([0-9a-f]{1,6})\}|\\u([0-9a-f]{4})/g;
/** Remembers the texts that must never be printed and removes them, in all their forms, from everything that is. */
var Redactor = class {
	#forms = /* @__PURE__ */ new Set();
	/** The forms by how they begin: a key of many lines must not slow down every line of a log. */
	#byStart = /* @__PURE__ */ new Map();
	#withheld = /* @__PURE__ */ new Set();
	/**
	* Registers a secret; those under 4 characters are ignored, they would riddle the log, and those under 8 that were
	* found and not given.
	* @param origin children may have all but what was given: a helper that reads a login from its environment is asked again
	* @returns the forms that were not known before
	*/
	add(secret, origin = "given") {
		const forms = [...secretForms(secret, origin === "found" ? 8 : 4)];
		const fresh = forms.filter((form) => !this.#forms.has(form));
		for (const form of fresh) {
			this.#forms.add(form);
			const start = form.slice(0, 4);
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
		if (this.#forms.size > 0) for (let at = 0; at + 4 <= text.length; at += 1) for (const form of this.#byStart.get(text.slice(at, at + 4)) ?? []) {
			const length = shownLength(form, text, at);
			if (length > 0) hits.push([at, at + length]);
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
/** How much of a secret stands at a place: all of it, or what is left of it where a text was cut; else 0. */
function shownLength(form, text, at) {
	if (text.startsWith(form, at)) return form.length;
	let length = 4;
	while (length < form.length && text[at + length] === form[length]) length += 1;
	return length >= MIN_CHARS_CUT && text[at + length] === CUT ? length : 0;
}
/** The text that was escaped; undefined when nothing is. */
function unescaped(text) {
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

// src/host/run.ts
const DEFAULT_OUTPUT_BYTES = 16777216;
/** Between asking a child to end and ending it. */
const GRACE_MS = 5e3;
const running = /* @__PURE__ */ new Set();
/**
* Runs one program to its end; a failing exit code is a result, not an error.
* @throws ToolError TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT
*/
async function runTool(call, options) {
	const child = spawn(call.program, [...call.args], {
		cwd: call.cwd,
		env: options.env,
		shell: false,
		windowsHide: true,
		detached: process.platform !== "win32",
		stdio: [
			"pipe",
			"pipe",
			"pipe"
		]
	});
	running.add(child);
	const onLine = call.echo ? options.onLine : void 0;
	const limit = call.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES;
	const output = [child.stdout, child.stderr].map(async (stream) => collect(stream, limit, onLine));
	child.stdin.on("error", () => {});
	child.stdin.end(call.stdin);
	try {
		const exitCode = await ended(child, call, call.timeoutMs ?? options.timeoutMs);
		const [stdout = "", stderr = ""] = await Promise.all(output);
		return {
			exitCode,
			stdout,
			stderr
		};
	} finally {
		running.delete(child);
	}
}
/** Stops every program that this process still runs; for the way out on a signal. */
function stopRunningTools() {
	for (const child of running) signal(child, "SIGKILL");
}
async function ended(child, call, timeoutMs) {
	const timers = [];
	let timedOut = false;
	try {
		return await new Promise((resolve, reject) => {
			if (timeoutMs !== void 0) timers.push(setTimeout(() => {
				timedOut = true;
				signal(child, "SIGTERM");
				timers.push(setTimeout(() => signal(child, "SIGKILL"), GRACE_MS));
			}, timeoutMs));
			child.once("error", (error) => reject(startError(error, call)));
			child.once("close", (code, name) => {
				if (timedOut) reject(timeoutError(call, timeoutMs ?? 0));
				else resolve(code ?? 128 + (name ? constants.signals[name] : 0));
			});
		});
	} finally {
		for (const timer of timers) clearTimeout(timer);
	}
}
function signal(child, name) {
	if (child.pid === void 0 || child.exitCode !== null) return;
	try {
		if (process.platform === "win32") child.kill(name);
		else process.kill(-child.pid, name);
	} catch (error) {
		if (!isErrnoException(error) || error.code !== "ESRCH") throw error;
	}
}
/** Keeps the last `limitBytes` of a stream: the end of a long log tells more than its beginning. */
async function collect(stream, limitBytes, onLine) {
	const chunks = [];
	let kept = 0;
	if (onLine) createInterface({
		input: stream,
		crlfDelay: Number.POSITIVE_INFINITY
	}).on("line", onLine);
	await new Promise((resolve) => {
		stream.on("data", (chunk) => {
			chunks.push(chunk);
			kept += chunk.byteLength;
			while (chunks[0] && kept - chunks[0].byteLength >= limitBytes) kept -= chunks.shift()?.byteLength ?? 0;
		});
		stream.once("close", resolve);
		stream.once("error", resolve);
	});
	return Buffer.concat(chunks).subarray(-limitBytes).toString("utf8");
}
function startError(error, call) {
	return isErrnoException(error) && error.code === "ENOENT" ? new ToolError("TOOL_NOT_FOUND", `${call.program} is not on PATH, or the folder ${call.cwd ?? "."} is gone`, {
		cause: error,
		hint: `install ${call.program}, or add its folder to PATH`
	}) : new ToolError("TOOL_START_FAILED", `cannot start ${call.program}: ${error.message}`, {
		cause: error,
		hint: `check that ${call.program} is executable on this machine`
	});
}
function timeoutError(call, timeoutMs) {
	return new ToolError("TOOL_TIMEOUT", `${call.program} did not end within ${timeoutMs / 1e3} s and was stopped`, { hint: "give a longer timeout, or find out what the program waits for" });
}
/** Absolute path of an executable file on PATH; relative PATH entries are skipped. */
async function findProgram(program, env) {
	if (isAbsolute(program)) return await isExecutable(program) ? program : void 0;
	const endings = process.platform === "win32" ? (env["PATHEXT"] ?? ".EXE;.CMD;.BAT").split(";") : [""];
	for (const folder of (env["PATH"] ?? env["Path"] ?? "").split(delimiter)) {
		if (!isAbsolute(folder)) continue;
		for (const ending of endings) {
			const path = join(folder, `${program}${ending}`);
			if (await isExecutable(path)) return path;
		}
	}
}
async function isExecutable(path) {
	try {
		await access(path, constants$1.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}

// src/host/temporary.ts
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
/** The document as `--json` prints it: the same value but for secrets, safe to look at. */
function jsonText(document, redact) {
	return redactedJson(document, redact);
}
/**
* Writes the report.
* @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
*/
async function writeReport(path, document, redact) {
	await writeDocument(path, jsonText(document, redact));
}

// src/entry/way-out.ts
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
const SURPRISES = ["uncaughtException", "unhandledRejection"];
/** The run goes on, and decides the exit code, when what it prints can be printed no longer. */
function outliveOutput() {
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
* @param tell prints what was thrown, synchronously, and returns the exit code
*/
function prepareWayOut(temporary, tell) {
	const cleanUp = () => {
		remove();
		stopRunningTools();
		temporary.removeNow();
	};
	const onSurprise = (thrown) => {
		cleanUp();
		process.exit(tell(thrown));
	};
	const onStandstill = () => onSurprise(/* @__PURE__ */ new Error("the run came to a standstill before its end"));
	const onSignal = (name) => {
		cleanUp();
		process.kill(process.pid, name);
	};
	const remove = () => {
		for (const name of SIGNALS) process.removeListener(name, onSignal);
		for (const name of SURPRISES) process.removeListener(name, onSurprise);
		process.removeListener("beforeExit", onStandstill);
	};
	for (const name of SIGNALS) process.on(name, onSignal);
	for (const name of SURPRISES) process.on(name, onSurprise);
	process.on("beforeExit", onStandstill);
	return remove;
}

export { ACTION_NAMES as _, describeFailure as a, isActionName as b, inDocument as c, runTool as d, Redactor as f, ambientSecrets as g, childEnvironment as h, writeReport as i, TemporaryFolder as l, ProgressMeter as m, prepareWayOut as n, failureJson as o, withoutWorkflowCommands as p, jsonText as r, failureOf as s, outliveOutput as t, findProgram as u, COMMANDS as v, findCommand as y };