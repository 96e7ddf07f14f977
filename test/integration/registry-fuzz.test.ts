// SPDX-License-Identifier: Apache-2.0
// A registry whose answers are damaged at random: the verdict about what is there, or an error of ours; never a verdict
// about something else, and never a pass of an image without its approval.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { CountersignError } from '../../src/base/errors.ts';
import { DEFAULT_RETRY } from '../../src/net/retry.ts';
import { judgeBy, keyPerson, policyFor } from '../support/layers.ts';
import { pushOciImage } from '../support/oci-images.ts';
import { signRemotely, verdictOn } from '../support/registry-layers.ts';
import { openIn, startRegistry } from '../support/registry-session.ts';

const ROUNDS = 80;

/** The same numbers in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const HEADERS = ['content-type', 'docker-content-digest', 'content-length', 'link', 'etag', 'location'] as const;
const VALUES = ['', 'x', '-1', 'text/html', 'application/vnd.oci.image.index.v1+json', '</v2/>; rel="next"'] as const;

/** Damages the answer to one request: its status, a header, or bytes of its body. */
function damage(response: ServerResponse, random: (below: number) => number): void {
  const how = random(4);
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  const header = HEADERS[random(HEADERS.length)] ?? 'etag';
  const value = VALUES[random(VALUES.length)] ?? '';
  const at = random(1_000_000);
  const status = [200, 204, 206, 301, 400, 401, 404, 416, 429, 500][random(10)];
  if (how < 2)
    Object.assign(response, {
      writeHead: (given: number, headers: object = {}): unknown =>
        Reflect.apply(writeHead, undefined, how === 0 ? [status, headers] : [given, { ...headers, [header]: value }]),
    });
  else
    Object.assign(response, {
      end: (chunk: Uint8Array | string = ''): unknown => {
        const bytes = Buffer.from(chunk);
        const place = at % Math.max(1, bytes.length);
        if (how === 2 && bytes.length > 0) bytes[place] = (bytes[place] ?? 0) ^ (1 << (at % 8));
        return Reflect.apply(end, undefined, [how === 2 ? bytes : bytes.subarray(0, place)]);
      },
    });
}

test.each([
  ['its own list of referrers', { referrersApi: true }],
  ['a shared tag', {}],
] as const)('damaged answers of a registry with %s mislead nobody', async (_, options) => {
  const registry = await startRegistry(options);
  const author = await keyPerson('author', 'p256');
  const criteria = await judgeBy(await policyFor([author], '  - { name: author, approvers: [author] }'));
  const writing = await openIn(registry);
  const approved = await pushOciImage(writing, { tag: 'approved' });
  const bare = await pushOciImage(writing, { tag: 'bare', label: 'another' });
  await signRemotely({ repository: writing, reference: approved.digest }, author, 'author', { judge: criteria });
  const random = numbers(1);
  const seen = { passed: 0, failed: 0, errors: 0 };
  for (let round = 0; round < ROUNDS; round += 1) {
    const target = random(8);
    let at = 0;
    registry.intercept = (_request: IncomingMessage, response: ServerResponse) => {
      if (at === target) damage(response, random);
      at += 1;
      return false;
    };
    const image = round % 4 === 0 ? bare : approved;
    const reference = round % 2 === 0 ? image.digest : round % 4 === 0 ? 'bare' : 'approved';
    const retry = { ...DEFAULT_RETRY, retries: 0 };
    const repository = await openIn(registry, { access: 'pull', retry, idleTimeoutMs: 150, connectTimeoutMs: 500 });
    try {
      const verdict = await verdictOn({ repository, reference }, criteria);
      if (verdict.verdict === 'passed') {
        expect(image).toBe(approved);
        expect(verdict.name).toContain(approved.digest);
      }
      seen[verdict.verdict] += 1;
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      seen.errors += 1;
    }
  }
  registry.intercept = undefined;
  expect(seen.passed).toBeGreaterThan(5);
  expect(seen.errors).toBeGreaterThan(5);
});
