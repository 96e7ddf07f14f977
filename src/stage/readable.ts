// SPDX-License-Identifier: Apache-2.0
// What is about to be stored, seen with the eyes of whoever will verify it: what they could not read would fail a file
// for ever, or never count in a registry. Asked before the first byte is written.

import type { Reason } from '../findings/signature.ts';
import { CountersignError } from '../base/errors.ts';
import { LIMITS } from '../base/limits.ts';
import type { SifImage } from '../sif/sif.ts';
import { DATA_TYPE } from '../sif/descriptor.ts';
import { dataSize } from '../sif/edit/placement.ts';
import { appendObjects, type NewObject, type WriteOptions } from '../sif/edit/append.ts';
import { parseStatement } from '../attest/statement.ts';
import { isEvidence } from '../image/bundle.ts';
import { readSigned } from '../image/signed-content.ts';
import { StageError } from './errors.ts';
import type { LaneKind } from '../image/sif/lane.ts';
import type { Attachments } from '../image/registry/attachments.ts';
import { signatureObjects } from '../image/sif/native-signatures.ts';

const SMALLER = 'make the document smaller or flatter; nothing was written';

/**
 * Refuses a bundle that verifiers could not read, or would take for something else than it is.
 * @throws StageError STAGE_LAYER_UNREADABLE
 */
export function assertBundleReadable(bundle: Uint8Array, is: LaneKind, what: string): void {
  const read = readSigned(bundle);
  if ('problem' in read) throw unreadable(`${what} could not be read once it is signed: ${read.problem.message}`);
  const found = isEvidence(read) ? 'evidence' : 'approval';
  if (found !== is) throw unreadable(`${what} would count as ${found}, not as ${is}`);
}

/**
 * The same for a statement that is stored unsigned.
 * @throws StageError STAGE_LAYER_UNREADABLE
 */
export function assertStatementReadable(payload: Uint8Array, what: string): void {
  try {
    parseStatement(payload);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw unreadable(`${what} could not be read as a statement: ${cause.message}`, { cause });
  }
}

/**
 * Refuses an image with a defect that nothing on it may cover up.
 * @throws StageError STAGE_IMAGE_BROKEN
 */
export function assertSound(problems: readonly Reason[]): void {
  const problem = problems.find(({ severity }) => severity !== 'remark');
  if (problem) throw new StageError('STAGE_IMAGE_BROKEN', problem.message, { hint: problem.hint });
}

/**
 * Adds objects to an image in which all signatures can be read afterwards.
 * @throws StageError STAGE_LAYER_UNREADABLE; as appendObjects
 */
export function appendLayers(
  path: string,
  objects: readonly NewObject[],
  options: Omit<WriteOptions, 'admit'>,
): Promise<readonly number[]> {
  return appendObjects(path, objects, { ...options, admit: (present) => assertRoom(present, objects) });
}

/** Verifiers stop at so many bytes, and then know nothing about the whole image. */
function assertRoom(present: SifImage, added: readonly NewObject[]): void {
  const sizes = added.filter(({ dataType }) => dataType === DATA_TYPE.signature).map(({ data }) => dataSize(data));
  const largest = Math.max(0, ...sizes);
  if (largest > LIMITS.sifSignatureBytes)
    throw unreadable(`a layer has ${largest} bytes; a SIF file takes at most ${LIMITS.sifSignatureBytes}`);
  const read = signatureObjects(present).map(({ sizeBytes }) => sizeBytes);
  const total = [...read, ...sizes].reduce((sum, size) => sum + size, 0);
  if (total > LIMITS.sifSignatureTotalBytes)
    throw unreadable(`all layers of the file together would have ${total} of ${LIMITS.sifSignatureTotalBytes} bytes`, {
      hint: 'keep evidence beside the image (⟨store=file⟩), or attach it in a registry; nothing was written',
    });
}

/** The legacy cosign signature that may be written beside a bundle is read, too. */
const COMPANION_SLACK_BYTES = 64 * 1024;

/**
 * Refuses to attach what would leave something on the image that is not looked at any more.
 * @throws StageError STAGE_LAYER_UNREADABLE
 */
export function assertAttachable(
  { room }: Pick<Attachments, 'room'>,
  added: { readonly manifests: number; readonly bytes: number },
): void {
  const hint = 'remove attached manifests that are not needed; nothing was attached';
  if (added.bytes + COMPANION_SLACK_BYTES > room.bytes)
    throw unreadable(`all that is attached would have more than ${LIMITS.attachedTotalBytes} bytes`, { hint });
  if (added.manifests > room.referrers)
    throw unreadable(`more than ${LIMITS.referrers} manifests would be attached to the image`, { hint });
}

function unreadable(message: string, details: { readonly hint?: string; readonly cause?: unknown } = {}): StageError {
  return new StageError('STAGE_LAYER_UNREADABLE', message, { hint: SMALLER, ...details });
}
