// SPDX-License-Identifier: Apache-2.0
// The words that all reports share: who signed, what was decided, which reasons count.

import { shortDigest } from '../base/bytes.ts';
import { asOfWords, counted, listed, printable, toSecond } from '../base/text.ts';
import type { Reason, TrustSource } from '../findings/signature.ts';
import { isProblem } from '../policy/reasons.ts';
import type {
  ApprovalReport,
  ImageVerdict,
  LayerReport,
  ProvenTimeReport,
  SignerReport,
  StageReport,
  Unjudged,
  Verdict,
} from '../policy/verdict.ts';

/** How an image or a stage is, in words. */
export const STATE_WORDS = {
  passed: 'passed',
  failed: 'failed',
  'break-glass': 'passed by break glass',
  missing: 'missing',
  error: 'could not be read',
  'not-checked': 'not checked',
} as const satisfies Readonly<Record<ImageVerdict['outcome'] | StageReport['verdict'], string>>;

const UNJUDGED_SHOWN = 20;

/** What a stage is about, when that is not all of the image. */
export function aboutText({ objects }: Pick<StageReport, 'objects'>): string {
  if (objects === undefined) return '';
  return objects.length === 0 ? '  (about nothing here)' : `  (about ${listed(objects)})`;
}

/** True when somebody let a stage be skipped, without which the image would not pass. */
export function isByBreakGlass({ verdict, stages }: Pick<ImageVerdict, 'verdict' | 'stages'>): boolean {
  return verdict === 'passed' && stages.some((stage) => stage.verdict === 'break-glass');
}

/** Stages that are skipped now, each until the last time that its broken glass counts. */
export function skippedStages(
  stages: readonly StageReport[],
): readonly { readonly stage: string; readonly until: string }[] {
  return stages.flatMap(({ stage, verdict, breakGlass = [] }) => {
    const ends = breakGlass.filter(({ holds }) => holds).map(({ until }) => until);
    return verdict === 'break-glass' ? [{ stage, until: ends.toSorted().at(-1) ?? '' }] : [];
  });
}

/** Images that did not pass. */
export function notPassed(images: readonly ImageVerdict[]): readonly ImageVerdict[] {
  return images.filter(({ verdict }) => verdict !== 'passed');
}

/** Failed images first, then those that could not be read, then the others; else in the order given. */
export function worstFirst(images: readonly ImageVerdict[]): readonly ImageVerdict[] {
  return (['failed', 'error', 'passed'] as const).flatMap((wanted) =>
    images.filter(({ outcome }) => outcome === wanted),
  );
}

/** The identity behind a signature, without the principal's name. */
export function identityOf(signer: SignerReport): string {
  const key = signer.hint === undefined ? 'unknown key' : `${signer.algorithm ?? ''} key ${signer.hint}`.trim();
  switch (signer.method) {
    case 'pgp':
      return [`OpenPGP ${signer.fingerprint ?? 'key'}`, ...(signer.userIds ?? []).slice(0, 1)].join(' ');
    case 'key':
      return key;
    case 'x509':
      return `certificate of ${signer.san?.[0] ?? signer.subject ?? key}`;
    case 'sigstore':
      return `keyless ${signer.san?.[0] ?? key}`;
    default:
      return signer.method satisfies never;
  }
}

/** Principal and identity, or what is known instead. */
export function signerOf(signer: SignerReport | null): string {
  if (signer === null) return 'unknown';
  return signer.principal === null ? identityOf(signer) : `${signer.principal} (${identityOf(signer)})`;
}

/** Why an approval was given, from which run, until when, and by which certificates: one line for each thing said. */
export function groundsOf({
  approval,
  signer,
  provenTime,
}: Pick<LayerReport, 'approval' | 'signer' | 'provenTime'>): readonly string[] {
  const { reason, ticket, run, expires, evidence } = approval ?? {};
  const said = run?.map(({ name, value }) => `${name} ${value}`) ?? [];
  const url = runUrl(run ?? []);
  return [
    ...(provenTime ? [timeText(provenTime)] : []),
    ...(reason ? [`reason: ${reason}`] : []),
    ...(ticket ? [`ticket: ${ticket}`] : []),
    ...(said.length > 0 ? [`run, as the signer says: ${[...(url ? [url] : []), ...said].join(', ')}`] : []),
    ...(expires ? [`expires ${toSecond(expires)}`] : []),
    ...(signer?.trustSource ? [sourceText(signer.method, signer.trustSource)] : []),
    ...certifiedJob(signer),
    ...(signer?.chain?.length ? [`certificates: ${signer.chain.join(' ← ')}`] : []),
    ...revocationLine(signer?.path ?? []),
    ...(evidence ?? []).map(
      ({ predicateType, digest, found }) =>
        `relies on ${predicateType} ${shortDigest(digest)}${found ? '' : ', which is not here'}`,
    ),
  ];
}

/** Which file or text holds the key of a signer, or the anchor above it. */
function sourceText(method: SignerReport['method'], { kind, name }: TrustSource): string {
  const what = method === 'pgp' || method === 'key' ? 'key' : method === 'x509' ? 'trust anchor' : 'trusted root';
  return `${what} from ${SOURCE_WORDS[kind]}${kind === 'policy-text' ? '' : ` ${name}`}`;
}

const SOURCE_WORDS = {
  'policy-file': "the policy's file",
  'policy-text': 'the text of the policy',
  'input-file': 'the given file',
  'input-text': 'the text in',
  'global-ring': "Apptainer's global ring",
  'user-ring': "the user's ring of Apptainer",
} as const satisfies Readonly<Record<TrustSource['kind'], string>>;

/** What became of every certificate, where that was asked. */
function revocationLine(path: NonNullable<SignerReport['path']>): readonly string[] {
  if (path.every(({ revocation }) => revocation === 'not-checked' || revocation === 'anchor')) return [];
  const said = path.map(({ subject, revocation, crl }) => {
    const by = crl ? ` (CRL ${crl.number}, next by ${toSecond(crl.nextUpdate)})` : '';
    return `${subject} ${REVOCATION_WORDS[revocation]}${by}`;
  });
  return [`revocation: ${said.join('; ')}`];
}

const REVOCATION_WORDS = {
  good: 'not revoked',
  revoked: 'revoked',
  denied: 'denied by the policy',
  'revoked-later': 'revoked after it signed',
  unknown: 'not known',
  'not-checked': 'not looked up',
  anchor: 'trusted by the policy',
} as const;
/** By which time a signature was judged. */
export function timeText({ time, accuracy, proof, by }: ProvenTimeReport): string {
  const shown = proof === 'timestamp' ? `timestamp by ${by}` : `a later approval that lists it, ${shortText(by)}`;
  return `there at ${toSecond(time)} within ${accuracy} s: ${shown}`;
}

function shortText(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** What the CA certified about the job that signed, and when that is proven to have been. */
function certifiedJob(signer: SignerReport | null): readonly string[] {
  const { issuer, claims, provenAt } = signer ?? {};
  if (signer?.method !== 'sigstore' || !claims) return [];
  const shown = [
    ['issuer', issuer],
    ['repository', claims.sourceRepositoryUri],
    ['workflow', claims.buildSignerUri],
    ['called by', claims.buildConfigUri === claims.buildSignerUri ? undefined : claims.buildConfigUri],
    ['ref', claims.sourceRepositoryRef],
    ['commit', claims.sourceRepositoryDigest],
    ['environment', claims.deploymentEnvironment],
    ['run', claims.runInvocationUri],
  ].flatMap(([name, value]) => (value === undefined ? [] : `${name} ${value}`));
  const reviewed = (signer.reviewers ?? []).map(({ login, id }) => `${login} (${id})`).join(', ');
  return [
    ...(reviewed === '' ? [] : [`released by ${reviewed}, as the platform told the job`]),
    `certified: ${shown.join(', ')}`,
    ...(provenAt ? [`signed at ${provenAt}, as log or timestamps prove`] : []),
  ];
}

/** What is attached and was not judged, so many lines at the most. */
export function unjudgedLines(found: readonly Unjudged[]): readonly string[] {
  const shown = found.slice(0, UNJUDGED_SHOWN).map(({ where, type }) => printable(`${where}  ${type}`));
  return found.length > UNJUDGED_SHOWN ? [...shown, `and ${found.length - UNJUDGED_SHOWN} more`] : shown;
}

/** Where a run of GitHub Actions can be looked at. */
function runUrl(run: ApprovalReport['run']): string | undefined {
  const { server, repository, runId } = Object.fromEntries(run.map(({ name, value }) => [name, value]));
  return server && repository && runId ? `${server}/${repository}/actions/runs/${runId}` : undefined;
}

/** Layers that make up a stage: approvals and native signatures that name it and raise no problem. */
export function layersOf(stage: StageReport, image: ImageVerdict): readonly LayerReport[] {
  return image.layers.filter(
    (layer) =>
      layer.stage === stage.stage &&
      layer.status === 'valid' &&
      layer.kind === 'bundle' &&
      !layer.reasons.some(isProblem),
  );
}

/** The decision in one sentence: the last line of every report. */
export function decisionOf(verdict: Verdict): string {
  const { images, policy, outcome } = verdict;
  const by = policy
    ? `policy ${policy.name} (${shortDigest(policy.digest)})`
    : 'the given trust material, without a policy';
  const then = verdict.asOf ? `, ${asOfWords(verdict.now)}` : '';
  const at = `${then}${verdict.without === undefined ? '' : `, if ${verdict.without} did not count`}`;
  const count = counted(images.length, 'image');
  if (images.length === 0) return 'failed: there was no image to check';
  const broken = images.filter(isByBreakGlass).length;
  const glass = broken === 0 ? '' : broken === images.length ? ' BY BREAK GLASS' : ` (${broken} BY BREAK GLASS)`;
  if (outcome === 'passed') return `passed: ${count}${glass} by ${by}${at}`;
  const unread = images.filter((image) => image.outcome === 'error').length;
  if (outcome === 'error') return `error: ${unread} of ${count} ${STATE_WORDS.error}, no verdict by ${by}${at}`;
  const failed = images.filter((image) => image.outcome === 'failed');
  const unsigned = failed.filter((image) => image.unsigned).length;
  const also = unread > 0 ? `, ${unread} more ${STATE_WORDS.error},` : '';
  const note = unsigned > 0 ? ` (${unsigned} unsigned)` : '';
  return `failed: ${failed.length} of ${count}${note}${also} by ${by}${at}`;
}

const DEFAULT_LIMIT = 9;

/** At most `limit` findings, then one line "and N more"; one line of plain text each, message first, hint after it. */
export function findingsOf(verdict: Verdict, limit: number = DEFAULT_LIMIT): readonly string[] {
  const all = [
    ...new Set(worstFirst(verdict.images).flatMap((image) => problemsOf(image).map((one) => findingLine(image, one)))),
  ];
  if (all.length <= limit) return all;
  return [...all.slice(0, limit), `and ${all.length - limit} more, see the summary`];
}

/** What failed, each thing once: the first reason of every stage that did not pass, then those of the image. */
function problemsOf(image: ImageVerdict): readonly Reason[] {
  if (image.verdict === 'passed') return [];
  const stages = image.stages.filter(({ verdict }) => verdict === 'failed' || verdict === 'missing');
  const reasons = [
    ...stages.flatMap((stage) => stage.reasons.find(isProblem) ?? []),
    ...image.reasons.filter(isProblem),
  ];
  return reasons.filter((one, index) => reasons.findIndex(({ message }) => message === one.message) === index);
}

function findingLine({ name }: ImageVerdict, { code, message, hint }: Reason): string {
  return printable(`${name}: ${message} [${code}]; ${hint}`, 1000);
}

/** A value in the text of a Markdown page: whatever it holds is shown, and starts or ends nothing. */
export function escapeMarkdown(text: string, limit?: number): string {
  const escaped = escapeHtml(text, limit)
    // A bare www. would become a link, and what comes first on a line a list or a rule.
    .replace(/www\./gi, (word) => `${word.slice(0, 3)}&#46;`)
    .replace(/^[ -]|^(\d+)\./, (lead, digits?: string) => (digits ? `${digits}&#46;` : `&#${lead.charCodeAt(0)};`));
  // Addresses of people become links after character references were read; an element between stops that.
  return escaped.replaceAll('&#64;', '<span>&#64;</span>');
}

/** A value in an attribute: all punctuation that could mean something becomes a character reference. */
export function escapeHtml(text: string, limit?: number): string {
  return printable(text, limit).replace(/[!-+/:-@[-`{-~]/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** A value inside a quoted Mermaid label. */
export function escapeMermaid(text: string, limit = 60): string {
  return printable(text, limit).replace(/[^A-Za-z0-9 .,_…-]/gu, (char) => `#${char.codePointAt(0)};`);
}

/** What makes a failed image pass, in order, with numbers where there are several steps, and the line that does each. */
export function stepsOf({ next = [] }: Pick<ImageVerdict, 'next'>): readonly Step[] {
  return next.map(({ hint, command }, index) => ({
    text: next.length > 1 ? `${index + 1}. ${hint}` : hint,
    ...(command === undefined ? {} : { command }),
  }));
}

interface Step {
  readonly text: string;
  readonly command?: string;
}

/** The same as lines of text. */
export function stepLines(image: Pick<ImageVerdict, 'next'>): readonly string[] {
  return stepsOf(image).flatMap(({ text, command }) => [text, ...(command === undefined ? [] : [`   ${command}`])]);
}

/** Through whose hands an image went, a line for each thing that was signed, and for each that is missing. */
export function custodyLines({ custody = [] }: Pick<ImageVerdict, 'custody'>): readonly string[] {
  return custody.map(({ kind, stage, number, by, time, proven, problem }) => {
    if (kind === 'gap') return `gap: ${problem ?? 'something is missing'}`;
    const name = kind === 'approval' ? `${number ?? '?'}. ${stage ?? 'a stage'}` : kind === 'other' ? 'evidence' : kind;
    const when = time === null ? '' : `, ${toSecond(time)}${proven ? ' (proven)' : ''}`;
    return `${name} by ${by ?? 'somebody'}${when}`;
  });
}
