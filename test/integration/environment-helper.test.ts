// SPDX-License-Identifier: Apache-2.0
// A credential helper that reads the login from its environment serves every image of a run.

import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command as inspect } from '../../src/commands/inspect.ts';
import { TerminalHost } from '../../src/host/terminal.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { temporaryFolder } from '../support/temporary.ts';

const LOGIN = { user: 'ada', password: 'correct horse' };

test.skipIf(process.platform === 'win32')('a helper that reads its environment is asked for each image', async () => {
  const registry = await startRegistry({ auth: { ...LOGIN, kind: 'basic' } });
  const names: string[] = [];
  for (const tag of ['v1', 'v2']) {
    await pushOciImage(await openIn(registry, LOGIN), { tag });
    names.push(`${registry.host}/team/app:${tag}`);
  }
  const folder = await temporaryFolder();
  const helper = join(folder, 'docker-credential-envy');
  await writeFile(helper, '#!/bin/sh\nprintf \'{"Username":"ada","Secret":"%s"}\' "$REG_PASS_ENV"\n');
  await chmod(helper, 0o755);
  await mkdir(join(folder, '.docker'));
  const config = JSON.stringify({ credHelpers: { [registry.host]: 'envy' } });
  await writeFile(join(folder, '.docker', 'config.json'), config);

  let printed = '';
  const host = new TerminalHost({
    env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder, REG_PASS_ENV: LOGIN.password },
    cwd: folder,
    stdin: (async function* () {})(),
    stderr: { write: (text) => (printed += text) },
    now: () => new Date(),
  });
  const texts = new Map([
    ['subject-name', names.join('\n')],
    ['retry-for', '0s'],
  ]);
  const ready = await inspect.prepare({
    texts,
    cwd: folder,
    mask: (text) => host.mask(text),
    readStdin: (limitBytes) => host.readStdin(limitBytes),
  });
  expect((await ready.run(host)).exitCode).toBe(0);
  host.info(`still a secret: ${LOGIN.password}`);
  expect(printed).toContain('still a secret: ***');
});
