import { o as isStageName } from "./approval.mjs";
import { c as UsageError, i as EXIT, o as SystemError, t as CountersignError } from "./errors.mjs";
import { a as counted, f as shellWord, p as toSecond } from "./text.mjs";
import { c as combineVerdict, o as verifySifFile, r as judgeImage } from "./verify.mjs";
import { c as manifestName, d as publicPlace, n as formatPlace, o as isTag, r as formatReference } from "./reference.mjs";
import { i as reason } from "./reasons.mjs";
import { c as findingsOf, m as skippedStages, o as escapeMarkdown } from "./wording.mjs";
import { n as renderMarkdown, t as renderText } from "./text2.mjs";
import { n as isAboutContent, t as planSteps } from "./plan.mjs";
import { r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { a as evidenceFrom, i as SUBJECT_INPUTS, l as subjectsFrom, n as LOOKASIDE_INPUT, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { a as criteriaFrom, i as VERIFY_DATA_INPUT, r as TRUST_INPUTS, t as NOW_INPUT, u as namesKeyFile } from "./trust2.mjs";
import { t as defineCommand } from "./spec.mjs";
import { y as principalsAt } from "./versions.mjs";
import { G as whereOf } from "./glass.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { h as writeFileAtomic, l as readFileBounded } from "./files.mjs";
import { c as lockDocument } from "./append.mjs";
import { t as PROVENANCE_PREDICATE_TYPE } from "./provenance.mjs";
import { o as encodeVerdict, r as VERDICT_PREDICATE_TYPE } from "./record.mjs";
import { l as parseDigest } from "./bytes.mjs";
import { t as VERSION } from "./version.mjs";
import { a as storeStatements } from "./evidence2.mjs";
import { n as describeEvidence } from "./files3.mjs";
import { a as evidenceSignerFrom, i as assertAttestationTag, n as ATTESTATION_TAG_INPUT, t as ALLOW_APPROVER_KEY_INPUT } from "./signer2.mjs";
import { _ as SIGNING_INPUTS, f as IMAGE_OUTPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { n as compared, r as hypothesisFrom, t as WITHOUT_INPUTS } from "./without.mjs";
import { basename, relative, resolve, sep } from "node:path";

// src/commands/verify-all/tag-state.ts
/** When the newest publication of a tag was that this machine has seen, RFC 3339. @throws as rememberPublication */
async function seenBefore(path, tag) {
	return (await readState(path)).get(tag);
}
/**
* Remembers a publication, unless a later one was seen meanwhile: then that one's time, and nothing is written. What others
* write meanwhile is kept.
* @throws UsageError for what is no such file: what was seen must not be forgotten without a word; SifError SIF_LOCKED;
* SystemError
*/
async function rememberPublication(path, tag, publishedAt) {
	if (await seenBefore(path, tag) === publishedAt) return void 0;
	await using lock = await lockDocument(path);
	const state = await readState(path);
	const seen = state.get(tag);
	if (seen !== void 0 && new Date(seen) > new Date(publishedAt)) return seen;
	state.set(tag, publishedAt);
	await lock.assertHeld();
	await lock.writing(() => writeFileAtomic(path, `${JSON.stringify(Object.fromEntries(state), void 0, 2)}\n`));
}
async function readState(path) {
	const bytes = await readFileBounded(path, LIMITS.policyBytes).catch((error) => {
		if (error instanceof SystemError && error.code === "FILE_NOT_FOUND") return void 0;
		throw error;
	});
	const document = bytes ? parseJson(bytes, path) : {};
	const entries = isJsonObject(document) ? Object.entries(document) : void 0;
	const times = entries?.flatMap(([key, time]) => typeof time === "string" ? [[key, time]] : []);
	if (entries && times?.length === entries.length && times.every(([, time]) => !Number.isNaN(Date.parse(time)))) return new Map(times);
	throw new UsageError("USAGE_INVALID_INPUT", `${path} is no record of tags`, { hint: "give another file, or remove it if what this machine has seen may be forgotten" });
}

// src/commands/verify-all/expected-tag.ts
/** What says which tag is expected to name the image. */
const EXPECTED_TAG_INPUTS = [
	{
		name: "expect-tag",
		type: "string",
		description: "Fail unless this tag of the image’s repository names it, and a publication that `push-oras` signed says so last: a tag that was moved back to an older approved image, or by somebody else, is refused. For images in registries, with a policy.",
		example: "production"
	},
	{
		name: "published-by",
		type: "list",
		description: "With `expect-tag`: principals of the policy whose publications count, one a line. Default: those who approve no stage.",
		example: "ci"
	},
	{
		name: "expect-tag-max-age",
		type: "duration",
		description: "With `expect-tag`: how old the newest publication may be, with a unit. Whoever may push can put an old tag and its old publication back together; an age bounds for how long.",
		example: "30d"
	},
	{
		name: "tag-state-path",
		type: "path",
		file: "document",
		description: "With `expect-tag`: file in which this machine keeps the time of the newest publication that it has seen of each tag, so that no older one is taken again. Made when it is missing.",
		example: "tags.json"
	}
];
/** Later than every end. */
const NO_END = "9999-12-31T00:00:00Z";
/**
* Refuses inputs that ask nothing of the subjects.
* @throws UsageError
*/
function assertExpectable(inputs, criteria, subjects) {
	const { expectTag: tag, publishedBy, given } = inputs;
	const idle = [
		"published-by",
		"expect-tag-max-age",
		"tag-state-path"
	].find((name) => given.has(name));
	if (tag === void 0 && idle !== void 0) throw new UsageError("USAGE_MISSING_INPUT", `${idle} is given without expect-tag`, { hint: "give the tag in ⟨expect-tag⟩" });
	if (tag === void 0) return;
	assertPresent(given);
	if (!isTag(tag)) throw new UsageError("USAGE_INVALID_INPUT", `expect-tag is ${JSON.stringify(tag.slice(0, 140))}`, { hint: "give the tag alone, for instance ⟨expect-tag=production⟩" });
	if (!criteria.policy) throw new UsageError("USAGE_MISSING_INPUT", "expect-tag is given without a policy", { hint: "give ⟨policy-path⟩: it says who may publish" });
	const known = criteria.policy.policy.principals.map(({ name }) => name);
	const strange = publishedBy.find((name) => !known.includes(name));
	if (strange !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `published-by: ${JSON.stringify(strange)} is no principal of the policy`, { hint: "give names of principals, one a line" });
	const outside = subjects.find((subject) => subject.in === "file" || subject.reference.in !== "registry");
	if (outside) throw new UsageError("USAGE_CONFLICTING_INPUTS", `expect-tag is given, and ${outside.name} is in no registry`, { hint: "verify the image in its registry, by tag or digest" });
}
/** What was seen on another day would be taken for the newest for ever. @throws UsageError */
function assertPresent(given) {
	if (given.has("now") && given.has("tag-state-path")) throw new UsageError("USAGE_CONFLICTING_INPUTS", "tag-state-path is given with now: it keeps what is seen at present", { hint: "leave ⟨tag-state-path⟩ out, or ⟨now⟩" });
}
/** The verdict, failed when the tag does not name the image by the word of a publisher. @throws RegistryError, SystemError */
async function withExpectedTag(verdict, image, { inputs, criteria, reference, facts }) {
	const { expectTag: tag, expectTagMaxAge: maxAge, tagStatePath } = inputs;
	if (tag === void 0) return verdict;
	const { readPublication } = await import("./publication-tag.mjs");
	const { tagProblem } = await import("./expected-tag.mjs");
	const place = formatPlace(reference);
	const key = `${place}:${tag}`;
	const seenFirst = tagStatePath === void 0 ? void 0 : await seenBefore(tagStatePath, key);
	const named = (await image.repository.getManifest(tag))?.digest;
	const found = await readPublication(image.repository, tag);
	const problemAfter = (seen) => tagProblem({
		tag,
		place,
		digest: image.descriptor.digest,
		named,
		found,
		signers: typeof found === "string" ? [] : signersOf(found.statement, verdict, {
			criteria,
			facts
		}),
		mayPublish: (names) => mayPublish(names, inputs, criteria),
		now: criteria.now,
		maxAge,
		seen
	});
	let problem = problemAfter(seenFirst);
	if (!problem && tagStatePath !== void 0 && typeof found !== "string" && verdict.verdict === "passed") {
		const later = await rememberPublication(tagStatePath, key, found.publishedAt);
		if (later !== void 0) problem = problemAfter(later);
	}
	if (!problem) return typeof found === "string" ? verdict : endingWith(verdict, found.publishedAt, maxAge);
	const outcome = verdict.outcome === "error" ? "error" : "failed";
	return {
		...verdict,
		verdict: "failed",
		outcome,
		reasons: [problem, ...verdict.reasons]
	};
}
/** Whoever keeps a passed verdict must not keep it longer than the publication is young enough. */
function endingWith(verdict, publishedAt, maxAge) {
	if (maxAge === void 0 || verdict.verdict !== "passed") return verdict;
	const end = Math.min(Date.parse(publishedAt) + maxAge, Date.parse(verdict.endsAt ?? NO_END));
	return {
		...verdict,
		endsAt: new Date(end).toISOString()
	};
}
/** The principals of each valid signature over a statement; anybody can attach a copy with a signature of their own. */
function signersOf(statement, { evidence }, { criteria: { policy, now }, facts }) {
	const valid = evidence.filter(({ kind, status, digest }) => kind === "publication" && status === "valid" && digest === statement);
	const places = new Set(valid.map(({ where }) => where));
	const signed = facts.evidence.filter(({ digest, place }) => digest === statement && places.has(whereOf(place)));
	return policy ? signed.map((fact) => principalsAt(policy.policy, fact, now)) : [];
}
/** Whoever approves has no business in publishing, unless that is said. */
function mayPublish(names, { publishedBy = [] }, { policy }) {
	if (publishedBy.length > 0) return names.some((name) => publishedBy.includes(name));
	const approvers = new Set(policy?.policy.stages.flatMap((stage) => stage.approvers));
	return names.length > 0 && !names.some((name) => approvers.has(name));
}

// src/commands/verify-all/next-steps.ts
/** The verdict with what makes the image pass. */
function withNext({ subject, verdict, facts }, { policy, stages, now }, told) {
	if (verdict.outcome !== "failed" || !policy || !facts) return verdict;
	const { steps, lacking } = planSteps(policy, facts, {
		now,
		cpuMs: () => told.host.cpuMs(),
		...stages ? { stages } : {}
	});
	const isRead = subject.in !== "file" && subject.reference.in === "registry" && policy.policy.stages.some(({ native }) => native.includes("simple-signing"));
	const { inputs } = told;
	const here = isRead ? told : {
		...told,
		inputs: {
			...inputs,
			lookaside: void 0
		}
	};
	const next = steps.map((step) => withCommand(step, subject, here));
	return {
		...verdict,
		next,
		...next.length === 0 && lacking.length > 0 ? { lacking } : {}
	};
}
function withCommand({ action, ...step }, subject, told) {
	const command = (told.host.kind === "actions" ? stepFor : lineFor)(action, subject, told);
	return command === void 0 ? step : {
		...step,
		command
	};
}
function lineFor(action, subject, told) {
	const image = imageOf(subject, told);
	if (action.task === "delete") return deletion(action, subject, told);
	const flags = [...valuesOf(action), ...surroundings(action, told)].map(([name, value]) => value === "true" ? `--${name}` : `--${name} ${shellWord(value)}`);
	return [
		"countersign",
		commandOf(action),
		...flags,
		shellWord(image)
	].join(" ");
}
function stepFor(action, subject, told) {
	const image = imageOf(subject, told);
	if (action.task === "delete") {
		const line = deletion(action, subject, told);
		return line === void 0 ? void 0 : `- { run: ${yamlText(expressionFree(line))} }`;
	}
	const { GITHUB_ACTION_REPOSITORY: from = "OWNER/countersign", GITHUB_ACTION_REF: at = "COMMIT" } = told.host.env;
	const inputs = [
		...valuesOf(action),
		...surroundings(action, told),
		["subject-path", image]
	].map(withSecret).map(([name, value]) => `${name}: ${yamlText(value)}`);
	return `- { uses: ${yamlText(`${from}/actions/${commandOf(action)}@${at}`)}, with: { ${inputs.join(", ")} } }`;
}
/** By the tools that know the place: countersign itself takes nothing away of what others have signed. */
function deletion({ place }, subject, told) {
	if (place.in === "sif") return `apptainer sif del ${place.object} ${shellWord(imageOf(subject, told))}`;
	const digest = /^referrer (sha256:[0-9a-f]{64})$/.exec(place.name)?.[1];
	if (subject.in === "file" || digest === void 0) return void 0;
	const { reference } = subject;
	const name = reference.in === "layout" ? pathFrom(told.host.cwd, reference.folder) : formatPlace(reference);
	const { plainHttp, caCertificates } = told.inputs;
	return [
		"oras manifest delete --force",
		...[
			...reference.in === "layout" ? ["--oci-layout"] : [],
			...reference.in === "registry" && plainHttp ? ["--plain-http"] : [],
			...caCertificates.slice(0, 1).map((path) => `--ca-file ${shellWord(path)}`)
		],
		shellWord(`${name}@${digest}`)
	].join(" ");
}
function withSecret([name, value]) {
	if (value === "KEY") return ["key", "${{ secrets.SIGNING_KEY }}"];
	return value === "TOKEN" ? ["review-token", "${{ github.token }}"] : [name, expressionFree(value)];
}
function commandOf({ task }) {
	return task === "approve" ? "sign-stage" : "scan-attest";
}
function valuesOf(action) {
	const what = action.task === "approve" ? [["stage", action.stage], ...action.replace ? [["replace", "true"]] : []] : evidenceFor(action.requirement);
	const review = action.task === "approve" && action.reviewed ? [["review-token-path", "TOKEN"]] : [];
	return [
		...what,
		...signingWith(action.method),
		...review
	];
}
function signingWith(method) {
	const how = ["signing-method", method ?? "key"];
	if (method === "sigstore") return [how];
	return [
		how,
		["key-path", "KEY"],
		...method === "x509" ? [["certificate-path", "CERTIFICATE"]] : []
	];
}
/** The policy judges findings again: what it may accept must not stop the scan from being signed. */
function evidenceFor({ evidence, condition }) {
	if (evidence === "sbom") return [["sbom-path", "SBOM"]];
	if (condition.of === "findings") return [["scan-report", "REPORT"], ["fail-on", condition.exceptions.length > 0 || condition.vexBy !== void 0 ? "none" : condition.failOn]];
	return [["predicate-type", evidence === "provenance" ? PROVENANCE_PREDICATE_TYPE : evidence], ["predicate-path", "PREDICATE"]];
}
/** What was given to this command and the next one needs as well; a policy that is a text has no path. */
function surroundings({ task }, { inputs, host }) {
	const { policyPath, profile, evidencePath, lookaside, caCertificates, plainHttp, workingDirectory } = inputs;
	const { requireSignedPolicy: signer, policySignerTrust } = inputs;
	const here = (path) => pathFrom(host.cwd, resolve(workingDirectory, path));
	return [
		["policy-path", policyPath === void 0 ? "POLICY" : here(policyPath)],
		...profile === void 0 ? [] : [["profile", profile]],
		...signer === void 0 ? [] : [["require-signed-policy", namesKeyFile(signer) ? here(signer) : signer]],
		...policySignerTrust.map((path) => ["policy-signer-trust", here(path)]),
		...task === "approve" ? evidencePath.map((path) => ["evidence-path", here(path)]) : [],
		...task === "approve" && lookaside !== void 0 ? [["lookaside", here(lookaside)]] : [],
		...plainHttp ? [["plain-http", "true"]] : [],
		...caCertificates.map((path) => ["ca-certificates", here(path)])
	];
}
function imageOf(subject, { host: { cwd } }) {
	if (subject.in === "file") return pathFrom(cwd, subject.path);
	const { reference } = subject;
	return formatReference(reference.in === "layout" ? {
		...reference,
		folder: pathFrom(cwd, reference.folder)
	} : reference);
}
/** From where the reader is, if it is below; never something that a program would take for a flag. */
function pathFrom(cwd, path) {
	const below = relative(cwd, path);
	if (below === "" || below === ".." || below.startsWith(`..${sep}`)) return path;
	return below.startsWith("-") ? `.${sep}${below}` : below;
}
function yamlText(value) {
	return /^[A-Za-z][A-Za-z0-9_@./-]*$/.test(value) && value !== "true" ? value : JSON.stringify(value);
}
/** The name of a file must not be evaluated where the step is copied to. */
function expressionFree(value) {
	return value.replaceAll("${{", "${{ '${{' }}");
}

// src/commands/verify-all/record.ts
/**
* What signs the verdicts; undefined when no key was given.
* @throws UsageError USAGE_CONFLICTING_INPUTS, USAGE_MISSING_INPUT when the verdict would be about less than a reader takes it
* for; SignatureError and others as evidenceSignerFrom
*/
async function recordsFrom(inputs, { criteria: { policy, now }, subjects }, host) {
	const signer = await evidenceSignerFrom(inputs, host);
	assertAttestationTag(inputs, {
		signer,
		subjects
	});
	if (!signer) return void 0;
	if (!policy) throw new UsageError("USAGE_MISSING_INPUT", "a signed verdict names the policy, and none was given", { hint: "give ⟨policy-path⟩, or leave ⟨key⟩ and ⟨signing-method⟩ out" });
	const partial = [
		...inputs.now ? ["now"] : [],
		...inputs.upToStage === void 0 ? [] : ["up-to-stage"],
		...inputs.verifyData ? [] : ["verify-data"]
	][0];
	if (partial) throw new UsageError("USAGE_CONFLICTING_INPUTS", `a key is given with ${partial}: readers of a signed verdict take it for one about all stages and data, at present`, { hint: `leave ⟨${partial}⟩ out, or verify without ⟨key⟩ and ⟨signing-method⟩` });
	return new Records({
		signer,
		policy,
		now
	});
}
/**
* Signs the verdict about one image and stores it there.
* @throws as storeEvidence, storeRegistryEvidence
*/
async function recordVerdict({ subject, verdict, examination }, { signer, policy, now }, surroundings) {
	const { inputs } = surroundings;
	const options = {
		statements: [statementOf(subject, verdict, {
			policy,
			now
		})],
		signer,
		now,
		beside: inputs.store === "file",
		folder: inputs.bundleFolder,
		attestationTag: inputs.attestationTag,
		...examination ? { examination } : {}
	};
	if (subject.in === "file") return storeStatements(subject, options, surroundings);
	const reference = {
		...subject.reference,
		digest: pinnedDigest(verdict.reference)
	};
	return storeStatements({
		...subject,
		reference
	}, options, surroundings);
}
/** What became of the verdicts of a run. */
var Records = class {
	#recorder;
	/** What was signed. */
	stored = [];
	/** Lines about what was signed and what was not, for people. */
	notes = [];
	/** Why the first verdict that should have been signed was not. */
	error;
	constructor(recorder) {
		this.#recorder = recorder;
	}
	/** Signs and stores the verdict about an image, if it is to be signed; says so if it is not. */
	async add(image, surroundings) {
		const { subject, verdict } = image;
		const why = unsignedBecause(verdict, surroundings.inputs);
		if (why !== void 0) {
			this.#note(subject, why);
			return;
		}
		try {
			const { evidence } = await recordVerdict(image, this.#recorder, surroundings);
			this.stored.push(...evidence.map((one) => ({
				subject: subject.name,
				...one
			})));
			this.notes.push(...evidence.map((one) => `${subject.name}: ${describeEvidence(one)}`));
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			const { code, message, hint } = error;
			this.error ??= {
				code,
				message: `${subject.name}: the verdict is passed, and was not signed: ${message}`,
				hint
			};
			this.#note(subject, message);
		}
	}
	#note({ name }, why) {
		this.notes.push(`${name}: verdict: not signed, ${why}`);
	}
};
function unsignedBecause({ verdict, outcome }, { attestFailed }) {
	if (outcome === "error") return "the image could not be read";
	return verdict === "failed" && !attestFailed ? "it failed (attest-failed signs it all the same)" : void 0;
}
/** Of the manifest that was judged. */
function pinnedDigest(reference) {
	return parseDigest(reference?.slice(reference.lastIndexOf("@") + 1) ?? "");
}
function statementOf(subject, { verdict, reference, layers, evidence, stages }, { policy, now }) {
	const content = {
		verdict,
		timeVerified: toSecond(now),
		resourceUri: subject.in === "file" ? `file:${basename(subject.path)}` : `${publicPlace(subject.reference)}@${pinnedDigest(reference)}`,
		policy: {
			name: policy.name,
			digest: policy.digest
		},
		breakGlass: verdict === "passed" ? skippedStages(stages) : [],
		approvals: layers.flatMap(({ kind, status, stage, digest }) => kind === "bundle" && status === "valid" && stage !== null ? [{
			stage,
			digest: parseDigest(digest)
		}] : []),
		evidence: evidence.flatMap(({ kind, status, predicateType, digest }) => status === "valid" && kind !== "verdict" && kind !== "publication" ? [{
			predicateType,
			digest: parseDigest(digest)
		}] : [])
	};
	return {
		label: "verdict",
		predicateType: VERDICT_PREDICATE_TYPE,
		predicate: encodeVerdict(content, VERSION)
	};
}

// src/commands/verify-all/spec.ts
const RECORD_INPUTS = [
	...SIGNING_INPUTS,
	ALLOW_APPROVER_KEY_INPUT,
	{
		name: "attest-failed",
		type: "boolean",
		default: "false",
		description: "With a key: sign a failed verdict too. By default only a passed one is signed: other tools take any signed statement for a signature."
	},
	{
		name: "store",
		type: "enum",
		values: ["auto", "file"],
		default: "auto",
		description: "Where the signed verdict goes: `auto` puts it into a SIF file or attaches it to an image in a registry or layout folder, in the place of the verdict by the same key and policy that is there; `file` leaves the image as it is and writes `IMAGE.verdict.sigstore.json`."
	},
	{
		name: "bundle-folder",
		type: "path",
		file: "folder",
		description: "Folder that receives a copy of the signed verdict, as `IMAGE.verdict.sigstore.json`. Default: beside the image (for registries: the working directory), and only with `store: file`.",
		example: "bundles"
	},
	ATTESTATION_TAG_INPUT
];
/** What verify-all takes and gives. */
const spec = {
	name: "verify-all",
	summary: "Verify every layer and every stage of images and decide by policy",
	description: "Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image. With a key and a policy the verdict is signed as a SLSA Verification Summary and attached to the image; no approval and no later verdict rests on it.",
	positional: "subject-path",
	privileged: "with-key",
	action: {
		title: "countersign: verify all",
		icon: "check-square",
		color: "green"
	},
	inputs: [
		...SUBJECT_INPUTS,
		...TRUST_INPUTS,
		NOW_INPUT,
		VERIFY_DATA_INPUT,
		EVIDENCE_INPUT,
		LOOKASIDE_INPUT,
		...EXPECTED_TAG_INPUTS,
		...WITHOUT_INPUTS,
		{
			name: "required-stages",
			type: "list",
			description: "Without a policy: stages that must be approved, one a line.",
			example: "author"
		},
		...RECORD_INPUTS,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "subjects",
			description: "The images as a JSON array of `name`, `digest` (content digest), `path`, `reference` (`place@sha256:…` of an image in a registry) and `verdict`.",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/app.sif\",\"reference\":\"\",\"verdict\":\"passed\"}]"
		},
		...IMAGE_OUTPUTS,
		{
			name: "approvals",
			description: "JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.",
			example: "[{\"name\":\"app.sif\",\"stage\":\"author\",\"method\":\"pgp\",\"signer\":\"…\",\"principal\":\"alice\"}]"
		},
		{
			name: "evidence",
			description: "JSON array of the signed verdicts: `subject`, `predicateType`, `signed`, `where`, `digest` (of the statement) and `path`.",
			example: "[{\"subject\":\"app.sif\",\"predicateType\":\"https://slsa.dev/verification_summary/v1\",\"signed\":true,\"where\":\"lane\",\"digest\":\"sha256:…\",\"path\":null}]"
		},
		{
			name: "bundle-path",
			description: "Paths of the signed verdicts that are in files, one a line.",
			example: "/images/app.sif.verdict.sigstore.json"
		}
	]
};

// src/commands/verify-all/verify-all.ts
async function run(inputs, host) {
	const subjects = await subjectsFrom(inputs);
	const { requiredStages } = inputs;
	assertStageNames(requiredStages);
	const criteria = await criteriaFrom(inputs, inputs.now ?? host.now(), {
		requiredStages,
		needed: true
	});
	if (EXPECTED_TAG_INPUTS.some(({ name }) => inputs.given.has(name))) assertExpectable(inputs, criteria, subjects);
	const task = {
		inputs,
		host,
		beside: await evidenceFrom(inputs)
	};
	const records = inputs.signingMethod !== void 0 || inputs.key !== void 0 || inputs.attestationTag ? await recordsFrom(inputs, {
		criteria,
		subjects
	}, host) : void 0;
	const hypothesis = inputs.without.length > 0 || inputs.since !== void 0 ? await hypothesisFrom(inputs, criteria) : void 0;
	const images = [];
	for (const subject of subjects) await host.group(`Verifying ${subject.name}`, async () => {
		const verified = {
			subject,
			...await verifyBoth(subject, {
				criteria,
				hypothesis
			}, task)
		};
		const { outcome } = verified.verdict;
		const isPlanned = outcome === "failed" && images.filter(({ verdict }) => verdict === "failed").length < MOST_PLANNED;
		images.push(isPlanned ? withNext(verified, verified.by, task) : verified.verdict);
		await records?.add(verified, task);
	});
	const verdict = combineVerdict(images, {
		now: criteria.now,
		asOf: inputs.now !== void 0,
		without: hypothesis?.without,
		policy: criteria.policy && {
			name: criteria.policy.name,
			digest: criteria.policy.digest
		}
	});
	const error = verdict.outcome === "error" ? firstUnread(verdict) : records?.error;
	if (!error || images.length > 1) for (const finding of findingsOf(verdict)) host.finding(finding);
	const outcome = verdict.outcome === "passed" && error ? "error" : verdict.outcome;
	const notes = records?.notes ?? (images.some((image) => image.verdict === "passed") ? [UNSIGNED] : []);
	return {
		...error ? { error } : {},
		exitCode: {
			passed: EXIT.passed,
			failed: EXIT.failed,
			error: EXIT.environment
		}[outcome],
		json: verdict,
		text: renderText(verdict, notes),
		summary: () => `${renderMarkdown(verdict)}${notes.map((note) => `\n- ${escapeMarkdown(note)}\n`).join("")}`,
		outputs: {
			...outputsOf(verdict, subjects),
			...storedOutputs(records?.stored ?? [])
		}
	};
}
const UNSIGNED = "verdict: not signed, no key was given";
function assertStageNames(names) {
	const strange = names.find((name) => !isStageName(name));
	if (strange !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `required-stages: no stage is called ${JSON.stringify(strange)}`, { hint: "give each stage as a value of its own, one a line, in lower-case letters, digits and inner hyphens" });
}
/** Of so many failed images it is said what makes them pass: that is looked for by trying. */
const MOST_PLANNED = 20;
/** Why there is no answer about the first image that could not be read. */
function firstUnread({ images }) {
	const unread = images.filter(({ outcome }) => outcome === "error");
	const [why] = unread[0]?.reasons ?? [];
	if (!why || images.length === 1) return why;
	const count = `${unread.length} of ${counted(images.length, "image")} could not be read`;
	return {
		...why,
		message: `${count}; ${unread[0]?.name}: ${why.message}`
	};
}
/** As things are and, if that passes, as they would be. */
async function verifyBoth(subject, { criteria, hypothesis }, task) {
	const today = await verifyOne(subject, criteria, task);
	if (!hypothesis || today.verdict.verdict !== "passed") return {
		...today,
		by: criteria
	};
	const then = await verifyOne(subject, hypothesis.criteria, task);
	return {
		...then,
		verdict: compared(today.verdict, then.verdict, hypothesis),
		by: hypothesis.criteria
	};
}
/** A subject that cannot be read fails and lets the others be verified. */
async function verifyOne(subject, criteria, task) {
	try {
		return await judgeSubject(subject, criteria, task);
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return { verdict: unreadable(subject, error, criteria) };
	}
}
/** The verdict about a subject, and the facts that it rests on. @throws CountersignError when it cannot be read */
async function judgeSubject(subject, criteria, { inputs, host, ...task }) {
	const progress = host.progress(`reading ${subject.name}`);
	const { name } = subject;
	const onBytes = (done, total) => progress.update(done, total);
	try {
		if (subject.in === "file") {
			const verified = await verifySifFile(subject.path, criteria, {
				name,
				onBytes,
				...task
			});
			return {
				...verified,
				facts: verified.examination.facts
			};
		}
		const { reference } = subject;
		const { openRegistryImage } = await import("./image2.mjs");
		const { examineRegistryImage } = await import("./examine2.mjs");
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		const image = await openRegistryImage(opened.repository, manifestName(reference));
		const { verifyData, lookaside } = inputs;
		const { verifier, now } = criteria;
		const { facts } = await examineRegistryImage(image, {
			name,
			verifier,
			now,
			verifyData,
			evidence: task.beside,
			lookaside,
			onBytes
		});
		const verdict = judgeImage({ facts }, criteria);
		if (inputs.expectTag === void 0) return {
			verdict,
			facts
		};
		return {
			verdict: await withExpectedTag(verdict, image, {
				inputs,
				criteria,
				reference,
				facts
			}),
			facts
		};
	} finally {
		progress.finish();
	}
}
function unreadable(subject, error, { policy, stages: asked }) {
	const { code, message, hint } = error;
	const undecided = reason("IMAGE_UNREADABLE", "the image could not be read");
	const stages = (policy?.policy.stages ?? []).filter(({ name }) => asked?.includes(name) ?? true).map(({ name, threshold }) => ({
		stage: name,
		verdict: "not-checked",
		approvedBy: [],
		needed: threshold,
		reasons: [undecided]
	}));
	return {
		name: subject.name,
		kind: subject.in === "file" ? "sif" : "oci",
		reference: null,
		dataVerified: false,
		contentDigests: [],
		verdict: "failed",
		outcome: isAboutContent(error) ? "failed" : "error",
		unsigned: false,
		stages,
		layers: [],
		evidence: [],
		notJudged: [],
		coverage: [],
		reasons: [{
			code,
			message,
			hint
		}]
	};
}
function outputsOf(verdict, images) {
	const subjects = verdict.images.flatMap((image, index) => image.contentDigests.map((digest) => ({
		name: image.name,
		digest,
		path: pathOf(images[index]),
		reference: image.reference ?? "",
		verdict: image.verdict
	})));
	const approvals = verdict.images.flatMap((image) => image.layers.flatMap(({ kind, stage, status, method, signer, signedAt }) => kind === "bundle" && stage !== null && status === "valid" ? [{
		name: image.name,
		stage,
		method,
		signer: signer ? signerText(signer) : "",
		principal: signer?.principal ?? null,
		time: signedAt
	}] : []));
	return {
		verdict: verdict.verdict,
		"error-code": firstUnread(verdict)?.code ?? "",
		subjects: JSON.stringify(subjects),
		digest: subjects.length === 1 ? subjects[0]?.digest ?? "" : "",
		reference: verdict.images.length === 1 ? verdict.images[0]?.reference ?? "" : "",
		"data-verified": String(verdict.images.every(({ dataVerified }) => dataVerified)),
		"image-path": images.length === 1 ? pathOf(images[0]) : "",
		approvals: JSON.stringify(approvals)
	};
}
function storedOutputs(stored) {
	return {
		evidence: JSON.stringify(stored),
		"bundle-path": stored.flatMap(({ path }) => path ?? []).join("\n")
	};
}
/** A signer in the form that sign-stage's outputs have, so that scripts can compare the two. */
function signerText({ method, fingerprint, hint, certificateSha256, san }) {
	if (method === "sigstore") return `sigstore:${san?.[0] ?? hint ?? ""}`;
	return `${method}:${(method === "pgp" ? fingerprint : method === "x509" ? certificateSha256 : hint) ?? ""}`;
}
function pathOf(subject) {
	return subject?.in === "file" ? subject.path : "";
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { withNext as i, judgeSubject as n, verifyOne as r, command as t };