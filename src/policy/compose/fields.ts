// SPDX-License-Identifier: Apache-2.0
// What a policy file may hold beside what a policy says: which file it extends, its profiles, and what of before it replaces.

import { many, type Member, object, record } from '../document/collections.ts';
import { MEMBERS } from '../document/document.ts';
import * as f from '../document/fields.ts';
import { TRUST_MEMBERS } from '../document/trust-field.ts';

const { version, ...SAID } = MEMBERS;

/** Keys whose former value can be replaced as a whole: all that restrict. */
const REPLACEABLE: readonly string[] = [
  ...Object.keys(SAID).filter((key) => key !== 'name'),
  'profiles',
  'defaultProfile',
  ...Object.keys(TRUST_MEMBERS).map((key) => `trust.${key}`),
];

const EXTENDED = f.line({
  limit: 4096,
  check: (text) =>
    /^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(text)
      ? { problem: 'is no local file', hint: 'fetch the file, and give its path' }
      : undefined,
});

const PROFILE_NAME = {
  pattern: /^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/,
  refusal: {
    problem: 'is no name for a profile',
    hint: 'use 1 to 42 lower-case letters, digits and inner hyphens',
  },
};

const REPLACES = {
  about: 'Keys of this file or profile in whose place nothing counts that was said before.',
  field: many(f.choice(REPLACEABLE), { unique: f.valueOf }),
  absent: [],
};

/** Every key may be absent: another file may have it. */
const OPTIONAL: Readonly<Record<string, Member>> = Object.fromEntries(
  Object.entries<Member>(SAID).map(([key, member]) => [key, { absent: undefined, ...member }]),
);

const BODY_MEMBERS = { ...OPTIONAL, replaces: REPLACES };
const BODY = object(BODY_MEMBERS);

/** The body of a profile. Its schema is that of the same keys outside. */
const PROFILE: f.Field<unknown> = {
  schema: {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(Object.keys(BODY_MEMBERS).map((key) => [key, { $ref: `#/properties/${key}` }])),
  },
  read: (node, what) => BODY.read(node, what),
};

/** How a file is put together. */
const COMPOSITION = {
  extends: { about: 'Policy file that this one adds to; relative to this file.', field: EXTENDED, absent: undefined },
  replaces: REPLACES,
  profiles: {
    about: 'Uses of this policy under names, of which one is chosen; each adds to what stands outside.',
    field: record(
      PROFILE_NAME,
      f.mapped(PROFILE, () => ({})),
    ),
    absent: [],
  },
  defaultProfile: { about: 'The profile that counts where none is chosen.', field: f.line(), absent: undefined },
} as const satisfies Readonly<Record<string, Member>>;

/** The keys of COMPOSITION alone. */
export const HEAD = object(COMPOSITION);

/** True for a key that says how a file is put together. */
export function composes(key: string): boolean {
  return Object.hasOwn(COMPOSITION, key);
}

/** A whole file. */
export const FILE = object({ version, ...OPTIONAL, ...COMPOSITION });

/** schema/policy.schema.json. */
export function policySchema(): f.JsonSchema {
  const whole = Object.entries(MEMBERS).filter(([, member]) => !('absent' in member));
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:countersign:schema:policy:v1',
    title: 'countersign policy, version 1',
    description:
      'Who may approve an image at which stage. The program checks more than a schema can say: names that are not defined, the order of stages, thresholds nobody can meet, patterns that leave too much open. See docs/policy.md.',
    ...FILE.schema,
    anyOf: [{ required: whole.map(([key]) => key) }, { required: ['extends'] }, { required: ['profiles'] }],
  };
}
