// SPDX-License-Identifier: Apache-2.0
// `signedIdentity` of a stage says what podman's says: the real skopeo decides each case together with us.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { openRepository } from '../../src/oci/open.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeBy, keyPerson, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, runPeer } from '../support/peers.ts';
import { plantLegacy } from '../support/plain-cosign.ts';
import { verdictOn } from '../support/registry-layers.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** Names as signed: HOST stands for the registry, DIGEST for the image's digest. */
const SIGNED = [
  'HOST/team/app',
  'HOST/team/app:v1',
  'HOST/team/app:v2',
  'HOST/team/app@DIGEST',
  'HOST/other/app:v1',
  'mirror.example.org/team/app:v1',
  'app',
  'Upper/app',
  'HOST/team/app:',
  '',
];

const RULES: readonly [string, object][] = [
  ['matchExact', { type: 'matchExact' }],
  ['matchRepoDigestOrExact', { type: 'matchRepoDigestOrExact' }],
  ['matchRepository', { type: 'matchRepository' }],
  ['{ exactReference: "HOST/team/app:v1" }', { type: 'exactReference', dockerReference: 'HOST/team/app:v1' }],
  ['{ exactRepository: "HOST/other/app" }', { type: 'exactRepository', dockerRepository: 'HOST/other/app' }],
  ['{ exactRepository: app }', { type: 'exactRepository', dockerRepository: 'app' }],
  [
    '{ remapIdentity: { prefix: "HOST", signedPrefix: mirror.example.org } }',
    { type: 'remapIdentity', prefix: 'HOST', signedPrefix: 'mirror.example.org' },
  ],
  [
    '{ remapIdentity: { prefix: HOST/te, signedPrefix: HOST/ot } }',
    { type: 'remapIdentity', prefix: 'HOST/te', signedPrefix: 'HOST/ot' },
  ],
];

interface Case {
  readonly rule: string;
  readonly signed: string;
  readonly asked: string;
  readonly passed: boolean;
}

describe.skipIf(!hasPeers('docker-registry', 'skopeo'))('signedIdentity (skipped without skopeo)', () => {
  test('means what it means to skopeo', { timeout: 180_000 }, async () => {
    const folder = await temporaryFolder();
    const host = await startDockerRegistry();
    const options = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    const { repository } = await openRepository(`${host}/team/app`, options);
    const author = await keyPerson('author', 'p256');
    await writeFile(join(folder, 'author.pub'), author.publicKey);
    await mkdir(join(folder, 'registries.d'));
    await writeFile(
      join(folder, 'registries.d', 'default.yaml'),
      `docker:\n  "${host}":\n    use-sigstore-attachments: true\n`,
    );
    const image = await pushOciImage(repository, { tag: 'v1' });
    const real = (text: string): string => text.replaceAll('HOST', host).replaceAll('DIGEST', image.digest);
    const ours: Case[] = [];
    const theirs: Case[] = [];
    for (const signed of SIGNED) {
      const payload = {
        critical: {
          identity: { 'docker-reference': real(signed) },
          image: { 'docker-manifest-digest': image.digest },
          type: 'cosign container image signature',
        },
        optional: null,
      };
      await plantLegacy(repository, image, [{ person: author, payload: utf8(JSON.stringify(payload)) }]);
      for (const [rule, podman] of RULES) {
        const stages = `  - { name: author, approvers: [author], native: cosign, signedIdentity: ${real(rule)} }`;
        const judge = await judgeBy(await policyFor([author], stages));
        const requirement = { type: 'sigstoreSigned', keyPath: join(folder, 'author.pub'), signedIdentity: podman };
        const policy = { default: [{ type: 'reject' }], transports: { docker: { [host]: [requirement] } } };
        await writeFile(join(folder, 'policy.json'), real(JSON.stringify(policy)));
        for (const asked of ['v1', image.digest]) {
          const { verdict } = await verdictOn({ repository, reference: asked }, judge);
          ours.push({ rule, signed, asked, passed: verdict === 'passed' });
          const { exitCode } = await runPeer('skopeo', skopeoArgs(folder, `${host}/team/app`, asked), { cwd: folder });
          theirs.push({ rule, signed, asked, passed: exitCode === 0 });
        }
      }
    }
    expect(ours).toEqual(theirs);
    expect(theirs.filter(({ passed }) => passed).length).toBeGreaterThan(15);
  });
});

function skopeoArgs(folder: string, repository: string, asked: string): readonly string[] {
  const reference = `${repository}${asked.startsWith('sha256:') ? '@' : ':'}${asked}`;
  return [
    '--policy',
    join(folder, 'policy.json'),
    '--registries.d',
    join(folder, 'registries.d'),
    'copy',
    '--remove-signatures',
    '--src-tls-verify=false',
    `docker://${reference}`,
    `dir:${join(folder, 'copy')}`,
  ];
}
