// SPDX-License-Identifier: Apache-2.0
// What a policy asks and a gate that knows keys alone cannot ask. Each member of a policy has an entry here: one that is
// declared later and has none does not compile.

import { toSecond } from '../base/text.ts';
import type { TrustMaterial } from '../crypto/verifier.ts';
import { denialText } from '../findings/denial.ts';
import type { LoadedPolicy } from '../policy/document/load.ts';
import type { Credential, Policy, Principal, Stage } from '../policy/document/model.ts';
import type { Loss } from './verdict.ts';

/** What an export is made of. */
export type PolicySource = Pick<LoadedPolicy, 'policy' | 'trust'>;

/** A part of a policy, and what is exported of the whole. */
interface Part<T> {
  readonly of: T;
  readonly stages: readonly Stage[];
  readonly now: Date;
}

interface Lost<T> {
  readonly rule: Loss['rule'];
  /** Sentences; none where the policy does not use the member. */
  readonly texts: (part: Part<T>) => readonly string[];
}

/** An entry for every member. Null: asked by the gate, written into its files, or no demand on an image. */
type Members<T> = { readonly [M in T extends T ? keyof T : never]: Lost<T> | null };

function when(used: boolean, text: string): readonly string[] {
  return used ? [text] : [];
}

const STAGE: Members<Stage> = {
  name: null,
  // For which stage a signature was given no gate asks, of no policy: every page says so.
  id: null,
  native: null,
  approvers: null,
  // By what asks for people: see thresholdLoss.
  threshold: null,
  // Of cosign signatures alone; the gate that reads them asks for it.
  signedIdentity: null,
  after: {
    rule: 'order',
    texts: ({ of: { name, after } }) =>
      when(after.length > 0, `that stage ${name} came after ${after.join(' and ')} is not asked`),
  },
  requires: {
    rule: 'evidence',
    texts: ({ of: { name, requires } }) =>
      when(
        requires.length > 0,
        `the evidence of stage ${name} is not asked for: ${[...new Set(requires.map(({ evidence }) => evidence))].join(', ')}`,
      ),
  },
  maxAge: {
    rule: 'age',
    texts: ({ of: { name, maxAge } }) =>
      when(maxAge !== undefined, `how old an approval of stage ${name} is (maxAge) is not asked`),
  },
  reviewed: {
    rule: 'review',
    texts: ({ of: { name, reviewed } }) =>
      when(reviewed === true, `that a human released the job that approves stage ${name} (reviewed) is not asked`),
  },
  breakGlass: {
    rule: 'break-glass',
    texts: ({ of: { name, breakGlass } }) =>
      when(
        breakGlass !== undefined,
        `broken glass is not known: the gate denies images of which stage ${name} is skipped`,
      ),
  },
  grantors: {
    rule: 'grants',
    texts: ({ of: { name, grantors = [] } }) =>
      when(
        grantors.length > 0,
        `whom ${grantors.join(', ')} vouched for is not known: the gate denies images of which stage ${name} was approved by a grant`,
      ),
  },
  objects: {
    rule: 'objects',
    texts: ({ of: { name, objects } }) =>
      when(
        objects !== undefined,
        `that stage ${name} is about ${objects === 'base' ? 'the base' : 'overlays'} alone is not seen: the gate asks for its signature of all of every image, and can deny images that pass the policy`,
      ),
  },
  quorums: {
    rule: 'distinct',
    texts: ({ of: { name, quorums = [] } }) => {
      const places = quorums.flatMap(({ approvers }) => approvers);
      return when(new Set(places).size < places.length, `that nobody fills two places of stage ${name} is not asked`);
    },
  },
};

const POLICY: Members<Policy> = {
  name: null,
  digest: null,
  principals: null,
  teams: null,
  stages: null,
  deny: {
    rule: 'denied',
    texts: ({ of: { deny, principals } }) => {
      const keys = new Set(principals.flatMap(({ credentials }) => credentials.map(keyOf)));
      return deny.flatMap((denial) => {
        const { what, since } = denial;
        const key = what.of === 'key' ? (what.fingerprint ?? what.hint) : undefined;
        const leftOut = !since && (what.of === 'principal' || (key !== undefined && keys.has(key)));
        return when(!leftOut, `that a ${what.of} ${denialText(denial)}, is not asked`);
      });
    },
  },
  distinct: {
    rule: 'distinct',
    texts: ({ of: { distinct }, stages }) =>
      distinct.flatMap((group) => {
        const asked = group.filter((name) => stages.some((stage) => stage.name === name));
        return when(asked.length > 1, `that nobody fills two of ${asked.join(', ')} is not asked`);
      }),
  },
  objects: {
    rule: 'encryption',
    texts: ({ of: { objects } }) => [
      ...when(objects?.mustBeEncrypted === true, 'that every partition is encrypted (mustBeEncrypted) is not asked'),
      ...when(
        (objects?.unsigned ?? []).length > 0,
        'that data may stay unsigned (unsigned) is not seen: the gate can deny images that pass the policy',
      ),
    ],
  },
};

const TRUST: Members<TrustMaterial> = {
  keyrings: null,
  keys: null,
  anchors: null,
  intermediates: null,
  certificates: null,
  origins: null,
  // As `deny` of the policy.
  denied: null,
  // By what a gate asks for keyless signers: see its own losses.
  sigstore: null,
  crls: {
    rule: 'revocation',
    texts: ({ of: { crls = [] } }) =>
      when(crls.length > 0, 'that no certificate is revoked by the CRLs of the policy is not asked'),
  },
  revocation: {
    rule: 'revocation',
    texts: ({ of: { revocation } }) =>
      when(revocation === 'require', 'that a CRL in force speaks of every certificate is not asked'),
  },
  timestamps: {
    rule: 'proven-time',
    texts: ({ of: { timestamps } }) =>
      when(
        timestamps.length > 0,
        'times that timestamps prove are not seen: the gate judges keys by the present, and can deny images that pass the policy',
      ),
  },
};

const PRINCIPAL: Members<Principal> = { name: null, many: null, githubUsers: null, credentials: null };

const CREDENTIAL: Members<Credential> = {
  method: null,
  fingerprint: null,
  hint: null,
  anchors: null,
  san: null,
  subject: null,
  issuer: null,
  any: null,
  claims: null,
  window: { rule: 'window', texts: ({ of: { window }, now }) => windowTexts(window, now) },
};

function windowTexts(window: Credential['window'], now: Date): readonly string[] {
  if (!window) return [];
  const { from, until } = window;
  const bounds = [
    ...(from === undefined ? [] : [`from ${toSecond(new Date(from))}`]),
    ...(until === undefined ? [] : [`until ${toSecond(new Date(until))}`]),
  ].join(' ');
  return [
    isOpen(window, now)
      ? `counts ${bounds}, which is not asked: the gate counts it always; export again when it ends`
      : `counts ${bounds}: it is left out, and what was proven to be signed in that time is denied too`,
  ];
}

/** True when the window holds the present. */
export function isOpen({ from, until }: NonNullable<Credential['window']>, now: Date): boolean {
  return (from === undefined || now.getTime() >= from) && (until === undefined || now.getTime() < until);
}

/** What no gate but `verify-all` can ask of these stages. Of credentials those are looked at that the gate knows. */
export function ruleLosses(
  { policy, trust }: PolicySource,
  stages: readonly Stage[],
  { knows, now }: { readonly knows: (credential: Credential) => boolean; readonly now: Date },
): readonly Loss[] {
  const whole = { stages, now };
  const approvers = new Set(stages.flatMap((stage) => stage.approvers));
  const people = policy.principals.filter(({ name }) => approvers.has(name));
  return [
    ...stages.flatMap((of) => lossesOf(STAGE, { ...whole, of }, { stage: of.name })),
    ...lossesOf(POLICY, { ...whole, of: policy }),
    ...lossesOf(TRUST, { ...whole, of: trust }),
    ...people.flatMap((of) => lossesOf(PRINCIPAL, { ...whole, of })),
    ...people.flatMap(({ name, credentials }) =>
      credentials
        .filter(knows)
        .flatMap((of) => lossesOf(CREDENTIAL, { ...whole, of }, { about: `the ${credentialText(of)} of ${name} ` })),
    ),
  ];
}

function lossesOf<T>(
  members: Readonly<Record<string, Lost<T> | null>>,
  part: Part<T>,
  { stage = null, about = '' }: { readonly stage?: string | null; readonly about?: string } = {},
): readonly Loss[] {
  return Object.values(members).flatMap((lost) =>
    (lost?.texts(part) ?? []).map((text) => ({ stage, rule: lost?.rule ?? 'order', text: `${about}${text}` })),
  );
}

function credentialText(credential: Credential): string {
  switch (credential.method) {
    case 'pgp':
      return `OpenPGP key ${credential.fingerprint}`;
    case 'key':
      return `key ${credential.hint}`;
    default:
      return 'certificate';
  }
}

function keyOf(credential: Credential): string | undefined {
  if (credential.method === 'pgp') return credential.fingerprint;
  return credential.method === 'key' ? credential.hint : undefined;
}
