// SPDX-License-Identifier: Apache-2.0
// Writes docs/errors.md from the catalogues of codes. `--check` writes nothing and fails when the page differs.

import { CODE_AREAS, type CodeArea } from '../src/entry/error-codes.ts';
import { inWordsOf } from '../src/commands/inputs/values.ts';
import { type GeneratedFile, report, settle } from './generated.ts';

const INTRODUCTION = `# Every code, what it means and what to do

Written by \`scripts/errors-doc.ts\` from the catalogues in \`src/\`; change it there. \`countersign help CODE\` prints one entry.

An *error* ends the run: exit code 2 for usage, 3 for the environment, 70 for a bug. A *reason* stands in a verdict: it
says why a stage, a layer or an image failed, or remarks on one that passed; a failed verdict is exit code 1. Inputs are
written as in an action: on the command line \`name: value\` is \`--name value\`, and \`name: true\` is \`--name\`.
`;

/** docs/errors.md with the content it should have. */
export function errorsPage(): GeneratedFile {
  return { path: 'docs/errors.md', content: [INTRODUCTION, ...CODE_AREAS.map(section)].join('\n') };
}

function section({ title, about, codes }: CodeArea): string {
  const entries = Object.keys(codes)
    .sort()
    .map((code) => {
      const doc = codes[code];
      return doc ? `### ${code}\n\n- **When:** ${doc.when}.\n- **Fix:** ${inWordsOf('docs', doc.fix)}.\n` : '';
    });
  return [`## ${title}\n\n${about}\n`, ...entries].join('\n');
}

if (import.meta.main) {
  const stale = await settle(`${import.meta.dirname}/..`, [errorsPage()], process.argv.includes('--check'));
  report(stale, 'npm run errors');
}
