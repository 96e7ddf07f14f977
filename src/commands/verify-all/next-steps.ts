// SPDX-License-Identifier: Apache-2.0
// What makes a failed image pass, with the whole line that does each step, in the words of the face in use: a command
// for a shell, or a step of a workflow. What only the reader knows stands in capitals: KEY, CERTIFICATE, REPORT and so on.

import { relative, resolve, sep } from 'node:path';
import { shellWord } from '../../base/text.ts';
import type { Criteria } from '../../image/verify.ts';
import { formatPlace, formatReference } from '../../oci/reference.ts';
import type { ImageVerdict, NextStep } from '../../policy/verdict.ts';
import { type Action, type PlannedStep, planSteps } from '../../stage/plan/plan.ts';
import { PROVENANCE_PREDICATE_TYPE } from '../build/provenance.ts';
import type { Host } from '../host.ts';
import { namesKeyFile } from '../inputs/policy-signer.ts';
import type { ConnectionInputs } from '../inputs/registry.ts';
import type { Subject } from '../inputs/subjects.ts';
import type { TrustInputs } from '../inputs/trust.ts';
import type { VerifiedImage } from './record.ts';

/** What the next command needs of this one. */
interface Told {
  readonly inputs: ConnectionInputs &
    TrustInputs & { readonly evidencePath: readonly string[]; readonly lookaside?: string | undefined };
  readonly host: Pick<Host, 'kind' | 'cwd' | 'env' | 'cpuMs'>;
}

/** The verdict with what makes the image pass. */
export function withNext(
  { subject, verdict, facts }: VerifiedImage,
  { policy, stages, now }: Criteria,
  told: Told,
): ImageVerdict {
  if (verdict.outcome !== 'failed' || !policy || !facts) return verdict;
  const { steps, lacking } = planSteps(policy, facts, {
    now,
    cpuMs: () => told.host.cpuMs(),
    ...(stages ? { stages } : {}),
  });
  // Where nothing in it can count the next command refuses the folder.
  const isRead =
    subject.in !== 'file' &&
    subject.reference.in === 'registry' &&
    policy.policy.stages.some(({ native }) => native.includes('simple-signing'));
  const { inputs } = told;
  const here: Told = isRead ? told : { ...told, inputs: { ...inputs, lookaside: undefined } };
  const next = steps.map((step) => withCommand(step, subject, here));
  return { ...verdict, next, ...(next.length === 0 && lacking.length > 0 ? { lacking } : {}) };
}

function withCommand({ action, ...step }: PlannedStep, subject: Subject, told: Told): NextStep {
  const command = (told.host.kind === 'actions' ? stepFor : lineFor)(action, subject, told);
  return command === undefined ? step : { ...step, command };
}

type Values = readonly (readonly [name: string, value: string])[];

function lineFor(action: Action, subject: Subject, told: Told): string | undefined {
  const image = imageOf(subject, told);
  if (action.task === 'delete') return deletion(action, subject, told);
  const flags = [...valuesOf(action), ...surroundings(action, told)].map(([name, value]) =>
    value === 'true' ? `--${name}` : `--${name} ${shellWord(value)}`,
  );
  return ['countersign', commandOf(action), ...flags, shellWord(image)].join(' ');
}

function stepFor(action: Action, subject: Subject, told: Told): string | undefined {
  const image = imageOf(subject, told);
  if (action.task === 'delete') {
    const line = deletion(action, subject, told);
    return line === undefined ? undefined : `- { run: ${yamlText(expressionFree(line))} }`;
  }
  const { GITHUB_ACTION_REPOSITORY: from = 'OWNER/countersign', GITHUB_ACTION_REF: at = 'COMMIT' } = told.host.env;
  const given = [...valuesOf(action), ...surroundings(action, told), ['subject-path', image] as const];
  const inputs = given.map(withSecret).map(([name, value]) => `${name}: ${yamlText(value)}`);
  return `- { uses: ${yamlText(`${from}/actions/${commandOf(action)}@${at}`)}, with: { ${inputs.join(', ')} } }`;
}

/** By the tools that know the place: countersign itself takes nothing away of what others have signed. */
function deletion({ place }: Extract<Action, { task: 'delete' }>, subject: Subject, told: Told): string | undefined {
  if (place.in === 'sif') return `apptainer sif del ${place.object} ${shellWord(imageOf(subject, told))}`;
  const digest = /^referrer (sha256:[0-9a-f]{64})$/.exec(place.name)?.[1];
  if (subject.in === 'file' || digest === undefined) return undefined;
  const { reference } = subject;
  const name = reference.in === 'layout' ? pathFrom(told.host.cwd, reference.folder) : formatPlace(reference);
  const { plainHttp, caCertificates } = told.inputs;
  const flags = [
    ...(reference.in === 'layout' ? ['--oci-layout'] : []),
    ...(reference.in === 'registry' && plainHttp ? ['--plain-http'] : []),
    ...caCertificates.slice(0, 1).map((path) => `--ca-file ${shellWord(path)}`),
  ];
  return ['oras manifest delete --force', ...flags, shellWord(`${name}@${digest}`)].join(' ');
}

function withSecret([name, value]: Values[number]): Values[number] {
  if (value === 'KEY') return ['key', '${{ secrets.SIGNING_KEY }}'];
  return value === 'TOKEN' ? ['review-token', '${{ github.token }}'] : [name, expressionFree(value)];
}

type Signed = Exclude<Action, { task: 'delete' }>;

function commandOf({ task }: Signed): 'sign-stage' | 'scan-attest' {
  return task === 'approve' ? 'sign-stage' : 'scan-attest';
}

function valuesOf(action: Signed): Values {
  const what: Values =
    action.task === 'approve'
      ? [['stage', action.stage], ...(action.replace ? [['replace', 'true'] as const] : [])]
      : evidenceFor(action.requirement);
  const review: Values = action.task === 'approve' && action.reviewed ? [['review-token-path', 'TOKEN']] : [];
  return [...what, ...signingWith(action.method), ...review];
}

function signingWith(method: Signed['method']): Values {
  const how = ['signing-method', method ?? 'key'] as const;
  if (method === 'sigstore') return [how];
  const certificate = method === 'x509' ? [['certificate-path', 'CERTIFICATE'] as const] : [];
  return [how, ['key-path', 'KEY'], ...certificate];
}

/** The policy judges findings again: what it may accept must not stop the scan from being signed. */
function evidenceFor({ evidence, condition }: Extract<Action, { task: 'attest' }>['requirement']): Values {
  if (evidence === 'sbom') return [['sbom-path', 'SBOM']];
  if (condition.of === 'findings') {
    const accepts = condition.exceptions.length > 0 || condition.vexBy !== undefined;
    return [
      ['scan-report', 'REPORT'],
      ['fail-on', accepts ? 'none' : condition.failOn],
    ];
  }
  const type = evidence === 'provenance' ? PROVENANCE_PREDICATE_TYPE : evidence;
  return [
    ['predicate-type', type],
    ['predicate-path', 'PREDICATE'],
  ];
}

/** What was given to this command and the next one needs as well; a policy that is a text has no path. */
function surroundings({ task }: Signed, { inputs, host }: Told): Values {
  const { policyPath, profile, evidencePath, lookaside, caCertificates, plainHttp, workingDirectory } = inputs;
  const { requireSignedPolicy: signer, policySignerTrust } = inputs;
  const here = (path: string): string => pathFrom(host.cwd, resolve(workingDirectory, path));
  return [
    ['policy-path', policyPath === undefined ? 'POLICY' : here(policyPath)],
    ...(profile === undefined ? [] : [['profile', profile] as const]),
    ...(signer === undefined ? [] : [['require-signed-policy', namesKeyFile(signer) ? here(signer) : signer] as const]),
    ...policySignerTrust.map((path) => ['policy-signer-trust', here(path)] as const),
    ...(task === 'approve' ? evidencePath.map((path) => ['evidence-path', here(path)] as const) : []),
    ...(task === 'approve' && lookaside !== undefined ? [['lookaside', here(lookaside)] as const] : []),
    ...(plainHttp ? [['plain-http', 'true'] as const] : []),
    ...caCertificates.map((path) => ['ca-certificates', here(path)] as const),
  ];
}

function imageOf(subject: Subject, { host: { cwd } }: Told): string {
  if (subject.in === 'file') return pathFrom(cwd, subject.path);
  const { reference } = subject;
  return formatReference(
    reference.in === 'layout' ? { ...reference, folder: pathFrom(cwd, reference.folder) } : reference,
  );
}

/** From where the reader is, if it is below; never something that a program would take for a flag. */
function pathFrom(cwd: string, path: string): string {
  const below = relative(cwd, path);
  if (below === '' || below === '..' || below.startsWith(`..${sep}`)) return path;
  return below.startsWith('-') ? `.${sep}${below}` : below;
}

function yamlText(value: string): string {
  return /^[A-Za-z][A-Za-z0-9_@./-]*$/.test(value) && value !== 'true' ? value : JSON.stringify(value);
}

/** The name of a file must not be evaluated where the step is copied to. */
function expressionFree(value: string): string {
  return value.replaceAll('${{', "${{ '${{' }}");
}
