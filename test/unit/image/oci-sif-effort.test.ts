// SPDX-License-Identifier: Apache-2.0
// An OCI-SIF whose index names very much that is not there, among very many objects, is read at once.

import { expect, test } from 'vitest';
import { utf8 } from '../../../src/base/bytes.ts';
import { describeFile } from '../../../src/image/inspect.ts';
import { DATA_TYPE } from '../../../src/sif/format.ts';
import { blobsOf, layersImage, ociImage, ociSif, rootIndex } from '../../support/oci-sif.ts';

test('a thousand attestations that are not there, among objects with odd digests', async () => {
  const image = ociImage();
  const layers = Array.from({ length: 1000 }, (_, index) => utf8(`missing ${index}`));
  const holder = layersImage(layers, image.digest);
  const extra = new Uint8Array(384);
  extra[383] = 1;
  const odd = Array.from({ length: 1000 }, (_, index) => ({
    dataType: DATA_TYPE.ociBlob,
    data: utf8(`${index}`),
    extra,
  }));
  const present = blobsOf(image, { ...holder, blobs: holder.blobs.slice(-1) });
  const file = await ociSif([...present, ...odd, rootIndex(image.entry, holder.entry)]);
  const from = performance.now();
  expect(await describeFile(file)).toMatchObject({ sif: { ociImage: image.digest }, layers: [], notJudged: [] });
  expect(performance.now() - from).toBeLessThan(3000);
});
