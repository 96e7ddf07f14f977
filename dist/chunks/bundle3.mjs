import { d as sha256, g as utf8 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { g as subjectDigests } from "./statement.mjs";
import { t as cosignRefusal } from "./cosign-rules.mjs";

// src/findings/reviewers.ts
const ONE = /^([A-Za-z0-9][A-Za-z0-9_[\]-]{0,99}):([1-9][0-9]{0,19})$/;
const MAX_REVIEWERS = 20;
/** One text for the run of an approval. */
function encodeReviewers(reviewers) {
	return reviewers.map(({ login, id }) => `${login}:${id}`).join(" ");
}
/** The reviewers that an approval's run names; none where the text is another one. */
function reviewersIn(run) {
	const words = run?.["reviewers"]?.split(" ") ?? [];
	const found = words.flatMap((word) => {
		const [, login, id] = ONE.exec(word) ?? [];
		return login !== void 0 && id !== void 0 ? [{
			login,
			id
		}] : [];
	});
	return found.length === words.length && found.length <= MAX_REVIEWERS ? found : [];
}

// src/image/bundle.ts
/** Predicate type of `cosign sign` bundles; they name no stage. */
const COSIGN_SIGN_PREDICATE_TYPE = "https://sigstore.dev/cosign/sign/v1";
/** Name of the statement subject that holds a SIF group's content digest. */
const SIF_SUBJECT = "sif-metadata";
/** The fact that a bundle states about this content. */
function placeBundle(opened, view) {
	if ("problem" in opened) return {
		is: "layer",
		fact: unreadable(opened.found, opened.problem),
		opened: void 0
	};
	const { found, bundle, statement, approval, check } = opened;
	const match = compareSubjects(statement, view, approval);
	const { vouched, ...common } = commonFacts(opened, match.reasons);
	const reasons = [...common.reasons, ...match.reasons];
	if (isEvidence(opened)) return {
		is: "evidence",
		fact: {
			...common,
			...match,
			reasons,
			...detachment(found),
			...signedStatement(common, bundle),
			predicateType: statement.predicateType,
			...opened.record ? { record: opened.record } : {},
			...opened.withdrawal ? { withdrawal: opened.withdrawal } : {},
			...opened.breakGlass === void 0 ? {} : { breakGlass: opened.breakGlass }
		},
		opened
	};
	const unlike = approval || check.status !== "valid" && !vouched ? void 0 : cosignRefusal(opened);
	return {
		is: "layer",
		fact: {
			...common,
			...match,
			...unlike ? { signature: "untrusted" } : vouched ? { vouched } : {},
			reasons: [...unlike ? [unlike] : [], ...reasons],
			signer: withReviewers(common.signer, approval),
			...opened.granted ? { granted: true } : {},
			kind: approval ? "bundle" : "cosign",
			approval: approval?.approval ?? null,
			signedAt: approval?.approval.timeVerified ?? null,
			...approval ? {} : statedStage(statement, view)
		},
		opened
	};
}
/** A keyless job says who released it into the environment that its certificate names. */
function withReviewers(signer, approval) {
	if (signer?.method !== "sigstore" || !approval) return signer;
	const { run } = approval.approval;
	const reviewers = reviewersIn(run);
	const { deploymentEnvironment: certified } = signer.claims;
	return certified !== void 0 && run?.["reviewedEnvironment"] === certified && reviewers.length > 0 ? {
		...signer,
		reviewers
	} : signer;
}
/**
* What `cosign sign -a stage=NAME` signs along; the signature is for that stage then. What is said of other images says
* nothing about this one.
*/
function statedStage({ subject }, view) {
	const ours = /* @__PURE__ */ new Set([...view.digests, ...view.aliases]);
	const here = subject.filter((one) => subjectDigests(one).some((digest) => ours.has(digest)));
	const said = new Set(here.map(({ annotations }) => annotations?.["stage"]).filter((value) => value !== void 0));
	if (said.size === 0) return {};
	const [stage] = said;
	return { statedStage: said.size === 1 && typeof stage === "string" ? stage : null };
}
function signedStatement({ signature }, { envelope }) {
	return signature === "valid" ? { statement: envelope.payload } : {};
}
/** Evidence that never goes into a file: approvals name it, and verification does not miss it. */
function detachment({ bytes, evidenceOnly, place }) {
	return place.in !== "sif" && bytes.length > LIMITS.laneEvidenceBytes || evidenceOnly ? { detached: true } : {};
}
/** True unless it is an approval, or a plain cosign signature. */
function isEvidence({ statement, approval }) {
	return !approval && statement.predicateType !== "https://sigstore.dev/cosign/sign/v1";
}
function unreadable(found, problem) {
	return {
		place: found.place,
		kind: "bundle",
		method: null,
		digest: sha256(found.bytes),
		signer: null,
		signature: "unreadable",
		reasons: found.defect ? [found.defect, problem] : [problem],
		covers: [],
		contradicted: false,
		approval: null,
		signedAt: null
	};
}
function commonFacts({ found, bundle, check, vouched }, differences) {
	const signature = found.defect ? "invalid" : check.status;
	return {
		place: found.place,
		digest: bundle.payloadDigest,
		method: check.identity?.method ?? methodOf(bundle),
		signer: check.identity,
		signature,
		reasons: found.defect ? [found.defect, ...check.reasons] : check.reasons,
		...timeOf(check),
		...alsoAtTimes(vouched, differences)
	};
}
/** Whatever the time, what is signed differs from the image as it does. */
function alsoAtTimes(vouched, differences) {
	if (!vouched) return {};
	return { vouched: vouched.map((time) => ({
		...time,
		reasons: [...time.reasons, ...differences]
	})) };
}
/** What is known of the time of a signature. */
function timeOf({ proven, timeRemarks }) {
	return {
		...proven ? { proven } : {},
		...timeRemarks ? { timeRemarks } : {}
	};
}
function methodOf(bundle) {
	if (bundle.material.kind === "certificates") return "x509";
	return bundle.material.hint.startsWith("openpgp4fpr:") ? "pgp" : "key";
}
/** Which units the statement's subjects cover, and whether it names content that is not there. */
function compareSubjects(statement, view, approval) {
	const named = statement.subject.map((subject) => ({
		digests: subjectDigests(subject),
		name: subject.name
	}));
	const known = new Set(view.digests);
	const groups = groupsBy(approval?.content ?? []);
	const covers = new Set(named.flatMap(({ digests }) => digests).flatMap((digest) => known.has(digest) ? view.unitsOf(digest, groups && (groups.get(digest) ?? /* @__PURE__ */ new Set())) : []));
	const bySif = named.filter(({ name }) => view.kind === "sif" && name === "sif-metadata");
	if (!approval && named.some(({ digests }) => digests.some((digest) => view.aliases.includes(digest)))) return {
		covers: view.units,
		contradicted: false,
		reasons: []
	};
	const differs = covers.size === 0 || bySif.some(({ digests }) => !digests.some((digest) => known.has(digest)));
	const reasons = differs && approval ? view.explain(approval.content) : [];
	return {
		covers: [...covers],
		contradicted: differs && (view.known || reasons.length > 0),
		reasons
	};
}
/** The groups that each digest was approved for; undefined when the approval does not say. */
function groupsBy(content) {
	if (content.length === 0) return void 0;
	const groups = /* @__PURE__ */ new Map();
	for (const { group, metadata } of content) {
		const digest = sha256(utf8(metadata));
		groups.set(digest, (groups.get(digest) ?? /* @__PURE__ */ new Set()).add(group));
	}
	return groups;
}

export { placeBundle as a, isEvidence as i, SIF_SUBJECT as n, timeOf as o, alsoAtTimes as r, encodeReviewers as s, COSIGN_SIGN_PREDICATE_TYPE as t };