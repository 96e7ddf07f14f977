// SPDX-License-Identifier: Apache-2.0
// The signed publication of push-oras: where an image was published, under which tags, and by which policy it had passed.
// It is signed when the tags have moved, by a key that approves nothing.

import { encodePublication, PUBLICATION_PREDICATE_TYPE } from '../../attest/record.ts';
import { type Digest, parseDigest } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { toSecond } from '../../base/text.ts';
import type { Signer } from '../../crypto/signer.ts';
import { publicationTag } from '../../image/registry/publication-tag.ts';
import type { Criteria } from '../../image/verify.ts';
import type { Repository } from '../../oci/oci.ts';
import type { ImageVerdict } from '../../policy/verdict.ts';
import { escapeMarkdown, skippedStages } from '../../report/wording.ts';
import { publicPlace, type Reference } from '../../oci/reference.ts';
import { describeEvidence, type StoredEvidence } from '../evidence/files.ts';
import {
  type ALLOW_APPROVER_KEY_INPUT,
  assertAttestationTag,
  type ATTESTATION_TAG_INPUT,
  evidenceSignerFrom,
} from '../evidence/signer.ts';
import type { Host } from '../host.ts';
import type { CommandError, InputsOf } from '../spec.ts';
import { runInfo } from '../inputs/signing.ts';
import type { TrustInputs } from '../inputs/trust.ts';
import type { SIGN_ON_THE_WAY_INPUTS } from './sign.ts';

/** The inputs that a signed publication depends on. */
export type PublicationInputs = InputsOf<typeof SIGN_ON_THE_WAY_INPUTS> &
  InputsOf<readonly [typeof ALLOW_APPROVER_KEY_INPUT, typeof ATTESTATION_TAG_INPUT]> &
  TrustInputs;

/**
 * Who signs the publication: nobody without a key, and nobody where the key signs a stage.
 * @throws as evidenceSignerFrom, assertAttestationTag
 */
export async function publisherFrom(inputs: PublicationInputs, host: Host): Promise<Signer | undefined> {
  const signer = inputs.stage === undefined ? await evidenceSignerFrom(inputs, host) : undefined;
  assertAttestationTag(inputs, { signer, subjects: [] });
  return signer;
}

/** What was published, where, and by whom that is signed. */
interface PublishedImage {
  readonly repository: Repository;
  readonly reference: Reference;
  /** Of the manifest; undefined when nothing was published. */
  readonly digest: string | undefined;
  readonly tags: readonly string[];
  /** A file name, or `registry/repository@digest`. */
  readonly source: string;
  readonly criteria: Criteria | undefined;
  /** On which it was published; undefined when nobody verified it. */
  readonly verdict: ImageVerdict | undefined;
  readonly signer: Signer | undefined;
}

/** What became of the signed publication. */
export interface PublicationRecord {
  readonly stored: readonly StoredEvidence[];
  /** A line for people. */
  readonly note: string;
  /** The image is published, and that could not be signed. */
  readonly error?: CommandError;
}

/** Signs that an image was published, and attaches that to it. */
export async function recordPublication(
  image: PublishedImage,
  inputs: PublicationInputs,
  host: Host,
): Promise<PublicationRecord> {
  const { signer, repository, tags, digest } = image;
  if (digest === undefined) return { stored: [], note: '' };
  if (!signer) {
    const why = inputs.stage === undefined ? 'no key was given' : 'the key that was given signs the stage';
    return { stored: [], note: `  publication: not signed, ${why}\n` };
  }
  const published = { ...image, reference: { ...image.reference, digest: parseDigest(digest) } };
  const now = host.now();
  const { storeRegistryEvidence } = await import('../evidence/registry.ts');
  try {
    const { evidence, remarks } = await storeRegistryEvidence({
      repository,
      reference: published.reference,
      statements: [statementOf(published, host)],
      signer,
      now,
      // A folder is named by its one tagged image.
      tags: image.reference.in === 'registry' ? tags.map(publicationTag) : [],
      beside: false,
      attestationTag: inputs.attestationTag,
      folder: undefined,
      defaultFolder: inputs.workingDirectory,
    });
    for (const remark of remarks ?? []) host.warning(`publication: ${remark}`);
    return { stored: evidence, note: evidence.map((one) => `  ${describeEvidence(one)}\n`).join('') };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { code, message, hint } = error;
    const what = `${tags.join(', ')} moved to ${digest}, and the publication was not signed`;
    return {
      stored: [],
      note: '  publication: not signed\n',
      error: { code, message: `${what}: ${message}`, hint },
    };
  }
}

function statementOf(
  { reference, tags, source, criteria, verdict }: PublishedImage & { readonly reference: { readonly digest: Digest } },
  host: Host,
) {
  const policy = criteria?.policy;
  const predicate = encodePublication({
    repository: publicPlace(reference),
    digest: reference.digest,
    tags,
    source,
    publishedAt: toSecond(host.now()),
    policy: policy ? { name: policy.name, digest: policy.digest } : null,
    verified: criteria !== undefined,
    breakGlass: skippedStages(verdict?.stages ?? []),
    run: runInfo(host.env, undefined) ?? null,
  });
  return { label: 'publication', predicateType: PUBLICATION_PREDICATE_TYPE, predicate };
}

const MAX_LINE = 2000;

/** What was published, and on which verdict. */
interface Publication {
  /** The verdict, Markdown. */
  readonly markdown: string;
  /** What else was done, plain text. */
  readonly remark?: string;
  /** `Published` or `Promoted to`. */
  readonly done: string;
  /** Reference with digest; undefined when nothing was published. */
  readonly pinned: string | undefined;
  readonly tags: readonly string[];
}

/** The verdict, what was done and where the image is now. */
export function publicationSummary({ markdown, remark = '', done, pinned, tags }: Publication): string {
  const [place, names] = [pinned ?? '', tags.join(', ')].map((text) => escapeMarkdown(text, MAX_LINE));
  const result = pinned
    ? `${done} <code>${place}</code>, tags: ${names}.`
    : `Not ${done.split(' ')[0]?.toLowerCase()}.`;
  const lines = remark.trim() === '' ? '' : `${escapeMarkdown(remark.trim(), MAX_LINE)}\n\n`;
  return `${markdown}\n${lines}${result}\n`;
}
