// SPDX-License-Identifier: Apache-2.0
// What the clients of registries fetch: each fetches an image as its users do, into a folder of its own, and all bytes
// that it ended with are hashed.

import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Digest, sha256 } from '../../src/base/bytes.ts';
import { runPeer } from './peers.ts';

/** The clients that fetch. */
export const CLIENTS = ['apptainer', 'oras', 'skopeo', 'crane'] as const;
export type Client = (typeof CLIENTS)[number];

/** What a client ended with. */
export interface Fetched {
  readonly client: Client;
  readonly exitCode: number;
  readonly stderr: string;
  readonly digests: ReadonlySet<Digest>;
}

/** What is fetched: an index of platforms is chosen from, and a SIF is a file of its own for apptainer. */
export interface Kind {
  readonly isSif: boolean;
  readonly isIndex: boolean;
}

type Call = (reference: string, to: string, kind: Kind) => readonly string[];

const PULL_IMAGE: Call = (from, to) => [
  'pull',
  '--no-https',
  '--arch',
  'amd64',
  join(to, 'made.sif'),
  `docker://${from}`,
];

/** Calls in the form in which each of them is used; of a SIF apptainer keeps the file, of an image the blobs it read. */
const CALLS: Readonly<Record<Client, Call>> = {
  apptainer: (from, to) => ['pull', '--disable-cache', '--no-https', join(to, 'app.sif'), `oras://${from}`],
  oras: (from, to, { isIndex }) => {
    // Of a manifest it would compare the config, which a SIF's has not.
    const platform = isIndex ? ['--platform', 'linux/amd64'] : [];
    return ['pull', '--plain-http', ...platform, '-o', to, from];
  },
  skopeo: (from, to) => {
    const platform = ['--override-os', 'linux', '--override-arch', 'amd64'];
    return [...platform, 'copy', '--src-tls-verify=false', `docker://${from}`, `dir:${to}`];
  },
  crane: (from, to) => ['pull', '--insecure', '--platform', 'linux/amd64', '--format=oci', from, to],
};

/** What the clients write about what they fetched; the image that apptainer makes of the layers is its own. */
const OWN_FILES = /^(?:index\.json|oci-layout|version|made\.sif)$/;

/** Fetches an image. */
export async function fetchWith(client: Client, reference: string, kind: Kind): Promise<Fetched> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-fetch-'));
  try {
    const [to, home] = [join(folder, 'to'), join(folder, 'home')];
    for (const path of [to, home]) await mkdir(path);
    const isMade = client === 'apptainer' && !kind.isSif;
    const call = isMade ? PULL_IMAGE : CALLS[client];
    const env = { APPTAINER_CONFIGDIR: home, APPTAINER_CACHEDIR: home, APPTAINER_TMPDIR: home };
    const { exitCode, stderr } = await runPeer(client, call(reference, to, kind), { cwd: folder, env });
    const digests = await digestsIn(isMade ? join(home, 'cache', 'blob', 'blobs') : to);
    return { client, exitCode, stderr, digests };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function digestsIn(folder: string): Promise<ReadonlySet<Digest>> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = files
    .filter((file) => file.isFile() && !OWN_FILES.test(basename(file.name)))
    .map((file) => join(file.parentPath, file.name));
  return new Set(await Promise.all(paths.map(async (path) => sha256(new Uint8Array(await readFile(path))))));
}
