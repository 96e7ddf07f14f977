import { n as SifError } from "./errors3.mjs";
import { i as openSif } from "./sif.mjs";
import { createHash } from "node:crypto";

// src/sif/hash/hash.ts
const BLOCK_BYTES = 4194304;
const READS_IN_FLIGHT = 2;
/** Name of the algorithm as the crypto library spells it. */
function cryptoName(algorithm) {
	return algorithm.replace("_", "-");
}
/**
* Digests of the data of the given objects.
* @throws SifError SIF_TRUNCATED; SIF_CHANGED when the file became another one underneath
*/
async function hashObjects(image, objects, options) {
	const total = objects.reduce((sum, object) => sum + object.sizeBytes, 0);
	const { source } = image;
	let done = 0;
	const digests = await hashRanges(objects, options.algorithms, {
		async read(target, offset) {
			if (!source.readInto) return source.read(offset, target.length);
			await source.readInto(target, offset);
			return target;
		},
		onBlock(lengthBytes) {
			options.signal?.throwIfAborted();
			done += lengthBytes;
			options.onBytes?.(done, total);
		}
	});
	await assertUnchanged(image, objects);
	return digests;
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
/** Digests of the ranges; `onBlock` is told how many bytes each block had and may throw to stop. */
async function hashRanges(ranges, algorithms, { read, onBlock }) {
	const running = new Map(ranges.map(({ id }) => [id, startHashes(algorithms)]));
	for await (const { block, bytes } of readAhead(blocksOf(ranges), read)) {
		for (const hash of running.get(block.id)?.values() ?? []) hash.update(bytes);
		onBlock(bytes.length);
	}
	return new Map(Array.from(running, ([id, hashes]) => [id, finish(hashes)]));
}
function startHashes(algorithms) {
	return new Map(Array.from(algorithms, (name) => [name, createHash(cryptoName(name))]));
}
function finish(hashes) {
	return new Map(Array.from(hashes, ([name, hash]) => [name, hash.digest("hex")]));
}
/** Blocks in file order. */
function* blocksOf(ranges) {
	for (const { id, offset, sizeBytes } of [...ranges].sort((a, b) => a.offset - b.offset)) for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) yield {
		id,
		offset: offset + at,
		sizeBytes: Math.min(BLOCK_BYTES, sizeBytes - at)
	};
}
/** Yields the blocks in order; the bytes are valid until the next one is asked for. */
async function* readAhead(blocks, read) {
	const buffers = [];
	const pending = [];
	const start = (buffer) => {
		const next = blocks.next();
		if (next.done === true) return;
		const { offset, sizeBytes } = next.value;
		const memory = enoughMemory(buffers[buffer], sizeBytes);
		buffers[buffer] = memory;
		const bytes = read(new Uint8Array(memory, 0, sizeBytes), offset);
		bytes.catch(() => void 0);
		pending.push({
			block: next.value,
			buffer,
			bytes
		});
	};
	for (let buffer = 0; buffer < READS_IN_FLIGHT; buffer += 1) start(buffer);
	try {
		for (let head = pending.shift(); head; head = pending.shift()) {
			yield {
				block: head.block,
				bytes: await head.bytes
			};
			start(head.buffer);
		}
	} finally {
		await Promise.allSettled(pending.map(({ bytes }) => bytes));
	}
}
function enoughMemory(present, lengthBytes) {
	return present && present.byteLength >= lengthBytes ? present : new ArrayBuffer(lengthBytes);
}

export { hashObjects as n, cryptoName as t };