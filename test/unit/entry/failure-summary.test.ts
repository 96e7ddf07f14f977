// SPDX-License-Identifier: Apache-2.0
// Whatever an error quotes, the page of the job shows it and does nothing else with it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { failureSummary } from '../../../src/entry/action.ts';
import type { Failure } from '../../../src/entry/outcome.ts';
import { Redactor } from '../../../src/host/secrets.ts';

function failure(more: Partial<Failure>): Failure {
  const none = { causes: [], exitCode: 3, location: undefined, stack: undefined } as const;
  return { code: 'REGISTRY_NOT_FOUND', message: 'm', hint: 'h', ...none, ...more };
}
const asIs = (text: string) => text;

const ENDS = [
  '\r',
  '\n',
  '\r\n',
  '\u2028',
  '\u2029',
  '\u0085',
  '\u202e',
  '\u061c',
  '\u00ad',
  '\u{e0041}',
  '\t',
  '    ',
];
const MARKS = [
  '![x](http://e.vil)',
  '[a]: http://e.vil',
  '```',
  '~~~',
  '# ',
  '- ',
  '1. ',
  '---',
  '===',
  '> ',
  '|',
  '\\',
];
const TAGS = [
  '<img src=x onerror=y>',
  '</code>',
  '&lt;',
  '<!--',
  '$x$',
  '*a*',
  '__b__',
  'www.e.vil',
  'me@e.vil',
  '@me',
];

/** Texts made of what means something to Markdown, HTML and GitHub, between anything else. */
const hostile = fc
  .array(fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ENDS, ...MARKS, ...TAGS)), { maxLength: 8 })
  .map((parts) => parts.join(''));

test('no message makes a line, a link, an image, a tag or a table cell', () => {
  // Nothing that Markdown reads, character references apart; what ends with a dot after www would be a link.
  const shown = '(?:(?!www\\.)[^\\p{C}\\p{Zl}\\p{Zp}!-+/:-@\\[-`{-~]|\\ufe0f|&#\\d+;|<span>&#64;</span>)*';
  const page = new RegExp(
    `^### pull: REGISTRY_NOT_FOUND\n\n(?:- (?:error|hint|cause): ${shown}(?:<br>${shown})*\n){3}$`,
    'iu',
  );
  fc.assert(
    fc.property(hostile, (text) => {
      expect(failureSummary('pull', failure({ message: text, hint: text, causes: [text] }), asIs)).toMatch(page);
    }),
  );
});

test('lines stay lines, and an address is none', () => {
  const text = failureSummary('pull', failure({ message: 'one\ntwo\r\nme@e.vil', causes: ['x\ry'] }), asIs);
  expect(text).toBe(
    '### pull: REGISTRY_NOT_FOUND\n\n- error: one<br>two<br>me<span>&#64;</span>e.vil\n- hint: h\n- cause: x&#92;u&#123;d&#125;y\n',
  );
});

test('a secret is gone before it is escaped or cut', () => {
  const redactor = new Redactor();
  redactor.add('p|pe<d> s&cret');
  const message = `${'x'.repeat(1995)}p|pe<d> s&cret`;
  const text = failureSummary('pull', failure({ message, hint: 'p|pe<d> s&cret' }), (value) => redactor.apply(value));
  expect(text).toContain(`${'x'.repeat(1995)}&#42;&#42;&#42;\n`);
  expect(text).toContain('- hint: &#42;&#42;&#42;\n');
});
