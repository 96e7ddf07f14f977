import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as manifestText } from "./manifest2.mjs";
import { i as wantedText, n as keyPem, r as wantedSummaries, t as SUMMARY_TYPE } from "./wanted2.mjs";

// src/gates/kubernetes/kyverno.ts
/** The release whose CLI the policy was compared with. */
const KYVERNO_VERSION = "1.19.1";
const FILE = "image-validating-policy.yaml";
/** All of a pod: what runs, and images that are mounted. */
const IMAGES = "variables.everyImage";
const EVERY_IMAGE = "images.containers + images.initContainers + images.ephemeralContainers + images.volumes";
/** Kyverno itself looks into containers alone. */
const VOLUMES = "(object != null ? object : oldObject).spec.?volumes.orValue([]).filter(v, has(v.image) && has(v.image.reference)).map(v, v.image.reference)";
/**
* The policy for Kyverno.
* @throws GateError GATE_NOT_EXPRESSIBLE, GATE_KEY_MISSING
*/
function exportKyverno(loaded, target, now) {
	const { wanted, losses } = wantedSummaries(loaded, loaded.policy.stages, {
		...target,
		now,
		readsNames: true
	});
	const comments = [`Made by countersign export kyverno from the policy ${JSON.stringify(loaded.name)} (${loaded.digest}).`, `For Kyverno ${KYVERNO_VERSION}.`];
	return {
		gate: "kyverno",
		files: [{
			name: FILE,
			content: manifestText(comments, validatingPolicy(target, wanted))
		}],
		asks: wanted.map(wantedText),
		losses: [...target.verdictKeys.length > 0 ? losses : losses.filter(({ rule }) => rule !== "age"), ...proofLosses(wanted)],
		unasked: "Whether an approval was withdrawn or replaced since it does not know of any policy.",
		warnings: [target.namespaces.length > 0 ? `In ${target.namespaces.join(", ")} images of every other repository are denied. Images in other namespaces are not looked at.` : "In every namespace that Kyverno is asked about, images of every other repository are denied, those of system components too. Export with `--namespace` where that is not wanted."]
	};
}
function proofLosses(wanted) {
	return wanted.flatMap(({ signers }) => signers.flatMap((signer) => signer.marks)).some((mark) => mark.by === "name" && Math.max(mark.instance.log, mark.instance.timestamps, mark.instance.sct) > 1) ? [{
		stage: null,
		rule: "alternatives",
		text: "of the entries of logs and the timestamps that a signature by Sigstore needs, one each is asked for"
	}] : [];
}
function validatingPolicy({ repositories, namespaces }, wanted) {
	const attestors = wanted.flatMap(({ signers }, index) => signers.flatMap(({ marks }, who) => marks.map((mark, key) => ({
		name: attestor(index, who, key),
		cosign: cosignOf(mark)
	}))));
	return {
		apiVersion: "policies.kyverno.io/v1",
		kind: "ImageValidatingPolicy",
		metadata: { name: "countersign" },
		spec: {
			failurePolicy: "Fail",
			validationActions: ["Deny"],
			webhookConfiguration: { timeoutSeconds: 30 },
			matchConstraints: {
				...namespaces.length > 0 ? { namespaceSelector: inNamespaces(namespaces) } : {},
				resourceRules: [{
					apiGroups: [""],
					apiVersions: ["v1"],
					operations: ["CREATE", "UPDATE"],
					resources: ["pods", "pods/ephemeralcontainers"]
				}]
			},
			matchImageReferences: [{ glob: "*" }],
			images: [{
				name: "volumes",
				expression: VOLUMES
			}],
			validationConfigurations: {
				mutateDigest: true,
				verifyDigest: true,
				required: true
			},
			attestors,
			attestations: [{
				name: "summary",
				intoto: { type: SUMMARY_TYPE }
			}],
			variables: [{
				name: "everyImage",
				expression: EVERY_IMAGE
			}],
			validations: [{
				message: placeMessage(repositories),
				expression: placeExpression(repositories)
			}, ...wanted.map((one, index) => ({
				message: missingMessage(one),
				expression: wantedExpression(one, index)
			}))]
		}
	};
}
function cosignOf(mark) {
	if (mark.by === "key") return {
		key: { data: keyPem(mark.spki) },
		ctlog: { insecureIgnoreTlog: true }
	};
	const { issuer, san, instance } = mark;
	const root = parseJson(instance.root, "the trusted root");
	return {
		keyless: { identities: [{
			issuer,
			...subjectOf(san)
		}] },
		trustedRoot: { value: `${JSON.stringify(root)}\n` },
		...logsOf(instance, root)
	};
}
/** The name, or what a `*` of the policy stands for in a regular expression: a part of it. */
function subjectOf(san) {
	const name = san.slice(san.indexOf(":") + 1);
	if (!name.includes("*")) return { subject: name };
	const part = san.startsWith("email:") ? "[^@]+" : "[^/?#@:]+";
	return { subjectRegExp: `^${name.split("*").map((text) => text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&")).join(part)}$` };
}
/** By itself it asks for an entry of a log and for a timestamp in the certificate. */
function logsOf({ log, sct }, root) {
	if (log > 0 && sct > 0) return {};
	if (log === 0) return { ctlog: {
		insecureIgnoreTlog: true,
		...sct > 0 ? {} : { insecureIgnoreSCT: true }
	} };
	const [first] = isJsonObject(root) && Array.isArray(root["tlogs"]) ? root["tlogs"] : [];
	return { ctlog: {
		url: isJsonObject(first) && typeof first["baseUrl"] === "string" ? first["baseUrl"] : "https://rekor.sigstore.dev",
		insecureIgnoreSCT: true
	} };
}
function inNamespaces(namespaces) {
	return { matchExpressions: [{
		key: "kubernetes.io/metadata.name",
		operator: "In",
		values: [...namespaces]
	}] };
}
function attestor(index, who, key) {
	return `signer_${index + 1}_${who + 1}_${key + 1}`;
}
function placeMessage(repositories) {
	return `an image is from another place than ${repositories.join(", ")}`;
}
/** Whoever spells a name in another way is denied: nothing is left out by its spelling. */
function placeExpression(repositories) {
	const places = `[${repositories.map((one) => JSON.stringify(one)).join(", ")}]`;
	const ends = [
		"/",
		":",
		"@"
	].map((mark) => `image.startsWith(place + '${mark}')`).join(" || ");
	return `${IMAGES}.all(image, ${places}.exists(place, ${ends}))\n`;
}
/** What Kyverno says when it is missing. */
function missingMessage(wanted) {
	return `an image has not ${wantedText(wanted)}`;
}
/** The signers of whom the last summary that Kyverno sees is as asked for are counted. */
function wantedExpression(wanted, index) {
	const said = saidExpression(wanted);
	const signed = (name) => `(verifyAttestationSignatures(image, attestations.summary, [attestors.${name}]) > 0 &&\n    ${said})`;
	const people = wanted.signers.map(({ marks }, who) => marks.map((_, key) => signed(attestor(index, who, key))).join(" ||\n  "));
	const counted = wanted.needed === 1 ? people.join(" ||\n  ") : `[${people.join(",\n  ")}]\n  .filter(signed, signed).size() >= ${wanted.needed}`;
	return `${IMAGES}.all(image,\n  ${counted})\n`;
}
function is(path, value) {
	return `said.?${path.replaceAll(".", ".?")}.orValue('') == ${JSON.stringify(value)}`;
}
function saidExpression({ verifierId, policySha256, maxAge }) {
	return `[extractPayload(image, attestations.summary).?predicate.orValue({})].all(said,\n      ${[
		is("verifier.id", verifierId),
		is("verificationResult", "PASSED"),
		...policySha256 === void 0 ? ["(said.?countersign.?expires.orValue(null) == null || timestamp(said.countersign.expires) > time.now())"] : [is("policy.digest.sha256", policySha256), "said.?verifiedLevels.orValue([]).exists(level, level == 'POLICY_PASSED')"],
		...maxAge === void 0 ? [] : [`timestamp(said.timeVerified) + duration('${Math.floor(maxAge / 1e3)}s') > time.now()`]
	].join(" &&\n      ")})`;
}
/** What the page says of installing and of limits. */
function kyvernoPage(source) {
	return {
		title: "ImageValidatingPolicy for Kyverno",
		source,
		body: [
			"## Where it goes",
			"",
			`\`kubectl apply -f ${FILE}\`, with Kyverno ${KYVERNO_VERSION} or newer in the cluster. Kyverno must be able to read the registry: put its pull secrets into \`spec.credentials\`.`,
			"",
			"## What this gate does not do",
			"",
			"- It reads Sigstore bundles that the registry lists as referrers of the very manifest that the pod names. Of an index, that is the index.",
			"- Of the summaries by one key Kyverno shows the last in the order of the registry alone. Where a key signs for two stages, or verdicts by two policies, an approved image can be denied: give each its own key.",
			"- It remembers for some time (one hour unless configured otherwise) that an image has passed.",
			"- For short-lived certificates Kyverno fetches the trusted root of the public Sigstore instance, also where the policy brings its own. Without that mirror give another one in `tuf`.",
			"- Every signer costs requests to the registry, within the 30 seconds of a webhook. Of many approvers ask for the verdict of `verify-all` instead (`--verdict-key`).",
			"- It is about pods, and so about what creates them; static pods of a node are not asked about."
		]
	};
}

export { missingMessage as i, exportKyverno as n, kyvernoPage as r, KYVERNO_VERSION as t };