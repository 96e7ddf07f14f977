// SPDX-License-Identifier: Apache-2.0
// Preloaded into a process under test: writes the URL of every module it loads to the file PRINT_LOADED.

import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, nextLoad) {
    appendFileSync(process.env.PRINT_LOADED, `${url}\n`);
    return nextLoad(url, context);
  },
});
