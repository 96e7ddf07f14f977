import { t as systemClock } from "./clock.mjs";
import { c as UsageError } from "./errors.mjs";
import { t as VERSION } from "./version.mjs";
import { s as policyFrom } from "./trust3.mjs";

// src/commands/inputs/timestamp.ts
/**
* What asks the authority; undefined when the inputs name none.
* @throws UsageError USAGE_INVALID_INPUT; PolicyError, SystemError, DataError
*/
async function stamperFrom(inputs, host) {
	if (inputs.timestampUrl === void 0) return void 0;
	const url = addressFrom(inputs.timestampUrl);
	const { timestamps: anchors = [], intermediates = [] } = (hasPolicy(inputs) ? await policyFrom(inputs) : void 0)?.trust ?? {};
	return async (signature) => {
		const { createHttpClient } = await import("./http2.mjs");
		const { proxyFromEnv } = await import("./connect.mjs");
		const { requestTimestamp } = await import("./request.mjs");
		const http = createHttpClient({
			proxy: proxyFromEnv(host.env),
			plainHttp: true,
			userAgent: `countersign/${VERSION}`
		});
		try {
			return await requestTimestamp(signature, {
				url,
				http,
				clock: systemClock(),
				anchors,
				intermediates,
				now: host.now()
			});
		} finally {
			http.close();
		}
	};
}
function hasPolicy(inputs) {
	return "policyPath" in inputs && "policy" in inputs;
}
function addressFrom(text) {
	const url = URL.canParse(text) ? new URL(text) : void 0;
	const problem = url?.protocol !== "https:" && url?.protocol !== "http:" ? "is no address" : url.username !== "" || url.password !== "" ? "holds a login, which is not sent" : void 0;
	if (url && problem === void 0) return url;
	throw new UsageError("USAGE_INVALID_INPUT", `timestamp-url ${problem}`, { hint: "give the address of an RFC 3161 timestamp authority, as https://tsa.example.org/tsr" });
}

export { stamperFrom as t };