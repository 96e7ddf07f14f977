// SPDX-License-Identifier: Apache-2.0
// A process that signs with several keys at once whenever it is told an image: one of those that race in race.ts.

import { generateKeyPairSync } from 'node:crypto';
import { registryTarget } from '../../src/stage/registry-target.ts';
import { signStage } from '../../src/stage/stage.ts';
import { createCriteria } from '../../src/image/verify.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { openRepository } from '../../src/oci/open.ts';
import { createSigner, type Signer } from '../../src/crypto/signer.ts';
import { stageRequest } from './layers.ts';

/** What a worker is told. */
export interface RaceTask {
  readonly repository: string;
  readonly tag: string;
  /** Numbers of the signers. */
  readonly signers: readonly number[];
}

const keys = new Map<number, Promise<Signer>>();

function signerOf(number: number): Promise<Signer> {
  const made = keys.get(number) ?? makeSigner();
  keys.set(number, made);
  return made;
}

function makeSigner(): Promise<Signer> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = new Secret(Buffer.from(privateKey.export({ type: 'pkcs8', format: 'pem' })));
  const certificates = { certificate: undefined, certificateChain: undefined };
  return createSigner({ method: 'key', key, passphrase: undefined, ...certificates, now: new Date() });
}

/** Signs a stage of its own; gives the digest of the statement. */
async function sign({ repository, tag }: RaceTask, number: number): Promise<string> {
  const signer = await signerOf(number);
  const now = new Date();
  const clock = systemClock();
  const opened = await openRepository(repository, { access: 'push', clock, credentials: { env: {} } });
  await using _ = opened;
  const place = opened.repository.name;
  const judge = await createCriteria({ policy: undefined, material: signer.publicMaterial, now });
  const target = registryTarget({ repository: opened.repository, reference: tag, place, verifyData: false, clock });
  const more = { native: 'none', verifyPrevious: false, resourceUri: place } as const;
  const { outcome, digest } = await signStage(target, judge, stageRequest(signer, `stage-${number}`, now, more));
  if (outcome !== 'signed' || digest === undefined) throw new Error(`stage-${number} ended as ${outcome}`);
  return digest;
}

process.on('message', (task: RaceTask) => {
  void Promise.allSettled(task.signers.map((number) => sign(task, number))).then((results) =>
    process.send?.(results.map((one) => (one.status === 'fulfilled' ? one.value : `error: ${String(one.reason)}`))),
  );
});
