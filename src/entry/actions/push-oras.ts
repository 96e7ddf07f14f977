// SPDX-License-Identifier: Apache-2.0
// Entry of the action push-oras.
import { runAction } from '../action.ts';

await runAction('push-oras');
