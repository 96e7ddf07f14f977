// SPDX-License-Identifier: Apache-2.0
// What is in a signed predicate: its members by path, the time it speaks of, and what a policy may ask of SBOMs,
// provenance and predicates that it knows nothing about. Findings are findings.ts.

import { parseStatement } from '../../attest/statement.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { CountersignError } from '../../base/errors.ts';
import type { Reason } from '../../findings/signature.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Comparison, FieldsCondition, FieldValue, ProvenanceCondition, SbomCondition } from '../document/model.ts';
import type { EvidenceFact } from '../facts.ts';
import type { ReasonCode } from '../reasons.ts';
import { matchesPattern, type PatternKind } from '../rules/pattern.ts';

/** What became of a condition: met, with what is to be said about it and what else it rests on, or not. */
export type Content =
  | { readonly remarks: readonly Reason[]; readonly rests: readonly EvidenceFact[] }
  | { readonly code: ReasonCode; readonly problem: string };

/** A predicate that is not what its type promises. */
export class Malformed extends Error {}

/** The same bytes are asked for by every stage and at every judgement of an image, and may be megabytes. */
const PREDICATES = new WeakMap<Uint8Array, JsonValue | CountersignError>();

/** The predicate of a signed statement. @throws CountersignError as parseStatement */
export function signedPredicate(statement: Uint8Array): JsonValue {
  const known = PREDICATES.get(statement) ?? readPredicate(statement);
  PREDICATES.set(statement, known);
  if (known instanceof CountersignError) throw known;
  return known;
}

function readPredicate(statement: Uint8Array): JsonValue | CountersignError {
  try {
    return parseStatement(statement).predicate;
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
}

/**
 * The member at a path of names and list positions with dots between, or at a JSON Pointer where names have dots; undefined
 * when there is none.
 * @see https://www.rfc-editor.org/rfc/rfc6901.html
 */
export function valueAt(value: JsonValue | undefined, path: string): JsonValue | undefined {
  let found: JsonValue | undefined = value;
  for (const name of namesIn(path)) {
    if (Array.isArray(found) && /^(?:0|[1-9]\d{0,5})$/.test(name)) found = found[Number(name)];
    else if (isJsonObject(found) && Object.hasOwn(found, name)) found = found[name];
    else return undefined;
  }
  return found;
}

/** Paths are few, and asked of each of tens of thousands of findings. */
const PATHS = new Map<string, readonly string[]>();

function namesIn(path: string): readonly string[] {
  const known = PATHS.get(path);
  if (known) return known;
  const pointer = path.slice(1).split('/');
  const names = path.startsWith('/')
    ? pointer.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    : path.split('.');
  PATHS.set(path, names);
  return names;
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
  if (age < -CLOCK_SKEW_MS) return `is of ${time.slice(0, 40)}, which is to come`;
  return age > maxAge ? `is of ${time.slice(0, 40)}, and older than allowed` : undefined;
}

const MET: Content = { remarks: [], rests: [] };

/**
 * Enough components, each with a name and a version.
 * @throws Malformed
 */
export function checkSbom(predicate: JsonObject, { minComponents }: SbomCondition): Content {
  const components = componentsOf(predicate);
  if (components === undefined)
    return { code: 'EVIDENCE_SBOM', problem: 'it is neither a CycloneDX nor an SPDX document in JSON' };
  const whole = components.filter(({ name, version }) => name !== undefined && version !== undefined).length;
  if (whole >= minComponents) return MET;
  const problem = `it names ${whole} components with their versions, of ${components.length}; ${minComponents} are needed`;
  return { code: 'EVIDENCE_SBOM', problem };
}

/** A component of an SBOM. */
export interface Component {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/** The components that an SBOM names; undefined when it is none. @throws Malformed */
export function componentsOf(predicate: JsonObject): readonly Component[] | undefined {
  if (predicate['bomFormat'] === 'CycloneDX') return nested(predicate);
  if (textAt(predicate, 'spdxVersion') !== undefined)
    return listAt(predicate, 'packages').map((one) => component(one, 'name', 'versionInfo'));
  if (predicate['@graph'] === undefined) return undefined;
  return listAt(predicate, '@graph')
    .filter((one) => valueAt(one, 'type') === 'software_Package' || valueAt(one, '@type') === 'software_Package')
    .map((one) => component(one, 'name', 'software_packageVersion'));
}

/** Components may hold components; the JSON reader has bounded the depth. */
function nested(value: JsonValue): readonly Component[] {
  return listAt(value, 'components').flatMap((one) => [
    component(one, 'name', 'version'),
    ...(isJsonObject(one) ? nested(one) : []),
  ]);
}

function component(value: JsonValue, name: string, version: string): Component {
  return { name: textAt(value, name), version: textAt(value, version) };
}

/**
 * Builder and source of SLSA provenance 1 and 0.2.
 * @see https://slsa.dev/spec/v1.0/provenance
 */
export function checkProvenance(predicate: JsonObject, condition: ProvenanceCondition): Content {
  const builder = textAt(predicate, 'runDetails.builder.id') ?? textAt(predicate, 'builder.id');
  const { repository, ref } = sourceOf(predicate);
  const asked = [
    { what: 'builder', patterns: condition.builder, found: builder, kind: 'uri' },
    { what: 'source', patterns: condition.source, found: repository, kind: 'uri' },
    { what: 'ref', patterns: condition.ref, found: ref, kind: 'ref' },
  ] as const;
  const wrong = asked.find(({ patterns, found, kind }) => !matchesOne(patterns, found, kind));
  if (!wrong) return checkBases(predicate, condition.base);
  const found = wrong.found === undefined ? 'names none' : `has ${JSON.stringify(wrong.found.slice(0, 200))}`;
  return { code: 'EVIDENCE_PROVENANCE', problem: `of ${wrong.what} it ${found}, not ${wrong.patterns.join(' or ')}` };
}

/** Every image that went into the build must be one of those allowed, and there must be one. */
function checkBases(predicate: JsonObject, allowed: readonly string[] | undefined): Content {
  if (!allowed) return MET;
  const { bases } = basesOf(predicate);
  const wrong = bases.find(({ digest }) => digest === undefined || !allowed.includes(`sha256:${digest}`));
  if (bases.length > 0 && !wrong) return MET;
  const found = wrong
    ? `${wrong.uri.slice(0, 200)} with ${wrong.digest ? `sha256:${wrong.digest.slice(0, 64)}` : 'no digest'}`
    : 'none';
  return { code: 'EVIDENCE_PROVENANCE', problem: `of base it names ${found}, not ${allowed.join(' or ')}` };
}

/** Something that went into a build. */
interface Ingredient {
  readonly name: string | undefined;
  readonly uri: string;
  /** Hex SHA-256. */
  readonly digest: string | undefined;
}

/** The definition that was built, and the bases: all else that is no source in git. @throws Malformed */
export function basesOf(predicate: JsonObject): {
  readonly definition: readonly Ingredient[];
  readonly bases: readonly Ingredient[];
} {
  const all = ['buildDefinition.resolvedDependencies', 'materials'].flatMap((path) =>
    listAt(predicate, path).map((one) => ({
      name: textAt(one, 'name'),
      uri: textAt(one, 'uri') ?? 'something',
      digest: textAt(one, 'digest.sha256'),
    })),
  );
  return {
    definition: all.filter(({ name }) => name === 'definition'),
    bases: all.filter(({ name, uri }) => name !== 'definition' && !uri.startsWith('git+')),
  };
}

function matchesOne(patterns: readonly string[], found: string | undefined, kind: PatternKind): boolean {
  return patterns.length === 0 || (found !== undefined && patterns.some((one) => matchesPattern(one, found, kind)));
}

/** What was built: of GitHub's build types the workflow's own place, else the first source in git. */
export function sourceOf(predicate: JsonObject): {
  readonly repository: string | undefined;
  readonly ref: string | undefined;
} {
  const workflow = valueAt(predicate, 'buildDefinition.externalParameters.workflow');
  const stated = textAt(workflow, 'repository');
  if (stated !== undefined) return { repository: stated, ref: textAt(workflow, 'ref') };
  const dependencies = valueAt(predicate, 'buildDefinition.resolvedDependencies');
  const uris = [textAt(predicate, 'invocation.configSource.uri'), ...dependencyUris(dependencies)];
  const git = uris.find((uri) => uri?.startsWith('git+'))?.slice('git+'.length);
  const at = git?.lastIndexOf('@') ?? -1;
  // The @ of git+ssh://git@host is part of the address.
  if (git === undefined || at <= git.indexOf('/', git.indexOf('://') + 3)) return { repository: git, ref: undefined };
  return { repository: git.slice(0, at), ref: git.slice(at + 1) };
}

function dependencyUris(value: JsonValue | undefined): readonly (string | undefined)[] {
  return Array.isArray(value) ? value.map((one) => textAt(one, 'uri')) : [];
}

/** Members that must be as the policy compares them; one that is not there never is. */
export function checkFields(predicate: JsonObject, { fields }: FieldsCondition): Content {
  const wrong = fields.find(({ path, comparison }) => !compares(valueAt(predicate, path), comparison));
  if (!wrong) return MET;
  const member = valueAt(predicate, wrong.path);
  const found = member === undefined ? 'not there' : JSON.stringify(member).slice(0, 120);
  return { code: 'EVIDENCE_FIELDS', problem: `its ${wrong.path} is ${found}, ${wanted(wrong.comparison)}` };
}

function compares(found: JsonValue | undefined, { oneOf, not, atLeast, atMost }: Comparison): boolean {
  if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') return false;
  if (oneOf && !oneOf.includes(found)) return false;
  if (not?.includes(found)) return false;
  if (atLeast === undefined && atMost === undefined) return true;
  return typeof found === 'number' && found >= (atLeast ?? found) && found <= (atMost ?? found);
}

function wanted({ oneOf, not, atLeast, atMost }: Comparison): string {
  return [
    ...(oneOf ? [`not ${anyOf(oneOf)}`] : []),
    ...(not ? [`but must be something else than ${anyOf(not)}`] : []),
    ...(atLeast === undefined ? [] : [`not at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`not at most ${atMost}`]),
  ].join(', ');
}

function anyOf(values: readonly FieldValue[]): string {
  return values.map((one) => JSON.stringify(one)).join(' or ');
}
