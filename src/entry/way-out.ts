// SPDX-License-Identifier: Apache-2.0
// The ways out that are not the end of the run: somebody ends this process, or something is thrown where nobody catches
// it. Both stop the programs it runs and remove its temporary folder. After a signal the process ends by that signal,
// so that whoever waits sees how it ended; after a surprise it ends at once as a bug, never as a verdict. A reader of
// the output that goes away early (`countersign … | head`) is neither.

import type { TemporaryFolder } from '../host/temporary.ts';
import { stopRunningTools } from '../host/run.ts';
import { EXIT, isErrnoException } from '../primitives/errors.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SURPRISES = ['uncaughtException', 'unhandledRejection'] as const;

/** The run goes on, and decides the exit code, when nobody reads what it prints any longer. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error) => {
      if (!isErrnoException(error) || error.code !== 'EPIPE') throw error;
    });
}

/**
 * Installs the handlers; the returned function removes them.
 * @param tell prints what was thrown, synchronously
 */
export function prepareWayOut(temporary: TemporaryFolder, tell: (thrown: unknown) => void): () => void {
  const cleanUp = () => {
    remove();
    stopRunningTools();
    temporary.removeNow();
  };
  const onSurprise = (thrown: unknown) => {
    cleanUp();
    tell(thrown);
    // Whatever else is under way must not go on to sign or publish.
    process.exit(EXIT.bug);
  };
  const onSignal = (name: NodeJS.Signals) => {
    cleanUp();
    process.kill(process.pid, name);
  };
  const remove = () => {
    for (const name of SIGNALS) process.removeListener(name, onSignal);
    for (const name of SURPRISES) process.removeListener(name, onSurprise);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  for (const name of SURPRISES) process.on(name, onSurprise);
  return remove;
}
