// SPDX-License-Identifier: Apache-2.0
// registries.d: whether podman looks for signatures in a registry, and where else.

import { CountersignError } from '../../base/errors.ts';
import type { YamlMap, YamlNode } from '../../policy/yaml/node.ts';
import { GateError } from '../errors.ts';
import { type AskedImage, scopesOf } from './scopes.ts';

/** What is said about a place; undefined where nothing is, so that the next wider place counts. */
interface Place {
  readonly attachments: boolean | undefined;
  readonly lookaside: string | undefined;
}

/** The files of registries.d together. */
export interface Registries {
  readonly byDefault: Place | undefined;
  readonly places: ReadonlyMap<string, Place>;
}

/** The text of a file that turns signatures on for these places, and says where GPG signatures are. */
export function writeRegistries(places: readonly string[], lookaside?: string): string {
  return [
    'docker:',
    ...places.flatMap((place) => [
      `  ${JSON.stringify(place)}:`,
      '    use-sigstore-attachments: true',
      ...(lookaside === undefined ? [] : [`    lookaside: ${JSON.stringify(lookaside)}`]),
    ]),
    '',
  ].join('\n');
}

/**
 * What the files of registries.d say together.
 * @throws GateError GATE_CONFIGURATION_INVALID for what podman refuses, also where two of them speak of one place;
 * GATE_CONFIGURATION_UNREAD for YAML that readers take differently
 * @see https://github.com/containers/image/blob/v5.36.2/docker/registries_d.go
 */
export async function readRegistries(files: ReadonlyMap<string, string>): Promise<Registries> {
  // Most runs need no YAML.
  const { parseForeignYaml } = await import('../../policy/yaml/yaml.ts');
  let byDefault: Place | undefined;
  const places = new Map<string, Place>();
  for (const [file, text] of files) {
    const document = mapIn(documentOf(text, file, parseForeignYaml));
    const fallback = document?.entries.get('default-docker')?.value;
    if (fallback && !isNull(fallback)) {
      if (byDefault !== undefined) throw refuse(fallback, 'default-docker is in another file of the folder too');
      byDefault = placeIn(fallback);
    }
    const docker = document?.entries.get('docker')?.value;
    for (const [place, { value }] of (docker && mapIn(docker)?.entries) ?? []) {
      if (places.has(place)) throw refuse(value, `${place} is in another file of the folder too`);
      places.set(place, placeIn(value));
    }
  }
  return { byDefault, places };
}

/** Whether signatures in the tag of an image are looked for. */
export function usesAttachments(registries: Registries, image: AskedImage): boolean {
  return nearest(registries, image, ({ attachments }) => attachments) ?? false;
}

/** The URL of the folder that GPG signatures of an image are in; undefined for podman’s own on each machine. */
export function lookasideOf(registries: Registries, image: AskedImage): string | undefined {
  return nearest(registries, image, ({ lookaside }) => lookaside);
}

function nearest<T>({ byDefault, places }: Registries, image: AskedImage, of: (place: Place) => T | undefined) {
  const named = scopesOf(image).flatMap((scope) => places.get(scope) ?? []);
  return [...named, ...(byDefault ? [byDefault] : [])].map(of).find((value) => value !== undefined);
}

function documentOf(text: string, file: string, parse: (text: string, file: string) => YamlNode): YamlNode {
  try {
    return parse(text, file);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    const { message, location } = cause;
    throw new GateError('GATE_CONFIGURATION_UNREAD', `${file}: ${message}`, {
      cause,
      ...(location ? { location } : {}),
    });
  }
}

function placeIn(node: YamlNode): Place {
  const place = mapIn(node);
  const text = (name: string): string | undefined => {
    const value = place?.entries.get(name)?.value;
    if (!value || isNull(value)) return undefined;
    if (value.kind !== 'scalar') throw refuse(value, `${name} is no text`);
    return value.source === '' ? undefined : value.source;
  };
  for (const name of ['lookaside-staging', 'sigstore-staging']) text(name);
  const [lookaside, older] = [text('lookaside'), text('sigstore')];
  return {
    attachments: booleanIn(place?.entries.get('use-sigstore-attachments')?.value),
    lookaside: lookaside ?? older,
  };
}

/** The reader of podman takes these for booleans, with quotes too; of the others only those without. */
const YES: readonly string[] = ['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'];
const NO: readonly string[] = ['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'];

function booleanIn(node: YamlNode | undefined): boolean | undefined {
  if (!node || isNull(node)) return undefined;
  if (node.kind === 'scalar') {
    if (typeof node.value === 'boolean') return node.value;
    if (YES.includes(String(node.value))) return true;
    if (NO.includes(String(node.value))) return false;
  }
  throw refuse(node, 'use-sigstore-attachments is neither true nor false');
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** A map; undefined for null. @throws GateError GATE_CONFIGURATION_INVALID */
function mapIn(node: YamlNode): YamlMap | undefined {
  if (node.kind === 'map') return node;
  if (isNull(node)) return undefined;
  throw refuse(node, 'there is no map of names and values here');
}

function refuse({ location }: YamlNode, problem: string): GateError {
  const { file, line, column } = location;
  return new GateError('GATE_CONFIGURATION_INVALID', `${file}:${line}:${column}: ${problem}`, { location });
}
