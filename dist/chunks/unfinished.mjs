import { d as processState, u as currentProcess } from "./append.mjs";
import { constants } from "node:fs";
import { lstat, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createHash, randomBytes } from "node:crypto";
import * as node from "node:process";

// src/files/unfinished.ts
/** `<pid>-<start>-<host>-<machine>-<boot>-<namespace>-<random>`, 0 for what the system does not tell. */
const WRITER = /^(\d{1,10})-(\d{1,20})-([0-9a-f]{8})-(0|[0-9a-f]{8})-(0|[0-9a-f]{8})-(0|[0-9a-f]{8})-[0-9a-f]{12}$/;
const KEPT_FLAGS = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
/** A new name beside `path`. The label (letters and digits) says what is in it. */
async function unfinishedName(path, label) {
	const { pid, started, host, machine, boot, namespace } = abridged(await currentProcess());
	const where = [
		host,
		machine,
		boot,
		namespace
	].map((part) => part ?? "0").join("-");
	return `${path}.${label}.${pid}-${started ?? "0"}-${where}-${randomBytes(6).toString("hex")}.tmp`;
}
/** The abandoned files of this user beside `path`; those whose writer cannot be seen from here are left out. */
async function abandonedFiles(path) {
	const self = abridged(await currentProcess());
	const found = [];
	for (const name of await readdir(dirname(path)).catch(() => [])) {
		const parsed = parseName(name, basename(path));
		if (!parsed || !await isOwnFile(join(dirname(path), name))) continue;
		if (await processState(parsed.writer, self) === "gone") found.push({
			path: join(dirname(path), name),
			label: parsed.label
		});
	}
	return found;
}
function parseName(name, base) {
	if (!name.startsWith(`${base}.`)) return void 0;
	const [label, writer = "", ending, ...more] = name.slice(base.length + 1).split(".");
	const [, pid, started, host, ...rest] = WRITER.exec(writer) ?? [];
	if (ending !== "tmp" || pid === void 0 || host === void 0) return void 0;
	const [machine = null, boot = null, namespace = null] = rest.map((part) => part === "0" ? null : part);
	return {
		label: more.length === 0 ? label : void 0,
		writer: {
			pid: Number(pid),
			started: started === "0" ? null : started ?? null,
			host,
			machine,
			boot,
			namespace
		}
	};
}
/** The same identity in short words: two are equal when the long ones are. */
function abridged(identity) {
	const { host, machine, boot, namespace } = identity;
	return {
		...identity,
		host: short(host),
		machine: machine === null ? null : short(machine),
		boot: boot === null ? null : short(boot),
		namespace: namespace === null ? null : short(namespace)
	};
}
function short(text) {
	return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
async function isOwnFile(path) {
	const found = await look(path);
	return found !== void 0 && found.isFile() && isOwn(found);
}
/**
* Takes over what an earlier run left under `path`, under the new name `as`; undefined when there is nothing that may be
* gone on with. Of several processes one gets it. Only a file of this user is taken that nobody else can write to, by its
* mode or through another name. What else this user left there is removed; what others have there is left alone.
*/
async function takeOver(path, as) {
	const seen = await look(path);
	if (!seen || !isOwn(seen)) return void 0;
	const file = isPrivate(seen) ? await open(path, KEPT_FLAGS).catch(() => void 0) : void 0;
	if (!file) {
		await rm(path, { force: true }).catch(() => void 0);
		return;
	}
	if (await isHeld(file, seen) && await moved(path, as)) {
		if (await isStill(as, file)) return file;
		await moved(as, path);
	}
	await file.close();
}
/**
* Leaves an unfinished file under a name for `takeOver`; false when that would not take it, or somebody else has something
* there.
*/
async function leaveBehind(path, file, as) {
	const there = await look(as);
	const found = await look(path);
	return (!there || isOwn(there)) && found !== void 0 && await isHeld(file, found) && await moved(path, as);
}
/** Whether a name leads to the file that is held open, and not to what somebody put there meanwhile. */
async function isStill(path, file) {
	const found = await look(path);
	return found !== void 0 && isSame(found, await file.stat({ bigint: true }));
}
/** Whether a name leads to the finished file; getting that name changed its time of change alone. */
async function isNamed(path, finished) {
	const found = await look(path);
	return (found && isSame(found, finished) && found.size === finished.size) === true && found?.mtimeNs === finished.mtimeNs;
}
async function isHeld(file, seen) {
	const held = await file.stat({ bigint: true });
	return isSame(held, seen) && isOwn(held) && isPrivate(held);
}
async function moved(from, to) {
	return rename(from, to).then(() => true, () => false);
}
async function look(path) {
	return lstat(path, { bigint: true }).catch(() => void 0);
}
function isSame(one, other) {
	return one.isFile() && one.dev === other.dev && one.ino === other.ino;
}
/** Where the system knows no users, as Windows, every file is taken for this user's. */
function isOwn({ uid }) {
	return node.getuid === void 0 || uid === BigInt(node.getuid());
}
/** A regular file of one name, which neither group nor others may write to. */
function isPrivate(found) {
	return found.isFile() && found.nlink === 1n && (node.getuid === void 0 || (found.mode & 18n) === 0n);
}

export { takeOver as a, leaveBehind as i, isNamed as n, unfinishedName as o, isStill as r, abandonedFiles as t };