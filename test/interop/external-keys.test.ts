// SPDX-License-Identifier: Apache-2.0
// Keys of gpg's agent, of a plugin and of a SoftHSM token sign the stages of a SIF and of a container image; the real
// apptainer, cosign and skopeo accept them; and no byte of those keys is in what our processes hold, write or start.
// The program is bundled as dist/ is.

import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../scripts/bundle.ts';
import { systemClock } from '../../src/base/clock.ts';
import { LayoutIndex } from '../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../src/oci/layout/layout.ts';
import { openRepository } from '../../src/oci/open.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { Gnupg } from '../support/gnupg.ts';
import { pluginScript, programFolder } from '../support/key-programs.ts';
import { watchMemory } from '../support/memory.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, peerPath, type PeerResult, runPeer } from '../support/peers.ts';
import { hasSofthsm, Softhsm } from '../support/softhsm.ts';
import { PROJECT } from '../support/sources.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('gpg', 'gpgconf') || !hasSofthsm();

let dist = '';
beforeAll(async () => {
  if (missing) return;
  dist = await mkdtemp(join(tmpdir(), 'countersign-dist-'));
  await bundle(PROJECT, dist);
}, 120_000);
afterAll(() => rm(dist, { recursive: true, force: true }));

const pem = (key: KeyObject): string =>
  key.export(key.type === 'private' ? { type: 'pkcs8', format: 'pem' } : { type: 'spki', format: 'pem' }).toString();
const newPair = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** How somebody signs: flags and variables of the command line. */
interface Hand {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

interface Scene {
  readonly folder: string;
  readonly token: Softhsm;
  readonly hands: Readonly<Record<'author' | 'security' | 'production', Hand>>;
  readonly keys: { readonly security: KeyObject; readonly production: KeyObject };
  readonly gnupg: Gnupg;
  readonly fingerprint: string;
}

/** A folder with an image, a policy and public keys; three keys, none of them in a file that countersign is told of. */
async function scene(): Promise<Scene> {
  const [folder, gnupg, token] = [await temporaryFolder(), await Gnupg.make(), await Softhsm.make()];
  const [security, production] = [newPair(), newPair()];
  const fingerprint = await gnupg.newKey('author');
  const plugins = await programFolder('sigstore-kms-test', pluginScript(pem(security.privateKey)));
  await token.add('release', '01', pem(production.privateKey));
  await writeFile(join(folder, 'author.asc'), await gnupg.publicKey(fingerprint));
  await writeFile(join(folder, 'security.pub'), pem(security.publicKey));
  await writeFile(join(folder, 'production.pub'), pem(production.publicKey));
  await writeFile(
    join(folder, 'countersign.yaml'),
    `version: 1
name: outside
trust: { keyrings: author.asc }
principals:
  author: { pgp: ${fingerprint} }
  security: { key: security.pub }
  production: { key: production.pub }
stages:
  - { name: author, approvers: [author] }
  - { name: security, approvers: [security] }
  - { name: production, approvers: [production] }
`,
  );
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'app.sif'));
  const layout = join(folder, 'images');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, systemClock())), { tag: 'v1' });
  const PATH = `${plugins}${delimiter}${process.env['PATH'] ?? ''}`;
  const hands = {
    author: {
      args: ['--signing-method', 'pgp', '--key', `gpg:${fingerprint}`],
      env: { PATH, GNUPGHOME: gnupg.home },
    },
    security: { args: ['--signing-method', 'key', '--key', 'test://security', '--key-plugins', 'test'], env: { PATH } },
    production: {
      args: ['--signing-method', 'key', '--key', token.name('token=hsm;object=release')],
      env: { PATH, ...token.env, COUNTERSIGN_PASSPHRASE: token.pin },
    },
  };
  const keys = { security: security.privateKey, production: production.privateKey };
  return { folder, token, hands, keys, gnupg, fingerprint };
}

/** Runs the bundled command line. */
function run({ folder }: Scene, args: readonly string[], env: Hand['env'] = {}): Promise<PeerResult> {
  return new Promise((resolve, reject) => {
    const child = start(folder, args, env);
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, ...output }));
  });
}

function start(folder: string, args: readonly string[], env: Hand['env']) {
  return spawn(process.execPath, [join(dist, 'cli.mjs'), ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: tmpdir(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function signAll(here: Scene, image: string, more: readonly string[] = []): Promise<void> {
  for (const [stage, { args, env }] of Object.entries(here.hands)) {
    const given = ['sign-stage', '--stage', stage, '--policy-path', 'countersign.yaml', ...args, ...more, image];
    const { exitCode, stderr } = await run(here, given, env);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toContain('warning');
  }
}

describe.skipIf(missing)(
  'keys that another program holds (skipped without gpg, SoftHSM, p11-kit, pkcs11-provider)',
  () => {
    test.skipIf(!hasPeers('apptainer'))('sign a SIF; apptainer verifies it', async () => {
      const here = await scene();
      await signAll(here, 'app.sif');
      const verdict = await run(here, ['verify-all', '--policy-path', 'countersign.yaml', 'app.sif']);
      expect(verdict.exitCode, verdict.stdout).toBe(0);
      // The ring that `key import` writes is one that Apptainer reads.
      const env = { APPTAINER_KEYSDIR: join(here.folder, 'keys'), APPTAINER_CONFIGDIR: here.folder };
      const imported = await run(here, ['key', 'import', 'author.asc', '--fingerprint', here.fingerprint], env);
      expect(imported.exitCode, imported.stderr).toBe(0);
      const verified = await runPeer('apptainer', ['verify', '--local', join(here.folder, 'app.sif')], { env });
      expect(verified.exitCode, verified.stderr).toBe(0);
      await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(here.folder, 'native.sif'));
      for (const stage of ['security', 'production'] as const) {
        const { args, env: own } = here.hands[stage];
        const pinned = ['--expected-key-path', `${stage}.pub`, '--native', 'dsse'];
        const signed = await run(here, ['sign-stage', '--stage', stage, ...args, ...pinned, 'native.sif'], own);
        expect(signed.exitCode, signed.stderr).toBe(0);
        const key = ['--key', join(here.folder, `${stage}.pub`)];
        const native = await runPeer('apptainer', ['verify', ...key, join(here.folder, 'native.sif')]);
        expect(native.exitCode, native.stderr).toBe(0);
      }
    });

    test.skipIf(!hasPeers('cosign', 'skopeo', 'docker-registry'))(
      'sign a container image; cosign and skopeo accept it',
      async () => {
        const here = await scene();
        const host = await startDockerRegistry();
        const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
        const { repository } = await openRepository(`${host}/team/app`, options);
        const { digest } = await pushOciImage(repository, { tag: 'v1' });
        const image = `${host}/team/app@${digest}`;
        // What podman and skopeo read of OpenPGP lies in a folder of its own.
        const { author } = here.hands;
        const filed = { ...author, args: [...author.args, '--lookaside', join(here.folder, 'signatures')] };
        await signAll({ ...here, hands: { ...here.hands, author: filed } }, image);
        const verdict = await run(here, ['verify-all', '--policy-path', 'countersign.yaml', image]);
        expect(verdict.exitCode, verdict.stdout).toBe(0);
        const env = { HOME: here.folder, TUF_ROOT: join(here.folder, 'tuf') };
        for (const name of ['security', 'production'])
          for (const mode of ['--new-bundle-format=true', '--new-bundle-format=false']) {
            const args = ['verify', '--insecure-ignore-tlog', mode, '--key', `${name}.pub`, image];
            const cosign = await runPeer('cosign', args, { cwd: here.folder, env });
            expect(cosign.exitCode, cosign.stderr).toBe(0);
          }
        // The same plugin, run by cosign itself.
        const PATH = [here.hands.security.env['PATH'], peerPath()].join(delimiter);
        const byPlugin = { cwd: here.folder, env: { ...env, PATH } };
        const shown = await runPeer('cosign', ['public-key', '--key', 'test://security'], byPlugin);
        expect(shown.stdout, shown.stderr).toContain(pem(createPublicKey(here.keys.security)).trim());
        const copied = await skopeoCopy(here, host, image);
        expect(copied.exitCode, copied.stderr).toBe(0);
        const stranger = await here.gnupg.publicKey(await here.gnupg.newKey('stranger'));
        await writeFile(join(here.folder, 'author.asc'), stranger);
        expect((await skopeoCopy(here, host, image)).exitCode).not.toBe(0);
      },
    );

    test('sign evidence and with a certificate, in a step as on the command line', async () => {
      const here = await scene();
      const { args, env } = here.hands.production;
      await certify(here);
      const x509 = ['--signing-method', 'x509', ...args.slice(2), '--certificate-path', 'leaf.crt'];
      const signed = await run(here, ['sign-stage', '--stage', 'production', ...x509, 'app.sif'], env);
      expect(signed.exitCode, signed.stderr).toBe(0);
      expect((await run(here, ['verify-all', '--trust-anchors', 'root.crt', 'app.sif'])).exitCode).toBe(0);
      await writeFile(join(here.folder, 'predicate.json'), '{"reviewed":true}');
      const predicate = ['--predicate-path', 'predicate.json', '--predicate-type', 'https://example.org/review/v1'];
      for (const hand of Object.values(here.hands)) {
        const attested = await run(here, ['scan-attest', ...predicate, ...hand.args, 'app.sif'], hand.env);
        expect(attested.exitCode, attested.stderr).toBe(0);
        const step = await runStep(here, hand);
        expect(step.exitCode, step.stdout).toBe(0);
      }
    });
  },
);

/** A step of a workflow, where one more process stands in between. */
async function runStep(here: Scene, { args, env }: Hand): Promise<PeerResult> {
  const flags = args.flatMap((flag, index) => (flag.startsWith('--') ? [[flag.slice(2), args[index + 1] ?? '']] : []));
  const inputs = [...flags, ['subject-path', 'app.sif'], ['stage', 'in-a-step']];
  const { COUNTERSIGN_PASSPHRASE: passphrase, ...variables } = env;
  if (passphrase !== undefined) inputs.push(['passphrase', passphrase]);
  const runner = await temporaryFolder();
  const files = { GITHUB_OUTPUT: join(runner, 'output'), GITHUB_STEP_SUMMARY: join(runner, 'summary') };
  for (const file of Object.values(files)) await writeFile(file, '');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(dist, 'sign-stage.mjs')], {
      cwd: here.folder,
      env: {
        HOME: here.folder,
        TMPDIR: runner,
        GITHUB_ACTIONS: 'true',
        GITHUB_EVENT_NAME: 'push',
        GITHUB_WORKSPACE: here.folder,
        RUNNER_TEMP: runner,
        ...files,
        ...variables,
        ...Object.fromEntries(inputs.map(([name, value]) => [`INPUT_${name?.toUpperCase()}`, value])),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? -1, stdout, stderr: '' }));
  });
}

/** A certificate for the key on the token, by a root of OpenSSL. */
async function certify({ folder }: Scene): Promise<void> {
  const openssl = async (...args: readonly string[]) => {
    const { exitCode, stderr } = await runPeer('openssl', args, { cwd: folder });
    if (exitCode !== 0) throw new Error(stderr);
  };
  const fresh = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await openssl('req', '-x509', ...fresh, '-keyout', 'root.key', '-out', 'root.crt', '-subj', '/CN=Root', '-days', '2');
  await openssl('req', '-new', ...fresh, '-keyout', 'dummy.key', '-out', 'dummy.csr', '-subj', '/CN=Release');
  await writeFile(
    join(folder, 'ext'),
    'keyUsage=digitalSignature\nextendedKeyUsage=codeSigning\nsubjectAltName=email:release@example.org\n',
  );
  const ca = ['-CA', 'root.crt', '-CAkey', 'root.key', '-CAcreateserial', '-days', '1', '-extfile', 'ext'];
  await openssl('x509', '-req', '-in', 'dummy.csr', ...ca, '-force_pubkey', 'production.pub', '-out', 'leaf.crt');
}

/** Copies what is signed by all three, by gpg in the lookaside. */
async function skopeoCopy({ folder }: Scene, host: string, image: string): Promise<PeerResult> {
  const signedIdentity = { type: 'matchRepository' };
  const wanted = [
    ...['security', 'production'].map((name) => ({
      type: 'sigstoreSigned',
      keyPath: join(folder, `${name}.pub`),
      signedIdentity,
    })),
    { type: 'signedBy', keyType: 'GPGKeys', keyPath: join(folder, 'author.asc'), signedIdentity },
  ];
  await writeFile(
    join(folder, 'policy.json'),
    JSON.stringify({ default: [{ type: 'reject' }], transports: { docker: { [host]: wanted } } }),
  );
  const registries = join(folder, 'registries.d');
  await mkdir(registries, { recursive: true });
  const places = `use-sigstore-attachments: true\n    lookaside: file://${join(folder, 'signatures')}`;
  await writeFile(join(registries, 'default.yaml'), `docker:\n  "${host}":\n    ${places}\n`);
  const options = ['--policy', join(folder, 'policy.json'), '--registries.d', registries];
  const copy = ['copy', '--src-tls-verify=false', `docker://${image}`, `dir:${join(folder, 'copy')}`];
  return runPeer('skopeo', [...options, ...copy], { cwd: folder });
}

describe.skipIf(missing)('a real token (skipped without SoftHSM, p11-kit, pkcs11-provider)', () => {
  test('that does not sign leaves the image as it was, and says why', async () => {
    const here = await scene();
    const { token } = here;
    for (const id of ['11', '12']) await token.add('twin', id, pem(newPair().privateKey));
    const before = await readFile(join(here.folder, 'app.sif'));
    // OpenSSL would take these files for the keys.
    for (const name of ['token=hsm;object=file;type=private', 'token=none;object=file;type=private'])
      await writeFile(join(here.folder, `pkcs11:${name}`), pem(newPair().privateKey));
    const code = async (key: string, env: Hand['env'] = here.hands.production.env, more: readonly string[] = []) => {
      const args = ['sign-stage', '--stage', 'x', '--signing-method', 'key', '--key', key, ...more, 'app.sif'];
      const { exitCode, stderr } = await run(here, args, env);
      expect(exitCode).toBe(3);
      expect(stderr).not.toContain(token.pin);
      return /\[([A-Z_]+)\]/.exec(stderr)?.[1];
    };
    const good = token.name('token=hsm;object=release');
    const { COUNTERSIGN_PASSPHRASE: _, ...withoutPin } = here.hands.production.env;
    expect(await code(good, withoutPin)).toBe('KEY_TOKEN_PIN_MISSING');
    expect(await code(good, { ...withoutPin, COUNTERSIGN_PASSPHRASE: '99999999' })).toBe('KEY_TOKEN_PIN_WRONG');
    expect(await code(token.name('token=none;object=release'))).toBe('KEY_TOKEN_MISSING');
    expect(await code(token.name('token=none;object=file'))).toBe('KEY_TOKEN_MISSING');
    expect(await code(token.name('token=hsm;object=file'))).toBe('KEY_TOKEN_OBJECT_MISSING');
    expect(await code(token.name('token=hsm;object=twin'))).toBe('KEY_TOKEN_OBJECT_SEVERAL');
    expect(await code(good, undefined, ['--expected-key-path', 'security.pub'])).toBe('KEY_UNEXPECTED');
    expect(await code(good.replace('p11-kit-client', 'none'))).toBe('KEY_TOKEN_MODULE_FAILED');
    const { directEnv } = token;
    const direct = Object.keys(directEnv).flatMap((name) => ['--key-environment', name]);
    const crashes = await code(
      token.name('token=hsm;object=release', 'direct'),
      { ...here.hands.production.env, ...directEnv },
      direct,
    );
    expect(crashes).toBe('KEY_TOKEN_MODULE_FAILED');
    const { OPENSSL_MODULES: modules = '', ...byServer } = here.hands.production.env;
    const plain = 'pkcs11:token=hsm;object=release';
    const pinned = ['--expected-key-path', 'security.pub'];
    expect(await code(plain, { ...byServer, OPENSSL_MODULES: modules }, pinned)).toBe('KEY_UNEXPECTED');
    const own = join(here.folder, 'own.cnf');
    await writeFile(own, token.configuration);
    expect(await code(plain, { ...byServer, OPENSSL_CONF: own }, pinned)).toBe('KEY_UNEXPECTED');
    const broken = await temporaryFolder();
    await writeFile(join(broken, 'pkcs11.so'), 'no library');
    expect(await code(good, { ...here.hands.production.env, OPENSSL_MODULES: broken })).toBe(
      'KEY_TOKEN_PROVIDER_MISSING',
    );
    expect(await readFile(join(here.folder, 'app.sif'))).toEqual(before);
  });
});

describe.skipIf(missing || process.platform !== 'linux')('no byte of the keys (skipped as above)', () => {
  /** The scalar as it is, as OpenSSL keeps numbers, and as the Base64 of files. */
  function forms(name: string, key: KeyObject): Readonly<Record<string, Buffer>> {
    const scalar = Buffer.from(key.export({ format: 'jwk' }).d ?? '', 'base64url');
    const base64 = pem(key).split('\n')[1] ?? '';
    return {
      [name]: scalar,
      [`${name} reversed`]: Buffer.from(scalar.toReversed()),
      [`${name} in Base64`]: Buffer.from(base64),
    };
  }

  /** The secret number of gpg's key. */
  async function numberOf({ gnupg, fingerprint }: Scene): Promise<Buffer> {
    const armoredKey = await gnupg.gpg(['--armor', '--export-secret-keys', fingerprint]);
    const { keyPacket } = await readPrivateKey({ armoredKey });
    const { seed }: { seed?: Uint8Array } = Reflect.get(keyPacket, 'privateParams') ?? {};
    if (seed?.length !== 32) throw new Error('gpg gives no key of Ed25519');
    return Buffer.from(seed);
  }

  const IMAGES = ['app.sif', 'oci:images:v1'];

  test.each(IMAGES)(
    'is in the memory of the signer of %s and its children, where a key file would be',
    async (image) => {
      const here = await scene();
      const { security, production } = here.keys;
      const secrets = {
        author: await numberOf(here),
        ...forms('security', security),
        ...forms('production', production),
        pin: Buffer.from(here.token.pin),
      };
      const watch = async (stage: string, { args, env }: Hand) => {
        const child = start(here.folder, ['sign-stage', '--stage', stage, ...args, image], env);
        child.stdout.resume();
        child.stderr.resume();
        // The plugin is the vault here; gpg's agent and p11-kit's server are no children.
        const seen = await watchMemory(child, secrets, /sigstore-kms-test/);
        expect(child.exitCode).toBe(0);
        return seen;
      };
      for (const [stage, hand] of Object.entries(here.hands)) {
        const { secrets: found, programs } = await watch(stage, hand);
        expect([...found]).toEqual(stage === 'production' ? ['pin'] : []);
        expect([...programs.keys()].some((command) => command.includes('cli.mjs'))).toBe(true);
        if (stage === 'production')
          expect([...programs.keys()].some((command) => command.includes('token-child.mjs'))).toBe(true);
      }
      await writeFile(join(here.folder, 'file.pem'), pem(production), { mode: 0o600 });
      const file = { args: ['--signing-method', 'key', '--key-path', 'file.pem'], env: {} };
      expect([...(await watch('control', file)).secrets]).toContain('production in Base64');
    },
  );

  test.skipIf(!hasPeers('strace')).each(IMAGES)(
    'and no PIN is in what they start for %s, and none of them in what they write to files',
    async (image) => {
      const here = await scene();
      const { security, production } = here.keys;
      const author = await numberOf(here);
      const secrets = { author, ...forms('security', security), ...forms('production', production) };
      const pin = hex(Buffer.from(here.token.pin));
      for (const [stage, { args, env }] of Object.entries(here.hands)) {
        const log = join(here.folder, `${stage}.strace`);
        const calls = 'trace=execve,write,writev,pwrite64,pwritev,sendto,sendmsg';
        const program = [process.execPath, join(dist, 'cli.mjs'), 'sign-stage', '--stage', stage, ...args, image];
        const traced = await runPeer(
          'strace',
          ['-f', '-y', '-xx', '-s', '100000', '-e', calls, '-o', log, ...program],
          {
            cwd: here.folder,
            env: { HOME: here.folder, ...env },
          },
        );
        expect(traced.exitCode, traced.stderr).toBe(0);
        const lines = (await readFile(log, 'latin1')).split('\n');
        for (const [name, secret] of Object.entries(secrets))
          expect(
            lines.filter((line) => line.includes(hex(secret))),
            name,
          ).toEqual([]);
        const withPin = lines.filter((line) => line.includes(pin));
        // The environment of strace's own child is where this test puts the PIN; it ends there.
        const started = withPin.filter((line) => line.includes('execve('));
        expect(started.length).toBeLessThanOrEqual(stage === 'production' ? 1 : 0);
        const written = withPin.filter((line) => !line.includes('execve('));
        expect(written.map(target).filter((name) => !/^(?:socket|pipe):/.test(name))).toEqual([]);
        if (stage === 'production') expect(written.length).toBeGreaterThan(0);
      }
    },
  );

  /** What a call writes to, which strace shows behind the number of the file. */
  function target(line: string): string {
    const escaped = /\(\d+<((?:\\x[0-9a-f]{2})+)>/.exec(line)?.[1] ?? '';
    return Buffer.from(escaped.replaceAll('\\x', ''), 'hex').toString();
  }

  function hex(bytes: Uint8Array): string {
    return [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
  }
});
