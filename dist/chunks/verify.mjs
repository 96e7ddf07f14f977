import { t as checkRequirements } from "./requires.mjs";
import { B as viewImage, E as timeOf, I as nameApproval, M as isBound, P as isListed, R as otherContent, T as textAt, V as whereOf, X as contentDenials, Y as vouchingFor, j as coversAll, k as asApproval, r as holds, z as standingFacts } from "./glass.mjs";
import { a as ofParts, i as isScoped, r as isAboutOverlays, s as unsignedObjects, t as askedOf } from "./scope.mjs";
import { a as remark, i as reason, n as asRemark, r as isProblem } from "./reasons.mjs";
import { a as uniqueReasons, c as claimsOf, d as findReplacements, f as isReplaced, i as reportLayer, l as intrinsicReasons, m as timeReasons, n as reportCoverage, o as unitsOfPartsOnly, p as replacementOf, r as reportEvidence, s as evidenceTime, u as reasonsLeftBehind } from "./reports.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { n as compareText, o as listed, r as counted, u as toSecond } from "./text.mjs";
import { a as nameText, n as isSameSigner, t as isNamed$1 } from "./signature.mjs";
import { c as peopleBehind, d as windowsOf, n as describeIdentity, u as principalsBehind } from "./people.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { l as evidenceKind, p as parseStatement } from "./statement.mjs";
import { n as isJsonObject } from "./json.mjs";
import { s as quorumsOf } from "./threshold.mjs";
import { n as isFilled, t as VERDICT_SCHEMA } from "./verdict.mjs";
import { i as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { n as createVerifier } from "./verifier.mjs";
import { t as examineSif } from "./examine.mjs";

// src/policy/times/vouched.ts
/** The layers of an image, each judged by the earliest time that is proven for it, as the policy tells objects apart. */
function settleTimes(policy, given, now) {
	const facts = ofParts(policy, given);
	if (!facts.layers.some(({ vouched }) => vouched)) return facts;
	const image = viewImage(policy, facts, now);
	const vouching = new Set(image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => mayVouch(view, image, policy)).map(({ fact }) => fact.digest));
	const standing = standingFacts(policy, facts, now);
	const layers = facts.layers.map((layer, index) => isIdle(standing.layers[index] ?? layer, {
		policy,
		standing,
		now
	}) ? settled(layer, vouching) : layer);
	return {
		...facts,
		layers
	};
}
/** True for a signature that holds and does not count by its own time, be it for its key or for what the policy says of its signer. */
function isIdle(layer, { policy, standing, now }) {
	if (layer.signature !== "valid" || !policy || !layer.granted) return layer.signature === "untrusted";
	return vouchingFor(policy, standing, {
		fact: layer,
		now
	}).vouchers.length === 0;
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

// src/policy/break-glass/report.ts
/** Everything that was allowed for a stage. */
function glassReport({ allowed }, stage, now) {
	return ofStage(allowed, stage).map((glass) => ({
		digest: glass.fact.digest,
		by: glass.by,
		reason: glass.said.reason,
		ticket: glass.said.ticket,
		from: glass.said.from,
		until: untilOf(glass),
		holds: holds(glass, now),
		reviewedBy: glass.reviewedBy
	}));
}
/** What is to be said of a stage: that it is skipped or was, what became of it, and what does not count. */
function glassReasons({ allowed, refused }, stage, now) {
	return [...ofStage(allowed, stage).flatMap((glass) => [brokenRemark(glass), ...outcomes(glass, now)]), ...refused.filter((one) => one.stage === stage).map((one) => one.reason)];
}
/** What does not count and says no stage of the policy. */
function strayGlass({ refused }, stages) {
	return refused.filter(({ stage }) => !stages.some(({ name }) => name === stage)).map((one) => asRemark(one.reason));
}
function ofStage(allowed, stage) {
	return allowed.filter(({ said }) => said.stage === stage);
}
function untilOf({ end }) {
	return toSecond(new Date(end));
}
function brokenRemark(glass) {
	const { said, by, fact } = glass;
	const span = `from ${said.from} until ${untilOf(glass)}`;
	const message = `${whereOf(fact.place)}: ${by} broke the glass of stage ${said.stage} ${span}: ${said.reason} (${said.ticket})`;
	return remark("BREAK_GLASS", message);
}
function outcomes(glass, now) {
	const { said, by, reviewedBy, signed, withdrawn, fact } = glass;
	const name = `the glass of stage ${said.stage} that ${by} broke`;
	const review = reviewedBy.length > 0 ? [] : [remark("BREAK_GLASS_UNREVIEWED", `${name} is not reviewed by anybody else`)];
	if (holds(glass, now)) return review;
	if (withdrawn) {
		const { reason: why = "" } = fact.withdrawn ?? {};
		return [reason("BREAK_GLASS_WITHDRAWN", `${name} was taken back at ${untilOf(glass)}: ${why}`), ...review];
	}
	return [signed && Date.parse(said.until) > now.getTime() ? reason("BREAK_GLASS_RENEWED", `${name} until ${said.until} counts until ${untilOf(glass)} alone: it was broken before, and that is not reviewed`) : reason("BREAK_GLASS_ENDED", signed ? `${name} counted until ${untilOf(glass)}` : `${name}: ${whyUnsigned(fact)}`), ...review];
}
function whyUnsigned({ reasons: [why] }) {
	return why?.message ?? "the key or certificate of its signer has ended";
}

// src/policy/rules/roster.ts
/** False for what only makes the approval itself not count: nothing was taken away. */
function isLoss({ reason: { code } }) {
	return code !== "CHAIN_INCONSISTENT";
}
/** Checks all trusted approvals of this content that were not replaced, in a fixed order. */
function checkChain(image, policy, replacements) {
	const byDigest = /* @__PURE__ */ new Map();
	for (const layer of image.layers) byDigest.set(layer.fact.digest, [...byDigest.get(layer.fact.digest) ?? [], layer]);
	const chain = {
		image,
		policy,
		byDigest,
		replacements
	};
	return image.layers.flatMap((layer) => asApproval(layer) ?? []).filter((view) => view.trusted && coversAll(view, image) && !replacementOf(view, replacements)).flatMap((view) => [
		...checkRoster(view, chain),
		...checkEvidence(view, image),
		...view.approval.native.flatMap((entry) => checkNative(view, entry, image)),
		...checkNativeCoverage(view, image)
	]);
}
function checkRoster(view, chain) {
	const { approval } = view;
	const { byDigest } = chain;
	const gone = approval.roster.flatMap((entry) => goneFinding(view, entry, chain));
	if (gone.length > 0) return gone;
	const problem = approval.roster.map((entry) => entryProblem(entry, byDigest.get(entry.digest) ?? [])).find((text) => text) ?? sequenceProblem(view, byDigest);
	if (problem === void 0) return [];
	return [{
		approval: view,
		stage: approval.stage,
		reason: reason("CHAIN_INCONSISTENT", `${nameApproval(view)} is inconsistent: ${problem}`)
	}];
}
function goneFinding(view, entry, chain) {
	const { stage, digest } = entry;
	const copies = chain.byDigest.get(digest) ?? [];
	if (copies.some((copy) => isThere(entry, copy, chain)) || isReplaced(entry, chain.replacements)) return [];
	const what = `${stage === null ? "a native signature" : `an approval of stage ${stage}`} (${shortDigest(digest)})`;
	const listed = copies.find((copy) => isListed(entry, copy));
	const found = listed ? reason("LAYER_NOT_VALID", `${what} no longer holds (${listed.where} is ${listed.fact.signature}): ${nameApproval(view)} lists it`) : reason("LAYER_REMOVED", `${what} was removed${copyText(copies.map(({ where }) => where))}: ${nameApproval(view)} lists it`);
	return [{
		approval: view,
		stage: stage ?? view.approval.stage,
		reason: found
	}];
}
function copyText([where]) {
	return where === void 0 ? "" : ` (${where} is a copy of it by another signer)`;
}
/** False for a copy by somebody else. What is altered can be nobody's, and is said to be that. */
function isListedEvidence({ signer }, fact) {
	const isBroken = fact.signature === "invalid" || fact.signature === "unreadable";
	return !signer || isNamed$1(fact.signer, signer) || isBroken && fact.signer === null;
}
/**
* Is this layer the listed one, its signature whole? One by somebody who is unknown here, or whose key or certificate has
* merely expired, is there. Where nothing says whose it was, only a valid signature of an approver stands for it, since
* anybody could have put in a copy.
*/
function isThere(entry, layer, { policy }) {
	if (!isListed(entry, layer)) return false;
	const { signature, approval, kind } = layer.fact;
	const approvers = policy?.stages.find(({ name }) => name === entry.stage)?.approvers;
	if (signature === "valid") return isBound(entry, layer) || !approvers || layer.principals.some((name) => approvers.includes(name));
	if (signature !== "unknown-signer" && signature !== "untrusted") return false;
	if (kind.startsWith("native-") || approval?.signer) return true;
	return policy !== void 0 && entry.signer !== null && principalsBehind(policy, layer.fact).length > 0;
}
/** A digest fixes the statement, so a listed approval cannot be for another stage than the roster says. */
function entryProblem({ stage, digest }, layers) {
	const stages = layers.map(({ fact }) => fact.kind.startsWith("native-") ? null : fact.approval?.stage);
	if (stages.length === 0 || stages.includes(stage) || stages.includes(void 0)) return void 0;
	return `it lists ${shortDigest(digest)} as ${stage === null ? "a native signature" : `stage ${stage}`}, which it is not`;
}
function sequenceProblem({ approval, fact }, byDigest) {
	const { roster, sequence, previous } = approval;
	const names = roster.map(({ digest, signer }) => `${digest} ${signer ? nameText(signer) : ""}`);
	if (new Set(names).size < roster.length) return "it lists a layer twice";
	if (roster.some(({ digest }) => digest === fact.digest)) return "it lists itself";
	const ranked = roster.map(({ digest }) => ({
		digest,
		sequence: Math.max(0, ...(byDigest.get(digest) ?? []).map((layer) => layer.fact.approval?.sequence ?? 0))
	}));
	const highest = Math.max(0, ...ranked.map((entry) => entry.sequence));
	const whole = roster.every(({ digest }) => byDigest.has(digest));
	if (whole ? sequence !== highest + 1 : sequence <= highest) return `its number is ${sequence} where ${highest + 1} follows from what it lists`;
	const last = ranked.filter((entry) => !whole || entry.sequence === highest).map(({ digest }) => digest);
	if (previous === null ? highest > 0 : !last.includes(previous)) return `its predecessor ${previous === null ? "is not given" : `${shortDigest(previous)} is not the last one it lists`}`;
}
function checkEvidence(view, image) {
	return view.approval.evidence.flatMap((entry) => {
		const found = evidenceReason(entry, view, image);
		return found ? [{
			approval: view,
			stage: view.approval.stage,
			reason: found
		}] : [];
	});
}
function evidenceReason(entry, view, image) {
	const same = image.evidence.filter(({ digest }) => digest === entry.digest);
	const copies = same.filter((fact) => isListedEvidence(entry, fact));
	const what = `${entry.predicateType} (${shortDigest(entry.digest)})`;
	if (copies.length === 0 && entry.detached === true) return remark("EVIDENCE_ELSEWHERE", `evidence ${what} is kept outside the image, says ${nameApproval(view)}`);
	if (copies.length === 0) return reason("EVIDENCE_REMOVED", `evidence ${what} was removed${copyText(same.map(({ place }) => whereOf(place)))}: ${nameApproval(view)} relies on it`);
	if (copies.some(({ signature, contradicted }) => !contradicted && signature !== "invalid" && signature !== "unreadable")) return void 0;
	return reason("EVIDENCE_NOT_VALID", `evidence ${what} does not hold: ${nameApproval(view)} relies on it`);
}
function checkNative(view, entry, image) {
	const finding = (one) => [{
		approval: view,
		stage: view.approval.stage,
		reason: one
	}];
	const natives = image.layers.filter(({ fact }) => fact.kind === "native-pgp" || fact.kind === "native-dsse");
	const named = natives.filter(({ fact }) => fact.digest === entry.digest);
	if (named.some((native) => isSound(native, view))) return [];
	const what = `the native signature of group ${entry.group} that belongs to ${nameApproval(view)}`;
	const [first] = named;
	if (first) return finding(reason("NATIVE_SIGNATURE_ALTERED", `${what} does not hold: see ${first.where}`));
	const other = natives.filter(({ fact }) => !isNamed(fact.digest, image)).find(({ fact }) => isSameSigner(fact.signer, view.fact.signer));
	if (other) return finding(reason("NATIVE_SIGNATURE_ALTERED", `${what} is gone; ${other.where} is of the same signer and has other bytes`));
	return finding(reason("NATIVE_SIGNATURE_MISSING", `${what} was removed`));
}
/** True when some approval names the native signature as its own: then it is not an altered form of another one. */
function isNamed(digest, { layers }) {
	return layers.some(({ fact }) => fact.approval?.native.some((entry) => entry.digest === digest));
}
function isSound(native, view) {
	const { signature, contradicted, covers } = native.fact;
	return signature === "valid" && isSameSigner(native.fact.signer, view.fact.signer) && !contradicted && covers.length > 0;
}
/** An approval that has native signatures has one for every group: together they cover what it covers. */
function checkNativeCoverage(view, image) {
	const { native, stage } = view.approval;
	const digests = native.map(({ digest }) => digest);
	const sound = image.layers.filter((layer) => digests.includes(layer.fact.digest) && isSound(layer, view));
	if (native.length === 0 || sound.length < digests.length) return [];
	const covered = new Set(sound.flatMap(({ fact }) => fact.covers));
	const gap = image.about(stage).find((id) => !covered.has(id));
	if (gap === void 0) return [];
	const message = `the native signatures that belong to ${nameApproval(view)} leave out ${gap}`;
	return [{
		approval: view,
		stage,
		reason: reason("NATIVE_SIGNATURE_MISSING", message)
	}];
}

// src/policy/requires/ends.ts
/** What ends for a stage whose requirements are met. */
function endsOfEvidence(policy, stage, image) {
	return checkRequirements(policy, stage, image).flatMap(({ met, relied }, index) => {
		const requirement = stage.requires[index];
		if (!met || !requirement) return [];
		const { condition, evidence, maxAge } = requirement;
		const days = (condition.of === "findings" ? condition.exceptions : []).map(({ id, expires }) => ({
			time: Date.parse(`${expires}T23:59:59Z`),
			what: `the exception for ${id} (stage ${stage.name})`
		}));
		return [...relied.flatMap(({ statement }) => {
			const predicate = statement && parseStatement(statement).predicate;
			if (!isJsonObject(predicate)) return [];
			return [{
				from: timeOf(predicate, evidence),
				age: maxAge,
				what: evidence
			}, {
				from: textAt(predicate, "scanner.db.lastUpdate"),
				age: condition.of === "findings" ? condition.databaseMaxAge : void 0,
				what: "the scanner’s database"
			}].flatMap(({ from, age, what }) => from === void 0 || age === void 0 ? [] : [{
				time: Date.parse(from) + age,
				what: `${what} of stage ${stage.name} is too old then`
			}]);
		}), ...days].filter(({ time }) => time >= image.now.getTime());
	});
}

// src/policy/ends.ts
const TIME = /"(\d{4}-\d\d-\d\dT\d\d:\d\d[^"\\]{1,20})"/g;
/** What will not count any more, the soonest first, each once. */
function endsOf$1(policy, facts, now) {
	const image = viewImage(policy, facts, now);
	const trusted = image.layers.filter((layer) => layer.trusted);
	const valid = image.evidence.filter(({ signature }) => signature === "valid");
	const coming = [
		...trusted.flatMap((layer) => endsOfLayer(layer, policy)),
		...valid.flatMap(({ signer }) => signer ? endsOfSigner(signer, policy) : []),
		...(policy?.stages ?? []).flatMap((stage) => policy ? endsOfEvidence(policy, stage, image) : []),
		...endsOfGlass(image.evidence, policy)
	].filter(({ time }) => time >= now.getTime()).toSorted((a, b) => a.time - b.time);
	return [...new Map(coming.map((end) => [`${end.time} ${end.what}`, end])).values()];
}
/** The earliest of them and of what begins; undefined when there is none. */
function firstEnd(policy, facts, now) {
	const image = viewImage(policy, facts, now);
	const [first] = [...endsOf$1(policy, facts, now).map(({ time }) => time), ...beginnings(image)].toSorted((a, b) => a - b);
	return first === void 0 ? void 0 : new Date(first);
}
function endsOfLayer({ fact, where, vouching }, policy) {
	const { approval, signer, proven, signedAt, expires } = fact;
	const of = approval ? ` of stage ${approval.stage}` : "";
	const made = [approval?.timeVerified ?? signedAt, proven?.time.toISOString()].flatMap((time) => time ?? []);
	const ages = (policy?.stages ?? []).filter(({ name }) => approval === null || approval.stage === name).flatMap(({ name, maxAge }) => maxAge === void 0 ? [] : made.map((time) => ({
		time: Date.parse(time) + maxAge,
		what: `the signature at ${where} is too old for stage ${name} then`
	})));
	const grants = proven ? [] : vouching?.vouchers ?? [];
	return [
		...approval?.expires ? [{
			time: Date.parse(approval.expires),
			what: `the approval${of} at ${where}`
		}] : [],
		...expires === void 0 ? [] : [{
			time: Date.parse(expires),
			what: `the signature at ${where}`
		}],
		...signer ? endsOfSigner(signer, policy, of) : [],
		...ages,
		...grants.map(({ text, until }) => ({
			time: Date.parse(until),
			what: `the grant to ${text}`
		}))
	];
}
/** Its own end, and every earlier one that it may have where it only renews what was broken before. */
function endsOfGlass(evidence, policy) {
	const said = evidence.flatMap(({ breakGlass }) => typeof breakGlass === "object" ? [breakGlass] : []);
	return said.flatMap(({ stage, until }) => {
		const max = policy?.stages.find(({ name }) => name === stage)?.breakGlass?.maxDuration ?? 0;
		const end = Date.parse(until);
		return [end, ...said.filter((one) => one.stage === stage).map(({ from }) => Date.parse(from) + max).filter((time) => time < end)].map((time) => ({
			time,
			what: `the broken glass of stage ${stage}`
		}));
	});
}
function endsOfSigner(signer, policy, of = "") {
	const windows = policy ? windowsOf(policy, signer) : [];
	return [...credentialEnds(signer, of), ...windows.flatMap(({ name, window }) => window?.until === void 0 ? [] : [{
		time: window.until,
		what: `the time in which ${name} counts`
	}])];
}
function credentialEnds(signer, of) {
	if (signer.method === "pgp") return signer.expires === void 0 ? [] : [{
		time: Date.parse(signer.expires),
		what: `the OpenPGP key ${signer.subkey ?? signer.fingerprint}${of}`
	}];
	if (signer.method !== "x509") return [];
	const own = {
		time: Date.parse(signer.notAfter),
		what: `the certificate of ${signer.san[0] ?? signer.subject}${of}`
	};
	const [, ...issuers] = signer.path ?? [];
	return [
		own,
		...issuers.map(({ notAfter, subject }) => ({
			time: Date.parse(notAfter),
			what: `the certificate of ${subject}`
		})),
		...(signer.path ?? []).flatMap(({ crl, subject }) => crl ? [{
			time: Date.parse(crl.nextUpdate),
			what: `CRL ${crl.number}, in which ${subject} is looked up`
		}] : [])
	];
}
/** When what is dated ahead begins to count: a scan, a VEX document, an approval, a grant. */
function beginnings({ layers, evidence, now }) {
	const stated = layers.flatMap(({ fact }) => fact.approval?.timeVerified ?? fact.signedAt ?? []);
	const written = evidence.flatMap(({ statement }) => statement ? [...new TextDecoder().decode(statement).matchAll(TIME)].map(([, time = ""]) => time) : []);
	return [...stated, ...written].map((time) => Date.parse(time)).filter((time) => time > now.getTime()).map((time) => Math.max(now.getTime(), time - CLOCK_SKEW_MS));
}

// src/policy/custody.ts
/** Approvals by their numbers, each after the evidence that it was the first to rely on; what nobody relies on comes last. */
function custodyOf(image, chain, policy) {
	const approvals = image.layers.flatMap((layer) => layer.trusted && !layer.fact.contradicted ? asApproval(layer) ?? [] : []).sort((a, b) => a.approval.sequence - b.approval.sequence || compareText(timeOfApproval(a), timeOfApproval(b)));
	const evidence = image.evidence.filter((fact) => fact.signature === "valid" && !fact.contradicted && signerOf(fact, policy) !== void 0).map((fact) => entryOf(fact, policy)).sort((a, b) => compareText(a.time ?? "", b.time ?? ""));
	const placed = /* @__PURE__ */ new Set();
	const custody = [...approvals.flatMap((view) => {
		const relied = new Set(view.approval.evidence.map(({ digest }) => digest));
		const before = evidence.filter((one) => !placed.has(one) && relied.has(one.digest ?? ""));
		for (const one of before) placed.add(one);
		const gaps = chain.filter((finding) => finding.approval.fact === view.fact && isLoss(finding)).map(gapOf);
		return [
			...before,
			...gaps,
			approvalEntry(view)
		];
	}), ...evidence.filter((one) => !placed.has(one))];
	return custody.length > 0 ? { custody } : {};
}
function approvalEntry(view) {
	const { fact, where, people, approval } = view;
	const by = people[0] ?? describeIdentity(fact.signer);
	const { stage, sequence: number } = approval;
	return {
		kind: "approval",
		stage,
		number,
		by,
		time: timeOfApproval(view),
		proven: fact.proven !== void 0,
		where,
		digest: fact.digest
	};
}
function entryOf(fact, policy) {
	return {
		kind: fact.record ?? evidenceKind(fact.predicateType) ?? "other",
		stage: null,
		by: signerOf(fact, policy) ?? null,
		time: fact.proven?.time.toISOString() ?? evidenceTime(fact) ?? null,
		proven: fact.proven !== void 0,
		where: whereOf(fact.place),
		digest: fact.digest
	};
}
function gapOf({ stage, reason }) {
	return {
		kind: "gap",
		stage,
		by: null,
		time: null,
		proven: false,
		where: null,
		digest: null,
		problem: reason.message
	};
}
function timeOfApproval({ fact, approval }) {
	return fact.proven?.time.toISOString() ?? approval.timeVerified;
}
/** Strangers' evidence is no custody. */
function signerOf({ signer }, policy) {
	if (!signer) return void 0;
	return policy ? peopleBehind(policy, signer)[0] : describeIdentity(signer);
}

// src/policy/rules/ends.ts
const DAY_MS = 864e5;
const NOTICE_MS = 30 * DAY_MS;
/** For every credential behind a trusted signature. */
function endRemarks({ layers, evidence, now }) {
	const trusted = layers.filter((layer) => layer.trusted).map(({ fact }) => fact);
	const valid = evidence.filter(({ signature }) => signature === "valid");
	return [...trusted, ...valid].flatMap(({ signer }) => signer ? endsOf(signer, now) : []);
}
function endsOf(signer, now) {
	if (signer.method === "pgp") return endRemark(`the OpenPGP key ${signer.subkey ?? signer.fingerprint}`, signer.expires, now);
	if (signer.method !== "x509") return [];
	return (signer.path ?? []).flatMap(({ subject, serial, notAfter, crl }) => [...endRemark(`the certificate ${JSON.stringify(subject)} (serial ${serial.slice(0, 40)})`, notAfter, now), ...crl ? listRemark(crl, subject, now) : []]);
}
function endRemark(what, end, now) {
	const left = Date.parse(end ?? "") - now.getTime();
	if (!(left >= 0 && left < NOTICE_MS)) return [];
	return [remark("CREDENTIAL_ENDS", `${what} ends on ${toSecond(end ?? "")}, ${inDays(left)}`)];
}
/** Lists live for days or weeks: notice is given when three quarters of that are over. */
function listRemark({ number, thisUpdate, nextUpdate }, subject, now) {
	const [from, until] = [Date.parse(thisUpdate), Date.parse(nextUpdate)];
	const left = until - now.getTime();
	if (!(left >= 0 && left < Math.min(NOTICE_MS, (until - from) / 4))) return [];
	const message = `CRL ${number}, in which ${JSON.stringify(subject)} is looked up, ends on ${toSecond(nextUpdate)}, ${inDays(left)}`;
	return [remark("CRL_ENDS", message)];
}
function inDays(milliseconds) {
	return `in ${counted(Math.floor(milliseconds / DAY_MS), "day")}`;
}
/** An approver's approval that counted once: the key or certificate has ended since, which is no absence and no alteration. */
function endedReason({ layer, reasons }, { name, approvers }, policy) {
	const { fact } = layer;
	if (fact.signature !== "untrusted" || !fact.approval || reasons.some(({ code }) => code === "APPROVAL_REPLACED")) return void 0;
	const who = principalsBehind(policy, fact).filter((principal) => approvers.includes(principal));
	if (who.length === 0) return void 0;
	const why = fact.reasons.find(isProblem)?.message ?? "it has ended";
	return reason("APPROVAL_SIGNER_ENDED", `stage ${name} was approved by ${who.join(", ")} at ${layer.where}, which does not count any more: ${why}`);
}

// src/policy/objects/report.ts
/** Objects that are named in a message, at most. */
const NAMED = 10;
/** `object 4 (overlay, group 2)`. */
function describeObject({ facts: { units } }, id) {
	const unit = units.find((one) => one.id === id);
	const group = unit?.group === void 0 ? [] : [`group ${unit.group}`];
	const what = [...unit?.use ? [unit.use] : [], ...group].join(", ");
	return what === "" ? id : `${id} (${what})`;
}
function describeObjects(image, ids) {
	return `${ids.slice(0, NAMED).map((id) => describeObject(image, id)).join(", ")}${ids.length > NAMED ? ` and ${ids.length - NAMED} more` : ""}`;
}
/** Stages that are about nothing that the image has. */
function scopeReasons({ whole, stages, image }) {
	const { name, units } = image.facts;
	const asked = new Set(askedOf(whole, units).stages.map((stage) => stage.name));
	const required = new Set(stages.map((stage) => stage.name));
	const idle = whole.stages.filter((stage) => !asked.has(stage.name) && !required.has(stage.name)).map((stage) => remark("STAGE_WITHOUT_OBJECTS", `stage ${stage.name} is about overlays, of which ${name} has none: it is not asked`));
	const empty = stages.filter((stage) => units.length > 0 && image.about(stage.name).length === 0).map((stage) => reason("STAGE_WITHOUT_OBJECTS", `stage ${stage.name} is about ${wantedBy(stage)}, and ${name} has none`));
	return [...idle, ...empty];
}
function wantedBy(stage) {
	return isAboutOverlays(stage) ? "overlays" : stage.objects === "base" ? "the base" : "objects that must be signed";
}
/** Objects that no stage asked for is about, unless they may stay unsigned. */
function unapprovedObjects({ stages, policy, image }) {
	const { units } = image.facts;
	const covered = /* @__PURE__ */ new Set([...stages.flatMap(({ name }) => image.about(name)), ...unsignedObjects(policy, units)]);
	const left = units.map(({ id }) => id).filter((id) => !covered.has(id));
	if (left.length === 0) return [];
	const others = policy.stages.filter(({ name }) => image.about(name).some((id) => left.includes(id)));
	const who = others.length === 0 ? "no stage of the policy is" : `only stage ${others.map(({ name }) => name).join(", ")} is, which was not asked about`;
	return [reason("OBJECT_NOT_APPROVED", `nobody's approval is about ${describeObjects(image, left)}: ${who}`)];
}
/** Objects that nobody answers for, and groups of which the policy would allow that if they held data alone. */
function unsignedRemarks(policy, image) {
	const { units } = image.facts;
	const unsigned = unsignedObjects(policy, units);
	const other = units.filter(({ group }) => group !== void 0 && policy.objects?.unsigned?.includes(group)).filter(({ id }) => !unsigned.includes(id)).map(({ id }) => id);
	return [...unsigned.length === 0 ? [] : [remark("OBJECT_UNSIGNED", `${describeObjects(image, unsigned)} may stay unsigned by the policy: nobody answers for what is in it`)], ...other.length === 0 ? [] : [remark("OBJECT_NOT_DATA", `${describeObjects(image, other)} must be approved: a group may stay unsigned only while it holds data partitions alone`)]];
}
/**
* Where Apptainer wants more than stages about parts do: a native signature of every group, and for its execution control
* list one signer of them all.
*/
function apptainerRemarks({ layers, facts: { units } }) {
	const natives = layers.filter(({ fact }) => fact.place.in === "sif" && fact.kind === "native-pgp");
	const groups = [...new Set(units.flatMap(({ group }) => group ?? []))];
	const signersOf = (group) => {
		const ids = units.filter((unit) => unit.group === group).map(({ id }) => id);
		return natives.filter(({ fact }) => ids.every((id) => fact.covers.includes(id))).flatMap(({ fact }) => fact.signer?.method === "pgp" ? [fact.signer.fingerprint] : []);
	};
	const signers = groups.map((group) => ({
		group,
		by: signersOf(group)
	}));
	const bare = signers.filter(({ by }) => by.length === 0).map(({ group }) => group);
	if (natives.length === 0 || groups.length < 2) return [];
	if (bare.length > 0) {
		const why = `group ${bare.join(", ")} has no native signature of all that is in it now`;
		return [remark("APPTAINER_REFUSES", `\`apptainer verify\` refuses this image, as its execution control list does: ${why}`)];
	}
	const [first, ...rest] = signers;
	if (first?.by.some((one) => rest.every(({ by }) => by.includes(one)))) return [];
	return [remark("APPTAINER_REFUSES", `an execution control list that names one signer refuses this image: nobody has signed all of its groups`)];
}
/** What becomes of overlays when the image runs, and who approves them. */
function overlayRemarks(image) {
	const { units } = image.facts;
	const base = new Set(units.filter(({ use }) => use === void 0).map(({ group }) => group));
	const overlays = units.filter(({ use }) => use === "overlay");
	const within = overlays.filter(({ group }) => base.has(group)).map(({ id }) => id);
	const apart = overlays.filter(({ group }) => base.size > 0 && !base.has(group)).map(({ id }) => id);
	return [...within.length === 0 ? [] : [remark("OVERLAY_IN_BASE", `${describeObjects(image, within)} is part of the base: stages about the base approve it`)], ...apart.length === 0 ? [] : [remark("OVERLAY_NOT_MOUNTED", `${describeObjects(image, apart)} is in another group than the system: Apptainer 1.4 does not mount it by itself`)]];
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

// src/policy/stage-reports.ts
/** Reports on the given stages of the policy, which share the principals that their distinct groups allow. */
function reportStages(stages, findings) {
	const fills = findings.order.fill(stages);
	return stages.map((stage, index) => {
		const claims = findings.claims.get(stage.name) ?? [];
		const losses = findings.chain.filter((finding) => finding.stage === stage.name && isLoss(finding)).map((finding) => finding.reason);
		const required = checkRequirements(findings.policy, stage, findings.image);
		const ended = claims.flatMap((claim) => endedReason(claim, stage, findings.policy) ?? []);
		const { glasses } = findings.order;
		const { now } = findings.image;
		const glass = {
			broken: glassReport(glasses, stage.name, now),
			said: glassReasons(glasses, stage.name, now)
		};
		const report = reportStage(stage, fills[index], {
			claims,
			losses,
			required,
			ended,
			glass
		});
		const objects = findings.image.about(stage.name);
		return objects.length === findings.image.facts.units.length ? report : {
			...report,
			objects
		};
	});
}
function reportStage(stage, fill, { claims, losses, required, ended, glass }) {
	const sound = !losses.some(isProblem);
	const passed = sound && fill?.met === true && required.every(({ met }) => met);
	const denied = required.some(({ reasons }) => reasons.some(({ code }) => code === "COMPONENT_DENIED"));
	const skipped = sound && !passed && !denied && glass.broken.some((one) => one.holds);
	const rests = required.flatMap((one) => [...one.reasons, ...unlisted(stage, one, claims)]);
	const seen = ended.length > 0 || claims.some(({ outsider }) => !outsider);
	const details = claims.flatMap(({ reasons }) => reasons);
	const unmet = [
		...fill?.met ? [] : ended,
		...summary(stage, fill, seen),
		...rests,
		...losses,
		...details
	];
	return {
		stage: stage.name,
		verdict: passed ? "passed" : skipped ? "break-glass" : seen ? "failed" : "missing",
		approvedBy: fill?.principals ?? [],
		needed: stage.threshold,
		...glass.broken.length > 0 ? { breakGlass: glass.broken } : {},
		reasons: passed ? uniqueReasons([
			...glass.said,
			...details,
			...losses,
			...rests
		].map(asRemark)) : skipped ? uniqueReasons([...glass.said, ...unmet].map(asRemark)) : uniqueReasons([...unmet, ...glass.said])
	};
}
/** Evidence that was made after the stage was approved, or unseen, holds all the same; whoever reads the verdict knows. */
function unlisted({ name }, { met, relied }, claims) {
	const counting = claims.filter(({ counts }) => counts);
	const named = new Set(counting.flatMap(({ layer }) => layer.fact.approval?.evidence.map(({ digest }) => digest) ?? []));
	if (!met || counting.length === 0 || relied.some(({ digest }) => named.has(digest))) return [];
	const types = relied.map(({ predicateType, digest }) => `${predicateType} (${shortDigest(digest)})`).join(", ");
	return [remark("EVIDENCE_NOT_LISTED", `stage ${name} rests on ${types}, which no approval of it lists`)];
}
function summary(stage, fill, seen) {
	if (fill?.met) return [];
	const reasons = [];
	if (!seen) reasons.push(reason("STAGE_MISSING", `stage ${stage.name} is not approved by anybody: ${approversOf(stage)}`));
	else {
		const who = `${quorumsOf(stage).map(quorumText).join(" and ")} needed`;
		const counted = fill?.principals.length ? fill.principals.join(", ") : "nobody";
		const message = `stage ${stage.name} is approved by ${counted} in a way that counts: ${who}`;
		reasons.push(reason("STAGE_THRESHOLD_NOT_MET", message));
	}
	for (const { principal, stage: rival } of fill?.conflicts ?? []) reasons.push(reason("STAGE_NOT_DISTINCT", `${principal} cannot approve stage ${stage.name}: the same signer fills stage ${rival}`));
	if (fill?.undecided) reasons.push(reason("ASSIGNMENT_UNDECIDED", `stage ${stage.name}: too many ways to assign approvers to distinct stages`));
	return reasons;
}
function approversOf(stage) {
	const { threshold, approvers, quorums } = stage;
	if (quorums) return `${quorums.map(quorumText).join(" and ")} must approve it`;
	if (approvers.length > 12) return `${threshold} of ${listed(approvers)} must approve it`;
	const others = approvers.slice(0, -1).join(", ");
	const last = approvers.at(-1) ?? "nobody";
	if (threshold > 1) return `${threshold} of ${others} and ${last} must approve it`;
	return `${others === "" ? last : `${others} or ${last}`} can approve it`;
}
/** `2 of security (carol, dave)`: a name that is a principal's, or the stage's own, says nothing more. */
function quorumText({ name, approvers, needed }, _, { length }) {
	const members = listed(approvers);
	return `${needed} of ${length === 1 || members === name ? members : `${name} (${members})`}`;
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
function evaluatePolicy(whole, given, options) {
	const policy = whole && askedOf(whole, given.units, options.requiredStages);
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
		whole,
		policy,
		image,
		chain,
		claims,
		stages,
		coverage,
		options,
		glasses: decided?.order.glasses
	});
	const passed = !said.some(isProblem) && stages.every(isFilled);
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
		...passed ? endsAtOf(firstEnd(policy, facts, options.now)) : {},
		unsigned,
		stages,
		layers: image.layers.map((layer) => reportLayer(layer, image, {
			policy,
			claims: allClaims,
			chain
		})),
		evidence: image.evidence.map((fact) => reportEvidence(fact, policy)),
		...custodyOf(image, chain, policy),
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
	const { image, chain, coverage, policy, glasses } = judgement;
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
	if (policy && glasses) reasons.push(...strayGlass(glasses, policy.stages));
	reasons.push(...partReasons(policy, facts), ...objectReasons(judgement), ...refusedByApptainer(image));
	if (!facts.dataRead) reasons.push(remark("DATA_NOT_READ", "the data of the image was not read, only its digests were"));
	return uniqueReasons([
		...reasons,
		...endRemarks(image),
		...chainEnd(judgement)
	]);
}
/** What is said of objects that stages are about, and of those that none of the stages asked for is about. */
function objectReasons({ whole, policy, image, options }) {
	if (!whole || !policy || !isScoped(whole)) return [];
	const stages = chosenStages(policy, options);
	const isFinal = options.stages === void 0 || options.nameOthers === true;
	return [
		...scopeReasons({
			whole,
			stages,
			image
		}),
		...isFinal ? unapprovedObjects({
			stages,
			policy,
			image
		}) : [],
		...unsignedRemarks(policy, image),
		...overlayRemarks(image),
		...apptainerRemarks(image)
	];
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
function requestReasons({ whole, policy, options }) {
	if (!whole || !policy) return [];
	const known = whole.stages.map(({ name }) => name);
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
	const [end] = images.flatMap(({ endsAt }) => endsAt === void 0 ? [] : [new Date(endsAt)]).toSorted((a, b) => a.getTime() - b.getTime());
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
		...passed ? endsAtOf(end) : {},
		images
	};
}
function endsAtOf(end) {
	return end ? { endsAt: end.toISOString() } : {};
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

export { settle as a, evaluatePolicy as c, settleTimes as d, mergeTrust as i, quorumText as l, evidenceLacking as n, verifySifFile as o, judgeImage as r, combineVerdict as s, createCriteria as t, endsOf$1 as u };