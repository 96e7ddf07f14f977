import { c as listed, m as visibleLine } from "./text.mjs";
import { t as POLICY_LIMITS } from "./model.mjs";
import { i as listProblem } from "./list.mjs";
import { r as GateError } from "./errors11.mjs";
import { n as policyText, r as stageName, t as POLICY_FILE } from "./document.mjs";

// src/gates/import/list.ts
const KEYS = "keys.pgp";
/**
* The policy that asks what the list asks.
* @throws GateError GATE_CONFIGURATION_INVALID for a list that Apptainer refuses, GATE_NOT_EXPRESSIBLE when no group asks for a
* signature, GATE_KEY_MISSING
*/
async function importList(list, { trust, name }) {
	const problem = listProblem(list);
	if (problem) throw new GateError("GATE_CONFIGURATION_INVALID", problem.message);
	if (list.legacyInsecure) throw new GateError("GATE_NOT_EXPRESSIBLE", "the list asks for legacy signatures, which count for nothing here", { hint: "have the images signed anew and set legacyinsecure = false" });
	const { stages, exportWith, leftOut, fingerprints } = stagesOf(list);
	const { bytes, about } = await keysOf(trust, [...fingerprints]);
	const principals = [...fingerprints].map((fingerprint) => ({
		name: nameOf(fingerprint),
		credential: `{ pgp: "${fingerprint}" }`,
		about: about.get(fingerprint) ?? ""
	}));
	return {
		files: [{
			name: POLICY_FILE,
			content: policyText({
				name,
				keyrings: [KEYS],
				intermediates: [],
				principals,
				stages,
				comments: ["Made by countersign import from an execution control list."]
			})
		}, {
			name: KEYS,
			content: bytes
		}],
		assumed: assumptions(list, stages),
		leftOut,
		exportWith
	};
}
/** @throws GateError GATE_NOT_EXPRESSIBLE */
function assertFewStages({ groups }) {
	const asking = groups.filter(({ mode, fingerprints }) => mode !== "blacklist" && fingerprints.length > 0).length;
	if (asking > POLICY_LIMITS.stages) throw new GateError("GATE_NOT_EXPRESSIBLE", `${asking} groups of the list ask for signatures, and a policy has at most ${POLICY_LIMITS.stages} stages`, { hint: "import the groups of one folder from a copy of the list that has no others" });
}
/** @throws GateError GATE_NOT_EXPRESSIBLE */
function stagesOf(list) {
	assertFewStages(list);
	const stages = [];
	const exportWith = [];
	const leftOut = [];
	const fingerprints = /* @__PURE__ */ new Set();
	for (const { tagName, mode, folder, fingerprints: written } of list.groups) {
		const keys = [...new Set(written.map((fingerprint) => fingerprint.toUpperCase()))];
		const where = folder === "" ? "everywhere else" : `in ${folder}`;
		if (mode === "blacklist" || keys.length === 0) {
			leftOut.push(`the ${mode} of ${keys.length} keys for images ${where}: a policy says whose approval is needed, never whose is not`);
			continue;
		}
		const stage = stageName(tagName, stages.map((one) => one.name));
		for (const key of keys) fingerprints.add(key);
		const threshold = mode === "whitestrict" ? keys.length : 1;
		stages.push({
			name: stage,
			approvers: keys.map(nameOf),
			threshold,
			native: "pgp"
		});
		exportWith.push("--folder-stage", `${folder}=${stage}`);
	}
	if (stages.length === 0) throw new GateError("GATE_NOT_EXPRESSIBLE", "no group of the list asks for a signature", { hint: "write a policy by hand; docs/policy.md shows the smallest one" });
	return {
		stages,
		exportWith,
		leftOut,
		fingerprints
	};
}
function assumptions({ activated }, stages) {
	return [
		"every key is one person: a threshold counts people",
		"what `apptainer sign` writes is an approval (native: pgp), for the list asks for nothing more",
		"the stages have no order, for the list knows none",
		...stages.length > 1 ? ["verify-all asks for all stages at once; the list asks for those of one folder: use up-to-stage for the others"] : [],
		...activated ? [] : ["the list is not activated, so that everything runs; the policy is as if it were"]
	];
}
async function keysOf(trust, fingerprints) {
	const { exportKeys, readKeyring } = await import("./ring.mjs");
	const { bytes, missing } = await exportKeys(trust, fingerprints);
	if (missing.length > 0) throw new GateError("GATE_KEY_MISSING", `no keyring has the key ${listed(missing)}`, { hint: "give the keys with ⟨keyring⟩, for instance ⟨keyring=/etc/apptainer/global-pgp-public⟩" });
	const about = /* @__PURE__ */ new Map();
	for (const [fingerprint, key] of await readKeyring(trust)) about.set(fingerprint, visibleLine(key.getUserIDs()[0] ?? "").slice(0, 200));
	return {
		bytes,
		about
	};
}
function nameOf(fingerprint) {
	return `key-${fingerprint.toLowerCase()}`;
}

export { importList };