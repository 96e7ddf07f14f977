import { c as UsageError, i as EXIT, r as DataError } from "./errors.mjs";
import { l as nearest } from "./text.mjs";
import { t as VERSION } from "./version.mjs";
import { c as failureJson, d as ambientSecrets, g as COMMANDS, i as printJson, n as runCommand, o as writeReport, r as surviveOutputErrors, s as describeFailure, t as installExitHandlers, u as ProcessHost } from "./run.mjs";
import { n as holdsSecret, r as inWordsOf, t as environmentName } from "./values.mjs";
import { t as isPublicKeyName } from "./key-name.mjs";
import { n as runTool } from "./run-tool.mjs";
import { tmpdir } from "node:os";
import { parseArgs } from "node:util";

// src/host/terminal.ts
const REDRAW_MS = 100;
/** The host of the command line. */
var TerminalHost = class extends ProcessHost {
	kind = "terminal";
	cache = void 0;
	/** Set by the entry once the flags are read. */
	quiet = false;
	verbose = false;
	#options;
	#stdin = new StandardInput();
	constructor(options) {
		super(options, tmpdir());
		this.#options = options;
		for (const { text, origin } of ambientSecrets(options.env)) this.mask(text, origin);
	}
	debug(text) {
		if (this.verbose) this.print(`debug: ${text}`);
	}
	info(text) {
		if (!this.quiet) this.print(text);
	}
	warning(text, location) {
		this.print(`warning: ${at(location)}${text}`);
	}
	finding(text, location) {
		this.debug(`finding: ${at(location)}${text}`);
	}
	async group(title, body) {
		if (this.#options.stderr.isTTY === true || this.isLineDue()) this.info(title);
		return body();
	}
	progress(title) {
		if (this.#options.stderr.isTTY !== true) return super.progress(title);
		if (this.quiet) return {
			update() {},
			finish() {}
		};
		let last = 0;
		const isDue = (nowMs) => {
			if (nowMs - last < REDRAW_MS) return false;
			last = nowMs;
			return true;
		};
		const draw = (text) => this.#options.stderr.write(`\r\u001b[2K${this.clean(text)}`);
		return {
			...this.follow(title, isDue, draw),
			finish: () => void draw("")
		};
	}
	mask(text, origin) {
		this.hide(text, origin);
	}
	readStdin(limitBytes) {
		return this.#stdin.bytes(this.#options.stdin, limitBytes);
	}
	run(call) {
		this.debug(`runs ${[call.program, ...call.args].join(" ")}`);
		return runTool(call, {
			env: this.forChild(call.env),
			timeoutMs: this.toolTimeoutMs,
			onLine: (line) => this.info(line)
		});
	}
	/** One line, or several, on standard error. */
	print(text) {
		this.#options.stderr.write(`${this.clean(text)}\n`);
	}
};
function at(location) {
	return location ? `${location.file}:${location.line}:${location.column}: ` : "";
}
/** Standard input as bytes, once: two inputs cannot both come from it. */
var StandardInput = class {
	#read = false;
	/** @throws UsageError USAGE_CONFLICTING_INPUTS when read twice; DataError DATA_TOO_LARGE */
	async bytes(stream, limitBytes) {
		if (this.#read) throw new UsageError("USAGE_CONFLICTING_INPUTS", "two inputs ask for standard input", { hint: "give one of them as a file" });
		this.#read = true;
		const chunks = [];
		let total = 0;
		for await (const chunk of stream) {
			const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
			total += bytes.byteLength;
			if (total > limitBytes) throw new DataError("DATA_TOO_LARGE", `standard input has more than ${limitBytes} bytes`, { hint: "check what is piped in" });
			chunks.push(bytes);
		}
		return new Uint8Array(Buffer.concat(chunks));
	}
};

// src/entry/flag-errors.ts
/** A value for a flag like `--json`, as written. */
function valueOfSwitch(flag) {
	return new UsageError("USAGE_INVALID_INPUT", `${flag} takes no value`, { hint: `write ${flag} alone` });
}
/** No value for a flag that has one. */
function noValue({ name }) {
	return new UsageError("USAGE_INVALID_INPUT", `--${name} has no value`, { hint: `give it a value, or write --${name}=VALUE when the value begins with a dash` });
}
/** A variable of a script that is not set must not turn a verification off, or make it look at less. */
function blankValue(what) {
	return new UsageError("USAGE_INVALID_INPUT", `${what} is empty`, { hint: "give it a value, or leave it out; check that the variable which it comes from is set" });
}
/** A flag that has one value was given twice. */
function givenTwice({ name }) {
	return new UsageError("USAGE_CONFLICTING_INPUTS", `--${name} was given more than once`, { hint: `give --${name} once` });
}
/** A flag as written, with its name, that the command does not have. */
function unknownFlag(written, name, known) {
	const positive = name.startsWith("no-") ? name.slice(3) : void 0;
	const guess = guessFlag(name, known);
	return new UsageError("USAGE_UNKNOWN_INPUT", `no flag ${written}`, { hint: positive !== void 0 && known.includes(positive) ? `write --${positive}=false` : guess ? `did you mean --${guess}?` : "run the command with --help for its flags" });
}
/** The flag that was meant. Where a secret was, it is the one for its file; else a longer name that begins or ends so. */
function guessFlag(name, known) {
	const word = name.toLowerCase().replaceAll("_", "-");
	const fileOf = (flag) => known.find((one) => one === `${flag}-path`);
	const near = fileOf(word) ?? nearest(word, known);
	if (near !== void 0) return fileOf(near) ?? near;
	const longer = known.filter((one) => one.startsWith(`${word}-`) || one.endsWith(`-${word}`));
	return longer.length === 1 ? longer[0] : void 0;
}
/** A secret in an argument. */
function secretFlag({ name }) {
	return new UsageError("USAGE_INVALID_INPUT", `--${name} would show a secret to every user of this machine`, { hint: `give --${name}-path FILE (or - for standard input), or set ${environmentName(name)}` });
}
/** An argument too many; `takesOne` says whether the command takes any. */
function tooManyArguments({ name }, argument, takesOne) {
	return new UsageError("USAGE_UNKNOWN_INPUT", `unexpected argument ${JSON.stringify(argument?.slice(0, 120))}`, { hint: takesOne ? `${name} takes one argument` : `${name} takes flags only; see its --help` });
}
/** The same input as a flag and as an argument. */
function givenBothWays({ name }) {
	return new UsageError("USAGE_CONFLICTING_INPUTS", `${name} was given as a flag and as an argument`, { hint: "give it once" });
}

// src/entry/help.ts
const WIDTH = 80;
/** The list of commands. */
function generalHelp(commands) {
	const width = Math.max(...commands.map(({ name }) => name.length), 4) + 2;
	const rows = commands.flatMap(({ name, summary }) => hanging(name, width, summary));
	return [
		"usage: countersign COMMAND [flags] [arguments]",
		"",
		...wrap("Records on a container image who approved it at each stage, and decides by policy whether the approvals are complete, in order and by the right people.", 0),
		"",
		"commands:",
		...rows,
		...hanging("help", width, "This text; `help COMMAND` or `help ERROR_CODE` for more."),
		"",
		"every command takes --json, --quiet, --verbose and --help",
		"exit codes: 0 passed, 1 the verdict failed, 2 usage, 3 environment, 70 a bug",
		""
	].join("\n");
}
/** One command: what it does, its flags, its outputs. */
function commandHelp(spec) {
	const argument = spec.inputs.find(({ name }) => name === spec.positional);
	const many = argument?.type === "list" || argument?.type === "paths";
	const flags = spec.inputs.filter(({ only }) => only !== "action").flatMap(flagHelp);
	return [
		`usage: countersign ${spec.name} [flags]${argument ? ` [${argument.name.toUpperCase()}${many ? "…" : ""}]` : ""}`,
		"",
		...wrap(spec.description, 0),
		"",
		"flags:",
		...flags,
		...entry("--json", "print the result as JSON"),
		...entry("--quiet", "no messages on standard error but warnings and errors"),
		...entry("--verbose", "say more on standard error"),
		""
	].join("\n");
}
/** One error code: when it happens, what to do. */
function codeHelp(code, { when, fix }) {
	return [
		code,
		...wrap(`When: ${inWordsOf("terminal", when)}.`, 2),
		...wrap(`Fix: ${inWordsOf("terminal", fix)}.`, 2),
		""
	].join("\n");
}
function flagHelp(input) {
	const notes = [
		input.values ? `One of ${input.values.join(", ")}.` : "",
		input.default ? `Default: ${input.default.replaceAll("\n", " ")}.` : "",
		input.type === "boolean" && input.default === "true" ? `\`--${input.name}=false\` switches it off.` : "",
		input.required ? "Required." : ""
	];
	const text = [input.description, ...notes].filter((part) => part !== "").join(" ");
	if (input.type !== "secret" && input.type !== "pem") return entry(`--${input.name}${PLACEHOLDERS[input.type]}`, text);
	return entry(`--${input.name}-path${PLACEHOLDERS[input.type]}`, `${text} A file, - for standard input, or ${environmentName(input.name)} in the environment.`);
}
const PLACEHOLDERS = {
	boolean: "",
	path: " PATH",
	list: " VALUE (repeatable)",
	paths: " VALUE (repeatable)",
	duration: " TIME",
	integer: " NUMBER",
	size: " SIZE",
	time: " RFC3339",
	digest: " DIGEST",
	enum: " VALUE",
	string: " VALUE",
	text: " VALUE",
	secret: " FILE",
	pem: " FILE"
};
function entry(title, text) {
	return [`  ${title}`, ...wrap(text, 6)];
}
function hanging(title, width, text) {
	const [first = "", ...rest] = wrap(text, width + 2);
	return [`  ${title.padEnd(width)}${first.trimStart()}`, ...rest];
}
function wrap(text, indent) {
	const lines = [];
	let line = "";
	for (const word of text.split(/\s+/)) if (line !== "" && indent + line.length + 1 + word.length > WIDTH) {
		lines.push(" ".repeat(indent) + line);
		line = word;
	} else line = line === "" ? word : `${line} ${word}`;
	return [...lines, " ".repeat(indent) + line];
}

// src/entry/command-line.ts
/** Runs the command line that this process was started with and sets the exit code. */
async function runTerminal() {
	surviveOutputErrors();
	const host = new TerminalHost({
		env: { ...process.env },
		cwd: process.cwd(),
		stdin: process.stdin,
		stderr: process.stderr,
		now: () => /* @__PURE__ */ new Date()
	});
	const removeHandlers = installExitHandlers(host.temporary, (thrown) => {
		const failure = describeFailure(thrown);
		printFailure(failure, host);
		return failure.exitCode;
	});
	try {
		process.exitCode = await runCommandLine(process.argv.slice(2), {
			host,
			write: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
			unset: (name) => void delete process.env[name]
		});
	} finally {
		await host.temporary.remove();
		removeHandlers();
	}
}
/** Runs one command line and returns the exit code. Never throws. */
async function runCommandLine(args, terminal) {
	try {
		return await dispatch(args, terminal);
	} catch (error) {
		const failure = describeFailure(error);
		printFailure(failure, terminal.host);
		if (args.includes("--json")) await printJson(failureJson(failure), terminal);
		return failure.exitCode;
	}
}
async function dispatch(args, terminal) {
	const [name, ...rest] = args;
	const commands = terminal.commands ?? COMMANDS;
	if (name === void 0) {
		terminal.host.print(generalHelp(commands));
		return EXIT.usage;
	}
	if (name === "--version") await terminal.write(`${VERSION}\n`);
	else if (name === "--help" || name === "-h") await terminal.write(generalHelp(commands));
	else if (name === "help") await terminal.write(await helpOn(rest[0], commands));
	else return runWith(await loadCommand(name, commands), rest, terminal);
	return EXIT.passed;
}
async function helpOn(topic, commands) {
	if (topic === void 0) return generalHelp(commands);
	if (!/^[A-Z][A-Z0-9_]+$/.test(topic)) return commandHelp((await loadCommand(topic, commands)).spec);
	const { findCode } = await import("./error-codes.mjs");
	const code = findCode(topic);
	if (code) return codeHelp(topic, code);
	throw new UsageError("USAGE_UNKNOWN_INPUT", `no error code ${topic.slice(0, 120)}`, { hint: "see docs/errors.md for the list" });
}
async function loadCommand(name, commands) {
	const found = commands.find((command) => command.name === name);
	if (found) return found.load();
	const guess = nearest(name, commands.map((command) => command.name));
	throw new UsageError("USAGE_UNKNOWN_INPUT", `no command ${JSON.stringify(name.slice(0, 120))}`, { hint: guess ? `did you mean ${guess}?` : "run countersign help for the list" });
}
async function runWith(command, args, terminal) {
	const { spec } = command;
	const { host } = terminal;
	const given = readArguments(spec, args, host.env);
	if (given.help) {
		await terminal.write(commandHelp(spec));
		return EXIT.passed;
	}
	host.quiet = given.quiet;
	host.verbose = given.verbose;
	forgetSecrets(spec, terminal);
	const { exitCode, result, failure, json, reportPath } = await runCommand(command, given.texts, host);
	if (given.json) await printJson(json, terminal);
	else await terminal.write(lines(host.clean(result?.text ?? "")));
	if (failure) printFailure(failure, host);
	if (!result || reportPath === void 0) return exitCode;
	return await reportTo(reportPath, result, host);
}
/** What was done is done and has been shown; without its report it is no success. */
async function reportTo(path, result, host) {
	try {
		await writeReport(path, result.json, host);
		return result.exitCode;
	} catch (error) {
		const failure = describeFailure(error);
		printFailure({
			...failure,
			message: `the report was not written: ${failure.message}`
		}, host);
		return result.exitCode === EXIT.passed ? failure.exitCode : result.exitCode;
	}
}
function lines(text) {
	return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}
function forgetSecrets(spec, terminal) {
	for (const { name, type } of spec.inputs) if (type === "secret") terminal.unset(environmentName(name));
}
/** The `error:`, `cause:` and `hint:` lines of a failure. */
function printFailure(failure, host) {
	const { location } = failure;
	const at = location ? `${location.file}:${location.line}:${location.column}: ` : "";
	host.print(`error: ${at}${failure.message} [${failure.code}]`);
	for (const cause of failure.causes) host.print(`cause: ${cause}`);
	host.print(`hint: ${failure.hint}`);
	if (failure.stack) host.debug(failure.stack);
}
/** Flags that every command has beside its inputs. */
const GENERAL_FLAGS = [
	"json",
	"quiet",
	"verbose",
	"help"
];
/**
* Reads the arguments after the command's name.
* @throws UsageError USAGE_UNKNOWN_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS
*/
function readArguments(spec, args, env) {
	const inputs = flagInputs(spec);
	const { options, positionals } = tokenize(inputs, args);
	const general = /* @__PURE__ */ new Set();
	const texts = /* @__PURE__ */ new Map();
	for (const token of options) if (isGeneral(token.name)) general.add(generalFlag(token));
	else addFlag(texts, inputs, token);
	addPositionals(texts, spec, positionals);
	addEnvironment(texts, spec, env);
	return {
		texts,
		json: general.has("json"),
		quiet: general.has("quiet"),
		verbose: general.has("verbose"),
		help: general.has("help") || general.has("h")
	};
}
/** Every flag of a command: its inputs, and `-path` for those that hold a key or a certificate. */
function flagInputs(spec) {
	const inputs = /* @__PURE__ */ new Map();
	for (const input of spec.inputs.filter(({ only }) => only !== "action")) {
		inputs.set(input.name, input);
		if (holdsSecret(input)) inputs.set(`${input.name}-path`, {
			...input,
			name: `${input.name}-path`,
			type: "path"
		});
	}
	return inputs;
}
function tokenize(inputs, args) {
	const options = { h: { type: "boolean" } };
	for (const name of GENERAL_FLAGS) options[name] = { type: "boolean" };
	for (const { name, type } of inputs.values()) options[name] = { type: type === "boolean" ? "boolean" : "string" };
	const parsed = parseArgs({
		args: [...args],
		options,
		strict: false,
		allowPositionals: true,
		tokens: true
	});
	const found = [];
	const positionals = [];
	let openBoolean = false;
	for (const token of parsed.tokens) {
		const last = openBoolean ? found.at(-1) : void 0;
		if (token.kind === "positional" && last && ["true", "false"].includes(token.value)) found.splice(-1, 1, {
			...last,
			value: token.value,
			inline: true
		});
		else if (token.kind === "positional") positionals.push(token.value);
		openBoolean = false;
		if (token.kind !== "option") continue;
		found.push({
			name: token.name,
			rawName: token.rawName,
			value: token.value,
			inline: token.inlineValue === true
		});
		openBoolean = token.value === void 0 && inputs.get(token.name)?.type === "boolean";
	}
	return {
		options: found,
		positionals
	};
}
function isGeneral(name) {
	return name === "h" || GENERAL_FLAGS.some((flag) => flag === name);
}
function generalFlag(token) {
	if (token.value === void 0) return token.name;
	throw valueOfSwitch(token.rawName);
}
function addFlag(texts, inputs, token) {
	const input = inputs.get(token.name);
	if (!input) throw unknownFlag(token.rawName, token.name, [...inputs.keys(), ...GENERAL_FLAGS]);
	const isKeyName = input.mayBeKeyName === true && isPublicKeyName(token.value ?? "");
	if (input.type === "secret" && !isKeyName) throw secretFlag(input);
	const value = flagValue(input, token);
	const isList = input.type === "list" || input.type === "paths";
	const before = texts.get(input.name);
	if (before !== void 0 && !isList) throw givenTwice(input);
	texts.set(input.name, before === void 0 ? value : `${before}\n${value}`);
}
function flagValue(input, token) {
	if (input.type === "boolean") return token.value ?? "true";
	const { value } = token;
	if (value === void 0 || !token.inline && isFlagLike(value)) throw noValue(input);
	if (value.trim() === "") throw blankValue(`--${input.name}`);
	return value;
}
/** `-` is standard input, and a key or certificate begins with dashes, too. */
function isFlagLike(value) {
	return value.startsWith("-") && value !== "-" && !value.startsWith("-----BEGIN ");
}
function addPositionals(texts, spec, positionals) {
	if (positionals.length === 0) return;
	const input = spec.inputs.find(({ name }) => name === spec.positional);
	const takesMany = input?.type === "list" || input?.type === "paths";
	if (!input || positionals.length > 1 && !takesMany) throw tooManyArguments(spec, positionals[input ? 1 : 0], input !== void 0);
	if (positionals.some((text) => text.trim() === "")) throw blankValue(input.name);
	const before = texts.get(input.name);
	if (before !== void 0 && !takesMany) throw givenBothWays(input);
	texts.set(input.name, [...before === void 0 ? [] : [before], ...positionals].join("\n"));
}
/** Keys, certificates and passphrases may come from the environment; a flag for the same input wins. */
function addEnvironment(texts, spec, env) {
	for (const { name } of spec.inputs.filter(holdsSecret)) {
		if (texts.has(name) || texts.has(`${name}-path`)) continue;
		for (const variant of [name, `${name}-path`]) {
			const value = env[environmentName(variant)];
			if (value) texts.set(variant, value);
		}
	}
}

export { runTerminal };