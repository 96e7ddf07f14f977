// src/policy/special-reasons.ts
/** Why what was good does not count any more, or soon will not. */
const ENDING_REASONS = {
	APPROVAL_WITHDRAWN: {
		when: "whoever gave the approval has withdrawn it (`countersign withdraw`)",
		fix: "have the stage approved anew with `countersign sign-stage`, once what the message gives as reason is settled"
	},
	COMPONENT_DENIED: {
		when: "an SBOM that a stage requires names a component that the policy denies (`deny`), or one whose version cannot be compared with the range that is denied",
		fix: "use an image without the component; the message says why it is denied"
	},
	CONTENT_DENIED: {
		when: "the policy denies the content of the image (`deny`)",
		fix: "use another image; the message says why this one is denied"
	},
	CREDENTIAL_ENDS: {
		when: "a key or certificate behind a signature that counts ends within 30 days (a remark)",
		fix: "renew it in time; what it signed without a timestamp will not count any more then, and can be approved anew"
	},
	CRL_ENDS: {
		when: "a CRL that is used has less than a quarter of its life left, and at most 30 days (a remark)",
		fix: "fetch the next CRL of the CA into the files of `trust.crls`"
	},
	KEY_DENIED: {
		when: "the policy denies the key that signed, and the signature is not proven to be older (`deny`)",
		fix: "have the image approved anew with another key"
	},
	PRINCIPAL_DENIED: {
		when: "the policy denies the principal who signed, and the signature is not proven to be older (`deny`)",
		fix: "have another approver of the stage approve the image"
	},
	STATEMENT_DENIED: {
		when: "the policy denies this very approval or piece of evidence (`deny`)",
		fix: "have the image approved anew; the message says why this approval is denied"
	},
	VERDICT_LOST: {
		when: "the image passes as things are, and would not without what ⟨without⟩ names (a remark)",
		fix: "have the stages that fail approved anew by others before you deny it"
	}
};
/** Why an approval does not count for when it was given. */
const TIME_REASONS = {
	APPROVAL_EXPIRED: {
		when: "the signer limited the approval in time and that time is over",
		fix: "have the stage approve again"
	},
	APPROVAL_FROM_FUTURE: {
		when: "the approval says that it was given later than the time of this check, by more than five minutes",
		fix: "check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩"
	},
	APPROVAL_DATED_AHEAD: {
		when: "an approval is dated more than five minutes later than a timestamp proves that it was there: the clock of its signer was ahead, or one of several timestamps is wrong",
		fix: "set the clock of the signing machine, and have the stage approve again"
	},
	APPROVAL_TOO_OLD: {
		when: "an approval is older than `maxAge` of its stage, by its proven or its own time, or nothing tells how old it is",
		fix: "have the stage approve again"
	},
	CREDENTIAL_OUTSIDE_WINDOW: {
		when: "the signer counts `from` or `until` a time of the policy, and the signature is not proven to be from then: without a timestamp the present counts, and a time that the signer states counts against them",
		fix: "have somebody who counts now approve again; stamp layers while they count"
	}
};
/** Why evidence does not do: what approvals list that does not hold, and what a stage requires and does not find. */
const EVIDENCE_REASONS = {
	EVIDENCE_ALTERED: {
		when: "evidence that a stage requires is there with a signature that does not hold",
		fix: "remove it or restore it from a copy, and attach the evidence anew with `countersign scan-attest`"
	},
	EVIDENCE_ELSEWHERE: {
		when: "an approval relies on evidence that its signer kept outside the image because of its size (a remark)",
		fix: "nothing; look for it in the registry or beside the image if you need it"
	},
	EVIDENCE_EXCEPTION: {
		when: "a finding that would fail the stage is accepted by an exception of the policy (a remark)",
		fix: "nothing, until the exception expires"
	},
	EVIDENCE_FIELDS: {
		when: "a member of the evidence has another value than the policy asks for in `fields`",
		fix: "have the check that produces this evidence done again, until it gives the value that the policy asks for"
	},
	EVIDENCE_FINDINGS: {
		when: "the signed findings themselves hold one that is as bad as `failOn` and that no exception accepts, or show that nothing was recognised in the image",
		fix: "mend the image and scan it again, or add to the `exceptions` of the requirement the id that the message names, with `reason` and `expires`"
	},
	EVIDENCE_OUTSIDE: {
		when: "a stage requires that evidence lies in the SIF file itself, and it is attached in a registry or in a file beside the image",
		fix: "attach it to the file with `countersign scan-attest` under this policy, which puts it inside whatever its size; in a registry, assemble the file with `countersign assemble`"
	},
	EVIDENCE_VEX: {
		when: "a finding that would fail the stage is accepted by a signed VEX document of a principal of `vexBy` (a remark)",
		fix: "nothing, until a newer document says otherwise"
	},
	EVIDENCE_VEX_REFUSED: {
		when: "findings fail the stage, and a VEX document on the image does not count: its signer is not in `vexBy`, it is about another image, or it cannot be read",
		fix: "have a principal of `vexBy` sign a VEX document about this image and its packages with `countersign scan-attest`"
	},
	EVIDENCE_MISSING: {
		when: "a stage requires evidence, and the image has none of this type",
		fix: "attach it with `countersign scan-attest` (provenance: `countersign build`), signed by a principal of `signedBy`; what is kept in files is given with ⟨evidence-path⟩"
	},
	EVIDENCE_NOT_LISTED: {
		when: "the evidence that a stage requires is there, and no approval of the stage lists it (a remark): it was made later, or by another policy",
		fix: "nothing, or have the stage approve again with ⟨replace=true⟩"
	},
	EVIDENCE_NOT_VALID: {
		when: "evidence that an approval relies on is there, and its signature is wrong or it is about other content",
		fix: "obtain the image again, or attach the evidence anew and have the stage approve again"
	},
	EVIDENCE_OTHER_CONTENT: {
		when: "evidence that a stage requires is about another image, or about what this one was before it changed",
		fix: "make the evidence for this image and attach it, with `countersign scan-attest`"
	},
	EVIDENCE_OTHER_SCANNER: {
		when: "findings are by another scanner than the policy asks for",
		fix: "scan with a scanner that the requirement names, or add the name that the message shows to `scanner`"
	},
	EVIDENCE_OTHER_SIGNER: {
		when: "evidence that a stage requires is signed by somebody whom the requirement does not name in `signedBy`",
		fix: "have a principal of `signedBy` attach the evidence with their key, or add the signer to `signedBy`"
	},
	EVIDENCE_PROVENANCE: {
		when: "the provenance names another builder, source repository or ref than the policy asks for",
		fix: "build the image where the policy asks for it, or add what the message shows to the requirement"
	},
	EVIDENCE_REMOVED: {
		when: "evidence that an approval relies on is no longer there",
		fix: "put the evidence back from a copy of the image, or have the stage approve again"
	},
	EVIDENCE_SBOM: {
		when: "the bill of materials is in no known format, or names too few components with name and version",
		fix: "make the bill of materials from the whole image with a tool that writes CycloneDX or SPDX, and attach it with `countersign scan-attest`"
	},
	EVIDENCE_STALE: {
		when: "evidence, or the database of its scanner, is older than the policy allows, says no time, or one to come",
		fix: "make the evidence again and attach it with `countersign scan-attest`; update the database of the scanner first"
	},
	EVIDENCE_TOO_FEW: {
		when: "fewer pieces of evidence than the stage requires count",
		fix: "attach more of them with `countersign scan-attest`; of findings, each by another scanner"
	},
	EVIDENCE_UNREADABLE: {
		when: "evidence that a stage requires is signed and does not have the form of its type",
		fix: "make it again with a tool that follows the type, and attach it with `countersign scan-attest`"
	},
	EVIDENCE_UNTRUSTED: {
		when: "evidence that a stage requires is signed by a key that is unknown here, or by a certificate that is not trusted",
		fix: "have a principal of `signedBy` attach the evidence with `countersign scan-attest` and their key"
	}
};
/** Who vouches for whom, and why a grant does not hold. */
const GRANT_REASONS = {
	APPROVAL_GRANTED: {
		when: "an approval is by somebody whom the policy does not know and for whom an approver vouches in a signed grant (a remark)",
		fix: "nothing; when the grant ends, have the stage approved anew or the approval stamped before"
	},
	GRANT_NOT_GOOD: {
		when: "somebody whom the policy does not know approved a stage with a grant that does not hold: it ended, was withdrawn, is for another stage or image, or its giver may not grant",
		fix: "have one of the `grantors` of the stage make a new grant (`countersign help grant`), or have an approver approve it"
	}
};
/** Stages that somebody let be skipped. */
const BREAK_GLASS_REASONS = {
	BREAK_GLASS: {
		when: "somebody whom the policy lets do so has broken the glass of a stage, now or before (a remark): until its end the stage is skipped",
		fix: "settle what the ticket is about, and have the stage approved before the end"
	},
	BREAK_GLASS_UNREVIEWED: {
		when: "the glass of a stage was broken, and nobody else has approved the stage having seen that (a remark)",
		fix: "have an approver of the stage other than the one who broke the glass approve it with `countersign sign-stage`, and ⟨replace=true⟩ where they had approved before"
	},
	BREAK_GLASS_ENDED: {
		when: "the glass of a stage was broken for a time that is over, or the key or certificate of the one who did has ended",
		fix: "have the stage approved with `countersign sign-stage`"
	},
	BREAK_GLASS_WITHDRAWN: {
		when: "the glass of a stage was broken, and whoever did, or somebody else who may, took that back",
		fix: "have the stage approved with `countersign sign-stage`; or break the glass again (`countersign help break-glass`), which does not prolong it"
	},
	BREAK_GLASS_RENEWED: {
		when: "the glass of a stage was broken again without a review in between: all together count no longer than the policy allows one, from the first on",
		fix: "have somebody else approve the stage with `countersign sign-stage`, which is the review"
	},
	BREAK_GLASS_TOO_LONG: {
		when: "the glass of a stage was broken for longer than `maxDuration` of its `breakGlass`; it does not count at all",
		fix: "break it again for a shorter time (`countersign help break-glass`), or have the stage approved"
	},
	BREAK_GLASS_NOT_ALLOWED: {
		when: "the glass of a stage was broken that the policy lets nobody skip: it has no `breakGlass`, has another `id`, or is not in the policy",
		fix: "have the stage approved with `countersign sign-stage`; where its `id` is another one, break the glass with ⟨policy-path⟩ (`countersign help break-glass`)"
	},
	BREAK_GLASS_NOT_ENTITLED: {
		when: "the glass of a stage was broken by somebody who is not in `by` of its `breakGlass`, or does not count at that time",
		fix: "have one of those whom the policy names do it (`countersign help break-glass`), or have the stage approved"
	},
	BREAK_GLASS_OTHER_CONTENT: {
		when: "the glass of a stage was broken for another image, or for what this one was before it changed",
		fix: "break it for this image (`countersign help break-glass`), or have the stage approved"
	},
	BREAK_GLASS_DATED_AHEAD: {
		when: "the glass of a stage is said to be broken from a time on that is more than five minutes ahead, of the present or of the timestamp over it: none is signed in advance",
		fix: "set the clock of the signing machine, and break it again when it is needed (`countersign help break-glass`)"
	},
	BREAK_GLASS_UNREADABLE: {
		when: "a statement that the glass of a stage is broken lacks stage, reason, ticket, beginning or end",
		fix: "have a new one made with `countersign help break-glass`"
	}
};
/** What is wrong with the objects of an image, or worth knowing, under a policy that tells them apart. */
const OBJECT_REASONS = {
	OBJECT_NOT_APPROVED: {
		when: "the image has an object that none of the stages asked about is about, such as an overlay under a policy whose stages are about the base alone: it would run, and nobody answers for it",
		fix: "add a stage with `objects: overlays` to the policy and have it approve, or ask about that stage too; remove the object with `siftool del ID IMAGE` if nobody wants it"
	},
	OBJECT_NOT_DATA: {
		when: "a group that the policy lets stay unsigned holds something else than data partitions (a remark): all of it must be approved then",
		fix: "have its stage approve it, or put data into a partition of type data in a group of its own"
	},
	OVERLAY_IN_BASE: {
		when: "an overlay lies in the group of the base (a remark): it is part of what the stages about the base approve, and stages about overlays have no say",
		fix: "nothing, if those who approve the base answer for it; else take it out (`siftool del ID IMAGE`) and add it with a group of its own"
	},
	OVERLAY_NOT_MOUNTED: {
		when: "an overlay lies in another group than the system (a remark): Apptainer mounts by itself only overlays of the group of the system",
		fix: "to run with it, keep it in a SIF of its own and give that with `--overlay`; docs/policy.md says how"
	},
	OBJECT_UNSIGNED: {
		when: "data partitions of the image may stay unsigned by the policy (a remark). `apptainer verify` and its execution control list refuse such a file, since they want every group signed",
		fix: "nothing, if the data is meant to change; remove the group from `objects.unsigned` to have it approved"
	},
	STAGE_WITHOUT_OBJECTS: {
		when: "a stage is about objects of which the image has none. A stage about overlays is then not asked for (a remark); any other fails, as those about the base of a file that holds an overlay alone",
		fix: "check that this is the image you mean; judge a file that holds an overlay alone by a policy whose stages are about overlays"
	}
};

// src/policy/reasons.ts
/** Codes of findings about images, with when they occur and what to do. */
const POLICY_REASONS = {
	APPROVAL_NOT_REVIEWED: {
		when: "the stage asks that a human released the job (`reviewed`), and the approval names nobody who did, or is not by a keyless job",
		fix: "have the stage approved in an environment with required reviewers, by a step that is given a review-token"
	},
	APPROVAL_LEFT_BEHIND: {
		when: "a cosign signature names an approval that is not attached to the image: it was copied by a tool that leaves bundles behind",
		fix: "copy the image again from where it was approved, with `oras copy -r` or push-oras and ⟨subject-name⟩; docs/other-tools.md says what each tool takes along"
	},
	APPROVAL_OTHER_CONTENT: {
		when: "the approval names content that this image does not have: it was copied from another image, or the content changed after it was given",
		fix: "restore the approved content, or have the stage approve this one, in a file with ⟨replace=true⟩"
	},
	APPROVAL_OTHER_POLICY: {
		when: "the approval was given under another edition of the policy than the one used now (a remark)",
		fix: "nothing, if the policy has changed since; the verdict follows the policy used now"
	},
	APPROVAL_OTHER_SIGNER: {
		when: "somebody signed an approval that another signer gave, who is named in it (a remark); such a copy does not count",
		fix: "nothing, or have this signer approve the stage with `countersign sign-stage`"
	},
	APPROVAL_OTHER_VERIFIER: {
		when: "the approval names the stage and another verifier id than the policy gives that stage",
		fix: "sign with the policy that is used for verification, or correct the id of the stage"
	},
	APPROVAL_OUT_OF_ORDER: {
		when: "the signer of this stage had not seen enough approvals of a stage that comes before it",
		fix: "have the stages approve in the order of the policy, beginning with the one that the message names"
	},
	APPROVAL_REPLACED: {
		when: "a later approval of the same stage took the place of this one (a remark); it does not count any more",
		fix: "nothing; the later approval says so itself"
	},
	APPROVAL_STAGE_UNKNOWN: {
		when: "the approval is for a stage that the policy does not have (a remark)",
		fix: "nothing, or add the stage to the policy"
	},
	APPROVAL_SIGNER_ENDED: {
		when: "an approver approved the stage with a key or certificate that has expired, or was revoked, denied or retired since, so that the approval does not count any more",
		fix: "have an approver of the stage approve it again with `countersign sign-stage` and a key that is good now; then the later stages that the verdict names"
	},
	APPROVAL_WITHOUT_DATA: {
		when: "the signer approved the digests without reading the data (a remark)",
		fix: "nothing, if the data is checked in this run or by another stage"
	},
	APPROVER_NOT_LISTED: {
		when: "the signature is valid, and its signer is no approver of this stage",
		fix: "have one of the approvers sign, or add this principal to the approvers of the stage"
	},
	APPTAINER_REFUSES: {
		when: "`apptainer verify`, and an execution control list, refuse the image although it passes here (a remark): they want every native signature good, and of one format",
		fix: "nothing, if Apptainer does not verify the image; else have it signed anew without the signature that the message names"
	},
	ASSIGNMENT_UNDECIDED: {
		when: "so many approvers match so many quorums and `distinct` stages, or an image has so many approvals, that the search for who fills which stage was given up",
		fix: "make the principals of distinct stages and of quorums overlap less; delete approvals that nothing rests on, where an image has hundreds of them"
	},
	BUNDLE_UNREADABLE: {
		when: "a bundle on the image is not one that can be read",
		fix: "obtain the image again, or remove the bundle and have its stage approve again"
	},
	CERTIFICATES_REMOVED: {
		when: "certificates that an approval was signed with are not beside it any more, or others are in their place",
		fix: "restore the image from a copy, or have the stage approve again"
	},
	CHAIN_ENDS_AT: {
		when: "says which approval is the last one (a remark): the removal of a last layer is visible only to a policy that asks for it",
		fix: "nothing; compare with what you expect"
	},
	CHAIN_INCONSISTENT: {
		when: "sequence number, predecessor or stage names of an approval contradict the approvals that it lists",
		fix: "have the stage approve again with sign-stage and ⟨replace=true⟩"
	},
	COSIGN_BUNDLE_UNUSUAL: {
		when: "a plain cosign signature is in a bundle that cosign itself refuses or passes over: with members that the format does not have, beside other layers, or under the label of another version; it does not count",
		fix: "have the image signed again with cosign, or with countersign"
	},
	COSIGN_PAYLOAD_INVALID: {
		when: "the payload of a legacy cosign signature has other members or values than podman takes, such as an empty `docker-reference`; the signature does not count",
		fix: "have the image signed again with cosign, skopeo or countersign"
	},
	COVERAGE_INCOMPLETE: {
		when: "a part of the image is covered by no valid signature of somebody trusted",
		fix: "sign the image again as a whole; the coverage list names the parts"
	},
	DATA_NOT_READ: {
		when: "this check compared digests and did not read the data of the image (a remark)",
		fix: "check again while reading the data, for instance after the download"
	},
	IMAGE_EMPTY: {
		when: "the image has nothing that a signature could cover",
		fix: "check that the right file was given"
	},
	IMAGE_UNSIGNED: {
		when: "nobody has signed the image: it has no approval and no other signature",
		fix: "have its stages approve it with `countersign sign-stage`, or check that the right image was given"
	},
	IMAGE_UNREADABLE: {
		when: "nothing can be said about the stage, because the image cannot be read",
		fix: "see the problem of the image, and verify again when it can be read"
	},
	LANE_ALTERED: {
		when: "an approval or evidence object of a SIF is not stored in the one way its content asks for",
		fix: "restore the image from a copy, or delete the object and sign again"
	},
	LAYER_ALTERED: {
		when: "a layer or piece of evidence in a SIF file has a wrong signature or cannot be read, which nobody does on purpose but an attacker",
		fix: "restore the image from a copy, or delete the object that the message names and have its stage approve again"
	},
	LAYER_NOT_VALID: {
		when: "a layer that an approval lists is there, and its signature does not hold or is by somebody unknown now",
		fix: "restore the image from a copy; if the signer was taken out of the trust material, have the stages approve again"
	},
	LAYER_PARTIAL: {
		when: "a signature covers only a part of the image",
		fix: "have its signer sign the whole image"
	},
	LAYER_REMOVED: {
		when: "an approval lists an earlier layer that is no longer there",
		fix: "put the layer back from a copy of the image, or have that stage and all later ones approve again with `countersign sign-stage`"
	},
	NATIVE_LEGACY_INSECURE: {
		when: "a signature in the legacy SIFHASH form protects neither header nor descriptors; it never counts",
		fix: "sign the image again with a current tool"
	},
	NATIVE_NOT_ACCEPTED: {
		when: "a signature without a stage (native in a SIF, or by `cosign sign` or Notation) of an approver does not count because the stage does not list its format under `native` (a remark)",
		fix: "have the signer use `countersign sign-stage`, or add the format to `native` of the stage"
	},
	NATIVE_ORDER_UNPROVEN: {
		when: "a signature without a stage (native in a SIF, or by `cosign sign` or Notation) counts for a stage that comes after others; it cannot prove that they came first (a remark)",
		fix: "use approvals instead of native signatures where the order matters"
	},
	NATIVE_OTHER_IDENTITY: {
		when: "a cosign signature of an approver was made for another reference than `signedIdentity` of the stage asks for, or names none, as bundles do (a remark); it does not count",
		fix: "sign the image where it is used, with `cosign sign --new-bundle-format=false --key KEY REFERENCE`, or set `signedIdentity` to where it was signed"
	},
	NATIVE_PARTIAL: {
		when: "a native signature covers only some objects of its group; Apptainer refuses such an image for good",
		fix: "delete the signature object and sign the whole group"
	},
	NATIVE_SIGNATURE_ALTERED: {
		when: "the native signature that belongs to an approval is there with other bytes, or is no longer valid",
		fix: "restore the image from a copy, or have the stage approve again"
	},
	NATIVE_SIGNATURE_MISSING: {
		when: "the native signature that belongs to an approval is no longer there",
		fix: "restore the image from a copy, or have the stage approve again"
	},
	NATIVE_UNREADABLE: {
		when: "a signature object that Apptainer would read is no signature",
		fix: "delete the object, or obtain the image again"
	},
	PARTITION_NOT_ENCRYPTED: {
		when: "the policy asks for encrypted file systems, and a partition of the image, or the whole image, is none",
		fix: "build the image with ⟨encrypt⟩ and have the stages approve that one: no approval of the open image counts for it"
	},
	PARTITION_WRITABLE: {
		when: "a partition of the image is an ext3 file system (a remark): a run with `--writable` changes it, and every approval that covers it is then for other content",
		fix: "nothing, if nobody runs it so; else keep data that changes in a file of its own"
	},
	SIF_DATA_CHANGED: {
		when: "the data of an object is not what was signed",
		fix: "restore the image from a copy, or have every stage approve the new content"
	},
	SIF_DATA_NOT_HASHED: {
		when: "a signature names data that this run did not read",
		fix: "check again while reading the whole image"
	},
	SIF_DESCRIPTOR_ALTERED: {
		when: "the descriptor of a signature object was changed after signing",
		fix: "restore the image from a copy, or have this signer sign again"
	},
	SIF_DESCRIPTOR_CHANGED: {
		when: "the descriptor of an object is not what was signed",
		fix: "restore the image from a copy, or have every stage approve the new content"
	},
	SIF_ENTRY_REPEATED: {
		when: "a native signature lists the same object twice",
		fix: "have the signer sign again with a current tool"
	},
	SIF_GROUP_MISSING: {
		when: "a group of objects was approved and is no longer in the image",
		fix: "restore the image from a copy, or have the stages approve the new content"
	},
	SIF_HEADER_ALTERED: {
		when: "fields of the SIF header have values that no tool writes",
		fix: "restore the image from a copy"
	},
	SIF_HEADER_CHANGED: {
		when: "the header of the image is not what was signed",
		fix: "restore the image from a copy, or have every stage approve the new content"
	},
	SIF_HEADER_NOT_SIGNED: {
		when: "a native signature does not cover the header",
		fix: "have the signer sign the whole group with a current tool"
	},
	SIF_NO_GROUPS: {
		when: "the SIF has no group of objects that a signature could cover",
		fix: "check that the right file was given"
	},
	SIF_OBJECT_HIDDEN: {
		when: "a slot of the descriptor table is marked unused and not empty (a remark): an interrupted change leaves that, and so does hiding an object",
		fix: "nothing, if all stages pass; else restore the image from a copy"
	},
	SIF_OBJECT_NOT_SIGNED: {
		when: "an object was added to a group after it was signed, or was left out by the signer",
		fix: "delete the object, or have every stage approve the new content"
	},
	SIF_OBJECT_UNGROUPED: {
		when: "an object belongs to no group, so that no signature can cover it",
		fix: "put the object into a group, or delete it"
	},
	SIF_SIGNED_OBJECT_MISSING: {
		when: "an object was signed and is no longer in the image",
		fix: "restore the image from a copy, or have every stage approve the new content"
	},
	SIGNER_NOT_A_PRINCIPAL: {
		when: "the signature is valid, and the policy has no principal with this identity (a remark); it never counts",
		fix: "nothing, or add the identity that the message shows to the policy"
	},
	STAGES_NOT_ASKED: {
		when: "the verdict is about the stages up to `up-to-stage` only (a remark); the others may be missing",
		fix: "leave ⟨up-to-stage⟩ out where the image is to be used"
	},
	STAGE_APPROVED_BY_OUTSIDER: {
		when: "somebody unknown or not trusted claims to have approved the stage (a remark); it does not count",
		fix: "nothing, or add the signer to the policy if you know them"
	},
	STAGE_MISSING: {
		when: "nobody has approved the stage",
		fix: "have one of the approvers that the message names approve it with `countersign sign-stage`"
	},
	STAGE_NOT_DISTINCT: {
		when: "an approval does not count because the same principal or the same key fills a stage that must be filled by somebody else",
		fix: "have another approver of the stage approve it"
	},
	STAGE_NOT_IN_POLICY: {
		when: "a stage was asked for that the policy does not have",
		fix: "correct the name; `countersign policy check` lists the stages"
	},
	STAGE_THRESHOLD_NOT_MET: {
		when: "fewer principals than the policy asks for have approved the stage in a way that counts",
		fix: "have more of the approvers that the message names approve it; the other reasons say why an approval did not count"
	}
};
const ALL = {
	...POLICY_REASONS,
	...EVIDENCE_REASONS,
	...ENDING_REASONS,
	...GRANT_REASONS,
	...OBJECT_REASONS,
	...TIME_REASONS,
	...BREAK_GLASS_REASONS
};
/** A reason that makes something fail, with the catalogue's advice. */
function reason(code, message) {
	return {
		code,
		message,
		hint: ALL[code].fix
	};
}
/** A reason that explains and decides nothing. */
function remark(code, message) {
	return {
		...reason(code, message),
		severity: "remark"
	};
}
/** The same reason where it decides nothing. */
function asRemark(one) {
	return {
		...one,
		severity: "remark"
	};
}
/** True for a reason that makes something fail. */
function isProblem(one) {
	return one.severity !== "remark";
}

export { remark as a, EVIDENCE_REASONS as c, TIME_REASONS as d, reason as i, GRANT_REASONS as l, asRemark as n, BREAK_GLASS_REASONS as o, isProblem as r, ENDING_REASONS as s, POLICY_REASONS as t, OBJECT_REASONS as u };