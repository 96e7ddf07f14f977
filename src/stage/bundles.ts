// SPDX-License-Identifier: Apache-2.0
// Bundles on their way to an image: what verifiers could not read is refused before the first byte is written, for it would
// fail a file for ever, or never count in a registry; what the manifest of an attached one holds is cosign's copy of the
// bundle, and beside it what that leaves out.

import { APPROVAL_PREDICATE_TYPE, parseApproval } from '../attest/approval.ts';
import { type Bundle, parseBundle } from '../attest/bundle.ts';
import { leafOnlyBundle } from '../attest/sign.ts';
import { parseStatement, parseStatementHead, type Statement, statementTime } from '../attest/statement.ts';
import { encodePem, sha256 } from '../base/bytes.ts';
import { CountersignError } from '../base/errors.ts';
import { isJsonObject } from '../base/json.ts';
import { LIMITS } from '../base/limits.ts';
import { isEvidence } from '../image/bundle.ts';
import type { LaneKind, SignatureObjects } from '../image/sif/signature-objects.ts';
import { readSigned } from '../image/open-bundles.ts';
import {
  ATTESTATION_ANNOTATION,
  type Attachments,
  CHAIN_ANNOTATION,
  COSIGN_ANNOTATION,
  GROUP_ANNOTATION,
  NATIVE_MEDIA_TYPE,
} from '../image/registry/attachments.ts';
import { type CosignSignature, encodeCosignNote } from '../oci/cosign/cosign.ts';
import { EMPTY_CONFIG } from '../oci/manifest.ts';
import { MEDIA_TYPE } from '../oci/oci.ts';
import type { BundleToAttach, Companion } from '../oci/referrers/bundles.ts';
import { unreadable } from './errors.ts';

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
    parseStatementHead(payload);
  } catch (cause) {
    if (!(cause instanceof CountersignError)) throw cause;
    throw unreadable(`${what} could not be read as a statement: ${cause.message}`, { cause });
  }
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

/** A lane object that cannot be attached because it holds no bundle. */
export interface LeftOut {
  readonly object: number;
  readonly why: string;
}

/**
 * Everything in a SIF's lane in the form in which it is attached: certificates without intermediates, and approvals with
 * their native signatures, so that both get into another copy of the file together.
 */
export function bundlesOfLane({ lane, natives }: Pick<SignatureObjects, 'lane' | 'natives'>): {
  readonly bundles: readonly BundleToAttach[];
  readonly leftOut: readonly LeftOut[];
} {
  const bundles: BundleToAttach[] = [];
  const leftOut: LeftOut[] = [];
  for (const { object, data } of lane) {
    try {
      bundles.push(bundleToAttach(data, natives));
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      leftOut.push({ object: object.id, why: error.message });
    }
  }
  return { bundles, leftOut };
}

/**
 * A bundle with those of the native signatures that its approval names.
 * @throws SignatureError, DataError when these are not the bytes of a bundle with a statement
 */
export function bundleToAttach(bytes: Uint8Array, natives: SignatureObjects['natives'] = []): BundleToAttach {
  const signed = parseBundle(bytes);
  const statement = parseStatement(signed.envelope.payload);
  const { predicateType } = statement;
  return assembleParts(signed, {
    predicateType,
    createdAt: statementTime(statement),
    natives: isPgpBundle(signed) ? namedNatives(statement, natives) : [],
    legacy: undefined,
  });
}

function namedNatives({ predicateType, predicate }: Statement, natives: SignatureObjects['natives']) {
  const approval =
    predicateType === APPROVAL_PREDICATE_TYPE && isJsonObject(predicate)
      ? parseApproval(predicate)?.approval
      : undefined;
  const named = approval?.native ?? [];
  return named.flatMap(({ group, digest }): BundleParts['natives'] => {
    const native = natives.find((one) => one.group === group && sha256(one.data) === digest);
    return native ? [{ group, data: native.data }] : [];
  });
}

function isPgpBundle({ material }: Bundle): boolean {
  return material.kind === 'public-key' && material.hint.startsWith('openpgp4fpr:');
}

/** What is stored in the manifest of a bundle besides the bundle. */
export interface BundleParts {
  readonly predicateType: string;
  readonly createdAt: Date;
  /** Native signatures of a SIF that are not in the file yet. */
  readonly natives: readonly { readonly group: number; readonly data: Uint8Array }[];
  /** Legacy cosign signature made together with it. */
  readonly legacy: CosignSignature | undefined;
  /** Its envelope belongs into cosign's attestation tag too. */
  readonly inTag?: boolean;
}

/** The bundle as it is attached: cosign's copy, and beside it what that leaves out. */
export function assembleParts(signed: Bundle, parts: BundleParts): BundleToAttach {
  const { predicateType, createdAt, natives, legacy, inTag } = parts;
  const copy = leafOnlyBundle(signed);
  const { material } = signed;
  const chain = material.kind === 'certificates' ? material.chain.slice(1) : [];
  const companions: readonly Companion[] = natives.map(({ group, data }) => ({
    mediaType: NATIVE_MEDIA_TYPE,
    bytes: data,
    annotations: { [GROUP_ANNOTATION]: String(group) },
  }));
  // cosign cannot read OpenPGP bundles; with a second layer it passes them over instead of hiding others' signatures.
  const empty: Companion = { mediaType: MEDIA_TYPE.empty, bytes: EMPTY_CONFIG.bytes };
  return {
    bytes: copy.bytes,
    mediaType: copy.mediaType,
    predicateType,
    createdAt,
    companions: isPgpBundle(signed) && companions.length === 0 ? [empty] : companions,
    annotations: {
      ...(chain.length > 0 ? { [CHAIN_ANNOTATION]: chain.map((der) => encodePem('CERTIFICATE', der)).join('') } : {}),
      ...(legacy ? { [COSIGN_ANNOTATION]: encodeCosignNote(legacy) } : {}),
      ...(inTag ? { [ATTESTATION_ANNOTATION]: 'true' } : {}),
    },
  };
}
