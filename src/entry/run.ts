// SPDX-License-Identifier: Apache-2.0
// One run of a command, the same for a step of a workflow and for the command line: inputs, event gate, time limit,
// command. Whatever is thrown becomes an ending, so that each face only has to show how it ended.

import type { Host } from '../commands/host.ts';
import type { RawInputs } from '../commands/inputs/secrets.ts';
import type { Command, CommandResult } from '../commands/spec.ts';
import { assertNoDebugOutput } from './debug-output.ts';
import { assertTrustedEvent } from './event.ts';
import { describeFailure, type Failure, failureJson, failureOf } from './outcome.ts';

/** The host of an entry: besides what commands may ask of it, the entry sets the time limit of external programs. */
export interface EntryHost extends Host {
  toolTimeoutMs: number | undefined;
}

/** How a run ended. */
export interface Ending {
  readonly exitCode: number;
  /** What the command handed back; undefined when it was not run to its end. */
  readonly result: CommandResult | undefined;
  /** Why the command did nothing, or not everything. */
  readonly failure: Failure | undefined;
  /** The result as JSON, or the failure. */
  readonly json: unknown;
  /** The input `report-path`. */
  readonly reportPath: string | undefined;
}

/** Runs a command on the texts that were given. Never throws. */
export async function runCommand(
  command: Command,
  texts: ReadonlyMap<string, string>,
  host: EntryHost,
): Promise<Ending> {
  try {
    const raw: RawInputs = {
      texts,
      cwd: host.cwd,
      mask: (text) => host.mask(text),
      readStdin: (limitBytes) => host.readStdin(limitBytes),
    };
    const prepared = await command.prepare(raw);
    const { timeout, reportPath } = prepared.inputs;
    assertNoDebugOutput(command.spec, prepared.inputs, host);
    await assertTrustedEvent(command.spec, prepared.inputs, host);
    host.toolTimeoutMs = timeout;
    const result = await prepared.run(host);
    const { exitCode, error, json } = result;
    return { exitCode, result, failure: error && failureOf(error, exitCode), json, reportPath };
  } catch (error) {
    const failure = describeFailure(error);
    const { exitCode } = failure;
    return { exitCode, result: undefined, failure, json: failureJson(failure), reportPath: undefined };
  }
}
