// SPDX-License-Identifier: Apache-2.0
// Foreign configurations, as raw texts, against the real skopeo: what it refuses as a whole is refused, the same scope
// counts, and nothing is allowed that it denies. What cannot be told is counted.

import { createPublicKey } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { readInstalledContainers } from '../../src/gates/containers/installed.ts';
import { judgeRegistryImage } from '../../src/gates/containers/simulate.ts';
import { GateError } from '../../src/gates/errors.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { openRepository } from '../../src/oci/open.ts';
import { FOREIGN_POLICIES, FOREIGN_REGISTRIES } from '../support/foreign-containers.ts';
import { keyPerson, type Person } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { plantLegacy } from '../support/plain-cosign.ts';
import { type RegistryProcess, launchRegistry } from '../support/registry-process.ts';

const missing = !hasPeers('docker-registry', 'skopeo');

describe.skipIf(missing)('foreign configurations (skipped without skopeo and docker-registry)', () => {
  let folder = '';
  let registry: RegistryProcess;
  let repository: Repository;
  let ann: Person;
  let made = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'countersign-foreign-'));
    registry = await launchRegistry(folder);
    ann = await keyPerson('ann', 'p256');
    const other = await keyPerson('other', 'p256');
    await writeFile(join(folder, 'ann.pub'), ann.publicKey);
    await writeFile(join(folder, 'other.pub'), other.publicKey);
    await writeFile(join(folder, 'later.pub'), `${other.publicKey}${ann.publicKey}`);
    await writeFile(join(folder, 'ann.der'), createPublicKey(ann.publicKey).export({ type: 'spki', format: 'der' }));
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    repository = (await openRepository(`${registry.host}/team/app`, options)).repository;
    const image = await pushOciImage(repository, { tag: 'v1' });
    const critical = {
      identity: { 'docker-reference': repository.name },
      image: { 'docker-manifest-digest': image.digest },
      type: 'cosign container image signature',
    };
    const payload = utf8(JSON.stringify({ critical, optional: null }));
    await plantLegacy(repository, image, [{ person: ann, payload, annotations: {} }]);
  });

  afterAll(async () => {
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  function filled(text: string): string {
    const data = Buffer.from(ann.publicKey).toString('base64');
    return text
      .replaceAll('REPO', repository.name)
      .replaceAll('HOST', registry.host)
      .replaceAll('PORTLESS', `*.${registry.host.replace(/:.*/, '').split('.').slice(1).join('.')}`)
      .replaceAll('KEY', join(folder, 'ann.pub'))
      .replaceAll('OTHER', join(folder, 'other.pub'))
      .replaceAll('LATER', join(folder, 'later.pub'))
      .replaceAll('DER', join(folder, 'ann.der'))
      .replaceAll('DATA', data)
      .replaceAll('LINES', data.replace(/.{64}/g, '$&\\n'));
  }

  /** What skopeo and what we make of the files: allowed, denied, or ours that it cannot be told. */
  async function bothOf(policy: string, registries: readonly string[]) {
    const etc = join(folder, `etc-${made++}`);
    await mkdir(join(etc, 'registries.d'), { recursive: true });
    await writeFile(join(etc, 'policy.json'), filled(policy));
    for (const [index, text] of registries.entries())
      await writeFile(join(etc, 'registries.d', `${index}.yaml`), filled(text));
    const flags = ['--policy', join(etc, 'policy.json'), '--registries.d', join(etc, 'registries.d')];
    const names = [`docker://${repository.name}:v1`, `dir:${join(etc, 'copy')}`];
    const args = ['copy', '--remove-signatures', '--src-tls-verify=false', ...names];
    const { exitCode, stderr } = await runPeer('skopeo', [...flags, ...args], { cwd: folder });
    return { real: exitCode === 0 ? 'allowed' : 'denied', stderr, ...(await oursOf(etc)) };
  }

  async function oursOf(etc: string): Promise<{ readonly ours: string; readonly why: string }> {
    try {
      const gate = await readInstalledContainers(etc);
      const image = await openRegistryImage(repository, 'v1');
      const { verdict, reasons } = await judgeRegistryImage(
        image,
        { name: repository.name, tag: 'v1' },
        { gate, now: new Date() },
      );
      return { ours: verdict, why: reasons.map(({ message }) => message).join('; ') };
    } catch (error) {
      if (!(error instanceof GateError)) throw error;
      return { ours: error.code === 'GATE_CONFIGURATION_UNREAD' ? 'unknown' : 'denied', why: error.message };
    }
  }

  async function differences(cases: readonly (readonly [string, readonly string[]])[]) {
    const found: unknown[] = [];
    const counts = { allowed: 0, denied: 0, unknown: 0 };
    for (const [policy, registries] of cases) {
      const { real, stderr, ours, why } = await bothOf(policy, registries);
      if (real === 'allowed' || real === 'denied') counts[real] += 1;
      if (ours === 'unknown') counts.unknown += 1;
      else if (real !== ours) found.push({ policy, registries, real, stderr, ours, why });
    }
    return { found, counts };
  }

  test('policy.json is taken and refused as by skopeo', async () => {
    const on = ['default-docker:\n  use-sigstore-attachments: true\n'];
    const { found, counts } = await differences(FOREIGN_POLICIES.map((policy) => [policy, on] as const));
    expect(found).toEqual([]);
    expect(FOREIGN_POLICIES.length).toBeGreaterThan(75);
    expect(counts.allowed).toBeGreaterThan(25);
    // A key that another reader than PEM’s would take, and `signedBy`.
    expect(counts.unknown).toBeLessThan(8);
  });

  test('registries.d is taken and refused as by skopeo', async () => {
    const policy =
      '{"default":[{"type":"sigstoreSigned","keyPath":"KEY","signedIdentity":{"type":"matchRepository"}}]}';
    const { found, counts } = await differences(FOREIGN_REGISTRIES.map((texts) => [policy, texts] as const));
    expect(found).toEqual([]);
    expect(FOREIGN_REGISTRIES.length).toBeGreaterThan(45);
    expect(counts.allowed).toBeGreaterThan(15);
    // YAML that its readers take differently, and folders beside the registry.
    expect(counts.unknown).toBeLessThan(16);
  });
});
