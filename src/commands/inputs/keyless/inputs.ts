// SPDX-License-Identifier: Apache-2.0
// The inputs of keyless signing.

import type { InputSpec } from '../spec.ts';

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
