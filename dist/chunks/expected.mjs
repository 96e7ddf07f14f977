import { g as utf8 } from "./bytes.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { d as readPublicKeys } from "./keys.mjs";
import { n as KeyError } from "./errors6.mjs";

// src/crypto/external/expected.ts
/**
* Refuses another key than the expected one.
* @throws KeyError KEY_UNEXPECTED; SignatureError SIGNATURE_TRUST_UNREADABLE
*/
function assertExpectedKey({ hint }, expected, what) {
	if (expected === void 0) return;
	const [wanted, second] = readPublicKeys(utf8(expected));
	if (!wanted || second) throw new SignatureError("SIGNATURE_TRUST_UNREADABLE", "the expected key is not one key");
	if (wanted.hint !== hint) throw new KeyError("KEY_UNEXPECTED", `${what} has the key ${hint}, and ${wanted.hint} is expected`);
}

export { assertExpectedKey as t };