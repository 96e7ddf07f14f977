// SPDX-License-Identifier: Apache-2.0
// Manifests and indexes in which two readers could find two things: every member that clients act on given once more,
// in every spelling that a reader might take for its name, with the other value before or after it; and what else
// readers are known to disagree about.

import { MEDIA_TYPE, type OciDescriptor } from '../../src/oci/oci.ts';

/** A document made to mislead. */
export interface TwoFaced {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The `Content-Type` it is pushed with. */
  readonly mediaType: string;
  /**
   * `good`: every reader finds one and the same thing in it, so it must not be refused. `two-faced`: two readers may
   * find two things, so it must be. `odd`: some readers may take it and others not.
   */
  readonly is: 'good' | 'two-faced' | 'odd';
}

type Json = string | number | null | readonly Json[] | { readonly [member: string]: Json | undefined };
type Path = readonly (string | number)[];

/** A well-formed document, and what somebody would rather have in the place of its members. */
export interface Shape {
  readonly name: string;
  readonly mediaType: string;
  readonly document: Json;
  readonly evil: readonly (readonly [path: Path, value: Json])[];
}

/** What there is to be named. */
export interface Things {
  readonly config: OciDescriptor;
  readonly layer: OciDescriptor;
  /** The layer's bytes in Base64. */
  readonly data: string;
  /** Where the layer can be fetched from, too. */
  readonly url: string;
}

const TITLE = 'org.opencontainers.image.title';

/** A manifest whose config and layer somebody would rather exchange. */
export function manifestShape(name: string, mediaType: string, [good, evil]: readonly [Things, Things]): Shape {
  return {
    name,
    mediaType,
    document: manifestOf(mediaType, good),
    evil: [
      [['schemaVersion'], 1],
      [['mediaType'], mediaType === MEDIA_TYPE.manifest ? MEDIA_TYPE.dockerManifest : MEDIA_TYPE.manifest],
      [['config'], { ...evil.config }],
      [['layers'], [{ ...evil.layer }]],
      [['annotations'], { a: 'b' }],
      [['subject'], { ...evil.layer }],
      [['artifactType'], 'application/vnd.other'],
      [['manifests'], []],
      ...(['config', 'layers'] as const).flatMap((member): Shape['evil'] => {
        const path = member === 'config' ? [member] : [member, 0];
        const other = member === 'config' ? evil.config : evil.layer;
        return descriptorEvils(path, other, { data: evil.data, url: evil.url, title: 'other.bin' });
      }),
    ],
  };
}

export function manifestOf(mediaType: string, { config, layer }: Things): Json {
  return { schemaVersion: 2, mediaType, config: { ...config }, layers: [{ ...layer }] };
}

/** An index whose first entry somebody would rather exchange; `good` is for amd64, `evil` for arm64. */
export function indexShape(
  name: string,
  mediaType: string,
  [good, evil]: readonly [OciDescriptor, OciDescriptor],
  data = 'e30=',
): Shape {
  const first = { ...good, platform: { os: 'linux', architecture: 'amd64' } };
  const second = { ...evil, platform: { os: 'linux', architecture: 'arm64', variant: 'v8' } };
  return {
    name,
    mediaType,
    document: { schemaVersion: 2, mediaType, manifests: [first, second] },
    evil: [
      [['schemaVersion'], 1],
      [['mediaType'], mediaType === MEDIA_TYPE.index ? MEDIA_TYPE.dockerIndex : MEDIA_TYPE.index],
      [['manifests'], [{ ...evil, platform: first.platform }]],
      [['annotations'], { a: 'b' }],
      [['subject'], { ...evil }],
      [['artifactType'], 'application/vnd.other'],
      [['config'], { ...evil }],
      [['layers'], []],
      ...descriptorEvils(['manifests', 0], evil, { data, url: 'http://127.0.0.1:9/other', title: 'other.bin' }),
      [['manifests', 0, 'platform'], second.platform],
      [['manifests', 0, 'platform', 'os'], 'windows'],
      [['manifests', 0, 'platform', 'architecture'], 'arm64'],
      [['manifests', 0, 'platform', 'variant'], 'v9'],
      [['manifests', 1, 'platform', 'architecture'], 'amd64'],
      [['manifests', 1, 'platform', 'variant'], 'v1'],
    ],
  };
}

function descriptorEvils(
  path: Path,
  other: OciDescriptor,
  { data, url, title }: { readonly data: string; readonly url: string; readonly title: string },
): Shape['evil'] {
  return [
    [[...path, 'mediaType'], 'application/octet-stream'],
    [[...path, 'digest'], other.digest],
    [[...path, 'size'], other.size + 1],
    [[...path, 'annotations'], { [TITLE]: title }],
    [[...path, 'urls'], [url]],
    [[...path, 'data'], data],
    [[...path, 'artifactType'], 'application/vnd.other'],
  ];
}

const hex = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
const folded = (name: string, from: string, to: string): string =>
  name.includes(from) ? name.replace(from, to) : name.toUpperCase();
const foreign = (name: string, from: string, to: string): string =>
  name.includes(from) ? name.replace(from, to) : `${name}${to}`;

/** How the second member is spelled; what no reader takes for the first. */
const SPELLINGS: readonly (readonly [name: string, of: (name: string) => string, isForeign?: true])[] = [
  ['the same', (name) => name],
  ['a capital', (name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}`],
  ['an escape', (name) => `${hex(name)}${name.slice(1)}`],
  ['capitals', (name) => name.toUpperCase()],
  ['a long s', (name) => folded(name, 's', '\\u017f')],
  ['an escaped capital', (name) => `${hex(name.toUpperCase())}${name.slice(1)}`],
  ['a long s in bytes', (name) => folded(name, 's', 'ſ')],
  ['a capital at the end', (name) => `${name.slice(0, -1)}${name.slice(-1).toUpperCase()}`],
  ['an underscore', (name) => `${name.slice(0, 3)}_${name.slice(3)}`],
  ['a dotless i', (name) => foreign(name, 'i', '\\u0131'), true],
  ['a Kelvin sign', (name) => foreign(name, 'c', '\\u212a'), true],
  ['a space', (name) => `${name} `, true],
  ['a zero-width space', (name) => `${name}\\u200b`, true],
  ['a full-width letter', (name) => `\\uff4c${name.slice(1)}`, true],
  ['a null character', (name) => `${name}\\u0000`, true],
];

/** Every member twice, in both orders, each time in `turns` of the spellings; without a number in all of them. */
export function doubledMembers(shape: Shape, turns = SPELLINGS.length): readonly TwoFaced[] {
  return shape.evil.flatMap((evil, site) =>
    (['before', 'after'] as const).flatMap((place, second) =>
      Array.from({ length: turns }, (_, turn) =>
        doubled(shape, evil, { place, spelling: site * 2 + second + turn * 4 }),
      ),
    ),
  );
}

/** Members that are not in it, each given once by its own name. */
export function addedMembers(shape: Shape): readonly TwoFaced[] {
  const added = shape.evil.map((evil) => doubled(shape, evil, { place: 'after', spelling: 0 }));
  return added.filter(({ is }) => is === 'odd');
}

function doubled(
  { name, mediaType, document }: Shape,
  [path, value]: Shape['evil'][number],
  { place, spelling }: { readonly place: 'before' | 'after'; readonly spelling: number },
): TwoFaced {
  const [spelled, of, isForeign] = SPELLINGS[spelling % SPELLINGS.length] ?? ['', (text) => text];
  const { text, isThere } = withMember(document, path, { of, value, place });
  const isName = spelled === 'the same' || spelled === 'an escape';
  return {
    name: `${name}: ${path.join('.')} by ${spelled} ${place}`,
    bytes: Buffer.from(text),
    mediaType,
    is: isForeign ? 'good' : isName && !isThere ? 'odd' : 'two-faced',
  };
}

interface Addition {
  readonly of: (name: string) => string;
  readonly value: Json;
  readonly place: 'before' | 'after';
}

const MARK = '\u2603';

function withMember(document: Json, path: Path, { of, value, place }: Addition) {
  const name = String(path.at(-1));
  let isThere = false;
  const changed = at(document, path.slice(0, -1), (object) => {
    const members: (readonly [string, Json])[] = Object.entries(Object(object));
    isThere = members.some(([member]) => member === name);
    return Object.fromEntries(place === 'before' ? [[MARK, value], ...members] : [...members, [MARK, value]]);
  });
  return { isThere, text: JSON.stringify(changed).replace(`"${MARK}"`, () => `"${of(name)}"`) };
}

/** The document with what is at a path changed. */
function at(value: Json, [step, ...rest]: Path, change: (there: Json | undefined) => Json): Json {
  if (step === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: Json, index) => (index === step ? at(item, rest, change) : item));
  if (typeof value !== 'object' || value === null) throw new Error(`nothing at ${step}`);
  const members: Readonly<Record<string, Json>> = Object(value);
  if (rest.length === 0) return { ...members, [step]: change(members[step]) };
  return { ...members, [step]: at(members[step] ?? {}, rest, change) };
}

/** The same bytes in other words, and what readers of JSON disagree about. */
export function otherWords({ name, mediaType, document }: Shape): readonly TwoFaced[] {
  const plain = JSON.stringify(document);
  const list = plain.includes('"layers"') ? 'layers' : 'manifests';
  const sized = (of: (size: number) => string): string => {
    const found = new RegExp(`("${list}":\\[\\{[^}]*?"size":)([0-9]+)`).exec(plain);
    return found ? plain.replace(found[0], `${found[1]}${of(Number(found[2]))}`) : plain;
  };
  const good = {
    'as it is': plain,
    'other white space': ` ${plain.replaceAll(',', '\n,\t').replaceAll(':{', ': \r\n{')}\n`,
    'another order': JSON.stringify(Object.fromEntries(Object.entries(Object(document)).toReversed())),
    'escaped names': plain.replace(`"${list}"`, `"${hex(list)}${list.slice(1)}"`),
    'more members': plain.replace('{', '{"more":{"a":[1,{"b":null}]},'),
    'the other one below an unknown member': plain.replace('{', `{"more":{"${list}":[]},`),
    'free names in two cases': plain.replace('{', '{"annotations":{"a":"1","A":"2"},'),
  };
  const odd = {
    'a byte order mark': `\ufeff${plain}`,
    'a second document': `${plain}${plain}`,
    'a second document on a line of its own': `${plain}\n{}`,
    'a bracket behind it': `${plain}]`,
    'a null character behind it': `${plain}\0`,
    'a comma too many': plain.replace(/\}$/, ',}'),
    'a comment': plain.replace('{', '{/* */'),
    'a Kelvin sign and a K': plain.replace('{', '{"kind":"a","\\u212aind":"b",'),
    'half of a surrogate pair': plain.replace('{', '{"annotations":{"a":"\\ud800"},'),
    'invalid UTF-8': plain.replace('{', '{"annotations":{"a":"\u2603"},'),
    'an annotation twice': plain.replace('{', '{"annotations":{"a":"1","a":"2"},'),
    prototypes: plain.replace('{', '{"__proto__":{"schemaVersion":1},"constructor":null,'),
    null: plain.replace('{', `{"${list}":null,`),
    'version 2.0': plain.replace('"schemaVersion":2', '"schemaVersion":2.0'),
    'version 2e0': plain.replace('"schemaVersion":2', '"schemaVersion":2e0'),
    'version "2"': plain.replace('"schemaVersion":2', '"schemaVersion":"2"'),
    'version 02': plain.replace('"schemaVersion":2', '"schemaVersion":02'),
    'no version': plain.replace('"schemaVersion":2,', ''),
    'a size with a point': sized((size) => `${size}.0`),
    'a size with an exponent': sized((size) => `${size}e0`),
    'a size of 1e2': sized(() => '1e2'),
    'a size of -0': sized(() => '-0'),
    'a size of 0': sized(() => '0'),
    'a negative size': sized((size) => `-${size}`),
    'a size beyond 64 bits': sized((size) => String(2n ** 64n + BigInt(size))),
    'a size of 1e400': sized(() => '1e400'),
    'a size as a text': sized((size) => `"${size}"`),
    'a size one too small': sized((size) => String(size - 1)),
    'a digest in capitals': plain.replace(/"sha256:[0-9a-f]+"/g, (digest) => digest.toUpperCase()),
    'a hexadecimal digest in capitals': plain.replace(/:[0-9a-f]{64}"/g, (digest) => digest.toUpperCase()),
    'layers of the first format': plain.replace('{', '{"fsLayers":[],"history":[],'),
    blobs: plain.replace('{', '{"blobs":[],'),
  };
  const one =
    (is: TwoFaced['is']) =>
    ([what, text]: readonly [string, string]): TwoFaced => ({
      name: `${name}: ${what}`,
      bytes: what === 'invalid UTF-8' ? Buffer.from(text.replace('\u2603', '\xff'), 'latin1') : Buffer.from(text),
      mediaType,
      is,
    });
  return [...Object.entries(good).map(one('good')), ...Object.entries(odd).map(one('odd'))];
}

/** The same document, and one without a type of its own, under every other `Content-Type`. */
export function otherTypes({ name, mediaType, document }: Shape): readonly TwoFaced[] {
  const all = [MEDIA_TYPE.manifest, MEDIA_TYPE.dockerManifest, MEDIA_TYPE.index, MEDIA_TYPE.dockerIndex];
  return [...all, `${mediaType}; charset=utf-8`, mediaType.toUpperCase(), 'application/json'].flatMap((type) =>
    [mediaType, undefined].map((own): TwoFaced => {
      // A registry keeps one type for a digest.
      const annotations = { type };
      return {
        name: `${name}: ${own ? 'typed' : 'untyped'}, sent as ${type}`,
        bytes: Buffer.from(JSON.stringify({ ...Object(document), mediaType: own, annotations })),
        mediaType: type,
        is: 'odd',
      };
    }),
  );
}

/** Lists of entries that clients choose from in different ways. */
export function otherPlatforms([good, evil]: readonly [OciDescriptor, OciDescriptor]): readonly TwoFaced[] {
  const amd64 = { os: 'linux', architecture: 'amd64' };
  const lists: Readonly<Record<string, readonly Json[]>> = {
    'both for one platform': [
      { ...good, platform: amd64 },
      { ...evil, platform: amd64 },
    ],
    'one with a variant': [
      { ...good, platform: amd64 },
      { ...evil, platform: { ...amd64, variant: 'v2' } },
    ],
    'variants alone': [
      { ...good, platform: { ...amd64, variant: 'v3' } },
      { ...evil, platform: { ...amd64, variant: 'v2' } },
    ],
    'one without platform': [{ ...evil }, { ...good, platform: amd64 }],
    'an empty platform': [
      { ...evil, platform: {} },
      { ...good, platform: amd64 },
    ],
    'no platform': [{ ...good }, { ...evil }],
    'null for a platform': [
      { ...good, platform: null },
      { ...evil, platform: amd64 },
    ],
    capitals: [
      { ...evil, platform: { os: 'Linux', architecture: 'AMD64' } },
      { ...good, platform: amd64 },
    ],
    'another name of the architecture': [
      { ...evil, platform: { ...amd64, architecture: 'x86_64' } },
      { ...good, platform: amd64 },
    ],
    'versions of a system': [
      { ...evil, platform: { ...amd64, 'os.version': '10', 'os.features': ['a'] } },
      { ...good, platform: amd64 },
    ],
    'what looks like an attestation': [
      { ...evil, platform: amd64, annotations: { 'vnd.docker.reference.type': 'attestation-manifest' } },
      { ...good, platform: amd64 },
    ],
    'nothing but an attestation': [
      {
        ...evil,
        platform: { os: 'unknown', architecture: 'unknown' },
        annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
      },
      { ...good, platform: amd64 },
    ],
    'the same entry twice': [
      { ...good, platform: amd64 },
      { ...good, platform: amd64 },
    ],
    'data beside the digest': [
      { ...good, platform: amd64, data: 'e30=' },
      { ...evil, platform: { ...amd64, architecture: 'arm64' } },
    ],
  };
  return Object.entries(lists).flatMap(([name, manifests]) =>
    [manifests, manifests.toReversed()].map(
      (list, index): TwoFaced => ({
        name: `platforms: ${name}${index === 0 ? '' : ', the other way round'}`,
        bytes: Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: list })),
        mediaType: MEDIA_TYPE.index,
        is: 'odd',
      }),
    ),
  );
}
