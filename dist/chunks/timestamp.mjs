import { n as systemClock } from "./clock.mjs";
import { c as UsageError } from "./errors.mjs";
import { t as VERSION } from "./version.mjs";
import { c as policyFrom, o as crlsFrom } from "./trust2.mjs";

// src/commands/inputs/timestamp.ts
/**
* What asks the authority of this address.
* @throws UsageError USAGE_INVALID_INPUT; PolicyError, SystemError, DataError
*/
async function stamperFrom(address, inputs, host) {
	const url = addressFrom(address);
	const policy = hasPolicy(inputs) ? await policyFrom(inputs) : void 0;
	const { timestamps: anchors = [], intermediates = [] } = policy?.trust ?? {};
	let known;
	return async (signature) => {
		const { createHttpClient } = await import("./http2.mjs");
		const { proxyFromEnv } = await import("./connect.mjs");
		const { requestTimestamp } = await import("./request2.mjs");
		known ??= revocationFrom(inputs, policy?.trust);
		const revocation = await known;
		const { extraCertificates } = await import("./registry2.mjs");
		const http = createHttpClient({
			proxy: proxyFromEnv(host.env),
			extraCa: await extraCertificates(inputs, host),
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
				revocation,
				now: host.now()
			});
		} finally {
			http.close();
		}
	};
}
/** What takes back the certificate of an authority, by the policy and by lists given beside it. */
async function revocationFrom(inputs, trust) {
	const { revocationRules } = await import("./verifier5.mjs");
	const given = hasLists(inputs) ? await crlsFrom(inputs) : void 0;
	return revocationRules({
		...trust,
		crls: [...trust?.crls ?? [], ...given?.crls ?? []],
		origins: new Map([...trust?.origins ?? [], ...given?.origins ?? []])
	});
}
function hasLists(inputs) {
	return "crls" in inputs;
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