import { t as loadPolicy } from "./load.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { t as createVerifier } from "./verifier.mjs";
import { n as COMMON_OUTPUTS, t as COMMON_INPUTS } from "./common-inputs.mjs";
import { a as sha256Hex } from "./digest.mjs";
import { t as counted } from "./count.mjs";
import { n as toSecond } from "./time.mjs";
import { i as printable } from "./foreign-text.mjs";
import { resolve } from "node:path";

// src/commands/policy-summary.ts
/** The summary; `keyring` are the keys in the policy's keyrings. */
async function summarizePolicy(loaded, keyring, now) {
	const { policy, trust } = loaded;
	const certificates = [
		...await certificateEntries(trust.anchors, "anchor"),
		...await certificateEntries(trust.intermediates, "intermediate"),
		...await certificateEntries(trust.certificates, "certificate")
	];
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
			...keyringWarnings(policy, keyring, now),
			...certificates.flatMap((entry) => certificateWarning(entry, now)),
			...stageWarnings(policy),
			...principalWarnings(policy)
		]
	};
}
/** What reads certificates is loaded only when there are any. */
async function certificateEntries(ders, use) {
	if (ders.length === 0) return [];
	const { certificateIdentity, parseCertificate } = await import("./certificate2.mjs");
	return ders.map((der) => {
		const { subject, issuer, notBefore, notAfter } = certificateIdentity(parseCertificate(der), []);
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
function keyringWarnings(policy, keyring, now) {
	return policy.principals.flatMap(({ name, credentials }) => credentials.flatMap((credential) => {
		if (credential.method !== "pgp") return [];
		const key = keyring.find(({ fingerprint }) => fingerprint === credential.fingerprint);
		if (!key) return [`the key ${credential.fingerprint} of ${name} is in no keyring: signatures by it cannot be checked`];
		if (key.problem !== void 0) return [`no signature by the key ${credential.fingerprint} of ${name} can be verified: ${key.problem}`];
		if (key.expires === null || key.expires > now) return [];
		return [`the key ${credential.fingerprint} of ${name} expired at ${toSecond(key.expires)}`];
	}));
}
function certificateWarning({ use, subject, notBefore, notAfter }, now) {
	if (!(Date.parse(notAfter) > now.getTime())) return [`the ${use} ${subject} expired at ${toSecond(notAfter)}`];
	if (!(Date.parse(notBefore) <= now.getTime())) return [`the ${use} ${subject} is not valid before ${toSecond(notBefore)}`];
	return [];
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
	const used = new Set(stages.flatMap((stage) => stage.approvers));
	const idle = principals.filter(({ name }) => !used.has(name)).map(({ name }) => `${name} approves no stage`);
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
	const { principals, stages, distinct, warnings } = summary;
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
	}
	for (const group of distinct) lines.push(`    distinct: ${group.join(", ")}`);
	for (const { use, subject, notAfter } of summary.certificates) lines.push(`  ${use}  ${subject}  until ${toSecond(notAfter)}`);
	if (warnings.length > 0) lines.push("  warnings", ...warnings.map((warning) => `    ${warning}`));
	lines.push(warnings.length === 0 ? "the policy can be used" : `the policy can be used; ${counted(warnings.length, "warning")}`);
	return `${lines.map((line) => printable(line, 2e3)).join("\n")}\n`;
}

// src/commands/policy.ts
const spec = {
	name: "policy",
	summary: "Check a policy file and show what it says",
	description: "`policy check FILE` reads a policy and every file it names, refuses it with file, line and column when anything is wrong, and shows principals, stages, certificates and warnings. See docs/policy.md.",
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
	const [action, file, ...rest] = inputs.list("task");
	if (action === "check" && file === void 0) throw new UsageError("USAGE_MISSING_INPUT", "policy check was given no policy file, and looks for none by itself", { hint: "name the file, as policy-path does elsewhere: countersign policy check countersign.yaml" });
	if (action !== "check" || file === void 0 || rest.length > 0) throw new UsageError("USAGE_INVALID_INPUT", `policy cannot do ${JSON.stringify(inputs.list("task").join(" "))}`, { hint: "write countersign policy check FILE, for instance countersign policy check countersign.yaml" });
	const loaded = await loadPolicy(resolve(inputs.workingDirectory, file));
	await createVerifier(loaded.trust);
	const summary = await summarizePolicy(loaded, await keysOf(loaded.trust), host.now());
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		text: renderPolicySummary(summary),
		json: summary
	};
}
/** Loads OpenPGP code only for policies that use it. */
async function keysOf(trust) {
	if (trust.keyrings.length === 0) return [];
	const { readKeyring } = await import("./pgp2.mjs");
	const { unsupportedAlgorithm } = await import("./pgp-problems.mjs");
	const entries = [];
	for (const [fingerprint, key] of await readKeyring(trust)) {
		const expires = await key.getExpirationTime();
		entries.push({
			fingerprint,
			userIds: key.getUserIDs(),
			expires: expires instanceof Date ? expires : null,
			problem: unsupportedAlgorithm(key.getAlgorithmInfo())
		});
	}
	return entries;
}
const command = {
	spec,
	run
};

export { command };