// SPDX-License-Identifier: Apache-2.0
// The files that make Apptainer ask for stages of a policy: the list, the keys, the lines of apptainer.conf, and how to
// install them.

import type { LoadedPolicy } from '../../policy/document/load.ts';
import { keyringWith } from '../asks.ts';
import type { Page } from '../folder.ts';
import type { GateExport } from '../verdict.ts';
import { listFor, type Placement } from './export.ts';
import type { ExecutionList } from './list.ts';
import { writeList } from './toml.ts';

/** Names of the files in the folder. */
export const LIST_FILE = 'ecl.toml';
/** The keys, as Apptainer keeps its global keyring. */
export const KEYS_FILE = 'global-pgp-public';

const CONF_LINES = [
  '# The list is about SIF files alone: what is no SIF must not run at all.',
  'allow container sif = yes',
  'allow container encrypted = yes',
  'allow container squashfs = no',
  'allow container extfs = no',
  'allow container dir = no',
];

/**
 * The list and its files.
 * @throws GateError GATE_NOT_EXPRESSIBLE, GATE_KEY_MISSING
 */
export async function exportList(
  loaded: LoadedPolicy,
  placements: readonly Placement[],
  now: Date,
): Promise<GateExport & { readonly list: ExecutionList; readonly keyring: Uint8Array }> {
  const { list, asks, losses } = listFor(loaded, placements, now);
  const wanted = new Set(list.groups.flatMap(({ fingerprints, mode }) => (mode === 'blacklist' ? [] : fingerprints)));
  const { readKeyring } = await import('../../crypto/pgp/ring.ts');
  const { keyProblem } = await import('../../crypto/pgp/key.ts');
  const bytes = await keyringWith(loaded.trust, [...wanted]);
  const { readRing } = await import('./ring.ts');
  const { maySign } = await import('./ring-verifier.ts');
  const read = new Set((await readRing(bytes)).filter(maySign).map(({ fingerprint }) => fingerprint));
  const warnings = [...wanted]
    .filter((fingerprint) => !read.has(fingerprint))
    .map(
      (one) =>
        `Apptainer counts no signature by the key ${one}: it says nowhere that it signs data, or its packets cannot be read.`,
    );
  for (const [fingerprint, key] of await readKeyring(loaded.trust)) {
    const problem = wanted.has(fingerprint) ? await keyProblem(key, now) : undefined;
    if (problem) warnings.push(`${problem.message}: Apptainer does not count its signatures either`);
  }
  const comments = [
    `Policy ${JSON.stringify(loaded.name)}, ${loaded.digest}.`,
    'Install as /etc/apptainer/ecl.toml, owned by root.',
  ];
  return {
    gate: 'ecl',
    list,
    keyring: bytes,
    files: [
      { name: LIST_FILE, content: writeList(list, comments) },
      { name: KEYS_FILE, content: bytes },
      { name: 'apptainer.conf.lines', content: [...CONF_LINES, ''].join('\n') },
    ],
    asks,
    losses,
    warnings: [...warnings, ...folderWarnings(placements)],
  };
}

function folderWarnings(placements: readonly Placement[]): readonly string[] {
  const folders = placements.map(({ folder }) => folder).filter((folder) => folder !== '');
  return [
    ...(folders.length > 0
      ? [
          `The folders ${folders.join(', ')} must be there, and no part of their paths may be a link: else Apptainer refuses every SIF. A folder stands for itself without its subfolders.`,
        ]
      : []),
    ...(placements.some(({ folder }) => folder === '')
      ? []
      : ['There is no group for other folders: SIF files elsewhere, also in users’ homes and caches, do not run.']),
    ...(placements.some(({ never }) => never)
      ? ['A `blacklist` asks for no good signature: images that nobody known has signed run, altered ones included.']
      : []),
  ];
}

/** What the page says of installing and of limits. */
export function listPage(source: string): Page {
  return {
    title: 'Apptainer’s execution control list',
    source,
    body: [
      '## Where each file goes',
      '',
      `- \`${LIST_FILE}\`: \`/etc/apptainer/ecl.toml\` (below the \`sysconfdir\` of your build), owner root, mode 0644.`,
      `- \`${KEYS_FILE}\`: \`/etc/apptainer/global-pgp-public\`, owner root, mode 0644. Where other keys are in use, add these with \`apptainer key import --global ${KEYS_FILE}\`.`,
      '- `apptainer.conf.lines`: put these lines into `/etc/apptainer/apptainer.conf` in place of those with the same names.',
      '',
      'Then try one image that must run and one that must not. Apptainer passes over a list that is missing or is no valid TOML, and everything runs.',
      '',
      '## What this gate does not do',
      '',
      '- It reads native OpenPGP signatures alone. An approval given without one (`--native none`, or beside a native DSSE signature) is not seen, and a native DSSE signature makes it deny the image.',
      '- A signature names no stage: any native signature by the key counts, whatever it was made for. When an approval expires is not asked.',
      '- It holds where Apptainer runs setuid and users cannot make user namespaces: who can run an Apptainer of their own, or unprivileged, passes by it.',
      '- It is about SIF files. Sandboxes, squashfs and ext3 images are kept out by the lines for `apptainer.conf`.',
      '- What SingularityCE makes of the same file was not tried.',
      '',
      'The decisions of this list were compared with Apptainer 1.4.5 (`test/interop/gates-ecl.test.ts`). `countersign simulate ecl IMAGE` says what it will make of an image.',
    ],
  };
}
