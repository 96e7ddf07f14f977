// SPDX-License-Identifier: Apache-2.0
// Who somebody is: the keys and certificates by which principals are recognised, for how long these count, and the teams
// of principals. Keyless signers are keyless/field.ts.

import { didYouMean, isDay, quote } from '../../base/text.ts';
import { isArmored } from '../../crypto/trust.ts';
import { many, type Named, object } from './collections.ts';
import * as f from './fields.ts';
import { POLICY_LIMITS, type Team, type Window } from './model.ts';
import { PATH, PATHS } from './trust-field.ts';

const DAY_MS = 86_400_000;
const TIME_FORM = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/;
const TIME = f.line({
  pattern: TIME_FORM,
  check: (text) =>
    TIME_FORM.test(text) && isDay(text.slice(0, 10)) && !Number.isNaN(Date.parse(text))
      ? undefined
      : { problem: 'is no day and no time in UTC', hint: 'write "2027-01-31" or "2027-01-31T12:00:00Z", in quotes' },
});

/** Members of whoever counts for a time alone. */
export const WINDOW = {
  from: { about: 'What was approved before this day or time does not count.', field: TIME, absent: undefined },
  until: {
    about: 'The last day that counts, or the time from which on nothing counts.',
    field: TIME,
    absent: undefined,
  },
} as const;

/** `from` and `until` as they are written. */
export interface WrittenWindow {
  readonly from?: f.Located | undefined;
  readonly until?: f.Located | undefined;
}

/** The time that all of these have in common; undefined when none is limited. @throws PolicyError POLICY_CONTRADICTION */
export function windowOf(...written: readonly WrittenWindow[]): { readonly window?: Window } {
  const starts = written.flatMap(({ from }) => (from ? [{ place: from, time: Date.parse(from.value) }] : []));
  const ends = written.flatMap(({ until }) => (until ? [{ place: until, time: endOf(until.value) }] : []));
  const [start] = starts.toSorted((a, b) => b.time - a.time);
  const [end] = ends.toSorted((a, b) => a.time - b.time);
  if (!start && !end) return {};
  if (start && end && start.time >= end.time)
    throw f.problemAt(
      end.place,
      'POLICY_CONTRADICTION',
      `nothing is both from ${start.place.value} on and until ${end.place.value}`,
      'correct one of the two; a principal and a credential count in the time that both have in common',
    );
  return { window: { ...(start ? { from: start.time } : {}), ...(end ? { until: end.time } : {}) } };
}

function endOf(text: string): number {
  return Date.parse(text) + (text.length === 10 ? DAY_MS : 0);
}

const FINGERPRINT = f.line({
  pattern: /^(?:[0-9A-Fa-f] *){39}[0-9A-Fa-f]$/,
  check(text) {
    const digits = fingerprintOf(text);
    if (/^[0-9A-F]{40}$/.test(digits)) return undefined;
    return { problem: 'is not 40 hex digits', hint: fingerprintHint(digits.replace(/^0X/, '')) };
  },
});

/** The hex digits of a fingerprint, upper case, without spaces. */
export function fingerprintOf(text: string): string {
  return text.replace(/ /g, '').toUpperCase();
}

function fingerprintHint(hex: string): string {
  if (/^(?:[0-9A-F]{8}|[0-9A-F]{16})$/.test(hex))
    return 'a key ID can be forged; write the whole fingerprint, as gpg --fingerprint shows it';
  if (/^[0-9A-F]{64}$/.test(hex)) return 'version 6 keys are not supported; use a version 4 key';
  if (/^[0-9A-F]{40}$/.test(hex)) return 'leave out 0x';
  return 'write the 40 hex digits of the primary key, as gpg --fingerprint shows them';
}

/** The path of a key file, or the key itself as PEM. */
const KEY: f.Field<f.Located> = {
  schema: { anyOf: [PATH.schema, { type: 'string', pattern: '^\\s*-----BEGIN ' }] },
  read(node, what) {
    const value = f.textOf(node, what);
    return isArmored(value) ? { value, location: node.location } : PATH.read(node, what);
  },
};

/** A credential that is one text, alone or in a map with a window. */
type TextCredential = f.Field<f.Located & WrittenWindow>;

const PGP: TextCredential = f.either(
  FINGERPRINT,
  f.mapped(
    object({ fingerprint: { about: 'Fingerprint of the OpenPGP primary key.', field: FINGERPRINT }, ...WINDOW }),
    ({ fingerprint, ...window }) => ({ ...fingerprint, ...window }),
  ),
);
const BARE_KEY: TextCredential = f.either(
  KEY,
  f.mapped(
    object({ file: { about: 'Public key: path of an SPKI file, or PEM text.', field: KEY }, ...WINDOW }),
    ({ file, ...window }) => ({ ...file, ...window }),
  ),
);

const LIST = { max: POLICY_LIMITS.credentials };
const X509 = object(
  {
    anchors: { about: 'CA certificates; a valid chain must lead to one of them.', field: PATHS },
    san: {
      about: 'Subject alternative name with its type, exact or with * inside one part. One of a list must match.',
      field: many(f.matching('san'), LIST),
      absent: [],
    },
    subject: {
      about: 'Subject in RFC 4514 form, exact or with * inside one attribute value.',
      field: many(f.matching('subject'), LIST),
      absent: [],
    },
    issuer: {
      about: 'Issuer in RFC 4514 form, exact or with * inside one attribute value.',
      field: many(f.matching('issuer'), LIST),
      absent: [],
    },
    any: {
      about: 'Any certificate with a name that leads to an anchor; instead of san and subject.',
      field: f.YES,
      absent: undefined,
    },
    ...WINDOW,
  },
  // Otherwise every certificate of the CA would match, and nobody said so.
  ['san', 'subject', 'any'],
);

/** Certificates, their names either described or all accepted. */
const CERTIFICATES = f.mapped(X509, (written, what) => {
  if (written.any && (written.san.length > 0 || written.subject.length > 0))
    throw f.problemAt(
      written.any,
      'POLICY_CONTRADICTION',
      `${what} accepts any name and describes names`,
      'remove any to accept the described names alone, or san and subject to accept all',
    );
  return written;
});

/** The keys of a principal that say by which keys and certificates they are recognised. */
export const CREDENTIALS = {
  pgp: {
    about: 'Fingerprint of the OpenPGP primary key: 40 hex digits, spaces allowed. One or a list.',
    field: many(PGP, { ...LIST, unique: ({ value }) => fingerprintOf(value) }),
    absent: [],
  },
  key: {
    about: 'Public key: path of an SPKI file, or PEM text. One or a list.',
    field: many(BARE_KEY, LIST),
    absent: [],
  },
  x509: {
    about: 'Certificates of a CA that have a certain name. One or a list.',
    field: many(CERTIFICATES, LIST),
    absent: [],
  },
} as const;

/** What a principal may be called. */
export const PRINCIPAL_NAME = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$/,
  refusal: {
    problem: 'is no name for a principal',
    hint: 'use up to 64 letters, digits and . _ @ + -, beginning with a letter or digit',
  },
};

/** A team as written. */
export interface TeamDocument extends Named {
  readonly members: readonly f.Located[];
}

/** Principals and teams by their names. */
export class Directory {
  readonly #principals: ReadonlySet<string>;
  readonly #teams: ReadonlyMap<string, TeamDocument>;
  readonly #resolved = new Map<string, readonly string[]>();
  /** People named by now. */
  #named = 0;

  /** @throws PolicyError POLICY_DUPLICATE, POLICY_UNKNOWN_NAME, POLICY_CYCLE */
  constructor(principals: readonly Named[], teams: readonly TeamDocument[]) {
    this.#principals = new Set(principals.map(({ name }) => name));
    this.#teams = new Map(teams.map((team) => [team.name, team]));
    const both = teams.find(({ name }) => this.#principals.has(name));
    if (both)
      throw f.problemAt(
        both,
        'POLICY_DUPLICATE',
        `${quote(both.name)} is a principal and a team`,
        'rename one of the two',
      );
    for (const team of teams) this.#members(team, []);
  }

  /** The teams, resolved. */
  get teams(): readonly Team[] {
    return [...this.#resolved].map(([name, members]) => ({ name, members }));
  }

  /**
   * Names of the principals whom these names stand for, each once.
   * @throws PolicyError POLICY_UNKNOWN_NAME; POLICY_INVALID_VALUE where too many were named by then
   */
  principals(names: readonly f.Located[], what: string): readonly string[] {
    const unique = [...new Set(names.flatMap((name) => this.#resolve(name, what, [])))];
    this.#count(unique, names[0]);
    return unique;
  }

  /** @throws PolicyError POLICY_INVALID_VALUE */
  #count({ length }: readonly string[], place: f.Placed | undefined): void {
    this.#named += length;
    if (!place || this.#named <= POLICY_LIMITS.named) return;
    const most = POLICY_LIMITS.named.toLocaleString('en');
    throw f.problemAt(
      place,
      'POLICY_INVALID_VALUE',
      `teams, stages and requirements name more than ${most} people together, those in teams counted each time`,
      'name fewer people here, or write a policy for each group of images',
    );
  }

  #resolve(name: f.Located, what: string, within: readonly string[]): readonly string[] {
    if (this.#principals.has(name.value)) return [name.value];
    const team = this.#teams.get(name.value);
    if (!team)
      throw f.problemAt(
        name,
        'POLICY_UNKNOWN_NAME',
        `${what} has ${quote(name.value)}, which is not defined`,
        didYouMean(name.value, [...this.#principals, ...this.#teams.keys()]),
      );
    if (within.includes(name.value)) {
      const circle = [...within.slice(within.indexOf(name.value)), name.value].join(' in ');
      throw f.problemAt(
        name,
        'POLICY_CYCLE',
        `the team ${name.value} is in itself: ${circle}`,
        'take one out of the other',
      );
    }
    return this.#members(team, within);
  }

  #members({ name, members }: TeamDocument, within: readonly string[]): readonly string[] {
    const known = this.#resolved.get(name);
    if (known) return known;
    const found = members.flatMap((member) => this.#resolve(member, `teams.${name}`, [...within, name]));
    const unique = [...new Set(found)];
    this.#count(unique, members[0]);
    this.#resolved.set(name, unique);
    return unique;
  }
}
