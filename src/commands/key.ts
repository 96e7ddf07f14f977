// SPDX-License-Identifier: Apache-2.0
// key: shows what a policy needs to know of a key file, and makes throw-away keys for trying countersign out.

import { open, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Host } from './host.ts';
import { EXIT, fileError, isErrnoException, UsageError } from '../base/errors.ts';
import { readFileBounded } from '../files/files.ts';
import { makeFolder } from '../files/folder.ts';
import { LIMITS } from '../base/limits.ts';
import type { Secret } from '../base/secret.ts';
import { toSecond, UNSAFE } from '../base/text.ts';
import { describeKeyFile, type KeyDescription } from '../crypto/key-description.ts';
import { SignatureError } from '../crypto/errors.ts';
import { generateEcKey } from '../crypto/key-generate.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from './inputs/common.ts';
import { passphraseText } from './inputs/secrets.ts';
import type { InputsOf } from './inputs/inputs.ts';
import { cosignPassphrase } from './inputs/signing.ts';
import { type CommandResult, type CommandSpec, defineCommand } from './spec.ts';

const DEFAULT_DAYS = 365;

const spec = {
  name: 'key',
  summary: 'Show what a policy needs to know of a key, or make throw-away keys',
  description:
    '`key show FILE…` prints fingerprint, hint, subject, alternative names and validity of every key and certificate in the files: what goes into the policy. `key generate FOLDER` makes an OpenPGP key, a P-256 key, and a P-256 key with a certificate under a new CA, for trying countersign out; existing files are never overwritten. Keys that guard production come from your own key management.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: '`show` and files, or `generate` and one folder.',
      example: 'show release.pub',
    },
    {
      name: 'passphrase',
      type: 'secret',
      description: 'With `show`: opens an encrypted bare key. With `generate`: protects the new secret keys.',
      example: 'passphrase.txt',
    },
    { name: 'name', type: 'string', default: 'Throw-away', description: 'Name in generated keys.', example: 'Release' },
    {
      name: 'email',
      type: 'string',
      default: 'throw-away@example.org',
      description: 'E-mail address in generated keys.',
      example: 'release@example.org',
    },
    {
      name: 'days',
      type: 'integer',
      default: String(DEFAULT_DAYS),
      description: 'How long the generated certificates are valid.',
      example: '30',
    },
    ...COMMON_INPUTS,
  ],
  outputs: [...COMMON_OUTPUTS],
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const [task, ...paths] = inputs.task;
  const passphrase = passphraseText(inputs.passphrase);
  const [first] = paths;
  if (task === 'show' && first !== undefined)
    return show(paths, inputs, { passphrase, cosignPassphrase: cosignPassphrase(host.env) });
  if (task === 'generate' && first !== undefined && paths.length === 1)
    return generate(first, inputs, { passphrase, host });
  throw new UsageError(
    'USAGE_INVALID_INPUT',
    `key cannot do ${JSON.stringify([task, ...paths].join(' ').slice(0, 120))}`,
    {
      hint: 'write `key show FILE…` or `key generate FOLDER`',
    },
  );
}

interface ShownFile {
  readonly file: string;
  readonly keys: readonly KeyDescription[];
}

interface Passphrases {
  readonly passphrase: Secret | undefined;
  readonly cosignPassphrase: Secret | undefined;
}

async function show(paths: readonly string[], inputs: Inputs, passphrases: Passphrases): Promise<CommandResult> {
  const files: ShownFile[] = [];
  for (const path of paths) {
    const bytes = await readFileBounded(resolve(inputs.workingDirectory, path), LIMITS.keyFileBytes);
    files.push({ file: path, keys: await describe(path, bytes, passphrases) });
  }
  return {
    exitCode: EXIT.passed,
    outputs: {},
    text: files.map(({ file, keys }) => [`${printable(file)}:`, ...keys.flatMap(linesOf), ''].join('\n')).join('\n'),
    json: { schema: 'countersign/key/v1', files },
  };
}

/** What cannot be read is reported with its name: several files may be given. */
async function describe(
  path: string,
  bytes: Uint8Array,
  { passphrase, cosignPassphrase: forCosign }: Passphrases,
): Promise<readonly KeyDescription[]> {
  try {
    return await describeKeyFile(bytes, passphrase, forCosign);
  } catch (cause) {
    if (!(cause instanceof SignatureError)) throw cause;
    throw cause.about(printable(path));
  }
}

function linesOf({ kind, identity, expires, sha256, keyid }: KeyDescription): readonly string[] {
  const rows: (readonly [string, string | null])[] = [];
  if (identity.method === 'pgp') {
    rows.push(['fingerprint', identity.fingerprint], ...identity.userIds.map((id) => ['user id', id] as const));
  } else {
    rows.push(['algorithm', identity.algorithm], ['hint', identity.hint], ['keyid', keyid]);
  }
  if (identity.method === 'x509') {
    rows.push(['subject', identity.subject], ['issuer', identity.issuer], ['serial', identity.serial]);
    rows.push(...identity.san.map((name) => ['san', name] as const), ['valid from', toSecond(identity.notBefore)]);
  }
  rows.push([
    identity.method === 'x509' ? 'valid until' : 'expires',
    expires === null ? (identity.method === 'key' ? null : 'never') : toSecond(expires),
  ]);
  rows.push([identity.method === 'x509' ? 'sha256' : 'spki sha256', sha256]);
  const lines = rows.flatMap(([name, value]) => (value === null ? [] : [`    ${name.padEnd(12)} ${printable(value)}`]));
  return [`  ${kind}`, ...lines];
}

async function generate(
  folder: string,
  inputs: Inputs,
  { passphrase, host }: { readonly passphrase: Secret | undefined; readonly host: Host },
): Promise<CommandResult> {
  const { generatePgpKey } = await import('../crypto/pgp/pgp.ts');
  const { generateX509Chain } = await import('../crypto/x509/generate.ts');
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
  const shown = await show(
    files.filter(({ secret }) => !secret).map(({ name }) => join(target, name)),
    inputs,
    { passphrase: undefined, cosignPassphrase: undefined },
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

/** Names come from the key files: nothing of them may steer a terminal. */
function printable(text: string): string {
  return text.replace(UNSAFE, '?');
}

/** The command, as the entries load it. */
export const command = defineCommand(spec, run);
