import { d as sha256 } from "./bytes.mjs";
import { l as fileError, r as DataError } from "./errors.mjs";
import { p as toSecond } from "./text.mjs";
import { a as signatureReason } from "./errors2.mjs";
import { d as parseSimpleSigning } from "./cosign.mjs";
import { a as simpleSignature, i as readLookaside, r as filedName } from "./lookaside.mjs";
import { r as statedStage } from "./cosign2.mjs";
import { n as isFolder } from "./image.mjs";
import { stat } from "node:fs/promises";

// src/image/registry/lookaside.ts
/**
* Facts of the signatures of an image and its platforms; none for one in a folder, where nobody files them.
* @throws SystemError, DataError for files that are there and cannot be read
*/
async function lookasideFacts({ repository: { name }, subjects }, { folder, ...check }) {
	if (isFolder({ name })) return [];
	await stat(folder).catch((error) => {
		throw fileError(error, folder, "read");
	});
	const repository = filedName(name);
	const facts = [];
	for (const { digest } of subjects) {
		const filed = await readLookaside(folder, {
			repository,
			digest
		});
		if (filed.length >= 128) throw tooMany(`${repository}@${digest.replace(":", "=")}`);
		for (const [index, blob] of filed.entries()) {
			const place = `lookaside ${repository}@${digest.replace(":", "=")}/signature-${index + 1}`;
			const fact = await factOf(blob, digest, check);
			facts.push({
				...fact,
				place: {
					in: "registry",
					name: place
				},
				kind: "simple-signing",
				method: "pgp"
			});
		}
	}
	return facts;
}
/** What lies behind them is not read, and podman runs no such image: no verdict comes of a part. */
function tooMany(place) {
	return new DataError("DATA_TOO_LARGE", `lookaside ${place} has ${128} signatures or more, and podman refuses such an image`, { hint: "remove signatures that are not needed, and number the others from 1 without a gap" });
}
async function factOf(blob, subject, { verifier, now, unitsOf }) {
	const message = simpleSignature(blob);
	const signed = message instanceof Uint8Array ? await verifier.verifySigned(message, now) : void 0;
	const said = signed && parseSimpleSigning(signed.content, "gpg");
	const common = {
		approval: null,
		contradicted: false
	};
	if (!signed || !said && signed.check.status === "valid") {
		const reasons = [signatureReason("SIGNATURE_UNREADABLE", `${signed ? "what it signs is no container signature" : "it is no signed OpenPGP message"}: podman refuses it too`)];
		return {
			...common,
			digest: sha256(blob),
			signer: null,
			signature: "unreadable",
			reasons,
			covers: [],
			signedAt: null
		};
	}
	const { identity, status, reasons, signedAt } = signed.check;
	const matches = said?.digest === subject;
	return {
		...common,
		digest: sha256(signed.content),
		signer: identity,
		signature: status,
		reasons,
		covers: matches ? unitsOf(subject) : [],
		contradicted: said !== void 0 && !matches,
		signedAt: signedAt && toSecond(signedAt),
		...said ? {
			...statedStage(said.optional),
			signedReference: said.reference
		} : {}
	};
}

export { lookasideFacts };