import { c as UsageError, i as EXIT, l as fileError, t as CountersignError } from "./errors.mjs";
import { t as isDay } from "./time.mjs";
import { n as ScanError } from "./errors7.mjs";
import { a as writeStatements, c as objectsOf, d as textOf, f as textsOf, i as writeBundles, l as printable, n as assertBundlesFit, o as signerOnTrustedEvent, p as timeOf, r as describeEvidence, s as objectOf, t as storeEvidence, u as requiredText } from "./evidence-store.mjs";
import { n as identityKey } from "./draft2.mjs";
import { i as assertSound, n as assertAttachable, r as assertBundleReadable } from "./read-back.mjs";
import { n as bundleToAttach } from "./registry-bundles.mjs";
import { t as examineRegistryImage } from "./registry-facts.mjs";
import { o as openRegistryImage } from "./registry-image.mjs";
import { a as SIF_SUBJECT, i as COSIGN_SIGN_PREDICATE_TYPE, t as evidenceLabel } from "./sif-facts.mjs";
import { a as sha256Hex, i as sha256 } from "./digest.mjs";
import { t as makeFolder } from "./folder.mjs";
import { h as attachBundle } from "./cosign.mjs";
import { r as unlistedRemark } from "./immutable-tag.mjs";
import { o as manifestName, t as formatPlace } from "./reference.mjs";
import { r as encodeBundle } from "./unlike-cosign.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { l as IN_TOTO_PAYLOAD_TYPE, u as encodeStatement } from "./sif-natives.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { i as PRIVILEGED_INPUTS, n as COMMON_OUTPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { n as openFrom, o as systemClock, t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { t as SIGNING_INPUTS } from "./signing-inputs.mjs";
import { r as SUBJECT_INPUTS, s as subjectsFrom } from "./subjects.mjs";
import { t as parseYaml } from "./yaml.mjs";
import { n as decodeUtf8, s as utf8 } from "./bytes.mjs";
import { a as readFileBounded, s as writeDocument } from "./file.mjs";
import { t as LIMITS } from "./limits.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { i as isRosterUri, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { t as counted } from "./count.mjs";
import { n as escapeMarkdown } from "./foreign-text.mjs";
import { d as LayoutIndex, t as LayoutRepository } from "./layout.mjs";
import { l as MEDIA_TYPE } from "./manifest.mjs";
import { b as PARTITION_TYPE, c as openSif, h as DATA_TYPE, i as openFileSource, v as FILE_SYSTEM } from "./source.mjs";
import { n as redactedJson } from "./redacted-json.mjs";
import { t as VERSION } from "./version.mjs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { copyFile, mkdir, rm, stat, symlink, writeFile } from "node:fs/promises";

// src/scan/severity.ts
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
	["negligible", "negligible"],
	["none", "negligible"],
	["unimportant", "negligible"]
]);
/** The severity that a scanner's or advisory's word stands for; `unknown` for a word that we do not know. */
function severityFromWord(word) {
	return WORDS.get(word?.trim().toLowerCase() ?? "") ?? "unknown";
}
/**
* The severity of a CVSS base score from 0 to 10.
* @see CVSS v3.1 specification, section 5
*/
function severityFromScore(score) {
	if (score === void 0 || !(score >= 0 && score <= 10)) return "unknown";
	if (score >= 9) return "critical";
	if (score >= 7) return "high";
	if (score >= 4) return "medium";
	return score > 0 ? "low" : "negligible";
}
/** A score written as number or text; undefined when it is none. */
function scoreOf(value) {
	const score = typeof value === "number" ? value : typeof value === "string" && /^[0-9]{1,2}(\.[0-9]{1,3})?$/.test(value) ? Number(value) : NaN;
	return score >= 0 && score <= 10 ? score : void 0;
}
/** 0 for critical to 4 for negligible, 5 for unknown. */
function severityRank(severity) {
	return SEVERITIES.indexOf(severity);
}
/** The worse of two; what somebody knows beats unknown. */
function worse(a, b) {
	return severityRank(a) <= severityRank(b) ? a : b;
}
const ATTACK_VECTOR = {
	N: .85,
	A: .62,
	L: .55,
	P: .2
};
const COMPLEXITY = {
	L: .77,
	H: .44
};
const PRIVILEGES = {
	N: .85,
	L: .62,
	H: .27
};
const PRIVILEGES_CHANGED = {
	N: .85,
	L: .68,
	H: .5
};
const INTERACTION = {
	N: .85,
	R: .62
};
const IMPACT = {
	H: .56,
	L: .22,
	N: 0
};
/**
* Base score of a CVSS 3.0 or 3.1 vector; undefined for other versions and malformed vectors.
* @see CVSS v3.1 specification, section 7.1
*/
function scoreFromVector(vector) {
	if (!/^CVSS:3\.[01]\//.test(vector)) return void 0;
	const metrics = new Map(vector.split("/").slice(1).map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)]));
	const weight = (name, weights) => {
		const value = metrics.get(name) ?? "";
		return (Object.hasOwn(weights, value) ? weights[value] : void 0) ?? NaN;
	};
	const changed = metrics.get("S") === "C";
	if (!changed && metrics.get("S") !== "U") return void 0;
	const lost = 1 - (1 - weight("C", IMPACT)) * (1 - weight("I", IMPACT)) * (1 - weight("A", IMPACT));
	const impact = changed ? 7.52 * (lost - .029) - 3.25 * (lost - .02) ** 15 : 6.42 * lost;
	const privileges = weight("PR", changed ? PRIVILEGES_CHANGED : PRIVILEGES);
	const ease = 8.22 * weight("AV", ATTACK_VECTOR) * weight("AC", COMPLEXITY) * privileges * weight("UI", INTERACTION);
	if (Number.isNaN(impact + ease)) return void 0;
	return impact <= 0 ? 0 : roundUp(Math.min((changed ? 1.08 : 1) * (impact + ease), 10));
}
/** Rounds up to one decimal without the errors of binary fractions, as the specification's appendix A does. */
function roundUp(value) {
	const scaled = Math.round(value * 1e5);
	return scaled % 1e4 === 0 ? scaled / 1e5 : (Math.floor(scaled / 1e4) + 1) / 10;
}

// src/scan/finding.ts
/** One finding per vulnerability, package and version; the worst first, then by id. */
function mergeFindings(findings) {
	const merged = /* @__PURE__ */ new Set();
	const byName = /* @__PURE__ */ new Map();
	for (const finding of findings) {
		let joined = finding;
		for (const name of namesOf(finding)) {
			const other = byName.get(name);
			if (!other || other === joined || !merged.has(other)) continue;
			merged.delete(other);
			joined = join$2(other, joined);
		}
		merged.add(joined);
		for (const name of namesOf(joined)) byName.set(name, joined);
	}
	return [...merged].sort(byImportance);
}
function namesOf(finding) {
	const place = `${finding.package ?? ""}\n${finding.version ?? ""}`;
	return [finding.id, ...finding.aliases].map((id) => `${id.toUpperCase()}\n${place}`);
}
function join$2(first, second) {
	const sorted = [...new Map([
		first.id,
		...first.aliases,
		second.id,
		...second.aliases
	].map((id) => [id.toUpperCase(), id])).values()].sort(compare);
	const id = sorted.find((name) => name.startsWith("CVE-")) ?? sorted[0] ?? first.id;
	return {
		id,
		aliases: sorted.filter((name) => name !== id),
		severity: worse(first.severity, second.severity),
		score: maximum(first.score, second.score),
		package: first.package,
		version: first.version,
		fixedIn: [.../* @__PURE__ */ new Set([...first.fixedIn, ...second.fixedIn])],
		scanners: [.../* @__PURE__ */ new Set([...first.scanners, ...second.scanners])],
		location: first.location ?? second.location,
		suppressed: first.suppressed === null || second.suppressed === null ? null : first.suppressed
	};
}
function maximum(a, b) {
	if (a === null || b === null) return a ?? b;
	return Math.max(a, b);
}
function byImportance(a, b) {
	return severityRank(a.severity) - severityRank(b.severity) || compare(a.id, b.id) || compare(a.package ?? "", b.package ?? "") || compare(a.version ?? "", b.version ?? "");
}
function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}

// src/scan/allow-list.ts
const KEYS = [
	"id",
	"package",
	"version",
	"reason",
	"expires"
];
const REQUIRED = [
	"id",
	"reason",
	"expires"
];
const MAX_ENTRIES = 1e4;
/**
* The entries of an allow list: a document with the one key `allow`, a list.
* @throws ScanError SCAN_ALLOW_LIST_INVALID with line and column
*/
function readAllowList(document) {
	if (document.kind !== "map") throw invalid(document.location, "the allow list is not a map with the key allow");
	for (const [key, { location }] of document.entries) if (key !== "allow") throw invalid(location, `unknown key ${JSON.stringify(printable(key))}`);
	const list = document.entries.get("allow")?.value;
	if (list?.kind !== "list") throw invalid(list?.location ?? document.location, "allow is not a list");
	if (list.items.length > MAX_ENTRIES) throw invalid(list.location, `more than ${MAX_ENTRIES} entries`);
	const seen = /* @__PURE__ */ new Map();
	return list.items.map((item) => {
		const entry = readEntry(item);
		const name = JSON.stringify([
			entry.id.toUpperCase(),
			entry.package,
			entry.version
		]);
		const earlier = seen.get(name);
		if (earlier) throw invalid(entry.location, `${entry.id} is repeated; line ${earlier.line} has it already`);
		seen.set(name, entry.location);
		return entry;
	});
}
function readEntry(node) {
	if (node.kind !== "map") throw invalid(node.location, "an entry is not a map with id, reason and expires");
	const values = /* @__PURE__ */ new Map();
	for (const [key, { location, value }] of node.entries) {
		const known = KEYS.find((name) => name === key);
		if (!known) throw invalid(location, `unknown key ${JSON.stringify(printable(key))}`);
		values.set(known, readText(known, value));
	}
	const missing = REQUIRED.filter((key) => !values.has(key));
	if (missing.length > 0) throw invalid(node.location, `an entry has no ${missing.join(" and no ")}`);
	const id = values.get("id") ?? "";
	const expires = values.get("expires") ?? "";
	if (/[*?\s]/.test(id)) throw invalid(node.location, `the id ${JSON.stringify(id)} is not one exact name`);
	if (!isDay(expires)) throw invalid(node.location, `expires is ${JSON.stringify(expires)}, not a day like 2027-01-31`);
	return {
		id,
		package: values.get("package") ?? null,
		version: values.get("version") ?? null,
		reason: values.get("reason") ?? "",
		expires,
		location: node.location
	};
}
/** The text as written, so that `version: 1.10` means 1.10. */
function readText(key, node) {
	if (node.kind !== "scalar" || node.value === null) throw invalid(node.location, `${key} is not a text`);
	const text = printable(typeof node.value === "string" ? node.value : node.source);
	if (text === "") throw invalid(node.location, `${key} is empty`);
	return text;
}
/** True from the day after the entry's last day, in UTC. */
function isExpired(entry, now) {
	return now.toISOString().slice(0, 10) > entry.expires;
}
/** True when the entry speaks of this finding: same id or alias, and same package and version where it names them. */
function matchesFinding(entry, finding) {
	const wanted = entry.id.toUpperCase();
	return [finding.id, ...finding.aliases].some((id) => id.toUpperCase() === wanted) && (entry.package === null || entry.package === finding.package) && (entry.version === null || entry.version === finding.version);
}
function invalid(location, problem) {
	return new ScanError("SCAN_ALLOW_LIST_INVALID", `allow list, line ${location.line}: ${problem}`, { location });
}

// src/scan/judge.ts
/** Judges merged findings. */
function judgeFindings(findings, reports, options) {
	const { rules, now } = options;
	const valid = rules.allow.filter((entry) => !isExpired(entry, now));
	const used = /* @__PURE__ */ new Set();
	const [blocking, allowed, below, suppressed] = [
		[],
		[],
		[],
		[]
	];
	for (const finding of findings) {
		const entries = valid.filter((entry) => matchesFinding(entry, finding));
		for (const entry of entries) used.add(entry);
		const entry = entries[0];
		if (finding.suppressed !== null && !rules.countSuppressed) suppressed.push(finding);
		else if (!blocks(finding, rules)) below.push(finding);
		else if (entry) allowed.push({
			finding,
			entry
		});
		else blocking.push(finding);
	}
	const problems = rules.allowEmptyScan ? [] : emptyScans(reports);
	return {
		verdict: blocking.length === 0 && problems.length === 0 ? "passed" : "failed",
		blocking,
		allowed,
		below,
		suppressed,
		expired: rules.allow.filter((entry) => isExpired(entry, now)),
		unused: valid.filter((entry) => !used.has(entry)),
		problems
	};
}
function blocks(finding, rules) {
	if (rules.failOn === "none") return false;
	const severity = finding.severity === "unknown" ? rules.unknownAs : finding.severity;
	return severityRank(severity) <= severityRank(rules.failOn);
}
/** "No findings" in a report that recognised no package is the absence of a scan, not a clean image. */
function emptyScans(reports) {
	return reports.filter((report) => !report.recognised).map(({ name }) => `${name} recognised no operating system and no package in the image, so it found nothing to scan`);
}

// src/scan/vulns.ts
const VULNS_PREDICATE_TYPE = "https://in-toto.io/attestation/vulns/v0.2";
/**
* The predicate for one report. Findings of all severities are listed, allowed ones included; how they were judged is
* under the key `countersign`.
* @see in-toto attestation predicates, vulns v0.2
*/
function vulnsPredicate(report, options) {
	const { scanner, database } = report;
	return {
		scanner: {
			uri: scanner.uri,
			...scanner.version === null ? {} : { version: scanner.version },
			...database === null ? {} : { db: databaseEntry(database) },
			result: report.findings.map(resultEntry$1)
		},
		metadata: {
			scanStartedOn: report.startedAt ?? options.fallbackTime,
			scanFinishedOn: report.finishedAt ?? report.startedAt ?? options.fallbackTime
		},
		countersign: judgementEntry(options)
	};
}
function databaseEntry(database) {
	const { uri, version, updatedAt } = database;
	return {
		...uri === null ? {} : { uri },
		...version === null ? {} : { version },
		lastUpdate: updatedAt
	};
}
function resultEntry$1(finding) {
	const scored = finding.score === null ? [] : [{
		method: "cvss",
		score: String(finding.score)
	}];
	const named = finding.scanners.map((scanner) => ({
		method: scanner,
		score: finding.severity
	}));
	return {
		id: finding.id,
		severity: [...scored, ...named],
		annotations: [{
			aliases: finding.aliases,
			package: finding.package,
			version: finding.version,
			fixedIn: finding.fixedIn,
			location: finding.location,
			suppressed: finding.suppressed
		}]
	};
}
function judgementEntry({ judgement, failOn }) {
	return {
		verdict: judgement.verdict,
		failOn,
		blocking: judgement.blocking.length,
		allowed: judgement.allowed.map(({ finding, entry }) => ({
			id: finding.id,
			package: finding.package,
			reason: entry.reason,
			expires: entry.expires
		})),
		below: judgement.below.length,
		suppressed: judgement.suppressed.length
	};
}

// src/commands/evidence-registry.ts
const NO_TRUST = {
	keyrings: [],
	keys: [],
	anchors: [],
	intermediates: [],
	certificates: []
};
/**
* Stores the statements; what is attached already stays as it is.
* @throws StageError STAGE_IMAGE_BROKEN, STAGE_LAYER_UNREADABLE; RegistryError, NetworkError; DataError DATA_TOO_LARGE; SystemError
*/
async function storeRegistryEvidence(options) {
	const { repository, reference, statements, signer, now, folder } = options;
	if (folder !== void 0) await makeFolder(folder);
	if (signer) assertBundlesFit(statements);
	const image = await openRegistryImage(repository, manifestName(reference));
	const verifier = await createVerifier(signer?.publicMaterial ?? NO_TRUST);
	const examined = await examineRegistryImage(image, {
		name: image.name,
		verifier,
		now,
		verifyData: false
	});
	assertSound(examined.facts.problems);
	const subject = examined.subjects.filter(({ name }) => name !== SIF_SUBJECT);
	const at = {
		folder: folder ?? options.defaultFolder,
		name: fileName(reference)
	};
	const remarks = [];
	return {
		evidence: signer ? await writeBundles(await attachAll(options, signer, {
			examined,
			subject,
			remarks
		}), statements, {
			at,
			all: folder !== void 0,
			signer,
			now
		}) : await writeStatements(statements, subject, at),
		contentDigests: [image.descriptor.digest],
		remarks
	};
}
/** Signs all before the first is attached: what cannot be read back stops everything. */
async function attachAll(options, signer, about) {
	const { repository, beside } = options;
	const { image, layers } = about.examined;
	const signed = await signAll(options, signer, about);
	const added = beside ? [] : signed.filter(({ where }) => where === "referrer");
	const bytes = added.reduce((sum, { bundle }) => sum + bundle.length, 0);
	if (added.length > 0) assertAttachable(layers, {
		manifests: added.length,
		bytes
	});
	for (const { bundle } of added) for (const target of image.subjects) {
		const { unlisted } = await attachBundle(repository, target, bundleToAttach(bundle));
		if (unlisted) about.remarks.push(unlistedRemark(unlisted));
	}
	return signed;
}
async function signAll({ statements, now, beside }, signer, { examined, subject }) {
	const signed = [];
	for (const { predicateType, predicate, label } of statements) {
		const payload = encodeStatement({
			subject,
			predicateType,
			predicate
		});
		const digest = sha256(payload);
		const there = presentBundle(examined, digest, signer) ?? signed.find((earlier) => earlier.digest === digest)?.bundle;
		if (there) {
			signed.push({
				predicateType,
				where: "present",
				bundle: there,
				digest
			});
			continue;
		}
		const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), now);
		const bundle = encodeBundle({
			material: signer.material,
			payloadType: IN_TOTO_PAYLOAD_TYPE,
			payload,
			signature
		});
		assertBundleReadable(bundle, "evidence", label);
		signed.push({
			predicateType,
			where: beside ? "file" : "referrer",
			bundle,
			digest
		});
	}
	return signed;
}
/** The same statement by the same signer, found attached. */
function presentBundle({ bundles }, digest, signer) {
	for (const { is, fact, opened } of bundles) {
		if (is !== "evidence" || fact.digest !== digest || fact.signature !== "valid" || !fact.signer) continue;
		if (identityKey(fact.signer) === identityKey(signer.identity)) return opened.found.bytes;
	}
}
/** Last part of the place, and the tag or the start of the digest, as a file name. */
function fileName(reference) {
	return `${(reference.in === "layout" ? reference.folder : reference.repository).split(/[\\/]/).findLast((part) => part !== "") ?? "image"}-${reference.tag ?? reference.digest?.slice(7, 19) ?? ""}`;
}

// src/commands/scan-attest-spec.ts
const SCAN_INPUTS = [
	{
		name: "sbom-path",
		type: "paths",
		description: "SBOM files, one path a line: CycloneDX JSON from 1.2 on, SPDX JSON 2.2 or 2.3, or SPDX 3 JSON-LD. XML, YAML and tag-value files are refused. With several subjects write `SUBJECT=FILE`.",
		example: "image.cdx.json"
	},
	{
		name: "scan-report",
		type: "paths",
		description: "Scanner reports, one path a line: Trivy JSON, Grype JSON, OSV-Scanner JSON, or SARIF 2.1.0 of any tool; the format is recognised by content. With several subjects write `SUBJECT=FILE`.",
		example: "trivy.json"
	},
	{
		name: "predicate-type",
		type: "string",
		description: "Type of the predicate in `predicate-path`, a URI; both are needed. Any type but those that count as approvals: verification summaries come from `sign-stage` alone.",
		example: "https://in-toto.io/attestation/test-result/v0.1"
	},
	{
		name: "predicate-path",
		type: "paths",
		description: "Predicate to attest as further evidence, a file with one JSON object of at most 10 MiB. It is attached like an SBOM, also when the verdict is failed. Several files, one a line, become statements of the same type. With several subjects write `SUBJECT=FILE`.",
		example: "test-result.json"
	},
	{
		name: "scanner",
		type: "enum",
		values: [
			"none",
			"auto",
			"trivy",
			"grype",
			"osv-scanner"
		],
		default: "none",
		description: "Scanner from PATH to run over each image; `auto` takes the first that is there and can read the image. Trivy needs `unsquashfs` to read a SIF file; osv-scanner reads the SBOM, so it needs `sbom-path`. Nothing is installed."
	},
	{
		name: "fail-on",
		type: "enum",
		values: [
			"critical",
			"high",
			"medium",
			"low",
			"negligible",
			"none"
		],
		default: "high",
		description: "Findings of this severity or worse fail the verdict unless the allow list has them; `none` only reports."
	},
	{
		name: "unknown-severity",
		type: "enum",
		values: [
			"critical",
			"high",
			"medium",
			"low",
			"negligible"
		],
		default: "high",
		description: "The severity that a finding without a severity is taken to have."
	},
	{
		name: "allow-path",
		type: "path",
		description: "Allow list, YAML or JSON: `allow:` and entries with `id`, `reason` and `expires` (the last day, YYYY-MM-DD), optionally `package` and `version`. No wildcards; an expired entry allows nothing.",
		example: "allow.yaml"
	},
	{
		name: "count-suppressed",
		type: "boolean",
		default: "false",
		description: "Also judge findings that the scanner’s own configuration hides (ignore files, SARIF suppressions). By default they are counted and reported, but do not fail the verdict."
	},
	{
		name: "allow-empty-scan",
		type: "boolean",
		default: "false",
		description: "Accept a report that shows that the scanner recognised no operating system and no package. By default that fails, because nothing was scanned."
	},
	{
		name: "attest-failed",
		type: "boolean",
		default: "false",
		description: "Sign and attach the findings even when the verdict is failed. By default only the SBOM is attached then, so that no later stage takes a failed scan for a passed one."
	}
];
const STORE_INPUTS = [
	{
		name: "store",
		type: "enum",
		values: ["auto", "file"],
		default: "auto",
		description: "Where signed evidence goes: `auto` puts it into a SIF file (beside it what is larger than 1 MiB) or attaches it to an image in a registry or layout folder; `file` leaves the image as it is and writes `IMAGE.KIND.sigstore.json`."
	},
	{
		name: "bundle-folder",
		type: "path",
		file: "folder",
		description: "Folder that receives a copy of every statement, as `IMAGE.KIND.sigstore.json` when signed and `IMAGE.KIND.intoto.json` when not. Default: beside the image (for registries: the working directory), and only for what is nowhere else.",
		example: "bundles"
	},
	{
		name: "sarif-path",
		type: "path",
		file: "document",
		description: "File that receives the findings as SARIF 2.1.0 for code scanning, allowed and suppressed ones marked so; written only if something was scanned. Default in a job: a new file in the runner’s temporary folder; on the command line: none.",
		example: "findings.sarif"
	}
];
const SCAN_ATTEST_SPEC = {
	name: "scan-attest",
	summary: "Judge scanner findings and attach SBOM and findings to the image as signed evidence",
	description: "Takes SBOMs and scanner reports, or runs a scanner found on PATH, brings all findings into one list and judges it: findings of `fail-on` or worse fail the verdict unless the allow list has an unexpired entry for them. With a key it signs the SBOM, the findings (in-toto vulns 0.2) and any other predicate as evidence into the image; without one it writes the statements as files. Outputs and report are written first, then a failed verdict fails the step. A scanner that breaks off is an error, never an empty list of findings. The reports are taken as being about the subject: whoever signs answers for that.",
	positional: "subject-path",
	action: {
		title: "countersign: scan and attest",
		icon: "search",
		color: "orange"
	},
	inputs: [
		...SUBJECT_INPUTS,
		...SCAN_INPUTS,
		...SIGNING_INPUTS,
		...STORE_INPUTS,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "sarif-path",
			description: "Absolute path of the findings as SARIF 2.1.0. Empty when nothing was scanned.",
			example: "/home/runner/work/_temp/countersign-scan-attest-1f2e.sarif"
		},
		{
			name: "findings-count",
			description: "Number of findings of all images, each vulnerability of a package counted once.",
			example: "12"
		},
		{
			name: "blocking-count",
			description: "Number of findings that fail the verdict.",
			example: "0"
		},
		{
			name: "subjects",
			description: "JSON array of `name`, `digest` (content digest) and `path` of every image.",
			example: "[{\"name\":\"demo.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/demo.sif\"}]"
		},
		{
			name: "digest",
			description: "Content digest when there is exactly one image, else empty.",
			example: "sha256:1f2e…"
		},
		{
			name: "bundle-path",
			description: "Paths of the statements and bundles that are in files, one a line.",
			example: "/images/demo.sif.sbom.sigstore.json"
		},
		{
			name: "evidence",
			description: "JSON array: for each statement `subject`, `predicateType`, `signed`, `where`, `digest` and `path`.",
			example: "[{\"subject\":\"demo.sif\",\"predicateType\":\"https://cyclonedx.org/bom\",\"signed\":true,\"where\":\"lane\",\"digest\":\"sha256:…\",\"path\":null}]"
		}
	]
};

// src/scan/grype.ts
/** True for a document that has the marks of a Grype report. */
function isGrypeReport(document) {
	return Array.isArray(document["matches"]) && objectOf(document["descriptor"], "descriptor")["name"] === "grype";
}
/**
* The findings of a Grype report.
* @throws ScanError SCAN_REPORT_INVALID
* @see Grype v0.104, grype/presenter/models/document.go
*/
function readGrypeReport(document) {
	const descriptor = objectOf(document["descriptor"], "descriptor");
	const target = objectOf(document["source"], "source")["target"];
	const finishedAt = timeOf(descriptor["timestamp"]);
	return {
		format: "grype",
		scanner: {
			name: "Grype",
			version: textOf(descriptor["version"]) ?? null,
			uri: "https://github.com/anchore/grype"
		},
		database: readDatabase(descriptor),
		startedAt: finishedAt,
		finishedAt,
		target: textOf(target) ?? textOf(objectOf(typeof target === "string" ? null : target, "target")["userInput"]) ?? null,
		recognised: true,
		findings: [...objectsOf(document["matches"], "matches").map((match) => readMatch(match, null)), ...objectsOf(document["ignoredMatches"], "ignoredMatches").map((match) => readMatch(match, ignoredBy(match)))]
	};
}
/** Schema 5 keeps the database under `db.built`, schema 6 under `db.status.built`. */
function readDatabase(descriptor) {
	const db = objectOf(descriptor["db"], "descriptor.db");
	const status = objectOf(db["status"], "descriptor.db.status");
	const updatedAt = timeOf(status["built"]) ?? timeOf(db["built"]);
	if (updatedAt === null) return null;
	const schema = status["schemaVersion"] ?? db["schemaVersion"];
	const version = typeof schema === "number" ? String(schema) : textOf(schema) ?? null;
	return {
		uri: textOf(status["from"]) ?? null,
		version,
		updatedAt
	};
}
function readMatch(match, suppressed) {
	const vulnerability = objectOf(match["vulnerability"], "vulnerability");
	const related = objectsOf(match["relatedVulnerabilities"], "relatedVulnerabilities");
	const artifact = objectOf(match["artifact"], "artifact");
	const id = requiredText(vulnerability["id"], "vulnerability.id");
	const scores = [vulnerability, ...related].flatMap(scoresOf);
	const score = scores.length > 0 ? Math.max(...scores) : null;
	const named = severityFromWord(textOf(vulnerability["severity"]));
	const location = objectsOf(artifact["locations"], "artifact.locations")[0];
	return {
		id,
		aliases: related.flatMap((entry) => textOf(entry["id"]) ?? []).filter((alias) => alias !== id),
		severity: named === "unknown" ? severityFromScore(score ?? void 0) : named,
		score,
		package: textOf(artifact["name"]) ?? null,
		version: textOf(artifact["version"]) ?? null,
		fixedIn: textsOf(objectOf(vulnerability["fix"], "vulnerability.fix")["versions"], "fix.versions"),
		scanners: ["Grype"],
		location: location ? textOf(location["path"]) ?? null : null,
		suppressed
	};
}
function scoresOf(vulnerability) {
	return objectsOf(vulnerability["cvss"], "cvss").flatMap((entry) => scoreOf(objectOf(entry["metrics"], "cvss.metrics")["baseScore"]) ?? []);
}
function ignoredBy(match) {
	return objectsOf(match["appliedIgnoreRules"], "appliedIgnoreRules").flatMap((rule) => textOf(rule["reason"]) ?? textOf(rule["namespace"]) ?? [])[0] ?? "ignored by Grype’s configuration";
}

// src/scan/osv.ts
/** True for a document that has the marks of an OSV-Scanner report; one without findings has an empty `results`. */
function isOsvReport(document) {
	const results = document["results"];
	if (!Array.isArray(results)) return false;
	return results.every((result) => Array.isArray(objectOf(result, "an entry of results")["packages"]));
}
/**
* The findings of an OSV-Scanner report.
* @throws ScanError SCAN_REPORT_INVALID
* @see OSV-Scanner v2.2, pkg/models/results.go
*/
function readOsvReport(document) {
	return {
		format: "osv-scanner",
		scanner: {
			name: "OSV-Scanner",
			version: null,
			uri: "https://github.com/google/osv-scanner"
		},
		database: null,
		startedAt: null,
		finishedAt: null,
		target: null,
		recognised: true,
		findings: objectsOf(document["results"], "results").flatMap(readResult$2)
	};
}
function readResult$2(result) {
	const location = textOf(objectOf(result["source"], "source")["path"]) ?? null;
	return objectsOf(result["packages"], "packages").flatMap((entry) => readPackage(entry, location));
}
function readPackage(entry, location) {
	const { name, version, commit } = objectOf(entry["package"], "package");
	const place = {
		package: textOf(name) ?? null,
		version: textOf(version) ?? textOf(commit) ?? null
	};
	const vulnerabilities = new Map(objectsOf(entry["vulnerabilities"], "vulnerabilities").map((value) => [requiredText(value["id"], "id"), value]));
	const grouped = /* @__PURE__ */ new Set();
	const groups = objectsOf(entry["groups"], "groups").map((group) => {
		const ids = textsOf(group["ids"], "groups.ids");
		for (const id of ids) grouped.add(id);
		return finding(ids.map((id) => vulnerabilities.get(id)).filter((member) => member !== void 0), {
			names: [...ids, ...textsOf(group["aliases"], "groups.aliases")],
			score: group["max_severity"],
			place
		});
	});
	const rest = [...vulnerabilities].filter(([id]) => !grouped.has(id)).map(([id, value]) => finding([value], {
		names: [id],
		score: void 0,
		place
	}));
	return [...groups, ...rest].map((found) => ({
		...found,
		location
	}));
}
function finding(members, facts) {
	const names = [.../* @__PURE__ */ new Set([...facts.names, ...members.flatMap((member) => textsOf(member["aliases"], "aliases"))])];
	const id = requiredText(names.find((name) => name.startsWith("CVE-")) ?? names[0], "groups.ids");
	const scores = [scoreOf(facts.score) ?? [], members.flatMap((member) => vectorScores(member))].flat();
	const score = scores.length > 0 ? Math.max(...scores) : null;
	const words = members.map((member) => severityFromWord(textOf(objectOf(member["database_specific"], "database_specific")["severity"])));
	return {
		id,
		aliases: names.filter((name) => name !== id),
		severity: score === null ? words.reduce(worse, "unknown") : severityFromScore(score),
		score,
		...facts.place,
		fixedIn: [...new Set(members.flatMap((member) => fixesOf(member, facts.place.package)))],
		scanners: ["OSV-Scanner"],
		location: null,
		suppressed: null
	};
}
function vectorScores(vulnerability) {
	return objectsOf(vulnerability["severity"], "severity").flatMap((entry) => scoreFromVector(textOf(entry["score"]) ?? "") ?? []);
}
function fixesOf(vulnerability, name) {
	return objectsOf(vulnerability["affected"], "affected").filter((affected) => textOf(objectOf(affected["package"], "affected.package")["name"]) === name).flatMap((affected) => objectsOf(affected["ranges"], "affected.ranges")).filter((range) => range["type"] !== "GIT").flatMap((range) => objectsOf(range["events"], "ranges.events")).flatMap((event) => textOf(event["fixed"]) ?? []);
}

// src/scan/sarif.ts
/** Kinds of result that say that something is in order, or not applicable. */
const NO_FINDING = /* @__PURE__ */ new Set([
	"pass",
	"notApplicable",
	"informational"
]);
const VULNERABILITY_ID = /^(?:CVE-\d{4}-\d{4,19}|GHSA(?:-[23456789cfghjmpqrvwx]{4}){3})(?![0-9a-z])/;
/** True for a SARIF document of any version. */
function isSarif(document) {
	return Array.isArray(document["runs"]) && typeof document["version"] === "string";
}
/**
* One report per run of a SARIF document.
* @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE
* @see SARIF 2.1.0, sections 3.14 run and 3.27 result
*/
function readSarif(document) {
	if (document["version"] !== "2.1.0") throw new ScanError("SCAN_REPORT_UNKNOWN", `SARIF version ${JSON.stringify(textOf(document["version"]))}`);
	const runs = objectsOf(document["runs"], "runs");
	if (runs.length === 0) throw new ScanError("SCAN_REPORT_INCOMPLETE", "the SARIF document has no run");
	return runs.map(readRun);
}
function readRun(run) {
	const tool = objectOf(run["tool"], "tool");
	const driver = objectOf(tool["driver"], "tool.driver");
	const name = requiredText(driver["name"], "tool.driver.name");
	const invocations = objectsOf(run["invocations"], "invocations");
	if (invocations.some((invocation) => invocation["executionSuccessful"] === false)) throw new ScanError("SCAN_REPORT_INCOMPLETE", `the run of ${name} was not successful (executionSuccessful is false)`);
	if (!Array.isArray(run["results"])) throw new ScanError("SCAN_REPORT_INCOMPLETE", `the run of ${name} has no results, not even an empty list`);
	const rules = new RuleBook(driver, objectsOf(tool["extensions"], "tool.extensions"));
	const results = objectsOf(run["results"], "results").filter((result) => !isNoFinding(result));
	return {
		format: "sarif",
		scanner: {
			name,
			version: textOf(driver["semanticVersion"]) ?? textOf(driver["version"]) ?? null,
			uri: textOf(driver["informationUri"]) ?? `urn:countersign:scanner:${encodeURIComponent(name)}`
		},
		database: null,
		startedAt: timeOf(invocations[0]?.["startTimeUtc"]),
		finishedAt: timeOf(invocations.at(-1)?.["endTimeUtc"]),
		target: null,
		recognised: true,
		findings: results.map((result) => readResult$1(result, rules.find(result), name))
	};
}
function isNoFinding(result) {
	return NO_FINDING.has(result["kind"]) || result["baselineState"] === "absent";
}
/** Finds the rule of a result: by index, else by id, in the driver or the extension that the result names. */
var RuleBook = class {
	#driver;
	#extensions;
	#byId;
	constructor(driver, extensions) {
		this.#driver = objectsOf(driver["rules"], "rules");
		this.#extensions = extensions.map((extension) => objectsOf(extension["rules"], "rules"));
		const all = [...this.#extensions.flat(), ...this.#driver];
		this.#byId = new Map(all.flatMap((rule) => typeof rule["id"] === "string" ? [[rule["id"], rule]] : []));
	}
	find(result) {
		const reference = objectOf(result["rule"], "rule");
		const index = reference["index"] ?? result["ruleIndex"];
		const component = objectOf(reference["toolComponent"], "rule.toolComponent")["index"];
		const rules = typeof component === "number" ? this.#extensions[component] : this.#driver;
		const id = result["ruleId"] ?? reference["id"];
		const indexed = typeof index === "number" && index >= 0 ? rules?.[index] : void 0;
		const named = typeof id === "string" ? this.#byId.get(id) : void 0;
		return indexed ?? named ?? objectOf(void 0, "rule");
	}
};
function readResult$1(result, rule, scanner) {
	const rawId = requiredText(result["ruleId"] ?? objectOf(result["rule"], "rule")["id"] ?? rule["id"], "ruleId");
	const id = VULNERABILITY_ID.exec(rawId)?.[0] ?? rawId;
	const lines = messageLines(result["message"]);
	const properties = objectOf(result["properties"], "properties");
	const score = scoreOf(properties["security-severity"]) ?? scoreOf(objectOf(rule["properties"], "rule.properties")["security-severity"]);
	const fixed = lines.get("fixed version");
	return {
		id,
		aliases: id === rawId ? [] : [rawId],
		severity: score === void 0 ? severityOfLevel(result, rule) : severityFromScore(score),
		score: score ?? null,
		package: lines.get("package") ?? null,
		version: lines.get("installed version") ?? null,
		fixedIn: fixed === void 0 ? [] : [fixed],
		scanners: [scanner],
		location: locationOf(result),
		suppressed: suppressionOf(result)
	};
}
/** `Package: openssl` lines, which Trivy and others put into the message because SARIF has no field for them. */
function messageLines(message) {
	const text = objectOf(message, "message")["text"];
	if (typeof text !== "string") return /* @__PURE__ */ new Map();
	const lines = text.slice(0, 4e3).split(/\r?\n/).flatMap((line) => {
		const colon = line.indexOf(": ");
		const value = colon > 0 ? printable(line.slice(colon + 2)) : "";
		return value === "" ? [] : [[line.slice(0, colon).trim().toLowerCase(), value]];
	});
	return new Map(lines);
}
function severityOfLevel(result, rule) {
	switch (result["level"] ?? objectOf(rule["defaultConfiguration"], "defaultConfiguration")["level"] ?? "warning") {
		case "error": return "high";
		case "warning": return "medium";
		case "note": return "low";
		case "none": return "negligible";
		default: return "unknown";
	}
}
function locationOf(result) {
	const location = objectsOf(result["locations"], "locations")[0];
	const physical = objectOf(location?.["physicalLocation"], "physicalLocation");
	return textOf(objectOf(physical["artifactLocation"], "artifactLocation")["uri"]) ?? null;
}
/** Only suppressions that are accepted (or have no status) count; one under review or rejected hides nothing. */
function suppressionOf(result) {
	const suppressions = objectsOf(result["suppressions"], "suppressions");
	const accepted = suppressions.filter(({ status }) => status === void 0 || status === "accepted");
	if (accepted.length === 0 || accepted.length < suppressions.length) return null;
	return textOf(accepted[0]?.["justification"]) ?? "suppressed in the report";
}

// src/scan/trivy.ts
const SCHEMA_VERSION = 2;
/** Classes of results that say nothing about whether packages were recognised. */
const BESIDE_PACKAGES = /* @__PURE__ */ new Set([
	"secret",
	"license",
	"license-file"
]);
/** True for a document that has the marks of a Trivy report. */
function isTrivyReport(document) {
	return Object.hasOwn(document, "SchemaVersion") && Object.hasOwn(document, "ArtifactName");
}
/**
* The findings of a Trivy report.
* @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID
* @see Trivy v0.68, pkg/types/report.go
*/
function readTrivyReport(document) {
	if (document["SchemaVersion"] !== SCHEMA_VERSION) throw new ScanError("SCAN_REPORT_UNKNOWN", `Trivy schema version ${JSON.stringify(document["SchemaVersion"])}`);
	const results = objectsOf(document["Results"], "Results");
	const createdAt = timeOf(document["CreatedAt"]);
	return {
		format: "trivy",
		scanner: {
			name: "Trivy",
			version: textOf(objectOf(document["Trivy"], "Trivy")["Version"]) ?? null,
			uri: "https://github.com/aquasecurity/trivy"
		},
		database: null,
		startedAt: createdAt,
		finishedAt: createdAt,
		target: textOf(document["ArtifactName"]) ?? null,
		recognised: results.some((result) => !BESIDE_PACKAGES.has(textOf(result["Class"]))),
		findings: results.flatMap(readResult)
	};
}
function readResult(result) {
	const target = textOf(result["Target"]) ?? null;
	const suppressed = objectsOf(result["ExperimentalModifiedFindings"], "ExperimentalModifiedFindings");
	return [
		...objectsOf(result["Vulnerabilities"], "Vulnerabilities").map((entry) => vulnerability(entry, target)),
		...suppressed.filter((entry) => entry["Type"] === "vulnerability").map((entry) => hidden$1(entry, target)),
		...objectsOf(result["Misconfigurations"], "Misconfigurations").filter((entry) => entry["Status"] === void 0 || entry["Status"] === "FAIL").map((entry) => other(entry, requiredText(entry["ID"], "ID of a misconfiguration"), target)),
		...objectsOf(result["Secrets"], "Secrets").map((entry) => other(entry, `secret:${requiredText(entry["RuleID"], "RuleID of a secret")}`, target)),
		...objectsOf(result["Licenses"], "Licenses").map((entry) => other(entry, `license:${requiredText(entry["Name"], "Name of a licence")}`, target))
	];
}
function vulnerability(entry, target) {
	const score = highestScore(entry["CVSS"]);
	const named = severityFromWord(textOf(entry["Severity"]));
	return {
		...other(entry, requiredText(entry["VulnerabilityID"], "VulnerabilityID"), target),
		aliases: textsOf(entry["VendorIDs"], "VendorIDs"),
		severity: named === "unknown" ? severityFromScore(score ?? void 0) : named,
		score,
		version: textOf(entry["InstalledVersion"]) ?? null,
		fixedIn: (textOf(entry["FixedVersion"]) ?? "").split(",").map((version) => version.trim()).filter((version) => version !== "")
	};
}
function hidden$1(entry, target) {
	const finding = vulnerability(objectOf(entry["Finding"], "Finding"), target);
	const reason = textOf(entry["Statement"]) ?? textOf(entry["Status"]) ?? "hidden by Trivy’s configuration";
	return {
		...finding,
		suppressed: reason
	};
}
function other(entry, id, target) {
	return {
		id,
		aliases: [],
		severity: severityFromWord(textOf(entry["Severity"])),
		score: null,
		package: textOf(entry["PkgName"]) ?? null,
		version: null,
		fixedIn: [],
		scanners: ["Trivy"],
		location: textOf(entry["PkgPath"]) ?? textOf(entry["FilePath"]) ?? target,
		suppressed: null
	};
}
function highestScore(value) {
	const scores = Object.values(objectOf(value, "CVSS")).map((source) => objectOf(source, "an entry of CVSS")).flatMap((source) => scoreOf(source["V40Score"]) ?? scoreOf(source["V3Score"]) ?? []);
	return scores.length > 0 ? Math.max(...scores) : null;
}

// src/scan/reports.ts
/**
* The reports in a file: one, or one per run of a SARIF document. `name` is used in errors.
* @throws ScanError SCAN_REPORT_UNKNOWN, SCAN_REPORT_INVALID, SCAN_REPORT_INCOMPLETE; DataError for malformed JSON
*/
function parseReports(bytes, name) {
	const document = readDocument(bytes, name);
	try {
		if (isSarif(document)) return readSarif(document);
		if (isTrivyReport(document)) return [readTrivyReport(document)];
		if (isGrypeReport(document)) return [readGrypeReport(document)];
		if (isOsvReport(document)) return [readOsvReport(document)];
	} catch (cause) {
		if (!(cause instanceof ScanError)) throw cause;
		throw new ScanError(reportCode(cause), `${name}: ${cause.message}`, {
			cause,
			hint: cause.hint
		});
	}
	throw new ScanError("SCAN_REPORT_UNKNOWN", `${name}: ${describeKeys(document)}`);
}
/** For documents that become part of a statement: they must be readable there, and say what they said. */
const EMBEDDED = {
	depth: LIMITS.evidenceDepth,
	exactNumbers: true
};
/**
* A JSON object in a file of another tool; a UTF-8 byte order mark is skipped.
* @throws DataError DATA_JSON_INVALID, DATA_NOT_UTF8; ScanError `code` when it is no object
*/
function readDocument(bytes, name, { code = "SCAN_REPORT_UNKNOWN", strictness = {} } = {}) {
	const text = decodeUtf8(bytes, name);
	const value = parseJson(text.startsWith("﻿") ? text.slice(1) : text, name, strictness);
	if (!isJsonObject(value)) throw new ScanError(code, `${name}: the document is not a JSON object`);
	return value;
}
/** The first keys of a document, for saying what was found instead of what was expected. */
function describeKeys(document) {
	const keys = Object.keys(document).slice(0, 6).map((key) => JSON.stringify(key.slice(0, 40)));
	return keys.length === 0 ? "an empty JSON object" : `a JSON object with the keys ${keys.join(", ")}`;
}
function reportCode(error) {
	if (error.code === "SCAN_REPORT_UNKNOWN" || error.code === "SCAN_REPORT_INCOMPLETE") return error.code;
	return "SCAN_REPORT_INVALID";
}

// src/scan/sbom.ts
const CYCLONEDX_PREDICATE_TYPE = "https://cyclonedx.org/bom";
const SPDX_PREDICATE_TYPE = "https://spdx.dev/Document";
/** 1.0 and 1.1 exist as XML only. */
const CYCLONEDX_VERSION = /^1\.(?:[2-9]|[1-9][0-9])$/;
const SPDX2_VERSION = /^SPDX-(2\.[23])(?:\.[0-9]+)?$/;
const SPDX3_CONTEXT = /^https:\/\/spdx\.org\/rdf\/(3\.[0-9]+(?:\.[0-9]+)?)\/spdx-context\.jsonld$/;
/**
* Recognises CycloneDX JSON from 1.2 on, SPDX JSON 2.2 and 2.3, and SPDX 3 JSON-LD.
* @throws ScanError SCAN_SBOM_FORMAT, SCAN_SBOM_UNKNOWN, SCAN_REPORT_INVALID; DataError for malformed JSON
* @see CycloneDX 1.6 JSON schema; SPDX 2.3; SPDX 3.0.1
*/
function parseSbom(bytes, name) {
	refuseOtherFormats(bytes, name);
	const document = readDocument(bytes, name, { strictness: EMBEDDED });
	const sbom = readCycloneDx(document) ?? readSpdx2(document) ?? readSpdx3(document);
	if (!sbom) throw new ScanError("SCAN_SBOM_UNKNOWN", `${name} is no SBOM that we know: ${describeKeys(document)}`);
	return sbom;
}
function refuseOtherFormats(bytes, name) {
	const refuse = (what) => new ScanError("SCAN_SBOM_FORMAT", `${name} is ${what}, not JSON`);
	if (bytes[0] === 255 && bytes[1] === 254 || bytes[0] === 254 && bytes[1] === 255) throw refuse("UTF-16 text");
	if (bytes[0] === 80 && bytes[1] === 75) throw refuse("a zip file");
	if (bytes[0] === 31 && bytes[1] === 139) throw refuse("a gzip file");
	const start = decodeUtf8(bytes, name).slice(0, 65536).replace(/^\ufeff/, "").trimStart();
	if (start.startsWith("<")) throw refuse("XML");
	if (/^SPDXVersion:/m.test(start)) throw refuse("SPDX tag-value text");
	if (!start.startsWith("{") && /^(?:spdxVersion|bomFormat):/m.test(start)) throw refuse("YAML");
}
function readCycloneDx(document) {
	if (document["bomFormat"] !== "CycloneDX") return void 0;
	const version = document["specVersion"];
	if (typeof version !== "string" || !CYCLONEDX_VERSION.test(version)) throw new ScanError("SCAN_SBOM_UNKNOWN", `CycloneDX version ${JSON.stringify(version ?? null)}`);
	const about = objectOf(objectOf(document["metadata"], "metadata")["component"], "metadata.component")["name"];
	return {
		format: "CycloneDX",
		version,
		predicateType: CYCLONEDX_PREDICATE_TYPE,
		componentCount: countComponents(document["components"], 0),
		about: textOf(about) ?? null,
		document
	};
}
/** Components may hold components; the JSON reader has bounded the depth. */
function countComponents(value, depth) {
	let count = 0;
	for (const component of objectsOf(value, "components")) count += 1 + countComponents(component["components"], depth + 1);
	return count;
}
function readSpdx2(document) {
	const stated = document["spdxVersion"];
	if (stated === void 0) return void 0;
	const version = typeof stated === "string" ? SPDX2_VERSION.exec(stated)?.[1] : void 0;
	if (version === void 0) throw new ScanError("SCAN_SBOM_UNKNOWN", `SPDX version ${JSON.stringify(stated)}`);
	if (document["SPDXID"] !== "SPDXRef-DOCUMENT" || !isJsonObject(document["creationInfo"])) throw new ScanError("SCAN_SBOM_UNKNOWN", "the SPDX document has no SPDXID \"SPDXRef-DOCUMENT\" or no creationInfo");
	return {
		format: "SPDX",
		version,
		predicateType: SPDX_PREDICATE_TYPE,
		componentCount: objectsOf(document["packages"], "packages").length,
		about: textOf(document["name"]) ?? null,
		document
	};
}
function readSpdx3(document) {
	const context = [document["@context"]].flat().find((entry) => typeof entry === "string" && SPDX3_CONTEXT.test(entry));
	if (typeof context !== "string") return void 0;
	const graph = objectsOf(document["@graph"], "@graph");
	const typed = (type) => graph.filter((element) => element["type"] === type || element["@type"] === type);
	if (typed("SpdxDocument").length === 0) throw new ScanError("SCAN_SBOM_UNKNOWN", "the SPDX 3 graph has no element of type SpdxDocument");
	return {
		format: "SPDX",
		version: SPDX3_CONTEXT.exec(context)?.[1] ?? "3.0",
		predicateType: SPDX_PREDICATE_TYPE,
		componentCount: typed("software_Package").length,
		about: textOf(typed("SpdxDocument")[0]?.["name"]) ?? null,
		document
	};
}

// src/commands/scan-documents.ts
/** The files that a list input gives for each image. */
function assignFiles(input, subjects, inputs) {
	const assigned = new Map(subjects.map((subject) => [subject, []]));
	for (const entry of inputs.list(input)) {
		const { subject, file } = splitEntry(entry, subjects, inputs.workingDirectory);
		if (!subject) throw new UsageError("USAGE_INVALID_INPUT", `${input}: ${JSON.stringify(entry)} does not say which image it is about`, { hint: `with ${subjects.length} images write SUBJECT=FILE, for instance ${subjects[0]?.name ?? "a.sif"}=${basename(entry)}` });
		assigned.get(subject)?.push(resolve(inputs.workingDirectory, file));
	}
	return assigned;
}
function splitEntry(entry, subjects, folder) {
	for (let at = entry.indexOf("="); at > 0; at = entry.indexOf("=", at + 1)) {
		const left = entry.slice(0, at);
		const path = resolve(folder, left);
		const subject = subjects.find((one) => isNamed(one, left, path));
		if (subject) return {
			subject,
			file: entry.slice(at + 1)
		};
	}
	return {
		subject: subjects.length === 1 ? subjects[0] : void 0,
		file: entry
	};
}
function isNamed(subject, name, path) {
	if (subject.in === "file") return subject.path === path;
	const { reference } = subject;
	return subject.name === name || reference.in === "layout" && reference.folder === path;
}
/** @throws ScanError, DataError, SystemError */
async function readSboms(paths) {
	const files = [];
	for (const path of paths) {
		const name = basename(path);
		files.push({
			name,
			path,
			sbom: parseSbom(await readFileBounded(path, LIMITS.reportBytes), name)
		});
	}
	return files;
}
/** @throws ScanError, DataError, SystemError */
async function readReports(paths) {
	const files = [];
	for (const path of paths) {
		const name = basename(path);
		const reports = parseReports(await readFileBounded(path, LIMITS.reportBytes), name);
		const writtenAt = await writtenTime(path);
		files.push(...reports.map((report) => ({
			name,
			report,
			writtenAt
		})));
	}
	return files;
}
async function writtenTime(path) {
	try {
		return (await stat(path)).mtime.toISOString();
	} catch (error) {
		throw fileError(error, path, "read");
	}
}
/**
* The entries of the allow list; none when no path was given.
* @throws ScanError SCAN_ALLOW_LIST_INVALID with line and column; SystemError
*/
async function loadAllowList(path) {
	if (path === void 0) return [];
	const text = decodeUtf8(await readFileBounded(path, LIMITS.policyBytes), path);
	try {
		return readAllowList(parseYaml(text, path));
	} catch (cause) {
		if (cause instanceof ScanError || !(cause instanceof CountersignError)) throw cause;
		const location = cause.location;
		throw new ScanError("SCAN_ALLOW_LIST_INVALID", `allow list, line ${location?.line ?? 1}: ${cause.message}`, {
			cause,
			...location ? { location } : {}
		});
	}
}

// src/scan/predicate.ts
/** However it is written, and whatever its version. */
const STATEMENT = /\bin-toto\.io\/+statement\b/i;
/**
* The predicate in a file; `name` is used in errors.
* @throws ScanError SCAN_PREDICATE_INVALID; DataError for malformed JSON, and numbers that readers round
* @see in-toto attestation v1.1.0, spec/v1/predicate.md
*/
function parsePredicate(bytes, name) {
	const document = readDocument(bytes, name, {
		code: "SCAN_PREDICATE_INVALID",
		strictness: EMBEDDED
	});
	if (isStatement(document)) throw new ScanError("SCAN_PREDICATE_INVALID", `${name} is a whole in-toto statement, not a predicate`, { hint: "give the value of its member predicate as the file, and its predicateType as predicate-type" });
	if (typeof document["payloadType"] === "string" || document["dsseEnvelope"] !== void 0) throw new ScanError("SCAN_PREDICATE_INVALID", `${name} is signed already: ${describeKeys(document)}`);
	return document;
}
function isStatement({ _type: type, subject, predicateType, predicate }) {
	if (typeof type === "string" && STATEMENT.test(type)) return true;
	return [
		subject,
		predicateType,
		predicate
	].every((member) => member !== void 0);
}

// src/commands/scan-predicate.ts
const MAX_TYPE_LENGTH = 500;
/** @see RFC 3986, section 3 */
const URI = /^[A-Za-z][A-Za-z0-9+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/;
/** Every version of the types that count as approvals, without scheme. */
const APPROVALS = [APPROVAL_PREDICATE_TYPE, COSIGN_SIGN_PREDICATE_TYPE].map((type) => type.replace(/^https:\/\//, "").replace(/\/v[0-9.]+$/, ""));
/**
* The checked `predicate-type`; undefined when no predicate is to be attested.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; ScanError SCAN_PREDICATE_REFUSED
*/
function predicateTypeFrom(inputs) {
	const type = inputs.text("predicate-type");
	const hasFile = inputs.list("predicate-path").length > 0;
	if (type === void 0 && !hasFile) return void 0;
	if (type === void 0) throw new UsageError("USAGE_MISSING_INPUT", "predicate-path was given without predicate-type", { hint: "give the type that says what the predicate means, for instance predicate-type: https://in-toto.io/attestation/test-result/v0.1" });
	if (!hasFile) throw new UsageError("USAGE_MISSING_INPUT", "predicate-type was given without predicate-path", { hint: "give the file with the predicate, for instance predicate-path: predicate.json" });
	if (type.length > MAX_TYPE_LENGTH || !URI.test(type)) throw new UsageError("USAGE_INVALID_INPUT", `predicate-type is ${JSON.stringify(type.slice(0, 120))}`, { hint: `give a URI of at most ${MAX_TYPE_LENGTH} characters, for instance https://in-toto.io/attestation/test-result/v0.1` });
	if (isApprovalType(type)) throw new ScanError("SCAN_PREDICATE_REFUSED", `predicate-type is ${type}, which counts as an approval`);
	if (isRosterUri(type.toLowerCase())) throw new ScanError("SCAN_PREDICATE_REFUSED", `predicate-type is ${type}, a name that approvals have for each other`);
	return type;
}
/** However it is written: other tools may compare less strictly than we do. */
function isApprovalType(type) {
	const plain = plainUri(type);
	return APPROVALS.some((family) => plain.startsWith(family) && /^(?:[^\w-]|$)/.test(plain.slice(family.length)));
}
/** Host and path in lower case, without what only varies the spelling: scheme, user, port, escapes, empty segments. */
function plainUri(type) {
	const [, authority = "", path = ""] = /^[a-z][a-z0-9+.-]*:\/*([^/?#]*)([^?#]*)/.exec(decoded(type).toLowerCase()) ?? [];
	const host = authority.replace(/^.*@/, "").replace(/:[0-9]*$/, "").replace(/^www\./, "").replace(/\.+$/, "");
	const segments = [];
	for (const segment of path.split("/")) if (segment === "..") segments.pop();
	else if (segment !== "" && segment !== ".") segments.push(segment);
	return [host, ...segments].join("/");
}
/** Without escapes, and escapes of escapes. */
function decoded(text) {
	const once = text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
	return once === text ? text : decoded(once.replace(/[^\x21-\x7e]|\\/g, "/"));
}
/** @throws ScanError SCAN_PREDICATE_INVALID; DataError, SystemError */
async function readPredicates(paths, predicateType) {
	const files = [];
	for (const path of predicateType === void 0 ? [] : paths) {
		const name = basename(path);
		const predicate = parsePredicate(await readFileBounded(path, LIMITS.bundleBytes), name);
		files.push({
			name,
			predicateType: predicateType ?? "",
			predicate
		});
	}
	return files;
}
/** Files are named after the kinds that have a word; the rest are predicates. */
function predicateStatement({ predicateType, predicate }) {
	const label = evidenceLabel(predicateType);
	return {
		label: label === "other" ? "predicate" : label,
		predicateType,
		predicate
	};
}

// src/commands/scan-result.ts
const SCAN_SCHEMA = "countersign/scan/v1";
/** The document for `report-path` and `--json`. */
function scanJson(images, failOn, now) {
	return {
		schema: SCAN_SCHEMA,
		verdict: verdictOf(images),
		now: now.toISOString(),
		failOn,
		images: images.map((image) => imageJson(image))
	};
}
function imageJson(image) {
	const { subject, sboms, predicates, reports, judgement, evidence, contentDigests } = image;
	return {
		name: subject.name,
		path: subject.in === "file" ? subject.path : null,
		contentDigests,
		verdict: judgement.verdict,
		problems: judgement.problems,
		sboms: sboms.map(({ name, sbom: { format, version, componentCount, about } }) => ({
			name,
			format,
			version,
			componentCount,
			about
		})),
		predicates: predicates.map(({ name, predicateType }) => ({
			name,
			predicateType
		})),
		reports: reports.map(({ name, report: { format, scanner, target, findings } }) => ({
			name,
			format,
			scanner,
			target,
			findings: findings.length
		})),
		blocking: judgement.blocking,
		allowed: judgement.allowed.map(({ finding, entry }) => ({
			...finding,
			reason: entry.reason,
			expires: entry.expires
		})),
		below: judgement.below,
		suppressed: judgement.suppressed,
		expiredAllowances: judgement.expired.map(entryJson),
		unusedAllowances: judgement.unused.map(entryJson),
		evidence
	};
}
function entryJson({ id, package: name, version, reason, expires, location }) {
	return {
		id,
		package: name,
		version,
		reason,
		expires,
		line: location.line
	};
}
/** Failed when any image failed. */
function verdictOf(images) {
	return images.every(({ judgement }) => judgement.verdict === "passed") ? "passed" : "failed";
}
/** One line per image and reason; the last one is the verdict. */
function scanText(images, failOn) {
	const blocking = images.reduce((sum, { judgement }) => sum + judgement.blocking.length, 0);
	const last = `${verdictOf(images)}: ${counted(blocking, "blocking finding")} in ${counted(images.length, "image")}`;
	return `${[...images.flatMap((image) => imageText(image, failOn)), last].join("\n")}\n`;
}
function imageText(image, failOn) {
	const { subject, sboms, predicates, reports, judgement, evidence } = image;
	const { blocking, allowed, below, suppressed } = judgement;
	const mark = judgement.verdict === "passed" ? "✓" : "✗";
	const counts = `${blocking.length} blocking, ${allowed.length} allowed, ${below.length} below, ${suppressed.length} suppressed`;
	const judged = reports.length > 0 ? `${counts} (fail-on ${failOn})` : "no scan was judged";
	return [
		`${mark} ${subject.name}: ${judgement.verdict}, ${judged}`,
		...judgement.problems.map((problem) => `    ✗ ${problem}`),
		...blocking.map((finding) => `    ✗ ${describeFinding(finding)}`),
		...allowed.map(({ finding, entry }) => `    allowed until ${entry.expires}: ${finding.id}, ${entry.reason}`),
		...judgement.expired.map((entry) => `    allowance expired on ${entry.expires}: ${entry.id} (line ${entry.location.line})`),
		...judgement.unused.map((entry) => `    allowance not needed: ${entry.id} (line ${entry.location.line})`),
		...sboms.map(({ name, sbom }) => `    sbom ${name}: ${sbom.format} ${sbom.version}, ${counted(sbom.componentCount, "component")}`),
		...predicates.map(({ name, predicateType }) => `    predicate ${name}: ${predicateType}`),
		...evidence.map((item) => `    ${describeEvidence(item)}`)
	];
}
/** One line about a finding, for people. */
function describeFinding(finding) {
	const version = finding.version === null ? "" : ` ${finding.version}`;
	const where = finding.package === null ? finding.location ?? "no place given" : `${finding.package}${version}`;
	const fix = finding.fixedIn.length > 0 ? `, fixed in ${finding.fixedIn.join(" or ")}` : ", no fix known";
	return `${finding.severity} ${finding.id} in ${where}${fix} (${finding.scanners.join(", ")})`;
}
const SUMMARY_ROWS = 200;
/** A table per image; rows beyond the limit are counted, not shown. */
function scanMarkdown(images, failOn) {
	return images.flatMap(({ subject, judgement, findings, evidence }) => {
		const shown = judgement.blocking.slice(0, SUMMARY_ROWS);
		const hidden = judgement.blocking.length - shown.length;
		return [
			`### scan-attest: ${escapeMarkdown(subject.name)} ${judgement.verdict}`,
			"",
			`${counted(findings.length, "finding")}, ${judgement.blocking.length} of them ${failOn} or worse and not allowed, ${judgement.allowed.length} allowed.`,
			...judgement.problems.map((problem) => `\n${escapeMarkdown(problem)}.`),
			"",
			...shown.length > 0 ? ["| finding | severity | package | version | fixed in |", "| --- | --- | --- | --- | --- |"] : [],
			...shown.map(row),
			...hidden > 0 ? ["", `and ${hidden} more, see the report.`] : [],
			"",
			...evidence.map((item) => `- ${escapeMarkdown(describeEvidence({
				...item,
				path: null
			}))}`),
			""
		];
	}).join("\n");
}
function row({ id, severity, package: name, version, fixedIn }) {
	return `| ${[
		id,
		severity,
		name ?? "",
		version ?? "",
		fixedIn.join(", ")
	].map((text) => escapeMarkdown(text)).join(" | ")} |`;
}

// src/scan/scanner.ts
const SCANNERS = [
	"trivy",
	"grype",
	"osv-scanner"
];
/** The kinds of target that each scanner reads by itself, the most telling first. */
const READABLE = {
	trivy: [
		"rootfs",
		"oci-layout",
		"sbom"
	],
	grype: [
		"sif",
		"oci-layout",
		"sbom"
	],
	"osv-scanner": ["sbom"]
};
/** The arguments for a target; undefined when the scanner cannot read it. */
function scannerArguments(scanner, target) {
	if (!READABLE[scanner].includes(target.kind)) return void 0;
	switch (scanner) {
		case "trivy": return [
			"--quiet",
			...trivyCommand(target),
			"--format",
			"json",
			"--exit-code",
			"0",
			...trivyTarget(target)
		];
		case "grype": return [
			"--quiet",
			"--output",
			"json",
			`${grypeScheme(target)}:${target.path}`
		];
		case "osv-scanner": return [
			"scan",
			"source",
			"--format",
			"json",
			"--lockfile",
			target.path
		];
		default: return scanner;
	}
}
function trivyCommand(target) {
	if (target.kind === "sbom") return ["sbom"];
	return [
		target.kind === "rootfs" ? "rootfs" : "image",
		"--scanners",
		"vuln"
	];
}
function trivyTarget(target) {
	return target.kind === "oci-layout" ? ["--input", target.path] : ["--", target.path];
}
function grypeScheme(target) {
	if (target.kind === "sif") return "singularity";
	return target.kind === "oci-layout" ? "oci-dir" : "sbom";
}
/**
* True when an exit code says that the scan was done and the report is whole. Trivy and Grype are asked not to fail on
* findings, so only 0 counts; OSV-Scanner ends with 1 when it found something, and with 127 and more on errors.
*/
function scanWasDone(scanner, exitCode) {
	return exitCode === 0 || scanner === "osv-scanner" && exitCode === 1;
}

// src/commands/scan-run.ts
/**
* The report of one run.
* @throws ScanError SCAN_NO_SCANNER, SCAN_TARGET_UNSUPPORTED, SCAN_TOOL_FAILED; ToolError TOOL_TIMEOUT
*/
async function runScanner(request, host) {
	const scanner = await findScanner(request, host);
	const folder = join(await host.temporaryFolder(), "scan");
	await rm(folder, {
		recursive: true,
		force: true
	});
	await mkdir(folder, { mode: 448 });
	try {
		const target = await targetFor(scanner, request, {
			host,
			folder
		});
		const args = scannerArguments(scanner.name, target);
		if (!args) throw unsupported(scanner.name);
		if (host.kind === "terminal") host.info(`running ${scanner.program} ${args.join(" ")}`);
		const startedAt = host.now().toISOString();
		const result = await host.run({
			program: scanner.program,
			args,
			maxOutputBytes: LIMITS.reportBytes
		});
		if (!scanWasDone(scanner.name, result.exitCode)) throw failed(scanner.name, result);
		const name = `report of ${scanner.name}`;
		return parseReports(utf8(result.stdout), name).map((report) => ({
			name,
			report,
			writtenAt: startedAt
		}));
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
async function findScanner({ scanner, sboms }, host) {
	const wanted = scanner === "auto" ? SCANNERS : [scanner];
	for (const name of wanted) {
		if (scanner === "auto" && !READABLE[name].some((kind) => kind !== "sbom" || sboms.length > 0)) continue;
		const program = await host.which(name);
		if (program !== void 0) return {
			name,
			program
		};
	}
	throw new ScanError("SCAN_NO_SCANNER", `none of ${wanted.join(", ")} is on PATH`);
}
async function targetFor(scanner, { subject, sboms }, { host, folder }) {
	const readable = READABLE[scanner.name];
	if (subject.in === "file" && readable.includes("sif")) return {
		kind: "sif",
		path: subject.path
	};
	if (subject.in === "file" && readable.includes("rootfs")) return {
		kind: "rootfs",
		path: await unpack(subject.path, host, folder)
	};
	if (subject.in === "registry" && readable.includes("oci-layout")) return layoutTarget(subject, folder);
	const [first] = sboms;
	if (!first) throw unsupported(scanner.name);
	const path = join(folder, first.sbom.format === "SPDX" ? "sbom.spdx.json" : "sbom.cdx.json");
	await copyFile(first.path, path);
	return {
		kind: "sbom",
		path
	};
}
/** Scanners read a layout folder as a whole, so they get one that lists this manifest alone; the blobs are shared. */
async function layoutTarget({ reference, name }, folder) {
	if (reference.in !== "layout") throw new ScanError("SCAN_TARGET_UNSUPPORTED", `scanner does not fetch ${name} from its registry`, { hint: "run the scanner on the image yourself and give its report as scan-report, or copy the image to a layout folder first" });
	const index = await LayoutIndex.open(reference.folder, systemClock());
	const image = await openRegistryImage(new LayoutRepository(reference.folder, index), manifestName(reference));
	const path = join(folder, "layout");
	await mkdir(path, { mode: 448 });
	await symlink(join(reference.folder, "blobs"), join(path, "blobs"), "dir");
	await writeFile(join(path, "oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
	const document = {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.index,
		manifests: [image.descriptor]
	};
	await writeFile(join(path, "index.json"), JSON.stringify(document));
	return {
		kind: "oci-layout",
		path
	};
}
/** Writes the root file system of a SIF to a folder. */
async function unpack(imagePath, host, folder) {
	const partition = await primaryPartition(imagePath);
	const program = await host.which("unsquashfs");
	if (program === void 0) throw new ScanError("SCAN_TARGET_UNSUPPORTED", "unsquashfs is not on PATH, and this scanner cannot read a SIF file", { hint: "install squashfs-tools, or use scanner: grype, which reads SIF files itself" });
	const path = join(folder, "rootfs");
	const args = [
		"-no-progress",
		"-no-xattrs",
		"-offset",
		String(partition.offset),
		"-dest",
		path,
		imagePath
	];
	const result = await host.run({
		program,
		args
	});
	if (result.exitCode !== 0 && !onlyDevicesMissing(result)) throw failed("unsquashfs", result);
	return path;
}
/** Without root, unsquashfs cannot make device files and ends with 2; no scanner reads those. */
function onlyDevicesMissing({ exitCode, stderr }) {
	const lines = stderr.split("\n").filter((line) => line.trim() !== "");
	return exitCode === 2 && lines.length > 0 && lines.every((line) => /because you're not superuser/.test(line));
}
async function primaryPartition(imagePath) {
	await using source = await openFileSource(imagePath);
	const { objects } = await openSif(source);
	const found = objects.find(({ dataType, partition }) => dataType === DATA_TYPE.partition && partition?.type === PARTITION_TYPE.primarySystem);
	if (found?.partition?.fs === FILE_SYSTEM.squashfs) return found;
	throw new ScanError("SCAN_TARGET_UNSUPPORTED", `the primary partition of ${imagePath} ${found ? "is not plain squashfs (encrypted or another file system)" : "does not exist"}`);
}
function unsupported(scanner) {
	return new ScanError("SCAN_TARGET_UNSUPPORTED", `${scanner} cannot read a SIF file, and no SBOM was given`, { hint: "give sbom-path, or use scanner: trivy or grype" });
}
function failed(program, { exitCode, stderr }) {
	const tail = stderr.split("\n").map(printable).filter((line) => line !== "").slice(-3).join("; ") || "it printed no reason";
	return new ScanError("SCAN_TOOL_FAILED", `${program} ended with exit code ${exitCode}: ${tail}`);
}

// src/scan/sarif-document.ts
const SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/** Code scanning refuses a run with more. */
const MAX_RESULTS = 25e3;
/** Level, and the score that stands for a severity where the report has none, or one of another severity. */
const LEVELS = {
	critical: {
		level: "error",
		score: "9.5"
	},
	high: {
		level: "error",
		score: "8.0"
	},
	medium: {
		level: "warning",
		score: "5.5"
	},
	low: {
		level: "note",
		score: "2.0"
	},
	negligible: {
		level: "note",
		score: "0.0"
	},
	unknown: {
		level: "warning",
		score: void 0
	}
};
/**
* The SARIF document; findings beyond the limit of code scanning are left out, the least important first, and counted.
* @see SARIF 2.1.0 errata 01, sections 3.14 run, 3.27 result, 3.35 suppression, 3.49 reportingDescriptor
*/
function sarifDocument(images, { toolVersion, now }) {
	const all = [
		blocking,
		belowFailOn,
		allowed,
		hidden
	].flatMap((bin) => images.flatMap(bin));
	const shown = all.slice(0, MAX_RESULTS);
	const rules = rulesOf(shown);
	const ruleIndex = new Map([...rules.keys()].map((id, index) => [id, index]));
	const seen = /* @__PURE__ */ new Map();
	return {
		$schema: SCHEMA,
		version: "2.1.0",
		runs: [{
			tool: { driver: {
				name: "countersign",
				semanticVersion: toolVersion,
				rules: [...rules.values()].map(ruleEntry)
			} },
			invocations: [invocation(images, all.length - shown.length, now)],
			columnKind: "utf16CodeUnits",
			results: shown.map((entry) => resultEntry(entry, ruleIndex.get(entry.finding.id) ?? -1, seen))
		}]
	};
}
function blocking(image) {
	return image.judgement.blocking.map((finding) => ({
		image,
		finding,
		judged: "blocking",
		suppressed: null
	}));
}
function belowFailOn(image) {
	return image.judgement.below.map((finding) => ({
		image,
		finding,
		judged: "below fail-on",
		suppressed: null
	}));
}
function allowed(image) {
	return image.judgement.allowed.map(({ finding, entry: { reason, expires } }) => ({
		image,
		finding,
		judged: `allowed until ${expires}`,
		suppressed: `${reason} (allowed until ${expires})`
	}));
}
function hidden(image) {
	return image.judgement.suppressed.map((finding) => ({
		image,
		finding,
		judged: "suppressed by the scanner",
		suppressed: finding.suppressed ?? "suppressed by the scanner"
	}));
}
/** The worst finding of each id, in the order of the results. */
function rulesOf(entries) {
	const rules = /* @__PURE__ */ new Map();
	for (const { finding } of entries) {
		const known = rules.get(finding.id);
		if (!known || severityRank(finding.severity) < severityRank(known.severity)) rules.set(finding.id, finding);
	}
	return rules;
}
function ruleEntry(finding) {
	const { id, aliases, scanners } = finding;
	const page = pageOf(finding);
	const names = aliases.length > 0 ? `, also known as ${aliases.join(", ")}` : "";
	return {
		id,
		shortDescription: { text: message(id) },
		fullDescription: { text: message(`${id}${names}, reported by ${scanners.join(", ")}`) },
		...page === void 0 ? {} : { helpUri: page },
		help: { text: message(page === void 0 ? `See what the scanner says about ${id}` : `See ${page}`) },
		defaultConfiguration: { level: LEVELS[finding.severity].level },
		properties: {
			tags: ["security"],
			...score(finding)
		}
	};
}
/** A score that leads to the severity that was judged, whatever score the report has. */
function score(finding) {
	const value = finding.score !== null && severityFromScore(finding.score) === finding.severity ? finding.score?.toFixed(1) : LEVELS[finding.severity].score;
	return value === void 0 ? {} : { "security-severity": value };
}
const PAGES = [
	[/^CVE-\d{4}-\d{4,19}$/, "https://nvd.nist.gov/vuln/detail/"],
	[/^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/, "https://github.com/advisories/"],
	[/^(?:RUSTSEC|PYSEC|GO|DSA|DLA|ALSA|RLSA|MAL|OSV)-\d{1,6}(?:[-:]\d{1,6}){0,2}$/, "https://osv.dev/vulnerability/"]
];
/** The page about a vulnerability, for names whose form is known. */
function pageOf({ id, aliases }) {
	for (const name of [id, ...aliases]) for (const [form, base] of PAGES) if (form.test(name)) return `${base}${encodeURIComponent(name)}`;
}
function resultEntry(entry, ruleIndex, seen) {
	const { image, finding, judged, suppressed } = entry;
	const { id, aliases, severity, package: name, version, fixedIn, scanners, location } = finding;
	return {
		ruleId: id,
		ruleIndex,
		level: LEVELS[severity].level,
		message: { text: message(describe(entry)) },
		locations: [{
			physicalLocation: {
				artifactLocation: { uri: image.uri },
				region: { startLine: 1 }
			},
			...name === null ? {} : { logicalLocations: [{
				fullyQualifiedName: join$1(name, version),
				kind: "module"
			}] }
		}],
		partialFingerprints: { primaryLocationLineHash: fingerprint(entry, seen) },
		suppressions: suppressed === null ? [] : [{
			kind: "external",
			status: "accepted",
			justification: printable(suppressed)
		}],
		properties: {
			image: printable(image.name),
			severity,
			...score(finding),
			judged,
			aliases,
			package: name,
			version,
			fixedIn,
			scanners,
			location
		}
	};
}
function join$1(name, version) {
	return version === null ? name : `${name}@${version}`;
}
/** Lines as other scanners write them, which readers of SARIF look for. */
function describe({ image, finding, judged }) {
	const { id, severity, package: name, version, fixedIn, location, scanners } = finding;
	return [
		`${id} in ${name === null ? printable(image.name) : join$1(name, version)}`,
		`Image: ${printable(image.name)}`,
		...name === null ? [] : [`Package: ${name}`],
		...version === null ? [] : [`Installed Version: ${version}`],
		...fixedIn.length === 0 ? [] : [`Fixed Version: ${fixedIn.join(", ")}`],
		...location === null ? [] : [`Location: ${location}`],
		`Severity: ${severity}`,
		`Scanner: ${scanners.join(", ")}`,
		`Judged: ${judged}`
	].join("\n");
}
/** The same for the same package in the next scan, whatever its version; counted where that is not enough. */
function fingerprint({ image, finding }, seen) {
	const { id, package: name, location } = finding;
	const hash = sha256Hex(utf8(JSON.stringify([
		image.uri,
		id,
		name,
		location
	]))).slice(0, 16);
	const count = (seen.get(hash) ?? 0) + 1;
	seen.set(hash, count);
	return `${hash}:${count}`;
}
/**
* Text as SARIF wants it in a message: nothing in it is a link or a placeholder.
* @see SARIF 2.1.0 errata 01, sections 3.11.5 and 3.11.6
*/
function message(text) {
	return text.replace(/[\\[\]]/g, "\\$&").replace(/[{}]/g, "$&$&");
}
function invocation(images, leftOut, now) {
	const problems = images.flatMap(({ judgement }) => judgement.problems);
	const remarks = [...images.filter(({ scanned }) => !scanned).map(({ name }) => `${printable(name)} was not scanned`), ...leftOut > 0 ? [`${counted(leftOut, "more finding")} than code scanning takes; see the report`] : []];
	return {
		executionSuccessful: problems.length === 0,
		endTimeUtc: now.toISOString(),
		toolExecutionNotifications: [...problems.map((text) => notification("error", text)), ...remarks.map((text) => notification("warning", text))]
	};
}
function notification(level, text) {
	return {
		level,
		message: { text: message(text) }
	};
}

// src/commands/scan-sarif.ts
/** @throws UsageError USAGE_MISSING_INPUT when there cannot be any findings to write */
function assertFindings(inputs) {
	if (inputs.text("sarif-path") === void 0) return;
	if (inputs.list("scan-report").length > 0 || inputs.text("scanner") !== "none") return;
	throw new UsageError("USAGE_MISSING_INPUT", "sarif-path was given, but neither scan-report nor scanner", { hint: "give scan-report: trivy.json, or leave sarif-path out" });
}
/**
* Writes the findings; the absolute path of the file, empty when there is none.
* @throws SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
*/
async function writeSarif(images, inputs, host) {
	const path = sarifPath(inputs, host);
	if (path === void 0 || images.every(({ reports }) => reports.length === 0)) return "";
	const named = images.map(({ subject, reports, judgement }) => ({
		name: subject.name,
		uri: imageUri(subject, host.cwd),
		scanned: reports.length > 0,
		judgement
	}));
	const document = sarifDocument(named, {
		toolVersion: VERSION,
		now: host.now()
	});
	await writeDocument(path, redactedJson(document, (text) => host.redact?.(text) ?? text, 1));
	return path;
}
/** As for `report-path`: in a job always, on the command line when asked for. */
function sarifPath(inputs, host) {
	const wanted = inputs.text("sarif-path");
	if (wanted !== void 0) return resolve(inputs.workingDirectory, wanted);
	if (host.kind !== "actions") return void 0;
	const folder = host.env["RUNNER_TEMP"] ?? tmpdir();
	return join(folder, `countersign-scan-attest-${randomBytes(4).toString("hex")}.sarif`);
}
/** Relative to the workspace, as code scanning wants it, and without what changes from scan to scan: tag and digest. */
function imageUri(subject, workspace) {
	if (subject.in === "file") return encodePath(inWorkspace(subject.path, workspace));
	const { reference } = subject;
	return encodePath(reference.in === "layout" ? inWorkspace(reference.folder, workspace) : formatPlace(reference));
}
/** Paths elsewhere on this machine are nobody's business. */
function inWorkspace(path, workspace) {
	const inside = relative(workspace, path).replaceAll("\\", "/");
	return inside === "" || inside === ".." || inside.startsWith("../") || isAbsolute(inside) ? basename(path) : inside;
}
function encodePath(path) {
	return path.split("/").map(encodeURIComponent).join("/");
}

// src/commands/scan-attest.ts
async function run(inputs, host) {
	assertSomethingToDo(inputs);
	assertFindings(inputs);
	const predicateType = predicateTypeFrom(inputs);
	const rules = await readRules(inputs);
	const signer = await signerOnTrustedEvent(SCAN_ATTEST_SPEC.name, inputs, host);
	const judged = await judgeAll(await subjectsFrom(inputs), {
		rules,
		predicateType
	}, {
		inputs,
		host
	});
	const sarifPath = await writeSarif(judged, inputs, host);
	const images = [];
	for (const image of judged) images.push(await attest(image, rules.failOn, {
		inputs,
		host,
		signer
	}));
	for (const { subject, judgement } of images) {
		for (const finding of judgement.blocking) host.finding(`${subject.name}: ${describeFinding(finding)}`);
		for (const problem of judgement.problems) host.finding(`${subject.name}: ${problem}`);
		for (const { id, expires, location } of judgement.expired) host.warning(`the allowance for ${id} expired on ${expires}`, location);
	}
	return result(images, {
		failOn: rules.failOn,
		sarifPath
	}, host);
}
function assertSomethingToDo(inputs) {
	if (!([
		"sbom-path",
		"scan-report",
		"predicate-path"
	].some((name) => inputs.list(name).length > 0) || inputs.text("predicate-type") !== void 0) && inputs.text("scanner") === "none") throw new UsageError("USAGE_MISSING_INPUT", "neither sbom-path nor scan-report nor scanner nor predicate-path was given", { hint: "give scan-report: trivy.json, sbom-path: image.cdx.json, scanner: auto, or predicate-type and predicate-path" });
}
async function readRules(inputs) {
	const failOn = inputs.requiredText("fail-on");
	const unknownAs = inputs.requiredText("unknown-severity");
	const known = SEVERITIES.filter((severity) => severity !== "unknown");
	return {
		failOn: known.find((severity) => severity === failOn) ?? "none",
		unknownAs: known.find((severity) => severity === unknownAs) ?? "critical",
		allow: await loadAllowList(inputs.text("allow-path")),
		countSuppressed: inputs.boolean("count-suppressed"),
		allowEmptyScan: inputs.boolean("allow-empty-scan")
	};
}
async function judgeAll(subjects, { rules, predicateType }, { inputs, host }) {
	const sbomPaths = assignFiles("sbom-path", subjects, inputs);
	const reportPaths = assignFiles("scan-report", subjects, inputs);
	const predicatePaths = assignFiles("predicate-path", subjects, inputs);
	const images = [];
	for (const subject of subjects) {
		const sboms = await readSboms(sbomPaths.get(subject) ?? []);
		const predicates = await readPredicates(predicatePaths.get(subject) ?? [], predicateType);
		const given = await readReports(reportPaths.get(subject) ?? []);
		const scanner = scannerOf(inputs);
		const request = scanner && {
			scanner,
			subject,
			sboms
		};
		const own = request ? await host.group(`Scanning ${subject.name}`, async () => runScanner(request, host)) : [];
		const reports = [...given, ...own];
		const findings = mergeFindings(reports.flatMap(({ report }) => report.findings));
		const scanned = reports.map(({ name, report: { recognised } }) => ({
			name,
			recognised
		}));
		const judgement = judgeFindings(findings, scanned, {
			rules,
			now: host.now()
		});
		images.push({
			subject,
			sboms,
			predicates,
			reports,
			findings,
			judgement
		});
	}
	return images;
}
function scannerOf(inputs) {
	const name = inputs.text("scanner");
	return name === "auto" || name === "trivy" || name === "grype" || name === "osv-scanner" ? name : void 0;
}
async function attest(image, failOn, { inputs, host, signer }) {
	const { subject, judgement } = image;
	const attestFindings = judgement.verdict === "passed" || inputs.boolean("attest-failed");
	const options = {
		statements: [
			...sbomStatements(image),
			...image.predicates.map(predicateStatement),
			...attestFindings ? findingStatements(image, failOn) : []
		],
		signer,
		now: host.now(),
		beside: inputs.text("store") === "file",
		folder: inputs.text("bundle-folder")
	};
	const stored = await (subject.in === "file" ? storeBeside(subject, options, host) : storeAttached(subject, options, {
		inputs,
		host
	}));
	return {
		...image,
		...stored
	};
}
async function storeBeside({ name, path }, options, host) {
	const progress = host.progress(`reading ${name}`);
	try {
		return await storeEvidence({
			...options,
			path,
			onBytes: (done, total) => progress.update(done, total)
		});
	} finally {
		progress.finish();
	}
}
async function storeAttached({ name, reference }, options, { inputs, host }) {
	const access = options.signer && !options.beside ? "push" : "pull";
	await using opened = await openFrom(inputs, host, {
		reference,
		access,
		existing: true
	});
	const defaultFolder = inputs.workingDirectory;
	const stored = await storeRegistryEvidence({
		...options,
		repository: opened.repository,
		reference,
		defaultFolder
	});
	for (const remark of stored.remarks ?? []) host.warning(`${name}: ${remark}`);
	return stored;
}
function sbomStatements({ sboms }) {
	return sboms.map(({ sbom: { predicateType, document } }) => ({
		label: "sbom",
		predicateType,
		predicate: document
	}));
}
function findingStatements({ reports, judgement }, failOn) {
	return reports.map(({ report, writtenAt }) => ({
		label: `vulns-${report.scanner.name.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 40)}`,
		predicateType: VULNS_PREDICATE_TYPE,
		predicate: vulnsPredicate(report, {
			judgement,
			failOn,
			fallbackTime: writtenAt
		})
	}));
}
function result(images, { failOn, sarifPath }, host) {
	const verdict = verdictOf(images);
	const subjects = images.map(({ subject, contentDigests }) => ({
		name: subject.name,
		digest: contentDigests[0] ?? "",
		path: subject.in === "file" ? subject.path : ""
	}));
	const evidence = images.flatMap((image) => image.evidence.map((item) => ({
		subject: image.subject.name,
		...item
	})));
	return {
		exitCode: verdict === "passed" ? EXIT.passed : EXIT.failed,
		outputs: {
			verdict,
			"findings-count": String(images.reduce((sum, { findings }) => sum + findings.length, 0)),
			"blocking-count": String(images.reduce((sum, { judgement }) => sum + judgement.blocking.length, 0)),
			subjects: JSON.stringify(subjects),
			digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
			"bundle-path": evidence.flatMap(({ path }) => path ?? []).join("\n"),
			evidence: JSON.stringify(evidence),
			"sarif-path": sarifPath
		},
		text: scanText(images, failOn),
		json: scanJson(images, failOn, host.now()),
		summary: scanMarkdown(images, failOn)
	};
}
const command = {
	spec: SCAN_ATTEST_SPEC,
	run
};

export { command };