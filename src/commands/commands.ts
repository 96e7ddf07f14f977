// SPDX-License-Identifier: Apache-2.0
// Which commands there are. Each is loaded only when it is used, so that no entry pays for the others. The one-line
// summaries stand here as well, for `countersign help`; a test compares them with the commands' own.

import type { Command } from './spec.ts';

/** A command that is loaded when it is used. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** The commands that are actions too, in the order of a pipeline. */
export const ACTION_NAMES = ['build', 'scan-attest', 'sign-stage', 'verify-all', 'push-oras'] as const;
/** Name of an action of this repository. */
export type ActionName = (typeof ACTION_NAMES)[number];

/** All commands, in the order of the help text. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'build',
    summary: 'Build a SIF image with Apptainer and record how it was built',
    load: async () => (await import('./build/build.ts')).command,
  },
  {
    name: 'scan-attest',
    summary: 'Judge scanner findings and attach SBOM and findings to the image as signed evidence',
    load: async () => (await import('./scan-attest/scan-attest.ts')).command,
  },
  {
    name: 'sign-stage',
    summary: 'Approve images at a stage: verify the earlier stages, then add one signed layer',
    load: async () => (await import('./sign-stage/sign-stage.ts')).command,
  },
  {
    name: 'verify-all',
    summary: 'Verify every layer and every stage of images and decide by policy',
    load: async () => (await import('./verify-all/verify-all.ts')).command,
  },
  {
    name: 'push-oras',
    summary: 'Publish an image with its layers, only if its verdict passed, tags last',
    load: async () => (await import('./push-oras/push-oras.ts')).command,
  },
  {
    name: 'status',
    summary: 'Say who is next to approve an image, what is missing, and what ends when',
    load: async () => (await import('./status/status.ts')).command,
  },
  {
    name: 'inspect',
    summary: 'Show objects, layers, evidence and free slots of images',
    load: async () => (await import('./inspect.ts')).command,
  },
  {
    name: 'key',
    summary: 'Show, list, import and export keys, or make throw-away ones',
    load: async () => (await import('./key/key.ts')).command,
  },
  {
    name: 'assemble',
    summary: 'Put the layers attached to an image in a registry into its file',
    load: async () => (await import('./assemble.ts')).command,
  },
  {
    name: 'pull',
    summary: 'Pull an image into a file, only if it is whole and its verdict passed',
    load: async () => (await import('./pull.ts')).command,
  },
  {
    name: 'stamp',
    summary: 'Add timestamps to signed layers while they are good, and revocation lists that travel along',
    load: async () => (await import('./stamp.ts')).command,
  },
  {
    name: 'withdraw',
    summary: 'Take back approvals, grants or broken glass of a stage that you gave, by a signed statement',
    load: async () => (await import('./withdraw.ts')).command,
  },
  {
    name: 'grant',
    summary: 'Let somebody whom the policy does not know approve images in your place',
    load: async () => (await import('./grant.ts')).command,
  },
  {
    name: 'break-glass',
    summary: 'Let a stage of images be skipped for a short while, in an emergency',
    load: async () => (await import('./break-glass.ts')).command,
  },
  {
    name: 'repair',
    summary: 'Put layers that other writers’ updates lost back into a registry’s lists',
    load: async () => (await import('./repair.ts')).command,
  },
  {
    name: 'policy',
    summary: 'Check a policy file and show what it says',
    load: async () => (await import('./policy/policy.ts')).command,
  },
  {
    name: 'trust',
    summary: 'Fetch the trusted root of a Sigstore instance for a policy',
    load: async () => (await import('./trust/trust.ts')).command,
  },
  {
    name: 'export',
    summary: 'Write a policy as the configuration of a gate of another tool',
    load: async () => (await import('./gates/export.ts')).command,
  },
  {
    name: 'import',
    summary: 'Make a policy of the configuration of another tool’s gate',
    load: async () => (await import('./gates/import.ts')).command,
  },
  {
    name: 'simulate',
    summary: 'Say what a gate of another tool will make of an image',
    load: async () => (await import('./gates/simulate.ts')).command,
  },
  {
    name: 'report',
    summary: 'Account for a period, or find the images that contain or rest on something',
    load: async () => (await import('./audit/report.ts')).command,
  },
  {
    name: 'demo',
    summary: 'Show the whole path on a small image, then three attacks on it',
    load: async () => (await import('./demo/demo.ts')).command,
  },
];

/** True for the name of an action. */
export function isActionName(name: string): name is ActionName {
  return ACTION_NAMES.some((known) => known === name);
}

/** The command of this name. */
export function findCommand(name: string): CommandEntry | undefined {
  return COMMANDS.find((command) => command.name === name);
}
