// SPDX-License-Identifier: Apache-2.0
// The words that all reports share: who signed, what was decided, which reasons count.

import type { Reason } from '../findings/reason.ts';
import type { ImageVerdict, LayerReport, SignerReport, StageReport, Verdict } from '../policy/verdict.ts';
import { counted } from '../base/count.ts';
import { toSecond } from '../base/time.ts';

/** True for a reason that made something fail. */
export function isProblem(one: Reason): boolean {
  return one.severity !== 'remark';
}

/** Algorithm and first 12 hex digits of a digest; anything else is left alone. */
export function short(digest: string): string {
  return /^sha(?:256|512):[0-9a-f]+$/.test(digest) ? digest.slice(0, 19) : digest;
}

/** The identity behind a signature, without the principal's name. */
export function identityOf(signer: SignerReport): string {
  const key = signer.hint === undefined ? 'unknown key' : `${signer.algorithm ?? ''} key ${signer.hint}`.trim();
  switch (signer.method) {
    case 'pgp':
      return [`OpenPGP ${signer.fingerprint ?? 'key'}`, ...(signer.userIds ?? []).slice(0, 1)].join(' ');
    case 'key':
      return key;
    case 'x509':
      return `certificate of ${signer.san?.[0] ?? signer.subject ?? key}`;
    default:
      return signer.method satisfies never;
  }
}

/** Principal and identity, or what is known instead. */
export function signerOf(signer: SignerReport | null): string {
  if (signer === null) return 'unknown';
  return signer.principal === null ? identityOf(signer) : `${signer.principal} (${identityOf(signer)})`;
}

/** Layers that make up a stage: approvals and native signatures that name it and raise no problem. */
export function layersOf(stage: StageReport, image: ImageVerdict): readonly LayerReport[] {
  return image.layers.filter(
    (layer) =>
      layer.stage === stage.stage &&
      layer.status === 'valid' &&
      layer.kind === 'bundle' &&
      !layer.reasons.some(isProblem),
  );
}

/** The decision in one sentence: the last line of every report. */
export function decisionOf(verdict: Verdict): string {
  const { images, policy } = verdict;
  const failed = images.filter((image) => image.verdict === 'failed').length;
  const by = policy ? `policy ${policy.name} (${short(policy.digest)})` : 'the given trust material, without a policy';
  const at = verdict.asOf ? `, as of ${toSecond(verdict.now)}, which is not the present time` : '';
  const count = counted(images.length, 'image');
  if (images.length === 0) return 'failed: there was no image to check';
  if (verdict.verdict === 'passed') return `passed: ${count} by ${by}${at}`;
  const unsigned = images.filter((image) => image.unsigned && image.verdict === 'failed').length;
  const note = unsigned > 0 ? ` (${unsigned} unsigned)` : '';
  return `failed: ${failed} of ${count}${note} by ${by}${at}`;
}
