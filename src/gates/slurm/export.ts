// SPDX-License-Identifier: Apache-2.0
// A policy → scripts for the nodes of a cluster: a gate that asks `verify-all` once about each image and remembers the
// answer, and what calls it.

import { dirname } from 'node:path';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { ExportedFile, GateExport } from '../verdict.ts';
import { GATE_SCRIPT } from './gate-script.ts';
import { prologScript, RUN_SCRIPT } from './launch-scripts.ts';

/** Where everything is on the nodes, all absolute paths. */
export interface SlurmTarget {
  /** The folder for the scripts. */
  readonly scriptFolder: string;
  readonly policyPath: string;
  /** Which profile of the policy counts. */
  readonly profile: string | undefined;
  /** Who must have signed the policy. */
  readonly signer: PolicySigner | undefined;
  /** Node, and the `cli.mjs` of a copy of `dist/`. */
  readonly nodePath: string;
  readonly cliPath: string;
  /** The folder for what was answered. */
  readonly cacheFolder: string;
  /** How long an answer is kept at most, seconds. */
  readonly maxAgeSeconds: number;
  /** What becomes of an image when there is no answer about it: `closed` stops it, `open` lets it pass. */
  readonly onError: 'closed' | 'open';
  /** Images, and folders of them, that the prolog asks about. */
  readonly images: readonly string[];
}

/** Who must have signed the policy on the nodes, as `require-signed-policy` takes it. */
export interface PolicySigner {
  /** A fingerprint or a name in a certificate; undefined for a public key, which the file holds. */
  readonly said: string | undefined;
  /** The key, its keyring or the CA, for the folder of the scripts. */
  readonly file: ExportedFile;
}

/** Names of the scripts. */
export const SCRIPTS = { gate: 'countersign-gate', prolog: 'prolog', run: 'countersign-run' } as const;

/** The scripts. */
export function exportSlurm({ policy }: LoadedPolicy, target: SlurmTarget): GateExport {
  const gate = `${target.scriptFolder}/${SCRIPTS.gate}`;
  const images = target.images.map(quoted).join(' ');
  return {
    gate: 'slurm',
    files: [
      { name: SCRIPTS.gate, content: script(gateValues(gate, target), GATE_SCRIPT), executable: true },
      {
        name: SCRIPTS.prolog,
        content: script({ self: `${target.scriptFolder}/${SCRIPTS.prolog}`, gate }, prologScript(images)),
        executable: true,
      },
      { name: SCRIPTS.run, content: script({ gate }, RUN_SCRIPT), executable: true },
      ...(target.signer ? [target.signer.file] : []),
    ],
    asks: [
      `that each image passes the whole policy (${policy.stages.map(({ name }) => name).join(', ')}), by verify-all`,
    ],
    losses: [],
    whole: true,
    warnings: [
      ...(target.onError === 'open'
        ? ['Without an answer everything passes: whoever can make the verification fail starts what they like.']
        : []),
      ...(target.images.length === 0 ? ['The prolog asks about no image: none was given.'] : []),
    ],
  };
}

function gateValues(self: string, target: SlurmTarget): Readonly<Record<string, string>> {
  const { signer } = target;
  const file = signer ? `${target.scriptFolder}/${signer.file.name}` : '';
  return {
    self,
    policy: target.policyPath,
    profile: target.profile ?? '',
    signer: signer?.said ?? file,
    signer_file: file,
    node: target.nodePath,
    cli: target.cliPath,
    program: dirname(target.cliPath),
    cache: target.cacheFolder,
    max_age: String(target.maxAgeSeconds),
    on_error: target.onError,
  };
}

function script(values: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoted(value)}\n`);
  return `#!/bin/sh\n# Made by countersign export slurm. Make it again rather than change it.\n${lines.join('')}${body}`;
}

/** A word for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
