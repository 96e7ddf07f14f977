// SPDX-License-Identifier: Apache-2.0
// Which rule a SARIF result is of, and the level that it has by that. Rules are in the driver or in an extension, which
// results name by index, guid or name; where index and id disagree, the id wins.

import type { JsonObject } from '../../base/json.ts';
import { objectOf, objectsOf, textOf } from './fields.ts';

const NOTHING = objectOf(undefined, 'rule');

/** What a result or an override says about the rule it means. */
interface RuleReference {
  readonly id: string | undefined;
  readonly index: unknown;
  readonly guid: string | undefined;
  readonly component: JsonObject;
}

/** The rules of a run. */
export class RuleBook {
  /** The driver, then the extensions. */
  readonly #components: readonly JsonObject[];
  readonly #invocations: readonly JsonObject[];

  constructor(run: JsonObject, invocations: readonly JsonObject[]) {
    const tool = objectOf(run['tool'], 'tool');
    this.#components = [objectOf(tool['driver'], 'driver'), ...objectsOf(tool['extensions'], 'tool.extensions')];
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
    const configured = this.#overrides(result).find((override) => {
      const reference = referenceOf(objectOf(override['descriptor'], 'descriptor'));
      const meant = this.#resolve(reference);
      return meant === NOTHING ? rule === NOTHING && id !== undefined && reference.id === id : meant === rule;
    });
    const { level } = objectOf(configured?.['configuration'], 'configuration');
    return (
      textOf(level) ?? textOf(objectOf(rule['defaultConfiguration'], 'defaultConfiguration')['level']) ?? 'warning'
    );
  }

  /** Of the invocation that the result names, else of all. */
  #overrides(result: JsonObject): readonly JsonObject[] {
    const index = objectOf(result['provenance'], 'provenance')['invocationIndex'];
    const chosen =
      typeof index === 'number' && index >= 0 ? this.#invocations.slice(index, index + 1) : this.#invocations;
    return chosen.flatMap((invocation) =>
      objectsOf(invocation['ruleConfigurationOverrides'], 'ruleConfigurationOverrides'),
    );
  }

  #resolve({ id, index, guid, component }: RuleReference): JsonObject {
    const rules = rulesOf(this.#component(component));
    const indexed = typeof index === 'number' && index >= 0 ? rules[index] : undefined;
    if (indexed && (id === undefined || isOf(indexed, id))) return indexed;
    const everywhere = [...rules, ...this.#components.flatMap(rulesOf)];
    const fits = (rule: JsonObject) =>
      id === undefined ? guid !== undefined && rule['guid'] === guid : isOf(rule, id);
    return everywhere.find(fits) ?? NOTHING;
  }

  /** The driver unless another one is named; undefined when that is not there. */
  #component({ index, guid, name }: JsonObject): JsonObject | undefined {
    const [driver, ...extensions] = this.#components;
    if (typeof index === 'number' && index >= 0) return extensions[index];
    if (guid !== undefined) return this.#components.find((component) => component['guid'] === guid);
    return name === undefined ? driver : this.#components.find((component) => component['name'] === name);
  }
}

function referenceOf(reference: JsonObject): RuleReference & { index: unknown } {
  return {
    id: textOf(reference['id']),
    index: reference['index'],
    guid: textOf(reference['guid']),
    component: objectOf(reference['toolComponent'], 'toolComponent'),
  };
}

function rulesOf(component: JsonObject | undefined): readonly JsonObject[] {
  return objectsOf(component?.['rules'], 'rules');
}

/** A result may name a part of a rule: `CA1000/1`. */
function isOf(rule: JsonObject, id: string): boolean {
  const name = textOf(rule['id']);
  return name !== undefined && (id === name || id.startsWith(`${name}/`));
}
