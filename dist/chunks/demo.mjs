import { t as attachEvidence } from "./evidence.mjs";
import { t as describeFile } from "./inspect.mjs";
import { a as counted } from "./text.mjs";
import { i as EXIT, o as SystemError } from "./errors.mjs";
import { t as Secret } from "./secret.mjs";
import { r as deleteObjects } from "./append.mjs";
import { t as createSigner } from "./signer.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./values.mjs";
import { t as generateX509Chain } from "./generate.mjs";
import { t as generateEcKey } from "./key-generate.mjs";
import { t as generatePgpKey } from "./generate4.mjs";
import { t as defineCommand } from "./spec.mjs";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// src/commands/demo/material.ts
/** Makes all keys of the demo below `folder`/keys; private ones are readable by this user only. */
async function writeDemoKeys(folder, now) {
	const keys = join(folder, "keys");
	await mkdir(keys, { mode: 448 });
	const file = async (name, content, mode = 420) => {
		await writeFile(join(keys, name), content, {
			mode,
			flag: "wx"
		});
		return join(keys, name);
	};
	const ec = async (name) => {
		const pair = generateEcKey();
		return {
			keyPath: await file(`${name}.key`, pair.privateKey, 384),
			publicPath: await file(`${name}.pub`, pair.publicKey)
		};
	};
	const author = await generatePgpKey({
		name: "Demo Author",
		email: "author@example.org",
		now
	});
	const security = await generateX509Chain({
		name: "Demo Security",
		email: "security@example.org",
		days: 30,
		now
	});
	const production = await ec("production");
	await file("author.pub.asc", author.publicKey);
	await file("root.crt", security.root);
	return {
		stages: {
			author: {
				title: "OpenPGP key",
				inputs: {
					"signing-method": "pgp",
					"key-path": await file("author.asc", author.privateKey, 384)
				}
			},
			security: {
				title: "X.509 certificate of a private CA",
				inputs: {
					"signing-method": "x509",
					"key-path": await file("security.key", security.privateKey, 384),
					"certificate-path": await file("security.crt", security.certificate),
					"certificate-chain-path": await file("issuing-ca.crt", security.intermediates)
				}
			},
			production: {
				title: "bare P-256 key",
				inputs: {
					"signing-method": "key",
					"key-path": production.keyPath
				}
			}
		},
		ci: await ec("ci"),
		outsider: await ec("outsider"),
		authorFingerprint: author.fingerprint
	};
}
/** The demo's countersign.yaml. */
function demoPolicy(keys) {
	return `version: 1
name: demo
trust:
  keyrings: [keys/author.pub.asc]
principals:
  ada: { pgp: ${keys.authorFingerprint} }
  security-team:
    x509: { anchors: keys/root.crt, san: 'email:security@example.org' }
  release-bot: { key: keys/production.pub }
  ci: { key: keys/ci.pub }
stages:
  - name: author
    approvers: [ada]
  - name: security
    approvers: [security-team]
  - name: production
    approvers: [release-bot]
distinct:
  - [author, security, production]
`;
}
/** A CycloneDX SBOM with one component. */
const DEMO_SBOM = {
	bomFormat: "CycloneDX",
	specVersion: "1.6",
	version: 1,
	components: [{
		type: "application",
		name: "hello",
		version: "1.0",
		purl: "pkg:generic/hello@1.0"
	}]
};
/** A Trivy report with findings below the demo's threshold. */
const DEMO_REPORT = {
	SchemaVersion: 2,
	ArtifactName: "app.sif",
	ArtifactType: "filesystem",
	Results: [{
		Target: "bin/hello",
		Class: "lang-pkgs",
		Type: "gobinary",
		Packages: [{
			Name: "hello",
			Version: "1.0"
		}],
		Vulnerabilities: [{
			VulnerabilityID: "CVE-2026-0001",
			PkgName: "hello",
			InstalledVersion: "1.0",
			FixedVersion: "1.1",
			Severity: "LOW",
			Title: "greets in one language only"
		}]
	}]
};
/** SLSA provenance for an image that was built before the demo, on the machine of the project's maintainers. */
const DEMO_PROVENANCE = {
	buildDefinition: {
		buildType: "urn:countersign:buildtype:local:v1",
		externalParameters: { definition: "demo.def" },
		resolvedDependencies: []
	},
	runDetails: { builder: { id: "urn:countersign:builder:demo" } }
};

// src/commands/demo/demo.ts
const spec = {
	name: "demo",
	summary: "Show the whole path on a small image, then three attacks on it",
	description: "Makes throw-away OpenPGP, X.509 and P-256 keys, attaches provenance, SBOM and scan findings to a small image made by Apptainer, approves it at three stages, verifies, publishes to an OCI layout, pulls it back and verifies again. Then it alters a byte, removes an approval, and adds an outsider’s valid signature, and shows what verify-all says each time.",
	inputs: [...COMMON_INPUTS],
	outputs: [...COMMON_OUTPUTS]
};
async function run(_inputs, host) {
	const folder = await host.temporaryFolder();
	const keys = await writeDemoKeys(folder, host.now());
	await copyDemoImage(join(folder, "app.sif"));
	await writeFile(join(folder, "countersign.yaml"), demoPolicy(keys));
	const demo = {
		folder,
		keys,
		host
	};
	const steps = [];
	for (const take of [...PATH, ...ATTACKS]) {
		const result = await take(demo);
		host.info(`${result.asExpected ? "✓" : "✗"} ${result.title}`);
		steps.push(result);
	}
	const failed = steps.filter(({ asExpected }) => !asExpected);
	const verdict = failed.length === 0 ? "passed" : "failed";
	const text = steps.map(({ title, text: printed }, index) => `── ${index + 1}. ${title}\n${printed.trimEnd()}\n`).join("\n");
	const end = failed.length === 0 ? "demo: every step did what it should, and every attack was noticed\n" : `demo: ${failed.length} of ${counted(steps.length, "step")} did NOT do what they should: ${failed.map(({ title }) => title).join("; ")}\n`;
	return {
		exitCode: EXIT[verdict],
		json: {
			schema: "countersign/demo/v1",
			verdict,
			steps
		},
		text: `${text}\n${end}`,
		outputs: { verdict }
	};
}
const PATH = [
	attest,
	(demo) => sign(demo, "author"),
	(demo) => sign(demo, "security"),
	(demo) => sign(demo, "production"),
	(demo) => verify(demo, {
		title: "Verify all three approvals against the policy",
		image: "app.sif",
		expect: "passed",
		whole: true
	}),
	publish,
	pullBack,
	(demo) => verify(demo, {
		title: "Verify what was pulled back",
		image: "pulled.sif",
		expect: "passed"
	})
];
const ATTACKS = [
	async (demo) => {
		await flipByte(demo.folder);
		return verify(demo, {
			title: "Attack: one byte of the root file system is changed",
			image: "flipped.sif",
			expect: "failed"
		});
	},
	async (demo) => {
		await copyWithout("security", demo, "removed.sif");
		return verify(demo, {
			title: "Attack: the security approval is removed",
			image: "removed.sif",
			expect: "failed"
		});
	},
	async (demo) => {
		await forgeProduction(demo);
		return verify(demo, {
			title: "Attack: an outsider signs production with a valid key of their own",
			image: "forged.sif",
			expect: "failed"
		});
	}
];
async function attest(demo) {
	const { folder, keys } = demo;
	await writeFile(join(folder, "sbom.cdx.json"), JSON.stringify(DEMO_SBOM));
	await writeFile(join(folder, "trivy.json"), JSON.stringify(DEMO_REPORT));
	await attachProvenance(demo);
	const { command } = await import("./scan-attest.mjs");
	return step("Attach build provenance, SBOM and scan findings as signed evidence", await call(command, demo, {
		"subject-path": "app.sif",
		"sbom-path": "sbom.cdx.json",
		"scan-report": "trivy.json",
		"policy-path": "countersign.yaml",
		"signing-method": "key",
		"key-path": keys.ci.keyPath
	}), EXIT.passed);
}
async function attachProvenance({ folder, keys, host }) {
	const now = host.now();
	const key = new Secret(await readFile(keys.ci.keyPath));
	const signer = await createSigner({
		method: "key",
		key,
		passphrase: void 0,
		certificate: void 0,
		certificateChain: void 0,
		now
	});
	const statements = [{
		predicateType: "https://slsa.dev/provenance/v1",
		predicate: DEMO_PROVENANCE
	}];
	await attachEvidence({
		path: join(folder, "app.sif"),
		statements,
		signer,
		now
	});
}
async function sign(demo, stage) {
	const { command } = await import("./sign-stage.mjs");
	const result = await call(command, demo, {
		"subject-path": "app.sif",
		stage,
		"policy-path": "countersign.yaml",
		...demo.keys.stages[stage].inputs
	});
	return step(`Approve as ${stage} (${demo.keys.stages[stage].title})`, result, EXIT.passed);
}
async function verify(demo, { title, image, expect, whole = false }) {
	const { command } = await import("./verify-all2.mjs");
	const result = await call(command, demo, {
		"subject-path": image,
		"policy-path": "countersign.yaml"
	});
	const done = step(title, result, EXIT[expect]);
	return whole ? {
		...done,
		text: result.text
	} : done;
}
async function publish(demo) {
	const { command } = await import("./push-oras.mjs");
	return step("Publish to an OCI layout folder, refused unless the verdict is passed", await call(command, demo, {
		"subject-path": "app.sif",
		reference: `oci:${join(demo.folder, "registry")}:1.0`,
		"policy-path": "countersign.yaml"
	}), EXIT.passed);
}
async function pullBack(demo) {
	const { command } = await import("./pull.mjs");
	const result = await call(command, demo, {
		reference: `oci:${join(demo.folder, "registry")}:1.0`,
		"image-path": "pulled.sif",
		"policy-path": "countersign.yaml"
	});
	const same = Buffer.compare(await readFile(join(demo.folder, "app.sif")), await readFile(join(demo.folder, "pulled.sif")).catch(() => Buffer.alloc(0)));
	const pulled = step("Pull it back, byte for byte", result, EXIT.passed);
	return {
		...pulled,
		asExpected: pulled.asExpected && same === 0
	};
}
function step(title, result, expected) {
	return {
		title,
		text: brief(result.text),
		asExpected: result.exitCode === expected
	};
}
/** A report without its lists of layers, evidence and coverage: they are shown once. */
function brief(text) {
	return text.replace(/^ {2}(?:layers|evidence|coverage|remarks)\n(?: {4}.*\n)+/gm, "").replace(/\n{2,}/g, "\n");
}
/** Runs a command as the command line would, in the demo's folder. */
async function call(command, demo, texts) {
	const { host, folder } = demo;
	return (await command.prepare({
		texts: new Map(Object.entries(texts)),
		cwd: folder,
		mask: (text) => host.mask(text),
		readStdin: (limitBytes) => host.readStdin(limitBytes)
	})).run(quiet(host));
}
/** The demo prints the commands' results itself. */
function quiet(host) {
	return {
		kind: host.kind,
		env: host.env,
		cwd: host.cwd,
		cache: void 0,
		temporaryFolder: () => host.temporaryFolder(),
		now: () => host.now(),
		cpuMs: () => host.cpuMs(),
		debug: (text) => host.debug(text),
		info: () => void 0,
		warning: () => void 0,
		finding: () => void 0,
		group: (_title, body) => body(),
		progress: () => ({
			update: () => void 0,
			finish: () => void 0
		}),
		mask: (text, origin) => host.mask(text, origin),
		readStdin: (limitBytes) => host.readStdin(limitBytes),
		run: (request) => host.run(request),
		tokenChild: host.tokenChild,
		which: (program) => host.which(program)
	};
}
async function flipByte(folder) {
	const bytes = await readFile(join(folder, "app.sif"));
	const { sif } = await describeFile(join(folder, "app.sif"));
	const objects = sif?.objects ?? [];
	const partition = objects.find(({ type }) => type === "partition") ?? objects[0];
	const at = (partition?.offset ?? 0) + Math.floor((partition?.sizeBytes ?? 0) / 2);
	bytes[at] = (bytes[at] ?? 0) ^ 1;
	await writeFile(join(folder, "flipped.sif"), bytes);
}
/** A copy of the image without its layers of a stage. */
async function copyWithout(wanted, { folder, host }, name) {
	const path = join(folder, name);
	await copyFile(join(folder, "app.sif"), path);
	const { layers } = await describeFile(path);
	const ids = layers.filter(({ stage }) => stage === wanted).map(({ where }) => Number(where.replace("object ", "")));
	await deleteObjects(path, ids, { now: host.now() });
}
/** The image as production found it, approved by somebody whom the policy does not know. */
async function forgeProduction(demo) {
	await copyWithout("production", demo, "forged.sif");
	const { command } = await import("./sign-stage.mjs");
	await call(command, demo, {
		"subject-path": "forged.sif",
		stage: "production",
		"signing-method": "key",
		"key-path": demo.keys.outsider.keyPath
	});
}
/** The image ships with the project: beside the sources, or beside the bundled command. */
async function copyDemoImage(target) {
	for (const place of [
		"../../../assets/demo/hello.sif",
		"../assets/demo/hello.sif",
		"../../assets/demo/hello.sif"
	]) try {
		await copyFile(fileURLToPath(new URL(place, import.meta.url)), target);
		return;
	} catch (error) {
		if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
	}
	throw new SystemError("FILE_NOT_FOUND", "the demo image assets/demo/hello.sif is not there", { hint: "run the demo from a complete copy of the project" });
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };