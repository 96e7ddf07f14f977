import { i as EXIT, t as CountersignError } from "./errors.mjs";
import { o as printable } from "./fields.mjs";

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
const COLOR = /\u001b\[[0-9;]*m/g;
const EXPLANATIONS = [
	{
		pattern: /no space left on device|disk quota exceeded/i,
		code: "BUILD_NO_SPACE"
	},
	{
		pattern: /no mapping entry found in \/etc\/sub[ug]id/i,
		code: "BUILD_USER_NAMESPACES",
		hint: "add the user to /etc/subuid and /etc/subgid (`apptainer config fakeroot --add USER` as root), or leave ⟨fakeroot⟩ out"
	},
	{
		pattern: /capability set 0x[0-9a-f]+ while permitted/i,
		code: "BUILD_USER_NAMESPACES",
		hint: "the container around this job withholds capabilities that the build asks for; run it with all capabilities, or outside a container"
	},
	{
		pattern: /user namespace|userns|setgroups|newuidmap|unshare/i,
		code: "BUILD_USER_NAMESPACES"
	},
	{
		pattern: /invalid build source/i,
		code: "BUILD_DEFINITION_INVALID",
		hint: "use a bootstrap agent that this version knows: docker, oras, library, localimage, scratch, debootstrap, dnf, yum, zypper, arch, busybox, oci, oci-archive, docker-archive"
	},
	{
		pattern: /invalid header keyword|failed to parse deffile|no bootstrap specification|must have headers|had no val/i,
		code: "BUILD_DEFINITION_INVALID"
	},
	{
		pattern: /unused build args/i,
		code: "BUILD_DEFINITION_INVALID",
		hint: "remove the build argument, or use it as {{ name }} in the definition"
	},
	{
		pattern: /toomanyrequests|too many requests|\b429\b/i,
		code: "BUILD_NETWORK",
		hint: "the registry limits downloads: log in to it in an earlier step, use a mirror, or wait"
	},
	{
		pattern: /unauthorized|authentication required|denied: |\b40[13] (unauthorized|forbidden)/i,
		code: "BUILD_NETWORK",
		hint: "the registry wants a login, or the name is wrong: log in with `apptainer registry login --username USER oras://REGISTRY` or docker in an earlier step"
	},
	{
		pattern: /certificate signed by unknown authority|failed to verify certificate/i,
		code: "BUILD_NETWORK",
		hint: "add the certificate of the registry or proxy to the trust store of the system; the build does not use NODE_EXTRA_CA_CERTS"
	},
	{
		pattern: /no such host|connection refused|i\/o timeout|network is unreachable|connection reset|TLS handshake timeout|proxyconnect/i,
		code: "BUILD_NETWORK"
	}
];
/** The error for a build that ended with a failing exit code. */
function explainFailure(tool, facts) {
	const lines = facts.log.split("\n").map((line) => printable(line.replace(COLOR, ""))).filter((line) => line !== "");
	const fatal = lines.filter((line) => /^(?:FATAL|ERROR)\b/.test(line));
	const told = (fatal.length > 0 ? fatal : lines).slice(-3);
	const found = EXPLANATIONS.find(({ pattern }) => told.some((line) => pattern.test(line))) ?? fullDisk(lines);
	const code = found?.code ?? "BUILD_FAILED";
	const generic = code === "BUILD_USER_NAMESPACES" ? facts.namespaceHint : void 0;
	const hint = found?.hint ?? generic;
	const location = code === "BUILD_DEFINITION_INVALID" ? facts.headerLocation : void 0;
	const reason = told.join("; ") || "it printed nothing";
	return new BuildError(code, `${tool} build ended with exit code ${facts.exitCode}: ${reason}`, {
		...hint === void 0 ? {} : { hint },
		...location ? { location } : {}
	});
}
/** A script in %post that meets a full disk says so itself; the program then only reports the script's exit status. */
function fullDisk(lines) {
	const [full] = EXPLANATIONS;
	return full && lines.slice(-20).some((line) => full.pattern.test(line)) ? full : void 0;
}

export { BuildError as n, explainFailure as r, BUILD_CODES as t };