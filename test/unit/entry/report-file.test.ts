// SPDX-License-Identifier: Apache-2.0
// The JSON result, as it meets a terminal.

import { expect, test } from 'vitest';
import { jsonText } from '../../../src/entry/report-file.ts';

test('names from images can neither move the cursor nor turn the writing direction, and stay what they are', () => {
  const name = 'a\u001b[2J\u009b2Jb\u202egnp.exe\u2066\u200f\u2028\u061cä';
  const text = jsonText({ [name]: [name] });
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
  expect(text).toContain('ä');
  expect(JSON.parse(text)).toEqual({ [name]: [name] });
});
