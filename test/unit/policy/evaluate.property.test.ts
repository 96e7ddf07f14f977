// SPDX-License-Identifier: Apache-2.0
import type { SignatureStatus } from '../../../src/findings/signature.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { LayerFact } from '../../../src/policy/facts.ts';
import type { Policy } from '../../../src/policy/document/model.ts';
import type { ImageVerdict } from '../../../src/policy/verdict.ts';
import { approve, digestOf, image, key, native, NOW, person, pgp, policy, stage } from '../../support/facts.ts';

const PEOPLE = ['alice', 'bob', 'carol', 'dora'] as const;
const STAGES = ['author', 'security', 'production'] as const;

interface Recipe {
  readonly stage: (typeof STAGES)[number];
  readonly who: string;
  readonly native: boolean;
  readonly status: SignatureStatus;
  readonly contradicted: boolean;
  readonly partial: boolean;
  readonly expired: boolean;
  /** Which of the layers before this one its signer saw. */
  readonly saw: readonly boolean[];
  readonly removed: boolean;
}

const recipe: fc.Arbitrary<Recipe> = fc.record({
  stage: fc.constantFrom(...STAGES),
  who: fc.constantFrom(...PEOPLE, 'mallory'),
  native: fc.boolean().map((one) => one),
  status: fc.oneof(
    { weight: 12, arbitrary: fc.constant('valid' as const) },
    fc.constantFrom('unknown-signer', 'untrusted'),
  ),
  contradicted: fc.integer({ min: 0, max: 15 }).map((one) => one === 0),
  partial: fc.integer({ min: 0, max: 15 }).map((one) => one === 0),
  expired: fc.integer({ min: 0, max: 15 }).map((one) => one === 0),
  saw: fc.array(
    fc.integer({ min: 0, max: 5 }).map((one) => one > 0),
    { minLength: 8, maxLength: 8 },
  ),
  removed: fc.integer({ min: 0, max: 12 }).map((one) => one === 0),
});

function layersOf(recipes: readonly Recipe[]): readonly LayerFact[] {
  const made: LayerFact[] = [];
  for (const [index, one] of recipes.entries()) {
    const more: Partial<LayerFact> = {
      signature: one.status,
      contradicted: one.contradicted,
      ...(one.partial ? { covers: ['object 1'] } : {}),
      ...(one.contradicted ? { covers: [] } : {}),
    };
    const digest = digestOf(`${index} ${JSON.stringify(one)}`);
    const seen = made.filter((layer, at) => one.saw[at] && layer.signature === 'valid' && !layer.contradicted);
    const expires = one.expired ? '2026-01-01T00:00:00Z' : null;
    made.push(
      one.native
        ? native(pgp(one.who), { ...more, digest })
        : approve(one.stage, pgp(one.who), { after: seen, approval: { expires }, layer: { ...more, digest } }),
    );
  }
  return made.filter((_, index) => !recipes[index]?.removed);
}

const layers = fc.array(recipe, { maxLength: 8 }).map(layersOf);

const rules: fc.Arbitrary<Policy> = fc
  .record({
    thresholds: fc.tuple(...STAGES.map(() => fc.integer({ min: 1, max: 2 }))),
    approvers: fc.tuple(...STAGES.map(() => fc.subarray([...PEOPLE], { minLength: 2 }))),
    native: fc.boolean(),
    distinct: fc.subarray([...STAGES], { minLength: 0 }),
  })
  .map(({ thresholds, approvers, native: accepts, distinct }) =>
    policy(
      PEOPLE.map((name) => person(name)),
      STAGES.map((name, index) =>
        stage(name, approvers[index] ?? [], {
          threshold: thresholds[index] ?? 1,
          after: STAGES.slice(Math.max(0, index - 1), index),
          native: accepts ? ['pgp'] : [],
        }),
      ),
      distinct.length > 1 ? [distinct] : [],
    ),
  );

function evaluate(chosen: Policy | undefined, found: readonly LayerFact[]): ImageVerdict {
  return evaluatePolicy(chosen, image(found), { now: NOW });
}

function outcome(verdict: ImageVerdict) {
  return [verdict.verdict, ...verdict.stages.map((one) => [one.stage, one.verdict, one.approvedBy])];
}

/** Layers that no reason keeps from counting and whose signer fills a stage. */
function counting(verdict: ImageVerdict, found: readonly LayerFact[]): readonly LayerFact[] {
  const approvers = new Set(verdict.stages.flatMap((one) => one.approvedBy));
  const sound = verdict.layers.filter(
    ({ status, reasons, signer }) =>
      status === 'valid' &&
      approvers.has(signer?.principal ?? '') &&
      !reasons.some(({ severity }) => severity !== 'remark'),
  );
  return found.filter(({ digest }) => sound.some((layer) => layer.digest === digest));
}

const maybePolicy = fc.oneof({ weight: 4, arbitrary: rules }, fc.constant(undefined));

describe('whatever is on an image', () => {
  test('the order of layers does not matter', () => {
    fc.assert(
      fc.property(maybePolicy, layers, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), (chosen, found, ranks) => {
        const shuffled = found
          .map((layer, index) => ({ layer, rank: ranks[index] ?? 0 }))
          .sort((a, b) => a.rank - b.rank);
        expect(
          evaluate(
            chosen,
            shuffled.map(({ layer }) => layer),
          ),
        ).toEqual(evaluate(chosen, found));
      }),
      { numRuns: 300 },
    );
  });

  test('a layer by an unknown signer changes no outcome', () => {
    fc.assert(
      fc.property(maybePolicy, layers, recipe, (chosen, found, more) => {
        const extra = layersOf([{ ...more, removed: false, who: 'mallory', status: 'unknown-signer' }]);
        expect(outcome(evaluate(chosen, [...found, ...extra]))).toEqual(outcome(evaluate(chosen, found)));
      }),
      { numRuns: 300 },
    );
  });

  test('a valid layer by somebody who is no principal changes no outcome', () => {
    fc.assert(
      fc.property(rules, layers, recipe, (chosen, found, more) => {
        const extra = layersOf([{ ...more, removed: false, who: 'mallory', status: 'valid' }]);
        expect(outcome(evaluate(chosen, [...found, ...extra]))).toEqual(outcome(evaluate(chosen, found)));
      }),
      { numRuns: 300 },
    );
  });

  test('removing a layer that counts never turns failed into passed', () => {
    fc.assert(
      fc.property(rules, layers, (chosen, found) => {
        const verdict = evaluate(chosen, found);
        if (verdict.verdict === 'passed') return;
        for (const gone of counting(verdict, found))
          expect(
            evaluate(
              chosen,
              found.filter((layer) => layer !== gone),
            ).verdict,
          ).toBe('failed');
      }),
      { numRuns: 600 },
    );
  });

  test('what failed has a reason, and what passed is approved by enough different approvers', () => {
    let passed = 0;
    fc.assert(
      fc.property(rules, layers, (chosen, found) => {
        const verdict = evaluate(chosen, found);
        for (const [index, one] of verdict.stages.entries()) {
          const allowed = chosen.stages[index]?.approvers ?? [];
          expect(one.approvedBy.every((name) => allowed.includes(name))).toBe(true);
          expect(new Set(one.approvedBy).size).toBe(one.approvedBy.length);
          if (one.verdict === 'passed') passed += 1;
          if (one.verdict === 'passed') expect(one.approvedBy.length).toBeGreaterThanOrEqual(one.needed);
          else expect(one.reasons.some(({ severity }) => severity !== 'remark')).toBe(true);
        }
        for (const group of chosen.distinct) {
          const names = verdict.stages.filter((one) => group.includes(one.stage)).flatMap((one) => one.approvedBy);
          expect(new Set(names).size).toBe(names.length);
        }
        const blamed = [...verdict.reasons, ...verdict.stages.flatMap((one) => one.reasons)];
        if (verdict.verdict === 'failed') expect(blamed.some(({ severity }) => severity !== 'remark')).toBe(true);
      }),
      { numRuns: 600 },
    );
    expect(passed).toBeGreaterThan(50);
  });

  test('a key that is trusted for nothing approves nothing', () => {
    const facts = [approve('author', key('anybody'))];
    expect(evaluate(policy([person('alice')], [stage('author', ['alice'])]), facts).verdict).toBe('failed');
  });
});
