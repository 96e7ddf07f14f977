import { n as isHashTask } from "./chunks/hash-thread.mjs";
import { n as hashRanges } from "./chunks/hash-blocks.mjs";
import { read } from "node:fs";
import { promisify } from "node:util";
import { parentPort, workerData } from "node:worker_threads";

// src/sif/hash-worker.ts
const readAt = promisify(read);
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
	const digests = await hashRanges(task.ranges, new Set(task.algorithms), {
		read,
		onBlock
	});
	parentPort?.postMessage({ digests });
}
function onBlock(bytes) {
	parentPort?.postMessage({ bytes });
}
if (isHashTask(workerData)) await run(workerData);

export {  };