// SPDX-License-Identifier: Apache-2.0
// Was this cosign signature made for the place where the image is used? The same rules as podman's `signedIdentity`,
// over the `docker-reference` that the signer signed along.

import { type DockerReference, formatDockerReference, isNameOnly, parseDockerReference } from '../../oci/reference.ts';

/** Rules that compare with the reference by which the image was asked for. */
export const IDENTITY_MATCHES = ['matchExact', 'matchRepoDigestOrExact', 'matchRepository'] as const;

/** What `docker-reference` must be for a plain cosign signature to count. */
export type SignedIdentity =
  | { readonly type: (typeof IDENTITY_MATCHES)[number] }
  | { readonly type: 'exactReference'; readonly reference: string }
  | { readonly type: 'exactRepository'; readonly repository: string }
  | { readonly type: 'remapIdentity'; readonly prefix: string; readonly signedPrefix: string };

/**
 * True when a signature made for `signed` is one for the image `asked` for, which is undefined outside registries.
 * @see https://github.com/containers/image/blob/v5.36.2/docs/containers-policy.json.5.md
 */
export function matchesIdentity(wanted: SignedIdentity, signed: string, asked: string | undefined): boolean {
  const signature = parseDockerReference(signed);
  if (!signature) return false;
  if (wanted.type === 'exactReference') return sameReference(parseDockerReference(wanted.reference), signature);
  if (wanted.type === 'exactRepository') return parseDockerReference(wanted.repository)?.name === signature.name;
  const image = asked === undefined ? undefined : parseDockerReference(asked);
  if (!image) return false;
  switch (wanted.type) {
    case 'matchRepository':
      return image.name === signature.name;
    case 'matchExact':
      return sameReference(image, signature);
    case 'matchRepoDigestOrExact':
      return repositoryOrExact(image, signature);
    case 'remapIdentity':
      return repositoryOrExact(remapped(image, wanted), signature);
    default:
      return wanted satisfies never;
  }
}

/** The rule in a sentence. */
export function describeIdentityRule(wanted: SignedIdentity): string {
  switch (wanted.type) {
    case 'exactReference':
      return `${wanted.type} ${wanted.reference}`;
    case 'exactRepository':
      return `${wanted.type} ${wanted.repository}`;
    case 'remapIdentity':
      return `${wanted.type} ${wanted.prefix} to ${wanted.signedPrefix}`;
    default:
      return wanted.type;
  }
}

function sameReference(one: DockerReference | undefined, other: DockerReference): boolean {
  if (!one || isNameOnly(one) || isNameOnly(other)) return false;
  return formatDockerReference(one) === formatDockerReference(other);
}

/** By tag the whole reference must be the same, by digest the repository: the digest itself is compared anyway. */
function repositoryOrExact(image: DockerReference | undefined, signature: DockerReference): boolean {
  if (!image || isNameOnly(signature)) return false;
  if (image.tag !== undefined) return sameReference(image, signature);
  return image.digest !== undefined && image.name === signature.name;
}

function remapped(
  image: DockerReference,
  { prefix, signedPrefix }: { readonly prefix: string; readonly signedPrefix: string },
): DockerReference | undefined {
  if (image.name !== prefix && !image.name.startsWith(`${prefix}/`)) return image;
  // Written in full: podman completes no name here, so that `team` is not docker.io/team.
  const text = signedPrefix + formatDockerReference(image).slice(prefix.length);
  const reference = parseDockerReference(text);
  return reference && formatDockerReference(reference) === text ? reference : undefined;
}
