// SPDX-License-Identifier: Apache-2.0
// Manifests and indexes in which two readers could find two things: a member given twice, in every spelling that a
// reader might take for its name, with the other value before or after it.

import type { OciDescriptor } from '../../src/oci/oci.ts';

/** How the second member is spelled; whether a reader may take it for the first. */
const SPELLINGS: Readonly<Record<string, { readonly same: boolean; readonly of: (name: string) => string }>> = {
  'the same': { same: true, of: (name) => name },
  'an escape': { same: true, of: (name) => `\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}` },
  capitals: { same: true, of: (name) => name.toUpperCase() },
  'a capital': { same: true, of: (name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}` },
  'an escaped capital': {
    same: true,
    of: (name) => `\\u00${name.charAt(0).toUpperCase().charCodeAt(0).toString(16)}${name.slice(1)}`,
  },
  'a capital at the end': { same: true, of: (name) => `${name.slice(0, -1)}${name.slice(-1).toUpperCase()}` },
  'a long s': { same: true, of: (name) => (name.includes('s') ? name.replace('s', '\\u017f') : name.toUpperCase()) },
  'a long s in bytes': { same: true, of: (name) => (name.includes('s') ? name.replace('s', 'ſ') : name.toUpperCase()) },
  'an underscore': { same: true, of: (name) => `${name.slice(0, 3)}_${name.slice(3)}` },
  'a dotless i': { same: false, of: (name) => (name.includes('i') ? name.replace('i', '\\u0131') : `${name}\\u0131`) },
  'a space': { same: false, of: (name) => `${name} ` },
  'a zero-width space': { same: false, of: (name) => `${name}\\u200b` },
  'a full-width letter': { same: false, of: (name) => `\\uff4c${name.slice(1)}` },
  'a null character': { same: false, of: (name) => `${name}\\u0000` },
};

/** What is changed in a manifest or index; the members beside those of the first entry. */
const TARGETS = {
  manifest: ['layers', 'digest', 'mediaType', 'annotations', 'size', 'config', 'media type', 'schemaVersion'],
  index: ['manifests', 'digest', 'mediaType', 'platform', 'size', 'annotations', 'media type', 'schemaVersion'],
} as const;

/** A document made to mislead. */
export interface TwoFaced {
  readonly kind: 'manifest' | 'index';
  readonly name: string;
  readonly text: string;
  /** True when a reader may find the other thing in it. */
  readonly ambiguous: boolean;
}

/** The two things, and where they are. */
export interface Faces {
  readonly mediaType: string;
  readonly config: OciDescriptor;
  /** JSON of an entry for either, without its braces: type, size, digest, and annotations or platform. */
  readonly good: Readonly<Record<string, string>>;
  readonly evil: Readonly<Record<string, string>>;
}

/** Every document of a kind. */
export function twoFaced(kind: TwoFaced['kind'], faces: Faces): readonly TwoFaced[] {
  const doubled = TARGETS[kind].flatMap((target) =>
    Object.entries(SPELLINGS).flatMap(([spelling, { same, of }]) =>
      (['before', 'after'] as const).map((place) => ({
        kind,
        name: `${target} by ${spelling} ${place}`,
        text: doubledText(kind, faces, { target, of, place }),
        ambiguous: same,
      })),
    ),
  );
  return [...doubled, ...honest(kind, faces)];
}

/** The same thing in other words: nobody can find another one in these. */
function honest(kind: TwoFaced['kind'], faces: Faces): readonly TwoFaced[] {
  const { head, list, entry } = parts(kind, faces);
  const plain = objectOf([...head, [list, `[${objectOf(entry)}]`]]);
  const texts = {
    'as it is': plain,
    'other white space': ` ${plain.replaceAll(',', '\n,\t').replaceAll(':{', ': \r\n{')}\n`,
    'another order': objectOf([[list, `[${objectOf(entry.toReversed())}]`], ...head.toReversed()]),
    'escaped names': plain.replace(`"${list}"`, `"\\u00${list.charCodeAt(0).toString(16)}${list.slice(1)}"`),
    'more members': objectOf([...head, ['more', '{"a":[1,{"b":null}]}'], [list, `[${objectOf(entry)}]`]]),
    'the other one below an unknown member': objectOf([
      ...head,
      [list, `[${objectOf(entry)}]`],
      ['more', objectOf([[list, `[${objectOf(Object.entries(faces.evil))}]`]])],
    ]),
    'free names in two cases': objectOf([
      ...head,
      ['annotations', '{"a":"1","A":"2"}'],
      [list, `[${objectOf(entry)}]`],
    ]),
  };
  return Object.entries(texts).map(([name, text]) => ({ kind, name, text, ambiguous: false }));
}

type Members = readonly (readonly [string, string])[];

function parts(kind: TwoFaced['kind'], { mediaType, config, good }: Faces) {
  const head: Members = [
    ['schemaVersion', '2'],
    ['mediaType', JSON.stringify(mediaType)],
    ...(kind === 'manifest' ? ([['config', JSON.stringify(config)]] as const) : []),
  ];
  return { head, list: kind === 'manifest' ? 'layers' : 'manifests', entry: Object.entries(good) };
}

function doubledText(
  kind: TwoFaced['kind'],
  faces: Faces,
  {
    target,
    of,
    place,
  }: { readonly target: string; readonly of: (name: string) => string; readonly place: 'before' | 'after' },
): string {
  const { head, list, entry } = parts(kind, faces);
  const whole: Members = [...head, [list, `[${objectOf(entry)}]`]];
  const add = (members: Members, name: string, value: string): Members =>
    place === 'before' ? [[of(name), value], ...members] : [...members, [of(name), value]];
  if (target === list) return objectOf(add(whole, list, `[${objectOf(Object.entries(faces.evil))}]`));
  if (target === 'media type') return objectOf(add(whole, 'mediaType', '"application/vnd.oci.image.manifest.v1+json"'));
  if (target === 'config' || target === 'schemaVersion')
    return objectOf(add(whole, target, target === 'config' ? objectOf(Object.entries(faces.evil)) : '1'));
  const changed = add(entry, target, faces.evil[target] ?? '{"a":"b"}');
  return objectOf([...head, [list, `[${objectOf(changed)}]`]]);
}

function objectOf(members: Members): string {
  return `{${members.map(([name, value]) => `"${name}":${value}`).join(',')}}`;
}
