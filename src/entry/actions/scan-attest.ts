// SPDX-License-Identifier: Apache-2.0
// Entry of the action scan-attest.
import { runAction } from '../action.ts';

await runAction('scan-attest');
