import { f as sha256Hex, m as toBase64 } from "./bytes.mjs";
import { c as listed, p as toSecond } from "./text.mjs";
import { t as denialsOf } from "./denials.mjs";
import { r as GateError } from "./errors11.mjs";
import { t as denialText } from "./denial.mjs";

// src/gates/losses.ts
function when(used, text) {
	return used ? [text] : [];
}
const STAGE = {
	name: null,
	id: null,
	native: null,
	approvers: null,
	threshold: null,
	signedIdentity: null,
	after: {
		rule: "order",
		texts: ({ of: { name, after } }) => when(after.length > 0, `that stage ${name} came after ${after.join(" and ")} is not asked`)
	},
	requires: {
		rule: "evidence",
		texts: ({ of: { name, requires } }) => when(requires.length > 0, `the evidence of stage ${name} is not asked for: ${[...new Set(requires.map(({ evidence }) => evidence))].join(", ")}`)
	},
	maxAge: {
		rule: "age",
		texts: ({ of: { name, maxAge } }) => when(maxAge !== void 0, `how old an approval of stage ${name} is (maxAge) is not asked`)
	},
	reviewed: {
		rule: "review",
		texts: ({ of: { name, reviewed } }) => when(reviewed === true, `that a human released the job that approves stage ${name} (reviewed) is not asked`)
	},
	breakGlass: {
		rule: "break-glass",
		texts: ({ of: { name, breakGlass } }) => when(breakGlass !== void 0, `broken glass is not known: the gate denies images of which stage ${name} is skipped`)
	},
	grantors: {
		rule: "grants",
		texts: ({ of: { name, grantors = [] } }) => when(grantors.length > 0, `whom ${grantors.join(", ")} vouched for is not known: the gate denies images of which stage ${name} was approved by a grant`)
	},
	objects: {
		rule: "objects",
		texts: ({ of: { name, objects } }) => when(objects !== void 0, `that stage ${name} is about ${objects === "base" ? "the base" : "overlays"} alone is not seen: the gate asks for its signature of all of every image, and can deny images that pass the policy`)
	},
	quorums: {
		rule: "distinct",
		texts: ({ of: { name, quorums = [] } }) => {
			const places = quorums.flatMap(({ approvers }) => approvers);
			return when(new Set(places).size < places.length, `that nobody fills two places of stage ${name} is not asked`);
		}
	}
};
const POLICY = {
	name: null,
	digest: null,
	principals: null,
	teams: null,
	stages: null,
	deny: {
		rule: "denied",
		texts: ({ of: { deny, principals } }) => {
			const keys = new Set(principals.flatMap(({ credentials }) => credentials.map(keyOf)));
			return deny.flatMap((denial) => {
				const { what, since } = denial;
				const key = what.of === "key" ? what.fingerprint ?? what.hint : void 0;
				return when(!(!since && (what.of === "principal" || key !== void 0 && keys.has(key))), `that a ${what.of} ${denialText(denial)}, is not asked`);
			});
		}
	},
	distinct: {
		rule: "distinct",
		texts: ({ of: { distinct }, stages }) => distinct.flatMap((group) => {
			const asked = group.filter((name) => stages.some((stage) => stage.name === name));
			return when(asked.length > 1, `that nobody fills two of ${asked.join(", ")} is not asked`);
		})
	},
	objects: {
		rule: "encryption",
		texts: ({ of: { objects } }) => [...when(objects?.mustBeEncrypted === true, "that every partition is encrypted (mustBeEncrypted) is not asked"), ...when((objects?.unsigned ?? []).length > 0, "that data may stay unsigned (unsigned) is not seen: the gate can deny images that pass the policy")]
	}
};
const TRUST = {
	keyrings: null,
	keys: null,
	anchors: null,
	intermediates: null,
	certificates: null,
	origins: null,
	denied: null,
	sigstore: null,
	crls: {
		rule: "revocation",
		texts: ({ of: { crls = [] } }) => when(crls.length > 0, "that no certificate is revoked by the CRLs of the policy is not asked")
	},
	revocation: {
		rule: "revocation",
		texts: ({ of: { revocation } }) => when(revocation === "require", "that a CRL in force speaks of every certificate is not asked")
	},
	timestamps: {
		rule: "proven-time",
		texts: ({ of: { timestamps } }) => when(timestamps.length > 0, "times that timestamps prove are not seen: the gate judges keys by the present, and can deny images that pass the policy")
	}
};
const PRINCIPAL = {
	name: null,
	many: null,
	githubUsers: null,
	credentials: null
};
const CREDENTIAL = {
	method: null,
	fingerprint: null,
	hint: null,
	anchors: null,
	san: null,
	subject: null,
	issuer: null,
	any: null,
	claims: null,
	window: {
		rule: "window",
		texts: ({ of: { window }, now }) => windowTexts(window, now)
	}
};
function windowTexts(window, now) {
	if (!window) return [];
	const { from, until } = window;
	const bounds = [...from === void 0 ? [] : [`from ${toSecond(new Date(from))}`], ...until === void 0 ? [] : [`until ${toSecond(new Date(until))}`]].join(" ");
	return [isOpen(window, now) ? `counts ${bounds}, which is not asked: the gate counts it always; export again when it ends` : `counts ${bounds}: it is left out, and what was proven to be signed in that time is denied too`];
}
/** True when the window holds the present. */
function isOpen({ from, until }, now) {
	return (from === void 0 || now.getTime() >= from) && (until === void 0 || now.getTime() < until);
}
/** What no gate but `verify-all` can ask of these stages. Of credentials those are looked at that the gate knows. */
function ruleLosses({ policy, trust }, stages, { knows, now }) {
	const whole = {
		stages,
		now
	};
	const approvers = new Set(stages.flatMap((stage) => stage.approvers));
	const people = policy.principals.filter(({ name }) => approvers.has(name));
	return [
		...stages.flatMap((of) => lossesOf(STAGE, {
			...whole,
			of
		}, { stage: of.name })),
		...lossesOf(POLICY, {
			...whole,
			of: policy
		}),
		...lossesOf(TRUST, {
			...whole,
			of: trust
		}),
		...people.flatMap((of) => lossesOf(PRINCIPAL, {
			...whole,
			of
		})),
		...people.flatMap(({ name, credentials }) => credentials.filter(knows).flatMap((of) => lossesOf(CREDENTIAL, {
			...whole,
			of
		}, { about: `the ${credentialText(of)} of ${name} ` })))
	];
}
function lossesOf(members, part, { stage = null, about = "" } = {}) {
	return Object.values(members).flatMap((lost) => (lost?.texts(part) ?? []).map((text) => ({
		stage,
		rule: lost?.rule ?? "order",
		text: `${about}${text}`
	})));
}
function credentialText(credential) {
	switch (credential.method) {
		case "pgp": return `OpenPGP key ${credential.fingerprint}`;
		case "key": return `key ${credential.hint}`;
		default: return "certificate";
	}
}
function keyOf(credential) {
	if (credential.method === "pgp") return credential.fingerprint;
	return credential.method === "key" ? credential.hint : void 0;
}

// src/gates/asks.ts
/**
* What a gate of a kind can ask for. People of whom somebody could approve with a credential that it does not know are left
* out whole: to ask for them would deny images that pass.
* @throws GateError GATE_NOT_EXPRESSIBLE when too few people are left for a stage, so that no image passes the policy
*/
function asksOf(source, stages, { knows, what, now }) {
	const { policy } = source;
	const principals = new Map(policy.principals.map((one) => [one.name, one]));
	const losses = [];
	const asks = [];
	for (const { name, approvers, threshold, quorums, signedIdentity } of stages) for (const quorum of quorums ?? [{
		name: void 0,
		approvers,
		needed: threshold
	}]) {
		const people = quorum.approvers.flatMap((approver) => signersBehind(policy, principals.get(approver), now));
		const known = people.map((one) => ({
			...one,
			credentials: one.credentials.filter(knows)
		}));
		const others = people.filter(({ credentials }, index) => known[index]?.credentials.length !== credentials.length);
		const whom = quorum.name === void 0 ? `stage ${name}` : `${quorum.name} of stage ${name}`;
		if (people.length < quorum.needed && !people.some(({ several }) => several)) throw tooFewLeft(whom, people.length, quorum.needed);
		if (others.length === 0) asks.push({
			stage: name,
			approvers: known,
			threshold: quorum.needed,
			...signedIdentity ? { signedIdentity } : {}
		});
		else losses.push({
			stage: name,
			rule: "credentials",
			text: `${whom} is not asked for: ${namesOf(others)} can approve it with something other than ${what}`
		});
	}
	return {
		asks,
		losses: [...losses, ...ruleLosses(source, stages, {
			knows,
			now
		})]
	};
}
function tooFewLeft(whom, left, needed) {
	return new GateError("GATE_NOT_EXPRESSIBLE", `${whom} needs ${needed} people, and of its approvers ${left} are left who are not denied and count today: no image passes the policy`, { hint: "name approvers in the policy who count today, or gate these images with `verify-all`" });
}
function namesOf(people) {
	const names = [...new Set(people.map(({ name }) => name))];
	return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} others`;
}
/** A principal that stands for many is somebody by each key, and several people by a pattern of names. */
function signersBehind(policy, principal, now) {
	if (!principal) return [];
	const { name, many } = principal;
	const credentials = principal.credentials.filter((credential) => isOpen(credential.window ?? {}, now) && !isDenied(policy, name, credential));
	if (!many) return credentials.length === 0 ? [] : [{
		name,
		credentials
	}];
	return credentials.map((credential) => ({
		name,
		credentials: [credential],
		...credential.method === "x509" || credential.method === "sigstore" ? { several: true } : {}
	}));
}
/** Whatever this signs counts for nothing, however old it is. */
function isDenied(policy, principal, credential) {
	return denialsOf(policy, principal, credential).some(({ since }) => !since);
}
/** True when everybody is needed, and each of them is one person. */
function needsEverybody({ approvers, threshold }) {
	return threshold === approvers.length && (approvers.length === 1 || !approvers.some(({ several }) => several));
}
/** What a gate cannot ask of a threshold when it knows "one of these" and "all of these" alone. */
function thresholdLoss(ask) {
	const { stage, threshold } = ask;
	if (threshold === 1 || needsEverybody(ask)) return [];
	return [{
		stage,
		rule: "threshold",
		text: `of the ${threshold} people that stage ${stage} needs, one is asked for`
	}];
}
const byHint = /* @__PURE__ */ new WeakMap();
/** The key that a policy names by its hint: SPKI, DER. @throws GateError GATE_KEY_MISSING */
function keyWithHint({ keys }, hint) {
	const index = byHint.get(keys) ?? new Map(keys.map((key) => [toBase64(Buffer.from(sha256Hex(key), "hex")), key]));
	byHint.set(keys, index);
	const spki = index.get(hint);
	if (!spki) throw new GateError("GATE_KEY_MISSING", `no key of the policy has the hint ${hint}`);
	return spki;
}
/** The OpenPGP keys that a policy names by their fingerprints, as one binary keyring. @throws GateError GATE_KEY_MISSING */
async function keyringWith(trust, fingerprints) {
	const { exportKeys } = await import("./ring.mjs");
	const { bytes, missing } = await exportKeys(trust, fingerprints);
	if (missing.length === 0) return bytes;
	const which = `the key${missing.length > 1 ? "s" : ""} ${listed(missing)}`;
	throw new GateError("GATE_KEY_MISSING", `no keyring of the policy has ${which}`);
}

export { thresholdLoss as a, needsEverybody as i, keyWithHint as n, ruleLosses as o, keyringWith as r, asksOf as t };