// SPDX-License-Identifier: Apache-2.0
// An entry of the list `stages`: who approves, after which others, resting on what.

import { VERDICT_VERIFIER_ID } from '../../attest/record.ts';
import * as f from './fields.ts';
import { type NativeFormat, POLICY_LIMITS, type StageObjects } from './model.ts';
import { PRINCIPAL_NAME } from './principal-field.ts';
import { mapped, record } from './record.ts';
import { DURATION, REQUIREMENT_FIELD } from './requirement-field.ts';
import { SIGNED_IDENTITY } from './signed-identity-field.ts';

const { stages } = POLICY_LIMITS;
const NATIVE_FORMATS: readonly NativeFormat[] = ['pgp', 'dsse', 'cosign', 'notation', 'simple-signing'];

/** Stages or principals that are defined elsewhere in the document. */
export const NAME = f.line();

const URI = /^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/;
/** Gates that ask for this id would take a verdict for an approval. */
const ID = f.line({
  pattern: URI,
  check(text) {
    if (text === VERDICT_VERIFIER_ID)
      return { problem: 'is the id that signed verdicts of verify-all have', hint: 'write another URI' };
    return URI.test(text) ? undefined : { problem: 'is no URI', hint: 'write a URI' };
  },
});
const NAMES = f.many(NAME, { unique: f.valueOf });
const QUORUMS = record(
  PRINCIPAL_NAME,
  mapped(f.whole(1, 1_000_000), (needed) => ({ needed })),
);

/** Names, or how many are needed of each. */
interface Approvers {
  readonly names: readonly f.Located[];
  readonly needed?: readonly f.Located<number>[];
}

const APPROVERS: f.Field<Approvers> = {
  schema: { anyOf: [NAMES.schema, QUORUMS.schema] },
  read(node, what) {
    if (node.kind !== 'map') return { names: NAMES.read(node, what) };
    const quorums = QUORUMS.read(node, what);
    return {
      names: quorums.map(({ name, location }) => ({ value: name, location })),
      needed: quorums.map(({ needed }) => needed),
    };
  },
};

/** Bits that a group number has in a SIF descriptor. */
const MAX_GROUP = 0x0fff_ffff;

/** Numbers of groups of a SIF. */
export const GROUPS = f.many(f.whole(1, MAX_GROUP), {
  max: POLICY_LIMITS.groups,
  unique: ({ value }) => String(value),
});
const PARTS = f.choice(['base', 'overlays'], ['the number of a group']);

const OBJECTS: f.Field<f.Located<StageObjects>> = {
  schema: { anyOf: [PARTS.schema, GROUPS.schema] },
  read(node, what) {
    const isWord = node.kind === 'scalar' && typeof node.value === 'string';
    if (isWord) return PARTS.read(node, what);
    if (node.kind === 'map') throw f.wrongType(node, what, 'base, overlays, or numbers of groups');
    return { value: GROUPS.read(node, what).map(f.valueOf), location: node.location };
  },
};

/** A stage of the list `stages`. */
export const STAGE = f.object({
  name: {
    about: '1 to 42 lower-case letters, digits and inner hyphens.',
    field: f.formed(/^[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?$/, {
      problem: 'is no stage name',
      hint: 'use 1 to 42 lower-case letters, digits and hyphens, with no hyphen at the ends',
    }),
  },
  id: {
    about: 'URI that approvals have as verifier.id. Default: urn:countersign:stage:NAME.',
    field: ID,
    absent: undefined,
  },
  approvers: {
    about:
      'Principals and teams who may approve this stage: one or a list, or a map from each to how many of them must.',
    field: APPROVERS,
  },
  grantors: {
    about: 'Approvers who may let others approve in their place, by signed grants. Default: none.',
    field: NAMES,
    absent: undefined,
  },
  breakGlass: {
    about: 'Principals and teams who may let this stage be skipped for a while, by signed statements. Default: nobody.',
    field: f.object({
      by: { about: 'Who may. One or a list.', field: NAMES },
      maxDuration: { about: 'For how long at most, in days or hours: 12h, 3d. 30 days at most.', field: DURATION },
    }),
    absent: undefined,
  },
  threshold: {
    about: 'How many different people must approve. Default: 1. Not beside numbers in approvers.',
    field: f.whole(1, 1_000_000),
    absent: undefined,
  },
  after: {
    about: 'Earlier stages that must be approved first. Default: the stage before this one in the list.',
    field: f.many(NAME, { min: 0, max: stages, unique: f.valueOf }),
    absent: undefined,
  },
  native: {
    about:
      'Signatures that name no stage and count as approval of this one: native ones of SIFs (pgp, dsse), those of cosign sign and notation sign, and GPG signatures in the folder lookaside (simple-signing). Default: none.',
    field: f.many(f.choice(NATIVE_FORMATS), { min: 0, max: NATIVE_FORMATS.length, unique: f.valueOf }),
    absent: [],
  },
  signedIdentity: {
    about:
      'With native cosign or simple-signing: which docker-reference the signature must name, as in podman’s policy.json. Bundles name none and do not count then. Default: any.',
    field: f.located(SIGNED_IDENTITY),
    absent: undefined,
  },
  maxAge: {
    about: 'How old an approval may be, in days or hours: 90d, 12h. Default: any age.',
    field: DURATION,
    absent: undefined,
  },
  reviewed: {
    about: 'Whether a human must have released the keyless job that approves into its environment. Default: no.',
    field: f.yes(),
    absent: undefined,
  },
  requires: {
    about: 'Evidence without which the stage does not pass. Default: none.',
    field: f.list(REQUIREMENT_FIELD, { max: POLICY_LIMITS.requires }),
    absent: [],
  },
  objects: {
    about:
      'Which objects of a SIF its approvals are about: base, overlays, or numbers of groups that hold overlay and data partitions alone. Default: all.',
    field: OBJECTS,
    absent: undefined,
  },
});
