import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/stage/errors.ts
/** Codes of why a layer could not be added. */
const STAGE_CODES = {
	STAGE_UNKNOWN: {
		when: "the stage to sign is not in the policy",
		fix: "use one of the stage names of the policy, which the message lists"
	},
	STAGE_EVIDENCE: {
		when: "the stage requires evidence that the image does not have, or that does not meet the policy; nothing was signed",
		fix: "attach the evidence first, as the hint says; `countersign verify-all` shows all that is missing"
	},
	STAGE_NAME_INVALID: {
		when: "a stage name has characters other than lower-case letters, digits and inner hyphens, or more than 42 of them",
		fix: "choose a name like `author`, `security` or `release-eu`"
	},
	STAGE_DIGEST_UNEXPECTED: {
		when: "the image is not the one that `expected-digest` names; nothing was signed",
		fix: "do not approve it: find out who put another image in the place of the expected one; if it was built anew, give ⟨expected-digest⟩ the `digest` output of that run"
	},
	STAGE_SIGNER_NOT_ALLOWED: {
		when: "the key that is to sign a stage belongs to no approver of that stage in the policy",
		fix: "sign with a key of an approver, or add the identity that the message shows to the policy"
	},
	STAGE_NOTHING_TO_APPROVE: {
		when: "the image has none of the objects that the policy says the stage is about; nothing was signed",
		fix: "check that this is the image you mean: an overlay that is approved by itself needs a group of its own in the SIF"
	},
	STAGE_NOTHING_TO_WITHDRAW: {
		when: "the image has no approval, grant or broken glass of the stage that this signer can take back and that is not withdrawn already",
		fix: "sign with the key that signed it, or another one of the same principal and the policy; broken glass also with one of anybody who may break it; `countersign inspect` shows what there is"
	},
	STAGE_GLASS_REFUSED: {
		when: "broken glass would not count by the policy: not by this signer, not for so long, or not again before somebody else has reviewed it; nothing was signed",
		fix: "have the stage approved with `countersign sign-stage`, or do as the hint says"
	},
	STAGE_IMAGE_BROKEN: {
		when: "the image has a defect that no signature may cover up",
		fix: "mend the image first; the message names the defect"
	},
	STAGE_LAYER_UNREADABLE: {
		when: "an approval or a piece of evidence was about to be stored that no verifier could read: too large, or beside too much else; nothing was written",
		fix: "make it smaller or leave it out, as the hint says"
	},
	STAGE_PREVIOUS_FAILED: {
		when: "an earlier stage of the policy has not passed, or a layer on the image does not hold; nothing was signed",
		fix: "have the stage that the message names approve first; `countersign verify-all` shows the whole verdict"
	},
	STAGE_DATA_UNKNOWN: {
		when: "a SIF in a registry is to be approved without reading its data, and no trusted layer says what the data is",
		fix: "set ⟨verify-data=true⟩, or let the first stage sign the file before it is pushed"
	},
	STAGE_NATIVE_CONFLICT: {
		when: "a native signature was asked for that Apptainer could not verify together with the ones on the image",
		fix: "leave ⟨native⟩ at `auto`; the approval itself does not need a native signature"
	},
	STAGE_SELF_CHECK_FAILED: {
		when: "the new approval would not count under the policy; nothing was written",
		fix: "see the reasons; mostly the certificate leads to another anchor or a clock is wrong"
	}
};
const ENVIRONMENT = /* @__PURE__ */ new Set([
	"STAGE_IMAGE_BROKEN",
	"STAGE_LAYER_UNREADABLE",
	"STAGE_SELF_CHECK_FAILED"
]);
/** Signing a stage is refused: exit code 1 for another image, 2 for what the user can choose, 3 for the state of the image. */
var StageError = class extends CountersignError {
	exitCode;
	/** @param details the catalogue's advice is the hint unless another one is given */
	constructor(code, message, details = {}) {
		super(code, message, {
			hint: STAGE_CODES[code].fix,
			...details
		});
		const usage = ENVIRONMENT.has(code) ? EXIT.environment : EXIT.usage;
		this.exitCode = code === "STAGE_DIGEST_UNEXPECTED" ? EXIT.failed : usage;
	}
};
/** The error for what no verifier could read once it is stored. */
function unreadable(message, details = {}) {
	return new StageError("STAGE_LAYER_UNREADABLE", message, {
		hint: "make the document smaller or flatter; nothing was written",
		...details
	});
}

export { StageError as n, unreadable as r, STAGE_CODES as t };