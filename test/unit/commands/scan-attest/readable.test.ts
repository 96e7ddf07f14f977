// SPDX-License-Identifier: Apache-2.0
// Whatever scan-attest accepts, the verifier reads; what it could not read is refused before anything is written.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { command as scanAttest } from '../../../../src/commands/scan-attest/scan-attest.ts';
import { storeRegistryEvidence } from '../../../../src/commands/evidence/registry.ts';
import { command as signStage } from '../../../../src/commands/sign-stage/sign-stage.ts';
import { command as verifyAll } from '../../../../src/commands/verify-all/verify-all.ts';
import type { Command } from '../../../../src/commands/spec.ts';
import { readSigned } from '../../../../src/image/open-bundles.ts';
import { CountersignError } from '../../../../src/base/errors.ts';
import { utf8 } from '../../../../src/base/bytes.ts';
import { LIMITS } from '../../../../src/base/limits.ts';
import { LayoutIndex } from '../../../../src/oci/layout/index.ts';
import { LayoutRepository } from '../../../../src/oci/layout/layout.ts';
import { parsePredicate } from '../../../../src/scan/predicate.ts';
import { parseSbom } from '../../../../src/scan/read/sbom.ts';
import { encodeBundle } from '../../../../src/attest/sign.ts';
import { encodeStatement, IN_TOTO_PAYLOAD_TYPE, parseStatement } from '../../../../src/attest/statement.ts';
import { FakeHost } from '../../../support/fake-host.ts';
import { keyPerson, NOW, type Person } from '../../../support/layers.ts';
import { pushOciImage } from '../../../support/oci-images.ts';
import { testClock } from '../../../support/registry-session.ts';
import { runCommand } from '../../../support/run-command.ts';
import { PROJECT } from '../../../support/sources.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

const TYPE = 'https://in-toto.io/attestation/test-result/v0.1';
const SIGNING = { 'signing-method': 'key', 'key-path': 'kim.pem' };
const PREDICATE = { 'predicate-type': TYPE, 'predicate-path': 'it.json' };
const SBOM = { 'sbom-path': 'it.json' };
/** Where the evidence goes, and which file shows that nothing was written. */
const PLACES = [
  ['a file', 'a.sif', 'a.sif'],
  ['a layout folder', 'images', 'images/index.json'],
] as const;

let folder = '';
let kim: Person;

beforeEach(async () => {
  folder = await temporaryFolder();
  kim = await keyPerson('kim', 'p256');
  await copyFile(join(PROJECT, 'assets/demo/hello.sif'), join(folder, 'a.sif'));
  const layout = join(folder, 'images');
  await pushOciImage(new LayoutRepository(layout, await LayoutIndex.create(layout, testClock())), { tag: 'v1' });
  await writeFile(join(folder, 'kim.pem'), kim.privateKey, { mode: 0o600 });
  await writeFile(join(folder, 'kim.pub'), kim.publicKey);
});

async function run(command: Command, texts: Readonly<Record<string, string>>) {
  await using host = new FakeHost({ cwd: folder, now: NOW });
  return runCommand(command, texts, host);
}

/** A document whose deepest value is a text at this depth. */
function document(depth: number, start = ''): string {
  return `{${start}"a":${'['.repeat(depth - 1)}"x"${']'.repeat(depth - 1)}}`;
}

const CYCLONE = '"bomFormat":"CycloneDX","specVersion":"1.6",';

describe.each(PLACES)('evidence on %s', (_place, subject, shown) => {
  const inputs = { 'subject-path': subject, ...SIGNING };

  test.each([
    ['predicate', PREDICATE, ''],
    ['SBOM', SBOM, CYCLONE],
  ])('a %s as deep as accepted is read by the verifier', async (_what, texts, start) => {
    await writeFile(join(folder, 'it.json'), document(LIMITS.evidenceDepth, start));
    await run(scanAttest, { ...inputs, ...texts });
    await run(signStage, { ...inputs, stage: 'author' });
    const { outputs, json } = await run(verifyAll, { 'subject-path': subject, 'public-key': 'kim.pub' });
    expect(outputs['verdict']).toBe('passed');
    expect(json).toMatchObject({ images: [{ evidence: [{ status: 'valid' }] }] });
  });

  test.each([LIMITS.evidenceDepth + 1, 62, 63, 64])('nesting of %i is refused early', async (depth) => {
    const before = await readFile(join(folder, shown));
    for (const [texts, start] of [[PREDICATE, ''] as const, [SBOM, CYCLONE] as const]) {
      await writeFile(join(folder, 'it.json'), document(depth, start));
      for (const signing of [inputs, { 'subject-path': subject, 'bundle-folder': 'out' }])
        await expect(run(scanAttest, { ...signing, ...texts })).rejects.toMatchObject({
          code: 'DATA_JSON_INVALID',
          message: expect.stringMatching(/^it\.json: nested deeper than 60 at offset/),
        });
    }
    expect(await readFile(join(folder, shown))).toEqual(before);
  });

  test.each([['-0'], ['1e-400'], ['12345678901234567890']])(
    'an SBOM with the number %s would be signed as another one',
    async (number) => {
      await writeFile(join(folder, 'it.json'), `{${CYCLONE}"x":${number}}`);
      await expect(run(scanAttest, { ...inputs, ...SBOM })).rejects.toMatchObject({
        code: 'DATA_JSON_INVALID',
        message: expect.stringContaining(`the number ${number}`),
      });
    },
  );

  test('a bundle slightly larger than readers take is refused', async () => {
    const before = await readFile(join(folder, shown));
    // What the subjects and the key add makes it too large.
    const size = (LIMITS.bundleBytes * 3) / 4 - 50;
    await writeFile(join(folder, 'it.json'), JSON.stringify({ text: 'x'.repeat(size) }));
    for (const store of ['auto', 'file'])
      await expect(run(scanAttest, { ...inputs, ...PREDICATE, store })).rejects.toMatchObject({
        code: 'STAGE_LAYER_UNREADABLE',
      });
    expect(await readFile(join(folder, shown))).toEqual(before);
  });
});

test('one statement that cannot be read keeps all others from being attached', async () => {
  const path = join(folder, 'images');
  const repository = new LayoutRepository(path, await LayoutIndex.open(path, testClock()));
  const statements = [{ ok: 1 }, JSON.parse(document(LIMITS.jsonDepth))].map((predicate) => ({
    label: 'predicate',
    predicateType: TYPE,
    predicate,
  }));
  const before = await readFile(join(path, 'index.json'));
  const storing = storeRegistryEvidence({
    repository,
    reference: { in: 'layout', folder: path, tag: 'v1', digest: undefined },
    statements,
    signer: kim.signer,
    now: NOW,
    beside: false,
    folder: undefined,
    defaultFolder: folder,
  });
  await expect(storing).rejects.toMatchObject({ code: 'STAGE_LAYER_UNREADABLE' });
  expect(await readFile(join(path, 'index.json'))).toEqual(before);
});

test.each([
  ['reason', 'x'.repeat(4097), 'reason has 4097 characters; the limit is 4096'],
  ['ticket', 'x'.repeat(100_000), 'ticket has 100000 characters; the limit is 4096'],
  ['expires-in', '999999999999d', 'expires-in ends after the year 9999'],
  ['expires-in', '3000000d', 'expires-in ends after the year 9999'],
])('%s: what no approval can hold is refused', async (name, value, message) => {
  const signing = run(signStage, { 'subject-path': 'a.sif', ...SIGNING, stage: 'author', [name]: value });
  await expect(signing).rejects.toMatchObject({ code: 'USAGE_INVALID_INPUT', message });
});

/** JSON texts near what is accepted: odd numbers, deep nesting, repeated and strange keys. */
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value.toPrecision(17)),
  fc.bigInt().map(String),
  fc.constantFrom('-0', '1e-400', '1e400', '0.1', '1E5', '100', '9.80'),
);
const texts = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => JSON.stringify(text));
const scalars = fc.oneof(numbers, texts, fc.constantFrom('null', 'true', '"\\ud800"', '"__proto__"'));
const deep = fc
  .tuple(scalars, fc.integer({ min: 1, max: 66 }), fc.boolean())
  .map(([value, depth, list]) =>
    list ? `${'['.repeat(depth)}${value}${']'.repeat(depth)}` : `${'{"a":'.repeat(depth)}${value}${'}'.repeat(depth)}`,
  );
const keys = fc.oneof(texts, fc.constantFrom('"__proto__"', '"toJSON"', '"countersign"', '"_type"', '"1"'));
const documents = fc
  .array(fc.tuple(keys, fc.oneof(scalars, deep)), { maxLength: 4 })
  .map((members) => `{${members.map(([key, value]) => `${key} : ${value}`).join(' ,\n')}}`);

test('anything that is accepted is read back as what the file says', () => {
  const { material } = kim.signer;
  let accepted = 0;
  fc.assert(
    fc.property(documents, fc.boolean(), (text, isSbom) => {
      const given = isSbom ? text.replace('{', `{${CYCLONE}`).replace(/,\}$/, '}') : text;
      let predicate;
      try {
        const bytes = utf8(given);
        predicate = isSbom ? parseSbom(bytes, 'it').document : parsePredicate(bytes, 'it');
      } catch (error) {
        expect(error).toBeInstanceOf(CountersignError);
        return;
      }
      accepted += 1;
      const subject = [{ name: 'sif-metadata', digest: { sha256: 'ab'.repeat(32) } }];
      const payload = encodeStatement({ subject, predicateType: TYPE, predicate });
      const signature = Uint8Array.of(1);
      const bundle = encodeBundle({ material, payloadType: IN_TOTO_PAYLOAD_TYPE, payload, signature });
      const read = readSigned(bundle);
      if ('problem' in read) throw new Error(read.problem.message);
      expect(JSON.stringify(parseStatement(read.bundle.envelope.payload).predicate)).toBe(
        JSON.stringify(JSON.parse(given)),
      );
    }),
    { numRuns: 500 },
  );
  expect(accepted).toBeGreaterThan(50);
});
