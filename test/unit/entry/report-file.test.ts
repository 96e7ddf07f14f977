// SPDX-License-Identifier: Apache-2.0
// The JSON result, as it meets a terminal.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonPieces, writeReport } from '../../../src/entry/report-file.ts';
import { Redactor } from '../../../src/host/secrets.ts';
import { Secret } from '../../../src/base/secret.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const jsonText = (...[document, host]: Parameters<typeof jsonPieces>) => [...jsonPieces(document, host)].join('');

test('names from images can neither move the cursor nor turn the writing direction, and stay what they are', () => {
  const name = 'a\u001b[2J\u009b2Jb\u202egnp.exe\u2066\u200f\u2028\u061c\u00ad\u{e0041}ä';
  const text = jsonText({ [name]: [name] }, { kind: 'terminal', redact: (value) => value });
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text).toContain('ä');
  expect(JSON.parse(text)).toEqual({ [name]: [name] });
});

test('no secret is in a report, in a value, a name or anything nested, and it stays JSON', async () => {
  const redactor = new Redactor();
  redactor.add('hunter22');
  redactor.add('"quoted"');
  redactor.add('{\n  "private_key": "abcdef"\n}');
  const document = {
    message: 'x hunter22 y',
    list: [{ deep: '"quoted"' }, 7, null, true],
    'of hunter22': 'kept',
    digest: `sha256:${'0'.repeat(64)}`,
    secret: new Secret('hunter22'),
    at: new Date(0),
    absent: undefined,
  };
  const path = join(await temporaryFolder(), 'report.json');
  await writeReport(path, document, { kind: 'terminal', redact: (text) => redactor.apply(text) });
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
    message: 'x *** y',
    list: [{ deep: '***' }, 7, null, true],
    'of ***': 'kept',
    digest: `sha256:${'0'.repeat(64)}`,
    secret: '[secret]',
    at: '1970-01-01T00:00:00.000Z',
  });
});

test('whatever is secret, the report is JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.array(fc.string()), (value, secrets) => {
      const redactor = new Redactor();
      for (const secret of [...secrets, '": "', ',\n  ', 'null', 'true']) redactor.add(secret);
      expect(() =>
        JSON.parse(jsonText(value, { kind: 'terminal', redact: (text) => redactor.apply(text) })),
      ).not.toThrow();
    }),
  );
});

test('hints are in the words of the face, and nothing else is changed', () => {
  const document = { hint: 'set ⟨overwrite=true⟩', name: '⟨overwrite=true⟩' };
  const text = (kind: 'terminal' | 'actions') => jsonText(document, { kind, redact: (value) => value });
  expect(JSON.parse(text('terminal'))).toEqual({ hint: 'set --overwrite', name: '⟨overwrite=true⟩' });
  expect(JSON.parse(text('actions'))).toEqual({ hint: 'set overwrite: true', name: '⟨overwrite=true⟩' });
});
