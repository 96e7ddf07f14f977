// SPDX-License-Identifier: Apache-2.0
// How long does a policy with very many people take? Loads one in which all have a bare key as PEM text, and one in which
// they have fingerprints; verifies many SIF files by the latter, each approved by two of them at two stages.
//   --people N --images N   20,000 and 300 unless given

import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createVerifier } from '../src/crypto/lazy-verifier.ts';
import { createCriteria, verifySifFile } from '../src/image/verify.ts';
import { loadPolicy } from '../src/policy/document/load.ts';
import { keyPerson, NOW, signAs } from '../test/support/layers.ts';
import { typicalSif } from '../test/support/sif-builder.ts';

const { values } = parseArgs({
  options: { people: { type: 'string', default: '20000' }, images: { type: 'string', default: '300' } },
});
const people = Number(values.people);
const images = Number(values.images);
const folder = await mkdtemp(join(tmpdir(), 'countersign-people-'));

function fingerprint(index: number): string {
  return `A${index.toString(16).toUpperCase().padStart(39, '0')}`;
}

/** A line of a policy: somebody with a key of their own. */
function withKey(name: string): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const lines = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim().split('\n');
  return [`  ${name}:`, '    key: |', ...lines.map((line) => `      ${line}`)].join('\n');
}

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  const [clock, processor] = [(performance.now() - started) / 1000, (user + system) / 1e6];
  process.stdout.write(`${what}: ${clock.toFixed(2)} s, of the processor ${processor.toFixed(2)} s\n`);
  return result;
}

async function load(path: string, what: string) {
  await timed(`${people} ${what}, loaded for the first time`, () => loadPolicy(path));
  const policy = await timed(`${people} ${what}, loaded again`, () => loadPolicy(path));
  await timed(`${people} ${what}, made a verifier of`, () => createVerifier(policy.trust));
  return policy;
}

try {
  const author = await keyPerson('author', 'p256');
  const reviewer = await keyPerson('reviewer', 'p256');
  for (const { name, publicKey } of [author, reviewer]) await writeFile(join(folder, `${name}.pub`), publicKey);
  const names = Array.from({ length: people - 2 }, (_, index) => `person${index}`);
  const policyOf = (written: readonly string[]) =>
    [
      'version: 1',
      'name: many',
      'principals:',
      ...written,
      '  author: { key: author.pub }',
      '  reviewer: { key: reviewer.pub }',
      `teams: { everybody: [${[...names, 'author', 'reviewer'].join(', ')}] }`,
      'stages:',
      '  - { name: author, approvers: [everybody] }',
      '  - { name: security, approvers: [everybody] }',
      'distinct: [[author, security]]',
    ].join('\n');
  const [byKey, byFingerprint] = [join(folder, 'keys.yaml'), join(folder, 'countersign.yaml')];
  await writeFile(byKey, policyOf(names.map(withKey)));
  await writeFile(byFingerprint, policyOf(names.map((name, index) => `  ${name}: { pgp: ${fingerprint(index)} }`)));
  await load(byKey, 'people with keys in the policy');
  const policy = await load(byFingerprint, 'people with fingerprints');
  const criteria = await createCriteria({ policy, now: NOW });
  const paths = Array.from({ length: images }, (_, index) => join(folder, `${index}.sif`));
  for (const [index, image] of paths.entries()) {
    await writeFile(image, typicalSif(1000 + index).bytes());
    await signAs(image, author, 'author', criteria);
    await signAs(image, reviewer, 'security', criteria);
  }
  const passed = await timed(`${images} images, verified`, async () => {
    let count = 0;
    for (const image of paths) count += (await verifySifFile(image, criteria)).verdict.verdict === 'passed' ? 1 : 0;
    return count;
  });
  process.stdout.write(`${passed} of ${images} passed\n`);
  process.exitCode = passed === images ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
