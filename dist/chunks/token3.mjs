import { n as jsonObjectIn } from "./json.mjs";
import { n as KeylessError } from "./errors8.mjs";

// src/crypto/sigstore/sign/token.ts
/** What a token's audience must be. */
const AUDIENCE = "sigstore";
const MAX_LENGTH = 16384;
/**
* What a token says.
* @throws KeylessError SIGSTORE_TOKEN_INVALID, SIGSTORE_TOKEN_EXPIRED, SIGSTORE_TOKEN_AUDIENCE
* @see https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1
*/
function readToken(token, now) {
	const claims = claimsIn(token.revealText());
	const { iss, sub, aud, exp } = claims;
	if (typeof iss !== "string" || typeof sub !== "string" || typeof exp !== "number") throw invalid("it lacks iss, sub or exp");
	if (!(Array.isArray(aud) ? aud : [aud]).includes("sigstore")) throw new KeylessError("SIGSTORE_TOKEN_AUDIENCE", `the identity token is for ${JSON.stringify(aud)?.slice(0, 200) ?? "nobody"}`);
	if (exp * 1e3 <= now.getTime()) throw new KeylessError("SIGSTORE_TOKEN_EXPIRED", `the identity token expired at ${(/* @__PURE__ */ new Date(Math.max(0, exp) * 1e3)).toISOString()}`);
	const visibility = claims["repository_visibility"] ?? claims["project_visibility"];
	return {
		issuer: iss,
		subject: sub,
		visibility: typeof visibility === "string" ? visibility : void 0
	};
}
/**
* What the holder of a key signs to show that it is theirs: the address that the issuer has verified, else the subject.
* @throws KeylessError SIGSTORE_TOKEN_INVALID
*/
function readChallenge(token) {
	const { email, email_verified: verified, sub } = claimsIn(token.revealText());
	if (typeof email === "string" && email !== "") {
		if (verified === true) return email;
		throw invalid("its issuer has not verified the address of the signer");
	}
	if (typeof sub === "string") return sub;
	throw invalid("it lacks sub");
}
function claimsIn(text) {
	const [, payload = "", ...rest] = text.split(".");
	if (text.length > MAX_LENGTH || rest.length !== 1 || !/^[A-Za-z0-9_-]+$/.test(payload)) throw invalid("it is no JSON Web Token");
	const claims = jsonObjectIn(Buffer.from(payload, "base64url"));
	if (claims) return claims;
	throw invalid("its claims are no JSON object");
}
function invalid(problem) {
	return new KeylessError("SIGSTORE_TOKEN_INVALID", `the identity token cannot be used: ${problem}`);
}

export { readChallenge as n, readToken as r, AUDIENCE as t };