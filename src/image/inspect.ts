// SPDX-License-Identifier: Apache-2.0
// What is on a SIF, by what it says of itself: objects, layers, evidence, free slots. Reads kilobytes, checks no
// signature and hashes no data, so nothing here is proven; verify-all proves.

import { sha256 } from '../base/bytes.ts';
import { isJsonObject } from '../base/json.ts';
import { toSecond } from '../base/text.ts';
import { DATA_TYPE } from '../sif/format.ts';
import { openSif, type SifImage } from '../sif/sif.ts';
import { describeSif, type SifDescription } from './sif/describe.ts';
import { type OciSif, readOciSif } from './sif/oci-sif.ts';
import { openFileSource } from '../sif/source.ts';
import { APPROVAL_PREDICATE_TYPE, parseApproval } from '../attest/approval.ts';
import type { BreakGlass } from '../attest/break-glass.ts';
import { type Bundle, parseBundle } from '../attest/bundle.ts';
import { breakGlassIn } from './open-bundles.ts';
import { type FoundNative, placeText, readSignatureObjects } from './sif/signature-objects.ts';
import { isNativeDsse, parseNativeDsse } from '../attest/native-dsse.ts';
import { parseNotation } from '../attest/notation.ts';
import { parseStatement } from '../attest/statement.ts';
import { reportApproval } from '../policy/reports.ts';
import type { ApprovalReport, Unjudged } from '../policy/verdict.ts';
import { attestationTag, tagName, typeOfEnvelope } from './registry/cosign.ts';
import { type FoundCosign, type FoundEnvelope, type FoundNotation, readAttachments } from './registry/attachments.ts';
import type { IndexEntry } from '../oci/manifest.ts';
import { type RegistryImage, registrySource } from './registry/image.ts';

/** An image of an index as `inspect` shows it. */
export interface PlatformDescription {
  readonly digest: string;
  /** `linux/arm64/v8`, as the index says; null when it does not. */
  readonly platform: string | null;
}

/** A layer or piece of evidence as it names itself; every field is a claim. */
export interface ClaimDescription {
  readonly where: string;
  readonly kind: 'native-pgp' | 'native-dsse' | 'cosign' | 'notation' | 'approval' | 'evidence' | 'unreadable';
  readonly stage: string | null;
  readonly predicateType: string | null;
  readonly signer: string | null;
  readonly digest: string;
  readonly signedAt: string | null;
  /** Why and from what; null for what is no approval. */
  readonly approval: ApprovalReport | null;
  /** Groups that an approval is about; null for everything else, and empty where it says none. */
  readonly groups: readonly number[] | null;
  /** Which stage it lets be skipped, until when and why; absent of everything else. */
  readonly breakGlass?: BreakGlass;
}

/** What an image shows of itself; `sif` is null for OCI images. */
export interface ImageDescription {
  /** Manifest digest, for images in registries and layout folders. */
  readonly manifest: string | null;
  /** The same image, pinned: `place@sha256:…`; null for a file. */
  readonly reference: string | null;
  /** What an index lists. */
  readonly platforms: readonly PlatformDescription[];
  readonly sif: SifDescription | null;
  readonly layers: readonly ClaimDescription[];
  readonly evidence: readonly ClaimDescription[];
  /** What is attached in a registry in other tools' formats. */
  readonly notJudged: readonly Unjudged[];
}

/** The description of a SIF file. @throws SifError when it is no readable SIF; SystemError */
export async function describeFile(path: string): Promise<ImageDescription> {
  await using source = await openFileSource(path);
  const image = await openSif(source);
  const oci = await ociSifIn(image);
  return {
    manifest: null,
    reference: null,
    platforms: [],
    sif: describeSif(image, oci),
    ...sorted([...(await sifClaims(image)), ...oci.cosign.map(cosignClaim)]),
    notJudged: oci.envelopes.map(envelopeClaim),
  };
}

/**
 * The description of an image in a registry or layout folder.
 * @throws RegistryError, NetworkError when the registry cannot be read; SifError when a SIF cannot
 */
export async function describeRegistryImage(image: RegistryImage): Promise<ImageDescription> {
  const { shape, repository, descriptor } = image;
  const sif = shape.is === 'sif' ? await openSif(registrySource(repository, shape.layer)) : undefined;
  const layers = await readAttachments(image);
  const oci = await ociSifIn(sif);
  const inside = sif ? [...(await sifClaims(sif)), ...oci.cosign.map(cosignClaim)] : [];
  const known = new Set(inside.map(({ digest }) => digest));
  const attached = [
    ...layers.natives.flatMap(nativeClaims),
    ...layers.bundles.map(({ place, bytes }) => bundleClaim(placeText(place), bytes)).sort(byTime),
    ...layers.cosign.map(cosignClaim),
    ...layers.notations.map(notationClaim),
  ];
  return {
    manifest: descriptor.digest,
    reference: image.name,
    platforms: shape.is === 'index' ? shape.children.map(describePlatform) : [],
    sif: sif ? describeSif(sif, oci) : null,
    ...sorted([...inside, ...attached.filter(({ digest }) => !known.has(digest))]),
    notJudged: [...layers.foreign, ...[...oci.envelopes, ...layers.envelopes].map(envelopeClaim)],
  };
}

/** As the signers say, since registries list by digest. */
function byTime(a: ClaimDescription, b: ClaimDescription): number {
  return (a.signedAt ?? '~').localeCompare(b.signedAt ?? '~');
}

function sorted(claims: readonly ClaimDescription[]): Pick<ImageDescription, 'layers' | 'evidence'> {
  const evidence = claims.filter(({ kind }) => kind === 'evidence');
  const layers = claims.filter(({ kind }) => kind !== 'evidence');
  return {
    layers: layers.map((claim) => ({ ...claim, approval: claim.approval && withFound(claim.approval, evidence) })),
    evidence,
  };
}

function withFound(approval: ApprovalReport, there: readonly ClaimDescription[]): ApprovalReport {
  const found = ({ digest }: { readonly digest: string }) => there.some((claim) => claim.digest === digest);
  return { ...approval, evidence: approval.evidence.map((entry) => ({ ...entry, found: found(entry) })) };
}

/** What is in an OCI-SIF; nothing in other files. */
async function ociSifIn(image: SifImage | undefined): Promise<Pick<OciSif, 'manifest' | 'cosign' | 'envelopes'>> {
  const isOci = image?.objects.some(({ dataType }) => dataType === DATA_TYPE.ociRootIndex);
  return image && isOci ? readOciSif(image) : { manifest: undefined, cosign: [], envelopes: [] };
}

async function sifClaims(image: SifImage): Promise<readonly ClaimDescription[]> {
  const { natives, lane } = await readSignatureObjects(image);
  return [
    ...natives.flatMap(nativeClaims),
    ...lane.map(({ object, data }) => bundleClaim(`object ${object.id}`, data)),
  ];
}

function describePlatform({ digest, platform }: IndexEntry): PlatformDescription {
  const parts = [platform?.['os'], platform?.['architecture'], platform?.['variant']];
  const said = parts.filter((part): part is string => typeof part === 'string' && part !== '');
  return { digest, platform: said.length === 0 ? null : said.join('/') };
}

function nativeClaims({ place, data, fingerprint }: FoundNative): readonly ClaimDescription[] {
  const base = {
    where: placeText(place),
    stage: null,
    predicateType: null,
    signedAt: null,
    approval: null,
    groups: null,
  };
  if (!isNativeDsse(data)) {
    return [{ ...base, kind: 'native-pgp', signer: fingerprint ? `pgp:${fingerprint}` : null, digest: sha256(data) }];
  }
  try {
    return parseNativeDsse(data).signatures.map(({ keyid, signature }) => ({
      ...base,
      kind: 'native-dsse',
      signer: keyid ?? null,
      digest: sha256(signature),
    }));
  } catch {
    return [{ ...base, kind: 'unreadable', signer: null, digest: sha256(data) }];
  }
}

function bundleClaim(where: string, data: Uint8Array): ClaimDescription {
  try {
    const bundle = parseBundle(data);
    const statement = parseStatement(bundle.envelope.payload);
    const { predicateType, predicate } = statement;
    const broken = breakGlassIn(statement, bundle.envelope.payload);
    const parsed =
      predicateType === APPROVAL_PREDICATE_TYPE && isJsonObject(predicate) ? parseApproval(predicate) : undefined;
    return {
      where,
      kind: parsed ? 'approval' : 'evidence',
      stage: parsed?.approval.stage ?? null,
      predicateType,
      signer: claimedSigner(bundle),
      digest: bundle.payloadDigest,
      signedAt: parsed?.approval.timeVerified ?? null,
      approval: parsed ? reportApproval(parsed.approval, []) : null,
      groups: parsed ? parsed.content.map(({ group }) => group) : null,
      ...(typeof broken === 'object' ? { breakGlass: broken } : {}),
    };
  } catch {
    return {
      where,
      kind: 'unreadable',
      stage: null,
      predicateType: null,
      signer: null,
      digest: sha256(data),
      signedAt: null,
      approval: null,
      groups: null,
    };
  }
}

function notationClaim({ referrer, bytes }: FoundNotation): ClaimDescription {
  const claim = plainClaim('notation', `referrer ${referrer}`, bytes);
  try {
    const { target, chain, signingTime, signedBytes } = parseNotation(bytes);
    const signer = chain[0] ? `x509:${sha256(chain[0]).slice(7)}` : null;
    const stage = target.annotations['stage'] ?? null;
    return { ...claim, digest: sha256(signedBytes), stage, signer, signedAt: toSecond(signingTime) };
  } catch {
    return { ...claim, kind: 'unreadable' };
  }
}

function cosignClaim({ subject, signature, inside }: FoundCosign): ClaimDescription {
  return plainClaim('cosign', tagName(subject, 'sig', inside), signature.payload);
}

function envelopeClaim(found: FoundEnvelope): Unjudged {
  return { where: attestationTag(found), type: typeOfEnvelope(found.envelope) };
}

function plainClaim(kind: 'cosign' | 'notation', where: string, signed: Uint8Array): ClaimDescription {
  const unknown = { stage: null, predicateType: null, signer: null, signedAt: null, approval: null, groups: null };
  return { where, kind, digest: sha256(signed), ...unknown };
}

function claimedSigner({ material }: Bundle): string {
  if (material.kind === 'public-key') {
    const fingerprint = /^openpgp4fpr:([0-9a-f]{40})$/.exec(material.hint)?.[1];
    return fingerprint ? `pgp:${fingerprint.toUpperCase()}` : `key:${material.hint}`;
  }
  return `x509:${material.chain[0] ? sha256(material.chain[0]).slice(7) : ''}`;
}
