// SPDX-License-Identifier: Apache-2.0
// The real tools that our output must satisfy: from PATH, else installed by ../shared/tools/peers.sh. Tests that need
// one skip, and say so in their title, when it is not there.

import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { sharedPath } from './shared.ts';

export type Peer =
  | 'apptainer'
  | 'siftool'
  | 'cosign'
  | 'skopeo'
  | 'oras'
  | 'crane'
  | 'regctl'
  | 'notation'
  | 'bash'
  | 'docker-registry'
  | 'fulcio'
  | 'rekor-server-posix-2.3.0'
  | 'timestamp-server'
  | 'rekor-server'
  | 'trillian_log_server'
  | 'trillian_log_signer'
  | 'mariadbd'
  | 'gh'
  | 'gpg'
  | 'gpgconf'
  | 'p11-kit'
  | 'pkcs11-tool'
  | 'softhsm2-util'
  | 'strace'
  | 'ssh-keygen'
  | 'openssl'
  | 'unsquashfs'
  | 'opa'
  | 'conftest'
  | 'munged'
  | 'slurmctld'
  | 'slurmd'
  | 'srun'
  | 'setpriv'
  | 'kyverno'
  | 'policy-tester';

export interface PeerResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PeerOptions {
  readonly cwd?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly timeoutMs?: number;
}

const INSTALL_TIMEOUT_MS = 170_000;
const RUN_TIMEOUT_MS = 120_000;

let searchPath: string | undefined;

/** PATH with the peers' folder in front; installs them once per machine when the installer is at hand. */
export function peerPath(): string {
  searchPath ??= findPath();
  return searchPath;
}

function findPath(): string {
  const own = process.env['PATH'] ?? '';
  const script = sharedPath('tools/peers.sh');
  if (onPath('apptainer', own) && onPath('siftool', own) && onPath('cosign', own)) return own;
  if (!existsSync(script)) return own;
  const { status, stdout } = spawnSync(script, { encoding: 'utf8', timeout: INSTALL_TIMEOUT_MS });
  return status === 0 ? `${stdout.trim()}${delimiter}${own}` : own;
}

function onPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** True when all of these tools can be run. */
export function hasPeers(...peers: readonly Peer[]): boolean {
  return peers.every((peer) => onPath(peer, peerPath()));
}

/** Runs a tool to its end. */
export async function runPeer(peer: Peer, args: readonly string[], options: PeerOptions = {}): Promise<PeerResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(peer, args, {
      cwd: options.cwd,
      env: { ...process.env, PATH: peerPath(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? RUN_TIMEOUT_MS,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        exitCode: code ?? -1,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }),
    );
    child.stdin.end(options.input ?? '');
  });
}
