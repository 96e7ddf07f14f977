// SPDX-License-Identifier: Apache-2.0
// Evidence in the lane: stored once, kept outside when large, named by approvals, and judged like a layer.

import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from 'vitest';
import { attachEvidence, type EvidenceStatement } from '../../../src/stage/evidence.ts';
import { openSif } from '../../../src/sif/sif.ts';
import { memorySource } from '../../../src/sif/source.ts';
import {
  examined,
  judgeTrusting,
  keyPerson,
  NOW,
  type Person,
  refusal,
  signAs,
  verdictOf,
} from '../../support/layers.ts';
import { typicalSif } from '../../support/sif-builder.ts';
import { temporaryFile } from '../../support/temporary.ts';

let ci: Person;
let other: Person;

beforeAll(async () => {
  [ci, other] = await Promise.all([keyPerson('ci'), keyPerson('other', 'p256')]);
});

const PROVENANCE: EvidenceStatement = {
  predicateType: 'https://slsa.dev/provenance/v1',
  predicate: { buildDefinition: { buildType: 'urn:test' } },
};
const SBOM: EvidenceStatement = { predicateType: 'https://cyclonedx.org/bom', predicate: { bomFormat: 'CycloneDX' } };
const LARGE: EvidenceStatement = { ...SBOM, predicate: { text: 'x'.repeat(1_100_000) } };

function attach(path: string, statements: readonly EvidenceStatement[], person = ci) {
  return attachEvidence({ path, statements, signer: person.signer, now: NOW });
}

async function laneNames(path: string): Promise<readonly string[]> {
  const image = await openSif(memorySource(await readFile(path), path));
  return image.objects.flatMap(({ name }) => (name.startsWith('countersign/') ? [name] : []));
}

test('several statements are appended in one change, each under its kind', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const attached = await attach(path, [PROVENANCE, SBOM]);
  expect(attached.map(({ where }) => where)).toEqual(['lane', 'lane']);
  expect(await laneNames(path)).toEqual([
    expect.stringMatching(/^countersign\/evidence\/provenance\/[0-9a-f]{32}$/),
    expect.stringMatching(/^countersign\/evidence\/sbom\/[0-9a-f]{32}$/),
  ]);
  const verdict = await verdictOf(path, await judgeTrusting([ci]));
  expect(verdict.evidence.map(({ status, reasons }) => [status, reasons])).toEqual([
    ['valid', []],
    ['valid', []],
  ]);
  expect(verdict.verdict, 'evidence is no approval').toBe('failed');
});

test('the same evidence by the same key is there already', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const [first] = await attach(path, [PROVENANCE]);
  const before = await readFile(path);
  const [second] = await attach(path, [PROVENANCE]);
  expect(second).toMatchObject({ where: 'present', digest: first?.digest });
  expect((await readFile(path)).equals(before)).toBe(true);
  const [byOther] = await attach(path, [PROVENANCE], other);
  expect(byOther).toMatchObject({ where: 'lane', digest: first?.digest });
});

test('the same statement twice in one call is stored once', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  await attach(path, [PROVENANCE, PROVENANCE]);
  expect(await laneNames(path)).toHaveLength(1);
});

test('large evidence stays outside and leaves the image as it was', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const before = await readFile(path);
  const [attached] = await attach(path, [LARGE]);
  expect(attached?.where).toBe('file');
  expect(attached?.bundle.length).toBeGreaterThan(1_100_000);
  expect((await readFile(path)).equals(before)).toBe(true);
});

test('an approval names the evidence that it saw, each signer’s once', async () => {
  const path = await temporaryFile(typicalSif().bytes());
  const [first] = await attach(path, [PROVENANCE]);
  await attach(path, [PROVENANCE], other);
  const judge = await judgeTrusting([ci, other]);
  const { predicateType } = PROVENANCE;
  await signAs(path, ci, 'author', judge);
  const { examination, verdict } = await examined(path, judge);
  const listed = examination.facts.layers[0]?.approval?.evidence ?? [];
  expect(listed).toHaveLength(2);
  for (const { signer } of [ci, other])
    expect(listed).toContainEqual({ predicateType, digest: first?.digest, signer: { key: signer.identity.hint } });
  expect(verdict.verdict).toBe('passed');
});

test('evidence about another image is not relied on', async () => {
  const from = await temporaryFile(typicalSif(9500).bytes());
  const [attached] = await attach(from, [PROVENANCE]);
  const path = await temporaryFile(typicalSif().bytes());
  const { appendObjects } = await import('../../../src/sif/edit/append.ts');
  const { laneObject } = await import('../../../src/image/sif/lane.ts');
  await appendObjects(path, [laneObject('evidence', 'provenance', attached?.bundle ?? Buffer.alloc(0))], { now: NOW });
  const judge = await judgeTrusting([ci]);
  await signAs(path, ci, 'author', judge);
  const { examination, verdict } = await examined(path, judge);
  expect(examination.facts.layers[0]?.approval?.evidence).toEqual([]);
  expect(verdict.evidence[0]?.reasons.map(({ code }) => code)).toEqual(['APPROVAL_OTHER_CONTENT']);
  expect(verdict.verdict).toBe('passed');
});

test('a full image refuses and stays as it was', async () => {
  const path = await temporaryFile(typicalSif().withSlots(4).bytes());
  const result = await refusal(path, () => attach(path, [PROVENANCE, SBOM]));
  expect(result).toEqual({ code: 'SIF_NO_FREE_SLOT', unchanged: true });
});

test('an image with an object in no group is refused', async () => {
  const loose = typicalSif().withObject({ type: 0x4006, data: Buffer.from('{}'), group: 0 });
  const path = await temporaryFile(loose.bytes());
  const result = await refusal(path, () => attach(path, [PROVENANCE]));
  expect(result).toEqual({ code: 'STAGE_IMAGE_BROKEN', unchanged: true });
});
