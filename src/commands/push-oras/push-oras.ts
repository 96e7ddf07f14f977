// SPDX-License-Identifier: Apache-2.0
// push-oras: publish a SIF with its layers in a registry or layout folder, only if its verdict passed, tags last.

import { basename } from 'node:path';
import { EXIT, UsageError } from '../../base/errors.ts';
import { unlistedRemark } from '../../oci/errors.ts';
import { formatPlace, isTag, type Reference } from '../../oci/reference.ts';
import { publishSigned, type SignedPublished } from '../../transfer/publish-signed.ts';
import { type Published, publishSif } from '../../transfer/publish.ts';
import type { Signer } from '../../crypto/signer.ts';
import { REQUIRE_GATES_INPUTS, RequiredGates } from '../gates/required.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS } from '../inputs/common.ts';
import { ALLOW_APPROVER_KEY_INPUT, ATTESTATION_TAG_INPUT } from '../evidence/signer.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from '../spec.ts';
import { CONNECTION_INPUTS, openFrom, referenceFrom } from '../inputs/registry.ts';
import type { OutputSpec } from '../inputs/spec.ts';
import { layoutSource, SUBJECT_INPUT, type SubjectFile, subjectFile } from '../inputs/subjects.ts';
import { optionalCriteria, TRUST_INPUTS, VERIFY_DATA_INPUT } from '../inputs/trust.ts';
import { refusalOf } from '../sign-stage/result.ts';
import { type PresentedVerdict, presentVerdict, VERIFIED_OUTPUT } from '../verdict-outputs.ts';
import { assembledCopy, assertLookaside, CARRIED_LOOKASIDE_INPUT, promote } from './promote.ts';
import { type PublicationRecord, publicationSummary, publisherFrom, recordPublication } from './record.ts';
import { assertNothingToSign, SIGN_ON_THE_WAY_INPUTS, signingJson, signingText, stageToSign } from './sign.ts';

const EVIDENCE_OUTPUT = {
  name: 'evidence',
  description:
    'The signed publication as a JSON array of at most one `predicateType`, `signed`, `where`, `digest` (of the statement) and `path`.',
  example:
    '[{"predicateType":"urn:countersign:publication:v1","signed":true,"where":"referrer","digest":"sha256:…","path":null}]',
} as const satisfies OutputSpec;

const spec = {
  name: 'push-oras',
  summary: 'Publish an image with its layers, only if its verdict passed, tags last',
  description:
    'Streams a SIF to a registry or an OCI layout folder, hashing and verifying it in the same read, and with `stage` signing it too, with the manifest that `apptainer push` writes, so that `apptainer pull` works. Approvals and evidence are attached as referrers. With a policy nothing is published unless the verdict passes. Everything is checked by reading it back, and the tags move last: stopped at any point, the old tags stand. With a key and without `stage` the publication itself is signed and attached: reference, digest, tags, policy and verdict.',
  positional: 'subject-path',
  privileged: 'always',
  action: { title: 'countersign: push', icon: 'upload-cloud', color: 'purple' },
  inputs: [
    {
      ...SUBJECT_INPUT,
      required: false,
      description:
        'SIF file to publish, one path or glob, relative to `working-directory`; or an OCI layout folder whose one image is promoted as with `subject-name`. A pattern without a match is an error.',
      example: 'app.sif',
    },
    {
      name: 'subject-name',
      type: 'list',
      file: 'read',
      description:
        'Instead of a file: an image in a registry or layout folder to promote to `reference`, with all its layers and evidence. Blobs are mounted or streamed; the verdict is asked for at the source and again at the destination before a tag moves.',
      example: 'ghcr.io/octo-org/staging@sha256:…',
    },
    {
      name: 'assemble',
      type: 'boolean',
      default: 'false',
      description:
        'With `subject-name` of a SIF: put the attached layers into the file before it is published, so that Apptainer finds the native signatures. The published manifest is then a new one.',
    },
    {
      ...VERIFY_DATA_INPUT,
      default: 'true',
      description:
        'With `subject-name` of a SIF: read and hash the whole image before anything is copied. With `false` only header, table and signatures are read, and the tags move on the word of trusted layers, which do not see data that somebody altered in the registry. Files are always read whole.',
    },
    {
      name: 'reference',
      type: 'string',
      file: 'read',
      required: true,
      description:
        'Where to publish: `registry/repository:tag`, or `oci:FOLDER:TAG` for an OCI layout folder, which is made if it is missing.',
      example: 'ghcr.io/octo-org/app:1.0',
    },
    {
      name: 'tags',
      type: 'list',
      description: 'More tags to move to the image, one a line.',
      example: 'latest',
    },
    {
      name: 'title',
      type: 'string',
      description:
        'File name that the manifest records and that pulling tools use; part of the manifest’s digest. Default: the base name of the image.',
      example: 'app.sif',
    },
    CARRIED_LOOKASIDE_INPUT,
    ...SIGN_ON_THE_WAY_INPUTS,
    ...REQUIRE_GATES_INPUTS,
    ALLOW_APPROVER_KEY_INPUT,
    ATTESTATION_TAG_INPUT,
    ...TRUST_INPUTS,
    ...CONNECTION_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    VERIFIED_OUTPUT,
    {
      name: 'reference',
      description: 'What a consumer should pin: `registry/repository@sha256:…`. Empty when nothing was published.',
      example: 'ghcr.io/octo-org/app@sha256:…',
    },
    { name: 'digest', description: 'Digest of the manifest. Empty when nothing was published.', example: 'sha256:…' },
    {
      name: 'subjects',
      description: 'The published image as a JSON array of one `name`, `digest` (manifest), `layer` and `path`.',
      example: '[{"name":"ghcr.io/octo-org/app","digest":"sha256:…","layer":"sha256:…","path":"/images/app.sif"}]',
    },
    { name: 'image-path', description: 'Path of the image.', example: '/images/app.sif' },
    EVIDENCE_OUTPUT,
  ],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const reference = await referenceFrom(inputs, inputs.reference);
  const tags = tagsFrom(inputs, reference);
  const [named, ...more] = inputs.subjectName;
  const source =
    named === undefined ? await layoutSource(inputs) : { name: named, reference: await referenceFrom(inputs, named) };
  assertLookaside(inputs, { from: inputs.assemble ? undefined : source?.reference, to: reference });
  const task = { inputs, host, reference, tags, signer: await publisherFrom(inputs, host) };
  if (source === undefined) return pushFile(await subjectFile(inputs), task);
  if (more.length > 0 || (named !== undefined && inputs.subjectPath.length > 0))
    throw new UsageError('USAGE_CONFLICTING_INPUTS', 'several images were given', {
      hint: 'give one file to push in ⟨subject-path⟩, or one image to promote in ⟨subject-name⟩',
    });
  const criteria = await optionalCriteria(inputs, host.now());
  if (!inputs.assemble) {
    assertNothingToSign(inputs);
    return promote(source, { ...task, criteria });
  }
  const path = await assembledCopy(source, { ...task, criteria });
  return pushFile({ name: basename(path), path }, task);
}

interface PushTask {
  readonly inputs: Inputs;
  readonly host: Host;
  readonly reference: Reference;
  readonly tags: readonly string[];
  /** Who signs the publication. */
  readonly signer: Signer | undefined;
}

async function pushFile(
  file: SubjectFile,
  { inputs, host, reference, tags, signer }: PushTask,
): Promise<CommandResult> {
  // One time for signing and judging: OpenPGP counts in seconds, and a signature of the next one is not valid yet.
  const now = host.now();
  const signing = await stageToSign(inputs, host, { path: file.path, now });
  const criteria = await optionalCriteria(inputs, now);
  const gates = new RequiredGates(inputs, criteria, { reference, tags });
  const title = inputs.title ?? basename(file.path);
  if (title === '' || /[/\\]/.test(title))
    throw new UsageError('USAGE_INVALID_INPUT', `title is ${JSON.stringify(title)}`, { hint: 'give a file name' });
  await using opened = await openFrom(inputs, host, { reference, access: 'push' });
  const progress = host.progress(`pushing ${file.name}`);
  try {
    const onBytes = (done: number, total: number | undefined): void => progress.update(done, total);
    const request = { path: file.path, name: file.name, title, tags, criteria, onBytes };
    const signed = signing && (await publishSigned(opened.repository, { ...request, ...signing }));
    const published = signed ?? (await publishSif(opened.repository, { ...request, admits: gates.admitsFile }));
    for (const remark of signed?.signing.remarks ?? []) host.warning(`${file.name}: ${remark}`);
    for (const unlisted of published.sif?.unlisted ?? []) host.warning(`${file.name}: ${unlistedRemark(unlisted)}`);
    for (const { object, why } of published.leftOut)
      host.warning(`object ${object} of ${file.name} was not attached: ${why}`);
    const about = presentVerdict(published.verdict, { criteria, host });
    const stage = signing?.stage.stage ?? '';
    const image = {
      repository: opened.repository,
      reference,
      tags,
      source: title,
      criteria,
      signer,
      verdict: published.verdict,
    };
    const digest = published.sif?.manifest.digest;
    const record = gates.refusal() ?? (await recordPublication({ ...image, digest }, inputs, host));
    return present(published, { file, reference, tags, about, signed, stage, record, gates });
  } finally {
    progress.finish();
  }
}

/** Tag of the reference first, then the others. @throws UsageError USAGE_INVALID_INPUT, USAGE_MISSING_INPUT */
function tagsFrom(inputs: Inputs, reference: Reference): readonly string[] {
  if (reference.digest !== undefined)
    throw new UsageError('USAGE_INVALID_INPUT', 'reference names a digest', {
      hint: 'give registry/repository:tag; the digest is the result of the push',
    });
  const more = inputs.tags;
  const bad = more.find((tag) => !isTag(tag));
  if (bad !== undefined)
    throw new UsageError('USAGE_INVALID_INPUT', `tags has ${JSON.stringify(bad.slice(0, 140))}`, {
      hint: 'use letters, digits, dot, underscore and hyphen, at most 128 characters',
    });
  const tags = [...new Set([...(reference.tag === undefined ? [] : [reference.tag]), ...more])];
  if (tags.length > 0) return tags;
  throw new UsageError('USAGE_MISSING_INPUT', 'no tag was given', { hint: 'add :tag to ⟨reference⟩, or give ⟨tags⟩' });
}

interface Presented {
  readonly file: SubjectFile;
  readonly reference: Reference;
  readonly tags: readonly string[];
  readonly about: PresentedVerdict;
  /** Undefined when nothing was to be signed on the way. */
  readonly signed: SignedPublished | undefined;
  readonly stage: string;
  readonly record: PublicationRecord;
  readonly gates: RequiredGates;
}

function present({ sif }: Published, presented: Presented): CommandResult {
  const { file, reference, tags, about, signed, stage, record, gates } = presented;
  const approved = signed ? signingText(signed, stage) : '';
  const place = formatPlace(reference);
  const pinned = sif && `${place}@${sif.manifest.digest}`;
  const subject = sif && { name: place, digest: sif.manifest.digest, layer: sif.layer, path: file.path };
  const error = (signed && refusalOf(signed.signing, stage)) ?? record.error;
  const result = pinned
    ? `published ${pinned}\n  tags: ${tags.join(', ')}\n  attached: ${sif?.attached.length ?? 0}\n`
    : `not published: ${gates.why(file.name)}\n`;
  return {
    exitCode: sif ? (record.error ? EXIT.environment : EXIT.passed) : EXIT.failed,
    text: `${about.text}${approved}${result}${record.note}${about.note}`,
    summary: () =>
      publicationSummary({ markdown: about.markdown(), remark: approved, done: 'Published', pinned, tags }),
    json: {
      schema: 'countersign/push/v1',
      reference: pinned ?? null,
      manifest: sif?.manifest.digest ?? null,
      layer: sif?.layer ?? null,
      tags: sif ? tags : [],
      attached: sif?.attached ?? [],
      ...(signed ? { signing: signingJson(signed, stage) } : {}),
      evidence: record.stored,
      ...gates.json,
      verified: sif !== undefined && about.verified,
      verdict: about.verdict ?? null,
      ...(error ? { error: { ...error, causes: [], exitCode: sif ? EXIT.environment : EXIT.failed } } : {}),
    },
    ...(error ? { error } : {}),
    outputs: {
      verdict: sif ? 'passed' : 'failed',
      verified: String(sif !== undefined && about.verified),
      reference: pinned ?? '',
      digest: sif?.manifest.digest ?? '',
      subjects: JSON.stringify(subject ? [subject] : []),
      'image-path': file.path,
      evidence: JSON.stringify(record.stored),
    },
  };
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
