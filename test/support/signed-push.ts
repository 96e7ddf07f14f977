// SPDX-License-Identifier: Apache-2.0
// Signing a stage while pushing, as push-oras does with its defaults.

import type { SignedPublishRequest } from '../../src/transfer/signed-push.ts';
import { publishSigned, type SignedPublished } from '../../src/transfer/publish-signed.ts';
import type { Criteria } from '../../src/image/verify.ts';
import type { Repository } from '../../src/oci/oci.ts';
import { NOW, type Person } from './layers.ts';

export interface SignedBy {
  readonly person: Person;
  readonly stage: string;
  /** Trusts the signer, and knows the policy if there is one. */
  readonly judge: Criteria;
  /** Decides whether the image is published. */
  readonly push?: Criteria | undefined;
}

/** Signs and pushes a file as `app.sif`. */
export function signedPush(
  repository: Repository,
  path: string,
  by: SignedBy,
  { tags = ['1.0'], ...more }: Partial<SignedPublishRequest['stage']> & { readonly tags?: readonly string[] } = {},
): Promise<SignedPublished> {
  const stage: SignedPublishRequest['stage'] = {
    stage: by.stage,
    signer: by.person.signer,
    now: NOW,
    native: 'auto',
    expires: undefined,
    reason: 'release',
    ticket: undefined,
    run: undefined,
    resourceUri: 'file:app.sif',
    toolVersion: 'test',
    ...more,
  };
  return publishSigned(repository, {
    path,
    name: 'app.sif',
    title: 'app.sif',
    tags,
    criteria: by.push,
    stage,
    signingCriteria: by.judge,
  });
}
