// SPDX-License-Identifier: Apache-2.0
// VEX documents: which say something about a finding, which of several holds, and which say nothing.

import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/base/json.ts';
import type { Principal } from '../../../src/policy/document/model.ts';
import type { EvidenceFact } from '../../../src/policy/facts.ts';
import { ago, BUILDER, CRITICAL, DAY, findings, scan, statement, verdictOn, VULNS } from '../../support/evidence.ts';
import { digestOf, key, NOW, person, pgp } from '../../support/facts.ts';

const OPENVEX = 'https://openvex.dev/ns/v0.2.0';
const PACKAGE = 'pkg:deb/debian/libx@1';
const IMAGE = digestOf('content');
const OTHER = digestOf('other');
const NEEDS_VEX = findings({ vexBy: ['mallory'] });
const SCANNED = statement(VULNS, scan({ found: [CRITICAL] }));

interface Said {
  readonly status?: string;
  readonly days?: number;
  readonly vulnerability?: JsonObject | string;
  readonly products?: readonly (JsonObject | string)[];
  readonly justification?: string;
}

function said({ status = 'not_affected', days = 2, ...more }: Said = {}): JsonObject {
  const { vulnerability = { name: 'CVE-2024-1' }, products = [{ '@id': PACKAGE }] } = more;
  const { justification = 'component_not_present' } = more;
  return { vulnerability, products: [...products], status, justification, timestamp: ago(days) };
}

function vex(statements: readonly JsonObject[], more: Partial<EvidenceFact> = {}): EvidenceFact {
  const document = { '@context': OPENVEX, statements: [...statements] };
  const place = { in: 'registry', name: 'referrer vex' } as const;
  return statement(OPENVEX, document, { signer: pgp('mallory'), place, ...more });
}

function bom(document: JsonObject): EvidenceFact {
  const place = { in: 'registry', name: 'referrer vex' } as const;
  const whole = { bomFormat: 'CycloneDX', metadata: { timestamp: ago(2) }, ...document };
  return statement('https://cyclonedx.org/bom', whole, { signer: pgp('mallory'), place });
}

function outcome(...documents: readonly EvidenceFact[]): string | undefined {
  return verdictOn(NEEDS_VEX, [SCANNED, ...documents]).verdict;
}

test('without a document the finding fails', () => {
  expect(outcome()).toBe('failed');
});

describe('an OpenVEX statement', () => {
  test.each<readonly [string, Said, string]>([
    ['about the package', {}, 'passed'],
    ['about all versions of the package', { products: ['pkg:deb/debian/libx'] }, 'passed'],
    ['by identifier', { products: [{ '@id': 'x', identifiers: { purl: PACKAGE } }] }, 'passed'],
    ['about the image', { products: [{ '@id': `pkg:oci/app@${encodeURIComponent(IMAGE)}` }] }, 'passed'],
    ['about the image by hash', { products: [{ '@id': 'app', hashes: { 'sha-256': IMAGE.slice(7) } }] }, 'passed'],
    [
      'about the package in the image',
      { products: [{ '@id': `app@${IMAGE}`, subcomponents: [{ '@id': PACKAGE }] }] },
      'passed',
    ],
    ['by another name of it', { vulnerability: { name: 'GHSA-x', aliases: ['cve-2024-1'] } }, 'passed'],
    ['that it is fixed', { status: 'fixed' }, 'passed'],
    ['that it is affected', { status: 'affected' }, 'failed'],
    ['that nobody knows yet', { status: 'under_investigation' }, 'failed'],
    ['without a reason', { justification: '' }, 'failed'],
    ['of tomorrow', { days: -1 }, 'failed'],
    ['about another vulnerability', { vulnerability: { name: 'CVE-2024-10' } }, 'failed'],
    ['about another package', { products: ['pkg:deb/debian/libxx@1'] }, 'failed'],
    ['about another version', { products: ['pkg:deb/debian/libx@10'] }, 'failed'],
    ['about another image', { products: [`pkg:oci/app@${encodeURIComponent(OTHER)}`] }, 'failed'],
    [
      'about two images in one',
      { products: [{ '@id': `app@${IMAGE}`, hashes: { 'sha-256': OTHER.slice(7) } }] },
      'failed',
    ],
    [
      'about the package in another image',
      { products: [{ '@id': `app@${OTHER}`, subcomponents: [{ '@id': PACKAGE }] }] },
      'failed',
    ],
    [
      'about the package in another package',
      { products: [{ '@id': 'pkg:deb/debian/app@1', subcomponents: [{ '@id': PACKAGE }] }] },
      'failed',
    ],
    [
      'about another package in the image',
      { products: [{ '@id': `app@${IMAGE}`, subcomponents: [{ '@id': 'pkg:deb/debian/liby@1' }] }] },
      'failed',
    ],
    ['about an image without digest', { products: ['pkg:oci/app'] }, 'failed'],
    ['about nothing', { products: [] }, 'failed'],
  ])('%s', (_, one, expected) => {
    expect(outcome(vex([said(one)]))).toBe(expected);
  });

  test('holds until a newer one, wherever that is', () => {
    expect(outcome(vex([said({ days: 3 }), said({ days: 2, status: 'affected' })]))).toBe('failed');
    expect(outcome(vex([said({ days: 2 }), said({ days: 3, status: 'affected' })]))).toBe('passed');
    expect(outcome(vex([said({ days: 3 })]), vex([said({ days: 2, status: 'affected' })]))).toBe('failed');
    expect(outcome(vex([said()]), vex([said({ status: 'affected' })]))).toBe('failed');
  });
});

describe('a document', () => {
  test.each<readonly [string, Partial<EvidenceFact>]>([
    ['by somebody else', { signer: key('builder') }],
    ['by nobody known', { signature: 'unknown-signer' }],
    ['that was altered', { signature: 'invalid' }],
    ['about other content', { contradicted: true, covers: [] }],
    ['about a part of the image', { covers: ['object 1'] }],
  ])('%s does not count, and that is told', (_, more) => {
    const { verdict, reasons } = verdictOn(NEEDS_VEX, [SCANNED, vex([said()], more)]);
    expect(verdict).toBe('failed');
    expect(reasons.map(({ code }) => code)).toContain('EVIDENCE_VEX_REFUSED');
  });

  test('by a principal counts only where the requirement names them', () => {
    expect(verdictOn(findings({}), [SCANNED, vex([said()])]).verdict).toBe('failed');
  });
});

describe('a key of two principals', () => {
  const ended = { until: NOW.getTime() - DAY };
  const twice = (one: Principal): readonly Principal[] => [
    { ...one, credentials: one.credentials.map((credential) => ({ ...credential, window: ended })) },
    { ...one, name: `new ${one.name}` },
  ];

  test('makes nothing acceptable as the one whose time is over', () => {
    const found = [SCANNED, vex([said()])];
    const of = (people: readonly Principal[]) => verdictOn(NEEDS_VEX, found, NOW, [...people, BUILDER]).verdict;
    expect(of(twice(person('mallory')).toReversed())).toBe('failed');
    expect(of(twice(person('mallory')))).toBe('failed');
    expect(of([person('mallory')])).toBe('passed');
  });

  test('is no evidence of the one whose time is over, and is shown as the other', () => {
    const clean = [statement(VULNS, scan())];
    const { verdict, code, reports } = verdictOn(findings({}), clean, NOW, twice(BUILDER));
    expect({ verdict, code }).toEqual({ verdict: 'failed', code: 'EVIDENCE_OTHER_SIGNER' });
    expect(reports[0]?.signer?.principal).toBe('new builder');
    expect(verdictOn(findings({}), clean, NOW, [BUILDER]).verdict).toBe('passed');
  });
});

describe('a CycloneDX analysis', () => {
  const analysed = (affects: readonly JsonObject[], analysis: JsonObject = { state: 'not_affected' }) => ({
    vulnerabilities: [{ id: 'CVE-2024-1', analysis, affects: [...affects] }],
  });
  const components = [{ 'bom-ref': 'x', name: 'libx', version: '1', purl: PACKAGE }];

  test.each<readonly [string, JsonObject, string]>([
    ['about the package', analysed([{ ref: PACKAGE }]), 'passed'],
    ['about a component', { ...analysed([{ ref: 'x' }]), components }, 'passed'],
    ['about a component of a component', { ...analysed([{ ref: 'x' }]), components: [{ components }] }, 'passed'],
    ['about a component of another document', analysed([{ ref: 'x' }]), 'failed'],
    ['about nothing', analysed([]), 'failed'],
    ['about a range of versions', analysed([{ ref: PACKAGE, versions: [{ range: 'vers:deb/<2' }] }]), 'failed'],
    ['that it can be exploited', analysed([{ ref: PACKAGE }], { state: 'exploitable' }), 'failed'],
    ['that it is a false positive', analysed([{ ref: PACKAGE }], { state: 'false_positive' }), 'passed'],
    ['without a state', analysed([{ ref: PACKAGE }], { detail: 'x' }), 'failed'],
    ['without a time', { ...analysed([{ ref: PACKAGE }]), metadata: {} }, 'failed'],
  ])('%s', (_, document, expected) => {
    expect(outcome(bom(document))).toBe(expected);
  });

  test('that some versions can be exploited takes back what was accepted before, and not what is accepted after', () => {
    const versions = [{ range: 'vers:deb/<2', status: 'affected' }];
    const [known, affected] = [
      [{ ref: PACKAGE }],
      analysed([{ ref: PACKAGE, versions }], { state: 'exploitable' }).vulnerabilities,
    ];
    const at = (days: number, vulnerabilities: readonly JsonObject[]) =>
      bom({ vulnerabilities: [...vulnerabilities], metadata: { timestamp: ago(days) } });
    expect(outcome(at(3, analysed(known).vulnerabilities))).toBe('passed');
    expect(outcome(at(3, analysed(known).vulnerabilities), at(2, affected))).toBe('failed');
    expect(outcome(at(2, analysed(known).vulnerabilities), at(3, affected))).toBe('passed');
  });
});
