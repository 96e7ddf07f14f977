import { n as toSecond } from "./time.mjs";
import { a as toAscii, i as printable, n as escapeMarkdown, r as escapeMermaid, t as escapeHtml } from "./foreign-text.mjs";
import { t as counted } from "./count.mjs";

// src/report/wording.ts
/** True for a reason that made something fail. */
function isProblem(one) {
	return one.severity !== "remark";
}
/** Algorithm and first 12 hex digits of a digest; anything else is left alone. */
function short(digest) {
	return /^sha(?:256|512):[0-9a-f]+$/.test(digest) ? digest.slice(0, 19) : digest;
}
/** The identity behind a signature, without the principal's name. */
function identityOf(signer) {
	const key = signer.hint === void 0 ? "unknown key" : `${signer.algorithm ?? ""} key ${signer.hint}`.trim();
	switch (signer.method) {
		case "pgp": return [`OpenPGP ${signer.fingerprint ?? "key"}`, ...(signer.userIds ?? []).slice(0, 1)].join(" ");
		case "key": return key;
		case "x509": return `certificate of ${signer.san?.[0] ?? signer.subject ?? key}`;
		default: return signer.method;
	}
}
/** Principal and identity, or what is known instead. */
function signerOf(signer) {
	if (signer === null) return "unknown";
	return signer.principal === null ? identityOf(signer) : `${signer.principal} (${identityOf(signer)})`;
}
/** Layers that make up a stage: approvals and native signatures that name it and raise no problem. */
function layersOf(stage, image) {
	return image.layers.filter((layer) => layer.stage === stage.stage && layer.status === "valid" && layer.kind === "bundle" && !layer.reasons.some(isProblem));
}
/** The decision in one sentence: the last line of every report. */
function decisionOf(verdict) {
	const { images, policy } = verdict;
	const failed = images.filter((image) => image.verdict === "failed").length;
	const by = policy ? `policy ${policy.name} (${short(policy.digest)})` : "the given trust material, without a policy";
	const at = verdict.asOf ? `, as of ${toSecond(verdict.now)}, which is not the present time` : "";
	const count = counted(images.length, "image");
	if (images.length === 0) return "failed: there was no image to check";
	if (verdict.verdict === "passed") return `passed: ${count} by ${by}${at}`;
	return `failed: ${failed} of ${count} by ${by}${at}`;
}

// src/report/annotations.ts
const DEFAULT_LIMIT = 9;
/** At most `limit` findings, then one line "and N more"; one line of plain text each, message first, hint after it. */
function findingsOf(verdict, limit = DEFAULT_LIMIT) {
	const all = [...new Set(verdict.images.flatMap((image) => problemsOf(image).map((one) => findingLine(image, one))))];
	if (all.length <= limit) return all;
	return [...all.slice(0, limit), `and ${all.length - limit} more, see the summary`];
}
/** What failed, each thing once: the first reason of every stage that did not pass, then those of the image. */
function problemsOf(image) {
	if (image.verdict === "passed") return [];
	const reasons = [...image.stages.filter(({ verdict }) => verdict !== "passed").flatMap((stage) => stage.reasons.find(tellsWhy) ?? []), ...image.reasons.filter(isProblem)];
	return reasons.filter((one, index) => reasons.findIndex(({ message }) => message === one.message) === index);
}
/** The reason why an image cannot be read is the image's own. */
function tellsWhy(one) {
	return isProblem(one) && one.code !== "IMAGE_UNREADABLE";
}
function findingLine({ name }, { code, message, hint }) {
	return printable(`${name}: ${message} [${code}]; ${hint}`, 1e3);
}

// src/report/markdown.ts
/** GitHub refuses a step summary above 1 MiB; other steps of the job's step may add to it. */
const SUMMARY_LIMIT_BYTES = 983040;
/** Diagrams are drawn for the first images only: the browser draws them one by one. */
const MAX_DIAGRAMS = 10;
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
	const budget = new Budget(Math.max(RESERVE_BYTES, options.limitBytes ?? SUMMARY_LIMIT_BYTES) - RESERVE_BYTES / 2);
	budget.add(`### ${verdict.verdict === "passed" ? "✅" : "❌"} ${escapeMarkdown(decisionOf(verdict))}\n\n`);
	budget.add("| Image | Stage | Verdict | Signer | Key | Layer | Time |\n|---|---|---|---|---|---|---|\n");
	for (const image of verdict.images) for (const line of stageRows(image)) budget.add(line);
	budget.add("\n");
	for (const image of verdict.images.slice(0, MAX_DIAGRAMS)) budget.add(diagram(image));
	for (const image of verdict.images) addDetails(image, budget);
	const left = budget.dropped > 0 ? `\n_${counted(budget.dropped, "row")} left out for lack of room; the report file has them._\n` : "";
	return budget.text + left;
}
function stageRows(image) {
	const name = `<code>${escapeMarkdown(image.name)}</code>`;
	if (image.stages.length === 0) return [row([
		name,
		"–",
		outcome(image.verdict),
		"",
		"",
		"",
		""
	])];
	return image.stages.map((stage) => {
		const layers = layersOf(stage, image);
		const signers = stage.approvedBy.length > 0 ? stage.approvedBy.map((one) => escapeMarkdown(one)).join(", ") : "–";
		const why = stage.reasons.find(isProblem);
		return row([
			name,
			escapeMarkdown(stage.stage),
			outcome(stage.verdict),
			why ? `${signers}<br>${escapeMarkdown(why.message)}` : signers,
			[...new Set(layers.map(({ method }) => method ?? ""))].map((one) => escapeMarkdown(one)).join(", "),
			layers.map(({ digest }) => digestCell(digest)).join("<br>"),
			layers.map(({ signedAt }) => escapeMarkdown(signedAt === null ? "" : toSecond(signedAt))).join("<br>")
		]);
	});
}
function row(cells) {
	return `| ${cells.join(" | ")} |\n`;
}
function outcome(verdict) {
	return {
		passed: "✅ passed",
		failed: "❌ failed",
		missing: "❌ missing"
	}[verdict];
}
function digestCell(digest) {
	return `<abbr title="${escapeHtml(digest)}"><code>${escapeMarkdown(short(digest))}</code></abbr>`;
}
/** The stages as a chain, coloured by verdict. */
function diagram(image) {
	if (image.stages.length === 0) return "";
	const nodes = image.stages.map((stage, index) => {
		const by = stage.verdict === "passed" ? stage.approvedBy.map((one) => escapeMermaid(one)).join(", ") : stage.verdict;
		return `  s${index}["${escapeMermaid(stage.stage)}<br/>${by}"]:::${stage.verdict}\n`;
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
		"  classDef missing fill:#ffebe9,stroke:#cf222e,color:#1f2328,stroke-dasharray:4\n```\n\n"
	].join("");
}
const CLOSING = "\n</details>\n\n";
function addDetails(image, budget) {
	const open = `<details><summary>${outcome(image.verdict)}: <code>${escapeMarkdown(image.name)}</code></summary>\n\n`;
	if (!budget.add(open, 13)) return;
	const add = (piece) => budget.add(piece, 13);
	for (const one of image.reasons) add(reasonLine(one));
	for (const { stage, reasons } of image.stages) for (const one of reasons) add(reasonLine(one, `stage ${stage}`));
	for (const { object } of image.coverage.filter(({ covered }) => !covered)) add(`- not covered: ${escapeMarkdown(object)}\n`);
	add("\n| Where | Kind | Stage | Signer | Status | Digest |\n|---|---|---|---|---|---|\n");
	for (const layer of image.layers) add(row([
		escapeMarkdown(layer.where),
		layer.kind,
		escapeMarkdown(layer.stage ?? ""),
		escapeMarkdown(signerOf(layer.signer)),
		layer.status,
		digestCell(layer.digest)
	]));
	for (const one of image.evidence) add(row([
		escapeMarkdown(one.where),
		"evidence",
		escapeMarkdown(one.predicateType),
		escapeMarkdown(signerOf(one.signer)),
		one.status,
		digestCell(one.digest)
	]));
	budget.add(CLOSING);
}
function reasonLine(one, where) {
	return `- ${`${isProblem(one) ? "❌" : "ℹ️"} <code>${escapeMarkdown(one.code)}</code> ${where === void 0 ? "" : `${escapeMarkdown(where)}: `}`}${escapeMarkdown(one.message)}${isProblem(one) ? ` — ${escapeMarkdown(one.hint)}` : ""}\n`;
}

// src/report/text.ts
/** Text report, final line end included. */
function renderText(verdict, options = {}) {
	const report = options.reportPath === void 0 ? "" : `; report: ${options.reportPath}`;
	const text = `${[...verdict.images.flatMap((image) => imageLines(image, options)), `${decisionOf(verdict)}${report}`].map((line) => printable(line, 2e3)).join("\n")}\n`;
	return options.ascii ? toAscii(text) : text;
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
function imageLines(image, options) {
	const said = new Said();
	const covered = image.coverage.filter((one) => one.covered).length;
	const parts = counted(image.coverage.length, "part");
	const gaps = image.coverage.filter((one) => !one.covered).map(({ object }) => `not covered: ${object}`);
	const stages = image.stages.flatMap((stage) => stageLines(stage, image, {
		...options,
		said
	}));
	const problems = said.fresh(image.reasons.filter(isProblem));
	const remarks = image.reasons.filter((one) => !isProblem(one));
	return [
		`${mark(image.verdict, options)} ${image.name}  ${image.contentDigests.map(short).join(" ")}`.trimEnd(),
		...section("stages", stages),
		...section("problems", problems.flatMap((one) => problemLines(one, {
			...options,
			said
		}))),
		...section("layers", image.layers.flatMap((layer) => layerLines(layer, said))),
		...section("evidence", image.evidence.flatMap((one) => evidenceLines(one, said))),
		...section("coverage", image.coverage.length === 0 ? [] : [`${covered} of ${parts}`, ...gaps]),
		...section("remarks", said.fresh(remarks).map(({ message }) => message)),
		""
	];
}
function section(title, lines) {
	return lines.length === 0 ? [] : [`  ${title}`, ...lines.map((line) => `    ${line}`)];
}
function stageLines(stage, image, options) {
	const { said } = options;
	const width = Math.max(...image.stages.map((one) => one.stage.length));
	const by = stage.approvedBy.length > 0 ? stage.approvedBy.join(", ") : "nobody";
	const needed = stage.needed > 1 ? ` (${stage.needed} needed)` : "";
	const head = `${mark(stage.verdict, options)} ${stage.stage.padEnd(width)}  `;
	const remarks = remarkLines(said.fresh(stage.reasons.filter((one) => !isProblem(one))));
	const [first, ...rest] = stage.reasons.filter(isProblem);
	if (stage.verdict === "passed" || !first) return [`${head}${by}${needed}`, ...remarks];
	const lines = [`${head}${stage.verdict === "missing" && !options.ascii ? "missing: " : ""}${first.message} [${first.code}]`, ...said.hint(first)];
	said.fresh([first]);
	const more = said.fresh(rest).flatMap((one) => problemLines(one, options).map((line) => `  ${line}`));
	return [
		...lines,
		...more,
		...remarks
	];
}
function remarkLines(reasons) {
	return reasons.map(({ message }) => `  · ${message}`);
}
function problemLines(one, { said, ...options }) {
	return [`${mark("failed", options)} ${one.message} [${one.code}]`, ...said.hint(one)];
}
function layerLines(layer, said) {
	const stage = layer.stage === null ? "" : `  stage ${layer.stage}`;
	const time = layer.signedAt === null ? "" : `  ${toSecond(layer.signedAt)}`;
	return [`${[
		layer.where.padEnd(10),
		layer.kind.padEnd(11),
		statusWord(layer.status).padEnd(14)
	].join("  ")}  ${signerOf(layer.signer)}${stage}${time}  ${short(layer.digest)}`, ...detailLines(layer.reasons, said)];
}
function evidenceLines(one, said) {
	return [`${[
		one.where.padEnd(10),
		one.predicateType,
		statusWord(one.status)
	].join("  ")}  ${signerOf(one.signer)}  ${short(one.digest)}`, ...detailLines(one.reasons, said)];
}
function detailLines(reasons, said) {
	return said.fresh(reasons).map(({ code, message }) => `  ${message} [${code}]`);
}
function statusWord(status) {
	return status === "unknown-signer" ? "unknown signer" : status;
}
function mark(outcome, { ascii }) {
	if (ascii) return {
		passed: "[ok]     ",
		failed: "[failed] ",
		missing: "[missing]"
	}[outcome];
	return outcome === "passed" ? "✓" : "✗";
}

export { renderMarkdown as n, findingsOf as r, renderText as t };