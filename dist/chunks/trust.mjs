// src/signing/trust.ts
/** Trust material with these parts and nothing else. */
function trustIn(parts) {
	return {
		keyrings: [],
		keys: [],
		anchors: [],
		intermediates: [],
		certificates: [],
		...parts
	};
}

export { trustIn as t };