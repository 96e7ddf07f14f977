// SPDX-License-Identifier: Apache-2.0
// key generate: throw-away keys of each kind in a folder.

import { open, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { fileError, isErrnoException, UsageError } from '../../base/errors.ts';
import { generateEcKey } from '../../crypto/key-generate.ts';
import { makeFolder } from '../../files/folder.ts';
import type { Host } from '../host.ts';
import { passphraseText } from '../inputs/values.ts';
import type { CommandResult } from '../spec.ts';
import { shownFiles } from './show.ts';
import { DEFAULT_DAYS, type KeyInputs } from './spec.ts';

/**
 * Makes the keys.
 * @throws UsageError USAGE_FILE_EXISTS, USAGE_INVALID_INPUT; SystemError
 */
export async function generate(folder: string, inputs: KeyInputs, host: Host): Promise<CommandResult> {
  const passphrase = passphraseText(inputs.passphrase);
  const { generatePgpKey } = await import('../../crypto/pgp/generate.ts');
  const { generateX509Chain } = await import('../../crypto/x509/generate.ts');
  const days = inputs.days ?? DEFAULT_DAYS;
  if (days < 1 || days > 36_500)
    throw new UsageError('USAGE_INVALID_INPUT', `days is ${days}`, { hint: 'give a number from 1 to 36500' });
  const options = {
    name: inputs.name,
    email: inputs.email,
    passphrase,
    now: host.now(),
  };
  const target = resolve(inputs.workingDirectory, folder);
  const pgp = await generatePgpKey(options);
  const bare = generateEcKey(passphrase);
  const chain = await generateX509Chain({ ...options, days });
  const files: readonly NewFile[] = [
    { name: 'pgp-secret.asc', content: pgp.privateKey, secret: true },
    { name: 'pgp-public.asc', content: pgp.publicKey, secret: false },
    { name: 'key.pem', content: bare.privateKey, secret: true },
    { name: 'key.pub', content: bare.publicKey, secret: false },
    { name: 'x509.key', content: chain.privateKey, secret: true },
    { name: 'x509.crt', content: chain.certificate, secret: false },
    { name: 'x509-intermediates.pem', content: chain.intermediates, secret: false },
    { name: 'x509-root.pem', content: chain.root, secret: false },
  ];
  for (const file of files) await writeNew(target, file);
  const shown = await shownFiles(
    files.filter(({ secret }) => !secret).map(({ name }) => join(target, name)),
    inputs.workingDirectory,
  );
  const secrets = files.filter(({ secret }) => secret).map(({ name }) => name);
  const note = `secret keys (${passphrase ? 'protected' : 'NOT protected'} by a passphrase): ${secrets.join(', ')}\n`;
  return { ...shown, text: `${shown.text}\n${note}` };
}

interface NewFile {
  readonly name: string;
  readonly content: string;
  readonly secret: boolean;
}

/** Secret files are readable by their owner only; an existing file is never touched. */
async function writeNew(folder: string, { name, content, secret }: NewFile): Promise<void> {
  const path = join(folder, name);
  await makeFolder(folder, 0o700);
  try {
    await using file = await open(path, 'wx', secret ? 0o600 : 0o644);
    await file.writeFile(content).catch(async (error: unknown) => {
      await rm(path, { force: true });
      throw error;
    });
  } catch (error) {
    if (isErrnoException(error) && error.code === 'EEXIST')
      throw new UsageError('USAGE_FILE_EXISTS', `${basename(path)} exists already in ${folder}`, {
        cause: error,
        hint: 'give an empty folder; keys are never overwritten',
      });
    throw fileError(error, path, 'write');
  }
}
