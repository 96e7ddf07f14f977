// SPDX-License-Identifier: Apache-2.0
// What cosign writes without us, and what one could write like it: bundles with any statement, legacy tags with any payload.

import { sha256, utf8 } from '../../src/base/bytes.ts';
import { bundleManifest, type Companion, memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { encodePae } from '../../src/attest/bundle.ts';
import { NOW, type Person } from './layers.ts';

const IN_TOTO = 'application/vnd.in-toto+json';
export const SIGN_TYPE = 'https://sigstore.dev/cosign/sign/v1';

/** A subject as JSON. */
export interface SubjectText {
  readonly digest: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

/** What `cosign sign` signs in a bundle, with further members. */
export function plainStatement(subject: readonly SubjectText[], more: Readonly<Record<string, unknown>> = {}): object {
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType: SIGN_TYPE, predicate: {}, ...more };
}

export interface PlainBundle {
  readonly person: Person;
  readonly statement: object;
  /** Label of the bundle's content; the layer's is always that of version 0.3. */
  readonly mediaType?: string;
  readonly companions?: readonly Companion[];
  /** Changes the document after it was signed. */
  readonly alter?: (bundle: Record<string, unknown>) => object;
}

/** A bundle by somebody over any statement, as cosign writes it. */
export async function plainBundle({ person, statement, mediaType = MEDIA_TYPE.bundle, alter }: PlainBundle) {
  const payload = utf8(JSON.stringify(statement));
  const signature = await person.signer.signPae(encodePae(IN_TOTO, payload), NOW);
  const { material } = person.signer;
  const bundle = {
    mediaType,
    verificationMaterial: { publicKey: { hint: material.kind === 'public-key' ? material.hint : '' } },
    dsseEnvelope: {
      payload: Buffer.from(payload).toString('base64'),
      payloadType: IN_TOTO,
      signatures: [{ sig: Buffer.from(signature).toString('base64') }],
    },
  };
  return utf8(JSON.stringify(alter ? alter(bundle) : bundle));
}

/** Attaches such a bundle. */
export async function attachStatement(repository: Repository, subject: Manifest, made: PlainBundle): Promise<void> {
  await attachPlain(repository, subject, { bytes: await plainBundle(made), companions: made.companions });
}

/** Attaches bytes as a bundle of version 0.3, with further layers. */
export async function attachPlain(
  repository: Repository,
  subject: Manifest,
  { bytes, companions = [] }: { readonly bytes: Uint8Array; readonly companions?: readonly Companion[] | undefined },
): Promise<void> {
  const { mediaType, digest } = subject;
  for (const blob of [EMPTY_CONFIG.bytes, bytes, ...companions.map((one) => one.bytes)])
    await repository.pushBlob(sha256(blob), memoryBlob(blob));
  const bundle = { bytes, mediaType: MEDIA_TYPE.bundle, predicateType: SIGN_TYPE, createdAt: NOW, companions };
  await repository.attachReferrer(bundleManifest(bundle, { mediaType, digest, size: subject.bytes.length }));
}

/** Writes the legacy tag of an image anew, with these payloads signed. */
export async function plantLegacy(
  repository: Repository,
  image: Manifest,
  entries: readonly {
    readonly person: Person;
    readonly payload: Uint8Array;
    /** Of the certificate and what is above it. */
    readonly annotations?: Readonly<Record<string, string>>;
  }[],
): Promise<void> {
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  const layers: object[] = [];
  for (const { person, payload, annotations } of entries) {
    await repository.pushBlob(sha256(payload), memoryBlob(payload));
    const signature = await person.signer.signPae(payload, NOW);
    layers.push({
      mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
      size: payload.length,
      digest: sha256(payload),
      annotations: { ...annotations, 'dev.cosignproject.cosign/signature': Buffer.from(signature).toString('base64') },
    });
  }
  const config = { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest };
  const document = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers };
  await repository.putManifest(
    makeManifest(utf8(JSON.stringify(document)), MEDIA_TYPE.manifest),
    cosignTag(image.digest, 'sig'),
  );
}
