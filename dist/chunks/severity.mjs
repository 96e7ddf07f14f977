// src/findings/severity.ts
/** From the worst to the one that nobody rated. */
const SEVERITIES = [
	"critical",
	"high",
	"medium",
	"low",
	"negligible",
	"unknown"
];
const WORDS = /* @__PURE__ */ new Map([
	["critical", "critical"],
	["high", "high"],
	["important", "high"],
	["medium", "medium"],
	["moderate", "medium"],
	["low", "low"],
	["minor", "low"],
	["negligible", "negligible"],
	["minimal", "negligible"],
	["none", "negligible"],
	["unimportant", "negligible"]
]);
/**
* The severity that a scanner's, advisory's or distribution's word stands for; `unknown` for a word that we do not know,
* as for `untriaged` and `not yet assigned`. Debian's tracker stars urgencies that a program assigned.
*/
function severityFromWord(word) {
	return WORDS.get(word?.trim().replace(/\*+$/, "").toLowerCase() ?? "") ?? "unknown";
}
/**
* The severity of a CVSS base score from 0 to 10, of any version: CVSS 2 has no scale of its own.
* @see https://www.first.org/cvss/v3-1/specification-document
*/
function severityFromScore(score) {
	if (score === null || score === void 0 || !(score >= 0 && score <= 10)) return "unknown";
	if (score >= 9) return "critical";
	if (score >= 7) return "high";
	if (score >= 4) return "medium";
	return score > 0 ? "low" : "negligible";
}
/** The word of a report if it is one, else what the score says. */
function severityFrom(word, score) {
	const named = severityFromWord(word);
	return named === "unknown" ? severityFromScore(score) : named;
}
/** A score written as number or text; undefined when it is none. */
function scoreOf(value) {
	const score = typeof value === "number" ? value : typeof value === "string" && /^[0-9]{1,2}(\.[0-9]{1,3})?$/.test(value) ? Number(value) : NaN;
	return score >= 0 && score <= 10 ? score : void 0;
}
/** The highest of some scores; null when there is none. */
function highest(scores) {
	let found = null;
	for (const score of scores) if (typeof score === "number") found = Math.max(found ?? 0, score);
	return found;
}
/** 0 for critical to 4 for negligible, 5 for unknown. */
function severityRank(severity) {
	return SEVERITIES.indexOf(severity);
}
/** The worst; what somebody knows beats unknown. */
function worst(severities) {
	let found = "unknown";
	for (const severity of severities) if (severityRank(severity) < severityRank(found)) found = severity;
	return found;
}

export { severityFromScore as a, worst as c, severityFrom as i, highest as n, severityFromWord as o, scoreOf as r, severityRank as s, SEVERITIES as t };