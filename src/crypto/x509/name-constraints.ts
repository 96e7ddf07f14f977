// SPDX-License-Identifier: Apache-2.0
// Which names a CA may certify. Where readings differ, a permitted subtree is read narrowly and an excluded one widely.

import { BlockList, isIP } from 'node:net';
import type { GeneralName } from './names.ts';

/**
 * What a CA says about the names below it.
 * @see https://www.rfc-editor.org/rfc/rfc5280.html#section-4.2.1.10
 */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

/** The first of the names that the constraints do not allow. */
export function findForbiddenName(
  names: readonly GeneralName[],
  constraints: NameConstraints,
): GeneralName | undefined {
  return names.find((name) => {
    const permitted = constraints.permitted.filter((base) => sameKind(base, name));
    const excluded = constraints.excluded.filter((base) => sameKind(base, name));
    if (name.kind === 'other') return permitted.length + excluded.length > 0;
    if (excluded.some((base) => within(name, base, true))) return true;
    return permitted.length > 0 && !permitted.some((base) => within(name, base, false));
  });
}

function sameKind(base: GeneralName, name: GeneralName): boolean {
  return base.kind === 'other' && name.kind === 'other' ? base.type === name.type : base.kind === name.kind;
}

/** True when the name lies in the subtree; `wide` also counts what can only be read so. */
function within(name: GeneralName, base: GeneralName, wide: boolean): boolean {
  if (name.kind === 'directory' && base.kind === 'directory')
    return base.name.rdns.every((rdn, index) => name.name.rdns[index] === rdn);
  if (name.kind === 'ip' && base.kind === 'ip') return ipWithin(name.text, base.text, wide);
  if (name.kind === 'dns' && base.kind === 'dns') return dnsWithin(name.text, base.text, wide);
  if (name.kind === 'email' && base.kind === 'email') return emailWithin(name.text, base.text, wide);
  if (name.kind === 'uri' && base.kind === 'uri') return uriWithin(name.text, base.text, wide);
  return false;
}

/** One label or more of letters, digits, hyphens and underscores. With a dot at the end libraries read it differently. */
const HOST = /^(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*$/i;

/**
 * A malformed name is inside whatever is excluded and outside whatever is permitted. A wildcard stands for every host
 * that it can mean: it is inside an excluded host below it, and inside a permitted one only if all of them are.
 */
function dnsWithin(name: string, base: string, wide: boolean): boolean {
  const below = name.startsWith('*.') ? name.slice(1) : undefined;
  if (!HOST.test(below?.slice(1) ?? name)) return wide;
  if (hostWithin(name, base, { below: true, wide })) return true;
  return wide && below !== undefined && base.toLowerCase().endsWith(below.toLowerCase());
}

/**
 * An empty base holds every host, `.example.org` the hosts below, `example.org` itself and, if `below`, those below. A
 * malformed one holds nothing that is permitted and all that is excluded.
 */
function hostWithin(
  host: string,
  base: string,
  { below, wide }: { readonly below: boolean; readonly wide: boolean },
): boolean {
  const name = host.toLowerCase();
  const wanted = base.toLowerCase();
  if (wanted === '') return true;
  if (!HOST.test(wanted.replace(/^\./, ''))) return wide;
  if (wanted.startsWith('.')) return name.endsWith(wanted) && name.length > wanted.length;
  return name === wanted || (below && name.endsWith(`.${wanted}`));
}

/** What may stand before the @ without quotes, which nobody certifies. */
const MAILBOX = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;

function emailWithin(address: string, base: string, wide: boolean): boolean {
  const at = address.lastIndexOf('@');
  const host = address.slice(at + 1);
  if (at < 0 || !MAILBOX.test(address.slice(0, at)) || !HOST.test(host)) return wide;
  const baseAt = base.lastIndexOf('@');
  // Some libraries take `@example.org` for `example.org`.
  if (baseAt <= 0) return (wide || baseAt < 0) && hostWithin(host, base.slice(baseAt + 1), { below: wide, wide });
  const sameLocal = wide
    ? address.slice(0, at).toLowerCase() === base.slice(0, baseAt).toLowerCase()
    : address.slice(0, at) === base.slice(0, baseAt);
  return sameLocal && host.toLowerCase() === base.slice(baseAt + 1).toLowerCase();
}

/** What stands before the path. Logins, escapes and left-out slashes are read differently by different libraries. */
const AUTHORITY = /^[a-z][a-z0-9+.-]*:\/\/([^/?#:]*)(?::\d*)?(?:[/?#]|$)/i;

/** A URI without a plain host name cannot be inside a permitted subtree, and counts as inside an excluded one. */
function uriWithin(uri: string, base: string, wide: boolean): boolean {
  const host = AUTHORITY.exec(uri)?.[1] ?? '';
  if (!HOST.test(host) || /^[0-9.]+$/.test(host)) return wide;
  return hostWithin(host, base, { below: wide, wide });
}

/** A network for an address, or an address for a network, is malformed. */
function ipWithin(address: string, network: string, wide: boolean): boolean {
  const [base = '', length] = network.split('/');
  const version = isIP(address);
  if (version === 0 || length === undefined) return wide;
  if (version !== isIP(base)) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const subnet = new BlockList();
  subnet.addSubnet(base, Number(length), family);
  return subnet.check(address, family);
}
