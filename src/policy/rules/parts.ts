// SPDX-License-Identifier: Apache-2.0
// What a policy asks of the parts of an image, and what its reader should know of them.

import type { Reason } from '../../findings/signature.ts';
import type { Policy } from '../document/model.ts';
import type { ImageFacts } from '../facts.ts';
import { reason, remark } from '../reasons.ts';

/** Why the image's partitions are not as the policy wants them, and a remark for each that Apptainer may write to. */
export function partReasons(
  policy: Pick<Policy, 'objects'> | undefined,
  { name, units }: ImageFacts,
): readonly Reason[] {
  const partitions = units.filter(({ encrypted }) => encrypted !== undefined);
  const writable = partitions
    .filter((unit) => unit.writable)
    .map(({ id }) => remark('PARTITION_WRITABLE', `${id} is an ext3 file system, which a run with --writable changes`));
  if (policy?.objects?.mustBeEncrypted !== true) return writable;
  const open = partitions.filter(({ encrypted }) => encrypted !== true).map(({ id }) => id);
  if (partitions.length > 0 && open.length === 0) return writable;
  const what =
    partitions.length === 0
      ? `${name} has no file system that could be encrypted`
      : `${open.join(', ')}: not encrypted`;
  return [reason('PARTITION_NOT_ENCRYPTED', what), ...writable];
}
