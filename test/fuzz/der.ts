// SPDX-License-Identifier: Apache-2.0
// DER and OpenPGP packets damaged element by element: tags, lengths, order, nesting; written with right lengths again,
// or with wrong ones on purpose.

import { concatBytes } from '../../src/base/bytes.ts';
import { copies, encodeInteger, type Material, mutateBytes } from './bytes.ts';
import type { Random } from './random.ts';

/** One element and what is in it. */
export interface Element {
  tag: number;
  /** As it was read. */
  readonly whole: Uint8Array;
  content: Uint8Array;
  children: Element[] | undefined;
  /** Bytes before the children: the count of unused bits. */
  prefix: Uint8Array;
}

/** The elements that the bytes are made of; undefined when they are not DER through and through. */
export function readElements(bytes: Uint8Array, depth: number): Element[] | undefined {
  const elements: Element[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = bytes[at] ?? 0;
    const first = bytes[at + 1] ?? 0x80;
    const size = first < 0x80 ? 0 : first & 0x7f;
    if (first === 0x80 || size > 3 || (tag & 0x1f) === 0x1f) return undefined;
    const start = at + 2 + size;
    const length = size === 0 ? first : bytes.subarray(at + 2, start).reduce((sum, byte) => sum * 256 + byte, 0);
    const content = bytes.subarray(start, start + length);
    if (content.length !== length || start > bytes.length) return undefined;
    elements.push(readElement(bytes.subarray(at, start + length), content, depth));
    at = start + length;
  }
  return elements;
}

function readElement(whole: Uint8Array, content: Uint8Array, depth: number): Element {
  const [tag = 0] = whole;
  const skip = tag === 0x03 ? 1 : 0;
  const nests = (tag & 0x20) !== 0 || tag === 0x03 || tag === 0x04;
  const children =
    nests && depth < 30 && content.length > skip ? readElements(content.subarray(skip), depth + 1) : undefined;
  return { tag, whole, content, children, prefix: content.subarray(0, skip) };
}

function write(random: Random, element: Element): Uint8Array {
  const { tag, children, prefix } = element;
  const content = children ? concatBytes(prefix, ...children.map((child) => write(random, child))) : element.content;
  const size = content.length < 0x80 ? 0 : content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
  const oddly = random.once(300);
  const length = oddly ? Number(random.integer(BigInt(content.length)) & 0xffffn) : content.length;
  const digits = encodeInteger(BigInt(length), oddly ? 3 : size).toReversed();
  const head = digits.length === 0 ? [tag, length & 0x7f] : [tag, 0x80 | digits.length];
  return concatBytes(Uint8Array.from(head), digits, content);
}

/** The bytes with some elements changed; undefined when they are no DER. */
export function mutateDer(random: Random, bytes: Uint8Array, material: Material): Uint8Array | undefined {
  const elements = readElements(bytes, 0);
  if (!elements || elements.length === 0) return undefined;
  const top: Element = { tag: 0x30, whole: bytes, content: bytes, children: elements, prefix: new Uint8Array() };
  for (let times = 1 + random.below(2); times > 0; times -= 1) mutateElement(random, top, material);
  return concatBytes(...(top.children ?? []).map((child) => write(random, child)));
}

function mutateElement(random: Random, top: Element, material: Material): void {
  const holders = holdersIn(top);
  const holder = random.pick(holders) ?? [];
  const at = random.below(holder.length);
  const element = holder[at];
  if (!element) return;
  const other = random.pick(random.pick(holders) ?? []) ?? element;
  switch (random.below(8)) {
    case 0:
      holder.splice(at, 1);
      return;
    case 1:
      holder.splice(at, 0, ...repeated(element, random.once(15) ? 400 : 1));
      return;
    case 2:
      holder.splice(random.below(holder.length + 1), 0, structuredClone(other));
      return;
    case 3:
      holder[at] = structuredClone(other);
      return;
    case 4:
      element.tag = random.once(2) ? element.tag ^ (1 << random.below(8)) : random.below(256);
      return;
    case 5:
      holder[at] = wrapped(element, random.once(10) ? 500 : 1 + random.below(4));
      return;
    case 6:
      holder.reverse();
      return;
    default:
      if (!element.children) element.content = mutateContent(random, element.content, material);
  }
}

function repeated(element: Element, times: number): readonly Element[] {
  return Array.from({ length: copies(times, element.whole.length) }, () => structuredClone(element));
}

function holdersIn({ children }: Element): readonly Element[][] {
  return children ? [children, ...children.flatMap(holdersIn)] : [];
}

function wrapped(element: Element, times: number): Element {
  if (times === 0) return element;
  const none = new Uint8Array();
  return { tag: 0x30, whole: none, content: none, children: [wrapped(element, times - 1)], prefix: none };
}

function mutateContent(random: Random, content: Uint8Array, material: Material): Uint8Array {
  if (random.once(12)) return random.bytes(random.below(600));
  if (random.once(6)) return new Uint8Array();
  return mutateBytes(random, content, material);
}

/** The bytes with some OpenPGP packets changed; undefined when they are none. */
export function mutatePackets(random: Random, bytes: Uint8Array, material: Material): Uint8Array | undefined {
  const packets = readPackets(bytes);
  if (packets.length === 0) return undefined;
  const at = random.below(packets.length);
  const packet = packets[at];
  if (!packet) return undefined;
  const strangers = readPackets(random.pick(material.pool) ?? bytes);
  switch (random.below(7)) {
    case 0:
      packets.splice(at, 1);
      break;
    case 1:
      packets.splice(
        at,
        0,
        ...Array.from({ length: copies(random.once(15) ? 300 : 1, packet.body.length) }, () => packet),
      );
      break;
    case 2:
      packets.splice(random.below(packets.length + 1), 0, random.pick(strangers) ?? packet);
      break;
    case 3:
      packets.reverse();
      break;
    case 4:
      packets[at] = { ...packet, tag: random.below(64) };
      break;
    default:
      packets[at] = { ...packet, body: mutateBytes(random, packet.body, material) };
  }
  return concatBytes(...packets.map((one) => writePacket(random, one)));
}

interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
}

/** Packets with lengths of one, two or four bytes, up to what cannot be read. */
function readPackets(bytes: Uint8Array): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at + 2 < bytes.length; ) {
    const [first = 0, second = 0, third = 0] = bytes.subarray(at);
    if (first < 0x80) break;
    const isNew = (first & 0x40) !== 0;
    const oldSize = [1, 2, 4, 0][first & 3] ?? 0;
    const size = isNew ? (second < 192 ? 1 : second < 255 ? 2 : 5) : oldSize;
    const digits = bytes.subarray(at + 1 + (size === 5 ? 1 : 0), at + 1 + size);
    const plain = digits.reduce((sum, byte) => sum * 256 + byte, 0);
    const length = isNew && size === 2 ? (second - 192) * 256 + third + 192 : plain;
    const body = bytes.subarray(at + 1 + size, at + 1 + size + length);
    if (size === 0 || body.length !== length) break;
    packets.push({ tag: isNew ? first & 0x3f : (first >> 2) & 0x0f, body });
    at += 1 + size + length;
  }
  return packets;
}

function writePacket(random: Random, { tag, body }: Packet): Uint8Array {
  const length = random.once(60) ? random.integer(BigInt(body.length)) : BigInt(body.length);
  const head = random.once(60) ? random.below(256) : 0xc0 | (tag & 0x3f);
  return concatBytes(Uint8Array.of(head, 255), encodeInteger(length, 4).toReversed(), body);
}
