import { r as DataError } from "./errors.mjs";
import { d as sha256, f as sha256Hex, g as utf8 } from "./bytes.mjs";
import { r as isProblem } from "./reasons.mjs";
import { J as principalsBehind, W as matchPrincipals, k as viewImage, t as checkRequirements } from "./requires.mjs";
import { n as newApproval, r as stagesBefore } from "./approval3.mjs";
import { n as SifError } from "./errors3.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { c as evaluatePolicy, l as settleTimes } from "./verify.mjs";
import { c as replacedLayers, o as ownLayers, u as stillCounts } from "./earlier.mjs";

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

// src/stage/plan/plan.ts
/** Approvers of one stage that are tried. */
const TRIED = 50;
/** Reasons whose advice is the step itself. */
const NO_MORE = /* @__PURE__ */ new Set(["EVIDENCE_MISSING", "EVIDENCE_TOO_FEW"]);
/** Steps that are looked for; an image that needs more is made anew. */
const MOST_STEPS = 200;
/** The steps after which the image passes, the fewest that trying one approver after the other finds. */
function planSteps(loaded, facts, options) {
	return new Planner(loaded, facts, options).run();
}
/** How far a stage is, as a verdict about it says; undefined when it says nothing. */
function progressOf(policy, facts, { verdict, stage, now }) {
	const report = verdict.stages.find((one) => one.stage === stage);
	if (!report) return void 0;
	const { approvedBy, needed } = report;
	const stages = [...stagesBefore(policy, stage), stage];
	return {
		approvedBy,
		needed,
		next: (approvedBy.length < needed ? planSteps(policy, facts, {
			now,
			stages
		}).steps : []).find((step) => step.stage === stage)?.who ?? []
	};
}
var Planner = class {
	#loaded;
	#options;
	#steps = [];
	#policy;
	#facts;
	constructor(loaded, facts, options) {
		this.#loaded = loaded;
		this.#policy = loaded.policy;
		this.#facts = withoutStrangers(loaded.policy, settleTimes(loaded.policy, facts, options.now));
		this.#options = options;
	}
	run() {
		if (this.#facts.units.length === 0 || this.#facts.problems.some(isProblem)) return this.#end();
		this.#removeAltered();
		const asked = [];
		for (const { name } of this.#policy.stages) {
			if (this.#options.stages && !this.#options.stages.includes(name)) continue;
			asked.push(name);
			while (this.#judge(asked).verdict !== "passed") if (this.#steps.length >= MOST_STEPS || !(this.#attest(name) || this.#approve(name, asked))) return this.#end();
		}
		return this.#end();
	}
	#end() {
		return {
			steps: this.#steps,
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
	/** In a file nothing altered and no approval of other content may stay; whoever had it approves again. */
	#removeAltered() {
		const { layers, evidence } = this.#facts;
		const objects = [...layers, ...evidence].flatMap(({ place, ...rest }) => place.in === "sif" && isBad({
			place,
			...rest
		}) ? [place.object] : []);
		for (const object of new Set(objects)) this.#steps.push({
			stage: null,
			who: [],
			hint: `delete object ${object}, which was altered or is about other content, with \`siftool del ${object} IMAGE\`; or restore the image from a copy`
		});
		this.#facts = {
			...this.#facts,
			layers: layers.filter((one) => !isBad(one)),
			evidence: evidence.filter((one) => !isBad(one))
		};
	}
	/** The first piece of evidence that the stage lacks is taken to be made. */
	#attest(name) {
		const stage = this.#policy.stages.find((one) => one.name === name);
		if (!stage) return false;
		const reports = checkRequirements(this.#policy, stage, viewImage(this.#policy, this.#facts, this.#options.now));
		const index = reports.findIndex(({ met }) => !met);
		const requirement = stage.requires[index];
		if (!requirement) return false;
		const why = reports[index]?.reasons.find(({ code }) => !NO_MORE.has(code))?.hint;
		const { evidence, signedBy } = requirement;
		this.#steps.push({
			stage: name,
			who: signedBy,
			hint: `have ${signedBy.join(" or ")} attach ${evidence} that stage ${name} accepts, with ${commandFor(requirement)}${why === void 0 ? "" : `: ${why}`}`
		});
		const requires = stage.requires.filter((one) => one !== requirement);
		this.#policy = withStage(this.#policy, {
			...stage,
			requires
		});
		return true;
	}
	/** The first approver whose approval brings the stages nearer to passing. */
	#approve(name, asked) {
		const stage = this.#policy.stages.find((one) => one.name === name);
		if (!stage) return false;
		const before = distance(this.#judge(asked));
		const ways = [true, false].flatMap((fresh) => [false, true].map((replace) => ({
			fresh,
			replace
		})));
		for (const { fresh, replace } of ways) {
			const helping = this.#candidates(stage, fresh).flatMap((candidate) => {
				if (!replace && this.#isPresent(stage, candidate)) return [];
				const added = this.#withApproval(stage, candidate, replace);
				const left = distance(this.#judge(asked, added));
				return left < before ? [{
					candidate,
					added,
					left: left + distance(this.#judgeAll(added)) / 1e9
				}] : [];
			});
			const nearest = Math.min(...helping.map(({ left }) => left));
			const best = helping.filter(({ left }) => left === nearest);
			const [first] = best;
			if (!first) continue;
			const who = [...new Set(best.map(({ candidate }) => candidate.principal))];
			const again = replace ? " and ⟨replace=true⟩" : "";
			const renewed = fresh ? "" : " and a key or certificate that is good now";
			this.#steps.push({
				stage: name,
				who,
				hint: `have ${who.slice(0, 10).join(" or ")} approve stage ${name}: \`countersign sign-stage\` with ⟨stage=${name}⟩${again}${renewed}`
			});
			this.#facts = first.added;
			return true;
		}
		return false;
	}
	/** Those whose key or certificate has ended, as far as is known, or the others. */
	#candidates({ approvers }, fresh) {
		const behind = (wanted) => this.#facts.layers.filter(({ signature }) => signature === wanted).flatMap((layer) => principalsBehind(this.#policy, layer));
		const valid = behind("valid");
		const ended = new Set(behind("untrusted").filter((name) => !valid.includes(name)));
		return approvers.slice(0, TRIED).flatMap((principal) => {
			const credentials = this.#policy.principals.find(({ name }) => name === principal)?.credentials ?? [];
			const known = this.#facts.layers.flatMap(({ signature, signer }) => signature === "valid" && signer && matchPrincipals(this.#policy, signer).includes(principal) ? [signer] : []);
			const thought = credentials.flatMap((one, index) => identityFor(one, `${principal} ${index}`, this.#steps.length));
			return [...known, ...thought].map((identity) => ({
				principal,
				identity
			}));
		}).filter(({ principal }) => ended.has(principal) !== fresh);
	}
	/** Whether sign-stage would say that there is nothing to do. */
	#isPresent(stage, { identity }) {
		const facts = this.#facts;
		const rules = {
			policy: { policy: this.#policy },
			now: this.#options.now,
			requiredStages: []
		};
		return ownLayers({ facts }, {
			stage: stage.name,
			signer: { identity }
		}).some((layer) => stillCounts(layer, { facts }, rules));
	}
	/** The facts with an approval as sign-stage would give it. */
	#withApproval(stage, { identity }, replace) {
		const facts = this.#facts;
		const { now } = this.#options;
		const policy = {
			...this.#loaded,
			policy: this.#policy
		};
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
				name: `step ${this.#steps.length + 1}`
			},
			kind: "bundle",
			method: identity.method,
			digest: sha256(utf8(JSON.stringify(approval))),
			signer: identity,
			signature: "valid",
			reasons: [],
			covers: facts.units.map(({ id }) => id),
			contradicted: false,
			approval,
			signedAt: approval.timeVerified
		};
		return {
			...facts,
			layers: [...facts.layers, layer]
		};
	}
};
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
/** How far an image is from passing: people that are missing count for more than what else is wrong. */
function distance({ stages, reasons }) {
	const people = stages.reduce((sum, { needed, approvedBy }) => sum + Math.max(0, needed - approvedBy.length), 0);
	const open = stages.filter(({ verdict }) => verdict !== "passed").length;
	const wrong = stages.flatMap((one) => one.verdict === "passed" ? [] : one.reasons.filter(isProblem)).length;
	return open * 1e6 + people * 1e3 + wrong + reasons.filter(isProblem).length;
}
function withStage(policy, changed) {
	return {
		...policy,
		stages: policy.stages.map((one) => one.name === changed.name ? changed : one)
	};
}
function commandFor({ evidence }) {
	return evidence === "provenance" ? "`countersign build`" : "`countersign scan-attest`";
}
/** What fails a file for as long as it is in there. */
function isBad({ place, signature, contradicted }) {
	const broken = signature === "invalid" || signature === "unreadable";
	return place.in === "sif" && (broken || signature === "valid" && contradicted);
}

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

export { planSteps as n, progressOf as r, isAboutContent as t };