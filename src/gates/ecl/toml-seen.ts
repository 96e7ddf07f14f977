// SPDX-License-Identifier: Apache-2.0
// Which keys a TOML document has had, as Apptainer's reader keeps account of them: what is written twice makes it pass over the
// document. Upper and lower case are two keys here, and one to whoever assigns them.

import { TomlFault, type TomlEntry, type TomlLine, type TomlValue } from './toml-text.ts';

interface Node {
  kind: 'value' | 'table' | 'list';
  /** Has a header of its own, or its entries are complete. */
  explicit: boolean;
  /** Comes from the key of an entry. */
  entry: boolean;
  readonly children: Map<string, Node>;
}

function node(kind: Node['kind'], explicit: boolean, entry: boolean): Node {
  return { kind, explicit, entry, children: new Map() };
}

/** The account of one document. */
export class SeenKeys {
  readonly #root = node('table', false, false);
  #current = this.#root;

  /**
   * True where a list of tables begins.
   * @throws TomlFault when the line redefines something
   */
  header({ is, key, at }: Exclude<TomlLine, { readonly is: 'entry' }>): boolean {
    complete(this.#current);
    let parent = this.#root;
    for (const part of key.slice(0, -1)) {
      const known = parent.children.get(part);
      if (known?.kind === 'value') throw twice(part, at);
      parent = known ?? add(parent, part, node('table', false, false));
    }
    const last = key.at(-1) ?? '';
    const known = parent.children.get(last);
    if (known && (known.kind !== is || (is === 'table' && known.explicit))) throw twice(last, at);
    this.#current = known ?? add(parent, last, node(is, true, false));
    this.#current.explicit = true;
    if (is === 'list') this.#current.children.clear();
    return !known;
  }

  /** @throws TomlFault when the entry redefines something */
  entry(entry: TomlEntry): void {
    addEntry(this.#current, entry);
  }
}

function addEntry(table: Node, { key, value, at }: TomlEntry): void {
  let parent = table;
  for (const [index, part] of key.entries()) {
    const known = parent.children.get(part);
    if (known && (index === key.length - 1 || known.kind !== 'table' || known.explicit)) throw twice(part, at);
    parent = known ?? add(parent, part, node('table', false, true));
  }
  parent.kind = 'value';
  checkInside(value);
}

function checkInside(value: TomlValue): void {
  if (value.of === 'array') for (const item of value.items) checkInside(item);
  if (value.of !== 'table') return;
  const table = node('table', false, false);
  for (const entry of value.entries) addEntry(table, entry);
}

/** The next header ends a table: what its entries made is not added to. */
function complete({ children }: Node): void {
  for (const child of children.values()) {
    if (child.entry) child.explicit = true;
    child.entry = false;
    complete(child);
  }
}

function add(parent: Node, name: string, child: Node): Node {
  parent.children.set(name, child);
  return child;
}

function twice(part: string, at: number): TomlFault {
  return new TomlFault('passed over', `the key ${JSON.stringify(part)} is defined already, or as something else`, at);
}
