// SPDX-License-Identifier: Apache-2.0
// WWW-Authenticate headers → challenges: several may share one header, values may be quoted and hold commas.

export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const PARAMETER = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;
const SEPARATOR = /[ \t,]*/y;
const MAX_HEADER_CHARS = 16 * 1024;

/**
 * Every challenge in the headers, in order; what cannot be understood is left out.
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-11.6.1
 */
export function parseChallenges(headers: readonly string[]): readonly Challenge[] {
  return headers.flatMap((header) => parseHeader(header.slice(0, MAX_HEADER_CHARS)));
}

function parseHeader(header: string): readonly Challenge[] {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const match = pattern.exec(header) ?? undefined;
    if (match) at = pattern.lastIndex;
    return match;
  };
  while (at < header.length) {
    take(SEPARATOR);
    const parameter = take(PARAMETER);
    const current = challenges.at(-1);
    if (parameter && current) {
      const [, name = '', quoted, plain] = parameter;
      if (!current.parameters.has(name.toLowerCase()))
        current.parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
      continue;
    }
    const scheme = take(TOKEN)?.[0];
    if (scheme === undefined) break;
    challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
  }
  return challenges;
}
