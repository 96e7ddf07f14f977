import { c as UsageError } from "./errors.mjs";
import { c as manifestName, n as formatPlace, r as formatReference } from "./reference.mjs";
import { r as openFrom } from "./registry.mjs";
import { c as policyFrom } from "./trust2.mjs";
import { r as clusterTarget } from "./cluster-inputs.mjs";
import { t as registryReference } from "./simulate-containers2.mjs";

// src/commands/gates/simulate-cluster.ts
/** Kyverno's verdict about each of the images. @throws UsageError, PolicyError, GateError, RegistryError, NetworkError */
async function simulateKyverno(images, inputs, host) {
	const { openRegistryImage } = await import("./image.mjs");
	const { judgeByKyverno } = await import("./simulate4.mjs");
	const { wantedSummaries } = await import("./wanted.mjs");
	const now = inputs.now ?? host.now();
	const loaded = await policyFrom(inputs);
	if (!loaded || inputs.gatePath !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "simulate kyverno works with a policy alone", { hint: "give ⟨policy-path=countersign.yaml⟩ without ⟨gate-path⟩; `kyverno apply` tries a manifest that is there already" });
	const references = await Promise.all(images.map((image) => registryReference(image, inputs)));
	const target = await clusterTarget({
		...inputs,
		repository: references.map(formatPlace)
	});
	const { wanted } = wantedSummaries(loaded, loaded.policy.stages, {
		...target,
		now,
		readsNames: true
	});
	const results = [];
	for (const reference of references) {
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		const image = await openRegistryImage(opened.repository, manifestName(reference));
		results.push({
			name: formatReference(reference),
			...await judgeByKyverno(image, wanted, now)
		});
	}
	return results;
}

export { simulateKyverno };