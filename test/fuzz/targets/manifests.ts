// SPDX-License-Identifier: Apache-2.0
// Manifests and indexes: what we read is what a program written in Go reads, or we refuse. And whole layout folders: a
// damaged one passes only for the image that was approved.

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toBase64, utf8 } from '../../../src/base/bytes.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { parseList, parseManifest } from '../../../src/oci/manifest.ts';
import { MEDIA_TYPE } from '../../../src/oci/oci.ts';
import { imagesInLayout } from '../../../src/oci/layout/images.ts';
import { openRepository } from '../../../src/oci/open.ts';
import { judgeBy, keyPerson, policyFor } from '../../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../../support/oci-images.ts';
import { signRemotely, verdictOn } from '../../support/registry-layers.ts';
import { Breach, type Prepared, type Target } from '../engine.ts';
import { type Entry, goReading } from '../go-reader.ts';
import { filesBelow, MANIFEST_WORDS } from '../seeds.ts';

const RICH_MANIFEST = {
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.manifest,
  artifactType: 'application/vnd.example',
  config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: `sha256:${'1'.repeat(64)}`, size: 2 },
  layers: [
    {
      mediaType: 'application/vnd.sylabs.sif.layer.v1.sif',
      digest: `sha256:${'2'.repeat(64)}`,
      size: 40_960,
      annotations: { 'org.opencontainers.image.title': 'app.sif' },
    },
    { mediaType: 'application/octet-stream', digest: `sha512:${'3'.repeat(128)}`, size: 1 },
  ],
  subject: { mediaType: MEDIA_TYPE.manifest, digest: `sha256:${'4'.repeat(64)}`, size: 500 },
  annotations: { k: 'v', s: 'x' },
};

/** Manifests and indexes, also of other tools. */
export const manifestTarget: Target = {
  name: 'manifest',
  async prepare() {
    const stored = await filesBelow('oci/store', '');
    const manifests = stored.filter((bytes) => Buffer.from(bytes).includes('"schemaVersion"'));
    return {
      seeds: [utf8(JSON.stringify(RICH_MANIFEST)), ...manifests],
      words: MANIFEST_WORDS,
      check(bytes) {
        const go = goReading(bytes);
        const mediaType = go?.mediaType ?? MEDIA_TYPE.manifest;
        parseList({ bytes, mediaType }, 'it');
        const { config, layers, manifests: entries, subject } = parseManifest({ bytes, mediaType }, 'it');
        if (!go) throw new Breach('read, and it is no JSON');
        const ours = JSON.stringify([config, ...layers, ...entries, subject].map(plain));
        const theirs = JSON.stringify([go.config, ...go.layers, ...go.manifests, go.subject].map(plain));
        if (ours !== theirs) throw new Breach(`we read ${ours}, Go reads ${theirs}`);
        return 'read';
      },
    };
  },
};

function plain(descriptor: Entry | undefined) {
  return descriptor && [descriptor.mediaType, descriptor.digest, descriptor.size];
}

async function prepareLayout(): Promise<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-fuzz-'));
  const author = await keyPerson('author', 'p256');
  const judge = await judgeBy(await policyFor([author], '  - { name: author, approvers: [author] }'));
  const open = (name: string) =>
    openRepository(`oci:${join(folder, name)}`, { access: 'push', clock: systemClock(), credentials: { env: {} } });
  const { repository } = await open('seed');
  const approved = await pushOciImage(repository, { tag: 'app' });
  await signRemotely({ repository, reference: approved.digest }, author, 'author', { judge });
  await pushOciIndex(repository, 'both');
  const seed = await packed(join(folder, 'seed'));
  let round = 0;
  return {
    seeds: [seed],
    words: MANIFEST_WORDS,
    async check(bytes) {
      const place = join(folder, `${(round += 1)}`);
      try {
        const files = unpacked(bytes);
        if (!files) return 'not a folder';
        // Half of them as somebody would leave them who wants to be believed.
        await writeFiles(place, bytes.length % 2 === 0 ? files : withDigestsPutRight(files));
        await imagesInLayout(place, systemClock());
        const { repository: opened } = await open(`${round}`);
        const verdict = await verdictOn({ repository: opened, reference: 'app' }, judge, true);
        if (verdict.verdict === 'passed' && !verdict.reference?.includes(approved.digest))
          throw new Breach(`passed for ${verdict.reference}`);
        return verdict.verdict;
      } finally {
        await rm(place, { recursive: true, force: true });
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Whole folders, every file of which may be damaged. */
export const layoutTarget: Target = { name: 'layout', prepare: prepareLayout };

/** A folder as one JSON document: path → base64 of the content. */
async function packed(folder: string): Promise<Uint8Array> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const files: Record<string, string> = {};
  for (const { parentPath, name } of names) {
    const path = join(parentPath, name);
    files[path.slice(folder.length + 1)] = toBase64(new Uint8Array(await readFile(path)));
  }
  return utf8(JSON.stringify(files));
}

/** Path → content of such a document, as far as the paths are plain ones. */
function unpacked(bytes: Uint8Array): ReadonlyMap<string, Buffer> | undefined {
  let files: unknown;
  try {
    files = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
  if (typeof files !== 'object' || files === null) return undefined;
  const plainPath = /^[a-z0-9-]{1,100}(?:[./][a-z0-9-]{1,100}){0,5}$/;
  return new Map(
    Object.entries(files).flatMap(([name, text]) =>
      plainPath.test(name) && typeof text === 'string' ? [[name, Buffer.from(text, 'base64')] as const] : [],
    ),
  );
}

/** Every blob under the name that its content has, and named so wherever it was named. */
function withDigestsPutRight(files: ReadonlyMap<string, Buffer>): ReadonlyMap<string, Buffer> {
  let put = new Map(files);
  for (let depth = 0; depth < 4; depth += 1)
    for (const [path, content] of put) {
      const [, old] = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(path) ?? [];
      const hex = createHash('sha256').update(content).digest('hex');
      if (old === undefined || old === hex) continue;
      const renamed = [...put].map(
        ([name, data]) =>
          [
            name.replace(old, hex),
            data.length < 100_000 ? Buffer.from(data.toString('latin1').replaceAll(old, hex), 'latin1') : data,
          ] as const,
      );
      put = new Map(renamed);
    }
  return put;
}

async function writeFiles(folder: string, files: ReadonlyMap<string, Buffer>): Promise<void> {
  await mkdir(folder);
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true }).catch(() => undefined);
    await writeFile(join(folder, name), content).catch(() => undefined);
  }
}
