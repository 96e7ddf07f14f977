import { r as openRegistryImage } from "./image.mjs";
import { d as sha256, p as shortDigest } from "./bytes.mjs";
import { a as withTimestamp } from "./sign.mjs";
import { r as evidenceLabel } from "./signature-objects.mjs";
import { n as laneObject } from "./lane.mjs";
import { r as openSif } from "./sif.mjs";
import { t as examineRegistryImage } from "./examine.mjs";
import { a as settle, s as examineSif } from "./verify.mjs";
import { l as unlistedRemark } from "./errors5.mjs";
import { t as attachBundle } from "./bundles2.mjs";
import { r as isProblem } from "./reasons.mjs";
import { G as whereOf } from "./glass.mjs";
import { l as lockImage, r as deleteObjects, t as appendLayers } from "./append.mjs";
import { a as openFileSource } from "./source2.mjs";
import { a as bundleToAttach, r as assertBundleReadable } from "./bundles4.mjs";
import { t as LIMITS } from "./limits.mjs";
import { a as counted, u as printable } from "./text.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { c as manifestName } from "./reference.mjs";
import { l as COMMON_INPUTS, m as PRIVILEGED_INPUTS, u as COMMON_OUTPUTS, v as TIMESTAMP_URL_INPUT } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { r as openFrom, t as CONNECTION_INPUTS } from "./registry.mjs";
import { i as SUBJECT_INPUTS, l as subjectsFrom } from "./subjects.mjs";
import { t as stamperFrom } from "./timestamp.mjs";
import { a as criteriaFrom, o as crlsFrom, r as TRUST_INPUTS } from "./trust2.mjs";

// src/stage/lasting/stamp.ts
/** What a bundle of an image is, and whether a timestamp is missing. */
function candidatesIn({ bundles }) {
	return bundles.flatMap(({ is, fact, opened }) => {
		if (!opened || is === "layer" && !fact.approval) return [];
		const what = is === "layer" ? fact.approval?.stage ?? "" : evidenceLabel(fact.predicateType);
		const outcome = fact.proven?.proof === "timestamp" || fact.signer?.method === "sigstore" && fact.signature === "valid" ? "present" : fact.signature === "valid" && !fact.contradicted ? "stamped" : "not-good";
		return [{
			opened,
			is: is === "layer" ? "approval" : "evidence",
			what,
			fact,
			outcome
		}];
	});
}
async function stampAll(examined, stamp, store) {
	const done = [];
	for (const { outcome, ...candidate } of candidatesIn(examined)) {
		const { opened, is, what, fact } = candidate;
		const report = {
			where: whereOf(fact.place),
			what,
			digest: opened.bundle.payloadDigest,
			outcome
		};
		if (outcome === "stamped") {
			const { bytes } = withTimestamp(opened.bundle, await stamp(opened.bundle.envelope.signature));
			assertBundleReadable(bytes, is, `the layer at ${report.where} with its timestamp`);
			done.push({
				...report,
				...await store(bytes, candidate)
			});
		} else {
			const why = fact.reasons.filter(isProblem).map(({ message }) => message);
			done.push({
				...report,
				now: [],
				remarks: outcome === "present" ? [] : why
			});
		}
	}
	return done;
}
/**
* Stamps a SIF file in place: each layer is appended with its timestamp, then the one without is taken away. A kill in between
* leaves both, which is a valid image.
* @throws SifError when the file cannot be read or changed; SignatureError, NetworkError when no timestamp can be had
*/
async function stampSif(path, criteria, { stamp, onBytes }) {
	const { verifier, now } = criteria;
	await using lock = await lockImage(path);
	await using source = await openFileSource(lock.path);
	const image = await openSif(source);
	const found = await examineSif(image, {
		name: path,
		verifier,
		now,
		...onBytes ? { onBytes } : {}
	});
	const examined = settle(found, criteria);
	const options = {
		now,
		lock,
		expected: image,
		expectedDigests: examined.digests
	};
	return await stampAll(examined, stamp, async (bytes, { opened, is, what }) => {
		const object = laneObject(is, what, bytes);
		const added = await appendLayers(lock.path, [object], options);
		const { place } = opened.found;
		if (place.in === "sif") await deleteObjects(lock.path, [place.object], options);
		return {
			now: added.map((id) => `object ${id}`),
			remarks: []
		};
	});
}
/**
* Stamps what is attached to an image in a registry or layout folder, and what is in a SIF there: each layer is attached once
* more with its timestamp, and the one without stays.
* @throws RegistryError, NetworkError; SignatureError when no timestamp can be had
*/
async function stampRegistryImage(image, repository, { criteria, stamp }) {
	const { verifier, now } = criteria;
	const found = await examineRegistryImage(image, {
		name: image.name,
		verifier,
		now,
		verifyData: false
	});
	const natives = [...found.attached.natives, ...found.sif?.objects.natives ?? []];
	return await stampAll(settle(found, criteria), stamp, async (bytes, { opened }) => {
		const holders = found.attached.attachedTo.get(sha256(opened.found.bytes)) ?? [image.descriptor.digest];
		const places = [];
		const remarks = [];
		for (const subject of image.subjects.filter(({ digest }) => holders.includes(digest))) {
			const { manifest, unlisted } = await attachBundle(repository, subject, bundleToAttach(bytes, natives));
			places.push(`referrer ${manifest.digest}`);
			if (unlisted) remarks.push(unlistedRemark(unlisted));
		}
		return {
			now: places,
			remarks
		};
	});
}

// src/commands/stamp.ts
const spec = {
	name: "stamp",
	summary: "Add timestamps to signed layers while they are good, and revocation lists that travel along",
	description: "Asks a timestamp authority for a token over each approval and piece of evidence that is good now and has none, and stores it beside the signature: from then on the layer keeps counting when its key or certificate ends. Nothing is signed again. In a SIF file each layer is put in anew, in a registry or layout folder attached once more. What is not good now is left as it is: a timestamp would prove nothing. With `carry-crls` revocation lists are put into the image or attached to it first, in place of older ones of the same issuers; no signature covers them but their own.",
	positional: "subject-path",
	privileged: "always",
	inputs: [
		...SUBJECT_INPUTS,
		TIMESTAMP_URL_INPUT,
		{
			name: "carry-crls",
			type: "paths",
			mayBeContent: true,
			description: "X.509 certificate revocation lists that are to travel with the image, PEM or DER, given as `trust-anchors`; 8 MiB each at most. Whoever verifies with revocation looks them up beside their own.",
			example: "/var/lib/crls"
		},
		...TRUST_INPUTS,
		...CONNECTION_INPUTS,
		...PRIVILEGED_INPUTS,
		...COMMON_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const subjects = await subjectsFrom(inputs);
	const criteria = await criteriaFrom(inputs, host.now(), { needed: true });
	const { timestampUrl } = inputs;
	const stamp = timestampUrl === void 0 ? void 0 : await stamperFrom(timestampUrl, inputs, host);
	const toCarry = await listsFrom(inputs);
	if (!stamp && toCarry.length === 0) throw new UsageError("USAGE_MISSING_INPUT", "neither timestamp-url nor carry-crls is given", { hint: "give ⟨timestamp-url⟩ or ⟨carry-crls⟩" });
	const images = [];
	for (const subject of subjects) {
		const done = await host.group(`Stamping ${subject.name}`, () => doOne(subject, {
			inputs,
			host,
			criteria,
			stamp,
			toCarry
		}));
		for (const { where, remarks } of done.layers) for (const remark of remarks) host.warning(`${where}: ${remark}`);
		images.push(done);
	}
	return {
		exitCode: EXIT.passed,
		json: {
			schema: "countersign/stamp/v1",
			images
		},
		text: images.map(describe).join(""),
		outputs: { verdict: "passed" }
	};
}
/** @throws UsageError USAGE_INVALID_INPUT; SignatureError SIGNATURE_CRL_UNREADABLE; as crlsFrom */
async function listsFrom({ carryCrls, workingDirectory }) {
	const { crls = [] } = await crlsFrom({
		crls: carryCrls,
		workingDirectory
	}, "carry-crls");
	const size = crls.reduce((sum, { length }) => sum + length, 0);
	if (crls.length > LIMITS.carriedCrls || size > LIMITS.carriedCrlBytes || crls.some(({ length }) => length > LIMITS.sifSignatureBytes)) throw new UsageError("USAGE_INVALID_INPUT", `carry-crls names ${counted(crls.length, "list")} of ${size} bytes`, { hint: `give at most ${LIMITS.carriedCrls} of ${LIMITS.sifSignatureBytes} bytes each, ${LIMITS.carriedCrlBytes} together; larger ones belong into \`trust.crls\` of the policy` });
	const { parseCrl } = await import("./crl.mjs");
	return crls.map((der) => ({
		der,
		crl: parseCrl(der)
	}));
}
async function doOne(subject, task) {
	const { inputs, host, criteria, stamp, toCarry } = task;
	const { name } = subject;
	const carry = toCarry.length > 0 ? await import("./carry.mjs") : void 0;
	if (subject.in === "file") return {
		name,
		reference: null,
		lists: carry ? await carry.carryInSif(subject.path, toCarry, host.now()) : [],
		layers: stamp ? await stampFile(subject.path, {
			host,
			criteria,
			stamp
		}) : []
	};
	const { reference } = subject;
	await using opened = await openFrom(inputs, host, {
		reference,
		access: "push",
		existing: true
	});
	const { repository } = opened;
	const image = await openRegistryImage(repository, manifestName(reference));
	const carried = await carry?.carryInRegistry(image, repository, toCarry);
	for (const remark of carried?.remarks ?? []) host.warning(`${name}: ${remark}`);
	const layers = stamp ? await stampRegistryImage(image, repository, {
		criteria,
		stamp
	}) : [];
	return {
		name,
		reference: image.name,
		lists: carried?.lists ?? [],
		layers
	};
}
async function stampFile(path, { host, criteria, stamp }) {
	const progress = host.progress(`reading ${path}`);
	try {
		const onBytes = (done, total) => progress.update(done, total);
		return await stampSif(path, criteria, {
			stamp,
			onBytes
		});
	} finally {
		progress.finish();
	}
}
const OUTCOMES = {
	stamped: "stamped",
	present: "has a timestamp",
	"not-good": "NOT stamped: it does not count now"
};
function describe({ name, reference, layers, lists }) {
	const stamped = layers.filter(({ outcome }) => outcome === "stamped").length;
	const lines = layers.map(({ where, what, digest, outcome, now }) => `  ${where}  ${printable(what)}  ${shortDigest(digest)}  ${OUTCOMES[outcome]}${now.length > 0 ? ` → ${now.join(", ")}` : ""}`);
	const carried = lists.map(({ where, issuer, number }) => `  ${where}  revocation list ${number} of ${printable(issuer)}`);
	return `${[
		`${printable(reference ?? name, 1e3)}: ${counted(stamped, "layer")} stamped` + (lists.length > 0 ? `, ${counted(lists.length, "revocation list")} travelling along` : ""),
		...lines,
		...carried
	].join("\n")}\n`;
}
/** The command, as the entries load it. */
const command = defineCommand(spec, run);

export { command };