// SPDX-License-Identifier: Apache-2.0
// A real Rekor of version 1 on free ports of this machine, with the Trillian log and the database that it needs.
// `go install` builds the programs: github.com/sigstore/rekor/cmd/rekor-server@v1.5.0 and
// github.com/google/trillian/cmd/{trillian_log_server,trillian_log_signer}@v1.8.0. Trillian's storage/mysql/schema/storage.sql
// lies beside them as trillian.sql; mariadbd is the distribution's.

import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { hasPeers, peerPath } from './peers.ts';
import { fetched, freePort, run } from './real-sigstore.ts';

/** The tables of Trillian, which lie beside its programs. */
function schema(): string {
  const folders = peerPath().split(delimiter);
  return folders.map((folder) => join(folder, 'trillian.sql')).find((path) => existsSync(path)) ?? '';
}

/** True when all that it needs can be run. */
export function hasRekor(): boolean {
  return hasPeers('mariadbd', 'trillian_log_server', 'trillian_log_signer', 'rekor-server') && schema() !== '';
}

/** Where it answers, and its key, SPKI in DER. */
export interface RealRekor {
  readonly url: string;
  readonly spki: Uint8Array;
}

/** Starts it; stopped when the test ends. */
export async function startRealRekor(folder: string): Promise<RealRekor> {
  const [database = 0, log = 0, logHttp = 0, signer = 0, signerHttp = 0, rekor = 0] = await Promise.all(
    Array.from({ length: 6 }, freePort),
  );
  await startDatabase(join(folder, 'database'), database);
  const shared = [
    '--storage_system=mysql',
    '--quota_system=noop',
    `--mysql_uri=root@tcp(127.0.0.1:${database})/trillian`,
  ];
  const at = (port: number) => `127.0.0.1:${port}`;
  run('trillian_log_server', [...shared, `--rpc_endpoint=${at(log)}`, `--http_endpoint=${at(logHttp)}`]);
  run('trillian_log_signer', [
    ...shared,
    `--rpc_endpoint=${at(signer)}`,
    `--http_endpoint=${at(signerHttp)}`,
    '--force_master',
    '--sequencer_interval=100ms',
  ]);
  await fetched(`http://${at(logHttp)}/metrics`);
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = join(folder, 'rekor-v1.pem');
  await writeFile(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const endpoints = 'getLogInfo,getPublicKey,getLogProof,createLogEntry,getLogEntryByIndex,getLogEntryByUUID';
  run('rekor-server', [
    'serve',
    '--host',
    '127.0.0.1',
    '--port',
    String(rekor),
    '--rekor_server.hostname',
    '127.0.0.1',
    '--rekor_server.signer',
    key,
    '--trillian_log_server.port',
    String(log),
    '--enabled_api_endpoints',
    endpoints,
  ]);
  const url = `http://${at(rekor)}`;
  await fetched(`${url}/api/v1/log`);
  return { url, spki: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })) };
}

async function startDatabase(folder: string, port: number): Promise<void> {
  await mkdir(folder);
  const options = ['--no-defaults', '--user=root', `--datadir=${folder}`];
  const tables = `create database trillian;\nuse trillian;\n${readFileSync(schema(), 'utf8')}`;
  const made = spawnSync('mariadbd', [...options, '--bootstrap'], {
    env: { ...process.env, PATH: peerPath() },
    input: tables,
    timeout: 60_000,
  });
  if (made.status !== 0) throw new Error(`the database cannot be made: ${made.stderr.toString().slice(-500)}`);
  run('mariadbd', [
    ...options,
    '--skip-grant-tables',
    '--skip-networking=0',
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${join(folder, 's')}`,
  ]);
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries === 100) throw new Error('the database does not come up');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => resolve(false)).on('connect', () => resolve(true));
    socket.on('connect', () => socket.destroy());
  });
}
