// SPDX-License-Identifier: Apache-2.0
// The policy document: every key it may have, declared once, and what it says, checked for everything that needs no other
// file. The reader, the types and schema/policy.schema.json come from this declaration. The files a policy names are
// load.ts; of which files and profiles it is put together is compose/.

import { decodeUtf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { didYouMean, quote } from '../../base/text.ts';
import type { Denial } from '../../findings/denial.ts';
import { PolicyError } from '../errors.ts';
import { KEYLESS, REVIEWING } from '../keyless/field.ts';
import { neverFilled } from '../rules/never.ts';
import type { YamlNode } from '../yaml/node.ts';
import { parseYaml } from '../yaml/yaml.ts';
import { assertDistinct, list, many, type Member, object, record } from './collections.ts';
import { assertLookedInto, DENY_FIELD } from './deny-field.ts';
import * as f from './fields.ts';
import { type ObjectRules, POLICY_LIMITS, type Stage, type Team } from './model.ts';
import { CREDENTIALS, Directory, PRINCIPAL_NAME, WINDOW } from './people.ts';
import { GROUPS, NAME, readStage, STAGE } from './stage.ts';
import { TRUST } from './trust-field.ts';

const TEAM = f.mapped(many(NAME, { unique: f.valueOf }), (members) => ({ members }));

/** A person or service. */
const PRINCIPAL = object(
  {
    ...CREDENTIALS,
    many: {
      about: 'Everybody whom the credentials fit is a person of their own. Default: they are all one and the same.',
      field: f.YES,
      absent: undefined,
    },
    ...KEYLESS,
    ...REVIEWING,
    ...WINDOW,
  },
  ['pgp', 'key', 'x509', 'sigstore', 'github', 'gitlab'],
);

/** What a policy says, once it is put together. */
export const MEMBERS = {
  version: { about: 'Version of this format.', field: f.whole(1, 1) },
  name: { about: 'Name of the policy; recorded in every approval given under it.', field: f.line({ limit: 100 }) },
  trust: {
    about: 'Public keys and certificates that no principal names. Paths are relative to the policy file.',
    field: TRUST,
    absent: {
      keyrings: [],
      intermediates: [],
      certificates: [],
      timestamps: [],
      crls: [],
      revocation: undefined,
      sigstore: [],
    },
  },
  principals: {
    about: 'People and services by name, each with one or more credentials. Thresholds count principals.',
    field: record(PRINCIPAL_NAME, PRINCIPAL),
  },
  teams: {
    about: 'Principals and other teams under a name, which may stand wherever a principal may.',
    field: record(PRINCIPAL_NAME, TEAM),
    absent: [],
  },
  stages: {
    about: 'The stages an image passes, in order.',
    field: list(f.located(STAGE), { max: POLICY_LIMITS.stages, unique: ({ value }) => value.name.value }),
  },
  distinct: {
    about: 'Groups of stages of which nobody may fill two.',
    field: f.located(
      list(list(NAME, { min: 2, max: POLICY_LIMITS.stages, unique: f.valueOf }), {
        min: 0,
        max: POLICY_LIMITS.distinct,
      }),
    ),
    absent: undefined,
  },
  objects: {
    about: 'What is asked of the parts of every image. Default: nothing.',
    field: object({
      mustBeEncrypted: {
        about: 'Every partition holds an encrypted file system. Default: false.',
        field: f.WHETHER,
        absent: false,
      },
      unsigned: {
        about: 'Groups that need no approval as long as they hold data partitions alone. Default: none.',
        field: GROUPS,
        absent: [],
      },
    }),
    absent: undefined,
  },
  deny: {
    about: 'What does not count any more: keys, certificates, principals, contents, statements. Default: nothing.',
    field: list(DENY_FIELD, { max: POLICY_LIMITS.deny }),
    absent: [],
  },
} as const satisfies Readonly<Record<string, Member>>;

const POLICY = object(MEMBERS);

type Written = f.ValueOf<typeof POLICY>;

/** A principal as written. */
export type PrincipalDocument = Written['principals'][number];

/** A policy file as written, checked for everything that can be checked without reading other files. */
export interface PolicyDocument extends Pick<Written, 'trust' | 'principals'> {
  readonly objects: ObjectRules | undefined;
  readonly name: string;
  readonly teams: readonly Team[];
  readonly stages: readonly Stage[];
  readonly distinct: readonly (readonly string[])[];
  readonly deny: readonly Denial[];
}

/**
 * The policy in a file that is one by itself; `file` names it in errors.
 * @throws PolicyError with file, line and column
 */
export function parsePolicy(bytes: Uint8Array, file: string): PolicyDocument {
  return readPolicy(parseDocument(bytes, file));
}

/** The tree in a file's bytes; `file` names it in errors. @throws PolicyError */
export function parseDocument(bytes: Uint8Array, file: string): YamlNode {
  return parseYaml(policyText(bytes, file), file);
}

/** True for what is a policy by itself: no key of it says of which files or profiles it is put together. */
export function isWhole(node: YamlNode): boolean {
  return node.kind !== 'map' || [...node.entries.keys()].every((key) => Object.hasOwn(MEMBERS, key));
}

/** What a policy says that was put together. @throws PolicyError with the file, line and column that say it */
export function readPolicy(node: YamlNode): PolicyDocument {
  const written = POLICY.read(node, '');
  const { name, trust, principals } = written;
  const people = new Directory(principals, written.teams);
  const anyNumber = new Set(principals.filter((principal) => principal.many).map((principal) => principal.name));
  const stages: Stage[] = [];
  for (const { value } of written.stages)
    stages.push(readStage(value, { earlier: stages.map(({ name: earlier }) => earlier), people, anyNumber }));
  assertDistinct(
    stages.map(({ id }) => id),
    written.stages,
    'the list of stage ids',
  );
  const groups = written.distinct?.value ?? [];
  for (const group of groups) assertKnown(group, new Set(stages.map((stage) => stage.name)), 'distinct');
  const distinct = groups.map((group) => group.map(f.valueOf));
  // One threshold of one stage is compared with the number of its approvers where it is read.
  if (distinct.length > 0 || stages.some(({ quorums }) => quorums))
    assertSatisfiable({ stages, distinct, anyNumber }, written);
  const known = new Set(principals.map((principal) => principal.name));
  for (const { principal } of written.deny) if (principal) assertKnown([principal], known, 'deny');
  const component = written.deny.find(({ denial }) => denial.what.of === 'component');
  if (component) assertLookedInto(component, stages);
  const deny = written.deny.map(({ denial }) => denial);
  const objects = written.objects && readObjects(written.objects, written.stages);
  return { name: name.value, trust, principals, teams: people.teams, stages, distinct, deny, objects };
}

function policyText(bytes: Uint8Array, file: string): string {
  const location = { file, line: 1, column: 1 };
  if (bytes.length > LIMITS.policyBytes)
    throw new PolicyError('POLICY_SYNTAX', `the policy has ${bytes.length} bytes; the limit is ${LIMITS.policyBytes}`, {
      location,
      hint: 'check that the right file was given',
    });
  try {
    return decodeUtf8(bytes, 'the policy');
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw new PolicyError('POLICY_SYNTAX', cause.message, {
      cause,
      location,
      hint: 'check that the right file was given, and save it as UTF-8',
    });
  }
}

/** What may stay unsigned is approved by nobody: a stage about it would wait for ever. */
function readObjects(
  { mustBeEncrypted, unsigned }: NonNullable<Written['objects']>,
  stages: Written['stages'],
): ObjectRules {
  for (const group of unsigned) {
    const about = stages.find(
      ({ value }) => Array.isArray(value.objects?.value) && value.objects.value.includes(group.value),
    );
    if (about)
      throw f.problemAt(
        group,
        'POLICY_CONTRADICTION',
        `group ${group.value} may stay unsigned, and stage ${about.value.name.value} is about it`,
        'remove the group from objects.unsigned, or from the stage',
      );
  }
  return { mustBeEncrypted, ...(unsigned.length > 0 ? { unsigned: unsigned.map(f.valueOf) } : {}) };
}

/** @throws PolicyError POLICY_UNKNOWN_NAME */
function assertKnown(names: readonly f.Located[], known: ReadonlySet<string>, what: string): void {
  for (const name of names)
    if (!known.has(name.value))
      throw f.problemAt(
        name,
        'POLICY_UNKNOWN_NAME',
        `${what} has ${quote(name.value)}, which is not defined`,
        didYouMean(name.value, [...known]),
      );
}

/** @throws PolicyError POLICY_UNSATISFIABLE */
function assertSatisfiable(
  {
    stages,
    distinct,
    anyNumber,
  }: Pick<PolicyDocument, 'stages' | 'distinct'> & { readonly anyNumber: ReadonlySet<string> },
  written: Written,
): void {
  const never = neverFilled({ stages, distinct }, (name) => (anyNumber.has(name) ? 'any' : [[name]]));
  const failed = never.find(({ undecided }) => !undecided);
  if (!failed) return;
  const place = written.stages.find(({ value }) => value.name.value === failed.stage);
  const alone = distinct.every((group) => !group.includes(failed.stage));
  throw f.problemAt(
    (alone ? place : written.distinct) ?? written.name,
    'POLICY_UNSATISFIABLE',
    alone
      ? `stage ${failed.stage} can never be approved: its teams need the same people`
      : `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`,
    alone ? 'add members, or lower a number' : 'add approvers, lower a threshold, or take the stage out of distinct',
  );
}
