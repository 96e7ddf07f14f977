// SPDX-License-Identifier: Apache-2.0
// Maps whose keys the writer chooses, such as principals by their names.

import { assertSureText, type Field, mapOf, problemAt, quote, type Refusal } from './fields.ts';

/** A map whose keys are names of the writer's choice, as a list of its values with their names. */
export function record<T>(
  key: { readonly pattern: RegExp; readonly refusal: Refusal },
  value: Field<T>,
): Field<readonly (T & { readonly name: string })[]> {
  return {
    schema: {
      type: 'object',
      minProperties: 1,
      additionalProperties: false,
      patternProperties: { [key.pattern.source]: value.schema },
    },
    read(node, what) {
      const { entries } = mapOf(node, what);
      if (entries.size === 0) throw problemAt(node, 'POLICY_INVALID_VALUE', `${what} has no entries`, 'add an entry');
      return [...entries].map(([name, entry]) => {
        assertSureText(entry, name);
        const { problem, hint } = key.refusal;
        if (!key.pattern.test(name)) throw problemAt(entry, 'POLICY_INVALID_VALUE', `${quote(name)} ${problem}`, hint);
        return { ...value.read(entry.value, `${what}.${name}`), name };
      });
    },
  };
}
