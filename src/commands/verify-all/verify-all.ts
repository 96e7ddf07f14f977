// SPDX-License-Identifier: Apache-2.0
// verify-all: every layer and every stage of every image, whatever fails; one verdict.

import { isStageName } from '../../attest/approval.ts';
import { CountersignError, EXIT, UsageError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import type { FoundBundle } from '../../image/bundle.ts';
import { type Criteria, judgeImage, verifySifFile } from '../../image/verify.ts';
import { manifestName } from '../../oci/reference.ts';
import { combineVerdict } from '../../policy/evaluate.ts';
import { reason } from '../../policy/reasons.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import type { ImageVerdict, SignerReport, Verdict } from '../../policy/verdict.ts';
import { escapeMarkdown, findingsOf } from '../../report/wording.ts';
import { renderMarkdown } from '../../report/markdown.ts';
import { renderText } from '../../report/text.ts';
import { isAboutContent } from '../content-errors.ts';
import type { Host } from '../host.ts';
import { type ConnectionInputs, openFrom } from '../inputs/registry.ts';
import { evidenceFrom, type Subject, subjectsFrom } from '../inputs/subjects.ts';
import { criteriaFrom } from '../inputs/trust.ts';
import { type CommandError, type CommandResult, defineCommand } from '../spec.ts';
import { assertExpectable, EXPECTED_TAG_INPUTS, type ExpectedTagInputs, withExpectedTag } from './expected-tag.ts';
import { withNext } from './next-steps.ts';
import { recordsFrom, type StoredRecord, type VerifiedImage } from './record.ts';
import { spec, type VerifyInputs } from './spec.ts';
import { compared, type Hypothesis, hypothesisFrom } from './without.ts';

async function run(inputs: VerifyInputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const { requiredStages } = inputs;
  assertStageNames(requiredStages);
  const criteria = await criteriaFrom(inputs, inputs.now ?? host.now(), { requiredStages, needed: true });
  if (EXPECTED_TAG_INPUTS.some(({ name }) => inputs.given.has(name))) assertExpectable(inputs, criteria, subjects);
  const task = { inputs, host, beside: await evidenceFrom(inputs) };
  const signs = inputs.signingMethod !== undefined || inputs.key !== undefined || inputs.attestationTag;
  const records = signs ? await recordsFrom(inputs, { criteria, subjects }, host) : undefined;
  const asks = inputs.without.length > 0 || inputs.since !== undefined;
  const hypothesis = asks ? await hypothesisFrom(inputs, criteria) : undefined;
  const images: ImageVerdict[] = [];
  for (const subject of subjects)
    await host.group(`Verifying ${subject.name}`, async () => {
      const verified = { subject, ...(await verifyBoth(subject, { criteria, hypothesis }, task)) };
      const { outcome } = verified.verdict;
      const isPlanned =
        outcome === 'failed' && images.filter(({ verdict }) => verdict === 'failed').length < MOST_PLANNED;
      images.push(isPlanned ? withNext(verified, verified.by, task) : verified.verdict);
      await records?.add(verified, task);
    });
  const verdict = combineVerdict(images, {
    now: criteria.now,
    asOf: inputs.now !== undefined,
    without: hypothesis?.without,
    policy: criteria.policy && { name: criteria.policy.name, digest: criteria.policy.digest },
  });
  const error = verdict.outcome === 'error' ? firstUnread(verdict) : records?.error;
  // The error of a single image is shown by itself.
  if (!error || images.length > 1) for (const finding of findingsOf(verdict)) host.finding(finding);
  const outcome = verdict.outcome === 'passed' && error ? 'error' : verdict.outcome;
  const notes = records?.notes ?? (images.some((image) => image.verdict === 'passed') ? [UNSIGNED] : []);
  return {
    ...(error ? { error } : {}),
    exitCode: { passed: EXIT.passed, failed: EXIT.failed, error: EXIT.environment }[outcome],
    json: verdict,
    text: renderText(verdict, notes),
    summary: () => `${renderMarkdown(verdict)}${notes.map((note) => `\n- ${escapeMarkdown(note)}\n`).join('')}`,
    outputs: { ...outputsOf(verdict, subjects), ...storedOutputs(records?.stored ?? []) },
  };
}

const UNSIGNED = 'verdict: not signed, no key was given';

function assertStageNames(names: readonly string[]): void {
  const strange = names.find((name) => !isStageName(name));
  if (strange !== undefined)
    throw new UsageError('USAGE_INVALID_INPUT', `required-stages: no stage is called ${JSON.stringify(strange)}`, {
      hint: 'give each stage as a value of its own, one a line, in lower-case letters, digits and inner hyphens',
    });
}

/** Of so many failed images it is said what makes them pass: that is looked for by trying. */
const MOST_PLANNED = 20;

/** Why there is no answer about the first image that could not be read. */
function firstUnread({ images }: Verdict): CommandError | undefined {
  const unread = images.filter(({ outcome }) => outcome === 'error');
  const [why] = unread[0]?.reasons ?? [];
  if (!why || images.length === 1) return why;
  const count = `${unread.length} of ${counted(images.length, 'image')} could not be read`;
  return { ...why, message: `${count}; ${unread[0]?.name}: ${why.message}` };
}

/** With what an image is read, and what is beside it. */
export interface Task {
  readonly inputs: ConnectionInputs &
    Pick<VerifyInputs, 'verifyData'> &
    Partial<Pick<VerifyInputs, 'lookaside'>> &
    ExpectedTagInputs;
  readonly host: Host;
  readonly beside: readonly FoundBundle[];
  /** Of files: `claimed` takes their data to be what trusted layers say. */
  readonly data?: 'claimed';
}

/** As things are and, if that passes, as they would be. */
async function verifyBoth(
  subject: Subject,
  { criteria, hypothesis }: { readonly criteria: Criteria; readonly hypothesis: Hypothesis | undefined },
  task: Task,
): Promise<Omit<VerifiedImage, 'subject'> & { readonly by: Criteria }> {
  const today = await verifyOne(subject, criteria, task);
  if (!hypothesis || today.verdict.verdict !== 'passed') return { ...today, by: criteria };
  const then = await verifyOne(subject, hypothesis.criteria, task);
  return { ...then, verdict: compared(today.verdict, then.verdict, hypothesis), by: hypothesis.criteria };
}

/** A subject that cannot be read fails and lets the others be verified. */
export async function verifyOne(
  subject: Subject,
  criteria: Criteria,
  task: Task,
): Promise<Omit<VerifiedImage, 'subject'>> {
  try {
    return await judgeSubject(subject, criteria, task);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { verdict: unreadable(subject, error, criteria) };
  }
}

/** The verdict about a subject, and the facts that it rests on. @throws CountersignError when it cannot be read */
export async function judgeSubject(
  subject: Subject,
  criteria: Criteria,
  { inputs, host, ...task }: Task,
): Promise<Omit<VerifiedImage, 'subject' | 'facts'> & { readonly facts: ImageFacts }> {
  const progress = host.progress(`reading ${subject.name}`);
  const { name } = subject;
  const onBytes = (done: number, total: number): void => progress.update(done, total);
  try {
    if (subject.in === 'file') {
      const verified = await verifySifFile(subject.path, criteria, { name, onBytes, ...task });
      return { ...verified, facts: verified.examination.facts };
    }
    const { reference } = subject;
    // Files need none of what knows registries.
    const { openRegistryImage } = await import('../../image/registry/image.ts');
    const { examineRegistryImage } = await import('../../image/registry/examine.ts');
    await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(reference));
    const { verifyData, lookaside } = inputs;
    const { verifier, now } = criteria;
    const how = { name, verifier, now, verifyData, evidence: task.beside, lookaside, onBytes };
    const { facts } = await examineRegistryImage(image, how);
    const verdict = judgeImage({ facts }, criteria);
    if (inputs.expectTag === undefined) return { verdict, facts };
    return { verdict: await withExpectedTag(verdict, image, { inputs, criteria, reference, facts }), facts };
  } finally {
    progress.finish();
  }
}

function unreadable(subject: Subject, error: CountersignError, { policy, stages: asked }: Criteria): ImageVerdict {
  const { code, message, hint } = error;
  const undecided = reason('IMAGE_UNREADABLE', 'the image could not be read');
  const wanted = (policy?.policy.stages ?? []).filter(({ name }) => asked?.includes(name) ?? true);
  const stages = wanted.map(({ name, threshold }) => ({
    stage: name,
    verdict: 'not-checked' as const,
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
    outcome: isAboutContent(error) ? 'failed' : 'error',
    unsigned: false,
    stages,
    layers: [],
    evidence: [],
    notJudged: [],
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
    'error-code': firstUnread(verdict)?.code ?? '',
    subjects: JSON.stringify(subjects),
    digest: subjects.length === 1 ? (subjects[0]?.digest ?? '') : '',
    reference: verdict.images.length === 1 ? (verdict.images[0]?.reference ?? '') : '',
    'data-verified': String(verdict.images.every(({ dataVerified }) => dataVerified)),
    'image-path': images.length === 1 ? pathOf(images[0]) : '',
    approvals: JSON.stringify(approvals),
  };
}

function storedOutputs(stored: readonly StoredRecord[]): Readonly<Record<string, string>> {
  return { evidence: JSON.stringify(stored), 'bundle-path': stored.flatMap(({ path }) => path ?? []).join('\n') };
}

/** A signer in the form that sign-stage's outputs have, so that scripts can compare the two. */
function signerText({ method, fingerprint, hint, certificateSha256, san }: SignerReport): string {
  if (method === 'sigstore') return `sigstore:${san?.[0] ?? hint ?? ''}`;
  return `${method}:${(method === 'pgp' ? fingerprint : method === 'x509' ? certificateSha256 : hint) ?? ''}`;
}

function pathOf(subject: Subject | undefined): string {
  return subject?.in === 'file' ? subject.path : '';
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
