// SPDX-License-Identifier: Apache-2.0
// How to reach an address: directly or through a proxy, with which TLS roots. Node's own agent speaks to the proxy; which
// hosts are excepted is decided here, because it knows neither CIDR ranges nor subdomains of a bare name.

import { Agent as PlainAgent } from 'node:http';
import { Agent as TlsAgent, type AgentOptions, type RequestOptions } from 'node:https';
import { BlockList, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { createSecureContext, getCACertificates, type SecureContext, setDefaultCACertificates } from 'node:tls';
import { NetworkError } from './errors.ts';

/** How the connections of one client are made. */
export interface ConnectionOptions {
  readonly proxy?: ProxySettings;
  /** Time for name lookup, connection and TLS together; 30 s by default. */
  readonly connectTimeoutMs?: number | undefined;
  /** PEM certificates of private CAs, trusted beside the usual ones. */
  readonly extraCa?: readonly string[] | undefined;
}

/** The proxies of an environment. */
export interface ProxySettings {
  /** Proxy for http and for https addresses. */
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  /** Hosts reached without a proxy: names (and their subdomains), `host:port`, addresses, CIDR ranges, or `*`. */
  readonly except: readonly string[];
}

/** How a request for some URL travels. */
export interface Route {
  readonly agent: PlainAgent;
  readonly proxy: URL | undefined;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** True for this machine: `localhost`, names below it, 127.0.0.0/8 and ::1. */
export function isLoopbackHost(hostname: string): boolean {
  const host = bareHost(hostname);
  return host === 'localhost' || host.endsWith('.localhost') || inList(LOOPBACK, host);
}

function bareHost(hostname: string): string {
  return hostname.toLowerCase().replace(/^\[|\]$/g, '');
}

function inList(list: BlockList, host: string): boolean {
  const family = isIP(host);
  return family !== 0 && list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Proxy settings of an environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, lower case first as curl does.
 * @throws NetworkError NETWORK_PROXY_FAILED when one is not a URL
 */
export function proxyFromEnv(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const pick = (name: string): string | undefined => env[name.toLowerCase()] || env[name] || undefined;
  return {
    http: proxyUrl(pick('HTTP_PROXY'), 'HTTP_PROXY'),
    https: proxyUrl(pick('HTTPS_PROXY'), 'HTTPS_PROXY'),
    except: (pick('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== ''),
  };
}

function proxyUrl(text: string | undefined, name: string): URL | undefined {
  if (text === undefined) return undefined;
  const full = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.hostname !== '' && hasReadableLogin(url)) return url;
  throw new NetworkError('NETWORK_PROXY_FAILED', `${name} is not the address of an HTTP proxy`, {
    hint: `set ${name} to http://host:port, or unset it`,
  });
}

function hasReadableLogin({ username, password }: URL): boolean {
  try {
    return typeof decodeURIComponent(username + password) === 'string';
  } catch {
    return false;
  }
}

/** True when `url` is to be reached without a proxy. */
export function bypassesProxy(url: URL, except: readonly string[]): boolean {
  if (isLoopbackHost(url.hostname)) return true;
  return except.some((entry) => entry === '*' || matchesException(url, entry.toLowerCase()));
}

function matchesException(url: URL, entry: string): boolean {
  const host = bareHost(url.hostname);
  const subnet = /^([0-9a-f.:]+)\/([0-9]{1,3})$/.exec(entry);
  if (subnet?.[1] !== undefined) return inSubnet(host, subnet[1], Number(subnet[2]));
  if (isIP(entry)) return host === entry;
  const [, name = '', port] = /^(.*?)(?::([0-9]+))?$/.exec(entry) ?? [];
  if (port !== undefined && port !== effectivePort(url)) return false;
  const suffix = bareHost(name).replace(/^\*?\./, '');
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

function inSubnet(host: string, network: string, prefix: number): boolean {
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || prefix > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family === 6 ? 'ipv6' : 'ipv4');
  return inList(list, host);
}

function effectivePort(url: URL): string {
  return url.port || (url.protocol === 'https:' ? '443' : '80');
}

const DEFAULT_CONNECT_MS = 30_000;

/** Node puts no limit on the TLS handshake within a tunnel, and does not let the request end it. */
class TunnelAgent extends TlsAgent {
  readonly #limitMs: number;

  constructor(options: AgentOptions, limitMs: number) {
    super(options);
    this.#limitMs = limitMs;
  }

  override createConnection(
    options: RequestOptions,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): Duplex | null | undefined {
    const timer = setTimeout(() => socket?.destroy(), this.#limitMs);
    const socket = super.createConnection(options, (error, stream) => {
      clearTimeout(timer);
      callback?.(error, stream);
    });
    return socket;
  }
}

/** Open connections of one client, by how they are reached. */
export class Connections {
  readonly connectTimeoutMs: number;
  readonly #options: ConnectionOptions;
  readonly #agents = new Map<string, PlainAgent>();
  #secureContext: SecureContext | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.connectTimeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_MS;
  }

  /** How a request for `url` travels. */
  route(url: URL): Route {
    const proxy = this.#proxyFor(url);
    const name = `${url.protocol} ${proxy?.href}`;
    const agent = this.#agents.get(name) ?? this.#agentFor(url, proxy);
    this.#agents.set(name, agent);
    return { agent, proxy };
  }

  /** Closes all connections. */
  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #proxyFor(url: URL): URL | undefined {
    const { proxy } = this.#options;
    if (!proxy || bypassesProxy(url, proxy.except)) return undefined;
    return url.protocol === 'https:' ? proxy.https : proxy.http;
  }

  #agentFor(url: URL, proxy: URL | undefined): PlainAgent {
    if (proxy?.protocol === 'https:') this.#trustForProxy();
    const proxied = proxy ? { proxyEnv: { http_proxy: proxy.href, https_proxy: proxy.href } } : {};
    const options = { keepAlive: true, ...proxied };
    if (url.protocol !== 'https:') return new PlainAgent(options);
    const tls = { ...options, ...this.#roots() };
    return proxy ? new TunnelAgent(tls, this.connectTimeoutMs) : new TlsAgent(tls);
  }

  #roots(): { readonly secureContext?: SecureContext } {
    const extra = this.#options.extraCa ?? [];
    if (extra.length === 0) return {};
    this.#secureContext ??= createSecureContext({ ca: [...getCACertificates('default'), ...extra] });
    return { secureContext: this.#secureContext };
  }

  /** To a proxy that speaks TLS itself, Node's agent connects with the roots of the process and takes no others. */
  #trustForProxy(): void {
    const extra = this.#options.extraCa ?? [];
    if (extra.length > 0) setDefaultCACertificates([...new Set([...getCACertificates('default'), ...extra])]);
  }
}
