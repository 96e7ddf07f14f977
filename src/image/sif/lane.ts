// SPDX-License-Identifier: Apache-2.0
// Lane objects as we write them; signature-objects.ts reads them. The same bundle makes the same object in every file.

import { DATA_TYPE, DETERMINISTIC_TIME } from '../../sif/format.ts';
import { signatureExtra } from '../../sif/edit/placement.ts';
import type { NewObject } from '../../sif/edit/append.ts';
import { type LaneKind, laneName, reservedName } from './signature-objects.ts';

/** The SIF object that carries a bundle in the lane. */
export function laneObject(kind: LaneKind, label: string, bundle: Uint8Array): NewObject {
  return named(laneName(kind, label, bundle), bundle);
}

/** The same for an approval that is signed after its object was placed; at most RESERVED_BYTES spaces may follow it. */
export function reservedLaneObject(stage: string, bundle: Uint8Array): NewObject {
  return named(reservedName(stage), bundle);
}

/** Data brought to a length, if it is shorter. */
export function filledUp(data: Uint8Array, lengthBytes: number, filler: ' ' | '\n'): Uint8Array {
  if (data.length >= lengthBytes) return data;
  const filled = Buffer.alloc(lengthBytes, filler);
  filled.set(data);
  return filled;
}

function named(name: string, bundle: Uint8Array): NewObject {
  return {
    dataType: DATA_TYPE.signature,
    data: bundle,
    group: 0,
    name,
    extra: signatureExtra(undefined),
    createdAt: DETERMINISTIC_TIME,
    modifiedAt: DETERMINISTIC_TIME,
  };
}
