// SPDX-License-Identifier: Apache-2.0
// A registry that answers 403 for a tag that is not there. With a referrers API everything goes on, with a remark; without
// one there is no list to go by, and the error says what may be the cause. A list that could not be read is not written.

import { expect, test } from 'vitest';
import { command as pull } from '../../src/commands/pull.ts';
import { command as pushOras } from '../../src/commands/push-oras/push-oras.ts';
import type { RegistryOptions, TestRegistry } from '../support/registry-server.ts';
import { FakeHost } from '../support/fake-host.ts';
import { judgeTrusting, keyPerson, type Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';
import { runCommand } from '../support/run-command.ts';
import { typicalSif } from '../support/sif-builder.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Tags that are not there are refused, and a list of tags too. */
function refuse(registry: TestRegistry, name: string): void {
  registry.intercept = ({ method = '', url = '' }, response) => {
    const [, repository, tag = ''] = /^\/v2\/(.+?)\/manifests\/([^:]+)$/.exec(url) ?? [];
    const absent = repository === name && !registry.repo(name).tags.has(tag);
    if (!url.endsWith('/tags/list') && !(absent && ['GET', 'HEAD'].includes(method))) return false;
    response.writeHead(403, { 'content-type': 'application/json' }).end('{"errors":[{"code":"DENIED"}]}');
    return true;
  };
}

async function refusing(options: RegistryOptions) {
  const registry = await startRegistry(options);
  const repository = await openIn(registry);
  const image = await pushOciImage(repository, { tag: 'v1' });
  refuse(registry, 'team/app');
  return { registry, at: { repository, reference: 'v1' }, image };
}

async function judgeOf(person: Person) {
  return judgeTrusting([person], { requiredStages: ['author'] });
}

test('signing and verifying go on with remarks where the referrers API works', async () => {
  const author = await keyPerson('author', 'p256');
  const judge = await judgeOf(author);
  const { registry, at } = await refusing({ referrersApi: true });
  const before = registry.repo('team/app').tags.size;
  const signed = await signRemotely(at, author, 'author', { judge, verifyData: true });
  expect(signed.outcome).toBe('signed');
  expect(signed.remarks.filter((remark) => remark.includes('.sig was answered 403'))).toHaveLength(1);
  expect(registry.repo('team/app').tags.size).toBe(before);
  const verdict = await verdictOn(at, judge, true);
  expect(verdict.verdict).toBe('passed');
  const codes = verdict.reasons.map(({ code, severity }) => `${severity} ${code}`);
  expect(codes).toContain('remark REGISTRY_ATTACHED_UNREADABLE');
});

test('nothing is signed or judged where there is no such API, and the hint names the cause', async () => {
  const author = await keyPerson('author', 'p256');
  const judge = await judgeOf(author);
  const { at } = await refusing({ referrersApi: false });
  const refused = expect.objectContaining({
    code: 'REGISTRY_FORBIDDEN',
    hint: expect.stringContaining('403 for a tag that is not there'),
  });
  await expect(verdictOn(at, judge, true)).rejects.toThrow(refused);
  await expect(signRemotely(at, author, 'author', { judge, verifyData: true })).rejects.toThrow(refused);
});

test('a tag that is there and may not be read is never written over', async () => {
  const author = await keyPerson('author', 'p256');
  const judge = await judgeOf(author);
  const { registry, at, image } = await refusing({ referrersApi: true });
  const other = await keyPerson('other', 'p256');
  registry.intercept = undefined;
  await signRemotely(at, other, 'other', { judge: await judgeOf(other), verifyData: true });
  const tag = `sha256-${image.digest.slice(7)}.sig`;
  const stored = registry.repo('team/app').tags.get(tag);
  expect(stored).toBeDefined();
  registry.intercept = ({ url = '' }, response) => {
    if (!url.endsWith(tag)) return false;
    response.writeHead(403).end();
    return true;
  };
  const signed = await signRemotely(at, author, 'author', { judge, verifyData: true });
  expect(signed.outcome).toBe('signed');
  expect(registry.repo('team/app').tags.get(tag)).toBe(stored);
});

test('a SIF is pulled there', async () => {
  const registry = await startRegistry({ referrersApi: true });
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'app.sif'), typicalSif().bytes());
  const host = new FakeHost({ cwd: folder, env: {} });
  const reference = `${registry.host}/team/app:1`;
  await runCommand(pushOras, { 'subject-path': 'app.sif', reference }, host);
  refuse(registry, 'team/app');
  const pulled = await runCommand(pull, { reference, 'image-path': 'back.sif' }, host);
  expect(pulled.exitCode).toBe(0);
});
