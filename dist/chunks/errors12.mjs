import { i as EXIT, t as CountersignError } from "./errors.mjs";

// src/commands/key/errors.ts
/** When each error of looking for keys occurs, and what to do. */
const KEYRING_CODES = {
	KEYRING_KEY_MISSING: {
		when: "a place or a key server has no key with the given fingerprint",
		fix: "check the fingerprint, and ask its owner where the key is published"
	},
	KEYRING_KEY_OTHER: {
		when: "a key server was asked for one key and answered with others; nothing was imported",
		fix: "do not use that server; ask the owner of the key for a copy"
	},
	KEYRING_ANSWER_INVALID: {
		when: "a key server answered with something else than an OpenPGP key, such as a page, an error, or bytes that are none",
		fix: "check the address, and open it in a browser to see what it says"
	}
};
/** A key cannot be found where it was looked for; exit code 3. */
var KeyringError = class extends CountersignError {
	exitCode = EXIT.environment;
	constructor(code, message) {
		super(code, message, { hint: KEYRING_CODES[code].fix });
	}
};

export { KeyringError as n, KEYRING_CODES as t };