// SPDX-License-Identifier: Apache-2.0
// The repository from which clients learn what a Sigstore instance's services are, for our client and those of others.

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { onTestFinished } from 'vitest';
import { sha256Hex } from '../../src/base/bytes.ts';

const DAY = 86_400_000;

/** Members in order, without spaces, as TUF signs them. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** A TUF repository with keys of its own; its files are made anew when they are asked for. */
export class TufRepository {
  readonly #key: KeyObject;
  readonly #keyid: string;
  readonly #public: object;
  readonly asked: string[] = [];
  /** Called before an answer. */
  onAsked: ((path: string) => void) | undefined;
  version = 1;
  expires = new Date(Date.now() + DAY);
  target: string;
  /** What is sent in place of the target. */
  sent: string | undefined;
  status = 200;

  constructor(target: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.#key = privateKey;
    const hex = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    this.#public = { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: hex } };
    this.#keyid = sha256Hex(Buffer.from(canonical(this.#public)));
    this.target = target;
  }

  root(): string {
    const role = { keyids: [this.#keyid], threshold: 1 };
    const keys = { [this.#keyid]: this.#public };
    const roles = { root: role, timestamp: role, snapshot: role, targets: role };
    return this.#signed(
      { _type: 'root', version: 1, keys, roles, consistent_snapshot: true },
      new Date(Date.now() + DAY),
    );
  }

  file(path: string): string | undefined {
    const { version } = this;
    const digest = sha256Hex(Buffer.from(this.target));
    const target = { length: Buffer.byteLength(this.target), hashes: { sha256: digest } };
    const targets = this.#signed({ _type: 'targets', version, targets: { 'trusted_root.json': target } });
    const snapshot = this.#signed({ _type: 'snapshot', version, meta: { 'targets.json': this.#meta(targets) } });
    const files: Readonly<Record<string, string>> = {
      '/timestamp.json': this.#signed({ _type: 'timestamp', version, meta: { 'snapshot.json': this.#meta(snapshot) } }),
      [`/${version}.snapshot.json`]: snapshot,
      [`/${version}.targets.json`]: targets,
      [`/targets/${digest}.trusted_root.json`]: this.sent ?? this.target,
    };
    return files[path];
  }

  #meta(text: string): object {
    return { version: this.version, length: Buffer.byteLength(text), hashes: { sha256: sha256Hex(Buffer.from(text)) } };
  }

  #signed(content: object, expires = this.expires): string {
    const signed = { spec_version: '1.0.31', expires: `${expires.toISOString().slice(0, 19)}Z`, ...content };
    const sig = sign(null, Buffer.from(canonical(signed)), this.#key).toString('hex');
    return JSON.stringify({ signed, signatures: [{ keyid: this.#keyid, sig }] });
  }

  /** Serves it until the test ends. */
  async serve(): Promise<{ readonly mirror: string; readonly server: Server }> {
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      this.asked.push(path);
      this.onAsked?.(path);
      const file = this.file(path);
      response.writeHead(file === undefined ? 404 : this.status).end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const address = server.address();
    return { server, mirror: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` };
  }
}
