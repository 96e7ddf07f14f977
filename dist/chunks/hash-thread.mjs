import { Worker } from "node:worker_threads";

// src/sif/hash-thread.ts
/** True for the value that a helper thread is started with. */
function isHashTask(value) {
	return typeof value === "object" && value !== null && "descriptor" in value && "ranges" in value;
}
/** The bundled thread lies beside the entries, its source beside this file. */
function workerUrl() {
	const here = import.meta.url;
	if (here.endsWith(".ts")) return new URL("./hash-worker.ts", here);
	return new URL(here.includes("/chunks/") ? "../hash-worker.mjs" : "./hash-worker.mjs", here);
}
/** Digests computed by a helper thread; undefined when it failed. @throws whatever `signal` was aborted with */
async function hashOnThread(task, { onBlock, signal }) {
	const worker = new Worker(workerUrl(), {
		workerData: task,
		env: {},
		stdin: false,
		stdout: true,
		stderr: true
	});
	const ended = Promise.withResolvers();
	worker.on("message", ({ bytes, digests }) => {
		if (bytes !== void 0) onBlock(bytes);
		if (digests) ended.resolve(digests);
	});
	worker.on("error", () => ended.resolve(void 0));
	worker.on("exit", () => ended.resolve(void 0));
	const abort = () => ended.reject(signal?.reason);
	signal?.addEventListener("abort", abort, { once: true });
	try {
		signal?.throwIfAborted();
		return await ended.promise;
	} finally {
		signal?.removeEventListener("abort", abort);
		await worker.terminate();
	}
}

export { isHashTask as n, hashOnThread as t };