// SPDX-License-Identifier: Apache-2.0
// Valid inputs from the files in test/vectors, and the words of the formats.

import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { vectorPath } from '../support/vectors.ts';

/** Content of the files below a folder of test/vectors whose names end so, in the order of their names. */
export async function filesBelow(folder: string, ...endings: readonly string[]): Promise<readonly Uint8Array[]> {
  return [...(await namedFiles(folder, ...endings)).values()];
}

/** The same, by path below the folder. */
export async function namedFiles(
  folder: string,
  ...endings: readonly string[]
): Promise<ReadonlyMap<string, Uint8Array>> {
  const top = vectorPath(folder);
  const files = (await readdir(top, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map(({ parentPath, name }) => relative(top, join(parentPath, name))).toSorted();
  const wanted = names.filter((name) => endings.some((ending) => name.endsWith(ending)));
  return new Map(
    await Promise.all(wanted.map(async (name) => [name, new Uint8Array(await readFile(join(top, name)))] as const)),
  );
}

/** Names and values in statements, envelopes and bundles. */
export const STATEMENT_WORDS: readonly string[] = [
  ...'_type subject predicate predicateType digest sha256 sha512 name uri annotations payload payloadType signatures'.split(
    ' ',
  ),
  ...'sig keyid verificationMaterial publicKey hint certificate x509CertificateChain rawBytes mediaType'.split(' '),
  ...'dsseEnvelope dsse_envelope messageSignature verifier timeVerified resourceUri policy PASSED FAILED'.split(' '),
  ...'stage author security production signer key fingerprint certificates native content group metadata'.split(' '),
  'https://in-toto.io/Statement/v1',
  'https://slsa.dev/verification_summary/v1',
  'https://sigstore.dev/cosign/sign/v1',
  'application/vnd.in-toto+json',
  'application/vnd.dev.sigstore.bundle+json;version=0.2',
];

/** Names and values in manifests, indexes and layout folders. */
export const MANIFEST_WORDS: readonly string[] = [
  ...'schemaVersion mediaType config layers manifests subject digest size platform annotations artifactType'.split(' '),
  ...'architecture os urls data fsLayers history blobs imageLayoutVersion 1.0.0'.split(' '),
  'org.opencontainers.image.ref.name',
  'org.opencontainers.image.title',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.sylabs.sif.layer.v1.sif',
];
