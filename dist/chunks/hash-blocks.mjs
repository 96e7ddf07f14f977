import { createHash } from "node:crypto";

// src/sif/hash-blocks.ts
const BLOCK_BYTES = 4194304;
const READS_IN_FLIGHT = 2;
/** Name of the algorithm as the crypto library spells it. */
function cryptoName(algorithm) {
	return algorithm.replace("_", "-");
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
		pending.push({
			block: next.value,
			buffer,
			bytes: read(new Uint8Array(memory, 0, sizeBytes), offset)
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

export { hashRanges as n, cryptoName as t };