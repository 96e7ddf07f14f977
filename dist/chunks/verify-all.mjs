import { t as hashObjects } from "./hash.mjs";
import { c as openSif, i as openFileSource, o as groupsOf, s as objectsInGroup } from "./source.mjs";
import { n as COMMON_OUTPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { t as CONNECTION_INPUTS } from "./registry-inputs.mjs";
import { r as SUBJECT_INPUTS, s as subjectsFrom, t as EVIDENCE_INPUT } from "./subjects.mjs";
import { n as TRUST_INPUTS, r as VERIFY_DATA_INPUT } from "./trust-inputs.mjs";

// src/sif/hash-early.ts
const SHA256 = /* @__PURE__ */ new Set(["sha256"]);
/** Opens an image and begins. @throws SifError, SystemError as openFileSource and openSif */
async function hashEarly(path) {
	const source = await openFileSource(path);
	try {
		return begin(await openSif(source), source);
	} catch (error) {
		await source[Symbol.asyncDispose]();
		throw error;
	}
}
function begin(image, source) {
	const stop = new AbortController();
	const listeners = [];
	const grouped = groupsOf(image).flatMap((group) => objectsInGroup(image, group));
	const running = hashObjects(image, grouped, {
		algorithms: SHA256,
		signal: stop.signal,
		onBytes: (done, total) => {
			for (const listener of listeners) listener(done, total);
		}
	});
	running.catch(() => void 0);
	return {
		image,
		hash(asked, objects, options) {
			if (asked !== image || !isSame(objects, grouped) || options.algorithms.size !== 1 || !options.algorithms.has("sha256")) return hashObjects(asked, objects, options);
			if (options.onBytes) listeners.push(options.onBytes);
			options.signal?.addEventListener("abort", () => stop.abort(options.signal?.reason), { once: true });
			return running;
		},
		async [Symbol.asyncDispose]() {
			stop.abort();
			await running.catch(() => void 0);
			await source[Symbol.asyncDispose]();
		}
	};
}
function isSame(a, b) {
	return a.length === b.length && a.every(({ id }) => b.some((other) => other.id === id));
}

// src/commands/verify-all.ts
const spec = {
	name: "verify-all",
	summary: "Verify every layer and every stage of images and decide by policy",
	description: "Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image.",
	positional: "subject-path",
	action: {
		title: "countersign: verify all",
		icon: "check-square",
		color: "green"
	},
	inputs: [
		...SUBJECT_INPUTS,
		...TRUST_INPUTS,
		VERIFY_DATA_INPUT,
		EVIDENCE_INPUT,
		{
			name: "required-stages",
			type: "list",
			description: "Without a policy: stages that must be approved, one a line.",
			example: "author"
		},
		...CONNECTION_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "subjects",
			description: "The images as a JSON array of `name`, `digest` (content digest), `path` and `verdict`.",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/app.sif\",\"verdict\":\"passed\"}]"
		},
		{
			name: "digest",
			description: "Content digest, when there is one image with one group.",
			example: "sha256:…"
		},
		{
			name: "image-path",
			description: "Path of the image, when there is one.",
			example: "/images/app.sif"
		},
		{
			name: "approvals",
			description: "JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.",
			example: "[{\"name\":\"app.sif\",\"stage\":\"author\",\"method\":\"pgp\",\"signer\":\"…\",\"principal\":\"alice\"}]"
		}
	]
};
async function run(inputs, host) {
	const subjects = await subjectsFrom(inputs);
	const [first] = subjects;
	await using early = first?.in === "file" ? await hashEarly(first.path).catch(() => void 0) : void 0;
	const { verifySubjects } = await import("./verify-subjects.mjs");
	return await verifySubjects(subjects, inputs, {
		host,
		early
	});
}
const command = {
	spec,
	run
};

export { command };