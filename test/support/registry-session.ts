// SPDX-License-Identifier: Apache-2.0
// A registry and an opened repository in it for one test, with a clock that does not really wait.

import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { sha256 } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import { memoryBlob } from '../../src/oci/referrers/bundles.ts';
import { EMPTY_CONFIG, makeManifest } from '../../src/oci/manifest.ts';
import { type OpenOptions, openRepository } from '../../src/oci/open.ts';
import { type Manifest, MEDIA_TYPE, type Repository } from '../../src/oci/oci.ts';
import { type RegistryOptions, TestRegistry } from './registry-server.ts';

export interface TestClock extends Clock {
  /** Every wait so far, milliseconds. */
  readonly waits: number[];
  nowMs(): number;
  advance(ms: number): void;
}

/** Time moves only when somebody sleeps; sleeping takes one turn of the event loop. */
export function testClock(startMs = 1_800_000_000_000): TestClock {
  let now = startMs;
  const waits: number[] = [];
  return {
    waits,
    nowMs: () => now,
    advance: (ms) => {
      now += ms;
    },
    random: () => 0.5,
    async sleep(ms) {
      waits.push(ms);
      now += ms;
      await new Promise((resolve) => setTimeout(resolve, 1));
    },
  };
}

export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const registry = await TestRegistry.start(options);
  onTestFinished(() => registry[Symbol.asyncDispose]());
  return registry;
}

export interface SessionOptions extends Partial<OpenOptions> {
  readonly name?: string;
  readonly user?: string;
  readonly password?: string;
}

/** A repository of a test registry. */
export async function openIn(registry: Pick<TestRegistry, 'host'>, options: SessionOptions = {}): Promise<Repository> {
  const { name = 'team/app', user, password, ...rest } = options;
  const opened = await openRepository(`${registry.host}/${name}`, {
    access: 'push',
    clock: testClock(),
    credentials: { env: {}, username: user, password: password === undefined ? undefined : new Secret(password) },
    retry: DEFAULT_RETRY,
    connectTimeoutMs: 2000,
    idleTimeoutMs: 2000,
    ...rest,
  });
  onTestFinished(() => opened[Symbol.asyncDispose]());
  return opened.repository;
}

/** Bytes that differ everywhere, the same in every run. */
export function someBytes(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}

/** An image with one layer, pushed under a tag; gives its manifest. */
export async function pushImage(repository: Repository, tag: string, layer = someBytes(1000)): Promise<Manifest> {
  await repository.pushBlob(EMPTY_CONFIG.digest, memoryBlob(EMPTY_CONFIG.bytes));
  await repository.pushBlob(sha256(layer), memoryBlob(layer));
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: 'application/octet-stream', size: layer.length, digest: sha256(layer) }],
  };
  const manifest = makeManifest(new TextEncoder().encode(JSON.stringify(document)), MEDIA_TYPE.manifest);
  await repository.putManifest(manifest, tag);
  return manifest;
}

/** A manifest that refers to another one and is told apart by its label. */
export function referrerTo(subject: Manifest, label: string): Manifest {
  const document = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    artifactType: 'application/vnd.test',
    config: { mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest },
    layers: [{ mediaType: MEDIA_TYPE.empty, size: 2, digest: EMPTY_CONFIG.digest }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.bytes.length },
    annotations: { label },
  };
  return makeManifest(new TextEncoder().encode(JSON.stringify(document)), MEDIA_TYPE.manifest);
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
