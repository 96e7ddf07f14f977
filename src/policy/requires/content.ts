// SPDX-License-Identifier: Apache-2.0
// Reading a signed predicate: its members by path, the time it speaks of, and what a condition says of it.

import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ReasonCode } from '../reasons.ts';

/** What became of a condition: met, with what is to be said about it, or not. */
export type Content = { readonly remarks: readonly string[] } | { readonly code: ReasonCode; readonly problem: string };

/** A predicate that is not what its type promises. */
export class Malformed extends Error {}

/** Clocks may differ by this much, ms. */
const CLOCK_SKEW = 5 * 60_000;

/** The member at a path of names and list positions with dots between; undefined when there is none. */
export function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of path.split('.')) {
    if (Array.isArray(found) && /^(?:0|[1-9]\d{0,5})$/.test(name)) found = found[Number(name)];
    else if (isJsonObject(found) && Object.hasOwn(found, name)) found = found[name];
    else return undefined;
  }
  return found;
}

/** The text at a path; undefined when there is none. */
export function textAt(value: JsonValue | undefined, path: string): string | undefined {
  const found = valueAt(value, path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** The list at a path; empty when it is absent. @throws Malformed when it is something else */
export function listAt(value: JsonValue | undefined, path: string): readonly JsonValue[] {
  const found = valueAt(value, path) ?? [];
  if (!Array.isArray(found)) throw new Malformed(`its ${path} is not a list`);
  return found;
}

/** Where the kinds of predicates say when they were made. */
const TIMES: Readonly<Record<string, readonly string[]>> = {
  findings: ['metadata.scanFinishedOn'],
  provenance: ['runDetails.metadata.finishedOn', 'metadata.buildFinishedOn'],
  sbom: ['metadata.timestamp', 'creationInfo.created'],
};

/** When the evidence was made, as it says itself. */
export function timeOf(predicate: JsonObject, kind: string): string | undefined {
  const stated = (TIMES[kind] ?? []).map((path) => textAt(predicate, path)).find((time) => time !== undefined);
  if (stated !== undefined || kind !== 'sbom') return stated;
  const graph = valueAt(predicate, '@graph');
  return Array.isArray(graph)
    ? graph.map((one) => textAt(one, 'created')).find((time) => time !== undefined)
    : undefined;
}

/** Why something of this time is not fresh; undefined when it is. */
export function ageProblem(time: string | undefined, maxAge: number, now: Date): string | undefined {
  if (time === undefined) return 'does not say when it was made';
  const age = now.getTime() - Date.parse(time);
  if (Number.isNaN(age)) return `has the time ${JSON.stringify(time.slice(0, 40))}, which is none`;
  if (age < -CLOCK_SKEW) return `is of ${time.slice(0, 40)}, which is to come`;
  return age > maxAge ? `is of ${time.slice(0, 40)}, and older than allowed` : undefined;
}
