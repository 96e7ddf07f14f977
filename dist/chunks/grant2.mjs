import { r as defaultVerifierId } from "./approval.mjs";
import { n as encodeGrant, r as grantProblem, t as GRANT_PREDICATE_TYPE } from "./grant.mjs";
import { c as UsageError, i as EXIT } from "./errors.mjs";
import { t as LIMITS } from "./limits.mjs";
import { u as parsePem } from "./bytes.mjs";
import { p as toSecond, u as printable } from "./text.mjs";
import { s as publicKeysIn } from "./keys.mjs";
import { l as readFileBounded } from "./files.mjs";
import { h as matchPrincipals } from "./versions.mjs";
import { i as claimedIdentity } from "./review.mjs";
import { n as signOnEach, r as signedAbout } from "./evidence2.mjs";
import { u as COMMON_OUTPUTS } from "./values.mjs";
import { t as defineCommand } from "./spec.mjs";
import { c as signerFrom, n as STATEMENT_INPUTS } from "./signing.mjs";
import { i as SUBJECT_INPUTS, l as subjectsFrom } from "./subjects.mjs";
import { c as policyFrom } from "./trust2.mjs";
import { X509Certificate } from "node:crypto";

// src/commands/grant.ts
const spec = {
	name: "grant",
	summary: "Let somebody whom the policy does not know approve images in your place",
	description: "Signs a statement about the images: the holder of a key may approve a stage, until a day soon to come. It goes into the image, and the other one approves with `sign-stage` as everybody does. It counts where the policy lists the giver in `grantors` of the stage; the approval then stands in the giver’s place, and the report names both. See docs/policy.md.",
	positional: "subject-path",
	privileged: "always",
	inputs: [
		...SUBJECT_INPUTS,
		{
			name: "stage",
			type: "string",
			required: true,
			description: "Stage that may be approved.",
			example: "author"
		},
		{
			name: "grantee",
			type: "path",
			file: "read",
			required: true,
			description: "File with the public key or the certificate of the one vouched for.",
			example: "student.pub"
		},
		{
			name: "called",
			type: "string",
			required: true,
			description: "Who that is, as reports will say.",
			example: "Kim Student"
		},
		{
			name: "expires-in",
			type: "duration",
			default: "7d",
			description: "How long the grant holds, with a unit; 90 days at most.",
			example: "30d"
		},
		...STATEMENT_INPUTS
	],
	outputs: [...COMMON_OUTPUTS]
};
async function run(inputs, host) {
	const now = host.now();
	const policy = (await policyFrom(inputs))?.policy;
	const grant = await grantFrom(inputs, now, policy);
	const signer = await signerFrom(inputs, host, now);
	if (!signer) throw new UsageError("USAGE_MISSING_INPUT", "a grant is signed, and no key was given", { hint: "give ⟨signing-method⟩ and ⟨key⟩ of an approver whom the policy lets grant" });
	assertMayGrant(policy, grant, signer);
	const statement = {
		label: "grant",
		predicateType: GRANT_PREDICATE_TYPE,
		predicate: encodeGrant(grant)
	};
	const images = await signOnEach(await subjectsFrom(inputs), {
		statement,
		signer
	}, {
		inputs,
		host
	});
	const what = `${grant.name} may approve ${grant.stages.join(", ")} until ${grant.until}`;
	const text = images.map((image) => `${signedAbout(image)}: ${printable(what, 500)}\n`).join("");
	return {
		exitCode: EXIT.passed,
		outputs: { verdict: "passed" },
		text,
		json: {
			schema: "countersign/grant/v1",
			name: grant.name,
			stages: grant.stages,
			until: grant.until,
			images
		}
	};
}
async function grantFrom(inputs, now, policy) {
	const { id = defaultVerifierId(inputs.stage) } = policy?.stages.find(({ name }) => name === inputs.stage) ?? {};
	const grant = {
		name: inputs.called,
		publicKey: await publicKeyIn(inputs.grantee),
		stages: [inputs.stage],
		stageIds: [id],
		from: toSecond(now),
		until: toSecond(new Date(Math.min(now.getTime() + inputs.expiresIn, Date.parse("9999-12-31T00:00:00Z"))))
	};
	const problem = grantProblem(grant);
	if (problem === void 0) return grant;
	throw new UsageError("USAGE_INVALID_INPUT", `this cannot be granted: ${problem}`, { hint: "correct ⟨called⟩, ⟨stage⟩ or ⟨expires-in⟩" });
}
/** SPKI of the only key in a file, which may hold a certificate in its place. */
async function publicKeyIn(path) {
	const bytes = await readFileBounded(path, LIMITS.keyFileBytes);
	const text = Buffer.from(bytes).toString("latin1");
	if (text.includes("-----BEGIN PGP ")) throw new UsageError("USAGE_INVALID_INPUT", `${path} holds an OpenPGP key, and a grant names a bare key`, { hint: "give a public key (PEM) or certificate of theirs as ⟨grantee⟩; with it they approve" });
	const [block, ...others] = text.includes("-----BEGIN CERTIFICATE-----") ? parsePem(text) : [];
	const keys = block ? [new X509Certificate(block.der).publicKey] : publicKeysIn(bytes);
	const [key] = keys;
	if (key && keys.length === 1 && others.length === 0) return new Uint8Array(key.export({
		type: "spki",
		format: "der"
	}));
	throw new UsageError("USAGE_INVALID_INPUT", `${path} holds more than one key or certificate`, { hint: "give a file with the one public key or certificate that is vouched for" });
}
/** Nobody gives more than they have: said before anything is signed, where the policy is given. */
function assertMayGrant(policy, { stages }, signer) {
	if (!policy) return;
	const principals = matchPrincipals(policy, claimedIdentity(policy, signer.identity));
	const closed = stages.find((name) => {
		const stage = policy.stages.find((one) => one.name === name);
		return !principals.some((principal) => stage?.grantors?.includes(principal));
	});
	if (closed !== void 0) throw new UsageError("USAGE_INVALID_INPUT", `this key may not grant stage ${closed} by the policy`, { hint: "sign with a key of one of the `grantors` of the stage, or add the principal to them" });
}
/** `countersign grant IMAGE…`. */
const command = defineCommand(spec, run);

export { command };