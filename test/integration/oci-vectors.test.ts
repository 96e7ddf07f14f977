// SPDX-License-Identifier: Apache-2.0
// Images that cosign, skopeo, notation and apptainer signed (test/vectors/oci): the verdict is the one that cosign
// gave, or a stricter one whose reason stands in the table STRICTER.

import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createCriteria, type Criteria } from '../../src/image/verify.ts';
import { loadPolicyBytes } from '../../src/policy/document/load.ts';
import type { ImageVerdict } from '../../src/policy/verdict.ts';
import { Secret } from '../../src/base/secret.ts';
import { describeRegistryImage } from '../../src/image/inspect.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { createSigner } from '../../src/crypto/signer.ts';
import { trustIn } from '../../src/crypto/trust.ts';
import { statuses, verdictOn } from '../support/registry-layers.ts';
import { openIn } from '../support/registry-session.ts';
import { TestRegistry } from '../support/registry-server.ts';
import { vectorPath } from '../support/vectors.ts';
import { codeOf } from '../support/signing.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const KEYS = ['author', 'security', 'production', 'outsider'] as const;
const FOLDER = vectorPath('oci');

/** Where we say no and cosign says yes. */
const STRICTER: Readonly<Record<string, string>> = {
  'stage/attest author': 'provenance is no signature of an image, whoever signed it',
  'stage/attest security': 'a vulnerability report or a verification result is no signature of an image',
  'stage/attest production': 'a verification result is no signature of an image',
};

type Verdicts = Readonly<Record<string, boolean>>;

interface Expected {
  readonly keys: Readonly<Record<string, { readonly password: string; readonly bundleHint: string }>>;
  readonly repos: Readonly<
    Record<
      string,
      {
        readonly image: string;
        readonly peers: {
          readonly 'cosign-verify'?: Verdicts | boolean;
          readonly 'cosign-verify-legacy-flag'?: Verdicts;
        };
      }
    >
  >;
}

const expected: Expected = JSON.parse(readFileSync(`${FOLDER}/expected.json`, 'utf8'));

function imageOf(repo: string): string {
  return expected.repos[repo]?.image ?? '';
}

async function open(repo: string): Promise<Repository> {
  const registry = await TestRegistry.start();
  onTestFinished(() => registry[Symbol.asyncDispose]());
  registry.load(`${FOLDER}/store`);
  return openIn(registry, { name: repo });
}

/** A policy whose stages are met by plain cosign signatures of these keys. */
async function judgeOf(...names: readonly string[]): Promise<Criteria> {
  const text = [
    'version: 1',
    'name: vectors',
    'principals:',
    ...names.map((name) => `  ${name}: { key: ${name}.pub }`),
    'stages:',
    ...names.map((name) => `  - { name: ${name}, approvers: [${name}], after: [], native: [cosign] }`),
    '',
  ].join('\n');
  const folder = `${FOLDER}/keys`;
  const policy = await loadPolicyBytes(Buffer.from(text), { path: `${folder}/policy.yaml`, folder });
  return createCriteria({ policy, now: NOW });
}

async function x509Judge(san: string, native = 'cosign'): Promise<Criteria> {
  const text = [
    'version: 1',
    'name: vectors',
    'trust: { intermediates: [int.crt] }',
    `principals: { author: { x509: { anchors: root.crt, san: '${san}' } } }`,
    `stages: [{ name: author, approvers: [author], native: [${native}] }]`,
    '',
  ].join('\n');
  const folder = `${FOLDER}/x509`;
  const policy = await loadPolicyBytes(Buffer.from(text), { path: `${folder}/policy.yaml`, folder });
  return createCriteria({ policy, now: NOW });
}

async function verdictFor(repo: string, judge: Criteria): Promise<ImageVerdict> {
  return verdictOn({ repository: await open(repo), reference: imageOf(repo) }, judge);
}

function evidenceOf({ evidence }: ImageVerdict): readonly string[] {
  return evidence.map(({ predicateType, status }) => `${status} ${predicateType.replace(/.*\//, '')}`).toSorted();
}

describe('images signed by other tools', () => {
  const recorded = Object.entries(expected.repos).flatMap(([repo, { peers }]) => {
    const modes = [peers['cosign-verify'], peers['cosign-verify-legacy-flag']].filter(
      (mode) => typeof mode === 'object',
    );
    return modes.length === 0
      ? []
      : KEYS.map((key) => ({ repo, key, accepted: modes.some((mode) => mode[key] === true) }));
  });

  test('there are enough of them', () => {
    expect(recorded.length).toBeGreaterThanOrEqual(40);
    expect(
      Object.keys(STRICTER).filter((name) => !recorded.some(({ repo, key }) => name === `${repo} ${key}`)),
    ).toEqual([]);
  });

  test.each(recorded)('$repo by $key: as cosign says ($accepted), or stricter', async ({ repo, key, accepted }) => {
    const verdict = await verdictFor(repo, await judgeOf(key));
    const wanted = accepted && STRICTER[`${repo} ${key}`] === undefined ? 'passed' : 'failed';
    expect({ verdict: verdict.verdict, reasons: verdict.reasons.map(({ message }) => message) }).toMatchObject({
      verdict: wanted,
    });
  });

  test.each(['stage/bundle', 'stage/legacy', 'stage/both'])('%s passes only with all three stages', async (repo) => {
    expect((await verdictFor(repo, await judgeOf('author', 'security', 'production'))).verdict).toBe('passed');
    expect((await verdictFor(repo, await judgeOf(...KEYS))).verdict).toBe('failed');
  });

  test('a bundle by an outsider hides nobody’s legacy signatures', async () => {
    const verdict = await verdictFor('stage/masked', await judgeOf('author', 'security'));
    expect(verdict.verdict).toBe('passed');
    expect(statuses(verdict, 'cosign').toSorted()).toEqual(['unknown-signer', 'valid', 'valid']);
  });

  test('attestations are evidence, also those in the legacy tag', async () => {
    const judge = await judgeOf('author', 'security', 'production');
    const attested = await verdictFor('stage/attest', judge);
    expect(evidenceOf(attested)).toEqual(['valid v0.2', 'valid v0.2', 'valid v1', 'valid v1']);
    expect(attested.layers).toEqual([]);
    const legacy = await verdictFor('stage/attest-legacy', judge);
    expect(evidenceOf(legacy)).toHaveLength(2);
    expect(evidenceOf(legacy).every((text) => text.startsWith('valid '))).toBe(true);
    expect(legacy.layers).toEqual([]);
  });

  test('every platform of a multi-platform image needs its signature', async () => {
    const verdict = await verdictFor('stage/multiarch', await judgeOf('author'));
    expect(verdict.coverage).toHaveLength(3);
    expect(verdict.coverage.every(({ covered }) => covered)).toBe(true);
  });

  test('a pushed SIF carries its own layers and the cosign signature of its manifest', async () => {
    const verdict = await verdictFor('stage/sif', await judgeOf('author'));
    expect(verdict.kind).toBe('sif');
    expect(verdict.layers.map(({ kind, status }) => `${kind} ${status}`).toSorted()).toEqual([
      'cosign valid',
      'native-pgp unknown-signer',
    ]);
  });

  test('what notation signed counts where the policy takes it, for the name in its certificate alone', async () => {
    expect((await verdictFor('stage/notation', await x509Judge('email:author@example.com', 'notation'))).verdict).toBe(
      'passed',
    );
    for (const judge of [
      await x509Judge('email:author@example.com'),
      await x509Judge('email:other@example.com', 'notation'),
      await judgeOf('author'),
    ])
      expect((await verdictFor('stage/notation', judge)).verdict).toBe('failed');
    expect(statuses(await verdictFor('stage/notation', await judgeOf('author')), 'notation')).toEqual(['untrusted']);
  });

  test.each(['x509/bundle', 'x509/legacy'])('%s counts for the name in its certificate alone', async (repo) => {
    expect((await verdictFor(repo, await x509Judge('email:author@example.com'))).verdict).toBe('passed');
    const other = await verdictFor(repo, await x509Judge('email:other@example.com'));
    expect(other.verdict).toBe('failed');
    expect(other.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toEqual(['SIGNER_NOT_A_PRINCIPAL']);
    const unknown = await verdictFor(repo, await judgeOf('author'));
    expect(statuses(unknown, 'cosign')).toEqual(['untrusted']);
  });

  test.each(['keyless/full', 'keyless/tsa-only'])('%s is untrusted without a Sigstore root', async (repo) => {
    const verdict = await verdictFor(repo, await judgeOf(...KEYS));
    expect(statuses(verdict, 'cosign')).toEqual(['untrusted']);
    expect(verdict.verdict).toBe('failed');
  });

  test('a key signature with a log entry counts by its key', async () => {
    expect((await verdictFor('keyless/key-tlog', await judgeOf('author'))).verdict).toBe('passed');
    expect((await verdictFor('keyless/key-tlog', await judgeOf('outsider'))).verdict).toBe('failed');
  });

  test.each(Object.entries(expected.keys))('the key %s is decrypted', async (name, { password, bundleHint }) => {
    const key = (): Secret => new Secret(readFileSync(`${FOLDER}/keys/${name}.key`));
    const options = { method: 'key', certificate: undefined, certificateChain: undefined, now: NOW } as const;
    const signer = await createSigner({ ...options, key: key(), passphrase: new Secret(password) });
    expect(signer.identity).toMatchObject({ method: 'key', hint: bundleHint });
    const wrong = createSigner({ ...options, key: key(), passphrase: new Secret('wrong') });
    expect(await codeOf(wrong)).toMatch(/^SIGNATURE_|^KEY_/);
  });
});

describe('without a policy', () => {
  test('attestations cover nothing, signatures do', async () => {
    const keys = KEYS.slice(0, 3).map((name) => readFileSync(`${FOLDER}/keys/${name}.pub`));
    const judge = await createCriteria({ policy: undefined, material: trustIn({ keys }), now: NOW });
    expect((await verdictFor('stage/both', judge)).verdict).toBe('passed');
    expect((await verdictFor('stage/attest', judge)).verdict).toBe('failed');
  });
});

describe('what other tools attached', () => {
  /** In the one form that is not read. */
  const cose = ['application/vnd.cncf.notary.signature'];

  test('is listed with its type, and decides nothing', async () => {
    const judge = await judgeOf('author', 'security');
    for (const repo of ['stage/notation', 'stage/mixed']) {
      const repository = await open(repo);
      const reference = imageOf(repo);
      const { notJudged } = await verdictOn({ repository, reference }, judge);
      const image = await openRegistryImage(repository, reference);
      expect((await describeRegistryImage(image)).notJudged, repo).toEqual(notJudged);
      const types = notJudged.map(({ type }) => type);
      expect(types, repo).toEqual(repo === 'stage/notation' ? cose : []);
      for (const { where } of notJudged) expect(where).toMatch(/^referrer sha256:[0-9a-f]{64}$/);
    }
  });

  test('legacy attestations are listed unless somebody who is trusted made them', async () => {
    const repository = await open('stage/attest-legacy');
    const at = { repository, reference: imageOf('stage/attest-legacy') };
    const image = await openRegistryImage(repository, at.reference);
    const shown = (await describeRegistryImage(image)).notJudged;
    expect(shown).not.toEqual([]);
    for (const { where, type } of shown) {
      expect(where).toBe(`tag ${cosignTag(image.descriptor.digest, 'att')}`);
      expect(type).toMatch(/^https:/);
    }
    expect((await verdictOn(at, await judgeOf('outsider'))).notJudged).toEqual(shown);
    const { notJudged, evidence } = await verdictOn(at, await judgeOf(...KEYS));
    expect(notJudged).toEqual([]);
    expect(new Set(evidence.map(({ predicateType }) => predicateType))).toEqual(new Set(shown.map(({ type }) => type)));
  });
});
