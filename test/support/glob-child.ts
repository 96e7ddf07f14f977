// SPDX-License-Identifier: Apache-2.0
// A process without the rights of root that says what a glob names: `node glob-child.ts FOLDER PATTERN`.

import { CountersignError } from '../../src/base/errors.ts';
import { globPaths } from '../../src/files/glob.ts';

const NOBODY = 65_534;

if (process.getuid?.() === 0) {
  process.setgroups?.([]);
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
const [, , folder = '', pattern = ''] = process.argv;
try {
  const paths: string[] = [];
  for await (const path of globPaths(pattern, folder)) paths.push(path);
  console.log(JSON.stringify({ paths }));
} catch (error) {
  if (!(error instanceof CountersignError)) throw error;
  console.log(JSON.stringify({ code: error.code, message: error.message }));
}
