// SPDX-License-Identifier: Apache-2.0
// One bundle, wherever it travelled, against one image → a fact: a layer (an approval, or a plain cosign signature) or
// a piece of evidence. The bytes that were signed are what is parsed; the signature is checked before they are trusted.

import type { Reason, SignatureStatus } from '../findings/signature.ts';
import { reviewersIn } from '../findings/reviewers.ts';
import type { EvidenceFact, ImageFacts, LayerFact, Place, VouchedTime } from '../policy/facts.ts';
import { type Digest, sha256, utf8 } from '../base/bytes.ts';
import { LIMITS } from '../base/limits.ts';
import type { ApprovalContent, ApprovedContent } from '../attest/approval.ts';
import type { BreakGlass } from '../attest/break-glass.ts';
import type { Bundle } from '../attest/bundle.ts';
import type { Withdrawal } from '../attest/withdrawal.ts';
import type { RecordKind } from '../attest/record.ts';
import { type StatementHead, type StatementSubject, subjectDigests } from '../attest/statement.ts';
import type { SignatureCheck, Verifier } from '../crypto/verifier.ts';
import { cosignRefusal } from './cosign-rules.ts';

/** Predicate type of `cosign sign` bundles; they name no stage. */
export const COSIGN_SIGN_PREDICATE_TYPE = 'https://sigstore.dev/cosign/sign/v1';

/** Name of the statement subject that holds a SIF group's content digest. */
export const SIF_SUBJECT = 'sif-metadata';

/** What an image's content is, for comparing statements with it. */
export interface ContentView {
  readonly kind: 'sif' | 'oci';
  /** Content digests that approvals must name: every SIF group, or the OCI manifest. */
  readonly digests: readonly Digest[];
  /** Other digests that name the same content as a whole, for evidence made by other tools: manifest, layer. */
  readonly aliases: readonly Digest[];
  /** Every unit of the image. */
  readonly units: readonly string[];
  /** False when nobody trusted says what the data is and it was not read: then no statement about it can be refuted. */
  readonly known: boolean;
  /** Units that a content digest stands for; in these groups alone, where the signer said which. */
  unitsOf(digest: Digest, groups?: ReadonlySet<number>): readonly string[];
  /** Names what differs between the approved content and the image. */
  explain(content: readonly ApprovedContent[]): readonly Reason[];
}

/** Bytes of a bundle and where they were found. */
export interface FoundBundle {
  readonly place: Place;
  readonly bytes: Uint8Array;
  /** Why the way it is stored is not as we write it; makes it invalid. */
  readonly defect?: Reason;
  /** Media types of the layers of the manifest that holds it, its own first; absent of what is in no manifest. */
  readonly layerTypes?: readonly string[];
  /** Given by the user as evidence: an approval in it does not count, for a copy beside an image proves no presence. */
  readonly evidenceOnly?: boolean;
}

/** A bundle that was read and whose signature was checked, not yet compared with any content. */
export interface OpenedBundle {
  readonly found: FoundBundle;
  readonly check: SignatureCheck;
  readonly bundle: Bundle;
  readonly statement: StatementHead;
  /** Set when it is an approval of ours. */
  readonly approval: ApprovalContent | undefined;
  /** Set when it is a record of ours. */
  readonly record: RecordKind | undefined;
  /** Set when it takes approvals back. */
  readonly withdrawal: Withdrawal | undefined;
  /** Set when it lets a stage be skipped; a text where it does not say what it must. */
  readonly breakGlass: BreakGlass | string | undefined;
  /** True when only grants on the image name the key. */
  readonly granted?: true;
  /** What the signature is worth at times that later approvals prove. */
  readonly vouched?: readonly VouchedTime[];
  /** When the signature existed at the latest by timestamps in this very copy; other copies may prove more. */
  readonly stampedAt?: Date;
}

/** What a bundle is for one image. */
export type BundleFact =
  | { readonly is: 'layer'; readonly fact: LayerFact; readonly opened: OpenedBundle | undefined }
  | { readonly is: 'evidence'; readonly fact: EvidenceFact; readonly opened: OpenedBundle };

/** A bundle as it was read: checked, or why it could not be. */
export type Opened = OpenedBundle | { readonly found: FoundBundle; readonly problem: Reason };

/** What was found on an image, a SIF or one in a registry alike, as signing and evidence need it. */
export interface Examination {
  readonly facts: ImageFacts;
  readonly view: ContentView;
  /** By what signatures were checked: the one that was asked for, with the revocation lists that travel with the image. */
  readonly verifier: Verifier;
  readonly bundles: readonly BundleFact[];
  /** What an approval or evidence must name. */
  readonly subjects: readonly StatementSubject[];
  /** Signed messages of a SIF's groups; empty for other images. */
  readonly content: readonly ApprovedContent[];
  /** Descriptor slots left; null where there is no such limit. */
  readonly freeSlots: number | null;
}

/** The fact that a bundle states about this content. */
export function placeBundle(opened: Opened, view: ContentView): BundleFact {
  if ('problem' in opened) return { is: 'layer', fact: unreadable(opened.found, opened.problem), opened: undefined };
  const { found, bundle, statement, approval, check } = opened;
  const match = compareSubjects(statement, view, approval);
  const { vouched, ...common } = commonFacts(opened, match.reasons);
  const reasons = [...common.reasons, ...match.reasons];
  if (isEvidence(opened))
    return {
      is: 'evidence',
      fact: {
        ...common,
        ...match,
        reasons,
        ...detachment(found),
        ...signedStatement(common, bundle),
        predicateType: statement.predicateType,
        ...(opened.record ? { record: opened.record } : {}),
        ...(opened.withdrawal ? { withdrawal: opened.withdrawal } : {}),
        ...(opened.breakGlass === undefined ? {} : { breakGlass: opened.breakGlass }),
      },
      opened,
    };
  const unlike = approval || (check.status !== 'valid' && !vouched) ? undefined : cosignRefusal(opened);
  const fact: LayerFact = {
    ...common,
    ...match,
    ...(unlike ? { signature: 'untrusted' } : vouched ? { vouched } : {}),
    reasons: [...(unlike ? [unlike] : []), ...reasons],
    signer: withReviewers(common.signer, approval),
    ...(opened.granted ? { granted: true } : {}),
    kind: approval ? 'bundle' : 'cosign',
    approval: approval?.approval ?? null,
    signedAt: approval?.approval.timeVerified ?? null,
    ...(approval ? {} : statedStage(statement, view)),
  };
  return { is: 'layer', fact, opened };
}

/** A keyless job says who released it into the environment that its certificate names. */
function withReviewers(signer: LayerFact['signer'], approval: ApprovalContent | undefined): LayerFact['signer'] {
  if (signer?.method !== 'sigstore' || !approval) return signer;
  const { run } = approval.approval;
  const reviewers = reviewersIn(run);
  const { deploymentEnvironment: certified } = signer.claims;
  const here = certified !== undefined && run?.['reviewedEnvironment'] === certified;
  return here && reviewers.length > 0 ? { ...signer, reviewers } : signer;
}

/**
 * What `cosign sign -a stage=NAME` signs along; the signature is for that stage then. What is said of other images says
 * nothing about this one.
 */
function statedStage({ subject }: StatementHead, view: ContentView): Pick<LayerFact, 'statedStage'> {
  const ours = new Set([...view.digests, ...view.aliases]);
  const here = subject.filter((one) => subjectDigests(one).some((digest) => ours.has(digest)));
  const said = new Set(here.map(({ annotations }) => annotations?.['stage']).filter((value) => value !== undefined));
  if (said.size === 0) return {};
  const [stage] = said;
  return { statedStage: said.size === 1 && typeof stage === 'string' ? stage : null };
}

function signedStatement({ signature }: Pick<EvidenceFact, 'signature'>, { envelope }: Bundle) {
  return signature === 'valid' ? { statement: envelope.payload } : {};
}

/** Evidence that never goes into a file: approvals name it, and verification does not miss it. */
function detachment({ bytes, evidenceOnly, place }: FoundBundle) {
  const outside = place.in !== 'sif' && bytes.length > LIMITS.laneEvidenceBytes;
  return outside || evidenceOnly ? { detached: true } : {};
}

/** True unless it is an approval, or a plain cosign signature. */
export function isEvidence({ statement, approval }: Pick<OpenedBundle, 'statement' | 'approval'>): boolean {
  return !approval && statement.predicateType !== COSIGN_SIGN_PREDICATE_TYPE;
}

function unreadable(found: FoundBundle, problem: Reason): LayerFact {
  return {
    place: found.place,
    kind: 'bundle',
    method: null,
    digest: sha256(found.bytes),
    signer: null,
    signature: 'unreadable',
    reasons: found.defect ? [found.defect, problem] : [problem],
    covers: [],
    contradicted: false,
    approval: null,
    signedAt: null,
  };
}

function commonFacts({ found, bundle, check, vouched }: OpenedBundle, differences: readonly Reason[]) {
  const signature: SignatureStatus = found.defect ? 'invalid' : check.status;
  return {
    place: found.place,
    digest: bundle.payloadDigest,
    method: check.identity?.method ?? methodOf(bundle),
    signer: check.identity,
    signature,
    reasons: found.defect ? [found.defect, ...check.reasons] : check.reasons,
    ...timeOf(check),
    ...alsoAtTimes(vouched, differences),
  };
}

/** Whatever the time, what is signed differs from the image as it does. */
export function alsoAtTimes(
  vouched: readonly VouchedTime[] | undefined,
  differences: readonly Reason[],
): Pick<LayerFact, 'vouched'> {
  if (!vouched) return {};
  return { vouched: vouched.map((time) => ({ ...time, reasons: [...time.reasons, ...differences] })) };
}

/** What is known of the time of a signature. */
export function timeOf({ proven, timeRemarks }: SignatureCheck): Pick<LayerFact, 'proven' | 'timeRemarks'> {
  return { ...(proven ? { proven } : {}), ...(timeRemarks ? { timeRemarks } : {}) };
}

function methodOf(bundle: Bundle) {
  if (bundle.material.kind === 'certificates') return 'x509' as const;
  return bundle.material.hint.startsWith('openpgp4fpr:') ? ('pgp' as const) : ('key' as const);
}

interface SubjectMatch {
  readonly covers: readonly string[];
  readonly contradicted: boolean;
  readonly reasons: readonly Reason[];
}

/** Which units the statement's subjects cover, and whether it names content that is not there. */
function compareSubjects(
  statement: StatementHead,
  view: ContentView,
  approval: ApprovalContent | undefined,
): SubjectMatch {
  const named = statement.subject.map((subject) => ({ digests: subjectDigests(subject), name: subject.name }));
  const known = new Set<string>(view.digests);
  const groups = groupsBy(approval?.content ?? []);
  const covers = new Set(
    named
      .flatMap(({ digests }) => digests)
      .flatMap((digest) =>
        known.has(digest) ? view.unitsOf(digest, groups && (groups.get(digest) ?? new Set())) : [],
      ),
  );
  const bySif = named.filter(({ name }) => view.kind === 'sif' && name === SIF_SUBJECT);
  const byAlias = !approval && named.some(({ digests }) => digests.some((digest) => view.aliases.includes(digest)));
  if (byAlias) return { covers: view.units, contradicted: false, reasons: [] };
  const differs = covers.size === 0 || bySif.some(({ digests }) => !digests.some((digest) => known.has(digest)));
  const reasons = differs && approval ? view.explain(approval.content) : [];
  return { covers: [...covers], contradicted: differs && (view.known || reasons.length > 0), reasons };
}

/** The groups that each digest was approved for; undefined when the approval does not say. */
function groupsBy(content: readonly ApprovedContent[]): ReadonlyMap<Digest, ReadonlySet<number>> | undefined {
  if (content.length === 0) return undefined;
  const groups = new Map<Digest, Set<number>>();
  for (const { group, metadata } of content) {
    const digest = sha256(utf8(metadata));
    groups.set(digest, (groups.get(digest) ?? new Set()).add(group));
  }
  return groups;
}
