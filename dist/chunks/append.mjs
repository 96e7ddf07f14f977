import { t as LIMITS } from "./limits.mjs";
import { d as signatureObjects } from "./signature-objects.mjs";
import { d as DETERMINISTIC_TIME, g as PARTITION_TYPE, h as NIL_ID, l as DATA_TYPE, m as HEADER_FIELD, r as openSif, u as DESCRIPTOR_FIELD } from "./sif.mjs";
import { a as counted } from "./text.mjs";
import { o as equalBytes } from "./bytes.mjs";
import { l as fileError, o as SystemError, u as isErrnoException } from "./errors.mjs";
import { a as protectedHeaderBytes, t as hashObjects } from "./hash.mjs";
import { n as SifError } from "./errors3.mjs";
import { m as writeError, u as readKeyFile } from "./files.mjs";
import { r as parseJson, t as isJsonObject } from "./json.mjs";
import { t as beforeTermination } from "./termination.mjs";
import { i as handleSource, t as assertAtPath } from "./source2.mjs";
import { o as dataSize, s as layOut } from "./carried-crls.mjs";
import { r as unreadable } from "./errors4.mjs";
import { closeSync, constants, openSync, readSync, rmSync } from "node:fs";
import { open, readFile, readlink, realpath, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import { createHash, randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { kill, pid } from "node:process";

// src/files/processes.ts
/** The identity of this process. */
async function currentProcess() {
	const status = await processStatus(pid);
	return {
		pid,
		host: hostname(),
		machine: await firstLine("/etc/machine-id"),
		boot: await firstLine("/proc/sys/kernel/random/boot_id"),
		namespace: await readlink("/proc/self/ns/pid").catch(() => null),
		started: status?.started ?? null
	};
}
/** Whether a process still runs: `unknown` when it cannot be seen from here. */
async function processState(other, self) {
	if (other.host !== self.host) return "unknown";
	if (other.boot !== self.boot) return other.boot !== null && self.boot !== null && other.machine !== null && other.machine === self.machine ? "gone" : "unknown";
	if (other.namespace !== self.namespace) return "unknown";
	if (other.started === null) return answersSignals(other.pid) ? "running" : "gone";
	const status = await processStatus(other.pid);
	return status && !status.ended && status.started === other.started ? "running" : "gone";
}
function answersSignals(other) {
	try {
		return kill(other, 0);
	} catch (error) {
		return !(isErrnoException(error) && error.code === "ESRCH");
	}
}
/** Fields 3 and 22 of proc_pid_stat(5); the name in field 2 may hold spaces and parentheses. */
async function processStatus(number) {
	const line = await firstLine(`/proc/${number}/stat`);
	const fields = line?.slice(line.lastIndexOf(")") + 2).split(" ");
	const started = fields?.[19];
	return started === void 0 ? void 0 : {
		ended: fields?.[0] === "Z" || fields?.[0] === "X",
		started
	};
}
async function firstLine(path) {
	try {
		return (await readFile(path, "utf8")).split("\n")[0] || null;
	} catch {
		return null;
	}
}

// src/sif/edit/lock.ts
/** What the name of a lock file adds to that of the file. */
const LOCK_SUFFIX = ".countersign-lock";
const DEFAULT_WAIT_MS = 6e4;
const DEFAULT_ABANDONED_MS = 3e4;
const HEARTBEAT_MS = 5e3;
const POLL_MS = 20;
const MAX_TAKEOVER_DEPTH = 8;
const MAX_LOCK_BYTES = 65536;
/**
* Takes the lock of an image, waiting for other writers.
* @throws SifError SIF_LOCKED naming the holder; SystemError when the lock file cannot be written
*/
async function lockImage(path, options = {}) {
	return lockResolved(await realpath(path).catch((error) => {
		throw fileError(error, path, "write");
	}), options);
}
/**
* As lockImage, for a file that may not be there yet.
* @throws as lockImage; SystemError FILE_NOT_FOUND when its folder is missing
*/
async function lockDocument(path, options = {}) {
	const folder = await realpath(dirname(path)).catch((error) => {
		throw writeError(error, path);
	});
	return lockResolved(join(folder, basename(path)), options);
}
async function lockResolved(image, options) {
	const held = await acquire(`${image}${LOCK_SUFFIX}`, {
		image,
		self: await currentProcess(),
		deadline: performance.now() + (options.waitMs ?? DEFAULT_WAIT_MS),
		abandonedMs: options.abandonedMs ?? DEFAULT_ABANDONED_MS,
		depth: 0
	});
	return {
		path: image,
		assertHeld: () => held.assertHeld(),
		writing: (write) => held.writing(write),
		[Symbol.asyncDispose]: () => held[Symbol.asyncDispose]()
	};
}
async function acquire(lockPath, attempt) {
	let watched;
	for (;;) {
		const mine = await LockFile.create(lockPath, attempt);
		if (mine) return mine;
		const found = await readLock(lockPath);
		if (!found) continue;
		if (watched?.sign !== found.lifeSign) watched = {
			sign: found.lifeSign,
			since: performance.now()
		};
		const state = found.holder ? await processState(found.holder, attempt.self) : "unknown";
		const abandoned = state === "unknown" && performance.now() - watched.since > attempt.abandonedMs;
		if (state === "gone" || abandoned) await removeStale(lockPath, found, attempt);
		else if (performance.now() > attempt.deadline) throw lockedBy(found, lockPath, attempt);
		else await setTimeout(POLL_MS * (1 + Math.random()));
	}
}
/**
* Removes a lock whose holder is gone. Whoever wants to must hold the lock named after that very lock file and find it
* unchanged, so that two contenders cannot remove each other's fresh lock.
*/
async function removeStale(lockPath, stale, attempt) {
	if (attempt.depth >= MAX_TAKEOVER_DEPTH) throw lockedBy(stale, lockPath, attempt);
	await using _takeover = await acquire(`${lockPath}.${createHash("sha256").update(stale.instance).digest("hex").slice(0, 16)}`, {
		...attempt,
		depth: attempt.depth + 1
	});
	if ((await readLock(lockPath))?.instance === stale.instance) await rm(lockPath, { force: true });
}
/** Who may not write to the folder knows nothing of a lock file. */
function noLock(error, image) {
	if (!(error instanceof SystemError) || error.code !== "FILE_NO_PERMISSION") return error;
	return new SystemError("FILE_NO_PERMISSION", `no permission to write in the folder of ${image}`, {
		cause: error,
		hint: "give this user the right to write in that folder, or copy the file to another one: while it is changed, a lock file lies beside it"
	});
}
async function readLock(lockPath) {
	try {
		const content = await contentOf(lockPath);
		const { ino, mtimeNs } = await stat(lockPath, { bigint: true });
		const lifeSign = `${ino} ${mtimeNs} ${content}`;
		const holder = parseHolder(content);
		return {
			holder,
			instance: holder ? content : lifeSign,
			lifeSign
		};
	} catch (error) {
		const ours = fileError(error, lockPath, "read");
		if (ours instanceof SystemError && ours.code === "FILE_NOT_FOUND") return void 0;
		throw ours;
	}
}
/** Anybody who may write to the folder can put a file, link or device under this name. */
async function contentOf(lockPath) {
	return Buffer.from(await readKeyFile(lockPath, MAX_LOCK_BYTES)).toString("utf8");
}
function parseHolder(content) {
	try {
		const value = parseJson(content, "lock");
		if (!isJsonObject(value) || typeof value["pid"] !== "number" || typeof value["host"] !== "string") return void 0;
		return {
			pid: value["pid"],
			host: value["host"],
			machine: textOrNull(value, "machine"),
			boot: textOrNull(value, "boot"),
			namespace: textOrNull(value, "namespace"),
			started: textOrNull(value, "started")
		};
	} catch {
		return;
	}
}
function textOrNull(object, key) {
	const value = object[key];
	return typeof value === "string" ? value : null;
}
function lockedBy(found, lockPath, attempt) {
	const { holder } = found;
	const who = holder ? `process ${holder.pid} on ${holder.host}` : "an unknown process";
	return new SifError("SIF_LOCKED", `${attempt.image} is being changed by ${who}`, { hint: `wait for it to finish; if it is gone, remove ${lockPath}` });
}
var LockFile = class LockFile {
	#path;
	#image;
	#content;
	#forget;
	#heartbeat;
	#write;
	#isGivenUp = false;
	constructor(path, { image, self }) {
		this.#path = path;
		this.#image = image;
		this.#content = `${JSON.stringify({
			...self,
			token: randomBytes(16).toString("hex")
		})}\n`;
		this.#forget = beforeTermination(() => this.#giveUp());
	}
	/** Undefined when somebody else has the lock. */
	static async create(path, attempt) {
		const lock = new LockFile(path, attempt);
		try {
			await lock.writing(() => createFile(path, lock.#content));
		} catch (error) {
			lock.#forget();
			if (isErrnoException(error) && error.code === "EEXIST") return void 0;
			throw noLock(fileError(error, path, "write"), attempt.image);
		}
		lock.#heartbeat = setInterval(() => {
			const now = /* @__PURE__ */ new Date();
			utimes(path, now, now).catch(() => void 0);
		}, HEARTBEAT_MS).unref();
		return lock;
	}
	async assertHeld() {
		if (await this.#isOurs()) return;
		throw new SifError("SIF_LOCKED", `the lock of ${this.#image} was taken over while this process was stopped`, { hint: "run again" });
	}
	async writing(write) {
		if (this.#isGivenUp) return new Promise(() => {});
		const running = write();
		this.#write = running;
		try {
			return await running;
		} finally {
			this.#write = void 0;
		}
	}
	/** A write that goes on while the next writer has the lock could spoil what that one writes. */
	#giveUp() {
		this.#isGivenUp = true;
		const remove = () => removeOwn(this.#path, this.#content);
		if (this.#write) return this.#write.then(remove, remove);
		remove();
	}
	async [Symbol.asyncDispose]() {
		clearInterval(this.#heartbeat);
		this.#forget();
		if (await this.#isOurs()) await rm(this.#path, { force: true });
	}
	async #isOurs() {
		return await contentOf(this.#path).catch(() => "") === this.#content;
	}
};
async function createFile(path, content) {
	await using file = await open(path, "wx", 420);
	try {
		await file.writeFile(content);
	} catch (error) {
		await rm(path, { force: true });
		throw error;
	}
}
/** Removes a lock without waiting. What cannot be removed is taken over by the next writer. */
function removeOwn(path, content) {
	try {
		const file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
		const found = Buffer.alloc(content.length + 1);
		const size = readSync(file, found);
		closeSync(file);
		if (found.toString("utf8", 0, size) === content) rmSync(path);
	} catch {}
}

// src/sif/edit/edit.ts
/**
* Up to this size the data is read again once a layer is written: our own writes hide the change time of whoever
* overwrites data in that moment.
*/
const REREAD_BYTES = 67108864;
const SHA256 = /* @__PURE__ */ new Set(["sha256"]);
/**
* Runs a change with the image locked, opened for writing and checked.
* @throws SifError SIF_LOCKED, SIF_CHANGED, SIF_HEADER_INVALID and those of openSif; SystemError
*/
async function editImage(path, options, change) {
	if (options.lock) return editLocked(options.lock, options, change);
	const { lockWaitMs } = options;
	await using lock = await lockImage(path, lockWaitMs === void 0 ? {} : { waitMs: lockWaitMs });
	return await editLocked(lock, options, change);
}
async function editLocked(lock, options, change) {
	const path = lock.path;
	try {
		await using handle = await open(path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
		const source = await handleSource(path, handle);
		const image = await openSif(source);
		if (options.expected) await assertExpected(image, source, options.expected, options.expectedDigests);
		assertDataSection(image);
		options.admit?.(image);
		await lock.assertHeld();
		const result = await change(openedImage({
			image,
			lock,
			handle
		}, options));
		const written = await handle.stat({ bigint: true });
		if (options.expectedDigests && dataBytes(image) <= REREAD_BYTES) await assertData(image, options.expectedDigests);
		await assertAtPath(path, written);
		return result;
	} catch (error) {
		throw fileError(error, path, "write");
	}
}
function openedImage(parts, options) {
	const { image, lock, handle } = parts;
	const write = (bytes, offset) => lock.writing(() => writeFully(handle, bytes, offset));
	return {
		image,
		lock,
		time: operationTime(image, options),
		async write(bytes, offset, step) {
			await write(bytes, offset);
			await options.fault?.(step);
		},
		async flush(step) {
			await lock.writing(() => handle.datasync());
			await options.fault?.(step);
		},
		async flushAll(step) {
			await lock.writing(() => handle.sync());
			await options.fault?.(step);
		},
		restore: write,
		truncate: (sizeBytes) => lock.writing(() => handle.truncate(sizeBytes)),
		grow: (sizeBytes) => lock.writing(() => growTo(handle, sizeBytes))
	};
}
/** Writes all bytes at an offset; a single system call may write fewer. */
async function writeFully(handle, bytes, offset) {
	for (let done = 0; done < bytes.length;) {
		const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done);
		done += bytesWritten;
	}
}
/** Makes a file at least this long: an empty object may begin after a gap that no write has filled. */
async function growTo(handle, sizeBytes) {
	const { size } = await handle.stat();
	if (size < sizeBytes) await handle.truncate(sizeBytes);
}
/** The time that a change stamps, Unix seconds. */
function operationTime({ header }, options) {
	if (options.time !== void 0) return options.time;
	const times = [header.createdAt, header.modifiedAt];
	const deterministic = header.id === "00000000-0000-0000-0000-000000000000" && times.every((time) => time === -62135596800);
	return options.deterministic || deterministic ? DETERMINISTIC_TIME : Math.floor(options.now.getTime() / 1e3);
}
/** A wrong data offset harms no reader, but a writer would put data over the table or far beyond the file. */
function assertDataSection({ header, source }) {
	const { dataOffset, descriptorsOffset, descriptorsTotal } = header;
	const tableEnd = descriptorsOffset + descriptorsTotal * 585;
	if (dataOffset < tableEnd || dataOffset > Math.max(source.sizeBytes, tableEnd)) throw new SifError("SIF_HEADER_INVALID", `global header: the data section starts at byte ${dataOffset}`);
}
function grouped(image) {
	return image.objects.filter((object) => object.group !== 0);
}
async function assertExpected(now, file, expected, digests) {
	const { source } = expected;
	const differs = (what) => new SifError("SIF_CHANGED", `${now.source.name} is not the image that was read: ${what}`);
	if ("identity" in source && source.identity !== file.identity) throw differs("the file was replaced");
	if (!equalBytes(protectedHeaderBytes(now.header), protectedHeaderBytes(expected.header))) throw differs("the global header differs");
	const before = new Map(grouped(expected).map((object) => [object.id, object]));
	for (const object of grouped(now)) {
		const same = before.get(object.id);
		if (!same || !equalBytes(same.record, object.record)) throw differs(`object ${object.id} differs`);
		before.delete(object.id);
	}
	for (const id of before.keys()) throw differs(`object ${id} is gone`);
	if (!digests || "state" in source && source.state === file.state) return;
	await assertData(now, digests);
}
function dataBytes(image) {
	return grouped(image).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
/** @throws SifError SIF_CHANGED */
async function assertData(image, digests) {
	const present = await hashObjects(image, grouped(image), { algorithms: SHA256 });
	for (const [id, of] of present) if (of.get("sha256") !== digests.get(id)?.get("sha256")) throw new SifError("SIF_CHANGED", `the data of object ${id} of ${image.source.name} is not what was read before`);
}
/** The present objects of an image, as a layout wants to know them. */
function presentObjects(image) {
	return image.objects.map((object) => ({
		slot: object.slot,
		id: object.id,
		offset: object.offset,
		sizeBytes: object.sizeBytes,
		primary: object.partition?.type === PARTITION_TYPE.primarySystem
	}));
}
/** Byte offset in the file of a field of the descriptor in a slot. */
function slotOffset(image, slot, field = 0) {
	return image.header.descriptorsOffset + slot * 585 + field;
}
/** The header record after a change, 128 bytes. */
function headerAfter({ record }, change) {
	const after = record.slice();
	const view = new DataView(after.buffer);
	view.setBigInt64(HEADER_FIELD.modifiedAt, BigInt(change.time), true);
	view.setBigInt64(HEADER_FIELD.descriptorsFree, BigInt(change.descriptorsFree), true);
	view.setBigInt64(HEADER_FIELD.dataSize, BigInt(change.dataSize), true);
	if (change.archCode) after.set(change.archCode, HEADER_FIELD.arch);
	return after;
}
/** Writes the fields of the header that signatures do not cover, in one write, and flushes. */
async function writeHeader(opened, change) {
	const record = headerAfter(opened.image.header, {
		...change,
		time: opened.time
	});
	const from = change.archCode ? HEADER_FIELD.arch : HEADER_FIELD.modifiedAt;
	await opened.write(record.subarray(from, 128), from, "header");
	await opened.flushAll("header flushed");
}

// src/sif/edit/remove.ts
const UNUSED$1 = Uint8Array.of(0);
const EMPTY_SLOT = new Uint8Array(585);
const UNKNOWN_ARCH = new Uint8Array([
	48,
	48,
	0
]);
const ZEROS = /* @__PURE__ */ new Uint8Array(1048576);
/**
* Removes objects.
* @throws SifError SIF_OBJECT_NOT_FOUND; SIF_CHANGED also when an ID names another object than in `expected`; SIF_LOCKED and
* those of openSif; SystemError
*/
async function deleteObjects(path, ids, options) {
	await editImage(path, options, async (opened) => {
		const { image } = opened;
		const selected = Array.from(new Set(ids), (id) => existing(image, id));
		for (const object of selected) assertSame(object, options.expected);
		if (selected.length === 0) return;
		for (const { id, slot } of selected) {
			await opened.write(UNUSED$1, slotOffset(image, slot, DESCRIPTOR_FIELD.used), `unused ${id}`);
			await opened.flush(`unused ${id} flushed`);
		}
		for (const object of selected) await tidy(opened, object, options.zero ?? false);
		const remaining = image.objects.filter((object) => !selected.includes(object));
		const dataSize = options.compact ? dataEnd(image, remaining) - image.header.dataOffset : image.header.dataSize;
		const primaryGone = selected.some((object) => object.partition?.type === PARTITION_TYPE.primarySystem);
		await writeHeader(opened, {
			descriptorsFree: image.totalSlots - remaining.length,
			dataSize,
			archCode: primaryGone ? UNKNOWN_ARCH : void 0
		});
		if (!options.compact) return;
		await opened.truncate(image.header.dataOffset + dataSize);
		await opened.flushAll("compacted");
	});
}
async function tidy(opened, object, zero) {
	await opened.write(EMPTY_SLOT, slotOffset(opened.image, object.slot), `slot ${object.id} cleared`);
	if (!zero) return;
	for (let done = 0; done < object.sizeBytes; done += ZEROS.length) {
		const chunk = ZEROS.subarray(0, Math.min(ZEROS.length, object.sizeBytes - done));
		await opened.write(chunk, object.offset + done, `data ${object.id} cleared at ${done}`);
	}
}
function dataEnd(image, objects) {
	return objects.reduce((end, object) => Math.max(end, object.offset + object.sizeBytes), image.header.dataOffset);
}
/** IDs are used again: what has this ID now may not be what the caller has read and means. */
function assertSame(object, expected) {
	const meant = expected?.objects.find(({ id }) => id === object.id);
	if (expected && !(meant && equalBytes(meant.record, object.record))) throw new SifError("SIF_CHANGED", `object ${object.id} of ${expected.source.name} is another one now`);
}
function existing(image, id) {
	const object = image.objects.find((one) => one.id === id);
	if (!object) throw new SifError("SIF_OBJECT_NOT_FOUND", `${image.source.name} has no object ${id}`);
	return object;
}

// src/sif/edit/append.ts
const USED = Uint8Array.of(1);
const UNUSED = Uint8Array.of(0);
/**
* Adds objects in order and returns their IDs. On any error before the commit the file is as it was.
* @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_PRIMARY_PARTITION_EXISTS, SIF_LOCKED, SIF_CHANGED and
* those of openSif; SystemError FILE_NO_PERMISSION, DISK_FULL, FILE_WRITE_FAILED
*/
async function appendObjects(path, objects, options) {
	return editImage(path, options, async (opened) => {
		const { image, time } = opened;
		const layout = layOut(objects, {
			present: presentObjects(image),
			totalSlots: image.totalSlots,
			dataOffset: image.header.dataOffset,
			time
		});
		if (layout.placements.length === 0) return [];
		await commit(opened, layout.placements);
		await writeHeader(opened, {
			descriptorsFree: image.freeSlots - layout.placements.length,
			dataSize: layout.dataSize,
			archCode: layout.archCode
		});
		return layout.placements.map((placement) => placement.id);
	});
}
async function commit(opened, placements) {
	const { image } = opened;
	const slots = await Promise.all(placements.map(({ slot }) => image.source.read(slotOffset(image, slot), 585)));
	try {
		for (const [index, placement] of placements.entries()) await writeData(opened, placement, index);
		await opened.grow(Math.max(...placements.map(({ offset, sizeBytes }) => offset + sizeBytes)));
		await opened.flush("data flushed");
		for (const [index, { slot, record }] of placements.entries()) await opened.write(record, slotOffset(image, slot), `descriptor ${index}`);
		await opened.flush("descriptors flushed");
		await opened.lock.assertHeld();
		for (const [index, { slot }] of placements.entries()) {
			await opened.write(USED, slotOffset(image, slot, DESCRIPTOR_FIELD.used), `used ${index}`);
			await opened.flush(`used ${index} flushed`);
		}
	} catch (error) {
		await rollBack(opened, placements, slots).catch(() => void 0);
		throw error;
	}
}
/** Takes back what was written, descriptors before the data they point to. */
async function rollBack(opened, placements, slots) {
	const { image } = opened;
	await opened.lock.assertHeld();
	for (const { slot } of placements.toReversed()) await opened.restore(UNUSED, slotOffset(image, slot, DESCRIPTOR_FIELD.used));
	for (const [index, { slot }] of placements.entries()) {
		const before = slots[index];
		if (before) await opened.restore(before, slotOffset(image, slot));
	}
	await opened.truncate(image.source.sizeBytes);
}
async function writeData(opened, placement, index) {
	const { data } = placement.object;
	let done = 0;
	const write = async (chunk) => {
		if (done + chunk.length > placement.sizeBytes) throw wrongLength(placement, "more");
		await opened.write(chunk, placement.offset + done, `data ${index} at ${done}`);
		done += chunk.length;
	};
	if (data instanceof Uint8Array) await write(data);
	else for await (const chunk of data.chunks) await write(chunk);
	if (done !== placement.sizeBytes) throw wrongLength(placement, "fewer");
}
function wrongLength(placement, relation) {
	return new SifError("SIF_OBJECT_INVALID", `object to be added: its data has ${relation} than the announced ${counted(placement.sizeBytes, "byte")}`);
}

// src/stage/append.ts
/**
* Adds objects to an image in which all signatures can be read afterwards.
* @throws StageError STAGE_LAYER_UNREADABLE; as appendObjects
*/
function appendLayers(path, objects, options) {
	return appendObjects(path, objects, {
		...options,
		admit: (present) => assertRoom(present, objects)
	});
}
/** Verifiers stop at so many bytes, and then know nothing about the whole image. */
function assertRoom(present, added) {
	const sizes = added.filter(({ dataType }) => dataType === DATA_TYPE.signature).map(({ data }) => dataSize(data));
	const largest = Math.max(0, ...sizes);
	if (largest > LIMITS.sifSignatureBytes) throw unreadable(`a layer has ${largest} bytes; a SIF file takes at most ${LIMITS.sifSignatureBytes}`);
	const total = [...signatureObjects(present).map(({ sizeBytes }) => sizeBytes), ...sizes].reduce((sum, size) => sum + size, 0);
	if (total > LIMITS.sifSignatureTotalBytes) throw unreadable(`all layers of the file together would have ${total} of ${LIMITS.sifSignatureTotalBytes} bytes`, { hint: "keep evidence beside the image (⟨store=file⟩), or attach it in a registry; nothing was written" });
}

export { headerAfter as a, lockDocument as c, processState as d, assertDataSection as i, lockImage as l, appendObjects as n, operationTime as o, deleteObjects as r, presentObjects as s, appendLayers as t, currentProcess as u };