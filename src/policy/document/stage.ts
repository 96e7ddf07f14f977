// SPDX-License-Identifier: Apache-2.0
// An entry of the list `stages`: who approves, after which others, resting on what. Its keys, and what they say of one
// another and of people and stages that are defined elsewhere.

import { VERDICT_VERIFIER_ID } from '../../attest/record.ts';
import { counted, didYouMean, quote } from '../../base/text.ts';
import { readBreakGlass } from '../break-glass/read.ts';
import { list, many, object, record } from './collections.ts';
import * as f from './fields.ts';
import {
  type NativeFormat,
  POLICY_LIMITS,
  type Quorum,
  type Requirement,
  type Stage,
  type StageObjects,
} from './model.ts';
import { type Directory, PRINCIPAL_NAME } from './people.ts';
import { DURATION, milliseconds, REQUIREMENT_FIELD, type RequirementDocument } from './requirement-field.ts';
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
const NAMES = many(NAME, { unique: f.valueOf });
/** How many are needed of each. */
const QUORUMS = record(
  PRINCIPAL_NAME,
  f.mapped(f.whole(1, 1_000_000), (needed) => ({ needed })),
);
const APPROVERS = f.either(
  f.mapped(NAMES, (names) => ({ names, needed: undefined })),
  f.mapped(QUORUMS, (quorums) => ({
    names: quorums.map(({ name, location }) => ({ value: name, location })),
    needed: quorums.map(({ needed }) => needed),
  })),
);

/** Bits that a group number has in a SIF descriptor. */
const MAX_GROUP = 0x0fff_ffff;

/** Numbers of groups of a SIF. */
export const GROUPS = many(f.whole(1, MAX_GROUP), {
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
export const STAGE = object({
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
    field: object({
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
    field: many(NAME, { min: 0, max: stages, unique: f.valueOf }),
    absent: undefined,
  },
  native: {
    about:
      'Signatures that name no stage and count as approval of this one: native ones of SIFs (pgp, dsse), those of cosign sign and notation sign, and GPG signatures in the folder lookaside (simple-signing). Default: none.',
    field: many(f.choice(NATIVE_FORMATS), { min: 0, max: NATIVE_FORMATS.length, unique: f.valueOf }),
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
    field: f.YES,
    absent: undefined,
  },
  requires: {
    about: 'Evidence without which the stage does not pass. Default: none.',
    field: list(REQUIREMENT_FIELD, { max: POLICY_LIMITS.requires }),
    absent: [],
  },
  objects: {
    about:
      'Which objects of a SIF its approvals are about: base, overlays, or numbers of groups that hold overlay and data partitions alone. Default: all.',
    field: OBJECTS,
    absent: undefined,
  },
});

type Written = f.ValueOf<typeof STAGE>;

interface StageContext {
  readonly earlier: readonly string[];
  readonly people: Directory;
  /** Principals of whom there can be any number. */
  readonly anyNumber: ReadonlySet<string>;
}

/** What a stage says, beside the stages before it. @throws PolicyError */
export function readStage(written: Written, { earlier, people, anyNumber }: StageContext): Stage {
  const { id, after, maxAge, signedIdentity } = written;
  const name = written.name.value;
  const native = written.native.map(f.valueOf);
  const { names, quorums, needed } = readApprovers(written, { people, anyNumber });
  const late = after?.find(({ value }) => !earlier.includes(value));
  if (late)
    throw f.problemAt(
      late,
      'POLICY_ORDER',
      `stage ${name} comes after ${quote(late.value)}, which is no stage listed before it`,
      earlier.length === 0 ? 'the first stage comes after none: write after: []' : didYouMean(late.value, earlier),
    );
  if (signedIdentity && !native.includes('cosign') && !native.includes('simple-signing'))
    throw f.problemAt(
      signedIdentity,
      'POLICY_INVALID_VALUE',
      `stage ${name} has signedIdentity and accepts no signatures of cosign or GPG`,
      'add native: cosign or simple-signing, or remove signedIdentity: approvals name the content alone',
    );
  return {
    name,
    id: id?.value ?? `urn:countersign:stage:${name}`,
    approvers: names,
    threshold: needed,
    ...(quorums ? { quorums } : {}),
    ...(written.grantors ? { grantors: readGrantors(name, written.grantors, { names, people }) } : {}),
    ...(written.breakGlass
      ? { breakGlass: readBreakGlass(name, written.breakGlass, { names, people, many: anyNumber }) }
      : {}),
    after: after?.map(f.valueOf) ?? earlier.slice(-1),
    native,
    ...(written.reviewed ? { reviewed: true } : {}),
    ...(maxAge ? { maxAge: milliseconds(maxAge.value) } : {}),
    ...(signedIdentity ? { signedIdentity: signedIdentity.value } : {}),
    ...(written.objects ? { objects: written.objects.value } : {}),
    requires: written.requires.map((one) => resolveRequirement(one, people, `stages.${name}.requires`)),
  };
}

function resolveRequirement(
  { requirement, people }: RequirementDocument,
  directory: Directory,
  what: string,
): Requirement {
  directory.principals(people, what);
  const resolve = (names: readonly string[]) =>
    directory.principals(
      people.filter(({ value }) => names.includes(value)),
      what,
    );
  const { condition } = requirement;
  const vexBy = condition.of === 'findings' && condition.vexBy ? { vexBy: resolve(condition.vexBy) } : {};
  return { ...requirement, signedBy: resolve(requirement.signedBy), condition: { ...condition, ...vexBy } };
}

/** Who may approve a stage, and how many of whom must. */
function readApprovers(
  written: Written,
  { people, anyNumber }: Pick<StageContext, 'people' | 'anyNumber'>,
): { readonly names: readonly string[]; readonly quorums: readonly Quorum[] | undefined; readonly needed: number } {
  const { approvers, threshold } = written;
  const name = written.name.value;
  const names = people.principals(approvers.names, `stages.${name}.approvers`);
  const quorums = readQuorums(written, { people, anyNumber });
  if (threshold && quorums)
    throw f.problemAt(
      threshold,
      'POLICY_CONTRADICTION',
      `stage ${name} has a threshold, and approvers with numbers of their own`,
      'remove threshold: the numbers in approvers add up',
    );
  if (threshold && threshold.value > names.length && !names.some((one) => anyNumber.has(one)))
    throw f.problemAt(
      threshold,
      'POLICY_UNSATISFIABLE',
      `stage ${name} needs ${threshold.value} approvers and lists ${names.length}`,
      'lower the threshold or add approvers',
    );
  return {
    names,
    quorums,
    needed: quorums?.reduce((sum, { needed }) => sum + needed, 0) ?? threshold?.value ?? 1,
  };
}

/** Whoever grants gives away what is theirs, so they must be approvers. */
function readGrantors(
  stage: string,
  grantors: readonly f.Located[],
  { names, people }: { readonly names: readonly string[]; readonly people: Directory },
): readonly string[] {
  const approvers = new Set(names);
  for (const grantor of grantors) {
    const stray = people.principals([grantor], `stages.${stage}.grantors`).find((one) => !approvers.has(one));
    if (stray !== undefined)
      throw f.problemAt(
        grantor,
        'POLICY_CONTRADICTION',
        `${stray} may grant stage ${stage} and not approve it: nobody gives more than they have`,
        'add the name to approvers, or remove it from grantors',
      );
  }
  return people.principals(grantors, `stages.${stage}.grantors`);
}

/** How many are needed of which team; undefined where the stage has one threshold for all. */
function readQuorums(
  { name, approvers: { names, needed } }: Written,
  { people, anyNumber }: Pick<StageContext, 'people' | 'anyNumber'>,
): readonly Quorum[] | undefined {
  return needed?.map((count, index) => {
    const team = names.slice(index, index + 1);
    const approvers = people.principals(team, `stages.${name.value}.approvers`);
    const quorum = { name: team[0]?.value ?? '', approvers, needed: count.value };
    if (count.value > approvers.length && !approvers.some((one) => anyNumber.has(one)))
      throw f.problemAt(
        count,
        'POLICY_UNSATISFIABLE',
        `stage ${name.value} needs ${count.value} of ${quorum.name}, which has ${counted(approvers.length, 'member')}`,
        'lower the number or add members',
      );
    return quorum;
  });
}
