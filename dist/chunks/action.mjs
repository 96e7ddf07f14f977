import { _ as ACTION_NAMES, a as describeFailure, b as isActionName, c as inDocument, d as runTool, f as Redactor, g as ambientSecrets, h as childEnvironment, i as writeReport, l as TemporaryFolder, m as ProgressMeter, n as prepareWayOut, o as failureJson, p as withoutWorkflowCommands, s as failureOf, t as outliveOutput, u as findProgram, y as findCommand } from "./way-out.mjs";
import { r as GITHUB_TOKEN_INPUT } from "./common-inputs.mjs";
import { r as checkedFiles } from "./file-inputs.mjs";
import { t as readInputs } from "./inputs.mjs";
import { t as assertTrustedEvent } from "./untrusted-event.mjs";
import { a as info, c as setOutput, d as warning, g as summary, i as getInput, l as setSecret, n as endGroup, r as error, s as setFailed, t as debug, u as startGroup } from "./core.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { r as isInGateWord, t as holdsSecret } from "./redacted-json.mjs";
import { r as visibleLines } from "./unsafe-text.mjs";
import { a as readFileBounded } from "./file.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as escapeMarkdown } from "./foreign-text.mjs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative, resolve } from "node:path";

// src/host/actions.ts
const PROGRESS_MS = 1e4;
/** The runner shows ten error annotations per step; the last one is the step's own failure. */
const MAX_FINDINGS = 9;
var ActionsHost = class {
	kind = "actions";
	env;
	cwd;
	cache;
	temporary;
	redactor = new Redactor();
	toolTimeoutMs;
	#options;
	#findings = [];
	/** Set while the output of a tool is shown: the word that switches workflow commands on again. */
	#stopWord;
	constructor(options) {
		this.#options = options;
		this.env = options.env;
		this.cwd = options.cwd;
		this.temporary = new TemporaryFolder(options.temporaryBase);
		for (const { text, origin } of ambientSecrets(options.env)) this.mask(text, origin);
		const load = async () => (await import("./actions-cache.mjs")).actionsCache((text) => this.warning(text));
		this.cache = {
			restore: async (paths, key, restoreKeys) => (await load()).restore(paths, key, restoreKeys),
			save: async (paths, key) => (await load()).save(paths, key)
		};
	}
	temporaryFolder() {
		return this.temporary.path();
	}
	now() {
		return this.#options.now();
	}
	debug(text) {
		this.#command(() => debug(this.clean(text)));
	}
	info(text) {
		info(withoutWorkflowCommands(this.clean(text)));
	}
	warning(text, location) {
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
	async group(title, body) {
		this.#command(() => startGroup(this.clean(title).replaceAll("\n", " ")));
		try {
			return await body();
		} finally {
			this.#command(() => endGroup());
		}
	}
	progress(title) {
		const meter = new ProgressMeter(title);
		let last = performance.now();
		return {
			update: (done, total) => {
				const now = performance.now();
				meter.note(done, now);
				if (now - last < PROGRESS_MS) return;
				last = now;
				this.info(meter.text(done, total, now));
			},
			finish() {}
		};
	}
	mask(text, origin) {
		this.#setSecrets(this.redactor.add(text, origin));
	}
	async readStdin() {
		throw new UsageError("USAGE_INVALID_INPUT", "an action has no standard input", { hint: "give a file instead of -" });
	}
	async run(call) {
		this.info(`[command]${[call.program, ...call.args].join(" ")}`);
		const options = {
			env: childEnvironment(call.env ?? this.env, this.redactor),
			timeoutMs: this.toolTimeoutMs,
			onLine: (line) => this.info(line)
		};
		if (!call.echo) return runTool(call, options);
		const resume = this.#stopCommands();
		try {
			return await runTool(call, options);
		} finally {
			resume();
		}
	}
	which(program) {
		return findProgram(program, this.env);
	}
	redact(text) {
		return this.redactor.apply(text);
	}
	clean(text) {
		return visibleLines(this.redact(text));
	}
	/**
	* The runner masks every line of a text on its own, so a text of several lines is registered with ours alone; and so is
	* one that is in a word that gates compare with: the runner drops outputs of jobs in which it finds a secret.
	*/
	#setSecrets(forms) {
		for (const form of forms) if (!/[\r\n]/.test(form) && !isInGateWord(form)) this.#command(() => setSecret(form));
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
	/** Sets an output; a value that the runner would refuse, or that holds a secret, is left empty with a warning. */
	output(name, value) {
		const odd = /[\u0000-\u0008\u000b-\u001f\u007f]/.test(value);
		if (odd) this.warning(`the output ${name} is left empty: its value holds control characters`);
		const leaking = holdsSecret(value, name, (text) => this.redact(text));
		if (leaking) this.warning(`the output ${name} is left empty: its value holds a secret`);
		setOutput(name, odd || leaking ? "" : value);
	}
	/** Appends to the job summary; a runner without a summary file is no failure. */
	async summary(markdown) {
		if (!this.env["GITHUB_STEP_SUMMARY"]) return;
		try {
			await summary.addRaw(this.redact(markdown), true).write();
		} catch (error) {
			this.warning(`the job summary cannot be written: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
};

// src/entry/failure-summary.ts
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

// src/entry/action.ts
/** The runner refuses a larger summary; the margin is for what other parts of the step may add. */
const MAX_SUMMARY_BYTES = 1e6;
/** Runs one of the five actions, or with `root` the one that the input `command` names. */
async function runAction(name) {
	outliveOutput();
	const host = actionsHost();
	const removeHandlers = prepareWayOut(host.temporary, (thrown) => {
		host.output("verdict", "failed");
		return fail(host, name, describeFailure(thrown));
	});
	try {
		process.exitCode = await runStep(name, host);
	} catch (error) {
		host.output("verdict", "failed");
		process.exitCode = fail(host, name, describeFailure(error));
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
	const wantedReport = await reportPathFrom(spec, texts, host);
	const ending = await runGuarded(command, texts, host);
	const reportPath = await writeReportFile(ending.failure?.code === "USAGE_CONFLICTING_INPUTS" ? defaultReport(spec, host) : wantedReport, ending.json, host);
	setOutputs(spec, host, {
		...ending.outputs,
		verdict: ending.outputs["verdict"] || (ending.exitCode === EXIT.passed ? "passed" : "failed"),
		"report-path": reportPath
	});
	if (!/^false$/i.test(texts.get("show-summary") ?? "")) await addSummary(host, spec.name, ending.summary);
	if (ending.text) host.info(ending.text.trimEnd());
	host.showFindings();
	host.info(`${spec.name}: ${ending.exitCode === EXIT.passed ? "passed" : "failed"}; report: ${reportPath || "none"}`);
	if (ending.failure) return fail(host, spec.name, ending.failure);
	if (ending.exitCode !== EXIT.passed) host.fail(`${spec.name} failed: ${lastLine(ending.text)}`);
	return ending.exitCode;
}
/** Runs the command; whatever it throws becomes an ending, so that outputs and report are written in every case. */
async function runGuarded(command, texts, host) {
	try {
		const inputs = await readInputs(command.spec, {
			texts,
			cwd: host.cwd,
			mask: (text) => host.mask(text),
			readStdin: () => host.readStdin()
		});
		await assertEvent(command.spec, inputs, host);
		if (hasInput(command.spec, "timeout")) host.toolTimeoutMs = inputs.number("timeout");
		return endingOf(await command.run(inputs, host));
	} catch (error) {
		const failure = describeFailure(error);
		return {
			exitCode: failure.exitCode,
			json: failureJson(failure),
			outputs: {},
			summary: failureSummary(command.spec.name, failure, (text) => host.redact(text)),
			text: "",
			failure
		};
	}
}
function endingOf(result) {
	const { exitCode, json, outputs, summary, text, error } = result;
	return {
		exitCode,
		json,
		outputs,
		summary,
		text,
		failure: error && failureOf(error, exitCode)
	};
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
	for (const { name, type, actionDefault } of spec.inputs) {
		const holdsSecret = type === "secret" || type === "pem";
		const text = host.input(name, holdsSecret || type === "text");
		const path = holdsSecret ? host.input(`${name}-path`, false) : "";
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
function hasInput(spec, name) {
	return spec.inputs.some((input) => input.name === name);
}
async function assertEvent(spec, inputs, host) {
	if (!spec.privileged) return;
	const path = host.env["GITHUB_EVENT_PATH"];
	const payload = path ? await readFileBounded(path, LIMITS.reportBytes).catch(() => void 0) : void 0;
	assertTrustedEvent(spec.name, {
		env: host.env,
		payload,
		allowed: inputs.boolean("allow-untrusted-event")
	});
}
/** Where nothing may be written, which the run will fail with, the report goes where it goes by default. */
async function reportPathFrom(spec, texts, host) {
	const wanted = texts.get("report-path");
	const folder = resolve(host.cwd, texts.get("working-directory") ?? ".");
	const usable = wanted !== void 0 && await checkedFiles(spec, texts, folder).catch(() => void 0);
	if (wanted !== void 0 && usable) return resolve(folder, wanted);
	return defaultReport(spec, host);
}
function defaultReport({ name }, { env }) {
	return join(env["RUNNER_TEMP"] ?? tmpdir(), `countersign-${name}-${randomBytes(4).toString("hex")}.json`);
}
async function writeReportFile(path, json, host) {
	try {
		await writeReport(path, json, (text) => host.redact(text));
		return path;
	} catch (error) {
		const { code, message, hint } = describeFailure(error);
		host.finding(`${code}: the report was not written: ${message}; ${hint}`);
		return "";
	}
}
function setOutputs(spec, host, values) {
	for (const { name } of spec.outputs) host.output(name, values[name] ?? "");
}
async function addSummary(host, name, markdown) {
	if (markdown === void 0) return;
	const fits = Buffer.byteLength(markdown) <= MAX_SUMMARY_BYTES;
	await host.summary(fits ? markdown : `### ${name}\n\nThe result is too large for this page; see the report file.\n`);
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
	return failure.exitCode;
}

export { runAction as t };