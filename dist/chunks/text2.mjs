import { p as shortDigest } from "./bytes.mjs";
import { a as counted, p as toSecond, u as printable } from "./text.mjs";
import { r as isProblem } from "./reasons.mjs";
import { _ as timeText, a as escapeHtml, d as layersOf, f as notPassed, g as stepsOf, h as stepLines, i as decisionOf, l as groundsOf, n as aboutText, o as escapeMarkdown, p as signerOf, r as custodyLines, s as escapeMermaid, t as STATE_WORDS, u as isByBreakGlass, v as unjudgedLines, y as worstFirst } from "./wording.mjs";

// src/report/markdown.ts
/** GitHub refuses a step summary above 1 MiB; other steps of the job's step may add to it. */
const SUMMARY_LIMIT_BYTES = 983040;
/** Diagrams are drawn for the first images only: the browser draws them one by one. */
const MAX_DIAGRAMS = 10;
/** Names in the list that closes the page. */
const MAX_NAMES = 20;
/** Room kept for the lines that say what was left out. */
const RESERVE_BYTES = 2048;
/** Collects text up to a number of bytes. */
var Budget = class {
	#left;
	#text = "";
	/** Rows that found no room. */
	dropped = 0;
	constructor(limitBytes) {
		this.#left = limitBytes;
	}
	/** Adds a piece if it fits with `after` bytes to spare. */
	add(piece, after = 0) {
		const size = Buffer.byteLength(piece);
		if (size + after > this.#left) {
			this.dropped += 1;
			return false;
		}
		this.#left -= size;
		this.#text += piece;
		return true;
	}
	get text() {
		return this.#text;
	}
};
/** Markdown for a job summary, below `limitBytes` by dropping rows. */
function renderMarkdown(verdict, options = {}) {
	const images = worstFirst(verdict.images);
	const closing = listOf$1(images);
	const limitBytes = Math.max(RESERVE_BYTES, options.limitBytes ?? SUMMARY_LIMIT_BYTES) - RESERVE_BYTES / 2;
	const budget = new Budget(limitBytes - Buffer.byteLength(closing));
	budget.add(`### ${MARKS[verdict.outcome]} ${escapeMarkdown(decisionOf(verdict))}\n\n`);
	budget.add("| Image | Stage | Verdict | Signer | Key | Layer | Time |\n|---|---|---|---|---|---|---|\n");
	for (const image of images) for (const line of stageRows(image)) budget.add(line);
	budget.add("\n");
	for (const image of images.slice(0, MAX_DIAGRAMS)) budget.add(diagram(image));
	for (const image of images) addDetails(image, budget);
	const left = budget.dropped > 0 ? `\n_${counted(budget.dropped, "row")} left out for lack of room; the report file has them._\n` : "";
	return budget.text + left + closing;
}
/** Of several images, the names of those that did not pass, so that the end of a long page says it too. */
function listOf$1(images) {
	const open = images.length > 1 ? notPassed(images) : [];
	if (open.length === 0) return "";
	const names = open.slice(0, MAX_NAMES).map(({ name, outcome }) => `<code>${escapeMarkdown(name)}</code> (${STATE_WORDS[outcome]})`);
	const more = open.length > MAX_NAMES ? ` and ${open.length - MAX_NAMES} more` : "";
	return `\nNot passed: ${names.join(", ")}${more}\n`;
}
function stageRows(image) {
	const name = `<code>${escapeMarkdown(image.name)}</code>`;
	if (image.outcome === "error" || image.stages.length === 0) return [row([
		name,
		"–",
		withMark(image.outcome),
		withWhy("–", image.reasons),
		"",
		"",
		""
	])];
	return image.stages.map((stage) => {
		const layers = layersOf(stage, image);
		const signers = stage.approvedBy.length > 0 ? stage.approvedBy.map((one) => escapeMarkdown(one)).join(", ") : "–";
		return row([
			name,
			escapeMarkdown(`${stage.stage}${aboutText(stage)}`),
			withMark(stage.verdict),
			stage.verdict === "break-glass" ? withGlass(signers, stage) : withWhy(signers, stage.reasons),
			[...new Set(layers.map(({ method }) => method ?? ""))].map((one) => escapeMarkdown(one)).join(", "),
			layers.map(({ digest }) => digestCell(digest)).join("<br>"),
			layers.map(({ signedAt }) => escapeMarkdown(signedAt === null ? "" : toSecond(signedAt))).join("<br>")
		]);
	});
}
/** The first problem below what the cell says. */
function withWhy(cell, reasons) {
	const why = reasons.find(isProblem);
	return why ? `${cell}<br>${escapeMarkdown(why.message)}` : cell;
}
/** Who let the stage be skipped, until when and why, below what the cell says. */
function withGlass(cell, { breakGlass = [] }) {
	return [cell, ...breakGlass.filter((one) => one.holds).map(({ by, until, reason, ticket }) => escapeMarkdown(`by ${by} until ${until}: ${reason} (${ticket})`))].join("<br>");
}
function row(cells) {
	return `| ${cells.join(" | ")} |\n`;
}
const MARKS = {
	passed: "✅",
	"break-glass": "⚠️",
	failed: "❌",
	missing: "❌",
	error: "⚠️",
	"not-checked": "⚠️"
};
function withMark(state) {
	return `${MARKS[state]} ${STATE_WORDS[state]}`;
}
function digestCell(digest) {
	return `<abbr title="${escapeHtml(digest)}"><code>${escapeMarkdown(shortDigest(digest))}</code></abbr>`;
}
/** The stages as a chain, coloured by verdict. */
function diagram(image) {
	if (image.stages.length === 0) return "";
	const nodes = image.stages.map((stage, index) => {
		const by = stage.verdict === "passed" ? stage.approvedBy.map((one) => escapeMermaid(one)).join(", ") : STATE_WORDS[stage.verdict];
		return `  s${index}["${escapeMermaid(stage.stage)}<br/>${by}"]:::${stage.verdict.replace("-", "")}\n`;
	});
	const content = `  image(["${escapeMermaid(image.name)}"])\n`;
	const arrows = ["image", ...image.stages.map((_, index) => `s${index}`)].join(" --> ");
	return [
		"```mermaid\nflowchart LR\n",
		content,
		...nodes,
		`  ${arrows}\n`,
		"  classDef passed fill:#dafbe1,stroke:#1a7f37,color:#1f2328\n",
		"  classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328\n",
		"  classDef breakglass fill:#fff8c5,stroke:#9a6700,color:#1f2328\n",
		"  classDef missing fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4\n",
		"  classDef notchecked fill:#f6f8fa,stroke:#656d76,color:#1f2328,stroke-dasharray:4\n```\n\n"
	].join("");
}
const CLOSING = "\n</details>\n\n";
function addDetails(image, budget) {
	const open = `<details><summary>${withMark(isByBreakGlass(image) ? "break-glass" : image.outcome)}: <code>${escapeMarkdown(image.name)}</code></summary>\n\n`;
	if (!budget.add(open, 13)) return;
	const add = (piece) => budget.add(piece, 13);
	if (image.reference !== null) add(`<code>${escapeMarkdown(image.reference)}</code>${image.dataVerified ? "" : " (data not read)"}\n\n`);
	for (const one of image.reasons) add(reasonLine(one));
	for (const { stage, verdict, reasons } of image.stages) if (verdict !== "not-checked") for (const one of reasons) add(reasonLine(one, `stage ${stage}`));
	for (const { text, command } of stepsOf(image)) add(`- ➡️ ${escapeMarkdown(text)}${command === void 0 ? "" : `<br><code>${escapeMarkdown(command, 2e3)}</code>`}\n`);
	for (const text of image.lacking ?? []) add(`- 🚧 ${escapeMarkdown(text, 2e3)}\n`);
	for (const { object } of image.coverage.filter(({ covered }) => !covered)) add(`- not covered: ${escapeMarkdown(object)}\n`);
	for (const line of custodyLines(image)) add(`- 🖊️ ${escapeMarkdown(line)}\n`);
	add("\n| Where | Kind | Stage | Signer | Status | Digest |\n|---|---|---|---|---|---|\n");
	for (const layer of image.layers) add(row([
		escapeMarkdown(layer.where),
		layer.kind,
		escapeMarkdown(layer.stage ?? ""),
		[signerOf(layer.signer), ...groundsOf(layer)].map((ground) => escapeMarkdown(ground)).join("<br>"),
		layer.status,
		digestCell(layer.digest)
	]));
	for (const one of image.evidence) add(row([
		escapeMarkdown(one.where),
		one.kind === "other" ? "evidence" : one.kind,
		escapeMarkdown(one.predicateType),
		[signerOf(one.signer), ...one.says ?? []].map((text) => escapeMarkdown(text)).join("<br>"),
		one.status,
		digestCell(one.digest)
	]));
	for (const line of unjudgedLines(image.notJudged)) add(row([
		escapeMarkdown(line),
		"not judged",
		"",
		"",
		"",
		""
	]));
	budget.add(CLOSING);
}
function reasonLine(one, where) {
	return `- ${`${isProblem(one) ? "❌" : "ℹ️"} <code>${escapeMarkdown(one.code)}</code> ${where === void 0 ? "" : `${escapeMarkdown(where)}: `}`}${escapeMarkdown(one.message)}${isProblem(one) ? ` — ${escapeMarkdown(one.hint)}` : ""}\n`;
}

// src/report/text.ts
/** Text report, final line end included; `notes` are lines on what was done, before the decision. */
function renderText(verdict, notes = []) {
	const images = worstFirst(verdict.images);
	return `${[
		...images.flatMap(imageLines),
		...listOf(images),
		...notes,
		decisionOf(verdict)
	].map((line) => printable(line, 2e3)).join("\n")}\n`;
}
/** Of several images, those that a reader of the end must know of. */
function listOf(images) {
	return (images.length > 1 ? notPassed(images) : []).map((image) => `${mark(image.outcome)} ${image.name}: ${STATE_WORDS[image.outcome]}`);
}
/** What an image's report has said already: nothing is said twice. */
var Said = class {
	#messages = /* @__PURE__ */ new Set();
	#hints = /* @__PURE__ */ new Set();
	/** The reasons not given before. */
	fresh(reasons) {
		const fresh = reasons.filter(({ message }) => !this.#messages.has(message));
		for (const { message } of reasons) this.#messages.add(message);
		return fresh;
	}
	/** The hint of a reason, once per hint. */
	hint({ hint }) {
		if (this.#hints.has(hint)) return [];
		this.#hints.add(hint);
		return [`  → ${hint}`];
	}
};
function imageLines(image) {
	const said = new Said();
	const covered = image.coverage.filter((one) => one.covered).length;
	const parts = counted(image.coverage.length, "part");
	const gaps = image.coverage.filter((one) => !one.covered).map(({ object }) => `not covered: ${object}`);
	const stages = image.stages.flatMap((stage) => stageLines(stage, image, said));
	const problems = said.fresh(image.reasons.filter(isProblem));
	const remarks = image.reasons.filter((one) => !isProblem(one));
	const state = stateOf(image);
	return [
		`${mark(image.outcome)} ${image.name}${state}  ${image.contentDigests.map(shortDigest).join(" ")}`.trimEnd(),
		...image.reference === null ? [] : [`  ${image.reference}${image.dataVerified ? "" : "  (data not read)"}`],
		...section("stages", stages),
		...section("problems", problems.flatMap((one) => problemLines(one, said))),
		...section("to make it pass", stepLines(image)),
		...section("no step makes it pass", image.lacking ?? []),
		...section("layers", image.layers.flatMap((layer) => layerLines(layer, said))),
		...section("evidence", image.evidence.flatMap((one) => evidenceLines(one, said))),
		...section("custody", custodyLines(image)),
		...section("not judged", unjudgedLines(image.notJudged)),
		...section("coverage", image.coverage.length === 0 ? [] : [`${covered} of ${parts}`, ...gaps]),
		...section("remarks", said.fresh(remarks).map(({ message }) => message)),
		""
	];
}
function stateOf(image) {
	if (image.outcome === "error") return `  ${STATE_WORDS.error}`;
	if (isByBreakGlass(image)) return `  ${STATE_WORDS["break-glass"]}`;
	return image.unsigned ? "  unsigned" : "";
}
function section(title, lines) {
	return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}
function stageLines(stage, image, said) {
	const width = Math.max(...image.stages.map((one) => one.stage.length));
	const by = stage.approvedBy.length > 0 ? stage.approvedBy.join(", ") : "nobody";
	const needed = stage.needed > 1 ? ` (${stage.needed} needed)` : "";
	const head = `${mark(stage.verdict)} ${stage.stage.padEnd(width)}  `;
	if (stage.verdict === "not-checked") return [`${head}${STATE_WORDS["not-checked"]}`];
	const remarks = remarkLines(said.fresh(stage.reasons.filter((one) => !isProblem(one))));
	if (stage.verdict === "break-glass") return [`${head}${STATE_WORDS["break-glass"]}`, ...remarks];
	const problems = stage.reasons.filter(isProblem);
	const [first = problems[0], ...rest] = said.fresh(problems);
	if (stage.verdict === "passed" || !first) return [`${head}${by}${needed}${aboutText(stage)}`, ...remarks];
	const lines = [`${head}${stage.verdict === "missing" ? "missing: " : ""}${first.message} [${first.code}]`, ...said.hint(first)];
	const more = rest.flatMap((one) => problemLines(one, said).map((line) => `  ${line}`));
	return [
		...lines,
		...more,
		...remarks
	];
}
function remarkLines(reasons) {
	return reasons.map(({ message }) => `  · ${message}`);
}
function problemLines(one, said) {
	return [`${mark("failed")} ${one.message} [${one.code}]`, ...said.hint(one)];
}
function layerLines(layer, said) {
	const stage = layer.stage === null ? "" : `  stage ${layer.stage}`;
	const time = layer.signedAt === null ? "" : `  ${toSecond(layer.signedAt)}`;
	return [
		`${[
			layer.where.padEnd(10),
			layer.kind.padEnd(11),
			statusWord(layer.status).padEnd(14)
		].join("  ")}  ${signerOf(layer.signer)}${stage}${time}  ${shortDigest(layer.digest)}`,
		...groundsOf(layer).map((ground) => `  ${ground}`),
		...detailLines(layer.reasons, said)
	];
}
function evidenceLines(one, said) {
	const parts = [
		one.where.padEnd(10),
		one.kind.padEnd(11),
		statusWord(one.status).padEnd(14)
	];
	const type = one.kind === "other" ? `  ${one.predicateType}` : "";
	const line = `${parts.join("  ")}  ${signerOf(one.signer)}${type}  ${shortDigest(one.digest)}`;
	const time = one.provenTime ? [`  ${timeText(one.provenTime)}`] : [];
	return [
		line,
		...(one.says ?? []).map((text) => `  ${text}`),
		...time,
		...detailLines(one.reasons, said)
	];
}
function detailLines(reasons, said) {
	return said.fresh(reasons).flatMap((one) => [`  ${one.message} [${one.code}]`, ...isProblem(one) ? said.hint(one).map((hint) => `  ${hint}`) : []]);
}
function statusWord(status) {
	return status === "unknown-signer" ? "unknown signer" : status;
}
function mark(state) {
	return {
		passed: "✓",
		"break-glass": "!",
		failed: "✗",
		missing: "✗",
		error: "?",
		"not-checked": "?"
	}[state];
}

export { renderMarkdown as n, renderText as t };