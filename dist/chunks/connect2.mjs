import { n as NetworkError } from "./errors14.mjs";
import { BlockList, isIP } from "node:net";
import { Agent } from "node:http";
import { createSecureContext, getCACertificates, setDefaultCACertificates } from "node:tls";
import { Agent as Agent$1 } from "node:https";

// src/net/connect.ts
const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");
/** True for this machine: `localhost`, names below it, 127.0.0.0/8 and ::1. */
function isLoopbackHost(hostname) {
	const host = bareHost(hostname);
	return host === "localhost" || host.endsWith(".localhost") || inList(LOOPBACK, host);
}
function bareHost(hostname) {
	return hostname.toLowerCase().replace(/^\[|\]$/g, "");
}
function inList(list, host) {
	const family = isIP(host);
	return family !== 0 && list.check(host, family === 6 ? "ipv6" : "ipv4");
}
/**
* Proxy settings of an environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, lower case first as curl does.
* @throws NetworkError NETWORK_PROXY_FAILED when one is not a URL
*/
function proxyFromEnv(env) {
	const pick = (name) => env[name.toLowerCase()] || env[name] || void 0;
	return {
		http: proxyUrl(pick("HTTP_PROXY"), "HTTP_PROXY"),
		https: proxyUrl(pick("HTTPS_PROXY"), "HTTPS_PROXY"),
		except: (pick("NO_PROXY") ?? "").split(/[\s,]+/).filter((entry) => entry !== "")
	};
}
function proxyUrl(text, name) {
	if (text === void 0) return void 0;
	const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
	const url = URL.canParse(full) ? new URL(full) : void 0;
	if (url && /^https?:$/.test(url.protocol) && url.hostname !== "" && hasReadableLogin(url)) return url;
	throw new NetworkError("NETWORK_PROXY_FAILED", `${name} is not the address of an HTTP proxy`, { hint: `set ${name} to http://host:port, or unset it` });
}
function hasReadableLogin({ username, password }) {
	try {
		return typeof decodeURIComponent(username + password) === "string";
	} catch {
		return false;
	}
}
/** True when `url` is to be reached without a proxy. */
function bypassesProxy(url, except) {
	if (isLoopbackHost(url.hostname)) return true;
	return except.some((entry) => entry === "*" || matchesException(url, entry.toLowerCase()));
}
function matchesException(url, entry) {
	const host = bareHost(url.hostname);
	const subnet = /^([0-9a-f.:]+)\/([0-9]{1,3})$/.exec(entry);
	if (subnet?.[1] !== void 0) return inSubnet(host, subnet[1], Number(subnet[2]));
	if (isIP(entry)) return host === entry;
	const [, name = "", port] = /^(.*?)(?::([0-9]+))?$/.exec(entry) ?? [];
	if (port !== void 0 && port !== effectivePort(url)) return false;
	const suffix = bareHost(name).replace(/^\*?\./, "");
	return suffix !== "" && (host === suffix || host.endsWith(`.${suffix}`));
}
function inSubnet(host, network, prefix) {
	const family = isIP(network);
	if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
	const list = new BlockList();
	list.addSubnet(network, prefix, family === 6 ? "ipv6" : "ipv4");
	return inList(list, host);
}
function effectivePort(url) {
	return url.port || (url.protocol === "https:" ? "443" : "80");
}
const DEFAULT_CONNECT_MS = 3e4;
/** Node puts no limit on the TLS handshake within a tunnel, and does not let the request end it. */
var TunnelAgent = class extends Agent$1 {
	#limitMs;
	constructor(options, limitMs) {
		super(options);
		this.#limitMs = limitMs;
	}
	createConnection(options, callback) {
		const timer = setTimeout(() => socket?.destroy(), this.#limitMs);
		const socket = super.createConnection(options, (error, stream) => {
			clearTimeout(timer);
			callback?.(error, stream);
		});
		return socket;
	}
};
/** Open connections of one client, by how they are reached. */
var Connections = class {
	connectTimeoutMs;
	#options;
	#agents = /* @__PURE__ */ new Map();
	#secureContext;
	constructor(options) {
		this.#options = options;
		this.connectTimeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_MS;
	}
	/** How a request for `url` travels. */
	route(url) {
		const proxy = this.#proxyFor(url);
		const name = `${url.protocol} ${proxy?.href}`;
		const agent = this.#agents.get(name) ?? this.#agentFor(url, proxy);
		this.#agents.set(name, agent);
		return {
			agent,
			proxy
		};
	}
	/** Closes all connections. */
	close() {
		for (const agent of this.#agents.values()) agent.destroy();
	}
	#proxyFor(url) {
		const { proxy } = this.#options;
		if (!proxy || bypassesProxy(url, proxy.except)) return void 0;
		return url.protocol === "https:" ? proxy.https : proxy.http;
	}
	#agentFor(url, proxy) {
		if (proxy?.protocol === "https:") this.#trustForProxy();
		const options = {
			keepAlive: true,
			...proxy ? { proxyEnv: {
				http_proxy: proxy.href,
				https_proxy: proxy.href
			} } : {}
		};
		if (url.protocol !== "https:") return new Agent(options);
		const tls = {
			...options,
			...this.#roots()
		};
		return proxy ? new TunnelAgent(tls, this.connectTimeoutMs) : new Agent$1(tls);
	}
	#roots() {
		const extra = this.#options.extraCa ?? [];
		if (extra.length === 0) return {};
		this.#secureContext ??= createSecureContext({ ca: [...getCACertificates("default"), ...extra] });
		return { secureContext: this.#secureContext };
	}
	/** To a proxy that speaks TLS itself, Node's agent connects with the roots of the process and takes no others. */
	#trustForProxy() {
		const extra = this.#options.extraCa ?? [];
		if (extra.length > 0) setDefaultCACertificates([.../* @__PURE__ */ new Set([...getCACertificates("default"), ...extra])]);
	}
};

export { proxyFromEnv as i, bypassesProxy as n, isLoopbackHost as r, Connections as t };