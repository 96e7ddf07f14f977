// SPDX-License-Identifier: Apache-2.0
// A registry that goes away before any write of a run: the run fails with an error, and the same command afterwards leaves
// exactly what an undisturbed run leaves, in the lists and tags of other tools too.

import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Command } from '../../src/commands/spec.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import { command as attest } from '../../src/commands/scan-attest/scan-attest.ts';
import { command as signStage } from '../../src/commands/sign-stage/sign-stage.ts';
import { command as withdraw } from '../../src/commands/withdraw.ts';
import { describeFailure } from '../../src/entry/outcome.ts';
import { FakeHost } from '../support/fake-host.ts';
import { keyPerson, NOW, type Person } from '../support/layers.ts';
import { pushOciImage, pushOciIndex } from '../support/oci-images.ts';
import type { TestRegistry } from '../support/registry-server.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';

type Texts = Readonly<Record<string, string>>;

/** Keys whose signatures are the same each time, so that two runs can be compared byte for byte. */
const people: readonly Person[] = await Promise.all(['kim', 'sam', 'ci'].map((name) => keyPerson(name)));

interface Place {
  readonly folder: string;
  readonly registry: TestRegistry;
  /** The exit code. */
  run(command: Command, texts: Texts): Promise<number>;
}

async function place(referrersApi: boolean): Promise<Place> {
  const folder = await temporaryFolder();
  const registry = await startRegistry({ referrersApi });
  for (const { name, publicKey, privateKey } of people) {
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.key`), privateKey, { mode: 0o600 });
  }
  await writeFile(
    join(folder, 'p.yaml'),
    'version: 1\nname: t\nprincipals: { kim: { key: kim.pub }, sam: { key: sam.pub }, ci: { key: ci.pub } }\nstages: [{ name: author, approvers: kim }, { name: security, approvers: sam }]\n',
  );
  await writeFile(join(folder, 'note.json'), '{}');
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  await pushOciIndex(await openIn(registry), '1.0');
  const run: Place['run'] = async (command, texts) => {
    await using host = new FakeHost({ cwd: folder, now: NOW });
    const given = Object.entries({ 'retry-for': '0s', timeout: '5s', ...texts });
    const filled = given.map(([name, text]) => [name, text.replaceAll('HOST', registry.host)]);
    return runCommand(command, Object.fromEntries(filled), host).then(
      ({ exitCode }) => exitCode,
      (error: unknown) => {
        const { code, hint, exitCode } = describeFailure(error);
        expect(hint, code).not.toBe('');
        return exitCode;
      },
    );
  };
  return { folder, registry, run };
}

/** Puts everything back as it is now: statements name the registry, so that it has to be the same one. */
async function keeper({ folder, registry }: Place): Promise<() => Promise<void>> {
  const copy = (repos: TestRegistry['repos']) =>
    [...repos].map(([name, { blobs, manifests, tags }]) => {
      const repo = { blobs: new Set(blobs), manifests: new Map(manifests), tags: new Map(tags) };
      return [name, repo] as const;
    });
  const kept = new Map(copy(registry.repos));
  const path = join(folder, 'app.sif');
  const file = await readFile(path);
  return async () => {
    registry.intercept = undefined;
    registry.repos.clear();
    for (const [name, repo] of copy(kept)) registry.repos.set(name, repo);
    await writeFile(path, file);
  };
}

/** What everybody finds: all tags, all that refers to something, and the file. */
async function found({ folder, registry }: Place) {
  const file = createHash('sha256').update(await readFile(join(folder, 'app.sif')));
  const repos = [...registry.repos].map(([name, { tags, manifests }]) => {
    const referrers = [...manifests].filter(([, { bytes }]) => bytes.includes('"subject"')).map(([digest]) => digest);
    return { name, tags: Object.fromEntries(tags), referrers: referrers.toSorted() };
  });
  return { file: file.digest('hex'), repos };
}

const POLICY: Texts = { 'policy-path': 'p.yaml' };
const by = (name: string): Texts => ({ 'signing-method': 'key', 'key-path': `${name}.key` });
const IMAGE: Texts = { 'subject-name': 'HOST/team/app:1.0' };
const AUTHOR: readonly [Command, Texts] = [signStage, { ...IMAGE, ...POLICY, ...by('kim'), stage: 'author' }];
const FILE: Texts = { 'subject-path': 'app.sif', ...POLICY };

test.each<
  readonly [what: string, api: boolean, before: readonly (readonly [Command, Texts])[], run: readonly [Command, Texts]]
>([
  ['signing an index', true, [], AUTHOR],
  ['signing an index where tags are shared', false, [], AUTHOR],
  ['withdrawing', false, [AUTHOR], [withdraw, { ...IMAGE, ...POLICY, ...by('kim'), stage: 'author', reason: 'bad' }]],
  [
    'attaching evidence',
    false,
    [],
    [attest, { ...IMAGE, ...by('ci'), 'predicate-path': 'note.json', 'predicate-type': 'https://example.org/note' }],
  ],
  [
    'signing a file while it is pushed',
    false,
    [[signStage, { ...FILE, ...by('kim'), stage: 'author' }]],
    [pushOras, { ...FILE, ...by('sam'), stage: 'security', reference: 'HOST/team/sif:1.0', tags: 'latest' }],
  ],
  [
    'promoting with a signed publication',
    true,
    [AUTHOR, [signStage, { ...IMAGE, ...POLICY, ...by('sam'), stage: 'security' }]],
    [pushOras, { ...IMAGE, ...POLICY, ...by('ci'), reference: 'HOST/team/release:1.0' }],
  ],
])(
  '%s, interrupted before each write and repeated, ends as if nothing had been',
  async (_what, api, before, [command, texts]) => {
    const made = await place(api);
    const { registry } = made;
    for (const [earlier, given] of before) expect(await made.run(earlier, given)).toBe(0);
    const putBack = await keeper(made);
    const isWrite = (method: string, url: string) => method === 'PUT' && url.includes('/manifests/');
    const first = registry.count('PUT', /\/manifests\//);
    expect(await made.run(command, texts)).toBe(0);
    const wanted = await found(made);
    const writes = registry.count('PUT', /\/manifests\//) - first;
    expect(writes).toBeGreaterThan(2);
    for (let at = 0; at < writes; at += 1) {
      await putBack();
      let passed = 0;
      registry.intercept = (request) => {
        if (passed > at || (isWrite(request.method ?? '', request.url ?? '') && (passed += 1) > at)) {
          request.socket.destroy();
          return true;
        }
        return false;
      };
      expect(await made.run(command, texts), `write ${at}`).toBe(3);
      registry.intercept = undefined;
      expect(await made.run(command, texts), `after write ${at}`).toBe(0);
      expect(await found(made), `after write ${at}`).toEqual(wanted);
    }
  },
  180_000,
);

test('replacing an approval, interrupted before each write and repeated, leaves nothing of the old one', async () => {
  const made = await place(false);
  const { registry } = made;
  const image = await pushOciImage(await openIn(registry), { tag: '1.0' });
  const [command, texts] = AUTHOR;
  expect(await made.run(command, texts)).toBe(0);
  const putBack = await keeper(made);
  const isWrite = (method: string, url: string) => ['PUT', 'DELETE'].includes(method) && url.includes('/manifests/');
  const replace = { ...texts, replace: 'true' };
  for (let at = 0, failed = true; failed; at += 1) {
    await putBack();
    let passed = 0;
    registry.intercept = (request) => {
      const isCut = passed > at || (isWrite(request.method ?? '', request.url ?? '') && (passed += 1) > at);
      if (isCut) request.socket.destroy();
      return isCut;
    };
    failed = (await made.run(command, { ...replace, reason: 'first' })) !== 0;
    registry.intercept = undefined;
    if (failed) expect(await made.run(command, { ...replace, reason: 'second' }), `after write ${at}`).toBe(0);
    const { manifests, tags } = registry.repo('team/app');
    const [, signatures] = [...tags].find(([tag]) => tag.endsWith('.sig')) ?? [];
    expect(JSON.parse(String(manifests.get(signatures ?? '')?.bytes)).layers, `after write ${at}`).toHaveLength(1);
    const { referrers } = await (await openIn(registry)).listReferrers(image.digest);
    expect(referrers, `after write ${at}`).toHaveLength(1);
  }
}, 180_000);
