// SPDX-License-Identifier: Apache-2.0
// What a command is: its inputs and outputs as data, and a function from the values of exactly these inputs to a result.

import type { Host } from './host.ts';
import type { COMMON_INPUTS } from './inputs/common.ts';
import { type CommonInputs, type InputsOf, readInputs } from './inputs/inputs.ts';
import type { RawInputs } from './inputs/secrets.ts';
import type { InputSpec, OutputSpec } from './inputs/spec.ts';

/** A command as data. */
export interface CommandSpec<Inputs extends readonly InputSpec[] = readonly InputSpec[]> {
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  /** A paragraph for help and documentation. */
  readonly description: string;
  readonly inputs: Inputs;
  readonly outputs: readonly OutputSpec[];
  /** Name of the input that positional arguments of the command line fill. */
  readonly positional?: string;
  /** Set for the five actions; the others exist on the command line only. */
  readonly action?: { readonly title: string; readonly icon: string; readonly color: string };
  /** Signs or publishes, always or when it is given a key: refused on untrusted workflow events. */
  readonly privileged?: 'always' | 'with-key';
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
  /** Markdown for the job summary; made only where there is one. */
  readonly summary?: () => string;
  /** Why nothing was done, or not everything; the entry shows it last, as it shows what is thrown. */
  readonly error?: CommandError;
}

/** An error as a result holds it. */
export interface CommandError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A command whose inputs were read: it can be run. */
export interface PreparedCommand {
  readonly inputs: CommonInputs;
  run(host: Host): Promise<CommandResult>;
}

/** A command as the entries see it. */
export interface Command {
  readonly spec: CommandSpec;
  /**
   * Reads and checks the inputs.
   * @throws UsageError, SystemError as readInputs
   */
  prepare(raw: RawInputs): Promise<PreparedCommand>;
}

/** A command from its spec, whose last inputs are those of every command, and a function of what the spec promises. */
export function defineCommand<const S extends CommandSpec<readonly [...InputSpec[], ...typeof COMMON_INPUTS]>>(
  spec: S,
  run: (inputs: InputsOf<S['inputs']>, host: Host) => Promise<CommandResult>,
): Command {
  return {
    spec,
    async prepare(raw) {
      const inputs = await readInputs(spec.inputs, raw);
      return { inputs, run: (host) => run(inputs, host) };
    },
  };
}
