import { d as sha256 } from "./bytes.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as isNamed } from "./signature.mjs";
import { f as hasEnded } from "./versions.mjs";
import { c as placeText, r as evidenceLabel } from "./signature-objects.mjs";
import { n as laneObject } from "./lane.mjs";
import { n as nativeObject } from "./native.mjs";
import { t as appendLayers } from "./append.mjs";
import { t as identityKey } from "./approval3.mjs";
import { c as combineVerdict, o as verifySifFile, t as createCriteria } from "./verify.mjs";
import { c as findingsOf } from "./wording.mjs";
import { n as renderMarkdown, t as renderText } from "./text2.mjs";

// src/transfer/copies.ts
/**
* Bundles of signers whom the trust does not know, but one for each statement that has no other bundle: that keeps what a
* valid approval lists from being missed. Anybody can sign a listed statement with keys of their own, as often as the
* file has slots. An approval names who gives it, and a bundle by another signer is a copy that stands for nothing.
*/
function needlessStrangers(bundles, { bundles: all, facts }) {
	const listed = listedEvidence(facts);
	const inside = all.filter((one) => one.fact.place.in === "sif" && STANDING.has(one.fact.signature) && !isCopy(one, listed));
	const present = new Set([...inside, ...bundles.filter(isKnown)].map(({ fact }) => fact.digest));
	const needless = /* @__PURE__ */ new Set();
	const strangers = bundles.filter((bundle) => !isKnown(bundle));
	for (const stranger of strangers.toSorted((a, b) => compare(qualityOf(a), qualityOf(b)))) {
		const copied = isCopy(stranger, listed);
		if (copied || present.has(stranger.fact.digest)) needless.add(stranger);
		if (!copied) present.add(stranger.fact.digest);
	}
	return needless;
}
/** Whose the evidence is that valid approvals list. */
function listedEvidence({ layers }) {
	const listed = /* @__PURE__ */ new Map();
	for (const { approval, signature } of layers) for (const { digest, signer } of signature === "valid" && approval?.evidence || []) if (signer) listed.set(digest, [...listed.get(digest) ?? [], signer]);
	return listed;
}
/**
* True when an approval names another signer than the one this bundle claims: its own, or that of evidence that it lists.
* Statements of edition 0.1.0 name none.
*/
function isCopy(bundle, listed) {
	const own = bundle.is === "layer" ? bundle.fact.approval?.signer : void 0;
	const names = bundle.is === "layer" ? own ? [own] : void 0 : listed.get(bundle.fact.digest);
	return names !== void 0 && !names.some((name) => isNamed(bundle.fact.signer, name));
}
function isKnown({ fact }) {
	return fact.signature === "valid";
}
/** What a bundle in the file may be and still stand for its statement. */
const STANDING = /* @__PURE__ */ new Set([
	"valid",
	"unknown-signer",
	"untrusted"
]);
/**
* One bundle for each signer of a statement, and none if the file has it. The bytes around the signed ones can be varied
* at will, by white space for instance, a signature often too, and every variant would take a slot. A valid one stands
* for all; of the others only those of the same signature and key are doubles, lest a worthless one displaces a good one.
* What a timestamp proves would be lost with it: so a copy that is stamped joins one in the file that is not.
*/
function withoutDoubles(bundles, { bundles: all }) {
	const inside = Map.groupBy(all.filter(({ fact }) => fact.place.in === "sif" && fact.signature === "valid"), doubleKey);
	const [missing, stamped] = [/* @__PURE__ */ new Map(), /* @__PURE__ */ new Map()];
	const proven = new Set(bundles.filter(({ fact }) => fact.signature === "valid").map(signatureKey));
	for (const bundle of bundles.toSorted((a, b) => compare(qualityOf(a), qualityOf(b)))) {
		if (bundle.fact.signature !== "valid" && proven.has(signatureKey(bundle))) continue;
		const key = doubleKey(bundle);
		const there = inside.get(key);
		const better = there?.every((one) => stampOf(bundle) < stampOf(one)) ?? true;
		const place = there ? stamped : missing;
		if (better && !place.has(key)) place.set(key, bundle);
	}
	return {
		missing: [...missing.values()],
		stamped: [...stamped.values()]
	};
}
/** When a bundle existed by its own timestamps. */
function stampOf({ opened }) {
	return opened?.stampedAt?.getTime() ?? Number.MAX_VALUE;
}
function signatureKey({ opened }) {
	return opened ? `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}` : "";
}
/** Bundles that have it in common are one layer or piece of evidence. */
function doubleKey(bundle) {
	const { signer, signature, digest } = bundle.fact;
	if (signer && signature === "valid") return `${digest} ${identityKey(signer)}`;
	const material = bundle.opened?.bundle.material;
	const chain = material?.kind === "certificates" ? material.chain.map(sha256) : [];
	return `${signatureKey(bundle)} ${material?.kind === "public-key" ? material.hint : chain.join(" ")}`;
}
/** The best comes first: valid, with the earliest timestamp, with what others need to find the key, the shortest, and any of those. */
function qualityOf(bundle) {
	const bytes = bundle.opened?.found.bytes ?? /* @__PURE__ */ new Uint8Array();
	return [
		bundle.fact.signature === "valid" ? 0 : 1,
		stampOf(bundle),
		-helpOf(bundle),
		bytes.length,
		sha256(bytes)
	];
}
/** How much the material around a signature helps others: the certificates, or the true name of the key. */
function helpOf({ fact: { signer }, opened }) {
	const material = opened?.bundle.material;
	if (material?.kind === "certificates") return material.chain.length;
	const hint = signer?.method === "pgp" ? `openpgp4fpr:${signer.fingerprint.toLowerCase()}` : signer?.hint;
	return Number(material?.hint === hint);
}
/** Below zero when the first differing part of `a` is the smaller one. */
function compare(a, b) {
	const at = a.findIndex((value, index) => value !== b[index]);
	const [left, right] = [a[at] ?? "", b[at] ?? ""];
	return at < 0 ? 0 : left < right ? -1 : 1;
}

// src/transfer/assemble.ts
/**
* The objects to append to an examined image, in their one order: evidence, then approvals by sequence number, each after
* its native signatures. `trusted`: only layers with a valid signature; otherwise all that are about this content.
*/
function planAssembly(examination, trusted) {
	const leftOut = [];
	const beside = examination.bundles.filter(({ fact }) => fact.place.in === "registry");
	const named = namedByTrusted(examination);
	const halves = withoutNative(beside, examination);
	const taken = beside.filter((bundle) => {
		const why = unfit(bundle, (fact) => !trusted || named.has(fact.digest)) ?? halves.get(bundle);
		if (why !== void 0) leftOut.push({
			where: placeText(bundle.fact.place),
			why
		});
		return why === void 0;
	});
	const strangers = trusted ? needlessStrangers(taken, examination) : /* @__PURE__ */ new Set();
	const why = "its signer is not known, and its statement is there without it";
	for (const { fact } of strangers) leftOut.push({
		where: placeText(fact.place),
		why
	});
	const wanted = taken.filter((bundle) => !strangers.has(bundle));
	const { missing, stamped } = withoutDoubles(wanted, examination);
	const all = inOrder([...missing, ...stamped]);
	const fits = objectsFor(all, examination).length <= (examination.freeSlots ?? 0);
	const full = "the file has it without timestamp, and no slots for more";
	if (!fits) for (const { fact } of stamped) leftOut.push({
		where: placeText(fact.place),
		why: full
	});
	const ordered = fits ? all : inOrder(missing);
	const objects = objectsFor(ordered, examination);
	const times = ordered.flatMap(({ fact }) => "signedAt" in fact && fact.signedAt ? [Date.parse(fact.signedAt) / 1e3] : []);
	return {
		objects,
		layers: ordered.length,
		time: Math.floor(Math.max(examination.image.header.modifiedAt, ...times)),
		leftOut
	};
}
function inOrder(bundles) {
	return bundles.toSorted((a, b) => rank(a) - rank(b) || compare(orderOf(a), orderOf(b)));
}
function objectsFor(ordered, examination) {
	const placed = /* @__PURE__ */ new Set();
	return ordered.flatMap((bundle) => [...nativeObjects(bundle, examination, placed), ...bundle.opened ? [laneObject(...labelled(bundle), bundle.opened.found.bytes)] : []]);
}
/**
* Appends a plan to the file it was made for.
* @throws SifError SIF_NO_FREE_SLOT, SIF_CHANGED and others; the file is then as it was
*/
async function assemble(path, plan, { image, digests }) {
	if (plan.objects.length === 0) return [];
	return appendLayers(path, plan.objects, {
		now: /* @__PURE__ */ new Date(plan.time * 1e3),
		time: plan.time,
		expected: image,
		expectedDigests: digests
	});
}
/** What valid approvals list: left out, it would be missed in the file. */
function namedByTrusted({ facts }) {
	const approvals = facts.layers.flatMap(({ approval, signature, contradicted }) => approval && signature === "valid" && !contradicted ? [approval] : []);
	return new Set(approvals.flatMap(({ roster, evidence }) => [...roster, ...evidence].map(({ digest }) => digest)));
}
function unfit(bundle, mayBeUnknown) {
	const { fact, opened } = bundle;
	if (!opened) return "it cannot be read";
	if (fact.contradicted || fact.covers.length === 0) return "it is about other content";
	if (bundle.is === "layer" && bundle.fact.approval === null) return "it is no approval";
	const { length } = opened.found.bytes;
	if (length > (bundle.is === "evidence" ? LIMITS.laneEvidenceBytes : LIMITS.sifSignatureBytes)) return `it has ${length} bytes, more than ${bundle.is} in a file may have`;
	if (fact.signature === "valid" || mayBeUnknown(fact) && fact.signature !== "invalid") return void 0;
	if (bundle.is === "evidence" && outlastsItsSigner(bundle.fact)) return void 0;
	return `its signature is ${fact.signature}`;
}
/** What was taken back stays taken back, and broken glass is shown, also when the key has ended. */
function outlastsItsSigner(fact) {
	return (fact.withdrawal !== void 0 || fact.breakGlass !== void 0) && hasEnded(fact);
}
/**
* Approvals whose native signatures are neither in the file nor attached, and those that build on them, with the reason
* to leave them out: in the file they would say for ever that something was removed.
*/
function withoutNative(beside, examination) {
	const standing = examination.bundles.filter(({ fact }) => fact.place.in === "sif");
	const inside = new Set(standing.map(({ fact }) => fact.digest));
	const incomplete = /* @__PURE__ */ new Set();
	const halves = /* @__PURE__ */ new Map();
	for (const bundle of beside.toSorted((a, b) => rank(a) - rank(b))) {
		const approval = bundle.is === "layer" ? bundle.fact.approval : null;
		if (!approval || inside.has(bundle.fact.digest)) continue;
		const half = approval.native.some(({ group, digest }) => !nativeOf(bundle, examination, {
			group,
			digest
		}));
		const builds = approval.roster.some(({ digest }) => incomplete.has(digest));
		if (!half && !builds) continue;
		incomplete.add(bundle.fact.digest);
		halves.set(bundle, half ? HALF : "it builds on an approval that is left out: pull the published image instead");
	}
	return halves;
}
const HALF = "its native signature is in the published image only: pull that image instead";
/** Two signatures under one statement are told apart by their bytes. */
function orderOf({ fact, opened }) {
	return [fact.digest, opened ? sha256(opened.found.bytes) : ""];
}
function rank(bundle) {
	return bundle.is === "layer" ? bundle.fact.approval?.sequence ?? 0 : 0;
}
function labelled(bundle) {
	return bundle.is === "evidence" ? ["evidence", evidenceLabel(bundle.fact.predicateType)] : ["approval", bundle.fact.approval?.stage ?? ""];
}
/** Native signatures that an approval names and the file does not hold yet. Others stay out: Apptainer would refuse them. */
function nativeObjects(bundle, examination, placed) {
	return (bundle.is === "layer" ? bundle.fact.approval?.native ?? [] : []).flatMap((entry) => {
		const native = nativeOf(bundle, examination, entry);
		if (!native || native.found.object !== void 0 || placed.has(entry.digest)) return [];
		placed.add(entry.digest);
		const { fingerprint, data } = native.found;
		const { signedAt } = native.check;
		return fingerprint && signedAt ? [nativeObject(data, entry.group, {
			fingerprint,
			signedAt
		})] : [];
	});
}
/** A native signature that an approval names: in the file, else beside it in a form that the file can get. */
function nativeOf(bundle, { natives }, entry) {
	const named = natives.filter(({ group, digest }) => group === entry.group && digest === entry.digest);
	const owner = ownerOf(bundle);
	return named.find(({ found }) => found.object !== void 0) ?? named.find(({ found, check }) => sha256(found.data) === entry.digest && found.fingerprint === owner && owner !== void 0 && check.signedAt);
}
/** Whose native signatures belong to a bundle: anybody can attach a copy of them under another name. */
function ownerOf({ fact: { signer, signature }, opened }) {
	if (signature === "valid") return signer?.method === "pgp" ? signer.fingerprint : void 0;
	const material = opened?.bundle.material;
	const hint = material?.kind === "public-key" ? material.hint : "";
	return /^openpgp4fpr:([0-9a-f]{40})$/.exec(hint)?.[1]?.toUpperCase();
}
/**
* Appends to a file what was examined together with it. `trusted`: only layers with a valid signature.
* @throws SifError when the file cannot be changed (it is then as it was)
*/
async function assembleExamined(path, examination, trusted) {
	const plan = planAssembly(examination, trusted);
	return {
		added: await assemble(path, plan, examination),
		leftOut: plan.leftOut
	};
}
/**
* Examines a file with layers that travelled beside it and appends them. The verdict is about the image with all layers,
* before they are appended; undefined without anything to trust.
* @throws SifError when the file cannot be read or changed (it is then as it was)
*/
async function assembleFile(path, layers, options) {
	const criteria = options.criteria ?? await createCriteria({
		policy: void 0,
		now: options.now
	});
	const { verdict, examination } = await verifySifFile(path, criteria, {
		name: options.name ?? path,
		beside: layers.bundles,
		besideNatives: layers.natives,
		...options.hash ? { hash: options.hash } : {}
	});
	const trusted = options.criteria !== void 0;
	return {
		...await assembleExamined(path, examination, trusted),
		verdict: trusted ? verdict : void 0
	};
}

// src/commands/verdict-outputs.ts
const UNVERIFIED = "not verified: no policy, keys or anchors were given";
/** Whether anybody verified what a command moved. */
const VERIFIED_OUTPUT = {
	name: "verified",
	description: "`true` when trust inputs were given and the verdict about the image passed, else `false`. Without trust inputs `verdict` says only that the step did its work.",
	example: "true"
};
/** The verdict about one image as the result shows it; its findings are annotated. */
function presentVerdict(verdict, { criteria, host }) {
	const nothing = {
		verdict: void 0,
		verified: false,
		text: ""
	};
	if (!criteria) return {
		...nothing,
		note: `  ${UNVERIFIED}\n`,
		markdown: () => `_${UNVERIFIED}_\n`
	};
	if (!verdict) return {
		...nothing,
		note: "",
		markdown: () => ""
	};
	const whole = combineVerdict([verdict], {
		now: criteria.now,
		asOf: false,
		policy: criteria.policy && {
			name: criteria.policy.name,
			digest: criteria.policy.digest
		}
	});
	for (const finding of findingsOf(whole)) host.finding(finding);
	return {
		verdict: whole,
		verified: whole.verdict === "passed",
		text: renderText(whole),
		note: "",
		markdown: () => renderMarkdown(whole)
	};
}

export { planAssembly as a, assembleFile as i, presentVerdict as n, assembleExamined as r, VERIFIED_OUTPUT as t };