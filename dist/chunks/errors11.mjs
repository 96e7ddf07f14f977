import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/commands/build/errors.ts
/** Codes of builds, with when they occur and what to do. */
const BUILD_CODES = {
	BUILD_BASE_UNVERIFIABLE: {
		when: "the base was to be verified, but it is neither a SIF file nor an image in a registry, not pinned by digest, or cannot be found out from the definition",
		fix: "use `Bootstrap: localimage` with a SIF file, or `Bootstrap: oras` or `docker` with `From: registry/repository@sha256:…`"
	},
	BUILD_DEFINITION_INVALID: {
		when: "the definition file has a header that Apptainer refuses",
		fix: "correct the line that the message names; headers are `Key: value` lines before the first % section"
	},
	BUILD_FAILED: {
		when: "the build ended with an error that has no explanation here",
		fix: "read the lines of the build log that the message repeats; the full log is above it"
	},
	BUILD_IMAGE_EXISTS: {
		when: "the file to build exists already",
		fix: "choose another ⟨image-path⟩, or set ⟨overwrite=true⟩ to replace the file once the new image is complete"
	},
	BUILD_INPUT_CHANGED: {
		when: "the definition, a base image or the new image was changed by somebody else before the end of the build",
		fix: "keep other jobs from writing these files while they are used, and build again"
	},
	BUILD_NETWORK: {
		when: "the build could not reach a registry or download source, or was refused by it",
		fix: "check the name in the definition, the proxy variables and the credentials; a registry that limits downloads needs a login or a pause"
	},
	BUILD_NO_SPACE: {
		when: "the disk of the temporary folder or of the image has too little room; a build takes two to three times the size of the image",
		fix: "set ⟨tmp-dir⟩ to a folder on a large disk (not a RAM disk), or free some space"
	},
	BUILD_OUTPUT_INVALID: {
		when: "the program ended without an error, but what it wrote is no complete SIF image",
		fix: "repeat the build; if it happens again, see the log for warnings and update the program"
	},
	BUILD_USER_NAMESPACES: {
		when: "this system does not let the build have the user namespaces or capabilities that it needs",
		fix: "do what the message says: a sysctl, an AppArmor profile, entries in /etc/subuid and /etc/subgid, or an outer container with more rights"
	}
};
/** A build that cannot start or did not succeed: exit code 2 for the definition and the target, else 3. */
var BuildError = class extends CountersignError {
	exitCode;
	constructor(code, message, details = {}) {
		super(code, message, {
			...details,
			hint: details.hint ?? BUILD_CODES[code].fix
		});
		const usage = code === "BUILD_DEFINITION_INVALID" || code === "BUILD_IMAGE_EXISTS";
		this.exitCode = usage || code === "BUILD_BASE_UNVERIFIABLE" ? EXIT.usage : EXIT.environment;
	}
};

export { BuildError as n, BUILD_CODES as t };