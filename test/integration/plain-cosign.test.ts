// SPDX-License-Identifier: Apache-2.0
// What `cosign sign` writes, and what somebody might write like it with a trusted key: as bundle and in the legacy tag.
// It counts where cosign and podman take it, or is stricter.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Judge } from '../../src/layers/verify.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { utf8 } from '../../src/primitives/bytes.ts';
import { judgeBy, keyPerson, messagesOf, type Person, policyFor, stagesOf } from '../support/layers.ts';
import { attachStatement, plainStatement, plantLegacy, type SubjectText } from '../support/plain-cosign.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import type { Manifest, Repository } from '../../src/registry/repository.ts';

let author: Person;
let judge: Judge;

beforeAll(async () => {
  author = await keyPerson('author', 'p256');
  const stages = ['author', 'production'].map(
    (name) => `  - { name: ${name}, approvers: [author], after: [], native: [cosign] }`,
  );
  judge = await judgeBy(await policyFor([author], stages.join('\n')));
});

interface Scene {
  readonly repository: Repository;
  readonly image: Manifest;
  readonly other: Manifest;
}

async function scene(): Promise<Scene> {
  const repository = await openIn(await startRegistry());
  const image = await pushOciImage(repository, { tag: 'v1' });
  return { repository, image, other: await pushOciImage(repository, { label: 'other' }) };
}

function verdictIn({ repository, image }: Scene, by: Judge = judge): Promise<ImageVerdict> {
  return verdictOn({ repository, reference: image.digest }, by);
}

describe('the stage that a plain signature names', () => {
  const subject = ({ digest }: Manifest, stage?: unknown): SubjectText => ({
    digest: { sha256: digest.slice(7) },
    ...(stage === undefined ? {} : { annotations: { stage } }),
  });

  test.each<[string, (here: Scene) => readonly SubjectText[], readonly string[]]>([
    ['none', ({ image }) => [subject(image)], ['author', 'production']],
    ['one', ({ image }) => [subject(image, 'author')], ['author']],
    [
      'another for another image',
      ({ image, other }) => [subject(other, 'author'), subject(image, 'production')],
      ['production'],
    ],
    [
      'one for another image only',
      ({ image, other }) => [subject(other, 'author'), subject(image)],
      ['author', 'production'],
    ],
    ['two', ({ image }) => [subject(image, 'author'), subject(image, 'production')], []],
    ['a number', ({ image }) => [subject(image, 5)], []],
    ['null', ({ image }) => [subject(image, null)], []],
  ])('in a bundle: %s', async (_, subjects, passed) => {
    const here = await scene();
    await attachStatement(here.repository, here.image, { person: author, statement: plainStatement(subjects(here)) });
    const verdict = await verdictIn(here);
    const names = Object.entries(stagesOf(verdict)).filter(([, outcome]) => outcome === 'passed');
    expect(names.map(([name]) => name)).toEqual(passed);
    if (passed.length === 0) expect(messagesOf(verdict).join()).toContain('does not say in one text for which stage');
  });

  test.each<[unknown, readonly string[]]>([
    ['author', ['author']],
    [1, []],
    [null, []],
  ])('in a legacy payload: %s', async (stage, passed) => {
    const here = await scene();
    const { digest } = here.image;
    const payload = {
      critical: {
        identity: { 'docker-reference': here.repository.name },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: { stage },
    };
    await plantLegacy(here.repository, here.image, [{ person: author, payload: utf8(JSON.stringify(payload)) }]);
    const names = Object.entries(stagesOf(await verdictIn(here))).filter(([, outcome]) => outcome === 'passed');
    expect(names.map(([name]) => name)).toEqual(passed);
  });
});
