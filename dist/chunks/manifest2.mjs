// src/gates/kubernetes/manifest.ts
/** The text of one object, with lines of comment before it. */
function manifestText(comments, object) {
	return [
		...comments.map((line) => `# ${plain(line)}`),
		...linesOf(object),
		""
	].join("\n");
}
function linesOf(value) {
	if (isList(value)) return value.flatMap((item) => hung("-", item));
	return Object.entries(value).flatMap(([name, item]) => item === void 0 ? [] : hung(`${name}:`, item));
}
/** A value behind its name or dash: on the line, or below it. */
function hung(lead, value) {
	if (typeof value === "string" && value.endsWith("\n")) {
		const lines = value.slice(0, -1).split("\n");
		return [`${lead} |`, ...lines.map((line) => `  ${plain(line)}`)];
	}
	if (value === null || typeof value !== "object") return [`${lead} ${plain(JSON.stringify(value))}`];
	const lines = linesOf(value);
	if (lines.length === 0) return [`${lead} ${isList(value) ? "[]" : "{}"}`];
	const [first = "", ...rest] = lines;
	return lead === "-" ? [`- ${first}`, ...rest.map((line) => `  ${line}`)] : [lead, ...lines.map((line) => `  ${line}`)];
}
/** With what YAML takes for an end of line, or does not take at all, escaped as in JSON. */
function plain(text) {
	return text.replace(/[\u007f-\u009f\u2028\u2029\ufeff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
function isList(value) {
	return Array.isArray(value);
}

export { manifestText as t };