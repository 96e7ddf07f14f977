import { l as evidenceKind, p as parseStatement } from "./statement.mjs";
import { f as sha256Hex, m as toBase64, p as shortDigest, s as fromBase64 } from "./bytes.mjs";
import { a as listed, s as toSecond, t as UNSAFE } from "./text.mjs";
import { r as DataError, t as CountersignError } from "./errors.mjs";
import { n as isJsonObject } from "./json.mjs";
import { a as remark, i as reason } from "./reasons.mjs";
import { _ as matchesPattern, a as severityFromScore, c as worst, d as differences, f as keylessPerson, n as highest, o as severityFromWord, p as reviewersAs, s as severityRank } from "./severity.mjs";
import { n as isSameSigner, t as isNamed } from "./signature.mjs";
import { n as isVoidedBy, t as denialText } from "./denial.mjs";
import { i as asObject, o as asText, t as asArray } from "./members.mjs";
import { o as isStageName } from "./approval.mjs";

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
		principal: own[0] ?? nameOf$1(identity),
		uses: [...own.map((one) => `principal ${one}`), ...uses]
	};
}
/** Names of the people as whom an identity counts, each once; empty for nobody. */
function peopleBehind(policy, identity) {
	return [...new Set(matchPrincipals(policy, identity).map((name) => personAs(policy, name, identity).principal))];
}
/** True when two signers who belong to one principal are one person. */
function isSamePerson(policy, name, [one, other]) {
	if (!isMany(policy, name)) return true;
	const uses = new Set(one ? personOf(policy, one) : []);
	return other !== null && personOf(policy, other).some((use) => uses.has(use));
}
/** What somebody is called who has no name in the policy. */
function nameOf$1(identity) {
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
function certifiedNames({ san, subject }, identity) {
	if (san.length === 0) return subject.length === 0 ? [] : [identity.subject];
	return identity.san.filter((value) => san.some((pattern) => matchesPattern(pattern, value, "san")));
}
/** What ends a signature that was made by whom it names. */
const ENDS = /* @__PURE__ */ new Set([
	"PGP_KEY_EXPIRED",
	"PGP_SIGNATURE_EXPIRED",
	"PGP_KEY_RETIRED",
	"PGP_KEY_REVOKED",
	"CREDENTIAL_OUTSIDE_WINDOW",
	"KEY_DENIED",
	"PRINCIPAL_DENIED",
	"STATEMENT_DENIED",
	"CONTENT_DENIED",
	"APPROVAL_WITHDRAWN"
]);
/**
* Principals behind a signature that verifies, also when nothing is wrong with it but that it has ended. Such a signature does not
* count; it still shows who made it.
*/
function principalsBehind(policy, { signature, signer, reasons }) {
	if (!signer) return [];
	const ended = signature === "untrusted" && (signer.method === "x509" || reasons.length > 0 && reasons.every(({ code }) => ENDS.has(code)));
	return signature === "valid" || ended ? matchPrincipals(policy, signer) : [];
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

// src/policy/rules/denied.ts
/** The facts, with everything that is denied marked as untrusted. */
function withoutDenied(policy, facts) {
	if (policy.deny.length === 0) return facts;
	const mark = (fact) => {
		const found = fact.signature === "valid" ? denialReason(policy, facts, fact) : void 0;
		return found ? {
			...fact,
			signature: "untrusted",
			reasons: [found, ...fact.reasons]
		} : fact;
	};
	return {
		...facts,
		layers: facts.layers.map(mark),
		evidence: facts.evidence.map(mark)
	};
}
/** Why the image itself is denied, whoever approved it and whenever. */
function contentDenials(policy, { contentDigests }) {
	return policy.deny.flatMap((denial) => {
		const { what, since } = denial;
		return what.of === "content" && contentDigests.some((digest) => digest === what.digest) && !since ? [reason("CONTENT_DENIED", `the content ${what.digest} ${denialText(denial)}`)] : [];
	});
}
function denialReason(policy, facts, fact) {
	for (const denial of policy.deny) if (isVoidedBy(denial, provenAt(fact))) {
		const found = reasonOf(denial, {
			policy,
			facts,
			fact
		});
		if (found) return found;
	}
}
/** Keyless signatures always have a proven time, in their identity. */
function provenAt({ proven, signer }) {
	if (proven) return proven.latest;
	return signer?.method === "sigstore" && signer.provenAt !== null ? new Date(signer.provenAt) : void 0;
}
function reasonOf(denial, { policy, facts, fact }) {
	const { what } = denial;
	const text = denialText(denial);
	switch (what.of) {
		case "key": return fact.signer && isKeyOf(what, fact.signer) ? reason("KEY_DENIED", `the ${describeIdentity(fact.signer)} ${text}`) : void 0;
		case "principal": return fact.signer && matchPrincipals(policy, fact.signer).includes(what.name) ? reason("PRINCIPAL_DENIED", `${what.name} ${text}`) : void 0;
		case "statement": return fact.digest === what.digest ? reason("STATEMENT_DENIED", `the statement ${what.digest} ${text}`) : void 0;
		case "content": return facts.contentDigests.some((digest) => digest === what.digest) ? reason("CONTENT_DENIED", `the content ${what.digest} ${text}`) : void 0;
		case "certificate": return;
		default: return what;
	}
}
/** An OpenPGP key is denied with all its subkeys, a subkey alone. */
function isKeyOf({ hint, fingerprint }, signer) {
	if (hint !== void 0) return signer.hint === hint;
	return signer.method === "pgp" && (signer.fingerprint === fingerprint || signer.subkey === fingerprint);
}

// src/attest/grant.ts
/** Predicate type of grants. */
const GRANT_PREDICATE_TYPE = "urn:countersign:grant:v1";
/** Longest time from `from` to `until`, days. */
const GRANT_DAYS = 90;
const DAY_MS = 864e5;
const MAX_NAME = 100;
const MAX_STAGES = 64;
const MAX_KEY_BYTES = 4096;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
/** What statements call the key of a grant: base64 SHA-256 of the SPKI. */
function grantedKey({ publicKey }) {
	return toBase64(Buffer.from(sha256Hex(publicKey), "hex"));
}
/** The predicate. */
function encodeGrant({ name, publicKey, stages, from, until }) {
	return {
		name,
		publicKey: toBase64(publicKey),
		stages: [...stages],
		from,
		until
	};
}
/** The grant in a predicate. @throws CountersignError */
function parseGrant(value) {
	const written = asObject(value, "the grant");
	const stages = asArray(written["stages"], "stages", MAX_STAGES).map((stage) => asText(stage, "a stage"));
	const publicKey = fromBase64(asText(written["publicKey"], "publicKey"), "publicKey");
	const grant = {
		name: asText(written["name"], "name"),
		publicKey,
		stages,
		from: asText(written["from"], "from"),
		until: asText(written["until"], "until")
	};
	const problem = grantProblem(grant);
	if (problem !== void 0) throw new DataError("DATA_JSON_INVALID", `the grant cannot be used: ${problem}`, { hint: "have a new one made with `countersign help grant`" });
	return grant;
}
/** Why something is no grant; undefined when it is. */
function grantProblem({ name, publicKey, stages, from, until }) {
	if (name === "" || name.length > MAX_NAME || name !== name.trim() || name.search(UNSAFE) >= 0) return `its name is not one line of at most ${MAX_NAME} printable characters`;
	if (publicKey.length === 0 || publicKey.length > MAX_KEY_BYTES) return "its key is none";
	const wrong = stages.find((stage) => !isStageName(stage));
	if (stages.length === 0 || wrong !== void 0) return "it names no stage, or something that is none";
	const length = Date.parse(until) - Date.parse(from);
	if (!TIME.test(from) || !TIME.test(until) || !(length > 0)) return "it does not say from when until when it holds";
	return length > 90 * DAY_MS ? `it holds for more than ${90} days` : void 0;
}

// src/policy/times/window.ts
/** The facts, with everything marked as untrusted whose signer does not count at its time. */
function withinWindows(policy, facts, now) {
	if (!policy.principals.some(({ credentials }) => credentials.some(({ window }) => window))) return facts;
	const mark = (fact) => {
		const { signer, signature } = fact;
		if (!signer || signature !== "valid" || matchPrincipals(policy, signer).length === 0) return fact;
		if (principalsAt(policy, fact, now).length > 0) return fact;
		const found = reason("CREDENTIAL_OUTSIDE_WINDOW", outsideText(policy, {
			fact,
			signer,
			now
		}));
		return {
			...fact,
			signature: "untrusted",
			reasons: [found, ...fact.reasons]
		};
	};
	return {
		...facts,
		layers: facts.layers.map(mark),
		evidence: facts.evidence.map(mark)
	};
}
/** Names of the principals that the signer of a layer was at its time; ask only for a valid signature. */
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
function statedTime(fact) {
	const text = "approval" in fact ? fact.approval?.timeVerified ?? fact.signedAt : null;
	const time = text === null ? NaN : Date.parse(text);
	return Number.isNaN(time) ? void 0 : time;
}
function outsideText(policy, { fact, signer, now }) {
	const [holder] = windowsOf(policy, signer);
	const { from, until } = holder?.window ?? {};
	const bounds = [...from === void 0 ? [] : [`from ${toSecond(new Date(from))}`], ...until === void 0 ? [] : [`until ${toSecond(new Date(until))}`]].join(" ");
	const [time] = provenTimes(fact) ?? [];
	const proof = time === void 0 ? `nothing proves that it is older than ${toSecond(now)}` : `it is proven to be of ${toSecond(new Date(time))}`;
	const stated = statedTime(fact);
	const said = stated === void 0 ? "" : ` and says ${toSecond(new Date(stated))}`;
	return `the ${describeIdentity(signer)} of ${holder?.name ?? "nobody"} counts ${bounds}: ${proof}${said}`;
}

// src/policy/rules/grants.ts
/** A clock may be ahead by this much. */
const CLOCK_SKEW_MS = 3e5;
/** All that is said for a layer by a key that only grants name. */
function vouchingFor(policy, facts, { fact, now }) {
	const vouchers = [];
	const problems = [];
	for (const { grant, evidence, signer } of grantsTo(fact, facts)) {
		const stage = policy.stages.find(({ name }) => name === fact.approval?.stage);
		const principals = principalsAt(policy, evidence, now);
		const givers = principals.filter((name) => stage?.grantors?.includes(name) && stage.approvers.includes(name));
		const who = personsOf(policy, principals, signer);
		const problem = problemOf(grant, {
			evidence,
			facts,
			fact,
			now
		}) ?? (givers.length === 0 ? `${who} may not grant stage ${stage?.name ?? ""}` : void 0);
		if (problem !== void 0) problems.push(`the grant to ${JSON.stringify(grant.name)} by ${who}: ${problem}`);
		else for (const giver of givers) vouchers.push({
			giver,
			identity: signer,
			text: `${grant.name}, vouched for by ${personAs(policy, giver, signer).principal}`,
			until: grant.until
		});
	}
	const [problem] = problems;
	return {
		vouchers,
		...problem === void 0 ? {} : { problem }
	};
}
/** As whom an approval counts that somebody vouched for: it uses up its giver, too. */
function personVouchedFor(policy, { giver, identity, text }, signer) {
	const { uses } = personAs(policy, giver, identity);
	return {
		principal: text,
		uses: [...uses, ...signer.hint ? [`key ${signer.hint}`] : []]
	};
}
/** Grants to the key of a layer, in a fixed order. */
function grantsTo({ signer }, { evidence }) {
	return evidence.flatMap((fact) => {
		if (fact.predicateType !== "urn:countersign:grant:v1" || fact.signature !== "valid" || !fact.signer) return [];
		const grant = readGrant(fact);
		return grant && grantedKey(grant) === signer?.hint ? [{
			grant,
			evidence: fact,
			signer: fact.signer
		}] : [];
	}).sort((a, b) => a.evidence.digest < b.evidence.digest ? -1 : 1);
}
function readGrant({ statement }) {
	try {
		return statement && parseGrant(parseStatement(statement).predicate);
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
function problemOf({ stages, from, until }, { evidence, facts, fact, now }) {
	const whole = facts.units.length > 0 && facts.units.every(({ id }) => evidence.covers.includes(id));
	if (evidence.contradicted || !whole) return "it is about other content";
	if (!stages.includes(fact.approval?.stage ?? "")) return `it is for stage ${stages.join(", ")}`;
	const time = Math.min(now.getTime(), fact.proven?.latest.getTime() ?? Number.POSITIVE_INFINITY);
	if (!(Date.parse(from) <= time + CLOCK_SKEW_MS)) return `it holds from ${from} on`;
	return Date.parse(until) > time ? void 0 : `it ended at ${until}`;
}
function personsOf(policy, principals, signer) {
	return [...new Set(principals.map((name) => personAs(policy, name, signer).principal))].join(", ") || describeIdentity(signer);
}
/** Said of every approval that stands in somebody's place. */
function grantRemarks({ vouching, where }) {
	return (vouching?.vouchers ?? []).map(({ text, until }) => remark("APPROVAL_GRANTED", `${where}: given by ${text}, by a grant until ${until}`));
}

// src/policy/rules/withdrawn.ts
/** The facts, with a problem at every layer that was taken back. */
function withoutWithdrawn(policy, facts) {
	const withdrawals = facts.evidence.filter(({ withdrawal, contradicted, signature }) => withdrawal && !contradicted && (signature === "valid" || signature === "untrusted"));
	if (withdrawals.length === 0) return facts;
	const mark = (layer) => {
		const found = withdrawals.find((one) => isTakenBack(layer, one, policy));
		return found ? {
			...layer,
			reasons: [...layer.reasons, withdrawnReason(layer, found)]
		} : layer;
	};
	return {
		...facts,
		layers: facts.layers.map(mark)
	};
}
function isTakenBack(layer, by, policy) {
	if (!by.withdrawal?.approvals.includes(layer.digest)) return false;
	if (isSameSigner(layer.signer, by.signer)) return true;
	if (!policy) return false;
	const owners = principalsBehind(policy, layer);
	return principalsBehind(policy, by).some((name) => owners.includes(name) && isSamePerson(policy, name, [layer.signer, by.signer]));
}
function withdrawnReason({ approval }, { withdrawal }) {
	const what = approval ? `the approval of stage ${approval.stage}` : "the signature";
	const { reason: why = "", withdrawnAt = "" } = withdrawal ?? {};
	return reason("APPROVAL_WITHDRAWN", `its signer withdrew ${what} on ${toSecond(withdrawnAt)}: ${why}`);
}

// src/policy/rules/view.ts
/** The image as evaluation sees it. */
function viewImage(policy, found, now) {
	const standing = withoutWithdrawn(policy, found);
	const facts = policy ? withinWindows(policy, withoutDenied(policy, standing), now) : standing;
	return {
		facts,
		layers: [...facts.layers].sort((a, b) => compareText(layerKey(a), layerKey(b))).map((fact) => {
			const valid = fact.signature === "valid" && fact.kind !== "native-legacy" && fact.signer !== null;
			const vouching = valid && policy && fact.granted ? vouchingFor(policy, facts, {
				fact,
				now
			}) : void 0;
			const own = valid && policy && fact.signer && !fact.granted ? fact.signer : void 0;
			const principals = policy && own ? principalsAt(policy, fact, now) : givers(vouching);
			const known = policy === void 0 ? fact.granted !== true : principals.length > 0;
			const trusted = valid && isGivenBySigner(fact) && known;
			const vouched = (vouching?.vouchers ?? []).map(({ text }) => text);
			const people = policy && own && principals.length > 0 ? peopleBehind(policy, own) : vouched;
			return {
				fact,
				where: whereOf(fact.place),
				principals,
				people,
				trusted,
				...vouching ? { vouching } : {}
			};
		}),
		evidence: [...facts.evidence].sort((a, b) => compareText(evidenceKey(a), evidenceKey(b))),
		now
	};
}
function givers(vouching) {
	return [...new Set((vouching?.vouchers ?? []).map(({ giver }) => giver))];
}
/** False when the statement names another signer: then it is a copy of what that one gave. */
function isGivenBySigner({ approval, signer }) {
	return !approval?.signer || isNamed(signer, approval.signer);
}
/** The approval of a layer, undefined for native and plain signatures. */
function asApproval(view) {
	const { approval, kind } = view.fact;
	return approval && kind === "bundle" ? {
		...view,
		approval
	} : void 0;
}
/**
* True when the layer is what the roster entry names: this statement, by its own signer. Entries of edition 0.1.0 name the
* statement alone, which anybody can sign again; the statement itself may say more.
*/
function isListed(entry, { fact }) {
	if (fact.digest !== entry.digest || !isGivenBySigner(fact)) return false;
	return entry.signer === null || isNamed(fact.signer, entry.signer);
}
/** True when statement or entry say whose the layer is; native signatures are named by their own bytes. */
function isBound(entry, { fact }) {
	return entry.signer !== null || Boolean(fact.approval?.signer) || fact.kind.startsWith("native-");
}
/**
* True when two signatures without a statement may be parts of one: by one signer, in one format. Natively the header that
* both cover must have an ID, or they must have been made in one second as one run makes them, lest the groups come from
* several images.
*/
function arePartsOfOne(one, other, { hasId }) {
	if (one.kind !== other.kind || !isSameSigner(one.signer, other.signer)) return false;
	return one.kind === "cosign" || hasId === true || one.signedAt !== null && one.signedAt === other.signedAt;
}
/** True when the layer is about everything in this image and about nothing else. */
function coversAll(view, image) {
	const covered = new Set(view.fact.covers);
	const { units } = image.facts;
	return units.length > 0 && !view.fact.contradicted && units.every(({ id }) => covered.has(id));
}
/** True when the evidence is about everything in this image and about nothing else. */
function isWholeImage({ covers, contradicted }, { facts: { units } }) {
	return units.length > 0 && !contradicted && units.every(({ id }) => covers.includes(id));
}
/** What is wrong with a layer that names content which the image does not have. */
function otherContent(view) {
	const message = `${nameLayer(view)}: ${subjectOf(view)} is for other content: copied from another image, or the content changed`;
	return reason("APPROVAL_OTHER_CONTENT", message);
}
/** Why the layer does not cover the image as it is; empty when it does. */
function contentReasons(view, image) {
	if (view.fact.contradicted || view.fact.covers.length === 0) return [otherContent(view)];
	if (coversAll(view, image)) return [];
	const covered = new Set(view.fact.covers);
	const parts = image.facts.units.map(({ id }) => id).filter((id) => !covered.has(id)).slice(0, 5).join(", ") || "everything";
	return [reason("LAYER_PARTIAL", `${nameLayer(view)}: ${subjectOf(view)} leaves out ${parts}`)];
}
function subjectOf({ fact }) {
	return fact.approval ? `the approval of stage ${fact.approval.stage}` : "the signature";
}
/** `object 5` in a SIF, the name in a registry. */
function whereOf(place) {
	return place.in === "sif" ? `object ${place.object}` : place.name;
}
/** A layer in a sentence: where it is and who made it. */
function nameLayer(view) {
	return `${view.where} (${view.people.join(", ") || describeIdentity(view.fact.signer)})`;
}
/** An approval in a sentence. */
function nameApproval({ approval, fact, where }) {
	return `the approval of stage ${approval.stage} at ${where} (${shortDigest(fact.digest)})`;
}
/** Code unit order, the same on every machine. */
function compareText(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
/** After every approval. */
const NO_SEQUENCE = Number.MAX_SAFE_INTEGER;
/** Objects of a file come as they lie there, what is attached in a registry in the order of approval. */
function layerKey({ place, digest, kind, signer, approval }) {
	return `${place.in === "sif" ? "" : `1 ${String(approval?.sequence ?? NO_SEQUENCE).padStart(16, "0")} `}${placeKey(place)} ${kind} ${digest} ${JSON.stringify(signer)}`;
}
function evidenceKey({ place, digest, signature }) {
	return `${placeKey(place)} ${digest} ${signature}`;
}
function placeKey(place) {
	return place.in === "sif" ? `0 ${String(place.object).padStart(12, "0")}` : `1 ${place.name}`;
}

// src/policy/requires/content.ts
/** A predicate that is not what its type promises. */
var Malformed = class extends Error {};
/** Clocks may differ by this much, ms. */
const CLOCK_SKEW = 3e5;
/**
* The member at a path of names and list positions with dots between, or at a JSON Pointer where names have dots; undefined
* when there is none.
* @see https://www.rfc-editor.org/rfc/rfc6901.html
*/
function valueAt(value, path) {
	let found = value;
	for (const name of namesIn(path)) if (Array.isArray(found) && /^(?:0|[1-9]\d{0,5})$/.test(name)) found = found[Number(name)];
	else if (isJsonObject(found) && Object.hasOwn(found, name)) found = found[name];
	else return void 0;
	return found;
}
function namesIn(path) {
	if (!path.startsWith("/")) return path.split(".");
	return path.slice(1).split("/").map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~"));
}
/** The text at a path; undefined when there is none. */
function textAt(value, path) {
	const found = valueAt(value, path);
	return typeof found === "string" && found !== "" ? found : void 0;
}
/** The list at a path; empty when it is absent. @throws Malformed when it is something else */
function listAt(value, path) {
	const found = valueAt(value, path) ?? [];
	if (!Array.isArray(found)) throw new Malformed(`its ${path} is not a list`);
	return found;
}
/** Where the kinds of predicates say when they were made. */
const TIMES = {
	findings: ["metadata.scanFinishedOn"],
	provenance: ["runDetails.metadata.finishedOn", "metadata.buildFinishedOn"],
	sbom: ["metadata.timestamp", "creationInfo.created"]
};
/** When the evidence was made, as it says itself. */
function timeOf(predicate, kind) {
	const stated = (TIMES[kind] ?? []).map((path) => textAt(predicate, path)).find((time) => time !== void 0);
	if (stated !== void 0 || kind !== "sbom") return stated;
	const graph = valueAt(predicate, "@graph");
	return Array.isArray(graph) ? graph.map((one) => textAt(one, "created")).find((time) => time !== void 0) : void 0;
}
/** Why something of this time is not fresh; undefined when it is. */
function ageProblem(time, maxAge, now) {
	if (time === void 0) return "does not say when it was made";
	const age = now.getTime() - Date.parse(time);
	if (Number.isNaN(age)) return `has the time ${JSON.stringify(time.slice(0, 40))}, which is none`;
	if (age < -3e5) return `is of ${time.slice(0, 40)}, which is to come`;
	return age > maxAge ? `is of ${time.slice(0, 40)}, and older than allowed` : void 0;
}
const MET = {
	remarks: [],
	rests: []
};
/**
* Enough components, each with a name and a version.
* @throws Malformed
*/
function checkSbom(predicate, { minComponents }) {
	const components = componentsOf(predicate);
	if (components === void 0) return {
		code: "EVIDENCE_SBOM",
		problem: "it is neither a CycloneDX nor an SPDX document in JSON"
	};
	const whole = components.filter(({ name, version }) => name !== void 0 && version !== void 0).length;
	if (whole >= minComponents) return MET;
	return {
		code: "EVIDENCE_SBOM",
		problem: `it names ${whole} components with their versions, of ${components.length}; ${minComponents} are needed`
	};
}
/** The components that an SBOM names; undefined when it is none. @throws Malformed */
function componentsOf(predicate) {
	if (predicate["bomFormat"] === "CycloneDX") return nested(predicate);
	if (textAt(predicate, "spdxVersion") !== void 0) return listAt(predicate, "packages").map((one) => component(one, "name", "versionInfo"));
	if (predicate["@graph"] === void 0) return void 0;
	return listAt(predicate, "@graph").filter((one) => valueAt(one, "type") === "software_Package" || valueAt(one, "@type") === "software_Package").map((one) => component(one, "name", "software_packageVersion"));
}
/** Components may hold components; the JSON reader has bounded the depth. */
function nested(value) {
	return listAt(value, "components").flatMap((one) => [component(one, "name", "version"), ...isJsonObject(one) ? nested(one) : []]);
}
function component(value, name, version) {
	return {
		name: textAt(value, name),
		version: textAt(value, version)
	};
}
/**
* Builder and source of SLSA provenance 1 and 0.2.
* @see https://slsa.dev/spec/v1.0/provenance
*/
function checkProvenance(predicate, condition) {
	const builder = textAt(predicate, "runDetails.builder.id") ?? textAt(predicate, "builder.id");
	const { repository, ref } = sourceOf(predicate);
	const wrong = [
		{
			what: "builder",
			patterns: condition.builder,
			found: builder,
			kind: "uri"
		},
		{
			what: "source",
			patterns: condition.source,
			found: repository,
			kind: "uri"
		},
		{
			what: "ref",
			patterns: condition.ref,
			found: ref,
			kind: "ref"
		}
	].find(({ patterns, found, kind }) => !matchesOne(patterns, found, kind));
	if (!wrong) return checkBases(predicate, condition.base);
	const found = wrong.found === void 0 ? "names none" : `has ${JSON.stringify(wrong.found.slice(0, 200))}`;
	return {
		code: "EVIDENCE_PROVENANCE",
		problem: `of ${wrong.what} it ${found}, not ${wrong.patterns.join(" or ")}`
	};
}
/** Every image that went into the build must be one of those allowed, and there must be one. */
function checkBases(predicate, allowed) {
	if (!allowed) return MET;
	const { bases } = basesOf(predicate);
	const wrong = bases.find(({ digest }) => digest === void 0 || !allowed.includes(`sha256:${digest}`));
	if (bases.length > 0 && !wrong) return MET;
	return {
		code: "EVIDENCE_PROVENANCE",
		problem: `of base it names ${wrong ? `${wrong.uri.slice(0, 200)} with ${wrong.digest ? `sha256:${wrong.digest.slice(0, 64)}` : "no digest"}` : "none"}, not ${allowed.join(" or ")}`
	};
}
/** The definition that was built, and the bases: all else that is no source in git. @throws Malformed */
function basesOf(predicate) {
	const all = ["buildDefinition.resolvedDependencies", "materials"].flatMap((path) => listAt(predicate, path).map((one) => ({
		name: textAt(one, "name"),
		uri: textAt(one, "uri") ?? "something",
		digest: textAt(one, "digest.sha256")
	})));
	return {
		definition: all.filter(({ name }) => name === "definition"),
		bases: all.filter(({ name, uri }) => name !== "definition" && !uri.startsWith("git+"))
	};
}
function matchesOne(patterns, found, kind) {
	return patterns.length === 0 || found !== void 0 && patterns.some((one) => matchesPattern(one, found, kind));
}
/** What was built: of GitHub's build types the workflow's own place, else the first source in git. */
function sourceOf(predicate) {
	const workflow = valueAt(predicate, "buildDefinition.externalParameters.workflow");
	const stated = textAt(workflow, "repository");
	if (stated !== void 0) return {
		repository: stated,
		ref: textAt(workflow, "ref")
	};
	const dependencies = valueAt(predicate, "buildDefinition.resolvedDependencies");
	const git = [textAt(predicate, "invocation.configSource.uri"), ...dependencyUris(dependencies)].find((uri) => uri?.startsWith("git+"))?.slice(4);
	const at = git?.lastIndexOf("@") ?? -1;
	if (git === void 0 || at <= git.indexOf("/", git.indexOf("://") + 3)) return {
		repository: git,
		ref: void 0
	};
	return {
		repository: git.slice(0, at),
		ref: git.slice(at + 1)
	};
}
function dependencyUris(value) {
	return Array.isArray(value) ? value.map((one) => textAt(one, "uri")) : [];
}
/** Members that must be as the policy compares them; one that is not there never is. */
function checkFields(predicate, { fields }) {
	const wrong = fields.find(({ path, comparison }) => !compares(valueAt(predicate, path), comparison));
	if (!wrong) return MET;
	const member = valueAt(predicate, wrong.path);
	const found = member === void 0 ? "not there" : JSON.stringify(member).slice(0, 120);
	return {
		code: "EVIDENCE_FIELDS",
		problem: `its ${wrong.path} is ${found}, ${wanted(wrong.comparison)}`
	};
}
function compares(found, { oneOf, not, atLeast, atMost }) {
	if (typeof found !== "string" && typeof found !== "number" && typeof found !== "boolean") return false;
	if (oneOf && !oneOf.includes(found)) return false;
	if (not?.includes(found)) return false;
	if (atLeast === void 0 && atMost === void 0) return true;
	return typeof found === "number" && found >= (atLeast ?? found) && found <= (atMost ?? found);
}
function wanted({ oneOf, not, atLeast, atMost }) {
	return [
		...oneOf ? [`not ${anyOf(oneOf)}`] : [],
		...not ? [`but must be something else than ${anyOf(not)}`] : [],
		...atLeast === void 0 ? [] : [`not at least ${atLeast}`],
		...atMost === void 0 ? [] : [`not at most ${atMost}`]
	].join(", ");
}
function anyOf(values) {
	return values.map((one) => JSON.stringify(one)).join(" or ");
}

// src/findings/finding.ts
const CVE = /^CVE-\d{4}-\d{4,19}$/i;
const GHSA = /^GHSA(?:-[23456789cfghjmpqrvwx]{4}){3}$/i;
/** True for the names that every scanner gives to the same vulnerability alone: CVE and GHSA. */
function isCommonName(name) {
	return CVE.test(name) || GHSA.test(name);
}
/** The CVEs among some names, each once. */
function cvesIn(names) {
	return [...new Set(names.filter((name) => CVE.test(name)).map((name) => name.toUpperCase()))];
}
/** Of an advisory about several CVEs none is another name: those become related. */
function createFinding(given) {
	const { location, aliases = [], related = [], ...rest } = given;
	const others = [...new Set(aliases)].filter((name) => name !== given.id);
	const several = cvesIn([given.id, ...others]).length > 1;
	return {
		score: null,
		package: null,
		version: null,
		purl: null,
		fixedIn: [],
		suppressed: null,
		...rest,
		aliases: others.filter((name) => !several || !CVE.test(name)),
		related: [.../* @__PURE__ */ new Set([...related, ...several ? others.filter((name) => CVE.test(name)) : []])],
		locations: location === void 0 ? [] : [location]
	};
}
/** A report that says no more than what is given. */
function createReport(given) {
	return {
		database: null,
		startedAt: null,
		finishedAt: null,
		target: null,
		recognised: true,
		remarks: [],
		...given
	};
}
/** Brings together what has the same CVE, or the same GHSA, in the same version of the same package; nothing else. */
function groupFindings(findings) {
	const cveOf = cvesOfAdvisories(findings);
	const groups = /* @__PURE__ */ new Map();
	const alone = [];
	for (const finding of findings) {
		const name = commonName(finding, cveOf);
		if (name === void 0 || finding.package === null) {
			alone.push({
				name: null,
				members: [finding]
			});
			continue;
		}
		const key = `${name}\n${placeOf(finding)}`;
		const group = groups.get(key) ?? {
			name,
			members: []
		};
		group.members.push(finding);
		groups.set(key, group);
	}
	return [...groups.values(), ...alone];
}
const placeOf = ({ package: name, version }) => `${name ?? ""}\n${version ?? ""}`;
/** Which CVEs a GHSA stands for in a package, as the reports say. */
function cvesOfAdvisories(findings) {
	const found = /* @__PURE__ */ new Map();
	for (const finding of findings) {
		const names = [finding.id, ...finding.aliases];
		for (const advisory of names.filter((name) => GHSA.test(name))) {
			const key = `${advisory.toUpperCase()}\n${placeOf(finding)}`;
			const cves = found.get(key) ?? /* @__PURE__ */ new Set();
			for (const cve of cvesIn(names)) cves.add(cve);
			found.set(key, cves);
		}
	}
	return found;
}
function commonName(finding, cveOf) {
	const names = [finding.id, ...finding.aliases];
	const [cve] = cvesIn(names);
	if (cve !== void 0) return cve;
	const advisories = [...new Set(names.filter((name) => GHSA.test(name)).map((name) => name.toUpperCase()))];
	const [advisory] = advisories;
	if (advisory === void 0 || advisories.length > 1) return void 0;
	const cves = cveOf.get(`${advisory}\n${placeOf(finding)}`);
	return cves?.size === 1 ? [...cves][0] : advisory;
}
/** The findings of a group as one: the worst severity, every scanner and place. */
function joinFindings(members) {
	const [first] = members;
	if (!first || members.length === 1) return first;
	const sorted = [...new Map(members.flatMap(({ id, aliases }) => [id, ...aliases]).map((name) => [name.toUpperCase(), name])).values()].sort(compare);
	const id = sorted.find((name) => CVE.test(name)) ?? sorted.find((name) => GHSA.test(name)) ?? first.id;
	const all = (list) => [...new Set(members.flatMap(list))];
	return {
		...first,
		id,
		aliases: sorted.filter((name) => name !== id),
		related: all(({ related }) => related),
		severity: worst(members.map(({ severity }) => severity)),
		score: highest(members.map(({ score }) => score)),
		purl: members.find(({ purl }) => purl !== null)?.purl ?? null,
		fixedIn: all(({ fixedIn }) => fixedIn),
		scanners: all(({ scanners }) => scanners),
		locations: all(({ locations }) => locations)
	};
}
/** The worst first, then by name. */
function byImportance(a, b) {
	return severityRank(a.severity) - severityRank(b.severity) || compare(a.id, b.id) || compare(a.package ?? "", b.package ?? "") || compare(a.version ?? "", b.version ?? "") || compare(a.locations.join("\n"), b.locations.join("\n"));
}
function compare(a, b) {
	return a < b ? -1 : a > b ? 1 : 0;
}
/** True from the day after the entry's last day, in UTC. */
function isExpired(entry, now) {
	return now.toISOString().slice(0, 10) > entry.expires;
}
/** True when the entry names this finding, or the CVE or GHSA that it is known by, and all else that it names agrees. */
function matchesFinding(entry, finding, common = null) {
	const { id, package: name, version, purl, location } = entry;
	return [
		finding.id,
		...finding.aliases,
		...common === null ? [] : [common]
	].some((other) => other.toUpperCase() === id.toUpperCase()) && (name === null || name === finding.package) && (version === null || version === finding.version) && (purl === null || isSamePackage(purl, finding.purl)) && (location === null || finding.locations.length > 0 && finding.locations.every((place) => place === location));
}
/** Equal up to where the wanted package URL ends: before the version, the qualifiers or the subpath. */
function isSamePackage(wanted, purl) {
	return purl !== null && purl.startsWith(wanted) && /^(?:$|[@?#])/.test(purl.slice(wanted.length));
}

// src/findings/judge.ts
/** Judges the findings of all reports about one image. */
function judgeFindings(findings, reports, { rules, now }) {
	const bins = new Bins(rules, now);
	for (const group of groupFindings(findings)) bins.add(group);
	const problems = rules.allowEmptyScan ? [] : emptyScans(reports);
	return {
		verdict: bins.blocking.length === 0 && problems.length === 0 ? "passed" : "failed",
		blocking: bins.blocking.sort(byImportance),
		allowed: bins.allowed.sort((a, b) => byImportance(a.finding, b.finding)),
		below: bins.below.sort(byImportance),
		suppressed: bins.suppressed.sort(byImportance),
		expired: rules.allow.filter((entry) => isExpired(entry, now)),
		unused: bins.unused(),
		problems
	};
}
/** Number of findings, each vulnerability of a package once unless its places are judged differently. */
function countFindings({ blocking, allowed, below, suppressed }) {
	return blocking.length + allowed.length + below.length + suppressed.length;
}
var Bins = class {
	blocking = [];
	allowed = [];
	below = [];
	suppressed = [];
	#rules;
	#valid;
	#used = /* @__PURE__ */ new Set();
	constructor(rules, now) {
		this.#rules = rules;
		this.#valid = rules.allow.filter((entry) => !isExpired(entry, now));
	}
	/** What one scanner knows of the vulnerability and the package holds for the others' findings of it too. */
	add({ name, members }) {
		const severity = worst(members.map((member) => member.severity));
		const purls = new Set(members.flatMap(({ purl }) => purl ?? []));
		const purl = purls.size === 1 ? [...purls][0] : void 0;
		const open = [];
		const hidden = [];
		const allowed = /* @__PURE__ */ new Map();
		for (const member of members) {
			const finding = {
				...member,
				severity,
				purl: member.purl ?? purl ?? null
			};
			const [entry] = this.#entriesFor(finding, name);
			if (finding.suppressed !== null && !this.#rules.countSuppressed) hidden.push(finding);
			else if (entry && blocks(finding, this.#rules)) allowed.set(entry, [...allowed.get(entry) ?? [], finding]);
			else open.push(finding);
		}
		put(this.suppressed, hidden);
		put(blocks({ severity }, this.#rules) ? this.blocking : this.below, open);
		for (const [entry, list] of allowed) {
			const finding = joinFindings(list);
			if (finding) this.allowed.push({
				finding,
				entry
			});
		}
	}
	unused() {
		return this.#valid.filter((entry) => !this.#used.has(entry));
	}
	#entriesFor(finding, commonName) {
		const entries = this.#valid.filter((entry) => matchesFinding(entry, finding, commonName));
		for (const entry of entries) this.#used.add(entry);
		return entries;
	}
};
function put(bin, findings) {
	const finding = joinFindings(findings);
	if (finding) bin.push(finding);
}
function blocks(finding, rules) {
	if (rules.failOn === "none") return false;
	const severity = finding.severity === "unknown" ? rules.unknownAs : finding.severity;
	return severityRank(severity) <= severityRank(rules.failOn);
}
/** "No findings" in a report that recognised no package is the absence of a scan, not a clean image. */
function emptyScans(reports) {
	return reports.filter((report) => !report.recognised).map(({ name }) => `${name} recognised no operating system and no package in the image, so it found nothing to scan`);
}

// src/policy/requires/findings.ts
/** Findings named in one message. */
const NAMED = 5;
/** Who scanned: the tool's address, and its name where the statement has it. */
function scannersOf(predicate) {
	return [textAt(predicate, "scanner.uri"), textAt(predicate, "countersign.scanner")].flatMap((name) => name ?? []);
}
/**
* What a policy makes of the findings.
* @throws Malformed
*/
function checkFindings(predicate, condition, { now, vex }) {
	const findings = readFindings(predicate);
	const { failOn, unknownAs, exceptions, databaseMaxAge } = condition;
	const old = databaseMaxAge && ageProblem(textAt(predicate, "scanner.db.lastUpdate"), databaseMaxAge, now);
	if (old) return {
		code: "EVIDENCE_STALE",
		problem: `the scanner's database ${old}`
	};
	if (findings.length === 0 && valueAt(predicate, "countersign.recognised") !== true) return {
		code: "EVIDENCE_FINDINGS",
		problem: "it lists nothing and does not say that the scanner recognised anything in the image"
	};
	const granted = grantsOf(findings, vex);
	const rules = {
		failOn,
		unknownAs,
		allow: [...exceptions, ...granted.keys()],
		countSuppressed: true,
		allowEmptyScan: true
	};
	const { blocking, allowed } = judgeFindings(findings, [], {
		rules,
		now
	});
	if (blocking.length > 0) {
		const names = blocking.slice(0, NAMED).map((one) => `${one.severity} ${nameOf(one)}`);
		const more = blocking.length > NAMED ? ` and ${blocking.length - NAMED} more` : "";
		return {
			code: "EVIDENCE_FINDINGS",
			problem: `it lists ${names.join(", ")}${more}`
		};
	}
	const used = new Set(allowed.flatMap(({ entry }) => granted.get(entry) ?? []));
	return {
		remarks: allowed.map(({ finding, entry }) => {
			const said = granted.get(entry);
			if (said) return remark("EVIDENCE_VEX", `${nameOf(finding)} is ${said.status} as ${said.by} says: ${said.why || "without a reason"}`);
			const by = entry.grantedBy === void 0 ? "" : ` by ${entry.grantedBy}`;
			return remark("EVIDENCE_EXCEPTION", `${nameOf(finding)} is accepted until ${entry.expires}${by}: ${entry.reason}`);
		}),
		rests: [...new Set([...used].map(({ fact }) => fact))]
	};
}
/** Day that no finding outlives: a VEX statement holds until a newer one says otherwise. */
const NO_END = "9999-12-31";
/** What VEX statements accept, as exceptions for exactly these findings. */
function grantsOf(findings, vex) {
	const granted = /* @__PURE__ */ new Map();
	for (const finding of findings) {
		const { id, package: name, version, purl } = finding;
		const said = name === null || version === null ? void 0 : vex?.accepting(finding);
		if (!said) continue;
		const at = {
			file: whereOf(said.fact.place),
			line: 1,
			column: 1
		};
		granted.set({
			id,
			package: name,
			version,
			purl,
			location: null,
			reason: said.why,
			expires: NO_END,
			at
		}, said);
	}
	return granted;
}
function nameOf({ id, package: name, version }) {
	return name === null ? id : `${id} in ${name}${version === null ? "" : ` ${version}`}`;
}
/** All findings that a statement lists. @throws Malformed */
function readFindings(predicate) {
	return listAt(predicate, "scanner.result").map(readFinding);
}
function readFinding(value) {
	const id = textAt(value, "id");
	if (id === void 0) throw new Malformed("a finding has no id");
	const notes = isJsonObject(value) ? listAt(value, "annotations") : [];
	const note = (name) => notes.map((one) => textAt(one, name)).find((text) => text !== void 0);
	return createFinding({
		id,
		scanners: [],
		severity: severityOf(listAt(value, "severity")),
		aliases: notes.flatMap((one) => listAt(one, "aliases")).filter((name) => typeof name === "string"),
		package: note("package") ?? null,
		version: note("version") ?? null,
		purl: note("purl") ?? null
	});
}
/** The worst of the words; a score is asked where no word is known. */
function severityOf(ratings) {
	const scores = ratings.map((rating) => valueAt(rating, "score"));
	const named = worst(scores.map((score) => severityFromWord(typeof score === "string" ? score : void 0)));
	return named === "unknown" ? worst(scores.map((score) => severityFromScore(numberOf(score)))) : named;
}
function numberOf(score) {
	return score === null || score === void 0 || score === "" ? null : Number(score);
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
		const latest = now.getTime() + CLOCK_SKEW;
		const mine = [...new Set([finding.id, ...finding.aliases].map((name) => name.toUpperCase()))].flatMap((name) => this.#byName.get(name) ?? []).filter((one) => one.time <= latest && isAbout(one, finding, images));
		const time = mine.reduce((newestTime, one) => Math.max(newestTime, one.time), Number.NEGATIVE_INFINITY);
		const last = mine.filter((one) => one.time === time);
		return last.every(({ accepts }) => accepts) ? last[0] : void 0;
	}
};

// src/policy/requires/vex-evidence.ts
/** All VEX documents on the image. */
function findVex({ vexBy = [] }, policy, image) {
	const statements = [];
	const refused = [];
	for (const fact of image.evidence) {
		const read = statementsOf(fact);
		if (read === void 0 || !("problem" in read) && read.length === 0) continue;
		const signers = fact.signature === "valid" && fact.signer ? matchPrincipals(policy, fact.signer) : [];
		const by = signers.find((name) => vexBy.includes(name));
		const problem = "problem" in read ? read.problem : by === void 0 ? `it is signed by ${signers.join(", ") || describeIdentity(fact.signer)}, ${vexBy.length > 0 ? `not by ${vexBy.join(" or ")}` : "and the requirement names nobody in vexBy"}` : isWholeImage(fact, image) ? void 0 : "it is about other content";
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
	const vex = condition.of === "findings" ? findVex(condition, around.policy, around.image) : void 0;
	const context = {
		...around,
		vex: vex?.book
	};
	const all = context.image.evidence.filter(({ record }) => record !== "verdict").filter(({ predicateType }) => isOfKind(predicateType, evidence)).map((fact) => examine(fact, requirement, context));
	const pieces = all.filter((piece) => !isSuperseded(piece, all));
	const good = pieces.filter((piece) => piece.reason === void 0);
	const names = new Set(good.map(({ fact, scan }) => scan?.scanner ?? fact.digest));
	const refused = pieces.some(({ scan, reason: why }) => scan && why?.code === "EVIDENCE_FINDINGS");
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
	try {
		const predicate = predicateOf(fact);
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
/** Why the evidence is not about this image, or not by somebody whom the requirement names. */
function signatureProblem(fact, { signedBy, inside }, { policy, image }) {
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
	if (!isWholeImage(fact, image)) return [
		3,
		"EVIDENCE_OTHER_CONTENT",
		"it is about other content"
	];
	return inside === true && fact.place.in !== "sif" ? [
		3,
		"EVIDENCE_OUTSIDE",
		"it does not lie in the SIF file itself, as `inside` asks"
	] : void 0;
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

export { whereOf as A, describeForPolicy as B, isBound as C, nameLayer as D, nameApproval as E, encodeGrant as F, matchesCredential as G, isMany as H, grantProblem as I, principalsBehind as J, peopleBehind as K, grantedKey as L, grantRemarks as M, personVouchedFor as N, otherContent as O, GRANT_PREDICATE_TYPE as P, parseGrant as R, coversAll as S, isListed as T, isSamePerson as U, describeIdentity as V, matchPrincipals as W, timeOf as _, countFindings as a, compareText as b, createReport as c, isExpired as d, Malformed as f, textAt as g, sourceOf as h, scannersOf as i, withoutWithdrawn as j, viewImage as k, cvesIn as l, componentsOf as m, mustLieInside as n, judgeFindings as o, basesOf as p, personAs as q, readFindings as r, createFinding as s, checkRequirements as t, isCommonName as u, arePartsOfOne as v, isGivenBySigner as w, contentReasons as x, asApproval as y, contentDenials as z };