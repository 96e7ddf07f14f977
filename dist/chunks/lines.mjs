import { u as printable } from "./text.mjs";

// src/commands/gates/lines.ts
/** The verdict in the gate's words and ours. */
function gateLines(name, { gate, verdict, words, reasons }) {
	return [
		`${verdict === "allowed" ? "✓" : "✗"} ${printable(name)}  ${gate}: ${verdict}`,
		...words ? [`  the gate says: ${printable(words, 2e3)}`] : [],
		...reasons.flatMap(({ code, message, hint, severity }) => [`  ${printable(message, 2e3)} [${code}]`, ...severity === "remark" ? [] : [`    → ${hint}`]])
	];
}

export { gateLines as t };