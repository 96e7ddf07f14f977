// SPDX-License-Identifier: Apache-2.0
// Lane objects named before their bytes were known: approvals only, and nothing around the signed bytes that could be
// changed unnoticed.

import { beforeAll, describe, expect, test } from 'vitest';
import { attachEvidence } from '../../../src/stage/evidence.ts';
import { laneObject, reservedLaneObject } from '../../../src/image/sif/lane.ts';
import { RESERVED_BYTES } from '../../../src/image/sif/signature-objects.ts';
import type { NewObject } from '../../../src/sif/edit/append.ts';
import { judgeTrusting, keyPerson, messagesOf, NOW, type Person, signAs, verdictOf } from '../../support/layers.ts';
import { bundleMadeBy, imageWith } from '../../support/lane-bundles.ts';

let alice: Person;
let approval: string;
let evidence: Uint8Array;

beforeAll(async () => {
  alice = await keyPerson('alice', 'p256');
  const judge = await judgeTrusting([alice]);
  approval = Buffer.from(await bundleMadeBy((path) => signAs(path, alice, 'author', judge))).toString();
  const statements = [{ predicateType: 'https://slsa.dev/provenance/v1', predicate: { a: 1 } }];
  evidence = await bundleMadeBy((path) => attachEvidence({ path, statements, signer: alice.signer, now: NOW }));
});

async function judged(...objects: readonly NewObject[]) {
  const verdict = await verdictOf(await imageWith(...objects), await judgeTrusting([alice]));
  return { verdict: verdict.verdict, messages: messagesOf(verdict).join('\n') };
}

const UNALTERED = { verdict: 'passed', messages: expect.not.stringContaining('altered') };

const reserved = (text: string) => reservedLaneObject('author', Buffer.from(text));

describe('an approval without digest in its name', () => {
  test.each([0, 1, 16, RESERVED_BYTES])('may end with %i spaces', async (spaces) => {
    expect(await judged(reserved(approval + ' '.repeat(spaces)))).toMatchObject(UNALTERED);
  });

  test('may not end with more', async () => {
    const { verdict, messages } = await judged(reserved(approval + ' '.repeat(RESERVED_BYTES + 1)));
    expect(verdict).toBe('failed');
    expect(messages).toContain(`was altered: it ends with ${RESERVED_BYTES + 1} spaces`);
  });

  test.each([
    ['a line end', (text: string) => `${text}\n`],
    ['a tab between spaces', (text: string) => `${text}  \t `],
    ['a space before it', (text: string) => ` ${text}`],
    ['a space within it', (text: string) => text.replace('{"payload"', '{ "payload"')],
    ['a byte order mark', (text: string) => `\uFEFF${text}`],
    ['an escape', (text: string) => text.replace('"mediaType"', '"media\\u0054ype"')],
  ])('is altered by %s', async (_, alter) => {
    const altered = alter(approval);
    expect(altered).not.toBe(approval);
    const { verdict, messages } = await judged(reserved(altered));
    expect(verdict).toBe('failed');
    expect(messages).toContain('was altered');
  });

  test.each(['\0', 'x', '{}'])('is altered by %j after the spaces', async (more) => {
    const { verdict, messages } = await judged(reserved(`${approval} ${more}`));
    expect(verdict).toBe('failed');
    expect(messages).toContain('was altered');
  });

  test('may not carry the name of another stage', async () => {
    const other = reservedLaneObject('production', Buffer.from(approval));
    const { verdict, messages } = await judged(other);
    expect(verdict).toBe('failed');
    expect(messages).toContain('its name is "countersign/approval/production"');
  });
});

test('a name with the digest covers white space, so that any is allowed', async () => {
  const spaced = Buffer.from(`\n${approval}\n${' '.repeat(5000)}`);
  expect((await judged(laneObject('approval', 'author', spaced))).verdict).toBe('passed');
});

describe('evidence', () => {
  test('is named by its digest', async () => {
    expect(await judged(reserved(approval), laneObject('evidence', 'provenance', evidence))).toMatchObject(UNALTERED);
  });

  test.each(['countersign/evidence/provenance', 'countersign/approval/provenance'])(
    'is altered when it is called %s',
    async (name) => {
      const object = { ...laneObject('evidence', 'provenance', evidence), name };
      const { verdict, messages } = await judged(reserved(approval), object);
      expect(verdict).toBe('failed');
      expect(messages).toContain(`was altered: its name is "${name}"`);
    },
  );
});
