import { t as isNamed } from "./signature.mjs";
import { d as sha256 } from "./bytes.mjs";
import { r as encodePae } from "./dsse.mjs";
import { a as parseGrant, i as grantedKey, t as GRANT_PREDICATE_TYPE } from "./grant.mjs";
import { p as parseStatement } from "./statement.mjs";
import { t as CountersignError } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as reason } from "./reasons.mjs";
import { n as readSigned } from "./signed-content.mjs";

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
	const stamps = Map.groupBy(read.flatMap(({ parsed }) => "problem" in parsed || parsed.bundle.timestamps.length === 0 ? [] : [parsed]), signatureKey);
	const opened = [];
	for (const { bundle, parsed } of read) if ("problem" in parsed) opened.push({
		found: bundle,
		problem: parsed.problem
	});
	else {
		const timestamps = timestampsBeside(parsed, stamps.get(signatureKey(parsed)) ?? []);
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
	for (const one of known) all.push("problem" in one ? one : await withVouched(one, stamped, checking));
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
/**
* Approvals, and withdrawals of them, by keys that nobody trusts, checked again with the keys that valid grants among `all`
* name: a grant brings the key along. Whether its giver may vouch for anybody is for the policy to say.
*/
async function withGrants(some, all, { verifier, now }) {
	const keys = new Map(all.flatMap(grantIn).map((grant) => [grantedKey(grant), grant.publicKey]));
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
function signatureKey({ bundle }) {
	return `${bundle.payloadDigest} ${sha256(bundle.envelope.signature)}`;
}
/**
* A signature that is good and does not count by its own time may have been good when a later approval listed it. One whose
* key is good still may not count either: the policy may say that its signer does not any more.
*/
async function withVouched(one, stamped, checking) {
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

export { stampedApprovals as a, openBundles as i, listersOf as n, withGrants as o, openBundle as r, earlierThan as t };