// SPDX-License-Identifier: Apache-2.0
// Who fills which stage? A principal and a signer count once per stage, and fill at most one stage of a distinct
// group. A single stage is a bipartite matching; stages tied together by `distinct` are searched exactly, with a
// bound on the work that makes the stage fail when it is reached.

/** A signer who may count as a principal. */
export interface Candidate {
  readonly signer: string;
  readonly principal: string;
}

export interface StageNeed {
  readonly stage: string;
  readonly needed: number;
  readonly candidates: readonly Candidate[];
}

export interface StageFill {
  readonly stage: string;
  readonly met: boolean;
  /** True when the search was given up; `met` is false then. */
  readonly undecided: boolean;
  /** Principals that count, in the order of the candidates. */
  readonly principals: readonly string[];
  /** Principals that do not count because they fill another stage of a distinct group. */
  readonly conflicts: readonly { readonly principal: string; readonly stage: string }[];
}

/** Steps of one search; three stages with ten approvers each need a few hundred. */
const MAX_STEPS = 50_000;

type Assignment = ReadonlyMap<string, readonly Candidate[]>;

/** The largest set of candidates in which no signer and no principal appears twice. */
export function matchCandidates(candidates: readonly Candidate[]): readonly Candidate[] {
  const signerOf = new Map<string, string>();
  const options = new Map<string, string[]>();
  for (const { signer, principal } of candidates) options.set(signer, [...(options.get(signer) ?? []), principal]);
  const place = (signer: string, tried: Set<string>): boolean => {
    for (const principal of options.get(signer) ?? []) {
      if (tried.has(principal)) continue;
      tried.add(principal);
      const holder = signerOf.get(principal);
      if (holder !== undefined && !place(holder, tried)) continue;
      signerOf.set(principal, signer);
      return true;
    }
    return false;
  };
  for (const signer of options.keys()) place(signer, new Set());
  return candidates.filter(({ signer, principal }) => signerOf.get(principal) === signer);
}

/**
 * Fills the stages in their order: a stage that cannot be filled together with the earlier ones fails, and the earlier
 * ones stand.
 */
export function fillStages(
  needs: readonly StageNeed[],
  distinct: readonly (readonly string[])[],
): readonly StageFill[] {
  const rivals = rivalsOf(needs, distinct);
  const accepted: StageNeed[] = [];
  let assignment: Assignment = new Map();
  const undecided = new Set<string>();
  for (const need of needs) {
    const tied = (rivals.get(need.stage) ?? []).length > 0;
    const near = tied ? connected(need.stage, rivals) : new Set();
    const found = tied
      ? search([...accepted.filter(({ stage }) => near.has(stage)), need], rivals)
      : withMatching(assignment, need);
    if (found === 'undecided') undecided.add(need.stage);
    else if (found) {
      assignment = tied ? new Map([...assignment, ...found]) : found;
      if (tied) accepted.push(need);
    }
  }
  const complete = extend(needs, assignment, rivals);
  return needs.map((need) => ({
    stage: need.stage,
    met: assignment.has(need.stage),
    undecided: undecided.has(need.stage),
    principals: unique((complete.get(need.stage) ?? []).map(({ principal }) => principal)),
    conflicts: conflictsOf(need, complete, rivals),
  }));
}

/** For each stage the other stages of its distinct groups. */
function rivalsOf(
  needs: readonly StageNeed[],
  distinct: readonly (readonly string[])[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(
    needs.map(({ stage }) => {
      const others = distinct.filter((group) => group.includes(stage)).flat();
      return [stage, unique(others.filter((other) => other !== stage))];
    }),
  );
}

/** The stage and all stages tied to it, directly or through others. */
function connected(stage: string, rivals: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const found = new Set([stage]);
  for (const one of found) for (const rival of rivals.get(one) ?? []) found.add(rival);
  return found;
}

function withMatching(assignment: Assignment, need: StageNeed): Assignment | undefined {
  const matched = matchCandidates(need.candidates);
  return matched.length < need.needed ? undefined : new Map([...assignment, [need.stage, matched]]);
}

interface Search {
  readonly needs: readonly StageNeed[];
  readonly rivals: ReadonlyMap<string, readonly string[]>;
  readonly chosen: Map<string, Candidate[]>;
  steps: number;
}

function search(
  needs: readonly StageNeed[],
  rivals: ReadonlyMap<string, readonly string[]>,
): Assignment | 'undecided' | undefined {
  const ordered = needs.map((need) => ({ ...need, candidates: rarestFirst(need, needs, rivals) }));
  const state: Search = { needs: ordered, rivals, chosen: new Map(), steps: 0 };
  if (choose(state, 0, 0)) return state.chosen;
  return state.steps > MAX_STEPS ? 'undecided' : undefined;
}

/** Candidates that no rival stage wants come first: they cost nothing. */
function rarestFirst(
  need: StageNeed,
  needs: readonly StageNeed[],
  rivals: ReadonlyMap<string, readonly string[]>,
): readonly Candidate[] {
  const near = needs.filter((other) => rivals.get(need.stage)?.includes(other.stage));
  const wanted = (one: Candidate) => near.filter((other) => other.candidates.some((two) => clash(one, two))).length;
  return [...need.candidates]
    .map((candidate) => ({ candidate, wanted: wanted(candidate) }))
    .sort((a, b) => a.wanted - b.wanted)
    .map(({ candidate }) => candidate);
}

/** Fills stage number `index` from candidate number `from` on, then the stages after it; undoes what leads nowhere. */
function choose(state: Search, index: number, from: number): boolean {
  state.steps += 1;
  const need = state.needs[index];
  if (!need) return true;
  const mine = state.chosen.get(need.stage) ?? [];
  if (mine.length >= need.needed) return choose(state, index + 1, 0);
  for (let at = from; at < need.candidates.length && state.steps <= MAX_STEPS; at += 1) {
    const candidate = need.candidates[at];
    if (!candidate || !isFree(candidate, need.stage, state.chosen, state.rivals)) continue;
    state.chosen.set(need.stage, [...mine, candidate]);
    if (choose(state, index, at + 1)) return true;
    state.chosen.set(need.stage, mine);
  }
  return false;
}

function clash(a: Candidate, b: Candidate): boolean {
  return a.signer === b.signer || a.principal === b.principal;
}

function isFree(
  candidate: Candidate,
  stage: string,
  chosen: Assignment,
  rivals: ReadonlyMap<string, readonly string[]>,
): boolean {
  const near = [stage, ...(rivals.get(stage) ?? [])];
  return near.every((name) => !(chosen.get(name) ?? []).some((other) => clash(other, candidate)));
}

/** Adds everybody else who counts too, without touching what the search decided. */
function extend(
  needs: readonly StageNeed[],
  assignment: Assignment,
  rivals: ReadonlyMap<string, readonly string[]>,
): Assignment {
  const complete = new Map<string, readonly Candidate[]>(assignment);
  for (const { stage, candidates } of needs)
    for (const candidate of candidates)
      if (isFree(candidate, stage, complete, rivals)) complete.set(stage, [...(complete.get(stage) ?? []), candidate]);
  return new Map(
    needs.map(({ stage, candidates }) => [stage, candidates.filter((one) => complete.get(stage)?.includes(one))]),
  );
}

function conflictsOf(
  need: StageNeed,
  complete: Assignment,
  rivals: ReadonlyMap<string, readonly string[]>,
): StageFill['conflicts'] {
  const conflicts = new Map<string, string>();
  const mine = complete.get(need.stage) ?? [];
  for (const candidate of need.candidates) {
    if (mine.some((one) => one.principal === candidate.principal)) continue;
    const rival = (rivals.get(need.stage) ?? []).find((name) =>
      (complete.get(name) ?? []).some((other) => clash(other, candidate)),
    );
    if (rival !== undefined) conflicts.set(candidate.principal, rival);
  }
  return [...conflicts].map(([principal, stage]) => ({ principal, stage }));
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
