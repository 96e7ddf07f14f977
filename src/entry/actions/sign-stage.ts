// SPDX-License-Identifier: Apache-2.0
// Entry of the action sign-stage.
import { runAction } from '../action.ts';

await runAction('sign-stage');
