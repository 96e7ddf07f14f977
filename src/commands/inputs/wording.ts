// SPDX-License-Identifier: Apache-2.0
// How hints speak of inputs. They are written once, with a notation of their own, and each face shows its words: a flag
// is no line of a workflow. The notation is ⟨name⟩ for an input, and ⟨name=value⟩ for an input with a value. No renderer
// changes its brackets, and no text of ours has them otherwise.

import { REGISTRY_INPUTS, SIGNING_INPUTS } from './common.ts';
import type { InputSpec } from './spec.ts';

/** Who reads: the log and pages of a step, somebody at a terminal, or the documentation, which is for both. */
export type Face = 'actions' | 'terminal' | 'docs';

/** In Markdown the equals sign is a character reference. */
const MENTION = /⟨([a-z][a-z0-9-]*)(?:(?:=|&#61;)([^⟨⟩]*))?⟩/g;

/** Inputs that are no flags: their text comes from a file or the environment. */
const FROM_FILES: ReadonlySet<string> = new Set(
  [...SIGNING_INPUTS, ...REGISTRY_INPUTS].filter(holdsSecret).map(({ name }) => name),
);

function holdsSecret({ type }: Pick<InputSpec, 'type'>): boolean {
  return type === 'secret' || type === 'pem';
}

/** `COUNTERSIGN_KEY` for `key`. */
export function environmentName(input: string): string {
  return `COUNTERSIGN_${input.toUpperCase().replaceAll('-', '_')}`;
}

/** The text with every input in the words of the face. */
export function inWordsOf(face: Face, text: string): string {
  return text.replace(MENTION, (_, name: string, value: string | undefined) => {
    if (face === 'docs') return `\`${value === undefined ? name : inAction(name, value)}\``;
    return face === 'actions' ? inAction(name, value) : onCommandLine(name, value);
  });
}

function inAction(name: string, value: string | undefined): string {
  if (value !== undefined) return `${name}: ${value}`;
  return FROM_FILES.has(name) ? `${name} (or ${name}-path)` : name;
}

function onCommandLine(name: string, value: string | undefined): string {
  if (value === undefined) return FROM_FILES.has(name) ? `--${name}-path (or ${environmentName(name)})` : `--${name}`;
  if (value === 'true') return `--${name}`;
  return value === 'false' ? `--${name}=false` : `--${name} ${value}`;
}
