// SPDX-License-Identifier: Apache-2.0
// The images that documents made to mislead can name, and every such document over them.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Digest, sha256, toBase64, utf8 } from '../../src/base/bytes.ts';
import { makeManifest } from '../../src/oci/manifest.ts';
import { type Manifest, MEDIA_TYPE, type OciDescriptor } from '../../src/oci/oci.ts';
import {
  addedMembers,
  doubledMembers,
  indexShape,
  manifestOf,
  manifestShape,
  otherPlatforms,
  otherTypes,
  otherWords,
  type Shape,
  type Things,
  type TwoFaced,
} from './two-faced.ts';

/** What there is to be stored before any of the documents. */
export interface TwoFacedImages {
  readonly blobs: readonly Uint8Array[];
  readonly manifests: readonly Manifest[];
  /** What nobody is to get who asks for linux/amd64. */
  readonly evil: ReadonlySet<Digest>;
  readonly documents: readonly TwoFaced[];
}

const DOCKER_LAYER = 'application/vnd.docker.image.rootfs';
const GOOD_SIF = new Uint8Array(readFileSync(new URL('../../assets/demo/hello.sif', import.meta.url)));
const EVIL_SIF = GOOD_SIF.with(GOOD_SIF.length - 200, (GOOD_SIF.at(-200) ?? 0) ^ 0xff);

type Pair<T> = readonly [good: T, evil: T];

class Store {
  readonly blobs: Uint8Array[] = [];
  readonly manifests: Manifest[] = [];
  readonly evil = new Set<Digest>([sha256(EVIL_SIF)]);
  readonly #elsewhere: string;

  constructor(elsewhere: string) {
    this.#elsewhere = elsewhere;
  }

  sif(bytes: Uint8Array): Things {
    return {
      config: this.#blob(utf8('{}'), MEDIA_TYPE.sifConfig),
      layer: this.#blob(bytes, MEDIA_TYPE.sifLayer, 'app.sif'),
      data: toBase64(bytes),
      url: `${this.#elsewhere}${sha256(bytes)}`,
    };
  }

  image(architecture: string): Things {
    const kind = 'application/vnd.oci.image';
    return this.#engineImage(architecture, `${kind}.config.v1+json`, `${kind}.layer.v1.tar+gzip`);
  }

  dockerImage(architecture: string, layer: string): Things {
    return this.#engineImage(architecture, 'application/vnd.docker.container.image.v1+json', layer);
  }

  manifest(bytes: Uint8Array, mediaType: string): OciDescriptor {
    const manifest = makeManifest(bytes, mediaType);
    this.manifests.push(manifest);
    return { mediaType, size: bytes.length, digest: manifest.digest };
  }

  manifestOf(mediaType: string, things: Things): OciDescriptor {
    return this.manifest(utf8(JSON.stringify(manifestOf(mediaType, things))), mediaType);
  }

  #engineImage(architecture: string, configType: string, layerType: string): Things {
    const tar = new Uint8Array(1024);
    const rootfs = { type: 'layers', diff_ids: [sha256(tar)] };
    const config = utf8(JSON.stringify({ architecture, os: 'linux', config: {}, rootfs }));
    // The same content and length; other bytes for each platform: where it says which system compressed it.
    const layer = new Uint8Array(gzipSync(tar)).with(9, architecture === 'amd64' ? 3 : 255);
    if (architecture !== 'amd64') this.evil.add(sha256(config)).add(sha256(layer));
    return {
      config: this.#blob(config, configType),
      layer: this.#blob(layer, layerType, 'layer.tar.gz'),
      data: toBase64(layer),
      url: `${this.#elsewhere}${sha256(layer)}`,
    };
  }

  #blob(bytes: Uint8Array, mediaType: string, title?: string): OciDescriptor {
    this.blobs.push(bytes);
    const annotations = title === undefined ? {} : { annotations: { 'org.opencontainers.image.title': title } };
    return { mediaType, size: bytes.length, digest: sha256(bytes), ...annotations };
  }
}

/** A manifest made to mislead, below an index of which there is nothing to say. */
function below(store: Store, child: TwoFaced): TwoFaced {
  const entry = { ...store.manifest(child.bytes, child.mediaType), platform: { os: 'linux', architecture: 'amd64' } };
  const content = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [entry] };
  return {
    ...child,
    name: `below an index, ${child.name}`,
    mediaType: MEDIA_TYPE.index,
    bytes: utf8(JSON.stringify(content)),
  };
}

/** Of what nobody could misread, which is fetched by every client, some are enough. */
function few(documents: readonly TwoFaced[]): readonly TwoFaced[] {
  return documents.filter(({ is }, index) => is !== 'good' || index % 11 === 0);
}

/** All of them; any blob can be fetched from `elsewhere`, which its digest follows. */
export function twoFacedImages(elsewhere: string): TwoFacedImages {
  const { manifest, dockerManifest, index, dockerIndex } = MEDIA_TYPE;
  const store = new Store(elsewhere);
  const both = <T>(of: (architecture: string) => T): Pair<T> => [of('amd64'), of('arm64')];
  const docker = (kind: string) =>
    both((architecture) => store.dockerImage(architecture, `${DOCKER_LAYER}.${kind}.tar.gzip`));
  const images = both((architecture) => store.manifestOf(manifest, store.image(architecture)));
  const [dockerGood, dockerEvil] = docker('diff');
  const nestedIn = (entry: OciDescriptor) =>
    store.manifest(utf8(JSON.stringify(indexShape('', index, [entry, entry]).document)), index);
  const sifManifest = (bytes: Uint8Array) => store.manifestOf(manifest, store.sif(bytes));
  const plain: readonly Shape[] = [
    manifestShape('SIF', manifest, [store.sif(GOOD_SIF), store.sif(EVIL_SIF)]),
    manifestShape(
      'image',
      manifest,
      both((architecture) => store.image(architecture)),
    ),
    indexShape('index', index, images),
  ];
  const others: readonly Shape[] = [
    manifestShape('docker image', dockerManifest, docker('diff')),
    manifestShape('foreign layer', dockerManifest, docker('foreign.diff')),
    indexShape('docker list', dockerIndex, [
      store.manifestOf(dockerManifest, dockerGood),
      store.manifestOf(dockerManifest, dockerEvil),
    ]),
    indexShape('index of SIFs', index, [sifManifest(GOOD_SIF), sifManifest(EVIL_SIF)]),
    indexShape('nested index', index, [nestedIn(images[0]), nestedIn(images[1])]),
  ];
  const documents = [
    ...plain.flatMap((shape) => [
      ...few(doubledMembers(shape, 2)),
      ...addedMembers(shape),
      ...otherWords(shape),
      ...otherTypes(shape),
    ]),
    ...others.flatMap((shape) => few(doubledMembers(shape, 1))),
    ...otherPlatforms(images),
    ...plain
      .filter(({ name }) => name === 'image')
      .flatMap((shape) => few(doubledMembers(shape, 1)))
      .map((child) => below(store, child)),
  ];
  return { blobs: store.blobs, manifests: store.manifests, evil: store.evil, documents };
}
