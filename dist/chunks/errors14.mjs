import { i as EXIT, t as CountersignError, u as isErrnoException } from "./errors.mjs";

// src/net/errors.ts
/** Codes of failed HTTP exchanges. */
const NETWORK_CODES = {
	NETWORK_CONNECT_FAILED: {
		when: "no connection to a server could be made: unknown name, refused, unreachable, or too slow to connect",
		fix: "check the host name, the network and the proxy settings (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)"
	},
	NETWORK_CONNECTION_LOST: {
		when: "a server closed the connection before its answer was complete",
		fix: "repeat the command; a download continues where it stopped"
	},
	NETWORK_PLAIN_HTTP_REFUSED: {
		when: "an address without TLS was asked for that is not on this machine",
		fix: "use https, or set ⟨plain-http=true⟩ for a registry in a network you trust"
	},
	NETWORK_PROXY_FAILED: {
		when: "the HTTP proxy refused or broke the connection, or its address is not a URL",
		fix: "check HTTPS_PROXY, HTTP_PROXY and NO_PROXY and the rights of the proxy user"
	},
	NETWORK_REDIRECT_REFUSED: {
		when: "a server redirected in a circle, from https to http, or to an address that cannot be used",
		fix: "report it to the operator of the server; nothing was sent to the new address"
	},
	NETWORK_RESPONSE_INVALID: {
		when: "the answer is not HTTP",
		fix: "check that host and port belong to an HTTP server, and whether it needs TLS"
	},
	NETWORK_RESPONSE_TOO_LARGE: {
		when: "an answer that has to fit into memory is larger than the limit for its kind",
		fix: "check that the right address was given; the limits are listed in docs/formats.md"
	},
	NETWORK_TIMEOUT: {
		when: "a server accepted the request and then sent or took no byte for too long",
		fix: "repeat the command; if it stays, check the server or the proxy in between"
	},
	NETWORK_TLS_FAILED: {
		when: "the TLS certificate of a server is not trusted, expired, or for another name",
		fix: "check that the server speaks TLS; give the certificate of a private CA with ⟨ca-certificates⟩, SSL_CERT_FILE or NODE_EXTRA_CA_CERTS"
	}
};
const WORTH_REPEATING = /* @__PURE__ */ new Set([
	"NETWORK_CONNECT_FAILED",
	"NETWORK_CONNECTION_LOST",
	"NETWORK_PROXY_FAILED",
	"NETWORK_TIMEOUT"
]);
/** The network or the server on the other side failed: exit code 3. */
var NetworkError = class NetworkError extends CountersignError {
	exitCode = EXIT.environment;
	/** @param details the catalogue's advice is the hint unless another one is given */
	constructor(code, message, details = {}) {
		super(code, message, {
			hint: NETWORK_CODES[code].fix,
			...details
		});
	}
	/** The same error, with what it is to be seen in. */
	about(place) {
		const { hint, cause } = this;
		return new NetworkError(this.code, `${place}: ${this.message}`, {
			hint,
			cause
		});
	}
};
/** True when the same request may succeed a moment later; a name that does not exist stays unknown. */
function isPassingNetworkError(error) {
	if (!(error instanceof NetworkError) || !WORTH_REPEATING.has(error.code)) return false;
	return !(isErrnoException(error.cause) && error.cause.code === "ENOTFOUND");
}
const CONNECT_ERRORS = [
	"ECONNREFUSED",
	"ENOTFOUND",
	"EAI_AGAIN",
	"EHOSTUNREACH",
	"ENETUNREACH",
	"ETIMEDOUT"
];
const TLS_ERROR = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|EPROTO$|HOSTNAME_MISMATCH)/;
const MESSAGES = {
	NETWORK_CONNECT_FAILED: "cannot connect to",
	NETWORK_PROXY_FAILED: "the proxy does not lead to",
	NETWORK_TLS_FAILED: "no trusted TLS connection to",
	NETWORK_RESPONSE_INVALID: "no HTTP answer from"
};
/** The error for what Node's sockets and HTTP parser throw; `cause` is undefined when the connection just closed. */
function networkError(cause, asked) {
	if (cause instanceof CountersignError) return cause;
	const code = classify(cause, asked.proxy);
	const reason = cause instanceof Error ? `: ${describe(cause)}` : "";
	const message = `${MESSAGES[code] ?? "the connection was lost to"} ${asked.url.host}${reason}`;
	return new NetworkError(code, message, { cause });
}
function classify(cause, proxy) {
	const code = isErrnoException(cause) ? cause.code ?? "" : "";
	if (code === "ERR_PROXY_TUNNEL") return "NETWORK_PROXY_FAILED";
	if (cause instanceof AggregateError || CONNECT_ERRORS.includes(code)) return proxy ? "NETWORK_PROXY_FAILED" : "NETWORK_CONNECT_FAILED";
	if (TLS_ERROR.test(code)) return "NETWORK_TLS_FAILED";
	if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") return "NETWORK_RESPONSE_INVALID";
	return "NETWORK_CONNECTION_LOST";
}
/** What the codes of the system mean. */
const WORDS = /* @__PURE__ */ new Map([
	["ENOTFOUND", "DNS knows no such name"],
	["EAI_AGAIN", "DNS gave no answer"],
	["ECONNREFUSED", "nothing answers at this address"],
	["ETIMEDOUT", "it took too long"]
]);
function describe(cause) {
	const first = cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause;
	const text = first.message.slice(0, 200) || "closed";
	const words = isErrnoException(first) ? WORDS.get(first.code ?? "") : void 0;
	return words === void 0 ? text : `${words} (${text})`;
}
/** The error for a server that neither sends nor takes a byte. */
function timeoutError(url, idleMs) {
	return new NetworkError("NETWORK_TIMEOUT", `${url.host} was silent for ${idleMs} ms`);
}

export { timeoutError as a, networkError as i, NetworkError as n, isPassingNetworkError as r, NETWORK_CODES as t };