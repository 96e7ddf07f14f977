import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/sif/errors.ts
/** Codes of SIF files, with when they occur and what to do. */
const SIF_CODES = {
	SIF_CHANGED: {
		when: "the image was changed or replaced by somebody else while it was being read, or between reading and writing",
		fix: "run again when nothing else works on the file; the message names what differs"
	},
	SIF_DESCRIPTOR_INVALID: {
		when: "a descriptor holds a number that no image can have: a negative size or offset, object ID 0, or more than 2^53",
		fix: "fetch or build the image again; it is damaged or made to mislead"
	},
	SIF_DIGEST_MISSING: {
		when: "a digest of an object is needed and was not computed in this run",
		fix: "report this as a bug, with the command that was run"
	},
	SIF_DUPLICATE_ID: {
		when: "two objects of an image have the same ID, so a signature over that ID is ambiguous",
		fix: "fetch or build the image again; it is damaged or made to mislead"
	},
	SIF_GROUP_NOT_FOUND: {
		when: "a group without objects was asked for",
		fix: "list the groups with `countersign inspect`"
	},
	SIF_HEADER_INVALID: {
		when: "the global header holds impossible numbers: negative, beyond the file, or a table that does not fit its window",
		fix: "fetch or build the image again; it is damaged or made to mislead"
	},
	SIF_LOCKED: {
		when: "another process is changing the image, or a record that is kept beside, and did not finish in time",
		fix: "wait for the process that the message names; if it is gone, remove the lock file that the message names"
	},
	SIF_METADATA_AMBIGUOUS: {
		when: "the signed list of digests in a signature says one thing to countersign and another to Apptainer: a name twice in different case, or a known name in another case",
		fix: "do not use this signature; sign the image again"
	},
	SIF_METADATA_INVALID: {
		when: "the signed list of digests in a signature is malformed",
		fix: "sign the image again; the signature was not made by a known tool or was altered"
	},
	SIF_NOT_SIF: {
		when: "the file does not begin as a SIF image does",
		fix: "check that the right file was given; a sandbox folder or a plain squashfs is not a SIF"
	},
	SIF_NO_FREE_SLOT: {
		when: "the descriptor table has fewer free slots than objects are to be added",
		fix: "remove layers that are no longer needed, or rebuild the image with a larger table"
	},
	SIF_OBJECTS_OVERLAP: {
		when: "two objects of an image share bytes",
		fix: "fetch or build the image again; it is damaged or made to mislead"
	},
	SIF_OBJECT_INVALID: {
		when: "an object to be added breaks a rule of the format: name over 128 bytes, extra over 384, wrong data length",
		fix: "shorten the value that the message names"
	},
	SIF_OBJECT_NOT_FOUND: {
		when: "an object ID was asked for that the image does not have",
		fix: "list the objects with `countersign inspect`"
	},
	SIF_OBJECT_OUT_OF_BOUNDS: {
		when: "an object lies partly or wholly outside the file, or over the header or the descriptor table",
		fix: "fetch or build the image again; it is cut, damaged or made to mislead"
	},
	SIF_OBJECT_TOO_LARGE: {
		when: "an object that must be read into memory is larger than the limit for its kind",
		fix: "check where the image comes from; the limits are listed in docs/formats.md"
	},
	SIF_PRIMARY_PARTITION_EXISTS: {
		when: "a second primary partition is to be added",
		fix: "add it as a system partition, or remove the present primary partition first"
	},
	SIF_TOO_MANY_DESCRIPTORS: {
		when: "the header announces more descriptor slots than we accept",
		fix: "check where the image comes from; the limits are listed in docs/formats.md"
	},
	SIF_TRUNCATED: {
		when: "the file ends before the header, the descriptor table or an object does",
		fix: "fetch or build the image again; the file is cut"
	},
	SIF_REPLACED: {
		when: "the path names another file than the one that was read or written: it was replaced, moved or removed meanwhile, so the verdict or the new layer is about a file that is no longer there",
		fix: "run again when nothing else works on the file; what was signed went with the file that was replaced"
	},
	SIF_VERSION_UNSUPPORTED: {
		when: "the image has a format version other than 01",
		fix: "convert the image with a tool that knows its version"
	}
};
/** A SIF file, or a request about one, that cannot be served: exit code 3. */
var SifError = class SifError extends CountersignError {
	exitCode = EXIT.environment;
	#code;
	constructor(code, message, details) {
		super(code, message, {
			hint: SIF_CODES[code].fix,
			...details
		});
		this.#code = code;
	}
	/** The same error, with the file that it is about. */
	about(file) {
		return new SifError(this.#code, `${file}: ${this.message}`, {
			hint: this.hint,
			cause: this.cause
		});
	}
};

export { SifError as n, SIF_CODES as t };