// SPDX-License-Identifier: Apache-2.0
// Names of images as policy.json and registries.d know them: under which an image may be listed, and which are valid.

import { posix } from 'node:path';
import { type DockerReference, parseDockerReference } from '../../oci/reference.ts';

/** An image as it is asked for. */
export interface AskedImage {
  /** Host and repository. */
  readonly name: string;
  readonly tag?: string | undefined;
  /** Set when it was asked for by digest, which counts before the tag. */
  readonly digest?: string | undefined;
}

/**
 * The names under which an image may be listed, the most specific first; the empty name of a whole transport is none of
 * them. Wildcards have no port.
 * @see https://github.com/containers/image/blob/v5.36.2/docker/policyconfiguration/naming.go
 */
export function scopesOf({ name, tag, digest }: AskedImage): readonly string[] {
  const parts = name.split('/');
  const namespaces = parts.map((_, index) => parts.slice(0, parts.length - index).join('/'));
  const labels = (parts[0]?.split(':')[0] ?? '').split('.');
  const wildcards = labels.slice(1).map((_, index) => `*.${labels.slice(index + 1).join('.')}`);
  const own = digest === undefined ? `${name}:${tag ?? 'latest'}` : `${name}@${digest}`;
  return [own, ...namespaces, ...wildcards];
}

/** Of the algorithms that podman knows. */
const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;

/**
 * The reference in a text; undefined when podman takes it for none, which is stricter than other readers.
 * @see https://github.com/containers/image/blob/v5.36.2/docker/reference/normalize.go
 */
export function podmanReference(text: string): DockerReference | undefined {
  const reference = parseDockerReference(text);
  if (!reference || !/^(?:localhost$|[^[]*[.:])/.test(reference.name.split('/', 1)[0] ?? '')) return undefined;
  return reference.digest === undefined || DIGEST.test(reference.digest) ? reference : undefined;
}

/**
 * Whether a transport takes a scope: one that does not makes podman refuse the whole file. Transports that podman does not
 * know take all of them.
 * @see https://github.com/containers/image/blob/v5.36.2/signature/policy_config.go
 */
export function isPolicyScope(transport: string, scope: string): boolean {
  return scope === '' || (VALID.get(transport)?.(scope) ?? true);
}

const IMAGE_ID = /^[a-f0-9]{64}$/;

const VALID: ReadonlyMap<string, (scope: string) => boolean> = new Map([
  ...['dir', 'oci', 'oci-archive', 'sif'].map((name) => [name, isCleanPath] as const),
  ...['docker-archive', 'tarball'].map((name) => [name, () => false] as const),
  ['docker-daemon', (scope) => !DIGEST.test(scope)],
  ['atomic', (scope) => /^[^/]*(?:\/[^:/]*(?:\/[^:/]*(?::[^:/]*)?)?)?$/.test(scope)],
  ['containers-storage', isStored],
]);

function isCleanPath(scope: string): boolean {
  return scope.startsWith('/') && scope !== '/' && posix.normalize(scope) === scope && !scope.endsWith('/');
}

/** `[driver@/root]` or `[/root]`, and a name with digest or ID behind it. */
function isStored(scope: string): boolean {
  const [, store = '', name = ''] = /^\[([^\]]+)\](.*)$/s.exec(scope) ?? [];
  const at = store.indexOf('@');
  const root = at < 0 ? store : store.slice(at + 1);
  if (at === 0 || !root.startsWith('/')) return false;
  const [, first, second] = splitAt(name);
  if (first === undefined) return true;
  if (second === undefined) return DIGEST.test(first) || IMAGE_ID.test(first);
  return DIGEST.test(first) && IMAGE_ID.test(second);
}

/** At the first two signs `@`. */
function splitAt(name: string): readonly string[] {
  const [first = '', second, ...others] = name.split('@');
  return others.length === 0
    ? [first, ...(second === undefined ? [] : [second])]
    : [first, second ?? '', others.join('@')];
}
