// SPDX-License-Identifier: Apache-2.0
// status: where an image stands. Who has approved, who is next, what is missing, and what ends when.

import { EXIT } from '../../base/errors.ts';
import { asOfLine, printable, toSecond } from '../../base/text.ts';
import { endsOf } from '../../policy/ends.ts';
import { settledFacts } from '../../policy/evaluate.ts';
import { isProblem } from '../../policy/reasons.ts';
import { isFilled } from '../../policy/reports.ts';
import { viewImage } from '../../policy/rules/view.ts';
import type { ImageVerdict, StageReport } from '../../policy/verdict.ts';
import { aboutText, isByBreakGlass, stepLines } from '../../report/wording.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from '../spec.ts';
import { CONNECTION_INPUTS } from '../inputs/registry.ts';
import { EVIDENCE_INPUT, evidenceFrom, LOOKASIDE_INPUT, SUBJECT_INPUTS, subjectsFrom } from '../inputs/subjects.ts';
import { criteriaFrom, NOW_INPUT, TRUST_INPUTS, VERIFY_DATA_INPUT } from '../inputs/trust.ts';
import type { VerifiedImage } from '../verify-all/record.ts';
import { withNext } from '../verify-all/next-steps.ts';
import { verifyOne } from '../verify-all/verify-all.ts';

const spec = {
  name: 'status',
  summary: 'Say who is next to approve an image, what is missing, and what ends when',
  description:
    'Verifies images as `verify-all` does and says of each where it stands: who approved which stage, which stage is next and who can approve it, what else is missing, and until when approvals, certificates, keys and evidence hold. Needs a policy. It ends with exit code 1 while something is missing.',
  positional: 'subject-path',
  inputs: [
    ...SUBJECT_INPUTS,
    ...TRUST_INPUTS,
    NOW_INPUT,
    VERIFY_DATA_INPUT,
    EVIDENCE_INPUT,
    LOOKASIDE_INPUT,
    ...CONNECTION_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

interface Standing {
  readonly image: ImageVerdict;
  readonly ends: readonly { readonly time: string; readonly what: string }[];
}

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const subjects = await subjectsFrom(inputs);
  const criteria = await criteriaFrom(inputs, inputs.now ?? host.now(), { needed: true });
  const task = { inputs, host, beside: await evidenceFrom(inputs) };
  const asOf = inputs.now !== undefined;
  const standings: Standing[] = [];
  for (const subject of subjects) {
    const verified = { subject, ...(await verifyOne(subject, criteria, task)) };
    standings.push({ image: withNext(verified, criteria, task), ends: endingOf(verified, criteria) });
  }
  const passed = standings.every(({ image }) => image.verdict === 'passed');
  const unread = standings.some(({ image }) => image.outcome === 'error');
  return {
    exitCode: passed ? EXIT.passed : unread ? EXIT.environment : EXIT.failed,
    text: textOf(standings, asOf ? criteria.now : undefined),
    json: {
      schema: 'countersign/status/v1',
      now: criteria.now.toISOString(),
      asOf,
      images: standings.map(({ image, ends }) => ({
        name: image.name,
        reference: image.reference,
        dataVerified: image.dataVerified,
        verdict: image.verdict,
        outcome: image.outcome,
        unsigned: image.unsigned,
        stages: image.stages.map(({ stage, verdict, approvedBy, needed, objects, breakGlass }) => ({
          stage,
          verdict,
          approvedBy,
          needed,
          ...(objects ? { objects } : {}),
          ...(breakGlass ? { breakGlass } : {}),
        })),
        next: image.next ?? [],
        ...(image.lacking ? { lacking: image.lacking } : {}),
        ends,
      })),
    },
    outputs: { verdict: passed ? 'passed' : 'failed' },
  };
}

function textOf(standings: readonly Standing[], then: Date | undefined): string {
  const images = standings.map((one) => linesOf(one).map((line) => `${printable(line, 2000)}\n`));
  return images.map((lines) => lines.join('')).join('\n') + asOfLine(then);
}

function endingOf(
  { facts }: Omit<VerifiedImage, 'subject'>,
  { policy, now }: Awaited<ReturnType<typeof criteriaFrom>>,
): Standing['ends'] {
  if (!facts) return [];
  const settled = settledFacts(policy?.policy, facts, now);
  const image = viewImage(policy?.policy, settled, now);
  return endsOf(policy?.policy, image).map(({ time, what }) => ({ time: toSecond(new Date(time)), what }));
}

function linesOf({ image, ends }: Standing): readonly string[] {
  const { stages, next = [] } = image;
  const due = next.find(({ stage }) => stage !== null)?.stage ?? stages.find((stage) => !isFilled(stage))?.stage;
  const steps = stepLines(image);
  const why = steps.length > 0 ? [] : [...stages.flatMap(({ reasons }) => reasons), ...image.reasons].filter(isProblem);
  return [
    `${image.name}: ${stateOf(image)}`,
    ...(image.reference === null ? [] : [`  ${image.reference}${image.dataVerified ? '' : ' (data not read)'}`]),
    ...stages.map((stage) => `  ${stageLine(stage, stage.stage === due)}`),
    ...(image.verdict === 'passed' ? [] : ['  missing', ...steps.map((step) => `    ${step}`)]),
    ...(image.verdict === 'passed' ? [] : (image.lacking ?? []).map((text) => `    ${text}`)),
    ...(image.verdict === 'passed' ? [] : why.slice(0, 5).map(({ message, code }) => `    ${message} [${code}]`)),
    ...(ends.length === 0 ? [] : ['  ends', ...ends.map(({ time, what }) => `    ${time}  ${what}`)]),
  ];
}

function stateOf(image: ImageVerdict): string {
  if (isByBreakGlass(image)) return 'passed by break glass';
  if (image.outcome === 'passed') return 'all stages have passed';
  if (image.outcome === 'error') return 'could not be read';
  const unsigned = image.reasons.find(({ code }) => code === 'IMAGE_UNSIGNED');
  return unsigned ? `unsigned, no stage has passed [${unsigned.code}]` : 'not all stages have passed';
}

function stageLine(report: StageReport, isNext: boolean): string {
  const { stage, verdict, approvedBy, needed, breakGlass = [] } = report;
  const broken = breakGlass.find(({ holds }) => holds);
  if (verdict === 'break-glass' && broken)
    return `! ${stage}: passed by break glass of ${broken.by} until ${broken.until}, ${broken.reviewedBy.length > 0 ? 'reviewed' : 'not reviewed'}`;
  const by = approvedBy.length > 0 ? approvedBy.join(', ') : 'nobody';
  const count = needed > 1 ? `, ${Math.min(approvedBy.length, needed)} of ${needed}` : '';
  if (verdict === 'not-checked') return `? ${stage}: not checked`;
  return `${verdict === 'passed' ? '✓' : isNext ? '→' : '·'} ${stage}: approved by ${by}${count}${aboutText(report)}${isNext ? ' (next)' : ''}`;
}

/** status. */
export const command = defineCommand(spec, run);
