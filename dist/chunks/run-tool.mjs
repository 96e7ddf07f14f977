import { u as isErrnoException } from "./errors.mjs";
import { n as ToolError, t as TOOL_CODES } from "./tool-errors.mjs";
import { constants } from "node:fs";
import { spawn } from "node:child_process";
import { access, stat } from "node:fs/promises";
import { constants as constants$1 } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { createInterface } from "node:readline";

// src/host/run-tool.ts
const DEFAULT_OUTPUT_BYTES = 16777216;
/** Between asking a child to end and ending it. */
const GRACE_MS = 5e3;
const running = /* @__PURE__ */ new Set();
/**
* Runs one program to its end; a failing exit code is a result, not an error.
* @throws ToolError TOOL_NOT_FOUND, TOOL_START_FAILED, TOOL_TIMEOUT, TOOL_OUTPUT_TOO_LARGE
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
	const stopping = new AbortController();
	const [stdout, stderr] = [child.stdout, child.stderr].map((stream) => {
		if (call.echo && options.onLine) readLines(stream, options.onLine);
		return new Tail(stream, call.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES);
	});
	if (call.maxOutputBytes !== void 0) stdout?.onCut(() => stopping.abort(tooLarge(call)));
	child.stdin.on("error", () => {});
	child.stdin.end(call.stdin);
	const timeoutMs = call.timeoutMs ?? options.timeoutMs;
	const timer = timeoutMs && setTimeout(() => stopping.abort(timeoutError(call, timeoutMs)), timeoutMs);
	try {
		return {
			exitCode: await ended(child, call, stopping.signal),
			stdout: stdout?.text() ?? "",
			stderr: stderr?.text() ?? ""
		};
	} finally {
		clearTimeout(timer);
		running.delete(child);
	}
}
/** Stops every program that this process still runs, when a signal ends it. */
function stopRunningTools() {
	for (const child of running) signal(child, "SIGKILL");
}
/** The exit code once the program and its output have ended. Stopped, it is asked first, and ended after a while. */
async function ended(child, call, stopping) {
	let grace;
	const kill = () => signal(child, "SIGKILL");
	stopping.addEventListener("abort", () => {
		signal(child, "SIGTERM");
		grace = setTimeout(kill, GRACE_MS);
		child.once("exit", kill);
	});
	try {
		return await new Promise((resolve, reject) => {
			child.once("error", (error) => reject(startError(error, call)));
			child.once("close", (code, name) => {
				if (stopping.aborted) reject(stopping.reason);
				else resolve(code ?? 128 + (name ? constants$1.signals[name] : 0));
			});
		});
	} finally {
		clearTimeout(grace);
	}
}
function signal(child, name) {
	if (child.pid === void 0) return;
	try {
		if (process.platform === "win32") child.kill(name);
		else process.kill(-child.pid, name);
	} catch (error) {
		if (!isErrnoException(error) || error.code !== "ESRCH") throw error;
	}
}
function readLines(input, onLine) {
	createInterface({
		input,
		crlfDelay: Number.POSITIVE_INFINITY
	}).on("line", onLine);
}
/** The last bytes of a stream: the end of a long log says more than its beginning. */
var Tail = class {
	#chunks = [];
	#limitBytes;
	#kept = 0;
	#onCut = () => {};
	constructor(stream, limitBytes) {
		this.#limitBytes = limitBytes;
		stream.on("data", (chunk) => this.#add(chunk));
	}
	onCut(listener) {
		this.#onCut = listener;
	}
	text() {
		return Buffer.concat(this.#chunks).subarray(-this.#limitBytes).toString("utf8");
	}
	#add(chunk) {
		this.#chunks.push(chunk);
		this.#kept += chunk.byteLength;
		if (this.#kept > this.#limitBytes) this.#onCut();
		for (let first = this.#chunks[0]; first && this.#kept - first.byteLength >= this.#limitBytes; [first] = this.#chunks) {
			this.#chunks.shift();
			this.#kept -= first.byteLength;
		}
	}
};
function startError(error, call) {
	return isErrnoException(error) && error.code === "ENOENT" ? new ToolError("TOOL_NOT_FOUND", `${call.program} is not on PATH, or the folder ${call.cwd ?? "."} is gone`, {
		cause: error,
		hint: `install ${call.program}, or add its folder to PATH`
	}) : new ToolError("TOOL_START_FAILED", `cannot start ${call.program}: ${error.message}`, {
		cause: error,
		hint: `check that ${call.program} is executable on this machine`
	});
}
function tooLarge({ program, maxOutputBytes }) {
	const message = `${program} wrote more than ${maxOutputBytes} bytes and was stopped`;
	return new ToolError("TOOL_OUTPUT_TOO_LARGE", message, { hint: TOOL_CODES.TOOL_OUTPUT_TOO_LARGE.fix });
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
		await access(path, constants.X_OK);
		return (await stat(path)).isFile();
	} catch {
		return false;
	}
}

export { runTool as n, stopRunningTools as r, findProgram as t };