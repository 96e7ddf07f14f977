// SPDX-License-Identifier: Apache-2.0
// What the gates of clusters are told to ask, and what Kyverno makes of the bundles that it sees.

import { describe, expect, test } from 'vitest';
import { type Bundle, parseBundle } from '../../../src/attest/bundle.ts';
import { spkisIn } from '../../../src/crypto/keys.ts';
import { exportKyverno, kyvernoPage } from '../../../src/gates/kubernetes/kyverno.ts';
import { exportPolicyController } from '../../../src/gates/kubernetes/policy-controller.ts';
import { judgeBundles } from '../../../src/gates/kubernetes/simulate.ts';
import { wantedSummaries } from '../../../src/gates/kubernetes/wanted.ts';
import { parseForeignYaml } from '../../../src/policy/yaml/yaml.ts';
import { keyPerson, NOW, type Person, pgpPerson, policyFor } from '../../support/layers.ts';
import { plainBundle, plainStatement } from '../../support/plain-cosign.ts';

const [alice, ann, ben, ci] = await Promise.all([
  pgpPerson('alice'),
  keyPerson('ann', 'p256'),
  keyPerson('ben'),
  keyPerson('ci'),
]);
const target = (verdictKeys: readonly Uint8Array[] = []) => ({
  repositories: ['ghcr.io/octo-org/app'],
  namespaces: ['production'],
  verdictKeys,
});
const keysOf = ({ publicKey }: Person) => spkisIn(Buffer.from(publicKey));
const DIGEST = `sha256:${'ab'.repeat(32)}` as const;

describe('exports', () => {
  test('ask for people, not for signatures', async () => {
    const loaded = await policyFor(
      [ann, ben],
      '  - { name: security, approvers: [ann, ben], threshold: 2, maxAge: 30d }',
    );
    const { files, asks, losses } = exportKyverno(loaded, target(), NOW);
    const text = String(files[0]?.content);
    expect(asks).toEqual(['an approval of stage security by 2 of ann, ben']);
    expect(losses).toEqual([]);
    expect(text).not.toContain('verifyImageSignatures');
    expect(text).toContain('.filter(signed, signed).size() >= 2');
    expect(text).toContain("duration('2592000s')");
    expect(text.match(/BEGIN PUBLIC KEY/g)).toHaveLength(2);
    expect(String(exportPolicyController(loaded, target(), NOW).files[0]?.content)).toContain('count(people) >= 2');
  });

  test('a stage by other keys is not asked for, and nothing at all is refused', async () => {
    const both = await policyFor(
      [alice, ann],
      '  - { name: author, approvers: alice }\n  - { name: security, approvers: ann }',
    );
    const { asks, losses } = exportKyverno(both, target(), NOW);
    expect(asks).toEqual(['an approval of stage security by ann']);
    expect(losses).toMatchObject([{ stage: 'author', rule: 'credentials' }, { rule: 'order' }]);
    const none = await policyFor([alice], '  - { name: author, approvers: alice }');
    expect(() => exportKyverno(none, target(), NOW)).toThrow('their approvers have other keys than it reads');
    // The verdict is about all of it.
    expect(exportKyverno(none, target(keysOf(ci)), NOW)).toMatchObject({
      losses: [],
      asks: [expect.stringContaining('verdict')],
    });
  });

  test('signers of Sigstore are asked for by name, jobs and their claims are not', async () => {
    const read = await policyFor([ann], '  - { name: security, approvers: ann }');
    const root = Buffer.from('{"tlogs":[{"baseUrl":"https://log.example.org"}]}');
    const made = (claims: object, more: { threshold?: number; log?: number } = {}) => {
      const { threshold = 1, log = 1 } = more;
      const credential = {
        method: 'sigstore',
        issuer: 'https://id.example.org',
        san: ['email:a.*@example.org'],
        claims,
      } as const;
      const principals = [{ name: 'crowd', many: true, credentials: [credential] }] as const;
      const stages = read.policy.stages.map((stage) => ({ ...stage, approvers: ['crowd'], threshold }));
      const trust = { ...read.trust, sigstore: [{ root, log, timestamps: 1, sct: 0 }] };
      const loaded = { ...read, trust, policy: { ...read.policy, principals, stages } };
      const { files, losses } = exportKyverno(loaded, target(), NOW);
      return { text: String(files[0]?.content), rules: losses.map(({ rule }) => rule), loaded };
    };
    const { text, rules, loaded } = made({});
    expect(text).toContain(String.raw`subjectRegExp: "^a\\.[^@]+@example\\.org$"`);
    expect(text).toContain('url: "https://log.example.org"');
    expect(rules).toEqual([]);
    expect(made({}, { log: 2 }).rules).toEqual(['alternatives']);
    expect(made({}, { log: 0 }).text).toContain('insecureIgnoreTlog: true');
    const { credentials } = loaded.policy.principals[0] ?? { credentials: [] };
    const twins = ['ann', 'ben'].map((name) => ({ name, credentials }));
    const stages = loaded.policy.stages.map((stage) => ({ ...stage, approvers: ['ann', 'ben'], threshold: 2 }));
    const both = { ...loaded, policy: { ...loaded.policy, principals: twins, stages } };
    expect(() => exportKyverno(both, target(), NOW)).toThrow('1 have keys that no other has');
    // One name fits several people, whom the gate does not tell apart.
    expect(made({}, { threshold: 2 }).rules).toEqual(['threshold']);
    expect(() => made({ sourceRepositoryUri: ['https://github.com/acme/app'] })).toThrow('other keys than it reads');
    expect(() => exportPolicyController(loaded, target(), NOW)).toThrow('other keys than it reads');
  });

  test('a plain cosign signature that approves is said not to', async () => {
    const loaded = await policyFor([ann], '  - { name: security, approvers: ann, native: cosign }');
    expect(exportKyverno(loaded, target(), NOW).losses).toMatchObject([{ stage: 'security', rule: 'alternatives' }]);
  });

  test('what a verdict cannot say of the time after is said', async () => {
    const loaded = await policyFor([ann], '  - { name: security, approvers: ann, maxAge: 30d }');
    for (const write of [exportKyverno, exportPolicyController])
      expect(write(loaded, target(keysOf(ci)), NOW).losses).toMatchObject([{ rule: 'age' }]);
  });

  test('texts of a policy stay texts in the manifest', async () => {
    const id = `https://example.org/"') || true # \\`;
    const read = await policyFor([ann], '  - { name: security, approvers: ann }');
    const stages = read.policy.stages.map((stage) => ({ ...stage, id }));
    const loaded = { ...read, name: 'a\u2028spec: {}\u0085x', policy: { ...read.policy, stages } };
    for (const write of [exportKyverno, exportPolicyController]) {
      const text = String(write(loaded, target(), NOW).files[0]?.content);
      expect(text).toContain(`== ${JSON.stringify(id)}`);
      expect(() => parseForeignYaml(text, 'manifest')).not.toThrow();
      expect(text.split(/[\n\u0085\u2028]/).filter((line) => line.startsWith('spec'))).toEqual(['spec:']);
    }
    expect(kyvernoPage('x').body.join('\n')).toContain('kubectl apply');
  });
});

describe('what Kyverno sees', () => {
  const approval = (more: object = {}) => ({
    verifier: { id: 'urn:countersign:stage:security' },
    verificationResult: 'PASSED',
    timeVerified: '2026-11-22T11:00:00Z',
    countersign: { expires: null },
    ...more,
  });

  async function bundle(person: Person, predicate: unknown, more: object = {}): Promise<Bundle> {
    const subject = [{ digest: { sha256: 'ab'.repeat(32) } }];
    const predicateType = 'https://slsa.dev/verification_summary/v1';
    const statement = plainStatement(subject, { predicateType, predicate, ...more });
    return parseBundle(await plainBundle({ person, statement }));
  }

  async function judged(bundles: readonly Bundle[], stage = 'approvers: ann', verdictKeys: readonly Uint8Array[] = []) {
    const loaded = await policyFor([ann, ben], `  - { name: security, ${stage} }`);
    const { wanted } = wantedSummaries(loaded, loaded.policy.stages, { verdictKeys, now: NOW, readsNames: true });
    return judgeBundles(bundles, { digest: DIGEST, wanted, now: NOW });
  }

  test.each<[string, unknown, string]>([
    [
      'another stage',
      approval({ verifier: { id: 'urn:countersign:stage:author' } }),
      'is for "urn:countersign:stage:author"',
    ],
    ['no verifier', approval({ verifier: undefined }), 'is for null'],
    ['a failure', approval({ verificationResult: 'FAILED' }), 'says that it failed'],
    ['an end', approval({ countersign: { expires: '2026-11-22T12:00:00Z' } }), 'has expired'],
    ['an end that is no time', approval({ countersign: { expires: 'never' } }), 'has expired'],
    ['an age', approval({ timeVerified: '2026-11-20T12:00:00Z' }), 'is too old'],
    ['nothing', [], 'says nothing'],
  ])('%s is no approval', async (_, predicate, why) => {
    const stage = 'approvers: ann, maxAge: 2d';
    expect(await judged([await bundle(ann, approval())], stage)).toMatchObject({ verdict: 'allowed' });
    const verdict = await judged([await bundle(ann, predicate)], stage);
    expect(verdict).toMatchObject({
      verdict: 'denied',
      words: 'an image has not an approval of stage security by ann',
    });
    expect(verdict.reasons[0]).toMatchObject({ code: 'GATE_SUMMARY_MISSING', message: expect.stringContaining(why) });
  });

  test('two approvers with one key are one, as for verify-all', async () => {
    const shared = { ...ann, name: 'bob' };
    const stage = '  - { name: security, approvers: [ann, bob, ben], threshold: 2 }';
    const loaded = await policyFor([ann, shared, ben], stage);
    const { wanted, losses } = wantedSummaries(loaded, loaded.policy.stages, { verdictKeys: [], now: NOW });
    expect(losses.map(({ text }) => text)).toContainEqual(expect.stringContaining('ann or bob, ben'));
    const [one, other] = [await bundle(ann, approval()), await bundle(ben, approval())];
    const said = async (bundles: readonly Bundle[]) =>
      (await judgeBundles(bundles, { digest: DIGEST, wanted, now: NOW })).verdict;
    expect([await said([one]), await said([one, other])]).toEqual(['denied', 'allowed']);
    const text = String(exportKyverno(loaded, target(), NOW).files[0]?.content);
    expect(text.match(/BEGIN PUBLIC KEY/g)).toHaveLength(2);
    const alone = await policyFor([ann, shared], stage.replace(', ben', ''));
    expect(() => exportKyverno(alone, target(), NOW)).toThrow('of its approvers 1 have keys that no other has');
  });

  test('the last one by a key counts, whatever came before', async () => {
    const right = await bundle(ann, approval());
    const other = await bundle(ann, approval({ verifier: { id: 'urn:countersign:stage:author' } }));
    expect(await judged([other, right])).toMatchObject({ verdict: 'allowed' });
    expect(await judged([right, other])).toMatchObject({ verdict: 'denied' });
    // Evidence, and what others sign, is between them and counts for nothing.
    const sbom = await bundle(ann, {}, { predicateType: 'https://cyclonedx.org/bom' });
    expect(await judged([right, sbom, await bundle(ben, approval({ verifier: {} }))])).toMatchObject({
      verdict: 'allowed',
    });
  });

  test('a person counts once, and a stranger never', async () => {
    const two = 'approvers: [ann, ben], threshold: 2';
    const [one, other] = [await bundle(ann, approval()), await bundle(ben, approval())];
    expect(await judged([one, other], two)).toMatchObject({ verdict: 'allowed' });
    expect(await judged([one, one], two)).toMatchObject({ verdict: 'denied' });
    expect(await judged([await bundle(ci, approval())])).toMatchObject({ verdict: 'denied' });
    const elsewhere = await bundle(ann, approval(), { subject: [{ digest: { sha256: 'cd'.repeat(32) } }] });
    expect(await judged([elsewhere])).toMatchObject({ verdict: 'denied' });
  });

  test('what its own signer wrote in a form that is read differently leaves it open', async () => {
    const odd = await bundle(ann, approval(), { _type: 'https://example.org/statement' });
    expect(await judged([await bundle(ann, approval()), odd])).toMatchObject({ verdict: 'unknown' });
  });

  test('a verdict is of this policy, and passed without broken glass', async () => {
    const loaded = await policyFor([ann, ben], '  - { name: security, approvers: ann }');
    const sha256 = loaded.digest.slice('sha256:'.length);
    const verdict = (more: object = {}) => ({
      verifier: { id: 'urn:countersign:verify-all' },
      verificationResult: 'PASSED',
      verifiedLevels: ['POLICY_PASSED'],
      policy: { uri: 'test', digest: { sha256 } },
      ...more,
    });
    const { wanted } = wantedSummaries(loaded, loaded.policy.stages, { verdictKeys: keysOf(ci), now: NOW });
    const of = async (person: Person, predicate: unknown) =>
      (await judgeBundles([await bundle(person, predicate)], { digest: DIGEST, wanted, now: NOW })).verdict;
    expect(await of(ci, verdict())).toBe('allowed');
    expect(await of(ann, verdict())).toBe('denied');
    expect(await of(ci, approval())).toBe('denied');
    expect(await of(ci, verdict({ verifiedLevels: ['POLICY_PASSED_BY_BREAK_GLASS'] }))).toBe('denied');
    expect(await of(ci, verdict({ policy: { uri: 'test', digest: { sha256: '00'.repeat(32) } } }))).toBe('denied');
  });
});
