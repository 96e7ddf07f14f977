import { r as parseBundle } from "./bundle.mjs";
import { c as parseEnvelope } from "./dsse.mjs";
import { p as parseStatement } from "./statement.mjs";
import { r as parseWithdrawal, t as WITHDRAWAL_PREDICATE_TYPE } from "./withdrawal.mjs";
import { d as sha256 } from "./bytes.mjs";
import { c as readWholeBundle } from "./attachments.mjs";
import { d as parseSimpleSigning, l as orUndefined } from "./cosign.mjs";
import { n as dropCosignSignatures, t as dropCosignAttestation } from "./write.mjs";
import { n as isBundleReferrer } from "./bundles.mjs";

// src/stage/plain/withdrawn.ts
/**
* Approvals that attached withdrawals name, whoever signed these: what stands in a tag for others counts nowhere here, so
* that one too few is put back and never one too many. @throws RegistryError, NetworkError
*/
async function withdrawnIn(referrers, blobs) {
	const withdrawn = /* @__PURE__ */ new Set();
	for (const referrer of referrers) {
		if (referrer.descriptor.annotations?.["dev.sigstore.bundle.predicateType"] !== "urn:countersign:withdrawal:v1" || !isBundleReferrer(referrer)) continue;
		const bytes = await readWholeBundle(referrer, blobs);
		const named = bytes && orUndefined(() => approvalsIn(bytes));
		for (const digest of named ?? []) withdrawn.add(digest);
	}
	return withdrawn;
}
function approvalsIn(bytes) {
	const { predicateType, predicate } = parseStatement(parseBundle(bytes).envelope.payload);
	return predicateType === "urn:countersign:withdrawal:v1" ? parseWithdrawal(predicate).approvals : [];
}
/** The statement that a legacy signature says it is beside; empty when it names none. */
function approvalNamed({ payload }) {
	const named = parseSimpleSigning(payload)?.optional["approval"];
	return typeof named === "string" ? named : "";
}
/**
* Takes out of cosign's tags what stands there for these approvals.
* @throws RegistryError REGISTRY_TAG_IMMUTABLE and others; NetworkError
*/
async function dropWithdrawn({ cosign, envelopes }, withdrawn, { repository, clock }) {
	for (const { subject, envelope } of envelopes) if (withdrawn.has(orUndefined(() => sha256(parseEnvelope(envelope).payload)) ?? "")) await dropCosignAttestation(repository, subject, {
		envelope: sha256(envelope),
		clock
	});
	for (const { subject, signature } of cosign) if (withdrawn.has(approvalNamed(signature))) await dropCosignSignatures(repository, subject, {
		outdated: [signature],
		clock
	});
}

export { dropWithdrawn as n, withdrawnIn as r, approvalNamed as t };