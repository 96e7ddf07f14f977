// SPDX-License-Identifier: Apache-2.0
// Entry of the action verify-all.
import { runAction } from '../action.ts';

await runAction('verify-all');
