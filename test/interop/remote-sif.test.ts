// SPDX-License-Identifier: Apache-2.0
// A SIF that is pushed once and then approved at every stage where it lies: how few bytes that takes, counted in front
// of a real registry, and whether the real apptainer accepts what is pulled and assembled.
// COUNTERSIGN_TEST_SIF_MIB sets the size of the image; 1024 for the claim in the documentation.

import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DATA_TYPE } from '../../src/sif/format.ts';
import { appendObjects } from '../../src/sif/edit/append.ts';
import { apptainerKeyring } from '../support/apptainer.ts';
import { CountingProxy } from '../support/counting-proxy.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { CONFIGURATION, runListed } from '../support/execution-list.ts';
import { keyPerson, type Person, pgpPerson, x509Person } from '../support/layers.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { runTool } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

const DEMO = fileURLToPath(new URL('../../assets/demo/hello.sif', import.meta.url));
const MIB = 1024 * 1024;
const SIZE_MIB = Number(process.env['COUNTERSIGN_TEST_SIF_MIB'] ?? 64);
const STAGES = ['author', 'security', 'production'] as const;
const LIMIT_MS = 170_000 + SIZE_MIB * 500;

/** An image that runs and is as large as wanted. */
async function largeImage(folder: string): Promise<string> {
  const path = join(folder, 'app.sif');
  await copyFile(DEMO, path);
  const sizeBytes = SIZE_MIB * MIB;
  async function* chunks(): AsyncIterable<Uint8Array> {
    for (let at = 0; at < sizeBytes; at += MIB) yield randomBytes(MIB);
  }
  await appendObjects(path, [{ dataType: DATA_TYPE.generic, data: { sizeBytes, chunks: chunks() } }], {
    now: new Date(),
  });
  return path;
}

interface Scene {
  readonly folder: string;
  readonly proxy: CountingProxy;
  readonly reference: string;
  readonly people: readonly Person[];
  /** Runs our command line as this person, in a home of their own; gives the bytes that passed the line. */
  as(name: string, args: readonly string[]): Promise<{ exitCode: number | null; bytes: number; output: string }>;
}

async function scene(people: readonly Person[]): Promise<Scene> {
  const folder = await temporaryFolder();
  const proxy = await CountingProxy.start(await startDockerRegistry());
  onTestFinished(() => proxy[Symbol.asyncDispose]());
  const principals = people.map(({ name, signer: { identity } }) => {
    if (identity.method === 'pgp') return `  ${name}: { pgp: ${identity.fingerprint} }`;
    if (identity.method === 'key') return `  ${name}: { key: ${name}.pub }`;
    return `  ${name}: { x509: { anchors: ${name}.pub, san: 'email:${name}@example.org' } }`;
  });
  const keyrings = people.filter(({ signer }) => signer.method === 'pgp').map(({ name }) => `${name}.pub`);
  const stages = people.map(({ name }) => `  - { name: ${name}, approvers: [${name}] }`);
  const head = ['version: 1', 'name: remote', `trust: { keyrings: [${keyrings.join(', ')}] }`];
  const policy = [...head, 'principals:', ...principals, 'stages:', ...stages, ''].join('\n');
  for (const { name, privateKey, certificate, intermediates } of people) {
    const home = join(folder, name);
    await mkdir(home);
    await writeFile(join(home, 'policy.yaml'), policy);
    await writeFile(join(home, 'secret.key'), privateKey, { mode: 0o600 });
    for (const other of people) await writeFile(join(home, `${other.name}.pub`), other.publicKey);
    if (certificate !== undefined) await writeFile(join(home, 'leaf.crt'), certificate);
    if (intermediates !== undefined) await writeFile(join(home, 'chain.crt'), intermediates);
  }
  return {
    folder,
    proxy,
    people,
    reference: `${proxy.host}/team/app:v1`,
    async as(name, args) {
      proxy.take();
      const { exitCode, stdout, stderr } = await runTool(args, { home: join(folder, name) });
      return { exitCode, bytes: proxy.take(), output: `${stdout}${stderr}` };
    },
  };
}

function signArgs({ people, reference }: Scene, name: string): readonly string[] {
  const person = people.find((one) => one.name === name);
  const method = person?.signer.method ?? 'key';
  const certificate =
    method === 'x509' ? ['--certificate-path', 'leaf.crt', '--certificate-chain-path', 'chain.crt'] : [];
  const key = ['--signing-method', method, '--key-path', 'secret.key', ...certificate];
  return ['sign-stage', reference, '--stage', name, ...key, '--policy-path', 'policy.yaml'];
}

/** The quick form: some kilobytes, and the word of who read the data. */
const UNREAD = '--verify-data=false';

/**
 * Builds and pushes as the author, who signs the file before (`file`) or, reading the data, where it lies (`registry`);
 * the later stages approve where it lies, without the data.
 */
async function approveRemotely(
  here: Scene,
  first: 'file' | 'registry',
): Promise<{ readonly moved: readonly number[]; readonly image: string }> {
  const image = await largeImage(join(here.folder, 'author'));
  const [author = '', ...later] = here.people.map(({ name }) => name);
  const run = async (name: string, args: readonly string[]): Promise<number> => {
    const { exitCode, bytes, output } = await here.as(name, args);
    expect(exitCode, output).toBe(0);
    return bytes;
  };
  if (first === 'file') await run(author, signArgs({ ...here, reference: image }, author));
  await run(author, ['push-oras', image, '--reference', here.reference]);
  if (first === 'registry') await run(author, signArgs(here, author));
  const moved: number[] = [];
  for (const name of later) moved.push(await run(name, [...signArgs(here, name), UNREAD]));
  return { moved, image };
}

/** `apptainer verify`, and running under an execution control list that wants all three signers. */
async function judgeByApptainer({ folder, people }: Scene, path: string): Promise<void> {
  const env = await apptainerKeyring(...people.map(({ name }) => join(folder, name, `${name}.pub`)));
  const judged = await runPeer('apptainer', ['verify', '--local', path], { env });
  expect(judged.exitCode, judged.stderr).toBe(0);
  for (const { signer } of people)
    if (signer.identity.method === 'pgp') expect(judged.stdout).toContain(signer.identity.fingerprint);
  const canRun = (await runPeer('apptainer', ['exec', '--userns', DEMO, '/bin/true'])).exitCode === 0;
  if (!canRun || CONFIGURATION === undefined) return;
  const allowed = await runListed(path, 'whitestrict', { listed: people, known: people });
  expect(allowed.exitCode, allowed.stderr).toBe(0);
}

describe.skipIf(!hasPeers('docker-registry', 'apptainer'))(
  `a pushed SIF of ${SIZE_MIB} MiB (skipped without docker-registry and apptainer)`,
  () => {
    test(
      'is approved by kilobytes; apptainer accepts what is pulled and assembled',
      async () => {
        const people = await Promise.all(STAGES.map((name) => pgpPerson(name, new Date(Date.now() - 60_000))));
        const here = await scene(people);
        const { moved, image } = await approveRemotely(here, 'registry');
        moved.forEach((bytes, index) => expect(bytes).toBeLessThan((64 + 8 * (index + 1)) * 1024));
        const verified = await here.as('production', [
          'verify-all',
          here.reference,
          '--policy-path',
          'policy.yaml',
          UNREAD,
        ]);
        expect(verified.exitCode, verified.output).toBe(0);
        console.info(`${SIZE_MIB} MiB: stages moved ${moved.join(' and ')} bytes, verify-all ${verified.bytes}`);
        await rm(image);

        const pull = ['pull', here.reference, '--image-path', 'out.sif', '--assemble', '--policy-path', 'policy.yaml'];
        const pulled = await here.as('production', pull);
        expect(pulled.exitCode, pulled.output).toBe(0);
        const path = join(here.folder, 'production', 'out.sif');
        expect((await stat(path)).size).toBeGreaterThan(SIZE_MIB * MIB);
        const offline = await here.as('production', ['verify-all', 'out.sif', '--policy-path', 'policy.yaml']);
        expect(offline.exitCode, offline.output).toBe(0);
        await judgeByApptainer(here, path);

        const final = here.reference.replace(/:v1$/, ':final');
        const released = await here.as('production', ['push-oras', 'out.sif', '--reference', final]);
        expect(released.exitCode, released.output).toBe(0);
        const plain = join(here.folder, 'plain.sif');
        const cache = { APPTAINER_CACHEDIR: here.folder, APPTAINER_CONFIGDIR: here.folder };
        const args = ['pull', '--no-https', plain, `oras://${final}`];
        const taken = await runPeer('apptainer', args, { cwd: here.folder, env: cache });
        expect(taken.exitCode, taken.stderr).toBe(0);
        await judgeByApptainer(here, plain);
      },
      LIMIT_MS,
    );

    test(
      'is approved with keys of three kinds, and rejected by kilobytes by who trusts none of them',
      async () => {
        const here = await scene([
          await keyPerson('author', 'p256'),
          await x509Person('security', new Date()),
          await pgpPerson('production', new Date(Date.now() - 60_000)),
        ]);
        const { moved } = await approveRemotely(here, 'file');
        moved.forEach((bytes, index) => expect(bytes).toBeLessThan((64 + 8 * (index + 1)) * 1024));
        const stranger = await keyPerson('stranger');
        await writeFile(join(here.folder, 'author', 'stranger.pub'), stranger.publicKey);
        const refused = await here.as('author', ['verify-all', here.reference, '--public-key', 'stranger.pub', UNREAD]);
        expect(refused.exitCode, refused.output).toBe(1);
        expect(refused.bytes).toBeLessThan(100_000);
        console.info(
          `${SIZE_MIB} MiB, mixed keys: stages moved ${moved.join(' and ')} bytes, refusal ${refused.bytes}`,
        );
      },
      LIMIT_MS,
    );
  },
);
