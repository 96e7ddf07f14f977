// SPDX-License-Identifier: Apache-2.0
// policy test and policy diff: what a policy says of images, beside what was expected, or beside what another one says.

import { dirname, resolve } from 'node:path';
import { DataError, EXIT, SystemError, UsageError } from '../../base/errors.ts';
import { parseJson } from '../../base/json.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded, writeDocument } from '../../files/files.ts';
import { createCriteria, type Criteria } from '../../image/verify.ts';
import { list, many, object } from '../../policy/document/collections.ts';
import { parseDocument } from '../../policy/document/document.ts';
import * as f from '../../policy/document/fields.ts';
import { type LoadedPolicy, loadPolicy, type PolicyChoice } from '../../policy/document/load.ts';
import { PATH } from '../../policy/document/trust-field.ts';
import { evaluatePolicy } from '../../policy/evaluate.ts';
import { isProblem } from '../../policy/reasons.ts';
import { decodeRecorded, encodeRecorded } from '../../policy/recorded.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { asOfLine, printable } from '../../base/text.ts';
import type { Host } from '../host.ts';
import type { COMMON_INPUTS } from '../inputs/common.ts';
import { assertDistinctFrom } from '../inputs/files.ts';
import type { CommandResult, InputsOf } from '../spec.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { EVIDENCE_INPUT, evidenceFrom, LOOKASIDE_INPUT, SUBJECT_INPUTS, subjectsFrom } from '../inputs/subjects.ts';
import { NOW_INPUT, VERIFY_DATA_INPUT } from '../inputs/trust.ts';
import { verifyOne } from '../verify-all/verify-all.ts';

/** The inputs that say which images are judged, and how. */
export const JUDGING_INPUTS = [
  {
    name: 'new-profile',
    type: 'string',
    description:
      'For `policy diff`: the profile of the second policy, which may be the same file. Default: the same as of the first.',
    example: 'production',
  },
  {
    name: 'facts-path',
    type: 'path',
    file: 'document',
    description:
      'For `policy record`: file for the facts that are found on the image, which is not replaced unless it holds recorded facts.',
    example: 'facts.json',
  },
  ...SUBJECT_INPUTS,
  EVIDENCE_INPUT,
  LOOKASIDE_INPUT,
  NOW_INPUT,
  VERIFY_DATA_INPUT,
  ...CONNECTION_INPUTS,
] as const;

type Inputs = InputsOf<readonly [...typeof JUDGING_INPUTS, ...typeof COMMON_INPUTS]>;

/** What one policy says of one image. */
interface Said {
  /** `place@sha256:…` of what was judged; null for a file. */
  readonly reference: string | null;
  readonly outcome: ImageVerdict['outcome'];
  readonly reasons: readonly { readonly code: string; readonly message: string }[];
}

const TIME = f.line({
  check: (text) =>
    Number.isNaN(Date.parse(text)) || !/T.*Z$/.test(text)
      ? { problem: 'is no time', hint: 'write it as "2026-11-22T12:00:00Z"' }
      : undefined,
});

const CASES = object({
  cases: {
    about: 'What is expected of which image.',
    field: list(
      f.located(
        object({
          image: {
            about: 'Path from this file on, or a reference.',
            field: f.line({ limit: 4096 }),
            absent: undefined,
          },
          facts: { about: 'Facts recorded by policy record, in place of an image.', field: PATH, absent: undefined },
          expect: { about: 'The verdict.', field: f.choice(['passed', 'failed'] as const) },
          reasons: { about: 'Codes that must be among the reasons.', field: many(f.line(), {}), absent: [] },
          now: {
            about: 'The time of the verdict; of recorded facts that of the recording.',
            field: TIME,
            absent: undefined,
          },
        }),
      ),
      { max: 10_000 },
    ),
  },
});

/**
 * Judges the images of a file of cases by a policy; both absolute paths.
 * @throws PolicyError, also for what is wrong with the cases; UsageError, SystemError, DataError
 */
export async function testPolicy(
  { cases: casesPath, policy: path }: { readonly cases: string; readonly policy: string },
  { inputs, host, choice }: { readonly inputs: Inputs; readonly host: Host; readonly choice: PolicyChoice },
): Promise<CommandResult> {
  const { cases } = CASES.read(parseDocument(await readFileBounded(casesPath, LIMITS.listBytes), casesPath), '');
  const policy = await loadPolicy(path, choice);
  const beside = await evidenceFrom(inputs);
  const results = [];
  for (const { value, location } of cases) {
    const { image, facts, expect, reasons, now: at } = value;
    const [subject, ...more] = [image, facts].flatMap((one) => one ?? []);
    if (!subject || more.length > 0)
      throw f.problemAt(
        { location },
        'POLICY_INVALID_VALUE',
        'a case is about an image or facts',
        'write one of the two',
      );
    const now = at && new Date(at.value);
    const said = facts
      ? await recordedVerdict(resolve(dirname(casesPath), facts.value), policy, now)
      : await imageVerdict(subject, dirname(casesPath), { policy, now, inputs, host, beside });
    const missing = reasons.map(f.valueOf).filter((code) => !said.reasons.some((one) => one.code === code));
    const about = facts ? { facts: subject.value } : { image: subject.value };
    results.push({ ...about, expected: expect.value, ...said, missing, line: subject.location.line });
  }
  const wrong = results.filter(({ expected, outcome, missing }) => expected !== outcome || missing.length > 0);
  const lines = wrong.flatMap(({ image, facts, expected, line, missing, ...said }) => [
    `✗ line ${line}: ${facts === undefined ? image : `the facts in ${facts}`}: expected ${expected}, is ${said.outcome}`,
    ...missing.map((code) => `    ${code} is not among the reasons`),
    ...reasonLines(said),
  ]);
  return {
    exitCode: wrong.length > 0 ? EXIT.failed : EXIT.passed,
    outputs: { verdict: wrong.length > 0 ? 'failed' : 'passed' },
    text: textOf([...lines, `${results.length - wrong.length} of ${results.length} as expected`]),
    json: { schema: 'countersign/policy-test/v1', policy: policy.digest, cases: results },
  };
}

interface Judging extends Pick<Parameters<typeof testPolicy>[1], 'inputs' | 'host'> {
  readonly policy: LoadedPolicy;
  readonly now: Date | undefined;
  readonly beside: Awaited<ReturnType<typeof evidenceFrom>>;
}

async function imageVerdict(
  image: f.Located,
  workingDirectory: string,
  { policy, now, inputs, host, beside }: Judging,
): Promise<Said> {
  const criteria = await createCriteria({ policy, now: now ?? inputs.now ?? host.now() });
  const where = { workingDirectory, subjectPath: [image.value], subjectName: [] };
  const [subject, ...more] = await subjectsFrom({ ...inputs, ...where });
  if (!subject || more.length > 0)
    throw f.problemAt(image, 'POLICY_INVALID_VALUE', 'a case is about one image', 'write a case for each image');
  return saidOf((await verifyOne(subject, criteria, { inputs, host, beside })).verdict);
}

/** What the policy says of facts, without the image that they were found on. */
async function recordedVerdict(path: string, { policy }: LoadedPolicy, now: Date | undefined): Promise<Said> {
  const recorded = decodeRecorded(parseJson(await readFileBounded(path, LIMITS.listBytes), path));
  if (!recorded)
    throw new DataError('DATA_JSON_INVALID', `${path} holds no recorded facts`, {
      hint: 'record them by countersign policy record countersign.yaml ⟨facts-path=facts.json⟩ ⟨subject-path=app.sif⟩',
    });
  return saidOf(evaluatePolicy(policy, recorded.facts, { now: now ?? recorded.recordedAt }));
}

/**
 * Writes down what is found on an image, by the keys of a policy; an absolute path.
 * @throws PolicyError, UsageError, SystemError, DataError
 */
export async function recordFacts(
  path: string,
  { inputs, host, choice }: { readonly inputs: Inputs; readonly host: Host; readonly choice: PolicyChoice },
): Promise<CommandResult> {
  const recordedAt = inputs.now ?? host.now();
  const policy = await loadPolicy(path, choice);
  const [subject, ...more] = await subjectsFrom(inputs);
  if (!subject || more.length > 0 || inputs.factsPath === undefined)
    throw new UsageError('USAGE_MISSING_INPUT', 'policy record is about one image and one file for its facts', {
      hint: 'write countersign policy record countersign.yaml ⟨facts-path=facts.json⟩ ⟨subject-path=app.sif⟩',
    });
  const used = policy.files.map((file) => ({ input: 'task', use: 'read', path: file.path }) as const);
  await assertDistinctFrom(inputs.files, used);
  await assertReplaceable(inputs.factsPath);
  const criteria = await createCriteria({ policy, now: recordedAt });
  const { facts, verdict } = await verifyOne(subject, criteria, { inputs, host, beside: await evidenceFrom(inputs) });
  const document = facts && `${JSON.stringify(encodeRecorded({ recordedAt, facts }), null, 1)}\n`;
  if (document !== undefined) await writeDocument(inputs.factsPath, document);
  const said = document === undefined ? saidOf(verdict) : undefined;
  return {
    exitCode: EXIT[said ? 'environment' : 'passed'],
    outputs: { verdict: said ? 'failed' : 'passed' },
    text: textOf(
      said
        ? [`${subject.name}: nothing was recorded`, ...reasonLines(said)]
        : [`${inputs.factsPath}: what was found on ${subject.name}, and no verdict`],
    ),
    json: { schema: 'countersign/policy-record/v1', image: subject.name, facts: said ? null : inputs.factsPath },
  };
}

/** Of files only what was recorded before, or an empty one, is replaced. @throws UsageError USAGE_FILE_EXISTS; SystemError */
async function assertReplaceable(path: string): Promise<void> {
  try {
    const bytes = await readFileBounded(path, LIMITS.listBytes);
    if (bytes.length === 0 || decodeRecorded(parseJson(bytes, path))) return;
  } catch (error) {
    if (error instanceof SystemError && ['FILE_NOT_FOUND', 'FILE_NOT_REGULAR'].includes(error.code)) return;
    if (!(error instanceof DataError)) throw error;
  }
  throw new UsageError('USAGE_FILE_EXISTS', `${path} exists already, and holds no recorded facts`, {
    hint: 'give another ⟨facts-path⟩, or remove the file if nobody needs it',
  });
}

/**
 * Judges the images of the inputs by two policies; absolute paths.
 * @throws PolicyError, UsageError, SystemError, DataError
 */
export async function diffPolicies(
  { before: from, after: to }: { readonly before: string; readonly after: string },
  { inputs, host, choice }: { readonly inputs: Inputs; readonly host: Host; readonly choice: PolicyChoice },
): Promise<CommandResult> {
  const now = inputs.now ?? host.now();
  const criteria = async (path: string, profile: string | undefined): Promise<Criteria> =>
    createCriteria({ policy: await loadPolicy(path, { ...choice, profile }), now });
  const before = await criteria(from, choice.profile);
  const after = await criteria(to, inputs.newProfile ?? choice.profile);
  const task = { inputs, host, beside: await evidenceFrom(inputs) };
  const images = [];
  for (const subject of await subjectsFrom(inputs))
    images.push({
      name: subject.name,
      before: saidOf((await verifyOne(subject, before, task)).verdict),
      after: saidOf((await verifyOne(subject, after, task)).verdict),
    });
  const changed = images.filter((image) => image.before.outcome !== image.after.outcome);
  const unread = images.filter((image) => image.before.outcome === 'error' || image.after.outcome === 'error');
  const lines = images
    .filter((image) => changed.includes(image) || unread.includes(image))
    .flatMap((image) => [
      `${image.name}: ${image.before.outcome} → ${image.after.outcome}`,
      ...reasonLines(image.before, 'before: '),
      ...reasonLines(image.after, 'after: '),
    ]);
  const count = `${changed.length} of ${images.length} change their verdict${unreadable(unread.length)}`;
  const exit = unread.length > 0 ? 'environment' : changed.length > 0 ? 'failed' : 'passed';
  return {
    exitCode: EXIT[exit],
    outputs: { verdict: exit === 'passed' ? 'passed' : 'failed' },
    text: textOf([...lines, count]) + asOfLine(inputs.now),
    json: {
      schema: 'countersign/policy-diff/v1',
      before: before.policy?.digest,
      after: after.policy?.digest,
      images: images.map((image) => ({ ...image, changed: changed.includes(image) })),
    },
  };
}

function unreadable(count: number): string {
  return count > 0 ? `; ${count} could not be read` : '';
}

/** @throws UsageError USAGE_MISSING_INPUT, USAGE_INVALID_INPUT when there are not two words */
export function twoPaths(action: 'test' | 'diff', words: readonly string[], folder: string) {
  const [one, other, ...more] = words;
  if (one !== undefined && other !== undefined && more.length === 0)
    return [resolve(folder, one), resolve(folder, other)] as const;
  const code = more.length > 0 ? 'USAGE_INVALID_INPUT' : 'USAGE_MISSING_INPUT';
  throw new UsageError(code, `policy ${action} takes two files, and was given ${words.length}`, {
    hint:
      action === 'test'
        ? 'write countersign policy test cases.yaml countersign.yaml'
        : 'write countersign policy diff old.yaml new.yaml ⟨subject-path=app.sif⟩',
  });
}

function saidOf({ reference, outcome, stages, reasons }: ImageVerdict): Said {
  const all = [...stages.flatMap((stage) => stage.reasons), ...reasons].filter(isProblem);
  return { reference, outcome, reasons: all.map(({ code, message }) => ({ code, message })) };
}

function reasonLines({ reasons }: Said, prefix = ''): readonly string[] {
  return reasons.slice(0, 20).map(({ code, message }) => `    ${prefix}${message} [${code}]`);
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line, 2000)}\n`).join('');
}
