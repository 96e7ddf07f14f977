// SPDX-License-Identifier: Apache-2.0
// Every kind of input that strangers may have written.

import type { Target } from './engine.ts';
import { answerTarget, factsTarget, sideFileTarget, signingServiceTarget } from './targets/answers.ts';
import { allowListTarget, loginTarget, policyTarget, reportTarget } from './targets/documents.ts';
import { archiveTarget, containersTarget, executionListTarget, extendedPolicyTarget } from './targets/gates.ts';
import { foreignSifTarget, sifTarget } from './targets/images.ts';
import { certificateTarget, chainTarget, cleartextTarget, keyFileTarget, keyringTarget } from './targets/keys.ts';
import { keylessTarget, ociSifTarget } from './targets/keyless.ts';
import { layoutTarget, manifestTarget } from './targets/manifests.ts';
import { predicateTarget, storedReportTarget } from './targets/predicates.ts';
import { crlTarget, instanceTarget, notationTarget, signedMessageTarget, timestampTarget } from './targets/proofs.ts';
import { bundleTarget, documentTarget, signedStatementTarget } from './targets/statements.ts';
import { plainYamlTarget } from './targets/yaml.ts';

/** All of them, in the order in which they run. */
export const TARGETS: readonly Target[] = [
  sifTarget,
  foreignSifTarget,
  bundleTarget,
  signedStatementTarget,
  documentTarget,
  manifestTarget,
  layoutTarget,
  policyTarget,
  reportTarget,
  allowListTarget,
  loginTarget,
  keyFileTarget,
  keyringTarget,
  cleartextTarget,
  chainTarget,
  certificateTarget,
  crlTarget,
  timestampTarget,
  instanceTarget,
  notationTarget,
  signedMessageTarget,
  executionListTarget,
  containersTarget,
  archiveTarget,
  extendedPolicyTarget,
  predicateTarget,
  storedReportTarget,
  keylessTarget,
  ociSifTarget,
  plainYamlTarget,
  answerTarget,
  signingServiceTarget,
  factsTarget,
  sideFileTarget,
];
