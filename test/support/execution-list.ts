// SPDX-License-Identifier: Apache-2.0
// Apptainer's execution control list: runs an image under one, with keys in the global keyring.

import { existsSync } from 'node:fs';
import { appendFile, cp, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { Person } from './layers.ts';
import { type PeerResult, peerPath, runPeer } from './peers.ts';
import { temporaryFolder } from './temporary.ts';

/** Apptainer’s configuration below the installed peers; the list is tried with a copy of it. */
export const CONFIGURATION = peerPath()
  .split(delimiter)
  .map((folder) => join(dirname(folder), 'sid/etc/apptainer'))
  .find((folder) => existsSync(folder));

function fingerprintOf({ signer: { identity } }: Person): string {
  return identity.method === 'pgp' ? identity.fingerprint : '';
}

/** Runs the image under an execution control list of one group. */
export async function runListed(
  path: string,
  mode: 'whitelist' | 'whitestrict' | 'blacklist' | 'missing' | 'no TOML',
  { listed, known }: { readonly listed: readonly Person[]; readonly known: readonly Person[] },
): Promise<PeerResult> {
  const folder = join(await temporaryFolder(), 'apptainer');
  await cp(CONFIGURATION ?? '', folder, { recursive: true });
  const fingerprints = listed.map((person) => `"${fingerprintOf(person)}"`).join(', ');
  const list = [
    'activated = true',
    'legacyinsecure = false',
    '[[execgroup]]',
    '  tagname = "stages"',
    `  mode = "${mode}"`,
    '  dirpath = ""',
    `  keyfp = [${fingerprints}]`,
    '',
  ];
  const file = join(folder, 'ecl.toml');
  if (mode === 'missing') await rm(file, { force: true });
  else await writeFile(file, mode === 'no TOML' ? 'activated = = true\n' : list.join('\n'));
  await rm(join(folder, 'global-pgp-public'), { force: true });
  for (const { signer } of known)
    for (const keyring of signer.publicMaterial.keyrings) await appendFile(join(folder, 'global-pgp-public'), keyring);
  return runPeer('apptainer', ['run', '--userns', path], { env: { PEERS_ETC_APPTAINER: folder } });
}
