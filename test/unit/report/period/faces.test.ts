// SPDX-License-Identifier: Apache-2.0
// The page and the table of a period: what stands in them, and that no value is anything but text there.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderCsv } from '../../../../src/report/period/csv.ts';
import { renderHtml } from '../../../../src/report/period/html.ts';
import { accountOf } from '../../../../src/report/period/period.ts';
import type { StoredImage, StoredVerdict } from '../../../../src/report/period/stored.ts';

const SPAN = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };

/** An account of one image, every text of which is this one. */
function account(text: string, more: Partial<StoredImage> = {}) {
  const image: StoredImage = {
    name: text,
    reference: text,
    contentDigests: [text],
    outcome: 'passed',
    dataVerified: true,
    unsigned: false,
    stages: [{ stage: text, verdict: 'passed', approvedBy: [text], reasons: [] }],
    reasons: [{ code: 'EVIDENCE_EXCEPTION', message: text, remark: true }],
    approvals: [
      {
        stage: text,
        digest: text,
        principal: text,
        credential: text,
        signedAt: text,
        provenAt: text,
        reason: text,
        ticket: text,
        expires: null,
      },
    ],
    breakGlass: [
      { stage: text, digest: text, by: text, reason: text, ticket: text, from: text, until: text, reviewedBy: [text] },
    ],
    ...more,
  };
  const at = '2026-11-22T12:00:00.000Z';
  const source = `sha256:${'a'.repeat(64)}` as const;
  const verdict: StoredVerdict = {
    source,
    at,
    signedBy: null,
    asOf: false,
    policy: text,
    published: [text],
    images: [image],
  };
  const sources = [
    { file: 'one.json', verdict },
    { file: text, verdict: undefined, problem: text },
  ];
  return accountOf(sources, SPAN);
}

function page(text: string, more: Partial<StoredImage> = {}, redact = (value: string) => value): string {
  return renderHtml(account(text, more), redact);
}

/** What stands between angle brackets, in order. */
const tagsOf = (html: string) => [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag);

describe('the page of a period', () => {
  test('has each part of the account, and nothing that is fetched or run', () => {
    const html = page('word');
    expect(html).toContain('<h2>word&#58; passed</h2>');
    expect(html).toContain('<li>exception&#58; word</li>');
    expect(html).toContain('<td>word</td><td>passed</td><td>word</td>'.replaceAll('</td>', '</td>\n'));
    expect(html).toContain('1 report not counted');
    expect(html.match(/<table>/g)).toHaveLength(6);
    expect(html).not.toMatch(/<script|<link|<img|url\(|@import|href=|src=| on\w+=/i);
    expect(page('word')).toBe(html);
  });

  test('an empty period is a page as well', () => {
    expect(renderHtml(accountOf([], SPAN), (value) => value)).toContain('0 releases in 0 reports');
  });

  test('no value begins, ends or changes an element, whatever it holds', () => {
    const plain = tagsOf(page('word'));
    const hostile = fc.oneof(
      fc.constantFrom(
        '</td><script>alert(1)</script>',
        '<!--',
        ']]>',
        '&lt;b&gt;',
        '"\'`=',
        '</style>',
        '\u202e<\u0000',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const html = page(text);
        expect(tagsOf(html)).toEqual(plain);
        expect(html).not.toMatch(/[^\P{C}\n]/u);
      }),
      { numRuns: 300 },
    );
  });

  test('takes secrets out before punctuation is written in another way', () => {
    const html = page('a p@ss/word here', {}, (value) => value.replaceAll('p@ss/word', '***'));
    expect(html).toContain('a &#42;&#42;&#42; here');
    expect(html).not.toMatch(/p&#64;ss|p@ss/);
  });
});

test('secrets are taken out of the table before a cell is quoted', () => {
  const secret = 'p"w,rd';
  const csv = renderCsv(account(`a ${secret} here`), (value) => value.replaceAll(secret, '***'));
  expect(csv).toContain('a *** here');
  expect(csv).not.toMatch(/p"+w/);
});
