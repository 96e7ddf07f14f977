// SPDX-License-Identifier: Apache-2.0
// What has to be put in order before a signal ends this process, known to whoever would leave something lying about.

type Task = () => Promise<void> | undefined;

const tasks = new Set<Task>();

/**
 * Registers a task, which is done at once or, with a promise, when a step that is under way has ended. The returned function
 * takes it back.
 */
export function beforeTermination(task: Task): () => void {
  tasks.add(task);
  return () => void tasks.delete(task);
}

/** Does all tasks; a promise is to be waited for. */
export function prepareTermination(): Promise<unknown> | undefined {
  const waiting = [...tasks].map((task) => task()).filter((promise) => promise !== undefined);
  return waiting.length === 0 ? undefined : Promise.allSettled(waiting);
}
