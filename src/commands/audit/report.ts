// SPDX-License-Identifier: Apache-2.0
// report: what stored verdicts say of a span of time, for whoever audits; report find is find.ts.

import { basename, relative, resolve } from 'node:path';
import { sha256 } from '../../base/bytes.ts';
import { CountersignError, DataError, EXIT, UsageError } from '../../base/errors.ts';
import { LIMITS } from '../../base/limits.ts';
import { readFileBounded, writeDocument } from '../../files/files.ts';
import { globPaths } from '../../files/glob.ts';
import { redactedPieces } from '../../report/redacted-json.ts';
import { renderCsv } from '../../report/period/csv.ts';
import { renderHtml } from '../../report/period/html.ts';
import { renderOscal } from '../../report/period/oscal.ts';
import { accountOf, type Period, type PeriodSource } from '../../report/period/period.ts';
import { readSignedVerdict } from '../../report/period/signed.ts';
import { readStored, type StoredVerdict } from '../../report/period/stored.ts';
import { renderPeriod } from '../../report/period/text.ts';
import type { Criteria } from '../../image/verify.ts';
import { describeIdentity, matchPrincipals, peopleBehind } from '../../policy/rules/people.ts';
import type { Host } from '../host.ts';
import { optionalCriteria } from '../inputs/trust.ts';
import { type CommandResult, defineCommand, unknownTask } from '../spec.ts';
import { type ReportInputs, spec } from './spec.ts';

async function run(inputs: ReportInputs, host: Host): Promise<CommandResult> {
  const [action, ...patterns] = inputs.task;
  if (action === 'find') return (await import('./find.ts')).find(patterns, inputs, host);
  if (action !== 'period' || patterns.length === 0)
    throw unknownTask('report', inputs.task, {
      hint: 'write countersign report period FILE… or countersign report find IMAGE…',
    });
  const { from, to } = inputs;
  if (!from || !to)
    throw new UsageError('USAGE_MISSING_INPUT', 'report period was given no period', { hint: 'give ⟨from⟩ and ⟨to⟩' });
  if (from >= to)
    throw new UsageError('USAGE_INVALID_INPUT', 'from is not before to', { hint: 'give ⟨from⟩ the earlier time' });
  const sources: PeriodSource[] = [];
  const criteria = await optionalCriteria(inputs, host.now());
  for (const path of await reportFiles(patterns, inputs.workingDirectory))
    sources.push(await sourceAt(path, inputs.workingDirectory, criteria));
  const period = accountOf(sources, { from, to });
  if (inputs.outputPath !== undefined)
    await writeDocument(inputs.outputPath, rendered(period, inputs.outputFormat, host));
  const unread = sources.filter(({ problem }) => problem !== undefined).length;
  const verdict = unread === 0 ? 'passed' : 'failed';
  for (const { file, problem } of sources) if (problem !== undefined) host.warning(`${file}: ${problem}`);
  return { exitCode: EXIT[verdict], outputs: { verdict }, text: renderPeriod(period), json: period };
}

function rendered(period: Period, format: ReportInputs['outputFormat'], host: Host): Iterable<string> {
  const redact = (text: string): string => host.redact?.(text) ?? text;
  if (format === 'csv') return renderCsv(period, redact);
  if (format === 'html') return renderHtml(period, redact);
  return redactedPieces(format === 'oscal' ? renderOscal(period) : period, redact);
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
async function sourceAt(path: string, folder: string, criteria: Criteria | undefined): Promise<PeriodSource> {
  const inside = relative(folder, path);
  const file = inside.startsWith('..') ? basename(path) : inside;
  try {
    const bytes = await readFileBounded(path, LIMITS.reportBytes);
    const verdict = isSigned(bytes) ? await signedVerdict(bytes, file, criteria) : readStored(bytes, file);
    return { file, verdict };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { file, verdict: undefined, problem: error.message };
  }
}

/** Bundles begin with their media type, as verify-all writes them. */
function isSigned(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 200)).toString('latin1').includes('"application/vnd.dev.sigstore.bundle');
}

/** @throws UsageError USAGE_MISSING_INPUT; DataError DATA_JSON_INVALID for one that nobody trusted signed */
async function signedVerdict(bytes: Uint8Array, file: string, criteria: Criteria | undefined): Promise<StoredVerdict> {
  if (!criteria)
    throw new UsageError('USAGE_MISSING_INPUT', `${file} is signed, and nothing says whom to trust`, {
      hint: 'give ⟨policy-path⟩, or ⟨public-key⟩ and the like, that know who signs verdicts',
    });
  const { openBundle } = await import('../../image/open-bundles.ts');
  const opened = await openBundle({ place: { in: 'registry', name: file }, bytes }, criteria.verifier, criteria.now);
  const refuse = (why: string) =>
    new DataError('DATA_JSON_INVALID', `${file} is signed, and not believed: ${why}`, {
      hint: 'obtain it again, or let the policy know who signs verdicts',
    });
  if ('problem' in opened) throw refuse(opened.problem.message);
  const { status, identity, reasons } = opened.check;
  if (status !== 'valid' || !identity) throw refuse(reasons[0]?.message ?? 'it is by nobody who is trusted');
  const policy = criteria.policy?.policy;
  const people = policy ? peopleBehind(policy, identity) : [describeIdentity(identity)];
  const names = policy ? matchPrincipals(policy, identity) : [];
  if (policy && names.length === 0) throw refuse('its signer is no principal of the policy');
  if (policy?.stages.some(({ approvers }) => approvers.some((one) => names.includes(one))))
    throw refuse('its signer approves stages, and verdicts are signed with a key of their own');
  const about = { source: sha256(bytes), signedBy: people.join(', '), file };
  return readSignedVerdict(opened.bundle.envelope.payload, about);
}

/** `countersign report period FILE…`. */
export const command = defineCommand(spec, run);
