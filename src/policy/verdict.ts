// SPDX-License-Identifier: Apache-2.0
// The verdict document `countersign/verdict/v1`: what verify-all reports, what every renderer reads, and what
// schema/verdict.schema.json describes. Plain data; times are RFC 3339 texts.

import type { Claims } from '../findings/claims.ts';
import type { Reviewer } from '../findings/reviewers.ts';
import type { PathMember, Reason, SigningMethod, TrustSource } from '../findings/signature.ts';

/** Names the verdict document and its version. */
export const VERDICT_SCHEMA = 'countersign/verdict/v1';

/** What was decided. */
export type Outcome = 'passed' | 'failed';
/** The forms in which layers are found. */
export const LAYER_KINDS = [
  'native-pgp',
  'native-dsse',
  'native-legacy',
  'bundle',
  'cosign',
  'notation',
  'simple-signing',
] as const;
/** One of them. */
export type LayerKind = (typeof LAYER_KINDS)[number];
/** What came of checking the signature of a layer or of evidence. */
export type LayerStatus = 'valid' | 'invalid' | 'unknown-signer' | 'untrusted' | 'unreadable';
/** Who signed, as far as the signature and the trust material tell; `principal` is the policy's name for them. */
export interface SignerReport {
  readonly method: SigningMethod;
  readonly principal: string | null;
  /** OpenPGP: primary key fingerprint, 40 upper-case hex digits. */
  readonly fingerprint?: string;
  /** OpenPGP: fingerprint of the signing subkey, if a subkey signed. */
  readonly subkey?: string;
  readonly userIds?: readonly string[];
  /** Bare key and X.509: base64 SHA-256 of the SPKI. */
  readonly hint?: string;
  readonly algorithm?: string;
  readonly subject?: string;
  /** X.509: of the certificate, as RFC 4514 text. Keyless: URL of the OpenID issuer. */
  readonly issuer?: string;
  /** `email:`, `uri:`, `dns:` or `ip:` and the name. */
  readonly san?: readonly string[];
  readonly serial?: string;
  readonly notAfter?: string;
  readonly certificateSha256?: string;
  /** Names of the certificates of a path to an anchor, leaf first. */
  readonly chain?: readonly string[];
  /** The certificates of that path, and whether each is revoked. */
  readonly path?: readonly PathMember[];
  /** Where its key, or the anchor above it, is trusted; absent where nothing but the image brings the key. */
  readonly trustSource?: TrustSource;
  /** Keyless: what the CA certified about the job that signed. */
  readonly claims?: Claims;
  /** Keyless: the earliest time that log and timestamps prove, RFC 3339; null where nothing is proven. */
  readonly provenAt?: string | null;
  /** Keyless: who released the job into its environment, as the platform told the job. */
  readonly reviewers?: readonly Reviewer[];
}

/** Since when a signature is proven to have existed. */
export interface ProvenTimeReport {
  /** RFC 3339, as the timestamp states it. */
  readonly time: string;
  /** By how much it may be wrong, in seconds. */
  readonly accuracy: number;
  /** A timestamp over the signature, or one over a later approval that lists it. */
  readonly proof: 'timestamp' | 'later-approval';
  /** Subject of the timestamp authority's certificate, or digest of that approval. */
  readonly by: string;
}

/** Why an approval was given and what it rests on, as its signer says. */
export interface ApprovalReport {
  readonly reason: string | null;
  readonly ticket: string | null;
  /** What the signer said of the CI run: server, repository, workflow, runId, environment, actor and others. */
  readonly run: readonly { readonly name: string; readonly value: string }[];
  /** RFC 3339; null when it does not expire. */
  readonly expires: string | null;
  /** Evidence that the signer relied on, and whether it is there. */
  readonly evidence: readonly { readonly predicateType: string; readonly digest: string; readonly found: boolean }[];
}

/** A layer as the verdict shows it. */
export interface LayerReport {
  /** `object 5` in a SIF, `referrer sha256:…` or `tag sha256-….sig` in a registry. */
  readonly where: string;
  readonly kind: LayerKind;
  readonly stage: string | null;
  readonly method: SigningMethod | null;
  /** What later approvals call it: SHA-256 of the statement, or of a native signature's bytes. */
  readonly digest: string;
  readonly signer: SignerReport | null;
  /** When the signer says the approval was given; not proven. */
  readonly signedAt: string | null;
  /** By which time its key was judged; null when by the present. */
  readonly provenTime: ProvenTimeReport | null;
  readonly status: LayerStatus;
  /** False when the signer approved digests without reading the data. */
  readonly dataVerified: boolean | null;
  /** Null for signatures that are no approvals. */
  readonly approval: ApprovalReport | null;
  readonly reasons: readonly Reason[];
}

/** A piece of evidence as the verdict shows it. */
export interface EvidenceReport {
  readonly where: string;
  /** What it is in a word; `other` for what has none. */
  readonly kind: 'provenance' | 'sbom' | 'findings' | 'verdict' | 'publication' | 'other';
  /** What is in it, with its numbers, for people; only of a valid signature. */
  readonly says?: readonly string[];
  readonly predicateType: string;
  readonly digest: string;
  readonly signer: SignerReport | null;
  readonly provenTime: ProvenTimeReport | null;
  readonly status: LayerStatus;
  readonly reasons: readonly Reason[];
}

/** Something attached to an image that was not judged. */
export interface Unjudged {
  /** `referrer sha256:…`, or the tag that holds it. */
  readonly where: string;
  /** Artifact or media type, or the predicate type of a statement: as it names itself. */
  readonly type: string;
}

/** That somebody let a stage be skipped, now or before. */
export interface BreakGlassReport {
  /** Of the signed statement. */
  readonly digest: string;
  readonly by: string;
  readonly reason: string;
  readonly ticket: string;
  /** RFC 3339, as the signer says. */
  readonly from: string;
  /** RFC 3339: when it stops counting, or did. */
  readonly until: string;
  /** Whether the stage is skipped by it now. */
  readonly holds: boolean;
  /** Approvers other than the one who did it, who approved the stage having seen it; empty while the review is outstanding. */
  readonly reviewedBy: readonly string[];
}

/** What was decided about one stage, by whose approvals. */
export interface StageReport {
  readonly stage: string;
  /**
   * `break-glass`: it is skipped, and the image passes as far as it is concerned. `not-checked`: the image could not be
   * read, so nobody knows.
   */
  readonly verdict: Outcome | 'break-glass' | 'missing' | 'not-checked';
  /** Principals whose approval counts. */
  readonly approvedBy: readonly string[];
  /** Number of distinct principals the policy asks for. */
  readonly needed: number;
  /** What the stage is about, where that is not the whole image. */
  readonly objects?: readonly string[];
  /** Only of a stage that somebody let be skipped. */
  readonly breakGlass?: readonly BreakGlassReport[];
  readonly reasons: readonly Reason[];
}

/** Whether a trusted layer covers a part of the image. */
export interface CoverageReport {
  /** `object 3`, or `manifest sha256:…`. */
  readonly object: string;
  readonly covered: boolean;
}

/** Something to do so that an image passes. */
export interface NextStep {
  /** The stage that it is for; null for what concerns the image. */
  readonly stage: string | null;
  /** Principals of whom one can do it; empty when anybody can who may change the image. */
  readonly who: readonly string[];
  readonly hint: string;
  /** The line that does it, as the first of `who` would give it; words in capitals are to be filled in. */
  readonly command?: string;
}

/** Something that somebody trusted signed about an image, or that is not there any more. */
export interface CustodyEntry {
  /** `gap`: an approval lists it, and it is not there. */
  readonly kind: EvidenceReport['kind'] | 'approval' | 'gap';
  readonly stage: string | null;
  /** Of an approval: which one it is; approvals that had not seen each other may share it. */
  readonly number?: number;
  /** Principal, or how else the signer is called. */
  readonly by: string | null;
  /** RFC 3339; null when nothing says it. */
  readonly time: string | null;
  /** Whether the time is proven, or only stated. */
  readonly proven: boolean;
  readonly where: string | null;
  readonly digest: string | null;
  /** Of a gap: what is missing, and whose list has it. */
  readonly problem?: string;
}

/** The verdict about one image. */
export interface ImageVerdict {
  readonly name: string;
  readonly kind: 'sif' | 'oci';
  /** `place@digest` of the manifest that the verdict is about, for the next step to use; null for files. */
  readonly reference: string | null;
  /** Whether the data was read and hashed for this verdict: every object of a SIF, config and layers of other images. */
  readonly dataVerified: boolean;
  readonly contentDigests: readonly string[];
  readonly verdict: Outcome;
  /** The verdict, or `error`: the image could not be read, so there is no answer and the verdict is failed all the same. */
  readonly outcome: Outcome | 'error';
  /** Passed only: RFC 3339, from when on it must be asked again. Absent when nothing that it rests on ends. */
  readonly endsAt?: string;
  /** Nobody has signed it: no approval and no other signature is there. */
  readonly unsigned: boolean;
  readonly stages: readonly StageReport[];
  readonly layers: readonly LayerReport[];
  readonly evidence: readonly EvidenceReport[];
  /** Through whose hands the image went, in order; absent where nobody trusted signed anything. */
  readonly custody?: readonly CustodyEntry[];
  /** What is attached in a registry and decides nothing: foreign formats, and attestations by nobody who is trusted. */
  readonly notJudged: readonly Unjudged[];
  readonly coverage: readonly CoverageReport[];
  readonly reasons: readonly Reason[];
  /** What makes a failed image pass, in order; only where that was looked for. Empty when no way was found. */
  readonly next?: readonly NextStep[];
  /** Where no way was found: which person, credential, evidence or change of the image is lacking. */
  readonly lacking?: readonly string[];
}

/** The verdict about all images of a run. */
export interface Verdict {
  readonly schema: typeof VERDICT_SCHEMA;
  readonly verdict: Outcome;
  /** The verdict, or `error`: no image was refused, and some could not be read. */
  readonly outcome: Outcome | 'error';
  /** Time the verdict holds for, RFC 3339. */
  readonly now: string;
  /** True when `now` was given by the user and is not the clock's time. */
  readonly asOf: boolean;
  /** What the user asked to leave out of account; the verdict is then about what is not so. */
  readonly without?: string;
  readonly policy: { readonly name: string; readonly digest: string } | null;
  /** Passed only: the earliest `endsAt` of the images; absent when none has one. */
  readonly endsAt?: string;
  readonly images: readonly ImageVerdict[];
}
