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
		principal: own[0] ?? nameOf(identity),
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

export { isSamePerson as a, peopleBehind as c, windowsOf as d, CLAIM_KINDS as f, isMany as i, personAs as l, unlikeness as m, describeIdentity as n, matchPrincipals as o, REPOSITORY_CLAIMS as p, hasEnded as r, matchesCredential as s, describeForPolicy as t, principalsBehind as u };