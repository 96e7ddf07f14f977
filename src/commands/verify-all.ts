// SPDX-License-Identifier: Apache-2.0
// verify-all: every layer and every stage of every image, whatever fails; one verdict.

import type { Host } from '../host/host.ts';
import { openRegistryImage } from '../layers/registry-image.ts';
import { type Judge, verifyRegistryImage, verifySifFile } from '../layers/verify.ts';
import { combineVerdict } from '../policy/evaluate.ts';
import type { ImageVerdict, Verdict } from '../policy/verdict.ts';
import { CountersignError, EXIT } from '../primitives/errors.ts';
import { manifestName } from '../registry/reference.ts';
import { findingsOf } from '../report/annotations.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderText } from '../report/text.ts';
import { SifError } from '../sif/errors.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from './common-inputs.ts';
import type { Inputs } from './inputs.ts';
import type { Command, CommandResult, CommandSpec } from './spec.ts';
import { CONNECTION_INPUTS, openFrom } from './registry-inputs.ts';
import { EVIDENCE_INPUT, evidenceFrom, SUBJECT_INPUTS, type Subject, subjectsFrom } from './subjects.ts';
import { judgeFrom, TRUST_INPUTS, VERIFY_DATA_INPUT } from './trust-inputs.ts';

const spec: CommandSpec = {
  name: 'verify-all',
  summary: 'Verify every layer and every stage of images and decide by policy',
  description:
    'Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image.',
  positional: 'subject-path',
  action: { title: 'countersign: verify all', icon: 'check-square', color: 'green' },
  inputs: [
    ...SUBJECT_INPUTS,
    ...TRUST_INPUTS,
    VERIFY_DATA_INPUT,
    EVIDENCE_INPUT,
    {
      name: 'required-stages',
      type: 'list',
      description: 'Without a policy: stages that must be approved, one a line.',
      example: 'author',
    },
    ...CONNECTION_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    {
      name: 'subjects',
      description: 'The images as a JSON array of `name`, `digest` (content digest), `path` and `verdict`.',
      example: '[{"name":"app.sif","digest":"sha256:…","path":"/work/app.sif","verdict":"passed"}]',
    },
    { name: 'digest', description: 'Content digest, when there is one image with one group.', example: 'sha256:…' },
    { name: 'image-path', description: 'Path of the image, when there is one.', example: '/work/app.sif' },
    {
      name: 'approvals',
      description: 'JSON array of the valid approvals: `name`, `stage`, `method`, `signer`, `principal`, `time`.',
      example: '[{"name":"app.sif","stage":"author","method":"pgp","signer":"…","principal":"alice"}]',
    },
  ],
};

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const requiredStages = inputs.list('required-stages');
  const judge = await judgeFrom(inputs, host.now(), { requiredStages, needed: true });
  const images: ImageVerdict[] = [];
  let unread = false;
  for (const subject of subjects) {
    const verdict = await host.group(`Verifying ${subject.name}`, () => verifyOne(subject, judge, { inputs, host }));
    unread ||= verdict.unread;
    images.push(verdict.image);
  }
  const verdict = combineVerdict(images, {
    now: judge.now,
    asOf: inputs.time('now') !== undefined,
    policy: judge.policy && { name: judge.policy.name, digest: judge.policy.digest },
  });
  for (const finding of findingsOf(verdict)) host.finding(finding);
  const exitCode = verdict.verdict === 'passed' ? EXIT.passed : unread ? EXIT.environment : EXIT.failed;
  return {
    exitCode,
    json: verdict,
    text: renderText(verdict),
    summary: renderMarkdown(verdict),
    outputs: outputsOf(verdict, subjects),
  };
}

/** A subject that cannot be read fails and lets the others be verified. */
async function verifyOne(
  subject: Subject,
  judge: Judge,
  { inputs, host }: { readonly inputs: Inputs; readonly host: Host },
): Promise<{ readonly image: ImageVerdict; readonly unread: boolean }> {
  const progress = host.progress(`reading ${subject.name}`);
  const { name } = subject;
  const onBytes = (done: number, total: number): void => progress.update(done, total);
  try {
    if (subject.in === 'file') {
      const { verdict } = await verifySifFile(subject.path, judge, {
        name,
        onBytes,
        beside: await evidenceFrom(inputs),
      });
      return { image: verdict, unread: false };
    }
    const { reference } = subject;
    await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
    const image = await openRegistryImage(opened.repository, manifestName(reference));
    const verifyData = inputs.boolean('verify-data');
    return { image: await verifyRegistryImage(image, judge, { name, verifyData, onBytes }), unread: false };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { image: unreadable(subject, error, judge), unread: !(error instanceof SifError) };
  } finally {
    progress.finish();
  }
}

function unreadable(subject: Subject, { code, message, hint }: CountersignError, { policy }: Judge): ImageVerdict {
  const reason = { code, message, hint };
  const stages = (policy?.policy.stages ?? []).map(({ name, threshold }) => ({
    stage: name,
    verdict: 'missing' as const,
    approvedBy: [],
    needed: threshold,
    reasons: [reason],
  }));
  return {
    name: subject.name,
    kind: subject.in === 'file' ? 'sif' : 'oci',
    contentDigests: [],
    verdict: 'failed',
    stages,
    layers: [],
    evidence: [],
    coverage: [],
    reasons: [reason],
  };
}

function outputsOf(verdict: Verdict, images: readonly Subject[]): Readonly<Record<string, string>> {
  const subjects = verdict.images.flatMap((image, index) =>
    image.contentDigests.map((digest) => ({
      name: image.name,
      digest,
      path: pathOf(images[index]),
      verdict: image.verdict,
    })),
  );
  const approvals = verdict.images.flatMap((image) =>
    image.layers.flatMap(({ stage, status, method, signer, signedAt }) =>
      stage !== null && status === 'valid'
        ? [
            {
              name: image.name,
              stage,
              method,
              signer: signer?.fingerprint ?? signer?.subject ?? signer?.hint ?? '',
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
    'image-path': images.length === 1 ? pathOf(images[0]) : '',
    approvals: JSON.stringify(approvals),
  };
}

function pathOf(subject: Subject | undefined): string {
  return subject?.in === 'file' ? subject.path : '';
}

export const command: Command = { spec, run };
