// SPDX-License-Identifier: Apache-2.0
// The real apptainer with a keyring of its own, for tests.

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runPeer } from './peers.ts';
import { temporaryFolder } from './temporary.ts';

/** Environment in which apptainer knows exactly the OpenPGP keys of the given files; gone when the test ends. */
export async function apptainerKeyring(...keyFiles: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const folder = await temporaryFolder();
  const env = { APPTAINER_KEYSDIR: join(folder, 'keys'), APPTAINER_CONFIGDIR: folder };
  for (const [index, keyFile] of keyFiles.entries()) {
    // Apptainer may run in a root of its own that shows the folder of temporary files, but not this project.
    const copy = join(folder, `${index}.asc`);
    await copyFile(keyFile, copy);
    const { exitCode, stderr } = await runPeer('apptainer', ['key', 'import', copy], { env, cwd: folder });
    if (exitCode !== 0) throw new Error(`apptainer key import ${keyFile}: ${stderr}`);
  }
  return env;
}
