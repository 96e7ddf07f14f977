// SPDX-License-Identifier: Apache-2.0
// A policy that is made of another gate's configuration: its parts, and its text.

import type { SignedIdentity } from '../../policy/rules/signed-identity.ts';
import type { ExportedFile } from '../verdict.ts';

/** Name of the policy's file. */
export const POLICY_FILE = 'countersign.yaml';

/** A person or service of whom one credential is known. */
export interface ImportedPrincipal {
  readonly name: string;
  /** YAML of the credential. */
  readonly credential: string;
  /** Who it is by the key itself; a comment. */
  readonly about: string;
}

/** A stage without order: gates know none. */
export interface ImportedStage {
  readonly name: string;
  readonly approvers: readonly string[];
  readonly threshold: number;
  readonly native: 'pgp' | 'cosign' | 'simple-signing';
  readonly signedIdentity?: SignedIdentity;
}

/** What an import consists of. */
export interface GateImport {
  readonly files: readonly ExportedFile[];
  /** What the configuration does not say and the policy must. */
  readonly assumed: readonly string[];
  /** What no policy can say; the policy is then about less than the gate. */
  readonly leftOut: readonly string[];
  /** Arguments with which `export` makes the same configuration again. */
  readonly exportWith: readonly string[];
}

/** The parts of a policy document. */
export interface ImportedPolicy {
  readonly name: string;
  readonly keyrings: readonly string[];
  readonly intermediates: readonly string[];
  readonly principals: readonly ImportedPrincipal[];
  readonly stages: readonly ImportedStage[];
  /** First lines, as comments. */
  readonly comments: readonly string[];
}

/** The text of the policy. */
export function policyText({ name, keyrings, intermediates, principals, stages, comments }: ImportedPolicy): string {
  const trust = [
    ...(keyrings.length > 0 ? [`  keyrings: ${list(keyrings)}`] : []),
    ...(intermediates.length > 0 ? [`  intermediates: ${list(intermediates)}`] : []),
  ];
  return [
    ...comments.map((comment) => `# ${comment}`),
    'version: 1',
    `name: ${JSON.stringify(name)}`,
    ...(trust.length > 0 ? ['trust:', ...trust] : []),
    'principals:',
    ...principals.flatMap(({ name: who, credential, about }) => [
      ...(about === '' ? [] : [`  # ${about}`]),
      `  ${JSON.stringify(who)}: ${credential}`,
    ]),
    'stages:',
    ...stages.flatMap(stageLines),
    '',
  ].join('\n');
}

function stageLines({ name, approvers, threshold, native, signedIdentity }: ImportedStage): readonly string[] {
  return [
    `  - name: ${JSON.stringify(name)}`,
    `    approvers: ${list(approvers)}`,
    ...(threshold > 1 ? [`    threshold: ${threshold}`] : []),
    '    after: []',
    `    native: ${native}`,
    ...(signedIdentity ? [`    signedIdentity: ${identityText(signedIdentity)}`] : []),
  ];
}

function identityText(identity: SignedIdentity): string {
  switch (identity.type) {
    case 'exactReference':
      return `{ exactReference: ${JSON.stringify(identity.reference)} }`;
    case 'exactRepository':
      return `{ exactRepository: ${JSON.stringify(identity.repository)} }`;
    case 'remapIdentity': {
      const { prefix, signedPrefix } = identity;
      return `{ remapIdentity: { prefix: ${JSON.stringify(prefix)}, signedPrefix: ${JSON.stringify(signedPrefix)} } }`;
    }
    default:
      return identity.type;
  }
}

function list(items: readonly string[]): string {
  return `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
}

/** A name for a stage that none before it has. */
export function stageName(wanted: string, taken: readonly string[]): string {
  const plain = wanted
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 36)
    .replace(/^-+|-+$/g, '');
  const base = plain === '' ? 'stage' : plain;
  let name = base;
  for (let number = 2; taken.includes(name); number += 1) name = `${base}-${number}`;
  return name;
}
