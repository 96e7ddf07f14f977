import { i as encodePae } from "./bundle2.mjs";
import { g as utf8 } from "./bytes.mjs";
import { c as UsageError } from "./errors.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { t as createVerifier } from "./lazy-verifier.mjs";
import { g as matchesCredential, h as matchPrincipals } from "./versions.mjs";
import { c as signerFrom } from "./signing.mjs";
import { c as policyFrom, n as POLICY_INPUTS } from "./trust2.mjs";

// src/commands/evidence/signer.ts
/** The input that keeps evidence and approvals apart. */
const ALLOW_APPROVER_KEY_INPUT = {
	name: "allow-approver-key",
	type: "boolean",
	default: "false",
	description: "Sign evidence also with a key that the policy lets approve a stage. Other tools then take the evidence for an approval: cosign, asked for the key alone, passes an image that nobody approved."
};
/** The same for commands that else take no policy. */
const EVIDENCE_SIGNER_INPUTS = [...POLICY_INPUTS, ALLOW_APPROVER_KEY_INPUT];
/** The input that writes evidence in cosign's older form too. */
const ATTESTATION_TAG_INPUT = {
	name: "attestation-tag",
	type: "boolean",
	default: "false",
	description: "With a bare key or certificate, for images in registries and layout folders: also write what is signed into cosign’s attestation tag `sha256-….att`, the only form that policy-controller and Kyverno’s type `Cosign` read. What others wrote there stays. An approval with an end, or of data that nobody read, is not written there."
};
/**
* Refuses to promise the tag where it cannot be written.
* @throws UsageError USAGE_CONFLICTING_INPUTS
*/
function assertAttestationTag({ attestationTag, store }, { signer, subjects }) {
	if (!attestationTag) return;
	const file = subjects.find((subject) => subject.in === "file");
	const problem = !signer ? "no key for what it copies" : signer.method === "pgp" || signer.method === "sigstore" ? `the signing method ${signer.method}` : store === "file" ? "store file" : file && `${file.name}, which is in no registry`;
	if (problem === void 0) return;
	throw new UsageError("USAGE_CONFLICTING_INPUTS", `attestation-tag is given with ${problem}`, { hint: "leave ⟨attestation-tag⟩ out: it is for bare keys and certificates, and images in registries" });
}
const PROBE_TYPE = "application/vnd.countersign.probe";
/**
* The signer of evidence that the inputs describe; undefined when no key was given. Without a policy it cannot be known
* whether the key approves, which is a warning.
* @throws SignatureError SIGNATURE_KEY_APPROVES and as signerFrom; PolicyError
*/
async function evidenceSignerFrom(inputs, host) {
	const signer = await signerFrom(inputs, host);
	const policy = await policyFrom(inputs);
	if (!signer || inputs.allowApproverKey) return signer;
	if (!policy) {
		host.warning("evidence is signed without a policy that says whether this key approves a stage: cosign and Kyverno take evidence by an approver’s key for an approval");
		return signer;
	}
	const stages = await stagesOpenTo(signer, policy, host.now());
	if (stages.length > 0) throw new SignatureError("SIGNATURE_KEY_APPROVES", `the policy lets this key approve ${stages.join(" and ")}`, { hint: "sign evidence with a key of its own, such as one of the CI, or set ⟨allow-approver-key=true⟩" });
	return signer;
}
/** The stages that a signature by this signer could count for, or one with the same key in another format. */
async function stagesOpenTo(signer, policy, now) {
	const pae = encodePae(PROBE_TYPE, utf8(now.toISOString()));
	const signature = await signer.signPae(pae, now);
	const { material } = signer;
	const check = await (await createVerifier(policy.trust)).verifyDsse({
		pae,
		signature,
		material,
		keyid: void 0,
		hashing: "bundle"
	}, now);
	const names = check.identity ? matchPrincipals(policy.policy, check.identity) : [];
	const { hint } = signer.identity;
	const keys = policy.policy.principals.filter(({ credentials }) => credentials.some((credential) => credential.method === "key" && credential.hint === hint));
	const approvers = /* @__PURE__ */ new Set([
		...names,
		...keys.map(({ name }) => name),
		...await ownersOf(hint, policy),
		...await certifiedBy(hint, policy)
	]);
	return policy.policy.stages.filter((stage) => stage.approvers.some((name) => approvers.has(name))).map(({ name }) => name);
}
/** Principals whose OpenPGP keys hold the key material. */
async function ownersOf(hint, { policy, trust }) {
	if (hint === void 0 || trust.keyrings.length === 0) return [];
	const { readKeyring } = await import("./ring.mjs");
	const { hintOf } = await import("./pgp2.mjs");
	const fingerprints = [...await readKeyring(trust)].filter(([, key]) => key.getKeys().some((part) => hintOf(part) === hint)).map(([fingerprint]) => fingerprint);
	return policy.principals.filter(({ credentials }) => credentials.some((one) => one.method === "pgp" && fingerprints.includes(one.fingerprint))).map(({ name }) => name);
}
/** Principals whose certificates, as far as the policy has them, hold the key. */
async function certifiedBy(hint, { policy, trust }) {
	if (hint === void 0 || trust.certificates.length === 0) return [];
	const { certificateIdentity, parseCertificate } = await import("./certificate2.mjs");
	const certified = trust.certificates.map((der) => parseCertificate(der)).filter((one) => one.hint === hint);
	return policy.principals.filter(({ credentials }) => credentials.some((credential) => credential.method === "x509" && certified.some((one) => matchesCredential(credential, certificateIdentity(one, {
		anchors: credential.anchors,
		chain: []
	}))))).map(({ name }) => name);
}

export { evidenceSignerFrom as a, assertAttestationTag as i, ATTESTATION_TAG_INPUT as n, EVIDENCE_SIGNER_INPUTS as r, ALLOW_APPROVER_KEY_INPUT as t };