// SPDX-License-Identifier: Apache-2.0
// One subject → its verdict: examine, then evaluate. The one path that verify-all, sign-stage, push-oras and pull share,
// so that what one accepts no other refuses.

import type { Reason } from '../findings/signature.ts';
import type { ImageFacts } from '../policy/facts.ts';
import { checkRequirement } from '../policy/requires/requires.ts';
import { viewImage } from '../policy/rules/view.ts';
import { evaluatePolicy, settledFacts } from '../policy/evaluate.ts';
import type { LoadedPolicy } from '../policy/document/load.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import { openSif, type SifImage } from '../sif/sif.ts';
import { openFileSource } from '../sif/source.ts';
import { type TrustMaterial, type Verifier } from '../crypto/verifier.ts';
import { createVerifier } from '../crypto/lazy-verifier.ts';
import type { Examination, FoundBundle } from './bundle.ts';
import type { FoundNative } from './sif/signature-objects.ts';
import { examineSif, type ExamineOptions, type SifExamination } from './sif/examine.ts';

/** By what an image is judged: a policy with its trust material, or trust material alone. */
export interface Criteria {
  readonly policy: LoadedPolicy | undefined;
  readonly verifier: Verifier;
  /** Without a policy: stages that must be there. */
  readonly requiredStages: readonly string[];
  /** With a policy: the stages it is asked about; all of them when absent. */
  readonly stages?: readonly string[];
  readonly now: Date;
}

/** By what an image is judged once its signatures are checked. */
export type Rules = Omit<Criteria, 'verifier' | 'policy'> & {
  readonly policy: Pick<LoadedPolicy, 'policy'> | undefined;
};

/** Criteria; the material of the command line is added to the policy's. */
export async function createCriteria(options: {
  readonly policy: LoadedPolicy | undefined;
  readonly material?: TrustMaterial;
  readonly requiredStages?: readonly string[];
  readonly stages?: readonly string[];
  readonly now: Date;
}): Promise<Criteria> {
  const { policy, stages, now } = options;
  const verifier = await createVerifier(mergeTrust([policy?.trust, options.material]));
  return { policy, verifier, requiredStages: options.requiredStages ?? [], ...(stages ? { stages } : {}), now };
}

/** All of several trust materials as one. */
export function mergeTrust(parts: readonly (TrustMaterial | undefined)[]): TrustMaterial {
  const given = parts.filter((part) => part !== undefined);
  const revocation = given.map((part) => part.revocation).findLast((mode) => mode !== undefined);
  return {
    keyrings: given.flatMap((part) => part.keyrings),
    keys: given.flatMap((part) => part.keys),
    anchors: given.flatMap((part) => part.anchors),
    intermediates: given.flatMap((part) => part.intermediates),
    certificates: given.flatMap((part) => part.certificates),
    crls: given.flatMap((part) => part.crls ?? []),
    ...(revocation ? { revocation } : {}),
    timestamps: given.flatMap((part) => part.timestamps),
    denied: given.flatMap((part) => part.denied ?? []),
    sigstore: given.flatMap((part) => part.sigstore),
    origins: new Map(given.flatMap((part) => [...(part.origins ?? [])])),
  };
}

/** How a SIF file is verified. */
export interface VerifyOptions {
  /** How the image is called in the verdict; the path if absent. */
  readonly name?: string;
  /** Bundles that travelled beside the image. */
  readonly beside?: readonly FoundBundle[];
  /** Native signatures that travelled beside the image. */
  readonly besideNatives?: readonly FoundNative[];
  readonly onBytes?: (done: number, total: number) => void;
  /** `claimed`: do not read the data, take its digests from layers that vouch for it. */
  readonly data?: NonNullable<ExamineOptions['data']>;
  /** How the data is hashed; default: by reading it. */
  readonly hash?: NonNullable<ExamineOptions['hash']>;
  /** Decide about these stages only. */
  readonly stages?: readonly string[];
}

/** The verdict about a SIF, and what it rests on. */
export interface VerifiedSif {
  readonly verdict: ImageVerdict;
  readonly examination: SifExamination;
}

/**
 * The verdict about a SIF file, its data read once.
 * @throws SifError when it is no readable SIF, SIF_REPLACED or SIF_CHANGED when the path did not keep what was read;
 * SystemError when the file cannot be read
 */
export async function verifySifFile(
  path: string,
  criteria: Criteria,
  options: VerifyOptions = {},
): Promise<VerifiedSif> {
  await using source = await openFileSource(path);
  return await verifyOpened(await openSif(source), criteria, { name: path, ...options });
}

async function verifyOpened(
  image: SifImage,
  criteria: Criteria,
  options: VerifyOptions & { readonly name: string },
): Promise<VerifiedSif> {
  const { stages, ...rest } = options;
  const examination = await examineSif(image, {
    ...rest,
    verifier: criteria.verifier,
    now: criteria.now,
  });
  const verdict = judgeImage(examination, criteria, stages);
  await image.source.assertStill?.();
  return { verdict, examination };
}

/** The verdict about what an examination found; about `stages`, else about those that the criteria ask about. */
export function judgeImage(
  examination: Pick<SifExamination, 'facts'>,
  criteria: Rules,
  stages?: readonly string[],
): ImageVerdict {
  return evaluatePolicy(criteria.policy?.policy, examination.facts, {
    now: criteria.now,
    requiredStages: criteria.requiredStages,
    ...(stages ? { stages } : criteria.stages ? { stages: criteria.stages, nameOthers: true } : {}),
  });
}

/** The examination with every layer judged by the earliest time that is proven for it. */
export function settle<T extends Examination>(examined: T, { policy, now }: Criteria): T {
  const facts = settledFacts(policy?.policy, examined.facts, now);
  const settled = new Map(examined.facts.layers.map((layer, index) => [layer, facts.layers[index]]));
  const bundles = examined.bundles.map((bundle) =>
    bundle.is === 'layer' ? { ...bundle, fact: settled.get(bundle.fact) ?? bundle.fact } : bundle,
  );
  return { ...examined, facts, bundles };
}

/** Why a stage of the policy may not be approved for lack of evidence; empty when it may. */
export function evidenceLacking(
  { policy, now }: Pick<Criteria, 'policy' | 'now'>,
  facts: ImageFacts,
  name: string,
): readonly Reason[] {
  const stage = policy?.policy.stages.find((one) => one.name === name);
  if (!policy || !stage) return [];
  const image = viewImage(policy.policy, settledFacts(policy.policy, facts, now), now);
  const reports = stage.requires.map((one) => checkRequirement(one, { policy: policy.policy, stage, image }));
  return reports.flatMap(({ met, reasons }) => (met ? [] : reasons));
}
