// SPDX-License-Identifier: Apache-2.0
// withdraw: take back approvals of a stage that oneself gave, grants or broken glass, by a signed statement on the image.

import { WITHDRAWAL_PREDICATE_TYPE, encodeWithdrawal } from '../attest/withdrawal.ts';
import { encodePae } from '../attest/bundle.ts';
import { shortDigest, utf8 } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { counted, toSecond } from '../base/text.ts';
import type { Signer } from '../crypto/signer.ts';
import { type Criteria, verifySifFile } from '../image/verify.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../policy/facts.ts';
import { grantIn } from '../policy/rules/grants.ts';
import { isSameKey, mayTakeBack, withoutWithdrawn } from '../policy/rules/standing.ts';
import { manifestName } from '../oci/reference.ts';
import { StageError } from '../stage/errors.ts';
import { signedAbout, storeEvidence } from './evidence/evidence.ts';
import { describeEvidence, type NamedStatement, type Stored } from './evidence/files.ts';
import type { Host } from './host.ts';
import { COMMON_OUTPUTS } from './inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from './spec.ts';
import { openFrom } from './inputs/registry.ts';
import { criteriaForSigning, signerFrom, STATEMENT_INPUTS } from './inputs/signing.ts';
import { SUBJECT_INPUTS, type Subject, subjectsFrom } from './inputs/subjects.ts';

const MAX_REASON = 4096;
/** By which keys it can be taken back. */
const WHOSE = {
  approvals: 'the key that approved, or another one of the same principal and ⟨policy-path⟩',
  grants: 'the key that signed the grant, or another one of the same principal and ⟨policy-path⟩',
  'break-glass': 'the key that broke the glass, or one of anybody who may break it and ⟨policy-path⟩',
} as const;
const NOUNS = { approvals: 'approval', grants: 'grant', 'break-glass': 'break-glass statement' } as const;

const spec = {
  name: 'withdraw',
  summary: 'Take back approvals, grants or broken glass of a stage that you gave, by a signed statement',
  description:
    'Signs that the approvals of a stage by this key (with a policy: by this principal) no longer stand, and stores that in the image or attaches it in its registry. Whoever holds both does not count them any more; later approvals list the statement, so that it cannot be removed unseen. To approve again, sign the stage anew. With `what: grants` everything that rests on grants by this signer counts no more; with `what: break-glass` the stage is skipped no longer, also where somebody else who may broke the glass.',
  positional: 'subject-path',
  privileged: 'always',
  inputs: [
    ...SUBJECT_INPUTS,
    {
      name: 'stage',
      type: 'string',
      required: true,
      description: 'Stage whose approvals are taken back.',
      example: 'security',
    },
    {
      name: 'what',
      type: 'enum',
      values: ['approvals', 'grants', 'break-glass'],
      default: 'approvals',
      description: 'What of the stage is taken back.',
    },
    {
      name: 'reason',
      type: 'string',
      required: true,
      description: 'Why; becomes part of the signed statement, and every report shows it.',
      example: 'scanner missed CVE-2026-1001',
    },
    ...STATEMENT_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

interface Task {
  readonly inputs: Inputs;
  readonly host: Host;
  readonly signer: Signer;
  readonly criteria: Criteria;
  /** The signer as the policy knows them. */
  readonly as: Pick<EvidenceFact, 'signature' | 'signer' | 'reasons'>;
}

interface Withdrawn extends Pick<Stored, 'reference'> {
  readonly name: string;
  readonly withdrawn: readonly string[];
  readonly stored: Stored;
}

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  if (inputs.reason.length > MAX_REASON)
    throw new UsageError('USAGE_INVALID_INPUT', `reason has ${inputs.reason.length} characters`, {
      hint: `give at most ${MAX_REASON}, and keep the long text elsewhere`,
    });
  const subjects = await subjectsFrom(inputs);
  const signer = await signerFrom(inputs, host);
  if (!signer)
    throw new UsageError('USAGE_MISSING_INPUT', 'a withdrawal is signed, and no key was given', {
      hint: 'give ⟨signing-method⟩ and ⟨key⟩ of whoever approved',
    });
  const criteria = await criteriaForSigning(inputs, signer, host.now());
  const task = { inputs, host, signer, criteria, as: await knownAs(signer, criteria) };
  const images: Withdrawn[] = [];
  for (const subject of subjects)
    images.push(await host.group(`Withdrawing from ${subject.name}`, () => withdrawFrom(subject, task)));
  return {
    exitCode: EXIT.passed,
    json: { schema: 'countersign/withdraw/v1', stage: inputs.stage, images },
    text: images
      .map((image) => {
        const { withdrawn, stored } = image;
        const what = `${counted(withdrawn.length, NOUNS[inputs.what])} of stage ${inputs.stage} withdrawn`;
        const lines = [...withdrawn.map((digest) => shortDigest(digest)), ...stored.evidence.map(describeEvidence)];
        return `${signedAbout(image)}: ${what}\n${lines.map((line) => `  ${line}\n`).join('')}`;
      })
      .join(''),
    outputs: { verdict: 'passed' },
  };
}

/** Who the signer is in the policy, by a signature over nothing that means anything. */
async function knownAs(signer: Signer, { policy, verifier, now }: Criteria): Promise<Task['as']> {
  if (!policy) return { signature: 'unknown-signer', signer: null, reasons: [] };
  const own = signer.identity;
  // Such a signature holds with its bundle alone; what is stored is verified as that.
  if (own.method === 'sigstore') return { signature: 'valid', signer: own, reasons: [] };
  const pae = encodePae('application/vnd.countersign.probe', utf8(now.toISOString()));
  const signature = await signer.signPae(pae, now);
  const { material } = signer;
  const { status, identity, reasons } = await verifier.verifyDsse(
    { pae, signature, material, keyid: undefined, hashing: 'bundle' },
    now,
  );
  return { signature: status === 'valid' ? status : 'unknown-signer', signer: identity, reasons };
}

async function withdrawFrom(subject: Subject, task: Task): Promise<Withdrawn> {
  const { inputs, host, signer, criteria } = task;
  const { now } = criteria;
  const common = { signer, now, beside: false, folder: undefined };
  if (subject.in === 'file') {
    const { examination } = await verifySifFile(subject.path, criteria, { name: subject.name });
    const withdrawn = givenBy(examination.facts, task);
    const statements = [statementOf(withdrawn, inputs, now)];
    return {
      name: subject.name,
      reference: null,
      withdrawn: digestsOf(withdrawn),
      stored: await storeEvidence({ ...common, statements, path: subject.path }),
    };
  }
  const { openRegistryImage } = await import('../image/registry/image.ts');
  const { examineRegistryImage } = await import('../image/registry/examine.ts');
  const { storeRegistryEvidence } = await import('./evidence/registry.ts');
  const { dropWithdrawn, unlessRefused } = await import('../stage/plain/cosign-tags.ts');
  const { reference } = subject;
  await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
  const { repository } = opened;
  const image = await openRegistryImage(repository, manifestName(reference));
  const { facts, attached } = await examineRegistryImage(image, {
    name: subject.name,
    verifier: criteria.verifier,
    now,
    verifyData: false,
  });
  const withdrawn = givenBy(facts, task);
  const pinned = { ...reference, digest: image.descriptor.digest };
  const stored = await storeRegistryEvidence({
    ...common,
    statements: [statementOf(withdrawn, inputs, now)],
    repository,
    reference: pinned,
    defaultFolder: inputs.workingDirectory,
  });
  const named = new Set(digestsOf(withdrawn));
  const remarks = [...(stored.remarks ?? [])];
  await unlessRefused(remarks, () => dropWithdrawn(attached, named, { repository, clock: systemClock() }));
  for (const remark of remarks) host.warning(`${subject.name}: ${remark}`);
  return { name: subject.name, reference: image.name, withdrawn: digestsOf(withdrawn), stored };
}

function digestsOf(facts: readonly Given[]): readonly Given['digest'][] {
  return [...new Set(facts.map(({ digest }) => digest))];
}

/** An approval and its native half, which may count by itself where the approval was taken away. */
function statementOf(withdrawn: readonly Given[], { stage, reason }: Inputs, now: Date): NamedStatement {
  const natives = withdrawn.flatMap((one) =>
    'approval' in one ? (one.approval?.native ?? []).map(({ digest }) => digest) : [],
  );
  const approvals = [...new Set([...digestsOf(withdrawn), ...natives])];
  const predicate = encodeWithdrawal({ stage, approvals, reason, withdrawnAt: toSecond(now) });
  return { label: 'withdrawal', predicateType: WITHDRAWAL_PREDICATE_TYPE, predicate, inside: true };
}

type Given = LayerFact | EvidenceFact;

/** What is asked about, of the stage and by this signer, that stands. @throws StageError STAGE_NOTHING_TO_WITHDRAW */
function givenBy(found: ImageFacts, { inputs, signer, criteria, as }: Task): readonly Given[] {
  const policy = criteria.policy?.policy;
  const { layers, evidence } = withoutWithdrawn(policy, found);
  const all: readonly Given[] = inputs.what === 'approvals' ? layers : evidence;
  const own = all.filter(
    (one) =>
      isAbout(one, inputs) &&
      (one.signature === 'valid' || one.signature === 'untrusted') &&
      !one.contradicted &&
      (isSameKey(one.signer, signer.identity) || (policy && mayTakeBack(policy, one, as))),
  );
  if (own.length > 0) return own;
  const message = `${found.name} has no ${NOUNS[inputs.what]} of stage ${JSON.stringify(inputs.stage.slice(0, 80))} by this signer that stands`;
  throw new StageError('STAGE_NOTHING_TO_WITHDRAW', message, {
    hint: `sign with ${WHOSE[inputs.what]}; \`countersign inspect\` shows what there is and by whom`,
  });
}

/** Whether it is what is to be taken back, and was not yet. */
function isAbout(one: Given, { what, stage }: Inputs): boolean {
  if ('approval' in one)
    return one.approval?.stage === stage && one.reasons.every(({ code }) => code !== 'APPROVAL_WITHDRAWN');
  if (one.withdrawn) return false;
  if (what === 'grants') return grantIn(one)?.stages.includes(stage) === true;
  return typeof one.breakGlass === 'object' && one.breakGlass.stage === stage;
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
