// SPDX-License-Identifier: Apache-2.0
// An entry of the list `deny`: what does not count any more, since when, and why.

import { isDigest } from '../../base/bytes.ts';
import type { Denial } from '../../findings/denial.ts';
import { parsePurl } from '../../findings/packages.ts';
import { hasRanges, parseRange, type Versions } from '../../findings/versions.ts';
import { quote } from '../../base/text.ts';
import { many, object } from './collections.ts';
import * as f from './fields.ts';
import type { Stage } from './model.ts';

const KEY = f.line({
  check: (text) =>
    keyOf(text) ? undefined : { problem: 'is no key', hint: 'write the fingerprint or hint that key show prints' },
});
const DIGEST = f.line({
  check: (text) => (isDigest(text) ? undefined : { problem: 'is no digest', hint: 'write sha256: and 64 hex digits' }),
});
const NAME = f.line({ check: f.nameRefusal });
const SERIAL = f.formed(/^(?:[0-9A-Fa-f]{1,2}:?)+$/, {
  problem: 'is no serial number',
  hint: 'write its hex digits, as the verdict shows them',
});
/** A time to the second in UTC. */
const TIME = f.line({
  pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/,
  check: (text) =>
    isTime(text) ? undefined : { problem: 'is no time in UTC', hint: 'write it as in "2026-05-01T00:00:00Z"' },
});

const OF = ['key', 'certificate', 'principal', 'content', 'statement', 'component'] as const;
const PURL = /^pkg:[A-Za-z][A-Za-z0-9.+-]*\/[^\s@?#]+$/;
const COMPONENT = f.line({
  pattern: PURL,
  check: (text) =>
    PURL.test(text) && parsePurl(text)
      ? undefined
      : {
          problem: 'is no package URL without version and qualifiers',
          hint: 'write it as in pkg:npm/left-pad, with an encoded @ (%40) in scopes, and its versions under versions',
        },
});
const VERSION = f.line({ limit: 200 });

const DENY = object(
  {
    key: {
      about: 'A key: base64 or hex SHA-256 of its SPKI, or OpenPGP fingerprint of the primary key or a subkey.',
      field: KEY,
      absent: undefined,
    },
    certificate: {
      about: 'A certificate by issuer and serial number, wherever in a chain it is.',
      field: object({
        issuer: { about: 'Name of the CA in RFC 4514 form.', field: NAME },
        serial: { about: 'Hex digits.', field: SERIAL },
      }),
      absent: undefined,
    },
    principal: { about: 'A principal, by name.', field: f.line(), absent: undefined },
    content: { about: 'Content digest of an image.', field: DIGEST, absent: undefined },
    statement: {
      about: 'Digest of an approval or of evidence, as the verdict shows it.',
      field: DIGEST,
      absent: undefined,
    },
    component: {
      about: 'A component, by package URL without a version: no SBOM that a stage requires may name it.',
      field: COMPONENT,
      absent: undefined,
    },
    versions: {
      about: 'Of a component: its versions, single ones or ranges such as ">=2.0 <2.17.1". Default: all.',
      field: many(VERSION, { max: 1000, unique: f.valueOf }),
      absent: undefined,
    },
    since: {
      about: 'What is proven to be older than this time keeps counting. Default: nothing counts.',
      field: TIME,
      absent: undefined,
    },
    reason: { about: 'Why; the report shows it.', field: f.line() },
  },
  OF,
);

/** A denial, and the principal that it names, which the policy must define. */
export interface DenyDocument extends f.Placed {
  readonly denial: Denial;
  readonly principal: f.Located | undefined;
}

/** One entry of `deny`. */
export const DENY_FIELD = f.mapped(DENY, (written, what, { location }): DenyDocument => {
  const { principal, component, versions, since, reason } = written;
  const given = OF.filter((name) => written[name] !== undefined);
  if (given.length > 1)
    throw f.problemAt(
      { location },
      'POLICY_INVALID_VALUE',
      `${what} has ${given.join(' and ')}`,
      'write one entry for each',
    );
  const stray = component ? since : versions?.[0];
  if (stray)
    throw f.problemAt(
      stray,
      'POLICY_CONTRADICTION',
      component ? `${what}: a component has no since` : `${what}: versions are of a component alone`,
      component ? 'remove since: what is in an image does not change' : 'remove versions',
    );
  const common = { reason: reason.value, ...(since ? { since: new Date(since.value) } : {}) };
  return { location, denial: { ...common, what: subjectOf(written) }, principal };
});

function subjectOf({
  key,
  certificate,
  principal,
  content,
  statement,
  component,
  versions,
}: f.ValueOf<typeof DENY>): Denial['what'] {
  if (certificate) {
    const serial = certificate.serial.value
      .replaceAll(':', '')
      .toLowerCase()
      .replace(/^0+(?=.)/, '');
    return { of: 'certificate', issuer: certificate.issuer.value, serial };
  }
  if (principal) return { of: 'principal', name: principal.value };
  if (content) return { of: 'content', digest: content.value };
  if (statement) return { of: 'statement', digest: statement.value };
  if (component) return { of: 'component', purl: component.value, ...versionsOf(component, versions) };
  return { of: 'key', ...keyOf(key?.value ?? '') };
}

/** Where no stage requires an SBOM nobody says what is in an image. @throws PolicyError POLICY_CONTRADICTION */
export function assertLookedInto(component: DenyDocument, stages: readonly Stage[]): void {
  if (stages.some(({ requires }) => requires.some(({ condition }) => condition.of === 'sbom'))) return;
  throw f.problemAt(
    component,
    'POLICY_CONTRADICTION',
    'deny names a component, and no stage requires an SBOM that says what is in an image',
    'add { evidence: sbom, signedBy: … } to requires of a stage, by whom you believe it',
  );
}

/** What begins with `<`, `>` or `=` is a range, everything else a single version. */
function versionsOf(
  component: f.Located,
  versions: readonly f.Located[] | undefined,
): { readonly versions?: Versions } {
  if (!versions) return {};
  const type = parsePurl(component.value)?.type ?? '';
  const read = (one: f.Located) => {
    if (!/^[<>=]/.test(one.value)) return one.value;
    const range = parseRange(one.value, type);
    if (range) return range;
    throw f.problemAt(
      one,
      'POLICY_INVALID_VALUE',
      hasRanges(type)
        ? `${quote(one.value)} is no range of versions`
        : `the order of versions of pkg:${type} is not known here`,
      hasRanges(type)
        ? 'write comparisons with blanks between, as in ">=2.0 <2.17.1"'
        : 'list the versions one by one, or leave versions out for all',
    );
  };
  return { versions: versions.map(read) };
}

/** A key by how it is written; undefined for what is none. */
export function keyOf(text: string): { readonly hint?: string; readonly fingerprint?: string } | undefined {
  const hex = text.replace(/^sha256:/, '');
  if (/^[0-9a-fA-F]{64}$/.test(hex)) return { hint: Buffer.from(hex, 'hex').toString('base64') };
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return { hint: text };
  const digits = text.replaceAll(' ', '').toUpperCase();
  return /^[0-9A-F]{40}$/.test(digits) ? { fingerprint: digits } : undefined;
}

function isTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === `${text.slice(0, -1)}.000Z`;
}
