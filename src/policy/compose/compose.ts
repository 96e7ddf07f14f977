// SPDX-License-Identifier: Apache-2.0
// A policy file, the files that it extends and one of its profiles → one tree, and the digest that stands for all of them.

import { dirname, isAbsolute, resolve } from 'node:path';
import { type Digest, sha256, utf8 } from '../../base/bytes.ts';
import { CountersignError } from '../../base/errors.ts';
import { didYouMean, quote } from '../../base/text.ts';
import { PolicyError } from '../errors.ts';
import { type Located, problemAt } from '../document/fields.ts';
import { isWhole, parseDocument } from '../document/document.ts';
import type { YamlMap, YamlNode } from '../yaml/node.ts';
import { composes, FILE, HEAD } from './fields.ts';
import { merge } from './merge.ts';

/** Files that extend one another, the first one included. */
const MAX_FILES = 8;

/** A file as it was read. */
export interface ComposedFile {
  /** As errors name it: the absolute path, or a word for a text. */
  readonly path: string;
  /** The path again where an absolute path led to it, so that it is the same file wherever the policy lies. */
  readonly name: string | undefined;
  readonly bytes: Uint8Array;
}

/** A file, and the tree in it. */
interface ReadFile extends ComposedFile {
  readonly node: YamlNode;
}

/** How a policy is put together. */
export interface ComposeOptions {
  /** Where relative paths of the first file start. */
  readonly folder: string;
  /** The profile that was chosen. */
  readonly profile: string | undefined;
  /** The bytes of another file. @throws CountersignError */
  readonly read: (file: Omit<ComposedFile, 'bytes'>) => Promise<Uint8Array>;
}

/** A policy that was put together. */
export interface Composition {
  readonly node: YamlNode;
  /** The profile that counts. */
  readonly profile: string | undefined;
  /** The policy file, and after it what each extends. */
  readonly files: readonly ComposedFile[];
  /** Stands for all files and the profile. */
  readonly digest: Digest;
}

interface Layer extends ReadFile {
  readonly base: Located | undefined;
}

/**
 * Puts a policy together that begins with this file.
 * @throws PolicyError POLICY_EXTENDS, POLICY_CYCLE, POLICY_OVERRIDE, POLICY_DUPLICATE, POLICY_PROFILE and those of a field
 */
export async function composePolicy(first: ReadFile, options: ComposeOptions): Promise<Composition> {
  const layers = await layersOf(first, options);
  const files = layers.map(({ path, name, bytes }) => ({ path, name, bytes }));
  const { node, profile } = choose(joined(layers), options.profile, files);
  return { node, profile, files, digest: digestOf(files, profile) };
}

/** Names of the profiles among which composePolicy chooses. @throws PolicyError as composePolicy */
export async function profilesOf(
  first: ComposedFile,
  options: Omit<ComposeOptions, 'profile'>,
): Promise<readonly string[]> {
  const whole = joined(await layersOf({ ...first, node: parseDocument(first.bytes, first.path) }, options));
  return whole.kind === 'map' ? headOf(whole).profiles.map(({ name }) => name) : [];
}

async function layersOf(file: ReadFile, options: Omit<ComposeOptions, 'profile'>): Promise<readonly Layer[]> {
  const first = layerOf(file);
  const layers = [first];
  for (let { base } = first; base; base = layers.at(-1)?.base) layers.push(await extended(base, layers, options));
  return layers;
}

function joined(layers: readonly Layer[]): YamlNode {
  const trees: readonly YamlNode[] = layers.map(({ node }) => node);
  const location = trees[0]?.location ?? { file: '', line: 1, column: 1 };
  const nothing: YamlMap = { kind: 'map', location, entries: new Map() };
  return trees.reduceRight(merged, nothing);
}

function layerOf(file: ReadFile, isExtended = false): Layer {
  const { node } = file;
  // Otherwise the reader of what it says reads all of it.
  if (!isWhole(node) || isExtended) FILE.read(node, '');
  if (node.kind !== 'map' || isWhole(node)) return { ...file, base: undefined };
  return { ...file, node: without(node, 'extends'), base: headOf(node).extends };
}

function headOf({ entries, ...map }: YamlMap) {
  return HEAD.read({ ...map, entries: new Map([...entries].filter(([key]) => composes(key))) }, '');
}

function without({ entries, ...map }: YamlMap, ...keys: readonly string[]): YamlMap {
  return { ...map, entries: new Map([...entries].filter(([key]) => !keys.includes(key))) };
}

/** Reads the file that the last layer extends. */
async function extended(
  base: Located,
  layers: readonly Layer[],
  { folder, read }: Omit<ComposeOptions, 'profile'>,
): Promise<Layer> {
  const { file } = base.location;
  const path = resolve(isAbsolute(file) ? dirname(file) : folder, base.value);
  const chain = [...layers.map((layer) => layer.path), path];
  if (layers.some((layer) => layer.path === path))
    throw problemAt(
      base,
      'POLICY_CYCLE',
      `files extend each other: ${chain.slice(chain.indexOf(path)).join(' extends ')}`,
      'take one of the lines extends out',
    );
  if (layers.length === MAX_FILES)
    throw problemAt(
      base,
      'POLICY_EXTENDS',
      `more than ${MAX_FILES} files extend one another: ${chain.join(' extends ')}`,
      'put some of the files together',
    );
  const name = isAbsolute(base.value) || layers.at(-1)?.name !== undefined ? path : undefined;
  const bytes = await readExtended({ base, path, name }, read);
  return layerOf({ path, name, bytes, node: parseDocument(bytes, path) }, true);
}

async function readExtended(
  { base, ...file }: { readonly base: Located } & Omit<ComposedFile, 'bytes'>,
  read: ComposeOptions['read'],
): Promise<Uint8Array> {
  try {
    return await read(file);
  } catch (cause) {
    if (!(cause instanceof CountersignError) || cause instanceof PolicyError) throw cause;
    throw new PolicyError('POLICY_EXTENDS', `the file that is extended cannot be read: ${cause.message}`, {
      cause,
      location: base.location,
      hint: `check the path; relative ones start at ${dirname(base.location.file)}`,
    });
  }
}

/** What is no map is refused by its reader. */
function merged(before: YamlNode, after: YamlNode): YamlNode {
  return before.kind === 'map' && after.kind === 'map' ? merge(before, after) : after;
}

/** The tree with the chosen profile in it. */
function choose(
  node: YamlNode,
  wanted: string | undefined,
  files: readonly ComposedFile[],
): Pick<Composition, 'node' | 'profile'> {
  const map: YamlMap = node.kind === 'map' ? node : { kind: 'map', location: node.location, entries: new Map() };
  const { profiles, defaultProfile } = headOf(map);
  const names = profiles.map(({ name }) => name);
  const list = names.join(', ');
  if (defaultProfile && !names.includes(defaultProfile.value))
    throw problemAt(
      defaultProfile,
      'POLICY_UNKNOWN_NAME',
      `defaultProfile is ${quote(defaultProfile.value)}, which is no profile`,
      didYouMean(defaultProfile.value, names),
    );
  const profile = wanted ?? defaultProfile?.value;
  if (profile === undefined && names.length === 0) return { node, profile };
  const place = map.entries.get('profiles') ?? map;
  if (profile === undefined)
    throw problemAt(
      place,
      'POLICY_PROFILE',
      `the policy has profiles: ${list}`,
      'choose one by ⟨profile⟩, or write defaultProfile',
    );
  const body = map.entries.get('profiles')?.value;
  const chosen = body?.kind === 'map' ? body.entries.get(profile)?.value : undefined;
  if (chosen?.kind !== 'map')
    throw problemAt(
      place,
      'POLICY_PROFILE',
      names.length === 0
        ? `the policy has no profiles, and ${quote(profile)} was chosen`
        : `the policy has no profile ${quote(profile)}, only ${list}`,
      names.length === 0 ? 'leave ⟨profile⟩ out' : didYouMean(profile, names),
    );
  const shared = without(map, 'profiles', 'defaultProfile');
  const paths = files.map(({ path }) => path);
  const extending = paths.slice(0, Math.max(0, paths.indexOf(chosen.location.file)));
  return { node: { ...merge(shared, chosen, extending), location: map.location }, profile };
}

/**
 * Of a single file its SHA-256. Of more than that, the SHA-256 of a document that names all of it and is no policy itself,
 * so that no file has the digest of another composition.
 */
function digestOf(files: readonly ComposedFile[], profile: string | undefined): Digest {
  const digests = files.map(({ bytes }) => sha256(bytes));
  const [only, ...more] = digests;
  if (only && more.length === 0 && profile === undefined) return only;
  return sha256(
    utf8(JSON.stringify({ policy: 'urn:countersign:policy:v1', files: digests, profile: profile ?? null })),
  );
}
