// SPDX-License-Identifier: Apache-2.0
// Why a stage, a layer or an image failed, or what is worth knowing about one that passed: the codes that evaluation and
// the reading of layers give, with when they occur and what to do. They are findings, not errors. Codes about single
// signatures and about SIF structure are in crypto/errors.ts and sif/errors.ts.

import type { CodeCatalogue } from '../base/errors.ts';
import type { Reason } from '../findings/signature.ts';
import {
  BREAK_GLASS_REASONS,
  ENDING_REASONS,
  EVIDENCE_REASONS,
  GRANT_REASONS,
  OBJECT_REASONS,
  TIME_REASONS,
} from './special-reasons.ts';

/** Codes of findings about images, with when they occur and what to do. */
export const POLICY_REASONS = {
  APPROVAL_NOT_REVIEWED: {
    when: 'the stage asks that a human released the job (`reviewed`), and the approval names nobody who did, or is not by a keyless job',
    fix: 'have the stage approved in an environment with required reviewers, by a step that is given a review-token',
  },
  APPROVAL_LEFT_BEHIND: {
    when: 'a cosign signature names an approval that is not attached to the image: it was copied by a tool that leaves bundles behind',
    fix: 'copy the image again from where it was approved, with `oras copy -r` or push-oras and ⟨subject-name⟩; docs/other-tools.md says what each tool takes along',
  },
  APPROVAL_OTHER_CONTENT: {
    when: 'the approval names content that this image does not have: it was copied from another image, or the content changed after it was given',
    fix: 'restore the approved content, or have the stage approve this one, in a file with ⟨replace=true⟩',
  },
  APPROVAL_OTHER_POLICY: {
    when: 'the approval was given under another edition of the policy than the one used now (a remark)',
    fix: 'nothing, if the policy has changed since; the verdict follows the policy used now',
  },
  APPROVAL_OTHER_SIGNER: {
    when: 'somebody signed an approval that another signer gave, who is named in it (a remark); such a copy does not count',
    fix: 'nothing, or have this signer approve the stage with `countersign sign-stage`',
  },
  APPROVAL_OTHER_VERIFIER: {
    when: 'the approval names the stage and another verifier id than the policy gives that stage',
    fix: 'sign with the policy that is used for verification, or correct the id of the stage',
  },
  APPROVAL_OUT_OF_ORDER: {
    when: 'the signer of this stage had not seen enough approvals of a stage that comes before it',
    fix: 'have the stages approve in the order of the policy, beginning with the one that the message names',
  },
  APPROVAL_REPLACED: {
    when: 'a later approval of the same stage took the place of this one (a remark); it does not count any more',
    fix: 'nothing; the later approval says so itself',
  },
  APPROVAL_STAGE_UNKNOWN: {
    when: 'the approval is for a stage that the policy does not have (a remark)',
    fix: 'nothing, or add the stage to the policy',
  },
  APPROVAL_SIGNER_ENDED: {
    when: 'an approver approved the stage with a key or certificate that has expired, or was revoked, denied or retired since, so that the approval does not count any more',
    fix: 'have an approver of the stage approve it again with `countersign sign-stage` and a key that is good now; then the later stages that the verdict names',
  },
  APPROVAL_WITHOUT_DATA: {
    when: 'the signer approved the digests without reading the data (a remark)',
    fix: 'nothing, if the data is checked in this run or by another stage',
  },
  APPROVER_NOT_LISTED: {
    when: 'the signature is valid, and its signer is no approver of this stage',
    fix: 'have one of the approvers sign, or add this principal to the approvers of the stage',
  },
  APPTAINER_REFUSES: {
    when: '`apptainer verify`, and an execution control list, refuse the image although it passes here (a remark): they want every native signature good, and of one format',
    fix: 'nothing, if Apptainer does not verify the image; else have it signed anew without the signature that the message names',
  },
  ASSIGNMENT_UNDECIDED: {
    when: 'so many approvers match so many quorums and `distinct` stages, or an image has so many approvals, that the search for who fills which stage was given up',
    fix: 'make the principals of distinct stages and of quorums overlap less; delete approvals that nothing rests on, where an image has hundreds of them',
  },
  BUNDLE_UNREADABLE: {
    when: 'a bundle on the image is not one that can be read',
    fix: 'obtain the image again, or remove the bundle and have its stage approve again',
  },
  CERTIFICATES_REMOVED: {
    when: 'certificates that an approval was signed with are not beside it any more, or others are in their place',
    fix: 'restore the image from a copy, or have the stage approve again',
  },
  CHAIN_ENDS_AT: {
    when: 'says which approval is the last one (a remark): the removal of a last layer is visible only to a policy that asks for it',
    fix: 'nothing; compare with what you expect',
  },
  CHAIN_INCONSISTENT: {
    when: 'sequence number, predecessor or stage names of an approval contradict the approvals that it lists',
    fix: 'have the stage approve again with sign-stage and ⟨replace=true⟩',
  },
  COSIGN_BUNDLE_UNUSUAL: {
    when: 'a plain cosign signature is in a bundle that cosign itself refuses or passes over: with members that the format does not have, beside other layers, or under the label of another version; it does not count',
    fix: 'have the image signed again with cosign, or with countersign',
  },
  COSIGN_PAYLOAD_INVALID: {
    when: 'the payload of a legacy cosign signature has other members or values than podman takes, such as an empty `docker-reference`; the signature does not count',
    fix: 'have the image signed again with cosign, skopeo or countersign',
  },
  COVERAGE_INCOMPLETE: {
    when: 'a part of the image is covered by no valid signature of somebody trusted',
    fix: 'sign the image again as a whole; the coverage list names the parts',
  },
  DATA_NOT_READ: {
    when: 'this check compared digests and did not read the data of the image (a remark)',
    fix: 'check again while reading the data, for instance after the download',
  },
  IMAGE_EMPTY: {
    when: 'the image has nothing that a signature could cover',
    fix: 'check that the right file was given',
  },
  IMAGE_UNSIGNED: {
    when: 'nobody has signed the image: it has no approval and no other signature',
    fix: 'have its stages approve it with `countersign sign-stage`, or check that the right image was given',
  },
  IMAGE_UNREADABLE: {
    when: 'nothing can be said about the stage, because the image cannot be read',
    fix: 'see the problem of the image, and verify again when it can be read',
  },
  LANE_ALTERED: {
    when: 'an approval or evidence object of a SIF is not stored in the one way its content asks for',
    fix: 'restore the image from a copy, or delete the object and sign again',
  },
  LAYER_ALTERED: {
    when: 'a layer or piece of evidence in a SIF file has a wrong signature or cannot be read, which nobody does on purpose but an attacker',
    fix: 'restore the image from a copy, or delete the object that the message names and have its stage approve again',
  },
  LAYER_NOT_VALID: {
    when: 'a layer that an approval lists is there, and its signature does not hold or is by somebody unknown now',
    fix: 'restore the image from a copy; if the signer was taken out of the trust material, have the stages approve again',
  },
  LAYER_PARTIAL: {
    when: 'a signature covers only a part of the image',
    fix: 'have its signer sign the whole image',
  },
  LAYER_REMOVED: {
    when: 'an approval lists an earlier layer that is no longer there',
    fix: 'put the layer back from a copy of the image, or have that stage and all later ones approve again with `countersign sign-stage`',
  },
  NATIVE_LEGACY_INSECURE: {
    when: 'a signature in the legacy SIFHASH form protects neither header nor descriptors; it never counts',
    fix: 'sign the image again with a current tool',
  },
  NATIVE_NOT_ACCEPTED: {
    when: 'a signature without a stage (native in a SIF, or by `cosign sign` or Notation) of an approver does not count because the stage does not list its format under `native` (a remark)',
    fix: 'have the signer use `countersign sign-stage`, or add the format to `native` of the stage',
  },
  NATIVE_ORDER_UNPROVEN: {
    when: 'a signature without a stage (native in a SIF, or by `cosign sign` or Notation) counts for a stage that comes after others; it cannot prove that they came first (a remark)',
    fix: 'use approvals instead of native signatures where the order matters',
  },
  NATIVE_OTHER_IDENTITY: {
    when: 'a cosign signature of an approver was made for another reference than `signedIdentity` of the stage asks for, or names none, as bundles do (a remark); it does not count',
    fix: 'sign the image where it is used, with `cosign sign --new-bundle-format=false --key KEY REFERENCE`, or set `signedIdentity` to where it was signed',
  },
  NATIVE_PARTIAL: {
    when: 'a native signature covers only some objects of its group; Apptainer refuses such an image for good',
    fix: 'delete the signature object and sign the whole group',
  },
  NATIVE_SIGNATURE_ALTERED: {
    when: 'the native signature that belongs to an approval is there with other bytes, or is no longer valid',
    fix: 'restore the image from a copy, or have the stage approve again',
  },
  NATIVE_SIGNATURE_MISSING: {
    when: 'the native signature that belongs to an approval is no longer there',
    fix: 'restore the image from a copy, or have the stage approve again',
  },
  NATIVE_UNREADABLE: {
    when: 'a signature object that Apptainer would read is no signature',
    fix: 'delete the object, or obtain the image again',
  },
  PARTITION_NOT_ENCRYPTED: {
    when: 'the policy asks for encrypted file systems, and a partition of the image, or the whole image, is none',
    fix: 'build the image with ⟨encrypt⟩ and have the stages approve that one: no approval of the open image counts for it',
  },
  PARTITION_WRITABLE: {
    when: 'a partition of the image is an ext3 file system (a remark): a run with `--writable` changes it, and every approval that covers it is then for other content',
    fix: 'nothing, if nobody runs it so; else keep data that changes in a file of its own',
  },
  SIF_DATA_CHANGED: {
    when: 'the data of an object is not what was signed',
    fix: 'restore the image from a copy, or have every stage approve the new content',
  },
  SIF_DATA_NOT_HASHED: {
    when: 'a signature names data that this run did not read',
    fix: 'check again while reading the whole image',
  },
  SIF_DESCRIPTOR_ALTERED: {
    when: 'the descriptor of a signature object was changed after signing',
    fix: 'restore the image from a copy, or have this signer sign again',
  },
  SIF_DESCRIPTOR_CHANGED: {
    when: 'the descriptor of an object is not what was signed',
    fix: 'restore the image from a copy, or have every stage approve the new content',
  },
  SIF_ENTRY_REPEATED: {
    when: 'a native signature lists the same object twice',
    fix: 'have the signer sign again with a current tool',
  },
  SIF_GROUP_MISSING: {
    when: 'a group of objects was approved and is no longer in the image',
    fix: 'restore the image from a copy, or have the stages approve the new content',
  },
  SIF_HEADER_ALTERED: {
    when: 'fields of the SIF header have values that no tool writes',
    fix: 'restore the image from a copy',
  },
  SIF_HEADER_CHANGED: {
    when: 'the header of the image is not what was signed',
    fix: 'restore the image from a copy, or have every stage approve the new content',
  },
  SIF_HEADER_NOT_SIGNED: {
    when: 'a native signature does not cover the header',
    fix: 'have the signer sign the whole group with a current tool',
  },
  SIF_NO_GROUPS: {
    when: 'the SIF has no group of objects that a signature could cover',
    fix: 'check that the right file was given',
  },
  SIF_OBJECT_HIDDEN: {
    when: 'a slot of the descriptor table is marked unused and not empty (a remark): an interrupted change leaves that, and so does hiding an object',
    fix: 'nothing, if all stages pass; else restore the image from a copy',
  },
  SIF_OBJECT_NOT_SIGNED: {
    when: 'an object was added to a group after it was signed, or was left out by the signer',
    fix: 'delete the object, or have every stage approve the new content',
  },
  SIF_OBJECT_UNGROUPED: {
    when: 'an object belongs to no group, so that no signature can cover it',
    fix: 'put the object into a group, or delete it',
  },
  SIF_SIGNED_OBJECT_MISSING: {
    when: 'an object was signed and is no longer in the image',
    fix: 'restore the image from a copy, or have every stage approve the new content',
  },
  SIGNER_NOT_A_PRINCIPAL: {
    when: 'the signature is valid, and the policy has no principal with this identity (a remark); it never counts',
    fix: 'nothing, or add the identity that the message shows to the policy',
  },
  STAGES_NOT_ASKED: {
    when: 'the verdict is about the stages up to `up-to-stage` only (a remark); the others may be missing',
    fix: 'leave ⟨up-to-stage⟩ out where the image is to be used',
  },
  STAGE_APPROVED_BY_OUTSIDER: {
    when: 'somebody unknown or not trusted claims to have approved the stage (a remark); it does not count',
    fix: 'nothing, or add the signer to the policy if you know them',
  },
  STAGE_MISSING: {
    when: 'nobody has approved the stage',
    fix: 'have one of the approvers that the message names approve it with `countersign sign-stage`',
  },
  STAGE_NOT_DISTINCT: {
    when: 'an approval does not count because the same principal or the same key fills a stage that must be filled by somebody else',
    fix: 'have another approver of the stage approve it',
  },
  STAGE_NOT_IN_POLICY: {
    when: 'a stage was asked for that the policy does not have',
    fix: 'correct the name; `countersign policy check` lists the stages',
  },
  STAGE_THRESHOLD_NOT_MET: {
    when: 'fewer principals than the policy asks for have approved the stage in a way that counts',
    fix: 'have more of the approvers that the message names approve it; the other reasons say why an approval did not count',
  },
} as const satisfies CodeCatalogue;

const ALL = {
  ...POLICY_REASONS,
  ...EVIDENCE_REASONS,
  ...ENDING_REASONS,
  ...GRANT_REASONS,
  ...OBJECT_REASONS,
  ...TIME_REASONS,
  ...BREAK_GLASS_REASONS,
};

/** One code of any of the catalogues. */
export type ReasonCode = keyof typeof ALL;

/** A reason that makes something fail, with the catalogue's advice. */
export function reason(code: ReasonCode, message: string): Reason {
  return { code, message, hint: ALL[code].fix };
}

/** A reason that explains and decides nothing. */
export function remark(code: ReasonCode, message: string): Reason {
  return { ...reason(code, message), severity: 'remark' };
}

/** The same reason where it decides nothing. */
export function asRemark(one: Reason): Reason {
  return { ...one, severity: 'remark' };
}

/** True for a reason that makes something fail. */
export function isProblem(one: Reason): boolean {
  return one.severity !== 'remark';
}
