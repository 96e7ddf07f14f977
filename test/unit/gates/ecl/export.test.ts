// SPDX-License-Identifier: Apache-2.0
// Which groups of the execution control list a policy becomes, and what is said of what it loses.

import { describe, expect, test } from 'vitest';
import { exportList } from '../../../../src/gates/ecl/files.ts';
import { listFor } from '../../../../src/gates/ecl/export.ts';
import { keyPerson, NOW, type Person, pgpPerson, policyFor } from '../../../support/layers.ts';

const [alice, bob, kim] = await Promise.all([pgpPerson('alice'), pgpPerson('bob'), keyPerson('kim')]);
const [A, B] = [alice, bob].map(fingerprintOf);

function fingerprintOf({ signer: { identity } }: Person): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

interface More {
  readonly never?: boolean;
  readonly folder?: string;
  readonly timestamps?: string;
  readonly windows?: Readonly<Record<string, string>>;
}

async function exported(stages: string, more: More = {}) {
  const loaded = await policyFor([alice, bob, kim], stages, more);
  const placements = [{ folder: '', never: false, ...more, stages: loaded.policy.stages }];
  const { list, losses } = listFor(loaded, placements, NOW);
  return { mode: list.groups[0]?.mode, keys: list.groups[0]?.fingerprints, losses: losses.map(({ rule }) => rule) };
}

describe('a policy as execution control list', () => {
  test.each([
    ['one of several', '  - { name: one, approvers: [alice, bob] }', 'whitelist', [A, B], []],
    [
      'every stage has its key',
      '  - { name: one, approvers: alice }\n  - { name: two, approvers: bob }',
      'whitestrict',
      [A, B],
      ['order'],
    ],
    ['all of several', '  - { name: one, approvers: [alice, bob], threshold: 2 }', 'whitestrict', [A, B], []],
    [
      'a stage without OpenPGP is lost',
      '  - { name: one, approvers: kim }\n  - { name: two, approvers: bob, after: [] }',
      'whitestrict',
      [B],
      ['credentials'],
    ],
    [
      'a stage with another way is lost',
      '  - { name: one, approvers: [alice, kim] }\n  - { name: two, approvers: bob, after: [] }',
      'whitestrict',
      [B],
      ['credentials'],
    ],
    [
      'a choice beside a key is lost',
      '  - { name: one, approvers: alice }\n  - { name: two, approvers: [alice, bob], after: [] }',
      'whitestrict',
      [A],
      ['alternatives'],
    ],
    [
      'of two choices the last is asked',
      '  - { name: one, approvers: [alice, bob] }\n  - { name: two, approvers: [bob, alice], after: [] }',
      'whitelist',
      [B, A],
      ['alternatives'],
    ],
    [
      'evidence is lost',
      '  - { name: one, approvers: alice, requires: [{ evidence: sbom, signedBy: kim }] }',
      'whitestrict',
      [A],
      ['evidence'],
    ],
  ])('%s', async (_name, stages, mode, keys, losses) => {
    expect(await exported(stages)).toEqual({ mode, keys, losses });
  });

  test('distinct people are lost', async () => {
    const stages =
      '  - { name: one, approvers: [alice, bob] }\n  - { name: two, approvers: [alice, bob], after: [] }\ndistinct: [[one, two]]';
    expect((await exported(stages)).losses).toEqual(['distinct', 'alternatives']);
  });

  test('of a threshold one is asked', async () => {
    const carol = await pgpPerson('carol');
    const loaded = await policyFor(
      [alice, bob, carol],
      '  - { name: one, approvers: [alice, bob, carol], threshold: 2 }',
    );
    const { list, losses } = listFor(loaded, [{ folder: '', never: false, stages: loaded.policy.stages }], NOW);
    expect(list.groups[0]?.mode).toBe('whitelist');
    expect(losses.map(({ rule }) => rule)).toEqual(['threshold']);
  });

  test('each part of a map of approvers is asked by itself', async () => {
    const stages = '  - { name: one, approvers: { alice: 1, bob: 1 } }';
    expect(await exported(stages)).toEqual({ mode: 'whitestrict', keys: [A, B], losses: [] });
    const mixed = '  - { name: one, approvers: { alice: 1, kim: 1 } }';
    expect(await exported(mixed)).toEqual({ mode: 'whitestrict', keys: [A], losses: ['credentials'] });
  });

  test('a principal that stands for many is somebody by each key', async () => {
    const { policy, trust } = await policyFor([alice, bob], '  - { name: one, approvers: [alice], threshold: 1 }');
    const credentials = policy.principals.flatMap((one) => one.credentials);
    const principals = [{ name: 'alice', many: true as const, credentials }];
    const by = (threshold: number) => {
      const stages = policy.stages.map((stage) => ({ ...stage, threshold }));
      const source = { policy: { ...policy, principals, stages }, trust };
      const { list, losses } = listFor(source, [{ folder: '', never: false, stages }], NOW);
      return [list.groups[0]?.mode, list.groups[0]?.fingerprints, losses];
    };
    expect(by(1)).toEqual(['whitelist', [A, B], []]);
    expect(by(2)).toEqual(['whitestrict', [A, B], []]);
  });

  test('what is denied for good is not asked for, what counts in part is lost', async () => {
    const deny = (entry: string) => `  - { name: one, approvers: [alice, bob] }\ndeny:\n  - { ${entry}, reason: lost }`;
    expect(await exported(deny('principal: alice'))).toEqual({ mode: 'whitestrict', keys: [B], losses: [] });
    expect(await exported(deny(`key: "${A}"`))).toEqual({ mode: 'whitestrict', keys: [B], losses: [] });
    expect(await exported(deny('principal: alice, since: "2026-01-01T00:00:00Z"'))).toEqual({
      mode: 'whitelist',
      keys: [A, B],
      losses: ['denied'],
    });
    expect((await exported(deny(`content: "sha256:${'0'.repeat(64)}"`))).losses).toEqual(['denied']);
  });

  test('keys that must not have signed', async () => {
    expect(await exported('  - { name: one, approvers: [alice, kim] }', { never: true, folder: '/srv' })).toEqual({
      mode: 'blacklist',
      keys: [A],
      losses: [],
    });
  });

  test('nothing that can be asked is refused: an empty list means something else', async () => {
    const stages = '  - { name: one, approvers: kim }';
    await expect(exported(stages)).rejects.toMatchObject({ code: 'GATE_NOT_EXPRESSIBLE' });
    await expect(exported(stages, { never: true })).rejects.toMatchObject({ code: 'GATE_NOT_EXPRESSIBLE' });
  });

  test('a key that is in no keyring is refused', async () => {
    const loaded = await policyFor([alice], '  - { name: one, approvers: alice }');
    const placements = [{ folder: '', never: false, stages: loaded.policy.stages }];
    const without = { ...loaded, trust: { ...loaded.trust, keyrings: [] } };
    await expect(exportList(without, placements, NOW)).rejects.toMatchObject({
      code: 'GATE_KEY_MISSING',
      message: `no keyring of the policy has the key ${A}`,
    });
    const made = await exportList(loaded, placements, NOW);
    expect(made.files.map(({ name }) => name)).toEqual(['ecl.toml', 'global-pgp-public', 'apptainer.conf.lines']);
  });

  test('very many people who count for a time', async () => {
    const { policy, trust } = await policyFor([alice], '  - { name: one, approvers: alice }');
    const people = Array.from({ length: 150_000 }, (_, index) => ({
      name: `person${index}`,
      credentials: [{ method: 'pgp' as const, fingerprint: `${1e9 + index}`.padStart(40, 'A'), window: { from: 0 } }],
    }));
    const stages = policy.stages.map((stage) => ({ ...stage, approvers: people.map(({ name }) => name) }));
    const source = { policy: { ...policy, principals: people, stages }, trust };
    const { losses } = listFor(source, [{ folder: '', never: false, stages }], NOW);
    expect(losses).toHaveLength(people.length);
  });
});
