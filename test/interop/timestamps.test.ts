// SPDX-License-Identifier: Apache-2.0
// Sigstore's own timestamp authority answers our requests, what it says is believed, and cosign goes on accepting the
// bundles that hold its timestamps.

import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { certificatesInPem, encodePem } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { requestTimestamp } from '../../src/crypto/timestamp/request.ts';
import { openRegistryImage } from '../../src/image/registry/image.ts';
import { createHttpClient } from '../../src/net/http.ts';
import { openRepository } from '../../src/oci/open.ts';
import { stampRegistryImage } from '../../src/stage/lasting/stamp.ts';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { judgeBy, keyPerson, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { hasPeers, peerPath, runPeer } from '../support/peers.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { temporaryFolder } from '../support/temporary.ts';

const missing = !hasPeers('timestamp-server', 'docker-registry', 'cosign');
const STAGES = ['author', 'security'] as const;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** The real authority: what asks it for a token, and the PEM of its CAs. */
async function authority() {
  const port = await freePort();
  const start = () => {
    const args = ['serve', '--host', '127.0.0.1', '--port', String(port), '--timestamp-signer', 'memory'];
    const env = { ...process.env, PATH: peerPath() };
    return spawn('timestamp-server', [...args, '--disable-ntp-monitoring'], { env, stdio: 'ignore' });
  };
  // It has one port for its metrics that cannot be chosen, so that a second one ends at once: then it is tried again.
  let child = start();
  onTestFinished(() => void child.kill());
  const http = createHttpClient({});
  onTestFinished(() => http.close());
  const address = `http://127.0.0.1:${port}/api/v1/timestamp`;
  const chain = await whenUp(async () => {
    if (child.exitCode !== null) child = start();
    const response = await http.send({ method: 'GET', url: new URL(`${address}/certchain`) });
    return Buffer.from(await response.bytes(100_000)).toString();
  });
  // It sends its own certificate alone.
  const anchors = certificatesInPem(chain).slice(1);
  const request = { url: new URL(address), http, clock: systemClock(), anchors };
  const stamp = (signature: Uint8Array) => requestTimestamp(signature, { ...request, now: new Date() });
  return { stamp, rootPem: anchors.map((der) => encodePem('CERTIFICATE', der)).join('') };
}

async function whenUp<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1)
    try {
      return await ask();
    } catch (error) {
      if (tries > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

describe.skipIf(missing)('the timestamp authority of Sigstore (skipped without it)', () => {
  test('stamps while signing and afterwards, and cosign accepts both', { timeout: 120_000 }, async () => {
    const { stamp, rootPem } = await authority();
    const folder = await temporaryFolder();
    const host = await startDockerRegistry();
    const access = { access: 'push', clock: systemClock(), credentials: { env: {} } } as const;
    const { repository } = await openRepository(`${host}/team/app`, access);
    const people = await Promise.all(STAGES.map((name) => keyPerson(name, 'p256')));
    const stages = STAGES.map((name) => `  - { name: ${name}, approvers: ${name} }`).join('\n');
    const judge = await judgeBy(await policyFor(people, stages, { timestamps: rootPem }), new Date());
    const { digest } = await pushOciImage(repository, { tag: 'v1' });
    const at = { repository, reference: 'v1' };
    const options = { judge, clock: systemClock() };
    const [author, security] = people;
    if (!author || !security) throw new Error('nobody');
    await signRemotely(at, { ...author, signer: { ...author.signer, stamp } }, 'author', options);
    await signRemotely(at, security, 'security', options);
    const later = await judgeBy(await policyFor(people, stages, { timestamps: rootPem }), new Date(Date.now() + 5000));
    const image = await openRegistryImage(repository, 'v1');
    const stamped = await stampRegistryImage(image, repository, { criteria: later, stamp });
    expect(stamped.map(({ what, outcome }) => `${what} ${outcome}`).toSorted()).toEqual([
      'author present',
      'security stamped',
    ]);
    const verdict = await verdictOn(at, later);
    expect(verdict.verdict).toBe('passed');
    const times = verdict.layers.filter(({ kind }) => kind === 'bundle').map(({ provenTime }) => provenTime?.proof);
    expect(times).toEqual(['timestamp', 'timestamp', 'timestamp']);
    for (const { name, publicKey } of people) {
      await writeFile(join(folder, `${name}.pub`), publicKey);
      for (const mode of ['true', 'false']) {
        const args = ['verify', '--insecure-ignore-tlog', `--new-bundle-format=${mode}`, '--key', `${name}.pub`];
        const env = { HOME: folder, TUF_ROOT: join(folder, 'tuf') };
        const { exitCode, stderr } = await runPeer('cosign', [...args, `${repository.name}@${digest}`], {
          cwd: folder,
          env,
        });
        expect(exitCode, `${name} ${mode}: ${stderr}`).toBe(0);
      }
    }
  });
});
