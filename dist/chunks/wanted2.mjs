import { a as encodePem, o as equalBytes } from "./bytes.mjs";
import { t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { i as VERDICT_VERIFIER_ID } from "./record.mjs";
import { a as thresholdLoss, n as keyWithHint, o as ruleLosses, t as asksOf } from "./asks.mjs";
import { r as GateError } from "./errors11.mjs";
import { isDeepStrictEqual } from "node:util";

// src/gates/kubernetes/wanted.ts
/** Predicate type of approvals and verdicts. */
const SUMMARY_TYPE = APPROVAL_PREDICATE_TYPE;
/** What a verdict once signed cannot say of the time after. */
const AFTER_VERDICT = [
	"age",
	"window",
	"break-glass"
];
/**
* What a gate asks for that reads summaries: of each stage its approvals, or the verdict of `verify-all`.
* @throws GateError GATE_NOT_EXPRESSIBLE when nothing is left to ask for; GATE_KEY_MISSING
*/
function wantedSummaries(loaded, stages, asking) {
	if (asking.verdictKeys.length > 0) return wantedVerdict(loaded, stages, asking);
	const { readsNames = false, now } = asking;
	const { asks, losses } = asksOf(loaded, stages, {
		knows: readsNames ? isMarked : isKey,
		what: readsNames ? "a bare key, or a certificate of Sigstore that its name alone tells apart" : "a bare key",
		now
	});
	if (asks.length === 0) throw new GateError("GATE_NOT_EXPRESSIBLE", "the gate can ask for none of the stages: their approvers have other keys than it reads", { hint: "have `verify-all` sign its verdict, and give the key of whoever runs it as ⟨verdict-key⟩" });
	const unseen = stages.filter(({ name, native }) => native.includes("cosign") && asks.some(({ stage }) => stage === name)).map(({ name }) => ({
		stage: name,
		rule: "alternatives",
		text: `of stage ${name} approvals alone are asked for: the gate denies images of which it has a plain cosign signature`
	}));
	const many = asks.filter((ask) => !countsPeople(ask)).flatMap(thresholdLoss);
	const wanted = asks.map((ask) => wantedApproval(loaded, stages, ask));
	const shared = asks.flatMap((ask, index) => sharedLoss(ask, wanted[index]));
	return {
		wanted,
		losses: [
			...losses,
			...unseen,
			...many,
			...shared
		]
	};
}
function isKey(credential) {
	return credential.method === "key";
}
/** Of a job the name in the certificate says which workflow ran, and not whose job it was: other claims are needed then. */
function isMarked(credential) {
	if (credential.method !== "sigstore") return isKey(credential);
	const { san, claims } = credential;
	return san.length > 0 && Object.keys(claims).length === 0 && san.every((name) => /^(?:email|uri):/.test(name));
}
/** Where one credential fits several people, the gate does not tell them apart. */
function countsPeople({ approvers, threshold }) {
	return threshold === 1 || !approvers.some(({ several }) => several);
}
function wantedApproval({ trust }, stages, ask) {
	const stage = stages.find(({ name }) => name === ask.stage);
	if (!stage) throw new Error(`no stage ${ask.stage}`);
	const named = ask.approvers.map(({ name, credentials }) => ({
		name,
		marks: credentials.flatMap((credential) => marksOf(trust, credential))
	}));
	const needed = countsPeople(ask) ? ask.threshold : 1;
	const signers = needed > 1 ? withoutShared(named) : named;
	if (signers.length < needed) throw new GateError("GATE_NOT_EXPRESSIBLE", `stage ${stage.name} needs ${needed} people, and of its approvers ${signers.length} have keys that no other has`, { hint: "give each approver keys of their own, or have `verify-all` sign its verdict and give that key as ⟨verdict-key⟩" });
	return {
		what: `an approval of stage ${stage.name}`,
		verifierId: stage.id,
		...stage.maxAge === void 0 ? {} : { maxAge: stage.maxAge },
		signers,
		needed
	};
}
/** Approvers with a mark in common as one: a gate that counts names would count a signature by that key for each. */
function withoutShared(approvers) {
	let apart = [];
	for (const approver of approvers) {
		const same = apart.filter(({ marks }) => marks.some((mark) => approver.marks.some((one) => mayBeOne(mark, one))));
		const all = [...same, approver];
		const joined = {
			name: all.map(({ name }) => name).join(" or "),
			marks: all.flatMap(({ marks }) => marks).filter((mark, index, list) => list.findIndex((one) => isDeepStrictEqual(one, mark)) === index)
		};
		apart = [...apart.filter((one) => !same.includes(one)), joined];
	}
	return apart;
}
/** One key, or two patterns that can fit one name. */
function mayBeOne(one, other) {
	if (one.by === "key") return other.by === "key" && equalBytes(one.spki, other.spki);
	if (other.by === "key" || one.issuer !== other.issuer) return false;
	return one.san.toLowerCase() === other.san.toLowerCase() || `${one.san}${other.san}`.includes("*");
}
function sharedLoss({ stage, approvers }, wanted) {
	if (!wanted || wanted.signers.length === approvers.length) return [];
	return [{
		stage,
		rule: "alternatives",
		text: `of stage ${stage} approvers who have a key in common count as one: ${wanted.signers.map(({ name }) => name).join(", ")}`
	}];
}
function marksOf(trust, credential) {
	if (credential.method === "key") return [{
		by: "key",
		spki: keyWithHint(trust, credential.hint)
	}];
	const { issuer, san } = credential;
	return trust.sigstore.flatMap((instance) => san.map((name) => ({
		by: "name",
		issuer,
		san: name,
		instance
	})));
}
function wantedVerdict(loaded, stages, { verdictKeys, now }) {
	const losses = ruleLosses(loaded, stages, {
		knows: () => true,
		now
	});
	return {
		wanted: [{
			what: "the verdict of verify-all by this policy",
			verifierId: VERDICT_VERIFIER_ID,
			policySha256: loaded.digest.slice(7),
			signers: [{
				name: "whoever verifies",
				marks: verdictKeys.map((spki) => ({
					by: "key",
					spki
				}))
			}],
			needed: 1
		}],
		losses: losses.filter(({ rule }) => AFTER_VERDICT.includes(rule))
	};
}
/** As a line of a page: what is asked, and of whom. */
function wantedText({ what, signers, needed }) {
	const names = signers.map(({ name }) => name);
	return `${what} by ${names.length === 1 ? names.join("") : `${needed} of ${names.join(", ")}`}`;
}
/** The key as PEM. */
function keyPem(spki) {
	return encodePem("PUBLIC KEY", spki);
}

export { wantedText as i, keyPem as n, wantedSummaries as r, SUMMARY_TYPE as t };