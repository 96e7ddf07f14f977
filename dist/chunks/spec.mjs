import { c as isDigest } from "./bytes.mjs";
import { c as UsageError } from "./errors.mjs";
import { t as Secret } from "./secret.mjs";
import { a as parseValue, i as maskTexts, l as COMMON_INPUTS, n as holdsSecret, s as readSecret } from "./values.mjs";
import { r as checkedFiles } from "./files2.mjs";
import { stat } from "node:fs/promises";
import { resolve } from "node:path";

// src/commands/spec.ts
/** A command from its spec, whose last inputs are those of every command, and a function of what the spec promises. */
function defineCommand(spec, run) {
	return {
		spec,
		async prepare(raw) {
			const inputs = await readInputs(spec.inputs, raw);
			return {
				inputs,
				run: (host) => run(inputs, host)
			};
		}
	};
}
/** Whether a run has these inputs: some commands have a group of inputs, others do not. */
function hasInputs(inputs, specs) {
	return holdsValues(inputs, specs);
}
/**
* Reads all inputs of a command; secrets are masked before anything else can print.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT, USAGE_CONFLICTING_INPUTS: one error naming every problem;
* SystemError when a document that the inputs name cannot be written
*/
async function readInputs(specs, raw) {
	maskTexts(specs, raw);
	const workingDirectory = resolve(raw.cwd, raw.texts.get("working-directory") ?? ".");
	await assertFolder(raw.texts.get("working-directory"), workingDirectory);
	const problems = [];
	const values = {};
	for (const input of specs) try {
		const value = await valueOf(input, raw, workingDirectory);
		values[camelCase(input.name)] = value ?? valueOfNone(input);
	} catch (error) {
		if (!(error instanceof UsageError)) throw error;
		problems.push(error);
	}
	if (problems.length > 0) throw joined(problems);
	const isWritten = ({ name, file = "read", default: text }) => file === "image" || file !== "read" && Boolean(raw.texts.get(name)?.trim() || text);
	const files = specs.some(isWritten) ? await checkedFiles(specs, raw.texts, workingDirectory) : [];
	const isGiven = (name) => Boolean(raw.texts.get(name)?.trim());
	const given = new Set(specs.map(({ name }) => name).filter((name) => isGiven(name) || isGiven(`${name}-path`)));
	const inputs = {
		...values,
		workingDirectory,
		files,
		given
	};
	if (holdsValues(inputs, COMMON_INPUTS) && holdsValues(inputs, specs)) return inputs;
	throw new Error("a value of an input is not of its type");
}
/** The value of one input; undefined when it is not given. */
async function valueOf(input, raw, folder) {
	const isSecret = holdsSecret(input);
	const text = isSecret ? void 0 : givenText(input, raw.texts) || input.default || void 0;
	const secret = isSecret && Boolean(raw.texts.get(input.name) || raw.texts.get(`${input.name}-path`)?.trim()) ? await readSecret(input, raw, folder) : void 0;
	if (text === void 0 && secret === void 0 && input.required) throw missing(input);
	if (secret) return input.type === "pem" ? secret.revealText() : secret;
	return text === void 0 ? void 0 : parseValue(input, text, folder);
}
function valueOfNone({ type }) {
	return type === "boolean" ? false : isList(type) ? [] : void 0;
}
function isList(type) {
	return type === "list" || type === "paths";
}
function camelCase(name) {
	return name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
}
/** The compiler knows the types from the specs; here the values are held to them. */
function holdsValues(inputs, specs) {
	return specs.every((input) => isValueOf(input, Reflect.get(inputs, camelCase(input.name))));
}
function isValueOf({ type, values, required, ...input }, value) {
	if (value === void 0) return !required && input.default === void 0 && type !== "boolean" && !isList(type);
	if (type === "boolean") return typeof value === "boolean";
	if (type === "secret") return value instanceof Secret;
	if (type === "time") return value instanceof Date;
	if (isList(type)) return Array.isArray(value);
	if (type === "enum") return values?.some((known) => known === value) === true;
	if (type === "digest") return typeof value === "string" && isDigest(value);
	return typeof value === (type === "integer" || type === "duration" || type === "size" ? "number" : "string");
}
/** Trimmed, but for documents: their lines and columns are counted, and their bytes hashed, as they were written. */
function givenText({ name, type }, texts) {
	const text = texts.get(name);
	const trimmed = text?.trim();
	return type === "text" && trimmed ? text : trimmed;
}
async function assertFolder(given, path) {
	if (given === void 0) return;
	if (!(await stat(path).catch(() => void 0))?.isDirectory()) throw new UsageError("USAGE_INVALID_INPUT", `working-directory: there is no folder ${path}`, { hint: "give a folder that exists and may be read" });
}
/** The words of a command's task say nothing that it does. */
function unknownTask(command, task, details) {
	const words = JSON.stringify(task.join(" ").slice(0, 120));
	return new UsageError("USAGE_INVALID_INPUT", `${command} cannot do ${words}`, details);
}
function joined(problems) {
	const first = problems[0];
	if (problems.length === 1 && first) return first;
	return new UsageError("USAGE_INVALID_INPUT", problems.map((problem) => problem.message).join("; "), { hint: problems.map((problem) => problem.hint).join("; ") });
}
function missing(input) {
	const { name, example } = input;
	const path = holdsSecret(input) ? `${name}-path` : void 0;
	return new UsageError("USAGE_MISSING_INPUT", `${name}${path ? ` or ${path}` : ""} is missing`, { hint: `give ⟨${name}⟩${example ? `, for instance ⟨${path ?? name}=${example}⟩` : ""}` });
}

export { hasInputs as n, unknownTask as r, defineCommand as t };