// SPDX-License-Identifier: Apache-2.0
// Which rule a SARIF result is of, and the level that it has by that. Rules are in the driver or in an extension, which
// results name by index, guid or name; where index and id disagree, the id wins. Everything is looked up in tables: tools
// write tens of thousands of rules, overrides and results.

import type { JsonObject, JsonValue } from '../../base/json.ts';
import { objectOf, objectsOf, textOf } from './fields.ts';

const NOTHING = objectOf(undefined, 'rule');

/** What a result or an override says about the rule it means. */
interface RuleReference {
  readonly id: string | undefined;
  readonly index: unknown;
  readonly guid: string | undefined;
  readonly component: JsonObject;
}

/** Rules in their order; the first of a name counts. */
class Rules {
  readonly all: readonly JsonObject[];
  readonly #byId = new Map<string, number>();
  readonly #byGuid = new Map<JsonValue, number>();

  constructor(all: readonly JsonObject[]) {
    this.all = all;
    for (const [at, rule] of all.entries()) {
      const id = textOf(rule['id']);
      const { guid } = rule;
      if (id !== undefined && !this.#byId.has(id)) this.#byId.set(id, at);
      if (guid !== undefined && !this.#byGuid.has(guid)) this.#byGuid.set(guid, at);
    }
  }

  find({ id, guid }: Pick<RuleReference, 'id' | 'guid'>): JsonObject | undefined {
    const places =
      id === undefined
        ? [guid === undefined ? undefined : this.#byGuid.get(guid)]
        : namesOf(id).map((name) => this.#byId.get(name));
    const known = places.filter((at) => at !== undefined);
    return known.length > 0 ? this.all[Math.min(...known)] : undefined;
  }
}

/** Overrides by what they are about; the first counts. */
interface Overrides {
  readonly byRule: ReadonlyMap<JsonObject, JsonObject>;
  /** Those of rules that are nowhere. */
  readonly byId: ReadonlyMap<string, JsonObject>;
}

/** The rules of a run. */
export class RuleBook {
  /** The driver, then the extensions. */
  readonly #components: readonly JsonObject[];
  readonly #byGuid: ReadonlyMap<JsonValue, JsonObject>;
  readonly #byName: ReadonlyMap<JsonValue, JsonObject>;
  readonly #invocations: readonly JsonObject[];
  readonly #rules = new Map<JsonObject, Rules>();
  readonly #overrides = new Map<number, Overrides>();
  #everywhere: Rules | undefined;

  constructor(run: JsonObject, invocations: readonly JsonObject[]) {
    const tool = objectOf(run['tool'], 'tool');
    this.#components = [objectOf(tool['driver'], 'driver'), ...objectsOf(tool['extensions'], 'tool.extensions')];
    this.#byGuid = firstBy(this.#components, 'guid');
    this.#byName = firstBy(this.#components, 'name');
    this.#invocations = invocations;
  }

  /**
   * The rule of a result, an empty one when it has none, and its name.
   * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
   */
  find(result: JsonObject): { readonly rule: JsonObject; readonly id: string | undefined } {
    const reference = referenceOf(objectOf(result['rule'], 'rule'));
    const wanted = { ...reference, id: textOf(result['ruleId']) ?? reference.id };
    wanted.index ??= result['ruleIndex'];
    const rule = this.#resolve(wanted);
    return { rule, id: wanted.id ?? textOf(rule['id']) ?? wanted.guid };
  }

  /** The level of a result: its own, else what its kind, the run's configuration, and the rule say. */
  level(result: JsonObject): string {
    const own = textOf(result['level']);
    if (own !== undefined) return own;
    if (result['kind'] !== undefined && result['kind'] !== 'fail') return 'none';
    const { rule, id } = this.find(result);
    const { byRule, byId } = this.#overridesFor(result);
    const configured = rule === NOTHING ? byId.get(id ?? '') : byRule.get(rule);
    const { level } = objectOf(configured?.['configuration'], 'configuration');
    return (
      textOf(level) ?? textOf(objectOf(rule['defaultConfiguration'], 'defaultConfiguration')['level']) ?? 'warning'
    );
  }

  /** Of the invocation that the result names, else of all. */
  #overridesFor(result: JsonObject): Overrides {
    const index = objectOf(result['provenance'], 'provenance')['invocationIndex'];
    const at = typeof index === 'number' && index >= 0 ? Math.trunc(index) : ALL;
    const known = this.#overrides.get(at) ?? this.#readOverrides(at);
    this.#overrides.set(at, known);
    return known;
  }

  #readOverrides(at: number): Overrides {
    const chosen = at === ALL ? this.#invocations : this.#invocations.slice(at, at + 1);
    const byRule = new Map<JsonObject, JsonObject>();
    const byId = new Map<string, JsonObject>();
    for (const invocation of chosen)
      for (const override of objectsOf(invocation['ruleConfigurationOverrides'], 'ruleConfigurationOverrides')) {
        const reference = referenceOf(objectOf(override['descriptor'], 'descriptor'));
        const rule = this.#resolve(reference);
        if (rule !== NOTHING && !byRule.has(rule)) byRule.set(rule, override);
        if (rule === NOTHING && reference.id !== undefined && !byId.has(reference.id)) byId.set(reference.id, override);
      }
    return { byRule, byId };
  }

  #resolve(reference: RuleReference): JsonObject {
    const { id, index } = reference;
    const rules = this.#rulesOf(this.#component(reference.component));
    const indexed = typeof index === 'number' && index >= 0 ? rules.all[index] : undefined;
    if (indexed && (id === undefined || isOf(indexed, id))) return indexed;
    return rules.find(reference) ?? this.#all().find(reference) ?? NOTHING;
  }

  /** The driver unless another one is named; undefined when that is not there. */
  #component({ index, guid, name }: JsonObject): JsonObject | undefined {
    const [driver] = this.#components;
    if (typeof index === 'number' && index >= 0) return this.#components[index + 1];
    if (guid !== undefined) return this.#byGuid.get(guid);
    return name === undefined ? driver : this.#byName.get(name);
  }

  #rulesOf(component: JsonObject = NOTHING): Rules {
    const known = this.#rules.get(component) ?? new Rules(objectsOf(component['rules'], 'rules'));
    this.#rules.set(component, known);
    return known;
  }

  #all(): Rules {
    this.#everywhere ??= new Rules(this.#components.flatMap((component) => this.#rulesOf(component).all));
    return this.#everywhere;
  }
}

/** The key of the overrides of all invocations. */
const ALL = -1;

function firstBy(components: readonly JsonObject[], member: string): ReadonlyMap<JsonValue, JsonObject> {
  const found = new Map<JsonValue, JsonObject>();
  for (const component of components) {
    const value = component[member];
    if (value !== undefined && !found.has(value)) found.set(value, component);
  }
  return found;
}

function referenceOf(reference: JsonObject): RuleReference & { index: unknown } {
  return {
    id: textOf(reference['id']),
    index: reference['index'],
    guid: textOf(reference['guid']),
    component: objectOf(reference['toolComponent'], 'toolComponent'),
  };
}

/** A result may name a part of a rule: `CA1000/1`. */
function isOf(rule: JsonObject, id: string): boolean {
  const name = textOf(rule['id']);
  return name !== undefined && (id === name || id.startsWith(`${name}/`));
}

/** What a rule may be called whose part this names. */
function namesOf(id: string): readonly string[] {
  const names = [id];
  for (let at = id.indexOf('/'); at >= 0; at = id.indexOf('/', at + 1)) names.push(id.slice(0, at));
  return names;
}
