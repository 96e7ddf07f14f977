// SPDX-License-Identifier: Apache-2.0
// What a stage rests on: evidence of a type, by somebody, with a content. Each piece that was found is asked the same
// questions in the same order, and the one that came furthest says why a requirement is not met.

import { evidenceKind } from '../../attest/statement.ts';
import { shortDigest } from '../../base/bytes.ts';
import { listed } from '../../base/text.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { Reason } from '../../findings/signature.ts';
import type { Policy, Requirement, Stage } from '../document/model.ts';
import type { EvidenceFact, ImageFacts } from '../facts.ts';
import { reason, type ReasonCode, remark } from '../reasons.ts';
import { describeIdentity, principalsAt } from '../rules/people.ts';
import { type Claim, type ImageView, isAboutAll, whereOf } from '../rules/view.ts';
import {
  ageProblem,
  checkFields,
  checkProvenance,
  checkSbom,
  type Content,
  Malformed,
  signedPredicate,
  timeOf,
} from './content.ts';
import { deniedComponents } from './components.ts';
import { checkFindings, scannersOf } from './findings.ts';
import { findVex, type VexBook } from './vex.ts';

/** Whether a requirement is met. */
export interface RequirementReport {
  readonly met: boolean;
  /** Why not, the deciding cause first; remarks when it is met. */
  readonly reasons: readonly Reason[];
  /** Evidence that counts. */
  readonly relied: readonly EvidenceFact[];
}

/** Pieces that a message is about, at most. */
const EXPLAINED = 5;
/** No age is too great. */
const ANY_AGE = Number.POSITIVE_INFINITY;

/** A piece of evidence, and what is wrong with it. `step` counts the questions that it answered well. */
interface Piece {
  readonly fact: EvidenceFact;
  readonly step: number;
  readonly reason?: Reason;
  readonly remarks?: readonly Reason[];
  /** What else it rests on. */
  readonly rests?: readonly EvidenceFact[];
  /** Of findings by somebody who may give them: the scanner, and when it was done. */
  readonly scan?: { readonly scanner: string; readonly time: number };
}

/** Evidence that was made after the stage was approved, or unseen, holds all the same; whoever reads the verdict knows. */
export function unlisted(
  { name }: Stage,
  { met, relied }: RequirementReport,
  claims: readonly Claim[],
): readonly Reason[] {
  const counting = claims.filter(({ counts }) => counts);
  const named = new Set(
    counting.flatMap(({ layer }) => layer.fact.approval?.evidence.map(({ digest }) => digest) ?? []),
  );
  if (!met || counting.length === 0 || relied.some(({ digest }) => named.has(digest))) return [];
  const types = relied.map(({ predicateType, digest }) => `${predicateType} (${shortDigest(digest)})`).join(', ');
  return [remark('EVIDENCE_NOT_LISTED', `stage ${name} rests on ${types}, which no approval of it lists`)];
}

/** True when some stage requires evidence of this type that lies in the file itself. */
export function mustLieInside({ stages }: Pick<Policy, 'stages'>, predicateType: string): boolean {
  return stages.some(({ requires }) =>
    requires.some(({ inside, evidence }) => inside === true && isOfKind(predicateType, evidence)),
  );
}

/** True for evidence that a requirement calls so. */
export function isOfKind(predicateType: string, evidence: string): boolean {
  return predicateType === evidence || evidenceKind(predicateType) === evidence;
}

/** Whose stage it is that requires something of an image. */
interface Asking {
  readonly policy: Policy;
  readonly stage: Stage;
  readonly image: ImageView;
}

interface Context extends Asking {
  /** Of findings: VEX documents that count. */
  readonly vex: VexBook | undefined;
}

/** An answer, and of whom and when it was asked. */
interface Answer {
  readonly asking: Asking;
  readonly report: RequirementReport;
}

/** The same is asked several times for one verdict, and anew for what would make it pass. */
const ANSWERS = new WeakMap<ImageFacts, WeakMap<Requirement, Answer>>();

/** What the image has to show for a requirement of a stage. */
export function checkRequirement(requirement: Requirement, asking: Asking): RequirementReport {
  const { policy, stage, image } = asking;
  const answers = ANSWERS.get(image.facts) ?? new WeakMap<Requirement, Answer>();
  const known = answers.get(requirement);
  if (
    known?.asking.policy === policy &&
    known.asking.stage === stage &&
    known.asking.image.now.getTime() === image.now.getTime()
  )
    return known.report;
  const report = examineAll(requirement, asking);
  ANSWERS.set(image.facts, answers.set(requirement, { asking, report }));
  return report;
}

function examineAll(requirement: Requirement, around: Asking): RequirementReport {
  const { evidence, count, signedBy, condition } = requirement;
  const vex = condition.of === 'findings' ? findVex(condition, around) : undefined;
  const context = { ...around, vex: vex?.book };
  const all = context.image.evidence
    // A verdict of ours says what was decided before; nothing is decided by it.
    .filter(({ record }) => record !== 'verdict')
    .filter(({ predicateType }) => isOfKind(predicateType, evidence))
    .map((fact) => examine(fact, requirement, context));
  const pieces = all.filter((piece) => !isSuperseded(piece, all));
  const good = pieces.filter((piece) => piece.reason === undefined);
  const names = new Set(good.map(({ fact, scan }) => scan?.scanner ?? fact.digest));
  // One scanner's good findings do not outweigh what another one found, nor one SBOM what another one names.
  const refused = pieces.some(
    ({ scan, reason: why }) => (scan && why?.code === 'EVIDENCE_FINDINGS') || why?.code === 'COMPONENT_DENIED',
  );
  const relied = good.flatMap(({ fact, rests = [] }) => [fact, ...rests]);
  if (names.size >= count && !refused)
    return { met: true, reasons: good.flatMap((piece) => piece.remarks ?? []), relied };
  const found = pieces.toSorted((a, b) => b.step - a.step).flatMap((piece) => piece.reason ?? []);
  const wanted = `stage ${context.stage.name} requires ${count > 1 ? `${count} pieces of ` : ''}${evidence} signed by ${listed(signedBy, 'or')}`;
  const few = found.length === 0 || (names.size > 0 && !refused);
  const head =
    all.length === 0
      ? reason('EVIDENCE_MISSING', `${wanted}: there is none`)
      : reason('EVIDENCE_TOO_FEW', `${wanted}: ${names.size} of them ${names.size === 1 ? 'counts' : 'count'}`);
  const unused = refused ? (vex?.refused ?? []).slice(0, EXPLAINED) : [];
  return { met: false, reasons: [...(few ? [head] : []), ...found.slice(0, EXPLAINED), ...unused], relied };
}

/** A scanner's newest findings are what it says; of two equally new ones both. A stale scan takes back nothing that was found. */
function isSuperseded({ scan, reason: why }: Piece, all: readonly Piece[]): boolean {
  if (!scan) return false;
  const newer = all.filter((other) => other.scan?.scanner === scan.scanner && other.scan.time > scan.time);
  return why?.code === 'EVIDENCE_FINDINGS'
    ? newer.some((other) => other.reason?.code !== 'EVIDENCE_STALE')
    : newer.length > 0;
}

function examine(fact: EvidenceFact, requirement: Requirement, context: Context): Piece {
  const where = `${requirement.evidence} at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
  const fail = (step: number, code: ReasonCode, problem: string): Piece => ({
    fact,
    step,
    reason: reason(code, `stage ${context.stage.name}: ${where}: ${problem}`),
  });
  const unsigned = signatureProblem(fact, requirement, context);
  if (unsigned) return fail(...unsigned);
  // However old it is and wherever it lies, an SBOM about this very image or a part of it names what is in it.
  const namesContent = evidenceKind(fact.predicateType) === 'sbom' && isAboutSome(fact, context);
  const misplaced = placeProblem(fact, requirement, context);
  if (misplaced && !namesContent) return fail(3, ...misplaced);
  try {
    const predicate = predicateOf(fact);
    const denied = namesContent ? deniedComponents(predicate, context.policy) : undefined;
    if (denied !== undefined) return fail(8, 'COMPONENT_DENIED', denied);
    if (misplaced) return fail(3, ...misplaced);
    const scan = scanOf(predicate, requirement, context.image.now);
    const content = contentOf(predicate, requirement, context);
    if (!('code' in content)) return { fact, step: 9, ...content, ...(scan ? { scan } : {}) };
    const step = content.code === 'EVIDENCE_STALE' ? 6 : content.code === 'EVIDENCE_OTHER_SCANNER' ? 5 : 7;
    return { ...fail(step, content.code, content.problem), ...(scan ? { scan } : {}) };
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
    return fail(4, 'EVIDENCE_UNREADABLE', error.message);
  }
}

/** Why the evidence is not by somebody whom the requirement names. */
function signatureProblem(
  fact: EvidenceFact,
  { signedBy }: Requirement,
  { policy, image }: Context,
): [number, ReasonCode, string] | undefined {
  const { signature, signer, reasons } = fact;
  const why = reasons[0]?.message;
  const because = why === undefined ? '' : `: ${why}`;
  if (signature === 'invalid' || signature === 'unreadable')
    return [1, 'EVIDENCE_ALTERED', `its signature does not hold${because}`];
  if (signature !== 'valid' || !signer)
    return [0, 'EVIDENCE_UNTRUSTED', `it is signed by ${describeIdentity(signer)}, who is not trusted${because}`];
  const principals = principalsAt(policy, fact, image.now);
  if (!principals.some((name) => signedBy.includes(name))) {
    const who = principals.join(', ') || describeIdentity(signer);
    return [2, 'EVIDENCE_OTHER_SIGNER', `it is signed by ${who}, not by ${listed(signedBy, 'or')}`];
  }
  return undefined;
}

/** Why the evidence is not about this image, or does not lie where it must. */
function placeProblem(
  fact: EvidenceFact,
  { inside }: Requirement,
  { image, stage }: Context,
): [ReasonCode, string] | undefined {
  if (!isAboutAll(fact, image.about(stage.name))) return ['EVIDENCE_OTHER_CONTENT', 'it is about other content'];
  const outside = inside === true && fact.place.in !== 'sif';
  return outside ? ['EVIDENCE_OUTSIDE', 'it does not lie in the SIF file itself, as `inside` asks'] : undefined;
}

function isAboutSome({ covers, contradicted }: EvidenceFact, { image, stage }: Context): boolean {
  return !contradicted && image.about(stage.name).some((id) => covers.includes(id));
}

function predicateOf({ statement }: EvidenceFact): JsonObject {
  if (!statement) throw new Malformed('its content was not read');
  const predicate = signedPredicate(statement);
  if (!isJsonObject(predicate)) throw new Malformed('its predicate is not an object');
  return predicate;
}

/** Only scans of scanners that are asked for, and not of the future, take the place of earlier ones. */
function scanOf(predicate: JsonObject, { condition }: Requirement, now: Date): Piece['scan'] {
  if (condition.of !== 'findings') return undefined;
  const [scanner] = scannersOf(predicate);
  const time = timeOf(predicate, 'findings');
  if (scanner === undefined || !isAsked(predicate, condition.scanner) || ageProblem(time, ANY_AGE, now) !== undefined)
    return undefined;
  return { scanner, time: Date.parse(time ?? '') };
}

function isAsked(predicate: JsonObject, wanted: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    scannersOf(predicate).some((name) => wanted.some((one) => one.toLowerCase() === name.toLowerCase()))
  );
}

function contentOf(
  predicate: JsonObject,
  { condition, evidence, maxAge }: Requirement,
  { image: { now }, vex }: Context,
): Content {
  const scanners = condition.of === 'findings' ? condition.scanner : [];
  if (!isAsked(predicate, scanners)) {
    const problem = `it is by ${scannersOf(predicate).join(', ') || 'no scanner that it names'}, not ${scanners.join(' or ')}`;
    return { code: 'EVIDENCE_OTHER_SCANNER', problem };
  }
  // What a scan says is its newest word also where nobody asks for its age, so it must have a time.
  const limit = maxAge ?? (condition.of === 'findings' ? ANY_AGE : undefined);
  const stale = limit === undefined ? undefined : ageProblem(timeOf(predicate, evidence), limit, now);
  if (stale !== undefined) return { code: 'EVIDENCE_STALE', problem: `it ${stale}` };
  switch (condition.of) {
    case 'findings':
      return checkFindings(predicate, condition, { now, vex });
    case 'sbom':
      return checkSbom(predicate, condition);
    case 'provenance':
      return checkProvenance(predicate, condition);
    case 'fields':
      return checkFields(predicate, condition);
    default:
      return condition satisfies never;
  }
}
