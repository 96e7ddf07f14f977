import { A as whereOf, O as otherContent, S as coversAll, V as describeIdentity, b as compareText, k as viewImage, t as checkRequirements, y as asApproval, z as contentDenials } from "./requires.mjs";
import { a as remark, i as reason, n as asRemark, r as isProblem } from "./reasons.mjs";
import { _ as timeReasons, a as reportLayer, c as unitsOfPartsOnly, d as intrinsicReasons, f as reasonsLeftBehind, g as replacementOf, h as findReplacements, i as reportEvidence, l as endRemarks, m as isLoss, o as reportStages, p as checkChain, r as reportCoverage, s as uniqueReasons, u as claimsOf } from "./reports.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { t as VERDICT_SCHEMA } from "./verdict.mjs";
import { i as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { n as createVerifier } from "./verifier2.mjs";
import { t as examineSif } from "./examine.mjs";

// src/policy/times/vouched.ts
/** The layers of an image, each judged by the earliest time that is proven for it. */
function settleTimes(policy, facts, now) {
	if (!facts.layers.some(({ vouched }) => vouched)) return facts;
	const image = viewImage(policy, facts, now);
	const vouching = new Set(image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => mayVouch(view, image, policy)).map(({ fact }) => fact.digest));
	return {
		...facts,
		layers: facts.layers.map((layer) => settled(layer, vouching))
	};
}
/** Whether an approval counts, by all that does not depend on other layers. */
function mayVouch(view, image, policy) {
	const { approval, fact, principals } = view;
	const stage = policy?.stages.find(({ name }) => name === approval.stage);
	const approves = !policy || stage?.id === approval.verifierId && principals.some((name) => stage.approvers.includes(name));
	const sound = ![...fact.reasons, ...timeReasons(view, image.now)].some(isProblem);
	return approves && sound && view.trusted && fact.proven?.proof === "timestamp" && coversAll(view, image);
}
function settled(layer, vouching) {
	const time = layer.vouched?.find(({ by }) => vouching.has(by));
	if (!time) return layer;
	const { vouched: _, ...rest } = layer;
	return {
		...rest,
		signature: "valid",
		signer: time.signer,
		reasons: time.reasons,
		proven: time.proven
	};
}

// src/policy/rules/parts.ts
/** Why the image's partitions are not as the policy wants them, and a remark for each that Apptainer may write to. */
function partReasons(policy, { name, units }) {
	const partitions = units.filter(({ encrypted }) => encrypted !== void 0);
	const writable = partitions.filter((unit) => unit.writable).map(({ id }) => remark("PARTITION_WRITABLE", `${id} is an ext3 file system, which a run with --writable changes`));
	if (policy?.objects?.mustBeEncrypted !== true) return writable;
	const open = partitions.filter(({ encrypted }) => encrypted !== true).map(({ id }) => id);
	if (partitions.length > 0 && open.length === 0) return writable;
	const what = partitions.length === 0 ? `${name} has no file system that could be encrypted` : `${open.join(", ")}: not encrypted`;
	return [reason("PARTITION_NOT_ENCRYPTED", what), ...writable];
}

// src/policy/rules/without-policy.ts
/** Claims by stage, in chain order. */
function claimsWithoutPolicy(found) {
	const approvals = found.image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => view.trusted && !replacementOf(view, found.replacements)).sort(inChainOrder);
	const claims = /* @__PURE__ */ new Map();
	for (const view of approvals) {
		const reasons = intrinsicReasons(view, found);
		const claim = {
			layer: view,
			reasons,
			counts: !reasons.some(isProblem),
			outsider: false
		};
		claims.set(view.approval.stage, [...claims.get(view.approval.stage) ?? [], claim]);
	}
	return claims;
}
function inChainOrder(a, b) {
	return a.approval.sequence - b.approval.sequence || compareText(a.approval.stage, b.approval.stage);
}
/** Reports on the stages found and the stages asked for. */
function reportStagesFound(claims, chain, requiredStages) {
	return [.../* @__PURE__ */ new Set([...claims.keys(), ...requiredStages])].map((stage) => {
		const mine = claims.get(stage) ?? [];
		const losses = chain.filter((finding) => finding.stage === stage && isLoss(finding)).map((finding) => finding.reason);
		const counting = mine.filter(({ counts }) => counts);
		const passed = counting.length > 0 && !losses.some(isProblem);
		const missing = mine.length === 0 ? [stageMissing(stage)] : [];
		const details = mine.flatMap(({ reasons }) => reasons);
		return {
			stage,
			verdict: passed ? "passed" : mine.length === 0 ? "missing" : "failed",
			approvedBy: [...new Set(counting.map(({ layer }) => describeIdentity(layer.fact.signer)))],
			needed: 1,
			reasons: uniqueReasons(passed ? details.map((one) => ({
				...one,
				severity: "remark"
			})) : [
				...missing,
				...losses,
				...details
			])
		};
	});
}
/** No policy says who could approve: the hint is about what was given instead. */
function stageMissing(stage) {
	return {
		...reason("STAGE_MISSING", `stage ${stage} has no valid approval by a signer who is trusted here`),
		hint: "have it approved with `countersign sign-stage`, or give the signer’s key or trust anchor to this check"
	};
}

// src/policy/evaluate.ts
/** The verdict about one image; never throws, never stops at the first finding. */
function evaluatePolicy(policy, given, options) {
	const facts = settleTimes(policy, given, options.now);
	const image = viewImage(policy, facts, options.now);
	const replacements = findReplacements(image, policy);
	const found = {
		image,
		replacements,
		chain: checkChain(image, policy, replacements)
	};
	const decided = policy ? claimsOf(policy, found) : void 0;
	const claims = decided?.claims ?? claimsWithoutPolicy(found);
	const chain = limitChain(found.chain, policy, options);
	const coverage = reportCoverage(image);
	const stages = policy && decided ? reportStages(chosenStages(policy, options), {
		...decided,
		chain,
		policy,
		image
	}) : reportStagesFound(claims, chain, options.requiredStages ?? []);
	const said = imageReasons({
		policy,
		image,
		chain,
		claims,
		stages,
		coverage,
		options
	});
	const passed = !said.some(isProblem) && stages.every(({ verdict }) => verdict === "passed");
	const verdict = passed ? "passed" : "failed";
	const unsigned = facts.layers.length === 0;
	const reasons = unsigned && !passed ? [unsignedReason(facts), ...said] : said;
	const allClaims = [...claims.values()].flat();
	return {
		name: facts.name,
		kind: facts.kind,
		reference: facts.pinned ?? null,
		dataVerified: facts.dataRead,
		contentDigests: facts.contentDigests,
		verdict,
		outcome: verdict,
		unsigned,
		stages,
		layers: image.layers.map((layer) => reportLayer(layer, image, {
			policy,
			claims: allClaims,
			chain
		})),
		evidence: image.evidence.map((fact) => reportEvidence(fact, policy)),
		notJudged: facts.unjudged ?? [],
		coverage,
		reasons
	};
}
function chosenStages(policy, options) {
	const asked = askedStages(options);
	return asked ? policy.stages.filter(({ name }) => asked.includes(name)) : policy.stages;
}
/** Names of the stages that are decided about, required ones always; undefined for all of the policy. */
function askedStages({ stages, requiredStages = [] }) {
	return stages && [...stages, ...requiredStages];
}
/**
* When only some stages are decided about, what approvals of the others complain of is a remark: an approval that is
* about to be replaced must not stand in the way of its successor.
*/
function limitChain(chain, policy, options) {
	const asked = askedStages(options);
	if (!policy || !asked) return chain;
	return chain.map((finding) => asked.includes(finding.approval.approval.stage) ? finding : {
		...finding,
		reason: asRemark(finding.reason)
	});
}
function imageReasons(judgement) {
	const { image, chain, coverage, policy } = judgement;
	const { facts } = image;
	const denied = policy ? contentDenials(policy, facts) : [];
	const reasons = [
		...facts.problems,
		...denied,
		...requestReasons(judgement)
	];
	if (facts.units.length === 0) reasons.push(reason("IMAGE_EMPTY", `${facts.name} has nothing that could be signed`));
	if (facts.kind === "sif" || hasSifPlace(facts)) reasons.push(...alterationReasons(image));
	reasons.push(...chain.map((finding) => isLoss(finding) ? finding.reason : asRemark(finding.reason)));
	const gaps = coverage.filter(({ covered }) => !covered).map(({ object }) => object);
	if (!policy && gaps.length > 0) reasons.push(reason("COVERAGE_INCOMPLETE", `no valid signature of anybody trusted covers ${gaps.slice(0, 10).join(", ")}`));
	const left = policy ? [] : reasonsLeftBehind(image);
	reasons.push(...gaps.length > 0 ? left : left.map(asRemark));
	const loose = policy ? [] : unitsOfPartsOnly(image).filter((id) => !gaps.includes(id));
	if (loose.length > 0) reasons.push(reason("COVERAGE_INCOMPLETE", `only signatures of parts of a group cover ${loose.slice(0, 10).join(", ")}: they do not show that the parts belong together`));
	reasons.push(...partReasons(policy, facts), ...refusedByApptainer(image));
	if (!facts.dataRead) reasons.push(remark("DATA_NOT_READ", "the data of the image was not read, only its digests were"));
	return uniqueReasons([
		...reasons,
		...endRemarks(image),
		...chainEnd(judgement)
	]);
}
/** Nobody refused anything: there is nothing yet to judge. */
function unsignedReason({ name, evidence }) {
	const beside = evidence.length > 0 ? ": evidence is no signature" : "";
	return reason("IMAGE_UNSIGNED", `${name} is unsigned${beside}`);
}
/** What passes here, and not at `apptainer verify` or its execution control list: they want every native signature good. */
function refusedByApptainer({ layers }) {
	const natives = layers.filter(({ fact }) => fact.place.in === "sif" && fact.kind.startsWith("native-"));
	const bad = natives.find(({ fact }) => fact.signature === "unknown-signer" || fact.signature === "untrusted");
	const why = new Set(natives.map(({ fact }) => fact.kind).filter((kind) => kind !== "native-legacy")).size > 1 ? "it has native OpenPGP and DSSE signatures side by side" : bad && `${bad.where} is a native signature by ${describeIdentity(bad.fact.signer)}, ${whyBad(bad.fact)}`;
	return why ? [remark("APPTAINER_REFUSES", `\`apptainer verify\` refuses this image: ${why}`)] : [];
}
function whyBad({ signature, reasons }) {
	if (signature === "unknown-signer") return "who is unknown here";
	return reasons[0]?.message ?? "which is not trusted";
}
/** Stages that the caller names must exist, else a misspelt name would pass unseen. */
function requestReasons({ policy, options }) {
	if (!policy) return [];
	const known = policy.stages.map(({ name }) => name);
	const asked = askedStages(options) ?? options.requiredStages ?? [];
	const others = known.filter((name) => options.stages !== void 0 && !asked.includes(name));
	const told = options.nameOthers === true && others.length > 0;
	return [...asked.filter((name) => !known.includes(name)).map((name) => reason("STAGE_NOT_IN_POLICY", `stage ${name} is not in the policy, which has ${known.join(", ")}`)), ...told ? [remark("STAGES_NOT_ASKED", `the verdict is not about ${others.join(", ")}: that was not asked`)] : []];
}
function hasSifPlace({ layers, evidence }) {
	return [...layers, ...evidence].some(({ place }) => place.in === "sif");
}
/** Inside a SIF nothing may be broken: a layer that does not verify was altered, a foreign one was copied in. */
function alterationReasons(image) {
	const broken = [...image.layers.map(({ fact }) => fact), ...image.evidence].filter(({ place }) => place.in === "sif").filter(({ signature }) => signature === "invalid" || signature === "unreadable").map(({ place, signature, reasons }) => {
		const why = reasons.find(isProblem)?.message;
		return reason("LAYER_ALTERED", `${whereOf(place)} is ${signature}${why === void 0 ? "" : `: ${why}`}`);
	});
	const foreign = image.layers.filter(({ trusted, fact }) => trusted && fact.contradicted && fact.place.in === "sif").map(otherContent);
	return [...broken, ...foreign];
}
/** Says which approvals are last, because nothing shows that a later one was removed. */
function chainEnd({ image, claims, policy, options }) {
	const chosen = policy ? new Set(chosenStages(policy, options).map(({ name }) => name)) : void 0;
	const approvals = [...claims].flatMap(([stage, mine]) => chosen && !chosen.has(stage) ? [] : mine.filter(({ counts }) => counts)).flatMap(({ layer }) => asApproval(layer) ?? []).filter((view) => coversAll(view, image));
	const highest = Math.max(0, ...approvals.map(({ approval }) => approval.sequence));
	return approvals.filter(({ approval }) => approval.sequence === highest).map(({ approval, fact, where }) => remark("CHAIN_ENDS_AT", `chain ends at stage ${approval.stage}, approval ${approval.sequence} (${where}, ${shortDigest(fact.digest)})`));
}
/** The verdict document about several images; without any image it fails. */
function combineVerdict(images, options) {
	const { now, asOf, policy, without } = options;
	const passed = images.length > 0 && images.every(({ verdict }) => verdict === "passed");
	const refused = images.length === 0 || images.some(({ outcome }) => outcome === "failed");
	return {
		schema: VERDICT_SCHEMA,
		verdict: passed ? "passed" : "failed",
		outcome: passed ? "passed" : refused ? "failed" : "error",
		now: Number.isNaN(now.getTime()) ? "invalid" : now.toISOString(),
		asOf,
		...without === void 0 ? {} : { without },
		policy: policy ? {
			name: policy.name,
			digest: policy.digest
		} : null,
		images
	};
}

// src/image/verify.ts
/** Criteria; the material of the command line is added to the policy's. */
async function createCriteria(options) {
	const { policy, stages, now } = options;
	return {
		policy,
		verifier: await createVerifier(mergeTrust([policy?.trust, options.material])),
		requiredStages: options.requiredStages ?? [],
		...stages ? { stages } : {},
		now
	};
}
/** All of several trust materials as one. */
function mergeTrust(parts) {
	const given = parts.filter((part) => part !== void 0);
	const revocation = given.map((part) => part.revocation).findLast((mode) => mode !== void 0);
	return {
		keyrings: given.flatMap((part) => part.keyrings),
		keys: given.flatMap((part) => part.keys),
		anchors: given.flatMap((part) => part.anchors),
		intermediates: given.flatMap((part) => part.intermediates),
		certificates: given.flatMap((part) => part.certificates),
		crls: given.flatMap((part) => part.crls ?? []),
		...revocation ? { revocation } : {},
		timestamps: given.flatMap((part) => part.timestamps),
		denied: given.flatMap((part) => part.denied ?? []),
		sigstore: given.flatMap((part) => part.sigstore),
		origins: new Map(given.flatMap((part) => [...part.origins ?? []]))
	};
}
/**
* The verdict about a SIF file, its data read once.
* @throws SifError when it is no readable SIF, SIF_REPLACED or SIF_CHANGED when the path did not keep what was read;
* SystemError when the file cannot be read
*/
async function verifySifFile(path, criteria, options = {}) {
	await using source = await openFileSource(path);
	return await verifyOpened(await openSif(source), criteria, {
		name: path,
		...options
	});
}
async function verifyOpened(image, criteria, options) {
	const { stages, ...rest } = options;
	const examination = await examineSif(image, {
		...rest,
		verifier: criteria.verifier,
		now: criteria.now
	});
	const verdict = judgeImage(examination, criteria, stages);
	await image.source.assertStill?.();
	return {
		verdict,
		examination
	};
}
/** The verdict about what an examination found; about `stages`, else about those that the criteria ask about. */
function judgeImage(examination, criteria, stages) {
	return evaluatePolicy(criteria.policy?.policy, examination.facts, {
		now: criteria.now,
		requiredStages: criteria.requiredStages,
		...stages ? { stages } : criteria.stages ? {
			stages: criteria.stages,
			nameOthers: true
		} : {}
	});
}
/** The examination with every layer judged by the earliest time that is proven for it. */
function settle(examined, { policy, now }) {
	const facts = settleTimes(policy?.policy, examined.facts, now);
	const settled = new Map(examined.facts.layers.map((layer, index) => [layer, facts.layers[index]]));
	const bundles = examined.bundles.map((bundle) => bundle.is === "layer" ? {
		...bundle,
		fact: settled.get(bundle.fact) ?? bundle.fact
	} : bundle);
	return {
		...examined,
		facts,
		bundles
	};
}
/** Why a stage of the policy may not be approved for lack of evidence; empty when it may. */
function evidenceLacking({ policy, now }, facts, name) {
	const stage = policy?.policy.stages.find((one) => one.name === name);
	if (!policy || !stage) return [];
	return checkRequirements(policy.policy, stage, viewImage(policy.policy, settleTimes(policy.policy, facts, now), now)).flatMap(({ met, reasons }) => met ? [] : reasons);
}

export { settle as a, evaluatePolicy as c, mergeTrust as i, settleTimes as l, evidenceLacking as n, verifySifFile as o, judgeImage as r, combineVerdict as s, createCriteria as t };