import { c as UsageError, i as EXIT, t as CountersignError } from "./errors.mjs";
import { a as counted, p as toSecond, u as printable } from "./text.mjs";
import { i as componentsIn, l as parsePurl, s as isMeantBy } from "./versions.mjs";
import { r as isProblem } from "./reasons.mjs";
import { p as parseStatement } from "./statement.mjs";
import { t as isJsonObject } from "./json.mjs";
import { p as signerOf } from "./wording.mjs";
import { l as subjectsFrom } from "./subjects.mjs";
import { a as criteriaFrom } from "./trust2.mjs";
import { n as judgeSubject } from "./verify-all.mjs";
import { r as hypothesisFrom } from "./without.mjs";

// src/report/find/find.ts
/** Where an image has what is looked for, and what of it nobody knows. */
function findIn({ facts, verdict }, question) {
	const found = {
		image: verdict.name,
		reference: verdict.reference,
		content: verdict.contentDigests
	};
	const bySigner = [...verdict.layers.map((one) => ({
		one,
		what: whatOf(one),
		stated: one.signedAt
	})), ...verdict.evidence.map((one) => ({
		one,
		what: `evidence: ${one.kind}`,
		stated: null
	}))].flatMap(({ one, what, stated }) => waysOf(one.signer, question).map((by) => ({
		...found,
		by,
		what,
		...about(one, stated),
		component: null
	})));
	const boms = facts.evidence.filter(isSbom);
	const read = question.purl ? boms.map((fact) => ({
		fact,
		...lookInto(fact, question.purl)
	})) : [];
	const byPurl = read.flatMap(({ fact, components, stated }) => {
		const one = verdict.evidence.find(({ digest }) => digest === fact.digest);
		return one ? (components ?? []).map((component) => ({
			...found,
			by: "purl",
			what: `evidence: ${one.kind}`,
			...about(one, stated),
			component
		})) : [];
	});
	const closed = read.filter(({ components }) => components === void 0).length;
	const why = !question.purl ? void 0 : boms.length === 0 ? "it has no SBOM" : closed > 0 ? `${closed} of its ${boms.length} SBOMs are not validly signed by anybody trusted, or cannot be read` : void 0;
	return {
		matches: [...byPurl, ...bySigner],
		unknown: why === void 0 ? [] : [{
			image: verdict.name,
			why
		}]
	};
}
function whatOf({ kind, stage, approval }) {
	return approval && stage !== null ? `approval of stage ${stage}` : `signature: ${kind}`;
}
function about({ where, signer, status, provenTime }, stated) {
	const proven = provenTime?.time ?? null;
	return {
		where,
		signer: signerOf(signer),
		status,
		since: proven ?? stated,
		proven: proven !== null
	};
}
function waysOf(signer, { key, principal, ca }) {
	if (!signer) return [];
	const keys = [
		signer.fingerprint,
		signer.subkey,
		signer.hint,
		signer.certificateSha256
	];
	const names = [signer.issuer, ...(signer.chain ?? []).slice(1)].filter((name) => name !== void 0);
	return [
		["key", key !== void 0 && keys.includes(key)],
		["principal", principal !== void 0 && signer.principal === principal],
		["ca", ca !== void 0 && names.some((name) => name === ca || name.split(",").includes(ca))]
	].flatMap(([by, applies]) => applies ? [by] : []);
}
function isSbom({ predicateType }) {
	return /^https:\/\/(?:cyclonedx\.org\/bom|spdx\.dev\/Document)(?:\/|$)/.test(predicateType);
}
/** Without components when the statement is nobody's whom we trust, about other content, or no SBOM. */
function lookInto({ statement, contradicted }, wanted) {
	if (!statement || contradicted || !wanted) return {
		components: void 0,
		stated: null
	};
	try {
		const { predicate } = parseStatement(statement);
		if (!isJsonObject(predicate)) return {
			components: void 0,
			stated: null
		};
		return {
			components: componentsIn(predicate)?.filter(({ purl }) => isMeantBy(wanted, purl)),
			stated: statedTime(predicate["metadata"] ?? predicate["creationInfo"])
		};
	} catch (error) {
		if (error instanceof CountersignError) return {
			components: void 0,
			stated: null
		};
		throw error;
	}
}
function statedTime(made) {
	const time = isJsonObject(made) ? made["timestamp"] ?? made["created"] : void 0;
	return typeof time === "string" && !Number.isNaN(Date.parse(time)) ? new Date(time).toISOString() : null;
}

// src/commands/audit/find.ts
/** The answer about all images; it fails when something could not be looked into. */
async function find(patterns, inputs, host) {
	const question = questionOf(inputs);
	const criteria = await criteriaFrom(inputs, host.now(), { needed: true });
	checkPrincipal(question, criteria);
	const hypothesis = await hypothesisFrom(inputs, criteria);
	const subjects = await subjectsFrom({
		...inputs,
		subjectPath: [...patterns, ...inputs.subjectPath]
	});
	const matches = [];
	const unknown = [];
	const lost = [];
	for (const subject of subjects) {
		const answer = await answerAbout(subject, {
			question,
			criteria,
			hypothesis,
			inputs,
			host
		});
		matches.push(...answer.matches);
		unknown.push(...answer.unknown);
		lost.push(...answer.lost);
	}
	const images = new Set(matches.map(({ image }) => image)).size;
	const verdict = unknown.length === 0 ? "passed" : "failed";
	const lines = [
		...matches.map(lineOf),
		...lost.map(({ image, why }) => `${image}: passes, and would not without ${hypothesis?.without}: ${why.join("; ")}`),
		...unknown.map(({ image, why }) => `? ${image}: ${why}`),
		...isQuestion(question) ? [`found in ${images} of ${counted(subjects.length, "image")}`] : [],
		...hypothesis ? [`${lost.length} of ${counted(subjects.length, "image")} would lose the verdict`] : [],
		...unknown.length > 0 ? [`not known of ${unknown.length}`] : []
	];
	return {
		exitCode: EXIT[verdict],
		outputs: { verdict },
		text: `${lines.map((line) => printable(line, 2e3)).join("\n")}\n`,
		json: {
			schema: "countersign/find/v1",
			images: subjects.length,
			found: images,
			matches,
			unknown,
			...hypothesis ? {
				without: hypothesis.without,
				lost
			} : {}
		}
	};
}
function isQuestion(question) {
	return Object.values(question).some((one) => one !== void 0);
}
function questionOf({ purl, key: asked, principal, ca, without, since }) {
	if ([
		purl,
		asked,
		principal,
		ca,
		since
	].every((one) => one === void 0) && without.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "report find was asked for nothing", { hint: "give ⟨purl⟩, ⟨key⟩, ⟨principal⟩, ⟨ca⟩ or ⟨without⟩" });
	const parsed = purl === void 0 ? void 0 : parsePurl(purl);
	if (purl !== void 0 && !parsed) throw new UsageError("USAGE_INVALID_INPUT", `purl is ${JSON.stringify(purl.slice(0, 120))}`, { hint: "give a package URL, for instance pkg:npm/left-pad@1.3.0; without a version it stands for all" });
	if (asked !== void 0 && !isKeyName(asked)) throw new UsageError("USAGE_INVALID_INPUT", `key is ${JSON.stringify(asked.slice(0, 120))}`, { hint: "give the whole fingerprint or hint that `countersign inspect` and `countersign key show` print" });
	const hex = asked?.replaceAll(/[\s:]/g, "") ?? "";
	return {
		purl: parsed,
		key: /^[0-9a-fA-F]{40}$|^[0-9a-fA-F]{64}$/.test(hex) ? hex.length === 40 ? hex.toUpperCase() : hex.toLowerCase() : asked?.replace(/^key:/, ""),
		principal,
		ca
	};
}
/** A name that no key can have is found nowhere, which would be taken for an answer. */
function isKeyName(asked) {
	return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(asked.replaceAll(/[\s:]/g, "")) || /^(?:key:)?[A-Za-z0-9+/]{43}=$/.test(asked);
}
/** The same holds for a name that reports give to nobody. @throws UsageError USAGE_INVALID_INPUT */
function checkPrincipal({ principal }, { policy }) {
	if (principal === void 0) return;
	const { principals = [] } = policy?.policy ?? {};
	const known = principals.find(({ name }) => name === principal);
	if (known ? !known.many : principals.some(({ many }) => many)) return;
	const problem = known ? "stands for many people" : "is no principal of a policy that was given";
	throw new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(principal.slice(0, 120))} ${problem}`, { hint: known ? "give the name by which reports call one of them, or ⟨ca⟩ for all" : "give ⟨policy-path⟩ and the name of a principal in it; of a team each of its members" });
}
/** The signatures are checked, the data is not read: what an image contains is asked of its signed SBOM. */
async function answerAbout(subject, { question, criteria, hypothesis, inputs, host }) {
	const task = {
		inputs: {
			...inputs,
			verifyData: false
		},
		host,
		beside: [],
		data: "claimed"
	};
	try {
		const today = await judgeSubject(subject, criteria, task);
		const then = hypothesis && today.verdict.verdict === "passed" ? await judgeSubject(subject, hypothesis.criteria, task) : today;
		return {
			...findIn(today, question),
			lost: then.verdict.verdict === today.verdict.verdict ? [] : [lostBy(then.verdict)]
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return {
			matches: [],
			lost: [],
			unknown: [{
				image: subject.name,
				why: `it could not be read: ${error.message}`
			}]
		};
	}
}
function lostBy({ name, reference, contentDigests, reasons, stages }) {
	const problems = [...reasons, ...stages.flatMap((stage) => stage.reasons)].filter(isProblem);
	return {
		image: name,
		reference,
		content: contentDigests,
		why: [...new Set(problems.map(({ code, message }) => `${message} [${code}]`))].slice(0, 5)
	};
}
function lineOf({ image, what, where, signer, since, proven, component, status }) {
	const at = since === null ? "at no known time" : `${proven ? "proven" : "stated"} ${toSecond(since)}`;
	return `${image}: ${component ? `${component.purl}: ` : ""}${what} at ${where}, by ${signer} (${status}), ${at}`;
}

export { find };