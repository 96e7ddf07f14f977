// SPDX-License-Identifier: Apache-2.0
// Entry of the root action: runs the command that its input `command` names.
import { runAction } from '../action.ts';

await runAction('root');
