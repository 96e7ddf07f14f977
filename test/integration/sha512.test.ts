// SPDX-License-Identifier: Apache-2.0
// Images whose manifests are named by SHA-512: approvals name them so, and count for them alone.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Digest, utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { EMPTY_CONFIG } from '../../src/oci/manifest.ts';
import { openRepository } from '../../src/oci/open.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { readAttachments } from '../../src/image/registry/attachments.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { parseBundle } from '../../src/attest/bundle.ts';
import { parseStatement } from '../../src/attest/statement.ts';
import { judgeBy, keyPerson, messagesOf, policyFor } from '../support/layers.ts';
import { attachPlain, attachStatement, plainStatement } from '../support/plain-cosign.ts';
import { signRemotely, statuses, verdictOn } from '../support/registry-layers.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function pushSha512(repository: Repository, label: string): Promise<Manifest> {
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest },
    layers: [],
    annotations: { label },
  };
  const bytes = utf8(JSON.stringify(document));
  const digest: Digest = `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
  const manifest = { bytes, digest, mediaType: MEDIA_TYPE.manifest };
  await repository.putManifest(manifest, label);
  return manifest;
}

test('an image that is named by SHA-512 is approved under that name', async () => {
  const folder = join(await temporaryFolder(), 'layout');
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`oci:${folder}:one`, options);
  const author = await keyPerson('author', 'p256');
  const judge = await judgeBy(await policyFor([author], '  - { name: author, approvers: author, native: cosign }'));
  const one = await pushSha512(repository, 'one');
  const two = await pushSha512(repository, 'two');
  const { outcome } = await signRemotely({ repository, reference: 'one' }, author, 'author', { judge });
  expect(outcome).toBe('signed');
  const verdict = await verdictOn({ repository, reference: 'one' }, judge);
  expect({ verdict: verdict.verdict, content: verdict.contentDigests }).toEqual({
    verdict: 'passed',
    content: [one.digest],
  });
  expect(statuses(verdict, 'cosign')).toEqual(['valid']);
  const { bundles } = await readAttachments(await openRegistryImage(repository, 'one'));
  const [bundle] = bundles;
  if (!bundle) expect.fail('nothing is attached');
  const { subject } = parseStatement(parseBundle(bundle.bytes).envelope.payload);
  expect(subject.map(({ digest }) => Object.entries(digest))).toEqual([[['sha512', one.digest.slice(7)]]]);
  await attachPlain(repository, two, bundle);
  const copied = await verdictOn({ repository, reference: 'two' }, judge);
  expect(copied.verdict).toBe('failed');
  expect(messagesOf(copied).join()).toContain('copied from another image');
  const again = await signRemotely({ repository, reference: 'one' }, author, 'author', { judge });
  expect(again.outcome).toBe('unchanged');
});

test('a SHA-512 in the place of a SHA-256 names nothing', async () => {
  const folder = join(await temporaryFolder(), 'layout');
  const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
  const { repository } = await openRepository(`oci:${folder}:one`, options);
  const author = await keyPerson('author', 'p256');
  const judge = await judgeBy(await policyFor([author], '  - { name: author, approvers: author, native: cosign }'));
  const one = await pushSha512(repository, 'one');
  const subjects = [{ digest: { sha256: one.digest.slice(7) } }];
  await attachStatement(repository, one, { person: author, statement: plainStatement(subjects) });
  expect((await verdictOn({ repository, reference: 'one' }, judge)).verdict).toBe('failed');
  await attachStatement(repository, one, {
    person: author,
    statement: plainStatement([{ digest: { sha512: one.digest.slice(7) } }]),
  });
  expect((await verdictOn({ repository, reference: 'one' }, judge)).verdict).toBe('passed');
});
