// SPDX-License-Identifier: Apache-2.0
// JSON that is damaged where readers differ: members doubled, spelled in another case, moved, deepened; and what texts
// hold in base64 damaged in turn. Reads its own result with every member, as no ordinary reader does.

import { decodeUtf8, utf8 } from '../../src/base/bytes.ts';
import { copies, type Material } from './bytes.ts';
import type { Random } from './random.ts';

/** A document in which an object may have a member twice. */
type Node =
  | { readonly is: 'object'; readonly members: Member[] }
  | { readonly is: 'list'; readonly members: Member[] }
  /** A text, by its value. */
  | { readonly is: 'text'; readonly text: string }
  /** Any other value as it is written. */
  | { readonly is: 'raw'; readonly text: string };

/** An entry; lists leave the name out of account. */
interface Member {
  name: string;
  value: Node;
}

/** Damages bytes in a way that fits what they are. */
type MutateAny = (random: Random, bytes: Uint8Array, material: Material) => Uint8Array;

const RAW = [
  'null',
  'true',
  '0',
  '-0',
  '1',
  '-1',
  '1e999',
  '-1e-999',
  '9007199254740993',
  '2147483648',
  '4294967296',
  '18446744073709551616',
  '0.1',
  '1e2',
  '[]',
  '{}',
  '""',
  '[[]]',
  '{"":null}',
  '"\\ud800"',
  '"\\u0000"',
  '[null]',
  'NaN',
  '01',
  "'x'",
  '{"__proto__":{"a":1}}',
  '"sha256:"',
  '"../../etc/passwd"',
]; // prettier-ignore

/** What is nested for a reader to fail at is not taken apart here. */
const MAX_DEPTH = 150;

/** A parsed document. @throws RangeError when it is nested too deeply */
function readNode(value: unknown, depth = 0): Node {
  if (depth > MAX_DEPTH) throw new RangeError('nested too deeply');
  if (typeof value === 'string') return { is: 'text', text: value };
  if (Array.isArray(value))
    return { is: 'list', members: value.map((item) => ({ name: '', value: readNode(item, depth + 1) })) };
  if (typeof value === 'object' && value !== null)
    return {
      is: 'object',
      members: Object.entries(value).map(([name, item]) => ({ name, value: readNode(item, depth + 1) })),
    };
  return { is: 'raw', text: JSON.stringify(value) };
}

/** The document as text. */
function writeNode(node: Node): string {
  if (node.is === 'raw') return node.text;
  if (node.is === 'text') return JSON.stringify(node.text);
  if (node.is === 'list') return `[${node.members.map(({ value }) => writeNode(value)).join(',')}]`;
  return `{${node.members.map(({ name, value }) => `${writeName(name)}:${writeNode(value)}`).join(',')}}`;
}

/** A name that is escaped already is left so. */
function writeName(name: string): string {
  return name.includes('\\u') ? `"${name}"` : JSON.stringify(name);
}

/** The bytes with some things changed; undefined when they are no JSON. */
export function mutateJson(
  random: Random,
  bytes: Uint8Array,
  material: Material,
  mutateAny: MutateAny,
): Uint8Array | undefined {
  let root: Node;
  try {
    root = readNode(JSON.parse(decodeUtf8(bytes, 'seed')));
  } catch {
    return undefined;
  }
  for (let times = 1 + random.below(3); times > 0; times -= 1) mutateOnce(random, root, { material, mutateAny });
  const text = writeNode(root);
  return utf8(
    random.once(20) ? (random.pick([`\ufeff${text}`, `${text}{}`, ` ${text}\n`, `${text}\0`]) ?? text) : text,
  );
}

interface Tools {
  readonly material: Material;
  readonly mutateAny: MutateAny;
}

function mutateOnce(random: Random, root: Node, tools: Tools): void {
  const holders = containers(root).filter(({ members }) => members.length > 0);
  const { members } = random.pick(holders) ?? { members: [] };
  const at = random.below(members.length);
  const member = members[at];
  if (!member) return;
  const otherValue = (): Node => {
    const source = random.pick(random.pick(holders)?.members ?? []);
    return random.once(2) && source ? structuredClone(source.value) : mutateValue(random, member.value, tools);
  };
  switch (random.below(11)) {
    case 0:
      members.splice(at, 1);
      return;
    case 1:
      members.splice(at + random.below(2), 0, { name: member.name, value: otherValue() });
      return;
    case 2:
    case 3: {
      const name = respell(random, member.name);
      members.splice(random.below(members.length + 1), 0, { name, value: otherValue() });
      return;
    }
    case 4:
      member.name = random.once(2) ? respell(random, member.name) : (random.pick(tools.material.words) ?? '');
      return;
    case 5: {
      const other = random.pick(members) ?? member;
      [member.value, other.value] = [other.value, member.value];
      return;
    }
    case 6:
      member.value = deepened(random, member.value);
      return;
    case 7:
      members.push(...repeated(member, random.once(20) ? 1500 : 3));
      return;
    default:
      member.value = random.once(3) ? otherValue() : mutateValue(random, member.value, tools);
  }
}

function repeated(member: Member, times: number): readonly Member[] {
  const length = copies(times, writeNode(member.value).length);
  return Array.from({ length }, () => structuredClone(member));
}

function containers(node: Node): readonly { readonly members: Member[] }[] {
  if (node.is === 'text' || node.is === 'raw') return [];
  return [node, ...node.members.flatMap(({ value }) => containers(value))];
}

function deepened(random: Random, value: Node): Node {
  const times = random.once(10) ? 3000 : 1 + random.below(70);
  const open = random.once(2) ? '[' : '{"a":';
  const close = open === '[' ? ']' : '}';
  return { is: 'raw', text: open.repeat(times) + writeNode(value) + close.repeat(times) };
}

/** The name as another reader might take it for the same. */
function respell(random: Random, name: string): string {
  const at = random.below(name.length);
  const letter = name.charAt(at);
  const swap = (to: string): string => name.slice(0, at) + to + name.slice(at + 1);
  const forms = [
    name.toUpperCase(),
    swap(letter.toUpperCase()),
    swap(letter.toLowerCase()),
    swap(`\\u${(name.codePointAt(at) ?? 0x61).toString(16).padStart(4, '0')}`),
    name.replace('s', '\u017f'),
    name.replace('k', '\u212a'),
    name.replace(/[A-Z]/, (capital) => `_${capital.toLowerCase()}`),
    `${name} `,
    name,
  ];
  return random.pick(forms) ?? name;
}

function mutateValue(random: Random, value: Node, { material, mutateAny }: Tools): Node {
  if (value.is !== 'text' || random.once(5)) return { is: 'raw', text: random.pick(RAW) ?? 'null' };
  const { text } = value;
  const inner =
    /^[A-Za-z0-9+/]{8,}={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, 'base64') : undefined;
  if (inner && random.below(5) > 0) {
    const changed = Buffer.from(mutateAny(random, new Uint8Array(inner), material));
    return { is: 'text', text: changed.toString(random.once(20) ? 'base64url' : 'base64') };
  }
  if (/^\s*[{[]|^-----BEGIN/.test(text) && !random.once(4))
    return { is: 'text', text: Buffer.from(mutateAny(random, utf8(text), material)).toString('utf8') };
  const at = random.below(text.length + 1);
  const forms = [
    text.slice(0, at),
    text.slice(0, at) +
      (random.pick(['\u0000', '\n', '\r', '\u202e', '\u2028', ' ', 'é', '/', ':', '@', '..']) ?? '') +
      text.slice(at),
    text.slice(0, at) + String.fromCharCode(33 + random.below(94)) + text.slice(at + 1),
    text.toUpperCase(),
    text.repeat(random.once(10) ? Math.min(20_000, Math.ceil(1_000_000 / (text.length + 1))) : 2),
    random.pick(material.words) ?? '',
    '',
  ];
  return { is: 'text', text: random.pick(forms) ?? '' };
}
