import { c as UsageError } from "./errors.mjs";
import { c as manifestName, n as formatPlace, r as formatReference } from "./reference.mjs";
import { i as referenceFrom, r as openFrom } from "./registry.mjs";
import { r as clusterTarget, s as containersTarget } from "./cluster-inputs.mjs";
import { n as policyOrFolder } from "./simulate2.mjs";
import { c as policyFrom } from "./trust2.mjs";
import { resolve } from "node:path";

// src/commands/gates/simulate-registry.ts
/** A gate's verdict about each of the images. @throws UsageError, PolicyError, GateError, RegistryError, NetworkError */
async function judgeEach(images, { inputs, host }, judgeFor) {
	const { openRegistryImage } = await import("./image2.mjs");
	const references = await Promise.all(images.map((image) => registryReference(image, inputs)));
	const judge = await judgeFor(references, inputs.now ?? host.now());
	const results = [];
	for (const [index, reference] of references.entries()) {
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		const image = await openRegistryImage(opened.repository, manifestName(reference));
		results.push({
			name: formatReference(reference),
			reference: image.name,
			...await judge(image, reference, images[index] ?? "")
		});
	}
	return results;
}
/** The verdict of policy.json about each of the images. @throws as judgeEach */
async function simulateContainers(images, inputs, host) {
	const { judgeRegistryImage } = await import("./simulate3.mjs");
	const { podmanReference } = await import("./scopes.mjs");
	return judgeEach(images, {
		inputs,
		host
	}, async (references, now) => {
		const gate = await gateFrom(inputs, [...new Set(references.map(formatPlace))], now);
		return (image, reference, written) => {
			const name = podmanReference(written.replace(/^docker:\/\//, ""))?.name ?? formatPlace(reference);
			return judgeRegistryImage(image, {
				name,
				tag: reference.tag,
				askedDigest: reference.digest
			}, {
				gate,
				now
			});
		};
	});
}
/** Kyverno's verdict about each of the images. @throws as judgeEach */
async function simulateKyverno(images, inputs, host) {
	const { judgeByKyverno } = await import("./simulate5.mjs");
	const { wantedSummaries } = await import("./wanted.mjs");
	const loaded = await policyFrom(inputs);
	if (!loaded || inputs.gatePath !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "simulate kyverno works with a policy alone", { hint: "give ⟨policy-path=countersign.yaml⟩ without ⟨gate-path⟩; `kyverno apply` tries a manifest that is there already" });
	return judgeEach(images, {
		inputs,
		host
	}, async (references, now) => {
		const target = await clusterTarget({
			...inputs,
			repository: references.map(formatPlace)
		});
		const { wanted } = wantedSummaries(loaded, loaded.policy.stages, {
			...target,
			now,
			readsNames: true
		});
		return (image) => judgeByKyverno(image, wanted, now);
	});
}
/** An image in a registry. @throws UsageError USAGE_INVALID_INPUT */
async function registryReference(image, inputs) {
	const reference = await referenceFrom(inputs, image);
	if (reference.in === "registry") return reference;
	const problem = `${image} is in a layout folder, where no such gate looks for signatures`;
	throw new UsageError("USAGE_INVALID_INPUT", problem, { hint: "name an image in a registry" });
}
async function gateFrom(inputs, places, now) {
	const { gateOfExport, readInstalledContainers } = await import("./installed.mjs");
	const from = await policyOrFolder(inputs);
	if ("folder" in from) return readInstalledContainers(resolve(inputs.workingDirectory, from.folder));
	const { exportContainers } = await import("./export2.mjs");
	return gateOfExport(await exportContainers(from.loaded, containersTarget({
		...inputs,
		repository: places
	}), now));
}

export { simulateContainers, simulateKyverno };