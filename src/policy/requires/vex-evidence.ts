// SPDX-License-Identifier: Apache-2.0
// The VEX documents on an image that count for a requirement: signed by a principal of `vexBy`, about all of this image. The
// others are named, since somebody may rely on them in vain.

import { parseStatement } from '../../attest/statement.ts';
import { shortDigest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject } from '../../base/json.ts';
import type { Reason } from '../../findings/signature.ts';
import type { FindingsCondition, Policy, Stage } from '../document/model.ts';
import type { EvidenceFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { describeIdentity, matchPrincipals } from '../rules/people.ts';
import { type ImageView, isAboutAll, whereOf } from '../rules/view.ts';
import { Malformed } from './content.ts';
import type { SignedVex } from './findings.ts';
import { isVexType, readVex, VexBook, type VexStatement } from './vex.ts';

/** What counts, and why the rest does not. */
export interface FoundVex {
  readonly book: VexBook<SignedVex>;
  readonly refused: readonly Reason[];
}

/** All VEX documents on the image. */
export function findVex(
  { vexBy = [] }: FindingsCondition,
  { policy, stage, image }: { readonly policy: Policy; readonly stage: Stage; readonly image: ImageView },
): FoundVex {
  const statements: SignedVex[] = [];
  const refused: Reason[] = [];
  for (const fact of image.evidence) {
    const read = statementsOf(fact);
    if (read === undefined || (!('problem' in read) && read.length === 0)) continue;
    const signers = fact.signature === 'valid' && fact.signer ? matchPrincipals(policy, fact.signer) : [];
    const by = signers.find((name) => vexBy.includes(name));
    const problem =
      'problem' in read
        ? read.problem
        : by === undefined
          ? `it is signed by ${signers.join(', ') || describeIdentity(fact.signer)}, ${vexBy.length > 0 ? `not by ${vexBy.join(' or ')}` : 'and the requirement names nobody in vexBy'}`
          : isAboutAll(fact, image.about(stage.name))
            ? undefined
            : 'it is about other content';
    if (problem === undefined && by !== undefined && !('problem' in read))
      statements.push(...read.map((one) => ({ ...one, by, fact })));
    else {
      const where = `the VEX document at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
      refused.push(reason('EVIDENCE_VEX_REFUSED', `${where} does not count: ${problem}`));
    }
  }
  const { contentDigests, pinned } = image.facts;
  const images = [...contentDigests, ...(pinned === undefined ? [] : [pinned.slice(pinned.lastIndexOf('@') + 1)])];
  return { book: new VexBook(statements, { images, now: image.now }), refused };
}

/** Undefined for what is no VEX document. Content without a valid signature is not looked at. */
function statementsOf(fact: EvidenceFact): readonly VexStatement[] | { readonly problem: string } | undefined {
  const own = isVexType(fact.predicateType);
  if (!own && !fact.predicateType.startsWith('https://cyclonedx.org/bom')) return undefined;
  if (!fact.statement) return own ? { problem: `its signature is ${fact.signature}` } : undefined;
  try {
    const { predicate } = parseStatement(fact.statement);
    return isJsonObject(predicate) ? readVex(predicate) : undefined;
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
    return own ? { problem: error.message } : undefined;
  }
}
