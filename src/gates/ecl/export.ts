// SPDX-License-Identifier: Apache-2.0
// A policy → Apptainer's execution control list. A group asks for all of its keys or for one of them, so what is asked is
// the most that every image which passes the policy fulfils.

import type { Policy, PgpCredential, Stage } from '../../policy/document/model.ts';
import { asksOf, needsEverybody, type StageAsk, thresholdLoss } from '../asks.ts';
import { GateError } from '../errors.ts';
import type { PolicySource } from '../losses.ts';
import type { Loss } from '../verdict.ts';
import type { ExecutionGroup, ExecutionList } from './list.ts';

/** Which stages images in one folder must have passed; or, with `never`, by whose keys they must not be signed. */
export interface Placement {
  /** Empty for everywhere else. */
  readonly folder: string;
  readonly stages: readonly Stage[];
  readonly never: boolean;
}

/** The list for some folders, and what it leaves out. */
export interface ListExport {
  readonly list: ExecutionList;
  readonly asks: readonly string[];
  readonly losses: readonly Loss[];
}

/**
 * The list that asks for the stages of each placement.
 * @throws GateError GATE_NOT_EXPRESSIBLE when nothing is left to ask for in a folder: an empty list means "nothing" or
 * "anything" to Apptainer, and neither is what the policy says
 */
export function listFor(source: PolicySource, placements: readonly Placement[], now: Date): ListExport {
  const groups: ExecutionGroup[] = [];
  const asks: string[] = [];
  const losses = new Map<string, Loss>();
  for (const placement of placements) {
    const found = groupOf(source, placement, now);
    groups.push(found.group);
    asks.push(found.asks);
    for (const loss of found.losses) if (!losses.has(loss.text)) losses.set(loss.text, loss);
  }
  return { list: { activated: true, legacyInsecure: false, groups }, asks, losses: [...losses.values()] };
}

function groupOf(source: PolicySource, { folder, stages, never }: Placement, now: Date) {
  const where = folder === '' ? 'images that lie in no other folder of this list' : `images in ${folder}`;
  if (never) {
    const fingerprints = [...new Set(stages.flatMap((stage) => keysOf(source.policy, stage)))];
    if (fingerprints.length === 0) throw nothingLeft(where, stages);
    const group: ExecutionGroup = { tagName: tagOf(stages, 'never'), mode: 'blacklist', folder, fingerprints };
    return { group, asks: `${where}: no signature by ${fingerprints.join(', ')}`, losses: [] };
  }
  const { asks, losses, forced: keys, others } = pgpAsks(source, stages, now);
  if (keys.length > 0) {
    const group: ExecutionGroup = { tagName: tagOf(stages, 'all'), mode: 'whitestrict', folder, fingerprints: keys };
    const lost = others.map(alternativesLoss);
    return { group, asks: `${where}: signatures by all of ${keys.join(', ')}`, losses: [...losses, ...lost] };
  }
  // The last stage is the one that rests on all others.
  const last = asks.at(-1);
  if (!last) throw nothingLeft(where, stages);
  const fingerprints = [...new Set(fingerprintsOf(last))];
  const group: ExecutionGroup = { tagName: tagOf(stages, 'any'), mode: 'whitelist', folder, fingerprints };
  const lost = [...asks.slice(0, -1).map(alternativesLoss), ...thresholdLoss(last)];
  return { group, asks: `${where}: a signature by one of ${fingerprints.join(', ')}`, losses: [...losses, ...lost] };
}

/** What stages ask that Apptainer can ask: keys that must all have signed, and stages that one of several keys can approve. */
export function pgpAsks(source: PolicySource, stages: readonly Stage[], now: Date) {
  const { asks, losses } = asksOf(source, stages, { knows: isPgp, what: 'an OpenPGP key', now });
  const forced = [...new Set(asks.filter(isForced).flatMap(fingerprintsOf))];
  return { asks, losses, forced, others: asks.filter((ask) => !isForced(ask)) };
}

/** True for an OpenPGP key, the one kind that the list knows. */
function isPgp(credential: Policy['principals'][number]['credentials'][number]): credential is PgpCredential {
  return credential.method === 'pgp';
}

/** Every approver is needed, and has one key. */
function isForced(ask: StageAsk<PgpCredential>): boolean {
  return needsEverybody(ask) && ask.approvers.every(({ credentials }) => credentials.length === 1);
}

function fingerprintsOf({ approvers }: StageAsk<PgpCredential>): readonly string[] {
  return approvers.flatMap(({ credentials }) => credentials.map(({ fingerprint }) => fingerprint));
}

function keysOf(policy: Policy, { approvers }: Stage): readonly string[] {
  const names = new Set(approvers);
  const credentials = policy.principals.filter(({ name }) => names.has(name)).flatMap((one) => one.credentials);
  return credentials.filter(isPgp).map(({ fingerprint }) => fingerprint);
}

function alternativesLoss({ stage }: StageAsk<PgpCredential>): Loss {
  return {
    stage,
    rule: 'alternatives',
    text: `stage ${stage}, which one of several keys can approve, is not asked for: a group asks for all of its keys, or for one`,
  };
}

function tagOf(stages: readonly Stage[], how: string): string {
  return [how, ...stages.map(({ name }) => name)].join('-').slice(0, 120);
}

function nothingLeft(where: string, stages: readonly Stage[]): GateError {
  const names = stages.map(({ name }) => name).join(', ');
  return new GateError(
    'GATE_NOT_EXPRESSIBLE',
    `the execution control list can ask for none of the stages ${names} (${where}): each can be approved without an OpenPGP key`,
    { hint: 'gate these images with `verify-all`, or let one of the stages be approved by OpenPGP keys alone' },
  );
}
