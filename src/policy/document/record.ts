// SPDX-License-Identifier: Apache-2.0
// Maps whose keys the writer chooses, such as principals by their names.

import { assertSureText, type Field, mapOf, type Placed, problemAt, type Refusal } from './fields.ts';
import { quote } from '../../base/text.ts';

/** A field whose values are turned into others. */
export function mapped<T, U>(field: Field<T>, change: (value: T) => U): Field<U> {
  return { schema: field.schema, read: (node, what) => change(field.read(node, what)) };
}

/** A name that the writer chose, and where. */
export interface Named extends Placed {
  readonly name: string;
}

/** A map whose keys are names of the writer's choice, as a list of its values with their names. */
export function record<T>(
  key: { readonly pattern: RegExp; readonly refusal: Refusal },
  value: Field<T>,
): Field<readonly (T & Named)[]> {
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
        return { ...value.read(entry.value, `${what}.${name}`), name, location: entry.location };
      });
    },
  };
}
