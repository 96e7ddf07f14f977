// SPDX-License-Identifier: Apache-2.0
// Random histories of an image are judged by the product as by the oracle of life.ts. `npm run oracle` tries 100,000;
// EVENT_CASES and EVENT_FIRST choose others.

import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/base/json.ts';
import type { LayerFact, VouchedTime } from '../../src/policy/facts.ts';
import type { ProvenTime, Reason } from '../../src/findings/signature.ts';
import { evaluatePolicy } from '../../src/policy/evaluate.ts';
import { statement, VULNS } from '../support/evidence.ts';
import { approve, digestOf, evidence, fingerprintOf, image, pgp, policy, replacing, stage } from '../support/facts.ts';
import {
  type Given,
  GLASS,
  GLASS_LONGEST,
  type History,
  historyFrom,
  type Paper,
  PEOPLE,
  SCAN_OLDEST,
  STAGES,
} from './history.ts';
import { fateOf } from './life.ts';
import { Dice } from './random-cases.ts';

const CASES = Number(process.env['EVENT_CASES'] ?? 3000);
const FIRST = Number(process.env['EVENT_FIRST'] ?? 1);
const OPENVEX = 'https://openvex.dev/ns/v0.2.0';
const MESSAGES = { expired: 'PGP_KEY_EXPIRED', retired: 'PGP_KEY_RETIRED', compromised: 'PGP_KEY_REVOKED' } as const;

test(`${CASES} histories from ${FIRST} on are judged alike`, { timeout: 1_200_000 }, () => {
  const differences: string[] = [];
  const seen = new Map<string, number>();
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const history = historyFrom(new Dice(seed));
    const fate = fateOf(history);
    const { verdict, stages } = evaluatePolicy(rulesOf(history), factsOf(history), { now: new Date(history.now) });
    const words = stages.map((one) =>
      one.verdict === 'passed' ? 'passed' : one.verdict === 'break-glass' ? 'skipped' : 'open',
    );
    const reviewed = stages
      .flatMap(({ breakGlass = [] }) => breakGlass)
      .filter(({ reviewedBy }) => reviewedBy.length > 0);
    const ours = [verdict === 'passed', ...words, reviewed.length].join();
    const theirs = [fate.passed, ...fate.stages, fate.reviewed].join();
    if (ours !== theirs) differences.push(`${seed}: ${ours} / ${theirs} after ${history.told.join(', ')}`);
    for (const word of [`verdict ${verdict}`, ...words, ...(reviewed.length > 0 ? ['reviewed'] : [])])
      seen.set(word, (seen.get(word) ?? 0) + 1);
  }
  expect(differences.slice(0, 10)).toEqual([]);
  // Histories that all end alike would show nothing.
  for (const word of ['verdict passed', 'verdict failed', 'passed', 'skipped', 'open', 'reviewed'])
    expect([word, (seen.get(word) ?? 0) > CASES / 100]).toEqual([word, true]);
});

function rulesOf({ left, needed }: History) {
  const principals = [...PEOPLE, 'ci', 'psirt'].map((name) => {
    const until = left.get(name);
    const window = until === undefined ? {} : { window: { until } };
    return { name, credentials: [{ method: 'pgp' as const, fingerprint: fingerprintOf(name), ...window }] };
  });
  const stages = STAGES.map(([name, approvers], index) =>
    stage(name, approvers, {
      after: STAGES.slice(Math.max(0, index - 1), index).map(([before]) => before),
      ...(name === 'security'
        ? {
            threshold: needed,
            breakGlass: { by: GLASS, maxDuration: GLASS_LONGEST },
            requires: [
              {
                evidence: 'findings',
                signedBy: ['ci'],
                count: 1,
                maxAge: SCAN_OLDEST,
                condition: {
                  of: 'findings' as const,
                  failOn: 'high' as const,
                  unknownAs: 'critical' as const,
                  scanner: [],
                  exceptions: [],
                  vexBy: ['psirt'],
                },
              },
            ],
          }
        : {}),
    }),
  );
  return policy(principals, stages);
}

/** The facts as the reading of the image would give them: signatures by the times that are proven for them. */
function factsOf(history: History) {
  const papers = new Map(history.papers.map((one, index) => [one, paperFact(one, index, history)]));
  const layers = new Map<Given, LayerFact>();
  for (const one of history.approvals) {
    const after = one.saw.flatMap((other) => layers.get(other) ?? []);
    const listed = one.sawPapers.flatMap((paper) => papers.get(paper) ?? []);
    const old = one.replaces.flatMap((other) => layers.get(other) ?? []);
    const layer = approve(one.stage, pgp(one.who), {
      after,
      approval: {
        timeVerified: new Date(one.at).toISOString(),
        reason: String(one.at),
        evidence: listed.map(({ predicateType, digest }) => ({ predicateType, digest })),
        ...replacing(...old),
      },
    });
    layers.set(one, { ...layer, ...checked(one, history) });
  }
  const all = [...layers].map(([one, layer]) => ({ ...layer, ...vouchedFor(one, layer, { layers, history }) }));
  return image(all, {
    evidence: [...papers].map(([one, fact]) => {
      const { takesBack } = one;
      const digests = (takesBack ?? []).flatMap(
        (other) => (other.is === 'approval' ? layers : papers).get(other as never)?.digest ?? [],
      );
      const withdrawal = { stage: 'x', approvals: digests, reason: 'x', withdrawnAt: new Date(one.at).toISOString() };
      return takesBack ? { ...fact, withdrawal } : fact;
    }),
  });
}

function proofOf(time: number): ProvenTime {
  return { time: new Date(time), latest: new Date(time), accuracyMs: 0, proof: 'timestamp', by: 'CN=TSA' };
}

function isGoodAt(who: string, time: number, { ends }: History): boolean {
  const end = ends.get(who);
  return end === undefined || (end.kind !== 'compromised' && time < end.at);
}

function checked({ who, stamped }: Given | Paper, history: History) {
  const proven = stamped === undefined ? {} : { proven: proofOf(stamped) };
  if (isGoodAt(who, stamped ?? history.now, history)) return { signature: 'valid', ...proven } as const;
  const kind = history.ends.get(who)?.kind ?? 'expired';
  const reasons: readonly Reason[] = [{ code: MESSAGES[kind], message: kind, hint: '' }];
  // A timestamp proves the time of a signature that does not count, too.
  return { signature: 'untrusted', reasons, ...proven } as const;
}

/** What a signature is worth by the stamps of later approvals that list it, earliest first. */
function vouchedFor(
  one: Given,
  layer: LayerFact,
  { layers, history }: { readonly layers: ReadonlyMap<Given, LayerFact>; readonly history: History },
): Pick<LayerFact, 'vouched'> {
  const times = [...layers].flatMap(([other, { signature, digest }]) =>
    other.saw.includes(one) && signature === 'valid' && other.stamped !== undefined
      ? [{ time: other.stamped, digest }]
      : [],
  );
  const vouched = times
    .filter(({ time }) => layer.signature === 'untrusted' || one.stamped === undefined || time < one.stamped)
    .filter(({ time }) => isGoodAt(one.who, time, history))
    .sort((a, b) => a.time - b.time)
    .map(({ time, digest }): VouchedTime => {
      const proven = { ...proofOf(time), proof: 'later-approval' as const, by: digest };
      return { by: digest, signer: layer.signer, reasons: [], proven };
    });
  return vouched.length > 0 ? { vouched } : {};
}

function paperFact(one: Paper, index: number, history: History) {
  const time = new Date(one.at).toISOString();
  const base = { signer: pgp(one.who), method: 'pgp' as const, ...checked(one, history) };
  if (one.is === 'scan') {
    const found: readonly JsonObject[] = one.bad
      ? [
          {
            id: 'CVE-2024-1',
            severity: [{ method: 'grype', score: 'critical' }],
            annotations: [{ package: 'libx', version: '1', purl: 'pkg:deb/debian/libx@1' }],
          },
        ]
      : [];
    const predicate = {
      scanner: { uri: 'https://example.org/grype', db: { lastUpdate: time }, result: found },
      metadata: { scanStartedOn: time, scanFinishedOn: time },
      countersign: { scanner: 'grype', recognised: true },
    };
    return statement(VULNS, predicate, base);
  }
  if (one.is === 'vex') {
    const status = one.bad ? 'affected' : 'not_affected';
    const said = {
      vulnerability: { name: 'CVE-2024-1' },
      products: [{ '@id': 'pkg:deb/debian/libx@1' }],
      status,
      justification: 'component_not_present',
      timestamp: time,
    };
    return statement(OPENVEX, { '@context': OPENVEX, statements: [said] }, base);
  }
  const digest = digestOf(`${one.is} ${index} ${time}`);
  if (one.is === 'withdrawal')
    return evidence('withdrawal', { ...base, digest, predicateType: 'urn:countersign:withdrawal:v1' });
  const breakGlass = {
    stage: 'security',
    stageId: 'urn:countersign:stage:security',
    reason: 'down',
    ticket: 'OPS-1',
    from: `${time.slice(0, 19)}Z`,
    until: `${new Date(one.until ?? 0).toISOString().slice(0, 19)}Z`,
  };
  return evidence('glass', { ...base, digest, predicateType: 'urn:countersign:break-glass:v1', breakGlass });
}

test('the histories hold every kind of event', () => {
  const told = new Set(Array.from({ length: 300 }, (_, seed) => historyFrom(new Dice(seed + 1)).told).flat());
  expect(told.size).toBe(11);
});
