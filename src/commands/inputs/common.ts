// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs that several commands share, word for word. Every command spreads COMMON_INPUTS and
// COMMON_OUTPUTS; signing and publishing ones add PRIVILEGED_INPUTS; those that talk to a registry REGISTRY_INPUTS.

import type { InputSpec, OutputSpec } from './spec.ts';

/** The inputs of keyless signing. */
export const KEYLESS_INPUTS = [
  {
    name: 'sigstore-instance',
    type: 'string',
    description:
      'With `signing-method: sigstore`: `public`, `github` (for private repositories; no log), or the path of the signing_config.json of another instance. Default: `public`, unless `fulcio-url` is given.',
    example: 'sigstore/signing_config.json',
  },
  {
    name: 'fulcio-url',
    type: 'string',
    description: 'CA of a Sigstore instance, in place of the instance’s own.',
    example: 'https://fulcio.example.org',
  },
  {
    name: 'rekor-url',
    type: 'string',
    description: 'Transparency log, in place of the instance’s own; empty for none.',
    example: 'https://rekor.example.org',
  },
  {
    name: 'rekor-version',
    type: 'enum',
    values: ['1', '2'],
    default: '1',
    description: 'Version of the interface of `rekor-url`.',
  },
  {
    name: 'identity-token',
    type: 'secret',
    description:
      'OpenID token of whoever signs, for the audience `sigstore`. Default: SIGSTORE_ID_TOKEN in the environment (GitLab: `id_tokens`), else that of the job, which needs the permission `id-token: write`.',
    example: 'token.jwt',
  },
  {
    name: 'sigstore-trusted-root',
    type: 'path',
    description:
      'trusted_root.json by which a keyless signature is checked before it is stored. Default: `trust.sigstore` of the policy.',
    example: 'sigstore/trusted_root.json',
  },
  {
    name: 'public-log',
    type: 'enum',
    values: ['refuse', 'allow'],
    default: 'refuse',
    description:
      'Whether a job of a repository that is not public may sign with the public instance: names of repository, workflow, ref, commit and environment stay in its logs for ever.',
  },
] as const satisfies readonly InputSpec[];

/** Every command has these; `working-directory`, `report-path` and `show-summary` are served by the entry alone. */
export const COMMON_INPUTS = [
  {
    name: 'working-directory',
    type: 'path',
    file: 'folder',
    description: 'Folder that every relative path of the other inputs starts from. Default: the workspace.',
    example: 'images',
  },
  {
    name: 'timeout',
    type: 'duration',
    description:
      'Longest time that one answer from a registry or one run of an external program may take, with a unit. Default: 2m for a registry, no limit for a program.',
    example: '30m',
  },
  {
    name: 'retry-for',
    type: 'duration',
    default: '2m',
    description:
      'How long transient failures of a registry (no connection, 408, 429, 5xx) are tried again before giving up, with a unit; 0s gives up at once.',
    example: '5m',
  },
  {
    name: 'report-path',
    type: 'path',
    file: 'document',
    description:
      'File that receives the full result as JSON, the same document as `--json` prints. Default in a job: a new file in the runner’s temporary folder; on the command line: none.',
    example: 'report.json',
  },
  {
    name: 'show-summary',
    type: 'boolean',
    default: 'true',
    only: 'action',
    description: 'Whether to add the result to the job summary.',
  },
] as const satisfies readonly InputSpec[];

/** Set by the entry when the command does not: commands need not fill them. */
export const COMMON_OUTPUTS = [
  {
    name: 'verdict',
    description: '`passed` or `failed`; set on every way out, before the step fails.',
    example: 'passed',
  },
  {
    name: 'outcome',
    description:
      '`passed`; `failed`: the answer is no, repeating the step does not help; `error`: there is no answer, because of a wrong input, a registry that is down and the like. Set on every way out.',
    example: 'error',
  },
  {
    name: 'error-code',
    description: 'Code of the error (docs/errors.md); empty when there is none.',
    example: 'NETWORK_CONNECT_FAILED',
  },
  {
    name: 'report-path',
    description: 'Absolute path of the full result as JSON.',
    example: '/home/runner/work/_temp/countersign-verify-all-1f2e.json',
  },
] as const satisfies readonly OutputSpec[];

/** For commands that are `privileged`. */
export const PRIVILEGED_INPUTS = [
  {
    name: 'allow-untrusted-event',
    type: 'boolean',
    default: 'false',
    description:
      'Run although the workflow event can be triggered by people without write access (pull_request_target, workflow_run, issue_comment and others). Set it only when no code or data of theirs reaches this job.',
  },
] as const satisfies readonly InputSpec[];

/** The only input that the runner fills in by itself. */
export const GITHUB_TOKEN_INPUT = {
  name: 'github-token',
  type: 'secret',
  actionDefault: '${{ github.token }}',
  description:
    'Token for ghcr.io, used when neither `registry-username`, nor GITHUB_TOKEN in the environment, nor the credential files have a login for it. It is sent to ghcr.io alone. An empty text means to ask without a login.',
} as const satisfies InputSpec;

/** The login for a registry. */
export const REGISTRY_INPUTS = [
  {
    name: 'registry-username',
    type: 'string',
    description:
      'User name for one registry, that of `reference`, else of the first image that is in a registry; with `registry-password`. No other registry gets it. Default, and for all others: for ghcr.io GITHUB_TOKEN in the environment, then the credential files of docker, podman and apptainer and their helpers.',
    example: 'octocat',
  },
  {
    name: 'registry-password',
    type: 'secret',
    description: 'Password or token for the same registry; with `registry-username`.',
  },
  GITHUB_TOKEN_INPUT,
] as const satisfies readonly InputSpec[];

/** Who says what time it is. */
export const TIMESTAMP_URL_INPUT = {
  name: 'timestamp-url',
  type: 'string',
  description:
    'RFC 3161 timestamp authority that is asked for a token over each new signature, which is stored beside it: then the signature keeps counting when its key or certificate has ended. The authority learns a hash and the time. Its answer is verified, with a policy against `trust.timestamps`, before anything is stored. Proxies are those of the environment.',
  example: 'https://tsa.example.org/tsr',
} as const satisfies InputSpec;
/** How programs that hold keys are run. */
export const KEY_HOLDER_INPUTS = [
  {
    name: 'key-plugins',
    type: 'list',
    description:
      'Names of the plugins that may run for `key: NAME://…`, one a line: `awskms` allows the program `sigstore-kms-awskms` on PATH. Also paths of PKCS#11 modules outside /usr, /lib, /opt and /Library. Empty: none.',
    example: 'awskms',
  },
  {
    name: 'key-environment',
    type: 'list',
    description:
      'Names of environment variables that the program which holds the key gets, one a line, beside PATH, HOME and the few that gpg and PKCS#11 need. It gets no others, and never an input of this step.',
    example: 'AWS_REGION',
  },
] as const satisfies readonly InputSpec[];

/** The inputs that say with what to sign. */
export const SIGNING_INPUTS = [
  {
    name: 'signing-method',
    type: 'enum',
    values: ['pgp', 'key', 'x509', 'sigstore'],
    description:
      'How to sign: an OpenPGP secret key (`pgp`), a bare private key (`key`: ECDSA P-256/384/521, Ed25519 or RSA, as PKCS#8, SEC1, PKCS#1, in OpenSSH’s format without passphrase or in cosign’s), a private key with an X.509 certificate (`x509`), or no key at all (`sigstore`): the job proves by its OpenID token who it is. Never guessed from the key.',
    example: 'pgp',
  },
  {
    name: 'key',
    type: 'secret',
    mayBeKeyName: true,
    description:
      'Secret key that signs: armored or binary OpenPGP, or PEM; on the command line only `--key-path` or the environment variable COUNTERSIGN_KEY. Or the name of a key that another program holds and that never enters this process (docs/keys.md): `gpg:FINGERPRINT` for `pgp`; `pkcs11:token=…;object=…` or `NAME://…` of a plugin for `key` and `x509`.',
    example: 'signing-key.asc',
  },
  {
    name: 'passphrase',
    type: 'secret',
    mayBeEmpty: true,
    description:
      'Passphrase of the secret key, if it has one. A final line end is not part of it. For a key in cosign’s format the environment variable COSIGN_PASSWORD is taken where neither this nor `passphrase-path` is given, and without that the empty passphrase, with which cosign protects keys too.',
    example: 'passphrase.txt',
  },
  {
    name: 'expected-key',
    type: 'pem',
    description:
      'Public key, PEM, that the signing key must have, with `signing-method: key` or `x509`. For a key that another program holds: it says which key is meant, whatever that program answers.',
    example: 'release.pub',
  },
  ...KEY_HOLDER_INPUTS,
  {
    name: 'require-passphrase',
    type: 'boolean',
    default: 'false',
    description:
      'Sign only with a key that is protected by a passphrase. Without this, a key that is not signs with a warning.',
  },
  {
    name: 'certificate',
    type: 'pem',
    description: 'X.509 certificate that belongs to the key, PEM; with `signing-method: x509` only.',
    example: 'release.crt',
  },
  {
    name: 'certificate-chain',
    type: 'pem',
    description: 'Intermediate certificates, PEM, in any order; they travel with the signature. A root is left out.',
    example: 'intermediates.pem',
  },
  TIMESTAMP_URL_INPUT,
  ...KEYLESS_INPUTS,
] as const satisfies readonly InputSpec[];

/** What commands that look at an image in a registry resolved its name to. */
export const REFERENCE_OUTPUT = {
  name: 'reference',
  description:
    'When there is one image and it is in a registry or layout folder: `place@sha256:…` of what was looked at. Use it in the next step.',
  example: 'ghcr.io/octo-org/app@sha256:…',
} as const satisfies OutputSpec;

/** Whether commands that give a verdict read what it is about. */
const DATA_VERIFIED_OUTPUT = {
  name: 'data-verified',
  description:
    '`true` when the data of every image was read and hashed; `false` when only digests were (`verify-data: false`).',
  example: 'true',
} as const satisfies OutputSpec;

/** What commands say of the one image that they looked at. */
export const IMAGE_OUTPUTS = [
  { name: 'digest', description: 'Content digest, when there is one image with one group.', example: 'sha256:…' },
  REFERENCE_OUTPUT,
  DATA_VERIFIED_OUTPUT,
  { name: 'image-path', description: 'Path of the image, when there is one.', example: '/images/app.sif' },
] as const satisfies readonly OutputSpec[];
