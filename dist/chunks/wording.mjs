import { p as shortDigest } from "./bytes.mjs";
import { a as counted, c as listed, p as toSecond, r as asOfWords, u as printable } from "./text.mjs";
import { r as isProblem } from "./reasons.mjs";

// src/report/wording.ts
/** How an image or a stage is, in words. */
const STATE_WORDS = {
	passed: "passed",
	failed: "failed",
	"break-glass": "passed by break glass",
	missing: "missing",
	error: "could not be read",
	"not-checked": "not checked"
};
const UNJUDGED_SHOWN = 20;
/** What a stage is about, when that is not all of the image. */
function aboutText({ objects }) {
	if (objects === void 0) return "";
	return objects.length === 0 ? "  (about nothing here)" : `  (about ${listed(objects)})`;
}
/** True when somebody let a stage be skipped, without which the image would not pass. */
function isByBreakGlass({ verdict, stages }) {
	return verdict === "passed" && stages.some((stage) => stage.verdict === "break-glass");
}
/** Stages that are skipped now, each until the last time that its broken glass counts. */
function skippedStages(stages) {
	return stages.flatMap(({ stage, verdict, breakGlass = [] }) => {
		const ends = breakGlass.filter(({ holds }) => holds).map(({ until }) => until);
		return verdict === "break-glass" ? [{
			stage,
			until: ends.toSorted().at(-1) ?? ""
		}] : [];
	});
}
/** Images that did not pass. */
function notPassed(images) {
	return images.filter(({ verdict }) => verdict !== "passed");
}
/** Failed images first, then those that could not be read, then the others; else in the order given. */
function worstFirst(images) {
	return [
		"failed",
		"error",
		"passed"
	].flatMap((wanted) => images.filter(({ outcome }) => outcome === wanted));
}
/** The identity behind a signature, without the principal's name. */
function identityOf(signer) {
	const key = signer.hint === void 0 ? "unknown key" : `${signer.algorithm ?? ""} key ${signer.hint}`.trim();
	switch (signer.method) {
		case "pgp": return [`OpenPGP ${signer.fingerprint ?? "key"}`, ...(signer.userIds ?? []).slice(0, 1)].join(" ");
		case "key": return key;
		case "x509": return `certificate of ${signer.san?.[0] ?? signer.subject ?? key}`;
		case "sigstore": return `keyless ${signer.san?.[0] ?? key}`;
		default: return signer.method;
	}
}
/** Principal and identity, or what is known instead. */
function signerOf(signer) {
	if (signer === null) return "unknown";
	return signer.principal === null ? identityOf(signer) : `${signer.principal} (${identityOf(signer)})`;
}
/** Why an approval was given, from which run, until when, and by which certificates: one line for each thing said. */
function groundsOf({ approval, signer, provenTime }) {
	const { reason, ticket, run, expires, evidence } = approval ?? {};
	const said = run?.map(({ name, value }) => `${name} ${value}`) ?? [];
	const url = runUrl(run ?? []);
	return [
		...provenTime ? [timeText(provenTime)] : [],
		...reason ? [`reason: ${reason}`] : [],
		...ticket ? [`ticket: ${ticket}`] : [],
		...said.length > 0 ? [`run, as the signer says: ${[...url ? [url] : [], ...said].join(", ")}`] : [],
		...expires ? [`expires ${toSecond(expires)}`] : [],
		...signer?.trustSource ? [sourceText(signer.method, signer.trustSource)] : [],
		...certifiedJob(signer),
		...signer?.chain?.length ? [`certificates: ${signer.chain.join(" ← ")}`] : [],
		...revocationLine(signer?.path ?? []),
		...(evidence ?? []).map(({ predicateType, digest, found }) => `relies on ${predicateType} ${shortDigest(digest)}${found ? "" : ", which is not here"}`)
	];
}
/** Which file or text holds the key of a signer, or the anchor above it. */
function sourceText(method, { kind, name }) {
	return `${method === "pgp" || method === "key" ? "key" : method === "x509" ? "trust anchor" : "trusted root"} from ${SOURCE_WORDS[kind]}${kind === "policy-text" ? "" : ` ${name}`}`;
}
const SOURCE_WORDS = {
	"policy-file": "the policy's file",
	"policy-text": "the text of the policy",
	"input-file": "the given file",
	"input-text": "the text in",
	"global-ring": "Apptainer's global ring",
	"user-ring": "the user's ring of Apptainer"
};
/** What became of every certificate, where that was asked. */
function revocationLine(path) {
	if (path.every(({ revocation }) => revocation === "not-checked" || revocation === "anchor")) return [];
	return [`revocation: ${path.map(({ subject, revocation, crl }) => {
		const by = crl ? ` (CRL ${crl.number}, next by ${toSecond(crl.nextUpdate)})` : "";
		return `${subject} ${REVOCATION_WORDS[revocation]}${by}`;
	}).join("; ")}`];
}
const REVOCATION_WORDS = {
	good: "not revoked",
	revoked: "revoked",
	denied: "denied by the policy",
	"revoked-later": "revoked after it signed",
	unknown: "not known",
	"not-checked": "not looked up",
	anchor: "trusted by the policy"
};
/** By which time a signature was judged. */
function timeText({ time, accuracy, proof, by }) {
	const shown = proof === "timestamp" ? `timestamp by ${by}` : `a later approval that lists it, ${shortText(by)}`;
	return `there at ${toSecond(time)} within ${accuracy} s: ${shown}`;
}
function shortText(digest) {
	return digest.slice(0, 19);
}
/** What the CA certified about the job that signed, and when that is proven to have been. */
function certifiedJob(signer) {
	const { issuer, claims, provenAt } = signer ?? {};
	if (signer?.method !== "sigstore" || !claims) return [];
	const shown = [
		["issuer", issuer],
		["repository", claims.sourceRepositoryUri],
		["workflow", claims.buildSignerUri],
		["called by", claims.buildConfigUri === claims.buildSignerUri ? void 0 : claims.buildConfigUri],
		["ref", claims.sourceRepositoryRef],
		["commit", claims.sourceRepositoryDigest],
		["environment", claims.deploymentEnvironment],
		["run", claims.runInvocationUri]
	].flatMap(([name, value]) => value === void 0 ? [] : `${name} ${value}`);
	const reviewed = (signer.reviewers ?? []).map(({ login, id }) => `${login} (${id})`).join(", ");
	return [
		...reviewed === "" ? [] : [`released by ${reviewed}, as the platform told the job`],
		`certified: ${shown.join(", ")}`,
		...provenAt ? [`signed at ${provenAt}, as log or timestamps prove`] : []
	];
}
/** What is attached and was not judged, so many lines at the most. */
function unjudgedLines(found) {
	const shown = found.slice(0, UNJUDGED_SHOWN).map(({ where, type }) => printable(`${where}  ${type}`));
	return found.length > UNJUDGED_SHOWN ? [...shown, `and ${found.length - UNJUDGED_SHOWN} more`] : shown;
}
/** Where a run of GitHub Actions can be looked at. */
function runUrl(run) {
	const { server, repository, runId } = Object.fromEntries(run.map(({ name, value }) => [name, value]));
	return server && repository && runId ? `${server}/${repository}/actions/runs/${runId}` : void 0;
}
/** Layers that make up a stage: approvals and native signatures that name it and raise no problem. */
function layersOf(stage, image) {
	return image.layers.filter((layer) => layer.stage === stage.stage && layer.status === "valid" && layer.kind === "bundle" && !layer.reasons.some(isProblem));
}
/** The decision in one sentence: the last line of every report. */
function decisionOf(verdict) {
	const { images, policy, outcome } = verdict;
	const by = policy ? `policy ${policy.name} (${shortDigest(policy.digest)})` : "the given trust material, without a policy";
	const at = `${verdict.asOf ? `, ${asOfWords(verdict.now)}` : ""}${verdict.without === void 0 ? "" : `, if ${verdict.without} did not count`}`;
	const count = counted(images.length, "image");
	if (images.length === 0) return "failed: there was no image to check";
	const broken = images.filter(isByBreakGlass).length;
	const glass = broken === 0 ? "" : broken === images.length ? " BY BREAK GLASS" : ` (${broken} BY BREAK GLASS)`;
	if (outcome === "passed") return `passed: ${count}${glass} by ${by}${at}`;
	const unread = images.filter((image) => image.outcome === "error").length;
	if (outcome === "error") return `error: ${unread} of ${count} ${STATE_WORDS.error}, no verdict by ${by}${at}`;
	const failed = images.filter((image) => image.outcome === "failed");
	const unsigned = failed.filter((image) => image.unsigned).length;
	const also = unread > 0 ? `, ${unread} more ${STATE_WORDS.error},` : "";
	const note = unsigned > 0 ? ` (${unsigned} unsigned)` : "";
	return `failed: ${failed.length} of ${count}${note}${also} by ${by}${at}`;
}
const DEFAULT_LIMIT = 9;
/** At most `limit` findings, then one line "and N more"; one line of plain text each, message first, hint after it. */
function findingsOf(verdict, limit = DEFAULT_LIMIT) {
	const all = [...new Set(worstFirst(verdict.images).flatMap((image) => problemsOf(image).map((one) => findingLine(image, one))))];
	if (all.length <= limit) return all;
	return [...all.slice(0, limit), `and ${all.length - limit} more, see the summary`];
}
/** What failed, each thing once: the first reason of every stage that did not pass, then those of the image. */
function problemsOf(image) {
	if (image.verdict === "passed") return [];
	const reasons = [...image.stages.filter(({ verdict }) => verdict === "failed" || verdict === "missing").flatMap((stage) => stage.reasons.find(isProblem) ?? []), ...image.reasons.filter(isProblem)];
	return reasons.filter((one, index) => reasons.findIndex(({ message }) => message === one.message) === index);
}
function findingLine({ name }, { code, message, hint }) {
	return printable(`${name}: ${message} [${code}]; ${hint}`, 1e3);
}
/** A value in the text of a Markdown page: whatever it holds is shown, and starts or ends nothing. */
function escapeMarkdown(text, limit) {
	return escapeHtml(text, limit).replace(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`).replace(/^[ -]|^(\d+)\./, (lead, digits) => digits ? `${digits}&#46;` : `&#${lead.charCodeAt(0)};`).replaceAll("&#64;", "<span>&#64;</span>");
}
/** A value in an attribute: all punctuation that could mean something becomes a character reference. */
function escapeHtml(text, limit) {
	return printable(text, limit).replace(/[!-+/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`);
}
/** A value inside a quoted Mermaid label. */
function escapeMermaid(text, limit = 60) {
	return printable(text, limit).replace(/[^A-Za-z0-9 .,_…-]/gu, (char) => `#${char.codePointAt(0)};`);
}
/** What makes a failed image pass, in order, with numbers where there are several steps, and the line that does each. */
function stepsOf({ next = [] }) {
	return next.map(({ hint, command }, index) => ({
		text: next.length > 1 ? `${index + 1}. ${hint}` : hint,
		...command === void 0 ? {} : { command }
	}));
}
/** The same as lines of text. */
function stepLines(image) {
	return stepsOf(image).flatMap(({ text, command }) => [text, ...command === void 0 ? [] : [`   ${command}`]]);
}
/** Through whose hands an image went, a line for each thing that was signed, and for each that is missing. */
function custodyLines({ custody = [] }) {
	return custody.map(({ kind, stage, number, by, time, proven, problem }) => {
		if (kind === "gap") return `gap: ${problem ?? "something is missing"}`;
		const name = kind === "approval" ? `${number ?? "?"}. ${stage ?? "a stage"}` : kind === "other" ? "evidence" : kind;
		const when = time === null ? "" : `, ${toSecond(time)}${proven ? " (proven)" : ""}`;
		return `${name} by ${by ?? "somebody"}${when}`;
	});
}

export { timeText as _, escapeHtml as a, findingsOf as c, layersOf as d, notPassed as f, stepsOf as g, stepLines as h, decisionOf as i, groundsOf as l, skippedStages as m, aboutText as n, escapeMarkdown as o, signerOf as p, custodyLines as r, escapeMermaid as s, STATE_WORDS as t, isByBreakGlass as u, unjudgedLines as v, worstFirst as y };