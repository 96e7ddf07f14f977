// SPDX-License-Identifier: Apache-2.0
// cosign signatures inside an OCI-SIF: which count, and what in the file takes from them what they cover.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { describeFile } from '../../../src/image/inspect.ts';
import { type Criteria, createCriteria, verifySifFile } from '../../../src/image/verify.ts';
import type { NewObject } from '../../../src/sif/edit/append.ts';
import { DATA_TYPE } from '../../../src/sif/format.ts';
import { hashObjects } from '../../../src/sif/hash/hash.ts';
import { judgeBy, keyPerson, NOW, type Person, policyFor, signAs } from '../../support/layers.ts';
import {
  attested,
  blobsOf,
  cosignImage,
  envelopeImage,
  layersImage,
  type OciImage,
  ociImage,
  ociSif,
  rootIndex,
} from '../../support/oci-sif.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import { vectorPath } from '../../support/vectors.ts';

const STAGE = '  - { name: build, approvers: ann, native: cosign }';
let ann: Person;
let eve: Person;
let judge: Criteria;
let image: OciImage;
let signature: OciImage;

beforeAll(async () => {
  [ann, eve] = [await keyPerson('ann', 'p256'), await keyPerson('eve', 'p256')];
  judge = await judgeBy(await policyFor([ann], STAGE));
  image = ociImage();
  signature = await cosignImage(ann, image);
});

async function judged(path: string, criteria = judge) {
  const { verdict } = await verifySifFile(path, criteria);
  const codes = [...verdict.reasons, ...verdict.layers.flatMap(({ reasons }) => reasons)].map(({ code }) => code);
  return { verdict: verdict.verdict, codes, layers: verdict.layers, evidence: verdict.evidence };
}

const signed = (more: readonly NewObject[] = []) => [
  ...blobsOf(image, signature),
  ...more,
  rootIndex(image.entry, signature.entry),
];

describe('an image that sylabs’ code wrote and cosign signed', () => {
  const path = vectorPath('sif/oci-sif-cosign.sif');

  test('passes a stage that takes cosign signatures, and shows what is inside', async () => {
    const file = join(await temporaryFolder(), 'image.sif');
    await copyFile(path, file);
    const publicKey = await readFile(vectorPath('sif/oci-sif-cosign.pub'), 'utf8');
    const criteria = await judgeBy(await policyFor([{ ...ann, publicKey }], STAGE));
    const { verdict, layers } = await judged(file, criteria);
    expect(verdict).toBe('passed');
    const tag = 'tag _cosign:sha256-c3566719981926b3da5b463f734ad1b15d834d6ca3f5868b669f1efcd140f26d.sig';
    expect(layers).toMatchObject([{ kind: 'cosign', status: 'valid', where: tag }]);
    expect(await describeFile(file)).toMatchObject({
      sif: { ociImage: 'sha256:c3566719981926b3da5b463f734ad1b15d834d6ca3f5868b669f1efcd140f26d' },
      layers: [{ kind: 'cosign', where: tag }],
    });
  });

  test('fails for everybody else’s key', async () => {
    expect(await judged(path)).toMatchObject({ verdict: 'failed' });
  });

  test('fails with any byte of the signed image changed', async () => {
    const bytes = await readFile(path);
    const publicKey = await readFile(vectorPath('sif/oci-sif-cosign.pub'), 'utf8');
    const criteria = await judgeBy(await policyFor([{ ...ann, publicKey }], STAGE));
    const file = join(await temporaryFolder(), 'image.sif');
    for (const at of [11_116, 11_499, 11_510, 11_700, 12_100]) {
      await writeFile(file, bytes.with(at, (bytes[at] ?? 0) ^ 1));
      expect((await judged(file, criteria)).verdict).toBe('failed');
    }
  });
});

describe('a signature inside counts', () => {
  test('of the image and all that cosign signed, with or without a place', async () => {
    const named = await cosignImage(ann, { digest: image.digest, reference: 'example.org/app', optional: null });
    const files = [
      await ociSif(signed()),
      await ociSif([...blobsOf(image, named), rootIndex(image.entry, named.entry)]),
      await ociSif(signed(), '#!/usr/bin/env run-singularity\n'),
    ];
    for (const file of files) {
      const { verdict, codes } = await judged(file);
      expect({ verdict, codes }).toEqual({ verdict: 'passed', codes: [] });
    }
  });

  test('for no image name, unless it names one', async () => {
    const asking = await judgeBy(
      await policyFor(
        [ann],
        '  - { name: build, approvers: ann, native: cosign, signedIdentity: { exactRepository: example.org/app } }',
      ),
    );
    expect(await judged(await ociSif(signed()), asking)).toMatchObject({
      verdict: 'failed',
      codes: expect.arrayContaining(['NATIVE_OTHER_IDENTITY']),
    });
  });

  test('beside an approval, which stays good', async () => {
    const file = await ociSif(signed());
    const both = await judgeBy(await policyFor([ann, eve], `${STAGE}\n  - { name: check, approvers: eve }`));
    await signAs(file, eve, 'check', both);
    expect(await judged(file, both)).toMatchObject({ verdict: 'passed' });
  });

  test('for what an attestation beside it says too', async () => {
    const attestation = envelopeImage((await attested(ann, image)).envelope, image.digest);
    const file = await ociSif([
      ...blobsOf(image, signature, attestation),
      rootIndex(image.entry, signature.entry, attestation.entry),
    ]);
    expect(await judged(file)).toMatchObject({
      verdict: 'passed',
      evidence: [{ status: 'valid', predicateType: 'https://example.org/said' }],
    });
  });

  test('whatever copies of that attestation a stranger attaches to the file, which it is not about', async () => {
    const { envelope, bundle } = await attested(ann, image);
    const attestation = envelopeImage(envelope, image.digest);
    const file = await ociSif([
      ...blobsOf(image, signature, attestation),
      rootIndex(image.entry, signature.entry, attestation.entry),
    ]);
    const beside = [{ place: { in: 'registry', name: 'referrer' }, bytes: bundle }] as const;
    const { verdict } = await verifySifFile(file, judge, { beside });
    const where = `tag _cosign:${image.digest.replace(':', '-')}.att`;
    expect(verdict.verdict).toBe('passed');
    expect(verdict.evidence).toContainEqual(expect.objectContaining({ where, status: 'valid' }));
    const requires = 'requires: [{ evidence: https://example.org/said, signedBy: ann }]';
    const asking = await judgeBy(await policyFor([ann], STAGE.replace(' }', `, ${requires} }`)));
    expect((await verifySifFile(file, asking, { beside })).verdict.verdict).toBe('passed');
    const others = requires.replace('signedBy: ann', 'signedBy: eve');
    const asksOthers = await judgeBy(await policyFor([ann, eve], STAGE.replace(' }', `, ${others} }`)));
    expect((await verifySifFile(file, asksOthers, { beside })).verdict.verdict).toBe('failed');
  });
});

describe('a signature inside does not count', () => {
  const other = ociImage('another squashfs');
  const data = (text: string, dataType: number = DATA_TYPE.ociBlob): NewObject => ({ dataType, data: utf8(text) });
  const underDigestOf = (text: string, object: NewObject): NewObject => ({
    ...object,
    extra: utf8(`sha256:${Buffer.from(text).toString('hex')}`),
  });
  const uncovered: readonly (readonly [string, () => Promise<string>])[] = [
    ['over a blob that is no part of the image', () => ociSif(signed([data('stray')]))],
    ['over a definition file', () => ociSif(signed([data('bootstrap: scratch\n', DATA_TYPE.deffile)]))],
    ['over a partition that Apptainer would run', () => ociSif(signed([data('root', DATA_TYPE.partition)]))],
    ['over a blob that is there twice', () => ociSif(signed([{ dataType: DATA_TYPE.ociBlob, data: image.blobs[0]! }]))],
    [
      'over a blob of the image in an object of another type',
      () =>
        ociSif([
          { dataType: DATA_TYPE.generic, data: image.blobs[0]! },
          ...blobsOf({ ...image, blobs: image.blobs.slice(1) }, signature),
          rootIndex(image.entry, signature.entry),
        ]),
    ],
    ['over a blob under another digest', () => ociSif(signed([underDigestOf('x'.repeat(32), data('stray'))]))],
    ['with a launch script of its own', () => ociSif(signed(), '#!/bin/sh\n')],
    [
      'over a part of the image that is missing',
      () => ociSif([...blobsOf(image, signature).slice(1), rootIndex(image.entry, signature.entry)]),
    ],
    [
      'over a named image beside the signed one',
      () =>
        ociSif([
          ...blobsOf(image, signature, other),
          rootIndex(image.entry, signature.entry, {
            ...other.entry,
            annotations: { 'org.opencontainers.image.ref.name': 'other' },
          }),
        ]),
    ],
    [
      'over a named image whose blobs lie in an attestation tag, where nobody signed them',
      async () => {
        const [layer, config, manifest] = other.blobs;
        const holder = layersImage([layer!, config!, manifest!], image.digest);
        const named = { ...other.entry, annotations: { 'org.opencontainers.image.ref.name': 'other' } };
        return ociSif([
          ...blobsOf(image, signature, holder),
          rootIndex(image.entry, signature.entry, holder.entry, named),
        ]);
      },
    ],
    [
      'over what is named as if cosign had signed another image',
      async () => {
        const hidden = await cosignImage(eve, other);
        return ociSif([...blobsOf(image, signature, hidden), rootIndex(image.entry, signature.entry, hidden.entry)]);
      },
    ],
  ];
  test.each(uncovered)('%s', async (_, file) => {
    const { verdict, codes } = await judged(await file());
    expect(verdict).toBe('failed');
    expect(codes).toContain('OCI_SIF_UNCOVERED');
  });

  const unreadable: readonly (readonly [string, () => Promise<string>])[] = [
    [
      'where two images have no name',
      () => ociSif([...blobsOf(image, signature, other), rootIndex(image.entry, signature.entry, other.entry)]),
    ],
    ['where there are two root indexes', () => ociSif(signed([rootIndex(other.entry)]))],
    [
      'of an index',
      () => {
        const index = ociImage('x', 'application/vnd.oci.image.index.v1+json');
        return ociSif([...blobsOf(index), rootIndex(index.entry)]);
      },
    ],
    [
      'where its tag is named twice',
      () => ociSif([...blobsOf(image, signature), rootIndex(image.entry, signature.entry, signature.entry)]),
    ],
    [
      'where the root index is none',
      () => ociSif([...blobsOf(image, signature), data('{"schemaVersion":2,"manifests":7}', DATA_TYPE.ociRootIndex)]),
    ],
    [
      'where the root index says two things',
      () =>
        ociSif([
          ...blobsOf(image, signature),
          data('{"schemaVersion":2,"manifests":[],"Manifests":[]}', DATA_TYPE.ociRootIndex),
        ]),
    ],
  ];
  test.each(unreadable)('%s', async (_, file) => {
    const path = await file();
    const { verdict, codes } = await judged(path);
    expect(verdict).toBe('failed');
    expect(codes).toContain('OCI_SIF_UNREADABLE');
    expect((await describeFile(path)).layers).toEqual([]);
  });

  test('by a stranger, of another image, or with another payload', async () => {
    const tag = `_cosign:${image.digest.replace(':', '-')}.sig`;
    for (const made of [
      await cosignImage(eve, image),
      await cosignImage(ann, other, tag),
      await cosignImage(ann, { digest: image.digest, reference: 'Not a place' }),
      await cosignImage(ann, { digest: image.digest, optional: { stage: 'another' } }),
    ]) {
      const { verdict } = await judged(await ociSif([...blobsOf(image, made), rootIndex(image.entry, made.entry)]));
      expect(verdict).toBe('failed');
    }
  });

  test('where the root index that was read is not the one that was hashed', async () => {
    const file = await ociSif(signed());
    const hash: typeof hashObjects = async (read, objects, options) => {
      const digests = new Map(await hashObjects(read, objects, options));
      const root = objects.find(({ dataType }) => dataType === DATA_TYPE.ociRootIndex);
      return digests.set(root?.id ?? 0, new Map([['sha256', 'ab'.repeat(32)]]));
    };
    const { verdict } = await verifySifFile(file, judge, { hash });
    expect(verdict.verdict).toBe('failed');
    expect(verdict.layers.flatMap(({ reasons }) => reasons.map(({ code }) => code))).toContain('OCI_SIF_UNCOVERED');
  });

  test('where nobody read the data', async () => {
    const { verdict } = await verifySifFile(await ociSif(signed()), judge, { data: 'claimed' });
    expect(verdict.verdict).toBe('failed');
  });

  test('without a policy either, where it covers a part only', async () => {
    const { signer } = ann;
    const criteria = await createCriteria({ policy: undefined, material: signer.publicMaterial, now: NOW });
    expect(await judged(await ociSif(signed()), criteria)).toMatchObject({ verdict: 'passed' });
    expect(await judged(await ociSif(signed([data('stray')])), criteria)).toMatchObject({ verdict: 'failed' });
  });
});
