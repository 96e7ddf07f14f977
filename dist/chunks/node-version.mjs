import { appendFileSync } from "node:fs";

// src/entry/node-version.ts
/** An older Node 24 passes over the proxy without a word. */
const NEEDED = {
	major: 24,
	minor: 5
};
const CODE = "NODE_TOO_OLD";
const HINT = "install Node 24.5 or newer and run it with that; in a clone, `npx countersign` uses the one that package.json pins; a runner has it from version 2.328.0 on";
/** True on a Node that can run the program. Otherwise says which one can, and sets exit code 3 and a step's outputs. */
function isNodeNewEnough(face) {
	const found = process.versions.node;
	const [major = 0, minor = 0] = found.split(".").map(Number);
	if (major > NEEDED.major || major === NEEDED.major && minor >= NEEDED.minor) return true;
	process.exitCode = 3;
	const message = `countersign needs Node ${NEEDED.major}.${NEEDED.minor} or newer, and this is Node ${found}`;
	process.stderr.write(`error: ${message} [${CODE}]\nhint: ${HINT}\n`);
	if (face === "action") tellJob(message);
	return false;
}
function tellJob(message) {
	process.stdout.write(`::error::${message} [${CODE}]%0Ahint: ${HINT}\n`);
	append("GITHUB_OUTPUT", `verdict=failed\noutcome=error\nerror-code=${CODE}\n`);
	append("GITHUB_STEP_SUMMARY", `### countersign: ${CODE}\n\n- error: ${message}\n- hint: ${HINT}\n`);
}
/** The file that the runner names in a variable; without it nobody reads the text. */
function append(variable, text) {
	const path = process.env[variable];
	if (!path) return;
	try {
		appendFileSync(path, text);
	} catch (error) {
		process.stderr.write(`warning: cannot write ${variable}: ${String(error)}\n`);
	}
}

export { isNodeNewEnough as t };