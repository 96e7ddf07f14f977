import { t as loadPolicy } from "./load.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { l as COMMON_INPUTS, u as COMMON_OUTPUTS } from "./inputs.mjs";
import { o as fillStages } from "./signed-identity.mjs";
import { f as sha256Hex } from "./bytes.mjs";
import { n as counted, o as toSecond } from "./text.mjs";
import { u as printable } from "./wording.mjs";
import { t as defineCommand } from "./spec.mjs";
import { resolve } from "node:path";

// src/commands/policy/summary.ts
/** The summary; `keyring` are the keys in the policy's keyrings. */
async function summarizePolicy(loaded, keyring, now) {
	const { policy, trust } = loaded;
	const certificates = [
		...await certificateEntries(trust.anchors, "anchor"),
		...await certificateEntries(trust.intermediates, "intermediate"),
		...await certificateEntries(trust.certificates, "certificate")
	];
	const useless = uselessCredentials(policy, {
		keyring,
		certificates
	}, now);
	return {
		name: loaded.name,
		digest: loaded.digest,
		path: loaded.path,
		principals: policy.principals,
		stages: policy.stages,
		distinct: policy.distinct,
		keyring: keyring.map(({ fingerprint, userIds, expires }) => ({
			fingerprint,
			userIds,
			expires: expires?.toISOString() ?? null
		})),
		certificates,
		warnings: [
			...useless.map(({ why }) => why),
			...certificates.flatMap((entry) => validityProblem(entry, now) ?? []),
			...stageWarnings(policy),
			...principalWarnings(policy)
		],
		problems: unmetStages(policy, new Set(useless.map(({ credential }) => credential)))
	};
}
/** What reads certificates is loaded only when there are any. */
async function certificateEntries(ders, use) {
	if (ders.length === 0) return [];
	const { certificateIdentity, parseCertificate } = await import("./certificate2.mjs");
	return ders.map((der) => {
		const { subject, issuer, notBefore, notAfter } = certificateIdentity(parseCertificate(der));
		return {
			use,
			sha256: sha256Hex(der),
			subject,
			issuer,
			notBefore,
			notAfter
		};
	});
}
function uselessCredentials({ principals }, known, now) {
	return principals.flatMap(({ name, credentials }) => credentials.flatMap((credential) => {
		if (credential.method === "pgp") {
			const key = known.keyring.find(({ fingerprint }) => fingerprint === credential.fingerprint);
			if (!key) return {
				credential,
				why: `the key ${credential.fingerprint} of ${name} is in no keyring: signatures by it cannot be checked`
			};
			return key.problem === void 0 ? [] : {
				credential,
				why: `${name}: ${key.problem}`
			};
		}
		if (credential.method === "key") return [];
		if (known.certificates.filter(({ use, sha256 }) => use === "anchor" && credential.anchors.includes(sha256)).some((anchor) => validityProblem(anchor, now) === void 0)) return [];
		return {
			credential,
			why: `${name}: no anchor of ${describeCredential(credential)} is valid now`
		};
	}));
}
/** Supposes that everybody approves everything with every key that counts: what fails even then is said. */
function unmetStages({ principals, stages, distinct }, useless) {
	const able = new Map(principals.map(({ name, credentials }) => [name, credentials.filter((credential) => !useless.has(credential))]));
	const needs = stages.map(({ name, threshold, approvers }) => ({
		stage: name,
		needed: threshold,
		candidates: approvers.flatMap((principal) => (able.get(principal) ?? []).map((credential) => ({
			principal,
			uses: [`principal ${principal}`, signerOf(credential, principal)]
		})))
	}));
	return fillStages(needs, distinct).flatMap(({ stage, met, undecided, principals: filling }, index) => {
		const { needed = 0 } = needs[index] ?? {};
		if (met || undecided) return [];
		return `stage ${stage} can never be approved: it needs ${needed} of its approvers with different keys that count, and has ${filling.length === 0 ? "none" : `only ${filling.join(", ")}`}; add approvers, or put keys that count into the policy`;
	});
}
/** Certificates of one CA can be many; a key is one person's, whoever else lists it. */
function signerOf(credential, principal) {
	return credential.method === "x509" ? `${principal} ${describeCredential(credential)}` : describeCredential(credential);
}
function validityProblem({ use, subject, notBefore, notAfter }, now) {
	if (!(Date.parse(notAfter) > now.getTime())) return `the ${use} ${subject} expired at ${toSecond(notAfter)}`;
	if (!(Date.parse(notBefore) <= now.getTime())) return `the ${use} ${subject} is not valid before ${toSecond(notBefore)}`;
}
function stageWarnings({ stages, distinct }) {
	const warnings = [];
	for (const [index, stage] of stages.entries()) {
		if (stage.approvers.length === 1) warnings.push(`only ${stage.approvers[0]} can approve stage ${stage.name}: nobody can stand in`);
		for (const other of stages.slice(index + 1)) {
			const both = stage.approvers.filter((name) => other.approvers.includes(name));
			const shared = stage.native.filter((format) => other.native.includes(format));
			const apart = distinct.some((group) => group.includes(stage.name) && group.includes(other.name));
			if (both.length > 0 && shared.length > 0 && !apart) warnings.push(`one native signature by ${both.join(" or ")} approves both ${stage.name} and ${other.name}; make the stages distinct if that is not wanted`);
		}
		if (stage.native.length > 0 && stage.after.length > 0) warnings.push(`stage ${stage.name} accepts native signatures, which cannot prove that ${stage.after.join(", ")} came first`);
	}
	return warnings;
}
function principalWarnings({ principals, stages }) {
	const used = new Set(stages.flatMap(({ approvers, requires }) => [...approvers, ...requires.flatMap(({ signedBy }) => signedBy)]));
	const idle = principals.filter(({ name }) => !used.has(name)).map(({ name }) => `${name} approves no stage and signs no evidence`);
	const owners = /* @__PURE__ */ new Map();
	for (const { name, credentials } of principals) for (const credential of credentials) {
		const text = describeCredential(credential);
		owners.set(text, [...owners.get(text) ?? [], name]);
	}
	const shared = [...owners].filter(([, names]) => names.length > 1);
	return [...idle, ...shared.map(([text, names]) => `${names.join(" and ")} share a credential: ${text}`)];
}
/** A credential in one line, as docs/policy.md writes it. */
function describeCredential(credential) {
	switch (credential.method) {
		case "pgp": return `pgp ${credential.fingerprint}`;
		case "key": return `key ${credential.hint}`;
		case "x509": return `x509 ${[
			"san",
			"subject",
			"issuer"
		].filter((field) => credential[field].length > 0).map((field) => `${field} ${credential[field].join(" or ")}`).join(", ")}, anchor ${credential.anchors.map((anchor) => anchor.slice(0, 12)).join(" or ")}`;
		default: return credential;
	}
}
/** The summary as text. */
function renderPolicySummary(summary) {
	const { principals, stages, distinct, warnings, problems } = summary;
	const keys = new Map(summary.keyring.map(({ fingerprint, userIds }) => [fingerprint, userIds[0]]));
	const lines = [`policy ${summary.name}  ${summary.digest}`, "  principals"];
	for (const { name, credentials } of principals) for (const credential of credentials) {
		const userId = credential.method === "pgp" ? keys.get(credential.fingerprint) : void 0;
		lines.push(`    ${name}  ${describeCredential(credential)}${userId === void 0 ? "" : `  ${userId}`}`);
	}
	lines.push("  stages");
	for (const stage of stages) {
		const after = stage.after.length > 0 ? `  after ${stage.after.join(", ")}` : "";
		const native = stage.native.length > 0 ? `  native ${stage.native.join(", ")}` : "";
		lines.push(`    ${stage.name}  ${stage.threshold} of ${stage.approvers.join(", ")}${after}${native}`);
		for (const { evidence, count, signedBy } of stage.requires) lines.push(`      requires ${count > 1 ? `${count} ` : ""}${evidence} by ${signedBy.join(" or ")}`);
	}
	for (const group of distinct) lines.push(`    distinct: ${group.join(", ")}`);
	for (const { use, subject, notAfter } of summary.certificates) lines.push(`  ${use}  ${subject}  until ${toSecond(notAfter)}`);
	if (warnings.length > 0) lines.push("  warnings", ...warnings.map((warning) => `    ${warning}`));
	if (problems.length > 0) lines.push("  problems", ...problems.map((problem) => `    ${problem}`));
	const found = warnings.length === 0 ? "" : `; ${counted(warnings.length, "warning")}`;
	lines.push(`${problems.length === 0 ? "the policy can be used" : "no image can ever pass this policy"}${found}`);
	return `${lines.map((line) => printable(line, 2e3)).join("\n")}\n`;
}

// src/commands/policy/policy.ts
const spec = {
	name: "policy",
	summary: "Check a policy file and show what it says",
	description: "`policy check FILE` reads a policy and every file it names, refuses it with file, line and column when anything is wrong, and shows principals, stages, certificates and warnings. It fails when nobody could have a stage approved with the keys as they are: revoked, expired, in no keyring, or the same for two people. See docs/policy.md.",
	positional: "task",
	inputs: [{
		name: "task",
		type: "list",
		file: "read",
		required: true,
		description: "`check` and the path of the policy.",
		example: "check countersign.yaml"
	}, ...COMMON_INPUTS],
	outputs: COMMON_OUTPUTS
};
async function run(inputs, host) {
	const [action, file, ...rest] = inputs.task;
	if (action === "check" && file === void 0) throw new UsageError("USAGE_MISSING_INPUT", "policy check was given no policy file, and looks for none by itself", { hint: "name the file: countersign policy check countersign.yaml" });
	if (action !== "check" || file === void 0 || rest.length > 0) throw new UsageError("USAGE_INVALID_INPUT", `policy cannot do ${JSON.stringify(inputs.task.join(" "))}`, { hint: "write countersign policy check FILE, for instance countersign policy check countersign.yaml" });
	const loaded = await loadPolicy(resolve(inputs.workingDirectory, file));
	await createVerifier(loaded.trust);
	const summary = await summarizePolicy(loaded, await keysOf(loaded.trust, host.now()), host.now());
	const verdict = summary.problems.length === 0 ? "passed" : "failed";
	return {
		exitCode: EXIT[verdict],
		outputs: { verdict },
		text: renderPolicySummary(summary),
		json: summary
	};
}
/** Loads OpenPGP code only for policies that use it. */
async function keysOf(trust, now) {
	if (trust.keyrings.length === 0) return [];
	const { readKeyring } = await import("./keyring.mjs");
	const { expiryOf, keyProblem } = await import("./key2.mjs");
	const entries = [];
	for (const [fingerprint, key] of await readKeyring(trust)) entries.push({
		fingerprint,
		userIds: key.getUserIDs(),
		expires: await expiryOf(key, now) ?? null,
		problem: (await keyProblem(key, now))?.message
	});
	return entries;
}
/** `countersign policy check FILE`. */
const command = defineCommand(spec, run);

export { command };