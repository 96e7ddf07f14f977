// SPDX-License-Identifier: Apache-2.0
// What statements about a SIF name: the content digest of each group, and the signed message behind it.

import type { ApprovedContent } from '../../attest/approval.ts';
import type { StatementSubject } from '../../attest/statement.ts';
import { decodeUtf8 } from '../../base/bytes.ts';
import { sha256Hex } from '../../base/digest.ts';
import { SIF_SUBJECT } from '../bundle.ts';
import type { SifExamination } from './examine.ts';

/** The subjects of statements about a SIF: the content digest of each group. */
export function sifSubjects(examination: Pick<SifExamination, 'groups'>): readonly StatementSubject[] {
  return examination.groups.map(({ metadata }) => ({ name: SIF_SUBJECT, digest: { sha256: sha256Hex(metadata) } }));
}

/** The exact signed message of each group, for approvals. */
export function sifContent(examination: Pick<SifExamination, 'groups'>): readonly ApprovedContent[] {
  return examination.groups.map(({ group, metadata }) => ({ group, metadata: decodeUtf8(metadata, 'sif-metadata') }));
}
