import { t as assertNodeQuiet } from "./host.mjs";
import { r as decodeUtf8 } from "./bytes.mjs";
import { n as systemClock } from "./clock.mjs";
import { c as UsageError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { l as readFileBounded } from "./files.mjs";
import { t as LIMITS } from "./limits.mjs";
import { t as DEFAULT_RETRY } from "./retry.mjs";
import { t as VERSION } from "./version.mjs";
import { i as isLayoutName, n as formatPlace, s as layoutReadings, u as parseReference } from "./reference.mjs";
import { g as REGISTRY_INPUTS, o as passphraseText } from "./values.mjs";
import { a as counted } from "./text.mjs";
import { lstat, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import * as node from "node:process";

// src/commands/inputs/subject-forms.ts
/** Tags or digests shown to a user who has to choose one. */
const SHOWN_TAGS = 10;
/**
* True for a folder that calls itself an OCI layout, or has all else of one. A folder of which that cannot be told is
* taken for one, so that whoever opens it says why and it is not passed over.
*/
async function isLayoutFolder(path) {
	if (!await isFolder(path)) return false;
	const has = async (name) => lstat(join(path, name)).then(() => true, isNotAbsence);
	return await has("oci-layout") || await has("index.json") && await has("blobs");
}
/** True for a folder that is there. */
async function isFolder(path) {
	return stat(path).then((found) => found.isDirectory(), () => false);
}
function isNotAbsence(error) {
	return !(isErrnoException(error) && error.code === "ENOENT");
}
/**
* The one tagged image of a layout folder, or when none has a tag, the one that is there. A folder that cannot be read is named without an image: whoever opens it says
* what is wrong with it, and goes on with the other images.
* @throws UsageError USAGE_INVALID_INPUT when there are several such images, or none
*/
async function imageInLayout(folder, name) {
	const images = await imagesIn(folder);
	const [first] = images ?? [];
	if (images && !isOneImage(images)) throw ambiguous(name, images);
	if (!first) return {
		in: "layout",
		folder,
		tag: void 0,
		digest: void 0
	};
	return first.digest === void 0 || first.tag !== void 0 && isLayoutName(first.tag) ? {
		in: "layout",
		folder,
		tag: first.tag,
		digest: void 0
	} : {
		in: "layout",
		folder,
		tag: void 0,
		digest: first.digest
	};
}
/** Undefined when the folder is broken. */
async function imagesIn(folder) {
	const { imagesInLayout } = await import("./images.mjs");
	try {
		return await imagesInLayout(folder, systemClock());
	} catch (error) {
		if (error instanceof CountersignError) return void 0;
		throw error;
	}
}
/** An entry that cannot be read is known by its tag alone. */
function isOneImage(images) {
	const [first] = images;
	if (!first || first.tag === void 0 && first.digest === void 0) return false;
	return new Set(images.map(({ digest }) => digest)).size === 1;
}
function ambiguous(name, images) {
	const byDigest = `oci:${name}@sha256:…`;
	const tags = [...new Set(images.flatMap(({ tag }) => tag ?? []))];
	const [found, hint] = images.length === 0 ? ["no image", "name a folder into which an image was written"] : tags.length === 0 ? [`no tag, and several manifests: ${shown(images.map(({ digest }) => digest ?? "one that cannot be read"))}`, ""] : tags.length === 1 ? [`the tag ${shown(tags.map(quoted))} for several images`, ""] : [`${counted(images.length, "tagged image")}: ${shown(tags.map(quoted))}`, `say which one is meant: oci:${name}:TAG, or ${byDigest}`];
	return new UsageError("USAGE_INVALID_INPUT", `subject-path: the layout folder ${name} has ${found}`, { hint: hint || `name the image by its digest: ${byDigest}` });
}
/** A name from the folder cannot act on a terminal. */
function quoted(tag) {
	return JSON.stringify(tag.slice(0, 128));
}
function shown(names) {
	const more = names.length > SHOWN_TAGS ? ` and ${names.length - SHOWN_TAGS} more` : "";
	return `${names.slice(0, SHOWN_TAGS).join(", ")}${more}`;
}
/** The input with the list of images that an earlier job hands on. */
const CHECKSUMS_INPUT = {
	name: "subject-checksums",
	type: "path",
	description: "File that lists images in registries or OCI layout folders as `sha256sum` writes it, one a line: 64 hex digits of the manifest digest, two spaces, and `registry/repository` or `oci:FOLDER`. They are taken besides those of `subject-name`.",
	example: "images.sha256"
};
const LINE = /^([0-9a-f]{64}) [ *](\S+)$/;
/** A host, so that a file name is not taken for a repository on Docker Hub. */
const PLACE = /^(?:oci:|(?:oras|docker):\/\/|localhost\/|[^/\s]+[.:][^/\s]*\/)/;
/**
* The references that the file lists, each with its digest.
* @throws UsageError USAGE_INVALID_INPUT with the line; SystemError, DataError
*/
async function checksumNames(path) {
	const names = decodeUtf8(await readFileBounded(path, LIMITS.listBytes), path).split(/\r?\n/).flatMap((line, index) => line.trim() === "" ? [] : [nameIn(line, {
		path,
		line: index + 1
	})]);
	if (names.length === 0) throw invalid(`${path} lists no image`, {
		file: path,
		line: 1,
		column: 1
	});
	return names;
}
function nameIn(text, at) {
	const [, hex, name] = LINE.exec(text) ?? [];
	const location = {
		file: at.path,
		line: at.line,
		column: 1
	};
	if (!hex || !name) throw invalid(`line ${at.line} of ${at.path} is no digest and name`, location);
	if (!PLACE.test(name) || name.includes("@")) throw invalid(`line ${at.line} of ${at.path} does not name an image in a registry: ${JSON.stringify(name)}`, location);
	return `${name}@sha256:${hex}`;
}
function invalid(problem, location) {
	return new UsageError("USAGE_INVALID_INPUT", `subject-checksums: ${problem}`, {
		hint: "write lines of 64 lower-case hex digits, two spaces, and registry/repository or oci:FOLDER; give files as ⟨subject-path⟩",
		location
	});
}

// src/commands/inputs/registry.ts
/** The inputs of commands that talk to a registry. */
const CONNECTION_INPUTS = [
	...REGISTRY_INPUTS,
	{
		name: "plain-http",
		type: "boolean",
		default: "false",
		description: "Talk to the registry without TLS. Registries on this machine are always reached so; ghcr.io and Docker Hub never are. Without TLS no login but `registry-username` and `registry-password` leaves this machine."
	},
	{
		name: "ca-certificates",
		type: "paths",
		description: "Certificates of private CAs, PEM files, that registries, timestamp authorities and the services of a Sigstore instance may have besides the public ones. The file that SSL_CERT_FILE names is read too.",
		example: "registry-ca.pem"
	}
];
/** Spent in waiting, not in transfers. */
const TELL_AFTER_MS = 3e3;
/**
* A reference; a layout folder is relative to the working directory. Folders and the names of images in them may both
* have colons: the folder is the one that is an image layout, or else the longest that is there.
* @throws RegistryError REGISTRY_REFERENCE_INVALID; UsageError USAGE_INVALID_INPUT when several layouts could be meant
*/
async function referenceFrom(inputs, text) {
	const here = (reference) => ({
		...reference,
		folder: resolve(inputs.workingDirectory, reference.folder)
	});
	const readings = layoutReadings(text).map(here);
	const layouts = await filterAsync(readings, ({ folder }) => isLayoutFolder(folder));
	if (layouts.length > 1) throw severalLayouts(text, layouts);
	const found = layouts[0] ?? (await filterAsync(readings, ({ folder }) => isFolder(folder))).at(-1);
	if (found) return found;
	const reference = parseReference(text);
	return reference.in === "registry" ? reference : here(reference);
}
async function filterAsync(items, test) {
	const passed = await Promise.all(items.map(test));
	return items.filter((_item, index) => passed[index]);
}
function severalLayouts(text, layouts) {
	const places = layouts.map(({ folder }) => JSON.stringify(folder));
	return new UsageError("USAGE_INVALID_INPUT", `${JSON.stringify(text.slice(0, 200))} could mean an image in any of the layout folders ${places.join(", ")}`, { hint: "end the folder with a slash: oci:FOLDER/:TAG or oci:FOLDER/@sha256:…" });
}
/**
* What a reference names, opened with the credentials, proxies and certificates of this run.
* @throws UsageError for half a credential; RegistryError, NetworkError, SystemError
*/
async function openFrom(inputs, host, target) {
	const loginHost = hostOfLogin(inputs, target.login ?? target.reference);
	const { openRepository } = await import("./open.mjs");
	const { retryFor, timeout } = inputs;
	return openRepository(target.reference, {
		access: target.access,
		existing: target.existing ?? false,
		clock: announcingClock(formatPlace(target.reference), host),
		credentials: {
			...credentialsFrom(inputs, host),
			...loginHost === void 0 ? {} : { loginHost }
		},
		extraCa: await extraCertificates(inputs, host),
		retry: {
			...DEFAULT_RETRY,
			totalMs: retryFor,
			maxRetryAfterMs: Math.max(DEFAULT_RETRY.maxRetryAfterMs, retryFor)
		},
		userAgent: `countersign/${VERSION}`,
		...timeout === void 0 ? {} : { idleTimeoutMs: timeout },
		...inputs.plainHttp ? { plainHttp: true } : {}
	});
}
/** The registry that the given login is for, of each run. */
const loginHosts = /* @__PURE__ */ new WeakMap();
/** One login is for one registry, the first that a run asks for: no other may learn it, were it in the same list. */
function hostOfLogin(inputs, reference) {
	const known = loginHosts.get(inputs);
	if (known !== void 0 || reference.in !== "registry") return known;
	loginHosts.set(inputs, reference.registry);
	return reference.registry;
}
/** The clock of this machine. Whoever waits for long is told once, lest a wrong port looks like a large image. */
function announcingClock(place, host) {
	const clock = systemClock();
	let waitedMs = 0;
	return {
		...clock,
		async sleep(ms) {
			const before = waitedMs;
			waitedMs += ms;
			if (before < TELL_AFTER_MS && waitedMs >= TELL_AFTER_MS) host.info(`still waiting for ${place}; what fails in passing is tried again for the time in ⟨retry-for⟩`);
			await clock.sleep(ms);
		}
	};
}
function credentialsFrom(inputs, host) {
	const username = inputs.registryUsername;
	const password = passphraseText(inputs.registryPassword);
	if (username === void 0 !== (password === void 0)) throw new UsageError("USAGE_MISSING_INPUT", "only one of registry-username and registry-password was given", { hint: "give both, or none to use the credential files of docker, podman and apptainer" });
	const ambient = host.env["GITHUB_TOKEN"];
	if (ambient) host.mask(ambient, "found");
	return {
		username,
		password,
		githubToken: passphraseText(inputs.githubToken),
		env: host.env,
		uid: node.platform === "linux" ? node.getuid?.() : void 0,
		mask(text, origin) {
			assertNodeQuiet(host);
			host.mask(text, origin ?? "found");
		},
		async runHelper({ program, ...call }) {
			const path = await host.which(program);
			return host.run({
				...call,
				program: path ?? program,
				echo: false
			});
		}
	};
}
/**
* PEM of the private CAs that servers may have, by inputs and environment; commands without registries have no input.
* @throws SystemError, DataError
*/
async function extraCertificates({ caCertificates = [], workingDirectory }, host) {
	const named = caCertificates.map((path) => resolve(workingDirectory, path));
	const fromEnvironment = host.env["SSL_CERT_FILE"];
	const paths = fromEnvironment ? [...named, fromEnvironment] : named;
	return Promise.all(paths.map(async (path) => decodeUtf8(await readFileBounded(path, LIMITS.keyFileBytes), path)));
}

export { CHECKSUMS_INPUT as a, isLayoutFolder as c, referenceFrom as i, extraCertificates as n, checksumNames as o, openFrom as r, imageInLayout as s, CONNECTION_INPUTS as t };