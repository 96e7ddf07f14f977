// SPDX-License-Identifier: Apache-2.0
// What no approval can mend, in words; and what becomes of an image if everybody approves in turn: a way that is found in few
// tries, if not the shortest. Pure.

import type { Reason } from '../../findings/signature.ts';
import type { Stage } from '../../policy/document/model.ts';
import type { ImageFacts } from '../../policy/facts.ts';
import { isProblem } from '../../policy/reasons.ts';
import { isMany, principalsBehind } from '../../policy/rules/people.ts';
import { quorumsOf } from '../../policy/rules/threshold.ts';
import { isFilled } from '../../policy/reports.ts';
import { quorumText } from '../../policy/rules/unmet.ts';
import { standingFacts } from '../../policy/rules/view.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { stagesBefore } from '../approval.ts';
import { isComplaint } from './complaints.ts';
import type { Approving, Trial } from './trial.ts';

/** Steps that are named at most; an image that needs more is made anew. */
const MOST_STEPS = 200;
/** Approvers of whom it is said why they are no help. */
const NAMED = 10;
/** What whoever approves a stage anew takes away. */
const GIVES_WAY: ReadonlySet<string> = new Set(['APPROVAL_OTHER_CONTENT', 'IMAGE_UNSIGNED', 'LAYER_ALTERED']);

/** Approvals after which the image passes, or what is lacking. */
export interface Everybody {
  readonly enough: readonly Approving[] | undefined;
  readonly lacking: readonly string[];
}

/** Lets everybody approve in turn until each stage passes. */
export function everybodysApprovals(trial: Trial, start: ImageFacts): Everybody {
  const taken: Approving[] = [];
  const asked: string[] = [];
  let facts = start;
  const isDone = () => trial.isSpent || taken.length >= MOST_STEPS || trial.judge(facts, asked).verdict === 'passed';
  for (const stage of trial.stages) {
    asked.push(stage.name);
    // A principal can stand for many people: each round asks another one of them.
    for (let before = -1; before < taken.length && !isDone(); ) {
      before = taken.length;
      for (const candidate of trial.candidates(stage, facts, taken.length)) {
        if (isDone()) break;
        const way = trial.ways(candidate, facts).at(-1);
        const after = way && trial.after(way, facts, taken.length);
        if (!way || !after || !trial.isAccepted(way, facts, after)) continue;
        facts = after;
        taken.push(way);
      }
    }
  }
  const verdict = trial.judge(facts);
  if (verdict.verdict === 'passed') return { enough: withoutIdle(trial, start, taken), lacking: [] };
  return { enough: undefined, lacking: wordsFor(trial, facts, verdict) };
}

/** Without what is not needed beside the others. */
function withoutIdle(trial: Trial, start: ImageFacts, taken: readonly Approving[]): readonly Approving[] {
  let left = taken;
  for (const one of taken) {
    const others = left.filter((other) => other !== one);
    const done = trial.afterAll(others, start, 0);
    if (done && trial.judge(done).verdict === 'passed') left = others;
    if (trial.isSpent) break;
  }
  // What is left may have nothing to take the place of any more.
  let facts = start;
  return left.map((one, step) => {
    const ways = trial.ways(one, facts);
    const way = ways.find(({ replace }) => replace === one.replace) ?? ways[0] ?? one;
    facts = trial.after(way, facts, step);
    return way;
  });
}

/** What nobody's approval can bring: what is wrong with the image, and stages that too few can approve. */
export function lackingAnyway(trial: Trial, facts: ImageFacts): readonly string[] {
  const { reasons } = trial.judge(facts);
  const general = reasons.filter((one) => isProblem(one) && !isComplaint(one) && !GIVES_WAY.has(one.code));
  const short = trial.stages.filter((stage) => isShort(trial, facts, stage));
  return [...general.map(advice), ...short.map((stage) => wordsForStage(trial, facts, stage))];
}

/** Fewer can approve or have approved than the stage needs. */
function isShort(trial: Trial, facts: ImageFacts, stage: Stage): boolean {
  const { policy } = trial.policy;
  const valid = standingFacts(policy, facts, trial.now).layers.filter(({ signature }) => signature === 'valid');
  const there = valid.filter(({ approval }) => !approval || approval.stage === stage.name);
  const behind = new Set(there.flatMap((layer) => (layer.granted ? stage.approvers : principalsBehind(policy, layer))));
  const unable = new Set(trial.unable(stage, facts).map(({ name }) => name));
  const able = (names: readonly string[]): readonly string[] =>
    names.filter((name) => behind.has(name) || !unable.has(name));
  return quorumsOf(stage).some(({ approvers, needed }) => {
    const some = able(approvers);
    return some.length < needed && !some.some((name) => isMany(policy, name));
  });
}

/** What fails still when everybody has approved: of each stage that waits for no other. */
function wordsFor(trial: Trial, facts: ImageFacts, verdict: ImageVerdict): readonly string[] {
  const open = verdict.stages.filter((one) => !isFilled(one));
  const names = open.map(({ stage }) => stage);
  const first = open.filter(({ stage }) => !stagesBefore(trial.policy, stage).some((name) => names.includes(name)));
  const words = first.flatMap(({ stage: name, reasons, approvedBy }) => {
    const stage = trial.stages.find((one) => one.name === name);
    const complaints = reasons.filter((one) => isComplaint(one) || one.code === 'STAGE_NOT_DISTINCT').map(advice);
    const people = stage && !reasons.some(isComplaint) ? [wordsForStage(trial, facts, stage, approvedBy)] : [];
    return [...people, ...complaints];
  });
  const more = verdict.reasons.filter(isProblem).map(advice);
  const all = [...new Set(words.length > 0 ? words : more)];
  return trial.isSpent ? [...all, 'not all ways were tried: the search takes a second at most'] : all;
}

/** How many the stage needs, who can be counted, and why others cannot approve. */
function wordsForStage(trial: Trial, facts: ImageFacts, stage: Stage, counted?: readonly string[]): string {
  const unable = trial.unable(stage, facts);
  const able = counted ?? stage.approvers.filter((name) => !unable.some((one) => one.name === name));
  const who = able.length === 0 ? 'nobody' : `only ${able.slice(0, NAMED).join(', ')}`;
  const wanted = quorumsOf(stage).map(quorumText).join(' and ');
  const why = unable.slice(0, NAMED).map(({ name, why: problem }) => `; ${name}: ${problem}`);
  return `stage ${stage.name} needs ${wanted}, and ${who} can approve it in a way that counts${why.join('')}`;
}

function advice({ message, hint }: Reason): string {
  return `${message}: ${hint}`;
}
