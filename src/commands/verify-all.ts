// SPDX-License-Identifier: Apache-2.0
// verify-all: every layer and every stage of every image, whatever fails; one verdict.

import type { Host } from '../host/host.ts';
import { type Judge, verifySifFile } from '../layers/verify.ts';
import { combineVerdict } from '../policy/evaluate.ts';
import type { ImageVerdict, Verdict } from '../policy/verdict.ts';
import { CountersignError, EXIT, SystemError } from '../primitives/errors.ts';
import { findingsOf } from '../report/annotations.ts';
import { renderMarkdown } from '../report/markdown.ts';
import { renderText } from '../report/text.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from './common-inputs.ts';
import type { Inputs } from './inputs.ts';
import type { Command, CommandResult, CommandSpec } from './spec.ts';
import { SUBJECT_INPUT, type SubjectFile, subjectFiles } from './subjects.ts';
import { judgeFrom, TRUST_INPUTS } from './trust-inputs.ts';

const spec: CommandSpec = {
  name: 'verify-all',
  summary: 'Verify every layer and every stage of images and decide by policy',
  description:
    'Reads each image once, checks every signature on it, and reports every layer and every stage even after a failure. With a policy the verdict says whether all stages are approved, in order and by the right people. Without one it passes only if trusted valid signatures cover every object and nothing is broken. A valid signature by somebody unknown is reported and never fails or passes an image.',
  positional: 'subject-path',
  action: { title: 'countersign: verify all', icon: 'check-square', color: 'green' },
  inputs: [
    SUBJECT_INPUT,
    ...TRUST_INPUTS,
    {
      name: 'required-stages',
      type: 'list',
      description: 'Without a policy: stages that must be approved, one a line.',
      example: 'author',
    },
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
  const files = await subjectFiles(inputs);
  const requiredStages = inputs.list('required-stages');
  const judge = await judgeFrom(inputs, host.now(), { requiredStages, needed: true });
  const images: ImageVerdict[] = [];
  let unread = false;
  for (const file of files) {
    const verdict = await host.group(`Verifying ${file.name}`, () => verifyOne(file, judge, host));
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
    outputs: outputsOf(verdict, files),
  };
}

/** A subject that cannot be read fails and lets the others be verified. */
async function verifyOne(
  file: SubjectFile,
  judge: Judge,
  host: Host,
): Promise<{ readonly image: ImageVerdict; readonly unread: boolean }> {
  const progress = host.progress(`reading ${file.name}`);
  try {
    const { verdict } = await verifySifFile(file.path, judge, {
      name: file.name,
      onBytes: (done, total) => progress.update(done, total),
    });
    return { image: verdict, unread: false };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { image: unreadable(file, error, judge), unread: error instanceof SystemError };
  } finally {
    progress.finish();
  }
}

function unreadable(file: SubjectFile, { code, message, hint }: CountersignError, { policy }: Judge): ImageVerdict {
  const reason = { code, message, hint };
  const stages = (policy?.policy.stages ?? []).map(({ name, threshold }) => ({
    stage: name,
    verdict: 'missing' as const,
    approvedBy: [],
    needed: threshold,
    reasons: [reason],
  }));
  return {
    name: file.name,
    kind: 'sif',
    contentDigests: [],
    verdict: 'failed',
    stages,
    layers: [],
    evidence: [],
    coverage: [],
    reasons: [reason],
  };
}

function outputsOf(verdict: Verdict, files: readonly SubjectFile[]): Readonly<Record<string, string>> {
  const subjects = verdict.images.flatMap((image, index) =>
    image.contentDigests.map((digest) => ({
      name: image.name,
      digest,
      path: files[index]?.path ?? '',
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
    'image-path': files.length === 1 ? (files[0]?.path ?? '') : '',
    approvals: JSON.stringify(approvals),
  };
}

export const command: Command = { spec, run };
