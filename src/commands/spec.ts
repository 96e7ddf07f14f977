// SPDX-License-Identifier: Apache-2.0
// What a command is: its inputs and outputs as data, and a function from inputs to a result. action.yml, the README
// tables, `countersign help` and input parsing all come from these values.

import type { Host } from './host.ts';
import type { Inputs } from './inputs/inputs.ts';

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
  /** True when the command cannot run without it; checked by our code. */
  readonly required?: boolean;
  /** An example value, shown when the input is missing or wrong. */
  readonly example?: string;
  /** Default for `path` and `paths`: `read`; for other types: it names no file. */
  readonly file?: FileUse;
  /** Set when the input makes sense on one face alone: `action` inputs are no flags, `cli` flags are no action inputs. */
  readonly only?: 'action' | 'cli';
}

export interface OutputSpec {
  readonly name: string;
  readonly description: string;
  readonly example: string;
}

export interface CommandSpec {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** A paragraph for help and documentation. */
  readonly description: string;
  readonly inputs: readonly InputSpec[];
  readonly outputs: readonly OutputSpec[];
  /** Name of the input that positional arguments of the command line fill. */
  readonly positional?: string;
  /** Set for the five actions; the others exist on the command line only. */
  readonly action?: { readonly title: string; readonly icon: string; readonly color: string };
  /** Signs or publishes: refused on untrusted workflow events. */
  readonly privileged?: boolean;
}

/** What a command hands back. The entry prints, sets outputs and exits; commands never do. */
export interface CommandResult {
  /** EXIT.passed or EXIT.failed; EXIT.environment when one of several subjects could not be read. Anything else is thrown. */
  readonly exitCode: 0 | 1 | 3;
  /** Value of every output in the spec; missing ones are set to the empty text. */
  readonly outputs: Readonly<Record<string, string>>;
  /** For standard output without `--json`. */
  readonly text: string;
  /** For standard output with `--json`. */
  readonly json: unknown;
  /** Markdown for the job summary. */
  readonly summary?: string;
  /** Why nothing was done, or not everything; the entry shows it last, as it shows what is thrown. */
  readonly error?: CommandError;
}

export interface CommandError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface Command {
  readonly spec: CommandSpec;
  run(inputs: Inputs, host: Host): Promise<CommandResult>;
}
