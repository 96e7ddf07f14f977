// SPDX-License-Identifier: Apache-2.0
// Why evidence does not do: what approvals list that does not hold, and what a stage requires and does not find.

import type { CodeCatalogue } from '../../base/errors.ts';

/** Codes of findings about evidence, with when they occur and what to do. */
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
