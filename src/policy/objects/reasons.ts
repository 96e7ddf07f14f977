// SPDX-License-Identifier: Apache-2.0
// What is wrong with the objects of an image, or worth knowing, under a policy that tells them apart.

import type { CodeCatalogue } from '../../base/errors.ts';

/** When each reason occurs, and what to do. */
export const OBJECT_REASONS = {
  OBJECT_NOT_APPROVED: {
    when: 'the image has an object that none of the stages asked about is about, such as an overlay under a policy whose stages are about the base alone: it would run, and nobody answers for it',
    fix: 'add a stage with `objects: overlays` to the policy and have it approve, or ask about that stage too; remove the object with `siftool del ID IMAGE` if nobody wants it',
  },
  OBJECT_NOT_DATA: {
    when: 'a group that the policy lets stay unsigned holds something else than data partitions (a remark): all of it must be approved then',
    fix: 'have its stage approve it, or put data into a partition of type data in a group of its own',
  },
  OVERLAY_IN_BASE: {
    when: 'an overlay lies in the group of the base (a remark): it is part of what the stages about the base approve, and stages about overlays have no say',
    fix: 'nothing, if those who approve the base answer for it; else take it out (`siftool del ID IMAGE`) and add it with a group of its own',
  },
  OVERLAY_NOT_MOUNTED: {
    when: 'an overlay lies in another group than the system (a remark): Apptainer mounts by itself only overlays of the group of the system',
    fix: 'to run with it, keep it in a SIF of its own and give that with `--overlay`; docs/policy.md says how',
  },
  OBJECT_UNSIGNED: {
    when: 'data partitions of the image may stay unsigned by the policy (a remark). `apptainer verify` and its execution control list refuse such a file, since they want every group signed',
    fix: 'nothing, if the data is meant to change; remove the group from `objects.unsigned` to have it approved',
  },
  STAGE_WITHOUT_OBJECTS: {
    when: 'a stage is about objects of which the image has none. A stage about overlays is then not asked for (a remark); any other fails, as those about the base of a file that holds an overlay alone',
    fix: 'check that this is the image you mean; judge a file that holds an overlay alone by a policy whose stages are about overlays',
  },
} as const satisfies CodeCatalogue;
