// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publicationSummary } from '../../../../src/commands/push-oras/record.ts';

test('where an image was published is said after the verdict', () => {
  const publication = { markdown: 'VERDICT\n', done: 'Published', tags: ['v1', 'latest'] };
  const pinned = 'ghcr.io/org/app@sha256:00';
  expect(publicationSummary({ ...publication, remark: 'approved at stage author\n', pinned })).toBe(
    'VERDICT\n\napproved at stage author\n\nPublished <code>ghcr.io&#47;org&#47;app<span>&#64;</span>sha256&#58;00</code>, tags: v1, latest.\n',
  );
  expect(publicationSummary({ ...publication, pinned: undefined })).toBe('VERDICT\n\nNot published.\n');
  expect(publicationSummary({ ...publication, done: 'Promoted to', pinned: undefined })).toMatch(/Not promoted\.\n$/);
});

test('a folder or a remark of any name starts nothing on the page', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const summary = publicationSummary({
        markdown: 'V',
        remark: text,
        done: 'Published',
        pinned: `oci:${text}`,
        tags: [text],
      });
      expect(summary.replace(/<\/?(?:code|span)>/g, '')).toMatch(
        /^V\n(?:[^\n<>|`*[\]]+\n\n)?Published [^\n<>|`*[\]]+\.\n$/,
      );
    }),
  );
});
