import { t as UNSAFE } from "./unsafe-text.mjs";

// src/primitives/redacted-json.ts
/** The same value but for secrets; ends with a line end. */
function redactedJson(document, redact, indent = 2) {
	return `${JSON.stringify(document, (_, value) => withoutSecrets(value, redact), indent).replace(UNSAFE, (char) => char === "\n" ? char : escaped(char))}\n`;
}
/** A value with its strings and names cleaned; members are visited on their own. */
function withoutSecrets(value, redact) {
	if (typeof value === "string") return redact(value);
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
	const entries = Object.entries(value);
	if (entries.every(([name]) => redact(name) === name)) return value;
	return Object.fromEntries(entries.map(([name, member]) => [redact(name), member]));
}
function escaped(char) {
	return Array.from({ length: char.length }, (_, index) => `\\u${char.charCodeAt(index).toString(16).padStart(4, "0")}`).join("");
}

export { redactedJson as t };