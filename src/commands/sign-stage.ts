// SPDX-License-Identifier: Apache-2.0
// sign-stage: verify what came before, then add this stage's layer to each image.

import { basename, join, resolve } from 'node:path';
import { mkdir } from 'node:fs/promises';
import type { Host } from '../host/host.ts';
import { identityKey } from '../layers/draft.ts';
import { registryTarget } from '../layers/registry-target.ts';
import { sifFileTarget } from '../layers/sif-target.ts';
import { signStage, type StageRequest, type StageResult } from '../layers/stage.ts';
import { createJudge, type Judge } from '../layers/verify.ts';
import { loadPolicy } from '../policy/load.ts';
import { systemClock } from '../primitives/clock.ts';
import { EXIT, UsageError } from '../primitives/errors.ts';
import { writeFileAtomic } from '../primitives/file.ts';
import { VERSION } from '../primitives/version.ts';
import { formatPlace, manifestName } from '../registry/reference.ts';
import type { Signer } from '../signing/signer.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS } from './common-inputs.ts';
import type { Inputs } from './inputs.ts';
import { runInfo } from './run-info.ts';
import { SIGNING_INPUTS, signerFrom } from './signing-inputs.ts';
import type { Command, CommandResult, CommandSpec } from './spec.ts';
import { CONNECTION_INPUTS, openFrom } from './registry-inputs.ts';
import { EVIDENCE_INPUT, evidenceFrom, SUBJECT_INPUTS, type Subject, subjectsFrom } from './subjects.ts';
import { POLICY_INPUT, VERIFY_DATA_INPUT } from './trust-inputs.ts';

const spec: CommandSpec = {
  name: 'sign-stage',
  summary: 'Approve images at a stage: verify the earlier stages, then add one signed layer',
  description:
    'Reads each image once, verifies the earlier stages when a policy is given, and appends this stage’s approval (and for OpenPGP the native signature that Apptainer reads). The image is never copied and never left broken; it is unchanged when anything fails. Signing the same stage, key and content again changes nothing and says so.',
  positional: 'subject-path',
  privileged: true,
  action: { title: 'countersign: sign stage', icon: 'edit-3', color: 'blue' },
  inputs: [
    ...SUBJECT_INPUTS,
    {
      name: 'stage',
      type: 'string',
      required: true,
      description: 'Stage that is approved: a stage of the policy, or any name without one.',
      example: 'security',
    },
    ...SIGNING_INPUTS,
    POLICY_INPUT,
    {
      name: 'verify-previous',
      type: 'boolean',
      default: 'true',
      description: 'Refuse to sign when an earlier stage of the policy has not passed. Has no effect without a policy.',
    },
    {
      name: 'native',
      type: 'enum',
      values: ['auto', 'none', 'dsse'],
      default: 'auto',
      description:
        'Native signature to write besides the approval. `auto`: OpenPGP writes the one that `apptainer verify` reads, other methods write none. `dsse`: a bare key or certificate signs natively too, only where the image has no OpenPGP signature. `none`: the approval alone.',
    },
    {
      name: 'replace',
      type: 'boolean',
      default: 'false',
      description: 'Put a new approval in the place of the one that this key gave for this stage and content.',
    },
    {
      name: 'dry-run',
      type: 'boolean',
      default: 'false',
      description: 'Check and sign in memory, report what would be written, and leave the image as it is.',
    },
    {
      name: 'expires-in',
      type: 'duration',
      description: 'How long the approval counts, with a unit. Default: without limit.',
      example: '90d',
    },
    { name: 'reason', type: 'string', description: 'Why it was approved; becomes part of the signed approval.' },
    { name: 'ticket', type: 'string', description: 'Ticket or change number; becomes part of the signed approval.' },
    {
      name: 'environment',
      type: 'string',
      description: 'Deployment environment of this job; becomes part of the signed approval.',
      example: 'production',
    },
    {
      name: 'bundle-folder',
      type: 'path',
      description: 'Folder that receives a copy of each approval as `<image>.<stage>.sigstore.json`. Default: none.',
      example: 'bundles',
    },
    EVIDENCE_INPUT,
    VERIFY_DATA_INPUT,
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    {
      name: 'subjects',
      description: 'The images as a JSON array of `name`, `digest` (content digest) and `path`.',
      example: '[{"name":"app.sif","digest":"sha256:…","path":"/work/app.sif"}]',
    },
    { name: 'digest', description: 'Content digest, when there is one image with one group.', example: 'sha256:…' },
    { name: 'image-path', description: 'Path of the image, when there is one.', example: '/work/app.sif' },
    {
      name: 'approvals',
      description:
        'JSON array with one entry an image: `name`, `stage`, `method`, `signer`, `outcome`, `digest`, `time`.',
      example: '[{"name":"app.sif","stage":"security","method":"key","signer":"key:…","outcome":"signed"}]',
    },
    {
      name: 'bundle-path',
      description: 'Paths of the approvals written to `bundle-folder`, one a line.',
      example: '/work/bundles/app.sif.security.sigstore.json',
    },
  ],
};

interface Signed {
  readonly file: Subject;
  readonly result: StageResult;
}

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const now = host.now();
  const files = await subjectsFrom(inputs);
  const signer = await signerFrom(inputs, now);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'signing-method and key are missing', {
      hint: 'give signing-method (pgp, key or x509) and key-path, or the environment variable COUNTERSIGN_KEY',
    });
  const judge = await judgeForSigning(inputs, signer, now);
  const signed: Signed[] = [];
  for (const file of files) {
    const result = await host.group(`Signing ${file.name}`, () => signOne(file, judge, { inputs, host, signer, now }));
    for (const remark of result.remarks) host.warning(`${file.name}: ${remark}`);
    signed.push({ file, result });
  }
  return present(signed, inputs, { now, bundles: await writeBundles(signed, inputs) });
}

async function judgeForSigning(inputs: Inputs, signer: Signer, now: Date): Promise<Judge> {
  const path = inputs.text('policy-path');
  if (path === undefined) return createJudge({ policy: undefined, material: signer.publicMaterial, now });
  return createJudge({ policy: await loadPolicy(path), now });
}

async function signOne(
  file: Subject,
  judge: Judge,
  { inputs, host, signer, now }: { inputs: Inputs; host: Host; signer: Signer; now: Date },
): Promise<StageResult> {
  const expiresIn = inputs.number('expires-in');
  const progress = host.progress(`reading ${file.name}`);
  const request: StageRequest = {
    stage: inputs.requiredText('stage'),
    signer,
    now,
    native: nativeChoice(inputs),
    replace: inputs.boolean('replace'),
    dryRun: inputs.boolean('dry-run'),
    verifyPrevious: inputs.boolean('verify-previous'),
    expires: expiresIn === undefined ? undefined : new Date(now.getTime() + expiresIn),
    reason: inputs.text('reason'),
    ticket: inputs.text('ticket'),
    run: runInfo(host.env, inputs.text('environment')),
    resourceUri: file.in === 'file' ? `file:${basename(file.path)}` : file.name,
    toolVersion: VERSION,
    onBytes: (done, total) => progress.update(done, total),
  };
  try {
    if (file.in === 'file')
      return await signStage(sifFileTarget(file.path, await evidenceFrom(inputs)), judge, request);
    const { reference } = file;
    await using opened = await openFrom(inputs, host, { reference, access: 'push' });
    const target = registryTarget({
      repository: opened.repository,
      reference: manifestName(reference),
      place: formatPlace(reference),
      verifyData: inputs.boolean('verify-data'),
      clock: systemClock(),
    });
    return await signStage(target, judge, request);
  } finally {
    progress.finish();
  }
}

function nativeChoice(inputs: Inputs): StageRequest['native'] {
  const choice = inputs.text('native');
  return choice === 'none' || choice === 'dsse' ? choice : 'auto';
}

async function writeBundles(signed: readonly Signed[], inputs: Inputs): Promise<readonly string[]> {
  const folder = inputs.text('bundle-folder');
  if (folder === undefined) return [];
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const { file, result } of signed) {
    if (!result.bundle) continue;
    const path = resolve(join(folder, `${fileName(file)}.${inputs.requiredText('stage')}.sigstore.json`));
    await writeFileAtomic(path, result.bundle);
    written.push(path);
  }
  return written;
}

function present(
  signed: readonly Signed[],
  inputs: Inputs,
  { now, bundles }: { readonly now: Date; readonly bundles: readonly string[] },
): CommandResult {
  const stage = inputs.requiredText('stage');
  const failed = signed.some(({ result }) => result.outcome === 'refused');
  const approvals = signed.map(({ file, result }) => ({
    name: file.name,
    stage,
    method: result.signer.method,
    signer: identityKey(result.signer),
    outcome: result.outcome,
    digest: result.digest ?? null,
    time: now.toISOString(),
  }));
  const subjects = signed.flatMap(({ file, result }) =>
    result.contentDigests.map((digest) => ({ name: file.name, digest, path: pathOf(file) })),
  );
  const [only] = signed;
  const json = {
    schema: 'countersign/sign-stage/v1',
    verdict: failed ? 'failed' : 'passed',
    stage,
    images: signed.map(({ file, result }, index) => ({
      ...approvals[index],
      path: pathOf(file),
      contentDigests: result.contentDigests,
      where: result.where,
      freeSlots: result.freeSlots,
      remarks: result.remarks,
      previous: result.verdict ?? null,
    })),
  };
  return {
    exitCode: failed ? EXIT.failed : EXIT.passed,
    json,
    text: signed.map((entry) => describe(entry, stage)).join(''),
    summary: summarise(signed, stage),
    outputs: {
      verdict: json.verdict,
      subjects: JSON.stringify(subjects),
      digest: subjects.length === 1 ? (subjects[0]?.digest ?? '') : '',
      'image-path': signed.length === 1 ? pathOf(only?.file) : '',
      approvals: JSON.stringify(approvals),
      'bundle-path': bundles.join('\n'),
    },
  };
}

const OUTCOMES = {
  signed: 'approved',
  replaced: 'approved anew; the earlier approval by this key was taken away',
  planned: 'would be approved (dry run, nothing written)',
  unchanged: 'was approved by this key before; nothing to do',
  refused: 'NOT approved: an earlier stage has not passed, nothing written',
} as const;

function describe({ file, result }: Signed, stage: string): string {
  const head = `${file.name}: stage ${stage} ${OUTCOMES[result.outcome]} (${identityKey(result.signer)})\n`;
  const stages = result.outcome === 'refused' ? (result.verdict?.stages ?? []) : [];
  const whys = [
    ...stages.flatMap(({ stage: name, verdict, reasons }) =>
      verdict === 'passed' ? [] : [`  stage ${name} ${verdict}: ${reasons[0]?.message ?? 'no approval'}\n`],
    ),
    ...(result.outcome === 'refused' ? (result.verdict?.reasons ?? []).map(({ message }) => `  ${message}\n`) : []),
  ];
  const slots =
    result.outcome === 'signed' && result.freeSlots !== null ? `  ${result.freeSlots} descriptor slots left\n` : '';
  return head + whys.join('') + slots;
}

function summarise(signed: readonly Signed[], stage: string): string {
  const rows = signed.map(
    ({ file, result }) =>
      `| ${cell(file.name)} | ${cell(stage)} | ${OUTCOMES[result.outcome]} | ${cell(identityKey(result.signer))} |`,
  );
  return `### sign-stage\n\n| Image | Stage | Outcome | Signer |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

function cell(text: string): string {
  return text.replace(/[\\`|<>*_[\]\r\n]/g, (char) => (char === '\n' || char === '\r' ? ' ' : `\\${char}`));
}

function pathOf(subject: Subject | undefined): string {
  return subject?.in === 'file' ? subject.path : '';
}

/** A file name for an image, whatever characters its reference has. */
function fileName(subject: Subject): string {
  return subject.in === 'file' ? basename(subject.path) : subject.name.replace(/[^A-Za-z0-9._-]/g, '_');
}

export const command: Command = { spec, run };
