// SPDX-License-Identifier: Apache-2.0
// Is this an SBOM, which kind, and how many components does it list? The whole document becomes the predicate of a
// statement; nothing is added or taken away.

import { decodeUtf8 } from '../../base/bytes.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { ScanError } from '../errors.ts';
import { objectOf, objectsOf, printable, textOf } from './fields.ts';
import { describeKeys, EMBEDDED, readDocument } from './reports.ts';

/** Type of the statements that hold a CycloneDX document. */
export const CYCLONEDX_PREDICATE_TYPE = 'https://cyclonedx.org/bom';
/** Type of the statements that hold an SPDX document. */
export const SPDX_PREDICATE_TYPE = 'https://spdx.dev/Document';

/** A recognised bill of materials. */
export interface Sbom {
  readonly format: 'CycloneDX' | 'SPDX';
  readonly version: string;
  readonly predicateType: typeof CYCLONEDX_PREDICATE_TYPE | typeof SPDX_PREDICATE_TYPE;
  readonly componentCount: number;
  /** What the document says it is about; a name for people, not proven. */
  readonly about: string | null;
  readonly document: JsonObject;
}

/** 1.0 and 1.1 exist as XML only. */
const CYCLONEDX_VERSION = /^1\.(?:[2-9]|[1-9][0-9])$/;
const SPDX2_VERSION = /^SPDX-(2\.[23])(?:\.[0-9]+)?$/;
const SPDX3_CONTEXT = /^https:\/\/spdx\.org\/rdf\/(3\.[0-9]+(?:\.[0-9]+)?)\/spdx-context\.jsonld$/;

/**
 * Recognises CycloneDX JSON from 1.2 on, SPDX JSON 2.2 and 2.3, and SPDX 3 JSON-LD.
 * @throws ScanError SCAN_SBOM_FORMAT, SCAN_SBOM_UNKNOWN, SCAN_REPORT_INVALID; DataError for malformed JSON
 * @see https://github.com/CycloneDX/specification/blob/1.6/schema/bom-1.6.schema.json
 * @see https://github.com/spdx/spdx-spec/blob/v2.3/schemas/spdx-schema.json
 * @see https://spdx.github.io/spdx-spec/v3.0.1/
 */
export function parseSbom(bytes: Uint8Array, name: string): Sbom {
  refuseOtherFormats(bytes, name);
  const document = readDocument(bytes, name, { strictness: EMBEDDED });
  try {
    const sbom = readCycloneDx(document) ?? readSpdx2(document) ?? readSpdx3(document);
    if (!sbom) throw new ScanError('SCAN_SBOM_UNKNOWN', `found ${describeKeys(document)}`);
    return sbom;
  } catch (error) {
    throw error instanceof ScanError ? error.about(name) : error;
  }
}

function refuseOtherFormats(bytes: Uint8Array, name: string): void {
  const refuse = (what: string) => new ScanError('SCAN_SBOM_FORMAT', `${name} is ${what}, not JSON`);
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) throw refuse('UTF-16 text');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) throw refuse('a zip file');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw refuse('a gzip file');
  const start = decodeUtf8(bytes, name)
    .slice(0, 65_536)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (start.startsWith('<')) throw refuse('XML');
  if (/^SPDXVersion:/m.test(start)) throw refuse('SPDX tag-value text');
  if (!start.startsWith('{') && /^(?:spdxVersion|bomFormat):/m.test(start)) throw refuse('YAML');
}

function readCycloneDx(document: JsonObject): Sbom | undefined {
  if (document['bomFormat'] !== 'CycloneDX') return undefined;
  const version = document['specVersion'];
  if (typeof version !== 'string' || !CYCLONEDX_VERSION.test(version))
    throw new ScanError('SCAN_SBOM_UNKNOWN', `CycloneDX version ${JSON.stringify(version ?? null)}`);
  const about = objectOf(objectOf(document['metadata'], 'metadata')['component'], 'metadata.component')['name'];
  return {
    format: 'CycloneDX',
    version,
    predicateType: CYCLONEDX_PREDICATE_TYPE,
    componentCount: countComponents(document['components'], 0),
    about: textOf(about) ?? null,
    document,
  };
}

/** Components may hold components; the JSON reader has bounded the depth. */
function countComponents(value: JsonValue | undefined, depth: number): number {
  let count = 0;
  for (const component of objectsOf(value, 'components'))
    count += 1 + countComponents(component['components'], depth + 1);
  return count;
}

function readSpdx2(document: JsonObject): Sbom | undefined {
  const stated = document['spdxVersion'];
  if (stated === undefined) return undefined;
  const version = typeof stated === 'string' ? SPDX2_VERSION.exec(stated)?.[1] : undefined;
  if (version === undefined) throw new ScanError('SCAN_SBOM_UNKNOWN', `SPDX version ${JSON.stringify(stated)}`);
  const { SPDXID: id = null, creationInfo } = document;
  if (id !== 'SPDXRef-DOCUMENT')
    throw new ScanError(
      'SCAN_SBOM_UNKNOWN',
      `the SPDXID of the SPDX document is ${printable(JSON.stringify(id)).slice(0, 80)}, not "SPDXRef-DOCUMENT"`,
      {
        hint: 'ask whoever wrote the file for one that is SPDX: the document has that one id, its packages have others',
      },
    );
  if (!isJsonObject(creationInfo)) throw new ScanError('SCAN_SBOM_UNKNOWN', 'the SPDX document has no creationInfo');
  return {
    format: 'SPDX',
    version,
    predicateType: SPDX_PREDICATE_TYPE,
    componentCount: objectsOf(document['packages'], 'packages').length,
    about: textOf(document['name']) ?? null,
    document,
  };
}

function readSpdx3(document: JsonObject): Sbom | undefined {
  const context = [document['@context']].flat().find((entry) => typeof entry === 'string' && SPDX3_CONTEXT.test(entry));
  if (typeof context !== 'string') return undefined;
  const graph = objectsOf(document['@graph'], '@graph');
  const typed = (type: string) => graph.filter((element) => element['type'] === type || element['@type'] === type);
  if (typed('SpdxDocument').length === 0)
    throw new ScanError('SCAN_SBOM_UNKNOWN', 'the SPDX 3 graph has no element of type SpdxDocument');
  return {
    format: 'SPDX',
    version: SPDX3_CONTEXT.exec(context)?.[1] ?? '3.0',
    predicateType: SPDX_PREDICATE_TYPE,
    componentCount: typed('software_Package').length,
    about: textOf(typed('SpdxDocument')[0]?.['name']) ?? null,
    document,
  };
}
