// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs that several commands share, word for word. Every command spreads COMMON_INPUTS and
// COMMON_OUTPUTS; signing and publishing ones add PRIVILEGED_INPUTS; those that talk to a registry REGISTRY_INPUTS.
// `working-directory`, `show-summary`, `report-path` and `allow-untrusted-event` are served by the entry alone.

import type { InputSpec, OutputSpec } from '../spec.ts';

export const COMMON_INPUTS: readonly InputSpec[] = [
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
];

/** Set by the entry when the command does not: commands need not fill them. */
export const COMMON_OUTPUTS: readonly OutputSpec[] = [
  {
    name: 'verdict',
    description: '`passed` or `failed`; set on every way out, before the step fails.',
    example: 'passed',
  },
  {
    name: 'report-path',
    description: 'Absolute path of the full result as JSON.',
    example: '/home/runner/work/_temp/countersign-verify-all-1f2e.json',
  },
];

/** For commands with `privileged: true`. */
export const PRIVILEGED_INPUTS: readonly InputSpec[] = [
  {
    name: 'allow-untrusted-event',
    type: 'boolean',
    default: 'false',
    description:
      'Run although the workflow event can be triggered by people without write access (pull_request_target, workflow_run, issue_comment and others). Set it only when no code or data of theirs reaches this job.',
  },
];

/** The only input that the runner fills in by itself. */
export const GITHUB_TOKEN_INPUT: InputSpec = {
  name: 'github-token',
  type: 'secret',
  actionDefault: '${{ github.token }}',
  description:
    'Token for ghcr.io, used when neither `registry-username`, nor GITHUB_TOKEN in the environment, nor the credential files have a login for it. It is sent to ghcr.io alone. An empty text means to ask without a login.',
};

export const REGISTRY_INPUTS: readonly InputSpec[] = [
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
];
