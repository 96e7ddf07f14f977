// SPDX-License-Identifier: Apache-2.0
// Many signers approve one image in a registry at the same moment, in several processes: which layers are there afterwards?

import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readAttachments } from '../../src/image/registry/attachments.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { systemClock } from '../../src/base/clock.ts';
import { parseManifest } from '../../src/oci/manifest.ts';
import { openRepository } from '../../src/oci/open.ts';
import { referrersTag } from '../../src/oci/reference.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { parseBundle } from '../../src/attest/bundle.ts';
import { pushOciImage } from './oci-images.ts';
import type { RaceTask } from './race-worker.ts';

export interface RaceOptions {
  /** `host:port/name`, or `oci:FOLDER`. */
  readonly repository: string;
  readonly signers: number;
  readonly rounds: number;
  readonly processes: number;
}

/** What was made and is not there, over all rounds. */
export interface RaceResult {
  readonly made: number;
  /** Approvals that we do not find. */
  readonly approvals: number;
  /** Approvals that are not in the list which other tools read: the referrers API, else the fallback tag. */
  readonly unlisted: number;
  /** Legacy cosign signatures that are not in the `.sig` tag. */
  readonly legacy: number;
  /** Messages of signers that gave up. */
  readonly failures: readonly string[];
}

/** Lets the signers race; a new image in every round. */
export async function race({ repository: name, signers, rounds, processes }: RaceOptions): Promise<RaceResult> {
  const workers = Array.from({ length: processes }, () =>
    fork(fileURLToPath(new URL('race-worker.ts', import.meta.url)), { execArgv: [] }),
  );
  const total = { made: 0, approvals: 0, unlisted: 0, legacy: 0, failures: new Array<string>() };
  try {
    for (let round = 0; round < rounds; round += 1) {
      const { repository } = await open(name);
      const manifest = await pushOciImage(repository, { tag: `round-${round}`, label: `${name} ${round}` });
      const answers = await Promise.all(
        workers.map((worker, index) => ask(worker, { repository: name, tag: `round-${round}`, signers: share(index) })),
      );
      const digests = answers.flat().filter((text) => text.startsWith('sha256:'));
      total.failures.push(...answers.flat().filter((text) => !text.startsWith('sha256:')));
      const there = await count(manifest, name);
      total.made += digests.length;
      total.approvals += digests.filter((digest) => !there.approvals.has(digest)).length;
      total.unlisted += Math.max(0, digests.length - there.listed);
      total.legacy += Math.max(0, digests.length - there.legacy);
    }
  } finally {
    for (const worker of workers) worker.kill();
  }
  return total;

  function share(index: number): readonly number[] {
    return Array.from({ length: signers }, (_, number) => number).filter((number) => number % processes === index);
  }
}

function ask(worker: ChildProcess, task: RaceTask): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('a signing process ended'));
    worker.once('exit', gone);
    worker.once('message', (answer) => {
      worker.off('exit', gone);
      resolve(Array.isArray(answer) ? answer.map(String) : []);
    });
    worker.send(task);
  });
}

function open(name: string) {
  return openRepository(name, { access: 'push', clock: systemClock(), credentials: { env: {} } });
}

/** What a newcomer finds on an image. */
async function count({ digest }: Manifest, name: string) {
  const { repository } = await open(name);
  const layers = await readAttachments(await openRegistryImage(repository, digest));
  return {
    approvals: new Set<string>(layers.bundles.map(({ bytes }) => parseBundle(bytes).payloadDigest)),
    listed: await listedFor(repository, digest, name),
    legacy: new Set(layers.cosign.map(({ signature }) => Buffer.from(signature.signature).toString('hex'))).size,
  };
}

/** Entries of the list that any tool reads. */
export async function listedFor(repository: Repository, digest: Manifest['digest'], name: string): Promise<number> {
  if (name.startsWith('oci:')) return (await repository.listReferrers(digest)).referrers.length;
  const [host = '', ...path] = name.split('/');
  const answer = await fetch(`http://${host}/v2/${path.join('/')}/referrers/${digest}`);
  if (answer.status === 200) {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return parseManifest({ bytes, mediaType: 'application/vnd.oci.image.index.v1+json' }, 'the list').manifests.length;
  }
  const index = await repository.getManifest(referrersTag(digest));
  return index ? parseManifest(index, 'the list').manifests.length : 0;
}
