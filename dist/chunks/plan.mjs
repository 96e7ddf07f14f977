import { r as DataError } from "./errors.mjs";
import { d as sha256, f as sha256Hex, g as utf8 } from "./bytes.mjs";
import { b as principalsBehind, h as matchPrincipals, p as isMany } from "./versions.mjs";
import { c as listed } from "./text.mjs";
import { n as SifError } from "./errors3.mjs";
import { r as isProblem } from "./reasons.mjs";
import { t as askedOf } from "./scope.mjs";
import { G as whereOf, H as standingFacts, P as isGivenBySigner, U as viewImage, V as scopesOf, a as checkRequirement, o as isOfKind } from "./glass.mjs";
import { n as newApproval, r as stagesBefore } from "./approval3.mjs";
import { n as isFilled, u as quorumText } from "./reports.mjs";
import { o as quorumsOf } from "./threshold.mjs";
import { l as evaluatePolicy, u as settledFacts } from "./verify.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { a as countsForStage, c as outlivedLayers, f as replacedLayers, g as without, h as stillCounts, l as ownLayers, u as passedOver } from "./review.mjs";

// src/commands/content-errors.ts
const ABOUT_CONTENT = /* @__PURE__ */ new Set([
	"REGISTRY_ATTACHED_TOO_LARGE",
	"REGISTRY_BLOBS_TOO_MANY",
	"REGISTRY_BLOB_ALTERED",
	"REGISTRY_BLOB_MISSING",
	"REGISTRY_DIGEST_MISMATCH",
	"REGISTRY_DOCUMENT_AMBIGUOUS",
	"REGISTRY_INDEX_TOO_LARGE",
	"REGISTRY_MANIFEST_INVALID",
	"REGISTRY_SIZE_MISMATCH"
]);
const ABOUT_ACCESS = /* @__PURE__ */ new Set([
	"SIF_CHANGED",
	"SIF_LOCKED",
	"SIF_REPLACED"
]);
/** True when repeating does not help: the image itself is damaged, ambiguous or too large. */
function isAboutContent(error) {
	if (error instanceof RegistryError) return ABOUT_CONTENT.has(error.code);
	return error instanceof DataError || error instanceof SifError && !ABOUT_ACCESS.has(error.code);
}

// src/stage/plan/complaints.ts
/** What approvals complain of that list it. */
const LOSSES = /* @__PURE__ */ new Set([
	"LAYER_REMOVED",
	"LAYER_NOT_VALID",
	"EVIDENCE_REMOVED",
	"EVIDENCE_NOT_VALID",
	"NATIVE_SIGNATURE_ALTERED",
	"NATIVE_SIGNATURE_MISSING"
]);
/** True for a reason that something is gone. */
function isComplaint(one) {
	return isProblem(one) && LOSSES.has(one.code);
}
/** Approvals that complain. */
function complaintsIn({ layers }) {
	return layers.filter(({ reasons }) => reasons.some(isComplaint));
}
/**
* The image without those in whose place nobody can approve, since they are by no approver of their stage, or of no stage that is
* asked about. What lists them complains in turn.
*/
function withoutLasting(trial, facts) {
	const lasting = lastingComplaints(trial, facts);
	if (lasting.length === 0) return {
		gone: [],
		left: facts
	};
	const { gone, left } = withoutLasting(trial, without({ facts }, lasting).facts);
	return {
		gone: [...lasting, ...gone],
		left
	};
}
function lastingComplaints(trial, facts) {
	const complaints = complaintsIn(trial.judge(facts));
	if (complaints.length === 0) return [];
	const names = new Set(complaints.map(({ where, digest }) => `${where} ${digest}`));
	const { policy } = trial.policy;
	return facts.layers.filter((layer) => {
		if (!names.has(`${whereOf(layer.place)} ${layer.digest}`)) return false;
		const stage = trial.stages.find(({ name }) => name === layer.approval?.stage);
		return !(stage?.id === layer.approval?.verifierId && isGivenBySigner(layer)) || !principalsBehind(policy, layer).some((name) => stage?.approvers.includes(name));
	});
}

// src/stage/plan/identity.ts
/** Approvers of one stage that are tried. */
const TRIED = 50;
/** Released the job. */
const SOMEBODY = {
	login: "somebody",
	id: "0"
};
/** Who could approve the stage; last those whose key or certificate has ended, as far as is known. */
function candidatesFor(stage, policy, { facts, step }) {
	const behind = (wanted) => facts.layers.filter(({ signature }) => signature === wanted).flatMap((layer) => principalsBehind(policy, layer));
	const valid = behind("valid");
	const ended = new Set(behind("untrusted").filter((name) => !valid.includes(name)));
	return stage.approvers.slice(0, TRIED).flatMap((principal) => {
		const credentials = policy.principals.find(({ name }) => name === principal)?.credentials ?? [];
		const known = facts.layers.flatMap(({ signature, signer }) => signature === "valid" && signer && matchPrincipals(policy, signer).includes(principal) ? [signer] : []);
		const thought = credentials.map((one, index) => {
			const identity = identityFor(one, `${principal} ${index}`, step);
			return stage.reviewed && identity.method === "sigstore" ? {
				...identity,
				reviewers: [SOMEBODY]
			} : identity;
		});
		return [...new Map([...known, ...thought].map((identity) => [JSON.stringify({
			...identity,
			trustSource: void 0
		}), identity])).values()].map((identity) => ({
			stage,
			principal,
			identity,
			fresh: !ended.has(principal)
		}));
	}).toSorted((a, b) => Number(b.fresh) - Number(a.fresh));
}
/** A signer that proves the credential; another person for each step where it fits many. */
function identityFor(credential, of, step) {
	const seed = `${of} ${step}`;
	const hint = Buffer.from(sha256(utf8(`a key of ${seed}`)).slice(7), "hex").toString("base64");
	const known = {
		hint,
		algorithm: "ecdsa-p256",
		certificateSha256: sha256Hex(utf8(seed))
	};
	switch (credential.method) {
		case "pgp": return {
			method: "pgp",
			fingerprint: credential.fingerprint,
			hint,
			userIds: []
		};
		case "key": return {
			method: "key",
			hint: credential.hint,
			algorithm: "ecdsa-p256"
		};
		case "x509": return certified(credential, known, step);
		case "sigstore": return keyless(credential, known, step);
		default: return credential;
	}
}
function certified({ san, subject, issuer, anchors }, known, step) {
	return {
		method: "x509",
		...known,
		subject: matching(subject, step)[0] ?? `CN=x${step}`,
		issuer: matching(issuer, step)[0] ?? "CN=x",
		san: matching(san, step),
		serial: "01",
		notBefore: "1970-01-01T00:00:00Z",
		notAfter: "9999-12-31T23:59:59Z",
		anchors,
		chain: []
	};
}
function keyless({ issuer, san, claims }, known, step) {
	const said = Object.entries(claims).map(([name, patterns]) => [name, matching(patterns, step)[0] ?? ""]);
	return {
		method: "sigstore",
		...known,
		issuer,
		san: matching(san, step),
		claims: Object.fromEntries(said),
		provenAt: null
	};
}
/** A value that the first pattern covers; none without a pattern. */
function matching(patterns, step) {
	return patterns.slice(0, 1).map((pattern) => pattern.replaceAll("*", `x${step}`));
}

// src/stage/plan/evidence.ts
/** Reasons whose advice is the step itself. */
const NO_MORE = /* @__PURE__ */ new Set(["EVIDENCE_MISSING", "EVIDENCE_TOO_FEW"]);
/** The evidence that the stages lack; it is taken to be made. */
function evidenceLacking(policy, facts, options) {
	const { now } = options;
	const steps = [];
	const lacking = [];
	const image = viewImage(policy, facts, now);
	const verdict = evaluatePolicy(policy, facts, options);
	const stages = policy.stages.map((stage) => {
		const found = verdict.stages.find(({ stage: name }) => name === stage.name);
		if (!found || found.verdict === "break-glass" || stage.requires.length === 0) return stage;
		for (const requirement of stage.requires) {
			const report = checkRequirement(requirement, {
				policy,
				stage,
				image
			});
			if (report.met) continue;
			const gap = {
				stage,
				requirement,
				report
			};
			const signers = signersOf(requirement, policy, {
				facts,
				now
			});
			const why = whyNot(gap, facts, signers.why);
			if (why === void 0) steps.push(...attestSteps(gap, policy, signers.who));
			else lacking.push(why);
		}
		return {
			...stage,
			requires: []
		};
	});
	return {
		steps,
		lacking,
		policy: {
			...policy,
			stages
		}
	};
}
/** Whose signature counts now; if nobody's, why not. */
function signersOf({ signedBy }, policy, { facts, now }) {
	const problems = [];
	const who = signedBy.filter((name) => {
		return (policy.principals.find((one) => one.name === name)?.credentials ?? []).some((credential) => {
			const signer = identityFor(credential, name, 0);
			const made = {
				...SIGNED_NOW,
				method: signer.method,
				signer
			};
			const [standing] = standingFacts(policy, {
				...facts,
				layers: [],
				evidence: [made]
			}, now).evidence;
			problems.push(...(standing?.reasons ?? []).map(({ message }) => message));
			return standing?.signature === "valid";
		});
	});
	return {
		who,
		why: who.length > 0 ? void 0 : problems.join("; ")
	};
}
const SIGNED_NOW = {
	place: {
		in: "registry",
		name: "new"
	},
	predicateType: "",
	digest: sha256(/* @__PURE__ */ new Uint8Array()),
	method: null,
	signer: null,
	signature: "valid",
	reasons: [],
	covers: [],
	contradicted: false
};
/** Why no evidence that is attached now can meet the requirement. */
function whyNot({ stage, requirement, report }, { kind, pinned }, nobody) {
	const { evidence, signedBy, inside } = requirement;
	const denied = report.reasons.find(({ code }) => code === "COMPONENT_DENIED");
	if (denied) return `${denied.message}: ${denied.hint}`;
	if (inside && (kind !== "sif" || pinned !== void 0)) return `stage ${stage.name} requires ${evidence} in the SIF file itself: attach it to the file, and push that anew`;
	if (nobody === void 0) return void 0;
	return `stage ${stage.name} requires ${evidence} signed by ${listed(signedBy, "or")}, and none of them can sign in a way that counts: ${nobody}`;
}
function attestSteps({ stage, requirement, report }, policy, who) {
	const { evidence, count } = requirement;
	const { name } = stage;
	const there = new Set(report.relied.filter(({ predicateType }) => isOfKind(predicateType, evidence)).map(({ digest }) => digest));
	const why = report.reasons.find(({ code }) => !NO_MORE.has(code))?.hint;
	const first = policy.principals.find((one) => one.name === who[0]);
	const step = {
		stage: name,
		who,
		hint: `have ${who.join(" or ")} attach ${evidence} that stage ${name} accepts${why === void 0 ? "" : `: ${why}`}`,
		action: {
			task: "attest",
			requirement,
			method: first?.credentials[0]?.method
		}
	};
	return Array.from({ length: Math.max(1, count - there.size) }, () => step);
}

// src/stage/plan/lacking.ts
/** Steps that are named at most; an image that needs more is made anew. */
const MOST_STEPS = 200;
/** Approvers of whom it is said why they are no help. */
const NAMED$1 = 10;
/** What whoever approves a stage anew takes away. */
const GIVES_WAY = /* @__PURE__ */ new Set([
	"APPROVAL_OTHER_CONTENT",
	"IMAGE_UNSIGNED",
	"LAYER_ALTERED"
]);
/** Lets everybody approve in turn until each stage passes. */
function everybodysApprovals(trial, start) {
	const taken = [];
	const asked = [];
	let facts = start;
	const isDone = () => trial.isSpent || taken.length >= MOST_STEPS || trial.judge(facts, asked).verdict === "passed";
	for (const stage of trial.stages) {
		asked.push(stage.name);
		for (let before = -1; before < taken.length && !isDone();) {
			before = taken.length;
			for (const candidate of trial.candidates(stage, facts, taken.length)) {
				if (isDone()) break;
				const way = trial.ways(candidate, facts).at(-1);
				const after = way && trial.after(way, facts, taken.length);
				if (!way || !after || !trial.isAccepted(way, facts, after)) continue;
				facts = after;
				taken.push(way);
			}
		}
	}
	const verdict = trial.judge(facts);
	if (verdict.verdict === "passed") return {
		enough: withoutIdle(trial, start, taken),
		lacking: []
	};
	return {
		enough: void 0,
		lacking: wordsFor(trial, facts, verdict)
	};
}
/** Without what is not needed beside the others. */
function withoutIdle(trial, start, taken) {
	let left = taken;
	for (const one of taken) {
		const others = left.filter((other) => other !== one);
		const done = trial.afterAll(others, start, 0);
		if (done && trial.judge(done).verdict === "passed") left = others;
		if (trial.isSpent) break;
	}
	let facts = start;
	return left.map((one, step) => {
		const ways = trial.ways(one, facts);
		const way = ways.find(({ replace }) => replace === one.replace) ?? ways[0] ?? one;
		facts = trial.after(way, facts, step);
		return way;
	});
}
/** What nobody's approval can bring: what is wrong with the image, and stages that too few can approve. */
function lackingAnyway(trial, facts) {
	const { reasons } = trial.judge(facts);
	const general = reasons.filter((one) => isProblem(one) && !isComplaint(one) && !GIVES_WAY.has(one.code));
	const short = trial.stages.filter((stage) => isShort(trial, facts, stage));
	return [...general.map(advice), ...short.map((stage) => wordsForStage(trial, facts, stage))];
}
/** Fewer can approve or have approved than the stage needs. */
function isShort(trial, facts, stage) {
	const { policy } = trial.policy;
	const there = standingFacts(policy, facts, trial.now).layers.filter(({ signature }) => signature === "valid").filter(({ approval }) => !approval || approval.stage === stage.name);
	const behind = new Set(there.flatMap((layer) => layer.granted ? stage.approvers : principalsBehind(policy, layer)));
	const unable = new Set(trial.unable(stage, facts).map(({ name }) => name));
	const able = (names) => names.filter((name) => behind.has(name) || !unable.has(name));
	return quorumsOf(stage).some(({ approvers, needed }) => {
		const some = able(approvers);
		return some.length < needed && !some.some((name) => isMany(policy, name));
	});
}
/** What fails still when everybody has approved: of each stage that waits for no other. */
function wordsFor(trial, facts, verdict) {
	const open = verdict.stages.filter((one) => !isFilled(one));
	const names = open.map(({ stage }) => stage);
	const words = open.filter(({ stage }) => !stagesBefore(trial.policy, stage).some((name) => names.includes(name))).flatMap(({ stage: name, reasons, approvedBy }) => {
		const stage = trial.stages.find((one) => one.name === name);
		const complaints = reasons.filter((one) => isComplaint(one) || one.code === "STAGE_NOT_DISTINCT").map(advice);
		return [...stage && !reasons.some(isComplaint) ? [wordsForStage(trial, facts, stage, approvedBy)] : [], ...complaints];
	});
	const more = verdict.reasons.filter(isProblem).map(advice);
	const all = [...new Set(words.length > 0 ? words : more)];
	return trial.isSpent ? [...all, "not all ways were tried: the search takes a second at most"] : all;
}
/** How many the stage needs, who can be counted, and why others cannot approve. */
function wordsForStage(trial, facts, stage, counted) {
	const unable = trial.unable(stage, facts);
	const able = counted ?? stage.approvers.filter((name) => !unable.some((one) => one.name === name));
	const who = able.length === 0 ? "nobody" : `only ${able.slice(0, NAMED$1).join(", ")}`;
	const wanted = quorumsOf(stage).map(quorumText).join(" and ");
	const why = unable.slice(0, NAMED$1).map(({ name, why: problem }) => `; ${name}: ${problem}`);
	return `stage ${stage.name} needs ${wanted}, and ${who} can approve it in a way that counts${why.join("")}`;
}
function advice({ message, hint }) {
	return `${message}: ${hint}`;
}

// src/stage/plan/search.ts
/** Fewest approvals, in order; undefined where none make the image pass, or none were found before all was spent. */
function fewestApprovals(trial, facts) {
	const nodes = [nodeOf(trial, {
		facts,
		taken: [],
		cost: 0,
		before: void 0
	})];
	const seen = /* @__PURE__ */ new Set();
	let best;
	for (let node = takeNearest(nodes); node && !trial.isSpent; node = takeNearest(nodes)) {
		if (best && node.cost + node.least >= best.cost) continue;
		const last = node.taken.at(-1);
		if (last && node.before && !trial.isAccepted(last, node.before, node.facts)) continue;
		if (node.verdict.verdict === "passed") {
			best = node;
			continue;
		}
		const [position, ...open] = node.open;
		const stage = position === void 0 ? void 0 : trial.stages[position];
		if (!stage) continue;
		nodes.push({
			...node,
			open,
			before: void 0
		});
		const all = trial.candidates(stage, node.facts, node.taken.length);
		for (const way of all.flatMap((candidate) => trial.ways(candidate, node.facts))) {
			const taken = [...node.taken, way];
			const key = taken.map(keyOf).toSorted().join("\n");
			if (seen.has(key)) continue;
			seen.add(key);
			const after = trial.after(way, node.facts, node.taken.length);
			const cost = node.cost + (way.fresh ? 1 : 2.01);
			nodes.push(nodeOf(trial, {
				facts: after,
				taken,
				cost,
				before: node.facts
			}));
			if (trial.isSpent) break;
		}
	}
	return best?.taken;
}
function keyOf({ stage, identity, principal, replace }) {
	return JSON.stringify([
		stage.name,
		principal,
		replace,
		identity
	]);
}
function nodeOf(trial, node) {
	const verdict = trial.judge(node.facts);
	if (verdict.verdict === "passed") return {
		...node,
		verdict,
		open: [],
		missing: 0,
		least: 0
	};
	const at = trial.stages.findIndex((stage) => stage === node.taken.at(-1)?.stage);
	const needs = trial.stages.map((stage) => needOf(stage, node.facts, verdict));
	const positions = [...needs.keys()].filter((position) => position >= at);
	const isOpen = (position) => (needs[position]?.missing ?? 0) > 0;
	const isLate = needs.some(({ least }, position) => position < at && least > 0);
	return {
		...node,
		verdict,
		open: isLate ? [] : [...positions.filter(isOpen), ...positions.filter((position) => !isOpen(position))],
		missing: Math.max(1, sum(needs.map(({ missing }) => missing))),
		least: Math.max(1, sum(needs.map(({ least }) => least)))
	};
}
/** How many approvals a stage seems to need, and how many it needs at least, so that the image can pass. */
function needOf({ name, native }, { layers }, verdict) {
	const toReplace = complaintsIn(verdict).some(({ stage }) => stage === name) ? 1 : 0;
	const report = verdict.stages.find(({ stage }) => stage === name);
	if (!report || isFilled(report)) return {
		missing: toReplace,
		least: toReplace
	};
	const { needed, approvedBy, breakGlass } = report;
	const there = layers.filter(({ approval }) => approval ? approval.stage === name : native.length > 0).length;
	const isSkipped = breakGlass?.some(({ holds }) => holds) === true;
	return {
		missing: Math.max(toReplace, needed - approvedBy.length),
		least: isSkipped ? toReplace : Math.max(toReplace, needed - there)
	};
}
function sum(numbers) {
	return numbers.reduce((all, one) => all + one, 0);
}
/** The one that seems to need the fewest approvals in all; of several the one that has the most of them. */
function takeNearest(nodes) {
	let at = 0;
	for (const [index, node] of nodes.entries()) {
		const best = nodes[at];
		if (best && compare(node, best) < 0) at = index;
	}
	return nodes.splice(at, 1)[0];
}
function compare(one, other) {
	return one.cost + one.missing - other.cost - other.missing || other.taken.length - one.taken.length || problemsIn(one.verdict) - problemsIn(other.verdict);
}
function problemsIn({ stages, reasons }) {
	return [...stages.flatMap((stage) => isFilled(stage) ? [] : stage.reasons), ...reasons].filter(isProblem).length;
}
/** Who else could do each step, if the others are done as they are. */
function othersFor(trial, start, steps) {
	let before = start;
	return steps.map((step, position) => {
		const here = before;
		before = trial.after(step, here, position);
		const names = /* @__PURE__ */ new Set([step.principal]);
		for (const candidate of trial.candidates(step.stage, here, position)) {
			if (names.has(candidate.principal) || candidate.fresh !== step.fresh || trial.isSpent) continue;
			const other = {
				...candidate,
				replace: step.replace
			};
			const done = trial.afterAll([other, ...steps.slice(position + 1)], here, position);
			if (done && trial.judge(done).verdict === "passed") names.add(candidate.principal);
		}
		return [...names];
	});
}

// src/stage/plan/trial.ts
/** What may be spent on one part of a search: layers, and what they list, that are looked at. */
const MOST_SPENT = 8e3;
/** What is spent on an image without layers. */
const AT_LEAST = 6;
/** How long all parts together may last, milliseconds, where each look takes long. */
const MOST_MS = 1e3;
/** Who signs does not matter for what a policy lets an approver take away. */
const NOBODY = {
	method: "key",
	hint: "",
	algorithm: "ed25519"
};
/** An image by one policy, at one time, about some stages. */
var Trial = class {
	policy;
	/** The stages that are asked about, in order. */
	stages;
	now;
	#names;
	#verdicts = /* @__PURE__ */ new WeakMap();
	#problems = /* @__PURE__ */ new Map();
	#clock;
	#started;
	#mostMs;
	#left = 0;
	#until = 0;
	constructor(policy, { now, stages: names, mostMs = MOST_MS, cpuMs = () => performance.now() }) {
		this.#mostMs = mostMs;
		this.#clock = cpuMs;
		this.#started = cpuMs();
		this.policy = policy;
		this.now = now;
		this.stages = policy.policy.stages.filter(({ name }) => names?.includes(name) ?? true);
		this.#names = names && this.stages.map(({ name }) => name);
	}
	/** Begins a part of the search, which may last until this share of the time is over. */
	begin(share) {
		this.#left = MOST_SPENT;
		this.#until = this.#started + share * this.#mostMs;
		return this;
	}
	/** Whether no more is to be tried. */
	get isSpent() {
		return this.#left <= 0 || this.#clock() > this.#until;
	}
	/** The verdict about an image as it would be. */
	judge(facts, stages = this.#names) {
		this.#spend(facts);
		return evaluatePolicy(this.policy.policy, facts, {
			now: this.now,
			...stages ? { stages } : {}
		});
	}
	/** Who could approve a stage; last those whose key or certificate has ended, as far as is known. */
	candidates(stage, facts, step) {
		return candidatesFor(stage, this.policy.policy, {
			facts,
			step
		}).filter((candidate) => this.problemWith(candidate, facts) === void 0);
	}
	/** Why a new approval by a signer would not count, whoever else approves; undefined if it would. */
	problemWith({ stage, identity, principal }, { units, ...facts }) {
		const key = JSON.stringify([
			stage.name,
			principal,
			identity
		]);
		if (this.#problems.has(key)) return this.#problems.get(key);
		const { policy } = this.policy;
		const alone = {
			...stage,
			after: [],
			threshold: 1,
			quorums: [{
				name: principal,
				approvers: [principal],
				needed: 1
			}]
		};
		const rules = {
			...policy,
			stages: policy.stages.map((one) => one === stage ? alone : one),
			distinct: []
		};
		const named = {
			...this.#layerFor({
				stage,
				identity
			}, {
				...facts,
				units,
				layers: [],
				evidence: []
			}, {
				replaces: [],
				step: 0
			}),
			place: {
				in: "registry",
				name: "a new approval"
			}
		};
		const image = {
			...facts,
			units,
			layers: [named],
			evidence: []
		};
		const { stages, layers } = evaluatePolicy(rules, image, {
			now: this.now,
			stages: [stage.name]
		});
		const why = stages.some(({ approvedBy }) => approvedBy.length > 0) ? void 0 : (layers[0]?.reasons.find(isProblem) ?? stages[0]?.reasons.find(isProblem))?.message ?? "it does not count";
		this.#problems.set(key, why);
		return why;
	}
	/** Everybody who may approve a stage and cannot, and why not. */
	unable(stage, facts) {
		const all = candidatesFor(stage, this.policy.policy, {
			facts,
			step: 0
		});
		return stage.approvers.flatMap((name) => {
			const whys = all.filter(({ principal }) => principal === name).map((one) => this.problemWith(one, facts));
			const [why] = whys;
			return whys.includes(void 0) || why === void 0 ? [] : [{
				name,
				why
			}];
		});
	}
	/** How somebody can approve: beside what is there, in its place, or both where that makes a difference. */
	ways(candidate, facts) {
		const plain = {
			...candidate,
			replace: false
		};
		const renewing = {
			...candidate,
			replace: true
		};
		if (this.#isPresent(candidate, facts)) return [renewing];
		return outlivedIn(candidate.stage, this.policy, facts).length === 0 && this.#takes(plain, facts) === this.#takes(renewing, facts) ? [plain] : [plain, renewing];
	}
	/** Whether `sign-stage` would sign: what came before passes, and the new approval counts. */
	isAccepted({ stage: { name: stage }, identity, replace }, before, after) {
		const { policy } = this;
		const signing = {
			stage,
			signer: { identity }
		};
		const earlier = stagesBefore(policy, stage);
		const { all } = passedOver({ facts: before }, { policy }, {
			...signing,
			replace
		});
		if (this.judge(without({ facts: before }, all).facts, earlier).verdict !== "passed") return false;
		const added = after.layers.at(-1);
		const left = without({ facts: after }, all).facts;
		return added !== void 0 && countsForStage(added, this.judge(left, [...earlier, stage]), {
			policy,
			stage
		});
	}
	/** The image after these steps, of which `step` are done; undefined where one of them would be refused. */
	afterAll(ways, start, step) {
		let facts = start;
		for (const [position, way] of ways.entries()) {
			const after = this.after(way, facts, step + position);
			if (!this.isAccepted(way, facts, after)) return void 0;
			facts = after;
		}
		return facts;
	}
	/** The image as `sign-stage` would leave it. */
	after(way, before, step) {
		const gone = way.replace ? outlivedIn(way.stage, this.policy, before) : [];
		const { facts } = without({ facts: before }, gone);
		const layer = this.#layerFor(way, facts, {
			replaces: this.#replaced(way, facts),
			step
		});
		return {
			...facts,
			layers: [...facts.layers, layer]
		};
	}
	#layerFor({ stage, identity }, facts, { replaces, step }) {
		const { policy, now } = this;
		const signer = {
			identity,
			material: {
				kind: "public-key",
				hint: identity.hint ?? ""
			}
		};
		const request = {
			stage: stage.name,
			now,
			expires: void 0,
			reason: void 0,
			ticket: void 0,
			run: void 0
		};
		const approval = newApproval({
			...facts,
			dataRead: true
		}, {
			...request,
			resourceUri: ""
		}, {
			policy,
			native: [],
			signer,
			replaces,
			without: []
		});
		return {
			place: {
				in: "registry",
				name: `step ${step + 1}`
			},
			kind: "bundle",
			method: identity.method,
			digest: sha256(utf8(JSON.stringify(approval))),
			signer: identity,
			signature: "valid",
			reasons: [],
			covers: scopesOf(policy.policy, facts.units)(stage.name),
			contradicted: false,
			approval,
			signedAt: approval.timeVerified
		};
	}
	/** Whether sign-stage would say that there is nothing to do. */
	#isPresent({ stage, identity }, facts) {
		return ownLayers({ facts }, {
			stage: stage.name,
			signer: { identity }
		}).some((layer) => stillCounts(layer, { facts }, this.#rules, this.#alone(facts)));
	}
	#takes(way, facts) {
		return this.#replaced(way, facts).map(({ digest }) => digest).join(" ");
	}
	#replaced({ stage: { name: stage }, identity, replace }, facts) {
		const signing = {
			stage,
			signer: { identity },
			replace
		};
		return replacedLayers({ facts }, this.#rules, signing, this.#alone(facts));
	}
	get #rules() {
		return {
			policy: this.policy,
			now: this.now,
			requiredStages: []
		};
	}
	/** Verdicts about one stage alone, each asked once. */
	#alone(facts) {
		return (stage) => {
			const known = this.#verdicts.get(facts) ?? /* @__PURE__ */ new Map();
			this.#verdicts.set(facts, known);
			const verdict = known.get(stage) ?? this.judge(facts, [stage]);
			known.set(stage, verdict);
			return verdict;
		};
	}
	#spend({ layers, evidence }) {
		const lists = layers.reduce((sum, { approval }) => sum + (approval?.roster.length ?? 0), 0);
		this.#left -= AT_LEAST + (layers.length + evidence.length) / 3 + lists / 6;
	}
};
/** What whoever approves the stage has to take away: approvals of a file for what it held before. */
function outlivedIn({ name: stage }, policy, facts) {
	return outlivedLayers({ facts }, { policy }, {
		stage,
		signer: { identity: NOBODY }
	});
}
/** Who is nobody here and in no list decides nothing; a thousand of them must not be judged again for each step. */
function withoutStrangers(policy, facts) {
	const known = ({ signer }) => signer !== null && matchPrincipals(policy, signer).length > 0;
	const listed = new Set(facts.layers.filter((layer) => layer.signature === "valid" && known(layer)).flatMap(({ approval }) => [...approval?.roster ?? [], ...approval?.native ?? []].map(({ digest }) => digest)));
	const counts = (layer) => layer.place.in === "sif" && (layer.signature === "invalid" || layer.signature === "unreadable") || layer.granted === true || listed.has(layer.digest) || (layer.signature === "valid" ? known(layer) : principalsBehind(policy, layer).length > 0);
	return {
		...facts,
		layers: facts.layers.filter(counts)
	};
}

// src/stage/plan/plan.ts
/** People that a hint names. */
const NAMED = 10;
/** What is lacking is said in so many lines. */
const SAID = 20;
/** The fewest steps after which the image passes, of those that a bounded search finds. */
function planSteps(loaded, found, options) {
	const { now, stages } = options;
	const { units, problems } = found;
	const defects = problems.filter(isProblem).map(({ message, hint }) => `${message}: ${hint}`);
	if (defects.length > 0 || units.length === 0) return withoutWay(defects);
	const asked = askedOf(loaded.policy, units);
	const facts = withoutStrangers(asked, settledFacts(loaded.policy, found, now));
	const { policy, steps: attests, lacking } = evidenceLacking(asked, facts, options);
	const file = {
		...loaded,
		policy
	};
	const { steps: removals, left: unaltered, stuck } = withoutAltered(file, facts, stages);
	const trial = new Trial(file, options);
	const { gone, left } = withoutLasting(trial, unaltered);
	const inside = found.pinned === void 0 ? [] : gone.filter(({ place }) => place.in === "sif");
	const never = [
		...stuck,
		...inside.map((layer) => witnessText(layer)),
		...lacking,
		...lackingAnyway(trial, left)
	];
	if (never.length > 0) return withoutWay(never);
	const fewest = fewestApprovals(trial.begin(.5), left);
	const all = fewest ? void 0 : everybodysApprovals(trial.begin(.75), left);
	const approvals = fewest ?? all?.enough;
	if (!approvals) return withoutWay(all?.lacking ?? []);
	const others = othersFor(trial.begin(1), left, approvals);
	const approving = approvals.map((step, index) => approvalStep(step, others[index] ?? [step.principal]));
	const work = trial.stages.flatMap(({ name }) => [...attests, ...approving].filter(({ stage }) => stage === name));
	return {
		steps: [
			...removals,
			...gone.map(takeAway),
			...work
		],
		enough: true,
		lacking: []
	};
}
function withoutWay(lacking) {
	const more = lacking.length - SAID;
	return {
		steps: [],
		enough: false,
		lacking: [...lacking.slice(0, SAID), ...more > 0 ? [`and ${more} more`] : []]
	};
}
/**
* In a file nothing altered and no approval of other content may stay; whoever had it approves again. What an approver of a
* stage takes away by approving is left to them. What is in a file that lies in a registry stays in it.
*/
function withoutAltered(policy, facts, stages) {
	const { layers, evidence, pinned } = facts;
	const isBad = (one) => isAltered(policy, one);
	const asked = policy.policy.stages.filter(({ name }) => stages?.includes(name) ?? true);
	const outlived = new Set(pinned === void 0 ? asked.flatMap((stage) => outlivedIn(stage, policy, facts)) : []);
	const bad = [...layers, ...evidence].filter((one) => isBad(one) && !("approval" in one && outlived.has(one)));
	const places = [...new Map(bad.map(({ place }) => [whereOf(place), place])).values()];
	const left = {
		...facts,
		layers: layers.filter((one) => !bad.includes(one)),
		evidence: evidence.filter((one) => !bad.includes(one))
	};
	if (pinned !== void 0) return {
		steps: [],
		left,
		stuck: places.map((place) => `a file without ${alteredText(place)}: mend it, and push it anew`)
	};
	return {
		steps: places.map((place) => ({
			stage: null,
			who: [],
			hint: `delete ${alteredText(place)}, or restore the image from a copy`,
			action: {
				task: "delete",
				place
			}
		})),
		left,
		stuck: []
	};
}
function alteredText(place) {
	return `${whereOf(place)}, which was altered or is about other content`;
}
/** It is a witness of what was removed, so whoever deletes it must know. */
function takeAway(layer) {
	return {
		stage: null,
		who: [],
		hint: witnessText(layer),
		action: {
			task: "delete",
			place: layer.place
		}
	};
}
function witnessText({ place, approval }) {
	return `put back what was removed, from a copy of the image; or, where its removal is known to be right, delete ${`${whereOf(place)}, a valid approval of stage ${approval?.stage ?? ""} that lists it and in whose place nobody can approve`}`;
}
/** What fails a file for as long as it is in there; evidence about other content does not, nor what a stranger signed. */
function isAltered({ policy }, fact) {
	const { place, signature, contradicted, signer } = fact;
	const broken = signature === "invalid" || signature === "unreadable";
	const foreign = "approval" in fact && signature === "valid" && contradicted && signer !== null;
	return place.in === "sif" && (broken || foreign && matchPrincipals(policy, signer).length > 0);
}
function approvalStep({ stage: { name: stage, reviewed }, identity, replace, fresh }, who) {
	const again = replace ? ", in the place of what is there" : "";
	const renewed = fresh ? "" : ", with a key or certificate that is good now";
	return {
		stage,
		who,
		hint: `have ${who.slice(0, NAMED).join(" or ")} approve stage ${stage}${again}${renewed}`,
		action: {
			task: "approve",
			stage,
			method: identity.method,
			replace,
			reviewed: reviewed === true
		}
	};
}

export { isAboutContent as n, planSteps as t };