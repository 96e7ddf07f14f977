// SPDX-License-Identifier: Apache-2.0
// Starts a real distribution registry on a free loopback port, for tests and scripts.

import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { peerPath } from './peers.ts';

export interface RegistryProcess {
  /** `host:port`. */
  readonly host: string;
  stop(): Promise<void>;
}

/** Starts `docker-registry` with an empty store in a folder; the caller stops it. By itself it deletes nothing. */
export async function launchRegistry(folder: string, { mayDelete = true } = {}): Promise<RegistryProcess> {
  const config = join(folder, 'config.yml');
  const settings = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'store') }, delete: { enabled: mayDelete } },
    http: { addr: '127.0.0.1:0' },
  };
  await writeFile(config, JSON.stringify(settings));
  const child = spawn('docker-registry', ['serve', config], {
    env: { ...process.env, PATH: peerPath() },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const host = await new Promise<string>((resolve, reject) => {
    let log = '';
    child.once('error', reject);
    child.once('close', () => reject(new Error(`docker-registry ended: ${log}`)));
    child.stderr.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-20_000);
      const found = /listening on (127\.0\.0\.1:[0-9]+)/.exec(log)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    host,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
