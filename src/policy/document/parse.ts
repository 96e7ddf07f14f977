// SPDX-License-Identifier: Apache-2.0
// Policy file → PolicyDocument, refusing everything that is not exactly right. What other files say (keys,
// certificates) is load.ts's matter. schema/policy.schema.json describes the same shape for editors.

import { decodeUtf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { fillStages, type StageNeed } from '../rules/threshold.ts';
import { PolicyError } from '../errors.ts';
import { asLine, asList, assertUnique, asWhole, fieldsOf, oneOrMany, problemAt, quote } from './fields.ts';
import { parseSignedIdentity } from './signed-identity-field.ts';
import { parsePrincipals } from './principals.ts';
import { didYouMean } from '../../base/nearest.ts';
import {
  type FileReference,
  type NativeFormat,
  POLICY_LIMITS,
  type PolicyDocument,
  type PrincipalDocument,
  type Stage,
} from './model.ts';
import { parseYaml, type YamlEntry, type YamlNode } from './yaml.ts';

const STAGE_NAME = /^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])?$/;
const NATIVE_FORMATS: readonly NativeFormat[] = ['pgp', 'dsse', 'cosign'];

/**
 * The policy in a file's bytes; `file` names it in errors.
 * @throws PolicyError with file, line and column
 */
export function parsePolicy(bytes: Uint8Array, file: string): PolicyDocument {
  const root = parseYaml(policyText(bytes, file), file);
  const fields = fieldsOf(root, 'the policy', {
    required: ['version', 'name', 'principals', 'stages'],
    optional: ['trust', 'distinct'],
  });
  const field = (name: string): YamlNode => fields.get(name)?.value ?? root;
  if (asWhole(field('version'), 'version') !== 1)
    throw problemAt(
      field('version'),
      'POLICY_INVALID_VALUE',
      'this version of the policy format is unknown',
      'write version: 1',
    );
  const principals = parsePrincipals(field('principals'));
  const stages = parseStages(field('stages'), principals);
  return {
    name: asLine(field('name'), 'name', 100),
    trust: parseTrust(fields.get('trust')),
    principals,
    stages,
    distinct: parseDistinct(fields.get('distinct'), stages),
  };
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
    throw new PolicyError('POLICY_SYNTAX', cause.message, { cause, location, hint: 'save the policy as UTF-8' });
  }
}

function parseTrust(entry: YamlEntry | undefined): PolicyDocument['trust'] {
  if (!entry) return { keyrings: [], intermediates: [], certificates: [] };
  const fields = fieldsOf(entry.value, 'trust', {
    required: [],
    optional: ['keyrings', 'intermediates', 'certificates'],
  });
  const files = (key: string) => parseFiles(fields.get(key)?.value, `trust.${key}`);
  return { keyrings: files('keyrings'), intermediates: files('intermediates'), certificates: files('certificates') };
}

function parseFiles(node: YamlNode | undefined, what: string): readonly FileReference[] {
  if (!node) return [];
  return oneOrMany(node, what, POLICY_LIMITS.files).map((item) => ({
    path: asLine(item, what, 4096),
    location: item.location,
  }));
}

function parseStages(node: YamlNode, principals: readonly PrincipalDocument[]): readonly Stage[] {
  const stages: Stage[] = [];
  const items = asList(node, 'stages', { limit: POLICY_LIMITS.stages });
  for (const item of items) stages.push(parseStage(item, stages, principals));
  const located = (pick: (stage: Stage) => string) =>
    stages.map((stage, index) => ({ text: pick(stage), node: items[index] ?? node }));
  assertUnique(
    located((stage) => stage.name),
    'stages lists the stage',
  );
  assertUnique(
    located((stage) => stage.id),
    'stages uses the id',
  );
  return stages;
}

function parseStage(node: YamlNode, earlier: readonly Stage[], principals: readonly PrincipalDocument[]): Stage {
  const fields = fieldsOf(node, 'this stage', {
    required: ['name', 'approvers'],
    optional: ['id', 'threshold', 'after', 'native', 'signedIdentity'],
  });
  const nameNode = fields.get('name')?.value ?? node;
  const name = asLine(nameNode, 'the name of this stage');
  if (!STAGE_NAME.test(name))
    throw problemAt(
      nameNode,
      'POLICY_INVALID_VALUE',
      `${quote(name)} is no stage name`,
      'use 1 to 42 lower-case letters, digits and hyphens, with no hyphen at the ends',
    );
  const approvers = parseNames(fields.get('approvers')?.value ?? node, {
    what: `the approvers of stage ${name}`,
    known: principals.map((principal) => principal.name),
  });
  const native = parseNative(fields.get('native')?.value, name);
  return {
    name,
    id: parseId(fields.get('id')?.value, name),
    approvers,
    threshold: parseThreshold(fields.get('threshold')?.value, name, approvers),
    after: parseAfter(fields.get('after')?.value, name, earlier),
    native,
    ...parseIdentity(fields.get('signedIdentity'), name, native),
  };
}

function parseIdentity(
  entry: YamlEntry | undefined,
  stage: string,
  native: readonly NativeFormat[],
): Pick<Stage, 'signedIdentity'> {
  if (!entry) return {};
  if (native.includes('cosign')) return { signedIdentity: parseSignedIdentity(entry.value, stage) };
  throw new PolicyError('POLICY_INVALID_VALUE', `stage ${stage} has signedIdentity and accepts no cosign signatures`, {
    location: entry.location,
    hint: 'add native: cosign, or remove signedIdentity: approvals name the content alone',
  });
}

function parseId(node: YamlNode | undefined, stage: string): string {
  if (!node) return `urn:countersign:stage:${stage}`;
  const id = asLine(node, `the id of stage ${stage}`);
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[^\s]+$/.test(id)) return id;
  throw problemAt(node, 'POLICY_INVALID_VALUE', `the id of stage ${stage} is no URI: ${quote(id)}`, 'write a URI');
}

function parseThreshold(node: YamlNode | undefined, stage: string, approvers: readonly string[]): number {
  if (!node) return 1;
  const threshold = asWhole(node, `the threshold of stage ${stage}`);
  if (threshold < 1)
    throw problemAt(node, 'POLICY_INVALID_VALUE', `the threshold of stage ${stage} is ${threshold}`, 'write 1 or more');
  if (threshold > approvers.length)
    throw problemAt(
      node,
      'POLICY_UNSATISFIABLE',
      `stage ${stage} needs ${threshold} approvers and lists ${approvers.length}`,
      'lower the threshold or add approvers',
    );
  return threshold;
}

function parseAfter(node: YamlNode | undefined, stage: string, earlier: readonly Stage[]): readonly string[] {
  const names = earlier.map((one) => one.name);
  if (!node) return names.slice(-1);
  const items =
    node.kind === 'list'
      ? asList(node, `after of stage ${stage}`, { limit: POLICY_LIMITS.stages, mayBeEmpty: true })
      : [node];
  const after = items.map((item) => ({ text: asLine(item, `after of stage ${stage}`), node: item }));
  for (const { text, node: item } of after)
    if (!names.includes(text))
      throw problemAt(
        item,
        'POLICY_ORDER',
        `stage ${stage} comes after ${quote(text)}, which is no stage listed before it`,
        names.length === 0 ? 'the first stage comes after none: write after: []' : didYouMean(text, names),
      );
  assertUnique(after, `after of stage ${stage} lists`);
  return after.map(({ text }) => text);
}

function parseNative(node: YamlNode | undefined, stage: string): readonly NativeFormat[] {
  if (!node) return [];
  const what = `native of stage ${stage}`;
  const items = node.kind === 'list' ? asList(node, what, { limit: NATIVE_FORMATS.length, mayBeEmpty: true }) : [node];
  const located = items.map((item) => ({ text: asLine(item, what), node: item }));
  assertUnique(located, `${what} lists`);
  return located.map(({ text, node: item }) => {
    const format = NATIVE_FORMATS.find((one) => one === text);
    if (format) return format;
    throw problemAt(item, 'POLICY_INVALID_VALUE', `${what} lists ${quote(text)}`, didYouMean(text, NATIVE_FORMATS));
  });
}

function parseNames(node: YamlNode, options: { what: string; known: readonly string[] }): readonly string[] {
  const { what, known } = options;
  const names = oneOrMany(node, what, POLICY_LIMITS.principals).map((item) => ({
    text: asLine(item, what),
    node: item,
  }));
  for (const { text, node: item } of names)
    if (!known.includes(text))
      throw problemAt(
        item,
        'POLICY_UNKNOWN_NAME',
        `${what} name ${quote(text)}, which is not defined`,
        didYouMean(text, known),
      );
  assertUnique(names, `${what} name`);
  return names.map(({ text }) => text);
}

function parseDistinct(entry: YamlEntry | undefined, stages: readonly Stage[]): readonly (readonly string[])[] {
  if (!entry) return [];
  const known = stages.map((stage) => stage.name);
  const items = asList(entry.value, 'distinct', { limit: POLICY_LIMITS.distinct, mayBeEmpty: true });
  const groups = items.map((item) => {
    if (item.kind !== 'list' || item.items.length < 2)
      throw problemAt(
        item,
        'POLICY_WRONG_TYPE',
        'distinct holds lists of two or more stages',
        'write - [author, security]',
      );
    return parseNames(item, { what: 'the stages of distinct', known });
  });
  assertSatisfiable(stages, groups, entry.value);
  return groups;
}

/** Supposes that every approver approved: if even that does not do, nothing ever will. */
function assertSatisfiable(stages: readonly Stage[], distinct: readonly (readonly string[])[], node: YamlNode): void {
  const needs: StageNeed[] = stages.map((stage) => ({
    stage: stage.name,
    needed: stage.threshold,
    candidates: stage.approvers.map((principal) => ({ signer: principal, principal })),
  }));
  const failed = fillStages(needs, distinct).find((fill) => !fill.met && !fill.undecided);
  if (failed)
    throw problemAt(
      node,
      'POLICY_UNSATISFIABLE',
      `stage ${failed.stage} can never be approved: the other stages of its distinct group need the same approvers`,
      'add approvers, lower a threshold, or take the stage out of distinct',
    );
}
