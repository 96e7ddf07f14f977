// SPDX-License-Identifier: Apache-2.0
// docs/guides/renewal.md, followed literally: its policies are written, its commands run in their order.

import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { COMMANDS } from '../../src/commands/commands.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW, pgpPerson } from '../support/layers.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { TimestampAuthority } from '../support/timestamp-authority.ts';

const page = readFileSync(join(PROJECT, 'docs', 'guides', 'renewal.md'), 'utf8');
const blocks = [...page.matchAll(/^```(yaml|sh)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({
  kind,
  text,
}));

/** A command line as the entry takes it apart. */
async function run(line: string, folder: string) {
  const [, name = '', ...words] = line.split(' ');
  const texts: Record<string, string> = {};
  const rest: string[] = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (!word.startsWith('--')) rest.push(word);
    else texts[word.slice(2)] = word === '--replace' ? 'true' : (words.shift() ?? '');
  }
  const entry = COMMANDS.find((one) => one.name === name);
  if (!entry) throw new Error(`no command ${name}`);
  const command = await entry.load();
  const positional = command.spec.positional ?? '';
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return await runCommand(command, { ...texts, [positional]: rest.join('\n') }, host);
}

test('the guide on renewal holds, word for word', async () => {
  await using tsa = new TimestampAuthority(() => NOW);
  const folder = await temporaryFolder();
  const [alice, sec, next] = [await pgpPerson('alice'), await keyPerson('sec'), await keyPerson('sec-2027')];
  await mkdir(join(folder, 'keys'));
  const files: Readonly<Record<string, string>> = {
    'keys/staff.asc': alice.publicKey,
    'keys/sec.pub': sec.publicKey,
    'keys/sec-2027.pub': next.publicKey,
    'alice.key': alice.privateKey,
    'sec.key': sec.privateKey,
    'sec-2027.key': next.privateKey,
    'tsa.pem': tsa.rootPem,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  const { identity } = alice.signer;
  const words: Readonly<Record<string, string>> = {
    TSA: await tsa.serve(),
    FINGERPRINT: identity.method === 'pgp' ? identity.fingerprint : '',
  };
  const filled = (text: string): string => text.replace(/\b(?:TSA|FINGERPRINT)\b/g, (word) => words[word] ?? '');
  let policy: { readonly principals?: object } = {};
  let commands = 0;
  for (const { kind, text } of blocks) {
    if (kind === 'yaml') {
      const given: { readonly principals?: object } = parse(filled(text));
      policy = { ...policy, ...given, principals: { ...policy.principals, ...given.principals } };
      await writeFile(
        join(folder, 'countersign.yaml'),
        stringify(policy, { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' }),
      );
      continue;
    }
    for (const line of filled(text).trim().split('\n')) {
      expect(await run(line, folder), line).toMatchObject({ exitCode: 0 });
      commands += 1;
    }
  }
  expect(commands).toBe(7);
});
