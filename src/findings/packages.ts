// SPDX-License-Identifier: Apache-2.0
// The components that an SBOM names by package URL, and whether one is meant by another.

import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';

/** A package URL in its parts, percent-decoded. */
export interface PackageUrl {
  readonly type: string;
  /** Namespace and name, with slashes between. */
  readonly path: string;
  readonly version: string | undefined;
  readonly qualifiers: ReadonlyMap<string, string>;
}

/** A component of an SBOM that has a package URL. */
export interface PurlComponent {
  readonly name: string;
  readonly version: string | null;
  readonly purl: string;
}

/**
 * Undefined for what is no package URL.
 * @see https://github.com/package-url/purl-spec/blob/v1.0.0/PURL-SPECIFICATION.rst
 */
export function parsePurl(text: string): PackageUrl | undefined {
  const [, rest = ''] = /^pkg:\/*([^#]+)(?:#.*)?$/i.exec(text) ?? [];
  const [before = '', query = ''] = rest.split('?', 2);
  const at = before.lastIndexOf('@');
  // An at sign behind a slash belongs to a scope that was not encoded.
  const hasVersion = at > 0 && before[at - 1] !== '/';
  const path = hasVersion ? before.slice(0, at) : before;
  const [type = '', ...segments] = path.split('/').filter((part) => part !== '');
  if (!/^[a-z][a-z0-9.+-]*$/i.test(type) || segments.length === 0) return undefined;
  try {
    return {
      type: type.toLowerCase(),
      path: named(type.toLowerCase(), segments.map(decodeURIComponent).join('/')),
      // Badly encoded it is what is written there, which no range compares, rather than no package at all.
      version: (hasVersion && decodedUrl(before.slice(at + 1))) || undefined,
      qualifiers: new Map(new URLSearchParams(query)),
    };
  } catch {
    return undefined;
  }
}

/** Where the registry of packages takes spellings for one name. */
function named(type: string, path: string): string {
  if (type === 'pypi') return path.toLowerCase().replaceAll(/[-_.]+/g, '-');
  return ['github', 'bitbucket', 'deb', 'composer'].includes(type) ? path.toLowerCase() : path;
}

/**
 * True when the package is the one that is asked for; version and qualifiers are compared where they are asked for. Letter
 * case of names is not: some registries pass over it, and producers of SBOMs write names of one package in several ways.
 */
export function isMeantBy(wanted: PackageUrl, purl: string): boolean {
  const found = parsePurl(purl);
  if (!found || found.type !== wanted.type || found.path.toLowerCase() !== wanted.path.toLowerCase()) return false;
  if (wanted.version !== undefined && found.version !== wanted.version) return false;
  return [...wanted.qualifiers].every(([name, value]) => found.qualifiers.get(name) === value);
}

/**
 * The components with package URLs of CycloneDX and SPDX documents, wherever these have a place for one; undefined for any
 * other document. What made the document or the image (`tools`, `formulation`) is no part of it.
 * @see https://github.com/CycloneDX/specification/blob/1.7/schema/bom-1.7.schema.json
 * @see https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json
 * @see https://spdx.github.io/spdx-spec/v3.0.1/model/Core/Classes/ExternalIdentifier/
 */
export function componentsIn(predicate: JsonObject): readonly PurlComponent[] | undefined {
  if (predicate['bomFormat'] === 'CycloneDX') {
    const about = member(member(predicate, 'metadata'), 'component');
    const claimed = member(member(predicate, 'declarations'), 'targets');
    return [about, ...objects(predicate['components']), ...objects(claimed['components'])].flatMap(cycloneDx);
  }
  if (typeof predicate['spdxVersion'] === 'string') return objects(predicate['packages']).flatMap(spdx2);
  if (!Array.isArray(predicate['@graph'])) return undefined;
  return objects(predicate['@graph']).flatMap((element) =>
    component(element['name'], element['software_packageVersion'], [
      element['software_packageUrl'],
      // An identifier may stand in the graph by itself, and elements refer to it.
      element['identifier'],
      ...objects(element['externalIdentifier']).map(({ identifier }) => identifier),
      ...objects(element['externalRef']).flatMap(({ locator }) => locator),
    ]),
  );
}

/** Components may hold components, and name those that they were made from; the JSON reader has bounded the depth. */
function cycloneDx(one: JsonObject): readonly PurlComponent[] {
  const { name, version, purl, components } = one;
  const { ancestors, descendants, variants } = member(one, 'pedigree');
  // One object before 1.6, a list since.
  const identities = objects([member(one, 'evidence')['identity'] ?? []].flat());
  const concluded = identities
    .filter(({ field }) => field === 'purl')
    .flatMap(({ concludedValue, methods }) => [concludedValue, ...objects(methods).map(({ value }) => value)]);
  return [
    // A reference is opaque; many producers write the package URL there.
    ...component(name, version, [purl === '' ? one['bom-ref'] : (purl ?? one['bom-ref']), ...concluded]),
    ...[components, ancestors, descendants, variants].flatMap(objects).flatMap(cycloneDx),
  ];
}

function member(value: JsonObject, name: string): JsonObject {
  const found = value[name];
  return isJsonObject(found) ? found : {};
}

function spdx2(one: JsonObject): readonly PurlComponent[] {
  const locators = objects(one['externalRefs']).map(({ referenceLocator }) => referenceLocator);
  return component(one['name'], one['versionInfo'], locators);
}

function component(
  name: JsonValue | undefined,
  version: JsonValue | undefined,
  purls: readonly (JsonValue | undefined)[],
): readonly PurlComponent[] {
  return [...new Set(purls)]
    .filter((purl) => typeof purl === 'string')
    .filter((purl) => /^pkg:/i.test(purl))
    .map((purl) => ({
      name: typeof name === 'string' ? name : '',
      version: typeof version === 'string' ? version : null,
      purl,
    }));
}

function objects(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The digest in a package URL or reference of an image; images without one are named too loosely. */
export function imageDigest(id: string): readonly string[] {
  const text = decodedUrl(id);
  const digest = /@(sha256:[0-9a-f]{64})(?:$|[?#])/.exec(text)?.[1];
  if (digest !== undefined) return [digest];
  return /^pkg:(?:oci|docker)\//.test(text) ? ['none'] : [];
}

/** True for the package URL of something else than an image. */
export function isPackage(id: string): boolean {
  return /^pkg:[A-Za-z0-9.+-]+\/\S+$/.test(id) && imageDigest(id).length === 0;
}

/** A text without percent-encoding; one that is badly encoded stays as it is. */
export function decodedUrl(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
