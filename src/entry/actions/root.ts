// SPDX-License-Identifier: Apache-2.0
// Entry of the root action: runs the command that its input `command` names.
import { isNodeNewEnough } from '../node-version.ts';

if (isNodeNewEnough('action')) {
  const { runAction } = await import('../action.ts');
  await runAction('root');
}
