// SPDX-License-Identifier: Apache-2.0
// Images as builders make them and signature tags as cosign makes them, signed and promoted by us in a real registry, and
// judged by the real cosign and crane.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { promoteImage } from '../../src/transfer/promote.ts';
import { systemClock } from '../../src/base/clock.ts';
import { cosignTag } from '../../src/oci/cosign/cosign.ts';
import { openRepository } from '../../src/oci/open.ts';
import type { Manifest, Repository } from '../../src/oci/oci.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeBy, keyPerson, policyFor } from '../support/layers.ts';
import { entryOf, pushIndexOf, pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { signRemotely } from '../support/registry-layers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('docker-registry', 'cosign', 'crane');
const STAGE = '  - { name: author, approvers: [author] }';

async function open(reference: string): Promise<Repository> {
  const opened = await openRepository(reference, { access: 'push', clock: systemClock(), credentials: { env: {} } });
  return opened.repository;
}

async function scene() {
  const folder = await temporaryFolder();
  const host = await startDockerRegistry();
  const author = await keyPerson('author', 'p256');
  const other = await keyPerson('other', 'p256');
  for (const { name, publicKey, privateKey } of [author, other]) {
    await writeFile(join(folder, `${name}.pub`), publicKey);
    await writeFile(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
  }
  const judge = await judgeBy(await policyFor([author], STAGE), new Date());
  const staging = await open(`${host}/staging/app`);
  const release = await open(`${host}/release/app`);
  const home = { HOME: folder, COSIGN_PASSWORD: '', TUF_ROOT: join(folder, 'tuf') };
  const cosign = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runPeer('cosign', args, { cwd: folder, env: { ...home, ...env } });
  return {
    staging,
    release,
    crane: (...args: readonly string[]) => runPeer('crane', args, { cwd: folder, env: home }),
    approve: (reference: string) =>
      signRemotely({ repository: staging, reference }, author, 'author', { judge, clock: systemClock() }),
    promote: (reference: string) =>
      promoteImage(reference, {
        from: staging,
        to: release,
        mountFrom: 'staging/app',
        tags: ['1'],
        criteria: judge,
        verifyData: true,
        clock: systemClock(),
      }),
    /** Signs in the legacy form with docker's media types. */
    async signWithDockerTypes({ digest }: Manifest) {
      await cosign(['import-key-pair', '--key', 'other.pem', '--output-key-prefix', 'theirs']);
      const args = ['sign', '--use-signing-config=false', '--tlog-upload=false', '--new-bundle-format=false'];
      const image = `${staging.name}@${digest}`;
      return cosign([...args, '--key', 'theirs.key', image], { COSIGN_DOCKER_MEDIA_TYPES: '1' });
    },
    verify: (name: string, image: string, mode: boolean) =>
      cosign(['verify', '--insecure-ignore-tlog', `--new-bundle-format=${mode}`, '--key', `${name}.pub`, image]),
  };
}

describe.skipIf(missing)('promoting in a real registry (skipped without cosign and crane)', () => {
  test('an index with attestations and an index in it arrives whole, its leaves approved', async () => {
    const here = await scene();
    const [one, leaf, about] = [
      await pushOciImage(here.staging, { label: 'one' }),
      await pushOciImage(here.staging, { label: 'leaf' }),
      await pushOciImage(here.staging, { label: 'about one' }),
    ];
    const inner = await pushIndexOf(here.staging, [entryOf(leaf, 'arm64')]);
    const attestation = {
      ...entryOf(about, 'unknown', 'unknown'),
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': one.digest },
    };
    const top = await pushIndexOf(here.staging, [entryOf(one, 'amd64'), attestation, entryOf(inner)], { tag: '1' });
    await here.approve('1');
    expect(await here.promote('1')).toMatchObject({ manifest: { digest: top.digest }, remarks: [] });
    const pulled = await here.crane('pull', '--format', 'oci', `${here.release.name}:1`, 'pulled');
    expect(pulled.exitCode, pulled.stderr).toBe(0);
    for (const { digest } of [top, one, inner, leaf])
      for (const mode of [true, false]) {
        const verified = await here.verify('author', `${here.release.name}@${digest}`, mode);
        expect(verified.exitCode, verified.stderr).toBe(0);
      }
    expect((await here.release.getManifest(about.digest))?.digest).toBe(about.digest);
  });

  test('a signature tag in docker’s media types takes our signature and keeps the other, here and there', async () => {
    const here = await scene();
    const image = await pushOciImage(here.staging, { tag: '1' });
    const signed = await here.signWithDockerTypes(image);
    expect(signed.exitCode, signed.stderr).toBe(0);
    const tag = cosignTag(image.digest, 'sig');
    expect((await here.staging.getManifest(tag))?.mediaType).toContain('docker');
    expect((await here.approve('1')).outcome).toBe('signed');
    await here.promote('1');
    for (const { name } of [here.staging, here.release])
      for (const who of ['author', 'other']) {
        const verified = await here.verify(who, `${name}@${image.digest}`, false);
        expect(verified.exitCode, verified.stderr).toBe(0);
      }
    expect((await here.release.getManifest(tag))?.digest).toBe((await here.staging.getManifest(tag))?.digest);
  });
});
