// SPDX-License-Identifier: Apache-2.0
// Signed VEX documents: OpenVEX, and CycloneDX with analyses. A statement is about a vulnerability in a product; both must be
// named as the finding and the image name them, or it says nothing about them. Of several the newest holds. Those count that are
// signed by a principal of `vexBy` and about all of this image; the others are named, since somebody may rely on them in vain.

import { shortDigest } from '../../base/bytes.ts';
import { CLOCK_SKEW_MS } from '../../base/clock.ts';
import { CountersignError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type Finding, packageNames } from '../../findings/finding.ts';
import { decodedUrl, imageDigest, isPackage } from '../../findings/packages.ts';
import type { Reason } from '../../findings/signature.ts';
import type { FindingsCondition, Policy, Stage } from '../document/model.ts';
import type { EvidenceFact } from '../facts.ts';
import { reason } from '../reasons.ts';
import { describeIdentity, principalsAt } from '../rules/people.ts';
import { type ImageView, isAboutAll, whereOf } from '../rules/view.ts';
import { listAt, Malformed, signedPredicate, textAt, valueAt } from './content.ts';

/** What a document says about one vulnerability in some products. */
interface VexStatement {
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
function isVexType(predicateType: string): boolean {
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
  const accepts = ['not_affected', 'false_positive', 'resolved', 'resolved_with_pedigree'].includes(status);
  return [
    {
      names: upperCase([textAt(vulnerability, 'id'), ...references]),
      status,
      accepts,
      why: why.join(': '),
      time: newest(times),
      products: listAt(vulnerability, 'affects').flatMap((one) => cycloneDxProduct(one, purls, accepts)),
    },
  ];
}

/**
 * Ranges of versions are not compared: what accepts some of them accepts nothing, and what does not may mean the one that
 * is there.
 */
function cycloneDxProduct(
  affected: JsonValue,
  purls: ReadonlyMap<string, string>,
  accepts: boolean,
): readonly VexProduct[] {
  const ref = textAt(affected, 'ref') ?? '';
  const link = /^urn:cdx:[^#]+#(.+)$/.exec(ref)?.[1];
  const purl = purls.get(ref) ?? (link === undefined ? ref : decodedUrl(link));
  const images = imageDigest(purl);
  if (accepts && listAt(affected, 'versions').length > 0) return [];
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

function upperCase(names: readonly (JsonValue | undefined)[]): readonly string[] {
  return names.flatMap((name) => (typeof name === 'string' && name !== '' ? [name.toUpperCase()] : []));
}

/** The first time of a list that goes from the nearest to the farthest; no time when there is none. */
function newest(times: readonly (string | undefined)[]): number {
  return Date.parse(times.find((time) => time !== undefined) ?? '');
}

/** The newest that was said of a vulnerability in a package, or in the whole image. */
interface Newest {
  readonly time: number;
  /** False where one of several statements of that time says otherwise. */
  readonly accepts: boolean;
  readonly said: SignedVex;
}

/** All statements that count about this image, by what they name: there may be tens of thousands, and as many findings. */
export class VexBook {
  readonly #newest = new Map<string, Newest>();
  /** Set where too much is said to look at all of it: then nothing is accepted. */
  readonly isFull: boolean;

  constructor(
    statements: readonly SignedVex[],
    { images, now }: { readonly images: readonly string[]; readonly now: Date },
  ) {
    const latest = now.getTime() + CLOCK_SKEW_MS;
    let room: number = LIMITS.vexNames;
    for (const said of statements) {
      const names = new Set(said.names);
      // What has no time, or one that is to come, says nothing.
      const packages = said.time <= latest ? packagesOf(said, images) : new Set<string>();
      room -= names.size * packages.size;
      if (room < 0) break;
      for (const name of names) for (const one of packages) this.#add(`${name}\n${one}`, said);
    }
    this.isFull = room < 0;
  }

  #add(key: string, said: SignedVex): void {
    const { time, accepts } = said;
    const known = this.#newest.get(key);
    if (!known || time > known.time) this.#newest.set(key, { time, accepts, said });
    else if (time === known.time && known.accepts && !accepts) this.#newest.set(key, { ...known, accepts });
  }

  /** The statement by which a finding is acceptable; undefined when none is about it, or the newest that is says otherwise. */
  accepting({ id, aliases, purl }: Finding): SignedVex | undefined {
    const packages = [WHOLE_IMAGE, ...packageNames(purl)];
    // Some name of such a package was not looked at, and might say otherwise.
    if (this.isFull || packages.length > MOST_PACKAGES) return undefined;
    const names = new Set([id, ...aliases].map((name) => name.toUpperCase()));
    let newestOfAll: Newest | undefined;
    for (const name of names)
      for (const one of packages) {
        const found = this.#newest.get(`${name}\n${one}`);
        if (!found || found.time < (newestOfAll?.time ?? found.time)) continue;
        const isEqual = found.time === newestOfAll?.time;
        if (!newestOfAll || !isEqual) newestOfAll = found;
        else newestOfAll = { ...newestOfAll, accepts: newestOfAll.accepts && found.accepts };
      }
    return newestOfAll?.accepts ? newestOfAll.said : undefined;
  }
}

const WHOLE_IMAGE = '';
/** A package URL has a handful. */
const MOST_PACKAGES = 32;

/** Package URLs that a statement is about in this image, which has these digests; `WHOLE_IMAGE` for all of it. */
function packagesOf({ products }: VexStatement, images: readonly string[]): ReadonlySet<string> {
  const mine = products.filter((product) => product.images.every((digest) => images.includes(digest)));
  return new Set(mine.flatMap(({ packages }) => packages ?? [WHOLE_IMAGE]));
}

/** A statement of a VEX document by a principal who may make findings acceptable. */
export interface SignedVex extends VexStatement {
  readonly by: string;
  readonly fact: EvidenceFact;
}

/** What counts, and why the rest does not. */
interface FoundVex {
  readonly book: VexBook;
  readonly refused: readonly Reason[];
}

/** All VEX documents on the image, as far as they count for a requirement. */
export function findVex(
  { vexBy = [] }: FindingsCondition,
  { policy, stage, image }: { readonly policy: Policy; readonly stage: Stage; readonly image: ImageView },
): FoundVex {
  const statements: SignedVex[] = [];
  const refused: Reason[] = [];
  for (const fact of image.evidence) {
    const read = statementsOf(fact);
    if (read === undefined || (!('problem' in read) && read.length === 0)) continue;
    const signers = fact.signature === 'valid' ? principalsAt(policy, fact, image.now) : [];
    const by = signers.find((name) => vexBy.includes(name));
    const problem =
      'problem' in read
        ? read.problem
        : by === undefined
          ? `it is signed by ${signers.join(', ') || describeIdentity(fact.signer)}, ${vexBy.length > 0 ? `not by ${vexBy.join(' or ')}` : 'and the requirement names nobody in vexBy'}`
          : isAboutAll(fact, image.about(stage.name))
            ? undefined
            : 'it is about other content';
    if (problem === undefined && by !== undefined && !('problem' in read))
      statements.push(...read.map((one) => ({ ...one, by, fact })));
    else {
      const where = `the VEX document at ${whereOf(fact.place)} (${shortDigest(fact.digest)})`;
      refused.push(reason('EVIDENCE_VEX_REFUSED', `${where} does not count: ${problem}`));
    }
  }
  const { contentDigests, pinned } = image.facts;
  const images = [...contentDigests, ...(pinned === undefined ? [] : [pinned.slice(pinned.lastIndexOf('@') + 1)])];
  const book = new VexBook(statements, { images, now: image.now });
  if (book.isFull)
    refused.unshift(
      reason('EVIDENCE_VEX_REFUSED', `the VEX documents name more than ${LIMITS.vexNames} vulnerabilities in packages`),
    );
  return { book, refused };
}

/** Undefined for what is no VEX document. Content without a valid signature is not looked at. */
function statementsOf(fact: EvidenceFact): readonly VexStatement[] | { readonly problem: string } | undefined {
  const own = isVexType(fact.predicateType);
  if (!own && !fact.predicateType.startsWith('https://cyclonedx.org/bom')) return undefined;
  if (!fact.statement) return own ? { problem: `its signature is ${fact.signature}` } : undefined;
  try {
    const predicate = signedPredicate(fact.statement);
    return isJsonObject(predicate) ? readVex(predicate) : undefined;
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof CountersignError)) throw error;
    return own ? { problem: error.message } : undefined;
  }
}
