// SPDX-License-Identifier: Apache-2.0
// Somebody with push rights pushes a signed SIF whose data they altered; and a registry sends other bytes for parts of a
// blob than for the whole. What was read must be what the manifest names, and no tag may move to anything else.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { command as push } from '../../../src/commands/push-oras/push-oras.ts';
import { promoteImage } from '../../../src/transfer/promote.ts';
import { publishSif } from '../../../src/transfer/publish.ts';
import type { Criteria } from '../../../src/image/verify.ts';
import { parseDigest } from '../../../src/base/bytes.ts';
import { parseSimpleSigning, readCosignSignatures } from '../../../src/oci/cosign/cosign.ts';
import { LayoutIndex } from '../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../src/oci/layout/layout.ts';
import type { ReadBlobOptions, Repository } from '../../../src/oci/oci.ts';
import { openSif } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import { judgeBy, judgeTrusting, keyPerson, NOW, type Person, policyFor, signAs } from '../../support/layers.ts';
import { type Located, signRemotely, verdictOn } from '../../support/registry-layers.ts';
import { testClock } from '../../support/registry-session.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile, temporaryFolder } from '../../support/temporary.ts';

let sec: Person;
let judge: Criteria;

beforeAll(async () => {
  sec = await keyPerson('sec');
  judge = await judgeBy(await policyFor([sec], '  - { name: security, approvers: [sec] }'));
});

async function layout(): Promise<LayoutRepository> {
  const folder = join(await temporaryFolder(), 'oci');
  return new LayoutRepository(folder, await LayoutIndex.create(folder, testClock()));
}

async function signedFile(): Promise<string> {
  const path = await temporaryFile(typicalSif().bytes());
  await signAs(path, sec, 'security', judge);
  return path;
}

/** Changes a byte in the data of the image's last partition; header, table and signatures stay. */
async function alterData(path: string): Promise<void> {
  const bytes = await readFile(path);
  const { objects } = await openSif(memorySource(bytes, path));
  const { offset } = objects.find(({ partition }) => partition) ?? { offset: 0 };
  bytes[offset + 100] = (bytes[offset + 100] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

async function published(path: string): Promise<Located & { readonly repository: LayoutRepository }> {
  const repository = await layout();
  const { sif } = await publishSif(repository, { path, name: path, title: 'a.sif', tags: ['c'], criteria: undefined });
  if (!sif) throw new Error('not published');
  return { repository, reference: sif.manifest.digest };
}

describe('a signed image whose data was altered in the registry', () => {
  test('is found out when the data is read, and taken for what it claims when it is not', async () => {
    const path = await signedFile();
    await alterData(path);
    const at = await published(path);
    expect((await verdictOn(at, judge, true)).verdict).toBe('failed');
    const unread = await verdictOn(at, judge);
    expect(unread.reasons.map(({ code }) => code)).toContain('DATA_NOT_READ');
  });

  test('is not promoted: the data is read before anything is copied', async () => {
    expect(push.spec.inputs.find(({ name }) => name === 'verify-data')?.default).toBe('true');
    const path = await signedFile();
    await alterData(path);
    const { repository: from } = await published(path);
    const to = await layout();
    const rest = { mountFrom: undefined, tags: ['prod'], criteria: judge, clock: testClock() };
    const result = await promoteImage('c', { from, to, verifyData: true, ...rest });
    expect(result).toMatchObject({ manifest: undefined, verdict: { verdict: 'failed' } });
    expect(await to.tags()).toEqual([]);
    expect(await to.blobSize((await from.getManifest('c'))?.digest ?? 'sha256:')).toBeUndefined();
  });
});

test.each([false, true])(
  'the data read: %s; a cosign signature stands only beside an approval of read data',
  async (verifyData) => {
    const path = await temporaryFile(typicalSif().bytes());
    const vouching = await judgeTrusting([sec]);
    await signAs(path, sec, 'author', vouching);
    const at = await published(path);
    const { digest, remarks } = await signRemotely(at, sec, 'security', {
      judge: vouching,
      verifyData,
      expires: new Date(NOW.getTime() + 3_600_000),
    });
    const [signature] = await readCosignSignatures(at.repository, parseDigest(at.reference));
    const optional = signature && parseSimpleSigning(signature.payload)?.optional;
    if (!verifyData) expect([optional, remarks]).toEqual([undefined, [expect.stringContaining('podman and cosign')]]);
    else
      expect(optional).toEqual({
        stage: 'security',
        approval: digest,
        dataVerified: 'true',
        expires: '2026-11-22T13:00:00Z',
      });
  },
);

/** Answers requests for parts out of `parts`, and all others out of `whole`. */
function twoFaced(whole: Repository, parts: Uint8Array): Repository {
  return new Proxy(whole, {
    get(target, name) {
      if (name !== 'readBlob') {
        const value: unknown = Reflect.get(target, name);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return async function* readBlob(
        digest: `sha256:${string}`,
        options: ReadBlobOptions = {},
      ): AsyncGenerator<Uint8Array, void> {
        const { offset, lengthBytes } = options.range ?? { offset: 0, lengthBytes: 0 };
        const ofTheImage = lengthBytes > 0 && (await target.blobSize(digest)) === parts.length;
        if (ofTheImage) yield parts.subarray(offset, offset + lengthBytes);
        else yield* target.readBlob(digest, options);
      };
    },
  });
}

describe('a registry that sends other bytes for parts of a blob than for the whole', () => {
  test('data: the verdict is about the blob that the manifest names', async () => {
    const path = await signedFile();
    const good = await readFile(path);
    await alterData(path);
    const { repository, reference } = await published(path);
    const verdict = await verdictOn({ repository: twoFaced(repository, good), reference }, judge, true);
    expect(verdict.verdict).toBe('failed');
  });

  test('descriptor table: the registry is caught', async () => {
    const path = await signedFile();
    const good = await readFile(path);
    const bytes = Buffer.from(good);
    const { objects, header } = await openSif(memorySource(bytes, path));
    const { slot } = objects.find(({ partition }) => partition) ?? { slot: 0 };
    bytes.write('renamed', header.descriptorsOffset + slot * 585 + 73);
    await writeFile(path, bytes);
    const { repository, reference } = await published(path);
    const at = { repository: twoFaced(repository, good), reference };
    await expect(verdictOn(at, judge, true)).rejects.toMatchObject({ code: 'SIF_CHANGED' });
  });

  test('an honest one passes', async () => {
    const at = await published(await signedFile());
    expect((await verdictOn(at, judge, true)).verdict).toBe('passed');
  });
});
