import { l as evidenceKind, p as parseStatement } from "./statement.mjs";
import { p as shortDigest } from "./bytes.mjs";
import { o as listed } from "./text.mjs";
import { t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { n as isAboutAll } from "./scope.mjs";
import { i as reason } from "./reasons.mjs";
import { n as describeIdentity, o as matchPrincipals } from "./people.mjs";
import { C as listAt, D as valueAt, E as timeOf, T as textAt, V as whereOf, _ as ageProblem, a as checkFindings, b as checkProvenance, g as Malformed, h as isSamePackage, s as scannersOf, x as checkSbom, y as checkFields } from "./glass.mjs";
import { t as denialText } from "./denial.mjs";
import { a as isMeantBy, i as componentsIn, n as isAmong, o as parsePurl } from "./versions.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";

// src/policy/requires/components.ts
/** Components that a message names, at most. */
const NAMED = 5;
/** The first denied components that an SBOM names, and why they are denied; undefined when there is none. */
function deniedComponents(predicate, { deny }) {
	const denials = deny.flatMap((denial) => denial.what.of === "component" ? [{
		denial,
		what: denial.what
	}] : []);
	if (denials.length === 0) return void 0;
	const components = componentsIn(predicate) ?? [];
	const found = denials.flatMap(({ denial, what }) => {
		const wanted = parsePurl(what.purl);
		return components.flatMap((component) => {
			if (!wanted || !isMeantBy(wanted, component.purl)) return [];
			const how = matching(component, what.versions, wanted.type);
			return how === void 0 ? [] : [`${component.purl.slice(0, 200)}${how} ${denialText(denial)}`];
		});
	});
	const texts = [...new Set(found)];
	if (texts.length === 0) return void 0;
	return texts.length > NAMED ? `${texts.slice(0, NAMED).join("; ")}; and ${texts.length - NAMED} more` : texts.join("; ");
}
/** How it is meant, as an addition to its name; undefined when it is not. */
function matching({ purl, version: stated }, versions, type) {
	if (versions === void 0) return "";
	const version = parsePurl(purl)?.version ?? stated ?? void 0;
	if (version === void 0) return ", which says no version,";
	const answer = isAmong(version, versions, type);
	if (answer === void 0) return `, whose version ${JSON.stringify(version.slice(0, 60))} cannot be compared,`;
	return answer ? "" : void 0;
}

// src/policy/requires/vex.ts
/** True for a predicate type that VEX documents of their own have. */
function isVexType(predicateType) {
	return /^https:\/\/(?:openvex\.dev\/ns(?:\/v[0-9.]+)?|cyclonedx\.org\/vex)$/.test(predicateType);
}
/**
* The statements of a predicate; none when it is no VEX document.
* @throws Malformed
* @see https://github.com/openvex/spec/blob/v0.2.0/OPENVEX-SPEC.md
* @see https://github.com/CycloneDX/specification/blob/1.6/schema/bom-1.6.schema.json
*/
function readVex(predicate) {
	if (textAt(predicate, "@context")?.startsWith("https://openvex.dev/ns") === true) return listAt(predicate, "statements").map((one) => openVex(one, predicate));
	if (predicate["bomFormat"] !== "CycloneDX") return [];
	const purls = componentPurls(predicate);
	return listAt(predicate, "vulnerabilities").flatMap((one) => cycloneDx(one, predicate, purls));
}
function openVex(statement, document) {
	const vulnerability = valueAt(statement, "vulnerability");
	const names = isJsonObject(vulnerability) ? [textAt(vulnerability, "name"), ...listAt(vulnerability, "aliases")] : [vulnerability];
	const status = textAt(statement, "status") ?? "none";
	const why = ["justification", "impact_statement"].flatMap((name) => textAt(statement, name) ?? []);
	const times = [statement, document].flatMap((one) => [textAt(one, "last_updated"), textAt(one, "timestamp")]);
	return {
		names: upperCase(names),
		status,
		accepts: status === "fixed" || status === "not_affected" && why.length > 0,
		why: why.join(": "),
		time: newest(times),
		products: listAt(statement, "products").map(openVexProduct)
	};
}
function openVexProduct(product) {
	const ids = idsOf(product);
	const hash = textAt(product, "hashes.sha-256");
	const images = [...ids.flatMap(imageDigest), ...hash === void 0 ? [] : [`sha256:${hash.toLowerCase()}`]];
	const inside = isJsonObject(product) ? listAt(product, "subcomponents") : [];
	if (inside.length > 0) return {
		images: images.length > 0 ? images : ["none"],
		packages: inside.flatMap(idsOf).filter(isPackage)
	};
	return images.length > 0 ? {
		images,
		packages: void 0
	} : {
		images,
		packages: ids.filter(isPackage)
	};
}
function idsOf(product) {
	if (typeof product === "string") return [product];
	return [textAt(product, "@id"), textAt(product, "identifiers.purl")].flatMap((id) => id ?? []);
}
function cycloneDx(vulnerability, document, purls) {
	const status = textAt(vulnerability, "analysis.state");
	if (status === void 0) return [];
	const why = ["justification", "detail"].flatMap((name) => textAt(vulnerability, `analysis.${name}`) ?? []);
	const times = [...[
		"analysis.lastUpdated",
		"analysis.firstIssued",
		"updated",
		"published"
	].map((path) => textAt(vulnerability, path)), textAt(document, "metadata.timestamp")];
	const references = listAt(vulnerability, "references").map((one) => textAt(one, "id"));
	return [{
		names: upperCase([textAt(vulnerability, "id"), ...references]),
		status,
		accepts: [
			"not_affected",
			"false_positive",
			"resolved",
			"resolved_with_pedigree"
		].includes(status),
		why: why.join(": "),
		time: newest(times),
		products: listAt(vulnerability, "affects").flatMap((one) => cycloneDxProduct(one, purls))
	}];
}
/** Ranges of versions are not compared, so what is said of them says nothing. */
function cycloneDxProduct(affected, purls) {
	const ref = textAt(affected, "ref") ?? "";
	const link = /^urn:cdx:[^#]+#(.+)$/.exec(ref)?.[1];
	const purl = purls.get(ref) ?? (link === void 0 ? ref : decoded(link));
	const images = imageDigest(purl);
	if (listAt(affected, "versions").length > 0) return [];
	if (images.length > 0) return [{
		images,
		packages: void 0
	}];
	return isPackage(purl) ? [{
		images,
		packages: [purl]
	}] : [];
}
/** Package URLs of all components by their names inside the document, that of the image itself included. */
function componentPurls(document) {
	const found = /* @__PURE__ */ new Map();
	const add = (component) => {
		const [ref, purl] = [textAt(component, "bom-ref"), textAt(component, "purl")];
		if (ref !== void 0 && purl !== void 0) found.set(ref, purl);
		for (const inner of listAt(component, "components")) add(inner);
	};
	add(valueAt(document, "metadata.component"));
	add(document);
	return found;
}
/** The digest in a package URL or reference of an image; images without one are named too loosely. */
function imageDigest(id) {
	const text = decoded(id);
	const digest = /@(sha256:[0-9a-f]{64})(?:$|[?#])/.exec(text)?.[1];
	if (digest !== void 0) return [digest];
	return /^pkg:(?:oci|docker)\//.test(text) ? ["none"] : [];
}
function isPackage(id) {
	return /^pkg:[A-Za-z0-9.+-]+\/\S+$/.test(id) && imageDigest(id).length === 0;
}
function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
function upperCase(names) {
	return names.flatMap((name) => typeof name === "string" && name !== "" ? [name.toUpperCase()] : []);
}
/** The first time of a list that goes from the nearest to the farthest; no time when there is none. */
function newest(times) {
	return Date.parse(times.find((time) => time !== void 0) ?? "");
}
/** Whether the statement is about the package of this finding, in this image, which has these digests. */
function isAbout({ products }, { purl }, images) {
	return products.some((product) => product.images.every((digest) => images.includes(digest)) && (product.packages === void 0 || product.packages.some((wanted) => isSamePackage(wanted, purl))));
}
/** All statements that count, by the vulnerabilities that they name. */
var VexBook = class {
	#byName = /* @__PURE__ */ new Map();
	#about;
	constructor(statements, about) {
		this.#about = about;
		for (const one of statements) for (const name of new Set(one.names)) {
			const known = this.#byName.get(name);
			if (known) known.push(one);
			else this.#byName.set(name, [one]);
		}
	}
	/**
	* The statement by which a finding is acceptable; undefined when none is about it, or the newest that is says otherwise.
	* What has no time, or one that is to come, says nothing.
	*/
	accepting(finding) {
		const { images, now } = this.#about;
		const latest = now.getTime() + CLOCK_SKEW_MS;
		const mine = [...new Set([finding.id, ...finding.aliases].map((name) => name.toUpperCase()))].flatMap((name) => this.#byName.get(name) ?? []).filter((one) => one.time <= latest && isAbout(one, finding, images));
		const time = mine.reduce((newestTime, one) => Math.max(newestTime, one.time), Number.NEGATIVE_INFINITY);
		const last = mine.filter((one) => one.time === time);
		return last.every(({ accepts }) => accepts) ? last[0] : void 0;
	}
};

// src/policy/requires/vex-evidence.ts
/** All VEX documents on the image. */
function findVex({ vexBy = [] }, { policy, stage, image }) {
	const statements = [];
	const refused = [];
	for (const fact of image.evidence) {
		const read = statementsOf(fact);
		if (read === void 0 || !("problem" in read) && read.length === 0) continue;
		const signers = fact.signature === "valid" && fact.signer ? matchPrincipals(policy, fact.signer) : [];
		const by = signers.find((name) => vexBy.includes(name));
		const problem = "problem" in read ? read.problem : by === void 0 ? `it is signed by ${signers.join(", ") || describeIdentity(fact.signer)}, ${vexBy.length > 0 ? `not by ${vexBy.join(" or ")}` : "and the requirement names nobody in vexBy"}` : isAboutAll(fact, image.about(stage.name)) ? void 0 : "it is about other content";
		if (problem === void 0 && by !== void 0 && !("problem" in read)) statements.push(...read.map((one) => ({
			...one,
			by,
			fact
		})));
		else {
			const where = `the VEX document at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
			refused.push(reason("EVIDENCE_VEX_REFUSED", `${where} does not count: ${problem}`));
		}
	}
	const { contentDigests, pinned } = image.facts;
	const images = [...contentDigests, ...pinned === void 0 ? [] : [pinned.slice(pinned.lastIndexOf("@") + 1)]];
	return {
		book: new VexBook(statements, {
			images,
			now: image.now
		}),
		refused
	};
}
/** Undefined for what is no VEX document. Content without a valid signature is not looked at. */
function statementsOf(fact) {
	const own = isVexType(fact.predicateType);
	if (!own && !fact.predicateType.startsWith("https://cyclonedx.org/bom")) return void 0;
	if (!fact.statement) return own ? { problem: `its signature is ${fact.signature}` } : void 0;
	try {
		const { predicate } = parseStatement(fact.statement);
		return isJsonObject(predicate) ? readVex(predicate) : void 0;
	} catch (error) {
		if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
		return own ? { problem: error.message } : void 0;
	}
}

// src/policy/requires/requires.ts
/** Pieces that a message is about, at most. */
const EXPLAINED = 5;
/** No age is too great. */
const ANY_AGE = Number.POSITIVE_INFINITY;
/** What the image has to show for each requirement of a stage. */
function checkRequirements(policy, stage, image) {
	return stage.requires.map((requirement) => checkRequirement(requirement, {
		policy,
		stage,
		image
	}));
}
/** True when some stage requires evidence of this type that lies in the file itself. */
function mustLieInside({ stages }, predicateType) {
	return stages.some(({ requires }) => requires.some(({ inside, evidence }) => inside === true && isOfKind(predicateType, evidence)));
}
function isOfKind(predicateType, evidence) {
	return predicateType === evidence || evidenceKind(predicateType) === evidence;
}
function checkRequirement(requirement, around) {
	const { evidence, count, signedBy, condition } = requirement;
	const vex = condition.of === "findings" ? findVex(condition, around) : void 0;
	const context = {
		...around,
		vex: vex?.book
	};
	const all = context.image.evidence.filter(({ record }) => record !== "verdict").filter(({ predicateType }) => isOfKind(predicateType, evidence)).map((fact) => examine(fact, requirement, context));
	const pieces = all.filter((piece) => !isSuperseded(piece, all));
	const good = pieces.filter((piece) => piece.reason === void 0);
	const names = new Set(good.map(({ fact, scan }) => scan?.scanner ?? fact.digest));
	const refused = pieces.some(({ scan, reason: why }) => scan && why?.code === "EVIDENCE_FINDINGS" || why?.code === "COMPONENT_DENIED");
	const relied = good.flatMap(({ fact, rests = [] }) => [fact, ...rests]);
	if (names.size >= count && !refused) return {
		met: true,
		reasons: good.flatMap((piece) => piece.remarks ?? []),
		relied
	};
	const found = pieces.toSorted((a, b) => b.step - a.step).flatMap((piece) => piece.reason ?? []);
	const wanted = `stage ${context.stage.name} requires ${count > 1 ? `${count} pieces of ` : ""}${evidence} signed by ${listed(signedBy, "or")}`;
	const few = found.length === 0 || names.size > 0 && !refused;
	const head = all.length === 0 ? reason("EVIDENCE_MISSING", `${wanted}: there is none`) : reason("EVIDENCE_TOO_FEW", `${wanted}: ${names.size} of them ${names.size === 1 ? "counts" : "count"}`);
	const unused = refused ? (vex?.refused ?? []).slice(0, EXPLAINED) : [];
	return {
		met: false,
		reasons: [
			...few ? [head] : [],
			...found.slice(0, EXPLAINED),
			...unused
		],
		relied
	};
}
/** A scanner's newest findings are what it says; of two equally new ones both. A stale scan takes back nothing that was found. */
function isSuperseded({ scan, reason: why }, all) {
	if (!scan) return false;
	const newer = all.filter((other) => other.scan?.scanner === scan.scanner && other.scan.time > scan.time);
	return why?.code === "EVIDENCE_FINDINGS" ? newer.some((other) => other.reason?.code !== "EVIDENCE_STALE") : newer.length > 0;
}
function examine(fact, requirement, context) {
	const where = `${requirement.evidence} at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
	const fail = (step, code, problem) => ({
		fact,
		step,
		reason: reason(code, `stage ${context.stage.name}: ${where}: ${problem}`)
	});
	const unsigned = signatureProblem(fact, requirement, context);
	if (unsigned) return fail(...unsigned);
	const namesContent = evidenceKind(fact.predicateType) === "sbom" && isAboutSome(fact, context);
	const misplaced = placeProblem(fact, requirement, context);
	if (misplaced && !namesContent) return fail(3, ...misplaced);
	try {
		const predicate = predicateOf(fact);
		const denied = namesContent ? deniedComponents(predicate, context.policy) : void 0;
		if (denied !== void 0) return fail(8, "COMPONENT_DENIED", denied);
		if (misplaced) return fail(3, ...misplaced);
		const scan = scanOf(predicate, requirement, context.image.now);
		const content = contentOf(predicate, requirement, context);
		if (!("code" in content)) return {
			fact,
			step: 9,
			...content,
			...scan ? { scan } : {}
		};
		return {
			...fail(content.code === "EVIDENCE_STALE" ? 6 : content.code === "EVIDENCE_OTHER_SCANNER" ? 5 : 7, content.code, content.problem),
			...scan ? { scan } : {}
		};
	} catch (error) {
		if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
		return fail(4, "EVIDENCE_UNREADABLE", error.message);
	}
}
/** Why the evidence is not by somebody whom the requirement names. */
function signatureProblem(fact, { signedBy }, { policy }) {
	const { signature, signer, reasons } = fact;
	const why = reasons[0]?.message;
	const because = why === void 0 ? "" : `: ${why}`;
	if (signature === "invalid" || signature === "unreadable") return [
		1,
		"EVIDENCE_ALTERED",
		`its signature does not hold${because}`
	];
	if (signature !== "valid" || !signer) return [
		0,
		"EVIDENCE_UNTRUSTED",
		`it is signed by ${describeIdentity(signer)}, who is not trusted${because}`
	];
	const principals = matchPrincipals(policy, signer);
	if (!principals.some((name) => signedBy.includes(name))) return [
		2,
		"EVIDENCE_OTHER_SIGNER",
		`it is signed by ${principals.join(", ") || describeIdentity(signer)}, not by ${listed(signedBy, "or")}`
	];
}
/** Why the evidence is not about this image, or does not lie where it must. */
function placeProblem(fact, { inside }, { image, stage }) {
	if (!isAboutAll(fact, image.about(stage.name))) return ["EVIDENCE_OTHER_CONTENT", "it is about other content"];
	return inside === true && fact.place.in !== "sif" ? ["EVIDENCE_OUTSIDE", "it does not lie in the SIF file itself, as `inside` asks"] : void 0;
}
function isAboutSome({ covers, contradicted }, { image, stage }) {
	return !contradicted && image.about(stage.name).some((id) => covers.includes(id));
}
function predicateOf({ statement }) {
	const predicate = statement && parseStatement(statement).predicate;
	if (!isJsonObject(predicate)) throw new Malformed("its predicate is not an object");
	return predicate;
}
/** Only scans of scanners that are asked for, and not of the future, take the place of earlier ones. */
function scanOf(predicate, { condition }, now) {
	if (condition.of !== "findings") return void 0;
	const [scanner] = scannersOf(predicate);
	const time = timeOf(predicate, "findings");
	if (scanner === void 0 || !isAsked(predicate, condition.scanner) || ageProblem(time, ANY_AGE, now) !== void 0) return void 0;
	return {
		scanner,
		time: Date.parse(time ?? "")
	};
}
function isAsked(predicate, wanted) {
	return wanted.length === 0 || scannersOf(predicate).some((name) => wanted.some((one) => one.toLowerCase() === name.toLowerCase()));
}
function contentOf(predicate, { condition, evidence, maxAge }, { image: { now }, vex }) {
	const scanners = condition.of === "findings" ? condition.scanner : [];
	if (!isAsked(predicate, scanners)) return {
		code: "EVIDENCE_OTHER_SCANNER",
		problem: `it is by ${scannersOf(predicate).join(", ") || "no scanner that it names"}, not ${scanners.join(" or ")}`
	};
	const limit = maxAge ?? (condition.of === "findings" ? ANY_AGE : void 0);
	const stale = limit === void 0 ? void 0 : ageProblem(timeOf(predicate, evidence), limit, now);
	if (stale !== void 0) return {
		code: "EVIDENCE_STALE",
		problem: `it ${stale}`
	};
	switch (condition.of) {
		case "findings": return checkFindings(predicate, condition, {
			now,
			vex
		});
		case "sbom": return checkSbom(predicate, condition);
		case "provenance": return checkProvenance(predicate, condition);
		case "fields": return checkFields(predicate, condition);
		default: return condition;
	}
}

export { mustLieInside as n, checkRequirements as t };