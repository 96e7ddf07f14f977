// SPDX-License-Identifier: Apache-2.0
// `signedIdentity` of a stage: one word, or a map with one rule. The words are podman's own.

import { isNameOnly, parseDockerReference } from '../../oci/docker-reference.ts';
import { didYouMean } from '../../base/nearest.ts';
import { asLine, fieldsOf, problemAt, quote } from './fields.ts';
import { IDENTITY_MATCHES, type SignedIdentity } from '../rules/signed-identity.ts';
import type { YamlNode } from './yaml.ts';

const MAP_RULES = ['exactReference', 'exactRepository', 'remapIdentity'] as const;

/** @throws PolicyError POLICY_INVALID_VALUE, POLICY_WRONG_TYPE, POLICY_UNKNOWN_KEY, POLICY_MISSING_KEY */
export function parseSignedIdentity(node: YamlNode, stage: string): SignedIdentity {
  const what = `signedIdentity of stage ${stage}`;
  if (node.kind !== 'map') return { type: parseMatch(node, what) };
  const fields = fieldsOf(node, what, { required: [], optional: MAP_RULES });
  const [[type, entry] = [undefined, undefined], second] = fields;
  if (!entry || second)
    throw problemAt(
      node,
      'POLICY_INVALID_VALUE',
      `${what} has not exactly one rule`,
      `use one of: ${MAP_RULES.join(', ')}`,
    );
  switch (MAP_RULES.find((rule) => rule === type)) {
    case 'exactReference':
      return { type: 'exactReference', reference: parseName(entry.value, `exactReference in ${what}`, 'reference') };
    case 'exactRepository':
      return {
        type: 'exactRepository',
        repository: parseName(entry.value, `exactRepository in ${what}`, 'repository'),
      };
    default:
      return parseRemap(entry.value, `remapIdentity in ${what}`);
  }
}

function parseMatch(node: YamlNode, what: string): (typeof IDENTITY_MATCHES)[number] {
  const text = asLine(node, what);
  const match = IDENTITY_MATCHES.find((one) => one === text);
  if (match) return match;
  const known = [...IDENTITY_MATCHES, ...MAP_RULES];
  throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is ${quote(text)}`, didYouMean(text, known));
}

function parseName(node: YamlNode, what: string, wanted: 'reference' | 'repository'): string {
  const text = asLine(node, what);
  const reference = parseDockerReference(text);
  if (reference && isNameOnly(reference) === (wanted === 'repository')) return text;
  const hint =
    wanted === 'repository' ? 'write registry.example.org/team/app' : 'write registry.example.org/team/app:1.0';
  throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} is no ${wanted}: ${quote(text)}`, hint);
}

function parseRemap(node: YamlNode, what: string): SignedIdentity {
  const fields = fieldsOf(node, what, { required: ['prefix', 'signedPrefix'], optional: [] });
  const prefix = (key: string): string => {
    const value = fields.get(key)?.value ?? node;
    const text = asLine(value, `${key} of ${what}`);
    // A prefix ends at a slash: what follows it must still be a name.
    if (parseDockerReference(`${text}/x`)?.name === `${text}/x`) return text;
    throw problemAt(
      value,
      'POLICY_INVALID_VALUE',
      `${key} of ${what} is no host or repository: ${quote(text)}`,
      'write registry.example.org or registry.example.org/team',
    );
  };
  return { type: 'remapIdentity', prefix: prefix('prefix'), signedPrefix: prefix('signedPrefix') };
}
