// src/base/errors.ts
/** Exit codes of the command line, design section 8. */
const EXIT = {
	passed: 0,
	failed: 1,
	usage: 2,
	environment: 3,
	bug: 70
};
/** Base of all errors a user may see: a code, what failed (lower case, no full stop) and a hint. */
var CountersignError = class extends Error {
	code;
	hint;
	location;
	constructor(code, message, details) {
		super(message, details.cause === void 0 ? void 0 : { cause: details.cause });
		this.name = new.target.name;
		this.code = code;
		this.hint = details.hint;
		this.location = details.location;
	}
};
/** Codes of wrong inputs; exit code 2. */
const USAGE_CODES = {
	USAGE_MISSING_INPUT: {
		when: "an input that this command needs was not given",
		fix: "give the input that the message names; the example value shows its form"
	},
	USAGE_INVALID_INPUT: {
		when: "an input has a value that cannot be read as its type",
		fix: "use one of the forms that the message lists"
	},
	USAGE_CONFLICTING_INPUTS: {
		when: "two inputs were given that exclude each other, for instance `key` and `key-path`; or what one of them names would be written over what another one names",
		fix: "give only one of the inputs that the message names, or another name for what is written"
	},
	USAGE_UNKNOWN_INPUT: {
		when: "the command line has a flag or a command that does not exist",
		fix: "run `countersign help` for the list; the message names the nearest match"
	},
	USAGE_FILE_EXISTS: {
		when: "a file to be written is there already, and nothing says that it may be replaced",
		fix: "choose another name; where there is ⟨overwrite⟩, it allows to replace the file"
	},
	USAGE_NO_MATCH: {
		when: "a path or glob of `subject-path` matches no file",
		fix: "check the pattern and ⟨working-directory⟩; relative paths start there"
	},
	USAGE_NODE_DEBUG: {
		when: "NODE_DEBUG is set in a job that has a key or a login: Node itself would print what it sends, past all redaction",
		fix: "leave NODE_DEBUG out of the environment of the step"
	},
	USAGE_UNTRUSTED_EVENT: {
		when: "a signing or publishing command runs in a workflow that untrusted people can trigger (pull_request_target, pull_request_review, workflow_run, issue_comment)",
		fix: "sign in a job on a trusted event, or set ⟨allow-untrusted-event=true⟩ when you know that no untrusted code or data reaches this job"
	}
};
/** Wrong input from the user: exit code 2. */
var UsageError = class extends CountersignError {
	exitCode = EXIT.usage;
	constructor(code, message, details) {
		super(code, message, details);
	}
};
/** Codes of texts and documents that cannot be read, wherever they come from. */
const DATA_CODES = {
	DATA_NOT_UTF8: {
		when: "a text is not valid UTF-8",
		fix: "save the file as UTF-8"
	},
	DATA_BASE64_INVALID: {
		when: "a base64 value is not canonical standard base64",
		fix: "restore the original bytes; the value was altered or cut"
	},
	DATA_JSON_INVALID: {
		when: "a JSON document is malformed, repeats a key, is nested too deeply or has an unexpected shape; or one that is to be signed has a number that would be another one there",
		fix: "restore the original document, or fix it at the position that the message names"
	},
	DATA_JSON_AMBIGUOUS: {
		when: "a JSON document has two names that programs written in Go take for one (`layers` and `Layers`), a known name in another case, or half of a surrogate pair",
		fix: "do not use this content: two programs read two things in it; get it anew from whoever made it"
	},
	DATA_PEM_INVALID: {
		when: "a PEM file has no block of the wanted kind, or a block is damaged",
		fix: "give a PEM file that holds the kind of block the message names"
	},
	DATA_DIGEST_INVALID: {
		when: "a digest is not `sha256:` and 64 lower-case hex digits (or `sha512:` and 128)",
		fix: "copy the digest whole, algorithm included"
	},
	DATA_TOO_LARGE: {
		when: "a document is larger than the limit for its kind",
		fix: "check that the right file was given; the limits are listed in docs/formats.md"
	},
	DATA_TOO_MANY_PARTS: {
		when: "a JSON document consists of many more tiny objects and lists than any real one of its length",
		fix: "check that the right file was given; if it is, split it, or leave out what nobody reads"
	}
};
/** Bytes or text that cannot be what they claim to be. */
var DataError = class extends CountersignError {
	exitCode = EXIT.environment;
	constructor(code, message, details) {
		super(code, message, details);
	}
};
/** Codes of trouble with files, memory and this machine; exit code 3. */
const SYSTEM_CODES = {
	FILE_NOT_FOUND: {
		when: "a file does not exist",
		fix: "check the path; relative paths start at ⟨working-directory⟩"
	},
	FILE_NO_PERMISSION: {
		when: "a file or folder cannot be read or written with the rights of this user",
		fix: "change the rights of the file that the message names, or run as its owner"
	},
	FILE_NOT_REGULAR: {
		when: "there is a folder, device, pipe or socket where a file belongs",
		fix: "give the path of a file"
	},
	FILE_SYMLINK_REFUSED: {
		when: "a key or credential, a file of a layout folder, or a file that is to be written is a symbolic link",
		fix: "give the path of the file itself"
	},
	FILE_READ_FAILED: {
		when: "reading a file failed, or it was written to meanwhile",
		fix: "see the cause; check the disk and the path; repeat when whoever writes it is done"
	},
	FILE_WRITE_FAILED: {
		when: "writing a file failed",
		fix: "see the cause; check free space and the path"
	},
	DISK_FULL: {
		when: "the disk has no room left",
		fix: "free some space on the disk that the message names and repeat"
	},
	NODE_TOO_OLD: {
		when: "an action or the command line was started by a Node older than 24.5",
		fix: "install Node 24.5 or newer and run it with that; in a clone, `npx countersign` uses the one that package.json pins; a runner has it from version 2.328.0 on"
	}
};
/** The file system said no: exit code 3. */
var SystemError = class extends CountersignError {
	exitCode = EXIT.environment;
	constructor(code, message, details) {
		super(code, message, details);
	}
};
/** True for an error that Node's file system or network calls throw, which carry a `code` such as ENOENT. */
function isErrnoException(error) {
	return error instanceof Error && "code" in error && typeof error.code === "string";
}
/** Turns a file system error into ours, naming the path and keeping the cause. */
function fileError(error, path, action) {
	if (error instanceof CountersignError) return error;
	const code = isErrnoException(error) ? error.code : void 0;
	const details = { cause: error };
	if (code === "ENOENT" || code === "ENOTDIR") return new SystemError("FILE_NOT_FOUND", `no such file: ${path}`, {
		...details,
		hint: "check the path; relative paths start at the working directory"
	});
	if (code === "EACCES" || code === "EPERM" || code === "EROFS") return new SystemError("FILE_NO_PERMISSION", `no permission to ${action} ${path}`, {
		...details,
		hint: `give this user the right to ${action} it, or run as its owner`
	});
	if (code === "ENOSPC" || code === "EDQUOT") return new SystemError("DISK_FULL", `no space left for ${path}`, {
		...details,
		hint: "free some space on that disk and repeat; the file is unchanged"
	});
	const verb = action === "read" ? "FILE_READ_FAILED" : "FILE_WRITE_FAILED";
	if (code === "ENAMETOOLONG") return new SystemError(verb, `${path} is a longer name than the file system takes`, {
		...details,
		hint: "give the file or its folder a shorter name"
	});
	return new SystemError(verb, `cannot ${action} ${path}: ${error instanceof Error ? error.message : String(error)}`, {
		...details,
		hint: "check the path and the disk"
	});
}

export { SYSTEM_CODES as a, UsageError as c, EXIT as i, fileError as l, DATA_CODES as n, SystemError as o, DataError as r, USAGE_CODES as s, CountersignError as t, isErrnoException as u };