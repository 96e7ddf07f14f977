import { a as findFile, f as stateOf, h as writeFileAtomic, l as readFileBounded } from "./files.mjs";
import { t as makeFolder } from "./folder.mjs";
import { t as VERSION } from "./version.mjs";
import { o as verifySifFile, t as createCriteria } from "./verify.mjs";
import { n as isFilled } from "./reports.mjs";
import { t as loadPolicy } from "./load.mjs";
import { c as UsageError, i as EXIT, l as fileError, t as CountersignError, u as isErrnoException } from "./errors.mjs";
import { n as readFileChunks } from "./chunks.mjs";
import { t as LIMITS } from "./limits.mjs";
import { i as trustIn } from "./trust.mjs";
import { o as printable } from "./fields.mjs";
import { n as BuildError, r as explainFailure } from "./errors10.mjs";
import { d as pinFrom } from "./trust2.mjs";
import { f as sha256Hex, g as utf8, i as digestHex, r as decodeUtf8 } from "./bytes.mjs";
import { r as openRegistryImage } from "./image.mjs";
import { r as verifyRegistryImage } from "./examine.mjs";
import { u as parseReference } from "./reference.mjs";
import { r as openFrom } from "./registry.mjs";
import { n as isNamed } from "./unfinished.mjs";
import { g as PARTITION_TYPE, l as DATA_TYPE, r as openSif } from "./sif.mjs";
import { a as openFileSource } from "./source2.mjs";
import { i as publicOrigin, n as SECRET_NAME, r as buildProvenance, t as PROVENANCE_PREDICATE_TYPE } from "./provenance.mjs";
import { n as ToolError } from "./tool-errors.mjs";
import { a as evidenceSignerFrom, r as EVIDENCE_SIGNER_INPUTS } from "./signer2.mjs";
import { o as escapeMarkdown } from "./wording.mjs";
import { n as describeEvidence } from "./files3.mjs";
import { _ as SIGNING_INPUTS, l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { i as storeEvidence, t as examineContent } from "./evidence2.mjs";
import { t as defineCommand } from "./spec.mjs";
import { appendFile, link, lstat, open, readFile, realpath, rename, rm, stat, statfs } from "node:fs/promises";
import { userInfo } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import { createHash, randomBytes } from "node:crypto";

// src/commands/build/base.ts
/**
* What the inputs ask for.
* @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT
*/
async function readBaseRules(inputs) {
	const policyPath = inputs.basePolicyPath;
	const fingerprints = inputs.baseFingerprints.map((text) => text.replace(/\s/g, "").toUpperCase());
	const wrong = fingerprints.find((text) => !/^[0-9A-F]{40}$/.test(text));
	if (wrong !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `base-fingerprints has ${JSON.stringify(wrong.slice(0, 60))}`, { hint: "give whole fingerprints of 40 hex digits, one a line; `gpg --fingerprint` shows them" });
	const paths = inputs.baseKeyring.map((path) => resolve(inputs.workingDirectory, path));
	if (fingerprints.length > 0 && paths.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "base-fingerprints was given without base-keyring", { hint: "give the public keys as ⟨base-keyring⟩; no key server is asked" });
	const profile = inputs.basePolicyProfile;
	if (profile !== void 0 && policyPath === void 0) throw new UsageError("USAGE_MISSING_INPUT", "base-policy-profile was given without base-policy-path", { hint: "give ⟨base-policy-path⟩" });
	if (policyPath === void 0 && fingerprints.length === 0) return void 0;
	return {
		policyPath,
		profile,
		pin: await pinFrom(inputs),
		fingerprints,
		keyrings: await Promise.all(paths.map((path) => readFileBounded(path, LIMITS.keyFileBytes)))
	};
}
/** The bases that are files, for provenance and for judging the space that is needed; unreadable ones are left out. */
async function localBases(bases, folder) {
	const found = [];
	for (const { agent, from } of bases) {
		if (agent !== "localimage" || from === "") continue;
		const base = await openBase(from, resolve(folder, from)).catch(() => void 0);
		if (base) found.push(base);
	}
	return found;
}
async function openBase(name, given) {
	const path = await realpath(given);
	const found = await stat(path, { bigint: true });
	return found.isFile() ? {
		name,
		path,
		sizeBytes: Number(found.size),
		identity: stateOf(found)
	} : void 0;
}
/**
* The SIF bases as files, so that every one of them can be verified; those in a registry are fetched by the build tool.
* Others than those of `Bootstrap: docker` cannot be verified.
* @throws BuildError BUILD_BASE_UNVERIFIABLE, BUILD_NETWORK; SystemError
*/
async function fetchBases(bases, { folder, tool, host }) {
	const files = [];
	for (const { agent, from } of bases) {
		if (agent === "docker" && from !== "") continue;
		const path = agent === "oras" ? await pull(from, {
			tool,
			host,
			index: files.length
		}) : resolve(folder, from);
		if (agent !== "oras" && (agent !== "localimage" || from === "")) throw unverifiable(`a base of Bootstrap ${agent || "(none)"} ${from} is none that can be verified`);
		const base = await openBase(from, path).catch((error) => {
			throw fileError(error, path, "read");
		});
		if (!base) throw unverifiable(`${from} is a folder, not a SIF file`);
		files.push(base);
	}
	return files;
}
/** By digest only: the build fetches by the same digest, so what was verified is what is used. */
async function pull(from, at) {
	const address = from.replace(/^\/\//, "");
	if (!/@sha256:[0-9a-f]{64}$/.test(address) || /^-|\s/.test(address)) throw unverifiable(`the base ${from} is not pinned by digest, so it could change between check and build`);
	const output = join(await at.host.temporaryFolder(), `base-${at.index}.sif`);
	const args = [
		"pull",
		"--force",
		"--",
		output,
		`oras://${address}`
	];
	const { exitCode, stderr } = await at.host.run({
		program: at.tool.program,
		args
	});
	if (exitCode === 0) return output;
	const reason = printable(stderr.trim().split("\n").at(-1) ?? "");
	throw new BuildError("BUILD_NETWORK", `${at.tool.name} pull of ${address} ended with exit code ${exitCode}: ${reason}`);
}
/** A base that was to be verified and cannot be. */
function unverifiable(problem) {
	return new BuildError("BUILD_BASE_UNVERIFIABLE", problem);
}
/** The verdict about one base. @throws SifError, SystemError when it cannot be read */
async function verifyBase(base, rules, now) {
	const refusals = [];
	if (rules.policyPath !== void 0) {
		const criteria = await createCriteria({
			policy: await loadPolicy(rules.policyPath, rules),
			now
		});
		const { verdict } = await verifySifFile(base.path, criteria, { name: base.name });
		refusals.push(...refusalsOf(verdict));
	}
	if (rules.fingerprints.length > 0) {
		const material = trustIn({ keyrings: rules.keyrings });
		const criteria = await createCriteria({
			policy: void 0,
			material,
			now
		});
		const { examination } = await verifySifFile(base.path, criteria, { name: base.name });
		refusals.push(...fingerprintRefusals(examination.facts, rules.fingerprints));
	}
	return {
		name: base.name,
		sha256: await fileSha256(base.path),
		refusals
	};
}
/** Why a verdict refuses a base; empty when it passed. */
function refusalsOf({ verdict, stages, reasons }) {
	if (verdict === "passed") return [];
	const messages = [...stages.filter((stage) => !isFilled(stage)).flatMap((stage) => stage.reasons), ...reasons].map(({ message }) => message);
	return messages.length > 0 ? [...new Set(messages)] : ["the policy is not satisfied"];
}
/** As the `Fingerprints:` header means it: nothing is broken, and every listed key has signed all of the image. */
function fingerprintRefusals(facts, fingerprints) {
	const broken = facts.layers.filter(({ signature }) => signature === "invalid" || signature === "unreadable");
	const signers = /* @__PURE__ */ new Set();
	for (const { kind, signature, signer, covers, contradicted } of facts.layers) {
		const whole = !contradicted && facts.units.every(({ id }) => covers.includes(id));
		if (kind === "native-pgp" && signature === "valid" && whole && signer?.method === "pgp") signers.add(signer.fingerprint);
	}
	return [
		...facts.problems.filter(({ severity }) => severity !== "remark").map(({ message }) => message),
		...broken.flatMap(({ reasons }) => reasons.map(({ message }) => message)),
		...fingerprints.filter((fingerprint) => !signers.has(fingerprint)).map((fingerprint) => `no valid OpenPGP signature by ${fingerprint} covers all of it`)
	];
}
/** SHA-256 of a file as hex. */
async function fileSha256(path) {
	const hash = createHash("sha256");
	for await (const chunk of readFileChunks(path)) hash.update(chunk);
	return hash.digest("hex");
}
/** @throws BuildError BUILD_INPUT_CHANGED when the file is not the one that was looked at before */
async function assertUnchanged(base) {
	if ((await openBase(base.name, base.path).catch(() => void 0))?.identity !== base.identity) throw new BuildError("BUILD_INPUT_CHANGED", `the base ${base.path} was changed while the image was built`);
}
/**
* The bases of `Bootstrap: docker`. By digest only: what was judged is then what is built from.
* @throws BuildError BUILD_BASE_UNVERIFIABLE; RegistryError REGISTRY_REFERENCE_INVALID
*/
function registryBases(bases, rules) {
	return bases.flatMap(({ agent, from }) => {
		if (agent !== "docker" || from === "") return [];
		if (rules.fingerprints.length > 0) throw unverifiable(`the base ${from} of Bootstrap docker is no SIF image, and base-fingerprints asks for one`);
		const reference = parseReference(`docker://${from.replace(/^\/\//, "")}`);
		const digest = reference.in === "registry" ? reference.digest : void 0;
		if (reference.in !== "registry" || reference.tag !== void 0 || !digest?.startsWith("sha256:")) throw unverifiable(`the base ${from} is not pinned by digest alone, so it could change between check and build`);
		return [{
			name: from,
			reference,
			digest
		}];
	});
}
/**
* The verdict about one of them, its data read as well.
* @throws RegistryError, NetworkError when it cannot be read
*/
async function verifyRegistryBase({ name, reference, digest }, { policyPath, profile, pin }, { inputs, host }) {
	const loaded = policyPath === void 0 ? void 0 : await loadPolicy(policyPath, {
		profile,
		pin
	});
	const criteria = await createCriteria({
		policy: loaded,
		now: host.now()
	});
	await using opened = await openBaseRepository(reference, inputs, host);
	const image = await openRegistryImage(opened.repository, digest);
	const verdict = await verifyRegistryImage(image, criteria, {
		name,
		verifyData: true
	});
	return {
		name,
		sha256: digestHex(digest),
		refusals: refusalsOf(verdict)
	};
}
/** The repository of a base, with the logins that are on the machine: those of the inputs are for other registries. */
function openBaseRepository(reference, inputs, host) {
	const connection = {
		...inputs,
		registryUsername: void 0,
		registryPassword: void 0,
		githubToken: void 0,
		plainHttp: false,
		caCertificates: []
	};
	return openFrom(connection, host, {
		reference,
		access: "pull"
	});
}

// src/commands/build/cache.ts
/**
* What to restore and save; undefined when the cache is not to be used here.
* @throws UsageError USAGE_CONFLICTING_INPUTS when the job signs
*/
function planCache(request, host) {
	if (!request.wanted) return void 0;
	if (request.signs) throw new UsageError("USAGE_CONFLICTING_INPUTS", "cache was set together with a signing key", { hint: "build with ⟨cache⟩ in one job and sign in another, or leave ⟨cache⟩ out: less trusted jobs can fill a cache" });
	if (!host.cache) {
		host.info("there is no cache on this host; building without");
		return;
	}
	if (host.env["ACTIONS_ID_TOKEN_REQUEST_URL"] !== void 0) {
		host.warning("this job has id-token: write, so the cache is not used: less trusted jobs can fill it");
		return;
	}
	const { tool } = request;
	const folder = request.folder ?? host.env["APPTAINER_CACHEDIR"] ?? join(host.env["RUNNER_TEMP"] ?? host.cwd, "countersign-build-cache");
	const lock = sha256Hex(utf8(request.source)).slice(0, 32);
	return {
		folder,
		key: `${tool.brand}-linux-${process.arch}-${tool.version}-${lock}`
	};
}
/** True when the cache was restored. */
async function restoreCache(plan, host) {
	if (!plan || !host.cache) return false;
	const hit = await guarded("restored", host, host.cache.restore([plan.folder], plan.key, []));
	host.info(hit === void 0 ? `no cache under ${plan.key}` : `cache restored from ${hit}`);
	return hit !== void 0;
}
/** Saves the cache unless it came from there. */
async function saveCache(plan, hit, host) {
	if (plan && host.cache && !hit) await guarded("saved", host, host.cache.save([plan.folder], plan.key));
}
async function guarded(what, host, work) {
	try {
		return await work;
	} catch (error) {
		host.warning(`the cache was not ${what}: ${error instanceof Error ? error.message : String(error)}`);
		return;
	}
}

// src/commands/build/definition.ts
const HEADER_KEYS = /^(bootstrap|from|includecmd|mirrorurl|updateurl|osversion|include|library|registry|namespace|stage|product|user|regcode|productpgp|registerurl|modules|otherurl[0-9]+|fingerprints|confurl|setopt|target|frontend|filename|buildargs)$/;
/**
* The stages of a definition.
* @throws BuildError BUILD_DEFINITION_INVALID when there is no `Bootstrap:` line
* @see https://github.com/apptainer/apptainer/blob/v1.4.5/pkg/build/types/parser/deffile.go and docs/spec/sif.md, 12.2
*/
function parseDefinition(text, file) {
	const lines = text.split(/\r?\n/);
	const starts = lines.flatMap((line, index) => /^\s*bootstrap\s*:/i.test(line) ? [index] : []);
	if (starts.length === 0) throw new BuildError("BUILD_DEFINITION_INVALID", `${file} has no line "Bootstrap: …"`, {
		hint: "begin the definition with Bootstrap: and From:, or give an image address as source instead",
		location: {
			file,
			line: 1,
			column: 1
		}
	});
	return {
		stages: starts.map((start, index) => parseStage(lines, start, starts[index + 1] ?? lines.length)),
		defaults: parseDefaults(lines)
	};
}
function parseStage(lines, start, end) {
	const header = /* @__PURE__ */ new Map();
	const unreadable = [];
	for (let index = start; index < end; index += 1) {
		const line = (lines[index] ?? "").trim();
		if (line.startsWith("%")) break;
		if (line === "" || line.startsWith("#")) continue;
		const colon = line.indexOf(":");
		const key = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
		const value = line.slice(colon + 1).split("#", 1)[0]?.trim() ?? "";
		if (colon < 1 || !HEADER_KEYS.test(key)) unreadable.push(index + 1);
		else header.set(key, {
			value,
			line: index + 1
		});
	}
	return {
		line: start + 1,
		header,
		unreadable
	};
}
function parseDefaults(lines) {
	const defaults = /* @__PURE__ */ new Map();
	let inside = false;
	for (const line of lines) {
		const trimmed = line.trim();
		if (trimmed.startsWith("%")) inside = /^%arguments\b/i.test(trimmed);
		else if (inside && !trimmed.startsWith("#") && trimmed.includes("=")) {
			const at = trimmed.indexOf("=");
			defaults.set(trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim());
		}
	}
	return defaults;
}
/** The location of the header line that Apptainer complains about as an unknown keyword; undefined when it is not found. */
function unknownHeader(definition, file) {
	const line = definition.stages.flatMap(({ unreadable }) => unreadable)[0];
	return line === void 0 ? void 0 : {
		file,
		line,
		column: 1
	};
}
/**
* What every stage is built on, templates filled in.
* @throws BuildError BUILD_BASE_UNVERIFIABLE when that cannot be told with certainty
*/
function stageBases(definition, file, buildArgs) {
	return definition.stages.map(({ header, line, unreadable }) => {
		if (unreadable[0] !== void 0) throw unclear(file, unreadable[0], "this header line cannot be read");
		const resolve = (key) => {
			const found = header.get(key);
			return found ? fill(found, {
				buildArgs,
				defaults: definition.defaults,
				file
			}) : "";
		};
		const agent = resolve("bootstrap").toLowerCase();
		const parts = agent === "docker" ? [
			"registry",
			"namespace",
			"from"
		] : ["from"];
		return {
			agent,
			from: resolve("from") === "" ? "" : parts.map(resolve).filter((part) => part !== "").join("/"),
			line: header.get("from")?.line ?? line
		};
	});
}
function fill({ value, line }, { buildArgs, defaults, file }) {
	const clean = value.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_match, name) => {
		const known = buildArgs.get(name) ?? defaults.get(name);
		if (known === void 0) throw unclear(file, line, `the build argument ${JSON.stringify(name)} has no value`);
		return known;
	}).split("#", 1)[0]?.trim() ?? "";
	if (/[{}]/.test(clean)) throw unclear(file, line, "the template is not closed, or refers to another one");
	return clean;
}
function unclear(file, line, problem) {
	return new BuildError("BUILD_BASE_UNVERIFIABLE", `${file}, line ${line}: ${problem}, so the base cannot be verified`, { location: {
		file,
		line,
		column: 1
	} });
}

// src/commands/build/dependencies.ts
/** Longest wait for a registry, which is asked for the record alone: the build program reads caches and mirrors of its own. */
const PATIENCE_MS = 5e3;
/** The digests of the bases that tags name; one that cannot be found out is left out with a warning. */
async function lookUpTags({ bases }, { inputs, host }) {
	const found = /* @__PURE__ */ new Map();
	for (const base of bases ?? []) {
		if (!["docker", "oras"].includes(base.agent) || base.from === "" || base.from.includes("@")) continue;
		const address = addressOf(base);
		try {
			const digest = await lookUp(address, inputs, host);
			if (digest) found.set(address, digest);
			else host.warning(`provenance names no digest of ${address}: its registry does not have it`);
		} catch (error) {
			if (!(error instanceof CountersignError)) throw error;
			host.warning(`provenance names no digest of ${address}: ${error.message}`);
		}
	}
	return found;
}
async function lookUp(address, inputs, host) {
	const reference = parseReference(address);
	if (reference.in !== "registry") return void 0;
	const hasty = {
		...inputs,
		retryFor: Math.min(inputs.retryFor, PATIENCE_MS),
		timeout: Math.min(inputs.timeout ?? PATIENCE_MS, PATIENCE_MS)
	};
	await using opened = await openBaseRepository(reference, hasty, host);
	return (await opened.repository.resolve(reference.tag ?? "latest"))?.digest;
}
/** What the program is given to build: an address with a known tag by its digest. */
function pinnedSource({ definition, source, bases }, tags) {
	const [base] = bases ?? [];
	const digest = base && tags.get(addressOf(base));
	if (definition || !base || !digest) return source;
	const reference = parseReference(addressOf(base));
	if (reference.in !== "registry") return source;
	return `${base.agent}://${reference.registry}/${reference.repository}@${digest}`;
}
/** Those that still lead to the same image after the build; the others are left out with a warning. */
async function unmovedTags(plan, before, around) {
	if (!plan.definition || before.size === 0) return before;
	const after = await lookUpTags(plan, around);
	const moved = [...before].filter(([address, digest]) => after.has(address) && after.get(address) !== digest);
	for (const [address] of moved) around.host.warning(`provenance names no digest of ${address}: the tag was moved while the image was built`);
	return new Map([...before].filter(([address, digest]) => after.get(address) === digest));
}
/** Definition and bases as provenance names them. */
async function dependenciesOf({ definition, sourceName, bases }, { files, verdicts, tags }) {
	const dependencies = definition ? [{
		name: "definition",
		uri: `file:${sourceName}`,
		sha256: definition.sha256
	}] : [];
	for (const base of bases ?? []) {
		const { agent, from } = base;
		if (agent === "scratch" || from === "") continue;
		const file = files.find(({ name }) => name === from);
		const uri = addressOf(base);
		const tagged = tags.get(uri);
		const named = tagged ? digestHex(tagged) : /@sha256:([0-9a-f]{64})$/.exec(from)?.[1];
		const known = verdicts.find(({ name }) => name === from)?.sha256;
		dependencies.push({
			name: "base",
			uri,
			sha256: known ?? (file ? await fileSha256(file.path) : named)
		});
	}
	return dependencies;
}
function addressOf({ agent, from }) {
	return agent === "localimage" ? `file:${from}` : `${agent}://${from.replace(/^\/\//, "")}`;
}

// src/commands/build/output.ts
/** A name for the unfinished image, in the folder of the finished one, which the build then fills. */
function partialPath(imagePath) {
	return join(dirname(imagePath), `.${basename(imagePath)}.${randomBytes(6).toString("hex")}.partial`);
}
/** @throws BuildError BUILD_IMAGE_EXISTS; SystemError when the folder does not exist */
async function assertFree(imagePath, overwrite) {
	if (!(await stat(dirname(imagePath)).catch((error) => {
		throw fileError(error, dirname(imagePath), "write");
	})).isDirectory()) throw exists(dirname(imagePath), "is not a folder");
	const there = await lstat(imagePath).catch(() => void 0);
	if (there && !there.isFile()) throw exists(imagePath, "exists and is not a file");
	if (there && !overwrite) throw exists(imagePath, "exists already");
}
function exists(path, problem, cause) {
	return new BuildError("BUILD_IMAGE_EXISTS", `${path} ${problem}`, { cause });
}
/** @throws BuildError BUILD_OUTPUT_INVALID when the file is no SIF image with a primary partition */
async function assertImage(path) {
	try {
		await using source = await openFileSource(path);
		const { objects } = await openSif(source);
		if (objects.some(({ dataType, partition }) => dataType === DATA_TYPE.partition && partition?.type === PARTITION_TYPE.primarySystem)) return;
	} catch (cause) {
		if (!(cause instanceof CountersignError)) throw cause;
		throw new BuildError("BUILD_OUTPUT_INVALID", `the build wrote no readable SIF image: ${cause.message}`, { cause });
	}
	throw new BuildError("BUILD_OUTPUT_INVALID", "the build wrote a SIF file without a primary partition");
}
/**
* Flushes the finished file and gives it its name.
* @throws BuildError BUILD_IMAGE_EXISTS when the name was taken meanwhile, BUILD_INPUT_CHANGED; SystemError
*/
async function publishImage(partial, imagePath, overwrite) {
	try {
		await using file = await open(partial, "r+");
		await file.sync();
		const finished = await file.stat({ bigint: true });
		if (overwrite) await rename(partial, imagePath);
		else await linkInPlace(partial, imagePath);
		if (!await isNamed(imagePath, finished)) throw new BuildError("BUILD_INPUT_CHANGED", `${imagePath} is not the image that was built: somebody changed it`);
	} catch (error) {
		throw fileError(error, imagePath, "write");
	}
}
/** A hard link fails when the name exists, which a rename does not; file systems without links get the rename. */
async function linkInPlace(partial, imagePath) {
	try {
		await link(partial, imagePath);
		await rm(partial);
	} catch (error) {
		if (!isErrnoException(error)) throw error;
		if (error.code === "EEXIST") throw exists(imagePath, "was written by somebody else meanwhile", error);
		if (![
			"EPERM",
			"ENOTSUP",
			"EOPNOTSUPP",
			"ENOSYS",
			"EMLINK"
		].includes(error.code ?? "")) throw error;
		await assertFree(imagePath, false);
		await rename(partial, imagePath);
	}
}

// src/commands/build/tool.ts
const NEEDED = {
	apptainer: [1, 1],
	singularity: [3, 8]
};
/** The first versions with `--build-arg-file`. */
const BUILD_ARGS = {
	apptainer: [1, 2],
	singularity: [4, 0]
};
/**
* The program on PATH; with `auto` Apptainer before Singularity.
* @throws ToolError TOOL_NOT_FOUND, TOOL_UNSUPPORTED when it is too old, TOOL_FAILED
*/
async function findBuildTool(wanted, host) {
	const names = ["apptainer", "singularity"].filter((name) => wanted === "auto" || wanted === name);
	for (const name of names) {
		const program = await host.which(name);
		if (program !== void 0) return readVersion(name, program, host);
	}
	throw new ToolError("TOOL_NOT_FOUND", `${names.join(" and ")} not found on PATH`, { hint: "install Apptainer 1.1 or newer in an earlier step (packages and a relocatable unprivileged installer exist); nothing is installed here" });
}
async function readVersion(name, program, host) {
	const { stdout, stderr, exitCode } = await host.run({
		program,
		args: ["--version"],
		maxOutputBytes: 65536
	});
	const [, brand, version, major, minor] = /^([a-z][a-z-]*) version ((\d{1,4})\.(\d{1,4})[0-9A-Za-z.+~-]{0,60})\s*$/im.exec(stdout) ?? [];
	if (exitCode !== 0 || brand === void 0 || version === void 0) throw new ToolError("TOOL_FAILED", `${program} --version answered ${JSON.stringify(`${stdout}${stderr}`.slice(0, 160))}`, { hint: `check the installation: ${name} --version should print its version` });
	const tool = {
		name,
		program,
		brand,
		version,
		major: Number(major),
		minor: Number(minor)
	};
	if (!atLeast(tool, NEEDED[name])) throw tooOld(tool, NEEDED[name], "to build");
	return tool;
}
function atLeast(tool, [major, minor]) {
	return tool.major > major || tool.major === major && tool.minor >= minor;
}
function tooOld(tool, [major, minor], what) {
	return new ToolError("TOOL_UNSUPPORTED", `${tool.brand} ${tool.version} is too old ${what}`, { hint: `install ${tool.name} ${major}.${minor} or newer` });
}
/** @throws ToolError TOOL_UNSUPPORTED when the tool has no build arguments */
function assertBuildArguments(tool) {
	if (!atLeast(tool, BUILD_ARGS[tool.name])) throw tooOld(tool, BUILD_ARGS[tool.name], "for build-args");
}
/** True when the program lets SOURCE_DATE_EPOCH decide the times in the image. */
function honoursEpoch(tool) {
	return tool.name === "apptainer" && atLeast(tool, [1, 5]);
}
/** The argument array of the build. */
function buildArguments({ output, source, fakeroot, encryption, buildArgFile }) {
	return [
		"build",
		...fakeroot ? ["--fakeroot"] : [],
		...encryption ? ["--encrypt"] : [],
		...encryption?.pemPath === void 0 ? [] : ["--pem-path", encryption.pemPath],
		...buildArgFile === void 0 ? [] : ["--build-arg-file", buildArgFile],
		"--",
		output,
		source
	];
}
/** Where a step talks to its runner; a %post script has no business there. */
const RUNNER_CHANNELS = /^(GITHUB_(ENV|PATH|OUTPUT|STATE|STEP_SUMMARY|ARTIFACTS|ARTIFACTS_LIST)|ACTIONS_.*)$/;
/** The environment of the build: the caller's, without the runner's channels, with our folders and epoch. */
function buildEnvironment(env, folders, epoch) {
	return {
		...Object.fromEntries(Object.entries(env).filter(([name]) => !RUNNER_CHANNELS.test(name))),
		...folders.tmp === void 0 ? {} : {
			APPTAINER_TMPDIR: folders.tmp,
			SINGULARITY_TMPDIR: folders.tmp
		},
		...folders.cache === void 0 ? {} : {
			APPTAINER_CACHEDIR: folders.cache,
			SINGULARITY_CACHEDIR: folders.cache
		},
		...epoch === void 0 ? {} : { SOURCE_DATE_EPOCH: String(epoch) }
	};
}

// src/commands/build/plan.ts
/**
* The plan that the inputs describe.
* @throws UsageError, BuildError, ToolError, SignatureError, SystemError
*/
async function readPlan(inputs, host) {
	const { definition: path, source: address, imagePath, overwrite } = inputs;
	if (path === void 0 === (address === void 0)) throw new UsageError(path === void 0 ? "USAGE_MISSING_INPUT" : "USAGE_CONFLICTING_INPUTS", path === void 0 ? "neither definition nor source was given" : "both definition and source were given", { hint: "give ⟨definition=app.def⟩, or ⟨source=docker://alpine:3.22⟩" });
	await assertFree(imagePath, overwrite);
	const buildArgs = readBuildArgs(inputs, host);
	const definition = path === void 0 ? void 0 : await readDefinition(path);
	const baseRules = await readBaseRules(inputs);
	const signer = await evidenceSignerFrom(inputs, host);
	const tool = await findBuildTool(inputs.tool, host);
	host.info(`${tool.brand} ${tool.version} at ${tool.program}`);
	if (buildArgs.size > 0) assertBuildArguments(tool);
	const sourceName = path === void 0 ? address ?? "" : relative(inputs.workingDirectory, path);
	return {
		imagePath,
		overwrite,
		source: path ?? address ?? "",
		sourceName,
		definition,
		buildArgs,
		fakeroot: inputs.fakeroot,
		encryption: readEncryption(inputs, host),
		epoch: readEpoch(inputs, tool, host),
		bases: definition ? basesOf(definition, buildArgs, baseRules !== void 0) : addressBase(address ?? ""),
		baseRules,
		tool,
		signer,
		cache: planCache({
			wanted: inputs.cache,
			signs: signer !== void 0,
			folder: inputs.cacheDir,
			source: JSON.stringify([definition?.sha256 ?? address, ...buildArgs]),
			tool
		}, host)
	};
}
function readBuildArgs(inputs, host) {
	const buildArgs = /* @__PURE__ */ new Map();
	for (const entry of inputs.buildArgs) {
		const at = entry.indexOf("=");
		const name = entry.slice(0, Math.max(at, 0)).trim();
		if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name) || buildArgs.has(name)) throw new UsageError("USAGE_INVALID_INPUT", `build-args has a line that is no new name=value: ${JSON.stringify(name)}`, { hint: "write one name=value a line, each name once" });
		buildArgs.set(name, entry.slice(at + 1).trim());
		if (SECRET_NAME.test(name)) host.warning(`the build argument ${name} looks like a secret; its value would be readable in the image. Bind a file during %post instead`);
	}
	return buildArgs;
}
/** @throws UsageError USAGE_MISSING_INPUT, USAGE_CONFLICTING_INPUTS */
function readEncryption({ encrypt, pemPath }, host) {
	const { APPTAINER_ENCRYPTION_PASSPHRASE: passphrase, SINGULARITY_ENCRYPTION_PASSPHRASE: older } = host.env;
	if (!encrypt && pemPath !== void 0) throw new UsageError("USAGE_CONFLICTING_INPUTS", "pem-path was given, and the image is not to be encrypted", { hint: "set ⟨encrypt=true⟩ too, or leave ⟨pem-path⟩ out" });
	if (!encrypt) return void 0;
	if (pemPath === void 0 && !passphrase && !older) throw new UsageError("USAGE_MISSING_INPUT", "encrypt was given without a key or passphrase", { hint: "give ⟨pem-path=rsa_pub.pem⟩, or a passphrase in the environment variable APPTAINER_ENCRYPTION_PASSPHRASE" });
	host.warning("every encryption gives other bytes: approvals of an earlier image do not count, collect them again");
	return { pemPath };
}
function readEpoch(inputs, tool, host) {
	const { sourceDateEpoch: given } = inputs;
	const inherited = host.env["SOURCE_DATE_EPOCH"];
	const epoch = given ?? (inherited !== void 0 && /^[0-9]{1,12}$/.test(inherited) ? Number(inherited) : void 0);
	if (given !== void 0 && given < 0) throw new UsageError("USAGE_INVALID_INPUT", `source-date-epoch is ${given}`, { hint: "give Unix seconds from 0 on" });
	if (epoch !== void 0 && !honoursEpoch(tool)) host.warning(`${tool.brand} ${tool.version} does not use SOURCE_DATE_EPOCH; the image will not be reproducible`);
	return epoch;
}
/** Read again after the build to see that it is still the same. */
async function readDefinition(path) {
	const { bytes, stats } = await findFile(path, LIMITS.listBytes);
	return {
		path,
		sha256: sha256Hex(bytes),
		state: stateOf(stats),
		parsed: parseDefinition(decodeUtf8(bytes, path), path)
	};
}
/** Undefined when the bases cannot be told and nobody needs to know. */
function basesOf({ parsed, path }, buildArgs, needed) {
	try {
		return stageBases(parsed, path, buildArgs);
	} catch (error) {
		if (needed) throw error;
		return;
	}
}
function addressBase(address) {
	const scheme = /^([a-z][a-z-]*):/.exec(address)?.[1];
	return [{
		agent: scheme ?? "localimage",
		from: scheme === void 0 ? address : address.slice(scheme.length + 1),
		line: 0
	}];
}

// src/commands/build/preflight.ts
const SYSCTLS = {
	"kernel.unprivileged_userns_clone": "/proc/sys/kernel/unprivileged_userns_clone",
	"kernel.apparmor_restrict_unprivileged_userns": "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
	"user.max_user_namespaces": "/proc/sys/user/max_user_namespaces"
};
/** statfs types of tmpfs and ramfs. */
const MEMORY_FILE_SYSTEMS = /* @__PURE__ */ new Set([16914836, 2240043254]);
const MIB = 1048576;
const SMALL_BYTES = 2048 * MIB;
/** What a build of an image of unknown size takes at the least. */
const FLOOR_BYTES = 32 * MIB;
/** Unpacked root file system and squashfs together, in sizes of the image. */
const TMP_FACTOR = 3;
/** Looks at the machine; changes nothing. */
async function readMachine(paths, host) {
	const { uid, username } = userInfo();
	const sysctl = Object.fromEntries(await Promise.all(Object.entries(SYSCTLS).map(async ([name, path]) => [name, await readLine(path)])));
	const ids = await Promise.all(["/etc/subuid", "/etc/subgid"].map((path) => hasEntry(path, username, uid)));
	return {
		platform: process.platform,
		uid,
		user: username,
		tmp: await readDisk(paths.tmp),
		target: await readDisk(paths.target),
		sysctl,
		userNamespaceWorks: uid === 0 ? void 0 : await tryUserNamespace(host),
		subordinateIds: ids.every(Boolean)
	};
}
async function readLine(path) {
	return readFile(path, "utf8").then((text) => text.trim(), () => void 0);
}
async function hasEntry(path, user, uid) {
	return (await readLine(path) ?? "").split("\n").some((line) => line.startsWith(`${user}:`) || line.startsWith(`${uid}:`));
}
async function readDisk(path) {
	try {
		const { bavail, bsize, type } = await statfs(path);
		return {
			path,
			freeBytes: bavail * bsize,
			inMemory: MEMORY_FILE_SYSTEMS.has(type)
		};
	} catch (error) {
		throw fileError(error, path, "read");
	}
}
/** Makes a user namespace and leaves it: the settings alone do not tell, AppArmor and seccomp have their say too. */
async function tryUserNamespace(host) {
	const program = await host.which("unshare");
	if (program === void 0) return void 0;
	const { exitCode } = await host.run({
		program,
		args: [
			"--user",
			"--map-root-user",
			"true"
		],
		timeoutMs: 1e4
	});
	return exitCode === 0;
}
/**
* Warnings about what may go wrong.
* @throws ToolError TOOL_UNSUPPORTED on other systems than Linux; BuildError BUILD_NO_SPACE
*/
function judgeMachine(facts, request) {
	if (facts.platform !== "linux") throw new ToolError("TOOL_UNSUPPORTED", `images are built on Linux only; this is ${facts.platform}`, { hint: "run build on a Linux runner; sign-stage, verify-all and push-oras run everywhere" });
	assertSpace(facts, request.expectedBytes);
	return [...spaceWarnings(facts, request.expectedBytes), ...namespaceWarnings(facts, request.fakeroot)];
}
function assertSpace({ tmp, target }, expectedBytes) {
	const needs = [{
		disk: tmp,
		bytes: Math.max(FLOOR_BYTES, TMP_FACTOR * (expectedBytes ?? 0)),
		what: "unpacking and packing in tmp-dir"
	}, {
		disk: target,
		bytes: Math.max(FLOOR_BYTES, expectedBytes ?? 0),
		what: "the image"
	}];
	for (const { disk, bytes, what } of needs) if (disk.freeBytes < bytes) throw new BuildError("BUILD_NO_SPACE", `${disk.path} has ${mib(disk.freeBytes)} free; ${what} needs about ${mib(bytes)}`);
}
function spaceWarnings({ tmp, target }, expectedBytes) {
	const small = expectedBytes === void 0 ? [tmp, target].filter(({ freeBytes }) => freeBytes < SMALL_BYTES) : [];
	return [...new Set(small.map(({ path, freeBytes }) => `${path} has only ${mib(freeBytes)} free; a build takes two to three times the size of the image`)), ...tmp.inMemory ? [`${tmp.path} is a RAM disk; set ⟨tmp-dir⟩ to a folder on a real disk for large images`] : []];
}
/** Why user namespaces may be missing, most telling first; empty when there is no reason to worry. */
function namespaceWarnings(facts, fakeroot) {
	const ids = fakeroot && !facts.subordinateIds ? [`fakeroot: neither user ${facts.user} nor its number has entries in /etc/subuid and /etc/subgid; ${facts.uid === 0 ? "root needs no fakeroot" : "Apptainer falls back to a single mapped user"}`] : [];
	if (facts.uid === 0 || facts.userNamespaceWorks !== false) return ids;
	return [...ids, `this user cannot make user namespaces: ${namespaceCause(facts)}`];
}
/** The setting that forbids user namespaces, and how to change it. */
function namespaceCause({ sysctl }) {
	if (sysctl["kernel.unprivileged_userns_clone"] === "0") return "set the sysctl kernel.unprivileged_userns_clone to 1";
	if (sysctl["user.max_user_namespaces"] === "0") return "set the sysctl user.max_user_namespaces above 0";
	if (sysctl["kernel.apparmor_restrict_unprivileged_userns"] === "1") return "AppArmor restricts them: install Apptainer from its package, which brings a profile, or set the sysctl kernel.apparmor_restrict_unprivileged_userns to 0";
	return "a container or security profile around this job forbids them; give it the right to, or build as root or with the setuid package of Apptainer";
}
function mib(bytes) {
	return `${Math.floor(bytes / MIB)} MiB`;
}

// src/commands/build/result.ts
/** Names the JSON document of build. */
const BUILD_SCHEMA = "countersign/build/v1";
/** The result of a build that succeeded. */
function buildResult(outcome) {
	const { imagePath, sourceName, tool, stored, bases, cacheHit } = outcome;
	const name = basename(imagePath);
	const [digest = ""] = stored.contentDigests;
	const version = `${tool.brand} ${tool.version}`;
	const [provenance] = stored.evidence;
	const lines = [
		`✓ ${name}: built from ${sourceName} with ${version} in ${outcome.seconds.toFixed(1)} s`,
		`    content ${digest}`,
		...bases.map((base) => `    base ${base.name} verified`),
		...stored.evidence.map((item) => `    ${describeEvidence(item)}`)
	];
	return {
		exitCode: EXIT.passed,
		outputs: {
			verdict: "passed",
			"image-path": imagePath,
			digest,
			subjects: JSON.stringify([{
				name,
				digest,
				path: imagePath
			}]),
			"bundle-path": provenance?.path ?? "",
			"tool-version": version,
			"cache-hit": String(cacheHit)
		},
		text: `${lines.join("\n")}\n`,
		json: {
			schema: BUILD_SCHEMA,
			verdict: "passed",
			image: {
				name,
				path: imagePath,
				contentDigests: stored.contentDigests
			},
			source: sourceName,
			tool: {
				name: tool.brand,
				version: tool.version,
				path: tool.program
			},
			seconds: outcome.seconds,
			cacheHit,
			bases,
			evidence: stored.evidence
		},
		summary: () => summaryOf([
			name,
			digest,
			sourceName,
			version
		], stored)
	};
}
/** What was built as the one row of a table, in the order of its columns, and the evidence about it. */
function summaryOf(row, { evidence }) {
	return [
		`### build: ${escapeMarkdown(row[0])}`,
		"",
		"| image | content digest | built from | with |",
		"| --- | --- | --- | --- |",
		`| ${row.map((text) => escapeMarkdown(text)).join(" | ")} |`,
		"",
		...evidence.map((item) => `- ${escapeMarkdown(describeEvidence({
			...item,
			path: null
		}))}`),
		""
	].join("\n");
}
/** The result when a base image was refused: a verdict, not an error; nothing was built. */
function refusedResult(imagePath, bases) {
	const lines = bases.flatMap(({ name, refusals }) => [`${refusals.length === 0 ? "✓" : "✗"} base ${name}: ${refusals.length === 0 ? "accepted" : "refused"}`, ...refusals.map((refusal) => `    ✗ ${refusal}`)]);
	const text = [...lines, `✗ ${basename(imagePath)}: not built`];
	return {
		exitCode: EXIT.failed,
		outputs: {
			verdict: "failed",
			"cache-hit": "false"
		},
		text: `${text.join("\n")}\n`,
		json: {
			schema: BUILD_SCHEMA,
			verdict: "failed",
			image: null,
			bases
		},
		summary: () => `### build: ${escapeMarkdown(basename(imagePath))} not built\n\n${lines.map((line) => `- ${escapeMarkdown(line)}`).join("\n")}\n`
	};
}

// src/commands/build/spec.ts
const SOURCE_INPUTS = [
	{
		name: "definition",
		type: "path",
		description: "Definition file to build from. Either this or `source`.",
		example: "app.def"
	},
	{
		name: "source",
		type: "string",
		file: "read",
		description: "Image address to build from instead of a definition: a URI such as `docker://alpine:3.22`, or the path of an image or a root file system folder.",
		example: "docker://alpine:3.22"
	},
	{
		name: "image-path",
		type: "path",
		file: "image",
		required: true,
		description: "SIF file to write. It appears under this name only when it is complete; an existing file is an error unless `overwrite` is set.",
		example: "app.sif"
	},
	{
		name: "overwrite",
		type: "boolean",
		default: "false",
		description: "Replace an existing file, in one step, once the new image is complete."
	},
	{
		name: "build-args",
		type: "list",
		description: "Values for `{{ name }}` in the definition, `name=value` one a line. They end up in the image and in the provenance, so they are no place for secrets. Apptainer 1.2 or newer.",
		example: "VERSION=1.2.3"
	}
];
const TOOL_INPUTS = [
	{
		name: "tool",
		type: "enum",
		values: [
			"auto",
			"apptainer",
			"singularity"
		],
		default: "auto",
		description: "Program that builds, from PATH: Apptainer 1.1 or newer, or Singularity 3.8 or newer."
	},
	{
		name: "encrypt",
		type: "boolean",
		default: "false",
		description: "Encrypt the file system of the image, for the key of `pem-path`, or with the passphrase in the environment variable `APPTAINER_ENCRYPTION_PASSPHRASE`, which is passed on as it is. Every encryption gives other bytes: approvals of an earlier one do not count for it."
	},
	{
		name: "pem-path",
		type: "path",
		description: "File with the public RSA key that the image is encrypted for. With `encrypt`.",
		example: "rsa_pub.pem"
	},
	{
		name: "fakeroot",
		type: "boolean",
		default: "false",
		description: "Build with the appearance of being root. Apptainer does so by itself for definitions when it is not run by root."
	},
	{
		name: "source-date-epoch",
		type: "integer",
		description: "Time for a reproducible image, Unix seconds, handed on as SOURCE_DATE_EPOCH. Apptainer before 1.5 and Singularity ignore it. Default: the variable as it is set.",
		example: "1764000000"
	},
	{
		name: "tmp-dir",
		type: "path",
		file: "folder",
		description: "Existing folder for the build’s temporary files, two to three times the size of the image. Default: APPTAINER_TMPDIR, TMPDIR, /tmp.",
		example: "/scratch/tmp"
	},
	{
		name: "cache-dir",
		type: "path",
		file: "folder",
		description: "Folder for the program’s download cache. Default: APPTAINER_CACHEDIR, else its own default.",
		example: "/scratch/cache"
	},
	{
		name: "cache",
		type: "boolean",
		default: "false",
		only: "action",
		description: "Keep the download cache in the Actions cache between jobs. Refused together with a signing key and skipped in jobs with `id-token: write`: a cache can be filled by less trusted jobs."
	},
	{
		name: "expected-size",
		type: "size",
		description: "About how large the image will be, with a unit; three times as much must be free in `tmp-dir`. Default: the size of a local base image.",
		example: "4GiB"
	}
];
const BASE_INPUTS = [
	{
		name: "base-policy-path",
		type: "path",
		description: "Policy that every base image must satisfy before the build starts: SIF files of `Bootstrap: localimage`, or images of `Bootstrap: oras` and `docker` pinned by digest. Other kinds of base are then refused.",
		example: "base-policy.yaml"
	},
	{
		name: "base-policy-profile",
		type: "string",
		description: "Which profile of `base-policy-path` counts, where it has profiles.",
		example: "production"
	},
	{
		name: "base-fingerprints",
		type: "list",
		description: "OpenPGP fingerprints, 40 hex digits, one a line, that must all have signed every base image; with `base-keyring`. Like the header `Fingerprints:`, without a key server.",
		example: "0123456789ABCDEF0123456789ABCDEF01234567"
	},
	{
		name: "base-keyring",
		type: "paths",
		description: "OpenPGP public keys for `base-fingerprints`, one path a line.",
		example: "staff.asc"
	}
];
const STORE_INPUTS = [{
	name: "store",
	type: "enum",
	values: ["auto", "file"],
	default: "auto",
	description: "Where signed provenance goes: `auto` puts it into the image, `file` leaves the image as it was built and writes `IMAGE.provenance.sigstore.json`."
}, {
	name: "bundle-folder",
	type: "path",
	file: "folder",
	description: "Folder that receives a copy of the provenance, as `IMAGE.provenance.sigstore.json` when signed and `IMAGE.provenance.intoto.json` when not. Default: beside the image, and only when it is not in the image.",
	example: "bundles"
}];
/** What build takes and gives. */
const BUILD_SPEC = {
	name: "build",
	summary: "Build a SIF image with Apptainer and record how it was built",
	description: "Drives `apptainer build` (or `singularity`) on a definition file or an address: checks first that the program, its version, the free space and the user namespaces will do, verifies the base image when asked, and puts the finished image in place in one step. Then it writes SLSA provenance v1 about the content: signed into the image when a key is given, as an unsigned statement file beside it otherwise. Linux only; nothing is installed and nothing is run with more rights than the job has.",
	positional: "definition",
	privileged: "with-key",
	action: {
		title: "countersign: build",
		icon: "package",
		color: "green"
	},
	inputs: [
		...SOURCE_INPUTS,
		...TOOL_INPUTS,
		...BASE_INPUTS,
		...SIGNING_INPUTS,
		...EVIDENCE_SIGNER_INPUTS,
		...STORE_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [
		...COMMON_OUTPUTS,
		{
			name: "image-path",
			description: "Absolute path of the image.",
			example: "/images/app.sif"
		},
		{
			name: "digest",
			description: "Content digest of the image; it stays the same whatever signatures are added.",
			example: "sha256:1f2e…"
		},
		{
			name: "subjects",
			description: "The image as a JSON array of `name`, `digest` (content digest) and `path`.",
			example: "[{\"name\":\"app.sif\",\"digest\":\"sha256:…\",\"path\":\"/images/app.sif\"}]"
		},
		{
			name: "bundle-path",
			description: "Path of the provenance file; empty when the provenance is only in the image.",
			example: "/images/app.sif.provenance.intoto.json"
		},
		{
			name: "tool-version",
			description: "Program that built, and its version.",
			example: "apptainer 1.4.5"
		},
		{
			name: "cache-hit",
			description: "`true` when the download cache was restored, else `false`.",
			example: "false"
		}
	]
};

// src/commands/build/build.ts
async function run(inputs, host) {
	const plan = await readPlan(inputs, host);
	const folder = inputs.workingDirectory;
	const remote = plan.baseRules ? registryBases(plan.bases ?? [], plan.baseRules) : [];
	const checked = plan.baseRules ? await fetchBases(plan.bases ?? [], {
		folder,
		tool: plan.tool,
		host
	}) : void 0;
	const bases = checked ?? await localBases(plan.bases ?? [], folder);
	const machine = await preflight(plan, bases, {
		inputs,
		host
	});
	const verdicts = await verifyBases({
		files: checked ?? [],
		remote
	}, plan, {
		inputs,
		host
	});
	if (verdicts.some(({ refusals }) => refusals.length > 0)) return refusedResult(plan.imagePath, verdicts);
	const startedAt = host.now();
	const tags = await lookUpTags(plan, {
		inputs,
		host
	});
	const cacheHit = await restoreCache(plan.cache, host);
	const partial = partialPath(plan.imagePath);
	let stored;
	try {
		await runBuild(plan, {
			inputs,
			host,
			machine,
			output: partial,
			source: pinnedSource(plan, tags)
		});
		await assertImage(partial);
		await assertInputsUnchanged(plan, bases);
		await saveCache(plan.cache, cacheHit, host);
		const unmoved = await unmovedTags(plan, tags, {
			inputs,
			host
		});
		stored = await recordProvenance(plan, {
			inputs,
			host,
			startedAt,
			dependencies: await dependenciesOf(plan, {
				files: bases,
				verdicts,
				tags: unmoved
			}),
			image: partial
		});
		await publishImage(partial, plan.imagePath, plan.overwrite);
		await assertContent(plan.imagePath, stored.contentDigests, host.now());
	} finally {
		await rm(partial, {
			force: true,
			recursive: true
		});
	}
	await declareArtifact(plan.imagePath, host);
	return buildResult({
		imagePath: plan.imagePath,
		sourceName: plan.sourceName,
		tool: plan.tool,
		seconds: (host.now().getTime() - startedAt.getTime()) / 1e3,
		cacheHit,
		bases: verdicts,
		stored
	});
}
async function preflight(plan, bases, { inputs, host }) {
	const { env } = host;
	const tmp = inputs.tmpDir ?? env["APPTAINER_TMPDIR"] ?? env["SINGULARITY_TMPDIR"] ?? env["TMPDIR"] ?? "/tmp";
	const machine = await readMachine({
		tmp,
		target: dirname(plan.imagePath)
	}, host);
	const largest = bases.length > 0 ? Math.max(...bases.map(({ sizeBytes }) => sizeBytes)) : void 0;
	const expectedBytes = inputs.expectedSize ?? largest;
	for (const warning of judgeMachine(machine, {
		expectedBytes,
		fakeroot: plan.fakeroot
	})) host.warning(warning);
	return machine;
}
async function verifyBases({ files, remote }, { baseRules }, { inputs, host }) {
	if (!baseRules) return [];
	const verdicts = [];
	const group = async (name, verify) => verdicts.push(await host.group(`Verifying base ${name}`, verify));
	for (const base of files) await group(base.name, () => verifyBase(base, baseRules, host.now()));
	for (const base of remote) await group(base.name, () => verifyRegistryBase(base, baseRules, {
		inputs,
		host
	}));
	return verdicts;
}
async function runBuild(plan, { inputs, host, machine, output, source }) {
	const { fakeroot, encryption, tool, epoch } = plan;
	const cache = plan.cache?.folder ?? inputs.cacheDir;
	if (cache !== void 0) await makeFolder(cache, 448);
	const buildArgFile = await writeBuildArgs(plan, host);
	const args = buildArguments({
		output,
		source,
		fakeroot,
		encryption,
		buildArgFile
	});
	if (host.kind === "terminal") host.info(`running ${[tool.program, ...args].join(" ")}`);
	const env = buildEnvironment(host.env, {
		tmp: inputs.tmpDir,
		cache
	}, epoch);
	const call = {
		program: tool.program,
		args,
		env,
		cwd: inputs.workingDirectory,
		echo: true
	};
	const result = await host.group(`Building ${basename(plan.imagePath)}`, () => host.run(call));
	if (result.exitCode !== 0) throw failure(plan, result, machine);
}
/** What provenance names must be what was used. */
async function assertInputsUnchanged({ definition }, bases) {
	for (const base of bases) await assertUnchanged(base);
	if (definition && (await readDefinition(definition.path)).state !== definition.state) throw new BuildError("BUILD_INPUT_CHANGED", `the definition ${definition.path} was changed while the image was built`);
}
/** What provenance says the image is must be what has its name now. */
async function assertContent(imagePath, digests, now) {
	const { facts } = await examineContent(imagePath, { now });
	const found = facts.contentDigests;
	if (digests.every((digest) => found.includes(digest))) return;
	throw new BuildError("BUILD_INPUT_CHANGED", `${imagePath} is not the image that was built: somebody changed it meanwhile`);
}
async function writeBuildArgs({ buildArgs }, host) {
	if (buildArgs.size === 0) return void 0;
	const path = join(await host.temporaryFolder(), "build-args");
	await writeFileAtomic(path, [...buildArgs].map(([name, value]) => `${name}=${value}\n`).join(""), 384);
	return path;
}
function failure({ tool, definition }, { exitCode, stdout, stderr }, machine) {
	return explainFailure(tool.name, {
		exitCode,
		log: `${stdout}\n${stderr}`,
		namespaceHint: namespaceCause(machine),
		headerLocation: definition && unknownHeader(definition.parsed, definition.path)
	});
}
async function recordProvenance(plan, { inputs, host, ...rest }) {
	const predicate = buildProvenance({
		env: host.env,
		source: plan.sourceName,
		buildArgs: plan.buildArgs,
		fakeroot: plan.fakeroot,
		epoch: plan.epoch,
		tool: plan.tool,
		toolVersion: VERSION,
		dependencies: rest.dependencies,
		git: host.env["GITHUB_ACTIONS"] === "true" ? void 0 : await gitFacts(inputs.workingDirectory, host),
		startedAt: rest.startedAt,
		finishedAt: host.now()
	});
	return storeEvidence({
		path: rest.image,
		as: plan.imagePath,
		statements: [{
			label: "provenance",
			predicateType: PROVENANCE_PREDICATE_TYPE,
			predicate
		}],
		signer: plan.signer,
		now: host.now(),
		beside: inputs.store === "file",
		folder: inputs.bundleFolder
	});
}
/** Commit and origin of the working directory; undefined when it is no git work tree. Runs no hooks, reads two values. */
async function gitFacts(folder, host) {
	const program = await host.which("git");
	if (program === void 0) return void 0;
	const ask = async (...args) => {
		const { exitCode, stdout } = await host.run({
			program,
			args: [
				"-C",
				folder,
				...args
			],
			timeoutMs: 1e4
		});
		return exitCode === 0 ? stdout.trim() : "";
	};
	const commit = await ask("rev-parse", "--verify", "HEAD");
	if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(commit)) return void 0;
	return {
		commit,
		origin: publicOrigin(await ask("config", "--get", "remote.origin.url"))
	};
}
/** Tells the runner about the image; a path that its line format cannot hold is left out. */
async function declareArtifact(imagePath, host) {
	const file = host.env["GITHUB_ARTIFACTS"];
	if (!file || /[=\r\n]/.test(imagePath)) return;
	try {
		await appendFile(file, `file://${imagePath}\n`);
	} catch (error) {
		host.warning(`the image was not declared as an artifact: ${error instanceof Error ? error.message : String(error)}`);
	}
}
/** The command, as the entries load it. */
const command = defineCommand(BUILD_SPEC, run);

export { command };