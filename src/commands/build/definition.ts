// SPDX-License-Identifier: Apache-2.0
// What does a definition file build on? Reads the headers of all its stages, with line numbers, as Apptainer reads
// them; the sections are Apptainer's business. Pure.

import type { SourceLocation } from '../../base/errors.ts';
import { BuildError } from './errors.ts';

/** A value of a definition file and its line, from 1. */
interface HeaderValue {
  readonly value: string;
  readonly line: number;
}

/** The header of one build stage. */
interface DefinitionStage {
  /** Line of its `Bootstrap:`. */
  readonly line: number;
  /** Lower-case key → value; a repeated key counts as Apptainer does it, the last one. */
  readonly header: ReadonlyMap<string, HeaderValue>;
  /** Header lines that are no `Key: value`. */
  readonly unreadable: readonly number[];
}

/** The headers of a definition file. */
export interface Definition {
  readonly stages: readonly DefinitionStage[];
  /** Defaults of the `%arguments` section. */
  readonly defaults: ReadonlyMap<string, string>;
}

/** What a stage is built on. */
export interface StageBase {
  /** Lower-case bootstrap agent. */
  readonly agent: string;
  /** Empty for agents that need none. */
  readonly from: string;
  readonly line: number;
}

const HEADER_KEYS =
  /^(bootstrap|from|includecmd|mirrorurl|updateurl|osversion|include|library|registry|namespace|stage|product|user|regcode|productpgp|registerurl|modules|otherurl[0-9]+|fingerprints|confurl|setopt|target|frontend|filename|buildargs)$/;

/**
 * The stages of a definition.
 * @throws BuildError BUILD_DEFINITION_INVALID when there is no `Bootstrap:` line
 * @see https://github.com/apptainer/apptainer/blob/v1.4.5/pkg/build/types/parser/deffile.go and docs/spec/sif.md, 12.2
 */
export function parseDefinition(text: string, file: string): Definition {
  const lines = text.split(/\r?\n/);
  const starts = lines.flatMap((line, index) => (/^\s*bootstrap\s*:/i.test(line) ? [index] : []));
  if (starts.length === 0)
    throw new BuildError('BUILD_DEFINITION_INVALID', `${file} has no line "Bootstrap: …"`, {
      hint: 'begin the definition with Bootstrap: and From:, or give an image address as source instead',
      location: { file, line: 1, column: 1 },
    });
  const stages = starts.map((start, index) => parseStage(lines, start, starts[index + 1] ?? lines.length));
  return { stages, defaults: parseDefaults(lines) };
}

function parseStage(lines: readonly string[], start: number, end: number): DefinitionStage {
  const header = new Map<string, HeaderValue>();
  const unreadable: number[] = [];
  for (let index = start; index < end; index += 1) {
    const line = (lines[index] ?? '').trim();
    if (line.startsWith('%')) break;
    if (line === '' || line.startsWith('#')) continue;
    const colon = line.indexOf(':');
    const key = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
    const value =
      line
        .slice(colon + 1)
        .split('#', 1)[0]
        ?.trim() ?? '';
    if (colon < 1 || !HEADER_KEYS.test(key)) unreadable.push(index + 1);
    else header.set(key, { value, line: index + 1 });
  }
  return { line: start + 1, header, unreadable };
}

function parseDefaults(lines: readonly string[]): ReadonlyMap<string, string> {
  const defaults = new Map<string, string>();
  let inside = false;
  for (const line of lines) {
    const trimmed = line.trim();
    if (trimmed.startsWith('%')) inside = /^%arguments\b/i.test(trimmed);
    else if (inside && !trimmed.startsWith('#') && trimmed.includes('=')) {
      const at = trimmed.indexOf('=');
      defaults.set(trimmed.slice(0, at).trim(), trimmed.slice(at + 1).trim());
    }
  }
  return defaults;
}

/** The location of the header line that Apptainer complains about as an unknown keyword; undefined when it is not found. */
export function unknownHeader(definition: Definition, file: string): SourceLocation | undefined {
  const line = definition.stages.flatMap(({ unreadable }) => unreadable)[0];
  return line === undefined ? undefined : { file, line, column: 1 };
}

/**
 * What every stage is built on, templates filled in.
 * @throws BuildError BUILD_BASE_UNVERIFIABLE when that cannot be told with certainty
 */
export function stageBases(
  definition: Definition,
  file: string,
  buildArgs: ReadonlyMap<string, string>,
): readonly StageBase[] {
  return definition.stages.map(({ header, line, unreadable }) => {
    if (unreadable[0] !== undefined) throw unclear(file, unreadable[0], 'this header line cannot be read');
    const resolve = (key: string) => {
      const found = header.get(key);
      return found ? fill(found, { buildArgs, defaults: definition.defaults, file }) : '';
    };
    const agent = resolve('bootstrap').toLowerCase();
    const parts = agent === 'docker' ? ['registry', 'namespace', 'from'] : ['from'];
    const from =
      resolve('from') === ''
        ? ''
        : parts
            .map(resolve)
            .filter((part) => part !== '')
            .join('/');
    return { agent, from, line: header.get('from')?.line ?? line };
  });
}

interface Arguments {
  readonly buildArgs: ReadonlyMap<string, string>;
  readonly defaults: ReadonlyMap<string, string>;
  readonly file: string;
}

function fill({ value, line }: HeaderValue, { buildArgs, defaults, file }: Arguments): string {
  const filled = value.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (_match, name: string) => {
    const known = buildArgs.get(name) ?? defaults.get(name);
    if (known === undefined) throw unclear(file, line, `the build argument ${JSON.stringify(name)} has no value`);
    return known;
  });
  const clean = filled.split('#', 1)[0]?.trim() ?? '';
  if (/[{}]/.test(clean)) throw unclear(file, line, 'the template is not closed, or refers to another one');
  return clean;
}

function unclear(file: string, line: number, problem: string): BuildError {
  return new BuildError(
    'BUILD_BASE_UNVERIFIABLE',
    `${file}, line ${line}: ${problem}, so the base cannot be verified`,
    {
      location: { file, line, column: 1 },
    },
  );
}
