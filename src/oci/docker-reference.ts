// SPDX-License-Identifier: Apache-2.0
// The image names that signatures carry as `docker-reference`, read as podman reads them: Docker Hub's short forms are
// made whole, everything else must be complete. For comparing names; what commands are given is registry/reference.ts.

/** Name, tag and digest of an image, as texts. */
export interface DockerReference {
  /** Host and path: `docker.io/library/alpine`. */
  readonly name: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const HOST_PART = '(?:[A-Za-z0-9]|[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9])';
const HOST = new RegExp(`^(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9A-Fa-f:]+\\])(?::[0-9]+)?$`);
const PATH = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const SUFFIX =
  /^(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}))?$/;
const MAX_NAME = 255;
const HUB = 'docker.io';

/**
 * The reference in a text; undefined when it is none.
 * @see distribution/reference v0.6.0, ParseNormalizedNamed
 */
export function parseDockerReference(text: string): DockerReference | undefined {
  if (text.length > 1024 || /^[0-9a-f]{64}$/.test(text)) return undefined;
  const { host, rest } = splitHost(text);
  const end = rest.search(/[:@]/);
  const given = end < 0 ? rest : rest.slice(0, end);
  const path = host === HUB && !given.includes('/') ? `library/${given}` : given;
  const suffix = SUFFIX.exec(rest.slice(given.length));
  const name = `${host}/${path}`;
  if (!HOST.test(host) || !PATH.test(path) || !suffix || name.length > MAX_NAME) return undefined;
  return { name, tag: suffix[1], digest: suffix[2] };
}

/** True when it names neither tag nor digest. */
export function isNameOnly({ tag, digest }: DockerReference): boolean {
  return tag === undefined && digest === undefined;
}

/** The whole reference as one text; two are the same when these are. */
export function formatDockerReference({ name, tag, digest }: DockerReference): string {
  return `${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** What comes before the first slash is a host only if it looks like one. */
function splitHost(text: string): { readonly host: string; readonly rest: string } {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  if (!isHost) return { host: HUB, rest: text };
  return { host: first === 'index.docker.io' ? HUB : first, rest: text.slice(slash + 1) };
}
