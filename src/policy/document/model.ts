// SPDX-License-Identifier: Apache-2.0
// A policy as evaluatePolicy takes it: key and certificate files read, and reduced to what identities are compared with.

import type { Digest } from '../../base/bytes.ts';
import type { TrustKind } from '../../crypto/trust.ts';
import type { Denial } from '../../findings/denial.ts';
import type { AllowEntry } from '../../findings/finding.ts';
import type { FailOn } from '../../findings/judge.ts';
import type { Severity } from '../../findings/severity.ts';
import type { ClaimName } from '../../findings/claims.ts';
import type { SignedIdentity } from '../rules/signed-identity.ts';

/**
 * Longest lists of a policy: stages, credentials of a principal, files of a kind, groups, evidence. People are not counted, but
 * whom all teams, stages and requirements name together, teams in them resolved: else every stage could have everybody.
 */
export const POLICY_LIMITS = {
  stages: 64,
  credentials: 64,
  files: 1024,
  distinct: 64,
  requires: 64,
  groups: 64,
  deny: 10_000,
  named: 1_250_000,
} as const;

/** Formats of signatures that name no stage and that a stage may accept as approval: in a SIF, or by `cosign sign`. */
export type NativeFormat = 'pgp' | 'dsse' | 'cosign' | 'notation' | 'simple-signing';

/** A stage of the pipeline. */
export interface Stage {
  readonly name: string;
  /** `verifier.id` of this stage's approvals; `urn:countersign:stage:<name>` unless the policy says otherwise. */
  readonly id: string;
  /** Names of principals, each once; teams are resolved. */
  readonly approvers: readonly string[];
  /** Number of different people needed, at least 1; of all quorums together where there are some. */
  readonly threshold: number;
  /** Approvers whose grants let others approve in their place. */
  readonly grantors?: readonly string[];
  /** Who may let the stage be skipped, and for how long, milliseconds; nobody when not given. */
  readonly breakGlass?: { readonly by: readonly string[]; readonly maxDuration: number };
  /** How many are needed of which approvers; nobody counts for two. One of all approvers when not given. */
  readonly quorums?: readonly Quorum[];
  /** Earlier stages that an approval of this one must have seen approved. */
  readonly after: readonly string[];
  readonly native: readonly NativeFormat[];
  /** How old an approval may be, milliseconds; any age when not given. */
  readonly maxAge?: number;
  /** Which reference plain cosign signatures must have been made for; any when not given. */
  readonly signedIdentity?: SignedIdentity;
  /** Asks that a human released the job that approves. */
  readonly reviewed?: true;
  /** Evidence without which the stage does not pass. */
  readonly requires: readonly Requirement[];
  /** Which objects of an image its approvals are about; all when not given. */
  readonly objects?: StageObjects;
}

/**
 * Some of the objects of a SIF. `overlays` are those of groups that hold overlay and data partitions alone, numbers such
 * groups, and `base` is everything else.
 */
export type StageObjects = 'base' | 'overlays' | readonly number[];

/** Some of the approvers of a stage, and how many different ones of them must approve. */
export interface Quorum {
  /** A team, or a principal. */
  readonly name: string;
  /** Names of principals. */
  readonly approvers: readonly string[];
  readonly needed: number;
}

/** Principals under one name. */
export interface Team {
  readonly name: string;
  /** Names of principals; teams in it are resolved. */
  readonly members: readonly string[];
}

/** Evidence that a stage rests on. */
export interface Requirement {
  /** `findings`, `sbom`, `provenance`, or a predicate type. */
  readonly evidence: string;
  /** Names of principals who may have signed it. */
  readonly signedBy: readonly string[];
  /** How many different statements; of findings, by how many different scanners. */
  readonly count: number;
  /** Milliseconds; any age when not given. */
  readonly maxAge?: number;
  /** It must lie in the file of the image itself. */
  readonly inside?: boolean;
  readonly condition: FindingsCondition | SbomCondition | ProvenanceCondition | FieldsCondition;
}

/** Findings that are acceptable, and by whom they were looked for. */
export interface FindingsCondition {
  readonly of: 'findings';
  readonly failOn: FailOn;
  /** What a finding that nobody rated is taken for. */
  readonly unknownAs: Exclude<Severity, 'unknown'>;
  /** Names or addresses of scanners; any when empty. */
  readonly scanner: readonly string[];
  /** Milliseconds; any age when not given. */
  readonly databaseMaxAge?: number;
  readonly exceptions: readonly AllowEntry[];
  /** Names of principals whose signed VEX documents make findings acceptable. */
  readonly vexBy?: readonly string[];
}

/** How many components with name and version an SBOM has at least. */
export interface SbomCondition {
  readonly of: 'sbom';
  readonly minComponents: number;
}

/** Patterns of which one must match; any value when there are none. */
export interface ProvenanceCondition {
  readonly of: 'provenance';
  readonly builder: readonly string[];
  readonly source: readonly string[];
  readonly ref: readonly string[];
  /** Digests of base images; any base when not given. */
  readonly base?: readonly Digest[];
}

/** What a member of a predicate can be compared with. */
export type FieldValue = string | number | boolean;

/** How a member must be: everything that is given holds. */
export interface Comparison {
  readonly oneOf?: readonly FieldValue[];
  readonly not?: readonly FieldValue[];
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Members and how they must be. */
export interface FieldsCondition {
  readonly of: 'fields';
  readonly fields: readonly { readonly path: string; readonly comparison: Comparison }[];
}

/** Since when and how long somebody counts, milliseconds since 1970; what is not given does not limit. */
export interface Window {
  readonly from?: number;
  /** The first moment that does not count any more. */
  readonly until?: number;
}

/** What every credential may have. */
interface Limited {
  readonly window?: Window;
}

/** One way in which a principal may be recognised. */
export type Credential = PgpCredential | KeyCredential | X509Credential | SigstoreCredential;

/** An OpenPGP key. */
export interface PgpCredential extends Limited {
  readonly method: 'pgp';
  /** Primary key fingerprint, 40 upper-case hex digits. */
  readonly fingerprint: string;
}

/** A bare public key. */
export interface KeyCredential extends Limited {
  readonly method: 'key';
  /** Base64 SHA-256 of the SPKI. */
  readonly hint: string;
}

/** Matches a certificate when an anchor is in common and every list given has an entry that matches. */
export interface X509Credential extends Limited {
  readonly method: 'x509';
  /** Hex SHA-256 of each anchor certificate. */
  readonly anchors: readonly string[];
  /** Patterns, see rules/pattern.ts; empty when not given. */
  readonly san: readonly string[];
  readonly subject: readonly string[];
  readonly issuer: readonly string[];
  /** Any certificate with a name matches, so that there are no patterns of its names. */
  readonly any?: true;
}

/** Matches a keyless signer when the issuer is this one and every list given has an entry that matches. */
export interface SigstoreCredential extends Limited {
  readonly method: 'sigstore';
  /** URL of the OpenID issuer, exact. */
  readonly issuer: string;
  /** Patterns, see rules/pattern.ts; empty when not given. */
  readonly san: readonly string[];
  /** Patterns for claims, of the kinds in keyless/match.ts; what is not given may be anything. */
  readonly claims: Readonly<Partial<Record<ClaimName, readonly string[]>>>;
}

/** A person or service, known by any of their credentials. */
export interface Principal {
  readonly name: string;
  /** Everybody whom a credential fits is a person of their own. */
  readonly many?: true;
  /** Names or numbers on the platform whose reviews are this person's. */
  readonly githubUsers?: readonly string[];
  readonly credentials: readonly Credential[];
}

/** A policy ready for evaluation. */
export interface Policy {
  readonly name: string;
  /** SHA-256 of the policy file. */
  readonly digest: Digest;
  readonly principals: readonly Principal[];
  readonly teams?: readonly Team[];
  /** In order; at least one. */
  readonly stages: readonly Stage[];
  /** Groups of stages of which nobody may fill two. */
  readonly distinct: readonly (readonly string[])[];
  /** What does not count any more. */
  readonly deny: readonly Denial[];
  /** What is asked of the parts of an image. */
  readonly objects?: ObjectRules;
}

/** What is asked of the parts of an image. */
export interface ObjectRules {
  readonly mustBeEncrypted: boolean;
  /** Groups that need no approval as long as they hold data partitions alone. */
  readonly unsigned?: readonly number[];
}

/** A file that a policy consists of. */
export interface PolicyFile {
  /** Absolute. */
  readonly path: string;
  /** The path from the folder of the policy on, with `/` between its parts; absolute where it was named so. */
  readonly name: string;
  /** `policy` for what says who may do what, else what is in it. */
  readonly use: 'policy' | TrustKind;
  /** What was read, once, and parsed. */
  readonly bytes: Uint8Array;
}
