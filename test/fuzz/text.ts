// SPDX-License-Identifier: Apache-2.0
// Damage to texts: armor, PEM, YAML, headers. Lines doubled, moved, indented and ended otherwise; words of the format put
// where they do not belong; what an armored block holds damaged as what it is.

import { copies, type Material } from './bytes.ts';
import { mutateDer, mutatePackets } from './der.ts';
import type { Random } from './random.ts';

const ARMORED =
  /(-----BEGIN [A-Z0-9 ]+-----\r?\n(?:[^\n]*:[^\n]*\n)*\r?\n?)([A-Za-z0-9+/=\s]+?)(\r?\n(?:=[A-Za-z0-9+/]{4}\r?\n)?-----END)/g;

/** The text with one thing changed. */
export function mutateText(random: Random, text: string, material: Material): string {
  if (text.includes('-----BEGIN') && !random.once(3)) return mutateArmored(random, text, material);
  return random.once(3) ? mutateWord(random, text, material) : mutateLines(random, text, material);
}

function mutateArmored(random: Random, text: string, material: Material): string {
  const blocks = [...text.matchAll(ARMORED)];
  const block = random.pick(blocks);
  if (!block) return mutateLines(random, text, material);
  const [whole, head = '', body = '', tail = ''] = block;
  const bytes = new Uint8Array(Buffer.from(body.replaceAll(/\s/g, ''), 'base64'));
  const changed = (bytes[0] === 0x30 ? mutateDer : mutatePackets)(random, bytes, material) ?? bytes;
  const lines = Buffer.from(changed)
    .toString('base64')
    .match(/.{1,64}/g) ?? [''];
  const at = block.index;
  return text.slice(0, at) + head + lines.join('\n') + tail.replace(/\n=[^\n]*/, '') + text.slice(at + whole.length);
}

function mutateWord(random: Random, text: string, { words }: Material): string {
  const tokens = [...text.matchAll(/[A-Za-z0-9_.:@/=+-]+/g)];
  const token = random.pick(tokens);
  const word = random.pick(words) ?? '';
  if (!token) return word;
  const other = random.once(2) ? word : (random.pick(tokens)?.[0] ?? word);
  const end = token.index + token[0].length;
  const put = random.once(3) ? `${other} ${token[0]}` : other;
  return text.slice(0, token.index) + put + text.slice(end);
}

function mutateLines(random: Random, text: string, { words }: Material): string {
  const lines = text.split('\n');
  const at = random.below(lines.length);
  const line = lines[at] ?? '';
  const column = random.below(line.length + 1);
  switch (random.below(11)) {
    case 0:
      lines.splice(at, 1);
      break;
    case 1:
      lines.splice(at, 0, ...Array.from({ length: copies(random.once(20) ? 3000 : 1, line.length) }, () => line));
      break;
    case 2:
      lines.splice(random.below(lines.length), 0, line);
      break;
    case 3:
      lines[at] = ' '.repeat(random.below(5)) + line;
      break;
    case 4:
      lines[at] = line.trimStart();
      break;
    case 5:
      lines[at] = line.slice(0, column) + (random.pick(words) ?? '') + line.slice(column);
      break;
    case 6:
      lines.splice(at, 0, random.pick(words) ?? '');
      break;
    case 7:
      return lines.join(random.pick(['\r\n', '\r', '\n\n', ' ']));
    case 8:
      lines[at] = line + random.pick([' ', '\t', '\r', '\u00a0', '\u2028', '#', ':', ' -', '\\']);
      break;
    case 9:
      lines[at] =
        line.slice(0, column) + random.pick(['\u0000', '\ufeff', '\u202e', 'ſ', '\u001b']) + line.slice(column);
      break;
    default:
      lines[at] = line.slice(0, column) + line.slice(column + 1 + random.below(4));
  }
  return lines.join('\n');
}
