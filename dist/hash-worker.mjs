import { r as isHashTask } from "./chunks/hash-thread.mjs";
import { n as hashRanges } from "./chunks/hash-blocks.mjs";
import { read } from "node:fs";
import { promisify } from "node:util";
import { parentPort } from "node:worker_threads";

// src/sif/hash-worker.ts
const readAt = promisify(read);
/** Progress is told this often: a message costs the other thread some of the time that it has for signatures. */
const TELL_EVERY_BYTES = 33554432;
async function run(task) {
	const read = async (target, offset) => {
		let done = 0;
		while (done < target.length) {
			const { bytesRead } = await readAt(task.descriptor, target, done, target.length - done, offset + done);
			if (bytesRead === 0) throw new Error(`the file ends at byte ${offset + done}`);
			done += bytesRead;
		}
		return target;
	};
	let untold = 0;
	const onBlock = (bytes) => {
		untold += bytes;
		if (untold < TELL_EVERY_BYTES) return;
		parentPort?.postMessage({ bytes: untold });
		untold = 0;
	};
	const digests = await hashRanges(task.ranges, new Set(task.algorithms), {
		read,
		onBlock
	});
	parentPort?.postMessage({
		bytes: untold,
		digests
	});
}
parentPort?.once("message", (task) => {
	if (isHashTask(task)) run(task);
});

export {  };