import { r as isLoopbackHost, t as Connections } from "./connect2.mjs";
import { a as timeoutError, i as networkError, n as NetworkError } from "./errors14.mjs";
import { request } from "node:http";
import { request as request$1 } from "node:https";

// src/net/response.ts
/** Bodies up to this size are read to their end when dropped, so that the connection can be used again. */
const DRAIN_BYTES = 65536;
const DRAIN_IDLE_MS = 2e3;
const TOTAL_PATIENCE = 5;
/** The answer to one request. The caller reads or discards its body. */
var HttpResponse = class {
	status;
	/** Address that answered, after redirects. */
	url;
	#message;
	#asked;
	#idleMs;
	constructor(message, asked, idleMs) {
		this.status = message.statusCode ?? 0;
		this.url = asked.url;
		this.#message = message;
		this.#asked = asked;
		this.#idleMs = idleMs;
		message.on("error", () => void 0);
	}
	/** A header's value; repeated ones are joined by commas. */
	header(name) {
		const values = this.headerValues(name);
		return values.length === 0 ? void 0 : values.join(", ");
	}
	/** Every occurrence of a header. */
	headerValues(name) {
		return this.#message.headersDistinct[name.toLowerCase()] ?? [];
	}
	/** Value of `Content-Length`; undefined when absent or malformed. */
	contentLength() {
		const text = this.header("content-length");
		return text !== void 0 && /^[0-9]{1,15}$/.test(text) ? Number(text) : void 0;
	}
	/** Media type without parameters, lower case. */
	mediaType() {
		return this.header("content-type")?.split(";")[0]?.trim().toLowerCase();
	}
	/**
	* The body as it comes; leaving the loop early closes the connection.
	* @throws NetworkError NETWORK_CONNECTION_LOST when it ends before Content-Length, NETWORK_TIMEOUT
	*/
	async *stream() {
		const chunks = this.#message[Symbol.asyncIterator]();
		try {
			for (;;) {
				const next = await this.#withinIdle(chunks.next());
				if (next.done) break;
				yield next.value;
			}
			if (!this.#message.complete) throw networkError(void 0, this.#asked);
		} catch (error) {
			throw networkError(error, this.#asked);
		} finally {
			if (!this.#message.complete) this.#message.destroy();
		}
	}
	async #withinIdle(next) {
		const timer = setTimeout(() => this.#message.destroy(timeoutError(this.url, this.#idleMs)), this.#idleMs);
		try {
			return await next;
		} finally {
			clearTimeout(timer);
		}
	}
	/**
	* The whole body, at most `limitBytes`, within a few times the longest silence: a server that sends a byte now and then
	* cannot hold us for ever.
	* @throws NetworkError NETWORK_RESPONSE_TOO_LARGE and those of stream
	*/
	async bytes(limitBytes) {
		const parts = [];
		if ((this.#asked.method === "HEAD" ? 0 : this.contentLength() ?? 0) > limitBytes) this.#tooLarge(limitBytes);
		let size = 0;
		const totalMs = this.#idleMs * TOTAL_PATIENCE;
		const timer = setTimeout(() => this.#message.destroy(timeoutError(this.url, totalMs)), totalMs);
		try {
			for await (const chunk of this.stream()) {
				size += chunk.length;
				if (size > limitBytes) this.#tooLarge(limitBytes);
				parts.push(chunk);
			}
		} finally {
			clearTimeout(timer);
		}
		return new Uint8Array(Buffer.concat(parts, size));
	}
	#tooLarge(limitBytes) {
		this.#message.destroy();
		throw new NetworkError("NETWORK_RESPONSE_TOO_LARGE", `the answer of ${this.url.host} is larger than ${limitBytes} bytes`);
	}
	/** Closes the connection without reading the body. */
	close() {
		this.#message.destroy();
	}
	/** Drops the body: reads a short one, so that the connection stays usable, and closes the connection otherwise. */
	async discard() {
		this.#idleMs = Math.min(this.#idleMs, DRAIN_IDLE_MS);
		try {
			await this.bytes(DRAIN_BYTES);
		} catch {
			this.#message.destroy();
		}
	}
};
/**
* Writes and ends the request. Returns early, without an error, when the answer is there before the end or the
* connection fails: `answer` then tells. A source that throws destroys the request and its error is passed on.
*/
async function sendBody(outgoing, body, context) {
	if (body === void 0 || body instanceof Uint8Array) {
		outgoing.end(body);
		return;
	}
	let over = false;
	const ended = context.answer.then(markOver, markOver);
	function markOver() {
		over = true;
	}
	try {
		for await (const chunk of body.open()) {
			if (over) return;
			await Promise.race([flushed(outgoing, chunk, context), ended]);
		}
		if (!over) outgoing.end();
	} catch (error) {
		if (over) return;
		outgoing.destroy();
		throw error;
	}
}
/** Resolves when the chunk has left for the network, so that its memory may be used again, or never will. */
function flushed(outgoing, chunk, context) {
	return new Promise((resolve) => {
		const timer = setTimeout(() => outgoing.destroy(timeoutError(context.url, context.idleMs)), context.idleMs);
		const done = () => {
			clearTimeout(timer);
			outgoing.off("close", done);
			outgoing.off("response", done);
			resolve();
		};
		outgoing.on("close", done);
		outgoing.on("response", done);
		outgoing.write(chunk, done);
	});
}

// src/net/http.ts
const MAX_REDIRECTS = 20;
const REDIRECTS = /* @__PURE__ */ new Set([
	301,
	302,
	303,
	307,
	308
]);
const DROPPED_ON_NEW_ORIGIN = [
	"authorization",
	"cookie",
	"proxy-authorization"
];
/** A client with its own connections. */
function createHttpClient(options) {
	const connections = new Connections(options);
	return {
		send: (request) => follow(request, options, connections),
		close: () => connections.close()
	};
}
async function follow(first, options, connections) {
	let request = withLowerCaseHeaders(first);
	for (let hops = 0;; hops += 1) {
		assertAllowed(request.url, options);
		const response = await exchange(request, options, connections);
		const target = redirectTarget(response, request.url);
		if (!target || first.redirects === "no") return response;
		if (first.redirects === "same-origin" && target.origin !== first.url.origin) return response;
		await response.discard();
		if (hops === MAX_REDIRECTS) throw refused(`${request.url.host} redirects more than ${MAX_REDIRECTS} times`);
		if (request.url.protocol === "https:" && target.protocol !== "https:") throw refused(`${request.url.host} redirects to an address without TLS`);
		request = redirected(request, response.status, target);
	}
}
function withLowerCaseHeaders(request) {
	const entries = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
	return {
		...request,
		headers: Object.fromEntries(entries)
	};
}
function redirectTarget(response, base) {
	const location = response.header("location");
	if (!REDIRECTS.has(response.status) || location === void 0) return void 0;
	if (!URL.canParse(location, base.href)) throw refused(`${base.host} redirects to something that is no address`);
	const target = new URL(location, base);
	if (target.protocol !== "https:" && target.protocol !== "http:") throw refused(`${base.host} redirects to a ${target.protocol} address`);
	target.username = "";
	target.password = "";
	return target;
}
function refused(message) {
	return new NetworkError("NETWORK_REDIRECT_REFUSED", message);
}
/** The request of the next hop. Credentials never come back once the origin has changed. */
function redirected(request, status, target) {
	const headers = { ...request.headers };
	if (target.origin !== request.url.origin) for (const name of DROPPED_ON_NEW_ORIGIN) delete headers[name];
	if (!(status === 303 ? request.method !== "HEAD" : status <= 302 && request.method === "POST")) return {
		...request,
		headers,
		url: target
	};
	delete headers["content-type"];
	const { body: _, ...rest } = request;
	return {
		...rest,
		headers,
		method: "GET",
		url: target
	};
}
function assertAllowed(url, options) {
	if (url.protocol === "https:" || options.plainHttp === true || isLoopbackHost(url.hostname)) return;
	throw new NetworkError("NETWORK_PLAIN_HTTP_REFUSED", `${url.host} would be reached without TLS`);
}
const DEFAULT_IDLE_MS = 12e4;
async function exchange(request, options, connections) {
	const idleMs = request.idleTimeoutMs ?? options.idleTimeoutMs ?? DEFAULT_IDLE_MS;
	const { connectTimeoutMs: connectMs } = connections;
	const route = connections.route(request.url);
	const outgoing = open(request, options, {
		...route,
		connectMs
	});
	const answer = nextResponse(outgoing, {
		...request,
		...route,
		connectMs
	});
	answer.catch(() => void 0);
	await sendBody(outgoing, request.body, {
		idleMs,
		answer,
		url: request.url
	});
	const timer = setTimeout(() => outgoing.destroy(timeoutError(request.url, idleMs)), idleMs);
	try {
		const message = await answer;
		if (!outgoing.writableEnded) message.once("end", () => outgoing.destroy());
		return new HttpResponse(message, request, idleMs);
	} finally {
		clearTimeout(timer);
	}
}
function open(request$2, options, { agent, connectMs }) {
	const { method, url, body, headers } = request$2;
	return (url.protocol === "https:" ? request$1 : request)(url, {
		method,
		agent,
		auth: null,
		timeout: connectMs,
		headers: {
			"user-agent": options.userAgent ?? "countersign",
			"accept-encoding": "identity",
			...bodyHeaders(method, body),
			...headers
		}
	});
}
function bodyHeaders(method, body) {
	if (body instanceof Uint8Array) return { "content-length": String(body.length) };
	if (body) return body.sizeBytes === void 0 ? {} : { "content-length": String(body.sizeBytes) };
	return [
		"POST",
		"PUT",
		"PATCH"
	].includes(method) ? { "content-length": "0" } : {};
}
function nextResponse(outgoing, asked) {
	const { url, connectMs } = asked;
	return new Promise((resolve, reject) => {
		const fail = (cause) => reject(networkError(cause, asked));
		const timer = setTimeout(() => {
			const message = `no connection to ${url.host} within ${connectMs} ms`;
			const late = new NetworkError("NETWORK_CONNECT_FAILED", message);
			reject(late);
			outgoing.destroy(late);
		}, connectMs);
		const stop = () => clearTimeout(timer);
		outgoing.once("response", (message) => {
			outgoing.off("close", fail);
			resolve(message);
		});
		outgoing.on("error", fail);
		outgoing.once("close", stop);
		outgoing.once("close", fail);
		outgoing.once("socket", (socket) => {
			if (!socket.connecting) return stop();
			return socket.once(url.protocol === "https:" ? "secureConnect" : "connect", stop);
		});
	});
}

export { createHttpClient as t };