// SPDX-License-Identifier: Apache-2.0
// An image in a registry as podman takes it: of an index one platform, and whichever that is must be signed.

import type { RegistryImage } from '../../image/registry/image.ts';
import { readCosignSignatures } from '../../oci/cosign/cosign.ts';
import { MEDIA_TYPE } from '../../oci/oci.ts';
import { gateReason } from '../errors.ts';
import type { GateVerdict } from '../verdict.ts';
import { type ContainersGate, judgeByContainers, type PodmanImage } from './simulate.ts';

const INDEXES: readonly string[] = [MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];

/**
 * The verdict about every manifest that may be run; the first one that is not allowed, if there is any.
 * @throws RegistryError, NetworkError; as judgeByContainers
 */
export async function judgeRegistryImage(
  { shape, subjects, repository }: RegistryImage,
  asked: Pick<PodmanImage, 'name' | 'tag' | 'askedDigest'>,
  { gate, now }: { readonly gate: ContainersGate; readonly now: Date },
): Promise<GateVerdict> {
  if (shape.is === 'sif') return noImage('a SIF is no image that podman runs');
  const runnable = subjects.filter(({ mediaType }) => !INDEXES.includes(mediaType));
  let verdict = noImage('the index names no image that could be run');
  for (const { digest } of runnable) {
    const signatures = await readCosignSignatures(repository, digest);
    verdict = await judgeByContainers({ ...asked, digest, signatures }, gate, now);
    if (verdict.verdict !== 'allowed') return runnable.length > 1 ? about(digest, verdict) : verdict;
  }
  return verdict;
}

function about(digest: string, verdict: GateVerdict): GateVerdict {
  const reasons = verdict.reasons.map((reason) => ({ ...reason, message: `platform ${digest}: ${reason.message}` }));
  return { ...verdict, reasons };
}

function noImage(message: string): GateVerdict {
  const reasons = [gateReason('GATE_NOT_DECIDED', message)];
  return { gate: 'containers-policy', verdict: 'unknown', words: null, reasons };
}
