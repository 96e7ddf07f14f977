// SPDX-License-Identifier: Apache-2.0
import type { SignerIdentity } from '../../../src/findings/signature.ts';
import { describe, expect, test } from 'vitest';
import { combineVerdict, evaluatePolicy, type EvaluateOptions } from '../../../src/policy/evaluate.ts';
import type { ImageFacts, LayerFact } from '../../../src/policy/facts.ts';
import type { Policy } from '../../../src/policy/document/model.ts';
import type { ImageVerdict } from '../../../src/policy/verdict.ts';
import {
  approve,
  digestOf,
  evidence,
  image,
  listed,
  native,
  NOW,
  person,
  pgp,
  PIPELINE,
  pipelineLayers,
  policy,
  stage,
  x509,
} from '../../support/facts.ts';

function evaluate(facts: ImageFacts, rules: Policy | null = PIPELINE, more: Partial<EvaluateOptions> = {}) {
  return evaluatePolicy(rules ?? undefined, facts, { now: NOW, ...more });
}

function stageOf(verdict: ImageVerdict, name: string) {
  const found = verdict.stages.find((one) => one.stage === name);
  if (!found) throw new Error(`no stage ${name}`);
  return found;
}

/** Codes that made something fail. */
function codes(reasons: ImageVerdict['reasons']): readonly string[] {
  return reasons.filter(({ severity }) => severity !== 'remark').map(({ code }) => code);
}

function remarks(reasons: ImageVerdict['reasons']): readonly string[] {
  return reasons.filter(({ severity }) => severity === 'remark').map(({ code }) => code);
}

const AUTHOR_ONLY = policy([person('alice'), person('bob')], [stage('author', ['alice'])]);

describe('the main path', () => {
  test('passes when every stage is approved in order by the right people', () => {
    const verdict = evaluate(image(pipelineLayers()));
    expect(verdict.verdict).toBe('passed');
    expect(verdict.stages.map((one) => [one.stage, one.verdict, one.approvedBy])).toEqual([
      ['author', 'passed', ['alice']],
      ['security', 'passed', ['bob']],
      ['production', 'passed', ['carol']],
    ]);
    expect(verdict.coverage.every(({ covered }) => covered)).toBe(true);
    expect(codes(verdict.reasons)).toEqual([]);
    expect(verdict.layers.map((layer) => layer.signer?.principal)).toEqual(['alice', 'bob', 'carol']);
  });

  test('says where the chain ends', () => {
    const [author, security] = pipelineLayers();
    const verdict = evaluate(image([author, security]));
    const end = verdict.reasons.find(({ code }) => code === 'CHAIN_ENDS_AT');
    expect(end?.message).toContain('stage security, approval 2');
  });

  test('reports every stage and layer, whatever fails', () => {
    const [, , production] = pipelineLayers();
    const verdict = evaluate(image([production]));
    expect(verdict.verdict).toBe('failed');
    expect(verdict.stages.map((one) => one.verdict)).toEqual(['missing', 'missing', 'failed']);
    expect(verdict.layers).toHaveLength(1);
  });

  test('an image without layers misses every stage, and says who could approve', () => {
    const verdict = evaluate(image([]));
    expect(verdict.stages.map((one) => codes(one.reasons))).toEqual([
      ['STAGE_MISSING'],
      ['STAGE_MISSING'],
      ['STAGE_MISSING'],
    ]);
    const messages = verdict.stages.map(({ reasons: [first] }) => first?.message);
    expect(messages[0]).toBe('stage author is not approved by anybody: alice can approve it');
  });

  test.each([
    [['alice', 'bob', 'carol'], 1, 'alice, bob or carol can approve it'],
    [['alice', 'bob', 'carol'], 2, '2 of alice, bob and carol must approve it'],
  ])('of approvers %j, of whom %i must approve, says: %s', (approvers, threshold, words) => {
    const rules = policy(PIPELINE.principals, [stage('author', approvers, { threshold })]);
    const [reason] = stageOf(evaluate(image([]), rules), 'author').reasons;
    expect(reason?.message).toBe(`stage author is not approved by anybody: ${words}`);
  });

  test('without a policy a missing stage speaks of trust, and its hint of no list of approvers', () => {
    const [reason] = stageOf(evaluate(image([]), null, { requiredStages: ['author'] }), 'author').reasons;
    expect(reason).toMatchObject({
      code: 'STAGE_MISSING',
      message: 'stage author has no valid approval by a signer who is trusted here',
      hint: expect.stringContaining('or give the signer’s key or trust anchor'),
    });
  });
});

describe('what makes an approval not count', () => {
  const cases: readonly (readonly [string, LayerFact, string])[] = [
    [
      'other content',
      approve('author', pgp('alice'), { layer: { covers: [], contradicted: true } }),
      'APPROVAL_OTHER_CONTENT',
    ],
    ['a part of the image only', approve('author', pgp('alice'), { layer: { covers: ['object 1'] } }), 'LAYER_PARTIAL'],
    ['expired', approve('author', pgp('alice'), { approval: { expires: '2026-06-01T12:00:00Z' } }), 'APPROVAL_EXPIRED'],
    ['an unreadable expiry', approve('author', pgp('alice'), { approval: { expires: 'soon' } }), 'APPROVAL_EXPIRED'],
    [
      'dated in the future',
      approve('author', pgp('alice'), { approval: { timeVerified: '2026-06-01T12:05:01Z' } }),
      'APPROVAL_FROM_FUTURE',
    ],
    [
      'an unreadable date',
      approve('author', pgp('alice'), { approval: { timeVerified: '?' } }),
      'APPROVAL_FROM_FUTURE',
    ],
    [
      'another verifier',
      approve('author', pgp('alice'), { approval: { verifierId: 'urn:x' } }),
      'APPROVAL_OTHER_VERIFIER',
    ],
    ['a principal who may not', approve('author', pgp('bob')), 'APPROVER_NOT_LISTED'],
    ['a bad signature', approve('author', pgp('alice'), { layer: { signature: 'invalid' } }), 'LAYER_ALTERED'],
    [
      'a problem found when it was read',
      approve('author', pgp('alice'), { layer: { reasons: [{ code: 'X', message: 'x', hint: 'x' }] } }),
      'X',
    ],
  ];
  test.each(cases)('%s', (_, layer, code) => {
    const verdict = evaluate(image([layer]), AUTHOR_ONLY);
    expect(verdict.verdict).toBe('failed');
    expect(stageOf(verdict, 'author').verdict).toBe('failed');
    expect(codes(stageOf(verdict, 'author').reasons)).toContain(code);
    expect(stageOf(verdict, 'author').approvedBy).toEqual([]);
  });

  test('a clock that is five minutes ahead is tolerated', () => {
    const layer = approve('author', pgp('alice'), { approval: { timeVerified: '2026-06-01T12:05:00Z' } });
    expect(evaluate(image([layer]), AUTHOR_ONLY).verdict).toBe('passed');
  });

  test('a plain cosign signature never approves a stage', () => {
    const layer = approve('author', pgp('alice'), { layer: { kind: 'cosign' } });
    expect(stageOf(evaluate(image([layer]), AUTHOR_ONLY), 'author').verdict).toBe('missing');
  });

  test('another policy is a remark, not a failure', () => {
    const layer = approve('author', pgp('alice'), { approval: { policy: { name: 'old', digest: digestOf('old') } } });
    const verdict = evaluate(image([layer]), AUTHOR_ONLY);
    expect(verdict.verdict).toBe('passed');
    expect(remarks(stageOf(verdict, 'author').reasons)).toContain('APPROVAL_OTHER_POLICY');
  });

  test('digests approved unread are a remark', () => {
    const layer = approve('author', pgp('alice'), { approval: { dataVerified: false } });
    const verdict = evaluate(image([layer], { dataRead: false }), AUTHOR_ONLY);
    expect(verdict.verdict).toBe('passed');
    expect(remarks(stageOf(verdict, 'author').reasons)).toContain('APPROVAL_WITHOUT_DATA');
    expect(remarks(verdict.reasons)).toContain('DATA_NOT_READ');
    expect(verdict.layers[0]?.dataVerified).toBe(false);
  });

  test('an approval for a stage that the policy lacks changes nothing', () => {
    const layers = [approve('author', pgp('alice')), approve('legal', pgp('bob'))];
    const verdict = evaluate(image(layers), AUTHOR_ONLY);
    expect(verdict.verdict).toBe('passed');
    expect(remarks(verdict.layers[1]?.reasons ?? [])).toEqual(['APPROVAL_STAGE_UNKNOWN']);
  });
});

describe('outsiders', () => {
  const outsider = pgp('mallory');
  test.each([
    ['valid, no principal', 'valid', 'SIGNER_NOT_A_PRINCIPAL'],
    ['unknown', 'unknown-signer', 'STAGE_APPROVED_BY_OUTSIDER'],
    ['untrusted certificate', 'untrusted', 'STAGE_APPROVED_BY_OUTSIDER'],
  ] as const)('%s: never counts, never fails, is reported', (_, signature, code) => {
    const claim = approve('author', outsider, { layer: { signature } });
    const alone = evaluate(image([claim]), AUTHOR_ONLY);
    expect(stageOf(alone, 'author').verdict).toBe('missing');
    expect(remarks(stageOf(alone, 'author').reasons)).toContain(code);
    const beside = evaluate(image([claim, approve('author', pgp('alice'))]), AUTHOR_ONLY);
    expect(beside.verdict).toBe('passed');
    expect(beside.layers).toHaveLength(2);
  });

  test('a roster with removed layers by a signer who is no principal fails nothing', () => {
    const claim = approve('author', outsider, {
      approval: { roster: [{ stage: 'author', digest: digestOf('gone'), signer: null }] },
    });
    expect(evaluate(image([claim, approve('author', pgp('alice'))]), AUTHOR_ONLY).verdict).toBe('passed');
  });

  test('an untrusted certificate does not become trusted by naming a principal', () => {
    const credential = {
      method: 'x509',
      anchors: ['aa'.repeat(32)],
      san: ['email:dora@example.org'],
      subject: [],
      issuer: [],
    } as const;
    const rules = policy([{ name: 'dora', credentials: [credential] }], [stage('author', ['dora'])]);
    expect(evaluate(image([approve('author', x509('dora'))]), rules).verdict).toBe('passed');
    const stranger = x509('dora', { anchors: ['bb'.repeat(32)] });
    expect(evaluate(image([approve('author', stranger)]), rules).verdict).toBe('failed');
    const claimed = approve('author', x509('dora'), { layer: { signature: 'untrusted' } });
    expect(evaluate(image([claimed]), rules).verdict).toBe('failed');
  });
});

describe('alterations', () => {
  test('in a SIF an invalid or unreadable layer or piece of evidence fails the image, by name', () => {
    const good = approve('author', pgp('alice'));
    for (const signature of ['invalid', 'unreadable'] as const) {
      const layer = approve('legal', pgp('zoe'), { layer: { signature, place: { in: 'sif', object: 77 } } });
      const broken = evaluate(image([good, layer]), AUTHOR_ONLY);
      expect(broken.verdict).toBe('failed');
      expect(broken.reasons.find(({ code }) => code === 'LAYER_ALTERED')?.message).toContain('object 77');
      const proof = evidence('sbom', { signature, place: { in: 'sif', object: 78 } });
      expect(codes(evaluate(image([good], { evidence: [proof] }), AUTHOR_ONLY).reasons)).toEqual(['LAYER_ALTERED']);
    }
  });

  test('in a registry it is only reported', () => {
    const place = { in: 'registry', name: 'referrer sha256:00' } as const;
    const layer = approve('legal', pgp('zoe'), { layer: { signature: 'invalid', place } });
    const verdict = evaluate(image([approve('author', pgp('alice')), layer], { kind: 'oci' }), AUTHOR_ONLY);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.layers.some(({ where, status }) => where === place.name && status === 'invalid')).toBe(true);
  });

  test('a principal’s approval of other content fails a SIF, not a registry image', () => {
    const copied = approve('author', pgp('alice'), { layer: { contradicted: true, covers: [] } });
    const good = approve('author', pgp('alice'));
    const verdict = evaluate(image([good, copied]), AUTHOR_ONLY);
    expect(codes(verdict.reasons)).toEqual(['APPROVAL_OTHER_CONTENT']);
    const place = { in: 'registry', name: 'referrer sha256:00' } as const;
    expect(evaluate(image([good, { ...copied, place }], { kind: 'oci' }), AUTHOR_ONLY).verdict).toBe('passed');
  });

  test('problems of the image fail it', () => {
    const problems = [{ code: 'SIF_OBJECT_UNGROUPED', message: 'object 4 belongs to no group', hint: 'x' }];
    const verdict = evaluate(image([approve('author', pgp('alice'))], { problems }), AUTHOR_ONLY);
    expect(verdict.verdict).toBe('failed');
    expect(stageOf(verdict, 'author').verdict).toBe('passed');
  });

  test('an image with nothing to cover never passes', () => {
    const layer = approve('author', pgp('alice'), { layer: { covers: [] } });
    const verdict = evaluate(image([layer], { units: [] }), AUTHOR_ONLY);
    expect(codes(verdict.reasons)).toContain('IMAGE_EMPTY');
    expect(stageOf(verdict, 'author').verdict).toBe('failed');
    expect(evaluate(image([], { units: [] }), null).verdict).toBe('failed');
  });
});

describe('the chain', () => {
  test('a removed middle layer is named with its stage', () => {
    const [author, , production] = pipelineLayers();
    const verdict = evaluate(image([author, production]));
    expect(verdict.verdict).toBe('failed');
    expect(stageOf(verdict, 'security').verdict).toBe('missing');
    expect(codes(stageOf(verdict, 'security').reasons)).toEqual(['STAGE_MISSING', 'LAYER_REMOVED']);
    expect(verdict.reasons.find(({ code }) => code === 'LAYER_REMOVED')?.message).toContain('stage security');
  });

  test('a removed second approval beyond the threshold fails all the same', () => {
    const rules = policy(
      [person('alice'), person('bob'), person('carol')],
      [stage('author', ['alice', 'bob']), stage('security', ['carol'], { after: ['author'] })],
    );
    const alice = approve('author', pgp('alice'));
    const bob = approve('author', pgp('bob'));
    const security = approve('security', pgp('carol'), { after: [alice, bob] });
    expect(evaluate(image([alice, bob, security]), rules).verdict).toBe('passed');
    const verdict = evaluate(image([alice, security]), rules);
    expect(verdict.verdict).toBe('failed');
    expect(stageOf(verdict, 'author').verdict).toBe('failed');
    expect(codes(stageOf(verdict, 'author').reasons)).toEqual(['LAYER_REMOVED']);
  });

  test('a statement signed again by an outsider does not stand for the removed layer', () => {
    const rules = policy(
      [person('alice'), person('bob'), person('carol')],
      [stage('author', ['alice', 'bob']), stage('security', ['carol'], { after: ['author'] })],
    );
    const alice = approve('author', pgp('alice'));
    const bob = approve('author', pgp('bob'));
    const security = approve('security', pgp('carol'), { after: [alice, bob] });
    const forged: LayerFact = { ...bob, signer: pgp('mallory'), signature: 'unknown-signer' };
    const verdict = evaluate(image([alice, forged, security]), rules);
    expect(codes(verdict.reasons)).toEqual(['LAYER_REMOVED']);
  });

  test('a signer whom this verifier does not know may be listed, under this edition of the policy or another', () => {
    const unknown = approve('legal', pgp('mallory'), { layer: { signature: 'unknown-signer' } });
    for (const digest of [digestOf('internal'), digestOf('policy')]) {
      const author = approve('author', pgp('alice'), { after: [unknown], approval: { policy: { name: 'p', digest } } });
      expect(evaluate(image([unknown, author]), AUTHOR_ONLY).verdict).toBe('passed');
      expect(codes(evaluate(image([author]), AUTHOR_ONLY).reasons)).toEqual(['LAYER_REMOVED']);
    }
  });

  test('signing before the predecessor is out of order', () => {
    const security = approve('security', pgp('bob'));
    const author = approve('author', pgp('alice'));
    const production = approve('production', pgp('carol'), { after: [security, author] });
    const verdict = evaluate(image([security, author, production]));
    expect(stageOf(verdict, 'author').verdict).toBe('passed');
    expect(codes(stageOf(verdict, 'security').reasons)).toEqual(['APPROVAL_OUT_OF_ORDER', 'STAGE_THRESHOLD_NOT_MET']);
    expect(stageOf(verdict, 'security').reasons[0]?.message).toContain('before stage author was approved');
    expect(codes(stageOf(verdict, 'production').reasons)).toContain('APPROVAL_OUT_OF_ORDER');
  });

  test('resting on an approval that does not count is out of order', () => {
    const author = approve('author', pgp('alice'), { approval: { expires: '2026-05-31T13:00:00Z' } });
    const security = approve('security', pgp('bob'), { after: [author] });
    const verdict = evaluate(image([author, security]));
    const found = stageOf(verdict, 'security').reasons.find(({ code }) => code === 'APPROVAL_OUT_OF_ORDER');
    expect(found?.message).toContain('rests on approvals of stage author that do not count');
  });

  test('the earlier stage must have met its threshold when the later one signed', () => {
    const rules = policy(
      [person('alice'), person('bob'), person('carol')],
      [stage('author', ['alice', 'bob'], { threshold: 2 }), stage('security', ['carol'], { after: ['author'] })],
    );
    const alice = approve('author', pgp('alice'));
    const early = approve('security', pgp('carol'), { after: [alice] });
    const bob = approve('author', pgp('bob'), { after: [alice, early] });
    const verdict = evaluate(image([alice, early, bob]), rules);
    expect(stageOf(verdict, 'author').verdict).toBe('passed');
    expect(codes(stageOf(verdict, 'security').reasons)).toContain('APPROVAL_OUT_OF_ORDER');
    const second = approve('author', pgp('bob'), { after: [alice] });
    const late = approve('security', pgp('carol'), { after: [alice, second] });
    expect(evaluate(image([alice, second, late]), rules).verdict).toBe('passed');
  });

  const author = approve('author', pgp('alice'));
  test.each([
    ['a wrong number', { sequence: 5 }],
    ['a predecessor that it does not list', { previous: digestOf('other') }],
    ['no predecessor', { previous: null }],
    ['a layer twice', { roster: [author, author].map(listed) }],
    ['a wrong stage name', { roster: [{ ...listed(author), stage: 'security' }] }],
    ['an approval as native', { roster: [{ ...listed(author), stage: null }] }],
  ] as const)('%s is inconsistent', (_, approval) => {
    const security = approve('security', pgp('bob'), { after: [author], approval });
    const verdict = evaluate(image([author, security]));
    expect(codes(stageOf(verdict, 'security').reasons)).toContain('CHAIN_INCONSISTENT');
    expect(stageOf(verdict, 'security').verdict).toBe('failed');
    // The approval does not count; the image is as it was.
    expect(
      evaluate(image([author, security, approve('security', pgp('bob'), { after: [author] })])).stages[1]?.verdict,
    ).toBe('passed');
  });

  test('evidence relied on must be there and hold', () => {
    const sbom = evidence('sbom');
    const entry = { predicateType: sbom.predicateType, digest: sbom.digest };
    const layer = approve('author', pgp('alice'), { approval: { evidence: [entry] } });
    const given = (found: readonly (typeof sbom)[]) => evaluate(image([layer], { evidence: found }), AUTHOR_ONLY);
    expect(given([sbom]).verdict).toBe('passed');
    expect(given([{ ...sbom, signature: 'unknown-signer' }]).verdict).toBe('passed');
    expect(codes(given([]).reasons)).toEqual(['EVIDENCE_REMOVED']);
    expect(codes(given([{ ...sbom, contradicted: true }]).reasons)).toEqual(['EVIDENCE_NOT_VALID']);
    expect(codes(given([{ ...sbom, signature: 'invalid' }]).reasons)).toEqual(['LAYER_ALTERED', 'EVIDENCE_NOT_VALID']);
    const detached = approve('author', pgp('alice'), { approval: { evidence: [{ ...entry, detached: true }] } });
    const elsewhere = evaluate(image([detached]), AUTHOR_ONLY);
    expect(elsewhere.verdict).toBe('passed');
    expect(remarks(elsewhere.reasons)).toContain('EVIDENCE_ELSEWHERE');
  });
});

describe('native signatures', () => {
  const signature = native(pgp('alice'));
  const entry = { group: 1, digest: signature.digest };
  const layer = approve('author', pgp('alice'), { approval: { native: [entry] } });

  test('the one that belongs to an approval must be there, whole and by the same signer', () => {
    const given = (...layers: readonly LayerFact[]) => evaluate(image([layer, ...layers]), AUTHOR_ONLY);
    expect(given(signature).verdict).toBe('passed');
    expect(given(signature).layers[1]?.stage).toBe('author');
    expect(codes(given().reasons)).toEqual(['NATIVE_SIGNATURE_MISSING']);
    expect(stageOf(given(), 'author').verdict).toBe('failed');
    const other = native(pgp('alice'), { digest: digestOf('other bytes'), place: { in: 'sif', object: 99 } });
    expect(given(other).reasons.find(({ code }) => code === 'NATIVE_SIGNATURE_ALTERED')?.message).toContain(
      'object 99',
    );
    expect(codes(given({ ...signature, signature: 'invalid' }).reasons)).toContain('NATIVE_SIGNATURE_ALTERED');
    expect(codes(given({ ...signature, signer: pgp('bob') }).reasons)).toEqual(['NATIVE_SIGNATURE_ALTERED']);
    expect(codes(given({ ...signature, covers: ['object 1'] }).reasons)).toEqual(['NATIVE_SIGNATURE_MISSING']);
  });

  const accepting = policy(
    [person('alice'), person('bob')],
    [
      stage('author', ['alice'], { native: ['pgp'] }),
      stage('security', ['bob'], { after: ['author'], native: ['pgp'] }),
    ],
  );

  test('counts for a stage that lists its format', () => {
    const verdict = evaluate(image([signature, native(pgp('bob'))]), accepting);
    expect(verdict.verdict).toBe('passed');
    expect(remarks(stageOf(verdict, 'security').reasons)).toContain('NATIVE_ORDER_UNPROVEN');
  });

  test('serves as the predecessor of an approval that lists it', () => {
    const security = approve('security', pgp('bob'), {
      approval: { roster: [listed(signature)], previous: null },
    });
    expect(evaluate(image([signature, security]), accepting).verdict).toBe('passed');
    expect(evaluate(image([signature, approve('security', pgp('bob'))]), accepting).verdict).toBe('failed');
    expect(codes(evaluate(image([security]), accepting).reasons)).toEqual(['LAYER_REMOVED']);
  });

  test('does not count otherwise, and the report says why', () => {
    const verdict = evaluate(image([signature]), AUTHOR_ONLY);
    expect(stageOf(verdict, 'author').verdict).toBe('missing');
    expect(remarks(stageOf(verdict, 'author').reasons)).toContain('NATIVE_NOT_ACCEPTED');
    expect(verdict.coverage.every(({ covered }) => covered)).toBe(true);
  });

  test.each([
    ['partial', { covers: ['object 1'] }],
    ['of the other format', { kind: 'native-dsse' }],
    ['legacy', { kind: 'native-legacy' }],
    ['by an outsider', { signer: pgp('mallory') }],
    ['unknown', { signature: 'unknown-signer' }],
  ] as const)('never counts when %s', (_, more) => {
    const verdict = evaluate(image([{ ...signature, ...more }]), accepting);
    expect(stageOf(verdict, 'author').verdict).not.toBe('passed');
  });

  describe('by cosign', () => {
    const cosign = (signer: SignerIdentity, more: Partial<LayerFact> = {}) =>
      native(signer, { kind: 'cosign', place: { in: 'registry', name: `tag ${JSON.stringify(more)}` }, ...more });
    const accepts = policy([person('alice')], [stage('author', ['alice'], { native: ['cosign'] })]);

    test('counts only where the stage lists it', () => {
      expect(evaluate(image([cosign(pgp('alice'))]), accepts).verdict).toBe('passed');
      const refused = evaluate(image([cosign(pgp('alice'))]), AUTHOR_ONLY);
      expect(stageOf(refused, 'author').verdict).toBe('missing');
      expect(remarks(stageOf(refused, 'author').reasons)).toContain('NATIVE_NOT_ACCEPTED');
      expect(evaluate(image([cosign(pgp('bob'))]), accepts).verdict).toBe('failed');
      expect(evaluate(image([cosign(pgp('alice'), { contradicted: true, covers: [] })]), accepts).verdict).toBe(
        'failed',
      );
    });

    test('signatures of several manifests by one signer are taken together, those of two signers are not', () => {
      const index = cosign(pgp('alice'), { covers: ['object 1'] });
      const platforms = cosign(pgp('alice'), { covers: ['object 2', 'object 3'] });
      expect(evaluate(image([index, platforms]), accepts).verdict).toBe('passed');
      const part = evaluate(image([index]), accepts);
      expect(
        stageOf(part, 'author')
          .reasons.map(({ message }) => message)
          .join(),
      ).toContain('object 2, object 3');
      expect(evaluate(image([index, { ...platforms, signer: pgp('bob') }]), accepts).verdict).toBe('failed');
    });

    test('counts only with the reference that the stage asks for, on every platform', () => {
      const rule = { type: 'matchRepository' } as const;
      const asks = policy(
        [person('alice')],
        [stage('author', ['alice'], { native: ['cosign'], signedIdentity: rule })],
      );
      const here = 'registry.example.org/team/app';
      const index = cosign(pgp('alice'), { covers: ['object 1'], signedReference: here });
      const platforms = cosign(pgp('alice'), { covers: ['object 2', 'object 3'], signedReference: `${here}:v1` });
      const at = (...layers: readonly LayerFact[]) => ({ ...image(layers), reference: `${here}:v2` });
      expect(evaluate(at(index, platforms), asks).verdict).toBe('passed');
      const elsewhere = { ...platforms, signedReference: 'registry.example.org/team/other' };
      const verdict = evaluate(at(index, elsewhere), asks);
      expect(verdict.verdict).toBe('failed');
      expect(remarks(stageOf(verdict, 'author').reasons)).toContain('NATIVE_OTHER_IDENTITY');
      const bundle = cosign(pgp('alice'));
      expect(evaluate(at(bundle), asks).verdict).toBe('failed');
      expect(evaluate(image([index, platforms]), asks).verdict).toBe('failed');
      expect(evaluate(at(bundle), accepts).verdict).toBe('passed');
    });

    test('is not remarked upon beside an approval by the same key', () => {
      const verdict = evaluate(image([approve('author', pgp('alice')), cosign(pgp('alice'))]), AUTHOR_ONLY);
      expect(verdict.verdict).toBe('passed');
      expect(remarks(stageOf(verdict, 'author').reasons)).not.toContain('NATIVE_NOT_ACCEPTED');
    });
  });

  test('a legacy signature covers nothing', () => {
    const verdict = evaluate(image([{ ...signature, kind: 'native-legacy' }]), null);
    expect(verdict.verdict).toBe('failed');
    expect(verdict.coverage.some(({ covered }) => covered)).toBe(false);
  });
});

describe('thresholds and distinct stages', () => {
  const two = policy(
    [person('alice'), person('bob'), person('carol')],
    [stage('author', ['alice', 'bob', 'carol'], { threshold: 2 })],
  );

  test('count principals, not signatures', () => {
    const again = approve('author', pgp('alice'), { approval: { reason: 'again' } });
    const verdict = evaluate(image([approve('author', pgp('alice')), again]), two);
    expect(verdict.verdict).toBe('failed');
    expect(stageOf(verdict, 'author').reasons[0]?.message).toContain(
      'approved by alice in a way that counts: 2 of alice, bob, carol needed',
    );
    const both = evaluate(image([approve('author', pgp('alice')), approve('author', pgp('carol'))]), two);
    expect(stageOf(both, 'author').approvedBy).toEqual(['alice', 'carol']);
  });

  test('a principal with two keys counts once', () => {
    const keys = ['alice', 'alice-at-home']
      .map((name) => person(name).credentials[0])
      .filter((one) => one !== undefined);
    const rules = policy(
      [{ name: 'alice', credentials: keys }, person('bob')],
      [stage('author', ['alice', 'bob'], { threshold: 2 })],
    );
    const layers = [approve('author', pgp('alice')), approve('author', pgp('alice-at-home'))];
    expect(evaluate(image(layers), rules).verdict).toBe('failed');
  });

  test('a signer who is two principals counts as one of them', () => {
    const twin = { name: 'alias', credentials: person('alice').credentials };
    const rules = policy(
      [person('alice'), twin, person('bob')],
      [stage('author', ['alice', 'alias', 'bob'], { threshold: 2 })],
    );
    expect(evaluate(image([approve('author', pgp('alice'))]), rules).verdict).toBe('failed');
    expect(evaluate(image([approve('author', pgp('alice')), approve('author', pgp('bob'))]), rules).verdict).toBe(
      'passed',
    );
  });

  test('a renewed certificate of the same person is the same signer', () => {
    const credential = { method: 'x509', anchors: ['aa'.repeat(32)], subject: [], issuer: [] } as const;
    const rules = policy(
      [
        { name: 'dora', credentials: [{ ...credential, san: ['email:dora@example.org'] }] },
        { name: 'staff', credentials: [{ ...credential, san: ['email:*@example.org'] }] },
      ],
      [stage('author', ['dora', 'staff'], { threshold: 2 })],
    );
    const renewed = x509('dora', { hint: 'other', certificateSha256: 'cc'.repeat(32) });
    expect(evaluate(image([approve('author', x509('dora')), approve('author', renewed)]), rules).verdict).toBe(
      'failed',
    );
    expect(evaluate(image([approve('author', x509('dora')), approve('author', x509('emil'))]), rules).verdict).toBe(
      'passed',
    );
  });

  const separated = policy(
    [person('alice'), person('bob')],
    [stage('author', ['alice', 'bob']), stage('security', ['alice', 'bob'], { after: ['author'] })],
    [['author', 'security']],
  );

  test('nobody fills two distinct stages', () => {
    const author = approve('author', pgp('alice'));
    const security = approve('security', pgp('alice'), { after: [author] });
    const verdict = evaluate(image([author, security]), separated);
    expect(stageOf(verdict, 'author').verdict).toBe('passed');
    expect(codes(stageOf(verdict, 'security').reasons)).toContain('STAGE_NOT_DISTINCT');
    expect(stageOf(verdict, 'security').reasons.some(({ message }) => message.includes('alice'))).toBe(true);
  });

  test('an assignment is found whenever there is one', () => {
    const byAlice = approve('author', pgp('alice'));
    const byBob = approve('author', pgp('bob'));
    const security = approve('security', pgp('alice'), { after: [byAlice, byBob] });
    const verdict = evaluate(image([byAlice, byBob, security]), separated);
    expect(verdict.verdict).toBe('passed');
    expect(stageOf(verdict, 'author').approvedBy).toEqual(['bob']);
    expect(stageOf(verdict, 'security').approvedBy).toEqual(['alice']);
  });
});

describe('deciding about some stages only', () => {
  test('the stages left out are not asked for', () => {
    const [author, security] = pipelineLayers();
    expect(evaluate(image([author, security]), PIPELINE, { stages: ['author', 'security'] }).verdict).toBe('passed');
    expect(evaluate(image([]), PIPELINE, { stages: [] }).verdict).toBe('passed');
  });

  test('what a later approval misses is a remark, so that it can be replaced', () => {
    const [author, , production] = pipelineLayers();
    const verdict = evaluate(image([author, production]), PIPELINE, { stages: ['author'] });
    expect(verdict.verdict).toBe('passed');
    expect(remarks(verdict.reasons)).toContain('LAYER_REMOVED');
  });

  test('a stage that does not exist fails', () => {
    expect(codes(evaluate(image(pipelineLayers()), PIPELINE, { stages: ['autor'] }).reasons)).toEqual([
      'STAGE_NOT_IN_POLICY',
    ]);
    expect(evaluate(image(pipelineLayers()), PIPELINE, { requiredStages: ['autor'] }).verdict).toBe('failed');
    expect(evaluate(image(pipelineLayers()), PIPELINE, { requiredStages: ['author'] }).verdict).toBe('passed');
  });

  test('required stages are decided about, too, when only some are asked about', () => {
    const [author] = pipelineLayers();
    const asked = { stages: ['author'], requiredStages: ['production'], nameOthers: true };
    const verdict = evaluate(image(author ? [author] : []), PIPELINE, asked);
    expect(verdict.verdict).toBe('failed');
    expect(verdict.stages.map((one) => [one.stage, one.verdict])).toEqual([
      ['author', 'passed'],
      ['production', 'missing'],
    ]);
    expect(verdict.reasons.find(({ code }) => code === 'STAGES_NOT_ASKED')?.message).toBe(
      'the verdict is not about security: that was not asked',
    );
  });

  test('a verdict about some stages only names the others', () => {
    const [author] = pipelineLayers();
    const verdict = evaluate(image([author]), PIPELINE, { stages: ['author'], nameOthers: true });
    expect(verdict.verdict).toBe('passed');
    expect(verdict.stages.map(({ stage: name }) => name)).toEqual(['author']);
    expect(verdict.reasons).toContainEqual(
      expect.objectContaining({
        code: 'STAGES_NOT_ASKED',
        message: 'the verdict is not about security, production: that was not asked',
      }),
    );
    expect(remarks(evaluate(image(pipelineLayers())).reasons)).not.toContain('STAGES_NOT_ASKED');
  });
});

describe('without a policy', () => {
  test('passes when trusted signatures cover everything and nothing is broken', () => {
    const verdict = evaluate(image(pipelineLayers()), null);
    expect(verdict.verdict).toBe('passed');
    expect(verdict.stages.map((one) => one.stage)).toEqual(['author', 'security', 'production']);
    expect(verdict.stages[0]?.approvedBy[0]).toContain('OpenPGP key');
    expect(evaluate(image([native(pgp('alice'))]), null).verdict).toBe('passed');
  });

  test('fails when a part is covered by nobody trusted', () => {
    expect(codes(evaluate(image([]), null).reasons)).toEqual(['IMAGE_UNSIGNED', 'COVERAGE_INCOMPLETE']);
    const partial = native(pgp('alice'), { covers: ['object 1', 'object 2'] });
    const rest = native(pgp('bob'), { covers: ['object 3'], signature: 'unknown-signer' });
    expect(codes(evaluate(image([partial, rest]), null).reasons)).toEqual(['COVERAGE_INCOMPLETE']);
    expect(evaluate(image([partial, { ...rest, signature: 'valid' }]), null).verdict).toBe('passed');
  });

  test('unknown and untrusted signers are ignored', () => {
    const unknown = native(pgp('mallory'), { signature: 'unknown-signer' });
    expect(evaluate(image([native(pgp('alice')), unknown]), null).verdict).toBe('passed');
  });

  test('a removed layer, an expired approval and a broken layer fail', () => {
    const [author, , production] = pipelineLayers();
    const removed = evaluate(image([author, production]), null);
    expect(codes(removed.reasons)).toEqual(['LAYER_REMOVED']);
    const second = approve('author', pgp('bob'));
    const both = approve('security', pgp('carol'), { after: [author, second] });
    expect(stageOf(evaluate(image([author, both]), null), 'author').verdict).toBe('failed');
    const expired = approve('author', pgp('alice'), { approval: { expires: '2026-01-01T00:00:00Z' } });
    expect(stageOf(evaluate(image([expired]), null), 'author').verdict).toBe('failed');
    expect(evaluate(image([expired]), null).verdict).toBe('failed');
    const broken = native(pgp('bob'), { signature: 'unreadable' });
    expect(evaluate(image([author, broken]), null).verdict).toBe('failed');
  });

  test('required stages must be there', () => {
    const layers = [approve('author', pgp('alice'))];
    const verdict = evaluate(image(layers), null, { requiredStages: ['author', 'security'] });
    expect(verdict.verdict).toBe('failed');
    expect(verdict.stages.map((one) => one.verdict)).toEqual(['passed', 'missing']);
  });
});

describe('the verdict document', () => {
  const options = { now: NOW, asOf: false, policy: { name: 'test', digest: digestOf('policy') } };
  test('passes when all images pass', () => {
    const good = evaluate(image(pipelineLayers()));
    const bad = evaluate(image([]));
    expect(combineVerdict([good], options).verdict).toBe('passed');
    expect(combineVerdict([good, bad], options).verdict).toBe('failed');
    expect(combineVerdict([good], options).now).toBe('2026-06-01T12:00:00.000Z');
    expect(combineVerdict([good], { ...options, policy: undefined }).policy).toBeNull();
  });
  test('no image is no success', () => {
    expect(combineVerdict([], options).verdict).toBe('failed');
  });
  test('an impossible time fails closed', () => {
    const verdict = evaluate(image(pipelineLayers()), PIPELINE, { now: new Date(Number.NaN) });
    expect(verdict.verdict).toBe('failed');
  });
});
