// SPDX-License-Identifier: Apache-2.0
// Entry of the action scan-attest.
import { isNodeNewEnough } from '../node-version.ts';

if (isNodeNewEnough('action')) {
  const { runAction } = await import('../action.ts');
  await runAction('scan-attest');
}
