import { n as SifError } from "./errors3.mjs";

// src/sif/plain-file-system.ts
/** Where the superblocks of ext2, 3 and 4 have their magic. */
const EXT_MAGIC_AT = 1080;
/** What to do with an overlay or root file system that is in no SIF yet. */
async function plainFileSystem(source) {
	if (source.sizeBytes < 1082) return void 0;
	const isSquashfs = Buffer.from(await source.read(0, 4)).toString("latin1") === "hsqs";
	const isExt = Buffer.from(await source.read(EXT_MAGIC_AT, 2)).readUInt16LE() === 61267;
	if (!isSquashfs && !isExt) return void 0;
	const { name } = source;
	return new SifError("SIF_NOT_SIF", `${name} is ${isSquashfs ? "a plain squashfs file system" : "a plain ext file system"}, and in no SIF that could hold a signature`, { hint: `put it into one: apptainer sif new NEW.sif, then apptainer sif add --datatype 4 --parttype 4 --partfs ${isSquashfs ? 1 : 2} --partarch 2 --groupid 1 NEW.sif ${name}; for a root file system --parttype 2` });
}

export { plainFileSystem };