// SPDX-License-Identifier: Apache-2.0
// Teams → the principals in them. Whoever reads a policy further meets principals only.

import { didYouMean, quote } from '../../base/text.ts';
import { type Located, problemAt } from './fields.ts';
import type { Team } from './model.ts';
import type { Named } from './record.ts';

/** A team as written. */
export interface TeamDocument extends Named {
  readonly members: readonly Located[];
}

/** Principals and teams by their names. */
export class Directory {
  readonly #principals: ReadonlySet<string>;
  readonly #teams: ReadonlyMap<string, TeamDocument>;
  readonly #resolved = new Map<string, readonly string[]>();

  /** @throws PolicyError POLICY_DUPLICATE, POLICY_UNKNOWN_NAME, POLICY_CYCLE */
  constructor(principals: readonly Named[], teams: readonly TeamDocument[]) {
    this.#principals = new Set(principals.map(({ name }) => name));
    this.#teams = new Map(teams.map((team) => [team.name, team]));
    const both = teams.find(({ name }) => this.#principals.has(name));
    if (both)
      throw problemAt(
        both,
        'POLICY_DUPLICATE',
        `${quote(both.name)} is a principal and a team`,
        'rename one of the two',
      );
    for (const team of teams) this.#members(team, []);
  }

  /** The teams, resolved. */
  get teams(): readonly Team[] {
    return [...this.#resolved].map(([name, members]) => ({ name, members }));
  }

  /**
   * Names of the principals whom these names stand for, each once.
   * @throws PolicyError POLICY_UNKNOWN_NAME
   */
  principals(names: readonly Located[], what: string): readonly string[] {
    return [...new Set(names.flatMap((name) => this.#resolve(name, what, [])))];
  }

  #resolve(name: Located, what: string, within: readonly string[]): readonly string[] {
    if (this.#principals.has(name.value)) return [name.value];
    const team = this.#teams.get(name.value);
    if (!team)
      throw problemAt(
        name,
        'POLICY_UNKNOWN_NAME',
        `${what} has ${quote(name.value)}, which is not defined`,
        didYouMean(name.value, [...this.#principals, ...this.#teams.keys()]),
      );
    if (within.includes(name.value)) {
      const circle = [...within.slice(within.indexOf(name.value)), name.value].join(' in ');
      throw problemAt(
        name,
        'POLICY_CYCLE',
        `the team ${name.value} is in itself: ${circle}`,
        'take one out of the other',
      );
    }
    return this.#members(team, within);
  }

  #members({ name, members }: TeamDocument, within: readonly string[]): readonly string[] {
    const known = this.#resolved.get(name);
    if (known) return known;
    const found = members.flatMap((member) => this.#resolve(member, `teams.${name}`, [...within, name]));
    const unique = [...new Set(found)];
    this.#resolved.set(name, unique);
    return unique;
  }
}
