import { a as thresholdLoss, i as needsEverybody, t as asksOf } from "./asks.mjs";
import { r as GateError } from "./errors11.mjs";

// src/gates/ecl/export.ts
/**
* The list that asks for the stages of each placement.
* @throws GateError GATE_NOT_EXPRESSIBLE when nothing is left to ask for in a folder: an empty list means "nothing" or
* "anything" to Apptainer, and neither is what the policy says
*/
function listFor(source, placements, now) {
	const groups = [];
	const asks = [];
	const losses = /* @__PURE__ */ new Map();
	for (const placement of placements) {
		const found = groupOf(source, placement, now);
		groups.push(found.group);
		asks.push(found.asks);
		for (const loss of found.losses) if (!losses.has(loss.text)) losses.set(loss.text, loss);
	}
	return {
		list: {
			activated: true,
			legacyInsecure: false,
			groups
		},
		asks,
		losses: [...losses.values()]
	};
}
function groupOf(source, { folder, stages, never }, now) {
	const where = folder === "" ? "images that lie in no other folder of this list" : `images in ${folder}`;
	if (never) {
		const fingerprints = [...new Set(stages.flatMap((stage) => keysOf(source.policy, stage)))];
		if (fingerprints.length === 0) throw nothingLeft(where, stages);
		return {
			group: {
				tagName: tagOf(stages, "never"),
				mode: "blacklist",
				folder,
				fingerprints
			},
			asks: `${where}: no signature by ${fingerprints.join(", ")}`,
			losses: []
		};
	}
	const { asks, losses, forced: keys, others } = pgpAsks(source, stages, now);
	if (keys.length > 0) {
		const group = {
			tagName: tagOf(stages, "all"),
			mode: "whitestrict",
			folder,
			fingerprints: keys
		};
		const lost = others.map(alternativesLoss);
		return {
			group,
			asks: `${where}: signatures by all of ${keys.join(", ")}`,
			losses: [...losses, ...lost]
		};
	}
	const last = asks.at(-1);
	if (!last) throw nothingLeft(where, stages);
	const fingerprints = [...new Set(fingerprintsOf(last))];
	const group = {
		tagName: tagOf(stages, "any"),
		mode: "whitelist",
		folder,
		fingerprints
	};
	const lost = [...asks.slice(0, -1).map(alternativesLoss), ...thresholdLoss(last)];
	return {
		group,
		asks: `${where}: a signature by one of ${fingerprints.join(", ")}`,
		losses: [...losses, ...lost]
	};
}
/** What stages ask that Apptainer can ask: keys that must all have signed, and stages that one of several keys can approve. */
function pgpAsks(source, stages, now) {
	const { asks, losses } = asksOf(source, stages, {
		knows: isPgp,
		what: "an OpenPGP key",
		now
	});
	return {
		asks,
		losses,
		forced: [...new Set(asks.filter(isForced).flatMap(fingerprintsOf))],
		others: asks.filter((ask) => !isForced(ask))
	};
}
/** True for an OpenPGP key, the one kind that the list knows. */
function isPgp(credential) {
	return credential.method === "pgp";
}
/** Every approver is needed, and has one key. */
function isForced(ask) {
	return needsEverybody(ask) && ask.approvers.every(({ credentials }) => credentials.length === 1);
}
function fingerprintsOf({ approvers }) {
	return approvers.flatMap(({ credentials }) => credentials.map(({ fingerprint }) => fingerprint));
}
function keysOf(policy, { approvers }) {
	const names = new Set(approvers);
	return policy.principals.filter(({ name }) => names.has(name)).flatMap((one) => one.credentials).filter(isPgp).map(({ fingerprint }) => fingerprint);
}
function alternativesLoss({ stage }) {
	return {
		stage,
		rule: "alternatives",
		text: `stage ${stage}, which one of several keys can approve, is not asked for: a group asks for all of its keys, or for one`
	};
}
function tagOf(stages, how) {
	return [how, ...stages.map(({ name }) => name)].join("-").slice(0, 120);
}
function nothingLeft(where, stages) {
	const names = stages.map(({ name }) => name).join(", ");
	return new GateError("GATE_NOT_EXPRESSIBLE", `the execution control list can ask for none of the stages ${names} (${where}): each can be approved without an OpenPGP key`, { hint: "gate these images with `verify-all`, or let one of the stages be approved by OpenPGP keys alone" });
}

export { pgpAsks as n, listFor as t };