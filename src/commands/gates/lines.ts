// SPDX-License-Identifier: Apache-2.0
// A gate's verdict for people.

import type { GateVerdict } from '../../gates/verdict.ts';
import { printable } from '../../base/text.ts';

/** The verdict in the gate's words and ours. */
export function gateLines(name: string, { gate, verdict, words, reasons }: GateVerdict): readonly string[] {
  return [
    `${verdict === 'allowed' ? '✓' : '✗'} ${printable(name)}  ${gate}: ${verdict}`,
    ...(words ? [`  the gate says: ${printable(words, 2000)}`] : []),
    ...reasons.flatMap(({ code, message, hint, severity }) => [
      `  ${printable(message, 2000)} [${code}]`,
      ...(severity === 'remark' ? [] : [`    → ${hint}`]),
    ]),
  ];
}
