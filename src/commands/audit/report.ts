// SPDX-License-Identifier: Apache-2.0
// report period: what stored verdicts say of a span of time, for whoever audits.

import { basename, relative, resolve } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { CountersignError, EXIT, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded, writeDocument } from '../../files/files.ts';
import { globPaths } from '../../files/glob.ts';
import { redactedJson } from '../../report/redacted-json.ts';
import { renderCsv } from '../../report/period/csv.ts';
import { renderOscal } from '../../report/period/oscal.ts';
import { accountOf, type Period, type PeriodSource } from '../../report/period/period.ts';
import { readStored } from '../../report/period/stored.ts';
import { renderPeriod } from '../../report/period/text.ts';
import type { Host } from '../host.ts';
import { COMMON_INPUTS, COMMON_OUTPUTS } from '../inputs/common.ts';
import type { InputsOf } from '../inputs/inputs.ts';
import { type CommandResult, type CommandSpec, defineCommand } from '../spec.ts';

const spec = {
  name: 'report',
  summary: 'Account for a period from stored verdicts',
  description:
    '`report period FILE…` reads the files that `report-path` of verify-all, push-oras and pull left, and lists every image that was judged from `from` on and before `to`: approvers, exceptions, who approved their own work, what is missing. The same files give the same bytes. It fails when a file is no such report, for then the account is not complete. See docs/audit.md.',
  positional: 'task',
  inputs: [
    {
      name: 'task',
      type: 'list',
      file: 'read',
      required: true,
      description: '`period`, and the reports: files or globs.',
      example: 'period reports/*.json',
    },
    {
      name: 'from',
      type: 'time',
      required: true,
      description: 'Begin of the period, RFC 3339; a verdict of this very time is part of it.',
      example: '2026-01-01T00:00:00Z',
    },
    {
      name: 'to',
      type: 'time',
      required: true,
      description: 'End of the period, RFC 3339; a verdict of this very time is not part of it.',
      example: '2026-04-01T00:00:00Z',
    },
    {
      name: 'output-format',
      type: 'enum',
      values: ['json', 'csv', 'oscal'],
      default: 'json',
      description: 'Form of the file `output-path`: the whole account, a table, or OSCAL 1.2 assessment results.',
    },
    {
      name: 'output-path',
      type: 'path',
      file: 'document',
      description: 'File that receives the account. Default: none, only the text is shown.',
      example: 'period.json',
    },
    ...COMMON_INPUTS,
  ],
  outputs: COMMON_OUTPUTS,
} as const satisfies CommandSpec;

type Inputs = InputsOf<typeof spec.inputs>;

async function run(inputs: Inputs, host: Host): Promise<CommandResult> {
  const [action, ...patterns] = inputs.task;
  if (action !== 'period' || patterns.length === 0)
    throw new UsageError(
      'USAGE_INVALID_INPUT',
      `report cannot do ${JSON.stringify(inputs.task.join(' ').slice(0, 120))}`,
      {
        hint: 'write countersign report period FILE…, for instance countersign report period reports/*.json',
      },
    );
  if (inputs.from >= inputs.to)
    throw new UsageError('USAGE_INVALID_INPUT', 'from is not before to', { hint: 'give ⟨from⟩ the earlier time' });
  const sources: PeriodSource[] = [];
  for (const path of await reportFiles(patterns, inputs.workingDirectory))
    sources.push(await sourceAt(path, inputs.workingDirectory));
  const period = accountOf(sources, inputs);
  if (inputs.outputPath !== undefined)
    await writeDocument(inputs.outputPath, rendered(period, inputs.outputFormat, host));
  const unread = sources.filter(({ problem }) => problem !== undefined).length;
  const verdict = unread === 0 ? 'passed' : 'failed';
  for (const { file, problem } of sources) if (problem !== undefined) host.warning(`${file}: ${problem}`);
  return { exitCode: EXIT[verdict], outputs: { verdict }, text: renderPeriod(period), json: period };
}

function rendered(period: Period, format: Inputs['outputFormat'], host: Host): Uint8Array {
  const redact = (text: string): string => host.redact?.(text) ?? text;
  if (format === 'csv') return utf8(redact(renderCsv(period)));
  return utf8(redactedJson(format === 'oscal' ? renderOscal(period) : period, redact));
}

/** Each file once. @throws UsageError USAGE_NO_MATCH */
async function reportFiles(patterns: readonly string[], folder: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const before = found.size;
    for await (const path of globPaths(pattern, folder)) found.add(resolve(folder, path));
    if (found.size === before && !/[*?[{]/.test(pattern)) found.add(resolve(folder, pattern));
    else if (found.size === before)
      throw new UsageError('USAGE_NO_MATCH', `no report matches ${JSON.stringify(pattern.slice(0, 120))}`, {
        hint: 'give the files that ⟨report-path⟩ wrote, for instance countersign report period reports/*.json',
      });
  }
  return [...found].sort();
}

/** A file that cannot be read as a report is part of the account: as what is missing in it. */
async function sourceAt(path: string, folder: string): Promise<PeriodSource> {
  const inside = relative(folder, path);
  const file = inside.startsWith('..') ? basename(path) : inside;
  try {
    return { file, verdict: readStored(await readFileBounded(path, LIMITS.reportBytes), file) };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { file, verdict: undefined, problem: error.message };
  }
}

/** `countersign report period FILE…`. */
export const command = defineCommand(spec, run);
