// SPDX-License-Identifier: Apache-2.0
// Random policies and images that are as twisted as an attacker with keys could make them: keys shared between people and
// formats, copied statements, swapped hints, removals, replacements, expiry, wrong numbers.

import { createHash } from 'node:crypto';
import type { Approval } from '../../src/attest/approval.ts';
import { encodeGrant, GRANT_PREDICATE_TYPE } from '../../src/attest/grant.ts';
import type { Denial } from '../../src/findings/denial.ts';
import type { SignerIdentity } from '../../src/findings/signature.ts';
import type { EvidenceFact, LayerFact } from '../../src/policy/facts.ts';
import type {
  Credential,
  Policy,
  Principal,
  Quorum,
  SigstoreCredential,
  Stage,
} from '../../src/policy/document/model.ts';
import {
  ANCHOR,
  approve,
  digestOf,
  fingerprintOf,
  image,
  key,
  listed,
  native,
  GITHUB_ISSUER,
  job,
  pgp,
  policy,
  replacing,
  x509,
} from '../support/facts.ts';
import { statement } from '../support/evidence.ts';

/** One case. */
export interface Case {
  readonly rules: Policy;
  readonly facts: ReturnType<typeof image>;
}

const PEOPLE = ['alice', 'bob', 'carol', 'dora'] as const;
const STAGES = ['author', 'security', 'production'] as const;
const OTHER_ANCHOR = 'bb'.repeat(32);

/** Draws, all from one seed. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 to below 1. @see https://github.com/cprosche/mulberry32 */
  roll(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  one<T>(of: readonly T[]): T {
    const chosen = of[Math.floor(this.roll() * of.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }

  chance(share: number): boolean {
    return this.roll() < share;
  }

  some<T>(of: readonly T[], share = 0.5): readonly T[] {
    return of.filter(() => this.chance(share));
  }
}

/** A signer of any kind whose key is one of a few, so that formats and people share keys. */
function signerFor(name: string, dice: Dice): SignerIdentity {
  const hint = key(dice.chance(0.8) ? name : dice.one(PEOPLE)).hint;
  const kind = dice.roll();
  if (kind < 0.4) return { ...pgp(name), hint: dice.chance(0.8) ? (pgp(name).hint ?? hint) : hint };
  if (kind < 0.6) return { ...key(name), hint };
  if (kind < 0.75) return runOf(name, dice);
  const mail = `email:${name}@${dice.one(['example.org', 'Example.ORG'])}`;
  const san = dice.chance(0.35) ? [mail, `email:${dice.one(PEOPLE)}@example.org`] : [mail];
  return x509(name, { hint, san, anchors: [dice.chance(0.85) ? ANCHOR : OTHER_ANCHOR] });
}

/** A run of somebody's workflow, by a key of its own; sometimes by the key of somebody else. */
function runOf(name: string, dice: Dice): SignerIdentity {
  const buildSignerUri = `https://github.com/acme/${name}/.github/workflows/a.yml@refs/tags/v${dice.one([1, 2])}`;
  const sourceRepositoryUri = `https://github.com/acme/${dice.chance(0.9) ? name : dice.one(PEOPLE)}`;
  const deploymentEnvironment = dice.one(['production', 'production', 'staging']);
  const claims = { buildSignerUri, sourceRepositoryUri, deploymentEnvironment };
  const login = dice.one(PEOPLE);
  const reviewers = dice.chance(0.4) ? { reviewers: [{ login, id: `${PEOPLE.indexOf(login) + 1}` }] } : {};
  const run = job(`${dice.roll()}`, claims, reviewers);
  return dice.chance(0.1) ? { ...run, hint: key(name).hint } : run;
}

function jobFor(name: string, dice: Dice): SigstoreCredential {
  return {
    method: 'sigstore',
    issuer: GITHUB_ISSUER,
    san: [],
    claims: {
      ...(dice.chance(0.9) ? { sourceRepositoryUri: [`https://github.com/acme/${name}`] } : {}),
      ...(dice.chance(0.3) ? { deploymentEnvironment: ['production'] } : {}),
    },
  };
}

function credentialFor(name: string, dice: Dice): Credential {
  const kind = dice.roll();
  if (kind < 0.4) return { method: 'pgp', fingerprint: fingerprintOf(name) };
  if (kind < 0.6) return { method: 'key', hint: key(name).hint };
  if (kind < 0.75) return jobFor(name, dice);
  const san = [dice.chance(0.7) ? `email:${name}@example.org` : 'email:*@example.org'];
  return { method: 'x509', anchors: [dice.chance(0.8) ? ANCHOR : OTHER_ANCHOR], san, subject: [], issuer: [] };
}

/** A principal that stands for everybody with a certificate. */
function staffFrom(dice: Dice): Principal {
  const anchors = [dice.chance(0.8) ? ANCHOR : OTHER_ANCHOR];
  const names = dice.chance(0.5)
    ? { san: [], subject: [], any: true as const }
    : { san: ['email:*@example.org'], subject: [] };
  return {
    name: 'staff',
    ...(dice.chance(0.8) ? { many: true as const } : {}),
    credentials: [{ method: 'x509', anchors, issuer: [], ...names }],
  };
}

/** Two teams, which may share people. */
function quorumsFrom(names: readonly string[], dice: Dice): readonly Quorum[] {
  return ['leads', 'team'].map((name) => {
    const some = dice.some(names, 0.35);
    const approvers = some.length > 0 ? some : [dice.one(names)];
    return { name, approvers, needed: dice.chance(0.25) ? 2 : 1 };
  });
}

function rulesFrom(dice: Dice): Policy {
  const principals = PEOPLE.map((name) => {
    const all = [name, name, dice.chance(0.15) ? dice.one(PEOPLE) : name];
    const githubUsers = dice.chance(0.3) ? [dice.one(PEOPLE)] : undefined;
    const named = githubUsers ? { githubUsers } : {};
    return {
      name,
      ...named,
      credentials: all.map((owner) => ({ ...credentialFor(owner, dice), ...windowFrom(dice) })),
    };
  });
  const staff = dice.chance(0.3) ? [staffFrom(dice)] : [];
  const names = [...PEOPLE, ...staff.map(({ name }) => name)];
  const stages = STAGES.slice(0, dice.chance(0.3) ? 2 : 3).map((name, index): Stage => {
    const approvers = dice.some(names, 0.6);
    const chosen = approvers.length > 0 ? approvers : [dice.one(names)];
    const quorums = dice.chance(0.2) ? quorumsFrom(names, dice) : undefined;
    const all = quorums ? [...new Set(quorums.flatMap((one) => one.approvers))] : chosen;
    return {
      name,
      id: `urn:countersign:stage:${name}`,
      approvers: all,
      threshold: quorums ? quorums.reduce((sum, { needed }) => sum + needed, 0) : dice.chance(0.35) ? 2 : 1,
      ...(quorums ? { quorums } : {}),
      after: dice.chance(0.7) ? STAGES.slice(Math.max(0, index - 1), index) : dice.some(STAGES.slice(0, index)),
      native: dice.chance(0.25) ? ['pgp'] : [],
      ...(dice.chance(0.05) ? { reviewed: true } : {}),
      ...(dice.chance(0.1) ? { maxAge: dice.one([30, 70]) * 86_400_000 } : {}),
      ...(dice.chance(0.5) ? { grantors: dice.some(all, 0.7) } : {}),
      requires: [],
    };
  });
  const group = dice.some(
    stages.map(({ name }) => name),
    0.8,
  );
  return policy([...principals, ...staff], stages, dice.chance(0.4) && group.length > 1 ? [group] : []);
}

function statusOf(signer: SignerIdentity, dice: Dice): Partial<LayerFact> {
  if (dice.chance(0.85)) return {};
  const signature = dice.one(['untrusted', 'untrusted', 'unknown-signer'] as const);
  const code = signer.method === 'x509' ? 'CERTIFICATE_EXPIRED' : dice.one(['PGP_KEY_EXPIRED', 'PGP_KEY_REVOKED']);
  const stranger = signer.method === 'x509' && dice.chance(0.3) ? { signer: { ...signer, anchors: [] } } : {};
  return { signature, reasons: [{ code, message: code, hint: '' }], ...stranger };
}

function approvalFrom(made: readonly LayerFact[], serial: number, dice: Dice): LayerFact {
  const signer = signerFor(dice.one(PEOPLE), dice);
  const stage = dice.one(STAGES);
  const after = dice
    .some(made, dice.one([0.3, 0.95, 1]))
    .filter(({ signature }) => signature === 'valid' || dice.chance(0.2));
  const old = made.filter(({ approval }) => approval?.stage === stage);
  const halves = dice.some(
    made.filter(({ kind }) => kind === 'native-pgp'),
    0.1,
  );
  const approval: Partial<Approval> = {
    reason: `${serial}`,
    ...(dice.chance(0.1) ? { expires: '2026-01-01T00:00:00Z' } : {}),
    ...(dice.chance(0.03) ? { sequence: 7 } : {}),
    ...(dice.chance(0.03) ? { verifierId: 'urn:example:another' } : {}),
    ...(dice.chance(0.03) ? { timeVerified: '2027-01-01T00:00:00Z' } : {}),
    ...(dice.chance(0.3) ? replacing(...dice.some(old, 0.6)) : {}),
    ...(dice.chance(0.2) ? { signer: null } : {}),
    ...(halves.length > 0 ? { native: halves.map(({ digest }) => ({ group: 1, digest })) } : {}),
    // As edition 0.1.0 listed them.
    ...(dice.chance(0.15) ? { roster: uniqueDigests(after).map((one) => ({ ...listed(one), signer: null })) } : {}),
  };
  return approve(stage, signer, { after, approval, layer: statusOf(signer, dice) });
}

function uniqueDigests(layers: readonly LayerFact[]): readonly LayerFact[] {
  return [...new Map(layers.map((layer) => [layer.digest, layer])).values()];
}

/** The statement of another layer, signed again or with another hint; or a native signature. */
function layerFrom(made: readonly LayerFact[], serial: number, dice: Dice): LayerFact {
  const kind = dice.roll();
  const [given] = dice.some(made, 0.4);
  const place = { in: 'sif', object: 100 + serial } as const;
  if (given?.approval && kind < 0.12)
    return { ...given, place, signer: signerFor(dice.one(PEOPLE), dice), ...statusOf(key('x'), dice) };
  if (given && given.signer?.method === 'pgp' && kind < 0.18)
    return { ...given, place, signer: { ...given.signer, fingerprint: fingerprintOf(dice.one(PEOPLE)) } };
  if (kind > 0.85) {
    const signer = pgp(dice.one(PEOPLE));
    const covers = dice.chance(0.5) ? {} : { covers: dice.one([['object 1'], ['object 2', 'object 3']]) };
    const signedAt = dice.one([null, '2026-05-01T00:00:00Z', '2026-05-01T00:00:01Z']);
    return native(signer, { digest: digestOf(`native ${serial}`), signedAt, ...covers, ...statusOf(signer, dice) });
  }
  return approvalFrom(made, serial, dice);
}

/** A key that no policy names, and what approvers say of it. */
const OUTSIDER = Buffer.from('the key of an outsider');
const OUTSIDE = { ...key('outsider'), hint: createHash('sha256').update(OUTSIDER).digest('base64') };

function grantFrom({ principals }: Policy, dice: Dice): EvidenceFact {
  const stages = dice.some(STAGES, 0.8);
  const { credentials } = dice.one(principals);
  const signer = dice.chance(0.2) ? signerFor(dice.one(PEOPLE), dice) : holderOf(dice.one(credentials), dice);
  const until = dice.chance(0.85) ? '2026-06-20T00:00:00Z' : '2026-05-31T00:00:00Z';
  const from = dice.chance(0.9) ? '2026-05-01T00:00:00Z' : '2026-06-02T00:00:00Z';
  const names = stages.length > 0 ? stages : [dice.one(STAGES)];
  const grant = {
    name: 'Kim',
    publicKey: OUTSIDER,
    stages: names,
    stageIds: names.map((name) => `urn:${dice.chance(0.95) ? 'countersign' : 'other'}:stage:${name}`),
    from,
    until,
  };
  const damage = dice.chance(0.85)
    ? {}
    : dice.one([{ contradicted: true, covers: [] }, { covers: ['object 1'] }, { signature: 'untrusted' as const }]);
  return statement(GRANT_PREDICATE_TYPE, encodeGrant(grant), { signer, ...damage });
}

function chaosFrom(dice: Dice): readonly LayerFact[] {
  const made: LayerFact[] = [];
  const count = 1 + Math.floor(dice.roll() * 6);
  for (let serial = 0; serial < count; serial += 1) made.push(layerFrom(made, serial, dice));
  return made;
}

/** A signer whom this credential fits. */
function holderOf(credential: Credential, dice: Dice): SignerIdentity {
  if (credential.method === 'key') return { method: 'key', hint: credential.hint, algorithm: 'ed25519' };
  const name = PEOPLE.find((one) => credential.method === 'pgp' && fingerprintOf(one) === credential.fingerprint);
  if (credential.method === 'pgp') return pgp(name ?? 'alice');
  if (credential.method === 'sigstore') {
    const [uri = ''] = credential.claims.sourceRepositoryUri ?? [];
    return runOf(PEOPLE.find((one) => uri.endsWith(`/${one}`)) ?? dice.one(PEOPLE), dice);
  }
  const [pattern = '*'] = credential.san;
  const known = PEOPLE.find((one) => pattern.includes(`:${one}@`)) ?? dice.one(PEOPLE);
  const hint = key(dice.chance(0.8) ? known : `${known} renewed`).hint;
  return x509(known, { hint, anchors: credential.anchors });
}

/** What people do who keep to the policy, most of the time, and what others do in between. */
function pipelineFrom({ principals, stages }: Policy, dice: Dice): readonly LayerFact[] {
  const made: LayerFact[] = [];
  for (const stage of stages) {
    const willing = stage.approvers.filter((_, index) => index < stage.threshold || dice.chance(0.5));
    for (const name of willing) {
      if (dice.chance(0.15)) made.push(layerFrom(made, made.length, dice));
      const credentials = principals.find((one) => one.name === name)?.credentials ?? [];
      const signer = holderOf(dice.one(credentials), dice);
      const plain = stage.native.length > 0 && signer.method === 'pgp' && dice.chance(0.4);
      if (dice.chance(0.2)) {
        const outside = honest(stage.name, OUTSIDE, made, dice);
        made.push({ ...outside, granted: true });
        continue;
      }
      made.push(
        plain ? native(signer, { digest: digestOf(`native ${made.length}`) }) : honest(stage.name, signer, made, dice),
      );
    }
  }
  return dice.chance(0.2) ? [...made, layerFrom(made, made.length, dice)] : made;
}

/** Approvals by certificates of which each has a name in common with the next. */
function kinFrom({ principals, stages }: Policy, made: readonly LayerFact[], dice: Dice): readonly LayerFact[] {
  const staff = principals.find(({ many }) => many)?.credentials[0];
  const open = stages.filter(({ approvers }) => approvers.includes('staff'));
  if (staff?.method !== 'x509' || open.length === 0 || dice.chance(0.3)) return [];
  const kin = [['k1'], ['k1', 'k2'], ['k2']].map((names, index) =>
    x509(names[0] ?? '', {
      hint: key(`kin ${index}`).hint,
      subject: `CN=kin ${index}`,
      san: names.map((name) => `email:${name}@example.org`),
      anchors: staff.anchors,
    }),
  );
  const after = made.filter(({ signature }) => signature === 'valid');
  return dice
    .some(kin, 0.8)
    .map((signer, index) =>
      approve(dice.one(open).name, signer, { after, approval: { reason: `kin ${index}` }, layer: {} }),
    );
}

function honest(stage: string, signer: SignerIdentity, made: readonly LayerFact[], dice: Dice): LayerFact {
  const after = made.filter(({ signature }) => signature === 'valid');
  const old = made.filter(({ approval }) => approval?.stage === stage);
  const reason = `${made.length}`;
  const replaced = dice.chance(0.15) ? replacing(...dice.some(old, 0.5)) : {};
  const legacy = dice.chance(0.05) ? { signer: null } : {};
  return approve(stage, signer, {
    after,
    approval: { reason, ...replaced, ...legacy },
    layer: dice.chance(0.1) ? statusOf(signer, dice) : {},
  });
}

/** Something that the image or the policy has, denied. */
function denialFrom({ principals }: Policy, { layers, contentDigests }: Case['facts'], dice: Dice): Denial {
  const layer: Pick<LayerFact, 'signer' | 'digest'> = dice.one([
    ...layers,
    { signer: pgp('alice'), digest: digestOf('nothing') },
  ]);
  const kind = dice.roll();
  const since = dice.chance(0.5) ? { since: new Date(dice.one(TIMES)) } : {};
  const { signer, digest } = layer;
  const byFingerprint = signer?.method === 'pgp' && dice.chance(0.5);
  const keyWhat = byFingerprint ? { fingerprint: signer.fingerprint } : { hint: signer?.hint ?? '' };
  if (kind < 0.4) return { what: { of: 'key', ...keyWhat }, reason: 'stolen', ...since };
  if (kind < 0.7) return { what: { of: 'principal', name: dice.one(principals).name }, reason: 'left', ...since };
  if (kind < 0.9) return { what: { of: 'statement', digest }, reason: 'withdrawn', ...since };
  const content = dice.chance(0.5) ? contentDigests[0] : undefined;
  return { what: { of: 'content', digest: content ?? digestOf('other') }, reason: 'broken', ...since };
}

/** Somebody takes approvals or grants back, theirs or not. */
function withdrawalFrom(layers: readonly (LayerFact | EvidenceFact)[], serial: number, dice: Dice): EvidenceFact {
  const [layer] = dice.some(layers, 0.5);
  const signer = layer?.signer && dice.chance(0.6) ? layer.signer : signerFor(dice.one(PEOPLE), dice);
  const { signature = 'valid', reasons = [] } = statusOf(signer, dice);
  return {
    place: { in: 'sif', object: 200 + serial },
    predicateType: 'urn:countersign:withdrawal:v1',
    digest: digestOf(`withdrawal ${serial}`),
    method: signer.method,
    signer,
    signature,
    reasons,
    covers: [],
    contradicted: dice.chance(0.05),
    withdrawal: {
      stage: 'author',
      approvals: dice.some(layers, 0.4).map(({ digest }) => digest),
      reason: 'a mistake',
      withdrawnAt: '2026-05-31T13:00:00Z',
    },
  };
}

const TIMES = ['2026-03-01T00:00:00Z', '2026-04-01T00:00:00Z', '2026-05-01T00:00:00Z'];

/** A layer with a proven time, or without; mostly one that its own time allows. */
function timed(layer: LayerFact, dice: Dice): LayerFact {
  const stated = dice.chance(0.4) ? dice.one(TIMES) : layer.approval?.timeVerified;
  const approval = layer.approval && { ...layer.approval, timeVerified: stated ?? layer.approval.timeVerified };
  const signedAt = approval?.timeVerified ?? layer.signedAt;
  if (dice.chance(0.6)) return { ...layer, approval, signedAt };
  const time = new Date(dice.chance(0.8) && signedAt !== null ? signedAt : dice.one(TIMES));
  const accuracyMs = dice.one([0, 1000]);
  const latest = new Date(time.getTime() + accuracyMs);
  return { ...layer, approval, signedAt, proven: { time, latest, accuracyMs, proof: 'timestamp', by: 'CN=TSA' } };
}

/** Since when and how long a credential counts; mostly always. */
function windowFrom(dice: Dice): Pick<Credential, 'window'> {
  if (dice.chance(0.85)) return {};
  const from = dice.chance(0.5) ? { from: Date.parse(dice.one(TIMES)) } : {};
  const until = dice.chance(0.6) ? { until: Date.parse(dice.one([...TIMES, '2026-07-01T00:00:00Z'])) } : {};
  return { window: { ...from, ...until } };
}

/** Sometimes parts of the image are file systems, encrypted or not, and the policy asks for the one. */
function withPartitions({ rules, facts }: Case, dice: Dice): Case {
  if (dice.chance(0.8)) return { rules, facts };
  const units = facts.units.map((unit) => (dice.chance(0.5) ? { ...unit, encrypted: dice.chance(0.7) } : unit));
  return { rules: { ...rules, objects: { mustBeEncrypted: dice.chance(0.7) } }, facts: { ...facts, units } };
}

const GROUPS = [
  [1, 1, 2],
  [1, 2, 2],
  [1, 2, 3],
  [2, 2, 2],
] as const;

/** Sometimes stages are about parts of the image, and approvals too, mostly of what their stage is about. */
function withScopes({ rules, facts }: Case, dice: Dice): Case {
  if (dice.chance(0.7)) return { rules, facts };
  const groups = dice.one(GROUPS);
  const units = facts.units.map((unit, index) => {
    const use = index === 0 && dice.chance(0.9) ? 'none' : dice.one(['overlay', 'overlay', 'data', 'none'] as const);
    return { ...unit, group: groups[index] ?? 1, ...(use === 'none' ? {} : { use }) };
  });
  const stages = rules.stages.map((one, index): Stage => {
    if (dice.chance(0.2)) return one;
    if (index === 0 || dice.chance(0.3)) return { ...one, objects: 'base' };
    return { ...one, objects: dice.one(['overlays', [2], [3], [2, 3]] as const) };
  });
  const unsigned = dice.chance(0.3) ? { objects: { mustBeEncrypted: false, unsigned: [dice.one([2, 3])] } } : {};
  const layers = facts.layers.map((layer) => {
    const objects = stages.find(({ name }) => name === layer.approval?.stage)?.objects;
    if (objects === undefined || layer.covers.length < units.length || dice.chance(0.15)) return layer;
    const isMine = (group: number): boolean => (objects === 'base' ? group === groups[0] : group !== groups[0]);
    return { ...layer, covers: units.filter(({ group }) => isMine(group)).map(({ id }) => id) };
  });
  return { rules: { ...rules, ...unsigned, stages }, facts: { ...facts, units, layers } };
}

/** The case of a number; the same number gives the same case. */
export function randomCase(seed: number): Case {
  const dice = new Dice(seed);
  const rules = rulesFrom(dice);
  const usual = dice.chance(0.5) ? pipelineFrom(rules, dice) : chaosFrom(dice);
  const made = [...usual, ...kinFrom(rules, usual, dice)];
  const care = dice.one([0, 0.01, 0.07]);
  const kept = made.filter(() => !dice.chance(care));
  const layers = kept.map((layer) => (dice.chance(care / 3) ? { ...layer, contradicted: true, covers: [] } : layer));
  const inRegistry = dice.chance(0.3);
  const placed = layers.map((layer, index) =>
    inRegistry ? { ...layer, place: { in: 'registry', name: `referrer ${index}` } as const } : layer,
  );
  const grants = Array.from({ length: Math.floor(dice.roll() * 3) }, () => grantFrom(rules, dice));
  const facts = image(
    placed.map((layer) => timed(layer, dice)),
    { hasId: dice.chance(0.6), evidence: grants },
  );
  const count = dice.chance(0.4) ? dice.one([1, 1, 2]) : 0;
  const deny = Array.from({ length: count }, () => denialFrom(rules, facts, dice));
  const evidence = dice.chance(0.3)
    ? [...grants, withdrawalFrom(dice.chance(0.4) && grants.length > 0 ? grants : facts.layers, 0, dice)]
    : grants;
  return withScopes(withPartitions({ rules: { ...rules, deny }, facts: { ...facts, evidence } }, dice), dice);
}
