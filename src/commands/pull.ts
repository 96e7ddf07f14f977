// SPDX-License-Identifier: Apache-2.0
// pull: a SIF from a registry or layout folder into a file, which gets its name only when it is whole and, with a
// policy, its verdict passed.

import { basename, join, resolve } from 'node:path';
import type { Host } from './host.ts';
import { type Assembled, assembleExamined, planAssembly } from '../transfer/assemble.ts';
import type { FoundBundle } from '../image/bundle.ts';
import { examineWithAttached } from '../image/registry/examine.ts';
import { readAttachments } from '../image/registry/attachments.ts';
import { openRegistryImage } from '../image/registry/image.ts';
import { createCriteria, judgeImage } from '../image/verify.ts';
import type { ImageVerdict } from '../policy/verdict.ts';
import { counted } from '../base/text.ts';
import { sha256Hex } from '../base/bytes.ts';
import { EXIT } from '../base/errors.ts';
import { writeFileAtomic } from '../files/files.ts';
import { makeFolder } from '../files/folder.ts';
import { findSif, pullSif, type SifInRegistry } from '../transfer/fetch-sif.ts';
import { formatPlace, manifestName, type Reference } from '../oci/reference.ts';
import type { BlobFetcher } from '../oci/oci.ts';
import { openSif } from '../sif/sif.ts';
import { PassingImage } from '../sif/hash/passing.ts';
import { openFileSource } from '../sif/source.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from './inputs/common.ts';
import { assertDistinct } from './inputs/files.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf } from './spec.ts';
import { type PresentedVerdict, presentVerdict, VERIFIED_OUTPUT } from './verdict-outputs.ts';
import { CONNECTION_INPUTS, openFrom, referenceFrom } from './inputs/registry.ts';
import { optionalCriteria, TRUST_INPUTS } from './inputs/trust.ts';

const spec = {
  name: 'pull',
  summary: 'Pull an image into a file, only if it is whole and its verdict passed',
  description:
    'Streams a SIF from a registry or an OCI layout folder into a temporary file beside its destination, checks size and digest on the way, goes on after a broken connection, and renames it when it is complete. With a policy the layers in the image and those attached to it are verified first, and a failed verdict leaves no file.',
  positional: 'reference',
  inputs: [
    {
      name: 'reference',
      type: 'string',
      file: 'read',
      required: true,
      description: 'What to pull: `registry/repository:tag`, `registry/repository@sha256:…`, or `oci:FOLDER:TAG`.',
      example: 'ghcr.io/octo-org/app:1.0',
    },
    {
      name: 'image-path',
      type: 'path',
      file: 'image',
      description: 'File to write. Default: the file name in the manifest, in the working directory.',
      example: 'app.sif',
    },
    {
      name: 'overwrite',
      type: 'boolean',
      default: 'false',
      description: 'Replace the file if it exists.',
    },
    {
      name: 'assemble',
      type: 'boolean',
      default: 'false',
      description:
        'Put the layers attached to the image into the file, so that Apptainer finds the native signatures. The same image and layers always give the same file. With trust inputs only valid layers of trusted signers are taken.',
    },
    {
      name: 'bundle-folder',
      type: 'path',
      file: 'folder',
      description:
        'Folder that receives the bundles attached to the image as `<sha256>.sigstore.json`. Default: none are written.',
      example: 'bundles',
    },
    ...TRUST_INPUTS,
    ...CONNECTION_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    VERIFIED_OUTPUT,
    { name: 'image-path', description: 'Path of the file. Empty when the verdict failed.', example: '/images/app.sif' },
    { name: 'digest', description: 'Digest of the manifest.', example: 'sha256:…' },
    {
      name: 'reference',
      description: 'What was pulled, pinned: `registry/repository@sha256:…`.',
      example: 'ghcr.io/octo-org/app@sha256:…',
    },
    {
      name: 'bundle-path',
      description: 'Paths of the bundles written to `bundle-folder`, one a line.',
      example: '/images/bundles/3f….sigstore.json',
    },
  ],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const reference = await referenceFrom(inputs, inputs.reference);
  const criteria = await optionalCriteria(inputs, host.now());
  await using opened = await openFrom(inputs, host, { reference, access: 'pull' });
  const { repository } = opened;
  const found = await findSif(repository, manifestName(reference));
  const path = inputs.imagePath ?? defaultPath(inputs, reference, found);
  await assertDistinct(
    { input: 'image-path', use: 'image', path },
    inputs.files.filter(({ input }) => input !== 'image-path'),
  );
  const wantsAssembly = inputs.assemble;
  const image = await openRegistryImage(repository, found.manifest.digest, manifestName(reference));
  const layers =
    criteria || wantsAssembly || inputs.bundleFolder !== undefined ? await readAttachments(image) : undefined;
  let verdict: ImageVerdict | undefined;
  let examined: Awaited<ReturnType<typeof examineWithAttached>> | undefined;
  let assembled: Assembled | undefined;
  let notInFile = 0;
  const finish = async (temporaryPath: string): Promise<void> => {
    if (examined) assembled = await assembleExamined(temporaryPath, examined, criteria !== undefined);
  };
  const passing = criteria || wantsAssembly ? new PassingImage(found.layer.size) : undefined;
  const written = await transfer(repository, found, {
    path,
    overwrite: inputs.overwrite,
    host,
    ...(passing ? { pass: (offset: number, bytes: Uint8Array) => passing.update(offset, bytes) } : {}),
    async admit(temporaryPath) {
      if (!passing || !layers) return true;
      const { verifier, now } = criteria ?? (await createCriteria({ policy: undefined, now: host.now() }));
      await using file = await openFileSource(temporaryPath);
      const about = { name: basename(path), verifier, now, hash: passing.hash };
      examined = await examineWithAttached(await openSif(file), { image, attached: layers }, about);
      verdict = criteria && judgeImage(examined, criteria);
      if (verdict?.verdict === 'failed') return false;
      if (!wantsAssembly) notInFile = planAssembly(examined, true).layers;
      return true;
    },
    ...(wantsAssembly ? { finish } : {}),
  });
  const bundles = written ? await writeBundles(layers?.bundles ?? [], inputs.bundleFolder) : [];
  const about = presentVerdict(verdict, { criteria, host });
  return present({ path: written ? path : undefined, found, reference, bundles, about, assembled, notInFile, host });
}

/** The name in the manifest comes from somebody else: only a plain file name is taken from it. */
function defaultPath(inputs: Inputs, reference: Reference, { title }: SifInRegistry): string {
  const plain = title !== undefined && /^[A-Za-z0-9_][A-Za-z0-9._+-]{0,120}$/.test(title) ? title : undefined;
  const last = reference.in === 'registry' ? basename(reference.repository) : basename(reference.folder);
  return resolve(inputs.workingDirectory, plain ?? `${last}.sif`);
}

interface Transfer {
  readonly path: string;
  readonly overwrite: boolean;
  readonly host: Host;
  admit(temporaryPath: string): Promise<boolean>;
  finish?(temporaryPath: string): Promise<void>;
  pass?(offset: number, bytes: Uint8Array): Promise<void>;
}

async function transfer(repository: BlobFetcher, found: SifInRegistry, options: Transfer): Promise<boolean> {
  const { host, ...rest } = options;
  const progress = host.progress(`pulling ${basename(options.path)}`);
  try {
    return await pullSif(repository, found.layer, {
      ...rest,
      onBytes: (done, total) => progress.update(done, total),
    });
  } finally {
    progress.finish();
  }
}

async function writeBundles(found: readonly FoundBundle[], folder: string | undefined): Promise<readonly string[]> {
  if (folder === undefined) return [];
  await makeFolder(folder);
  const paths: string[] = [];
  for (const { bytes } of found.filter((bundle) => bundle.bytes.length > 0)) {
    const path = join(folder, `${sha256Hex(bytes)}.sigstore.json`);
    await writeFileAtomic(path, bytes);
    paths.push(path);
  }
  return paths;
}

interface Presented {
  readonly path: string | undefined;
  readonly found: SifInRegistry;
  readonly reference: Reference;
  readonly bundles: readonly string[];
  readonly about: PresentedVerdict;
  readonly assembled: Assembled | undefined;
  /** Layers that are attached to the image and that the verdict counted on, while the file goes without them. */
  readonly notInFile: number;
  readonly host: Host;
}

function absence(count: number): string {
  if (count === 0) return '';
  const [are, them] = count === 1 ? ['is', 'it'] : ['are', 'them'];
  return `${counted(count, 'layer')} ${are} attached in the registry and ${are} not in this file; ⟨assemble=true⟩ puts ${them} in`;
}

function present({ path, found, reference, bundles, about, assembled, notInFile, host }: Presented): CommandResult {
  const pinned = `${formatPlace(reference)}@${found.manifest.digest}`;
  const verified = path !== undefined && about.verified;
  const result =
    path === undefined ? `not written: the verdict about ${pinned} failed\n` : `pulled ${pinned}\n  to ${path}\n`;
  for (const { where, why } of assembled?.leftOut ?? []) host.warning(`${where} was left out: ${why}`);
  const added = assembled ? `  ${counted(assembled.added.length, 'object')} put into the file\n` : '';
  const absent = absence(notInFile);
  if (absent !== '') host.warning(`${basename(path ?? '')}: ${absent}`);
  return {
    exitCode: path === undefined ? EXIT.failed : EXIT.passed,
    text: `${about.text}${result}${added}${absent && `  ${absent}\n`}${about.note}`,
    summary: () => `${about.markdown()}${absent && `\n${absent}\n`}`,
    json: {
      schema: 'countersign/pull/v1',
      reference: pinned,
      layer: found.layer.digest,
      path: path ?? null,
      bundles,
      assembled: assembled ? { objects: assembled.added, leftOut: assembled.leftOut } : null,
      notInFile,
      verified,
      verdict: about.verdict ?? null,
    },
    outputs: {
      verdict: path === undefined ? 'failed' : 'passed',
      verified: String(verified),
      'image-path': path ?? '',
      digest: found.manifest.digest,
      reference: pinned,
      'bundle-path': bundles.join('\n'),
    },
  };
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
