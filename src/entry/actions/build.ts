// SPDX-License-Identifier: Apache-2.0
// Entry of the action build.
import { runAction } from '../action.ts';

await runAction('build');
