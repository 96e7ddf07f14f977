import { n as ToolError } from "./chunks/tool-errors.mjs";
import { n as runTool, r as stopRunningTools } from "./chunks/run-tool.mjs";
import { buffer } from "node:stream/consumers";

// src/host/tool-supervisor.ts
const LOOK_MS = 200;
const [step, timeout, maxOutput, cwd, echo, program = "", ...args] = process.argv.slice(2);
/** Ends with the step, however that ended. */
const watch = setInterval(() => {
	if (process.ppid === Number(step)) return;
	stopRunningTools();
	process.exit(1);
}, LOOK_MS);
const call = {
	program,
	args,
	stdin: await buffer(process.stdin),
	echo: echo === "echo",
	...cwd ? { cwd } : {},
	...timeout ? { timeoutMs: Number(timeout) } : {},
	...maxOutput ? { maxOutputBytes: Number(maxOutput) } : {}
};
const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""]));
try {
	const { exitCode, stdout, stderr } = await runTool(call, {
		env,
		timeoutMs: void 0,
		onLine: show
	});
	answer({
		exitCode,
		stdout: stdout.split("\n"),
		stderr: stderr.split("\n")
	});
} catch (error) {
	if (!(error instanceof ToolError)) throw error;
	const { code, message, hint } = error;
	answer({
		code,
		message,
		hint
	});
} finally {
	clearInterval(watch);
}
function show(line) {
	process.stderr.write(`${line}\n`);
}
function answer(result) {
	process.stdout.write(JSON.stringify(result, null, 1));
}

export {  };