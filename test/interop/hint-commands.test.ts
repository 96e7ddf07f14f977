// SPDX-License-Identifier: Apache-2.0
// Command lines in hints, followed literally: each is run as it stands, with files for the words in capitals. Only what
// somebody at a terminal would type when asked (a passphrase, yes) is added.

import { readFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyPerson, pgpPerson } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, type Peer, runPeer } from '../support/peers.ts';
import { TestRegistry } from '../support/registry-server.ts';
import { openIn } from '../support/registry-session.ts';
import { PROJECT, sourcesBelow } from '../support/sources.ts';

const PROGRAMS = [
  'apptainer',
  'cosign',
  'crane',
  'gpg',
  'openssl',
  'siftool',
  'ssh-keygen',
] as const satisfies readonly Peer[];

/** Spans of code in our texts that are a program with arguments to fill in or options; comments apart. */
const commands = [
  ...new Set(
    (await sourcesBelow('src')).flatMap(({ text }) =>
      text
        .split('\n')
        .filter((line) => !/^\s*(?:\/\/|\*|\/\*)/.test(line))
        .flatMap((line) => [...line.matchAll(/\\?`((?:[a-z][a-z-]*)(?: [^`]*?)?(?: -| [A-Z$][A-Z{])[^`]*?)\\?`/g)])
        .filter(({ index, input, 0: span }) => span.startsWith('\\') || isInString(input.slice(0, index)))
        .map(([, command = '']) => command.replace(/\$\{name\}/g, 'REFERENCE').replace(/\$\{[^}]*\}/g, 'ID'))
        .filter((command) => PROGRAMS.some((program) => command.startsWith(`${program} `))),
    ),
  ),
].sort();

/** A template of ours is no text of its own. */
function isInString(before: string): boolean {
  return ["'", '"'].some((quote) => before.split(quote).length % 2 === 0);
}

/** What is changed on the machine itself is not tried. */
const NOT_TRIED: ReadonlySet<string> = new Set([
  'apptainer config fakeroot --add USER',
  'apptainer key import --global ID',
]);

/** What a person would answer, by program and task. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  'openssl pkcs8': ['-passin', 'pass:old', '-passout', 'pass:new'],
  'ssh-keygen -p': ['-P', 'old-passphrase'],
  'gpg --passwd': ['--batch', '--pinentry-mode', 'loopback', '--passphrase', ''],
  'gpg --quick-generate-key': ['--batch', '--pinentry-mode', 'loopback', '--passphrase', ''],
  'gpg --export-secret-keys': ['--batch', '--pinentry-mode', 'loopback', '--passphrase', ''],
  'gpg --export-secret-subkeys': ['--batch', '--pinentry-mode', 'loopback', '--passphrase', ''],
  'gpg --quick-set-expire': ['--batch', '--pinentry-mode', 'loopback', '--passphrase', ''],
  // Neither a log nor a time server can be reached.
  'cosign sign': ['--use-signing-config=false', '--tlog-upload=false', '--allow-insecure-registry', '--yes'],
  'crane delete': ['--insecure'],
  'apptainer registry': ['--password-stdin'],
};

let folder: string;
let registry: TestRegistry;
let fingerprint: string;
let env: Readonly<Record<string, string>>;

async function run(program: Peer, args: readonly string[], input = '') {
  return await runPeer(program, args, { cwd: folder, env, input, timeoutMs: 30_000 });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-hints-'));
  registry = await TestRegistry.start();
  await mkdir(join(folder, 'gnupg'), { mode: 0o700 });
  const keyring = { APPTAINER_KEYSDIR: join(folder, 'keys'), APPTAINER_CONFIGDIR: folder };
  env = { GNUPGHOME: join(folder, 'gnupg'), HOME: folder, COSIGN_PASSWORD: '', ...keyring };
  const [alice, kim] = [await pgpPerson('alice'), await keyPerson('kim', 'p256')];
  fingerprint = alice.signer.identity.method === 'pgp' ? alice.signer.identity.fingerprint : '';
  await writeFile(join(folder, 'alice.asc'), alice.privateKey);
  await writeFile(join(folder, 'plain.pem'), kim.privateKey, { mode: 0o600 });
  await copyFile(join(PROJECT, 'test/vectors/sif/hello-signed-pgp.sif'), join(folder, 'image.sif'));
  const made: readonly (readonly [Peer, readonly string[]])[] = [
    ['gpg', ['--batch', '--import', 'alice.asc']],
    ['openssl', ['pkey', '-in', 'plain.pem', '-traditional', '-aes256', '-passout', 'pass:old', '-out', 'old.pem']],
    ['openssl', ['req', '-x509', '-key', 'plain.pem', '-subj', '/CN=x', '-out', 'x.crt']],
    ['openssl', ['x509', '-in', 'x.crt', '-trustout', '-out', 'trusted.crt']],
    ['ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'old-passphrase', '-f', 'ssh.key']],
    ['apptainer', ['key', 'import', 'alice.asc']],
  ];
  for (const [program, args] of made) {
    if (!hasPeers(program)) continue;
    const { exitCode, stderr } = await run(program, args);
    if (exitCode !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  }
  // Cosign signs with keys of its own format alone.
  if (hasPeers('cosign')) await run('cosign', ['import-key-pair', '--key', 'plain.pem', '--output-key-prefix', 'own']);
}, 120_000);

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** What stands for a word in capitals. */
async function valueOf(word: string, command: string): Promise<string> {
  switch (word) {
    case 'OLD':
      return command.startsWith('openssl x509') ? 'trusted.crt' : 'old.pem';
    case 'KEY':
      return command.startsWith('cosign sign') ? 'own.key' : 'plain.pem';
    case 'COPY':
      return 'ssh.key';
    case 'IMAGE':
      return 'image.sif';
    case 'ID':
      return '4';
    case 'FINGERPRINT':
      return fingerprint;
    case 'NEW':
    case 'FILE':
      return `made-${commands.indexOf(command)}`;
    case 'NAME':
    case 'USER':
      return 'somebody';
    case 'REGISTRY':
      return registry.host;
    case 'REFERENCE': {
      const { digest } = await pushOciImage(await openIn(registry, { name: 'team/app' }), { label: command });
      return `${registry.host}/team/app@${digest}`;
    }
    default:
      throw new Error(`the test has nothing for ${word}`);
  }
}

async function followed(command: string): Promise<readonly string[]> {
  const words = command.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'));
  const filled: string[] = [];
  for (const word of words) {
    const [, before = '', capitals = ''] = /^(oras:\/\/)?([A-Z]+)$/.exec(word) ?? [];
    filled.push(capitals === '' ? word : `${before}${await valueOf(capitals, command)}`);
  }
  return filled;
}

describe('hints', () => {
  test('have commands to follow, with what they need', () => {
    expect(commands.length).toBeGreaterThan(15);
  });

  for (const command of commands.filter((one) => !NOT_TRIED.has(one))) {
    const program = PROGRAMS.find((name) => command.startsWith(`${name} `)) ?? 'gpg';
    test.skipIf(!hasPeers(program))(`\`${command}\` works`, async () => {
      const [, ...args] = await followed(command);
      const answers = ANSWERS[command.split(' ').slice(0, 2).join(' ')] ?? [];
      const at = program === 'gpg' ? 0 : program === 'apptainer' ? 2 : args.length;
      const whole = args.toSpliced(at, 0, ...answers);
      const { exitCode, stdout, stderr } = await run(
        program,
        whole,
        command.includes('key export') ? '0\n' : 'password\n',
      );
      expect(exitCode, `${whole.join(' ')}: ${stdout}${stderr}`).toBe(0);
      if (/ (?:NEW|FILE)\b/.test(command))
        expect(readFileSync(join(folder, `made-${commands.indexOf(command)}`), 'utf8')).toMatch(
          program === 'openssl' ? /^-----BEGIN / : /./,
        );
    });
  }
});
