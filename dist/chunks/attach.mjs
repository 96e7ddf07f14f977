import { n as decodeUtf8, r as equalBytes, s as utf8 } from "./bytes.mjs";
import { a as sha256Hex, i as sha256, n as isDigest } from "./digest.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as groupsOf, b as encodeDescriptor, d as NIL_ID, g as DETERMINISTIC_TIME, h as DESCRIPTOR_FIELD, i as findObject, l as uncoverableObjects, m as DATA_TYPE, n as handleSource, o as objectsInGroup, p as protectedHeaderBytes, r as openFileSource, s as openSif, u as HEADER_FIELD, v as GROUP_MASK, x as parsePartitionInfo, y as PARTITION_TYPE } from "./source.mjs";
import { t as counted } from "./count.mjs";
import { l as fileError, o as SystemError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { n as SifError } from "./errors2.mjs";
import { r as readKeyFile } from "./file.mjs";
import { n as parseJson, t as isJsonObject } from "./json.mjs";
import { D as encodeBundle, k as parseBundle } from "./registry-image.mjs";
import { s as encodePae } from "./native-dsse.mjs";
import { a as checkNative, c as IN_TOTO_PAYLOAD_TYPE, d as compareMetadata, f as encodeMetadata, g as laneObject, h as laneNames, i as algorithmsNamed, l as encodeStatement, m as laneDefect, o as placeText, p as parseMetadata, s as readSignatureObjects, u as parseStatement } from "./registry-source.mjs";
import { a as parseApproval, t as APPROVAL_PREDICATE_TYPE } from "./approval.mjs";
import { n as identityKey } from "./draft2.mjs";
import { n as StageError } from "./errors4.mjs";
import { t as hashObjects } from "./hash.mjs";
import { createHash, randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { open, readFile, readlink, realpath, rm, stat, utimes } from "node:fs/promises";
import { constants as constants$2 } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { kill, pid } from "node:process";

// src/primitives/processes.ts
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

// src/sif/lock.ts
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
	const image = await realpath(path).catch((error) => {
		throw fileError(error, path, "write");
	});
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
	#heartbeat;
	constructor(path, image, content) {
		this.#path = path;
		this.#image = image;
		this.#content = content;
		this.#heartbeat = setInterval(() => {
			const now = /* @__PURE__ */ new Date();
			utimes(path, now, now).catch(() => void 0);
		}, HEARTBEAT_MS).unref();
	}
	/** Undefined when somebody else has the lock. */
	static async create(path, attempt) {
		const content = `${JSON.stringify({
			...attempt.self,
			token: randomBytes(16).toString("hex")
		})}\n`;
		try {
			await using file = await open(path, "wx", 420);
			try {
				await file.writeFile(content);
			} catch (error) {
				await rm(path, { force: true });
				throw error;
			}
			return new LockFile(path, attempt.image, content);
		} catch (error) {
			if (isErrnoException(error) && error.code === "EEXIST") return void 0;
			throw fileError(error, path, "write");
		}
	}
	async assertHeld() {
		if (await this.#isOurs()) return;
		throw new SifError("SIF_LOCKED", `the lock of ${this.#image} was taken over while this process was stopped`, { hint: "run again" });
	}
	async [Symbol.asyncDispose]() {
		clearInterval(this.#heartbeat);
		if (await this.#isOurs()) await rm(this.#path, { force: true });
	}
	async #isOurs() {
		return await contentOf(this.#path).catch(() => "") === this.#content;
	}
};

// src/sif/editing.ts
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
		await using handle = await open(path, constants$2.O_RDWR | (constants$2.O_NONBLOCK ?? 0));
		const source = await handleSource(path, handle);
		const image = await openSif(source);
		if (options.expected) assertExpected(image, options.expected, source.identity);
		assertDataSection(image);
		await lock.assertHeld();
		return await change(openedImage({
			image,
			lock,
			handle
		}, options));
	} catch (error) {
		throw fileError(error, path, "write");
	}
}
function openedImage(parts, options) {
	const { handle } = parts;
	return {
		image: parts.image,
		lock: parts.lock,
		time: operationTime(parts.image, options),
		async write(bytes, offset, step) {
			await writeFully(handle, bytes, offset);
			await options.fault?.(step);
		},
		async flush(step) {
			await handle.datasync();
			await options.fault?.(step);
		},
		async flushAll(step) {
			await handle.sync();
			await options.fault?.(step);
		},
		restore: (bytes, offset) => writeFully(handle, bytes, offset),
		truncate: (sizeBytes) => handle.truncate(sizeBytes),
		grow: (sizeBytes) => growTo(handle, sizeBytes)
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
function assertExpected(now, expected, identity) {
	const { source } = expected;
	const differs = (what) => new SifError("SIF_CHANGED", `${now.source.name} is not the image that was read: ${what}`);
	if ("identity" in source && source.identity !== identity) throw differs("the file was replaced");
	if (!equalBytes(protectedHeaderBytes(now.header), protectedHeaderBytes(expected.header))) throw differs("the global header differs");
	const before = new Map(grouped(expected).map((object) => [object.id, object]));
	for (const object of grouped(now)) {
		const same = before.get(object.id);
		if (!same || !equalBytes(same.record, object.record)) throw differs(`object ${object.id} differs`);
		before.delete(object.id);
	}
	for (const id of before.keys()) throw differs(`object ${id} is gone`);
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

// src/sif/layout.ts
const PARTITION_ALIGNMENT = 4096;
const MAX_GROUP = 268435455;
/**
* Places new objects after the data of the present ones, in the first free slots.
* @throws SifError SIF_NO_FREE_SLOT, SIF_OBJECT_INVALID, SIF_PRIMARY_PARTITION_EXISTS
*/
function layOut(objects, input) {
	assertCapacity(objects.length, input);
	const takenSlots = new Set(input.present.map((object) => object.slot));
	const takenIds = new Set(input.present.map((object) => object.id));
	let dataEnd = input.present.reduce((end, object) => Math.max(end, object.offset + object.sizeBytes), input.dataOffset);
	let hasPrimary = input.present.some((object) => object.primary);
	let archCode;
	return {
		placements: objects.map((object) => {
			assertValid(object);
			const slot = firstFree(takenSlots, 0);
			const id = takenIds.has(slot + 1) ? firstFree(takenIds, 1) : slot + 1;
			takenSlots.add(slot);
			takenIds.add(id);
			if (isPrimary(object)) {
				if (hasPrimary) throw new SifError("SIF_PRIMARY_PARTITION_EXISTS", "the image already has a primary partition");
				hasPrimary = true;
				archCode = object.extra?.slice(8, 11);
			}
			const placement = place(object, {
				slot,
				id,
				dataEnd,
				time: input.time
			});
			dataEnd = placement.offset + placement.sizeBytes;
			return placement;
		}),
		dataSize: dataEnd - input.dataOffset,
		archCode
	};
}
function assertCapacity(needed, { present, totalSlots }) {
	const left = totalSlots - present.length;
	if (needed > left) throw new SifError("SIF_NO_FREE_SLOT", `${counted(needed, "descriptor slot")} needed, ${left} of ${totalSlots} left`);
}
function place(object, where) {
	const sizeBytes = dataSize(object.data);
	const alignment = object.alignment ?? (object.dataType === DATA_TYPE.partition ? PARTITION_ALIGNMENT : 0);
	const offset = alignment > 0 ? Math.ceil(where.dataEnd / alignment) * alignment : where.dataEnd;
	if (!Number.isSafeInteger(offset + sizeBytes)) throw invalid("its data would end beyond 2^53");
	const createdAt = object.createdAt ?? where.time;
	const record = encodeDescriptor({
		dataType: object.dataType,
		used: 0,
		id: where.id,
		rawGroup: (GROUP_MASK | (object.group ?? 1)) >>> 0,
		rawLink: rawLink(object),
		offset,
		sizeBytes,
		sizeWithPadding: offset - where.dataEnd + sizeBytes,
		createdAt,
		modifiedAt: object.modifiedAt ?? createdAt,
		name: utf8(object.name ?? ""),
		extra: object.extra ?? ociExtra(object)
	});
	return {
		object,
		slot: where.slot,
		id: where.id,
		offset,
		sizeBytes,
		record
	};
}
/** Length of an object's data, bytes. */
function dataSize(data) {
	return data instanceof Uint8Array ? data.length : data.sizeBytes;
}
function rawLink(object) {
	if (object.linkedGroup !== void 0) return (GROUP_MASK | object.linkedGroup) >>> 0;
	return object.linkedObject ?? 0;
}
function ociExtra(object) {
	const extra = new Uint8Array(384);
	if (object.dataType !== DATA_TYPE.ociBlob && object.dataType !== DATA_TYPE.ociRootIndex) return extra;
	if (!(object.data instanceof Uint8Array)) throw invalid("an OCI object given as a stream needs its digest in extra");
	extra.set(utf8(`sha256:${createHash("sha256").update(object.data).digest("hex")}`));
	return extra;
}
function isPrimary(object) {
	if (object.dataType !== DATA_TYPE.partition || !object.extra || object.extra.length < 11) return false;
	return parsePartitionInfo(object.extra).type === PARTITION_TYPE.primarySystem;
}
function firstFree(taken, from) {
	let candidate = from;
	while (taken.has(candidate)) candidate += 1;
	return candidate;
}
function assertValid(object) {
	const nameBytes = utf8(object.name ?? "").length;
	if (nameBytes > 128) throw invalid(`its name has ${nameBytes} bytes, at most ${128} fit`);
	if (object.name?.includes("\0")) throw invalid("its name holds a zero byte");
	if (object.extra && object.extra.length > 384) throw invalid(`its extra field has ${object.extra.length} bytes, at most ${384} fit`);
	if (!Number.isInteger(object.dataType) || object.dataType < 0 || object.dataType > 2147483647) throw invalid(`${object.dataType} is no data type`);
	if (object.linkedGroup !== void 0 && object.linkedObject !== void 0) throw invalid("it is linked to both a group and an object");
	for (const number of [
		object.group,
		object.linkedGroup,
		object.linkedObject
	]) if (number !== void 0 && !(Number.isInteger(number) && number >= 0 && number <= MAX_GROUP)) throw invalid(`${number} is no group or object number`);
	for (const number of [
		object.createdAt,
		object.modifiedAt,
		dataSize(object.data)
	]) if (number !== void 0 && !Number.isSafeInteger(number)) throw invalid(`${number} is no whole number`);
	if (dataSize(object.data) < 0) throw invalid("its data has a negative length");
}
function invalid(problem) {
	return new SifError("SIF_OBJECT_INVALID", `object to be added: ${problem}`);
}

// src/sif/removal.ts
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
	const meant = expected && findObject(expected, object.id);
	if (expected && !(meant && equalBytes(meant.record, object.record))) throw new SifError("SIF_CHANGED", `object ${object.id} of ${expected.source.name} is another one now`);
}
function existing(image, id) {
	const object = findObject(image, id);
	if (!object) throw new SifError("SIF_OBJECT_NOT_FOUND", `${image.source.name} has no object ${id}`);
	return object;
}

// src/sif/writer.ts
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

// src/layers/bundle-facts.ts
/** Predicate type of `cosign sign` bundles; they name no stage. */
const COSIGN_SIGN_PREDICATE_TYPE = "https://sigstore.dev/cosign/sign/v1";
/** Name of the statement subject that holds a SIF group's content digest. */
const SIF_SUBJECT = "sif-metadata";
/** Reads a bundle and checks its signature; a Reason when it cannot be read. Never throws for what is in it. */
async function openBundle(found, verifier, now) {
	const parsed = parse(found.bytes);
	if ("problem" in parsed) return {
		found,
		problem: parsed.problem
	};
	const { payload, payloadType, signature, keyid } = parsed.bundle.envelope;
	const input = {
		pae: encodePae(payloadType, payload),
		signature,
		material: parsed.bundle.material,
		keyid,
		hashing: "bundle"
	};
	return {
		found,
		...parsed,
		check: await verifier.verifyDsse(input, now)
	};
}
/** The fact that a bundle states about this content. */
function placeBundle(opened, view) {
	if ("problem" in opened) return {
		is: "layer",
		fact: unreadable(opened.found, opened.problem),
		opened: void 0
	};
	const { found, bundle, statement, approval, check } = opened;
	const common = commonFacts(found, bundle, check);
	const match = compareSubjects(statement, view, approval);
	if (!approval && statement.predicateType !== "https://sigstore.dev/cosign/sign/v1") return {
		is: "evidence",
		fact: {
			...common,
			...match,
			...detachment(found),
			predicateType: statement.predicateType
		},
		opened
	};
	return {
		is: "layer",
		fact: {
			...common,
			...match,
			reasons: [...common.reasons, ...match.reasons],
			kind: approval ? "bundle" : "cosign",
			approval: approval?.approval ?? null,
			signedAt: approval?.approval.timeVerified ?? null,
			...approval ? {} : statedStage(statement)
		},
		opened
	};
}
/** What `cosign sign -a stage=NAME` signs along; the signature is for that stage then. */
function statedStage({ subject }) {
	const stage = subject.map(({ annotations }) => annotations?.["stage"]).find((value) => typeof value === "string");
	return stage === void 0 ? {} : { statedStage: stage };
}
/** Evidence that never goes into a file: approvals name it, and verification does not miss it. */
function detachment({ bytes, evidenceOnly }) {
	return bytes.length > LIMITS.laneEvidenceBytes || evidenceOnly ? { detached: true } : {};
}
function parse(bytes) {
	try {
		const bundle = parseBundle(bytes);
		if (bundle.envelope.payloadType !== "application/vnd.in-toto+json") return { problem: reason("BUNDLE_UNREADABLE", `its payload type is ${bundle.envelope.payloadType.slice(0, 120)}`) };
		const statement = parseStatement(bundle.envelope.payload);
		const approval = statement.predicateType === "https://slsa.dev/verification_summary/v1" && isJsonObject(statement.predicate) && isJsonObject(statement.predicate) ? parseApproval(statement.predicate) : void 0;
		const groups = approval?.content.map(({ group }) => group) ?? [];
		if (new Set(groups).size < groups.length) return { problem: reason("BUNDLE_UNREADABLE", "it has a group of content twice") };
		const unbound = approval?.content.find(({ metadata }) => !isSubject(statement, sha256(utf8(metadata))));
		if (unbound) return { problem: reason("BUNDLE_UNREADABLE", `its content of group ${unbound.group} is no subject of it`) };
		return {
			bundle,
			statement,
			approval
		};
	} catch (error) {
		if (!(error instanceof CountersignError)) throw error;
		return { problem: {
			code: error.code,
			message: error.message,
			hint: error.hint
		} };
	}
}
function isSubject(statement, digest) {
	return statement.subject.some((subject) => `sha256:${subject.digest["sha256"]}` === digest);
}
function unreadable(found, problem) {
	return {
		place: found.place,
		kind: "bundle",
		method: null,
		digest: sha256(found.bytes),
		signer: null,
		signature: "unreadable",
		reasons: found.defect ? [found.defect, problem] : [problem],
		covers: [],
		contradicted: false,
		approval: null,
		signedAt: null
	};
}
function commonFacts(found, bundle, check) {
	const signature = found.defect ? "invalid" : check.status;
	return {
		place: found.place,
		digest: bundle.payloadDigest,
		method: check.identity?.method ?? methodOf(bundle),
		signer: check.identity,
		signature,
		reasons: found.defect ? [found.defect, ...check.reasons] : check.reasons
	};
}
function methodOf(bundle) {
	if (bundle.material.kind === "certificates") return "x509";
	return bundle.material.hint.startsWith("openpgp4fpr:") ? "pgp" : "key";
}
/** Which units the statement's subjects cover, and whether it names content that is not there. */
function compareSubjects(statement, view, approval) {
	const named = statement.subject.flatMap((subject) => {
		const digest = `sha256:${subject.digest["sha256"] ?? ""}`;
		return isDigest(digest) ? [{
			digest,
			name: subject.name
		}] : [];
	});
	const known = new Set(view.digests);
	const groups = groupsBy(approval?.content ?? []);
	const covers = new Set(named.flatMap(({ digest }) => known.has(digest) ? view.unitsOf(digest, groups && (groups.get(digest) ?? /* @__PURE__ */ new Set())) : []));
	const bySif = named.filter(({ name }) => view.kind === "sif" && name === "sif-metadata");
	if (!approval && named.some(({ digest }) => view.aliases.includes(digest))) return {
		covers: view.units,
		contradicted: false,
		reasons: []
	};
	const differs = covers.size === 0 || bySif.some(({ digest }) => !known.has(digest));
	const reasons = differs && approval ? view.explain(approval.content) : [];
	return {
		covers: [...covers],
		contradicted: differs && (view.known || reasons.length > 0),
		reasons
	};
}
/** The groups that each digest was approved for; undefined when the approval does not say. */
function groupsBy(content) {
	if (content.length === 0) return void 0;
	const groups = /* @__PURE__ */ new Map();
	for (const { group, metadata } of content) {
		const digest = sha256(utf8(metadata));
		groups.set(digest, (groups.get(digest) ?? /* @__PURE__ */ new Set()).add(group));
	}
	return groups;
}
function reason(code, message) {
	return {
		code,
		message,
		hint: "sign the stage again, or remove the object if it is not needed"
	};
}

// src/layers/claims.ts
/** SHA-256 of each object's data as witnesses state it; objects without a witness, or with disputed ones, are left out. */
function claimedDigests(image, natives, opened) {
	const stated = /* @__PURE__ */ new Map();
	for (const { group, metadata } of [...nativeClaims(natives), ...approvalClaims(opened)]) {
		if (!groupsOf(image).includes(group) || !compareMetadata(metadata, image, group, void 0).complete) continue;
		const [lowest] = objectsInGroup(image, group);
		for (const { relativeId, objectDigest } of metadata.objects) {
			if (objectDigest.algorithm !== "sha256") continue;
			const id = (lowest?.id ?? 1) + relativeId;
			stated.set(id, (stated.get(id) ?? /* @__PURE__ */ new Set()).add(objectDigest.hex));
		}
	}
	const digests = /* @__PURE__ */ new Map();
	for (const [id, values] of stated) {
		const [hex] = values;
		if (values.size === 1 && hex !== void 0) digests.set(id, /* @__PURE__ */ new Map([["sha256", hex]]));
	}
	return digests;
}
function nativeClaims(natives) {
	return natives.flatMap(({ check, group, metadata }) => check.status === "valid" && group !== void 0 && metadata ? [{
		group,
		metadata
	}] : []);
}
function approvalClaims(opened) {
	return opened.flatMap((bundle) => {
		if ("problem" in bundle || bundle.check.status !== "valid" || !bundle.approval?.approval.dataVerified) return [];
		return bundle.approval.content.flatMap(({ group, metadata }) => {
			const parsed = tryParse(metadata);
			return parsed ? [{
				group,
				metadata: parsed
			}] : [];
		});
	});
}
function tryParse(metadata) {
	try {
		return parseMetadata(utf8(metadata));
	} catch {
		return;
	}
}

// src/layers/sif-problems.ts
/** What is wrong with the image whatever is signed, and remarks on what is odd. */
function imageProblems(image) {
	const problems = [];
	const add = (code, message, hint) => problems.push({
		code,
		message,
		hint
	});
	if (groupsOf(image).length === 0) add("SIF_NO_GROUPS", "the image has no group of objects, so there is nothing to approve", "build the image again");
	for (const object of uncoverableObjects(image)) add("SIF_OBJECT_UNGROUPED", `object ${object.id} belongs to no group, so no signature can cover it; Apptainer refuses the image`, `delete it (\`siftool del ${object.id}\`) or add it to a group before signing`);
	for (const object of image.objects) if (object.used !== 1) add("SIF_DESCRIPTOR_ALTERED", `object ${object.id}: its used byte is ${object.used}, which no writer writes`, "restore the image from a copy");
	for (const { id, slot, name } of image.hidden) problems.push({
		code: "SIF_OBJECT_HIDDEN",
		message: `object ${id} in slot ${slot}${name === "" ? "" : ` (${JSON.stringify(name)})`} is marked unused and its descriptor is still there: a change was interrupted, or somebody hid it`,
		hint: "nothing, if all stages pass; else restore the image from a copy",
		severity: "remark"
	});
	if (image.objects.length > 0 && image.header.descriptorsFree === image.header.descriptorsTotal) add("SIF_HEADER_ALTERED", "the global header says that the image is empty", "restore the image from a copy");
	return problems;
}
/** Native signatures that approvals name and that nobody reads, because their link was changed. */
function strayRemarks(strays, bundles) {
	return bundles.flatMap(({ is, fact }) => is === "layer" ? fact.approval?.native ?? [] : []).flatMap(({ digest }) => {
		const object = strays.get(digest);
		if (!object) return [];
		return [{
			code: "SIF_DESCRIPTOR_ALTERED",
			message: `object ${object.id} is the native signature that an approval names, and its link to the group was changed`,
			hint: "restore the image from a copy, or have this signer sign again",
			severity: "remark"
		}];
	});
}

// src/layers/sif-facts.ts
/** Reason for an object whose data was neither read nor vouched for: an open question, no difference. */
const NOT_HASHED = "SIF_DATA_NOT_HASHED";
/** Reads, checks and compares everything on a SIF. @throws SifError when the file cannot be read as a SIF at all */
async function examineSif(image, options) {
	const { verifier, now } = options;
	const objects = await readSignatureObjects(image);
	const foundNatives = [...objects.natives, ...notInside(options.besideNatives ?? [], objects.natives)];
	const dataRead = options.data !== "claimed";
	const hashing = dataRead ? hashGroups(image, foundNatives, options) : void 0;
	hashing?.catch(() => void 0);
	const natives = [];
	for (const native of foundNatives) {
		const limit = LIMITS.nativeSignatures - natives.length;
		natives.push(...await checkNative(native, {
			verifier,
			now,
			limit
		}));
	}
	const found = [...objects.lane.map(foundInLane), ...options.beside ?? []];
	const all = await Promise.all(found.map((bundle) => openBundle(bundle, verifier, now)));
	const digests = await hashing ?? claimedDigests(image, natives, all);
	const opened = withoutCopies(all, objects.lane.length);
	const groups = groupContents(image, digests);
	const view = sifView({
		image,
		groups,
		digests,
		aliases: options.aliases ?? []
	});
	const bundles = opened.map((bundle) => placeBundle(bundle, view)).map((fact, index) => withLaneDefect(fact, objects.lane[index])).filter(({ is, opened: read }) => is === "evidence" || !read?.found.evidenceOnly);
	const claimed = claimedNatives(bundles);
	const compare = comparer(image, digests);
	return {
		image,
		facts: {
			name: options.name,
			kind: "sif",
			contentDigests: groups.map(({ digest }) => digest),
			units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map(unitOf)),
			layers: [...natives.map((native) => withClaim(nativeFact(native, compare(native)), native, claimed)), ...bundles.flatMap((bundle) => bundle.is === "layer" ? [bundle.fact] : [])],
			evidence: bundles.flatMap((bundle) => bundle.is === "evidence" ? [bundle.fact] : []),
			dataRead,
			problems: [...imageProblems(image), ...strayRemarks(objects.strays, bundles)]
		},
		digests,
		groups,
		natives,
		objects,
		bundles,
		aliases: options.aliases ?? []
	};
}
function unitOf(object) {
	return { id: `object ${object.id}` };
}
function foundInLane({ object, data }) {
	return {
		place: {
			in: "sif",
			object: object.id
		},
		bytes: data
	};
}
/** Native signatures that the image does not hold itself. */
function notInside(beside, inside) {
	const known = new Set(inside.map(({ data }) => sha256(data)));
	return beside.filter(({ data }) => !known.has(sha256(data)));
}
/** A bundle that travels beside the image and is in its lane too counts once; an altered copy hides no intact one. */
function withoutCopies(opened, inLane) {
	const known = new Set(opened.slice(0, inLane).map(signatureKey));
	return opened.filter((bundle, index) => index < inLane || "problem" in bundle || !known.has(signatureKey(bundle)));
}
function signatureKey(opened) {
	if ("problem" in opened) return "";
	return `${opened.bundle.payloadDigest} ${sha256(opened.bundle.envelope.signature)}`;
}
/** Hashes every grouped object once, with SHA-256 and whatever else the signed messages use. */
async function hashGroups(image, natives, { onBytes, signal, hash = hashObjects }) {
	const algorithms = /* @__PURE__ */ new Set(["sha256", ...natives.flatMap(algorithmsNamed)]);
	return hash(image, groupsOf(image).flatMap((group) => objectsInGroup(image, group)), {
		algorithms,
		...onBytes ? { onBytes } : {},
		...signal ? { signal } : {}
	});
}
/** Groups whose data digests are known; all of them when the data was read. */
function groupContents(image, digests) {
	return groupsOf(image).filter((group) => objectsInGroup(image, group).every(({ id }) => digests.has(id))).map((group) => {
		const metadata = encodeMetadata(image, group, digests);
		return {
			group,
			objects: objectsInGroup(image, group),
			metadata,
			digest: sha256(metadata)
		};
	});
}
/** How statements are compared with this image. */
function sifView({ image, groups, digests, aliases }) {
	return {
		kind: "sif",
		digests: groups.map(({ digest }) => digest),
		aliases,
		units: groupsOf(image).flatMap((group) => objectsInGroup(image, group).map((object) => unitOf(object).id)),
		known: groups.length === groupsOf(image).length,
		unitsOf: (digest, numbers) => groups.filter((group) => group.digest === digest && (numbers?.has(group.group) ?? true)).flatMap((group) => group.objects.map((object) => unitOf(object).id)),
		explain: (content) => firstOf(content.flatMap((approved) => explain(approved, image, digests)))
	};
}
/** Differences that are told one by one; a hostile image may have millions. */
const TOLD = 20;
function firstOf(reasons) {
	const [next, ...more] = reasons.slice(TOLD);
	if (!next || more.length === 0) return reasons;
	return [...reasons.slice(0, TOLD), {
		...next,
		message: `${next.message}; and ${more.length} more differences`
	}];
}
function explain(approved, image, digests) {
	if (!groupsOf(image).includes(approved.group)) return [{
		code: "SIF_GROUP_MISSING",
		message: `group ${approved.group} was approved and is not in the image`,
		hint: "restore the image from a copy, or have the stages approve the new content"
	}];
	const { reasons } = compareMetadata(parseMetadata(utf8(approved.metadata)), image, approved.group, digests);
	return reasons.filter(({ code }) => code !== NOT_HASHED);
}
/** A lane object must be stored exactly as its content says; the name also names the bytes. */
function withLaneDefect(fact, stored) {
	if (!stored) return fact;
	const { object, data } = stored;
	const label = labelOf(fact, object);
	const defect = laneDefect(object, laneNames(fact.is === "evidence" ? "evidence" : "approval", label, data));
	if (defect === void 0) return fact;
	const altered = {
		signature: "invalid",
		reasons: [{
			code: "LANE_ALTERED",
			message: `object ${object.id} was altered: ${defect}`,
			hint: "restore the image from a copy, or delete the object and sign again"
		}, ...fact.fact.reasons]
	};
	if (fact.is === "evidence") return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
	return {
		...fact,
		fact: {
			...fact.fact,
			...altered
		}
	};
}
/** The label that the content asks for; unreadable content leaves only the name's own. */
function labelOf(fact, object) {
	if (fact.is === "evidence") return evidenceLabel(fact.fact.predicateType);
	return fact.fact.approval?.stage ?? object.name.split("/")[2] ?? "";
}
/** Short word for a kind of evidence, used in lane names and file names. */
function evidenceLabel(predicateType) {
	if (predicateType.startsWith("https://slsa.dev/provenance/")) return "provenance";
	if (predicateType.startsWith("https://cyclonedx.org/bom") || predicateType.startsWith("https://spdx.dev/Document")) return "sbom";
	if (predicateType.startsWith("https://in-toto.io/attestation/vulns/")) return "vulns";
	return "other";
}
/** Compares a native signature's message with the image; all signatures of one envelope share the answer. */
function comparer(image, digests) {
	const groups = new Set(groupsOf(image));
	const known = /* @__PURE__ */ new Map();
	return ({ group, metadata }) => {
		if (!metadata || group === void 0 || !groups.has(group)) return void 0;
		const comparison = known.get(metadata) ?? compareMetadata(metadata, image, group, digests);
		known.set(metadata, comparison);
		return comparison;
	};
}
function nativeFact(native, comparison) {
	const { check } = native;
	const { place } = native.found;
	const reasons = (comparison?.reasons ?? []).filter(({ code }) => code !== NOT_HASHED);
	const contradicted = reasons.some(({ code }) => code !== "SIF_OBJECT_NOT_SIGNED");
	const partial = reasons.length > 0 && !contradicted;
	return {
		place,
		kind: native.kind,
		method: check.identity?.method ?? (native.kind === "native-dsse" ? "key" : "pgp"),
		digest: native.digest,
		signer: check.identity,
		signature: contradicted && check.status === "valid" ? "invalid" : check.status,
		reasons: [
			...native.reasons,
			...firstOf(reasons),
			...partial ? [partialReason(place)] : []
		],
		covers: contradicted ? [] : (comparison?.matchingObjects ?? []).map((id) => `object ${id}`),
		contradicted,
		approval: null,
		signedAt: check.signedAt?.toISOString() ?? null
	};
}
function partialReason(place) {
	return {
		code: "NATIVE_PARTIAL",
		message: `${placeText(place)} signs only some objects of its group; Apptainer refuses such an image for good`,
		hint: "delete it (`siftool del ID IMAGE`) and sign the whole group"
	};
}
/** Native signatures that valid approvals of the same signer name as their other half: digest + fingerprint. */
function claimedNatives(bundles) {
	const claims = bundles.flatMap(({ is, fact }) => {
		if (is !== "layer" || fact.signature !== "valid" || fact.signer?.method !== "pgp") return [];
		const { fingerprint } = fact.signer;
		return (fact.approval?.native ?? []).map(({ digest }) => `${digest} ${fingerprint}`);
	});
	return new Set(claims);
}
/** Our own native signatures have one possible descriptor; anything else means that somebody changed it. */
function withClaim(fact, native, claimed) {
	if (fact.signer?.method !== "pgp" || !claimed.has(`${fact.digest} ${fact.signer.fingerprint}`)) return fact;
	if (native.canonical) return fact;
	const reason = {
		code: "SIF_DESCRIPTOR_ALTERED",
		message: `${placeText(native.found.place)}: the descriptor of this signature was changed after signing`,
		hint: "restore the image from a copy, or have this signer sign again"
	};
	return {
		...fact,
		signature: "invalid",
		reasons: [reason, ...fact.reasons]
	};
}

// src/signing/verifier.ts
/** A verifier for the given trust material; loads OpenPGP and X.509 code only when a signature needs it. */
async function createVerifier(trust) {
	const { LazyVerifier } = await import("./lazy-verifier.mjs");
	return new LazyVerifier(trust);
}

// src/layers/attach.ts
/** The subjects of statements about a SIF: the content digest of each group. */
function sifSubjects(examination) {
	return examination.groups.map(({ metadata }) => ({
		name: SIF_SUBJECT,
		digest: { sha256: sha256Hex(metadata) }
	}));
}
/** The exact signed message of each group, for approvals. */
function sifContent(examination) {
	return examination.groups.map(({ group, metadata }) => ({
		group,
		metadata: decodeUtf8(metadata, "sif-metadata")
	}));
}
/**
* Signs the statements and appends them to the image in one change; the data is read once.
* @throws StageError STAGE_IMAGE_BROKEN; SifError when the file cannot be read or changed (it is then as it was)
*/
async function attachEvidence(options) {
	const { path, signer, now } = options;
	const examination = await examine(options);
	assertSound(examination.facts.problems);
	const subject = sifSubjects(examination);
	const attached = [];
	for (const { predicateType, predicate } of options.statements) {
		const payload = encodeStatement({
			subject,
			predicateType,
			predicate
		});
		const digest = sha256(payload);
		const repeated = attached.find((earlier) => earlier.digest === digest);
		if (repeated) attached.push({
			...repeated,
			where: repeated.where === "file" ? "file" : "present"
		});
		else attached.push(presentEvidence(examination, digest, signer) ?? await sign$1(payload, predicateType, options));
	}
	const objects = attached.filter(({ where }) => where === "lane").map(({ predicateType, bundle }) => laneObject("evidence", evidenceLabel(predicateType), bundle));
	if (objects.length > 0) await appendObjects(path, objects, {
		now,
		expected: examination.image
	});
	return attached;
}
async function examine({ path, signer, now, onBytes }) {
	await using source = await openFileSource(path);
	const verifier = await createVerifier(signer.publicMaterial);
	return await examineSif(await openSif(source), {
		name: path,
		verifier,
		now,
		...onBytes ? { onBytes } : {}
	});
}
function assertSound(problems) {
	const problem = problems.find(({ severity }) => severity !== "remark");
	if (problem) throw new StageError("STAGE_IMAGE_BROKEN", problem.message, { hint: problem.hint });
}
/** The same statement by the same signer, found in the image. */
function presentEvidence(examination, digest, signer) {
	for (const { is, fact, opened } of examination.bundles) {
		if (is !== "evidence" || fact.digest !== digest || fact.signature !== "valid" || !fact.signer) continue;
		if (identityKey(fact.signer) !== identityKey(signer.identity)) continue;
		return {
			predicateType: fact.predicateType,
			where: "present",
			bundle: opened.found.bytes,
			digest: fact.digest
		};
	}
}
async function sign$1(payload, predicateType, { signer, now, beside }) {
	const signature = await signer.signPae(encodePae(IN_TOTO_PAYLOAD_TYPE, payload), now);
	const bundle = encodeBundle({
		material: signer.material,
		payloadType: IN_TOTO_PAYLOAD_TYPE,
		payload,
		signature
	});
	const large = bundle.length > LIMITS.laneEvidenceBytes;
	return {
		predicateType,
		where: beside || large ? "file" : "lane",
		bundle,
		digest: parseBundle(bundle).payloadDigest
	};
}

export { presentObjects as _, evidenceLabel as a, processState as b, COSIGN_SIGN_PREDICATE_TYPE as c, placeBundle as d, appendObjects as f, operationTime as g, headerAfter as h, createVerifier as i, SIF_SUBJECT as l, layOut as m, sifContent as n, examineSif as o, deleteObjects as p, sifSubjects as r, sifView as s, attachEvidence as t, openBundle as u, lockImage as v, currentProcess as y };