// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineVerdict, evaluatePolicy } from '../../../src/policy/evaluate.ts';
import type { ImageFacts } from '../../../src/policy/facts.ts';
import type { Policy } from '../../../src/policy/document/model.ts';
import { LAYER_KINDS, type Verdict } from '../../../src/policy/verdict.ts';
import { printable } from '../../../src/base/text.ts';
import { escapeHtml, escapeMarkdown, escapeMermaid, findingsOf } from '../../../src/report/wording.ts';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { renderText } from '../../../src/report/text.ts';
import {
  approve,
  digestOf,
  evidence,
  image,
  key,
  native,
  NOW,
  pgp,
  PIPELINE,
  pipelineLayers,
  x509,
} from '../../support/facts.ts';

function verdictOn(facts: readonly ImageFacts[], rules: Policy | null = PIPELINE): Verdict {
  const images = facts.map((one) => evaluatePolicy(rules ?? undefined, one, { now: NOW }));
  return combineVerdict(images, { now: NOW, asOf: false, policy: rules ?? undefined });
}

const [AUTHOR, SECURITY, PRODUCTION] = pipelineLayers();
const GOOD = verdictOn([image([AUTHOR, SECURITY, PRODUCTION])]);
const REMOVED = verdictOn([image([AUTHOR, PRODUCTION])]);

const EVIL = 'x\u001b[2J\u202e\n::error::<script>|`*_[a](http://e.vil)@me www.e.vil "; end\u0000';
const HOSTILE = verdictOn(
  [
    image(
      [
        approve('author', x509(EVIL, { san: [EVIL], subject: EVIL, chain: [EVIL, EVIL] }), {
          approval: { timeVerified: EVIL, reason: EVIL, ticket: EVIL, run: { [EVIL]: EVIL }, expires: EVIL },
        }),
        native(pgp(EVIL), { signature: 'unknown-signer', place: { in: 'registry', name: EVIL } }),
      ],
      { name: EVIL, evidence: [evidence(EVIL, { signer: key(EVIL) })] },
    ),
  ],
  null,
);

/** Everything but printable characters and line ends. */
const UNSAFE = /[^\P{C}\n]|[\u2028\u2029]/u;

describe('the text report', () => {
  test('has one line per stage and ends with the decision', () => {
    const lines = renderText(GOOD).trimEnd().split('\n');
    expect(lines.filter((line) => line.includes('✓')).map((line) => line.trim().split(/\s+/).slice(0, 3))).toEqual([
      ['✓', 'app.sif', expect.any(String)],
      ['✓', 'author', 'alice'],
      ['✓', 'security', 'bob'],
      ['✓', 'production', 'carol'],
    ]);
    expect(lines.at(-1)).toMatch(/^passed: 1 image by policy test \(sha256:[0-9a-f]{12}\)$/);
    expect(renderText(GOOD)).toContain('chain ends at stage production');
  });

  test('says which stage is missing and why', () => {
    const text = renderText(REMOVED);
    expect(text).toMatch(/✗ security +missing: stage security is not approved by anybody/);
    expect(text).toContain('[LAYER_REMOVED]');
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^failed: 1 of 1 image by policy test \(sha256:[0-9a-f]{12}\)$/);
  });

  test.each([
    ['text', renderText],
    ['Markdown', renderMarkdown],
  ] as const)('says who approved why, from which run and on what, in %s', (_, render) => {
    const there = evidence('bom');
    const gone = digestOf('a scan');
    const given = approve('author', x509('alice'), {
      approval: {
        reason: 'WHY-TEXT',
        ticket: 'SEC-7',
        run: { server: 'https://ci.example', repository: 'team/app', runId: '42', actor: 'octo' },
        expires: '2026-12-31T00:00:00Z',
        evidence: [
          { predicateType: there.predicateType, digest: there.digest },
          { predicateType: 'urn:scan', digest: gone },
        ],
      },
    });
    const verdict = verdictOn([image([given], { evidence: [there] })], null);
    const shown = render(verdict).replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
    expect(shown).toContain('reason: WHY-TEXT');
    expect(shown).toContain('ticket: SEC-7');
    expect(shown).toContain('run, as the signer says: https://ci.example/team/app/actions/runs/42');
    expect(shown).toContain('actor octo');
    expect(shown).toContain('expires 2026-12-31T00:00:00Z');
    expect(shown).toContain('CN=alice,O=Example ← CN=Example CA,O=Example');
    expect(shown).toMatch(/relies on https:\/\/example\.org\/bom sha256:[0-9a-f]{12}(?!,)/);
    expect(shown).toMatch(/relies on urn:scan sha256:[0-9a-f]{12}, which is not here/);
    const [layer] = verdict.images[0]?.layers ?? [];
    expect(layer?.approval?.evidence.map(({ found }) => found)).toEqual([true, false]);
    expect(layer?.approval?.run).toContainEqual({ name: 'actor', value: 'octo' });
  });

  test('says nothing twice', () => {
    const lines = renderText(REMOVED)
      .split('\n')
      .filter((line) => line.includes('LAYER_REMOVED'));
    expect(lines).toHaveLength(1);
  });

  test('shows another time than the present', () => {
    const past = { ...GOOD, asOf: true };
    expect(renderText(past)).toContain('as of 2026-06-01T12:00:00Z, which is not the present time');
  });

  test('shows all times in one form, whoever wrote them', () => {
    const signed = native(pgp('alice'), { signedAt: '2026-05-31T10:00:00.000Z' });
    const verdict = verdictOn([image([AUTHOR, signed])]);
    expect(JSON.stringify(verdict)).toContain('2026-05-31T10:00:00.000Z');
    for (const text of [renderText(verdict), renderMarkdown(verdict)]) expect(text).not.toMatch(/\d\.\d{3}Z/);
    expect(renderText(verdict)).toContain('  2026-05-31T10:00:00Z  ');
  });

  test('counts one of a thing as one', () => {
    const verdict = verdictOn([image([], { units: [{ id: 'object 1' }] })]);
    expect(renderText(verdict)).toContain('0 of 1 part\n');
  });

  test('foreign text can neither move the cursor nor start a line', () => {
    const text = renderText(HOSTILE);
    expect(text).not.toMatch(UNSAFE);
    expect(text).not.toMatch(/^\s*::/m);
    expect(text).toContain('\\u{1b}[2J\\u{202e}\\u{a}');
  });

  test('no image is a failure', () => {
    expect(renderText(verdictOn([]))).toBe('failed: there was no image to check\n');
  });
});

describe('the job summary', () => {
  test('has a row per image and stage and a diagram', () => {
    const text = renderMarkdown(REMOVED);
    expect(text.match(/^\| <code>app\.sif<\/code> \|/gm)).toHaveLength(3);
    expect(text).toContain('❌ missing');
    expect(text).toContain('```mermaid\nflowchart LR\n');
    expect(text).toContain('s1["security<br/>missing"]:::missing');
    expect(text).toContain('image --> s0 --> s1 --> s2');
  });

  test('foreign text is text: no tag, link, table cell, fence or line of its own', () => {
    const text = renderMarkdown(HOSTILE);
    expect(text).not.toMatch(UNSAFE);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('http://');
    // Nothing becomes a link inside the diagram's fence.
    expect(text.replace(/```[\s\S]*?```/g, '')).not.toMatch(/www\./);
    expect(text).not.toContain('@me');
    expect(text.match(/```/g)).toHaveLength(2);
    for (const line of text.split('\n').filter((one) => one.startsWith('| '))) {
      const cells = line.split('|').length;
      expect([9, 8]).toContain(cells);
    }
  });

  test('stays below its limit by dropping rows, and says so', () => {
    const many = verdictOn(Array.from({ length: 400 }, (_, index) => image([AUTHOR], { name: `image-${index}.sif` })));
    for (const limitBytes of [20_000, 100_000, 1_000_000]) {
      const text = renderMarkdown(many, { limitBytes });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(limitBytes);
      expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0);
    }
    expect(renderMarkdown(many, { limitBytes: 20_000 })).toMatch(/rows left out/);
    expect(Buffer.byteLength(renderMarkdown(many))).toBeLessThan(1024 * 1024);
  });
});

describe('annotations', () => {
  test('are nine at most and a count', () => {
    const many = verdictOn(Array.from({ length: 14 }, (_, index) => image([], { name: `${index}.sif` })));
    const findings = findingsOf(many);
    expect(findings).toHaveLength(10);
    expect(findings.at(-1)).toBe(`and ${14 * 4 - 9} more, see the summary`);
    expect(findings[0]).toMatch(/^0\.sif: stage author is not approved by anybody.*\[STAGE_MISSING\]; have one/);
  });
  test('passed images have none; foreign text stays on its line', () => {
    expect(findingsOf(GOOD)).toEqual([]);
    for (const finding of findingsOf(HOSTILE)) expect(finding).not.toMatch(/\p{C}/u);
  });
});

describe('escaping', () => {
  test('whatever the text, the result is harmless', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{C}\u2028\u2029]/u);
        const withoutAt = escapeMarkdown(text).replaceAll('<span>&#64;</span>', '');
        expect(withoutAt).not.toMatch(/[<>|`*_[\]()@:]|&(?!#\d+;)|^[- ]|^\d+[.)]|www\./i);
        expect(escapeHtml(text)).not.toMatch(/[<>"'`=]|&(?!#\d+;)/);
        expect(escapeMermaid(text)).not.toMatch(/["'`<>[\]{}()|\\\n]/);
      }),
    );
  });
  test('what comes first on a line is no list, rule or code, and an address no link', () => {
    expect(
      ['- a', '---', '1. a', '12.5', ' x', '    x', 'a@b.example', 'WWW.e.vil'].map((text) => escapeMarkdown(text)),
    ).toEqual([
      '&#45; a',
      '&#45;--',
      '1&#46; a',
      '12&#46;5',
      '&#32;x',
      '&#32;   x',
      'a<span>&#64;</span>b.example',
      'WWW&#46;e.vil',
    ]);
  });
  test('long text is cut', () => {
    expect(printable('a'.repeat(500), 10)).toBe(`${'a'.repeat(10)}…`);
  });
});

describe('the verdict schema', async () => {
  const source = await readFile(new URL('../../../schema/verdict.schema.json', import.meta.url), 'utf8');
  // Closed for this test, so that a key without documentation is noticed; the shipped schema stays open.
  const closed: object = JSON.parse(source, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'properties' in value && 'type' in value
      ? { ...value, additionalProperties: false }
      : value,
  );
  const validate = new Ajv2020({ allowUnionTypes: true, strict: true }).compile(closed);

  test('knows all formats of layers', () => {
    const { layer } = JSON.parse(source).$defs;
    expect(layer.properties.kind.enum).toEqual(LAYER_KINDS);
  });

  test.each([
    ['passed', GOOD],
    ['failed', REMOVED],
    ['without a policy', verdictOn([image([AUTHOR, native(pgp('alice'))])], null)],
    ['no image', verdictOn([])],
    [
      'every kind of signer',
      verdictOn([
        image([approve('a', key('k')), approve('b', x509('x')), native(pgp('p'))], { evidence: [evidence('sbom')] }),
      ]),
    ],
    [
      'nothing but junk',
      verdictOn([image([native(pgp('p'), { signer: null, method: null, signature: 'unreadable' })])]),
    ],
  ])('describes a verdict: %s', (_, verdict) => {
    expect(validate(JSON.parse(JSON.stringify(verdict))), JSON.stringify(validate.errors)).toBe(true);
  });

  test('refuses another document', () => {
    expect(validate({ ...GOOD, schema: 'other' })).toBe(false);
    expect(validate({ ...GOOD, images: [{}] })).toBe(false);
  });
});
