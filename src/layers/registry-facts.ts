// SPDX-License-Identifier: Apache-2.0
// One image in a registry → all facts about it. A SIF is judged by its own layers and the attached ones, its data by
// those who vouch for it or by reading it; any other image by its manifest digest, and an index with all its platforms.

import type { ImageFacts, LayerFact, Place } from '../policy/facts.ts';
import type { Reason } from '../policy/verdict.ts';
import { type Digest, sha256 } from '../primitives/digest.ts';
import { CountersignError } from '../primitives/errors.ts';
import { parsePem } from '../primitives/pem.ts';
import { parseSimpleSigning } from '../registry/cosign.ts';
import { parseEnvelope } from '../signing/envelope.ts';
import { encodePae } from '../signing/pae.ts';
import type { OciDescriptor, ReadableRepository } from '../registry/repository.ts';
import { DATA_TYPE } from '../sif/descriptor.ts';
import { openSif, type SifImage } from '../sif/image.ts';
import type { VerificationMaterial } from '../signing/bundle.ts';
import { IN_TOTO_PAYLOAD_TYPE, parseStatement, type StatementSubject } from '../signing/statement.ts';
import type { SignatureCheck, Verifier } from '../signing/verifier.ts';
import { sifContent, sifSubjects } from './attach.ts';
import { type BundleFact, type ContentView, openBundle, placeBundle } from './bundle-facts.ts';
import {
  type FoundCosign,
  type FoundEnvelope,
  readRegistryLayers,
  type RegistryImage,
  type RegistryLayers,
} from './registry-image.ts';
import { blobHasher, registrySource } from './registry-source.ts';
import { examineSif, type SifExamination, sifView } from './sif-facts.ts';
import { readSignatureObjects } from './sif-natives.ts';
import type { Examined } from './target.ts';

export interface RegistryExamination extends Examined {
  readonly image: RegistryImage;
  readonly layers: RegistryLayers;
  /** Set when the image is a SIF. */
  readonly sif: SifExamination | undefined;
}

export interface ExamineRegistryOptions {
  readonly name: string;
  readonly verifier: Verifier;
  readonly now: Date;
  /** Read and hash a SIF's data instead of relying on who vouches for it. */
  readonly verifyData: boolean;
  readonly onBytes?: (done: number, total: number) => void;
}

/**
 * Reads, checks and compares everything on an image in a registry.
 * @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
 */
export async function examineRegistryImage(
  image: RegistryImage,
  options: ExamineRegistryOptions,
): Promise<RegistryExamination> {
  if (image.shape.is === 'sif') return examineSifImage(image, options);
  return examinePlainImage(image, await readRegistryLayers(image), options);
}

async function examineSifImage(image: RegistryImage, options: ExamineRegistryOptions): Promise<RegistryExamination> {
  if (image.shape.is !== 'sif') throw new Error('not a SIF');
  const { layer } = image.shape;
  const { name, verifier, now, verifyData, onBytes } = options;
  const file = await openRemoteSif(image.repository, layer);
  const layers = await readRegistryLayers(image, await signatureBlobs(file));
  const sif = await examineSif(file, {
    name,
    verifier,
    now,
    beside: layers.bundles,
    besideNatives: layers.natives,
    aliases: [image.descriptor.digest, layer.digest],
    ...(verifyData ? { data: 'read', hash: blobHasher(image.repository, layer) } : { data: 'claimed' }),
    ...(onBytes ? { onBytes } : {}),
  });
  const view = sifView(sif);
  const more = await legacyFacts(layers, { verifier, now, unitsOf: () => sif.facts.units.map(({ id }) => id) });
  const facts: ImageFacts = {
    ...sif.facts,
    layers: [...sif.facts.layers, ...more.layers],
    evidence: [...sif.facts.evidence, ...more.evidence],
    problems: [...sif.facts.problems, ...listProblems(layers)],
  };
  const whole: readonly StatementSubject[] = [image.descriptor.digest, layer.digest].map((digest) =>
    subjectOf(image, digest),
  );
  return {
    image,
    layers,
    sif,
    facts,
    view,
    bundles: sif.bundles,
    subjects: [...sifSubjects(sif), ...whole],
    content: sifContent(sif),
    freeSlots: sif.image.freeSlots,
  };
}

/** A SIF in a registry with its signature objects at hand. @throws SifError, RegistryError, NetworkError */
async function openRemoteSif(repository: ReadableRepository, layer: OciDescriptor): Promise<SifImage> {
  const source = registrySource(repository, layer);
  const file = await openSif(source);
  const signatures = file.objects.filter(({ dataType }) => dataType === DATA_TYPE.signature);
  await source.prefetch(signatures.map(({ offset, sizeBytes }) => ({ offset, lengthBytes: sizeBytes })));
  return file;
}

/** The signature objects of a file by digest: what its layers are called when they are attached. */
async function signatureBlobs(file: SifImage): Promise<ReadonlyMap<Digest, Uint8Array>> {
  const { natives, lane } = await readSignatureObjects(file);
  return new Map([...natives, ...lane].map(({ data }) => [sha256(data), data]));
}

async function examinePlainImage(
  image: RegistryImage,
  layers: RegistryLayers,
  { name, verifier, now }: ExamineRegistryOptions,
): Promise<RegistryExamination> {
  const digests = image.subjects.map(({ digest }) => digest);
  const unitsOf = (digest: Digest): readonly string[] => (digests.includes(digest) ? [unitId(digest)] : []);
  const units = digests.map(unitId);
  const view: ContentView = { kind: 'oci', digests, aliases: [], units, known: true, unitsOf, explain: () => [] };
  const bundles: BundleFact[] = [];
  for (const found of layers.bundles) bundles.push(placeBundle(await openBundle(found, verifier, now), view));
  const legacy = await legacyFacts(layers, { verifier, now, unitsOf });
  const facts: ImageFacts = {
    name,
    kind: 'oci',
    contentDigests: [image.descriptor.digest],
    units: units.map((id) => ({ id })),
    layers: [...bundles.flatMap((bundle) => (bundle.is === 'layer' ? [bundle.fact] : [])), ...legacy.layers],
    evidence: [...bundles.flatMap((bundle) => (bundle.is === 'evidence' ? [bundle.fact] : [])), ...legacy.evidence],
    dataRead: true,
    problems: listProblems(layers),
  };
  const subjects = digests.map((digest) => subjectOf(image, digest));
  return { image, layers, sif: undefined, facts, view, bundles, subjects, content: [], freeSlots: null };
}

function unitId(digest: Digest): string {
  return `manifest ${digest}`;
}

function subjectOf(image: RegistryImage, digest: Digest): StatementSubject {
  return { name: image.repository.name, digest: { sha256: digest.slice('sha256:'.length) } };
}

/** A list that was cut proves nothing about what is missing, so no verdict may rest on it. */
function listProblems({ complete }: RegistryLayers): readonly Reason[] {
  if (complete) return [];
  return [
    {
      code: 'REGISTRY_ATTACHED_TOO_LARGE',
      message: 'more is attached to the image than is looked at',
      hint: 'remove attached manifests that are not needed',
    },
  ];
}

interface LegacyCheck {
  readonly verifier: Verifier;
  readonly now: Date;
  unitsOf(digest: Digest): readonly string[];
}

/** Facts from cosign's legacy tags: signatures that name no stage, and attestations. */
async function legacyFacts(
  layers: RegistryLayers,
  check: LegacyCheck,
): Promise<Pick<ImageFacts, 'layers' | 'evidence'>> {
  const signatures: LayerFact[] = [];
  for (const found of layers.cosign) signatures.push(await cosignFact(found, check));
  const evidence: ImageFacts['evidence'][number][] = [];
  for (const found of layers.envelopes) evidence.push(...(await envelopeFacts(found, check)));
  return { layers: signatures, evidence };
}

async function cosignFact({ subject, signature }: FoundCosign, check: LegacyCheck): Promise<LayerFact> {
  const place: Place = { in: 'registry', name: `tag ${subject.replace(':', '-')}.sig` };
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
  const said = parseSimpleSigning(payload);
  const matches = said?.digest === subject;
  const reasons: readonly Reason[] = said
    ? []
    : [
        {
          code: 'COSIGN_PAYLOAD_INVALID',
          message: 'the signed payload is no cosign signature of an image',
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
    ...(typeof said?.optional['stage'] === 'string' ? { statedStage: said.optional['stage'] } : {}),
  };
}

/** Certificates of a legacy signature, undefined for a bare key; a self-signed root at the end does no harm. */
function materialOf(signature: FoundCosign['signature']): VerificationMaterial | undefined {
  if (signature.certificate === undefined) return undefined;
  try {
    const chain = parsePem(`${signature.certificate}\n${signature.chain ?? ''}`).map(({ der }) => der);
    return chain.length > 0 ? { kind: 'certificates', chain } : undefined;
  } catch (error) {
    if (error instanceof CountersignError) return { kind: 'certificates', chain: [new Uint8Array()] };
    throw error;
  }
}

async function envelopeFacts({ subject, bytes }: FoundEnvelope, check: LegacyCheck): Promise<ImageFacts['evidence']> {
  try {
    const envelope = parseEnvelope(bytes);
    if (envelope.payloadType !== IN_TOTO_PAYLOAD_TYPE) return [];
    const { payload, payloadType } = envelope;
    const statement = parseStatement(payload);
    const matches = statement.subject.some(({ digest }) => `sha256:${digest['sha256']}` === subject);
    const facts: ImageFacts['evidence'][number][] = [];
    for (const { signature, keyid } of envelope.signatures) {
      const pae = encodePae(payloadType, payload);
      const input = { pae, signature, material: undefined, keyid, hashing: 'bundle' } as const;
      const result: SignatureCheck = await check.verifier.verifyDsse(input, check.now);
      facts.push({
        place: { in: 'registry', name: `tag ${subject.replace(':', '-')}.att` },
        predicateType: statement.predicateType,
        digest: sha256(payload),
        method: result.identity?.method ?? 'key',
        signer: result.identity,
        signature: result.status,
        reasons: result.reasons,
        covers: matches ? check.unitsOf(subject) : [],
        contradicted: !matches,
      });
    }
    return facts;
  } catch (error) {
    // An attestation that nobody can read proves nothing and takes nothing away.
    if (error instanceof CountersignError) return [];
    throw error;
  }
}
