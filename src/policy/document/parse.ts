// SPDX-License-Identifier: Apache-2.0
// The text of a policy → what it says, checked for everything that needs no other file.

import { decodeUtf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { counted, didYouMean, quote } from '../../base/text.ts';
import type { Denial } from '../../findings/denial.ts';
import { PolicyError } from '../errors.ts';
import { neverFilled, quorumsOf } from '../rules/threshold.ts';
import { POLICY } from './document.ts';
import { assertLookedInto } from './deny-field.ts';
import { assertDistinct, type Located, problemAt, type ValueOf, valueOf } from './fields.ts';
import type { ObjectRules, Quorum, Requirement, Stage, Team } from './model.ts';
import { milliseconds, type RequirementDocument } from './requirement-field.ts';
import type { STAGE } from './stage-field.ts';
import { Directory } from './teams.ts';
import { readBreakGlass } from '../break-glass/read.ts';
import type { YamlNode } from '../yaml/node.ts';
import { parseYaml } from '../yaml/yaml.ts';

type Written = ValueOf<typeof POLICY>;

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

/** What a policy says that was put together. @throws PolicyError with the file, line and column that say it */
export function readPolicy(node: YamlNode): PolicyDocument {
  const written = POLICY.read(node, '');
  const { name, trust, principals } = written;
  const people = new Directory(principals, written.teams);
  const many = new Set(principals.filter((principal) => principal.many).map((principal) => principal.name));
  const stages: Stage[] = [];
  for (const { value } of written.stages)
    stages.push(readStage(value, { earlier: stages.map(stageName), people, many }));
  assertDistinct(
    stages.map(({ id }) => id),
    written.stages,
    'the list of stage ids',
  );
  const groups = written.distinct?.value ?? [];
  for (const group of groups) assertKnown(group, new Set(stages.map(stageName)), 'distinct');
  const distinct = groups.map((group) => group.map(valueOf));
  assertSatisfiable({ stages, distinct, many }, written);
  const known = new Set(principals.map((principal) => principal.name));
  for (const { principal } of written.deny) if (principal) assertKnown([principal], known, 'deny');
  assertLookedInto(written.deny, stages);
  const deny = written.deny.map(({ denial }) => denial);
  const objects = readObjects(written);
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

function stageName({ name }: Stage): string {
  return name;
}

interface StageContext {
  readonly earlier: readonly string[];
  readonly people: Directory;
  /** Principals of whom there can be any number. */
  readonly many: ReadonlySet<string>;
}

function readStage(written: ValueOf<typeof STAGE>, { earlier, people, many }: StageContext): Stage {
  const { id, after, maxAge, signedIdentity } = written;
  const name = written.name.value;
  const native = written.native.map(valueOf);
  const { names, quorums, needed } = readApprovers(written, { people, many });
  const late = after?.find(({ value }) => !earlier.includes(value));
  if (late)
    throw problemAt(
      late,
      'POLICY_ORDER',
      `stage ${name} comes after ${quote(late.value)}, which is no stage listed before it`,
      earlier.length === 0 ? 'the first stage comes after none: write after: []' : didYouMean(late.value, earlier),
    );
  if (signedIdentity && !native.includes('cosign') && !native.includes('simple-signing'))
    throw problemAt(
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
    ...readGrantors(written, { names, people }),
    ...readBreakGlass(written, { names, people, many }),
    after: after?.map(valueOf) ?? earlier.slice(-1),
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

/** What may stay unsigned is approved by nobody: a stage about it would wait for ever. */
function readObjects({ objects, stages }: Written): ObjectRules | undefined {
  if (!objects) return undefined;
  const { mustBeEncrypted, unsigned } = objects;
  for (const group of unsigned) {
    const about = stages.find(
      ({ value }) => Array.isArray(value.objects?.value) && value.objects.value.includes(group.value),
    );
    if (about)
      throw problemAt(
        group,
        'POLICY_CONTRADICTION',
        `group ${group.value} may stay unsigned, and stage ${about.value.name.value} is about it`,
        'remove the group from objects.unsigned, or from the stage',
      );
  }
  return { mustBeEncrypted, ...(unsigned.length > 0 ? { unsigned: unsigned.map(valueOf) } : {}) };
}

/** Who may approve a stage, and how many of whom must. */
function readApprovers(
  written: ValueOf<typeof STAGE>,
  { people, many }: Pick<StageContext, 'people' | 'many'>,
): { readonly names: readonly string[]; readonly quorums: readonly Quorum[] | undefined; readonly needed: number } {
  const { approvers, threshold } = written;
  const name = written.name.value;
  const names = people.principals(approvers.names, `stages.${name}.approvers`);
  const quorums = readQuorums(written, { people, many });
  if (threshold && quorums)
    throw problemAt(
      threshold,
      'POLICY_CONTRADICTION',
      `stage ${name} has a threshold, and approvers with numbers of their own`,
      'remove threshold: the numbers in approvers add up',
    );
  if (threshold && threshold.value > names.length && !names.some((one) => many.has(one)))
    throw problemAt(
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
  { name, grantors }: ValueOf<typeof STAGE>,
  { names, people }: { readonly names: readonly string[]; readonly people: Directory },
): Pick<Stage, 'grantors'> {
  if (!grantors) return {};
  const approvers = new Set(names);
  for (const grantor of grantors) {
    const stray = people.principals([grantor], `stages.${name.value}.grantors`).find((one) => !approvers.has(one));
    if (stray !== undefined)
      throw problemAt(
        grantor,
        'POLICY_CONTRADICTION',
        `${stray} may grant stage ${name.value} and not approve it: nobody gives more than they have`,
        'add the name to approvers, or remove it from grantors',
      );
  }
  return { grantors: people.principals(grantors, `stages.${name.value}.grantors`) };
}

/** How many are needed of which team; undefined where the stage has one threshold for all. */
function readQuorums(
  { name, approvers: { names, needed } }: ValueOf<typeof STAGE>,
  { people, many }: Pick<StageContext, 'people' | 'many'>,
): readonly Quorum[] | undefined {
  return needed?.map((count, index) => {
    const team = names.slice(index, index + 1);
    const approvers = people.principals(team, `stages.${name.value}.approvers`);
    const quorum = { name: team[0]?.value ?? '', approvers, needed: count.value };
    if (count.value > approvers.length && !approvers.some((one) => many.has(one)))
      throw problemAt(
        count,
        'POLICY_UNSATISFIABLE',
        `stage ${name.value} needs ${count.value} of ${quorum.name}, which has ${counted(approvers.length, 'member')}`,
        'lower the number or add members',
      );
    return quorum;
  });
}

/** @throws PolicyError POLICY_UNKNOWN_NAME */
function assertKnown(names: readonly Located[], known: ReadonlySet<string>, what: string): void {
  for (const name of names)
    if (!known.has(name.value))
      throw problemAt(
        name,
        'POLICY_UNKNOWN_NAME',
        `${what} has ${quote(name.value)}, which is not defined`,
        didYouMean(name.value, [...known]),
      );
}

/** Supposes that every approver approved: if even that does not do, nothing ever will. */
function assertSatisfiable(
  { stages, distinct, many }: Pick<PolicyDocument, 'stages' | 'distinct'> & Pick<StageContext, 'many'>,
  written: Written,
): void {
  const needs = stages.map((stage) => ({
    stage: stage.name,
    seats: quorumsOf(stage).map(({ needed }) => needed),
    candidates: quorumsOf(stage).flatMap(({ approvers, needed }, seat) =>
      approvers.flatMap((principal) =>
        many.has(principal)
          ? Array.from({ length: needed }, (_, index) => ({
              principal,
              seat,
              uses: [`${stage.name} ${seat} ${index}`],
            }))
          : [{ principal, seat, uses: [`principal ${principal}`] }],
      ),
    ),
  }));
  const [failed] = neverFilled(needs, distinct);
  if (!failed) return;
  const place = written.stages.find(({ value }) => value.name.value === failed.stage);
  const alone = distinct.every((group) => !group.includes(failed.stage));
  throw problemAt(
    (alone ? place : written.distinct) ?? written.name,
    'POLICY_UNSATISFIABLE',
    alone
      ? `stage ${failed.stage} can never be approved: its teams need the same people`
      : `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`,
    alone ? 'add members, or lower a number' : 'add approvers, lower a threshold, or take the stage out of distinct',
  );
}
