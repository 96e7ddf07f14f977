// SPDX-License-Identifier: Apache-2.0
// What an input is, as data. action.yml, the README tables, `countersign help`, the reading of the texts and the types of
// the values all follow from it.

/**
 * How the raw text of an input is read. `secret` and `pem` also exist with the suffix `-path`, naming a file; `text` is a
 * whole document, taken as it is.
 */
export type InputType =
  | 'string'
  | 'text'
  | 'path'
  | 'list'
  | 'paths'
  | 'boolean'
  | 'enum'
  | 'integer'
  | 'duration'
  | 'size'
  | 'time'
  | 'digest'
  | 'secret'
  | 'pem';

/**
 * What the file or folder is for that an input names: `read`; `document`, written, also into a device or pipe; `image`,
 * written as a regular file; `folder`, which holds files that others name.
 */
export type FileUse = 'read' | 'document' | 'image' | 'folder';

/** One input of a command. */
export interface InputSpec {
  /** kebab-case; the same word as the flag. */
  readonly name: string;
  readonly type: InputType;
  readonly description: string;
  /** Raw text used when the input is empty. */
  readonly default?: string;
  /** Default that the runner fills in: an expression of workflows, written to action.yml alone. */
  readonly actionDefault?: string;
  /** Allowed values of an `enum`. */
  readonly values?: readonly string[];
  /** A `secret` whose file may be empty, which is a passphrase like another. */
  readonly mayBeEmpty?: boolean;
  /** A `secret` that may also be the name of a key outside the process, which is no secret. */
  readonly mayBeKeyName?: boolean;
  /** True when the command cannot run without it; checked by our code. */
  readonly required?: boolean;
  /** Set for `paths` that may also be the text of the files, in PEM. */
  readonly mayBeContent?: boolean;
  /** An example value, shown when the input is missing or wrong. */
  readonly example?: string;
  /** Of a path: the input that takes the text of such a file. */
  readonly textInput?: string;
  /** Default for `path` and `paths`: `read`; for other types: it names no file. */
  readonly file?: FileUse;
  /** Set when the input makes sense on one face alone: `action` inputs are no flags, `cli` flags are no action inputs. */
  readonly only?: 'action' | 'cli';
}

/** One output of an action. */
export interface OutputSpec {
  readonly name: string;
  readonly description: string;
  readonly example: string;
}
