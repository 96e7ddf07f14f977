// SPDX-License-Identifier: Apache-2.0
// What we judged is what they fetch: each of some hundred documents made to mislead is refused by us, or it is approved
// and passes, and then apptainer, oras, skopeo and crane end with exactly the bytes that our verdict names.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Digest, digestHex, sha256 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { CountersignError } from '../../src/base/errors.ts';
import { mapBounded } from '../../src/base/parallel.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../src/commands/verify-all/verify-all.ts';
import { type IndexEntry, parseManifest } from '../../src/oci/manifest.ts';
import { type ReadableRepository, type Repository, SIF_LAYER_TYPES } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { FakeHost } from '../support/fake-host.ts';
import { CLIENTS, type Client, type Fetched, fetchWith } from '../support/fetching-clients.ts';
import { keyPerson } from '../support/layers.ts';
import { hasPeers } from '../support/peers.ts';
import { startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary.ts';
import type { TwoFaced } from '../support/two-faced.ts';
import { type TwoFacedImages, twoFacedImages } from '../support/two-faced-images.ts';

/** Of those that we refuse, these are fetched too: to see that they do mislead somebody. */
const MISLEADING = /^(?:SIF|image|index): (?:layers|manifests|.*digest|config) by .* after$/;

/** One manifest that can be run, as our verdict names it with all that it leads to. */
interface Leaf {
  readonly manifest: Digest;
  readonly config: Digest;
  readonly layers: readonly Digest[];
  /** Layers that are said to be elsewhere, which oras leaves out. */
  readonly isForeign: boolean;
  readonly isSif: boolean;
  readonly isOurs: boolean;
}

/** What a passed verdict is about. */
interface Judged {
  readonly reference: string;
  readonly leaves: readonly Leaf[];
  /** Everything that may be fetched. */
  readonly named: ReadonlySet<Digest>;
}

async function leavesBelow(
  repository: ReadableRepository,
  digest: Digest,
  platform: IndexEntry['platform'],
): Promise<readonly { readonly leaf?: Leaf; readonly digest: Digest }[]> {
  const manifest = await repository.getManifest(digest);
  if (!manifest) throw new Error(`the verdict names ${digest}, which is not there`);
  const { manifests, layers, config } = parseManifest(manifest, digest);
  if (!config) {
    const all = manifests.map((entry) => leavesBelow(repository, entry.digest, entry.platform ?? platform));
    return [{ digest }, ...(await Promise.all(all)).flat()];
  }
  const isOurs = platform === undefined || (platform['os'] === 'linux' && platform['architecture'] === 'amd64');
  const isForeign = layers.some(({ mediaType }) => mediaType.includes('.foreign.'));
  const isSif = SIF_LAYER_TYPES.includes(layers[0]?.mediaType ?? '');
  return [
    {
      digest,
      leaf: {
        manifest: digest,
        config: config.digest,
        layers: layers.map((one) => one.digest),
        isForeign,
        isSif,
        isOurs,
      },
    },
  ];
}

/** What our passed verdict on a tag is about, or the code with which we refuse it; `folder` has policy and key. */
async function judge(folder: string, repository: ReadableRepository, name: string): Promise<Judged | string> {
  const subject = { 'subject-name': name, 'policy-path': 'policy.yaml', 'retry-for': '0s' };
  const host = new FakeHost({ cwd: folder, now: new Date() });
  try {
    const signing = { ...subject, stage: 'author', 'signing-method': 'key', 'key-path': 'alice.pem' };
    await runCommand(signStage, signing, host);
    const { json, exitCode } = await runCommand(verifyAll, subject, host);
    const [image] = (json as Verdict).images;
    if (exitCode !== 0 || !image?.reference || !image.dataVerified) return 'failed';
    const found = await leavesBelow(repository, `sha256:${image.reference.slice(-64)}`, undefined);
    const leaves = found.flatMap(({ leaf }) => leaf ?? []);
    const parts = leaves.flatMap(({ config, layers }) => [config, ...layers]);
    return { reference: image.reference, leaves, named: new Set([...found.map(({ digest }) => digest), ...parts]) };
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}

/** What a client must have ended with, of a manifest that it chose. */
function expected(client: Client, { manifest, config, layers, isSif, isForeign }: Leaf): readonly Digest[] {
  if (client === 'oras' && isForeign) return [];
  if (client === 'oras' || (client === 'apptainer' && isSif)) return layers;
  return [manifest, config, ...layers];
}

function problemOf({ client, exitCode, digests }: Fetched, { leaves, named }: Judged): string | undefined {
  const strange = [...digests].filter((digest) => !named.has(digest));
  if (strange.length > 0) return `fetched ${strange.join()}`;
  const ours = leaves.filter(({ isOurs }) => isOurs);
  const whole = (ours.length > 0 ? ours : leaves).some((leaf) =>
    expected(client, leaf).every((one) => digests.has(one)),
  );
  return exitCode === 0 && !whole ? 'ended well without all of it' : undefined;
}

/** A folder with a policy and the key of whoever approves by it. */
async function bench(): Promise<string> {
  const folder = await temporaryFolder();
  const alice = await keyPerson('alice');
  await writeFile(join(folder, 'alice.pem'), alice.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'alice.pub'), alice.publicKey);
  const policy =
    'version: 1\nname: test\nprincipals: { alice: { key: alice.pub } }\nstages: [{ name: author, approvers: alice }]\n';
  await writeFile(join(folder, 'policy.yaml'), policy);
  return folder;
}

/** A registry with everything that the documents name. */
async function prepared(host: string, { blobs, manifests }: TwoFacedImages): Promise<Repository> {
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`${host}/app`, options);
  for (const bytes of blobs) await repository.pushBlob(sha256(bytes), memoryBlob(bytes));
  for (const { bytes, mediaType, digest } of manifests) await push(host, digest, { bytes, mediaType });
  return repository;
}

async function push(
  host: string,
  reference: string,
  { bytes, mediaType }: Pick<TwoFaced, 'bytes' | 'mediaType'>,
): Promise<boolean> {
  const url = `http://${host}/v2/app/manifests/${reference}`;
  const headers = { 'content-type': mediaType };
  const answer = await fetch(url, { method: 'PUT', headers, body: Buffer.from(bytes) });
  await answer.arrayBuffer();
  return answer.ok;
}

/** What a client says that rightly does not fetch what we judged: it asks for less, or for more, than we do. */
const REFUSALS: readonly (readonly [Client, RegExp])[] = [
  ['skopeo', /no image found in image index|Unexpectedly received a manifest list|unsupported docker v2s2 media type/],
  // What a manifest says is elsewhere it fetches there, and finds another digest.
  ['skopeo', /external blob|digest/i],
  ['oras', /no matching manifest was found/],
];

interface Seen {
  stored: number;
  accepted: number;
  misled: number;
  readonly refused: Map<string, number>;
  readonly fetched: Map<Client, number>;
  readonly wrong: string[];
}

/** What the clients end with, of an image that passed; each problem is named. */
async function compare({ name }: TwoFaced, at: { reference: string; judged: Judged }, seen: Seen): Promise<void> {
  const { leaves, reference } = at.judged;
  const kind = {
    isSif: leaves.every(({ isSif }) => isSif),
    isIndex: !leaves.some((leaf) => reference.endsWith(leaf.manifest)),
  };
  for (const client of CLIENTS) {
    const got = await fetchWith(client, at.reference, kind);
    const problem = problemOf(got, at.judged);
    if (problem !== undefined) seen.wrong.push(`${name}: ${client} ${problem}`);
    if (got.exitCode === 0) seen.fetched.set(client, (seen.fetched.get(client) ?? 0) + 1);
    else if (!REFUSALS.some(([who, says]) => who === client && says.test(got.stderr)))
      seen.wrong.push(`${name}: ${client} did not fetch it: ${got.stderr.slice(-300)}`);
  }
}

test.skipIf(!hasPeers('docker-registry', ...CLIENTS))(
  'what we judged is what they fetch (skipped without the clients)',
  async () => {
    const hosts = [await startDockerRegistry(), (await startRegistry({ careless: true })).host] as const;
    const world = twoFacedImages(`http://${hosts[1]}/v2/app/blobs/`);
    const registries = await Promise.all(
      hosts.map(async (host) => ({ host, repository: await prepared(host, world) })),
    );
    const folder = await bench();
    const seen: Seen = { stored: 0, accepted: 0, misled: 0, refused: new Map(), fetched: new Map(), wrong: [] };
    await mapBounded(world.documents, 2, async (document) => {
      const tag = `t${digestHex(sha256(Buffer.from(document.name))).slice(0, 32)}`;
      // What distribution does not store is stored by a registry that looks at nothing.
      let registry: (typeof registries)[number] | undefined;
      for (const one of registries) if (!registry && (await push(one.host, tag, document))) registry = one;
      if (!registry) return;
      seen.stored += 1;
      const name = `${registry.host}/app:${tag}`;
      const judged = await judge(folder, registry.repository, name);
      if (typeof judged === 'string') {
        seen.refused.set(judged, (seen.refused.get(judged) ?? 0) + 1);
        if (document.is === 'good') seen.wrong.push(`${document.name}: ${judged}`);
        if (!MISLEADING.test(document.name)) return;
        const got = await fetchWith('crane', name, { isSif: false, isIndex: false });
        if ([...got.digests].some((digest) => world.evil.has(digest))) seen.misled += 1;
        return;
      }
      seen.accepted += 1;
      if (document.is === 'two-faced') seen.wrong.push(`${document.name}: accepted`);
      // By tag as a user, by digest as the next step of a workflow.
      await compare(document, { reference: seen.accepted % 2 === 0 ? judged.reference : name, judged }, seen);
    });
    console.info('of %i documents: %o', world.documents.length, { ...seen, wrong: seen.wrong.length });
    expect(seen.wrong).toEqual([]);
    expect(seen.stored).toBeGreaterThan(500);
    expect(seen.misled).toBeGreaterThan(5);
    expect(seen.refused.get('REGISTRY_DOCUMENT_AMBIGUOUS')).toBeGreaterThan(150);
    expect(seen.refused.get('REGISTRY_MANIFEST_INVALID')).toBeGreaterThan(50);
    expect(seen.accepted).toBeGreaterThan(80);
    for (const client of CLIENTS) expect(seen.fetched.get(client)).toBeGreaterThan(60);
  },
  900_000,
);
