// SPDX-License-Identifier: Apache-2.0
// A real distribution registry on a free loopback port, for one test.

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { peerPath } from './peers.ts';
import { temporaryFolder } from './temporary.ts';

/** Starts `docker-registry` with an empty store; gives `host:port`. Stopped when the test ends. */
export async function startDockerRegistry(): Promise<string> {
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yml');
  const settings = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'store') }, delete: { enabled: true } },
    http: { addr: '127.0.0.1:0' },
  };
  await writeFile(config, JSON.stringify(settings));
  const child = spawn('docker-registry', ['serve', config], {
    env: { ...process.env, PATH: peerPath() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(async () => {
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  });
  return new Promise((resolve, reject) => {
    let log = '';
    child.once('error', reject);
    child.once('close', () => reject(new Error(`docker-registry ended: ${log}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-20_000);
      const host = /listening on (127\.0\.0\.1:[0-9]+)/.exec(log)?.[1];
      if (host !== undefined) resolve(host);
    });
  });
}
