// SPDX-License-Identifier: Apache-2.0
// withdraw: take back approvals of a stage that oneself gave, grants or broken glass, by a signed statement on the image.

import { WITHDRAWAL_PREDICATE_TYPE, encodeWithdrawal } from '../attest/withdrawal.ts';
import { encodePae } from '../attest/bundle.ts';
import { sha256, shortDigest, utf8 } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import { EXIT, UsageError } from '../base/errors.ts';
import { counted, toSecond } from '../base/text.ts';
import type { Signer } from '../crypto/signer.ts';
import type { BundleFact } from '../image/bundle.ts';
import type { RegistryExamination } from '../image/registry/examine.ts';
import { type Criteria, verifySifFile } from '../image/verify.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../policy/facts.ts';
import { grantIn } from '../policy/rules/grants.ts';
import { isSameKey, mayTakeBack, withoutWithdrawn } from '../policy/rules/standing.ts';
import type { Repository } from '../oci/oci.ts';
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
  const { inputs, signer, criteria } = task;
  const { now } = criteria;
  if (subject.in === 'registry') return withdrawRemotely(subject, task);
  const { path, name } = subject;
  const { examination } = await verifySifFile(path, criteria, { name });
  const withdrawn = givenBy(examination.facts, task);
  const statements = [statementOf(withdrawn, inputs, now)];
  const stored = await storeEvidence({ signer, now, beside: false, folder: undefined, statements, path });
  return { name, reference: null, withdrawn: digestsOf(withdrawn), stored };
}

/** As withdrawFrom, in a registry or layout folder, where it takes several steps. */
async function withdrawRemotely(
  { name, reference }: Extract<Subject, { in: 'registry' }>,
  task: Task,
): Promise<Withdrawn> {
  const { inputs, host, signer, criteria } = task;
  const { now } = criteria;
  const { openRegistryImage } = await import('../image/registry/image.ts');
  const { examineRegistryImage } = await import('../image/registry/examine.ts');
  const { storeRegistryEvidence } = await import('./evidence/registry.ts');
  const { dropWithdrawn, unlessRefused } = await import('../stage/plain/cosign-tags.ts');
  await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
  const { repository } = opened;
  const image = await openRegistryImage(repository, manifestName(reference));
  const about = { name, verifier: criteria.verifier, now, verifyData: false };
  const examined = await examineRegistryImage(image, about);
  const at = { repository, clock: systemClock() };
  const remarks: string[] = [];
  const earlier = takenBackBy(examined, task);
  const spread = await spreadEarlier(examined, earlier, { repository, remarks });
  const gone = new Set(digestsOf(earlier.taken));
  const dropped = await unlessRefused(remarks, () => dropWithdrawn(examined, gone, at));
  const isMended = spread || dropped === true;
  if (isMended) remarks.push('an earlier run was interrupted; what it left out is done now');
  const withdrawn = givenBy(examined.facts, task, isMended);
  const stored: Stored =
    withdrawn.length === 0
      ? { evidence: [], contentDigests: [image.descriptor.digest], reference: image.name }
      : await storeRegistryEvidence({
          signer,
          now,
          beside: false,
          folder: undefined,
          statements: [statementOf(withdrawn, inputs, now)],
          repository,
          reference: { ...reference, digest: image.descriptor.digest },
          defaultFolder: inputs.workingDirectory,
        });
  remarks.push(...(stored.remarks ?? []));
  const named = new Set(digestsOf(withdrawn));
  await unlessRefused(remarks, () => dropWithdrawn(examined, named, at));
  for (const remark of remarks) host.warning(`${name}: ${remark}`);
  return { name, reference: image.name, withdrawn: digestsOf(withdrawn), stored };
}

/** What was taken back before, and the statements by which this signer did. */
interface TakenBack {
  readonly taken: readonly Given[];
  readonly by: readonly BundleFact[];
}

function takenBackBy({ facts, bundles }: RegistryExamination, task: Task): TakenBack {
  const policy = task.criteria.policy?.policy;
  const { layers, evidence } = withoutWithdrawn(policy, facts);
  const taken = [...layers, ...evidence].filter((one) => isTaken(one) && isOwn(one, task));
  const named = new Set<string>(digestsOf(taken));
  const by = bundles.filter(
    ({ is, fact }) =>
      is === 'evidence' &&
      isSameKey(fact.signer, task.signer.identity) &&
      fact.withdrawal?.approvals.some((digest) => named.has(digest)),
  );
  return { taken, by };
}

/** An interrupted run may have told some platforms of an index and not all: there the approval would still count. */
async function spreadEarlier(
  { attached, image }: RegistryExamination,
  { by }: TakenBack,
  { repository, remarks }: { readonly repository: Repository; readonly remarks: string[] },
): Promise<boolean> {
  const { attachBundle } = await import('../oci/referrers/bundles.ts');
  const { bundleToAttach } = await import('../stage/bundles.ts');
  const { unlessRefused } = await import('../stage/plain/cosign-tags.ts');
  let isMended = false;
  for (const { opened } of by) {
    const bytes = opened?.found.bytes;
    const there = bytes ? attached.attachedTo.get(sha256(bytes)) : undefined;
    if (!bytes || !there) continue;
    for (const subject of image.subjects) {
      const isThere = there.includes(subject.digest);
      if (!isThere) await attachBundle(repository, subject, bundleToAttach(bytes));
      const relisted = isThere && (await unlessRefused(remarks, () => repository.repairReferrers(subject.digest)));
      isMended ||= !isThere || relisted === true;
    }
  }
  return isMended;
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

/**
 * What is asked about, of the stage and by this signer, that stands.
 * @throws StageError STAGE_NOTHING_TO_WITHDRAW, unless that will do
 */
function givenBy(found: ImageFacts, task: Task, orNothing = false): readonly Given[] {
  const { inputs, criteria } = task;
  const { layers, evidence } = withoutWithdrawn(criteria.policy?.policy, found);
  const own = [...layers, ...evidence].filter((one) => !isTaken(one) && isOwn(one, task));
  if (own.length > 0 || orNothing) return own;
  const message = `${found.name} has no ${NOUNS[inputs.what]} of stage ${JSON.stringify(inputs.stage.slice(0, 80))} by this signer that stands`;
  throw new StageError('STAGE_NOTHING_TO_WITHDRAW', message, {
    hint: `sign with ${WHOSE[inputs.what]}; \`countersign inspect\` shows what there is and by whom`,
  });
}

/** Whether it is what is to be taken back, and this signer may. */
function isOwn(one: Given, { inputs, signer, criteria, as }: Task): boolean {
  if (!isOfStage(one, inputs) || one.contradicted) return false;
  if (one.signature !== 'valid' && one.signature !== 'untrusted') return false;
  const policy = criteria.policy?.policy;
  return isSameKey(one.signer, signer.identity) || (policy !== undefined && mayTakeBack(policy, one, as));
}

function isOfStage(one: Given, { what, stage }: Inputs): boolean {
  if ('approval' in one) return what === 'approvals' && one.approval?.stage === stage;
  if (what === 'grants') return grantIn(one)?.stages.includes(stage) === true;
  return what === 'break-glass' && typeof one.breakGlass === 'object' && one.breakGlass.stage === stage;
}

function isTaken(one: Given): boolean {
  if ('approval' in one) return one.reasons.some(({ code }) => code === 'APPROVAL_WITHDRAWN');
  return one.withdrawn !== undefined;
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
