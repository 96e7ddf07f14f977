import { p as readCosignSignatures } from "./cosign.mjs";
import { f as MEDIA_TYPE } from "./manifest.mjs";
import { i as gateReason } from "./errors12.mjs";
import { n as judgeByContainers } from "./simulate3.mjs";

// src/gates/containers/registry-image.ts
const INDEXES = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];
/**
* The verdict about every manifest that may be run; the first one that is not allowed, if there is any.
* @throws RegistryError, NetworkError; as judgeByContainers
*/
async function judgeRegistryImage({ shape, subjects, repository }, asked, { gate, now }) {
	if (shape.is === "sif") return noImage("a SIF is no image that podman runs");
	const runnable = subjects.filter(({ mediaType }) => !INDEXES.includes(mediaType));
	let verdict = noImage("the index names no image that could be run");
	for (const { digest } of runnable) {
		const signatures = await readCosignSignatures(repository, digest);
		verdict = await judgeByContainers({
			...asked,
			digest,
			signatures
		}, gate, now);
		if (verdict.verdict !== "allowed") return runnable.length > 1 ? about(digest, verdict) : verdict;
	}
	return verdict;
}
function about(digest, verdict) {
	const reasons = verdict.reasons.map((reason) => ({
		...reason,
		message: `platform ${digest}: ${reason.message}`
	}));
	return {
		...verdict,
		reasons
	};
}
function noImage(message) {
	return {
		gate: "containers-policy",
		verdict: "unknown",
		words: null,
		reasons: [gateReason("GATE_NOT_DECIDED", message)]
	};
}

export { judgeRegistryImage };