// src/primitives/count.ts
/** The count and its noun, which takes an `s` unless the count is 1. */
function counted(count, noun) {
	return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export { counted as t };