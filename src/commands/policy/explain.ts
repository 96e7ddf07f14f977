// SPDX-License-Identifier: Apache-2.0
// A policy in sentences: what each stage needs, and what each person can do; and a credential in one line.

import { counted, listed } from '../../base/text.ts';
import type { Credential, Policy, SigstoreCredential, Stage } from '../../policy/document/model.ts';
import { quorumText } from '../../policy/rules/unmet.ts';
import { quorumsOf } from '../../policy/rules/threshold.ts';

/** One sentence a stage, a group of distinct stages, and a set of people who can do the same. */
export function explainPolicy({ stages, distinct, principals }: Policy): readonly string[] {
  const many = new Set(principals.flatMap((one) => (one.many ? [one.name] : [])));
  const called = (name: string) => (many.has(name) ? `everybody of ${name}` : name);
  return [
    ...stages.map(explainStage),
    ...distinct.map((group) => `nobody counts for two of ${group.join(', ')}`),
    ...peopleByStages(stages).map(
      (group) =>
        `${listed(group.names.map(called))} can approve ${group.stages.map((stage) => stage.name).join(' and ')}`,
    ),
  ];
}

/** People who may approve the same stages. */
export interface Peers {
  readonly stages: readonly Stage[];
  readonly names: readonly string[];
}

/** Every approver, with all others who may approve the same stages. */
export function peopleByStages(stages: readonly Stage[]): readonly Peers[] {
  const byName = new Map<string, Stage[]>();
  for (const stage of stages)
    for (const name of stage.approvers) {
      const mine = byName.get(name);
      if (mine) mine.push(stage);
      else byName.set(name, [stage]);
    }
  const groups = new Map<string, { readonly stages: readonly Stage[]; readonly names: string[] }>();
  for (const [name, mine] of byName) {
    const key = mine.map((stage) => stage.name).join(' ');
    const group = groups.get(key) ?? { stages: mine, names: [] };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What a stage is about, in words. */
function aboutOf({ objects }: Pick<Stage, 'objects'>): string {
  if (objects === undefined) return '';
  if (objects === 'base') return ', about the base of an image alone,';
  if (objects === 'overlays') return ', about overlays alone, asked only where there are some,';
  return `, about overlays in group ${objects.join(' or ')} alone, asked only where there are some,`;
}

function explainStage(stage: Stage): string {
  const people = quorumsOf(stage).map(quorumText).join(' and ');
  const after = stage.after.length > 0 ? `, each of whom has seen ${stage.after.join(' and ')} approved` : '';
  const pieces = stage.requires.length > 0 ? `; it rests on ${counted(stage.requires.length, 'kind')} of evidence` : '';
  const grants = stage.grantors?.length ? `; ${listed(stage.grantors)} may let others approve in their place` : '';
  const { breakGlass } = stage;
  const glass = breakGlass
    ? `; ${listed(breakGlass.by, 'or')} may let it be skipped for ${breakGlass.maxDuration / 3_600_000} hours`
    : '';
  return `${stage.name}${aboutOf(stage)} passes with an approval by ${people}${after}${pieces}${grants}${glass}`;
}

/** A credential in one line, as docs/policy.md writes it. */
export function describeCredential(credential: Credential): string {
  switch (credential.method) {
    case 'pgp':
      return `pgp ${credential.fingerprint}`;
    case 'key':
      return `key ${credential.hint}`;
    case 'x509': {
      const fields = (['san', 'subject', 'issuer'] as const).filter((field) => credential[field].length > 0);
      const names = fields.map((field) => `${field} ${credential[field].join(' or ')}`);
      const described = [...(credential.any ? ['any name'] : []), ...names].join(', ');
      return `x509 ${described}, anchor ${credential.anchors.map((anchor) => anchor.slice(0, 12)).join(' or ')}`;
    }
    case 'sigstore':
      return describeKeyless(credential);
    default:
      return credential satisfies never;
  }
}

/** A keyless credential in one line. */
function describeKeyless({ issuer, san, claims }: SigstoreCredential): string {
  const said = Object.entries(claims).map(([claim, patterns]) => `${claim} ${patterns.join(' or ')}`);
  return `keyless ${[...(san.length > 0 ? [`san ${san.join(' or ')}`] : []), ...said, `issuer ${issuer}`].join(', ')}`;
}
