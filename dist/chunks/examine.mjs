import { d as sha256, g as utf8, i as digestHex, r as decodeUtf8 } from "./bytes.mjs";
import { n as hashObjects } from "./hash.mjs";
import { f as PARTITION_TYPE, n as groupsOf, o as uncoverableObjects, r as objectsInGroup, u as FILE_SYSTEM } from "./sif.mjs";
import { c as parseMetadata, f as laneDefect, i as readSignatureObjects, n as checkNative, o as compareMetadata, r as placeText, s as encodeMetadata, t as algorithmsNamed, u as evidenceLabel } from "./native-signatures.mjs";
import { t as LIMITS } from "./limits.mjs";
import { g as subjectDigests, p as parseStatement } from "./statement.mjs";
import { n as cosignRefusal } from "./cosign-rules.mjs";
import { t as isNamed } from "./signature.mjs";
import { r as encodePae } from "./dsse.mjs";
import { X as grantedKey, Z as parseGrant, q as GRANT_PREDICATE_TYPE } from "./glass.mjs";
import { t as CountersignError } from "./errors.mjs";
import { i as reason } from "./reasons.mjs";
import { g as readSigned } from "./reports.mjs";

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

// src/image/open-bundles.ts
/** Later approvals by whose times one signature is judged. */
const MAX_LISTERS = 8;
/** Reads a bundle and checks its signature; a Reason when it cannot be read. Never throws for what is in it. */
async function openBundle(found, verifier, now) {
	const parsed = readSigned(found.bytes);
	if ("problem" in parsed) return {
		found,
		problem: parsed.problem
	};
	return {
		found,
		...parsed,
		check: await checkSignature(parsed, {
			verifier,
			now
		})
	};
}
async function checkSignature(parsed, { verifier, now }, { timestamps: others = [], proven, hint } = {}) {
	const { payload, payloadType, signature, keyid } = parsed.bundle.envelope;
	const { material, timestamps: own, json } = parsed.bundle;
	const pae = encodePae(payloadType, payload);
	const timestamps = [...own, ...others];
	const input = {
		pae,
		signature,
		material: hint === void 0 ? material : {
			kind: "public-key",
			hint
		},
		keyid,
		hashing: "bundle",
		timestamps,
		proven,
		bundle: json
	};
	return withCertificates(await verifier.verifyDsse(input, now), parsed);
}
/**
* An approval names its signer and the certificates that it was signed with. Beside another leaf or none, or beside one where
* it names none, the signature is not what was given; nor is it where it leads to no anchor without the others. Somebody
* made it so: it is not by somebody unknown.
*/
function withCertificates(check, { bundle, approval }) {
	const signer = approval?.approval.signer;
	if (!signer || !isNamed(check.identity, signer)) return check;
	const given = bundle.material.kind === "certificates" ? bundle.material.chain.map(sha256) : [];
	const exchanged = signer.certificates[0] !== given[0];
	const removed = check.status === "untrusted" && !signer.certificates.every((digest) => given.includes(digest));
	if (!exchanged && !removed) return check;
	const message = "the certificates beside the approval are not those that it was signed with";
	return {
		...check,
		status: "invalid",
		reasons: [reason("CERTIFICATES_REMOVED", message), ...check.reasons]
	};
}
/**
* All bundles. A timestamp proves the time of a signature wherever it lies, so that copies of a bundle share theirs: one
* that is attached in a registry keeps an approval good that is in the file.
*/
async function openBundles(found, checking) {
	const read = found.map((bundle) => ({
		bundle,
		parsed: readSigned(bundle.bytes)
	}));
	const stamps = Map.groupBy(read.flatMap(({ parsed }) => "problem" in parsed || parsed.bundle.timestamps.length === 0 ? [] : [parsed]), signatureKey$1);
	const opened = [];
	for (const { bundle, parsed } of read) if ("problem" in parsed) opened.push({
		found: bundle,
		problem: parsed.problem
	});
	else {
		const timestamps = timestampsBeside(parsed, stamps.get(signatureKey$1(parsed)) ?? []);
		const check = await checkSignature(parsed, checking, { timestamps });
		const stampedAt = (timestamps.length === 0 ? check : await checkAlone(parsed, checking))?.proven?.latest;
		opened.push({
			found: bundle,
			...parsed,
			check,
			...stampedAt ? { stampedAt } : {}
		});
	}
	const known = await withGrants(opened, opened, checking);
	const all = [];
	const stamped = stampedApprovals(known);
	for (const one of known) all.push("problem" in one ? one : await withVouched$1(one, stamped, checking));
	return all;
}
/** Timestamps of other copies, as many as are looked at. */
function timestampsBeside(one, copies) {
	const beside = [];
	for (const copy of copies) if (copy !== one && beside.length < LIMITS.timestamps) beside.push(...copy.bundle.timestamps);
	return beside;
}
/** By the timestamps of one copy without those of others; undefined when it has none. */
async function checkAlone(parsed, checking) {
	return parsed.bundle.timestamps.length === 0 ? void 0 : checkSignature(parsed, checking);
}
/** Grants on one image that are read. */
const MAX_GRANTS = 64;
/**
* Approvals, and withdrawals of them, by keys that nobody trusts, checked again with the keys that valid grants among `all`
* name: a grant brings the key along. Whether its giver may vouch for anybody is for the policy to say.
*/
async function withGrants(some, all, { verifier, now }) {
	const keys = new Map(all.flatMap(grantIn).slice(0, MAX_GRANTS).map((grant) => [grantedKey(grant), grant.publicKey]));
	const checked = [];
	for (const one of some) checked.push("problem" in one ? one : await withGrant(one, keys, {
		verifier,
		now
	}));
	return checked;
}
async function withGrant(one, keys, { verifier, now }) {
	const { approval, withdrawal, check: first } = one;
	const hint = withdrawal ? first.identity?.hint : approval?.approval.signer?.key;
	const key = hint === void 0 ? void 0 : keys.get(hint);
	const unknown = first.status === "unknown-signer" || first.status === "untrusted" && !withdrawal;
	if (hint === void 0 || !key || !unknown) return one;
	try {
		const check = await checkSignature(one, {
			verifier: verifier.forKeys([key]),
			now
		}, { hint });
		const stamped = check.proven ? { stampedAt: check.proven.latest } : {};
		return check.status === "valid" ? {
			...one,
			check,
			granted: true,
			...stamped
		} : one;
	} catch (error) {
		if (error instanceof CountersignError) return one;
		throw error;
	}
}
function grantIn(one) {
	if (!one || "problem" in one || one.check.status !== "valid" || one.statement.predicateType !== "urn:countersign:grant:v1") return [];
	try {
		return [parseGrant(parseStatement(one.bundle.envelope.payload).predicate)];
	} catch (error) {
		if (error instanceof CountersignError) return [];
		throw error;
	}
}
function signatureKey$1({ bundle }) {
	return `${bundle.payloadDigest} ${sha256(bundle.envelope.signature)}`;
}
/**
* A signature that is good and does not count by its own time may have been good when a later approval listed it. One whose
* key is good still may not count either: the policy may say that its signer does not any more.
*/
async function withVouched$1(one, stamped, checking) {
	const vouched = [];
	for (const proven of earlierThan(one.check, listersOf(one.bundle.payloadDigest, one.check, stamped))) {
		const check = one.granted ? one.check : await checkSignature(one, checking, { proven });
		if (check.status === "valid") vouched.push({
			by: proven.by,
			signer: check.identity,
			reasons: check.reasons,
			proven
		});
	}
	return vouched.length > 0 ? {
		...one,
		vouched
	} : one;
}
/** Of times that later approvals prove, those that can say more than what is known of a signature. */
function earlierThan({ status, proven: own, identity }, times) {
	if (status === "untrusted") return times;
	if (status !== "valid" || identity?.method === "sigstore") return [];
	return own ? times.filter(({ latest }) => latest < own.latest) : times;
}
/** Times of stamped, valid approvals that list a layer, earliest first. */
function listersOf(digest, { identity }, stamped) {
	return stamped.filter(({ approval }) => approval.roster.some((entry) => entry.digest === digest && entry.signer !== null && isNamed(identity, entry.signer))).map(({ by, proven }) => ({
		...proven,
		proof: "later-approval",
		by
	})).toSorted((a, b) => a.latest.getTime() - b.latest.getTime()).slice(0, MAX_LISTERS);
}
/** Approvals whose own timestamp proves when they were there. */
function stampedApprovals(all) {
	return all.flatMap((one) => {
		if ("problem" in one || one.check.status !== "valid" || !one.check.proven || !one.approval) return [];
		return [{
			by: one.bundle.payloadDigest,
			proven: one.check.proven,
			approval: one.approval.approval
		}];
	});
}

// src/image/sif/native-times.ts
/** Checks all native signatures, each by the time that the approvals prove. */
async function checkNatives(found, approvals, { verifier, now }) {
	const stamped = stampedApprovals(approvals);
	const times = timesByNative(stamped);
	const natives = [];
	for (const native of found) {
		const limit = LIMITS.nativeSignatures - natives.length;
		const proven = times.get(sha256(native.data));
		const options = {
			verifier,
			now,
			limit
		};
		const checked = await checkNative(native, proven ? {
			...options,
			proven
		} : options);
		for (const one of checked) natives.push(await withVouched(one, {
			approvals,
			stamped
		}, options));
	}
	return natives;
}
/** What an approval names was there when the approval was, at the earliest of these times if several name it. */
function timesByNative(stamped) {
	const times = /* @__PURE__ */ new Map();
	for (const { approval, proven } of stamped) for (const { digest } of approval.native) {
		const known = times.get(digest);
		if (!known || proven.latest < known.latest) times.set(digest, proven);
	}
	return times;
}
async function withVouched(native, { approvals, stamped }, options) {
	if (native.kind === "native-legacy") return native;
	const owners = approvals.filter((one) => "approval" in one && one.approval?.approval.native.some(({ digest }) => digest === native.digest));
	const times = [...listersOf(native.digest, native.check, stamped), ...owners.flatMap((one) => "problem" in one ? [] : listersOf(one.bundle.payloadDigest, one.check, stamped))];
	const vouched = [];
	for (const proven of earlierThan(native.check, times)) {
		const good = (await checkNative(native.found, {
			...options,
			proven
		})).find(({ digest, check }) => digest === native.digest && check.status === "valid");
		if (good) vouched.push({
			by: proven.by,
			signer: good.check.identity,
			reasons: good.reasons,
			proven
		});
	}
	return vouched.length > 0 ? {
		...native,
		vouched
	} : native;
}

// src/image/sif/vouched-digests.ts
/** SHA-256 of each object's data as witnesses state it; objects without a witness, or with disputed ones, are left out. */
function claimedDigests(image, natives, opened) {
	const stated = /* @__PURE__ */ new Map();
	for (const { group, metadata } of [...nativeClaims(natives), ...approvalClaims(opened)]) {
		if (!groupsOf(image).includes(group) || !compareMetadata(metadata, image, group, void 0).complete) continue;
		const [lowest] = objectsInGroup(image, group);
		for (const { relativeId, objectDigest } of metadata.objects) {
			if (objectDigest.algorithm !== "sha256") continue;
			const id = (lowest?.id ?? 1) + relativeId;
			stated.set(id, (stated.get(id) ?? /* @__PURE__ */ new Set()).add(objectDigest.hex));
		}
	}
	const digests = /* @__PURE__ */ new Map();
	for (const [id, values] of stated) {
		const [hex] = values;
		if (values.size === 1 && hex !== void 0) digests.set(id, /* @__PURE__ */ new Map([["sha256", hex]]));
	}
	return digests;
}
function nativeClaims(natives) {
	return natives.flatMap(({ check, group, metadata }) => check.status === "valid" && group !== void 0 && metadata ? [{
		group,
		metadata
	}] : []);
}
function approvalClaims(opened) {
	return opened.flatMap((bundle) => {
		if ("problem" in bundle || bundle.check.status !== "valid" || !bundle.approval?.approval.dataVerified) return [];
		return bundle.approval.content.flatMap(({ group, metadata }) => {
			const parsed = tryParse(metadata);
			return parsed ? [{
				group,
				metadata: parsed
			}] : [];
		});
	});
}
function tryParse(metadata) {
	try {
		return parseMetadata(utf8(metadata));
	} catch {
		return;
	}
}

// src/image/sif/layers.ts
/** Reason for an object whose data was neither read nor vouched for: an open question, no difference. */
const NOT_HASHED = "SIF_DATA_NOT_HASHED";
/** Differences that are listed one by one; a hostile image may have millions. */
const LISTED = 20;
/** What differs for certain: an object that was not hashed is no difference. */
function differences(reasons) {
	return reasons.filter(({ code }) => code !== NOT_HASHED);
}
/** The first of many differences, and how many more there are. */
function firstOf(reasons) {
	const [next, ...more] = reasons.slice(LISTED);
	if (!next || more.length === 0) return reasons;
	return [...reasons.slice(0, LISTED), {
		...next,
		message: `${next.message}; and ${more.length} more differences`
	}];
}
/** A lane object must be stored exactly as its content says; the name also names the bytes. */
function withLaneDefect(fact, stored) {
	if (!stored) return fact;
	const { object, data } = stored;
	const defect = laneDefect(object, {
		is: fact.is === "evidence" ? "evidence" : "approval",
		label: labelOf(fact, object),
		bundle: data,
		reservable: fact.is === "layer" && fact.fact.approval !== null
	});
	if (defect === void 0) return fact;
	const altered = {
		signature: "invalid",
		reasons: [{
			code: "LANE_ALTERED",
			message: `object ${object.id} was altered: ${defect}`,
			hint: "restore the image from a copy, or delete the object and sign again"
		}, ...fact.fact.reasons]
	};
	if (fact.is === "evidence") return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
	return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
}
/** The label that the content asks for; unreadable content leaves only the name's own. */
function labelOf(fact, object) {
	if (fact.is === "evidence") return evidenceLabel(fact.fact.predicateType);
	return fact.fact.approval?.stage ?? object.name.split("/")[2] ?? "";
}
/** What the native signatures are for this image; `bundles` say which of them belong to an approval. */
function nativeLayers(natives, { image, digests, bundles }) {
	const named = namedByApprovals(bundles);
	const compare = comparer(image, digests);
	return natives.map((native) => withDescriptorCheck(nativeLayer(native, compare(native)), native, named));
}
/** Compares a native signature's message with the image; all signatures of one envelope share the answer. */
function comparer(image, digests) {
	const groups = new Set(groupsOf(image));
	const known = /* @__PURE__ */ new Map();
	return ({ group, metadata }) => {
		if (!metadata || group === void 0 || !groups.has(group)) return void 0;
		const comparison = known.get(metadata) ?? compareMetadata(metadata, image, group, digests);
		known.set(metadata, comparison);
		return comparison;
	};
}
function nativeLayer(native, comparison) {
	const { check } = native;
	const { place } = native.found;
	const reasons = differences(comparison?.reasons ?? []);
	const contradicted = reasons.some(({ code }) => code !== "SIF_OBJECT_NOT_SIGNED");
	const partial = reasons.length > 0 && !contradicted;
	const differing = [...firstOf(reasons), ...partial ? [partialReason(place)] : []];
	return {
		place,
		kind: native.kind,
		method: check.identity?.method ?? (native.kind === "native-dsse" ? "key" : "pgp"),
		digest: native.digest,
		signer: check.identity,
		signature: contradicted && check.status === "valid" ? "invalid" : check.status,
		reasons: [...native.reasons, ...differing],
		covers: contradicted ? [] : (comparison?.matchingObjects ?? []).map((id) => `object ${id}`),
		contradicted,
		approval: null,
		...timeOf(check),
		...alsoAtTimes(native.vouched, differing),
		signedAt: check.signedAt?.toISOString() ?? null
	};
}
function partialReason(place) {
	return {
		code: "NATIVE_PARTIAL",
		message: `${placeText(place)} signs only some objects of its group; Apptainer refuses such an image for good`,
		hint: "delete it (`siftool del ID IMAGE`) and sign the whole group"
	};
}
/**
* Native signatures that approvals of the same signer name as their other half, which are valid or may be by the time of
* later ones: digest + fingerprint.
*/
function namedByApprovals(bundles) {
	const claims = bundles.flatMap(({ is, fact }) => {
		if (is !== "layer" || fact.signer?.method !== "pgp" || !(fact.signature === "valid" || fact.vouched)) return [];
		const { fingerprint } = fact.signer;
		return (fact.approval?.native ?? []).map(({ digest }) => `${digest} ${fingerprint}`);
	});
	return new Set(claims);
}
/** Our own native signatures have one possible descriptor; anything else means that somebody changed it. */
function withDescriptorCheck(fact, native, named) {
	if (fact.signer?.method !== "pgp" || !named.has(`${fact.digest} ${fact.signer.fingerprint}`)) return fact;
	if (native.canonical) return fact;
	const reason = {
		code: "SIF_DESCRIPTOR_ALTERED",
		message: `${placeText(native.found.place)}: the descriptor of this signature was changed after signing`,
		hint: "restore the image from a copy, or have this signer sign again"
	};
	return {
		...fact,
		signature: "invalid",
		reasons: [reason, ...fact.reasons]
	};
}

// src/image/sif/examine.ts
/** Reads, checks and compares everything on a SIF. @throws SifError when the file cannot be read as a SIF at all */
async function examineSif(image, options) {
	const objects = await readSignatureObjects(image);
	const foundNatives = [...objects.natives, ...notInside(options.besideNatives ?? [], objects.natives)];
	const dataRead = options.data !== "claimed";
	const hashing = dataRead ? hashGroups(image, foundNatives, options) : void 0;
	hashing?.catch(() => void 0);
	const all = await openBundles([...objects.lane.map(foundInLane), ...options.beside ?? []], options);
	const natives = await checkNatives(foundNatives, all, options);
	const digests = await hashing ?? claimedDigests(image, natives, all);
	const groups = groupContents(image, digests);
	const view = viewOf({
		image,
		groups,
		digests,
		aliases: options.aliases ?? []
	});
	const bundles = withoutCopies(all, objects.lane.length).map(asNobodys(all)).map((bundle, index) => withLaneDefect(placeBundle(bundle, view), objects.lane[index])).filter(({ is, opened: read }) => is === "evidence" || !read?.found.evidenceOnly);
	return {
		image,
		facts: {
			name: options.name,
			kind: "sif",
			contentDigests: groups.map(({ digest }) => digest),
			units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map(unitOf)),
			layers: [...nativeLayers(natives, {
				image,
				digests,
				bundles
			}), ...bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : [])],
			evidence: bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []),
			hasId: /[1-9a-f]/.test(image.header.id),
			dataRead,
			problems: [...imageProblems(image), ...strayRemarks(objects.strays, bundles)]
		},
		digests,
		groups,
		natives,
		objects,
		bundles,
		view,
		subjects: groups.map(({ digest }) => ({
			name: SIF_SUBJECT,
			digest: { sha256: digestHex(digest) }
		})),
		content: groups.map(({ group, metadata }) => ({
			group,
			metadata: decodeUtf8(metadata, "sif-metadata")
		})),
		freeSlots: image.freeSlots
	};
}
const ENCRYPTED = /* @__PURE__ */ new Set([FILE_SYSTEM.encryptedSquashfs, FILE_SYSTEM.gocryptfsSquashfs]);
const USES = /* @__PURE__ */ new Map([[PARTITION_TYPE.overlay, "overlay"], [PARTITION_TYPE.data, "data"]]);
function unitOf({ id, group, partition }) {
	const unit = {
		id: `object ${id}`,
		group
	};
	if (!partition) return unit;
	const { fs, type } = partition;
	const use = USES.get(type);
	return {
		...unit,
		encrypted: ENCRYPTED.has(fs),
		writable: fs === FILE_SYSTEM.ext3,
		...use ? { use } : {}
	};
}
function foundInLane({ object, data }) {
	return {
		place: {
			in: "sif",
			object: object.id
		},
		bytes: data
	};
}
/** Native signatures that the image does not hold itself. */
function notInside(beside, inside) {
	const known = new Set(inside.map(({ data }) => sha256(data)));
	return beside.filter(({ data }) => !known.has(sha256(data)));
}
/**
* A bundle that travels beside the image and is in its lane too counts once; an altered copy hides no intact one, nor does
* one without a timestamp hide one with.
*/
function withoutCopies(opened, inLane) {
	const known = /* @__PURE__ */ new Map();
	for (const bundle of opened.slice(0, inLane)) {
		const key = signatureKey(bundle);
		known.set(key, Math.min(stampOf(bundle), known.get(key) ?? Number.POSITIVE_INFINITY));
	}
	return opened.filter((bundle, index) => {
		const stamped = index < inLane || "problem" in bundle ? void 0 : known.get(signatureKey(bundle));
		return stamped === void 0 || stampOf(bundle) < stamped;
	});
}
/** When a bundle existed by its own timestamps; it may never have without any. */
function stampOf(opened) {
	return "problem" in opened ? Number.POSITIVE_INFINITY : opened.stampedAt?.getTime() ?? Number.POSITIVE_INFINITY;
}
const UNSIGNED = /* @__PURE__ */ new Set(["invalid", "unreadable"]);
/**
* A statement that is there with a good signature was not altered: another bundle that holds it, names a known key and is
* not signed by it, is a stranger's.
*/
function asNobodys(all) {
	const good = all.flatMap((one) => "problem" in one || one.check.status !== "valid" ? [] : [one.bundle.payloadDigest]);
	const intact = new Set(good);
	return (one) => "problem" in one || !UNSIGNED.has(one.check.status) || !intact.has(one.bundle.payloadDigest) ? one : {
		...one,
		check: {
			...one.check,
			status: "unknown-signer",
			identity: null
		}
	};
}
function signatureKey(opened) {
	if ("problem" in opened) return "";
	return `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}`;
}
/** Hashes every grouped object once, with SHA-256 and whatever else the signed messages use. */
async function hashGroups(image, natives, { onBytes, signal, hash = hashObjects }) {
	const algorithms = /* @__PURE__ */ new Set(["sha256", ...natives.flatMap(algorithmsNamed)]);
	return hash(image, groupsOf(image).flatMap((group) => objectsInGroup(image, group)), {
		algorithms,
		...onBytes ? { onBytes } : {},
		...signal ? { signal } : {}
	});
}
/** Groups whose data digests are known; all of them when the data was read. */
function groupContents(image, digests) {
	return groupsOf(image).filter((group) => objectsInGroup(image, group).every(({ id }) => digests.has(id))).map((group) => {
		const metadata = encodeMetadata(image, group, digests);
		return {
			group,
			objects: objectsInGroup(image, group),
			metadata,
			digest: sha256(metadata)
		};
	});
}
/** How statements are compared with this image. */
function viewOf({ image, groups, digests, aliases }) {
	return {
		kind: "sif",
		digests: groups.map(({ digest }) => digest),
		aliases,
		units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map((object) => unitOf(object).id)),
		known: groups.length === groupsOf(image).length,
		unitsOf: (digest, numbers) => groups.filter((group) => group.digest === digest && (numbers?.has(group.group) ?? true)).flatMap((group) => group.objects.map((object) => unitOf(object).id)),
		explain: (content) => firstOf(content.flatMap((approved) => explain(approved, image, digests)))
	};
}
function explain(approved, image, digests) {
	if (!groupsOf(image).includes(approved.group)) return [{
		code: "SIF_GROUP_MISSING",
		message: `group ${approved.group} was approved and is not in the image`,
		hint: "restore the image from a copy, or have the stages approve the new content"
	}];
	const { reasons } = compareMetadata(parseMetadata(utf8(approved.metadata)), image, approved.group, digests);
	return differences(reasons);
}
/** What is wrong with the image whatever is signed, and remarks on what is odd. */
function imageProblems(image) {
	const problems = [];
	const add = (code, message, hint) => problems.push({
		code,
		message,
		hint
	});
	if (groupsOf(image).length === 0) add("SIF_NO_GROUPS", "the image has no group of objects, so there is nothing to approve", "build the image again");
	for (const object of uncoverableObjects(image)) add("SIF_OBJECT_UNGROUPED", `object ${object.id} belongs to no group, so no signature can cover it; Apptainer refuses the image`, `delete it (\`siftool del ${object.id} IMAGE\`) or add it to a group before signing`);
	for (const object of image.objects) if (object.used !== 1) add("SIF_DESCRIPTOR_ALTERED", `object ${object.id}: its used byte is ${object.used}, which no writer writes`, "restore the image from a copy");
	for (const { id, slot, name } of image.hidden) problems.push({
		code: "SIF_OBJECT_HIDDEN",
		message: `object ${id} in slot ${slot}${name === "" ? "" : ` (${JSON.stringify(name)})`} is marked unused and its descriptor is still there: a change was interrupted, or somebody hid it`,
		hint: "nothing, if all stages pass; else restore the image from a copy",
		severity: "remark"
	});
	if (image.objects.length > 0 && image.header.descriptorsFree === image.header.descriptorsTotal) add("SIF_HEADER_ALTERED", "the global header says that the image is empty", "restore the image from a copy");
	return problems;
}
/** Native signatures that approvals name and that nobody reads, because their link was changed. */
function strayRemarks(strays, bundles) {
	return bundles.flatMap(({ is, fact }) => is === "layer" ? fact.approval?.native ?? [] : []).flatMap(({ digest }) => {
		const object = strays.get(digest);
		if (!object) return [];
		return [{
			code: "SIF_DESCRIPTOR_ALTERED",
			message: `object ${object.id} is the native signature that an approval names, and its link to the group was changed`,
			hint: "restore the image from a copy, or have this signer sign again",
			severity: "remark"
		}];
	});
}

export { COSIGN_SIGN_PREDICATE_TYPE as a, placeBundle as c, withGrants as i, encodeReviewers as l, openBundle as n, SIF_SUBJECT as o, openBundles as r, isEvidence as s, examineSif as t };