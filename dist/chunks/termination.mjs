// src/base/termination.ts
const tasks = /* @__PURE__ */ new Set();
/**
* Registers a task, which is done at once or, with a promise, when a step that is under way has ended. The returned function
* takes it back.
*/
function beforeTermination(task) {
	tasks.add(task);
	return () => void tasks.delete(task);
}
/** Does all tasks; a promise is to be waited for. */
function prepareTermination() {
	const waiting = [...tasks].map((task) => task()).filter((promise) => promise !== void 0);
	return waiting.length === 0 ? void 0 : Promise.allSettled(waiting);
}

export { prepareTermination as n, beforeTermination as t };