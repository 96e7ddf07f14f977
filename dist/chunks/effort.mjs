import { r as SignatureError } from "./errors2.mjs";
import { AsyncLocalStorage } from "node:async_hooks";

// src/crypto/effort.ts
/** In checks of P-256 signatures, of which OpenSSL does 20,000 a second. */
const MOST = 2e4;
/** Of these for signatures that name a key which nobody trusts, tried with keys that are called otherwise. */
const MOST_GUESSES = 4e3;
/** Searches through all keys of the policy that are not counted: how many keys there are is its own choice, no stranger's. */
const FREE_SEARCHES = 8;
/** How much slower OpenSSL is with other curves than P-256. */
const CURVE_COSTS = /* @__PURE__ */ new Map([["ecdsa-p384", 9], ["ecdsa-p521", 19]]);
/** An RSA key of this size, with the largest exponent that is read, costs two; larger ones by the square. */
const RSA_BITS = 4096;
const efforts = new AsyncLocalStorage();
/**
* Everything that is learnt about one image, within the bound.
* @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE, and what the work throws
*/
async function withinEffort(examine) {
	if (efforts.getStore()) return await examine();
	const effort = {
		left: MOST,
		guesses: MOST_GUESSES,
		searches: FREE_SEARCHES,
		signers: /* @__PURE__ */ new Set()
	};
	const result = await efforts.run(effort, examine);
	if (effort.left < 0) throw tooLarge();
	return result;
}
/**
* To be called before each check of a signature; `guess` when the signature names another key. False when it is not
* worth another guess.
* @throws SignatureError SIGNATURE_EFFORT_TOO_LARGE
*/
function spend(cost, guess = false) {
	const effort = efforts.getStore();
	if (!effort) return true;
	if (guess) effort.guesses -= cost;
	if (guess && effort.guesses < 0) return false;
	effort.left -= cost;
	if (effort.left < 0) throw tooLarge();
	return true;
}
/** A search through all keys of the policy, of which some are not counted. @throws what the search throws */
function searching(search) {
	const effort = efforts.getStore();
	if (!effort || effort.searches <= 0) return search();
	effort.searches -= 1;
	return efforts.run(void 0, search);
}
/** Notes by whose key something on the image is signed. */
function noteSigner(hint) {
	efforts.getStore()?.signers.add(hint);
}
/** True when that key has signed something else on the image: most likely it signed what names no key, too. */
function hasSigned(hint) {
	return efforts.getStore()?.signers.has(hint) === true;
}
/** Of one check with a key. */
function costOf(algorithm) {
	const [, bits] = algorithm.split("rsa-");
	if (bits !== void 0) return Math.ceil(2 * (Number(bits) / RSA_BITS) ** 2);
	return CURVE_COSTS.get(algorithm) ?? 1;
}
function tooLarge() {
	return new SignatureError("SIGNATURE_EFFORT_TOO_LARGE", "the image has more signatures, or slower ones, than are checked");
}

export { spend as a, searching as i, hasSigned as n, withinEffort as o, noteSigner as r, costOf as t };