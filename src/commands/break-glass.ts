// SPDX-License-Identifier: Apache-2.0
// break-glass: somebody whom the policy names lets a stage of these images be skipped until a time soon to come.

import { defaultVerifierId } from '../attest/approval.ts';
import {
  BREAK_GLASS_PREDICATE_TYPE,
  type BreakGlass,
  breakGlassProblem,
  encodeBreakGlass,
} from '../attest/break-glass.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { listed, toSecond } from '../base/text.ts';
import type { Signer } from '../crypto/signer.ts';
import type { Criteria } from '../image/verify.ts';
import type { Stage } from '../policy/document/model.ts';
import { matchPrincipals } from '../policy/rules/people.ts';
import { claimedIdentity } from '../stage/review.ts';
import { StageError } from '../stage/errors.ts';
import { signedAbout, signOnEach } from './evidence/evidence.ts';
import type { Host } from './host.ts';
import { COMMON_OUTPUTS } from './inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from './spec.ts';
import { criteriaForSigning, signerFrom, STATEMENT_INPUTS } from './inputs/signing.ts';
import { SUBJECT_INPUTS, type Subject, subjectsFrom } from './inputs/subjects.ts';
import { verifyOne } from './verify-all/verify-all.ts';

const spec = {
  name: 'break-glass',
  summary: 'Let a stage of images be skipped for a short while, in an emergency',
  description:
    'Signs a statement about the images: this stage may be skipped, for this reason and ticket, until a time soon to come. It goes into the image or is attached in its registry, and counts where the policy names the signer in `breakGlass` of the stage, for as long as it allows. Every report shows it from then on, and that somebody else has yet to review it by approving the stage. See docs/policy.md.',
  positional: 'subject-path',
  privileged: 'always',
  inputs: [
    ...SUBJECT_INPUTS,
    { name: 'stage', type: 'string', required: true, description: 'Stage that is skipped.', example: 'production' },
    {
      name: 'reason',
      type: 'string',
      required: true,
      description: 'Why; becomes part of the signed statement, and every report shows it.',
      example: 'login is down for everybody',
    },
    {
      name: 'ticket',
      type: 'string',
      required: true,
      description: 'Where the case is dealt with; the same.',
      example: 'OPS-42',
    },
    {
      name: 'expires-in',
      type: 'duration',
      required: true,
      description: 'For how long, with a unit; the policy says what is the most.',
      example: '8h',
    },
    ...STATEMENT_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const wanted = saidBy(inputs, host.now());
  const subjects = await subjectsFrom(inputs);
  const signer = await signerFrom(inputs, host);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'broken glass is signed for, and no key was given', {
      hint: 'give ⟨signing-method⟩ and ⟨key⟩ of somebody whom the policy names in `breakGlass` of the stage',
    });
  const criteria = await criteriaForSigning(inputs, signer, host.now());
  const said = { ...wanted, stageId: breakable(criteria, wanted.stage)?.id ?? defaultVerifierId(wanted.stage) };
  assertMay(criteria, said, signer);
  for (const subject of subjects) await assertFirst(subject, { inputs, host, criteria, said });
  const statement = {
    label: 'break glass',
    predicateType: BREAK_GLASS_PREDICATE_TYPE,
    predicate: encodeBreakGlass(said),
    inside: true,
  };
  const images = await signOnEach(subjects, { statement, signer }, { inputs, host });
  const what = `stage ${said.stage} is skipped until ${said.until}; have somebody else approve it, which is the review`;
  return {
    exitCode: EXIT.passed,
    json: { schema: 'countersign/break-glass/v1', ...said, images },
    text: images.map((image) => `${signedAbout(image)}: ${what}\n`).join(''),
    outputs: { verdict: 'passed' },
  };
}

function saidBy({ stage, reason, ticket, expiresIn }: Inputs, now: Date): Omit<BreakGlass, 'stageId'> {
  const end = new Date(Math.min(now.getTime() + expiresIn, Date.parse('9999-12-31T00:00:00Z')));
  const said = { stage, reason, ticket, from: toSecond(now), until: toSecond(end) };
  const problem = breakGlassProblem(said);
  if (problem === undefined) return said;
  throw new UsageError('USAGE_INVALID_INPUT', `glass cannot be broken like this: ${problem}`, {
    hint: 'correct ⟨stage⟩, ⟨reason⟩, ⟨ticket⟩ or ⟨expires-in⟩',
  });
}

function breakable({ policy }: Criteria, name: string): Stage | undefined {
  return policy?.policy.stages.find((one) => one.name === name);
}

/** Said before anything is signed, where the policy is given. @throws StageError STAGE_GLASS_REFUSED, STAGE_UNKNOWN */
function assertMay(criteria: Criteria, { stage: name, from, until }: BreakGlass, signer: Signer): void {
  const policy = criteria.policy?.policy;
  if (!policy) return;
  const stage = breakable(criteria, name);
  if (!stage)
    throw new StageError('STAGE_UNKNOWN', `the policy has no stage ${name}`, {
      hint: `use one of ${policy.stages.map((one) => one.name).join(', ')}`,
    });
  const principals = matchPrincipals(policy, claimedIdentity(policy, signer.identity));
  const { by = [], maxDuration = 0 } = stage.breakGlass ?? {};
  if (!principals.some((one) => by.includes(one)))
    throw refusal(`this key may not break the glass of stage ${name} by the policy`, {
      hint:
        by.length === 0
          ? 'have the stage approved: the policy lets nobody skip it'
          : `sign with a key of ${listed(by, 'or')}, or have the stage approved`,
    });
  if (Date.parse(until) - Date.parse(from) > maxDuration)
    throw refusal(`the glass of stage ${name} may be broken for ${maxDuration / 3_600_000} hours at most`, {
      hint: 'give a shorter ⟨expires-in⟩',
    });
}

/** What only renews broken glass that nobody has reviewed would not count for longer. @throws StageError STAGE_GLASS_REFUSED */
async function assertFirst(
  subject: Subject,
  {
    inputs,
    host,
    criteria,
    said,
  }: { readonly inputs: Inputs; readonly host: Host; readonly criteria: Criteria; readonly said: BreakGlass },
): Promise<void> {
  const max = breakable(criteria, said.stage)?.breakGlass?.maxDuration;
  if (max === undefined) return;
  const { verdict } = await verifyOne(subject, criteria, {
    inputs: { ...inputs, verifyData: false },
    host,
    beside: [],
  });
  const broken = verdict.stages.find(({ stage }) => stage === said.stage)?.breakGlass ?? [];
  const denied = new Set(
    criteria.policy?.policy.deny.flatMap(({ what }) => (what.of === 'statement' ? [what.digest] : [])),
  );
  const [first] = broken
    .filter(({ reviewedBy, digest }) => reviewedBy.length === 0 && !denied.has(digest))
    .map(({ from }) => Date.parse(from))
    .sort((a, b) => a - b);
  if (first === undefined || Date.parse(said.until) <= first + max) return;
  const message = `${subject.name}: the glass of stage ${said.stage} was broken at ${toSecond(new Date(first))}, and nobody has reviewed that: it counts until ${toSecond(new Date(first + max))} at most`;
  throw refusal(message, {
    hint: 'have somebody else approve the stage with `countersign sign-stage`, which is the review, or give a shorter ⟨expires-in⟩',
  });
}

function refusal(message: string, details: { readonly hint: string }): StageError {
  return new StageError('STAGE_GLASS_REFUSED', message, details);
}

/** `countersign break-glass IMAGE…`. */
export const command = defineCommand(spec, run);
