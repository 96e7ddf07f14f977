// src/base/secret.ts
const REDACTED = "[secret]";
/** Bytes or text that exist in memory only; passed on by reference, revealed where they are used. */
var Secret = class {
	#bytes;
	constructor(value) {
		this.#bytes = typeof value === "string" ? new TextEncoder().encode(value) : Uint8Array.from(value);
	}
	/** The secret's bytes. */
	reveal() {
		return this.#bytes;
	}
	/** The secret as UTF-8 text. */
	revealText() {
		return new TextDecoder().decode(this.#bytes);
	}
	toString() {
		return REDACTED;
	}
	toJSON() {
		return REDACTED;
	}
	[Symbol.for("nodejs.util.inspect.custom")]() {
		return REDACTED;
	}
};

export { Secret as t };