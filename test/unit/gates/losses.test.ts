// SPDX-License-Identifier: Apache-2.0
// What a policy asks and a gate cannot is said, for each gate.

import { describe, expect, test } from 'vitest';
import { exportContainers } from '../../../src/gates/containers/export.ts';
import { listFor } from '../../../src/gates/ecl/export.ts';
import { exportKyverno } from '../../../src/gates/kubernetes/kyverno.ts';
import { exportPolicyController } from '../../../src/gates/kubernetes/policy-controller.ts';
import type { Loss } from '../../../src/gates/verdict.ts';
import type { LoadedPolicy } from '../../../src/policy/document/load.ts';
import { keyPerson, NOW, pgpPerson, policyFor } from '../../support/layers.ts';

const [alice, bob, ann, ben] = await Promise.all([
  pgpPerson('alice'),
  pgpPerson('bob'),
  keyPerson('ann'),
  keyPerson('ben'),
]);
const PEOPLE = [alice, bob, ann, ben];

/** Each gate, and two people whose keys it knows. */
const GATES = {
  ecl: { one: 'alice', other: 'bob' },
  'containers-policy': { one: 'ann', other: 'ben' },
  kyverno: { one: 'ann', other: 'ben' },
  'policy-controller': { one: 'ann', other: 'ben' },
} as const;

type Gate = keyof typeof GATES;

async function made(
  gate: Gate,
  loaded: LoadedPolicy,
): Promise<{ readonly losses: readonly Loss[]; readonly text: string }> {
  if (gate === 'ecl') {
    const { list, losses } = listFor(loaded, [{ folder: '', stages: loaded.policy.stages, never: false }], NOW);
    return { losses, text: JSON.stringify(list) };
  }
  if (gate !== 'containers-policy') {
    const write = gate === 'kyverno' ? exportKyverno : exportPolicyController;
    const { losses, files } = write(loaded, { repositories: ['ghcr.io'], namespaces: [], verdictKeys: [] }, NOW);
    return { losses, text: String(files[0]?.content).replace(/^#.*$/gm, '') };
  }
  const target = {
    scopes: ['ghcr.io/team/app'],
    keyFolder: '/keys',
    signedIdentity: { type: 'matchRepository' },
  } as const;
  const { losses, files } = await exportContainers(loaded, target, NOW);
  return { losses, text: files.map(({ name }) => name).join(' ') };
}

interface Case {
  /** `ONE` and `OTHER` stand for people. */
  readonly stage?: string;
  readonly after?: string;
  readonly windows?: string;
  readonly change?: (loaded: LoadedPolicy) => LoadedPolicy;
  readonly rule: Loss['rule'];
  readonly says: string;
}

const CASES: Readonly<Record<string, Case>> = {
  'a maximal age': { stage: 'approvers: ONE, maxAge: 90d', rule: 'age', says: 'maxAge' },
  'a human who released the job': { stage: 'approvers: ONE, reviewed: true', rule: 'review', says: 'reviewed' },
  evidence: {
    stage: 'approvers: ONE, requires: [{ evidence: sbom, signedBy: OTHER }]',
    rule: 'evidence',
    says: 'sbom',
  },
  grants: { stage: 'approvers: ONE, grantors: ONE', rule: 'grants', says: 'the gate denies images' },
  'broken glass': {
    stage: 'approvers: [ONE, OTHER], breakGlass: { by: ONE, maxDuration: 12h }',
    rule: 'break-glass',
    says: 'broken glass is not known',
  },
  'places of one map': {
    stage: 'approvers: { team: 1, ONE: 1 }',
    after: 'teams: { team: [ONE, OTHER] }',
    rule: 'distinct',
    says: 'two places',
  },
  encryption: { after: 'objects: { mustBeEncrypted: true }', rule: 'encryption', says: 'mustBeEncrypted' },
  'a part of the image': { stage: 'approvers: ONE, objects: base', rule: 'objects', says: 'the base alone' },
  'overlays alone': { stage: 'approvers: ONE, objects: overlays', rule: 'objects', says: 'overlays alone' },
  'data that may stay unsigned': { after: 'objects: { unsigned: 3 }', rule: 'encryption', says: 'unsigned' },
  'denied content': {
    after: `deny: [{ content: "sha256:${'0'.repeat(64)}", reason: broken }]`,
    rule: 'denied',
    says: 'broken',
  },
  'an end that is to come': { windows: 'until: "2027-01-31"', rule: 'window', says: 'until 2027-02-01T00:00:00Z' },
  'a beginning that was': { windows: 'from: "2026-01-31"', rule: 'window', says: 'from 2026-01-31T00:00:00Z' },
  'revocation lists': {
    change: (loaded) => ({ ...loaded, trust: { ...loaded.trust, crls: [Uint8Array.of(1)] } }),
    rule: 'revocation',
    says: 'CRLs',
  },
  'a list for every certificate': {
    change: (loaded) => ({ ...loaded, trust: { ...loaded.trust, revocation: 'require' } }),
    rule: 'revocation',
    says: 'every certificate',
  },
  'proven times': {
    change: (loaded) => ({ ...loaded, trust: { ...loaded.trust, timestamps: [Uint8Array.of(1)] } }),
    rule: 'proven-time',
    says: 'can deny images that pass',
  },
};

async function policyOf(gate: Gate, { stage = 'approvers: ONE', after, windows, change }: Case): Promise<LoadedPolicy> {
  const { one, other } = GATES[gate];
  const text = [`  - { name: one, ${stage} }`, ...(after === undefined ? [] : [after])].join('\n');
  const named = text.replaceAll('ONE', one).replaceAll('OTHER', other);
  const loaded = await policyFor(PEOPLE, named, windows === undefined ? {} : { windows: { [one]: windows } });
  return change ? change(loaded) : loaded;
}

describe.each(['ecl', 'containers-policy', 'kyverno', 'policy-controller'] as const)('what %s cannot ask', (gate) => {
  const readsTimes = gate === 'kyverno' || gate === 'policy-controller';
  test.each(Object.entries(CASES).filter(([, { rule }]) => !(readsTimes && rule === 'age')))(
    '%s',
    async (_name, given) => {
      const { losses } = await made(gate, await policyOf(gate, given));
      const found = losses.filter(({ rule }) => rule === given.rule);
      expect(found.map(({ text }) => text).join('\n')).toContain(given.says);
    },
  );

  test('nothing, where a key approves and nothing else is asked', async () => {
    expect((await made(gate, await policyOf(gate, { rule: 'age', says: '' }))).losses).toEqual([]);
  });

  test.each([
    ['whoever has left', 'until: "2026-10-31"', 'until 2026-11-01T00:00:00Z: it is left out'],
    ['whoever is to come', 'from: "2026-12-01"', 'from 2026-12-01T00:00:00Z: it is left out'],
  ])('%s is left out, and that is said', async (_name, windows, says) => {
    const { one, other } = GATES[gate];
    const stages = `  - { name: one, approvers: [${one}, ${other}] }`;
    const both = await made(gate, await policyFor(PEOPLE, stages));
    const { text, losses } = await made(gate, await policyFor(PEOPLE, stages, { windows: { [one]: windows } }));
    const left = await made(gate, await policyFor(PEOPLE, `  - { name: one, approvers: ${other} }`));
    expect(text).not.toBe(both.text);
    expect(text.replace('countersign', '')).toBe(left.text.replace('countersign', ''));
    expect(losses.map((loss) => loss.text).join()).toContain(says);
  });

  test('a stage for which too few are left is refused: no image passes the policy, and every one would pass the gate', async () => {
    const { one, other } = GATES[gate];
    const stages = `  - { name: one, approvers: ${one} }\n  - { name: two, approvers: ${other}, after: [] }`;
    const ended = await policyFor(PEOPLE, stages, { windows: { [one]: 'until: "2026-10-31"' } });
    await expect(made(gate, ended)).rejects.toThrow('stage one needs 1 people, and of its approvers 0 are left');
    const denied = await policyFor(PEOPLE, `${stages}\ndeny: [{ principal: ${one}, reason: left }]`);
    await expect(made(gate, denied)).rejects.toThrow('no image passes the policy');
    const two = `  - { name: one, approvers: [${one}, ${other}], threshold: 2 }`;
    const half = await policyFor(PEOPLE, two, { windows: { [one]: 'until: "2026-10-31"' } });
    await expect(made(gate, half)).rejects.toThrow('stage one needs 2 people, and of its approvers 1 are left');
  });
});
