import { n as RetryBudget } from "./retry.mjs";
import { a as counted } from "./text.mjs";
import { i as digestHex } from "./bytes.mjs";
import { r as isPassingNetworkError } from "./errors14.mjs";
import { n as RegistryError } from "./errors5.mjs";
import { n as formatPlace } from "./reference.mjs";
import { createHash } from "node:crypto";

// src/oci/remote/blobs.ts
/** A range inside the first bytes is read from an unrestricted answer too; beyond that the answer is dropped. */
const SKIP_BYTES = 262144;
/** A connection that brought this much counts as progress, so that later failures are counted anew. */
const PROGRESS_BYTES = 1048576;
/**
* Size of a blob; undefined when the registry does not say that it has it. HEAD is only a hint: services that answer
* 405 or redirect in circles count as "not there".
* @throws RegistryError by status; NetworkError
*/
async function blobSize(client, digest) {
	const response = await client.send({
		method: "HEAD",
		at: `blobs/${digest}`,
		expect: [
			200,
			400,
			404,
			405
		]
	});
	await response.discard();
	return response.status === 200 ? response.contentLength() : void 0;
}
/** A hash for a digest's algorithm. */
function hashFor(digest) {
	return createHash(digest.slice(0, digest.indexOf(":")));
}
/** The error for bytes that are not those of the digest. */
function digestMismatch(digest, place) {
	return new RegistryError("REGISTRY_DIGEST_MISMATCH", `the blob ${digest} of ${place} has other content`);
}
/** The error for a blob of another size than its descriptor says. */
function sizeMismatch(digest, place, sizes) {
	return new RegistryError("REGISTRY_SIZE_MISMATCH", `the blob ${digest} of ${place} has ${counted(sizes.got, "byte")} and should have ${sizes.wanted}`);
}
/**
* Streams a blob: all of it, resumed and checked, or one range.
* @throws RegistryError REGISTRY_DIGEST_MISMATCH, REGISTRY_SIZE_MISMATCH, REGISTRY_RANGE_IGNORED and by status;
* NetworkError when repetition did not help
*/
async function* readBlob(client, digest, options = {}) {
	const { range, sizeBytes, onBytes } = options;
	const reader = new BlobReader(client, digest, sizeBytes);
	if (range) {
		yield* reader.range(range);
		return;
	}
	const hash = hashFor(digest);
	for await (const chunk of reader.whole()) {
		hash.update(chunk);
		onBytes?.(reader.at, reader.total);
		yield chunk;
	}
	if (hash.digest("hex") !== digestHex(digest)) throw digestMismatch(digest, formatPlace(client.reference));
}
/** One blob being read; `at` is how far it has come. */
var BlobReader = class {
	at = 0;
	total;
	#client;
	#digest;
	#budget;
	constructor(client, digest, sizeBytes) {
		this.#client = client;
		this.#digest = digest;
		this.total = sizeBytes;
	}
	whole() {
		return this.#until(void 0);
	}
	range({ offset, lengthBytes }) {
		this.at = offset;
		return this.#until(offset + lengthBytes);
	}
	/** Goes on after passing failures, up to `end` or the end of the blob; one of unknown size ends with its answer. */
	async *#until(end) {
		while (this.at < (end ?? this.total ?? Infinity)) {
			const before = this.at;
			try {
				yield* this.#rest(end);
				const wanted = end ?? this.total;
				if (wanted === void 0) return;
				if (this.at < wanted) await this.#pause(before, this.#short(wanted));
			} catch (error) {
				if (!isPassingNetworkError(error)) throw error;
				await this.#pause(before, error);
			}
		}
	}
	/** Waits before the next try, or passes the failure on when it is time to give up. */
	async #pause(before, error) {
		const { retry, clock } = this.#client.options;
		this.#budget ??= new RetryBudget(retry, clock);
		if (this.at >= before + PROGRESS_BYTES) this.#budget.progress();
		const delayMs = this.#budget.failed();
		if (delayMs === void 0) throw error;
		await clock.sleep(delayMs);
	}
	#short(wanted) {
		return sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
			got: this.at,
			wanted
		});
	}
	/** Bytes from `at` to `end` (or the end of the blob) out of one answer. */
	async *#rest(end) {
		const response = await this.#request(end);
		const from = this.#startOf(response, end);
		let skip = this.at - from;
		for await (const chunk of response.stream()) {
			const useful = skip > 0 ? chunk.subarray(Math.min(skip, chunk.length)) : chunk;
			skip -= chunk.length - useful.length;
			const limit = end ?? this.total;
			if (end === void 0 && this.total !== void 0 && this.at + useful.length > this.total) throw sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
				got: this.at + useful.length,
				wanted: this.total
			});
			const taken = limit === void 0 ? useful : useful.subarray(0, Math.max(0, limit - this.at));
			this.at += taken.length;
			if (taken.length > 0) yield taken;
			if (end !== void 0 && this.at >= end) return;
		}
	}
	#request(end) {
		const ranged = this.at > 0 || end !== void 0;
		const last = end === void 0 ? "" : end - 1;
		return this.#client.send({
			method: "GET",
			at: `blobs/${this.#digest}`,
			headers: ranged ? { range: `bytes=${this.at}-${last}` } : {},
			expect: ranged ? [200, 206] : [200]
		});
	}
	/** Offset in the blob of the answer's first byte, checked. */
	#startOf(response, end) {
		if (response.status === 206) return this.#partialStart(response, end);
		const size = response.contentLength();
		if (end !== void 0 && end > SKIP_BYTES) {
			response.close();
			throw new RegistryError("REGISTRY_RANGE_IGNORED", `${formatPlace(this.#client.reference)} ignores Range`);
		}
		if (end === void 0 && size !== void 0) this.#expectTotal(size, response);
		return 0;
	}
	#partialStart(response, end) {
		const match = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/.exec(response.header("content-range") ?? "");
		const [first, last] = [Number(match?.[1]), Number(match?.[2])];
		if (!match || first !== this.at || last < first || end !== void 0 && last >= end) {
			response.close();
			throw new RegistryError("REGISTRY_ANSWER_INVALID", `${formatPlace(this.#client.reference)} sent another range`, { hint: "do not use this content; report it to the operator of the registry" });
		}
		if (match[3] !== "*" && end === void 0) this.#expectTotal(Number(match[3]), response);
		return first;
	}
	#expectTotal(size, response) {
		if (this.total === void 0) this.total = size;
		if (this.total === size) return;
		response.close();
		throw sizeMismatch(this.#digest, formatPlace(this.#client.reference), {
			got: size,
			wanted: this.total
		});
	}
};

export { sizeMismatch as a, readBlob as i, digestMismatch as n, hashFor as r, blobSize as t };