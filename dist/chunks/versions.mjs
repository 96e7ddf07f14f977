import { t as isJsonObject } from "./json.mjs";
import { t as CLAIM_NAMES } from "./claims.mjs";
import { r as keylessName } from "./signature.mjs";
import { r as matchesPattern } from "./pattern.mjs";

// src/policy/keyless/match.ts
/** How each claim is compared. */
const CLAIM_KINDS = {
	buildSignerUri: "workflow",
	buildSignerDigest: "name",
	runnerEnvironment: "name",
	sourceRepositoryUri: "uri",
	sourceRepositoryDigest: "name",
	sourceRepositoryRef: "ref",
	sourceRepositoryIdentifier: "name",
	sourceRepositoryOwnerUri: "uri",
	sourceRepositoryOwnerIdentifier: "name",
	buildConfigUri: "workflow",
	buildConfigDigest: "name",
	buildTrigger: "name",
	runInvocationUri: "uri",
	sourceRepositoryVisibilityAtSigning: "name",
	deploymentEnvironment: "name",
	tokenSubject: "name",
	workflowTrigger: "name",
	workflowSha: "name",
	workflowName: "name",
	workflowRepository: "name",
	workflowRef: "ref"
};
/** The claims that tell one repository from all others. */
const REPOSITORY_CLAIMS = ["sourceRepositoryUri", "sourceRepositoryIdentifier"];
/** In what the signer is another one than the credential describes; empty when it is that one. */
function differences(credential, identity) {
	const { issuer, san, claims } = credential;
	const found = [];
	if (identity.issuer !== issuer) found.push({
		claim: "issuer",
		found: identity.issuer,
		wanted: [issuer]
	});
	if (san.length > 0 && !identity.san.some((name) => san.some((pattern) => matchesPattern(pattern, name, "san")))) found.push({
		claim: "san",
		found: identity.san[0],
		wanted: san
	});
	for (const claim of CLAIM_NAMES) {
		const wanted = claims[claim];
		const value = identity.claims[claim];
		if (!wanted) continue;
		if (!(value !== void 0 && wanted.some((pattern) => matchesPattern(pattern, value, CLAIM_KINDS[claim])))) found.push({
			claim,
			found: value,
			wanted
		});
	}
	const [uri] = REPOSITORY_CLAIMS.filter((claim) => identity.claims[claim] !== void 0);
	if (uri && !REPOSITORY_CLAIMS.some((claim) => claims[claim])) found.push({
		claim: uri,
		found: identity.claims[uri],
		wanted: []
	});
	return found;
}
/** The difference in a few words. */
function describeDifference({ claim, found, wanted }) {
	const is = found === void 0 ? "is not there" : `is ${quote(found)}`;
	if (wanted.length === 0) return `${claim} ${is} and the principal names no repository`;
	return `${claim} ${is}, not ${wanted.slice(0, 3).map(quote).join(" or ")}`;
}
/**
* By what a principal recognises a keyless signer: two runs of a workflow are one signer. Two environments of it are two
* where the credential asks for the environment.
*/
function keylessPerson(credential, identity) {
	const { deploymentEnvironment, ...claims } = identity.claims;
	const named = credential.claims.deploymentEnvironment && deploymentEnvironment;
	return keylessName({
		...identity,
		claims: {
			...claims,
			...named ? { deploymentEnvironment: named } : {}
		}
	});
}
/** Why a keyless signer is none of the principals named, by the one that it is most like; empty for other signers. */
function unlikeness({ principals }, { identity, names }) {
	if (identity?.method !== "sigstore") return "";
	const [nearest] = principals.filter(({ name }) => !names || names.includes(name)).flatMap(({ name, credentials }) => credentials.flatMap((credential) => credential.method === "sigstore" ? {
		name,
		unlike: differences(credential, identity)
	} : [])).sort((a, b) => a.unlike.length - b.unlike.length);
	if (!nearest || nearest.unlike.length === 0) return "";
	return `; it is not ${nearest.name}: ${nearest.unlike.map(describeDifference).join(", ")}`;
}
/** Whoever released a keyless job acts in it, whoever else they are. */
function reviewersAs({ principals }, identity) {
	return (identity.method === "sigstore" && identity.reviewers || []).flatMap(({ login, id }) => [`reviewer ${id}`, ...principals.filter(({ githubUsers = [] }) => githubUsers.some((user) => isUser(user, {
		login,
		id
	}))).map(({ name }) => `principal ${name}`)]);
}
/** A number in a policy is never a name: somebody may be called by the number of another. */
function isUser(user, { login, id }) {
	return /^[0-9]/.test(user) ? user === id : user.toLowerCase() === login.toLowerCase();
}
function quote(text) {
	return JSON.stringify(text.slice(0, 200));
}

// src/policy/rules/certificate.ts
/** True when the certificate leads to one of the anchors and every list of patterns has one that matches. */
function matchesCertificate(credential, identity) {
	const { anchors, san, subject, issuer, any } = credential;
	if (!anchors.some((anchor) => identity.anchors.includes(anchor))) return false;
	if (san.length === 0 && subject.length === 0 && !(any && hasPlainNames(identity))) return false;
	return matchesField(san, identity.san, "san") && matchesField(subject, [identity.subject], "subject") && matchesField(issuer, [identity.issuer], "issuer");
}
/** A certificate without a name is nobody’s, and names with control characters match nothing. */
function hasPlainNames({ subject, san }) {
	const names = [...san, ...subject === "" ? [] : [subject]];
	return names.length > 0 && names.every((name) => !/[\u0000-\u001f\u007f]/.test(name));
}
/** A field that the policy leaves out does not restrict. */
function matchesField(patterns, values, kind) {
	return patterns.length === 0 || patterns.some((pattern) => values.some((value) => matchesPattern(pattern, value, kind)));
}
/** The names by which the credential recognises somebody. */
function certifiedNames({ san, subject }, identity) {
	if (san.length === 0) return subject.length === 0 ? [] : [identity.subject];
	return identity.san.filter((value) => san.some((pattern) => matchesPattern(pattern, value, "san")));
}
/**
* Whoever is one person by way of a third certificate on the image is one: where certificates stand for people, each uses up
* all that those use up with which it shares a name or a key.
*/
function withKin(candidates) {
	const kin = /* @__PURE__ */ new Map();
	for (const { uses } of [...candidates.values()].flat()) {
		if (!uses.some((use) => use.startsWith("person "))) continue;
		const shared = uses.filter((use) => /^(?:person|key) /.test(use));
		const all = new Set(shared.flatMap((use) => [...kin.get(use) ?? [use]]));
		for (const use of all) kin.set(use, all);
	}
	const widened = (one) => ({
		...one,
		uses: [...new Set(one.uses.flatMap((use) => [use, ...kin.get(use) ?? []]))]
	});
	return new Map([...candidates].map(([stage, mine]) => [stage, mine.map(widened)]));
}

// src/policy/rules/people.ts
/**
* Names of all principals that the identity belongs to, in the policy's order. Ask only for a signature whose status is
* `valid`: before that an identity is a claim.
*/
function matchPrincipals(policy, identity) {
	return [...new Set(holdersOf(policy, identity).map(({ name }) => name))];
}
/** Whose the credentials are that an identity proves, and when each counts. */
function windowsOf(policy, identity) {
	return holdersOf(policy, identity).map(({ name, credential: { window } }) => ({
		name,
		window
	}));
}
/** Names of the principals that the signer of a layer or of evidence was at its time; ask only for a valid signature. */
function principalsAt(policy, fact, now) {
	if (!fact.signer) return [];
	const open = windowsOf(policy, fact.signer).filter(({ window }) => isWithin(window, fact, now));
	return [...new Set(open.map(({ name }) => name))];
}
/** True when the window holds all times at which the signature can have been made, and the one that the signer states. */
function isWithin(window, fact, now) {
	const stated = statedTime(fact);
	const times = [...provenTimes(fact) ?? [now.getTime()], ...stated === void 0 ? [] : [stated]];
	const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = window ?? {};
	return times.every((time) => time >= from && time < until);
}
/** The earliest and the latest time that the proof allows; of a keyless signature what its log or timestamps prove. */
function provenTimes({ proven, signer }) {
	if (proven) return [proven.time.getTime() - proven.accuracyMs, proven.latest.getTime()];
	return signer?.method === "sigstore" && signer.provenAt !== null ? [Date.parse(signer.provenAt)] : void 0;
}
/** The time that the signer states, milliseconds. */
function statedTime(fact) {
	const text = "approval" in fact ? fact.approval?.timeVerified ?? fact.signedAt : null;
	const time = text === null ? NaN : Date.parse(text);
	return Number.isNaN(time) ? void 0 : time;
}
const DIRECTORIES = /* @__PURE__ */ new WeakMap();
/** The credentials that the identity proves, in the policy's order. */
function holdersOf({ principals }, identity) {
	const directory = directoryOf(principals);
	const named = wordsOf(identity).flatMap((word) => directory.byWord.get(word) ?? []);
	return [.../* @__PURE__ */ new Set([...named, ...directory.others])].filter(({ credential }) => matchesCredential(credential, identity)).sort((a, b) => a.position - b.position);
}
function directoryOf(principals) {
	const directory = DIRECTORIES.get(principals) ?? readDirectory(principals);
	DIRECTORIES.set(principals, directory);
	return directory;
}
function readDirectory(principals) {
	const byWord = /* @__PURE__ */ new Map();
	const others = [];
	for (const [position, { name, credentials }] of principals.entries()) for (const credential of credentials) {
		const holder = {
			name,
			credential,
			position
		};
		const words = wordsAsked(credential);
		if (!words) others.push(holder);
		for (const word of words ?? []) {
			const known = byWord.get(word);
			if (known) known.push(holder);
			else byWord.set(word, [holder]);
		}
	}
	return {
		byWord,
		others,
		many: new Set(principals.flatMap(({ name, many }) => many ? [name] : []))
	};
}
/** Words of which an identity that proves the credential has one; undefined when patterns leave that open. */
function wordsAsked(credential) {
	if (credential.method === "pgp") return [`pgp ${credential.fingerprint}`];
	if (credential.method === "key") return [`key ${credential.hint}`];
	if (credential.method === "sigstore") {
		const { sourceRepositoryUri: uris } = credential.claims;
		return uris?.some((uri) => uri.includes("*")) ? void 0 : uris?.map((uri) => `repository ${uri}`);
	}
	const names = credential.san.length > 0 ? credential.san : credential.subject;
	return names.length === 0 || names.some((name) => name.includes("*")) ? void 0 : names.map(nameWord);
}
function wordsOf(identity) {
	if (identity.method === "pgp") return [`pgp ${identity.fingerprint}`];
	if (identity.method === "key") return [`key ${identity.hint}`];
	if (identity.method === "sigstore") return [`repository ${identity.claims.sourceRepositoryUri ?? ""}`];
	return [...identity.san, identity.subject].map(nameWord);
}
/** Letter case, which some names are compared without, is left to the comparison itself. */
function nameWord(name) {
	return `name ${name.toLowerCase()}`;
}
/**
* True when the identity proves the credential. A fingerprint is compared whole and with the primary key only; a
* certificate never satisfies a `key` credential, because its key may outlive the CA's consent.
*/
function matchesCredential(credential, identity) {
	switch (credential.method) {
		case "pgp": return identity.method === "pgp" && identity.fingerprint === credential.fingerprint;
		case "key": return identity.method === "key" && identity.hint === credential.hint;
		case "x509": return identity.method === "x509" && matchesCertificate(credential, identity);
		case "sigstore": return identity.method === "sigstore" && differences(credential, identity).length === 0;
		default: return credential;
	}
}
/**
* What one approval uses up of the person behind it: the key, the OpenPGP key with all its subkeys, and the names in a
* certificate by which the policy recognises somebody. Two signers who have one of them in common are one person.
*/
function personOf(policy, identity) {
	const key = identity.hint ? [`key ${identity.hint}`] : [];
	if (identity.method === "pgp") return [...key, `pgp ${identity.fingerprint}`];
	if (identity.method === "key") return key;
	const { many } = directoryOf(policy.principals);
	const names = holdersOf(policy, identity).flatMap(({ name, credential }) => {
		return (many.has(name) ? allNames(credential, identity) : namesMatched(credential, identity)).filter((value) => value !== "").map((value) => value.toLowerCase()).flatMap((value) => [`name ${name} ${value}`, ...many.size > 0 ? [`person ${value}`] : []]);
	});
	return [.../* @__PURE__ */ new Set([
		...key,
		...names,
		...reviewersAs(policy, identity)
	])];
}
/** True when everybody whom the principal's credentials fit is a person of their own. */
function isMany({ principals }, name) {
	return directoryOf(principals).many.has(name);
}
/** The person behind an identity where the principal `name`, to which it belongs, may approve. */
function personAs(policy, name, identity) {
	const uses = personOf(policy, identity);
	if (!isMany(policy, name)) return {
		principal: name,
		uses: [`principal ${name}`, ...uses]
	};
	const own = matchPrincipals(policy, identity).filter((one) => !isMany(policy, one));
	return {
		principal: own[0] ?? nameOf(identity),
		uses: [...own.map((one) => `principal ${one}`), ...uses]
	};
}
/** Names of the people as whom an identity counts, each once, of those principals alone that are given; empty for nobody. */
function peopleBehind(policy, identity, names = matchPrincipals(policy, identity)) {
	return [...new Set(names.map((name) => personAs(policy, name, identity).principal))];
}
/** True when two signers who belong to one principal are one person. */
function isSamePerson(policy, name, [one, other]) {
	if (!isMany(policy, name)) return true;
	const uses = new Set(one ? personOf(policy, one) : []);
	return other !== null && personOf(policy, other).some((use) => uses.has(use));
}
/** What somebody is called who has no name in the policy. */
function nameOf(identity) {
	if (identity.method === "x509") return identity.san[0] ?? identity.subject;
	return identity.method === "sigstore" ? identity.san[0] ?? "" : describeIdentity(identity);
}
function namesMatched(credential, identity) {
	if (credential.method === "sigstore" && identity.method === "sigstore") return [keylessPerson(credential, identity)];
	return credential.method === "x509" && identity.method === "x509" ? certifiedNames(credential, identity) : [];
}
function allNames(credential, identity) {
	if (identity.method === "x509") return [...identity.san, identity.subject];
	const people = identity.method === "sigstore" ? identity.san.filter((name) => name.startsWith("email:")) : [];
	return people.length > 0 ? people : namesMatched(credential, identity);
}
/** What ends a signature that was made by whom it names. */
const ENDS = /* @__PURE__ */ new Set([
	"PGP_KEY_EXPIRED",
	"PGP_SIGNATURE_EXPIRED",
	"PGP_KEY_RETIRED",
	"PGP_KEY_REVOKED",
	"CREDENTIAL_OUTSIDE_WINDOW",
	"CERTIFICATE_DENIED",
	"CERTIFICATE_REVOKED",
	"KEY_DENIED",
	"PRINCIPAL_DENIED",
	"STATEMENT_DENIED",
	"CONTENT_DENIED",
	"APPROVAL_WITHDRAWN"
]);
/** True for a signature with which nothing is wrong but that it has ended: it still shows who made it. */
function hasEnded({ signature, signer, reasons }) {
	if (signature !== "untrusted" || !signer) return false;
	if (signer.method === "x509") return signer.anchors.length > 0;
	return reasons.length > 0 && reasons.every(({ code }) => ENDS.has(code));
}
/**
* Principals behind a signature that verifies, also when nothing is wrong with it but that it has ended. Such a signature does not
* count; it still shows who made it.
*/
function principalsBehind(policy, { signature, signer, reasons }) {
	if (!signer) return [];
	return signature === "valid" || hasEnded({
		signature,
		signer,
		reasons
	}) ? matchPrincipals(policy, signer) : [];
}
/** An identity for people, in a few words. */
function describeIdentity(identity) {
	if (identity === null) return "somebody unknown";
	switch (identity.method) {
		case "pgp": return `OpenPGP key ${identity.fingerprint}`;
		case "key": return `${identity.algorithm} key ${identity.hint}`;
		case "x509": return `certificate of ${identity.san[0] ?? (identity.subject || identity.certificateSha256)}`;
		case "sigstore": {
			const { deploymentEnvironment: environment } = identity.claims;
			const where = environment === void 0 ? "" : ` in environment ${environment}`;
			return `keyless ${identity.san[0] ?? identity.certificateSha256}${where}`;
		}
		default: return identity;
	}
}
/** An identity by all that a policy can recognise it by, in the policy's own spelling. */
function describeForPolicy(identity) {
	if (identity.method !== "x509") return describeIdentity(identity);
	const { subject, san } = identity;
	return `the certificate with ${[...subject === "" ? [] : [`subject ${JSON.stringify(subject)}`], ...san.map((name) => `san ${JSON.stringify(name)}`)].join(", ") || "no name"}`;
}

// src/findings/packages.ts
/**
* Undefined for what is no package URL.
* @see https://github.com/package-url/purl-spec/blob/v1.0.0/PURL-SPECIFICATION.rst
*/
function parsePurl(text) {
	const [, rest = ""] = /^pkg:\/*([^#]+)(?:#.*)?$/i.exec(text) ?? [];
	const [before = "", query = ""] = rest.split("?", 2);
	const at = before.lastIndexOf("@");
	const hasVersion = at > 0 && before[at - 1] !== "/";
	const [type = "", ...segments] = (hasVersion ? before.slice(0, at) : before).split("/").filter((part) => part !== "");
	if (!/^[a-z][a-z0-9.+-]*$/i.test(type) || segments.length === 0) return void 0;
	try {
		return {
			type: type.toLowerCase(),
			path: named(type.toLowerCase(), segments.map(decodeURIComponent).join("/")),
			version: hasVersion && decodedUrl(before.slice(at + 1)) || void 0,
			qualifiers: new Map(new URLSearchParams(query))
		};
	} catch {
		return;
	}
}
/** Where the registry of packages takes spellings for one name. */
function named(type, path) {
	if (type === "pypi") return path.toLowerCase().replaceAll(/[-_.]+/g, "-");
	return [
		"github",
		"bitbucket",
		"deb",
		"composer"
	].includes(type) ? path.toLowerCase() : path;
}
/**
* True when the package is the one that is asked for; version and qualifiers are compared where they are asked for. Letter
* case of names is not: some registries pass over it, and producers of SBOMs write names of one package in several ways.
*/
function isMeantBy(wanted, purl) {
	const found = parsePurl(purl);
	if (!found || found.type !== wanted.type || found.path.toLowerCase() !== wanted.path.toLowerCase()) return false;
	if (wanted.version !== void 0 && found.version !== wanted.version) return false;
	return [...wanted.qualifiers].every(([name, value]) => found.qualifiers.get(name) === value);
}
/**
* The components with package URLs of CycloneDX and SPDX documents, wherever these have a place for one; undefined for any
* other document. What made the document or the image (`tools`, `formulation`) is no part of it.
* @see https://github.com/CycloneDX/specification/blob/1.7/schema/bom-1.7.schema.json
* @see https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json
* @see https://spdx.github.io/spdx-spec/v3.0.1/model/Core/Classes/ExternalIdentifier/
*/
function componentsIn(predicate) {
	if (predicate["bomFormat"] === "CycloneDX") {
		const about = member(member(predicate, "metadata"), "component");
		const claimed = member(member(predicate, "declarations"), "targets");
		return [
			about,
			...objects(predicate["components"]),
			...objects(claimed["components"])
		].flatMap(cycloneDx);
	}
	if (typeof predicate["spdxVersion"] === "string") return objects(predicate["packages"]).flatMap(spdx2);
	if (!Array.isArray(predicate["@graph"])) return void 0;
	return objects(predicate["@graph"]).flatMap((element) => component(element["name"], element["software_packageVersion"], [
		element["software_packageUrl"],
		element["identifier"],
		...objects(element["externalIdentifier"]).map(({ identifier }) => identifier),
		...objects(element["externalRef"]).flatMap(({ locator }) => locator)
	]));
}
/** Components may hold components, and name those that they were made from; the JSON reader has bounded the depth. */
function cycloneDx(one) {
	const { name, version, purl, components } = one;
	const { ancestors, descendants, variants } = member(one, "pedigree");
	const concluded = objects([member(one, "evidence")["identity"] ?? []].flat()).filter(({ field }) => field === "purl").flatMap(({ concludedValue, methods }) => [concludedValue, ...objects(methods).map(({ value }) => value)]);
	return [...component(name, version, [purl === "" ? one["bom-ref"] : purl ?? one["bom-ref"], ...concluded]), ...[
		components,
		ancestors,
		descendants,
		variants
	].flatMap(objects).flatMap(cycloneDx)];
}
function member(value, name) {
	const found = value[name];
	return isJsonObject(found) ? found : {};
}
function spdx2(one) {
	const locators = objects(one["externalRefs"]).map(({ referenceLocator }) => referenceLocator);
	return component(one["name"], one["versionInfo"], locators);
}
function component(name, version, purls) {
	return [...new Set(purls)].filter((purl) => typeof purl === "string").filter((purl) => /^pkg:/i.test(purl)).map((purl) => ({
		name: typeof name === "string" ? name : "",
		version: typeof version === "string" ? version : null,
		purl
	}));
}
function objects(value) {
	return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
/** The digest in a package URL or reference of an image; images without one are named too loosely. */
function imageDigest(id) {
	const text = decodedUrl(id);
	const digest = /@(sha256:[0-9a-f]{64})(?:$|[?#])/.exec(text)?.[1];
	if (digest !== void 0) return [digest];
	return /^pkg:(?:oci|docker)\//.test(text) ? ["none"] : [];
}
/** True for the package URL of something else than an image. */
function isPackage(id) {
	return /^pkg:[A-Za-z0-9.+-]+\/\S+$/.test(id) && imageDigest(id).length === 0;
}
/** A text without percent-encoding; one that is badly encoded stays as it is. */
function decodedUrl(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

// src/findings/versions.ts
/** Types of package URLs whose versions follow Semantic Versioning. */
const SEMANTIC = /* @__PURE__ */ new Set([
	"npm",
	"cargo",
	"golang",
	"hex",
	"nuget",
	"pub",
	"swift"
]);
/** Types in which a version of numbers alone stands where they say. */
const NUMERIC = /* @__PURE__ */ new Set([
	"maven",
	"pypi",
	"gem",
	"composer"
]);
/** Of those, types in which a `v` before the version says nothing, as tags in git have it. */
const TAGGED = /* @__PURE__ */ new Set(["composer", "pypi"]);
const VERSION = /^v?(\d{1,15}(?:\.\d{1,15}){0,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;
const BOUND = /^(<=|>=|<|>|=)(\S+)$/;
/** True for types of package URLs whose versions can be between two. */
function hasRanges(type) {
	return SEMANTIC.has(type) || NUMERIC.has(type);
}
/** `>=2.0 <2.17.1` as its bounds; undefined when it is no range of this type. */
function parseRange(text, type) {
	const bounds = text.split(/ +/).map((word) => {
		const [, operator, version = ""] = BOUND.exec(word) ?? [];
		return isOperator(operator) && read(version, type) ? {
			operator,
			version
		} : void 0;
	});
	return bounds.every((bound) => bound !== void 0) ? bounds : void 0;
}
/** Whether a version is among those meant; undefined when it cannot be compared with a range. */
function isAmong(version, versions, type) {
	const answers = versions.map((one) => typeof one === "string" ? one === version : isBetween(version, one, type));
	if (answers.includes(true)) return true;
	return answers.includes(void 0) ? void 0 : false;
}
function isOperator(text) {
	return text === "<" || text === "<=" || text === ">" || text === ">=" || text === "=";
}
function isBetween(version, bounds, type) {
	const answers = bounds.map(({ operator, version: bound }) => {
		const order = compareVersions(version, bound, type);
		if (order === void 0) return void 0;
		if (operator === "=") return order === 0;
		return (operator.startsWith("<") ? order < 0 : order > 0) || operator.endsWith("=") && order === 0;
	});
	return answers.includes(void 0) ? void 0 : !answers.includes(false);
}
/**
* Below, at or above 0 as the first comes before, with or after the second; missing numbers are 0. Undefined for what is not
* compared.
* @see https://semver.org/spec/v2.0.0.html#spec-item-11
*/
function compareVersions(one, other, type) {
	const [a, b] = [read(one, type), read(other, type)];
	if (!a || !b) return void 0;
	for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
		const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
		if (difference !== 0) return difference;
	}
	if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
	for (let index = 0; index < Math.max(a.before.length, b.before.length); index += 1) {
		const difference = comparePart(a.before[index], b.before[index]);
		if (difference !== 0) return difference;
	}
	return 0;
}
/** Numbers come before texts, and what ends before what goes on. */
function comparePart(one, other) {
	if (one === void 0 || other === void 0) return one === other ? 0 : one === void 0 ? -1 : 1;
	const [a, b] = [one, other].map((part) => /^\d+$/.test(part) ? BigInt(part) : void 0);
	if (a !== void 0 && b !== void 0) return a < b ? -1 : a > b ? 1 : 0;
	if (a !== void 0 || b !== void 0) return a === void 0 ? 1 : -1;
	return one < other ? -1 : one > other ? 1 : 0;
}
function read(version, type) {
	const [whole, numbers, before] = VERSION.exec(type === "nuget" ? version.toLowerCase() : version) ?? [];
	if (whole === void 0 || numbers === void 0 || !hasRanges(type)) return void 0;
	if (type === "pub" && whole.includes("+")) return void 0;
	const bare = TAGGED.has(type) ? whole.replace(/^v/, "") : whole;
	if (!SEMANTIC.has(type) && bare !== numbers) return void 0;
	return {
		numbers: numbers.split(".").map(Number),
		before: before === void 0 ? [] : before.split(".")
	};
}

export { windowsOf as C, unlikeness as D, REPOSITORY_CLAIMS as E, statedTime as S, CLAIM_KINDS as T, peopleBehind as _, decodedUrl as a, principalsBehind as b, isPackage as c, describeIdentity as d, hasEnded as f, matchesCredential as g, matchPrincipals as h, componentsIn as i, parsePurl as l, isSamePerson as m, isAmong as n, imageDigest as o, isMany as p, parseRange as r, isMeantBy as s, hasRanges as t, describeForPolicy as u, personAs as v, withKin as w, provenTimes as x, principalsAt as y };