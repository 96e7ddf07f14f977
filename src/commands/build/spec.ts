// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of build as data.

import { EVIDENCE_SIGNER_INPUTS } from '../evidence/signer.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS, PRIVILEGED_INPUTS, SIGNING_INPUTS } from '../inputs/common.ts';
import type { CommandSpec, InputsOf } from '../spec.ts';
import type { InputSpec } from '../inputs/spec.ts';

const SOURCE_INPUTS = [
  {
    name: 'definition',
    type: 'path',
    description: 'Definition file to build from. Either this or `source`.',
    example: 'app.def',
  },
  {
    name: 'source',
    type: 'string',
    file: 'read',
    description:
      'Image address to build from instead of a definition: a URI such as `docker://alpine:3.22`, or the path of an image or a root file system folder.',
    example: 'docker://alpine:3.22',
  },
  {
    name: 'image-path',
    type: 'path',
    file: 'image',
    required: true,
    description:
      'SIF file to write. It appears under this name only when it is complete; an existing file is an error unless `overwrite` is set.',
    example: 'app.sif',
  },
  {
    name: 'overwrite',
    type: 'boolean',
    default: 'false',
    description: 'Replace an existing file, in one step, once the new image is complete.',
  },
  {
    name: 'build-args',
    type: 'list',
    description:
      'Values for `{{ name }}` in the definition, `name=value` one a line. They end up in the image and in the provenance, so they are no place for secrets. Apptainer 1.2 or newer.',
    example: 'VERSION=1.2.3',
  },
] as const satisfies readonly InputSpec[];

const TOOL_INPUTS = [
  {
    name: 'tool',
    type: 'enum',
    values: ['auto', 'apptainer', 'singularity'],
    default: 'auto',
    description: 'Program that builds, from PATH: Apptainer 1.1 or newer, or Singularity 3.8 or newer.',
  },
  {
    name: 'encrypt',
    type: 'boolean',
    default: 'false',
    description:
      'Encrypt the file system of the image, for the key of `pem-path`, or with the passphrase in the environment variable `APPTAINER_ENCRYPTION_PASSPHRASE`, which is passed on as it is. Every encryption gives other bytes: approvals of an earlier one do not count for it.',
  },
  {
    name: 'pem-path',
    type: 'path',
    description: 'File with the public RSA key that the image is encrypted for. With `encrypt`.',
    example: 'rsa_pub.pem',
  },
  {
    name: 'fakeroot',
    type: 'boolean',
    default: 'false',
    description:
      'Build with the appearance of being root. Apptainer does so by itself for definitions when it is not run by root.',
  },
  {
    name: 'source-date-epoch',
    type: 'integer',
    description:
      'Time for a reproducible image, Unix seconds, handed on as SOURCE_DATE_EPOCH. Apptainer before 1.5 and Singularity ignore it. Default: the variable as it is set.',
    example: '1764000000',
  },
  {
    name: 'tmp-dir',
    type: 'path',
    file: 'folder',
    description:
      'Existing folder for the build’s temporary files, two to three times the size of the image. Default: APPTAINER_TMPDIR, TMPDIR, /tmp.',
    example: '/scratch/tmp',
  },
  {
    name: 'cache-dir',
    type: 'path',
    file: 'folder',
    description: 'Folder for the program’s download cache. Default: APPTAINER_CACHEDIR, else its own default.',
    example: '/scratch/cache',
  },
  {
    name: 'cache',
    type: 'boolean',
    default: 'false',
    only: 'action',
    description:
      'Keep the download cache in the Actions cache between jobs. Refused together with a signing key and skipped in jobs with `id-token: write`: a cache can be filled by less trusted jobs.',
  },
  {
    name: 'expected-size',
    type: 'size',
    description:
      'About how large the image will be, with a unit; three times as much must be free in `tmp-dir`. Default: the size of a local base image.',
    example: '4GiB',
  },
] as const satisfies readonly InputSpec[];

const BASE_INPUTS = [
  {
    name: 'base-policy-path',
    type: 'path',
    description:
      'Policy that every base image must satisfy before the build starts: SIF files of `Bootstrap: localimage`, or images of `Bootstrap: oras` and `docker` pinned by digest. Other kinds of base are then refused.',
    example: 'base-policy.yaml',
  },
  {
    name: 'base-policy-profile',
    type: 'string',
    description: 'Which profile of `base-policy-path` counts, where it has profiles.',
    example: 'production',
  },
  {
    name: 'base-fingerprints',
    type: 'list',
    description:
      'OpenPGP fingerprints, 40 hex digits, one a line, that must all have signed every base image; with `base-keyring`. Like the header `Fingerprints:`, without a key server.',
    example: '0123456789ABCDEF0123456789ABCDEF01234567',
  },
  {
    name: 'base-keyring',
    type: 'paths',
    description: 'OpenPGP public keys for `base-fingerprints`, one path a line.',
    example: 'staff.asc',
  },
] as const satisfies readonly InputSpec[];

const STORE_INPUTS = [
  {
    name: 'store',
    type: 'enum',
    values: ['auto', 'file'],
    default: 'auto',
    description:
      'Where signed provenance goes: `auto` puts it into the image, `file` leaves the image as it was built and writes `IMAGE.provenance.sigstore.json`.',
  },
  {
    name: 'bundle-folder',
    type: 'path',
    file: 'folder',
    description:
      'Folder that receives a copy of the provenance, as `IMAGE.provenance.sigstore.json` when signed and `IMAGE.provenance.intoto.json` when not. Default: beside the image, and only when it is not in the image.',
    example: 'bundles',
  },
] as const satisfies readonly InputSpec[];

/** What build takes and gives. */
export const BUILD_SPEC = {
  name: 'build',
  summary: 'Build a SIF image with Apptainer and record how it was built',
  description:
    'Drives `apptainer build` (or `singularity`) on a definition file or an address: checks first that the program, its version, the free space and the user namespaces will do, verifies the base image when asked, and puts the finished image in place in one step. Then it writes SLSA provenance v1 about the content: signed into the image when a key is given, as an unsigned statement file beside it otherwise. Linux only; nothing is installed and nothing is run with more rights than the job has.',
  positional: 'definition',
  privileged: 'with-key',
  action: { title: 'countersign: build', icon: 'package', color: 'green' },
  inputs: [
    ...SOURCE_INPUTS,
    ...TOOL_INPUTS,
    ...BASE_INPUTS,
    ...SIGNING_INPUTS,
    ...EVIDENCE_SIGNER_INPUTS,
    ...STORE_INPUTS,
    ...PRIVILEGED_INPUTS,
    ...COMMON_INPUTS,
  ],
  outputs: [
    ...COMMON_OUTPUTS,
    { name: 'image-path', description: 'Absolute path of the image.', example: '/images/app.sif' },
    {
      name: 'digest',
      description: 'Content digest of the image; it stays the same whatever signatures are added.',
      example: 'sha256:1f2e…',
    },
    {
      name: 'subjects',
      description: 'The image as a JSON array of `name`, `digest` (content digest) and `path`.',
      example: '[{"name":"app.sif","digest":"sha256:…","path":"/images/app.sif"}]',
    },
    {
      name: 'bundle-path',
      description: 'Path of the provenance file; empty when the provenance is only in the image.',
      example: '/images/app.sif.provenance.intoto.json',
    },
    { name: 'tool-version', description: 'Program that built, and its version.', example: 'apptainer 1.4.5' },
    {
      name: 'cache-hit',
      description: '`true` when the download cache was restored, else `false`.',
      example: 'false',
    },
  ],
} as const satisfies CommandSpec;

/** The values of the inputs of build. */
export type BuildInputs = InputsOf<typeof BUILD_SPEC.inputs>;
