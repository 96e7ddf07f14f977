// SPDX-License-Identifier: Apache-2.0
// The way out when somebody ends this process: stop the programs it runs, remove its temporary folder, and then end by
// the same signal, so that whoever waits sees how it ended.

import { stopRunningTools } from '../host/run.ts';
import type { TemporaryFolder } from '../host/temporary.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Installs the handlers; the returned function removes them. */
export function cleanUpOnSignals(temporary: TemporaryFolder): () => void {
  const handlers = SIGNALS.map((name) => {
    const handler = () => {
      remove();
      stopRunningTools();
      temporary.removeNow();
      process.kill(process.pid, name);
    };
    return { name, handler };
  });
  const remove = () => {
    for (const { name, handler } of handlers) process.removeListener(name, handler);
  };
  for (const { name, handler } of handlers) process.on(name, handler);
  return remove;
}
