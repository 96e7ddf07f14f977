// SPDX-License-Identifier: Apache-2.0
// How to reach an address: directly or through a proxy, with which TLS roots. Plain requests go to a proxy in absolute
// form, TLS ones through a CONNECT tunnel (http-tunnel.ts).

import { Agent as PlainAgent, type RequestOptions } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { BlockList, isIP } from 'node:net';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { TunnelAgent } from './tunnel.ts';
import { NetworkError } from './errors.ts';

export interface ConnectionOptions {
  readonly proxy?: ProxySettings;
  /** PEM certificates of private CAs, trusted beside the usual ones. */
  readonly extraCa?: readonly string[];
}

export interface ProxySettings {
  /** Proxy for http and for https addresses. */
  readonly http: URL | undefined;
  readonly https: URL | undefined;
  /** Hosts reached without a proxy: names (and their subdomains), `host:port`, addresses, CIDR ranges, or `*`. */
  readonly except: readonly string[];
}

/** Where to send a request for some URL. */
export interface Route {
  readonly tls: boolean;
  readonly agent: PlainAgent;
  readonly target: Pick<RequestOptions, 'host' | 'port' | 'path'>;
  readonly headers: Readonly<Record<string, string>>;
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
  if (url && (url.protocol === 'http:' || url.protocol === 'https:') && url.hostname !== '') return url;
  throw new NetworkError('NETWORK_PROXY_FAILED', `${name} is not the address of an HTTP proxy`, {
    hint: `set ${name} to http://host:port, or unset it`,
  });
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

/** Open connections of one client, by how they are reached. */
export class Connections {
  readonly #options: ConnectionOptions;
  readonly #plain = new PlainAgent({ keepAlive: true });
  readonly #tunnels = new Map<string, PlainAgent>();
  #tls: TlsAgent | undefined;
  #secureContext: SecureContext | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** How a request for `url` travels. */
  route(url: URL): Route {
    const tls = url.protocol === 'https:';
    const proxy = this.#proxyFor(url);
    const direct = { host: bareHost(url.hostname), port: effectivePort(url), path: `${url.pathname}${url.search}` };
    if (!proxy) return { tls, agent: tls ? this.#tlsAgent() : this.#plain, target: direct, headers: {} };
    if (tls) return { tls, agent: this.#tunnel(proxy), target: direct, headers: {} };
    return {
      tls: proxy.protocol === 'https:',
      agent: proxy.protocol === 'https:' ? this.#tlsAgent() : this.#plain,
      target: { host: bareHost(proxy.hostname), port: effectivePort(proxy), path: url.href },
      headers: proxyAuthorization(proxy),
    };
  }

  close(): void {
    for (const agent of [this.#plain, this.#tls, ...this.#tunnels.values()]) agent?.destroy();
  }

  #proxyFor(url: URL): URL | undefined {
    const { proxy } = this.#options;
    if (!proxy || bypassesProxy(url, proxy.except)) return undefined;
    return url.protocol === 'https:' ? proxy.https : proxy.http;
  }

  #tlsAgent(): TlsAgent {
    this.#tls ??= new TlsAgent({ keepAlive: true, ...this.#roots() });
    return this.#tls;
  }

  #tunnel(proxy: URL): PlainAgent {
    const known = this.#tunnels.get(proxy.href);
    if (known) return known;
    const agent = new TunnelAgent(proxy, proxyAuthorization(proxy), this.#roots());
    this.#tunnels.set(proxy.href, agent);
    return agent;
  }

  #roots(): { readonly secureContext?: SecureContext } {
    const extra = this.#options.extraCa ?? [];
    if (extra.length === 0) return {};
    this.#secureContext ??= createSecureContext({ ca: [...getCACertificates('default'), ...extra] });
    return { secureContext: this.#secureContext };
  }
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}
