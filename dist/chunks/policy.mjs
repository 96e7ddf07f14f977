import { a as encodeSignedPolicy, c as PATH$1, i as signaturePath, o as parseDocument, r as profilesIn, s as neverFilled, t as loadPolicy } from "./load.mjs";
import { c as UsageError, i as EXIT, o as SystemError, r as DataError } from "./errors.mjs";
import { a as counted, c as listed, m as visibleLine, n as asOfLine, p as toSecond, u as printable } from "./text.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { _ as SIGNING_INPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { d as pinFrom, i as VERIFY_DATA_INPUT, l as POLICY_CHOICE_INPUTS, t as NOW_INPUT } from "./trust2.mjs";
import { r as parseJson } from "./json.mjs";
import { t as LIMITS } from "./limits.mjs";
import { h as writeFileAtomic, l as readFileBounded, p as writeDocument } from "./files.mjs";
import { l as evaluatePolicy, t as createCriteria } from "./verify.mjs";
import { a as list$1, f as choice, g as located, h as line, o as many, s as object$1, x as valueOf, y as problemAt } from "./deny-field.mjs";
import { r as isProblem } from "./reasons.mjs";
import { c as isDigest, d as sha256, f as sha256Hex } from "./bytes.mjs";
import { n as assertDistinctFrom } from "./files2.mjs";
import { t as CONNECTION_INPUTS } from "./registry.mjs";
import { a as evidenceFrom, i as SUBJECT_INPUTS, l as subjectsFrom, n as LOOKASIDE_INPUT, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { r as verifyOne } from "./verify-all.mjs";
import { r as unknownTask, t as defineCommand } from "./spec.mjs";
import { u as quorumText } from "./reports.mjs";
import { t as denialText } from "./denial.mjs";
import { t as denialsOf } from "./denials.mjs";
import { o as quorumsOf, t as areDistinct } from "./threshold.mjs";
import { _ as isExpired } from "./glass.mjs";
import { n as isAboutOverlays } from "./scope.mjs";
import { r as matchesPattern } from "./pattern.mjs";
import { p as isMany } from "./versions.mjs";
import { r as signStatement } from "./sign.mjs";
import { c as signerFrom } from "./signing.mjs";
import { dirname, resolve } from "node:path";

// src/policy/recorded.ts
/** The document that holds recorded facts, and nothing that reads like a verdict. */
const RECORDED_SCHEMA = "countersign/recorded-facts/v1";
/** The members of the document. */
function encodeRecorded({ recordedAt, facts }) {
	return {
		schema: RECORDED_SCHEMA,
		recordedAt: recordedAt.toISOString(),
		facts: written(facts)
	};
}
/** Undefined for what is no such document, or has a member that is missing, unknown or of another type. */
function decodeRecorded(value) {
	if (!isRecord(value) || value["schema"] !== RECORDED_SCHEMA || Object.keys(value).length !== 3) return void 0;
	const recordedAt = new Date(typeof value["recordedAt"] === "string" ? value["recordedAt"] : NaN);
	const facts = read(value["facts"]);
	return time(recordedAt) && isFacts(facts) ? {
		recordedAt,
		facts
	} : void 0;
}
/** JSON has neither times nor bytes: each is an object with one member. */
function written(value) {
	if (value instanceof Date) return { $time: value.toISOString() };
	if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString("base64") };
	if (Array.isArray(value)) return value.map(written);
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, written(one)]));
}
function read(value) {
	if (Array.isArray(value)) return value.map(read);
	if (!isRecord(value)) return value;
	const { $time: at, $base64: bytes } = value;
	if (typeof at === "string") return new Date(at);
	if (typeof bytes === "string") return new Uint8Array(Buffer.from(bytes, "base64"));
	return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, read(one)]));
}
function isRecord(value) {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
const text = (value) => typeof value === "string";
const flag = (value) => typeof value === "boolean";
const count = (value) => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const time = (value) => value instanceof Date && !Number.isNaN(value.getTime());
const bytes = (value) => value instanceof Uint8Array;
const digest = (value) => typeof value === "string" && isDigest(value);
const word = (...words) => (value) => words.includes(value);
const either = (...checks) => (value) => checks.some((check) => check(value));
const maybe = (check) => either(word(null), check);
const list = (check) => (value) => Array.isArray(value) && value.every(check);
const object = (members, optional = {}) => (value) => isRecord(value) && Object.keys(members).every((key) => Object.hasOwn(value, key)) && Object.entries(value).every(([key, one]) => {
	const check = Object.hasOwn(members, key) ? members[key] : Object.hasOwn(optional, key) && optional[key];
	return check ? check(one) : false;
});
const texts = (value) => isRecord(value) && Object.values(value).every(text);
const REASONS = list(object({
	code: text,
	message: text,
	hint: text
}, { severity: word("remark") }));
const SOURCED = { trustSource: object({
	kind: text,
	name: text
}) };
const CERTIFIED = {
	hint: text,
	algorithm: text,
	issuer: text,
	san: list(text),
	certificateSha256: text
};
const CRL = object({
	number: text,
	thisUpdate: text,
	nextUpdate: text
});
const PATH = list(object({
	subject: text,
	serial: text,
	notAfter: text,
	revocation: text
}, { crl: CRL }));
const SIGNER = either(object({
	method: word("pgp"),
	fingerprint: text,
	userIds: list(text)
}, {
	subkey: text,
	hint: text,
	expires: text,
	...SOURCED
}), object({
	method: word("key"),
	hint: text,
	algorithm: text
}, SOURCED), object({
	method: word("x509"),
	...CERTIFIED,
	subject: text,
	serial: text,
	notBefore: text,
	notAfter: text,
	anchors: list(text),
	chain: list(text)
}, {
	path: PATH,
	...SOURCED
}), object({
	method: word("sigstore"),
	...CERTIFIED,
	claims: texts,
	provenAt: maybe(text)
}, {
	reviewers: list(object({
		login: text,
		id: text
	})),
	...SOURCED
}));
const NAMED = object({ key: text }, { fingerprint: text });
const PROVEN = object({
	time,
	latest: time,
	accuracyMs: count,
	proof: word("timestamp", "later-approval"),
	by: text
});
const APPROVAL = object({
	stage: text,
	signer: maybe(object({
		key: text,
		certificates: list(text)
	}, { fingerprint: text })),
	verifierId: text,
	timeVerified: text,
	resourceUri: text,
	policy: object({
		name: text,
		digest: maybe(digest)
	}),
	sequence: count,
	previous: maybe(digest),
	roster: list(object({
		stage: maybe(text),
		digest,
		signer: maybe(NAMED)
	})),
	replaces: list(object({
		digest,
		signer: NAMED
	})),
	evidence: list(object({
		predicateType: text,
		digest
	}, {
		signer: NAMED,
		detached: flag
	})),
	dataVerified: flag,
	expires: maybe(text),
	native: list(object({
		group: count,
		digest
	})),
	reason: maybe(text),
	ticket: maybe(text),
	run: maybe(texts)
});
const FOUND = {
	place: either(object({
		in: word("sif"),
		object: count
	}), object({
		in: word("registry"),
		name: text
	})),
	digest,
	method: word("pgp", "key", "x509", "sigstore", null),
	signer: maybe(SIGNER),
	signature: word("valid", "invalid", "unknown-signer", "untrusted", "unreadable"),
	reasons: REASONS,
	covers: list(text),
	contradicted: flag
};
const TIMED = {
	proven: PROVEN,
	timeRemarks: REASONS
};
const LAYER = object({
	...FOUND,
	kind: word("native-pgp", "native-dsse", "native-legacy", "bundle", "cosign", "notation", "simple-signing"),
	approval: maybe(APPROVAL),
	signedAt: maybe(text)
}, {
	...TIMED,
	granted: word(true),
	vouched: list(object({
		by: text,
		signer: maybe(SIGNER),
		reasons: REASONS,
		proven: PROVEN
	})),
	expires: text,
	statedStage: maybe(text),
	companion: flag,
	signedReference: text
});
const WITHDRAWAL = object({
	stage: text,
	approvals: list(digest),
	reason: text,
	withdrawnAt: text
});
const EVIDENCE = object({
	...FOUND,
	predicateType: text
}, {
	...TIMED,
	detached: flag,
	record: word("verdict", "publication"),
	withdrawal: WITHDRAWAL,
	breakGlass: either(text, object({
		stage: text,
		stageId: text,
		reason: text,
		ticket: text,
		from: text,
		until: text
	})),
	withdrawn: WITHDRAWAL,
	statement: bytes
});
const FACTS = object({
	name: text,
	kind: word("sif", "oci"),
	contentDigests: list(digest),
	units: list(object({ id: text }, {
		encrypted: flag,
		writable: flag,
		group: count,
		use: word("overlay", "data")
	})),
	layers: list(LAYER),
	evidence: list(EVIDENCE),
	dataRead: flag,
	problems: REASONS
}, {
	reference: text,
	pinned: text,
	hasId: flag,
	unjudged: list(object({
		where: text,
		type: text
	}))
});
function isFacts(value) {
	return FACTS(value);
}

// src/commands/policy/judge.ts
/** The inputs that say which images are judged, and how. */
const JUDGING_INPUTS = [
	{
		name: "new-profile",
		type: "string",
		description: "For `policy diff`: the profile of the second policy, which may be the same file. Default: the same as of the first.",
		example: "production"
	},
	{
		name: "facts-path",
		type: "path",
		file: "document",
		description: "For `policy record`: file for the facts that are found on the image, which is not replaced unless it holds recorded facts.",
		example: "facts.json"
	},
	...SUBJECT_INPUTS,
	EVIDENCE_INPUT,
	LOOKASIDE_INPUT,
	NOW_INPUT,
	VERIFY_DATA_INPUT,
	...CONNECTION_INPUTS
];
const TIME = line({ check: (text) => Number.isNaN(Date.parse(text)) || !/T.*Z$/.test(text) ? {
	problem: "is no time",
	hint: "write it as \"2026-11-22T12:00:00Z\""
} : void 0 });
const CASES = object$1({ cases: {
	about: "What is expected of which image.",
	field: list$1(located(object$1({
		image: {
			about: "Path from this file on, or a reference.",
			field: line({ limit: 4096 }),
			absent: void 0
		},
		facts: {
			about: "Facts recorded by policy record, in place of an image.",
			field: PATH$1,
			absent: void 0
		},
		expect: {
			about: "The verdict.",
			field: choice(["passed", "failed"])
		},
		reasons: {
			about: "Codes that must be among the reasons.",
			field: many(line(), {}),
			absent: []
		},
		now: {
			about: "The time of the verdict; of recorded facts that of the recording.",
			field: TIME,
			absent: void 0
		}
	})), { max: 1e4 })
} });
/**
* Judges the images of a file of cases by a policy; both absolute paths.
* @throws PolicyError, also for what is wrong with the cases; UsageError, SystemError, DataError
*/
async function testPolicy({ cases: casesPath, policy: path }, { inputs, host, choice }) {
	const { cases } = CASES.read(parseDocument(await readFileBounded(casesPath, LIMITS.listBytes), casesPath), "");
	const policy = await loadPolicy(path, choice);
	const beside = await evidenceFrom(inputs);
	const results = [];
	for (const { value, location } of cases) {
		const { image, facts, expect, reasons, now: at } = value;
		const [subject, ...more] = [image, facts].flatMap((one) => one ?? []);
		if (!subject || more.length > 0) throw problemAt({ location }, "POLICY_INVALID_VALUE", "a case is about an image or facts", "write one of the two");
		const now = at && new Date(at.value);
		const said = facts ? await recordedVerdict(resolve(dirname(casesPath), facts.value), policy, now) : await imageVerdict(subject, dirname(casesPath), {
			policy,
			now,
			inputs,
			host,
			beside
		});
		const missing = reasons.map(valueOf).filter((code) => !said.reasons.some((one) => one.code === code));
		const about = facts ? { facts: subject.value } : { image: subject.value };
		results.push({
			...about,
			expected: expect.value,
			...said,
			missing,
			line: subject.location.line
		});
	}
	const wrong = results.filter(({ expected, outcome, missing }) => expected !== outcome || missing.length > 0);
	const lines = wrong.flatMap(({ image, facts, expected, line, missing, ...said }) => [
		`✗ line ${line}: ${facts === void 0 ? image : `the facts in ${facts}`}: expected ${expected}, is ${said.outcome}`,
		...missing.map((code) => `    ${code} is not among the reasons`),
		...reasonLines(said)
	]);
	return {
		exitCode: wrong.length > 0 ? EXIT.failed : EXIT.passed,
		outputs: { verdict: wrong.length > 0 ? "failed" : "passed" },
		text: textOf([...lines, `${results.length - wrong.length} of ${results.length} as expected`]),
		json: {
			schema: "countersign/policy-test/v1",
			policy: policy.digest,
			cases: results
		}
	};
}
async function imageVerdict(image, workingDirectory, { policy, now, inputs, host, beside }) {
	const criteria = await createCriteria({
		policy,
		now: now ?? inputs.now ?? host.now()
	});
	const where = {
		workingDirectory,
		subjectPath: [image.value],
		subjectName: []
	};
	const [subject, ...more] = await subjectsFrom({
		...inputs,
		...where
	});
	if (!subject || more.length > 0) throw problemAt(image, "POLICY_INVALID_VALUE", "a case is about one image", "write a case for each image");
	return saidOf((await verifyOne(subject, criteria, {
		inputs,
		host,
		beside
	})).verdict);
}
/** What the policy says of facts, without the image that they were found on. */
async function recordedVerdict(path, { policy }, now) {
	const recorded = decodeRecorded(parseJson(await readFileBounded(path, LIMITS.listBytes), path));
	if (!recorded) throw new DataError("DATA_JSON_INVALID", `${path} holds no recorded facts`, { hint: "record them by countersign policy record countersign.yaml ⟨facts-path=facts.json⟩ ⟨subject-path=app.sif⟩" });
	return saidOf(evaluatePolicy(policy, recorded.facts, { now: now ?? recorded.recordedAt }));
}
/**
* Writes down what is found on an image, by the keys of a policy; an absolute path.
* @throws PolicyError, UsageError, SystemError, DataError
*/
async function recordFacts(path, { inputs, host, choice }) {
	const recordedAt = inputs.now ?? host.now();
	const policy = await loadPolicy(path, choice);
	const [subject, ...more] = await subjectsFrom(inputs);
	if (!subject || more.length > 0 || inputs.factsPath === void 0) throw new UsageError("USAGE_MISSING_INPUT", "policy record is about one image and one file for its facts", { hint: "write countersign policy record countersign.yaml ⟨facts-path=facts.json⟩ ⟨subject-path=app.sif⟩" });
	const used = policy.files.map((file) => ({
		input: "task",
		use: "read",
		path: file.path
	}));
	await assertDistinctFrom(inputs.files, used);
	await assertReplaceable(inputs.factsPath);
	const criteria = await createCriteria({
		policy,
		now: recordedAt
	});
	const { facts, verdict } = await verifyOne(subject, criteria, {
		inputs,
		host,
		beside: await evidenceFrom(inputs)
	});
	const document = facts && `${JSON.stringify(encodeRecorded({
		recordedAt,
		facts
	}), null, 1)}\n`;
	if (document !== void 0) await writeDocument(inputs.factsPath, document);
	const said = document === void 0 ? saidOf(verdict) : void 0;
	return {
		exitCode: EXIT[said ? "environment" : "passed"],
		outputs: { verdict: said ? "failed" : "passed" },
		text: textOf(said ? [`${subject.name}: nothing was recorded`, ...reasonLines(said)] : [`${inputs.factsPath}: what was found on ${subject.name}, and no verdict`]),
		json: {
			schema: "countersign/policy-record/v1",
			image: subject.name,
			facts: said ? null : inputs.factsPath
		}
	};
}
/** Of files only what was recorded before, or an empty one, is replaced. @throws UsageError USAGE_FILE_EXISTS; SystemError */
async function assertReplaceable(path) {
	try {
		const bytes = await readFileBounded(path, LIMITS.listBytes);
		if (bytes.length === 0 || decodeRecorded(parseJson(bytes, path))) return;
	} catch (error) {
		if (error instanceof SystemError && ["FILE_NOT_FOUND", "FILE_NOT_REGULAR"].includes(error.code)) return;
		if (!(error instanceof DataError)) throw error;
	}
	throw new UsageError("USAGE_FILE_EXISTS", `${path} exists already, and holds no recorded facts`, { hint: "give another ⟨facts-path⟩, or remove the file if nobody needs it" });
}
/**
* Judges the images of the inputs by two policies; absolute paths.
* @throws PolicyError, UsageError, SystemError, DataError
*/
async function diffPolicies({ before: from, after: to }, { inputs, host, choice }) {
	const now = inputs.now ?? host.now();
	const criteria = async (path, profile) => createCriteria({
		policy: await loadPolicy(path, {
			...choice,
			profile
		}),
		now
	});
	const before = await criteria(from, choice.profile);
	const after = await criteria(to, inputs.newProfile ?? choice.profile);
	const task = {
		inputs,
		host,
		beside: await evidenceFrom(inputs)
	};
	const images = [];
	for (const subject of await subjectsFrom(inputs)) images.push({
		name: subject.name,
		before: saidOf((await verifyOne(subject, before, task)).verdict),
		after: saidOf((await verifyOne(subject, after, task)).verdict)
	});
	const changed = images.filter((image) => image.before.outcome !== image.after.outcome);
	const unread = images.filter((image) => image.before.outcome === "error" || image.after.outcome === "error");
	const lines = images.filter((image) => changed.includes(image) || unread.includes(image)).flatMap((image) => [
		`${image.name}: ${image.before.outcome} → ${image.after.outcome}`,
		...reasonLines(image.before, "before: "),
		...reasonLines(image.after, "after: ")
	]);
	const count = `${changed.length} of ${images.length} change their verdict${unreadable(unread.length)}`;
	const exit = unread.length > 0 ? "environment" : changed.length > 0 ? "failed" : "passed";
	return {
		exitCode: EXIT[exit],
		outputs: { verdict: exit === "passed" ? "passed" : "failed" },
		text: textOf([...lines, count]) + asOfLine(inputs.now),
		json: {
			schema: "countersign/policy-diff/v1",
			before: before.policy?.digest,
			after: after.policy?.digest,
			images: images.map((image) => ({
				...image,
				changed: changed.includes(image)
			}))
		}
	};
}
function unreadable(count) {
	return count > 0 ? `; ${count} could not be read` : "";
}
/** @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT when there are not two words */
function twoPaths(action, words, folder) {
	const [one, other, ...more] = words;
	if (one !== void 0 && other !== void 0 && more.length === 0) return [resolve(folder, one), resolve(folder, other)];
	const code = more.length > 0 ? "USAGE_INVALID_INPUT" : "USAGE_MISSING_INPUT";
	throw new UsageError(code, `policy ${action} takes two files, and was given ${words.length}`, { hint: action === "test" ? "write countersign policy test cases.yaml countersign.yaml" : "write countersign policy diff old.yaml new.yaml ⟨subject-path=app.sif⟩" });
}
function saidOf({ reference, outcome, stages, reasons }) {
	return {
		reference,
		outcome,
		reasons: [...stages.flatMap((stage) => stage.reasons), ...reasons].filter(isProblem).map(({ code, message }) => ({
			code,
			message
		}))
	};
}
function reasonLines({ reasons }, prefix = "") {
	return reasons.slice(0, 20).map(({ code, message }) => `    ${prefix}${message} [${code}]`);
}
function textOf(lines) {
	return lines.map((line) => `${printable(line, 2e3)}\n`).join("");
}

// src/commands/policy/explain.ts
/** One sentence a stage, a group of distinct stages, and a set of people who can do the same. */
function explainPolicy({ stages, distinct, principals }) {
	const many = new Set(principals.flatMap((one) => one.many ? [one.name] : []));
	const called = (name) => many.has(name) ? `everybody of ${name}` : name;
	return [
		...stages.map(explainStage),
		...distinct.map((group) => `nobody counts for two of ${group.join(", ")}`),
		...peopleByStages(stages).map((group) => `${listed(group.names.map(called))} can approve ${group.stages.map((stage) => stage.name).join(" and ")}`)
	];
}
/** Every approver, with all others who may approve the same stages. */
function peopleByStages(stages) {
	const byName = /* @__PURE__ */ new Map();
	for (const stage of stages) for (const name of stage.approvers) {
		const mine = byName.get(name);
		if (mine) mine.push(stage);
		else byName.set(name, [stage]);
	}
	const groups = /* @__PURE__ */ new Map();
	for (const [name, mine] of byName) {
		const key = mine.map((stage) => stage.name).join(" ");
		const group = groups.get(key) ?? {
			stages: mine,
			names: []
		};
		group.names.push(name);
		groups.set(key, group);
	}
	return [...groups.values()];
}
/** What a stage is about, in words. */
function aboutOf({ objects }) {
	if (objects === void 0) return "";
	if (objects === "base") return ", about the base of an image alone,";
	if (objects === "overlays") return ", about overlays alone, asked only where there are some,";
	return `, about overlays in group ${objects.join(" or ")} alone, asked only where there are some,`;
}
function explainStage(stage) {
	const people = quorumsOf(stage).map(quorumText).join(" and ");
	const after = stage.after.length > 0 ? `, each of whom has seen ${stage.after.join(" and ")} approved` : "";
	const pieces = stage.requires.length > 0 ? `; it rests on ${counted(stage.requires.length, "kind")} of evidence` : "";
	const grants = stage.grantors?.length ? `; ${listed(stage.grantors)} may let others approve in their place` : "";
	const { breakGlass } = stage;
	const glass = breakGlass ? `; ${listed(breakGlass.by, "or")} may let it be skipped for ${breakGlass.maxDuration / 36e5} hours` : "";
	return `${stage.name}${aboutOf(stage)} passes with an approval by ${people}${after}${pieces}${grants}${glass}`;
}
/** A credential in one line, as docs/policy.md writes it. */
function describeCredential(credential) {
	switch (credential.method) {
		case "pgp": return `pgp ${credential.fingerprint}`;
		case "key": return `key ${credential.hint}`;
		case "x509": {
			const names = [
				"san",
				"subject",
				"issuer"
			].filter((field) => credential[field].length > 0).map((field) => `${field} ${credential[field].join(" or ")}`);
			return `x509 ${[...credential.any ? ["any name"] : [], ...names].join(", ")}, anchor ${credential.anchors.map((anchor) => anchor.slice(0, 12)).join(" or ")}`;
		}
		case "sigstore": return describeKeyless(credential);
		default: return credential;
	}
}
/** A keyless credential in one line. */
function describeKeyless({ issuer, san, claims }) {
	const said = Object.entries(claims).map(([claim, patterns]) => `${claim} ${patterns.join(" or ")}`);
	return `keyless ${[
		...san.length > 0 ? [`san ${san.join(" or ")}`] : [],
		...said,
		`issuer ${issuer}`
	].join(", ")}`;
}

// src/commands/policy/warnings.ts
/** Pairs that are looked at and named, at most. */
const COMPARED = 50;
/** What is unwise about stages. */
function stageWarnings(policy) {
	const { stages, distinct } = policy;
	const warnings = [];
	const peers = peopleByStages(stages).map((group) => ({
		...group,
		stages: new Set(group.stages)
	}));
	for (const [index, stage] of stages.entries()) {
		if (stage.approvers.length === 1 && !isMany(policy, stage.approvers[0] ?? "")) warnings.push(`only ${stage.approvers[0]} can approve stage ${stage.name}: nobody can stand in`);
		for (const other of stages.slice(index + 1)) {
			if (!stage.native.some((format) => other.native.includes(format)) || areDistinct(stage.name, other.name, distinct)) continue;
			const both = peers.flatMap((group) => group.stages.has(stage) && group.stages.has(other) ? group.names : []);
			if (both.length > 0) warnings.push(`one native signature by ${listed(both, "or")} approves both ${stage.name} and ${other.name}; make the stages distinct if that is not wanted`);
		}
		if (stage.native.length > 0 && stage.after.length > 0) warnings.push(`stage ${stage.name} accepts native signatures, which cannot prove that ${stage.after.join(", ")} came first`);
	}
	return warnings;
}
/** What follows from telling objects apart. */
function objectWarnings({ stages, objects }) {
	const unsigned = objects?.unsigned ?? [];
	const overlays = stages.filter(isAboutOverlays);
	const base = stages.filter((stage) => !isAboutOverlays(stage));
	const isBound = ({ after }) => stages.some((stage) => after.includes(stage.name) && (base.includes(stage) || isBound(stage)));
	const loose = overlays.filter((stage) => base.length > 0 && !isBound(stage));
	return [
		...unsigned.length > 0 ? [`files with group ${unsigned.join(" or ")} unsigned pass here, and \`apptainer verify\` and its execution control list refuse them: they want every group signed`] : [],
		...base.length === 0 ? ["all stages are about overlays: only files that hold nothing else can pass"] : [],
		...loose.map(({ name }) => `stage ${name} comes after no stage about the base: its approvals do not show on which base the overlay lies`)
	];
}
/** What is unwise about people, by kind; `places` tells where they stand. */
function principalWarnings({ policy, places }) {
	const { principals } = policy;
	return [
		idle(policy),
		shared(principals, places),
		overlaps(principals).map(([wide, narrow]) => `${placeOf(wide, places)}a pattern of ${wide} fits ${narrow}, too: they are two people here`),
		evidenceByApprovers(policy)
	];
}
function* idle({ principals, stages }) {
	const used = /* @__PURE__ */ new Set();
	for (const { approvers, requires, breakGlass } of stages) for (const names of [
		approvers,
		breakGlass?.by ?? [],
		...requires.map(namedIn)
	]) for (const name of names) used.add(name);
	for (const { name } of principals) if (!used.has(name)) yield `${name} approves no stage and signs no evidence`;
}
function* shared(principals, places) {
	const owners = /* @__PURE__ */ new Map();
	for (const { name, credentials } of principals) for (const credential of credentials) {
		const text = describeCredential(credential);
		const known = owners.get(text);
		if (known === void 0) owners.set(text, name);
		else if (typeof known === "string") owners.set(text, [known, name]);
		else known.push(name);
	}
	for (const [text, names] of owners) if (typeof names !== "string") yield `${placeOf(names[1], places)}${listed(names, "and")} share a credential: ${text}`;
}
function placeOf(name, places) {
	const location = places.get(name ?? "");
	return location ? `${location.file}:${location.line}:${location.column}: ` : "";
}
/** Principals of whom one has a pattern that fits an exact name of the other, under one CA. */
function overlaps(principals) {
	const all = principals.flatMap(({ name, many, credentials }) => many ? [] : credentials.flatMap((credential) => credential.method === "x509" ? [{
		name,
		credential
	}] : []));
	return all.filter(({ credential }) => credential.any || credential.san.some((san) => san.includes("*"))).slice(0, COMPARED).flatMap((wide) => all.filter(({ name, credential }) => name !== wide.name && credential.anchors.some((anchor) => wide.credential.anchors.includes(anchor)) && credential.san.some((san) => !san.includes("*") && (wide.credential.any || wide.credential.san.some((pattern) => matchesPattern(pattern, san, "san"))))).map(({ name }) => [wide.name, name])).slice(0, COMPARED);
}
/** cosign and others take evidence by a key for an approval of that key. */
function evidenceByApprovers({ stages }) {
	const approving = new Map(stages.flatMap(({ name, approvers }) => approvers.map((one) => [one, name])));
	return [...new Map(stages.flatMap(({ name, requires }) => requires.flatMap(namedIn).flatMap((one) => approving.has(one) ? [[one, name]] : [])))].map(([who, stage]) => `${who} signs evidence of stage ${stage} and approves stage ${approving.get(who)}: other tools take evidence by an approver for an approval`);
}
/** Exceptions that accept nothing any more. */
function exceptionWarnings({ stages }, now) {
	return stages.flatMap(({ name, requires }) => requires.flatMap(({ condition }) => condition.of === "findings" ? condition.exceptions : []).filter((exception) => isExpired(exception, now)).map(({ id, expires }) => `the exception for ${id} of stage ${name} ended on ${expires}`));
}
/** Stages that somebody can have approved without anybody else; of those who can have the same ones, together. */
function aloneWarnings({ stages, distinct, principals }) {
	const many = new Set(principals.flatMap((one) => one.many ? [one.name] : []));
	const byStages = /* @__PURE__ */ new Map();
	for (const peers of peopleByStages(stages)) {
		const alone = [];
		for (const { name, threshold } of peers.stages) if (threshold === 1 && !alone.some((earlier) => areDistinct(earlier, name, distinct))) alone.push(name);
		if (alone.length < 2) continue;
		const text = alone.join(", ");
		const names = byStages.get(text) ?? [];
		for (const name of peers.names) names.push(many.has(name) ? `anybody of ${name}` : name);
		byStages.set(text, names);
	}
	return [...byStages].map(([text, names]) => `${listed(names, "or")} alone can have ${text} approved: make the stages distinct, or raise a threshold, if that is not wanted`);
}
function namedIn({ signedBy, condition }) {
	return [...signedBy, ...condition.of === "findings" && condition.vexBy || []];
}
/** The instances of the policy, and warnings about them and the principals that need them. */
async function keylessSummary({ policy, trust }) {
	const ofPeople = [await shortLivedAnchors(trust), openJobs(policy.principals)];
	if (trust.sigstore.length === 0) return {
		instances: [],
		warnings: ofPeople
	};
	const warnings = [];
	const { readInstance } = await import("./library2.mjs");
	const { parseCertificate } = await import("./certificate2.mjs");
	const instances = [];
	for (const one of trust.sigstore) {
		const { material, authorities } = readInstance(one);
		const { log, timestamps, sct } = one;
		const names = authorities.flatMap(([first]) => first ? parseCertificate(first).subject.text : []);
		instances.push({
			authorities: names,
			log,
			timestamps,
			sct
		});
		const about = `the Sigstore instance of ${names[0] ?? "no CA"}`;
		if (log > 0 && material.tlogs.length === 0) warnings.push(`${about} has no transparency log: nothing counts unless log: 0 is written beside its trusted root`);
		if (sct > 0 && material.ctlogs.length === 0) warnings.push(`${about} has no certificate log: nothing counts unless sct: 0 is written beside its trusted root`);
		if (log === 0 && material.timestampAuthorities.length === 0) warnings.push(`${about} has no timestamp authority, and no log is asked for: nothing proves when it was signed`);
	}
	return {
		instances,
		warnings: [...ofPeople, warnings]
	};
}
/** Certificates of these CAs live for minutes: by an anchor they count that long, and never again. */
async function shortLivedAnchors({ anchors, sigstore }) {
	if (anchors.length === 0) return [];
	const { parseCertificate } = await import("./certificate2.mjs");
	const { readInstance } = sigstore.length > 0 ? await import("./library2.mjs") : {};
	const known = new Set(sigstore.flatMap((one) => readInstance?.(one).authorities.flat().map((der) => parseCertificate(der).sha256) ?? []));
	return anchors.map((der) => parseCertificate(der)).filter(({ sha256, subject }) => known.has(sha256) || /sigstore|fulcio/i.test(subject.text)).map(({ subject }) => `the anchor ${subject.text} is a CA of Sigstore: its certificates live for minutes, so that approvals would count for minutes; put its trusted root into trust.sigstore and write sigstore:, github: or gitlab: instead of x509:`);
}
function* openJobs(principals) {
	for (const { name, credentials } of principals) for (const one of credentials) if (one.method === "sigstore" && one.claims.sourceRepositoryUri && !one.claims.sourceRepositoryRef && !one.claims.deploymentEnvironment) yield `${name} is bound to neither ref nor environment: whoever may push a branch can sign as ${name}`;
}

// src/commands/policy/summary.ts
/** The summary; `keyring` are the keys in the policy's keyrings. */
async function summarizePolicy(loaded, keyring, now) {
	const { policy, trust } = loaded;
	const certificates = [
		...await certificateEntries(trust.anchors, "anchor"),
		...await certificateEntries(trust.intermediates, "intermediate"),
		...await certificateEntries(trust.certificates, "certificate")
	];
	const keyless = await keylessSummary(loaded);
	const useless = uselessness(policy, {
		keyring,
		certificates,
		instances: keyless.instances
	}, now);
	const unmet = unmetStages(policy, {
		useless,
		hints: new Map(keyring.map((entry) => [entry.fingerprint, entry.hints]))
	});
	return {
		name: loaded.name,
		digest: loaded.digest,
		path: loaded.path,
		principals: policy.principals,
		teams: policy.teams ?? [],
		stages: policy.stages,
		distinct: policy.distinct,
		keyring: keyring.map(({ fingerprint, userIds, expires }) => ({
			fingerprint,
			userIds,
			expires: expires?.toISOString() ?? null
		})),
		certificates,
		sigstore: keyless.instances,
		...gathered([
			uselessWarnings(policy, useless),
			certificates.flatMap((entry) => validityProblem(entry, now) ?? []),
			stageWarnings(policy),
			objectWarnings(policy),
			aloneWarnings(policy),
			exceptionWarnings(policy, now),
			...principalWarnings(loaded),
			...keyless.warnings,
			unmet.warnings
		]),
		explanation: explainPolicy(policy),
		problems: unmet.problems
	};
}
/** What reads certificates is loaded only when there are any. */
async function certificateEntries(ders, use) {
	if (ders.length === 0) return [];
	const { certificateIdentity, parseCertificate } = await import("./certificate2.mjs");
	return ders.map((der) => {
		const { subject, issuer, notBefore, notAfter } = certificateIdentity(parseCertificate(der));
		return {
			use,
			sha256: sha256Hex(der),
			subject,
			issuer,
			notBefore,
			notAfter
		};
	});
}
function uselessness(policy, known, now) {
	const keys = new Map(known.keyring.map((entry) => [entry.fingerprint, entry]));
	const valid = known.certificates.filter((entry) => validityProblem(entry, now) === void 0);
	const anchors = new Set(valid.flatMap(({ use, sha256 }) => use === "anchor" ? sha256 : []));
	return (name, credential) => {
		const denial = denialsOf(policy, name, credential).find(({ since }) => !since || since <= now);
		if (denial) return `${name}: ${describeCredential(credential)} ${denialText(denial)}`;
		if (!isOpen(credential, now)) return `${name}: ${describeCredential(credential)} does not count now, by from or until`;
		if (credential.method === "pgp") {
			const key = keys.get(credential.fingerprint);
			if (key) return key.problem === void 0 ? void 0 : `${name}: ${key.problem}`;
			return `the key ${credential.fingerprint} of ${name} is in no keyring: signatures by it cannot be checked`;
		}
		if (credential.method === "key") return void 0;
		if (credential.method === "x509") return credential.anchors.some((anchor) => anchors.has(anchor)) ? void 0 : `${name}: no anchor of ${describeCredential(credential)} is valid now`;
		return known.instances.length > 0 ? void 0 : `${name} signs keyless, and trust.sigstore names no trusted root to check that with`;
	};
}
function* uselessWarnings({ principals }, why) {
	for (const { name, credentials } of principals) for (const credential of credentials) {
		const warning = why(name, credential);
		if (warning !== void 0) yield warning;
	}
}
/** Of each kind the first, and how many there are: a policy of a hundred thousand people can cause twice as many. */
function gathered(kinds) {
	const warnings = [];
	let warningCount = 0;
	for (const kind of kinds) {
		let count = 0;
		for (const warning of kind) {
			count += 1;
			if (count <= SHOWN) warnings.push(warning);
		}
		if (count > SHOWN) warnings.push(`and ${(count - SHOWN).toLocaleString("en")} more like these`);
		warningCount += count;
	}
	return {
		warnings,
		warningCount
	};
}
function isOpen({ window: { from, until } = {} }, now) {
	return !(from !== void 0 && now.getTime() < from) && !(until !== void 0 && now.getTime() >= until);
}
/** What fails even if everybody approves everything with every key that counts; of what that is not known, why. */
function unmetStages({ principals, stages, distinct }, { useless, hints }) {
	const people = new Map(principals.map((one) => [one.name, one]));
	const never = neverFilled({
		stages,
		distinct
	}, (name) => {
		const { many, credentials = [] } = people.get(name) ?? {};
		const able = credentials.filter((credential) => useless(name, credential) === void 0);
		if (many && able.some(({ method }) => method === "x509")) return "any";
		return able.flatMap((credential) => {
			const uses = [...many ? [] : [`principal ${name}`], signerOf(credential, name)];
			const keys = credential.method === "pgp" ? hints.get(credential.fingerprint) : void 0;
			return keys ? keys.map((hint) => [...uses, `key ${hint}`]) : [uses];
		});
	});
	const [unknown, failed] = [never.filter(({ undecided }) => undecided), never.filter(({ undecided }) => !undecided)];
	return {
		warnings: unknown.map(({ stage }) => `stage ${stage} has so many approvers, and needs so many of them or has so many with the same keys, that it was not found out whether it can be approved`),
		problems: failed.map(({ stage, principals: filling }) => {
			return `stage ${stage} can never be approved: it needs ${stages.find(({ name }) => name === stage)?.threshold ?? 0} of its approvers with different keys that count, and has ${filling.length === 0 ? "none" : `only ${listed(filling)}`}; add approvers, or put keys that count into the policy`;
		})
	};
}
/** Certificates of one CA can be many; a key is one person's, whoever else lists it. */
function signerOf(credential, principal) {
	return credential.method === "x509" || credential.method === "sigstore" ? `${principal} ${describeCredential(credential)}` : describeCredential(credential);
}
function validityProblem({ use, subject, notBefore, notAfter }, now) {
	if (!(Date.parse(notAfter) > now.getTime())) return `the ${use} ${subject} expired at ${toSecond(notAfter)}`;
	if (!(Date.parse(notBefore) <= now.getTime())) return `the ${use} ${subject} is not valid before ${toSecond(notBefore)}`;
}
/** People that are shown with their credentials, and warnings of one kind, at most. */
const SHOWN = 200;
/** The summary as text. */
function renderPolicySummary(summary) {
	const { principals, distinct, warnings, warningCount, problems } = summary;
	const lines = [
		`policy ${summary.name}  ${summary.digest}`,
		"  principals",
		...principalLines(summary)
	];
	if (principals.length > SHOWN) lines.push(`    and ${counted(principals.length - SHOWN, "other")}; --json has all`);
	if (summary.teams.length > 0) lines.push("  teams");
	for (const { name, members } of summary.teams) lines.push(`    ${name}  ${listed(members)}`);
	lines.push("  stages");
	for (const stage of summary.stages) {
		const after = stage.after.length > 0 ? `  after ${stage.after.join(", ")}` : "";
		const native = stage.native.length > 0 ? `  native ${stage.native.join(", ")}` : "";
		lines.push(`    ${stage.name}  ${quorumsOf(stage).map(quorumText).join(" and ")}${after}${native}`);
		for (const requirement of stage.requires) lines.push(`      requires ${describeRequirement(requirement)}`);
	}
	for (const group of distinct) lines.push(`    distinct: ${group.join(", ")}`);
	for (const { use, subject, notAfter } of summary.certificates) lines.push(`  ${use}  ${subject}  until ${toSecond(notAfter)}`);
	for (const { authorities, log, timestamps, sct } of summary.sigstore) lines.push(`  sigstore  ${authorities.join(" or ")}  log ${log}, timestamps ${timestamps}, sct ${sct}`);
	const parts = {
		"in words": summary.explanation,
		warnings,
		problems
	};
	for (const [title, sentences] of Object.entries(parts)) {
		if (sentences.length > 0) lines.push(`  ${title}`);
		for (const sentence of sentences) lines.push(`    ${sentence}`);
	}
	const found = warningCount === 0 ? "" : `; ${counted(warningCount, "warning")}`;
	lines.push(`${problems.length === 0 ? "the policy can be used" : "no image can ever pass this policy"}${found}`);
	return `${lines.map((line) => printable(line, 2e3)).join("\n")}\n`;
}
function principalLines({ principals, keyring }) {
	const keys = new Map(keyring.map(({ fingerprint, userIds }) => [fingerprint, userIds[0]]));
	return principals.slice(0, SHOWN).flatMap(({ name, many, credentials }) => credentials.map((credential) => {
		const userId = credential.method === "pgp" ? keys.get(credential.fingerprint) : void 0;
		return `${`    ${name}${many ? "  many" : ""}  ${describeCredential(credential)}`}${userId === void 0 ? "" : `  ${userId}`}`;
	}));
}
function describeRequirement({ evidence, count, signedBy, condition }) {
	const vex = condition.of === "findings" && condition.vexBy?.length ? `, VEX by ${condition.vexBy.join(" or ")}` : "";
	return `${count > 1 ? `${count} ` : ""}${evidence} by ${signedBy.join(" or ")}${vex}`;
}

// src/commands/policy/policy.ts
const spec = {
	name: "policy",
	summary: "Check a policy file and show what it says",
	description: "`policy files FILE` prints the policy’s path and those of all files, folders and beginnings of patterns that it names, one a line. `policy check FILE` reads a policy and every file it names, refuses it with file, line and column when anything is wrong, and shows principals, teams, stages and certificates, who can do what in words, and warnings, which `--strict` makes fail. It fails when nobody could have a stage approved with the keys as they are: revoked, expired, in no keyring, or the same for two people. `policy sign FILE` signs the policy, in all its profiles, and every file that it names, into `FILE.sigstore.json`. `policy test CASES FILE` compares verdicts with expected ones, of images or of facts that `policy record FILE` wrote to `facts-path` about the image of `subject-path` or `subject-name`, `policy diff OLD NEW` says which of the images of `subject-path` and `subject-name` change their verdict and why; both exit with 1 when something differs. See docs/policy.md.",
	positional: "task",
	privileged: "with-key",
	inputs: [
		{
			name: "task",
			type: "list",
			file: "read",
			required: true,
			description: "`check`, `sign`, `record` or `files` and the path of the policy; `test`, the path of the cases and that of the policy; `diff` and the paths of two policies.",
			example: "check countersign.yaml"
		},
		{
			name: "strict",
			type: "boolean",
			default: "false",
			description: "Fail also when there are warnings."
		},
		...POLICY_CHOICE_INPUTS,
		...JUDGING_INPUTS,
		...SIGNING_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: COMMON_OUTPUTS
};
async function run(inputs, host) {
	const [action, file, ...rest] = inputs.task;
	const { profile } = inputs;
	const pin = await pinFrom(inputs);
	const judging = {
		inputs,
		host,
		choice: {
			profile,
			pin
		}
	};
	const words = inputs.task.slice(1);
	if (action === "test") {
		const [cases, policy] = twoPaths(action, words, inputs.workingDirectory);
		return testPolicy({
			cases,
			policy
		}, judging);
	}
	if (action === "diff") {
		const [only] = words.length === 1 && inputs.newProfile !== void 0 ? words : [];
		const [before, after] = twoPaths(action, only ? [only, only] : words, inputs.workingDirectory);
		return diffPolicies({
			before,
			after
		}, judging);
	}
	if (action === "record" && file !== void 0 && rest.length === 0) return recordFacts(resolve(inputs.workingDirectory, file), judging);
	if (action === "sign" && file !== void 0 && rest.length === 0) return signPolicy(resolve(inputs.workingDirectory, file), inputs, host);
	if (action === "files" && file !== void 0 && rest.length === 0) return filesResult(await loadPolicy(resolve(inputs.workingDirectory, file), {
		profile,
		pin
	}));
	if (action === "check" && file === void 0) throw new UsageError("USAGE_MISSING_INPUT", "policy check was given no policy file, and looks for none by itself", { hint: "name the file: countersign policy check countersign.yaml" });
	if (action !== "check" || file === void 0 || rest.length > 0) throw unknownTask("policy", inputs.task, { hint: "write countersign policy check FILE, for instance countersign policy check countersign.yaml, countersign policy sign FILE, or countersign policy files FILE" });
	return checkPolicy(await loadPolicy(resolve(inputs.workingDirectory, file), {
		profile,
		pin
	}), inputs, host);
}
async function checkPolicy(loaded, inputs, host) {
	await createVerifier(loaded.trust);
	const now = inputs.now ?? host.now();
	const summary = await summarizePolicy(loaded, await keysOf(loaded.trust, now), now);
	const verdict = summary.problems.length > 0 || inputs.strict && summary.warnings.length > 0 ? "failed" : "passed";
	return {
		exitCode: EXIT[verdict],
		outputs: { verdict },
		text: renderPolicySummary(summary) + asOfLine(inputs.now),
		json: summary
	};
}
/** Whoever watches these for changes notices each one that a verdict can depend on. @throws UsageError for what is no line */
function filesResult({ path, files: read, roots, digest }) {
	const strange = [path, ...roots].find((one) => visibleLine(one) !== one);
	if (strange !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(strange)} has invisible characters`, { hint: "rename the file, and name it so in the policy" });
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		text: [path, ...roots].map((one) => `${one}\n`).join(""),
		json: {
			schema: "countersign/policy-files/v1",
			policy: digest,
			path,
			files: read.map((file) => file.path),
			roots
		}
	};
}
/** Loads OpenPGP code only for policies that use it. */
async function keysOf(trust, now) {
	if (trust.keyrings.length === 0) return [];
	const { readKeyring } = await import("./ring.mjs");
	const { expiryOf, keyProblem, partProblem } = await import("./key2.mjs");
	const { hintOf } = await import("./pgp2.mjs");
	const entries = [];
	for (const [fingerprint, key] of await readKeyring(trust)) {
		const hints = [];
		for (const part of [key, ...key.subkeys]) if (!await partProblem(key, part, { now })) hints.push(hintOf(part));
		entries.push({
			fingerprint,
			userIds: key.getUserIDs(),
			expires: await expiryOf(key, now) ?? null,
			problem: hints.length > 0 ? void 0 : (await keyProblem(key, now))?.message,
			hints
		});
	}
	return entries;
}
/**
* Signs the policy at an absolute path, for all of its profiles.
* @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT; PolicyError, SignatureError, SystemError, DataError
*/
async function signPolicy(path, inputs, host) {
	if (inputs.signingMethod === "sigstore") throw new UsageError("USAGE_INVALID_INPUT", "a policy cannot be signed without a key", { hint: "give pgp, key or x509 as ⟨signing-method⟩" });
	if (inputs.now) throw new UsageError("USAGE_CONFLICTING_INPUTS", "a policy is signed at present, and now is given", { hint: "leave ⟨now⟩ out" });
	const signer = await signerFrom(inputs, host);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "signing-method and key are missing", { hint: "give ⟨signing-method⟩ and ⟨key⟩ of whoever answers for the policy" });
	const profiles = await profilesIn(path);
	const readings = [];
	for (const profile of profiles.length > 0 ? profiles : [void 0]) readings.push({
		profile: profile ?? null,
		files: (await loadPolicy(path, { profile })).files
	});
	const payload = encodeSignedPolicy(readings);
	const output = signaturePath(path);
	await writeFileAtomic(output, await signStatement(payload, signer, { now: host.now() }));
	const files = new Map(readings.flatMap((reading) => reading.files.map(({ name, bytes }) => [name, sha256(bytes)])));
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		text: [
			`${printable(output)}: signs ${counted(files.size, "file")}`,
			...[...files].map(([name, digest]) => `  ${digest}  ${printable(name)}`),
			""
		].join("\n"),
		json: {
			schema: "countersign/policy-sign/v1",
			signature: output,
			profiles,
			files: [...files].map(([name, digest]) => ({
				name,
				digest
			}))
		}
	};
}
/** `countersign policy check FILE`. */
const command = defineCommand(spec, run);

export { command };