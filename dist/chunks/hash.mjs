import { n as SifError } from "./errors2.mjs";
import { n as hashRanges } from "./hash-blocks.mjs";
import { n as hashOnThread, t as THREAD_FROM_BYTES } from "./hash-thread.mjs";
import { c as openSif } from "./source.mjs";

// src/sif/hash.ts
/**
* Digests of the data of the given objects.
* @throws SifError SIF_TRUNCATED; SIF_CHANGED when the file became another one underneath
*/
async function hashObjects(image, objects, options) {
	const total = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
	const digests = (total >= 67108864 ? await onThread(image, objects, {
		options,
		total
	}) : void 0) ?? await here(image, objects, {
		options,
		total
	});
	await assertUnchanged(image, objects);
	return digests;
}
/** Undefined when there is no file that a thread could read, or the thread failed. */
async function onThread({ source }, objects, { options, total }) {
	if (source.descriptor === void 0) return void 0;
	const ranges = objects.map(({ id, offset, sizeBytes }) => ({
		id,
		offset,
		sizeBytes
	}));
	const task = {
		descriptor: source.descriptor,
		ranges,
		algorithms: [...options.algorithms]
	};
	return hashOnThread(task, {
		onBlock: counter(options, total),
		signal: options.signal
	});
}
function here({ source }, objects, { options, total }) {
	const count = counter(options, total);
	return hashRanges(objects, options.algorithms, {
		async read(target, offset) {
			if (!source.readInto) return source.read(offset, target.length);
			await source.readInto(target, offset);
			return target;
		},
		onBlock(lengthBytes) {
			options.signal?.throwIfAborted();
			count(lengthBytes);
		}
	});
}
function counter({ onBytes }, total) {
	let done = 0;
	return (lengthBytes) => {
		done += lengthBytes;
		onBytes?.(done, total);
	};
}
/**
* A file may grow by another signer's layer while it is read, which disturbs nobody; anything else that changes what
* was just hashed makes the digests meaningless.
*/
async function assertUnchanged(image, objects) {
	const { source } = image;
	const current = await source.current?.();
	if (!current) return;
	const differs = (what) => new SifError("SIF_CHANGED", `${source.name} changed while it was read: ${what}`);
	const now = await openSif(current).catch((cause) => {
		throw new SifError("SIF_CHANGED", `${source.name} changed while it was read`, { cause });
	});
	if (Buffer.compare(now.header.record.subarray(0, 64), image.header.record.subarray(0, 64)) !== 0) throw differs("the global header");
	for (const object of objects) {
		const same = now.objects.find((other) => other.id === object.id);
		if (!same || Buffer.compare(same.record, object.record) !== 0) throw differs(`object ${object.id}`);
	}
	if (current.sizeBytes === source.sizeBytes && sameTables(now, image)) throw differs("data was overwritten");
}
/** Whoever adds or removes an object changes header or table; who changes the file and neither has changed data. */
function sameTables(a, b) {
	return Buffer.compare(recordsOf(a), recordsOf(b)) === 0;
}
function recordsOf({ header, objects }) {
	return Buffer.concat([header.record, ...objects.map(({ record }) => record)]);
}

export { hashObjects as t };