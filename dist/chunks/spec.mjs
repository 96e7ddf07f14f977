import { n as readInputs } from "./inputs.mjs";

// src/commands/spec.ts
/** A command from its spec, whose last inputs are those of every command, and a function of what the spec promises. */
function defineCommand(spec, run) {
	return {
		spec,
		async prepare(raw) {
			const inputs = await readInputs(spec.inputs, raw);
			return {
				inputs,
				run: (host) => run(inputs, host)
			};
		}
	};
}

export { defineCommand as t };