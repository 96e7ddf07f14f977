// SPDX-License-Identifier: Apache-2.0
// The outermost form of OpenPGP: where each packet begins and what kind it is. For naming what a file holds that the
// library does not read, and for key packets that stand alone.

/** One packet, its content not looked at. */
export interface RawPacket {
  readonly tag: number;
  readonly body: Uint8Array;
}

/**
 * The packets in the bytes, up to the first that is cut or has a form that keys never have.
 * @see https://www.rfc-editor.org/rfc/rfc9580.html#section-4.2
 */
export function splitPackets(bytes: Uint8Array): readonly RawPacket[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packets: RawPacket[] = [];
  for (let offset = 0; offset + 1 < bytes.length; ) {
    const first = view.getUint8(offset);
    const head = (first & 0x40) === 0 ? oldLength(view, offset, first & 3) : newLength(view, offset);
    if ((first & 0x80) === 0 || !head || head.from + head.length > bytes.length) break;
    const tag = (first & 0x40) === 0 ? (first >> 2) & 0x0f : first & 0x3f;
    offset = head.from + head.length;
    packets.push({ tag, body: bytes.subarray(head.from, offset) });
  }
  return packets;
}

/** Where the content of a packet begins, and how long it is. */
interface Extent {
  readonly from: number;
  readonly length: number;
}

function oldLength(view: DataView, offset: number, kind: number): Extent | undefined {
  const size = [1, 2, 4][kind];
  return size === undefined ? undefined : extent(view, offset + 1, size);
}

function newLength(view: DataView, offset: number): Extent | undefined {
  const first = view.getUint8(offset + 1);
  if (first < 192) return { from: offset + 2, length: first };
  if (first === 255) return extent(view, offset + 2, 4);
  if (first >= 224 || offset + 2 >= view.byteLength) return undefined;
  return { from: offset + 3, length: (first - 192) * 256 + view.getUint8(offset + 2) + 192 };
}

function extent(view: DataView, at: number, size: number): Extent | undefined {
  if (at + size > view.byteLength) return undefined;
  const length = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
  return { from: at + size, length };
}
