import { r as DataError } from "./errors.mjs";
import { d as sha256, f as sha256Hex, g as utf8 } from "./bytes.mjs";
import { o as matchPrincipals, u as principalsBehind } from "./people.mjs";
import { n as SifError } from "./errors3.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { o as scopesOf, t as askedOf } from "./scope.mjs";
import { r as isProblem } from "./reasons.mjs";
import { B as viewImage } from "./glass.mjs";
import { t as checkRequirements } from "./requires.mjs";
import { n as newApproval, r as stagesBefore } from "./approval3.mjs";
import { c as evaluatePolicy, d as settleTimes } from "./verify.mjs";
import { n as isFilled } from "./verdict.mjs";
import { f as stillCounts, o as outlivedLayers, s as ownLayers, u as replacedLayers } from "./earlier.mjs";

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

// src/stage/plan/identity.ts
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

// src/stage/plan/trial.ts
/** Approvers of one stage that are tried. */
const TRIED = 50;
/** Approvers of a stage: those whose key or certificate has ended, as far as is known, or the others (`fresh`). */
function candidatesFor({ approvers }, { policy: { policy }, facts, step }, fresh) {
	const behind = (wanted) => facts.layers.filter(({ signature }) => signature === wanted).flatMap((layer) => principalsBehind(policy, layer));
	const valid = behind("valid");
	const ended = new Set(behind("untrusted").filter((name) => !valid.includes(name)));
	return approvers.slice(0, TRIED).flatMap((principal) => {
		const credentials = policy.principals.find(({ name }) => name === principal)?.credentials ?? [];
		const known = facts.layers.flatMap(({ signature, signer }) => signature === "valid" && signer && matchPrincipals(policy, signer).includes(principal) ? [signer] : []);
		const thought = credentials.flatMap((one, index) => identityFor(one, `${principal} ${index}`, step));
		return [...new Map([...known, ...thought].map((identity) => [JSON.stringify({
			...identity,
			trustSource: void 0
		}), identity])).values()].map((identity) => ({
			principal,
			identity
		}));
	}).filter(({ principal }) => ended.has(principal) !== fresh);
}
/** What whoever approves the stage has to take away: approvals of a file for what it held before. */
function outlivedIn({ name: stage }, { policy, facts }) {
	return outlivedLayers({ facts }, { policy }, {
		stage,
		signer: { identity: NOBODY }
	});
}
const NOBODY = {
	method: "key",
	hint: "",
	algorithm: "ed25519"
};
/** Whether an approval is to replace what is there: both are tried, where it need not. */
function waysOf({ name }, { replacing }) {
	return replacing.has(name) ? [true] : [false, true];
}
/** Whether sign-stage would say that there is nothing to do. */
function isPresent(stage, { identity }, { policy, facts, now }) {
	return ownLayers({ facts }, {
		stage: stage.name,
		signer: { identity }
	}).some((layer) => stillCounts(layer, { facts }, {
		policy,
		now,
		requiredStages: []
	}));
}
/** The facts with an approval as sign-stage would give it. */
function withApproval(stage, { identity }, { policy, facts, now, step, replace }) {
	const signer = {
		identity,
		material: {
			kind: "public-key",
			hint: identity.hint ?? ""
		}
	};
	const replaces = replacedLayers({ facts }, {
		policy,
		now,
		requiredStages: []
	}, {
		stage: stage.name,
		signer,
		replace
	});
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
	const layer = {
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
	return {
		...facts,
		layers: [...facts.layers, layer]
	};
}
/** Who is nobody here and in no list decides nothing; a thousand of them must not be judged again for each step. */
function withoutStrangers(policy, facts) {
	const known = ({ signer }) => signer !== null && matchPrincipals(policy, signer).length > 0;
	const listed = new Set(facts.layers.filter((layer) => layer.signature === "valid" && known(layer)).flatMap(({ approval }) => [...approval?.roster ?? [], ...approval?.native ?? []].map(({ digest }) => digest)));
	const counts = (layer) => layer.place.in === "sif" || listed.has(layer.digest) || (layer.signature === "valid" ? known(layer) : principalsBehind(policy, layer).length > 0);
	return {
		...facts,
		layers: facts.layers.filter(counts)
	};
}

// src/stage/plan/fewer.ts
/** Images that are judged at most. */
const MOST_TRIED = 150;
/** A shorter way that makes the image pass; undefined where none was found within the bound. */
function fewerApprovals(stages, search) {
	const left = { tries: MOST_TRIED };
	const fewest = missingFrom(stages, search.situation.facts);
	for (let depth = Math.max(1, fewest); depth < search.than; depth += 1) {
		const found = within(stages, {
			...search,
			depth,
			left
		});
		if (found) return found;
	}
}
/** No fewer will do: each approval that is there, good or bad, counts once at the most. */
function missingFrom(stages, { layers }) {
	const plain = layers.filter(({ approval }) => !approval).length;
	return stages.reduce((sum, { name, threshold, native }) => {
		const there = layers.filter(({ approval }) => approval?.stage === name).length;
		return sum + Math.max(0, threshold - there - (native.length > 0 ? plain : 0));
	}, 0);
}
/** Depth first, stages in their order: what a later one is to have seen must be there. */
function within(stages, search) {
	const { situation, depth, left, passes } = search;
	if (missingFrom(stages, situation.facts) > depth) return void 0;
	for (const [index, stage] of stages.entries()) {
		if (missingFrom(stages.slice(0, index), situation.facts) > 0) return void 0;
		for (const candidate of onePerPerson(candidatesFor(stage, situation, true))) for (const replace of waysOf(stage, situation)) {
			if (!replace && isPresent(stage, candidate, situation)) continue;
			if (left.tries <= 0) return void 0;
			left.tries -= 1;
			const facts = withApproval(stage, candidate, {
				...situation,
				replace
			});
			const replacing = new Set([...situation.replacing].filter((name) => name !== stage.name));
			const next = {
				...situation,
				facts,
				replacing,
				step: situation.step + 1
			};
			const rest = depth > 1 ? within(stages.slice(index), {
				...search,
				situation: next,
				depth: depth - 1
			}) : replacing.size === 0 && passes(facts) ? [] : void 0;
			const { method } = candidate.identity;
			if (rest) return [{
				stage,
				who: [candidate.principal],
				method,
				replace,
				fresh: true
			}, ...rest];
		}
	}
}
/** What somebody has signed with comes first. */
function onePerPerson(candidates) {
	return candidates.filter(({ principal }, at) => candidates.findIndex((one) => one.principal === principal) === at);
}

// src/stage/plan/plan.ts
/** Reasons whose advice is the step itself. */
const NO_MORE = /* @__PURE__ */ new Set(["EVIDENCE_MISSING", "EVIDENCE_TOO_FEW"]);
/** Ways that are tried; each lets another one of those who help alike approve. */
const MOST_TURNS = 8;
/** Steps that are looked for; an image that needs more is made anew. */
const MOST_STEPS = 200;
/** The steps after which the image passes: of those that a search finds the fewest. */
function planSteps(loaded, facts, options) {
	return new Planner(loaded, facts, options).run();
}
/** How far a stage is, as a verdict about it says; undefined when it says nothing. */
function progressOf(policy, facts, { verdict, stage, now }) {
	const report = verdict.stages.find((one) => one.stage === stage);
	if (!report) return void 0;
	const { approvedBy, needed, objects } = report;
	const stages = [...stagesBefore(policy, stage), stage];
	return {
		approvedBy,
		needed,
		next: (approvedBy.length < needed ? planSteps(policy, facts, {
			now,
			stages
		}).steps : []).find(({ action }) => action.task === "approve" && action.stage === stage)?.who ?? [],
		...objects ? { objects } : {}
	};
}
var Planner = class {
	#loaded;
	#options;
	/** The stages that are asked about, in order. */
	#asked;
	/** Those in which what is there has to be replaced still. */
	#replacing = /* @__PURE__ */ new Set();
	#policy;
	#facts;
	constructor(loaded, facts, options) {
		this.#loaded = loaded;
		this.#policy = askedOf(loaded.policy, facts.units);
		this.#facts = withoutStrangers(loaded.policy, settleTimes(loaded.policy, facts, options.now));
		this.#asked = this.#policy.stages.filter(({ name }) => options.stages?.includes(name) ?? true);
		this.#options = {
			...options,
			...options.stages ? { stages: this.#asked.map(({ name }) => name) } : {}
		};
	}
	run() {
		if (this.#facts.units.length === 0 || this.#facts.problems.some(isProblem)) return this.#planOf([]);
		const { layers, evidence: found, pinned } = this.#facts;
		if (pinned !== void 0 && [...layers, ...found].some((one) => this.#isBad(one))) return this.#planOf([]);
		const removals = this.#removeAltered();
		const evidence = this.#asked.flatMap((stage) => this.#attest(stage));
		const start = this.#situation(0);
		let tried = this.#approveAll(0);
		for (let turn = 1; turn < MOST_TURNS && !this.#isEnough(); turn += 1) {
			this.#startFrom(start);
			tried = this.#approveAll(turn);
		}
		const enough = this.#isEnough();
		const fewer = enough ? fewerApprovals(this.#asked, {
			situation: start,
			than: tried.length,
			passes: (facts) => this.#judgeAll(facts).verdict === "passed"
		}) : void 0;
		const approvals = this.#freeFor(fewer ?? tried).map(approvalStep);
		const work = this.#asked.flatMap(({ name }) => [...evidence, ...approvals].filter(({ stage }) => stage === name));
		return {
			steps: [...removals, ...work],
			enough
		};
	}
	/** Nobody is named for a step who is needed in a stage that must be filled by others. */
	#freeFor(steps) {
		return steps.map((step) => {
			const groups = this.#policy.distinct.filter((group) => group.includes(step.stage.name));
			const others = steps.filter(({ stage }) => stage !== step.stage && groups.some((one) => one.includes(stage.name)));
			const taken = new Set(others.map(({ who: [first] }) => first));
			return {
				...step,
				who: step.who.filter((name, index) => index === 0 || !taken.has(name))
			};
		});
	}
	#isEnough() {
		return this.#replacing.size === 0 && this.#judgeAll().verdict === "passed";
	}
	#startFrom({ facts, replacing }) {
		this.#facts = facts;
		for (const name of replacing) this.#replacing.add(name);
	}
	#planOf(steps) {
		return {
			steps,
			enough: this.#judgeAll().verdict === "passed"
		};
	}
	#judgeAll(facts = this.#facts) {
		const { now, stages } = this.#options;
		return evaluatePolicy(this.#policy, facts, {
			now,
			...stages ? { stages } : {}
		});
	}
	#judge(stages, facts = this.#facts) {
		return evaluatePolicy(this.#policy, facts, {
			now: this.#options.now,
			stages
		});
	}
	#situation(step) {
		return {
			policy: {
				...this.#loaded,
				policy: this.#policy
			},
			facts: this.#facts,
			now: this.#options.now,
			step,
			replacing: new Set(this.#replacing)
		};
	}
	/**
	* In a file nothing altered and no approval of other content may stay; whoever had it approves again. What an approver of a
	* stage takes away by approving is left to them.
	*/
	#removeAltered() {
		const { layers, evidence } = this.#facts;
		const outlived = new Map(this.#asked.map((stage) => [stage.name, outlivedIn(stage, this.#situation(0))]));
		for (const [name, old] of outlived) if (old.length > 0) this.#replacing.add(name);
		const left = new Set([...outlived.values()].flat());
		const altered = layers.filter((one) => this.#isBad(one) && !left.has(one));
		const objects = [...altered, ...evidence.filter((one) => this.#isBad(one))].flatMap(({ place }) => place.in === "sif" ? [place.object] : []);
		this.#facts = {
			...this.#facts,
			layers: layers.filter((one) => !altered.includes(one) && !left.has(one)),
			evidence: evidence.filter((one) => !this.#isBad(one))
		};
		return [...new Set(objects)].map((object) => ({
			stage: null,
			who: [],
			hint: `delete object ${object}, which was altered or is about other content, or restore the image from a copy`,
			action: {
				task: "delete",
				object
			}
		}));
	}
	/** What fails a file for as long as it is in there; evidence about other content does not, nor what a stranger signed. */
	#isBad(fact) {
		const { place, signature, contradicted, signer } = fact;
		const broken = signature === "invalid" || signature === "unreadable";
		const foreign = "approval" in fact && signature === "valid" && contradicted && signer !== null;
		return place.in === "sif" && (broken || foreign && matchPrincipals(this.#policy, signer).length > 0);
	}
	/** What evidence the stage lacks; it is taken to be made. */
	#attest(stage) {
		const { name } = stage;
		const reports = checkRequirements(this.#policy, stage, viewImage(this.#policy, this.#facts, this.#options.now));
		const open = stage.requires.flatMap((requirement, index) => {
			const report = reports[index];
			return report?.met === false ? [{
				requirement,
				reasons: report.reasons
			}] : [];
		});
		const requires = stage.requires.filter((one) => !open.some(({ requirement }) => requirement === one));
		this.#policy = withStage(this.#policy, {
			...stage,
			requires
		});
		return open.map(({ requirement, reasons }) => {
			const { evidence, signedBy: who } = requirement;
			const why = reasons.find(({ code }) => !NO_MORE.has(code))?.hint;
			const first = this.#policy.principals.find((one) => one.name === who[0]);
			return {
				stage: name,
				who,
				hint: `have ${who.join(" or ")} attach ${evidence} that stage ${name} accepts${why === void 0 ? "" : `: ${why}`}`,
				action: {
					task: "attest",
					requirement,
					method: first?.credentials[0]?.method
				}
			};
		});
	}
	/** One approval after the other, stage by stage, until all pass or nothing helps any more. */
	#approveAll(turn) {
		const done = [];
		const asked = [];
		for (const stage of this.#asked) {
			asked.push(stage.name);
			while (this.#replacing.has(stage.name) || this.#judge(asked).verdict !== "passed") {
				const next = done.length < MOST_STEPS ? this.#approve(stage, asked, {
					step: done.length,
					turn
				}) : void 0;
				if (!next) return done;
				done.push(next);
			}
		}
		return done;
	}
	/** The first approver whose approval brings the stages nearer to passing. */
	#approve(stage, asked, { step, turn }) {
		const before = distance(this.#judge(asked));
		const situation = this.#situation(step);
		const ways = [true, false].flatMap((fresh) => waysOf(stage, situation).map((replace) => ({
			fresh,
			replace
		})));
		for (const { fresh, replace } of ways) {
			const helping = candidatesFor(stage, situation, fresh).flatMap((candidate) => {
				if (!replace && isPresent(stage, candidate, situation)) return [];
				const added = withApproval(stage, candidate, {
					...situation,
					replace
				});
				const left = distance(this.#judge(asked, added));
				return left < before || this.#replacing.has(stage.name) ? [{
					candidate,
					added,
					left: left + distance(this.#judgeAll(added)) / 1e9
				}] : [];
			});
			const nearest = Math.min(...helping.map(({ left }) => left));
			const best = helping.filter(({ left }) => left === nearest);
			const names = [...new Set(best.map(({ candidate }) => candidate.principal))];
			const chosen = names[turn % names.length];
			const first = best.find(({ candidate }) => candidate.principal === chosen);
			if (!first) continue;
			this.#facts = first.added;
			this.#replacing.delete(stage.name);
			return {
				stage,
				who: [first.candidate.principal, ...names.filter((name) => name !== chosen)],
				method: first.candidate.identity.method,
				replace,
				fresh
			};
		}
	}
};
function approvalStep({ stage: { name: stage }, who, method, replace, fresh }) {
	const again = replace ? ", in the place of what is there" : "";
	const renewed = fresh ? "" : ", with a key or certificate that is good now";
	return {
		stage,
		who,
		hint: `have ${who.slice(0, 10).join(" or ")} approve stage ${stage}${again}${renewed}`,
		action: {
			task: "approve",
			stage,
			method,
			replace
		}
	};
}
/** How far an image is from passing: people that are missing count for more than what else is wrong. */
function distance({ stages, reasons }) {
	const people = stages.filter((one) => !isFilled(one)).reduce((sum, { needed, approvedBy }) => sum + Math.max(0, needed - approvedBy.length), 0);
	const open = stages.filter((one) => !isFilled(one)).length;
	const wrong = stages.flatMap((one) => isFilled(one) ? [] : one.reasons.filter(isProblem)).length;
	return open * 1e6 + people * 1e3 + wrong + reasons.filter(isProblem).length;
}
function withStage(policy, changed) {
	return {
		...policy,
		stages: policy.stages.map((one) => one.name === changed.name ? changed : one)
	};
}

export { progressOf as n, isAboutContent as r, planSteps as t };