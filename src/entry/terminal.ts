// SPDX-License-Identifier: Apache-2.0
// This process as a terminal program: its streams, signals and exit code around one command line.

import { TerminalHost } from '../host/terminal.ts';
import { printFailure, runCommandLine } from './command-line.ts';
import { describeFailure } from './outcome.ts';
import { surviveOutputErrors, installExitHandlers } from './shutdown.ts';

/** Runs the command line that this process was started with and sets the exit code. */
export async function runTerminal(): Promise<void> {
  surviveOutputErrors();
  const host = new TerminalHost({
    env: { ...process.env },
    cwd: process.cwd(),
    stdin: process.stdin,
    stderr: process.stderr,
    now: () => new Date(),
  });
  const removeHandlers = installExitHandlers(host.temporary, (thrown) => {
    const failure = describeFailure(thrown);
    printFailure(failure, host);
    return failure.exitCode;
  });
  try {
    process.exitCode = await runCommandLine(process.argv.slice(2), {
      host,
      write: (text) => void process.stdout.write(text),
      unset: (name) => void delete process.env[name],
    });
  } finally {
    await host.temporary.remove();
    removeHandlers();
  }
}
