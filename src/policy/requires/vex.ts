// SPDX-License-Identifier: Apache-2.0
// Signed VEX documents: OpenVEX, and CycloneDX with analyses. A statement is about a vulnerability in a product; both must be
// named as the finding and the image name them, or it says nothing about them. Of several the newest holds.

import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type Finding, isSamePackage } from '../../findings/finding.ts';
import { listAt, textAt, valueAt } from './content.ts';

/** What a document says about one vulnerability in some products. */
export interface VexStatement {
  /** Names of the vulnerability, upper case. */
  readonly names: readonly string[];
  /** As the document spells it. */
  readonly status: string;
  /** Whether that status, with all that it must come with, makes the finding acceptable. */
  readonly accepts: boolean;
  /** Why, in the document's words. */
  readonly why: string;
  /** Milliseconds; of several statements the newest holds. */
  readonly time: number;
  readonly products: readonly VexProduct[];
}

/** A product that a statement is about. */
interface VexProduct {
  /** Digests that name an image, as `sha256:…`: all of them must be this image's. Empty when it names no image. */
  readonly images: readonly string[];
  /** Package URLs inside it, of which one must be the finding's; undefined for the image as a whole. */
  readonly packages: readonly string[] | undefined;
}

/** True for a predicate type that VEX documents of their own have. */
export function isVexType(predicateType: string): boolean {
  return /^https:\/\/(?:openvex\.dev\/ns(?:\/v[0-9.]+)?|cyclonedx\.org\/vex)$/.test(predicateType);
}

/**
 * The statements of a predicate; none when it is no VEX document.
 * @throws Malformed
 * @see https://github.com/openvex/spec/blob/v0.2.0/OPENVEX-SPEC.md
 * @see https://github.com/CycloneDX/specification/blob/1.6/schema/bom-1.6.schema.json
 */
export function readVex(predicate: JsonObject): readonly VexStatement[] {
  if (textAt(predicate, '@context')?.startsWith('https://openvex.dev/ns') === true)
    return listAt(predicate, 'statements').map((one) => openVex(one, predicate));
  if (predicate['bomFormat'] !== 'CycloneDX') return [];
  const purls = componentPurls(predicate);
  return listAt(predicate, 'vulnerabilities').flatMap((one) => cycloneDx(one, predicate, purls));
}

function openVex(statement: JsonValue, document: JsonObject): VexStatement {
  const vulnerability = valueAt(statement, 'vulnerability');
  const names = isJsonObject(vulnerability)
    ? [textAt(vulnerability, 'name'), ...listAt(vulnerability, 'aliases')]
    : [vulnerability];
  const status = textAt(statement, 'status') ?? 'none';
  const why = ['justification', 'impact_statement'].flatMap((name) => textAt(statement, name) ?? []);
  const times = [statement, document].flatMap((one) => [textAt(one, 'last_updated'), textAt(one, 'timestamp')]);
  return {
    names: upperCase(names),
    status,
    accepts: status === 'fixed' || (status === 'not_affected' && why.length > 0),
    why: why.join(': '),
    time: newest(times),
    products: listAt(statement, 'products').map(openVexProduct),
  };
}

function openVexProduct(product: JsonValue): VexProduct {
  const ids = idsOf(product);
  const hash = textAt(product, 'hashes.sha-256');
  const images = [...ids.flatMap(imageDigest), ...(hash === undefined ? [] : [`sha256:${hash.toLowerCase()}`])];
  const inside = isJsonObject(product) ? listAt(product, 'subcomponents') : [];
  if (inside.length > 0)
    // A package within something else than this image is none of its own packages.
    return { images: images.length > 0 ? images : ['none'], packages: inside.flatMap(idsOf).filter(isPackage) };
  return images.length > 0 ? { images, packages: undefined } : { images, packages: ids.filter(isPackage) };
}

function idsOf(product: JsonValue): readonly string[] {
  if (typeof product === 'string') return [product];
  return [textAt(product, '@id'), textAt(product, 'identifiers.purl')].flatMap((id) => id ?? []);
}

function cycloneDx(
  vulnerability: JsonValue,
  document: JsonObject,
  purls: ReadonlyMap<string, string>,
): readonly VexStatement[] {
  const status = textAt(vulnerability, 'analysis.state');
  if (status === undefined) return [];
  const why = ['justification', 'detail'].flatMap((name) => textAt(vulnerability, `analysis.${name}`) ?? []);
  const paths = ['analysis.lastUpdated', 'analysis.firstIssued', 'updated', 'published'];
  const times = [...paths.map((path) => textAt(vulnerability, path)), textAt(document, 'metadata.timestamp')];
  const references = listAt(vulnerability, 'references').map((one) => textAt(one, 'id'));
  return [
    {
      names: upperCase([textAt(vulnerability, 'id'), ...references]),
      status,
      accepts: ['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree'].includes(status),
      why: why.join(': '),
      time: newest(times),
      products: listAt(vulnerability, 'affects').flatMap((one) => cycloneDxProduct(one, purls)),
    },
  ];
}

/** Ranges of versions are not compared, so what is said of them says nothing. */
function cycloneDxProduct(affected: JsonValue, purls: ReadonlyMap<string, string>): readonly VexProduct[] {
  const ref = textAt(affected, 'ref') ?? '';
  const link = /^urn:cdx:[^#]+#(.+)$/.exec(ref)?.[1];
  const purl = purls.get(ref) ?? (link === undefined ? ref : decoded(link));
  const images = imageDigest(purl);
  if (listAt(affected, 'versions').length > 0) return [];
  if (images.length > 0) return [{ images, packages: undefined }];
  return isPackage(purl) ? [{ images, packages: [purl] }] : [];
}

/** Package URLs of all components by their names inside the document, that of the image itself included. */
function componentPurls(document: JsonObject): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const add = (component: JsonValue | undefined): void => {
    const [ref, purl] = [textAt(component, 'bom-ref'), textAt(component, 'purl')];
    if (ref !== undefined && purl !== undefined) found.set(ref, purl);
    for (const inner of listAt(component, 'components')) add(inner);
  };
  add(valueAt(document, 'metadata.component'));
  add(document);
  return found;
}

/** The digest in a package URL or reference of an image; images without one are named too loosely. */
function imageDigest(id: string): readonly string[] {
  const text = decoded(id);
  const digest = /@(sha256:[0-9a-f]{64})(?:$|[?#])/.exec(text)?.[1];
  if (digest !== undefined) return [digest];
  return /^pkg:(?:oci|docker)\//.test(text) ? ['none'] : [];
}

function isPackage(id: string): boolean {
  return /^pkg:[A-Za-z0-9.+-]+\/\S+$/.test(id) && imageDigest(id).length === 0;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function upperCase(names: readonly (JsonValue | undefined)[]): readonly string[] {
  return names.flatMap((name) => (typeof name === 'string' && name !== '' ? [name.toUpperCase()] : []));
}

/** The first time of a list that goes from the nearest to the farthest; no time when there is none. */
function newest(times: readonly (string | undefined)[]): number {
  return Date.parse(times.find((time) => time !== undefined) ?? '');
}

/** Whether the statement is about the package of this finding, in this image, which has these digests. */
function isAbout({ products }: VexStatement, { purl }: Finding, images: readonly string[]): boolean {
  return products.some(
    (product) =>
      product.images.every((digest) => images.includes(digest)) &&
      (product.packages === undefined || product.packages.some((wanted) => isSamePackage(wanted, purl))),
  );
}

/** All statements that count, by the vulnerabilities that they name. */
export class VexBook<T extends VexStatement> {
  readonly #byName = new Map<string, T[]>();
  readonly #about: { readonly images: readonly string[]; readonly now: Date };

  constructor(statements: readonly T[], about: { readonly images: readonly string[]; readonly now: Date }) {
    this.#about = about;
    for (const one of statements)
      for (const name of new Set(one.names)) {
        const known = this.#byName.get(name);
        if (known) known.push(one);
        else this.#byName.set(name, [one]);
      }
  }

  /**
   * The statement by which a finding is acceptable; undefined when none is about it, or the newest that is says otherwise.
   * What has no time, or one that is to come, says nothing.
   */
  accepting(finding: Finding): T | undefined {
    const { images, now } = this.#about;
    const latest = now.getTime() + CLOCK_SKEW_MS;
    const names = new Set([finding.id, ...finding.aliases].map((name) => name.toUpperCase()));
    const mine = [...names]
      .flatMap((name) => this.#byName.get(name) ?? [])
      .filter((one) => one.time <= latest && isAbout(one, finding, images));
    const time = mine.reduce((newestTime, one) => Math.max(newestTime, one.time), Number.NEGATIVE_INFINITY);
    const last = mine.filter((one) => one.time === time);
    return last.every(({ accepts }) => accepts) ? last[0] : undefined;
  }
}
