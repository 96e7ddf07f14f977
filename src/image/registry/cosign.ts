// SPDX-License-Identifier: Apache-2.0
// What cosign's legacy tags hold → facts: plain signatures, checked as strictly as podman does, and attestations.

import type { EvidenceFact, ImageFacts, LayerFact, Place } from '../../policy/facts.ts';
import type { Unjudged } from '../../policy/verdict.ts';
import { isSameSigner, type Reason } from '../../findings/signature.ts';
import { certificatesInPem, type Digest, sha256 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { isJsonObject, type JsonObject } from '../../base/json.ts';
import {
  type CosignAttestation,
  cosignTag,
  ENVELOPE_TYPE,
  orUndefined,
  parseSimpleSigning,
} from '../../oci/cosign/cosign.ts';
import { APPROVAL_PREDICATE_TYPE, isRosterUri, parseApproval } from '../../attest/approval.ts';
import { recordKind } from '../../attest/record.ts';
import { notationFact } from './notation.ts';
import { encodePae, parseEnvelope } from '../../attest/bundle.ts';
import { IN_TOTO_PAYLOAD_TYPE, parseStatement, subjectDigests } from '../../attest/statement.ts';
import type { DsseInput, SignatureCheck, VerificationMaterial, Verifier } from '../../crypto/verifier.ts';
import type { FoundCosign, FoundEnvelope, Attachments } from './attachments.ts';

/** With what and against what legacy entries are checked. */
export interface LegacyCheck {
  readonly verifier: Verifier;
  readonly now: Date;
  readonly unitsOf: (digest: Digest) => readonly string[];
  /** What is known already: what in a tag copies a valid approval needs no mention, and a copy of valid evidence is none. */
  readonly known: Pick<ImageFacts, 'layers' | 'evidence'>;
}

/** What the legacy tags hold. */
export interface LegacyFacts {
  readonly layers: readonly LayerFact[];
  readonly evidence: readonly EvidenceFact[];
  /** Attestations that nobody trusted signed, or nobody can read. */
  readonly unjudged: readonly Unjudged[];
}

/** Facts of what is in formats of others: signatures that name no stage, and attestations of legacy tags. Never throws for what is in them. */
export async function legacyFacts(
  layers: Pick<Attachments, 'cosign' | 'notations' | 'envelopes'>,
  check: LegacyCheck,
): Promise<LegacyFacts> {
  const signatures: LayerFact[] = [];
  for (const found of layers.cosign) signatures.push(await cosignFact(found, check));
  for (const found of layers.notations) signatures.push(await notationFact(found, check));
  const evidence: EvidenceFact[] = [];
  const unjudged: Unjudged[] = [];
  for (const found of layers.envelopes) {
    const facts = await envelopeFacts(found, check);
    evidence.push(...facts);
    const trusted = facts.some(({ signature }) => signature === 'valid');
    if (!trusted && !copiesApproval(found, check))
      unjudged.push({ where: attestationTag(found), type: typeOfEnvelope(found.envelope) });
  }
  return { layers: signatures, evidence: withoutCopies(evidence, check.known.evidence), unjudged };
}

function copiesApproval({ envelope }: FoundEnvelope, { known }: LegacyCheck): boolean {
  const digest = orUndefined(() => sha256(parseEnvelope(envelope).payload));
  return known.layers.some((layer) => layer.approval && layer.signature === 'valid' && layer.digest === digest);
}

async function cosignFact({ subject, signature, inside }: FoundCosign, check: LegacyCheck): Promise<LayerFact> {
  const place: Place = { in: 'registry', name: tagName(subject, 'sig', inside) };
  const { payload } = signature;
  const result = await check.verifier.verifyDsse(
    {
      pae: payload,
      signature: signature.signature,
      material: materialOf(signature),
      keyid: undefined,
      hashing: 'bundle',
    },
    check.now,
  );
  const said = parseSimpleSigning(payload, inside ? 'inside' : 'cosign');
  const matches = said?.digest === subject;
  const reasons: readonly Reason[] = said
    ? []
    : [
        {
          code: 'COSIGN_PAYLOAD_INVALID',
          message: 'the signed payload is no cosign signature of an image: podman and skopeo refuse it too',
          hint: 'sign the image again with cosign or countersign',
        },
      ];
  return {
    place,
    kind: 'cosign',
    method: result.identity?.method ?? (signature.certificate === undefined ? 'key' : 'x509'),
    digest: sha256(payload),
    signer: result.identity,
    signature: said || result.status !== 'valid' ? result.status : 'invalid',
    reasons: [...result.reasons, ...reasons],
    covers: matches ? check.unitsOf(subject) : [],
    contradicted: !matches,
    approval: null,
    signedAt: null,
    ...(said
      ? { ...statedStage(said.optional), ...(said.reference === '' ? {} : { signedReference: said.reference }) }
      : {}),
  };
}

/** What the optional part of a payload says: the stage, and that the signature is beside an approval. */
export function statedStage({
  stage,
  approval,
  dataVerified,
}: JsonObject): Pick<LayerFact, 'statedStage' | 'companion'> {
  return {
    ...(stage === undefined ? {} : { statedStage: typeof stage === 'string' ? stage : null }),
    ...(approval !== undefined || dataVerified === 'false' ? { companion: true } : {}),
  };
}

/** Certificates of a legacy signature, undefined for a bare key; a self-signed root at the end does no harm. */
function materialOf(signature: Pick<CosignAttestation, 'certificate' | 'chain'>): VerificationMaterial | undefined {
  if (signature.certificate === undefined) return undefined;
  try {
    const chain = certificatesInPem(`${signature.certificate}\n${signature.chain ?? ''}`);
    return chain.length > 0 ? { kind: 'certificates', chain } : undefined;
  } catch (error) {
    if (error instanceof CountersignError) return { kind: 'certificates', chain: [new Uint8Array()] };
    throw error;
  }
}

/** A certificate beside an envelope is not signed: it may say whose the signature is, and takes nothing away. */
async function checkEither(
  input: DsseInput,
  material: VerificationMaterial | undefined,
  { verifier, now }: LegacyCheck,
): Promise<SignatureCheck> {
  const bare = await verifier.verifyDsse(input, now);
  if (bare.status === 'valid' || !material) return bare;
  const certified = await verifier.verifyDsse({ ...input, material }, now);
  return certified.status === 'valid' ? certified : bare;
}

/**
 * What a legacy tag adds to what is known already: a copy of a valid bundle's envelope is the same statement by the same
 * signer, unless it is attached where it is about less.
 */
function withoutCopies(evidence: readonly EvidenceFact[], known: readonly EvidenceFact[]): readonly EvidenceFact[] {
  return evidence.filter(
    (fact) =>
      !known.some(
        ({ digest, signature, signer, covers }) =>
          digest === fact.digest &&
          signature === 'valid' &&
          isSameSigner(signer, fact.signer) &&
          fact.covers.every((unit) => covers.includes(unit)),
      ),
  );
}

/** The tag that an attestation stands in, as a place. */
export function attestationTag({ subject, inside }: FoundEnvelope): string {
  return tagName(subject, 'att', inside);
}

/** A tag as a place, and the name that an OCI-SIF has for it. */
export function tagName(subject: Digest, suffix: 'sig' | 'att', inside = false): string {
  return `tag ${inside ? '_cosign:' : ''}${cosignTag(subject, suffix)}`;
}

/** The predicate type that a legacy attestation claims; the media type of envelopes when it has none. */
export function typeOfEnvelope(bytes: Uint8Array): string {
  return orUndefined(() => parseStatement(parseEnvelope(bytes).payload).predicateType) ?? ENVELOPE_TYPE;
}

async function envelopeFacts(found: FoundEnvelope, check: LegacyCheck): Promise<readonly EvidenceFact[]> {
  const { subject } = found;
  try {
    const envelope = parseEnvelope(found.envelope);
    if (envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE) return [];
    const { payload, payloadType } = envelope;
    const statement = parseStatement(payload);
    if (isRosterUri(statement.predicateType)) return [];
    // An approval counts as a bundle, where what it says of its signer is checked, and is nobody's evidence.
    const { predicateType, predicate } = statement;
    if (predicateType === APPROVAL_PREDICATE_TYPE && isJsonObject(predicate) && parseApproval(predicate)) return [];
    const record = recordKind(predicateType, predicate);
    const named = statement.subject.flatMap(subjectDigests);
    const matches = named.includes(subject);
    const covers = matches ? [...new Set(named.flatMap(check.unitsOf))] : [];
    const facts: EvidenceFact[] = [];
    const material = materialOf(found);
    for (const { signature, keyid } of envelope.signatures) {
      const pae = encodePae(payloadType, payload);
      const input = { pae, signature, material: undefined, keyid, hashing: 'bundle' } as const;
      const result = await checkEither(input, material, check);
      facts.push({
        place: { in: 'registry', name: attestationTag(found) },
        predicateType,
        ...(record ? { record } : {}),
        digest: sha256(payload),
        method: result.identity?.method ?? 'key',
        signer: result.identity,
        signature: result.status,
        reasons: result.reasons,
        covers,
        contradicted: !matches,
        ...(result.status === 'valid' ? { statement: payload } : {}),
      });
    }
    return facts;
  } catch (error) {
    // An attestation that nobody can read proves nothing and takes nothing away.
    if (error instanceof CountersignError) return [];
    throw error;
  }
}
