// SPDX-License-Identifier: Apache-2.0
// Approvals that a later one took the place of: who approves a stage anew says so, and from then on the old one neither
// counts, nor complains, nor is missed.

import type { RosterEntry } from '../../attest/approval.ts';
import { isNamed, nameText } from '../../findings/signer-name.ts';
import type { Policy } from '../document/model.ts';
import { type ApprovalView, asApproval, coversAll, type ImageView } from './view.ts';

/**
 * Approvals of this image that replaced others of their stage. With a policy only its approvers may; of a stage that the
 * policy does not have, any principal may.
 */
export function findReplacements(image: ImageView, policy: Policy | undefined): readonly ApprovalView[] {
  return image.layers
    .flatMap((layer) => asApproval(layer) ?? [])
    .filter((view) => {
      const stage = policy?.stages.find(({ name }) => name === view.approval.stage);
      const approver = !stage || view.principals.some((principal) => stage.approvers.includes(principal));
      // A stage of the same name of somebody else's policy is another one.
      const allowed = approver && (!stage || view.approval.verifierId === stage.id);
      return allowed && view.approval.replaces.length > 0 && view.trusted && coversAll(view, image);
    });
}

/** The approval that took the place of this one. */
export function replacementOf(
  { approval, fact }: ApprovalView,
  replacements: readonly ApprovalView[],
): ApprovalView | undefined {
  return replacements.find(
    ({ approval: { stage, replaces } }) =>
      stage === approval.stage &&
      replaces.some(({ digest, signer }) => digest === fact.digest && isNamed(fact.signer, signer)),
  );
}

/** True when a listed approval was replaced, whether or not it is still there. */
export function isReplaced(entry: RosterEntry, replacements: readonly ApprovalView[]): boolean {
  return replacements.some(
    ({ approval: { stage, replaces } }) =>
      stage === entry.stage &&
      replaces.some(
        ({ digest, signer }) =>
          digest === entry.digest && (!entry.signer || nameText(signer) === nameText(entry.signer)),
      ),
  );
}
