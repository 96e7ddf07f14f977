// SPDX-License-Identifier: Apache-2.0
// policy.json of podman, skopeo and CRI-O: read as strictly as they do, and which requirements an image has.

import { isJsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { asGateError, type ContainersRequirement, members, refuse, requirementIn } from './requirement.ts';
import { type AskedImage, isPolicyScope, scopesOf } from './scopes.ts';

/**
 * The whole file. Scopes by transport.
 * @see https://github.com/containers/image/blob/v5.36.2/docs/containers-policy.json.5.md
 */
export interface ContainersPolicy {
  readonly default: readonly ContainersRequirement[];
  readonly transports: ReadonlyMap<string, ReadonlyMap<string, readonly ContainersRequirement[]>>;
}

/**
 * The policy in the bytes of a policy.json.
 * @throws GateError GATE_CONFIGURATION_INVALID for what podman refuses too; GATE_CONFIGURATION_UNREAD
 */
export function readContainersPolicy(bytes: Uint8Array, file: string): ContainersPolicy {
  try {
    return readPolicy(parseJson(bytes, file));
  } catch (cause) {
    throw asGateError(cause, file);
  }
}

function readPolicy(document: JsonValue): ContainersPolicy {
  const { default: fallback, transports = {} } = members(document, ['default', 'transports'], 'the policy');
  if (fallback === undefined) throw refuse('"default" is missing');
  if (!isJsonObject(transports)) throw refuse('"transports" is no object');
  return {
    default: requirementsIn(fallback, 'default'),
    transports: new Map(
      Object.entries(transports).map(([transport, scopes]) => [transport, scopesIn(transport, scopes)]),
    ),
  };
}

function scopesIn(transport: string, scopes: JsonValue): ReadonlyMap<string, readonly ContainersRequirement[]> {
  if (!isJsonObject(scopes)) throw refuse(`the scopes of ${transport} are no object`);
  return new Map(
    Object.entries(scopes).map(([scope, list]) => {
      const where = `${transport} ${JSON.stringify(scope)}`;
      if (!isPolicyScope(transport, scope)) throw refuse(`${where} is no scope of this transport`);
      return [scope, requirementsIn(list, where)];
    }),
  );
}

function requirementsIn(value: JsonValue, where: string): readonly ContainersRequirement[] {
  if (!Array.isArray(value) || value.length === 0)
    throw refuse(`the requirements of ${where} are no list, or an empty one`);
  return value.map((entry: JsonValue) => requirementIn(entry, where));
}

/** The requirements of an image in a registry, and the scope that they stand under. */
export function requirementsFor(
  policy: ContainersPolicy,
  image: AskedImage,
): { readonly scope: string; readonly requirements: readonly ContainersRequirement[] } {
  const scopes = policy.transports.get('docker');
  for (const scope of scopes ? [...scopesOf(image), ''] : []) {
    const requirements = scopes?.get(scope);
    if (requirements) return { scope: scope === '' ? 'docker' : scope, requirements };
  }
  return { scope: 'default', requirements: policy.default };
}
