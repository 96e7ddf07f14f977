// SPDX-License-Identifier: Apache-2.0
// Which versions of a package are meant: single ones, or those between two. Only what compares alike everywhere is compared:
// numbers with dots, and in ecosystems of Semantic Versioning its pre-releases. For all else nobody here knows the order.

/** Single versions and ranges, of which one has to fit. */
export type Versions = readonly (string | readonly Bound[])[];

/** One side of a range. */
export interface Bound {
  readonly operator: '<' | '<=' | '>' | '>=' | '=';
  readonly version: string;
}

/** Types of package URLs whose versions follow Semantic Versioning. */
const SEMANTIC: ReadonlySet<string> = new Set(['npm', 'cargo', 'golang', 'hex', 'nuget', 'pub', 'swift']);
/** Types in which a version of numbers alone stands where they say. */
const NUMERIC: ReadonlySet<string> = new Set(['maven', 'pypi', 'gem', 'composer']);
/** Of those, types in which a `v` before the version says nothing, as tags in git have it. */
const TAGGED: ReadonlySet<string> = new Set(['composer', 'pypi']);
const VERSION = /^v?(\d{1,15}(?:\.\d{1,15}){0,9})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;
const BOUND = /^(<=|>=|<|>|=)(\S+)$/;

/** True for types of package URLs whose versions can be between two. */
export function hasRanges(type: string): boolean {
  return SEMANTIC.has(type) || NUMERIC.has(type);
}

/** `>=2.0 <2.17.1` as its bounds; undefined when it is no range of this type. */
export function parseRange(text: string, type: string): readonly Bound[] | undefined {
  const bounds = text.split(/ +/).map((word) => {
    const [, operator, version = ''] = BOUND.exec(word) ?? [];
    return isOperator(operator) && read(version, type) ? { operator, version } : undefined;
  });
  return bounds.every((bound) => bound !== undefined) ? bounds : undefined;
}

/** Whether a version is among those meant; undefined when it cannot be compared with a range. */
export function isAmong(version: string, versions: Versions, type: string): boolean | undefined {
  const answers = versions.map((one) => (typeof one === 'string' ? one === version : isBetween(version, one, type)));
  if (answers.includes(true)) return true;
  return answers.includes(undefined) ? undefined : false;
}

function isOperator(text: string | undefined): text is Bound['operator'] {
  return text === '<' || text === '<=' || text === '>' || text === '>=' || text === '=';
}

function isBetween(version: string, bounds: readonly Bound[], type: string): boolean | undefined {
  const answers = bounds.map(({ operator, version: bound }) => {
    const order = compareVersions(version, bound, type);
    if (order === undefined) return undefined;
    if (operator === '=') return order === 0;
    const inside = operator.startsWith('<') ? order < 0 : order > 0;
    return inside || (operator.endsWith('=') && order === 0);
  });
  return answers.includes(undefined) ? undefined : !answers.includes(false);
}

/**
 * Below, at or above 0 as the first comes before, with or after the second; missing numbers are 0. Undefined for what is not
 * compared.
 * @see https://semver.org/spec/v2.0.0.html#spec-item-11
 */
export function compareVersions(one: string, other: string, type: string): number | undefined {
  const [a, b] = [read(one, type), read(other, type)];
  if (!a || !b) return undefined;
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
    const difference = (a.numbers[index] ?? 0) - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  if (a.before.length === 0 || b.before.length === 0) return b.before.length - a.before.length;
  for (let index = 0; index < Math.max(a.before.length, b.before.length); index += 1) {
    const difference = comparePart(a.before[index], b.before[index]);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Numbers come before texts, and what ends before what goes on. */
function comparePart(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1;
  const [a, b] = [one, other].map((part) => (/^\d+$/.test(part) ? BigInt(part) : undefined));
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  if (a !== undefined || b !== undefined) return a === undefined ? 1 : -1;
  return one < other ? -1 : one > other ? 1 : 0;
}

function read(version: string, type: string) {
  // NuGet passes over letter case.
  const [whole, numbers, before] = VERSION.exec(type === 'nuget' ? version.toLowerCase() : version) ?? [];
  if (whole === undefined || numbers === undefined || !hasRanges(type)) return undefined;
  // Dart's versions go on behind the plus sign, by rules of its own.
  if (type === 'pub' && whole.includes('+')) return undefined;
  // Elsewhere a suffix can be a revision that comes after, or a phase that comes before.
  const bare = TAGGED.has(type) ? whole.replace(/^v/, '') : whole;
  if (!SEMANTIC.has(type) && bare !== numbers) return undefined;
  return { numbers: numbers.split('.').map(Number), before: before === undefined ? [] : before.split('.') };
}
