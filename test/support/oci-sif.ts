// SPDX-License-Identifier: Apache-2.0
// OCI-SIFs as SingularityCE lays them out, and as one could lay them out to mislead.

import { join } from 'node:path';
import { encodePae } from '../../src/attest/bundle.ts';
import { encodeBundle } from '../../src/attest/sign.ts';
import { type Digest, sha256, toBase64, utf8 } from '../../src/base/bytes.ts';
import type { NewObject } from '../../src/sif/edit/append.ts';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { createSif } from './create-sif.ts';
import { NOW, type Person } from './layers.ts';
import { temporaryFolder } from './temporary.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';
const PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const REF_NAME = 'org.opencontainers.image.ref.name';

/** An entry of the root index. */
export type Entry = Readonly<Record<string, unknown>>;

/** An OCI image as blobs, its manifest last. */
export interface OciImage {
  readonly blobs: readonly Uint8Array[];
  readonly digest: Digest;
  readonly entry: Entry;
}

const json = (value: unknown): Uint8Array => utf8(JSON.stringify(value));
const described = (mediaType: string, bytes: Uint8Array, annotations?: Readonly<Record<string, string>>) => ({
  mediaType,
  size: bytes.length,
  digest: sha256(bytes),
  ...(annotations ? { annotations } : {}),
});

function imageOf(layers: readonly (readonly [Uint8Array, object])[], mediaType: string, name?: string): OciImage {
  const config = json({ architecture: 'amd64', os: 'linux', layers: layers.map(([bytes]) => sha256(bytes)) });
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: described('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map(([, layer]) => layer),
  });
  const entry = described(mediaType, manifest, name === undefined ? undefined : { [REF_NAME]: name });
  return { blobs: [...layers.map(([bytes]) => bytes), config, manifest], digest: sha256(manifest), entry };
}

/** An image with one layer. */
export function ociImage(text = 'a squashfs', mediaType = MANIFEST): OciImage {
  const layer = utf8(text);
  return imageOf([[layer, described('application/vnd.sylabs.image.layer.v1.squashfs', layer)]], mediaType);
}

/** What SingularityCE signs, and what others might. */
export interface SignedPayload {
  readonly digest: Digest;
  readonly reference?: string;
  readonly optional?: Readonly<Record<string, unknown>> | null;
}

/** The image that holds a cosign signature, under the name of the tag. */
export async function cosignImage(
  person: Person,
  { digest, reference = '', optional = { creator: 'SingularityCE/4.5.0', timestamp: 1_795_000_000 } }: SignedPayload,
  name = `_cosign:${digest.replace(':', '-')}.sig`,
): Promise<OciImage> {
  const payload = json({
    critical: {
      identity: { 'docker-reference': reference },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
    optional,
  });
  const signature = toBase64(await person.signer.signPae(payload, NOW));
  return imageOf([[payload, described(PAYLOAD, payload, { [SIGNATURE]: signature })]], MANIFEST, name);
}

/** The image that holds an envelope, under the name of the attestation tag. */
export function envelopeImage(envelope: Uint8Array, subject: Digest): OciImage {
  return layersImage([envelope], subject);
}

/** The same with anything in the place of envelopes. */
export function layersImage(layers: readonly Uint8Array[], subject: Digest): OciImage {
  const name = `_cosign:${subject.replace(':', '-')}.att`;
  return imageOf(
    layers.map((layer) => [layer, described(ENVELOPE, layer, { [SIGNATURE]: '' })]),
    MANIFEST,
    name,
  );
}

/** What somebody says of an image, as envelope and as bundle. */
export async function attested(
  { signer }: Person,
  image: OciImage,
): Promise<{ readonly envelope: Uint8Array; readonly bundle: Uint8Array }> {
  const statement = utf8(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [{ name: 'app', digest: { sha256: image.digest.slice(7) } }],
      predicateType: 'https://example.org/said',
      predicate: {},
    }),
  );
  const payloadType = 'application/vnd.in-toto+json';
  const made = await signer.signPae(encodePae(payloadType, statement), NOW);
  const sig = Buffer.from(made).toString('base64');
  const payload = Buffer.from(statement).toString('base64');
  return {
    envelope: utf8(JSON.stringify({ payloadType, payload, signatures: [{ keyid: '', sig }] })),
    bundle: encodeBundle({ material: signer.material, payloadType, payload: statement, signature: made }),
  };
}

/** Blobs as objects. */
export const blobsOf = (...images: readonly OciImage[]): readonly NewObject[] =>
  images.flatMap(({ blobs }) => blobs.map((data) => ({ dataType: DATA_TYPE.ociBlob, data })));

/** The root index with these entries. */
export const rootIndex = (...entries: readonly Entry[]): NewObject => ({
  dataType: DATA_TYPE.ociRootIndex,
  data: json({ schemaVersion: 2, mediaType: INDEX, manifests: entries }),
});

/** A file with these objects. */
export async function ociSif(objects: readonly NewObject[], launchScript = ''): Promise<string> {
  const path = join(await temporaryFolder(), 'image.sif');
  await createSif(path, { now: NOW, objects, launchScript, capacity: objects.length + 8 });
  return path;
}
