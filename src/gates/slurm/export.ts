// SPDX-License-Identifier: Apache-2.0
// A policy → scripts for the nodes of a cluster: a gate that asks `verify-all` once about each image and remembers the
// answer, and what calls it.

import { dirname } from 'node:path';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Page } from '../folder.ts';
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

/** What the page says of use and of limits. */
export function slurmPage(source: string, target: SlurmTarget): Page {
  return { title: 'Slurm and Open OnDemand', source, body: [...installation(target), '', ...limits(target)] };
}

function installation(target: SlurmTarget): readonly string[] {
  const { scriptFolder, cacheFolder, policyPath, nodePath, cliPath, signer } = target;
  return [
    '## Where each file goes',
    '',
    'On every node, owned by root, in folders that only root can change, all the way up, and without symbolic links:',
    '',
    `- \`${SCRIPTS.gate}\`, \`${SCRIPTS.prolog}\`, \`${SCRIPTS.run}\`: \`install -D -m 0755 -t ${scriptFolder} ${SCRIPTS.gate} ${SCRIPTS.prolog} ${SCRIPTS.run}\``,
    ...(signer
      ? [
          `- \`${signer.file.name}\`, by which the policy must be signed: \`install -m 0644 -t ${scriptFolder} ${signer.file.name}\``,
        ]
      : []),
    `- the policy and every file that it names${signer ? ', and its signature beside it' : ''}: \`${policyPath}\``,
    `- Node and a copy of \`dist/\`: \`${nodePath}\` and \`${cliPath}\``,
    `- the folder for answers: \`install -d -m 0755 -o root -g root ${cacheFolder}\`. With mode 0700 users cannot read it, and what they start is verified each time.`,
    '',
    `In \`slurm.conf\`: \`Prolog=${scriptFolder}/${SCRIPTS.prolog}\` and \`PrologFlags=Alloc\`. It asks about ${target.images.length === 0 ? 'no image' : target.images.join(', ')}: the images of the site. What a job will start, a prolog cannot know.`,
    'When it fails, Slurm drains the node, holds a batch job and ends an interactive one: an image of the site that does not pass stops every node that meets it. Why is in the log of',
    '`slurmd`. When the image is right again, `scontrol update nodename=NODE state=resume`, and `scontrol release JOB` for a job that is held.',
    'Without `PrologFlags=Alloc` an interactive job is given up while the first prolog after a change still reads (after 20 seconds by default). Leave `PrologEpilogTimeout` unset, or long',
    `enough for all of these images. \`${scriptFolder}/${SCRIPTS.prolog}\`, run as root after an image was installed, reads them before any job does.`,
    '',
    `Whoever starts a program, a job script or \`script.sh.erb\` of Open OnDemand, writes \`${scriptFolder}/${SCRIPTS.run} IMAGE apptainer exec --nv {} COMMAND\`. \`{}\` stands for the image.`,
    '',
    'Exit codes of the gate: 0 passed, 1 refused, 2 no answer.',
  ];
}

function limits({ onError, maxAgeSeconds }: SlurmTarget): readonly string[] {
  return [
    '## What is kept, and how long',
    '',
    '- An answer is about one file: its device, inode, size, owner, mode and change time with nanoseconds, the kind of its file system, and this start of the machine.',
    '- It holds while nothing changes in the policy, the files and folders that it names, Node, `dist/` and the script, by the same marks, and at most until `endsAt` of the verdict,',
    `  and for ${maxAgeSeconds} seconds. Only passed verdicts are kept. Whenever one is added, those that ended an hour ago are removed.`,
    '- It is kept by the owner of the folder alone, and only of images that nobody but root or that owner can write. Others are verified at each start, and so are images on FUSE',
    '  and those that changed within the last three seconds.',
    `- Without an answer (no policy, no Node, a folder that users can change) the gate is ${onError}. An image that does not pass is refused in either case.`,
    '',
    '## What this gate does not do',
    '',
    `- \`${SCRIPTS.run}\` runs as its user, who can start Apptainer without it. It keeps a user from a wrong image, not an image from a user: for that use the execution control list`,
    '  (`countersign export ecl`) or, in a setuid installation, `limit container owners` and `limit container paths` in `apptainer.conf`.',
    '- `TaskProlog` is no place for it: that runs as the user, and its output sets the environment of the job.',
    `- \`${SCRIPTS.run}\` compares the file with the one that was verified, right before it starts the program. Whoever owns the file, or may write it, can change it after that, also while`,
    '  it runs. Of images that only root can write nobody can. A file that a user had open for writing before root took it over is still that user’s: copy it, do not `chown` it.',
    '- Root can make any answer, as can whoever can write the disk itself.',
    '- Change times are believed as the file system states them. A network file system may state an older one for some seconds.',
    '- Images in registries and layout folders are not asked about: pull them first.',
  ];
}
