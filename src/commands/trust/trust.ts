// SPDX-License-Identifier: Apache-2.0
// trust: what policies trust of Sigstore instances, fetched and checked. The one command that asks anybody for it;
// verification reads files alone.

import { join, resolve } from 'node:path';
import { EXIT, UsageError } from '../../base/errors.ts';
import { counted } from '../../base/text.ts';
import { writeFileAtomic } from '../../files/files.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import { type CommandResult, type CommandSpec, defineCommand, type InputsOf, unknownTask } from '../spec.ts';

/** Of the public instance. */
const PUBLIC_MIRROR = 'https://tuf-repo-cdn.sigstore.dev';

const spec = {
  name: 'trust',
  summary: 'Fetch the trusted root of a Sigstore instance for a policy',
  description:
    '`trust fetch` writes the trusted_root.json of a Sigstore instance, from its TUF repository, to `output`: what `trust.sigstore` of a policy names. Signatures, versions and expiry of the repository’s metadata are checked, beginning with `tuf-root`. Nothing else fetches it: verification reads the file. Run it in a job of its own, look at what changed, and commit the file.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      required: true,
      description: '`fetch`.',
      example: 'fetch',
    },
    {
      name: 'output',
      type: 'path',
      file: 'document',
      required: true,
      description: 'File that receives the trusted root, whole or not at all; an older one is replaced.',
      example: 'sigstore/trusted_root.json',
    },
    {
      name: 'mirror-url',
      type: 'string',
      default: PUBLIC_MIRROR,
      description: 'Address of the TUF repository. Default: that of the public instance.',
      example: 'https://tuf.example.org',
    },
    {
      name: 'tuf-root',
      type: 'path',
      description:
        'root.json by which the repository’s metadata is checked, from the operators of the instance. Default: the one of the public instance that comes with this software, which no other mirror takes.',
      example: 'sigstore/root.json',
    },
    {
      name: 'state-path',
      type: 'path',
      file: 'folder',
      description:
        'Folder that keeps the metadata seen, so that a mirror cannot go back to an older state that has not expired yet. Default: nothing is kept.',
      example: '.countersign/tuf',
    },
    ...COMMON_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const { task, output, mirrorUrl, tufRoot, statePath, workingDirectory } = inputs;
  if (task.join(' ') !== 'fetch')
    throw unknownTask('trust', task, {
      hint: 'write `trust fetch` with ⟨output=trusted_root.json⟩',
    });
  const { fetchTrustedRoot } = await import('./fetch.ts');
  const { readInstance } = await import('../../crypto/sigstore/library.ts');
  const { parseCertificate } = await import('../../crypto/x509/certificate.ts');
  const root = await fetchTrustedRoot({
    mirror: mirrorFrom(mirrorUrl),
    root: tufRoot === undefined ? undefined : resolve(workingDirectory, tufRoot),
    state: statePath,
    temporary: join(await host.temporaryFolder(), 'tuf'),
  });
  const { authorities, material } = readInstance({ root, log: 0, timestamps: 1, sct: 0 });
  await writeFileAtomic(output, root);
  const names = [...new Set(authorities.flatMap(([first]) => (first ? parseCertificate(first).subject.text : [])))];
  const logs = material.tlogs.length;
  return {
    exitCode: EXIT.passed,
    outputs: { verdict: 'passed' },
    json: { schema: 'countersign/trust/v1', output, mirror: mirrorUrl, authorities: names, logs },
    text: `${output}: ${names.join('; ')}, ${counted(logs, 'log')}\n`,
  };
}

/** @throws UsageError USAGE_INVALID_INPUT */
function mirrorFrom(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain =
    url?.protocol === 'https:' ||
    (url?.protocol === 'http:' && /^(?:127(?:\.\d+){3}|localhost|\[::1\])$/.test(url.hostname));
  if (url && plain && url.username === '' && url.search === '' && url.hash === '') return text.replace(/\/+$/, '');
  throw new UsageError('USAGE_INVALID_INPUT', 'mirror-url is no plain https address', {
    hint: 'give the address of the TUF repository, as https://tuf.example.org',
  });
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
