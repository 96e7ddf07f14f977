// SPDX-License-Identifier: Apache-2.0
// What scanners of packages put into the text of a SARIF result, because the format has no member for it.

import type { JsonObject } from '../../base/json.ts';
import { objectOf, printable } from './fields.ts';

/** What the text of a result says. */
export interface MessageFacts {
  readonly package?: string | undefined;
  readonly version?: string | undefined;
  readonly fixedIn?: readonly string[] | undefined;
  /** The word that the same scanner's JSON has. */
  readonly severity?: string | undefined;
}

const GRYPE = /^A (\w+) vulnerability in \S+ package: (.+), version (.+) was found /;
const OSV = /^Package '(.+)@([^@]*)' is vulnerable to /s;

/** Only tools whose texts are known say a severity that counts. */
export function readMessage(result: JsonObject, scanner: string): MessageFacts {
  const { text } = objectOf(result['message'], 'message');
  if (typeof text !== 'string') return {};
  const start = text.slice(0, 4000);
  const grype = scanner.toLowerCase() === 'grype' ? GRYPE.exec(start) : null;
  if (grype) {
    const [, word, name = '', version = ''] = grype;
    // Grype writes low for negligible and unknown ones too.
    return { package: printable(name), version: printable(version), severity: word === 'low' ? undefined : word };
  }
  const osv = scanner === 'osv-scanner' ? OSV.exec(start) : null;
  if (osv) return { package: printable(osv[1] ?? ''), version: printable(osv[2] ?? '') };
  const lines = messageLines(start);
  const fixed = lines.get('fixed version');
  return {
    package: lines.get('package'),
    version: lines.get('installed version'),
    fixedIn: fixed === undefined ? [] : [fixed],
    severity: ['Trivy', 'countersign'].includes(scanner) ? lines.get('severity') : undefined,
  };
}

/** `Package: openssl` lines. What is there twice with two values is no answer: a name in the report may hold lines. */
function messageLines(text: string): ReadonlyMap<string, string | undefined> {
  const lines = new Map<string, string | undefined>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(': ');
    const value = colon > 0 ? printable(line.slice(colon + 2)) : '';
    const name = line.slice(0, colon).trim().toLowerCase();
    if (value !== '') lines.set(name, lines.has(name) && lines.get(name) !== value ? undefined : value);
  }
  return lines;
}
