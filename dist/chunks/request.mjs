import { h as toHex } from "./bytes.mjs";
import { t as CLOCK_SKEW_MS } from "./clock.mjs";
import { c as toSecond } from "./text.mjs";
import { r as isPassingNetworkError } from "./errors14.mjs";
import { n as RetryBudget, r as isRetryableStatus, t as DEFAULT_RETRY } from "./retry.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as readTimestamp, i as MAX_TOKEN_BYTES, r as uniqueCertificates, t as checkTimestamp } from "./verify3.mjs";
import { createHash, randomBytes } from "node:crypto";

// src/crypto/timestamp/request.ts
/** Version 1, SHA-256 without parameters. */
const [BEFORE_HASH, BEFORE_NONCE] = ["3041020101302f300b0609608648016503040201", "0420"];
/** The certificate of the authority, please. */
const CERTIFICATE_WANTED = "0101ff";
const NONCE_BYTES = 8;
/**
* A granted response with a token over these bytes, verified.
* @throws SignatureError SIGNATURE_TIMESTAMP_UNREADABLE, SIGNATURE_TIMESTAMP_REFUSED, SIGNATURE_TIMESTAMP_CLOCK; NetworkError
* @see https://www.rfc-editor.org/rfc/rfc3161.html#section-2.4.1
*/
async function requestTimestamp(signed, request) {
	const nonce = randomBytes(NONCE_BYTES);
	nonce[0] = 64 | (nonce[0] ?? 0) & 63;
	const hash = createHash("sha256").update(signed).digest("hex");
	const query = `${BEFORE_HASH}${BEFORE_NONCE}${hash}0208${toHex(nonce)}${CERTIFICATE_WANTED}`;
	const answer = await exchange(new Uint8Array(Buffer.from(query, "hex")), request);
	assertGood(answer, {
		...request,
		signed,
		nonce: toHex(nonce)
	});
	return answer;
}
async function exchange(query, { url, http, clock }) {
	const budget = new RetryBudget(DEFAULT_RETRY, clock);
	const headers = {
		"content-type": "application/timestamp-query",
		accept: "application/timestamp-reply"
	};
	for (;;) try {
		const response = await http.send({
			method: "POST",
			url,
			headers,
			body: query
		});
		if (response.status === 200 || response.status === 201) return await response.bytes(MAX_TOKEN_BYTES);
		await response.discard();
		const delayMs = isRetryableStatus(response.status) ? budget.failed() : void 0;
		if (delayMs === void 0) throw refused(`${url.host} answers ${response.status}`);
		await clock.sleep(delayMs);
	} catch (error) {
		const delayMs = isPassingNetworkError(error) ? budget.failed() : void 0;
		if (delayMs === void 0) throw error;
		await clock.sleep(delayMs);
	}
}
function assertGood(answer, about) {
	const { url, anchors, intermediates = [], now, nonce, signed, revocation } = about;
	const { info, certificates } = readTimestamp(answer);
	if (info.nonce !== nonce) throw refused(`${url.host} answers another request: the nonce differs`);
	if (Math.abs(info.time.getTime() - now.getTime()) > 3e5) throw new SignatureError("SIGNATURE_TIMESTAMP_CLOCK", `it is ${toSecond(info.time)} by ${url.host} and ${toSecond(now)} by the clock of this machine`);
	const trust = {
		anchors: uniqueCertificates(anchors.length > 0 ? anchors : certificates),
		intermediates: uniqueCertificates(intermediates),
		...revocation ? { revocation: {
			...revocation,
			mode: revocation.mode && "warn"
		} } : {}
	};
	const check = checkTimestamp(answer, {
		signed,
		trust,
		now: new Date(now.getTime() + CLOCK_SKEW_MS)
	});
	if (!("proven" in check)) throw refused(`${url.host} answers what proves nothing: ${check.message}`);
}
function refused(message) {
	return new SignatureError("SIGNATURE_TIMESTAMP_REFUSED", message);
}

export { requestTimestamp };