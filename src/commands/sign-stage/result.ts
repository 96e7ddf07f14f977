// SPDX-License-Identifier: Apache-2.0
// What sign-stage hands back: text, JSON, summary and outputs.

import { identityKey } from '../../stage/approval.ts';
import { STAGE_CODES } from '../../stage/errors.ts';
import type { StageResult } from '../../stage/stage.ts';
import type { SignerIdentity } from '../../findings/signature.ts';
import { isFilled } from '../../policy/reports.ts';
import { isProblem } from '../../policy/reasons.ts';
import { counted, listed, printable } from '../../base/text.ts';
import { CountersignError, EXIT } from '../../base/errors.ts';
import type { REGISTRY_CODES } from '../../oci/errors.ts';
import { escapeMarkdown } from '../../report/wording.ts';
import { isAboutContent } from '../content-errors.ts';
import type { CommandError, CommandResult } from '../spec.ts';
import type { Subject } from '../inputs/subjects.ts';

/** One image and what became of it. */
export interface Signed {
  readonly file: Subject;
  readonly outcome: StageResult | CountersignError;
}

interface Context {
  readonly stage: string;
  readonly now: Date;
  /** Paths of the written copies. */
  readonly bundles: readonly string[];
  readonly signer: SignerIdentity;
}

const OUTCOMES = {
  signed: 'approved',
  replaced: 'approved anew, in the place of the earlier approval',
  planned: 'would be approved (dry run, nothing written)',
  unchanged: 'was approved by this key before; nothing to do',
  refused: 'NOT approved: an earlier stage has not passed, nothing written',
  error: 'NOT approved: an error, nothing written',
  beside: 'approved anew, but the earlier approval by this key stays: an error',
} as const;

/** The result of the command; every image that was signed is in it, whatever happened to the others. */
export function present(signed: readonly Signed[], context: Context): CommandResult {
  const error = errorOf(signed, context);
  const approvals = signed.map((entry) => approvalOf(entry, context));
  const subjects = signed.flatMap(({ file, outcome }) =>
    outcome instanceof CountersignError
      ? []
      : outcome.contentDigests.map((digest) => ({
          name: file.name,
          digest,
          path: pathOf(file),
          reference: outcome.reference ?? '',
        })),
  );
  const verdict = error ? 'failed' : 'passed';
  const [only] = signed;
  const exitCode = error ? exitCodeOf(signed) : EXIT.passed;
  return {
    exitCode,
    ...(error ? { error } : {}),
    json: {
      schema: 'countersign/sign-stage/v1',
      verdict,
      stage: context.stage,
      images: signed.map((entry, index) => ({ ...approvals[index], ...detailsOf(entry, context) })),
      ...(error ? { error: { ...error, causes: [], exitCode } } : {}),
    },
    text: signed.map((entry) => describe(entry, context)).join(''),
    summary: () => summarise(signed, context),
    outputs: {
      verdict,
      subjects: JSON.stringify(subjects),
      digest: subjects.length === 1 ? (subjects[0]?.digest ?? '') : '',
      reference: subjects.length === 1 ? (subjects[0]?.reference ?? '') : '',
      'data-verified': String(
        signed.every(({ outcome }) => !(outcome instanceof CountersignError) && outcome.dataVerified),
      ),
      'image-path': signed.length === 1 && only ? pathOf(only.file) : '',
      approvals: JSON.stringify(approvals),
      'bundle-path': context.bundles.join('\n'),
    },
  };
}

/** The same result, of a run that signed and could then not write all copies. */
export function withoutCopies(result: CommandResult, { code, message, hint }: CountersignError): CommandResult {
  if (result.error) return result;
  const error = { code, message: `signed, but not copied to bundle-folder: ${message}`, hint };
  const document: object = result.json instanceof Object ? result.json : {};
  const json = { ...document, verdict: 'failed', error: { ...error, causes: [], exitCode: EXIT.environment } };
  return { ...result, exitCode: EXIT.environment, json, error, outputs: { ...result.outputs, verdict: 'failed' } };
}

/** Why an image was not approved; undefined when it was. */
export function errorAbout({ outcome }: Signed, stage: string): CommandError | undefined {
  if (outcome instanceof CountersignError) {
    const { code, message, hint } = outcome;
    return { code, message, hint };
  }
  return refusalOf(outcome, stage);
}

/** Why a stage was refused to be signed; undefined when it was not. */
export function refusalOf(outcome: StageResult, stage: string): CommandError | undefined {
  if (outcome.outcome !== 'refused') return undefined;
  const { stages = [], reasons = [] } = outcome.verdict ?? {};
  const open = stages.filter((one) => !isFilled(one));
  const why = [...open.flatMap((one) => one.reasons), ...reasons].find(isProblem);
  return {
    code: 'STAGE_PREVIOUS_FAILED' satisfies keyof typeof STAGE_CODES,
    message: `stage ${stage} was not approved: ${why?.message ?? 'an earlier stage has not passed'}`,
    hint: why?.hint ?? STAGE_CODES.STAGE_PREVIOUS_FAILED.fix,
  };
}

/** The first error, and of several images how many have one. */
function errorOf(signed: readonly Signed[], { stage }: Context): CommandError | undefined {
  const errors = signed.flatMap((entry) => {
    const error = errorAbout(entry, stage);
    return error ? [{ name: entry.file.name, error }] : [];
  });
  const [first] = errors;
  if (!first || signed.length === 1) return first?.error;
  const { code, message, hint } = first.error;
  const count = `${errors.length} of ${counted(signed.length, 'image')} not approved`;
  return { code, message: `${count}; ${first.name}: ${message}`, hint };
}

/** One image that is refused decides; where others could only not be read, repeating may help. */
function exitCodeOf(signed: readonly Signed[]): typeof EXIT.failed | typeof EXIT.environment {
  const refused = signed.some(({ outcome }) =>
    outcome instanceof CountersignError
      ? outcome.exitCode !== EXIT.environment || isAboutContent(outcome)
      : outcome.outcome === 'refused',
  );
  return refused ? EXIT.failed : EXIT.environment;
}

function outcomeOf(outcome: Signed['outcome']): 'error' | StageResult['outcome'] {
  return outcome instanceof CountersignError ? 'error' : outcome.outcome;
}

/** For people. */
function wordsFor(outcome: Signed['outcome']): string {
  const isBeside =
    outcome instanceof CountersignError &&
    outcome.code === ('REGISTRY_REPLACE_INCOMPLETE' satisfies keyof typeof REGISTRY_CODES);
  return OUTCOMES[isBeside ? 'beside' : outcomeOf(outcome)];
}

function approvalOf({ file, outcome }: Signed, { stage, now, signer }: Context) {
  return {
    name: file.name,
    stage,
    method: signer.method,
    signer: identityKey(signer),
    outcome: outcomeOf(outcome),
    digest: outcome instanceof CountersignError ? null : (outcome.digest ?? null),
    time: now.toISOString(),
  };
}

function detailsOf(entry: Signed, { stage }: Context) {
  const { file, outcome } = entry;
  const path = pathOf(file);
  const error = errorAbout(entry, stage);
  if (outcome instanceof CountersignError) return { path, error };
  const { contentDigests, reference = null, dataVerified, where, freeSlots, remarks, verdict } = outcome;
  const details = {
    path,
    contentDigests,
    reference,
    dataVerified,
    where,
    freeSlots,
    remarks,
    progress: outcome.progress ?? null,
    previous: verdict ?? null,
  };
  return error ? { ...details, error } : details;
}

function describe({ file, outcome }: Signed, { stage, signer }: Context): string {
  const head = `${printable(file.name, 1000)}: stage ${stage} ${wordsFor(outcome)} (${identityKey(signer)})\n`;
  if (outcome instanceof CountersignError)
    return `${head}  ${outcome.message} [${outcome.code}]\n  → ${outcome.hint}\n`;
  const place =
    outcome.reference === undefined
      ? ''
      : `  ${printable(outcome.reference, 1000)}${outcome.dataVerified ? '' : ' (data not read)'}\n`;
  const progress = progressText(outcome);
  if (outcome.outcome === 'signed' && outcome.freeSlots !== null)
    return `${head}${place}${progress}  ${counted(outcome.freeSlots, 'descriptor slot')} left\n`;
  return outcome.outcome === 'refused' ? `${head}${whyRefused(outcome)}` : `${head}${place}${progress}`;
}

/** Of a stage that needs several people: who has approved, and who can give the next approval. */
function progressText({ progress }: StageResult): string {
  const about = progress?.objects ? `  about ${listed(progress.objects)} alone\n` : '';
  if (!progress || progress.needed < 2) return about;
  const { approvedBy, needed, next } = progress;
  const rest = needed - approvedBy.length;
  const others =
    next.length === 0 ? '' : `; ${next.slice(0, 10).join(' or ')} can give ${rest > 1 ? 'one more' : 'the other'}`;
  return `${about}  approved by ${approvedBy.join(', ')}, ${Math.min(approvedBy.length, needed)} of ${needed}${others}\n`;
}

function whyRefused({ verdict }: StageResult): string {
  const stages = (verdict?.stages ?? []).filter((stage) => !isFilled(stage));
  const reasons = (verdict?.reasons ?? []).filter(isProblem);
  return [
    ...stages.map(
      ({ stage, verdict: outcome, reasons: [why] }) =>
        `  stage ${stage} ${outcome}: ${why ? `${why.message} [${why.code}]` : 'no approval'}\n`,
    ),
    ...reasons.map(({ message, code, hint }) => `  ${message} [${code}]\n  → ${hint}\n`),
  ].join('');
}

function summarise(signed: readonly Signed[], { stage, signer }: Context): string {
  const rows = signed.map(
    ({ file, outcome }) =>
      `| ${escapeMarkdown(file.name)} | ${escapeMarkdown(stage)} | ${wordsFor(outcome)} | ${escapeMarkdown(identityKey(signer))} |`,
  );
  const errors = signed.flatMap((entry) => {
    const error = errorAbout(entry, stage);
    if (!error) return [];
    const [name, message, hint] = [entry.file.name, error.message, error.hint].map((text) => escapeMarkdown(text));
    return [`- <code>${error.code}</code> ${name}: ${message} — ${hint}`];
  });
  const why = errors.length > 0 ? `\n${errors.join('\n')}\n` : '';
  return `### sign-stage\n\n| Image | Stage | Outcome | Signer |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n${why}`;
}

function pathOf(subject: Subject): string {
  return subject.in === 'file' ? subject.path : '';
}
