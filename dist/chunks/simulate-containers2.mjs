import { c as UsageError } from "./errors.mjs";
import { c as manifestName, n as formatPlace, r as formatReference } from "./reference.mjs";
import { i as referenceFrom, r as openFrom } from "./registry.mjs";
import { s as containersTarget } from "./cluster-inputs.mjs";
import { n as policyOrFolder } from "./simulate2.mjs";
import { resolve } from "node:path";

// src/commands/gates/simulate-containers.ts
/** The file's verdict about each of the images. @throws UsageError, PolicyError, GateError, RegistryError, NetworkError */
async function simulateContainers(images, inputs, host) {
	const { openRegistryImage } = await import("./image.mjs");
	const { judgeRegistryImage } = await import("./registry-image.mjs");
	const { podmanReference } = await import("./scopes.mjs");
	const now = inputs.now ?? host.now();
	const references = await Promise.all(images.map((image) => registryReference(image, inputs)));
	const gate = await gateFrom(inputs, [...new Set(references.map(formatPlace))], now);
	const results = [];
	for (const [index, reference] of references.entries()) {
		await using opened = await openFrom(inputs, host, {
			reference,
			access: "pull"
		});
		const image = await openRegistryImage(opened.repository, manifestName(reference));
		const asked = {
			name: podmanReference((images[index] ?? "").replace(/^docker:\/\//, ""))?.name ?? formatPlace(reference),
			tag: reference.tag,
			askedDigest: reference.digest
		};
		results.push({
			name: formatReference(reference),
			...await judgeRegistryImage(image, asked, {
				gate,
				now
			})
		});
	}
	return results;
}
/** An image in a registry. @throws UsageError USAGE_INVALID_INPUT */
async function registryReference(image, inputs) {
	const reference = await referenceFrom(inputs, image);
	if (reference.in === "registry") return reference;
	throw new UsageError("USAGE_INVALID_INPUT", `${image} is in a layout folder, where no such gate looks for signatures`, { hint: "name an image in a registry" });
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

export { simulateContainers as n, registryReference as t };