// SPDX-License-Identifier: Apache-2.0
// What a policy allows though it is unwise; and the keyless instances: what of them can never count or counts too easily.

import { listed } from '../../base/text.ts';
import { isExpired } from '../../findings/finding.ts';
import type { LoadedPolicy } from '../../policy/document/load.ts';
import type { Policy, Principal, Requirement, Stage } from '../../policy/document/model.ts';
import { isAboutOverlays } from '../../policy/objects/scope.ts';
import { matchesPattern } from '../../policy/rules/pattern.ts';
import { isMany } from '../../policy/rules/people.ts';
import { areDistinct } from '../../policy/rules/threshold.ts';
import { describeCredential, peopleByStages } from './explain.ts';

/** Pairs that are looked at and named, at most. */
const COMPARED = 50;

/** What is unwise about stages. */
export function stageWarnings(policy: Policy): readonly string[] {
  const { stages, distinct } = policy;
  const warnings: string[] = [];
  const peers = peopleByStages(stages).map((group) => ({ ...group, stages: new Set(group.stages) }));
  for (const [index, stage] of stages.entries()) {
    if (stage.approvers.length === 1 && !isMany(policy, stage.approvers[0] ?? ''))
      warnings.push(`only ${stage.approvers[0]} can approve stage ${stage.name}: nobody can stand in`);
    for (const other of stages.slice(index + 1)) {
      const isShared = stage.native.some((format) => other.native.includes(format));
      if (!isShared || areDistinct(stage.name, other.name, distinct)) continue;
      const both = peers.flatMap((group) => (group.stages.has(stage) && group.stages.has(other) ? group.names : []));
      if (both.length > 0)
        warnings.push(
          `one native signature by ${listed(both, 'or')} approves both ${stage.name} and ${other.name}; make the stages distinct if that is not wanted`,
        );
    }
    if (stage.native.length > 0 && stage.after.length > 0)
      warnings.push(
        `stage ${stage.name} accepts native signatures, which cannot prove that ${stage.after.join(', ')} came first`,
      );
  }
  return warnings;
}

/** What follows from telling objects apart. */
export function objectWarnings({ stages, objects }: Policy): readonly string[] {
  const unsigned = objects?.unsigned ?? [];
  const overlays = stages.filter(isAboutOverlays);
  const base = stages.filter((stage) => !isAboutOverlays(stage));
  const isBound = ({ after }: Stage): boolean =>
    stages.some((stage) => after.includes(stage.name) && (base.includes(stage) || isBound(stage)));
  const loose = overlays.filter((stage) => base.length > 0 && !isBound(stage));
  return [
    ...(unsigned.length > 0
      ? [
          `files with group ${unsigned.join(' or ')} unsigned pass here, and \`apptainer verify\` and its execution control list refuse them: they want every group signed`,
        ]
      : []),
    ...(base.length === 0 ? ['all stages are about overlays: only files that hold nothing else can pass'] : []),
    ...loose.map(
      ({ name }) =>
        `stage ${name} comes after no stage about the base: its approvals do not show on which base the overlay lies`,
    ),
  ];
}

/** What is unwise about people, by kind; `places` tells where they stand. */
export function principalWarnings({
  policy,
  places,
}: Pick<LoadedPolicy, 'policy' | 'places'>): readonly Iterable<string>[] {
  const { principals } = policy;
  return [
    idle(policy),
    shared(principals, places),
    overlaps(principals).map(
      ([wide, narrow]) => `${placeOf(wide, places)}a pattern of ${wide} fits ${narrow}, too: they are two people here`,
    ),
    evidenceByApprovers(policy),
  ];
}

function* idle({ principals, stages }: Policy): Generator<string> {
  const used = new Set<string>();
  for (const { approvers, requires, breakGlass } of stages)
    for (const names of [approvers, breakGlass?.by ?? [], ...requires.map(namedIn)])
      for (const name of names) used.add(name);
  for (const { name } of principals) if (!used.has(name)) yield `${name} approves no stage and signs no evidence`;
}

function* shared(principals: readonly Principal[], places: LoadedPolicy['places']): Generator<string> {
  const owners = new Map<string, string | string[]>();
  for (const { name, credentials } of principals)
    for (const credential of credentials) {
      const text = describeCredential(credential);
      const known = owners.get(text);
      if (known === undefined) owners.set(text, name);
      else if (typeof known === 'string') owners.set(text, [known, name]);
      else known.push(name);
    }
  for (const [text, names] of owners)
    if (typeof names !== 'string')
      yield `${placeOf(names[1], places)}${listed(names, 'and')} share a credential: ${text}`;
}

function placeOf(name: string | undefined, places: LoadedPolicy['places']): string {
  const location = places.get(name ?? '');
  return location ? `${location.file}:${location.line}:${location.column}: ` : '';
}

/** Principals of whom one has a pattern that fits an exact name of the other, under one CA. */
function overlaps(principals: readonly Principal[]): readonly (readonly [string, string])[] {
  const all = principals.flatMap(({ name, many, credentials }) =>
    many ? [] : credentials.flatMap((credential) => (credential.method === 'x509' ? [{ name, credential }] : [])),
  );
  const open = all.filter(({ credential }) => credential.any || credential.san.some((san) => san.includes('*')));
  const found = open
    .slice(0, COMPARED)
    .flatMap((wide) =>
      all
        .filter(
          ({ name, credential }) =>
            name !== wide.name &&
            credential.anchors.some((anchor) => wide.credential.anchors.includes(anchor)) &&
            credential.san.some(
              (san) =>
                !san.includes('*') &&
                (wide.credential.any || wide.credential.san.some((pattern) => matchesPattern(pattern, san, 'san'))),
            ),
        )
        .map(({ name }) => [wide.name, name] as const),
    );
  return found.slice(0, COMPARED);
}

/** cosign and others take evidence by a key for an approval of that key. */
function evidenceByApprovers({ stages }: Policy): readonly string[] {
  const approving = new Map(stages.flatMap(({ name, approvers }) => approvers.map((one) => [one, name] as const)));
  const both = new Map(
    stages.flatMap(({ name, requires }) =>
      requires.flatMap(namedIn).flatMap((one) => (approving.has(one) ? [[one, name] as const] : [])),
    ),
  );
  return [...both].map(
    ([who, stage]) =>
      `${who} signs evidence of stage ${stage} and approves stage ${approving.get(who)}: other tools take evidence by an approver for an approval`,
  );
}

/** Exceptions that accept nothing any more. */
export function exceptionWarnings({ stages }: Policy, now: Date): readonly string[] {
  return stages.flatMap(({ name, requires }) =>
    requires
      .flatMap(({ condition }) => (condition.of === 'findings' ? condition.exceptions : []))
      .filter((exception) => isExpired(exception, now))
      .map(({ id, expires }) => `the exception for ${id} of stage ${name} ended on ${expires}`),
  );
}

/** Stages that somebody can have approved without anybody else; of those who can have the same ones, together. */
export function aloneWarnings({ stages, distinct, principals }: Policy): readonly string[] {
  const many = new Set(principals.flatMap((one) => (one.many ? [one.name] : [])));
  const byStages = new Map<string, string[]>();
  for (const peers of peopleByStages(stages)) {
    const alone: string[] = [];
    for (const { name, threshold } of peers.stages)
      if (threshold === 1 && !alone.some((earlier) => areDistinct(earlier, name, distinct))) alone.push(name);
    if (alone.length < 2) continue;
    const text = alone.join(', ');
    const names = byStages.get(text) ?? [];
    for (const name of peers.names) names.push(many.has(name) ? `anybody of ${name}` : name);
    byStages.set(text, names);
  }
  return [...byStages].map(
    ([text, names]) =>
      `${listed(names, 'or')} alone can have ${text} approved: make the stages distinct, or raise a threshold, if that is not wanted`,
  );
}

function namedIn({ signedBy, condition }: Requirement): readonly string[] {
  return [...signedBy, ...((condition.of === 'findings' && condition.vexBy) || [])];
}

/** A Sigstore instance as the summary shows it. */
export interface InstanceEntry {
  readonly authorities: readonly string[];
  readonly log: number;
  readonly timestamps: number;
  readonly sct: number;
}

/** The instances of the policy, and warnings about them and the principals that need them. */
export async function keylessSummary({ policy, trust }: Pick<LoadedPolicy, 'policy' | 'trust'>): Promise<{
  readonly instances: readonly InstanceEntry[];
  readonly warnings: readonly Iterable<string>[];
}> {
  const ofPeople = [await shortLivedAnchors(trust), openJobs(policy.principals)];
  if (trust.sigstore.length === 0) return { instances: [], warnings: ofPeople };
  const warnings: string[] = [];
  const { readInstance } = await import('../../crypto/sigstore/library.ts');
  const { parseCertificate } = await import('../../crypto/x509/certificate.ts');
  const instances: InstanceEntry[] = [];
  for (const one of trust.sigstore) {
    const { material, authorities } = readInstance(one);
    const { log, timestamps, sct } = one;
    const names = authorities.flatMap(([first]) => (first ? parseCertificate(first).subject.text : []));
    instances.push({ authorities: names, log, timestamps, sct });
    const about = `the Sigstore instance of ${names[0] ?? 'no CA'}`;
    if (log > 0 && material.tlogs.length === 0)
      warnings.push(
        `${about} has no transparency log: nothing counts unless log: 0 is written beside its trusted root`,
      );
    if (sct > 0 && material.ctlogs.length === 0)
      warnings.push(`${about} has no certificate log: nothing counts unless sct: 0 is written beside its trusted root`);
    if (log === 0 && material.timestampAuthorities.length === 0)
      warnings.push(`${about} has no timestamp authority, and no log is asked for: nothing proves when it was signed`);
  }
  return { instances, warnings: [...ofPeople, warnings] };
}

/** Certificates of these CAs live for minutes: by an anchor they count that long, and never again. */
async function shortLivedAnchors({ anchors, sigstore }: LoadedPolicy['trust']): Promise<readonly string[]> {
  if (anchors.length === 0) return [];
  const { parseCertificate } = await import('../../crypto/x509/certificate.ts');
  const { readInstance } = sigstore.length > 0 ? await import('../../crypto/sigstore/library.ts') : {};
  const known = new Set(
    sigstore.flatMap(
      (one) =>
        readInstance?.(one)
          .authorities.flat()
          .map((der) => parseCertificate(der).sha256) ?? [],
    ),
  );
  return anchors
    .map((der) => parseCertificate(der))
    .filter(({ sha256, subject }) => known.has(sha256) || /sigstore|fulcio/i.test(subject.text))
    .map(
      ({ subject }) =>
        `the anchor ${subject.text} is a CA of Sigstore: its certificates live for minutes, so that approvals would count for minutes; put its trusted root into trust.sigstore and write sigstore:, github: or gitlab: instead of x509:`,
    );
}

function* openJobs(principals: readonly Principal[]): Generator<string> {
  for (const { name, credentials } of principals)
    for (const one of credentials)
      if (
        one.method === 'sigstore' &&
        one.claims.sourceRepositoryUri &&
        !one.claims.sourceRepositoryRef &&
        !one.claims.deploymentEnvironment
      )
        yield `${name} is bound to neither ref nor environment: whoever may push a branch can sign as ${name}`;
}
