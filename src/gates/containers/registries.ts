// SPDX-License-Identifier: Apache-2.0
// registries.d: whether podman looks for signatures in a registry at all.

import type { YamlNode } from '../../policy/yaml/node.ts';
import { GateError } from '../errors.ts';
import { scopesOf } from './policy-json.ts';

/** Which places have `use-sigstore-attachments`. */
export interface AttachmentUse {
  readonly byDefault: boolean;
  readonly places: ReadonlyMap<string, boolean>;
}

/** The text of a file that turns signatures on for these places. */
export function writeRegistries(places: readonly string[]): string {
  return [
    'docker:',
    ...places.flatMap((place) => [`  ${JSON.stringify(place)}:`, '    use-sigstore-attachments: true']),
    '',
  ].join('\n');
}

/**
 * What the files of registries.d say together.
 * @throws GateError GATE_CONFIGURATION_INVALID, also where two of them speak of one place, which podman refuses
 */
export async function readRegistries(files: ReadonlyMap<string, string>): Promise<AttachmentUse> {
  // Most runs need no YAML.
  const { parseYaml } = await import('../../policy/yaml/yaml.ts');
  let byDefault: boolean | undefined;
  const places = new Map<string, boolean>();
  for (const [file, text] of files) {
    const document = parseYaml(text, file);
    const fallback = entry(document, 'default-docker');
    if (fallback) {
      if (byDefault !== undefined) throw twice(file, 'default-docker');
      byDefault = isOn(fallback);
    }
    const docker = entry(document, 'docker');
    for (const [place, { value }] of docker?.kind === 'map' ? docker.entries : []) {
      if (places.has(place)) throw twice(file, place);
      places.set(place, isOn(value));
    }
  }
  return { byDefault: byDefault ?? false, places };
}

/** Whether signatures of an image in this repository are looked for. */
export function usesAttachments({ byDefault, places }: AttachmentUse, name: string): boolean {
  const found = scopesOf({ name }).find((scope) => places.has(scope));
  return found === undefined ? byDefault : (places.get(found) ?? false);
}

function entry(node: YamlNode, key: string): YamlNode | undefined {
  return node.kind === 'map' ? node.entries.get(key)?.value : undefined;
}

function isOn(node: YamlNode): boolean {
  const value = entry(node, 'use-sigstore-attachments');
  return value?.kind === 'scalar' && value.value === true;
}

function twice(file: string, place: string): GateError {
  return new GateError('GATE_CONFIGURATION_INVALID', `${file}: ${place} is in another file of the folder too`);
}
