// SPDX-License-Identifier: Apache-2.0
// How a process ends before its run does: somebody ends this process, something is thrown where nobody catches it,
// or nothing is left that the run could wait for. All stop the programs it runs, remove its temporary folder and give
// back the locks of images. After a signal the process ends by that signal, so that whoever waits sees how it ended;
// after an error it ends at once, never as a verdict. A reader of the output that goes away early (`countersign … | head`)
// is none of these; output that cannot be written ends no run either, but then there is no success.

import type { TemporaryFolder } from '../host/temporary.ts';
import { stopRunningTools } from '../host/run-tool.ts';
import { EXIT, isErrnoException, SystemError } from '../base/errors.ts';
import { prepareTermination } from '../base/termination.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const UNCAUGHT = ['uncaughtException', 'unhandledRejection'] as const;

/** The run goes on, and decides the exit code, when what it prints can be printed no longer. */
export function surviveOutputErrors(): void {
  const streams = [
    { stream: process.stdout, name: 'standard output' },
    { stream: process.stderr, name: 'standard error' },
  ] as const;
  let failed = false;
  for (const { stream, name } of streams)
    stream.on('error', (error) => {
      if (failed || (isErrnoException(error) && error.code === 'EPIPE')) return;
      failed = true;
      process.once('exit', () => {
        if (!process.exitCode) process.exitCode = EXIT.environment;
      });
      const { message, code, hint } = unwritable(name, error);
      if (stream !== process.stderr) process.stderr.write(`error: ${message} [${code}]\nhint: ${hint}\n`);
    });
}

function unwritable(name: string, cause: Error): SystemError {
  const full = isErrnoException(cause) && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
  return new SystemError(
    full ? 'DISK_FULL' : 'FILE_WRITE_FAILED',
    full ? `no space left for ${name}` : `cannot write to ${name}: ${cause.message}`,
    { cause, hint: 'send the output elsewhere; see what was done before you repeat it: only its result is missing' },
  );
}

/**
 * Installs the handlers; the returned function removes them, and is to be called when the run has come to its end.
 * @param report prints what was thrown, synchronously, and returns the exit code
 */
export function installExitHandlers(temporary: TemporaryFolder, report: (thrown: unknown) => number): () => void {
  const cleanUp = () => {
    remove();
    stopRunningTools();
    temporary.removeNow();
    return prepareTermination();
  };
  const onUncaught = (thrown: unknown) => {
    void cleanUp();
    // Whatever else is under way must not go on to sign or publish.
    process.exit(report(thrown));
  };
  // Node would end with a warning about its own inner affairs, or as if all were well.
  const onIdle = () => onUncaught(new Error('the run came to a standstill before its end'));
  const onSignal = (name: NodeJS.Signals) => {
    const end = () => process.kill(process.pid, name);
    const waiting = cleanUp();
    if (waiting) void waiting.then(end);
    else end();
  };
  const remove = () => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
    for (const name of UNCAUGHT) process.removeListener(name, onUncaught);
    process.removeListener('beforeExit', onIdle);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  for (const name of UNCAUGHT) process.on(name, onUncaught);
  process.on('beforeExit', onIdle);
  return remove;
}
