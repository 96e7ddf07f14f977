import { d as sha256, p as shortDigest } from "./bytes.mjs";
import { c as UsageError, i as EXIT, r as DataError, t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { g as globPaths, l as readFileBounded, p as writeDocument } from "./files.mjs";
import { n as redactedPieces } from "./redacted-json.mjs";
import { a as counted, i as compareText, m as visibleLine, p as toSecond, u as printable } from "./text.mjs";
import { a as escapeHtml, o as escapeMarkdown } from "./wording.mjs";
import { t as VERSION } from "./version.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { a as asOptionalText, i as asObject, o as asText, t as asArray } from "./members.mjs";
import { t as VERDICT_SCHEMA } from "./verdict.mjs";
import { i as VERDICT_VERIFIER_ID } from "./record.mjs";
import { g as subjectDigests, p as parseStatement } from "./statement.mjs";
import { _ as peopleBehind, d as describeIdentity, h as matchPrincipals } from "./versions.mjs";
import { r as TRUST_INPUTS, s as optionalCriteria } from "./trust2.mjs";
import { r as unknownTask, t as defineCommand } from "./spec.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as CONNECTION_INPUTS } from "./registry.mjs";
import { i as SUBJECT_INPUTS } from "./subjects.mjs";
import { t as WITHOUT_INPUTS } from "./without.mjs";
import { basename, relative, resolve } from "node:path";
import { createHash } from "node:crypto";

// src/report/period/csv.ts
const COLUMNS = `names content references published tags outcome verdict-at policy stages stage principal credential
  signed-at proven-at reason ticket expires own-work exceptions break-glass gaps`.split(/\s+/);
/**
* The table with a line of names; several values in a cell are divided by `; `. `redact` takes the secrets out of each cell
* before it is quoted.
* @see https://www.rfc-editor.org/rfc/rfc4180
*/
function renderCsv({ releases }, redact) {
	const rows = releases.flatMap(rowsOf).map((row) => row.map((text) => redact(text)));
	return [COLUMNS, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}
function rowsOf(release) {
	const last = release.verdicts.at(-1);
	const before = [
		release.names.join("; "),
		release.content.join("; "),
		release.references.join("; "),
		release.published?.last ?? "",
		release.published?.tags.join("; ") ?? "",
		release.outcome,
		last?.at ?? "",
		last?.policy ?? "",
		release.stages.map(({ stage, verdict }) => `${stage} ${verdict}`).join("; ")
	];
	const after = [
		release.ownWork.map(({ principal, stages }) => `${principal}: ${stages.join(", ")}`).join("; "),
		release.exceptions.map(({ message }) => message).join("; "),
		release.breakGlass.map(glassText).join("; "),
		release.gaps.map(({ message }) => message).join("; ")
	];
	const approvals = release.approvals.map((one) => [
		one.stage,
		one.principal ?? "",
		one.credential,
		one.signedAt ?? "",
		one.provenAt ?? "",
		one.reason ?? "",
		one.ticket ?? "",
		one.expires ?? ""
	]);
	return (approvals.length > 0 ? approvals : [Array.from({ length: 8 }, () => "")]).map((row) => [
		...before,
		...row,
		...after
	]);
}
function glassText({ stage, by, from, until, reason, ticket, reviewedBy }) {
	return `${stage} by ${by} from ${from} until ${until}: ${reason} (${ticket}), ${reviewedBy.length > 0 ? `reviewed by ${reviewedBy.join(", ")}` : "not reviewed"}`;
}
/** A cell that a spreadsheet would take for a formula begins with an apostrophe, as it would be typed. */
function cell(text) {
	const line = visibleLine(text);
	const plain = /^[=+\-@]/.test(line) ? `'${line}` : line;
	return /[",]|^\s|\s$/.test(plain) ? `"${plain.replaceAll("\"", "\"\"")}"` : plain;
}

// src/report/period/text.ts
/** Text report, final line end included. */
function renderPeriod(period) {
	const { from, to, notCounted, releases } = period;
	return `${[
		`${toSecond(from)} to ${toSecond(to)}: ${sizeOf(period)}`,
		`  ${sharesOf(period)}`,
		...releases.flatMap(releaseLines),
		...notCounted.length === 0 ? [] : ["not counted"],
		...notCounted.map(({ file, why }) => `  ${file}: ${why}`)
	].map((line) => printable(line, 2e3)).join("\n")}\n`;
}
/** How much there is in it. */
function sizeOf({ totals }) {
	return `${counted(totals.releases, "release")} in ${counted(totals.counted, "report")}`;
}
/** How many of the releases are so. */
function sharesOf({ totals }) {
	return `${totals.passed} passed, ${totals.published} published, ${totals.withExceptions} with exceptions, ${totals.withBreakGlass} with broken glass, ${totals.withOwnWork} with own work approved, ${totals.withGaps} with gaps`;
}
function releaseLines(release) {
	const mark = {
		passed: "✓",
		failed: "✗",
		error: "?"
	}[release.outcome];
	const published = release.published ? `  published ${toSecond(release.published.last)} ${release.published.tags.join(" ")}` : "";
	return [
		`${mark} ${release.names.join(", ")}  ${release.content.map(shortDigest).join(" ")}${published}`,
		...release.stages.map(({ stage, verdict, approvedBy }) => `    ${stage}: ${verdict}, by ${approvedBy.join(", ") || "nobody"}`),
		...remarksOf(release).map((line) => `    ${line}`)
	];
}
/** What an auditor asks about a release, a line for each. */
function remarksOf(release) {
	return [
		...release.ownWork.map(({ principal, stages }) => `own work: ${principal} filled ${stages.join(" and ")}`),
		...release.exceptions.map(({ message }) => `exception: ${message}`),
		...release.breakGlass.map(({ stage, by, ticket, until, reviewedBy }) => `break glass: ${stage} by ${by} until ${until} (${ticket}), ${reviewedBy.length > 0 ? `reviewed by ${reviewedBy.join(", ")}` : "not reviewed"}`),
		...release.gaps.map(({ message }) => `gap: ${message}`)
	];
}

// src/report/period/html.ts
const STYLE = `body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}
table{border-collapse:collapse;margin:1em 0}
th,td{border:1px solid #888;padding:.2em .6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
section{border-top:2px solid #888}
@media print{section{break-inside:avoid}}`;
/** Characters of one value; what is longer is cut, and the mark of that shown. */
const SHOWN = 2e3;
/** The page, final line end included; `redact` takes the secrets out of each value. */
function renderHtml(period, redact) {
	const { from, to, releases, notCounted } = period;
	const title = `Approvals of images from ${toSecond(from)} to ${toSecond(to)}`;
	const body = [
		element("h1", title),
		element("p", `${sizeOf(period)}: ${sharesOf(period)}`),
		...releases.map(releaseSection),
		...notCounted.length === 0 ? [] : [element("h2", `${counted(notCounted.length, "report")} not counted`)],
		...table(["Report", "Why"], notCounted.map(({ file, why }) => [file, why]))
	];
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body.map((one) => serialize(one, redact)).join("")}</body>
</html>
`;
}
function releaseSection(release) {
	const { names, outcome, content, references, published } = release;
	const remarks = remarksOf(release);
	const facts = [
		["Content", content.join(", ")],
		["References", references.join(", ")],
		["Published", published ? `${toSecond(published.first)} to ${toSecond(published.last)}` : ""],
		["Tags", published?.tags.join(", ") ?? ""]
	].filter(([, value]) => value !== "");
	return element("section", element("h2", `${names.join(", ")}: ${outcome === "error" ? "could not be read" : outcome}`), ...table([], facts), ...remarks.length === 0 ? [] : [element("ul", ...remarks.map((one) => element("li", one)))], ...table([
		"Stage",
		"Verdict",
		"By"
	], release.stages.map(({ stage, verdict, approvedBy }) => [
		stage,
		verdict,
		approvedBy.join(", ") || "nobody"
	])), ...table([
		"Approval",
		"By",
		"Credential",
		"Signed",
		"Proven",
		"Reason",
		"Ticket",
		"Expires"
	], release.approvals.map((one) => [
		one.stage,
		one.principal,
		one.credential,
		one.signedAt,
		one.provenAt,
		one.reason,
		one.ticket,
		one.expires
	].map((value) => value ?? ""))), ...table([
		"Broken glass",
		"By",
		"From",
		"Until",
		"Reason",
		"Ticket",
		"Reviewed by"
	], release.breakGlass.map(({ stage, by, from, until, reason, ticket, reviewedBy }) => [
		stage,
		by,
		from,
		until,
		reason,
		ticket,
		reviewedBy.join(", ") || "nobody"
	])), ...table([
		"Verdict of",
		"Outcome",
		"Policy",
		"Report"
	], release.verdicts.map(({ at, outcome: said, policy, source }) => [
		at,
		said,
		policy ?? "none",
		source
	])));
}
/** Nothing where there are no rows. */
function table(head, rows) {
	if (rows.length === 0) return [];
	return [element("table", ...head.length === 0 ? [] : [element("tr", ...head.map((name) => element("th", name)))], ...rows.map((row) => element("tr", ...row.map((cell) => element("td", cell)))))];
}
function element(tag, ...children) {
	return {
		tag,
		children
	};
}
function serialize(node, redact) {
	if (typeof node === "string") return escapeHtml(redact(node), SHOWN);
	return `<${node.tag}>${node.children.map((one) => serialize(one, redact)).join("")}</${node.tag}>\n`;
}

// src/report/period/oscal.ts
/** Names what the properties mean. */
const NAMESPACE = "urn:countersign:ns:oscal";
/** Of the names from which identifiers are made: the identifier of `urn:countersign:ns:oscal` itself in the URL namespace. */
const UUID_NAMESPACE = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");
/**
* An OSCAL 1.2 document.
* @see https://pages.nist.gov/OSCAL-Reference/models/v1.2.1/assessment-results/json-reference/
*/
function renderOscal(period) {
	const { from, to, releases, totals } = period;
	const id = `${from} ${to} ${releases.map(keyOf).join(" ")}`;
	const title = `Approvals of images from ${from} to ${to}`;
	const plan = uuid(`plan ${id}`);
	return { "assessment-results": {
		uuid: uuid(`results ${id}`),
		metadata: {
			title,
			"last-modified": to,
			version: `${from}/${to}`,
			"oscal-version": "1.2.1",
			props: props([["tool", `countersign ${VERSION}`], ...Object.entries(totals).map(([name, count]) => [`total-${dashed(name)}`, String(count)])])
		},
		"import-ap": { href: `#${plan}` },
		results: [resultOf(period, {
			id,
			title
		})],
		"back-matter": { resources: [{
			uuid: plan,
			title: "Assessment plan",
			description: "The policies that the verdicts were given by.",
			...listed("props", policiesOf(releases), (all) => props(all.map((policy) => ["policy", policy])))
		}] }
	} };
}
function resultOf(period, { id, title }) {
	const { from, to, releases, notCounted } = period;
	const risks = releases.flatMap((release) => release.exceptions.map((one) => riskOf(release, one)));
	return {
		uuid: uuid(`result ${id}`),
		title,
		description: "What stored verdicts say of every image that was judged in the period.",
		start: from,
		end: to,
		...listed("local-definitions", releases, (all) => ({ "inventory-items": all.map(itemOf) })),
		"reviewed-controls": { "control-selections": [{ "include-all": {} }] },
		...listed("observations", releases, (all) => all.map(observationOf)),
		...listed("risks", risks, (all) => all),
		findings: OBJECTIVES.map((objective) => findingOf(objective, period)),
		...listed("assessment-log", notCounted, (all) => ({ entries: all.map(({ file, why }) => ({
			uuid: uuid(`log ${file} ${why}`),
			title: line(`report not counted: ${file}`),
			description: line(why),
			start: from
		})) }))
	};
}
const OBJECTIVES = [
	{
		name: "releases-approved",
		says: "Every image has passed its policy: each stage is approved, in order and by the right people.",
		met: ({ outcome }) => outcome === "passed"
	},
	{
		name: "duties-separated",
		says: "Nobody has approved an image at more than one stage.",
		met: ({ ownWork }) => ownWork.length === 0
	},
	{
		name: "no-exceptions",
		says: "No verdict rests on an exception.",
		met: ({ exceptions }) => exceptions.length === 0
	},
	{
		name: "record-complete",
		says: "Every verdict is by a policy, of its own time, and about data that was read.",
		met: ({ gaps }) => gaps.length === 0
	}
];
function findingOf({ name, says, met }, { releases, from, to }) {
	const unmet = releases.filter((release) => !met(release));
	const state = unmet.length === 0 ? "satisfied" : "not-satisfied";
	return {
		uuid: uuid(`finding ${name} ${from} ${to} ${unmet.map(keyOf).join(" ")}`),
		title: says,
		description: `${releases.length - unmet.length} of ${releases.length} images.`,
		target: {
			type: "objective-id",
			"target-id": name,
			status: {
				state,
				reason: unmet.length === 0 ? "pass" : "fail"
			}
		},
		...listed("related-observations", unmet, (all) => all.map((release) => ({ "observation-uuid": uuid(`observation ${keyOf(release)}`) })))
	};
}
function itemOf(release) {
	return {
		uuid: uuid(`item ${keyOf(release)}`),
		description: line(release.names.join(", ")),
		...listed("props", [...release.content, ...release.references], () => props([
			...release.content.map((digest) => ["content-digest", digest]),
			...release.references.map((reference) => ["reference", reference]),
			...(release.published?.tags ?? []).map((tag) => ["tag", tag])
		]))
	};
}
function observationOf(release) {
	const { stages, approvals, ownWork, gaps, verdicts, outcome, names } = release;
	const last = verdicts.at(-1);
	return {
		uuid: uuid(`observation ${keyOf(release)}`),
		title: line(names.join(", ")),
		description: [
			...stages.map(({ stage, verdict, approvedBy }) => `- ${line(`${stage}: ${verdict}, by ${approvedBy.join(", ") || "nobody"}`)}`),
			...gaps.map(({ message }) => `- ${line(message)}`),
			`- ${verdicts.length} verdicts`
		].join("\n"),
		props: props([
			["outcome", outcome],
			...approvals.flatMap((one) => [
				["approval", `${one.stage} by ${one.principal ?? "nobody known"}, ${one.credential}, at ${one.signedAt ?? "no time"}`],
				...one.ticket === null ? [] : [["ticket", one.ticket]],
				...one.reason === null ? [] : [["approval-reason", one.reason]]
			]),
			...ownWork.map(({ principal, stages: own }) => ["own-work", `${principal}: ${own.join(", ")}`]),
			...gaps.map(({ code }) => ["gap", code]),
			...verdicts.map(({ at, source }) => ["report", `${at} ${source}`])
		]),
		methods: ["EXAMINE"],
		types: ["control-objective"],
		subjects: [{
			"subject-uuid": uuid(`item ${keyOf(release)}`),
			type: "inventory-item"
		}],
		collected: last?.at ?? ""
	};
}
function riskOf(release, { code, message, first, last }) {
	return {
		uuid: uuid(`risk ${keyOf(release)} ${code} ${message}`),
		title: line(message),
		description: line(`${release.names.join(", ")}: ${message}`),
		statement: `Accepted in verdicts from ${first} to ${last}.`,
		props: props([["code", code]]),
		status: "deviation-approved",
		"related-observations": [{ "observation-uuid": uuid(`observation ${keyOf(release)}`) }]
	};
}
function policiesOf(releases) {
	return [...new Set(releases.flatMap(({ verdicts }) => verdicts.flatMap(({ policy }) => policy ?? [])))].sort();
}
function keyOf({ content, names }) {
	return content.length > 0 ? content.join(" ") : names.join(" ");
}
/** Lists of OSCAL have at least one entry, or are not there. */
function listed(name, all, render) {
	return all.length === 0 ? {} : { [name]: render(all) };
}
/** Values are of one line and neither empty nor framed by blanks. */
function props(entries) {
	return entries.map(([name, value]) => ({
		name,
		ns: NAMESPACE,
		value: visibleLine(value).trim() || "-"
	}));
}
/** OSCAL's texts are Markdown. */
function line(text) {
	return escapeMarkdown(text, 2e3).trim() || "-";
}
function dashed(name) {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
/** @see https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-5 */
function uuid(name) {
	const bytes = createHash("sha1").update(UUID_NAMESPACE).update(`${NAMESPACE}:${name}`).digest().subarray(0, 16);
	bytes[6] = (bytes[6] ?? 0) & 15 | 80;
	bytes[8] = (bytes[8] ?? 0) & 63 | 128;
	const hex = bytes.toString("hex");
	return [
		hex.slice(0, 8),
		hex.slice(8, 12),
		hex.slice(12, 16),
		hex.slice(16, 20),
		hex.slice(20)
	].join("-");
}

// src/report/period/stored.ts
/** Reports with the signed verdicts of their time, and the signed ones that no report tells of. */
function joined(given) {
	const signed = given.filter(({ verdict }) => verdict.signedBy !== null);
	const told = given.filter(({ verdict }) => verdict.signedBy === null);
	const signatures = /* @__PURE__ */ new Map();
	const alone = signed.filter((one) => {
		const same = told.find(({ verdict: { at, policy } }) => policy === one.verdict.policy && Math.floor(Date.parse(at) / 1e3) === Math.floor(Date.parse(one.verdict.at) / 1e3));
		if (same) signatures.set(same, one);
		return !same;
	});
	return {
		all: given.filter((one) => !signed.includes(one) || alone.includes(one)),
		alone,
		signatures
	};
}
/**
* The verdict in a report; undefined when its run gave none.
* @throws DataError DATA_JSON_INVALID when it is no report of ours
*/
function readStored(bytes, file) {
	const document = parseJson(bytes, file);
	try {
		return readReport(asObject(document, "the document"), sha256(bytes));
	} catch (cause) {
		if (!(cause instanceof DataError)) throw cause;
		throw wrong(`${file}: ${cause.message}, so that it is no report of a run`);
	}
}
function readReport(whole, source) {
	const schema = asText(whole["schema"], "schema");
	if (!(schema.startsWith("countersign/") && !schema.startsWith("countersign/verdict/")) && schema !== "countersign/verdict/v1") throw wrong(`it is a ${schema}`);
	const verdict = schema === "countersign/verdict/v1" ? whole : whole["verdict"];
	if (!isJsonObject(verdict)) return void 0;
	if (verdict["schema"] !== "countersign/verdict/v1") throw wrong("its verdict is of another edition");
	const at = asText(verdict["now"], "now");
	if (!/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(Date.parse(at))) throw wrong("its verdict has no time");
	const { policy } = verdict;
	const isPublication = schema === "countersign/push/v1" && typeof whole["reference"] === "string";
	return {
		source,
		signedBy: null,
		at: new Date(at).toISOString(),
		asOf: verdict["asOf"] === true,
		policy: isJsonObject(policy) ? `${asText(policy["name"], "name")} (${asText(policy["digest"], "digest")})` : null,
		published: isPublication ? texts(whole["tags"] ?? [], "tags") : null,
		images: objects(verdict["images"], "images").map((image) => readImage(image))
	};
}
function readImage(image) {
	const outcome = asText(image["outcome"], "outcome");
	if (outcome !== "passed" && outcome !== "failed" && outcome !== "error") throw wrong(`it has the outcome ${outcome}`);
	return {
		name: asText(image["name"], "name"),
		reference: asOptionalText(image["reference"], "reference"),
		contentDigests: texts(image["contentDigests"], "contentDigests"),
		outcome,
		dataVerified: image["dataVerified"] === true,
		unsigned: image["unsigned"] === true,
		stages: objects(image["stages"], "stages").map((stage) => ({
			stage: asText(stage["stage"], "stage"),
			verdict: asText(stage["verdict"], "verdict"),
			approvedBy: texts(stage["approvedBy"], "approvedBy"),
			reasons: readReasons(stage["reasons"])
		})),
		breakGlass: objects(image["stages"], "stages").flatMap((stage) => readBreakGlass(stage)),
		approvals: objects(image["layers"], "layers").flatMap((layer) => readApproval(layer)),
		reasons: readReasons(image["reasons"])
	};
}
function readBreakGlass(stage) {
	const broken = stage["breakGlass"];
	if (broken === void 0) return [];
	return objects(broken, "breakGlass").map((one) => ({
		stage: asText(stage["stage"], "stage"),
		digest: asText(one["digest"], "digest"),
		by: asText(one["by"], "by"),
		reason: asText(one["reason"], "reason"),
		ticket: asText(one["ticket"], "ticket"),
		from: asText(one["from"], "from"),
		until: asText(one["until"], "until"),
		reviewedBy: texts(one["reviewedBy"], "reviewedBy")
	}));
}
/** Approvals whose signature was valid; whether they counted is said by their stage. */
function readApproval(layer) {
	const { approval, stage, signer, provenTime } = layer;
	if (!isJsonObject(approval) || typeof stage !== "string" || layer["status"] !== "valid") return [];
	const said = asObject(signer, "the signer of a valid approval");
	return [{
		stage,
		digest: asText(layer["digest"], "digest"),
		principal: asOptionalText(said["principal"], "principal"),
		credential: credentialOf(said),
		signedAt: asOptionalText(layer["signedAt"], "signedAt"),
		provenAt: isJsonObject(provenTime) ? asText(provenTime["time"], "time") : null,
		reason: asOptionalText(approval["reason"], "reason"),
		ticket: asOptionalText(approval["ticket"], "ticket"),
		expires: asOptionalText(approval["expires"], "expires")
	}];
}
function credentialOf(signer) {
	const method = asText(signer["method"], "method");
	const part = (name) => asOptionalText(signer[name], name) ?? "";
	if (method === "pgp") return `pgp ${part("fingerprint")}`;
	if (method === "x509") return `x509 ${part("issuer")} / ${part("serial")}`;
	return `${method} ${part("hint") || part("subject")}`;
}
function readReasons(value) {
	return objects(value, "reasons").map((reason) => ({
		code: asText(reason["code"], "code"),
		message: asText(reason["message"], "message"),
		remark: reason["severity"] === "remark"
	}));
}
function objects(value, what) {
	return asArray(value, what, Number.POSITIVE_INFINITY).map((item) => asObject(item, what));
}
function texts(value, what) {
	return asArray(value, what, Number.POSITIVE_INFINITY).map((item) => asText(item, what));
}
function wrong(problem) {
	return new DataError("DATA_JSON_INVALID", problem, { hint: "give the files that ⟨report-path⟩ of verify-all, push-oras and pull wrote, and no others" });
}

// src/report/period/period.ts
/** Names the account and its edition. */
const PERIOD_SCHEMA = "countersign/period/v1";
/** The account of `from ≤ t < to`. */
function accountOf(sources, { from, to }) {
	const notCounted = [];
	const counted = /* @__PURE__ */ new Map();
	for (const { file, verdict, problem } of [...sources].sort((a, b) => compareText(a.file, b.file))) {
		const why = problem ?? whyNot(verdict, {
			from,
			to
		});
		const same = verdict && counted.has(verdict.source);
		if (why !== void 0 || same) notCounted.push({
			file,
			why: why ?? "the same report was given before"
		});
		else if (verdict) counted.set(verdict.source, verdict);
	}
	const releases = releasesOf([...counted.values()].sort((a, b) => compareText(a.at, b.at) || compareText(a.source, b.source)));
	return {
		schema: PERIOD_SCHEMA,
		from: from.toISOString(),
		to: to.toISOString(),
		totals: {
			reports: sources.length,
			counted: counted.size,
			releases: releases.length,
			published: releases.filter(({ published }) => published).length,
			passed: releases.filter(({ outcome }) => outcome === "passed").length,
			withExceptions: releases.filter(({ exceptions }) => exceptions.length > 0).length,
			withBreakGlass: releases.filter(({ breakGlass }) => breakGlass.length > 0).length,
			withOwnWork: releases.filter(({ ownWork }) => ownWork.length > 0).length,
			withGaps: releases.filter(({ gaps }) => gaps.length > 0).length
		},
		notCounted,
		releases
	};
}
function whyNot(verdict, { from, to }) {
	if (!verdict) return "its run gave no verdict";
	const at = Date.parse(verdict.at);
	return at >= from.getTime() && at < to.getTime() ? void 0 : `its verdict is of ${verdict.at}`;
}
/** Images by content; one that nothing was learnt of stands by its name. */
function releasesOf(verdicts) {
	const mentions = /* @__PURE__ */ new Map();
	for (const verdict of verdicts) for (const image of verdict.images) {
		const key = image.contentDigests.length > 0 ? sorted(image.contentDigests).join(" ") : `? ${image.name}`;
		if (!mentions.get(key)?.push({
			verdict,
			image
		})) mentions.set(key, [{
			verdict,
			image
		}]);
	}
	return [...mentions].sort(([a], [b]) => compareText(a, b)).map(([, all]) => releaseOf(all.sort(byTime)));
}
/** Of copies that were judged at one time, in one run or several, the one that had not passed has the last word. */
function byTime(a, b) {
	const [one, other] = [a, b].map(({ image }) => Number(image.outcome !== "passed"));
	return compareText(a.verdict.at, b.verdict.at) || (one ?? 0) - (other ?? 0);
}
function releaseOf(given) {
	const { all, alone, signatures } = joined(given);
	const last = all.at(-1);
	if (!last) throw new Error("a release without a verdict");
	const told = all.findLast((one) => !alone.includes(one)) ?? last;
	const published = all.filter(({ verdict, image }) => verdict.published !== null && image.outcome !== "error");
	const [first] = published;
	const release = {
		content: sorted(last.image.contentDigests),
		names: sorted(all.map(({ image }) => image.name)),
		references: sorted(all.flatMap(({ image }) => image.reference ?? [])),
		published: first ? {
			first: first.verdict.at,
			last: published.at(-1)?.verdict.at ?? first.verdict.at,
			tags: sorted(published.flatMap(({ verdict }) => verdict.published ?? []))
		} : null,
		verdicts: all.map((one) => {
			const { at, policy, source, signedBy } = one.verdict;
			const by = signedBy ?? signatures.get(one)?.verdict.signedBy ?? null;
			return {
				at,
				outcome: one.image.outcome,
				policy,
				source,
				signedBy: by
			};
		}),
		outcome: last.image.outcome,
		stages: told.image.stages.map(({ stage, verdict, approvedBy }) => ({
			stage,
			verdict,
			approvedBy
		})),
		approvals: approvalsOf(all),
		exceptions: exceptionsOf(all),
		breakGlass: breakGlassOf(all),
		ownWork: ownWorkOf(told.image)
	};
	const denied = [...signatures].some(([report, { image }]) => report.image.outcome !== image.outcome);
	return {
		...release,
		gaps: [...gapsOf(last, published, release.breakGlass), ...signedGaps(alone.length, denied)]
	};
}
/** Each once; what the last verdict says of it stands. */
function approvalsOf(all) {
	return [...new Map(all.flatMap(({ image }) => image.approvals).map((one) => [`${one.digest} ${one.credential}`, one])).values()].sort((a, b) => compareText(a.signedAt ?? "", b.signedAt ?? "") || compareText(a.digest, b.digest) || compareText(a.credential, b.credential));
}
/** Remarks that say that a rule was set aside for this image. */
const EXCEPTION = /^(?:EVIDENCE_EXCEPTION|EVIDENCE_VEX|BREAK_GLASS)$/;
function exceptionsOf(all) {
	const found = /* @__PURE__ */ new Map();
	for (const { verdict, image } of all) for (const { code, message } of everyReason(image)) {
		if (!EXCEPTION.test(code)) continue;
		const key = `${code} ${message}`;
		found.set(key, {
			code,
			message,
			first: found.get(key)?.first ?? verdict.at,
			last: verdict.at
		});
	}
	return [...found].sort(([a], [b]) => compareText(a, b)).map(([, one]) => one);
}
/** Each once, as the last verdict that shows it says: a statement that was taken away since stays in the account. */
function breakGlassOf(all) {
	return [...new Map(all.flatMap(({ image }) => image.breakGlass).map((one) => [`${one.stage} ${one.digest}`, one])).values()].sort((a, b) => compareText(a.from, b.from) || compareText(a.digest, b.digest));
}
function everyReason({ reasons, stages }) {
	return [...reasons, ...stages.flatMap((stage) => stage.reasons)];
}
function ownWorkOf({ stages }) {
	const filled = /* @__PURE__ */ new Map();
	for (const { stage, approvedBy } of stages) for (const principal of new Set(approvedBy)) if (!filled.get(principal)?.push(stage)) filled.set(principal, [stage]);
	return sorted([...filled.keys()]).flatMap((principal) => {
		const own = filled.get(principal) ?? [];
		return own.length > 1 ? [{
			principal,
			stages: own
		}] : [];
	});
}
function signedGaps(alone, denied) {
	const missing = `no report was given of ${alone} signed ${alone === 1 ? "verdict" : "verdicts"}: it would say who approved`;
	return [...alone > 0 ? [{
		code: "REPORT_MISSING",
		message: missing
	}] : [], ...denied ? [{
		code: "REPORT_CONTRADICTED",
		message: "a report says otherwise than the signed verdict of its time"
	}] : []];
}
function gapsOf({ verdict, image }, published, breakGlass) {
	const open = breakGlass.filter(({ reviewedBy }) => reviewedBy.length === 0).map(({ stage, by }) => `${stage} by ${by}`);
	const failed = image.stages.filter(({ verdict: said }) => said !== "passed" && said !== "break-glass").map(({ stage }) => stage);
	const where = failed.length > 0 ? `: ${failed.join(", ")}` : "";
	const unverified = published.filter(({ image: one }) => one.outcome !== "passed");
	return [
		[
			verdict.asOf,
			"AS_OF",
			"the last verdict is about a time that was given, not about its own"
		],
		[
			open.length > 0,
			"BREAK_GLASS_UNREVIEWED",
			`broken glass is not reviewed: ${open.join(", ")}`
		],
		[
			!image.dataVerified,
			"DATA_NOT_READ",
			"the last verdict was given without reading the data"
		],
		[
			image.outcome === "error",
			"LAST_VERDICT_ERROR",
			"the image could not be read"
		],
		[
			image.outcome === "failed",
			"LAST_VERDICT_FAILED",
			`the last verdict failed${where}`
		],
		[
			verdict.policy === null,
			"NO_POLICY",
			"the last verdict was given without a policy"
		],
		[
			image.contentDigests.length === 0,
			"NOT_IDENTIFIED",
			"no content is known, only a name"
		],
		[
			unverified.length > 0,
			"PUBLISHED_UNVERIFIED",
			"it was published on a verdict that had not passed"
		],
		[
			image.unsigned,
			"UNSIGNED",
			"nobody has signed it"
		]
	].flatMap(([applies, code, message]) => applies ? [{
		code,
		message
	}] : []);
}
function sorted(texts) {
	return [...new Set(texts)].sort(compareText);
}

// src/report/period/signed.ts
const MAX_SKIPPED = 64;
/**
* What a statement says whose signature was checked.
* @throws DataError DATA_JSON_INVALID when it is no verdict of verify-all; SignatureError as parseStatement
*/
function readSignedVerdict(payload, { source, signedBy, file }) {
	const { subject, predicate } = parseStatement(payload);
	const said = isJsonObject(predicate) ? predicate : {};
	const { verifier, policy } = said;
	const at = Date.parse(asText(said["timeVerified"], "timeVerified"));
	if (!isJsonObject(verifier) || verifier["id"] !== "urn:countersign:verify-all" || Number.isNaN(at)) throw new DataError("DATA_JSON_INVALID", `${file} is signed, and is no verdict of verify-all`, { hint: "give reports, and the files `IMAGE.verdict.sigstore.json` that verify-all wrote" });
	const named = asObject(policy, "policy");
	const groups = subject.filter(({ name }) => name === "sif-metadata");
	const content = (groups.length > 0 ? groups : subject.slice(0, 1)).flatMap(subjectDigests);
	const { sha256: digest } = asObject(named["digest"], "policy.digest");
	return {
		source,
		signedBy,
		at: new Date(at).toISOString(),
		asOf: false,
		policy: `${asText(named["uri"], "policy.uri")} (sha256:${asText(digest, "policy.digest.sha256")})`,
		published: null,
		images: [{
			name: asText(said["resourceUri"], "resourceUri"),
			reference: null,
			contentDigests: content,
			outcome: said["verificationResult"] === "PASSED" ? "passed" : "failed",
			dataVerified: true,
			unsigned: false,
			stages: [],
			breakGlass: skippedIn(said["breakGlass"]),
			approvals: [],
			reasons: []
		}]
	};
}
/** It says which stages were skipped until when, and not by whom. */
function skippedIn(value) {
	if (value === void 0) return [];
	return asArray(value, "breakGlass", MAX_SKIPPED).map((one) => {
		const { stage, until } = asObject(one, "breakGlass");
		const unknown = "no report says";
		return {
			stage: asText(stage, "stage"),
			digest: sha256(new TextEncoder().encode(JSON.stringify(one))),
			by: unknown,
			reason: unknown,
			ticket: unknown,
			from: unknown,
			until: asText(until, "until"),
			reviewedBy: []
		};
	});
}

// src/commands/audit/spec.ts
/** What `report` takes. */
const spec = {
	name: "report",
	summary: "Account for a period, or find the images that contain or rest on something",
	description: "`report period FILE…` reads the files that `report-path` of verify-all, push-oras and pull left, and signed verdicts (which need trust inputs), and lists every image that was judged from `from` on and before `to`: approvers, exceptions, who approved their own work, what is missing. The same files give the same bytes. `report find IMAGE…` says which images contain a component by their signed SBOMs, or rest on a key, a person or a CA: since when, by whom, where; with `without`, which would not pass any more. It checks signatures and reads no data. Both fail when something that was given could not be looked into, for then the answer is not complete. See docs/audit.md.",
	positional: "task",
	inputs: [
		{
			name: "task",
			type: "list",
			file: "read",
			required: true,
			description: "`period` and the reports, or `find` and the images: files or globs, for `find` also references.",
			example: "period reports/*.json"
		},
		{
			name: "from",
			type: "time",
			description: "Begin of the period, RFC 3339; a verdict of this very time is part of it.",
			example: "2026-01-01T00:00:00Z"
		},
		{
			name: "to",
			type: "time",
			description: "End of the period, RFC 3339; a verdict of this very time is not part of it.",
			example: "2026-04-01T00:00:00Z"
		},
		{
			name: "output-format",
			type: "enum",
			values: [
				"json",
				"csv",
				"oscal",
				"html"
			],
			default: "json",
			description: "Form of the file `output-path`: the whole account, a table, OSCAL 1.2 assessment results, or a page to read in a browser."
		},
		{
			name: "output-path",
			type: "path",
			file: "document",
			description: "File that receives the account. Default: none, only the text is shown.",
			example: "period.json"
		},
		{
			name: "purl",
			type: "string",
			description: "Component that `find` looks for in SBOMs: a package URL. Without a version or qualifiers it stands for all of them.",
			example: "pkg:npm/left-pad@1.3.0"
		},
		{
			name: "key",
			type: "string",
			description: "Key that `find` looks for among signers: OpenPGP fingerprint, base64 SHA-256 of a public key (SPKI), or SHA-256 of a certificate in hex.",
			example: "3F2A7C1109B45D6E8A901B2C3D4E5F60718293A4"
		},
		{
			name: "principal",
			type: "string",
			description: "Principal of the policy that `find` looks for among signers.",
			example: "alice"
		},
		{
			name: "ca",
			type: "string",
			description: "Certificate authority that `find` looks for in the chains of signers: its whole name, or one part of it.",
			example: "CN=Issuing CA 2"
		},
		...WITHOUT_INPUTS,
		...SUBJECT_INPUTS,
		...TRUST_INPUTS,
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: COMMON_OUTPUTS
};

// src/commands/audit/report.ts
async function run(inputs, host) {
	const [action, ...patterns] = inputs.task;
	if (action === "find") return (await import("./find.mjs")).find(patterns, inputs, host);
	if (action !== "period" || patterns.length === 0) throw unknownTask("report", inputs.task, { hint: "write countersign report period FILE… or countersign report find IMAGE…" });
	const { from, to } = inputs;
	if (!from || !to) throw new UsageError("USAGE_MISSING_INPUT", "report period was given no period", { hint: "give ⟨from⟩ and ⟨to⟩" });
	if (from >= to) throw new UsageError("USAGE_INVALID_INPUT", "from is not before to", { hint: "give ⟨from⟩ the earlier time" });
	const sources = [];
	const criteria = await optionalCriteria(inputs, host.now());
	for (const path of await reportFiles(patterns, inputs.workingDirectory)) sources.push(await sourceAt(path, inputs.workingDirectory, criteria));
	const period = accountOf(sources, {
		from,
		to
	});
	if (inputs.outputPath !== void 0) await writeDocument(inputs.outputPath, rendered(period, inputs.outputFormat, host));
	const verdict = sources.filter(({ problem }) => problem !== void 0).length === 0 ? "passed" : "failed";
	for (const { file, problem } of sources) if (problem !== void 0) host.warning(`${file}: ${problem}`);
	return {
		exitCode: EXIT[verdict],
		outputs: { verdict },
		text: renderPeriod(period),
		json: period
	};
}
function rendered(period, format, host) {
	const redact = (text) => host.redact?.(text) ?? text;
	if (format === "csv") return renderCsv(period, redact);
	if (format === "html") return renderHtml(period, redact);
	return redactedPieces(format === "oscal" ? renderOscal(period) : period, redact);
}
/** Each file once. @throws UsageError USAGE_NO_MATCH */
async function reportFiles(patterns, folder) {
	const found = /* @__PURE__ */ new Set();
	for (const pattern of patterns) {
		const before = found.size;
		for await (const path of globPaths(pattern, folder)) found.add(resolve(folder, path));
		if (found.size === before && !/[*?[{]/.test(pattern)) found.add(resolve(folder, pattern));
		else if (found.size === before) throw new UsageError("USAGE_NO_MATCH", `no report matches ${JSON.stringify(pattern.slice(0, 120))}`, { hint: "give the files that ⟨report-path⟩ wrote, for instance countersign report period reports/*.json" });
	}
	return [...found].sort();
}
/** A file that cannot be read as a report is part of the account: as what is missing in it. */
async function sourceAt(path, folder, criteria) {
	const inside = relative(folder, path);
	const file = inside.startsWith("..") ? basename(path) : inside;
	try {
		const bytes = await readFileBounded(path, LIMITS.reportBytes);
		return {
			file,
			verdict: isSigned(bytes) ? await signedVerdict(bytes, file, criteria) : readStored(bytes, file)
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			file,
			verdict: void 0,
			problem: error.message
		};
	}
}
/** Bundles begin with their media type, as verify-all writes them. */
function isSigned(bytes) {
	return Buffer.from(bytes.subarray(0, 200)).toString("latin1").includes("\"application/vnd.dev.sigstore.bundle");
}
/** @throws UsageError USAGE_MISSING_INPUT; DataError DATA_JSON_INVALID for one that nobody trusted signed */
async function signedVerdict(bytes, file, criteria) {
	if (!criteria) throw new UsageError("USAGE_MISSING_INPUT", `${file} is signed, and nothing says whom to trust`, { hint: "give ⟨policy-path⟩, or ⟨public-key⟩ and the like, that know who signs verdicts" });
	const { openBundle } = await import("./open-bundles2.mjs");
	const opened = await openBundle({
		place: {
			in: "registry",
			name: file
		},
		bytes
	}, criteria.verifier, criteria.now);
	const refuse = (why) => new DataError("DATA_JSON_INVALID", `${file} is signed, and not believed: ${why}`, { hint: "obtain it again, or let the policy know who signs verdicts" });
	if ("problem" in opened) throw refuse(opened.problem.message);
	const { status, identity, reasons } = opened.check;
	if (status !== "valid" || !identity) throw refuse(reasons[0]?.message ?? "it is by nobody who is trusted");
	const policy = criteria.policy?.policy;
	const people = policy ? peopleBehind(policy, identity) : [describeIdentity(identity)];
	const names = policy ? matchPrincipals(policy, identity) : [];
	if (policy && names.length === 0) throw refuse("its signer is no principal of the policy");
	if (policy?.stages.some(({ approvers }) => approvers.some((one) => names.includes(one)))) throw refuse("its signer approves stages, and verdicts are signed with a key of their own");
	const about = {
		source: sha256(bytes),
		signedBy: people.join(", "),
		file
	};
	return readSignedVerdict(opened.bundle.envelope.payload, about);
}
/** `countersign report period FILE…`. */
const command = defineCommand(spec, run);

export { command };