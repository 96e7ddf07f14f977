// src/gates/import/document.ts
/** Name of the policy's file. */
const POLICY_FILE = "countersign.yaml";
/** The text of the policy. */
function policyText({ name, keyrings, intermediates, principals, stages, comments }) {
	const trust = [...keyrings.length > 0 ? [`  keyrings: ${list(keyrings)}`] : [], ...intermediates.length > 0 ? [`  intermediates: ${list(intermediates)}`] : []];
	return [
		...comments.map((comment) => `# ${comment}`),
		"version: 1",
		`name: ${JSON.stringify(name)}`,
		...trust.length > 0 ? ["trust:", ...trust] : [],
		"principals:",
		...principals.flatMap(({ name: who, credential, about }) => [...about === "" ? [] : [`  # ${about}`], `  ${JSON.stringify(who)}: ${credential}`]),
		"stages:",
		...stages.flatMap(stageLines),
		""
	].join("\n");
}
function stageLines({ name, approvers, threshold, native, signedIdentity }) {
	return [
		`  - name: ${JSON.stringify(name)}`,
		`    approvers: ${list(approvers)}`,
		...threshold > 1 ? [`    threshold: ${threshold}`] : [],
		"    after: []",
		`    native: ${native}`,
		...signedIdentity ? [`    signedIdentity: ${identityText(signedIdentity)}`] : []
	];
}
function identityText(identity) {
	switch (identity.type) {
		case "exactReference": return `{ exactReference: ${JSON.stringify(identity.reference)} }`;
		case "exactRepository": return `{ exactRepository: ${JSON.stringify(identity.repository)} }`;
		case "remapIdentity": {
			const { prefix, signedPrefix } = identity;
			return `{ remapIdentity: { prefix: ${JSON.stringify(prefix)}, signedPrefix: ${JSON.stringify(signedPrefix)} } }`;
		}
		default: return identity.type;
	}
}
function list(items) {
	return `[${items.map((item) => JSON.stringify(item)).join(", ")}]`;
}
/** A name for a stage that none before it has. */
function stageName(wanted, taken) {
	const plain = wanted.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, 36).replace(/^-+|-+$/g, "");
	const base = plain === "" ? "stage" : plain;
	let name = base;
	for (let number = 2; taken.includes(name); number += 1) name = `${base}-${number}`;
	return name;
}

export { policyText as n, stageName as r, POLICY_FILE as t };