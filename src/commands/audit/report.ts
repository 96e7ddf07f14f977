// SPDX-License-Identifier: Apache-2.0
// report: what stored verdicts say of a span of time, for whoever audits; report find is find.ts.

import { basename, relative, resolve } from 'node:path';
import { utf8 } from '../../base/bytes.ts';
import { CountersignError, EXIT, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded, writeDocument } from '../../files/files.ts';
import { globPaths } from '../../files/glob.ts';
import { redactedJson } from '../../report/redacted-json.ts';
import { renderCsv } from '../../report/period/csv.ts';
import { renderHtml } from '../../report/period/html.ts';
import { renderOscal } from '../../report/period/oscal.ts';
import { accountOf, type Period, type PeriodSource } from '../../report/period/period.ts';
import { readStored } from '../../report/period/stored.ts';
import { renderPeriod } from '../../report/period/text.ts';
import type { Host } from '../host.ts';
import { type CommandResult, defineCommand } from '../spec.ts';
import { type ReportInputs, spec } from './spec.ts';

async function run(inputs: ReportInputs, host: Host): Promise<CommandResult> {
  const [action, ...patterns] = inputs.task;
  if (action === 'find') return (await import('./find.ts')).find(patterns, inputs, host);
  if (action !== 'period' || patterns.length === 0)
    throw new UsageError(
      'USAGE_INVALID_INPUT',
      `report cannot do ${JSON.stringify(inputs.task.join(' ').slice(0, 120))}`,
      {
        hint: 'write countersign report period FILE… or countersign report find IMAGE…',
      },
    );
  const { from, to } = inputs;
  if (!from || !to)
    throw new UsageError('USAGE_MISSING_INPUT', 'report period was given no period', { hint: 'give ⟨from⟩ and ⟨to⟩' });
  if (from >= to)
    throw new UsageError('USAGE_INVALID_INPUT', 'from is not before to', { hint: 'give ⟨from⟩ the earlier time' });
  const sources: PeriodSource[] = [];
  for (const path of await reportFiles(patterns, inputs.workingDirectory))
    sources.push(await sourceAt(path, inputs.workingDirectory));
  const period = accountOf(sources, { from, to });
  if (inputs.outputPath !== undefined)
    await writeDocument(inputs.outputPath, rendered(period, inputs.outputFormat, host));
  const unread = sources.filter(({ problem }) => problem !== undefined).length;
  const verdict = unread === 0 ? 'passed' : 'failed';
  for (const { file, problem } of sources) if (problem !== undefined) host.warning(`${file}: ${problem}`);
  return { exitCode: EXIT[verdict], outputs: { verdict }, text: renderPeriod(period), json: period };
}

function rendered(period: Period, format: ReportInputs['outputFormat'], host: Host): Uint8Array {
  const redact = (text: string): string => host.redact?.(text) ?? text;
  if (format === 'csv') return utf8(renderCsv(period, redact));
  if (format === 'html') return utf8(renderHtml(period, redact));
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
