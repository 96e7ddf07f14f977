import { t as manifestText } from "./manifest2.mjs";
import { i as wantedText, n as keyPem, r as wantedSummaries, t as SUMMARY_TYPE } from "./wanted2.mjs";

// src/gates/kubernetes/policy-controller.ts
const FILE = "cluster-image-policies.yaml";
const VERSION = "0.13.1";
/**
* The policies for policy-controller.
* @throws GateError GATE_NOT_EXPRESSIBLE, GATE_KEY_MISSING
*/
function exportPolicyController(loaded, target, now) {
	const { wanted, losses } = wantedSummaries(loaded, loaded.policy.stages, {
		...target,
		now
	});
	const comments = [`Made by countersign export policy-controller from the policy ${JSON.stringify(loaded.name)} (${loaded.digest}).`, `For policy-controller ${VERSION}.`];
	const policies = wanted.map((one, index) => clusterImagePolicy(target, one, index));
	return {
		gate: "policy-controller",
		files: [{
			name: FILE,
			content: policies.map((one) => manifestText(comments, one)).join("---\n")
		}],
		asks: wanted.map(wantedText),
		losses: target.verdictKeys.length > 0 ? losses : losses.filter(({ rule }) => rule !== "age"),
		unasked: "Whether an approval was withdrawn or replaced since it does not know of any policy.",
		warnings: ["It reads cosign’s attestation tag alone. Sign with `attestation-tag`, or every image is denied.", ...target.namespaces.length > 0 ? [`Label ${target.namespaces.join(", ")} as the page says: a policy names no namespaces.`] : []]
	};
}
function clusterImagePolicy({ repositories }, wanted, index) {
	const authorities = wanted.signers.flatMap(({ marks }, who) => keysOf(marks).map((spki, key) => ({
		name: `signer-${who + 1}-${key + 1}`,
		key: {
			data: keyPem(spki),
			hashAlgorithm: "sha256"
		},
		attestations: [{
			name: "summary",
			predicateType: SUMMARY_TYPE,
			policy: {
				type: "rego",
				data: saidRego(wanted)
			}
		}]
	})));
	return {
		apiVersion: "policy.sigstore.dev/v1beta1",
		kind: "ClusterImagePolicy",
		metadata: { name: `countersign-${index + 1}` },
		spec: {
			mode: "enforce",
			images: repositories.flatMap((place) => [
				":",
				"@",
				"/"
			].map((mark) => ({ glob: `${fullName(place)}${mark}**` }))),
			authorities,
			...wanted.needed > 1 ? { policy: {
				type: "rego",
				data: countRego(wanted.needed)
			} } : {}
		}
	};
}
/** It is asked for no other marks. */
function keysOf(marks) {
	return marks.flatMap((mark) => mark.by === "key" ? [mark.spki] : []);
}
/** As it names images of Docker Hub. */
function fullName(place) {
	return place.replace(/^docker\.io(?=\/|$)/, "index.docker.io");
}
/** CUE would let a summary pass that does not say these things at all. The form of Rego is that of version 0. */
function saidRego({ verifierId, policySha256, maxAge }) {
	const conditions = [
		`said.verifier.id == ${JSON.stringify(verifierId)}`,
		"said.verificationResult == \"PASSED\"",
		...policySha256 === void 0 ? ["lasts"] : [`said.policy.digest.sha256 == ${JSON.stringify(policySha256)}`, "said.verifiedLevels[_] == \"POLICY_PASSED\""],
		...maxAge === void 0 ? [] : [`time.parse_rfc3339_ns(said.timeVerified) + ${maxAge * 1e6} > time.now_ns()`]
	];
	return [
		"package sigstore",
		"default isCompliant = false",
		"said := input.predicate",
		...policySha256 === void 0 ? [
			"has_end { said.countersign.expires != null }",
			"lasts { not has_end }",
			"lasts { time.parse_rfc3339_ns(said.countersign.expires) > time.now_ns() }"
		] : [],
		"isCompliant {",
		...conditions.map((condition) => `  ${condition}`),
		"}",
		""
	].join("\n");
}
/** Somebody with several keys counts once. */
function countRego(needed) {
	return [
		"package sigstore",
		"default isCompliant = false",
		"people := {who | input.authorityMatches[name]; who := split(name, \"-\")[1]}",
		"isCompliant {",
		`  count(people) >= ${needed}`,
		"}",
		""
	].join("\n");
}
/** What the page says of installing and of limits. */
function policyControllerPage(source, { namespaces }) {
	const names = namespaces.length > 0 ? namespaces : ["NAMESPACE"];
	return {
		title: "ClusterImagePolicies for policy-controller",
		source,
		body: [
			"## Where it goes",
			"",
			`\`kubectl apply -f ${FILE}\`, with policy-controller ${VERSION} in the cluster. It looks at namespaces that have its label:`,
			"",
			...names.map((name) => `- \`kubectl label namespace ${name} policy.sigstore.dev/include=true\``),
			"",
			"Images that no policy is about are its own matter: leave `no-match-policy` of its ConfigMap `config-policy-controller` at `deny`.",
			"",
			"## What this gate does not do",
			"",
			"- It reads approvals and verdicts by keys in cosign’s attestation tag `sha256-….att` alone, where `attestation-tag` of `sign-stage` and `verify-all` writes them. An approval with an end is not written there.",
			"- Whether an approval was withdrawn or replaced since it does not know.",
			"- Of an index it looks at the index."
		]
	};
}

export { exportPolicyController, policyControllerPage };