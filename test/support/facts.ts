// SPDX-License-Identifier: Apache-2.0
// Builders for what evaluatePolicy looks at: facts about images and layers, and policies, each with one line per test.

import type { Approval, RosterEntry } from '../../src/attest/approval.ts';
import {
  type KeyIdentity,
  nameOfSigner,
  type PgpIdentity,
  type SignerIdentity,
  type SigstoreIdentity,
  type X509Identity,
} from '../../src/findings/signature.ts';
import type { ClaimName, Claims } from '../../src/findings/claims.ts';
import type { EvidenceFact, ImageFacts, LayerFact } from '../../src/policy/facts.ts';
import type { Policy, Principal, Stage } from '../../src/policy/document/model.ts';
import { sha256, type Digest } from '../../src/base/bytes.ts';

export const NOW = new Date('2026-06-01T12:00:00Z');
export const UNITS = ['object 1', 'object 2', 'object 3'] as const;
export const ANCHOR = 'aa'.repeat(32);

/** A digest that depends on the text alone. */
export function digestOf(text: string): Digest {
  return sha256(Buffer.from(text));
}

/** 40 hex digits that depend on the name alone. */
export function fingerprintOf(name: string): string {
  return digestOf(name).slice(7, 47).toUpperCase();
}

export function pgp(name: string): PgpIdentity {
  return {
    method: 'pgp',
    fingerprint: fingerprintOf(name),
    hint: hintOf(`OpenPGP ${name}`),
    userIds: [`${name} <${name}@example.org>`],
  };
}

export function key(name: string): KeyIdentity {
  return { method: 'key', hint: hintOf(name), algorithm: 'ecdsa-p256' };
}

export function x509(name: string, more: Partial<X509Identity> = {}): X509Identity {
  return {
    method: 'x509',
    hint: hintOf(name),
    algorithm: 'ecdsa-p256',
    subject: `CN=${name},O=Example`,
    issuer: 'CN=Example CA,O=Example',
    san: [`email:${name}@example.org`],
    serial: '01',
    notBefore: '2026-01-01T00:00:00Z',
    notAfter: '2027-01-01T00:00:00Z',
    certificateSha256: digestOf(`certificate of ${name}`).slice(7),
    anchors: [ANCHOR],
    chain: [`CN=${name},O=Example`, 'CN=Example CA,O=Example'],
    ...more,
  };
}

/** The claims of a job of `acme/app` on GitHub that runs `release.yml`, as the public Sigstore CA certifies them. */
export const JOB_CLAIMS = {
  buildSignerUri: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.0',
  buildSignerDigest: 'a'.repeat(40),
  runnerEnvironment: 'github-hosted',
  sourceRepositoryUri: 'https://github.com/acme/app',
  sourceRepositoryDigest: 'a'.repeat(40),
  sourceRepositoryRef: 'refs/tags/v1.2.0',
  sourceRepositoryIdentifier: '1001',
  sourceRepositoryOwnerUri: 'https://github.com/acme',
  sourceRepositoryOwnerIdentifier: '42',
  buildConfigUri: 'https://github.com/acme/app/.github/workflows/release.yml@refs/tags/v1.2.0',
  buildConfigDigest: 'a'.repeat(40),
  buildTrigger: 'push',
  runInvocationUri: 'https://github.com/acme/app/actions/runs/77/attempts/1',
  sourceRepositoryVisibilityAtSigning: 'private',
  deploymentEnvironment: 'production',
  tokenSubject: 'repo:acme/app:environment:production',
  workflowTrigger: 'push',
  workflowSha: 'a'.repeat(40),
  workflowName: 'release',
  workflowRepository: 'acme/app',
  workflowRef: 'refs/tags/v1.2.0',
} as const satisfies Record<ClaimName, string>;

export const GITHUB_ISSUER = 'https://token.actions.githubusercontent.com';

/** A keyless signer: the job above with other claims; `run` tells its keys apart. */
export function job(run: string, claims: Claims = {}, more: Partial<SigstoreIdentity> = {}): SigstoreIdentity {
  const all: Claims = { ...JOB_CLAIMS, ...claims };
  return {
    method: 'sigstore',
    hint: hintOf(`run ${run}`),
    algorithm: 'ecdsa-p256',
    issuer: GITHUB_ISSUER,
    san: [`uri:${all.buildSignerUri}`],
    claims: all,
    certificateSha256: digestOf(`certificate of run ${run}`).slice(7),
    provenAt: '2026-06-01T11:00:00Z',
    ...more,
  };
}

function hintOf(name: string): string {
  return Buffer.from(digestOf(`key of ${name}`).slice(7), 'hex').toString('base64');
}

/** A principal with the PGP key that pgp(name) signs with. */
export function person(name: string): Principal {
  return { name, credentials: [{ method: 'pgp', fingerprint: fingerprintOf(name) }] };
}

export function stage(name: string, approvers: readonly string[], more: Partial<Stage> = {}): Stage {
  return {
    name,
    id: `urn:countersign:stage:${name}`,
    approvers,
    threshold: 1,
    after: [],
    native: [],
    requires: [],
    ...more,
  };
}

export function policy(
  principals: readonly Principal[],
  stages: readonly Stage[],
  distinct: readonly (readonly string[])[] = [],
  deny: Policy['deny'] = [],
): Policy {
  return { name: 'test', digest: digestOf('policy'), principals, stages, distinct, deny };
}

/** author → security → production by alice, bob and carol. */
export const PIPELINE = policy(
  [person('alice'), person('bob'), person('carol')],
  [
    stage('author', ['alice']),
    stage('security', ['bob'], { after: ['author'] }),
    stage('production', ['carol'], { after: ['security'] }),
  ],
);

let objects = 10;

export interface ApprovalOptions {
  readonly layer?: Partial<LayerFact>;
  readonly approval?: Partial<Approval>;
  /** Layers that the signer saw. */
  readonly after?: readonly LayerFact[];
}

/** An approval of a stage; its digest depends on stage, signer and what it lists. */
export function approve(stageName: string, signer: SignerIdentity, options: ApprovalOptions = {}): LayerFact {
  const name = nameOfSigner(signer);
  const roster: RosterEntry[] = (options.after ?? []).map(listed);
  const last = [...(options.after ?? [])].sort((a, b) => (b.approval?.sequence ?? 0) - (a.approval?.sequence ?? 0))[0];
  const approval: Approval = {
    stage: stageName,
    signer: name ? { ...name, certificates: [] } : null,
    verifierId: `urn:countersign:stage:${stageName}`,
    timeVerified: '2026-05-31T12:00:00Z',
    resourceUri: 'app.sif',
    policy: { name: 'test', digest: digestOf('policy') },
    sequence: 1 + (last?.approval?.sequence ?? 0),
    previous: last?.digest ?? null,
    roster,
    replaces: [],
    evidence: [],
    dataVerified: true,
    expires: null,
    native: [],
    reason: null,
    ticket: null,
    run: null,
    ...options.approval,
  };
  objects += 1;
  return {
    place: { in: 'sif', object: objects },
    kind: 'bundle',
    method: signer.method,
    digest: digestOf(JSON.stringify([approval, signer])),
    signer,
    signature: 'valid',
    reasons: [],
    covers: UNITS,
    contradicted: false,
    approval,
    signedAt: approval.timeVerified,
    ...options.layer,
  };
}

/** A layer as rosters name it. */
export function listed({ approval, digest, signer }: LayerFact): RosterEntry {
  return { stage: approval?.stage ?? null, digest, signer: (signer && nameOfSigner(signer)) ?? null };
}

/** A layer as the approval that replaces it names it. */
export function replacing(...layers: readonly LayerFact[]): Pick<Approval, 'replaces'> {
  return {
    replaces: layers.flatMap(({ digest, signer }) => {
      const name = signer && nameOfSigner(signer);
      return name ? [{ digest, signer: name }] : [];
    }),
  };
}

/** A native signature over the whole image. */
export function native(signer: SignerIdentity, more: Partial<LayerFact> = {}): LayerFact {
  objects += 1;
  return {
    place: { in: 'sif', object: objects },
    kind: signer.method === 'pgp' ? 'native-pgp' : 'native-dsse',
    method: signer.method,
    digest: digestOf(`native ${JSON.stringify(signer)}`),
    signer,
    signature: 'valid',
    reasons: [],
    covers: UNITS,
    contradicted: false,
    approval: null,
    signedAt: null,
    ...more,
  };
}

export function evidence(name: string, more: Partial<EvidenceFact> = {}): EvidenceFact {
  objects += 1;
  return {
    place: { in: 'sif', object: objects },
    predicateType: `https://example.org/${name}`,
    digest: digestOf(`evidence ${name}`),
    method: 'key',
    signer: key('builder'),
    signature: 'valid',
    reasons: [],
    covers: UNITS,
    contradicted: false,
    ...more,
  };
}

export function image(layers: readonly LayerFact[], more: Partial<ImageFacts> = {}): ImageFacts {
  return {
    name: 'app.sif',
    kind: 'sif',
    contentDigests: [digestOf('content')],
    units: UNITS.map((id) => ({ id })),
    layers,
    evidence: [],
    dataRead: true,
    problems: [],
    ...more,
  };
}

/** Three approvals in order, as PIPELINE wants them. */
export function pipelineLayers(): readonly [LayerFact, LayerFact, LayerFact] {
  const author = approve('author', pgp('alice'));
  const security = approve('security', pgp('bob'), { after: [author] });
  const production = approve('production', pgp('carol'), { after: [author, security] });
  return [author, security, production];
}
