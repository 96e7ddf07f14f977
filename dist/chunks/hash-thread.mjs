import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";

// src/sif/hash-thread.ts
/** True for the value that a helper thread is started with. */
function isHashTask(value) {
	return typeof value === "object" && value !== null && "descriptor" in value && "ranges" in value;
}
/** Below this a helper thread costs more than it gains. */
const THREAD_FROM_BYTES = 67108864;
/** A thread that waits for its task; does not keep the process alive. */
let waiting;
/** Starts a thread if one of the paths, which need not be any, names a file that is worth it. */
function prepareHashThread(paths) {
	if (paths.some(isLargeFile)) waiting ??= startThread();
}
/** False for what may not be looked at: whoever reads it will say so. */
function isLargeFile(path) {
	try {
		const found = statSync(path, { throwIfNoEntry: false });
		return found?.isFile() === true && found.size >= 67108864;
	} catch {
		return false;
	}
}
/** The bundled thread lies beside the entries, its source beside this file. */
function threadUrl() {
	const here = import.meta.url;
	if (here.endsWith(".ts")) return new URL("./hash-worker.ts", here);
	return new URL(here.includes("/chunks/") ? "../hash-worker.mjs" : "./hash-worker.mjs", here);
}
function startThread() {
	const thread = new Worker(threadUrl(), {
		env: {},
		execArgv: [],
		stdin: false,
		stdout: true,
		stderr: true
	});
	thread.on("error", () => void 0);
	thread.on("exit", () => {
		if (waiting === thread) waiting = void 0;
	});
	thread.unref();
	return thread;
}
/** Digests computed by a helper thread; undefined when it failed. @throws whatever `signal` was aborted with */
async function hashOnThread(task, { onBlock, signal }) {
	signal?.throwIfAborted();
	const thread = waiting ?? startThread();
	waiting = void 0;
	thread.ref();
	const ended = Promise.withResolvers();
	thread.on("message", ({ bytes, digests }) => {
		if (bytes !== void 0) onBlock(bytes);
		if (digests) ended.resolve(digests);
	});
	thread.on("error", () => ended.resolve(void 0));
	thread.on("exit", () => ended.resolve(void 0));
	const abort = () => ended.reject(signal?.reason);
	signal?.addEventListener("abort", abort, { once: true });
	try {
		thread.postMessage(task);
		return await ended.promise;
	} catch (error) {
		await thread.terminate();
		throw error;
	} finally {
		signal?.removeEventListener("abort", abort);
		thread.unref();
	}
}

export { prepareHashThread as i, hashOnThread as n, isHashTask as r, THREAD_FROM_BYTES as t };