// SPDX-License-Identifier: Apache-2.0
// One signed statement about an image, in the file or attached in its registry: what grants and broken glass have in common.

import type { Signer } from '../../crypto/signer.ts';
import type { Host } from '../host.ts';
import type { InputsOf } from '../spec.ts';
import { type CONNECTION_INPUTS, openFrom } from '../inputs/registry.ts';
import type { Subject } from '../inputs/subjects.ts';
import type { COMMON_INPUTS } from '../inputs/common.ts';
import { storeEvidence } from './evidence.ts';
import type { NamedStatement, Stored } from './files.ts';
import { storeRegistryEvidence } from './registry.ts';

/** What is said, and by whom. */
export interface Saying {
  readonly inputs: InputsOf<typeof CONNECTION_INPUTS> & InputsOf<typeof COMMON_INPUTS>;
  readonly host: Host;
  readonly signer: Signer;
  readonly statement: NamedStatement;
}

/** Signs the statement about an image and stores it there. @throws as storeEvidence, storeRegistryEvidence */
export async function storeStatement(subject: Subject, { inputs, host, signer, statement }: Saying): Promise<Stored> {
  const options = { statements: [statement], signer, now: host.now(), beside: false, folder: undefined };
  if (subject.in === 'file') return storeEvidence({ ...options, path: subject.path });
  const { reference } = subject;
  await using opened = await openFrom(inputs, host, { reference, access: 'push', existing: true });
  const defaultFolder = inputs.workingDirectory;
  const stored = await storeRegistryEvidence({ ...options, repository: opened.repository, reference, defaultFolder });
  for (const remark of stored.remarks ?? []) host.warning(`${subject.name}: ${remark}`);
  return stored;
}
