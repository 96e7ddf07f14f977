// SPDX-License-Identifier: Apache-2.0
// The work of verify-all: each subject → its verdict, all verdicts → one document.

import type { Host } from '../host.ts';
import type { FoundBundle } from '../../image/bundle.ts';
import { type Criteria, verifySifFile } from '../../image/verify.ts';
import { combineVerdict } from '../../policy/evaluate.ts';
import { reason } from '../../policy/reasons.ts';
import type { ImageVerdict, SignerReport, Verdict } from '../../policy/verdict.ts';
import { CountersignError, EXIT } from '../../base/errors.ts';
import { manifestName } from '../../oci/reference.ts';
import { findingsOf } from '../../report/annotations.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import { renderText } from '../../report/text.ts';
import { SifError } from '../../sif/errors.ts';
import { openFrom } from '../inputs/registry.ts';
import type { CommandResult } from '../spec.ts';
import type { VerifyInputs } from './spec.ts';
import { evidenceFrom, type Subject } from '../inputs/subjects.ts';
import { criteriaFrom } from '../inputs/trust.ts';

/**
 * Verifies all subjects and presents the verdict.
 * @throws PolicyError, UsageError and others for what does not belong to one subject
 */
export async function verifySubjects(
  subjects: readonly Subject[],
  inputs: VerifyInputs,
  host: Host,
): Promise<CommandResult> {
  const requiredStages = inputs.requiredStages;
  const criteria = await criteriaFrom(inputs, inputs.now ?? host.now(), { requiredStages, needed: true });
  const beside = await evidenceFrom(inputs);
  const images: ImageVerdict[] = [];
  const unread: string[] = [];
  for (const subject of subjects) {
    const task = { inputs, host, beside };
    const verdict = await host.group(`Verifying ${subject.name}`, () => verifyOne(subject, criteria, task));
    if (verdict.unread !== undefined) unread.push(verdict.unread);
    images.push(verdict.image);
  }
  const verdict = combineVerdict(images, {
    now: criteria.now,
    asOf: inputs.now !== undefined,
    policy: criteria.policy && { name: criteria.policy.name, digest: criteria.policy.digest },
  });
  for (const finding of findingsOf(verdict)) host.finding(finding);
  const exitCode = verdict.verdict === 'passed' ? EXIT.passed : unread.length > 0 ? EXIT.environment : EXIT.failed;
  return {
    exitCode,
    json: verdict,
    text: renderText(verdict),
    summary: renderMarkdown(verdict),
    outputs: { ...outputsOf(verdict, subjects), 'error-code': unread[0] ?? '' },
  };
}

interface Task {
  readonly inputs: VerifyInputs;
  readonly host: Host;
  readonly beside: readonly FoundBundle[];
}

/** A subject that cannot be read fails and lets the others be verified; `unread` is the code of why there is no answer. */
async function verifyOne(
  subject: Subject,
  criteria: Criteria,
  { inputs, host, ...task }: Task,
): Promise<{ readonly image: ImageVerdict; readonly unread?: string }> {
  const progress = host.progress(`reading ${subject.name}`);
  const { name } = subject;
  const onBytes = (done: number, total: number): void => progress.update(done, total);
  try {
    if (subject.in === 'file') {
      const { verdict } = await verifySifFile(subject.path, criteria, { name, onBytes, ...task });
      return { image: verdict };
    }
    const { reference } = subject;
    // Files need none of what knows registries.
    const { openRegistryImage } = await import('../../image/registry/image.ts');
    const { verifyRegistryImage } = await import('../../image/registry/examine.ts');
    await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(reference));
    const verifyData = inputs.verifyData;
    return { image: await verifyRegistryImage(image, criteria, { name, verifyData, onBytes }) };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const image = unreadable(subject, error, criteria);
    return error instanceof SifError ? { image } : { image, unread: error.code };
  } finally {
    progress.finish();
  }
}

function unreadable(
  subject: Subject,
  { code, message, hint }: CountersignError,
  { policy, stages: asked }: Criteria,
): ImageVerdict {
  const undecided = reason('IMAGE_UNREADABLE', 'not readable');
  const wanted = (policy?.policy.stages ?? []).filter(({ name }) => asked?.includes(name) ?? true);
  const stages = wanted.map(({ name, threshold }) => ({
    stage: name,
    verdict: 'missing' as const,
    approvedBy: [],
    needed: threshold,
    reasons: [undecided],
  }));
  return {
    name: subject.name,
    kind: subject.in === 'file' ? 'sif' : 'oci',
    reference: null,
    dataVerified: false,
    contentDigests: [],
    verdict: 'failed',
    unsigned: false,
    stages,
    layers: [],
    evidence: [],
    coverage: [],
    reasons: [{ code, message, hint }],
  };
}

function outputsOf(verdict: Verdict, images: readonly Subject[]): Readonly<Record<string, string>> {
  const subjects = verdict.images.flatMap((image, index) =>
    image.contentDigests.map((digest) => ({
      name: image.name,
      digest,
      path: pathOf(images[index]),
      reference: image.reference ?? '',
      verdict: image.verdict,
    })),
  );
  // The native or cosign half of an approval has a stage, too; it is not another approval.
  const approvals = verdict.images.flatMap((image) =>
    image.layers.flatMap(({ kind, stage, status, method, signer, signedAt }) =>
      kind === 'bundle' && stage !== null && status === 'valid'
        ? [
            {
              name: image.name,
              stage,
              method,
              signer: signer ? signerText(signer) : '',
              principal: signer?.principal ?? null,
              time: signedAt,
            },
          ]
        : [],
    ),
  );
  return {
    verdict: verdict.verdict,
    subjects: JSON.stringify(subjects),
    digest: subjects.length === 1 ? (subjects[0]?.digest ?? '') : '',
    reference: verdict.images.length === 1 ? (verdict.images[0]?.reference ?? '') : '',
    'data-verified': String(verdict.images.every(({ dataVerified }) => dataVerified)),
    'image-path': images.length === 1 ? pathOf(images[0]) : '',
    approvals: JSON.stringify(approvals),
  };
}

/** A signer in the form that sign-stage's outputs have, so that scripts can compare the two. */
function signerText({ method, fingerprint, hint, certificateSha256 }: SignerReport): string {
  return `${method}:${(method === 'pgp' ? fingerprint : method === 'x509' ? certificateSha256 : hint) ?? ''}`;
}

function pathOf(subject: Subject | undefined): string {
  return subject?.in === 'file' ? subject.path : '';
}
