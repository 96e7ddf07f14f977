// SPDX-License-Identifier: Apache-2.0
// What `cosign sign` writes, and what somebody might write like it with a trusted key: as bundle and in the legacy tag.
// It counts where cosign and podman take it, or is stricter.

import { beforeAll, describe, expect, test } from 'vitest';
import type { Criteria } from '../../src/image/verify.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { type Digest, utf8 } from '../../src/base/bytes.ts';
import { encodeSimpleSigning, parseSimpleSigning } from '../../src/oci/cosign/cosign.ts';
import { judgeBy, keyPerson, messagesOf, type Person, policyFor, stagesOf } from '../support/layers.ts';
import {
  attachPlain,
  attachStatement,
  type PlainBundle,
  plainBundle,
  plainStatement,
  plantLegacy,
  type SubjectText,
} from '../support/plain-cosign.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';

let author: Person;
let stranger: Person;
let judge: Criteria;

beforeAll(async () => {
  author = await keyPerson('author', 'p256');
  stranger = await keyPerson('stranger', 'p256');
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

function verdictIn({ repository, image }: Scene, by: Criteria = judge): Promise<ImageVerdict> {
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

describe('the payload of a legacy signature', () => {
  test.each([
    'oci:folder',
    'oci:/path/to/My folder!',
    'oci:..',
    'oci:/',
    `oci:/${'x'.repeat(300)}`,
    'ghcr.io/team/app',
  ])('that we write for %s is one', (place) => {
    const digest: Digest = `sha256:${'0'.repeat(64)}`;
    expect(parseSimpleSigning(encodeSimpleSigning(place, digest, { stage: 'a' }))).toMatchObject({ digest });
  });

  const critical = ({ image, repository }: Scene) => ({
    identity: { 'docker-reference': repository.name },
    image: { 'docker-manifest-digest': image.digest },
    type: 'cosign container image signature',
  });
  type Payload = (here: Scene) => object;

  /** Each was tried with skopeo 1.22.0, which says the same. */
  test.each<[string, boolean, Payload]>([
    ['as cosign writes it', true, (here) => ({ critical: critical(here), optional: null })],
    ['as skopeo writes it', true, (here) => ({ critical: critical(here), optional: { creator: 's', timestamp: 5 } })],
    ['with notes of any kind', true, (here) => ({ critical: critical(here), optional: { ticket: [1, null] } })],
    ['without optional', false, (here) => ({ critical: critical(here) })],
    ['with a text as optional', false, (here) => ({ critical: critical(here), optional: 'x' })],
    ['with a number as creator', false, (here) => ({ critical: critical(here), optional: { creator: 5 } })],
    ['with a text as timestamp', false, (here) => ({ critical: critical(here), optional: { timestamp: '5' } })],
    ['with a fraction as timestamp', false, (here) => ({ critical: critical(here), optional: { timestamp: 5.5 } })],
    ['with another member', false, (here) => ({ critical: critical(here), optional: null, extra: 1 })],
    ['with another critical one', false, (here) => ({ critical: { ...critical(here), extra: 1 }, optional: null })],
    [
      'with another member beside the digest',
      false,
      (here) => ({
        critical: { ...critical(here), image: { ...critical(here).image, extra: 1 } },
        optional: null,
      }),
    ],
    [
      'with another member beside the reference',
      false,
      (here) => ({
        critical: { ...critical(here), identity: { ...critical(here).identity, extra: 1 } },
        optional: null,
      }),
    ],
    ...['', 'Team/App:', 'registry.example.org/team/app:', 'oci:/folder', 'https://example.org/a'].map(
      (reference): [string, boolean, Payload] => [
        `with the reference ${JSON.stringify(reference)}`,
        false,
        (here) => ({
          critical: { ...critical(here), identity: { 'docker-reference': reference } },
          optional: null,
        }),
      ],
    ),
  ])('%s: %s', async (_, counts, payload) => {
    const here = await scene();
    await plantLegacy(here.repository, here.image, [{ person: author, payload: utf8(JSON.stringify(payload(here))) }]);
    const verdict = await verdictIn(here);
    expect(verdict.verdict).toBe(counts ? 'passed' : 'failed');
    const codes = verdict.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    expect(codes.includes('COSIGN_PAYLOAD_INVALID')).toBe(!counts);
  });
});

describe('a plain signature in a bundle', () => {
  type Made = (here: Scene) => Partial<PlainBundle>;
  const subject = ({ image }: Scene, more: object = {}): SubjectText => ({
    digest: { sha256: image.digest.slice(7) },
    ...more,
  });
  const inMaterial = (more: object) => (bundle: Record<string, unknown>) => ({
    ...bundle,
    verificationMaterial: Object.assign({}, bundle['verificationMaterial'], more),
  });
  const signedBy = (more: object) => (bundle: Record<string, unknown>) => {
    const text = JSON.stringify(bundle);
    const found: { dsseEnvelope: { signatures: object[] } } = JSON.parse(text);
    found.dsseEnvelope.signatures = found.dsseEnvelope.signatures.map((one) => ({ ...one, ...more }));
    return found;
  };
  const keyidOf = ({ signer }: Person): string => (signer.native.format === 'dsse' ? signer.native.keyid : '');
  const beside = { mediaType: 'text/plain', bytes: utf8('anything') };

  /** Each was tried with cosign 3.1.1, which says the same or is less strict. */
  test.each<[string, boolean, Made]>([
    ['as cosign writes it', true, () => ({})],
    [
      'with all that a subject may have',
      true,
      (here) => ({
        statement: plainStatement([
          subject(here, {
            name: 'n',
            uri: 'u',
            mediaType: 'm',
            downloadLocation: 'd',
            content: 'AAAA',
            annotations: { a: { b: [1, null] } },
          }),
        ]),
      }),
    ],
    ['with an empty log', true, () => ({ alter: inMaterial({ tlogEntries: [] }) })],
    [
      'with the older label of 0.3',
      true,
      () => ({ mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.3' }),
    ],
    [
      'with another member of the statement',
      false,
      (here) => ({ statement: plainStatement([subject(here)], { foo: 1 }) }),
    ],
    ['with another member of a subject', false, (here) => ({ statement: plainStatement([subject(here, { foo: 1 })]) })],
    ['with a text as predicate', false, (here) => ({ statement: plainStatement([subject(here)], { predicate: 'x' }) })],
    ['with another member of the bundle', false, () => ({ alter: (bundle) => ({ ...bundle, foo: 1 }) })],
    ['with another member that is null', false, () => ({ alter: (bundle) => ({ ...bundle, foo: null }) })],
    ['with another member of the material', false, () => ({ alter: inMaterial({ foo: 1 }) })],
    ['with another member of the key', false, () => ({ alter: inMaterial({ publicKey: { hint: '', foo: 1 } }) })],
    ['with another member of the signature', false, () => ({ alter: signedBy({ foo: 1 }) })],
    ['with a keyid of its own', false, () => ({ alter: signedBy({ keyid: 'foo' }) })],
    ['with an empty keyid', true, () => ({ alter: signedBy({ keyid: '' }) })],
    ['with the OpenSSH fingerprint of its key', true, () => ({ alter: signedBy({ keyid: keyidOf(author) }) })],
    ['with that of another key', false, () => ({ alter: signedBy({ keyid: keyidOf(stranger) }) })],
    [
      'of version 0.2 in a layer of 0.3',
      false,
      () => ({ mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.2' }),
    ],
    ['beside another layer', false, () => ({ companions: [beside] })],
  ])('%s: %s', async (_, counts, made) => {
    const here = await scene();
    const bundle: PlainBundle = { person: author, statement: plainStatement([subject(here)]), ...made(here) };
    await attachStatement(here.repository, here.image, bundle);
    const verdict = await verdictIn(here);
    expect(verdict.verdict).toBe(counts ? 'passed' : 'failed');
    const codes = verdict.layers.flatMap(({ status, reasons }) => [status, ...reasons.map(({ code }) => code)]);
    expect(codes).toEqual(counts ? ['valid'] : expect.arrayContaining(['untrusted', 'COSIGN_BUNDLE_UNUSUAL']));
  });

  test('counts once it is also attached alone, whatever copies are beside it', async () => {
    const here = await scene();
    const statement = plainStatement([subject(here)]);
    const bytes = await plainBundle({ person: author, statement });
    for (const texts of [['a'], ['b'], ['c'], ['d'], []]) {
      const companions = texts.map((text) => ({ ...beside, bytes: utf8(text) }));
      await attachPlain(here.repository, here.image, { bytes, companions });
    }
    const verdict = await verdictIn(here);
    expect({ verdict: verdict.verdict, layers: verdict.layers.length }).toEqual({ verdict: 'passed', layers: 1 });
  });
});
