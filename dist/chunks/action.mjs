import { c as UsageError, i as EXIT, o as SystemError, u as isErrnoException } from "./errors.mjs";
import { _ as findCommand, a as reportPlaces, d as ambientSecrets, f as isInGateWord, h as ACTION_NAMES, l as inDocument, m as ownProcess, n as runCommand, o as writeReport, p as withoutWorkflowCommands, r as surviveOutputErrors, s as describeFailure, t as installExitHandlers, u as ProcessHost, v as isActionName } from "./run.mjs";
import { d as GITHUB_TOKEN_INPUT, n as holdsSecret, r as inWordsOf } from "./values.mjs";
import { a as getInput, c as setFailed, d as startGroup, f as warning, i as getIDToken, l as setOutput, n as endGroup, o as info, p as exec, r as error, t as debug, u as setSecret } from "./core.mjs";
import { t as holdsSecret$1 } from "./redacted-json.mjs";
import { r as parseJson } from "./json.mjs";
import { i as asObject, o as asText, r as asInteger, t as asArray } from "./members.mjs";
import { n as ToolError, r as isToolCode } from "./tool-errors.mjs";
import { o as escapeMarkdown } from "./wording.mjs";
import { appendFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute, relative } from "node:path";
import { createInterface } from "node:readline";
import { randomBytes } from "node:crypto";
import { PassThrough } from "node:stream";

// src/host/exec-tool.ts
/**
* Runs one program to its end; a failing exit code is a result, not an error.
* @throws ToolError TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT, TOOL_OUTPUT_TOO_LARGE
*/
async function execTool(call, options) {
	const limits = [call.timeoutMs ?? options.timeoutMs, call.maxOutputBytes].map((limit) => String(limit ?? ""));
	const settings = [
		String(process.pid),
		...limits,
		call.cwd ?? "",
		call.echo ? "echo" : ""
	];
	const result = [];
	const output = new PassThrough();
	const shown = showLines(output, options);
	await exec(`"${process.execPath}"`, [
		ownProcess("tool-supervisor"),
		...settings,
		call.program,
		...call.args
	], {
		env: { ...options.env },
		input: Buffer.from(call.stdin ?? []),
		silent: true,
		ignoreReturnCode: true,
		listeners: {
			stdout: (chunk) => result.push(chunk),
			stderr: (chunk) => output.write(chunk)
		}
	});
	output.end();
	await shown;
	return resultOf(Buffer.concat(result), call);
}
async function showLines(input, { onLine }) {
	for await (const line of createInterface({
		input,
		crlfDelay: Number.POSITIVE_INFINITY
	})) onLine?.(line);
}
/** @throws ToolError the one that the supervisor met */
function resultOf(text, { program }) {
	if (text.length === 0) throw new ToolError("TOOL_START_FAILED", `the process that runs ${program} ended without a result`, { hint: "see what it printed above, and whether somebody or the system ended it" });
	const result = asObject(parseJson(text, "the result of a tool"), "the result of a tool");
	const textOf = (name) => asText(result[name], name);
	const linesOf = (name) => asArray(result[name], name, Number.POSITIVE_INFINITY).map((line) => asText(line, name)).join("\n");
	const code = result["code"];
	if (isToolCode(code)) throw new ToolError(code, textOf("message"), { hint: textOf("hint") });
	return {
		exitCode: asInteger(result["exitCode"], "exitCode"),
		stdout: linesOf("stdout"),
		stderr: linesOf("stderr")
	};
}

// src/host/actions.ts
/** The runner shows ten error annotations per step; the last one is the step's own failure. */
const MAX_FINDINGS = 9;
/** The runner refuses a larger summary; the margin is for what other parts of the step may add. */
const MAX_SUMMARY_BYTES = 1e6;
/** The host of a GitHub Actions step. */
var ActionsHost = class extends ProcessHost {
	kind = "actions";
	cache;
	#options;
	#findings = [];
	#unopenedGroup;
	/** Set while the output of a tool is shown: the word that switches workflow commands on again. */
	#stopWord;
	constructor(options) {
		super(options, options.temporaryBase);
		this.#options = options;
		for (const { text, origin } of ambientSecrets(options.env)) this.mask(text, origin);
		const load = async () => (await import("./actions-cache.mjs")).actionsCache((text) => this.warning(text));
		this.cache = {
			restore: async (paths, key, restoreKeys) => (await load()).restore(paths, key, restoreKeys),
			save: async (paths, key) => (await load()).save(paths, key)
		};
	}
	async idToken(audience) {
		return this.env["ACTIONS_ID_TOKEN_REQUEST_URL"] ? await getIDToken(audience) : void 0;
	}
	debug(text) {
		this.#command(() => debug(this.clean(text)));
	}
	info(text) {
		this.#openGroup();
		info(withoutWorkflowCommands(this.clean(text)));
	}
	warning(text, location) {
		this.#openGroup();
		this.#command(() => warning(this.clean(text), this.#properties(location)));
	}
	/** Annotations are held back until `showFindings`: only then is it known whether all of them fit. */
	finding(text, location) {
		this.#findings.push({
			text,
			location
		});
	}
	showFindings() {
		const shown = this.#findings.length > MAX_FINDINGS ? 8 : this.#findings.length;
		for (const { text, location } of this.#findings.slice(0, shown)) error(this.clean(text), this.#properties(location));
		const hidden = this.#findings.length - shown;
		if (hidden > 0) error(`and ${hidden} more, see the summary`);
	}
	/** The group is opened with the first line in it, or when it is time for a sign of life. */
	async group(title, body) {
		this.#unopenedGroup = title;
		if (this.isLineDue()) this.#openGroup();
		try {
			return await body();
		} finally {
			if (this.#unopenedGroup === void 0) this.#command(() => endGroup());
			this.#unopenedGroup = void 0;
		}
	}
	mask(text, origin) {
		this.#setSecrets(this.hide(text, origin));
	}
	async readStdin() {
		throw new UsageError("USAGE_INVALID_INPUT", "an action has no standard input", { hint: "give a file instead of -" });
	}
	async run(call) {
		this.info(`[command]${[call.program, ...call.args].join(" ")}`);
		const options = {
			env: this.forChild(call.env),
			timeoutMs: this.toolTimeoutMs,
			onLine: (line) => this.info(line)
		};
		if (!call.echo) return execTool(call, options);
		const resume = this.#stopCommands();
		try {
			return await execTool(call, options);
		} finally {
			resume();
		}
	}
	/**
	* The runner masks every line of a text on its own, so a text of several lines is registered with ours alone; and so is
	* one that is in a word that gates compare with: the runner drops outputs of jobs in which it finds a secret.
	*/
	#setSecrets(forms) {
		for (const form of forms) if (!/[\r\n]/.test(form) && !isInGateWord(form)) this.#command(() => setSecret(form));
	}
	#openGroup() {
		const title = this.#unopenedGroup;
		this.#unopenedGroup = void 0;
		if (title !== void 0) this.#command(() => startGroup(this.clean(title).replaceAll("\n", " ")));
	}
	#stopCommands() {
		if (this.#stopWord !== void 0) return () => {};
		const word = randomBytes(24).toString("hex");
		this.#options.write(`::stop-commands::${word}\n`);
		this.#stopWord = word;
		return () => {
			this.#stopWord = void 0;
			this.#options.write(`::${word}::\n`);
		};
	}
	/** Runs a call that prints a workflow command, also in the middle of a tool's output. */
	#command(body) {
		const word = this.#stopWord;
		if (word !== void 0) this.#options.write(`::${word}::\n`);
		body();
		if (word !== void 0) this.#options.write(`::stop-commands::${word}\n`);
	}
	#properties(location) {
		if (!location) return {};
		const file = isAbsolute(location.file) ? relative(this.cwd, location.file) : location.file;
		return {
			file: this.clean(file).replaceAll("\\", "/"),
			startLine: location.line,
			startColumn: location.column
		};
	}
	/** One error annotation and a failed step. The exit code is set by the caller. */
	fail(text, location) {
		if (location) error(this.clean(text), this.#properties(location));
		else setFailed(this.clean(text));
	}
	input(name, asWritten) {
		return getInput(name, { trimWhitespace: !asWritten });
	}
	/**
	* Sets an output; a value that the runner would refuse, or that holds a secret, is left empty with a warning.
	* @throws SystemError when the runner's file for outputs cannot be written
	*/
	output(name, value) {
		const odd = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(value);
		if (odd) this.warning(`the output ${name} is left empty: its value holds control characters`);
		const leaking = holdsSecret$1(value, name, (text) => this.redact(text));
		if (leaking) this.warning(`the output ${name} is left empty: its value holds a secret`);
		try {
			setOutput(name, odd || leaking ? "" : value);
		} catch (error) {
			throw outputError(error, this.env["GITHUB_OUTPUT"] ?? "");
		}
	}
	/**
	* Appends to the job summary, or `instead` where the runner would refuse it for its size; a runner without a summary
	* file is no failure.
	*/
	summary(markdown, instead) {
		const path = this.env["GITHUB_STEP_SUMMARY"];
		if (!path || markdown === "") return;
		try {
			const text = this.redact(inWordsOf(this.kind, markdown));
			appendFileSync(path, `${Buffer.byteLength(text) <= MAX_SUMMARY_BYTES ? text : this.redact(instead)}\n`);
		} catch (error) {
			this.warning(`the job summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
};
/** The library has an error of its own for a file that is not there. */
function outputError(error, path) {
	const code = isErrnoException(error) && (error.code === "ENOSPC" || error.code === "EDQUOT") ? "DISK_FULL" : isErrnoException(error) ? "FILE_WRITE_FAILED" : "FILE_NOT_FOUND";
	return new SystemError(code, `the outputs of the step cannot be written to ${path}`, {
		cause: error,
		hint: "see to the disk and the folders of the runner, and run the step again; what was signed or published until then stays"
	});
}

// src/entry/action.ts
/** Runs one of the five actions, or with `root` the one that the input `command` names. */
async function runAction(name) {
	surviveOutputErrors();
	const host = actionsHost();
	const removeHandlers = installExitHandlers(host.temporary, (thrown) => failEarly(host, name, thrown));
	try {
		process.exitCode = await runStep(name, host);
	} catch (error) {
		process.exitCode = failEarly(host, name, error);
	} finally {
		await host.temporary.remove();
		removeHandlers();
	}
}
function actionsHost() {
	const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isInput(name)));
	return new ActionsHost({
		env,
		cwd: env["GITHUB_WORKSPACE"] ?? process.cwd(),
		temporaryBase: env["RUNNER_TEMP"] ?? tmpdir(),
		now: () => /* @__PURE__ */ new Date(),
		write: (text) => void process.stdout.write(text)
	});
}
async function runStep(name, host) {
	const command = await loadCommand(name === "root" ? commandInput(host) : name);
	const { spec } = command;
	const texts = takeInputs(spec, host);
	if (name === "root") warnOfOthers(spec, host);
	forgetInputs();
	const places = await reportPlaces(spec, texts, host);
	const ending = await runCommand(command, texts, host);
	const { exitCode, result, failure } = ending;
	const reportPath = await writeReportFile(failure?.code === "USAGE_CONFLICTING_INPUTS" ? places.byDefault : places.wanted, ending.json, host);
	const values = {
		...outputsOf(ending),
		"report-path": reportPath
	};
	for (const output of spec.outputs) host.output(output.name, values[output.name] ?? "");
	if (!/^false$/i.test(texts.get("show-summary") ?? "")) host.summary(summaryOf(ending, spec.name, host), tooLarge(spec.name));
	const text = result?.text.trimEnd() ?? "";
	if (text) host.info(text);
	host.showFindings();
	host.info(`${spec.name}: ${values["outcome"]}; report: ${reportPath || "none"}`);
	if (failure) fail(host, spec.name, failure);
	else if (exitCode !== EXIT.passed) host.fail(`${spec.name} failed: ${lastLine(text)}`);
	return exitCode;
}
/** The outputs that every step has, and those of its command. */
function outputsOf({ exitCode, result, failure }) {
	const { verdict, ...rest } = result?.outputs ?? {};
	return {
		"error-code": failure?.code ?? "",
		...rest,
		verdict: verdict || (exitCode === EXIT.passed ? "passed" : "failed"),
		outcome: exitCode === EXIT.passed ? "passed" : exitCode === EXIT.failed ? "failed" : "error"
	};
}
/** What the command says of its result, and the failure if that says nothing of it. */
function summaryOf({ result, failure }, name, host) {
	const markdown = result?.summary?.() ?? "";
	const { code } = failure ?? { code: "" };
	const saysWhy = markdown.includes(code) || markdown.includes(escapeMarkdown(code));
	return failure && !saysWhy ? `${markdown}${markdown && "\n"}${failureSummary(name, failure, (text) => host.redact(text))}` : markdown;
}
function tooLarge(name) {
	return `### ${name}\n\nThe result is too large for this page; see the report file.\n`;
}
/** The end of a step whose command was not found, or that broke down. */
function failEarly(host, name, thrown) {
	const failure = describeFailure(thrown);
	const { exitCode } = failure;
	const ending = {
		exitCode,
		result: void 0,
		failure
	};
	try {
		for (const [output, value] of Object.entries(outputsOf(ending))) host.output(output, value);
	} catch (error) {
		if (!(error instanceof SystemError)) throw error;
	}
	host.summary(summaryOf(ending, name, host), tooLarge(name));
	fail(host, name, failure);
	return exitCode;
}
async function loadCommand(name) {
	const entry = findCommand(name);
	if (!entry) throw new Error(`no command ${name}`);
	return entry.load();
}
function commandInput(host) {
	const name = host.input("command", false);
	if (isActionName(name)) return name;
	const known = ACTION_NAMES.join(", ");
	throw name === "" ? new UsageError("USAGE_MISSING_INPUT", "the input command is missing", { hint: `give one of ${known}` }) : new UsageError("USAGE_INVALID_INPUT", `command is ${JSON.stringify(name.slice(0, 120))}`, { hint: `give one of ${known}` });
}
/** The raw inputs of a command, by name. */
function takeInputs(spec, host) {
	const texts = /* @__PURE__ */ new Map();
	for (const input of spec.inputs) {
		const { name, type, actionDefault } = input;
		const isSecret = holdsSecret(input);
		const text = host.input(name, isSecret || type === "text");
		const path = isSecret ? host.input(`${name}-path`, false) : "";
		if (path !== "") texts.set(`${name}-path`, path);
		if (text !== "" && (path === "" || actionDefault === void 0)) texts.set(name, text);
	}
	return texts;
}
/**
* The root action has the inputs of all commands: those given for another one have no effect. The runner always gives the
* token.
*/
function warnOfOthers(spec, host) {
	const own = new Set([GITHUB_TOKEN_INPUT, ...spec.inputs].flatMap(({ name }) => [name, `${name}-path`]));
	const given = Object.keys(process.env).filter((name) => isInput(name) && process.env[name]?.trim());
	for (const name of given.map((variable) => variable.slice(6).toLowerCase())) if (name !== "command" && !own.has(name)) host.warning(`${spec.name} has no input ${name}; it is not used`);
}
/** Children of any library would inherit them. */
function forgetInputs() {
	for (const name of Object.keys(process.env).filter(isInput)) delete process.env[name];
}
function isInput(name) {
	return /^INPUT_/i.test(name);
}
async function writeReportFile(path, json, host) {
	try {
		await writeReport(path, json, host);
		return path;
	} catch (error) {
		const { code, message, hint } = describeFailure(error);
		host.finding(`${code}: the report was not written: ${message}; ${hint}`);
		return "";
	}
}
/** The commands end their text with what was decided. */
function lastLine(text) {
	return (text.trimEnd().split("\n").at(-1)?.trim() ?? "").replace(/^failed: /, "") || "see the report";
}
function fail(host, name, failure) {
	for (const cause of failure.causes) host.info(`cause: ${cause}`);
	if (failure.stack) host.debug(failure.stack);
	const at = inDocument(failure);
	const location = at === "" ? failure.location : void 0;
	host.fail(`${name}: ${at}${failure.message} [${failure.code}]\nhint: ${failure.hint}`, location);
}
const MAX_LINE = 2e3;
/** Markdown: one item each for error, hint and causes. Secrets go before texts are cut and escaped. */
function failureSummary(name, failure, redact) {
	const item = (label, text) => {
		return `- ${label}: ${redact(text).split(/\r?\n/).map((line) => escapeMarkdown(line, MAX_LINE)).join("<br>")}\n`;
	};
	const items = [
		item("error", `${inDocument(failure)}${failure.message}`),
		item("hint", failure.hint),
		...failure.causes.map((cause) => item("cause", cause))
	];
	return `### ${name}: ${failure.code}\n\n${items.join("")}`;
}

export { runAction };