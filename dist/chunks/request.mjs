import { h as toHex } from "./bytes.mjs";
import { n as systemClock, t as CLOCK_SKEW_MS } from "./clock.mjs";
import { p as toSecond } from "./text.mjs";
import { r as isPassingNetworkError } from "./errors14.mjs";
import { i as parseRetryAfter, n as RetryBudget, r as isRetryableStatus, t as DEFAULT_RETRY } from "./retry.mjs";
import { r as SignatureError } from "./errors2.mjs";
import { a as readTimestamp, i as MAX_TOKEN_BYTES, r as uniqueCertificates, t as checkTimestamp } from "./verify3.mjs";
import { createHash, randomBytes } from "node:crypto";

// src/net/ask.ts
/**
* The answer of the service, of at most `limitBytes`; the last one when repeats do not help.
* @throws NetworkError
*/
async function ask(question, limitBytes, { http, retries = DEFAULT_RETRY.retries, clock = systemClock() }) {
	const budget = new RetryBudget({
		...DEFAULT_RETRY,
		retries
	}, clock);
	for (;;) try {
		const response = await http.send({
			...question,
			redirects: "no"
		});
		const { status } = response;
		const again = isRetryableStatus(status) ? budget.failed(parseRetryAfter(response.header("retry-after"), clock.nowMs())) : void 0;
		if (again === void 0) return {
			status,
			bytes: await response.bytes(limitBytes),
			location: response.header("location")
		};
		await response.discard();
		await clock.sleep(again);
	} catch (cause) {
		const again = isPassingNetworkError(cause) ? budget.failed() : void 0;
		if (again === void 0) throw cause;
		await clock.sleep(again);
	}
}

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
async function exchange(query, { url, ...asking }) {
	const { status, bytes } = await ask({
		method: "POST",
		url,
		headers: {
			"content-type": "application/timestamp-query",
			accept: "application/timestamp-reply"
		},
		body: query
	}, MAX_TOKEN_BYTES, asking);
	if (status === 200 || status === 201) return bytes;
	throw refused(`${url.host} answers ${status}`);
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

export { ask as n, requestTimestamp as t };