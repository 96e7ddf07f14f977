// SPDX-License-Identifier: Apache-2.0
// What a YAML document is read as: values that know their line and column.

import type { SourceLocation } from '../../base/errors.ts';

/** A value of the document with its place. */
export type YamlNode = YamlMap | YamlList | YamlScalar;

/** A map; its keys are texts and differ. */
export interface YamlMap {
  readonly kind: 'map';
  readonly location: SourceLocation;
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

/** What a map has at a key. */
export interface YamlEntry {
  /** Where the key stands. */
  readonly location: SourceLocation;
  readonly value: YamlNode;
  /** What YAML 1.1 reads the key as, where that is no text. */
  readonly yaml11?: string | undefined;
}

/** A list. */
export interface YamlList {
  readonly kind: 'list';
  readonly location: SourceLocation;
  readonly items: readonly YamlNode[];
}

/** A single value. */
export interface YamlScalar {
  readonly kind: 'scalar';
  readonly location: SourceLocation;
  readonly value: string | number | boolean | null;
  /** The text as written, without quotes. */
  readonly source: string;
  /** What YAML 1.1 reads it as, where that is another kind of value. */
  readonly yaml11?: string | undefined;
}
