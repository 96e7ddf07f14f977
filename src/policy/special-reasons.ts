// SPDX-License-Identifier: Apache-2.0
// Codes of findings about what not every image or policy has: when they occur, and what to do.

import type { CodeCatalogue } from '../base/errors.ts';

/** Why what was good does not count any more, or soon will not. */
export const ENDING_REASONS = {
  APPROVAL_WITHDRAWN: {
    when: 'whoever gave the approval has withdrawn it (`countersign withdraw`)',
    fix: 'have the stage approved anew with `countersign sign-stage`, once what the message gives as reason is settled',
  },
  COMPONENT_DENIED: {
    when: 'an SBOM that a stage requires names a component that the policy denies (`deny`), or one whose version cannot be compared with the range that is denied',
    fix: 'use an image without the component; the message says why it is denied',
  },
  CONTENT_DENIED: {
    when: 'the policy denies the content of the image (`deny`)',
    fix: 'use another image; the message says why this one is denied',
  },
  CREDENTIAL_ENDS: {
    when: 'a key or certificate behind a signature that counts ends within 30 days (a remark)',
    fix: 'renew it in time; what it signed without a timestamp will not count any more then, and can be approved anew',
  },
  CRL_ENDS: {
    when: 'a CRL that is used has less than a quarter of its life left, and at most 30 days (a remark)',
    fix: 'fetch the next CRL of the CA into the files of `trust.crls`',
  },
  KEY_DENIED: {
    when: 'the policy denies the key that signed, and the signature is not proven to be older (`deny`)',
    fix: 'have the image approved anew with another key',
  },
  PRINCIPAL_DENIED: {
    when: 'the policy denies the principal who signed, and the signature is not proven to be older (`deny`)',
    fix: 'have another approver of the stage approve the image',
  },
  STATEMENT_DENIED: {
    when: 'the policy denies this very approval or piece of evidence (`deny`)',
    fix: 'have the image approved anew; the message says why this approval is denied',
  },
  VERDICT_LOST: {
    when: 'the image passes as things are, and would not without what ⟨without⟩ names (a remark)',
    fix: 'have the stages that fail approved anew by others before you deny it',
  },
} as const satisfies CodeCatalogue;

/** Why an approval does not count for when it was given. */
export const TIME_REASONS = {
  APPROVAL_EXPIRED: {
    when: 'the signer limited the approval in time and that time is over',
    fix: 'have the stage approve again',
  },
  APPROVAL_FROM_FUTURE: {
    when: 'the approval says that it was given later than the time of this check, by more than five minutes',
    fix: 'check the clocks of the signing and the verifying machine, and the time given with ⟨now⟩',
  },
  APPROVAL_DATED_AHEAD: {
    when: 'an approval is dated more than five minutes later than a timestamp proves that it was there: the clock of its signer was ahead, or one of several timestamps is wrong',
    fix: 'set the clock of the signing machine, and have the stage approve again',
  },
  APPROVAL_TOO_OLD: {
    when: 'an approval is older than `maxAge` of its stage, by its proven or its own time, or nothing tells how old it is',
    fix: 'have the stage approve again',
  },
  CREDENTIAL_OUTSIDE_WINDOW: {
    when: 'the signer counts `from` or `until` a time of the policy, and the signature is not proven to be from then: without a timestamp the present counts, and a time that the signer states counts against them',
    fix: 'have somebody who counts now approve again; stamp layers while they count',
  },
} as const satisfies CodeCatalogue;

/** Why evidence does not do: what approvals list that does not hold, and what a stage requires and does not find. */
export const EVIDENCE_REASONS = {
  EVIDENCE_ALTERED: {
    when: 'evidence that a stage requires is there with a signature that does not hold',
    fix: 'remove it or restore it from a copy, and attach the evidence anew with `countersign scan-attest`',
  },
  EVIDENCE_ELSEWHERE: {
    when: 'an approval relies on evidence that its signer kept outside the image because of its size (a remark)',
    fix: 'nothing; look for it in the registry or beside the image if you need it',
  },
  EVIDENCE_EXCEPTION: {
    when: 'a finding that would fail the stage is accepted by an exception of the policy (a remark)',
    fix: 'nothing, until the exception expires',
  },
  EVIDENCE_FIELDS: {
    when: 'a member of the evidence has another value than the policy asks for in `fields`',
    fix: 'have the check that produces this evidence done again, until it gives the value that the policy asks for',
  },
  EVIDENCE_FINDINGS: {
    when: 'the signed findings themselves hold one that is as bad as `failOn` and that no exception accepts, or show that nothing was recognised in the image',
    fix: 'mend the image and scan it again, or add to the `exceptions` of the requirement the id that the message names, with `reason` and `expires`',
  },
  EVIDENCE_OUTSIDE: {
    when: 'a stage requires that evidence lies in the SIF file itself, and it is attached in a registry or in a file beside the image',
    fix: 'attach it to the file with `countersign scan-attest` under this policy, which puts it inside whatever its size; in a registry, assemble the file with `countersign assemble`',
  },
  EVIDENCE_VEX: {
    when: 'a finding that would fail the stage is accepted by a signed VEX document of a principal of `vexBy` (a remark)',
    fix: 'nothing, until a newer document says otherwise',
  },
  EVIDENCE_VEX_REFUSED: {
    when: 'findings fail the stage, and a VEX document on the image does not count: its signer is not in `vexBy`, it is about another image, or it cannot be read',
    fix: 'have a principal of `vexBy` sign a VEX document about this image and its packages with `countersign scan-attest`',
  },
  EVIDENCE_MISSING: {
    when: 'a stage requires evidence, and the image has none of this type',
    fix: 'attach it with `countersign scan-attest` (provenance: `countersign build`), signed by a principal of `signedBy`; what is kept in files is given with ⟨evidence-path⟩',
  },
  EVIDENCE_NOT_LISTED: {
    when: 'the evidence that a stage requires is there, and no approval of the stage lists it (a remark): it was made later, or by another policy',
    fix: 'nothing, or have the stage approve again with ⟨replace=true⟩',
  },
  EVIDENCE_NOT_VALID: {
    when: 'evidence that an approval relies on is there, and its signature is wrong or it is about other content',
    fix: 'obtain the image again, or attach the evidence anew and have the stage approve again',
  },
  EVIDENCE_OTHER_CONTENT: {
    when: 'evidence that a stage requires is about another image, or about what this one was before it changed',
    fix: 'make the evidence for this image and attach it, with `countersign scan-attest`',
  },
  EVIDENCE_OTHER_SCANNER: {
    when: 'findings are by another scanner than the policy asks for',
    fix: 'scan with a scanner that the requirement names, or add the name that the message shows to `scanner`',
  },
  EVIDENCE_OTHER_SIGNER: {
    when: 'evidence that a stage requires is signed by somebody whom the requirement does not name in `signedBy`',
    fix: 'have a principal of `signedBy` attach the evidence with their key, or add the signer to `signedBy`',
  },
  EVIDENCE_PROVENANCE: {
    when: 'the provenance names another builder, source repository or ref than the policy asks for',
    fix: 'build the image where the policy asks for it, or add what the message shows to the requirement',
  },
  EVIDENCE_REMOVED: {
    when: 'evidence that an approval relies on is no longer there',
    fix: 'put the evidence back from a copy of the image, or have the stage approve again',
  },
  EVIDENCE_SBOM: {
    when: 'the bill of materials is in no known format, or names too few components with name and version',
    fix: 'make the bill of materials from the whole image with a tool that writes CycloneDX or SPDX, and attach it with `countersign scan-attest`',
  },
  EVIDENCE_STALE: {
    when: 'evidence, or the database of its scanner, is older than the policy allows, says no time, or one to come',
    fix: 'make the evidence again and attach it with `countersign scan-attest`; update the database of the scanner first',
  },
  EVIDENCE_TOO_FEW: {
    when: 'fewer pieces of evidence than the stage requires count',
    fix: 'attach more of them with `countersign scan-attest`; of findings, each by another scanner',
  },
  EVIDENCE_UNREADABLE: {
    when: 'evidence that a stage requires is signed and does not have the form of its type',
    fix: 'make it again with a tool that follows the type, and attach it with `countersign scan-attest`',
  },
  EVIDENCE_UNTRUSTED: {
    when: 'evidence that a stage requires is signed by a key that is unknown here, or by a certificate that is not trusted',
    fix: 'have a principal of `signedBy` attach the evidence with `countersign scan-attest` and their key',
  },
} as const satisfies CodeCatalogue;

/** Who vouches for whom, and why a grant does not hold. */
export const GRANT_REASONS = {
  APPROVAL_GRANTED: {
    when: 'an approval is by somebody whom the policy does not know and for whom an approver vouches in a signed grant (a remark)',
    fix: 'nothing; when the grant ends, have the stage approved anew or the approval stamped before',
  },
  GRANT_NOT_GOOD: {
    when: 'somebody whom the policy does not know approved a stage with a grant that does not hold: it ended, was withdrawn, is for another stage or image, or its giver may not grant',
    fix: 'have one of the `grantors` of the stage make a new grant (`countersign help grant`), or have an approver approve it',
  },
} as const satisfies CodeCatalogue;

/** Stages that somebody let be skipped. */
export const BREAK_GLASS_REASONS = {
  BREAK_GLASS: {
    when: 'somebody whom the policy lets do so has broken the glass of a stage, now or before (a remark): until its end the stage is skipped',
    fix: 'settle what the ticket is about, and have the stage approved before the end',
  },
  BREAK_GLASS_UNREVIEWED: {
    when: 'the glass of a stage was broken, and nobody else has approved the stage having seen that (a remark)',
    fix: 'have an approver of the stage other than the one who broke the glass approve it with `countersign sign-stage`, and ⟨replace=true⟩ where they had approved before',
  },
  BREAK_GLASS_ENDED: {
    when: 'the glass of a stage was broken for a time that is over, or the key or certificate of the one who did has ended',
    fix: 'have the stage approved with `countersign sign-stage`',
  },
  BREAK_GLASS_WITHDRAWN: {
    when: 'the glass of a stage was broken, and whoever did, or somebody else who may, took that back',
    fix: 'have the stage approved with `countersign sign-stage`; or break the glass again (`countersign help break-glass`), which does not prolong it',
  },
  BREAK_GLASS_RENEWED: {
    when: 'the glass of a stage was broken again without a review in between: all together count no longer than the policy allows one, from the first on',
    fix: 'have somebody else approve the stage with `countersign sign-stage`, which is the review',
  },
  BREAK_GLASS_TOO_LONG: {
    when: 'the glass of a stage was broken for longer than `maxDuration` of its `breakGlass`; it does not count at all',
    fix: 'break it again for a shorter time (`countersign help break-glass`), or have the stage approved',
  },
  BREAK_GLASS_NOT_ALLOWED: {
    when: 'the glass of a stage was broken that the policy lets nobody skip: it has no `breakGlass`, has another `id`, or is not in the policy',
    fix: 'have the stage approved with `countersign sign-stage`; where its `id` is another one, break the glass with ⟨policy-path⟩ (`countersign help break-glass`)',
  },
  BREAK_GLASS_NOT_ENTITLED: {
    when: 'the glass of a stage was broken by somebody who is not in `by` of its `breakGlass`, or does not count at that time',
    fix: 'have one of those whom the policy names do it (`countersign help break-glass`), or have the stage approved',
  },
  BREAK_GLASS_OTHER_CONTENT: {
    when: 'the glass of a stage was broken for another image, or for what this one was before it changed',
    fix: 'break it for this image (`countersign help break-glass`), or have the stage approved',
  },
  BREAK_GLASS_DATED_AHEAD: {
    when: 'the glass of a stage is said to be broken from a time on that is more than five minutes ahead, of the present or of the timestamp over it: none is signed in advance',
    fix: 'set the clock of the signing machine, and break it again when it is needed (`countersign help break-glass`)',
  },
  BREAK_GLASS_UNREADABLE: {
    when: 'a statement that the glass of a stage is broken lacks stage, reason, ticket, beginning or end',
    fix: 'have a new one made with `countersign help break-glass`',
  },
} as const satisfies CodeCatalogue;

/** What is wrong with the objects of an image, or worth knowing, under a policy that tells them apart. */
export const OBJECT_REASONS = {
  OBJECT_NOT_APPROVED: {
    when: 'the image has an object that none of the stages asked about is about, such as an overlay under a policy whose stages are about the base alone: it would run, and nobody answers for it',
    fix: 'add a stage with `objects: overlays` to the policy and have it approve, or ask about that stage too; remove the object with `siftool del ID IMAGE` if nobody wants it',
  },
  OBJECT_NOT_DATA: {
    when: 'a group that the policy lets stay unsigned holds something else than data partitions (a remark): all of it must be approved then',
    fix: 'have its stage approve it, or put data into a partition of type data in a group of its own',
  },
  OVERLAY_IN_BASE: {
    when: 'an overlay lies in the group of the base (a remark): it is part of what the stages about the base approve, and stages about overlays have no say',
    fix: 'nothing, if those who approve the base answer for it; else take it out (`siftool del ID IMAGE`) and add it with a group of its own',
  },
  OVERLAY_NOT_MOUNTED: {
    when: 'an overlay lies in another group than the system (a remark): Apptainer mounts by itself only overlays of the group of the system',
    fix: 'to run with it, keep it in a SIF of its own and give that with `--overlay`; docs/policy.md says how',
  },
  OBJECT_UNSIGNED: {
    when: 'data partitions of the image may stay unsigned by the policy (a remark). `apptainer verify` and its execution control list refuse such a file, since they want every group signed',
    fix: 'nothing, if the data is meant to change; remove the group from `objects.unsigned` to have it approved',
  },
  STAGE_WITHOUT_OBJECTS: {
    when: 'a stage is about objects of which the image has none. A stage about overlays is then not asked for (a remark); any other fails, as those about the base of a file that holds an overlay alone',
    fix: 'check that this is the image you mean; judge a file that holds an overlay alone by a policy whose stages are about overlays',
  },
} as const satisfies CodeCatalogue;
