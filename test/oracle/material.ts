// SPDX-License-Identifier: Apache-2.0
// What the oracle looks at, in its own words, and the comparisons that its rules share.

/** A signer as the page speaks of one. */
export interface Who {
  /** Keyless: what log or timestamps prove. */
  readonly provenAt?: string | null;
  readonly method: string;
  readonly hint?: string;
  readonly fingerprint?: string;
  readonly subkey?: string;
  readonly subject?: string;
  readonly san?: readonly string[];
  readonly anchors?: readonly string[];
  readonly issuer?: string;
  readonly claims?: Readonly<Record<string, string | undefined>>;
  readonly reviewers?: readonly { readonly login: string; readonly id: string }[];
}

/** A signer as a statement names one. */
export interface Named {
  readonly key: string;
  readonly fingerprint?: string;
}

/** A layer of an image. */
export interface Layer {
  readonly place: { readonly in: string };
  readonly kind: string;
  readonly digest: string;
  readonly signer: Who | null;
  readonly signature: string;
  readonly granted?: boolean;
  readonly reasons: readonly { readonly code: string; readonly severity?: string }[];
  readonly covers: readonly string[];
  readonly contradicted: boolean;
  readonly signedAt: string | null;
  readonly proven?: { readonly time: Date; readonly latest: Date; readonly accuracyMs: number; readonly proof: string };
  readonly approval: {
    readonly stage: string;
    readonly signer: Named | null;
    readonly verifierId: string;
    readonly timeVerified: string;
    readonly sequence: number;
    readonly previous: string | null;
    readonly roster: readonly {
      readonly stage: string | null;
      readonly digest: string;
      readonly signer: Named | null;
    }[];
    readonly replaces: readonly { readonly digest: string; readonly signer: Named }[];
    readonly expires: string | null;
    readonly native: readonly { readonly digest: string }[];
  } | null;
}

/** A policy. */
export interface Rules {
  readonly principals: readonly {
    readonly name: string;
    readonly many?: boolean;
    readonly githubUsers?: readonly string[];
    readonly credentials: readonly Credential[];
  }[];
  readonly stages: readonly {
    readonly name: string;
    readonly id: string;
    readonly approvers: readonly string[];
    readonly threshold: number;
    readonly reviewed?: boolean;
    readonly grantors?: readonly string[];
    readonly quorums?: readonly {
      readonly name: string;
      readonly approvers: readonly string[];
      readonly needed: number;
    }[];
    readonly after: readonly string[];
    readonly native: readonly string[];
    readonly maxAge?: number;
    readonly objects?: string | readonly number[];
  }[];
  readonly distinct: readonly (readonly string[])[];
  readonly objects?: { readonly mustBeEncrypted: boolean; readonly unsigned?: readonly number[] };
  readonly deny: readonly {
    readonly what: {
      readonly of: string;
      readonly hint?: string;
      readonly fingerprint?: string;
      readonly name?: string;
      readonly digest?: string;
    };
    readonly since?: Date;
  }[];
}

/** One way to recognise a principal. */
export type Credential = {
  readonly method: string;
  readonly window?: { readonly from?: number; readonly until?: number };
  readonly fingerprint?: string;
  readonly hint?: string;
  readonly anchors?: readonly string[];
  readonly san?: readonly string[];
  readonly any?: boolean;
  readonly issuer?: string | readonly string[];
  readonly claims?: Readonly<Record<string, readonly string[] | undefined>>;
};

/** An image. */
export interface Image {
  readonly contentDigests: readonly string[];
  readonly units: readonly {
    readonly id: string;
    readonly encrypted?: boolean;
    readonly group?: number;
    readonly use?: string;
  }[];
  readonly hasId?: boolean;
  readonly layers: readonly Layer[];
  readonly evidence: readonly Paper[];
}

/** Evidence, of which the oracle reads grants. */
export interface Paper {
  readonly digest: string;
  readonly proven?: { readonly time: Date; readonly latest: Date; readonly accuracyMs: number; readonly proof: string };
  readonly reasons: readonly { readonly code: string; readonly severity?: string }[];
  readonly predicateType: string;
  readonly signature: string;
  readonly signer: Who | null;
  readonly contradicted: boolean;
  readonly covers: readonly string[];
  readonly statement?: Uint8Array;
  readonly withdrawal?: { readonly approvals: readonly string[] };
  readonly withdrawn?: boolean | object;
}

export function isIt(entry: { readonly digest: string; readonly signer: Named | null }, layer: Layer): boolean {
  return (
    layer.digest === entry.digest &&
    ownStatement(layer) &&
    (entry.signer === null || sameAs(layer.signer, entry.signer))
  );
}

export function ownStatement({ approval, signer }: Layer): boolean {
  return !approval?.signer || sameAs(signer, approval.signer);
}

/** What runs of one keyless workflow have in common. */
export function workflowOf({ issuer, san = [], claims = {} }: Who, withEnvironment: boolean): readonly unknown[] {
  const signer = claims['buildSignerUri'];
  const names = san.map((name) => (name === `uri:${signer}` ? name.slice(0, name.lastIndexOf('@')) : name));
  const repository = [claims['sourceRepositoryUri'], claims['sourceRepositoryIdentifier']];
  return [issuer, names, repository, withEnvironment ? claims['deploymentEnvironment'] : undefined];
}

export function sameAs(who: Who | null, { key, fingerprint }: Named): boolean {
  if (!who || who.fingerprint !== fingerprint) return false;
  return who.hint === key || (fingerprint !== undefined && who.hint === undefined);
}

export function isEqual(one: Named, other: Named): boolean {
  return one.key === other.key && one.fingerprint === other.fingerprint;
}

export function sameSigner(one: Who | null, other: Who | null): boolean {
  if (!one || !other) return false;
  return (
    (one.hint !== undefined && one.hint === other.hint) ||
    (one.method === 'sigstore' &&
      other.method === 'sigstore' &&
      JSON.stringify(workflowOf(one, true)) === JSON.stringify(workflowOf(other, true))) ||
    (one.fingerprint !== undefined && one.fingerprint === other.fingerprint)
  );
}

export function overlap(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((value) => other.has(value));
}

/** Every choice of candidates of which no two are rivals. */
export function* choices<T>(all: readonly T[], rivals: (one: T, other: T) => boolean): Generator<readonly T[]> {
  const [first, ...rest] = all;
  if (first === undefined) {
    yield [];
    return;
  }
  const friends = rest.filter((other) => !rivals(first, other));
  for (const chosen of choices(friends, rivals)) yield [first, ...chosen];
  yield* choices(rest, rivals);
}

/** The most candidates of which no two have anything in common. */
export function people(candidates: readonly ReadonlySet<string>[]): number {
  const [first, ...rest] = candidates;
  if (!first) return 0;
  const without = people(rest);
  const apart = rest.filter((other) => !overlap(first, other));
  return Math.max(without, 1 + people(apart));
}

/** Patterns of e-mail addresses: the domain without regard to case, a star for what is before the @. */
export function fits(pattern: string, value: string): boolean {
  const [wanted = '', domain = ''] = pattern.split('@');
  const [local = '', given = ''] = value.split('@');
  if (domain.toLowerCase() !== given.toLowerCase()) return false;
  return wanted === local || (wanted === 'email:*' && local.length > 'email:'.length);
}
