// SPDX-License-Identifier: Apache-2.0
// Random evidence under random requirements against a slow oracle: it states what must hold as sentences over all pieces,
// from how the pieces were made, and shares no code with what it checks.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SignatureStatus } from '../../src/findings/signature.ts';
import { SEVERITIES } from '../../src/findings/severity.ts';
import type { Requirement } from '../../src/policy/document/model.ts';
import { ago, DAY, finding, scan, statement, verdictOn, VULNS } from '../support/evidence.ts';
import { digestOf, key, NOW, pgp } from '../support/facts.ts';

const RUNS = Number(process.env['ORACLE_CASES'] ?? 2000);
const RATED = ['critical', 'high', 'medium', 'low', 'negligible'] as const;
const IDS = ['CVE-2026-0001', 'CVE-2026-0002', 'CVE-2026-0003'] as const;

/** The first value mostly, else one of the others. */
function often<T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) });
}

const PIECE = fc.record({
  by: often<string>('builder', 'mallory', 'nobody'),
  signature: often<SignatureStatus>('valid', 'untrusted', 'invalid', 'unknown-signer'),
  about: often<string>('this', 'other', 'part'),
  type: often<string>(VULNS, 'urn:other'),
  scanner: fc.constantFrom<string>('grype', 'trivy'),
  days: fc.constantFrom(-2, 0, 1, 3, 8, 20),
  database: fc.constantFrom(1, 5, 30),
  recognised: often<boolean>(true, false),
  found: fc.array(fc.record({ id: fc.constantFrom(...IDS), severity: fc.constantFrom(...SEVERITIES) }), {
    maxLength: 2,
  }),
});
const DOCUMENT = fc.record({
  by: often<string>('mallory', 'builder', 'nobody'),
  signature: often<SignatureStatus>('valid', 'untrusted', 'invalid', 'unknown-signer'),
  about: often<string>('this', 'other', 'part'),
  format: fc.constantFrom<string>('openvex', 'cyclonedx'),
  id: fc.constantFrom(...IDS),
  product: often<string>('package', 'image', 'any version', 'other package', 'other version', 'other image'),
  accepts: often<boolean>(true, false),
  days: fc.constantFrom(-2, 0, 1, 3),
});
type Document = typeof DOCUMENT extends fc.Arbitrary<infer T> ? T : never;

const PRODUCTS: Readonly<Record<string, string>> = {
  package: 'pkg:deb/debian/libx@1',
  image: `pkg:oci/app@${digestOf('content')}`,
  'any version': 'pkg:deb/debian/libx',
  'other package': 'pkg:deb/debian/liby@1',
  'other version': 'pkg:deb/debian/libx@1.2',
  'other image': `pkg:oci/app@${digestOf('other')}`,
};

type Given = typeof PIECE extends fc.Arbitrary<infer T> ? T : never;

const ASKED = fc.record({
  count: fc.constantFrom(1, 1, 2),
  signedBy: fc.constantFrom<readonly string[]>(['builder'], ['builder', 'mallory']),
  maxAge: fc.option(fc.constantFrom(2, 10), { nil: undefined }),
  database: fc.option(fc.constantFrom(2, 10), { nil: undefined }),
  failOn: fc.constantFrom(...RATED, 'none' as const),
  unknownAs: fc.constantFrom(...RATED),
  scanner: fc.constantFrom<readonly string[]>([], [], ['grype']),
  vexBy: fc.constantFrom<readonly string[]>([], ['mallory'], ['mallory', 'builder']),
  exceptions: fc.uniqueArray(fc.record({ id: fc.constantFrom(...IDS), over: fc.boolean() }), {
    selector: ({ id }) => id,
  }),
});
type Asked = typeof ASKED extends fc.Arbitrary<infer T> ? T : never;

function requirementOf(asked: Asked): Requirement {
  const { count, signedBy, maxAge, database, failOn, unknownAs, scanner } = asked;
  const exceptions = asked.exceptions.map(({ id, over }) => ({
    id,
    package: null,
    version: null,
    purl: null,
    location: null,
    reason: 'x',
    expires: ago(over ? 3 : -3).slice(0, 10),
    at: { file: 'p', line: 1, column: 1 },
  }));
  return {
    evidence: 'findings',
    count,
    signedBy,
    ...(maxAge === undefined ? {} : { maxAge: maxAge * DAY }),
    condition: {
      of: 'findings',
      failOn,
      unknownAs,
      scanner,
      ...(database === undefined ? {} : { databaseMaxAge: database * DAY }),
      exceptions,
      vexBy: asked.vexBy,
    },
  };
}

function documentOf({ by, signature, about, format, id, product, accepts, days }: Document, index: number) {
  const covers =
    about === 'this' ? {} : { covers: about === 'part' ? ['object 1'] : [], contradicted: about === 'other' };
  const place = { in: 'registry', name: `referrer vex ${index}` } as const;
  const more = { signature, signer: by === 'mallory' ? pgp(by) : key(by), place, ...covers };
  const ref = PRODUCTS[product] ?? '';
  const state = accepts ? 'not_affected' : 'exploitable';
  if (format === 'cyclonedx')
    return statement(
      'https://cyclonedx.org/bom',
      {
        bomFormat: 'CycloneDX',
        vulnerabilities: [{ id, analysis: { state, lastUpdated: ago(days) }, affects: [{ ref }] }],
        index,
      },
      more,
    );
  const status = accepts ? 'not_affected' : 'affected';
  const one = { vulnerability: { name: id }, products: [{ '@id': ref }], status, justification: 'x' };
  const context = 'https://openvex.dev/ns/v0.2.0';
  return statement(context, { '@context': context, statements: [{ ...one, timestamp: ago(days) }], index }, more);
}

function evidenceOf(given: Given, index: number) {
  const { by, signature, about, type, scanner, days, database, recognised, found } = given;
  const covers =
    about === 'this' ? {} : { covers: about === 'part' ? ['object 1'] : [], contradicted: about === 'other' };
  const predicate = {
    ...scan({
      found: found.map(({ id, severity }) => finding(id, severity, { version: '1', purl: PRODUCTS['package'] ?? '' })),
      days,
      database,
      scanner,
      recognised,
    }),
    // No two statements are the same.
    index,
  };
  const place = { in: 'registry', name: `referrer ${index}` } as const;
  return statement(type, predicate, { signature, signer: by === 'mallory' ? pgp(by) : key(by), place, ...covers });
}

/** The oracle: true when the requirement is met. */
function isMet(asked: Asked, pieces: readonly Given[], documents: readonly Document[]): boolean {
  const eligible = pieces.filter(
    (one) =>
      one.type === VULNS &&
      one.signature === 'valid' &&
      one.about === 'this' &&
      asked.signedBy.includes(one.by) &&
      one.days >= 0 &&
      (asked.scanner.length === 0 || asked.scanner.includes(one.scanner)),
  );
  const good = new Set<string>();
  for (const scanner of ['grype', 'trivy']) {
    const mine = eligible.filter((one) => one.scanner === scanner);
    const fresh = mine.filter(
      (one) =>
        (asked.maxAge === undefined || one.days <= asked.maxAge) &&
        (asked.database === undefined || one.database <= asked.database),
    );
    const youngest = Math.min(...mine.map(({ days }) => days));
    const lastWord = Math.min(...fresh.map(({ days }) => days));
    for (const one of fresh.filter(({ days }) => days === lastWord)) {
      if (one.found.length === 0 && !one.recognised) return false;
      if (blocks(asked, one, documents)) return false;
      if (one.days === youngest) good.add(scanner);
    }
  }
  return good.size >= asked.count;
}

/** Of one id in one package the worst rating that anybody gave holds, and none of those who gave none. */
function blocks(
  { failOn, unknownAs, exceptions, vexBy }: Asked,
  { found }: Given,
  documents: readonly Document[],
): boolean {
  if (failOn === 'none') return false;
  return IDS.some((id) => {
    const ratings = found.filter((one) => one.id === id).map(({ severity }) => severity);
    if (ratings.length === 0 || exceptions.some((one) => one.id === id && !one.over)) return false;
    if (isExplained(id, vexBy, documents)) return false;
    const known = ratings.filter((rating) => rating !== 'unknown');
    const held = known.length > 0 ? known : [unknownAs];
    return held.some((rating) => RATED.indexOf(rating) <= RATED.indexOf(failOn));
  });
}

/** The youngest documents about this finding, by somebody who may give them, all say that it does not matter. */
function isExplained(id: string, vexBy: readonly string[], documents: readonly Document[]): boolean {
  const mine = documents.filter(
    (one) =>
      one.id === id &&
      vexBy.includes(one.by) &&
      one.signature === 'valid' &&
      one.about === 'this' &&
      ['package', 'image', 'any version'].includes(one.product) &&
      one.days >= 0,
  );
  const youngest = Math.min(...mine.map(({ days }) => days));
  return mine.length > 0 && mine.filter(({ days }) => days === youngest).every(({ accepts }) => accepts);
}

test('the verdict is that of the oracle, and a failure names a cause', () => {
  fc.assert(
    fc.property(
      ASKED,
      fc.array(PIECE, { maxLength: 5 }),
      fc.array(DOCUMENT, { maxLength: 3 }),
      (asked, pieces, documents) => {
        const inside = [...pieces.map(evidenceOf), ...documents.map(documentOf)];
        const { verdict, code, endsAt } = verdictOn(requirementOf(asked), inside);
        const met = isMet(asked, pieces, documents);
        expect(verdict).toBe(met ? 'passed' : 'failed');
        if (!met) expect(code).toMatch(/^EVIDENCE_/);
        else if (endsAt !== undefined && Date.parse(endsAt) > NOW.getTime())
          expect(verdictOn(requirementOf(asked), inside, new Date(Date.parse(endsAt) - 1)).verdict).toBe('passed');
      },
    ),
    { numRuns: RUNS },
  );
});

test('the random cases reach both verdicts', () => {
  const cases = fc.sample(fc.tuple(ASKED, fc.array(PIECE, { minLength: 1, maxLength: 5 })), { numRuns: 500, seed: 1 });
  const met = cases.filter(([asked, pieces]) => isMet(asked, pieces, [])).length;
  expect(met).toBeGreaterThan(25);
  expect(met).toBeLessThan(475);
});
